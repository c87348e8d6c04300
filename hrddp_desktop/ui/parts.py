"""Small parts that every screen is made of: labels that never read markup, buttons, a message panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hrddp_desktop.ui import icons, theme
from hrddp_desktop.ui.icons import Shape, ShapeLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hrddp_desktop.errors import HrddpError
    from hrddp_desktop.i18n import Words

UNIT = theme.UNIT


class Text(QLabel):
    """A label that shows its text as it is, wrapped, never as markup."""

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, size: float = 1.0, strong: bool = False, tone: str = ""
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        # A label takes its side from its text otherwise: an English word in an Arabic window would stand on the left.
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        if strong or size != 1.0:
            self.setFont(theme.sized(self.font(), size, strong=strong))
        if tone:
            self.setProperty("tone", tone)
        self.say(text)

    def say(self, text: str) -> None:
        """Show another text; an ampersand is a letter, not a shortcut."""
        self.setText(directed(text) if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else text)
        self.setVisible(bool(text) or self.parent() is None)

    def name_for(self, control: QWidget) -> None:
        """Be the visible name of a control: reading, clicking and accessibility lead to it."""
        # A label with a buddy reads "&" as a shortcut; the text itself must not change for a screen reader.
        shown = self.text()
        self.setBuddy(control)
        self.setText(shown.replace("&", "&&"))
        control.setAccessibleName(shown)


def directed(text: str) -> str:
    """A mixed text that reads from right to left although a line may begin with a Latin reference such as "D03"."""
    return "\n".join(map(_directed_line, text.split("\n")))


def _directed_line(line: str) -> str:
    has_arabic = any("\N{ARABIC LETTER HAMZA}" <= letter <= "\N{ARABIC LETTER YEH}" for letter in line)
    return f"\N{RIGHT-TO-LEFT MARK}{line}" if has_arabic else line


class Rule(QFrame):
    """A hairline between two areas."""

    def __init__(self, *, upright: bool = False) -> None:
        super().__init__()
        self.setProperty("rule", "true")
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


class Button(QPushButton):
    """A push button; `kind` is "plain", "primary", "quiet" or "link"; its icon follows the palette."""

    def __init__(self, text: str, parent: QWidget | None = None, *, kind: str = "plain", icon: str = "") -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.setAutoDefault(False)
        self._icon = icon
        self._kind = kind
        self.say(text)
        self.setIconSize(QSize(theme.em(self, 0.9), theme.em(self, 0.9)))
        self._draw()

    def say(self, text: str) -> None:
        """Show another text; an ampersand is a letter, not a shortcut."""
        shown = text.replace("&", "&&")
        # Mirrored, Qt leaves no gap between icon and text.
        self.setText(f" {shown} " if self._icon and text else shown)
        if text:
            self.setAccessibleName(text)

    def swap_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again in the colours of the new palette."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange):
            self._draw()

    def _draw(self) -> None:
        if self._icon:
            worn = theme.tones()
            colour = {"primary": worn.on_accent, "quiet": worn.accent, "link": worn.accent}.get(self._kind, worn.ink)
            self.setIcon(icons.icon(self._icon, colour if self.isEnabled() else worn.edge))


class RowList(QTableView):
    """Lines of a table that are chosen as a whole and edited elsewhere; Tab leaves it."""

    def __init__(self, parent: QWidget, *, height: int) -> None:
        super().__init__(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)


def column(*, gap: int = UNIT, margin: int = 0) -> QVBoxLayout:
    """A vertical layout on the grid."""
    layout = QVBoxLayout()
    layout.setSpacing(gap)
    layout.setContentsMargins(margin, margin, margin, margin)
    return layout


def row(*, gap: int = UNIT, margin: int = 0) -> QHBoxLayout:
    """A horizontal layout on the grid; it mirrors in a right-to-left language."""
    layout = QHBoxLayout()
    layout.setSpacing(gap)
    layout.setContentsMargins(margin, margin, margin, margin)
    return layout


class MessagePanel(QFrame):
    """What happened, what is safe, what to do: shown in place, never a window on top. Hidden while there is nothing.

    Signals: again() the person chose to try again.
    """

    again = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("message")
        self._shape = ShapeLabel(self)
        self._happened = Text(parent=self, strong=True)
        self._rest = Text(parent=self)
        self._again = Button(words("Try again"), self)
        self._close = Button(words("Close"), self, kind="quiet")
        self._again.clicked.connect(self._try_again)
        self._close.clicked.connect(self.hide)
        texts = column(gap=theme.HALF)
        texts.addWidget(self._happened)
        texts.addWidget(self._rest)
        buttons = row()
        buttons.addWidget(self._again)
        buttons.addWidget(self._close)
        buttons.addStretch(1)
        texts.addLayout(buttons)
        layout = row(gap=UNIT + theme.HALF, margin=2 * UNIT)
        layout.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_error(self, error: HrddpError, *, retry: bool = False) -> None:
        """Say the three sentences of an error."""
        happened, safe, remedy = error.sentences(self._words.translate)
        self._show(Shape.STOP, "stop", happened, f"{safe} {remedy}", retry=retry)

    def show_hint(self, text: str) -> None:
        """Say what to do first."""
        self._show(Shape.INFO, "soft", text, "", retry=False)

    def show_done(self, happened: str, rest: str = "") -> None:
        """Say that something worked."""
        self._show(Shape.GOOD, "soft", happened, rest, retry=False)

    def show_busy(self, happened: str) -> None:
        """Say that something is under way."""
        self._show(Shape.LATER, "soft", happened, "", retry=False)
        # It goes by itself; closing it would look like stopping the work.
        self._close.hide()

    def text(self) -> str:
        """All that is said now."""
        return f"{self._happened.text()} {self._rest.text()}".strip()

    def _show(self, shape: Shape, surface: str, happened: str, rest: str, *, retry: bool) -> None:
        self._shape.show_shape(shape)
        restyle(self, "surface", surface)
        self._happened.say(happened)
        self._rest.say(rest)
        self._again.setVisible(retry)
        self._close.show()
        self.setAccessibleName(happened)
        self.setAccessibleDescription(rest)
        self.show()

    @Slot()
    def _try_again(self) -> None:
        self.hide()
        self.again.emit()


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet reads, and have the sheet read it again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
