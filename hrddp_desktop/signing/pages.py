"""Whether the pages say what the attached answers say: drawn again here and compared.

Only pages of a layout that this installation can draw are relied on: what cannot be compared could say anything, and
whoever forges pages writes the version beside them. An older layout is kept in the report room as long as its documents
are filed.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pikepdf

from hrddp_desktop.signing.findings import Fact, Finding

if TYPE_CHECKING:
    from hrddp_desktop.signing.document import Document
    from hrddp_desktop.signing.findings import Recomputed

_END: Final = b"%%EOF"
_START: Final = re.compile(rb"startxref\s+(\d+)\s*\Z")
_LETTER_WIDTH: Final = 612


def compare(document: Document, again: Recomputed) -> Fact | None:
    """What is wrong with the pages, None when they are ours."""
    if document.metadata.app != again.app:
        return Fact(Finding.LAYOUT_UNKNOWN, {"app": document.metadata.app})
    made = _as_made(document)
    if made is None or not _same(made, again.pages(document.language, _paper(document))):
        return Fact(Finding.PAGES_DIFFER)
    return None


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
