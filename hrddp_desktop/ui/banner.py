"""The outcome, always in view: word, shape, rule and reason, and how much is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from hrddp_desktop.errors import N_
from hrddp_desktop.services.assessment import signers
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.icons import ShapeLabel
from hrddp_desktop.ui.outcomes import shape_of
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.shown import Shown


UNFINISHED = N_(
    "No answer is missing, and the rules still give no outcome: the reason above says what to do next. Nobody signs an "
    "unfinished assessment."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of a record in one language: code, word, rule, reason; who signs, nobody while it is unfinished."""

    code: str
    word: str
    rule: str
    reason: str
    also: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()


def read_outcome(assessment: Shown, language: str) -> Reading:
    """What the decision says, in a language."""
    first, *also = assessment.grounds(language)
    code = first.outcome or "incomplete"
    return Reading(
        code=code,
        word=assessment.session.definition.choice_label("outcome", code, language),
        rule=first.rule,
        reason=first.reason,
        also=tuple(f"{ground.rule} · {ground.reason}" for ground in also),
        signers=signers(assessment.session.definition, code),
    )


class Banner(QFrame):
    """Signals: asked() the person wants the list of what is missing."""

    asked = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("surface", "card")
        self._words = words
        self._shape = ShapeLabel(self, lines=1.5)
        self._word = Text(parent=self, strong=True, size=1.1)
        self._reason = Text(parent=self, tone="muted")
        self._missing = Button("", self, kind="quiet", icon="list-checks")
        self._missing.setToolTip(words("What is missing (Ctrl+M)"))
        self._missing.clicked.connect(self.asked)
        texts = column(gap=0)
        texts.addWidget(self._word)
        texts.addWidget(self._reason)
        layout = row(gap=theme.UNIT + theme.HALF)
        layout.setContentsMargins(2 * theme.UNIT, theme.UNIT, theme.UNIT, theme.UNIT)
        layout.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(texts, 1)
        layout.addWidget(self._missing, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(layout)

    def show_outcome(self, reading: Reading, missing: int) -> None:
        """Show an outcome and the number of answers that are missing; more may come while it is incomplete."""
        self._shape.show_shape(shape_of(reading.code))
        self._word.say(reading.word)
        # Two fit beside the questions: the outcome's own, and the row it stands on. The review page has them all.
        below = reading.also[:1] if missing or reading.signers else (self._words(UNFINISHED),)
        self._reason.say("\n".join((f"{reading.rule} · {reading.reason}", *below)))
        at_least = self._words("At least {count} missing", count=missing)
        self._missing.say(at_least if reading.code == "incomplete" else self._words("{count} missing", count=missing))
        self._missing.setVisible(missing > 0)
        self.setAccessibleName(self.text())

    def text(self) -> str:
        """All that is shown."""
        return f"{self._word.text()} {self._reason.text()}"
