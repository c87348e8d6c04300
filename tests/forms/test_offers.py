"""What the assessment offers: risks for the case, the standard set of measures, indicators; and the usual answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.forms.worked import Form

FIRST: Mapping[str, object] = {
    "a0_start": "2026-05-01",
    "a0_end": "2026-12-01",
    **dict.fromkeys(("a1_indirect", "a1_partner_links", "a1_escort", "a1_joint_ops", "a1_urgency"), "no"),
    "a1_any_security": "yes",
    **dict.fromkeys(("a2_req_competent", "a2_own_strategy", "a2_own_oversight", "a2_own_inclusive"), "yes"),
    "a2_gov_status": "recognised",
    "a2_dp_law": "abolished_all",
    **dict.fromkeys(("a2_dp_cross", "a2_wp_embargo", "a2_cc_conflict"), "no"),
    "a2_items_none": "yes",
    "a2_cc_effect": "none",
    "a2_cc_diversion": "low",
    "a1_recipients": [{"_row": "R1", "rec_name": "Post", "rec_type": "border_control", "rec_level": "unit_or_post"}],
    "a1_supports": [
        {"_row": "S1", "sup_rec": ["R1"], "sup_type": "l_equipment", "sup_purpose": "raise_operations"},
        {"_row": "S2", "sup_rec": ["R1"], "sup_type": "t_ops_training", "sup_purpose": "raise_operations"},
    ],
}
ALWAYS = ["M201", "M202", "M205", "M207", "M401", "M405", "M505", "M601", "M701"]


def codes(form: Form, *, chosen: bool, table: str, answers: Mapping[str, object]) -> list[str]:
    """The codes on offer, or only those that are ticked."""
    return [option.code for option in form.open(answers).offered(table) if option.selected or not chosen]


def test_risks_are_offered_for_the_support_the_force_and_the_context(form: Form) -> None:
    session = form.open(FIRST)
    offered = {option.code for option in session.offered("a4_risks")}
    assert {"RS02", "RS03", "RS07", "RM01"} <= offered
    assert not offered & {"RC05", "RG03", "RM10", "CUS"}
    assert not any(option.selected for option in session.offered("a4_risks"))
    session.set("a4_context", ["xenophobia"])
    session.set("a1_recipients/R1/el_force_rules", "written_not_known")
    assert {option.code for option in session.offered("a4_risks")} == offered | {"RC03", "RC05", "RG03"}
    session.add_offered("a4_risks", ["RC05", "RM01"])
    assert {option.code for option in session.offered("a4_risks")} == offered - {"RM01"} | {"RC03", "RG03"}


def test_every_risk_of_the_catalogue_is_offered_somewhere_and_no_list_names_an_unknown_one(form: Form) -> None:
    lists, risks = form.definition.lists, set(form.definition.lists["risk"].codes) - {"CUS"}
    sources = ("support_type", "force_type", "context")
    cells = [lists[name].fact(code, "house_risks") for name in sources for code in lists[name].codes]
    named = {risk for cell in cells for risk in cell.split()}
    assert named == risks
    for name, column in (("measure", "risks"), ("indicator", "house_risks")):
        known = {risk for code in lists[name].codes for risk in lists[name].fact(code, column).split()}
        assert known <= risks | {"all", "all_grave"}


@pytest.mark.parametrize(
    ("kind", "risks", "more"),
    [
        ("t_institution", ["RG04"], []),
        ("l_equipment", ["RG04"], ["M203", "M507"]),
        ("t_ops_training", ["RG04"], ["M301"]),
        ("t_institution", ["RR05"], ["M306"]),
        ("t_institution", ["RG04", "RM07"], ["M306"]),
    ],
)
def test_the_standard_set_of_the_short_lane(form: Form, kind: str, risks: list[str], more: list[str]) -> None:
    supports = [{"_row": "S1", "sup_rec": ["R1"], "sup_type": kind, "sup_purpose": "raise_operations"}]
    rated = [{"_row": f"K{at}", "rk_code": code, "rk_i": "5", "rk_l": "C"} for at, code in enumerate(risks, 1)]
    rated += [{"_row": "K9", "rk_code": "RM03", "rk_i": "4", "rk_l": "C"}]
    answers = {**FIRST, "a1_supports": supports, "a4_risks": [{**row, "rk_grave_here": "no"} for row in rated]}
    session = form.open(answers)
    assert (session.lane, session.value("inh")) == ("short", "high")
    assert codes(form, chosen=True, table="a5_measures", answers=answers) == sorted([*ALWAYS, *more])
    offered = codes(form, chosen=False, table="a5_measures", answers=answers)
    assert {"M707", "M402", "M101"} <= set(offered), "also what answers the risks, without a tick"
    in_full = {**answers, "a2_cc_conflict": "yes"}
    assert form.open(in_full).lane == "full"
    assert codes(form, chosen=True, table="a5_measures", answers=in_full) == []
    assert codes(form, chosen=False, table="a5_measures", answers=in_full) == offered


def test_two_indicators_are_ticked_for_the_risks_that_are_rated(form: Form) -> None:
    risks = [{"_row": "K1", "rk_code": "RS03"}, {"_row": "K2", "rk_code": "RM01", "rk_i": "5", "rk_grave_here": "no"}]
    session = form.open({**FIRST, "a4_risks": risks})
    assert session.offered("a6_indicators") == ()
    session.set("a4_risks/K1/rk_l", "B")
    assert [(one.code, one.selected) for one in session.offered("a6_indicators")] == [
        *(("Q04", False), ("Q05", False), ("Q17", True), ("Q18", True))
    ]
    session.set("a4_risks/K2/rk_l", "B")
    offered = [(one.code, one.selected) for one in session.offered("a6_indicators")]
    assert {"Q20", "Q21"} < {code for code, _ in offered}
    assert [code for code, ticked in offered if ticked] == ["Q01", "Q03"]
    session.remove_row("a4_risks", "K2")
    session.set("a4_risks/K1/rk_code", "RC06")
    assert [one.code for one in session.offered("a6_indicators") if one.selected] == ["Q04", "Q05"]


def test_the_standard_set_makes_the_plan_of_the_short_lane_complete(form: Form) -> None:
    session = form.open(FIRST)
    session.add_offered("a4_risks", ["RS03", "RM07"])
    for row in ("K1", "K2"):
        session.set(f"a4_risks/{row}/rk_l", "C")
    session.add_offered("a5_measures", [one.code for one in session.offered("a5_measures") if one.selected])
    assert session.value("plan") == "incomplete"
    session.set("a5_std_ok", "funded")
    assert (session.lane, session.value("plan")) == ("short", "complete")
    session.set("a5_measures/M1/ms_owner", None)
    session.set("a5_measures/M2/ms_owner", None)
    session.set("a5_measures/M3/ms_owner", None)
    assert session.value("plan") == "complete", "others cover the risks as well"


def test_usual_answers_come_when_they_can_be_known(form: Form) -> None:
    session = form.open(FIRST)
    session.add_offered("a4_risks", ["RS03", "RS07"])
    assert [session.value(f"a4_risks/K1/{name}") for name in ("rk_rec", "rk_sup")] == [["R1"], ["S1", "S2"]]
    session.set("a4_risks/K1/rk_sup", ["S1"])
    for row in ("K1", "K2"):
        session.set(f"a4_risks/{row}/rk_l", "C")
    session.add_offered("a5_measures", ["M203", "M205"])
    first, second = "a5_measures/M1", "a5_measures/M2"
    assert [session.value(f"{first}/{name}") for name in ("ms_for", "ms_rows")] == [["K1"], ["S1xR1"]]
    assert [session.value(f"{second}/{name}") for name in ("ms_for", "ms_rows")] == [None, ["S1xR1", "S2xR1"]]
    assert session.value(f"{first}/ms_due") == "2026-04-30"
    session.set(f"{first}/ms_for", ["K1", "K2"])
    assert session.value(f"{first}/ms_rows") == ["S1xR1", "S2xR1"]
    session.set("a0_start", None)
    assert session.value(f"{first}/ms_due") is None
    session.add_row("a4_risks")
    assert session.value("inh") is None, "a risk without a rating hides the measures"
    assert session.view(f"{first}/ms_for", "en").value == ["K1", "K2"], "but nothing of them is lost"


def test_a_result_of_screening_is_valid_for_three_months(form: Form) -> None:
    session = form.open({**FIRST, "a3_screen": "yes"})
    session.add_row("a3_screen_rows")
    row = "a3_screen_rows/V1"
    session.set(f"{row}/sc_result", "cleared")
    assert session.value(f"{row}/sc_valid_until") is None
    session.set(f"{row}/sc_result_on", "2026-02-01")
    assert session.value(f"{row}/sc_valid_until") == "2026-05-04"
    session.set(f"{row}/sc_valid_until", "2026-04-01")
    session.set(f"{row}/sc_result_on", "2026-02-02")
    assert session.value(f"{row}/sc_valid_until") == "2026-04-01"
