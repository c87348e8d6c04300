"""The choice of the window's language, each by its own name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox

from hrddp_desktop.i18n import LANGUAGE_NAMES, LANGUAGES
from hrddp_desktop.ui.dropdown import DropDown

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hrddp_desktop.i18n import Words


class LanguagePicker(DropDown):
    """Signals: picked(language) by a person."""

    picked = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("language")
        self.setAccessibleName(words("Language of the window"))
        self.setToolTip(words("Language of the window"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.addItems([LANGUAGE_NAMES[language] for language in LANGUAGES])
        self.setCurrentIndex(LANGUAGES.index(words.language))
        self.activated.connect(self._tell)

    def language(self) -> str:
        """The language that is shown."""
        return LANGUAGES[self.currentIndex()]

    @Slot(int)
    def _tell(self, position: int) -> None:
        self.picked.emit(LANGUAGES[position])
