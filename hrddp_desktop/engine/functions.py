"""The function table of the form language: one entry per function."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.expressions import Builder, Function
from hrddp_desktop.engine.kinds import Days, Expr, Mixed, Nodes, Numbers, Texts, Truths
from hrddp_desktop.engine.patterns import safe_pattern
from hrddp_desktop.engine.problems import ExpressionError, ProblemCode
from hrddp_desktop.engine.texts import after, before, formatted, length, selected, slice_at, substring, translate
from hrddp_desktop.engine.values import (
    NAN,
    round_away,
    round_half_up,
    text_days,
    text_number,
    text_time,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hrddp_desktop.engine.nodes import Context, Node, Place, Scope


def builder(scope: Scope | None = None, here: Place | None = None, shift: float = 0.0) -> Builder:
    """A builder that knows this table."""
    return Builder(FUNCTIONS, scope, here, shift)


# how a call is built from plain Python functions


def _texts(build: Builder, call: syntax.Call) -> list[Callable[[Context], str]]:
    return [build.text(build.build(argument)) for argument in call.arguments]


def _numbers(build: Builder, call: syntax.Call) -> list[Callable[[Context], float]]:
    return [build.number(build.build(argument)) for argument in call.arguments]


def _text_to_text(work: Callable[..., str], least: int, most: int) -> Function:
    """Texts in, text out."""

    def build(b: Builder, call: syntax.Call) -> Expr:
        parts = _texts(b, call)
        return Texts(lambda c: work(*[part(c) for part in parts]))

    return Function(least, most, build)


def _text_to_truth(work: Callable[..., bool], count: int) -> Function:
    """Texts in, truth out; a quoted value is checked against the choice list of what it is looked for in."""

    def build(b: Builder, call: syntax.Call) -> Expr:
        arguments = [b.build(argument) for argument in call.arguments]
        if work is selected:
            b.check_code(arguments[0], arguments[1], call.offset)
        parts = [b.text(argument) for argument in arguments]
        if len(parts) == 2:
            first, second = parts
            return Truths(lambda c: work(first(c), second(c)))
        return Truths(lambda c: work(*[part(c) for part in parts]))

    return Function(count, count, build)


def _number_to_number(work: Callable[..., float], least: int, most: int) -> Function:
    """Numbers in, number out."""

    def build(b: Builder, call: syntax.Call) -> Expr:
        parts = _numbers(b, call)
        return Numbers(lambda c: work(*[part(c) for part in parts]))

    return Function(least, most, build)


def _text_to_number(work: Callable[[str], float]) -> Function:
    """One text in, number out; without an argument the node itself."""

    def build(b: Builder, call: syntax.Call) -> Expr:
        text = b.text(_only(b, call))
        return Numbers(lambda c: work(text(c)))

    return Function(0 if work is length else 1, 1, build)


def _over_nodes(work: Callable[[Sequence[Node]], float]) -> Function:
    """A set of nodes in, number out."""

    def build(b: Builder, call: syntax.Call) -> Expr:
        nodes = _column(b, call, b.build(call.arguments[0]))
        return Numbers(lambda c: work(nodes.run(c))) if isinstance(nodes, Nodes) else nodes

    return Function(1, 1, build)


def _column(b: Builder, call: syntax.Call, expr: Expr) -> Nodes | Texts:
    """The argument as nodes; one cell inside its own table is refused, as its author meant the column."""
    if not isinstance(expr, Nodes):
        return b.issue(ProblemCode.ARGUMENT_KIND, call.offset, name=call.name, expected="a question or table")
    place = expr.place
    if place is not None and place.kind == "field" and place.table is not None and expr.local:
        return b.issue(ProblemCode.OWN_TABLE, call.offset, name=place.name)
    return expr


def _only(b: Builder, call: syntax.Call) -> Expr:
    """The only argument; when it is left out, the context node."""
    if call.arguments:
        return b.build(call.arguments[0])
    return b.build(syntax.Path(None, (), (syntax.Step("self", "node()", (), call.offset),), call.offset))


# text


def _build_substring(b: Builder, call: syntax.Call) -> Expr:
    text = b.text(b.build(call.arguments[0]))
    start, *rest = [b.number(b.build(argument)) for argument in call.arguments[1:]]
    if not rest:
        return Texts(lambda c: substring(text(c), start(c), math.inf))
    length = rest[0]
    return Texts(lambda c: substring(text(c), start(c), length(c)))


def _build_substr(b: Builder, call: syntax.Call) -> Expr:
    text = b.text(b.build(call.arguments[0]))
    bounds = [b.number(b.build(argument)) for argument in call.arguments[1:]]

    def run(c: Context) -> str:
        whole = text(c)
        first, *last = [bound(c) for bound in bounds]
        return whole[slice_at(first, len(whole)) : slice_at(last[0], len(whole)) if last else None]

    return Texts(run)


def _build_concat(b: Builder, call: syntax.Call) -> Expr:
    parts = [_all_texts(b, b.build(argument)) for argument in call.arguments]
    return Texts(lambda c: "".join(text for part in parts for text in part(c)))


def _build_join(b: Builder, call: syntax.Call) -> Expr:
    between = b.text(b.build(call.arguments[0]))
    built = [b.build(argument) for argument in call.arguments[1:]]
    parts = [_all_texts(b, _column(b, call, expr) if len(built) == 1 else expr) for expr in built]
    return Texts(lambda c: between(c).join([text for part in parts for text in part(c)]))


def _all_texts(b: Builder, expr: Expr) -> Callable[[Context], Sequence[str]]:
    """Of nodes every text, of anything else its one."""
    b.whole(expr)
    if isinstance(expr, Nodes):
        nodes = expr.run
        return lambda c: [node.text() for node in nodes(c)]
    text = b.text(expr)
    return lambda c: (text(c),)


def _build_regex(b: Builder, call: syntax.Call) -> Expr:
    text, pattern = b.text(b.build(call.arguments[0])), b.build(call.arguments[1])
    if not isinstance(pattern, Texts) or pattern.constant is None:
        return b.issue(ProblemCode.PATTERN, call.offset, detail="it must be a quoted text")
    try:
        matches = safe_pattern(pattern.constant)
    except ExpressionError as error:
        return b.issue(error.code, call.offset, **dict(error.facts))
    return Truths(lambda c: matches(text(c)))


def _build_selected_at(b: Builder, call: syntax.Call) -> Expr:
    text, at = b.text(b.build(call.arguments[0])), b.number(b.build(call.arguments[1]))

    def run(c: Context) -> str:
        chosen, index = text(c).split(), at(c)
        return chosen[int(index)] if 0 <= index < len(chosen) else ""

    return Texts(run)


# choice and truth


def _build_if(b: Builder, call: syntax.Call) -> Expr:
    test = b.truth(b.build(call.arguments[0]))
    yes, no = (b.build(argument) for argument in call.arguments[1:])
    if isinstance(yes, Numbers) and isinstance(no, Numbers):
        number, otherwise = yes.run, no.run
        return Numbers(lambda c: number(c) if test(c) else otherwise(c))
    if isinstance(yes, Truths) and isinstance(no, Truths):
        truth, contrary = yes.run, no.run
        return Truths(lambda c: truth(c) if test(c) else contrary(c))
    if isinstance(yes, Texts | Nodes) and isinstance(no, Texts | Nodes):
        text, instead = b.text(yes), b.text(no)
        return Texts(lambda c: text(c) if test(c) else instead(c))
    first, second = b.value(yes), b.value(no)
    return Mixed(lambda c: first(c) if test(c) else second(c))


def _build_coalesce(b: Builder, call: syntax.Call) -> Expr:
    first, second = _texts(b, call)
    return Texts(lambda c: first(c) or second(c))


def _build_once(b: Builder, call: syntax.Call) -> Expr:
    fresh = b.text(b.build(call.arguments[0]))
    return Texts(lambda c: c.current.text() or fresh(c))


def _build_not(b: Builder, call: syntax.Call) -> Expr:
    truth = b.truth(b.build(call.arguments[0]))
    return Truths(lambda c: not truth(c))


def _constant(value: bool) -> Function:
    return Function(0, 0, lambda _b, _call: Truths(lambda _c: value))


# numbers


def _round(value: float, places: float | None = None) -> float:
    if places is None:
        return round_half_up(value)
    return NAN if places != places or abs(places) > 300 else round_away(value, int(places))


def _integer(value: float) -> float:
    return value if value != value or math.isinf(value) else float(math.trunc(value))


def _floor(value: float) -> float:
    return value if value != value or math.isinf(value) else float(math.floor(value))


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return NAN


def _sum(nodes: Sequence[Node]) -> float:
    return math.fsum([text_number(node.text()) for node in nodes])


def _extreme(pick: Callable[[Sequence[float]], float]) -> Function:
    """min() or max() over nodes and values; one NaN, hence one blank, makes NaN."""

    def build(b: Builder, call: syntax.Call) -> Expr:
        built = [b.build(argument) for argument in call.arguments]
        if len(built) == 1 and isinstance(built[0], Nodes):
            built = [_column(b, call, built[0])]
        parts = [_all_numbers(b, expr) for expr in built]

        def run(c: Context) -> float:
            found = [number for part in parts for number in part(c)]
            return NAN if not found or any(number != number for number in found) else pick(found)

        return Numbers(run)

    return Function(1, None, build)


def _all_numbers(b: Builder, expr: Expr) -> Callable[[Context], Sequence[float]]:
    if isinstance(expr, Nodes):
        nodes = expr.run
        return lambda c: [text_number(node.text(), b.shift) for node in nodes(c)]
    number = b.number(expr)
    return lambda c: (number(c),)


# days


def _build_date(b: Builder, call: syntax.Call) -> Expr:
    return Days(_days(b, b.build(call.arguments[0])))


def _days(b: Builder, expr: Expr) -> Callable[[Context], float]:
    if isinstance(expr, Numbers | Days):
        return expr.run
    text = b.text(expr)
    return lambda c: text_days(text(c), b.shift)


def _build_days_number(b: Builder, call: syntax.Call) -> Expr:
    return Numbers(_days(b, b.build(call.arguments[0])))


def _build_time_number(b: Builder, call: syntax.Call) -> Expr:
    text = b.text(b.build(call.arguments[0]))
    return Numbers(lambda c: text_time(text(c), b.shift))


def _build_today(_b: Builder, _call: syntax.Call) -> Expr:
    return Days(lambda c: c.world.today)


def _build_format_date(b: Builder, call: syntax.Call) -> Expr:
    days, pattern = _days(b, b.build(call.arguments[0])), b.text(b.build(call.arguments[1]))
    return Texts(lambda c: formatted(days(c) - b.shift, pattern(c)))


# nodes


def _build_position(b: Builder, call: syntax.Call) -> Expr:
    if not call.arguments:
        return Numbers(lambda c: float(c.position))
    nodes = b.build(call.arguments[0])
    if not isinstance(nodes, Nodes):
        return b.issue(ProblemCode.ARGUMENT_KIND, call.offset, name=call.name, expected="a node such as ..")
    if nodes.place is not None and nodes.place.kind == "table":
        b.note(Nodes(nodes.run, nodes.place))
    run = nodes.run
    return Numbers(lambda c: _position(found[0]) if (found := run(c)) else NAN)


def _position(node: Node) -> float:
    above, name = node.parent(), node.name()
    alike = [one for one in above.children() if one.name() == name] if above is not None else [node]
    return float(next((at for at, one in enumerate(alike, 1) if one is node), 1))


def _build_indexed_repeat(b: Builder, call: syntax.Call) -> Expr:
    field, table, index = call.arguments
    nodes, _rows = b.all_rows(field), b.all_rows(table)
    at = b.number(b.build(index))
    if not isinstance(nodes, Nodes):
        return b.issue(
            ProblemCode.ARGUMENT_KIND, call.offset, name=call.name, expected="a column, its table and a number"
        )
    run = nodes.run

    def pick(c: Context) -> Sequence[Node]:
        found, number = run(c), at(c)
        return (found[int(number) - 1],) if 1 <= number <= len(found) else ()

    return Nodes(pick, nodes.place)


def _build_current(b: Builder, _call: syntax.Call) -> Expr:
    return Nodes(lambda c: (c.current,), b.here, local=True)


def _build_instance(b: Builder, call: syntax.Call) -> Expr:
    name = b.build(call.arguments[0])
    if not isinstance(name, Texts) or name.constant is None or b.scope is None:
        return b.issue(
            ProblemCode.ARGUMENT_KIND, call.offset, name=call.name, expected="the quoted name of a choice list"
        )
    wanted = name.constant
    place = b.scope.instance(wanted)
    if place is None:
        return b.issue(ProblemCode.LIST_MISSING, call.offset, name=wanted)
    return Nodes(lambda c: c.world.instance(wanted), place)


def _build_choice_name(b: Builder, call: syntax.Call) -> Expr:
    """jr:choice-name(value, '${question}'): the label in the form's own language."""
    text, which = b.text(b.build(call.arguments[0])), b.build(call.arguments[1])
    name = (
        which.constant.strip().removeprefix("${").removesuffix("}").strip()
        if isinstance(which, Texts) and which.constant
        else ""
    )
    place = b.scope.place(name) if b.scope is not None else None
    if place is None or place.list_name is None:
        return b.issue(
            ProblemCode.ARGUMENT_KIND, call.offset, name=call.name, expected="the quoted reference of a select"
        )
    list_name = place.list_name
    return Texts(lambda c: ", ".join(c.world.choice_label(list_name, code) for code in text(c).split()))


