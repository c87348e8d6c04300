"""A person at the real window who types one phrase wherever something can be typed, as a program.

Run as `python -m tests.faults.everywhere PASSPHRASE PHRASE STICK [--telling]` with HOME and HRDDP_HOME of its own. It
says `open` while the vault is open and half a word is still being typed, waits for a line, then closes the window.
With `--telling` a crash report quotes the fault, as most programs do: the control.
"""

from __future__ import annotations

import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton

from hrddp_desktop import app, paths
from hrddp_desktop.services import documents
from hrddp_desktop.services.records import Assessment
from hrddp_desktop.storage.records import Signature
from hrddp_desktop.ui.card import CardScreen
from hrddp_desktop.ui.crash import CrashDialog
from hrddp_desktop.ui.home import Home
from hrddp_desktop.ui.start import Beginning, FirstStart
from hrddp_desktop.ui.theme import Theme
from hrddp_desktop.ui.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from hrddp_desktop.ui.desk import Desk
    from hrddp_desktop.ui.wizard import Wizard

_TURN_MS = 20
_TURNS = 1500
_FAULT_MS = 300
_HALF_TYPED = "a0_title"
_Found = TypeVar("_Found", bound=QObject)


class Person(QObject):
    """Goes through the window and leaves the phrase everywhere."""

    def __init__(self, window: Window, phrase: str, stick: str) -> None:
        super().__init__(window)
        self._window = window
        self._phrase = phrase
        self._stick = stick
        self._rendered = b""

    def begin(self, passphrase: str) -> None:
        """Make the vault at the first screen, in the person's own words."""
        words = (self._phrase,) * 4
        first = self._window.screen_shown()
        assert isinstance(first, FirstStart)
        first.given.emit(Beginning("en", passphrase, *words, self._stick))
        assert isinstance(self._window.screen_shown(), CardScreen)
        self._window.show_home()

    def fill(self) -> None:
        """Every free text of the form, in tables too; excuses, a ticked text, a change with its reason, an undo."""
        wizard = self._open_new()
        desk, record = wizard.desk, _record(wizard)
        for item in record.session.definition.items.values():
            if item.type == "text":
                desk.commit(self._path(desk, item.name, item.table), f"{item.name} {self._phrase}")
        desk.tick("a0_title", self._phrase, seen=True)
        desk.excuse("a6_capacity", "later", self._phrase, self._phrase)
        desk.commit("a0_donor", "")
        desk.undo()
        record.note_signature(_signature(self._phrase))
        desk.commit("a0_donor", f"another {self._phrase}")
        desk.give_reason(f"because of {self._phrase}")
        if not all(self._phrase in str(record.session.value(path)) for path in ("a0_title", "a0_donor")):
            raise AssertionError("the phrase was not kept")
        self._read(wizard)

    def put_away(self) -> None:
        """A second record goes into the bin."""
        wizard = self._open_new()
        wizard.desk.commit("a0_title", self._phrase)
        record = wizard.record
        self._window.show_home()
        self._home().binned.emit(record)

    def search(self) -> None:
        """Look for the phrase."""
        line = self._child(QLineEdit, "search")
        line.setText(self._phrase)
        self._wait(lambda: "1" in line.accessibleDescription())

    def crash(self) -> None:
        """A fault that quotes an answer; its report is kept as a person keeps it who sends it to somebody."""
        QTimer.singleShot(0, self, self._fail)
        # Not by QTest.qWait: an exception in a slot would become its own, in the middle of the event loop.
        QTimer.singleShot(_FAULT_MS, self, self._go_on)
        QApplication.exec()
        dialog = self._window.findChild(CrashDialog)
        assert isinstance(dialog, CrashDialog)
        text = dialog.findChild(QPlainTextEdit)
        assert isinstance(text, QPlainTextEdit)
        (paths.home_dir() / "report of a fault.txt").write_text(text.toPlainText(), "utf-8")
        dialog.accept()

    def copy(self) -> None:
        """A copy here and at the second place, because somebody asked."""
        self._window.show_copies()
        button = self._child(QPushButton, "copy_now")
        button.click()
        self._wait(button.isEnabled)
        self._window.show_home()

    def half_type(self) -> None:
        """Words that nobody finished, which are kept as a draft."""
        wizard = self._open_new()
        wizard.jump(_HALF_TYPED)
        line = self._child(QLineEdit, _HALF_TYPED)
        QTest.keyClicks(line, "half of ")
        # QTest has no keys for other letters; a person may paste too.
        QApplication.clipboard().setText(self._phrase)
        QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        self._wait(lambda: self._phrase in _record(wizard).drafts().get(_HALF_TYPED, ""))

    def _read(self, wizard: Wizard) -> None:
        """The document is made and nobody saves it."""
        record = _record(wizard)
        snapshot = documents.freeze(record.session, record.record, record.created, language="en")
        self._window.work.start(lambda: documents.render(snapshot), self._take, self._raise)
        self._wait(lambda: self._rendered != b"")

    def _path(self, desk: Desk, name: str, table: str | None) -> str:
        if table is None:
            return name
        record = desk.assessment
        if not record.table(table, "en").rows:
            desk.add_row(table)
        rows = record.table(table, "en").rows
        return f"{table}/{rows[0].row_id}/{name}"

    def _open_new(self) -> Wizard:
        self._window.start_record()
        wizard = self._window.wizard
        assert wizard is not None
        return wizard

    @Slot()
    def _fail(self) -> None:
        try:
            dict[str, str]()[self._phrase]
        except KeyError as cause:
            raise ValueError(f"no answer to {self._phrase}") from cause

    @Slot()
    def _go_on(self) -> None:
        QCoreApplication.exit()  # quit() would close the window

    @Slot(object)
    def _take(self, rendered: bytes) -> None:
        self._rendered = rendered

    @Slot(object)
    def _raise(self, error: Exception) -> NoReturn:
        raise error

    def _home(self) -> Home:
        home = self._window.screen_shown()
        assert isinstance(home, Home)
        return home

    def _child(self, kind: type[_Found], name: str) -> _Found:
        screen = self._window.screen_shown()
        found = screen.findChild(kind, name) if screen is not None else None
        assert isinstance(found, kind), f"{name} is not there"
        return found

    def _wait(self, is_so: Callable[[], bool]) -> None:
        for _turn in range(_TURNS):
            if is_so():
                return
            QTest.qWait(_TURN_MS)
        raise AssertionError("it never came")


def _record(wizard: Wizard) -> Assessment:
    record = wizard.desk.assessment
    assert isinstance(record, Assessment)
    return record


def _signature(name: str) -> Signature:
    now = datetime.now(UTC)
    return Signature("preparer", name, "ab", now, "escalate", "F01", now.date(), "sha256:0123", "00ff", "ff00")


def _telling(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    return "".join(traceback.format_exception(kind, error, trace))


def main(passphrase: str, phrase: str, stick: str, *manner: str) -> None:
    """Type it everywhere, wait, close."""
    if "--telling" in manner:
        app.describe = _telling
    application = QApplication(["hrddp-desktop"])
    hook = app.CrashHook(application)
    Theme(application)
    window = Window()
    hook.window = window
    window.show()
    person = Person(window, phrase, stick)
    person.begin(passphrase)
    hook.install()
    person.crash()
    hook.uninstall()
    if "--telling" not in manner:
        person.fill()
        person.put_away()
        person.search()
        person.copy()
        person.half_type()
    print("open", flush=True)  # noqa: T201 - the parent reads it
    sys.stdin.readline()
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


if __name__ == "__main__":
    main(*sys.argv[1:])
