"""What was added to a file after its last signature: marks that a reader may add, or changes that rule it out."""

from __future__ import annotations

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
    if place in pages and _same_but(old, new, {"/Annots"}):
        yield from _new_marks(array(old, "/Annots"), array(new, "/Annots"), pages[place])
    elif place in lists:
        yield from _new_marks(old, new, lists[place])
    elif place in (_place(before.trailer_view.get("/Info")), _place(before.root.get("/Metadata"))):
        yield Fact(Finding.DESCRIPTION_ADDED)
    else:
        raise UnreliableError(Finding.CHANGED_AFTER)


def _new_marks(old: generic.ArrayObject, new: generic.ArrayObject, page: int) -> Iterator[Fact]:
    kept = [old.raw_get(place) for place in range(len(old))]
    if [new.raw_get(place) for place in range(min(len(old), len(new)))] != kept:
        raise UnreliableError(Finding.CHANGED_AFTER)
    for place in range(len(old), len(new)):
        kind = text(new[place], "/Subtype")
        if kind not in _MARKS:
            raise UnreliableError(Finding.CHANGED_AFTER)
        yield Fact(Finding.MARK_ADDED, {"kind": kind.removeprefix("/"), "page": page})


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
