"""Answers in file form: read out of the tables of the store, and turned into the edits that put them there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from hrddp_desktop.storage.records import (
    AddRow,
    Answers,
    Edit,
    Excuse,
    Row,
    SetAnswer,
    SetExcuse,
    SetMarks,
    Stored,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hrddp_desktop.storage.driver import Encrypted


def answers(db: Encrypted, record: int) -> Answers:
    """The answers of a record; tables as lists of rows in their order, without the rows that were removed."""
    tables: dict[str, list[Row]] = {}
    rows: dict[tuple[str, str], Row] = {}
    there = "record = ? AND removed = 0"
    for found in db.table("rows").rows_where(there, [record], order_by="table_name, place"):
        row: Row = {"_row": found["row_id"]}
        rows[found["table_name"], found["row_id"]] = row
        tables.setdefault(found["table_name"], []).append(row)
    plain: dict[str, Value] = {}
    for found in db.table("answers").rows_where("record = ?", [record], order_by="table_name, row_id, name"):
        # Cells of a removed row lie behind its tombstone and belong to no row here.
        place = rows.get((found["table_name"], found["row_id"])) if found["table_name"] else plain
        if place is not None:
            place[found["name"]] = json.loads(found["value"])
    return {**plain, **tables}


def beside(db: Encrypted, record: int, table: str) -> dict[str, dict[str, str]]:
    """The excuses or marks of a record by path, without those of rows that were removed."""
    gone = {
        (found["table_name"], found["row_id"])
        for found in db.table("rows").rows_where("record = ? AND removed = 1", [record])
    }
    found = db.table(table).rows_where("record = ?", [record], order_by="path")
    return {row["path"]: json.loads(row["value"]) for row in found if tuple(row["path"].split("/")[:2]) not in gone}


def edits(stored: Stored) -> Iterator[Edit]:
    """What makes an empty record equal to `stored`. An empty list is no answer."""
    for name, value in stored.answers.items():
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        for row in rows:
            yield from _row_edits(name, row)
        if not rows and value != []:
            yield SetAnswer(name, cast("Value", value))
    for path, facts in stored.excused.items():
        yield SetExcuse(path, Excuse(facts["kind"], facts.get("why", ""), facts.get("who", "")))
    for path, marks in stored.marks.items():
        yield SetMarks(path, marks)


def _row_edits(table: str, row: Row) -> Iterator[Edit]:
    identity = str(row["_row"])
    yield AddRow(table, identity)
    for name, value in row.items():
        if name != "_row" and value != []:
            yield SetAnswer(f"{table}/{identity}/{name}", value)
