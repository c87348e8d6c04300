"""Other ways into a vault that is open elsewhere: for reading, or taken over from a computer that is off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from hrddp_desktop.errors import Code
from hrddp_desktop.ui.parts import Button, row

if TYPE_CHECKING:
    from hrddp_desktop.errors import HrddpError
    from hrddp_desktop.i18n import Words

# The values of services.vault.Opening, which the first screen does not load.
ALONE, TAKEN_OVER, READING = "alone", "taken over", "reading"
_REFUSALS = (Code.VAULT_OPEN_HERE, Code.VAULT_OPEN_ELSEWHERE, Code.VAULT_ON_SHARE)


class Ways(QWidget):
    """Two buttons that appear with such a refusal. Signals: chosen(READING or TAKEN_OVER)."""

    chosen = Signal(str)

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._reading = Button(words("Open for reading"), self)
        self._reading.setObjectName("open_reading")
        self._reading.clicked.connect(self._read)
        self._over = Button(words("It is off: open all the same"), self)
        self._over.setObjectName("open_over")
        self._over.clicked.connect(self._take_over)
        layout = row()
        layout.addWidget(self._reading)
        layout.addWidget(self._over)
        layout.addStretch(1)
        self.setLayout(layout)
        self.hide()

    def offer(self, error: HrddpError) -> bool:
        """Appear if `error` leaves other ways, else go; whether there are some."""
        self._over.setVisible(error.code is Code.VAULT_OPEN_ELSEWHERE)
        self.setVisible(error.code in _REFUSALS)
        return error.code in _REFUSALS

    @Slot()
    def _read(self) -> None:
        self.chosen.emit(READING)

    @Slot()
    def _take_over(self) -> None:
        self.chosen.emit(TAKEN_OVER)
