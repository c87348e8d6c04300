"""A PDF of this app read strictly: its metadata, attached answers, signature fields and signatures.

Strict means that a file is refused rather than understood: whatever our own pipeline would not have written, however
harmless a reader may find it. `sign` and `verify` both start here.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from lxml import etree
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from hrddp_desktop.signing.findings import Fact, Finding
from hrddp_desktop.signing.objects import array, dictionary, entry, reference, text
from hrddp_desktop.signing.roles import Role, roles

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTACHMENT: Final = "assessment.json"
LARGEST: Final = 64
"""Megabytes. A document is half of one."""

_NAMESPACE: Final = "urn:hrddp-desktop:1"
_PROPERTIES: Final = ("app", "answersSha256", "outcome", "rule", "definition", "reference", "version", "signers")
_DESCRIPTION: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"


# What pyHanko raises over a broken file, by trial (tests/signing/test_malformed.py).
BROKEN: Final = (
    PdfError,
    zlib.error,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    StopIteration,
    EOFError,
    OverflowError,
    NotImplementedError,
    RecursionError,
    struct.error,
)


class UnreliableError(Exception):
    """The file is not one to rely on, or to sign; `fact` says why."""

    def __init__(self, finding: Finding, **facts: object) -> None:
        super().__init__(finding.name)
        self.fact = Fact(finding, facts)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the archive pass wrote into the XMP; `app` is the version that made the file."""

    app: str
    answers_sha256: str
    outcome: str
    rule: str
    definition: str
    reference: str
    version: str
    signers: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One signature field; `value` refers to its signature when it is signed."""

    role: Role
    reference: generic.Reference
    dictionary: generic.DictionaryObject
    value: generic.Reference | None


@dataclass(frozen=True, slots=True)
class Document:
    """A strictly read file, nothing of its signatures checked yet."""

    pdf: bytes
    reader: PdfFileReader
    metadata: Metadata
    answers: bytes
    fields: tuple[Field, ...]

    @property
    def signed(self) -> tuple[Field, ...]:
        """The fields that hold a signature, in order."""
        return tuple(field for field in self.fields if field.value is not None)

    @property
    def next_role(self) -> Role | None:
        """Who signs next; None when everybody has."""
        return next((field.role for field in self.fields if field.value is None), None)

    @property
    def language(self) -> str:
        """The document's language, such as "ar"."""
        return text(self.reader.root, "/Lang")


def read(pdf: bytes) -> Document:
    """The document in `pdf`. Raises UnreliableError; what pyHanko raises over a broken file becomes NOT_A_PDF."""
    try:
        return _read(pdf)
    except BROKEN as error:
        raise UnreliableError(Finding.NOT_A_PDF) from error


def _read(pdf: bytes) -> Document:
    if len(pdf) > LARGEST * 1024 * 1024:
        raise UnreliableError(Finding.TOO_LARGE, limit=LARGEST)
    if not pdf.startswith(b"%PDF-1."):
        raise UnreliableError(Finding.NOT_A_PDF)
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    if reader.encrypted:
        raise UnreliableError(Finding.LOCKED)
    if reader.xrefs.hybrid_xrefs_present:
        raise UnreliableError(Finding.NOT_A_PDF)
    _check_nothing_active(reader.root)
    metadata = _metadata(reader.root)
    answers = _attachment(reader.root)
    if hashlib.sha256(answers).hexdigest() != metadata.answers_sha256:
        raise UnreliableError(Finding.ANSWERS_CHANGED)
    return Document(pdf, reader, metadata, answers, _fields(reader.root, metadata.signers))


def _check_nothing_active(root: generic.DictionaryObject) -> None:
    """No script, no action on opening (a destination is none), no XFA form, no viewer told to redraw the fields."""
    form = dictionary(root, "/AcroForm")
    opening = entry(root, "/OpenAction")
    action = isinstance(opening, generic.DictionaryObject) and text(opening, "/S") != "/GoTo"
    active = "/AA" in root or "/JavaScript" in dictionary(root, "/Names")
    if action or active or "/XFA" in form or "/NeedAppearances" in form:
        raise UnreliableError(Finding.ACTIVE_CONTENT)


