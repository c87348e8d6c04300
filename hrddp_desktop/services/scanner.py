"""What in a text may lead to a person: a name with a rank, a telephone number, an address, an ID, an exact place.

It recognises shapes, it does not know names: no hit means "found nothing I can recognise", never "no names". The words
it goes by (ranks, courtesy titles, what may follow a rank and is no name) are data in forms/scanner.csv. Every pattern
starts at the edge of a word and reads a bounded number of signs, so that the time grows with the length of the text
whatever is in it.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from hrddp_desktop import paths
from hrddp_desktop.errors import N_, Code, FormError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path


class Kind(StrEnum):
    """What a found piece of text looks like."""

    PERSON = "person"
    TELEPHONE = "telephone"
    MAIL = "mail"
    IDENTITY = "identity"
    PLACE = "place"

    def label(self, translate: Callable[[str], str] = N_) -> str:
        """The kind as the end of "looks like ...", in the language of `translate`."""
        return translate(_LABELS[self])


_LABELS: Final = {
    Kind.PERSON: N_("a name with a rank or a title"),
    Kind.TELEPHONE: N_("a telephone number"),
    Kind.MAIL: N_("an e-mail address"),
    Kind.IDENTITY: N_("the number of an identity paper"),
    Kind.PLACE: N_("exact coordinates"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: `text` is what stands between `start` and `end` of the scanned text."""

    kind: Kind
    start: int
    end: int
    text: str


def scan(text: str, vocabulary: Vocabulary | None = None) -> tuple[Found, ...]:
    """Everything in `text` that is recognised, in order, no two hits overlapping.

    Raises FormError(FORM_BROKEN) when the list of words cannot be used.
    """
    known = vocabulary or installed_vocabulary()
    rest, places = _plain(text)
    taken: list[tuple[int, int, Kind]] = []
    has_digits = _DIGIT.search(rest) is not None
    for kind, finder in _FINDERS:
        if not has_digits and kind not in {Kind.MAIL, Kind.PERSON}:
            continue
        spans = list(finder(rest, known))
        rest = _blotted(rest, spans)
        taken += [(*span, kind) for span in spans if kind is not None]
    found = []
    for start, end, kind in sorted(taken):
        first, last = places[start], places[end - 1] + 1
        found.append(Found(kind, first, last, text[first:last]))
    return tuple(found)


