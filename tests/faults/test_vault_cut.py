"""Files cut short, emptied or lost: never taken for a good vault that holds less, and never written over."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import driver, keys, migrations, vault
from hrddp_desktop.storage.records import Fault, SetAnswer
from tests.storage.vaults import PASSPHRASE, PERSON, database, fingerprint, new_record, new_vault, summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault

WAL_HEADER, FRAME = 32, 24 + 4096


def killed(opened: Vault, to: Path) -> Path:
    """The folder as a kill leaves it: copied while the vault is open."""
    shutil.copytree(opened.folder, to, ignore=shutil.ignore_patterns("data-shm"))
    return to


@pytest.fixture
def killed_vault(opened: Vault, record: str, tmp_path: Path) -> Path:
    """A vault killed at work, with answers that stand in its WAL alone."""
    for number in range(1, 6):
        opened.store.commit(record, SetAnswer("count", number), summary(record))
    folder = killed(opened, tmp_path / "killed.hrddp")
    opened.lock()
    return folder


def refused(folder: Path) -> Code:
    """The code of the refusal, which left every byte as it was and added no file."""
    before = fingerprint(folder)
    with pytest.raises(VaultError) as caught:
        vault.unlock(folder, PASSPHRASE)
    assert fingerprint(folder) == before
    return caught.value.code


# ------------------------------------------------------------------------------------------------------------ the data


@pytest.mark.parametrize("size", [0, 1, 4095])
@pytest.mark.parametrize("beside", ["nothing", "wal"])
def test_data_shorter_than_a_page_are_damage_and_left_alone(killed_vault: Path, size: int, beside: str) -> None:
    os.truncate(killed_vault / "data", size)
    if beside == "nothing":
        (killed_vault / "data-wal").unlink()
    assert refused(killed_vault) is Code.VAULT_DAMAGED


def test_a_database_without_our_tables_is_damage_and_left_alone(opened: Vault) -> None:
    opened.lock()
    _, key = keys.read(opened.folder, migrations.VERSION).open(PASSPHRASE)
    (opened.folder / "data").unlink()
    (opened.folder / "data").touch()
    other = driver.make(opened.folder / "data", key)
    other.execute("CREATE TABLE notes (text)")
    other.close()
    assert refused(opened.folder) is Code.VAULT_DAMAGED


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM meta",
        "DROP TABLE meta",
        "PRAGMA user_version = 0",
        "UPDATE meta SET name = 'kees' WHERE name = 'keys'",
    ],
)
def test_a_database_that_lost_what_makes_it_a_vault_is_damage(opened: Vault, statement: str) -> None:
    opened.lock()
    with contextlib.closing(database(opened.folder)) as other:
        other.execute(statement)
    assert refused(opened.folder) is Code.VAULT_DAMAGED


def test_only_making_a_vault_makes_a_database(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(VaultError) as caught:
        driver.connect(tmp_path / "data", os.urandom(32))
    assert caught.value.code is Code.VAULT_DAMAGED
    assert (tmp_path / "data").read_bytes() == b""
    driver.make(tmp_path / "data", os.urandom(32)).close()  # the control


# ------------------------------------------------------------------------------------------------------------- the WAL


def test_a_killed_vault_that_is_whole_opens_without_a_word(killed_vault: Path, record: str) -> None:
    """The control of the tests below."""
    with vault.unlock(killed_vault, PASSPHRASE) as again:
        assert again.warning is None
        assert again.store.check() == []
        assert again.store.load(record).answers == {"count": 5}


def test_a_lost_wal_is_said_at_opening_and_by_the_check_ever_after(killed_vault: Path) -> None:
    (killed_vault / "data-wal").unlink()
    with vault.unlock(killed_vault, PASSPHRASE) as again:
        assert again.warning is not None
        assert again.warning.fault is Fault.OLDER
        assert [damage.fault for damage in again.store.check()] == [Fault.OLDER]
        record = new_record(again)
        again.store.commit(record, SetAnswer("count", 1), summary(record))
        assert [damage.fault for damage in again.store.check()] == [Fault.OLDER]
    with vault.unlock(killed_vault, PASSPHRASE) as again:
        assert again.warning is None  # it was said once; what is there now is newer
        again.store.commit(record, SetAnswer("count", 2), summary(record))
    with vault.unlock(killed_vault, PASSPHRASE) as again:
        assert [damage.fault for damage in again.store.check()] == [Fault.OLDER]


def test_what_was_lost_and_comes_back_is_no_longer_held_against_the_vault(killed_vault: Path, tmp_path: Path) -> None:
    whole = shutil.copytree(killed_vault, tmp_path / "whole.hrddp")
    (killed_vault / "data-wal").unlink()
    with vault.unlock(killed_vault, PASSPHRASE) as again:
        assert again.warning is not None
    for name in ("data", "data-wal"):
        shutil.copy(whole / name, killed_vault / name)
    with vault.unlock(killed_vault, PASSPHRASE) as again:
        assert (again.warning, again.store.check()) == (None, [])


def test_a_wal_cut_anywhere_is_said_or_has_lost_nothing(killed_vault: Path, record: str, tmp_path: Path) -> None:
    size = (killed_vault / "data-wal").stat().st_size
    said = 0
    for cut in range(0, size, FRAME // 2):
        copy = shutil.copytree(killed_vault, tmp_path / f"{cut}.hrddp")
        os.truncate(copy / "data-wal", cut)
        with vault.unlock(copy, PASSPHRASE) as again:
            held = [stored.record for stored in again.store.records()]
            whole = record in held and again.store.load(record).answers == {"count": 5}
            assert (again.warning is None) == whole, cut
            said += again.warning is not None
    assert said > 0


def test_a_page_torn_on_its_way_out_of_the_wal_is_no_damage(killed_vault: Path, record: str, tmp_path: Path) -> None:
    wal = (killed_vault / "data-wal").read_bytes()
    page = max(int.from_bytes(wal[frame : frame + 4]) for frame in range(WAL_HEADER, len(wal), FRAME))
    with (killed_vault / "data").open("r+b") as data:
        data.seek((page - 1) * 4096 + 512)
        data.write(bytes(512))
    without = shutil.copytree(killed_vault, tmp_path / "without.hrddp", ignore=shutil.ignore_patterns("data-wal"))
    assert refused(without) is Code.VAULT_DAMAGED  # the control: it is torn, and only the WAL still has it whole
    with vault.unlock(killed_vault, PASSPHRASE) as again:
        assert again.store.check() == []
        assert again.store.load(record).answers == {"count": 5}


def test_a_witness_that_cannot_be_read_says_nothing(killed_vault: Path) -> None:
    (killed_vault / "data-wal").unlink()
    witness = (killed_vault / "witness").read_bytes()
    for content in (b"", witness[:20], bytes(len(witness)), witness[:-1] + bytes([witness[-1] ^ 1]), witness * 50):
        (killed_vault / "witness").write_bytes(content)
        with vault.unlock(killed_vault, PASSPHRASE) as again:
            assert (again.warning, again.store.check()) == (None, [])


def test_a_witness_of_an_earlier_time_or_of_another_vault_is_no_alarm(opened: Vault, tmp_path: Path) -> None:
    record = new_record(opened)
    early = (opened.folder / "witness").read_bytes()
    opened.store.commit(record, SetAnswer("q", "x"), summary(record))
    opened.lock()
    with new_vault(tmp_path / "other.hrddp") as other:
        new_record(other)
    for content in (early, (tmp_path / "other.hrddp" / "witness").read_bytes()):
        (opened.folder / "witness").write_bytes(content)
        with vault.unlock(opened.folder, PASSPHRASE) as again:
            assert (again.warning, again.store.check()) == (None, [])


def test_every_kind_of_change_is_witnessed(opened: Vault, record: str) -> None:
    def noted() -> bytes:
        return (opened.folder / "witness").read_bytes()

    changes: list[Callable[[], object]] = [
        lambda: new_record(opened),
        lambda: opened.store.commit(record, SetAnswer("q", 1), summary(record)),
    ]
    for change in changes:
        before = noted()
        change()
        assert noted() != before


def test_an_answer_is_saved_even_where_no_witness_can_be_written(opened: Vault, record: str) -> None:
    (opened.folder / "witness").unlink()
    (opened.folder / "witness").mkdir()
    opened.store.commit(record, SetAnswer("q", 1), summary(record))
    opened.lock()
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert (again.warning, again.store.load(record).answers) == (None, {"q": 1})


def test_locking_leaves_nothing_in_the_wal_even_beside_another_window(
    opened: Vault, record: str, tmp_path: Path
) -> None:
    opened.store.commit(record, SetAnswer("q", 1), summary(record))
    with contextlib.closing(database(opened.folder)):
        opened.lock()
        copy = killed(opened, tmp_path / "copy.hrddp")
    (copy / "data-wal").unlink()
    with vault.unlock(copy, PASSPHRASE) as again:
        assert (again.warning, again.store.load(record).answers) == (None, {"q": 1})


def test_a_secret_and_a_person_do_not_depend_on_the_wal(opened: Vault, tmp_path: Path) -> None:
    opened.save_secret("identity", b"key")
    opened.save_person(replace(PERSON, station="Sel Amar"))
    copy = killed(opened, tmp_path / "copy.hrddp")
    (copy / "data-wal").unlink()
    with vault.unlock(copy, PASSPHRASE) as again:
        assert (again.secret("identity"), again.person.station) == (b"key", "Sel Amar")


def test_little_depends_on_the_wal(opened: Vault, record: str, tmp_path: Path) -> None:
    for number in range(60):
        opened.store.commit(record, SetAnswer("count", number), summary(record))
    copy = killed(opened, tmp_path / "copy.hrddp")
    (copy / "data-wal").unlink()
    with vault.unlock(copy, PASSPHRASE) as again:
        assert int(str(again.store.load(record).answers["count"])) > 20
