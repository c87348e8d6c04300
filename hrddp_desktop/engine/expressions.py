"""Expressions as closures: a tree becomes typed functions over nodes seen through four methods; never an eval.

`Builder` knows statically what each part yields (text, number, truth, day, nodes) and which questions it reads, so that
the session can recompute only what an answer touches. With a `Place` given, every step of a path is checked when the
form is compiled; without one (documents that are no form) paths are followed as they are.
"""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.problems import ExpressionError, ProblemCode
from hrddp_desktop.engine.values import NAN, day_text, number_text, text_number


class Node(Protocol):
    """All that expressions see of a document."""

    def name(self) -> str:
        """The node's own name."""

    def parent(self) -> Node | None:
        """The node that holds it, None for the document."""

    def children(self) -> Sequence[Node]:
        """What it holds, in document order."""

    def text(self) -> str:
        """Its string value; blank when it is not relevant."""


class World(Protocol):
    """What a session offers beyond single nodes."""

    today: float

    def document(self) -> Node:
        """The node that absolute paths start from."""

    def named(self, name: str) -> Sequence[Node]:
        """Every node of that name: one for a plain question, one for each row otherwise."""

    def beside(self, node: Node, name: str) -> Sequence[Node]:
        """The node of that name in the row of `node`."""

    def instance(self, name: str) -> Sequence[Node]:
        """The document of a choice list or of a related record."""

    def matching(self, list_name: str, column: str, value: str) -> Sequence[Node]:
        """The items of a choice list whose column holds the value; indexed."""

    def choice_label(self, list_name: str, code: str) -> str:
        """The label of a choice in the form's own language."""


class Context:
    """Where an expression stands while it runs."""

    __slots__ = ("current", "node", "position", "size", "world")

    def __init__(self, node: Node, world: World, current: Node | None = None, position: int = 1, size: int = 1) -> None:
        self.node = node
        self.world = world
        self.current = node if current is None else current
        self.position = position
        self.size = size


@dataclass(frozen=True, slots=True)
class Day:
    """A day among untyped values."""

    days: float


Value = str | float | bool | Day | Sequence[Node]


@dataclass(slots=True, eq=False)
class Place:
    """What is known of a node before there are answers.

    `kind` is document, group, table (its rows), field, instance, item, column, or open (a related record of any shape);
    `codes` are the values of its choice list.
    """

    name: str
    kind: str
    parent: Place | None = None
    children: dict[str, Place] = field(default_factory=dict)
    table: str | None = None
    codes: frozenset[str] | None = None
    list_name: str | None = None

    def add(self, child: Place) -> Place:
        """Hang a child below this place."""
        child.parent = self
        self.children[child.name] = child
        return child


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


@dataclass(frozen=True, slots=True)
class Mixed:
    """Yields what is known only when it runs, such as if() with two kinds of branches."""

    run: Callable[[Context], Value]


Expr = Texts | Numbers | Truths | Days | Nodes | Mixed


class Scope(Protocol):
    """The names a form offers to its expressions."""

    def place(self, name: str) -> Place | None:
        """The place of a question or table."""

    def instance(self, name: str) -> Place | None:
        """The place of a choice list or related record."""

    def similar(self, name: str) -> str:
        """A hint at a name that was perhaps meant, or nothing."""


@dataclass(frozen=True, slots=True)
class Read:
    """The expression reads this question or table; `local` means in its own row only."""

    name: str
    local: bool


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


