"""The safe card on the screen: its code is shown once, printed or written down, and kept only when a group is typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QSizePolicy, QWidget

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.parts import Button, MessagePanel, Text, column, row
from hrddp_desktop.ui.start import Entrance

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.people import People
    from hrddp_desktop.ui.dialogs import Asker

SAVE_CARD = "save the card"
_MARGIN = 4


class CardScreen(Entrance):
    """Shows a new safe card. Signals: kept() the vault can be opened by it; later() not now."""

    kept = Signal()
    later = Signal()

    def __init__(self, people: People, words: Words, asker: Asker, parent: QWidget | None = None) -> None:
        from hrddp_desktop.services import people as service

        super().__init__(words, 84, parent)
        self.setObjectName("safe_card")
        self.picker.hide()  # a card belongs to one moment: another language would show another code
        self._people = people
        self._asker = asker
        self._code = service.new_card()
        self._groups = self._code.split("-")
        self._asked = 1 + ord(self._groups[0][0]) % len(self._groups)
        asker.named.connect(self._save)
        self.message = MessagePanel(words, self.card)
        self._typed = QLineEdit(self.card)
        self._typed.setObjectName("card_group")
        self._typed.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self._typed.setMaximumWidth(theme.columns(self, 14))
        self._typed.returnPressed.connect(self._keep)
        self._label = Text(
            words("To go on, type group {number} of the card", number=self._asked), self.card, strong=True
        )
        self._label.name_for(self._typed)
        self._lay_out()
        self.setFocusProxy(self._typed)

    def _lay_out(self) -> None:
        from hrddp_desktop.services import people as service

        words = self.words
        save = Button(words("Save as a page to print …"), self.card, icon="file-text")
        save.setObjectName("save_card")
        save.clicked.connect(self._ask)
        keep = Button(words("It is in a safe place"), self.card, kind="primary")
        keep.setObjectName("keep_card")
        keep.clicked.connect(self._keep)
        later = Button(words("Later"), self.card, kind="link")
        later.setObjectName("later")
        later.clicked.connect(self.later)
        both = row(gap=4 * theme.UNIT)
        both.addLayout(self._listed(), 1)
        both.addWidget(Squares(service.squares(self._code), words("QR code of the safe card"), self.card))
        buttons = row(gap=2 * theme.UNIT)
        buttons.addWidget(save)
        buttons.addStretch(1)
        buttons.addWidget(later)
        buttons.addWidget(keep)
        layout = column(gap=theme.UNIT, margin=4 * theme.UNIT)
        layout.addWidget(Text(words("Safe card"), self.card, size=1.45, strong=True))
        layout.addWidget(
            Text(
                words(
                    "This code opens the vault when the passphrase is forgotten. Print it or write it down, and put it "
                    "into the office safe, never into the bag of the laptop. It is shown only now."
                ),
                self.card,
                tone="muted",
            )
        )
        layout.addSpacing(theme.UNIT)
        layout.addLayout(both)
        layout.addSpacing(theme.UNIT)
        layout.addWidget(self._label)
        layout.addWidget(self._typed)
        layout.addWidget(self.message)
        layout.addSpacing(theme.UNIT)
        layout.addLayout(buttons)
        self.card.setLayout(layout)

    def _listed(self) -> QGridLayout:
        """The groups one below the other, numbered, so that nobody reads them from the wrong end."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.UNIT)
        grid.setVerticalSpacing(theme.HALF)
        for place, group in enumerate(self._groups):
            title = self.words("Group {number}", number=self.words.number(place + 1))
            shown = Text(group, self.card, size=1.2, strong=True)
            shown.setObjectName(f"group_{place + 1}")
            shown.setAccessibleName(f"{title}: {' '.join(group)}")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            grid.addWidget(Text(title, self.card, tone="muted"), place, 0)
            grid.addWidget(shown, place, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(self._groups), 1)
        return grid

    @Slot()
    def _ask(self) -> None:
        self._asker.ask_to_save(SAVE_CARD, self.words("Save as a page to print …"), "safe-card.pdf")

    @Slot(str, str)
    def _save(self, purpose: str, path: str) -> None:
        if purpose != SAVE_CARD:
            return
        from hrddp_desktop.files import write_file

        try:
            write_file(Path(path), self._people.card_pdf(self._code, self.words))
        except HrddpError as error:
            self.message.show_error(error)
            return
        self.message.show_done(
            self.words("The page is saved."),
            self.words("Print it, then delete the file and empty the bin: whoever finds it can open the vault."),
        )

    @Slot()
    def _keep(self) -> None:
        if self._typed.text().strip().upper() != self._groups[self._asked - 1]:
            self.message.show_hint(self.words("This is not group {number} of the card above.", number=self._asked))
            self._typed.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        try:
            self._people.keep_card(self._code)
        except HrddpError as error:
            self.message.show_error(error)
            return
        self.kept.emit()


class Squares(QFrame):
    """A QR code on white, whatever the theme: a telephone reads dark on light."""

    def __init__(self, rows: tuple[tuple[bool, ...], ...], name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Whole pixels for every square."""
        side = (len(self._rows) + 2 * _MARGIN) * max(3, theme.em(self, 0.3))
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """White ground, dark squares."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        step = self.width() / (len(self._rows) + 2 * _MARGIN)
        for place, cells in enumerate(self._rows):
            for number, dark in enumerate(cells):
                if dark:
                    square = QRectF((number + _MARGIN) * step, (place + _MARGIN) * step, step, step)
                    painter.fillRect(square, QColor("black"))
        painter.end()
