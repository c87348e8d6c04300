"""The file's description of itself: XMP with the PDF/A, PDF/UA and our own fields, and their declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMESPACE = "urn:hrddp-desktop:1"
PRODUCER = "HRDDP Desktop"
LAYOUT = 3
"""Goes up with every change after which the same answers give other bytes: a check draws the pages again."""
APP = f"layout {LAYOUT}"

_SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
    "hrddp": NAMESPACE,
}
# What each of our own fields says; PDF/A wants every field outside its own list declared.
FIELDS = {
    "app": "Version of the app and of its layout",
    "answersSha256": "SHA-256 of the attached answers",
    "definition": "Hash of the form whose rules gave the outcome",
    "outcome": "Outcome of the form",
    "reference": "Reference of the record",
    "rule": "Rule that gave the outcome",
    "signers": "Roles that must sign, in order",
    "version": "Version of the record",
}


@dataclass(frozen=True, slots=True)
class Description:
    """What the file says about itself; `moment` is ISO 8601, `fields` are ours."""

    title: str
    subject: str
    language: str
    moment: str
    fields: Mapping[str, str]
    conformance: str = "A"
    accessible: bool = True


def xmp(description: Description) -> bytes:
    """The metadata packet."""
    body = "".join((_archive_part(description), _common(description), _own(description), _schemas(description)))
    used = {prefix: uri for prefix, uri in _SPACES.items() if prefix != "rdf" and f"<{prefix}:" in body}
    spaces = " ".join(f"xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in used.items())
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{_SPACES["rdf"]}"><rdf:Description rdf:about="" {spaces}>'
        f"{body}</rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="r"?>'
    )
    return packet.encode("utf-8")


def _archive_part(description: Description) -> str:
    accessible = "<pdfuaid:part>1</pdfuaid:part>" if description.accessible else ""
    level = f"<pdfaid:conformance>{description.conformance}</pdfaid:conformance>"
    return f"<pdfaid:part>3</pdfaid:part>{level}{accessible}"


def _common(description: Description) -> str:
    title, subject = escape(description.title), escape(description.subject)
    return (
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>'
        f"<dc:language><rdf:Bag><rdf:li>{escape(description.language)}</rdf:li></rdf:Bag></dc:language>"
        f"<xmp:CreateDate>{description.moment}</xmp:CreateDate><xmp:ModifyDate>{description.moment}</xmp:ModifyDate>"
        f"<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool><pdf:Producer>{PRODUCER}</pdf:Producer>"
    )


def _own(description: Description) -> str:
    return "".join(
        f"<hrddp:{name}>{escape(description.fields[name])}</hrddp:{name}>"
        for name in FIELDS
        if name in description.fields
    )


def _schemas(description: Description) -> str:
    schemas = []
    if description.fields:
        own = [(name, text, "Text") for name, text in FIELDS.items()]
        schemas.append(_schema(NAMESPACE, "hrddp", "HRDDP Desktop", own))
    if description.accessible:
        part = [("part", "Part of ISO 14289 that the file follows", "Integer")]
        schemas.append(_schema(_SPACES["pdfuaid"], "pdfuaid", "PDF/UA identification schema", part))
    listed = "".join(schemas)
    return f"<pdfaExtension:schemas><rdf:Bag>{listed}</rdf:Bag></pdfaExtension:schemas>" if listed else ""


def _schema(uri: str, prefix: str, name: str, properties: list[tuple[str, str, str]]) -> str:
    listed = "".join(
        '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>internal</pdfaProperty:category>'
        f"<pdfaProperty:description>{escape(text)}</pdfaProperty:description>"
        f"<pdfaProperty:name>{field}</pdfaProperty:name>"
        f"<pdfaProperty:valueType>{kind}</pdfaProperty:valueType></rdf:li>"
        for field, text, kind in properties
    )
    return (
        f'<rdf:li rdf:parseType="Resource"><pdfaSchema:namespaceURI>{uri}</pdfaSchema:namespaceURI>'
        f"<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix><pdfaSchema:schema>{escape(name)}</pdfaSchema:schema>"
        f"<pdfaSchema:property><rdf:Seq>{listed}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
