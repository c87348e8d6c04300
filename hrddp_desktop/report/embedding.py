"""A font as PDF objects: its glyphs, their widths, and the text that each of them stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name, String

if TYPE_CHECKING:
    from hrddp_desktop.report.fonts import EmbeddedFont


def embedded(pdf: pikepdf.Pdf, font: EmbeddedFont) -> pikepdf.Object:
    """The font as the resources of a page name it."""
    program = pikepdf.Stream(pdf, font.program, Length1=len(font.program))
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(f"/{font.base_name}"),
        Flags=4,
        FontBBox=Array(font.box),
        ItalicAngle=-12 if font.italic else 0,
        Ascent=font.ascender,
        Descent=font.descender,
        CapHeight=714,
        StemV=80,
        FontFile2=pdf.make_indirect(program),
    )
    glyphs = b"".join(glyph.to_bytes(2, "big") for glyph in font.glyphs)
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name(f"/{font.base_name}"),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=1000,
        W=Array([0, Array([round(width) for width in font.widths])]),
        CIDToGIDMap=pdf.make_indirect(pikepdf.Stream(pdf, glyphs)),
    )
    whole = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name(f"/{font.base_name}"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=pdf.make_indirect(pikepdf.Stream(pdf, _to_unicode(font.texts))),
    )
    return pdf.make_indirect(whole)


def _to_unicode(texts: tuple[str, ...]) -> bytes:
    """Which text each code stands for, so that the page can be read out, searched and copied."""
    lines = [f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in enumerate(texts) if code]
    # A block holds at most 100 lines.
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode("ascii")
