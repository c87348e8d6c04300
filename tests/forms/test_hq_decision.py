"""The decision of headquarters: bound to the sealed paper, a line for each row that fired, and what counts after it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.session import Session, open_session
from tests.forms.worked import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

HASH = "ab12"
PAPERS = {"hq_by": "headquarters", "hq_on": "2026-03-01", "hq_ref": "HQ/1", "hq_pdf_hash": HASH}
LINE: Mapping[str, object] = {
    "hq_grounds": "Facts.",
    "hq_conditions": "C.",
    "hq_waiver_authority": "A",
    "hq_waiver_limit": "L",
    "hq_waiver_expiry": "2026-12-31",
}


@pytest.fixture(scope="module")
def definition() -> Definition:
    found = compile_form(ROOT / "forms" / "hq_decision")
    assert isinstance(found, Definition), [str(one) for one in found]
    return found


def opened(definition: Definition, sealed: str, fired: str, *lines: str, **more: object) -> Session:
    """A record on a sealed outcome; lines such as `D16=approved`."""
    rows = [
        {"_row": f"L{at}", "hq_rule": rule, "hq_line": said, **LINE}
        for at, (rule, _, said) in enumerate((line.partition("=") for line in lines), 1)
    ]
    related = {
        "assessment": {"a0_case_ref": "ILM-1", "a0_version": "2"},
        "seal": {"reference": "ILM-1", "version": "2", "pdf_hash": HASH, "outcome": sealed, "fired": fired},
    }
    answers = {name: value for name, value in {**PAPERS, "hq_lines": rows, **more}.items() if value != ""}
    return open_session(definition, answers, as_of=date(2026, 3, 5), related=related)


@pytest.mark.parametrize(
    ("sealed", "fired", "lines", "rule", "outcome"),
    [
        ("may_proceed", "", (), "E01", "may_proceed"),
        ("escalate", "D16", ("D16=refused",), "E02", "must_not_proceed"),
        ("stop_open_action7", "D07S", ("D07S=refused",), "E02", "stop_open_action7"),
        ("escalate", "D16 D17", ("D16=approved", "D17=returned"), "E03", "incomplete"),
        ("must_not_proceed", "D07", ("D07=waived",), "E04", "proceed_with_mitigation"),
        ("stop_open_action7", "D07S D10S", ("D07S=waived", "D10S=waived"), "E04", "proceed_with_mitigation"),
        ("must_not_proceed", "D08", ("D08=waived",), "E05", "must_not_proceed"),
        ("must_not_proceed", "D07 D09", ("D07=waived", "D09=waived"), "E05", "must_not_proceed"),
        ("must_not_proceed", "D07", ("D07=approved",), "E05", "must_not_proceed"),
        ("must_not_proceed", "D07 D10", ("D07=waived",), "E05", "must_not_proceed"),
        ("escalate", "D16 D17", ("D16=approved", "D17=approved_conditions"), "E06", "proceed_with_mitigation"),
        ("escalate", "D16", ("D16=waived",), "E06", "proceed_with_mitigation"),
        ("escalate", "D16 D17", ("D16=approved",), "E07", "escalate"),
        ("escalate", "D16", (), "E07", "escalate"),
        ("escalate", "", ("D16=approved",), "E07", "escalate"),
    ],
)
def test_what_counts_after_the_decision(
    definition: Definition, sealed: str, fired: str, lines: tuple[str, ...], rule: str, outcome: str
) -> None:
    session = opened(definition, sealed, fired, *lines)
    decision = session.decision("hq")
    assert (decision.rule, decision.outcome) == (rule, outcome)
    assert session.value("hq_effective") == outcome


@pytest.mark.parametrize("blank", ["hq_by", "hq_on", "hq_ref", "hq_pdf_hash"])
def test_without_its_papers_the_sealed_outcome_stands(definition: Definition, blank: str) -> None:
    for said in ("approved", "refused"):
        session = opened(definition, "escalate", "D16", f"D16={said}", **{blank: ""})
        assert (session.decision("hq").rule, session.value("hq_effective")) == ("E01", "escalate")


@pytest.mark.parametrize("wrong", [{"hq_pdf_hash": "other"}, {"hq_on": "2026-03-06"}])
def test_another_paper_or_a_day_to_come_counts_for_nothing(definition: Definition, wrong: dict[str, str]) -> None:
    session = opened(definition, "escalate", "D16", "D16=approved", **wrong)
    assert session.decision("hq").rule == "E01"
    assert [one.path for one in session.missing("clearance")] == list(wrong)


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("approved", "hq_grounds", None),
        ("approved", "hq_valid_until", "2026-03-04"),
        ("approved_conditions", "hq_conditions", None),
        ("waived", "hq_waiver_authority", None),
        ("waived", "hq_waiver_limit", None),
        ("waived", "hq_waiver_expiry", None),
        ("waived", "hq_waiver_expiry", "2026-03-04"),
    ],
)
def test_a_line_counts_when_it_is_full_and_in_date(
    definition: Definition, said: str, name: str, value: str | None
) -> None:
    session = opened(definition, "escalate", "D16", f"D16={said}")
    assert session.decision("hq").rule == "E06"
    session.set(f"hq_lines/L1/{name}", value)
    assert session.decision("hq").rule == "E07"


def test_a_refusal_counts_whatever_else_is_wrong(definition: Definition) -> None:
    session = opened(definition, "escalate", "D16", "D17=refused")
    assert session.view("hq_lines/L1/hq_rule", "en").problem is not None
    assert session.decision("hq").rule == "E02"


def test_only_rows_that_fired_are_on_offer(definition: Definition) -> None:
    session = opened(definition, "escalate", "D16 D17", "D16=approved")
    assert [one.code for one in session.view("hq_lines/L1/hq_rule", "en").options] == ["D16", "D17"]
