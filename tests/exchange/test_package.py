"""The answers file: what is read, what is refused, and that its bytes are one."""

from __future__ import annotations

import contextlib
import json
import zlib
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import AttachedFileSpec, Dictionary, Name

from hrddp_desktop.errors import AnswerError, Code, FileError
from hrddp_desktop.exchange.package import AnswersFile, attached, canonical, parse, sha256

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORD = "5f0c2b5e-7c1d-4a3e-9b62-1d7f0a4c8e11"
SMALL = b'{"form":"assessment","answers":{}}'


def whole() -> AnswersFile:
    return AnswersFile(
        form="assessment",
        version="2026.1",
        definition="sha256:00",
        record=RECORD,
        related=RECORD,
        created=date(2025, 11, 20),
        as_of=date(2026, 1, 20),
        answers={
            "a0_title": "Crossing points, Tiravo",
            "a0_people": 12,
            "a0_share": 0.5,
            "a0_units": ["b", "a"],
            "a1_recipients": [{"_row": "R1", "rec_name": "Tiravo post", "rec_kinds": ["x"]}],
        },
        excused={"a1_recipients/R1/rec_orders": {"kind": "later", "why": "Visit in May", "who": "Reviewer"}},
        marks={"a0_title": {"seen": "0123456789ab"}},
    )


def refused(raw: bytes) -> str:
    with pytest.raises(AnswerError) as caught:
        parse(raw, "received.json")
    assert caught.value.code is Code.ANSWERS_UNREADABLE
    assert "received.json" in str(caught.value)
    return str(caught.value.facts["detail"])


def test_form_and_answers_are_enough() -> None:
    assert parse(SMALL, "f") == AnswersFile(form="assessment", answers={}, excused={})


def test_no_marks_leave_no_trace_in_the_bytes() -> None:
    file = AnswersFile(form="f", answers={}, excused={})
    assert b"marks" not in canonical(file)
    assert parse(b'{"form":"f","answers":{},"marks":{"a":{}}}', "f") == file


def test_what_was_written_is_read_back_whole() -> None:
    assert parse(canonical(whole()), "f") == whole()


def test_order_and_spaces_of_a_file_do_not_change_its_canonical_bytes() -> None:
    content = json.loads(canonical(whole()))
    shuffled = json.dumps(dict(reversed(content.items())), indent=4).encode()
    assert shuffled != canonical(whole())
    assert canonical(parse(shuffled, "f")) == canonical(whole())


def test_canonical_bytes_are_those_of_rfc_8785() -> None:
    file = AnswersFile(form="f", answers={"b": 1.0, "a": "\u20ac\n", "c": 1e21}, excused={})
    expected = '{"answers":{"a":"\u20ac\\n","b":1,"c":1e+21},"excused":{},"form":"f","format":1}'
    assert canonical(file) == expected.encode()


def test_two_spellings_of_one_letter_give_the_same_bytes() -> None:
    composed, decomposed = "Caf\u00e9", "Cafe\u0301"
    files = [AnswersFile(form="f", answers={"a": text}, excused={}) for text in (composed, decomposed)]
    assert canonical(files[0]) == canonical(files[1])
    assert parse(f'{{"form":"f","answers":{{"a":"{decomposed}"}}}}'.encode(), "f").answers["a"] == composed


