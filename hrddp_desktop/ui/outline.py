"""The outline: the pages that apply, with what is done and what is missing, always in view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from hrddp_desktop.errors import N_
from hrddp_desktop.ui import icons, theme
from hrddp_desktop.ui.icons import Shape

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words

REVIEW = "@review"
_Index = QModelIndex | QPersistentModelIndex
_WRAP = int(Qt.TextFlag.TextWordWrap)
_SHAPES = {
    "done": Shape.GOOD,
    "missing": Shape.PART,
    "untouched": Shape.EMPTY,
    "later": Shape.LATER,
    "free": Shape.EMPTY,
    "filled": Shape.GOOD,
    "": Shape.EMPTY,
    "doubts": Shape.ASK,
}
_STATES = {
    "done": N_("complete"),
    "missing": N_("{count} missing"),
    "untouched": N_("not started"),
    "later": N_("not known yet"),
    "free": N_("nothing is due"),
    "filled": N_("nothing is due"),
    "doubts": N_("Doubts: {count}"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the outline; `state` is that of a page, "" for one that is only read; a heading has no page.

    `missing` counts the answers, or for the state "doubts" what a reviewer asks there.
    """

    page: str
    label: str
    state: str
    missing: int


class Outline(QListView):
    """One Tab stop; arrows choose a page. Signals: chosen(page)."""

    chosen = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outline")
        self.setProperty("surface", "bare")
        self.setAccessibleName(words("Actions and pages"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setUniformItemSizes(False)
        self.setMouseTracking(True)
        self._lines = _Lines(words, self)
        # Qt takes the delegate by pointer and does not own it.
        self._delegate = _Painter(self)
        self.setModel(self._lines)
        self.setItemDelegate(self._delegate)
        self.clicked.connect(self._clicked)

    def show_lines(self, lines: list[Line]) -> None:
        """Show these pages; the current one stays current."""
        current = self.current()
        self._lines.show_lines(lines)
        self.point_at(current)

    def point_at(self, page: str) -> None:
        """Mark a page as the one that is shown."""
        position = self._lines.position(page)
        if position >= 0:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self._lines.index(position, 0), flags)

    def current(self) -> str:
        """The page that is marked."""
        index = self.currentIndex()
        return self._lines.lines[index.row()].page if index.isValid() else ""

    def lines(self) -> list[Line]:
        """What is shown."""
        return self._lines.lines

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Arrow keys lead to a page at once."""
        super().currentChanged(current, previous)
        if current.isValid() and self.hasFocus():
            self.chosen.emit(self._lines.lines[current.row()].page)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self._lines.lines[index.row()].page)


class _Lines(QAbstractListModel):
    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self.lines: list[Line] = []

    def show_lines(self, lines: list[Line]) -> None:
        if [line.page for line in lines] != [line.page for line in self.lines]:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()
            return
        before, self.lines = self.lines, lines
        # A line that is told to be another makes the view lay out all of them.
        for position, (old, new) in enumerate(zip(before, lines, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(position, 0), self.index(position, 0))

    def position(self, page: str) -> int:
        return next((i for i, line in enumerate(self.lines) if line.page == page), -1)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        # Arrow keys pass over a heading.
        return Qt.ItemFlag.NoItemFlags if not self.lines[index.row()].page else super().flags(index)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        state = self._words(_STATES[line.state], count=line.missing) if line.state else ""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return line.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.label}, {state}" if state else line.label
        if role == Qt.ItemDataRole.StatusTipRole:
            return state
        return line if role == Qt.ItemDataRole.UserRole else None


class _Painter(QStyledItemDelegate):
    """Shape, label, state below it; the chosen page on soft ground with a bar on its leading edge."""

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self._sizes: dict[tuple[str, bool, bool, int, str], QSize] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        view = self._view()
        line, width = index.data(Qt.ItemDataRole.UserRole), view.viewport().width()
        key = (line.label, bool(line.state), bool(line.page), width, view.font().key())
        if key not in self._sizes:
            self._sizes[key] = self._size(line, width, view)
        return self._sizes[key]

    def _size(self, line: Line, width: int, view: QListView) -> QSize:
        # The chosen page is written strong: its line must not need more room than it was given.
        metrics = QFontMetrics(theme.sized(view.font(), 1.0, strong=True))
        if not line.page:
            return QSize(width, metrics.height() + 2 * theme.UNIT)
        label = metrics.boundingRect(QRect(0, 0, self._room(width), 10_000), _WRAP, line.label)
        below = metrics.height() if line.state else 0
        return QSize(width, label.height() + below + 2 * theme.UNIT + theme.HALF)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        view = self._view()
        worn = theme.tones()
        line = index.data(Qt.ItemDataRole.UserRole)
        area = option.rect
        chosen = view.selectionModel().isSelected(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not line.page:
            self._paint_heading(painter, area, line, worn)
            painter.restore()
            return
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(worn.soft))
            painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), 4, 4)
            painter.setBrush(QColor(worn.accent))
            painter.drawRoundedRect(self._mirrored(area, QRect(area.x(), area.y() + 5, 3, area.height() - 10)), 1, 1)
        self._paint_shape(painter, area, line, worn)
        self._paint_text(painter, area, index, worn, chosen=chosen)
        painter.restore()

    def _paint_heading(self, painter: QPainter, area: QRect, line: Line, worn: theme.Tones) -> None:
        view = self._view()
        painter.setFont(theme.sized(view.font(), 0.9, strong=True))
        painter.setPen(QPen(QColor(worn.muted)))
        leading = int(QStyle.visualAlignment(view.layoutDirection(), Qt.AlignmentFlag.AlignLeft))
        room = area.adjusted(theme.UNIT + theme.HALF, 0, -theme.UNIT, -theme.HALF)
        painter.drawText(room, leading | int(Qt.AlignmentFlag.AlignBottom), line.label)

    def _paint_shape(self, painter: QPainter, area: QRect, line: Line, worn: theme.Tones) -> None:
        size = self._shape_size()
        box = self._mirrored(area, QRect(area.x() + theme.UNIT + theme.HALF, area.y() + theme.UNIT + 2, size, size))
        if line.page == REVIEW:
            painter.drawPixmap(box.topLeft(), icons.pixmap("file-check", worn.muted, size))
        else:
            painter.drawPixmap(box.topLeft(), icons.shape_pixmap(_SHAPES[line.state], worn, size))

    def _paint_text(self, painter: QPainter, area: QRect, index: _Index, worn: theme.Tones, *, chosen: bool) -> None:
        view = self._view()
        left = area.x() + 2 * theme.UNIT + theme.HALF + self._shape_size()
        room = QRect(left, area.y() + theme.UNIT, self._room(area.width()), area.height() - 2 * theme.UNIT)
        room = self._mirrored(area, room)
        leading = int(QStyle.visualAlignment(view.layoutDirection(), Qt.AlignmentFlag.AlignLeft))
        painter.setFont(theme.sized(view.font(), 1.0, strong=chosen))
        painter.setPen(QPen(QColor(worn.ink)))
        label = painter.drawText(room, leading | int(Qt.AlignmentFlag.AlignTop) | _WRAP, index.data())
        state = index.data(Qt.ItemDataRole.StatusTipRole)
        if state:
            painter.setFont(theme.sized(view.font(), 0.9))
            painter.setPen(QPen(QColor(worn.muted)))
            below = room.adjusted(0, label.height(), 0, 0)
            painter.drawText(below, leading | int(Qt.AlignmentFlag.AlignTop), state)

    def _shape_size(self) -> int:
        return theme.em(self._view(), 0.85)

    def _room(self, width: int) -> int:
        return max(1, width - self._shape_size() - 3 * theme.UNIT - theme.HALF)

    def _mirrored(self, area: QRect, rect: QRect) -> QRect:
        return QStyle.visualRect(self._view().layoutDirection(), area, rect)

    def _view(self) -> QListView:
        parent = self.parent()
        if not isinstance(parent, QListView):
            raise TypeError("the painter belongs to its outline")
        return parent
