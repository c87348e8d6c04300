"""The installed forms: compiled once, then read from a cache keyed by the hash of their sheets."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from hrddp_desktop import paths
from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition, dump, load
from hrddp_desktop.engine.sheets import fingerprint
from hrddp_desktop.errors import Code, FileError, FormError
from hrddp_desktop.files import write_file

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.problems import Problem

SURVEY = "survey.csv"


class Forms:
    """The forms of one folder, by form id. Compiling is done at most once a form and process."""

    def __init__(self, folder: Path | None = None, cache: Path | None = None) -> None:
        self._folder = folder or paths.forms_dir()
        self._cache = cache or paths.cache_dir()
        self._compiled: dict[str, Definition] = {}

    def names(self) -> tuple[str, ...]:
        """The ids of the forms that are installed."""
        return tuple(sorted(file.parent.name for file in self._folder.glob(f"*/{SURVEY}")))

    def definition(self, form: str) -> Definition:
        """The compiled form. Raises FormError(FORM_MISSING | FORM_BROKEN)."""
        if form not in self._compiled:
            self._compiled[form] = self._cached(self._folder / form)
        return self._compiled[form]

    def _cached(self, folder: Path) -> Definition:
        if not (folder / SURVEY).is_file():
            raise FormError(Code.FORM_MISSING, folder=folder)
        file = self._cache / f"{folder.name}-{fingerprint(folder)}.json"
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return load(file.read_bytes())
        definition = compiled(folder)
        # The cache only saves time: a disk that takes none is no reason to stop.
        with contextlib.suppress(FileError):
            write_file(file, dump(definition))
        return definition


def compiled(folder: Path) -> Definition:
    """The form in `folder`, compiled afresh. Raises FormError(FORM_BROKEN), naming the first problem."""
    result = compile_form(folder)
    if isinstance(result, Definition):
        return result
    raise FormError(Code.FORM_BROKEN, form=folder.name, count=len(result), detail=result[0].sentence)


def check(folder: Path | None = None) -> list[Problem]:
    """Every problem of the form in `folder`, or of all installed forms. Raises FormError(FORM_MISSING)."""
    root = folder or paths.forms_dir()
    folders = [root] if (root / SURVEY).is_file() else sorted(file.parent for file in root.glob(f"*/{SURVEY}"))
    if not folders:
        raise FormError(Code.FORM_MISSING, folder=root)
    results = [compile_form(each) for each in folders]
    return [problem for result in results if not isinstance(result, Definition) for problem in result]


def as_line(problem: Problem) -> str:
    """A problem as one line: where it is, and what to do."""
    return f"{problem.sheet}, row {problem.row}, {problem.column}: {problem.sentence}"


def as_data(problem: Problem) -> dict[str, object]:
    """A problem as JSON-ready data."""
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "offset": problem.offset,
        "code": problem.code.name,
        "sentence": problem.sentence,
    }
