"""Records in an open vault: every edit is one transaction of answer, entry and summary, on disk when it returns."""

from __future__ import annotations

import uuid
from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from hrddp_desktop.clock import now
from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import attached, chain, checking, editing, erasing, fileform, finding, history, plain, search
from hrddp_desktop.storage.chain import Change, Head, Step
from hrddp_desktop.storage.erasing import Erased, Erasure
from hrddp_desktop.storage.finding import Hit
from hrddp_desktop.storage.records import (
    Comment,
    Damage,
    Edit,
    Entry,
    Evidence,
    Saved,
    Signature,
    Stored,
    Summary,
    What,
)
from hrddp_desktop.storage.search import Index

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from hrddp_desktop.storage.chain import Writer
    from hrddp_desktop.storage.driver import Encrypted
    from hrddp_desktop.storage.erasing import Copies
    from hrddp_desktop.storage.finding import Wanted
    from hrddp_desktop.storage.witness import Witness

_HEAD: Final = (
    "SELECT r.id, r.uuid, s.entries, s.head FROM records r JOIN summaries s USING (id) WHERE r.uuid = ? "
    "AND r.id NOT IN (SELECT record FROM bin WHERE emptied = 1)"
)
_SET_SUMMARY: Final = (
    "UPDATE summaries SET form = ?, title = ?, reference = ?, country = ?, station = ?, status = ?, outcome = ?, "
    "next_due = ?, as_of = ?, definition = ?, changed = ?, entries = ?, head = ? WHERE id = ?"
)
LINE: Final = (
    "SELECT uuid, form, title, reference, country, station, status, outcome, next_due, as_of, definition, related, "
    "changed FROM summaries "
)
_SUMMARY: Final = LINE + "WHERE uuid = ?"
_PLACE: Final = (
    "SELECT 1 + count(*) FROM summaries WHERE form = :form AND related = :related "
    "AND id < coalesce((SELECT id FROM summaries WHERE uuid = :record), 9e18)"
)
_LISTED: Final = "WHERE (:related IS NULL OR related = :related) AND id NOT IN (SELECT record FROM bin) "
_SUMMARIES: Final = LINE + _LISTED + ("ORDER BY changed DESC, id DESC LIMIT :limit")


