"""Whether the pages say what the attached answers say: drawn again here and compared.

Pages that another version of the app drew cannot be drawn again; of these a check asks what it can: that nothing in the
file acts or hides, and that the cover names the same record, answers and rule.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pikepdf

from hrddp_desktop.signing.document import ATTACHMENT
from hrddp_desktop.signing.findings import Fact, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hrddp_desktop.signing.document import Document
    from hrddp_desktop.signing.findings import Recomputed

_END: Final = b"%%EOF"
_START: Final = re.compile(rb"startxref\s+(\d+)\s*\Z")
_LETTER_WIDTH: Final = 612
# ISO 32000-2, table 201: every kind of action. A structure element's kind stands at /S too, and is none of these.
_ACTIONS: Final = frozenset(
    f"/{kind}"
    for kind in (
        "GoTo", "GoToR", "GoToE", "GoToDp", "Launch", "Thread", "URI", "Sound", "Movie", "Hide", "Named", "SubmitForm",
        "ResetForm", "ImportData", "SetOCGState", "Rendition", "Trans", "GoTo3DView", "JavaScript", "RichMediaExecute",
    )
)  # fmt: skip
# What acts, layers, or brings a file, wherever it stands.
_NEVER: Final = frozenset({"/AA", "/JS", "/OCProperties", "/OC", "/OpenAction", "/XFA", "/URI", "/FS", "/RF"})
# What the archive pass writes, and what signing adds.
_ROOT: Final = frozenset(
    f"/{key}"
    for key in (
        "AF", "AcroForm", "Extensions", "Lang", "MarkInfo", "Metadata", "Names", "Outlines", "OutputIntents", "Pages",
        "Perms", "StructTreeRoot", "Type", "ViewerPreferences",
    )
)  # fmt: skip
_PAGE: Final = frozenset(
    f"/{key}"
    for key in ("Annots", "Contents", "MediaBox", "Parent", "Resources", "Rotate", "StructParents", "Tabs", "Type")
)
_LINK: Final = frozenset(
    f"/{key}" for key in ("Border", "Contents", "Dest", "F", "Rect", "StructParent", "Subtype", "Type")
)
_WIDGET: Final = frozenset(
    f"/{key}" for key in ("AP", "F", "FT", "Lock", "P", "Rect", "StructParent", "Subtype", "T", "TU", "Type", "V")
)
# The cover may run over onto the next page.
_COVER: Final = 2
_LINES: Final = re.compile(r"<([0-9A-F]{4})> <([0-9A-F]+)>")


def compare(document: Document, again: Recomputed) -> Fact | None:
    """What is wrong with the pages; OTHER_VERSION when they could be compared in part only, None when they are ours."""
    made = _as_made(document)
    if made is not None and _same(made, again.pages(document.language, _paper(document))):
        return None
    if made is None or document.metadata.app == again.app or not _plausible(document, made, again):
        return Fact(Finding.PAGES_DIFFER)
    return Fact(Finding.OTHER_VERSION, {"app": document.metadata.app})


def _as_made(document: Document) -> bytes | None:
    """The file before anybody signed; None when there is more before the first signature than one drawing."""
    revisions = document.reader.xrefs.total_revisions
    if revisions != len(document.signed) + 1:
        return None
    start = document.reader.xrefs.get_startxref_for_revision(0)
    end = document.pdf.find(_END, start)
    made = document.pdf[: end + len(_END)] if document.signed else document.pdf.rstrip()
    found = _START.search(made[: -len(_END)])
    return made if found is not None and int(found[1]) == start else None


def _paper(document: Document) -> str:
    page = document.reader.root["/Pages"]["/Kids"][0]
    return "letter" if round(float(page["/MediaBox"][2])) == _LETTER_WIDTH else "a4"


def _same(made: bytes, drawn: bytes) -> bool:
    """Byte for byte; or, where another computer's library compressed otherwise, once both are written by ours."""
    return made.rstrip() == drawn.rstrip() or _rewritten(made) == _rewritten(drawn)


