"""A workbook taken back into the sheets and PO files of a form, with the place in the workbook of every row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hrddp_desktop.engine import catalogues, pages
from hrddp_desktop.engine.catalogues import Catalogue, Entry
from hrddp_desktop.engine.grids import FOLDERS, LOOSE, MAIN, FormFiles, Grid, context_of, language_code
from hrddp_desktop.engine.messages import messages, translated_columns, updated
from hrddp_desktop.engine.pages import MADE, NO_COLUMN, NOTHING, OWN
from hrddp_desktop.engine.problems import Problem, ProblemCode, similar
from hrddp_desktop.engine.sheets import clean, letters
from hrddp_desktop.engine.workbook_cells import RawSheet, read_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_IGNORED = ("notes", "lists")
_KNOWN = (*MAIN, "renames", "variables", "facts", "examples", "margin")
_FILE = re.compile(r"[\w][\w .~-]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(_[A-Za-z]{2,4})?")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sheet of ours stands in the workbook; `own` are the cells whose text is in a column `own_...`."""

    sheet: str
    headings: Mapping[str, str]
    own: frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a workbook holds: the files of the form, where each of them stands, and what is wrong."""

    files: FormFiles
    origins: Mapping[str, Origin]
    problems: tuple[Problem, ...]

    def placed(self, problem: Problem) -> Problem:
        """A problem of the compiler with its place in the workbook instead of that in our files."""
        if problem.sheet.startswith("i18n/"):
            return self._placed_translation(problem)
        origin, grid = self.origins.get(problem.sheet), self.files.grids.get(problem.sheet)
        if origin is None or grid is None:
            return problem
        is_own = (problem.row - 2, problem.column) in origin.own
        column = OWN + problem.column if is_own else origin.headings.get(problem.column, problem.column)
        return replace(problem, sheet=origin.sheet, row=grid.number(problem.row), column=column)

    def _placed_translation(self, problem: Problem) -> Problem:
        context, language = dict(problem.facts).get("name", ""), problem.sheet.removeprefix("i18n/")
        for message in messages(self.files):
            if message.context == context and message.file in self.origins:
                row = self.files.grids[message.file].number(message.row + 2)
                column = pages.word_heading(message.file, message.column, language)
                return replace(problem, sheet=self.origins[message.file].sheet, row=row, column=column)
        return problem


def take_back(content: bytes) -> TakenBack:
    """The form in a workbook. Raises WorkbookError for what is no workbook; all else is a problem with its place."""
    raw, problems = read_cells(content)
    return _Reader({sheet.name: sheet for sheet in raw}, problems).taken_back()


@dataclass(slots=True)
class _Reader:
    """Reads the sheets one after the other; notes problems and goes on."""

    raw: Mapping[str, RawSheet]
    problems: list[Problem]
    grids: dict[str, Grid] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    words: dict[str, list[Entry]] = field(default_factory=dict)
    exported: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)

    def taken_back(self) -> TakenBack:
        for row in self._helper(pages.EXPORTED_CELLS):
            if row.get("own") == NO_COLUMN:
                self.added.add(row.get("column", ""))
            self.exported[row.get("name", ""), row.get("column", "")] = row.get("own", ""), row.get("made", "")
        files = self._files()
        settings = self._settings(files)
        for file, sheet in files.items():
            self._grid(file, self.raw[sheet], settings)
        self.grids = {file: self.grids[file] for file in _in_order(self.grids)}
        return TakenBack(updated(self._with_words()).files, self.origins, tuple(self.problems))

    def _add(self, sheet: str, row: int, column: str, code: ProblemCode, **facts: str) -> None:
        self.problems.append(Problem(sheet, row, column, None, code, tuple(facts.items())))

    def _helper(self, name: str) -> Iterator[dict[str, str]]:
        """The rows of a page that the export made for us; nothing in a workbook from elsewhere."""
        rows = self.raw[name].rows if name in self.raw else ()
        for _, row in rows[1:]:
            yield {clean(head): _tidy(cell) for head, cell in zip(rows[0][1], row, strict=False)}

    def _files(self) -> dict[str, str]:
        """Which sheet holds which file."""
        listed = {row.get("sheet", ""): row.get("file", "") for row in self._helper(pages.CONTENTS)}
        found: dict[str, str] = {}
        for name in self.raw:
            if name in pages.HELPERS or name.lower().startswith(_IGNORED):
                continue
            file = listed.get(name) or pages.file_of(name)
            if _is_ours(file) and file not in found:
                found[file] = name
            else:
                self._add(name, 1, "", ProblemCode.SHEET_UNKNOWN, name=name, hint=similar(name, _KNOWN))
        return found

    def _settings(self, files: Mapping[str, str]) -> Mapping[str, str]:
        rows = self.raw[files["settings"]].rows if "settings" in files else ()
        cells = zip(rows[0][1], rows[1][1], strict=False) if len(rows) > 1 else ()
        return {clean(head): clean(cell) for head, cell in cells}

    # one sheet

    def _grid(self, file: str, sheet: RawSheet, settings: Mapping[str, str]) -> None:
        heads = [clean(head) for head in sheet.rows[0][1]] if sheet.rows else []
        columns = _Columns.of(file, heads, settings)
        for head in columns.nameless:
            hint = "; a language is named with its code, such as label::Français (fr)"
            self._add(sheet.name, 1, head, ProblemCode.COLUMN_UNKNOWN, name=head, hint=hint)
        rows: list[tuple[str, ...]] = []
        numbers: list[int] = []
        own: set[tuple[int, str]] = set()
        for number, cells in sheet.rows[1:]:
            self._loose(sheet.name, number, heads, cells)
            texts = [*cells, *[""] * (len(heads) - len(cells))]
            if columns.made is not None and clean(texts[columns.made]):
                continue
            record = self._record(sheet.name, number, columns, texts, (len(rows), own))
            if file != "settings":
                self._translations(file, sheet.name, number, columns, record, texts)
            if any(record):
                rows.append(record)
                numbers.append(number)
        grid = Grid(file, tuple(columns.plain.values()), tuple(rows), tuple(numbers))
        self.grids[file] = self._without_added(grid) if file == "survey" else grid
        headings = {plain: heads[at] for at, plain in columns.plain.items()}
        self.origins[file] = Origin(sheet.name, headings, frozenset(own))

    def _loose(self, sheet: str, number: int, heads: list[str], cells: tuple[str, ...]) -> None:
        for at, cell in enumerate(cells):
            if clean(cell) and (at >= len(heads) or not heads[at]):
                name = f"{letters(at)}{number}"
                self._add(sheet, number, letters(at), ProblemCode.HEADING_MISSING, cell=name)

    def _record(
        self, sheet: str, number: int, columns: _Columns, texts: list[str], note: tuple[int, set[tuple[int, str]]]
    ) -> tuple[str, ...]:
        """One row in our words: where there is a cell `own_...`, it is what counts."""
        at_row, own_cells = note
        name = clean(texts[columns.name]) if columns.name is not None else ""
        record = []
        for at, plain in columns.plain.items():
            text = clean(texts[at])
            own = _tidy(texts[columns.own[plain]]) if plain in columns.own else ""
            if own:
                was_own, was_made = self.exported.get((name, plain), ("", text))
                if own == was_own and text != clean(was_made):
                    self._add(sheet, number, plain, ProblemCode.MADE_CELL_CHANGED, name=OWN + plain)
                text = "" if own in {NOTHING, NO_COLUMN} else clean(own)
                own_cells.add((at_row, plain))
            record.append(text)
        return tuple(record)

    def _translations(
        self, file: str, sheet: str, number: int, columns: _Columns, row: tuple[str, ...], texts: list[str]
    ) -> None:
        record = dict(zip(columns.plain.values(), row, strict=True))
        for at, (column, language) in columns.words.items():
            text = _tidy(texts[at])
            if text and not record.get(column):
                head = pages.word_heading(file, column, language)
                self._add(sheet, number, head, ProblemCode.TRANSLATION_ALONE)
            elif text:
                self._word(language, Entry(context_of(file, record, column), record[column], text))

    def _word(self, language: str, entry: Entry) -> None:
        self.words.setdefault(language, []).append(entry)

    def _without_added(self, grid: Grid) -> Grid:
        """Columns that only the export needed go again."""
        kept = [
            at
            for at, column in enumerate(grid.columns)
            if column not in self.added or any(row[at] for row in grid.rows)
        ]
        rows = tuple(tuple(row[at] for at in kept) for row in grid.rows)
        return Grid(grid.file, tuple(grid.columns[at] for at in kept), rows, grid.numbers)

    # words

    def _with_words(self) -> FormFiles:
        files = FormFiles(self.grids)
        bases = self._bases(files)
        was = _Exported.of(list(self._helper(pages.EXPORTED_TEXTS)), files)
        others = list(self._helper(pages.OTHER_WORDS))
        for language in self.words:
            bases.setdefault(language, catalogues.new(language, _project(files)))
        found = {}
        for language in sorted(bases):
            entries = [was.entry(language, entry) for entry in self.words.get(language, ())]
            entries = _with_notes(entries, [row for row in others if row.get("language") == language])
            found[language] = replace(bases[language], entries=tuple(entries))
        return replace(files, catalogues=found)

    def _bases(self, files: FormFiles) -> dict[str, Catalogue]:
        """The languages that the export noted, with the headers of their files and the title of the form."""
        bases: dict[str, Catalogue] = {}
        for row in self._helper(pages.LANGUAGES):
            language, what, text = row.get("language", ""), row.get("what", ""), row.get("text", "")
            if not _LANGUAGE.fullmatch(language):
                continue
            base = bases.setdefault(language, Catalogue(language))
            if what.startswith("header "):
                bases[language] = replace(base, header=(*base.header, (what.removeprefix("header "), text)))
            elif what == "comment":
                bases[language] = replace(base, comment=text)
            elif text and files.settings.get(what):
                self._word(language, Entry(f"settings::{what}", files.settings[what], text))
        return bases


@dataclass(frozen=True, slots=True)
class _Columns:
    """What each heading of a sheet is, by its position; `nameless` are translations into a language without a code."""

    plain: dict[int, str]
    own: dict[str, int]
    words: dict[int, tuple[str, str]]
    made: int | None
    name: int | None
    nameless: tuple[str, ...]

    @classmethod
    def of(cls, file: str, heads: list[str], settings: Mapping[str, str]) -> _Columns:
        texts, default = translated_columns(file, settings), language_code(settings.get("default_language") or "en")
        facts = _fact_headings(file, heads, texts)
        plain: dict[int, str] = {}
        own: dict[str, int] = {}
        words: dict[int, tuple[str, str]] = {}
        made = heads.index(MADE) if file in {"survey", "choices"} and MADE in heads else None
        for at, head in enumerate(heads):
            column, inline, language = head.partition("::")
            if not head or at == made:
                continue
            if file == "survey" and head.startswith(OWN):
                own[head.removeprefix(OWN)] = at
            elif head in facts and facts[head][1] != default:
                words[at] = facts[head]
            elif inline and column in texts and language_code(language) != default:
                words[at] = column, language_code(language)
            else:
                plain[at] = column if inline and column in texts else head
        name = next((at for at, column in plain.items() if column == "name"), None)
        # The code becomes the name of a file, so it must look like one.
        nameless = tuple(heads[at] for at, (_, code) in words.items() if not _LANGUAGE.fullmatch(code))
        known = {at: word for at, word in words.items() if heads[at] not in nameless}
        return cls(plain, own, known, made, name, nameless)


def _fact_headings(file: str, heads: list[str], texts: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Headings such as notes_fr, in the languages that the labels have."""
    found = (head.partition("::") for head in heads)
    codes = {language_code(language) for column, inline, language in found if inline and column == "label"}
    return {pages.word_heading(file, column, code): (column, code) for column in texts[1:] for code in codes}


