"""Ways to tamper with a signed PDF. Each takes the file and gives another; none may be relied on."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[["Writer"], None]


class Writer(IncrementalPdfFileWriter):
    """An attacker's editor: writes what it is told, and leaves dates alone."""

    def _update_meta(self) -> None:
        pass


def update(pdf: bytes, change: Change) -> bytes:
    """`pdf` with one incremental update."""
    writer = Writer(BytesIO(pdf))
    change(writer)
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
    assert output.getvalue().startswith(pdf)
    assert len(output.getvalue()) > len(pdf)
    return output.getvalue()


def _dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name("/" + key): value for key, value in entries.items()})  # type: ignore[no-untyped-call]


def _stream(data: bytes) -> generic.StreamObject:
    return generic.StreamObject(stream_data=data)


def _numbers(*values: int) -> generic.ArrayObject:
    return generic.ArrayObject(generic.NumberObject(value) for value in values)  # type: ignore[no-untyped-call]


def page(writer: Writer, number: int) -> generic.DictionaryObject:
    """A page's dictionary."""
    found: generic.DictionaryObject = writer.root["/Pages"]["/Kids"][number]
    return found


def _annotate(writer: Writer, kind: str, number: int = 1, **more: generic.PdfObject) -> None:
    there = page(writer, number)
    note = _dictionary(
        Type=pdf_name("/Annot"),
        Subtype=pdf_name(kind),
        Contents=pdf_string("approved without conditions"),
        F=generic.NumberObject(4),  # type: ignore[no-untyped-call]
        **({"Rect": _numbers(100, 500, 300, 600)} | more),
    )
    if "/Annots" not in there:
        there["/Annots"] = generic.ArrayObject()
    there["/Annots"].append(writer.add_object(note))
    writer.update_container(there["/Annots"])


def a_note(writer: Writer) -> None:
    """A sticky note, as a reader adds it."""
    _annotate(writer, "/Text")


def a_text_over_the_page(writer: Writer) -> None:
    """A free text, which can cover what was signed."""
    _annotate(writer, "/FreeText", 0)


def a_cover_over_the_page(writer: Writer) -> None:
    """An opaque square larger than the page."""
    _annotate(writer, "/Square", 0, Rect=_numbers(-10, -10, 900, 900))


def a_line_beside_its_rectangle(writer: Writer) -> None:
    """A mark of no size whose strokes are elsewhere."""
    strokes = generic.ArrayObject([_numbers(0, 0, 595, 842)])
    _annotate(writer, "/Ink", 0, Rect=_numbers(0, 0, 0, 0), InkList=strokes)


def _script() -> generic.DictionaryObject:
    return _dictionary(S=pdf_name("/JavaScript"), JS=pdf_string("app.alert(1)"))


def a_stamp_with_an_action(writer: Writer) -> None:
    """A stamp that runs a script when it is clicked."""
    _annotate(writer, "/Stamp", 0, A=_script())


def a_stamp_that_waits(writer: Writer) -> None:
    """A stamp that runs a script when the pointer comes near."""
    _annotate(writer, "/Stamp", 0, AA=_dictionary(E=_script()))


def a_stamp_with_a_script_within(writer: Writer) -> None:
    """A script deeper down, behind a reference."""
    _annotate(writer, "/Stamp", 0, AP=_dictionary(N=writer.add_object(_dictionary(X=_script()))))


ACTIVE_MARKS: Final[tuple[Change, ...]] = (
    a_stamp_with_an_action,
    a_stamp_that_waits,
    a_stamp_with_a_script_within,
)


def a_link(writer: Writer) -> None:
    """A link, which leads elsewhere."""
    _annotate(writer, "/Link", 0)


def a_stray_widget(writer: Writer) -> None:
    """A form field outside the form."""
    _annotate(writer, "/Widget")


def page_content(writer: Writer) -> None:
    """Another content for the first page."""
    page(writer, 0)["/Contents"] = writer.add_object(_stream(b"0 0 1 rg 0 0 500 500 re f"))
    writer.update_container(page(writer, 0))


def content_in_place(writer: Writer) -> None:
    """The same content stream, rewritten."""
    contents = page(writer, 0).raw_get("/Contents")
    writer.objects[(0, contents.idnum)] = _stream(b"1 0 0 rg 0 0 500 500 re f")