# ----------------------------------------------------------------------------------------------------------- the words


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of forms/scanner.csv, folded: ranks and titles by their first word, the rest as sets."""

    ranks: Mapping[str, tuple[_Rank, ...]]
    posts: frozenset[str]
    particles: frozenset[str]
    money: frozenset[str]
    telephone: re.Pattern[str]
    identity: re.Pattern[str]


class _Rank(NamedTuple):
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
    ranks: dict[str, list[_Rank]] = {}
    for kind in ("rank", "title"):
        for word in words.get(kind, ()):
            bare = _plain(word)[0]
            parts = tuple(_WORD.findall(bare.lower()))
            if not parts:
                continue
            capital = bare[0] != bare[0].lower()
            ranks.setdefault(parts[0], []).append(_Rank(parts, kind == "title", capital, bare.endswith(".")))
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
    return frozenset(_plain(word)[0].lower() for word in words)


def _alternatives(words: Iterable[str]) -> str:
    """A pattern for one of these words and nothing longer; of two that begin alike the longer one is tried first."""
    longest_first = sorted(_folded(words), key=lambda word: (-len(word), word))
    return "|".join(_alone(word) for word in longest_first) or "(?!)"


def _alone(word: str) -> str:
    """The first letter stands outside the look behind it, so that a search leaps from one to the next."""
    before = rf"(?<!\w{re.escape(word[0])})" if word[0].isalnum() else ""
    after = r"(?!\w)" if word[-1].isalnum() else ""
    return rf"{re.escape(word[0])}{before}{re.escape(word[1:])}{after}"


# ------------------------------------------------------------------------------------------------------------ the text

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


def _plain(text: str) -> tuple[str, range | list[int]]:
    """The text as it is read, and for each of its signs the place in the original."""
    if text.isascii():
        return text, range(len(text))
    read = [_fold(letter) for letter in text]
    return "".join(read), [place for place, letter in enumerate(read) if letter]


_BLOT: Final = "\x00"
"""Stands where something was found: part of no word and of no number."""


def _blotted(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], _BLOT * (end - start)]
        at = end
    return "".join([*parts, text[at:]])


# --------------------------------------------------------------------------------------------------- numbers and places

_MAIL: Final = re.compile(r"(?<![\w.+%\-])[\w.+%\-]{1,64}+@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4}+")
_DEGREES: Final = r"[+\-]?\d{1,3}\.\d{3,12}+ ?°? ?[NSEWO]?(?!\w)"
_COMMA_DEGREES: Final = r"[+\-]?\d{1,3},\d{4,12}+ ?°? ?[NSEWO]?(?!\w)"
_PLACES: Final = (
    re.compile(rf"(?<![\w.,])(?:[NSEWO] ?)?({_DEGREES}) ?[,;/ ] ?(?:[NSEWO] ?)?({_DEGREES})", re.IGNORECASE),
    re.compile(rf"(?<![\w.,])({_COMMA_DEGREES}) ?[;/ ] ?({_COMMA_DEGREES})", re.IGNORECASE),
    re.compile(
        r"(?<![\w.,])\d{1,3} ?° ?\d{1,2}(?:[.,]\d{2,6}+ ?'?| ?' ?\d{1,2}(?:[.,]\d{1,6})? ?(?:\"|''|'))"
        r"(?: ?[NSEWO](?!\w))?",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\w)\d{1,2}[C-HJ-NP-X] ?[A-HJ-NP-Z]{2} ?(?:\d{3} ?\d{3}|\d{4} ?\d{4}|\d{5} ?\d{5})(?!\w)"),
    re.compile(r"(?<!\w)[2-9CFGHJMPQRVWX]{8}\+[2-9CFGHJMPQRVWX]{2,3}(?!\w)"),
)
_DAY: Final = (
    r"(?:\d{4}[\-/.]\d{1,2}[\-/.]\d{1,2}|(?:\d{1,2}-)?\d{1,2}[\-/.]\d{1,2}[\-/.](?:\d{4}|\d{2})"
    r"|(?<!\d )\d{1,2} \d{1,2} (?:19|20)\d{2})"
)
_KNOWN_NUMBERS: Final = (
    re.compile(rf"(?<![\w+])(?<!\d[.\-/]){_DAY}(?: ?[\-/] ?{_DAY})?(?!\w)(?![.\-/]\d)"),
    re.compile(r"(?<![\w+])(?<!\d[.\-/ ])(?:19|20)\d{2} ?[\-/] ?(?:19|20)?\d{2}(?!\w)(?![.\-/ ]\d)"),
    re.compile(r"(?<![\w.,+])\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,2})?(?!\w)(?![ .,\-/]\d)"),
    re.compile(r"(?<![\w\-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w)", re.IGNORECASE),
    re.compile(r"(?<!\w)(?=[0-9]{0,31}[a-f])[0-9a-f]{32,128}+(?!\w)", re.IGNORECASE),
)
_REFERENCE: Final = re.compile(r"(?<![\w/\-.])\w{1,24}(?:[/\-.]\w{1,24}){1,8}+")
_LETTERS_AND_DIGITS: Final = re.compile(r"(?<!\w)(?:[A-Z]{1,3}[ \-]?|[A-Za-z]{1,3})\d{6,20}+(?!\w)")
_NUMBER: Final = re.compile(r"(?<![\w+])(?<!\d[.,])(?:\+ ?)?\(?\d{1,40}+(?!\w)(?:[ ()./\-]{1,3}\d{1,20}+(?!\w)){0,8}")
_DIGIT: Final = re.compile(r"\d")
_SIX_DIGITS: Final = re.compile(r"\d{6}")
_DAY_OR_MONTH: Final = re.compile(r"20[0-4]\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?")
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]{1,12}|[$€£¥])[ .:]{0,2}\Z")
_WORD_AFTER: Final = re.compile(r"[ ]{0,2}([^\W\d_]{1,12}|[$€£¥%])")
# ITU-T E.164: at most 15 digits with the country; 2 more for the two zeros.
_LONGEST_TELEPHONE: Final = 17


def _mails(text: str, _known: Vocabulary) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _MAIL.finditer(text))


def _places(pattern: re.Pattern[str]) -> Callable[[str, Vocabulary], Iterator[tuple[int, int]]]:
    def find(text: str, _known: Vocabulary) -> Iterator[tuple[int, int]]:
        for match in pattern.finditer(text):
            if not match.groups() or _is_on_earth(*match.groups()):
                end = match.end() - (match[0] != match[0].rstrip())
                yield match.start(), end

    return find


def _is_on_earth(*pair: str) -> bool:
    numbers = [re.sub(r"[^\d.]", "", each.replace(",", ".")) for each in pair]
    if all(number[-1] == "0" and len(number.partition(".")[2]) == 3 for number in numbers):
        # 1.250 / 2.300: thousands, as half the world writes them.
        return False
    return min(map(float, numbers)) <= 90 and max(map(float, numbers)) <= 180


def _known_numbers(pattern: re.Pattern[str]) -> Callable[[str, Vocabulary], Iterator[tuple[int, int]]]:
    return lambda text, _known: (match.span() for match in pattern.finditer(text))


def _references(text: str, _known: Vocabulary) -> Iterator[tuple[int, int]]:
    """RC/HR/25-118: letters in front, digits behind, no number long enough to be somebody's."""
    for match in _REFERENCE.finditer(text):
        begins = re.split(r"[/\-.]", match[0])[:2]
        lettered = any(part.isalpha() for each in begins for part in each)
        if lettered and any(part.isdecimal() for part in match[0]) and not _SIX_DIGITS.search(match[0]):
            yield match.span()


