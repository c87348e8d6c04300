"""The form keeps the contract of names, types and codes, and of what is asked when."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from tests.forms.worked import FORM, REFERENCE, Form

if TYPE_CHECKING:
    from pathlib import Path

# The only cells in which the sheet departs from the list, each with its reason.
ALWAYS_ASKED = {"a1_supports", "sup_rec", "sup_type", "sup_purpose", "a1_joint_ops", "rec_excluded"}  # decision 0003
REQUIRED = {
    "a0_previous": "${a0_prev_any} = 'yes'",  # at least one row when yes
    "sup_rec": "count(${a1_recipients}) >= 1",  # no default can fill it yet; blank must not read as all
}
RELEVANT = {"a1_supports": "count(${a1_recipients}) >= 1 or ${a1_suspected} = 'yes'"}  # the suspected force counts

Rows = list[dict[str, str]]


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sheet() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in read(FORM / "survey.csv") if row["name"]}


def listed() -> Rows:
    """The questions of Action 0 and 1, with the two results that the form shows."""
    every = [row for row in read(REFERENCE / "questions.csv") if row["form"] == "assessment"]
    return [row for row in every if row["action"] in {"0", "1"} or row["name"] in {"lane", "outcome"}]


def sheet_type(listed_type: str) -> str:
    return {"long": "text", "table": "begin_repeat"}.get(listed_type, listed_type)


def test_every_question_of_action_0_and_1_is_there() -> None:
    assert [row["name"] for row in listed() if row["name"] not in sheet()] == []


def test_no_other_question_is_asked() -> None:
    known = {row["name"] for row in listed()}
    asked = {name for name, row in sheet().items() if row["type"] not in {"begin_group", "calculate", "note"}}
    assert asked - known == set()


@pytest.mark.parametrize("row", listed(), ids=lambda row: row["name"])
def test_a_question_is_as_the_list_says(row: dict[str, str]) -> None:
    name, shipped = row["name"], sheet()[row["name"]]
    assert shipped["type"] == sheet_type(row["type"])
    assert (shipped["appearance"] == "multiline") == (row["type"] == "long")
    assert shipped["relevant"] == RELEVANT.get(name, row["relevant"])
    assert shipped["required"] == REQUIRED.get(name, row["required"])
    assert shipped["lanes"] == ("AESFU" if name in ALWAYS_ASKED else row["lanes"])
    for column in ("due", "after_signature", "consumer", "source"):
        assert shipped[column] == row[column], column


def test_a_column_stands_in_the_table_that_the_list_names(form: Form) -> None:
    inside = {item.name: item.table or "" for item in form.definition.items.values()}
    assert {row["name"]: row["table"] for row in listed()} == {row["name"]: inside[row["name"]] for row in listed()}


def test_every_page_has_one_action_and_its_questions_belong_to_it(form: Form) -> None:
    pages = {item.name: item.cell("action") for item in form.definition.items.values() if item.type == "group"}
    assert set(pages.values()) == {"0", "1"}
    strays = [
        item.name
        for item in form.definition.items.values()
        if item.page and item.action and item.type != "group" and item.action != pages[item.page]
    ]
    assert strays == []


def test_every_list_is_as_the_reference_has_it() -> None:
    shipped, reference = read(FORM / "choices.csv"), read(REFERENCE / "choices.csv")
    columns = [column for column in shipped[0] if column not in {"letter", "signers"}]  # ours, see below
    for name in {row["list_name"] for row in shipped}:
        ours = [[row[column] for column in columns] for row in shipped if row["list_name"] == name]
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
    deciding = [row for row in sheet().values() if row["consumer"].startswith(rules)]
    assert len(deciding) > 20
    assert [row["name"] for row in deciding if row["excuse"] in {"na", "both"}] == []
