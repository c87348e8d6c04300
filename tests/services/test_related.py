"""Records that belong to others: an incident, a decision of headquarters, a reading; what each reads of the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import AnswerError, Code, FormError, VaultError
from hrddp_desktop.exchange.package import AnswersFile
from hrddp_desktop.services import assessment
from hrddp_desktop.storage.records import Signature

if TYPE_CHECKING:
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.records import Assessment, Office

CASE_1 = Path(__file__).parents[1] / "data" / "cases" / "case1.json"
SEALED = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def case_1(office: Office) -> Assessment:
    file = assessment.read(CASE_1.read_bytes(), CASE_1.name)
    return office.open(office.import_answers(file))


def approve(record: Assessment) -> None:
    decision = record.decision()
    record.note_signature(
        Signature(
            role="approver",
            signer="Chief of Mission",
            fingerprint="00",
            signed=SEALED,
            outcome=decision.outcome or "",
            rule=decision.rule or "",
            as_of=date(2026, 2, 10),
            definition=record.session.definition.hash,
            answers_sha256="11",
            file_sha256="22",
        )
    )


def state(office: Office, record: str, row: str = "S1xR1") -> object:
    """The rule that holds a release row, read by somebody who opens the record now."""
    return office.open(record).session.decision(f"release_rows/{row}/rel_state").rule


def test_every_form_can_be_a_record(office: Office, case_1: Assessment) -> None:
    kept = set(office.forms.names()) - {"screening_list"}
    for form in sorted(kept):
        record = office.new_record(form, "" if form in {"assessment", "country_sheet"} else case_1.record)
        assert office.open(record.record).session.definition.form_id == form
    belonging = {line.form for line in office.records(related=case_1.record)}
    assert belonging == kept - {"assessment", "country_sheet"}


def test_a_form_with_names_of_persons_is_not_kept(office: Office, case_1: Assessment) -> None:
    file = AnswersFile(form="screening_list", answers={}, excused={})
    with pytest.raises(AnswerError) as made:
        office.new_record("screening_list", case_1.record)
    with pytest.raises(AnswerError) as imported:
        office.import_answers(file)
    assert {made.value.code, imported.value.code} == {Code.FORM_SEALED}
    assert office.records(related=case_1.record) == ()


def test_a_record_of_an_unknown_form_or_owner_is_refused(office: Office) -> None:
    with pytest.raises(FormError) as form:
        office.new_record("no_such_form")
    with pytest.raises(VaultError) as owner:
        office.new_record("incident", "5f0c2b5e-7c1d-4a3e-9b62-1d7f0a4c8e12")
    assert (form.value.code, owner.value.code) == (Code.FORM_MISSING, Code.RECORD_UNKNOWN)


def test_a_new_assessment_takes_over_what_the_country_sheet_says(office: Office) -> None:
    sheet = office.new_record("country_sheet")
    sheet.answer("cs_setting", "mission_pko")
    sheet.answer("cs_dp_law", "abolished_all")
    record = office.new_assessment()
    assert record.session.value("a0_setting") == "mission_pko"
    assert record.session.answers()["a2_dp_law"] == "abolished_all"


def test_nothing_is_released_before_the_approver_has_signed(office: Office, case_1: Assessment) -> None:
    assert state(office, case_1.record) == "L02"
    approve(case_1)
    assert state(office, case_1.record) == "L07"
    assert office.open(case_1.record).session.value("valid_until") == "2026-08-12"


def test_a_frozen_answer_that_changes_takes_the_seal_away(office: Office, case_1: Assessment) -> None:
    approve(case_1)
    case_1.reason = "The donor changed."
    case_1.answer("a0_objective", "Something else.")
    assert state(office, case_1.record) == "L02"


def test_an_incident_stops_its_rows_and_no_others(office: Office, case_1: Assessment) -> None:
    approve(case_1)
    incident = office.new_record("incident", case_1.record)
    for path, value in {"n_what": "Shots at the line.", "n_where": "Selm", "n_danger": "yes", "n_how": "saw"}.items():
        incident.answer(path, value)
    incident.answer("n_share", "no")
    incident.answer("n_unit", ["R4"])
    incident.answer("x_stop_rows", ["S3xR4"])
    incident.add_row("steps")
    incident.answer("steps/Y1/st_event", "T01")
    incident.add_row("steps")
    incident.answer("steps/Y2/st_event", "T04")
    assert incident.session.value("in_id") == "X1"
    rows = {row: state(office, case_1.record, row) for row in ("S3xR4", "S3xR1")}
    assert rows == {"S3xR4": "L04", "S3xR1": rows["S3xR1"]}
    assert rows["S3xR1"] != "L04"


def test_headquarters_answers_the_rules_that_fired(office: Office, case_1: Assessment) -> None:
    approve(case_1)
    record = office.new_record("hq_decision", case_1.record)
    assert record.session.value("hq_case_ref") == case_1.reference
    assert record.session.value("hq_outcome_sealed") == "proceed_with_mitigation"


def test_a_record_keeps_the_form_it_was_made_with(
    office: Office, case_1: Assessment, forms: Forms, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = replace(forms.definition("assessment"), hash="sha256:newer", version="2027.1")
    monkeypatch.setattr(type(forms), "definition", lambda _self, _form: newer)
    assert office.open(case_1.record).session.definition.version == "2026.1"
    assert office.new_assessment().session.definition.version == "2027.1"
