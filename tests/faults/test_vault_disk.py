"""vault.md: full disk, read-only folder. The answer is refused in words, everything earlier stays."""

from __future__ import annotations

import contextlib
import resource
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import backups, keys, migrations, people, vault
from hrddp_desktop.storage.backups import ROLLING, Reason
from hrddp_desktop.storage.records import SetAnswer
from tests.faults.rights import as_anybody
from tests.storage.vaults import CHEAP, PASSPHRASE, PERSON, database, fingerprint, new_record, new_vault, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def test_a_passphrase_change_cut_off_after_any_number_of_bytes_leaves_one_passphrase_that_opens(
    opened: Vault, counts: Callable[[str], int]
) -> None:
    backups.roll(opened.source, backups.place_of(opened.folder), Reason.CLOSE, ROLLING)
    steps = counts("vault_write_limits")
    wal, size = opened.folder / "data-wal", (opened.folder / keys.NAME).stat().st_size
    in_force, refused = PASSPHRASE, 0
    for step in range(2 * steps):
        new = f"word {step}"
        prepared = people.prepare_change(opened.folder, opened.slot, in_force, new, CHEAP)
        # First within the file itself, then within what the database is told of it.
        limit = size * step // steps if step < steps else wal.stat().st_size + 1 + 20_000 * (step - steps) // steps
        try:
            with files_end_at(limit):
                people.take(opened, prepared)
        except VaultError as error:
            assert error.code is Code.KEYS_NO_ROOM  # noqa: PT017 - either is right, a refusal or a change
            assert_opens(opened.folder, in_force, new)
            refused += 1
            people.take(opened, prepared)  # there is room again
        assert_opens(opened.folder, new, in_force)
        in_force = new
    assert refused == steps
    assert opened.store.check() == []


def assert_opens(folder: Path, passphrase: str, other: str) -> None:
    """Only the first passphrase opens the vault and its copies."""
    with vault.unlock(folder, passphrase) as again:
        assert again.warning is None
    for place in (folder, *(copy.folder for copy in backups.listing(backups.place_of(folder)))):
        held = keys.read(place, migrations.VERSION)
        held.open(passphrase)
        with pytest.raises(VaultError, match="passphrase"):
            held.open(other)


def test_a_removal_that_finds_no_room_for_the_rest_is_in_force(opened: Vault) -> None:
    """The file `keys` is replaced; nothing else can be written."""
    added = people.prepare_person(opened.folder, opened.slot, PASSPHRASE, "another one", CHEAP)
    people.take(opened, added, PERSON)
    opened.save_secret(f"{people.IDENTITY}/{added.slot}", b"x" * 9000)
    gone = people.prepare_removal(opened.folder, opened.slot, PASSPHRASE, added.slot)
    with files_end_at(4096):
        people.take(opened, gone)
    assert_opens(opened.folder, PASSPHRASE, "another one")


