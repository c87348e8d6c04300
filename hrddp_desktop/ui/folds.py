"""Titles that open to a text below them: a mouse, Space or Enter on its arrow, and a screen reader, open one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent


@dataclass(frozen=True, slots=True)
class Folded:
    """A title, the text that it opens, and a quiet line below that."""

    title: str
    text: str
    foot: str = ""


class Folds(QWidget):
    """A heading and what can be opened below it; hidden while there is nothing. Signals: opened(widget) to be seen."""

    opened = Signal(QWidget)

    def __init__(self, heading: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._heading = Text(heading, self, strong=True)
        # Folds are kept for the next question: a widget that goes while it has the keyboard takes the keyboard along.
        self._folds: list[Fold] = []
        self._layout = column(gap=theme.HALF)
        self._layout.addWidget(self._heading)
        self.setLayout(self._layout)
        self.hide()

    def show_all(self, items: Sequence[Folded]) -> None:
        """Show these, all closed."""
        while len(self._folds) < len(items):
            fold = Fold(self)
            fold.opened.connect(self.opened)
            self._layout.addWidget(fold)
            self._folds.append(fold)
        for position, fold in enumerate(self._folds):
            fold.setVisible(position < len(items))
            if position < len(items):
                fold.say(items[position])
        self.setVisible(bool(items))

    def folds(self) -> list[Fold]:
        """Those that are shown."""
        return [fold for fold in self._folds if not fold.isHidden()]

    def text(self) -> str:
        """All that can be read now."""
        return "\n".join([self._heading.text(), *(fold.text() for fold in self.folds())])


class Fold(QWidget):
    """One title with its text. Signals: opened(self)."""

    opened = Signal(QWidget)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown = Folded("", "")
        self._arrow = Button("", self, kind="quiet", icon=self._closed_icon())
        self._arrow.setCheckable(True)
        self._arrow.toggled.connect(self._open)
        self._title = _Title(self)
        self._title.clicked.connect(self._arrow.toggle)
        self._text = Text(parent=self)
        self._foot = Text(parent=self, tone="muted", size=0.92)
        head = row(gap=theme.HALF)
        head.addWidget(self._arrow, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        body = column(gap=theme.HALF)
        body.setContentsMargins(theme.UNIT, 0, theme.UNIT, theme.UNIT)
        body.addWidget(self._text)
        body.addWidget(self._foot)
        layout = column(gap=theme.HALF)
        layout.addLayout(head)
        layout.addLayout(body)
        self.setLayout(layout)

    @property
    def arrow(self) -> Button:
        """What opens it; it takes the keyboard."""
        return self._arrow

    def say(self, item: Folded) -> None:
        """Show another title, closed."""
        self._shown = item
        self._title.say(item.title)
        self._arrow.setAccessibleName(item.title)
        self._arrow.setChecked(False)
        self._open(opened=False)

    def text(self) -> str:
        """What can be read now."""
        parts = (self._title, self._text, self._foot)
        return "\n".join(part.text() for part in parts if part.text())

    @Slot(bool)
    def _open(self, opened: bool) -> None:
        item = self._shown
        self._text.say(item.text if opened else "")
        self._foot.say(item.foot if opened else "")
        self._arrow.swap_icon("arrow-down" if opened else self._closed_icon())
        # A screen reader that stays on the arrow hears what came below it.
        self._arrow.setAccessibleDescription(item.text if opened else "")
        if opened:
            self.opened.emit(self)

    def _closed_icon(self) -> str:
        return "arrow-left" if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else "arrow-right"


class _Title(Text):
    """Signals: clicked()."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent=parent, tone="accent")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()
        else:
            super().mouseReleaseEvent(event)
