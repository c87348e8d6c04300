"""The worked cases of a form: what each of them teaches, and a reviewer's doubts beside single answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.engine.problems import Problem, ProblemCode, similar
from hrddp_desktop.engine.sheets import EXAMPLES, MARGIN, Row, Sheet, read_beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.sheets import Beside

_Entries = dict[str, tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Note:
    """A doubt beside the answer at `path`; the path of a row is that of its table and the row, `a4_risks/K1`."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """One worked case in one language; its answers are in `name`.json and stay in the language they were written in."""

    name: str
    title: str
    teaches: str
    notes: tuple[Note, ...]


def read_examples(folder: Path, language: str) -> tuple[Example, ...]:
    """The worked cases of a form folder in the order of their sheet; a text without a translation is in English."""
    beside = read_beside(folder, language)
    words = beside.words.get(language, {})
    return tuple(
        Example(
            name=row.cell("example"),
            title=_said(words, row, "title"),
            teaches=_said(words, row, "teaches"),
            notes=tuple(
                Note(note.cell("path"), _text(words, _margin(note), note.cell("text")))
                for note in beside.sheet(MARGIN).rows
                if note.cell("example") == row.cell("example")
            ),
        )
        for row in beside.sheet(EXAMPLES).rows
    )


def _said(words: _Entries, row: Row, column: str) -> str:
    return _text(words, _example(row, column), row.cell(column))


def _text(words: _Entries, context: str, english: str) -> str:
    text, source, _ = words.get(context, ("", "", 0))
    return text if source == english else english


def _example(row: Row, column: str) -> str:
    return f"examples:{row.cell('example')}:{column}"


def _margin(row: Row) -> str:
    return f"margin:{row.cell('example')}:{row.cell('path')}"


# what can be wrong


def check_examples(definition: Definition, beside: Beside) -> Iterator[Problem]:
    """Notes that belong to no worked case or no question, and what is still to be translated."""
    listed = {row.cell("example") for row in beside.sheet(EXAMPLES).rows}
    for row in beside.sheet(EXAMPLES).rows:
        # A workbook carries what is said of the worked cases, not the cases: a form that came from one has none at all.
        if beside.cases and row.cell("example") not in beside.cases:
            yield _unknown(EXAMPLES, row, "example", row.cell("example"), beside.cases)
    for row in beside.sheet(MARGIN).rows:
        if row.cell("example") not in listed:
            yield _unknown(MARGIN, row, "example", row.cell("example"), listed)
        table, _, rest = row.cell("path").partition("/")
        for name in filter(None, (table, rest.partition("/")[2])):
            if name not in definition.items:
                yield _unknown(MARGIN, row, "path", name, definition.items)
    yield from _words(definition, beside)


def _unknown(sheet: str, row: Row, column: str, name: str, known: Iterable[str]) -> Problem:
    code = ProblemCode.REFERENCE_UNKNOWN if column == "path" else ProblemCode.EXAMPLE_UNKNOWN
    facts = (("name", name), ("hint", similar(name, known)))
    return Problem(sheet, row.number, column, None, code, facts)


def _texts(sheets: Mapping[str, Sheet]) -> Iterator[tuple[str, str, tuple[str, int, str]]]:
    """Every context with its English and its place."""
    for row in sheets.get(EXAMPLES, Sheet(EXAMPLES)).rows:
        for column in ("title", "teaches"):
            yield _example(row, column), row.cell(column), (EXAMPLES, row.number, column)
    for row in sheets.get(MARGIN, Sheet(MARGIN)).rows:
        yield _margin(row), row.cell("text"), (MARGIN, row.number, "text")


def _words(definition: Definition, beside: Beside) -> Iterator[Problem]:
    found = list(_texts(beside.sheets))
    known = {context for context, _, _ in found}
    for language in definition.languages[1:]:
        words = beside.words.get(language, {})
        for context in sorted(words.keys() - known):
            line = words[context][2]
            facts = (("name", context),)
            yield Problem(f"i18n/{language}", line, "", None, ProblemCode.TRANSLATION_UNKNOWN, facts)
        for context, english, (sheet, row, column) in found:
            if english and words.get(context, ("", "", 0))[1] != english:
                code = ProblemCode.TRANSLATION_STALE if context in words else ProblemCode.TRANSLATION_MISSING
                yield Problem(sheet, row, column, None, code, (("name", context), ("language", language)))
