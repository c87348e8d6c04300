"""The panel on the trailing side: guidance to the question in focus, or the list of what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QListView, QScrollArea, QStackedWidget, QWidget

from hrddp_desktop.errors import N_
from hrddp_desktop.services.guidance import BASIS, TEXT_BASIS, guidance
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.column import is_table
from hrddp_desktop.ui.folds import Folded, Folds
from hrddp_desktop.ui.parts import Button, Rule, Text, column, row
from hrddp_desktop.ui.sight import settle, show_whole

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hrddp_desktop.engine.views import FieldView, Missing, TableView
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.guidance import Help
    from hrddp_desktop.ui.comments import Discussion
    from hrddp_desktop.ui.history import History

_Index = QModelIndex | QPersistentModelIndex
_COLUMNS = 46
_CONSUMERS = {
    "decides": N_("This answer decides: a rule reads it."),
    "condition": N_("This answer becomes a condition that is checked before delivery."),
    "informs": N_("This answer informs the reader of the document."),
}


class Aside(QWidget):
    """Guidance, what is missing, and the history that the wizard adds: one view at a time.

    Signals: jumped(path) the person chose a missing answer; reading() all of the guidance; closed().
    """

    jumped = Signal(str)
    reading = Signal()
    closed = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._guide = Button(words("Guidance"), self, kind="quiet", icon="lightbulb")
        self._todo = Button(words("Missing"), self, kind="quiet", icon="list-checks")
        self._close = Button("", self, kind="quiet", icon="x")
        self._close.setAccessibleName(words("Hide this panel"))
        self._close.setToolTip(words("Hide this panel (F1)"))
        for button in (self._guide, self._todo):
            button.setCheckable(True)
            button.setAutoExclusive(True)
        self._guide.setToolTip(words("Guidance to the question (F1)"))
        self._todo.setToolTip(words("What is missing (Ctrl+M)"))
        self._guide.clicked.connect(self.show_guidance)
        self._todo.clicked.connect(self.show_missing)
        self._close.clicked.connect(self.closed)
        self._guidance = Guidance(words, self)
        self._guidance.reading.connect(self.reading)
        self._missing = MissingList(words, self)
        self._missing.jumped.connect(self.jumped)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._guidance)
        self._stack.addWidget(self._missing)
        self._past = Button("", self, kind="quiet", icon="clock")
        self._past.setAccessibleName(words("History of this answer"))
        self._past.setToolTip(words("History of this answer (Ctrl+H)"))
        self._past.setCheckable(True)
        self._past.setAutoExclusive(True)
        self._past.clicked.connect(self.show_history)
        self._past.hide()
        self._history: History | None = None
        self._talk = Button("", self, kind="quiet", icon="message-square")
        self._talk.setToolTip(words("Comments on this question (Ctrl+Shift+M)"))
        self._talk.setCheckable(True)
        self._talk.setAutoExclusive(True)
        self._talk.clicked.connect(self.show_comments)
        self._talk.hide()
        self._discussion: Discussion | None = None
        tabs = self._tabs = row(gap=theme.HALF)
        tabs.addWidget(self._guide)
        tabs.addWidget(self._todo)
        tabs.addWidget(self._talk)
        tabs.addWidget(self._past)
        tabs.addStretch(1)
        tabs.addWidget(self._close)
        layout = column(margin=theme.UNIT)
        layout.addLayout(tabs)
        layout.addWidget(Rule())
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)
        self.show_guidance()

    def add_history(self, history: History) -> None:
        """Take in the view of what was answered before."""
        self._history = history
        self._stack.addWidget(history)
        self._past.show()

    def add_comments(self, discussion: Discussion) -> None:
        """Take in the view of what is said about the question."""
        self._discussion = discussion
        self._stack.addWidget(discussion)
        self._talk.show()

    def count_comments(self, count: int) -> None:
        """Say how many comments of the whole record are open."""
        self._talk.say(f"{count}" if count else "")
        self._talk.setAccessibleName(self._words("Comments, {count} open in this record", count=count))
        self._fit()

    def _fit(self) -> None:
        """Wide enough for the words of the buttons, which differ in length from language to language."""
        self.setMinimumWidth(max(theme.columns(self, _COLUMNS), self._tabs.minimumSize().width() + 2 * theme.UNIT))

    def explain(self, view: FieldView | TableView | None) -> None:
        """Show the guidance of a question, its comments and its history."""
        if self._discussion is not None:
            self._discussion.point_at(view.path if view is not None else "")
        self._guidance.explain(view)
        if self._history is not None:
            self._history.point_at(view.path if view is not None else "")

    def list_missing(self, missing: tuple[Missing, ...]) -> None:
        """Show what is missing."""
        self._missing.show_missing(missing)
        self._todo.say(self._words("Missing ({count})", count=len(missing)))
        self._fit()

    @Slot()
    def show_guidance(self) -> None:
        """Turn to the guidance."""
        self._guide.setChecked(True)
        self._stack.setCurrentWidget(self._guidance)

    @Slot()
    def show_missing(self) -> None:
        """Turn to the list of what is missing, with the keyboard on it."""
        self._todo.setChecked(True)
        self._stack.setCurrentWidget(self._missing)
        self._missing.take_focus()

    @Slot()
    def show_history(self) -> None:
        """Turn to what was answered before, with the keyboard on it."""
        if self._history is not None:
            self._past.setChecked(True)
            self._stack.setCurrentWidget(self._history)
            self._history.take_focus()

    @Slot()
    def show_comments(self) -> None:
        """Turn to what is said about the question, with the keyboard where a comment is typed."""
        if self._discussion is not None:
            self._talk.setChecked(True)
            self._stack.setCurrentWidget(self._discussion)
            self._discussion.take_focus()


class Guidance(QScrollArea):
    """What helps with the question in focus. Signals: reading() the person wants all there is to read."""

    reading = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("guidance")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget(self)
        self._label = Text(parent=inside, strong=True)
        self._hint = Text(parent=inside)
        self._text = Text(parent=inside)
        self._consumer = Text(parent=inside, tone="muted")
        self._basis = Text(parent=inside, tone="muted")
        self._terms = Folds(words("Words used here"), inside)
        self._notes = Folds(words("Notes"), inside)
        self._more = Button(words("Guidance and words"), inside, kind="link")
        self._more.setObjectName("more_guidance")
        self._more.clicked.connect(self.reading)
        self._terms.opened.connect(self._bring_in_view)
        self._notes.opened.connect(self._bring_in_view)
        layout = column(gap=theme.UNIT + theme.HALF, margin=theme.UNIT)
        for widget in (*self._texts(), self._terms, self._notes):
            layout.addWidget(widget)
        layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addStretch(1)
        inside.setLayout(layout)
        self.setWidget(inside)
        self.explain(None)

    def explain(self, view: FieldView | TableView | None) -> None:
        """Show what is known about a question; None: say what this panel is for."""
        self.verticalScrollBar().setValue(0)
        if view is None:
            self._label.say("")
            self._hint.say(self._words("Choose a question to read what it is for and how to answer it."))
            for text in (self._text, self._consumer, self._basis):
                text.say("")
            self._terms.show_all(())
            self._notes.show_all(())
            return
        self._label.say(view.label)
        self._hint.say(view.hint)
        self._text.say(view.guidance)
        consumer = None if not is_table(view) and view.type == "note" else _CONSUMERS.get(view.consumer)
        self._consumer.say(self._words(consumer) if consumer else "")
        self._show_help(guidance(self._words.language).beside(view))

    def _show_help(self, found: Help) -> None:
        words = self._words
        self._basis.say(words(BASIS[found.basis]) if found.basis else "")
        self._terms.show_all(
            [Folded(term.term, term.definition, words(TEXT_BASIS[term.basis])) for term in found.terms]
        )
        self._notes.show_all([Folded(note.title, note.text, words(TEXT_BASIS[note.basis])) for note in found.notes])

    def text(self) -> str:
        """All that is shown."""
        parts = [part.text() for part in self._texts() if part.text()]
        parts += [folds.text() for folds in (self._terms, self._notes) if not folds.isHidden()]
        return "\n".join(parts)

    def _texts(self) -> tuple[Text, ...]:
        return self._label, self._hint, self._text, self._consumer, self._basis

    @Slot(QWidget)
    def _bring_in_view(self, fold: QWidget) -> None:
        settle()
        show_whole(self, fold)


class MissingList(QWidget):
    """What is due and not answered; Enter or a click leads to the question. Signals: jumped(path)."""

    jumped = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._none = Text(words("Nothing that is due now is missing."), self, tone="muted")
        self._list = _Lines(self)
        self._list.setObjectName("missing")
        self._list.setAccessibleName(words("What is missing"))
        self._list.setProperty("surface", "bare")
        self._list.setWordWrap(True)
        self._list.setSpacing(2)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setResizeMode(QListView.ResizeMode.Adjust)
        self._model = _Missing(self)
        self._list.setModel(self._model)
        self._list.clicked.connect(self._go)
        self._list.picked.connect(self._go)
        layout = column()
        layout.addWidget(self._none)
        layout.addWidget(self._list, 1)
        layout.addStretch(0)
        self.setLayout(layout)

    def show_missing(self, missing: tuple[Missing, ...]) -> None:
        """Show these."""
        self._model.show_missing(missing)
        self._none.setVisible(not missing)
        self._list.setVisible(bool(missing))

    def take_focus(self) -> None:
        """Put the keyboard on the first line."""
        if self._model.rowCount():
            self._list.setCurrentIndex(self._model.index(0, 0))
            self._list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot(QModelIndex)
    def _go(self, index: QModelIndex) -> None:
        if index.isValid():
            self.jumped.emit(self._model.missing[index.row()].path)


class _Lines(QListView):
    """Signals: picked(index) by Enter."""

    picked = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class _Missing(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.missing: tuple[Missing, ...] = ()

    def show_missing(self, missing: tuple[Missing, ...]) -> None:
        if missing != self.missing:
            self.beginResetModel()
            self.missing = missing
            self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.missing)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            line = self.missing[index.row()]
            return f"{line.table_row} · {line.label}" if line.table_row else line.label
        return None
