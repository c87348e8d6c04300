"""A form as frozen data: items, choice lists, decision tables, words; and its JSON cache.

A Definition holds the texts of its expressions. They are compiled once, when the first session is opened on it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hrddp_desktop.engine.program import Program

CACHE_FORMAT = 1
STAGES = ("concept", "clearance", "release", "running", "closing")


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the survey: a question, a calculation, a group or a table.

    `type` is that of the sheet, with `group` and `table` for the containers. `parent` is the group or table it stands
    in, `table` the table whose rows hold it, `page` the top-level group. `row` is its row in the sheet. `values` is
    what the values of a calculation come from: a choice list, or a table whose rows they name; of a text, the table of
    which it may name one row by its label.
    """

    name: str
    type: str
    row: int
    parent: str | None = None
    table: str | None = None
    page: str | None = None
    list_name: str | None = None
    target: str | None = None
    values: str | None = None
    cells: Mapping[str, str] = field(default_factory=dict)

    def cell(self, column: str) -> str:
        """The text of one column of the sheet, blank when it is empty."""
        return self.cells.get(column, "")

    @property
    def is_container(self) -> bool:
        """A group or a table."""
        return self.type in {"group", "table"}

    @property
    def makes_rows(self) -> bool:
        """A table whose calculation gives the ids of its rows, with blanks between: nobody adds or removes one."""
        return self.type == "table" and bool(self.cell("calculation"))

    @property
    def is_answered_by_hand(self) -> bool:
        """Somebody types or chooses its value."""
        return self.type not in {"group", "table", "calculate", "note"}

    @property
    def action(self) -> str:
        """The Action it belongs to, blank when its page says so."""
        return self.cell("action")

    @property
    def due(self) -> str:
        """When the answer must exist."""
        return self.cell("due") or STAGES[0]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a list with what the catalogue says about it."""

    code: str
    label: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """A list of choices in its order; `columns` are the headings that any of its choices fills."""

    name: str
    columns: tuple[str, ...]
    choices: tuple[Choice, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in order."""
        return tuple(choice.code for choice in self.choices)

    def fact(self, code: str, column: str) -> str:
        """A catalogue fact of one choice, blank when there is none."""
        return next((choice.facts.get(column, "") for choice in self.choices if choice.code == code), "")


