"""CSV sheets and PO files as rows with their positions; safe spreadsheet habits are normalised here, once."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hrddp_desktop.engine.problems import Problem, ProblemCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2007": " ", "\ufeff": None})
_FOREIGN = re.compile("[\u00a0\u202f\u2007\ufeff]")
_WHOLE = re.compile(r"(-?\d+)\.0+")
EXAMPLES, MARGIN = "examples/examples", "examples/margin"
_BESIDE = ("examples:", "margin:")


@dataclass(frozen=True, slots=True)
class Row:
    """The filled cells of one row; `number` is the row in the spreadsheet, the headings being row 1."""

    number: int
    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """The text of a cell, blank when it is empty."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its headings in order, its rows."""

    name: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside the worked cases, with its translations, and the names of the cases.

    It is no part of the form: a note put better changes no hash, and no record was made with another one.
    """

    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    words: Mapping[str, dict[str, tuple[str, str, int]]] = field(default_factory=dict)
    cases: frozenset[str] = frozenset()

    def sheet(self, name: str) -> Sheet:
        """A sheet, empty when the form has none of that name."""
        return self.sheets.get(name) or Sheet(name)


@dataclass(slots=True)
class Sources:
    """All sheets of a form and its translations: `words[language][context] = (text, English, row)`."""

    survey: Sheet
    choices: Sheet
    settings: Sheet
    decisions: dict[str, Sheet] = field(default_factory=dict)
    machines: dict[str, Sheet] = field(default_factory=dict)
    renames: Sheet = field(default_factory=lambda: Sheet("renames"))
    words: dict[str, dict[str, tuple[str, str, int]]] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)
    problems: list[Problem] = field(default_factory=list)

    def hash(self) -> str:
        """A hash over what the sources say, not over how they are written: line ends and marks do not count."""
        sheets = [self.survey, self.choices, self.settings]
        sheets += [group[name] for group in (self.decisions, self.machines) for name in sorted(group)]
        sheets += [self.renames] if self.renames.rows else []
        said = [[sheet.name, sheet.columns, [sorted(row.cells.items()) for row in sheet.rows]] for sheet in sheets]
        words = {language: {c: text for c, (text, _, _) in texts.items()} for language, texts in self.words.items()}
        canonical = json.dumps([said, words], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def fingerprint(folder: Path) -> str:
    """A quick key of the files as they lie there, to find a cache by; the hash of a definition is `Sources.hash`."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".csv", ".po"}:
            digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def read_folder(folder: Path) -> Sources:
    """Every sheet of a form folder; what cannot be read is a problem, not an exception."""
    problems: list[Problem] = []
    survey, choices, settings = (
        _read(folder / f"{name}.csv", name, problems) for name in ("survey", "choices", "settings")
    )
    sources = Sources(survey, choices, settings, problems=problems)
    for path in sorted((folder / "decisions").glob("*.csv")):
        sources.decisions[path.stem] = _read(path, f"decisions/{path.stem}", problems)
    for path in sorted((folder / "machines").glob("*.csv")):
        sources.machines[path.stem] = _read(path, f"machines/{path.stem}", problems)
    if (folder / "renames.csv").exists():
        sources.renames = _read(folder / "renames.csv", "renames", problems)
    beside: dict[str, dict[str, tuple[str, str, int]]] = {}
    for path in sorted((folder / "i18n").glob("*.po")):
        words = _read_po(path, problems)
        beside[path.stem] = {context: words.pop(context) for context in list(words) if context.startswith(_BESIDE)}
        sources.words[path.stem] = words
    sources.beside = _beside(folder, beside, problems)
    return sources


def read_beside(folder: Path, language: str) -> Beside:
    """What is said beside the worked cases in one language; what cannot be read is not there."""
    problems: list[Problem] = []
    path = folder / "i18n" / f"{language}.po"
    words = _read_po(path, problems) if path.is_file() else {}
    return _beside(folder, {language: words}, problems)


def _beside(folder: Path, words: Mapping[str, dict[str, tuple[str, str, int]]], problems: list[Problem]) -> Beside:
    files = {name: folder / f"{name}.csv" for name in (EXAMPLES, MARGIN)}
    sheets = {name: _read(path, name, problems) for name, path in files.items() if path.is_file()}
    return Beside(sheets, words, frozenset(path.stem for path in (folder / "examples").glob("*.json")))


def _read(path: Path, name: str, problems: list[Problem]) -> Sheet:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except FileNotFoundError:
        problems.append(Problem(name, 1, "", None, ProblemCode.SHEET_MISSING, (("sheet", f"{name}.csv"),)))
        return Sheet(name)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(Problem(name, 1, "", None, ProblemCode.SHEET_UNREADABLE, (("detail", str(error)),)))
        return Sheet(name)
    if not records:
        return Sheet(name)
    columns = tuple(clean(heading) for heading in records[0])
    return Sheet(name, columns, tuple(_rows(name, columns, records[1:], problems)))


def _rows(name: str, columns: tuple[str, ...], records: list[list[str]], problems: list[Problem]) -> Iterator[Row]:
    problems.extend(
        Problem(name, 1, column, None, ProblemCode.COLUMN_TWICE, (("name", column),))
        for at, column in enumerate(columns)
        if column and column in columns[:at]
    )
    for number, record in enumerate(records, 2):
        filled = [(at, text) for at, cell in enumerate(record[: len(columns)]) if (text := clean(cell))]
        problems.extend(_lost(name, number, at) for at, _ in filled if not columns[at])
        cells = {columns[at]: text for at, text in filled if columns[at]}
        if any(clean(cell) for cell in record[len(columns) :]):
            problems.append(Problem(name, number, "", None, ProblemCode.ROW_TOO_LONG))
        if cells:
            yield Row(number, cells)


def _lost(name: str, number: int, at: int) -> Problem:
    """A filled cell in a column without a heading, which nothing would ever read."""
    column = letters(at)
    return Problem(name, number, column, None, ProblemCode.HEADING_MISSING, (("cell", f"{column}{number}"),))


def letters(at: int) -> str:
    """The letters of a column, counted from 0."""
    found = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        found = chr(65 + rest) + found
    return found


def clean(cell: str) -> str:
    """Blanks of a spreadsheet made plain: no-break spaces, blanks around the text, foreign line ends."""
    # Most cells of a sheet are blank, and most others plain; looking is ten times as fast as translating.
    plain = cell.translate(_BLANKS) if _FOREIGN.search(cell) else cell
    return plain.replace("\r\n", "\n").replace("\r", "\n").strip() if plain else ""


def whole(cell: str) -> str:
    """A code that a spreadsheet turned into `1.0` is 1 again."""
    match = _WHOLE.fullmatch(cell)
    return match[1] if match else cell


def _read_po(path: Path, problems: list[Problem]) -> dict[str, tuple[str, str, int]]:
    import polib  # imported here: opening a form from its cache needs no translations file

    try:
        entries = polib.pofile(str(path), encoding="utf-8", check_for_duplicates=False)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        place = f"i18n/{path.name}"
        problems.append(Problem(place, 1, "", None, ProblemCode.SHEET_UNREADABLE, (("detail", str(error)),)))
        return {}
    return {
        _context(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgid, int(entry.linenum or 0))
        for entry in entries
        if entry.msgctxt and entry.msgstr and not entry.obsolete and not entry.fuzzy
    }


def _context(context: str, english: str) -> str:
    """Contexts of decision rules carry the English text too: alternatives of one rule may differ."""
    return f"{context}|{english}" if context.endswith(":reason") else context