def test_locking_cut_off_after_any_number_of_bytes_loses_nothing(
    opened: Vault, record: str, counts: Callable[[str], int]
) -> None:
    folder, steps = opened.folder, counts("vault_write_limits")
    waiting = 0
    for step in range(steps):
        opened.store.commit(record, SetAnswer("long", f"{step} " + "x" * 20_000), summary(record))
        last = (folder / "data").stat().st_size + (folder / "data-wal").stat().st_size
        with files_end_at(last * step // steps):
            opened.lock()
        waiting += (folder / "data-wal").exists()
        opened = vault.unlock(folder, PASSPHRASE)
        assert opened.warning is None
        assert opened.store.check() == []
        assert str(opened.store.load(record).answers["long"]).startswith(f"{step} ")
    opened.lock()
    assert waiting > 0  # the control: the disk did refuse


def test_a_full_disk_is_said_in_words_and_leaves_the_draft(opened: Vault, record: str) -> None:
    opened.store.save_draft(record, "count", "half typed")
    with files_end_at((opened.folder / "data-wal").stat().st_size):
        saved, error = commit_until_refused(opened, record)
    assert saved == 0
    assert "disk is full" in str(error)
    assert opened.store.drafts(record) == {"count": "half typed"}
    assert [entry.number for entry in opened.store.history(record)] == [1]


def test_a_disk_that_refuses_though_it_has_room_is_not_called_full(opened: Vault, record: str) -> None:
    with contextlib.closing(database(opened.folder)) as other, other.reading() as reader:
        reader.execute("SELECT count(*) FROM answers").fetchone()  # as long as somebody reads the WAL only grows
        opened.store.commit(record, SetAnswer("long", "x" * 600_000), summary(record))
        with files_end_at((opened.folder / "data-wal").stat().st_size):
            saved, error = commit_until_refused(opened, record)
    assert (saved, error.code) == (0, Code.VAULT_DISK_FAILED)
    assert opened.store.check() == []


def test_a_vault_that_finds_no_room_is_not_begun(tmp_path: Path, counts: Callable[[str], int]) -> None:
    folder, steps = tmp_path / "office.hrddp", counts("vault_write_limits")
    new_vault(folder).lock()
    size = (folder / vault.DATA).stat().st_size
    shutil.rmtree(folder)
    for step in range(steps):
        with files_end_at(size * step // steps), pytest.raises(VaultError) as caught:
            new_vault(folder)
        assert caught.value.code is Code.VAULT_NO_ROOM
        assert "answer" not in str(caught.value)
        assert list(tmp_path.iterdir()) == []
    new_vault(folder).lock()  # the control: it was the room


@contextlib.contextmanager
def readable_only(folder: Path, *names: str) -> Iterator[None]:
    """Nobody may write these files of `folder` ("" is the folder itself), root neither."""
    with as_anybody():
        try:
            for path in (folder / name for name in names):
                path.chmod(0o500 if path.is_dir() else 0o400)
            yield
        finally:
            for path in [folder, *folder.rglob("*")]:
                path.chmod(0o700)


@pytest.mark.parametrize("names", [("data", "keys", "witness", ""), ("data",), ("",)])
def test_a_vault_that_cannot_be_written_is_read_and_untouched(
    opened: Vault, record: str, names: tuple[str, ...]
) -> None:
    opened.store.commit(record, SetAnswer("count", 1), summary(record))
    opened.lock()
    before = fingerprint(opened.folder)
    with readable_only(opened.folder, *names), vault.unlock(opened.folder, PASSPHRASE) as again:
        assert again.is_read_only
        assert again.warning is None
        assert again.store.load(record).answers == {"count": 1}
        assert again.store.check() == []
        with pytest.raises(VaultError) as caught:
            again.store.commit(record, SetAnswer("count", 2), summary(record))
        assert caught.value.code is Code.VAULT_READ_ONLY
        assert "the last one" not in str(caught.value)
    assert fingerprint(opened.folder) == before
    with vault.unlock(opened.folder, PASSPHRASE) as again:  # the control: it was the rights
        assert not again.is_read_only
        again.store.commit(record, SetAnswer("count", 2), summary(record))


def test_what_a_kill_left_where_nothing_can_be_written_is_refused_in_words(
    opened: Vault, record: str, tmp_path: Path
) -> None:
    opened.store.commit(record, SetAnswer("count", 1), summary(record))
    killed = shutil.copytree(opened.folder, tmp_path / "k.hrddp", ignore=shutil.ignore_patterns("data-shm"))
    before = fingerprint(killed)
    with readable_only(killed, "data", "data-wal", ""), pytest.raises(VaultError) as caught:
        vault.unlock(killed, PASSPHRASE)
    assert caught.value.code is Code.VAULT_READ_ONLY
    assert fingerprint(killed) == before
    with vault.unlock(killed, PASSPHRASE) as again:
        assert again.store.load(record).answers == {"count": 1}


def test_too_little_memory_for_the_passphrase_is_said_in_words(tmp_path: Path) -> None:
    dear = keys.Cost(memory_kib=512 * 1024, passes=1, lanes=1)
    _, hard = before = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    try:
        resource.setrlimit(resource.RLIMIT_AS, (taken + 64 * 1024 * 1024, hard))
        with pytest.raises(VaultError) as caught:
            vault.create(tmp_path / "office.hrddp", PASSPHRASE, PERSON, cost=dear)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert (caught.value.code, caught.value.facts) == (Code.MEMORY_SHORT, {"needed": 512})
    assert list(tmp_path.iterdir()) == []
    vault.create(tmp_path / "office.hrddp", PASSPHRASE, PERSON, cost=dear).lock()  # the control: it was the memory


def test_a_vault_is_not_made_where_one_may_not_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with as_anybody(), pytest.raises(VaultError) as caught:
        new_vault(tmp_path / "new" / "office.hrddp")
    assert caught.value.code is Code.VAULT_NOT_MADE
    tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []
