"""The worked cases that a form ships, to read along: their list, and one of them open without a place in a vault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hrddp_desktop.engine.examples import read_examples
from hrddp_desktop.engine.views import FieldView, TableView
from hrddp_desktop.files import read_file
from hrddp_desktop.services import assessment
from hrddp_desktop.services.shown import Shown

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.examples import Example
    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.services.forms import Forms

_LIMIT = 4 * 1024 * 1024
_ALWAYS_SHOWN = ("note", "calculate")


@dataclass(frozen=True, slots=True)
class Offered:
    """One line of the list of worked cases: the code of its outcome and the outcome's word in one language."""

    name: str
    title: str
    teaches: str
    outcome: str
    word: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reviewer's doubt with the page and, in a table, the row where it is read."""

    path: str
    text: str
    page: str
    page_label: str
    row: str


def offered(forms: Forms, language: str, form: str = assessment.FORM) -> tuple[Offered, ...]:
    """The worked cases of a form, in the order of their sheet, decided by the rules that are installed."""
    definition = forms.definition(form)
    found = []
    for example in read_examples(forms.folder(form), language):
        outcome = assessment.final_decision(_session(forms, form, example)).outcome or "incomplete"
        word = definition.choice_label("outcome", outcome, language)
        found.append(Offered(example.name, example.title, example.teaches, outcome, word))
    return tuple(found)


def open_example(forms: Forms, name: str, language: str, form: str = assessment.FORM) -> WorkedCase:
    """One worked case with its doubts in a language. Raises FileError, AnswerError for one that cannot be read."""
    example = next(each for each in read_examples(forms.folder(form), language) if each.name == name)
    return WorkedCase(example, _session(forms, form, example))


def _file(folder: Path, name: str) -> Path:
    return folder / "examples" / f"{name}.json"


def _session(forms: Forms, form: str, example: Example) -> Session:
    path = _file(forms.folder(form), example.name)
    return assessment.open_file(assessment.read(read_file(path, _LIMIT), path.name), forms)


class WorkedCase(Shown):
    """A worked case as a reader sees it: what was answered, as text, with a reviewer's doubts; nothing is written."""

    def __init__(self, example: Example, session: Session) -> None:
        super().__init__(example.name, session, {note.path: note.text for note in example.notes})
        self.title = example.title
        self.notes = example.notes

    def page(self, name: str, language: str) -> tuple[FieldView | TableView, ...]:
        """What was answered on a page; a question that was left out is shown only where a doubt stands beside it."""
        views = (_as_read(view) for view in super().page(name, language))
        return tuple(view for view in views if self._is_read(view))

    def view(self, path: str, language: str) -> FieldView:
        """One answer, to read."""
        return _as_text(super().view(path, language))

    def placed(self, language: str) -> tuple[Doubt, ...]:
        """The doubts in the order in which they are read, each with its page."""
        pages = self.pages(language)
        shown = {
            page.name: [_names(view) for view in super(WorkedCase, self).page(page.name, language)] for page in pages
        }
        found: dict[str, Doubt] = {}
        for page in pages:
            for note in self.notes:
                table, _, rest = note.path.partition("/")
                row, _, cell = rest.partition("/")
                if any(table in names and (not cell or cell in names) for names in shown[page.name]):
                    found.setdefault(note.path, Doubt(note.path, note.text, page.name, page.label, row))
        return tuple(found.values())

    def _is_read(self, view: FieldView | TableView) -> bool:
        if isinstance(view, TableView):
            return bool(view.rows) or view.path in self.doubts
        return bool(view.text) or view.type in _ALWAYS_SHOWN or view.path in self.doubts


def _names(view: FieldView | TableView) -> set[str]:
    """A question, or a table with the columns that the page shows."""
    return {view.name, *(column.name for column in view.columns)} if isinstance(view, TableView) else {view.name}


def _as_read(view: FieldView | TableView) -> FieldView | TableView:
    if not isinstance(view, TableView):
        return _as_text(view)
    rows = tuple(
        replace(row, cells=tuple(_as_text(cell) for cell in row.cells if cell.text or cell.type in _ALWAYS_SHOWN))
        for row in view.rows
    )
    return replace(view, rows=rows, fixed=True, excuse_kinds=())


def _as_text(view: FieldView) -> FieldView:
    """An answer as a value that is only read, so that no widget offers to change it."""
    if view.type in _ALWAYS_SHOWN:
        return view
    return replace(view, type="calculate", text=view.text or "–", read_only=True, options=(), excuse_kinds=())
