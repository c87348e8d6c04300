"""Guidance and words: everything there is to read, in one list with a search, and what this app is and is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QScrollArea, QWidget

from hrddp_desktop.i18n import LANGUAGE_NAMES
from hrddp_desktop.services.guidance import READ, TEXT_BASIS, confirmed, guidance, is_in
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.forms import Forms

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to read; without a text it is the heading of those that follow. `also` is searched, not shown."""

    title: str
    text: str = ""
    foot: str = ""
    also: str = ""


def entries(words: Words, forms: Forms) -> Iterator[Entry]:
    """All that can be read, under headings."""
    yield Entry(words("About this app"))
    yield _about(words, forms)
    found = guidance(words.language)
    yield Entry(words("Notes and case studies"))
    for note in found.notes:
        action = words("Action {number}", number=note.action) if note.action else words("The case")
        yield Entry(note.title, note.text, f"{action}. {words(TEXT_BASIS[note.basis])}")
    yield Entry(words("Words"))
    for term in found.terms:
        yield Entry(term.term, term.definition, words(TEXT_BASIS[term.basis]), " ".join(term.spellings))
    yield Entry(words("Acronyms"))
    for acronym in found.acronyms:
        yield Entry(acronym.acronym, acronym.words)
    yield Entry(words("Further reading"))
    for one in found.resources:
        origin = ", ".join(part for part in (one.publisher, one.year) if part)
        languages = ", ".join(LANGUAGE_NAMES.get(code, code) for code in one.languages)
        yield Entry(one.title, f"{origin}\n\n{one.purpose}", f"{languages}. {words(READ[one.read])}")


def _about(words: Words, forms: Forms) -> Entry:
    found = confirmed(forms)
    text = "\n\n".join(
        (
            words(
                "This is not an official text of IOM or of the United Nations. Questions, rules, definitions and notes "
                "are our reading of what is public about the policy, in our own words."
            ),
            words("{count} of {total} rules confirmed by the policy owner.", count=found.rules, total=found.of),
            words(
                "The owner of the policy can replace every word and confirm the rules one by one: questions and rules "
                "in the workbook of the form, words and notes in the sheets beside it. Until then each rule and each "
                "text says where it comes from."
            ),
        )
    )
    return Entry(words("What this app is, and what it is not"), text)


class ReadingPage(QWidget):
    """A list of titles, and the text of the chosen one beside it. Signals: left() back to where one came from."""

    left = Signal()

    def __init__(self, forms: Forms, words: Words, *, to_record: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reading")
        self._words = words
        self._all = tuple(entries(words, forms))
        arrow = "arrow-right" if words.right_to_left else "arrow-left"
        way = words("Back to the assessment") if to_record else words("All assessments")
        self._back = Button(way, self, kind="quiet", icon=arrow)
        self._back.clicked.connect(self.left)
        self._search = QLineEdit(self)
        self._search.setObjectName("search")
        self._search.setPlaceholderText(words("Search in titles and texts"))
        self._search.setAccessibleName(words("Search in titles and texts"))
        self._search.setClearButtonEnabled(True)
        # Not only what is typed: the button in the field empties it.
        self._search.textChanged.connect(self._look_for)
        self._count = Text(parent=self, tone="muted", size=0.92)
        self._model = _Model(self)
        self._list = _Titles(self)
        self._list.setObjectName("titles")
        self._list.setAccessibleName(words("Guidance and words"))
        self._list.setModel(self._model)
        self._list.chosen.connect(self._read)
        self._sheet = _Sheet(self)
        self._lay_out()
        shortcut = QShortcut(QKeySequence("Alt+Home"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.left)
        self._look_for("")

    def take_focus(self) -> None:
        """The search: one types at once what one looks for."""
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)

    def text(self) -> str:
        """What is read now."""
        return self._sheet.text()

    def titles(self) -> list[str]:
        """The titles that are listed, without the headings."""
        return [entry.title for entry in self._model.entries if entry.text]

    @Slot(str)
    def _look_for(self, wanted: str) -> None:
        listed: list[Entry] = []
        heading: Entry | None = None
        for entry in self._all:
            if not entry.text:
                heading = entry
            elif is_in(wanted, entry.title, entry.text, entry.also):
                listed += [heading] if heading is not None else []
                listed.append(entry)
                heading = None
        self._model.show_entries(tuple(listed))
        found = len(self.titles())
        self._count.say(self._words("{count} found", count=found) if wanted.strip() else "")
        self._sheet.show_entry(Entry(""))
        if found:
            self._list.setCurrentIndex(self._model.index(1, 0))

    @Slot(int)
    def _read(self, position: int) -> None:
        self._sheet.show_entry(self._model.entries[position])

    def _lay_out(self) -> None:
        head = row(gap=2 * theme.UNIT)
        titles = column(gap=0)
        titles.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        titles.addWidget(Text(self._words("Guidance and words"), self, size=1.6, strong=True))
        titles.addWidget(Text(self._words("This is not an official IOM or UN product."), self, tone="muted", size=0.92))
        head.addLayout(titles, 1)
        side = column()
        side.addWidget(self._search)
        side.addWidget(self._count)
        side.addWidget(self._list, 1)
        both = row(gap=2 * theme.UNIT)
        both.addLayout(side, 2)
        both.addWidget(self._sheet, 3)
        layout = column(gap=2 * theme.UNIT, margin=3 * theme.UNIT)
        layout.addLayout(head)
        layout.addLayout(both, 1)
        self.setLayout(layout)


class _Sheet(QScrollArea):
    """One text to read; it takes the keyboard, so that arrows and Page Down scroll it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("surface", "sheet")
        card = QFrame(self)
        card.setProperty("surface", "paper")
        self._title = Text(parent=card, size=1.3, strong=True)
        self._text = Text(parent=card)
        self._foot = Text(parent=card, tone="muted", size=0.92)
        inside = column(gap=2 * theme.UNIT, margin=3 * theme.UNIT)
        for widget in (self._title, self._text, self._foot):
            inside.addWidget(widget)
        inside.addStretch(1)
        card.setLayout(inside)
        self.setWidget(card)

    def show_entry(self, entry: Entry) -> None:
        self._title.say(entry.title)
        self._text.say(entry.text)
        self._foot.say(entry.foot)
        self.setAccessibleName(entry.title)
        self.setAccessibleDescription(" ".join((entry.text, entry.foot)).strip())
        self.verticalScrollBar().setValue(0)

    def text(self) -> str:
        return "\n".join(part.text() for part in (self._title, self._text, self._foot) if part.text())


class _Titles(QListView):
    """Arrows choose what is read. Signals: chosen(position)."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setSpacing(2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(current.row())


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = parent
        self.entries: tuple[Entry, ...] = ()

    def show_entries(self, listed: tuple[Entry, ...]) -> None:
        self.beginResetModel()
        self.entries = listed
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        # Arrow keys pass over a heading.
        return super().flags(index) if self.entries[index.row()].text else Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return entry.title
        if role == Qt.ItemDataRole.FontRole and not entry.text:
            return theme.sized(self._view.font(), 0.92, strong=True)
        if role == Qt.ItemDataRole.ForegroundRole and not entry.text:
            return QColor(theme.tones().muted)
        return None