def similar(name: str, known: Iterable[str]) -> str:
    """A hint at a name that was perhaps meant, or nothing."""
    close = difflib.get_close_matches(name, list(known), 1, 0.75)
    return f"; perhaps {close[0]} was meant" if close else ""


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

    def within(self, place: Place | None) -> Builder:
        """Start from another context node than the question, as choice filters do."""
        self._place, self._local = place, False
        return self

    def build(self, tree: syntax.Tree) -> Expr:
        """The closure of a tree."""
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
            case syntax.Chain():
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

    # conversions

    def text(self, expr: Expr) -> Callable[[Context], str]:
        """What string() gives."""
        run = expr.run
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
        run = expr.run
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
        if nodes.place is not None and nodes.place.kind == "group":
            return self.issue(ProblemCode.NO_VALUE, tree.offset, name=nodes.place.name)
        return self.note(nodes)

    def _start(self, tree: syntax.Path) -> Expr:
        if tree.start is None:
            return Nodes(lambda c: (c.node,), self._place, self._local)
        if isinstance(tree.start, str):
            return Nodes(lambda c: (c.world.document(),), _top(self.here), local=True)
        return self.build(tree.start)

    def _step(self, base: Nodes, step: syntax.Step) -> Nodes:
        place = self._next_place(base.place, step)
        local = base.local and not (place is not None and place.kind == "table" and step.axis == "child")
        indexed = self._indexed(base, step, place)
        if indexed is not None:
            return indexed
        walk = _walk(step.axis, step.test)
        origin = base.run
        keep = self._predicates(Nodes(origin, place, local), step.predicates)
        if not keep:
            return Nodes(lambda c: [found for node in origin(c) for found in walk(node)], place, local)

        def run(c: Context) -> Sequence[Node]:
            result: list[Node] = []
            for node in origin(c):
                found: Sequence[Node] = walk(node)
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
        equality = _column_equality(step.predicates[0])
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
        outer = self._place, self._local
        self._place, self._local = nodes.place, nodes.local
        kept = [self._predicate(self.build(predicate)) for predicate in predicates]
        self._place, self._local = outer
        return kept

    def _predicate(self, expr: Expr) -> Callable[[Context, Sequence[Node]], Sequence[Node]]:
        holds = _is_at(expr.run) if isinstance(expr, Numbers) else self.truth(expr)

        def keep(c: Context, nodes: Sequence[Node]) -> Sequence[Node]:
            inner = Context(c.node, c.world, c.current, 0, len(nodes))
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
            result = operands[0]
            for sign, operand in zip(tree.operators, operands[1:], strict=True):
                result = self._compare(sign, result, operand, tree.offset)
            return result
        if first == "|":
            return self._union(operands, tree.offset)
        return _arithmetic(tree.operators, [self.number(operand) for operand in operands])

    def _union(self, operands: list[Expr], offset: int) -> Expr:
        parts = [operand.run for operand in operands if isinstance(operand, Nodes)]
        if self.scope is not None or len(parts) < len(operands):
            return self.issue(ProblemCode.PATH_NOT_ALLOWED, offset, name="|")
        return Nodes(lambda c: _in_order([node for part in parts for node in part(c)], c.world.document()))

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
        if not isinstance(left, Nodes | Mixed) and not isinstance(right, Nodes | Mixed):
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


def _top(place: Place | None) -> Place | None:
    while place is not None and place.parent is not None:
        place = place.parent
    return place


def _kept(nodes: Nodes, keeps: Callable[[Context, Sequence[Node]], Sequence[Node]]) -> Nodes:
    origin = nodes.run
    return Nodes(lambda c: keeps(c, origin(c)), nodes.place, nodes.local)


def _walk(axis: str, test: str) -> Callable[[Node], Sequence[Node]]:
    """One step from one node."""
    if axis == "self":
        return lambda node: (node,)
    if axis == "parent":
        return lambda node: () if (above := node.parent()) is None else (above,)
    if axis == "descendant":
        return lambda node: [found for found in _below(node) if _fits(found, test)]
    if test in {"*", "node()", "text()"}:
        return lambda node: [found for found in node.children() if _fits(found, test)]
    return lambda node: [found for found in node.children() if found.name() == test]


def _fits(node: Node, test: str) -> bool:
    name = node.name()
    if test == "*":
        return name[:1] not in {"@", "#"}
    if test == "node()":
        return not name.startswith("@")
    return name == ("#text" if test == "text()" else test)


def _below(node: Node) -> list[Node]:
    found: list[Node] = []
    waiting = list(reversed(node.children()))
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting.extend(reversed(one.children()))
    return found


def _in_order(nodes: list[Node], document: Node) -> list[Node]:
    """Document order, each node once."""
    rank = {id(node): at for at, node in enumerate(_below(document))}
    unique = {id(node): node for node in nodes}
    return sorted(unique.values(), key=lambda node: rank.get(id(node), -1))


def _column_equality(predicate: syntax.Tree) -> tuple[str, syntax.Tree] | None:
    """`column = value` with a value that does not look at the item."""
    if not isinstance(predicate, syntax.Chain) or predicate.operators != ("=",):
        return None
    for column, value in (predicate.operands, predicate.operands[::-1]):
        name = _bare_name(column)
        if (
            name is not None
            and isinstance(value, syntax.Text | syntax.Reference | syntax.Call)
            and _stands_alone(value)
        ):
            return name, value
    return None


def _bare_name(tree: syntax.Tree) -> str | None:
    if isinstance(tree, syntax.Path) and tree.start is None and len(tree.steps) == 1:
        step = tree.steps[0]
        if step.axis == "child" and not step.predicates and step.test[-1] not in "*)":
            return step.test
    return None


def _stands_alone(tree: syntax.Tree) -> bool:
    """No relative path and no position inside."""
    match tree:
        case syntax.Text() | syntax.Number() | syntax.Reference():
            return True
        case syntax.Call(name, arguments, _):
            return bool(arguments) and name not in {"position", "instance"} and all(map(_stands_alone, arguments))
    return False


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
