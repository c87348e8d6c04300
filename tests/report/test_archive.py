from __future__ import annotations

import hashlib
import re
import subprocess
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest
from pikepdf import pdfa

from hrddp_desktop import i18n
from hrddp_desktop.errors import Code, FileError
from hrddp_desktop.report import archive, style
from hrddp_desktop.report.content import Outcome, cleaned
from hrddp_desktop.report.documents import assessment
from hrddp_desktop.report.render import draw, render
from tests.report import samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.report.content import Snapshot

ENGLISH = i18n.words("en")


def _plain(snapshot: Snapshot, words: i18n.Words, **changes: object) -> bytes:
    """The file without fields, attachment and own metadata, which the validator does not know."""
    built = assessment.build(cleaned(snapshot), words)
    wanted = archive.description(built, snapshot, words)
    said = replace(wanted.description, conformance="B", accessible=False, fields={})
    drawn = draw(built, style.PAGES[snapshot.paper], right_to_left=words.right_to_left)
    return archive.finish(replace(drawn, **changes), replace(wanted, complete=False, description=said))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("snapshot", "language"),
    [
        (samples.certificates, "en"),
        (samples.draft, "fr"),
        (samples.arabic, "ar"),
        (samples.empty, "es"),
        (samples.huge, "en"),
    ],
)
def test_the_core_is_pdf_a_3b(snapshot: Callable[[], Snapshot], language: str) -> None:
    report = pdfa.validate_written(BytesIO(_plain(snapshot(), i18n.words(language))), "3b")
    assert [str(finding) for finding in report.findings] == []


def test_control_a_font_that_is_not_embedded_is_found() -> None:
    broken = _plain(samples.certificates(), ENGLISH, fonts=())
    assert pdfa.validate_written(BytesIO(broken), "3b").findings


def test_the_full_file_breaks_no_rule_but_those_unknown_to_the_validator(files: Callable[[str], Path]) -> None:
    report = pdfa.validate_written(files("crossing"), "3b")
    known = ("interactive forms", "embedded files", "is not permitted", "conformance")
    assert [str(finding) for finding in report.findings if not any(text in str(finding) for text in known)] == []


