"""Decision tables: what they say, what else holds, what would change it, and that no combination is left out."""

from __future__ import annotations

import csv
import itertools
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrddp_desktop.engine.decisions import decide_table, first_rule, gaps
from hrddp_desktop.engine.definition import DecisionTable, Rule, Variable
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.errors import AnswerError, Code
from tests.engine.forms import compiled, opened, problems, write_form

if TYPE_CHECKING:
    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.views import Decision

REFERENCE = Path(__file__).parents[1] / "data" / "reference"

LISTS = """outcome,go,Go,0
outcome,care,With care,2
outcome,ask,Ask,3
outcome,halt,Stop,4
outcome,wait,Wait,
level,low,Low,
level,mid,Middle,
level,high,High,
yes_no,yes,Yes,
yes_no,no,No,
"""
SURVEY = """begin_group,g,,,,
select_one level,a,,,,
select_one level,b,,,,
select_one yes_no,c,,,,
calculate,result,,,,
end_group,,,,,
"""
VARIABLES = "table,variable,list,from\nmain,a,level,a\nmain,b,level,b\nmain,c,yes_no,c\n"
RULES = """rule,a,b,c,outcome,reason,basis,reference
S1,high,,,halt,A is high.,house,[D]
S2,,high,,halt,B is high.,house,[D]
W1,missing,,,wait,A is missing.,house,
W1,,missing,,wait,B is missing.,house,
Q1,mid,,,ask,A is in the middle.,house,
Q2,,mid,,ask,B is in the middle.,house,
Q3,,,not yes,ask,C is no or missing.,house,
F,,,,go,Nothing speaks against it.,house,
"""
SETTINGS = {"final": "main", "judged": "a b", "open": "wait", "escalated": "ask"}


def form(folder: Path, rules: str = RULES, variables: str = VARIABLES, settings: dict[str, str] = SETTINGS) -> Path:
    """A form with one decision table."""
    survey = SURVEY.replace("calculate,result,,,,", "calculate,result,,,,,main").replace(",,,,\n", ",,,,,\n")
    return write_form(
        folder,
        survey,
        LISTS,
        headings="type,name,relevant,calculation,constraint,required,table",
        choice_headings="list_name,name,label,severity_order",
        settings=settings,
        sheets={"decisions/main.csv": rules, "decisions/variables.csv": variables},
    )


def with_blank(name: str, value: str) -> str:
    """The variables, with a value for a blank of one of them."""
    heading, *lines = VARIABLES.splitlines()
    return "\n".join([f"{heading},blank", *(f"{one},{value if one.split(',')[1] == name else ''}" for one in lines)])


def rules_of(decision: Decision) -> tuple[object, ...]:
    """Outcome, rule, also, open questions, what would change."""
    also, questions = ([row.rule for row in rows] for rows in (decision.also, decision.open_questions))
    return decision.outcome, decision.rule, also, questions, decision.would_change


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"a": "low", "b": "low", "c": "yes"}, ("go", "F", [], [], ())),
        ({"a": "high", "b": "high", "c": "yes"}, ("halt", "S1", ["S2"], [], (("a", "b"),))),
        ({"a": "high", "b": "mid", "c": "yes"}, ("halt", "S1", [], [], (("a",),))),
        ({"a": "mid", "b": "mid", "c": "yes"}, ("ask", "Q1", ["Q2"], [], (("a", "b"),))),
        ({"a": "mid", "b": "low", "c": "no"}, ("ask", "Q1", ["Q3"], [], ())),
        ({"b": "mid", "c": "yes"}, ("wait", "W1", [], ["Q2"], ())),
        ({}, ("wait", "W1", [], ["Q3"], ())),
        ({"a": "high"}, ("halt", "S1", [], [], (("a",),))),
    ],
)
def test_the_first_row_decides_and_the_others_explain(
    tmp_path: Path, values: dict[str, str | None], expected: tuple[object, ...]
) -> None:
    assert rules_of(decide_table(compiled(form(tmp_path)), "main", values)) == expected


