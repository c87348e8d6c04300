"""vault.md: full disk, read-only folder. The answer is refused in words, everything earlier stays."""

from __future__ import annotations

import contextlib
import resource
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import vault
from hrddp_desktop.storage.records import SetAnswer
from tests.faults.rights import as_anybody
from tests.storage.vaults import PASSPHRASE, database, fingerprint, new_record, new_vault, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault


@contextlib.contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file of this process grows past `size` bytes; the system cuts the write there, wherever that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def commit_until_refused(opened: Vault, record: str) -> tuple[int, VaultError]:
    """The last number that was saved, and the refusal of the next."""
    saved = 0
    try:
        for number in range(1, 1000):
            opened.store.commit(record, SetAnswer("count", number), summary(record))
            saved = number
    except VaultError as error:
        return saved, error
    pytest.fail("the disk never filled")


def test_a_write_cut_off_after_any_number_of_bytes_loses_nothing_earlier(
    opened: Vault, counts: Callable[[str], int]
) -> None:
    wal = opened.folder / "data-wal"
    steps = counts("vault_write_limits")
    for step in range(steps):
        record = new_record(opened)
        with contextlib.closing(database(opened.folder)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the limit stays far below the size of a whole vault
        with files_end_at(wal.stat().st_size + 1 + step * 40_000 // steps):
            saved, error = commit_until_refused(opened, record)
        assert error.code is Code.DISK_FULL
        assert opened.store.load(record).answers.get("count", 0) == saved
        opened.store.commit(record, SetAnswer("after", "there is room again"), summary(record))
    assert opened.store.check() == []
    opened.lock()
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert again.store.check() == []
        assert len(again.store.records()) == steps


def test_a_full_disk_is_said_in_words_and_leaves_the_draft(opened: Vault, record: str) -> None:
    opened.store.save_draft(record, "count", "half typed")
    with files_end_at((opened.folder / "data-wal").stat().st_size):
        saved, error = commit_until_refused(opened, record)
    assert saved == 0
    assert "disk is full" in str(error)
    assert opened.store.drafts(record) == {"count": "half typed"}
    assert [entry.number for entry in opened.store.history(record)] == [1]


def test_a_disk_that_refuses_though_it_has_room_is_not_called_full(opened: Vault, record: str) -> None:
    opened.store.commit(record, SetAnswer("long", "x" * 600_000), summary(record))
    with files_end_at((opened.folder / "data-wal").stat().st_size):
        saved, error = commit_until_refused(opened, record)
    assert (saved, error.code) == (0, Code.VAULT_DISK_FAILED)
    assert opened.store.check() == []


def test_a_vault_that_finds_no_room_is_not_begun(tmp_path: Path) -> None:
    with files_end_at(10_000), pytest.raises(VaultError) as caught:
        new_vault(tmp_path / "office.hrddp")
    assert caught.value.code is Code.DISK_FULL
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_folder_is_said_in_words_and_untouched(tmp_path: Path) -> None:
    folder = tmp_path / "office.hrddp"
    with as_anybody():
        new_vault(folder).lock()
        for path in [*folder.rglob("*"), folder]:
            path.chmod(0o500 if path.is_dir() else 0o400)
        before = fingerprint(folder)
        with pytest.raises(VaultError) as caught:
            vault.unlock(folder, PASSPHRASE)
        assert fingerprint(folder) == before
        assert caught.value.code is Code.VAULT_READ_ONLY
        folder.chmod(0o700)
        for path in folder.rglob("*"):
            path.chmod(0o700)
        vault.unlock(folder, PASSPHRASE).lock()  # the control: it was the rights


def test_a_vault_is_not_made_where_one_may_not_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with as_anybody(), pytest.raises(VaultError) as caught:
        new_vault(tmp_path / "new" / "office.hrddp")
    assert caught.value.code is Code.VAULT_READ_ONLY
    tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []
