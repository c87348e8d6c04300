"""The cases of the policy reference give exactly what it expects of them: each value, each rule, each later day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

import pytest

from hrddp_desktop.engine.session import open_session
from hrddp_desktop.services import assessment
from tests.forms.worked import CASES, Form, Json, cases, opened, read_json

if TYPE_CHECKING:
    from hrddp_desktop.engine.session import Session

INCIDENT = "case1_incident1.json"
DAYS = list(cases())
# What the answers file of a case says itself, and what only names the days that follow.
BESIDE = {"later", "seal"}


def assert_gives(session: Session, expected: Json) -> None:
    """Everything that is expected of a case is what `hrddp-desktop decide` says of it."""
    given = assessment.decide(session)
    said = {"what_would_change": given["would_change"], **given}
    named = {name: value for name, value in expected.items() if name not in BESIDE | {"rules"}}
    assert {name: said[name] for name in named} == named
    rules = cast("Json", given["rules"])
    expected_rules = cast("Json", expected.get("rules", {}))
    assert {name: rules[name] for name in expected_rules} == expected_rules


@pytest.mark.parametrize(("file", "later", "expected"), DAYS, ids=[str(day.get("name", file)) for file, day, _ in DAYS])
def test_a_worked_case_gives_exactly_what_is_expected(form: Form, file: str, later: Json, expected: Json) -> None:
    running: Json = {"item": [{"label": "X1", "open": "yes", "st": "running", "stop_rows": ""}]}
    assert_gives(opened(form, file, later, expected, incidents=running if "incidents" in later else {}), expected)


def test_every_worked_case_is_run() -> None:
    every = {path.name for path in CASES.glob("case*.json")}
    assert every == set(read_json(CASES / "expected.json")) == {file for file, _, _ in DAYS} | {INCIDENT}
    assert len(DAYS) == 11


@pytest.mark.parametrize("day", ["2026-07-20", "2026-06-17"])
def test_the_worked_incident_gives_exactly_what_is_expected(incident: Form, day: str) -> None:
    case, expected = read_json(CASES / INCIDENT), cast("Json", read_json(CASES / "expected.json")[INCIDENT])
    answers = cast("Json", case["answers"])
    answers["steps"] = [step for step in cast("list[Json]", answers["steps"]) if str(step["st_on"]) <= day]
    later = cast("list[Json]", expected["later"])
    session = open_session(incident.definition, answers, as_of=date.fromisoformat(day))
    assert_gives(session, next((cast("Json", one["expect"]) for one in later if one["as_of"] == day), expected))


def test_a_case_that_gives_something_else_would_be_found(form: Form) -> None:
    """Control: one rule, one level and one open condition."""
    file, later, expected = DAYS[0]
    session = opened(form, file, later, expected)
    wrongs: list[Json] = [{"rule": "D19"}, {"risks": cast("list[Json]", expected["risks"])[1:]}, {"release": []}]
    for wrong in wrongs:
        with pytest.raises(AssertionError):
            assert_gives(session, expected | wrong)
