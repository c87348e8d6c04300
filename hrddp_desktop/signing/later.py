"""What was added to a file after its last signature: marks that a reader may add, or changes that rule it out."""

from __future__ import annotations

import math
from io import BytesIO
from typing import TYPE_CHECKING, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from hrddp_desktop.signing.document import BROKEN, UnreliableError
from hrddp_desktop.signing.findings import Fact, Finding
from hrddp_desktop.signing.objects import array, dictionary, entry, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS: Final = frozenset(
    f"/{kind}"
    for kind in (
        "Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline", "Squiggly",
        "StrikeOut", "Caret", "Stamp", "Ink", "Popup",
    )
)  # fmt: skip
_ACTIVE: Final = frozenset({"/A", "/AA", "/JS", "/FS", "/OC"})
# Where a mark leads back to the document, whose own objects are compared elsewhere.
_LEADS_BACK: Final = frozenset({"/P", "/Parent", "/Popup", "/IRT"})
# What a mark may draw itself by besides its rectangle: pairs of numbers.
_POINTS: Final = ("/Rect", "/QuadPoints", "/L", "/Vertices", "/CL", "/InkList")
_MOST_PARTS: Final = 5000
_BLANK: Final = b"\0\t\n\f\r "
_DEEPEST: Final = 20


def marks(pdf: bytes, signed: PdfFileReader, end: int) -> tuple[Fact, ...]:
    """What follows the signed part `pdf[:end]`, which `signed` reads, one fact a mark; nothing if nothing follows.

    Raises UnreliableError(CHANGED_AFTER | BYTES_AFTER) when it is more than marks: then what a person sees may not be
    what was signed.
    """
    if not pdf[end:].strip(_BLANK):
        return (Fact(Finding.NOTHING_ADDED),) if len(pdf) > end else ()
    try:
        return _marks(PdfFileReader(BytesIO(pdf), strict=True), signed)
    except BROKEN as error:
        raise UnreliableError(Finding.BYTES_AFTER) from error


def _marks(reader: PdfFileReader, signed: PdfFileReader) -> tuple[Fact, ...]:
    base = signed.xrefs.total_revisions - 1
    last = reader.xrefs.total_revisions - 1
    if last <= base:
        raise UnreliableError(Finding.BYTES_AFTER)
    builds_on_it = reader.xrefs.get_startxref_for_revision(base) == signed.last_startxref
    before, after = reader.get_historical_resolver(base), reader.get_historical_resolver(last)
    # The entry of the trailer itself: another catalogue would be a new object, which replaces none.
    same_catalogue = before.trailer_view.get("/Root") == after.trailer_view.get("/Root")
    if not (builds_on_it and same_catalogue) or reader.encrypted or reader.xrefs.hybrid_xrefs_present:
        raise UnreliableError(Finding.CHANGED_AFTER)
    if any(reader.xrefs.refs_freed_in_revision(revision) for revision in range(base + 1, last + 1)):
        raise UnreliableError(Finding.CHANGED_AFTER)
    found = [one for place in sorted(_overwritten(reader, before, base, last)) for one in _added(place, before, after)]
    return tuple(found) or (Fact(Finding.NOTHING_ADDED),)


def _overwritten(reader: PdfFileReader, before: HistoricalResolver, base: int, last: int) -> set[tuple[int, int]]:
    """Objects of the signed part that a later update replaces. New objects count only where one of these leads."""
    return {
        (one.idnum, one.generation)
        for revision in range(base + 1, last + 1)
        for one in reader.xrefs.explicit_refs_in_revision(revision)
        if not before.is_ref_unassignable(one)
    }


