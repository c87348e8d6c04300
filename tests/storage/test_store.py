from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import driver, vault
from hrddp_desktop.storage.chain import Writer
from hrddp_desktop.storage.records import (
    AddRow,
    Edit,
    Excuse,
    MoveRow,
    RemoveRow,
    RestoreRow,
    Row,
    SetAnswer,
    SetExcuse,
    SetMarks,
    Signature,
    Stored,
    Summary,
    Value,
    What,
)
from hrddp_desktop.storage.store import Store
from hrddp_desktop.storage.witness import Witness
from tests.storage.vaults import FORM, FORM_BYTES, PASSPHRASE, PERSON, database, new_record, summary

if TYPE_CHECKING:
    from hrddp_desktop.storage.vault import Vault

RECIPIENTS: list[Row] = [
    {"_row": "R2", "rec_name": "Coast guard"},
    {"_row": "R1", "rec_name": "Police & Co", "rec_links": ["R2"]},
    {"_row": "R4"},
]
RECEIVED = Stored(
    record="6c1f0a52-6f0c-4b6e-9a59-0f0a3c1f7a11",
    form="assessment",
    version="2026.1",
    definition="sha256:0123",
    created=date(2025, 11, 20),
    answers={
        "a0_title": "Patrol boats for Valdoria",
        "a0_codes": ["b", "a"],
        "a0_count": 3,
        "a0_share": 0.25,
        "a1_recipients": RECIPIENTS,
    },
    excused={"a0_mandate": {"kind": "later", "why": "asked on Monday", "who": "Ana Ruiz"}},
    marks={"a0_title": {"seen": "0123456789ab"}},
)


def commit(opened: Vault, record: str, *edits: Edit) -> None:
    for edit in edits:
        opened.store.commit(record, edit, summary(record))


def rows(opened: Vault, record: str, table: str = "t") -> list[object]:
    listed = opened.store.load(record).answers.get(table, [])
    assert isinstance(listed, list)
    return [row["_row"] for row in listed if isinstance(row, dict)]


# ------------------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize(
    "value",
    ["", "Police & Co", "ق لا\n'\"\\", "2026-03-05", 0, -7, 10**15, 0.1, 1e-9, ["a", "b"], ["b", "a"], []],
)
def test_a_value_comes_back_as_it_was(opened: Vault, record: str, value: Value) -> None:
    commit(opened, record, SetAnswer("a0_title", value))
    back = opened.store.load(record).answers["a0_title"]
    assert (back, type(back)) == (value, type(value))


def test_an_answer_can_be_changed_and_cleared(opened: Vault, record: str) -> None:
    commit(opened, record, SetAnswer("a0_title", "one"), SetAnswer("a0_title", "two"))
    assert opened.store.load(record).answers == {"a0_title": "two"}
    commit(opened, record, SetAnswer("a0_title", None), SetAnswer("a0_other", None))
    assert opened.store.load(record).answers == {}


def test_a_number_that_json_does_not_have_is_refused(opened: Vault, record: str) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        commit(opened, record, SetAnswer("a0_share", float("nan")))
    assert len(opened.store.history(record)) == 1


def test_what_is_saved_is_there_for_a_second_connection(opened: Vault, record: str) -> None:
    saved = opened.store.commit(record, SetAnswer("a0_title", "one"), summary(record))
    other = database(opened.folder)
    assert other.execute("SELECT value FROM answers").fetchall() == [('"one"',)]
    other.close()
    assert saved.entry == 2
    assert timedelta(0) <= datetime.now(UTC) - saved.at < timedelta(minutes=1)


def test_edits_that_belong_together_are_stored_together_or_not_at_all(opened: Vault, record: str) -> None:
    row: list[Edit] = [AddRow("t", "R1"), SetAnswer("t/R1/kind", "goods"), SetAnswer("t/R1/count", 1)]
    assert opened.store.commit_all(record, row, summary(record)).entry == 4
    with pytest.raises(ValueError, match="no row"):
        opened.store.commit_all(record, [AddRow("t", "R2"), SetAnswer("t/R3/kind", "x")], summary(record))
    assert opened.store.load(record).answers == {"t": [{"_row": "R1", "count": 1, "kind": "goods"}]}
    assert len(opened.store.history(record)) == 4


