"""Why a question has no answer: "not known yet, who will find out" and "does not apply, because"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from hrddp_desktop.errors import N_
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hrddp_desktop.engine.views import FieldView, TableView
    from hrddp_desktop.i18n import Words

_OFFERS = {"later": N_("Not known yet"), "na": N_("Does not apply")}
_GIVEN = {
    "later": N_("Not known yet: {why}. Will find out: {who}."),
    "na": N_("Does not apply: {why}"),
}


class Excuse(QWidget):
    """The offers below a question, the small form behind them, and the excuse once given.

    Signals: given(kind, why, who), kind "" when taken back; entered() one of its parts got the keyboard.
    """

    given = Signal(str, str, str)
    entered = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._kind = ""
        self._label = ""
        self._offers: dict[str, Button] = {}
        self._line = row(gap=theme.UNIT)
        self._line.addStretch(1)
        self._form: _Form | None = None
        self._offered = False
        self._said = Text(parent=self, tone="muted")
        self._back = Button(words("Answer after all"), self, kind="link")
        self._back.clicked.connect(self._take_back)
        self._back.installEventFilter(self)
        self._body = column(gap=theme.HALF)
        self._body.addLayout(self._line)
        self._body.addWidget(self._said)
        self._body.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        self.setLayout(self._body)

    def show_view(self, view: FieldView | TableView) -> None:
        """Offer what the question offers, or show what was said."""
        self._label = view.label
        self.setObjectName(f"excuse:{view.path}")
        self._make_offers(view.excuse_kinds)
        excuse = view.excuse
        # Who has answered needs no excuse.
        rows = getattr(view, "rows", None)
        answered = bool(rows) if rows is not None else getattr(view, "value", None) not in (None, [])
        if answered or excuse is not None:
            self._drop_form()
        self._offered = excuse is None and not answered
        offered = self._offered and self._form is None
        for button in self._offers.values():
            button.setVisible(offered)
            button.setAccessibleDescription(view.label)
        self._back.setVisible(excuse is not None)
        self._back.setAccessibleDescription(view.label)
        self._said.say(self._words(_GIVEN[excuse.kind], why=excuse.why, who=excuse.who) if excuse else "")
        self.setVisible((offered and bool(self._offers)) or self._form is not None or excuse is not None)

    def take_focus(self) -> None:
        """The way back from an excuse."""
        self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, _watched: object, event: QEvent) -> bool:
        """Notice the focus."""
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the form; the keyboard goes back to where it was opened."""
        if event.key() == Qt.Key.Key_Escape and self._form is not None:
            self._close()
        else:
            super().keyPressEvent(event)

    def opened(self) -> str:
        """Which of the small forms is open, "" for none."""
        return self._kind if self._form is not None else ""

    def open_again(self, kind: str) -> None:
        """Open a form as it was open before, if it is still offered."""
        if self._form is None and self._offered and kind in self._offers:
            self._show_form(kind)

    def stops(self) -> list[QWidget]:
        """Where Tab stops."""
        inside = self._form.stops() if self._form is not None else []
        return [*self._offers.values(), *inside, self._back]

    def _make_offers(self, kinds: tuple[str, ...]) -> None:
        for kind in kinds:
            if kind not in self._offers:
                button = Button(self._words(_OFFERS[kind]) + " …", self, kind="link")
                button.setProperty("excuse", kind)
                button.clicked.connect(self._open)
                button.installEventFilter(self)
                self._line.insertWidget(len(self._offers), button)
                self._offers[kind] = button

    @Slot()
    def _open(self) -> None:
        self._show_form(str(self.sender().property("excuse")))

    def _show_form(self, kind: str) -> None:
        self._kind = kind
        self._form = _Form(self._words, self._kind, self._label, self)
        self._form.name_lines(self.objectName())
        for stop in self._form.stops():
            stop.installEventFilter(self)
        self._form.given.connect(self._give)
        self._form.cancelled.connect(self._close)
        self._body.addWidget(self._form)
        before: QWidget = list(self._offers.values())[-1]
        for stop in self._form.stops():
            QWidget.setTabOrder(before, stop)
            before = stop
        for button in self._offers.values():
            button.hide()
        # A layout shows a new child only in the next turn of the event loop, and what is hidden takes no keyboard.
        self._form.show()
        self._form.start()

    @Slot(str, str)
    def _give(self, why: str, who: str) -> None:
        self._drop_form()
        self.given.emit(self._kind, why, who)

    @Slot()
    def _take_back(self) -> None:
        self.given.emit("", "", "")

    @Slot()
    def _close(self) -> None:
        self._drop_form()
        for button in self._offers.values():
            button.setVisible(self._offered)
        opened = self._offers.get(self._kind)
        if opened is not None and self._offered:
            opened.setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop_form(self) -> None:
        if self._form is not None:
            self._body.removeWidget(self._form)
            self._form.deleteLater()
            self._form.hide()
            self._form = None


class _Form(QFrame):
    """Two lines and two buttons. Signals: given(why, who), cancelled()."""

    given = Signal(str, str)
    cancelled = Signal()

    def __init__(self, words: Words, kind: str, question: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "ground")
        self._why = QLineEdit(self)
        self._who = QLineEdit(self)
        why = Text(words("Why is it not known yet?") if kind == "later" else words("Why does it not apply?"), self)
        who = Text(words("Who will find out? Function, no name"), self)
        why.name_for(self._why)
        who.name_for(self._who)
        for line in (self._why, self._who):
            line.setAccessibleDescription(question)
            line.returnPressed.connect(self._give)
            line.textChanged.connect(self._weigh)
        self._needs_who = kind == "later"
        who.setVisible(self._needs_who)
        self._who.setVisible(self._needs_who)
        self._save = Button(words("Save"), self)
        self._cancel = Button(words("Cancel"), self, kind="quiet")
        self._save.clicked.connect(self._give)
        self._cancel.clicked.connect(self.cancelled)
        buttons = row()
        buttons.addWidget(self._save)
        buttons.addWidget(self._cancel)
        buttons.addStretch(1)
        layout = column(gap=theme.HALF, margin=2 * theme.UNIT)
        for widget in (why, self._why, who, self._who):
            layout.addWidget(widget)
        layout.addSpacing(theme.HALF)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self._weigh()

    def name_lines(self, name: str) -> None:
        """Which question the lines belong to."""
        self._why.setObjectName(f"{name}:why")
        self._who.setObjectName(f"{name}:who")

    def start(self) -> None:
        """Wait for the first word."""
        self._why.setFocus(Qt.FocusReason.OtherFocusReason)

    def stops(self) -> list[QWidget]:
        """Where Tab stops."""
        return [self._why, self._who, self._save, self._cancel]

    def _complete(self) -> bool:
        return bool(self._why.text().strip()) and (not self._needs_who or bool(self._who.text().strip()))

    @Slot()
    def _weigh(self) -> None:
        self._save.setEnabled(self._complete())

    @Slot()
    def _give(self) -> None:
        if self._complete():
            self.given.emit(self._why.text().strip(), self._who.text().strip())
