"""Fonts: shaping by HarfBuzz, and what a document must carry to show and to read out its glyphs."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import uharfbuzz as harfbuzz

from hrddp_desktop import paths

if TYPE_CHECKING:
    from pathlib import Path

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_FILES = {
    "regular": "NotoSans-Regular.ttf",
    "bold": "NotoSans-Bold.ttf",
    "italic": "NotoSans-Italic.ttf",
    "arabic": "NotoNaskhArabic-Regular.ttf",
    "arabic_bold": "NotoNaskhArabic-Bold.ttf",
}
# The Arabic face for each weight; Arabic has no italics.
_ARABIC = {"regular": "arabic", "bold": "arabic_bold", "italic": "arabic"}
# Naskh letters look smaller than Latin ones of the same size.
_ARABIC_SCALE = 1.14
# Tables that a PDF reader needs nothing of: it finds glyphs by number.
_DROPPED_TABLES = ("GSUB", "GPOS", "GDEF", "cmap", "name", "post", "OS/2", "DSIG", "STAT", "gasp")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph of a word in visual order; `text` is what it stands for, measures are thousandths of the size."""

    number: int
    text: str
    advance: float
    width: float
    right: float
    up: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """A word after shaping; `width` in thousandths of the size."""

    glyphs: tuple[Glyph, ...]
    width: float


class Face:
    """One font file; read once and never changed."""

    def __init__(self, name: str, file: Path) -> None:
        self.name = name
        self.scale = _ARABIC_SCALE if name.startswith("arabic") else 1.0
        self.face = harfbuzz.Face(harfbuzz.Blob(file.read_bytes()))
        self.font = harfbuzz.Font(self.face)
        self.signs = frozenset(self.face.unicodes)
        self._unit = 1000 / self.face.upem

    def shape(self, text: str, right_to_left: bool) -> Shaped:
        """Glyphs of one run of one direction, joined and placed by the font's own rules."""
        buffer = harfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if right_to_left else "ltr"
        buffer.cluster_level = harfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        harfbuzz.shape(self.font, buffer, {})
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        advances = [place.x_advance for place in positions]
        texts = _cluster_texts(text, [info.cluster for info in infos], advances)
        unit = self._unit
        glyphs = tuple(
            Glyph(
                info.codepoint,
                stands_for,
                place.x_advance * unit,
                self.width(info.codepoint),
                place.x_offset * unit,
                place.y_offset * unit,
            )
            for info, place, stands_for in zip(infos, positions, texts, strict=True)
        )
        return Shaped(glyphs, sum(glyph.advance for glyph in glyphs))

    def width(self, glyph: int) -> float:
        """The glyph's own advance, in thousandths of the size."""
        advance: int = self.font.get_glyph_h_advance(glyph)
        return float(advance * self._unit)

    def measures(self) -> tuple[list[int], int, int]:
        """Bounding box, ascender and descender, in thousandths of the size."""
        box = struct.unpack_from(">4h", self.face.reference_table("head").data, 36)
        extents = self.font.get_font_extents("ltr")
        unit = self._unit
        return [round(side * unit) for side in box], round(extents.ascender * unit), round(extents.descender * unit)


def _cluster_texts(text: str, clusters: list[int], advances: list[int]) -> list[str]:
    """What each glyph stands for: the widest one of a cluster for all its signs, the others for an unseen joiner.

    Clusters are as small as the font allows: poppler reverses what stands in one cluster of a right-to-left word.
    """
    starts = sorted(set(clusters))
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    widest: dict[int, int] = {}
    for place, cluster in enumerate(clusters):
        if cluster not in widest or advances[place] > advances[widest[cluster]]:
            widest[cluster] = place
    return [
        text[cluster : ends[cluster]] if widest[cluster] == place else "\N{ZERO WIDTH NON-JOINER}"
        for place, cluster in enumerate(clusters)
    ]


@cache
def face(name: str) -> Face:
    """One of the shipped faces."""
    return Face(name, paths.resources_dir() / "fonts" / _FILES[name])


def face_for(sign: str, weight: str, before: str | None) -> str | None:
    """The face that shows `sign`: that of the sign before it for a space, else Latin, else Arabic, else none."""
    arabic = _ARABIC[weight]
    code = ord(sign)
    if 0xE000 <= code < 0xF900:  # private signs read out as nothing that anybody could know
        return None
    if before is not None and (sign == " " or 0x300 <= code < 0x370) and code in face(before).signs:
        return before
    for name in (weight, arabic):
        if code in face(name).signs:
            return name
    return None


@dataclass(frozen=True, slots=True)
class EmbeddedFont:
    """One face as a document carries it: codes 1, 2, 3... in order of first use."""

    resource: str
    base_name: str
    program: bytes
    glyphs: tuple[int, ...]
    texts: tuple[str, ...]
    widths: tuple[float, ...]
    box: tuple[int, ...]
    ascender: int
    descender: int
    italic: bool


class FontUse:
    """The glyphs that one document uses.

    Each pair of glyph and text has a code of its own, so that every glyph reads out right.
    """

    def __init__(self) -> None:
        self._codes: dict[str, dict[tuple[int, str], int]] = {}

    def resource(self, name: str) -> str:
        """The name of a face in the page's own resources."""
        self._codes.setdefault(name, {})
        return f"F{list(_FILES).index(name) + 1}"

    def code(self, name: str, glyph: Glyph) -> int:
        """The two-byte code that shows `glyph`."""
        codes = self._codes.setdefault(name, {})
        return codes.setdefault((glyph.number, glyph.text), len(codes) + 1)

    def embedded(self) -> tuple[EmbeddedFont, ...]:
        """Every face in use, cut down to its used glyphs."""
        return tuple(self._embed(name) for name in _FILES if self._codes.get(name))

    def _embed(self, name: str) -> EmbeddedFont:
        used = face(name)
        pairs = list(self._codes[name])
        program, renumbered = _subset(used, {number for number, _text in pairs})
        box, ascender, descender = used.measures()
        return EmbeddedFont(
            resource=self.resource(name),
            base_name=f"{_tag(program)}+{_FILES[name].removesuffix('.ttf')}",
            program=program,
            glyphs=(0, *(renumbered[number] for number, _text in pairs)),
            texts=("", *(text for _number, text in pairs)),
            widths=(used.width(0), *(used.width(number) for number, _text in pairs)),
            box=tuple(box),
            ascender=ascender,
            descender=descender,
            italic=name == "italic",
        )


def _subset(used: Face, glyphs: set[int]) -> tuple[bytes, dict[int, int]]:
    request = harfbuzz.SubsetInput()
    request.glyph_set.update(glyphs)
    request.drop_table_tag_set.update(_table_tag(tag) for tag in _DROPPED_TABLES)
    request.flags = harfbuzz.SubsetFlags.NO_HINTING | harfbuzz.SubsetFlags.NOTDEF_OUTLINE
    plan = harfbuzz.SubsetPlan(used.face, request)
    renumbered = dict(plan.old_to_new_glyph_mapping)
    return bytes(plan.execute().blob.data), renumbered


def _table_tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")


def _tag(program: bytes) -> str:
    """Six letters that name a subset, as PDF wants it; from the content, so that builds agree."""
    number = int.from_bytes(hashlib.sha256(program).digest()[:6], "big")
    letters = []
    for _ in range(6):
        number, place = divmod(number, 26)
        letters.append(chr(ord("A") + place))
    return "".join(letters)
