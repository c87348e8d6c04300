"""Radio buttons and check boxes whose text wraps and whose mark is drawn to the size of the letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QSizePolicy, QStyle, QWidget

from hrddp_desktop.ui import theme

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

_PAD = theme.HALF
_FORWARD = frozenset({Qt.Key.Key_Down, Qt.Key.Key_Right})
_BACK = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Left})
_WRAP = int(Qt.TextFlag.TextWordWrap)


# Two C++ bases crash PySide6, so that the shared part is a plain class; to mypy it is the button it is mixed into.
if TYPE_CHECKING:
    _Shared = QAbstractButton
else:
    _Shared = object


class _Wrapping(_Shared):
    """What both kinds share: size from the wrapped text, one hit area, one way to paint."""

    plain: str
    _heights: dict[int, int]  # by width: a layout asks for the same few again and again

    def _prepare(self, text: str) -> None:
        self.plain = text
        self._heights = {}
        self.setText(text.replace("&", "&&"))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # Painted again when the pointer comes or goes.
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def _mark(self) -> int:
        return round(QFontMetrics(self.font()).height() * 0.86)

    def _text_width(self, width: int) -> int:
        return max(1, width - self._mark() - 4 * _PAD)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of the wrapped text with room for the focus ring."""
        if width not in self._heights:
            box = QRect(0, 0, self._text_width(width), 100_000)
            text = QFontMetrics(self.font()).boundingRect(box, _WRAP, self.plain)
            self._heights[width] = text.height() + 2 * _PAD
        return self._heights[width]

    def changeEvent(self, event: QEvent) -> None:
        """Other letters need other heights."""
        super().changeEvent(event)
        self._heights = {}

    def sizeHint(self) -> QSize:
        """Wide enough for one line."""
        metrics = QFontMetrics(self.font())
        # Joined letters may be drawn a little wider than their advance; a short answer must not wrap for that.
        text = max(metrics.horizontalAdvance(self.plain), metrics.boundingRect(self.plain).width())
        width = text + self._mark() + 6 * _PAD
        return QSize(width, metrics.height() + 2 * _PAD)

    def minimumSizeHint(self) -> QSize:
        """As narrow as a dozen letters; the rest wraps."""
        wanted = self.sizeHint()
        return QSize(min(wanted.width(), theme.columns(self, 12) + self._mark() + 4 * _PAD), wanted.height())

    def hitButton(self, pos: QPoint) -> bool:
        """The text belongs to the target."""
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The mark on the leading side, the text beside it, a ring when focused."""
        worn = theme.tones()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_mark(painter, QRectF(self._mirrored(self._mark_rect())), worn)
        painter.setPen(QColor(worn.ink if self.isEnabled() else worn.edge))
        left = self._mark() + 3 * _PAD
        area = self._mirrored(QRect(left, _PAD, self._text_width(self.width()), self.height() - 2 * _PAD))
        leading = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        painter.drawText(area, int(leading | Qt.AlignmentFlag.AlignTop) | _WRAP, self.plain)
        if self.hasFocus():
            painter.setPen(QPen(QColor(worn.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _mark_rect(self) -> QRect:
        top = _PAD + (QFontMetrics(self.font()).height() - self._mark()) // 2
        return QRect(_PAD + 1, top, self._mark(), self._mark())

    def _mirrored(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)

    def _paint_mark(self, painter: QPainter, rect: QRectF, worn: theme.Tones) -> None:
        raise NotImplementedError


class RadioOption(_Wrapping, QRadioButton):
    """One of several. Arrow keys only move: reading through the options must not choose one."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prepare(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the neighbour, Space and Enter choose."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in _FORWARD or key in _BACK:
            across = key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
            mirrored = across and self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            self._go(1 if (key in _FORWARD) != mirrored else -1)
        else:
            super().keyPressEvent(event)

    def _go(self, step: int) -> None:
        siblings = self.group().buttons()
        siblings[(siblings.index(self) + step) % len(siblings)].setFocus(Qt.FocusReason.TabFocusReason)

    def _paint_mark(self, painter: QPainter, rect: QRectF, worn: theme.Tones) -> None:
        chosen = self.isChecked()
        painter.setPen(QPen(QColor(worn.accent if chosen or self.underMouse() else worn.edge), 1.6))
        painter.setBrush(QColor(worn.paper))
        painter.drawEllipse(rect.adjusted(1, 1, -1, -1))
        if chosen:
            inset = rect.width() * 0.28
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(worn.accent))
            painter.drawEllipse(rect.adjusted(inset, inset, -inset, -inset))


class CheckOption(_Wrapping, QCheckBox):
    """Any of several."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prepare(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _paint_mark(self, painter: QPainter, rect: QRectF, worn: theme.Tones) -> None:
        chosen = self.isChecked()
        painter.setPen(QPen(QColor(worn.accent if chosen or self.underMouse() else worn.edge), 1.6))
        painter.setBrush(QColor(worn.accent if chosen else worn.paper))
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 3, 3)
        if chosen:
            painter.setPen(QPen(QColor(worn.on_accent), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            size = rect.width()
            points = [
                QPointF(rect.x() + size * x, rect.y() + size * y) for x, y in ((0.27, 0.53), (0.44, 0.7), (0.75, 0.32))
            ]
            painter.drawPolyline(QPolygonF(points))
