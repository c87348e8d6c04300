"""The tables of what comes after the assessment, by hand from the policy's prose: release, incident, headquarters."""

from __future__ import annotations

from tests.forms.encoding_actions import Domain, Encoding, Rows, Values, holding

RELEASE_DOMAIN: Domain = {
    "outcome_effective": ("may_proceed", "proceed_with_mitigation", "other", None),
    "seal": ("in_force", "not_signed", None),
    "excluded": ("no", "yes"),
    "stop": ("none", "open"),
    "trigger": ("none", "review_due", "stop_new"),
    "screening": ("not_required", "valid", "out_of_date", "pending", None, "not_cleared"),
    "pre": ("all_verified", "open"),
    "request": ("have", None),
    "letter": ("sent", "not_sent"),
    "agreement": ("signed", "not_needed", None),
    "validity": ("in_date", "ended", None),
    "life_saving": ("no", "yes"),
}


def release(v: Values) -> Rows:
    """Whether one support may reach one recipient."""
    cleared = v["outcome_effective"] in {"may_proceed", "proceed_with_mitigation"}
    mortal = v["life_saving"] == "no"
    dated = v["validity"] != "in_date" or v["screening"] == "out_of_date"
    return holding(
        [
            ("L01", "not_released", not cleared),
            ("L02", "not_released", v["seal"] != "in_force"),
            ("L03", "not_released", v["excluded"] == "yes"),
            ("L04", "not_released", v["stop"] == "open"),
            ("L05", "not_released", v["trigger"] == "stop_new"),
            ("L06", "not_released", v["screening"] in {None, "pending", "not_cleared"}),
            ("L07", "not_released", v["pre"] == "open"),
            ("L08", "not_released", v["request"] is None),
            ("L09", "not_released", v["letter"] == "not_sent"),
            ("L10", "not_released", v["agreement"] is None),
            ("L11", "not_released", v["validity"] != "in_date" and mortal),
            ("L12", "not_released", v["screening"] == "out_of_date" and mortal),
            ("L13", "released", dated),
            ("L14", "released", v["trigger"] == "review_due"),
            ("L15", "released", True),
        ]
    )


INCIDENT_DOMAIN: Domain = {
    "grounds": ("refuted", "not_yet", "substantial"),
    "serious": ("not_violation", "other", "unknown", "grave"),
    "link": ("unrelated", "unknown", "same_force", "supported"),
    "imm": ("no", "unknown", "yes"),
    "st": ("running", "hold", "suspended"),
    "resp": ("adequate", "not_asked", "awaiting", "partial", "refused_or_none"),
    "cyc": ("0", "1", "2", "3"),
    "ext": ("no", "yes"),
    "again": ("no", "unknown", "yes"),
    "re": ("not_done", "acceptable", "not_acceptable"),
    "hq": ("none", "cease"),
}


def incident(v: Values) -> Rows:
    """What an incident asks for now."""
    danger = v["imm"] != "no"
    refuted, harmless, foreign = v["grounds"] == "refuted", v["serious"] == "not_violation", v["link"] == "unrelated"
    over = refuted or harmless or foreign
    stopped = v["st"] == "suspended"
    facts_open = v["grounds"] == "not_yet" or v["serious"] == "unknown" or v["link"] == "unknown"
    answered = v["resp"] == "adequate" and v["re"] == "acceptable" and not danger
    used_up = v["cyc"] == "3" or (v["cyc"] == "2" and v["ext"] == "no")
    same = v["link"] == "same_force"
    return holding(
        [
            ("N00", "hold", v["st"] == "running" and danger and not over),
            ("N00a", "alert_protection", danger and over),
            ("N01", "close", refuted),
            ("N02", "close", harmless),
            ("N03", "close_update", foreign),
            ("N08c", "cease", stopped and v["hq"] == "cease"),
            ("N08", "escalate_hq", stopped and v["again"] in {"yes", "unknown"}),
            ("N09", "resume", stopped and answered),
            ("N10", "escalate_hq", stopped and used_up),
            ("N11", "stay_suspended", stopped),
            ("N04", "keep_hold", v["st"] == "hold" and danger and (facts_open or v["serious"] == "other")),
            ("N05", "verify", facts_open),
            ("N06", "adjust", v["serious"] == "other"),
            ("N07a", "intercede_hold", same and danger),
            ("N07", "intercede_reassess", same),
            ("N12", "suspend", danger),
            ("N13", "corrective", v["resp"] == "adequate"),
            ("N14", "suspend", v["resp"] in {"partial", "refused_or_none"}),
            ("N15", "intercede", True),
        ]
    )


HQ_DOMAIN: Domain = {
    "outcome_sealed": (
        "not_applicable",
        "may_proceed",
        "proceed_with_mitigation",
        "escalate",
        "must_not_proceed",
        "stop_open_action7",
        "incomplete",
    ),
    "bound": ("yes", "no"),
    "documented": ("yes", "no"),
    "lines": ("waived", "approved", "open", "returned", "refused"),
    "policy_stop": ("no", "yes"),
}


def headquarters(v: Values) -> Rows:
    """The outcome that counts after headquarters answered."""
    sealed, lines = v["outcome_sealed"], v["lines"]
    stop = sealed in {"must_not_proceed", "stop_open_action7"}
    unanswered = (sealed != "escalate" and not stop) or v["bound"] == "no" or v["documented"] == "no"
    refused = "stop_open_action7" if sealed == "stop_open_action7" else "must_not_proceed"
    return holding(
        [
            ("E01", sealed, unanswered),
            ("E02", refused, lines == "refused"),
            ("E03", "incomplete", lines == "returned"),
            ("E04", "proceed_with_mitigation", stop and lines == "waived" and v["policy_stop"] == "no"),
            ("E05", sealed, stop),
            ("E06", "proceed_with_mitigation", lines in {"approved", "waived"}),
            ("E07", "escalate", True),
        ]
    )


RELEASE = Encoding(RELEASE_DOMAIN, release)
INCIDENT = Encoding(INCIDENT_DOMAIN, incident)
HQ = Encoding(HQ_DOMAIN, headquarters)
