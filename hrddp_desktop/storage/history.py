"""The history read back: entries, the steps they were made in, what undo and redo reach, and any earlier state."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, Self, assert_never, cast

from hrddp_desktop.storage import attached
from hrddp_desktop.storage.chain import covers
from hrddp_desktop.storage.records import (
    AddRow,
    Entry,
    Excuse,
    MoveRow,
    RemoveRow,
    RestoreRow,
    SetAnswer,
    SetComment,
    SetEvidence,
    SetExcuse,
    SetMarks,
    What,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from hrddp_desktop.storage.records import Answers, Edit, Fact, Row, Stored, Value

_ENTRIES: Final = (
    "SELECT e.number, e.what, e.path, e.actor, w.name, e.device, e.at, e.step, e.reverses, e.old_hash, e.new_hash, "
    "e.reason_hash, p.old, p.new, p.reason "
    "FROM entries e LEFT JOIN payloads p ON p.entry = e.id LEFT JOIN people w ON w.slot = e.actor "
    "WHERE e.record = :record AND (:path IS NULL OR e.path = :path) ORDER BY e.number"
)
_BEGINNINGS: Final = frozenset({What.CREATED, What.RECEIVED, What.EMPTIED})
"""Behind these nothing can be taken back."""


def read(connection: sqlite3.Connection, record: int, path: str | None = None) -> list[Entry]:
    """The entries of a record, or of one path of it, oldest first."""
    rows = connection.execute(_ENTRIES, {"record": record, "path": path}).fetchall()
    return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> Entry:
    number, what, path, actor, author, device, at, step, reverses, *hashes_and_values = row
    hashes, (old, new, reason) = hashes_and_values[:3], hashes_and_values[3:]
    erased = any(h is not None and value is None for h, value in zip(hashes, (old, new, reason), strict=True))
    moment = datetime.fromisoformat(at)
    values = (_fact(old), _fact(new), erased, step, reverses, reason or "")
    return Entry(number, What(what), path, actor, author or "", device, moment, *values)


def _fact(text: str | None) -> Fact | None:
    fact: Fact | None = None if text is None else json.loads(text)
    return fact


# --------------------------------------------------------------------------------------------------------------- steps


@dataclass(frozen=True, slots=True)
class Made:
    """The entries of one commit."""

    entries: tuple[Entry, ...]

    @property
    def number(self) -> int:
        """What other steps call this one."""
        return self.entries[0].step

    @property
    def reverses(self) -> int | None:
        """The step that it took back."""
        return self.entries[0].reverses

    @property
    def is_erased(self) -> bool:
        """Whether a value that it gave or took can no longer be read: such a step is never done again or taken back."""
        return any(entry.erased for entry in self.entries)

    def reversal(self) -> list[Edit]:
        """What takes it back, last entry first."""
        return [edit for entry in reversed(self.entries) if (edit := _backward(entry)) is not None]


@dataclass(frozen=True, slots=True)
class Turns:
    """What can be taken back and what can be done again, the next one last."""

    undo: tuple[Made, ...]
    redo: tuple[Made, ...]


def steps(entries: Iterable[Entry]) -> Iterator[Made]:
    """The entries in the groups in which they were made."""
    group: list[Entry] = []
    for entry in entries:
        if group and entry.step != group[0].step:
            yield Made(tuple(group))
            group = []
        group.append(entry)
    if group:
        yield Made(tuple(group))


def turns(entries: Iterable[Entry]) -> Turns:
    """What undo and redo reach, from the entries alone, so it is the same after a restart.

    A step that takes one back stands for it among those that can be done again; taking that step back is redo. A new
    change clears what could be done again.
    """
    done: list[Made] = []
    undone: list[Made] = []
    for step in steps(entries):
        if step.reverses is not None:
            here, there = (done, undone) if any(each.number == step.reverses for each in done) else (undone, done)
            here[:] = [each for each in here if each.number != step.reverses]
            there.append(step)
        elif step.entries[0].what in _BEGINNINGS:
            done, undone = [], []
        elif step.reversal():  # a signature and an erasure change nothing that could be taken back
            done.append(step)
            undone = []
    return Turns(*(tuple(each for each in found if not each.is_erased) for found in (done, undone)))


def signed_entry(entries: Iterable[Entry]) -> int:
    """The entry of the newest signature, 0 without one."""
    return max((entry.number for entry in entries if entry.what is What.SIGNED), default=0)


def is_as_signed(entries: Sequence[Entry], state: State) -> bool:
    """Whether `state` is what the newest signature was given on; what was erased since is not.

    Comments and files of evidence are in no document, so nothing that happens to them counts.
    """
    signed = signed_entry(entries)
    before = [entry for entry in entries if entry.number <= signed]
    since = [entry for entry in entries if entry.number > signed and not attached.is_attached(entry.path)]
    erased_since = any(entry.what is What.ERASED for entry in since)
    return bool(signed) and not erased_since and State.of(before) == state


def _backward(entry: Entry) -> Edit | None:
    table, _, row = entry.path.partition("/")
    match entry.what:
        case What.ANSWERED | What.EXCUSED | What.MARKED:
            return _beside(entry.what, entry.path, entry.old)
        case What.ATTACHED:
            # A comment is somebody's own and is withdrawn by its author, not by who goes back a step.
            told = cast("dict[str, str] | None", entry.old)
            return SetEvidence(entry.path, attached.evidence(told) if told else None)
        case What.ROW_ADDED | What.ROW_RESTORED:
            return RemoveRow(table, row)
        case What.ROW_REMOVED:
            return RestoreRow(table, row, cast("int", entry.old))
        case What.ROW_MOVED:
            return MoveRow(table, row, cast("int", entry.old))
    return None


def _forward(entry: Entry) -> Edit | None:
    table, _, row = entry.path.partition("/")
    match entry.what:
        case What.ANSWERED | What.EXCUSED | What.MARKED:
            return _beside(entry.what, entry.path, entry.new)
        case What.ROW_ADDED:
            return AddRow(table, row)
        case What.ROW_REMOVED:
            return RemoveRow(table, row)
        case What.ROW_RESTORED:
            return RestoreRow(table, row, cast("int", entry.new))
        case What.ROW_MOVED:
            return MoveRow(table, row, cast("int", entry.new))
    return None


def _beside(what: What, path: str, fact: Fact | None) -> Edit:
    if what is What.ANSWERED:
        return SetAnswer(path, cast("Value | None", fact))
    facts = cast("dict[str, str] | None", fact)
    if what is What.EXCUSED:
        return SetExcuse(path, _excuse(facts) if facts else None)
    return SetMarks(path, facts or {})


def _excuse(facts: dict[str, str]) -> Excuse:
    return Excuse(facts["kind"], facts.get("why", ""), facts.get("who", ""))


# --------------------------------------------------------------------------------------------------------------- state


class State:
    """The answers, excuses, marks and rows of a record at some moment; what stood in removed rows stays behind them."""

    def __init__(self) -> None:
        self.cells: dict[str, Value] = {}
        self.excuses: dict[str, Excuse] = {}
        self.marks: dict[str, dict[str, str]] = {}
        self.rows: dict[str, list[str]] = {}

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Self:
        """How the record stood after these."""
        state = cls()
        for entry in entries:
            if entry.what is What.EMPTIED:
                state = cls()
            edit = _forward(entry)
            if edit is not None:
                state.do(edit)
        return state

    def but(self, edits: Iterable[Edit]) -> Self:
        """Another one, after these."""
        other = copy.deepcopy(self)
        for edit in edits:
            other.do(edit)
        return other

    def without(self, scope: str) -> Self:
        """Another one, without the answers that an erasure of `scope` takes."""
        other = copy.deepcopy(self)
        held: dict[str, Any]
        for held in (other.cells, other.excuses, other.marks):
            for path in [path for path in held if covers(scope, path)]:
                del held[path]
        return other

    def do(self, edit: Edit) -> None:
        """Carry out one edit."""
        match edit:
            case SetAnswer(path, value):
                _put(self.cells, path, value)
            case SetExcuse(path, excuse):
                _put(self.excuses, path, excuse)
            case SetMarks(path, marks):
                _put(self.marks, path, dict(marks) or None)
            case SetComment() | SetEvidence():
                pass  # said of an answer, none itself
            case AddRow(table, row):
                self._place(table, row, None)
            case RemoveRow(table, row):
                self.rows[table].remove(row)
            case RestoreRow(table, row, index) | MoveRow(table, row, index):
                self._place(table, row, index)
            case _:
                assert_never(edit)

    def __eq__(self, other: object) -> bool:
        """The same to a reader: what stands behind removed rows does not count."""
        return isinstance(other, State) and self._seen() == other._seen()

    def stored(self, blank: Stored) -> Stored:
        """It in file form, as the record `blank`."""
        answers: Answers = {path: value for path, value in self.cells.items() if "/" not in path}
        for table, ids in self.rows.items():
            if ids:
                answers[table] = [self._row(table, row) for row in ids]
        _, excuses, marks, _ = self._seen()
        excused = {path: {"kind": each.kind, "why": each.why, "who": each.who} for path, each in excuses.items()}
        return replace(blank, answers=answers, excused=excused, marks=marks)

    def difference(self, wanted: State) -> list[Edit]:
        """What makes this state the wanted one, rows first. A wanted row was in the table at some time."""
        edits: list[Edit] = []
        for table in sorted(self.rows.keys() | wanted.rows.keys()):
            edits += self._row_edits(table, wanted.rows.get(table, []))
        now, then = self._there(wanted), wanted._there(wanted)
        for path in sorted(now[0].keys() | then[0].keys()):
            if now[0].get(path) != then[0].get(path):
                edits.append(SetAnswer(path, then[0].get(path)))
        for path in sorted(now[1].keys() | then[1].keys()):
            if now[1].get(path) != then[1].get(path):
                edits.append(SetExcuse(path, then[1].get(path)))
        for path in sorted(now[2].keys() | then[2].keys()):
            if now[2].get(path) != then[2].get(path):
                edits.append(SetMarks(path, then[2].get(path, {})))
        return edits

    def _row_edits(self, table: str, wanted: list[str]) -> Iterator[Edit]:
        order = list(self.rows.get(table, []))
        for row in [row for row in order if row not in wanted]:
            order.remove(row)
            yield RemoveRow(table, row)
        for index, row in enumerate(wanted):
            if row not in order:
                order.insert(index, row)
                yield RestoreRow(table, row, index)
            elif order[index] != row:
                order.remove(row)
                order.insert(index, row)
                yield MoveRow(table, row, index)

    def _place(self, table: str, row: str, index: int | None) -> None:
        rows = self.rows.setdefault(table, [])
        if row in rows:
            rows.remove(row)
        rows.insert(len(rows) if index is None else index, row)

    def _row(self, table: str, row: str) -> Row:
        below = f"{table}/{row}/"
        cells = {path[len(below) :]: value for path, value in self.cells.items() if path.startswith(below)}
        return {"_row": row, **cells}

    def _there(self, of: State) -> tuple[dict[str, Value], dict[str, Excuse], dict[str, dict[str, str]]]:
        """What stands outside the rows that `of` does not have."""
        kept = (self.cells, self.excuses, self.marks)
        cells, excuses, marks = ({p: v for p, v in held.items() if of._has(p)} for held in cast("Any", kept))
        return cells, excuses, marks

    def _has(self, path: str) -> bool:
        table, _, rest = path.partition("/")
        return not rest or rest.split("/")[0] in self.rows.get(table, [])

    def _seen(
        self,
    ) -> tuple[dict[str, Value], dict[str, Excuse], dict[str, dict[str, str]], dict[str, list[str]]]:
        return (*self._there(self), {table: rows for table, rows in self.rows.items() if rows})


def _put(held: dict[str, Any], path: str, value: object) -> None:
    if value is None:
        held.pop(path, None)
    else:
        held[path] = value


def at(entries: Iterable[Entry], moment: datetime) -> list[Entry]:
    """The entries that were there at `moment`; where the clock once ran back, those before the first later one."""
    return list(takewhile(lambda entry: entry.at <= moment, entries))
