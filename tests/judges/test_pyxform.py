"""The sector's own tools take the forms as we export them, and understand each name as we do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyxform.errors import PyXFormError

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.functions import builder
from hrddp_desktop.engine.kinds import Nodes
from hrddp_desktop.engine.program import program
from tests.engine.forms import write_form
from tests.judges.conftest import MADE_UP, SHIPPED
from tests.judges.xform import references, validate, workbook_of, xform_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.engine.nodes import Place
    from tests.judges.conftest import Judged


@pytest.mark.parametrize("name", SHIPPED)
def test_odk_validate_accepts_every_shipped_form(name: str, judged: Callable[[str], Judged], tmp_path: Path) -> None:
    file = tmp_path / "form.xml"
    file.write_text(judged(name).xform, "utf-8")
    assert validate(file) == ""


def test_odk_validate_refuses_what_it_cannot_work_out(tmp_path: Path) -> None:
    folder = write_form(tmp_path / "form", "integer,a,,,,\ncalculate,b,,floor(${a}),,\n")
    file = tmp_path / "form.xml"
    file.write_text(xform_of(workbook_of(folder)), "utf-8")
    assert "cannot handle function 'floor'" in validate(file)


def test_pyxform_refuses_a_workbook_that_is_none() -> None:
    with pytest.raises(PyXFormError):
        xform_of(b"no workbook")


@pytest.mark.parametrize("name", [*SHIPPED, *MADE_UP])
def test_each_name_leads_where_pyxform_leads_it(name: str, judged: Callable[[str], Judged]) -> None:
    form = judged(name)
    definition = compile_form(form.folder)
    assert isinstance(definition, Definition)
    found = list(references(form.workbook, form.xform))
    known = [one for one in found if one.question in definition.items]
    theirs = [(one, one.place.split("/")[2:], one.every_row) for one in known]
    ours = [(one, *_led(definition, one.question, one.name)) for one in known]
    assert [one for one in theirs if one not in ours] == []
    assert len(known) > 10 or name not in {"assessment", *MADE_UP}  # a small form may name next to nothing


def test_both_kinds_of_leading_are_among_the_names(judged: Callable[[str], Judged]) -> None:
    form = judged("language")
    inside = {"x_others", "x_total", "v_same", "y", "w"}
    kinds = {(one.question in inside, one.every_row) for one in references(form.workbook, form.xform)}
    assert kinds == {(True, True), (True, False), (False, True), (False, False)}


def _led(definition: Definition, question: str, name: str) -> tuple[list[str], bool]:
    """Where our engine leads a name of a question: the place below the form, and whether to every row."""
    names = program(definition).names
    nodes = builder(names, names.place(question)).build(syntax.Reference(name, 0))
    assert isinstance(nodes, Nodes)
    assert nodes.place is not None
    return _steps(nodes.place), nodes.place.table is not None and not nodes.local


def _steps(place: Place) -> list[str]:
    steps: list[str] = []
    above: Place | None = place
    while above is not None and above.kind != "document":
        steps.insert(0, above.name)
        above = above.parent
    return steps[1:]
