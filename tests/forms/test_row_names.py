"""A row is called by its name wherever somebody reads it, never by its label alone."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.i18n import words
from hrddp_desktop.report.blocks import Heading, Table
from hrddp_desktop.report.content import Grid
from hrddp_desktop.report.documents.shared import section_blocks
from hrddp_desktop.services import documents
from tests.authoring.workbooks import reworded
from tests.forms.worked import FORM

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.report.content import Section, Snapshot
    from tests.forms.worked import Form

UNITS = {
    "R1": "Tiravo post",
    "R2": "Directorate of Migration Control, registration unit",
    "R3": "Kehl Pass post",
    "R4": "Selm post",
}
COMMAND = "4th Frontier Sector command"


def snapshot_of(form: Form) -> Snapshot:
    session = form.example("case1.json")
    return documents.freeze(session, None, session.as_of, language="en")


def section_with(snapshot: Snapshot, column: str) -> tuple[Section, Grid]:
    return next(
        (section, item)
        for section in snapshot.sections
        for item in section.items
        if isinstance(item, Grid) and column in item.headings
    )


def test_the_screening_register_names_the_units_that_it_is_about(form: Form) -> None:
    session = form.example("case1.json")
    view = session.table("a3_screen_rows", "en")
    assert [row.title for row in view.rows] == [*UNITS.values(), COMMAND]
    first = session.view("a3_screen_rows/V1/sc_unit", "en")
    assert (first.value, first.text) == ("R1", UNITS["R1"])  # what is typed stays, what is read is the name
    session.set("a3_screen_rows/V1/sc_unit", "R9")
    assert session.view("a3_screen_rows/V1/sc_unit", "en").text == "R9"
    session.set("a1_recipients/R2/rec_name", None)
    assert session.table("a3_screen_rows", "en").rows[1].title == "R2"


def test_the_document_names_them_in_the_register(form: Form) -> None:
    _, grid = section_with(snapshot_of(form), "Unit or command")
    at = grid.headings.index("Unit or command")
    assert [row[at] for row in grid.rows] == [*UNITS.values(), COMMAND]


def test_a_row_of_a_later_page_is_headed_by_the_name_of_its_unit(form: Form) -> None:
    gate = form.definition.label("el_a_record", "en")
    section, _ = section_with(snapshot_of(form), gate)
    headings = [block.text for block in section_blocks(section, words("en"), titled=True) if isinstance(block, Heading)]
    plain = [heading.translate({0x2068: None, 0x2069: None}) for heading in headings]
    assert [f"{row} {name}" for row, name in UNITS.items() if f"{row} {name}" not in plain] == []


def test_a_row_of_a_small_table_is_named_beside_its_number(form: Form) -> None:
    rows = (("R1", "low"), ("R2", "Kehl Pass post"), ("R3", "high"))
    names = ("Tiravo post", "Kehl Pass post", "")
    found = documents_table(rows, names)
    assert found == ["R1 Tiravo post", "R2", "R3"]


def documents_table(rows: tuple[tuple[str, ...], ...], names: tuple[str, ...]) -> list[str]:
    from hrddp_desktop.report.content import Section

    section = Section(4, "Page", (Grid("Units", ("No.", "Level"), rows, names),))
    (table,) = (block for block in section_blocks(section, words("en"), titled=True) if isinstance(block, Table))
    return [row[0].text.translate({0x2068: None, 0x2069: None}) for row in table.rows]


def test_a_text_names_rows_of_a_table_that_there_is(tmp_path: Path) -> None:
    shutil.copytree(FORM, tmp_path / "form")
    reworded(tmp_path / "form", "survey", "sc_unit", "table", "a1_recipient")
    found = compile_form(tmp_path / "form")
    assert not isinstance(found, Definition)
    assert [(one.code, one.column) for one in found] == [(ProblemCode.TABLE_MISSING, "table")]
