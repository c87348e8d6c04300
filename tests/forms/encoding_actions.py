"""The tables of Actions 2 to 4 and of the lanes written a second time, by hand from the policy's prose.

Nothing here reads the sheets. None stands for missing. A function gives every row that holds, in the prose's order; the
first is the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Values = Mapping[str, str | None]
Rows = list[tuple[str, str | None]]
Domain = dict[str, tuple[str | None, ...]]


@dataclass(frozen=True)
class Encoding:
    """The values that the prose gives each variable, and the rows that hold."""

    domain: Domain
    holding: Callable[[Values], Rows]


def holding(rows: Iterable[tuple[str, str | None, bool]]) -> Rows:
    """The rows whose condition is true; a rule that is told in two places holds once."""
    found: dict[str, str | None] = {}
    for rule, outcome, is_so in rows:
        if is_so:
            found.setdefault(rule, outcome)
    return list(found.items())


# Action 2

P1_DOMAIN: Domain = {
    "stage": ("concept", "proposal", "implementation", "amendment", "emergency"),
    "written": ("yes", "no"),
    "competent": ("yes", "unsure", "no"),
    "gov": ("recognised", "unsure", "contested", "de_facto"),
    "strategy": ("yes", "partial", "no"),
    "oversight": ("yes", "partial", "no"),
    "inclusive": ("yes", "partial", "no"),
}
P2_DOMAIN: Domain = {
    "law": ("abolished_all", "abolished_ordinary", "retained_no_exec_10y", "retained_executing", "unknown"),
    "cross": ("no", "unsure", "yes"),
    "offences": ("no", "unsure", "yes"),
    "nexus": ("none", "remote", "unsure", "direct"),
    "assurance": ("written_monitored", "written", "verbal", "none", "not_needed"),
}
P3_DOMAIN: Domain = {
    "item": ("neutral", "dual_ours", "lethal_unsure", "lethal_ours"),
    "embargo": ("no", "unsure", "yes"),
}
P4_DOMAIN: Domain = {
    "effect": ("none", "incidental", "unsure", "direct"),
    "fight_topic": ("no", "yes"),
    "conflict": ("no", "unsure", "yes"),
    "diversion": ("low", "medium", "unsure", "high"),
}


def p1(v: Values) -> Rows:
    """State consent and own effort."""
    under_way = v["stage"] in {"implementation", "amendment", "emergency"}
    own = [v["strategy"], v["oversight"], v["inclusive"]].count("no")
    return holding(
        [
            ("P1-01", "not_met", under_way and (v["written"] == "no" or v["competent"] == "no")),
            ("P1-02", "advice", v["competent"] != "yes"),
            ("P1-03", "advice", v["gov"] != "recognised"),
            ("P1-04", "advice", own >= 2),
            ("P1-05", "met", True),
        ]
    )


def p2(v: Values) -> Rows:
    """The death penalty."""
    assured = v["assurance"] in {"written", "written_monitored"}
    exposed = v["cross"] == "yes" or (v["law"] != "abolished_all" and v["offences"] != "no")
    mild = v["law"] in {"abolished_ordinary", "retained_no_exec_10y"}
    return holding(
        [
            ("P2-01", "met", v["nexus"] == "none"),
            ("P2-02", "met", v["law"] == "abolished_all" and v["cross"] == "no"),
            ("P2-03", "met", v["offences"] == "no" and v["cross"] == "no"),
            ("P2-04", "not_met", v["nexus"] == "direct" and not assured and exposed),
            ("P2-05", "met", v["nexus"] == "remote" and v["cross"] == "no" and assured and mild),
            ("P2-06", "advice", True),
        ]
    )


def p3(v: Values) -> Rows:
    """Weapons and items of double use."""
    return holding(
        [
            ("P3-01", "not_met", v["item"] == "lethal_ours"),
            ("P3-02", "advice", v["item"] in {"lethal_unsure", "dual_ours"}),
            ("P3-03", "advice", v["embargo"] != "no"),
            ("P3-04", "met", True),
        ]
    )


def p4(v: Values) -> Rows:
    """Combat capacity."""
    diverted = v["diversion"] in {"high", "unsure"}
    conflict = v["conflict"] != "no"
    return holding(
        [
            ("P4-01", "not_met", v["effect"] == "direct"),
            ("P4-02", "not_met", v["fight_topic"] == "yes"),
            ("P4-03", "advice", v["effect"] == "unsure"),
            ("P4-04", "advice", v["effect"] == "incidental" and (conflict or diverted)),
            ("P4-05", "advice", conflict and diverted),
            ("P4-06", "met", True),
        ]
    )


# Action 3, history, balance

A3_DOMAIN: Domain = {
    "position": ("clear", "clear_conditions", "objects", "pending", "no_mechanism", None),
    "documented": ("yes", "no"),
    "mech": ("exists", "absent"),
    "rc_informed": ("yes", "no"),
    "clock": ("not_sent", "running", "lapsed"),
}
HISTORY_DOMAIN: Domain = {
    "previous": ("none", "refused", None),
    "others": ("none", "higher", None),
    "changed": ("no", "yes"),
    "younger": ("no", "yes"),
}
BALANCE_DOMAIN: Domain = {
    "balance": ("lowers_harm", "neutral", "unsure", "raises_harm", None),
    "any_give": ("ok", "falls", None),
}


def a3(v: Values) -> Rows:
    """The position of the mechanism."""
    told = v["position"] == "no_mechanism" and v["mech"] == "absent" and v["rc_informed"] == "yes"
    documented = v["documented"] == "yes"
    return holding(
        [
            ("A3-01", None, v["position"] is None),
            ("A3-02", "objects", v["position"] == "objects"),
            ("A3-03", "conditional", v["position"] == "clear_conditions" and documented),
            ("A3-04", "cleared", v["position"] == "clear" and documented),
            ("A3-05", "cleared", told),
            ("A3-06", "overdue", v["clock"] == "lapsed"),
            ("A3-07", "pending", True),
        ]
    )


def history(v: Values) -> Rows:
    """What was refused or rated higher before."""
    return holding(
        [
            ("H01", None, v["previous"] is None or v["others"] is None),
            ("H02", "clear", v["previous"] == "none" and v["others"] == "none"),
            ("H03", "explained", v["changed"] == "yes" and v["younger"] == "yes"),
            ("H04", "unexplained", True),
        ]
    )


def balance(v: Values) -> Rows:
    """Whether giving lowers harm."""
    said = v["balance"]
    return holding(
        [
            ("B01", "adverse", said == "raises_harm" or v["any_give"] == "falls"),
            ("B02", None, said is None or v["any_give"] is None),
            ("B03", "unsure", said == "unsure"),
            ("B04", "neutral", said == "neutral"),
            ("B05", "favourable", True),
        ]
    )


# the gate of a recipient

GATE_DOMAIN: Domain = {
    "record": (
        "none_known",
        "isolated",
        "repeated_limited",
        "insufficient_info",
        "grave_alleged",
        "grave_substantial",
        None,
    ),
    "commander": ("none", "unknown", "allegations", "substantial_grounds", None),
    "listed": ("no", "unsure", "force_named", "unit_or_commander_named", None),
    "screening": ("not_required", "cleared", "cleared_monitored", "pending", "not_cleared"),
    "account": ("effective", "partial", "not_applicable", "unknown", "none", None),
    "corrective": ("adequate", "partial", "not_needed", "unknown", "none", None),
    "level": ("unit", "command"),
    "below": ("ok", "bad"),
}


def gate(v: Values) -> Rows:
    """What is known of a recipient."""
    strong = (
        v["record"] == "grave_substantial"
        or v["commander"] == "substantial_grounds"
        or v["listed"] == "unit_or_commander_named"
        or v["screening"] == "not_cleared"
    )
    uncorrected = v["corrective"] in {"none", "unknown", "not_needed"}
    unaccounted = v["account"] in {"none", "unknown", "not_applicable"}
    command = v["level"] == "command"
    below = v["below"] == "bad"
    blank = any(v[name] is None for name in ("record", "commander", "listed", "account", "corrective"))
    tolerated = v["record"] == "repeated_limited" and v["account"] in {"none", "unknown"} and uncorrected
    return holding(
        [
            ("G01", "blocked", strong and uncorrected),
            ("G02", "blocked", command and v["record"] == "grave_substantial" and unaccounted),
            ("G02a", "blocked", command and v["record"] == "grave_alleged" and unaccounted),
            ("G03", "blocked", below and unaccounted),
            ("G04", None, blank),
            ("G05", "curable", strong),
            ("G06", "curable", below),
            ("G07", "curable", v["record"] in {"grave_alleged", "insufficient_info"}),
            ("G08", "curable", v["commander"] in {"allegations", "unknown"}),
            ("G09", "curable", v["listed"] in {"force_named", "unsure"}),
            ("G10", "curable", v["screening"] == "pending"),
            ("G11", "curable", tolerated),
            ("G12", "clear", True),
        ]
    )


# lanes

_A1 = ("na", "esc", "contradiction", "basic", "full", None)
_A2 = ("met", "advice", "not_met", None)
_GV = ("clear", "curable", "blocked", None)
LANE_DOMAIN: Domain = {
    "incident_now": ("no", "yes"),
    "a1": _A1,
    "in_force": ("no", "yes"),
    "urgency": ("no", "unsure", "yes"),
    "urgent_barred": ("no", "yes"),
    "wish": ("early", "assess"),
    "small": ("yes", "not_yet", "no"),
}
EARLY_DOMAIN: Domain = {"a1": _A1, "a2": _A2, "gv": _GV, "history": ("clear", "explained", "unexplained", None)}
URGENT_DOMAIN: Domain = {
    "a1": _A1,
    "a2": _A2,
    "gv": _GV,
    "res": ("low", "medium", "high", "critical", None),
    "rr": ("no", "unsure", "yes", None),
    "told": ("yes", "no"),
    "hold_plan": ("yes", "no"),
}


def lane(v: Values) -> Rows:
    """Which questions are asked."""
    return holding(
        [
            ("LN1", "incident", v["incident_now"] == "yes"),
            ("LN2", "applies", v["a1"] != "full"),
            ("LN3", "renewal", v["in_force"] == "yes"),
            ("LN4", "urgent", v["urgency"] == "yes" and v["urgent_barred"] == "no"),
            ("LN5", "early", v["wish"] == "early"),
            ("LN6", "short", v["small"] != "no"),
            ("LN7", "full", True),
        ]
    )


def early(v: Values) -> Rows:
    """The first view, which clears nothing."""
    full = v["a1"] == "full"
    stops = full and (v["a2"] == "not_met" or v["gv"] == "blocked")
    asks = v["gv"] in {"curable", "blocked"} or (full and (v["a2"] == "advice" or v["history"] == "unexplained"))
    return holding(
        [
            ("V01", "not_yet", v["a1"] is None or v["a1"] == "contradiction"),
            ("V02", "not_applicable", v["a1"] == "na"),
            ("V03", "question_to_hq", v["a1"] == "esc"),
            ("V04", "stop", stops),
            ("V05", "question_to_hq", asks),
            ("V06", "not_yet", v["gv"] is None or (full and (v["a2"] is None or v["history"] is None))),
            ("V07", "nothing_found", True),
        ]
    )


def urgent(v: Values) -> Rows:
    """The outcome when life is at stake."""
    blank = any(v[name] is None for name in ("a2", "gv", "res", "rr"))
    stops = v["a2"] == "not_met" or v["gv"] == "blocked" or v["rr"] == "yes" or v["res"] == "critical"
    asks = v["a2"] == "advice" or v["gv"] == "curable" or v["rr"] == "unsure" or v["res"] == "high"
    return holding(
        [
            ("U01", "incomplete", v["a1"] != "full"),
            ("U02", "must_not_proceed", stops),
            ("U03", "incomplete", blank or v["told"] == "no" or v["hold_plan"] == "no"),
            ("U04", "escalate", asks),
            ("U05", "proceed_with_mitigation", True),
        ]
    )


TABLES: dict[str, Encoding] = {
    "p1": Encoding(P1_DOMAIN, p1),
    "p2": Encoding(P2_DOMAIN, p2),
    "p3": Encoding(P3_DOMAIN, p3),
    "p4": Encoding(P4_DOMAIN, p4),
    "a3": Encoding(A3_DOMAIN, a3),
    "history": Encoding(HISTORY_DOMAIN, history),
    "balance": Encoding(BALANCE_DOMAIN, balance),
    "gate": Encoding(GATE_DOMAIN, gate),
    "lane": Encoding(LANE_DOMAIN, lane),
    "early": Encoding(EARLY_DOMAIN, early),
    "urgent": Encoding(URGENT_DOMAIN, urgent),
}
