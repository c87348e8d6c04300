"""Work beside the window: what has run is let go, with all that it was given."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Slot

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.ui.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


class Secret:
    """Something that must not outlive the work that needed it."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    def __call__(self) -> str:
        if self._error is not None:
            raise self._error
        return "done"


class Asker(QObject):
    """Takes what came of it, and keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    @Slot(object)
    def take(self, told: object) -> None:
        self.told.append(told)


@pytest.fixture
def work() -> Iterator[Work]:
    found = Work()
    yield found
    found.drain()


@pytest.mark.parametrize("error", [None, VaultError(Code.WRONG_PASSPHRASE)])
def test_what_has_run_keeps_nothing(qtbot: QtBot, work: Work, error: Exception | None) -> None:
    asker, secret = Asker(), Secret(error)
    gone = weakref.ref(secret)
    work.start(secret, asker.take, asker.take)
    del secret
    qtbot.waitUntil(lambda: len(asker.told) == 1)
    work.finish()
    gc.collect()
    assert asker.told == ["done" if error is None else error]
    assert gone() is None
