"""Pages, marks and metadata that say other than the attached answers: nobody signs them, and a check refuses them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from hrddp_desktop import paths
from hrddp_desktop.errors import Code, SigningError
from hrddp_desktop.report import metadata
from hrddp_desktop.services import assessment, documents, signatures
from hrddp_desktop.signing import identity
from hrddp_desktop.signing import sign as signing
from hrddp_desktop.signing.findings import Report, Verdict
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.trust import MADE_HERE, TrustList

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.exchange.package import AnswersFile
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.signing.identity import Identity

    Forge = Callable[[pikepdf.Pdf], None]

EXAMPLES = paths.forms_dir() / "assessment" / "examples"
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
WORDS = "words of mine"


def answers_file(name: str) -> AnswersFile:
    return assessment.read((EXAMPLES / f"{name}.json").read_bytes(), name)


def made(file: AnswersFile, forms: Forms, language: str = "en", paper: str = "a4") -> bytes:
    session = assessment.open_file(file, forms)
    return documents.render(documents.freeze_file(file, session, language=language, paper=paper))


@dataclass(frozen=True)
class Desk:
    """Three people, a list that knows them, and a document of the real pipeline."""

    forms: Forms
    people: tuple[Identity, ...]
    trust: Path
    pdf: bytes

    def forced(self, pdf: bytes, signers: int = 3) -> bytes:
        """Everybody signs, whatever it is: an attacker's own copy of the app asks nothing."""
        for role, who in list(zip(Role, self.people, strict=True))[:signers]:
            pdf = signing.sign(pdf, who, role, "post holder", NOW)
        return pdf

    def check(self, pdf: bytes) -> Report:
        return signatures.check(pdf, self.trust, self.forms)

    def sign(self, pdf: bytes, place: int = 0) -> bytes:
        """As the app does it."""
        p12 = identity.lock(self.people[place], WORDS)
        role = list(Role)[place].value
        return signatures.sign(pdf, p12, WORDS, self.forms, role=role, document="received.pdf")


@pytest.fixture(scope="module")
def desk(forms: Forms, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    people = tuple(identity.generate(name, "Officer", "Dorva", NOW) for name in ("Ada Example", "Ben", "Cyra"))
    trust = tmp_path_factory.mktemp("trust") / "trust.json"
    known = TrustList()
    for one in people:
        known = known.add(one.card, MADE_HERE, NOW.date())
    known.save(trust)
    return Desk(forms, people, trust, made(answers_file("rights_course"), forms))


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(signatures, "now", lambda: NOW)
    # pyHanko says in the log what is wrong with a file; here that is the point.
    caplog.set_level("CRITICAL", logger="pyhanko")


def edited(pdf: bytes, forge: Forge) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        forge(document)
        document.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return output.getvalue()


def refused(desk: Desk, pdf: bytes, place: int = 0) -> str:
    with pytest.raises(SigningError) as caught:
        desk.sign(pdf, place)
    assert caught.value.code is Code.DOCUMENT_NOT_SIGNABLE
    assert "received.pdf" in str(caught.value)
    return str(caught.value)


# ------------------------------------------------------------------------------------------------------- forgeries


def page_painted_over(document: pikepdf.Pdf) -> None:
    document.pages[0].contents_add(b"q 1 1 1 rg 0 300 600 400 re f Q")


def page_of_another(document: pikepdf.Pdf) -> None:
    document.pages[0].Contents = document.pages[1].Contents
    document.pages[0].Resources = document.pages[1].Resources


def page_cropped(document: pikepdf.Pdf) -> None:
    document.pages[0].CropBox = Array([0, 0, 200, 200])


def page_action(document: pikepdf.Pdf) -> None:
    document.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def opening_chain(document: pikepdf.Pdf) -> None:
    after = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    document.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]), Next=after)


def layers(document: pikepdf.Pdf) -> None:
    document.Root.OCProperties = Dictionary(OCGs=Array([]), D=Dictionary())


def base_address(document: pikepdf.Pdf) -> None:
    document.Root.URI = Dictionary(Base=String("https://example.org"))


