"""Expressions as closures: a tree becomes typed functions over nodes seen through five methods; never an eval.

`Builder` knows statically what each part yields (text, number, truth, day, nodes) and which questions it reads, so that
the session can recompute only what an answer touches. With a `Place` given, every step of a path is checked when the
form is compiled; without one (documents that are no form) paths are followed as they are.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.kinds import (
    Day,
    Days,
    Expr,
    Mixed,
    Nodes,
    Numbers,
    Texts,
    Truths,
    Value,
    equal,
    value_number,
    value_text,
    value_truth,
)
from hrddp_desktop.engine.nodes import Context, Node, Place, Read, Scope
from hrddp_desktop.engine.paths import column_equality, in_order, stands_apart, top, walk
from hrddp_desktop.engine.problems import ExpressionError, ProblemCode, similar
from hrddp_desktop.engine.values import NAN, day_text, number_text, text_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language: how many arguments it takes and how a call of it is built."""

    least: int
    most: int | None
    build: Callable[[Builder, syntax.Call], Expr]

    def accepts(self, count: int) -> bool:
        """Whether a call may have so many arguments."""
        return count >= self.least and (self.most is None or count <= self.most)

    @property
    def expected(self) -> str:
        """The number of arguments in words."""
        if self.most is None:
            return f"{self.least} or more arguments"
        if self.least == self.most:
            return f"{self.least} arguments"
        return f"{self.least} to {self.most} arguments"


