"""Rows of a catalogue that a table offers: which, in what order, ticked or not, and what adding them brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.compare import differences
from hrddp_desktop.engine.maps import Link, links
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.engine.views import Option
from hrddp_desktop.errors import AnswerError
from tests.engine.forms import compiled, opened, problems, write_form

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.session import Session

HEADINGS = "type,name,relevant,lanes,calculation,fills,offers,preset"
SURVEY = """calculate,lane,,,"if(${hurry} = 'yes', 'urgent', 'short')",,,
select_one yes_no,hurry,,,,,,
select_one yes_no,gate,,,,,,
select_multiple kind,kinds,,,,,,
begin_repeat,measures,${gate} = 'yes',S,,,"code = instance('measure')/root/item[selected(${kinds}, kind)]/name",\
"if(${hurry} = 'no', 'M3 M1 M1 NONE', '')"
select_one measure,code,,,,what=label,,
text,what,,,,,,
end_repeat,,,,,,,
"""
CHOICES = (
    "yes_no,yes,Yes,,\nyes_no,no,No,,\nlane,short,Short,,S\nlane,urgent,Urgent,,U\nkind,car,Car,,\nkind,boat,Boat,,\n"
    "measure,M1,Letter,,\nmeasure,M2,Log book,car,\nmeasure,M3,Visits,,\nmeasure,M4,Life jackets,boat,\n"
)


def form(folder: Path, survey: str = SURVEY) -> Path:
    return write_form(
        folder,
        survey,
        CHOICES,
        headings=HEADINGS,
        choice_headings="list_name,name,label,kind,letter",
        settings={"lane": "lane", "default_language": "English (en)"},
    )


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return opened(form(tmp_path), {"gate": "yes", "hurry": "no", "kinds": ["car"]})


def test_a_table_without_a_preset_has_nothing_ticked(tmp_path: Path) -> None:
    survey = SURVEY.replace("\"if(${hurry} = 'no', 'M3 M1 M1 NONE', '')\"", "")
    session = opened(form(tmp_path, survey), {"gate": "yes", "hurry": "no", "kinds": ["car"]})
    assert session.offered("measures") == (Option("M2", "Log book", selected=False),)


def test_what_is_usual_and_what_fits_is_offered_in_the_order_of_the_catalogue(session: Session) -> None:
    assert session.offered("measures") == (
        Option("M1", "Letter", selected=True),
        Option("M2", "Log book", selected=False),
        Option("M3", "Visits", selected=True),
    )
    session.set("kinds", ["boat"])
    assert [option.code for option in session.offered("measures")] == ["M1", "M3", "M4"]


def test_what_stands_in_the_table_is_not_offered_again(session: Session) -> None:
    session.add_row("measures")
    session.set("measures/1/code", "M3")
    assert [option.code for option in session.offered("measures")] == ["M1", "M2"]
    session.remove_row("measures", "1")
    assert [option.code for option in session.offered("measures")] == ["M1", "M2", "M3"]


def test_a_table_that_is_not_there_or_not_asked_offers_nothing(session: Session) -> None:
    session.set("hurry", "yes")
    assert session.offered("measures") == ()
    session.set("hurry", "no")
    session.set("gate", "no")
    assert session.offered("measures") == ()


def test_rows_are_added_with_what_the_catalogue_fills_in(session: Session) -> None:
    changes = session.add_offered("measures", ["M3", "M2"])
    assert [change.added_row for change in changes] == ["1", None, "2", None]
    assert session.answers()["measures"] == [
        {"_row": "1", "code": "M3", "what": "Visits"},
        {"_row": "2", "code": "M2", "what": "Log book"},
    ]
    assert [option.code for option in session.offered("measures")] == ["M1"]


@pytest.mark.parametrize("codes", [["M4"], ["M1", "M1"], ["M1", "X"]])
def test_what_is_not_on_offer_is_refused_and_nothing_is_added(session: Session, codes: list[str]) -> None:
    before = session.answers()
    with pytest.raises(AnswerError, match="not on offer"):
        session.add_offered("measures", codes)
    assert session.answers() == before


def test_a_table_without_offers_offers_nothing(tmp_path: Path) -> None:
    session = opened(write_form(tmp_path, "begin_repeat,t,\ntext,a,\nend_repeat,,\n", headings="type,name,label"))
    assert session.offered("t") == ()
    with pytest.raises(AnswerError, match="not on offer"):
        session.add_offered("t", [])


BEGIN = "code = instance('measure')/root/item[selected(${kinds}, kind)]/name"


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        ("code = ", "cod = ", (ProblemCode.REFERENCE_UNKNOWN, "offers", 0)),
        ("code = ", "", (ProblemCode.OFFER_BAD, "offers", None)),
        (BEGIN, "code", (ProblemCode.OFFER_BAD, "offers", None)),
        ("code = ", "what = ", (ProblemCode.OFFER_BAD, "offers", None)),
        ("code = ", "gate = ", (ProblemCode.OFFER_BAD, "offers", None)),
        ('/name"', '/nam"', (ProblemCode.COLUMN_NOT_IN_LIST, "offers", 63)),
        (BEGIN, "code =", (ProblemCode.SYNTAX, "offers", 6)),
        (BEGIN, "code = ${gate}", (ProblemCode.OFFER_BAD, "offers", None)),
        (f'"{BEGIN}"', "", (ProblemCode.CELL_NOT_USED, "preset", None)),
        ("if(${hurry} = 'no'", "if(${hury} = 'no'", (ProblemCode.REFERENCE_UNKNOWN, "preset", 3)),
    ],
)
def test_an_offer_that_cannot_work_is_reported(
    tmp_path: Path, good: str, bad: str, expected: tuple[ProblemCode, str, int | None]
) -> None:
    assert good in SURVEY
    found = problems(form(tmp_path, SURVEY.replace(good, bad)))
    assert [(one.code, one.column, one.offset) for one in found] == [expected]
    assert [one.row for one in found] == [6]


def test_an_offer_from_a_list_that_is_missing_is_one_problem(tmp_path: Path) -> None:
    found = problems(form(tmp_path, SURVEY.replace("select_one measure", "select_one mesure")))
    assert (ProblemCode.OFFER_BAD, "offers") in [(one.code, one.column) for one in found]


@pytest.mark.parametrize("kind", ["text,hurry,,,,,code = 'M1',", "begin_repeat,made,,,'R1',,code = 'M1',"])
def test_offers_belong_to_tables_whose_rows_people_add(tmp_path: Path, kind: str) -> None:
    end = "end_repeat,,,,,,,\n" if kind.startswith("begin") else ""
    first = "select_one yes_no,hurry,,,,,,"
    survey = SURVEY.replace(first, f"{kind.replace('hurry', 'other')}\n{end}{first}")
    found = problems(form(tmp_path, survey))
    assert (ProblemCode.CELL_NOT_USED, "offers", 3) in [(one.code, one.column, one.row) for one in found]


def test_codes_that_come_from_another_record_are_offered_as_far_as_the_list_has_them(tmp_path: Path) -> None:
    survey = SURVEY.replace(BEGIN, "code = coalesce('M4', ${gate})")
    session = opened(form(tmp_path, survey), {"gate": "yes", "hurry": "no"})
    assert [option.code for option in session.offered("measures")] == ["M1", "M3", "M4"]


def test_the_map_and_the_comparison_tell_of_offers(tmp_path: Path) -> None:
    before = compiled(form(tmp_path / "before"))
    found = links(before)
    assert Link("measures", "kinds", "rows on offer") in found
    assert Link("measures", "hurry", "rows ticked beforehand") in found
    assert Link("measures", "list measure", "look-up") in found
    after = compiled(form(tmp_path / "after", SURVEY.replace("kind)]", "kind) or name = 'M4']")))
    assert ["rows on offer changed" in one.change for one in differences(before, after)] == [True]
