"""Who decides: nobody lowers a computed result, others decide with their papers, and what is hidden decides nothing."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, cast

import pytest

from hrddp_desktop.errors import AnswerError
from hrddp_desktop.services import assessment
from tests.forms.mutating import Less, made
from tests.forms.worked import CASES, FORM, Form, Json, cases, opened, read_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.engine.answers import Raw
    from hrddp_desktop.engine.definition import Item
    from hrddp_desktop.engine.session import Session

EXAMPLES = sorted(path.name for path in (FORM / "examples").glob("*.json") if path.name != "expected.json")
RESULTS = (
    "a1_result",
    "a1_outcome",
    "a2_outcome",
    "a3_status",
    "gv",
    "inh",
    "res",
    "plan",
    "mon",
    "balance",
    "history",
)
PAPERS = ("by", "on", "ref")


def case_1(form: Form, **changes: object) -> Session:
    answers = copy.deepcopy(cast("Json", read_json(CASES / "case1.json")["answers"]))
    return form.open(answers | changes, "2026-02-10")


def sealed(form: Form) -> Session:
    """Case 1 when everything is released."""
    return opened(form, *next(day for day in cases() if "screened again" in str(day[1].get("name"))))


# a computed result


@pytest.mark.parametrize("name", [*RESULTS, "history", "outcome", "early", "urgent_outcome", "lane", "valid_until"])
def test_nobody_writes_a_computed_result(form: Form, name: str) -> None:
    session = case_1(form)
    before = session.value(name)
    with pytest.raises(AnswerError):
        session.set(name, "clear")
    with pytest.raises(AnswerError):
        form.open({name: "clear"})
    assert session.value(name) == before


def test_no_answer_lowers_the_result_of_action_1(form: Form) -> None:
    """`a1_raise` raises; `no` to it, or a value behind its gate, leaves a full case full."""
    for answer in ("no", "yes", None):
        assert case_1(form, a1_raise=answer, a1_raise_reason="We think so.").value("a1_outcome") == "full"
    case_4 = form.example("case4.json")
    case_4.set("a1_raise", "yes")
    assert case_4.value("a1_outcome") == "full"
    assert "a1_raise_reason" in [one.path for one in case_4.missing("clearance")]


def test_a_claim_below_what_the_measures_do_is_not_taken(form: Form) -> None:
    """What remains falls by a step, or two when seen; a better letter than that is a claim only."""
    session = case_1(form)
    planned = session.value("a4_risks/K3/rs_planned")
    session.set("a4_risks/K3/rs_l", "A")
    session.set("a4_risks/K3/rs_confirm_by", "2026-06-01")
    assert str(session.value("a4_risks/K3/rs_planned")) >= str(planned)
    session.set("a4_risks/K3/rs_l", "E")
    assert session.value("a4_risks/K3/rs_planned") == session.value("a4_risks/K3/rk_l")


@pytest.mark.parametrize("risk", ["K1", "K2"])
def test_a_grave_harm_is_not_rated_lower(form: Form, risk: str) -> None:
    session = case_1(form)
    level = session.value(f"a4_risks/{risk}/rk_level")
    assert session.value(f"a4_risks/{risk}/rk_grave") == "yes"
    session.set(f"a4_risks/{risk}/rk_i", "1")
    assert session.value(f"a4_risks/{risk}/rk_level") in {None, level}
    session.set(f"a4_risks/{risk}/rk_i_reason", "It is not so bad here.")
    assert session.value(f"a4_risks/{risk}/rk_level") in {None, level}
    assert session.decision("final").outcome == "incomplete"


# the decisions of others


ADVICE = {"p1": {"a2_gov_status": "contested"}, "p2": {"a2_dp_law": "unknown", "a2_dp_nexus": "remote"}}
ADVICE |= {"p3": {"a2_wp_embargo": "yes"}, "p4": {"a2_cc_effect": "unsure"}}


def advised(name: str) -> Json:
    """A record in which one precondition needs advice, and got it."""
    extra: Json = {"a2_dp_cross": "yes", "a2_dp_offences": "yes"} if name == "p2" else {}
    papers = {
        f"a2_advice_{name}_{part}": value for part, value in zip(PAPERS, ("legal", "2026-01-05", "L/1"), strict=True)
    }
    return {**ADVICE[name], **extra, f"a2_advice_{name}": "cleared", **papers}


@pytest.mark.parametrize("name", ADVICE)
def test_advice_counts_with_its_papers(form: Form, name: str) -> None:
    answers = advised(name)
    assert case_1(form, **answers).value(f"a2_{name}") == "advice"
    assert case_1(form, **answers).value("a2_outcome") == "met"
    for part in PAPERS:
        assert case_1(form, **answers | {f"a2_advice_{name}_{part}": None}).value("a2_outcome") == "advice"
    assert case_1(form, **answers | {f"a2_advice_{name}_on": "2027-01-01"}).value("a2_outcome") == "advice"
    refused = answers | {f"a2_advice_{name}": "refused", f"a2_advice_{name}_ref": None}
    assert case_1(form, **refused).value("a2_outcome") == "not_met"  # a refusal counts at once


NO_MECHANISM: Json = {"a3_position": "no_mechanism", "a3_mech_type": "none_known", "a3_rc_informed": "yes"}
NO_MECHANISM |= {"a3_rc_informed_by": "coordinator", "a3_rc_informed_on": "2026-01-05", "a3_rc_informed_ref": "R/1"}


@pytest.mark.parametrize("part", PAPERS)
def test_the_others_of_action_3_read_as_pending_without_their_papers(form: Form, part: str) -> None:
    sent: Json = {"a3_sent_on": "2026-02-05"}
    assert case_1(form, **sent).value("a3_status") == "conditional"
    assert case_1(form, **sent, **{f"a3_position_{part}": None}).value("a3_status") == "pending"
    assert case_1(form, a3_position="objects", **{f"a3_position_{part}": None}).value("a3_status") == "objects"
    assert case_1(form, **sent, **NO_MECHANISM).value("a3_status") == "cleared"
    assert case_1(form, **sent, **NO_MECHANISM | {f"a3_rc_informed_{part}": None}).value("a3_status") == "pending"


@pytest.mark.parametrize("part", PAPERS)
def test_a_screening_reads_as_pending_without_its_papers(form: Form, part: str) -> None:
    session = case_1(form)
    assert session.decision("a1_recipients/R1/el_gv").variables["screening"] == "cleared_monitored"
    session.set(f"a3_screen_rows/V1/sc_result_{part}", None)
    assert session.decision("a1_recipients/R1/el_gv").variables["screening"] == "pending"
    session.set("a3_screen_rows/V1/sc_result", "not_cleared")
    assert session.decision("a1_recipients/R1/el_gv").variables["screening"] == "not_cleared"


@pytest.mark.parametrize("part", PAPERS)
def test_what_others_have_seen_and_sent_releases_with_its_papers_only(form: Form, part: str) -> None:
    for path, rule in ((f"a5_measures/M1/ms_status_{part}", "L07"), (f"a3_letter_{part}", "L09")):
        session = sealed(form)
        assert session.decision("release_rows/S1xR1/rel_state").rule == "L15"
        session.set(path, None)
        assert session.decision("release_rows/S1xR1/rel_state").rule == rule


@pytest.mark.parametrize("part", PAPERS)
def test_headquarters_and_the_mechanism_are_told_with_papers(form: Form, part: str) -> None:
    told: Json = {"a3_told_urgent": "yes", "a3_told_urgent_by": "hq", "a3_told_urgent_on": "2026-02-09"}
    urgent: Json = {"a1_urgency": "yes", "a7_wind_down": "Food goes on.", **told, "a3_told_urgent_ref": "T/1"}
    session = case_1(form, **urgent)
    assert (session.lane, session.decision("urgent").variables["told"]) == ("urgent", "yes")
    session.set(f"a3_told_urgent_{part}", None)
    assert session.decision("urgent").variables["told"] == "no"


def test_every_decision_of_others_is_judged_here(form: Form) -> None:
    names = form.definition.items.keys()
    others = {name for name in names if {f"{name}_{part}" for part in PAPERS} <= names}
    advice = {f"a2_advice_{name}" for name in ADVICE}
    assert others == advice | {"a3_position", "a3_rc_informed", "a3_told_urgent", "sc_result", "a3_letter", "ms_status"}


# what is hidden


def snapshot(session: Session) -> object:
    """Everything that follows from the answers."""
    decision = session.decision("early") if session.lane == "early" else assessment.final_decision(session)
    rows = [row.row_id for row in session.table("release_rows", "en").rows]
    release = [session.decision(f"release_rows/{row}/rel_state").outcome for row in rows]
    missing = [one.path for one in session.missing("release")]
    return decision, release, missing, session.value("valid_until"), session.lane


def hidden(session: Session) -> list[tuple[str, Item]]:
    """Every question that nobody sees: not relevant, or not asked in this lane."""
    found = []
    for path, item in places(session):
        view = session.view(path, "en")
        if not view.relevant or not view.asked:
            found.append((path, item))
    return found


def places(session: Session) -> list[tuple[str, Item]]:
    """The path of every question, in rows too."""
    found = []
    for item in session.definition.items.values():
        if not item.is_answered_by_hand or item.type == "table":
            continue
        if item.table is None:
            found.append((item.name, item))
        else:
            rows = session.table(item.table, "en").rows
            found += [(f"{item.table}/{row.row_id}/{item.name}", item) for row in rows]
    return found


def some_value(session: Session, item: Item, chance: random.Random) -> Raw:
    """A valid answer to the question."""
    if item.type in {"integer", "decimal"}:
        return chance.randint(0, 12)
    if item.type == "date":
        return f"202{chance.randint(4, 7)}-0{chance.randint(1, 9)}-15"
    choices = session.definition.lists.get(item.list_name or "")
    codes = choices.codes if choices else ("x",)
    code = chance.choice(codes)
    return [code] if item.type.startswith("select_multiple") else code


def records(form: Form) -> list[Session]:
    refused = case_1(form, a0_prev_any="no", a3_exist_any="no", a3_screen="no", a2_items_none="yes")
    told: Json = {"a1_urgency": "yes", "a7_wind_down": "Food goes on."}
    begun = form.open({"a1_any_security": "yes"})
    early = case_1(form, lane_wish="early")
    return [*map(form.example, EXAMPLES), case_1(form), refused, case_1(form, **told), early, begun, form.new()]


def test_what_is_hidden_decides_nothing(form: Form, counts: Callable[[str], int]) -> None:
    """Each record with as many values behind closed gates as the count says, one by one.

    An answer of another lane that contradicts what is asked here may leave the record incomplete, and nothing else.
    """
    chance = random.Random(11)  # noqa: S311 - a fixed sample, no secret
    for number, session in enumerate(records(form)):
        before = snapshot(session)
        closed = hidden(session)
        assert len(closed) > 20
        for path, item in chance.sample(closed, min(len(closed), counts("hidden_answers"))):
            value = some_value(session, item, chance)
            relevant = session.view(path, "en").relevant
            with made(session, Less(path, value)):
                incomplete = assessment.final_decision(session).outcome == "incomplete"
                assert snapshot(session) == before or (relevant and incomplete), (number, path, value)
            assert snapshot(session) == before, (number, path, value)


def test_a_hidden_letter_does_not_lower_what_remains_in_the_urgent_lane(form: Form) -> None:
    """The letter after the measures is not asked there: one that was given in another lane counts for nothing."""
    session = case_1(form, a1_urgency="yes", a7_wind_down="Food goes on.")
    assert session.lane == "urgent"
    assert not session.view("a4_risks/K1/rs_l", "en").asked
    assert session.value("res") == session.value("inh") == "high"


def test_what_is_seen_would_show(form: Form) -> None:
    """Control: the same comparison sees an answer that is not hidden."""
    session = case_1(form)
    before = snapshot(session)
    session.set("a5_real_risk_after", "unsure")
    assert snapshot(session) != before
