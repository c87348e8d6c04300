"""The words, notes and further reading beside the questions: found in texts, said in a language, and checked."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.cli import main
from hrddp_desktop.services import authoring, forms
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.guidance import Guidance, confirmed, is_in
from hrddp_desktop.services.guidance_sheets import SHEETS, check
from tests.ui.views import view

if TYPE_CHECKING:
    from pathlib import Path

GLOSSARY = (
    ("force", "security force", "security forces", "Those who may use force.", "[K]", "policy_second_hand"),
    ("grave", "grave violation", "grave violations|grave", "An abuse of the worst kind.", "[K]", "policy_second_hand"),
    ("risk", "real risk", "", "A danger that can be foreseen.", "[D]", "house"),
    ("hold", "hold", "holds", "A stop at once.", "[D]", "house"),
)
NOTES = (
    ("second", "note", "5", "ms_code q_one", "Later", "One.\n\nTwo.", "[D]", "house"),
    ("first", "case_study", "1", "q_one", "A case", "Once.", "[D]", "house"),
)
ROWS = {
    "glossary": GLOSSARY,
    "notes": NOTES,
    "acronyms": (("UN", "United Nations"),),
    "resources": (("r", "A book", "Somebody", "2015", "To read.", "en|fr", "not_read", "[D]"),),
}
FRENCH = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgctxt "glossary:force:term"
msgid "security force"
msgstr "force de sécurité"

msgctxt "glossary:force:aliases"
msgid "security forces"
msgstr "forces de sécurité"

#, fuzzy
msgctxt "glossary:force:definition"
msgid "Those who may use force."
msgstr "Une autre définition."
"""
ARABIC = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgctxt "glossary:force:term"
msgid "security force"
msgstr "قوة أمن"

msgctxt "glossary:force:aliases"
msgid "security forces"
msgstr "قوات الأمن|قوات أمن"

msgctxt "glossary:hold:term"
msgid "hold"
msgstr "وقف"
"""


def write(folder: Path, **changed: tuple[tuple[str, ...], ...]) -> Path:
    for name, rows in {**ROWS, **changed}.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([SHEETS[name].columns, *rows])
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small guidance, with a few words of French and Arabic."""
    (tmp_path / "i18n").mkdir()
    (tmp_path / "i18n" / "fr.po").write_text(FRENCH, "utf-8")
    (tmp_path / "i18n" / "ar.po").write_text(ARABIC, "utf-8")
    return write(tmp_path)


def ids(guidance: Guidance, *texts: str) -> list[str]:
    return [term.id for term in guidance.terms_in(*texts)]


def sentences(folder: Path, *questions: str) -> list[str]:
    """What the check says, without the many translations that a small guidance has not."""
    return [forms.as_line(one) for one in check(folder, questions) if "translation" not in one.sentence]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Grave violations by a Security  Force", ["grave", "force"]),
        ("no real\nrisk, no grave violation, no grave", ["risk", "grave"]),
        ("engraved, unreal risk, security forced, thresholds", []),
        ("", []),
    ],
)
def test_terms_are_found_as_whole_words_in_the_order_of_the_text(folder: Path, text: str, found: list[str]) -> None:
    assert ids(Guidance("en", folder), text) == found


def test_the_longer_of_two_words_that_begin_alike_is_meant(folder: Path) -> None:
    write(folder, glossary=(*GLOSSARY, ("rights", "grave violation of rights", "", "Both.", "[K]", "house")))
    assert ids(Guidance("en", folder), "a grave violation of rights") == ["rights"]


def test_terms_in_another_language_are_found_by_their_translations(folder: Path) -> None:
    french = Guidance("fr", folder)
    assert ids(french, "Deux forces de sécurité ; security forces") == ["force"]
    assert french.terms_in("l'autre force de sécurité")[0].term == "force de sécurité"


def test_a_stale_translation_is_not_shown(folder: Path) -> None:
    assert Guidance("fr", folder).terms_in("force de sécurité")[0].definition == "Those who may use force."


