"""vault.md: a name typed by mistake. Typed, saved, backed up, erased: no file holds it, and the chain is whole."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import driver, erasing, history, vault
from hrddp_desktop.storage.records import (
    AddRow,
    Excuse,
    Fault,
    RemoveRow,
    SetAnswer,
    SetExcuse,
    SetMarks,
    Signature,
    What,
)
from tests.storage.pages import files_that_hold
from tests.storage.vaults import PASSPHRASE, PERSON, database, new_record, summary

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.storage.chain import Writer
    from hrddp_desktop.storage.driver import Encrypted
    from hrddp_desktop.storage.erasing import Erasure
    from hrddp_desktop.storage.vault import Vault

CANARY = "Zanzibar-Kanarienvogel-7731"
SIGNED = Signature(
    "preparer", f"Nobody {CANARY}", "ab", datetime(2026, 3, 5, 12, tzinfo=UTC), "caution", "F01",
    datetime(2026, 3, 5, tzinfo=UTC).date(), "sha256:0123", "00ff", "ff00",
)  # fmt: skip


class Backups:
    """Copies of the data in the folder `backups`, as the app makes them, and a stick that is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, number: int) -> None:
        db = database(self.folder)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        shutil.copyfile(self.folder / vault.DATA, self.folder / vault.BACKUPS / f"{number}")

    def opened(self, file: Path) -> Encrypted:
        from hrddp_desktop.storage import keys, migrations

        _, key = keys.read(self.folder, migrations.VERSION).open(PASSPHRASE)
        return driver.connect(file, key)

    def forget(self, erasure: Erasure, writer: Writer, at: datetime) -> tuple[str, ...]:
        for file in sorted((self.folder / vault.BACKUPS).iterdir()):
            if "-" not in file.name:
                copy = self.opened(file)
                erasing.erase_in(copy, erasure, writer, at)
                copy.close()
        return ("stick",)


def spill(opened: Vault, record: str, backups: Backups) -> None:
    """Type the canary everywhere, with enough other text around it that pages split and are freed."""
    store, line = opened.store, replace(summary(record), title=CANARY)
    draw = random.Random(7)  # noqa: S311 - the same pages each time
    store.commit(record, AddRow("t", "R1"), line)
    for number in range(40):
        other = "x" * draw.randrange(10, 6000)
        store.save_draft(record, "note", f"{other[:300]} {CANARY} {number}")
        store.commit(record, SetAnswer("note", f"{other} {CANARY} {number}"), line)
        store.commit(record, SetAnswer(f"q{number}", other), line)
        if number % 4 == 0:
            backups.make(number)
    for edit in (
        SetExcuse("note", Excuse("na", CANARY, CANARY)),
        SetMarks("note", {"seen": CANARY}),
        SetAnswer("t/R1/name", [CANARY]),
        SetAnswer("note", None),
        SetAnswer("note", CANARY),
        RemoveRow("t", "R1"),
    ):
        store.commit(record, edit, line, reason=f"because of {CANARY}")
    store.save_draft(record, "note", f"half-typed {CANARY}")
    store.save_draft(record, "t/R1/name", f"half-typed {CANARY}")


def test_a_name_typed_by_mistake_is_in_no_file_after_erasing(opened: Vault, record: str) -> None:
    backups = Backups(opened.folder)
    opened.store.copies = backups
    spill(opened, record, backups)
    assert {"data-wal", "backups/0", "backups/36"} <= files_that_hold(opened.folder, CANARY)
    for scope in ("note", "t"):
        assert opened.store.erase(record, scope, "person", summary(record)).away == ("stick",)
    assert files_that_hold(opened.folder, CANARY) == set()
    assert opened.store.check() == []
    assert opened.store.load(record).answers["q7"]
    opened.lock()
    assert files_that_hold(opened.folder, CANARY) == set()
    for copy in sorted((opened.folder / vault.BACKUPS).iterdir()):
        shutil.copyfile(copy, opened.folder / vault.DATA)
        with vault.unlock(opened.folder, PASSPHRASE) as older:
            assert {each.fault for each in older.store.check()} <= {Fault.OLDER}
            assert older.store.load(record).answers["q0"]


def test_what_was_only_deleted_is_still_there(opened: Vault, record: str) -> None:
    """The control: without erasing, an answer that was taken back can be read by a tool."""
    opened.store.commit(record, SetAnswer("note", CANARY), summary(record))
    opened.store.commit(record, SetAnswer("note", None), summary(record))
    opened.lock()
    assert files_that_hold(opened.folder, CANARY) == {"data"}


