"""The glossary, the notes, the acronyms and the further reading as a reader meets them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hrddp_desktop import paths
from hrddp_desktop.services.guidance import Guidance
from hrddp_desktop.services.guidance_sheets import SHEETS, check, messages, read_sheets
from tests.forms.test_words import MARKS, rows

REFERENCE = Path(__file__).parents[1] / "data" / "reference" / "questions.csv"
SENTENCES = re.compile(r"[.?!](?:\s|$)")
# A box of the toolkit, or a subject that its users asked for: a note for each.
SUBJECTS = {
    "combat_capacity", "case_border", "mitigation", "case_policing", "visibility", "indicators", "intervention",
    "good_source", "protect_people", "write_a_risk", "likelihood", "ask_headquarters",
}  # fmt: skip


@pytest.fixture(scope="module")
def guidance() -> Guidance:
    return Guidance("en")


def shown() -> list[str]:
    sheets = read_sheets(paths.forms_dir())
    texts = [english for _, english, *_ in messages(sheets)]
    return [*texts, *(row["title"] for row in sheets.rows("resources"))]


def test_the_sheets_have_no_mistake_but_gaps_that_are_told() -> None:
    """A translation that is missing is another test's; a note may wait for the form that has its question."""
    assert [str(one) for one in check(paths.forms_dir(), known_questions()) if not one.is_warning] == []


def test_every_row_is_shown(guidance: Guidance) -> None:
    counts = {name: len(rows(paths.forms_dir() / f"{name}.csv")) for name in SHEETS}
    assert counts == {
        "glossary": len(guidance.terms),
        "notes": len(guidance.notes),
        "acronyms": len(guidance.acronyms),
        "resources": len(guidance.resources),
    }


def known_questions() -> set[str]:
    return {row["name"] for row in rows(REFERENCE)}


def test_a_note_belongs_to_questions_of_the_reference(guidance: Guidance) -> None:
    assert {name for note in guidance.notes for name in note.questions} - known_questions() == set()


def test_no_text_holds_a_mark_of_the_sources_a_paragraph_number_or_an_inner_name() -> None:
    inner = re.compile(r"\b(?:rk|rs|ms|src|np|ind|x|n)_[a-z]|\bpara(?:graph|\.)? ?\d|§")
    assert [text for text in shown() if MARKS.search(text) or inner.search(text)] == []


def test_a_definition_is_short(guidance: Guidance) -> None:
    lengths = {term.id: len(SENTENCES.findall(term.definition)) for term in guidance.terms}
    assert {name for name, length in lengths.items() if length > 3} == set()


def test_a_note_is_read_in_a_minute(guidance: Guidance) -> None:
    lengths = {note.id: len(note.text.split()) for note in guidance.notes}
    assert {name: length for name, length in lengths.items() if not 80 <= length <= 220} == {}


def test_every_subject_has_its_note(guidance: Guidance) -> None:
    assert {note.id for note in guidance.notes} >= SUBJECTS
    assert sorted(note.action for note in guidance.notes if note.kind == "case_study") == [4, 5]


@pytest.mark.parametrize("heading", ["What was asked.", "What was found.", "What was changed.", "The outcome.", "Why:"])
def test_a_case_study_tells_what_happened_and_why(guidance: Guidance, heading: str) -> None:
    assert all(heading in note.text for note in guidance.notes if note.kind == "case_study")


def test_nothing_claims_to_be_confirmed(guidance: Guidance) -> None:
    assert {one.basis for one in guidance.terms} | {one.basis for one in guidance.notes} == {
        "house",
        "policy_second_hand",
    }


def test_a_term_whose_test_is_ours_says_so(guidance: Guidance) -> None:
    """The four conditions of Action 2 are known by their headings alone."""
    assert next(term.basis for term in guidance.terms if term.id == "precondition") == "house"
    assert next(note.basis for note in guidance.notes if note.id == "combat_capacity") == "house"


def test_every_acronym_stands_once() -> None:
    acronyms = [row["acronym"] for row in rows(paths.forms_dir() / "acronyms.csv")]
    assert len(acronyms) == len(set(acronyms))


def test_the_policy_itself_is_said_to_be_unread(guidance: Guidance) -> None:
    unread = [one.title for one in guidance.resources if one.read == "not_read"]
    assert any(title.startswith("Human rights due diligence policy") for title in unread)
