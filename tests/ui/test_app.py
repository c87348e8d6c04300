"""The composition root: the program starts, ends, and a fault in it harms nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from hrddp_desktop import app, paths
from hrddp_desktop.app import CrashHook, describe
from hrddp_desktop.ui.crash import CrashDialog

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window

_SECRET = "the commander of the third post"
_START_AND_CLOSE = """
import sys
from PySide6.QtCore import QTimer
from hrddp_desktop import app
from hrddp_desktop.ui.window import Window
# As soon as the first screen is painted, the person closes the window again.
shown = Window.showEvent
def show_event(window, event):
    window.painted.connect(window.close)
    shown(window, event)
Window.showEvent = show_event
sys.exit(app.main(["hrddp-desktop"]))
"""


def test_the_program_starts_and_ends_with_status_zero() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _START_AND_CLOSE],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=paths.data_root(),
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.returncode == 0, done.stderr


def test_the_self_check_of_the_window_shows_and_closes_it() -> None:
    code = "from hrddp_desktop import app; app.self_check_window(); print('good')"
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=paths.data_root(),
        env=environment,
    )
    assert done.stdout.strip() == "good", done.stderr


def raised() -> ValueError:
    try:
        int(_SECRET)
    except ValueError as error:
        return error
    raise AssertionError("the secret is a number")


def test_a_fault_is_described_without_the_answer_that_it_quotes() -> None:
    error = raised()
    report = describe(type(error), error, error.__traceback__)
    assert "ValueError" in report
    assert "test_app.py" in report
    assert _SECRET not in report


def test_a_fault_shows_one_dialog_with_copyable_text_and_the_app_goes_on(
    window: Window, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = CrashHook(window)
    hook.window = window
    error = raised()
    for _again in range(2):
        hook._hook(type(error), error, error.__traceback__)  # noqa: SLF001  # what the interpreter calls
    dialogs = window.findChildren(CrashDialog)
    assert len(dialogs) == 1
    dialogs[0].accept()
    assert window.isVisible()
    log = (paths.home_dir() / "faults.log").read_text("utf-8")
    assert "ValueError" in log
    assert _SECRET not in log + capsys.readouterr().err


def test_the_modules_that_are_loaded_ahead_exist() -> None:
    import importlib

    for module in app.WARM_MODULES:
        importlib.import_module(module)
