"""The passphrase is forgotten: the safe card or the office's key, and a new passphrase."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.dropdown import DropDown
from hrddp_desktop.ui.parts import Button, MessagePanel, Text, column, row
from hrddp_desktop.ui.passphrases import Remark, Reveal, is_weak, secret_line, strength
from hrddp_desktop.ui.start import Entrance

if TYPE_CHECKING:
    from PySide6.QtWidgets import QVBoxLayout

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.ui.dialogs import Asker

OFFICE_KEY = "office key"


class Recover(Entrance):
    """Signals: given(code, whose slot or "", new passphrase); back(); language(code)."""

    given = Signal(str, str, str)
    back = Signal()

    def __init__(self, words: Words, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(words, 72, parent)
        self.setObjectName("recover")
        self._asker = asker
        asker.named.connect(self._read_key)
        self._code = QLineEdit(self.card)
        self._code.setObjectName("card_code")
        self._code.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self._whose = DropDown(self.card)
        self._whose.setObjectName("whose")
        self._new = secret_line(self.card, "new_passphrase")
        self._again = secret_line(self.card, "new_again")
        self._remark = Remark(self.card)
        self._new.textEdited.connect(self._weigh)
        self.message = MessagePanel(words, self.card)
        self._go = Button(words("Open with the new passphrase"), self.card, kind="primary")
        self._go.setObjectName("recover_now")
        self._go.clicked.connect(self._give)
        self._accepted = ""
        self._lay_out()
        self.setFocusProxy(self._code)

    def ask_whose(self, people: dict[str, str]) -> None:
        """Several people open this vault: by slot, their names."""
        self._whose.clear()
        for slot, name in people.items():
            self._whose.addItem(name, slot)
        self._whose_label.show()
        self._whose.show()
        self.set_busy(busy=False)
        self.message.show_hint(self.words("Choose whose passphrase is new."))
        self._whose.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_error(self, error: HrddpError) -> None:
        """Say why it did not open; what was typed can be mended."""
        self.set_busy(busy=False)
        self.message.show_error(error)

    def show_wait(self, seconds: int) -> None:
        """Too many wrong attempts."""
        self.set_busy(busy=False)
        self.message.show_hint(self.words("Wait {seconds} seconds, then try again.", seconds=seconds))

    def set_busy(self, *, busy: bool) -> None:
        """A code is being tried, or not any more; nothing can be typed meanwhile."""
        self.let_keyboard_go()
        for widget in (self._code, self._whose, self._new, self._again, self._go):
            widget.setEnabled(not busy)
        if busy:
            self.message.show_busy(self.words("Opening …"))
        else:
            self.message.hide()
            self._code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        words = self.words
        layout = column(gap=theme.HALF, margin=4 * theme.UNIT)
        layout.addWidget(Text(words("I have forgotten the passphrase"), self.card, size=1.45, strong=True))
        layout.addWidget(
            Text(
                words("The safe card of this vault lies in the office safe. Type its seven groups."),
                self.card,
                tone="muted",
            )
        )
        self._add(layout, words("Code of the safe card"), self._code)
        office = Button(words("Key of the office from a file …"), self.card, kind="link")
        office.setObjectName("office_key")
        office.clicked.connect(self._ask)
        layout.addWidget(office, 0, Qt.AlignmentFlag.AlignLeading)
        self._whose_label = self._add(layout, words("Whose passphrase"), self._whose)
        self._whose_label.hide()
        self._whose.hide()
        self._add(layout, words("New passphrase"), self._new)
        layout.addWidget(self._remark)
        self._add(layout, words("The passphrase once more"), self._again)
        layout.addWidget(Reveal(words, self.card, self._new, self._again), 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self.message)
        buttons = row(gap=2 * theme.UNIT)
        back = Button(words("Back"), self.card, kind="link")
        back.setObjectName("back")
        back.clicked.connect(self.back)
        buttons.addWidget(back)
        buttons.addStretch(1)
        buttons.addWidget(self._go)
        layout.addSpacing(theme.UNIT)
        layout.addLayout(buttons)
        self.card.setLayout(layout)

    def _add(self, layout: QVBoxLayout, label: str, widget: QWidget) -> Text:
        title = Text(label, self.card, strong=True)
        title.name_for(widget)
        layout.addSpacing(theme.UNIT)
        layout.addWidget(title)
        layout.addWidget(widget)
        return title

    @Slot()
    def _weigh(self) -> None:
        typed = self._new.text()
        self._remark.say(self.words(strength(typed)), warns=is_weak(typed))

    @Slot()
    def _ask(self) -> None:
        self._asker.ask_for_any(OFFICE_KEY, self.words("Key of the office from a file …"))

    @Slot(str, str)
    def _read_key(self, purpose: str, path: str) -> None:
        if purpose != OFFICE_KEY:
            return
        from hrddp_desktop.files import read_file

        try:
            content = read_file(Path(path), 64 * 1024).decode("utf-8-sig", "replace")
        except HrddpError as error:
            self.message.show_error(error)
            return
        self._code.setEchoMode(QLineEdit.EchoMode.Password)
        # A line holds no line ends; the key is the line that is no remark.
        self._code.setText(next((line for line in content.splitlines() if line and not line.startswith("#")), ""))

    @Slot()
    def _give(self) -> None:
        new = self._new.text()
        if not self._code.text().strip() or not new:
            self.message.show_hint(self.words("Type the code of the card and a new passphrase."))
        elif new != self._again.text():
            self.message.show_hint(self.words("The two passphrases differ."))
        elif is_weak(new) and self._accepted != new:
            self._accepted = new
            self.message.show_hint(
                self.words(
                    "This passphrase can be guessed. Whoever gets a copy of the folder could read everything in it."
                )
            )
        else:
            self.set_busy(busy=True)
            self._tell()

    @Slot()
    def _tell(self) -> None:
        slot = "" if self._whose.isHidden() else str(self._whose.currentData())
        self.given.emit(self._code.text(), slot, self._new.text())
