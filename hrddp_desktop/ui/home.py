"""Home: the records of this vault, and the ways in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.services import search
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.finder import Finder
from hrddp_desktop.ui.languages import LanguagePicker
from hrddp_desktop.ui.parts import Button, LockButton, MessagePanel, Text, column, restyle, row
from hrddp_desktop.ui.record_list import PIECE, RecordList, RecordModel
from hrddp_desktop.ui.standing import Standing

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.people import CardState
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.services.search import Seen, Wanted
    from hrddp_desktop.ui.work import Work


class Home(QWidget):
    """The first screen behind the passphrase.

    Signals: opened(record); binned(record); started() a new assessment; checking() a PDF; reading() the guidance;
    examples() the worked cases; copies() and repair; people() who can open the vault; card() make the safe card;
    locking() the person goes away; language(code).
    """

    opened = Signal(str)
    started = Signal()
    checking = Signal()
    reading = Signal()
    examples = Signal()
    copies = Signal()
    binned = Signal(str)
    people = Signal()
    card = Signal()
    locking = Signal()
    language = Signal(str)

    def __init__(self, office: Office, words: Words, work: Work, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("home")
        self._office = office
        self._work = work
        self._looker = search.Looker(office.source)
        self._wish: Wanted | None = None
        self._is_looking = False
        self._words = words
        self.message = MessagePanel(words, self)
        self.standing = Standing(self)
        self._new = Button(words("New assessment"), self, kind="primary", icon="plus")
        self._new.setObjectName("new")
        self._check = Button(words("Check a PDF …"), self, icon="file-check")
        self._read = Button(words("Guidance and words"), self, kind="link")
        self._read.setObjectName("read")
        self._read.clicked.connect(self.reading)
        self._examples = Button(words("Open an example"), self, icon="file-text")
        self._examples.setObjectName("examples")
        self._examples.clicked.connect(self.examples)
        self._copies = Button(words("Copies and repair"), self, kind="link")
        self._copies.setObjectName("copies_and_repair")
        self._copies.clicked.connect(self.copies)
        self._outside = Text("", self, size=0.92)
        self._outside.setObjectName("outside")
        self._people = Button(words("People and keys"), self, kind="link")
        self._people.setObjectName("people_and_keys")
        self._people.clicked.connect(self.people)
        self._card = CardLine(words, self)
        self._card.asked.connect(self.card)
        self._lock = LockButton(words, self)
        self._lock.clicked.connect(self.locking)
        self._language = LanguagePicker(words, self)
        self._new.clicked.connect(self.started)
        self._check.clicked.connect(self.checking)
        self._language.picked.connect(self.language)
        self._finder = Finder(office, words, self)
        self._finder.changed.connect(self.refresh)
        self._finder.entered.connect(self._enter_list)
        self._model = RecordModel(office, words, self)
        self._list = RecordList(self)
        self._list.setObjectName("records")
        self._list.setAccessibleName(words("Assessments"))
        self._list.setAccessibleDescription(words("Enter opens, Delete puts into the bin."))
        self._list.setToolTip(words("Enter opens, Delete puts into the bin."))
        self._list.setModel(self._model)
        self._list.opened.connect(self._open)
        self._list.binned.connect(self._bin)
        self._list.sorted_by.connect(self._finder.sort_by)
        self._empty = self._make_empty()
        self._nothing = Text(words("No record fits. Try fewer or shorter words, or show all."), self, tone="muted")
        self._nothing.setObjectName("nothing")
        self._lay_out()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the list again."""
        wanted = self._finder.wanted()
        if wanted.words:
            self._wish = wanted
            self._look()
            return
        self._wish = None
        self._model.show_wanted(wanted)
        self._show_list(wanted, self._model.total() if not wanted.is_everything else None)

    def _look(self) -> None:
        """Look for words beside the window: one search at a time, and only the latest wish is shown."""
        if self._wish is None or self._is_looking:
            return
        self._is_looking = True
        look = search.Look(self._looker, self._office.forms, self._wish, self._words.language, PIECE + 1)
        self._work.start(look, self._show_seen, self._fail)

    @Slot(object)
    def _show_seen(self, seen: Seen) -> None:
        self._is_looking = False
        if seen.wish != self._wish:
            self._look()
            return
        self._model.show_seen(seen)
        self._show_list(seen.wish, seen.total)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._is_looking = False
        if not isinstance(error, HrddpError):
            raise error
        self.message.show_error(error)

    def _show_list(self, wanted: Wanted, count: int | None) -> None:
        has_lines, everything = self._model.rowCount() > 0, wanted.is_everything
        self._list.setVisible(has_lines)
        self._nothing.setVisible(not has_lines and not everything)
        self._empty.setVisible(not has_lines and everything)
        self._finder.setVisible(has_lines or not everything)
        self._finder.show_count(count)
        if has_lines:
            self._list.fit(shows_places=self._model.shows_places)
            self._list.setCurrentIndex(self._model.index(0, 0))

    def say_outside(self, text: str, *, warns: bool) -> None:
        """Say when the last copy outside this computer was made."""
        restyle(self._outside, "tone", "stop" if warns else "muted")
        self._outside.say(text)

    def say_checked(self) -> None:
        """Say quietly that the vault was looked over and is whole."""
        self._outside.say(f"{self._words('The vault was checked: it is whole.')} {self._outside.text()}")

    def take_focus(self) -> None:
        """The list if there is one, else the button that starts."""
        (self._list if self._model.rowCount() else self._new).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _enter_list(self) -> None:
        if self._model.rowCount():
            self._list.setFocus(Qt.FocusReason.TabFocusReason)

    def _make_empty(self) -> QFrame:
        words = self._words
        card = QFrame(self)
        card.setProperty("surface", "card")
        layout = column(gap=theme.UNIT, margin=4 * theme.UNIT)
        layout.addWidget(Text(words("No assessment yet"), card, size=1.2, strong=True))
        layout.addWidget(
            Text(
                words(
                    "An assessment leads you through the Actions of the Human Rights Due Diligence Policy. Begin with "
                    "Action 1: a few questions say whether the policy applies. You can stop at any time; every answer "
                    "is saved at once."
                ),
                card,
                tone="muted",
            )
        )
        card.setLayout(layout)
        return card

    def _lay_out(self) -> None:
        words, person = self._words, self._office.person
        who = " · ".join(part for part in (person.name, person.function, person.station) if part)
        titles = column(gap=0)
        titles.addWidget(Text(words("Assessments"), self, size=1.6, strong=True))
        titles.addWidget(Text(who, self, tone="muted"))
        head = row(gap=theme.UNIT + theme.HALF)
        head.addLayout(titles, 1)
        for widget in (self._lock, self._language, self._examples, self._check, self._new):
            head.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        layout = column(gap=2 * theme.UNIT, margin=4 * theme.UNIT)
        layout.addLayout(head)
        layout.addWidget(self.standing)
        layout.addWidget(self._card)
        layout.addWidget(self.message)
        layout.addWidget(self._empty)
        layout.addWidget(self._finder)
        layout.addWidget(self._nothing)
        layout.addWidget(self._list, 1)
        layout.addStretch(0)  # what is left where there is no list
        foot = row(gap=2 * theme.UNIT)
        foot.addWidget(Text(words("This is not an official IOM or UN product."), self, tone="muted", size=0.92), 1)
        foot.addWidget(self._outside, 1)
        foot.addWidget(self._copies)
        foot.addWidget(self._people)
        foot.addWidget(self._read)
        layout.addLayout(foot)
        layout.setStretchFactor(self._list, 1)
        self.setLayout(layout)

    def show_card(self, state: CardState) -> None:
        """Remind of the safe card that is missing; in red when it is overdue."""
        self._card.show_state(state)

    @Slot(int)
    def _open(self, position: int) -> None:
        self.opened.emit(self._model.record(position))

    @Slot(int)
    def _bin(self, position: int) -> None:
        self.binned.emit(self._model.record(position))


class CardLine(QWidget):
    """That there is no safe card yet; it cannot be closed. Signals: asked() make it now."""

    asked = Signal()

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card_line")
        self._words = words
        self._text = Text("", self, strong=True)
        self._make = Button(words("Make the safe card"), self)
        self._make.setObjectName("make_card")
        self._make.clicked.connect(self.asked)
        layout = row(gap=2 * theme.UNIT)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._make)
        self.setLayout(layout)
        self.hide()

    def show_state(self, state: CardState) -> None:
        """Say it, unless there is a card."""
        words = self._words
        self.setVisible(state.made is None)
        restyle(self._text, "tone", "stop" if state.is_overdue else "muted")
        self._text.say(
            words("There is no safe card yet: if the passphrase is forgotten, everything in the vault is lost.")
            if state.is_overdue
            else words("Make the safe card by {date}.", date=words.date(state.due))
        )
