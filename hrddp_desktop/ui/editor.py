"""What every editor of an answer can do; the editors themselves stand in typed.py and chosen.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hrddp_desktop.ui.parts import restyle

if TYPE_CHECKING:
    from hrddp_desktop.engine.views import FieldView
    from hrddp_desktop.i18n import Words

Raw = str | list[str]


class Editor(QWidget):
    """Where one answer is given.

    Signals: typed() the person changed the text; settled() commit what is there now; entered() it got the focus.
    """

    typed = Signal()
    settled = Signal()
    entered = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = words

    def raw(self) -> Raw:
        """What stands there now, as the services take it; "" or [] for nothing."""
        return ""

    def text(self) -> str:
        """The letters that stand there, blanks at the ends too, for whoever is interrupted."""
        return str(self.raw())

    def put(self, view: FieldView) -> None:
        """Show the stored answer. Fires no signal of a person's doing."""

    def fits(self, view: FieldView) -> bool:
        """Whether this editor can show that view; if not, a new one is built."""
        return True

    def control(self) -> QWidget:
        """The widget that carries the name of the question."""
        return self

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [self.control()]

    def complete(self) -> bool:
        """Whether a pause in typing may be taken as the end of the answer."""
        return True

    def restore(self, text: str) -> None:
        """Put back what was typed and never committed."""

    def mark_wrong(self, *, wrong: bool) -> None:
        """Show that the answer has a problem, beside the words that say which."""
        restyle(self.control(), "wrong", "true" if wrong else "false")

    def describe(self, label: str, rest: str) -> None:
        """Tell a screen reader the question and what stands below it."""
        self.control().setAccessibleName(label)
        self.control().setAccessibleDescription(rest)