def test_an_unanswered_question_and_an_absent_one_are_the_same() -> None:
    with_null = b'{"form":"f","version":"","record":null,"answers":{"a":null,"t":[{"_row":"R1","x":null}]}}'
    without = b'{"form":"f","answers":{"t":[{"_row":"R1"}]}}'
    assert canonical(parse(with_null, "f")) == canonical(parse(without, "f"))


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[]", "not an object"),
        (b'"text"', "not an object"),
        (SMALL + b"x", "not JSON"),
        (b'\xef\xbb\xbf{"form":"f","answers":{}}', "not JSON"),
        (b'{"answers":{}}', "does not name its form"),
        (b'{"case1.json":{"outcome":"escalate"}}', "names no form and has no answers"),
        (b'{"form":"","answers":{}}', "does not name its form"),
        (b'{"form":7,"answers":{}}', "form is not a text"),
        (b'{"form":"f"}', "no answers"),
        (b'{"form":"f","answers":null}', "answers is not an object"),
        (b'{"form":"f","answers":[]}', "answers is not an object"),
        (b'{"form":"f","answers":{},"macro":"x"}', "unknown entry macro"),
        (b'{"form":"f","answers":{},"format":2}', "format"),
        (b'{"form":"f","answers":{},"format":true}', "format"),
        (b'{"form":"f","form":"g","answers":{}}', "form stands in it twice"),
        (b'{"form":"f","answers":{"a":1,"a":2}}', "a stands in it twice"),
        ('{"form":"f","answers":{"\u00e9":1,"e\u0301":2}}'.encode(), "twice"),
        (b'{"form":"f","answers":{"a":NaN}}', "NaN is not a number"),
        (b'{"form":"f","answers":{"a":-Infinity}}', "not a number"),
        (b'{"form":"f","answers":{"a":1e999}}', "too large a number"),
        (b'{"form":"f","answers":{"a":9007199254740992}}', "too large a number"),
        (b'{"form":"f","answers":{"a":' + b"9" * 5000 + b"}}", "not JSON"),
        (b'{"form":"f","answers":{"a":true}}', "neither text, number nor list"),
        (b'{"form":"f","answers":{"a":{}}}', "neither text, number nor list"),
        (b'{"form":"f","answers":{"a":[1]}}', "a is not a text"),
        (b'{"form":"f","answers":{"a":["x",{"_row":"R1"}]}}', "not an object"),
        (b'{"form":"f","answers":{"a":[{"x":"y"}]}}', "no _row"),
        (b'{"form":"f","answers":{"a":[{"_row":1}]}}', "no _row"),
        (b'{"form":"f","answers":{"a":[{"_row":"R1"},{"_row":"R1"}]}}', "two rows R1"),
        (b'{"form":"f","answers":{"a":[{"_row":"R1","x":{}}]}}', "neither text"),
        (b'{"form":"f","answers":{"a":"\\ud800"}}', "half a character"),
        (b'{"form":"f","answers":{},"record":"R1"}', "record is not a UUID"),
        (b'{"form":"f","answers":{},"record":"5F0C2B5E-7C1D-4A3E-9B62-1D7F0A4C8E11"}', "lower case"),
        (b'{"form":"f","answers":{},"record":"6ba7b810-9dad-11d1-80b4-00c04fd430c8"}', "version 4"),
        (b'{"form":"f","answers":{},"as_of":"31/02/2026"}', "as_of is not a date"),
        (b'{"form":"f","answers":{},"as_of":"2026-02-30"}', "as_of is not a date"),
        (b'{"form":"f","answers":{},"as_of":"20260120"}', "not a date like"),
        (b'{"form":"f","answers":{},"created":5}', "created is not a text"),
        (b'{"form":"f","answers":{},"excused":[1]}', "excused is not an object"),
        (b'{"form":"f","answers":{},"excused":{"a":"na"}}', "excuse of a is not an object"),
        (b'{"form":"f","answers":{},"excused":{"a":{"kind":"never"}}}', "neither na nor later"),
        (b'{"form":"f","answers":{},"excused":{"a":{"why":"x"}}}', "neither na nor later"),
        (b'{"form":"f","answers":{},"excused":{"a":{"kind":"na","by":"x"}}}', "unknown entry by"),
        (b'{"form":"f","answers":{},"excused":{"a":{"kind":"na","why":1}}}', "why is not a text"),
        (b'{"form":"f","answers":{},"marks":[1]}', "marks is not an object"),
        (b'{"form":"f","answers":{},"marks":{"a":"seen"}}', "the marks of a is not an object"),
        (b'{"form":"f","answers":{},"marks":{"a":{"seen":1}}}', "seen is not a text"),
        (b'{"form":"f","answers":{"a":[[["x"]]]}}', "a is not a text"),
        (b'{"form":"f","answers":{"a":[[[["x"]]]]}}', "nested deeper"),
        (b"[" * 500_000, "nested deeper"),
        (b'{"a":' * 500_000, "nested deeper"),
    ],
)
def test_a_file_of_another_shape_is_refused_and_says_why(raw: bytes, detail: str) -> None:
    assert detail in refused(raw)


def test_brackets_inside_a_text_are_no_depth() -> None:
    raw = b'{"form":"f","answers":{"a":"[[[[[[[[[[ \\" [[[[[["}}'
    assert parse(raw, "f").answers["a"] == '[[[[[[[[[[ " [[[[[['


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    assert "larger than 8 MB" in refused(SMALL + b" " * 8 * 1024 * 1024)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
answers = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.text(max_size=20)
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e9, 1e9)
    | st.lists(st.text(max_size=5), max_size=3),
    max_size=6,
)


@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_in_is_an_answers_file_or_a_plain_refusal(raw: bytes) -> None:
    with contextlib.suppress(AnswerError):
        parse(raw, "f")


