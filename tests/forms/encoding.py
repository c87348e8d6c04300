"""Tables a1 and final written a second time, by hand from the policy's prose: the judge of the sheets.

Nothing here reads the sheets. None stands for missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

Values = Mapping[str, str | None]

A1_DOMAIN: dict[str, tuple[str | None, ...]] = {
    "any_security": ("no", "yes", "unsure", None),
    "indirect": ("no", "yes", "unsure", None),
    "scope": ("none", "in", "escalate"),
    "kept": ("yes", "no"),
    "orphan": ("no", "yes"),
    "sup": ("none", "excluded", "unclear", "included", None),
    "joint": ("no", "unsure", "yes", None),
}
FINAL_DOMAIN: dict[str, tuple[str | None, ...]] = {
    "a1": ("na", "esc", "contradiction", "basic", "full", None),
    "begun": ("no", "yes", None),
    "a2": ("met", "advice", "not_met", None),
    "a3": ("cleared", "conditional", "objects", "pending", "overdue", None),
    "gv": ("clear", "curable", "blocked", None),
    "inh": ("low", "medium", "high", "critical", None),
    "res": ("low", "medium", "high", "critical", None),
    "rr": ("no", "unsure", "yes", None),
    "plan": ("complete", "incomplete"),
    "mon": ("yes", "partial", "no", None),
    "balance": ("favourable", "neutral", "unsure", "adverse", None),
    "history": ("clear", "explained", "unexplained", None),
}


def combinations(domain: Mapping[str, tuple[str | None, ...]]) -> Iterator[dict[str, str | None]]:
    for values in product(*domain.values()):
        yield dict(zip(domain, values, strict=True))


def a1(v: Values) -> tuple[str, str | None]:
    """Rule and value of Action 1."""
    security, indirect, sup = v["any_security"], v["indirect"], v["sup"]
    if security is None or indirect is None:
        return "A1-00", None
    if v["scope"] == "escalate":
        return "A1-01", "esc"
    both_no = security == "no" and indirect == "no"
    if both_no:
        return ("A1-02", "na") if v["scope"] == "none" else ("A1-02a", "contradiction")
    if security == "yes" and indirect == "no" and v["scope"] == "none":
        return "A1-02b", "contradiction"
    if v["orphan"] == "yes":
        return "A1-02c", "contradiction"
    if v["joint"] in {"yes", "unsure"}:
        return "A1-03j", "full"
    if v["joint"] is None or sup is None:
        return "A1-00b", None
    if v["scope"] == "in" and v["kept"] == "no" and indirect == "no":
        return "A1-04x", "basic"
    if sup in {"included", "unclear"}:
        return "A1-03", "full"
    if sup == "excluded":
        return "A1-04", "basic"
    if indirect != "no" or security == "unsure":
        return "A1-05u", "basic"
    return "A1-05", "na"


def final(v: Values) -> tuple[str, str]:
    """Rule and outcome of the form."""
    if v["a1"] != "full":
        return _not_full(v)
    stop = _stop(v)
    if stop:
        return (f"{stop}S", "stop_open_action7") if v["begun"] == "yes" else (stop, "must_not_proceed")
    needed = ("begun", "a2", "a3", "gv", "inh", "res", "rr", "mon", "balance", "history")
    if any(v[name] is None for name in needed) or v["a3"] == "pending" or v["plan"] == "incomplete":
        return "D11", "incomplete"
    for rules, outcome in ((escalations(v), "escalate"), (mitigations(v), "proceed_with_mitigation")):
        if rules:
            return rules[0], outcome
    return "D22", "may_proceed"


def _not_full(v: Values) -> tuple[str, str]:
    if v["a1"] == "na":
        return "D01", "not_applicable"
    if v["a1"] == "esc":
        return "D02", "escalate"
    if v["a1"] != "basic":
        return "D03", "incomplete"
    if v["gv"] is None:
        return "D04", "incomplete"
    return ("D06", "may_proceed") if v["gv"] == "clear" else ("D05", "escalate")


def stops(v: Values) -> list[str]:
    """Every stop that holds, without the S of what has begun."""
    holds = {
        "D07": v["a2"] == "not_met",
        "D08": v["gv"] == "blocked",
        "D09": v["rr"] == "yes",
        "D10": v["res"] == "critical",
    }
    return [rule for rule, is_so in holds.items() if is_so]


def _stop(v: Values) -> str:
    return next(iter(stops(v)), "")


def escalations(v: Values) -> list[str]:
    """Every rule that sends the case up."""
    holds = {
        "D12": v["a2"] == "advice",
        "D13": v["a3"] in {"objects", "overdue"},
        "D14": v["gv"] == "curable",
        "D15": v["rr"] == "unsure",
        "D16": v["res"] == "high",
        "D17": v["mon"] == "no",
        "D17a": v["balance"] in {"unsure", "adverse"},
        "D17b": v["history"] == "unexplained",
    }
    return [rule for rule, is_so in holds.items() if is_so]


def mitigations(v: Values) -> list[str]:
    """Every rule that makes measures bind."""
    holds = {
        "D18": v["res"] == "medium",
        "D19": v["inh"] in {"medium", "high", "critical"},
        "D20": v["a3"] == "conditional",
        "D21": v["mon"] == "partial",
        "D21a": v["history"] == "explained",
    }
    return [rule for rule, is_so in holds.items() if is_so]


def also(v: Values) -> list[str]:
    """The other rules of the same severity, in table order."""
    rule, outcome = final(v)
    if v["a1"] != "full":
        return []
    same = {
        "stop_open_action7": [f"{stop}S" for stop in stops(v)],
        "must_not_proceed": stops(v),
        "escalate": escalations(v),
        "proceed_with_mitigation": mitigations(v),
    }
    return [other for other in same.get(outcome, []) if other != rule]


def open_questions(v: Values) -> list[str]:
    """While the result is incomplete: what would send the case up already."""
    return escalations(v) if v["a1"] == "full" and final(v)[1] == "incomplete" else []
