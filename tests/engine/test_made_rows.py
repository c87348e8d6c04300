"""Tables whose rows the form makes from answers: they come and go by themselves, can be linked to, and hold nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine import odk
from hrddp_desktop.engine.definition import dump, load
from hrddp_desktop.engine.migrate import migrate, unmigrate
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.engine.renames import released_gaps
from hrddp_desktop.engine.session import Session, open_session
from hrddp_desktop.engine.show import LINK_BROKEN
from hrddp_desktop.errors import AnswerError
from tests.engine.forms import TODAY, compiled, opened, problems, write_form

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADINGS = "type,name,label,relevant,required,calculation,row_prefix"
SURVEY = """select_one yes_no,shared,Shared,,,,
begin_repeat,units,Units,,,,R
text,unit,Unit,,yes,,
end_repeat,,,,,,
begin_repeat,goods,Goods,,,,S
text,what,What,,,,
select_multiple_row units,for_units,For,,,,
calculate,pair_ids,,,,"if(${for_units} = '', if(${shared} = 'yes', concat(../_row, 'xR0'), ''),
 concat(../_row, 'x', join(concat(' ', ../_row, 'x'), ${units}[selected(current()/../for_units, ./_row)]/_row)))",
end_repeat,,,,,,
begin_repeat,pairs,Pairs,count(${goods}) >= 1,,"join(' ', ${pair_ids})",S xR
calculate,pair_title,,,,"concat(${goods}[./_row = substring-before(current()/../_row, 'x')]/what, ', ',
 ${units}[./_row = substring-after(current()/../_row, 'x')]/unit)",
