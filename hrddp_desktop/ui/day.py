"""Is today's date right? Asked at an opening when the computer's clock cannot be believed."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from hrddp_desktop import __released__, clock
from hrddp_desktop.errors import VaultError
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.parts import Button, Rule, Text, column, row
from hrddp_desktop.ui.start import Entrance
from hrddp_desktop.ui.typed import Calendar, typed_day

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QVBoxLayout

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.dates import Doubt
    from hrddp_desktop.services.records import Office

FIRST: Final = date(int(__released__[:4]), 1, 1)
LAST: Final = date(2200, 12, 31)
"""What can be answered: nobody had the app before, and far beyond it the calendar ends."""


class DayQuestion(Entrance):
    """Signals: answered(the day, None when nobody knows it); language(code)."""

    answered = Signal(object)

    def __init__(self, asked: Doubt, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(words, 72, parent)
        self.setObjectName("day_question")
        self._asked = asked
        self._calendar: Calendar | None = None
        says, last = words.date(asked.says), words.date(asked.last)
        since = (
            words("This version of the app was made on {date}.", date=last)
            if asked.is_of_app
            else words("This vault was last used on {date}.", date=last)
        )
        self._yes = Button(words("Yes, today is {date}", date=says), self.card)
        self._yes.setObjectName("day_right")
        self._yes.clicked.connect(self._confirm)
        self._line = QLineEdit(self.card)
        self._line.setObjectName("day")
        self._line.setPlaceholderText(words("year-month-day"))
        self._line.setFixedWidth(theme.columns(self, 22))
        self._line.textChanged.connect(self._show)
        self._line.returnPressed.connect(self._give)
        self._said = Text("", self.card, tone="muted")
        layout = column(gap=theme.UNIT, margin=4 * theme.UNIT)
        layout.addWidget(Text(words("Is today's date right?"), self.card, size=1.45, strong=True))
        told = f"{words('This computer says it is {date}.', date=says)} {since}"
        self._line.setAccessibleDescription(told)
        layout.addWidget(Text(told, self.card))
        layout.addWidget(
            Text(
                words(
                    "What is due, what you sign and the history of each answer depend on the date. Your answer is kept "
                    "in the vault; the clock of the computer is not changed."
                ),
                self.card,
                tone="muted",
            )
        )
        layout.addSpacing(theme.UNIT)
        layout.addWidget(self._yes, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(Rule())
        self._add_other_day(layout)
        self.card.setLayout(layout)
        self.setFocusProxy(self._line)

    def _add_other_day(self, layout: QVBoxLayout) -> None:
        words = self.words
        label = Text(words("No, today is:"), self.card, strong=True)
        label.name_for(self._line)
        pick = Button("", self.card, kind="quiet", icon="calendar")
        pick.setAccessibleName(words("Choose from a calendar"))
        pick.setToolTip(words("Choose from a calendar"))
        pick.clicked.connect(self._open)
        self._use = Button(words("Use this date"), self.card, kind="primary")
        self._use.setObjectName("day_other")
        self._use.clicked.connect(self._give)
        unknown = Button(words("I do not know today's date"), self.card, kind="link")
        unknown.setObjectName("day_unknown")
        unknown.clicked.connect(self._leave_open)
        typing = row()
        typing.addWidget(self._line)
        typing.addWidget(pick)
        typing.addWidget(self._said, 1)
        buttons = row(gap=2 * theme.UNIT)
        buttons.addWidget(unknown)
        buttons.addStretch(1)
        buttons.addWidget(self._use)
        layout.addWidget(label)
        layout.addLayout(typing)
        layout.addSpacing(theme.UNIT)
        layout.addLayout(buttons)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape is no answer."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave_open()
        else:
            super().keyPressEvent(event)

    def _typed(self) -> date | None:
        """The day that was typed, if it can be today."""
        day = typed_day(self._line.text())
        return day if day is not None and FIRST <= day <= LAST else None

    @Slot()
    def _show(self) -> None:
        day, words = self._typed(), self.words
        if day is not None:
            self._said.say(words.date(day))
        elif typed_day(self._line.text()) is not None:
            between = words("Only a day from {first} to {last}.", first=words.date(FIRST), last=words.date(LAST))
            self._said.say(between)
        else:
            self._said.say("")
        self._use.setEnabled(day is not None)

    @Slot()
    def _open(self) -> None:
        if self._calendar is None:
            self._calendar = Calendar(self.words, self)
            self._calendar.picked.connect(self._line.setText)
        self._calendar.open_below(self._line, self._typed() or self._asked.last)

    @Slot()
    def _confirm(self) -> None:
        self.answered.emit(self._asked.says)

    @Slot()
    def _give(self) -> None:
        day = self._typed()
        if day is not None:
            self.answered.emit(day)

    @Slot()
    def _leave_open(self) -> None:
        self.answered.emit(None)


class Days(QObject):
    """Sees to the date before an office's home is shown.

    Signals: asking(a DayQuestion to be shown); settled() it was answered.
    """

    asking = Signal(object)
    settled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._office: Office | None = None
        self._asked: Doubt | None = None
        self.is_unknown = False

    @property
    def is_asking(self) -> bool:
        """Whether the question stands."""
        return self._asked is not None

    def begin(self, office: Office, words: Words) -> bool:
        """Ask if there is something to ask; whether there is."""
        self._office = office
        self.is_unknown = False
        with contextlib.suppress(VaultError):  # what is damaged is said by the list that follows
            self._asked = office.dates.doubt()
        if self._asked is None:
            self._note()
        self.ask(words)
        return self.is_asking

    def ask(self, words: Words) -> None:
        """Show the question, in another language if it was shown before."""
        if self._asked is not None:
            question = DayQuestion(self._asked, words, self._window)
            question.answered.connect(self._take)
            self.asking.emit(question)

    def end(self) -> None:
        """The vault is about to be closed: keep that it was used today; believe the computer again."""
        if not (self.is_asking or self.is_unknown):
            self._note()
        self._office = self._asked = None
        clock.set_by_hand(None)

    def _note(self) -> None:
        if self._office is not None:
            with contextlib.suppress(VaultError):  # a full disk: then somebody is asked too early, once
                self._office.dates.note_seen()

    @Slot(object)
    def _take(self, day: date | None) -> None:
        asked, self._asked = self._asked, None
        if asked is None or self._office is None:
            return
        self.is_unknown = day is None
        with contextlib.suppress(VaultError):  # a full disk: the day is used all the same, and asked for again
            self._office.dates.answer(asked, day)
        self.settled.emit()