def _annotate(document: pikepdf.Pdf, **entries: object) -> None:
    rectangle = Array([50, 500, 550, 700])
    mark = Dictionary(Type=Name.Annot, Rect=rectangle, F=4, **entries)  # type: ignore[arg-type]
    document.pages[0].Annots.append(document.make_indirect(mark))


def launching_link(document: pikepdf.Pdf) -> None:
    _annotate(document, Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("calc.exe")))


def text_over_the_page(document: pikepdf.Pdf) -> None:
    _annotate(document, Subtype=Name.FreeText, DA=String("/F1 20 Tf"), Contents=String("Not applicable"))


def _spec(document: pikepdf.Pdf) -> pikepdf.Object:
    stream = document.make_stream(b"{}", Type=Name.EmbeddedFile)
    name = String("assessment.json")
    return document.make_indirect(Dictionary(Type=Name.Filespec, F=name, UF=name, EF=Dictionary(F=stream)))


def attached_by_a_mark(document: pikepdf.Pdf) -> None:
    _annotate(document, Subtype=Name.FileAttachment, FS=_spec(document))


def action_on_a_field(document: pikepdf.Pdf) -> None:
    for field in document.Root.AcroForm.Fields:
        field.A = Dictionary(S=Name.URI, URI=String("https://example.org"))


def script_on_a_field(document: pikepdf.Pdf) -> None:
    for field in document.Root.AcroForm.Fields:
        field.AA = Dictionary(E=Dictionary(S=Name.JavaScript, JS=String("x")))


def another_associated_file(document: pikepdf.Pdf) -> None:
    document.Root.AF = Array([_spec(document)])


def attachment_named_otherwise(document: pikepdf.Pdf) -> None:
    document.Root.Names.EmbeddedFiles.Names[1].F = String("other.json")


def other_text_to_be_read_out(document: pikepdf.Pdf) -> None:
    whole = document.Root.StructTreeRoot.K
    (whole[0] if isinstance(whole, Array) else whole).ActualText = String("Not applicable")


def _describe(document: pikepdf.Pdf, old: str, new: str) -> None:
    packet = document.Root.Metadata.read_bytes()
    assert old.encode() in packet
    document.Root.Metadata.write(packet.replace(old.encode(), new.encode()))


def another_reference(document: pikepdf.Pdf) -> None:
    _describe(document, "SRV-LEMN-2026-084-Q", "SRV-LEMN-2026-001-Q")


def another_version_number(document: pikepdf.Pdf) -> None:
    _describe(document, "<hrddp:version>1<", "<hrddp:version>2<")


def another_rule(document: pikepdf.Pdf) -> None:
    rule = re.search(rb"<hrddp:rule>(.*?)<", document.Root.Metadata.read_bytes())
    assert rule is not None
    _describe(document, f"<hrddp:rule>{rule[1].decode()}<", "<hrddp:rule>D01\nAll is well.<")


def _answer(document: pikepdf.Pdf, change: Callable[[dict[str, object]], object]) -> None:
    stream = document.Root.Names.EmbeddedFiles.Names[1].EF.F
    old = stream.read_bytes()
    content = json.loads(old)
    change(content)
    stream.write(json.dumps(content).encode())
    _describe(document, hashlib.sha256(old).hexdigest(), hashlib.sha256(stream.read_bytes()).hexdigest())


def judged_long_ago(document: pikepdf.Pdf) -> None:
    _answer(document, lambda content: content.update(as_of="1990-01-01"))


def judged_in_the_future(document: pikepdf.Pdf) -> None:
    _answer(document, lambda content: content.update(as_of="2027-01-01"))


def other_answers_of_the_same_outcome(document: pikepdf.Pdf) -> None:
    _answer(document, lambda content: content["answers"].update(a0_title="Another title"))  # type: ignore[attr-defined]


PAGES = (page_painted_over, page_of_another, other_text_to_be_read_out, page_cropped)
OTHERS = (
    page_action,
    opening_chain,
    layers,
    base_address,
    launching_link,
    text_over_the_page,
    attached_by_a_mark,
    action_on_a_field,
    script_on_a_field,
    another_associated_file,
    attachment_named_otherwise,
    another_reference,
    another_version_number,
    another_rule,
    judged_long_ago,
    judged_in_the_future,
    other_answers_of_the_same_outcome,
)


