"""What every test of the window gets: a vault of its own, and the window opened as a person opens it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import QApplication

from hrddp_desktop import paths
from hrddp_desktop.services import vault
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.vault import Person
from hrddp_desktop.ui.immortal import make_immortal
from hrddp_desktop.ui.theme import Theme
from hrddp_desktop.ui.window import Window
from tests.ui.hands import press_here, type_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.wizard import Wizard

PASSPHRASE = "seven calm lanterns over the bay"
PERSON = Person("Ada Example", "Project manager", "DORV", "ILM", "en")

make_immortal()


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> QApplication:
    """The application in its theme, once."""
    Theme(qapp)
    return qapp


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled form, once for all tests; a fresh home would compile it each time."""
    folder = tmp_path_factory.mktemp("compiled")
    Forms(cache=folder).definition("assessment")
    return folder


@pytest.fixture
def made_vault(home: Path, compiled: Path) -> Path:
    """A vault that is there already, with the passphrase PASSPHRASE."""
    shutil.copytree(compiled, paths.cache_dir())
    folder = paths.default_vault()
    vault.new_vault(folder, PASSPHRASE, PERSON).close()
    return folder


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot) -> Iterator[Window]:
    """The window at its first screen, 1024 x 600, active."""
    made = Window()
    made.resize(QSize(1024, 600))
    made.show()
    made.resize(QSize(1024, 600))
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.fixture
def at_home(made_vault: Path, window: Window, qtbot: QtBot) -> Window:
    """The window with the vault unlocked by typing the passphrase."""
    type_here(PASSPHRASE)
    press_here(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _name(window) == "home")
    return window


@pytest.fixture
def wizard(at_home: Window, qtbot: QtBot) -> Wizard:
    """A new assessment, open at its first page."""
    press_here(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: _name(at_home) == "wizard")
    shown = at_home.wizard
    assert shown is not None
    return shown


@pytest.fixture
def stored(made_vault: Path, at_home: Window) -> Callable[[], dict[str, object]]:
    """The answers of the newest record, read through a second connection."""

    def read() -> dict[str, object]:
        with vault.open_vault(made_vault, PASSPHRASE) as office:
            return dict(office.open(office.records()[0].record).session.answers())

    return read


def _name(window: Window) -> str:
    shown = window.screen_shown()
    return shown.objectName() if shown is not None else ""
