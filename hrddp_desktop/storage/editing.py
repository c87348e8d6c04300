"""One edit of a record, carried out on its answers, rows and excuses, inside the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from hrddp_desktop.storage import attached, chain
from hrddp_desktop.storage.chain import Change
from hrddp_desktop.storage.records import (
    AddRow,
    Edit,
    MoveRow,
    RemoveRow,
    RestoreRow,
    SetAnswer,
    SetComment,
    SetEvidence,
    SetExcuse,
    SetMarks,
    What,
)

if TYPE_CHECKING:
    import sqlite3

    from hrddp_desktop.storage.records import Comment, Evidence, Excuse

_CELL_VALUE = "SELECT value FROM answers WHERE record = ? AND table_name = ? AND row_id = ? AND name = ?"
_CLEAR_CELL = "DELETE FROM answers WHERE record = ? AND table_name = ? AND row_id = ? AND name = ?"
_ROW = "SELECT place, removed FROM rows WHERE record = ? AND table_name = ? AND row_id = ?"
_SET_REMOVED = "UPDATE rows SET removed = ? WHERE record = ? AND table_name = ? AND row_id = ?"
BESIDE: Final = {
    What.EXCUSED: "excuses",
    What.MARKED: "marks",
    What.COMMENTED: "comments",
    What.ATTACHED: "attachments",
}
"""The tables of what stands beside an answer, by the entries that tell of it."""
# Read it, take it away, put it there.
_BESIDE = {
    what: (
        f"SELECT value FROM {table} WHERE record = ? AND path = ?",  # noqa: S608 - names above
        f"DELETE FROM {table} WHERE record = ? AND path = ?",  # noqa: S608
        f"INSERT INTO {table} (record, path, value) VALUES (?, ?, ?) "  # noqa: S608
        "ON CONFLICT DO UPDATE SET value = excluded.value",
    )
    for what, table in BESIDE.items()
}
_SET_PLACE = "UPDATE rows SET place = ? WHERE record = ? AND table_name = ? AND row_id = ? AND place <> ?"


def carry_out(connection: sqlite3.Connection, record: int, edit: Edit) -> Change:
    """Do it and say what changed. An edit that does not fit the record is a bug of the caller: ValueError."""
    match edit:
        case SetAnswer(path, value):
            return _set_answer(connection, record, path, None if value is None else chain.text(value))
        case SetExcuse(path, excuse):
            new = None if excuse is None else chain.text(excuse_facts(excuse))
            return _set_beside(connection, record, What.EXCUSED, path, new)
        case SetMarks(path, marks):
            return _set_beside(connection, record, What.MARKED, path, chain.text(dict(marks)) if marks else None)
        case SetComment(path, comment):
            return _set_comment(connection, record, path, comment)
        case SetEvidence(path, evidence, content):
            return _set_evidence(connection, record, path, evidence, content)
        case AddRow(table, row):
            return _add_row(connection, record, table, row)
        case RemoveRow(table, row):
            return _remove_row(connection, record, table, row)
        case RestoreRow(table, row, index):
            return _restore_row(connection, record, table, row, index)
        case MoveRow(table, row, index):
            return _move_row(connection, record, table, row, index)
        case _:
            assert_never(edit)


def excuse_facts(excuse: Excuse) -> dict[str, str]:
    """An excuse in file form."""
    return {"kind": excuse.kind, "why": excuse.why, "who": excuse.who}


def cell(path: str) -> tuple[str, str, str]:
    """(table, row, name) of an answer's path; table and row are '' for a plain question."""
    match path.split("/"):
        case [name] if name:
            return "", "", name
        case [table, row, name] if table and row and name:
            return table, row, name
    raise ValueError(f"not the path of an answer: {path!r}")


def _set_answer(connection: sqlite3.Connection, record: int, path: str, new: str | None) -> Change:
    key = (record, *cell(path))
    if key[1]:
        _index(connection, record, key[1], key[2])  # a cell needs a row that is there
    found = connection.execute(_CELL_VALUE, key).fetchone()
    if new is None:
        connection.execute(_CLEAR_CELL, key)
    else:
        connection.execute(
            "INSERT INTO answers (record, table_name, row_id, name, value) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET value = excluded.value",
            (*key, new),
        )
    connection.execute("DELETE FROM drafts WHERE record = ? AND path = ?", (record, path))
    return Change(What.ANSWERED, path, found[0] if found else None, new)