def page_size(writer: Writer) -> None:
    """A page cropped so that a part is hidden."""
    page(writer, 0)["/CropBox"] = _numbers(0, 0, 200, 200)
    writer.update_container(page(writer, 0))


def a_page_less(writer: Writer) -> None:
    """The first page taken out."""
    del writer.root["/Pages"]["/Kids"][0]
    writer.root["/Pages"]["/Count"] = generic.NumberObject(1)  # type: ignore[no-untyped-call]
    writer.update_container(writer.root["/Pages"])


def pages_swapped(writer: Writer) -> None:
    """The pages in another order."""
    writer.root["/Pages"]["/Kids"].reverse()
    writer.update_container(writer.root["/Pages"])


def metadata(writer: Writer) -> None:
    """Another outcome in the metadata."""
    old = writer.root.raw_get("/Metadata")
    xmp = old.get_object().data.replace(b"proceed_with_mitigation", b"proceed_without_worries")
    stream = _stream(xmp)
    stream["/Type"], stream["/Subtype"] = pdf_name("/Metadata"), pdf_name("/XML")
    writer.objects[(0, old.idnum)] = stream


def another_metadata(writer: Writer) -> None:
    """The catalogue led to another metadata stream."""
    stream = _stream(writer.root.raw_get("/Metadata").get_object().data.replace(b"D18", b"D01"))
    stream["/Type"], stream["/Subtype"] = pdf_name("/Metadata"), pdf_name("/XML")
    writer.root["/Metadata"] = writer.add_object(stream)
    writer.update_root()  # type: ignore[no-untyped-call]


def attachment(writer: Writer) -> None:
    """Other answers in the attachment."""
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    names[1]["/EF"]["/F"] = names[1]["/EF"]["/UF"] = writer.add_object(_stream(b'{"form":"f","answers":{}}'))
    writer.update_container(names[1])


def a_second_attachment(writer: Writer) -> None:
    """A second file beside the answers."""
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    file = writer.add_object(_stream(b"{}"))
    spec = _dictionary(Type=pdf_name("/Filespec"), UF=pdf_string("assessment.json"), EF=_dictionary(F=file, UF=file))
    names.extend([pdf_string("z"), writer.add_object(spec)])
    writer.update_container(names)


def a_script(writer: Writer) -> None:
    """A script that runs on opening."""
    writer.root["/OpenAction"] = _dictionary(S=pdf_name("/JavaScript"), JS=pdf_string("app.alert(1)"))
    writer.update_root()  # type: ignore[no-untyped-call]


def an_action_on_a_page(writer: Writer) -> None:
    """A script that runs when a page opens."""
    script = _dictionary(S=pdf_name("/JavaScript"), JS=pdf_string("app.alert(1)"))
    page(writer, 0)["/AA"] = _dictionary(O=script)
    writer.update_container(page(writer, 0))


def _field(writer: Writer, name: str) -> None:
    widget = _dictionary(
        Type=pdf_name("/Annot"),
        Subtype=pdf_name("/Widget"),
        FT=pdf_name("/Sig"),
        T=pdf_string(name),
        Rect=_numbers(0, 0, 0, 0),
        P=writer.root["/Pages"]["/Kids"].raw_get(1),
    )
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(widget))
    writer.update_container(writer.root["/AcroForm"]["/Fields"])


def a_field_more(writer: Writer) -> None:
    """A signature field for somebody else."""
    _field(writer, "SigDirector")


def a_shadow_field(writer: Writer) -> None:
    """A second field of the same name."""
    _field(writer, "SigPreparer")


def the_form(writer: Writer) -> generic.ArrayObject:
    """The list of fields."""
    fields: generic.ArrayObject = writer.root["/AcroForm"]["/Fields"]
    return fields


def a_field_less(writer: Writer) -> None:
    """The last field taken out, as if nobody had to sign there."""
    fields = the_form(writer)
    del fields[len(fields) - 1]
    writer.update_container(fields)


def a_name_changed(writer: Writer) -> None:
    """The preparer's field made the approver's."""
    field = the_form(writer)[0]
    field["/T"] = pdf_string("SigApprover")
    writer.update_container(field)


