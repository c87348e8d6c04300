"""What authors of forms do: a workbook and back, what changed, translations, what depends on what."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop import paths
from hrddp_desktop.engine import catalogues, messages
from hrddp_desktop.engine.compare import differences
from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.grids import FOLDERS, FormFiles, csv_bytes, read_files
from hrddp_desktop.engine.lint import softer_rows
from hrddp_desktop.engine.maps import map_of
from hrddp_desktop.engine.workbook import workbook
from hrddp_desktop.engine.workbook_cells import WorkbookError
from hrddp_desktop.engine.workbook_import import take_back
from hrddp_desktop.errors import Code, FileError, FormError
from hrddp_desktop.files import read_file, write_file
from hrddp_desktop.services import guidance_sheets, spoken
from hrddp_desktop.services.forms import SURVEY, compiled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hrddp_desktop.engine.catalogues import Catalogue, Merge
    from hrddp_desktop.engine.compare import Difference
    from hrddp_desktop.engine.maps import Map
    from hrddp_desktop.engine.problems import Problem

_WORKBOOK_LIMIT = 16 * 1024 * 1024


def form_folder(name: str) -> Path:
    """The folder of a form: one that is named, or that of an installed form. Raises FormError(FORM_MISSING)."""
    for folder in (Path(name), paths.forms_dir() / name):
        if (folder / SURVEY).is_file():
            return folder
    raise FormError(Code.FORM_MISSING, folder=name)


def export(form: str, file: Path) -> None:
    """Write the form as a workbook. Raises FormError for a form with problems, FileError."""
    folder = form_folder(form)
    definition = compiled(folder)
    files, _ = read_files(folder)
    try:
        content = workbook(files, definition)
    except WorkbookError as error:
        raise FileError(Code.FILE_NOT_WRITTEN, file=file, detail=str(error)) from error
    write_file(file, content)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote and took away, or why it did nothing.

    `softer` are rows of decision tables by which a graver fact gives a milder outcome: the form can be used with them,
    and somebody has to want them.
    """

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    softer: tuple[Problem, ...] = ()


def take_in(file: Path, folder: Path) -> Imported:
    """Write the form of a workbook into `folder`; a workbook with problems changes nothing. Raises FileError."""
    files, problems, softer = _from_workbook(file)
    return Imported(problems=tuple(problems)) if problems else replace(_store(files, folder), softer=tuple(softer))


def _from_workbook(file: Path) -> tuple[FormFiles, list[Problem], list[Problem]]:
    """The files of the form in a workbook, its mistakes, and what is softer in it than it should be."""
    try:
        taken = take_back(read_file(file, _WORKBOOK_LIMIT))
    except WorkbookError as error:
        raise FileError(Code.FILE_UNREADABLE, file=file, detail=str(error)) from error
    with tempfile.TemporaryDirectory() as folder:
        _store(taken.files, Path(folder))
        result = compile_form(Path(folder))
    if isinstance(result, Definition):
        return taken.files, list(taken.problems), [taken.placed(problem) for problem in softer_rows(result)]
    return taken.files, [*taken.problems, *(taken.placed(problem) for problem in result)], []


def _store(files: FormFiles, folder: Path) -> Imported:
    """The sheets and PO files of a form; those of an earlier state that the form no longer has go."""
    contents = {f"{name}.csv": csv_bytes(grid) for name, grid in files.grids.items()}
    contents |= {f"i18n/{name}.po": catalogues.written(catalogue) for name, catalogue in files.catalogues.items()}
    written = [name for name, content in contents.items() if _is_new(folder / name, content)]
    for name in written:
        write_file(folder / name, contents[name])
    old = [file for part in FOLDERS for file in (folder / part).glob("*.csv")] + list((folder / "i18n").glob("*.po"))
    removed = sorted(name for file in old if (name := file.relative_to(folder).as_posix()) not in contents)
    for name in removed:
        (folder / name).unlink()
    return Imported(tuple(written), tuple(removed))


def _is_new(file: Path, content: bytes) -> bool:
    return not file.is_file() or file.read_bytes() != content


