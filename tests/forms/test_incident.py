"""The incident form: what it decides, in which state a record is, what is stopped, and which steps are permitted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

import pytest

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.session import Session, open_session
from tests.forms.worked import CASES, ROOT, Json, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

SIX = {"n_what": "w", "n_where": "d", "n_unit": ["R1"], "n_danger": "no", "n_how": "saw", "n_share": "no"}
ASSESSMENT: Json = {
    "a1_outcome": "full",
    "a1_recipients": [{"_row": "R1", "_title": "North"}, {"_row": "R4", "_title": "Selm"}],
    "release_rows": [
        {"_row": "S1xR1", "rel_rec": "R1", "rel_free": "yes"},
        {"_row": "S2xR1", "rel_rec": "R1", "rel_free": "no"},
        {"_row": "S1xR4", "rel_rec": "R4", "rel_free": "yes"},
    ],
    "a5_measures": [{"_row": "M1", "ms_due": "2026-02-20", "ms_status": "planned"}],
}
FACTS = {"i_grounds": "substantial", "i_serious": "grave", "i_link": "supported", "i_imm": "no"}
VECTORS = """not_yet unknown unknown unknown running - - - N00 hold
not_yet other supported yes running - - - N00 hold
not_yet grave same_force yes hold - - - N04 keep_hold
substantial other supported no running - - - N06 adjust
substantial grave unrelated yes running - - - N00a alert_protection
substantial grave same_force no running - - - N07 intercede_reassess
substantial grave supported no hold awaiting - - N15 intercede
substantial grave supported no running partial - - N14 suspend
substantial other supported no suspended adequate - - N11 stay_suspended
substantial grave supported no suspended adequate 2 - N10 escalate_hq
substantial grave supported no suspended adequate 1 acceptable N09 resume
refuted grave supported no hold - - - N01 close"""
STATES = {"running": "LOGGED", "hold": "HOLD", "suspended": "SUSPENDED"}


@pytest.fixture(scope="module")
def definition() -> Definition:
    found = compile_form(ROOT / "forms" / "incident")
    assert isinstance(found, Definition), [str(one) for one in found]
    return found


def opened(
    definition: Definition, answers: Mapping[str, object], *states: str, as_of: str = "2026-03-05", **more: object
) -> Session:
    """A record that went through these states, a day each, with the assessment it belongs to at hand."""
    steps = [
        {"_row": f"Y{at}", "st_on": f"2026-02-{at:02}", "st_event": "T01" if at == 1 else "T26", "st_to": state}
        for at, state in enumerate(states, 1)
    ]
    related = {"assessment": {**ASSESSMENT, **more}}
    return open_session(definition, {**answers, "steps": steps}, as_of=date.fromisoformat(as_of), related=related)


def papers(name: str, value: str) -> dict[str, object]:
    return {name: value, f"{name}_by": "function", f"{name}_on": "2026-02-20", f"{name}_ref": "letter"}


def permitted(session: Session) -> set[tuple[str, str]]:
    return {(step.id, step.to) for step in session.steps("incident") if step.permitted}


@pytest.mark.parametrize("line", VECTORS.splitlines())
def test_the_vectors_of_the_policy(definition: Definition, line: str) -> None:
    grounds, serious, link, imm, st, resp, cyc, again, rule, outcome = line.split()
    answers: dict[str, object] = {**SIX, "i_grounds": grounds, "i_serious": serious, "i_link": link, "i_imm": imm}
    answers |= papers("i_resp", resp) if resp != "-" else {}
    answers |= {"i_cyc": int(cyc)} if cyc != "-" else {}
    answers |= {"i_re": again} if again != "-" else {}
    found = opened(definition, answers, STATES[st]).decision("incident")
    assert (found.rule, found.outcome, found.variables["st"]) == (rule, outcome, st)


@pytest.mark.parametrize(
    ("as_of", "state", "may"), [("2026-07-20", "CLOSED", set()), ("2026-06-17", "VERIFYING", {("T07", "ADJUSTING")})]
)
def test_the_worked_case(definition: Definition, as_of: str, state: str, may: set[tuple[str, str]]) -> None:
    answers = cast("Json", read_json(CASES / "case1_incident1.json")["answers"])
    answers["steps"] = [one for one in cast("list[Json]", answers["steps"]) if str(one["st_on"]) <= as_of]
    session = open_session(
        definition, answers, as_of=date.fromisoformat(as_of), related={"assessment": ASSESSMENT, "record": {}}
    )
    decision = session.decision("incident")
    assert (decision.outcome, decision.rule, decision.also) == ("adjust", "N06", ())
    assert (session.state("incident"), session.value("in_status")) == (state, state)
    assert session.value("v_stopped") is None
    assert session.value("v_may_share") == "count_and_area"
    assert session.missing("running") == ()
    assert permitted(session) - {("T26", "CLOSED")} == may


def test_the_six_answers_give_the_others_their_defaults(definition: Definition) -> None:
    session = opened(definition, {**SIX, "n_danger": "unknown"})
    variables = session.decision("incident").variables
    assert variables["link"] == "supported"
    assert (variables["grounds"], variables["serious"], variables["imm"]) == ("not_yet", "unknown", "unknown")
    assert session.decision("incident").rule == "N00"
    assert permitted(session) == {("T01", "LOGGED")}
    session.set("n_share", None)
    assert permitted(session) == set()
    session.set("n_unit", None)
    assert session.decision("incident").variables["link"] == "unknown"
    session.set("n_unit_other", "none_of_ours")
    assert session.decision("incident").variables["link"] == "unrelated"


def test_a_hold_lasts_until_it_is_lifted_in_writing(definition: Definition) -> None:
    order = {"x_order_by": "deputy", "x_order_how": "phone", "x_order_on": "2026-02-02", "x_stop_rows": ["S1xR1"]}
    session = opened(definition, {**SIX, **order, "i_imm": "yes"}, "LOGGED", "HOLD", "VERIFYING")
    assert (session.value("i_st"), session.value("v_stopped")) == ("hold", "S1xR1")
    for name, value in {"i_imm": "no", "n_danger": "no", "i_grounds": "not_yet"}.items():
        session.set(name, value)
        assert session.value("i_st") == "hold"
    session.set("x_order_lifted_on", "2026-03-01")
    assert session.value("i_st") == "hold"
    session.set("x_order_lifted_by", "Chief of Mission")
    assert (session.value("i_st"), session.value("v_stopped")) == ("running", None)
    session.set("x_order_lifted_on", "2026-01-01")
    assert session.value("i_st") == "hold"


def test_a_new_hold_is_not_lifted_by_an_old_paper(definition: Definition) -> None:
    lifted = {"x_order_on": "2026-02-02", "x_order_lifted_by": "com", "x_order_lifted_on": "2026-02-02"}
    assert opened(definition, {**SIX, **lifted}, "LOGGED", "HOLD", "VERIFYING").value("i_st") == "running"
    assert opened(definition, {**SIX, **lifted}, "LOGGED", "HOLD", "VERIFYING", "HOLD").value("i_st") == "hold"


@pytest.mark.parametrize("state", ["SUSPENDED", "RESUMING", "AT_HQ", "CEASED"])
def test_a_suspension_stops_what_it_names_else_the_named_units_else_all(definition: Definition, state: str) -> None:
    session = opened(definition, {**SIX, "x_stop_rows": ["S1xR4"]}, state)
    assert (session.value("i_st"), session.value("v_stopped")) == ("suspended", "S1xR4")
    session.set("x_stop_rows", None)
    assert session.value("v_stopped") == "S1xR1 S2xR1"
    session.set("n_unit", None)
    assert session.value("v_stopped") == "S1xR1 S2xR1 S1xR4"
    assert {"x_stop_rows", "x_order_by", "x_goes_on", "i_safe"} <= {one.path for one in session.missing("running")}


@pytest.mark.parametrize("blank", ["i_resp_by", "i_resp_on", "i_resp_ref"])
def test_an_answer_without_its_paper_is_awaited(definition: Definition, blank: str) -> None:
    answers = {**SIX, **FACTS, **papers("i_resp", "adequate"), blank: None}
    session = opened(definition, {name: value for name, value in answers.items() if value}, "LOGGED", "INTERCEDING")
    assert session.decision("incident").variables["resp"] == "awaiting"


@pytest.mark.parametrize(("cyc", "read"), [(0, "0"), (1, "1"), (2, "2"), (3, "3"), (9, "3"), (-1, "0")])
def test_more_reviews_than_there_can_be_still_go_to_headquarters(definition: Definition, cyc: int, read: str) -> None:
    found = opened(definition, {**SIX, **FACTS, "i_cyc": cyc}, "SUSPENDED").decision("incident")
    assert found.variables["cyc"] == read
    assert (found.rule == "N10") == (read in "23")


def test_headquarters_ceases_only_with_its_paper(definition: Definition) -> None:
    answers = {**SIX, **FACTS, "i_again": "yes"}
    assert opened(definition, {**answers, "i_hq": "cease"}, "AT_HQ").decision("incident").rule == "N08"
    session = opened(definition, {**answers, **papers("i_hq", "cease")}, "AT_HQ")
    assert session.decision("incident").rule == "N08c"
    assert ("T24", "CEASED") in permitted(session)


# the guards that the list tells in words


def has(session: Session, *steps: tuple[str, str]) -> list[bool]:
    return [step in permitted(session) for step in steps]


def test_triage_needs_its_three_answers(definition: Definition) -> None:
    session = opened(definition, {**SIX, "i_serious": "other", "i_grounds": "not_yet"}, "LOGGED")
    assert has(session, ("T03", "VERIFYING")) == [False]
    session.set("i_link", "supported")
    assert has(session, ("T03", "VERIFYING"), ("T02", "CLOSED")) == [True, False]
    session.set("i_link", "unrelated")
    assert has(session, ("T03", "VERIFYING"), ("T02", "CLOSED")) == [False, True]


@pytest.mark.parametrize(
    ("clock", "as_of", "late"),
    [
        ("standard", "2026-02-01", False),
        ("standard", "2026-02-23", False),
        ("standard", "2026-02-24", True),
        ("fast", "2026-02-11", False),
        ("fast", "2026-02-12", True),
    ],
)
def test_the_clock_of_the_verification(definition: Definition, clock: str, as_of: str, late: bool) -> None:
    """Entered on Monday 2 February; weekends do not count."""
    session = opened(definition, {**SIX, **FACTS}, "LOGGED", "VERIFYING", as_of=as_of, a7_clock_set=clock)
    assert has(session, ("T11", "VERIFYING"), ("T11", "HOLD")) == [late, False]


def test_the_second_lapse_holds(definition: Definition) -> None:
    session = opened(definition, {**SIX, **FACTS}, "LOGGED", "VERIFYING", "VERIFYING", as_of="2026-03-05")
    session.set("steps/Y3/st_event", "T11")
    assert has(session, ("T11", "VERIFYING"), ("T11", "HOLD")) == [False, True]


def test_adjusting_ends_when_the_new_measures_are_in_place(definition: Definition) -> None:
    def closes(status: str, due: str = "2026-02-10", outcome: str = "full") -> bool:
        measures = [{"_row": "M1", "ms_due": due, "ms_status": status}]
        session = opened(definition, SIX, "LOGGED", "ADJUSTING", a5_measures=measures, a1_outcome=outcome)
        return ("T12", "CLOSED") in permitted(session)

    assert [closes(status) for status in ("planned", "", "in_place", "verified")] == [False, False, True, True]
    assert closes("planned", "2026-01-31")
    assert not closes("verified", outcome="")


def test_the_answer_of_the_authorities_is_waited_for_fifteen_working_days(definition: Definition) -> None:
    letter = {**SIX, **FACTS, "i_letter": "L", "i_letter_on": "2026-02-02"}
    for as_of, late in (("2026-02-23", False), ("2026-02-24", True)):
        session = opened(definition, letter, "LOGGED", "INTERCEDING", as_of=as_of)
        assert has(session, ("T15", "SUSPENDED")) == [late]
    session.set("i_resp", "awaiting")
    assert has(session, ("T15", "SUSPENDED")) == [True]
    for name, value in papers("i_resp", "adequate").items():
        session.set(name, str(value))
    assert has(session, ("T15", "SUSPENDED"), ("T14", "CORRECTIVE")) == [False, True]


def test_measures_asked_are_verified_or_missed(definition: Definition) -> None:
    session = opened(definition, {**SIX, **FACTS}, "LOGGED", "CORRECTIVE", as_of="2026-03-05")
    assert has(session, ("T17", "CLOSED"), ("T18", "SUSPENDED")) == [False, False]
    session.add_row("i_asked")
    session.set("i_asked/A1/ask_by", "2026-02-19")
    assert has(session, ("T17", "CLOSED"), ("T18", "SUSPENDED")) == [False, False]
    session.set("i_asked/A1/ask_by", "2026-02-18")
    assert has(session, ("T17", "CLOSED"), ("T18", "SUSPENDED")) == [False, True]
    session.set("i_asked/A1/ask_verified_on", "2026-03-01")
    assert has(session, ("T17", "CLOSED"), ("T18", "SUSPENDED")) == [True, False]


def test_a_resumption_ends_when_nothing_else_holds_its_rows(definition: Definition) -> None:
    session = opened(definition, {**SIX, "x_stop_rows": ["S1xR1", "S1xR4"]}, "RESUMING")
    assert has(session, ("T20", "CLOSED")) == [True]
    session.set("x_stop_rows", ["S1xR1", "S2xR1"])
    assert has(session, ("T20", "CLOSED")) == [False]
    session.set("x_stop_rows", None)
    assert has(session, ("T20", "CLOSED")) == [False]


def test_headquarters_extends_once(definition: Definition) -> None:
    session = opened(definition, {**SIX, **FACTS, "i_cyc": 2}, "SUSPENDED", "AT_HQ")
    assert has(session, ("T23", "SUSPENDED")) == [True]
    session.take("incident", "T23")
    session.take("incident", "T22")
    assert has(session, ("T23", "SUSPENDED")) == [False]


def test_a_hold_ends_in_writing_only(definition: Definition) -> None:
    session = opened(definition, {**SIX, "x_order_on": "2026-02-02"}, "LOGGED", "HOLD")
    session.set("i_imm", "yes")
    assert has(session, ("T27", "VERIFYING")) == [False]
    session.set("x_order_lifted_on", "2026-03-01")
    session.set("x_order_lifted_by", "com")
    assert has(session, ("T27", "VERIFYING")) == [True]


@pytest.mark.parametrize(("share", "levels"), [("yes", 3), ("no", 2), ("not_asked", 1), ("unknown", 1)])
def test_consent_limits_what_others_are_told(definition: Definition, share: str, levels: int) -> None:
    session = opened(definition, {**SIX, "n_share": share}, "LOGGED")
    session.add_row("i_told")
    assert len(session.view("i_told/D1/told_level", "en").options) == levels


def test_the_release_rows_of_the_assessment_are_on_offer(definition: Definition) -> None:
    session = opened(definition, {**SIX, "i_imm": "yes"}, "LOGGED")
    assert [one.code for one in session.view("x_stop_rows", "en").options] == ["S1xR1", "S2xR1", "S1xR4"]
    assert [one.label for one in session.view("n_unit", "en").options] == ["North", "Selm"]