def _rewritten(pdf: bytes) -> bytes:
    """Every object of `pdf` in one order and one compression; `pdf` itself when it is not read without a warning."""
    output = BytesIO()
    with pikepdf.open(BytesIO(pdf), attempt_recovery=False, suppress_warnings=True) as opened:
        # It names the bytes, which may differ; a new one is made from what is written.
        del opened.trailer["/ID"]
        opened.save(
            output,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=True,
            deterministic_id=True,
        )
        return pdf if opened.get_warnings() else output.getvalue()


# ------------------------------------------------------------------------------------------- pages of another version


def _plausible(document: Document, made: bytes, again: Recomputed) -> bool:
    """Whether nothing speaks against pages that cannot be drawn again here."""
    with pikepdf.open(BytesIO(made), attempt_recovery=False, suppress_warnings=True) as pdf:
        quiet = not any(_acts(entry) for one in pdf.objects for entry in _dictionaries(one, depth=9))
        plain = _ROOT.issuperset(pdf.Root.keys()) and all(_plain(page, pdf) for page in pdf.pages)
        printed = "".join(_text(page) for page in list(pdf.pages)[:_COVER])
        told = (again.reference, again.rule, document.metadata.answers_sha256)
        return quiet and plain and not pdf.get_warnings() and all("".join(one.split()) in printed for one in told)


def _dictionaries(value: pikepdf.Object, depth: int) -> Iterator[Mapping[str, pikepdf.Object]]:
    """The dictionaries in one object, those that it only refers to left out."""
    if depth == 0:
        raise ValueError("nested too deep")
    within: list[object]  # numbers come as Python's own
    if isinstance(value, pikepdf.Array):
        within = list(value)
    elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        entries = dict(value.items())
        yield entries
        within = list(entries.values())
    else:
        return
    for part in within:
        if isinstance(part, pikepdf.Object) and not part.is_indirect:
            yield from _dictionaries(part, depth - 1)


def _acts(entries: Mapping[str, pikepdf.Object]) -> bool:
    """Whether it is an action, holds one, or brings a file that is not the answers."""
    named = {str(entries.get(key)) for key in ("/F", "/UF")}
    if "/EF" in entries and named != {ATTACHMENT}:
        return True
    return not _NEVER.isdisjoint(entries) or str(entries.get("/S")) in _ACTIONS


def _plain(page: pikepdf.Page, pdf: pikepdf.Pdf) -> bool:
    """Whether a page has nothing on it but ink, links into this document, and the fields of the form."""
    pages = {one.obj.objgen for one in pdf.pages}
    fields = {field.objgen for field in pdf.Root.AcroForm.Fields}
    return _PAGE.issuperset(page.obj.keys()) and all(
        _link(mark, pages) if mark.Subtype == pikepdf.Name.Link else mark.objgen in fields and set(mark) <= _WIDGET
        for mark in page.obj.get("/Annots", [])
    )


def _link(mark: pikepdf.Object, pages: set[tuple[int, int]]) -> bool:
    return set(mark.keys()) <= _LINK and _target(mark) in pages


def _target(link: pikepdf.Object) -> tuple[int, int] | None:
    place = link.get("/Dest")
    return place[0].objgen if isinstance(place, pikepdf.Array) else None


def _text(page: pikepdf.Page) -> str:
    """What a page prints, without spaces, in the order of drawing."""
    fonts = {name: _letters(font) for name, font in page.Resources.Font.items()}
    letters: dict[bytes, str] = {}
    found = []
    for step in pikepdf.parse_content_stream(page):
        first = step.operands[0] if step.operands else None
        if str(step.operator) == "Tf":
            letters = fonts[str(first)]
        elif str(step.operator) in ("Tj", "TJ"):
            shown = list(first) if isinstance(first, pikepdf.Array) else [first]
            found += [_decoded(bytes(part), letters) for part in shown if isinstance(part, pikepdf.String)]
    return "".join("".join(found).split())


def _letters(font: pikepdf.Object) -> dict[bytes, str]:
    mapped = _LINES.findall(font.ToUnicode.read_bytes().decode("ascii"))
    return {bytes.fromhex(code): bytes.fromhex(text).decode("utf-16-be") for code, text in mapped}


def _decoded(codes: bytes, letters: Mapping[bytes, str]) -> str:
    return "".join(letters.get(codes[place : place + 2], "") for place in range(0, len(codes), 2))
