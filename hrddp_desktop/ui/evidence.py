"""Files of evidence below a question that takes them: attach after a look, save a copy after a warning, take away."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.services import evidence
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.options import CheckOption
from hrddp_desktop.ui.parts import Button, MessagePanel, Text, column, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hrddp_desktop.engine.views import Change, FieldView
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.evidence import Evidence, Files
    from hrddp_desktop.ui.desk import Desk
    from hrddp_desktop.ui.dialogs import Asker

_DRAGS = frozenset({QEvent.Type.DragEnter, QEvent.Type.DragMove})


class EvidenceBox(QWidget):
    """The files of one question. It reads them from the vault when something about the question changed.

    Signals: entered() the person is at work here; changed() other controls came or went.
    """

    entered = Signal()
    changed = Signal()

    def __init__(self, view: FieldView, files: Files, desk: Desk, asker: Asker, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        path = self._path = view.path
        self.setObjectName(f"evidence:{path}")
        self._files = files
        self._desk = desk
        self._asker = asker
        self._words = words
        self._form: _Form | None = None
        self._dropped: Path | None = None
        self._copied: Evidence | None = None
        self._lines: list[_File] = []
        self._list = column(gap=theme.HALF)
        self._attach = Button(words("Attach a file …"), self, kind="link", icon="paperclip")
        self._attach.setObjectName(f"attach:{path}")
        self._attach.setAccessibleDescription(view.label)
        self._attach.clicked.connect(self._ask)
        self.message = MessagePanel(words, self)
        self._end = column()
        layout = column(gap=theme.HALF)
        layout.addLayout(self._list)
        layout.addWidget(self._attach, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addLayout(self._end)
        layout.addWidget(self.message)
        self.setLayout(layout)
        self._follow()
        asker.named.connect(self._take_name)
        desk.changed.connect(self._show_change)
        self._show_files()

    def take_drops(self, field: QWidget, control: QWidget) -> None:
        """Let a file be dropped anywhere on the question; its editor would take the name of the file as text."""
        for each in (control, *control.findChildren(QWidget)):
            each.setAcceptDrops(False)
        field.setAcceptDrops(True)
        field.installEventFilter(self)

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        form = self._form.stops() if self._form is not None else []
        return [*(stop for line in self._lines for stop in line.stops()), self._attach, *form]

    def text(self) -> str:
        """All that is said."""
        form = [self._form.text()] if self._form is not None else []
        return "\n".join([*(line.text() for line in self._lines), *form])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A file that is dropped is asked about, one at a time; the keyboard in here is at this question."""
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
        if isinstance(event, QDropEvent) and (event.type() in _DRAGS or event.type() == QEvent.Type.Drop):
            urls = event.mimeData().urls()
            if len(urls) == 1 and urls[0].isLocalFile():
                event.setDropAction(Qt.DropAction.CopyAction)
                event.accept()
                if event.type() == QEvent.Type.Drop:
                    self._ask_for(Path(urls[0].toLocalFile()))
                return True
        return super().eventFilter(watched, event)

    # --- inside ---

    @Slot(object)
    def _show_change(self, change: Change) -> None:
        if self._path in change.paths:
            self._show_files()

    def _show_files(self) -> None:
        found = self._files.at(self._path)
        if [line.file for line in self._lines] == list(found):
            return
        # What was said is of the files as they were.
        self._hold_focus(self.message)
        self.message.hide()
        for line in self._lines:
            self._hold_focus(line)
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = [_File(file, self._words, self) for file in found]
        for line in self._lines:
            line.copied.connect(self._warn)
            line.removed.connect(self._remove)
            self._list.addWidget(line)
            line.show()
        self._follow()
        self.changed.emit()

    @Slot()
    def _ask(self) -> None:
        self._ask_for(None)

    def _ask_for(self, dropped: Path | None) -> None:
        self._dropped = dropped
        words = self._words
        named = words("Attach {name}", name=evidence.clean_name(dropped.name)) if dropped else ""
        self._open(_AttachForm(named, words, self), self._go_on)

    @Slot(object)
    def _warn(self, file: Evidence) -> None:
        self._copied = file
        self._open(_CopyForm(file.name, self._words, self), self._ask_target)

    @Slot()
    def _go_on(self) -> None:
        if self._dropped is None:
            self._asker.ask_for_any(f"attach:{self._path}", self._words("Attach a file"))
        else:
            self._take(self._dropped)

    @Slot()
    def _ask_target(self) -> None:
        if self._copied is not None:
            title = self._words("Save a copy that is not encrypted")
            self._asker.ask_to_save_any(f"copy:{self._path}", title, self._copied.name)

    @Slot(str, str)
    def _take_name(self, purpose: str, path: str) -> None:
        if purpose == f"attach:{self._path}":
            self._take(Path(path))
        elif purpose == f"copy:{self._path}" and self._copied is not None:
            self._save(self._copied, Path(path))

    def _take(self, file: Path) -> None:
        try:
            taken = evidence.take(file)
            self._desk.do(partial(self._files.attach, self._path, taken))
        except HrddpError as error:
            self.message.show_error(error)
            return
        self._close()
        self.message.show_done(self._words("The file is attached; the one on the disk stays as it is."))

    def _save(self, file: Evidence, target: Path) -> None:
        try:
            self._files.save_copy(file, target)
        except HrddpError as error:
            self.message.show_error(error)
            return
        self._close()
        self.message.show_done(self._words("The copy is saved: {file}", file=target))

    @Slot(object)
    def _remove(self, file: Evidence) -> None:
        self._close()
        try:
            self._desk.do(partial(self._files.remove, file))
        except HrddpError as error:
            self.message.show_error(error)
            return
        rest = self._words("Undo brings it back. To destroy what it holds, erase it for safety: see the history.")
        self.message.show_done(self._words("{name} is taken away.", name=file.name), rest)

    def _open(self, form: _Form, go_on: object) -> None:
        self._close()
        self.message.hide()
        self._form = form
        form.agreed.connect(go_on)
        form.cancelled.connect(self._close)
        self._end.addWidget(form)
        form.show()
        self._follow()
        form.start()
        self.changed.emit()

    @Slot()
    def _close(self) -> None:
        if self._form is not None:
            self._hold_focus(self._form)
            self._end.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None
            self.changed.emit()

    def _hold_focus(self, going: QWidget) -> None:
        """Keep the keyboard here when what has it goes; Qt would hand it to another question."""
        focused = QApplication.focusWidget()
        if focused is not None and going.isAncestorOf(focused):
            self._attach.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow(self) -> None:
        """Notice the keyboard at every stop."""
        for stop in self.stops():
            stop.installEventFilter(self)


