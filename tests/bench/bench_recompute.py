"""One answer's recompute: against opening the whole record afresh, and against writing the answer into a dict.

Every question that is shown is answered another way and back again, on the shipped form and on one of 250 questions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.session import Session, open_session
from hrddp_desktop.engine.views import FieldView, TableView
from tests.bench.timing import Series, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hrddp_desktop.engine.answers import Raw

_ROOT = Path(__file__).parent.parent.parent
_AS_OF = date(2026, 3, 5)
_ROWS = 5
_TURNS = 20
_ANSWERS = {
    "text": ("one line", "another line"),
    "long": ("one line", "another line"),
    "integer": ("12", "13"),
    "decimal": ("12.5", "13.5"),
    "date": ("2026-01-20", "2026-02-20"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One that is shown, on which page, its answer and another one."""

    path: str
    page: str
    kept: object
    other: Raw


def main(form: Path, example: Path | None) -> None:
    """Measure one form and show."""
    definition = compile_form(form)
    if not isinstance(definition, Definition):
        raise SystemExit(f"{form} has problems; the first: {definition[0].sentence}")
    given = json.loads(example.read_text("utf-8"))["answers"] if example else {}
    session = open_session(definition, given, as_of=_AS_OF)
    questions = _filled(session)
    one, shown = Series("one answer"), Series("one answer, page and outline shown anew")
    fresh, floor = Series("opened afresh"), Series("dict write")
    plain: dict[str, object] = {}
    for turn in range(_TURNS):
        for question in questions:
            for raw in (question.other, question.kept):
                if turn % 2:
                    one.measure(session.set, question.path, raw)  # type: ignore[arg-type]  # what the session gave
                else:
                    shown.measure(_answer_and_show, session, question, raw)
                floor.measure(plain.__setitem__, question.path, raw)
        fresh.measure(_open_afresh, definition, session.answers())
    title = f"{definition.title}: {len(questions)} answered questions and cells"
    show(title, [one, shown, fresh, floor], [fresh, floor])


def _answer_and_show(session: Session, question: Question, raw: object) -> None:
    session.set(question.path, raw)  # type: ignore[arg-type]  # what the session gave
    session.route()
    session.page(question.page, "en")


def _open_afresh(definition: Definition, answers: dict[str, object]) -> None:
    """As it is when a record is opened: up to the outline, which needs every answer."""
    open_session(definition, answers, as_of=_AS_OF).route()


def _filled(session: Session) -> list[Question]:
    """Answer all that is shown and blank, until nothing new appears; everything that is then shown."""
    while True:
        blank = [each for each in _questions(session) if each.kept in (None, "", [], ())]
        if not blank:
            return list(_questions(session))
        for question in blank:
            session.set(question.path, question.other)


def _questions(session: Session) -> Iterator[Question]:
    for page in session.route():
        for view in session.page(page.name, "en"):
            fields = _cells(session, view) if isinstance(view, TableView) else [view]
            for field in fields:
                if field.relevant and not field.read_only:
                    yield from _question(field, page.name)


def _cells(session: Session, table: TableView) -> list[FieldView]:
    for _ in range(_ROWS - len(table.rows)):
        session.add_row(table.name)
    return [cell for row in session.table(table.name, "en").rows for cell in row.cells]


def _question(view: FieldView, page: str) -> Iterator[Question]:
    """None for a note, and for a choice that offers nothing."""
    codes = [option.code for option in view.options]
    if view.type in _ANSWERS:
        yield Question(view.path, page, view.value, next(raw for raw in _ANSWERS[view.type] if raw != view.text))
    elif codes:
        kept = view.value if view.value else None
        other = next((code for code in codes if kept not in (code, (code,), [code])), codes[0])
        yield Question(view.path, page, kept, other if view.type.startswith("select_one") else [other])


if __name__ == "__main__":
    shipped = _ROOT / "forms" / "assessment"
    main(shipped, shipped / "examples" / "armed_group.json")
    main(_ROOT / "tests" / "data" / "bench_form", None)
