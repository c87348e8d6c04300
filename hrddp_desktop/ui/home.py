"""Home: the records of this vault, and the ways in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHeaderView, QWidget

from hrddp_desktop.errors import N_
from hrddp_desktop.ui import icons, theme
from hrddp_desktop.ui.languages import LanguagePicker
from hrddp_desktop.ui.outcomes import shape_of
from hrddp_desktop.ui.parts import Button, MessagePanel, RowList, Text, column, restyle, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.people import CardState
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.storage.records import Summary

_Index = QModelIndex | QPersistentModelIndex
_HEADINGS = (N_("Activity"), N_("Reference"), N_("Place"), N_("Outcome"), N_("State"), N_("Last change"))
_OUTCOME = 3
_STATES = {"draft": N_("Draft"), "signed": N_("Signed")}


class Home(QWidget):
    """The first screen behind the passphrase.

    Signals: opened(record); started() a new assessment; checking() a PDF; reading() the guidance; examples() the worked
    cases; people() who can open the vault; card() make the safe card; language(code).
    """

    opened = Signal(str)
    started = Signal()
    checking = Signal()
    reading = Signal()
    examples = Signal()
    people = Signal()
    card = Signal()
    language = Signal(str)

    def __init__(self, office: Office, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("home")
        self._office = office
        self._words = words
        self.message = MessagePanel(words, self)
        self._new = Button(words("New assessment"), self, kind="primary", icon="plus")
        self._new.setObjectName("new")
        self._check = Button(words("Check a PDF …"), self, icon="file-check")
        self._read = Button(words("Guidance and words"), self, kind="link")
        self._read.setObjectName("read")
        self._read.clicked.connect(self.reading)
        self._examples = Button(words("Open an example"), self, icon="file-text")
        self._examples.setObjectName("examples")
        self._examples.clicked.connect(self.examples)
        self._people = Button(words("People and keys"), self, kind="link")
        self._people.setObjectName("people_and_keys")
        self._people.clicked.connect(self.people)
        self._card = CardLine(words, self)
        self._card.asked.connect(self.card)
        self._language = LanguagePicker(words, self)
        self._new.clicked.connect(self.started)
        self._check.clicked.connect(self.checking)
        self._language.picked.connect(self.language)
        self._model = _Records(office, words, self)
        self._list = _List(self)
        self._list.setObjectName("records")
        self._list.setAccessibleName(words("Assessments"))
        self._list.setModel(self._model)
        self._list.opened.connect(self._open)
        self._empty = self._make_empty()
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Read the list again."""
        self._model.show_records(self._office.records())
        has_records = self._model.rowCount() > 0
        self._list.setVisible(has_records)
        self._empty.setVisible(not has_records)
        if has_records:
            self._list.fit()
            if not self._list.currentIndex().isValid():
                self._list.setCurrentIndex(self._model.index(0, 0))

    def take_focus(self) -> None:
        """The list if there is one, else the button that starts."""
        (self._list if self._model.rowCount() else self._new).setFocus(Qt.FocusReason.OtherFocusReason)

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
        for widget in (self._language, self._examples, self._check, self._new):
            head.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        layout = column(gap=2 * theme.UNIT, margin=4 * theme.UNIT)
        layout.addLayout(head)
        layout.addWidget(self._card)
        layout.addWidget(self.message)
        layout.addWidget(self._empty)
        layout.addWidget(self._list, 1)
        layout.addStretch(0)
        foot = row(gap=2 * theme.UNIT)
        foot.addWidget(Text(words("This is not an official IOM or UN product."), self, tone="muted", size=0.92), 1)
        foot.addWidget(self._people)
        foot.addWidget(self._read)
        layout.addLayout(foot)
        layout.setStretchFactor(self._list, 1)
        self.setLayout(layout)
        if not self._office.records():
            layout.insertStretch(5, 1)

    def show_card(self, state: CardState) -> None:
        """Remind of the safe card that is missing; in red when it is overdue."""
        self._card.show_state(state)

    @Slot(int)
    def _open(self, position: int) -> None:
        self.opened.emit(self._model.records[position].record)


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


class _Records(QAbstractTableModel):
    def __init__(self, office: Office, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._forms = office.forms
        self._view = parent
        self.records: tuple[Summary, ...] = ()

    def show_records(self, records: tuple[Summary, ...]) -> None:
        self.beginResetModel()
        self.records = records
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.records)

    def columnCount(self, _parent: _Index | None = None) -> int:
        return len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._words(_HEADINGS[section])
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        record = self.records[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._texts(record)[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            texts = self._texts(record)
            return ", ".join(text for text in texts if text) if index.column() == 0 else texts[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == _OUTCOME:
            worn = theme.tones()
            return icons.shape_pixmap(shape_of(record.outcome), worn, theme.em(self._view, 0.9))
        return None

    def _texts(self, record: Summary) -> tuple[str, ...]:
        words = self._words
        outcome = record.outcome or "incomplete"
        definition = self._forms.definition(record.form)
        changed = record.changed.astimezone() if record.changed else None
        return (
            record.title or words("Without a title"),
            record.reference,
            " · ".join(part for part in (record.country, record.station) if part),
            definition.choice_label("outcome", outcome, words.language),
            words.translate(_STATES.get(record.status, record.status)),
            f"{words.date(changed.date())}, {words.time(changed)}" if changed else "",
        )


class _List(RowList):
    """Enter or a double click opens. Signals: opened(position)."""

    opened = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, height=theme.em(parent, 1.0) + 3 * theme.UNIT)
        self.doubleClicked.connect(self._open)

    def fit(self) -> None:
        """The activity takes the room that the others leave; no more height than there are rows."""
        lines = self.model().rowCount() * self.verticalHeader().defaultSectionSize()
        self.setMaximumHeight(self.horizontalHeader().sizeHint().height() + lines + theme.UNIT)
        header = self.horizontalHeader()
        for section in range(self.model().columnCount()):
            stretch = section == 0
            header.setSectionResizeMode(
                section, QHeaderView.ResizeMode.Stretch if stretch else QHeaderView.ResizeMode.ResizeToContents
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: _Index) -> None:
        self.opened.emit(index.row())
