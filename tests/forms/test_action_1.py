"""Action 1 as a person fills it: what is asked, what is read from it, and that a blank never helps."""

from __future__ import annotations

import copy
import random
from itertools import combinations
from typing import TYPE_CHECKING, cast

import pytest

from hrddp_desktop.errors import AnswerError
from tests.forms.worked import CASES, FORM, Form, Json, read_json

if TYPE_CHECKING:
    from hrddp_desktop.engine.session import Session

RIGHTS = ("x_rights_training", "rights_compliance_only")
FIRST = ("a1_any_security", "a1_indirect", "a1_partner_links", "a1_escort")
# The worked cases that end with Action 1; what removed answers do to the others, test_less_is_never_softer asks.
EXAMPLES = [
    name
    for name, expected in read_json(FORM / "examples" / "expected.json").items()
    if cast("Json", expected)["lane"] == "applies"
]


def answers_of(name: str) -> Json:
    return cast("Json", read_json(FORM / "examples" / name)["answers"])


def first(security: str = "no", indirect: str = "no", partner: str = "no", escort: str = "no", **more: object) -> Json:
    return {**dict(zip(FIRST, (security, indirect, partner, escort), strict=True)), **more}


def recipient(kind: str | None = "police", row: str = "R1", **more: object) -> Json:
    cells: Json = {"_row": row, "rec_name": f"Unit {row}", "rec_excluded": "no", **more}
    return cells if kind is None else {**cells, "rec_type": kind}


def support(kind: str = "l_equipment", purpose: str | None = "mixed", row: str = "S1", **more: object) -> Json:
    cells: Json = {"_row": row, "sup_rec": ["R1"], "sup_type": kind, **more}
    return cells if purpose is None else {**cells, "sup_purpose": purpose}


def contact(recipients: list[Json], supports: list[Json], **more: object) -> Json:
    """A record in which a force is said to receive something and joint operations are no part of it."""
    record = first("yes", a1_joint_ops="no", a1_urgency="no", a1_recipients=recipients, a1_supports=supports)
    return {**record, **more}


def variable(session: Session, name: str, table: str = "a1") -> str | None:
    return session.decision(table).variables[name]


def result(session: Session) -> tuple[str | None, str | None]:
    return session.decision("a1").rule, session.decision("final").rule


# Blank never lowers scrutiny


def test_the_empty_record_is_incomplete(form: Form) -> None:
    assert form.open().decision("final").outcome == "incomplete"


def test_every_part_of_action_1_of_case_4_is_incomplete(form: Form) -> None:
    answers = cast("Json", read_json(CASES / "case4.json")["answers"])
    rest = {name: value for name, value in answers.items() if name not in FIRST}
    parts = [part for size in range(len(FIRST)) for part in combinations(FIRST, size)]
    assert len(parts) == 15
    for part in parts:
        session = form.open({**rest, **{name: answers[name] for name in part}})
        assert session.decision("final").outcome == "incomplete", part


def leaves(answers: Json) -> list[tuple[str, ...]]:
    """The path of every single answer."""
    found: list[tuple[str, ...]] = []
    for name, value in answers.items():
        rows = cast("list[Json]", value) if isinstance(value, list) and value and isinstance(value[0], dict) else None
        if rows is None:
            found.append((name,))
        else:
            found.extend((name, str(row["_row"]), column) for row in rows for column in row if column != "_row")
    return found