FUNCTIONS: dict[str, Function] = {
    "if": Function(3, 3, _build_if),
    "coalesce": Function(2, 2, _build_coalesce),
    "once": Function(1, 1, _build_once),
    "selected": _text_to_truth(selected, 2),
    "selected-at": Function(2, 2, _build_selected_at),
    "count-selected": _text_to_number(lambda text: float(len(text.split()))),
    "count": _over_nodes(lambda nodes: float(len(nodes))),
    "count-non-empty": _over_nodes(lambda nodes: float(sum([node.text() != "" for node in nodes]))),
    "sum": _over_nodes(_sum),
    "min": _extreme(min),
    "max": _extreme(max),
    "join": Function(1, None, _build_join),
    "concat": Function(0, None, _build_concat),
    "string-length": _text_to_number(length),
    "substr": Function(2, 3, _build_substr),
    "substring": Function(2, 3, _build_substring),
    "substring-before": _text_to_text(before, 2, 2),
    "substring-after": _text_to_text(after, 2, 2),
    "string": Function(0, 1, lambda b, call: Texts(b.text(_only(b, call)))),
    "contains": _text_to_truth(lambda text, part: part in text, 2),
    "starts-with": _text_to_truth(str.startswith, 2),
    "normalize-space": Function(0, 1, lambda b, call: _normalized(b.text(_only(b, call)))),
    "translate": _text_to_text(translate, 3, 3),
    "regex": Function(2, 2, _build_regex),
    "number": Function(0, 1, lambda b, call: Numbers(b.number(_only(b, call)))),
    "int": _number_to_number(_integer, 1, 1),
    "round": _number_to_number(_round, 1, 2),
    "floor": _number_to_number(_floor, 1, 1),
    "pow": _number_to_number(_power, 2, 2),
    "boolean": Function(1, 1, lambda b, call: Truths(b.truth(b.build(call.arguments[0])))),
    "boolean-from-string": _text_to_truth(lambda text: text in {"true", "1"}, 1),
    "not": Function(1, 1, _build_not),
    "true": _constant(True),
    "false": _constant(False),
    "date": Function(1, 1, _build_date),
    "today": Function(0, 0, _build_today),
    "now": Function(0, 0, _build_today),
    "format-date": Function(2, 2, _build_format_date),
    "format-date-time": Function(2, 2, _build_format_date),
    "decimal-date-time": Function(1, 1, _build_days_number),
    "decimal-time": Function(1, 1, _build_time_number),
    "position": Function(0, 1, _build_position),
    "indexed-repeat": Function(3, 3, _build_indexed_repeat),
    "current": Function(0, 0, _build_current),
    "instance": Function(1, 1, _build_instance),
    "jr:choice-name": Function(2, 2, _build_choice_name),
}


def _normalized(text: Callable[[Context], str]) -> Texts:
    return Texts(lambda c: " ".join(text(c).split()))
