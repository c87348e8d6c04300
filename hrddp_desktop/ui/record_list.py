"""The list of records: its lines are read a piece at a time, so that ten thousand open as fast as a hundred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QWidget

from hrddp_desktop.errors import N_
from hrddp_desktop.services import assessment, search
from hrddp_desktop.services.search import Order, Wanted
from hrddp_desktop.ui import icons, theme
from hrddp_desktop.ui.finder import STATES
from hrddp_desktop.ui.outcomes import shape_of
from hrddp_desktop.ui.parts import RowList

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.services.search import Found, Seen
    from hrddp_desktop.storage.records import Summary

_Index = QModelIndex | QPersistentModelIndex
PIECE = 100
_ROOMY = 60
_HEADINGS = (
    N_("Activity"), N_("Reference"), N_("Place"), N_("Outcome"), N_("State"), N_("Due"), N_("Last change"),
    N_("Where it stands"),
)  # fmt: skip
_ORDERS = (Order.TITLE, Order.REFERENCE, Order.COUNTRY, Order.OUTCOME, Order.STATUS, Order.DUE, Order.NEWEST)
_TITLE, _PLACE, _OUTCOME, _CHANGED, _FOUND = 0, 2, 3, 6, 7


class RecordModel(QAbstractTableModel):
    """What is wanted of the records of an office."""

    def __init__(self, office: Office, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._office = office
        self._words = words
        self._view = parent
        self._wanted = Wanted()
        self._has_more = False
        self._found: list[Found] = []

    def show_wanted(self, wanted: Wanted) -> None:
        """Read the first piece of what is wanted."""
        self.beginResetModel()
        self._wanted = wanted
        self._found = self._piece(0)
        self.endResetModel()

    def show_seen(self, seen: Seen) -> None:
        """Show what was found beside the window, with `PIECE` + 1 lines where there is more."""
        self.beginResetModel()
        self._wanted = seen.wish
        self._has_more = len(seen.found) > PIECE
        self._found = seen.found[:PIECE]
        self.endResetModel()

    def record(self, position: int) -> str:
        """The id of the record in a line."""
        return self._found[position].summary.record

    def total(self) -> int:
        """How many records are wanted; asked of the vault only where not all of them were read."""
        return self._office.count(self._wanted) if self._has_more else len(self._found)

    @property
    def shows_places(self) -> bool:
        """There are words that stand somewhere."""
        return bool(self._wanted.words)

    def _piece(self, offset: int) -> list[Found]:
        # One line more than is shown says whether there is more.
        found = search.find(self._office, self._wanted, self._words.language, PIECE + 1, offset)
        self._has_more = len(found) > PIECE
        return found[:PIECE]

    def canFetchMore(self, _parent: _Index) -> bool:
        """Whether there are lines that were not read yet."""
        return self._has_more

    def fetchMore(self, _parent: _Index) -> None:
        """Read the next piece."""
        piece = self._piece(len(self._found))
        if piece:
            self.beginInsertRows(QModelIndex(), len(self._found), len(self._found) + len(piece) - 1)
            self._found += piece
            self.endInsertRows()

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many lines were read."""
        return 0 if parent is not None and parent.isValid() else len(self._found)

    def columnCount(self, _parent: _Index | None = None) -> int:
        """How many columns there are, hidden ones too."""
        return len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._words(_HEADINGS[section])
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows, and what is read aloud."""
        found = self._found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole and index.column() == _CHANGED:
            changed = found.summary.changed  # the time of day is in the tip, and read aloud
            return self._words.date(changed.astimezone().date()) if changed else ""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._texts(found)[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            texts = self._texts(found)
            return ", ".join(text for text in texts if text) if index.column() == _TITLE else texts[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == _OUTCOME and found.summary.outcome:
            worn = theme.tones()
            return icons.shape_pixmap(shape_of(found.summary.outcome), worn, theme.em(self._view, 0.9))
        return None

    def _texts(self, found: Found) -> tuple[str, ...]:
        record, words = found.summary, self._words
        changed = record.changed.astimezone() if record.changed else None
        return (
            self._title(record),
            record.reference,
            " · ".join(part for part in (record.country, record.station) if part),
            self._outcome(record),
            words.translate(STATES.get(record.status, record.status)),
            words.date(record.next_due) if record.next_due else "",
            f"{words.date(changed.date())}, {words.time(changed)}" if changed else "",
            f"{found.snippet} ({found.question})" if found.question else found.snippet,
        )

    def _title(self, record: Summary) -> str:
        if record.title or record.form == assessment.FORM:
            return record.title or self._words("Without a title")
        return self._office.forms.definition(record.form).form_title(self._words.language)

    def _outcome(self, record: Summary) -> str:
        if not record.outcome and record.form != assessment.FORM:
            return ""  # a letter gives none
        definition = self._office.forms.definition(record.form)
        return definition.choice_label("outcome", record.outcome or "incomplete", self._words.language)


class RecordList(RowList):
    """Enter or a double click opens, Delete puts into the bin.

    Signals: opened(position); binned(position); sorted_by(Order) a heading was clicked.
    """

    opened = Signal(int)
    binned = Signal(int)
    sorted_by = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, height=theme.em(parent, 1.0) + 3 * theme.UNIT)
        self._shows_places = False
        self.doubleClicked.connect(self._open)
        self.horizontalHeader().setSectionsClickable(True)
        self.horizontalHeader().sectionClicked.connect(self._sort)
        # Widths are measured on the lines in sight.
        self.horizontalHeader().setResizeContentsPrecision(0)

    def fit(self, *, shows_places: bool) -> None:
        """The texts take the room that the others leave; no more height than there are rows."""
        lines = self.model().rowCount() * self.verticalHeader().defaultSectionSize()
        self.setMaximumHeight(self.horizontalHeader().sizeHint().height() + lines + theme.UNIT)
        header, wide = self.horizontalHeader(), {_TITLE, _FOUND}
        for section in range(self.model().columnCount()):
            mode = QHeaderView.ResizeMode.Stretch if section in wide else QHeaderView.ResizeMode.ResizeToContents
            header.setSectionResizeMode(section, mode)
        self._shows_places = shows_places
        self._hide_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow list does without the place, which the reference begins with."""
        super().resizeEvent(event)
        self._hide_columns()

    def _hide_columns(self) -> None:
        self.setColumnHidden(_FOUND, not self._shows_places)
        self.setColumnHidden(_CHANGED, self._shows_places)
        self.setColumnHidden(_PLACE, self._shows_places or self.width() < theme.em(self, _ROOMY))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Delete puts into the bin."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.binned.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: _Index) -> None:
        self.opened.emit(index.row())

    @Slot(int)
    def _sort(self, section: int) -> None:
        if section < len(_ORDERS):
            self.sorted_by.emit(_ORDERS[section])
