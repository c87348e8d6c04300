"""Rows of a catalogue that a table offers, and which of them are ticked beforehand.

`offers` of a table says `question = expression`: a select_one of its rows, and an expression that gives codes of its
list, such as `ms_code = instance('measure')/root/item[standard = 'always']/name`. `preset` is an expression that gives
those that are usual in this case; they are on offer too. Nothing is kept in step: both are worked out when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.engine.problems import Problem, ProblemCode, similar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hrddp_desktop.engine.definition import ChoiceList, Definition, Item
    from hrddp_desktop.engine.nodes import Context, Place


@dataclass(frozen=True, slots=True)
class Offers:
    """The question of a row that picks from the catalogue `list_name`, and the codes on offer and ticked."""

    question: str
    list_name: str
    codes: Callable[[Context], Sequence[str]]
    preset: Callable[[Context], Sequence[str]]


def offered_question(definition: Definition, table: Item) -> tuple[Item, int, Problem | None]:
    """The question that picks, where the expression after it begins, and what is wrong with it."""
    name, sign, _ = table.cell("offers").partition("=")
    question = definition.items.get(name.strip())
    if question is None and sign:
        facts = (("name", name.strip()), ("hint", similar(name.strip(), definition.items)))
        return table, 0, Problem("survey", table.row, "offers", 0, ProblemCode.REFERENCE_UNKNOWN, facts)
    if not sign or question is None or question.type != "select_one" or question.table != table.name:
        return table, 0, _bad(table, "offers", "it must begin with a select_one of its own rows")
    if question.list_name not in definition.lists:
        return table, 0, _bad(table, "offers", f"the list {question.list_name} is missing")
    return question, len(name) + 1, None


def unfit(table: Item, column: str, choices: ChoiceList, place: Place | None) -> Problem | None:
    """What is wrong with nodes that hold the codes of another list."""
    strange = sorted((place.codes or frozenset()) - set(choices.codes)) if place is not None else []
    return _bad(table, column, f"{strange[0]} is not in the list {choices.name}") if strange else None


def _bad(table: Item, column: str, detail: str) -> Problem:
    return Problem("survey", table.row, column, None, ProblemCode.OFFER_BAD, (("name", table.name), ("detail", detail)))
