"""The worked cases reach the outcome, rule and lane that the policy reference expects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, cast

import pytest

from hrddp_desktop.engine.session import open_session
from tests.forms.worked import CASES, FORM, RELATED, Form, Json, read_json

if TYPE_CHECKING:
    from hrddp_desktop.engine.session import Session

EXAMPLES = sorted(path.name for path in (FORM / "examples").glob("*.json") if path.name != "expected.json")
OWN = read_json(FORM / "examples" / "expected.json")
REFERENCE_CASE_4 = cast("Json", read_json(CASES / "expected.json")["case4.json"])


def assert_reaches(session: Session, expected: Json) -> None:
    decision = session.decision("final")
    rules = cast("Mapping[str, str]", expected["rules"])
    assert session.decision("a1").rule == rules["a1"]
    assert (decision.outcome, decision.rule) == (expected["outcome"], expected["rule"])
    assert session.lane == expected["lane"]
    assert dict(decision.variables) == expected["variables"]
    assert [row.rule for row in decision.also] == expected["also"]
    assert [row.rule for row in decision.open_questions] == expected.get("open_questions", [])
    if "lane" in rules:
        assert session.decision("lane").rule == rules["lane"]


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


def test_case_4_reaches_its_outcome(form: Form) -> None:
    assert_reaches(reference_case_4(form), REFERENCE_CASE_4)


@pytest.mark.parametrize("variant", cast("list[Json]", REFERENCE_CASE_4["later"]), ids=lambda one: str(one["name"]))
def test_a_variant_of_case_4_reaches_its_outcome(form: Form, variant: Json) -> None:
    session = reference_case_4(form)
    change(session, cast("Json", variant["set"]))
    assert_reaches(session, cast("Json", variant["expect"]))


def test_the_answers_of_case_1_lead_out_of_action_1_as_expected(form: Form) -> None:
    """Case 1 goes on into later Actions; what this form has of it is read."""
    known = set(form.definition.items)
    answers = cast("Json", read_json(CASES / "case1.json")["answers"])
    kept: Json = {}
    for name, value in answers.items():
        if name not in known:
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            kept[name] = [{column: cell for column, cell in row.items() if column in known | {"_row"}} for row in value]
        else:
            kept[name] = value
    session = form.open(kept, "2026-02-10")
    assert session.decision("a1").rule == "A1-03"
    assert session.value("a1_outcome") == "full"
    assert session.decision("final").rule == "D11"


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
