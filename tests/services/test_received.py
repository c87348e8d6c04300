"""Strictly confidential answers leave in no document; who receives it gets the same outcome and changes nothing."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest

from hrddp_desktop import paths
from hrddp_desktop.engine.withheld import withheld
from hrddp_desktop.errors import AnswerError, Code, SigningError
from hrddp_desktop.exchange.package import canonical, parse
from hrddp_desktop.services import assessment, documents, signatures
from hrddp_desktop.signing.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.exchange.package import AnswersFile
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.records import Office

    Forge = Callable[[AnswersFile], AnswersFile]

EXAMPLES = paths.forms_dir() / "assessment" / "examples"
CASES = sorted(path.stem for path in EXAMPLES.glob("*.json") if path.stem != "expected")
CANARY = "Kanarienvogel seven seven"
PASSPHRASE = "words of mine"
_GIVEN = ("gate", "release")
"""The tables whose results are given: which of their rows gave them is what is withheld."""


def whole_of(name: str, forms: Forms) -> tuple[AnswersFile, Session]:
    file = assessment.read((EXAMPLES / f"{name}.json").read_bytes(), name)
    return file, assessment.open_file(file, forms)


def told_of(file: AnswersFile, session: Session) -> AnswersFile:
    return assessment.document_file(session, file.record, file.created or session.as_of, file.marks)


@pytest.fixture
def full(forms: Forms) -> tuple[AnswersFile, Session]:
    """Case 1 with a canary in each strictly confidential text."""
    file, session = whole_of("case1", forms)
    for table, cells in {"a3_screen_rows": ("sc_result_by", "sc_result_ref"), "a4_sources": ("src_title",)}.items():
        for row in session.table(table, "en").rows:
            for cell in cells:
                session.set(f"{table}/{row.row_id}/{cell}", CANARY)
    return file, session


@pytest.mark.parametrize("name", CASES)
def test_the_outcome_follows_from_what_is_told_as_from_the_whole(name: str, forms: Forms) -> None:
    file, session = whole_of(name, forms)
    told = parse(canonical(told_of(file, session)), "told")
    again = assessment.open_file(told, forms)
    assert told.withheld == withheld(session.definition)
    before, after = assessment.decide(session, file.marks), assessment.decide(again, told.marks)
    for decided in (before, after):
        decided["rules"] = {table: rule for table, rule in decided["rules"].items() if table not in _GIVEN}  # type: ignore[attr-defined]
        for row in decided.get("release", ()):  # type: ignore[attr-defined]
            del row["rule"], row["reasons"]
    assert after == before
    assert [each.path for each in again.missing()] == [each.path for each in session.missing()]


@pytest.mark.parametrize("name", CASES)
def test_the_file_that_is_told_is_the_same_byte_for_byte_when_it_is_told_on(name: str, forms: Forms) -> None:
    first = canonical(told_of(*whole_of(name, forms)))
    file = parse(first, "told")
    assert canonical(told_of(file, assessment.open_file(file, forms))) == first


def test_a_blank_record_withholds_and_can_be_told_on(office: Office, forms: Forms) -> None:
    record = office.new_assessment()
    snapshot = documents.freeze(record.session, record.record, record.created, language="en")
    file = parse(snapshot.answers, "blank")
    assert file.withheld
    assert assessment.final_decision(assessment.open_file(file, forms)) == record.decision()


def streams(pdf: bytes) -> bytes:
    """Every byte of a PDF, its compressed parts unpacked."""
    with pikepdf.open(BytesIO(pdf)) as document:
        found = [one.read_bytes() for one in document.objects if isinstance(one, pikepdf.Stream)]
        found += [repr(one).encode() for one in document.objects]
    return pdf + b"".join(found)


def test_no_strictly_confidential_word_stands_anywhere_in_a_document(full: tuple[AnswersFile, Session]) -> None:
    file, session = full
    snapshot = documents.freeze_file(file, session, language="en")
    assert snapshot.withheld
    assert CANARY.encode() not in snapshot.answers
    assert not {"not_cleared", "cleared_monitored"} & set(json.loads(snapshot.answers)["given"].values())
    pdf = documents.render(snapshot)
    assert CANARY.encode() not in streams(pdf)
    # The control: attached whole it would be found.
    told_all = replace(snapshot, answers=canonical(assessment.as_file(session, file.record, session.as_of)))
    assert CANARY.encode() in streams(documents.render(told_all))
    assert zlib.compress(CANARY.encode()) not in pdf


def test_a_document_without_them_is_signed_and_checked(forms: Forms, tmp_path: Path) -> None:
    file, session = whole_of("case1", forms)
    pdf = documents.render(documents.freeze_file(file, session, language="fr"))
    p12 = signatures.new_identity("Ada Example", "Project manager", "Dorva", PASSPHRASE)
    trust = tmp_path / "trust.json"
    signatures.make_known(signatures.card(p12, PASSPHRASE), trust)
    signed = signatures.sign(pdf, p12, PASSPHRASE, forms, role="preparer")
    assert signatures.check(signed, trust, forms).verdict is Verdict.IN_CIRCULATION


@pytest.mark.parametrize(
    "forge",
    [
        lambda file: replace(file, given={**file.given, "marking": "unclassified", "outcome": "may_proceed"}),
        lambda file: replace(file, withheld=(*file.withheld, "a1_joint_ops")),
        lambda file: replace(file, withheld=file.withheld[1:]),
    ],
)
def test_a_file_that_withholds_or_gives_what_the_form_does_not_is_refused(forms: Forms, forge: Forge) -> None:
    file = forge(told_of(*whole_of("case1", forms)))
    with pytest.raises(AnswerError) as caught:
        assessment.open_file(file, forms)
    assert caught.value.code in {Code.VALUE_NOT_ALLOWED, Code.ANSWERS_UNREADABLE}


@pytest.mark.parametrize(
    "change",
    [{"withheld": []}, {"withheld": "sc_result"}, {"withheld": [1]}, {"given": {"marking": 1}}, {"withheld": None}],
)
def test_a_file_that_names_it_badly_is_refused(forms: Forms, change: dict[str, object]) -> None:
    content = json.loads(canonical(told_of(*whole_of("case1", forms)))) | change
    with pytest.raises(AnswerError) as caught:
        parse(json.dumps(content).encode(), "told")
    assert caught.value.code is Code.ANSWERS_UNREADABLE


def test_whoever_receives_it_reads_sends_on_and_changes_nothing(office: Office, forms: Forms) -> None:
    file = told_of(*whole_of("case1", forms))
    record = office.open(office.import_answers(file))
    assert record.decision() == assessment.final_decision(assessment.open_file(file, forms))
    assert record.session.as_of == file.as_of, "a result that was given holds on its day, not on a later one"
    assert record.answers_file() == canonical(replace(file, created=record.created))
    changes: list[Callable[[], object]] = [
        lambda: record.answer("a0_title", "Another"),
        lambda: record.add_row("a1_recipients"),
    ]
    for change in changes:
        before = record.session.answers()
        with pytest.raises(AnswerError) as caught:
            change()
        assert caught.value.code is Code.RECORD_NOT_WHOLE
        assert record.session.answers() == before
    snapshot = documents.freeze(record.session, record.record, record.created, language="en", marks=record.marks)
    assert json.loads(snapshot.answers)["given"] == file.given


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a3_screen_rows/V3/sc_result_on", "2031-01-01"),
        ("a3_screen_rows/V3/sc_result", None),
        ("a1_recipients/R3/el_a_commander", None),
    ],
)
def test_a_draft_stays_a_draft_for_whoever_receives_it(
    office: Office, forms: Forms, path: str, value: str | None
) -> None:
    """What is due and withheld is due there too, though nobody can answer it."""
    file, session = whole_of("ibm_proceeds", forms)
    assert documents.freeze_file(file, session, language="en").draft is None
    session.set(path, value)
    told = parse(documents.freeze_file(file, session, language="en").answers, "told")
    record = office.open(office.import_answers(told))
    snapshot = documents.freeze(record.session, record.record, record.created, language="en", marks=record.marks)
    assert snapshot.draft is not None
    assert snapshot.signers == ()
    missing = session.missing(assessment.BEFORE_SIGNATURES)
    assert {each.path for each in record.missing()} == {each.path for each in missing}


def test_a_projection_stays_one_without_results_and_after_an_erasure(office: Office, forms: Forms) -> None:
    file = replace(told_of(*whole_of("case4", forms)), given={})
    record = office.open(office.import_answers(file))
    assert record.session.is_projection


def test_a_mark_cannot_smuggle_a_result_in(office: Office, forms: Forms) -> None:
    file, _ = whole_of("case1", forms)
    forged = replace(file, marks={"marking": {"given": "unclassified", "given_on": "2026-01-01"}})
    record = office.open(office.import_answers(forged))
    assert not record.session.is_projection


def test_a_document_whose_results_were_given_otherwise_is_not_signed(forms: Forms) -> None:
    """What is given decides; pages that say something else are found."""
    file, session = whole_of("case1", forms)
    snapshot = documents.freeze_file(file, session, language="en")
    told = parse(snapshot.answers, "told")
    blocked = {path: "blocked" if path.endswith("/el_gv") else text for path, text in told.given.items()}
    pdf = documents.render(replace(snapshot, answers=canonical(replace(told, given=blocked))))
    p12 = signatures.new_identity("Ada Example", "Project manager", "Dorva", PASSPHRASE)
    with pytest.raises(SigningError) as caught:
        signatures.sign(pdf, p12, PASSPHRASE, forms, role="preparer")
    assert caught.value.code is Code.DOCUMENT_NOT_SIGNABLE
