"""Small documents with the fields, metadata and attachment of real ones, and identities made once per run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from hrddp_desktop.paths import resources_dir
from hrddp_desktop.signing import identity as identities
from hrddp_desktop.signing.findings import Recomputed
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.sign import sign
from hrddp_desktop.signing.trust import MADE_HERE, TrustList

if TYPE_CHECKING:
    from hrddp_desktop.signing.identity import Identity

NOW = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
ANSWERS = b'{"answers":{"a0_title":"Crossing points"},"excused":{},"form":"assessment","format":1}'
DEFINITION = "sha256:" + "0" * 64
ALL = (Role.PREPARER, Role.REVIEWER, Role.APPROVER)
TWO = (Role.PREPARER, Role.REVIEWER)

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:hrddp="urn:hrddp-desktop:1">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>{conformance}</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Assessment</rdf:li></rdf:Alt></dc:title>
{ours}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True)
class Made:
    """What a document is made of; a test changes one thing."""

    roles: tuple[Role, ...] = ALL
    language: str = "en"
    answers: bytes | None = ANSWERS
    outcome: str = "proceed_with_mitigation"
    rule: str = "D18"
    definition: str = DEFINITION
    reference: str = "HRDD-2026-0042"
    answers_sha256: str | None = None
    signers: str | None = None
    locked: bool = True
    fields: tuple[str, ...] | None = None
    metadata: bool = True
    app: str = "0.1.0, layout 1"


def make(made: Made | None = None) -> bytes:
    """A two-page document: one page of drawing, one with the signature fields."""
    made = made or Made()
    document = pikepdf.new()
    page, last = (document.add_blank_page(page_size=(595, 842)).obj for _ in range(2))
    page.Contents = document.make_stream(b"/Artifact BMC 0.8 g 100 100 300 500 re f EMC")
    last.Contents = document.make_stream(b"/Artifact BMC 0.8 g 50 780 400 2 re f EMC")
    _fields(document, last, made)
    if made.answers is not None:
        _attach(document, made.answers)
    if made.metadata:
        _describe(document, made)
    _archive(document, made.language)
    output = BytesIO()
    document.save(
        output,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
        deterministic_id=True,
        min_version="1.7",
    )
    return output.getvalue()


def _fields(document: pikepdf.Pdf, page: pikepdf.Object, made: Made) -> None:
    root = document.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    whole = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array([])))
    names = made.fields if made.fields is not None else tuple(role.field for role in made.roles)
    widgets, elements = [], []
    for place, name in enumerate(names):
        box = (50, 640 - 110 * place, 350, 730 - 110 * place)
        appearance = document.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 300, 90]))
        widget = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(name),
            TU=String(f"Signature of the {name}"),
            F=132,
            Rect=Array(box),
            P=page,
            AP=Dictionary(N=appearance),
            StructParent=place,
        )
        if made.locked and place == len(names) - 1:
            widget.Lock = document.make_indirect(Dictionary(Type=Name.SigFieldLock, Action=Name.All, P=1))
        widgets.append(document.make_indirect(widget))
        # One OBJR dictionary, not an array of one: pyHanko counts the array as a change of the field.
        reference = Dictionary(Type=Name.OBJR, Pg=page, Obj=widgets[-1])
        elements.append(document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Form, P=whole, K=reference)))
    whole.K = Array(elements)
    root.K = Array([whole])
    numbers = [item for place, element in enumerate(elements) for item in (place, element)]
    root.ParentTree = document.make_indirect(Dictionary(Nums=Array(numbers)))
    root.ParentTreeNextKey = len(elements)
    page.Annots, page.Tabs = Array(widgets), Name.S
    document.Root.StructTreeRoot = root
    document.Root.AcroForm = document.make_indirect(Dictionary(Fields=Array(widgets), SigFlags=0))


def _attach(document: pikepdf.Pdf, answers: bytes) -> None:
    stream = document.make_stream(answers, Type=Name.EmbeddedFile, Subtype=Name("/application/json"))
    stream.Params = Dictionary(Size=len(answers), ModDate=String("D:20260305093000Z"))
    spec = document.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=String("assessment.json"),
            UF=String("assessment.json"),
            AFRelationship=Name.Data,
            Desc=String("Answers"),
            EF=Dictionary(F=stream, UF=stream),
        )
    )
    document.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("assessment.json"), spec])))
    document.Root.AF = Array([spec])


def _describe(document: pikepdf.Pdf, made: Made) -> None:
    properties = {
        "app": made.app,
        "answersSha256": made.answers_sha256 or hashlib.sha256(made.answers or b"").hexdigest(),
        "outcome": made.outcome,
        "rule": made.rule,
        "definition": made.definition,
        "reference": made.reference,
        "version": "1",
        "signers": made.signers if made.signers is not None else " ".join(role.value for role in made.roles),
    }
    ours = "\n".join(f"<hrddp:{name}>{value}</hrddp:{name}>" for name, value in properties.items())
    xmp = _XMP.format(conformance="A", ours=ours).encode()
    document.Root.Metadata = document.make_stream(xmp, Type=Name.Metadata, Subtype=Name.XML)


def _archive(document: pikepdf.Pdf, language: str) -> None:
    profile = document.make_stream((resources_dir() / "colour" / "sRGB.icc").read_bytes(), N=3)
    document.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB"),
                Info=String("sRGB"),
                DestOutputProfile=profile,
            )
        ]
    )
    document.Root.MarkInfo = Dictionary(Marked=True)
    document.Root.Lang = String(language)
    document.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def person(name: str, function: str = "Project officer", station: str = "Selm", when: datetime = NOW) -> Identity:
    """An identity that never was in a file."""
    return identities.generate(name, function, station, when)


def trusting(*people: Identity) -> TrustList:
    """A list that knows `people`."""
    known = TrustList()
    for one in people:
        known = known.add(one.card, MADE_HERE, NOW.date())
    return known


def recomputed(made: Made | None = None) -> Recomputed:
    """What the rules give for a document that is as it should be."""
    made = made or Made()
    return Recomputed(
        definition=made.definition,
        outcome=made.outcome,
        rule=made.rule,
        signers=made.roles,
        reference=made.reference,
        version="1",
        created=NOW.date(),
        as_of=NOW.date(),
        missing=0,
        app=made.app,
        pages=lambda language, paper: make(made),
    )


@dataclass(frozen=True)
class People:
    """Three who sign, and one whom nobody knows."""

    ana: Identity
    ben: Identity
    cyra: Identity
    stranger: Identity

    @property
    def signers(self) -> dict[Role, Identity]:
        """Who signs as what."""
        return dict(zip(Role, (self.ana, self.ben, self.cyra), strict=True))

    @property
    def known(self) -> TrustList:
        """A list that knows the three."""
        return trusting(self.ana, self.ben, self.cyra)


@dataclass(frozen=True)
class Signed:
    """One document before signing and after each signature."""

    unsigned: bytes
    once: bytes
    twice: bytes
    whole: bytes

    @property
    def states(self) -> dict[str, bytes]:
        """The signed states by name."""
        return {"once": self.once, "twice": self.twice, "whole": self.whole}


def sign_all(people: People, pdf: bytes) -> Signed:
    """Every role signs in turn."""
    states = [pdf]
    for role, identity in people.signers.items():
        states.append(sign(states[-1], identity, role, "post holder", NOW))
    return Signed(*states)
