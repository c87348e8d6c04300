"""Workbooks as an author handles them: exported, changed in a spreadsheet program, taken in again."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from hrddp_desktop.engine.workbook_import import TakenBack, take_back
from hrddp_desktop.services import authoring

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


def exported(form: Path | str, folder: Path) -> bytes:
    """The workbook of a form."""
    authoring.export(str(form), folder / "exported.xlsx")
    return (folder / "exported.xlsx").read_bytes()


def opened(content: bytes) -> Workbook:
    """The workbook as openpyxl reads it."""
    return load_workbook(io.BytesIO(content))


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def changed(content: bytes, work: Callable[[Workbook], object]) -> bytes:
    """The workbook after somebody worked on it."""
    book = opened(content)
    work(book)
    return saved(book)


def heading(sheet: Worksheet, column: str) -> int:
    """The number of a column."""
    return int(next(cell.column for cell in sheet[1] if cell.value == column))


def row_of(sheet: Worksheet, name: str, column: str = "name") -> int:
    """The row in which a column says this."""
    at = heading(sheet, column)
    return next(number for number in range(2, sheet.max_row + 1) if sheet.cell(number, at).value == name)


def put(content: bytes, sheet: str, name: str, column: str, value: object) -> bytes:
    """The workbook with one cell changed; the row is that of a question or choice."""

    def work(book: Workbook) -> None:
        page = book[sheet]
        page.cell(row_of(page, name), heading(page, column)).value = value

    return changed(content, work)


def written(content: bytes, folder: Path) -> authoring.Imported:
    """Take a workbook into a folder."""
    file = folder.with_suffix(".xlsx")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return authoring.take_in(file, folder)


def cell(taken: TakenBack, file: str, name: str, column: str) -> str:
    """One cell of ours after an import."""
    return next(row[column] for row in taken.files.grid(file).records() if row["name"] == name)


def back(content: bytes) -> TakenBack:
    """The form in a workbook."""
    return take_back(content)


def text_of(form: Path, sheet: str, row: int | str, column: str, by: str = "name") -> str:
    """The text that stands in one cell of a form today; the row by its number from 0, or by what it says in `by`."""
    return next(one[column] for at, one in enumerate(_records(form, sheet)) if row in {at, one.get(by)})


def reworded(form: Path, sheet: str, row: int | str, column: str, new: str, by: str = "name") -> str:
    """Write a text into one cell of a form in a folder; what stood there before."""
    old = text_of(form, sheet, row, column, by)
    records = _records(form, sheet)
    next(one for at, one in enumerate(records) if row in {at, one.get(by)})[column] = new
    with (form / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, records[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    assert old != new
    return old


def _records(form: Path, sheet: str) -> list[dict[str, str]]:
    with (form / f"{sheet}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files_of(folder: Path) -> dict[str, bytes]:
    """The sheets and PO files of a form."""
    found = (file for file in sorted(folder.rglob("*")) if file.suffix in {".csv", ".po"})
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}