def without(answers: Json, path: tuple[str, ...]) -> Json:
    rest = copy.deepcopy(answers)
    if len(path) == 1:
        del rest[path[0]]
        return rest
    row = next(row for row in cast("list[Json]", rest[path[0]]) if row["_row"] == path[1])
    del row[path[2]]
    return rest


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_removed_answer_never_softens_an_example(form: Form, name: str) -> None:
    answers = answers_of(name)
    before = form.severity(form.example(name).decision("final").outcome)
    assert before is not None
    for path in leaves(answers):
        outcome = form.open(without(answers, path)).decision("final").outcome
        severity = form.severity(outcome)
        assert severity is None or severity >= before, (path, outcome)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_removed_answer_of_action_1_that_decides_leaves_an_example_incomplete(form: Form, name: str) -> None:
    answers = answers_of(name)
    deciding = {*FIRST, "a1_basic_info", "a1_basic_legit", "rec_type"}
    if "a1_basic_info" in answers:
        deciding |= {"a1_joint_ops", "sup_rec", "sup_type", "sup_purpose"}
    else:
        deciding -= {"a1_escort"} if name != "case4.json" else set()  # a listed armed group goes up whatever the rest
    for path in leaves(answers):
        if path[-1] in deciding:
            assert form.open(without(answers, path)).decision("final").outcome == "incomplete", path


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_removed_row_never_softens_an_example(form: Form, name: str) -> None:
    before = form.severity(form.example(name).decision("final").outcome)
    assert before is not None
    for table in ("a1_recipients", "a1_supports"):
        for row in cast("list[Json]", answers_of(name).get(table, [])):
            session = form.example(name)
            session.remove_row(table, str(row["_row"]))
            severity = form.severity(session.decision("final").outcome)
            assert severity is None or severity >= before, (table, row)


_TYPES = ("police", "customs", "judiciary", "armed_group", "civil_authority", "border_control")
_KINDS = ("x_rights_training", "x_medevac", "c_coordination", "f_escort", "l_equipment", "d_data", "u_other")
_PURPOSES = ("rights_compliance_only", "medical_evacuation", "coordination_only", "mixed")


def random_record(chance: random.Random) -> Json:
    three = ("no", "no", "yes", "unsure")
    recipients = [
        recipient(
            chance.choice(_TYPES),
            f"R{number}",
            rec_powers=chance.choice(("no", "unsure", "yes")),
            rec_under_command=chance.choice(("no", "unsure", "yes")),
            rec_excluded=chance.choice(("no", "no", "yes")),
        )
        for number in range(1, chance.randint(1, 3))
    ]
    known = [str(row["_row"]) for row in recipients]
    supports = [
        support(chance.choice(_KINDS), chance.choice(_PURPOSES), f"S{number}", sup_rec=chance.sample(known, 1))
        for number in range(1, chance.randint(1, 3))
        if known
    ]
    return first(
        chance.choice(three),
        chance.choice(three),
        chance.choice(three),
        chance.choice(("no", "no", "yes")),
        a1_joint_ops=chance.choice(("no", "no", "no", "yes")),
        a1_urgency=chance.choice(("no", "yes")),
        a1_recipients=recipients,
        a1_supports=supports,
        a1_basic_info=chance.choice(("none", "unknown", "allegations", "substantial")),
        a1_basic_legit=chance.choice(("no", "yes_manageable", "unsure", "yes_serious")),
        a1_basic_note="Looked at it",
    )


def test_a_removed_answer_never_softens_a_record(form: Form) -> None:
    chance = random.Random(11)  # noqa: S311 - a fixed sample, no secret
    reached = set()
    for _ in range(400):
        answers = random_record(chance)
        outcome = form.open(answers).decision("final").outcome
        before = form.severity(outcome)
        reached.add(outcome)
        if before is None:
            continue
        for path in leaves(answers):
            after = form.severity(form.open(without(answers, path)).decision("final").outcome)
            assert after is None or after >= before, (answers, path)
    assert reached == {"not_applicable", "may_proceed", "escalate", "incomplete"}


@pytest.mark.parametrize("path", ["a1_recipients/R1/rec_type", "a1_supports/S1/sup_type", "a1_any_security"])
def test_a_value_outside_its_list_is_refused(form: Form, path: str) -> None:
    session = form.open(contact([recipient()], [support(*RIGHTS)]))
    with pytest.raises(AnswerError):
        session.set(path, "no_such_code")
    assert result(session) == ("A1-04", "D04")


def test_a_promise_to_find_out_is_no_answer(form: Form) -> None:
    session = form.example("case4.json")
    session.set("a1_indirect", None)
    session.excuse("a1_indirect", "later", why="The registry is being asked", who="Data focal point")
    assert result(session) == ("A1-00", "D03")
    assert session.view("a1_any_security", "en").excuse_kinds == ()
    assert "na" not in session.view("a1_indirect", "en").excuse_kinds


