"""The decision tables keep the reference's rows, and answer its test vectors."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.decisions import decide_table
from tests.forms import encoding
from tests.forms.encoding_after import RELEASE
from tests.forms.test_every_combination import PROVED
from tests.forms.worked import FORM, FORMS, REFERENCE, Form

if TYPE_CHECKING:
    from pathlib import Path

# Section 3.10 of the policy reference: a1 begun a2 a3 gv inh res rr plan mon balance history | rule outcome | also
VECTORS = """
na - - - - - - - incomplete - - - | D01 not_applicable |
esc - - - - - - - incomplete - - - | D02 escalate |
contradiction - - - - - - - incomplete - - - | D03 incomplete |
basic - - - - - - - incomplete - - - | D04 incomplete |
basic - - - blocked - - - incomplete - - - | D05 escalate |
basic - - - clear - - - incomplete - - - | D06 may_proceed |
full no not_met - blocked critical - - incomplete - - - | D07 must_not_proceed | D08
full yes met cleared blocked high medium no complete yes favourable clear | D08S stop_open_action7 |
full yes met cleared clear critical critical yes complete yes favourable clear | D09S stop_open_action7 | D10S
full no met cleared clear critical critical unsure complete yes favourable clear | D10 must_not_proceed |
full no met cleared clear high medium yes complete yes favourable clear | D09 must_not_proceed |
full no met pending clear medium low no complete yes favourable clear | D11 incomplete |
full no advice - - - - - incomplete - - unexplained | D11 incomplete | D12 D17b
full no advice objects curable high high unsure complete no adverse unexplained | D12 escalate | D13 D14 D15 D16 D17 D17a D17b
full no met conditional curable high medium unsure complete partial favourable clear | D14 escalate | D15
full no met overdue clear medium medium no complete yes favourable clear | D13 escalate |
full no met cleared clear low low no complete no favourable clear | D17 escalate |
full no met cleared clear medium low no complete yes adverse clear | D17a escalate |
full no met cleared clear medium low no complete yes favourable unexplained | D17b escalate |
full no met conditional clear high medium no complete yes favourable explained | D18 proceed_with_mitigation | D19 D20 D21a
full no met cleared clear medium low no complete yes neutral clear | D19 proceed_with_mitigation |
full no met conditional clear low low no complete partial favourable explained | D20 proceed_with_mitigation | D21 D21a
full no met cleared clear low low no complete yes favourable explained | D21a proceed_with_mitigation |
full no met cleared clear low low no complete yes neutral clear | D22 may_proceed |
"""  # noqa: E501 - one vector a line reads like the table it is taken from

# Of the incident: grounds serious link imm st resp cyc re | rule outcome; what is missing reads as its default.
INCIDENTS = """
not_yet unknown unknown unknown running - - - | N00 hold
not_yet other supported yes running - - - | N00 hold
not_yet grave same_force yes hold - - - | N04 keep_hold
substantial other supported no running - - - | N06 adjust
substantial grave unrelated yes running - - - | N00a alert_protection
substantial grave same_force no running - - - | N07 intercede_reassess
substantial grave supported no hold awaiting - - | N15 intercede
substantial grave supported no running partial - - | N14 suspend
substantial other supported no suspended adequate - - | N11 stay_suspended
substantial grave supported no suspended adequate 2 - | N10 escalate_hq
substantial grave supported no suspended adequate 1 acceptable | N09 resume
refuted grave supported no hold - - - | N01 close
"""
# Of the release: what differs from the row in which all is in order | rule state | the other reasons.
RELEASES = """
| L15 released |
outcome_effective=may_proceed screening=not_required agreement=not_needed | L15 released |
outcome_effective=other | L01 not_released |
seal=not_signed pre=open request= letter=not_sent | L02 not_released | L07 L08 L09
excluded=yes | L03 not_released |
stop=open screening=out_of_date | L04 not_released | L12
trigger=stop_new | L05 not_released |
screening=out_of_date | L12 not_released |
screening=out_of_date validity=ended life_saving=yes | L13 released |
trigger=review_due | L14 released |
"""
RELEASE_IN_ORDER = {name: options[0] for name, options in RELEASE.domain.items()}
RELEASE_IN_ORDER |= {"outcome_effective": "proceed_with_mitigation", "screening": "valid"}


def vectors(text: str) -> list[str]:
    return text.strip().splitlines()


def rows(path: Path) -> list[dict[str, str]]:
    """A sheet without the words that are ours."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: cell for name, cell in row.items() if name != "reason"} for row in csv.DictReader(file)]