def test_a_calculate_with_a_table_is_its_outcome(tmp_path: Path) -> None:
    session = opened(form(tmp_path), {"a": "low", "b": "low", "c": "yes"})
    assert session.value("result") == "go"
    change = session.set("a", "high")
    assert session.value("result") == "halt"
    assert "result" in change.paths
    assert session.decision("main").variables == {"a": "high", "b": "low", "c": "yes"}


def test_an_answer_against_its_constraint_is_missing_to_the_table(tmp_path: Path) -> None:
    folder = form(tmp_path)
    text = (folder / "survey.csv").read_text("utf-8")
    (folder / "survey.csv").write_text(
        text.replace("select_one level,a,,,", "select_one level,a,,,. != 'high'"), "utf-8"
    )
    session = opened(folder, {"a": "high", "b": "low", "c": "yes"})
    assert session.decision("main").variables["a"] is None
    assert session.value("result") == "wait"
    session.set("a", "low")
    assert session.value("result") == "go"


def test_an_outcome_missing_reads_as_blank(tmp_path: Path) -> None:
    session = opened(form(tmp_path, RULES.replace(",wait,", ",missing,")))
    assert session.value("result") is None
    assert session.decision("main").outcome is None
    assert session.decision("main").rule == "W1"


def test_a_blank_reads_as_the_value_that_the_sheet_gives_it(tmp_path: Path) -> None:
    definition = compiled(form(tmp_path, variables=with_blank("c", "yes")))
    for blank in ({"a": "low", "b": "low"}, {"a": "low", "b": "low", "c": None}):
        found = decide_table(definition, "main", blank)
        assert (found.outcome, found.variables["c"]) == ("go", "yes")
    assert decide_table(definition, "main", {"a": "low", "b": "low", "c": "no"}).outcome == "ask"


@pytest.mark.parametrize(
    ("good", "bad", "code", "row", "column"),
    [
        ("F,,,,go,Nothing speaks against it.,house,\n", "", ProblemCode.NO_OUTCOME, 8, "outcome"),
        ("S2,,high,,", "S2,high,high,,", ProblemCode.DEAD_ROW, 3, "rule"),
        ("Q1,mid", "Q1,medium", ProblemCode.CELL_BAD, 6, "a"),
        ("not yes", "not", ProblemCode.CELL_BAD, 8, "c"),
        ("Q2,,mid", "S1,,mid", ProblemCode.RULE_TWICE, 7, "rule"),
        ("Q2,,mid", ",,mid", ProblemCode.RULE_MISSING, 7, "rule"),
        ("C is no or missing.,house", "C is no or missing.,hose", ProblemCode.VALUE_UNKNOWN, 8, "basis"),
        (",ask,C is", ",,C is", ProblemCode.CELL_MISSING, 8, "outcome"),
        (",ask,C is", ",aks,C is", ProblemCode.VALUE_UNKNOWN, 8, "outcome"),
    ],
)
def test_a_mistake_in_a_table_is_reported_at_its_cell(
    tmp_path: Path, good: str, bad: str, code: ProblemCode, row: int, column: str
) -> None:
    assert good in RULES
    found = problems(form(tmp_path, RULES.replace(good, bad)))
    assert (code, "decisions/main", row, column) in {(one.code, one.sheet, one.row, one.column) for one in found}


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        (VARIABLES.replace("main,a,level,a\n", ""), ProblemCode.VARIABLE_MISSING),
        (VARIABLES + "main,d,level,a\n", ProblemCode.VARIABLE_UNUSED),
        (VARIABLES.replace("main,a,level,a", "main,a,levels,a"), ProblemCode.LIST_MISSING),
        (VARIABLES.replace("main,a,level,a", "main,a,level,aa"), ProblemCode.REFERENCE_UNKNOWN),
        (VARIABLES + "other,a,level,a\n", ProblemCode.DECISION_MISSING),
        (with_blank("a", "medium"), ProblemCode.VALUE_UNKNOWN),
    ],
)
def test_a_mistake_in_the_variables_is_reported(tmp_path: Path, variables: str, code: ProblemCode) -> None:
    assert code in {one.code for one in problems(form(tmp_path, variables=variables))}


