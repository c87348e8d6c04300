"""How far a record is: what is due, what of it is missing, and the state of each page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.engine.answers import visible
from hrddp_desktop.engine.definition import STAGES
from hrddp_desktop.engine.layout import Asked
from hrddp_desktop.engine.recompute import stray
from hrddp_desktop.engine.tree import Field, Table, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class State:
    """A question or table that is relevant, asked and due: whether it must be answered, and whether it is missing."""

    node: Field | Table
    is_required: bool
    is_missing: bool


def states(tree: Tree, asked: Mapping[str, Asked], stage: str) -> Iterator[State]:
    """What is relevant, asked and due up to a stage, in the order of the form."""
    last = STAGES.index(stage)
    for node in _in_order(tree):
        item = node.rules.item
        if node.relevant and asked[item.name] is not Asked.NO and STAGES.index(item.due) <= last:
            required = node.required and asked[item.name] is Asked.REQUIRED
            yield State(node, required, _is_missing(node, required=required))


def _in_order(tree: Tree) -> Iterator[Field | Table]:
    """Every question that somebody answers, in the order of the form, tables row by row."""
    for item in tree.definition.items.values():
        node = tree.paths.get(item.name)
        if isinstance(node, Table):
            if item.makes_rows:
                continue
            yield node
            for row in node.rows:
                yield from (cell for cell in row.fields() if cell.rules.item.is_answered_by_hand)
        elif node is not None and item.is_answered_by_hand:
            yield node


def _is_missing(node: Field | Table, *, required: bool) -> bool:
    """Blank though required and not excused as not applicable; or not allowed, required or not."""
    if isinstance(node, Table):
        blank = not node.rows
    elif node.shown and (not node.fits or stray(node)):
        return True
    else:
        blank = not node.shown
    return blank and required and not _is_excused(node)


def _is_excused(node: Field | Table) -> bool:
    """It does not apply, because; without a because it does."""
    return node.excuse is not None and node.excuse.kind == "na" and visible(node.excuse.why)


def is_promised(node: Field | Table) -> bool:
    """Somebody has promised to find out; without why and who nobody has."""
    excuse = node.excuse
    return excuse is not None and excuse.kind == "later" and visible(excuse.why) and visible(excuse.who)


class Count:
    """How far a page is."""

    def __init__(self) -> None:
        self._asked = self._due = self._missing = self._later = self._answers = 0

    def add(self, state: State) -> None:
        """Count one question."""
        self._asked += 1
        self._due += state.is_required or state.is_missing
        self._missing += state.is_missing
        self._later += state.is_missing and is_promised(state.node)
        self._answers += bool(state.node.rows) if isinstance(state.node, Table) else state.node.value is not None

    def result(self) -> tuple[str, int, int]:
        """State of the page, how many of the due answers are there, how many are due."""
        answered = self._due - self._missing
        if self._missing == 0:
            is_begun = self._due or self._answers or not self._asked
            return ("done" if is_begun else "untouched"), answered, self._due
        if self._missing == self._later:
            return "later", answered, self._due
        return ("missing" if self._answers else "untouched"), answered, self._due


def count(found: Iterable[State], page_of: Mapping[str, str]) -> dict[str, Count]:
    """The counts of each page that has something due."""
    counts: dict[str, Count] = {}
    for state in found:
        counts.setdefault(page_of.get(state.node.tag, ""), Count()).add(state)
    return counts
