"""Steps of a path over nodes, and the shapes of a path that the compiler knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.engine import syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hrddp_desktop.engine.nodes import Node, Place


def top(place: Place | None) -> Place | None:
    """The document a place stands in."""
    while place is not None and place.parent is not None:
        place = place.parent
    return place


def walk(axis: str, test: str) -> Callable[[Node], Sequence[Node]]:
    """One step from one node."""
    if axis == "self":
        return lambda node: (node,)
    if axis == "parent":
        return lambda node: () if (above := node.parent()) is None else (above,)
    if axis == "descendant":
        return lambda node: [found for found in _below(node) if _fits(found, test)]
    if test in {"*", "node()", "text()"}:
        return lambda node: [found for found in node.children() if _fits(found, test)]
    return lambda node: node.called(test)


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


def in_order(nodes: list[Node], document: Node) -> list[Node]:
    """Document order, each node once."""
    rank = {id(node): at for at, node in enumerate(_below(document))}
    unique = {id(node): node for node in nodes}
    return sorted(unique.values(), key=lambda node: rank.get(id(node), -1))


def column_equality(predicate: syntax.Tree) -> tuple[str, syntax.Tree] | None:
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


def stands_apart(tree: syntax.Tree) -> bool:
    """Whether something that takes work is the same for every node that a predicate around it looks at."""
    return isinstance(tree, syntax.Call | syntax.Path) and _is_apart(tree)


def _is_apart(tree: syntax.Tree) -> bool:
    match tree:
        case syntax.Text() | syntax.Number() | syntax.Reference():
            return True
        case syntax.Negative(operand, _):
            return _is_apart(operand)
        case syntax.Chain(operands=operands):
            return all(map(_is_apart, operands))
        case syntax.Call(name, arguments, _):
            # Without an argument some functions look at the node.
            return name == "current" or (bool(arguments) and all(map(_is_apart, arguments)))
        case syntax.Path(start=start):
            # What its own predicates look at are its own nodes.
            return isinstance(start, syntax.Reference | syntax.Call) and _is_apart(start)
    return False