@pytest.mark.parametrize("path", ["", "a/b", "a//b", "/a", "a/b/c/d"])
def test_a_path_that_is_none_is_our_bug(opened: Vault, record: str, path: str) -> None:
    with pytest.raises(ValueError, match="not the path"):
        commit(opened, record, SetAnswer(path, "x"))


def test_an_edit_that_fails_leaves_no_trace(opened: Vault, record: str) -> None:
    before = opened.store.load(record), opened.store.history(record), opened.store.records()
    with pytest.raises(ValueError, match="another record"):
        opened.store.commit(record, SetAnswer("a0_title", "x"), summary("another"))
    assert (opened.store.load(record), opened.store.history(record), opened.store.records()) == before


def test_an_excuse_is_kept_and_taken_back(opened: Vault, record: str) -> None:
    commit(opened, record, SetExcuse("a1_recipients", Excuse("na", "none", "Ana")), SetExcuse("x", Excuse("later")))
    assert opened.store.load(record).excused == {
        "a1_recipients": {"kind": "na", "why": "none", "who": "Ana"},
        "x": {"kind": "later", "why": "", "who": ""},
    }
    commit(opened, record, SetExcuse("a1_recipients", None))
    assert list(opened.store.load(record).excused) == ["x"]


def test_marks_are_kept_with_their_history_and_taken_back(opened: Vault, record: str) -> None:
    first, second = {"seen": "0123456789ab"}, {"seen": "0123456789ab ba9876543210", "thin": "yes"}
    for marks in (first, second, {}):
        commit(opened, record, SetMarks("a0_title", marks))
        assert opened.store.load(record).marks == ({"a0_title": marks} if marks else {})
    entries = opened.store.history(record, "a0_title")
    assert [(each.what, each.old, each.new) for each in entries] == [
        (What.MARKED, None, first),
        (What.MARKED, first, second),
        (What.MARKED, second, None),
    ]
    assert opened.store.check() == []


def test_an_answer_and_its_marks_do_not_touch_each_other(opened: Vault, record: str) -> None:
    commit(opened, record, SetAnswer("a0_title", "one"), SetMarks("a0_title", {"seen": "0123456789ab"}))
    commit(opened, record, SetAnswer("a0_title", "two"))
    stored = opened.store.load(record)
    assert (stored.answers, stored.marks) == ({"a0_title": "two"}, {"a0_title": {"seen": "0123456789ab"}})


def test_marks_go_with_their_row_and_come_back_with_it(opened: Vault, record: str) -> None:
    commit(opened, record, AddRow("t", "R1"), AddRow("t", "R11"))
    for row in ("R1", "R11"):
        commit(opened, record, SetMarks(f"t/{row}/name", {"seen": row}))
    before = opened.store.load(record)
    commit(opened, record, RemoveRow("t", "R1"))
    assert opened.store.load(record).marks == {"t/R11/name": {"seen": "R11"}}
    commit(opened, record, RestoreRow("t", "R1", 0))
    assert opened.store.load(record) == before


# ---------------------------------------------------------------------------------------------------------------- rows


def test_rows_keep_their_order_and_their_cells(opened: Vault, record: str) -> None:
    commit(opened, record, AddRow("t", "R1"), AddRow("t", "R2"), AddRow("t", "R3"), SetAnswer("t/R2/name", "two"))
    commit(opened, record, MoveRow("t", "R3", 0), MoveRow("t", "R1", 99))
    assert opened.store.load(record).answers == {"t": [{"_row": "R3"}, {"_row": "R2", "name": "two"}, {"_row": "R1"}]}


def test_a_removed_row_comes_back_with_its_answers_and_excuses(opened: Vault, record: str) -> None:
    commit(opened, record, AddRow("t", "R1"), AddRow("t", "R2"))
    commit(opened, record, SetAnswer("t/R1/name", "one"), SetExcuse("t/R1/date", Excuse("na")))
    before = opened.store.load(record)
    commit(opened, record, RemoveRow("t", "R1"))
    assert opened.store.load(record).answers == {"t": [{"_row": "R2"}]}
    assert opened.store.load(record).excused == {}
    commit(opened, record, RestoreRow("t", "R1", 0))
    assert opened.store.load(record) == before


def test_a_row_id_is_never_given_again(opened: Vault, record: str) -> None:
    commit(opened, record, AddRow("t", "R1"), AddRow("t", "R2"), RemoveRow("t", "R1"))
    assert opened.store.used_rows(record, "t") == {"R1", "R2"}
    assert opened.store.used_rows(record, "u") == set()
    for used in ("R1", "R2"):
        with pytest.raises(ValueError, match="used before"):
            commit(opened, record, AddRow("t", used))


