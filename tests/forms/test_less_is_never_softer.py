"""Blank and not known never lower scrutiny: a record that says less is incomplete or harsher, and releases no more."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from hrddp_desktop.engine.decisions import decide
from hrddp_desktop.engine.definition import DecisionTable
from tests.forms.mutating import Less, lesser, made
from tests.forms.worked import CASES, FORM, Form, Json, cases, opened, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hrddp_desktop.engine.session import Session

EXAMPLES = sorted(path.name for path in (FORM / "examples").glob("*.json") if path.name != "expected.json")
# Case 1 as it would look if more spoke against it: the recipient's cells, a screening result, and other answers.
WORSE: Mapping[str, tuple[Json, str, Json]] = {
    "conditions": ({}, "", {}),
    "blocked": ({"el_a_record": "grave_substantial", "el_c_corrective": "none", "el_b_account": "none"}, "", {}),
    "not_cleared": ({"el_c_corrective": "none"}, "not_cleared", {}),
    "real_risk": ({}, "", {"a5_real_risk_after": "yes", "a0_begun": "yes"}),
    "doubts": ({}, "", {"a5_real_risk_after": "unsure", "a6_access": "no"}),
    "advice": ({}, "", {"a2_gov_status": "contested", "a2_advice_p1": "pending"}),
}
OUTCOMES = {
    "conditions": "proceed_with_mitigation",
    "blocked": "must_not_proceed",
    "not_cleared": "must_not_proceed",
    "real_risk": "stop_open_action7",
    "doubts": "escalate",
    "advice": "escalate",
}
# A screening that is not there, or without its result, is one that was not answered yet: it reads as pending, and the
# case goes up. Only a result of somebody else takes the stop away from it, and it is never deleted by mistake alone.
PENDING = ("a3_screen", "a3_screen_rows")


def record(form: Form, name: str) -> Session:
    cells, screened, answers = WORSE[name]
    case = copy.deepcopy(cast("Json", read_json(CASES / "case1.json")["answers"]))
    cast("list[Json]", case["a1_recipients"])[0].update(cells)
    if screened:
        cast("list[Json]", case["a3_screen_rows"])[0]["sc_result"] = screened
    return form.open(case | answers, "2026-02-10")


def chosen(session: Session, count: int) -> list[Less]:
    """All that a record could say less, or as much of it by chance."""
    every = lesser(session)
    chance = random.Random(20260305)  # noqa: S311 - a fixed sample, no secret
    return every if count >= len(every) else chance.sample(every, count)


def softer(form: Form, session: Session, count: int, table: DecisionTable | None = None) -> Iterator[str]:
    """What a record could say less, and come out milder."""
    table = table or form.definition.tables["final"]
    least = form.severity(session.decision("final").outcome)
    assert least is not None
    for less in chosen(session, count):
        with made(session, less):
            found = decide(form.definition, table, session.decision("final").variables)
            severity = form.severity(found.outcome)
            if severity is not None and severity < least:
                yield f"{less}: {found.outcome}"


@pytest.mark.parametrize("name", WORSE)
def test_a_case_that_says_less_is_incomplete_or_harsher(form: Form, counts: Callable[[str], int], name: str) -> None:
    session = record(form, name)
    assert session.decision("final").outcome == OUTCOMES[name]
    before = session.answers()
    found = list(softer(form, session, counts("lesser_records")))
    if name == "not_cleared":
        found = [each for each in found if not (each.startswith(PENDING) and each.endswith(": escalate"))]
    assert found == []
    assert session.answers() == before


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_that_says_less_is_incomplete_or_harsher(
    form: Form, counts: Callable[[str], int], name: str
) -> None:
    assert list(softer(form, form.example(name), counts("lesser_records"))) == []


def test_a_table_that_takes_a_blank_for_the_best_would_be_found(form: Form, counts: Callable[[str], int]) -> None:
    """Control: at this count some of what is left out shows."""
    final = form.definition.tables["final"]
    kind = tuple(replace(variable, blank=variable.domain[0]) for variable in final.variables)
    spoiled = DecisionTable(final.name, kind, final.rules)
    assert list(softer(form, record(form, "advice"), counts("lesser_records"), spoiled)) != []


def test_the_empty_record_is_incomplete(form: Form) -> None:
    for session in (form.open(), form.new()):
        assert session.decision("final").outcome == "incomplete"
        assert session.missing("concept") != ()


# release


def one_condition_open(form: Form) -> Session:
    """Case 1, sealed, with one condition of release not seen yet."""
    session = opened(form, *next(day for day in cases() if "all preconditions" in str(day[1].get("name"))))
    session.set("a5_measures/M1/ms_status", "planned")
    return session


def released(session: Session) -> set[str]:
    rows = [row.row_id for row in session.table("release_rows", "en").rows]
    return {row for row in rows if session.value(f"release_rows/{row}/rel_state") == "released"}


def test_a_sealed_case_that_says_less_releases_nothing_more(form: Form, counts: Callable[[str], int]) -> None:
    session = one_condition_open(form)
    assert released(session) == set()
    found = []
    for less in chosen(session, counts("lesser_records")):
        with made(session, less):
            if released(session) and not less.is_row:  # a measure that is gone is a change of the sealed part
                found.append(str(less))
    assert found == []


@pytest.mark.parametrize("column", ["ms_code", "ms_precondition", "ms_rows"])
def test_a_measure_that_does_not_say_what_it_holds_back_holds_back_all(form: Form, column: str) -> None:
    session = one_condition_open(form)
    session.set(f"a5_measures/M1/{column}", None)
    assert released(session) == set()
