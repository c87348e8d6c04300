"""An ordered column of questions and tables that follows the record: what applies comes, the rest goes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.fields import Field
from hrddp_desktop.ui.parts import column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from typing_extensions import TypeIs

    from hrddp_desktop.engine.views import FieldView, TableView
    from hrddp_desktop.errors import HrddpError
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.ui.desk import Desk
    from hrddp_desktop.ui.tables import TableEditor

    MakeTable = Callable[[TableView, Words, Desk, QWidget], TableEditor]


class Column(QWidget):
    """Fields and tables from top to bottom. `make_table` is None inside a table: rows hold no tables."""

    def __init__(self, words: Words, desk: Desk, make_table: MakeTable | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._desk = desk
        self._make_table = make_table
        self._items: dict[str, Field | TableEditor] = {}
        self._layout = column(gap=3 * theme.UNIT)
        self._layout.addStretch(1)
        self.setLayout(self._layout)
        desk.refused.connect(self._refuse)

    def show_views(self, views: Sequence[FieldView | TableView]) -> None:
        """Show exactly these, in this order; what stays keeps its widget, its focus and half-typed text."""
        wanted = [view.path for view in views]
        for path in [path for path in self._items if path not in wanted]:
            gone = self._items.pop(path)
            # The pause timer dies with the widget, and an edit with it.
            gone.flush()
            self._layout.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        came = [self._place(index, view) for index, view in enumerate(views)]
        self._items = {path: self._items[path] for path in wanted}
        if any(came):
            self._chain()

    def restore(self, drafts: dict[str, str]) -> None:
        """Give half-typed text back to its questions."""
        for item in self._items.values():
            if isinstance(item, Field):
                if item.path in drafts:
                    item.restore(drafts[item.path])
            else:
                item.restore(drafts)

    def item(self, path: str) -> Field | TableEditor | None:
        """The question or table at `path`; a cell is found through its table."""
        return self._items.get(path) or self._items.get(path.split("/")[0])

    def items(self) -> list[Field | TableEditor]:
        """Everything shown, from top to bottom."""
        return list(self._items.values())

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in reading order."""
        return [stop for item in self._items.values() for stop in item.stops()]

    def flush(self) -> None:
        """Commit what is being typed anywhere in the column."""
        for item in list(self._items.values()):
            item.flush()

    def _place(self, index: int, view: FieldView | TableView) -> bool:
        path = view.path
        item = self._items.get(path)
        if item is None:
            item = self._make(view)
            self._items[path] = item
            self._layout.insertWidget(index, item)
            # Otherwise the layout shows it in the next turn of the event loop, too late to take the keyboard.
            item.show()
            return True
        item.show_view(view)  # type: ignore[arg-type]  # a path keeps its sort: a question never becomes a table
        if self._layout.indexOf(item) != index:
            self._layout.insertWidget(index, item)
            return True
        return False

    def _make(self, view: FieldView | TableView) -> Field | TableEditor:
        if is_table(view):
            if self._make_table is None:
                raise TypeError("a row holds no table")
            return self._make_table(view, self._words, self._desk, self)
        field = Field(view, self._words, self)
        field.attach(self._desk)
        field.show_doubt(self._desk.assessment.doubts.get(view.path, ""))
        return field

    def _chain(self) -> None:
        # Qt's order is that of creation; a question that came later must not be the last stop.
        stops = self.stops()
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    @Slot(str, object)
    def _refuse(self, path: str, error: HrddpError) -> None:
        item = self._items.get(path)
        if isinstance(item, Field):
            item.refuse(error)


def is_table(view: FieldView | TableView) -> TypeIs[TableView]:
    """Whether a view is that of a table. Known by its rows: naming the class would load the engine."""
    return hasattr(view, "rows")
