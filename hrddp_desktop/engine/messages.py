"""The texts of a form that are translated, in the order of its sheets, and its PO files brought up to date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hrddp_desktop.engine import catalogues
from hrddp_desktop.engine.grids import FormFiles, context_of
from hrddp_desktop.engine.sheets import EXAMPLES, MARGIN
from hrddp_desktop.engine.survey import TRANSLATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hrddp_desktop.engine.catalogues import Catalogue, Entry, Merge

_HELPERS = frozenset({"decisions/variables", "decisions/facts"})
_OF_EXAMPLES = {EXAMPLES: ("title", "teaches"), MARGIN: ("text",)}


@dataclass(frozen=True, slots=True)
class Message:
    """One text with its place: the file, the row in it (from 0) and the column."""

    context: str
    english: str
    file: str
    row: int
    column: str


def translated_columns(file: str, settings: Mapping[str, str]) -> tuple[str, ...]:
    """The columns of a sheet whose texts are translated; of the choices also what the settings name."""
    if file == "survey":
        return TRANSLATED
    if file == "decisions/facts":
        return ("fact",)
    if file.startswith("decisions/") and file not in _HELPERS:
        return ("reason",)
    if file == "choices":
        return ("label", *settings.get("translated", "").split())
    if file in _OF_EXAMPLES:
        return _OF_EXAMPLES[file]
    return ("form_title",) if file == "settings" else ()


def messages(files: FormFiles) -> Iterator[Message]:
    """Every text: questions, choices list by list, rules table by table, facts, the title, worked cases."""
    yield from _of(files, "survey")
    by_list: dict[str, list[Message]] = {}
    lists = files.grid("choices").values("list_name")
    for message in _of(files, "choices"):
        by_list.setdefault(lists[message.row], []).append(message)
    for found in by_list.values():
        yield from found
    for file in decision_files(files):
        yield from _of(files, file)
    read = set(files.grid("decisions/variables").values("variable"))
    facts = files.grid("decisions/facts").values("variable")
    yield from (message for message in _of(files, "decisions/facts") if facts[message.row].partition("/")[0] in read)
    yield from _of(files, "settings")
    for file in _OF_EXAMPLES:
        yield from _of(files, file)


def decision_files(files: FormFiles) -> list[str]:
    """The decision tables in the order in which their variables are listed, the others after them."""
    listed = dict.fromkeys(f"decisions/{name}" for name in files.grid("decisions/variables").values("table"))
    tables = [file for file in files.grids if file.startswith("decisions/") and file not in _HELPERS]
    return [*(file for file in listed if file in tables), *sorted(file for file in tables if file not in listed)]


def _of(files: FormFiles, file: str) -> Iterator[Message]:
    grid = files.grid(file)
    columns = [column for column in translated_columns(file, files.settings) if column in grid.columns]
    for at, record in enumerate(grid.records()):
        if grid.file == "survey" and not record.get("name"):
            continue
        for column in columns:
            if record[column]:
                yield Message(context_of(grid.file, record, column), record[column], grid.file, at, column)


@dataclass(frozen=True, slots=True)
class Update:
    """The PO files for the sheets of today, and by language what was found."""

    files: FormFiles
    found: dict[str, Merge]


def updated(files: FormFiles) -> Update:
    """The catalogues merged with the texts of today."""
    wanted = [(message.context, message.english) for message in messages(files)]
    ours = ["survey", "choices", "settings", "facts", "examples", "margin"]
    ours += [file.rpartition("/")[2] for file in decision_files(files)]
    result: dict[str, Catalogue] = {}
    found: dict[str, Merge] = {}
    for language, catalogue in files.catalogues.items():
        result[language], found[language] = catalogues.merged(catalogue, wanted, ours)
    return Update(replace(files, catalogues=result), found)


def entries_by_key(catalogue: Catalogue) -> dict[tuple[str, str], Entry]:
    """The live entries of a catalogue by context and English."""
    return {entry.key: entry for entry in catalogue.live}
