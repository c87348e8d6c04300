"""Texts of catalogues beside the labels: translated, filled in the language of the record, carried to a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine import lint
from hrddp_desktop.engine.compiler import translation_gaps
from hrddp_desktop.engine.grids import read_files
from hrddp_desktop.engine.messages import messages
from hrddp_desktop.engine.problems import ProblemCode
from tests.authoring.test_odk import xform
from tests.authoring.workbooks import back, cell, exported, files_of, heading, put, row_of, written
from tests.authoring.workbooks import opened as opened_book
from tests.engine.forms import compiled, opened, problems, write_form

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.session import Session

SURVEY = """select_one language,spoken,Language,
select_one measure,pick,Pick,words=label note=notes cost=cost
text,words,Words,
text,note,Note,
integer,cost,Cost,
"""
CHOICES = """language,en,English,,
language,fr,French,,
language,de,German,,
measure,M1,Train,Two days,5
measure,M2,,,
"""
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'


def entry(context: str, english: str, text: str) -> str:
    return f'\nmsgctxt "{context}"\nmsgid "{english}"\nmsgstr "{text}"\n'


FRENCH = (
    HEADER
    + entry("choices:measure:M1:label", "Train", "Former")
    + entry("choices:measure:M1:notes", "Two days", "Deux jours")
)


def form(folder: Path, french: str = FRENCH, **settings: str) -> Path:
    return write_form(
        folder,
        SURVEY,
        CHOICES,
        headings="type,name,label,fills",
        choice_headings="list_name,name,label,notes,cost",
        settings={
            "default_language": "English (en)",
            "translated": "notes",
            "text_language": "spoken",
            **settings,
        },
        sheets={"i18n/fr.po": french},
    )


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return opened(form(tmp_path / "form"))


def test_a_pick_fills_in_the_language_of_the_record(session: Session) -> None:
    session.set("spoken", "fr")
    session.set("pick", "M1")
    assert session.answers() == {"spoken": "fr", "pick": "M1", "words": "Former", "note": "Deux jours", "cost": 5}


@pytest.mark.parametrize(("spoken", "known"), [(None, "en"), ("en", "en"), ("fr", "fr"), ("de", "en")])
def test_the_form_speaks_its_own_language_when_the_record_says_none_it_has(
    session: Session, spoken: str | None, known: str
) -> None:
    session.set("spoken", spoken)
    assert session.text_language == known


def test_a_form_without_the_setting_speaks_its_own_language(tmp_path: Path) -> None:
    plain = opened(write_form(tmp_path / "form", "text,t,,,,\n"))
    assert plain.text_language == plain.definition.default_language


def test_what_a_pick_has_filled_is_known_in_every_language(session: Session) -> None:
    session.set("pick", "M1")
    session.set("spoken", "fr")
    assert session.view("note", "en").prefilled
    session.set("note", "Deux jours")
    assert session.view("note", "en").prefilled
    session.set("pick", "M2")
    assert session.answers() == {"spoken": "fr", "pick": "M2"}


def test_own_words_are_not_overwritten(session: Session) -> None:
    session.set("pick", "M1")
    session.set("note", "Three days")
    session.set("spoken", "fr")
    session.set("pick", "M2")
    assert session.answers()["note"] == "Three days"


def test_the_definition_says_them_in_a_language(tmp_path: Path) -> None:
    definition = compiled(form(tmp_path / "form"))
    assert definition.choice_fact("measure", "M1", "notes", "fr") == "Deux jours"
    assert definition.choice_fact("measure", "M1", "notes", "es") == "Two days"
    assert definition.choice_fact("measure", "M2", "notes", "fr") == ""
    assert definition.choice_fact("nothing", "M1", "notes", "fr") == ""


def test_they_are_messages_and_gaps_like_labels(tmp_path: Path) -> None:
    folder = form(tmp_path / "form", HEADER)
    files, _ = read_files(folder)
    assert ("choices:measure:M1:notes", "Two days") in [(one.context, one.english) for one in messages(files)]
    gaps = {one.context for one in translation_gaps(folder)}
    assert {"choices:measure:M1:notes", "choices:measure:M1:label"} <= gaps
    assert "choices:measure:M1:cost" not in gaps
    said = (one for one in lint.lint(folder) if dict(one.facts).get("name", "").endswith(":notes"))
    warned = [(one.sheet, one.row, one.column) for one in said]
    assert warned == [("choices", 5, "notes")]


def test_the_setting_names_columns_of_the_choices(tmp_path: Path) -> None:
    found = problems(form(tmp_path / "form", translated="notes wrong", text_language="nobody"))
    said = sorted((one.code, one.column, dict(one.facts)["value"]) for one in found if one.sheet == "settings")
    assert said == [
        (ProblemCode.SETTING_UNKNOWN, "text_language", "nobody"),
        (ProblemCode.SETTING_UNKNOWN, "translated", "wrong"),
    ]


def test_they_travel_in_a_workbook_and_come_back(tmp_path: Path) -> None:
    content = exported(form(tmp_path / "form"), tmp_path)
    sheet = opened_book(content)["choices"]
    said = [sheet.cell(row_of(sheet, "M1"), heading(sheet, name)).value for name in ("notes", "notes_fr")]
    assert said == ["Two days", "Deux jours"]
    assert cell(back(content), "choices", "M1", "notes") == "Two days"
    assert written(content, tmp_path / "back").problems == ()
    assert exported(tmp_path / "back", tmp_path) == content
    assert files_of(tmp_path / "back")["choices.csv"] == files_of(tmp_path / "form")["choices.csv"]
    assert compiled(tmp_path / "back").choice_fact("measure", "M1", "notes", "fr") == "Deux jours"


def test_a_translation_that_was_changed_in_the_workbook_comes_back(tmp_path: Path) -> None:
    content = put(exported(form(tmp_path / "form"), tmp_path), "choices", "M1", "notes_fr", "Deux journées")
    assert written(content, tmp_path / "back").problems == ()
    assert compiled(tmp_path / "back").choice_fact("measure", "M1", "notes", "fr") == "Deux journées"


def test_a_translation_without_english_is_reported_where_it_stands(tmp_path: Path) -> None:
    content = put(exported(form(tmp_path / "form"), tmp_path), "choices", "M2", "notes_fr", "Seul")
    found = written(content, tmp_path / "back").problems
    assert [(one.code, one.column) for one in found] == [(ProblemCode.TRANSLATION_ALONE, "notes_fr")]


def test_other_programs_take_the_workbook(tmp_path: Path) -> None:
    assert "<notes_fr>Deux jours</notes_fr>" in xform(exported(form(tmp_path / "form"), tmp_path), tmp_path)
