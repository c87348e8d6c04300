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


class Progress:
    """The states of a tree, counted once and then again only where a question looks different.

    What is kept is a place's: a question outside tables, a table by itself, or one row of it.
    """

    def __init__(self, tree: Tree, page_of: Mapping[str, str]) -> None:
        self._page_of = page_of
        self._nodes = [  # what stands outside the tables and the tables themselves: they never change
            node
            for item in tree.definition.items.values()
            if (node := tree.paths.get(item.name)) is not None
            and (item.is_answered_by_hand or (isinstance(node, Table) and not item.makes_rows))
        ]
        self._kept: dict[str, dict[str, Tally]] = {stage: {} for stage in STAGES}

    def forget(self, paths: Iterable[str]) -> None:
        """These look different now, or have other rows."""
        places = {path.rpartition("/")[0] or path for path in paths}
        for kept in self._kept.values():
            for place in places:
                kept.pop(place, None)

    def tallies(self, asked: Mapping[str, Asked], stage: str) -> Iterator[Tally]:
        """What is relevant, asked and due up to a stage, place by place, in the order of the form."""
        kept = self._kept[stage]
        for node in self._nodes:
            yield kept.get(node.path) or self._tally(kept, node.path, (node,), asked, stage)
            for row in node.rows if isinstance(node, Table) else ():
                yield kept.get(row.path) or self._tally(kept, row.path, row.fields(), asked, stage)

    def _tally(
        self,
        kept: dict[str, Tally],
        place: str,
        nodes: Iterable[Field | Table],
        asked: Mapping[str, Asked],
        stage: str,
    ) -> Tally:
        found = kept[place] = Tally(_states(nodes, asked, stage), self._page_of)
        return found


def _states(nodes: Iterable[Field | Table], asked: Mapping[str, Asked], stage: str) -> Iterator[State]:
    last = STAGES.index(stage)
    for node in nodes:
        item = node.rules.item
        by_hand = item.is_answered_by_hand or isinstance(node, Table)
        if by_hand and node.relevant and asked[item.name] is not Asked.NO and STAGES.index(item.due) <= last:
            required = node.required and asked[item.name] is Asked.REQUIRED
            yield State(node, required, _is_missing(node, required=required))


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


@dataclass(slots=True)
class Count:
    """How far a page is."""

    asked: int = 0
    due: int = 0
    missing: int = 0
    later: int = 0
    answers: int = 0

    def add(self, state: State) -> None:
        """Count one question."""
        self.asked += 1
        self.due += state.is_required or state.is_missing
        self.missing += state.is_missing
        self.later += state.is_missing and is_promised(state.node)
        self.answers += bool(state.node.rows) if isinstance(state.node, Table) else state.node.value is not None

    def add_all(self, other: Count) -> None:
        """Count what another has counted."""
        self.asked += other.asked
        self.due += other.due
        self.missing += other.missing
        self.later += other.later
        self.answers += other.answers

    def result(self) -> tuple[str, int, int]:
        """State of the page, how many of the due answers are there, how many are due."""
        answered = self.due - self.missing
        if self.missing == 0:
            is_begun = self.due or self.answers or not self.asked
            return ("done" if is_begun else "untouched"), answered, self.due
        if self.missing == self.later:
            return "later", answered, self.due
        return ("missing" if self.answers else "untouched"), answered, self.due


class Tally:
    """What one place has: `missing` in the order of the columns, and the counts of each page that it stands on."""

    __slots__ = ("counts", "missing")

    def __init__(self, found: Iterable[State], page_of: Mapping[str, str]) -> None:
        self.missing: list[Field | Table] = []
        self.counts: dict[str, Count] = {}
        for state in found:
            self.counts.setdefault(page_of.get(state.node.tag, ""), Count()).add(state)
            if state.is_missing:
                self.missing.append(state.node)


def count(found: Iterable[Tally]) -> dict[str, Count]:
    """The counts of each page that has something due."""
    counts: dict[str, Count] = {}
    for tally in found:
        for page, one in tally.counts.items():
            counts.setdefault(page, Count()).add_all(one)
    return counts
