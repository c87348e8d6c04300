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
# In letters: (wa, fa, bi, ka) + al, or li + al as it is written; of three letters more at least.
_ARTICLE: Final = re.compile("^(?:[\u0648\u0641\u0628\u0643]?\u0627\u0644|\u0644\u0644)(?=\\w{3})")
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


def lines(text: str) -> str:
    """The text as it is indexed: folded, and behind it each Arabic word without what is written on to it."""
    folded = fold(text)
    if folded.isascii():
        return folded
    alone = dict.fromkeys(bare for word in _WORD.findall(folded) if (bare := _bare(word)) != word)
    return "\n".join((folded, *alone))


def words(text: str) -> tuple[str, ...]:
    """The folded words of what a person typed into a search, each once; Arabic ones without their article."""
    return tuple(dict.fromkeys(map(_bare, _WORD.findall(fold(text)))))


def _bare(word: str) -> str:
    """An Arabic word without its article, as police is in "the police" and "and the police"."""
    return _ARTICLE.sub("", word)


def passage(text: str, wanted: tuple[str, ...], around: int = 60, ahead: int = 20) -> tuple[str, str, str]:
    """What stands before the first word of `text` that begins with a wanted one, the word, and what stands behind.

    Of a long text only some letters on each side, few `ahead` of the word, so that a narrow column shows it. Without
    such a word the beginning of the text, as `behind`.
    """
    for found in _WORD_WITH_MARKS.finditer(text):
        folded = fold(found.group())
        if folded.startswith(wanted) or _bare(folded).startswith(wanted):
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
