"""The visible side of a signature: an appearance with its fonts inside, which keeps PDF/A and PDF/UA.

The widget is already tagged by the archive pass; its appearance needs no tags of its own (ISO 14289-1, 7.18.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.stamp import BaseStamp, BaseStampStyle

from hrddp_desktop.signing.lettering import Embedded, Lettering, Line, Run

if TYPE_CHECKING:
    from pathlib import Path

    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.pdf_utils.writer import BasePdfFileWriter

_MARGIN: Final = 5.0
_LARGEST: Final = 9.0
_NAME: Final = 1.25
"""How much larger than the rest the first line, the name, is."""
_LEADING: Final = 1.08


@dataclass(frozen=True, kw_only=True)
class Stamp(BaseStampStyle):
    """What a signature shows: lines of text, the first one larger, set as large as the box allows."""

    lines: tuple[str, ...]
    fonts: Path
    right_to_left: bool = False

    def create_stamp(self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: object) -> _Appearance:
        """Called by pyHanko with the size of the signature field."""
        return _Appearance(writer, box, self)


class _Appearance(BaseStamp):
    """The drawn stamp, as pyHanko wants it: `render` gives the operators, resources are set on the way."""

    def __init__(self, writer: BasePdfFileWriter, box: BoxConstraints, stamp: Stamp) -> None:
        super().__init__(writer, stamp, box)
        self._stamp = stamp
        self._out = writer

    def render(self) -> bytes:
        """Draw every line, then embed the fonts with the glyphs that were used."""
        width, height = float(self.box.width), float(self.box.height)
        lettering = Lettering(self._stamp.fonts)
        set_lines = _fit(lettering, self._stamp.lines, width - 2 * _MARGIN, height - 2 * _MARGIN)
        # Paper first: the empty field may have a word in it, which a signature takes the place of.
        paper = f"1 g 1 1 {width - 2:.2f} {height - 2:.2f} re f".encode("ascii")
        operators = [b"q", paper, b"0 g BT"]
        y = height - _MARGIN
        for line, size in set_lines:
            y -= line.ascent / 1000 * size * _LEADING
            x = width - _MARGIN - line.width / 1000 * size if self._stamp.right_to_left else _MARGIN
            operators += [_run(run, size, x + left / 1000 * size, y) for run, left in _placed(line)]
            y -= line.descent / 1000 * size * _LEADING
        operators.append(b"ET Q")
        for place in {run.font for line, _ in set_lines for run in line.runs}:
            reference = _font(self._out, lettering.fonts[place].embed())
            self.set_resource(ResourceType.FONT, pdf_name(f"/F{place}"), reference)
        return b"\n".join(operators)


def _fit(lettering: Lettering, texts: tuple[str, ...], width: float, height: float) -> list[tuple[Line, float]]:
    """The lines with their sizes, as large as the box allows; smaller text rather than any text cut."""
    size = _LARGEST
    while True:
        lines = [
            (lettering.line(part), scale)
            for place, text in enumerate(texts)
            for scale in (size * (1 if place else _NAME),)
            for part in lettering.wrap(text, width / scale * 1000)
        ]
        if sum((line.ascent + line.descent) / 1000 * scale * _LEADING for line, scale in lines) <= height or size < 1:
            return lines
        size *= 0.96


def _placed(line: Line) -> list[tuple[Run, float]]:
    left = 0.0
    placed = []
    for run in line.runs:
        placed.append((run, left))
        left += sum(glyph.advance for glyph in run.glyphs)
    return placed


def _run(run: Run, size: float, x: float, y: float) -> bytes:
    """One run; a number in a TJ array moves left by thousandths, Ts lifts a mark."""
    shown: list[str] = []
    rise, behind = 0.0, 0.0
    for glyph in run.glyphs:
        if glyph.up != rise:
            shown.append(f"] TJ {glyph.up / 1000 * size:.3f} Ts [")
            rise = glyph.up
        if move := behind - glyph.right:
            shown.append(f"{move:.0f}")
        shown.append(f"<{glyph.code:04X}>")
        behind = glyph.right + glyph.width - glyph.advance
    back = "] TJ 0 Ts" if rise else "] TJ"
    return f"/F{run.font} {size:.3f} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm [{' '.join(shown)}{back}".encode("ascii")


def _font(writer: BasePdfFileWriter, font: Embedded) -> generic.IndirectObject:
    """A composite font whose codes are ours: a map from code to glyph, and one from code to text."""
    name = pdf_name(f"/{font.name}")
    program = generic.StreamObject({pdf_name("/Length1"): _number(len(font.program))}, stream_data=font.program)
    glyphs = b"\0\0" + b"".join(gid.to_bytes(2, "big") for gid in font.gids)
    descriptor: dict[str, generic.PdfObject] = {
        "/Type": pdf_name("/FontDescriptor"),
        "/FontName": name,
        "/Flags": _number(4),
        "/FontBBox": generic.ArrayObject(_number(edge) for edge in font.box),
        "/ItalicAngle": _number(0),
        "/Ascent": _number(font.ascent),
        "/Descent": _number(font.descent),
        "/CapHeight": _number(font.capitals),
        "/StemV": _number(80),
        "/FontFile2": _stream(writer, program),
    }
    system: dict[str, generic.PdfObject] = {
        "/Registry": generic.pdf_string("Adobe"),
        "/Ordering": generic.pdf_string("Identity"),
        "/Supplement": _number(0),
    }
    descendant: dict[str, generic.PdfObject] = {
        "/Type": pdf_name("/Font"),
        "/Subtype": pdf_name("/CIDFontType2"),
        "/BaseFont": name,
        "/CIDSystemInfo": _dictionary(system),
        "/FontDescriptor": writer.add_object(_dictionary(descriptor)),
        "/CIDToGIDMap": _stream(writer, generic.StreamObject(stream_data=glyphs)),
        "/W": generic.ArrayObject([_number(1), generic.ArrayObject(_number(width) for width in font.widths)]),
    }
    composite: dict[str, generic.PdfObject] = {
        "/Type": pdf_name("/Font"),
        "/Subtype": pdf_name("/Type0"),
        "/BaseFont": name,
        "/Encoding": pdf_name("/Identity-H"),
        "/DescendantFonts": generic.ArrayObject([writer.add_object(_dictionary(descendant))]),
        "/ToUnicode": _stream(writer, generic.StreamObject(stream_data=_to_unicode(font.texts))),
    }
    return writer.add_object(_dictionary(composite))


def _number(value: int) -> generic.NumberObject:
    return generic.NumberObject(value)  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped


def _dictionary(entries: dict[str, generic.PdfObject]) -> generic.DictionaryObject:
    named = {pdf_name(key): value for key, value in entries.items()}
    return generic.DictionaryObject(named)  # type: ignore[no-untyped-call]


def _stream(writer: BasePdfFileWriter, stream: generic.StreamObject) -> generic.IndirectObject:
    stream.compress()  # type: ignore[no-untyped-call]
    return writer.add_object(stream)


def _to_unicode(texts: tuple[str, ...]) -> bytes:
    pairs = [f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in enumerate(texts, start=1)]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]  # the most that one block may hold
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{body}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode("ascii")