calculate,held,Held,,,"if(count(${holds}[selected(./held_pairs, current()/../_row)]) > 0, 'yes', 'no')",
end_repeat,,,,,,
begin_repeat,holds,Holds,,,,H
select_multiple_row pairs,held_pairs,Holds back,,yes,,
end_repeat,,,,,,
calculate,open_pairs,Open,,,"count(${pairs}[./held = 'no'])",
"""
ANSWERS = {
    "shared": "yes",
    "units": [{"_row": "R1", "unit": "North"}, {"_row": "R2", "unit": "South"}],
    "goods": [{"_row": "S1", "what": "Cars", "for_units": ["R1", "R2"]}, {"_row": "S2", "what": "Radios"}],
    "holds": [{"_row": "H1", "held_pairs": ["S1xR1"]}],
}


def form(folder: Path, survey: str = SURVEY) -> Path:
    return write_form(folder, survey, headings=HEADINGS)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return opened(form(tmp_path / "form"), ANSWERS)


def ids(session: Session) -> list[str]:
    return [row.row_id for row in session.table("pairs", "en").rows]


def test_rows_come_from_the_calculation_of_their_table(session: Session) -> None:
    view = session.table("pairs", "en")
    assert view.made
    assert not session.table("goods", "en").made
    assert [(row.row_id, row.title) for row in view.rows] == [
        ("S1xR1", "Cars, North"),
        ("S1xR2", "Cars, South"),
        ("S2xR0", "Radios, "),
    ]
    assert [session.value(f"pairs/{row}/held") for row in ids(session)] == ["yes", "no", "no"]
    assert session.value("open_pairs") == 2


def test_rows_come_and_go_with_what_they_come_from(session: Session) -> None:
    change = session.set("goods/S1/for_units", ["R2"])
    assert ids(session) == ["S1xR2", "S2xR0"]
    assert change.tables == {"pairs"}
    assert {"pairs", "pairs/S1xR2/held", "open_pairs"} - change.paths == {"open_pairs"}
    session.set("goods/S1/for_units", ["R1", "R2"])
    assert ids(session) == ["S1xR1", "S1xR2", "S2xR0"]
    assert session.move_row("goods", "S2", 0).tables == {"goods", "pairs"}
    assert ids(session) == ["S2xR0", "S1xR1", "S1xR2"]
    assert session.set("goods/S2/what", "Fuel").tables == frozenset()
    session.remove_row("goods", "S1")
    assert ids(session) == ["S2xR0"]
    session.add_row("goods", "S1")
    assert session.set("shared", "no").tables == {"pairs"}
    assert ids(session) == ["S1xR1", "S1xR2"]
    session.remove_row("goods", "S1")
    session.remove_row("goods", "S2")
    assert ids(session) == []


def test_a_row_that_goes_leaves_no_work_behind(tmp_path: Path) -> None:
    """The first answer wakes a cell, the rows go before its turn comes."""
    rows = "begin_repeat,made,,,,\"if(${n} > 1, 'A B', 'A')\",\ncalculate,c,,,,${n} + 1,\nend_repeat,,,,,,\n"
    survey = f"integer,n,,,,,\n{rows}"
    session = opened(form(tmp_path / "form", survey), {"n": 2})
    change = session.set("n", 1)
    assert change.paths == {"n", "made", "made/A/c"}
    assert session.value("made/A/c") == 2


def test_an_id_with_a_slash_or_twice_makes_no_row(tmp_path: Path) -> None:
    survey = "text,t,,,,,\nbegin_repeat,made,,,,${t},\ncalculate,c,,,,'x',\nend_repeat,,,,,,\n"
    session = opened(form(tmp_path / "form", survey), {"t": "A B/C A D"})
    assert [row.row_id for row in session.table("made", "en").rows] == ["A", "D"]


def test_made_rows_can_be_linked_to_and_a_link_to_one_that_went_is_broken(session: Session) -> None:
    options = session.view("holds/H1/held_pairs", "en").options
    assert (options[0].code, options[0].label) == ("S1xR1", "Cars, North")
    assert "holds/H1/held_pairs" in session.set("units/R1/unit", "West").paths
    assert session.view("holds/H1/held_pairs", "en").text == "Cars, West"
    session.set("goods/S1/for_units", ["R2"])
    view = session.view("holds/H1/held_pairs", "en")
    assert (view.value, view.problem) == (["S1xR1"], LINK_BROKEN)
    assert [one.path for one in session.missing()] == ["holds/H1/held_pairs"]
    session.set("goods/S1/for_units", ["R1"])
    assert session.missing() == ()


def test_made_rows_are_not_among_the_answers(session: Session) -> None:
    assert session.answers() == ANSWERS
    assert open_session(session.definition, session.answers(), as_of=TODAY).answers() == ANSWERS


@pytest.mark.parametrize(
    "step",
    [
        lambda session: session.add_row("pairs"),
        lambda session: session.add_row("pairs", "S1xR2"),
        lambda session: session.remove_row("pairs", "S1xR1"),
        lambda session: session.move_row("pairs", "S1xR1", 1),
        lambda session: open_session(session.definition, {"pairs": [{"_row": "S1xR1"}]}, as_of=TODAY),
    ],
)
def test_nobody_else_makes_moves_or_removes_them(session: Session, step: Callable[[Session], object]) -> None:
    with pytest.raises(AnswerError) as caught:
        step(session)
    assert "the form makes the rows" in str(caught.value.facts["detail"])
    assert ids(session) == ["S1xR1", "S1xR2", "S2xR0"]


def test_a_file_may_say_that_there_are_none(session: Session) -> None:
    assert ids(open_session(session.definition, {**ANSWERS, "pairs": []}, as_of=TODAY)) == ids(session)


def test_rows_that_travelled_find_no_place(session: Session) -> None:
    old = {**ANSWERS, "pairs": [{"_row": "S1xR1", "held": "yes"}]}
    migrated = migrate(old, {}, "0", session.definition)
    assert migrated.answers == ANSWERS
    assert [entry.path for entry in migrated.report.unplaced] == ["pairs/S1xR1/_row", "pairs/S1xR1/held"]
    assert unmigrate(migrated)[0] == old


def test_a_table_that_held_no_answers_may_vanish(session: Session, tmp_path: Path) -> None:
    start, end = SURVEY.index("begin_repeat,pairs"), SURVEY.index("begin_repeat,holds")
    without = SURVEY[:start] + SURVEY[end:].replace("_row pairs", "_row units").replace("${pairs}", "${holds}")
    assert (
        released_gaps(compiled(form(tmp_path / "without", without.replace("./held =", "'a' ="))), session.definition)
        == []
    )


@pytest.mark.parametrize("column", ["required", "excuse"])
def test_nobody_is_asked_for_made_rows(tmp_path: Path, column: str) -> None:
    survey = "begin_repeat,made,'A',yes\ncalculate,c,'x',\nend_repeat,,,\n"
    folder = write_form(tmp_path / "form", survey, headings=f"type,name,calculation,{column}")
    found = problems(folder)
    assert (ProblemCode.CELL_NOT_USED, column) in [(one.code, one.column) for one in found]


def test_a_page_of_made_rows_alone_is_done(tmp_path: Path) -> None:
    survey = "begin_group,g,\nbegin_repeat,made,'A'\ncalculate,c,'x'\nend_repeat,,\nend_group,,\n"
    session = opened(write_form(tmp_path / "form", survey, headings="type,name,calculation"))
    assert [(page.name, page.state) for page in session.route()] == [("g", "done")]


@pytest.mark.parametrize("kind", ["text", "select_one yes_no", "select_one_row units", "acknowledge"])
def test_made_rows_hold_no_answers(tmp_path: Path, kind: str) -> None:
    survey = SURVEY.replace("calculate,held,", f"{kind},note_on,,,,,\ncalculate,held,")
    assert [(one.code, one.column) for one in problems(form(tmp_path / "form", survey))] == [
        (ProblemCode.ROWS_MADE, "type")
    ]


def test_a_calculation_of_its_own_rows_runs_in_a_circle(tmp_path: Path) -> None:
    survey = SURVEY.replace('${pair_ids})"', '${open_pairs})"').replace("count(${pairs}", "count(${pairs}")
    assert {one.code for one in problems(form(tmp_path / "form", survey))} == {ProblemCode.CIRCULAR}


def test_the_cache_knows_them(session: Session) -> None:
    again = open_session(load(dump(session.definition)), ANSWERS, as_of=TODAY)
    assert ids(again) == ids(session)


def test_odk_gets_a_repeat_of_as_many_rows_as_there_are_ids(session: Session) -> None:
    shown = odk.view(session.definition)
    assert shown.cells["pairs"] == {
        "calculation": "",
        "repeat_count": "count-selected(join(' ', ${pair_ids}))",
    }
    assert shown.after["pairs"][0]["calculation"] == "selected-at(join(' ', ${pair_ids}), position(..) - 1)"
    codes = [one["name"] for one in shown.choices if one["list_name"] == "pairs_rows"]
    assert {"S1xR0", "S1xR1", "S15xR15"} <= set(codes)
    assert len(codes) == len(set(codes)) == 15 * 16


def test_each_row_says_its_part_and_a_person_adds_rows_only_where_the_form_does_not(tmp_path: Path) -> None:
    session = opened(write_form(tmp_path, SURVEY, headings=HEADINGS), ANSWERS)
    assert session.each("held") == ("yes", "no", "no")
    assert session.each("what") == ("Cars", "Radios")
    assert [session.table(name, "en").takes_rows for name in ("goods", "pairs")] == [True, False]