def test_a_whole_record_is_erased_and_its_seal_stays(opened: Vault, record: str) -> None:
    backups = Backups(opened.folder)
    opened.store.copies = backups
    spill(opened, record, backups)
    opened.store.note_signature(record, SIGNED, replace(summary(record), title=CANARY))
    backups.make(99)
    other = new_record(opened)
    opened.store.commit(other, SetAnswer("note", "kept"), summary(other))
    opened.store.erase(record, "", "order", replace(summary(record), status=erasing.ERASED))
    assert files_that_hold(opened.folder, CANARY) == set()
    assert opened.store.check() == []
    assert opened.store.load(record).answers == {}
    assert opened.store.signatures(record) == [replace(SIGNED, signer="", fingerprint="")]
    assert opened.store.load(other).answers == {"note": "kept"}


def test_an_erasure_is_an_entry_that_tells_who_when_which_question_and_why(opened: Vault, record: str) -> None:
    opened.store.commit(record, SetAnswer("note", CANARY), summary(record))
    done = opened.store.erase(record, "note", "person", summary(record))
    told = opened.store.history(record, "note")
    assert [(each.what, each.erased, each.new) for each in told] == [
        (What.ANSWERED, True, None),
        (What.ERASED, False, "person"),
    ]
    assert (told[-1].number, told[-1].author, told[-1].at) == (done.entry, PERSON.name, done.at)
    opened.store.erase(record, "", "order", summary(record))
    assert [each.new for each in opened.store.history(record) if each.what is What.ERASED] == ["person", "order"]


def test_what_was_erased_never_comes_back_by_undo(opened: Vault, record: str) -> None:
    for value in ("one", CANARY, "two"):
        opened.store.commit(record, SetAnswer("note", value), summary(record))
    opened.store.commit(record, SetAnswer("other", "kept"), summary(record))
    opened.store.erase(record, "note", "person", summary(record))
    reached = history.turns(opened.store.history(record))
    assert [step.entries[0].path for step in reached.undo] == ["other"]
    assert reached.redo == ()
    assert CANARY not in str(history.State.of(opened.store.history(record)).cells)


def test_a_payload_emptied_without_an_erasure_is_named(opened: Vault, record: str) -> None:
    opened.store.commit(record, SetAnswer("a0_title", "a name"), summary(record))
    opened.store.commit(record, SetAnswer("a0_title", None), summary(record))
    other = database(opened.folder)
    with other.writing() as connection:
        connection.execute("UPDATE payloads SET old_salt = NULL, old = NULL, new_salt = NULL, new = NULL")
    other.close()
    assert [(each.new, each.erased) for each in opened.store.history(record, "a0_title")] == [(None, True)] * 2
    assert [each.fault for each in opened.store.check()] == [Fault.VALUE_GONE] * 3


def test_an_erasure_that_cannot_be_finished_says_so(opened: Vault, record: str) -> None:
    opened.store.commit(record, SetAnswer("note", CANARY), summary(record))
    reader = database(opened.folder)
    with reader.reading() as connection:
        connection.execute("SELECT count(*) FROM answers").fetchone()
        opened.store._db.conn.execute("PRAGMA busy_timeout = 50")  # noqa: SLF001 - not four seconds
        with pytest.raises(VaultError) as refused:
            opened.store.erase(record, "note", "person", summary(record))
    assert refused.value.code is Code.ERASED_UNFINISHED
    reader.close()
    assert "note" not in opened.store.load(record).answers
    opened.store.erase(record, "note", "person", summary(record))
    assert files_that_hold(opened.folder, CANARY) == set()


def test_nothing_else_of_the_record_is_touched(opened: Vault, record: str) -> None:
    for path in ("note", "notes", "t"):
        opened.store.commit(record, SetAnswer(path, path), summary(record))
    opened.store.commit(record, AddRow("u", "R1"), summary(record))
    opened.store.commit(record, SetAnswer("u/R1/a", "kept"), summary(record))
    opened.store.erase(record, "note", "person", summary(record))
    assert opened.store.load(record).answers == {"notes": "notes", "t": "t", "u": [{"_row": "R1", "a": "kept"}]}
    opened.store.erase(record, "u/R1", "person", summary(record))
    assert opened.store.load(record).answers == {"notes": "notes", "t": "t", "u": [{"_row": "R1"}]}
    assert opened.store.check() == []
