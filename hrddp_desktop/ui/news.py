"""A scrolled page on which work is done: what came of it is said in a message, with one button that leads on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from hrddp_desktop.ui.parts import MessagePanel, column
from hrddp_desktop.ui.sight import settle, show_whole

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.ui.parts import Button


class NewsPage(QScrollArea):
    """Scrolls up and down only; the page itself is no Tab stop. `message` says how the work went."""

    def __init__(self, name: str, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.message = MessagePanel(words, self)
        self._news = QWidget(self)

    def news(self, lead: Button) -> QWidget:
        """The message and the button below it, to be put where the page wants them; the button is hidden until then."""
        layout = column()
        layout.addWidget(self.message)
        layout.addWidget(lead, 0, Qt.AlignmentFlag.AlignLeading)
        self._news.setLayout(layout)
        lead.hide()
        return self._news

    def show_news(self) -> None:
        """Bring into view what is said now."""
        settle()
        self._scroll_to_news()
        # Wrapped text takes its height in the next turn.
        QTimer.singleShot(0, self, self._scroll_to_news)

    @Slot()
    def _scroll_to_news(self) -> None:
        show_whole(self, self._news)
