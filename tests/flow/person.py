"""A person at the real window, as a program: fills the case and Action 1 by keyboard and reports what happened.

Run as `python -m tests.flow.person PASSPHRASE [--without-drafts]` with HRDDP_HOME set. One JSON line each: `committed`
when the vault has an answer, `typed` after each key of a text that is never left. It goes on until it is killed.
"""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from hrddp_desktop.ui import fields
from hrddp_desktop.ui.theme import Theme
from hrddp_desktop.ui.window import Window

LETTERS = "Registers are kept by the civil status office only. "
FIRST_QUESTIONS = ("a1_any_security", "a1_indirect", "a1_partner_links", "a1_escort")
_STEPS = 80
_NEVER_MS = 3_600_000
_KEY_MS = 25


def say(what: str, **facts: object) -> None:
    """One line for the parent, at once."""
    print(json.dumps({"what": what, **facts}), flush=True)  # noqa: T201  # the parent reads it


class Reporter(QObject):
    """Says what the vault has taken, after it has it."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window

    @Slot(object)
    def tell(self, change: object) -> None:
        """A change that came back from the vault."""
        say("committed", path=getattr(change, "path", ""), value=getattr(change, "new", None))


def main() -> None:
    """Fill, then type without end."""
    if "--without-drafts" in sys.argv:
        fields.DRAFT_MS = fields.QUIET_MS = _NEVER_MS
    app = QApplication(["person"])
    Theme(app)
    window = Window()
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    type_text(sys.argv[1])
    press(Qt.Key.Key_Return)
    wait_for(window, "home")
    tab_to("new")
    press(Qt.Key.Key_Space)
    wait_for(window, "wizard")
    reporter = Reporter(window)
    wizard = window.wizard
    assert wizard is not None
    wizard.desk.changed.connect(reporter.tell)
    say("open", record=wizard.record)
    type_text("Birth and residence certificates")
    press(Qt.Key.Key_Tab)
    choose("a0_stage", "proposal")
    while wizard.current != "g1_first":
        press(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    for path in FIRST_QUESTIONS:
        choose(path, "no")
    while wizard.current != "g0_activity":
        press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    tab_to("a0_title_2")
    for letter in LETTERS * 40:
        type_text(letter)
        line = focused()
        assert isinstance(line, QLineEdit)
        say("typed", at=time.monotonic(), text=line.text())
        QTest.qWait(_KEY_MS)


def choose(path: str, code: str) -> None:
    """Tab to a question, arrows to an option, Space."""
    tab_to(f"{path}=")
    for _step in range(_STEPS):
        if focused().objectName() == f"{path}={code}":
            break
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Space)


def tab_to(name: str) -> None:
    """Press Tab until a widget of that name has the keyboard."""
    for _step in range(_STEPS):
        if focused().objectName().startswith(name):
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never reached {name}")


def wait_for(window: Window, screen: str) -> None:
    """Wait until a screen is shown."""
    for _step in range(_STEPS * 10):
        if getattr(window.screen_shown(), "objectName", str)() == screen:
            return
        QTest.qWait(_KEY_MS)
    raise AssertionError(f"{screen} never came")


def focused() -> QWidget:
    """Where the keyboard is."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """One key."""
    QTest.keyClick(focused(), key, modifiers)


def type_text(text: str) -> None:
    """Letters."""
    QTest.keyClicks(focused(), text)


if __name__ == "__main__":
    main()
