"""What ODK and KoboToolbox get of a form: our own types and columns said in the words that every XLSForm tool knows.

Links to rows become selects from a list of row ids, decision tables a nested if(), related records become instances
without answers, every table gets the calculation `_row`, and a table whose rows the form makes has as many as there are
ids. Our sheets are not touched: here is only what differs,
cell by cell, and what is added. Left out: that a value against its constraint counts as missing in a decision
table (ODK refuses to finish such a form instead).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.decisions import MISSING
from hrddp_desktop.engine.problems import ExpressionError
from hrddp_desktop.engine.survey import LINK_TYPES, LIST_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hrddp_desktop.engine.definition import DecisionTable, Definition, Item, Rule, Variable

EXPRESSIONS = ("relevant", "required", "constraint", "calculation", "choice_filter", "default", "read_only")
# A table of more rows than this cannot be linked to in ODK; ours has no such limit.
LINKED_ROWS = 60
# The same for rows that the form makes, for each number of their ids.
LINKED_NUMBERS = 15
_CURLY = re.compile("[\u2018\u2019\u201c\u201d]")
_SHOWN_TYPES = ("text", "integer", "decimal", "date", "note", "acknowledge", *LIST_TYPES, *LINK_TYPES)


@dataclass(slots=True)
class View:
    """What differs: `cells[name][column]` of the survey, rows added after a begin row, and choices added."""

    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    after: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    choices: list[dict[str, str]] = field(default_factory=list)


def view(definition: Definition) -> View:
    """The form as ODK knows it."""
    found = View()
    related = definition.settings.get("related", "").split()
    for item in definition.items.values():
        cells = {
            column: text for column, text in _cells(item, definition, related).items() if text != item.cell(column)
        }
        if cells:
            found.cells[item.name] = cells
        if item.type == "table":
            found.after[item.name] = [_row_id(item)]
    targets = (item.target for item in definition.items.values() if item.target in definition.items)
    for table in dict.fromkeys(filter(None, targets)):
        found.choices.extend(_row_choices(table, definition))
    for name in related:
        if name not in definition.lists:
            found.choices.append({"list_name": name, "name": name, "label": name})
    return found


def rows_list(table: str) -> str:
    """The name of the list of row ids of a table."""
    return f"{table}_rows"


def _cells(item: Item, definition: Definition, related: list[str]) -> Mapping[str, str]:
    """The cells that may differ from ours."""
    cells = {column: _expression(item.cell(column), related) for column in EXPRESSIONS if item.cell(column)}
    if item.target is not None and item.target not in definition.items:
        cells |= {"type": "text", "choice_filter": ""}  # rows of another record: there one types their ids
    elif item.target is not None:
        cells["type"] = f"{item.type.removesuffix('_row')} {rows_list(item.target)}"
        test = f"[{cells['choice_filter']}]" if "choice_filter" in cells else ""
        cells["choice_filter"] = f"selected(join(' ', ${{{item.target}}}{test}/_row), name)"
    if item.values is not None:
        cells["type"] = item.type
    if item.type == "table":
        cells["required"] = ""  # a table that must have rows: nothing in ODK says so
    if item.makes_rows:
        cells["repeat_count"] = f"count-selected({cells['calculation']})"
        cells["calculation"] = ""
    if item.type == "calculate" and item.cell("table") in definition.tables:
        cells["calculation"] = decision(definition.tables[item.cell("table")])
    if item.type in _SHOWN_TYPES and not item.cell("label") and not item.cell("hint"):
        cells["label"] = item.name
    return cells


def _expression(source: str, related: list[str]) -> str:
    """The same in the words of other tools: related records hold one item, and no curly sign ends a quoted text."""
    try:
        words = syntax.tokens(source)
    except ExpressionError:
        return source  # a plain value, such as a default
    changes: list[tuple[int, int, str]] = []
    for at, word in enumerate(words):
        if _is_related(words[at : at + 7], related):
            end = words[at + 5].offset + len(words[at + 5].value)
            changes.append((end, end, "/item"))
        elif word.kind == "text" and _CURLY.search(word.value):
            changes.append((word.offset, word.offset + len(word.value), _quote(word.value[1:-1])))
    for start, end, text in reversed(changes):
        source = source[:start] + text + source[end:]
    return source


def _is_related(words: list[syntax.Token], related: list[str]) -> bool:
    """`instance('record')/root/x`, which in a list is `instance('record')/root/item/x`."""
    return (
        [word.value for word in (*words[:2], *words[3:])] == ["instance", "(", ")", "/", "root", "/"]
        and words[2].kind == "text"
        and words[2].value[1:-1] in related
    )


def _quote(text: str) -> str:
    """Pyxform makes curly signs straight, in quoted texts too: the quotes around must be of the other kind."""
    straight = text.replace("\u2018", "'").replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"')
    return f'"{text}"' if '"' not in straight else f"'{text}'"


def _row_id(table: Item) -> dict[str, str]:
    prefix = table.cell("row_prefix") or "R"
    number = f"once(concat('{prefix}', position(..)))"
    made = f"selected-at({table.cell('calculation')}, position(..) - 1)"
    return {"type": "calculate", "name": "_row", "calculation": made if table.makes_rows else number}


def _row_choices(table: str, definition: Definition) -> Iterator[dict[str, str]]:
    """Every id that a row may have; `S xR` are the words before the numbers of made ids such as S1xR2."""
    prefixes = definition.items[table].cell("row_prefix").split() or ["R"]
    most = LINKED_NUMBERS if definition.items[table].makes_rows else LINKED_ROWS
    codes = [f"{prefixes[0]}{number}" for number in range(1, most + 1)]
    for prefix in prefixes[1:]:
        codes = [f"{code}{prefix}{number}" for code in codes for number in range(most + 1)]
    for code in codes:
        yield {"list_name": rows_list(table), "name": code, "label": code}


# decision tables


def decision(table: DecisionTable) -> str:
    """A decision table as one nested if(): neighbouring rows with one outcome share a branch."""
    branches: list[tuple[str, str]] = []
    otherwise = ""
    for outcome, rules in groupby(table.rules, lambda rule: rule.outcome):
        tests = [test for rule in rules if (test := _rule(rule, table.variables)) is not None]
        if "" in tests:
            otherwise = outcome
            break
        if tests:
            branches.append((" or ".join(tests), outcome))
    result = _quoted(otherwise)
    for test, outcome in reversed(branches):
        result = f"if({test}, {_quoted(outcome)}, {result})"
    return result


def _quoted(outcome: str) -> str:
    return "''" if outcome == MISSING else f"'{outcome}'"


def _rule(rule: Rule, variables: tuple[Variable, ...]) -> str | None:
    """The test of one row: blank when it always fits, None when it never does."""
    tests: list[str] = []
    for cell, variable in zip(rule.cells, variables, strict=True):
        test = "" if cell is None else _cell(cell, variable)
        if test is None:
            return None
        if test:
            tests.append(test)
    return f"({' and '.join(tests)})" if len(tests) > 1 else "".join(tests)


def _cell(cell: tuple[str, ...], variable: Variable) -> str | None:
    """Values that fit; missing is whatever is no value of the list."""
    if not variable.source:
        return "" if "" in cell else None
    is_missing_fine = "" in cell
    named = [value for value in variable.domain if (value in cell) != is_missing_fine]
    if not named:
        return "" if is_missing_fine else None
    tests = " or ".join(f"${{{variable.source}}} = '{value}'" for value in named)
    if is_missing_fine:
        return f"not({tests})"
    return f"({tests})" if len(named) > 1 else tests