def _after_word(name: str) -> Callable[[str, Vocabulary], Iterator[tuple[int, int]]]:
    """A number behind a word that says what it is."""

    def find(text: str, known: Vocabulary) -> Iterator[tuple[int, int]]:
        pattern = known.telephone if name == "telephone" else known.identity
        # A folded text keeps its length in lower case: the one letter that does not has lost its dot.
        for match in pattern.finditer(text.lower()):
            digits = "".join(part for part in match[1] if part.isdecimal())
            if len(digits) >= _FEWEST[name] and not _is_year(digits):
                yield match.start(), match.start(1) + len(match[1].rstrip(" ./-"))

    return find


_FEWEST: Final = {"telephone": 5, "identity": 4}


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.startswith(("19", "20"))


def _lettered(text: str, known: Vocabulary) -> Iterator[tuple[int, int]]:
    for match in _LETTERS_AND_DIGITS.finditer(text):
        letters = "".join(part for part in match[0] if part.isalpha())
        digits = "".join(part for part in match[0] if part.isdecimal())
        if letters.lower() not in known.money and not _DAY_OR_MONTH.fullmatch(digits):
            yield match.span()


def _numbers(kind: Kind) -> Callable[[str, Vocabulary], Iterator[tuple[int, int]]]:
    def find(text: str, known: Vocabulary) -> Iterator[tuple[int, int]]:
        for match in _NUMBER.finditer(text):
            if _number_kind(match[0]) is kind and not _counts_something(text, match, known):
                yield match.span()

    return find


def _counts_something(text: str, match: re.Match[str], known: Vocabulary) -> bool:
    """Whether the number is an amount: a currency or a unit stands beside it."""
    if match[0].startswith(("+", "0")):
        return False
    before = _WORD_BEFORE.search(text, max(0, match.start() - 16), match.start())
    after = _WORD_AFTER.match(text, match.end())
    beside = (found[1].lower() for found in (before, after) if found)
    return any(word in known.money or not word[0].isalpha() for word in beside)