def _set_beside(connection: sqlite3.Connection, record: int, what: What, path: str, new: str | None) -> Change:
    """Put an excuse or marks beside an answer, or take them away."""
    read, take, put = _BESIDE[what]
    found = connection.execute(read, (record, path)).fetchone()
    if new is None:
        connection.execute(take, (record, path))
    else:
        connection.execute(put, (record, path, new))
    return Change(what, path, found[0] if found else None, new)


def _set_comment(connection: sqlite3.Connection, record: int, path: str, comment: Comment | None) -> Change:
    new = None if comment is None else chain.text(attached.facts(comment))
    change = _set_beside(connection, record, What.COMMENTED, path, new)
    # A new comment was typed at the question, a changed one at its own place.
    draft = attached.draft_path(attached.owner(path)) if change.old is None else path
    connection.execute("DELETE FROM drafts WHERE record = ? AND path = ?", (record, draft))
    return change


def _set_evidence(
    connection: sqlite3.Connection, record: int, path: str, evidence: Evidence | None, content: bytes | None
) -> Change:
    if evidence is not None:
        # Nothing is replaced: a file that comes back has its content here still, or lost it in a rescue.
        connection.execute(
            "INSERT OR IGNORE INTO contents (record, path, content) VALUES (?, ?, ?)", (record, path, content)
        )
    new = None if evidence is None else chain.text(attached.facts(evidence))
    return _set_beside(connection, record, What.ATTACHED, path, new)


def _add_row(connection: sqlite3.Connection, record: int, table: str, row: str) -> Change:
    path = f"{table}/{row}"
    cell(f"{path}/a")
    if connection.execute(_ROW, (record, table, row)).fetchone():
        raise ValueError(f"the row {path} was used before; restore it or take a new id")
    rows = _rows(connection, record, table)
    connection.execute(
        "INSERT INTO rows (record, table_name, row_id, place, removed) VALUES (?, ?, ?, ?, 0)",
        (record, table, row, len(rows)),
    )
    return Change(What.ROW_ADDED, path, None, chain.text(len(rows)))


def _remove_row(connection: sqlite3.Connection, record: int, table: str, row: str) -> Change:
    index = _index(connection, record, table, row)
    connection.execute(_SET_REMOVED, (1, record, table, row))
    _place(connection, record, table, _rows(connection, record, table))
    below = f"{table}/{row}/"
    connection.execute("DELETE FROM drafts WHERE record = ? AND substr(path, 1, ?) = ?", (record, len(below), below))
    return Change(What.ROW_REMOVED, f"{table}/{row}", chain.text(index), None)


def _restore_row(connection: sqlite3.Connection, record: int, table: str, row: str, index: int) -> Change:
    found = connection.execute(_ROW, (record, table, row)).fetchone()
    if not found or not found[1]:
        raise ValueError(f"the row {table}/{row} was not removed")
    rows = _rows(connection, record, table)
    connection.execute(_SET_REMOVED, (0, record, table, row))
    index = _insert(connection, record, table, rows, row, index)
    return Change(What.ROW_RESTORED, f"{table}/{row}", None, chain.text(index))


def _move_row(connection: sqlite3.Connection, record: int, table: str, row: str, index: int) -> Change:
    before = _index(connection, record, table, row)
    rows = [other for other in _rows(connection, record, table) if other != row]
    index = _insert(connection, record, table, rows, row, index)
    return Change(What.ROW_MOVED, f"{table}/{row}", chain.text(before), chain.text(index))


def _insert(connection: sqlite3.Connection, record: int, table: str, others: list[str], row: str, index: int) -> int:
    index = max(0, min(index, len(others)))
    _place(connection, record, table, [*others[:index], row, *others[index:]])
    return index


def _place(connection: sqlite3.Connection, record: int, table: str, rows: list[str]) -> None:
    connection.executemany(
        _SET_PLACE,
        ((place, record, table, row, place) for place, row in enumerate(rows)),
    )


def _rows(connection: sqlite3.Connection, record: int, table: str) -> list[str]:
    """Ids of the rows that are there, in order."""
    found = connection.execute(
        "SELECT row_id FROM rows WHERE record = ? AND table_name = ? AND removed = 0 ORDER BY place", (record, table)
    )
    return [row for (row,) in found]


def _index(connection: sqlite3.Connection, record: int, table: str, row: str) -> int:
    found = connection.execute(_ROW, (record, table, row)).fetchone()
    if not found or found[1]:
        raise ValueError(f"there is no row {table}/{row}")
    return int(found[0])
