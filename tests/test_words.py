"""Every word of the app is said in every language, with the same facts in it."""

from __future__ import annotations

import string
from functools import cache
from typing import TYPE_CHECKING

import polib
import pytest

from hrddp_desktop import paths
from hrddp_desktop.i18n import LANGUAGES, words
from hrddp_desktop.services.spoken import spoken

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = paths.data_root() / "hrddp_desktop"
TRANSLATIONS = [language for language in LANGUAGES if language != "en"]


@cache
def translations(language: str) -> dict[str, str]:
    file = paths.resources_dir() / "i18n" / f"{language}.po"
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(file)) if not entry.obsolete}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_marked_texts_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('N_("One")\nself.words("Two {x}", x=1)\nwords("A" if b else "B")\nother("No")\n')
    assert set(spoken(tmp_path)) == {"One", "Two {x}", "A", "B"}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_of_the_app_is_translated(language: str) -> None:
    known = translations(language)
    assert [f"{file}: {text}" for text, file in spoken(PACKAGE).items() if text and not known.get(text)] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_translation_is_left_over(language: str) -> None:
    assert sorted(set(translations(language)) - set(spoken(PACKAGE))) == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_keeps_the_facts_of_its_text(language: str) -> None:
    wrong = {text for text, said in translations(language).items() if said and placeholders(text) != placeholders(said)}
    assert wrong == set()


def test_an_unknown_language_reads_as_english() -> None:
    assert words("xx")("{day} {month} {year}", day=5, month="March", year=2026) == "5 March 2026"


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "5 March 2026"), ("fr", "5 mars 2026"), ("es", "5 de marzo de 2026")]
)
def test_a_date_is_written_in_words(language: str, shown: str) -> None:
    from datetime import date

    assert words(language).date(date(2026, 3, 5)) == shown


def test_arabic_dates_have_western_digits_and_run_from_right_to_left() -> None:
    from datetime import date

    arabic = words("ar")
    assert arabic.right_to_left
    assert "5" in arabic.date(date(2026, 3, 5))
    assert "2026" in arabic.date(date(2026, 3, 5))