def test_a_setting_that_fits_nothing_is_reported(tmp_path: Path) -> None:
    found = problems(form(tmp_path, settings={"final": "main", "judged": "a z"}))
    assert [one.code for one in found] == [ProblemCode.SETTING_UNKNOWN]


@pytest.mark.parametrize("variables", [{"d": "low"}, {"a": "huge"}])
def test_a_variable_or_value_that_does_not_exist_is_refused(tmp_path: Path, variables: dict[str, str | None]) -> None:
    with pytest.raises(AnswerError) as caught:
        decide_table(compiled(form(tmp_path)), "main", variables)
    assert caught.value.code is Code.VARIABLE_NOT_ALLOWED


def test_a_table_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnswerError) as caught:
        decide_table(compiled(form(tmp_path)), "mian", {})
    assert caught.value.code is Code.TABLE_UNKNOWN


# random small tables against brute force

DOMAIN = ("x", "y", "z")
CELLS = st.one_of(
    st.none(), st.sets(st.sampled_from(("", *DOMAIN)), min_size=1).map(lambda found: tuple(sorted(found)))
)


@st.composite
def tables(draw: st.DrawFn) -> DecisionTable:
    """A table of up to three variables and six rows; it need be neither total nor free of dead rows."""
    count = draw(st.integers(1, 3))
    variables = tuple(Variable(f"v{at}", "list", DOMAIN, "") for at in range(count))
    rows = draw(st.lists(st.tuples(*[CELLS] * count), min_size=1, max_size=6))
    rules = tuple(Rule(f"R{at}", cells, draw(st.sampled_from("pq")), "", "", "", at) for at, cells in enumerate(rows))
    return DecisionTable("t", variables, rules)


def winner(table: DecisionTable, values: tuple[str, ...]) -> Rule | None:
    """The first row that fits, the slow way."""
    for rule in table.rules:
        if all(cell is None or value in cell for cell, value in zip(rule.cells, values, strict=True)):
            return rule
    return None


def combinations(table: DecisionTable) -> list[tuple[str, ...]]:
    """Every combination of the domains and missing."""
    return list(itertools.product(*[("", *variable.domain) for variable in table.variables]))


@given(tables())
def test_totality_and_dead_rows_agree_with_brute_force(table: DecisionTable) -> None:
    winners = {values: winner(table, values) for values in combinations(table)}
    example, dead = gaps(table)
    firing = {rule.rule for rule in winners.values() if rule is not None}
    assert {rule.rule for rule in dead} == {rule.rule for rule in table.rules} - firing
    assert (example is None) == all(winners.values())
    if example is not None:
        values = tuple("" if value == "missing" else value for value in example.values())
        assert winners[values] is None


@given(tables())
def test_the_first_row_agrees_with_brute_force(table: DecisionTable) -> None:
    for values in combinations(table):
        named = {variable.name: value or None for variable, value in zip(table.variables, values, strict=True)}
        assert first_rule(table, named) == winner(table, values)


def test_the_check_of_totality_can_fail() -> None:
    def table(*cell: str) -> DecisionTable:
        return DecisionTable("t", (Variable("v", "list", DOMAIN, ""),), (Rule("R", (cell,), "p", "", "", "", 2),))

    assert gaps(table("x", "y", ""))[0] == {"v": "z"}
    assert gaps(table("x", "y", "z", "")) == (None, ())


# the real tables of the policy


