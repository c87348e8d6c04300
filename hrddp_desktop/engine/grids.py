"""The sheets of a form as they are written: every cell in its place, and the PO files beside them.

The compiler reads what a form means (`sheets.py`); here is what its author wrote, to be carried to a workbook and back.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hrddp_desktop.engine import catalogues
from hrddp_desktop.engine.catalogues import Catalogue, Entry
from hrddp_desktop.engine.problems import Problem, ProblemCode
from hrddp_desktop.engine.sheets import EXAMPLES, MARGIN, clean, whole
from hrddp_desktop.engine.survey import TRANSLATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAIN = ("survey", "choices", "settings")
FOLDERS = ("decisions", "machines")
LOOSE = ("renames", EXAMPLES, MARGIN)
LANGUAGE = re.compile(r".*\((?P<code>[a-z]{2,3})\)\s*")
_INLINE = re.compile(rf"(?P<column>{'|'.join(TRANSLATED)})::(?P<language>.+)")


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as a rectangle of texts; `numbers` are the rows of the spreadsheet they were read from."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[int, ...] = field(default=(), compare=False)

    def records(self) -> Iterator[dict[str, str]]:
        """Each row by its headings."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))

    def values(self, column: str) -> tuple[str, ...]:
        """One column, nothing when the sheet has none of that name."""
        if column not in self.columns:
            return ()
        at = self.columns.index(column)
        return tuple(row[at] for row in self.rows)

    def number(self, row: int) -> int:
        """The row of the spreadsheet for a row of the file that `csv_bytes` writes."""
        return self.numbers[row - 2] if 0 <= row - 2 < len(self.numbers) else row


@dataclass(frozen=True, slots=True)
class FormFiles:
    """All files of a form that its author writes, by path without ending; catalogues by language."""

    grids: Mapping[str, Grid]
    catalogues: Mapping[str, Catalogue] = field(default_factory=dict)

    def grid(self, file: str) -> Grid:
        """A sheet, empty when the form has none of that name."""
        return self.grids.get(file) or Grid(file, ())

    @property
    def settings(self) -> Mapping[str, str]:
        """The one row of the settings."""
        return next(self.grid("settings").records(), {})

    @property
    def default_language(self) -> str:
        """The code of the language that the sheets are written in."""
        return language_code(self.settings.get("default_language", "en"))


def language_code(name: str) -> str:
    """`Français (fr)` is fr; a bare code is itself."""
    match = LANGUAGE.fullmatch(name)
    return match["code"] if match else name.strip()


def read_files(folder: Path) -> tuple[FormFiles, list[Problem]]:
    """The files of a form folder; what cannot be read is a problem."""
    problems: list[Problem] = []
    grids: dict[str, Grid] = {}
    for file in _sheet_files(folder):
        name = file.relative_to(folder).with_suffix("").as_posix()
        try:
            grids[name] = grid_of(name, file.read_bytes())
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            problems.append(Problem(name, 1, "", None, ProblemCode.SHEET_UNREADABLE, (("detail", str(error)),)))
    found: dict[str, Catalogue] = {}
    for file in sorted((folder / "i18n").glob("*.po")):
        try:
            found[file.stem] = catalogues.read(file)
        except (OSError, ValueError) as error:
            place = f"i18n/{file.name}"
            problems.append(Problem(place, 1, "", None, ProblemCode.SHEET_UNREADABLE, (("detail", str(error)),)))
    return folded(FormFiles(grids, found)), problems


def _sheet_files(folder: Path) -> Iterator[Path]:
    for name in (*MAIN, *LOOSE):
        if (folder / f"{name}.csv").is_file():
            yield folder / f"{name}.csv"
    for name in FOLDERS:
        yield from sorted((folder / name).glob("*.csv"))


def grid_of(name: str, content: bytes) -> Grid:
    """A CSV file as a grid. Raises UnicodeDecodeError or csv.Error."""
    records = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    return _rectangle(name, [[clean(cell) for cell in record] for record in records])


def _rectangle(name: str, records: list[list[str]]) -> Grid:
    """Rows of any length as a grid: blank rows go, and blank columns without a heading."""
    if not records:
        return Grid(name, ())
    width = max(len(record) for record in records)
    padded = [(*record, *[""] * (width - len(record))) for record in records]
    kept = [at for at in range(width) if any(row[at] for row in padded)]
    columns = tuple(padded[0][at] for at in kept)
    rows = [(place, tuple(row[at] for at in kept)) for place, row in enumerate(padded[1:], 2)]
    filled = [(place, row) for place, row in rows if any(row)]
    return Grid(name, columns, tuple(row for _, row in filled), tuple(place for place, _ in filled))


def csv_bytes(grid: Grid) -> bytes:
    """The grid as the CSV that stands in git."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(grid.columns)
    writer.writerows(grid.rows)
    return text.getvalue().encode()


def folded(files: FormFiles) -> FormFiles:
    """Translations that stand in the sheets (`label::Français (fr)`) moved to the catalogues, their home."""
    grids = dict(files.grids)
    found = {language: list(catalogue.entries) for language, catalogue in files.catalogues.items()}
    for name in ("survey", "choices"):
        if name in grids:
            grids[name] = _without_inline(grids[name], files.default_language, found)
    project = " ".join(files.settings.get(column, "") for column in ("form_id", "version"))
    catalogues_of = {
        language: Catalogue(base.language, base.header, base.comment, tuple(entries))
        for language, entries in sorted(found.items())
        for base in [files.catalogues.get(language) or catalogues.new(language, project)]
    }
    return FormFiles(grids, catalogues_of)


def _without_inline(grid: Grid, default: str, found: dict[str, list[Entry]]) -> Grid:
    matches = {column: match for column in grid.columns if (match := _INLINE.fullmatch(column))}
    if not matches:
        return grid
    columns: list[str] = []
    for column in grid.columns:
        match = matches.get(column)
        plain = column if match is None else match["column"]
        if (match is None or language_code(match["language"]) == default) and plain not in columns:
            columns.append(plain)
    rows = []
    for record in grid.records():
        for column, match in matches.items():
            language = language_code(match["language"])
            if language == default:
                record[match["column"]] = record.get(match["column"]) or record[column]
        for column, match in matches.items():
            language = language_code(match["language"])
            english = record.get(match["column"], "")
            if language != default and record[column] and english:
                entry = Entry(context_of(grid.file, record, match["column"]), english, record[column])
                found.setdefault(language, []).append(entry)
        rows.append(tuple(record.get(column, "") for column in columns))
    return Grid(grid.file, tuple(columns), tuple(rows), grid.numbers)


def context_of(file: str, record: Mapping[str, str], column: str) -> str:
    """The context of a text of a sheet in the PO files."""
    folder, _, name = file.rpartition("/")
    if file == "survey":
        return f"survey:{record.get('name', '')}:{column}"
    if file == "choices":
        return f"choices:{record.get('list_name', '')}:{whole(record.get('name', ''))}:{column}"
    if file == "settings":
        return f"settings::{column}"
    if file == "decisions/facts":
        return f"facts:{record.get('variable', '')}:{column}"
    if file == MARGIN:
        return f"margin:{record.get('example', '')}:{record.get('path', '')}"
    if file == EXAMPLES:
        return f"examples:{record.get('example', '')}:{column}"
    return f"{name}:{record.get('rule', '')}:{column}" if folder == "decisions" else ""
