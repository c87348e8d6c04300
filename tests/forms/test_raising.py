"""Raising one factor never softens what a table says; not known is never softer than the best that could be known."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.definition import DecisionTable
from hrddp_desktop.engine.monotony import softenings
from tests.forms import encoding
from tests.forms.encoding_actions import GATE_DOMAIN, P1_DOMAIN, P2_DOMAIN, P3_DOMAIN, P4_DOMAIN
from tests.forms.encoding_after import INCIDENT_DOMAIN, RELEASE_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.forms.worked import Form

Domain = dict[str, tuple[str | None, ...]]
VERDICTS = {"met": 0, "advice": 1, "not_met": 2}
GATES = {"clear": 0, "curable": 1, "blocked": 2}
RELEASED = {"released": 0, "not_released": 1}
# What is not known of a recipient, beside what can be known, mildest first.
GATE_UNKNOWN = {
    "record": "insufficient_info",
    "commander": "unknown",
    "listed": "unsure",
    "screening": "pending",
    "account": "unknown",
    "corrective": "unknown",
}
GATE_KNOWN: Domain = {
    **GATE_DOMAIN,
    "record": ("none_known", "isolated", "repeated_limited", "grave_alleged", "grave_substantial"),
    "commander": ("none", "allegations", "substantial_grounds"),
    "listed": ("no", "force_named", "unit_or_commander_named"),
    "screening": ("not_required", "cleared", "cleared_monitored", "not_cleared"),
    "account": ("effective", "partial", "none"),
    "corrective": ("adequate", "partial", "none"),
}
P2_ORDERED: Domain = {**P2_DOMAIN, "assurance": ("written_monitored", "written", "verbal", "none")}
# What keeps people alive goes on when a date has passed: the one factor that is meant to soften.
RELEASE_RAISED = tuple(name for name in RELEASE_DOMAIN if name != "life_saving")
# A blank is the worst that there is: it stands last.
RELEASE_ORDERED: Domain = {
    **RELEASE_DOMAIN,
    "screening": ("not_required", "valid", "out_of_date", "pending", "not_cleared", None),
}
CASES: dict[str, tuple[Domain, Mapping[str, int], Sequence[str]]] = {
    "p1": (P1_DOMAIN, VERDICTS, tuple(P1_DOMAIN)),
    "p2": (P2_ORDERED, VERDICTS, tuple(P2_ORDERED)),
    "p3": (P3_DOMAIN, VERDICTS, tuple(P3_DOMAIN)),
    "p4": (P4_DOMAIN, VERDICTS, tuple(P4_DOMAIN)),
    "gate": (GATE_KNOWN, GATES, tuple(GATE_KNOWN)),
    "release": (RELEASE_ORDERED, RELEASED, RELEASE_RAISED),
}
INCIDENT_RAISED = ("grounds", "serious", "imm", "again")
JUDGED = ("a2", "a3", "gv", "inh", "res", "rr", "mon", "balance", "history")


def outcome(table: DecisionTable, values: Mapping[str, str | None]) -> str:
    coded = [values[variable.name] or "" for variable in table.variables]
    return next(table.fitting(coded)).outcome


def softened(
    table: DecisionTable, domain: Domain, order: Mapping[str, int], raised: Sequence[str]
) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Each factor, and the combination from which one step up gives a milder outcome."""
    names = list(domain)
    every = list(product(*domain.values()))
    rank = [order[outcome(table, dict(zip(names, values, strict=True)))] for values in every]
    stride = len(every)
    for name in names:
        size = len(domain[name])
        stride //= size
        for place in range(len(every)) if name in raised else ():
            if place // stride % size < size - 1 and rank[place + stride] < rank[place]:
                yield name, dict(zip(names, every[place], strict=True))


def spoiled(table: DecisionTable, rule: str, outcome: str) -> DecisionTable:
    """The table with another outcome of one rule."""
    rules = tuple(replace(one, outcome=outcome) if one.rule == rule else one for one in table.rules)
    return DecisionTable(table.name, table.variables, rules)


@pytest.mark.parametrize("name", CASES)
def test_raising_a_factor_never_softens(form: Form, name: str) -> None:
    assert next(softened(form.definition.tables[name], *CASES[name]), None) is None


