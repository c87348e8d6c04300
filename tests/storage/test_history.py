"""Undo, redo and every earlier state come from the entries alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from hrddp_desktop.storage import history
from hrddp_desktop.storage.history import State
from hrddp_desktop.storage.records import (
    AddRow,
    Edit,
    Entry,
    Excuse,
    MoveRow,
    RemoveRow,
    RestoreRow,
    SetAnswer,
    SetExcuse,
    SetMarks,
    What,
)
from tests.storage.test_store import SIGNED
from tests.storage.vaults import new_record, summary

if TYPE_CHECKING:
    from hrddp_desktop.storage.vault import Vault

EDITS: list[Edit] = [
    SetAnswer("a", "one"),
    AddRow("t", "R1"),
    SetAnswer("t/R1/name", "x"),
    SetExcuse("t/R1/what", Excuse("later", "asked", "finance")),
    AddRow("t", "R2"),
    MoveRow("t", "R2", 0),
    RemoveRow("t", "R1"),
    SetAnswer("a", ["b", "c"]),
    SetMarks("a", {"seen": "ab"}),
    SetExcuse("b", Excuse("na", "why")),
    RestoreRow("t", "R1", 1),
    SetExcuse("b", None),
    SetAnswer("a", None),
]


def commit(opened: Vault, record: str, *edits: Edit, reverses: int | None = None, reason: str = "") -> int:
    return opened.store.commit_all(record, edits, summary(record), reason, reverses=reverses).entry


def turn(opened: Vault, record: str, *, back: bool) -> bool:
    """One undo or redo, as the services do it."""
    reached = history.turns(opened.store.history(record))
    steps = reached.undo if back else reached.redo
    if steps:
        commit(opened, record, *steps[-1].reversal(), reverses=steps[-1].number)
    return bool(steps)


def test_the_entries_give_the_record_as_it_stands(opened: Vault, record: str) -> None:
    for edit in EDITS:
        commit(opened, record, edit)
        stored = opened.store.load(record)
        assert State.of(opened.store.history(record)).stored(stored) == stored


def test_every_step_is_taken_back_and_done_again(opened: Vault, record: str) -> None:
    states = [opened.store.load(record)]
    for edit in EDITS:
        commit(opened, record, edit)
        states.append(opened.store.load(record))
    for state in reversed(states[:-1]):
        assert turn(opened, record, back=True)
        assert opened.store.load(record) == state
    assert not turn(opened, record, back=True)
    for state in states[1:]:
        assert turn(opened, record, back=False)
        assert opened.store.load(record) == state
    assert not turn(opened, record, back=False)
    assert opened.store.check() == []


def test_edits_that_were_made_together_are_one_step(opened: Vault, record: str) -> None:
    commit(opened, record, AddRow("t", "R1"), SetAnswer("t/R1/name", "x"), SetAnswer("t/R1/place", "y"))
    assert turn(opened, record, back=True)
    assert opened.store.load(record).answers == {}
    assert not turn(opened, record, back=True)
    assert turn(opened, record, back=False)
    assert opened.store.load(record).answers == {"t": [{"_row": "R1", "name": "x", "place": "y"}]}


def test_a_new_change_clears_what_could_be_done_again(opened: Vault, record: str) -> None:
    for value in ("one", "two"):
        commit(opened, record, SetAnswer("a", value))
    turn(opened, record, back=True)
    commit(opened, record, SetAnswer("b", "other"))
    assert not turn(opened, record, back=False)
    assert turn(opened, record, back=True)
    assert turn(opened, record, back=True)
    assert opened.store.load(record).answers == {}


def test_a_received_record_is_where_undo_ends(opened: Vault) -> None:
    record = new_record(opened)
    assert not turn(opened, record, back=True)


@given(st.lists(st.sampled_from(["answer", "undo", "redo"]), max_size=30))
def test_undo_and_redo_are_a_stack_of_states(steps: list[str]) -> None:
    entries = Entries()
    past: list[State] = [State()]
    future: list[State] = []
    for number, step in enumerate(steps):
        if step == "answer":
            entries.make([SetAnswer(f"q{number % 3}", number)])
            past.append(State.of(entries.all))
            future = []
            continue
        reached = history.turns(entries.all)
        wanted = reached.undo if step == "undo" else reached.redo
        assert len(reached.undo) == len(past) - 1
        assert len(reached.redo) == len(future)
        if wanted:
            entries.make(wanted[-1].reversal(), wanted[-1].number)
            here, there = (past, future) if step == "undo" else (future, past)
            there.append(here.pop())
        assert State.of(entries.all) == past[-1]


class Entries:
    """Entries as a store would write them, without one."""

    def __init__(self) -> None:
        self.all: list[Entry] = []

    def make(self, edits: list[Edit], reverses: int | None = None) -> None:
        first = len(self.all) + 1
        for edit in edits:
            assert isinstance(edit, SetAnswer)
            old = State.of(self.all).cells.get(edit.path)
            noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
            facts = (len(self.all) + 1, What.ANSWERED, edit.path, "s", "", "d", noon, old, edit.value, False)
            self.all.append(Entry(*facts, step=first, reverses=reverses))


def test_any_earlier_state_is_made_again_by_the_difference(opened: Vault, record: str) -> None:
    ends = [commit(opened, record, edit) for edit in EDITS]
    for end in (*ends, *reversed(ends)):
        entries = opened.store.history(record)
        wanted = State.of(entries[:end])
        opened.store.commit_all(record, State.of(entries).difference(wanted), summary(record), restores=end)
        assert State.of(opened.store.history(record)) == wanted
        stored = opened.store.load(record)
        assert wanted.stored(stored) == stored
    assert turn(opened, record, back=True)
    assert opened.store.check() == []


def test_the_reason_is_kept_with_each_entry_of_its_step(opened: Vault, record: str) -> None:
    commit(opened, record, SetAnswer("a", "one"), SetAnswer("b", "two"), reason="the donor changed")
    assert [each.reason for each in opened.store.history(record)] == ["", "the donor changed", "the donor changed"]


def test_the_record_is_as_signed_until_it_differs_from_it(opened: Vault, record: str) -> None:
    def as_signed() -> bool:
        entries = opened.store.history(record)
        return history.is_as_signed(entries, State.of(entries))

    commit(opened, record, SetAnswer("a", "one"))
    assert not as_signed()
    opened.store.note_signature(record, SIGNED, summary(record))
    assert as_signed()
    commit(opened, record, SetAnswer("a", "two"))
    assert not as_signed()
    assert turn(opened, record, back=True)
    assert as_signed()
    opened.store.erase(record, "a", "person", summary(record))
    assert not as_signed()


def test_a_day_gives_the_entries_up_to_it_though_the_clock_ran_back() -> None:
    entries = Entries()
    for number in range(4):
        entries.make([SetAnswer("q", number)])
    noon = entries.all[0].at
    moments = [noon, noon + timedelta(days=2), noon - timedelta(days=9), noon + timedelta(days=3)]
    dated = [replace(entry, at=moment) for entry, moment in zip(entries.all, moments, strict=True)]
    assert [len(history.at(dated, noon + timedelta(days=days))) for days in (-1, 0, 1, 2, 3)] == [0, 1, 1, 3, 4]
