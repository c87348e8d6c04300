"""One window at a time: the second is told in words and may read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from hrddp_desktop.errors import VaultError
from hrddp_desktop.services import vault
from hrddp_desktop.services.vault import Opening
from hrddp_desktop.storage import lock
from hrddp_desktop.ui.home import Home
from hrddp_desktop.ui.start import Unlock
from hrddp_desktop.ui.wizard import Wizard
from tests.ui.conftest import PASSPHRASE
from tests.ui.hands import press, press_here, type_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window

Key = Qt.Key
ROOT = Path(__file__).parents[2]
_OTHER = """
import sys
from pathlib import Path
from hrddp_desktop.errors import VaultError
from hrddp_desktop.services import vault
office = vault.open_vault(Path(sys.argv[1]), sys.argv[2], opening=vault.Opening(sys.argv[3]))
record = office.new_assessment().record
print("open", flush=True)
sys.stdin.readline()
"""


@contextmanager
def other_process(folder: Path, opening: Opening) -> Iterator[subprocess.Popen[str]]:
    """Somebody else who has the vault open and wrote a record; killed at the end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _OTHER, str(folder), PASSPHRASE, opening.value]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def give(window: Window, qtbot: QtBot) -> Unlock | None:
    """Type the passphrase; the first screen if the vault did not open."""
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    unlock = window.screen_shown()
    assert isinstance(unlock, Unlock)
    qtbot.waitUntil(lambda: window.screen_shown() is not unlock or "Opening" not in unlock.message.text())
    return unlock if window.screen_shown() is unlock else None


def button(window: Window, name: str) -> QPushButton:
    screen = window.screen_shown()
    assert screen is not None
    found = screen.findChild(QPushButton, name)
    assert found is not None
    return found


def test_a_second_window_is_told_and_may_read_beside_the_first(made_vault: Path, window: Window, qtbot: QtBot) -> None:
    with other_process(made_vault, Opening.ALONE):
        unlock = give(window, qtbot)
        assert unlock is not None
        assert "open on this computer since" in unlock.message.text()
        assert not button(window, "open_over").isVisible()
        press(button(window, "open_reading"), Key.Key_Return)
        qtbot.waitUntil(lambda: isinstance(window.screen_shown(), Home))
        home = window.screen_shown()
        assert isinstance(home, Home)
        assert "open for reading" in home.message.text()
        press(button(window, "new"), Key.Key_Return)
        assert "cannot be written" in home.message.text()
        press_here(Key.Key_Tab)
        office = window._office  # noqa: SLF001 - what the window holds is asked itself
        assert office is not None
        window.open_record(office.records()[0].record)
        assert isinstance(window.screen_shown(), Wizard)


def test_without_the_lock_both_would_write(made_vault: Path, window: Window, qtbot: QtBot) -> None:
    """The control: who does not take the lock keeps nobody out."""
    with other_process(made_vault, Opening.BESIDE):
        assert give(window, qtbot) is None


def test_after_a_kill_the_vault_opens_without_a_question(made_vault: Path, window: Window, qtbot: QtBot) -> None:
    with other_process(made_vault, Opening.ALONE) as process:
        process.kill()
        process.wait()
        assert (made_vault / lock.NAME).exists()
        assert give(window, qtbot) is None


def test_a_vault_open_on_another_computer_can_be_opened_all_the_same(
    made_vault: Path, window: Window, qtbot: QtBot
) -> None:
    now = datetime.now(UTC)
    left = {"format": 1, "host": "laptop-7", "token": "x", "since": now.isoformat(), "beat": now.isoformat(), "file": 1}
    (made_vault / lock.NAME).write_text(json.dumps(left), "utf-8")
    unlock = give(window, qtbot)
    assert unlock is not None
    assert "open on the computer laptop-7 since" in unlock.message.text()
    press(button(window, "open_over"), Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), Home))
    held = lock.read(made_vault / lock.NAME)
    assert held is not None
    assert held.host == lock.host_name()


def test_the_window_holds_the_lock_while_the_vault_is_open_and_no_longer(made_vault: Path, at_home: Window) -> None:
    with pytest.raises(VaultError):
        vault.open_vault(made_vault, PASSPHRASE, opening=Opening.ALONE)
    at_home.close()
    vault.open_vault(made_vault, PASSPHRASE, opening=Opening.ALONE).close()
    assert not (made_vault / lock.NAME).exists()


def test_who_took_the_vault_over_is_said_once(made_vault: Path, at_home: Window) -> None:
    (made_vault / lock.NAME).unlink()  # as a synced folder puts another file in its place
    other = lock.take(made_vault, host="laptop-7")
    assert other is not None
    home = at_home.screen_shown()
    assert isinstance(home, Home)
    seat = at_home._seat  # noqa: SLF001 - its minute is not waited for
    seat.beat()
    assert "opened on the computer laptop-7" in home.message.text()
    home.message.hide()
    seat.beat()
    assert not home.message.isVisible()
    other.release()
