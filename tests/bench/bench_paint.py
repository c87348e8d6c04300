"""First paint: from the start of the process to the first painted window, ours and an empty QMainWindow.

The real start is measured, `hrddp-desktop` without a word: once where there is no vault yet, once where it asks for the
passphrase. The floor imports Qt's widgets, shows an empty window and nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.timing import Series, show

_ROUNDS = 15
_WARM_UPS = 2
_TIMEOUT_S = 60

# The child tells the moment by the clock that all processes of the machine share, and how much memory it took.
_REPORT = """
import os, sys, time
def report():
    moment = time.monotonic()
    try:
        import resource
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    except ImportError:
        peak = 0
    print(moment, peak, flush=True)
    os._exit(0)
"""
_EMPTY = f"""{_REPORT}
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Empty(QMainWindow):
    def paintEvent(self, event):
        QTimer.singleShot(0, report)
app = QApplication(sys.argv)
window = Empty()
window.resize(1180, 760)
window.show()
app.exec()
"""
_OURS = f"""{_REPORT}
from hrddp_desktop import app, cli
class Reporting(app.Window):
    def __init__(self):
        super().__init__()
        self.painted.connect(report)
app.Window = Reporting
cli.main([])
"""


class Start:
    """One way to start, measured again and again, each time in a process of its own."""

    def __init__(self, name: str, program: str, home: Path) -> None:
        self.series = Series(name)
        self.peaks: list[int] = []
        self._command = [sys.executable, "-c", program]
        self._environment = {**os.environ, "HRDDP_HOME": str(home)}

    def once(self, *, counts: bool) -> None:
        """Start, wait for the paint, note it."""
        begun = time.monotonic()
        done = subprocess.run(
            self._command, env=self._environment, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        )
        if done.returncode != 0 or not done.stdout:
            raise SystemExit(f"{self.series.name} did not start:\n{done.stderr}")
        moment, peak = done.stdout.split()
        if counts:
            self.series.seconds.append(float(moment) - begun)
            self.peaks.append(int(peak))


def main(folder: Path) -> None:
    """Measure and show."""
    with_vault = folder / "with-vault"
    (with_vault / "assessments.hrddp").mkdir(parents=True)
    (with_vault / "assessments.hrddp" / "keys").write_bytes(b"the first paint reads none of it")
    starts = [
        Start("first start (no vault yet)", _OURS, folder / "no-vault"),
        Start("passphrase asked for", _OURS, with_vault),
        Start("empty QMainWindow", _EMPTY, folder / "empty"),
    ]
    for turn in range(_ROUNDS + _WARM_UPS):
        for start in starts:
            start.once(counts=turn >= _WARM_UPS)
    screen = os.environ.get("QT_QPA_PLATFORM") or os.environ.get("DISPLAY") or "this machine's screen"
    show(f"First paint, on {screen}", [start.series for start in starts], [starts[-1].series])
    for start in starts:
        print(f"{start.series.name:46}{max(start.peaks) / 1024:7.1f} MB at the first paint")


if __name__ == "__main__":
    place = Path(tempfile.mkdtemp())
    try:
        main(place)
    finally:
        shutil.rmtree(place)
