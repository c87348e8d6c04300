"""Sign a document: one PAdES B-B signature with a visible stamp, appended so that the file before it stays as it was.

No time-stamp authority, no revocation list, no network: what a signature proves offline is who and what, and of when
only what the signer's computer said.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError as EmbeddingError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigAppearanceSetup, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from hrddp_desktop.errors import N_, Code, SigningError
from hrddp_desktop.paths import resources_dir
from hrddp_desktop.signing import container
from hrddp_desktop.signing.document import Document, UnreliableError, read
from hrddp_desktop.signing.findings import Finding
from hrddp_desktop.signing.identity import one_line, same_person
from hrddp_desktop.signing.lettering import LEFT_TO_RIGHT
from hrddp_desktop.signing.objects import dictionary
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.signature import LONGEST_REASON, Signature, signatures
from hrddp_desktop.signing.stamp import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from hrddp_desktop.signing.identity import Card, Identity

# Hexadecimal digits for the container: about 900 bytes and the certificate, which is at most 1,200.
_RESERVED: Final = 8192


def sign(
    pdf: bytes,
    identity: Identity,
    role: Role,
    reason: str,
    now: datetime,
    *,
    file: str = "document.pdf",
    translate: Callable[[str], str] = N_,
) -> bytes:
    """`pdf` with one more signature; `pdf` stays a byte-for-byte prefix of it.

    `reason` says in which capacity the person signs ("post holder", "officer in charge by delegation of ..."); it is
    printed in the stamp, on one line of at most 150 letters. `now` must know its time zone; it is the computer's clock,
    a claim. `file` is the document's name for messages, `translate` gives the stamp's words in the language of the
    document. Whether the pages say what the answers say is asked before, by `verify.objection`.

    The first signature certifies (only signatures may follow), the last one locks if its field says so.
    Source: ETSI EN 319 142-1, 6.3 (baseline B-B).

    Raises SigningError(IDENTITY_EXPIRED | IDENTITY_NOT_YET | SIGNED_OUT_OF_TURN | DOCUMENT_NOT_SIGNABLE).
    """
    _check_time(identity.card, now)
    reason = one_line(reason, LONGEST_REASON)
    try:
        document = read(pdf)
        _check_turn(document, _earlier(document), identity.card, role, translate)
        stamp = Stamp(
            lines=_lines(document, identity.card, role, reason, now, translate),
            fonts=resources_dir() / "fonts",
            right_to_left=document.language.startswith("ar"),
        )
        return _append(document, identity, role, reason, now, stamp)
    except UnreliableError as error:
        detail = error.fact.sentence(translate)
        raise SigningError(Code.DOCUMENT_NOT_SIGNABLE, file=file, detail=detail) from error


def _earlier(document: Document) -> tuple[Signature, ...]:
    """The good signatures so far, the last of which must cover the whole file."""
    earlier = signatures(document)
    if earlier and earlier[-1].end != len(document.pdf):
        raise UnreliableError(Finding.CHANGED_AFTER)
    return earlier


def _check_time(card: Card, now: datetime) -> None:
    if now > card.until:
        raise SigningError(Code.IDENTITY_EXPIRED, name=card.name, until=card.until.date())
    if now < card.since:
        raise SigningError(Code.IDENTITY_NOT_YET, name=card.name, since=card.since.date(), now=now.date())


def _check_turn(
    document: Document,
    earlier: tuple[Signature, ...],
    card: Card,
    role: Role,
    translate: Callable[[str], str],
) -> None:
    detail = None
    turn = document.next_role
    if turn is None:
        detail = translate(N_("everybody who has to has signed it"))
    elif role not in document.metadata.signers:
        detail = translate(N_("its outcome does not need this signature"))
    elif role is not turn:
        detail = translate(N_("it is the turn of the {turn}")).format(turn=turn.label(translate).lower())
    elif any(same_person(signature.card, card) for signature in earlier):
        detail = translate(N_("{name} has signed it already, and this has to be another person"))
        detail = detail.format(name=card.name)
    if detail is not None:
        raise SigningError(Code.SIGNED_OUT_OF_TURN, role=role.label(translate).lower(), detail=detail)


def _append(document: Document, identity: Identity, role: Role, reason: str, now: datetime, stamp: Stamp) -> bytes:
    """The signed file. Raises UnreliableError when pyHanko finds the field unfit after all."""
    try:
        return _embed(document, identity, role, reason, now, stamp)
    except (EmbeddingError, PdfError) as error:
        raise UnreliableError(Finding.NOT_A_PDF) from error


def _embed(document: Document, identity: Identity, role: Role, reason: str, now: datetime, stamp: Stamp) -> bytes:
    """Hand pyHanko the parts in the order that its embedder asks for them: field, signature, output, container."""
    card = identity.card
    writer = _Writer(BytesIO(document.pdf), prev=document.reader)
    if role is Role.PREPARER:
        writer.register_extension(ESIC_EXTENSION_1)
    steps = PdfCMSEmbedder().write_cms(field_name=role.field, writer=writer, existing_fields_only=True)
    next(steps)
    signature = SignatureObject(
        timestamp=now,
        subfilter=SigSeedSubFilter.PADES,
        name=card.name,
        location=card.station,
        reason=reason or None,
        bytes_reserved=_RESERVED,
    )
    appearance = SigAppearanceSetup(style=stamp, timestamp=now, name=card.name)
    steps.send(SigObjSetup(signature, _permissions(document, role), appearance))
    digest, output = steps.send(SigIOSetup("sha256"))
    steps.send(container.build(digest.document_digest, identity))
    signed: bytes = output.getvalue()
    return signed


def _permissions(document: Document, role: Role) -> SigMDPSetup:
    """The first signature certifies; the field that carries a lock locks."""
    if role is Role.PREPARER:
        return SigMDPSetup("sha256", certify=True, docmdp_perms=MDPPerm.FILL_FORMS)
    field = next(field.dictionary for field in document.fields if field.role is role)
    if "/Lock" not in field:
        return SigMDPSetup("sha256")
    lock = FieldMDPSpec.from_pdf_object(dictionary(field, "/Lock"))
    return SigMDPSetup("sha256", field_lock=lock, docmdp_perms=MDPPerm.NO_CHANGES)


class _Writer(IncrementalPdfFileWriter):
    """Appends without touching the metadata.

    pyHanko would write a new modification date into the XMP. Ours carries the document's hash and outcome and is
    compared between revisions, so it stays byte for byte what the archive pass wrote; PDF/A asks for no new date.
    """

    def _update_meta(self) -> None:
        pass


def _lines(
    document: Document, card: Card, role: Role, reason: str, now: datetime, translate: Callable[[str], str]
) -> tuple[str, ...]:
    """What the stamp says: who, as what, when by whose clock, with which certificate, and on which document."""
    capacity = translate(N_("{role}, signing as {capacity}")) if reason else "{role}"
    printed = card.fingerprint[:16].upper()
    groups = LEFT_TO_RIGHT + " ".join(printed[start : start + 4] for start in range(0, len(printed), 4))
    zone = f"{now:%z}"
    time = f"{LEFT_TO_RIGHT}{now:%Y-%m-%d %H:%M} UTC{zone[:3]}:{zone[3:5]}"
    return (
        card.name,
        f"{card.function}, {card.station}",
        capacity.format(role=role.label(translate), capacity=reason),
        translate(N_("{time} by the clock of the signer's computer")).format(time=time),
        translate(N_("Certificate {fingerprint}")).format(fingerprint=groups),
        translate(N_("Document {reference}, version {version}")).format(
            reference=LEFT_TO_RIGHT + document.metadata.reference, version=document.metadata.version
        ),
    )