class Builder:
    """Builds one expression; collects what it reads and what is wrong with it."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        scope: Scope | None = None,
        here: Place | None = None,
        shift: float = 0.0,
    ) -> None:
        self._functions = functions
        self.scope = scope
        self.here = here
        self.shift = shift
        self.reads: set[Read] = set()
        self.issues: list[ExpressionError] = []
        self._place = here
        self._local = here is not None
        self._everywhere = False
        self._inside = False  # a predicate, which runs once for each node

    def build(self, tree: syntax.Tree) -> Expr:
        """The closure of a tree."""
        expr = self._build(tree)
        return _once_for_all(expr) if self._inside and stands_apart(tree) else expr

    def _build(self, tree: syntax.Tree) -> Expr:
        match tree:
            case syntax.Text(text, _):
                return Texts(lambda _c: text, text)
            case syntax.Number(constant, _):
                return Numbers(lambda _c: constant)
            case syntax.Reference():
                return self._reference(tree)
            case syntax.Call():
                return self._call(tree)
            case syntax.Negative(operand, _):
                number = self.number(self.build(operand))
                return Numbers(lambda c: -number(c))
            case syntax.Path():
                return self._path(tree)
            case _:
                return self._chain(tree)

    def issue(self, code: ProblemCode, offset: int, **facts: object) -> Texts:
        """Note a problem; what stands in its place fails when it runs."""
        error = ExpressionError(code, offset, **facts)
        self.issues.append(error)

        def fail(_context: Context) -> str:
            raise error

        return Texts(fail)

    def all_rows(self, tree: syntax.Tree) -> Expr:
        """Build with `${name}` standing for every row, as indexed-repeat() reads its first arguments."""
        self._everywhere = True
        built = self.build(tree)
        self._everywhere = False
        return built

    def whole(self, expr: Expr) -> Expr:
        """Note that the text of a row is the text of all its cells."""
        place = expr.place if isinstance(expr, Nodes) else None
        waiting = list(place.children.values()) if place is not None and place.kind == "table" else []
        while waiting:
            one = waiting.pop()
            waiting.extend(one.children.values())
            if one.kind == "field" and one.name != "_row":
                self.reads.add(Read(one.name, local=False))
        return expr

    # conversions

    def text(self, expr: Expr) -> Callable[[Context], str]:
        """What string() gives."""
        run = self.whole(expr).run
        match expr:
            case Texts(run=texts):
                return texts
            case Nodes(run=nodes):
                return lambda c: found[0].text() if (found := nodes(c)) else ""
            case Numbers(run=numbers):
                return lambda c: number_text(numbers(c))
            case Truths(run=truths):
                return lambda c: "true" if truths(c) else "false"
            case Days(run=days):
                return lambda c: day_text(days(c), self.shift)
        return lambda c: value_text(run(c), self.shift)

    def number(self, expr: Expr) -> Callable[[Context], float]:
        """The number a value stands for; a date counts as its days."""
        run = self.whole(expr).run
        match expr:
            case Numbers(run=numbers) | Days(run=numbers):
                return numbers
            case Texts(run=texts):
                return lambda c: text_number(texts(c), self.shift)
            case Nodes(run=nodes):
                return lambda c: text_number(found[0].text(), self.shift) if (found := nodes(c)) else NAN
            case Truths(run=truths):
                return lambda c: 1.0 if truths(c) else 0.0
        return lambda c: value_number(run(c), self.shift)

    def truth(self, expr: Expr) -> Callable[[Context], bool]:
        """What boolean() gives."""
        run = expr.run
        match expr:
            case Truths(run=truths):
                return truths
            case Texts(run=texts):
                return lambda c: texts(c) != ""
            case Nodes(run=nodes):
                return lambda c: len(nodes(c)) > 0
        return lambda c: value_truth(run(c))

    def value(self, expr: Expr) -> Callable[[Context], Value]:
        """Whatever it yields, days marked as such."""
        if isinstance(expr, Days):
            days = expr.run
            return lambda c: Day(days(c))
        return expr.run

    # references and paths

    def _reference(self, tree: syntax.Reference) -> Expr:
        if self.scope is None:
            return self.issue(ProblemCode.REFERENCE_UNKNOWN, tree.offset, name=tree.name, hint="")
        place = self.scope.place(tree.name)
        if place is None:
            hint = self.scope.similar(tree.name)
            return self.issue(ProblemCode.REFERENCE_UNKNOWN, tree.offset, name=tree.name, hint=hint)
        if place.kind == "group":
            return self.issue(ProblemCode.NO_VALUE, tree.offset, name=tree.name)
        return self.note(self._named(place))

    def _named(self, place: Place) -> Nodes:
        """`${name}` as pyxform resolves it: this row inside the same table, every row from outside."""
        name = place.name
        own = self.here.table if self.here is not None and not self._everywhere else None
        if place.kind == "field" and place.table is not None and place.table == own:
            return Nodes(lambda c: c.world.beside(c.current, name), place, local=True)
        return Nodes(lambda c: c.world.named(name), place, local=place.table is None and place.kind == "field")

    def note(self, nodes: Nodes) -> Nodes:
        """Remember what these nodes are read from."""
        place = nodes.place
        if place is not None and place.kind in {"field", "table"}:
            self.reads.add(Read(place.name, nodes.local and place.kind == "field"))
            if not nodes.local and place.table is not None:
                self.reads.add(Read(place.table, local=False))
        return nodes

    def _path(self, tree: syntax.Path) -> Expr:
        start = self._start(tree)
        if not isinstance(start, Nodes):
            return start if self.issues else self.issue(ProblemCode.SYNTAX, tree.offset, detail="only nodes have parts")
        nodes = self._filtered(start, tree.predicates)
        for step in tree.steps:
            nodes = self._step(nodes, step)
        if nodes.place is not None and nodes.place.kind in {"group", "document"}:
            return self.issue(ProblemCode.NO_VALUE, tree.offset, name=nodes.place.name)
        return self.note(nodes)

    def _start(self, tree: syntax.Path) -> Expr:
        if tree.start is None:
            return Nodes(_here, self._place, self._local)
        if isinstance(tree.start, str):
            return Nodes(lambda c: (c.world.document(),), top(self.here), local=True)
        return self.build(tree.start)

    def _step(self, base: Nodes, step: syntax.Step) -> Nodes:
        place = self._next_place(base.place, step)
        local = base.local and not (place is not None and place.kind == "table" and step.axis == "child")
        indexed = self._indexed(base, step, place)
        if indexed is not None:
            return indexed
        one_step = walk(step.axis, step.test)
        origin = base.run
        keep = self._predicates(Nodes(origin, place, local), step.predicates)
        if not keep and step.axis == "self":
            return Nodes(origin, place, local)
        if not keep and origin is _here:
            return Nodes(lambda c: one_step(c.node), place, local)
        if not keep:
            return Nodes(lambda c: [found for node in origin(c) for found in one_step(node)], place, local)

        def run(c: Context) -> Sequence[Node]:
            result: list[Node] = []
            for node in origin(c):
                found: Sequence[Node] = one_step(node)
                for keeps in keep:
                    found = keeps(c, found)
                result.extend(found)
            return result

        return Nodes(run, place, local)

    def _next_place(self, place: Place | None, step: syntax.Step) -> Place | None:
        if place is None:
            return None
        if step.axis == "self":
            return place
        if step.axis == "parent":
            if place.parent is None:
                self.issue(ProblemCode.PATH_UNKNOWN, step.offset, name="..")
            return place.parent
        if step.axis != "child" or step.test.startswith("@") or step.test.endswith(("*", ")")):
            self.issue(ProblemCode.PATH_NOT_ALLOWED, step.offset, name=step.test)
            return None
        if place.kind == "open":
            return place
        found = place.children.get(step.test)
        if found is None and place.kind == "item":
            self.issue(ProblemCode.COLUMN_NOT_IN_LIST, step.offset, name=step.test, list=place.list_name or "")
        elif found is None:
            self.issue(ProblemCode.PATH_UNKNOWN, step.offset, name=step.test)
        return found

    def _indexed(self, base: Nodes, step: syntax.Step, place: Place | None) -> Nodes | None:
        """`item[column = value]` of a choice list by an index, when the value does not look at the item."""
        if place is None or place.kind != "item" or len(step.predicates) != 1 or place.list_name is None:
            return None
        equality = column_equality(step.predicates[0])
        if equality is None or equality[0] not in place.children:
            return None
        column, wanted = equality
        value = self.build(wanted)
        self.check_code(Nodes(base.run, place.children[column]), value, wanted.offset)
        list_name = place.list_name
        if isinstance(value, Texts):
            text = value.run
            return Nodes(lambda c: c.world.matching(list_name, column, text(c)), place, base.local)
        if isinstance(value, Nodes) and value.local:
            nodes = value.run
            return Nodes(
                lambda c: c.world.matching(list_name, column, found[0].text()) if (found := nodes(c)) else (),
                place,
                base.local,
            )
        return None

    def _filtered(self, nodes: Nodes, predicates: tuple[syntax.Tree, ...]) -> Nodes:
        for keeps in self._predicates(nodes, predicates):
            nodes = _kept(nodes, keeps)
        return nodes

    def _predicates(
        self, nodes: Nodes, predicates: tuple[syntax.Tree, ...]
    ) -> list[Callable[[Context, Sequence[Node]], Sequence[Node]]]:
        """Each predicate as a function that keeps some of the nodes it is given."""
        outer = self._place, self._local, self._inside
        self._place, self._local, self._inside = nodes.place, nodes.local, True
        kept = [self._predicate(self.build(predicate)) for predicate in predicates]
        self._place, self._local, self._inside = outer
        return kept

    def _predicate(self, expr: Expr) -> Callable[[Context, Sequence[Node]], Sequence[Node]]:
        holds = _is_at(expr.run) if isinstance(expr, Numbers) else self.truth(expr)

        def keep(c: Context, nodes: Sequence[Node]) -> Sequence[Node]:
            inner = Context(c.node, c.world, c.current, 0, len(nodes))
            inner.known = c.known
            kept: list[Node] = []
            for node in nodes:
                inner.node = node
                inner.position += 1
                if holds(inner):
                    kept.append(node)
            return kept

        return keep

    # operators

    def _chain(self, tree: syntax.Chain) -> Expr:
        operands = [self.build(operand) for operand in tree.operands]
        first = tree.operators[0]
        if first in {"or", "and"}:
            return _logic(first, [self.truth(operand) for operand in operands])
        if first in {"=", "!=", "<", "<=", ">", ">="}:
            result, *rest = [self.whole(operand) for operand in operands]
            for sign, operand in zip(tree.operators, rest, strict=True):
                result = self._compare(sign, result, operand, tree.offset)
            return result
        if first == "|":
            return self._union(operands, tree.offset)
        return _arithmetic(tree.operators, [self.number(operand) for operand in operands])

    def _union(self, operands: list[Expr], offset: int) -> Expr:
        parts = [operand.run for operand in operands if isinstance(operand, Nodes)]
        if self.scope is not None or len(parts) < len(operands):
            return self.issue(ProblemCode.PATH_NOT_ALLOWED, offset, name="|")
        return Nodes(lambda c: in_order([node for part in parts for node in part(c)], c.world.document()))

    def _compare(self, sign: str, left: Expr, right: Expr, offset: int) -> Truths:
        if sign not in {"=", "!="}:
            return Truths(self._ordered(sign, left, right))
        self.check_code(left, right, offset)
        self.check_code(right, left, offset)
        same: Callable[[object, object], bool] = operator.eq if sign == "=" else operator.ne
        if isinstance(right, Nodes) and isinstance(left, Texts):
            left, right = right, left
        if isinstance(left, Nodes) and isinstance(right, Texts):
            nodes, text = left.run, right.run
            if right.constant is not None and left.is_one:
                only = right.constant
                return Truths(lambda c: bool(found := nodes(c)) and same(found[0].text(), only))
            if right.constant is not None:
                constant = right.constant
                return Truths(lambda c: any(same(node.text(), constant) for node in nodes(c)))
            return Truths(lambda c: _any_is(same, nodes(c), text(c)))
        a, b, shift = self.value(left), self.value(right), self.shift
        return Truths(lambda c: equal(a(c), b(c), shift, negated=sign == "!="))

    def _ordered(self, sign: str, left: Expr, right: Expr) -> Callable[[Context], bool]:
        """Both sides as numbers; of nodes one that fits is enough; NaN, hence unanswered, fits nothing."""
        fits = _ORDER[sign]
        a, b = self._numbers(left), self._numbers(right)
        if _is_one(left) and _is_one(right):
            x, y = self.number(left), self.number(right)
            return lambda c: fits(x(c), y(c))
        return lambda c: any(fits(p, q) for p in a(c) for q in b(c))

    def _numbers(self, expr: Expr) -> Callable[[Context], Sequence[float]]:
        if isinstance(expr, Nodes):
            nodes, shift = expr.run, self.shift
            return lambda c: [text_number(node.text(), shift) for node in nodes(c)]
        number = self.number(expr)
        return lambda c: (number(c),)

    def check_code(self, nodes: Expr, wanted: Expr, offset: int) -> None:
        """A quoted value that is not in the choice list can never be found."""
        if not isinstance(nodes, Nodes) or not isinstance(wanted, Texts) or not wanted.constant:
            return
        place = nodes.place
        if place is not None and place.codes is not None and wanted.constant not in place.codes:
            self.issue(ProblemCode.CODE_NOT_IN_LIST, offset, value=wanted.constant, name=place.name)

    def _call(self, tree: syntax.Call) -> Expr:
        function = self._functions.get(tree.name)
        if function is None:
            hint = similar(tree.name, self._functions)
            return self.issue(ProblemCode.FUNCTION_UNKNOWN, tree.offset, name=tree.name, hint=hint)
        if not function.accepts(len(tree.arguments)):
            expected, count = function.expected, len(tree.arguments)
            return self.issue(ProblemCode.ARGUMENTS, tree.offset, name=tree.name, expected=expected, count=count)
        return function.build(self, tree)


def _is_one(expr: Expr) -> bool:
    """Whether it yields one value: no nodes, or the one node that it names; without a node NaN, which fits nothing."""
    return expr.is_one if isinstance(expr, Nodes) else not isinstance(expr, Mixed)


def _here(c: Context) -> Sequence[Node]:
    return (c.node,)


def _once_for_all(expr: Expr) -> Expr:
    """The same, worked out for the first node that a predicate looks at and known for all others."""
    run: Callable[[Context], object] = expr.run
    slot = object()

    def once(c: Context) -> object:
        known = c.known
        if slot not in known:
            known[slot] = run(c)
        return known[slot]

    return replace(expr, run=once)  # type: ignore[arg-type]  # it yields what the first run did, so of the same kind


def _is_at(number: Callable[[Context], float]) -> Callable[[Context], bool]:
    """A number as a predicate asks for the position."""
    return lambda c: number(c) == c.position


def _any_is(same: Callable[[object, object], bool], nodes: Sequence[Node], wanted: str) -> bool:
    return any(same(node.text(), wanted) for node in nodes)


_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _kept(nodes: Nodes, keeps: Callable[[Context, Sequence[Node]], Sequence[Node]]) -> Nodes:
    origin = nodes.run
    return Nodes(lambda c: keeps(c, origin(c)), nodes.place, nodes.local)


def _logic(sign: str, parts: list[Callable[[Context], bool]]) -> Truths:
    if len(parts) == 2:
        a, b = parts
        return Truths(lambda c: a(c) or b(c)) if sign == "or" else Truths(lambda c: a(c) and b(c))
    return Truths(lambda c: any(part(c) for part in parts) if sign == "or" else all(part(c) for part in parts))


def _arithmetic(signs: tuple[str, ...], parts: list[Callable[[Context], float]]) -> Numbers:
    steps = [(_ARITHMETIC[sign], part) for sign, part in zip(signs, parts[1:], strict=True)]
    first = parts[0]

    def run(c: Context) -> float:
        result = first(c)
        for join, part in steps:
            result = join(result, part(c))
        return result

    return Numbers(run)


def _divide(a: float, b: float) -> float:
    if b == 0:
        return NAN if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)
    return a / b


def _remainder(a: float, b: float) -> float:
    return NAN if b == 0 or math.isinf(a) or a != a else math.fmod(a, b)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divide,
    "mod": _remainder,
}