@pytest.mark.parametrize("table", [*PROVED, "final"])
def test_a_table_has_the_rows_of_the_reference(table: str) -> None:
    """Rule, cells, outcome, and honestly whether it is policy or ours."""
    form = PROVED[table][0] if table in PROVED else "assessment"
    shipped, reference = FORMS / form / "decisions" / f"{table}.csv", REFERENCE / "decisions" / f"{table}.csv"
    assert rows(shipped) == rows(reference)


# What the reference leaves in brackets for a document to fill is pointed to; D19 must not deny D18; the reason of
# Action 1 is shown beside D01; "List the support" is also what is left to do when a row of it is not finished.
REWORDED = {
    "A precondition is not met: (name it).": "A precondition is not met, see Action 2.",
    "A precondition is not met: (name it); something was already delivered: stop and open Action 7.": (
        "A precondition is not met, see Action 2; something was already delivered: stop and open Action 7."
    ),
    "Advice needed on (condition).": "Advice is needed on a precondition, see Action 2.",
    "Low only because of measures.": "Lower than today only because of the measures.",
    "The policy does not apply: reason of the A1 row.": "The policy does not apply.",
    "List the support.": "List the support, and finish its rows.",
}


@pytest.mark.parametrize("table", ["a1", "lane", "final"])
def test_a_decision_table_is_unchanged_from_the_reference(table: str) -> None:
    def told(folder: Path) -> list[list[str]]:
        with (folder / "decisions" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    expected = [[REWORDED.get(cell, cell) for cell in row] for row in told(REFERENCE)]
    assert told(FORM) == expected


def test_the_outcome_agrees_with_the_prose_in_many_combinations(form: Form) -> None:
    chance = random.Random(20260305)  # noqa: S311 - a fixed sample, no secret
    domain = encoding.FINAL_DOMAIN
    for _ in range(20_000):
        values = {name: chance.choice(options) for name, options in domain.items()}
        if chance.random() < 0.7:
            values["a1"] = "full"
        if chance.random() < 0.5:  # else nearly every combination has a gap
            values |= {name: options[0] for name, options in domain.items() if values[name] is None}
        decision = decide_table(form.definition, "final", values)
        assert (decision.rule, decision.outcome) == encoding.final(values), values
        assert [row.rule for row in decision.also] == encoding.also(values), values
        assert [row.rule for row in decision.open_questions] == encoding.open_questions(values), values


@pytest.mark.parametrize("line", vectors(VECTORS))
def test_the_outcome_agrees_with_the_test_vectors(form: Form, line: str) -> None:
    given, result, others = (part.split() for part in line.split("|"))
    values = {name: None if value == "-" else value for name, value in zip(encoding.FINAL_DOMAIN, given, strict=True)}
    decision = decide_table(form.definition, "final", values)
    assert [decision.rule, decision.outcome] == result
    shown = decision.open_questions if decision.outcome == "incomplete" else decision.also
    assert [row.rule for row in shown] == others


@pytest.mark.parametrize("line", vectors(INCIDENTS))
def test_an_incident_agrees_with_the_test_vectors(incident: Form, line: str) -> None:
    given, result = (part.split() for part in line.split("|"))
    names = ("grounds", "serious", "link", "imm", "st", "resp", "cyc", "re")
    values = {name: None if value == "-" else value for name, value in zip(names, given, strict=True)}
    decision = decide_table(incident.definition, "incident", values)
    assert [decision.rule, decision.outcome] == result


@pytest.mark.parametrize("line", vectors(RELEASES))
def test_a_release_agrees_with_the_test_vectors(form: Form, line: str) -> None:
    differs, result, others = (part.split() for part in line.split("|"))
    values = RELEASE_IN_ORDER | {name: value or None for name, _, value in (each.partition("=") for each in differs)}
    decision = decide_table(form.definition, "release", values)
    assert [decision.rule, decision.outcome] == result
    assert [row.rule for row in decision.also] == others


def test_what_is_missing_of_an_incident_reads_as_its_default(incident: Form) -> None:
    """Unanswered is unknown, and of the grounds not yet known (policy 3.0)."""
    assert decide_table(incident.definition, "incident", {}).variables == {
        "grounds": "not_yet",
        "serious": "unknown",
        "link": "unknown",
        "imm": "unknown",
        "st": "running",
        "resp": "not_asked",
        "cyc": "0",
        "ext": "no",
        "again": "no",
        "re": "not_done",
        "hq": "none",
    }
