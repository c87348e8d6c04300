"""Release: one row for each support and recipient, what holds it back, until when it goes; the worked cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.decisions import first_rule
from tests.forms.worked import Form, Json, cases, opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hrddp_desktop.engine.session import Session

BASE: Mapping[str, str | None] = {
    "outcome_effective": "proceed_with_mitigation",
    "seal": "in_force",
    "excluded": "no",
    "stop": "none",
    "trigger": "none",
    "screening": "valid",
    "pre": "all_verified",
    "request": "have",
    "letter": "sent",
    "agreement": "signed",
    "validity": "in_date",
    "life_saving": "no",
}
VECTORS: list[tuple[dict[str, str | None], str, str]] = [
    ({}, "L15", "released"),
    ({"outcome_effective": "may_proceed", "screening": "not_required", "agreement": "not_needed"}, "L15", "released"),
    ({"outcome_effective": "other"}, "L01", "not_released"),
    ({"seal": "not_signed", "pre": "open", "request": None, "letter": "not_sent"}, "L02", "not_released"),
    ({"excluded": "yes"}, "L03", "not_released"),
    ({"stop": "open", "screening": "out_of_date"}, "L04", "not_released"),
    ({"trigger": "stop_new"}, "L05", "not_released"),
    ({"screening": "out_of_date"}, "L12", "not_released"),
    ({"screening": "out_of_date", "validity": "ended", "life_saving": "yes"}, "L13", "released"),
    ({"trigger": "review_due"}, "L14", "released"),
]


@pytest.mark.parametrize(("differs", "rule", "state"), VECTORS)
def test_the_vectors_of_the_policy(form: Form, differs: dict[str, str | None], rule: str, state: str) -> None:
    found = first_rule(form.definition.tables["release"], {**BASE, **differs})
    assert found is not None
    assert (found.rule, found.outcome) == (rule, state)


def rows(session: Session) -> list[Json]:
    found: list[Json] = []
    for row in session.table("release_rows", "en").rows:
        path = f"release_rows/{row.row_id}"
        decision = session.decision(f"{path}/rel_state")
        one: Json = {"row": row.row_id, "rule": decision.rule, "state": decision.outcome}
        one["reasons"] = [fired.rule for fired in decision.also]
        open_measures = str(session.value(f"{path}/rel_open") or "").split()
        one |= {"open_preconditions": open_measures} if open_measures and decision.outcome == "not_released" else {}
        one |= {"until": until} if (until := session.value(f"{path}/rel_until")) else {}
        found.append(one)
    return found


@pytest.mark.parametrize(("file", "later", "expected"), list(cases()))
def test_the_worked_cases_release_as_expected(form: Form, file: str, later: Json, expected: Json) -> None:
    running: Json = {"item": [{"label": "X1", "open": "yes", "st": "running", "stop_rows": ""}]}
    session = opened(form, file, later, expected, incidents=running if "incidents" in later else {})
    assert rows(session) == expected["release"]
    assert session.value("valid_until") == expected["valid_until"]


RELEASED = "2026-04-18, screened again"


def released(form: Form, **related: Json) -> Session:
    later, expected = next((later, expect) for _, later, expect in cases() if later.get("name") == RELEASED)
    return opened(form, "case1.json", later, expected, **related)


def states(session: Session) -> set[tuple[str | None, str | None]]:
    names = [row.row_id for row in session.table("release_rows", "en").rows]
    return {(one.rule, one.outcome) for one in (session.decision(f"release_rows/{row}/rel_state") for row in names)}


@pytest.mark.parametrize("st", ["hold", "suspended"])
def test_an_incident_stops_the_rows_it_names_and_all_when_it_names_none(form: Form, st: str) -> None:
    session = released(form, incidents={"item": [{"open": "yes", "st": st, "stop_rows": "S3xR1 S3xR4"}]})
    assert session.decision("release_rows/S3xR1/rel_state").rule == "L04"
    assert session.decision("release_rows/S3xR1/rel_state").outcome == "not_released"
    assert session.value("release_rows/S3xR1/rel_free") == "yes"
    assert session.decision("release_rows/S1xR1/rel_state").rule == "L15"
    session = released(form, incidents={"item": [{"open": "yes", "st": st, "stop_rows": ""}]})
    assert states(session) == {("L04", "not_released")}


def test_what_happened_since_calls_for_a_review_or_stops(form: Form) -> None:
    assert states(released(form)) == {("L15", "released")}
    assert states(released(form, events={"item": [{"event": "new_commander"}]})) == {("L14", "released")}
    both: Json = {"item": [{"event": "new_commander"}, {"event": "mechanism_alert"}]}
    assert states(released(form, events=both)) == {("L05", "not_released")}
    session = released(form)
    session.set("a5_measures/M17/ms_status", "failed")
    assert states(session) == {("L14", "released")}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ms_status", "in_place"),
        ("ms_status_by", None),
        ("ms_status_by", "IOM, Chief of Mission"),
        ("ms_status_on", None),
        ("ms_status_on", "2026-04-19"),
        ("ms_status_ref", None),
        ("ms_rows", ["S1xR1", "S9xR9"]),
    ],
)
def test_a_condition_that_is_not_seen_by_another_function_holds_its_rows_back(
    form: Form, path: str, value: str | list[str] | None
) -> None:
    session = released(form)
    session.set(f"a5_measures/M1/{path}", value)
    if path == "ms_rows":
        session.set("a5_measures/M1/ms_status", "planned")
    decision = session.decision("release_rows/S1xR1/rel_state")
    assert (decision.outcome, "L07") in {
        ("not_released", decision.rule),
        *(("not_released", r.rule) for r in decision.also),
    }


def test_life_saving_help_goes_on_when_a_date_has_passed(form: Form) -> None:
    later, expected = next((one, exp) for _, one, exp in cases() if "out of date" in str(one.get("name")))
    session = opened(form, "case1.json", later, expected)
    session.set("a1_supports/S3/sup_life_saving", "yes")
    assert session.decision("release_rows/S3xR1/rel_state").rule == "L13"
    assert session.decision("release_rows/S1xR1/rel_state").rule == "L12"


@pytest.mark.parametrize("answer", [None, "refused", "not_told"])
def test_without_being_told_nothing_is_released(form: Form, answer: str | None) -> None:
    session = released(form)
    session.set("a3_told_stop", answer)
    assert states(session) == {("L10", "not_released")}


def test_an_undecided_title_holds_its_own_rows_back(form: Form) -> None:
    session = released(form)
    session.set("a1_supports/S3/sup_title", "undecided")
    assert session.decision("release_rows/S3xR1/rel_state").rule == "L10"
    assert session.decision("release_rows/S1xR1/rel_state").rule == "L15"


@pytest.mark.parametrize(
    ("months", "until"), [(1, "2026-03-13"), (3, "2026-05-13"), (6, "2026-08-12"), (12, "2027-02-10")]
)
def test_months_of_validity_are_days(form: Form, months: int, until: str) -> None:
    session = released(form)
    session.set("a4_validity", months)
    assert session.value("valid_until") == until
    session.set("a4_validity", 13)
    assert session.decision("release_rows/S1xR1/rel_state").rule == "L11"