def _number_kind(run: str) -> Kind | None:
    """What a run of digits with its separators is by its shape."""
    groups = re.findall(r"\d+", run)
    digits = "".join(groups)
    if run.startswith("+"):
        return Kind.TELEPHONE if 7 <= len(digits) <= _LONGEST_TELEPHONE else None
    if re.fullmatch(r"\d+\.\d+", run):
        return None
    if digits.startswith("0"):
        return Kind.TELEPHONE if 8 <= len(digits) <= _LONGEST_TELEPHONE else None
    if any(len(group) >= 9 for group in groups):
        return None if digits.endswith("000") else Kind.IDENTITY
    if len(groups) == 1 or "/" in run or len(digits) < 8 or any(len(group) < 2 for group in groups[1:]):
        return None
    if _is_amount(groups, run) or _is_range(groups, run):
        return None
    return Kind.TELEPHONE if len(digits) <= _LONGEST_TELEPHONE else Kind.IDENTITY


def _is_amount(groups: list[str], run: str) -> bool:
    """12 500 000: thousands in threes that end round."""
    in_threes = len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    return in_threes and groups[-1].endswith("00") and not re.search(r"[()\-]", run)


def _is_range(groups: list[str], run: str) -> bool:
    """1200-1500: from a round number to a larger one."""
    if len(groups) != 2 or "-" not in run:
        return False
    low, high = map(int, groups)
    return low < high and not low % 50 and not high % 50


# -------------------------------------------------------------------------------------------------------------- persons

_WORD: Final = re.compile(r"[^\W\d_]{1,40}(?:-[^\W\d_]{1,40}){0,3}")
_INSIDE_RANK: Final = re.compile(r"[ \t\r\n.'\-]{1,3}")
_AFTER_RANK: Final = re.compile(r"[.:]?[ \t]{0,3}\r?\n?[ \t]{0,3}")
_INSIDE_NAME: Final = re.compile(r"[ \t]{1,3}|\.[ \t]{0,3}|'")
_ATTACHED: Final = "وفبكل"
_ARTICLE: Final = "ال"
_MOST_NAMES: Final = 5


def _persons(text: str, known: Vocabulary) -> Iterator[tuple[int, int]]:
    words = _Words(text, known)
    at = 0
    while at < len(words.spans):
        after = words.person(at)
        if after is None:
            at += 1
        else:
            yield words.spans[at][0], words.spans[after - 1][1]
            at = after


