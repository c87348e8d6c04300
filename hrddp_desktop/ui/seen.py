"""The texts that a reviewer looks at before anybody signs: where each stands, what it looks like, and a tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from hrddp_desktop.services.texts import NOTHING_FOUND, TICKED
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.options import CheckOption
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.texts import Hit


class TextsToSee(QWidget):
    """Signals: ticked(path, words, seen); jumped(path) to the text."""

    ticked = Signal(str, str, bool)
    jumped = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("texts_to_see")
        self._words = words
        self._cards: dict[tuple[str, str], _Card] = {}
        self._title = Text("", self, strong=True, size=1.1)
        self._intro = Text("", self, tone="muted")
        self._list = column(gap=theme.UNIT)
        layout = column(gap=theme.UNIT)
        layout.addWidget(self._title)
        layout.addWidget(self._intro)
        layout.addLayout(self._list)
        self.setLayout(layout)

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        """Show these; what stays keeps its widget and the keyboard."""
        words = self._words
        still_open = sum(not hit.seen for hit in hits)
        self._title.say(
            words("Texts to look at before signing ({count})", count=still_open)
            if still_open
            else words("Texts to look at before signing")
        )
        about = words("Each may lead to a person. Change the text, or tick it once you have seen that it does not.")
        self._intro.say(about if hits else words(NOTHING_FOUND))
        wanted = [(hit.path, hit.words) for hit in hits]
        for key in [key for key in self._cards if key not in wanted]:
            gone = self._cards.pop(key)
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, (key, hit) in enumerate(zip(wanted, hits, strict=True)):
            card = self._cards.get(key)
            if card is None:
                card = self._cards[key] = self._card()
            if self._list.indexOf(card) != place:
                self._list.insertWidget(place, card)
            card.show_hit(hit)
            card.show()

    def text(self) -> str:
        """All that is said."""
        return "\n".join([self._title.text(), self._intro.text(), *(card.text() for card in self._cards.values())])

    def _card(self) -> _Card:
        card = _Card(self._words, self)
        card.ticked.connect(self.ticked)
        card.jumped.connect(self.jumped)
        return card


class _Card(QFrame):
    """One hit. Signals: ticked(path, words, seen); jumped(path)."""

    ticked = Signal(str, str, bool)
    jumped = Signal(str)

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self._words = words
        self._path, self._found = "", ""
        self._what = Text("", self, strong=True)
        self._place = Text("", self, tone="muted")
        self._around = Text("", self)
        self._seen = CheckOption(words(TICKED), self)
        self._seen.clicked.connect(self._tick)
        self._go = Button(words("Go to the text"), self, kind="link")
        self._go.clicked.connect(self._jump)
        actions = row(gap=2 * theme.UNIT)
        actions.addWidget(self._seen)
        actions.addWidget(self._go)
        actions.addStretch(1)
        layout = column(gap=theme.HALF, margin=theme.UNIT + theme.HALF)
        for widget in (self._place, self._what, self._around):
            layout.addWidget(widget)
        layout.addLayout(actions)
        self.setLayout(layout)

    def show_hit(self, hit: Hit) -> None:
        """Show another hit, or the same with another tick."""
        self._path, self._found = hit.path, hit.words
        words = self._words
        self._place.say(hit.place)
        self._what.say(words("Looks like {kind}", kind=hit.kind.label(words.translate)))
        self._around.say(_in_context(hit))
        self._seen.setChecked(hit.seen)
        self._seen.setObjectName(f"seen:{hit.path}")
        self._seen.setAccessibleName(f"{words(TICKED)}: {hit.words}")
        self._seen.setAccessibleDescription(f"{self._what.text()}. {hit.place}")
        self._go.setAccessibleDescription(hit.place)

    def text(self) -> str:
        """All that is said."""
        return "\n".join(part.text() for part in (self._place, self._what, self._around))

    @Slot(bool)
    def _tick(self, seen: bool) -> None:
        self.ticked.emit(self._path, self._found, seen)

    @Slot()
    def _jump(self) -> None:
        self.jumped.emit(self._path)


def _in_context(hit: Hit) -> str:
    """The words between what stands around them; an isolate keeps a number in one piece in any direction."""
    isolated = f"\N{FIRST STRONG ISOLATE}{hit.words}\N{POP DIRECTIONAL ISOLATE}"
    return f"{hit.before}“{isolated}”{hit.after}"