class Store:
    """The records of an open vault, on the thread that opened it. The vault owns the connection and closes it.

    Whatever the disk does rises as VaultError(DISK_FULL | VAULT_BUSY | VAULT_READ_ONLY | VAULT_DAMAGED | VAULT_GONE |
    VAULT_DISK_FAILED); the edit is then not stored at all, and everything before it is.
    """

    def __init__(self, db: Encrypted, writer: Writer, witness: Witness, clock: Callable[[], datetime] = now) -> None:
        self._db = db
        self._writer = writer
        self._witness = witness
        self._clock = clock
        self._index = Index()
        self.copies: Copies | None = None
        """Where copies of the data lie, so that an erasure reaches them."""

    @property
    def actor(self) -> str:
        """The key slot of the person who writes here."""
        return self._writer.actor

    @property
    def device(self) -> str:
        """The name of this computer in the entries."""
        return self._writer.device

    # ------------------------------------------------------------------------------------------------------- records

    def new_record(
        self,
        form: str,
        version: str,
        definition: str,
        *,
        definition_bytes: bytes,
        record: str | None = None,
        created: date | None = None,
    ) -> str:
        """Begin a record; its id, a random uuid unless one is given. Raises VaultError(RECORD_EXISTS)."""
        at = self._clock()
        blank = Stored(record or str(uuid.uuid4()), form, version, definition, created or at.date(), {}, {})
        with self._db.writing() as connection:
            head = self._begin(connection, blank, definition_bytes, What.CREATED, at)
        self._witness.note(head)
        return blank.record

    def import_record(self, received: Stored, summary: Summary, *, definition_bytes: bytes) -> str:
        """Take in a whole record, one entry for each answer; its id. Raises VaultError(RECORD_EXISTS)."""
        moment = self._clock()
        at = moment.isoformat()
        with self._db.writing() as connection:
            head = self._begin(connection, received, definition_bytes, What.RECEIVED, moment)
            step = Step(head.entries)
            for edit in fileform.edits(received):
                change = editing.carry_out(connection, head.id, edit)
                head = chain.append(connection, head, change, self._writer, at, step)
                self._index.follow(connection, head.id, change)
            _set_summary(connection, head, summary, at)
        self._witness.note(head)
        return received.record

    def records(self, limit: int | None = None, related: str | None = None) -> list[Summary]:
        """The newest `limit` records (all without one), the last changed first; only those that belong to `related`."""
        with self._db.reading() as connection:
            wanted = {"limit": -1 if limit is None else limit, "related": related}
            rows = connection.execute(_SUMMARIES, wanted).fetchall()
        return [summary_of(row) for row in rows]

    def newest(self) -> datetime | None:
        """When something was changed last; None in a vault without records."""
        with self._db.reading() as connection:
            (last,) = connection.execute("SELECT max(changed) FROM summaries").fetchone()
        return None if last is None else datetime.fromisoformat(last)

    def find(self, wanted: Wanted, limit: int, offset: int = 0) -> list[Hit]:
        """A piece of the records that are wanted, in the order that is wanted."""
        with self._db.reading() as connection:
            found = finding.find(connection, wanted, limit, offset, summary_of)
            return [
                Hit(line, *self._index.original(connection, place)) if place else Hit(line) for line, place in found
            ]

    def count(self, wanted: Wanted) -> int:
        """How many records are wanted."""
        with self._db.reading() as connection:
            return finding.count(connection, wanted)

    def present(self, name: str) -> list[str]:
        """What records have of `form`, `country`, `status` or `outcome`, for a filter."""
        with self._db.reading() as connection:
            return finding.present(connection, name)

    def summary(self, record: str) -> Summary:
        """The line of one record. Raises VaultError(RECORD_UNKNOWN)."""
        with self._db.reading() as connection:
            row = connection.execute(_SUMMARY, (record,)).fetchone()
        if row is None:
            raise VaultError(Code.RECORD_UNKNOWN, record=record)
        return summary_of(row)

    def place(self, record: str, form: str, related: str) -> int:
        """Which of the records of a form that belong to `related` this is or, not stored yet, will be; from 1."""
        with self._db.reading() as connection:
            wanted = {"record": record, "form": form, "related": related}
            return int(connection.execute(_PLACE, wanted).fetchone()[0])

    def load(self, record: str) -> Stored:
        """A record as it stands. Raises VaultError(RECORD_UNKNOWN)."""
        with self._db.reading() as connection:
            head = _head(connection, record)
            form, version, definition, related, created = connection.execute(
                "SELECT form, version, definition, related, created FROM records WHERE id = ?", (head.id,)
            ).fetchone()
            excused = fileform.beside(self._db, head.id, "excuses")
            marks = fileform.beside(self._db, head.id, "marks")
            answers = fileform.answers(self._db, head.id)
        return Stored(record, form, version, definition, date.fromisoformat(created), answers, excused, marks, related)

    def definition(self, definition: str) -> bytes:
        """The compiled form with this hash, as it was when the first record was made with it. KeyError if unknown."""
        with self._db.reading() as connection:
            found = connection.execute("SELECT body FROM definitions WHERE hash = ?", (definition,)).fetchone()
        if found is None:
            raise KeyError(definition)
        return bytes(found[0])

    def used_rows(self, record: str, table: str) -> set[str]:
        """Every row id that the table ever had, removed rows included."""
        with self._db.reading() as connection:
            head = _head(connection, record)
            found = self._db.table("rows").rows_where("record = ? AND table_name = ?", [head.id, table])
            return {row["row_id"] for row in found}

    # --------------------------------------------------------------------------------------------------------- edits

    def commit(self, record: str, edit: Edit, summary: Summary, reason: str = "") -> Saved:
        """Carry out one edit; when this returns it is on disk, with its entry, and its draft is gone."""
        return self.commit_all(record, (edit,), summary, reason)

    def commit_all(
        self,
        record: str,
        edits: Iterable[Edit],
        summary: Summary,
        reason: str = "",
        *,
        reverses: int | None = None,
        restores: int | None = None,
    ) -> Saved:
        """Carry out edits that belong together (a new row and its defaults): all of them or none, one entry each.

        They are one step: `reverses` is the earlier step that they take back, `restores` the entry after which the
        record stood as they make it.
        """
        moment = self._clock()
        at = moment.isoformat()
        with self._db.writing() as connection:
            head = _head(connection, record)
            step = Step(head.entries + 1, reverses, reason)
            if restores is not None:
                change = Change(What.RESTORED, "", None, chain.text(restores))
                head = chain.append(connection, head, change, self._writer, at, step)
            for edit in edits:
                change = editing.carry_out(connection, head.id, edit)
                head = chain.append(connection, head, change, self._writer, at, step)
                self._index.follow(connection, head.id, change)
            _set_summary(connection, head, summary, at)
        self._witness.note(head)
        return Saved(moment, head.entries)

    def save_draft(self, record: str, path: str, text: str) -> None:
        """Keep what is being typed; it overwrites the last draft of this path."""
        with self._db.writing() as connection:
            connection.execute(
                "INSERT INTO drafts (record, path, text, at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET text = excluded.text, at = excluded.at",
                (_head(connection, record).id, path, text, self._clock().isoformat()),
            )

    def drafts(self, record: str) -> dict[str, str]:
        """Text that was typed and not committed, by path."""
        with self._db.reading() as connection:
            head = _head(connection, record)
            return {row["path"]: row["text"] for row in self._db.table("drafts").rows_where("record = ?", [head.id])}

    def drop_draft(self, record: str, path: str) -> None:
        """Forget the draft of a path, if there is one."""
        with self._db.writing() as connection:
            head = _head(connection, record)
            connection.execute("DELETE FROM drafts WHERE record = ? AND path = ?", (head.id, path))

    # ------------------------------------------------------------------------------------------------------- history

    def history(self, record: str, path: str | None = None) -> list[Entry]:
        """The entries of a record, or of one path of it, oldest first."""
        with self._db.reading() as connection:
            head = _head(connection, record)
            return history.read(connection, head.id, path)

    def verify(self, record: str) -> list[Damage]:
        """What is wrong with the history of one record; quick enough for each opening."""
        with self._db.reading() as connection:
            return list(chain.verify(connection, _head(connection, record)))

    def note_signature(self, record: str, signature: Signature, summary: Summary) -> Saved:
        """Remember that a document of this record was signed."""
        at = self._clock()
        dates = {"signed": signature.signed.isoformat(), "as_of": signature.as_of.isoformat()}
        facts: dict[str, str] = {name: getattr(signature, name) for name in _SIGNATURE_FIELDS} | dates
        with self._db.writing() as connection:
            head = _head(connection, record)
            self._db.table("signatures").insert({"record": head.id, **facts})
            change = Change(What.SIGNED, "", None, chain.text(facts))
            head = chain.append(connection, head, change, self._writer, at.isoformat())
            _set_summary(connection, head, summary, at.isoformat())
        self._witness.note(head)
        return Saved(at, head.entries)

    def signatures(self, record: str) -> list[Signature]:
        """The signatures that were noted, oldest first."""
        with self._db.reading() as connection:
            head = _head(connection, record)
            found = self._db.table("signatures").rows_where("record = ?", [head.id], order_by="id")
            return [_signature({name: row[name] for name in _SIGNATURE_FIELDS}) for row in found]

    def export_plain(self, file: Path, *, with_confidential: bool = False) -> dict[str, int]:
        """Write the plain tables into the new file `file`, unencrypted; see plain.export."""
        return plain.export(self._db, file, with_confidential=with_confidential)

    def erase(self, record: str, scope: str, why: str, summary: Summary) -> Erased:
        """Erase for safety: a question, a row or a table with its history, or ('') the whole record.

        `why` is the class of the reason; the entry says who, when, what and why, and no value. What the copies of the
        vault hold is erased in them too, see erasing.py.
        """
        moment = self._clock()
        erasure = Erasure(record, scope, why)
        with self._db.writing() as connection:
            head = erasing.forget(connection, _head(connection, record), erasure, self._writer, moment.isoformat())
            _set_summary(connection, head, summary, moment.isoformat())
            self._index.rebuild(connection, head.id)
        self._witness.note(head)
        erasing.scrub(self._db)
        away = self.copies.forget(erasure, self._writer, moment) if self.copies is not None else ()
        return Erased(moment, head.entries, away)

    def check(self) -> list[Damage]:
        """Everything that is wrong with the data: damaged pages, altered entries, answers without one. Slow."""
        return list(checking.check(self._db, self._witness))

    # ------------------------------------------------------------------------------------- what is attached to answers

    def comments(self, record: str) -> list[Comment]:
        """What was said about questions and cells that are there, oldest first."""
        with self._db.reading() as connection:
            return attached.comments_of(connection, _head(connection, record).id)

    def evidence(self, record: str) -> list[Evidence]:
        """The files that are attached to questions and cells that are there, oldest first."""
        with self._db.reading() as connection:
            return attached.evidence_of(connection, _head(connection, record).id)

    def evidence_content(self, record: str, path: str) -> bytes | None:
        """What a file holds; None where a rescue of a damaged vault could not read it."""
        with self._db.reading() as connection:
            return attached.content(connection, _head(connection, record).id, path)

    def evidence_size(self) -> int:
        """How many bytes the files of all records hold, with those that were taken away and not erased."""
        with self._db.reading() as connection:
            return attached.size(connection)

    # ------------------------------------------------------------------------------------------------------- private

    def _begin(
        self, connection: sqlite3.Connection, stored: Stored, definition: bytes, what: What, at: datetime
    ) -> Head:
        if connection.execute("SELECT 1 FROM records WHERE uuid = ?", (stored.record,)).fetchone():
            raise VaultError(Code.RECORD_EXISTS, record=stored.record)
        facts = {
            "form": stored.form,
            "version": stored.version,
            "definition": stored.definition,
            "related": stored.related,
            "created": stored.created.isoformat(),
        }
        db = self._db
        known = connection.execute("SELECT 1 FROM definitions WHERE hash = ?", (stored.definition,)).fetchone()
        if not known:
            db.table("definitions").insert({"hash": stored.definition, "body": definition})
        db.table("records").insert({"uuid": stored.record, **facts})
        if not known:
            plain.keep_in_step(connection, stored.form)
        (identity,) = connection.execute("SELECT id FROM records WHERE uuid = ?", (stored.record,)).fetchone()
        blank = dict.fromkeys(("title", "reference", "country", "station", "status", "outcome"), "")
        db.table("summaries").insert(
            {"id": identity, "uuid": stored.record, "form": stored.form, "definition": stored.definition, **blank,
             "related": stored.related, "changed": at.isoformat(), "entries": 0, "head": chain.GENESIS}
        )  # fmt: skip
        head = Head(identity, stored.record, 0, chain.GENESIS)
        return self._append(connection, head, Change(what, "", None, chain.text(facts)), at)

    def _append(self, connection: sqlite3.Connection, head: Head, change: Change, at: datetime) -> Head:
        """One entry that does not touch what a list shows."""
        head = chain.append(connection, head, change, self._writer, at.isoformat())
        connection.execute(
            "UPDATE summaries SET entries = ?, head = ? WHERE id = ?", (head.entries, head.hash, head.id)
        )
        return head


