"""The full-text index: what users wrote and chose, folded, kept in the same transaction as the answer itself.

`texts` holds one line for each answer, excuse or summary that has words, `search` is the FTS5 index over it; triggers
keep the two the same. A line's number begins with its record's (record << 20), so that hits are gathered by record
without reading the lines. What is strictly confidential has no line.

What is taken out of the index is not found any more, but its letters stay in the index's pages until they are merged.
FTS5's option secure-delete would wipe them with every changed answer, at four times the price (0.4 instead of 0.1 ms),
while the same words still stand in the history. So they are wiped when the history is: see erasing.scrub.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from hrddp_desktop.storage import attached, shape
from hrddp_desktop.storage.folding import lines
from hrddp_desktop.storage.records import What

if TYPE_CHECKING:
    import sqlite3

    from hrddp_desktop.storage.chain import Change
    from hrddp_desktop.storage.records import Summary
    from hrddp_desktop.storage.shape import Shape

SUMMARY: Final = ""
"""The path of the line that holds a record's title, reference and station."""
EXCUSE: Final = "/?"
"""Behind a path, as if it were below it: the line holds what was said about a blank answer."""

TABLES: Final = (
    "CREATE TABLE texts (id INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES records(id) ON DELETE CASCADE, "
    "path TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (record, path)) STRICT",
    "CREATE VIRTUAL TABLE search USING fts5(text, content='texts', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER texts_in AFTER INSERT ON texts "
    "BEGIN INSERT INTO search (rowid, text) VALUES (NEW.id, NEW.text); END",
    "CREATE TRIGGER texts_out AFTER DELETE ON texts "
    "BEGIN INSERT INTO search (search, rowid, text) VALUES ('delete', OLD.id, OLD.text); END",
    "CREATE TRIGGER texts_new AFTER UPDATE ON texts "
    "BEGIN INSERT INTO search (search, rowid, text) VALUES ('delete', OLD.id, OLD.text); "
    "INSERT INTO search (rowid, text) VALUES (NEW.id, NEW.text); END",
)

_PUT: Final = (
    "INSERT INTO texts (id, record, path, text) VALUES ((SELECT coalesce(max(id), ?1 << 20) + 1 FROM texts "
    "WHERE id BETWEEN ?1 << 20 AND (?1 << 20) + 1048575), ?1, ?2, ?3) "
    "ON CONFLICT (record, path) DO UPDATE SET text = excluded.text WHERE text <> excluded.text"
)
_TAKE: Final = "DELETE FROM texts WHERE record = ? AND path = ?"
_TAKE_ROW: Final = "DELETE FROM texts WHERE record = ? AND path >= ? AND path < ?"
_TAKE_ALL: Final = "DELETE FROM texts WHERE record = ?"
_ANSWERS: Final = (
    "SELECT a.table_name, a.row_id, a.name, a.value FROM answers a "
    "LEFT JOIN rows r ON r.record = a.record AND r.table_name = a.table_name AND r.row_id = a.row_id "
    "WHERE a.record = ? AND coalesce(r.removed, 0) = 0"
)
_EXCUSES: Final = "SELECT path, value FROM excuses WHERE record = ?"
_ATTACHED: Final = (
    "SELECT path, value FROM comments WHERE record = :record "
    "UNION ALL SELECT path, value FROM attachments WHERE record = :record"
)
_ATTACHED_AT: Final = f"SELECT value FROM ({_ATTACHED}) WHERE path = :path"  # noqa: S608 - of our own
_GONE: Final = "SELECT table_name || '/' || row_id FROM rows WHERE record = ? AND removed = 1"


