"""Lines of text in any direction, set in the fonts that the app ships: levels by python-bidi, glyphs by HarfBuzz."""

from __future__ import annotations

import hashlib
import struct
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import uharfbuzz as hb
from bidi import algorithm as bidi

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FONTS: Final = ("NotoSans-Regular.ttf", "NotoNaskhArabic-Regular.ttf")
"""In the order in which they are asked for a letter."""

LEFT_TO_RIGHT: Final = "\N{LEFT-TO-RIGHT MARK}"
"""Before digits within Arabic, so that groups of them keep their order; not drawn."""

_INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"
# Controls, which turn or join what is beside them: python-bidi takes them out of the text, and nobody sees them.
_NOT_SET: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")
# A PDF needs the outlines only: shaping is done, and the text is in ToUnicode.
_NOT_EMBEDDED: Final = ("GSUB", "GPOS", "GDEF", "STAT", "name", "OS/2", "post", "gasp", "DSIG", "meta")


@dataclass(frozen=True, slots=True)
class Embedded:
    """A subset of a font, as a PDF wants it. Glyph codes run from 1 in the order of first use."""

    name: str
    program: bytes
    gids: tuple[int, ...]
    widths: tuple[int, ...]
    texts: tuple[str, ...]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    capitals: int


class Font:
    """One font and the glyphs used of it. A glyph that stands for two texts has two codes, so text can be extracted."""

    def __init__(self, file: Path) -> None:
        self._face = hb.Face(hb.Blob.from_file_path(str(file)))
        self._font = hb.Font(self._face)
        self._codes: dict[tuple[int, str], int] = {}
        self._scale = 1000 / self._face.upem
        extents = self._font.get_font_extents("ltr")
        self.ascent, self.descent = extents.ascender * self._scale, -extents.descender * self._scale

    def covers(self, letter: str) -> bool:
        """Whether the font draws `letter`."""
        return bool(self._font.get_nominal_glyph(ord(letter)))

    def shape(self, text: str, *, right_to_left: bool) -> tuple[Glyph, ...]:
        """The glyphs of `text`, which is of one direction, from left to right."""
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.direction = "rtl" if right_to_left else "ltr"
        buffer.guess_segment_properties()
        hb.shape(self._font, buffer)
        infos, positions = buffer.glyph_infos or (), buffer.glyph_positions or ()
        starts = sorted({info.cluster for info in infos} | {len(text)})
        after = dict(pairwise(starts))
        return tuple(
            Glyph(
                self._code(info.codepoint, text[info.cluster : after[info.cluster]]),
                self._width(info.codepoint),
                position.x_advance * self._scale,
                position.x_offset * self._scale,
                position.y_offset * self._scale,
            )
            for info, position in zip(infos, positions, strict=True)
        )

    def _code(self, gid: int, text: str) -> int:
        return self._codes.setdefault((gid, text), len(self._codes) + 1)

    def _width(self, gid: int) -> int:
        width: float = self._font.get_glyph_h_advance(gid) * self._scale
        return round(width)

    def embed(self) -> Embedded:
        """The subset with every glyph shaped so far."""
        gids = tuple(gid for gid, _ in self._codes)
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(gids)
        wanted.flags = hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NOTDEF_OUTLINE
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode("ascii"), "big") for tag in _NOT_EMBEDDED)
        plan = hb.SubsetPlan(self._face, wanted)
        renumbered = plan.old_to_new_glyph_mapping
        program: bytes = plan.execute().blob.data
        mark = hashlib.sha256(program).digest()[:6]
        name: str = self._face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME)
        box = struct.unpack(">4h", self._face.reference_table("head").data[36:44])
        return Embedded(
            name="".join(chr(ord("A") + byte % 26) for byte in mark) + "+" + name,
            program=program,
            gids=tuple(renumbered[gid] for gid in gids),
            widths=tuple(self._width(gid) for gid in gids),
            texts=tuple(text for _, text in self._codes),
            box=(box[0], box[1], box[2], box[3]),
            ascent=round(self.ascent),
            descent=round(-self.descent),
            capitals=struct.unpack(">h", self._face.reference_table("OS/2").data[88:90])[0],
        )


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph; widths and offsets in thousandths of the text size."""

    code: int
    width: int
    advance: float
    right: float
    up: float


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one font, left to right."""

    font: int
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is drawn, left to right; measures in thousandths of the text size."""

    runs: tuple[Run, ...]
    width: float
    ascent: float
    descent: float


@dataclass(slots=True)
class Lettering:
    """Sets lines in several fonts; `fonts` keeps which glyphs were used. Lives as long as one stamp."""

    folder: Path
    fonts: list[Font] = field(default_factory=list)
    _widths: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fonts = [Font(self.folder / name) for name in FONTS]

    def line(self, text: str) -> Line:
        """`text` on one line, in the direction that its first strong letter has."""
        drawn = self._font_of
        letters = [
            letter if letter == LEFT_TO_RIGHT or drawn(letter) is not None else _INSTEAD
            for letter in text
            if letter == LEFT_TO_RIGHT or unicodedata.category(letter) not in _NOT_SET
        ]
        runs = [
            Run(font, self.fonts[font].shape(part, right_to_left=right_to_left))
            for font, part, right_to_left in self._visual("".join(letters))
        ]
        used = [self.fonts[run.font] for run in runs] or self.fonts[:1]
        return Line(
            tuple(runs),
            sum(glyph.advance for run in runs for glyph in run.glyphs),
            max(font.ascent for font in used),
            max(font.descent for font in used),
        )

    def wrap(self, text: str, width: float) -> tuple[str, ...]:
        """`text` in lines of at most `width`; a word that is wider than a line is broken, nothing is left out."""
        lines: list[str] = []
        room = 0.0
        for word in self._words(text, width):
            needed = self._width(" ") + self._width(word)
            if lines and needed <= room:
                lines[-1] += " " + word
                room -= needed
            else:
                lines.append(word)
                room = width - self._width(word)
        return tuple(lines)

    def _words(self, text: str, width: float) -> Iterator[str]:
        """The words of `text`; of one wider than a line, parts that fit, a letter at least."""
        for word in text.split():
            part = ""
            for letter in word if self._width(word) > width else ():
                # Letter by letter an Arabic word is wider than joined, so a part is rather too short than too long.
                if part and sum(map(self._width, part + letter)) > width:
                    yield part
                    part = ""
                part += letter
            yield part or word

    def _width(self, text: str) -> float:
        if text not in self._widths:
            self._widths[text] = self.line(text).width
        return self._widths[text]

    def _visual(self, text: str) -> Iterator[tuple[int, str, bool]]:
        """Parts of one font and one direction, from left to right."""
        levels = _levels(text)
        parts: list[tuple[int, int, str]] = []
        for letter, level in zip(text, levels, strict=True):
            if letter == LEFT_TO_RIGHT:
                continue  # it has done its work in the levels
            font = self._font_of(letter) or 0
            # A space or full stop within Arabic stays in the Arabic font, if that has it.
            if parts and parts[-1][0] == level and self.fonts[parts[-1][1]].covers(letter) and not letter.isalpha():
                font = parts[-1][1]
            if parts and parts[-1][:2] == (level, font):
                parts[-1] = (level, font, parts[-1][2] + letter)
            else:
                parts.append((level, font, letter))
        for level, font, part in _reordered(parts):
            yield font, part, bool(level % 2)

    def _font_of(self, letter: str) -> int | None:
        return next((place for place, font in enumerate(self.fonts) if font.covers(letter)), None)


def _levels(text: str) -> list[int]:
    """The embedding level of each letter (UAX 9, without the reordering)."""
    base = bidi.get_base_level(text)
    storage = bidi.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, "R" if base else "L"
    bidi.get_embedding_levels(text, storage)
    bidi.explicit_embed_and_overrides(storage)
    bidi.resolve_weak_types(storage)
    bidi.resolve_neutral_types(storage, debug=False)
    bidi.resolve_implicit_levels(storage, debug=False)
    return [int(letter["level"]) for letter in storage["chars"]]


def _reordered(parts: Sequence[tuple[int, int, str]]) -> Sequence[tuple[int, int, str]]:
    """Rule L2 of UAX 9 over whole parts: from the highest level down, turn every stretch of that level or more."""
    turned = list(parts)
    for level in range(max((part[0] for part in parts), default=0), 0, -1):
        start = 0
        while start < len(turned):
            end = start
            while end < len(turned) and turned[end][0] >= level:
                end += 1
            turned[start:end] = reversed(turned[start:end])
            start = max(end, start + 1)
    return turned
