"""The search line of home with its filters and the order of the list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from hrddp_desktop import clock
from hrddp_desktop.errors import N_
from hrddp_desktop.services import assessment, search
from hrddp_desktop.services.search import Order
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.dropdown import DropDown
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from PySide6.QtGui import QKeyEvent

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.services.search import Wanted

    Options = Callable[[], list[tuple[str, str]]]

_PAUSE_MS = 150
STATES = {"draft": N_("Draft"), "signed": N_("Signed")}
_ORDERS = {
    Order.BEST: N_("Best match"),
    Order.NEWEST: N_("Last change"),
    Order.DUE: N_("Due"),
    Order.TITLE: N_("Activity"),
    Order.REFERENCE: N_("Reference"),
    Order.COUNTRY: N_("Place"),
    Order.OUTCOME: N_("Outcome"),
    Order.STATUS: N_("State"),
    Order.OLDEST: N_("Oldest change"),
}


class Finder(QWidget):
    """Signals: changed() something else is wanted; entered() into the list below."""

    changed = Signal()
    entered = Signal()

    def __init__(self, office: Office, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._line = _SearchLine(self)
        self._line.setObjectName("search")
        self._line.setPlaceholderText(words("Search in all records"))
        self._line.setAccessibleName(words("Search in all records"))
        self._line.setToolTip(words("Search in all records") + " (Ctrl+F)")
        self._line.setClearButtonEnabled(True)
        self._line.down.connect(self.entered)
        values = _Values(office, words)
        self._filters = {
            "form": _Filter("form", words("Kind"), words("All kinds"), values.forms, self),
            "country": _Filter("country", words("Country"), words("All countries"), values.countries, self),
            "status": _Filter("status", words("State"), words("All states"), values.states, self),
            "outcome": _Filter("outcome", words("Outcome"), words("All outcomes"), values.outcomes, self),
            "due": _Filter("due", words("Due"), words("Due any time"), values.dues, self),
        }
        self._order = _Filter("order", words("Sorted by"), words(_ORDERS[Order.NEWEST]), self._orders, self)
        self._count = Text(parent=self, tone="muted")
        self._count.setObjectName("count")
        self._all = Button(words("Show all"), self, kind="link")
        self._all.setObjectName("show_all")
        self._all.clicked.connect(self.clear)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.changed)
        self._line.textChanged.connect(self._typed)
        for each in (*self._filters.values(), self._order):
            each.activated.connect(self._chosen)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), parent or self, self._seek)
        self._lay_out()
        self.show_count(None)

    def wanted(self) -> Wanted:
        """What the person asks for."""
        chosen = {name: each.code() for name, each in self._filters.items()}
        due = chosen.pop("due")
        order = self._order.code()
        return search.wanted(
            self._line.text(),
            **chosen,
            due=_last_day(due) if due else None,
            order=Order(order) if order else Order.BEST,
        )

    def show_count(self, count: int | None) -> None:
        """How many records were found; None where nothing was asked for."""
        said = "" if count is None else self._words("Found: {count}", count=count)
        self._count.say(said)
        self._line.setAccessibleDescription(said)
        self._all.setVisible(count is not None)

    def sort_by(self, order: Order) -> None:
        """A person asked for an order elsewhere, as by a click on a heading."""
        self._order.choose(order)
        self.changed.emit()

    @Slot()
    def clear(self) -> None:
        """Everything is wanted again."""
        for each in self._filters.values():
            each.choose("")
        self._line.clear()
        self._chosen()
        self._seek()

    def _lay_out(self) -> None:
        lines = column(gap=theme.UNIT)
        first = row(gap=theme.UNIT + theme.HALF)
        first.addWidget(self._line, 1)
        first.addWidget(self._count)
        first.addWidget(self._all)
        lines.addLayout(first)
        second = row(gap=theme.UNIT)
        for each in self._filters.values():
            second.addWidget(each)
        second.addStretch(1)
        sorted_by = Text(self._words("Sorted by"), self, tone="muted")
        sorted_by.setWordWrap(False)
        second.addWidget(sorted_by)
        second.addWidget(self._order)
        lines.addLayout(second)
        self.setLayout(lines)

    def _orders(self) -> list[tuple[str, str]]:
        default = {Order.BEST} if self._line.text().strip() else {Order.BEST, Order.NEWEST}
        return [(str(each), self._words(text)) for each, text in _ORDERS.items() if each not in default]

    @Slot()
    def _typed(self) -> None:
        default = Order.BEST if self._line.text().strip() else Order.NEWEST
        self._order.setItemText(0, self._words(_ORDERS[default]))
        self._pause.start()

    @Slot()
    def _chosen(self) -> None:
        self._pause.stop()
        self.changed.emit()

    @Slot()
    def _seek(self) -> None:
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()


class _SearchLine(QLineEdit):
    """Down and Enter lead into the list, Escape empties it. Signals: down()."""

    down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class _Filter(DropDown):
    """A drop-down list whose first line lets everything through; the others are read when it is opened."""

    def __init__(self, name: str, label: str, everything: str, options: Options, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"filter_{name}")
        self.setAccessibleName(label)
        self.setToolTip(label)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._options = options
        self.addItem(everything, "")

    def code(self) -> str:
        """What is chosen, '' for everything."""
        return str(self.currentData() or "")

    def choose(self, code: str) -> None:
        """Choose by code."""
        self._fill()
        self.setCurrentIndex(max(0, self.findData(code)))

    def showPopup(self) -> None:
        """Read first what there is to choose."""
        self._fill()
        super().showPopup()

    def _fill(self) -> None:
        chosen = self.code()
        while self.count() > 1:
            self.removeItem(1)
        for code, label in self._options():
            self.addItem(label, code)
        self.setCurrentIndex(max(0, self.findData(chosen)))


class _Values:
    """What the filters offer: what the records of this vault have, in the reader's words."""

    def __init__(self, office: Office, words: Words) -> None:
        self._office = office
        self._words = words

    def forms(self) -> list[tuple[str, str]]:
        found = ((form, self._office.forms.definition(form)) for form in self._office.present("form"))
        return [(form, definition.form_title(self._words.language)) for form, definition in found]

    def countries(self) -> list[tuple[str, str]]:
        return [(country, country) for country in self._office.present("country")]

    def states(self) -> list[tuple[str, str]]:
        return [(state, self._words.translate(STATES.get(state, state))) for state in self._office.present("status")]

    def outcomes(self) -> list[tuple[str, str]]:
        definition = self._office.forms.definition(assessment.FORM)
        present = self._office.present("outcome")
        return [(code, definition.choice_label("outcome", code, self._words.language)) for code in present]

    def dues(self) -> list[tuple[str, str]]:
        words = self._words
        return [
            ("-1", words("Overdue")),
            ("30", words("Due within {count} days", count=30)),
            ("90", words("Due within {count} days", count=90)),
        ]


def _last_day(days: str) -> date:
    return clock.latest_day() + timedelta(days=int(days))
