"""Every combination of the variables of a table has the outcome of the policy's prose, and every row can fire."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.decisions import first_boxes, gaps
from hrddp_desktop.engine.definition import DecisionTable, Rule
from tests.forms import encoding
from tests.forms.encoding_actions import TABLES, Encoding, Rows, Values
from tests.forms.encoding_after import HQ, INCIDENT, RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.forms.worked import Form

# Form, table, encoding, and how many combinations section 3.10 of the policy reference counts.
PROVED: dict[str, tuple[str, Encoding, int]] = {
    "a1": ("assessment", Encoding(encoding.A1_DOMAIN, lambda v: [encoding.a1(v)]), 3_840),
    "p1": ("assessment", TABLES["p1"], 3_240),
    "p2": ("assessment", TABLES["p2"], 900),
    "p3": ("assessment", TABLES["p3"], 12),
    "p4": ("assessment", TABLES["p4"], 96),
    "a3": ("assessment", TABLES["a3"], 144),
    "history": ("assessment", TABLES["history"], 36),
    "balance": ("assessment", TABLES["balance"], 15),
    "gate": ("assessment", TABLES["gate"], 126_000),
    "release": ("assessment", RELEASE, 124_416),
    "lane": ("assessment", TABLES["lane"], 864),
    "early": ("assessment", TABLES["early"], 384),
    "urgent": ("assessment", TABLES["urgent"], 7_680),
    "incident": ("incident", INCIDENT, 311_040),
    "hq": ("hq_decision", HQ, 280),
}
FINAL = Encoding(encoding.FINAL_DOMAIN, lambda v: [encoding.final(v)])
ONLY_FIRST = {"a1", "final", "hq"}  # the row that decides is compared, not every row that holds
Difference = tuple[dict[str, str | None], Rows, Rows]


@pytest.fixture
def table(form: Form, incident: Form, hq_decision: Form) -> Callable[[str], DecisionTable]:
    """A decision table of a shipped form, by name."""
    every = {**form.definition.tables, **incident.definition.tables, **hq_decision.definition.tables}
    return every.__getitem__


def combinations(domain: dict[str, tuple[str | None, ...]]) -> Iterator[dict[str, str | None]]:
    for values in product(*domain.values()):
        yield dict(zip(domain, values, strict=True))


def says(table: DecisionTable, values: Values) -> Rows:
    """The rows of the table that fit, a rule once; `missing` is no value."""
    coded = [values[variable.name] or "" for variable in table.variables]
    found: dict[str, str | None] = {}
    for rule in table.fitting(coded):
        found.setdefault(rule.rule, None if rule.outcome == "missing" else rule.outcome)
    return list(found.items())


def differences(table: DecisionTable, prose: Encoding, given: Iterator[dict[str, str | None]]) -> Iterator[Difference]:
    """Where the sheet and the prose part."""
    for values in given:
        rows, held = says(table, values), prose.holding(values)
        if (rows[:1] != held[:1]) if table.name in ONLY_FIRST else (rows != held):
            yield values, rows, held


def sample(domain: dict[str, tuple[str | None, ...]], count: int) -> Iterator[dict[str, str | None]]:
    """A fixed sample, half of it without a gap and most of it in the heart of the table."""
    chance = random.Random(20260305)  # noqa: S311 - a fixed sample, no secret
    for _ in range(count):
        values = {name: chance.choice(options) for name, options in domain.items()}
        if chance.random() < 0.7:
            values["a1"] = "full"
        if chance.random() < 0.5:
            values |= {name: options[0] for name, options in domain.items() if values[name] is None}
        yield values


@pytest.mark.parametrize("name", PROVED)
def test_a_table_agrees_with_the_prose_in_every_combination(table: Callable[[str], DecisionTable], name: str) -> None:
    _, prose, count = PROVED[name]
    assert {variable.name for variable in table(name).variables} == set(prose.domain)
    assert prod(map(len, prose.domain.values())) == count
    assert next(differences(table(name), prose, combinations(prose.domain)), None) is None


def test_the_outcome_agrees_with_the_prose_in_many(
    table: Callable[[str], DecisionTable], counts: Callable[[str], int]
) -> None:
    given = sample(FINAL.domain, counts("outcome_combinations"))
    assert next(differences(table("final"), FINAL, given), None) is None


@pytest.mark.parametrize("name", [*PROVED, "final"])
def test_over_cells_nothing_is_left_open_and_every_row_fires(table: Callable[[str], DecisionTable], name: str) -> None:
    assert gaps(table(name)) == (None, ())


# controls: the judge sees one wrong cell and one wrong place


def with_rules(table: DecisionTable, rules: list[Rule]) -> DecisionTable:
    return DecisionTable(table.name, table.variables, tuple(rules))


def swapped(table: DecisionTable) -> DecisionTable:
    """The row for all other cases comes first."""
    return with_rules(table, [table.rules[-1], *table.rules[1:-1], table.rules[0]])


def loosened(table: DecisionTable, at: int) -> DecisionTable:
    """The last cell of a row that says something says nothing."""
    cells = list(table.rules[at].cells)
    cells[max(place for place, cell in enumerate(cells) if cell is not None)] = None
    return with_rules(table, [*table.rules[:at], replace(table.rules[at], cells=tuple(cells)), *table.rules[at + 1 :]])


@pytest.mark.parametrize("name", PROVED)
def test_a_swapped_row_would_be_found(table: Callable[[str], DecisionTable], name: str) -> None:
    prose = PROVED[name][1]
    assert next(differences(swapped(table(name)), prose, combinations(prose.domain)), None) is not None


@pytest.mark.parametrize("name", PROVED)
def test_a_loosened_cell_would_be_found(table: Callable[[str], DecisionTable], name: str) -> None:
    prose, whole = PROVED[name][1], table(name)
    spoiled = loosened(whole, len(whole.rules) - 2)
    assert next(differences(spoiled, prose, combinations(prose.domain)), None) is not None


def test_every_loosened_cell_of_the_outcome_would_be_found(
    table: Callable[[str], DecisionTable], counts: Callable[[str], int]
) -> None:
    whole = table("final")
    for at in range(len(whole.rules) - 1):
        given = sample(FINAL.domain, counts("outcome_combinations"))
        assert next(differences(loosened(whole, at), FINAL, given), None) is not None, whole.rules[at].rule


def test_a_gap_and_a_dead_row_would_be_found(table: Callable[[str], DecisionTable]) -> None:
    whole = table("gate")
    assert gaps(with_rules(whole, list(whole.rules[:-1])))[0] is not None
    assert gaps(swapped(whole))[1] != ()


# how often each outcome comes


def spread(table: DecisionTable, domain: dict[str, tuple[str | None, ...]]) -> Counter[str]:
    """By outcome the number of combinations, from the boxes in which each row decides."""
    found: Counter[str] = Counter()
    for rule, box in first_boxes(table):
        size = 1
        for variable, mask in zip(table.variables, box, strict=True):
            codes = ("", *variable.domain)
            size *= sum(1 for value in domain[variable.name] if mask >> codes.index(value or "") & 1)
        found[rule.outcome] += size
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gate", {"clear": 414, "curable": 19_302, "blocked": 60_840, "missing": 45_444}),
        ("release", {"released": 88, "not_released": 124_328}),
        (
            "final",
            {
                "not_applicable": 4_608_000,
                "escalate": 6_939_392,
                "incomplete": 11_895_552,
                "may_proceed": 1_152_004,
                "proceed_with_mitigation": 252,
                "must_not_proceed": 2_035_200,
                "stop_open_action7": 1_017_600,
            },
        ),
    ],
)
def test_each_outcome_comes_as_often_as_the_prose_counts(
    table: Callable[[str], DecisionTable], name: str, expected: dict[str, int]
) -> None:
    domain = FINAL.domain if name == "final" else PROVED[name][1].domain
    assert spread(table(name), domain) == expected
    assert sum(expected.values()) == prod(map(len, domain.values()))
