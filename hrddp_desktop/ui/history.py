"""History of this answer: who gave which answer when, the record as it stood then, and erasing for safety."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QButtonGroup, QFrame, QScrollArea, QWidget

from hrddp_desktop.services import history
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.options import RadioOption
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.history import Line
    from hrddp_desktop.services.records import Assessment


class History(QScrollArea):
    """The entries of the question in focus, the newest first. It reads them only while it is shown.

    Signals: stood(number) show the record as it stood after that entry; erasing(scope, why) the person wants it.
    """

    stood = Signal(int)
    erasing = Signal(str, str)

    def __init__(self, assessment: Assessment, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("history")
        self._assessment = assessment
        self._words = words
        self._path = ""
        self._form: EraseForm | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(words("History of this answer"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = inside = QWidget(self)
        self._title = Text(parent=inside, strong=True)
        self._none = Text(parent=inside, tone="muted")
        self._entries: list[_Entry] = []
        self._list = column(gap=2 * theme.UNIT)
        self._erase = Button(words("Erase for safety …"), inside, kind="link")
        self._erase.setObjectName("erase")
        self._erase.clicked.connect(self._open)
        self._end = column()
        layout = column(gap=theme.UNIT + theme.HALF, margin=theme.UNIT)
        layout.addWidget(self._title)
        layout.addWidget(self._none)
        layout.addLayout(self._list)
        layout.addWidget(self._erase, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addLayout(self._end)
        layout.addStretch(1)
        inside.setLayout(layout)
        self.setWidget(inside)

    def point_at(self, path: str) -> None:
        """Show the history of another question; '' is the record's own."""
        if path != self._path:
            self._path = path
            self._close()
            self.verticalScrollBar().setValue(0)
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the entries again."""
        if not self.isVisible():
            return
        definition, language = self._assessment.session.definition, self._words.language
        lines = history.lines(
            definition,
            self._assessment.history(),
            language,
            self._words.translate,
            self._path or None,
            self._assessment.device,
        )
        self._title.say(self._named())
        self._none.say("" if lines else self._words("Nothing has been answered here yet."))
        self._show(lines[::-1])

    def text(self) -> str:
        """All that is shown."""
        return "\n".join([self._title.text(), self._none.text(), *(entry.text() for entry in self._entries)])

    def take_focus(self) -> None:
        """The keyboard scrolls it; Tab leads to its buttons."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """What happened while it was hidden."""
        super().showEvent(event)
        self.refresh()

    def _named(self) -> str:
        """The question whose history is shown."""
        named = history.label(self._assessment.session.definition, self._path, self._words.language)
        return named or self._words("The whole record")

    def _show(self, lines: tuple[Line, ...]) -> None:
        for entry in self._entries:
            self._hold_focus(entry, self)
            self._list.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        self._entries = [_Entry(line, self._words, self._inside) for line in lines]
        for entry in self._entries:
            entry.stood.connect(self.stood)
            self._list.addWidget(entry)
            entry.show()

    @Slot()
    def _open(self) -> None:
        self._close()
        days = [each.signed.astimezone().date() for each in self._assessment.signatures()]
        signed = self._words.date(days[-1]) if days else ""
        beside = history.erasable(self._assessment.history(), self._path) if self._path else {}
        self._form = EraseForm(self._path, self._named(), beside, signed, self._words, self._inside)
        self._form.given.connect(self._give)
        self._form.cancelled.connect(self._cancel)
        self._end.addWidget(self._form)
        self._form.show()
        self._form.start()  # before the button goes: Qt would hand its keyboard to another question
        self._erase.hide()

    @Slot(str, str)
    def _give(self, scope: str, why: str) -> None:
        self._close()
        self.erasing.emit(scope, why)

    @Slot()
    def _cancel(self) -> None:
        self._close()
        self._erase.setFocus(Qt.FocusReason.OtherFocusReason)

    def _hold_focus(self, going: QWidget, heir: QWidget) -> None:
        """Keep the keyboard here when what has it goes; another question's history would be shown."""
        focused = QApplication.focusWidget()
        if focused is not None and going.isAncestorOf(focused):
            heir.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close(self) -> None:
        self._erase.show()
        if self._form is not None:
            self._hold_focus(self._form, self._erase)
            self._end.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None