def a_stamp_changed(writer: Writer) -> None:
    """Another picture over a good signature."""
    field = the_form(writer)[0]
    stream = _stream(b"0 0 300 90 re f")
    stream["/Type"], stream["/Subtype"] = pdf_name("/XObject"), pdf_name("/Form")
    stream["/BBox"] = _numbers(0, 0, 300, 90)
    field["/AP"] = _dictionary(N=writer.add_object(stream))
    writer.update_container(field)


def a_stamp_moved(writer: Writer) -> None:
    """A stamp put elsewhere on the page."""
    field = the_form(writer)[0]
    field["/Rect"] = _numbers(0, 0, 595, 842)
    writer.update_container(field)


def a_signature_taken_out(writer: Writer) -> None:
    """The first signature removed from its field."""
    field = the_form(writer)[0]
    del field["/V"]
    writer.update_container(field)


def fields_exchanged(writer: Writer) -> None:
    """One signature shown in two fields."""
    fields = the_form(writer)
    fields[len(fields) - 1]["/V"] = fields[0].raw_get("/V")
    writer.update_container(fields[len(fields) - 1])


def the_signature_rewritten(writer: Writer) -> None:
    """The signature dictionary itself overwritten, with another time."""
    value = the_form(writer)[0].raw_get("/V")
    copy = generic.DictionaryObject({key: value.get_object().raw_get(key) for key in value.get_object()})  # type: ignore[no-untyped-call]
    copy["/M"] = pdf_string("D:20200101000000Z")
    writer.objects[(0, value.idnum)] = copy


def a_lock_lifted(writer: Writer) -> None:
    """The certification taken out of the catalogue."""
    if "/Perms" in writer.root:
        del writer.root["/Perms"]
    writer.update_root()  # type: ignore[no-untyped-call]


def the_language(writer: Writer) -> None:
    """Another language, so that a screen reader reads otherwise."""
    writer.root["/Lang"] = pdf_string("fr")
    writer.update_root()  # type: ignore[no-untyped-call]


def the_structure(writer: Writer) -> None:
    """Another text for who cannot see the page."""
    element = writer.root["/StructTreeRoot"]["/K"][0]
    element["/ActualText"] = pdf_string("approved without conditions")
    writer.update_container(element)


def another_catalogue(writer: Writer) -> None:
    """A whole other catalogue."""
    copy = generic.DictionaryObject({key: writer.root.raw_get(key) for key in writer.root})  # type: ignore[no-untyped-call]
    writer.trailer["/Root"] = writer._root = writer.add_object(copy)  # noqa: SLF001 - an attacker does


def nothing_but_a_revision(writer: Writer) -> None:
    """An update with an object that nothing uses."""
    writer.add_object(_stream(b"x"))


UPDATES: Final[tuple[Change, ...]] = (
    a_note,
    a_text_over_the_page,
    a_link,
    a_stray_widget,
    page_content,
    content_in_place,
    page_size,
    a_page_less,
    pages_swapped,
    metadata,
    another_metadata,
    attachment,
    a_second_attachment,
    a_script,
    an_action_on_a_page,
    a_field_more,
    a_shadow_field,
    a_field_less,
    a_name_changed,
    a_stamp_changed,
    a_stamp_moved,
    a_signature_taken_out,
    fields_exchanged,
    the_signature_rewritten,
    a_lock_lifted,
    the_language,
    the_structure,
    another_catalogue,
    nothing_but_a_revision,
)
MARKS: Final = frozenset({a_note, a_text_over_the_page, nothing_but_a_revision})
"""Updates that leave what was signed as it is, and of which the verdict says so. Metadata may be rewritten too."""


# ------------------------------------------------------------------------------------------------- bytes, not objects

_CONTENTS: Final = re.compile(rb"/Contents ?<([0-9A-F]+)>")
_BYTE_RANGE: Final = re.compile(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]( *)")


def _last(pattern: re.Pattern[bytes], pdf: bytes) -> re.Match[bytes]:
    return list(pattern.finditer(pdf))[-1]


def _replace(pdf: bytes, span: tuple[int, int], new: bytes) -> bytes:
    return pdf[: span[0]] + new + pdf[span[1] :]


def _contents(pdf: bytes, change: Callable[[bytes], bytes]) -> bytes:
    found = _last(_CONTENTS, pdf)
    return _replace(pdf, found.span(1), change(found[1]))


