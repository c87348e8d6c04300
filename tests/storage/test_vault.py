from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import keys, migrations, vault
from hrddp_desktop.storage.records import Person, SetAnswer
from tests.storage.vaults import CHEAP, PASSPHRASE, PERSON, database, fingerprint, new_record, new_vault, summary

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault


def refusal(folder: Path, passphrase: str = PASSPHRASE) -> VaultError:
    with pytest.raises(VaultError) as caught:
        vault.unlock(folder, passphrase)
    return caught.value


# ------------------------------------------------------------------------------------------------------------ creating


def test_a_vault_is_one_folder_with_its_parents_made(tmp_path: Path) -> None:
    folder = tmp_path / "missing" / "parents" / "office.hrddp"
    new_vault(folder).lock()
    assert [path.name for path in sorted(folder.iterdir())] == ["backups", "data", "keys"]
    assert [path.name for path in folder.parent.iterdir()] == ["office.hrddp"]


@pytest.mark.parametrize("passphrase", ["", "  \t"])
def test_an_empty_passphrase_makes_no_vault(folder: Path, passphrase: str) -> None:
    with pytest.raises(VaultError) as caught:
        vault.create(folder, passphrase, PERSON, cost=CHEAP)
    assert caught.value.code is Code.PASSPHRASE_EMPTY
    assert not folder.exists()


def test_a_folder_that_holds_something_is_not_used(folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.txt").write_text("keep me")
    before = fingerprint(folder)
    with pytest.raises(VaultError) as caught:
        new_vault(folder)
    assert caught.value.code is Code.VAULT_EXISTS
    assert fingerprint(folder) == before


def test_a_file_of_that_name_is_not_used(folder: Path) -> None:
    folder.write_text("keep me")
    with pytest.raises(VaultError) as caught:
        new_vault(folder)
    assert caught.value.code is Code.VAULT_EXISTS
    assert folder.read_text() == "keep me"


def test_an_empty_folder_is_used(folder: Path) -> None:
    folder.mkdir()
    new_vault(folder).lock()
    assert vault.unlock(folder, PASSPHRASE).person == PERSON


def test_a_vault_below_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VaultError) as caught:
        new_vault(tmp_path / "file" / "office.hrddp")
    assert caught.value.code is Code.VAULT_NOT_MADE


@pytest.mark.parametrize("step", ["apply", "_save_person", "write"])
def test_a_creation_that_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    owner = {"apply": migrations, "_save_person": vault, "write": keys}[step]
    monkeypatch.setattr(owner, step, fail)
    with pytest.raises(VaultError) as caught:
        new_vault(tmp_path / "new" / "office.hrddp")
    assert caught.value.code is Code.VAULT_NO_ROOM
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["data", "data-wal", "data-shm", "keys", "witness"])
def test_only_the_owner_may_read_the_files(opened: Vault, name: str) -> None:
    new_record(opened)
    if os.name == "posix":
        assert (opened.folder / name).stat().st_mode & 0o777 == 0o600
        assert opened.folder.stat().st_mode & 0o777 == 0o700


# ----------------------------------------------------------------------------------------------------------- unlocking


def test_the_person_stays_in_the_vault_and_can_be_changed(opened: Vault) -> None:
    moved = Person("Ana Ruiz", "Head of office", "Sel Amar", "Valdoria", "fr")
    opened.save_person(moved)
    opened.lock()
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert again.person == moved


def test_a_secret_comes_back_as_it_was(opened: Vault) -> None:
    assert opened.secret("identity") is None
    opened.save_secret("identity", b"first")
    opened.save_secret("identity", bytes(range(256)))
    opened.lock()
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert again.secret("identity") == bytes(range(256))


def test_locking_twice_does_no_harm(opened: Vault) -> None:
    opened.lock()
    opened.lock()


def test_a_locked_vault_is_three_files_and_its_backups(opened: Vault) -> None:
    new_record(opened)
    opened.lock()
    assert sorted(fingerprint(opened.folder)) == ["backups", "data", "keys", "witness"]


def test_a_wrong_passphrase_changes_nothing(opened: Vault) -> None:
    opened.lock()
    before = fingerprint(opened.folder)
    assert refusal(opened.folder, "seven lamps on the harbour walk").code is Code.WRONG_PASSPHRASE
    assert fingerprint(opened.folder) == before


@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_a_passphrase_opens_however_the_keyboard_spells_its_accents(folder: Path, typed: str) -> None:
    spelt = unicodedata.normalize("NFD" if typed == "NFC" else "NFC", "café à Ñandú")
    vault.create(folder, spelt, PERSON, cost=CHEAP).lock()
    vault.unlock(folder, unicodedata.normalize("NFC" if typed == "NFC" else "NFD", spelt)).lock()


def test_a_moved_copy_opens(opened: Vault, tmp_path: Path) -> None:
    record = new_record(opened)
    opened.store.commit(record, SetAnswer("a0_title", "Harbour police"), summary(record))
    opened.lock()
    moved = opened.folder.rename(tmp_path / "Büro #2 50%.hrddp")
    with vault.unlock(moved, PASSPHRASE) as again:
        assert again.store.load(record).answers == {"a0_title": "Harbour police"}


# ---------------------------------------------------------------------------------------------------- not one of ours


