"""Links to rows of a related record, and what one record shows to those that belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine import odk
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.engine.session import Session, open_session
from hrddp_desktop.engine.show import LINK_BROKEN
from tests.engine.forms import TODAY, compiled, opened, problems, write_form

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = "type,name,label,choice_filter,calculation"
MAIN = """text,title,Title,,
begin_repeat,units,Units,,
text,unit,Unit,,
select_one yes_no,out,Out,,
calculate,mark,,,"if(${out} = 'yes', 'x', '')"
end_repeat,,,,
calculate,all,,,count(${units})
"""
SURVEY = """select_multiple_row units,hit,Hit,,
select_one_row units,first,First,./out != 'yes',
calculate,names,,,"join(', ', instance('main')/root/units[selected(current()/../hit, ./_row)]/unit)"
calculate,how_many,,,count-selected(${hit})
"""
SETTINGS = {"related": "main", "linked": "main/units"}
UNITS = {"units": [{"_row": "R1", "unit": "North", "out": "yes"}, {"_row": "R2", "unit": "South", "out": "no"}]}


def form(folder: Path, survey: str = SURVEY, **settings: str) -> Path:
    return write_form(folder, survey, headings=HEADINGS, settings={**SETTINGS, **settings})


@pytest.fixture
def main(tmp_path: Path) -> Session:
    return opened(write_form(tmp_path / "main", MAIN, headings=HEADINGS), UNITS)


@pytest.fixture
def session(tmp_path: Path, main: Session) -> Session:
    definition = compiled(form(tmp_path / "form"))
    return open_session(definition, as_of=TODAY, related={"main": main.readable()})


def test_a_record_shows_its_values_to_those_that_belong_to_it(main: Session) -> None:
    assert main.readable() == {
        "title": "",
        "units": [
            {"_row": "R1", "_title": "North", "unit": "North", "out": "yes", "mark": "x"},
            {"_row": "R2", "_title": "South", "unit": "South", "out": "no", "mark": ""},
        ],
        "all": "2",
    }


def test_the_rows_of_a_related_record_are_on_offer(session: Session) -> None:
    assert [(one.code, one.label) for one in session.view("hit", "en").options] == [("R1", "North"), ("R2", "South")]
    assert [one.code for one in session.view("first", "en").options] == ["R2"]
    session.set("hit", ["R2", "R1"])
    view = session.view("hit", "en")
    assert (view.text, view.problem) == ("South, North", None)
    assert session.value("names") == "North, South"
    assert session.value("how_many") == 2
    assert session.answers() == {"hit": ["R2", "R1"]}


def test_a_link_to_what_is_not_there_is_broken(session: Session) -> None:
    session.set("hit", ["R9"])
    assert (session.view("hit", "en").text, session.view("hit", "en").problem) == ("R9", LINK_BROKEN)
    assert [one.path for one in session.missing()] == ["hit"]


def test_without_the_record_nothing_is_offered_and_no_link_is_broken(tmp_path: Path) -> None:
    session = opened(form(tmp_path / "form"), {"hit": ["R9"]})
    view = session.view("hit", "en")
    assert (view.options, view.text, view.problem) == ((), "R9", None)
    assert session.missing() == ()


def test_rows_without_a_title_show_their_ids(tmp_path: Path) -> None:
    related = {"main": {"units": [{"_row": "R1"}]}}
    session = open_session(compiled(form(tmp_path / "form")), {"hit": ["R1"]}, as_of=TODAY, related=related)
    assert [(one.code, one.label) for one in session.view("hit", "en").options] == [("R1", "R1")]
    assert session.view("hit", "en").text == "R1"


@pytest.mark.parametrize("linked", ["units", "other/units", "main/"])
def test_the_setting_names_a_related_record_and_a_table(tmp_path: Path, linked: str) -> None:
    found = problems(form(tmp_path / "form", "text,t,,,\n", linked=linked))
    assert [(one.code, one.column) for one in found] == [(ProblemCode.SETTING_UNKNOWN, "linked")]


def test_a_table_that_is_not_named_cannot_be_linked_to(tmp_path: Path) -> None:
    found = problems(form(tmp_path / "form", SURVEY.replace("row units,hit", "row unit,hit")))
    assert [(one.code, one.row) for one in found] == [(ProblemCode.TABLE_MISSING, 2)]


def test_in_odk_the_ids_are_typed(session: Session) -> None:
    shown = odk.view(session.definition)
    assert shown.cells["hit"] == {"type": "text"}
    assert shown.cells["first"] == {"type": "text", "choice_filter": ""}
    assert [one["list_name"] for one in shown.choices] == ["main"]