def _range(pdf: bytes, change: Callable[[int, int, int], tuple[object, ...]]) -> bytes:
    """Other numbers in the last byte range, in a text of the same length."""
    found = _last(_BYTE_RANGE, pdf)
    numbers = " ".join(str(number) for number in change(int(found[1]), int(found[2]), int(found[3])))
    return _replace(pdf, found.span(), f"/ByteRange [{numbers}]".encode().ljust(len(found[0])))


def _rewritten(pdf: bytes) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(output)
    return output.getvalue()


def _linearized(pdf: bytes) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(output, linearize=True)
    return output.getvalue()


def _encrypted(pdf: bytes) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(output, encryption=pikepdf.Encryption(owner="x", user=""))
    return output.getvalue()


def _other_container(pdf: bytes) -> bytes:
    """The first container in place of the last one (the last with one bit more when there is only one)."""
    first = _CONTENTS.search(pdf)
    assert first is not None
    other = first[1] if len(_CONTENTS.findall(pdf)) > 1 else first[1][:-2] + b"01"
    return _contents(pdf, lambda old: other.ljust(len(old), b"0")[: len(old)])


BYTES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "blank appended": lambda pdf: pdf + b"\n",
    "a comment appended": lambda pdf: pdf + b"% seen by the registry\n",
    "an end mark appended": lambda pdf: pdf + b"%%EOF\n",
    "a start mark appended": lambda pdf: pdf + b"startxref\n0\n%%EOF\n",
    "an object appended without a table": lambda pdf: pdf + b"\n3 0 obj\n<< /Type /Catalog >>\nendobj\n",
    "another pdf appended": lambda pdf: pdf + pdf,
    "the same update twice": lambda pdf: pdf + pdf[-9000:],
    "something before it": lambda pdf: b"\n" + pdf,
    "a header before it": lambda pdf: b"%PDF-1.7\n" + pdf,
    "the end cut off": lambda pdf: pdf[:-1],
    "half of it": lambda pdf: pdf[: len(pdf) // 2],
    "a byte taken out": lambda pdf: pdf[:3000] + pdf[3001:],
    "a byte put in": lambda pdf: pdf[:3000] + b" " + pdf[3000:],
    "rewritten": _rewritten,
    "rewritten for the web": _linearized,
    "encrypted": _encrypted,
    "something in the padding": lambda pdf: _contents(pdf, lambda old: old[:-4] + b"41FF"),
    "small letters": lambda pdf: _contents(pdf, bytes.lower),
    "a space among the digits": lambda pdf: _contents(pdf, lambda old: old[:100] + b" " + old[101:]),
    "an odd number of digits": lambda pdf: _contents(pdf, lambda old: old[:-1] + b" "),
    "no container": lambda pdf: _contents(pdf, lambda old: b"0" * len(old)),
    "half a container": lambda pdf: _contents(pdf, lambda old: old[:400].ljust(len(old), b"0")),
    "another container": _other_container,
    "a literal string": lambda pdf: _replace(
        pdf, (_last(_CONTENTS, pdf).start(1) - 1, _last(_CONTENTS, pdf).end(1) + 1), b"(" + b" " * 8192 + b")"
    ),
    "a range from the second byte": lambda pdf: _BYTE_RANGE.sub(lambda found: found[0].replace(b"[0 ", b"[1 "), pdf),
    "a wider gap": lambda pdf: _range(pdf, lambda a, b, c: (0, a, b + 2, c - 2)),
    "a shifted gap": lambda pdf: _range(pdf, lambda a, b, c: (0, a - 2, b, c)),
    "a shorter end": lambda pdf: _range(pdf, lambda a, b, c: (0, a, b, c - 10)),
    "a longer end": lambda pdf: _range(pdf, lambda a, b, c: (0, a, b, c + 10)),
    "a negative range": lambda pdf: _range(pdf, lambda a, b, c: (0, a, b, -c)),
    "a range of two": lambda pdf: _range(pdf, lambda a, b, c: (0, a)),
    "a range of six": lambda pdf: _range(pdf, lambda a, b, c: (0, a, b, c, 1, 1)),
    "a range of reals": lambda pdf: _range(pdf, lambda a, b, c: (0, f"{a}.0", b, c)),
    "an overlapping range": lambda pdf: _range(pdf, lambda a, b, c: (0, b, a, c)),
}
