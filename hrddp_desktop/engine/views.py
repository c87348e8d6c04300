"""What a session shows: frozen views of fields, tables, pages and decisions, and the Change that one answer makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Answer = str | int | float | list[str]
Value = Answer | None


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why there is no answer: `na` not applicable, because; `later` not known yet, who will find out."""

    kind: str
    why: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice on offer."""

    code: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """One question as a reader sees it in one language; `problem` is the sentence under the field."""

    path: str
    name: str
    type: str
    label: str
    hint: str
    guidance: str
    source: str
    basis: str
    value: Value
    text: str
    relevant: bool
    asked: bool
    required: bool
    due: str
    read_only: bool
    options: tuple[Option, ...]
    problem: str | None
    excuse_kinds: tuple[str, ...]
    excuse: Excuse | None
    consumer: str
    appearance: str
    prefilled: bool
    required_message: str = ""
    after_signature: str = ""
    evidence: bool = False


@dataclass(frozen=True, slots=True)
class ColumnView:
    """The heading of a column."""

    name: str
    label: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One row; `title` is its first text, or its id."""

    row_id: str
    title: str
    cells: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """A table with the columns that one page shows.

    `made` when the form makes its rows and nobody else; `fixed` where its rows are read and not changed.
    """

    path: str
    name: str
    label: str
    hint: str
    guidance: str
    source: str
    relevant: bool
    asked: bool
    required: bool
    due: str
    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]
    problem: str | None
    excuse_kinds: tuple[str, ...]
    excuse: Excuse | None
    consumer: str
    made: bool = False
    fixed: bool = False

    @property
    def takes_rows(self) -> bool:
        """Whether a person may add, move and remove its rows here."""
        return not self.made and not self.fixed


@dataclass(frozen=True, slots=True)
class PageView:
    """One step of the route; `answered` of `due` required answers are there; `filled` when anything is answered."""

    name: str
    label: str
    action: int
    state: str
    answered: int
    due: int
    filled: bool = False


@dataclass(frozen=True, slots=True)
class FiredRow:
    """A rule whose condition holds."""

    rule: str
    outcome: str
    reason: str
    basis: str
    reference: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision table says, why, and what would change it. No outcome means missing."""

    table: str
    outcome: str | None
    rule: str | None
    reason: str
    basis: str
    reference: str
    also: tuple[FiredRow, ...]
    open_questions: tuple[FiredRow, ...]
    would_change: tuple[tuple[str, ...], ...]
    variables: Mapping[str, str | None]
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a state machine; `refused` says why it is not permitted now and is blank when it is."""

    id: str
    event: str
    to: str
    decider: str
    clock: str
    evidence: str
    refused: str = ""

    @property
    def permitted(self) -> bool:
        """It can be taken now."""
        return not self.refused


@dataclass(frozen=True, slots=True)
class Missing:
    """An answer that is due and not there, or not allowed; `later` when somebody has promised to find out."""

    path: str
    label: str
    page: str
    table_row: str | None
    later: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What one step changed; `defaults` are the answers a new row brought, by column.

    `filled` are the answers that picking a catalogue row brought, by path, and `replaced` what stood there before.
    """

    path: str
    old: Value
    new: Value
    paths: frozenset[str]
    tables: frozenset[str]
    added_row: str | None = None
    defaults: Mapping[str, Value] = field(default_factory=dict)
    filled: Mapping[str, Value] = field(default_factory=dict)
    replaced: Mapping[str, Value] = field(default_factory=dict)