# The force not yet identified


@pytest.mark.parametrize("answers", [first("unsure"), first(indirect="yes"), first(partner="unsure")])
def test_a_suspected_force_counts_before_it_is_listed(form: Form, answers: Json) -> None:
    session = form.open(answers)
    assert (variable(session, "scope"), variable(session, "kept")) == ("in", "yes")
    assert session.table("a1_supports", "en").relevant
    assert session.view("a1_suspected_rec", "en").relevant
    assert "a1_recipients" in [missing.path for missing in session.missing()]


def test_taking_rows_out_does_not_answer_to_whom_the_support_goes(form: Form) -> None:
    answers = first(
        indirect="yes",
        a1_recipients=[recipient("civil_authority")],
        a1_supports=[{"_row": "S1", "sup_type": "x_rights_training", "sup_purpose": "rights_compliance_only"}],
        a1_joint_ops="no",
    )
    assert result(form.open(answers)) == ("A1-00b", "D03")
    del answers["a1_recipients"]
    assert result(form.open(answers)) == ("A1-00b", "D03")


@pytest.mark.parametrize("supports", [[], [{"_row": "S1", "sup_type": "f_escort", "sup_purpose": "mixed"}]])
def test_a_paid_escort_is_a_force_even_if_only_a_civil_body_is_listed(form: Form, supports: list[Json]) -> None:
    answers = first(a1_escort="yes", a1_recipients=[recipient("civil_authority")], a1_supports=supports)
    session = form.open(answers)
    assert variable(session, "scope") is None
    assert result(session)[1] == "D03"


def test_a_listed_force_takes_the_place_of_the_suspected_one(form: Form) -> None:
    session = form.open(first(indirect="yes", a1_recipients=[recipient()]))
    assert session.value("a1_suspected") == "no"
    assert not session.view("a1_suspected_rec", "en").relevant


def test_a_civil_body_alone_leaves_the_force_suspected(form: Form) -> None:
    session = form.open(first(indirect="yes", a1_recipients=[recipient("civil_authority")]))
    assert (session.value("a1_suspected"), variable(session, "scope")) == ("yes", "in")


# What the variables read


@pytest.mark.parametrize(
    ("indirect", "partner", "expected"),
    [
        ("no", "no", "no"),
        ("no", "unsure", "unsure"),
        ("unsure", "yes", "yes"),
        ("yes", None, "yes"),
        (None, "unsure", "unsure"),
        ("no", None, None),
        (None, None, None),
    ],
)
def test_the_worse_of_two_indirect_ways_counts(
    form: Form, indirect: str | None, partner: str | None, expected: str | None
) -> None:
    answers: Json = {"a1_any_security": "yes", "a1_indirect": indirect, "a1_partner_links": partner, "a1_escort": "no"}
    assert variable(form.open(answers), "indirect") == expected


@pytest.mark.parametrize(
    ("kind", "powers", "command", "scope"),
    [
        ("police", None, None, "in"),
        ("managing_authority", None, None, "in"),
        ("customs", "yes", "no", "in"),
        ("customs", "no", "yes", "in"),
        ("customs", "unsure", "no", "unclear"),
        ("customs", None, "no", "unclear"),
        ("customs", "no", "no", "out"),
        ("judiciary", None, None, "out"),
        ("armed_group", None, None, "escalate"),
        (None, None, None, None),
    ],
)
def test_a_recipient_is_in_scope_by_its_kind_and_its_powers(
    form: Form, kind: str | None, powers: str | None, command: str | None, scope: str | None
) -> None:
    row = recipient(kind, rec_powers=powers, rec_under_command=command)
    session = form.open(first("yes", a1_recipients=[row]))
    assert session.value("a1_recipients/R1/rec_scope") == scope


@pytest.mark.parametrize(
    ("kinds", "scope"),
    [
        ([], None),
        (["judiciary"], "none"),
        (["judiciary", "police"], "in"),
        (["judiciary", None], None),
        (["police", None], None),
        (["police", "armed_group"], "escalate"),
        ([None, "armed_group"], "escalate"),
    ],
)
def test_the_scope_is_that_of_all_rows(form: Form, kinds: list[str | None], scope: str | None) -> None:
    rows = [recipient(kind, f"R{number}") for number, kind in enumerate(kinds, 1)]
    assert variable(form.open(first("yes", a1_recipients=rows)), "scope") == scope