@pytest.mark.parametrize("text", ["بقوات الأمن", "وقوات الأمن", "قُوَّات الأمن", "للوقف ثم قوة أمن"])
def test_arabic_words_are_found_behind_what_is_written_with_them(folder: Path, text: str) -> None:
    assert "force" in ids(Guidance("ar", folder), text)


def test_a_question_gets_its_words_its_notes_and_the_basis_of_its_rule(folder: Path) -> None:
    beside = Guidance("en", folder).beside(view("text", hint="A hold?", guidance="A real risk."))
    assert [term.id for term in beside.terms] == ["hold", "risk"]
    assert [note.id for note in beside.notes] == ["first", "second"]
    assert beside.basis == "house"
    assert Guidance("en", folder).beside(view("text", consumer="informs")).basis == ""


def test_all_of_it_can_be_read(folder: Path) -> None:
    guidance = Guidance("en", folder)
    assert [term.term for term in guidance.terms] == ["grave violation", "hold", "real risk", "security force"]
    assert guidance.notes[1].text == "One.\n\nTwo."
    assert guidance.acronyms[0].words == "United Nations"
    assert guidance.resources[0].languages == ("en", "fr")


def test_without_sheets_there_is_no_guidance(tmp_path: Path) -> None:
    guidance = Guidance("fr", tmp_path)
    assert (guidance.terms, guidance.notes, guidance.acronyms, guidance.resources) == ((), (), (), ())
    assert guidance.terms_in("anything") == ()


def test_a_search_finds_every_word_wherever_it_stands() -> None:
    assert is_in("RISK grave", "A grave matter", "the risk")
    assert not is_in("risk grave", "the risk")
    assert is_in("", "anything")


# --- who has confirmed the rules ---


def test_no_rule_is_confirmed_until_its_rows_say_so(tmp_path: Path) -> None:
    installed = confirmed(Forms())
    assert installed.rules == 0
    shutil.copytree(paths.forms_dir() / "assessment", tmp_path / "assessment")
    sheet = tmp_path / "assessment" / "decisions" / "lane.csv"
    text = sheet.read_text("utf-8")
    sheet.write_text(text.replace("policy_second_hand", "house").replace("house", "policy_text", 1), "utf-8")
    found = confirmed(Forms(tmp_path))
    assert (found.rules, found.of) == (1, len(rules_of(tmp_path)))


def rules_of(folder: Path) -> set[tuple[str, str]]:
    tables = Forms(folder).definition("assessment").tables
    return {(name, rule.rule) for name, table in tables.items() for rule in table.rules}


# --- mistakes ---


def test_a_good_guidance_has_no_mistakes(folder: Path) -> None:
    assert sentences(folder, "q_one", "ms_code") == []


@pytest.mark.parametrize(
    ("sheet", "row", "said"),
    [
        (
            "glossary",
            ("x", "y", "", "z", "[D]", "hause"),
            "glossary, row 6, basis: The value hause is not allowed in this column; perhaps house was meant.",
        ),
        ("glossary", ("x", "y", "", "", "[D]", "house"), "glossary, row 6, definition: The cell is empty."),
        ("glossary", ("risk", "y", "", "z", "[D]", "house"), "glossary, row 6, id: The name risk is used before"),
        ("glossary", ("x", "Grave", "", "z", "[D]", "house"), "glossary, row 6, term: The word Grave leads to"),
        ("glossary", ("x", "y", "holds", "z", "[D]", "house"), "glossary, row 6, aliases: The word holds leads to"),
        (
            "notes",
            ("n", "note", "5", "ms_cod", "T", "t", "[D]", "house"),
            "notes, row 4, questions: warning: The note belongs to ms_cod, and no form has such a question; perhaps "
            "ms_code was meant.",
        ),
        ("notes", ("n", "story", "5", "q_one", "T", "t", "[D]", "house"), "notes, row 4, kind: The value story"),
        ("notes", ("n", "note", "9", "q_one", "T", "t", "[D]", "house"), "notes, row 4, action: The value 9"),
        ("resources", ("s", "T", "P", "", "U", "en", "yes", "[D]"), "resources, row 3, read: The value yes"),
        ("acronyms", ("UN", "Again"), "acronyms, row 3, acronym: The name UN is used before, in row 2"),
    ],
)
def test_each_mistake_is_named_with_its_place(folder: Path, sheet: str, row: tuple[str, ...], said: str) -> None:
    write(folder, **{sheet: (*ROWS[sheet], row)})
    found = sentences(folder, "q_one", "ms_code")
    assert len(found) == 1
    assert found[0].startswith(said)


