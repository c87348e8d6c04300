"""What is attached to a question beside its answer: comments and files of evidence, each at a path of its own.

The path begins with the question's, so whatever reaches a question (an erasure, a row that is taken out) reaches these.
What a file holds lies apart in `contents`, where it can be destroyed; entries remember its name, size and hash alone.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Final

from hrddp_desktop.storage.records import Comment, Evidence

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_COMMENT: Final = "/#"
_EVIDENCE: Final = "/@"
_NAMED: Final = "LEFT JOIN people w ON w.slot = json_extract(b.value, '$.actor') WHERE b.record = ?"
# What stands behind the tombstone of a removed row is not shown; it comes back with the row.
_THERE: Final = (
    " AND NOT EXISTS (SELECT 1 FROM rows r WHERE r.record = b.record AND r.removed = 1 "
    "AND substr(b.path, 1, length(r.table_name) + length(r.row_id) + 2) = r.table_name || '/' || r.row_id || '/') "
    "ORDER BY b.rowid"
)
_COMMENTS: Final = f"SELECT b.path, b.value, coalesce(w.name, '') FROM comments b {_NAMED}{_THERE}"  # noqa: S608 - of our own
_FILES: Final = f"SELECT b.path, b.value, coalesce(w.name, '') FROM attachments b {_NAMED}{_THERE}"  # noqa: S608 - of our own


def comment_path(question: str) -> str:
    """Where a new comment on a question goes. Never the same twice."""
    return f"{question}{_COMMENT}{uuid.uuid4().hex[:12]}"


def evidence_path(question: str) -> str:
    """Where a new file of evidence for a question goes. Never the same twice."""
    return f"{question}{_EVIDENCE}{uuid.uuid4().hex[:12]}"


def draft_path(question: str) -> str:
    """Where the half-typed comment on a question is kept."""
    return f"{question}{_COMMENT}"


def owner(path: str) -> str:
    """The question that a path belongs to; every other path itself."""
    return path.partition(_COMMENT)[0].partition(_EVIDENCE)[0]


def is_attached(path: str) -> bool:
    """Whether it is the path of a comment or a file, and not of an answer."""
    return owner(path) != path


def facts(attached: Comment | Evidence) -> dict[str, str]:
    """What the vault keeps of it, all as text."""
    told = {"actor": attached.actor, "at": attached.at.isoformat()}
    if isinstance(attached, Comment):
        return {**told, "text": attached.text, "resolved": "yes" if attached.is_resolved else ""}
    return {**told, "name": attached.name, "sha256": attached.sha256, "size": str(attached.size)}


def evidence(told: dict[str, str], path: str = "", author: str = "") -> Evidence:
    """A file out of its facts."""
    at = datetime.fromisoformat(told["at"])
    return Evidence(told["name"], told["sha256"], int(told["size"]), told["actor"], at, path, author)


def comments_of(connection: sqlite3.Connection, record: int) -> list[Comment]:
    """The comments of a record, oldest first."""
    found = [_comment(*row) for row in connection.execute(_COMMENTS, (record,))]
    return sorted(found, key=lambda each: each.at)


def evidence_of(connection: sqlite3.Connection, record: int) -> list[Evidence]:
    """The files of a record, oldest first."""
    found = [evidence(json.loads(value), path, author) for path, value, author in connection.execute(_FILES, (record,))]
    return sorted(found, key=lambda each: each.at)


def _comment(path: str, value: str, author: str) -> Comment:
    told = json.loads(value)
    at = datetime.fromisoformat(told["at"])
    return Comment(told["actor"], at, told["text"], bool(told["resolved"]), path, author)


def content(connection: sqlite3.Connection, record: int, path: str) -> bytes | None:
    """What a file holds; None where a rescue of a damaged vault could not read it."""
    found = connection.execute("SELECT content FROM contents WHERE record = ? AND path = ?", (record, path)).fetchone()
    return None if found is None or found[0] is None else bytes(found[0])


def altered(connection: sqlite3.Connection, record: int) -> Iterator[str]:
    """The files of a record whose content is another than the one that was hashed when it was attached."""
    lines = connection.execute("SELECT path, value FROM attachments WHERE record = ? ORDER BY path", (record,))
    for path, value in lines.fetchall():
        found = content(connection, record, path)
        if found is not None and hashlib.sha256(found).hexdigest() != json.loads(value)["sha256"]:
            yield path


def size(connection: sqlite3.Connection) -> int:
    """How many bytes all files of the vault hold, with those that were taken away and not erased."""
    return int(connection.execute("SELECT coalesce(sum(length(content)), 0) FROM contents").fetchone()[0])


def words(value: str) -> str:
    """What may be searched: the text of a comment, the name of a file."""
    told = json.loads(value)
    return str(told.get("text") or told.get("name", ""))
