"""Where a vault lies, as the window says it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from hrddp_desktop import paths, settings
from hrddp_desktop.storage import places
from hrddp_desktop.storage.places import Kind, Place
from hrddp_desktop.ui.card import CardScreen
from hrddp_desktop.ui.dialogs import Asker
from hrddp_desktop.ui.home import Home
from hrddp_desktop.ui.start import FirstStart, Unlock
from tests.ui.conftest import PASSPHRASE
from tests.ui.hands import press, press_here, type_here

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window

Key = Qt.Key


@pytest.fixture
def synced(home: Path, compiled: Path) -> Path:
    """A home that a service copies."""
    shutil.copytree(compiled, paths.cache_dir())
    (home / ".stfolder").mkdir()
    return home


@pytest.fixture
def share(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home on another computer."""
    monkeypatch.setattr(places, "of", lambda folder: Place(Kind.SHARE, "nfs4"))


def fill(window: Window) -> FirstStart:
    first = window.screen_shown()
    assert isinstance(first, FirstStart)
    for text in ("Ada Example", "Project manager", "DORV", "ilm", PASSPHRASE, PASSPHRASE):
        type_here(text)
        press_here(Key.Key_Tab)
    return first


def button(window: Window, name: str) -> QPushButton:
    screen = window.screen_shown()
    assert screen is not None
    found = screen.findChild(QPushButton, name)
    assert found is not None
    return found


def test_a_synced_folder_is_asked_about_before_a_vault_is_made_and_stays_in_view(
    synced: Path, window: Window, qtbot: QtBot
) -> None:
    first = fill(window)
    make = button(window, "make")
    press(make, Key.Key_Return)
    qtbot.waitUntil(lambda: "lies in Syncthing" in first.message.text())
    assert button(window, "elsewhere").isVisible()
    assert not paths.default_vault().exists()
    assert make.text() == "Make it here all the same"
    press(make, Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), CardScreen), timeout=20_000)
    window.show_home()
    home = window.screen_shown()
    assert isinstance(home, Home)
    assert "a folder that Syncthing copies" in home.standing.text()


def test_another_folder_can_be_chosen_and_what_was_typed_stays(
    synced: Path, window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    first = fill(window)
    press(button(window, "make"), Key.Key_Return)
    qtbot.waitUntil(button(window, "elsewhere").isVisible)
    press(button(window, "elsewhere"), Key.Key_Return)
    asker = first.findChild(Asker)
    assert asker is not None
    asker.named.emit("folder", str(tmp_path))
    qtbot.waitUntil(lambda: window.screen_shown() is not first)
    again = window.screen_shown()
    assert isinstance(again, FirstStart)
    name = again.findChild(QLineEdit, "name")
    assert name is not None
    assert name.text() == "Ada Example"
    press(button(window, "make"), Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), CardScreen), timeout=20_000)
    made = tmp_path / "assessments.hrddp"
    assert (made / "data").exists()
    assert settings.load(paths.settings_file()).vault == str(made)


def test_a_vault_on_a_share_is_offered_for_reading(made_vault: Path, window: Window, share: None, qtbot: QtBot) -> None:
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    unlock = window.screen_shown()
    assert isinstance(unlock, Unlock)
    qtbot.waitUntil(lambda: "network place (nfs4)" in unlock.message.text())
    assert not button(window, "open_over").isVisible()
    press(button(window, "open_reading"), Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), Home))
    home = window.screen_shown()
    assert isinstance(home, Home)
    assert "can only be read" in home.standing.text()


def test_no_vault_is_made_on_a_share_and_another_folder_is_offered(
    home: Path, share: None, window: Window, qtbot: QtBot
) -> None:
    first = fill(window)
    press(button(window, "make"), Key.Key_Return)
    qtbot.waitUntil(lambda: "network place (nfs4)" in first.message.text())
    assert button(window, "elsewhere").isVisible()
    assert not paths.default_vault().exists()
