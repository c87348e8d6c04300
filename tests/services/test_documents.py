"""What stands in the record stands in the document, and nothing else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.session import open_session
from hrddp_desktop.errors import Code, SigningError
from hrddp_desktop.report.content import Grid, Item
from hrddp_desktop.services import assessment, documents, signatures
from hrddp_desktop.signing import verify
from hrddp_desktop.signing.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.engine.views import Decision
    from hrddp_desktop.exchange.package import AnswersFile
    from hrddp_desktop.report.content import Snapshot
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.records import Office

EXAMPLES = paths.forms_dir() / "assessment" / "examples"


def example(name: str, forms: Forms) -> tuple[AnswersFile, Session]:
    file = assessment.read((EXAMPLES / f"{name}.json").read_bytes(), name)
    return file, assessment.open_file(file, forms)


def frozen(name: str, forms: Forms, language: str = "en") -> Snapshot:
    file, session = example(name, forms)
    return documents.freeze_file(file, session, language=language)


def texts(snapshot: Snapshot) -> list[str]:
    items = [item for section in snapshot.sections for item in section.items]
    plain = [item.text for item in items if isinstance(item, Item)]
    cells = [cell for item in items if isinstance(item, Grid) for row in item.rows for cell in row]
    return plain + cells


def test_the_outcome_names_the_row_of_action_1_it_stands_on(forms: Forms) -> None:
    outcome = frozen("case4", forms).outcome
    assert (outcome.code, outcome.rule) == ("not_applicable", "D01")
    assert [reason.rule for reason in outcome.also] == ["A1-02"]


@pytest.mark.parametrize(
    ("name", "signers"),
    [
        ("case4", ["preparer", "reviewer"]),
        ("rights_course", ["preparer", "reviewer", "approver"]),
        ("armed_group", ["preparer", "reviewer", "approver"]),
    ],
)
def test_who_signs_follows_from_the_outcome(forms: Forms, name: str, signers: list[str]) -> None:
    snapshot = frozen(name, forms)
    assert [signer.role for signer in snapshot.signers] == signers
    assert snapshot.draft is None


def test_an_unfinished_record_is_a_draft_that_nobody_can_sign(office: Office) -> None:
    record = office.new_assessment()
    snapshot = documents.freeze(record.session, record.record, record.created, language="en")
    assert snapshot.draft is not None
    assert snapshot.missing
    assert snapshot.signers == ()


def test_recipients_and_supports_are_in_the_document(forms: Forms) -> None:
    snapshot = frozen("rights_course", forms)
    answers = assessment.read((EXAMPLES / "rights_course.json").read_bytes(), "x").answers
    names = [row["rec_name"] for row in answers["a1_recipients"]]  # type: ignore[index,union-attr]  # a table is a list of rows
    assert [recipient.name for recipient in snapshot.recipients] == names
    assert [support.row for support in snapshot.supports] == ["S1"]
    assert set(names) <= set(texts(snapshot))


def test_what_the_rows_of_a_table_come_to_is_no_result_of_their_page(forms: Forms, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(paths.forms_dir() / "assessment", tmp_path / "assessment"))
    survey = (folder / "survey.csv").read_text("utf-8")
    heading, rows = survey.split("\n", 1)
    column = {"type": "calculate", "name": "rec_result", "label": "Result", "source": "[D]", "table": "a1"}
    added = ",".join(column.get(name, "") for name in heading.split(","))
    last = rows.index("calculate,rec_orphan,")
    (folder / "survey.csv").write_text(f"{heading}\n{rows[:last]}{added}\n{rows[last:]}", "utf-8")
    definition = compile_form(folder)
    assert isinstance(definition, Definition)
    file, shipped = example("rights_course", forms)
    session = open_session(definition, file.answers, as_of=shipped.as_of)
    snapshot = documents.freeze_file(file, session, language="en")
    results = {section.title: section.results for section in snapshot.sections}
    assert results["Recipients"] == ()
    assert len(results["Result of Action 1"]) == 1


def test_each_result_has_its_word_and_nothing_tells_what_a_screening_found(forms: Forms) -> None:
    snapshot = frozen("case1", forms)
    results = {result.rule: result.label for section in snapshot.sections for result in section.results}
    assert results == {"A1-03": "Full assessment", "P1-05": "Met", "P2-03": "Met", "P3-04": "Met", "P4-06": "Met"} | {
        "A3-03": "Conditional",
        "H03": "Explained",
        "B05": "Favourable",
    }
    grids = {item.title: item for section in snapshot.sections for item in section.items if isinstance(item, Grid)}
    assert grids["What may be handed over today"].headings == ("No.", "State today", "Released until")
    assert {row[1] for row in grids["What may be handed over today"].rows} == {"Not released"}
    assert "Screening valid until" not in grids["Screening register"].headings


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_the_form_speaks_the_language_of_the_document(forms: Forms, language: str) -> None:
    english, other = frozen("rights_course", forms), frozen("rights_course", forms, language)
    labels = [(here.label, there.label) for here, there in zip(_items(english), _items(other), strict=True)]
    assert [pair for pair in labels if pair[0] == pair[1]] == []
    assert english.outcome.reason != other.outcome.reason
    assert english.answers == other.answers


def _items(snapshot: Snapshot) -> list[Item]:
    return [item for section in snapshot.sections for item in section.items if isinstance(item, Item)]


def test_the_attached_answers_give_the_same_outcome_again(forms: Forms) -> None:
    snapshot = frozen("armed_group", forms)
    again = assessment.decide(assessment.open_file(assessment.read(snapshot.answers, "attached"), forms))
    assert (again["outcome"], again["rule"]) == (snapshot.outcome.code, snapshot.outcome.rule)


def test_an_outcome_that_was_printed_wrong_is_found_by_the_check(
    forms: Forms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "now", lambda: datetime(2026, 11, 2, tzinfo=UTC))
    p12 = signatures.new_identity("Ada Example", "Project manager", "Dorva", "words of mine")
    signatures.make_known(signatures.card(p12, "words of mine"), tmp_path / "trust.json")

    def verdict(snapshot: Snapshot) -> Verdict:
        signed = signatures.sign(documents.render(snapshot), p12, "words of mine", forms, role="preparer")
        return signatures.check(signed, tmp_path / "trust.json", forms).verdict

    good = frozen("case4", forms)
    assert verdict(good) is Verdict.IN_CIRCULATION
    with monkeypatch.context() as patched:
        patched.setattr(assessment, "final_decision", _lenient(assessment.final_decision))
        with pytest.raises(SigningError) as caught:
            verdict(good)
        assert caught.value.code is Code.DOCUMENT_NOT_SIGNABLE
        # An attacker's own copy of the app signs anything.
        patched.setattr(verify, "objection", lambda *_: None)
        assert verdict(good) is Verdict.DO_NOT_RELY


def _lenient(decide: Callable[[Session], Decision]) -> Callable[[Session], Decision]:
    return lambda session: replace(decide(session), outcome="may_proceed")


def test_what_is_not_relevant_leaves_the_office_in_no_file(office: Office) -> None:
    record = office.new_assessment()
    for path in ("a1_any_security", "a1_indirect", "a1_partner_links", "a1_escort"):
        record.answer(path, "yes")
    row = str(record.add_row("a1_recipients").added_row)
    record.answer(f"a1_recipients/{row}/rec_name", "CANARY unit")
    record.answer("a1_indirect_text", "CANARY way")
    record.excuse("a0_begun_text", "later", "CANARY why", "CANARY who")
    record.answer("a0_title", "Stays")

    def attached() -> bytes:
        return documents.freeze(record.session, record.record, record.created, language="en").answers

    assert attached().count(b"CANARY") == 2
    for path in ("a1_any_security", "a1_indirect", "a1_partner_links", "a1_escort"):
        record.answer(path, "no")
    assert b"CANARY" not in attached()
    assert b"Stays" in attached()
    assert "CANARY unit" in str(record.session.answers())
    again = assessment.decide(assessment.open_file(assessment.read(attached(), "attached"), office.forms))
    assert again["outcome"] == record.decision().outcome
