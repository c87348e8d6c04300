"""A table of the form: its rows as a list, the chosen row as a form below it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QFrame, QHeaderView, QWidget

from hrddp_desktop.services.assessment import why
from hrddp_desktop.ui import icons, theme
from hrddp_desktop.ui.column import Column
from hrddp_desktop.ui.doubts import Doubt
from hrddp_desktop.ui.excuses import Excuse
from hrddp_desktop.ui.icons import Shape
from hrddp_desktop.ui.offers import Offers
from hrddp_desktop.ui.parts import Button, RowList, Text, column, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hrddp_desktop.engine.views import FieldView, RowView, TableView
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.ui.desk import Desk

# Beside the row's label and state, so many of its cells fit into a line that can still be read: fewer beside a title.
_SHOWN_CELLS, _BESIDE_TITLE = 2, 1
_SHOWN_TYPES = frozenset({"text", "select_one", "select_one_row", "date", "integer"})
_MOST_LINES = 8
_Index = QModelIndex | QPersistentModelIndex


class TableEditor(QWidget):
    """Recipients, kinds of support, places: add, choose, fill in, move, delete; undo brings a row back.

    Keyboard: arrows choose a row, Enter goes into its form, Insert adds, Delete removes, Alt+Up and Alt+Down move.
    """

    def __init__(
        self, view: TableView, words: Words, desk: Desk, parent: QWidget | None = None, *, page_title: str = ""
    ) -> None:
        super().__init__(parent)
        self._page_title = page_title
        self.setObjectName(f"table:{view.path}")
        self.path = view.path
        self._words = words
        self._desk = desk
        self._view = view
        self._row = ""
        self._label = Text(parent=self, strong=True)
        self._hint = Text(parent=self, tone="muted")
        self._empty = Text(words("No row yet."), self, tone="muted")
        self._model = _Rows(words, self)
        self._list = _List(self)
        self._list.setObjectName(view.path)
        self._list.setModel(self._model)
        self._list.chosen.connect(self._choose)
        self._list.entered_row.connect(self._enter)
        self._list.removal.connect(self._remove)
        self._list.addition.connect(self._add)
        self._list.shift.connect(self._move)
        self._offers = Offers(view.path, words, self)
        self._offers.chosen.connect(self._add_offered)
        self._buttons = self._make_buttons()
        self._excuse = Excuse(words, self)
        self._excuse.given.connect(self._give_excuse)
        self._excuse.entered.connect(self._visit)
        self._doubt = Doubt(words, self)
        self._doubt.entered.connect(self._visit)
        self._doubt.say(desk.assessment.doubts.get(view.path, ""))
        self._title = Text(parent=self, strong=True)
        self._why = Text(parent=self, tone="muted")
        self._why.setObjectName(f"{self.path}:why")
        self._row_doubt = Doubt(words, self)
        self._row_doubt.entered.connect(self._visit)
        self._form = Column(words, desk, None, self)
        desk.row_added.connect(self._show_added)
        self._lay_out()
        self.show_view(view)

    def _make_buttons(self) -> dict[str, Button]:
        words = self._words
        made = {
            "add": Button(words("Add a row"), self, icon="plus"),
            "up": Button(words("Move up"), self, kind="quiet", icon="arrow-up"),
            "down": Button(words("Move down"), self, kind="quiet", icon="arrow-down"),
            "remove": Button(words("Delete row"), self, kind="quiet", icon="trash-2"),
        }
        for name, slot in (("add", self._add), ("up", self._up), ("down", self._down), ("remove", self._remove)):
            made[name].clicked.connect(slot)
            made[name].setObjectName(f"{self.path}:{name}")
        return made

    def _lay_out(self) -> None:
        buttons = row(gap=theme.HALF)
        buttons.addWidget(self._buttons["add"])
        buttons.addStretch(1)
        for name in ("up", "down", "remove"):
            buttons.addWidget(self._buttons[name])
        self._card = QFrame(self)
        self._card.setProperty("surface", "ground")
        inside = column(gap=2 * theme.UNIT, margin=2 * theme.UNIT)
        inside.addWidget(self._title)
        inside.addWidget(self._why)
        inside.addWidget(self._row_doubt)
        inside.addWidget(self._form)
        self._card.setLayout(inside)
        layout = column()
        for widget in (self._label, self._hint, self._offers, self._empty, self._list):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addWidget(self._excuse)
        layout.addWidget(self._doubt)
        layout.addWidget(self._card)
        self.setLayout(layout)

    def show_view(self, view: TableView) -> None:
        """Show the rows as they are now; the chosen row stays chosen."""
        self._view = view
        # A page that holds one table often bears its name already.
        self._label.say("" if view.label == self._page_title else view.label)
        self._hint.say(view.hint)
        self._list.setAccessibleName(view.label)
        self._list.setAccessibleDescription(view.hint)
        self._buttons["add"].setAccessibleDescription(view.label)
        ids = [each.row_id for each in view.rows]
        if self._row not in ids:
            self._row = ids[0] if ids else ""
        self._model.show_view(view, self._missing_in(ids), self._doubts_in(ids))
        self._list.fit(len(ids))
        self._list.setVisible(bool(ids))
        self._empty.setVisible(not ids)
        offered = self._desk.assessment.offered(self.path, self._words.language) if view.takes_rows else ()
        self._offers.show_offers(offered, empty=not ids)
        self._excuse.show_view(view)
        self._select()
        self._show_form()

    def restore(self, drafts: dict[str, str]) -> None:
        """Give half-typed text back to the cells of the chosen row."""
        self._form.restore(drafts)

    def flush(self) -> None:
        """Commit what is being typed."""
        self._form.flush()

    def take_focus(self, path: str = "") -> None:
        """Go to a cell, else to the list of rows, else to what is on offer, else to "Add a row"."""
        parts = path.split("/")
        if len(parts) > 1 and any(each.row_id == parts[1] for each in self._view.rows):
            self._go_to(parts[1])
            item = self._form.item(path)
            if item is not None:
                item.take_focus()
                return
            if self._row_doubt.said:
                self._row_doubt.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        first = self._buttons["add"] if self._offers.isHidden() else self._offers.stops()[0]
        (self._list if self._view.rows else first).setFocus(Qt.FocusReason.OtherFocusReason)

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        buttons = [self._buttons[name] for name in ("add", "up", "down", "remove")]
        doubts = [*self._doubt.stops(), *self._row_doubt.stops()]
        return [*self._offers.stops(), self._list, *buttons, *self._excuse.stops(), *doubts, *self._form.stops()]

    @property
    def row_path(self) -> str:
        """The path of the chosen row, or of the table while it has none."""
        return f"{self.path}/{self._row}" if self._row else self.path

    def cell(self, path: str) -> QWidget | None:
        """The question of a cell of the chosen row."""
        return self._form.item(path)

    # --- inside ---

    def _missing_in(self, ids: list[str]) -> dict[str, int]:
        counts = dict.fromkeys(ids, 0)
        for each in self._desk.assessment.missing():
            parts = each.path.split("/")
            if parts[0] == self.path and len(parts) > 1 and parts[1] in counts:
                counts[parts[1]] += 1
        return counts

    def _doubts_in(self, ids: list[str]) -> dict[str, int]:
        parts = [path.split("/") for path in self._desk.assessment.doubts]
        return {row_id: sum(part[:2] == [self.path, row_id] for part in parts) for row_id in ids}

    def _position(self) -> int:
        return next((i for i, each in enumerate(self._view.rows) if each.row_id == self._row), -1)

    def _select(self) -> None:
        position = self._position()
        if position >= 0:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self._list.selectionModel().setCurrentIndex(self._model.index(position, 0), flags)
        self._buttons["up"].setEnabled(position > 0)
        self._buttons["down"].setEnabled(0 <= position < len(self._view.rows) - 1)
        for name in ("up", "down", "remove"):
            self._buttons[name].setVisible(position >= 0 and self._view.takes_rows)
        self._buttons["add"].setVisible(self._view.takes_rows)

    def _show_form(self) -> None:
        position = self._position()
        self._card.setVisible(position >= 0)
        if position >= 0:
            chosen = self._view.rows[position]
            self._title.say(_row_title(chosen))
            self._why.say("\n".join(self._reasons(chosen)))
            self._row_doubt.say(self._desk.assessment.doubts.get(f"{self.path}/{chosen.row_id}", ""))
            self._form.show_views([cell for cell in chosen.cells if cell.relevant and cell.asked])

    def _reasons(self, chosen: RowView) -> list[str]:
        session, place = self._desk.assessment.session, f"{self.path}/{chosen.row_id}"
        found = why(session, place, [one.name for one in self._view.columns], self._words.language)
        return [f"{ground.rule} · {ground.reason}" for ground in found]

    def _go_to(self, row_id: str) -> None:
        if row_id != self._row:
            self._form.flush()
            self._row = row_id
            self._select()
            self._show_form()
            self._form.restore(self._desk.drafts())

    @Slot(int)
    def _choose(self, position: int) -> None:
        if 0 <= position < len(self._view.rows):
            self._go_to(self._view.rows[position].row_id)

    @Slot()
    def _enter(self) -> None:
        first = next(iter(self._form.items()), None)
        if first is not None:
            first.take_focus()

    @Slot()
    def _add(self) -> None:
        if not self._view.takes_rows:
            return
        self._form.flush()
        self._desk.add_row(self.path)

    @Slot(object)
    def _add_offered(self, codes: list[str]) -> None:
        self._form.flush()
        self._desk.add_offered(self.path, codes)

    @Slot(str, str)
    def _show_added(self, table: str, row_id: str) -> None:
        if table == self.path:
            self._go_to(row_id)
            self._enter()

    @Slot()
    def _remove(self) -> None:
        position = self._position()
        if position >= 0 and self._view.takes_rows:
            gone = self._row
            neighbours = [each.row_id for each in self._view.rows if each.row_id != gone]
            self._row = neighbours[min(position, len(neighbours) - 1)] if neighbours else ""
            self._desk.remove_row(self.path, gone)
            self.take_focus()

    @Slot()
    def _up(self) -> None:
        self._move(-1)

    @Slot()
    def _down(self) -> None:
        self._move(1)

    @Slot(int)
    def _move(self, step: int) -> None:
        target = self._position() + step
        if 0 <= target < len(self._view.rows) and self._view.takes_rows:
            self._form.flush()
            self._desk.move_row(self.path, self._row, target)

    @Slot(str, str, str)
    def _give_excuse(self, kind: str, why: str, who: str) -> None:
        self._desk.excuse(self.path, kind, why, who)
        if kind:
            self._excuse.take_focus()
        else:
            self.take_focus()

    @Slot()
    def _visit(self) -> None:
        self._desk.visited.emit(self.path)


def _row_title(view: RowView) -> str:
    return f"{view.row_id} · {view.title}" if _is_titled(view) else view.row_id


def _is_titled(view: RowView) -> bool:
    return view.title not in ("", view.row_id)


def _telling_columns(view: TableView) -> list[tuple[str, str]]:
    """The columns that tell most about the rows: those that every row has and that its title does not say."""
    kinds = _SHOWN_TYPES | {"calculate"} if view.made else _SHOWN_TYPES
    titled = not view.made and any(_is_titled(each) for each in view.rows)
    found = ((c.name, c.label) for c in view.columns if c.type in kinds and c.label not in ("", c.name))
    telling = (column for column in found if all(_tells(each, column[0], made=view.made) for each in view.rows))
    return list(islice(telling, _BESIDE_TITLE if titled else _SHOWN_CELLS))


def _tells(view: RowView, name: str, *, made: bool) -> bool:
    cell = _cell(view, name)
    if cell is None or not cell.asked or cell.text == view.title:
        return False
    # The title of a made row is put together from what it links.
    return not (made and cell.text and cell.text in view.title)


def _cell(view: RowView, name: str) -> FieldView | None:
    return next((c for c in view.cells if c.name == name and c.relevant), None)


class _Rows(QAbstractTableModel):
    """The rows as a Qt model: label, some cells, state."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._rows: list[RowView] = []
        self._columns: list[tuple[str, str]] = []
        self._made = False
        self._missing: dict[str, int] = {}
        self._doubts: dict[str, int] = {}
        self._taken: tuple[TableView, dict[str, int], dict[str, int]] | None = None

    def show_view(self, view: TableView, missing: dict[str, int], doubts: dict[str, int]) -> None:
        """Take over the rows of a view."""
        if (view, missing, doubts) == self._taken:
            return
        self._taken = (view, missing, doubts)
        columns = _telling_columns(view)
        rows = [each.row_id for each in view.rows] == [each.row_id for each in self._rows]
        same = rows and columns == self._columns and view.made == self._made
        before = [self._told(position) for position in range(len(self._rows))] if same else []
        self._made = view.made
        if not same:
            self.beginResetModel()
        self._rows, self._columns, self._missing, self._doubts = list(view.rows), columns, missing, doubts
        if not same:
            self.endResetModel()
        for position, told in enumerate(before):
            if told != self._told(position):
                self.dataChanged.emit(self.index(position, 0), self.index(position, self.columnCount() - 1))

    def _told(self, position: int) -> tuple[RowView, int, int]:
        row_id = self._rows[position].row_id
        return self._rows[position], self._missing.get(row_id, 0), self._doubts.get(row_id, 0)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, _parent: _Index | None = None) -> int:
        # What the form makes is never incomplete.
        return len(self._columns) + (1 if self._made else 2)

    @property
    def titled(self) -> bool:
        """Whether rows are known by more than their label."""
        return any(_is_titled(each) for each in self._rows)

    def is_wide(self, section: int) -> bool:
        """Whether a column holds texts, which take the room that there is."""
        return self.titled if section == 0 else section <= len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        if section == 0:
            return self._words("Row")
        if section == len(self._columns) + 1:
            return self._words("State")
        return self._columns[section - 1][1]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        shown = self._rows[index.row()]
        missing, doubts = self._missing.get(shown.row_id, 0), self._doubts.get(shown.row_id, 0)
        state = index.column() == len(self._columns) + 1
        if role == Qt.ItemDataRole.DecorationRole and state:
            worn = theme.tones()
            shape = Shape.PART if missing else Shape.ASK if doubts else Shape.GOOD
            return icons.shape_pixmap(shape, worn, theme.em(self._parent_widget(), 0.8))
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return f"{_row_title(shown)}, {self._state(missing, doubts)}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(shown, index.column(), self._state(missing, doubts))
        return None

    def _text(self, shown: RowView, position: int, state: str) -> str:
        if position == 0:
            return _row_title(shown)
        if position == len(self._columns) + 1:
            return state
        name = self._columns[position - 1][0]
        cell = _cell(shown, name)
        return (cell.text if cell is not None else "") or "–"

    def _state(self, missing: int, doubts: int) -> str:
        if doubts and not missing:
            return self._words("Doubts: {count}", count=doubts)
        return self._words("{count} missing", count=missing) if missing else self._words("complete")

    def _parent_widget(self) -> QWidget:
        parent = self.parent()
        if not isinstance(parent, QWidget):
            raise TypeError("a model of rows belongs to its table")
        return parent


