"""Defaults that read other answers: they follow them as long as nobody has said otherwise, and a step back is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.session import Session, open_session
from tests.engine.forms import TODAY, compiled, opened, write_form

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.definition import Definition

HEADINGS = "type,name,label,default,excuse,calculation,row_prefix"
SURVEY = """date,start,Start,,,,
date,due,Due,"if(${start} = '', '', string(date(decimal-date-time(${start}) - 1)))",later,,
begin_repeat,units,Units,,,,R
text,unit,Unit,,,,
end_repeat,,,,,,
begin_repeat,risks,Risks,,,,K
select_multiple_row units,of_units,Of,"join(' ', ${units}/_row)",,,
text,line,Line,concat(${state}),,,
text,state,State,open,,,
integer,number,Number,${line},,,
end_repeat,,,,,,
text,left,Left,${right},,,
text,right,Right,${left},,,
"""


@pytest.fixture
def definition(tmp_path: Path) -> Definition:
    return compiled(write_form(tmp_path, SURVEY, headings=HEADINGS))


@pytest.fixture
def session(definition: Definition) -> Session:
    return open_session(definition, as_of=TODAY, new=True)


def test_a_default_comes_as_soon_as_what_it_reads_is_there_and_follows_it(session: Session) -> None:
    change = session.set("start", "2026-03-10")
    assert session.value("due") == "2026-03-09"
    assert (change.filled, change.replaced) == ({"due": "2026-03-09"}, {"due": None})
    assert {"start", "due"} <= change.paths
    change = session.set("start", "2026-03-20")
    assert (change.filled, change.replaced) == ({"due": "2026-03-19"}, {"due": "2026-03-09"})
    assert session.view("due", "en").prefilled
    session.set("start", None)
    assert session.answers() == {}


@pytest.mark.parametrize("own", ["2026-03-01", None])
def test_what_a_person_has_written_or_cleared_stays(session: Session, own: str | None) -> None:
    session.set("start", "2026-03-10")
    session.set("due", own)
    assert session.set("start", "2026-03-20").filled == {}
    assert session.value("due") == own


def test_what_a_person_has_excused_stays_blank(session: Session) -> None:
    session.excuse("due", "later", "", "The desk")
    assert session.set("start", "2026-03-10").filled == {}
    assert session.value("due") is None


def test_the_answer_that_was_just_given_stays(session: Session) -> None:
    change = session.set("left", "a")
    assert change.filled == {"right": "a"}
    change = session.set("right", "b")
    assert (session.value("left"), session.value("right"), change.filled) == ("b", "b", {"left": "b"})


def test_an_open_record_knows_what_its_defaults_said(definition: Definition) -> None:
    followed = {"start": "2026-03-10", "due": "2026-03-09"}
    session = open_session(definition, followed, as_of=TODAY)
    session.set("start", "2026-03-20")
    assert session.value("due") == "2026-03-19"
    session = open_session(definition, {"start": "2026-03-10"}, as_of=TODAY)
    assert session.answers() == {"start": "2026-03-10"}, "opening changes nothing"
    session.set("start", "2026-03-20")
    assert session.value("due") is None, "somebody had cleared it"


def test_rows_that_come_and_go_are_followed(session: Session) -> None:
    session.add_row("risks")
    change = session.add_row("units")
    assert (change.added_row, change.defaults, change.filled) == ("R1", {}, {"risks/K1/of_units": ["R1"]})
    session.add_row("units")
    change = session.remove_row("units", "R1")
    assert (change.filled, change.replaced) == ({"risks/K1/of_units": ["R2"]}, {"risks/K1/of_units": ["R1", "R2"]})
    session.add_row("units")
    assert session.value("risks/K1/of_units") == ["R2", "R3"]
    change = session.move_row("units", "R3", 0)
    assert change.filled == {"risks/K1/of_units": ["R3", "R2"]}


def test_a_default_may_read_one_that_stands_further_down(session: Session) -> None:
    change = session.add_row("risks")
    assert change.defaults == {"state": "open", "line": "open"}
    assert change.filled == {}
    change = session.set("risks/K1/state", "7")
    assert change.filled == {"risks/K1/line": "7", "risks/K1/number": 7}
    assert session.set("risks/K1/state", "shut").filled == {"risks/K1/line": "shut", "risks/K1/number": None}


def test_a_row_that_comes_back_is_as_it_was(session: Session) -> None:
    session.add_row("units")
    session.add_row("risks")
    session.remove_row("risks", "K1")
    session.add_row("units")
    change = session.add_row("risks", "K1")
    assert (change.defaults, change.filled) == ({}, {})
    assert session.value("risks/K1/of_units") == ["R1"]


def test_a_hidden_question_keeps_its_answer_and_follows_when_it_is_asked_again(tmp_path: Path) -> None:
    survey = (
        "select_one yes_no,gate,,,\ntext,a,,,\nbegin_repeat,rows,${gate} != 'no',,R\ntext,b,,,\ntext,c,,${b},\n"
        "text,d,${gate} = 'yes',${a},\ntext,e,${gate} = 'yes',fixed,\nend_repeat,,,,\n"
    )
    folder = write_form(tmp_path, survey, headings="type,name,relevant,default,row_prefix")
    session = open_session(compiled(folder), as_of=TODAY, new=True)
    assert session.add_row("rows").defaults == {"e": "fixed"}
    session.set("rows/R1/b", "x")
    assert session.set("a", "now").filled == {}
    assert session.set("gate", "yes").filled == {"rows/R1/d": "now"}
    change = session.set("gate", "no")
    assert change.filled == {}, "a table that is hidden reads blank, and nothing is lost by that"
    session.set("a", "then")
    session.set("gate", "no", {"a": "later"})
    assert session.set("gate", "yes").filled == {"rows/R1/d": "later"}
    answers = session.answers()
    assert answers["rows"] == [{"_row": "R1", "b": "x", "c": "x", "d": "later", "e": "fixed"}]


def test_a_step_back_brings_exactly_what_stood_there(session: Session) -> None:
    session.set("start", "2026-03-10")
    session.set("due", None)
    before = session.answers()
    change = session.set("start", None)
    assert change.filled == {}
    back = session.set("start", change.old, change.replaced)
    assert (session.answers(), back.filled) == (before, {}), "cleared it was, cleared it is"
    session.add_row("risks")
    before = session.answers()
    change = session.add_row("units")
    back = session.remove_row("units", "R1", change.replaced)
    assert session.answers() == before
    assert (back.filled, back.replaced) == (change.replaced, change.filled)
    again = session.add_row("units", "R1", 0, back.replaced)
    assert session.value("risks/K1/of_units") == ["R1"]
    assert again.filled == change.filled
    session.move_row("units", "R1", 0, {})


def test_a_circle_of_defaults_ends(tmp_path: Path) -> None:
    survey = "integer,a,\"if(${b} = '', 1, ${b} + 1)\"\ninteger,b,\"if(${a} = '', '', ${a} + 1)\"\ntext,c,\n"
    session = open_session(compiled(write_form(tmp_path, survey, headings="type,name,default")), as_of=TODAY, new=True)
    assert session.answers() == {"a": 1, "b": 2}
    session.set("c", "x")
    assert session.set("b", 5).filled == {}, "what was filled in a circle is no longer what the default says"


def test_a_default_that_is_no_answer_is_none(tmp_path: Path) -> None:
    survey = "text,a,\ninteger,n,${a}\n"
    session = opened(write_form(tmp_path, survey, headings="type,name,default"))
    session.set("a", "5")
    session.set("a", "five")
    assert session.answers() == {"a": "five"}
