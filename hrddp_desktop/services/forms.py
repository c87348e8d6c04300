"""The installed forms: compiled once, then read from a cache keyed by the hash of their sheets."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from hrddp_desktop import paths
from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition, dump, load
from hrddp_desktop.engine.lint import lint
from hrddp_desktop.engine.renames import released_gaps
from hrddp_desktop.engine.sheets import fingerprint
from hrddp_desktop.errors import AnswerError, Code, FileError, FormError
from hrddp_desktop.files import write_file

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.problems import Problem

SURVEY = "survey.csv"
RELEASED = "_released"


class Forms:
    """The forms of one folder, by form id. Compiling is done at most once a form and process."""

    def __init__(self, folder: Path | None = None, cache: Path | None = None) -> None:
        self._folder = folder or paths.forms_dir()
        self._cache: Path | None = cache or paths.cache_dir()
        self._compiled: dict[str, Definition] = {}

    def names(self) -> tuple[str, ...]:
        """The ids of the forms that are installed."""
        return tuple(sorted(file.parent.name for file in self._folder.glob(f"*/{SURVEY}")))

    def definition(self, form: str) -> Definition:
        """The compiled form. Raises FormError(FORM_MISSING | FORM_BROKEN)."""
        if form not in self._compiled:
            self._compiled[form] = self._cached(form)
        return self._compiled[form]

    def with_table(self, table: str, first: str) -> Definition:
        """The form that decides by this table, `first` before the others. Raises AnswerError(TABLE_UNKNOWN)."""
        known: set[str] = set()
        for form in (first, *self.names()):
            definition = self.definition(form)
            if table in definition.tables:
                return definition
            known |= definition.tables.keys()
        raise AnswerError(Code.TABLE_UNKNOWN, table=table, known=", ".join(sorted(known)))

    def without_cache(self) -> Forms:
        """The same forms compiled from their sheets, whatever a cache says; for what others will rely on."""
        forms = Forms(self._folder)
        forms._cache = None
        return forms

    def folder(self, form: str) -> Path:
        """Where the sheets of a form lie. Raises FormError(FORM_MISSING)."""
        folder = self._folder / form
        if not (folder / SURVEY).is_file():
            raise FormError(Code.FORM_MISSING, folder=folder)
        return folder

    def _cached(self, form: str) -> Definition:
        folder = self.folder(form)
        if self._cache is None:
            return compiled(folder)
        file = self._cache / f"{form}-{fingerprint(folder)}.json"
        with contextlib.suppress(OSError):
            digest, _, content = file.read_bytes().partition(b"\n")
            # A damaged cache must not become a form: what is loaded is what was written, or it is compiled again.
            if digest == _digest(content):
                return load(content)
        definition = compiled(folder)
        content = dump(definition)
        # The cache only saves time: a disk that takes none is no reason to stop.
        with contextlib.suppress(FileError):
            write_file(file, _digest(content) + b"\n" + content)
        return definition


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def compiled(folder: Path) -> Definition:
    """The form in `folder`, compiled afresh. Raises FormError(FORM_BROKEN), naming the first problem."""
    result = compile_form(folder)
    if isinstance(result, Definition):
        return result
    raise FormError(Code.FORM_BROKEN, form=folder.name, count=len(result), detail=result[0].sentence)


def check(folder: Path | None = None) -> list[Problem]:
    """Every mistake and warning of the form in `folder`, or of all installed forms and the guidance beside them.

    Raises FormError(FORM_MISSING).
    """
    root = folder or paths.forms_dir()
    folders = [root] if (root / SURVEY).is_file() else sorted(file.parent for file in root.glob(f"*/{SURVEY}"))
    if not folders:
        raise FormError(Code.FORM_MISSING, folder=root)
    from hrddp_desktop.services import guidance_sheets  # imported here: opening a form needs no guidance

    problems = [problem for each in folders for problem in (*lint(each), *_released_gaps(each))]
    if root not in folders and guidance_sheets.exists(root):
        problems += guidance_sheets.check(root, _questions(folders))
    return problems


def _questions(folders: list[Path]) -> frozenset[str]:
    """The names of all questions of some forms; a form that cannot be read has said so itself."""
    found = (compile_form(folder) for folder in folders)
    return frozenset(name for one in found if isinstance(one, Definition) for name in one.items)


def _released_gaps(folder: Path) -> list[Problem]:
    """What records in the field hold and the form has no place for, against its newest released version."""
    released = sorted((folder.parent / RELEASED).glob(f"{folder.name}-*.json"))
    definition = compile_form(folder)
    if not released or not isinstance(definition, Definition):
        return []
    return released_gaps(definition, load(released[-1].read_bytes()))


def as_line(problem: Problem) -> str:
    """A problem as one line: where it is, and what to do."""
    kind = "warning: " if problem.is_warning else ""
    return f"{problem.sheet}, row {problem.row}, {problem.column}: {kind}{problem.sentence}"


def as_data(problem: Problem) -> dict[str, object]:
    """A problem as JSON-ready data."""
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "offset": problem.offset,
        "code": problem.code.name,
        "sentence": problem.sentence,
        "warning": problem.is_warning,
    }
