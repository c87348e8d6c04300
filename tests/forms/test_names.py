"""The forms keep the contract of names, types and codes, and of what is asked when."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.layout import Layout
from tests.forms.worked import FORMS, REFERENCE, Form

if TYPE_CHECKING:
    from pathlib import Path

# The only cells in which a sheet departs from the list, each with its reason.
ALWAYS_ASKED = ("a1_supports", "sup_rec", "sup_type", "sup_purpose", "a1_joint_ops", "rec_excluded")  # decision 0003
NOT_FOR_ANOTHER = "${ms_std} = 'no' and ${ms_for_cond} = '' and ${ms_for_advice} = '' and ${ms_for_excluded} = ''"
_FULL = "${a1_outcome} = 'full' and "
_KEPT = "(${rec_scope} = 'in' or ${rec_scope} = 'unclear') and ${rec_excluded} != 'yes'"
_UNARMED = "managing_authority oversight_body civil_protection judiciary nhri civil_authority un_entity cso"
_BELOW = "number(translate(${rs_l}, 'ABCDE', '12345')) < number(translate(${rk_l}, 'ABCDE', '12345'))"
_CONFIRMED = f"(${{rs_l}} = 'A' or ${{rs_l}} = 'B') and {_BELOW}"  # letters have no order
IN_SIGNS = {
    "a2_cc_training": _FULL + "contains(concat(' ', join(' ', ${sup_type})), ' t_')",
    "el_force_rules": f"{_FULL}{_KEPT} and ${{rec_level}} != 'ministry' and ${{rec_level}} != 'agency_hq' "
    f"and not(selected('{_UNARMED}', ${{rec_type}}))",
    "a4_asylum": _FULL + "(contains(concat(' ', join(' ', ${rk_code})), ' RM') or "
    "selected(join(' ', ${rec_border}), 'yes'))",
    "a4_consult_safe": _FULL + "count(instance('consulted')/root/item[outside_un = 'yes' and "
    "selected(${a4_consulted}, name)]) > 0",
    "a5_measures": _FULL + "(${inh} = 'medium' or ${inh} = 'high' or ${inh} = 'critical' or "
    "count(${a3_conditions}) > 0 or count(${a2_advice_cond}) > 0 or selected(join(' ', ${rec_excluded}), 'yes'))",
    "rs_confirm_how": _CONFIRMED,
    "rs_confirm_by": _CONFIRMED,
}
DEPARTURES: dict[tuple[str, str, str], str] = {
    **{("assessment", name, "lanes"): "AESFU" for name in ALWAYS_ASKED},
    ("assessment", "a0_previous", "required"): "${a0_prev_any} = 'yes'",  # at least one row when yes
    # no default can fill it yet; blank must not read as all
    ("assessment", "sup_rec", "required"): "count(${a1_recipients}) >= 1",
    # the suspected force counts
    ("assessment", "a1_supports", "relevant"): "count(${a1_recipients}) >= 1 or ${a1_suspected} = 'yes'",
    # the rule reads it, and the sheet of the office may not be there yet to fill it: a blank is missing, and says so
    **{
        ("assessment", name, "required"): "yes"
        for name in ("a2_gov_status", "a2_dp_law", "a2_dp_cross", "a2_wp_embargo", "sc_unit")
    },
    # at least one row, unless it is said that there is none
    ("assessment", "a2_items", "required"): "${a2_items_none} != 'yes'",
    ("assessment", "a3_existing", "required"): "${a3_exist_any} = 'yes'",
    # no rule reads it of a recipient that was taken out, and the worked case leaves it out there
    ("assessment", "el_a_text", "required"): "${rec_excluded} != 'yes'",
    # the four together hold at least one row; a standard measure holds for all
    ("assessment", "ms_for", "required"): NOT_FOR_ANOTHER,
    # the gate reads the sources, and in the urgent lane too (decision 0003)
    **{("assessment", name, "lanes"): "SFU" for name in ("a4_sources", "src_type", "src_title", "src_on", "src_rel")},
    # where the list tells in words what the sheet must say in signs
    **{("assessment", name, "relevant"): condition for name, condition in IN_SIGNS.items()},
    # the machine keeps the state with the step: a guard of today must not rewrite the steps of yesterday
    ("incident", "st_to", "type"): "select_one incident_state",
    # asked from the six answers on, so that no other answer hides an order; required once something is to be stopped
    **{("incident", f"x_order_{name}", "required"): "${v_must_stop} = 'yes'" for name in ("by", "how", "on")},
    **{
        ("incident", name, "required"): "${v_must_stop} = 'yes' or ${x_order_on} != ''"
        for name in ("x_stop_rows", "x_goes_on")
    },
}

Rows = list[dict[str, str]]


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def sheet(form: str = "assessment") -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in read(FORMS / form / "survey.csv") if row["name"]}


@cache
def listed(form: str) -> Rows:
    """The questions of a form."""
    return [row for row in read(REFERENCE / "questions.csv") if row["form"] == form]


SHIPPED = sorted(sheet.parent.name for sheet in FORMS.glob("[!_]*/survey.csv"))
EVERY = [row for form in SHIPPED for row in listed(form)]
TYPES = {"long": "text", "ref": "text", "hash": "text", "table": "begin_repeat"}


def test_forms_are_compared() -> None:
    assert {"assessment", "country_sheet", "letter"} <= set(SHIPPED)
    assert [form for form in SHIPPED if not listed(form)] == []


@pytest.mark.parametrize("form", SHIPPED)
def test_every_question_is_there(form: str) -> None:
    assert [row["name"] for row in listed(form) if row["name"] not in sheet(form)] == []


@pytest.mark.parametrize("form", SHIPPED)
def test_no_other_question_is_asked(form: str) -> None:
    known = {row["name"] for row in listed(form)}
    silent = {"begin_group", "calculate", "note"}
    asked = {name for name, row in sheet(form).items() if row["type"].partition(" ")[0] not in silent}
    assert asked - known == set()


@cache
def compiled_form(form: str) -> Definition:
    found = compile_form(FORMS / form)
    assert isinstance(found, Definition), [str(problem) for problem in found]
    return found


def is_told(row: dict[str, str]) -> bool:
    """The list tells in words when the question is asked."""
    return row["relevant"] != "" and "${" not in row["relevant"] and "(" not in row["relevant"]


@pytest.mark.parametrize("row", [row for row in EVERY if is_told(row)], ids=lambda row: row["name"])
def test_a_condition_told_in_words_is_an_expression_here(row: dict[str, str]) -> None:
    compiled = compiled_form(row["form"])
    above, found = compiled.items.get(row["name"]), ""
    while above is not None:
        found += above.cell("relevant")
        above = compiled.items.get(above.parent or "")
    assert "${" in found


@pytest.mark.parametrize("row", EVERY, ids=lambda row: row["name"])
def test_a_question_is_as_the_list_says(row: dict[str, str]) -> None:
    form, name = row["form"], row["name"]
    shipped = sheet(form)[name]
    # a calculation may also say which list its values come from
    kind = "calculate" if shipped["type"].startswith("calculate ") else shipped["type"]
    assert kind == DEPARTURES.get((form, name, "type"), TYPES.get(row["type"], row["type"]))
    assert (shipped["appearance"] == "multiline") == (row["type"] == "long")
    columns = ("relevant", "required", "lanes", "due", "after_signature", "consumer", "source")
    for column in columns[1:] if is_told(row) else columns:
        assert shipped[column] == DEPARTURES.get((form, name, column), row[column]), column


@pytest.mark.parametrize("row", [row for row in EVERY if row["type"] in {"ref", "hash"}], ids=lambda row: row["name"])
def test_what_points_to_a_paper_may_carry_a_file(row: dict[str, str]) -> None:
    shipped = sheet(row["form"])[row["name"]]
    assert shipped["evidence"] == "yes"
    assert (shipped["read_only"] == "yes") == (row["type"] == "hash")  # the app fills it


def test_every_departure_is_one() -> None:
    cells = {(row["form"], row["name"], column): text for row in EVERY for column, text in row.items()}
    assert [place for place, text in DEPARTURES.items() if cells[place] == text] == []


@pytest.mark.parametrize("form", SHIPPED)
def test_a_column_stands_in_the_table_that_the_list_names(form: str) -> None:
    compiled = compiled_form(form)
    inside = {item.name: item.table or "" for item in compiled.items.values()}
    assert {row["name"]: row["table"] for row in listed(form)} == {
        row["name"]: inside[row["name"]] for row in listed(form)
    }


def test_every_page_has_one_action_and_its_questions_belong_to_it(form: Form) -> None:
    pages = {item.name: item.cell("action") for item in form.definition.items.values() if item.type == "group"}
    assert set(pages.values()) == set("01234567")
    shown_on = Layout(form.definition).page_of  # a column may stand on the page of another Action than its table
    strays = [
        item.name
        for item in form.definition.items.values()
        if item.page
        and item.action
        and item.type != "group"
        and item.action != pages[shown_on.get(item.name, item.page)]
    ]
    assert strays == []


# Ours beside the reference's: a letter for each lane, who signs, how an indicator is read, which line was passed, the
# owner of a measure in words, what its costs say about its money, and risks that we add to a measure.
OUR_COLUMNS = {"letter", "signers", "reads", "owner_name", "funding", "house_risks"}
OUR_LISTS = {"country", "rd_past", "early"}  # of the second the reference writes hq for headquarters
OUR_LABELS = {"fired_rule"}  # a reader chooses the reason, not the code of its rule
OUR_CHOICES = {("incident_event", "T28"), ("incident_event", "T29"), ("incident_event", "T30")}  # steps of the machine


@pytest.mark.parametrize("form", SHIPPED)
def test_every_list_is_as_the_reference_has_it(form: str) -> None:
    shipped, reference = read(FORMS / form / "choices.csv"), read(REFERENCE / "choices.csv")
    for name in {row["list_name"] for row in shipped} - OUR_LISTS:
        own = OUR_COLUMNS | ({"label"} if name in OUR_LABELS else set())
        columns = [column for column in shipped[0] if column not in own]
        listed_here = [row for row in shipped if (row["list_name"], row["name"]) not in OUR_CHOICES]
        ours = [[row[column] for column in columns] for row in listed_here if row["list_name"] == name]
        theirs = [[row[column] for column in columns] for row in reference if row["list_name"] == name]
        assert ours == theirs, name


def test_every_lane_has_a_letter_of_its_own(form: Form) -> None:
    lane = form.definition.lists["lane"]
    letters = {code: lane.fact(code, "letter") for code in lane.codes}
    assert letters == {
        "applies": "A", "early": "E", "short": "S", "full": "F", "renewal": "R", "urgent": "U", "incident": "I",
    }  # fmt: skip


def test_who_signs_follows_from_the_outcome(form: Form) -> None:
    outcome = form.definition.lists["outcome"]
    signers = {code: outcome.fact(code, "signers").split() for code in outcome.codes}
    assert signers.pop("incomplete") == []
    assert signers.pop("not_applicable") == ["preparer", "reviewer"]
    assert set(map(tuple, signers.values())) == {("preparer", "reviewer", "approver")}


def test_what_decides_is_never_excused_as_not_applicable() -> None:
    rules = ("A1", "D0", "D1", "G0", "H0", "L0", "L1", "P1", "I-plan")
    deciding = [row for form in SHIPPED for row in sheet(form).values() if row["consumer"].startswith(rules)]
    assert len(deciding) > 20
    assert [row["name"] for row in deciding if row["excuse"] in {"na", "both"}] == []
