"""The parts that fill a page: each knows its height, how to draw itself and how to go on on the next page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from hrddp_desktop.report.tags import Node, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hrddp_desktop.report import style
    from hrddp_desktop.report.tags import TaggedCanvas
    from hrddp_desktop.report.text import Line


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of text in a stack; `align` is left, right or centre, `after` the space below it."""

    line: Line
    style: style.TextStyle
    node: Node
    align: str
    after: float = 0

    @property
    def height(self) -> float:
        """With the space below it."""
        return self.line.height + self.after


@dataclass(frozen=True, slots=True)
class Stack:
    """Lines of text one below the other."""

    entries: tuple[Entry, ...]

    @property
    def height(self) -> float:
        """Of all lines."""
        return sum(entry.height for entry in self.entries)

    def split(self, room: float) -> tuple[Stack, Stack]:
        """As many lines as `room` holds, and the rest."""
        used = 0.0
        count = 0
        for entry in self.entries:
            used += entry.line.height
            if used > room:
                break
            used += entry.after
            count += 1
        return Stack(self.entries[:count]), Stack(self.entries[count:])

    def draw(self, canvas: TaggedCanvas, x: float, top: float, width: float) -> None:
        """Inside `width` points from `x`, downwards from `top`."""
        for _, run in groupby(self.entries, lambda entry: id(entry.node)):
            entries = list(run)
            with canvas.tagged(entries[0].node):
                for entry in entries:
                    put_line(canvas, entry, x, top, width)
                    top -= entry.height


def put_line(canvas: TaggedCanvas, entry: Entry, x: float, top: float, width: float) -> None:
    """Draw one line; capitals stand in the middle of its height."""
    line = entry.line
    slack = width - line.width
    left = x + {"left": 0.0, "right": slack, "centre": slack / 2}[entry.align]
    canvas.put_line(line, left, top - (line.height + 0.7 * entry.style.size) / 2, entry.style.colour)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One part of the flow; `keeps` holds it on the page of what follows, `least` is what it needs to begin."""

    before: float = 0
    keeps: bool = False

    @property
    def height(self) -> float:
        """Without the space before."""
        return 0

    @property
    def least(self) -> float:
        """The height without which it rather begins on the next page."""
        return self.height

    def split(self, room: float, page: float) -> tuple[Flow | None, Flow]:
        """What fits into `room`, and the rest; None when nothing should stay here. `page` is the height of a page."""
        del room, page
        return None, self

    def draw(self, canvas: TaggedCanvas, x: float, top: float, width: float) -> None:
        """Draw it downwards from `top`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEnd(Flow):
    """Ends the first page; further on it does nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Flow):
    """A paragraph, a heading or the points of a list."""

    stack: Stack
    heading: int = 0
    title: str = ""

    @property
    def height(self) -> float:
        """Of all lines."""
        return self.stack.height

    @property
    def least(self) -> float:
        """Two lines, so that none is left alone; a heading stays whole."""
        return self.height if self.heading else sum(entry.height for entry in self.stack.entries[:2])

    def split(self, room: float, page: float) -> tuple[Flow | None, Flow]:
        """Between two lines; the last line does not go over alone."""
        del page
        first, rest = self.stack.split(room)
        if len(rest.entries) == 1 and len(first.entries) > 2:
            first, rest = Stack(self.stack.entries[:-2]), Stack(self.stack.entries[-2:])
        if not first.entries:
            return None, self
        return replace(self, stack=first), replace(self, stack=rest, before=0, heading=0)

    def draw(self, canvas: TaggedCanvas, x: float, top: float, width: float) -> None:
        """Draw the lines and remember where a heading stands."""
        if self.heading:
            canvas.record.places.append(Place(self.heading, self.title, canvas.page, top + 8))
        self.stack.draw(canvas, x, top, width)


def stack_of(parts: Sequence[Stack]) -> Stack:
    """One stack of several."""
    return Stack(tuple(entry for part in parts for entry in part.entries))
