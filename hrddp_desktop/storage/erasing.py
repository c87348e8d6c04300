"""Erase for safety: payloads and every copy of their text are destroyed, the chain of entries stays checkable.

What stays is an entry: who, when, which question, which class of reason. A copy of the vault that can be opened is
erased in place by `erase_in`; a copy out of reach is named.
"""

# ruff: noqa: S608 - what is put into the statements is this module's own words
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import chain, driver, search
from hrddp_desktop.storage.chain import Change, Head
from hrddp_desktop.storage.records import What

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from hrddp_desktop.storage.chain import Writer
    from hrddp_desktop.storage.driver import Encrypted

ERASED: Final = "erased"
"""The status of a record that was erased as a whole."""

# Entries whose values are no text of a person: places of rows, the form of a record, what was erased and why.
_KEPT: Final = "'created', 'received', 'row added', 'row removed', 'row restored', 'row moved', 'restored', 'erased'"
# Tables that hold text of a record beside its answers, with their column for the path; one that a vault does not have
# is passed over, so a new table is one line here.
_BESIDE: Final = {
    "excuses": "path",
    "marks": "path",
    "drafts": "path",
    "comments": "path",
    "attachments": "path",
    "contents": "path",
    "texts": "path",
}
_COVERED: Final = "(:scope = '' OR {path} = :scope OR substr({path}, 1, length(:scope) + 1) = :scope || '/')"
_ANSWER_PATH: Final = "CASE table_name WHEN '' THEN name ELSE table_name || '/' || row_id || '/' || name END"
_HEAD: Final = "SELECT id, uuid, entries, head FROM summaries WHERE uuid = ?"
_LINE: Final = ("title", "reference", "country", "station")


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is erased: `scope` is a question, a cell, a row or a table, '' the whole record; `why` a class of reason."""

    record: str
    scope: str
    why: str


@dataclass(frozen=True, slots=True)
class Erased:
    """It is done: when, as which entry, and which copies could not be reached."""

    at: datetime
    entry: int
    away: tuple[str, ...] = ()


class Copies(Protocol):
    """The copies of the vault: backups on this machine, a second place."""

    def forget(self, erasure: Erasure, writer: Writer, at: datetime) -> tuple[str, ...]:
        """Erase in every copy within reach, with `erase_in`; the names of those that are out of reach."""
        ...


def forget(connection: sqlite3.Connection, head: Head, erasure: Erasure, writer: Writer, at: str) -> Head:
    """Destroy the values and add the entry that says so; the new head. Inside the caller's transaction."""
    change = Change(What.ERASED, erasure.scope, None, chain.text(erasure.why))
    head = chain.append(connection, head, change, writer, at)
    bound = {"record": head.id, "scope": erasure.scope}
    covered = f"SELECT {{}} FROM entries WHERE record = :record AND {_COVERED.format(path='path')}"
    connection.execute(
        "UPDATE payloads SET old_salt = NULL, old = NULL, new_salt = NULL, new = NULL "
        f"WHERE entry IN ({covered.format('id')} AND what NOT IN ({_KEPT}))",
        bound,
    )
    # A reason was given for all that was changed in one step, and may say what the answer said.
    connection.execute(
        "UPDATE payloads SET reason_salt = NULL, reason = NULL WHERE entry IN "
        f"(SELECT id FROM entries WHERE record = :record AND step IN ({covered.format('step')}))",
        bound,
    )
    connection.execute(f"DELETE FROM answers WHERE record = :record AND {_COVERED.format(path=_ANSWER_PATH)}", bound)
    for table, path in _BESIDE.items():
        if _has_table(connection, table):
            connection.execute(f"DELETE FROM {table} WHERE record = :record AND {_COVERED.format(path=path)}", bound)
    if not erasure.scope:
        connection.execute("UPDATE signatures SET signer = '', fingerprint = '' WHERE record = :record", bound)
    return head


def scrub(db: Encrypted) -> None:
    """Leave no byte of what was deleted in the files: free pages, the index of words, the WAL.

    Raises VaultError(ERASED_UNFINISHED) where the disk does not let it: nothing can be read any more in the app, but
    somebody with the passphrase and a tool could.
    """
    try:
        for (index,) in db.conn.execute(_INDEXES).fetchall():
            # A deleted word stays in the segments of the index until they are merged, and "optimize" may even then
            # leave it in a mark that it was deleted (seen with SQLite 3.53.4). An index made anew has no such marks.
            db.conn.execute(f'INSERT INTO "{index}"("{index}") VALUES (\'rebuild\')')
        # secure_delete overwrites what is deleted; what a page once held behind its cells only a new file leaves out.
        db.conn.execute("VACUUM")
        busy = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except driver.Error as error:
        raise VaultError(Code.ERASED_UNFINISHED, detail=str(error)) from error
    if busy:
        raise VaultError(Code.ERASED_UNFINISHED, detail="another program is reading the vault")


_INDEXES: Final = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%' AND sql LIKE '%fts5%'"
)


def erase_in(db: Encrypted, erasure: Erasure, writer: Writer, at: datetime) -> bool:
    """Do the same in a copy of the vault; False if the copy never had the record. Raises VaultError as `scrub` does."""
    with db.writing() as connection:
        row = connection.execute(_HEAD, (erasure.record,)).fetchone()
        if row is None:
            return False
        head = Head(*row)
        texts = set(_texts(connection, head, erasure.scope))
        head = forget(connection, head, erasure, writer, at.isoformat())
        connection.execute(
            "UPDATE summaries SET entries = ?, head = ? WHERE id = ?", (head.entries, head.hash, head.id)
        )
        _blank_line(connection, head.id, erasure.scope, texts)
        if _has_table(connection, "texts"):
            search.Index().rebuild(connection, head.id)
    scrub(db)
    return True


def _texts(connection: sqlite3.Connection, head: Head, scope: str) -> Iterator[str]:
    """The texts that an erasure will destroy."""
    for values in connection.execute(
        "SELECT p.old, p.new FROM entries e JOIN payloads p ON p.entry = e.id "
        f"WHERE e.record = :record AND {_COVERED.format(path='e.path')}",
        {"record": head.id, "scope": scope},
    ):
        for text in values:
            value = None if text is None else json.loads(text)
            if isinstance(value, str) and value:
                yield value


def _blank_line(connection: sqlite3.Connection, record: int, scope: str, texts: set[str]) -> None:
    """Take out of the line of the list what repeats an erased text; the line is made anew when the record is opened."""
    if not scope:
        connection.execute("UPDATE summaries SET status = ?, outcome = '' WHERE id = ?", (ERASED, record))
    for name in _LINE:
        (shown,) = connection.execute(f"SELECT {name} FROM summaries WHERE id = ?", (record,)).fetchone()
        if shown and (not scope or any(text in shown or shown in text for text in texts)):
            connection.execute(f"UPDATE summaries SET {name} = '' WHERE id = ?", (record,))


def _has_table(connection: sqlite3.Connection, table: str) -> bool:
    return bool(
        connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
    )


def erase_in_file(file: Path, key: bytes, erasure: Erasure, writer: Writer, at: datetime) -> bool:
    """`erase_in` for the database `file` of a copy that nobody has open."""
    db = driver.connect(file, key)
    try:
        return erase_in(db, erasure, writer, at)
    finally:
        db.close()