def test_qpdf_finds_no_fault(every_file: Path) -> None:
    ran = subprocess.run(["qpdf", "--check", str(every_file)], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_every_font_is_embedded_and_reads_out(every_file: Path) -> None:
    ran = subprocess.run(["pdffonts", str(every_file)], capture_output=True, check=True, text=True)
    rows = ran.stdout.splitlines()[2:]
    assert rows
    for row in rows:
        assert re.search(r"Identity-H\s+yes yes yes", row), row
        assert re.match(r"[A-Z]{6}\+Noto", row), row


@pytest.mark.parametrize(("name", "size"), [("crossing", (595.28, 841.89)), ("letter", (612, 792))])
def test_paper_is_a4_or_letter(name: str, size: tuple[float, float], files: Callable[[str], Path]) -> None:
    with pikepdf.open(files(name)) as pdf:
        for page in pdf.pages:
            assert [float(side) for side in page.mediabox] == pytest.approx([0, 0, *size], abs=0.1)


def test_the_file_says_what_it_is(files: Callable[[str], Path]) -> None:
    with pikepdf.open(files("arabic")) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "ar"
        assert root.ViewerPreferences.DisplayDocTitle
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        assert len(root.OutputIntents[0].DestOutputProfile.read_bytes()) > 2_000
        with pdf.open_metadata() as meta:
            assert meta["pdfaid:part"] == "3"
            assert meta["pdfaid:conformance"] == "A"
            assert meta["pdfuaid:part"] == "1"
            assert "BMR-SELM-2026-001-K" in str(meta["dc:title"])
        assert all("/Trans" not in page.obj and page.obj.Tabs == "/S" for page in pdf.pages)


def test_the_metadata_carry_what_a_check_needs(files: Callable[[str], Path]) -> None:
    snapshot = samples.crossing()
    space = "{urn:hrddp-desktop:1}"
    with pikepdf.open(files("crossing")) as pdf:
        packet = pdf.Root.Metadata.read_bytes().decode("utf-8")
        with pdf.open_metadata() as meta:
            assert meta[f"{space}answersSha256"] == hashlib.sha256(snapshot.answers).hexdigest()
            assert meta[f"{space}outcome"] == "proceed_with_mitigation"
            assert meta[f"{space}rule"] == "D18"
            assert meta[f"{space}definition"] == snapshot.definition
            assert meta[f"{space}reference"] == "BMR-SELM-2026-001-K"
            assert meta[f"{space}version"] == "1"
            assert meta[f"{space}signers"] == "preparer reviewer approver"
    declared = re.findall("<pdfaProperty:name>(.*?)</pdfaProperty:name>", packet)
    used = re.findall("<hrddp:(.*?)>", packet)
    assert set(used) | {"part"} == set(declared)
    assert "<pdfaSchema:namespaceURI>urn:hrddp-desktop:1</pdfaSchema:namespaceURI>" in packet


def test_the_answers_are_attached_as_data(files: Callable[[str], Path]) -> None:
    with pikepdf.open(files("crossing")) as pdf:
        assert list(pdf.attachments) == ["assessment.json"]
        attached = pdf.attachments["assessment.json"]
        assert attached.get_file().read_bytes() == samples.ANSWERS
        assert attached.obj.AFRelationship == "/Data"
        assert pdf.Root.AF[0].objgen == attached.obj.objgen
        assert attached.get_file().mime_type == "application/json"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("certificates", ["SigPreparer", "SigReviewer"]),
        ("crossing", ["SigPreparer", "SigReviewer", "SigApprover"]),
        ("arabic", ["SigPreparer", "SigReviewer", "SigApprover"]),
        ("draft", []),
    ],
)
def test_there_is_an_empty_field_for_each_signer(name: str, fields: list[str], files: Callable[[str], Path]) -> None:
    with pikepdf.open(files(name)) as pdf:
        widgets = list(pdf.Root.AcroForm.Fields) if "/AcroForm" in pdf.Root else []
        assert [str(widget.T) for widget in widgets] == fields
        for widget in widgets:
            assert widget.FT == "/Sig"
            assert "/V" not in widget
            assert str(widget.TU)
            assert int(widget.F) & 4
            assert widget.AP.N.read_bytes() == b""
            left, bottom, right, top = (float(side) for side in widget.Rect)
            assert right - left > 200
            assert top - bottom > 80
        # An escalated file goes up: headquarters must still be able to answer it.
        locks = ["/Lock" in widget for widget in widgets]
        assert locks == [name != "arabic" and widget is widgets[-1] for widget in widgets]


def test_only_the_last_signature_locks_and_an_escalated_file_stays_open() -> None:
    escalated = replace(samples.crossing(), outcome=Outcome("escalate", "Escalate", "D16", "High risk.", "house"))
    for snapshot, locks in ((samples.crossing(), [False, False, True]), (escalated, [False, False, False])):
        with pikepdf.open(BytesIO(render(snapshot, ENGLISH))) as pdf:
            assert ["/Lock" in widget for widget in pdf.Root.AcroForm.Fields] == locks
            for widget in pdf.Root.AcroForm.Fields:
                if "/Lock" in widget:
                    assert (str(widget.Lock.Action), int(widget.Lock.P)) == ("/All", 1)


def test_contents_and_bookmarks_lead_to_their_headings(files: Callable[[str], Path]) -> None:
    with pikepdf.open(files("crossing")) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        links = [a for page in pdf.pages for a in page.obj.get("/Annots", []) if a.Subtype == "/Link"]
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
        assert [str(link.Contents) for link in links] == [f"Go to: {title}" for title in titles]
        targets = [pages[link.Dest[0].objgen] for link in links]
        assert targets == sorted(targets)
        assert targets[0] == 1


def test_a_document_of_another_name_is_refused() -> None:
    with pytest.raises(FileError) as refused:
        render(samples.certificates(), ENGLISH, document="letter_to_the_moon")
    assert refused.value.code is Code.DOCUMENT_UNKNOWN
    assert "assessment" in str(refused.value)
