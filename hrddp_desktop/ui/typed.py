"""Answers that are typed, and values that are only shown: text, numbers, dates, calculations, notes."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QEvent, QLocale, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QTextCharFormat, QTextOption
from PySide6.QtWidgets import QCalendarWidget, QFrame, QLineEdit, QPlainTextEdit, QToolButton, QWidget

from hrddp_desktop.ui import icons, theme
from hrddp_desktop.ui.editor import Editor, Raw
from hrddp_desktop.ui.parts import Button, Text, column, restyle, row

if TYPE_CHECKING:
    from hrddp_desktop.engine.views import FieldView
    from hrddp_desktop.i18n import Words

_DATE = re.compile(r"\s*(\d{4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*")
# Arabic with Western digits, the digit policy of the product.
_LOCALES = {"ar": QLocale(QLocale.Language.Arabic, QLocale.Country.Algeria)}


class _Line(QLineEdit):
    """A text line that says when it is left, and leaves Ctrl+Z to the record once it has nothing to take back."""

    left = Signal()
    entered = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def event(self, event: QEvent) -> bool:
        if _is_spent(event, undo=self.isUndoAvailable(), redo=self.isRedoAvailable()):
            event.ignore()
            return False
        return super().event(event)


class Lines(QPlainTextEdit):
    """Several lines of text; Tab leaves it, its height follows the text. Signals: left(), entered() by the keyboard."""

    left = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        option = QTextOption()
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDefaultTextOption(option)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        lines = min(12, max(3, round(self.document().size().height())))
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 3 * theme.UNIT)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it is left, but not for its own menu."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard is here."""
        super().focusInEvent(event)
        self.entered.emit()

    def event(self, event: QEvent) -> bool:
        """Leave Ctrl+Z to the record once there is nothing to take back here."""
        if _is_spent(event, undo=self.document().isUndoAvailable(), redo=self.document().isRedoAvailable()):
            event.ignore()
            return False
        return super().event(event)


