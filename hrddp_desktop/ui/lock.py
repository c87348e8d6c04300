"""Locking the window: what waits for the person, and that nothing else of the vault is left on the screen or behind it.

What was half typed goes into the vault as a draft. What the vault cannot take, and where the person was, waits here in
memory, sealed by a key that stands only in the vault; see packaging/decisions/0014.
"""

from __future__ import annotations

import contextlib
import gc
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Slot
from PySide6.QtGui import QClipboard, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QToolTip, QWidget

from hrddp_desktop.errors import N_
from hrddp_desktop.ui.guard import Guard, Reason
from hrddp_desktop.ui.passphrases import is_secret

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.services.records import Office
    from hrddp_desktop.ui.place import Place
    from hrddp_desktop.ui.window import Window

_KEPT = N_("What you were typing is kept, and comes back when you open.")
_WAITS = N_(
    "The vault did not take the last of what you answered. It waits here, encrypted, until the app is closed: open the "
    "vault before you close the app."
)


@dataclass(frozen=True, slots=True)
class Locked:
    """A window that is locked: which vault, why, and the sealed place that the person comes back to."""

    folder: Path
    reason: Reason
    minutes: int
    sealed: bytes
    all_kept: bool


class Lock(QObject):
    """Locks its window, by Ctrl+L or when the guard says so, and leads back once the vault is open again."""

    def __init__(self, window: Window, minutes: int) -> None:
        super().__init__(window)
        self._window = window
        self._minutes = minutes
        self._locked: Locked | None = None
        self._is_locking = False
        self.guard = Guard(self, minutes)
        # In a turn of its own: the button that asks for it is one of the things that go.
        self.guard.lock_now.connect(self.lock, Qt.ConnectionType.QueuedConnection)
        QShortcut(QKeySequence("Ctrl+L"), window).activated.connect(self.ask)

    @property
    def is_locked(self) -> bool:
        """Whether somebody is to come back."""
        return self._locked is not None

    @property
    def all_kept(self) -> bool:
        """Whether the vault has everything, so that closing the app loses nothing."""
        return self._locked is None or self._locked.all_kept

    def sentence(self) -> str:
        """Why the window is locked, and what became of half-typed text; '' if it is not locked."""
        if self._locked is None:
            return ""
        words = self._window.words
        kept = words(_KEPT) if self._locked.all_kept else words(_WAITS)
        return f"{self._locked.reason.sentence(words, self._locked.minutes)} {kept}"

    def set_minutes(self, minutes: int) -> None:
        """Another limit for idle minutes."""
        self._minutes = minutes
        self.guard.set_minutes(minutes)

    @Slot()
    def ask(self) -> None:
        """The person goes away."""
        self.guard.lock_now.emit(Reason.ASKED)

    @Slot(object)
    def lock(self, reason: Reason) -> None:
        """Keep what is half typed, show nothing of the vault any more, close it, and ask for the passphrase."""
        window, office = self._window, self._window.office
        # While the lock waits for what is under way, it may be asked for once more.
        if office is None or self._is_locking:
            window.door.leave()
            forget_secrets(window)
            return
        self._is_locking = True
        # Each of these is done whatever became of the one before; what was raised is told when all are done.
        with contextlib.ExitStack() as last_first:
            last_first.callback(let_go)
            last_first.callback(self._end_locking)
            last_first.callback(window.close_office)
            last_first.callback(forget_clipboard)
            last_first.callback(close_others, window)
            # A document that is being signed is noted in the vault; whoever waits for it goes only then.
            last_first.callback(window.work.finish)
            last_first.callback(window.repaint)
            last_first.callback(window.show_entrance)
            self._locked = self._keep(office, reason)
            del office

    def _end_locking(self) -> None:
        self._is_locking = False

    def come_back(self, office: Office) -> None:
        """The vault is open: go where the person was when the window was locked, if it is that vault."""
        from hrddp_desktop.ui import place

        locked, self._locked = self._locked, None
        if locked is not None and locked.folder == self._window.vault:
            content = office.seal.open(locked.sealed)
            if content is not None:
                self._return_to(place.load(content))

    def _keep(self, office: Office, reason: Reason) -> Locked:
        if self._locked is not None:  # on the way in, something was still asked: the place waits on
            return replace(self._locked, reason=reason)
        place = self._leave()
        sealed = office.seal.close(place.dump())
        return Locked(self._window.vault, reason, self._minutes, sealed, place.all_kept)

    def _leave(self) -> Place:
        from hrddp_desktop.ui.place import leave
        from hrddp_desktop.ui.reading import ReadingPage
        from hrddp_desktop.ui.stood import StoodPage

        window = self._window
        screen = window.screen_shown()
        entry = screen.number if isinstance(screen, StoodPage) else 0
        record = window.left_record if isinstance(screen, ReadingPage | StoodPage) else ""
        return leave(screen or window, window.focusWidget(), record, window.example, entry)

    def _return_to(self, place: Place) -> None:
        from hrddp_desktop.ui.place import come_back

        window = self._window
        half = place.half if place.page else None
        wizard = window.make_wizard(place.record, half) if place.record else None
        shows = {
            "people": window.show_people,
            "copies_page": window.show_copies,
            "examples": window.show_examples,
            "reading": window.show_reading,
        }
        if place.screen in shows:
            shows[place.screen]()
        elif place.entry:
            window.show_stood(place.entry)
        elif place.example:
            window.open_example(place.example)
        elif wizard is not None:
            wizard.take_up(place.page, place.path, place.unsaved)
        screen = window.screen_shown()
        if screen is not None and screen.objectName() == place.screen:
            come_back(screen, place)


def close_others(window: QWidget) -> None:
    """Close every dialog of the window without effect, and whatever popped up."""
    from hrddp_desktop.ui.dialogs import Asker

    QToolTip.hideText()
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()
    for dialog in window.findChildren(QDialog):
        dialog.reject()
        dialog.deleteLater()
    for asker in window.findChildren(Asker):
        asker.deleteLater()


def forget_secrets(screen: QWidget) -> None:
    """Empty the lines for passphrases and codes."""
    for line in screen.findChildren(QLineEdit):
        if is_secret(line):
            line.clear()


def forget_clipboard() -> None:
    """Empty the clipboard if what lies there was copied here. A history that the system keeps is out of reach."""
    clipboard = QGuiApplication.clipboard()
    for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
        if is_ours(clipboard, mode):
            clipboard.clear(mode)


def is_ours(clipboard: QClipboard, mode: QClipboard.Mode) -> bool:
    """Whether this app put there what lies there."""
    return clipboard.ownsClipboard() if mode is QClipboard.Mode.Clipboard else clipboard.ownsSelection()


def let_go() -> None:
    """Delete now what was only marked for it: widgets with their texts, and the answers that they held."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
