"""The hands of the person at the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import QObject


def type_in(widget: QObject | None, text: str) -> None:
    """Type letters into a widget."""
    QTest.keyClicks(_widget(widget), text)


def press(
    widget: QObject | None,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    delay_ms: int = -1,
) -> None:
    """Press one key on a widget."""
    QTest.keyClick(_widget(widget), key, modifiers, delay_ms)


def press_here(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press one key wherever the keyboard is."""
    press(QApplication.focusWidget(), key, modifiers)


def type_here(text: str) -> None:
    """Type wherever the keyboard is."""
    type_in(QApplication.focusWidget(), text)


def focused() -> QWidget:
    """The widget that has the keyboard."""
    return _widget(QApplication.focusWidget())


def _widget(found: QObject | None) -> QWidget:
    assert isinstance(found, QWidget), f"no widget to type into: {found}"
    return found
