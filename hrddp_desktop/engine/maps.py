"""The map of one question: everything that it reads, everything that reads it, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.problems import ExpressionError
from hrddp_desktop.engine.program import Part, Program, program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hrddp_desktop.engine.definition import Definition, Item, Machine

_HOW = {
    Part.RELEVANT: "relevance",
    Part.VALUE: "calculation",
    Part.OPTIONS: "choices on offer",
    Part.CONSTRAINT: "constraint",
    Part.REQUIRED: "when required",
    Part.READ_ONLY: "when read-only",
    Part.SHOWN: "its texts",
    Part.DEFAULT: "default",
    Part.OFFERS: "rows on offer",
    Part.PRESET: "rows ticked beforehand",
}
_NAMES = ("name", "reference")
_LONG = 80
_INSTANCE = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]")
_EXPRESSIONS = (
    *("relevant", "required", "constraint", "calculation", "choice_filter", "default", "read_only"),
    *("offers", "preset"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """`reader` reads `source`; `how` says in which of its parts."""

    reader: str
    source: str
    how: str
    is_lane: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A place on the map: its name, how it hangs on the one above, and what hangs on it.

    `again` marks a place that stands further up with all that hangs on it.
    """

    name: str
    how: tuple[str, ...]
    branches: tuple[Branch, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """Both directions from one question."""

    name: str
    reads: tuple[Branch, ...]
    read_by: tuple[Branch, ...]


def links(definition: Definition) -> list[Link]:
    """Who reads whom in the whole form: questions, decision tables, lanes, machines, lists."""
    known = program(definition)
    found = [link for item in definition.items.values() for link in _of_item(item, definition, known)]
    found += [link for machine in definition.machines.values() for link in _of_machine(machine, definition)]
    return list(dict.fromkeys(link for link in found if link.reader != link.source))


def _of_item(item: Item, definition: Definition, known: Program) -> Iterator[Link]:
    for part, reads in known.rules[item.name].reads.items():
        if part in _HOW and not (part is Part.VALUE and item.cell("table")):
            yield from (Link(item.name, name, _HOW[part]) for name in sorted(read.name for read in reads))
    if item.type == "calculate" and item.cell("table"):
        yield from _of_table(item, definition)
    above = definition.items.get(item.parent or "")
    if above is not None and above.cell("relevant"):
        yield Link(item.name, above.name, "asked only where this is")
    elif above is not None and above.parent:
        yield Link(item.name, above.name, "stands in it")
    lane = definition.settings.get("lane", "")
    if item.cell("lanes") and lane in definition.items:
        yield Link(item.name, lane, f"lanes {item.cell('lanes')}", is_lane=True)
    if item.list_name:
        yield Link(item.name, f"list {item.list_name}", "its choices")
    if item.values:
        in_list = item.values in definition.lists
        yield Link(item.name, f"list {item.values}" if in_list else item.values, "its values")
    lists = {name for column in _EXPRESSIONS for name in _INSTANCE.findall(item.cell(column))}
    yield from (Link(item.name, f"list {name}", "look-up") for name in sorted(lists))


def _of_table(item: Item, definition: Definition) -> Iterator[Link]:
    """The sources of a decision table, each with the rules whose cells ask for it."""
    table = definition.tables[item.cell("table")]
    for at, variable in enumerate(table.variables):
        if variable.source:
            rules = dict.fromkeys(rule.rule for rule in table.rules if rule.cells[at] is not None)
            how = f"decision table {table.name}, {variable.name}, rules {' '.join(rules)}" if rules else "unused"
            yield Link(item.name, variable.source, how)


def _of_machine(machine: Machine, definition: Definition) -> Iterator[Link]:
    """What the guards of a machine read; in them a question is named bare, and `rule` is that of the decision."""
    for move in machine.moves:
        try:
            words = syntax.tokens(move.guard)
        except ExpressionError:
            continue
        names = (machine.decided if word.value == "rule" else word.value for word in words if word.kind in _NAMES)
        for name in dict.fromkeys(names):
            if name in definition.items:
                yield Link(f"machine {machine.name}", name, f"guard of step {move.id}")


def map_of(definition: Definition, name: str) -> Map:
    """The map of one question, group, table or calculation. Raises KeyError for a name that the form does not have."""
    if name not in definition.items:
        raise KeyError(name)
    found = links(definition)
    down: dict[str, dict[str, list[str]]] = {}
    up: dict[str, dict[str, list[str]]] = {}
    for link in found:
        # Every question stands in a lane: beyond the question itself that would draw the whole form.
        if not link.is_lane or name in {link.reader, link.source}:
            down.setdefault(link.reader, {}).setdefault(link.source, []).append(link.how)
            up.setdefault(link.source, {}).setdefault(link.reader, []).append(link.how)
    lane = definition.settings.get("lane", "")
    return Map(name, _branches(name, down, lane), _branches(name, up, lane))


def _branches(name: str, edges: Mapping[str, Mapping[str, list[str]]], lane: str) -> tuple[Branch, ...]:
    """The tree below a name, without recursion into what stands further up already: forms have circles of a kind."""
    seen = {name}
    order: list[tuple[str, str]] = []
    waiting = [name]
    for one in waiting:  # nearest first, so that each place is unfolded where it is closest
        if one == lane and one != name:
            continue
        for other in edges.get(one, {}):
            if other not in seen:
                seen.add(other)
                order.append((one, other))
                waiting.append(other)
    unfolded = set(order)
    trees: dict[str, tuple[Branch, ...]] = {}
    for one in reversed(waiting):
        trees[one] = tuple(
            Branch(other, tuple(how), trees[other]) if (one, other) in unfolded else _again(other, how, edges)
            for other, how in ({} if one == lane and one != name else edges.get(one, {})).items()
        )
    return trees[name]


def _again(name: str, how: list[str], edges: Mapping[str, Mapping[str, list[str]]]) -> Branch:
    return Branch(name, tuple(how), again=bool(edges.get(name)))


def as_lines(found: Map, label: Callable[[str], str]) -> Iterator[str]:
    """The map as an indented text."""
    yield _titled(found.name, label)
    for title, branches in (("reads", found.reads), ("is read by", found.read_by)):
        yield f"  {title}:" if branches else f"  {title}: nothing"
        waiting = [(branch, 2) for branch in reversed(branches)]
        while waiting:
            branch, depth = waiting.pop()
            ending = " (unfolded elsewhere)" if branch.again else ""
            yield f"{'  ' * depth}{_titled(branch.name, label)} [{'; '.join(branch.how)}]{ending}"
            waiting.extend((one, depth + 1) for one in reversed(branch.branches))


def _titled(name: str, label: Callable[[str], str]) -> str:
    text = label(name)
    short = text if len(text) <= _LONG else f"{text[:_LONG]}…"
    return name if text in {"", name} else f"{name}: {short}"


def as_dot(found: Map) -> Iterator[str]:
    """The map as a graph for Graphviz: an arrow runs from what is read to its reader."""
    yield f"digraph {_quoted(found.name)} {{"
    yield "  rankdir=LR; node [shape=box];"
    yield f"  {_quoted(found.name)} [style=bold];"
    for branches, is_read in ((found.reads, True), (found.read_by, False)):
        waiting = [(found.name, branch) for branch in branches]
        while waiting:
            above, branch = waiting.pop()
            source, reader = (branch.name, above) if is_read else (above, branch.name)
            yield f"  {_quoted(source)} -> {_quoted(reader)} [label={_quoted('; '.join(branch.how))}];"
            waiting.extend((branch.name, one) for one in branch.branches)
    yield "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def as_data(found: Map) -> dict[str, object]:
    """The map as JSON-ready data."""
    return {
        "name": found.name,
        "reads": [_branch_data(branch) for branch in found.reads],
        "read_by": [_branch_data(branch) for branch in found.read_by],
    }


def _branch_data(branch: Branch) -> dict[str, object]:
    below = [_branch_data(one) for one in branch.branches]
    return {"name": branch.name, "how": list(branch.how), "again": branch.again, "below": below}