# ----------------------------------------------------------------------------------------------------- this version


@pytest.mark.parametrize("forge", PAGES + OTHERS, ids=lambda forge: forge.__name__)
def test_nobody_signs_a_forged_document_and_signed_elsewhere_it_is_refused(desk: Desk, forge: Forge) -> None:
    forged = edited(desk.pdf, forge)
    refused(desk, forged)
    try:
        signed = desk.forced(forged, 1)
    except SigningError:
        return
    report = desk.check(signed)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert report.answers is None


def test_answers_of_a_form_without_an_outcome_are_of_no_assessment(desk: Desk) -> None:
    """A letter's own rules are installed here, and still there is no outcome that its answers could give."""
    own = desk.forms.definition("letter").hash
    blank = {"form": "letter", "definition": own, "answers": {}, "excused": {}}
    forged = edited(desk.pdf, lambda document: _answer(document, lambda content: content.update(blank)))
    refused(desk, forged)
    assert desk.check(desk.forced(forged, 1)).answers is None


@pytest.mark.parametrize(("language", "paper"), [("en", "a4"), ("fr", "letter"), ("ar", "a4")])
def test_an_honest_document_is_signed_by_everybody_and_genuine(desk: Desk, language: str, paper: str) -> None:
    pdf = made(answers_file("rights_course"), desk.forms, language, paper)
    for place in range(3):
        pdf = desk.sign(pdf, place)
        report = desk.check(pdf)
        assert report.verdict is (Verdict.GENUINE if place == 2 else Verdict.IN_CIRCULATION)


def test_the_pages_of_another_case_are_not_those_of_the_answers(desk: Desk) -> None:
    """The control beside the sentence: a cover that says "not applicable" over answers that say otherwise."""

    def swap(document: pikepdf.Pdf) -> None:
        with pikepdf.open(BytesIO(made(answers_file("case4"), desk.forms))) as other:
            document.pages[0].Contents = document.copy_foreign(other.pages[0].Contents)
            document.pages[0].Resources = document.copy_foreign(other.pages[0].Resources)

    report = desk.check(desk.forced(edited(desk.pdf, swap)))
    assert [fact.name for fact in report.facts] == ["pages_differ"]


def test_a_document_that_was_only_compressed_otherwise_has_the_same_pages(desk: Desk) -> None:
    again = edited(desk.pdf, lambda document: None)
    assert again != desk.pdf
    assert desk.check(desk.forced(again)).verdict is Verdict.GENUINE


def test_a_document_of_the_window_is_the_one_that_its_answers_give(office: Office, desk: Desk) -> None:
    """A record in a vault knows its office; what travels has to give the same pages without it."""
    record = office.new_assessment()
    for path, value in answers_file("case4").answers.items():
        if isinstance(value, str):
            record.answer(path, value)
    snapshot = documents.freeze(record.session, record.record, record.created, language="fr", printed=NOW)
    assert snapshot.draft is None
    again = assessment.read(snapshot.answers, "attached")
    assert documents.render(snapshot) == made(again, desk.forms, "fr")


def test_what_comes_between_the_pages_and_the_first_signature_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first signature's own update is the last place where pages could change without a broken signature."""
    whole = signing._Writer.write  # noqa: SLF001 - an attacker's own copy of the app

    def write(writer: signing._Writer, *arguments: object) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Rotate"] = page["/StructParents"]
        writer.update_container(page)
        whole(writer, *arguments)  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped

    clean = desk.forced(desk.pdf)
    with monkeypatch.context() as patched:
        patched.setattr(signing._Writer, "write", write)  # noqa: SLF001
        once = signing.sign(desk.pdf, desk.people[0], Role.PREPARER, "", NOW)
    assert once.startswith(desk.pdf)
    report = desk.check(once)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert [fact.name for fact in report.facts] == ["changed_between"]
    assert desk.check(clean).verdict is Verdict.GENUINE


def test_nobody_signs_after_a_forgery_that_somebody_signed(desk: Desk) -> None:
    forged = signing.sign(edited(desk.pdf, page_painted_over), desk.people[0], Role.PREPARER, "", NOW)
    assert "pages" in refused(desk, forged, 1)


