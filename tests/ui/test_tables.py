"""Recipients and supports: rows added, filled in, moved, deleted and brought back by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QPushButton, QTableView

from hrddp_desktop.ui.options import CheckOption
from tests.ui.hands import focused, press, press_here, type_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.wizard import Wizard

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
TABLE = "a1_recipients"


@pytest.fixture
def recipients(wizard: Wizard) -> Wizard:
    """The page of the recipients, with none yet."""
    wizard.desk.commit("a1_any_security", "yes")
    wizard.show_page("g1_recipients")
    return wizard


def add(wizard: Wizard, name: str, qtbot: QtBot) -> None:
    """Press the button that adds a row, type the name."""
    press(wizard.findChild(QPushButton, f"{TABLE}:add"), Key.Key_Space)
    assert focused().objectName().endswith("/rec_name")
    with qtbot.waitSignal(wizard.desk.changed):
        type_here(name)
        press_here(Key.Key_Return)


def shown(wizard: Wizard, table: str = TABLE) -> list[list[str]]:
    """The rows as they stand in the list."""
    view = wizard.findChild(QTableView, table)
    assert isinstance(view, QTableView)
    model = view.model()
    assert isinstance(model, QAbstractItemModel)
    return [[str(model.index(r, c).data()) for c in range(model.columnCount())] for r in range(model.rowCount())]


def rows(answers: dict[str, object], table: str = TABLE) -> list[tuple[str, object]]:
    """Row ids and names as stored."""
    found = answers.get(table, [])
    assert isinstance(found, list)
    return [(row["_row"], row.get("rec_name")) for row in found]


def test_a_row_is_added_and_filled_in_by_keyboard(
    recipients: Wizard, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    add(recipients, "Border Police & Co", qtbot)
    assert shown(recipients)[0][0] == "R1 · Border Police & Co"
    assert "missing" in shown(recipients)[0][-1]
    assert rows(stored()) == [("R1", "Border Police & Co")]


def test_arrows_choose_the_row_that_the_form_shows(recipients: Wizard, qtbot: QtBot) -> None:
    for name in ("First", "Second"):
        add(recipients, name, qtbot)
    view = recipients.findChild(QTableView, TABLE)
    assert isinstance(view, QTableView)
    view.setFocus()
    press(view, Key.Key_Up)
    press(view, Key.Key_Return)
    assert focused().objectName() == f"{TABLE}/R1/rec_name"


def test_a_deleted_row_comes_back_with_undo(
    recipients: Wizard, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    for name in ("First", "Second"):
        add(recipients, name, qtbot)
    view = recipients.findChild(QTableView, TABLE)
    assert isinstance(view, QTableView)
    view.setFocus()
    press(view, Key.Key_Delete)
    assert rows(stored()) == [("R1", "First")]
    press_here(Key.Key_Z, CONTROL)
    assert rows(stored()) == [("R1", "First"), ("R2", "Second")]
    assert [line[0].split(" · ")[0] for line in shown(recipients)] == ["R1", "R2"]


def test_a_row_moves_with_alt_and_an_arrow(
    recipients: Wizard, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    for name in ("First", "Second"):
        add(recipients, name, qtbot)
    view = recipients.findChild(QTableView, TABLE)
    assert isinstance(view, QTableView)
    view.setFocus()
    press(view, Key.Key_Up, ALT)
    assert rows(stored()) == [("R2", "Second"), ("R1", "First")]
    assert [line[0].split(" · ")[0] for line in shown(recipients)] == ["R2", "R1"]


def test_the_last_row_deleted_leaves_the_way_to_add_one(recipients: Wizard, qtbot: QtBot) -> None:
    add(recipients, "Only", qtbot)
    view = recipients.findChild(QTableView, TABLE)
    assert isinstance(view, QTableView)
    view.setFocus()
    press(view, Key.Key_Delete)
    assert shown(recipients) == []
    assert focused().objectName() == f"{TABLE}:add"


def test_a_support_row_is_linked_to_recipients_by_their_names(
    recipients: Wizard, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    for name in ("First", "Second"):
        add(recipients, name, qtbot)
    recipients.show_page("g1_support")
    press(recipients.findChild(QPushButton, "a1_supports:add"), Key.Key_Space)
    box = recipients.findChild(CheckOption, "a1_supports/S1/sup_rec=R2")
    assert isinstance(box, CheckOption)
    assert box.plain == "Second"
    press(box, Key.Key_Space)
    supports = stored()["a1_supports"]
    assert isinstance(supports, list)
    assert supports[0]["sup_rec"] == ["R2"]
