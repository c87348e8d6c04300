"""The panel above a table: usual rows ticked, chosen and added by keyboard, as one step that undo takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from hrddp_desktop.engine.views import Option
from hrddp_desktop.i18n import words
from hrddp_desktop.ui.offers import Offers
from hrddp_desktop.ui.options import CheckOption
from hrddp_desktop.ui.tables import TableEditor
from tests.forms.test_offers import FIRST
from tests.ui.hands import focused, press, press_here
from tests.ui.test_tables import rows, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.wizard import Wizard

Key = Qt.Key
TABLE = "a4_risks"


@pytest.fixture
def risks(wizard: Wizard) -> Wizard:
    """The page of the risks of a case whose first answers are there."""
    for path, value in FIRST.items():
        if isinstance(value, str):
            wizard.desk.commit(path, value)
    for table in ("a1_recipients", "a1_supports"):
        found = FIRST[table]
        assert isinstance(found, list)
        for cells in found:
            wizard.desk.add_row(table)
            for name, value in cells.items():
                if name != "_row":
                    wizard.desk.commit(f"{table}/{cells['_row']}/{name}", value)
    wizard.show_page("g4_risks")
    return wizard


def panel(wizard: Wizard, table: str = TABLE) -> Offers:
    found = wizard.findChild(Offers, f"{table}:offers")
    assert isinstance(found, Offers)
    return found


def button(wizard: Wizard, name: str, table: str = TABLE) -> QPushButton:
    found = wizard.findChild(QPushButton, f"{table}:offers:{name}")
    assert isinstance(found, QPushButton)
    return found


def test_risks_are_chosen_by_keyboard_and_come_as_one_step(
    risks: Wizard, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    assert panel(risks).isVisible()
    assert focused() is button(risks, "open"), "what is on offer comes first"
    assert panel(risks).codes() == [], "no risk is ticked for anybody"
    assert not button(risks, "add").isEnabled()
    for code, key in (("RS03", Key.Key_Space), ("RM07", Key.Key_Return)):
        box = risks.findChild(CheckOption, f"{TABLE}:offers:{code}")
        assert isinstance(box, CheckOption)
        assert box.accessibleName()
        press(box, key)
    assert panel(risks).codes() == ["RS03", "RM07"]
    with qtbot.waitSignal(risks.desk.changed):
        press(button(risks, "add"), Key.Key_Return)
    assert [line[0].partition(" · ")[0] for line in shown(risks, TABLE)] == ["K1", "K2"]
    assert [row for row, _ in rows(stored(), TABLE)] == ["K1", "K2"]
    editor = risks.findChild(TableEditor, f"table:{TABLE}")
    assert isinstance(editor, TableEditor)
    cell = editor.cell(f"{TABLE}/K1/rk_code")
    assert cell is not None
    assert cell.isAncestorOf(focused()), "the first of them is open to be filled in"
    assert risks.findChild(CheckOption, f"{TABLE}:offers:RS02") is not None
    risks.desk.undo()
    assert rows(stored(), TABLE) == []


def test_the_heading_opens_the_list_once_the_table_has_rows(risks: Wizard) -> None:
    risks.desk.add_row(TABLE)
    assert not button(risks, "add").isVisible()
    heading = button(risks, "open")
    assert str(len(risks.desk.assessment.offered(TABLE, "en"))) in heading.text()
    press(heading, Key.Key_Space)
    assert button(risks, "add").isVisible()
    assert heading.accessibleDescription()
    press(heading, Key.Key_Return)
    assert not button(risks, "add").isVisible()


def test_a_table_without_offers_has_no_panel(risks: Wizard) -> None:
    risks.show_page("g1_recipients")
    assert not panel(risks, "a1_recipients").isVisible()


def test_what_cannot_be_added_is_said(risks: Wizard, qtbot: QtBot) -> None:
    with qtbot.waitSignal(risks.desk.failed):
        risks.desk.add_offered(TABLE, ["RI04"])


def boxes(panel: Offers) -> list[tuple[str, bool]]:
    return [(box.text(), box.isChecked()) for box in panel.stops() if isinstance(box, CheckOption)]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_ticks_of_a_person_stay_while_the_list_changes(dressed: QApplication, qtbot: QtBot, language: str) -> None:
    outer = QWidget()
    qtbot.addWidget(outer)
    offers = Offers("t", words(language), outer)
    with qtbot.waitActive(outer):
        outer.show()
        outer.activateWindow()
    first = (Option("a", "One", selected=True), Option("c", "Three", selected=False))
    offers.show_offers(first, empty=False)
    assert offers.isVisible()
    assert dressed is not None
    assert boxes(offers) == [("One", True), ("Three", False)]
    stops = offers.stops()
    assert isinstance(stops[1], CheckOption)
    stops[1].setFocus()
    press_here(Key.Key_Space)
    offers.show_offers((first[0], Option("b", "Two", selected=True), first[1]), empty=False)
    assert boxes(offers) == [("One", False), ("Two", True), ("Three", False)]
    press_here(Key.Key_Tab)
    assert focused() is offers.stops()[2], "in reading order, also for one that came later"
    offers.stops()[1].setFocus()
    offers.show_offers((first[1],), empty=False)
    assert focused() is offers.stops()[0], "the keyboard is not lost with a box"
    offers.show_offers((), empty=True)
    assert not offers.isVisible()
