"""One signature of a document, checked: its place in the file, its digest, its certificate, and its revision.

The rules are ours and stricter than PDF's: a revision may add one signature in one field and nothing else, so there is
no list of harmless changes to get wrong (the shadow and insertion attacks live there). See
packaging/decisions/0004-identities-and-what-is-signed.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyhanko.pdf_utils import generic
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.general import CMSStructuralError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from hrddp_desktop.signing.container import Container, read
from hrddp_desktop.signing.document import BROKEN, Document, Field, UnreliableError
from hrddp_desktop.signing.findings import Finding
from hrddp_desktop.signing.identity import Card, describe, one_line
from hrddp_desktop.signing.objects import dictionary, reference, text

if TYPE_CHECKING:
    from datetime import datetime

    from hrddp_desktop.signing.roles import Role

_HEX: Final = re.compile(rb"<([0-9A-F]+)>")
_KINDS: Final = {"/Type": "/Sig", "/Filter": "/Adobe.PPKLite", "/SubFilter": "/ETSI.CAdES.detached"}
LONGEST_REASON: Final = 150
"""Letters in a signer's reason."""

_WRITTEN: Final = {"/V", "/AP"}
"""What signing may change in its field."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature whose cryptography holds and whose revision adds nothing but itself."""

    role: Role
    card: Card
    time: datetime
    reason: str
    end: int
    """Where the part of the file that it covers ends."""


def signatures(document: Document) -> tuple[Signature, ...]:
    """The checked signatures of `document`, in order. Raises UnreliableError.

    The last one may end before the file does; what follows is the caller's question.
    """
    try:
        return _signatures(document)
    except BROKEN as error:
        raise UnreliableError(Finding.NOT_A_PDF) from error


def _signatures(document: Document) -> tuple[Signature, ...]:
    signed = document.signed
    if [field.role for field in signed] != [field.role for field in document.fields[: len(signed)]]:
        raise UnreliableError(Finding.ROLE_SKIPPED, role=document.next_role)
    # Digests first: they are cheap, and most files that are not good fail here.
    opened = [_opened(document, field) for field in signed]
    found = tuple(_checked(field, one) for field, one in zip(signed, opened, strict=True))
    for place, field in enumerate(signed):
        _check_revision(document, field, opened[place].embedded, place)
    return found


@dataclass(frozen=True, slots=True)
class _Opened:
    embedded: EmbeddedPdfSignature
    container: Container
    end: int


def _opened(document: Document, field: Field) -> _Opened:
    """The signature of `field` as it lies in the file: written canonically, and over what its byte range says."""
    try:
        embedded = EmbeddedPdfSignature(document.reader, field.dictionary, field.role.field)
        container = _container(document.pdf, embedded)
        opened = _Opened(embedded, container, int(embedded.byte_range[2]) + int(embedded.byte_range[3]))
    except (CMSStructuralError, *BROKEN) as error:
        detail = str(error) if type(error) is ValueError else "it is damaged"
        raise UnreliableError(Finding.SIGNATURE_MALFORMED, role=field.role, detail=detail) from error
    if embedded.compute_digest("sha256") != opened.container.digest:
        raise UnreliableError(Finding.CONTENT_CHANGED, role=field.role)
    return opened


def _container(pdf: bytes, embedded: EmbeddedPdfSignature) -> Container:
    """What lies in the one gap of the byte range: a hexadecimal string, whose unused end is zeros."""
    for key, kind in _KINDS.items():
        if embedded.sig_object.raw_get(key) != kind:
            raise ValueError(f"{key} is not {kind}")
    numbers = embedded.byte_range
    if len(numbers) != 4 or not all(type(number) is generic.NumberObject for number in numbers):
        raise ValueError("its byte range is not four numbers")
    start, before, after, rest = (int(number) for number in numbers)
    if start != 0 or not 0 < before < after < after + rest <= len(pdf):
        raise ValueError("its byte range does not lie in the file")
    written = _HEX.fullmatch(pdf, before, after)
    if written is None or len(written[1]) % 2:
        raise ValueError("it is not one hexadecimal string in capital letters")
    content = bytes.fromhex(written[1].decode())
    if content != embedded.pkcs7_content:
        raise ValueError("its byte range leaves out something else")
    return read(content)


