"""The bin on the page of copies: what was put away, back into the list or destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QListWidget, QWidget

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.storage.records import Binned

_SHOWN_LINES = 5


class BinCard(QFrame):
    """Signals: done(sentence); failed(HrddpError)."""

    done = Signal(str)
    failed = Signal(object)

    def __init__(self, office: Office, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bin_card")
        self.setProperty("surface", "card")
        self._office = office
        self._words = words
        self._binned: list[Binned] = []
        self._asks = False
        self._list = QListWidget(self)
        self._list.setObjectName("bin")
        self._list.setAccessibleName(words("Records in the bin"))
        self._none = Text(words("The bin is empty."), self, tone="muted")
        self._back = Button(words("Take back into the list"), self)
        self._back.setObjectName("take_back")
        self._back.clicked.connect(self._take_back)
        self._empty = Button("", self)
        self._empty.setObjectName("empty_bin")
        self._empty.clicked.connect(self._empty_it)
        self._warning = Text("", self, tone="stop")
        buttons = row()
        buttons.addWidget(self._back)
        buttons.addWidget(self._empty)
        buttons.addStretch(1)
        layout = column(gap=theme.UNIT, margin=3 * theme.UNIT)
        layout.addWidget(Text(words("Bin"), self, size=1.2, strong=True))
        layout.addWidget(
            Text(
                words("What you delete stays here for 30 days, with its history, and can be taken back."),
                self,
                tone="muted",
            )
        )
        for widget in (self._list, self._none, self._warning):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.refresh()

    def refresh(self) -> None:
        """Read again what is in the bin."""
        words = self._words
        self._ask(asks=False)
        self._binned = self._office.bin.records()
        self._list.clear()
        for binned in self._binned:
            title = binned.summary.title or words("Without a title")
            day = words.date(binned.since.astimezone().date())
            self._list.addItem(words("{title}; in the bin since {day}", title=title, day=day))
        has_lines = bool(self._binned)
        for widget in (self._list, self._back, self._empty):
            widget.setVisible(has_lines)
        self._none.setVisible(not has_lines)
        if has_lines:
            self._list.setCurrentRow(0)
            lines = min(_SHOWN_LINES, len(self._binned))
            self._list.setFixedHeight(self._list.sizeHintForRow(0) * lines + 2 * theme.UNIT)

    @Slot()
    def _take_back(self) -> None:
        chosen = self._list.currentRow()
        if not 0 <= chosen < len(self._binned):
            return
        try:
            self._office.bin.take_back(self._binned[chosen].summary.record)
        except HrddpError as error:
            self.failed.emit(error)
            return
        self.refresh()
        self.done.emit(self._words("It is back in the list, with its history."))

    @Slot()
    def _empty_it(self) -> None:
        if not self._asks:
            self._ask(asks=True)
            return
        try:
            self._office.bin.empty()
        except HrddpError as error:
            self.refresh()
            self.failed.emit(error)
            return
        self.refresh()
        self.done.emit(self._words("The bin is empty; what was in it is destroyed."))

    def _ask(self, *, asks: bool) -> None:
        words = self._words
        self._asks = asks
        self._empty.say(words("Destroy it all") if asks else words("Empty the bin …"))
        self._warning.say(
            words(
                "Nobody can bring it back. Copies that were made earlier hold it until newer ones take their place. "
                "Choose again to destroy it."
            )
            if asks
            else ""
        )
        if asks:
            self._empty.setFocus(Qt.FocusReason.OtherFocusReason)
