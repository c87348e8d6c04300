"""Catalogue fills, cascades of choices, related records: what one answer or record does to other questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.engine.session import Session, open_session
from hrddp_desktop.engine.show import NOT_OFFERED
from tests.engine.forms import TODAY, compiled, opened, problems, write_form

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = "type,name,fills,default,evidence"
SURVEY = """begin_group,g,,,
select_one measure,pick,owner=owner cost=cost,,
text,owner,,,
integer,cost,,0,
begin_repeat,rows,,,
select_one measure,code,text=label days=days,,
text,text,,,yes
integer,days,,,
end_repeat,,,,
end_group,,,,
"""
CHOICES = "measure,M1,Train the guards,Head,5,3\nmeasure,M2,Talk to the unit,Desk,0,\nmeasure,M3,Watch,,7,\n"


def form(folder: Path, survey: str = SURVEY, choices: str = CHOICES) -> Path:
    """A form with a catalogue."""
    return write_form(
        folder, survey, choices, headings=HEADINGS, choice_headings="list_name,name,label,owner,cost,days"
    )


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return opened(form(tmp_path))


def test_picking_a_row_of_a_catalogue_fills_other_questions_in_one_change(session: Session) -> None:
    change = session.set("pick", "M1")
    assert session.answers() == {"pick": "M1", "owner": "Head", "cost": 5}
    assert (change.new, change.filled) == ("M1", {"owner": "Head", "cost": 5})
    assert change.replaced == {"owner": None, "cost": None}
    assert {"pick", "owner", "cost"} <= change.paths
    assert session.view("owner", "en").prefilled


def test_another_pick_replaces_what_the_last_one_filled_and_nothing_else(session: Session) -> None:
    session.set("pick", "M1")
    session.set("owner", "Own words")
    assert not session.view("owner", "en").prefilled
    change = session.set("pick", "M2")
    assert session.answers() == {"pick": "M2", "owner": "Own words", "cost": 0}
    assert change.filled == {"cost": 0}
    assert change.replaced == {"cost": 5}
    assert "owner" in change.paths
    session.set("pick", "M3")
    session.set("pick", None)
    assert session.answers() == {"owner": "Own words"}


def test_picking_the_same_row_again_brings_nothing(session: Session) -> None:
    session.set("pick", "M1")
    assert session.set("pick", "M1").filled == {}


def test_a_row_fills_its_own_cells(session: Session) -> None:
    session.add_row("rows")
    session.add_row("rows")
    change = session.set("rows/2/code", "M1")
    assert change.filled == {"rows/2/text": "Train the guards", "rows/2/days": 3}
    assert session.value("rows/1/text") is None
    assert session.view("rows/2/days", "en").prefilled
    session.set("rows/2/code", "M2")
    assert session.answers()["rows"] == [{"_row": "1"}, {"_row": "2", "code": "M2", "text": "Talk to the unit"}]


def test_a_default_beside_a_fill_still_shows_as_prefilled(tmp_path: Path) -> None:
    session = open_session(compiled(form(tmp_path)), as_of=TODAY, new=True)
    assert session.answers() == {"cost": 0}
    assert session.view("cost", "en").prefilled


@pytest.mark.parametrize(
    ("good", "bad", "code"),
    [
        ("owner=owner", "ownr=owner", ProblemCode.REFERENCE_UNKNOWN),
        ("owner=owner", "owner=ownr", ProblemCode.COLUMN_NOT_IN_LIST),
        ("owner=owner", "owner", ProblemCode.FILL_BAD),
        ("owner=owner", "text=owner", ProblemCode.FILL_BAD),
        ("owner=owner", "pick=owner", ProblemCode.FILL_BAD),
        ("owner=owner", "g=owner", ProblemCode.FILL_BAD),
        ("cost=cost", "cost=owner", ProblemCode.FILL_BAD),
        ("select_one measure,pick", "select_multiple measure,pick", ProblemCode.CELL_NOT_USED),
        ("select_one measure,pick", "text,pick", ProblemCode.CELL_NOT_USED),
    ],
)
def test_a_fill_that_cannot_work_is_reported(tmp_path: Path, good: str, bad: str, code: ProblemCode) -> None:
    found = problems(form(tmp_path, SURVEY.replace(good, bad)))
    assert [(one.code, one.row, one.column) for one in found] == [(code, 3, "fills")]


def test_a_view_says_where_a_file_may_be_attached(session: Session) -> None:
    session.add_row("rows")
    assert [session.view(f"rows/1/{name}", "en").evidence for name in ("text", "days")] == [True, False]


# cascades of choices

CASCADE = """begin_group,g,
select_one area,area,
select_one town,town,area = ${area}
select_one post,post,town = ${town}
select_multiple post,posts,town = ${town}
end_group,,
"""
PLACES = (
    "area,north,North,,\narea,south,South,,\ntown,dorva,Dorva,north,\ntown,selm,Selm,south,\n"
    "post,p1,P1,,dorva\npost,p2,P2,,selm\npost,p3,P3,,selm\n"
)


def test_a_cascade_of_choices_follows_and_flags_what_is_no_longer_on_offer(tmp_path: Path) -> None:
    session = opened(
        write_form(
            tmp_path,
            CASCADE,
            PLACES,
            headings="type,name,choice_filter",
            choice_headings="list_name,name,label,area,town",
        ),
        {"area": "south", "town": "selm", "post": "p2", "posts": ["p2", "p3"]},
    )
    assert [option.code for option in session.view("post", "en").options] == ["p2", "p3"]
    assert session.missing() == ()
    change = session.set("area", "north")
    assert session.view("town", "en").problem == NOT_OFFERED
    assert session.view("post", "en").problem is None, "its own filter still fits"
    assert [one.path for one in session.missing()] == ["town"]
    assert "town" in change.paths
    session.set("town", "dorva")
    assert [one.path for one in session.missing()] == ["post", "posts"]
    assert session.answers()["posts"] == ["p2", "p3"], "flagged, not thrown away"
    session.set("posts", ["p1"])
    session.set("post", None)
    assert session.finish("concept") == (
        {"area": "north", "town": "dorva", "posts": ["p1"]},
        (),
    )


def test_a_filter_by_a_column_that_the_list_does_not_have_is_reported(tmp_path: Path) -> None:
    folder = write_form(
        tmp_path,
        CASCADE.replace("town = ${town}", "twon = ${town}", 1),
        PLACES,
        headings="type,name,choice_filter",
        choice_headings="list_name,name,label,area,town",
    )
    assert [(one.code, one.row) for one in problems(folder)] == [(ProblemCode.COLUMN_NOT_IN_LIST, 5)]


# aggregates over another table, related records


def test_an_aggregate_looks_at_the_rows_of_another_table_that_fit(tmp_path: Path) -> None:
    survey = (
        "begin_group,g,,\nbegin_repeat,units,,\ntext,unit,,\nselect_one yes_no,out,,\nend_repeat,,,\n"
        "begin_repeat,goods,,\nselect_one_row units,for_unit,,\ninteger,worth,,\nend_repeat,,,\n"
        "calculate,kept,,sum(${goods}[for_unit != '']/worth)\n"
        "calculate,big,,sum(${worth}[. > 5])\ncalculate,many,,count(${goods}[worth > 5])\nend_group,,,\n"
    )
    goods = [
        {"_row": "1", "for_unit": "R1", "worth": 4},
        {"_row": "2", "worth": 9},
        {"_row": "3", "for_unit": "R2", "worth": 6},
    ]
    session = opened(write_form(tmp_path, survey, headings="type,name,relevant,calculation"), {"goods": goods})
    assert [session.value(name) for name in ("kept", "big", "many")] == [10, 15, 2]
    session.set("goods/2/for_unit", "R1")
    session.set("goods/3/worth", 5)
    assert [session.value(name) for name in ("kept", "big", "many")] == [18, 9, 1]


RELATED = {
    "assessment": {
        "a0_title": "Post",
        "share": 0.5,
        "whole": 3.0,
        "chosen": ["a", "b"],
        "nothing": None,
        "none_chosen": [],
        "seal": {"on": "2026-03-01"},
        "units": [{"_row": "R1", "unit": "Port", "worth": 4}, {"_row": "R2", "unit": "Post", "worth": 5}],
    }
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("instance('assessment')/root/a0_title", "Post"),
        ("number(instance('assessment')/root/share) * 2", 1),
        ("instance('assessment')/root/whole", "3"),
        ("count-selected(instance('assessment')/root/chosen)", 2),
        ("instance('assessment')/root/nothing", None),
        ("count(instance('assessment')/root/none_chosen)", 0),
        ("instance('assessment')/root/seal/on", "2026-03-01"),
        ("sum(instance('assessment')/root/units/worth)", 9),
        ("instance('assessment')/root/units[_row = 'R2']/unit", "Post"),
        ("count(instance('assessment')/root/units)", 2),
        ("instance('office')/root/country", None),
    ],
)
def test_a_related_record_of_any_shape_is_read(tmp_path: Path, path: str, expected: object) -> None:
    survey = f"begin_group,g,\ncalculate,c,{path}\nend_group,,\n"
    folder = write_form(tmp_path, survey, headings="type,name,calculation", settings={"related": "assessment office"})
    assert open_session(compiled(folder), as_of=TODAY, related=RELATED).value("c") == expected


def test_a_record_that_the_settings_do_not_name_is_unknown(tmp_path: Path) -> None:
    survey = "begin_group,g,\ncalculate,c,instance('lesson')/root/title\nend_group,,\n"
    folder = write_form(tmp_path, survey, headings="type,name,calculation", settings={"related": "assessment"})
    assert [one.code for one in problems(folder)] == [ProblemCode.LIST_MISSING]
