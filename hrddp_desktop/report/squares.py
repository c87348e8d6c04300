"""The QR code of a text, as squares: for paper drawn as vectors, for the screen as rows of booleans."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol, cast

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.colors import HexColor

from hrddp_desktop.report import style
from hrddp_desktop.report.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hrddp_desktop.report.tags import Node, TaggedCanvas

_SIDE = 100
# Version 3 at level Q takes 47 letters, digits and hyphens; the code of a safe card has 41.
_VERSION = 3


class _Code(Protocol):
    """What this file uses of reportlab's encoder, which has no types."""

    moduleCount: int  # noqa: N815 - its own name

    def isDark(self, row: int, column: int) -> bool: ...  # noqa: N802 - its own name


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The rows of the code, dark is True; a quarter of it may be lost (level Q). No white margin is included."""
    code = QRCode(_VERSION, QRErrorCorrectLevel.Q)
    code.addData(text)
    code.make()
    made = cast("_Code", code)
    places = range(made.moduleCount)
    return tuple(tuple(bool(made.isDark(row, column)) for column in places) for row in places)


def runs(rows: tuple[tuple[bool, ...], ...]) -> Iterator[tuple[int, int, int]]:
    """Each dark run as (row, first column, how many)."""
    for number, row in enumerate(rows):
        column = 0
        for dark, same in groupby(row):
            length = len(list(same))
            if dark:
                yield number, column, length
            column += length


@dataclass(frozen=True, slots=True, kw_only=True)
class SquaresFlow(Flow):
    """The code on the page, at the side where reading begins."""

    rows: tuple[tuple[bool, ...], ...]
    figure: Node
    right_to_left: bool

    @property
    def height(self) -> float:
        """It is never split."""
        return _SIDE

    def draw(self, canvas: TaggedCanvas, x: float, top: float, width: float) -> None:
        """Draw every dark run as one rectangle."""
        side = _SIDE / len(self.rows)
        left = x + (width - _SIDE if self.right_to_left else 0)
        self.figure.box = (left, top - _SIDE, left + _SIDE, top)
        with canvas.tagged(self.figure):
            canvas.setFillColor(HexColor(style.INK))
            path = canvas.beginPath()
            for row, column, length in runs(self.rows):
                path.rect(left + column * side, top - (row + 1) * side, length * side, side)
            canvas.drawPath(path, stroke=0, fill=1)
