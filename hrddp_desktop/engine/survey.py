"""The survey sheet into items: the closed lists of columns, types and values, and the nesting of groups and tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hrddp_desktop.engine.definition import STAGES, ChoiceList, DecisionTable, Item
from hrddp_desktop.engine.problems import Problem, ProblemCode, similar, similar_name
from hrddp_desktop.engine.sheets import Row, Sheet, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = (
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "relevant",
    "required",
    "required_message",
    "constraint",
    "constraint_message",
    "calculation",
    "choice_filter",
    "default",
    "read_only",
    "appearance",
    "source",
    "basis",
    "action",
    "due",
    "after_signature",
    "lanes",
    "consumer",
    "role",
    "sensitivity",
    "report",
    "excuse",
    "fills",
    "table",
    "evidence",
    "row_prefix",
    "offers",
    "preset",
)
TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
PLAIN_TYPES = ("text", "integer", "decimal", "date", "note", "calculate", "acknowledge")
LIST_TYPES = ("select_one", "select_multiple")
LINK_TYPES = ("select_one_row", "select_multiple_row")
_CONTAINERS = ("begin_group", "end_group", "begin_repeat", "end_repeat")
_TYPES = (*PLAIN_TYPES, *LIST_TYPES, *LINK_TYPES, *_CONTAINERS)
_NAME = re.compile(r"[A-Za-z_][\w\-]*", re.ASCII)
_EXPRESSIONS = ("relevant", "constraint", "calculation", "choice_filter")
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "due": STAGES,
    "after_signature": ("frozen", "living"),
    "excuse": ("none", "na", "later", "both"),
    "evidence": ("yes", "no"),
    "basis": ("house", "policy_second_hand", "policy_text"),
    "action": tuple("01234567"),
    "appearance": (
        "multiline",
        "minimal",
        "columns",
        "columns-pack",
        "horizontal",
        "likert",
        "quick",
        "no-calendar",
        "field-list",
        "table-list",
    ),
}
_LANES = re.compile(r"[A-Za-z]*", re.ASCII)
# Cells that mean nothing for a type are refused: what an author writes is never ignored.
_OF_TABLES = ("row_prefix", "offers", "preset")
_UNUSED: Mapping[str, tuple[str, ...]] = {
    "group": ("constraint", "calculation", "choice_filter", "default", "required", "read_only", *_OF_TABLES),
    "table": ("constraint", "choice_filter", "default", "table", "read_only"),
    "note": ("constraint", "calculation", "choice_filter", "default", "required", "table", "read_only", *_OF_TABLES),
    "calculate": ("constraint", "choice_filter", "default", "required", "read_only", *_OF_TABLES),
    "text": ("calculation", "choice_filter", *_OF_TABLES),  # `table`: the rows of which it may name one by its label
}
_OTHERS_UNUSED = ("calculation", "table", *_OF_TABLES)


def read_survey(
    sheet: Sheet,
    lists: Mapping[str, ChoiceList],
    tables: Mapping[str, DecisionTable],
    settings: Mapping[str, str],
    problems: list[Problem],
) -> dict[str, Item]:
    """The items by name, in the order of the sheet."""
    elsewhere = frozenset(part.rpartition("/")[2] for part in settings.get("linked", "").split())
    reader = _Reader(sheet, lists, tables, settings.get("source_required", "yes") != "no", elsewhere, problems)
    reader.read()
    return reader.items


def as_meant(sheet: Sheet) -> Sheet:
    """The rows read under the headings that misspelt ones were meant for: one slip shall give one report."""
    absent = [column for column in COLUMNS if column not in sheet.columns]
    slips = [column for column in sheet.columns if column and column not in COLUMNS]
    meant = {column: name for column in slips if (name := similar_name(column, absent))}
    if not meant:
        return sheet
    rows = (Row(row.number, {meant.get(name, name): cell for name, cell in row.cells.items()}) for row in sheet.rows)
    return Sheet(sheet.name, sheet.columns, tuple(rows))


@dataclass(slots=True)
class _Reader:
    """Walks down the sheet with the open groups and tables on a stack."""

    sheet: Sheet
    lists: Mapping[str, ChoiceList]
    tables: Mapping[str, DecisionTable]
    source_required: bool
    elsewhere: frozenset[str]  # tables of related records
    problems: list[Problem]
    items: dict[str, Item] = field(default_factory=dict)
    stack: list[Item] = field(default_factory=list)

    def read(self) -> None:
        self._headings()
        for row in self.sheet.rows:
            self._row(row)
        for item in self.stack:
            self._add(item.row, "type", ProblemCode.GROUP_NOT_CLOSED, name=item.name)
        self._targets()
        self._made()

    def _add(self, row: int, column: str, code: ProblemCode, **facts: object) -> None:
        self.problems.append(Problem("survey", row, column, None, code, tuple((k, str(v)) for k, v in facts.items())))

    def _headings(self) -> None:
        for column in self.sheet.columns:
            plain, _, language = column.partition("::")
            if column and column not in COLUMNS and not (plain in TRANSLATED and language):
                absent = [known for known in COLUMNS if known not in self.sheet.columns]
                self._add(1, column, ProblemCode.COLUMN_UNKNOWN, name=column, hint=similar(column, absent))
        for column in ("type", "name"):
            if self.sheet.columns and column not in self.sheet.columns:
                self._add(1, column, ProblemCode.COLUMN_MISSING, name=column)

    def _row(self, row: Row) -> None:
        kind, _, argument = row.cell("type").replace("begin ", "begin_").replace("end ", "end_").partition(" ")
        if not kind:
            self._add(row.number, "type", ProblemCode.CELL_MISSING, detail="Write the type of the row")
        elif kind not in _TYPES:
            self._add(row.number, "type", ProblemCode.TYPE_UNKNOWN, value=kind, hint=similar(kind, _TYPES))
            if self._named(row):
                self._item(row, "text", "", known=False)  # what names it is no mistake of its own
        elif kind.startswith("end_"):
            self._close(row, kind)
        elif self._named(row):
            self._item(row, kind, argument.strip())

    def _close(self, row: Row, kind: str) -> None:
        wanted = "table" if kind == "end_repeat" else "group"
        if not self.stack:
            self._add(row.number, "type", ProblemCode.GROUP_NOT_OPEN)
            return
        innermost = self.stack[-1]
        if innermost.type != wanted or row.cell("name") not in {"", innermost.name}:
            found = row.cell("name") or f"a {wanted}"
            self._add(row.number, "type", ProblemCode.GROUP_CLOSED_WRONG, found=found, open=innermost.name)
        self.stack.pop()

    def _named(self, row: Row) -> bool:
        name = row.cell("name")
        if not name:
            self._add(row.number, "name", ProblemCode.NAME_MISSING)
        elif not _NAME.fullmatch(name) or name == "_row":
            self._add(row.number, "name", ProblemCode.NAME_BAD, name=name)
        elif name in self.items:
            self._add(row.number, "name", ProblemCode.NAME_TWICE, name=name, first=self.items[name].row)
            return row.cell("type").startswith("begin")
        else:
            return True
        return False

    def _item(self, row: Row, kind: str, argument: str, *, known: bool = True) -> None:
        above = self.stack[-1] if self.stack else None
        tables = [open_item.name for open_item in self.stack if open_item.type == "table"]
        kind = {"begin_group": "group", "begin_repeat": "table"}.get(kind, kind)
        item = Item(
            name=row.cell("name"),
            type=kind,
            row=row.number,
            parent=above.name if above else None,
            table=tables[-1] if tables else None,
            page=self.stack[0].name if self.stack else (row.cell("name") if kind == "group" else None),
            list_name=argument if kind in LIST_TYPES else None,
            target=argument if kind in LINK_TYPES else None,
            values={"calculate": argument, "text": row.cell("table")}.get(kind) or None,
            cells=_cells(row),
        )
        if known:
            self._check(item, argument)
        self.items.setdefault(item.name, item)
        if item.is_container:
            if item.type == "table" and tables:
                self._add(row.number, "type", ProblemCode.TABLE_IN_TABLE, name=item.name, outer=tables[-1])
            self.stack.append(item)

    def _check(self, item: Item, argument: str) -> None:
        if item.type in PLAIN_TYPES and item.type != "calculate" and argument:
            self._add(item.row, "type", ProblemCode.TYPE_UNKNOWN, value=f"{item.type} {argument}", hint="")
        if item.type in LIST_TYPES and argument not in self.lists:
            self._add(item.row, "type", ProblemCode.LIST_MISSING, name=argument)
        if self.source_required and item.type not in {"group", "note"} and not item.cell("source"):
            self._add(item.row, "source", ProblemCode.SOURCE_MISSING, name=item.name)
        self._check_cells(item)
        self._check_values(item)

    def _check_cells(self, item: Item) -> None:
        for column in _UNUSED.get(item.type, _OTHERS_UNUSED):
            if item.cell(column):
                self._add(item.row, column, ProblemCode.CELL_NOT_USED, type=item.type)
        if item.makes_rows:
            for column in ("required", "excuse", "offers", "preset"):
                if item.cell(column):
                    self._add(item.row, column, ProblemCode.CELL_NOT_USED, type="table whose rows are made")
        if item.type not in {*LIST_TYPES, *LINK_TYPES} and item.type not in _UNUSED and item.cell("choice_filter"):
            self._add(item.row, "choice_filter", ProblemCode.CELL_NOT_USED, type=item.type)
        if item.type == "calculate" and not item.cell("calculation") and not item.cell("table"):
            self._add(
                item.row,
                "calculation",
                ProblemCode.CELL_MISSING,
                detail="Write a calculation, or name a decision table",
            )
        if item.type == "calculate" and item.cell("calculation") and item.cell("table"):
            self._add(item.row, "calculation", ProblemCode.CELL_NOT_USED, type="calculate with a decision table")
        if item.cell("table") and item.type == "calculate" and item.cell("table") not in self.tables:
            self._add(item.row, "table", ProblemCode.DECISION_MISSING, name=item.cell("table"))

    def _check_values(self, item: Item) -> None:
        for column, allowed in _ALLOWED.items():
            value = item.cell(column)
            if value and value not in allowed:
                hint, words = similar(value, allowed), ", ".join(allowed)
                self._add(item.row, column, ProblemCode.VALUE_UNKNOWN, value=value, hint=hint, allowed=words)
        if not _LANES.fullmatch(item.cell("lanes")):
            self._add(
                item.row, "lanes", ProblemCode.VALUE_UNKNOWN, value=item.cell("lanes"), hint="", allowed="letters"
            )

    def _targets(self) -> None:
        for item in self.items.values():
            target = self.items.get(item.target or "")
            is_table = target.type == "table" if target is not None else item.target in self.elsewhere
            if item.target is not None and not is_table:
                self._add(item.row, "type", ProblemCode.TABLE_MISSING, name=item.target)
            named = self.items.get(item.values or "")
            if item.values is not None and item.values not in self.lists and (named is None or named.type != "table"):
                column, code = (
                    ("table", ProblemCode.TABLE_MISSING) if item.type == "text" else ("type", ProblemCode.LIST_MISSING)
                )
                self._add(item.row, column, code, name=item.values)
            shown = self.items.get(item.cell("table"))
            if item.type == "group" and item.cell("table") and (shown is None or shown.type != "table"):
                self._add(item.row, "table", ProblemCode.TABLE_MISSING, name=item.cell("table"))

    def _made(self) -> None:
        """What stands in rows that the form makes is worked out too: an answer there would belong to nobody."""
        for item in self.items.values():
            if item.is_answered_by_hand and item.table is not None and self.items[item.table].makes_rows:
                self._add(item.row, "type", ProblemCode.ROWS_MADE, table=item.table, name=item.name)


def _cells(row: Row) -> dict[str, str]:
    """The cells that mean something to the engine; `1.0` of a spreadsheet is 1 where a code is meant."""
    cells = {column: text for column, text in row.cells.items() if column in COLUMNS and column not in {"type", "name"}}
    for column in ("action", "default"):
        if column in cells:
            cells[column] = whole(cells[column])
    for heading, text in row.cells.items():
        column, inline, _ = heading.partition("::")
        if inline and column in TRANSLATED:
            cells.setdefault(column, text)
    return cells
