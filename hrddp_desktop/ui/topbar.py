"""The line on top of an open record: the way back, its name, whether all is saved, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.languages import LanguagePicker
from hrddp_desktop.ui.parts import Button, LockButton, Text, restyle, row

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from hrddp_desktop.i18n import Words


class TopBar(QWidget):
    """The way back, the record, "saved at", undo, redo.

    Signals: home(); undo(); redo(); guidance(); locking() the person goes away; language(code).
    """

    locking = Signal()

    language = Signal(str)
    home = Signal()
    undo = Signal()
    redo = Signal()
    guidance = Signal()

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        back = "arrow-right" if words.right_to_left else "arrow-left"
        home = Button(words("All assessments"), self, kind="quiet", icon=back)
        undo = Button(words("Undo"), self, kind="quiet", icon="undo-2")
        redo = Button("", self, kind="quiet", icon="redo-2")
        redo.setAccessibleName(words("Redo"))
        redo.setToolTip(words("Do again what was taken back (Ctrl+Shift+Z)"))
        redo.clicked.connect(self.redo)
        guidance = Button("", self, kind="quiet", icon="lightbulb")
        undo.setToolTip(words("Take the last change back (Ctrl+Z)"))
        guidance.setAccessibleName(words("Show or hide the guidance"))
        guidance.setToolTip(words("Show or hide the guidance (F1)"))
        lock = LockButton(words, self)
        lock.clicked.connect(self.locking)
        home.setToolTip(words("All assessments (Alt+Home)"))
        home.clicked.connect(self.home)
        undo.clicked.connect(self.undo)
        guidance.clicked.connect(self.guidance)
        self._title = _Elided(self)
        self._reference = Text(parent=self, tone="muted")
        self._saved = Text(parent=self, tone="muted")
        for text in (self._reference, self._saved):
            text.setWordWrap(False)
        self._saved.setObjectName("saved")
        layout = row(gap=2 * theme.UNIT)
        layout.setContentsMargins(theme.UNIT, theme.HALF, theme.UNIT, theme.HALF)
        layout.addWidget(home)
        layout.addWidget(self._title, 1)
        picker = LanguagePicker(words, self)
        picker.picked.connect(self.language)
        layout.addWidget(self._reference)
        layout.addWidget(self._saved)
        tools = row(gap=0)
        for tool in (undo, redo, guidance, lock):
            tools.addWidget(tool)
        layout.addLayout(tools)
        layout.addWidget(picker)
        self.setLayout(layout)

    def show_record(self, title: str, reference: str) -> None:
        """Say which record this is."""
        self._title.say(title)
        self._reference.say(reference)

    def show_saved(self, text: str, *, bad: bool) -> None:
        """Say whether everything is in the vault."""
        self._saved.say(text)
        restyle(self._saved, "tone", "stop" if bad else "muted")


class _Elided(QLabel):
    """One line that ends in an ellipsis where there is no room; the whole text is its tool tip."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.sized(self.font(), 1.0, strong=True))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""

    def say(self, text: str) -> None:
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width()))
