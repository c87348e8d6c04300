"""A record as it stood at some moment, to be read; it can be brought back to that state as a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from hrddp_desktop.ui.parts import Button
from hrddp_desktop.ui.readalong import ReadAlong, band

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFrame, QWidget

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.shown import Stood


class StoodPage(ReadAlong):
    """Nothing in it can be changed. Signals: restoring(number) the person wants this state back."""

    restoring = Signal(int)

    def __init__(self, stood: Stood, words: Words, parent: QWidget | None = None) -> None:
        self._stood = stood
        super().__init__(stood, words, parent)
        self._home.say(words("Back to the record"))

    @property
    def number(self) -> int:
        """After which entry."""
        return self._stood.number

    def band(self) -> QFrame:
        """From when it is, and the way to have it again."""
        at = self._stood.at.astimezone()
        said = self._words("As it stood on {day}, {time}.", day=self._words.date(at.date()), time=self._words.time(at))
        again = Button(self._words("Bring the record back to this state"), self)
        again.setObjectName("restore")
        again.clicked.connect(self._restore)
        return band(said, self, again)

    @Slot()
    def _restore(self) -> None:
        self.restoring.emit(self._stood.number)
