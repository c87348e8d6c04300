"""What a reader sees: complete in four languages, in plain words, without the marks of the sources."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import polib
import pytest

from tests.forms.worked import FORM, FORMS, Form

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("fr", "es", "ar")
SHOWN = ("label", "hint", "guidance_hint", "required_message", "constraint_message")
MARKS = re.compile(r"\[(?:K|S:|D\])|¶|\$\{|\b(?:A1|D|G|L)-?\d{2}|\b(?:a0|a1|rec|sup|pv|el|cs|rd|le|qu|sn|sg)_[a-z]")
SHIPPED = sorted(sheet.parent.name for sheet in FORMS.glob("[!_]*/survey.csv"))
SPELT_ALIKE = {
    "fr": {
        *("Absent", "Action 7", "Administration", "Corruption", "Date", "De facto", "Direct", "District", "Drones"),
        *("Effective", "Gendarmerie", "Observation", "Police", "Probable", "Province", "Public", "Sources"),
        *("Transport", "UNICEF", "Urgent", "Version", "incidents", "tests"),
    },
    "es": {"De facto", "Drones", "Incidental", "Neutral", "No", "Probable", "UNICEF", "Verbal"},
    "ar": set[str](),
}
PLACEHOLDER = re.compile(r"\{[a-z_]*\}|\((?:name it|condition)\)")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown(form: Path = FORM) -> dict[tuple[str, str], str]:
    """Context and English text of everything that is shown."""
    found: dict[tuple[str, str], str] = {}

    def add(context: str, text: str) -> None:
        if text:
            found[context, text] = text

    for row in rows(form / "survey.csv"):
        for column in SHOWN:
            add(f"survey:{row['name']}:{column}", row[column])
    translated = rows(form / "settings.csv")[0].get("translated", "").split()
    for row in rows(form / "choices.csv"):
        for column in ("label", *translated):
            add(f"choices:{row['list_name']}:{row['name']}:{column}", row[column])
    for table in form.glob("decisions/*.csv"):
        for row in rows(table):
            if table.stem == "facts":
                add(f"facts:{row['variable']}:fact", row["fact"])
            elif "reason" in row:
                add(f"{table.stem}:{row['rule']}:reason", row["reason"])
    for row in rows(form / "settings.csv"):
        add("settings::form_title", row["form_title"])
    if (form / "examples").is_dir():
        for row in rows(form / "examples" / "examples.csv"):
            for column in ("title", "teaches"):
                add(f"examples:{row['example']}:{column}", row[column])
        for row in rows(form / "examples" / "margin.csv"):
            add(f"margin:{row['example']}:{row['path']}", row["text"])
    return found


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(FORM / "i18n" / f"{language}.po"), encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    done = {(entry.msgctxt, entry.msgid) for entry in catalogue(language) if entry.msgstr.strip() and not entry.fuzzy}
    assert sorted(shown().keys() - done) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_over_or_given_twice(language: str) -> None:
    every = [(entry.msgctxt, entry.msgid) for entry in catalogue(language)]
    assert sorted(set(every) - shown().keys()) == []
    assert len(every) == len(set(every))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_no_copy_of_the_english(language: str) -> None:
    # Names of countries are often spelt alike; Arabic has a test of its own.
    texts = (entry for entry in catalogue(language) if not (entry.msgctxt or "").startswith("choices:country:"))
    assert {entry.msgid for entry in texts if entry.msgstr == entry.msgid} <= SPELT_ALIKE[language]


@pytest.mark.parametrize(("language", "name"), [("en", "Chad"), ("fr", "Tchad"), ("es", "Chad"), ("ar", "تشاد")])
def test_a_country_is_named_in_the_readers_language(form: Form, language: str, name: str) -> None:
    countries = form.definition.lists["country"].codes
    assert len(countries) == 249
    assert all(re.fullmatch("[A-Z]{3}", code) for code in countries)
    assert form.open({"a0_country": "TCD"}).view("a0_country_name", language).text == name
    assert not form.open({"a0_country": "ILM"}).view("a0_country_name", language).relevant


def test_arabic_is_written_in_arabic() -> None:
    assert [entry.msgid for entry in catalogue("ar") if not re.search("[\u0621-\u064a]{2}", entry.msgstr)] == []


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_no_text_waits_to_be_filled(language: str) -> None:
    """A place is `{name}` or a word in brackets, as the reference has them in its reasons."""
    texts = shown().values() if language == "en" else [entry.msgstr for entry in catalogue(language)]
    assert [text for text in texts if PLACEHOLDER.search(text)] == []


def test_a_text_that_waits_would_be_found() -> None:
    """Control."""
    assert all(map(PLACEHOLDER.search, ("not met: (name it).", "Advice needed on (condition).", "See {rule}.")))


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_no_shown_text_holds_a_mark_of_the_sources_or_an_inner_name(language: str) -> None:
    texts = shown().values() if language == "en" else [entry.msgstr for entry in catalogue(language)]
    assert [text for text in texts if MARKS.search(text)] == []


def test_a_mark_would_be_found() -> None:
    """Control: each kind of mark."""
    for text in ("see [K~¶7]", "from [S:C]", "ours [D]", "¶12", "A1-02c", "D17", "set a1_escort", "${rec_type}"):
        assert MARKS.search(text), text


@pytest.mark.parametrize("form", SHIPPED)
def test_no_form_shows_a_mark_or_an_inner_name(form: str) -> None:
    assert [text for text in shown(FORMS / form).values() if MARKS.search(text)] == []


@pytest.mark.parametrize("form", SHIPPED)
def test_every_question_explains_itself(form: str) -> None:
    silent = {"begin_group", "end_group", "end_repeat", "calculate", "note"}
    questions = [row for row in rows(FORMS / form / "survey.csv") if row["type"].partition(" ")[0] not in silent]
    assert [row["name"] for row in questions if not row["guidance_hint"] or not row["label"]] == []


@pytest.mark.parametrize("form", SHIPPED)
def test_every_constraint_says_what_is_wrong(form: str) -> None:
    sheet = rows(FORMS / form / "survey.csv")
    assert [row["name"] for row in sheet if bool(row["constraint"]) != bool(row["constraint_message"])] == []


@pytest.mark.parametrize("form", SHIPPED)
def test_every_item_has_its_source(form: str) -> None:
    ends = {"end_group", "end_repeat"}
    sheet = rows(FORMS / form / "survey.csv")
    assert [row["name"] for row in sheet if row["type"] not in ends and not row["source"]] == []


@pytest.mark.parametrize(("language", "title"), [("fr", "Décisions antérieures"), ("es", "Decisiones anteriores")])
def test_the_form_speaks_the_readers_language(form: Form, language: str, title: str) -> None:
    assert form.definition.label("g0_earlier", language) == title
    assert form.definition.choice_label("outcome", "may_proceed", language) != "May proceed"
    reasons = {form.open(answers).decision("final").reason for answers in ({}, {"a1_any_security": "no"})}
    for reason in reasons:
        assert form.definition.translate("final", "D03", "reason", language, reason) != reason
