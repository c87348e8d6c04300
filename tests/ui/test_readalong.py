"""A worked case is found from home, read by keyboard with its doubts, and left without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QPlainTextEdit, QPushButton, QTableView, QWidget

from hrddp_desktop.ui.doubts import Doubt
from hrddp_desktop.ui.readalong import ReadAlong
from tests.ui.hands import focused, press, press_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window

Key = Qt.Key


def shown(window: Window) -> QWidget:
    found = window.screen_shown()
    assert found is not None
    return found


def doubt(reader: ReadAlong) -> Doubt:
    """The doubt that has the keyboard."""
    found = focused()
    assert isinstance(found, Doubt)
    assert reader.isAncestorOf(found)
    return found


@pytest.fixture
def reader(at_home: Window, qtbot: QtBot) -> ReadAlong:
    """The case that escalates, opened from home by keyboard."""
    press(at_home.findChild(QPushButton, "examples"), Key.Key_Space)
    qtbot.waitUntil(lambda: shown(at_home).objectName() == "example_list")
    press(at_home.findChild(QPushButton, "example:ibm_escalates"), Key.Key_Return)
    qtbot.waitUntil(lambda: shown(at_home).objectName() == "readalong")
    found = shown(at_home)
    assert isinstance(found, ReadAlong)
    return found


def test_the_list_says_outcome_and_lesson_of_each(at_home: Window, qtbot: QtBot) -> None:
    press(at_home.findChild(QPushButton, "examples"), Key.Key_Space)
    qtbot.waitUntil(lambda: shown(at_home).objectName() == "example_list")
    button = focused()
    assert button.objectName() == "example:case1"
    assert "Safer and fairer crossing points" in button.accessibleName()
    assert button.accessibleDescription().startswith("Proceed with mitigation. How a package")
    said = [label.text() for label in shown(at_home).findChildren(QLabel)]
    assert {"Escalate", "Must not proceed", "Not applicable"} <= set(said)


def test_the_band_says_that_nothing_is_saved(reader: ReadAlong) -> None:
    band = reader.findChild(QFrame, "band")
    assert isinstance(band, QFrame)
    assert band.isVisible()
    assert band.accessibleName() == "Example, to read along. Nothing is saved."


def test_no_page_offers_anything_that_could_be_changed(reader: ReadAlong) -> None:
    pages = 0
    while reader.page() is not None:
        page = reader.page()
        assert page is not None
        assert page.findChildren(QLineEdit) == []
        assert page.findChildren(QPlainTextEdit) == []
        assert [button.text() for button in page.findChildren(QPushButton) if button.isVisible()] == []
        pages += 1
        press_here(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pages > 30
    why = reader.findChild(QWidget, "why")
    assert isinstance(why, QWidget)
    assert any("D17a" in label.text() for label in why.findChildren(QLabel))


def test_the_keys_of_a_table_change_nothing(reader: ReadAlong) -> None:
    reader.show_page("g1_recipients")
    table = reader.findChild(QTableView, "a1_recipients")
    assert isinstance(table, QTableView)
    for key, modifiers in (
        (Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
        (Key.Key_Insert, Qt.KeyboardModifier.NoModifier),
        (Key.Key_Down, Qt.KeyboardModifier.AltModifier),
    ):
        press(table, key, modifiers)
    shown = [table.model().index(row, 0).data() for row in range(table.model().rowCount())]
    assert [title.partition(" · ")[0] for title in shown] == ["R1", "R2", "R3"]


@pytest.mark.parametrize(
    ("path", "page"),
    [("a4_balance", "g4_judgement"), ("a1_supports/S2", "g1_support"), ("a1_recipients/R3/el_a_text", "g4_record")],
)
def test_a_doubt_is_reached_from_the_list_and_has_the_keyboard(reader: ReadAlong, path: str, page: str) -> None:
    doubts = reader.findChild(QListWidget, "doubts")
    assert isinstance(doubts, QListWidget)
    at = next(row for row in range(doubts.count()) if doubts.item(row).data(Qt.ItemDataRole.UserRole) == path)
    doubts.setFocus()
    doubts.setCurrentRow(at)
    press(doubts, Key.Key_Return)
    assert reader.current == page
    said = doubt(reader)
    assert said.accessibleName().startswith("A reviewer asks: ")
    assert doubts.item(at).text().endswith(said.said)


def test_the_rows_of_a_table_say_how_many_doubts_they_have(reader: ReadAlong) -> None:
    reader.show_page("g4_record")
    table = reader.findChild(QTableView, "a1_recipients")
    assert isinstance(table, QTableView)
    last = table.model().columnCount() - 1
    said = [table.model().index(row, last).data() for row in range(table.model().rowCount())]
    assert said == ["Doubts: 1", "complete", "Doubts: 1"]


def test_a_language_keeps_the_example(at_home: Window, reader: ReadAlong, qtbot: QtBot) -> None:
    reader.language.emit("ar")
    qtbot.waitUntil(lambda: shown(at_home) is not reader)
    anew = shown(at_home)
    assert isinstance(anew, ReadAlong)
    assert anew.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert "عبور بحيرة أوريفا" in " ".join(label.text() for label in anew.findChildren(QLabel))


def test_leaving_returns_home_and_leaves_no_record(
    at_home: Window, reader: ReadAlong, stored: Callable[[], dict[str, object]], qtbot: QtBot
) -> None:
    press(reader, Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: shown(at_home).objectName() == "home")
    with pytest.raises(IndexError):
        stored()
