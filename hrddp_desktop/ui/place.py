"""Where a person was and what was half typed there: taken along when the window locks, given back afterwards."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from hrddp_desktop.ui.editor import Editor, Raw
from hrddp_desktop.ui.fields import Field
from hrddp_desktop.ui.passphrases import is_secret
from hrddp_desktop.ui.tables import TableEditor
from hrddp_desktop.ui.wizard import Wizard

if TYPE_CHECKING:
    from collections.abc import Iterator


@runtime_checkable
class Openable(Protocol):
    """A small form inside a screen that is opened by a button; it has an objectName."""

    def opened(self) -> str:
        """How it is open now, "" while it is closed."""

    def open_again(self, opened: str) -> None:
        """Open it as it was."""


@dataclass(frozen=True, slots=True)
class Place:
    """One screen, and in a record the page and the question; never a passphrase.

    `half` is half-typed text by path, `unsaved` are answers that the vault did not take, `opened` small forms, `lines`
    what stands in search lines and forms, by objectName; `focus` is the objectName of what has the keyboard.
    """

    screen: str
    record: str = ""
    page: str = ""
    path: str = ""
    example: str = ""
    entry: int = 0
    focus: str = ""
    cursor: int = 0
    half: dict[str, str] = field(default_factory=dict)
    unsaved: dict[str, Raw] = field(default_factory=dict)
    opened: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    all_kept: bool = True
    """Whether the vault has all that was answered or half typed; else it stands only here."""

    def dump(self) -> bytes:
        """The place as bytes, to be sealed."""
        return json.dumps(asdict(self)).encode()


def load(content: bytes) -> Place:
    """A place from its bytes."""
    return Place(**json.loads(content))


def leave(screen: QWidget, focused: QWidget | None, record: str = "", example: str = "", entry: int = 0) -> Place:
    """Take along where the person is, and put half-typed text into the vault as drafts."""
    # What an input method is still composing is typed too.
    QGuiApplication.inputMethod().commit()
    place = Place(
        screen.objectName(),
        record=record,
        example=example,
        entry=entry,
        focus=focused.objectName() if focused is not None and screen.isAncestorOf(focused) else "",
        cursor=_cursor(focused),
        opened={name: part.opened() for name, part in _openable(screen) if part.opened()},
        lines={line.objectName(): line.text() for line in _lines(screen)},
    )
    return _leave_record(screen, focused, place) if isinstance(screen, Wizard) else place


def come_back(screen: QWidget, place: Place) -> None:
    """Give back what stood in the forms and lines of a screen, and the keyboard."""
    for name, part in _openable(screen):
        if name in place.opened:
            part.open_again(place.opened[name])
    for line in _lines(screen):
        text = place.lines.get(line.objectName(), "")
        if line.text() != text:
            line.setText(text)
    found = _named(screen, place.focus)
    if found is None:
        return
    found.setFocus(Qt.FocusReason.OtherFocusReason)
    if isinstance(found, QLineEdit):
        found.setCursorPosition(place.cursor)
    elif isinstance(found, QPlainTextEdit):
        cursor = found.textCursor()
        cursor.setPosition(min(place.cursor, len(found.toPlainText())))
        found.setTextCursor(cursor)


def _leave_record(wizard: Wizard, focused: QWidget | None, place: Place) -> Place:
    facts = asdict(place)
    facts["record"], facts["page"] = wizard.record, wizard.current
    facts["path"] = _path(focused)
    facts["half"] = wizard.put_down()
    facts["unsaved"] = wizard.desk.unsaved
    facts["all_kept"] = wizard.desk.all_kept
    return Place(**facts)


def _path(focused: QWidget | None) -> str:
    """The question, the cell or the row that has the keyboard."""
    inside = focused
    while inside is not None:
        if isinstance(inside, Field):
            return inside.path
        if isinstance(inside, TableEditor):
            return inside.row_path
        inside = inside.parentWidget()
    return ""


def _cursor(focused: QWidget | None) -> int:
    if isinstance(focused, QLineEdit):
        return focused.cursorPosition()
    return focused.textCursor().position() if isinstance(focused, QPlainTextEdit) else 0


def _openable(screen: QWidget) -> Iterator[tuple[str, Openable]]:
    for part in screen.findChildren(QWidget):
        if isinstance(part, Openable) and part.objectName():
            yield part.objectName(), part


def _lines(screen: QWidget) -> Iterator[QLineEdit]:
    """Lines that are seen and named, and neither answers nor secrets."""
    for line in screen.findChildren(QLineEdit):
        is_answer = isinstance(line.parent(), Editor)
        if line.objectName() and line.isVisibleTo(screen) and not is_answer and not is_secret(line):
            yield line


def _named(screen: QWidget, name: str) -> QWidget | None:
    found = screen.findChildren(QWidget, name) if name else []
    return next((each for each in found if each.isVisibleTo(screen) and each.isEnabled()), None)