class Index:
    """Follows the changes of records, inside their transactions. Keeps the shapes of the forms that it met."""

    def __init__(self) -> None:
        self._shapes: dict[str, Shape] = {}

    def follow(self, connection: sqlite3.Connection, record: int, change: Change) -> None:
        """One change that was carried out on a record."""
        match change.what:
            case What.ANSWERED:
                self._answered(connection, record, change.path, change.new)
            case What.EXCUSED:
                made = self._made(connection, record)
                _put(connection, record, change.path + EXCUSE, _why(made, change.path, change.new))
            case What.COMMENTED | What.ATTACHED:
                made = self._made(connection, record)
                _put(connection, record, change.path, _attached(made, change.path, change.new))
            case What.ROW_REMOVED:
                connection.execute(_TAKE_ROW, (record, f"{change.path}/", f"{change.path}0"))
            case What.ROW_RESTORED:
                self.rebuild(connection, record)

    def rebuild(self, connection: sqlite3.Connection, record: int) -> None:
        """Make the lines of one record anew from what it holds; after an answer was erased, too."""
        made, language = self._made(connection, record), self._language(connection, record)
        connection.execute(_TAKE_ALL, (record,))
        summary = connection.execute("SELECT title, reference, station FROM summaries WHERE id = ?", (record,))
        for parts in summary.fetchall():
            _put(connection, record, SUMMARY, "\n".join(parts).strip())
        for table, row, name, value in connection.execute(_ANSWERS, (record,)).fetchall():
            _put(connection, record, f"{table}/{row}/{name}" if table else name, _said(made, name, value, language))
        gone = {path for (path,) in connection.execute(_GONE, (record,)).fetchall()}
        for path, value in connection.execute(_EXCUSES, (record,)).fetchall():
            if path.rpartition("/")[0] not in gone:
                _put(connection, record, path + EXCUSE, _why(made, path, value))
        for path, value in _attached_lines(connection, record):
            if attached.owner(path).rpartition("/")[0] not in gone:
                _put(connection, record, path, _attached(made, path, value))

    def forget(self, connection: sqlite3.Connection, record: int) -> None:
        """Nothing of a record is found any more."""
        connection.execute(_TAKE_ALL, (record,))

    def original(self, connection: sqlite3.Connection, line: int) -> tuple[str, str]:
        """The path of a line of the index, and its text as a person wrote it."""
        record, path = connection.execute("SELECT record, path FROM texts WHERE id = ?", (line,)).fetchone()
        if path == SUMMARY:
            found = connection.execute("SELECT title, reference, station FROM summaries WHERE id = ?", (record,))
            return path, " · ".join(filter(None, found.fetchone()))
        if attached.is_attached(path):
            found = connection.execute(_ATTACHED_AT, {"record": record, "path": path})
            return attached.owner(path), attached.words(found.fetchone()[0])
        made = self._made(connection, record)
        if path.endswith(EXCUSE):
            path = path.removesuffix(EXCUSE)
            found = connection.execute("SELECT value FROM excuses WHERE record = ? AND path = ?", (record, path))
            return path, _why(made, path, found.fetchone()[0])
        name = path.rpartition("/")[2]
        table, row = (path.split("/")[:2]) if "/" in path else ("", "")
        found = connection.execute(
            "SELECT value FROM answers WHERE record = ? AND table_name = ? AND row_id = ? AND name = ?",
            (record, table, row, name),
        )
        (value,) = found.fetchone()
        said = _said(made, name, value, self._language(connection, record))
        return path, said if made.questions[name].is_text else said.replace("\n", " · ")

    def _answered(self, connection: sqlite3.Connection, record: int, path: str, value: str | None) -> None:
        made, name = self._made(connection, record), path.rpartition("/")[2]
        if name == made.text_language:
            self._speak(connection, record)
            return
        question = made.questions.get(name)
        chosen = question is not None and bool(question.list_name)
        language = self._language(connection, record) if chosen else ""
        _put(connection, record, path, _said(made, name, value, language))

    def _speak(self, connection: sqlite3.Connection, record: int) -> None:
        """The language of a record changed, and with it that of the records that belong to it."""
        belonging = connection.execute(
            "SELECT id FROM records WHERE related = (SELECT uuid FROM records WHERE id = ?)", (record,)
        ).fetchall()
        for each in (record, *(one for (one,) in belonging)):
            self.rebuild(connection, each)

    def _made(self, connection: sqlite3.Connection, record: int) -> Shape:
        """The shape of the form that a record was made with."""
        (definition,) = connection.execute("SELECT definition FROM records WHERE id = ?", (record,)).fetchone()
        if definition not in self._shapes:
            self._shapes[definition] = shape.of(connection, definition)
        return self._shapes[definition]

    def _language(self, connection: sqlite3.Connection, record: int) -> str:
        """The language of a record, else that of the record it belongs to."""
        name = self._made(connection, record).text_language
        if name:
            found = connection.execute(
                "SELECT value FROM answers WHERE record = ? AND table_name = '' AND row_id = '' AND name = ?",
                (record, name),
            ).fetchone()
            return str(json.loads(found[0])) if found else shape.LANGUAGE
        owner = connection.execute(
            "SELECT o.id FROM records r JOIN records o ON o.uuid = r.related WHERE r.id = ?", (record,)
        ).fetchone()
        return self._language(connection, owner[0]) if owner else shape.LANGUAGE


def sum_up(connection: sqlite3.Connection, record: int, summary: Summary) -> None:
    """A record has this line in the list."""
    _put(connection, record, SUMMARY, "\n".join((summary.title, summary.reference, summary.station)).strip())


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the whole index anew."""
    index = Index()
    for (record,) in connection.execute("SELECT id FROM records ORDER BY id").fetchall():
        index.rebuild(connection, record)


def _put(connection: sqlite3.Connection, record: int, path: str, text: str) -> None:
    if text:
        connection.execute(_PUT, (record, path, lines(text)))
    else:
        connection.execute(_TAKE, (record, path))


def _said(made: Shape, name: str, value: str | None, language: str) -> str:
    """What may be searched of an answer: its words or the labels of its choices."""
    question = made.questions.get(name)
    if value is None or question is None or question.is_confidential:
        return ""
    answer = json.loads(value)
    if question.is_text:
        return str(answer)
    if not question.list_name:
        return ""
    return made.labels(question, answer if isinstance(answer, list) else [str(answer)], language)


def _why(made: Shape, path: str, value: str | None) -> str:
    """What may be searched of an excuse. That of a whole table is searched; what is no question of the form is not."""
    if value is None or not _is_searched(made, path):
        return ""
    facts: dict[str, str] = json.loads(value)
    return "\n".join(filter(None, (facts.get("why", ""), facts.get("who", ""))))


def _attached_lines(connection: sqlite3.Connection, record: int) -> list[tuple[str, str]]:
    """Comments and files; none in a copy that is older than these tables and is erased in."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'comments'").fetchone():
        return []
    return connection.execute(_ATTACHED, {"record": record}).fetchall()


def _attached(made: Shape, path: str, value: str | None) -> str:
    """What may be searched of a comment or a file of evidence; nothing where its question is not searched.

    Nor where a table has no question that is.
    """
    name = attached.owner(path).rpartition("/")[2]
    cells = [each.is_confidential for each in made.questions.values() if each.table == name]
    is_hidden = name in made.tables and bool(cells) and all(cells)
    if value is None or is_hidden or not _is_searched(made, name):
        return ""
    return attached.words(value)


def _is_searched(made: Shape, path: str) -> bool:
    name = path.rpartition("/")[2]
    question = made.questions.get(name)
    return name in made.tables if question is None else not question.is_confidential
