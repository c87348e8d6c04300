"""The worked cases reach the outcome, rule and lane that the policy reference expects."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, cast

import pytest

from hrddp_desktop.engine.decisions import decide_table
from hrddp_desktop.engine.session import open_session
from hrddp_desktop.services import texts
from hrddp_desktop.services.related import case_number
from tests.forms.worked import CASES, FORM, REFERENCE, RELATED, Form, Json, read_json

if TYPE_CHECKING:
    from hrddp_desktop.engine.session import Session

EXAMPLES = sorted(path.name for path in (FORM / "examples").glob("*.json") if path.name != "expected.json")
OWN = read_json(FORM / "examples" / "expected.json")
REFERENCE_CASE_4 = cast("Json", read_json(CASES / "expected.json")["case4.json"])


def assert_reaches(session: Session, expected: Json) -> None:
    decision = session.decision("final")
    rules = cast("Mapping[str, object]", expected["rules"])
    assert (decision.outcome, decision.rule) == (expected["outcome"], expected["rule"])
    assert session.lane == expected["lane"]
    assert dict(decision.variables) == expected["variables"]
    assert [row.rule for row in decision.also] == expected["also"]
    assert [row.rule for row in decision.open_questions] == expected.get("open_questions", [])
    assert {table: session.decision(table).rule for table in rules if table != "gate"} == {
        table: rule for table, rule in rules.items() if table != "gate"
    }
    gates = cast("Mapping[str, str]", rules.get("gate", {}))
    assert {row: session.decision(f"a1_recipients/{row}/el_gv").rule for row in gates} == gates
    found = {row: session.value(f"a1_recipients/{row}/el_gv") for row in gates}
    assert found == expected.get("gates", {})
    for risk in cast("list[Mapping[str, str]]", expected.get("risks", [])):
        names = {
            "code": "rk_code",
            "before": "rk_l",
            "level": "rk_level",
            "planned": "rs_planned",
            "planned_level": "rs_level",
            "today_level": "rs_today",
        }
        values = {key: session.value(f"a4_risks/{risk['row']}/{name}") for key, name in names.items()}
        assert {"row": risk["row"], **values} == risk


def reference_case_4(form: Form) -> Session:
    case = read_json(CASES / "case4.json")
    return form.open(cast("Json", case["answers"]), str(case["as_of"]))


def change(session: Session, changes: Mapping[str, object]) -> None:
    for path, value in changes.items():
        if not isinstance(value, Mapping):
            session.set(path, cast("str", value))
            continue
        table, row = path.split("/")
        session.add_row(table, row)
        for column, cell in value.items():
            session.set(f"{path}/{column}", cell)


def test_every_example_has_its_expected_outcome() -> None:
    assert sorted(OWN) == EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_reaches_its_outcome(form: Form, name: str) -> None:
    assert_reaches(form.example(name), cast("Json", OWN[name]))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_finished(form: Form, name: str) -> None:
    assert [missing.path for missing in form.example(name).missing("clearance")] == []


def risks_that_turn_it(form: Form, session: Session) -> list[object]:
    """The risks whose letter, one step worse, would make the outcome more severe (policy 3.5, decision margin)."""
    levels = ("low", "medium", "high", "critical")
    decision = session.decision("final")
    found: list[object] = []
    for row in session.table("a4_risks", "en").rows:
        worse = str(session.value(f"a4_risks/{row.row_id}/rs_worse"))
        if levels.index(worse) > levels.index(str(decision.variables["res"])):
            turned = decide_table(form.definition, decision.table, {**decision.variables, "res": worse})
            if (form.severity(turned.outcome) or 0) > (form.severity(decision.outcome) or 0):
                found.append(session.value(f"a4_risks/{row.row_id}/rk_code"))
    return found


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "margin" in cast("Json", OWN[name])])
def test_the_decision_margin_of_an_example(form: Form, name: str) -> None:
    assert risks_that_turn_it(form, form.example(name)) == cast("Json", OWN[name])["margin"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_holds_nothing_that_leads_to_a_person(form: Form, name: str) -> None:
    assert texts.hits(form.example(name), {}, "en") == ()


def test_case_1_is_the_one_of_the_reference(form: Form) -> None:
    assert read_json(FORM / "examples" / "case1.json") == read_json(CASES / "case1.json")
    expected = cast("Json", read_json(CASES / "expected.json")["case1.json"])
    assert_reaches(form.example("case1.json"), expected)
    assert risks_that_turn_it(form, form.example("case1.json")) == expected["margin"]


def test_the_refused_case_goes_on_because_of_facts_and_not_of_ratings(form: Form) -> None:
    before, after = (form.example(f"ibm_{name}.json") for name in ("escalates", "proceeds"))
    rated = [
        {
            session.value(f"a4_risks/{row.row_id}/rk_code"): (
                session.value(f"a4_risks/{row.row_id}/rk_i"),
                session.value(f"a4_risks/{row.row_id}/rk_l"),
                session.value(f"a4_risks/{row.row_id}/rs_l"),
            )
            for row in session.table("a4_risks", "en").rows
        }
        for session in (before, after)
    ]
    both = rated[0].keys() & rated[1].keys()
    assert len(both) == 3
    assert {code: rated[0][code] for code in both} == {code: rated[1][code] for code in both}
    first = read_json(FORM / "examples" / "ibm_escalates.json")
    number = case_number(str(first["record"]), date.fromisoformat(str(first["created"])))
    assert after.value("a0_previous/B1/pv_ref") == f"TMR-ORIV-{number}"
    assert str(after.value("a0_previous/B1/pv_changed_on")) > str(after.value("a0_previous/B1/pv_on"))


def test_the_short_form_needs_few_answers_by_hand() -> None:
    """Pre-filled answers do not count, nor do those of the standard measures and what a document sets (policy 2.0)."""
    with (REFERENCE / "questions.csv").open(encoding="utf-8", newline="") as file:
        by_hand = {row["name"] for row in csv.DictReader(file) if row["form"] == "assessment" and not row["prefilled"]}
    by_hand -= {"ms_status", "a3_sent_on"}
    answers = cast("Json", read_json(FORM / "examples" / "small_short.json")["answers"])
    count = 0
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            count += sum(column in by_hand for row in value for column in row)
        else:
            count += name in by_hand
    assert count <= 75


def test_case_4_reaches_its_outcome(form: Form) -> None:
    assert_reaches(reference_case_4(form), REFERENCE_CASE_4)


@pytest.mark.parametrize("variant", cast("list[Json]", REFERENCE_CASE_4["later"]), ids=lambda one: str(one["name"]))
def test_a_variant_of_case_4_reaches_its_outcome(form: Form, variant: Json) -> None:
    session = reference_case_4(form)
    change(session, cast("Json", variant["set"]))
    assert_reaches(session, cast("Json", variant["expect"]))


def test_what_the_office_knows_is_filled_in(form: Form) -> None:
    session = form.new()
    values = {name: session.value(name) for name in ("a0_case_ref", "a0_version", "a0_country", "a0_duty_station")}
    assert values == {
        "a0_case_ref": RELATED["record"]["reference"],
        "a0_version": "1",
        "a0_country": "ILM",
        "a0_duty_station": "Dorva",
    }
    assert (session.value("a0_lang"), session.value("a0_class"), session.value("lane_wish")) == (
        "fr",
        "confidential",
        "assess",
    )


@pytest.mark.parametrize(
    ("answers", "reference"),
    [
        ({"a0_country": "ILM", "a0_duty_station": "Dorva"}, "ILM-DORV-2026-005-T"),
        ({"a0_country": "SRV", "a0_duty_station": "Él Bar"}, "SRV-ELBA-2026-005-T"),
        ({"a0_country": "SRV", "a0_duty_station": "Or"}, "SRV-OR-2026-005-T"),
        ({"a0_country": "SRV"}, "SRV-2026-005-T"),
        ({}, "2026-005-T"),
    ],
)
def test_the_reference_names_country_and_station(form: Form, answers: Json, reference: str) -> None:
    related = {"record": {"number": "2026-005-T"}}
    session = open_session(form.definition, answers, as_of=date(2026, 3, 5), related=related)
    assert session.value("a0_case_ref") == reference
