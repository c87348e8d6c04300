"""Is today's date right? Asked before home, answered by the keyboard, in view afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from hrddp_desktop import clock
from hrddp_desktop.services import vault
from hrddp_desktop.ui.day import DayQuestion
from hrddp_desktop.ui.home import Home
from hrddp_desktop.ui.languages import LanguagePicker
from tests.ui.conftest import PASSPHRASE
from tests.ui.hands import press, press_here, type_here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window

Key = Qt.Key


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    clock.set_by_hand(None)


@pytest.fixture
def asked(made_vault: Path, window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> DayQuestion:
    """The question of a computer that says it is 3 May 2099."""
    moment = datetime(2099, 5, 3, 12, tzinfo=UTC).astimezone()
    monkeypatch.setattr(clock, "computer", lambda: moment)
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), DayQuestion))
    question = window.screen_shown()
    assert isinstance(question, DayQuestion)
    return question


def made_on(folder: Path) -> date:
    with vault.open_vault(folder, PASSPHRASE) as office:
        last = office.dates.last_used()
    assert last is not None
    return last.date()


def home(window: Window, qtbot: QtBot) -> Home:
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), Home))
    screen = window.screen_shown()
    assert isinstance(screen, Home)
    return screen


def test_the_day_is_typed_used_and_stays_in_view(
    asked: DayQuestion, made_vault: Path, window: Window, qtbot: QtBot
) -> None:
    day = made_on(made_vault)
    use = asked.findChild(QPushButton, "day_other")
    assert use is not None
    type_here("tomorrow")
    assert not use.isEnabled()
    press_here(Key.Key_Return)
    assert window.screen_shown() is asked
    line = asked.findChild(QLineEdit, "day")
    assert line is not None
    line.clear()
    type_here(f"{day.year} {day.month} {day.day}")
    press_here(Key.Key_Return)
    shown = home(window, qtbot)
    assert shown.standing.isVisible()
    assert "Date set by hand: " + window.words.date(day) in shown.standing.text()
    assert clock.today() == day
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        assert [each.given for each in office.dates.answers()] == [day.isoformat()]


def test_yes_it_is_right_leads_home_and_is_not_asked_again(
    asked: DayQuestion, made_vault: Path, window: Window, qtbot: QtBot
) -> None:
    press(asked.findChild(QPushButton, "day_right"), Key.Key_Return)
    assert home(window, qtbot).standing.text() == ""
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        assert office.dates.doubt() is None


@pytest.mark.parametrize("way", ["escape", "button"])
def test_no_answer_leads_home_too_and_says_so(
    way: str, asked: DayQuestion, made_vault: Path, window: Window, qtbot: QtBot
) -> None:
    if way == "escape":
        press_here(Key.Key_Escape)
    else:
        press(asked.findChild(QPushButton, "day_unknown"), Key.Key_Return)
    assert "Today's date is not known" in home(window, qtbot).standing.text()
    window.close()
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        assert office.dates.doubt() is not None


def test_the_question_changes_its_language_and_stays(asked: DayQuestion, window: Window, qtbot: QtBot) -> None:
    picker = asked.findChild(LanguagePicker)
    assert picker is not None
    picker.picked.emit("ar")
    qtbot.waitUntil(lambda: window.screen_shown() is not asked)
    assert isinstance(window.screen_shown(), DayQuestion)


def test_closing_believes_the_computer_again(
    asked: DayQuestion, made_vault: Path, window: Window, qtbot: QtBot
) -> None:
    press_here(Key.Key_Escape)
    home(window, qtbot)
    assert clock.is_set_by_hand()
    window.close()
    assert not clock.is_set_by_hand()


def test_a_day_that_can_be_right_is_not_asked_for(at_home: Window) -> None:
    shown = at_home.screen_shown()
    assert isinstance(shown, Home)
    assert not shown.standing.isVisible()


@pytest.mark.parametrize("given", ["0001-01-01", "1999-12-31", "2201-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_today_is_no_answer_and_says_so(given: str, asked: DayQuestion, window: Window) -> None:
    type_here(given)
    press_here(Key.Key_Return)
    assert window.screen_shown() is asked
    use = asked.findChild(QPushButton, "day_other")
    assert use is not None
    assert not use.isEnabled()
    assert any("Only a day from" in each.text() for each in asked.findChildren(QLabel))