class _List(RowList):
    """The rows. Signals: chosen(position); entered_row(); addition(); removal(); shift(step)."""

    chosen = Signal(int)
    entered_row = Signal()
    addition = Signal()
    removal = Signal()
    shift = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, height=theme.em(parent, 1.0) + 2 * theme.UNIT)
        self.activated.connect(self.entered_row)
        self.clicked.connect(self._clicked)

    def fit(self, rows: int) -> None:
        """As high as its rows, up to a limit; the page scrolls, not the table."""
        line = self.verticalHeader().defaultSectionSize()
        header = self.horizontalHeader()
        model = self.model()
        if not isinstance(model, _Rows):
            raise TypeError("the list shows the rows of a table")
        modes = [
            QHeaderView.ResizeMode.Stretch if model.is_wide(section) else QHeaderView.ResizeMode.ResizeToContents
            for section in range(model.columnCount())
        ]
        self.setFixedHeight(header.sizeHint().height() + line * min(rows, _MOST_LINES) + theme.UNIT)
        for section, mode in enumerate(modes):
            # Set again, it would measure every cell again.
            if header.sectionResizeMode(section) != mode:
                header.setSectionResizeMode(section, mode)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        # Only a person's move counts; a model that was reset chooses nothing.
        if current.isValid() and self.hasFocus():
            self.chosen.emit(current.row())

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if event.key() == Qt.Key.Key_Delete:
            self.removal.emit()
        elif event.key() == Qt.Key.Key_Insert:
            self.addition.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit()
        elif alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.shift.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)