def _checked(field: Field, opened: _Opened) -> Signature:
    """The signature of `field`, when its key and its certificate hold."""
    if not opened.container.holds():
        raise UnreliableError(Finding.SIGNATURE_BROKEN, role=field.role)
    card = describe(opened.container.certificate)
    if not card.signs:
        raise UnreliableError(Finding.CERTIFICATE_UNFIT, role=field.role)
    # The time stands in the signed dictionary; a time without its zone would be read differently elsewhere.
    time = generic.parse_pdf_date(text(opened.embedded.sig_object, "/M"), strict=True)
    if time.tzinfo is None:
        raise UnreliableError(Finding.SIGNATURE_MALFORMED, role=field.role, detail="its time has no time zone")
    if not card.valid(time):
        raise UnreliableError(Finding.CERTIFICATE_OUT_OF_TIME, name=card.name)
    reason = one_line(text(opened.embedded.sig_object, "/Reason"), LONGEST_REASON)
    return Signature(field.role, card, time, reason, opened.end)


# ----------------------------------------------------------------------------------------------------------- revisions


def _check_revision(document: Document, field: Field, embedded: EmbeddedPdfSignature, place: int) -> None:
    """Revision `place + 1` is this signature and covers itself; the first covers the document as it was made."""
    revision = place + 1
    if embedded.signed_revision != revision:
        raise UnreliableError(Finding.WRONG_ORDER)
    whole = (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
    if embedded.evaluate_signature_coverage() not in whole:
        raise UnreliableError(Finding.CONTENT_CHANGED, role=field.role)
    if place == 0:
        _check_certified(document, field, embedded)
    _check_only_signed(document, field, revision)
    if "/Lock" in field.dictionary and (embedded.fieldmdp is None or embedded.docmdp_level is not MDPPerm.NO_CHANGES):
        raise UnreliableError(Finding.SIGNATURE_MALFORMED, role=field.role, detail="it does not lock its fields")


def _check_certified(document: Document, field: Field, embedded: EmbeddedPdfSignature) -> None:
    certifying = reference(dictionary(document.reader.root, "/Perms"), "/DocMDP")
    if certifying != field.value or embedded.docmdp_level is not MDPPerm.FILL_FORMS:
        raise UnreliableError(Finding.SIGNATURE_MALFORMED, role=field.role, detail="it does not certify the document")


def _check_only_signed(document: Document, field: Field, revision: int) -> None:
    """Every object of `revision` is new, except the field; and of the field only what signing writes has changed.

    New objects can be reached through the field only, as nothing else that existed has changed; the first signature
    also says in the catalogue that it certifies.
    """
    reader = document.reader
    before = reader.get_historical_resolver(revision - 1)
    after = reader.get_historical_resolver(revision)
    # PyHanko leaves it untyped.
    written: set[generic.Reference] = after.explicit_refs_in_revision()  # type: ignore[no-untyped-call]
    freed = after.refs_freed_in_revision()  # type: ignore[no-untyped-call]
    overwritten = {one for one in written if not before.is_ref_unassignable(one)}
    changed = {field.reference: _WRITTEN} | (_certifying(document) if revision == 1 else {})
    same = all(_same_but(before(one), after(one), keys) for one, keys in changed.items())
    # dict.get does not resolve, which is wanted: the same catalogue, not one that looks the same.
    roots_same = all(before.trailer_view.get(key) == after.trailer_view.get(key) for key in ("/Root", "/Info"))
    if field.reference not in overwritten or overwritten - changed.keys() or freed or not (same and roots_same):
        raise UnreliableError(Finding.CHANGED_BETWEEN, role=field.role)


def _certifying(document: Document) -> dict[generic.Reference, set[str]]:
    """What the first signature may change besides its field."""
    root = document.reader.root
    return {
        document.reader.root_ref: {"/Perms", "/Extensions"},
        reference(root, "/AcroForm"): {"/SigFlags"},
    }


def _same_but(old: generic.DictionaryObject, new: generic.DictionaryObject, keys: set[str]) -> bool:
    kept = old.keys() - keys
    return kept == new.keys() - keys and all(old.raw_get(key) == new.raw_get(key) for key in kept)