class _File(QFrame):
    """One file. Signals: copied(Evidence) a copy is wanted; removed(Evidence)."""

    copied = Signal(object)
    removed = Signal(object)

    def __init__(self, file: Evidence, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "ground")
        self.file = file
        when = file.at.astimezone()
        # A name in another script must not change places with what stands behind it.
        name = f"\N{FIRST STRONG ISOLATE}{file.name}\N{POP DIRECTIONAL ISOLATE}"
        size = f"\N{LEFT-TO-RIGHT ISOLATE}{evidence.size_in_words(file.size)}\N{POP DIRECTIONAL ISOLATE}"
        self._name = Text(name, self, strong=True)
        self._told = Text(f"{size} · {words.date(when.date())} · {file.author}", self, tone="muted", size=0.92)
        self._copy = Button(words("Save a copy …"), self, kind="link")
        self._remove = Button(words("Take away"), self, kind="link")
        self._copy.clicked.connect(self._tell_copied)
        self._remove.clicked.connect(self._tell_removed)
        for button in (self._copy, self._remove):
            button.setAccessibleDescription(file.name)
        self._copy.setObjectName("copy")
        self._remove.setObjectName("remove")
        buttons = row(gap=2 * theme.UNIT)
        buttons.addWidget(self._copy)
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        layout = column(gap=0, margin=theme.UNIT)
        layout.addWidget(self._name)
        layout.addWidget(self._told)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.setAccessibleName(file.name)

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [self._copy, self._remove]

    def text(self) -> str:
        """All that is said."""
        return f"{self._name.text()}\n{self._told.text()}"

    @Slot()
    def _tell_copied(self) -> None:
        self.copied.emit(self.file)

    @Slot()
    def _tell_removed(self) -> None:
        self.removed.emit(self.file)


class _Form(QFrame):
    """Something to read before one goes on. Signals: agreed(); cancelled()."""

    agreed = Signal()
    cancelled = Signal()

    def __init__(self, title: str, said: str, agree: str, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "soft")
        self._texts = [Text(title, self, strong=True), Text(said, self)]
        self._agree = Button(agree, self, kind="primary")
        self._agree.setObjectName("agree")
        self._agree.setAccessibleDescription(said)
        self._agree.clicked.connect(self.agreed)
        self._cancel = Button(words("Cancel"), self, kind="quiet")
        self._cancel.clicked.connect(self.cancelled)
        buttons = row()
        buttons.addWidget(self._agree)
        buttons.addWidget(self._cancel)
        buttons.addStretch(1)
        self._body = column(gap=theme.UNIT, margin=2 * theme.UNIT)
        for text in self._texts:
            self._body.addWidget(text)
        self._body.addLayout(buttons)
        self.setLayout(self._body)
        self.setAccessibleName(title)
        self.setAccessibleDescription(said)

    def start(self) -> None:
        """Put the keyboard on the first control."""
        self.stops()[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [self._agree, self._cancel]

    def text(self) -> str:
        """All that is said."""
        return "\n".join(text.text() for text in self._texts)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)


class _AttachForm(_Form):
    """What must not be in a file; it is asked of each file anew."""

    def __init__(self, named: str, words: Words, parent: QWidget) -> None:
        listed = "\n".join(f"• {words.translate(line)}" for line in evidence.NOT_IN_IT)
        kept = words(
            "The file stays encrypted in this vault and its copies, {size} MB at most. The app never opens it, and it "
            "goes into no PDF and no answers file.",
            size=evidence.FILE_LIMIT // evidence.MB,
        )
        said = f"{words('Make sure that the file has:')}\n{listed}\n{kept}"
        super().__init__(words("Attach a file"), said, named or words("Choose the file …"), words, parent)
        self.setObjectName("attach_form")
        self._seen = CheckOption(words("I looked at the file: nothing of this is in it"), self)
        self._seen.setObjectName("looked_at")
        self._seen.setAccessibleDescription(said)
        self._seen.clicked.connect(self._weigh)
        self._body.insertWidget(2, self._seen)
        self._weigh()

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [self._seen, *super().stops()]

    @Slot()
    def _weigh(self) -> None:
        self._agree.setEnabled(self._seen.isChecked())


class _CopyForm(_Form):
    """What a copy outside the vault means."""

    def __init__(self, name: str, words: Words, parent: QWidget) -> None:
        said = words.translate(evidence.COPY_WARNING)
        super().__init__(words("Save a copy of {name}", name=name), said, words("Save the copy …"), words, parent)
        self.setObjectName("copy_form")
