"""A drop-down list that the wheel and a stray key cannot change; drawn as the text lines are."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QComboBox

from hrddp_desktop.ui import theme


class DropDown(QComboBox):
    """A drop-down list that the wheel and a stray key cannot change: only the open list chooses."""

    entered = Signal()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the page."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Space, Enter and F4 open the list; nothing else changes it."""
        opens = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F4)
        if event.key() in opens:
            self.showPopup()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say that it got the focus."""
        super().focusInEvent(event)
        self.entered.emit()

    def showPopup(self) -> None:
        """As wide as its longest option, within the window."""
        wanted = self.view().sizeHintForColumn(0) + 5 * theme.UNIT
        self.view().setMinimumWidth(min(wanted, max(self.width(), self.window().width() - 8 * theme.UNIT)))
        super().showPopup()

    def sizeHint(self) -> QSize:
        """As high as a text line; as wide as its longest option where it is told to."""
        width = super().sizeHint().width()
        if self.sizeAdjustPolicy() == QComboBox.SizeAdjustPolicy.AdjustToContents:
            texts = [self.itemText(position) for position in range(self.count())]
            longest = max((self.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
            width = longest + theme.em(self, 0.9) + 4 * theme.UNIT
        return QSize(width, self.fontMetrics().height() + 2 * theme.UNIT)

    def minimumSizeHint(self) -> QSize:
        """A list of a few words is shown whole; a long one may be as narrow as a dozen letters."""
        wanted = self.sizeHint()
        whole = self.sizeAdjustPolicy() == QComboBox.SizeAdjustPolicy.AdjustToContents
        return wanted if whole else QSize(theme.columns(self, 12), wanted.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Drawn as the text lines are: a style sheet on the border would take the arrow away."""
        worn = theme.tones()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(worn.accent if focused else worn.edge), 2 if focused else 1))
        painter.setBrush(QColor(worn.paper))
        inset = 1.0 if focused else 0.5
        painter.drawRoundedRect(self.rect().toRectF().adjusted(inset, inset, -inset, -inset), 4, 4)
        size = theme.em(self, 0.9)
        arrow = self.rect().adjusted(self.width() - size - theme.UNIT, 0, -theme.UNIT, 0)
        text = self.rect().adjusted(theme.UNIT + 1, 0, -size - 2 * theme.UNIT, 0)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if mirrored:
            # By hand: QStyle would do it, and costs the first paint 6 ms to load.
            arrow.moveLeft(self.width() - arrow.x() - arrow.width())
            text.moveLeft(self.width() - text.x() - text.width())
        # Drawn here, not from an SVG file: the first screen does without the SVG module.
        middle, height = arrow.toRectF().center(), size * 0.15
        pen = QPen(QColor(worn.muted), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        corners = ((-2 * height, -height), (0, height), (2 * height, -height))
        painter.drawPolyline(QPolygonF([middle + QPointF(x, y) for x, y in corners]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        chosen = self.currentIndex() >= 0
        painter.setPen(QColor(worn.ink if chosen else worn.muted))
        shown = self.currentText() if chosen else self.placeholderText()
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        leading = side | Qt.AlignmentFlag.AlignVCenter
        elided = self.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, int(leading), elided)
        painter.end()