def test_what_is_not_there_is_no_vault(folder: Path) -> None:
    assert refusal(folder).code is Code.NOT_A_VAULT
    assert not folder.exists()


def test_an_empty_folder_is_no_vault(folder: Path) -> None:
    folder.mkdir()
    assert refusal(folder).code is Code.NOT_A_VAULT
    assert fingerprint(folder) == {}


def test_a_random_file_is_no_vault(folder: Path) -> None:
    folder.write_bytes(os.urandom(5000))
    assert refusal(folder).code is Code.NOT_A_VAULT


def test_a_plain_database_is_no_vault(folder: Path, tmp_path: Path) -> None:
    plain(folder)
    assert refusal(folder).code is Code.NOT_A_VAULT
    inside = tmp_path / "other.hrddp"
    inside.mkdir()
    plain(inside / "data")
    before = fingerprint(inside)
    assert refusal(inside).code is Code.NOT_A_VAULT
    assert fingerprint(inside) == before


def test_a_plain_database_under_our_keys_is_not_opened(opened: Vault) -> None:
    opened.lock()
    (opened.folder / "data").unlink()
    plain(opened.folder / "data")
    before = fingerprint(opened.folder)
    assert refusal(opened.folder).code is Code.NOT_A_VAULT
    assert fingerprint(opened.folder) == before


def test_a_vault_that_lost_its_data_is_damaged(opened: Vault) -> None:
    opened.lock()
    (opened.folder / "data").unlink()
    before = fingerprint(opened.folder)
    error = refusal(opened.folder)
    assert (error.code, error.facts["detail"]) == (Code.VAULT_DAMAGED, "the file data is missing")
    assert fingerprint(opened.folder) == before


@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_lost_keys_are_named_and_come_back_from_any_copy(opened: Vault, content: bytes | None) -> None:
    record = new_record(opened)
    opened.lock()
    file, copy = opened.folder / "keys", (opened.folder / "keys").read_bytes()
    file.unlink() if content is None else file.write_bytes(content)
    before = fingerprint(opened.folder)
    error = refusal(opened.folder)
    assert error.code is Code.KEYS_LOST
    assert "Copy the file keys from any copy of this folder" in str(error)
    assert fingerprint(opened.folder) == before
    file.write_bytes(copy)
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert again.store.load(record).answers == {}


def test_a_damaged_first_page_is_named_as_damage_not_as_a_wrong_passphrase(opened: Vault) -> None:
    opened.lock()
    data = bytearray((opened.folder / "data").read_bytes())
    data[100] ^= 1
    (opened.folder / "data").write_bytes(data)
    before = fingerprint(opened.folder)
    assert refusal(opened.folder).code is Code.VAULT_DAMAGED
    assert fingerprint(opened.folder) == before


def plain(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE answers (value)")
    connection.close()


# --------------------------------------------------------------------------------------------------------------- newer


@pytest.mark.parametrize(("what", "found"), [("format", "2.2"), ("schema", "1.3")])
def test_newer_keys_are_refused_without_a_passphrase_and_untouched(opened: Vault, what: str, found: str) -> None:
    opened.lock()
    file = opened.folder / "keys"
    facts = json.loads(file.read_text())
    file.write_text(json.dumps({**facts, what: facts[what] + 1, "slots": "of a shape not known yet"}))
    before = fingerprint(opened.folder)
    error = refusal(opened.folder, "any")
    assert (error.code, error.facts["found"]) == (Code.VAULT_NEWER, found)
    assert fingerprint(opened.folder) == before


def test_a_newer_schema_is_refused_and_untouched(opened: Vault) -> None:
    opened.lock()
    make_newer(opened.folder).close()
    before = fingerprint(opened.folder)
    assert refusal(opened.folder).code is Code.VAULT_NEWER
    assert fingerprint(opened.folder) == before


def test_a_newer_schema_that_was_never_closed_is_refused_and_untouched(opened: Vault, tmp_path: Path) -> None:
    opened.lock()
    newer = make_newer(opened.folder)
    crashed = tmp_path / "crashed.hrddp"
    crashed.mkdir()
    for name in ("keys", "data", "data-wal"):  # what is on the disk when the newer app is killed
        (crashed / name).write_bytes((opened.folder / name).read_bytes())
    newer.close()
    before = fingerprint(crashed)
    assert refusal(crashed).code is Code.VAULT_NEWER
    after = fingerprint(crashed)
    assert {name: after[name] for name in before} == before


def make_newer(folder: Path) -> sqlite3.Connection:
    connection = database(folder).conn
    connection.execute(f"PRAGMA user_version = {migrations.VERSION + 1}")
    return connection


@pytest.mark.parametrize("name", [keys.NAME, "witness", "lock"])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(name: str, tmp_path: Path) -> None:
    if os.name != "posix":
        return
    folder = tmp_path / "v.hrddp"
    new_vault(folder).lock()
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    # In a process of its own: what waits for a pipe cannot be told to stop.
    code = (
        "import sys; from pathlib import Path; from hrddp_desktop.storage import vault\n"
        "from hrddp_desktop.errors import VaultError\n"
        "try: vault.unlock(Path(sys.argv[1]), sys.argv[2]).lock(); print('opened')\n"
        "except VaultError as error: print(error.code.name)"
    )
    arguments = [sys.executable, "-c", code, str(folder), PASSPHRASE]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == ("KEYS_LOST" if name == keys.NAME else "opened")