@pytest.mark.parametrize(
    "edit",
    [
        SetAnswer("t/R9/name", "x"),
        RemoveRow("t", "R9"),
        MoveRow("t", "R9", 0),
        RestoreRow("t", "R9", 0),
        SetAnswer("t/R2/name", "x"),
        RemoveRow("t", "R2"),
        MoveRow("t", "R2", 0),
        RestoreRow("t", "R1", 0),
    ],
    ids=str,
)
def test_an_edit_of_a_row_that_is_not_there_is_our_bug(opened: Vault, record: str, edit: Edit) -> None:
    commit(opened, record, AddRow("t", "R1"), AddRow("t", "R2"), RemoveRow("t", "R2"))
    with pytest.raises(ValueError, match="row"):
        commit(opened, record, edit)
    assert rows(opened, record) == ["R1"]


# -------------------------------------------------------------------------------------------------------------- drafts


def test_a_draft_is_overwritten_and_survives_closing(opened: Vault, record: str) -> None:
    opened.store.save_draft(record, "a0_title", "Pat")
    opened.store.save_draft(record, "a0_title", "Patrol b")
    opened.store.save_draft(record, "a0_other", "x")
    opened.store.drop_draft(record, "a0_other")
    opened.lock()
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert again.store.drafts(record) == {"a0_title": "Patrol b"}


def test_committing_a_path_drops_its_draft_alone(opened: Vault, record: str) -> None:
    commit(opened, record, AddRow("t", "R1"), AddRow("t", "R11"))
    for path in ("a0_title", "a0_other", "t/R1/name", "t/R11/name"):
        opened.store.save_draft(record, path, "half")
    commit(opened, record, SetAnswer("a0_title", "whole"), RemoveRow("t", "R1"))
    assert opened.store.drafts(record) == {"a0_other": "half", "t/R11/name": "half"}


def test_a_draft_changes_neither_the_history_nor_the_list(opened: Vault, record: str) -> None:
    before = opened.store.history(record), opened.store.records()
    opened.store.save_draft(record, "a0_title", "Pat")
    assert (opened.store.history(record), opened.store.records()) == before


# ------------------------------------------------------------------------------------------------------------- records


def test_a_new_record_is_in_the_list_at_once(opened: Vault) -> None:
    record = opened.store.new_record(*FORM, definition_bytes=FORM_BYTES, created=date(2025, 11, 20))
    (listed,) = opened.store.records()
    assert (listed.record, listed.form, listed.definition) == (record, "assessment", "sha256:0123")
    stored = opened.store.load(record)
    assert (stored.form, stored.version, stored.created) == ("assessment", "2026.1", date(2025, 11, 20))
    assert (stored.answers, stored.excused) == ({}, {})


def test_the_list_shows_the_last_summary_the_newest_change_first(opened: Vault) -> None:
    first, second = new_record(opened), new_record(opened)
    line = Summary(
        first, "assessment", "Patrol boats", "VAL/1", "Valdoria", "Port Lorne", "draft", "incomplete",
        date(2026, 5, 1), date(2026, 1, 20), "sha256:0123",
    )  # fmt: skip
    saved = opened.store.commit(first, SetAnswer("a0_title", "x"), line)
    assert [each.record for each in opened.store.records()] == [first, second]
    assert opened.store.records(limit=1) == [replace(line, changed=saved.at)]


def test_the_same_record_is_not_begun_twice(opened: Vault, record: str) -> None:
    with pytest.raises(VaultError) as caught:
        opened.store.new_record(*FORM, definition_bytes=FORM_BYTES, record=record)
    assert caught.value.code is Code.RECORD_EXISTS
    assert len(opened.store.records()) == 1


def test_an_unknown_record_is_named(opened: Vault) -> None:
    for ask in (opened.store.load, opened.store.drafts, opened.store.history, opened.store.signatures):
        with pytest.raises(VaultError) as caught:
            ask("nowhere")
        assert (caught.value.code, caught.value.facts) == (Code.RECORD_UNKNOWN, {"record": "nowhere"})


def test_a_definition_stands_once_and_is_the_first(opened: Vault, record: str) -> None:
    opened.store.new_record(*FORM, definition_bytes=b"another text under the same hash")
    assert opened.store.definition(opened.store.load(record).definition) == FORM_BYTES
    with pytest.raises(KeyError):
        opened.store.definition("sha256:none")