@dataclass(frozen=True, slots=True)
class Variable:
    """A column of a decision table: its values, mildest first, and the question or calculation it reads.

    `fact` is what would have to be shown for its mildest value. Where it sums up several questions or calculations with
    the same values, `parts` has the fact of each by its name. `blank` is the value that a missing one reads as; without
    it missing stays missing.
    """

    name: str
    list_name: str
    domain: tuple[str, ...]
    source: str
    fact: str = ""
    blank: str = ""
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def facts(self) -> Mapping[str, str]:
        """Every fact of it, by its name in the sheet of facts."""
        own = {self.name: self.fact} if self.fact else {}
        return {**own, **{f"{self.name}/{part}": fact for part, fact in self.parts}}


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of a decision table; a cell holds the values that fit, `""` for missing, or is None when any does."""

    rule: str
    cells: tuple[tuple[str, ...] | None, ...]
    outcome: str
    reason: str
    basis: str
    reference: str
    row: int

    @property
    def is_fallback(self) -> bool:
        """It fits whatever the values are."""
        return all(cell is None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Rows in order, the first that fits decides; an outcome `missing` is no value."""

    name: str
    variables: tuple[Variable, ...]
    rules: tuple[Rule, ...]
    _fits: tuple[dict[str, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_fits", tuple(map(self._fit, range(len(self.variables)))))

    def _fit(self, at: int) -> dict[str, int]:
        """By value of a variable (blank: missing) the rows that its cell lets through, as bits."""
        cells = [rule.cells[at] for rule in self.rules]
        return {
            value: sum(1 << row for row, cell in enumerate(cells) if cell is None or value in cell)
            for value in ("", *self.variables[at].domain)
        }

    def fitting(self, values: Sequence[str]) -> Iterator[Rule]:
        """Every row that fits, in order; `values` by column, blank for missing."""
        rows = (1 << len(self.rules)) - 1
        for fits, value in zip(self._fits, values, strict=True):
            rows &= fits[value]
        while rows:
            lowest = rows & -rows
            yield self.rules[lowest.bit_length() - 1]
            rows ^= lowest

    @property
    def outcomes(self) -> frozenset[str]:
        """Every outcome a row can give."""
        return frozenset(rule.outcome for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Move:
    """A row of a state machine: from one state (blank: before the first step) to another, if its guard holds."""

    id: str
    from_state: str
    event: str
    guard: str
    to: str
    decider: str
    clock: str
    evidence: str
    row: int


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine. `step` and `state` are questions of its table of steps, `decided` a calculation or blank."""

    name: str
    step: str
    state: str
    decided: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Rename:
    """A row of renames: what became of a name or a code in a version. `old` and `new` hold paths, blanks between."""

    since: str
    old: str
    new: str
    rule: str
    row: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Definition:
    """A compiled form. `hash` covers every source, so a signed record can name the very form it was made with."""

    form_id: str
    title: str
    version: str
    hash: str
    default_language: str
    languages: tuple[str, ...]
    settings: Mapping[str, str]
    items: Mapping[str, Item]
    lists: Mapping[str, ChoiceList]
    tables: Mapping[str, DecisionTable]
    translations: Mapping[str, Mapping[str, str]]
    machines: Mapping[str, Machine] = field(default_factory=dict)
    renames: tuple[Rename, ...] = ()
    compiled: list[Program] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"Definition({self.form_id} {self.version} {self.hash[:19]})"

    def words(self, context: str, english: str, language: str) -> str:
        """The text of a context such as `survey:a0_title:label` in a language, else as the sheet has it."""
        return self.translations.get(language, {}).get(context) or english

    def label(self, name: str, language: str) -> str:
        """The label of a question, group or table; its name when it has none."""
        item = self.items.get(name)
        return (self.words(f"survey:{name}:label", item.cell("label"), language) if item else "") or name

    def choice_label(self, list_name: str, code: str, language: str) -> str:
        """The label of a choice; the code itself when the list has none such."""
        choices = self.lists[list_name].choices if list_name in self.lists else ()
        english = next((choice.label for choice in choices if choice.code == code), "")
        return self.words(f"choices:{list_name}:{code}:label", english, language) or code

    @property
    def translated(self) -> tuple[str, ...]:
        """The columns of the catalogues, beside the labels, whose texts are translated."""
        return tuple(self.settings.get("translated", "").split())

    @property
    def deciding(self) -> tuple[str, ...]:
        """The tables that can give the outcome of the form; none for a form that has no outcome."""
        return tuple(self.settings.get("final", "").split())

    def final_table(self, lane: str | None) -> str:
        """The table that gives the outcome: the one that is named like the lane, else the first."""
        return lane if lane in self.deciding else self.deciding[0]

    @property
    def linked(self) -> Mapping[str, str]:
        """The tables of other records whose rows may be linked to, each with the record that holds it."""
        parts = (part.partition("/") for part in self.settings.get("linked", "").split())
        return {table: record for record, _, table in parts}

    def choice_fact(self, list_name: str, code: str, column: str, language: str) -> str:
        """What a catalogue says about a choice, in a language where the column is translated."""
        english = self.lists[list_name].fact(code, column) if list_name in self.lists else ""
        return self.words(f"choices:{list_name}:{code}:{column}", english, language) if english else ""

    def list_of_values(self, item: Item) -> str:
        """The choice list that holds the values of a calculation.

        The one that it names, else what a decision table takes it for, or gives it.
        """
        if item.values is not None and item.values in self.lists:
            return item.values
        for table in self.tables.values():
            for variable in table.variables:
                if variable.source == item.name:
                    return variable.list_name
        decided = item.cell("table")
        if item.type == "calculate" and decided:
            for name in (f"{decided}_outcome", decided, self.settings.get("outcomes", "outcome")):
                if name in self.lists and self.tables[decided].outcomes <= {*self.lists[name].codes, "missing"}:
                    return name
        return ""

    def translate(self, table: str, rule: str, column: str, language: str, english: str = "") -> str:
        """A text of a decision rule in a language; `english` tells alternatives of one rule apart."""
        rules = self.tables[table].rules if table in self.tables else ()
        first = english or next((one.reason for one in rules if one.rule == rule), "")
        context = f"{table}:{rule}:{column}"
        return self.words(f"{context}|{first}", "", language) or self.words(context, first, language)

    def fact(self, table: str, name: str, language: str) -> str:
        """What would have to be shown, by its name in the sheet of facts; blank when the form does not say."""
        found = (one.facts[name] for one in self.tables[table].variables if name in one.facts)
        return self.words(f"facts:{name}:fact", next(found, ""), language)

    def form_title(self, language: str) -> str:
        """The title of the form."""
        return self.words("settings::form_title", self.title, language)


def dump(definition: Definition) -> bytes:
    """The definition as JSON, to be kept under its hash."""
    parts = {name: getattr(definition, name) for name in _PLAIN}
    parts["items"] = [asdict(item) for item in definition.items.values()]
    parts["lists"] = [asdict(choices) for choices in definition.lists.values()]
    parts["tables"] = [_parts(table) for table in definition.tables.values()]
    parts["machines"] = [asdict(machine) for machine in definition.machines.values()]
    parts["renames"] = [asdict(rename) for rename in definition.renames]
    parts["format"] = CACHE_FORMAT
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _parts(table: DecisionTable) -> dict[str, object]:
    parts = asdict(table)
    del parts["_fits"]  # follows from the rest
    return parts


_PLAIN = ("form_id", "title", "version", "hash", "default_language", "languages", "settings", "translations")


def load(cache: bytes) -> Definition:
    """The definition that `dump` wrote. Raises ValueError for bytes of another format."""
    parts = json.loads(cache)
    if parts.pop("format", None) != CACHE_FORMAT:
        raise ValueError("not a cache of this version")
    parts["languages"] = tuple(parts["languages"])
    parts["items"] = {item["name"]: Item(**item) for item in parts["items"]}
    parts["lists"] = {one["name"]: _list(one) for one in parts["lists"]}
    parts["tables"] = {one["name"]: _table(one) for one in parts["tables"]}
    # Records that were signed before forms had machines and renames carry definitions without them.
    parts["machines"] = {one["name"]: _machine(one) for one in parts.get("machines", ())}
    parts["renames"] = tuple(Rename(**rename) for rename in parts.get("renames", ()))
    return Definition(**parts)


def _list(parts: dict[str, object]) -> ChoiceList:
    match parts:
        case {"name": str(name), "columns": list(columns), "choices": list(choices)}:
            return ChoiceList(name, tuple(columns), tuple(Choice(**choice) for choice in choices))
    raise ValueError("not a choice list")


def _table(parts: dict[str, object]) -> DecisionTable:
    match parts:
        case {"name": str(name), "variables": list(variables), "rules": list(rules)}:
            return DecisionTable(
                name,
                tuple(map(_variable, variables)),
                tuple(Rule(**{**one, "cells": tuple(_cell(cell) for cell in one["cells"])}) for one in rules),
            )
    raise ValueError("not a decision table")


def _variable(parts: dict[str, Any]) -> Variable:
    parts["domain"] = tuple(parts["domain"])
    parts["parts"] = tuple((name, fact) for name, fact in parts.get("parts", ()))
    return Variable(**parts)


def _machine(parts: dict[str, object]) -> Machine:
    match parts:
        case {"moves": list(moves), **rest}:
            return Machine(
                **{name: str(value) for name, value in rest.items()}, moves=tuple(Move(**one) for one in moves)
            )
    raise ValueError("not a state machine")


def _cell(cell: list[str] | None) -> tuple[str, ...] | None:
    return None if cell is None else tuple(cell)
