"""Rows that a table offers for this case: tick, add; what is left out stays on offer."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.options import CheckOption
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hrddp_desktop.engine.views import Option
    from hrddp_desktop.i18n import Words


class Offers(QFrame):
    """The list above a table, hidden while nothing is on offer. Signals: chosen(codes).

    Open while something is ticked beforehand or the table is empty; otherwise its heading opens it.
    """

    chosen = Signal(object)

    def __init__(self, path: str, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "soft")
        self.setObjectName(f"{path}:offers")
        self._path = path
        self._words = words
        self._ticked: dict[str, bool] = {}  # what a person said; otherwise the form's own ticks count
        self._opened: bool | None = None  # the same of the heading
        self._boxes: dict[str, CheckOption] = {}
        self._shown: tuple[Sequence[Option], bool] | None = None
        self._arrow = Button("", self, kind="quiet", icon="arrow-down")
        self._arrow.setObjectName(f"{path}:offers:open")
        self._arrow.setCheckable(True)
        self._arrow.clicked.connect(self._turn)
        self._inside = QWidget(self)
        hint = words("Tick what fits this case and add it. What you leave out stays on this list.")
        self._hint = Text(hint, self._inside, tone="muted")
        self._add = Button(words("Add the chosen rows"), self._inside, icon="plus")
        self._add.setObjectName(f"{path}:offers:add")
        self._add.clicked.connect(self._choose)
        self._list = column(gap=theme.HALF)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        buttons = row(gap=theme.HALF)
        buttons.addWidget(self._add)
        buttons.addStretch(1)
        inside = column()
        inside.addWidget(self._hint)
        inside.addLayout(self._list)
        inside.addLayout(buttons)
        self._inside.setLayout(inside)
        head = row(gap=theme.HALF)
        head.addWidget(self._arrow)
        head.addStretch(1)
        layout = column(margin=theme.UNIT)
        layout.addLayout(head)
        layout.addWidget(self._inside)
        self.setLayout(layout)

    def show_offers(self, offers: Sequence[Option], *, empty: bool) -> None:
        """Show what is on offer now; `empty` while the table has no row. Ticks of a person stay."""
        if (offers, empty) == self._shown:
            return
        self._shown = (offers, empty)
        for code in set(self._boxes) - {option.code for option in offers}:
            self._drop(code)
        self._boxes = {option.code: self._boxes.get(option.code) or self._box(option) for option in offers}
        for position, option in enumerate(offers):
            self._boxes[option.code].setChecked(self._ticked.get(option.code, option.selected))
            self._list.insertWidget(position, self._boxes[option.code])
            # Otherwise the layout shows it in the next turn of the event loop, too late for the keyboard.
            self._boxes[option.code].show()
        self._arrow.say(self._words("Usual rows for this case: {count}", count=len(offers)))
        usual = empty or any(option.selected for option in offers)
        self._show_open(opened=usual if self._opened is None else self._opened)
        self._add.setEnabled(bool(self.codes()))
        self.setVisible(bool(offers))
        # Qt's order is that of creation; a box that came later must not be the last stop.
        for before, after in pairwise(self.stops()):
            QWidget.setTabOrder(before, after)

    def codes(self) -> list[str]:
        """What is ticked, in the order of the list."""
        return [code for code, box in self._boxes.items() if box.isChecked()]

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [self._arrow, *self._boxes.values(), self._add]

    # --- inside ---

    def _box(self, option: Option) -> CheckOption:
        box = CheckOption(option.label, self._inside)
        box.setObjectName(f"{self._path}:offers:{option.code}")
        box.setAccessibleName(option.label)
        box.clicked.connect(self._tick)
        return box

    def _drop(self, code: str) -> None:
        """A box that goes while it has the keyboard hands it on."""
        box = self._boxes.pop(code)
        self._ticked.pop(code, None)
        if box.hasFocus():
            self._arrow.setFocus(Qt.FocusReason.OtherFocusReason)
        self._list.removeWidget(box)
        box.hide()
        box.deleteLater()

    def _show_open(self, *, opened: bool) -> None:
        closed = "arrow-left" if self._words.right_to_left else "arrow-right"
        self._arrow.setChecked(opened)
        self._arrow.swap_icon("arrow-down" if opened else closed)
        # A screen reader that stays on the heading hears what came below it.
        self._arrow.setAccessibleDescription(self._hint.text() if opened else "")
        self._inside.setVisible(opened)

    @Slot(bool)
    def _turn(self, opened: bool) -> None:
        self._opened = opened
        self._show_open(opened=opened)

    @Slot()
    def _tick(self) -> None:
        self._ticked = {code: box.isChecked() for code, box in self._boxes.items()}
        self._add.setEnabled(bool(self.codes()))

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.codes())
