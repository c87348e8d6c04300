"""The list of worked cases: what each decides, and what it teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.services.examples import offered
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.icons import ShapeLabel
from hrddp_desktop.ui.outcomes import shape_of
from hrddp_desktop.ui.parts import Button, MessagePanel, Text, column, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.examples import Offered
    from hrddp_desktop.services.forms import Forms


class Examples(QScrollArea):
    """Signals: left() back to the records; opened(name)."""

    left = Signal()
    opened = Signal(str)

    def __init__(self, forms: Forms, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("example_list")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget(self)
        arrow = "arrow-right" if words.right_to_left else "arrow-left"
        self._back = Button(words("All assessments"), inside, kind="quiet", icon=arrow)
        self._back.clicked.connect(self.left)
        self.message = MessagePanel(words, inside)
        self._cards: list[_Card] = []
        body = column(gap=2 * theme.UNIT, margin=4 * theme.UNIT)
        body.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        body.addWidget(Text(words("Examples"), inside, size=1.6, strong=True))
        said = words(
            "Worked cases from invented countries, with the questions a reviewer would ask beside the answers. "
            "You can read along; nothing is saved."
        )
        body.addWidget(Text(said, inside, tone="muted"))
        body.addWidget(self.message)
        for line in self._read(forms, words):
            card = _Card(line, words, inside)
            card.opened.connect(self.opened)
            self._cards.append(card)
            body.addWidget(card)
        body.addStretch(1)
        inside.setLayout(body)
        self.setWidget(inside)

    def take_focus(self) -> None:
        """The first example, else the way back."""
        first = self._cards[0].button if self._cards else self._back
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read(self, forms: Forms, words: Words) -> tuple[Offered, ...]:
        try:
            return offered(forms, words.language)
        except HrddpError as error:
            self.message.show_error(error)
            return ()


class _Card(QFrame):
    """One example. Signals: opened(name)."""

    opened = Signal(str)

    def __init__(self, line: Offered, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self._name = line.name
        shape = ShapeLabel(self, lines=1.5)
        shape.show_shape(shape_of(line.outcome))
        self.button = Button(words("Read along"), self)
        self.button.setObjectName(f"example:{line.name}")
        self.button.setAccessibleName(f"{words('Read along')}: {line.title}")
        self.button.setAccessibleDescription(f"{line.word}. {line.teaches}")
        self.button.clicked.connect(self._open)
        texts = column(gap=0)
        texts.addWidget(Text(line.title, self, strong=True, size=1.1))
        texts.addWidget(Text(line.word, self))
        texts.addWidget(Text(line.teaches, self, tone="muted"))
        layout = row(gap=2 * theme.UNIT, margin=2 * theme.UNIT)
        layout.addWidget(shape, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(layout)

    @Slot()
    def _open(self) -> None:
        self.opened.emit(self._name)
