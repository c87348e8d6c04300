"""The public cases for expressions in forms, judged one by one."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from hrddp_desktop.engine.problems import ExpressionError
from tests.engine.conformance import evaluate

_FILE = Path(__file__).parents[1] / "data" / "xpath_cases_sample.json"
_SUITE = json.loads(_FILE.read_text("utf-8"))
# Out of scope, each with its reason.
_LEFT_OUT = {
    "d99a63680bfd": "prints the number of a date in UTC, which case 647093a543c1 for the same expression denies",
}
_CASES = [case for case in _SUITE["cases"] if case["id"] not in _LEFT_OUT]


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["id"])
def test_an_expression_gives_what_two_other_engines_give(case: dict[str, str]) -> None:
    document = _SUITE["contexts"][case["context"]]
    place = case["context_node"], case["type"], case.get("root_node")
    if case["type"] == "error":
        with pytest.raises(ExpressionError):
            evaluate(case["expression"], document, case["context_node"], "string", case.get("root_node"))
        return
    got = evaluate(case["expression"], document, *place)
    assert same(got, case["expected"], float(case.get("tolerance", 0))), got


def same(got: object, expected: object, tolerance: float) -> bool:
    """Equality that knows NaN, the sign of zero and a tolerance."""
    if not isinstance(got, float):
        return got == expected
    wanted = float(str(expected).replace("Infinity", "inf"))
    if math.isnan(wanted):
        return math.isnan(got)
    if got == wanted:
        return math.copysign(1, got) == math.copysign(1, wanted)
    return abs(got - wanted) <= tolerance


def test_no_more_than_the_cases_with_a_reason_are_left_out() -> None:
    assert len(_CASES) == len(_SUITE["cases"]) - 1


def test_the_comparison_of_the_judge_can_fail() -> None:
    assert not same(1.0, 2, 0)
    assert not same(0.0, "-0", 0)
    assert not same(math.nan, 0, 0)
    assert same(1.001, 1, 0.01)
