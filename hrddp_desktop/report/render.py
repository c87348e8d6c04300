"""A frozen snapshot in, the bytes of a finished PDF out: the same snapshot gives the same bytes everywhere.

Needs reportlab, HarfBuzz and pikepdf: import it in the worker that renders, not before.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from reportlab.lib.colors import HexColor

from hrddp_desktop.errors import Code, FileError
from hrddp_desktop.report import archive, style
from hrddp_desktop.report.blocks import Document, Furniture, Heading
from hrddp_desktop.report.content import Snapshot, cleaned
from hrddp_desktop.report.documents import builders, safe_card
from hrddp_desktop.report.flow import PageEnd, Stack, put_line
from hrddp_desktop.report.fonts import FontUse
from hrddp_desktop.report.layout import Layout
from hrddp_desktop.report.tags import Node, TaggedCanvas
from hrddp_desktop.report.text import Typesetter

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.report.documents.safe_card import SafeCard
    from hrddp_desktop.report.flow import Flow
    from hrddp_desktop.report.frames import PageNumber
    from hrddp_desktop.report.style import Page

_FURNITURE_TOP = 34
_FURNITURE_GAP = 7


def render(snapshot: Snapshot, words: Words, document: str = "assessment") -> bytes:
    """The finished PDF of one state of a record, in the language of `words`.

    Raises FileError(DOCUMENT_UNKNOWN).
    """
    known = builders()
    if document not in known:
        raise FileError(Code.DOCUMENT_UNKNOWN, document=document, known=", ".join(sorted(known)))
    snapshot = cleaned(snapshot)
    built = known[document](snapshot, words)
    drawn = draw(built, style.PAGES[snapshot.paper], right_to_left=words.right_to_left)
    return archive.finish(drawn, archive.description(built, snapshot, words))


def render_card(card: SafeCard, words: Words) -> bytes:
    """The finished page of a safe card: nothing is attached, nothing is to be signed."""
    built = safe_card.page(cleaned(card), words)
    drawn = draw(built, style.PAGES[card.paper], right_to_left=words.right_to_left)
    return archive.finish(drawn, archive.of_card(built, card.made, words))


def draw(document: Document, page: Page, *, right_to_left: bool) -> archive.Drawn:
    """The pages, with all that is known about them."""
    fonts = FontUse()
    canvas = TaggedCanvas(page, fonts)
    typesetter = Typesetter(right_to_left)
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    layout = Layout(page, typesetter, canvas.record.root, headings)
    furnisher = _Furnisher(canvas, layout, document.furniture, page)
    _fill_pages(canvas, layout.flows(document.blocks), furnisher.page)
    pdf = canvas.finish(furnisher.furnish)
    return archive.Drawn(pdf, canvas.record, fonts.embedded())


def _fill_pages(canvas: TaggedCanvas, flows: list[Flow], page: Page) -> None:
    """Pour the flow into pages; what does not fit goes on on the next one, nothing is cut."""
    waiting = deque(flows)
    room = page.text_height
    while waiting:
        part = waiting.popleft()
        at_top = room == page.text_height
        if isinstance(part, PageEnd):
            room = _new_page(canvas, page) if canvas.page == 0 and not at_top else room
            continue
        before = 0 if at_top else part.before
        if not at_top and before + _least(part, waiting) > room:
            waiting.appendleft(part)
            room = _new_page(canvas, page)
            continue
        room -= before
        here, rest = (part, None) if part.height <= room else part.split(room, page.text_height)
        if here is None and at_top:
            raise AssertionError(f"{type(part).__name__} does not fit on any page")
        if here is not None:
            here.draw(canvas, page.side, page.bottom + room, page.text_width)
            room -= here.height
        if rest is not None:
            waiting.appendleft(rest)
            room = _new_page(canvas, page)
    canvas.end_page()


def _new_page(canvas: TaggedCanvas, page: Page) -> float:
    canvas.end_page()
    return page.text_height


def _least(part: Flow, following: deque[Flow]) -> float:
    """What `part` needs to begin here, with what it must not be parted from."""
    needed = part.least
    if not part.keeps:
        return needed
    for after in following:
        needed += after.before + after.least
        if not after.keeps:
            break
    return needed


class _Furnisher:
    """Draws what needs the number of pages: head and foot of every page, and the numbers of the contents."""

    def __init__(self, canvas: TaggedCanvas, layout: Layout, furniture: Furniture, page: Page) -> None:
        self._canvas = canvas
        self._layout = layout
        self._furniture = furniture
        self._right = layout.right_to_left
        # Furniture is no part of the structure; its lines hang on a node of their own.
        self._nowhere = Node("Artifact")
        self._width = page.text_width
        self._head = self._line(furniture.reference, furniture.marking)
        head = max(stack.height for stack in self._head) - style.STYLES["furniture"].leading
        foot = max(stack.height for stack in self._foot(0, 0)) - style.STYLES["furniture"].leading
        # A long marking is never cut: the text makes room for its lines.
        self.page = replace(page, top=page.top + head, bottom=page.bottom + foot)

    def furnish(self, page: int, pages: int) -> None:
        """Complete one page."""
        with self._canvas.artifact("Pagination"):
            top = self.page.height - _FURNITURE_TOP
            self._rule(self._put_line(self._head, top) - _FURNITURE_GAP + 2)
            self._rule(self.page.bottom - 16)
            self._put_line(self._foot(page, pages), self.page.bottom - 16 - _FURNITURE_GAP + 2)
        for number in self._layout.numbers:
            if number.page == page:
                self._number(number)

    def _foot(self, page: int, pages: int) -> tuple[Stack, Stack]:
        return self._line(self._furniture.state, self._furniture.page.format(page=page + 1, pages=pages))

    def _line(self, start: str, end: str) -> tuple[Stack, Stack]:
        """Two texts for the two ends of a line."""
        at_start = self._layout.stack(start, style.STYLES["furniture"], self._width * 0.66, self._nowhere)
        at_end = self._layout.stack(end, style.STYLES["furniture_strong"], self._width * 0.32, self._nowhere)
        return at_start, at_end

    def _put_line(self, line: tuple[Stack, Stack], top: float) -> float:
        """Draw both ends; gives the place below the longer one."""
        for stack, right in zip(line, (self._right, not self._right), strict=True):
            self._put(stack, top, right=right)
        return top - max(stack.height for stack in line)

    def _put(self, stack: Stack, top: float, *, right: bool) -> None:
        for entry in stack.entries:
            slack = self._width - entry.line.width
            put_line(self._canvas, entry, self.page.side + (slack if right else 0), top, entry.line.width)
            top -= entry.height

    def _rule(self, y: float) -> None:
        self._canvas.setStrokeColor(HexColor(style.LINE))
        self._canvas.setLineWidth(0.5)
        self._canvas.line(self.page.side, y, self.page.width - self.page.side, y)

    def _number(self, number: PageNumber) -> None:
        """The page of a title of the contents, and dots that lead the eye to it."""
        canvas = self._canvas
        target = canvas.record.places[number.target]
        stack = self._layout.stack(str(target.page + 1), number.title.style, 40, number.node)
        entry = stack.entries[0]
        slack = number.width - entry.line.width
        with canvas.tagged(number.node):
            put_line(canvas, entry, number.x + (0 if self._right else slack), number.top, entry.line.width)
        reach = number.width - number.title.line.width - entry.line.width - 16
        start = number.x + (entry.line.width if self._right else number.title.line.width) + 8
        baseline = number.top - (entry.line.height + 0.7 * entry.style.size) / 2
        if reach > 0:
            with canvas.artifact():
                canvas.setStrokeColor(HexColor(style.LINE))
                canvas.setLineWidth(0.8)
                canvas.setLineCap(1)
                canvas.setDash([0, 4])
                canvas.line(start, baseline + 1, start + reach, baseline + 1)
                canvas.setDash([])
                canvas.setLineCap(0)
