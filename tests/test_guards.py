"""The guards of conftest.py are tests of tests: each is shown to fail on what it guards against."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent

_BAD_TESTS = """
import logging
import socket
import urllib.request

def test_opens_a_socket_of_family_4():
    socket.socket(socket.AF_INET)

def test_opens_a_socket_of_family_6():
    socket.socket(socket.AF_INET6)

def test_swallows_the_refusal():
    try:
        socket.socket(socket.AF_INET)
    except BaseException:
        pass

def test_fetches_a_page():
    try:
        urllib.request.urlopen("http://127.0.0.1:9/")
    except Exception:
        pass

def test_asks_for_an_address():
    socket.getaddrinfo("localhost", 80)

def test_logs_a_warning():
    logging.getLogger("room").warning("something is odd")

def test_announces_a_line_that_does_not_come(expected_logs):
    expected_logs.add("odd")

def test_leaves_a_window(qtbot):
    from PySide6.QtWidgets import QWidget
    global kept
    kept = QWidget()

def test_leaves_a_worker(qtbot):
    import time
    from PySide6.QtCore import QThreadPool
    from tests import conftest
    conftest._POOL_TIMEOUT_MS = 10
    QThreadPool.globalInstance().start(lambda: time.sleep(0.5))

def test_makes_qt_warn(qtbot):
    from PySide6.QtCore import qWarning
    qWarning("a slot is missing")

def test_raises_in_a_slot(qtbot):
    from PySide6.QtCore import QTimer
    QTimer.singleShot(0, lambda: 1 / 0)
    qtbot.waitUntil(lambda: False, timeout=50)

def test_warns():
    import warnings
    warnings.warn("old way", DeprecationWarning)
"""

_GOOD_TESTS = """
import logging
import os
import socket

HOMES = []

def test_opens_a_socket_of_this_machine():
    socket.socket(socket.AF_UNIX).close()

def test_logs_what_it_announced(expected_logs):
    expected_logs.add("something is odd")
    logging.getLogger("room").warning("something is odd")

def test_gives_its_window_back(qtbot):
    from PySide6.QtWidgets import QWidget
    window = QWidget()
    qtbot.addWidget(window)
    window.show()

def test_has_a_home():
    HOMES.append(os.environ["HRDDP_HOME"])

def test_has_another_home():
    assert os.environ["HRDDP_HOME"] not in HOMES and not os.path.exists(os.environ["HRDDP_HOME"])

def test_takes_its_count(counts):
    assert counts("hypothesis_examples") > 0
"""


@pytest.fixture
def small_suite(tmp_path: Path) -> Path:
    """A suite with our configuration and our conftest.py, and room for a test file."""
    (tmp_path / "tests").mkdir()
    shutil.copy(_ROOT / "pyproject.toml", tmp_path)
    for name in ("conftest.py", "counts.toml"):
        shutil.copy(_ROOT / "tests" / name, tmp_path / "tests")
    return tmp_path


def _outcomes(suite: Path, tests: str) -> dict[str, set[str]]:
    """Name of each test -> the words pytest has for it; ERROR is a guard's, after the test itself."""
    (suite / "tests" / "test_small.py").write_text(tests, "utf-8")
    command = [sys.executable, "-m", "pytest", "-rA", "--tb=no", "--no-header", "-p", "no:cacheprovider", "-q"]
    done = subprocess.run(command, cwd=suite, capture_output=True, text=True, check=False)
    found: dict[str, set[str]] = {}
    for outcome, name in re.findall(r"^(PASSED|FAILED|ERROR) \S+::(\w+)", done.stdout, re.MULTILINE):
        found.setdefault(name, set()).add(outcome)
    assert found, done.stdout + done.stderr
    return found


def test_each_guard_can_fail(small_suite: Path) -> None:
    outcomes = _outcomes(small_suite, _BAD_TESTS)
    assert len(outcomes) == _BAD_TESTS.count("def test_")
    assert [name for name, words in outcomes.items() if words == {"PASSED"}] == []
    caught_by_a_guard_alone = {name for name, words in outcomes.items() if words == {"PASSED", "ERROR"}}
    assert caught_by_a_guard_alone == {
        "test_swallows_the_refusal",
        "test_logs_a_warning",
        "test_announces_a_line_that_does_not_come",
        "test_leaves_a_window",
        "test_leaves_a_worker",
    }


def test_a_marker_that_nobody_declared_stops_the_suite(small_suite: Path) -> None:
    marked = "import pytest\n@pytest.mark.unheard_of\ndef test_has_a_marker():\n    pass\n"
    (small_suite / "tests" / "test_small.py").write_text(marked, "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--collect-only"]
    done = subprocess.run(command, cwd=small_suite, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "unheard_of" in done.stdout


def test_a_test_that_keeps_the_rules_passes(small_suite: Path) -> None:
    outcomes = _outcomes(small_suite, _GOOD_TESTS)
    assert len(outcomes) == _GOOD_TESTS.count("def test_")
    assert all(words == {"PASSED"} for words in outcomes.values()), outcomes
