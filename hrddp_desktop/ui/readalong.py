"""A worked case to read along: the pages of the wizard with what was answered, and a reviewer's doubts beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.banner import Banner, read_outcome
from hrddp_desktop.ui.desk import Desk
from hrddp_desktop.ui.icons import Shape, ShapeLabel
from hrddp_desktop.ui.languages import LanguagePicker
from hrddp_desktop.ui.outcomes import shape_of
from hrddp_desktop.ui.outline import REVIEW, Line, Outline
from hrddp_desktop.ui.page import Page
from hrddp_desktop.ui.parts import Button, Rule, Text, column, directed, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.examples import Doubt, WorkedCase
    from hrddp_desktop.services.shown import Stood
    from hrddp_desktop.ui.banner import Reading


class ReadAlong(QWidget):
    """One worked case; nothing in it can be changed. Signals: left() back to the records; language(code)."""

    left = Signal()
    language = Signal(str)

    def __init__(self, case: WorkedCase | Stood, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("readalong")
        self._case = case
        self._words = words
        self._desk = Desk(case, self)
        self._pages: dict[str, Page] = {}
        self._names = [*(page.name for page in case.pages(words.language)), REVIEW]
        self._placed = case.placed(words.language)
        self._outline = Outline(words, self)
        self._outline.show_lines(self._lines())
        self._outline.chosen.connect(self.show_page)
        self._banner = Banner(words, self)
        reading = read_outcome(case, words.language)
        self._banner.show_outcome(reading, 0)
        self._stack = QStackedWidget(self)
        self._stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._why = _Why(reading, words, self._stack)
        self._stack.addWidget(self._why)
        self._doubts = _Doubts(self._placed, words, self)
        self._doubts.chosen.connect(self.show_doubt)
        backward, forward = ("arrow-right", "arrow-left") if words.right_to_left else ("arrow-left", "arrow-right")
        self._home = Button(words("All assessments"), self, kind="quiet", icon=backward)
        self._home.setObjectName("home")
        self._home.clicked.connect(self.left)
        self._back = Button(words("Back"), self, icon=backward)
        self._next = Button(words("Next"), self, kind="primary", icon=forward)
        side = Qt.LayoutDirection.LeftToRight if words.right_to_left else Qt.LayoutDirection.RightToLeft
        self._next.setLayoutDirection(side)
        self._back.clicked.connect(self._go_back)
        self._next.clicked.connect(self._go_on)
        self._lay_out()
        self._add_shortcuts()
        self.show_page(self._names[0])

    @property
    def current(self) -> str:
        """The name of the page that is shown."""
        return self._names[self._position()]

    def page(self) -> Page | None:
        """The page that is shown; None beside the reasons."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    def band(self) -> QFrame:
        """What this is, always in view."""
        return band(self._words("Example, to read along. Nothing is saved."), self)

    def take_focus(self) -> None:
        """The outline: everything else is read from there."""
        self._outline.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Show a page from its start, or the reasons."""
        shown = self._why if name == REVIEW else self._page(name)
        self._stack.setCurrentWidget(shown)
        shown.verticalScrollBar().setValue(0)
        self._banner.setVisible(name != REVIEW)
        self._outline.point_at(name)
        self._back.setEnabled(self._position() > 0)
        self._next.setEnabled(self._position() < len(self._names) - 1)

    @Slot(str)
    def show_doubt(self, path: str) -> None:
        """Go to the answer that a doubt is about."""
        for doubt in self._placed:
            if doubt.path == path:
                self.show_page(doubt.page)
                self._page(doubt.page).go_to(path)

    # --- inside ---

    def _page(self, name: str) -> Page:
        page = self._pages.get(name)
        if page is None:
            title = self._case.session.definition.label(name, self._words.language)
            page = Page(name, title, self._words, self._desk, self._stack)
            # Nothing here takes the keyboard but doubts and tables; the page is scrolled with it.
            page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            page.setAccessibleName(title)
            self._pages[name] = page
            self._stack.addWidget(page)
        return page

    def _position(self) -> int:
        page = self.page()
        return self._names.index(page.name if page is not None else REVIEW)

    def _lines(self) -> list[Line]:
        lines: list[Line] = []
        action = None
        for page in self._case.pages(self._words.language):
            if page.action != action:
                action = page.action
                heading = self._words("Action {number}", number=action) if action else self._words("The case")
                lines.append(Line("", heading, "", 0))
            doubts = sum(doubt.page == page.name for doubt in self._placed)
            lines.append(Line(page.name, page.label, "doubts" if doubts else "", doubts))
        return [*lines, Line("", self._words("Finish"), "", 0), Line(REVIEW, self._words("Outcome"), "", 0)]

    def _lay_out(self) -> None:
        words = self._words
        top = row(gap=2 * theme.UNIT)
        top.setContentsMargins(theme.UNIT, theme.HALF, theme.UNIT, theme.HALF)
        picker = LanguagePicker(words, self)
        picker.picked.connect(self.language)
        top.addWidget(self._home)
        top.addWidget(Text(self._case.title, self, strong=True), 1)
        top.addWidget(picker)
        middle = QFrame(self)
        middle.setProperty("surface", "paper")
        over = column()
        over.setContentsMargins(3 * theme.UNIT, 2 * theme.UNIT, 3 * theme.UNIT, theme.UNIT)
        over.addWidget(self.band())
        over.addWidget(self._banner)
        buttons = row(gap=2 * theme.UNIT)
        buttons.setContentsMargins(3 * theme.UNIT, theme.UNIT + theme.HALF, 3 * theme.UNIT, theme.UNIT + theme.HALF)
        buttons.addWidget(self._back)
        buttons.addStretch(1)
        buttons.addWidget(self._next)
        inside = column(gap=0)
        inside.addLayout(over)
        inside.addWidget(self._stack, 1)
        inside.addWidget(Rule())
        inside.addLayout(buttons)
        middle.setLayout(inside)
        left = QWidget(self)
        around = column(margin=theme.UNIT)
        around.addWidget(self._outline)
        left.setLayout(around)
        self._outline.setMinimumWidth(theme.columns(self, 22))
        self._doubts.setMinimumWidth(theme.columns(self, 26))
        self._doubts.setVisible(bool(self._placed))
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)
        for position, (widget, stretch) in enumerate(((left, 0), (middle, 1), (self._doubts, 0))):
            splitter.addWidget(widget)
            splitter.setStretchFactor(position, stretch)
        splitter.setSizes([theme.columns(self, 32), theme.columns(self, 80), theme.columns(self, 38)])
        layout = column(gap=0)
        layout.addLayout(top)
        layout.addWidget(Rule())
        layout.addWidget(splitter, 1)
        self.setLayout(layout)

    def _add_shortcuts(self) -> None:
        back, on = ("Alt+Right", "Alt+Left") if self._words.right_to_left else ("Alt+Left", "Alt+Right")
        for keys, slot in ((back, self._go_back), (on, self._go_on), ("Ctrl+Return", self._go_on)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        leave = QShortcut(QKeySequence("Alt+Home"), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.left)

    @Slot()
    def _go_back(self) -> None:
        self._step(-1)

    @Slot()
    def _go_on(self) -> None:
        self._step(1)

    def _step(self, step: int) -> None:
        position = self._position() + step
        if 0 <= position < len(self._names):
            self.show_page(self._names[position])


def band(said: str, parent: QWidget, *more: QWidget) -> QFrame:
    """A line that says what is shown, and what may be done with it."""
    made = QFrame(parent)
    made.setObjectName("band")
    made.setProperty("surface", "soft")
    made.setAccessibleName(said)
    shape = ShapeLabel(made)
    shape.show_shape(Shape.INFO)
    layout = row(gap=theme.UNIT + theme.HALF)
    layout.setContentsMargins(2 * theme.UNIT, theme.UNIT, 2 * theme.UNIT, theme.UNIT)
    layout.addWidget(shape)
    layout.addWidget(Text(said, made, strong=True), 1)
    for widget in more:
        layout.addWidget(widget)
    made.setLayout(layout)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return made


class _Why(QScrollArea):
    """The outcome with every reason."""

    def __init__(self, reading: Reading, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("why")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(words("Outcome"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget(self)
        inside.setProperty("surface", "paper")
        head = row(gap=theme.UNIT + theme.HALF)
        shape = ShapeLabel(inside, lines=1.5)
        shape.show_shape(shape_of(reading.code))
        head.addWidget(shape)
        head.addWidget(Text(reading.word, inside, size=1.45, strong=True), 1)
        layout = column(gap=2 * theme.UNIT, margin=4 * theme.UNIT)
        layout.addLayout(head)
        for reason in (f"{reading.rule} · {reading.reason}", *reading.also):
            layout.addWidget(Text(reason, inside))
        layout.addStretch(1)
        inside.setLayout(layout)
        self.setWidget(inside)


class _Whole(QStyledItemDelegate):
    """A text of several lines as it is: Qt's own ends the last line in an ellipsis, although there is room for more."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        view = self._view()
        width = view.viewport().width() - 2 * view.spacing()
        room = QRect(0, 0, max(1, width - 2 * theme.UNIT), 10_000)
        text = view.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap), str(index.data()))
        return QSize(width, text.height() + 2 * theme.HALF)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        view = self._view()
        if view.selectionModel().isSelected(index):
            painter.fillRect(option.rect, QColor(theme.tones().soft))
        side = QStyle.visualAlignment(view.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        room = option.rect.adjusted(theme.UNIT, theme.HALF, -theme.UNIT, 0)
        painter.setPen(QColor(theme.tones().ink))
        painter.drawText(room, int(side) | int(Qt.TextFlag.TextWordWrap), str(index.data()))

    def _view(self) -> QListWidget:
        parent = self.parent()
        if not isinstance(parent, QListWidget):
            raise TypeError("the painter belongs to its list")
        return parent


class _Doubts(QWidget):
    """All doubts of a case; Enter or a click leads to the answer. Signals: chosen(path)."""

    chosen = Signal(str)

    def __init__(self, doubts: tuple[Doubt, ...], words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        title = words("What a reviewer asks ({count})", count=len(doubts))
        self._list = QListWidget(self)
        self._list.setObjectName("doubts")
        self._list.setAccessibleName(title)
        self._list.setProperty("surface", "bare")
        self._list.setWordWrap(True)
        self._list.setSpacing(theme.HALF)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setResizeMode(QListWidget.ResizeMode.Adjust)
        # Qt takes the delegate by pointer and does not own it.
        self._delegate = _Whole(self._list)
        self._list.setItemDelegate(self._delegate)
        for doubt in doubts:
            place = " · ".join(part for part in (doubt.page_label, doubt.row) if part)
            item = QListWidgetItem(f"{directed(place)}\n{directed(doubt.text)}", self._list)
            item.setData(Qt.ItemDataRole.UserRole, doubt.path)
        self._list.itemClicked.connect(self._go)
        self._list.itemActivated.connect(self._go)
        layout = column(margin=theme.UNIT)
        layout.addWidget(Text(title, self, strong=True))
        layout.addWidget(Rule())
        layout.addWidget(self._list, 1)
        self.setLayout(layout)

    @Slot(QListWidgetItem)
    def _go(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
