"""Looking the vault over beside the person's work, and saying it when something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from hrddp_desktop.services.backups import is_older
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.icons import Shape, ShapeLabel
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.backups import Copier, Line
    from hrddp_desktop.storage.records import Damage

_MOST_FINDINGS = 5


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, and the newest copy that is good where something was."""

    damage: tuple[Damage, ...]
    copy: Line | None


@dataclass(frozen=True, slots=True)
class LookOver:
    """The check of an opening, for a worker. What the opening itself has said already is not said twice."""

    copier: Copier

    def __call__(self) -> Looked:
        """Look, and where there is damage look for a good copy too."""
        damage = tuple(each for each in self.copier.look_over() if not is_older(each))
        return Looked(damage, self.copier.newest_good() if damage else None)


class DamageDialog(QDialog):
    """Says what is damaged and which copy is good. Signals: repair() the person wants to see the copies."""

    repair = Signal()

    def __init__(self, found: Looked, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("damage")
        self.setWindowTitle(words("The vault is damaged"))
        self.setMinimumWidth(theme.columns(self, 64))
        shape = ShapeLabel(self)
        shape.show_shape(Shape.STOP)
        sentences = [each.sentence(words.translate) for each in found.damage[:_MOST_FINDINGS]]
        if len(found.damage) > _MOST_FINDINGS:
            sentences.append(words("And {count} findings more.", count=len(found.damage) - _MOST_FINDINGS))
        texts = column(gap=theme.UNIT)
        texts.addWidget(Text(words("The vault is damaged"), self, size=1.2, strong=True))
        self._said = [Text(sentence, self) for sentence in [*sentences, _remedy(found, words)]]
        for text in self._said:
            texts.addWidget(text)
        show = Button(words("Copies and repair"), self, kind="primary")
        show.setObjectName("repair")
        show.clicked.connect(self._ask_repair)
        later = Button(words("Later"), self)
        later.setObjectName("later")
        later.clicked.connect(self.reject)
        buttons = row()
        buttons.addStretch(1)
        buttons.addWidget(later)
        buttons.addWidget(show)
        texts.addLayout(buttons)
        layout = row(gap=2 * theme.UNIT, margin=3 * theme.UNIT)
        layout.addWidget(shape)
        layout.addLayout(texts, 1)
        self.setLayout(layout)
        self.setAccessibleName(words("The vault is damaged"))
        self.setAccessibleDescription(self.text())
        show.setFocus()

    def text(self) -> str:
        """All that is said."""
        return "\n".join(text.text() for text in self._said)

    @Slot()
    def _ask_repair(self) -> None:
        self.accept()
        self.repair.emit()


def _remedy(found: Looked, words: Words) -> str:
    if found.copy is None:
        return words(
            "No good copy is within reach. Connect the stick with the copies, or bring over what the vault still holds."
        )
    made = found.copy.made.astimezone()
    return words(
        "The newest copy that is good was made on {day} at {time}. It can be restored into a new folder; the damaged "
        "vault stays as it is.",
        day=words.date(made.date()),
        time=words.time(made),
    )
