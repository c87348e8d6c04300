"""The parts with a shape of their own: the outcome in its box, the contents, a place to sign."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reportlab.lib.colors import HexColor

from hrddp_desktop.report import shapes, style
from hrddp_desktop.report.flow import Entry, Flow, Stack
from hrddp_desktop.report.tags import Field, Link, Node

if TYPE_CHECKING:
    from hrddp_desktop.report.tags import TaggedCanvas

_BOX_PADDING = 16
_BOX_SIGN = 46
_FIELD_HEIGHT = 96
_FIELD_SHARE = 0.54
_FIELD_GUTTER = 14
_WRITING = 15


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
    return width * (1 - _FIELD_SHARE) - _FIELD_GUTTER
