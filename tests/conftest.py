"""What every test gets: a home of its own, no network, no unexpected log line, no window left behind."""

from __future__ import annotations

import logging
import os
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COUNTS = Path(__file__).with_name("counts.toml")
_POOL_TIMEOUT_MS = 10_000
_LONG_TIMEOUT_S = 7_200


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hrddp")
    group.addoption("--long", action="store_true", help="take the long counts of tests/counts.toml")
    group.addoption("--no-offscreen", action="store_true", help="show the windows on the screen that there is")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--no-offscreen"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    long = bool(config.getoption("--long"))
    examples = _count("hypothesis_examples", long=long)
    # Shared machines stall; a deadline per example would measure the neighbours.
    settings.register_profile(
        "ci", max_examples=examples, deadline=None, derandomize=True, database=None, print_blob=True
    )
    settings.register_profile(
        "long",
        max_examples=examples,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("long" if long else "ci")
    if long:
        # The limit of the other run would end a test that is only counting far; read by pytest-timeout after this.
        config.option.timeout = _LONG_TIMEOUT_S
    sys.addaudithook(_no_network)


def _count(name: str, *, long: bool) -> int:
    table = tomllib.loads(_COUNTS.read_text("utf-8"))["long" if long else "ci"]
    return int(table[name])


@pytest.fixture(scope="session")
def counts(request: pytest.FixtureRequest) -> Callable[[str], int]:
    """How often a heavy test repeats: `counts("vault_kills")`, from counts.toml."""
    long = bool(request.config.getoption("--long"))
    return lambda name: _count(name, long=long)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's folder of this test; whoever writes into it makes it."""
    folder = tmp_path_factory.getbasetemp() / "homes" / os.urandom(8).hex()
    monkeypatch.setenv("HRDDP_HOME", str(folder))
    return folder


class NetworkUsedError(BaseException):
    """Not an Exception, so that a broad handler in a library cannot swallow it."""


_network_uses: list[str] = []
_INTERNET_FAMILIES = (2, 10, 23, 30)  # AF_INET; AF_INET6 on Linux, Windows, macOS; as numbers, to import no socket
_CONNECTS = ("urllib.Request", "http.client.connect", "socket.getaddrinfo", "socket.gethostbyname")


def _no_network(event: str, arguments: tuple[object, ...]) -> None:
    is_internet = event == "socket.__new__" and arguments[1] in _INTERNET_FAMILIES
    if is_internet or event in _CONNECTS:
        _network_uses.append(f"{event}{arguments[1:]}")
        raise NetworkUsedError(_network_uses[-1])


@pytest.fixture(autouse=True)
def _network_guard() -> Iterator[None]:
    _network_uses.clear()
    yield
    assert not _network_uses, f"the network was used: {_network_uses}"


class ExpectedLogs:
    """Log lines that a test announces: `expected_logs.add("part of the line")`."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def add(self, text: str) -> None:
        """Announce a line at WARNING or above that holds `text`; it must then come."""
        self._texts.append(text)

    def judge(self, lines: list[str]) -> list[str]:
        """What is wrong: a line that nobody announced, an announced line that did not come."""
        unexpected = [f"unexpected: {line}" for line in lines if not any(text in line for text in self._texts)]
        absent = [f"announced, did not come: {text}" for text in self._texts if not any(text in line for line in lines)]
        return unexpected + absent


@pytest.fixture
def expected_logs() -> ExpectedLogs:
    """Announce log lines of this test."""
    return ExpectedLogs()


@pytest.fixture(autouse=True)
def _log_guard(caplog: pytest.LogCaptureFixture, expected_logs: ExpectedLogs) -> Iterator[None]:
    yield
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    lines = [f"{record.name}: {record.getMessage()}" for record in records if record.levelno >= logging.WARNING]
    wrong = expected_logs.judge(lines)
    assert not wrong, "\n".join(wrong)


@pytest.fixture(autouse=True)
def _window_guard(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with windows: no worker is running and no window without a parent is left."""
    yield
    if "qapp" in request.fixturenames:
        _assert_nothing_left()


def _assert_nothing_left() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool
    from PySide6.QtWidgets import QApplication

    def send_deferred_deletes() -> None:
        # processEvents() does not run deleteLater().
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    is_pool_idle = QThreadPool.globalInstance().waitForDone(_POOL_TIMEOUT_MS)
    send_deferred_deletes()
    left = [widget for widget in QApplication.topLevelWidgets() if widget.parent() is None]
    names = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in left]
    for widget in left:  # so that the next test does not answer for this one
        widget.deleteLater()
    send_deferred_deletes()
    assert is_pool_idle, "a worker is still running"
    assert not names, f"windows left behind: {names}"
