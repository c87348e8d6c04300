"""Words as they are compared in a search: without case, accents and the variants of Arabic letters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# What NFKD does not take apart: letters that are typed one way or the other for the same word.
_LETTERS: Final = str.maketrans(
    {
        "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
        "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
        "\N{ARABIC TATWEEL}": None,
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "œ": "oe",
        "æ": "ae",
    }
)
_WORD: Final = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """The text as it is indexed and compared; several spellings of a word become one."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filter(None, map(_folded, parts))).translate(_LETTERS)


def _folded(letter: str) -> str:
    """A mark above or below a letter goes, a digit of any script becomes one of ours."""
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    return "" if kind in {"Mn", "Cf"} else letter


def words(text: str) -> tuple[str, ...]:
    """The folded words of what a person typed into a search, each once."""
    return tuple(dict.fromkeys(_WORD.findall(fold(text))))


def passage(text: str, wanted: tuple[str, ...], around: int = 60, ahead: int = 20) -> tuple[str, str, str]:
    """What stands before the first word of `text` that begins with a wanted one, the word, and what stands behind.

    Of a long text only some letters on each side, few `ahead` of the word, so that a narrow column shows it. Without
    such a word the beginning of the text, as `behind`.
    """
    for found in _WORD_WITH_MARKS.finditer(text):
        if fold(found.group()).startswith(wanted):
            return (
                _tail(text[: found.start()], ahead),
                found.group(),
                _head(text[found.end() :], around),
            )
    return "", "", _head(text, 2 * around)


# As typed: a vowel sign stands inside a word.
_WORD_WITH_MARKS: Final = re.compile(r"[^\W_][\w\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670]*")


def _head(text: str, letters: int) -> str:
    line = " ".join(text[: 4 * letters].split("\n"))
    if len(line) <= letters:
        return line
    cut = line.rfind(" ", 0, letters)
    return line[: cut if cut > letters // 2 else letters].rstrip() + " …"


def _tail(text: str, letters: int) -> str:
    line = " ".join(text[-4 * letters :].split("\n"))
    if len(line) <= letters:
        return line
    cut = line.find(" ", len(line) - letters)
    return "… " + line[cut if 0 <= cut < len(line) - letters // 2 else len(line) - letters :].lstrip()