def _metadata(root: generic.DictionaryObject) -> Metadata:
    # Not root["/Metadata"], which would have pyHanko interpret it.
    stream = root.raw_get("/Metadata").get_object() if "/Metadata" in root else None
    if not isinstance(stream, generic.StreamObject):
        raise UnreliableError(Finding.NOT_OURS, missing="metadata")
    found = _properties(stream.read_data(DecodePurpose.XMP_METADATA))
    if found.get("signers") == "":
        raise UnreliableError(Finding.DRAFT)
    for name in _PROPERTIES:
        if not found.get(name):
            raise UnreliableError(Finding.NOT_OURS, missing=f"hrddp:{name}")
    signers = roles(found["signers"])
    if signers is None:
        raise UnreliableError(Finding.NOT_OURS, missing="hrddp:signers")
    return Metadata(
        app=found["app"],
        answers_sha256=found["answersSha256"],
        outcome=found["outcome"],
        rule=found["rule"],
        definition=found["definition"],
        reference=found["reference"],
        version=found["version"],
        signers=signers,
    )


def _properties(xmp: bytes) -> dict[str, str]:
    """Our properties, as elements or as attributes (both are RDF); none may stand in it twice."""
    if b"<!DOCTYPE" in xmp or b"<!ENTITY" in xmp:
        raise UnreliableError(Finding.ACTIVE_CONTENT)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(xmp, parser)
    except etree.XMLSyntaxError as error:
        raise UnreliableError(Finding.NOT_OURS, missing="metadata") from error
    found: dict[str, str] = {}
    for description in tree.iter(_DESCRIPTION):
        for name, value in _pairs(description):
            if name in found:
                raise UnreliableError(Finding.NOT_OURS, missing=f"one single hrddp:{name}")
            found[name] = value
    return found


def _pairs(description: etree._Element) -> Iterator[tuple[str, str]]:
    prefix = "{" + _NAMESPACE + "}"
    for tag, value in description.attrib.items():
        if tag.startswith(prefix):
            yield tag.removeprefix(prefix), value
    for child in description:
        if isinstance(child.tag, str) and child.tag.startswith(prefix):
            yield child.tag.removeprefix(prefix), (child.text or "").strip()


def _attachment(root: generic.DictionaryObject) -> bytes:
    """The one attachment. More than one is refused: the app attaches one, and a reader opens what it likes."""
    found = list(_embedded(dictionary(dictionary(root, "/Names"), "/EmbeddedFiles"), depth=4))
    if not found:
        raise UnreliableError(Finding.ANSWERS_MISSING)
    # Two names and a list of the same: each is what some reader goes by.
    named = {text(spec, key) for spec in found for key in ("/F", "/UF")}
    listed = array(root, "/AF")
    associated = [dict(listed[place]) for place in range(len(listed))]
    if len(found) > 1 or named != {ATTACHMENT} or associated != [dict(found[0])]:
        raise UnreliableError(Finding.ANSWERS_CHANGED)
    versions = dictionary(found[0], "/EF")
    stream = entry(versions, "/F")
    if "/UF" in versions and reference(versions, "/UF") != reference(versions, "/F"):
        raise UnreliableError(Finding.ANSWERS_CHANGED)
    if not isinstance(stream, generic.StreamObject):
        raise UnreliableError(Finding.ANSWERS_CHANGED)
    return bytes(stream.data)


def _embedded(node: generic.DictionaryObject, depth: int) -> Iterator[generic.DictionaryObject]:
    if depth == 0:
        raise UnreliableError(Finding.NOT_A_PDF)
    names = array(node, "/Names")
    for place in range(1, len(names), 2):
        yield names[place]
    kids = array(node, "/Kids")
    for place in range(len(kids)):
        yield from _embedded(kids[place], depth - 1)


def _fields(root: generic.DictionaryObject, signers: tuple[Role, ...]) -> tuple[Field, ...]:
    """Exactly the fields of `signers`, in their order, each its own widget."""
    listed = list(_listed(array(dictionary(root, "/AcroForm"), "/Fields")))
    expected = [role.field for role in signers]
    plain = all(
        text(field, "/FT") == "/Sig" and text(field, "/Subtype") == "/Widget" and "/Kids" not in field
        for _, field in listed
    )
    if not plain or [text(field, "/T") for _, field in listed] != expected:
        raise UnreliableError(Finding.FIELDS_CHANGED, expected=", ".join(expected))
    return tuple(
        Field(role, place, field, reference(field, "/V") if "/V" in field else None)
        for role, (place, field) in zip(signers, listed, strict=True)
    )


def _listed(fields: generic.ArrayObject) -> Iterator[tuple[generic.Reference, generic.DictionaryObject]]:
    for place in range(len(fields)):
        listed = fields.raw_get(place)
        if not isinstance(listed, generic.IndirectObject):
            raise UnreliableError(Finding.NOT_A_PDF)
        yield listed.reference, fields[place]
