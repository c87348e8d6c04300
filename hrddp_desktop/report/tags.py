"""The structure of a document, recorded while it is drawn: what a screen reader reads in place of ink."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hrddp_desktop.report.fonts import FontUse, Glyph
    from hrddp_desktop.report.style import Page
    from hrddp_desktop.report.text import Line

# Less is not seen in print, and would only make the file longer.
_VISIBLE_SHIFT = 0.5

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Marked:
    """One stretch of a page's content that belongs to a node."""

    page: int
    number: int


@dataclass(slots=True, eq=False)
class Node:
    """One element of the structure tree; nodes are made in reading order, and filled while pages are drawn."""

    kind: str
    parent: Node | None = None
    alternative: str = ""
    language: str = ""
    scope: str = ""
    box: Rectangle | None = None
    kids: list[Node | Marked] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.parent is not None:
            self.parent.kids.append(self)

    def child(self, kind: str, *, alternative: str = "", language: str = "", scope: str = "") -> Node:
        """A new element at the end of this one."""
        return Node(kind, self, alternative=alternative, language=language, scope=scope)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a heading stands; pages count from 0, `top` from the foot of the page."""

    level: int
    title: str
    page: int
    top: float


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the contents; `target` is the place of its heading in the record."""

    node: Node
    page: int
    box: Rectangle
    target: int
    title: str


@dataclass(frozen=True, slots=True)
class Field:
    """An empty signature field."""

    node: Node
    page: int
    box: Rectangle
    role: str
    title: str


@dataclass(slots=True)
class Record:
    """Everything about a drawn document that its page contents do not say."""

    root: Node = field(default_factory=lambda: Node("Document"))
    places: list[Place] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)


class TaggedCanvas(Canvas):
    """A canvas on which every mark belongs to a node or is an artifact; pages wait until all are drawn.

    Text is set by our own shaping, so no font of reportlab ever enters the file.
    """

    _code: list[str]
    _pageNumber: int  # noqa: N815  reportlab names it

    def __init__(self, page: Page, fonts: FontUse) -> None:
        self._buffer = BytesIO()
        super().__init__(self._buffer, pagesize=(page.width, page.height), invariant=1, pageCompression=0)
        self.record = Record()
        self._fonts = fonts
        self._waiting: list[tuple[list[str], int]] = []
        self._marks = 0

    def _make_preamble(self) -> None:
        # reportlab sets Helvetica here, which is not embedded.
        self._preamble = "1 0 0 1 0 0 cm"

    @property
    def page(self) -> int:
        """The page being drawn, from 0."""
        return int(self.getPageNumber()) - 1

    @contextmanager
    def tagged(self, node: Node) -> Iterator[None]:
        """What is drawn inside belongs to `node`."""
        self._code.append(f"/{node.kind} <</MCID {self._marks}>> BDC")
        node.kids.append(Marked(self.page, self._marks))
        self._marks += 1
        yield
        self._code.append("EMC")

    @contextmanager
    def artifact(self, kind: str = "Layout") -> Iterator[None]:
        """What is drawn inside is not content: rules, grounds, furniture of the page."""
        self._code.append(f"/Artifact <</Type /{kind}>> BDC")
        yield
        self._code.append("EMC")

    def put_line(self, line: Line, x: float, y: float, colour: str) -> None:
        """Draw a line of text with its left end at `x` on the baseline `y`."""
        if not line.pieces:
            return
        self.setFillColor(HexColor(colour))
        self._code.append("BT")
        for (face, size), run in groupby(line.pieces, lambda piece: (piece.face, piece.size)):
            pieces = list(run)
            self._code.append(f"/{self._fonts.resource(face)} {size:.2f} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm")
            self._show(face, size, [glyph for piece in pieces for glyph in piece.shaped.glyphs])
            x += sum(piece.width for piece in pieces)
        self._code.append("ET")

    def _show(self, face: str, size: float, glyphs: list[Glyph]) -> None:
        """Glyphs in a row; the numbers between them move the pen to the left by thousandths of the size."""
        parts: list[str] = []
        codes = ""
        shift = rise = 0.0
        for glyph in glyphs:
            shift -= glyph.right
            if abs(shift) > _VISIBLE_SHIFT or glyph.up != rise:
                parts.append(f"<{codes}>{shift:.0f}" if codes else f"{shift:.0f}")
                codes, shift = "", 0.0
            if glyph.up != rise:
                self._flush(parts)
                self._code.append(f"{glyph.up * size / 1000:.2f} Ts")
                parts, rise = [], glyph.up
            codes += f"{self._fonts.code(face, glyph):04X}"
            shift += glyph.width - glyph.advance + glyph.right
        self._flush([*parts, f"<{codes}>"])
        if rise:
            self._code.append("0 Ts")

    def _flush(self, parts: list[str]) -> None:
        if parts:
            self._code.append(f"[{''.join(parts)}] TJ")

    def end_page(self) -> None:
        """Keep the page until the number of pages is known."""
        self._waiting.append((self._code, self._marks))
        self._code = []
        self._marks = 0
        self._pageNumber += 1

    def finish(self, furnish: Callable[[int, int], None]) -> bytes:
        """Every page with what `furnish(page, pages)` adds to it, as PDF bytes."""
        waiting, self._waiting = self._waiting, []
        for page, (code, marks) in enumerate(waiting):
            self._pageNumber = page + 1
            self._code, self._marks = code, marks
            furnish(page, len(waiting))
            super().showPage()
        super().save()
        return self._buffer.getvalue()
