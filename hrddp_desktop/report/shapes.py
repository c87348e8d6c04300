"""The signs of the outcomes: a shape for each, so that a black and white print tells them apart."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING

from reportlab.lib.colors import HexColor, white

from hrddp_desktop.report.style import outcome_colour

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hrddp_desktop.report.tags import TaggedCanvas

Point = tuple[float, float]


def draw(canvas: TaggedCanvas, code: str, x: float, y: float, size: float) -> None:
    """The sign of an outcome with its lower left corner at `x`, `y`."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(size / 100, size / 100)
    canvas.setFillColor(HexColor(outcome_colour(code)))
    canvas.setStrokeColor(HexColor(outcome_colour(code)))
    canvas.setLineJoin(1)
    canvas.setLineCap(1)
    _SIGNS.get(code, _dashed_circle)(canvas)
    canvas.restoreState()


def _circle(canvas: TaggedCanvas) -> None:
    canvas.circle(50, 50, 48, stroke=0, fill=1)
    _white_line(canvas, [(27, 50), (44, 33), (74, 66)])


def _shield(canvas: TaggedCanvas) -> None:
    path = canvas.beginPath()
    path.moveTo(50, 99)
    path.curveTo(36, 89, 22, 86, 9, 85)
    path.curveTo(7, 42, 20, 14, 50, 1)
    path.curveTo(80, 14, 93, 42, 91, 85)
    path.curveTo(78, 86, 64, 89, 50, 99)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)
    _white_line(canvas, [(29, 52), (45, 36), (72, 67)])


def _triangle(canvas: TaggedCanvas) -> None:
    canvas.setLineWidth(8)
    _polygon(canvas, [(50, 93), (6, 12), (94, 12)], stroke=1)
    _white_line(canvas, [(50, 24), (50, 60)])
    _white_line(canvas, [(36, 46), (50, 61), (64, 46)])


def _octagon(canvas: TaggedCanvas) -> None:
    corners = [(50 + 51 * cos(pi / 8 + step * pi / 4), 50 + 51 * sin(pi / 8 + step * pi / 4)) for step in range(8)]
    _polygon(canvas, corners, stroke=0)
    _white_line(canvas, [(27, 50), (73, 50)], width=13)


def _dashed_circle(canvas: TaggedCanvas) -> None:
    canvas.setLineWidth(8)
    canvas.setLineCap(0)
    # Twelve whole dashes close the ring without a seam.
    step = 2 * pi * 45 / 12
    canvas.setDash([step * 0.6, step * 0.4])
    canvas.circle(50, 50, 45, stroke=1, fill=0)


def _dash(canvas: TaggedCanvas) -> None:
    canvas.setLineWidth(20)
    canvas.line(14, 50, 86, 50)


def _polygon(canvas: TaggedCanvas, corners: Sequence[Point], *, stroke: int) -> None:
    path = canvas.beginPath()
    path.moveTo(*corners[0])
    for corner in corners[1:]:
        path.lineTo(*corner)
    path.close()
    canvas.drawPath(path, stroke=stroke, fill=1)


def _white_line(canvas: TaggedCanvas, points: Sequence[Point], width: float = 9) -> None:
    canvas.setStrokeColor(white)
    canvas.setLineWidth(width)
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    canvas.drawPath(path, stroke=1, fill=0)


_SIGNS: dict[str, Callable[[TaggedCanvas], None]] = {
    "may_proceed": _circle,
    "proceed_with_mitigation": _shield,
    "escalate": _triangle,
    "must_not_proceed": _octagon,
    "stop_open_action7": _octagon,
    "not_applicable": _dash,
    "incomplete": _dashed_circle,
}
