"""Passphrases: how they are typed, shown and weighed. Loaded for the first screen, so it needs nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.icons import Shape, ShapeLabel
from hrddp_desktop.ui.parts import Button, Text, restyle, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words


def secret_line(parent: QWidget, name: str) -> QLineEdit:
    """A line that shows dots."""
    line = QLineEdit(parent)
    line.setObjectName(name)
    line.setEchoMode(QLineEdit.EchoMode.Password)
    # Latin passphrases in an Arabic window stay in the order of typing.
    line.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
    return line


def is_secret(line: QLineEdit) -> bool:
    """Whether a line is for a passphrase or a code, shown or not."""
    return bool(line.inputMethodHints() & Qt.InputMethodHint.ImhSensitiveData)


def is_weak(passphrase: str, *known: str) -> bool:
    """Whether it is used only when a person says so twice; `known` is what others know of the person."""
    if not passphrase:
        return True
    # Lists of words are loaded with the first letter of a new passphrase, not with the first screen.
    from hrddp_desktop.services import passphrases

    return passphrases.strength(passphrase, *known).is_weak


def strength(passphrase: str, *known: str) -> str:
    """What is said about a passphrase that is being chosen; "" while there is none."""
    if not passphrase:
        return ""
    from hrddp_desktop.services import passphrases

    return passphrases.strength(passphrase, *known).sentence


class Reveal(Button):
    """Shows what stands in secret lines, or hides it again."""

    def __init__(self, words: Words, parent: QWidget, *lines: QLineEdit) -> None:
        super().__init__(words("Show"), parent, kind="link")
        self._words = words
        self._lines = lines
        self.setObjectName("reveal")
        self.clicked.connect(self._turn)
        self._name(shown=False)

    @Slot()
    def _turn(self) -> None:
        self._show_letters(self._lines[0].echoMode() == QLineEdit.EchoMode.Password)

    @Slot()
    def hide_letters(self) -> None:
        """Dots again."""
        self._show_letters(False)

    def _show_letters(self, shown: bool) -> None:
        for line in self._lines:
            line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._name(shown=shown)

    def _name(self, *, shown: bool) -> None:
        self.say(self._words("Hide") if shown else self._words("Show"))
        self.setAccessibleName(self._words("Hide the passphrase") if shown else self._words("Show the passphrase"))
        self.setToolTip(self.accessibleName())


class Remark(QWidget):
    """A sentence about a passphrase: a quiet one, or a warning with its shape and colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shape = ShapeLabel(self)
        self._text = Text(parent=self, tone="muted")
        layout = row(gap=theme.HALF)
        layout.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        self.setLayout(layout)
        self.say("", warns=False)

    def say(self, text: str, *, warns: bool) -> None:
        """Say it, or nothing."""
        restyle(self._text, "tone", "warn" if warns else "muted")
        if warns:
            # Drawing a shape loads what the first screen does without.
            self._shape.show_shape(Shape.WARN)
        self._shape.setVisible(warns)
        self._text.say(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        """What is said now."""
        return self._text.text()
