"""Python 3.11 outlives the calls of Qt; without the workaround it does not (decision 0005)."""

from __future__ import annotations

import subprocess
import sys

_CALLS = """
import faulthandler
faulthandler.disable()
{preparation}
from PySide6.QtCore import QObject
thing = QObject()
for _ in range(100_000):
    thing.setObjectName("x")
print("alive")
"""


def run(preparation: str) -> subprocess.CompletedProcess[str]:
    code = _CALLS.format(preparation=preparation)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


def test_the_interpreter_outlives_many_calls_of_qt() -> None:
    result = run("import hrddp_desktop.ui")
    assert (result.returncode, result.stdout) == (0, "alive\n"), result.stderr


def test_without_the_workaround_python_3_11_ends_itself() -> None:
    result = run("")
    counted = sys.version_info < (3, 12)
    assert ("deallocating None" in result.stderr) is counted, result.stderr
    assert (result.returncode == 0) is not counted
