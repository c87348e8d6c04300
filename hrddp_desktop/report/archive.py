"""The archive pass: drawn pages become PDF/A-3a and PDF/UA-1, with answers attached and empty signature fields."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from hrddp_desktop import paths
from hrddp_desktop.report import metadata
from hrddp_desktop.report.embedding import embedded
from hrddp_desktop.report.structure import Structure

if TYPE_CHECKING:
    from datetime import date

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.report.blocks import Document
    from hrddp_desktop.report.content import Snapshot
    from hrddp_desktop.report.fonts import EmbeddedFont
    from hrddp_desktop.report.tags import Field, Link, Record

ATTACHMENT = "assessment.json"
FIELD_NAMES = {"preparer": "SigPreparer", "reviewer": "SigReviewer", "approver": "SigApprover"}

_PRINT = 4
_PRINT_AND_LOCKED = 132


@dataclass(frozen=True, slots=True)
class Drawn:
    """Pages as drawn, and what is known about them."""

    pdf: bytes
    record: Record
    fonts: tuple[EmbeddedFont, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """What the pass adds; `locks` says whether the last signature closes the file.

    Without `complete` the file has no attachment, no fields and no metadata of our own: the plain PDF/A-3b that the
    validator of the tests knows.
    """

    description: metadata.Description
    answers: bytes
    answers_title: str
    date: str
    field_title: str
    link_title: str
    locks: bool
    complete: bool = True


def description(document: Document, snapshot: Snapshot, words: Words) -> Archive:
    """What the file of `snapshot` says about itself; every date comes from the snapshot."""
    fields = {
        "app": metadata.APP,
        "answersSha256": snapshot.answers_sha256,
        "definition": snapshot.definition,
        "outcome": snapshot.outcome.code,
        "reference": snapshot.reference,
        "rule": snapshot.outcome.rule,
        "signers": " ".join(signer.role for signer in snapshot.signers),
        "version": str(snapshot.version),
    }
    day = snapshot.as_of
    return Archive(
        description=metadata.Description(
            _plain(document.title), _plain(document.subject), words.language, f"{day:%Y-%m-%d}T00:00:00Z", fields
        ),
        answers=snapshot.answers,
        answers_title=words("The answers that this document was made from"),
        date=f"D:{day:%Y%m%d}000000Z",
        field_title=words("Signature: {role}"),
        link_title=words("Go to: {title}"),
        locks=snapshot.outcome.code != "escalate",
    )


def of_card(document: Document, made: date, words: Words) -> Archive:
    """What the file of a safe card says about itself."""
    about = metadata.Description(
        _plain(document.title), _plain(document.subject), words.language, f"{made:%Y-%m-%d}T00:00:00Z", {}
    )
    return Archive(about, b"", "", f"D:{made:%Y%m%d}000000Z", "", "", locks=False, complete=False)


def _plain(text: str) -> str:
    """Without the isolates that only the layout reads."""
    return "".join(sign for sign in text if not "\u2066" <= sign <= "\u2069")


def finish(drawn: Drawn, archive: Archive) -> bytes:
    """The finished file; equal input gives equal bytes."""
    with pikepdf.open(BytesIO(drawn.pdf)) as pdf:
        _clean_pages(pdf, drawn.fonts)
        structure = Structure(pdf, drawn.record.root)
        for link in drawn.record.links:
            structure.annotate(link.node, _add_link(pdf, link, drawn.record, archive), link.page)
        if archive.complete:
            _add_fields(pdf, structure, drawn.record.fields, archive)
        structure.write()
        _add_bookmarks(pdf, drawn.record)
        _add_profile(pdf)
        if archive.complete:
            _attach(pdf, archive)
        _describe(pdf, archive)
        finished = BytesIO()
        pdf.save(
            finished,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=True,
            deterministic_id=True,
            min_version="1.7",
        )
    return finished.getvalue()


def _clean_pages(pdf: pikepdf.Pdf, fonts: tuple[EmbeddedFont, ...]) -> None:
    """Our fonts in place of reportlab's resources; no transitions, which PDF/A forbids."""
    resources = pdf.make_indirect(Dictionary(Font=Dictionary()))
    for font in fonts:
        resources.Font[f"/{font.resource}"] = embedded(pdf, font)
    for page in pdf.pages:
        page.obj.Resources = resources
        page.obj.Tabs = Name.S
        if "/Trans" in page.obj:
            del page.obj["/Trans"]
    for unused in ("/PageMode", "/Outlines"):
        if unused in pdf.Root:
            del pdf.Root[unused]