def test_a_received_record_is_taken_in_whole(opened: Vault) -> None:
    assert opened.store.import_record(RECEIVED, summary(RECEIVED.record, "Boats"), definition_bytes=FORM_BYTES)
    assert opened.store.load(RECEIVED.record) == RECEIVED
    assert opened.store.records()[0].title == "Boats"
    kinds = [entry.what for entry in opened.store.history(RECEIVED.record)]
    assert kinds[0] is What.RECEIVED
    assert (kinds.count(What.ANSWERED), kinds.count(What.ROW_ADDED), kinds.count(What.EXCUSED)) == (7, 3, 1)
    assert opened.store.check() == []


def test_a_record_that_is_here_is_not_overwritten(opened: Vault) -> None:
    opened.store.import_record(RECEIVED, summary(RECEIVED.record), definition_bytes=FORM_BYTES)
    other = replace(RECEIVED, answers={"a0_title": "another"})
    with pytest.raises(VaultError) as caught:
        opened.store.import_record(other, summary(RECEIVED.record), definition_bytes=FORM_BYTES)
    assert caught.value.code is Code.RECORD_EXISTS
    assert opened.store.load(RECEIVED.record) == RECEIVED


def test_a_record_that_cannot_be_taken_in_leaves_nothing(opened: Vault) -> None:
    rows: list[Row] = [{"_row": "R1"}, {"_row": "R1"}]
    twice = replace(RECEIVED, answers={"a0_title": "x", "t": rows})
    with pytest.raises(ValueError, match="used before"):
        opened.store.import_record(twice, summary(twice.record), definition_bytes=FORM_BYTES)
    assert opened.store.records() == []


# ------------------------------------------------------------------------------------------------------------- history


def test_the_history_says_who_when_where_old_and_new(opened: Vault, record: str) -> None:
    commit(opened, record, SetAnswer("a0_title", "one"), AddRow("t", "R1"), SetAnswer("a0_title", "two"))
    entries = opened.store.history(record, "a0_title")
    assert [(each.number, each.what, each.old, each.new) for each in entries] == [
        (2, What.ANSWERED, None, "one"),
        (4, What.ANSWERED, "one", "two"),
    ]
    assert {(each.actor, each.author, each.erased) for each in entries} == {(opened.slot, PERSON.name, False)}
    assert len(opened.store.history(record)) == 4
    assert len({each.device for each in entries}) == 1


def test_the_history_carries_the_time_of_the_clock_in_utc(opened: Vault, record: str) -> None:
    noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    other = database(opened.folder)
    store = Store(other, Writer("a1", "d1"), Witness(opened.folder, bytes(32), ""), clock=lambda: noon)
    assert store.commit(record, SetAnswer("a0_title", "x"), summary(record)).at == noon
    assert store.history(record)[-1].at == noon
    assert store.records()[0].changed == noon
    other.close()


@pytest.mark.parametrize("table", ["entries", "payloads", "signatures"])
@pytest.mark.parametrize(
    "act", ["UPDATE {} SET rowid = 77", "DELETE FROM {}", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"]
)
def test_the_history_refuses_to_be_rewritten(opened: Vault, record: str, table: str, act: str) -> None:
    opened.store.note_signature(record, SIGNED, summary(record))
    other = database(opened.folder)
    with pytest.raises(driver.Error, match="append-only"):
        other.execute(act.format(table))
    other.close()


SIGNED = Signature(
    "preparer", "Ana Ruiz", "ab:cd", datetime(2026, 3, 5, 12, tzinfo=UTC), "not_applicable", "F01", date(2026, 3, 5),
    "sha256:0123", "00ff", "ff00",
)  # fmt: skip


def test_a_signature_is_noted_and_is_an_entry(opened: Vault, record: str) -> None:
    saved = opened.store.note_signature(record, SIGNED, summary(record))
    opened.store.note_signature(record, replace(SIGNED, role="reviewer"), summary(record))
    assert opened.store.signatures(record) == [SIGNED, replace(SIGNED, role="reviewer")]
    entry = opened.store.history(record)[saved.entry - 1]
    assert entry.what is What.SIGNED
    assert isinstance(entry.new, dict)
    assert entry.new["file_sha256"] == "ff00"
    assert opened.store.check() == []
