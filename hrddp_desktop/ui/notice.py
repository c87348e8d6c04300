"""A calm line about the record, above its questions: it interrupts nothing and can be put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.icons import Shape, ShapeLabel
from hrddp_desktop.ui.parts import Button, Text, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words


class Notice(QFrame):
    """What has been put away comes back when it says something else."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setProperty("surface", "soft")
        self._put_away = ""
        shape = ShapeLabel(self)
        shape.show_shape(Shape.INFO)
        self._text = Text(parent=self)
        close = Button("", self, kind="quiet", icon="x")
        close.setAccessibleName(words("Close this notice"))
        close.setToolTip(words("Close this notice"))
        close.clicked.connect(self._close)
        layout = row(gap=theme.UNIT + theme.HALF)
        layout.setContentsMargins(2 * theme.UNIT, theme.HALF, theme.HALF, theme.HALF)
        layout.addWidget(shape, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._text, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def say(self, *sentences: str) -> None:
        """Say these, those that are not empty; nothing hides it."""
        text = "\n".join(filter(None, sentences))
        if text != self._put_away:
            self._put_away = ""
        self._text.say(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text) and not self._put_away)

    def text(self) -> str:
        """What is said now."""
        return self._text.text() if self.isVisible() else ""

    @Slot()
    def _close(self) -> None:
        self._put_away = self._text.text()
        self.hide()