@dataclass(frozen=True, slots=True)
class _Exported:
    """What the export noted of each text: its English, and a mark of each translation."""

    known: frozenset[tuple[str, str]]
    gone: Mapping[str, list[dict[str, str]]]

    @classmethod
    def of(cls, rows: list[dict[str, str]], files: FormFiles) -> _Exported:
        today = {(message.context, message.english) for message in messages(files)}
        gone: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            if (row.get("context", ""), row.get("english", "")) not in today:
                gone.setdefault(row.get("context", ""), []).append(row)
        return cls(frozenset((row.get("context", ""), row.get("english", "")) for row in rows), gone)

    def entry(self, language: str, entry: Entry) -> Entry:
        """A translation that was left as it was while its English changed belongs to the English of then."""
        if entry.key in self.known:
            return entry
        for row in self.gone.get(entry.context, ()):
            if row.get(language) == pages.digest(entry.text):
                return replace(entry, english=row["english"])
        return entry


def _with_notes(entries: list[Entry], rows: list[dict[str, str]]) -> list[Entry]:
    """The entries with what was noted about them, and those that have no cell."""
    found = {entry.key: entry for entry in reversed(entries)}
    known = dict(reversed(found.items()))
    others: list[Entry] = []
    for row in rows:
        flags = row.get("flags", "").split()
        noted = Entry(
            context=row.get("context", ""),
            english=row.get("english", ""),
            text=row.get("text", ""),
            fuzzy="fuzzy" in flags,
            previous=row.get("previous", ""),
            flags=tuple(flag for flag in flags if flag != "fuzzy"),
            note=row.get("note", ""),
            comment=row.get("comment", ""),
            obsolete=bool(row.get("obsolete")),
        )
        here = known.get(noted.key)
        if here is not None and not noted.text:
            known[noted.key] = replace(noted, text=here.text)
        elif here is None:
            others.append(noted)
    return [*known.values(), *others]


def _tidy(text: str) -> str:
    """A text in another language keeps its own kinds of blanks."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n")


def _project(files: FormFiles) -> str:
    return " ".join(files.settings.get(column, "") for column in ("form_id", "version"))


def _is_ours(file: str) -> bool:
    folder, _, name = file.rpartition("/")
    return file in {*MAIN, *LOOSE} or (folder in FOLDERS and _FILE.fullmatch(name) is not None)


def _in_order(grids: Mapping[str, Grid]) -> list[str]:
    first = [file for file in (*MAIN, "renames") if file in grids]
    return [*first, *sorted(file for file in grids if file not in first)]
