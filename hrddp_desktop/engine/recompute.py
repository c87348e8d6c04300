"""Working out what an answer changes: steps in rank order, each at most once, only where something it reads changed."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from hrddp_desktop.engine.decisions import MISSING, first_rule
from hrddp_desktop.engine.nodes import Context, Node
from hrddp_desktop.engine.program import Part, Rules, Step
from hrddp_desktop.engine.tree import Field, Group, Row, Table, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hrddp_desktop.engine.definition import DecisionTable

AnyNode = Field | Group | Table


class Recompute:
    """Keeps a tree up to date; `changed` collects the paths that look different since it was last cleared."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._rules = tree.program.rules
        self._steps = tree.program.steps  # by rank
        self._heap: list[tuple[int, int, AnyNode]] = []
        self._waiting: set[tuple[int, int]] = set()
        self._ranks = {(step.rules.item.name, step.part): step.rank for step in self._steps}
        self.changed: set[str] = set()
        self.stirred: dict[int, Field] = {}  # questions whose default reads something that changed, by serial
        self.made: set[str] = set()  # the tables whose rows the form has made anew since this was last cleared

    def everything(self) -> None:
        """Work out the whole record once."""
        for step in self._steps:
            for node in self._tree.instances_of(step.rules.item):
                self._work(step, node, wake=False)

    def row(self, row: Row) -> None:
        """Work out a row that was added."""
        for cell in row.cells.values():
            for part in cell.rules.parts if cell.rules is not None else ():
                self.touch(cell, part)
        self.rows_of(row.table)

    def rows_of(self, table: Table) -> None:
        """The rows of a table are others than before, or in another order."""
        self._wake(table, table.rules.wakes.get(Part.VALUE, ()))

    def touch(self, node: AnyNode, part: Part) -> None:
        """Note that a property may have changed."""
        self._push(self._ranks[node.tag, part], node)

    def _push(self, rank: int, node: AnyNode) -> None:
        key = (rank, node.serial)
        if key not in self._waiting:
            self._waiting.add(key)
            heappush(self._heap, (rank, node.serial, node))

    def settle(self) -> None:
        """Work until nothing waits any more."""
        while self._heap:
            rank, serial, node = heappop(self._heap)
            self._waiting.discard((rank, serial))
            self._work(self._steps[rank], node, wake=True)

    def _wake(self, node: AnyNode, readers: Sequence[Step]) -> None:
        row = node.row
        for step in readers:
            if step.local and row is not None:
                self._push(step.rank, row.cells[step.rules.item.name])
            else:
                for reader in self._tree.instances_of(step.rules.item):
                    self._push(step.rank, reader)

    def _work(self, step: Step, node: AnyNode, *, wake: bool) -> None:
        """Work one property out; when it is another than before, wake what reads it."""
        part, rules = step.part, step.rules
        if not self._update(part, node, rules):
            return
        if part is not Part.SOUND and not isinstance(node, Group):
            self.changed.add(node.path)
        if wake and part in rules.wakes:
            self._wake(node, rules.wakes[part])

    def _update(self, part: Part, node: AnyNode, rules: Rules) -> bool:
        """Work the property out; True when it is another than before."""
        if part is Part.RELEVANT:
            return self._relevant(node, rules)
        if isinstance(node, Field):
            return _OF_FIELDS[part](self, node, rules)
        if part is Part.VALUE and isinstance(node, Table) and rules.value is not None:
            self._make_rows(node, rules.value(self._context(node)).split())
        # Of a table the rows and the words are always taken as new; a group has its relevance alone.
        return part is not Part.REQUIRED or (isinstance(node, Table) and self._required(node, rules))

    def _context(self, node: Node) -> Context:
        return Context(node, self._tree)

    # one property of one node: True when it changed

    def _relevant(self, node: AnyNode, rules: Rules) -> bool:
        above = node.above
        relevant = (above is None or above.relevant) and self._is_relevant(node, rules)
        if relevant == node.relevant:
            return False
        node.relevant = relevant
        return True

    def _is_relevant(self, node: AnyNode, rules: Rules) -> bool:
        return rules.relevant is None or rules.relevant(self._context(node))

    def _make_rows(self, table: Table, wanted: Sequence[str]) -> None:
        """Rows come and go with what their ids are worked out from; an id with a slash in it would be no path."""
        ids = [row_id for row_id in dict.fromkeys(wanted) if "/" not in row_id]
        if ids == [row.row_id for row in table.rows]:
            return
        gone = self._tree.make_rows(table, ids)
        if gone:
            self._heap = [one for one in self._heap if one[2].row not in gone]
            heapify(self._heap)
            self._waiting = {(rank, serial) for rank, serial, _ in self._heap}
        self.made.add(table.tag)
        self.changed.update(field.path for row in table.rows for field in row.fields())

    def _value(self, node: Field, rules: Rules) -> bool:
        shown = self._text_of(node, rules) if node.relevant else ""
        if shown == node.shown:
            return False
        node.shown = shown
        return True

    def _text_of(self, node: Field, rules: Rules) -> str:
        if rules.value is not None:
            return rules.value(self._context(node))
        if rules.decision is not None:
            rule = first_rule(rules.decision, self.variables(rules.decision, node))
            return "" if rule is None or rule.outcome == MISSING else rule.outcome
        return node.own

    def variables(self, table: DecisionTable, node: Field | None) -> dict[str, str | None]:
        """What a decision table reads: an answer that is blank, not relevant or not sound is missing."""
        return {variable.name: self._variable(variable.source, node) for variable in table.variables}

    def _variable(self, source: str, node: Field | None) -> str | None:
        rules = self._rules.get(source)
        if rules is None or rules.item.is_container:
            return None
        if rules.item.table is not None and node is not None and node.row is not None:
            found: AnyNode | None = node.row.cells.get(source)
        else:
            found = next(iter(self._tree.instances_of(rules.item)), None)
        if not isinstance(found, Field) or not found.sound:
            return None
        return found.shown or None

    def _options(self, node: Field, rules: Rules) -> bool:
        found = rules.options(self._context(node)) if rules.options is not None else ()
        offered = None if self._is_elsewhere(rules.record) else tuple(map(self._option, found))
        if offered == node.offered:
            return False
        node.offered = offered
        return True

    def _is_elsewhere(self, record: str) -> bool:
        """The record whose rows would be on offer is not at hand; then nothing can be said against a link to one."""
        return record != "" and not self._tree.is_related(record)

    def _option(self, node: Node) -> tuple[str, str]:
        """Code and title; a choice's label depends on the language and is looked up when shown."""
        if isinstance(node, Row):
            return node.row_id, self._tree.row_title(node)
        texts = {child.name(): child.text() for child in node.children()}
        return texts.get("_row") or texts.get("name", ""), texts.get("_title", "")

    def _constraint(self, node: Field, rules: Rules) -> bool:
        fits = node.shown == "" or rules.constraint is None or rules.constraint(self._context(node))
        if fits == node.fits:
            return False
        node.fits = fits
        return True

    def _sound(self, node: Field, rules: Rules) -> bool:
        sound = self._reads_soundly(node, rules) if rules.value is not None else node.fits and not stray(node)
        if sound == node.sound:
            return False
        node.sound = sound
        return True

    def _reads_soundly(self, node: Field, rules: Rules) -> bool:
        """A calculation is sound when all it reads is; a decision table has read the rest as missing already."""
        for read in rules.reads.get(Part.VALUE, ()):
            source = self._rules.get(read.name)
            if source is None or source.item.is_container:
                continue
            here = node.row.cells.get(read.name) if read.local and node.row is not None else None
            cells = (here,) if here is not None else self._tree.instances_of(source.item)
            if not all(cell.sound for cell in cells if isinstance(cell, Field)):
                return False
        return True

    def _required(self, node: Field | Table, rules: Rules) -> bool:
        required = callable(rules.required) and rules.required(self._context(node))
        if required == node.required:
            return False
        node.required = required
        return True

    def _read_only(self, node: Field, rules: Rules) -> bool:
        read_only = callable(rules.read_only) and rules.read_only(self._context(node))
        if read_only == node.read_only:
            return False
        node.read_only = read_only
        return True

    def _texts(self, _node: Field, _rules: Rules) -> bool:
        return True

    def _default(self, node: Field, _rules: Rules) -> bool:
        """Only noted: what a default brings is an answer, and answers are the session's."""
        self.stirred[node.serial] = node
        return False


def stray(node: Field) -> list[str]:
    """The codes or rows a relevant answer names that are not on offer: filtered out, or a row that was removed."""
    if node.offered is None or not node.shown:
        return []
    on_offer = {code for code, _ in node.offered}
    return [code for code in node.shown.split() if code not in on_offer]


_OF_FIELDS = {
    Part.VALUE: Recompute._value,  # noqa: SLF001 - the class's own table of steps
    Part.OPTIONS: Recompute._options,  # noqa: SLF001 - as above
    Part.CONSTRAINT: Recompute._constraint,  # noqa: SLF001 - as above
    Part.SOUND: Recompute._sound,  # noqa: SLF001 - as above
    Part.REQUIRED: Recompute._required,  # noqa: SLF001 - as above
    Part.READ_ONLY: Recompute._read_only,  # noqa: SLF001 - as above
    Part.SHOWN: Recompute._texts,  # noqa: SLF001 - as above
    Part.DEFAULT: Recompute._default,  # noqa: SLF001 - as above
}
