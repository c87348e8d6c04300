"""Why a signed record is changed: asked once in a sitting, kept with every change that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words


class ReasonPanel(QFrame):
    """One line and two buttons, hidden until it is asked. Signals: given(reason); declined()."""

    given = Signal(str)
    declined = Signal()

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("reason")
        self.setProperty("surface", "soft")
        self._before: QWidget | None = None
        asked = Text(words("This record was signed. Why do you change it? No names of persons."), self, strong=True)
        kept = Text(
            words("The reason is kept in the history of each answer that you change until you leave the record."),
            self,
            tone="muted",
        )
        self._line = QLineEdit(self)
        self._line.setObjectName("reason_line")
        asked.name_for(self._line)
        self._line.setAccessibleDescription(kept.text())
        self._line.textChanged.connect(self._weigh)
        self._line.returnPressed.connect(self._give)
        self._save = Button(words("Save the change"), self, kind="primary")
        self._leave = Button(words("Leave it as it was signed"), self)
        self._save.clicked.connect(self._give)
        self._leave.clicked.connect(self._decline)
        buttons = row()
        buttons.addWidget(self._save)
        buttons.addWidget(self._leave)
        buttons.addStretch(1)
        layout = column(gap=theme.HALF, margin=2 * theme.UNIT)
        for widget in (asked, self._line, kept):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._weigh()
        self.hide()

    @Slot()
    def ask(self) -> None:
        """Ask; the keyboard goes to the line and comes back afterwards."""
        if self.isHidden():
            self._before = self.window().focusWidget()
            self.show()
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _weigh(self) -> None:
        self._save.setEnabled(bool(self._line.text().strip()))

    @Slot()
    def _give(self) -> None:
        reason = self._line.text().strip()
        if reason:
            self._close()
            self.given.emit(reason)

    @Slot()
    def _decline(self) -> None:
        self._close()
        self.declined.emit()

    def _close(self) -> None:
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
