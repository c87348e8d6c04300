"""What is said beside the worked cases of a form: read in a language, checked, and no part of the form's hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.examples import Note, read_examples
from hrddp_desktop.engine.lint import lint
from hrddp_desktop.engine.problems import ProblemCode
from tests.engine.forms import compiled, write_form
from tests.engine.test_compiler import HEADER, entry

if TYPE_CHECKING:
    from pathlib import Path

SURVEY = "begin_group,g,G\ntext,a,Name\nbegin_repeat,rows,Rows\ntext,part,Part\nend_repeat,,\nend_group,,\n"
CASES = "example,title,teaches\none,First,To begin\n"
MARGIN = "example,path,text\none,a,Who says so?\none,rows/R1,Why this row?\none,rows/R1/part,Which part?\n"
FRENCH = (
    entry("examples:one:title", "First", "Premier"),
    entry("examples:one:teaches", "To begin", "Pour commencer"),
    entry("margin:one:a", "Who says so?", "Qui le dit ?"),
    entry("margin:one:rows/R1", "Why this row?", "Pourquoi ?"),
    entry("margin:one:rows/R1/part", "Which part?", "Laquelle ?"),
    entry("survey:a:label", "Name", "Nom"),
)


def form(folder: Path, *french: str, cases: str = CASES, margin: str = MARGIN) -> Path:
    """A form with one worked case, in English and French."""
    sheets = {
        "examples/examples.csv": cases,
        "examples/margin.csv": margin,
        "examples/one.json": "{}",
        "i18n/fr.po": HEADER + "".join(french or FRENCH),
    }
    return write_form(folder, SURVEY, headings="type,name,label", sheets=sheets)


def found(folder: Path) -> list[tuple[ProblemCode, str, int, str]]:
    """What lint says of the sheets beside the form and of their translations."""
    return [
        (one.code, one.sheet, one.row, one.column)
        for one in lint(folder)
        if one.sheet.startswith("examples/") or one.code is ProblemCode.TRANSLATION_UNKNOWN
    ]


@pytest.mark.parametrize(
    ("language", "title", "note"), [("en", "First", "Who says so?"), ("fr", "Premier", "Qui le dit ?")]
)
def test_an_example_is_read_in_a_language(tmp_path: Path, language: str, title: str, note: str) -> None:
    (example,) = read_examples(form(tmp_path / "form"), language)
    assert (example.name, example.title) == ("one", title)
    assert example.notes[0] == Note("a", note)
    assert [each.path for each in example.notes] == ["a", "rows/R1", "rows/R1/part"]


def test_a_translation_of_another_text_is_not_shown(tmp_path: Path) -> None:
    folder = form(tmp_path / "form", cases="example,title,teaches\none,First of all,To begin\n")
    (example,) = read_examples(folder, "fr")
    assert (example.title, example.teaches) == ("First of all", "Pour commencer")


def test_a_form_without_worked_cases_has_none(tmp_path: Path) -> None:
    assert read_examples(write_form(tmp_path / "form", "text,a\n", headings="type,name"), "fr") == ()


def test_a_note_put_better_leaves_the_form_as_it_is(tmp_path: Path) -> None:
    before = compiled(form(tmp_path / "one"))
    after = compiled(form(tmp_path / "two", margin=MARGIN.replace("Who says so?", "Who has seen it?")))
    assert (before.hash, before.translations) == (after.hash, after.translations)
    assert set(before.translations["fr"]) == {"survey:a:label"}


def test_a_sound_form_has_no_problem_beside_it(tmp_path: Path) -> None:
    assert found(form(tmp_path / "form")) == []


def test_a_case_that_is_not_there_is_reported(tmp_path: Path) -> None:
    folder = form(tmp_path / "form", cases=CASES + "two,Second,More\n", margin=MARGIN + "three,a,Why?\n")
    unknown = [each for each in found(folder) if each[0] is ProblemCode.EXAMPLE_UNKNOWN]
    assert unknown == [
        (ProblemCode.EXAMPLE_UNKNOWN, "examples/examples", 3, "example"),
        (ProblemCode.EXAMPLE_UNKNOWN, "examples/margin", 5, "example"),
    ]


@pytest.mark.parametrize("path", ["nothing", "nothing/R1", "rows/R1/nothing", "nothing/R1/part"])
def test_a_note_beside_no_question_is_reported(tmp_path: Path, path: str) -> None:
    folder = form(tmp_path / "form", margin=f"{MARGIN}one,{path},Why?\n")
    assert (ProblemCode.REFERENCE_UNKNOWN, "examples/margin", 5, "path") in found(folder)


def test_what_is_still_to_be_translated_is_reported(tmp_path: Path) -> None:
    stale = entry("margin:one:a", "Who said so?", "Qui l'a dit ?")
    folder = form(tmp_path / "form", *FRENCH[:2], *FRENCH[3:4], *FRENCH[5:], stale)
    assert found(folder) == [
        (ProblemCode.TRANSLATION_STALE, "examples/margin", 2, "text"),
        (ProblemCode.TRANSLATION_MISSING, "examples/margin", 4, "text"),
    ]


def test_a_translation_of_a_note_that_is_gone_is_reported(tmp_path: Path) -> None:
    folder = form(tmp_path / "form", *FRENCH, entry("margin:one:b", "Gone", "Parti"))
    assert [each[:2] for each in found(folder)] == [(ProblemCode.TRANSLATION_UNKNOWN, "i18n/fr")]
