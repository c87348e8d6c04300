"""A record without its strictly confidential answers says what the whole record says, and takes nothing else in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.lint import lint
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.engine.session import Session, open_session
from hrddp_desktop.engine.withheld import readers, results, withheld
from hrddp_desktop.errors import AnswerError, Code
from tests.engine.forms import TODAY, compiled, write_form

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.definition import Definition

HEADINGS = "type,name,label,relevant,calculation,constraint,sensitivity,choice_filter,row_prefix"
S = "strictly_confidential"
SURVEY = f"""begin_repeat,units,Units,,,,,,R
text,unit,Unit,,,,,,
select_one yes_no,listed,Listed,,,,{S},,
date,since,Since,${{listed}} = 'yes',,. <= today(),{S},,
calculate,weighed,,,"if(${{since}} != '', ${{listed}}, '')",,{S},,
calculate,blocked,,${{unit}} != '',"if(${{weighed}} = 'yes', 'blocked', 'free')",,,,
calculate,told,,,concat(${{unit}} ' '),,,,
select_one yes_no,corrected,Corrected,,,". = 'no' or ${{listed}} = 'no'",,,
end_repeat,,,,,,,,
begin_group,closed,Closed,,,,{S},,
text,inside,Inside,,,,,,
end_group,,,,,,,,
calculate,count_blocked,,,count(${{blocked}}[. = 'blocked']),,,,
calculate,length,,,string-length(${{inside}}),,,,
text,why,Why,${{count_blocked}} > 0,,,,,
""".replace("${unit} ' '", "${unit}, ' '").replace("concat(${unit}, ' ')", "\"concat(${unit}, ' ')\"")
ANSWERS = {
    "units": [
        {"_row": "R1", "unit": "A", "listed": "yes", "since": "2026-01-02", "corrected": "no"},
        {"_row": "R2", "unit": "B", "listed": "no", "corrected": "yes"},
        {"_row": "R3", "listed": "no"},
    ],
    "inside": "four",
    "why": "Because",
}
TOLD = {
    "units": [
        {"_row": "R1", "unit": "A", "corrected": "no"},
        {"_row": "R2", "unit": "B", "corrected": "yes"},
        {"_row": "R3"},
    ],
    "why": "Because",
}
GIVEN = {"units/R1/blocked": "blocked", "units/R2/blocked": "free", "length": "4"}


@pytest.fixture
def definition(tmp_path: Path) -> Definition:
    return compiled(write_form(tmp_path, SURVEY, headings=HEADINGS))


@pytest.fixture
def whole(definition: Definition) -> Session:
    return open_session(definition, ANSWERS, as_of=TODAY)


@pytest.fixture
def projection(definition: Definition) -> Session:
    return open_session(definition, TOLD, as_of=TODAY, given=GIVEN)


def test_what_is_withheld_and_what_is_told_of_it(definition: Definition, whole: Session) -> None:
    assert withheld(definition) == ("listed", "since", "inside")
    assert results(definition) == {"blocked", "length"}
    assert whole.told() == GIVEN
    assert list(readers(definition)) == []
    assert not whole.is_projection


def test_the_rest_says_the_same(whole: Session, projection: Session) -> None:
    places = ["units/R1/blocked", "units/R2/blocked", "units/R3/blocked", "units/R1/told", "length", "count_blocked"]
    assert [projection.value(place) for place in places] == [whole.value(place) for place in places]
    assert projection.view("why", "en").relevant
    assert projection.missing() == whole.missing() == ()
    assert projection.told() == GIVEN
    assert projection.answers() == TOLD
    assert projection.is_projection


def test_without_what_is_given_it_would_say_something_else(definition: Definition, whole: Session) -> None:
    """The control."""
    bare = open_session(definition, TOLD, as_of=TODAY)
    assert bare.value("count_blocked") != whole.value("count_blocked")
    assert bare.missing() != ()


def test_what_is_withheld_is_not_there(projection: Session) -> None:
    assert [projection.view(path, "en").relevant for path in ("units/R1/listed", "units/R1/since", "inside")] == [
        False,
        False,
        False,
    ]
    assert projection.value("units/R1/weighed") is None


def test_nothing_in_it_can_be_changed(whole: Session, projection: Session) -> None:
    assert projection.view("units/R1/unit", "en").read_only
    assert not whole.view("units/R1/unit", "en").read_only


def test_a_result_of_an_answer_that_cannot_stand_is_blank(definition: Definition) -> None:
    rows = [{"_row": "R1", "unit": "A", "listed": "yes", "since": "2030-01-01"}]
    told = open_session(definition, {"units": rows}, as_of=TODAY).told()
    assert told == {"length": "0", "units/R1/since": ""}


def test_what_is_missing_in_the_whole_record_is_missing_without_its_answers(definition: Definition) -> None:
    rows: list[dict[str, object]] = [
        {"_row": "R1", "unit": "A", "listed": "yes", "since": "2030-01-01", "corrected": "yes"},
    ]
    whole = open_session(definition, {"units": rows}, as_of=TODAY)
    told = [{"_row": "R1", "unit": "A", "corrected": "yes"}]
    projection = open_session(definition, {"units": told}, as_of=TODAY, given=whole.told())
    assert {each.path for each in whole.missing()} == {"units/R1/since", "units/R1/corrected"}
    assert {each.path for each in projection.missing()} == {each.path for each in whole.missing()}
    assert projection.told() == whole.told()


@pytest.mark.parametrize(
    ("answers", "given"),
    [
        (ANSWERS, GIVEN),
        (TOLD, {**GIVEN, "count_blocked": "0"}),
        (TOLD, {**GIVEN, "units/R9/blocked": "free"}),
        (TOLD, {**GIVEN, "units/R1/weighed": "no"}),
        (TOLD, {**GIVEN, "units/R1/unit": "Z"}),
        (TOLD, {**GIVEN, "units/R3/blocked": ""}),
    ],
)
def test_what_nobody_could_have_told_is_refused(
    definition: Definition, answers: dict[str, object], given: dict[str, str]
) -> None:
    with pytest.raises(AnswerError) as caught:
        open_session(definition, answers, as_of=TODAY, given=given)
    assert caught.value.code is Code.VALUE_NOT_ALLOWED


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("text,leak,Leak,${inside} = 'x',,,,,", "relevant"),
        ("text,leak,Leak ${inside},,,,,,", "label"),
        ("select_one yes_no,leak,Leak,,,,,name = ${inside},", "choice_filter"),
    ],
)
def test_a_question_that_reads_what_is_withheld_is_named(tmp_path: Path, row: str, column: str) -> None:
    folder = write_form(tmp_path, f"{SURVEY}{row}\n", headings=HEADINGS)
    found = [one for one in lint(folder) if one.code is ProblemCode.WITHHELD_READ]
    assert [(one.sheet, one.row, one.column, dict(one.facts)) for one in found] == [
        ("survey", SURVEY.count("\n") + 2, column, {"name": "inside"})
    ]


def test_what_a_decision_table_gave_is_told_without_its_row(tmp_path: Path) -> None:
    survey = f"select_one yes_no,listed,Listed,{S},\ncalculate,rated,Rated,,rate\n"
    folder = write_form(
        tmp_path,
        survey,
        "yes_no,yes,Yes\nyes_no,no,No\nrate,high,High\nrate,low,Low\n",
        headings="type,name,label,sensitivity,table",
        sheets={
            "decisions/rate.csv": "rule,a,outcome,reason\nD1,yes,high,It is listed.\nD2,,low,It is not.\n",
            "decisions/variables.csv": "table,variable,list,from\nrate,a,yes_no,listed\n",
        },
    )
    definition = compiled(folder)
    whole = open_session(definition, {"listed": "yes"}, as_of=TODAY)
    assert (whole.told(), whole.decided("rate")) == ({"rated": "high"}, ("rated",))
    projection = open_session(definition, {}, as_of=TODAY, given=whole.told())
    decision = projection.decision("rated")
    assert (decision.outcome, decision.rule, decision.reason) == ("high", None, "")
    assert (whole.decision("rated").outcome, whole.decision("rated").rule) == ("high", "D1")
    assert projection.decided("rate") == ()
    with pytest.raises(AnswerError):
        open_session(definition, {}, as_of=TODAY, given={"rated": "none of the list"})
