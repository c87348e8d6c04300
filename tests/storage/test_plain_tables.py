"""Plain tables: views that follow the form, and the file that leaves the vault when somebody asks for it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from hrddp_desktop.errors import Code, FileError
from hrddp_desktop.storage import driver, vault
from hrddp_desktop.storage.records import AddRow, RemoveRow, SetAnswer, Summary
from tests.storage.vaults import PASSPHRASE, database, fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault


def _item(name: str, kind: str = "text", **facts: object) -> dict[str, object]:
    return {"name": name, "type": kind, "row": 2, "cells": {"label": f"What {name}?"}, **facts}


_STRICT = {"sensitivity": "strictly_confidential"}
_ITEMS = [
    _item("title"),
    _item("count", "integer"),
    _item("kinds", "select_multiple", list_name="kind"),
    _item("secret", cells=_STRICT),
    _item("sum", "calculate"),
    _item("units", "table"),
    _item("unit", table="units", parent="units"),
    _item("rank", table="units", parent="units", cells=_STRICT),
]
_LISTS = [{"name": "kind", "choices": [{"code": "p", "label": "Police"}, {"code": "b", "label": "Border guard"}]}]


def _body(version: str, *more: dict[str, object]) -> bytes:
    parts = {"form_id": "small", "version": version, "items": [*_ITEMS, *more], "lists": _LISTS}
    return json.dumps(parts | {"translations": {"fr": {"choices:kind:p:label": "Gendarmerie"}}}).encode()


def _new(opened: Vault, version: str = "1", *more: dict[str, object], form: str = "small") -> str:
    body = _body(version, *more)
    return opened.store.new_record(form, version, f"sha256:{form}{version}", definition_bytes=body)


def _rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    db = database(folder)
    with closing(db.conn):
        return [tuple(row) for row in db.conn.execute(sql)]


@pytest.fixture
def record(opened: Vault) -> str:
    made = _new(opened)
    edits = (
        SetAnswer("title", 'Driver\'s "training"'),
        SetAnswer("count", 12),
        SetAnswer("kinds", ["p", "b"]),
        SetAnswer("secret", "quartz"),
        AddRow("units", "R1"),
        AddRow("units", "R2"),
        SetAnswer("units/R1/unit", "Coast guard"),
        SetAnswer("units/R2/unit", "Harbour watch"),
        SetAnswer("units/R2/rank", "obsidian"),
        RemoveRow("units", "R1"),
    )
    opened.store.commit_all(made, edits, Summary(made, "small", reference="X-1", outcome="green"))
    return made


def test_a_form_is_one_view_with_its_questions_as_columns(opened: Vault, record: str, folder: Path) -> None:
    opened.lock()
    sql = "SELECT _record, _reference, _outcome, title, count, kinds, secret FROM small"
    assert _rows(folder, sql) == [(record, "X-1", "green", 'Driver\'s "training"', 12, "p b", "quartz")]


def test_a_table_is_one_view_with_a_line_for_each_row_that_is_there(opened: Vault, record: str, folder: Path) -> None:
    opened.lock()
    assert _rows(folder, "SELECT * FROM small_units") == [(record, "R2", 1, "Harbour watch", "obsidian")]


def test_the_views_follow_the_form_and_keep_what_older_records_hold(opened: Vault, record: str, folder: Path) -> None:
    newer = _new(opened, "2", _item("colour"))
    opened.store.commit(newer, SetAnswer("colour", "blue"), Summary(newer, "small"))
    opened.lock()
    assert _rows(folder, "SELECT _version, title, colour FROM small ORDER BY _version") == [
        ("1", 'Driver\'s "training"', None),
        ("2", None, "blue"),
    ]


def test_a_form_that_is_named_like_a_table_of_the_vault_does_no_harm(opened: Vault, folder: Path) -> None:
    made = _new(opened, form="answers")
    opened.store.commit(made, SetAnswer("title", "Gate"), Summary(made, "answers"))
    opened.lock()
    assert _rows(folder, "SELECT title FROM answers_view") == [("Gate",)]


def test_an_export_holds_the_same_lines_without_a_key(opened: Vault, record: str, tmp_path: Path) -> None:
    plain = tmp_path / "plain.db"
    assert opened.store.export_plain(plain) == {"small": 1, "small_units": 1}
    with closing(sqlite3.connect(plain)) as db:
        assert db.execute("SELECT _record, title, count, kinds FROM small").fetchall() == [
            (record, 'Driver\'s "training"', 12, "p b")
        ]
        assert db.execute("SELECT unit FROM small_units").fetchall() == [("Harbour watch",)]
        assert ("small", "kind", "p", "Gendarmerie", "fr") in db.execute("SELECT * FROM _choices").fetchall()
        assert db.execute("SELECT label FROM _questions WHERE name = 'title'").fetchall() == [("What title?",)]


def test_what_is_strictly_confidential_is_left_out_unless_it_is_asked_for(
    opened: Vault, record: str, tmp_path: Path
) -> None:
    opened.store.export_plain(tmp_path / "plain.db")
    opened.store.export_plain(tmp_path / "all.db", with_confidential=True)
    for word in (b"quartz", b"obsidian"):
        assert word not in (tmp_path / "plain.db").read_bytes()
        assert word in (tmp_path / "all.db").read_bytes()
    with closing(sqlite3.connect(tmp_path / "plain.db")) as db:
        assert db.execute("SELECT name FROM _questions WHERE left_out = 'yes'").fetchall() == [("secret",), ("rank",)]


def test_an_export_replaces_no_file(opened: Vault, record: str, tmp_path: Path) -> None:
    (tmp_path / "plain.db").write_bytes(b"mine")
    with pytest.raises(FileError) as refused:
        opened.store.export_plain(tmp_path / "plain.db")
    assert refused.value.code is Code.EXPORT_EXISTS
    assert (tmp_path / "plain.db").read_bytes() == b"mine"


def test_a_disk_that_takes_no_export_leaves_no_part_of_it(
    opened: Vault, record: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_it_was = driver.connect_plain

    def small(file: Path) -> sqlite3.Connection:
        connection = as_it_was(file)
        connection.execute("PRAGMA max_page_count = 3")
        return connection

    monkeypatch.setattr(driver, "connect_plain", small)
    with pytest.raises(FileError) as refused:
        opened.store.export_plain(tmp_path / "plain.db")
    assert refused.value.code is Code.FILE_NOT_WRITTEN
    assert not (tmp_path / "plain.db").exists()


def test_an_export_writes_nothing_but_its_file_and_changes_no_byte_of_the_vault(
    opened: Vault, record: str, folder: Path, tmp_path: Path
) -> None:
    opened.lock()

    place = tmp_path / "out"
    place.mkdir()
    with vault.unlock(folder, PASSPHRASE) as again:
        before = fingerprint(folder)
        again.store.export_plain(place / "plain.db")
        assert fingerprint(folder) == before
    assert [file.name for file in place.iterdir()] == ["plain.db"]
    assert (place / "plain.db").stat().st_mode & 0o077 == 0