def policy_form(folder: Path, name: str, variables: list[tuple[str, str]]) -> Definition:
    """A form that holds one table of the reference."""
    folder.mkdir()
    shutil.copy(REFERENCE / "choices.csv", folder / "choices.csv")
    (folder / "decisions").mkdir()
    shutil.copy(REFERENCE / "decisions" / f"{name}.csv", folder / "decisions")
    with (folder / "decisions" / "variables.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("table", "variable", "list", "from"), *((name, *one, "") for one in variables)])
    (folder / "survey.csv").write_text("type,name\n", "utf-8")
    judged = "a2 a3 gv res rr mon balance history"
    (folder / "settings.csv").write_text(
        f"form_id,form_title,version,final,judged\nf,F,1,{name if name == 'final' else ''},"
        f"{judged if name == 'final' else ''}\n",
        "utf-8",
    )
    return compiled(folder)


FINAL = [
    ("a1", "a1_outcome"),
    ("begun", "no_yes"),
    ("a2", "verdict"),
    ("a3", "a3_status"),
    ("gv", "gate"),
    ("inh", "level"),
    ("res", "level"),
    ("rr", "no_unsure_yes"),
    ("plan", "plan"),
    ("mon", "yes_partial_no"),
    ("balance", "balance_result"),
    ("history", "history"),
]
VECTORS = r"""
7 full no not_met - blocked critical - - incomplete - - - D07 must_not_proceed D08
8 full yes met cleared blocked high medium no complete yes favourable clear D08S stop_open_action7 -
9 full yes met cleared clear critical critical yes complete yes favourable clear D09S stop_open_action7 D10S
12 full no met pending clear medium low no complete yes favourable clear D11 incomplete -
13 full no advice - - - - - incomplete - - unexplained D11 incomplete D12,D17b
14 full no advice objects curable high high unsure complete no adverse unexplained D12 escalate \
D13,D14,D15,D16,D17,D17a,D17b
15 full no met conditional curable high medium unsure complete partial favourable clear D14 escalate D15
20 full no met conditional clear high medium no complete yes favourable explained D18 proceed_with_mitigation \
D19,D20,D21a
22 full no met conditional clear low low no complete partial favourable explained D20 proceed_with_mitigation D21,D21a
24 full no met cleared clear low low no complete yes neutral clear D22 may_proceed -
1 na - - - - - - - incomplete - - - D01 not_applicable -
6 basic - - - clear - - - incomplete - - - D06 may_proceed -
"""


def test_the_final_table_gives_the_policy_s_own_vectors(tmp_path: Path) -> None:
    definition = policy_form(tmp_path / "final", "final", FINAL)
    for line in VECTORS.replace("\\\n", "").strip().splitlines():
        _, *values, rule, outcome, also = line.split()
        variables = {name: None if value == "-" else value for (name, _), value in zip(FINAL, values, strict=True)}
        decision = decide_table(definition, "final", variables)
        others = decision.open_questions if outcome == "incomplete" else decision.also
        assert (decision.rule, decision.outcome, ",".join(row.rule for row in others) or "-") == (
            rule,
            outcome,
            also,
        ), line


def test_a_decision_is_named_by_its_table_or_by_what_it_decides(tmp_path: Path) -> None:
    session = opened(form(tmp_path), {"a": "high", "b": "low", "c": "yes"})
    assert session.decided("main") == ("result",)
    assert session.decision("result") == session.decision("main")
    assert session.decision("result").rule == "S1"


def test_what_would_change_an_escalation_is_each_fired_variable(tmp_path: Path) -> None:
    definition = policy_form(tmp_path / "final", "final", FINAL)
    values = [
        "full",
        "no",
        "advice",
        "objects",
        "curable",
        "high",
        "high",
        "unsure",
        "complete",
        "no",
        "adverse",
        "unexplained",
    ]
    variables: dict[str, str | None] = dict(zip([name for name, _ in FINAL], values, strict=True))
    changed = decide_table(definition, "final", variables).would_change
    assert changed == (("a2", "a3", "gv", "res", "rr", "mon", "balance", "history"),)


def test_the_final_table_of_27_million_combinations_is_proved_total_quickly(tmp_path: Path) -> None:
    table = policy_form(tmp_path / "final", "final", FINAL).tables["final"]
    begin = time.perf_counter()
    assert gaps(table) == (None, ())
    assert time.perf_counter() - begin < 2
