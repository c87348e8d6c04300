"""When the window locks by itself: idle time by two clocks, and what the system tells."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
from ctypes import wintypes
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit

from hrddp_desktop import paths, settings
from hrddp_desktop.settings import LOCK_MINUTES
from hrddp_desktop.ui import system
from hrddp_desktop.ui.guard import Guard, Reason
from hrddp_desktop.ui.system import System, read_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QWindow
    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window

_LIMIT_S = 600.0
Signal = tuple[str, str, str, bool | None]
_SIGNALS: tuple[tuple[Signal, str], ...] = (
    (("/", "org.freedesktop.ScreenSaver", "ActiveChanged", True), "screen_locked"),
    (("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", True), "screen_locked"),
    (("/org/freedesktop/login1/session/_31", "org.freedesktop.login1.Session", "Lock", None), "screen_locked"),
    (("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", True), "going_to_sleep"),
)


class Clocks:
    """Two clocks that a test turns."""

    def __init__(self) -> None:
        self.steady = self.wall = 5_000.0


class Watched:
    """A line in a window, a guard over it, and what the guard said."""

    def __init__(self, qtbot: QtBot) -> None:
        self.clocks = Clocks()
        self.line = QLineEdit()
        qtbot.addWidget(self.line)
        self.line.show()
        self.line.activateWindow()
        qtbot.waitUntil(self.line.hasFocus)
        clocks = self.clocks
        self.guard = Guard(self.line, 10, steady=lambda: clocks.steady, wall=lambda: clocks.wall)
        self.said: list[Reason] = []
        self.guard.lock_now.connect(self.said.append)
        self.guard.start()

    @property
    def window(self) -> QWindow:
        return self.line.windowHandle()


@pytest.fixture
def watched(qtbot: QtBot) -> Watched:
    return Watched(qtbot)


def test_idle_time_locks_and_begins_anew(watched: Watched) -> None:
    watched.clocks.steady += _LIMIT_S - 1
    watched.guard.look()
    assert watched.said == []
    watched.clocks.steady += 1
    watched.guard.look()
    watched.guard.look()
    assert watched.said == [Reason.IDLE]


def test_keys_mouse_and_wheel_are_signs_of_life(watched: Watched) -> None:
    middle = QPoint(5, 5)
    alive: tuple[Callable[[], object], ...] = (
        lambda: QTest.keyClick(watched.window, Qt.Key.Key_A),
        lambda: QTest.mouseMove(watched.window, middle + QPoint(1, 1)),
        lambda: QTest.mouseClick(watched.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle),
        lambda: QTest.wheelEvent(watched.window, middle, QPoint(0, 120)),
    )
    for live in alive:
        watched.clocks.steady += _LIMIT_S - 1
        live()
    assert watched.said == []
    assert watched.line.text() == "a"


@pytest.mark.parametrize("clock", ["steady", "wall"])
def test_after_a_sleep_the_waking_key_locks_and_types_nothing(watched: Watched, clock: str) -> None:
    setattr(watched.clocks, clock, getattr(watched.clocks, clock) + _LIMIT_S)
    QTest.keyClick(watched.window, Qt.Key.Key_A)
    assert watched.said == [Reason.IDLE]
    assert watched.line.text() == ""


def test_a_wall_clock_that_is_set_back_does_not_keep_the_window_open(watched: Watched) -> None:
    watched.clocks.wall -= 50_000
    watched.clocks.steady += _LIMIT_S
    watched.guard.look()
    assert watched.said == [Reason.IDLE]


def test_the_limit_is_chosen_where_people_and_keys_are_and_kept(at_home: Window, qtbot: QtBot) -> None:
    at_home.show_people()
    choice = at_home.findChild(QComboBox, "lock_minutes")
    assert isinstance(choice, QComboBox)
    assert choice.accessibleName()
    assert choice.currentIndex() == LOCK_MINUTES.index(10)
    choice.setCurrentIndex(0)
    choice.activated.emit(0)
    assert settings.load(paths.settings_file()).lock_minutes == 2
    at_home.lock(Reason.IDLE)
    assert any("for 2 minutes" in label.text() for label in at_home.findChildren(QLabel))


@pytest.mark.parametrize("minutes", [0, 100_000, -1, True, "never"])
def test_a_window_that_never_locks_cannot_be_had_from_the_file_either(minutes: object) -> None:
    file = paths.settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"lock_minutes": minutes}))
    assert settings.load(file).lock_minutes == 10


# --- the system ---


@pytest.fixture
def bus() -> Iterator[str]:
    """A bus of our own where this machine can have one, else ''."""
    program = shutil.which("dbus-daemon")
    if program is None or shutil.which("dbus-send") is None:
        yield ""
        return
    started = subprocess.Popen(
        [program, "--session", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert started.stdout is not None
    yield started.stdout.readline().strip()
    started.terminate()
    started.wait()
    started.stdout.close()


def sender(bus: str, listening: System) -> Callable[[Signal], None]:
    """What sends a signal: over the bus, else into the slot that the bus would call."""

    def over_the_bus(signal: Signal) -> None:
        path, interface, member, value = signal
        words = [] if value is None else [f"boolean:{str(value).lower()}"]
        subprocess.run(
            ["dbus-send", f"--bus={bus}", "--type=signal", path, f"{interface}.{member}", *words], check=True
        )

    def into_the_slot(signal: Signal) -> None:
        _path, _interface, member, value = signal
        slots = {"ActiveChanged": listening.note_screen, "PrepareForSleep": listening.note_sleep}
        listening.note_lock() if value is None else slots[member](value)

    return over_the_bus if bus else into_the_slot


def test_what_the_desktop_says_of_screen_and_sleep_is_heard(watched: Watched, bus: str, qtbot: QtBot) -> None:
    listening = System(watched.line)
    listening.listen_to(bus, bus)
    send = sender(bus, listening)
    heard: list[str] = []
    expected: list[str] = []
    listening.screen_locked.connect(lambda: heard.append("screen_locked"))
    listening.going_to_sleep.connect(lambda: heard.append("going_to_sleep"))
    for signal, told in _SIGNALS:
        path, interface, member, value = signal
        if value:  # the screen is unlocked, the computer woke: nothing to do
            send((path, interface, member, False))
        send(signal)
        expected.append(told)
        qtbot.waitUntil(lambda: len(heard) >= len(expected))
    assert heard == expected


def test_a_machine_without_a_bus_is_listened_to_in_silence(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    System(watched.line).listen()
    System(watched.line).listen_to("unix:path=/nowhere/at/all", "unix:path=/nowhere/at/all")


@pytest.mark.parametrize(
    ("address", "used"),
    [
        ("unix:path=/run/user/1000/bus", True),
        ("unix:abstract=/tmp/x;unix:path=/tmp/y", True),
        ("tcp:host=localhost,port=1234", False),
        ("unix:path=/tmp/y;tcp:host=example.org,port=1", False),
        ("autolaunch:", False),
    ],
)
def test_a_bus_is_asked_only_where_it_needs_no_network(
    monkeypatch: pytest.MonkeyPatch, address: str, used: bool
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    expected = address if used else ""
    assert (system._session_address(), system._system_address()) == (expected, expected)  # noqa: SLF001 - what is asked


@pytest.mark.parametrize(
    ("message", "detail", "told"),
    [
        (0x02B1, 0x7, (True, False)),
        (0x02B1, 0x8, (False, False)),
        (0x0218, 0x4, (False, True)),
        (0x0218, 0x7, (False, False)),
        (0x0100, 0x4, (False, False)),
    ],
)
def test_messages_of_windows_are_read(message: int, detail: int, told: tuple[bool, bool]) -> None:
    sent = wintypes.MSG()
    sent.message, sent.wParam = message, detail
    assert read_message(ctypes.addressof(sent)) == told
