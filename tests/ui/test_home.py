"""Home: finding a record again with the keyboard alone, and a list that reads no more than it shows."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableView

from hrddp_desktop import paths
from hrddp_desktop.services import assessment, vault
from hrddp_desktop.services.records import Office
from hrddp_desktop.storage.looking import Looker
from hrddp_desktop.storage.records import SetAnswer
from hrddp_desktop.ui.finder import Finder
from hrddp_desktop.ui.home import Home
from tests.ui.conftest import PASSPHRASE, PERSON
from tests.ui.hands import focused, press, press_here, type_here

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.storage.finding import Hit, Wanted
    from hrddp_desktop.ui.window import Window

Key = Qt.Key
# The drop-down list of a filter is a window of its own, which the offscreen screen can show but not raise.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")
_TITLES = ("Pont de la frontière", "Boat training", "تدريب الشرطة")


@pytest.fixture
def made_vault(made_vault: Path) -> Path:
    """A vault with three assessments, the first of them due."""
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        for title in _TITLES:
            record = office.new_assessment()
            record.answer("a0_title", title)
            if title == _TITLES[0]:
                store, line = office._vault.store, office.records()[0]  # noqa: SLF001 - a due date without 200 answers
                due = assessment.today() + timedelta(days=20)
                store.commit(record.record, SetAnswer("a0_title", title), replace(line, next_due=due))
    return made_vault


def _titles(window: Window) -> list[str]:
    """The lines that are seen."""
    shown = window.findChild(QTableView, "records")
    assert isinstance(shown, QTableView)
    if not shown.isVisible():
        return []
    model = shown.model()
    return [str(model.index(line, 0).data()) for line in range(model.rowCount())]


def _said(window: Window, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def _choose(window: Window, name: str, code: str) -> None:
    """Open the list of a filter and take a line of it, as a person does."""
    box = window.findChild(QComboBox, name)
    assert isinstance(box, QComboBox)
    press(box, Key.Key_Down)
    line = box.findData(code)
    assert line > 0, [box.itemText(each) for each in range(box.count())]
    box.view().setCurrentIndex(box.model().index(line, 0))
    QTest.keyClick(box.view(), Key.Key_Return)


def test_words_find_a_record_and_enter_opens_it(at_home: Window, qtbot: QtBot) -> None:
    assert _titles(at_home) == list(reversed(_TITLES))
    press_here(Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert focused().objectName() == "search"
    type_here("FRONTIERE")
    qtbot.waitUntil(lambda: _titles(at_home) == [_TITLES[0]])
    assert _said(at_home, "count") == "Found: 1"
    assert focused().accessibleDescription() == "Found: 1"
    shown = at_home.findChild(QTableView, "records")
    assert isinstance(shown, QTableView)
    assert "Pont de la frontière" in str(shown.model().index(0, 7).data())
    press_here(Key.Key_Down)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: at_home.wizard is not None)
    assert at_home.wizard is not None
    assert at_home.wizard.desk.assessment.session.value("a0_title") == _TITLES[0]


def test_arabic_words_are_found_in_another_spelling_and_escape_shows_all(at_home: Window, qtbot: QtBot) -> None:
    press_here(Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = focused()
    assert isinstance(line, QLineEdit)
    line.insert("الشرطه")  # as an input method does; the test keyboard has Latin keys only
    qtbot.waitUntil(lambda: _titles(at_home) == [_TITLES[2]])
    press_here(Key.Key_Escape)
    qtbot.waitUntil(lambda: len(_titles(at_home)) == 3)
    assert _said(at_home, "count") == ""


def test_a_search_runs_beside_the_window_and_the_latest_wish_is_shown(
    at_home: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[tuple[str, ...], bool]] = []
    may_end = threading.Event()
    as_it_was = Looker.find

    def find(self: Looker, wanted: Wanted, limit: int) -> tuple[list[Hit], int]:
        asked.append((wanted.words, threading.current_thread() is threading.main_thread()))
        assert may_end.wait(10)
        return as_it_was(self, wanted, limit)

    monkeypatch.setattr(Looker, "find", find)
    finder = at_home.findChild(Finder)
    assert isinstance(finder, Finder)
    press_here(Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    for typed in ("boat", "nothing like it", "frontiere"):
        line = focused()
        assert isinstance(line, QLineEdit)
        with qtbot.waitSignal(finder.changed):  # the window goes on while the first search takes its time
            line.selectAll()
            type_here(typed)
    assert len(_titles(at_home)) == 3
    may_end.set()
    qtbot.waitUntil(lambda: _titles(at_home) == [_TITLES[0]])
    assert asked == [(("boat",), False), (("frontiere",), False)]


def test_nothing_that_fits_is_said_and_can_be_left(at_home: Window, qtbot: QtBot) -> None:
    press_here(Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    type_here("zanzibar")
    qtbot.waitUntil(lambda: _titles(at_home) == [])
    assert "No record fits" in _said(at_home, "nothing")
    assert _said(at_home, "count") == "Found: 0"
    button = at_home.findChild(QPushButton, "show_all")
    assert isinstance(button, QPushButton)
    press(button, Key.Key_Return)
    assert len(_titles(at_home)) == 3
    assert _said(at_home, "nothing") == ""


def test_filters_offer_what_records_have_and_narrow_the_list(at_home: Window, qtbot: QtBot) -> None:
    _choose(at_home, "filter_due", "30")
    assert _titles(at_home) == [_TITLES[0]]
    _choose(at_home, "filter_status", "draft")
    _choose(at_home, "filter_outcome", "incomplete")
    _choose(at_home, "filter_country", "ILM")
    _choose(at_home, "filter_form", "assessment")
    assert _titles(at_home) == [_TITLES[0]]
    _choose(at_home, "filter_due", "-1")
    assert _titles(at_home) == []


def test_the_list_is_sorted_by_a_chosen_order_or_by_its_heading(at_home: Window, qtbot: QtBot) -> None:
    _choose(at_home, "filter_order", "due")
    assert _titles(at_home)[0] == _TITLES[0]
    shown = at_home.findChild(QTableView, "records")
    assert isinstance(shown, QTableView)
    header = shown.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(0) + 5, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert _titles(at_home) == ["Boat training", "Pont de la frontière", "تدريب الشرطة"]


def test_an_empty_vault_has_nothing_to_search(home: Path, compiled: Path, window: Window, qtbot: QtBot) -> None:
    folder = paths.default_vault()
    with vault.new_vault(folder, PASSPHRASE, PERSON) as office:
        shown = Home(office, window.words, window.work)
        qtbot.addWidget(shown)
        shown.show()
        line = shown.findChild(QLineEdit, "search")
        assert isinstance(line, QLineEdit)
        assert not line.isVisible()
        shown.hide()


def test_no_more_lines_are_read_than_are_shown(at_home: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of thousands opens as one of a hundred: by pieces, and uncounted."""
    asked: list[tuple[int, int]] = []
    as_it_was = Office.find

    def find(self: Office, wanted: object, limit: int, offset: int = 0) -> tuple[object, ...]:
        asked.append((limit, offset))
        lines = as_it_was(self, wanted, limit)  # type: ignore[arg-type]  # what the list asked for
        return (lines * limit)[:limit] if offset < 250 else ()

    monkeypatch.setattr(Office, "find", find)
    monkeypatch.setattr(Office, "count", lambda *_: pytest.fail("the whole list is not counted"))
    monkeypatch.setattr(Office, "records", lambda *_: pytest.fail("the whole list is not read"))
    at_home.show_home()
    assert asked == [(101, 0)]
    home = at_home.screen_shown()
    assert home is not None
    shown = home.findChild(QTableView, "records")
    assert isinstance(shown, QTableView)
    assert shown.model().rowCount() == 100
    shown.scrollToBottom()
    qtbot.waitUntil(lambda: shown.model().rowCount() > 100)
    assert asked[1] == (101, 100)