def _added(place: tuple[int, int], before: HistoricalResolver, after: HistoricalResolver) -> Iterator[Fact]:
    """What the replacement of one object adds. Raises UnreliableError when it is not one of the four harmless ones."""
    one = generic.Reference(*place)
    old, new = before(one), after(one)
    pages = {(page.idnum, page.generation): number for number, page in enumerate(_pages(before), start=1)}
    lists = {
        (held.idnum, held.generation): number
        for number, page in enumerate(_pages(before), start=1)
        if isinstance(held := before(page).get("/Annots"), generic.IndirectObject)
    }
    sizes = {number: _size(before(page)) for number, page in enumerate(_pages(before), start=1)}
    if place in pages and _same_but(old, new, {"/Annots"}):
        number = pages[place]
        yield from _new_marks(array(old, "/Annots"), array(new, "/Annots"), number, sizes[number])
    elif place in lists:
        yield from _new_marks(old, new, lists[place], sizes[lists[place]])
    elif place in (_place(before.trailer_view.get("/Info")), _place(before.root.get("/Metadata"))):
        yield Fact(Finding.DESCRIPTION_ADDED)
    else:
        raise UnreliableError(Finding.CHANGED_AFTER)


def _new_marks(
    old: generic.ArrayObject, new: generic.ArrayObject, page: int, size: tuple[float, ...]
) -> Iterator[Fact]:
    kept = [old.raw_get(place) for place in range(len(old))]
    if [new.raw_get(place) for place in range(min(len(old), len(new)))] != kept:
        raise UnreliableError(Finding.CHANGED_AFTER)
    for place in range(len(old), len(new)):
        kind = text(new[place], "/Subtype")
        if kind not in _MARKS:
            raise UnreliableError(Finding.CHANGED_AFTER)
        _check_passive(new[place])
        covers = _covered(new[place], size)
        yield Fact(Finding.MARK_ADDED, {"kind": kind.removeprefix("/"), "page": page, "percent": covers})


def _check_passive(mark: generic.PdfObject) -> None:
    """Whether nothing in a mark runs, leads elsewhere, hides by a layer or brings a file. Raises UnreliableError."""
    waiting, seen = [mark], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if isinstance(part, generic.DictionaryObject):
            if not _ACTIVE.isdisjoint(part) or seen > _MOST_PARTS:
                raise UnreliableError(Finding.ACTIVE_CONTENT)
            waiting += [part[key] for key in part if key not in _LEADS_BACK]
        elif isinstance(part, generic.ArrayObject):
            waiting += [part[place] for place in range(len(part))]


def _size(page: generic.DictionaryObject) -> tuple[float, ...]:
    return tuple(float(side) for side in array(page, "/MediaBox")) or (0, 0, 595.28, 841.89)


def _covered(mark: generic.DictionaryObject, page: tuple[float, ...]) -> int:
    """How much of the page may lie below the mark, in whole per cent; rather too much than too little."""
    numbers = [list(_flat(array(mark, key))) for key in _POINTS if key in mark]
    across = [number for points in numbers for number in points[::2]]
    up = [number for points in numbers for number in points[1::2]]
    if not across or not up:
        return 0
    width = min(max(across), page[2]) - max(min(across), page[0])
    height = min(max(up), page[3]) - max(min(up), page[1])
    whole = (page[2] - page[0]) * (page[3] - page[1])
    return math.ceil(100 * max(width, 0) * max(height, 0) / whole)


def _flat(numbers: generic.ArrayObject) -> Iterator[float]:
    for place in range(len(numbers)):
        number = numbers[place]
        if isinstance(number, generic.ArrayObject):
            yield from _flat(number)
        else:
            yield float(number)


def _same_but(old: generic.PdfObject, new: generic.PdfObject, keys: set[str]) -> bool:
    if not isinstance(old, generic.DictionaryObject) or not isinstance(new, generic.DictionaryObject):
        return False
    return {key: old.raw_get(key) for key in old if key not in keys} == {
        key: new.raw_get(key) for key in new if key not in keys
    }


def _place(value: object) -> tuple[int, int] | None:
    return (value.idnum, value.generation) if isinstance(value, generic.IndirectObject) else None


def _pages(document: HistoricalResolver) -> Iterator[generic.Reference]:
    yield from _leaves(dictionary(document.root, "/Pages"), _DEEPEST)


def _leaves(node: generic.DictionaryObject, depth: int) -> Iterator[generic.Reference]:
    if depth == 0:
        raise UnreliableError(Finding.CHANGED_AFTER)
    kids = array(node, "/Kids")
    for place in range(len(kids)):
        kid = kids[place]
        if entry(kid, "/Kids") is None:
            yield kids.raw_get(place).reference
        else:
            yield from _leaves(kid, depth - 1)
