"""State machines: the steps a record permits, why the others are not, and mistakes in their sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.definition import dump, load
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.engine.session import GUARD_OPEN, NOT_IN_STATE, Session, open_session
from hrddp_desktop.errors import AnswerError, Code
from tests.engine.forms import TODAY, YES_NO, compiled, opened, problems, write_form

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = "type,name,default,calculation,table,read_only"
SURVEY = """begin_group,g,,,,
select_one yes_no,danger,,,,
date,lifted_on,,,,
calculate,result,,,report,
begin_repeat,asked,,,,
date,verified_on,,,,
end_repeat,,,,,
begin_repeat,steps,,,,
select_one event,st_event,,,,
text,st_by,office,,,
select_one state,st_to,,,,yes
end_repeat,,,,,
end_group,,,,,
"""
CHOICES = (
    YES_NO.replace("\n", ",\n") + "state,OPEN,Open,yes\nstate,HOLD,Hold,yes\nstate,DONE,Done,no\n"
    "event,E1,Saved,\nevent,E2,Hold,\nevent,E3,Lifted,\nevent,E4,Closed,\noutcome,hold,Hold,\noutcome,go_on,Go on,\n"
)
MACHINE = """id,from,event,guard,to,decider,clock,evidence
E1,,saved,danger != '',OPEN,anyone,in 24 h,sheet
E2,OPEN,hold,rule = 'N1',HOLD,head,,hold note
E3,HOLD,lifted,${lifted_on} != '' and ${result} = 'go_on',OPEN,head,,written lifting
E3,HOLD,lifted at the end,lifted_on != '' and count(asked[verified_on = '']) = 0 - -0,DONE,head,,
E4,OPEN,closed,result = 'go_on',DONE,head,,
E4,HOLD,closed anyway,,DONE,head,,
"""
SHEETS = {
    "machines/incident.csv": MACHINE,
    "decisions/report.csv": (
        "rule,danger,outcome,reason,basis,reference\nN1,yes,hold,Danger.,house,\nN0,missing,missing,Say it.,house,\n"
        "N2,,go_on,No danger.,house,\n"
    ),
    "decisions/variables.csv": "table,variable,list,from\nreport,danger,yes_no,danger\n",
}
TIE = "incident st_event st_to result"


def form(folder: Path, machine: str = MACHINE, tie: str = TIE, survey: str = SURVEY, choices: str = CHOICES) -> Path:
    """A form with one machine."""
    return write_form(
        folder,
        survey,
        choices,
        headings=HEADINGS,
        choice_headings="list_name,name,label,open",
        settings={"machines": tie},
        sheets={**SHEETS, "machines/incident.csv": machine},
    )


def seen(session: Session) -> dict[tuple[str, str], str]:
    """The steps with what refuses them."""
    return {(step.id, step.to): step.refused for step in session.steps("incident")}


def test_before_the_first_step_only_the_first_one_is_possible_and_its_guard_must_hold(tmp_path: Path) -> None:
    session = opened(form(tmp_path))
    assert seen(session) == {
        ("E1", "OPEN"): GUARD_OPEN,
        ("E2", "HOLD"): NOT_IN_STATE,
        ("E3", "OPEN"): NOT_IN_STATE,
        ("E4", "DONE"): NOT_IN_STATE,
    }
    session.set("danger", "yes")
    first = session.steps("incident")[0]
    assert first.permitted
    assert (first.event, first.decider, first.clock, first.evidence) == ("saved", "anyone", "in 24 h", "sheet")


def test_a_step_is_a_row_and_the_state_is_that_of_the_last_row(tmp_path: Path) -> None:
    session = opened(form(tmp_path), {"danger": "yes"})
    assert session.state("incident") == ""
    change = session.take("incident", "E1")
    assert change.added_row == "1"
    assert change.tables == {"steps"}
    assert change.defaults == {"st_by": "office", "st_event": "E1", "st_to": "OPEN"}
    assert "steps/1/st_to" in change.paths
    assert session.answers()["steps"] == [{"_row": "1", "st_event": "E1", "st_by": "office", "st_to": "OPEN"}]
    assert session.state("incident") == "OPEN"
    session.take("incident", "E2")
    assert [step.id for step in session.steps("incident") if step.permitted] == ["E4"]
    session.remove_row("steps", "2")
    assert session.state("incident") == "OPEN"


def test_guards_read_questions_rules_and_tables_and_the_first_row_that_holds_leads(tmp_path: Path) -> None:
    steps = [{"_row": "1", "st_event": "E2", "st_to": "HOLD"}]
    session = opened(form(tmp_path), {"danger": "yes", "lifted_on": "2026-03-01", "steps": steps})
    assert seen(session)["E3", "OPEN"] == GUARD_OPEN
    assert seen(session)["E3", "DONE"] == ""
    session.set("danger", "no")
    session.add_row("asked")
    assert seen(session)["E3", "OPEN"] == ""
    assert seen(session)["E3", "DONE"] == GUARD_OPEN
    session.take("incident", "E3")
    assert session.state("incident") == "OPEN"


def test_a_step_that_is_not_permitted_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    session = opened(form(tmp_path))
    for step in ("E1", "E2", "E9"):
        with pytest.raises(AnswerError) as caught:
            session.take("incident", step)
        assert caught.value.code is Code.VALUE_NOT_ALLOWED
    assert session.answers() == {}


def test_a_machine_that_the_form_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnswerError) as caught:
        opened(form(tmp_path)).steps("letter")
    assert caught.value.code is Code.TABLE_UNKNOWN


def test_the_cache_keeps_machines_and_a_cache_without_them_still_opens(tmp_path: Path) -> None:
    definition = compiled(form(tmp_path))
    again = load(dump(definition))
    assert again.machines == definition.machines
    assert seen(open_session(again, {"danger": "no"}, as_of=TODAY))["E1", "OPEN"] == ""
    old = dump(definition).replace(b'"machines":', b'"x_machines":', 1)
    with pytest.raises(TypeError):
        load(old)
    with pytest.raises(ValueError, match="machine"):
        load(dump(definition).replace(b'"moves":', b'"movers":', 1))


def test_a_machine_may_stand_alone_without_a_decision_table(tmp_path: Path) -> None:
    machine = MACHINE.replace("rule = 'N1'", "danger = 'yes'")
    session = opened(form(tmp_path, machine, "incident st_event st_to"), {"danger": "yes"})
    session.take("incident", "E1")
    assert seen(session)["E2", "HOLD"] == ""


@pytest.mark.parametrize(
    ("good", "bad", "code", "row", "column"),
    [
        ("danger != ''", "danger answered", ProblemCode.GUARD_PROSE, 2, "guard"),
        ("rule = 'N1'", "first lapse", ProblemCode.GUARD_PROSE, 3, "guard"),
        ("rule = 'N1'", "dnger = 'yes'", ProblemCode.REFERENCE_UNKNOWN, 3, "guard"),
        ("rule = 'N1'", "rule = 'N9'", ProblemCode.CODE_NOT_IN_LIST, 3, "guard"),
        ("danger != ''", "danger = 'perhaps'", ProblemCode.CODE_NOT_IN_LIST, 2, "guard"),
        ("E4,OPEN", "E9,OPEN", ProblemCode.CODE_NOT_IN_LIST, 6, "id"),
        ("E4,OPEN", "E4,OPENED", ProblemCode.CODE_NOT_IN_LIST, 6, "from"),
        (",HOLD,head", ",HELD,head", ProblemCode.CODE_NOT_IN_LIST, 3, "to"),
        ("E4,OPEN", ",OPEN", ProblemCode.CELL_MISSING, 6, "id"),
        ("E2,OPEN", "E2,HOLD", ProblemCode.STATE_UNREACHABLE, 3, "to"),
        ("clock,evidence", "clok,evidence", ProblemCode.COLUMN_UNKNOWN, 1, "clok"),
        ("rule = 'N1'", "danger = 'yes'", ProblemCode.OUTCOME_WITHOUT_STEP, 1, "guard"),
    ],
)
def test_a_mistake_in_a_machine_is_reported_at_its_cell(
    tmp_path: Path, good: str, bad: str, code: ProblemCode, row: int, column: str
) -> None:
    assert good in MACHINE
    found = problems(form(tmp_path, MACHINE.replace(good, bad)))
    assert [(one.code, one.sheet, one.row, one.column) for one in found] == [(code, "machines/incident", row, column)]
    assert found[0].sentence.endswith(".")


def test_a_state_that_nothing_leads_out_of_must_be_marked_as_an_end(tmp_path: Path) -> None:
    found = problems(form(tmp_path, choices=CHOICES.replace("DONE,Done,no", "DONE,Done,yes")))
    assert [(one.code, one.row) for one in found] == [(ProblemCode.STATE_DEAD_END, 5)]
    found = problems(form(tmp_path, choices=CHOICES + "state,LOST,Lost,yes\n"))
    assert [(one.code, one.row) for one in found] == [
        (ProblemCode.STATE_DEAD_END, 1),
        (ProblemCode.STATE_UNREACHABLE, 1),
    ]


def test_a_machine_without_its_columns_is_reported(tmp_path: Path) -> None:
    found = problems(form(tmp_path, "id,from,guard\nE1,,\n", "incident st_event st_to"))
    assert (ProblemCode.COLUMN_MISSING, 1, "to") in {(one.code, one.row, one.column) for one in found}


@pytest.mark.parametrize(
    ("tie", "code"),
    [
        ("", ProblemCode.CELL_MISSING),
        ("incident st_event", ProblemCode.SETTING_UNKNOWN),
        ("incident st_event nothing result", ProblemCode.SETTING_UNKNOWN),
        ("incident st_event danger result", ProblemCode.SETTING_UNKNOWN),
        ("incident st_event st_to danger", ProblemCode.SETTING_UNKNOWN),
        (f"{TIE}; letter st_event st_to", ProblemCode.SHEET_MISSING),
    ],
)
def test_a_machine_must_be_tied_to_its_table_of_steps(tmp_path: Path, tie: str, code: ProblemCode) -> None:
    found = problems(form(tmp_path, tie=tie))
    assert (code, "settings", 2, "machines") in {(one.code, one.sheet, one.row, one.column) for one in found}


def test_step_and_state_stand_in_one_table(tmp_path: Path) -> None:
    survey = SURVEY.replace("date,verified_on,,,,", "date,verified_on,,,,\nselect_one state,other_to,,,,")
    found = problems(form(tmp_path, tie="incident st_event other_to result", survey=survey))
    assert {one.code for one in found} == {ProblemCode.SETTING_UNKNOWN}


def test_steps_that_came_without_their_states_get_the_only_one_possible(tmp_path: Path) -> None:
    definition = compiled(form(tmp_path))
    steps = [{"_row": str(at), "st_event": event} for at, event in enumerate(("E1", "E2", "E4"), 1)]
    session = open_session(definition, {"steps": steps}, as_of=TODAY)
    assert [session.value(f"steps/{at}/st_to") for at in (1, 2, 3)] == ["OPEN", "HOLD", "DONE"]
    assert session.state("incident") == "DONE"


def test_a_step_that_may_have_led_to_two_states_stays_open_and_a_known_state_stays(tmp_path: Path) -> None:
    definition = compiled(form(tmp_path))
    steps = [{"_row": "1", "st_event": "E1", "st_to": "HOLD"}, {"_row": "2", "st_event": "E3"}, {"_row": "3"}]
    session = open_session(definition, {"steps": steps}, as_of=TODAY)
    assert [session.value(f"steps/{at}/st_to") for at in (1, 2, 3)] == ["HOLD", None, None]