def _is_spent(event: QEvent, *, undo: bool, redo: bool) -> bool:
    """Whether a key asks for undo or redo and the field has none of its own left: then it is the record's."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.matches(QKeySequence.StandardKey.Undo):
        return not undo
    return not redo and (event.matches(QKeySequence.StandardKey.Redo) or _is_ctrl_y(event))


def _is_ctrl_y(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Y and event.modifiers() == Qt.KeyboardModifier.ControlModifier


class _Short(Editor):
    """One line of text or a number. Nothing that is typed is swallowed: the services say what is wrong with it."""

    def __init__(self, words: Words, view: FieldView, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._line = _Line(self)
        self._line.textEdited.connect(self.typed)
        self._line.returnPressed.connect(self.settled)
        self._line.left.connect(self.settled)
        self._line.entered.connect(self.entered)
        layout = row()
        layout.addWidget(self._line)
        if view.type in ("integer", "decimal"):
            self._line.setFixedWidth(theme.columns(self, 18))
            layout.addStretch(1)
        self.setLayout(layout)

    def raw(self) -> Raw:
        return self._line.text().strip()

    def put(self, view: FieldView) -> None:
        stored = "" if view.value is None else str(view.value)
        if self._line.text().strip() != stored:
            self._line.setText(stored)
            self._line.setCursorPosition(0)

    def control(self) -> QWidget:
        return self._line

    def restore(self, text: str) -> None:
        self._line.setText(text)


class _Area(Editor):
    """A text of several lines."""

    def __init__(self, words: Words, _view: FieldView, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._area = Lines(self)
        self._area.textChanged.connect(self.typed)
        self._area.left.connect(self.settled)
        self._area.entered.connect(self.entered)
        layout = column()
        layout.addWidget(self._area)
        self.setLayout(layout)

    def raw(self) -> Raw:
        return self._area.toPlainText().strip()

    def put(self, view: FieldView) -> None:
        stored = "" if view.value is None else str(view.value)
        if self.raw() != stored:
            self.restore(stored)

    def control(self) -> QWidget:
        return self._area

    def restore(self, text: str) -> None:
        # setPlainText fires textChanged as typing does.
        self._area.blockSignals(True)
        self._area.setPlainText(text)
        self._area.blockSignals(False)


class _Date(Editor):
    """A date as text, with a calendar to pick it from; it can be empty, and shows the month as a word beside it."""

    def __init__(self, words: Words, _view: FieldView, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._line = _Line(self)
        self._line.setPlaceholderText(words("year-month-day"))
        self._line.setFixedWidth(theme.columns(self, 22))
        self._line.textEdited.connect(self.typed)
        self._line.returnPressed.connect(self.settled)
        self._line.left.connect(self.settled)
        self._line.entered.connect(self.entered)
        self._button = Button("", self, kind="quiet", icon="calendar")
        self._button.setAccessibleName(words("Choose from a calendar"))
        self._button.setToolTip(words("Choose from a calendar"))
        self._button.clicked.connect(self._open)
        self._said = Text(parent=self, tone="muted")
        self._calendar: Calendar | None = None
        layout = row()
        layout.addWidget(self._line)
        layout.addWidget(self._button)
        layout.addWidget(self._said, 1)
        layout.addStretch(0)
        self.setLayout(layout)

    def raw(self) -> Raw:
        return _iso(self._line.text())

    def put(self, view: FieldView) -> None:
        stored = "" if view.value is None else str(view.value)
        if self._line.text() != stored:
            self._line.setText(stored)
        day = _day(stored)
        self._said.say(self.words.date(day) if day else "")

    def control(self) -> QWidget:
        return self._line

    def stops(self) -> list[QWidget]:
        return [self._line, self._button]

    def complete(self) -> bool:
        return not self._line.text() or _day(str(self.raw())) is not None

    def restore(self, text: str) -> None:
        self._line.setText(text)

    def describe(self, label: str, rest: str) -> None:
        super().describe(label, rest)
        self._button.setAccessibleDescription(label)

    @Slot()
    def _open(self) -> None:
        if self._calendar is None:
            self._calendar = Calendar(self.words, self)
            self._calendar.picked.connect(self._pick)
        self._calendar.open_below(self._line, _day(str(self.raw())))

    @Slot(str)
    def _pick(self, iso: str) -> None:
        self._line.setText(iso)
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.settled.emit()


def typed_day(text: str) -> date | None:
    """The day that somebody typed, None if it is none (yet)."""
    return _day(_iso(text))


def _iso(text: str) -> str:
    found = _DATE.fullmatch(text)
    if found is None:
        return text.strip()
    year, month, day = (int(part) for part in found.groups())
    return f"{year:04d}-{month:02d}-{day:02d}"


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None


class Calendar(QFrame):
    """A month to click in, under the text line. Signals: picked(iso)."""

    picked = Signal(str)

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("surface", "card")
        self._month = QCalendarWidget(self)
        self._month.setLocale(_LOCALES.get(words.language, QLocale(words.language)))
        self._month.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self._month.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        self._month.setGridVisible(False)
        plain = QTextCharFormat()
        # Qt paints weekends red, which means something else here.
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday, Qt.DayOfWeek.Friday):
            self._month.setWeekdayTextFormat(day, plain)
        # Arabic does not shorten the names of days.
        names = (self._month.locale().dayName(day, QLocale.FormatType.ShortFormat) for day in range(1, 8))
        widest = max(self.fontMetrics().horizontalAdvance(name) for name in names)
        self._month.setMinimumSize(7 * (widest + 3 * theme.UNIT), theme.em(self, 12))
        self._month.activated.connect(self._pick)
        self._month.clicked.connect(self._pick)
        layout = column(margin=1)
        layout.addWidget(self._month)
        self.setLayout(layout)

    def open_below(self, line: QWidget, day: date | None) -> None:
        """Show the month of `day`, or of today, with nothing chosen in the record yet."""
        if day is not None:
            self._month.setSelectedDate(QDate(day.year, day.month, day.day))
        self._draw_arrows()
        # The style sheet's border counts, and comes with the polish.
        self.ensurePolished()
        self._month.ensurePolished()
        self.adjustSize()
        corner = line.mapToGlobal(QPoint(0, line.height()))
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            corner.setX(corner.x() + line.width() - self.width())
        room = line.screen().availableGeometry()
        if corner.y() + self.height() > room.bottom():
            corner.setY(corner.y() - line.height() - self.height())
        corner.setX(max(room.left(), min(corner.x(), room.right() - self.width() - theme.HALF)))
        corner.setY(max(room.top(), corner.y()))
        self.move(corner)
        self.show()
        self._month.setFocus()

    def _draw_arrows(self) -> None:
        # Qt's own are black in any colours.
        arrows = ("arrow-left", "arrow-right")
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            arrows = arrows[::-1]
        for name, arrow in zip(("prev", "next"), arrows, strict=True):
            button = self._month.findChild(QToolButton, f"qt_calendar_{name}month")
            if isinstance(button, QToolButton):
                button.setIcon(icons.icon(arrow, theme.tones().ink))

    @Slot("QDate")
    def _pick(self) -> None:
        chosen = self._month.selectedDate()
        self.hide()
        self.picked.emit(f"{chosen.year():04d}-{chosen.month():02d}-{chosen.day():02d}")


class _Shown(Editor):
    """A value that the app works out; it is read, not typed."""

    def __init__(self, words: Words, _view: FieldView, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._text = Text(parent=self)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = column()
        layout.addWidget(self._text)
        self.setLayout(layout)

    def put(self, view: FieldView) -> None:
        self._text.say(view.text or self.words("Not worked out yet"))
        restyle(self._text, "tone", "" if view.text else "muted")

    def stops(self) -> list[QWidget]:
        return []


class _Note(Editor):
    """Nothing to answer: the label is the note."""

    def stops(self) -> list[QWidget]:
        return []

    def __init__(self, words: Words, _view: FieldView, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setLayout(column())


# A test holds these kinds and those of chosen.py equal to the engine's.
KINDS = {
    "text": _Short,
    "long": _Area,
    "integer": _Short,
    "decimal": _Short,
    "date": _Date,
    "calculate": _Shown,
    "note": _Note,
}
