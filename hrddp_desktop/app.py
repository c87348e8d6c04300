"""The composition root of the window: what is made in which order, and how it ends.

The passphrase is asked for before engine, storage or report are loaded; a thread loads them while the person types.
"""

from __future__ import annotations

import contextlib
import faulthandler
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, Signal, Slot
from PySide6.QtWidgets import QApplication

from hrddp_desktop import __version__, clock, paths
from hrddp_desktop.ui.theme import Theme
from hrddp_desktop.ui.window import Window

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

WARM_MODULES = ("hrddp_desktop.services.vault", "hrddp_desktop.services.documents", "hrddp_desktop.ui.wizard")


def main(argv: Sequence[str]) -> int:
    """Open the window and stay until it is closed; the exit status."""
    with contextlib.suppress(RuntimeError, ValueError, AttributeError):
        # A windowed start on Windows has no standard error to write to.
        faulthandler.enable()
    app = QApplication(list(argv))
    app.setApplicationName("hrddp-desktop")
    app.setApplicationDisplayName("HRDDP Desktop")
    app.setDesktopFileName("hrddp-desktop")
    # One fault is shown once; the window stays, and with it what was not saved yet.
    hook = CrashHook(app)
    hook.install()
    Theme(app)
    window = Window()
    hook.window = window
    window.painted.connect(_warm)
    window.show()
    status = app.exec()
    hook.uninstall()
    _end(window)
    return status


def self_check_window() -> None:
    """Show the window without a screen and close it; anything that is wrong raises."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["hrddp-desktop", "-platform", "offscreen"])
    Theme(app)
    window = Window()
    window.painted.connect(window.close)
    window.show()
    app.exec()
    if window.screen_shown() is None:
        raise RuntimeError("the window shows nothing")
    _end(window)


def _end(window: Window) -> None:
    # A window that is still alive when the interpreter ends can take it down; it goes while the application lives.
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@Slot()
def _warm() -> None:
    """Load what the next screen needs while the passphrase is typed."""
    threading.Thread(target=_load, name="warm", daemon=True).start()


def _load() -> None:
    import importlib

    for module in WARM_MODULES:
        importlib.import_module(module)
    from hrddp_desktop.services.assessment import FORM
    from hrddp_desktop.services.forms import Forms

    # The first start after an update compiles the form; the vault then finds it in the cache.
    Forms().definition(FORM)


class CrashHook(QObject):
    """Where exceptions end that nobody expected: a line in the log, a dialog with copyable text, the app goes on.

    The log and the text hold places in the program and the kind of fault, never its message: a message may quote an
    answer.
    """

    _reported = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.window: Window | None = None
        self._before = sys.excepthook
        self._reported.connect(self._show)

    def install(self) -> None:
        """Be asked from now on, in every thread."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def uninstall(self) -> None:
        """Leave the interpreter as it was."""
        sys.excepthook = self._before
        threading.excepthook = threading.__excepthook__

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        report = describe(kind, error, trace)
        with contextlib.suppress(OSError):
            _log(report)
        if sys.stderr is not None:
            sys.stderr.write(report)
        # From a worker this is queued; the dialog belongs to the window's thread.
        if self.thread() == QThread.currentThread():
            self._show(report)
        else:
            self._reported.emit(report)

    def _thread_hook(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._hook(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    @Slot(str)
    def _show(self, report: str) -> None:
        from hrddp_desktop.ui.crash import CrashDialog

        if self.window is not None and self.window.findChild(CrashDialog) is None:
            CrashDialog(report, self.window.words, self.window).open()


def describe(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """A fault without its message: version, kind, places from the outermost to the innermost, causes last."""
    lines = [f"HRDDP Desktop {__version__}, Python {sys.version.split()[0]}, {sys.platform}"]
    places = traceback.extract_tb(trace)
    lines.append(kind.__name__)
    lines += [f"  {frame.filename.rpartition('site-packages')[2]}:{frame.lineno} in {frame.name}" for frame in places]
    cause = error.__cause__ or error.__context__
    if cause is not None:
        lines.append(f"because of {type(cause).__name__}")
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(cause.__traceback__)
        ]
    return "\n".join(lines) + "\n"


def _log(report: str) -> None:
    folder = paths.home_dir()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "faults.log").open("a", encoding="utf-8") as log:
        log.write(f"{clock.computer().isoformat(timespec='seconds')} {report}\n")
