"""The parts that fill a page: each knows its height, how to draw itself and how to go on on the next page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from reportlab.lib.colors import HexColor

from hrddp_desktop.report import shapes, style
from hrddp_desktop.report.tags import Field, Link, Node, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hrddp_desktop.report.tags import TaggedCanvas
    from hrddp_desktop.report.text import Line

_BOX_PADDING = 16
_BOX_SIGN = 46
_CELL_PADDING = 5
_GUTTER = 14
_FIELD_HEIGHT = 96
_FIELD_SHARE = 0.54
_WRITING = 15
# A row is parted inside only when it is longer than this part of a page; else it moves on whole.
_LONG_ROW = 0.3
_SHORT_TABLE = 190


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Box(Flow):
    """The outcome in its ruled box; the sign stands at the side where reading begins."""

    code: str
    stack: Stack
    figure: Node | None
    right_to_left: bool

    @property
    def height(self) -> float:
        """With the space to the rule."""
        return max(self.stack.height, _BOX_SIGN if self.figure else 0) + 2 * _BOX_PADDING

    @property
    def least(self) -> float:
        """The sign, the word and a line of reason."""
        return min(self.height, _BOX_SIGN + 2 * _BOX_PADDING + 40)

    def split(self, room: float, page: float) -> tuple[Flow | None, Flow]:
        """A box for each page."""
        del page
        first, rest = self.stack.split(room - 2 * _BOX_PADDING)
        if not first.entries:
            return None, self
        return replace(self, stack=first), replace(self, stack=rest, figure=None, before=0)

    def draw(self, canvas: TaggedCanvas, x: float, top: float, width: float) -> None:
        """Draw rule, sign and words."""
        colour = HexColor(style.outcome_colour(self.code))
        with canvas.artifact():
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(1.4)
            canvas.roundRect(x, top - self.height, width, self.height, 5, stroke=1, fill=0)
        aside = _BOX_PADDING * 2 + _BOX_SIGN
        if self.figure is not None:
            left = x + (width - _BOX_PADDING - _BOX_SIGN if self.right_to_left else _BOX_PADDING)
            bottom = top - _BOX_PADDING - _BOX_SIGN
            self.figure.box = (left, bottom, left + _BOX_SIGN, bottom + _BOX_SIGN)
            with canvas.tagged(self.figure):
                shapes.draw(canvas, self.code, left, bottom, _BOX_SIGN)
        start = x + (_BOX_PADDING if self.right_to_left else aside)
        self.stack.draw(canvas, start, top - _BOX_PADDING + 2, box_text_width(width))


def box_text_width(width: float) -> float:
    """What the sign and the padding leave for words."""
    return width - 3 * _BOX_PADDING - _BOX_SIGN


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


@dataclass(frozen=True, slots=True)
class ContentsLine:
    """One title of the contents; its page is drawn when all pages are known."""

    stack: Stack
    link: Node
    target: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsFlow(Flow):
    """The list of contents; `waiting` collects where page numbers are still to be drawn."""

    lines: tuple[ContentsLine, ...]
    waiting: list[PageNumber] = field(default_factory=list)

    @property
    def height(self) -> float:
        """Of all lines."""
        return sum(line.stack.height for line in self.lines)

    @property
    def least(self) -> float:
        """A contents list of one page stays together."""
        return min(self.height, 400)

    def split(self, room: float, page: float) -> tuple[Flow | None, Flow]:
        """Between two titles."""
        del page
        count = 0
        for line in self.lines:
            room -= line.stack.height
            if room < 0:
                break
            count += 1
        if not count:
            return None, self
        return replace(self, lines=self.lines[:count]), replace(self, lines=self.lines[count:], before=0)

    def draw(self, canvas: TaggedCanvas, x: float, top: float, width: float) -> None:
        """Draw the titles, and leave room for the numbers."""
        for line in self.lines:
            line.stack.draw(canvas, x, top, width)
            bottom = top - line.stack.height
            last = line.stack.entries[-1]
            box = (x, bottom, x + width, top)
            canvas.record.links.append(Link(line.link, canvas.page, box, line.target, line.title))
            self.waiting.append(PageNumber(canvas.page, line.link, line.target, x, bottom + last.height, width, last))
            top = bottom


@dataclass(frozen=True, slots=True)
class PageNumber:
    """A number of the contents, still to be drawn beside the end of its title."""

    page: int
    node: Node
    target: int
    x: float
    top: float
    width: float
    title: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFlow(Flow):
    """Words, the field of the app's signature, and lines for a signature in ink."""

    role: str
    title: str
    words: Stack
    hint: Stack
    ink: tuple[Stack, ...]
    form: Node
    right_to_left: bool

    @property
    def height(self) -> float:
        """Of words and field."""
        return self.words.height + self._field_height + 6

    @property
    def _field_height(self) -> float:
        """Room for a stamp of six lines; more when the lines for ink need it."""
        return max(_FIELD_HEIGHT, sum(_WRITING + label.height for label in self.ink))

    def draw(self, canvas: TaggedCanvas, x: float, top: float, width: float) -> None:
        """Draw words, field and lines; the field itself is added to the finished file."""
        self.words.draw(canvas, x, top, width)
        top -= self.words.height
        field_width = width * _FIELD_SHARE
        left = x + width - field_width if self.right_to_left else x
        bottom = top - self._field_height
        with canvas.artifact():
            canvas.setStrokeColor(HexColor(style.MUTED))
            canvas.setLineWidth(0.7)
            canvas.setDash([3, 2])
            canvas.roundRect(left, bottom, field_width, self._field_height, 3, stroke=1, fill=0)
            canvas.setDash([])
        self.hint.draw(canvas, left + 7, top - 4, field_width - 14)
        box = (left + 1, bottom + 1, left + field_width - 1, top - 1)
        canvas.record.fields.append(Field(self.form, canvas.page, box, self.role, self.title))
        line_width = ink_width(width)
        self._draw_ink(canvas, x if self.right_to_left else x + width - line_width, top, line_width)

    def _draw_ink(self, canvas: TaggedCanvas, left: float, top: float, width: float) -> None:
        """Lines to write on, each with its label below."""
        for label in self.ink:
            top -= _WRITING
            with canvas.artifact():
                canvas.setStrokeColor(HexColor(style.MUTED))
                canvas.setLineWidth(0.5)
                canvas.line(left, top, left + width, top)
            label.draw(canvas, left, top, width)
            top -= label.height


def ink_width(width: float) -> float:
    """What the field leaves for lines to write on."""
    return width * (1 - _FIELD_SHARE) - _GUTTER


def stack_of(parts: Sequence[Stack]) -> Stack:
    """One stack of several."""
    return Stack(tuple(entry for part in parts for entry in part.entries))