# ----------------------------------------------------------------------------------------------------- another layout


def test_pages_that_cannot_be_drawn_again_are_not_relied_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(metadata, "APP", "layout 0")
        older = made(answers_file("rights_course"), desk.forms)
        assert desk.check(desk.forced(older)).verdict is Verdict.GENUINE  # the control: its own installation draws it
    report = desk.check(desk.forced(older))
    assert report.verdict is Verdict.DO_NOT_RELY
    assert [fact.facts["app"] for fact in report.facts if fact.name == "layout_unknown"] == ["layout 0"]
    assert "cannot draw" in refused(desk, older)


# -------------------------------------------------------------------------------------------------------------- drafts


def unfinished(forms: Forms) -> AnswersFile:
    """Answers that decide already, while one that must be there at the signatures is not."""
    file = answers_file("rights_course")
    answers = {path: value for path, value in file.answers.items() if path != "a1_indirect_text"}
    for path in list(answers):
        kept = {key: value for key, value in answers.items() if key != path}
        session = assessment.open_file(replace(file, answers=kept), forms)
        if session.missing(assessment.BEFORE_SIGNATURES) and assessment.final_decision(session).outcome not in (
            None,
            "incomplete",
        ):
            return replace(file, answers=kept)
    raise AssertionError("no answer can be left out")


def test_nobody_signs_a_draft_whatever_its_outcome(desk: Desk) -> None:
    file = unfinished(desk.forms)
    session = assessment.open_file(file, desk.forms)
    snapshot = documents.freeze_file(file, session, language="en")
    assert snapshot.draft is not None
    assert snapshot.signers == ()
    pdf = documents.render(snapshot)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert "/AcroForm" not in document.Root
    assert "draft" in refused(desk, pdf)
    assert [fact.name for fact in desk.check(pdf).facts] == ["draft"]


def test_a_draft_that_was_given_fields_is_not_signed_and_not_relied_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = unfinished(desk.forms)
    session = assessment.open_file(file, desk.forms)
    snapshot = documents.freeze_file(file, session, language="en")
    signers = documents.freeze_file(
        answers_file("rights_course"), assessment.open_file(answers_file("rights_course"), desk.forms), language="en"
    ).signers
    pdf = documents.render(replace(snapshot, signers=signers))
    assert "draft" in refused(desk, pdf)
    report = desk.check(desk.forced(pdf))
    assert report.verdict is Verdict.DO_NOT_RELY
    assert "incomplete" in [fact.name for fact in report.facts]


# -------------------------------------------------------------------------------------------------------------- people


def test_a_second_certificate_of_the_same_person_does_not_sign(desk: Desk) -> None:
    again = identity.generate("ＡＤＡ  example", "Reviewer", "dorva", NOW)
    once = desk.sign(desk.pdf)
    p12 = identity.lock(again, WORDS)
    with pytest.raises(SigningError) as caught:
        signatures.sign(once, p12, WORDS, desk.forms, role="reviewer")
    assert caught.value.code is Code.SIGNED_OUT_OF_TURN
    assert "another person" in str(caught.value)


def test_a_reason_cannot_write_lines_of_the_report(desk: Desk) -> None:
    p12 = identity.lock(desk.people[0], WORDS)
    reason = "post holder\n- All 3 signatures are there.\u202e\x00\u200b" + "x" * 500
    signed = signatures.sign(desk.pdf, p12, WORDS, desk.forms, role="preparer", reason=reason)
    report = desk.check(signed)
    shown = report.signatures[0].reason
    assert shown.startswith("post holder - All 3 signatures are there.x")
    assert len(shown) <= 150
    assert sum("All 3" in line for line in signatures.as_lines(report)) == 1
    assert not any(line.startswith("- All 3") for line in signatures.as_lines(report))


def test_a_fact_from_a_forged_file_stays_on_its_line(desk: Desk) -> None:
    report = desk.check(desk.forced(edited(desk.pdf, another_rule)))
    assert all("\n" not in line for line in signatures.as_lines(report))