def test_a_row_with_a_mistake_is_not_shown(folder: Path) -> None:
    write(folder, notes=(*NOTES, ("n", "note", "first", "q_one", "T", "t", "[D]", "house")))
    assert len(Guidance("en", folder).notes) == len(NOTES)


def test_a_wrong_heading_is_named(folder: Path) -> None:
    (folder / "acronyms.csv").write_text("acronym,word,acronym\nUN,United Nations,x\n", "utf-8")
    assert [line.partition(": ")[0] for line in sentences(folder, "q_one", "ms_code")] == [
        "acronyms, row 1, acronym",
        "acronyms, row 1, word",
        "acronyms, row 1, words",
        "acronyms, row 2, words",
    ]


def test_a_sheet_that_is_missing_or_unreadable_is_named(folder: Path) -> None:
    (folder / "notes.csv").unlink()
    (folder / "acronyms.csv").write_bytes(b"\xff\xfe")
    (folder / "i18n" / "fr.po").write_bytes(b"\xff\xfe")
    assert [line.partition(",")[0] for line in sentences(folder)] == ["acronyms", "i18n/fr.po", "notes"]


def test_translations_that_are_missing_stale_or_of_nothing_are_named(folder: Path) -> None:
    with (folder / "i18n" / "fr.po").open("a", encoding="utf-8") as file:
        file.write('\nmsgctxt "glossary:gone:term"\nmsgid "gone"\nmsgstr "parti"\n')
    found = [forms.as_line(one) for one in check(folder, ("q_one", "ms_code"))]
    assert "glossary, row 3, term: warning: There is no translation of glossary:grave:term into fr. Add it." in found
    assert any("glossary:force:definition into fr is of an older text" in line for line in found)
    assert any(line.startswith("i18n/fr.po") and "glossary:gone:term belongs to nothing" in line for line in found)


# --- the tools of authors ---


@pytest.fixture
def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small guidance beside the installed form."""
    shutil.copytree(paths.forms_dir() / "assessment", folder / "assessment")
    monkeypatch.setattr(paths, "forms_dir", lambda: folder)
    return folder


def test_the_guidance_is_no_form(installed: Path) -> None:
    assert Forms().names() == ("assessment",)


def test_the_check_of_all_forms_names_the_mistakes_of_the_guidance(installed: Path) -> None:
    found = {problem.sheet for problem in forms.check()}
    assert {"glossary", "notes"} <= found
    assert "glossary" not in {problem.sheet for problem in forms.check(installed / "assessment")}


def test_messages_bring_the_guidance_up_to_date(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forms", "messages", "guidance", "--check"]) == 1
    assert not (installed / "i18n" / "es.po").exists()
    main(["forms", "messages", "guidance"])
    assert "missing: glossary:grave:term 'grave violation'" in capsys.readouterr().out
    assert [words.is_current for words in authoring.words_of_guidance()] == [True, True, True]
    assert Guidance("fr", installed).terms_in("force de sécurité")
    assert main(["forms", "messages"]) == 0


def test_messages_leave_sheets_that_cannot_be_read_alone(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (installed / "notes.csv").unlink()
    assert main(["forms", "messages", "guidance"]) == 1
    assert "notes.csv is missing" in capsys.readouterr().err
