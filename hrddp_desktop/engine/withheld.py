"""A record without its strictly confidential answers (policy 4.3, 4.4): what rests on them is given as a result.

A question is withheld when its column `sensitivity`, or that of a group or table around it, says so; a calculation too,
then it is worked out from blanks and says nothing. A calculation that reads what is withheld and is not withheld itself
is a result that may be told: the record that is whole gives it, and all the rest is worked out anew from there. A
constraint that reads what is withheld was checked where the record is whole and is taken as met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from hrddp_desktop.engine.program import Part, Rules, program
from hrddp_desktop.engine.recompute import AnyNode, Recompute
from hrddp_desktop.engine.tree import Field, Tree
from hrddp_desktop.errors import AnswerError, Code

if TYPE_CHECKING:
    from hrddp_desktop.engine.definition import Definition, Item
    from hrddp_desktop.engine.views import Decision

Given = Mapping[str, str]
"""By path the text of each result that rests on withheld answers; one that is not named is blank.

A question or table that is named with a blank text is missing in the whole record: due and not there, or not allowed.
"""

STRICT = "strictly_confidential"


def is_withheld(definition: Definition, name: str) -> bool:
    """Whether an item, or a group or table around it, is strictly confidential."""
    item = definition.items[name]
    return item.cell("sensitivity") == STRICT or (item.parent is not None and is_withheld(definition, item.parent))


def withheld(definition: Definition) -> tuple[str, ...]:
    """The questions whose answers leave the office in no document, in the order of the form."""
    items = definition.items.values()
    return tuple(item.name for item in items if item.is_answered_by_hand and is_withheld(definition, item.name))


def results(definition: Definition) -> frozenset[str]:
    """The calculations that read what is withheld, and may be told."""
    calculations = (item.name for item in definition.items.values() if item.type == "calculate")
    rests = _resting(definition, Part.RELEVANT) | _resting(definition, Part.VALUE)
    return frozenset(name for name in calculations if name in rests and not is_withheld(definition, name))


def readers(definition: Definition) -> Iterator[tuple[Item, Part, str]]:
    """Where something that is no calculation reads what is withheld: item, property, what it reads.

    Without the answer it would come out as something else, or, as a label, tell it.
    """
    for part in (Part.RELEVANT, Part.VALUE, Part.OPTIONS, Part.REQUIRED, Part.READ_ONLY, Part.SHOWN):
        for name in _resting(definition, part):
            item = definition.items[name]
            if item.type != "calculate" and not is_withheld(definition, name):
                reads = program(definition).rules[name].reads[part]
                yield item, part, min(read.name for read in reads if is_withheld(definition, read.name))


def told(tree: Tree, missing: Iterable[str]) -> dict[str, str]:
    """What a copy without the withheld answers is given; a result that reads an answer that cannot stand is blank.

    It names all that is `missing` in the whole record: without the answers part of it could not be missed.
    """
    names = results(tree.program.definition)
    fields = (node for node in tree.paths.values() if isinstance(node, Field) and node.tag in names)
    return {node.path: node.shown for node in fields if node.shown and node.sound} | dict.fromkeys(missing, "")


def as_given(found: Decision, outcome: str) -> Decision:
    """A decision whose outcome is given: no row of the table gave it here, and none speaks beside it."""
    nothing = {"rule": None, "reason": "", "basis": "", "reference": "", "also": (), "open_questions": ()}
    return replace(found, outcome=outcome or None, would_change=(), facts={}, **nothing)  # type: ignore[arg-type]


def _resting(definition: Definition, part: Part) -> frozenset[str]:
    """The items of which one property reads something that is withheld."""
    kept = {name for name in definition.items if is_withheld(definition, name)}
    rules = program(definition).rules.items()
    return frozenset(name for name, one in rules if any(read.name in kept for read in one.reads.get(part, ())))


class Projection(Recompute):
    """Keeps a tree up to date whose withheld answers are not there."""

    def __init__(self, tree: Tree, given: Given) -> None:
        super().__init__(tree)
        definition = tree.program.definition
        self._given = given
        self._withheld = frozenset(withheld(definition))
        self._met = _resting(definition, Part.CONSTRAINT)
        self.results = results(definition)
        """The names of the calculations whose values are given."""

    @property
    def missing(self) -> list[str]:
        """The paths of what is missing in the whole record, whether or not that could be seen here."""
        return [path for path, text in self._given.items() if not text]

    def everything(self) -> None:
        """Work out the whole record once, then close it: what follows from a change cannot be said without the rest."""
        super().everything()
        for node in self._tree.paths.values():
            if isinstance(node, Field):
                node.read_only = True

    def refuse_strange(self) -> None:
        """Raise AnswerError for an answer that should be withheld, and for what is no result that may be given."""
        for path, node in self._tree.paths.items():
            if isinstance(node, Field) and node.tag in self._withheld and node.own:
                raise _refused(path, node.own, "it is withheld from this file, and has an answer in it all the same")
        for path, text in self._given.items():
            known = self._tree.paths.get(path)
            if known is None or not self._can_be(known.tag, text):
                raise _refused(path, text, "it is no result that rests on withheld answers")

    def _can_be(self, name: str, text: str) -> bool:
        definition = self._tree.program.definition
        if not text:
            return definition.items[name].type != "calculate"
        choices = definition.lists.get(definition.list_of_values(definition.items[name]))
        return name in self.results and (choices is None or text in choices.codes)

    def _update(self, part: Part, node: AnyNode, rules: Rules) -> bool:
        if node.tag in self._withheld or part is Part.READ_ONLY or (part is Part.CONSTRAINT and node.tag in self._met):
            return False  # as it was made: not relevant, blank, met
        return super()._update(part, node, rules)

    def _is_relevant(self, node: AnyNode, rules: Rules) -> bool:
        return bool(self._given.get(node.path)) if node.tag in self.results else super()._is_relevant(node, rules)

    def _text_of(self, node: Field, rules: Rules) -> str:
        return self._given.get(node.path, "") if node.tag in self.results else super()._text_of(node, rules)


def _refused(path: str, value: str, detail: str) -> AnswerError:
    return AnswerError(Code.VALUE_NOT_ALLOWED, question=path, value=value, detail=detail)
