"""The first screens: unlock the vault, or make one. Nothing of engine, storage or report is loaded for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QScrollArea, QWidget

from hrddp_desktop.errors import N_, Code
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.languages import LanguagePicker
from hrddp_desktop.ui.parts import Button, MessagePanel, Rule, Text, column, row
from hrddp_desktop.ui.passphrases import Remark, Reveal, is_weak, secret_line, strength
from hrddp_desktop.ui.ways import ALONE, Ways

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

    from hrddp_desktop.errors import HrddpError
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.ui.dialogs import Asker

_COUNTRY = re.compile(r"[A-Z]{3}")
_ABOUT = (
    ("name", N_("Your name"), N_("It appears on what you sign.")),
    ("function", N_("Your function"), N_("For example: project manager.")),
    ("station", N_("Duty station"), ""),
    ("country", N_("Country, three letters"), N_("The ISO code, for example ILM.")),
)
_KEYS = (
    ("passphrase", N_("Passphrase"), N_("Four or more words that do not belong together.")),
    ("again", N_("The passphrase once more"), ""),
)
# Blanks at the ends of a passphrase belong to it.
_SECRETS = ("passphrase", "again")
_PLACE, _FOLDER = "second_place", "folder"
_MAKE = N_("Make the vault and begin")
_NOT_OFFICIAL = N_("This is not an official IOM or UN product.")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the first start asks for."""

    language: str
    passphrase: str
    name: str
    function: str
    station: str
    country: str
    second_place: str = ""