class _Entry(QFrame):
    """One entry. Signals: stood(number)."""

    stood = Signal(int)

    def __init__(self, line: Line, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._number = line.number
        when = line.at.astimezone()
        where = words("this computer") if line.here else words("another computer ({mark})", mark=line.device[:4])
        head = f"{words.date(when.date())}, {words.time(when)} · {line.author}"
        texts = [Text(head, self, strong=True), Text(f"{line.done} · {where}", self, tone="muted")]
        if line.erased:
            texts.append(Text(words("The text was erased for safety."), self))
        elif line.valued:
            texts.append(Text(words("Before: {answer}", answer=line.old or words("no answer")), self))
            texts.append(Text(words("Then: {answer}", answer=line.new or words("no answer")), self))
        if line.reason:
            texts.append(Text(words("Reason: {reason}", reason=line.reason), self))
        self._texts = texts
        self.setAccessibleName(self.text())
        layout = column(gap=2)
        for text in texts:
            layout.addWidget(text)
        if line.valued:
            then = Button(words("The record as it stood then"), self, kind="link")
            then.setAccessibleDescription(head)
            then.setObjectName(f"stood={line.number}")
            then.clicked.connect(self._tell)
            layout.addWidget(then, 0, Qt.AlignmentFlag.AlignLeading)
        self.setLayout(layout)

    def text(self) -> str:
        """All that is said."""
        return "\n".join(text.text() for text in self._texts)

    @Slot()
    def _tell(self) -> None:
        self.stood.emit(self._number)


class EraseForm(QFrame):
    """What erasing does, what of, and why; nothing is chosen beforehand. Signals: given(scope, why); cancelled()."""

    given = Signal(str, str)
    cancelled = Signal()

    def __init__(
        self, path: str, named: str, beside: dict[str, str], signed: str, words: Words, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("erase_form")
        answer = words("This answer, with its comments and files") if beside else words("This answer")
        scopes = {path: answer, **{each: words("Only “{name}”", name=name) for each, name in beside.items()}}
        self.setProperty("surface", "ground")
        said = words(
            "The text is destroyed with all its history, half-typed text and the copies in the backups on this "
            "computer. Nobody can bring it back, not even Undo. What stays: who erased it, when, and the reason below."
        )
        recall = words("A signed PDF of {day} still holds it: recall it from whoever has it.", day=signed)
        self._scopes = _Choice(
            words("What do you want to erase?"),
            {**(scopes if path else {}), "": words("The whole record")},
            "scope",
            self,
        )
        reasons = {code: words.translate(text) for code, text in history.REASONS.items()}
        self._why = _Choice(words("Why?"), reasons, "why", self)
        self._do = Button(words("Erase for good"), self, kind="primary")
        self._do.setObjectName("erase_now")
        self._do.setEnabled(False)
        cancel = Button(words("Cancel"), self, kind="quiet")
        self._do.clicked.connect(self._give)
        cancel.clicked.connect(self.cancelled)
        for choice in (self._scopes, self._why):
            choice.chosen.connect(self._weigh)
        buttons = row()
        buttons.addWidget(self._do)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        layout = column(gap=theme.UNIT, margin=2 * theme.UNIT)
        layout.addWidget(Text(words("Erase for safety"), self, strong=True))
        layout.addWidget(Text(named, self, strong=True))
        layout.addWidget(Text(said, self))
        layout.addWidget(Text(recall if signed else "", self))
        layout.addWidget(self._scopes)
        layout.addWidget(self._why)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.setAccessibleName(words("Erase for safety"))
        self.setAccessibleDescription(f"{named}\n{said}")

    def start(self) -> None:
        """Wait for the first choice."""
        self._scopes.take_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _weigh(self) -> None:
        self._do.setEnabled(self._scopes.code() is not None and self._why.code() is not None)

    @Slot()
    def _give(self) -> None:
        scope, why = self._scopes.code(), self._why.code()
        if scope is not None and why is not None:
            self.given.emit(scope, why)


class _Choice(QWidget):
    """One of a few, none beforehand. Signals: chosen()."""

    chosen = Signal()

    def __init__(self, title: str, choices: dict[str, str], name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._codes = list(choices)
        self._group = QButtonGroup(self)
        self._options = [RadioOption(label, self) for label in choices.values()]
        layout = column(gap=2)
        layout.addWidget(Text(title, self, strong=True))
        for code, option in zip(self._codes, self._options, strict=True):
            option.setObjectName(f"{name}={code}")
            option.setAccessibleDescription(title)
            option.clicked.connect(self.chosen)
            self._group.addButton(option)
            layout.addWidget(option)
        self.setLayout(layout)
        self.setAccessibleName(title)

    def code(self) -> str | None:
        """What is chosen."""
        chosen = (code for code, option in zip(self._codes, self._options, strict=True) if option.isChecked())
        return next(chosen, None)

    def take_focus(self) -> None:
        """The first choice."""
        self._options[0].setFocus(Qt.FocusReason.OtherFocusReason)
