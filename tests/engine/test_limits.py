"""Hostile expressions and patterns give a Problem after a bounded number of steps, never a hang or a crash."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.lint import lint
from hrddp_desktop.engine.patterns import MAX_TEXT, safe_pattern
from hrddp_desktop.engine.problems import ExpressionError, ProblemCode
from hrddp_desktop.engine.proof import can_hold
from tests.engine.forms import opened, problems, write_form

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from _typeshed import TraceFunction

DEEP = 10_000
LONG = 1_000_000
STEPS = 400_000


class Steps:
    """Counts the lines that run inside a `with` block; beyond the limit it stops them."""

    def __init__(self, limit: int = STEPS) -> None:
        self.taken = 0
        self._limit = limit
        self._before = sys.gettrace()

    def __enter__(self) -> Steps:
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_exception: object) -> None:
        sys.settrace(self._before)

    def _trace(self, _frame: FrameType, _event: str, _argument: object) -> TraceFunction:
        self.taken += 1
        if self.taken > self._limit:
            raise TimeoutError(f"more than {self._limit} steps")
        return self._trace


HOSTILE = {
    "brackets": "(" * DEEP + "1" + ")" * DEEP,
    "not": "not(" * DEEP + "true()" + ")" * DEEP,
    "if": "if(1, " * DEEP + "1" + ", 0)" * DEEP,
    "predicates": "${a}" + "[a" * DEEP + "]" * DEEP,
    "open brackets": "(" * LONG,
    "one long text": "'" + "x" * LONG + "'",
    "a long sum": "1" + " + 1" * (LONG // 4),
    "a long path": "a" + "/a" * (LONG // 2),
    "minus signs": "-" * LONG + "1",
    "blanks": " " * LONG,
    "a long name": "x" * LONG,
}
WITHIN_THE_LENGTH = {
    "a sum": "1" + " + 1" * 3900,
    "ors": "1" + " or 1" * 3000,
    "minus signs": "-" * 15_000 + "1",
    "predicates": "a" + "[1]" * 5000,
    "steps": "a" + "/a" * 7900,
    "brackets": "(" * 8000,
    "comparisons": "1" + " = 1" * 3900,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_expression_is_refused_after_few_steps(source: str) -> None:
    with Steps(), pytest.raises(ExpressionError) as caught:
        syntax.parse(source)
    assert caught.value.code in {ProblemCode.TOO_LONG, ProblemCode.TOO_DEEP}


@pytest.mark.parametrize("source", WITHIN_THE_LENGTH.values(), ids=WITHIN_THE_LENGTH)
def test_an_expression_within_the_length_is_read_in_steps_that_grow_with_it(source: str) -> None:
    with Steps(limit=120 * len(source)):
        assert read(source) in {True, False, ProblemCode.TOO_DEEP}


def read(source: str) -> bool | ProblemCode:
    """Whether an expression can hold, or why it cannot be read."""
    try:
        return can_hold(syntax.parse(source))
    except ExpressionError as error:
        return error.code


def test_a_counter_of_steps_notices_a_loop_without_an_end() -> None:
    with pytest.raises(TimeoutError), Steps(limit=1000):
        endless()


@pytest.mark.parametrize(
    "source",
    [
        "./" * 7900 + ".",
        "${a}" + "[1]" * 5000,
        "${a}" + " = ${a}" * 2000,
        "${a}[. = " * 50 + "./" * 200 + "." + "]" * 50,
    ],
    ids=["steps", "predicates", "comparisons", "steps in predicates"],
)
def test_what_would_run_too_deep_is_refused_when_it_is_read(tmp_path: Path, source: str) -> None:
    folder = write_form(tmp_path, f"text,a,\ncalculate,b,{source}\n", headings="type,name,calculation")
    assert {one.code for one in problems(folder)} == {ProblemCode.TOO_DEEP}


def test_the_deepest_expression_that_is_taken_runs(tmp_path: Path) -> None:
    source = "if(true(), " * 58 + "./../a" + ", '')" * 58
    steps = "./" * (syntax.MAX_HEIGHT - 4) + "../a"
    survey = f'text,a,\ncalculate,b,"{source}"\ncalculate,c,{steps}\n'
    session = opened(write_form(tmp_path, survey, headings="type,name,calculation"), {"a": "x"})
    assert (session.value("b"), session.value("c")) == ("x", "x")


def endless() -> None:
    """The control: it never comes back by itself."""
    while True:
        pass


@pytest.mark.parametrize("column", ["relevant", "calculation", "constraint", "required"])
@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_form_with_a_hostile_expression_has_a_problem_at_its_cell(tmp_path: Path, column: str, source: str) -> None:
    kind = "calculate" if column == "calculation" else "text"
    cells = {"type": kind, "name": "a", column: f'"{source}"', **({} if kind == "text" else {"relevant": ""})}
    folder = write_form(tmp_path, ",".join(cells.values()) + "\n", headings=",".join(cells))
    if not source.strip():
        return
    found = problems(folder)
    assert {one.code for one in found} <= {ProblemCode.TOO_LONG, ProblemCode.TOO_DEEP, ProblemCode.SHEET_UNREADABLE}
    assert found
    assert lint(folder)


EVIL = [
    "(a+)+",
    "(a*)*",
    "(a|aa)+",
    "(a|a)*",
    "(.*)*x",
    "a*a*a*a*a*a*x",
    "(a?){30}a{30}",
    "((a{1,9}){1,9}){1,9}",
    "([a-z]+)*",
    "(.+.+)+=",
    "(" * DEEP,
    "a" * LONG,
    "[" * DEEP,
    "a{999,}" * 30,
    "(?=a)",
    "(?P<x>a)(?P=x)",
    "(a)\\1",
]


@pytest.mark.parametrize("pattern", EVIL, ids=lambda pattern: pattern[:16])
def test_a_hostile_pattern_is_refused_before_it_runs(pattern: str) -> None:
    with Steps(), pytest.raises(ExpressionError) as caught:
        safe_pattern(pattern)
    assert caught.value.code is ProblemCode.PATTERN


@pytest.mark.parametrize("pattern", ["[A-Z]{3}", "a*b*", "a+.*", "(ab|cd)?x"])
def test_a_pattern_that_is_taken_never_sees_a_long_text(pattern: str) -> None:
    matches = safe_pattern(pattern)
    assert not matches("a" * (MAX_TEXT + 1))
    assert not matches("a" * LONG)
