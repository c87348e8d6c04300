"""What the store takes and gives: edits in; records, summaries and entries out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, TypeAlias

from hrddp_desktop.errors import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

Value: TypeAlias = str | int | float | list[str]
"""One canonical answer; an unanswered question is None where None is allowed."""

Row: TypeAlias = dict[str, Value]
"""One row of a table in file form: its cells, and its id as `_row`."""

Answers: TypeAlias = dict[str, Value | list[Row]]
"""Answers in file form: question name -> value, table name -> its rows in order."""

Fact: TypeAlias = Value | dict[str, str]
"""What an entry remembers: an answer, a row's place (int), an excuse or the facts of a signature."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whose passphrase opened the vault; kept inside it, never beside it."""

    name: str
    function: str
    station: str
    country: str
    language: str


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a question stays blank: `na` or `later`, in whose word."""

    kind: str
    why: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody says about a question; it is never printed and in no answers file."""

    actor: str
    """The key slot of the person who wrote it."""
    at: datetime
    text: str
    is_resolved: bool = False
    path: str = ""
    author: str = ""
    """That person's name as the vault has it today; the store fills path and name."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that is attached to a question, without its content."""

    name: str
    sha256: str
    size: int
    """In bytes."""
    actor: str
    """The key slot of the person who attached it."""
    at: datetime
    path: str = ""
    author: str = ""
    """That person's name as the vault has it today; the store fills path and name."""


# --------------------------------------------------------------------------------------------------------------- edits


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """Give `path` (a question or a cell) a value; None clears it."""

    path: str
    value: Value | None


@dataclass(frozen=True, slots=True)
class AddRow:
    """A new row at the end of a table. Its id was never used in this record."""

    table: str
    row: str


@dataclass(frozen=True, slots=True)
class RemoveRow:
    """Take a row out. Its answers stay behind its tombstone, so that it can be restored."""

    table: str
    row: str


@dataclass(frozen=True, slots=True)
class RestoreRow:
    """Bring a removed row back, with its answers, at `index`."""

    table: str
    row: str
    index: int


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Put a row at `index` of its table."""

    table: str
    row: str
    index: int


@dataclass(frozen=True, slots=True)
class SetExcuse:
    """Excuse a question, a cell or a table; None takes the excuse back."""

    path: str
    excuse: Excuse | None


@dataclass(frozen=True, slots=True)
class SetMarks:
    """What is said about the answer at `path`, by name; empty takes everything back (policy 9)."""

    path: str
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SetComment:
    """Say something about a question at `attached.comment_path`, or say it otherwise; None withdraws it."""

    path: str
    comment: Comment | None


@dataclass(frozen=True, slots=True)
class SetEvidence:
    """Attach a file to a question at `attached.evidence_path`, its `content` with it the first time.

    None takes it away; the content stays behind, so that the file can come back.
    """

    path: str
    evidence: Evidence | None
    content: bytes | None = None


Edit: TypeAlias = (
    SetAnswer | AddRow | RemoveRow | RestoreRow | MoveRow | SetExcuse | SetMarks | SetComment | SetEvidence
)


# ------------------------------------------------------------------------------------------------------------- records


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of a list of records. Never read by a decision, a report or a signature."""

    record: str
    form: str
    title: str = ""
    reference: str = ""
    country: str = ""
    station: str = ""
    status: str = ""
    outcome: str = ""
    next_due: date | None = None
    as_of: date | None = None
    definition: str = ""
    related: str = ""
    changed: datetime | None = None
    """When the record last changed; the store fills it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A whole record as it stands, in file form."""

    record: str
    form: str
    version: str
    definition: str
    created: date
    answers: Answers
    excused: dict[str, dict[str, str]]
    marks: dict[str, dict[str, str]] = field(default_factory=dict)
    related: str = ""
    """The record that this one belongs to, as an incident to its assessment."""


@dataclass(frozen=True, slots=True)
class Saved:
    """An edit is on disk: when, and as which entry of its record."""

    at: datetime
    entry: int


class What(StrEnum):
    """What an entry is about."""

    CREATED = "created"
    RECEIVED = "received"
    ANSWERED = "answered"
    EXCUSED = "excused"
    MARKED = "marked"
    COMMENTED = "commented"
    ATTACHED = "attached"
    """A file was attached, or with no `new` taken away."""
    ROW_ADDED = "row added"
    ROW_REMOVED = "row removed"
    ROW_RESTORED = "row restored"
    ROW_MOVED = "row moved"
    SIGNED = "signed"
    BINNED = "put into the bin"
    TAKEN_BACK = "taken back from the bin"
    EMPTIED = "emptied"
    RESTORED = "restored"
    """The record was brought back to how it stood after the entry `new`; the entries of its step do it."""
    ERASED = "erased"
    """Erased for safety; `path` is what, '' the whole record, `new` the class of the reason."""


@dataclass(frozen=True, slots=True)
class Binned:
    """A record in the bin, with its line of the list, and since when."""

    summary: Summary
    since: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a record's history. `path` of a row is `table/row`; then the values are its places (index)."""

    number: int
    what: What
    path: str
    actor: str
    """The key slot of the person who made it."""
    author: str
    """That person's name as the vault has it today."""
    device: str
    at: datetime
    old: Fact | None
    new: Fact | None
    erased: bool
    """The values were erased for safety; None then does not mean unanswered."""
    step: int = 0
    """The first of the entries that were made together with this one."""
    reverses: int | None = None
    """The step that was taken back by this one."""
    reason: str = ""
    """Why a signed record was changed."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What the store remembers of a signature on a document of a record."""

    role: str
    signer: str
    fingerprint: str
    signed: datetime
    outcome: str
    rule: str
    as_of: date
    definition: str
    answers_sha256: str
    file_sha256: str


# -------------------------------------------------------------------------------------------------------------- damage


class Fault(Enum):
    """What a check can find, as sentences; `{name}` is replaced by the fact of that name."""

    PAGE = N_("The data file is damaged: {detail}.")
    OLDER = N_(
        "Answers that were saved are missing: the vault holds an older state than the last one that was saved. "
        "Copy the whole folder to a safe place and look for a newer copy of it before you go on."
    )
    KEYS_COPY = N_("The copy of the file keys that every vault holds inside is missing or damaged.")
    LINK = N_("A line of {table} belongs to nothing.")
    ENTRY_ALTERED = N_("Entry {entry} of record {record} was altered.")
    ENTRY_MISSING = N_("Entry {entry} of record {record} is missing.")
    VALUE_ALTERED = N_("The text kept for entry {entry} of record {record} was altered.")
    VALUE_GONE = N_("The text kept for entry {entry} of record {record} is gone, and no entry says that it was erased.")
    FILE_ALTERED = N_("The file of evidence {path} of record {record} is not the one that was attached.")
    ANSWER_ALTERED = N_("The answer {path} of record {record} is not the one of its last entry.")


@dataclass(frozen=True, slots=True)
class Damage:
    """One finding of a check."""

    fault: Fault
    facts: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, translate: Callable[[str], str] = N_) -> str:
        """The finding in the language of `translate`."""
        return translate(self.fault.value).format_map(self.facts)

    def __str__(self) -> str:
        return self.sentence()