def test_raising_a_factor_of_an_incident_never_softens(incident: Form) -> None:
    """By the class of what is asked for: closed, alert, working, formal, deliveries stopped, headquarters, final."""
    asked = incident.definition.lists["i_outcome"]
    order = {code: int(asked.fact(code, "severity_order")) for code in asked.codes}
    assert sorted(set(order.values())) == list(range(7))
    assert next(softened(incident.definition.tables["incident"], INCIDENT_DOMAIN, order, INCIDENT_RAISED), None) is None


@pytest.mark.parametrize(
    ("name", "rule", "outcome"),
    [
        ("p1", "P1-03", "met"),
        ("p2", "P2-04", "met"),
        ("p3", "P3-01", "met"),
        ("p4", "P4-02", "met"),
        ("gate", "G05", "clear"),
        ("release", "L07", "released"),
    ],
)
def test_a_milder_row_would_be_found(form: Form, name: str, rule: str, outcome: str) -> None:
    table = spoiled(form.definition.tables[name], rule, outcome)
    assert next(softened(table, *CASES[name]), None) is not None


def test_what_is_not_known_is_never_softer_than_the_best_that_could_be(form: Form) -> None:
    table, count = form.definition.tables["gate"], 0
    for values in product(*GATE_KNOWN.values()):
        base = dict(zip(GATE_KNOWN, values, strict=True))
        for name, unknown in GATE_UNKNOWN.items():
            best = outcome(table, base | {name: GATE_KNOWN[name][0]})
            assert GATES[outcome(table, base | {name: unknown})] >= GATES[best], (base, name)
            count += 1
    assert count == 38_880


@pytest.mark.parametrize("name", ["final", "urgent"])
def test_over_cells_raising_never_softens_the_outcome(form: Form, name: str) -> None:
    """Every combination at once: exact, and quick."""
    assert softenings(form.definition, form.definition.tables[name]) == []


@pytest.mark.parametrize(
    ("name", "rule", "outcome"), [("final", "D16", "may_proceed"), ("urgent", "U02", "proceed_with_mitigation")]
)
def test_over_cells_a_milder_row_would_be_found(form: Form, name: str, rule: str, outcome: str) -> None:
    assert softenings(form.definition, spoiled(form.definition.tables[name], rule, outcome)) != []


def raised_bases(count: int) -> Iterator[dict[str, str | None]]:
    """Complete bases of the outcome: all of them, or as many by chance. Pending is no result at all."""
    full: Domain = {name: tuple(option for option in encoding.FINAL_DOMAIN[name] if option) for name in JUDGED}
    full |= {"begun": ("no", "yes"), "a3": ("cleared", "conditional", "objects", "overdue")}
    every = list(product(*full.values()))
    if count < len(every):
        every = random.Random(7).sample(every, count)  # noqa: S311 - a fixed sample, no secret
    for values in every:
        yield dict(zip(full, values, strict=True)) | {"a1": "full", "plan": "complete"}


def milder(form: Form, table: DecisionTable, count: int) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Each factor and base where a higher value gives a milder outcome."""
    for base in raised_bases(count):
        before = form.severity(outcome(table, base))
        for name in JUDGED:
            options = [option for option in encoding.FINAL_DOMAIN[name] if option and option != "pending"]
            for value in options[options.index(str(base[name])) + 1 :]:
                after = form.severity(outcome(table, base | {name: value}))
                assert before is not None
                assert after is not None
                if after < before:
                    yield name, base


def test_raising_one_factor_never_softens_the_outcome(form: Form, counts: Callable[[str], int]) -> None:
    assert next(milder(form, form.definition.tables["final"], counts("raised_bases")), None) is None


@pytest.mark.parametrize("rule", ["D07", "D10S", "D12", "D13", "D14", "D15", "D16", "D17", "D17a", "D17b", "D18"])
def test_a_milder_rule_of_the_outcome_would_be_found(form: Form, counts: Callable[[str], int], rule: str) -> None:
    """Control: at this count each rule that became milder shows."""
    table = spoiled(form.definition.tables["final"], rule, "may_proceed")
    assert next(milder(form, table, counts("raised_bases")), None) is not None
