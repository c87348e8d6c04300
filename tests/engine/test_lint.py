"""What a form can be filled in with but not as its author meant, and that all is reported in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.lint import lint
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.engine.proof import MAX_COMBINATIONS, can_hold
from tests.engine.forms import problems, write_form
from tests.engine.test_compiler import HEADER, entry
from tests.engine.test_decisions import RULES, SETTINGS
from tests.engine.test_decisions import form as decided_form
from tests.engine.test_machines import MACHINE
from tests.engine.test_machines import form as machine_form

FORMS = sorted(path.parent for path in (Path(__file__).parents[2] / "forms").glob("*/survey.csv"))
HEADINGS = "type,name,label,relevant,calculation,constraint,required,guidance_hint"
FORM = """begin_group,g,G,%(group)s,,,,
select_one yes_no,gate,Gate,,,,,Say it.
select_one yes_no,door,Door,"%(relevant)s",,,,Say it.
integer,amount,Amount,,,. + 1 > 0,,Say it.
calculate,worked_out,Result,,"%(calculation)s",,,
begin_repeat,rows,Rows,,,,,
integer,need,Need,,,,yes,Say it.
integer,part,Part,,,,,Say it.
begin_group,inner,,${gate} = 'yes',,,,
integer,deep,Deep,,,,yes,Say it.
end_group,,,,,,,
end_repeat,,,,,,,
end_group,,,,,,,
"""


def form(folder: Path, *, group: str = "", relevant: str = "", calculation: str = "1", po: str = "") -> Path:
    """A form with one condition and one calculation to look at."""
    survey = FORM % {"group": group, "relevant": relevant, "calculation": calculation.replace('"', '""')}
    return write_form(folder, survey, headings=HEADINGS, sheets={"i18n/fr.po": po} if po else {})


def places(folder: Path) -> list[tuple[ProblemCode, str, int, str]]:
    """Code and place of all that lint finds."""
    found = lint(folder)
    assert all(one.sentence.endswith(".") for one in found)
    return [(one.code, one.sheet, one.row, one.column) for one in found]


@pytest.mark.parametrize("folder", FORMS, ids=lambda folder: folder.name)
def test_the_forms_of_the_app_have_no_mistake(folder: Path) -> None:
    assert [str(one) for one in lint(folder) if not one.is_warning] == []


@pytest.mark.parametrize(
    ("calculation", "code"),
    [
        ("${amount} + 1", ProblemCode.NUMBER_MAY_BE_BLANK),
        ("2 * -${amount}", ProblemCode.NUMBER_MAY_BE_BLANK),
        ("if(true(), ${amount} - 1, 0)", ProblemCode.NUMBER_MAY_BE_BLANK),
        ("coalesce(${amount}, 0) + 1", None),
        ("if(${amount} != '', ${amount} - 1, 0)", None),
        ("${worked} + 1", ProblemCode.REFERENCE_UNKNOWN),
        ("string-length(${gate}) + 1", None),
        ("sum(${part})", ProblemCode.SUM_OF_OPTIONAL),
        ("sum(${rows}/part)", ProblemCode.SUM_OF_OPTIONAL),
        ("sum(${deep})", ProblemCode.SUM_OF_OPTIONAL),
        ("sum(${need})", None),
        ("sum(${part}[. != ''])", None),
    ],
)
def test_a_number_that_may_be_blank_is_warned_of(tmp_path: Path, calculation: str, code: ProblemCode | None) -> None:
    folder = form(tmp_path, calculation=calculation)
    assert places(folder) == ([(code, "survey", 6, "calculation")] if code else [])
    assert isinstance(compile_form(folder), Definition) or code is ProblemCode.REFERENCE_UNKNOWN


@pytest.mark.parametrize(
    ("relevant", "can"),
    [
        ("false()", False),
        ("not(true())", False),
        ("'a' = 'b'", False),
        ("'a' != 'b'", True),
        ("${gate} = 'yes' and ${gate} = 'no'", False),
        ("'yes' = ${gate} and 'yes' != ${gate}", False),
        ("${gate} != 'yes' and ${gate} != 'no'", True),
        ("${gate} != 'yes' and ${gate} != 'no' and ${gate} != ''", False),
        ("${amount} > 1 and not(${amount} > 1)", False),
        ("${amount} > 1 and not(${amount} > 2)", True),
        ("selected(${gate}, 'yes') or false()", True),
        ("count(${rows}) > 1 and false()", False),
        ("${amount} = 1 and ${amount} = 2", True),
    ],
)
def test_a_question_that_can_never_be_relevant_is_warned_of(tmp_path: Path, relevant: str, *, can: bool) -> None:
    expected = [] if can else [(ProblemCode.UNREACHABLE, "survey", 4, "relevant")]
    assert places(form(tmp_path, relevant=relevant)) == expected


def test_a_condition_against_that_of_its_group_is_warned_of_at_the_question(tmp_path: Path) -> None:
    folder = form(tmp_path, group="'a' = 'a'", relevant="${gate} = 'yes'")
    text = (folder / "survey.csv").read_text("utf-8")
    text = text.replace("integer,need,Need,,", "integer,need,Need,${door} = 'yes',")
    text = text.replace("begin_repeat,rows,Rows,", "begin_repeat,rows,Rows,${door} = 'no'")
    (folder / "survey.csv").write_text(text, "utf-8")
    assert places(folder) == [(ProblemCode.UNREACHABLE, "survey", 8, "relevant")]


def test_of_an_unreachable_group_only_the_group_is_reported(tmp_path: Path) -> None:
    assert places(form(tmp_path, group="false()", relevant="false()")) == [
        (ProblemCode.UNREACHABLE, "survey", 2, "relevant")
    ]


def test_two_rows_of_a_table_may_fit_two_contrary_conditions(tmp_path: Path) -> None:
    folder = form(tmp_path, relevant="${kind} = 'yes' and ${kind} = 'no'")
    text = (folder / "survey.csv").read_text("utf-8")
    row = "select_one yes_no,kind,Kind,,,,,Say it.\ninteger,need"
    (folder / "survey.csv").write_text(text.replace("integer,need", row), "utf-8")
    assert places(folder) == []


def test_above_a_number_of_combinations_a_condition_counts_as_possible() -> None:
    names = [f"${{q{at}}} = 'a' and ${{q{at}}} = 'b'" for at in range(12)]
    assert MAX_COMBINATIONS < 3**12
    assert can_hold(syntax.parse(" and ".join(names)))
    assert not can_hold(syntax.parse(names[0]))


def test_two_questions_that_hide_each_other_are_reported_beside_every_other_circle(tmp_path: Path) -> None:
    survey = (
        "begin_group,g,,\nselect_one yes_no,a,${b} = 'yes',\nselect_one yes_no,b,${a} = 'yes',\n"
        "calculate,c,,${d} + 1\ncalculate,d,,${c} + 1\ntext,e,${e} = 'x',\nend_group,,,\n"
    )
    folder = write_form(tmp_path, survey, headings="type,name,relevant,calculation")
    assert [(one.code, one.row, one.column) for one in problems(folder)] == [
        (ProblemCode.HIDE_EACH_OTHER, 3, "relevant"),
        (ProblemCode.CIRCULAR, 5, "calculation"),
        (ProblemCode.CIRCULAR, 7, "relevant"),
    ]


def test_a_question_without_guidance_is_warned_of(tmp_path: Path) -> None:
    folder = form(tmp_path)
    text = (folder / "survey.csv").read_text("utf-8").replace("integer,part,Part,,,,,Say it.", "integer,part,Part,,,,,")
    (folder / "survey.csv").write_text(text, "utf-8")
    assert places(folder) == [(ProblemCode.GUIDANCE_MISSING, "survey", 9, "guidance_hint")]


def test_missing_and_stale_translations_are_warned_of_where_the_text_stands(tmp_path: Path) -> None:
    po = HEADER + entry("survey:gate:label", "Gates", "Porte") + entry("choices:yes_no:yes:label", "Yes", "Oui")
    found = places(form(tmp_path, po=po))
    assert (ProblemCode.TRANSLATION_STALE, "survey", 3, "label") in found
    assert (ProblemCode.TRANSLATION_MISSING, "survey", 3, "guidance_hint") in found
    assert (ProblemCode.TRANSLATION_MISSING, "choices", 3, "label") in found
    assert (ProblemCode.TRANSLATION_MISSING, "settings", 2, "form_title") in found
    assert not [place for place in found if place[1:3] == ("choices", 2)]


def test_a_placeholder_lost_in_a_language_column_is_reported(tmp_path: Path) -> None:
    survey = "begin_group,g,G,G\ntext,a,A,A\ntext,b,Of ${a},De A\nend_group,,,\n"
    folder = write_form(tmp_path, survey, headings="type,name,label,label::Français (fr)")
    assert [(one.code, one.row, one.column) for one in problems(folder)] == [
        (ProblemCode.PLACEHOLDER_LOST, 4, "label::Français (fr)")
    ]


# decision tables and machines


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        ("", "", []),
        ("Q1,mid,,,ask", "Q1,mid,,,halt", []),
        ("S1,high,,,halt", "S1,mid,,,halt", [(9, "a")]),
        ("S2,,high,,halt,B", "S2,,high,,go,B", [(3, "b")]),
        ("S2,,high,,halt,B", "S2,not missing,high,,wait,B", []),
    ],
)
def test_a_row_that_softens_what_a_lower_value_gave_is_warned_of(
    tmp_path: Path, good: str, bad: str, expected: list[tuple[int, str]]
) -> None:
    folder = decided_form(tmp_path, RULES.replace(good, bad) if good else RULES)
    found = [one for one in lint(folder) if one.code is ProblemCode.NOT_MONOTONE]
    assert {one.sheet for one in found} <= {"decisions/main"}
    assert {(one.row, one.column) for one in found} >= set(expected)
    assert bool(found) == bool(expected)


def test_without_judged_variables_every_variable_is_looked_at(tmp_path: Path) -> None:
    rules = RULES.replace("Q3,,,not yes,ask", "Q3,,,yes missing,ask")
    folder = decided_form(tmp_path, rules, settings={**SETTINGS, "judged": ""})
    assert {one.column for one in lint(folder) if one.code is ProblemCode.NOT_MONOTONE} == {"c"}
    folder = decided_form(tmp_path / "judged", rules)
    assert not [one for one in lint(folder) if one.code is ProblemCode.NOT_MONOTONE]


def test_texts_of_rules_and_facts_are_found_in_their_sheets(tmp_path: Path) -> None:
    folder = decided_form(tmp_path)
    (folder / "i18n").mkdir()
    (folder / "i18n" / "fr.po").write_text(HEADER + entry("settings::form_title", "Small", "Petit"), "utf-8")
    (folder / "decisions" / "facts.csv").write_text("variable,fact\na,A is shown.\n", "utf-8")
    found = places(folder)
    assert (ProblemCode.TRANSLATION_MISSING, "decisions/main", 3, "reason") in found
    assert (ProblemCode.TRANSLATION_MISSING, "decisions/facts", 2, "fact") in found


def test_a_guard_that_can_never_hold_is_warned_of(tmp_path: Path) -> None:
    machine = MACHINE.replace("danger != ''", "danger = 'yes' and danger = 'no'")
    found = lint(machine_form(tmp_path, machine))
    assert (ProblemCode.UNREACHABLE, 2) in {(one.code, one.row) for one in found}


def test_what_cannot_be_read_is_reported_once_and_stops_no_other_report(tmp_path: Path) -> None:
    machine = MACHINE.replace("danger != ''", "danger answered")
    survey = "begin_group,g,,\ntext,a,= 1,\ntext,b,false(),\ntext,c,,1\nend_group,,,\n"
    folder = machine_form(tmp_path, machine)
    (folder / "survey.csv").write_text(f"type,name,relevant,required\n{survey}", "utf-8")
    found = {(one.code, one.sheet, one.row) for one in lint(folder)}
    assert {
        (ProblemCode.SYNTAX, "survey", 3),
        (ProblemCode.UNREACHABLE, "survey", 4),
        (ProblemCode.GUIDANCE_MISSING, "survey", 3),
        (ProblemCode.GUARD_PROSE, "machines/incident", 2),
    } <= found
