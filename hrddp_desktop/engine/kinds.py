"""What an expression yields, known when it is built: text, number, truth, day, nodes; and XPath's rules for them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hrddp_desktop.engine.nodes import Context, Node, Place
from hrddp_desktop.engine.values import day_text, number_text, text_number


@dataclass(frozen=True, slots=True)
class Day:
    """A day among untyped values."""

    days: float


Value = str | float | bool | Day | Sequence[Node]


@dataclass(frozen=True, slots=True)
class Texts:
    """Yields text; `constant` when it is a quoted one."""

    run: Callable[[Context], str]
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """Yields a number, NaN for what is none."""

    run: Callable[[Context], float]


@dataclass(frozen=True, slots=True)
class Truths:
    """Yields true or false."""

    run: Callable[[Context], bool]


@dataclass(frozen=True, slots=True)
class Days:
    """Yields days since 1970, NaN for no day."""

    run: Callable[[Context], float]


@dataclass(frozen=True, slots=True)
class Nodes:
    """Yields nodes; `local` says that they stand in the row of the question itself, or outside every table."""

    run: Callable[[Context], Sequence[Node]]
    place: Place | None = None
    local: bool = False

    @property
    def is_one(self) -> bool:
        """Whether there is one node at most: a question, or the cell of this row."""
        return self.local and self.place is not None and self.place.kind == "field"


@dataclass(frozen=True, slots=True)
class Mixed:
    """Yields what is known only when it runs, such as if() with two kinds of branches."""

    run: Callable[[Context], Value]


Expr = Texts | Numbers | Truths | Days | Nodes | Mixed


# untyped values


def value_text(value: Value, shift: float = 0.0) -> str:
    """string() of a value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Day):
        return day_text(value.days, shift)
    return value[0].text() if value else ""


def value_number(value: Value, shift: float = 0.0) -> float:
    """number() of a value."""
    if isinstance(value, bool | float):
        return float(value)
    return value.days if isinstance(value, Day) else text_number(value_text(value), shift)


def value_truth(value: Value) -> bool:
    """boolean() of a value."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value == value and value != 0
    if isinstance(value, Day):
        return value.days == value.days
    return len(value) > 0


def equal(left: Value, right: Value, shift: float, *, negated: bool) -> bool:
    """XPath's = and !=: of nodes one pair that fits is enough; truths before numbers before text."""
    same: Callable[[object, object], bool] = operator.ne if negated else operator.eq
    if isinstance(left, bool) or isinstance(right, bool):
        return same(value_truth(left), value_truth(right))
    lefts, rights = _atoms(left), _atoms(right)
    if any(isinstance(value, float | Day) for value in (left, right)):
        return any(same(value_number(a, shift), value_number(b, shift)) for a in lefts for b in rights)
    return any(same(a, b) for a in lefts for b in rights)


def _atoms(value: Value) -> Sequence[str | float | Day]:
    """The texts of nodes; any other value alone."""
    if isinstance(value, str | float | Day):
        return (value,)
    return [node.text() for node in value]  # type: ignore[union-attr]  # a bool never comes here
