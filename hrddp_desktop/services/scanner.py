"""What in a text may lead to a person: a name with a rank, a telephone number, an address, an ID, an exact place.

It recognises shapes, it does not know names: no hit means "found nothing I can recognise", never "no names". The words
it goes by (ranks, courtesy titles, what may follow a rank and is no name) are data in forms/scanner.csv. Every pattern
starts at the edge of a word and reads a bounded number of signs, so that the time grows with the length of the text
whatever is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hrddp_desktop.errors import N_
from hrddp_desktop.services import scanner_numbers as numbers
from hrddp_desktop.services.scanner_persons import persons
from hrddp_desktop.services.scanner_words import installed_vocabulary, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hrddp_desktop.services.scanner_numbers import Finder
    from hrddp_desktop.services.scanner_words import Vocabulary


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
    rest, places = plain(text)
    taken: list[tuple[int, int, Kind]] = []
    is_numbered = sum(map(rest.count, "0123456789")) >= numbers.FEWEST_DIGITS
    for kind, finder in _FINDERS:
        if kind is not Kind.PERSON and not ("@" in rest if kind is Kind.MAIL else is_numbered):
            continue
        spans = list(finder(rest, known))
        rest = _blotted(rest, spans)
        taken += [(*span, kind) for span in spans if kind is not None]
    found = []
    for start, end, kind in sorted(taken):
        first, last = places[start], places[end - 1] + 1
        found.append(Found(kind, first, last, text[first:last]))
    return tuple(found)


_BLOT: Final = "\x00"
"""Stands where something was found: part of no word and of no number."""


def _blotted(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], _BLOT * (end - start)]
        at = end
    return "".join([*parts, text[at:]])


# The order matters: what is found first is hidden from the next. None takes away what is known to be harmless.
_FINDERS: Final[tuple[tuple[Kind | None, Finder], ...]] = (
    (Kind.MAIL, numbers.mails),
    *((Kind.PLACE, numbers.places(pattern)) for pattern in numbers.PLACES),
    *((None, numbers.known_numbers(pattern)) for pattern in numbers.KNOWN_NUMBERS),
    (None, numbers.references),
    (Kind.IDENTITY, numbers.after_word(numbers.IDENTITY)),
    (Kind.TELEPHONE, numbers.after_word(numbers.TELEPHONE)),
    (Kind.IDENTITY, numbers.lettered),
    (Kind.IDENTITY, numbers.numbers(numbers.IDENTITY)),
    (Kind.TELEPHONE, numbers.numbers(numbers.TELEPHONE)),
    (Kind.PERSON, persons),
)
