"""Comments on the question in focus, beside it; and on the review page what of all comments is still open."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.services.history import label
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.parts import Button, MessagePanel, Text, column, row
from hrddp_desktop.ui.typed import Lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

    from hrddp_desktop.engine.views import Change
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.comments import Comment, Comments
    from hrddp_desktop.services.records import Assessment
    from hrddp_desktop.ui.desk import Desk

DRAFT_MS = 1000


class Discussion(QScrollArea):
    """The thread of one question. It reads it only while it is shown."""

    def __init__(self, assessment: Assessment, desk: Desk, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("comments")
        self._assessment = assessment
        self._comments = desk.comments()
        self._desk = desk
        self._words = words
        self._path = ""
        self._changed: Comment | None = None
        self._cards: list[_Card] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = inside = QWidget(self)
        self._title = Text(parent=inside, strong=True)
        self._none = Text(parent=inside, tone="muted")
        self._list = column(gap=theme.UNIT)
        self._entry = self._make_entry(inside)
        layout = column(gap=theme.UNIT + theme.HALF, margin=theme.UNIT)
        layout.addWidget(self._title)
        layout.addWidget(self._none)
        layout.addLayout(self._list)
        layout.addWidget(self._entry)
        layout.addStretch(1)
        inside.setLayout(layout)
        self.setWidget(inside)
        self._draft = QTimer(self)
        self._draft.setSingleShot(True)
        self._draft.setInterval(DRAFT_MS)
        self._draft.timeout.connect(self._send_draft)
        self.point_at("")

    def point_at(self, path: str) -> None:
        """Show the thread of another question; what is half-typed here is kept and comes back."""
        if path != self._path:
            self.keep()
            self._path, self._changed = path, None
            self._put("")
            self.message.hide()
            self.verticalScrollBar().setValue(0)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the thread again."""
        if not self.isVisible():
            return
        words, path = self._words, self._path
        self._title.say(label(self._assessment.session.definition, path, words.language))
        found = self._comments.at(path)
        self._none.say(self._nothing() if not found else "")
        self._show(found)
        self._entry.setVisible(bool(path))
        if path and not self._text.toPlainText():
            self._restore(found)

    def keep(self) -> None:
        """Keep what is half-typed, now."""
        if self._draft.isActive():
            self._draft.stop()
            self._send_draft()

    def put_down(self) -> dict[str, str]:
        """What is half-typed, by the path at which it is kept."""
        return {self._place(): self._text.toPlainText()} if self._path and self._draft.isActive() else {}

    def text(self) -> str:
        """All that is shown."""
        return "\n".join([self._title.text(), self._none.text(), *(card.text() for card in self._cards)])

    def take_focus(self) -> None:
        """Where a new comment is typed."""
        (self._text if self._path else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """What happened while it was hidden."""
        super().showEvent(event)
        self.refresh()

    # --- inside ---

    def _make_entry(self, parent: QWidget) -> QWidget:
        words = self._words
        entry = QWidget(parent)
        self.message = MessagePanel(words, entry)
        name = Text(words("Your comment"), entry, strong=True)
        kept = Text(words("It stays in this vault: never printed, in no answers file. No names of persons."), entry)
        kept.setProperty("tone", "muted")
        self._text = Lines(entry)
        self._text.setObjectName("comment")
        self._text.textChanged.connect(self._note_typing)
        name.name_for(self._text)
        self._text.setAccessibleDescription(kept.text())
        self._send = Button(words("Add the comment"), entry, kind="primary")
        self._send.setObjectName("send_comment")
        self._send.clicked.connect(self._say)
        self._leave = Button(words("Cancel"), entry, kind="quiet")
        self._leave.clicked.connect(self._leave_change)
        buttons = row()
        buttons.addWidget(self._send)
        buttons.addWidget(self._leave)
        buttons.addStretch(1)
        layout = column(gap=theme.HALF)
        for widget in (name, self._text, kept):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addWidget(self.message)
        entry.setLayout(layout)
        self._leave.hide()
        return entry

    def _nothing(self) -> str:
        if not self._path:
            return self._words("Choose a question to read and write comments on it.")
        return self._words("No comments on this question yet.")

    def _show(self, found: tuple[Comment, ...]) -> None:
        if [card.comment for card in self._cards] == list(found):
            return
        focused = QApplication.focusWidget()
        if focused is not None and any(card.isAncestorOf(focused) for card in self._cards):
            # What goes with the keyboard hands it to a question, and that one's comments would be shown.
            self._text.setFocus(Qt.FocusReason.OtherFocusReason)
        for card in self._cards:
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [_Card(each, self._words, self._inside, own=self._comments.is_own(each)) for each in found]
        for card in self._cards:
            card.resolved.connect(self._resolve)
            card.changing.connect(self._change)
            card.withdrawn.connect(self._withdraw)
            self._list.addWidget(card)
            card.show()
        stops = [*(stop for card in self._cards for stop in card.stops()), self._text, self._send, self._leave]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _restore(self, found: tuple[Comment, ...]) -> None:
        """Give half-typed text back, of a new comment or of one that was being changed."""
        from hrddp_desktop.services.comments import draft_path

        drafts = self._desk.drafts()
        for comment in found:
            if drafts.get(comment.path):
                self._changed = comment
                self._put(drafts[comment.path])
                return
        self._put(drafts.get(draft_path(self._path), ""))

    def _put(self, text: str) -> None:
        # setPlainText fires textChanged as typing does.
        self._text.blockSignals(True)
        self._text.setPlainText(text)
        self._text.blockSignals(False)
        self._weigh()

    def _weigh(self) -> None:
        changes = self._changed is not None
        self._send.say(self._words("Save the change") if changes else self._words("Add the comment"))
        self._send.setEnabled(bool(self._text.toPlainText().strip()))
        self._leave.setVisible(changes)

    @Slot()
    def _note_typing(self) -> None:
        self._weigh()
        if not self._draft.isActive():
            self._draft.start()

    @Slot()
    def _send_draft(self) -> None:
        self._desk.draft(self._place(), self._text.toPlainText())

    def _place(self) -> str:
        """Where what is half-typed is kept."""
        from hrddp_desktop.services.comments import draft_path

        return draft_path(self._path) if self._changed is None else self._changed.path

    @Slot()
    def _say(self) -> None:
        text, changed = self._text.toPlainText(), self._changed
        self._draft.stop()
        say = partial(self._comments.say, self._path, text)
        if self._do(say if changed is None else partial(self._comments.change, changed, text), self._place()):
            self._changed = None
            self._put("")
            self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _resolve(self, comment: Comment) -> None:
        self._do(partial(self._comments.resolve, comment, resolved=not comment.is_resolved))

    @Slot(object)
    def _withdraw(self, comment: Comment) -> None:
        if self._changed == comment:
            self._leave_change()
        self._do(partial(self._comments.withdraw, comment))

    @Slot(object)
    def _change(self, comment: Comment) -> None:
        self.keep()
        self._changed = comment
        self._put(comment.text)
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _leave_change(self) -> None:
        self._draft.stop()
        if self._changed is not None:
            self._desk.drop_draft(self._changed.path)
        self._changed = None
        self._put("")
        self.refresh()
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _do(self, step: Callable[[], Change], draft: str = "") -> bool:
        try:
            self._desk.do(step, draft)
        except HrddpError as error:
            self.message.show_error(error)
            return False
        self.message.hide()
        return True


class _Card(QFrame):
    """One comment. Signals: resolved(Comment), changing(Comment), withdrawn(Comment) the person wants it."""

    resolved = Signal(object)
    changing = Signal(object)
    withdrawn = Signal(object)

    def __init__(self, comment: Comment, words: Words, parent: QWidget, *, own: bool) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self.comment = comment
        when = comment.at.astimezone()
        # A name in another script must not change places with the date.
        author = f"\N{FIRST STRONG ISOLATE}{comment.author}\N{POP DIRECTIONAL ISOLATE}"
        head = f"{author} · {words.date(when.date())}, {words.time(when)}"
        settled = words("Resolved") if comment.is_resolved else ""
        tone = "muted" if comment.is_resolved else ""
        self._texts = [
            Text(head, self, tone="muted", size=0.92),
            Text(comment.text, self, tone=tone),
            Text(settled, self, tone="muted", strong=True, size=0.92),
            Text(_recognised(comment.text, words), self, tone="muted", size=0.92),
        ]
        acts = {"resolve": (words("Open again") if comment.is_resolved else words("Resolve"), self._tell_resolved)}
        if own:
            acts["change"] = (words("Change"), self._tell_changing)
            acts["withdraw"] = (words("Withdraw"), self._tell_withdrawn)
        self._buttons = []
        line = row(gap=2 * theme.UNIT)
        for name, (said, slot) in acts.items():
            button = Button(said, self, kind="link")
            button.setObjectName(name)
            button.setAccessibleDescription(comment.text)
            button.clicked.connect(slot)
            line.addWidget(button)
            self._buttons.append(button)
        line.addStretch(1)
        layout = column(gap=theme.HALF, margin=theme.UNIT + theme.HALF)
        for text in self._texts:
            layout.addWidget(text)
        layout.addLayout(line)
        self.setLayout(layout)
        self.setAccessibleName(self.text())

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return list(self._buttons)

    def text(self) -> str:
        """All that is said."""
        return "\n".join(text.text() for text in self._texts if text.text())

    @Slot()
    def _tell_resolved(self) -> None:
        self.resolved.emit(self.comment)

    @Slot()
    def _tell_changing(self) -> None:
        self.changing.emit(self.comment)

    @Slot()
    def _tell_withdrawn(self) -> None:
        self.withdrawn.emit(self.comment)


def _recognised(text: str, words: Words) -> str:
    """What in a comment may lead to a person; it is said and stops nobody."""
    from hrddp_desktop.services.texts import recognised

    kinds = dict.fromkeys(kind for kind, _ in recognised(text))
    if not kinds:
        return ""
    named = ", ".join(kind.label(words.translate) for kind in kinds)
    return words("This looks like {kind}. Write units, posts and functions, no names of persons.", kind=named)


class OpenComments(QWidget):
    """The questions with comments that nobody has resolved. Hidden while there is none. Signals: jumped(path)."""

    jumped = Signal(str)

    def __init__(self, comments: Comments, assessment: Assessment, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("open_comments")
        self._comments = comments
        self._assessment = assessment
        self._words = words
        self._links: list[_Link] = []
        self._title = Text("", self, strong=True, size=1.1)
        self._list = column(gap=theme.HALF)
        layout = column()
        layout.addWidget(self._title)
        layout.addLayout(self._list)
        self.setLayout(layout)

    def refresh(self) -> None:
        """Count them again."""
        words = self._words
        found = self._comments.still_open()
        self._title.say(words("Open comments ({count})", count=sum(found.values())))
        for link in self._links:
            self._list.removeWidget(link)
            link.hide()
            link.deleteLater()
        self._links = []
        for path, count in found.items():
            named = label(self._assessment.session.definition, path, words.language)
            link = _Link(path, f"{named} ({count})", self)
            link.jumped.connect(self.jumped)
            self._list.addWidget(link, 0, Qt.AlignmentFlag.AlignLeading)
            self._links.append(link)
        self.setVisible(bool(found))

    def text(self) -> str:
        """All that is said."""
        return "\n".join([self._title.text(), *(link.accessibleName() for link in self._links)])


class _Link(Button):
    """Leads to a question. Signals: jumped(path)."""

    jumped = Signal(str)

    def __init__(self, path: str, text: str, parent: QWidget) -> None:
        super().__init__(text, parent, kind="link")
        self.setObjectName(f"discuss:{path}")
        self._path = path
        self.clicked.connect(self._jump)

    @Slot()
    def _jump(self) -> None:
        self.jumped.emit(self._path)
