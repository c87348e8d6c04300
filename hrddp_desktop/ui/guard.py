"""When the window locks by itself: nobody was there for a while, the screen was locked, the computer went to sleep."""

from __future__ import annotations

import time
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow

from hrddp_desktop.errors import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.ui.system import System

_TICK_MS = 5_000
_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
    }
)


class Reason(Enum):
    """Why the window was locked, as the person is told."""

    ASKED = N_("You locked the vault.")
    IDLE = N_("The vault locked itself: nothing was typed or clicked for {minutes} minutes.")
    SCREEN = N_("The vault was locked together with the screen.")
    SLEEP = N_("The vault locked itself when the computer went to sleep.")

    def sentence(self, words: Words, minutes: int) -> str:
        """Why, in the language of the person."""
        return words(self.value, minutes=words.number(minutes)) if self is Reason.IDLE else words(self.value)


class Guard(QObject):
    """Watches for signs of life in the windows of the app, and listens to the system. Signals: lock_now(Reason).

    Time is read from two clocks and the longer counts: one of them stands still while the computer sleeps, the other
    can be set back. So a laptop that slept past the limit locks on waking, before the key that woke it does anything.
    """

    lock_now = Signal(object)

    def __init__(
        self,
        parent: QObject,
        minutes: int,
        *,
        steady: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._clocks = (steady, wall)
        self._minutes = minutes
        self._seen = (0.0, 0.0)
        self._system: System | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.look)

    def set_minutes(self, minutes: int) -> None:
        """Another limit, from now on."""
        self._minutes = minutes

    def start(self) -> None:
        """A vault was opened: watch, from now to the end."""
        # Not earlier: the first paint has no time for the buses of the system.
        self._note_life()
        if self._timer.isActive():
            return
        self._timer.start()
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._watch)
        self._watch(QGuiApplication.focusWindow())
        QTimer.singleShot(0, self, self._listen)

    @Slot()
    def look(self) -> bool:
        """Lock if nobody was there for too long; whether that was so. Then the time begins anew."""
        is_overdue = self._is_overdue()
        if is_overdue:
            self._note_life()
            self.lock_now.emit(Reason.IDLE)
        return is_overdue

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Notice signs of life; one that comes too late is swallowed: it must not reach what is to be locked."""
        if event.type() not in _SIGNS_OF_LIFE:
            return False
        if self.look():
            return True
        self._note_life()
        return False

    # --- inside ---

    def _is_overdue(self) -> bool:
        idle_s = max(clock() - seen for clock, seen in zip(self._clocks, self._seen, strict=True))
        return idle_s >= self._minutes * 60

    def _note_life(self) -> None:
        steady, wall = self._clocks
        self._seen = (steady(), wall())

    @Slot(QWindow)
    def _watch(self, window: QWindow | None) -> None:
        # The windows alone: a filter on the application would be asked about every event of every widget.
        if window is not None:
            window.installEventFilter(self)

    @Slot()
    def _listen(self) -> None:
        from hrddp_desktop.ui.system import System

        self._system = System(self)
        self._system.screen_locked.connect(self._lock_with_screen)
        self._system.going_to_sleep.connect(self._lock_for_sleep)
        self._system.listen()

    @Slot()
    def _lock_with_screen(self) -> None:
        self.lock_now.emit(Reason.SCREEN)

    @Slot()
    def _lock_for_sleep(self) -> None:
        self.lock_now.emit(Reason.SLEEP)
