"""The window's hold on its vault: a beat each minute, and a word when somebody on another computer took it over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hrddp_desktop.errors import N_

if TYPE_CHECKING:
    from hrddp_desktop.storage.lock import Hold

TAKEN_OVER = N_(
    "This vault was opened on the computer {host} while it is open here. Close it on one of the two: two who write at "
    "once could lose answers."
)


class Seat(QObject):
    """Keeps the lock of the open vault fresh while there is one. Signals: lost(host) once, to whom."""

    lost = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._hold: Hold | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.beat)

    def keep(self, hold: Hold | None) -> None:
        """Beat for this hold from now on; the vault that it belongs to releases it."""
        from hrddp_desktop.storage.lock import BEAT_S

        self._hold = hold
        self._timer.start(BEAT_S * 1000)

    @Slot()
    def beat(self) -> None:
        """Say that the vault is still open here."""
        other = None if self._hold is None else self._hold.beat()
        if other is not None:
            self._hold = None
            self.lost.emit(other.host)
