"""The map of a question: what it reads, what reads it, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.engine.definition import dump, load
from hrddp_desktop.engine.maps import Branch, as_data, as_dot, as_lines, map_of
from tests.engine.forms import compiled, write_form
from tests.engine.test_machines import form as machine_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hrddp_desktop.engine.definition import Definition

SURVEY = (
    "begin_group,page,${first} = 'yes',,,\n"
    "integer,amount,,,. <= ${most},${first} = 'yes'\n"
    "end_group,,,,,\n"
    "select_one yes_no,first,,,,\n"
    "integer,most,,,,\n"
    "calculate,double,,${amount} * 2,,\n"
    "note,told,${double} > 4,,,\n"
)


@pytest.fixture
def small(tmp_path: Path) -> Definition:
    return compiled(write_form(tmp_path / "form", SURVEY))


@pytest.fixture(scope="module")
def assessment() -> Definition:
    return compiled(paths.forms_dir() / "assessment")


def flat(branches: tuple[Branch, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for branch in branches:
        yield branch.name, branch.how
        yield from flat(branch.branches)


def test_a_question_shows_all_that_it_reads(small: Definition) -> None:
    assert list(flat(map_of(small, "amount").reads)) == [
        ("most", ("constraint",)),
        ("first", ("when required",)),
        ("list yes_no", ("its choices",)),
        ("page", ("asked only where this is",)),
        ("first", ("relevance",)),
    ]


def test_a_question_shows_all_that_reads_it_also_from_afar(small: Definition) -> None:
    assert list(flat(map_of(small, "amount").read_by)) == [
        ("double", ("calculation",)),
        ("told", ("relevance",)),
    ]


def test_a_place_is_unfolded_once(small: Definition) -> None:
    reads = map_of(small, "amount").reads
    page = next(branch for branch in reads if branch.name == "page")
    assert page.branches == (Branch("first", ("relevance",), again=True),)


def test_decision_tables_name_their_variable_and_rules(assessment: Definition) -> None:
    how = dict(flat(map_of(assessment, "a1_joint_ops").read_by))["a1_result"]
    assert how == ("decision table a1, joint, rules A1-03j A1-00b",)


def test_a_variable_that_nothing_gives_yet_is_on_no_map(tmp_path: Path) -> None:
    definition = compiled(
        write_form(
            tmp_path,
            "select_one yes_no,a,\ncalculate,result,rate\n",
            "yes_no,yes,Yes\nyes_no,no,No\nrate,high,High\nrate,low,Low\n",
            headings="type,name,table",
            sheets={
                "decisions/rate.csv": "rule,a,b,outcome,reason\nD1,yes,,high,A.\nD2,,yes,low,B.\nD3,,,low,C.\n",
                "decisions/variables.csv": "table,variable,list,from\nrate,a,yes_no,a\nrate,b,yes_no,\n",
            },
        )
    )
    assert list(flat(map_of(definition, "result").reads)) == [
        ("a", ("decision table rate, a, rules D1",)),
        ("list yes_no", ("its choices",)),
    ]


def test_lanes_are_shown_but_do_not_draw_in_the_whole_form(assessment: Definition) -> None:
    below = dict(flat(map_of(assessment, "a1_raise").read_by))
    assert "a0_title" not in below
    assert "lanes AESFU" in dict(flat(map_of(assessment, "lane").read_by))["a0_title"]
    assert "lanes AESFU" in dict(flat(map_of(assessment, "a0_title").reads))["lane"]


def test_look_ups_and_links_are_shown(assessment: Definition) -> None:
    reads = dict(flat(map_of(assessment, "rec_scope").reads))
    assert reads["list force_type"] in {("look-up",), ("its choices",)}
    assert "rec_type" in reads


def test_the_map_is_told_as_an_indented_tree(small: Definition) -> None:
    assert list(as_lines(map_of(small, "double"), lambda name: "How much?" if name == "amount" else "")) == [
        "double",
        "  reads:",
        "    amount: How much? [calculation]",
        "      most [constraint]",
        "      first [when required]",
        "        list yes_no [its choices]",
        "      page [asked only where this is]",
        "        first [relevance] (unfolded elsewhere)",
        "  is read by:",
        "    told [relevance]",
    ]


def test_nothing_is_said_as_nothing(small: Definition) -> None:
    assert "  is read by: nothing" in list(as_lines(map_of(small, "told"), lambda name: name))


def test_the_graph_points_from_what_is_read_to_its_reader(small: Definition) -> None:
    lines = list(as_dot(map_of(small, "double")))
    assert '  "amount" -> "double" [label="calculation"];' in lines
    assert '  "double" -> "told" [label="relevance"];' in lines
    assert lines[-1] == "}"


def test_the_data_say_the_same(small: Definition) -> None:
    assert as_data(map_of(small, "told"))["read_by"] == []
    assert as_data(map_of(small, "double"))["read_by"] == [
        {"name": "told", "how": ["relevance"], "again": False, "below": []}
    ]


def test_guards_of_machines_and_defaults_are_on_the_map(tmp_path: Path) -> None:
    machines = compiled(machine_form(tmp_path / "machine"))
    assert dict(flat(map_of(machines, "lifted_on").read_by)) == {
        "machine incident": ("guard of step E3",),
    }
    assert "machine incident" in dict(flat(map_of(machines, "result").read_by))
    form = write_form(tmp_path / "form", "text,a,\ntext,b,concat(${a})\n", headings="type,name,default")
    assert list(flat(map_of(compiled(form), "b").reads)) == [("a", ("default",))]


def test_a_compiled_form_with_a_guard_that_cannot_be_read_still_has_a_map(tmp_path: Path) -> None:
    content = dump(compiled(machine_form(tmp_path / "machine")))
    assert b"danger != ''" in content
    found = load(content.replace(b"danger != ''", b"danger != '"))
    assert "guard of step E1" not in {how for _, hows in flat(map_of(found, "danger").read_by) for how in hows}
    assert dict(flat(map_of(found, "lifted_on").read_by)) == {"machine incident": ("guard of step E3",)}


def test_an_unknown_name_is_refused(small: Definition) -> None:
    with pytest.raises(KeyError):
        map_of(small, "nothing")


def test_every_question_of_the_assessment_has_a_map(assessment: Definition) -> None:
    for name in assessment.items:
        assert list(as_lines(map_of(assessment, name), lambda one: one))
