"""Whether a vault is whole: its pages, its links, the chain of every record, and each answer against its last entry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import attached, chain, driver, editing, keys, witness
from hrddp_desktop.storage.chain import Head
from hrddp_desktop.storage.records import Damage, Fault, What

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from hrddp_desktop.storage.driver import Encrypted
    from hrddp_desktop.storage.witness import Marks, Witness

ROW_ENTRIES = frozenset({What.ROW_ADDED, What.ROW_REMOVED, What.ROW_RESTORED, What.ROW_MOVED})


def check(db: Encrypted, beside: Witness) -> Iterator[Damage]:
    """Each damage, the pages first; where a page cannot be read the rest is reported as far as it can."""
    marks = beside.marks()
    # The file itself is read: a page that a power cut tore on its way out of the WAL is whole in there, and no damage.
    db.settle()
    for detail in _lines(db.conn, "PRAGMA cipher_integrity_check"):
        yield Damage(Fault.PAGE, {"detail": detail})
    try:
        yield from _structure(db.conn)
        for row in db.conn.execute("SELECT id, uuid, entries, head FROM summaries ORDER BY id").fetchall():
            yield from _record(db.conn, Head(*row))
        yield from _whole(db.conn, beside.vault, marks)
    except driver.Error as error:
        if driver.vault_error(error, db.folder) is None:
            raise
        yield Damage(Fault.PAGE, {"detail": str(error)})


def quick(db: Encrypted, beside: Witness) -> Iterator[Damage]:
    """The same as far as it can be done while somebody writes: every page by its hash, every chain and answer.

    `check` reads the file itself; here the pages are read through the database, in one state of it.
    """
    marks = beside.marks()
    try:
        with db.reading() as connection:
            for detail in _lines(connection, "PRAGMA quick_check"):
                if detail != "ok":
                    yield Damage(Fault.PAGE, {"detail": detail})
            for row in connection.execute("SELECT id, uuid, entries, head FROM summaries ORDER BY id").fetchall():
                yield from _record(connection, Head(*row))
            yield from _whole(connection, beside.vault, marks)
    except VaultError as error:
        if error.code is not Code.VAULT_DAMAGED:
            raise
        yield Damage(Fault.PAGE, error.facts)


def unreadable(file: Path, key: bytes) -> list[str]:
    """What is wrong with the pages of a database that nobody writes. Raises VaultError where it cannot be opened."""
    with driver.peeking(file, key) as connection:
        found = _lines(connection, "PRAGMA cipher_integrity_check")
        return found or [line for line in _lines(connection, "PRAGMA quick_check") if line != "ok"]


def _structure(connection: sqlite3.Connection) -> Iterator[Damage]:
    for detail in _lines(connection, "PRAGMA integrity_check"):
        if detail != "ok":
            yield Damage(Fault.PAGE, {"detail": detail})
    for table in sorted(set(_lines(connection, "PRAGMA foreign_key_check"))):
        yield Damage(Fault.LINK, {"table": table})


def _whole(connection: sqlite3.Connection, vault: str, marks: Marks) -> Iterator[Damage]:
    copy = keys_copy(connection)
    if copy is None or keys.vault_of(copy) != vault:
        yield Damage(Fault.KEYS_COPY)
    if witness.is_older(connection, marks):
        yield Damage(Fault.OLDER)


def keys_copy(connection: sqlite3.Connection) -> str | None:
    """The copy of the file `keys` that every vault holds inside; None where it is not one."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'").fetchone():
        return None
    found = connection.execute("SELECT value FROM meta WHERE name = 'keys'").fetchone()
    return None if found is None else str(found[0])


def _record(connection: sqlite3.Connection, head: Head) -> Iterator[Damage]:
    broken = list(chain.verify(connection, head))
    yield from broken
    if not broken:  # a history that is not whole cannot say what the answers should be
        for path in sorted(differing(connection, head)):
            yield Damage(Fault.ANSWER_ALTERED, {"path": path, "record": head.uuid})
    for path in _altered_files(connection, head.id):
        yield Damage(Fault.FILE_ALTERED, {"path": path, "record": head.uuid})


def _altered_files(connection: sqlite3.Connection, record: int) -> Iterator[str]:
    """Files whose content is not the one that was hashed, or gone; what a rescue could not read is known."""
    gone = connection.execute(
        "SELECT path FROM attachments WHERE record = ? EXCEPT SELECT path FROM contents WHERE record = ?",
        (record, record),
    )
    yield from sorted({*attached.altered(connection, record), *(path for (path,) in gone)})


def differing(connection: sqlite3.Connection, head: Head) -> set[str]:
    """Paths whose value now is not the one of their last entry. What was erased stands nowhere."""
    last: dict[tuple[What, str], str | None] = {}
    tables: dict[str, list[str]] = {}
    for kind, path, new in connection.execute(
        "SELECT e.what, e.path, p.new FROM entries e LEFT JOIN payloads p ON p.entry = e.id "
        "WHERE e.record = ? ORDER BY e.number",
        (head.id,),
    ):
        what = What(kind)
        if what is What.EMPTIED:
            last, tables = {}, {}
        elif what in ROW_ENTRIES:
            replay(tables, what, path, new)
        elif what is What.ANSWERED or what in editing.BESIDE:
            last[what, path] = new
    now = dict(current(connection, head.id))
    paths = {key[1] for key in last.keys() | now.keys() if last.get(key) != now.get(key)}
    kept = _row_order(connection, head.id)
    return paths | {table for table in tables.keys() | kept.keys() if tables.get(table, []) != kept.get(table, [])}


def current(connection: sqlite3.Connection, record: int) -> Iterator[tuple[tuple[What, str], str]]:
    """What a record holds, by what kind of entry says so and its path."""
    for table, row, name, value in connection.execute(
        "SELECT table_name, row_id, name, value FROM answers WHERE record = ?", (record,)
    ):
        yield (What.ANSWERED, f"{table}/{row}/{name}" if table else name), value
    for what, table in editing.BESIDE.items():
        for path, value in connection.execute(f"SELECT path, value FROM {table} WHERE record = ?", (record,)):  # noqa: S608 - a name of BESIDE
            yield (what, path), value


def replay(tables: dict[str, list[str]], what: What, path: str, new: str | None) -> None:
    """Carry an entry about a row out on the order of the rows by table."""
    table, row = path.split("/")
    rows = tables.setdefault(table, [])
    if row in rows:
        rows.remove(row)
    if what is not What.ROW_REMOVED:
        rows.insert(len(rows) if new is None else json.loads(new), row)


def _row_order(connection: sqlite3.Connection, record: int) -> dict[str, list[str]]:
    order: dict[str, list[str]] = {}
    for table, row in connection.execute(
        "SELECT table_name, row_id FROM rows WHERE record = ? AND removed = 0 ORDER BY table_name, place", (record,)
    ):
        order.setdefault(table, []).append(row)
    return order


def _lines(connection: sqlite3.Connection, pragma: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(pragma)]
