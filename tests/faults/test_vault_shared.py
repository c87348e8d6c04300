"""vault.md: two windows, two users. Two processes in one vault wait for each other or are told; nothing is mixed up.

The second one that wants to write is told by the lock (lock.py); below it SQLite keeps two in order that write all the
same.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import driver, lock, vault
from hrddp_desktop.storage.records import SetAnswer
from tests.storage.vaults import PASSPHRASE, database, new_record, summary

if TYPE_CHECKING:
    from hrddp_desktop.storage.vault import Vault

ROOT = Path(__file__).parents[2]
WRITER = Path(__file__).with_name("vault_writer.py")
ANSWERS = 15


def test_two_processes_write_one_record_and_its_chain_holds(opened: Vault, record: str) -> None:
    command = [sys.executable, str(WRITER), "honest", str(opened.folder), PASSPHRASE, record]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        assert int(other.stdout.readline()) == 1
        for number in range(ANSWERS):
            commit_in_the_end(opened, record, SetAnswer("mine", number))
        other.kill()
        said = [int(line) for line in other.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
    history = opened.store.history(record)
    assert [entry.new for entry in history if entry.path == "mine"] == list(range(ANSWERS))
    theirs = [entry.new for entry in history if entry.path == "count"]
    assert theirs == list(range(1, len(theirs) + 1))
    assert len(theirs) >= (said[-1] if said else 1)
    assert opened.store.check() == []


def commit_in_the_end(opened: Vault, record: str, edit: SetAnswer) -> None:
    """As a person does who is told to try again; a writer that never rests can keep the other out for seconds."""
    while True:
        try:
            opened.store.commit(record, edit, summary(record))
        except VaultError as error:
            assert error.code is Code.VAULT_BUSY  # noqa: PT017 - any other refusal is the failure of this test
        else:
            return


def test_a_writer_that_waits_too_long_is_told_and_can_try_again(opened: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    record = new_record(opened)
    opened.lock()
    monkeypatch.setattr(driver, "BUSY_MS", 20)
    other = database(opened.folder)
    with contextlib.closing(other), vault.unlock(opened.folder, PASSPHRASE) as again:
        with other.writing(), pytest.raises(VaultError) as caught:
            again.store.commit(record, SetAnswer("q", "x"), summary(record))
        assert caught.value.code is Code.VAULT_BUSY
        assert again.store.commit(record, SetAnswer("q", "x"), summary(record)).entry == 2


def test_who_reads_beside_a_writer_sees_what_it_saved_and_changes_nothing(opened: Vault, record: str) -> None:
    with vault.unlock(opened.folder, PASSPHRASE, reading=True) as reader:
        for number in range(ANSWERS):
            opened.store.commit(record, SetAnswer("q", number), summary(record))
            assert reader.store.load(record).answers == {"q": number}
        with pytest.raises(VaultError) as caught:
            reader.store.commit(record, SetAnswer("q", "theirs"), summary(record))
        assert caught.value.code is Code.VAULT_READ_ONLY
    assert opened.store.load(record).answers == {"q": ANSWERS - 1}
    assert opened.store.check() == []


def test_a_folder_that_was_copied_while_it_was_open_opens_with_its_lock_file(
    opened: Vault, record: str, tmp_path: Path
) -> None:
    hold = lock.take(opened.folder)
    assert hold is not None
    opened.store.commit(record, SetAnswer("q", "kept"), summary(record))
    copy = tmp_path / "copy.hrddp"
    shutil.copytree(opened.folder, copy)
    with pytest.raises(VaultError):  # the control: where it lies it is held
        lock.take(opened.folder)
    theirs = lock.take(copy)
    assert theirs is not None
    with vault.unlock(copy, PASSPHRASE) as again:
        assert again.store.load(record).answers == {"q": "kept"}
    theirs.release()
    hold.release()
