"""Tables that go over pages: a repeating head, rows that stay whole while they can."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reportlab.lib.colors import HexColor

from hrddp_desktop.report import style
from hrddp_desktop.report.flow import Flow, Stack, put_line

if TYPE_CHECKING:
    from hrddp_desktop.report.tags import TaggedCanvas

_CELL_PADDING = 5
_GUTTER = 14
# A row is parted inside only when it is longer than this part of a page; else it moves on whole.
_LONG_ROW = 0.3
_SHORT_TABLE = 190


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    cells: tuple[Stack, ...]

    @property
    def height(self) -> float:
        """Of its tallest cell."""
        return max(cell.height for cell in self.cells) + 2 * _CELL_PADDING

    def split(self, room: float) -> tuple[Row | None, Row]:
        """Every cell between two lines."""
        parts = [cell.split(room - 2 * _CELL_PADDING) for cell in self.cells]
        if not any(first.entries for first, _ in parts):
            return None, self
        return Row(tuple(first for first, _ in parts)), Row(tuple(rest for _, rest in parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFlow(Flow):
    """Rows under a head that repeats on every page; a repeated head is no content."""

    head: Row | None
    rows: tuple[Row, ...]
    widths: tuple[float, ...]
    right_to_left: bool
    goes_on: bool = False

    @property
    def _head_height(self) -> float:
        return self.head.height if self.head else 0

    @property
    def height(self) -> float:
        """Of the head and all rows."""
        return self._head_height + sum(row.height for row in self.rows)

    @property
    def least(self) -> float:
        """All of a short table, else the head and a part of the first row."""
        return self.height if self.height <= _SHORT_TABLE else self._head_height + min(self.rows[0].height, 70)

    def split(self, room: float, page: float) -> tuple[Flow | None, Flow]:
        """Between two rows, or inside one that is long."""
        left = room - self._head_height
        count = 0
        for row in self.rows:
            if row.height > left:
                break
            left -= row.height
            count += 1
        if count == len(self.rows) - 1 and count > 2:
            count -= 1  # the last row does not go over alone
        here, there = self.rows[:count], self.rows[count:]
        if there and (there[0].height > page * _LONG_ROW) and left > page * 0.1:
            part, rest = there[0].split(left)
            if part is not None:
                here, there = (*here, part), (rest, *there[1:])
        if not here:
            return None, self
        return replace(self, rows=here), replace(self, rows=there, before=0, goes_on=True)

    def draw(self, canvas: TaggedCanvas, x: float, top: float, width: float) -> None:
        """Draw head, rules and cells."""
        if self.head is not None:
            self._rule(canvas, x, top, width, 0.9, style.INK)
            if self.goes_on:
                self._repeat_head(canvas, x, top)
            else:
                self._draw_row(canvas, self.head, x, top)
            top = self._rule(canvas, x, top - self.head.height, width, 0.9, style.INK)
        for row in self.rows:
            self._draw_row(canvas, row, x, top)
            top = self._rule(canvas, x, top - row.height, width, 0.5, style.LINE)

    def _repeat_head(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        if self.head is None:
            return
        with canvas.artifact("Pagination"):
            for cell, (left, width) in zip(self.head.cells, self._columns(x), strict=True):
                below = top - _CELL_PADDING
                for entry in cell.entries:
                    put_line(canvas, entry, left, below, width)
                    below -= entry.height

    def _draw_row(self, canvas: TaggedCanvas, row: Row, x: float, top: float) -> None:
        for cell, (left, width) in zip(row.cells, self._columns(x), strict=True):
            cell.draw(canvas, left, top - _CELL_PADDING, width)

    def _columns(self, x: float) -> list[tuple[float, float]]:
        """Left end and width of each column's text, in reading order."""
        total = sum(self.widths)
        used = 0.0
        columns = []
        for width in self.widths:
            left = total - used - width + _GUTTER if self.right_to_left else used
            columns.append((x + left, width - _GUTTER))
            used += width
        return columns

    @staticmethod
    def _rule(canvas: TaggedCanvas, x: float, y: float, width: float, thickness: float, colour: str) -> float:
        with canvas.artifact():
            canvas.setStrokeColor(HexColor(colour))
            canvas.setLineWidth(thickness)
            canvas.line(x, y, x + width, y)
        return y


def cell_width(width: float) -> float:
    """What a column leaves for its text."""
    return width - _GUTTER