@given(json_values)
def test_any_value_at_any_place_is_taken_or_refused(value: object) -> None:
    for place in ("form", "answers", "excused", "record", "as_of", "format"):
        content = {"form": "f", "answers": {}, place: value}
        with contextlib.suppress(AnswerError):
            once = canonical(parse(json.dumps(content).encode(), "f"))
            assert canonical(parse(once, "f")) == once


@given(answers)
def test_canonical_bytes_are_a_fixed_point(values: Mapping[str, str | int | float | list[str]]) -> None:
    raw = json.dumps({"form": "f", "answers": values}).encode()
    with contextlib.suppress(AnswerError):  # two names that NFC makes one
        once = canonical(parse(raw, "f"))
        assert canonical(parse(once, "f")) == once


# --------------------------------------------------------------------------------------------------------- from a PDF


def a_file(document: pikepdf.Pdf, name: str, content: bytes) -> AttachedFileSpec:
    return AttachedFileSpec(
        document, content, description="", filename=name, mime_type="application/json", creation_date="", mod_date=""
    )


def a_pdf(files: Mapping[str, bytes], expected: str | None = None, lock: pikepdf.Encryption | None = None) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    for name, content in files.items():
        document.attachments[name] = a_file(document, name, content)
    if expected is not None:
        with document.open_metadata() as metadata:
            metadata["{urn:hrddp-desktop:1}answersSha256"] = expected
    output = BytesIO()
    document.save(output, encryption=lock or False)
    return output.getvalue()


def code_of(pdf: bytes) -> Code:
    with pytest.raises(FileError) as caught:
        attached(pdf, "received.pdf")
    assert caught.value.facts["file"] == "received.pdf"
    return caught.value.code


def test_the_attached_answers_are_read_byte_for_byte() -> None:
    assert attached(a_pdf({"assessment.json": SMALL}), "f") == SMALL
    assert attached(a_pdf({"assessment.json": SMALL}, sha256(SMALL)), "f") == SMALL


def test_other_attachments_are_left_alone() -> None:
    assert attached(a_pdf({"assessment.json": SMALL, "photo.jpg": b"x"}), "f") == SMALL


def test_answers_that_are_not_those_of_the_metadata_are_refused() -> None:
    assert code_of(a_pdf({"assessment.json": SMALL}, sha256(b"other"))) is Code.ANSWERS_DO_NOT_MATCH


def test_two_attachments_of_that_name_are_refused() -> None:
    document = pikepdf.new()
    document.add_blank_page()
    for key in ("one", "two"):
        document.attachments[key] = a_file(document, "assessment.json", SMALL)
    output = BytesIO()
    document.save(output)
    assert code_of(output.getvalue()) is Code.ANSWERS_DO_NOT_MATCH


def test_a_pdf_without_answers_says_so() -> None:
    assert code_of(a_pdf({})) is Code.NO_ANSWERS_INSIDE
    assert code_of(a_pdf({"other.json": SMALL})) is Code.NO_ANSWERS_INSIDE


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.7", SMALL, b"%PDF-1.7\n%%EOF\n", b"\x00" * 5000])
def test_what_is_no_pdf_says_so(raw: bytes) -> None:
    assert code_of(raw) is Code.NOT_A_PDF


def test_a_locked_pdf_is_refused() -> None:
    locked = a_pdf({"assessment.json": SMALL}, lock=pikepdf.Encryption(owner="x", user="y"))
    assert code_of(locked) is Code.NOT_A_PDF


def test_an_attachment_that_would_unpack_to_far_more_than_an_answers_file_is_refused_without_unpacking_it() -> None:
    document = pikepdf.new()
    document.add_blank_page()
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(100)) + packer.flush()
    stream = pikepdf.Stream(document, packed, Type=Name.EmbeddedFile, Filter=Name.FlateDecode)
    spec = Dictionary(Type=Name.Filespec, F="assessment.json", UF="assessment.json", EF=Dictionary(F=stream, UF=stream))
    document.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=["assessment.json", document.make_indirect(spec)]))
    output = BytesIO()
    document.save(output, compress_streams=False, recompress_flate=False)
    assert len(output.getvalue()) < 200_000
    assert code_of(output.getvalue()) is Code.NOT_A_PDF


@given(st.data())
def test_a_damaged_pdf_gives_answers_or_a_plain_refusal(data: st.DataObject) -> None:
    pdf = bytearray(a_pdf({"assessment.json": SMALL}, sha256(SMALL)))
    for _ in range(data.draw(st.integers(1, 8))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FileError):
        attached(bytes(pdf), "f")
