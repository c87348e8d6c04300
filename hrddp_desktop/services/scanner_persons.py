"""Names of persons, known by the rank or title in front of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hrddp_desktop.services.scanner_words import WORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hrddp_desktop.services.scanner_words import Rank, Vocabulary


_INSIDE_RANK: Final = re.compile(r"[ \t\r\n.'\-]{1,3}")
_AFTER_RANK: Final = re.compile(r"[.:]?[ \t]{0,3}\r?\n?[ \t]{0,3}")
_INSIDE_NAME: Final = re.compile(r"[ \t]{1,3}|\.[ \t]{0,3}|'")
_ATTACHED: Final = "وفبكل"
_ARTICLE: Final = "ال"
_WITH_ARTICLE: Final = ("وال", "بال", "لل")
_MOST_NAMES: Final = 5
_LONGEST_SHORTENED: Final = 5


def persons(text: str, known: Vocabulary) -> Iterator[tuple[int, int]]:
    """From the rank to the end of the name."""
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
        self.spans = [match.span() for match in WORD.finditer(text)]

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
        if not self._joined(name, _AFTER_RANK) or (self._has_dot(name - 1) and len(last) > _LONGEST_SHORTENED):
            # The dot behind a word in full ends a sentence.
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

    def _is(self, rank: Rank, at: int, word: str) -> bool:
        shortened = len(word) <= _LONGEST_SHORTENED and self._has_dot(at)
        if rank.needs_capital and not _is_capital(word) and not shortened:
            return False
        for place, expected in enumerate(rank.words[1:], start=at + 1):
            if self._word(place).lower() != expected or not self._joined(place, _INSIDE_RANK):
                return False
        return not rank.needs_dot or self._has_dot(at + len(rank.words) - 1)

    def _has_dot(self, at: int) -> bool:
        end = self.spans[at][1]
        return self._text[end : end + 1] == "."

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
            return self._has_dot(at)
        return is_title or not (word.isupper() and (len(word) <= 3 or not set(word) & set("AEIOUY")))

    def _arabic_name(self, at: int, rank: str) -> int | None:
        """Arabic has no capitals: the word after a rank is a name unless it is known to be something else."""
        word = self._word(at)
        # "A colonel the force" is one of the force; "the colonel and the lists" goes on with something else.
        is_of_something = word.startswith(_ARTICLE) and not rank.startswith(_ARTICLE)
        is_post = any(each in self._known.posts for each in _without_attached(word))
        if is_post or is_of_something or word.startswith(_WITH_ARTICLE) or len(word) < 2:
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
