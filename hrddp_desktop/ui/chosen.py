"""Answers that are chosen: one of a few, one of many, any of several. Nothing is chosen beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QSizePolicy, QWidget

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.dropdown import DropDown
from hrddp_desktop.ui.editor import Editor, Raw
from hrddp_desktop.ui.options import CheckOption, RadioOption
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from hrddp_desktop.engine.views import FieldView
    from hrddp_desktop.i18n import Words

# More options than this go into a drop-down list.
RADIO_LIMIT = 7
# Up to four short options stand in one line.
_LINE_OPTIONS = 4
_LINE_LETTERS = 30


class _Radio(Editor):
    """One of a few options, none of them chosen beforehand, and a way back to none."""

    def __init__(self, words: Words, view: FieldView, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._codes = [option.code for option in view.options]
        self._labels = [option.label for option in view.options]
        self._path = view.path
        self._group = QButtonGroup(self)
        self._options: list[RadioOption] = []
        self._clear = Button(words("Clear the answer"), self, kind="link")
        self._clear.clicked.connect(self._forget)
        in_line = len(self._labels) <= _LINE_OPTIONS and sum(map(len, self._labels)) <= _LINE_LETTERS
        options = row(gap=2 * theme.UNIT) if in_line else column(gap=0)
        for code, label in zip(self._codes, self._labels, strict=True):
            button = RadioOption(label, self)
            button.setObjectName(f"{view.path}={code}")
            button.clicked.connect(self.settled)
            button.installEventFilter(self)
            self._group.addButton(button)
            self._options.append(button)
            options.addWidget(button)
        layout = row()
        layout.addLayout(options, 0 if in_line else 1)
        layout.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignTop)
        if in_line:
            layout.addStretch(1)
        self.setLayout(layout)

    def eventFilter(self, _watched: object, event: QEvent) -> bool:
        """Notice the focus; Delete and Backspace clear."""
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
        erases = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
            and bool(self.raw())
        )
        if erases:
            self._forget()
        return erases

    def raw(self) -> Raw:
        return next((c for c, b in zip(self._codes, self._options, strict=True) if b.isChecked()), "")

    def put(self, view: FieldView) -> None:
        # An exclusive group cannot be left without a choice, so it is opened for a moment.
        self._group.setExclusive(False)
        for code, button in zip(self._codes, self._options, strict=True):
            button.setChecked(code == view.value)
        self._group.setExclusive(True)
        self._clear.setVisible(bool(self.raw()) and not view.read_only)

    def fits(self, view: FieldView) -> bool:
        return _same(view, self._codes, self._labels)

    def control(self) -> QWidget:
        checked = self._group.checkedButton()
        return checked or (self._options[0] if self._options else self)

    def stops(self) -> list[QWidget]:
        return [*self._options, self._clear]

    def mark_wrong(self, *, wrong: bool) -> None:
        """The words below say it; the options themselves are all right."""

    def describe(self, label: str, rest: str) -> None:
        self.setAccessibleName(label)
        for button in self._options:
            button.setAccessibleDescription(f"{label} {rest}".strip())
        self._clear.setAccessibleDescription(label)

    @Slot()
    def _forget(self) -> None:
        self._group.setExclusive(False)
        for button in self._options:
            button.setChecked(False)
        self._group.setExclusive(True)
        if self._options:
            self._options[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.settled.emit()


class _Combo(Editor):
    """One of many options, from a list that opens; nothing is chosen beforehand."""

    def __init__(self, words: Words, view: FieldView, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._codes = [option.code for option in view.options]
        self._labels = [option.label for option in view.options]
        self._combo = DropDown(self)
        self._combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._combo.setPlaceholderText(words("Choose from the list"))
        self._combo.addItems(self._labels)
        self._combo.setCurrentIndex(-1)
        self._combo.setMaxVisibleItems(14)
        self._combo.activated.connect(self.settled)
        self._combo.entered.connect(self.entered)
        self._clear = Button(words("Clear the answer"), self, kind="link")
        self._clear.clicked.connect(self._forget)
        layout = row()
        layout.addWidget(self._combo, 1)
        layout.addWidget(self._clear)
        self.setLayout(layout)

    def raw(self) -> Raw:
        index = self._combo.currentIndex()
        return self._codes[index] if index >= 0 else ""

    def put(self, view: FieldView) -> None:
        self._combo.setCurrentIndex(self._codes.index(str(view.value)) if view.value in self._codes else -1)
        self._combo.setToolTip(self._combo.currentText())
        self._clear.setVisible(bool(self.raw()) and not view.read_only)

    def fits(self, view: FieldView) -> bool:
        return _same(view, self._codes, self._labels)

    def control(self) -> QWidget:
        return self._combo

    def stops(self) -> list[QWidget]:
        return [self._combo, self._clear]

    def mark_wrong(self, *, wrong: bool) -> None:
        """The words below say it."""

    def describe(self, label: str, rest: str) -> None:
        super().describe(label, rest)
        self._clear.setAccessibleDescription(label)

    @Slot()
    def _forget(self) -> None:
        self._combo.setCurrentIndex(-1)
        self._combo.setFocus(Qt.FocusReason.OtherFocusReason)
        self.settled.emit()


class _Checks(Editor):
    """Any number of options; every tick is an answer at once."""

    def __init__(self, words: Words, view: FieldView, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._codes = [option.code for option in view.options]
        self._labels = [option.label for option in view.options]
        self._options: list[CheckOption] = []
        layout = column(gap=0)
        for code, label in zip(self._codes, self._labels, strict=True):
            box = CheckOption(label, self)
            box.setObjectName(f"{view.path}={code}")
            box.clicked.connect(self.settled)
            box.installEventFilter(self)
            self._options.append(box)
            layout.addWidget(box)
        if not self._codes:
            layout.addWidget(Text(words("There is nothing to choose from yet."), self, tone="muted"))
        self.setLayout(layout)

    def eventFilter(self, _watched: object, event: QEvent) -> bool:
        """Notice the focus."""
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
        return False

    def raw(self) -> Raw:
        return [code for code, box in zip(self._codes, self._options, strict=True) if box.isChecked()]

    def put(self, view: FieldView) -> None:
        chosen = view.value if isinstance(view.value, list | tuple) else ()
        for code, box in zip(self._codes, self._options, strict=True):
            box.setChecked(code in chosen)

    def fits(self, view: FieldView) -> bool:
        return _same(view, self._codes, self._labels)

    def control(self) -> QWidget:
        return self._options[0] if self._options else self

    def stops(self) -> list[QWidget]:
        return list(self._options)

    def mark_wrong(self, *, wrong: bool) -> None:
        """The words below say it."""

    def describe(self, label: str, rest: str) -> None:
        self.setAccessibleName(label)
        for box in self._options:
            box.setAccessibleDescription(f"{label} {rest}".strip())


class _Acknowledge(_Checks):
    """One box to tick: read and understood."""

    def __init__(self, words: Words, view: FieldView, parent: QWidget | None = None) -> None:
        Editor.__init__(self, words, parent)
        self._codes = ["OK"]
        box = CheckOption(words("I have read this"), self)
        box.setObjectName(view.path)
        box.clicked.connect(self.settled)
        box.installEventFilter(self)
        self._options = [box]
        layout = column()
        layout.addWidget(box)
        self.setLayout(layout)

    def raw(self) -> Raw:
        return "OK" if self._options[0].isChecked() else ""

    def put(self, view: FieldView) -> None:
        self._options[0].setChecked(view.value is not None)

    def fits(self, view: FieldView) -> bool:
        return True


def _same(view: FieldView, codes: list[str], labels: list[str]) -> bool:
    return [o.code for o in view.options] == codes and [o.label for o in view.options] == labels


def _one_of(words: Words, view: FieldView, parent: QWidget | None = None) -> Editor:
    return (_Radio if len(view.options) <= RADIO_LIMIT else _Combo)(words, view, parent)


# A test holds these kinds and those of typed.py equal to the engine's.
KINDS = {
    "select_one": _one_of,
    "select_one_row": _one_of,
    "select_multiple": _Checks,
    "select_multiple_row": _Checks,
    "acknowledge": _Acknowledge,
}
