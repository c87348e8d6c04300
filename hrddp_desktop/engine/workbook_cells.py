"""The cells of a workbook that somebody saved, as texts: habits of spreadsheets undone, broken files refused."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from hrddp_desktop.engine.problems import Problem, ProblemCode
from hrddp_desktop.engine.sheets import letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

# The largest form has 300 KB; a workbook is unpacked into memory, so what it may unpack to is bounded.
UNPACKED_LIMIT = 32 * 1024 * 1024
PARTS_LIMIT = 500
ROWS_LIMIT, COLUMNS_LIMIT = 20_000, 600
# openpyxl checks little: a broken file surfaces as whatever the first careless line raises.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,  # of XML
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)


class WorkbookError(Exception):
    """A workbook cannot be written or read; the text says why, as the rest of a sentence."""


@dataclass(frozen=True, slots=True)
class RawSheet:
    """The filled rows of one sheet with their numbers, as texts that are not yet tidied."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_cells(content: bytes) -> tuple[list[RawSheet], list[Problem]]:
    """The sheets of a workbook, and its formulas and errors. Raises WorkbookError for what is no workbook."""
    from openpyxl import load_workbook  # imported here: only authors of forms need it

    _check_size(content)
    problems: list[Problem] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of parts that it leaves out; none of them is ours
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            try:
                return [_sheet(sheet.title, _rows(sheet), problems) for sheet in book.worksheets], problems
            finally:
                book.close()
    except _BROKEN as error:
        raise WorkbookError("it is damaged, or no .xlsx workbook") from error


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            sizes = [part.file_size for part in parts.infolist()]
    except _BROKEN as error:
        raise WorkbookError("it is damaged, or no .xlsx workbook") from error
    if len(sizes) > PARTS_LIMIT or sum(sizes) > UNPACKED_LIMIT:
        raise WorkbookError(f"unpacked it would be larger than {UNPACKED_LIMIT // (1024 * 1024)} MB")


def _rows(sheet: ReadOnlyWorksheet) -> Iterable[tuple[object, ...]]:
    """The rows as they stand in the file, not as far as the file says that they go."""
    sheet.reset_dimensions()
    found: Iterable[tuple[object, ...]] = sheet.iter_rows()
    return found


def _sheet(name: str, rows: Iterable[tuple[object, ...]], problems: list[Problem]) -> RawSheet:
    found: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(rows, 1):
        if number > ROWS_LIMIT * 5 or len(found) > ROWS_LIMIT:
            raise WorkbookError(f"the sheet {name} has more than {ROWS_LIMIT} rows")
        texts = tuple(_texts(name, number, row, problems))
        if any(texts):
            if any(texts[COLUMNS_LIMIT:]):
                raise WorkbookError(f"the sheet {name} has more than {COLUMNS_LIMIT} columns")
            found.append((number, texts[:COLUMNS_LIMIT]))
    return RawSheet(name, tuple(found))


def _texts(name: str, number: int, row: tuple[object, ...], problems: list[Problem]) -> Iterator[str]:
    for at, cell in enumerate(row):
        value, kind = getattr(cell, "value", None), getattr(cell, "data_type", "")
        if kind in {"f", "e"}:
            code = ProblemCode.FORMULA if kind == "f" else ProblemCode.CELL_ERROR
            problems.append(Problem(name, number, letters(at), None, code, (("value", str(value)),)))
            yield ""
        else:
            yield as_text(value)


def as_text(value: object) -> str:
    """A value as its author meant it: a day as a day, 1.0 as 1."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time(0):
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case date():
            return value.isoformat()
    return str(value)
