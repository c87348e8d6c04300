"""What a document is made from: a frozen snapshot of one record, in words; no engine types, no layout."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from datetime import date

# Signs that cannot be mistaken for one another when they are read out or scribbled: no I, L, O, U.
_DRAFT_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DRAFT_LENGTH = 5

_FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
_POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"
# Controls that turn the reading direction: in a signed paper they could make a word print as another one.
_DIRECTION_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of a decision table that holds; `basis` is house, policy_second_hand or policy_text."""

    rule: str
    reason: str
    basis: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of the form: its code chooses the shape, its label is the word."""

    code: str
    label: str
    rule: str
    reason: str
    basis: str
    also: tuple[Reason, ...] = ()
    open_questions: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What an unfinished state prints on every page; `at` is the moment of printing, in words."""

    code: str
    at: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question and its answer for a reader; `language` is the answer's own, when it is known."""

    label: str
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of answers; `rows` hold one text a heading, the number first; `names` what each row is called."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one page of the form; `number` is the Action, 0 for the case header."""

    number: int
    title: str
    items: tuple[Item | Grid, ...]
    results: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """One unit that gets support; `taken_out` says how support is kept from it, empty when it is in the package."""

    row: str
    name: str
    kind: str
    taken_out: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """One thing that can be withheld separately; `recipients` are rows, `support_class` is a word."""

    row: str
    kind: str
    what: str
    support_class: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: preparer, reviewer or approver; `label` names the role, empty for the report's own word."""

    role: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of one record, complete for printing: the same snapshot gives the same bytes on every machine.

    `answers` is the canonical answers file that is attached; `withheld` says whether strictly confidential answers are
    left out of it. `draft` is None when nothing is missing. `facts` are
    further lines of the cover (period, value class); texts of the form are already in `language`.
    """

    language: str
    paper: str
    reference: str
    version: int
    record: str
    marking: str
    title: str
    country: str
    station: str
    created: date
    as_of: date
    form_title: str
    form_version: str
    definition: str
    outcome: Outcome
    answers: bytes
    withheld: bool = False
    facts: tuple[Item, ...] = ()
    sections: tuple[Section, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    supports: tuple[Support, ...] = ()
    missing: tuple[str, ...] = ()
    draft: Draft | None = None
    would_change: tuple[str, ...] = ()
    not_relevant: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()

    @property
    def answers_sha256(self) -> str:
        """The hash that ties paper and attached answers together."""
        return hashlib.sha256(self.answers).hexdigest()


def draft_code(answers: bytes) -> str:
    """Five signs that a scribbled note finds its version by; equal answers have equal codes."""
    number = int.from_bytes(hashlib.sha256(answers).digest()[:8], "big")
    signs = []
    for _ in range(_DRAFT_LENGTH):
        number, place = divmod(number, len(_DRAFT_SIGNS))
        signs.append(_DRAFT_SIGNS[place])
    return "".join(signs)


def isolate(fact: object) -> str:
    """A fact inside a sentence of the report, kept from disturbing the reading direction around it."""
    return f"{_FIRST_STRONG_ISOLATE}{fact}{_POP_ISOLATE}"


Cleaned = TypeVar("Cleaned")


def cleaned(value: Cleaned) -> Cleaned:
    """`value` with every text in it made printable; the one place where typed text is made safe.

    Nothing below reads markup, so `<b>` and `&` need no escape: they print as they were typed. What goes are
    characters that have no place on paper: controls, direction overrides, halves of a pair.
    """
    if isinstance(value, str):
        return _cleaned_text(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(cleaned(part) for part in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        changes = {field.name: cleaned(getattr(value, field.name)) for field in fields(value)}
        return replace(value, **changes)
    return value


def _cleaned_text(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    kept = "".join(_printable(sign) for sign in lines if sign not in _DIRECTION_CONTROLS)
    return unicodedata.normalize("NFC", kept)


def _printable(sign: str) -> str:
    if sign == "\n" or sign in _JOINERS:
        return sign
    category = unicodedata.category(sign)
    if ord(sign) & 0xFFFE == 0xFFFE:  # no character at all, and XML refuses it
        return "\N{REPLACEMENT CHARACTER}"
    if category in ("Zl", "Zp"):
        return "\n"
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return "" if category in ("Cc", "Cf") else sign
