"""vault.md: backups (rolling, verified, restored on another machine) and the laptop that dies."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import backups, driver, keys, migrations, vault
from hrddp_desktop.storage.backups import ROLLING, Keep, Reason
from hrddp_desktop.storage.records import SetAnswer
from tests.storage.vaults import PASSPHRASE, database, fingerprint, new_record, new_vault, summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault

DAY_ONE = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)


def close(opened: Vault, at: datetime = DAY_ONE, keep: Keep = ROLLING) -> backups.Copy:
    return backups.roll(opened.source, backups.place_of(opened.folder), Reason.CLOSE, keep, at=at)


def write(opened: Vault, record: str, value: int) -> None:
    opened.store.commit(record, SetAnswer("count", value), summary(record))


def refused(call: Callable[..., object], *arguments: object) -> VaultError:
    with pytest.raises(VaultError) as caught:
        call(*arguments)
    return caught.value


def test_a_backup_holds_what_the_vault_holds_and_changes_no_byte_of_it(opened: Vault, record: str) -> None:
    write(opened, record, 7)
    opened.lock()
    before = {name: digest for name, digest in fingerprint(opened.folder).items() if not name.startswith("backups")}
    copy = close(opened)
    after = {name: digest for name, digest in fingerprint(opened.folder).items() if not name.startswith("backups")}
    assert after == before
    assert sorted(path.name for path in copy.folder.iterdir()) == ["data", "keys"]
    with driver.peeking(copy.folder / vault.DATA, opened.source.key) as connection:
        assert connection.execute("SELECT value FROM answers").fetchall() == [("7",)]
    assert not (copy.folder / vault.DATA).read_bytes().startswith(driver.PLAIN_HEADER)


def test_a_backup_of_an_open_vault_holds_all_that_was_saved(opened: Vault, record: str) -> None:
    for value in range(5):
        write(opened, record, value)
        copy = close(opened)
        with driver.peeking(copy.folder / vault.DATA, opened.source.key) as connection:
            assert connection.execute("SELECT value FROM answers").fetchall() == [(str(value),)]


def test_the_last_ten_closes_and_the_last_of_each_of_thirty_days_are_kept(opened: Vault, record: str) -> None:
    for number in range(80):
        write(opened, record, number)
        close(opened, DAY_ONE + timedelta(hours=12 * number))
    made = [copy.made for copy in backups.listing(backups.place_of(opened.folder))]
    last = DAY_ONE + timedelta(hours=12 * 79)
    assert made[:10] == [last - timedelta(hours=12 * number) for number in range(10)]
    assert {moment.date() for moment in made} == {(last - timedelta(days=day)).date() for day in range(30)}
    assert len(made) == 10 + 30 - 6  # the last ten lie on six days


def test_a_clock_that_goes_back_does_not_let_go_of_the_newest_copy(opened: Vault, record: str) -> None:
    for number in range(12):
        write(opened, record, number)
        copy = close(opened, DAY_ONE - timedelta(days=400 * number))
        assert backups.listing(backups.place_of(opened.folder))[0] == copy


def test_a_close_without_a_change_takes_no_place_and_a_bad_copy_is_made_again(opened: Vault, record: str) -> None:
    write(opened, record, 1)
    first = close(opened)
    assert close(opened) == first
    data = first.folder / vault.DATA
    content = bytearray(data.read_bytes())
    content[len(content) // 2] ^= 1
    data.write_bytes(content)
    second = close(opened)
    assert second.number == first.number + 1
    assert backups.newest_good(opened.source, backups.place_of(opened.folder)) == second


def test_a_changed_passphrase_reaches_the_next_copy(opened: Vault) -> None:
    first = close(opened)
    key_file = keys.read(opened.folder, migrations.VERSION)
    keys.write(opened.folder, key_file.with_slot("b2", "another one", opened.source.key, keys.Cost(64, 1, 1)))
    assert close(opened).number == first.number + 1


def test_a_copy_that_is_not_whole_is_never_listed(opened: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = close(opened)

    def spoil(source: bytes, file: Path, key: bytes) -> None:
        file.write_bytes(os.urandom(8192))

    monkeypatch.setattr(driver, "copy", spoil)
    with pytest.raises(VaultError) as caught:
        backups.roll(opened.source, kept.folder.parent, Reason.ASKED, ROLLING)
    assert caught.value.code is Code.COPY_UNFIT
    assert [path.name for path in kept.folder.parent.iterdir()] == [kept.folder.name]


def test_what_a_killed_copy_left_is_swept(opened: Vault, record: str) -> None:
    place = backups.place_of(opened.folder)
    (place / ".1234abcd.part").mkdir()
    (place / ".1234abcd.part" / "data").write_bytes(b"half")
    write(opened, record, 1)
    copy = close(opened)
    assert list(place.iterdir()) == [copy.folder]


def test_renewing_leaves_one_copy(opened: Vault, record: str) -> None:
    for number in range(3):
        write(opened, record, number)
        close(opened)
    copy = backups.renew(opened.source, backups.place_of(opened.folder))
    assert backups.listing(copy.folder.parent) == [copy]


def test_a_damaged_vault_makes_no_copy_and_keeps_the_good_ones(opened: Vault, record: str) -> None:
    for number in range(200):
        write(opened, record, number)
    good = close(opened)
    write(opened, record, 1)
    opened.lock()
    file = opened.folder / vault.DATA
    data = bytearray(file.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 + 50] ^= 1
    file.write_bytes(data)
    with pytest.raises(VaultError):
        close(opened)
    assert backups.listing(backups.place_of(opened.folder)) == [good]


# ------------------------------------------------------------------------------------------------------- second place


def test_a_stick_that_is_not_there_is_a_sentence(opened: Vault, tmp_path: Path) -> None:
    error = refused(backups.second_place, opened.source, tmp_path / "stick")
    assert error.code is Code.PLACE_MISSING
    assert not (tmp_path / "stick").exists()


def test_the_second_place_is_not_inside_the_vault(opened: Vault) -> None:
    assert refused(backups.second_place, opened.source, opened.folder / "backups").code is Code.COPIES_INSIDE


def test_it_is_remembered_when_a_copy_was_made_outside(opened: Vault) -> None:
    assert backups.outside(opened.folder) is None
    backups.note_outside(opened.folder, DAY_ONE)
    assert backups.outside(opened.folder) == DAY_ONE


# ---------------------------------------------------------------------------------------------------------- restoring


def test_a_copy_is_restored_on_another_machine(opened: Vault, record: str, tmp_path: Path) -> None:
    write(opened, record, 7)
    stick = tmp_path / "stick"
    stick.mkdir()
    copy = backups.roll(opened.source, backups.second_place(opened.source, stick), Reason.CLOSE, ROLLING)
    opened.lock()
    shutil.rmtree(opened.folder)
    before = fingerprint(stick)
    for named in (stick, copy.folder.parent, copy.folder):
        target = tmp_path / f"machine_b_{named.name}.hrddp"
        backups.restore(backups.find(named), PASSPHRASE, target, migrations.VERSION)
        with vault.unlock(target, PASSPHRASE) as again:
            assert again.warning is None
            assert again.store.check() == []
            assert again.store.load(record).answers == {"count": 7}
            write(again, record, 8)
    assert fingerprint(stick) == before


def test_nothing_is_ever_restored_over_something(opened: Vault, tmp_path: Path) -> None:
    copy = close(opened)
    there = tmp_path / "there.hrddp"
    for occupied in (opened.folder, there):
        occupied.mkdir(exist_ok=True)
        error = refused(backups.restore, copy.folder, PASSPHRASE, occupied, migrations.VERSION)
        assert error.code is Code.VAULT_EXISTS
    assert list(there.iterdir()) == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda copy: (copy / "data").write_bytes(os.urandom(8192)), Code.COPY_UNFIT),
        (lambda copy: (copy / "data").unlink(), Code.COPY_UNFIT),
        (lambda copy: (copy / "data").write_bytes((copy / "data").read_bytes()[:-4096]), Code.COPY_UNFIT),
        (lambda copy: (copy / "keys").write_text("{}"), Code.KEYS_LOST),
        (lambda copy: (copy / "keys").write_text('{"format": 9, "schema": 9}'), Code.VAULT_NEWER),
    ],
)
def test_a_copy_that_is_not_good_is_not_restored(
    opened: Vault, tmp_path: Path, spoil: Callable[[Path], object], code: Code
) -> None:
    copy = close(opened)
    spoil(copy.folder)
    before = fingerprint(tmp_path)
    error = refused(backups.restore, copy.folder, PASSPHRASE, tmp_path / "new" / "b.hrddp", migrations.VERSION)
    assert error.code is code
    shutil.rmtree(tmp_path / "new", ignore_errors=True)
    assert fingerprint(tmp_path) == before


def test_a_wrong_passphrase_restores_nothing(opened: Vault, tmp_path: Path) -> None:
    error = refused(backups.restore, close(opened).folder, "not it", tmp_path / "b.hrddp", migrations.VERSION)
    assert error.code is Code.WRONG_PASSPHRASE
    assert not (tmp_path / "b.hrddp").exists()


def test_whoever_holds_the_safe_card_alone_gets_the_bytes_of_the_copy(opened: Vault, tmp_path: Path) -> None:
    copy = close(opened)
    backups.restore(copy.folder, None, tmp_path / "b.hrddp", migrations.VERSION)
    for name in ("data", "keys"):
        assert (tmp_path / "b.hrddp" / name).read_bytes() == (copy.folder / name).read_bytes()


def test_a_change_reaches_every_copy_and_what_is_out_of_reach_is_named(
    opened: Vault, record: str, tmp_path: Path
) -> None:
    for value in range(3):
        write(opened, record, value)
        close(opened)
    place = backups.place_of(opened.folder)
    bad = backups.listing(place)[1]
    (bad.folder / "data").write_bytes(os.urandom(8192))
    missed = backups.in_each(
        opened.source, (place, tmp_path / "stick"), lambda db: db.execute("UPDATE answers SET value = '0'")
    )
    assert missed == (str(tmp_path / "stick"),)
    copies = backups.listing(place)
    assert len(copies) == 2
    assert bad not in copies
    for copy in copies:
        assert sorted(path.name for path in copy.folder.iterdir()) == ["data", "keys"]
        with driver.peeking(copy.folder / vault.DATA, opened.source.key) as connection:
            assert connection.execute("SELECT value FROM answers").fetchall() == [("0",)]


def test_a_folder_without_copies_is_said_so(tmp_path: Path) -> None:
    assert refused(backups.find, tmp_path).code is Code.NO_COPY_THERE


# ---------------------------------------------------------------------------------------------------------- migrations


def test_a_copy_of_the_old_schema_is_made_before_it_changes(opened: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    record = new_record(opened)
    opened.lock()
    steps = driver.Migrations("vault")
    steps()(migrations.first_schema)
    steps()(migrations.attached_to_questions)

    @steps()
    def add_receipts(db: driver.Database) -> None:
        db.table("receipts").create({"id": int, "text": str}, pk="id")

    with monkeypatch.context() as newer:
        newer.setattr(migrations, "MIGRATIONS", steps)
        newer.setattr(migrations, "VERSION", migrations.VERSION + 1)
        vault.unlock(opened.folder, PASSPHRASE).lock()
    assert refused(vault.unlock, opened.folder, PASSPHRASE).code is Code.VAULT_NEWER
    (copy,) = backups.listing(backups.place_of(opened.folder))
    assert copy.reason is Reason.MIGRATION
    back = opened.folder.with_name("back.hrddp")
    backups.restore(copy.folder, PASSPHRASE, back, migrations.VERSION)  # the way back, with the older app
    with vault.unlock(back, PASSPHRASE) as again:
        assert again.store.load(record).answers == {}


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_step_that_fails_leaves_every_byte_of_the_vault(
    opened: Vault, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    new_record(opened)
    opened.lock()
    before = {name: digest for name, digest in fingerprint(opened.folder).items() if not name.startswith("backups")}
    steps = driver.Migrations("vault")
    steps()(migrations.first_schema)
    steps()(migrations.attached_to_questions)

    def step(number: int) -> None:
        @steps(name=f"step_{number}")
        def change(db: driver.Database) -> None:
            db.table(f"new_{number}").create({"id": int, "text": str}, pk="id")
            db.table(f"new_{number}").insert_all({"id": n, "text": "x" * 900} for n in range(300))
            if number == failing:
                raise ArithmeticError

    for number in (1, 2, 3):
        step(number)
    monkeypatch.setattr(migrations, "MIGRATIONS", steps)
    monkeypatch.setattr(migrations, "VERSION", migrations.VERSION + 3)
    with pytest.raises(ArithmeticError):
        vault.unlock(opened.folder, PASSPHRASE)
    after = {name: digest for name, digest in fingerprint(opened.folder).items() if not name.startswith("backups")}
    assert after == before


def test_without_a_copy_nothing_is_migrated(opened: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.lock()
    monkeypatch.setattr(migrations, "VERSION", migrations.VERSION + 1)
    shutil.rmtree(opened.folder / "backups")
    (opened.folder / "backups").write_text("a file stands in the way")
    before = fingerprint(opened.folder)
    assert refused(vault.unlock, opened.folder, PASSPHRASE).code is Code.COPY_NOT_MADE
    assert fingerprint(opened.folder) == before


def test_state_tells_any_two_states_apart(opened: Vault, record: str) -> None:
    seen: set[bytes] = set()

    def note() -> None:
        with opened.store._db.reading() as connection:  # noqa: SLF001 - the state of this very connection
            seen.add(hashlib.sha256(backups.state(connection)).digest())

    note()
    write(opened, record, 1)
    note()
    opened.store.save_draft(record, "q", "half")
    note()
    opened.save_secret("identity", b"1")
    note()
    opened.save_secret("identity", b"2")
    note()
    opened.bin.put(record)
    note()
    assert len(seen) == 6
    db = database(opened.folder)
    db.close()
    note()
    assert len(seen) == 6


def test_a_vault_made_anew_has_a_place_for_copies(tmp_path: Path) -> None:
    with new_vault(tmp_path / "a.hrddp") as made:
        assert backups.listing(backups.place_of(made.folder)) == []


def test_a_place_whose_name_no_folder_can_have_is_refused_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "v.hrddp"
    new_vault(folder).lock()
    with pytest.raises(VaultError) as caught:
        backups.restore(folder, PASSPHRASE, tmp_path / "a\0b", migrations.VERSION)
    assert caught.value.code is Code.VAULT_NOT_MADE
