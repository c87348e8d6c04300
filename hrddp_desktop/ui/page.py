"""One page of the wizard: its title, then its questions, scrolled; one group of the form."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QWidget

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.column import Column
from hrddp_desktop.ui.fields import Field
from hrddp_desktop.ui.parts import Text, column, row
from hrddp_desktop.ui.sight import settle, show_whole
from hrddp_desktop.ui.tables import TableEditor

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from hrddp_desktop.engine.views import Change, FieldView, TableView
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.ui.desk import Desk

# A line of text that is still read without losing the next one.
_LETTERS = 84


class Page(QScrollArea):
    """A page that has been built once stays; it reads the record again when it is shown or when something changed."""

    def __init__(self, name: str, title: str, words: Words, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"page:{name}")
        # Whether the page is shown from its title on: until somebody goes on to a question that is not the first.
        self._begins = False
        self.name = name
        self._words = words
        self._desk = desk
        # A scroll area is a Tab stop by default, with nothing to do there.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget(self)
        inside.setProperty("surface", "paper")
        self._column = Column(words, desk, partial(TableEditor, page_title=title), inside)
        content = QWidget(inside)
        content.setMaximumWidth(theme.columns(self, _LETTERS))
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        texts = column(gap=3 * theme.UNIT)
        texts.addWidget(Text(title, content, size=1.45, strong=True))
        texts.addWidget(self._column, 1)
        content.setLayout(texts)
        layout = row()
        layout.setContentsMargins(4 * theme.UNIT, 3 * theme.UNIT, 4 * theme.UNIT, 4 * theme.UNIT)
        layout.addWidget(content, 10)
        layout.addStretch(1)
        inside.setLayout(layout)
        self.setWidget(inside)
        self._column.show_views(self._views())
        self._column.restore(desk.assessment.drafts())
        desk.visited.connect(self._visit)

    def show_change(self, _change: Change | None = None) -> None:
        """Read the record again: relevance, options and problems of any question here may have changed."""
        self._column.show_views(self._views())

    def column(self) -> Column:
        """The questions."""
        return self._column

    def field(self, path: str) -> Field | TableEditor | None:
        """The question or table at `path`."""
        return self._column.item(path)

    def go_to(self, path: str) -> bool:
        """Put the keyboard on a question and bring it into view."""
        item = self._column.item(path)
        if item is None:
            return False
        self._begins = False
        if isinstance(item, TableEditor):
            item.take_focus(path)
        else:
            item.take_focus()
        self._show_focused()
        return True

    def go_to_start(self) -> str:
        """Put the keyboard on the first question; its path."""
        self.verticalScrollBar().setValue(0)
        self._begins = True
        for item in self._column.items():
            if any(stop.isEnabled() and stop.isVisibleTo(self) for stop in item.stops()):
                item.take_focus()
                self._show_focused()
                return item.path
        return ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks the lines anew; what has the keyboard stays in view."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._scroll_to_focused)

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in reading order."""
        return self._column.stops()

    def flush(self) -> None:
        """Commit what is being typed."""
        self._column.flush()

    @Slot(str)
    def _visit(self, path: str) -> None:
        # Under a pressed button the page must not move: the click would land elsewhere.
        by_mouse = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        first = next((item for item in self._column.items() if item.stops()), None)
        self._begins = self._begins and first is self._column.item(path)
        if self.isVisible() and not by_mouse and self._column.item(path) is not None:
            self._show_focused()

    def _show_focused(self) -> None:
        settle()
        self._scroll_to_focused()
        # A page that was just built, or has just become narrower, takes its heights in the next turn.
        QTimer.singleShot(0, self, self._scroll_to_focused)

    @Slot()
    def _scroll_to_focused(self) -> None:
        """The whole question with its label, or where that does not fit the control that has the keyboard."""
        focused = QApplication.focusWidget()
        if focused is None or not self.isAncestorOf(focused) or self._starts_with(focused):
            return
        whole: QWidget | None = focused
        while whole is not None and not isinstance(whole, Field):
            whole = whole.parentWidget() if whole is not self else None
        # Of a question that is too high for the page, the part that has the keyboard.
        while whole is None or not show_whole(self, whole):
            inner = focused if whole is None else _towards(focused, whole)
            if inner is focused:
                show_whole(self, focused)
                return
            whole = inner

    def _starts_with(self, focused: QWidget) -> bool:
        """Whether this is the first stop, in view below the title: nothing is gained by scrolling the title away."""
        content = self.widget()
        first = next((item for item in self._column.items() if item.stops()), None)
        if content is None or first is None or not first.isAncestorOf(focused) or not self._begins:
            return False
        line = min(focused.height(), theme.em(self, 3))
        if focused.mapTo(content, QPoint(0, line)).y() > self.viewport().height():
            return False
        self.verticalScrollBar().setValue(0)
        return True

    def _views(self) -> list[FieldView | TableView]:
        views = self._desk.assessment.page(self.name, self._words.language)
        # A calculation without a label of its own works for the rules, not for the reader.
        return [view for view in views if view.relevant and view.label not in ("", view.name)]


def _towards(inner: QWidget, outer: QWidget) -> QWidget:
    """The child of `outer` that holds `inner`, or is it."""
    found = inner
    while (above := found.parentWidget()) is not None and above is not outer:
        found = above
    return found
