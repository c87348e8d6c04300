"""What would change an outcome: the facts of what stands in the way, and of nothing else."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.services import assessment, documents
from tests.forms.worked import FORM

if TYPE_CHECKING:
    from tests.forms.worked import Form

# One answer that makes a condition fail, by condition.
FAILING = {
    "p1": ("a2_req_competent", "no"),
    "p2": ("a2_dp_cross", "yes"),
    "p3": ("a2_wp_embargo", "yes"),
    "p4": ("a2_cc_effect", "direct"),
}


def fact_of(name: str) -> str:
    with (FORM / "decisions" / "facts.csv").open(encoding="utf-8", newline="") as sheet:
        return next(row["fact"] for row in csv.DictReader(sheet) if row["variable"] == name)


@pytest.mark.parametrize("failed", [("p1",), ("p2",), ("p3",), ("p4",), ("p2", "p4")])
def test_only_conditions_that_failed_are_told(form: Form, failed: tuple[str, ...]) -> None:
    session = form.example("case1.json")
    for condition in failed:
        session.set(*FAILING[condition])
    decision = assessment.final_decision(session)
    assert decision.would_change == (("a2",),)
    told = assessment.would_change(session, decision)
    assert told == tuple(fact_of(f"a2/a2_counted_{condition}") for condition in failed)
    given = assessment.decide(session)
    assert (given["what_would_change"], given["facts"]) == (list(told), {"a2": " ".join(told)})
    snapshot = documents.freeze(session, None, session.as_of, language="en")
    assert snapshot.would_change == told


def test_they_are_told_in_the_language_of_the_reader(form: Form) -> None:
    session = form.example("case1.json")
    session.set(*FAILING["p3"])
    (told,) = assessment.would_change(session, assessment.final_decision(session), "fr")
    assert told.startswith("L’article est retiré")


def test_each_part_of_a_fact_is_a_result_of_the_form(form: Form) -> None:
    for table in form.definition.tables.values():
        for variable in table.variables:
            assert {part for part, _ in variable.parts} <= form.definition.items.keys()
