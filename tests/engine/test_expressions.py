"""The rules of the expression language that cost others years, each on a real form of a few questions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.patterns import safe_pattern
from hrddp_desktop.engine.problems import ExpressionError, ProblemCode
from hrddp_desktop.engine.values import day_text, number_text, text_number
from tests.engine.forms import YES_NO, compiled, opened, problems, write_form

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

QUESTIONS = """begin_group,g,,,,
select_one yes_no,gate,,,,
integer,amount,${gate} = 'yes',,,
decimal,other,,,,
date,start,,,,
text,words,,,,
begin_repeat,rows,,,,
integer,part,,,,
calculate,share,,"${part} * 2",,
calculate,place,,"position(..)",,
end_repeat,,,,,
calculate,result,,"%s",,
end_group,,,,,
"""


def worked_out(folder: Path, expression: str, answers: Mapping[str, object] | None = None) -> object:
    """The value of an expression in the small form."""
    form = write_form(folder / "form", QUESTIONS % expression.replace('"', '""'))
    return opened(form, answers).value("result")


def test_a_non_relevant_answer_reads_as_blank_but_stays_and_comes_back(tmp_path: Path) -> None:
    session = opened(write_form(tmp_path, QUESTIONS % "coalesce(${amount}, 'blank')"), {"gate": "yes", "amount": 3})
    assert session.value("result") == "3"
    session.set("gate", "no")
    assert session.value("result") == "blank"
    assert session.answers()["amount"] == 3
    session.set("gate", "yes")
    assert session.value("result") == "3"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${amount} + 1", None),
        ("coalesce(${amount}, 0) + 1", 1),
        ("${other} < 5", "false"),
        ("${other} >= 0", "false"),
        ("not(${other} < 5)", "true"),
        ("${other} = ''", "true"),
        ("${start} < today()", "false"),
        ("sum(${part})", 0),
        ("max(${part})", None),
        ("string-length(${words})", 0),
    ],
)
def test_blank_is_not_zero_and_no_comparison_with_it_holds(tmp_path: Path, expression: str, expected: object) -> None:
    assert worked_out(tmp_path, expression) == expected


def test_a_blank_cell_makes_a_sum_unknown(tmp_path: Path) -> None:
    rows = {"rows": [{"_row": "1", "part": 4}, {"_row": "2"}]}
    assert worked_out(tmp_path, "sum(${part})", rows) is None
    assert worked_out(tmp_path, "count-non-empty(${part})", rows) == 1


def test_a_reference_means_this_row_inside_its_table_and_all_rows_outside(tmp_path: Path) -> None:
    form = write_form(tmp_path, QUESTIONS % "join(' ', ${share})")
    session = opened(form, {"rows": [{"_row": "1", "part": 4}, {"_row": "2", "part": 5}]})
    assert session.value("rows/1/share") == 8
    assert session.value("result") == "8 10"


def test_adding_and_removing_rows_wakes_counts_positions_and_sums(tmp_path: Path) -> None:
    session = opened(write_form(tmp_path, QUESTIONS % "concat(count(${rows}), '/', sum(${part}))"))
    session.add_row("rows")
    session.add_row("rows")
    session.set("rows/1/part", 4)
    session.set("rows/2/part", 5)
    assert session.value("result") == "2/9"
    assert session.value("rows/2/place") == 2
    session.remove_row("rows", "1")
    assert session.value("result") == "1/5"
    assert session.value("rows/2/place") == 1


def test_dates_are_compared_as_days(tmp_path: Path) -> None:
    answers = {"start": "2026-03-04"}
    assert worked_out(tmp_path, "${start} < today()", answers) == "true"
    assert worked_out(tmp_path, "${start} >= today()", answers) == "false"
    assert worked_out(tmp_path, "today() - ${start}", answers) == 1
    assert worked_out(tmp_path, "date(${start} + 30)", answers) == "2026-04-03"
    assert worked_out(tmp_path, "${start} = '2026-03-04'", answers) == "true"
    assert worked_out(tmp_path, "format-date(${start}, '%e %b %Y')", answers) == "4 Mar 2026"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e21, "1e+21"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e-7, "1e-7"),
        (0.000001, "0.000001"),
        (1.5e-10, "1.5e-10"),
        (-1234.5, "-1234.5"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_numbers_print_as_in_javascript(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("round(2.5)", 3), ("round(-2.5)", -2), ("round(-1.5)", -1), ("int(-2.7)", -2), ("7 mod -3", 1), ("-7 mod 3", -1)],
)
def test_halves_go_up_negatives_too(tmp_path: Path, expression: str, expected: int) -> None:
    assert worked_out(tmp_path, expression) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [("1e3", None), ("+1", None), (" 12 ", 12), ("1.", 1), ("0x10", None), ("007", 7), ("\u0663", None), ("", None)],
)
def test_only_what_xpath_calls_a_number_is_one(text: str, number: float | None) -> None:
    got = text_number(text)
    assert got == number if number is not None else got != got


def test_a_day_outside_the_calendar_is_blank() -> None:
    assert day_text(1e300) == ""
    assert day_text(float("nan")) == ""
    assert text_number("2026-02-30") != text_number("2026-02-30")


@pytest.mark.parametrize("depth", [100, 7000, 10_000])
def test_an_expression_nested_too_deep_is_refused_and_nothing_crashes(depth: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        syntax.parse("(" * depth + "1" + ")" * depth)
    assert caught.value.code in {ProblemCode.TOO_DEEP, ProblemCode.TOO_LONG}


def test_thousands_of_signs_in_a_row_are_read(tmp_path: Path) -> None:
    assert worked_out(tmp_path, "-" * 9000 + "1") == 1
    assert worked_out(tmp_path, "-" * 9001 + "1") == -1


def test_the_deepest_allowed_expression_still_works(tmp_path: Path) -> None:
    deep = "if(1 = 1, " * 50 + "'end'" + ", '')" * 50
    assert worked_out(tmp_path, deep) == "end"


def test_a_long_chain_is_not_deep(tmp_path: Path) -> None:
    assert worked_out(tmp_path, " + ".join(["1"] * 3000)) == 3000


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("[A-Z]{3}", "BMR", True),
        ("[A-Z]{3}", "BMRX", False),
        ("^[A-Z]{3}-[A-Z]{3,4}-\\d{4}-\\d{1,3}$", "BMR-SELM-2026-12", True),
        ("(ab)+", "abab", True),
        ("(a|b)c?", "bc", True),
        (".*x", "a" * 301, False),
    ],
)
def test_a_pattern_matches_the_whole_text(pattern: str, text: str, matches: bool) -> None:
    assert safe_pattern(pattern)(text) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a|a)*",
        "(a*b*)*",
        "(a{0,9}){0,9}",
        "(?=a)",
        "(?P<x>a)",
        "\\1",
        "a**",
        "a*+",
        "[a",
        "(a",
        "a)",
        "*a",
        "x" * 300,
        ".*.*.*.*.*",
        "a^b",
    ],
)
def test_a_pattern_outside_the_safe_dialect_is_refused(pattern: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        safe_pattern(pattern)
    assert caught.value.code is ProblemCode.PATTERN


def test_the_worst_pattern_allowed_is_still_quick() -> None:
    matches = safe_pattern("a*a*b")
    begin = time.perf_counter()
    assert not matches("a" * 300)
    assert time.perf_counter() - begin < 1


def test_a_long_list_is_looked_up_by_its_index(tmp_path: Path) -> None:
    towns = YES_NO + "".join(f"town,t{at},Town {at},{'east' if at % 2 else 'west'}\n" for at in range(500))
    survey = "begin_group,g,,,,\ntext,side,,,,\nselect_one town,town,,,,\nend_group,,,,,\n"
    headings = "type,name,relevant,calculation,constraint,required,choice_filter"
    survey = survey.replace("town,town,,,,", "town,town,,,,,side = ${side}")
    form = write_form(tmp_path, survey, towns, headings=headings, choice_headings="list_name,name,label,side")
    session = opened(form, {"side": "east"})
    assert len(session.view("town", "en").options) == 250
    session.set("town", "t1")
    assert session.view("town", "en").problem is None
    session.set("side", "west")
    assert session.view("town", "en").problem is not None


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("${amuont} + 1", ProblemCode.REFERENCE_UNKNOWN),
        ("sin(1)", ProblemCode.FUNCTION_UNKNOWN),
        ("if(1, 2)", ProblemCode.ARGUMENTS),
        ("(1 + 2", ProblemCode.SYNTAX),
        ("1 +", ProblemCode.SYNTAX),
        ("${gate} = 'maybe'", ProblemCode.CODE_NOT_IN_LIST),
        ("selected(${gate}, 'maybe')", ProblemCode.CODE_NOT_IN_LIST),
        ("${gate} = \u2018yes\u2019", ProblemCode.CURLY_QUOTE),
        ("../nowhere", ProblemCode.PATH_UNKNOWN),
        ("//amount", ProblemCode.PATH_NOT_ALLOWED),
        ("../@amount", ProblemCode.PATH_NOT_ALLOWED),
        ("../*", ProblemCode.PATH_NOT_ALLOWED),
        ("child::amount", ProblemCode.PATH_NOT_ALLOWED),
        ("${gate} | ${amount}", ProblemCode.PATH_NOT_ALLOWED),
        ("${g}", ProblemCode.NO_VALUE),
        ("instance('nowhere')/root/item[name = 'x']/label", ProblemCode.LIST_MISSING),
        ("instance('yes_no')/root/item[name = 'x']/colour", ProblemCode.COLUMN_NOT_IN_LIST),
        ("instance('yes_no')/root/item[name = 'maybe']/label", ProblemCode.CODE_NOT_IN_LIST),
        ("regex(${words}, '(a+)+')", ProblemCode.PATTERN),
        ("count(1)", ProblemCode.ARGUMENT_KIND),
        ("(" * 70 + "1" + ")" * 70, ProblemCode.TOO_DEEP),
        ("${result} + 1", ProblemCode.CIRCULAR),
    ],
)
def test_what_is_outside_the_language_is_a_problem_with_its_place(
    tmp_path: Path, expression: str, code: ProblemCode
) -> None:
    if code is ProblemCode.CIRCULAR:
        survey = QUESTIONS % "${back} + 1" + "calculate,back,,${result} + 1,,\n"
        form = write_form(tmp_path, survey)
    else:
        form = write_form(tmp_path, QUESTIONS % expression)
    found = problems(form)
    assert code in {problem.code for problem in found}
    problem = next(problem for problem in found if problem.code is code)
    assert (problem.sheet, problem.column) == ("survey", "calculation")
    assert problem.row in {13, 15}
    assert problem.sentence.endswith(".")
    assert "{" not in problem.sentence.replace("${", "")


def test_an_aggregate_over_its_own_cell_is_a_problem(tmp_path: Path) -> None:
    survey = QUESTIONS.replace("${part} * 2", "sum(${part})") % "1"
    assert [problem.code for problem in problems(write_form(tmp_path, survey))] == [ProblemCode.OWN_TABLE]


def test_every_function_of_the_language_is_used_once(tmp_path: Path) -> None:
    expressions = {
        "count-selected('a b')": 2,
        "selected-at('a b', 1)": "b",
        "join('-', ${part})": "4-5",
        "substr('hello', 1, 3)": "el",
        "substring('hello', 2, 3)": "ell",
        "substring-before('a-b', '-')": "a",
        "substring-after('a-b', '-')": "b",
        "contains('abc', 'b')": "true",
        "starts-with('abc', 'b')": "false",
        "normalize-space('  a  b ')": "a b",
        "translate('abc', 'ab', 'x')": "xc",
        "pow(2, 3)": 8,
        "floor(-2.5)": -3,
        "boolean-from-string('1')": "true",
        "decimal-time('12:00:00')": 0.5,
        "decimal-date-time('1970-01-03')": 2,
        "indexed-repeat(${part}, ${rows}, 2)": "5",
        "jr:choice-name(${gate}, '${gate}')": "Yes",
        "once('first')": "first",
        "min(3, 2)": 2,
        "number('7')": 7,
        "string(1 div 3)": "0.3333333333333333",
        "boolean('')": "false",
        "true()": "true",
        "now() = today()": "true",
        "instance('yes_no')/root/item[name = ${gate}]/label": "Yes",
        "instance('yes_no')/root/item[position() = 2]/name": "no",
        "instance('yes_no')/root/item[2]/name": "no",
        "if(1 = 1, 5, 'none') + 1": 6,
        "if(1 = 2, 5, 'none')": "none",
        "if(1 = 1, today(), 0) > 20000": "true",
        "if(${gate}, true(), false())": "true",
        "max(${part}, 9)": 9,
        "max(${part})": 5,
        "substr('hello', -3)": "llo",
        "string-length(concat(${part}, 'x'))": 3,
        "decimal-time('x')": None,
        "1 div 0": None,
        "5 mod 0": None,
        "pow(10, 400) > 1": "true",
        "count(${rows}[./part > 4])": 1,
        "${rows}[1]/part": "4",
        "count(/small/g/rows)": 2,
        "string(current()/../gate)": "yes",
        "count(${rows}[./_row = '2'])": 1,
    }
    answers = {"gate": "yes", "rows": [{"_row": "1", "part": 4}, {"_row": "2", "part": 5}]}
    got = {expression: worked_out(tmp_path, expression, answers) for expression in expressions}
    assert got == expressions


def test_the_engine_opens_without_its_authoring_libraries() -> None:
    import subprocess
    import sys

    lines = "import hrddp_desktop.engine.session, sys; print('polib' in sys.modules, 'babel' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]


def test_a_form_compiles_to_the_same_hash_whatever_its_line_ends(tmp_path: Path) -> None:
    plain = write_form(tmp_path / "a", QUESTIONS % "1")
    foreign = write_form(tmp_path / "b", QUESTIONS % "1")
    text = (foreign / "survey.csv").read_text("utf-8")
    (foreign / "survey.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    other = write_form(tmp_path / "c", QUESTIONS % "2")
    assert compiled(plain).hash == compiled(foreign).hash != compiled(other).hash
