"""The setting of the lock: after how many idle minutes, and what else locking does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from hrddp_desktop.settings import LOCK_MINUTES
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.dropdown import DropDown
from hrddp_desktop.ui.parts import Text, column, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words


class LockAfter(QFrame):
    """Signals: chosen(minutes)."""

    chosen = Signal(int)

    def __init__(self, words: Words, minutes: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lock_after")
        self._choice = DropDown(self)
        self._choice.setObjectName("lock_minutes")
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._choice.addItems([words("{minutes} minutes", minutes=words.number(each)) for each in LOCK_MINUTES])
        self._choice.setCurrentIndex(LOCK_MINUTES.index(minutes))
        self._choice.activated.connect(self._tell)
        label = Text(words("Lock when nobody types or clicks for"), self)
        label.setWordWrap(False)
        label.name_for(self._choice)
        asked = row(gap=2 * theme.UNIT)
        asked.addWidget(label)
        asked.addWidget(self._choice)
        asked.addStretch(1)
        layout = column(gap=theme.UNIT)
        layout.addWidget(Text(words("Locking"), self, size=1.2, strong=True))
        layout.addLayout(asked)
        layout.addWidget(
            Text(
                words(
                    "The vault also locks with the screen, when the computer goes to sleep, and at once with Ctrl+L. "
                    "Half-typed text is kept. What you copied here is taken out of the clipboard."
                ),
                self,
                tone="muted",
            )
        )
        self.setLayout(layout)

    @Slot(int)
    def _tell(self, position: int) -> None:
        self.chosen.emit(LOCK_MINUTES[position])
