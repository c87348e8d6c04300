"""What is always in view on home: a day that was set by hand, and where the vault lies if that needs care."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from hrddp_desktop import clock
from hrddp_desktop.errors import N_
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.icons import Shape, ShapeLabel
from hrddp_desktop.ui.parts import Text, row

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.storage.places import Place

_PLACES = {
    "synced": N_(
        "The vault lies in a folder that {name} copies. Never open it on two computers at once, and let {name} finish "
        "before you go on elsewhere. It is safer to move the vault out of it and to keep only copies there."
    ),
    "stick": N_(
        "The vault lies on a stick, or another disk that can be taken out. Close the app before you take it out, and "
        "keep a copy elsewhere."
    ),
    "share": N_(
        "The vault lies on a network place ({name}), where it can only be read. To go on, copy the whole folder to a "
        "disk of this computer."
    ),
}
_MAKING = N_(
    "The folder {folder} lies in {name}, which would copy the vault to other computers while you write in it; what "
    "arrives there may not fit together. Choose another folder, and use {name} as the second place for copies."
)


class Standing(QFrame):
    """Lines that nobody can put away; hidden while there is none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("standing")
        self.setProperty("surface", "soft")
        shape = ShapeLabel(self)
        shape.show_shape(Shape.INFO)
        self._text = Text(parent=self)
        layout = row(gap=theme.UNIT + theme.HALF)
        layout.setContentsMargins(2 * theme.UNIT, theme.UNIT, 2 * theme.UNIT, theme.UNIT)
        layout.addWidget(shape, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def say(self, *sentences: str) -> None:
        """Say these, those that are not empty."""
        text = "\n".join(filter(None, sentences))
        self._text.say(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        """What is said now."""
        return self._text.text()


def of_day(words: Words, *, is_unknown: bool) -> str:
    """The day that the app works with, where it is not simply the computer's."""
    if not clock.is_set_by_hand():
        return ""
    day, other = words.date(clock.today()), words.date(clock.computer().date())
    if is_unknown:
        return words(
            "Today's date is not known. The app works with {date}, the computer says {other}; nothing that is due by "
            "either is hidden. You are asked again at the next opening.",
            date=day,
            other=other,
        )
    return words("Date set by hand: {date}. The computer says {other}.", date=day, other=other)


def of_place(place: Place, words: Words) -> str:
    """What to mind where the vault lies; '' on a disk of this computer."""
    sentence = _PLACES.get(place.kind.value, "")
    return words(sentence, name=place.name) if sentence else ""


def of_making(folder: Path, place: Place, words: Words) -> str:
    """What to say before a vault is made in a synced folder; '' anywhere else."""
    return words(_MAKING, folder=folder, name=place.name) if place.kind.value == "synced" else ""
