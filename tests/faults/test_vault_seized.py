"""vault.md: stolen or seized laptop. No word that was typed stands in any file in clear."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.storage import keys, migrations
from hrddp_desktop.storage.records import AddRow, Excuse, RemoveRow, SetAnswer, SetExcuse
from tests.storage.vaults import PASSPHRASE, PERSON, file_of, new_vault, said_of, summary

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "Zanzibar-Kanarienvogel-7731"
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def files_with(folder: Path, *words: str) -> set[str]:
    """Names of files below `folder` in which one of the words stands, as text of eight or of sixteen bits."""
    spelt = [word.encode(encoding) for word in words for encoding in ENCODINGS]
    return {
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(word in path.read_bytes() or word in str(path).encode() for word in spelt)
    }


def test_nothing_that_was_typed_stands_in_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(spill))
    opened = new_vault(tmp_path / "office.hrddp")
    folder, store = opened.folder, opened.store
    record = store.new_record(CANARY, CANARY, CANARY, definition_bytes=CANARY.encode())
    line = replace(summary(record), title=CANARY, reference=CANARY, country=CANARY, station=CANARY)
    for number in range(60):
        store.save_draft(record, f"q{number}", CANARY * number)
        store.commit(record, SetAnswer(f"q{number}", CANARY * number), line)
    for edit in (AddRow("t", "R1"), SetAnswer("t/R1/name", [CANARY]), RemoveRow("t", "R1")):
        store.commit(record, edit, line)
    store.commit(record, SetExcuse("q", Excuse("na", CANARY, CANARY)), line)
    store.commit(record, SetAnswer("q3", None), line)
    store.commit_all(record, [said_of("q3", CANARY), file_of("q3", CANARY.encode() * 900, f"{CANARY}.pdf")], line)
    opened.save_secret(CANARY, CANARY.encode())
    opened.save_person(replace(PERSON, name=CANARY))
    store.save_draft(record, "left open", CANARY)
    store.history(record)
    assert store.check() == []

    _, key = keys.read(folder, migrations.VERSION).open(PASSPHRASE)
    secrets = (CANARY, PASSPHRASE, PERSON.name, key.hex())
    assert {path.name for path in folder.iterdir()} == {"backups", "data", "data-shm", "data-wal", "keys", "witness"}
    assert files_with(tmp_path, *secrets) == set()
    opened.lock()
    assert files_with(tmp_path, *secrets) == set()
    assert not any(key in path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert list(spill.iterdir()) == []


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_a_plain_database_shows_it(tmp_path: Path, encoding: str) -> None:
    """The control: the search finds the phrase where it is."""
    connection = sqlite3.connect(tmp_path / "data")
    connection.execute(f"PRAGMA encoding = '{encoding}'")
    connection.execute("CREATE TABLE answers (value)")
    connection.execute("INSERT INTO answers VALUES (?)", (CANARY,))
    connection.commit()
    connection.close()
    assert files_with(tmp_path, CANARY) == {"data"}
