"""What the benchmarks share: things measured in turns, so that a busy moment meets all of them, and shown as ratios."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, ParamSpec

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH = 46
Words = ParamSpec("Words")


@dataclass(slots=True)
class Series:
    """One thing, measured again and again; seconds."""

    name: str
    seconds: list[float] = field(default_factory=list)

    def measure(self, action: Callable[Words, object], *words: Words.args, **named: Words.kwargs) -> None:
        """Carry out and note how long it took."""
        start = time.perf_counter()
        action(*words, **named)
        self.seconds.append(time.perf_counter() - start)

    @property
    def middle(self) -> float:
        """The median, in seconds."""
        return median(self.seconds)


def show(title: str, series: list[Series], floors: list[Series]) -> None:
    """Print one line for each series: milliseconds, and its median as a multiple of each floor's."""
    print(f"\n{title}")
    headings = [f"x {floor.name}" for floor in floors]
    print(f"{'':{_WIDTH}}{'n':>6}{'min ms':>10}{'median':>10}{'max':>10}  " + "  ".join(headings))
    for each in series:
        times = f"{min(each.seconds) * 1e3:10.3f}{each.middle * 1e3:10.3f}{max(each.seconds) * 1e3:10.3f}"
        ratios = (
            f"{each.middle / floor.middle:{len(heading)}.3g}" for floor, heading in zip(floors, headings, strict=True)
        )
        print(f"{each.name:{_WIDTH}}{len(each.seconds):6}{times}  " + "  ".join(ratios))
