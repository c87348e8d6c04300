"""The sheets of the guidance as their author writes them: read, checked, and their PO files brought up to date."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.engine import catalogues
from hrddp_desktop.engine.grids import Grid, grid_of
from hrddp_desktop.engine.problems import Problem, ProblemCode, similar
from hrddp_desktop.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from hrddp_desktop.engine.catalogues import Catalogue, Merge

PROJECT = "guidance"
_BASES = ("house", "policy_second_hand", "policy_text")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet of the guidance is made of: its columns, which may be blank, are translated, or take few values."""

    name: str
    id: str
    columns: tuple[str, ...]
    blank: tuple[str, ...]
    translated: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]

    def context(self, row: Mapping[str, str], column: str) -> str:
        """The context of a text in the PO files."""
        return f"{self.name}:{row[self.id]}:{column}"


SHEETS = {
    sheet.name: sheet
    for sheet in (
        Sheet(
            name="glossary",
            id="id",
            columns=("id", "term", "aliases", "definition", "source", "basis"),
            blank=("aliases",),
            translated=("term", "aliases", "definition"),
            values={"basis": _BASES},
        ),
        Sheet(
            name="notes",
            id="id",
            columns=("id", "kind", "action", "questions", "title", "text", "source", "basis"),
            blank=(),
            translated=("title", "text"),
            values={
                "kind": ("note", "case_study"),
                "action": tuple("01234567"),
                "basis": _BASES,
            },
        ),
        Sheet(
            name="acronyms",
            id="acronym",
            columns=("acronym", "words"),
            blank=(),
            translated=("acronym", "words"),
            values={},
        ),
        Sheet(
            name="resources",
            id="id",
            columns=("id", "title", "publisher", "year", "purpose", "languages", "read", "source"),
            blank=("year",),
            translated=("publisher", "purpose"),
            values={"read": ("in_part", "not_read")},
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Sheets:
    """What a folder holds; a sheet that is not there or cannot be read has no rows."""

    grids: Mapping[str, Grid]
    catalogues: Mapping[str, Catalogue]
    problems: tuple[Problem, ...]

    def rows(self, sheet: str) -> Iterator[dict[str, str]]:
        """The rows of a sheet that can be shown: those whose cells are all as they should be."""
        return (row for _, row in self.numbered(sheet) if not list(_cells_of(SHEETS[sheet], row)))

    def numbered(self, sheet: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Every row by its columns, with its number in the spreadsheet."""
        grid = self.grids.get(sheet, Grid(sheet, ()))
        for number, row in zip(grid.numbers, grid.records(), strict=True):
            yield number, {column: row.get(column, "") for column in SHEETS[sheet].columns}


def exists(folder: Path) -> bool:
    """Whether a folder of forms has guidance beside them."""
    return any((folder / f"{name}.csv").is_file() for name in SHEETS)


def read_sheets(folder: Path) -> Sheets:
    """The sheets and PO files of a folder; what cannot be read is a problem."""
    problems: list[Problem] = []
    grids: dict[str, Grid] = {}
    found: dict[str, Catalogue] = {}
    for name in SHEETS:
        try:
            grids[name] = grid_of(name, (folder / f"{name}.csv").read_bytes())
        except FileNotFoundError:
            problems.append(_problem(name, 1, "", ProblemCode.SHEET_MISSING, sheet=f"{name}.csv"))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            problems.append(_problem(name, 1, "", ProblemCode.SHEET_UNREADABLE, detail=str(error)))
    for file in sorted((folder / "i18n").glob("*.po")):
        try:
            found[file.stem] = catalogues.read(file)
        except (OSError, ValueError) as error:
            problems.append(_problem(f"i18n/{file.name}", 1, "", ProblemCode.SHEET_UNREADABLE, detail=str(error)))
    return Sheets(grids, found, tuple(problems))


def listed(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several, with a stroke between them."""
    return tuple(part for part in (part.strip() for part in cell.split("|")) if part)


# --- translations ---


def messages(sheets: Sheets) -> Iterator[tuple[str, str, str, int, str]]:
    """Every text that is translated: context, English, sheet, row, column."""
    for name, sheet in SHEETS.items():
        for number, row in sheets.numbered(name):
            for column in sheet.translated:
                if row[column]:
                    yield sheet.context(row, column), row[column], name, number, column


def updated(sheets: Sheets) -> dict[str, tuple[Catalogue, Catalogue, Merge]]:
    """By language: the catalogue as it lies there, merged with the texts of today, and what was found."""
    wanted = [(context, english) for context, english, *_ in messages(sheets)]
    result = {}
    for language in LANGUAGES[1:]:
        before = sheets.catalogues.get(language) or catalogues.new(language, PROJECT)
        result[language] = (before, *catalogues.merged(before, wanted))
    return result


# --- mistakes ---


def check(folder: Path, questions: Collection[str]) -> list[Problem]:
    """Every mistake and warning of the guidance of a folder, whose forms have these questions."""
    sheets = read_sheets(folder)
    found = list(sheets.problems)
    for name, grid in sheets.grids.items():
        found += _columns(SHEETS[name], grid)
        found += _rows(SHEETS[name], sheets)
    found += _spellings(sheets)
    found += _links(sheets, questions)
    found += _translations(sheets)
    return sorted(found, key=lambda one: (one.sheet, one.row, one.column))


def _problem(place: str, row: int, column: str, code: ProblemCode, /, **facts: str) -> Problem:
    return Problem(place, row, column, None, code, tuple(facts.items()))


def _columns(sheet: Sheet, grid: Grid) -> Iterator[Problem]:
    for column in sheet.columns:
        if column not in grid.columns:
            yield _problem(sheet.name, 1, column, ProblemCode.COLUMN_MISSING, name=column)
    for column in dict.fromkeys(grid.columns):
        if column not in sheet.columns:
            hint = similar(column, sheet.columns)
            yield _problem(sheet.name, 1, column, ProblemCode.COLUMN_UNKNOWN, name=column, hint=hint)
        elif grid.columns.count(column) > 1:
            yield _problem(sheet.name, 1, column, ProblemCode.COLUMN_TWICE, name=column)


def _rows(sheet: Sheet, sheets: Sheets) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, row in sheets.numbered(sheet.name):
        for column, code, facts in _cells_of(sheet, row):
            yield _problem(sheet.name, number, column, code, **facts)
        before = first.setdefault(row[sheet.id], number)
        if row[sheet.id] and before != number:
            facts = {"name": row[sheet.id], "first": str(before)}
            yield _problem(sheet.name, number, sheet.id, ProblemCode.NAME_TWICE, **facts)


def _cells_of(sheet: Sheet, row: Mapping[str, str]) -> Iterator[tuple[str, ProblemCode, dict[str, str]]]:
    """What is wrong with the cells of one row, by column."""
    for column in sheet.columns:
        allowed = sheet.values.get(column)
        if not row[column]:
            if column not in sheet.blank:
                yield column, ProblemCode.CELL_MISSING, {"detail": "The guidance needs it"}
        elif allowed is not None and row[column] not in allowed:
            hint = similar(row[column], allowed)
            yield (
                column,
                ProblemCode.VALUE_UNKNOWN,
                {
                    "value": row[column],
                    "hint": hint,
                    "allowed": ", ".join(allowed),
                },
            )


def _spellings(sheets: Sheets) -> Iterator[Problem]:
    """A word of a text leads to one definition."""
    first: dict[str, str] = {}
    for number, row in sheets.numbered("glossary"):
        for column, spelling in (("term", row["term"]), *(("aliases", one) for one in listed(row["aliases"]))):
            owner = first.setdefault(spelling.casefold(), row["id"])
            if owner != row["id"]:
                yield _problem("glossary", number, column, ProblemCode.WORD_TWICE, name=spelling, first=owner)


def _links(sheets: Sheets, questions: Collection[str]) -> Iterator[Problem]:
    for number, row in sheets.numbered("notes"):
        for name in row["questions"].split():
            if name not in questions:
                hint = similar(name, questions)
                yield _problem("notes", number, "questions", ProblemCode.NOTE_QUESTION_UNKNOWN, name=name, hint=hint)


def _translations(sheets: Sheets) -> Iterator[Problem]:
    places = {(context, english): place for context, english, *place in messages(sheets)}
    for language, (before, _, merge) in updated(sheets).items():
        gaps = ((merge.missing, ProblemCode.TRANSLATION_MISSING), (merge.stale, ProblemCode.TRANSLATION_STALE))
        for entries, code in gaps:
            for entry in entries:
                sheet, number, column = places[entry.key]
                yield _problem(str(sheet), int(str(number)), str(column), code, name=entry.context, language=language)
        known = {context for context, _ in places}
        for position, entry in enumerate(before.live, 1):
            if entry.context not in known:
                file = f"i18n/{language}.po"
                yield _problem(file, position, "", ProblemCode.TRANSLATION_UNKNOWN, name=entry.context)
