"""Random edits, closings and openings, against a model in plain dictionaries."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hrddp_desktop.storage import vault
from hrddp_desktop.storage.records import (
    AddRow,
    Edit,
    Excuse,
    MoveRow,
    RemoveRow,
    RestoreRow,
    SetAnswer,
    SetExcuse,
    SetMarks,
    Value,
)
from tests.storage.vaults import PASSPHRASE, new_record, new_vault, summary

NAMES = st.sampled_from(["a0_title", "a0_codes", "q"])
TABLES = st.sampled_from(["t", "u"])
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.text(max_size=30),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4),
)


class Records(RuleBasedStateMachine):
    """One record of a real vault and what it should hold."""

    def __init__(self) -> None:
        super().__init__()
        self._home = tempfile.TemporaryDirectory()
        self._folder = Path(self._home.name) / "office.hrddp"
        self._vault = new_vault(self._folder)
        self._plain: dict[str, Value] = {}
        self._excused: dict[str, dict[str, str]] = {}
        self._marks: dict[str, dict[str, str]] = {}
        self._drafts: dict[str, str] = {}
        self._rows: dict[str, list[str]] = {"t": [], "u": []}
        self._gone: dict[str, list[str]] = {"t": [], "u": []}
        self._cells: dict[tuple[str, str, str], Value] = {}
        self._entries = 1

    @initialize()
    def begin(self) -> None:
        """One blank record."""
        self._record = new_record(self._vault)

    def _commit(self, edit: Edit) -> None:
        saved = self._vault.store.commit(self._record, edit, summary(self._record))
        self._entries += 1
        assert saved.entry == self._entries

    @rule(name=NAMES, value=st.none() | VALUES)
    def answer(self, name: str, value: Value | None) -> None:
        """Set or clear a plain question."""
        self._commit(SetAnswer(name, copy.copy(value)))
        self._drafts.pop(name, None)
        self._plain.pop(name, None)
        if value is not None:
            self._plain[name] = value

    @rule(table=TABLES)
    def add(self, table: str) -> None:
        """A new row."""
        row = f"R{len(self._rows[table]) + len(self._gone[table]) + 1}"
        self._commit(AddRow(table, row))
        self._rows[table].append(row)

    @precondition(lambda self: self._rows["t"])
    @rule(data=st.data(), name=NAMES, value=st.none() | VALUES)
    def fill(self, data: st.DataObject, name: str, value: Value | None) -> None:
        """Set or clear a cell."""
        row = data.draw(st.sampled_from(self._rows["t"]))
        self._commit(SetAnswer(f"t/{row}/{name}", value))
        self._cells.pop(("t", row, name), None)
        if value is not None:
            self._cells["t", row, name] = value

    @precondition(lambda self: self._rows["t"])
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Take a row out."""
        row = data.draw(st.sampled_from(self._rows["t"]))
        self._commit(RemoveRow("t", row))
        self._rows["t"].remove(row)
        self._gone["t"].append(row)

    @precondition(lambda self: self._gone["t"])
    @rule(data=st.data(), index=st.integers(0, 5))
    def restore(self, data: st.DataObject, index: int) -> None:
        """Bring a row back."""
        row = data.draw(st.sampled_from(self._gone["t"]))
        self._commit(RestoreRow("t", row, index))
        self._gone["t"].remove(row)
        self._rows["t"].insert(index, row)

    @precondition(lambda self: self._rows["t"])
    @rule(data=st.data(), index=st.integers(0, 5))
    def move(self, data: st.DataObject, index: int) -> None:
        """Move a row."""
        row = data.draw(st.sampled_from(self._rows["t"]))
        self._commit(MoveRow("t", row, index))
        self._rows["t"].remove(row)
        self._rows["t"].insert(index, row)

    @rule(path=NAMES, why=st.none() | st.text(max_size=10))
    def excuse(self, path: str, why: str | None) -> None:
        """Excuse a question or take it back."""
        self._commit(SetExcuse(path, None if why is None else Excuse("na", why, "Ana")))
        self._excused.pop(path, None)
        if why is not None:
            self._excused[path] = {"kind": "na", "why": why, "who": "Ana"}

    @rule(path=NAMES, marks=st.dictionaries(st.sampled_from(["seen", "thin"]), st.text(max_size=10), max_size=2))
    def mark(self, path: str, marks: dict[str, str]) -> None:
        """Say something about an answer or take it back."""
        self._commit(SetMarks(path, marks))
        self._marks.pop(path, None)
        if marks:
            self._marks[path] = marks

    @rule(path=NAMES, text=st.text(max_size=30))
    def draft(self, path: str, text: str) -> None:
        """Type without committing."""
        self._vault.store.save_draft(self._record, path, text)
        self._drafts[path] = text

    @rule()
    def reopen(self) -> None:
        """Close the vault and open it again."""
        self._vault.lock()
        self._vault = vault.unlock(self._folder, PASSPHRASE)

    @invariant()
    def everything_is_there(self) -> None:
        """The vault holds what the model holds."""
        if not hasattr(self, "_record"):
            return
        stored = self._vault.store.load(self._record)
        tables = {
            table: [{"_row": row} | self._cells_of(table, row) for row in rows]
            for table, rows in self._rows.items()
            if rows
        }
        assert stored.answers == {**self._plain, **tables}
        assert stored.excused == self._excused
        assert stored.marks == self._marks
        assert self._vault.store.drafts(self._record) == self._drafts

    def _cells_of(self, table: str, row: str) -> dict[str, Value]:
        return {
            name: value for (of_table, of_row, name), value in self._cells.items() if (of_table, of_row) == (table, row)
        }

    def teardown(self) -> None:
        """The check finds nothing."""
        problems = self._vault.store.check()
        self._vault.lock()
        self._home.cleanup()
        assert problems == []


TestRecords = Records.TestCase
