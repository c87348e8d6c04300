"""A reviewer's doubt beside one answer of a worked case: a Tab stop of its own, read with its question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.icons import Shape, ShapeLabel
from hrddp_desktop.ui.parts import Text, column, row

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

    from hrddp_desktop.i18n import Words


class Doubt(QFrame):
    """Hidden while there is none. Signals: entered() it got the focus."""

    entered = Signal()

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("doubt")
        self.setProperty("surface", "soft")
        self.setProperty("doubt", "true")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.said = ""
        shape = ShapeLabel(self)
        shape.show_shape(Shape.ASK)
        self._title = words("A reviewer asks")
        self._text = Text(parent=self)
        texts = column(gap=0)
        texts.addWidget(Text(self._title, self, strong=True, size=0.92))
        texts.addWidget(self._text)
        layout = row(gap=theme.UNIT + theme.HALF)
        layout.setContentsMargins(2 * theme.UNIT, theme.UNIT, 2 * theme.UNIT, theme.UNIT)
        layout.addWidget(shape, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def say(self, text: str) -> None:
        """Show a doubt, or none."""
        self.said = text
        self._text.say(text)
        self.setAccessibleName(f"{self._title}: {text}")
        self.setVisible(bool(text))

    def stops(self) -> list[QWidget]:
        """Where Tab stops: here, while there is something to read."""
        return [self] if self.said else []

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that this question is being read."""
        super().focusInEvent(event)
        self.entered.emit()
