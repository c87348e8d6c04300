"""The pages of the workbook of a form, as plain rows of texts: which sheet holds what, and what an export notes down.

Cells that ODK must read otherwise than we do (`odk.py`) stand in the ordinary columns, and our own text of them in the
column `own_...`, which is what an import takes back. Two hidden pages keep what was exported, so that an import can
tell a cell that somebody changed, and a translation whose English has moved on.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.engine import odk
from hrddp_desktop.engine.grids import FOLDERS, MAIN, FormFiles, Grid, context_of
from hrddp_desktop.engine.messages import decision_files, entries_by_key, messages, translated_columns, updated
from hrddp_desktop.engine.sheets import EXAMPLES, MARGIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hrddp_desktop.engine.catalogues import Entry
    from hrddp_desktop.engine.definition import Definition

OWN = "own_"
MADE = "made"
NOTHING, NO_COLUMN = "(nothing)", "(no column)"
CONTENTS, LANGUAGES, OTHER_WORDS = "contents", "languages", "other_words"
EXPORTED_CELLS, EXPORTED_TEXTS = "exported_cells", "exported_texts"
HELPERS = (CONTENTS, LANGUAGES, OTHER_WORDS, EXPORTED_CELLS, EXPORTED_TEXTS)
WORD_COLUMNS = ("language", "context", "english", "text", "previous", "flags", "note", "comment", "obsolete")
_NAMES = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}
_SHEET_NAME = 31
_BAD_SIGNS = re.compile(r"[\[\]:*?/\\']")
_IN_BRACKETS = re.compile(r"[a-z]{2,3}")
_PREFIXES = {"decisions": "decision_", "machines": "machine_"}
_ALONE = {
    "decisions/variables": "variables",
    "decisions/facts": "facts",
    EXAMPLES: "examples",
    MARGIN: "margin",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of the workbook; `file` is the sheet of ours that it holds, blank for the helpers of the export."""

    name: str
    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def records(self) -> Iterator[dict[str, str]]:
        """Each row by its headings."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


def heading(column: str, language: str) -> str:
    """`label::Français (fr)`: Kobo shows a blank language without the code in brackets."""
    name = _NAMES.get(language, language)
    return f"{column}::{name} ({language})" if _IN_BRACKETS.fullmatch(language) else f"{column}::{language}"


def word_heading(file: str, column: str, language: str) -> str:
    """The heading of a translation. Other columns of the choices are elements there, so it must be a name: notes_fr."""
    return f"{column}_{language}" if file == "choices" and column != "label" else heading(column, language)


def digest(text: str) -> str:
    """A short mark of a text, to see later whether it was changed."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def pages(files: FormFiles, definition: Definition) -> tuple[Page, ...]:
    """Every sheet of the workbook, the survey first, the hidden notes last."""
    files = updated(files).files
    shown = odk.view(definition)
    names = sheet_names(list(_ordered(files)))
    found = [_page(files, file, name, shown) for file, name in names.items()]
    found.append(_languages(files))
    found.append(_other_words(files))
    contents = tuple((name, file, _says(file)) for file, name in names.items())
    found.append(Page(CONTENTS, "", ("sheet", "file", "what it holds"), contents))
    found.append(_exported_cells(found[0], files.grid("survey")))
    found.append(_exported_texts(files))
    return tuple(found)


def _ordered(files: FormFiles) -> Iterator[str]:
    first = [*MAIN, *decision_files(files), *_ALONE, "renames"]
    yield from (file for file in first if file in files.grids)
    yield from sorted(set(files.grids) - set(first))


def sheet_names(names: Sequence[str]) -> dict[str, str]:
    """A sheet name for each file: short enough, of allowed signs, and no two alike for a spreadsheet program."""
    taken = {name.lower() for name in HELPERS}
    found: dict[str, str] = {}
    for file in names:
        folder, _, name = file.rpartition("/")
        wanted = _ALONE.get(file) or _BAD_SIGNS.sub("_", _PREFIXES.get(folder, "") + name)
        result, number = wanted[:_SHEET_NAME], 1
        while result.lower() in taken:
            number += 1
            result = f"{wanted[: _SHEET_NAME - len(str(number)) - 1]}~{number}"
        taken.add(result.lower())
        found[file] = result
    return found


