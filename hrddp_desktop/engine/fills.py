"""Catalogue fills: picking a row of a catalogue copies what the catalogue knows into other questions.

`fills` of a select_one holds `question=column` pairs with blanks between, such as `ms_owner=owner ms_text=label`. What
a person has typed is never overwritten: a question is filled while it is blank or still says what the last pick said,
in whichever language. Texts are copied in the language that the record is written in (`Session.text_language`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.engine.answers import answer_text, parsed
from hrddp_desktop.engine.problems import Problem, ProblemCode, similar
from hrddp_desktop.errors import AnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hrddp_desktop.engine.definition import ChoiceList, Definition, Item
    from hrddp_desktop.engine.views import Value

LABEL = "label"


def pairs(item: Item) -> tuple[tuple[str, str], ...]:
    """The question and the column of each fill."""
    return tuple((name, column) for name, _, column in (part.partition("=") for part in item.cell("fills").split()))


def fact(definition: Definition, item: Item, column: str, code: str, language: str) -> str:
    """What the catalogue says about a choice, in a language where it has one."""
    choices = definition.lists[item.list_name or ""]
    if column != LABEL:
        return definition.choice_fact(choices.name, code, column, language)
    english = next((choice.label for choice in choices.choices if choice.code == code), "")
    return definition.words(f"choices:{choices.name}:{code}:label", english, language) if english else ""


def filled(definition: Definition, item: Item, name: str, column: str, code: str, language: str) -> Value:
    """The answer that a pick brings to a question, None when the catalogue says nothing."""
    target = definition.items[name]
    spoken = language if target.type == "text" else definition.default_language
    return parsed(definition, target, name, fact(definition, item, column, code, spoken))


def texts(definition: Definition, item: Item, name: str, column: str, code: str) -> frozenset[str]:
    """What a pick has brought to a question, in whichever language that was."""
    found = (filled(definition, item, name, column, code, language) for language in definition.languages)
    return frozenset(map(answer_text, found))


def sources(definition: Definition) -> dict[str, tuple[Item, str]]:
    """By filled question the catalogue question and the column that fill it."""
    return {name: (item, column) for item in definition.items.values() for name, column in pairs(item)}


def is_filled(definition: Definition, source: tuple[Item, str], name: str, code: str, own: str) -> bool:
    """A question still says what the pick of `code` filled in."""
    return own != "" and own in texts(definition, source[0], name, source[1], code)


def check_fills(definition: Definition) -> Iterator[Problem]:
    """Fills of what is no catalogue, to or from nothing, or with what the question cannot hold."""
    for item in definition.items.values():
        choices = definition.lists.get(item.list_name or "")
        if item.cell("fills") and item.type != "select_one":
            yield _problem(item, ProblemCode.CELL_NOT_USED, type=item.type)
        elif choices is not None:
            for name, column in pairs(item):
                yield from _pair(definition, item, choices, name, column)


def _pair(definition: Definition, item: Item, choices: ChoiceList, name: str, column: str) -> Iterator[Problem]:
    target = definition.items.get(name)
    if target is None:
        yield _problem(item, ProblemCode.REFERENCE_UNKNOWN, name=name, hint=similar(name, definition.items))
    elif not column:
        yield _problem(item, ProblemCode.FILL_BAD, name=name, detail="it names no column")
    elif column != LABEL and column not in choices.columns:
        yield _problem(item, ProblemCode.COLUMN_NOT_IN_LIST, name=column, list=choices.name)
    elif not target.is_answered_by_hand or target.table != item.table or target is item:
        yield _problem(item, ProblemCode.FILL_BAD, name=name, detail="it is no other question of the same row")
    else:
        for code in choices.codes:
            try:
                filled(definition, item, name, column, code, definition.default_language)
            except AnswerError as error:
                yield _problem(item, ProblemCode.FILL_BAD, name=name, detail=f"of {code}, {error.facts['detail']}")
                return


def _problem(item: Item, code: ProblemCode, **facts: str) -> Problem:
    return Problem("survey", item.row, "fills", None, code, tuple(facts.items()))