class Entrance(QScrollArea):
    """A card in the middle of a calm ground; the language on top."""

    language = Signal(str)

    def __init__(self, words: Words, letters: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = words
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = QWidget(self)
        self.card = QFrame(ground)
        self.card.setProperty("surface", "card")
        self.card.setFixedWidth(theme.columns(self, letters))
        self.picker = LanguagePicker(words, ground)
        self.picker.picked.connect(self.language)
        top = row()
        top.addWidget(Text(words("HRDDP Desktop"), ground, strong=True), 1)
        top.addWidget(self.picker)
        middle = row()
        middle.addStretch(1)
        middle.addWidget(self.card)
        middle.addStretch(1)
        layout = column(gap=2 * theme.UNIT, margin=3 * theme.UNIT)
        layout.addLayout(top)
        layout.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(2)
        bottom = Text(words(_NOT_OFFICIAL), ground, tone="muted", size=0.92)
        bottom.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(bottom)
        ground.setLayout(layout)
        self.setWidget(ground)


class Unlock(Entrance):
    """Ask for the passphrase.

    Signals: given(passphrase); otherwise(passphrase, way), a way of ways.py; forgotten(); copies() and repair;
    language(code).
    """

    given = Signal(str)
    otherwise = Signal(str, str)
    forgotten = Signal()
    copies = Signal()

    def __init__(self, folder: Path, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(words, 56, parent)
        self.setObjectName("unlock")
        self._line = secret_line(self.card, "passphrase")
        self._reveal = Reveal(words, self.card, self._line)
        label = Text(words("Passphrase"), self.card, strong=True)
        label.name_for(self._line)
        self._open = Button(words("Open"), self.card, kind="primary")
        self._open.setObjectName("open")
        self.message = MessagePanel(words, self.card)
        self._ways = Ways(words, self.card)
        self._ways.chosen.connect(self._go)
        self._way = ALONE
        self._line.returnPressed.connect(self._give)
        self._open.clicked.connect(self._give)
        self._copies = Button(words("Copies and repair"), self.card, kind="link")
        self._copies.setObjectName("copies_and_repair")
        self._copies.clicked.connect(self.copies)
        forgotten = Button(words("I have forgotten the passphrase"), self.card, kind="link")
        forgotten.setObjectName("forgotten")
        forgotten.clicked.connect(self.forgotten)
        buttons = row()
        buttons.addWidget(forgotten)
        buttons.addWidget(self._copies)
        buttons.addStretch(1)
        buttons.addWidget(self._open)
        layout = column(gap=theme.UNIT, margin=4 * theme.UNIT)
        layout.addWidget(Text(words("Open your assessments"), self.card, size=1.45, strong=True))
        layout.addWidget(
            Text(words("They are encrypted on this computer, in {folder}", folder=folder), self.card, tone="muted")
        )
        layout.addSpacing(theme.UNIT)
        layout.addWidget(label)
        typing = row()
        typing.addWidget(self._line, 1)
        typing.addWidget(self._reveal)
        layout.addLayout(typing)
        layout.addWidget(self.message)
        layout.addWidget(self._ways)
        layout.addSpacing(theme.UNIT)
        layout.addLayout(buttons)
        self.card.setLayout(layout)
        self.setFocusProxy(self._line)

    def show_wait(self, seconds: int) -> None:
        """Too many wrong attempts; what was typed stays."""
        self.message.show_hint(self.words("Wait {seconds} seconds, then try again.", seconds=seconds))
        self._open.setEnabled(True)

    def show_error(self, error: HrddpError) -> None:
        """Say why it did not open; what was typed can be mended."""
        self.message.show_error(error)
        self._open.setEnabled(True)
        self._line.setEnabled(True)
        self._ways.offer(error)
        self._line.selectAll()
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _give(self) -> None:
        self._go(ALONE)

    @Slot(str)
    def _go(self, way: str) -> None:
        if not self._open.isEnabled():
            return
        self._way = way
        self._open.setEnabled(False)
        self.message.show_busy(self.words("Opening …"))
        # The next turn of the event loop, so that "Opening" is painted before the key is derived.
        QTimer.singleShot(0, self, self._tell)

    @Slot()
    def _tell(self) -> None:
        if self._way == ALONE:
            self.given.emit(self._line.text())
        else:
            self.otherwise.emit(self._line.text(), self._way)


class FirstStart(Entrance):
    """Ask what a new vault needs.

    Signals: given(Beginning); copies() there is a vault to get back; moved(another folder to make it in);
    language(code).
    """

    given = Signal(object)
    copies = Signal()
    moved = Signal(str)

    def __init__(self, folder: Path, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(words, 84, parent)
        self.setObjectName("first_start")
        self._lines: dict[str, QLineEdit] = {}
        self._problems: dict[str, Text] = {}
        self._typed: dict[str, str] = {}
        self._accepted = ""
        layout = column(gap=theme.HALF, margin=4 * theme.UNIT)
        layout.addWidget(Text(words("Welcome"), self.card, size=1.45, strong=True))
        layout.addWidget(
            Text(
                words(
                    "Everything stays on this computer: the app never opens a connection. Your assessments are kept "
                    "encrypted in one folder. Your passphrase opens it, and a safe card that you make next."
                ),
                self.card,
                tone="muted",
            )
        )
        layout.addWidget(Text(str(folder), self.card, tone="muted"))
        layout.addSpacing(2 * theme.UNIT)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.UNIT)
        grid.setVerticalSpacing(2 * theme.UNIT)
        for position, (name, label, hint) in enumerate(_ABOUT):
            asked = self._ask(name, words(label), words(hint) if hint else "")
            grid.addLayout(asked, position // 2, position % 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Rule(), 2, 0, 1, 2)
        for position, (name, label, hint) in enumerate(_KEYS):
            asked = self._ask(name, words(label), words(hint) if hint else "")
            grid.addLayout(asked, 3, position, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        layout.addLayout(grid)
        reveal = Reveal(words, self.card, *(self._lines[name] for name in _SECRETS))
        self._strength = Remark(self.card)
        below = row(gap=2 * theme.UNIT)
        below.addWidget(self._strength, 1)
        below.addStretch(0)
        below.addWidget(reveal, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(below)
        layout.addWidget(Rule())
        layout.addLayout(self._ask_second_place())
        self.message = MessagePanel(words, self.card)
        layout.addWidget(self.message)
        self._make = Button(words(_MAKE), self.card, kind="primary")
        self._make.setObjectName("make")
        self._make.clicked.connect(self._give)
        back = Button(words("Get a vault back from a copy"), self.card, kind="link")
        back.setObjectName("copies_and_repair")
        back.clicked.connect(self.copies)
        self._is_place_taken = False
        self._elsewhere = Button(words("Choose another folder …"), self.card)
        self._elsewhere.setObjectName("elsewhere")
        self._elsewhere.clicked.connect(self._choose_folder)
        self._elsewhere.hide()
        buttons = row()
        buttons.addWidget(back)
        buttons.addStretch(1)
        buttons.addWidget(self._elsewhere)
        buttons.addWidget(self._make)
        layout.addSpacing(theme.UNIT)
        layout.addLayout(buttons)
        self.card.setLayout(layout)
        self._lines["passphrase"].textEdited.connect(self._weigh)
        self.setFocusProxy(self._lines["name"])

    def typed(self) -> dict[str, str]:
        """What stands in the lines, for a screen in another language."""
        return {name: line.text() for name, line in self._lines.items()} | {_PLACE: self._second_place}

    def put(self, typed: dict[str, str]) -> None:
        """Put back what was typed before the language changed."""
        self._take_place(_PLACE, typed.get(_PLACE, ""))
        for name, line in self._lines.items():
            line.setText(typed.get(name, ""))
        self._weigh()

    def show_error(self, error: HrddpError) -> None:
        """Say why the vault was not made; all that was typed stays."""
        self.message.show_error(error)
        self._elsewhere.setVisible(error.code is Code.VAULT_ON_SHARE)
        self._make.setEnabled(True)

    def asks_place(self, warning: str) -> bool:
        """Ask once, if there is a `warning` of the place; whether it is asked now."""
        if not warning or self._is_place_taken:
            return False
        self._is_place_taken = True
        self.message.show_hint(warning)
        self._elsewhere.show()
        self._make.say(self.words("Make it here all the same"))
        self._make.setEnabled(True)
        return True

    def _ask(self, name: str, label: str, hint: str) -> QVBoxLayout:
        secret = name in _SECRETS
        line = secret_line(self.card, name) if secret else QLineEdit(self.card)
        line.setObjectName(name)
        title = Text(label, self.card, strong=True)
        title.name_for(line)
        line.setAccessibleDescription(hint)
        line.returnPressed.connect(self._give)
        below = Text(hint, self.card, tone="muted", size=0.92)
        problem = Text("", self.card, tone="stop")
        layout = column(gap=theme.HALF)
        for widget in (title, line, below, problem):
            layout.addWidget(widget)
        self._lines[name] = line
        self._problems[name] = problem
        return layout

    def _ask_second_place(self) -> QHBoxLayout:
        """Where copies outside this computer go; it may be left for later."""
        words = self.words
        self._second_place = ""
        self._asker: Asker | None = None
        texts = column(gap=theme.HALF)
        texts.addWidget(Text(words("Second place for copies"), self.card, strong=True))
        self._place = Text("", self.card, tone="muted", size=0.92)
        texts.addWidget(self._place)
        choose = Button(words("Choose a second place …"), self.card)
        choose.setObjectName("choose_place")
        choose.clicked.connect(self._choose_place)
        layout = row(gap=2 * theme.UNIT)
        layout.addLayout(texts, 1)
        layout.addWidget(choose, 0, Qt.AlignmentFlag.AlignTop)
        self._take_place(_PLACE, "")
        return layout

    @Slot()
    def _choose_place(self) -> None:
        self._ask_for_folder(_PLACE, self.words("Choose a second place"))

    @Slot()
    def _choose_folder(self) -> None:
        self._ask_for_folder(_FOLDER, self.words("Choose another folder"))

    def _ask_for_folder(self, purpose: str, title: str) -> None:
        from hrddp_desktop.ui.dialogs import Asker

        if self._asker is None:
            self._asker = Asker(self, self.words)
            self._asker.named.connect(self._take_place)
        self._asker.ask_for_folder(purpose, title)

    @Slot(str, str)
    def _take_place(self, purpose: str, path: str) -> None:
        if purpose == _FOLDER:
            self.moved.emit(path)
            return
        self._second_place = path
        later = self.words(
            "A stick or a folder on another disk, for an encrypted copy at each close. You can do it later."
        )
        self._place.say(path or later)

    @Slot()
    def _weigh(self) -> None:
        typed = self._lines["passphrase"].text()
        self._accepted = ""
        self._make.say(self.words(_MAKE))
        known = [self._lines[name].text() for name, _, _ in _ABOUT]
        self._strength.say(self.words(strength(typed, *known)), warns=is_weak(typed, *known))

    @Slot()
    def _give(self) -> None:
        lines = {name: line.text() for name, line in self._lines.items()}
        typed = {name: text if name in _SECRETS else text.strip() for name, text in lines.items()}
        typed["country"] = typed["country"].upper()
        problems = self._find_problems(typed)
        for name, text in self._problems.items():
            text.say(problems.get(name, ""))
        if problems:
            self._lines[next(iter(problems))].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        known = [typed[name] for name, _, _ in _ABOUT]
        if is_weak(typed["passphrase"], *known) and self._accepted != typed["passphrase"]:
            self._warn(typed["passphrase"])
            return
        self._make.setEnabled(False)
        self.message.show_busy(self.words("Making the vault …"))
        self._typed = typed
        QTimer.singleShot(0, self, self._tell)

    def _warn(self, passphrase: str) -> None:
        self._accepted = passphrase
        self._strength.say(
            self.words(
                "This passphrase can be guessed. Whoever gets a copy of the folder could read everything in it."
            ),
            warns=True,
        )
        self._make.say(self.words("Use it all the same"))
        self._lines["passphrase"].setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(self._make)

    @Slot()
    def _tell(self) -> None:
        kept = {name: text for name, text in self._typed.items() if name != "again"}
        self.given.emit(Beginning(language=self.picker.language(), second_place=self._second_place, **kept))

    def _find_problems(self, typed: dict[str, str]) -> dict[str, str]:
        words = self.words
        problems = {name: words("Please fill this in.") for name, text in typed.items() if not text}
        if typed["country"] and not _COUNTRY.fullmatch(typed["country"]):
            problems["country"] = words("Three letters from A to Z, for example ILM.")
        if typed["passphrase"] and typed["again"] and typed["passphrase"] != typed["again"]:
            problems["again"] = words("The two passphrases differ.")
        return problems