def definition_of(source: str) -> Definition:
    """The form of a folder, of a workbook, or of a compiled JSON file. Raises FormError, FileError."""
    from hrddp_desktop.engine.definition import load

    file = Path(source)
    if file.suffix == ".json":
        try:
            return load(read_file(file, _WORKBOOK_LIMIT))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FileError(Code.FILE_UNREADABLE, file=file, detail="it is not a compiled form") from error
    if file.suffix != ".xlsx":
        return compiled(form_folder(source))
    files, problems, _ = _from_workbook(file)
    if problems:
        raise FormError(Code.FORM_BROKEN, form=file.name, count=len(problems), detail=str(problems[0]))
    with tempfile.TemporaryDirectory() as folder:
        _store(files, Path(folder))
        return compiled(Path(folder))


def summary_of(result: Imported) -> Mapping[str, object]:
    """An import as JSON-ready data."""
    from hrddp_desktop.services.forms import as_data

    return {
        "written": list(result.written),
        "removed": list(result.removed),
        "problems": [as_data(problem) for problem in result.problems],
        "softer": [as_data(problem) for problem in result.softer],
    }


# what changed, what depends on what


def changes(old: str, new: str) -> list[Difference]:
    """What a reader would say changed between two states of a form. Raises FormError, FileError."""
    return differences(definition_of(old), definition_of(new))


def drawn(form: str, name: str) -> tuple[Map, Definition]:
    """The map of one question. Raises FormError(FORM_MISSING | FORM_BROKEN | ITEM_UNKNOWN)."""
    definition = definition_of(form)
    try:
        return map_of(definition, name), definition
    except KeyError as error:
        raise FormError(Code.ITEM_UNKNOWN, form=definition.form_id, name=name) from error


# translations


@dataclass(frozen=True, slots=True)
class Words:
    """The state of one PO file: what was found, and whether the file as it lies there says the same already."""

    file: Path
    found: Merge
    is_current: bool
    content: bytes


def words_of_form(form: str) -> list[Words]:
    """The PO files of a form brought up to date, in memory. Raises FormError(FORM_MISSING | FORM_BROKEN)."""
    folder = form_folder(form)
    files, problems = read_files(folder)
    if problems:
        raise FormError(Code.FORM_BROKEN, form=folder.name, count=len(problems), detail=problems[0].sentence)
    update = messages.updated(files)
    return [
        _words(folder / "i18n" / f"{language}.po", files.catalogues[language], catalogue, update.found[language])
        for language, catalogue in update.files.catalogues.items()
    ]


def words_of_guidance() -> list[Words]:
    """The PO files of the guidance brought up to date, in memory. Raises FormError(FORM_BROKEN)."""
    folder = paths.forms_dir()
    sheets = guidance_sheets.read_sheets(folder)
    if sheets.problems:
        problems = sheets.problems
        raise FormError(Code.FORM_BROKEN, form="guidance", count=len(problems), detail=problems[0].sentence)
    return [
        _words(folder / "i18n" / f"{language}.po", before, after, found)
        for language, (before, after, found) in guidance_sheets.updated(sheets).items()
    ]


def words_of_app() -> list[Words]:
    """The PO files of the app itself brought up to date, in memory. Raises FileError."""
    result = []
    for file in sorted((paths.resources_dir() / "i18n").glob("*.po")):
        try:
            before = catalogues.read(file)
        except (OSError, ValueError) as error:
            raise FileError(Code.FILE_UNREADABLE, file=file, detail=str(error)) from error
        after, found = spoken.updated(paths.data_root() / "hrddp_desktop", before)
        result.append(_words(file, before, after, found))
    return result


def _words(file: Path, before: Catalogue, after: Catalogue, found: Merge) -> Words:
    return Words(file, found, before.entries == after.entries, catalogues.written(after))


def store_words(found: list[Words]) -> list[Path]:
    """Write the PO files that are not up to date. Raises FileError."""
    stale = [words for words in found if not words.is_current]
    for words in stale:
        write_file(words.file, words.content)
    return [words.file for words in stale]