@pytest.mark.parametrize(
    ("kind", "purpose", "expected"),
    [
        ("l_equipment", "relief_or_access", "included"),
        ("l_equipment", None, "included"),
        ("x_rights_training", "rights_compliance_only", "excluded"),
        ("x_rights_training", "medical_evacuation", "excluded"),
        ("x_rights_training", "mixed", "included"),
        ("x_rights_training", "coordination_only", "included"),
        ("x_rights_training", None, None),
        ("c_coordination", "coordination_only", "none"),
        ("c_coordination", "raise_operations", "unclear"),
        ("f_escort", "mixed", "unclear"),
        ("u_other", None, None),
    ],
)
def test_a_support_counts_by_its_kind_and_its_purpose(
    form: Form, kind: str, purpose: str | None, expected: str | None
) -> None:
    session = form.open(contact([recipient()], [support(kind, purpose)]))
    assert session.value("a1_supports/S1/sup_class") == expected


@pytest.mark.parametrize(
    ("recipients", "supports", "more", "expected"),
    [
        ([recipient()], [support()], {}, ("A1-03", "D11")),
        ([recipient()], [support(*RIGHTS)], {}, ("A1-04", "D04")),
        ([recipient()], [support("c_coordination", "coordination_only")], {}, ("A1-05", "D01")),
        ([recipient()], [support(*RIGHTS)], {"a1_joint_ops": "unsure"}, ("A1-03j", "D11")),
        ([recipient()], [support(*RIGHTS)], {"a1_joint_ops": None}, ("A1-00b", "D03")),
        ([recipient()], [], {}, ("A1-00b", "D03")),
        ([recipient()], [support(*RIGHTS), support(sup_rec=None, row="S2")], {}, ("A1-00b", "D03")),
        ([recipient()], [support(*RIGHTS), support("x_medevac", None, row="S2")], {}, ("A1-00b", "D03")),
        ([recipient()], [support(), support("x_medevac", None, row="S2")], {}, ("A1-03", "D11")),
        ([recipient(), recipient(None, "R2")], [support(*RIGHTS)], {}, ("A1-00b", "D03")),
        ([recipient()], [support(*RIGHTS)], {"a1_escort": "yes"}, ("A1-00b", "D03")),
        ([recipient()], [support(*RIGHTS), support("f_escort", row="S2")], {"a1_escort": "yes"}, ("A1-03", "D11")),
        ([recipient(rec_excluded="yes")], [support()], {}, ("A1-02c", "D03")),
        (
            [recipient(rec_excluded="yes"), recipient("judiciary", "R2")],
            [support(sup_rec=["R2"])],
            {},
            ("A1-04x", "D04"),
        ),
        ([recipient("civil_authority")], [support()], {}, ("A1-02b", "D03")),
        ([recipient()], [support()], {"a1_any_security": "no", "a1_escort": "yes"}, ("A1-02a", "D03")),
        # with four times no the table of recipients does not apply, and its rows read as blank
        ([recipient()], [support()], {"a1_any_security": "no"}, ("A1-02", "D01")),
        ([recipient("armed_group")], [], {}, ("A1-01", "D02")),
    ],
)
def test_action_1_ends_as_the_answers_say(
    form: Form, recipients: list[Json], supports: list[Json], more: Json, expected: tuple[str, str]
) -> None:
    assert result(form.open(contact(recipients, supports, **more))) == expected


def test_a_link_to_a_removed_recipient_makes_action_1_missing(form: Form) -> None:
    rows = [recipient(), recipient("border_control", "R2")]
    session = form.open(contact(rows, [support(*RIGHTS), support(*RIGHTS, row="S2", sup_rec=["R2"])]))
    assert result(session) == ("A1-04", "D04")
    session.remove_row("a1_recipients", "R2")
    assert result(session) == ("A1-00b", "D03")


# The short check and raising