def file_of(sheet: str) -> str:
    """The file of a sheet that the list of contents does not name; blank for a sheet that is none of ours."""
    if sheet in {*MAIN, "renames"}:
        return sheet
    alone = {name: file for file, name in _ALONE.items()}
    if sheet in alone:
        return alone[sheet]
    found = (f"{folder}/{sheet.removeprefix(_PREFIXES[folder])}" for folder in FOLDERS if _begins(sheet, folder))
    return next(found, "")


def _begins(sheet: str, folder: str) -> bool:
    return sheet.startswith(_PREFIXES[folder]) and len(sheet) > len(_PREFIXES[folder])


def _says(file: str) -> str:
    folder, _, name = file.rpartition("/")
    said = {
        "survey": "one row for each question, group or table; grey cells are made for ODK, change own_... instead",
        "choices": "the lists of choices and the look-up tables",
        "settings": "the form itself",
        "renames": "what was renamed since which version",
        "decisions/variables": "which question each heading of a decision table reads",
        "decisions/facts": "what would have to be shown about a variable",
        EXAMPLES: "the worked cases, in the order in which they are offered",
        MARGIN: "the reviewer's doubts beside single answers of a worked case",
    }
    what = {"decisions": "the decision table", "machines": "the state machine"}
    return said.get(file) or f"{what.get(folder, 'the sheet')} {name}"


# the sheets of the form


def _page(files: FormFiles, file: str, name: str, shown: odk.View) -> Page:
    grid = files.grids[file]
    columns, rows = _translated(files, grid)
    if file == "survey":
        columns, rows = _survey(files, columns, rows, shown)
    if file == "choices" and shown.choices:
        label = _labels(files, "label")
        rows += [{**row, MADE: "yes", label: row.get("label", "")} for row in shown.choices]
        columns = [*columns, MADE]
    return Page(name, file, tuple(columns), tuple(tuple(row.get(column, "") for column in columns) for row in rows))


def _labels(files: FormFiles, column: str) -> str:
    """The heading of the English texts: as the settings name the language, so that ODK knows it for the default."""
    default = files.settings.get("default_language", "")
    return f"{column}::{default}" if default else column


def _translated(files: FormFiles, grid: Grid) -> tuple[list[str], list[dict[str, str]]]:
    """A sheet with its translations beside the English; the settings' stand on the page of languages."""
    texts = translated_columns(grid.file, files.settings) if grid.file != "settings" else ()
    renamed = {
        column: _labels(files, column)
        for column in texts
        if grid.file == "survey" or (grid.file, column) == ("choices", "label")
    }
    entries = {language: entries_by_key(catalogue) for language, catalogue in files.catalogues.items()}
    columns: list[str] = []
    for column in grid.columns:
        columns.append(renamed.get(column, column))
        columns.extend(word_heading(grid.file, column, language) for language in entries if column in texts)
    rows = []
    for record in grid.records():
        row = {renamed.get(column, column): text for column, text in record.items()}
        for column in (column for column in texts if record.get(column)):
            key = context_of(grid.file, record, column), record[column]
            for language, known in entries.items():
                entry = known.get(key)
                row[word_heading(grid.file, column, language)] = entry.text if entry and not entry.fuzzy else ""
        rows.append(row)
    return columns, rows


