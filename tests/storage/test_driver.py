from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
import sqlcipher3
import sqlite_utils.utils

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import driver
from tests.storage.vaults import new_vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = os.urandom(32)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[driver.Encrypted]:
    (tmp_path / "data").touch()
    driver.make(tmp_path / "data", KEY).close()
    opened = driver.connect(tmp_path / "data", KEY, busy_ms=20)
    opened.table("notes").create({"text": str})
    yield opened
    opened.close()


def test_sqlite_utils_works_over_the_encrypting_driver() -> None:
    assert vars(sqlite_utils.utils)["sqlite3"] is sqlcipher3


def test_a_plain_driver_that_came_first_is_noticed() -> None:
    script = "import sqlite_utils, hrddp_desktop.storage.driver"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "took the plain driver" in result.stderr


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 20),
        ("temp_store", 2),
        ("trusted_schema", 0),
        ("recursive_triggers", 1),
    ],
)
def test_every_connection_is_set(db: driver.Encrypted, pragma: str, value: object) -> None:
    assert db.conn.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_the_file_is_encrypted_from_its_first_byte(db: driver.Encrypted, tmp_path: Path) -> None:
    db.table("notes").insert({"text": "harbour"})
    db.close()
    content = (tmp_path / "data").read_bytes()
    assert not content.startswith(driver.PLAIN_HEADER)
    assert b"notes" not in content


@pytest.mark.parametrize("key", [b"", b"short", bytes(31), bytes(48)])
def test_only_a_whole_key_is_taken(tmp_path: Path, key: bytes) -> None:
    (tmp_path / "other").touch()
    with pytest.raises(ValueError, match="256 bits"):
        driver.make(tmp_path / "other", key)


def test_another_key_does_not_open(db: driver.Encrypted, tmp_path: Path) -> None:
    db.close()
    with pytest.raises(VaultError) as caught:
        driver.connect(tmp_path / "data", os.urandom(32))
    assert caught.value.code is Code.VAULT_DAMAGED


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(VaultError):
        driver.connect(tmp_path / "nothing", KEY)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_is_taken_back_whole(db: driver.Encrypted) -> None:
    def write_half() -> None:
        with db.writing() as connection:
            connection.execute("INSERT INTO notes VALUES ('half')")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_half()
    assert db.table("notes").count == 0


def test_a_second_writer_is_told_that_the_vault_is_busy(db: driver.Encrypted, tmp_path: Path) -> None:
    second = driver.connect(tmp_path / "data", KEY, busy_ms=20)
    with db.writing(), pytest.raises(VaultError) as caught, second.writing():
        pytest.fail("two writers at once")
    second.close()
    assert caught.value.code is Code.VAULT_BUSY


def test_a_full_database_is_named(db: driver.Encrypted) -> None:
    db.conn.execute("PRAGMA max_page_count = 3")
    with pytest.raises(VaultError) as caught, db.writing() as connection:
        connection.execute("INSERT INTO notes VALUES (?)", ("x" * 100_000,))
    assert caught.value.code is Code.DISK_FULL
    assert db.table("notes").count == 0


def test_what_is_read_together_is_of_one_moment(db: driver.Encrypted, tmp_path: Path) -> None:
    second = driver.connect(tmp_path / "data", KEY)
    with db.reading():
        assert db.table("notes").count == 0
        with second.writing() as connection:
            connection.execute("INSERT INTO notes VALUES ('new')")
        assert db.table("notes").count == 0
    second.close()
    assert db.table("notes").count == 1


def test_a_bug_of_ours_keeps_its_own_name(db: driver.Encrypted) -> None:
    with pytest.raises(sqlcipher3.OperationalError, match="no such table"), db.reading() as connection:
        connection.execute("SELECT * FROM nowhere")
    db.table("notes").create_index(["text"], unique=True)
    with pytest.raises(sqlcipher3.IntegrityError), db.writing() as connection:
        connection.execute("INSERT INTO notes VALUES ('a'), ('a')")


def test_a_vault_is_used_on_the_thread_that_opened_it(tmp_path: Path) -> None:
    opened, caught = new_vault(tmp_path / "v.hrddp"), list[Exception]()

    def use() -> None:
        try:
            opened.store.records()
        except sqlcipher3.ProgrammingError as error:
            caught.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    opened.lock()
    assert len(caught) == 1