def _head(connection: sqlite3.Connection, record: str) -> Head:
    row = connection.execute(_HEAD, (record,)).fetchone()
    if row is None:
        raise VaultError(Code.RECORD_UNKNOWN, record=record)
    return Head(*row)


def _set_summary(connection: sqlite3.Connection, head: Head, summary: Summary, at: str) -> None:
    """The end of a change: the line of the list and, in the same row, the new end of the chain."""
    if summary.record != head.uuid:
        raise ValueError("the summary is of another record")
    connection.execute(
        _SET_SUMMARY,
        (
            summary.form, summary.title, summary.reference, summary.country, summary.station, summary.status,
            summary.outcome, _iso(summary.next_due), _iso(summary.as_of), summary.definition, at,
            head.entries, head.hash, head.id,
        ),
    )  # fmt: skip
    search.sum_up(connection, head.id, summary)


_SIGNATURE_FIELDS: Final = tuple(each.name for each in fields(Signature))


def summary_of(row: tuple[Any, ...]) -> Summary:
    """A line of `LINE`."""
    *texts, next_due, as_of, definition, related, changed = row
    record, form, title, reference, country, station, status, outcome = texts
    days = _day(next_due), _day(as_of)
    moment = datetime.fromisoformat(changed)
    return Summary(
        record, form, title, reference, country, station, status, outcome, *days, definition, related, moment
    )


def _signature(facts: dict[str, str]) -> Signature:
    signed, as_of = datetime.fromisoformat(facts.pop("signed")), date.fromisoformat(facts.pop("as_of"))
    return Signature(**facts, signed=signed, as_of=as_of)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
