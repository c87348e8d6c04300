"""History of this answer in the window: read, taken back and done again, asked for a reason, erased for safety."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage.store import Store
from hrddp_desktop.ui.fields import Field
from hrddp_desktop.ui.history import EraseForm, History
from hrddp_desktop.ui.readalong import ReadAlong
from hrddp_desktop.ui.reason import ReasonPanel
from tests.services.test_records import sign
from tests.storage.pages import files_that_hold
from tests.ui.conftest import PASSPHRASE
from tests.ui.hands import focused, press, press_here, type_here

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.services.records import Assessment
    from hrddp_desktop.ui.window import Window
    from hrddp_desktop.ui.wizard import Wizard

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CANARY = "Zanzibar-Kanarienvogel-7731"


def record_of(wizard: Wizard) -> Assessment:
    return wizard._assessment  # noqa: SLF001 - the open record


def panel(wizard: Wizard) -> History:
    found = wizard.findChild(History)
    assert isinstance(found, History)
    return found


def button(parent: QWidget, name: str) -> QAbstractButton:
    found = parent.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton), name
    return found


def saved(wizard: Wizard) -> str:
    found = wizard.findChild(QLabel, "saved")
    assert isinstance(found, QLabel)
    return found.text()


def at_title(wizard: Wizard) -> None:
    wizard.show_page("g0_activity", "a0_title")


def sign_it(wizard: Wizard, window: Window, qtbot: QtBot) -> Wizard:
    """The record signed, and opened again."""
    sign(record_of(wizard))
    window.open_record(wizard.record)
    QCoreApplication.processEvents()
    again = window.wizard
    assert again is not None
    assert again is not wizard
    at_title(again)
    return again


def test_the_history_of_the_question_in_focus_is_shown_by_key(wizard: Wizard) -> None:
    for title in ("One", "Two"):
        wizard.desk.commit("a0_title", title)
    at_title(wizard)
    press_here(Key.Key_H, CTRL)
    shown = panel(wizard)
    assert shown.isVisible()
    assert focused() is shown
    text = shown.text()
    assert "Before: One" in text
    assert "Then: Two" in text
    assert text.index("Then: Two") < text.index("Then: One")
    assert "Ada Example" in text
    assert "this computer" in text
    wizard.desk.commit("a0_title", "Three")
    assert "Then: Three" in shown.text()


def test_what_was_taken_back_is_done_again_by_key_and_after_a_restart(
    wizard: Wizard, at_home: Window, stored: Callable[[], dict[str, object]]
) -> None:
    wizard.desk.commit("a0_title", "One")
    wizard.desk.commit("a0_title", "Two")
    at_title(wizard)
    press_here(Key.Key_Z, CTRL)
    assert stored()["a0_title"] == "One"
    at_home.open_record(wizard.record)
    again = at_home.wizard
    assert again is not None
    at_title(again)
    press_here(Key.Key_Z, CTRL | SHIFT)
    assert stored()["a0_title"] == "Two"


def test_the_record_is_shown_as_it_stood_and_brought_back(
    wizard: Wizard, at_home: Window, stored: Callable[[], dict[str, object]]
) -> None:
    for title in ("One", "Two"):
        wizard.desk.commit("a0_title", title)
    number = len(record_of(wizard).history()) - 1
    at_title(wizard)
    press_here(Key.Key_H, CTRL)
    button(panel(wizard), f"stood={number}").click()
    page = at_home.screen_shown()
    assert isinstance(page, ReadAlong)
    assert any("As it stood on" in label.text() for label in page.findChildren(QLabel))
    assert stored()["a0_title"] == "Two"
    button(page, "restore").click()
    assert stored()["a0_title"] == "One"
    back = at_home.wizard
    assert back is not None
    assert record_of(back).session.value("a0_title") == "One"


def test_a_signed_answer_is_changed_for_a_reason(
    wizard: Wizard, at_home: Window, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    wizard.desk.commit("a0_title", "As signed")
    again = sign_it(wizard, at_home, qtbot)
    asked = again.findChild(ReasonPanel)
    assert isinstance(asked, ReasonPanel)
    again.desk.commit("a0_title", "Changed")
    assert asked.isVisible()
    assert not again.desk.all_saved
    assert saved(again) == "Not saved"
    assert stored()["a0_title"] == "As signed"
    type_here("The donor changed")
    press_here(Key.Key_Return)
    assert stored()["a0_title"] == "Changed"
    assert not asked.isVisible()
    assert saved(again).startswith("Saved ")
    again.desk.commit("a0_title", "Changed once more")
    press_here(Key.Key_H, CTRL)
    assert panel(again).text().count("Reason: The donor changed") == 2


def test_what_was_signed_is_left_as_it_was(
    wizard: Wizard, at_home: Window, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    wizard.desk.commit("a0_title", "As signed")
    again = sign_it(wizard, at_home, qtbot)
    page = again.page()
    assert page is not None
    field = page.field("a0_title")
    assert isinstance(field, Field)
    type_here("X")
    field.flush()
    asked = again.findChild(ReasonPanel)
    assert isinstance(asked, ReasonPanel)
    leave = next(each for each in asked.findChildren(QAbstractButton) if "Leave it" in each.text())
    press(leave, Key.Key_Space)
    assert again.desk.all_saved
    assert field.view.value == stored()["a0_title"] == "As signed"
    assert focused().property("text") == "As signed"


def test_a_name_is_erased_for_safety_with_what_is_half_typed(
    wizard: Wizard, at_home: Window, qtbot: QtBot, made_vault: Path, stored: Callable[[], dict[str, object]]
) -> None:
    wizard.desk.commit("a0_title", f"{CANARY} one")
    at_title(wizard)
    press_here(Key.Key_A, CTRL)
    type_here(f"{CANARY} half")
    press_here(Key.Key_H, CTRL)
    shown = panel(wizard)
    press(button(shown, "erase"), Key.Key_Return)
    now = button(shown, "erase_now")
    assert not now.isEnabled()
    button(shown, "scope=a0_title").click()
    assert not now.isEnabled()
    button(shown, "why=person").click()
    press(now, Key.Key_Return)
    qtbot.waitUntil(lambda: at_home.wizard not in (None, wizard))
    again = at_home.wizard
    assert again is not None
    assert "Erased for safety" in again.message.text()
    assert "a0_title" not in stored()
    assert files_that_hold(made_vault, CANARY, passphrase=PASSPHRASE) == set()
    at_title(again)
    press_here(Key.Key_Z, CTRL)
    press_here(Key.Key_Z, CTRL)
    assert CANARY not in str(stored())
    assert again.findChild(QLabel, "saved") is not None


def test_escape_leaves_the_form_and_nothing_is_erased(wizard: Wizard, stored: Callable[[], dict[str, object]]) -> None:
    wizard.desk.commit("a0_title", "Kept")
    at_title(wizard)
    press_here(Key.Key_H, CTRL)
    press(button(panel(wizard), "erase"), Key.Key_Return)
    press_here(Key.Key_Escape)
    assert focused() is button(panel(wizard), "erase")
    assert stored()["a0_title"] == "Kept"


def at_second(wizard: Wizard) -> History:
    """The history of a question that is not the first of its page."""
    wizard.desk.commit("a0_title", "The first of the page")
    wizard.desk.commit("a0_country", "SOM")
    wizard.jump("a0_country")
    press_here(Key.Key_H, CTRL)
    assert "Then: SOM" in panel(wizard).text()
    return panel(wizard)


@pytest.mark.parametrize("by_mouse", [True, False])
def test_the_form_stays_at_the_question_for_which_it_was_opened(
    wizard: Wizard, stored: Callable[[], dict[str, object]], qtbot: QtBot, at_home: Window, *, by_mouse: bool
) -> None:
    shown = at_second(wizard)
    erase = button(shown, "erase")
    if by_mouse:
        QTest.mouseClick(erase, Qt.MouseButton.LeftButton)
    else:
        press(erase, Key.Key_Return)
    form = shown.findChild(EraseForm)
    assert isinstance(form, EraseForm)
    label = record_of(wizard).view("a0_country", "en").label
    assert shown.text().startswith(label)
    assert label in [text.text() for text in form.findChildren(QLabel)]
    assert label in form.accessibleDescription()
    assert focused() is button(form, "scope=a0_country")
    button(form, "scope=a0_country").click()
    button(form, "why=person").click()
    press(button(form, "erase_now"), Key.Key_Return)
    qtbot.waitUntil(lambda: at_home.wizard not in (None, wizard))
    assert stored()["a0_title"] == "The first of the page"
    assert "a0_country" not in stored()


def test_the_history_stays_at_its_question_when_the_form_is_left(wizard: Wizard) -> None:
    shown = at_second(wizard)
    before = shown.text()
    press(button(shown, "erase"), Key.Key_Return)
    press_here(Key.Key_Escape)
    assert shown.text() == before
    assert focused() is button(shown, "erase")


def test_saved_at_is_in_view_from_the_start_and_true(wizard: Wizard, monkeypatch: pytest.MonkeyPatch) -> None:
    assert saved(wizard).startswith("Saved ")
    assert ":" in saved(wizard)

    def refuse(*_arguments: object, **_more: object) -> None:
        raise VaultError(Code.DISK_FULL)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "save_draft", refuse)
        wizard.desk.draft("a0_title", "half")
        assert saved(wizard) == "Not saved"
    wizard.desk.draft("a0_title", "half-t")
    assert saved(wizard).startswith("Saved ")


def test_half_typed_text_is_on_the_disk_within_two_seconds_though_nobody_pauses(
    wizard: Wizard, qtbot: QtBot, made_vault: Path
) -> None:
    from hrddp_desktop.services import vault

    def drafts() -> dict[str, str]:
        with vault.open_vault(made_vault, PASSPHRASE) as office:
            return office.open(wizard.record).drafts()

    at_title(wizard)
    typed: list[str] = []

    def type_on() -> bool:
        type_here("x")
        typed.append("x")
        return len(typed) >= 2000 or "a0_title" in record_of(wizard).drafts()

    qtbot.waitUntil(type_on, timeout=2000)
    assert drafts()["a0_title"].startswith("x")
