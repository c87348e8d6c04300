"""What the system tells of itself: the screen was locked, the computer goes to sleep. Best effort, never a stop.

Linux: D-Bus over Unix sockets, logind and the screen savers of the desktops. Windows: messages to the main window.
macOS tells it only to programs that speak Objective-C: there the idle limit and the clocks of the guard have to do.
"""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import wintypes
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

_LOGIND: Final = "org.freedesktop.login1"
_SCREEN_SAVERS: Final = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver")
_SYSTEM_SOCKET: Final = Path("/run/dbus/system_bus_socket")
# winuser.h and wtsapi32.h
_WM_POWERBROADCAST: Final = 0x0218
_WM_WTSSESSION_CHANGE: Final = 0x02B1
_PBT_APMSUSPEND: Final = 0x4
_WTS_SESSION_LOCK: Final = 0x7
_NOTIFY_FOR_THIS_SESSION: Final = 0


class System(QObject):
    """Signals: screen_locked(); going_to_sleep()."""

    screen_locked = Signal()
    going_to_sleep = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._messages: _Messages | None = None

    def listen(self) -> None:
        """Begin to listen, as far as this system tells anything; a system without a bus is a normal one."""
        if sys.platform == "win32":
            self._messages = _Messages(self)
            self._messages.register()
        elif sys.platform.startswith("linux"):
            self.listen_to(_session_address(), _system_address())

    def listen_to(self, session: str, system: str) -> None:
        """Listen on two D-Bus addresses; '' for none."""
        try:
            from PySide6.QtDBus import QDBusConnection
        except ImportError:  # a Linux without libdbus
            return
        if session:
            bus = QDBusConnection.connectToBus(session, session)
            for name in _SCREEN_SAVERS:
                self._hear(bus, name, "ActiveChanged", "note_screen(bool)")
        if system:
            bus = QDBusConnection.connectToBus(system, system)
            # Of any session: that somebody else's was locked does no harm here.
            self._hear(bus, f"{_LOGIND}.Session", "Lock", "note_lock()")
            self._hear(bus, f"{_LOGIND}.Manager", "PrepareForSleep", "note_sleep(bool)")

    def _hear(self, bus: QDBusConnection, interface: str, name: str, slot: str) -> None:
        """Have a slot called by a signal, whoever sends it and from whatever path."""
        # The stubs of PySide6 6.12 want bytes here; what it takes is the text that SLOT() gives.
        bus.connect("", "", interface, name, self, SLOT(slot))  # type: ignore[call-overload]

    @Slot()
    def note_lock(self) -> None:
        """The session of the desktop is being locked."""
        self.screen_locked.emit()

    @Slot(bool)
    def note_screen(self, is_locked: bool) -> None:
        """The screen saver came, or went."""
        if is_locked:
            self.screen_locked.emit()

    @Slot(bool)
    def note_sleep(self, is_going: bool) -> None:
        """The computer goes to sleep, or has woken."""
        if is_going:
            self.going_to_sleep.emit()


def _session_address() -> str:
    given = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if not given and runtime and (Path(runtime) / "bus").is_socket():
        given = f"unix:path={runtime}/bus"
    return _without_network(given)


def _system_address() -> str:
    given = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", "")
    if not given and _SYSTEM_SOCKET.is_socket():
        given = f"unix:path={_SYSTEM_SOCKET}"
    return _without_network(given)


def _without_network(address: str) -> str:
    """An address that needs no network; a bus may also be reached by TCP, or be started by asking for it."""
    return address if address and all(part.startswith("unix:") for part in address.split(";")) else ""


class Told(NamedTuple):
    """What one message of Windows says."""

    screen_locked: bool
    going_to_sleep: bool


def read_message(address: int) -> Told:
    """What the MSG at `address` tells."""
    message = wintypes.MSG.from_address(address)
    return Told(
        screen_locked=message.message == _WM_WTSSESSION_CHANGE and message.wParam == _WTS_SESSION_LOCK,
        going_to_sleep=message.message == _WM_POWERBROADCAST and message.wParam == _PBT_APMSUSPEND,
    )


class _Messages(QAbstractNativeEventFilter):
    """Messages of Windows, as the windows of the app get them."""

    def __init__(self, system: System) -> None:
        super().__init__()
        self._system = system

    def register(self) -> None:
        """Ask for messages about the session, which Windows sends only to those who do."""
        QCoreApplication.instance().installNativeEventFilter(self)  # type: ignore[union-attr]  # there is one: a window
        library = ctypes.CDLL("wtsapi32")
        for window in QGuiApplication.topLevelWindows():
            library.WTSRegisterSessionNotification(wintypes.HWND(window.winId()), _NOTIFY_FOR_THIS_SESSION)

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        """Pick out the two that matter; every message goes on to Qt."""
        if kind == b"windows_generic_MSG":
            told = read_message(int(message))
            if told.screen_locked:
                self._system.screen_locked.emit()
            if told.going_to_sleep:
                self._system.going_to_sleep.emit()
        return False, 0
