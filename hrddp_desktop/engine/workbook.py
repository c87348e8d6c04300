"""The workbook of a form as a file: colours by Action, lists to choose from, frozen headings, everything as text.

The same form always gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from hrddp_desktop.engine import odk, pages
from hrddp_desktop.engine.grids import FormFiles, language_code
from hrddp_desktop.engine.pages import MADE, OWN, Page
from hrddp_desktop.engine.survey import LINK_TYPES, LIST_TYPES, PLAIN_TYPES
from hrddp_desktop.engine.workbook_cells import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from hrddp_desktop.engine.definition import Definition

# What a cell of a spreadsheet can hold; longer texts would be cut without a word.
CELL_LIMIT = 32_767
_TYPES_SHEET = "lists"
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOMENT = "2000-01-01T00:00:00Z"
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
# One light colour for each Action, the header first; dark text is readable on all of them.
_ACTIONS = ("F4ECD8", "DDEBF7", "FCE4D6", "FFF2CC", "E2EFDA", "EADCF4", "D9F1F1", "F8D7DA")
_HEADING, _GREY, _INK = "1F3864", "D9D9D9", "7F7F7F"
_WIDTHS = {"type": 26, "name": 26, "relevant": 34, "calculation": 44, "constraint": 30, "reason": 44, "fact": 60}
_NARROW = frozenset({"action", "due", "lanes", "basis", "excuse", "report", "evidence", "row_prefix", "order", MADE})
_VALUES = {
    "due": ("concept", "clearance", "release", "running", "closing"),
    "after_signature": ("frozen", "living"),
    "excuse": ("none", "na", "later", "both"),
    "evidence": ("yes", "no"),
    "basis": ("house", "policy_second_hand", "policy_text"),
    "action": tuple("01234567"),
}
_ROOM = 500  # rows below the last one that the lists reach, for rows to come


def workbook(files: FormFiles, definition: Definition) -> bytes:
    """The form as an .xlsx file. Raises WorkbookError for texts that no cell can hold."""
    from openpyxl import Workbook  # imported here: only authors of forms need it

    book = Workbook()
    book.remove(book.worksheets[0])
    for page in pages.pages(files, definition):
        _check(page)
        sheet = book.create_sheet(page.name)
        _fill(sheet, page)
        if page.name in {pages.EXPORTED_CELLS, pages.EXPORTED_TEXTS}:
            sheet.sheet_state = "hidden"
    _choices_to_make(book.create_sheet(_TYPES_SHEET), book["survey"], definition)
    stream = io.BytesIO()
    book.save(stream)
    return _settled(stream.getvalue())


def _check(page: Page) -> None:
    for number, row in enumerate(page.rows, 2):
        for column, text in zip(page.columns, row, strict=True):
            if len(text) > CELL_LIMIT:
                raise WorkbookError(f"the text in sheet {page.name}, row {number}, {column} is too long for a cell")
            if _UNPRINTABLE.search(text):
                raise WorkbookError(
                    f"the text in sheet {page.name}, row {number}, {column} has a sign that no cell holds"
                )


def _fill(sheet: Worksheet, page: Page) -> None:
    """Every cell as text; the heading row stays in sight."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    plain = Alignment(vertical="top", wrap_text=True)
    backward = Alignment(vertical="top", wrap_text=True, horizontal="right", readingOrder=2)
    bold, pale = Font(bold=True, color="FFFFFF"), Font(color=_INK)
    fills = {colour: PatternFill("solid", fgColor=colour) for colour in (*_ACTIONS, _HEADING, _GREY)}
    is_backward = [_is_backward(column) for column in page.columns]
    for at, column in enumerate(page.columns, 1):
        cell = sheet.cell(1, at)
        _write(cell, column)
        cell.font, cell.fill, cell.alignment, cell.number_format = bold, fills[_HEADING], plain, "@"
        sheet.column_dimensions[get_column_letter(at)].width = _width(column)
    for number, (row, colour) in enumerate(zip(page.rows, _colours(page), strict=True), 2):
        record = dict(zip(page.columns, row, strict=True))
        for at, text in enumerate(row, 1):
            cell = sheet.cell(number, at)
            is_made = bool(record.get(MADE) or record.get(OWN + page.columns[at - 1]))
            cell.number_format, cell.alignment = "@", backward if is_backward[at - 1] else plain
            if is_made or colour:
                cell.fill = fills[_GREY if is_made else colour]
            if is_made:
                cell.font = pale
            if text:
                _write(cell, text)
    sheet.freeze_panes = sheet.cell(2, _frozen(page) + 1)
    if page.rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(page.columns))}{len(page.rows) + 1}"


def _write(cell: Cell, text: str) -> None:
    """Text whatever it looks like: no formula, no number, no date."""
    cell.value = text
    cell.data_type = "s"


def _is_backward(column: str) -> bool:
    return language_code(column.rpartition("::")[2]) in _RIGHT_TO_LEFT


def _frozen(page: Page) -> int:
    """How many columns stay in sight: up to the name of a row."""
    name = {"survey": "name", "choices": "name"}.get(page.file, "rule")
    return page.columns.index(name) + 1 if name in page.columns[:3] else 0


def _width(column: str) -> int:
    plain = column.removeprefix(OWN).partition("::")[0]
    return 10 if plain in _NARROW else _WIDTHS.get(plain, 40 if "::" in column else 18)


def _colours(page: Page) -> Iterator[str]:
    """The colour of each row: that of its Action, or of the page it stands on."""
    home: list[str] = []
    for record in page.records():
        kind, action = record.get("type", ""), record.get("action", "")
        if page.file != "survey":
            yield ""
            continue
        if kind.startswith("begin"):
            home.append(action or (home[-1] if home else ""))
        shown = action or (home[-1] if home else "")
        yield _ACTIONS[int(shown)] if shown in _VALUES["action"] else ""
        if kind.startswith("end") and home:
            home.pop()


def _choices_to_make(lists: Worksheet, survey: Worksheet, definition: Definition) -> None:
    """Lists to choose from in the survey: types, answers of closed columns, kinds of appearance."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    lists.sheet_state = "hidden"
    offered = {"type": _types(definition), **_VALUES}
    for at, (column, values) in enumerate(offered.items(), 1):
        for number, text in enumerate((column, *values), 1):
            _write(lists.cell(number, at), text)
        found = [cell.column_letter for cell in survey[1] if cell.value == column]
        for letter in found:
            source = get_column_letter(at)
            rule = DataValidation("list", formula1=f"{_TYPES_SHEET}!${source}$2:${source}${len(values) + 1}")
            # New words must be possible: a list that is still to be written, a type with its table.
            rule.errorStyle, rule.showErrorMessage, rule.allow_blank = "warning", column != "type", True
            rule.add(f"{letter}2:{letter}{survey.max_row + _ROOM}")
            survey.add_data_validation(rule)


def _types(definition: Definition) -> tuple[str, ...]:
    tables = [item.name for item in definition.items.values() if item.type == "table"]
    selects = [f"{kind} {name}" for kind in LIST_TYPES for name in definition.lists]
    links = [f"{kind.removesuffix('_row')} {odk.rows_list(name)}" for kind in LINK_TYPES for name in tables]
    return (*PLAIN_TYPES, "begin_group", "end_group", "begin_repeat", "end_repeat", *selects, *links)


def _settled(content: bytes) -> bytes:
    """The same parts under one fixed moment, so that equal forms are equal files."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + _MOMENT.encode(), part)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            new.writestr(entry, part)
    return result.getvalue()