class _Words:
    """The words of a text, read from left to right. A place is the number of a word; None means no such thing."""

    def __init__(self, text: str, known: Vocabulary) -> None:
        self._text = text
        self._known = known
        self.spans = [match.span() for match in _WORD.finditer(text)]

    def person(self, at: int) -> int | None:
        """Behind the name that follows the ranks at `at`."""
        rank = self._rank(at)
        if rank is None:
            return None
        name, is_title, last = rank
        for _ in range(_MOST_NAMES):
            more = self._rank(name) if self._joined(name, _INSIDE_RANK) else None
            if more is None:
                break
            name, is_title, last = more[0], is_title and more[1], more[2]
        if not self._joined(name, _AFTER_RANK):
            return None
        if _is_arabic(self._word(name)):
            return self._arabic_name(name, last)
        return self._name(name, is_title=is_title)

    def _word(self, at: int) -> str:
        return self._text[slice(*self.spans[at])] if at < len(self.spans) else ""

    def _joined(self, at: int, gap: re.Pattern[str]) -> bool:
        """Whether nothing but a gap stands between a word and the one before."""
        if not 0 < at < len(self.spans):
            return False
        start, end = self.spans[at - 1][1], self.spans[at][0]
        return end > start and gap.fullmatch(self._text, start, min(end, start + 12)) is not None and end - start <= 12

    def _rank(self, at: int) -> tuple[int, bool, str] | None:
        """Behind the rank at `at`, whether it is a title of anybody, and its last word."""
        word = self._word(at)
        for first in _without_attached(word):
            for rank in self._known.ranks.get(first.lower(), ()):
                if self._is(rank, at, word):
                    return at + len(rank.words), rank.is_title, rank.words[-1]
        return None

    def _is(self, rank: _Rank, at: int, word: str) -> bool:
        if rank.needs_capital and not _is_capital(word):
            return False
        for place, expected in enumerate(rank.words[1:], start=at + 1):
            if self._word(place).lower() != expected or not self._joined(place, _INSIDE_RANK):
                return False
        end = self.spans[at + len(rank.words) - 1][1]
        return not rank.needs_dot or self._text[end : end + 1] == "."

    def _name(self, at: int, *, is_title: bool) -> int | None:
        """A name begins with a capital, with or without a particle in front; a function or a unit is none."""
        first = self._behind_particles(at, is_title=is_title)
        if first is None or not self._is_name(first):
            return None
        after = first + 1
        if not self._stands_alone(first, is_title=is_title) and not self._goes_on(after):
            return None
        while after - first < _MOST_NAMES and self._goes_on(after):
            after += 1
        return after

    def _behind_particles(self, at: int, *, is_title: bool) -> int | None:
        for place in range(at, at + 3):
            word = self._word(place)
            if place > at and not self._joined(place, _INSIDE_NAME):
                return None
            if _is_capital(word) or "-" in word:
                return place
            short = is_title and len(word) <= 3 and word in self._known.posts
            if word.lower() not in self._known.particles and not short:
                return None
        return None

    def _is_name(self, at: int) -> bool:
        word = self._word(at)
        first, _, rest = word.partition("-")
        if first.lower() in self._known.particles and rest:
            return any(_is_capital(part) for part in rest.split("-"))
        # One capital is an initial, whatever word it would be in small letters.
        return _is_capital(word) and (len(word) == 1 or not {word.lower(), first.lower()} & self._known.posts)

    def _goes_on(self, at: int) -> bool:
        return self._joined(at, _INSIDE_NAME) and self._is_name(at)

    def _stands_alone(self, at: int, *, is_title: bool) -> bool:
        """Whether a word is a name by itself: an initial wants its dot, two or three capitals are those of a unit."""
        word = self._word(at)
        if len(word) == 1:
            end = self.spans[at][1]
            return self._text[end : end + 1] == "."
        return is_title or not (word.isupper() and (len(word) <= 3 or not set(word) & set("AEIOUY")))

    def _arabic_name(self, at: int, rank: str) -> int | None:
        """Arabic has no capitals: the word after a rank is a name unless it is known to be something else."""
        word = self._word(at)
        is_of_something = word.startswith(_ARTICLE) and not rank.startswith(_ARTICLE)
        if is_of_something or len(word) < 2 or any(each in self._known.posts for each in _without_attached(word)):
            return None
        after = at + 1
        while after - at < _MOST_NAMES and self._joined(after, _INSIDE_NAME) and self._is_family(after):
            after += 1
        return after

    def _is_family(self, at: int) -> bool:
        word, before = self._word(at), self._word(at - 1)
        is_known = any(each in self._known.posts for each in _without_attached(word))
        is_named = word.startswith(_ARTICLE) or word in self._known.particles or before in self._known.particles
        return is_named and not is_known and _is_arabic(word)


def _without_attached(word: str) -> list[str]:
    """The word, and in Arabic what it is without the "and", "for" or "with" that is written onto it."""
    forms = [word]
    if _is_arabic(word):
        if word.startswith("لل"):
            forms.append(_ARTICLE + word[2:])
        if word[0] in _ATTACHED:
            forms.append(word[1:])
    return forms


def _is_capital(word: str) -> bool:
    return bool(word) and word[0] != word[0].lower()


def _is_arabic(word: str) -> bool:
    return bool(word) and "\N{ARABIC LETTER HAMZA}" <= word[0] <= "\N{ARABIC LETTER YEH BARREE}"


# The order matters: what is found first is hidden from the next. None takes away what is known to be harmless.
_FINDERS: Final[tuple[tuple[Kind | None, Callable[[str, Vocabulary], Iterator[tuple[int, int]]]], ...]] = (
    (Kind.MAIL, _mails),
    *((Kind.PLACE, _places(pattern)) for pattern in _PLACES),
    *((None, _known_numbers(pattern)) for pattern in _KNOWN_NUMBERS),
    (None, _references),
    (Kind.IDENTITY, _after_word("identity")),
    (Kind.TELEPHONE, _after_word("telephone")),
    (Kind.IDENTITY, _lettered),
    (Kind.IDENTITY, _numbers(Kind.IDENTITY)),
    (Kind.TELEPHONE, _numbers(Kind.TELEPHONE)),
    (Kind.PERSON, _persons),
)