def _survey(
    files: FormFiles, columns: list[str], rows: list[dict[str, str]], shown: odk.View
) -> tuple[list[str], list[dict[str, str]]]:
    """The survey as ODK reads it, with our own text of each cell that differs, and the rows that ODK needs besides."""
    label = _labels(files, "label")
    result: list[dict[str, str]] = []
    changed: dict[str, None] = {}
    for row in rows:
        differing = {label if column == "label" else column: text for column, text in _differing(row, shown)}
        own = {OWN + _plain(column): row.get(column, "") or NOTHING for column in differing}
        changed |= dict.fromkeys(differing)
        result.append({**row, **differing, **own})
        if row.get("type", "").startswith("begin"):
            result += [_made(extra, label) for extra in shown.after.get(row.get("name", ""), ())]
    needed = dict.fromkeys((*changed, *(column for row in result if MADE in row for column in row)))
    added = [column for column in needed if column not in columns and column != MADE]
    return [*columns, *added, *(OWN + _plain(column) for column in changed), MADE], result


def _plain(column: str) -> str:
    return column.partition("::")[0]


def _differing(row: dict[str, str], shown: odk.View) -> list[tuple[str, str]]:
    cells = shown.cells.get(row.get("name", ""), {})
    return [] if row.get("type", "").startswith("end") else list(cells.items())


def _made(row: dict[str, str], label: str) -> dict[str, str]:
    return {label if column == "label" else column: text for column, text in {**row, MADE: "yes"}.items()}


# what an import needs to know


def _languages(files: FormFiles) -> Page:
    rows: list[tuple[str, str, str]] = []
    for language, catalogue in files.catalogues.items():
        known = entries_by_key(catalogue)
        titles = [message for message in messages(files) if message.file == "settings"]
        rows += [(language, one.column, _text(known.get((one.context, one.english)))) for one in titles]
        rows += [(language, f"header {name}", value) for name, value in catalogue.header]
        rows += [(language, "comment", catalogue.comment)] if catalogue.comment else []
    return Page(LANGUAGES, "", ("language", "what", "text"), tuple(rows))


def _text(entry: Entry | None) -> str:
    return entry.text if entry and not entry.fuzzy else ""


def _other_words(files: FormFiles) -> Page:
    """Translations that have no cell: of older texts, of no text, and what is noted about one."""
    places = {(message.context, message.english) for message in messages(files)}
    rows = []
    for language, catalogue in files.catalogues.items():
        for entry in catalogue.entries:
            has_cell = entry.key in places and not entry.fuzzy and not entry.obsolete
            if not has_cell or entry.flags or entry.note or entry.comment or entry.previous:
                flags = " ".join([*(["fuzzy"] if entry.fuzzy else []), *entry.flags])
                text, obsolete = "" if has_cell else entry.text, "yes" if entry.obsolete else ""
                of_text = (language, entry.context, entry.english, text)
                rows.append((*of_text, entry.previous, flags, entry.note, entry.comment, obsolete))
    return Page(OTHER_WORDS, "", WORD_COLUMNS, tuple(rows))


def _exported_cells(page: Page, grid: Grid) -> Page:
    """Our text and ODK's of each cell that differs; and the columns that only the export needs."""
    heads = {_plain(column): column for column in reversed(page.columns)}  # the English stands before the others
    own = [column.removeprefix(OWN) for column in page.columns if column.startswith(OWN)]
    rows: list[tuple[str, ...]] = []
    for row in page.records():
        rows += [(row["name"], name, row[OWN + name], row[heads[name]]) for name in own if row[OWN + name]]
    ours = {*grid.columns, MADE, *(OWN + name for name in own)}
    rows += [("", name, NO_COLUMN, "") for name in dict.fromkeys(map(_plain, page.columns)) if name not in ours]
    return Page(EXPORTED_CELLS, "", ("name", "column", "own", "made"), tuple(rows))


def _exported_texts(files: FormFiles) -> Page:
    known = {language: entries_by_key(catalogue) for language, catalogue in files.catalogues.items()}
    rows = []
    for key in dict.fromkeys((message.context, message.english) for message in messages(files)):
        marks = (digest(_text(entries.get(key))) for entries in known.values())
        rows.append((*key, *marks))
    return Page(EXPORTED_TEXTS, "", ("context", "english", *known), tuple(rows))