@pytest.mark.parametrize(
    ("info", "legit", "gate", "rule"),
    [
        ("none", "no", "clear", "D06"),
        ("none", "yes_manageable", "clear", "D06"),
        ("none", "unsure", "curable", "D05"),
        ("none", "yes_serious", "curable", "D05"),
        ("unknown", "no", "curable", "D05"),
        ("allegations", None, "curable", "D05"),
        ("substantial", None, "blocked", "D05"),
        ("none", None, None, "D04"),
        (None, "no", None, "D04"),
    ],
)
def test_the_short_check_opens_or_closes_the_gate(
    form: Form, info: str | None, legit: str | None, gate: str | None, rule: str
) -> None:
    session = form.open(contact([recipient()], [support(*RIGHTS)], a1_basic_info=info, a1_basic_legit=legit))
    assert variable(session, "gv", "final") == gate
    assert session.decision("final").rule == rule


def test_an_office_may_raise_a_case_but_not_lower_one(form: Form) -> None:
    session = form.example("case4.json")
    assert session.view("a1_raise", "en").relevant
    session.set("a1_raise", "yes")
    assert (session.value("a1_result"), session.value("a1_outcome"), session.lane) == ("na", "full", "short")
    assert "a1_raise_reason" in [missing.path for missing in session.missing()]
    full = form.open(contact([recipient()], [support()], a1_raise="no"))
    assert not full.view("a1_raise", "en").relevant
    assert full.value("a1_outcome") == "full"


# The lane


@pytest.mark.parametrize(
    ("more", "lane"),
    [
        ({}, "short"),
        ({"lane_wish": "early"}, "early"),
        ({"a1_urgency": "yes"}, "urgent"),
        ({"a1_partner_links": "unsure"}, "full"),
        ({"a0_prev_any": "unsure"}, "full"),
        ({"a1_supports": [support("d_data")]}, "full"),
        ({"a1_recipients": [recipient("customs", rec_powers="unsure", rec_under_command="yes")]}, "full"),
    ],
)
def test_a_full_case_takes_the_shortest_lane_that_nothing_speaks_against(form: Form, more: Json, lane: str) -> None:
    assert form.open(contact([recipient()], [support()], **more)).lane == lane


def test_what_decides_action_1_is_asked_before_the_lane_is_known(form: Form) -> None:
    session = form.open(contact([recipient()], [support()], a1_joint_ops=None))
    assert session.lane == "applies"
    asked = [session.view(name, "en").asked for name in ("a1_joint_ops", "a1_supports/S1/sup_type")]
    assert (asked, session.table("a1_supports", "en").asked) == ([True, True], True)
    assert not session.view("a0_value", "en").asked


# Constraints


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("a0_title", "x" * 120, "x" * 121),
        ("a0_country", "ILM", "ilm"),
        ("a0_country", "SRV", "SRVX"),
        ("a0_end", "2026-06-01", "2026-05-31"),
        ("a0_previous/P1/pv_on", "2026-03-05", "2026-03-06"),
        ("a1_recipients/R1/rec_name", "x" * 120, "x" * 121),
    ],
)
def test_an_answer_against_its_constraint_says_so(form: Form, path: str, good: str, bad: str) -> None:
    session = form.open(first("yes", a0_start="2026-06-01", a0_prev_any="yes", a1_recipients=[recipient()]))
    session.add_row("a0_previous", "P1")
    session.set(path, good)
    assert session.view(path, "en").problem is None
    session.set(path, bad)
    assert session.view(path, "en").problem


def test_an_end_before_any_start_is_accepted(form: Form) -> None:
    session = form.open({"a0_end": "2026-06-01"})
    assert session.view("a0_end", "en").problem is None


def test_an_older_source_is_stored_and_left_to_the_rules(form: Form) -> None:
    session = form.open({"a0_prev_any": "yes"})
    session.add_row("a0_previous", "P1")
    for column, value in (("pv_on", "2026-02-01"), ("pv_outcome", "refused"), ("pv_changed", "New commander")):
        session.set(f"a0_previous/P1/{column}", value)
    session.set("a0_previous/P1/pv_changed_on", "2026-01-01")
    assert session.view("a0_previous/P1/pv_changed_on", "en").problem is None
