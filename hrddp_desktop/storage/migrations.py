"""The schema of the vault, one function per change; a database that is newer than the last of them is not touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hrddp_desktop.storage import search
from hrddp_desktop.storage.driver import Migrations

if TYPE_CHECKING:
    from hrddp_desktop.storage.driver import Database, Encrypted

MIGRATIONS: Final = Migrations("vault")
VERSION: Final = 2
"""How many changes there are; a database carries the number it has seen as `user_version`."""


_PAYLOAD: Final = ("old_salt", "old", "new_salt", "new", "reason_salt", "reason")
# A payload may be emptied (erased for safety), never rewritten.
_PAYLOAD_REWRITTEN: Final = " OR ".join(
    ["NEW.entry IS NOT OLD.entry"] + [f"NEW.{name} IS NOT NULL AND NEW.{name} IS NOT OLD.{name}" for name in _PAYLOAD]
)
_SIGNATURE: Final = (
    "role", "signer", "fingerprint", "signed", "outcome", "rule", "as_of", "definition", "answers_sha256",
    "file_sha256",
)  # fmt: skip
# Who signed may be erased with the whole record; outcome, rule, dates and hash of a seal never are (policy 4.4).
_SIGNATURE_REWRITTEN: Final = " OR ".join(
    [f"NEW.{name} IS NOT OLD.{name}" for name in ("id", "record", *_SIGNATURE) if name not in {"signer", "fingerprint"}]
    + [f"NEW.{name} NOT IN ('', OLD.{name})" for name in ("signer", "fingerprint")]
)


def version(db: Encrypted) -> int:
    """How many changes the database has seen."""
    with db.reading() as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def apply(db: Encrypted) -> None:
    """Bring the schema up to date, whole or not at all: a step that fails takes the earlier ones of this run back."""
    with db.writing() as connection:
        MIGRATIONS.apply(db)
        connection.execute(f"PRAGMA user_version = {VERSION:d}")


@MIGRATIONS()
def first_schema(db: Database) -> None:
    """Records, answers, rows, excuses, drafts, the bin; entries, payloads; people, secrets, signatures; the index."""
    _create_vault_tables(db)
    _create_record_tables(db)
    _create_history_tables(db)
    for statement in search.TABLES:
        db.execute(statement)


@MIGRATIONS()
def attached_to_questions(db: Database) -> None:
    """Comments and files of evidence."""
    for table in ("comments", "attachments"):
        db.table(table).create(
            {"record": int, "path": str, "value": str},
            pk=("record", "path"), not_null={"value"}, foreign_keys=[("record", "records", "id")], strict=True,
        )  # fmt: skip
    # Apart from the line that names it: a file that was taken away can come back, one that is erased cannot.
    db.table("contents").create(
        {"record": int, "path": str, "content": bytes},
        pk=("record", "path"), foreign_keys=[("record", "records", "id")], strict=True,
    )  # fmt: skip


def _create_vault_tables(db: Database) -> None:
    db.table("meta").create({"name": str, "value": str}, pk="name", not_null={"value"}, strict=True)
    db.table("secrets").create({"name": str, "value": bytes}, pk="name", not_null={"value"}, strict=True)
    person = dict.fromkeys(("slot", "name", "function", "station", "country", "language"), str)
    db.table("people").create(person, pk="slot", not_null=set(person) - {"slot"}, strict=True)
    # A form's definition stands once, however many records were made with it.
    db.table("definitions").create({"hash": str, "body": bytes}, pk="hash", not_null={"body"}, strict=True)


def _create_record_tables(db: Database) -> None:
    db.table("records").create(
        {"id": int, "uuid": str, "form": str, "version": str, "definition": str, "related": str, "created": str},
        pk="id", not_null={"uuid", "form", "version", "definition", "related", "created"},
        foreign_keys=[("definition", "definitions", "hash")], strict=True,
    ).create_index(["uuid"], unique=True)  # fmt: skip
    # What a list of records shows, in one row each, so that a list reads nothing else. The end of the record's chain
    # stands in it too, because every entry writes this row anyway.
    texts = (
        "uuid", "form", "title", "reference", "country", "station", "status", "outcome", "definition", "related",
        "changed",
    )  # fmt: skip
    db.table("summaries").create(
        {"id": int, **dict.fromkeys(texts, str), "next_due": str, "as_of": str, "entries": int, "head": bytes},
        pk="id", not_null={*texts, "entries", "head"}, foreign_keys=[("id", "records", "id")], strict=True,
    ).create_index(["changed"]).create_index(["related", "form"])  # fmt: skip
    # A removed row keeps its line: its id is never given again, and its answers can come back with it.
    db.table("rows").create(
        {"record": int, "table_name": str, "row_id": str, "place": int, "removed": int},
        pk=("record", "table_name", "row_id"), not_null={"place", "removed"},
        foreign_keys=[("record", "records", "id")], strict=True,
    )  # fmt: skip
    # `table_name` and `row_id` are '' for a question outside tables: NULL would match nothing.
    db.table("answers").create(
        {"record": int, "table_name": str, "row_id": str, "name": str, "value": str},
        pk=("record", "table_name", "row_id", "name"), not_null={"value"},
        foreign_keys=[("record", "records", "id")], strict=True,
    )  # fmt: skip
    db.table("excuses").create(
        {"record": int, "path": str, "value": str},
        pk=("record", "path"), not_null={"value"}, foreign_keys=[("record", "records", "id")], strict=True,
    )  # fmt: skip
    # Properties of an answer that are no answers: a reviewer's tick, the language of a text.
    db.table("marks").create(
        {"record": int, "path": str, "value": str},
        pk=("record", "path"), not_null={"value"}, foreign_keys=[("record", "records", "id")], strict=True,
    )  # fmt: skip
    # Records that were put into the bin; once it was emptied nothing is left of them but their chain.
    db.table("bin").create(
        {"record": int, "at": str, "emptied": int},
        pk="record", not_null={"at", "emptied"}, foreign_keys=[("record", "records", "id")], strict=True,
    )  # fmt: skip
    db.table("drafts").create(
        {"record": int, "path": str, "text": str, "at": str},
        pk=("record", "path"), not_null={"text", "at"}, foreign_keys=[("record", "records", "id")], strict=True,
    )  # fmt: skip


def _create_history_tables(db: Database) -> None:
    db.table("entries").create(
        {
            "id": int, "record": int, "number": int, "what": str, "path": str, "actor": str, "device": str, "at": str,
            "step": int, "reverses": int, "old_hash": bytes, "new_hash": bytes, "reason_hash": bytes,
            "previous": bytes, "hash": bytes,
        },
        pk="id", not_null={"record", "number", "what", "path", "actor", "device", "at", "step", "previous", "hash"},
        foreign_keys=[("record", "records", "id")], strict=True,
    ).create_index(["record", "number"], unique=True)  # fmt: skip
    # The values lie apart, each with a salt of its own: once they are erased a hash says nothing, and the chain holds.
    db.table("payloads").create(
        {"entry": int, **{name: bytes if name.endswith("salt") else str for name in _PAYLOAD}},
        pk="entry", foreign_keys=[("entry", "entries", "id")], strict=True,
    )  # fmt: skip
    db.table("signatures").create(
        {"id": int, "record": int, **dict.fromkeys(_SIGNATURE, str)},
        pk="id", not_null={"record", *_SIGNATURE}, foreign_keys=[("record", "records", "id")], strict=True,
    ).create_index(["record"])  # fmt: skip
    for table in ("entries", "payloads", "signatures"):
        _refuse(db, table, "DELETE")
    _refuse(db, "entries", "UPDATE")
    _refuse(db, "signatures", "UPDATE", _SIGNATURE_REWRITTEN)
    _refuse(db, "payloads", "UPDATE", _PAYLOAD_REWRITTEN)


def _refuse(db: Database, table: str, act: str, when: str = "1") -> None:
    db.execute(
        f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
    )
