"""The words that the scanner goes by, and how a text is read: without accents, widths and scripts of digits."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from hrddp_desktop import paths
from hrddp_desktop.errors import Code, FormError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

WORD: Final = re.compile(r"[^\W\d_]{1,40}(?:-[^\W\d_]{1,40}){0,3}")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of forms/scanner.csv, folded: ranks and titles by their first word, the rest as sets."""

    ranks: Mapping[str, tuple[Rank, ...]]
    posts: frozenset[str]
    particles: frozenset[str]
    money: frozenset[str]
    telephone: re.Pattern[str]
    identity: re.Pattern[str]


class Rank(NamedTuple):
    """One rank or title; a capital or a dot in the sheet is asked of the text too."""

    words: tuple[str, ...]
    is_title: bool
    needs_capital: bool
    needs_dot: bool


_KINDS: Final = frozenset({"rank", "title", "post", "particle", "telephone", "identity", "number", "money"})


@cache
def installed_vocabulary() -> Vocabulary:
    """The words that came with the forms of this installation. Raises FormError(FORM_BROKEN)."""
    return read_vocabulary(paths.forms_dir() / "scanner.csv")


def read_vocabulary(file: Path) -> Vocabulary:
    """The words of a sheet with the columns language, kind and word. Raises FormError(FORM_BROKEN)."""
    words: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    try:
        with file.open(encoding="utf-8-sig", newline="") as sheet:
            for number, line in enumerate(csv.DictReader(sheet), start=2):
                kind, word = (line.get("kind") or "").strip(), (line.get("word") or "").strip()
                if kind not in words or not word:
                    raise _broken(
                        file, f"row {number} has no word, or a kind that is none of {', '.join(sorted(_KINDS))}"
                    )
                words[kind].append(word)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _broken(file, type(error).__name__) from error
    return vocabulary_of(words)


def _broken(file: Path, detail: str) -> FormError:
    return FormError(Code.FORM_BROKEN, form=file.name, count=1, detail=detail)


def vocabulary_of(words: Mapping[str, Iterable[str]]) -> Vocabulary:
    """Words by kind, ready to scan with."""
    ranks: dict[str, list[Rank]] = {}
    for kind in ("rank", "title"):
        for word in words.get(kind, ()):
            bare = plain(word)[0]
            parts = tuple(WORD.findall(bare.lower()))
            if not parts:
                continue
            capital = bare[0] != bare[0].lower()
            ranks.setdefault(parts[0], []).append(Rank(parts, kind == "title", capital, bare.endswith(".")))
    numbers = _alternatives(words.get("number", ()))
    joined = rf"(?:[ :.#°'\-]{{1,3}}(?:{numbers})){{0,2}}+[ :.#°'\-]{{0,4}}+"
    return Vocabulary(
        ranks={first: tuple(sorted(known, key=lambda rank: -len(rank.words))) for first, known in ranks.items()},
        posts=_folded(words.get("post", ())),
        particles=_folded(words.get("particle", ())),
        money=_folded(words.get("money", ())),
        telephone=re.compile(
            rf"(?:{_alternatives(words.get('telephone', ()))}){joined}(\+?\(?\d[\d ()./\-]{{3,22}}\d)(?!\w)"
        ),
        identity=re.compile(
            rf"(?:{_alternatives(words.get('identity', ()))}){joined}([a-z]{{0,3}}[ \-]?\d[\da-z./\-]{{3,30}}+)"
        ),
    )


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(plain(word)[0].lower() for word in words)


def _alternatives(words: Iterable[str]) -> str:
    """A pattern for one of these words and nothing longer; of two that begin alike the longer one is tried first."""
    longest_first = sorted(_folded(words), key=lambda word: (-len(word), word))
    return "|".join(_alone(word) for word in longest_first) or "(?!)"


def _alone(word: str) -> str:
    """The first letter stands outside the look behind it, so that a search leaps from one to the next."""
    before = rf"(?<!\w{re.escape(word[0])})" if word[0].isalnum() else ""
    after = r"(?!\w)" if word[-1].isalnum() else ""
    return rf"{re.escape(word[0])}{before}{re.escape(word[1:])}{after}"


_AS_ONE: Final = {
    **dict.fromkeys("’‘′´ʼ`", "'"),
    **dict.fromkeys("”“″", '"'),
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("ـ", ""),
    "º": "°",
    "٫": ".",
    "٬": ",",
    "،": ",",
}


@cache
def _fold(letter: str) -> str:
    """A sign without accent, width or script of its digits; '' for marks that are not read."""
    if letter in _AS_ONE:
        return _AS_ONE[letter]
    if unicodedata.category(letter) in {"Mn", "Cf"}:
        return ""
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    base = "".join(part for part in unicodedata.normalize("NFKD", letter) if unicodedata.category(part) != "Mn")
    return base if len(base) == 1 else letter


def plain(text: str) -> tuple[str, range | list[int]]:
    """The text as it is read, and for each of its signs the place in the original."""
    if text.isascii():
        return text, range(len(text))
    read = [_fold(letter) for letter in text]
    return "".join(read), [place for place, letter in enumerate(read) if letter]
