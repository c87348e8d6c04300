"""Comments in the window: beside their question, by the keyboard, half-typed or not, and counted where one reviews."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.services import vault
from hrddp_desktop.storage.store import Store
from hrddp_desktop.ui.comments import Discussion, OpenComments
from hrddp_desktop.ui.outline import REVIEW
from tests.ui.conftest import PASSPHRASE
from tests.ui.hands import focused, press, press_here, type_here
from tests.ui.test_history import at_title, button

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window
    from hrddp_desktop.ui.wizard import Wizard

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def thread(wizard: Wizard) -> Discussion:
    found = wizard.findChild(Discussion)
    assert isinstance(found, Discussion)
    return found


def entry(wizard: Wizard) -> QPlainTextEdit:
    found = wizard.findChild(QPlainTextEdit, "comment")
    assert isinstance(found, QPlainTextEdit)
    return found


def texts(made_vault: Path) -> list[tuple[str, bool]]:
    """Read by a second connection."""
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        record = office.open(office.records()[0].record)
        return [(each.text, each.is_resolved) for each in record.store.comments(record.record)]


def say(wizard: Wizard, text: str) -> None:
    at_title(wizard)
    press_here(Key.Key_M, CTRL | SHIFT)
    type_here(text)
    press_here(Key.Key_Tab)
    press_here(Key.Key_Return)


def test_a_comment_is_written_by_the_keyboard_beside_its_question(wizard: Wizard, made_vault: Path) -> None:
    at_title(wizard)
    press_here(Key.Key_M, CTRL | SHIFT)
    assert focused() is entry(wizard)
    assert focused().accessibleName() == "Your comment"
    assert not button(wizard, "send_comment").isEnabled()
    type_here("Too long?")
    press_here(Key.Key_Tab)
    assert focused() is button(wizard, "send_comment")
    press_here(Key.Key_Return)
    assert texts(made_vault) == [("Too long?", False)]
    assert "Ada Example" in thread(wizard).text()
    assert "Too long?" in thread(wizard).text()
    assert focused() is entry(wizard)
    assert entry(wizard).toPlainText() == ""
    wizard.jump("a0_stage")
    assert "Too long?" not in thread(wizard).text()


def test_a_comment_is_resolved_changed_and_withdrawn(wizard: Wizard, made_vault: Path) -> None:
    say(wizard, "One")
    press(button(thread(wizard), "resolve"), Key.Key_Return)
    assert texts(made_vault) == [("One", True)]
    assert "Resolved" in thread(wizard).text()
    press(button(thread(wizard), "resolve"), Key.Key_Return)
    press(button(thread(wizard), "change"), Key.Key_Return)
    assert entry(wizard).toPlainText() == "One"
    type_here("Two")
    press(button(wizard, "send_comment"), Key.Key_Return)
    assert texts(made_vault) == [("TwoOne", False)]
    press(button(thread(wizard), "withdraw"), Key.Key_Return)
    assert texts(made_vault) == []


def test_half_typed_text_waits_at_its_question_and_outlives_the_window(
    wizard: Wizard, at_home: Window, qtbot: QtBot
) -> None:
    at_title(wizard)
    press_here(Key.Key_M, CTRL | SHIFT)
    type_here("half a tho")
    wizard.jump("a0_stage")
    assert entry(wizard).toPlainText() == ""
    at_title(wizard)
    assert entry(wizard).toPlainText() == "half a tho"
    type_here("!")
    at_home.open_record(wizard.record)
    again = at_home.wizard
    assert again is not None
    assert again is not wizard
    at_title(again)
    press_here(Key.Key_M, CTRL | SHIFT)
    assert entry(again).toPlainText() == "half a tho"
    press(button(again, "send_comment"), Key.Key_Return)
    assert again.desk.assessment.drafts().keys() <= {"@place"}


def lock_and_come_back(window: Window, qtbot: QtBot) -> Wizard:
    """Ctrl+L, and the passphrase typed again."""
    press_here(Key.Key_L, CTRL)
    qtbot.waitUntil(lambda: window.wizard is None)
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: window.wizard is not None)
    again = window.wizard
    assert again is not None
    return again


def test_half_typed_text_that_outlived_a_lock_goes_when_the_comment_is_added(
    wizard: Wizard, at_home: Window, qtbot: QtBot, made_vault: Path
) -> None:
    at_title(wizard)
    press_here(Key.Key_M, CTRL | SHIFT)
    type_here("kept over the lock")
    again = lock_and_come_back(at_home, qtbot)
    at_title(again)
    press_here(Key.Key_M, CTRL | SHIFT)
    assert entry(again).toPlainText() == "kept over the lock"
    press(button(again, "send_comment"), Key.Key_Return)
    assert texts(made_vault) == [("kept over the lock", False)]
    again.jump("a0_stage")
    at_title(again)
    assert entry(again).toPlainText() == ""
    assert not button(again, "send_comment").isEnabled()


def test_a_change_that_outlived_a_lock_goes_when_it_is_left(wizard: Wizard, at_home: Window, qtbot: QtBot) -> None:
    say(wizard, "One")
    press(button(thread(wizard), "change"), Key.Key_Return)
    type_here("Two")
    again = lock_and_come_back(at_home, qtbot)
    at_title(again)
    press_here(Key.Key_M, CTRL | SHIFT)
    assert entry(again).toPlainText() == "TwoOne"
    leave = next(each for each in thread(again).findChildren(QAbstractButton) if each.text() == "Cancel")
    press(leave, Key.Key_Return)
    assert entry(again).toPlainText() == ""


def test_a_comment_that_the_vault_refuses_stays_typed(wizard: Wizard, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise VaultError(Code.DISK_FULL)

    at_title(wizard)
    press_here(Key.Key_M, CTRL | SHIFT)
    type_here("kept")
    with monkeypatch.context() as patched:
        patched.setattr(Store, "commit", refuse)
        press(button(wizard, "send_comment"), Key.Key_Return)
    assert entry(wizard).toPlainText() == "kept"
    assert "disk is full" in thread(wizard).message.text()
    press(button(wizard, "send_comment"), Key.Key_Return)
    assert not thread(wizard).message.isVisible()


def test_open_comments_are_counted_where_one_reviews_and_lead_back(wizard: Wizard) -> None:
    say(wizard, "One")
    say(wizard, "Col. John Smith was there")
    assert "no names of persons" in thread(wizard).text()
    wizard.show_page(REVIEW)
    shown = wizard.findChild(OpenComments)
    assert isinstance(shown, OpenComments)
    assert "Open comments (2)" in shown.text()
    press(button(shown, "discuss:a0_title"), Key.Key_Return)
    assert focused() is entry(wizard)
    assert "One" in thread(wizard).text()
    for comment in wizard.desk.comments().at("a0_title"):
        wizard.desk.do(partial(wizard.desk.comments().resolve, comment))
    wizard.show_page(REVIEW)
    assert not shown.isVisible()


def test_the_marker_in_the_panel_says_how_many_are_open(wizard: Wizard) -> None:
    from hrddp_desktop.ui.aside import Aside

    say(wizard, "One")
    aside = wizard.findChild(Aside)
    assert isinstance(aside, Aside)
    named = [each.accessibleName() for each in aside.findChildren(type(button(wizard, "send_comment")))]
    assert "Comments, 1 open in this record" in named
