"""Text into lines: direction, fonts, shaping and breaking, for any language a user may type in any document."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from hrddp_desktop.report import fonts
from hrddp_desktop.report.direction import reads_right_to_left, resolve, visual_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hrddp_desktop.report.style import TextStyle

# A line may end after these although no space follows: long references, addresses, joined words.
_ENDS_A_PART = re.compile("(?<=[-/–—\u200b_@&=])(?=[^\\s\\d])")
# Naskh letters rise and fall further than Latin ones.
_ARABIC_LEADING = 1.18
_LONGEST_CUT = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of one direction and one face, never with a space inside; `width` in points."""

    text: str
    level: int
    face: str
    shaped: fonts.Shaped
    size: float
    width: float
    space: bool = False
    ends_part: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line: pieces from left to right, its width and its height; `alone` when it is its whole paragraph."""

    pieces: tuple[Piece, ...]
    width: float
    height: float
    right_to_left: bool
    alone: bool = False


class Typesetter:
    """Sets texts of one document; counts the signs that no font of ours has.

    Words are shaped once a document. They are confidential: the memory of them goes with the typesetter.
    """

    def __init__(self, right_to_left: bool) -> None:
        self.right_to_left = right_to_left
        self.replaced = 0
        self._shaped: dict[tuple[str, str, bool], fonts.Shaped] = {}

    def lines(self, text: str, style: TextStyle, width: float, *, own_direction: bool = False) -> tuple[Line, ...]:
        """`text` in lines no wider than `width`; with `own_direction` the text's first letter decides how it reads."""
        width = min(width, style.widest)
        lines: list[Line] = []
        for paragraph in text.split("\n"):
            right = self.right_to_left
            if own_direction:
                right = reads_right_to_left(paragraph, otherwise=right)
            broken = list(self._break(self._pieces(paragraph, style, right), style, width, right))
            lines += [replace(broken[0], alone=True)] if len(broken) == 1 else broken
        return tuple(lines)

    def _pieces(self, paragraph: str, style: TextStyle, right: bool) -> list[Piece]:
        signs, levels = resolve(paragraph, right)
        signs, faces = self._faces(signs, style.weight)
        pieces = []
        kinds = zip(levels, faces, (sign == " " for sign in signs), strict=True)
        start = 0
        for (level, name, space), run in groupby(kinds):
            end = start + sum(1 for _ in run)
            parts = [signs[start:end]] if space else _ENDS_A_PART.split(signs[start:end])
            for part in parts:
                ends_part = part is not parts[-1] or signs[end - 1 : end] in "-/–—"
                piece = self._piece(part, level, name, style.size)
                pieces.append(replace(piece, space=space, ends_part=ends_part))
            start = end
        return pieces

    def _faces(self, signs: str, weight: str) -> tuple[str, list[str]]:
        """The face of every sign; a sign that no face has is replaced, visibly."""
        shown: list[str] = []
        faces: list[str] = []
        before: str | None = None
        for sign in signs:
            name = fonts.face_for(sign, weight, before)
            if name is None:
                if _is_invisible(sign):
                    sign, name = "\u200c", before or weight
                else:
                    sign, name = fonts.REPLACEMENT, weight
                    self.replaced += 1
            shown.append(sign)
            faces.append(name)
            before = name
        return "".join(shown), faces

    def _break(self, pieces: list[Piece], style: TextStyle, width: float, right: bool) -> Iterator[Line]:
        line: list[Piece] = []
        used = 0.0
        for unit in _units(pieces):
            needed = sum(piece.width for piece in unit)
            if unit[0].space:
                line += unit
                used += needed
                continue
            if used + needed > width and any(not piece.space for piece in line):
                yield _line(line, style, right)
                line, used = [], 0.0
            if needed > width:
                *full, unit = self._cut(unit, width - used)
                for part in full:
                    yield _line([*line, *part], style, right)
                    line, used = [], 0.0
                needed = sum(piece.width for piece in unit)
            line += unit
            used += needed
        yield _line(line, style, right)

    def _piece(self, text: str, level: int, name: str, size: float) -> Piece:
        used = fonts.face(name)
        key = (name, text, level % 2 == 1)
        shaped = self._shaped.get(key)
        if shaped is None:
            shaped = self._shaped[key] = used.shape(text, level % 2 == 1)
        size *= used.scale
        return Piece(text, level, name, shaped, size, shaped.width * size / 1000)

    def _cut(self, unit: list[Piece], room: float) -> list[list[Piece]]:
        """A word wider than a line, cut wherever the line is full; nothing is ever lost."""
        lines: list[list[Piece]] = [[]]
        left = room
        for piece in unit:
            text = piece.text
            while text:
                part = self._longest_that_fits(text, piece, left)
                if part is None and lines[-1]:
                    lines.append([])
                    left = room
                    continue
                part = part or self._part(piece, text[0])
                lines[-1].append(part)
                left -= part.width
                text = text[len(part.text) :]
        return lines

    def _longest_that_fits(self, text: str, piece: Piece, room: float) -> Piece | None:
        low, high = 0, min(len(text), _LONGEST_CUT)
        best: Piece | None = None
        while low < high:
            middle = (low + high + 1) // 2
            tried = self._part(piece, text[:middle])
            if tried.width <= room:
                best, low = tried, middle
            else:
                high = middle - 1
        while best is not None and low < len(text) and unicodedata.combining(text[low]):
            low -= 1
            best = self._part(piece, text[:low]) if low else None
        return best

    def _part(self, piece: Piece, text: str) -> Piece:
        shaped = fonts.face(piece.face).shape(text, piece.level % 2 == 1)
        return replace(piece, text=text, shaped=shaped, width=shaped.width * piece.size / 1000)


def _is_invisible(sign: str) -> bool:
    """Joiners, variation selectors and other signs that have no form of their own."""
    return unicodedata.category(sign) in ("Cf", "Cc") or "\ufe00" <= sign <= "\ufe0f"


def _units(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """What a line break may not part: a space, or pieces up to the next chance to break."""
    unit: list[Piece] = []
    for piece in pieces:
        if piece.space:
            if unit:
                yield unit
            yield [piece]
            unit = []
            continue
        unit.append(piece)
        if piece.ends_part:
            yield unit
            unit = []
    if unit:
        yield unit


def _line(pieces: list[Piece], style: TextStyle, right: bool) -> Line:
    while pieces and pieces[-1].space:
        pieces = pieces[:-1]
    ordered = tuple(visual_order(pieces))
    arabic = right or any(piece.face.startswith("arabic") for piece in ordered)
    height = style.leading * (_ARABIC_LEADING if arabic else 1)
    return Line(ordered, sum(piece.width for piece in ordered), height, right)
