"""The app's own words, numbers, dates and direction; the texts of a form belong to its Definition.

English is the source language and needs no file; every other language is one PO file in `resources/i18n`.
Digits are Western everywhere, so that a date or a reference reads the same on screen, on paper and by telephone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from hrddp_desktop import paths
from hrddp_desktop.errors import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

LANGUAGES = ("en", "fr", "es", "ar")
LANGUAGE_NAMES = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}
_RIGHT_TO_LEFT = frozenset({"ar"})
_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
_DAY = N_("{day} {month} {year}")
# French, Spanish and Arabic put other marks between thousands; a thin space is read the same in all four.
_THOUSANDS = "\N{NARROW NO-BREAK SPACE}"


class Words:
    """The app's words in one language. It is handed along; nothing below the window keeps a current language."""

    def __init__(self, language: str, translations: Mapping[str, str]) -> None:
        self.language = language
        self.right_to_left = language in _RIGHT_TO_LEFT
        self._translations = translations

    def __call__(self, text: str, **facts: object) -> str:
        """`text` in this language, with `{name}` replaced by the fact of that name."""
        translated = self._translations.get(text) or text
        return translated.format(**facts) if facts else translated

    def translate(self, text: str) -> str:
        """`text` in this language, its placeholders untouched."""
        return self._translations.get(text) or text

    def date(self, day: date) -> str:
        """The date in words, as "5 March 2026"; a number-only date is read differently from country to country."""
        return self(_DAY, day=day.day, month=self(_MONTHS[day.month - 1]), year=day.year)

    def time(self, moment: datetime) -> str:
        """Hours and minutes of the day, 24 hours, as "16:05"."""
        return f"{moment.hour:02d}:{moment.minute:02d}"

    def number(self, value: int | float) -> str:
        """A number with thin spaces between thousands."""
        return f"{value:,}".replace(",", _THOUSANDS)


@cache
def words(language: str) -> Words:
    """The words of one of LANGUAGES; an unknown language reads as English."""
    if language not in LANGUAGES:
        language = "en"
    return Words(language, _translations(language))


def _translations(language: str) -> dict[str, str]:
    if language == "en":
        return {}
    # polib is loaded for another language only: an English start does without it.
    import polib

    file = paths.resources_dir() / "i18n" / f"{language}.po"
    if not file.is_file():
        return {}
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(file)) if entry.translated()}
