"""What is missing is what is due in the record's lane and stage; the short lane is short; every question has a use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.forms.test_names import listed, sheet
from tests.forms.worked import CASES, FORM, Form, Json, read_json

if TYPE_CHECKING:
    from hrddp_desktop.engine.session import Session

STAGES = ("concept", "clearance", "release", "running", "closing")
LETTERS = {"applies": "A", "early": "E", "short": "S", "full": "F", "renewal": "R", "urgent": "U", "incident": "I"}
EXAMPLES = sorted(path.name for path in (FORM / "examples").glob("*.json") if path.name != "expected.json")
SMALL: Json = {
    "a1_any_security": "yes",
    "a1_indirect": "no",
    "a1_partner_links": "no",
    "a1_escort": "no",
    "a1_joint_ops": "no",
    "a1_urgency": "no",
    "a0_prev_any": "no",
    "a3_exist_any": "no",
    "a3_screen": "yes",
    "a1_recipients": [{"_row": "R1", "rec_name": "Post", "rec_type": "police", "rec_level": "unit_or_post"}],
    "a1_supports": [
        {"_row": row, "sup_rec": ["R1"], "sup_type": kind, "sup_purpose": "mixed"}
        for row, kind in (("S1", "t_ops_training"), ("S2", "l_equipment"))
    ],
    "a4_risks": [
        {"_row": f"K{at}", "rk_code": "RR02", "rk_l": "C", "rk_i": "3", "rk_grave_here": "no"} for at in (1, 2, 3)
    ],
    "a4_np": [{"_row": "N1"}],
    "a3_screen_rows": [{"_row": "V1"}],
}


def letter(session: Session) -> str:
    return LETTERS[session.lane or ""]


def required(session: Session) -> list[tuple[str, str]]:
    """Path and name of what must be answered: lanes and required from the sheet, relevance from the record."""
    found = []
    for name, row in sheet().items():
        if name not in session.definition.items or letter(session) not in (row["lanes"] or letter(session)):
            continue
        item = session.definition.items[name]
        if item.type == "table":
            view = session.table(name, "en")
            found += [(name, name)] if view.relevant and view.required else []
        elif item.is_answered_by_hand:
            rows = [one.row_id for one in session.table(item.table, "en").rows] if item.table else []
            for path in [f"{item.table}/{one}/{name}" for one in rows] if item.table else [name]:
                one = session.view(path, "en")
                found += [(path, name)] if one.relevant and one.required else []
    return found


def blank(session: Session, path: str) -> bool:
    if session.definition.items[path].type == "table" if "/" not in path else False:
        return not session.table(path, "en").rows
    return session.value(path) is None


def records(form: Form) -> list[Session]:
    case_1 = read_json(CASES / "case1.json")["answers"]
    assert isinstance(case_1, dict)
    some = {name: value for at, (name, value) in enumerate(case_1.items()) if at % 3}
    begun = {"a1_any_security": "yes"}
    return [
        *map(form.example, EXAMPLES),
        form.open(),
        form.open(begun),
        form.open(SMALL),
        *map(form.open, (case_1, some)),
    ]


@pytest.mark.parametrize("stage", STAGES)
def test_missing_names_what_is_due_and_blank(form: Form, stage: str) -> None:
    """Beside it only what is there and not allowed is named."""
    due = STAGES[: STAGES.index(stage) + 1]
    for session in records(form):
        expected = {path for path, name in required(session) if sheet()[name]["due"] in due and blank(session, path)}
        found = {one.path for one in session.missing(stage)}
        assert expected <= found
        assert all(session.definition.items[path.split("/")[-1]].due in due for path in found)
        assert {path for path in found - expected if blank(session, path)} == set()


def test_what_is_due_later_never_stands_in_the_way(form: Form) -> None:
    for session in records(form):
        earlier: set[str] = set()
        for stage in STAGES:
            now = {one.path for one in session.missing(stage)}
            assert earlier <= now
            earlier = now


def test_the_short_lane_is_short(form: Form) -> None:
    """One unit, two supports, three risks, one row of other help, one screening: by hand before the seals."""
    session = form.open(SMALL)
    assert session.lane == "short"
    prefilled = {row["name"] for row in listed("assessment") if row["prefilled"] == "yes"}
    by_hand = [
        path
        for path, name in required(session)
        if name not in prefilled
        and sheet()[name]["due"] in {"concept", "clearance"}
        and sheet()[name]["type"] != "begin_repeat"
    ]
    assert 50 < len(by_hand) <= 75, sorted(by_hand)


RULE = re.compile(
    r"\b(?:A1-\d\d[a-z]?|A1-R|[PB]\d-\d\d|A3-\d\d|H0\d|B0\d|G\d\d[a-z]?|D\d\d[a-zS]?|L\d\d|LN\d|N\d\d[a-z]?|V0\d|U0\d|E0\d)\b"
)


def test_every_question_has_a_use_and_every_rule_of_a_use_exists(form: Form, incident: Form, hq_decision: Form) -> None:
    rules = {
        rule.rule
        for definition in (form.definition, incident.definition, hq_decision.definition)
        for table in definition.tables.values()
        for rule in table.rules
    }
    for name in ("assessment", "incident", "hq_decision"):
        for row in listed(name):
            shipped = sheet(name)[row["name"]]
            assert shipped["consumer"], row["name"]
            assert set(RULE.findall(shipped["consumer"])) - rules <= {"A1-R"}, (row["name"], shipped["consumer"])
