"""The guidance is complete in four languages, and each of its terms is found in the texts of its language."""

from __future__ import annotations

import re

import pytest

from hrddp_desktop import paths
from hrddp_desktop.services.guidance import Guidance
from hrddp_desktop.services.guidance_sheets import listed, messages, read_sheets, updated
from tests.forms.test_words import LANGUAGES, MARKS

# Acronyms and names that are the same in another language.
SAME = re.compile(r"acronyms:\w+:acronym|resources:\w+:publisher")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_guidance_is_translated(language: str) -> None:
    before, after, merge = updated(read_sheets(paths.forms_dir()))[language]
    assert [entry.context for entry in (*merge.missing, *merge.stale)] == []
    assert before.entries == after.entries


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_of_the_guidance_is_no_copy_of_the_english(language: str) -> None:
    live = read_sheets(paths.forms_dir()).catalogues[language].live
    same = [one for one in live if one.text == one.english and not SAME.fullmatch(one.context)]
    # Short words may be the same by chance; a sentence never is.
    assert [one.context for one in same if " " in one.english] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_paragraphs_and_holds_no_mark(language: str) -> None:
    live = read_sheets(paths.forms_dir()).catalogues[language].live
    assert [one.context for one in live if one.text.count("\n\n") != one.english.count("\n\n")] == []
    assert [one.context for one in live if MARKS.search(one.text)] == []


def test_arabic_guidance_is_written_in_arabic() -> None:
    live = read_sheets(paths.forms_dir()).catalogues["ar"].live
    latin = [one.context for one in live if not re.search("[\u0621-\u064a]{2}", one.text)]
    assert [context for context in latin if not SAME.fullmatch(context)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_leads_to_one_term_in_every_language(language: str) -> None:
    owners: dict[str, set[str]] = {}
    for term in Guidance(language).terms:
        for spelling in term.spellings:
            owners.setdefault(spelling.casefold(), set()).add(term.id)
    assert {spelling for spelling, terms in owners.items() if len(terms) > 1} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_term_is_found_by_every_spelling(language: str) -> None:
    guidance = Guidance(language)
    lost = [(one.id, said) for one in guidance.terms for said in one.spellings if guidance.terms_in(said) != (one,)]
    assert lost == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_with_several_forms_have_them_in_every_language(language: str) -> None:
    """A plural, or an inflected form, is another spelling: aliases are translated as a list, never as one text."""
    sheets = read_sheets(paths.forms_dir())
    said = {entry.key: entry.text for entry in sheets.catalogues[language].live}
    texts = [(context, english) for context, english, *_ in messages(sheets) if context.endswith(":aliases")]
    assert [context for context, english in texts if not listed(said[context, english])] == []


def test_no_note_waits_for_a_question() -> None:
    """Every question that a note names stands in an installed form."""
    from hrddp_desktop.services import forms

    codes = {one.code.name for one in forms.check() if one.sheet == "notes"}
    assert "NOTE_QUESTION_UNKNOWN" not in codes