def _add_link(pdf: pikepdf.Pdf, link: Link, record: Record, archive: Archive) -> pikepdf.Object:
    target = record.places[link.target]
    annotation = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([round(side, 2) for side in link.box]),
        Border=Array([0, 0, 0]),
        F=_PRINT,
        Dest=Array([pdf.pages[target.page].obj, Name.XYZ, 0, round(target.top, 2), 0]),
        Contents=String(_plain(archive.link_title.format(title=link.title))),
    )
    return _on_page(pdf, annotation, link.page)


def _on_page(pdf: pikepdf.Pdf, annotation: Dictionary, page: int) -> pikepdf.Object:
    added = pdf.make_indirect(annotation)
    holder = pdf.pages[page].obj
    if "/Annots" not in holder:
        holder.Annots = Array([])
    holder.Annots.append(added)
    return added


def _add_fields(pdf: pikepdf.Pdf, structure: Structure, fields: list[Field], archive: Archive) -> None:
    """Empty signature fields in the order of signing; the last one locks the file unless it goes up."""
    if not fields:
        return
    added = []
    for field in fields:
        widget = _on_page(pdf, _widget(pdf, field, archive), field.page)
        structure.annotate(field.node, widget, field.page)
        added.append(widget)
    if archive.locks:
        added[-1].Lock = pdf.make_indirect(Dictionary(Type=Name.SigFieldLock, Action=Name.All, P=1))
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array(added), SigFlags=0))


def _widget(pdf: pikepdf.Pdf, field: Field, archive: Archive) -> Dictionary:
    left, bottom, right, top = field.box
    empty = pikepdf.Stream(
        pdf,
        b"",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, round(right - left, 2), round(top - bottom, 2)]),
        Resources=Dictionary(),
    )
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Sig,
        T=String(FIELD_NAMES[field.role]),
        TU=String(_plain(archive.field_title.format(role=field.title))),
        F=_PRINT_AND_LOCKED,
        Rect=Array([round(side, 2) for side in field.box]),
        P=pdf.pages[field.page].obj,
        AP=Dictionary(N=pdf.make_indirect(empty)),
    )


def _add_bookmarks(pdf: pikepdf.Pdf, record: Record) -> None:
    with pdf.open_outline() as outline:
        for place in record.places:
            if place.level > 2:
                continue
            title = _plain(place.title)
            item = pikepdf.OutlineItem(title, place.page, "XYZ", left=0, top=round(place.top, 2), zoom=0)
            siblings = outline.root[-1].children if place.level > 1 and outline.root else outline.root
            siblings.append(item)


def _add_profile(pdf: pikepdf.Pdf) -> None:
    profile = pikepdf.Stream(pdf, (paths.resources_dir() / "colour" / "sRGB.icc").read_bytes(), N=3)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=pdf.make_indirect(profile),
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def _attach(pdf: pikepdf.Pdf, archive: Archive) -> None:
    checksum = hashlib.md5(archive.answers, usedforsecurity=False).digest()
    stream = pikepdf.Stream(
        pdf,
        archive.answers,
        Type=Name.EmbeddedFile,
        Subtype=Name("/application/json"),
        Params=Dictionary(Size=len(archive.answers), CheckSum=String(checksum), ModDate=String(archive.date)),
    )
    embedded = pdf.make_indirect(stream)
    file = Dictionary(
        Type=Name.Filespec,
        F=String(ATTACHMENT),
        UF=String(ATTACHMENT),
        AFRelationship=Name.Data,
        Desc=String(archive.answers_title),
        EF=Dictionary(F=embedded, UF=embedded),
    )
    named = pdf.make_indirect(file)
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String(ATTACHMENT), named])))
    pdf.Root.AF = Array([named])


def _describe(pdf: pikepdf.Pdf, archive: Archive) -> None:
    said = archive.description
    root = pdf.Root
    root.MarkInfo = Dictionary(Marked=True)
    root.Lang = String(said.language)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    packet = pikepdf.Stream(pdf, metadata.xmp(said), Type=Name.Metadata, Subtype=Name.XML)
    root.Metadata = pdf.make_indirect(packet)
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    pdf.docinfo["/Title"] = String(said.title)
    pdf.docinfo["/Subject"] = String(said.subject)
    pdf.docinfo["/Producer"] = String(metadata.PRODUCER)
    pdf.docinfo["/Creator"] = String(metadata.PRODUCER)
    pdf.docinfo["/CreationDate"] = String(archive.date)
    pdf.docinfo["/ModDate"] = String(archive.date)
