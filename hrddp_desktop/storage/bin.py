"""The bin: records that are in no list any more and can be taken back, until it is emptied.

Going in, coming back and being emptied are entries of the record. Emptying destroys what the record holds and what its
entries remember; the entries stay, so that the chain can be checked and the witness has its last change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from hrddp_desktop.clock import now
from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import chain, erasing
from hrddp_desktop.storage.chain import Change, Head
from hrddp_desktop.storage.records import Binned, What
from hrddp_desktop.storage.store import LINE, summary_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from hrddp_desktop.storage.chain import Writer
    from hrddp_desktop.storage.driver import Encrypted
    from hrddp_desktop.storage.witness import Witness

STAYS: Final = timedelta(days=30)
_BINNED: Final = "(SELECT record FROM bin WHERE emptied = 0)"
_BELONGING: Final = "(uuid = :record OR related = :record) AND id NOT IN (SELECT record FROM bin)"
_WITH: Final = (  # what was put into the bin together with the record, at the same moment
    "(uuid = :record OR related = :record) AND id IN (SELECT record FROM bin WHERE emptied = 0 AND at = "
    "(SELECT b.at FROM bin b JOIN summaries s ON s.id = b.record WHERE s.uuid = :record))"
)
_EMPTIED_TABLES: Final = (
    "answers", "rows", "excuses", "marks", "comments", "attachments", "contents", "drafts", "texts",
)  # fmt: skip


class Bin:
    """The bin of an open vault, on the thread that opened it. Raises VaultError as Store does."""

    def __init__(self, db: Encrypted, writer: Writer, witness: Witness, clock: Callable[[], datetime] = now) -> None:
        self._db = db
        self._writer = writer
        self._witness = witness
        self._clock = clock

    def put(self, record: str) -> None:
        """Put a record, and with it those that belong to it, into the bin. Raises VaultError(RECORD_UNKNOWN)."""
        at = self._clock().isoformat()
        with self._db.writing() as connection:
            heads = _heads(connection, _BELONGING, record=record)
            if record not in {head.uuid for head in heads}:
                raise VaultError(Code.RECORD_UNKNOWN, record=record)
            for head in heads:
                connection.execute("INSERT INTO bin (record, at, emptied) VALUES (?, ?, 0)", (head.id, at))
            ends = [self._append(connection, head, What.BINNED, at) for head in heads]
        self._note(ends)

    def take_back(self, record: str) -> None:
        """Put a record, and those that went with it, back into the lists. Raises VaultError(RECORD_UNKNOWN)."""
        at = self._clock().isoformat()
        with self._db.writing() as connection:
            binned = _heads(connection, _WITH, record=record)
            if record not in {head.uuid for head in binned}:
                raise VaultError(Code.RECORD_UNKNOWN, record=record)
            for head in binned:
                connection.execute("DELETE FROM bin WHERE record = ?", (head.id,))
            ends = [self._append(connection, head, What.TAKEN_BACK, at) for head in binned]
        self._note(ends)

    def records(self) -> list[Binned]:
        """What is in the bin, the last put in first."""
        with self._db.reading() as connection:
            since = dict(
                connection.execute("SELECT r.uuid, b.at FROM bin b JOIN records r ON r.id = b.record WHERE emptied = 0")
            )
            rows = connection.execute(f"{LINE} WHERE id IN {_BINNED} ORDER BY id DESC").fetchall()
        found = [Binned(line, datetime.fromisoformat(since[line.record])) for line in map(summary_of, rows)]
        return sorted(found, key=lambda binned: binned.since, reverse=True)

    def empty(self, *records: str) -> int:
        """Destroy these records of the bin (all of them without a name) for good; how many there were.

        Raises VaultError(ERASED_UNFINISHED) where they are gone but the disk kept traces, see erasing.scrub.
        """
        with self._db.writing() as connection:
            heads = _heads(connection, f"id IN {_BINNED}")
            doomed = [head for head in heads if not records or head.uuid in records]
            ends = [self._destroy(connection, head) for head in doomed]
        self._note(ends)
        if ends:
            erasing.scrub(self._db)
        return len(ends)

    def empty_old(self) -> int:
        """Destroy what has been in the bin for 30 days, by the clock and by the vault's own last change.

        A clock that jumped ahead therefore empties nothing.
        """
        with self._db.reading() as connection:
            (last,) = connection.execute("SELECT max(changed) FROM summaries").fetchone()
        if last is None or self._db.is_read_only:
            return 0
        now = min(self._clock(), datetime.fromisoformat(last))
        old = [binned.summary.record for binned in self.records() if now - binned.since >= STAYS]
        return self.empty(*old) if old else 0

    def _destroy(self, connection: sqlite3.Connection, head: Head) -> Head:
        connection.execute("UPDATE bin SET emptied = 1 WHERE record = ?", (head.id,))
        connection.execute(
            "UPDATE payloads SET old_salt = NULL, old = NULL, new_salt = NULL, new = NULL, "
            "reason_salt = NULL, reason = NULL "
            "WHERE entry IN (SELECT id FROM entries WHERE record = ?)",
            (head.id,),
        )
        for table in _EMPTIED_TABLES:
            connection.execute(f"DELETE FROM {table} WHERE record = ?", (head.id,))  # noqa: S608 - names above
        # What was sealed stays a fact (policy 4.4); who signed goes.
        connection.execute("UPDATE signatures SET signer = '', fingerprint = '' WHERE record = ?", (head.id,))
        connection.execute(
            "UPDATE summaries SET title = '', reference = '', country = '', station = '', status = '', outcome = '', "
            "next_due = NULL, as_of = NULL WHERE id = ?",
            (head.id,),
        )
        return self._append(connection, head, What.EMPTIED, self._clock().isoformat())

    def _append(self, connection: sqlite3.Connection, head: Head, what: What, at: str) -> Head:
        end = chain.append(connection, head, Change(what, "", None, None), self._writer, at)
        connection.execute("UPDATE summaries SET entries = ?, head = ? WHERE id = ?", (end.entries, end.hash, end.id))
        return end

    def _note(self, ends: list[Head]) -> None:
        if ends:
            self._witness.note(ends[-1])


def _heads(connection: sqlite3.Connection, where: str, **facts: str) -> list[Head]:
    rows = connection.execute(f"SELECT id, uuid, entries, head FROM summaries WHERE {where} ORDER BY id", facts)  # noqa: S608
    return [Head(*row) for row in rows.fetchall()]
