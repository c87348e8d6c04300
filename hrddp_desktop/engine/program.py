"""The expressions of a form compiled, and the order in which they are worked out.

One Step is one property of one item: whether it is relevant, its value, whether it keeps its constraint... Steps know
the steps that read them; the session walks them in rank order, so each is worked out once, after all it reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from hrddp_desktop.engine import fills, syntax
from hrddp_desktop.engine.answers import parsed
from hrddp_desktop.engine.decisions import MISSING
from hrddp_desktop.engine.functions import builder
from hrddp_desktop.engine.kinds import Expr, Nodes, Numbers, Texts
from hrddp_desktop.engine.layout import Layout
from hrddp_desktop.engine.machines import guards_of
from hrddp_desktop.engine.nodes import Context, Node, Place, Read
from hrddp_desktop.engine.offers import Offers, offered_question, unfit
from hrddp_desktop.engine.problems import ExpressionError, Problem, ProblemCode, similar
from hrddp_desktop.errors import AnswerError

if TYPE_CHECKING:
    from hrddp_desktop.engine.definition import DecisionTable, Definition, Item
    from hrddp_desktop.engine.expressions import Builder

LABEL_REFERENCE = re.compile(r"\$\{[ ]*([A-Za-z_][\w.\-]*)[ ]*\}")
SHOWN_TEXTS = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
_YES = frozenset({"yes", "true", "true()"})
_NO = frozenset({"", "no", "false", "false()"})


class Part(StrEnum):
    """The properties of an item that are worked out; the value is the column that says how."""

    RELEVANT = "relevant"
    VALUE = "calculation"
    OPTIONS = "choice_filter"
    CONSTRAINT = "constraint"
    SOUND = "sound"
    REQUIRED = "required"
    READ_ONLY = "read_only"
    SHOWN = "label"
    DEFAULT = "default"
    OFFERS = "offers"
    PRESET = "preset"


Truth = Callable[[Context], bool]
Links = dict[tuple[str, "Part"], list[tuple[str, "Part", bool]]]


@dataclass(slots=True)
class Rules:
    """What is compiled for one item; None where the sheet says nothing."""

    item: Item
    relevant: Truth | None = None
    constraint: Truth | None = None
    required: Truth | bool = False
    read_only: Truth | bool = False
    value: Callable[[Context], str] | None = None
    is_number: bool = False
    decision: DecisionTable | None = None
    default: Callable[[Context], str] | None = None
    options: Callable[[Context], Sequence[Node]] | None = None
    record: str = ""  # the related record whose rows these are
    offers: Offers | None = None
    reads: dict[Part, frozenset[Read]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    wakes: dict[Part, list[Step]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One property of one item; `local` when only the row of what changed is touched."""

    part: Part
    rules: Rules
    rank: int
    local: bool


class Names:
    """The names of a form as places, for the expressions that use them."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        document = Place("", "document")
        root = document.add(Place(definition.form_id, "group"))
        self._places: dict[str, Place] = {}
        for item in definition.items.values():
            above = self._places[item.parent] if item.parent else root
            self._places[item.name] = above.add(self._place_of(item))
        self._instances: dict[str, Place] = {}

    def _place_of(self, item: Item) -> Place:
        if item.type == "table":
            place = Place(item.name, "table", table=item.name)
            place.add(Place("_row", "field", table=item.name))
            return place
        kind = "group" if item.type == "group" else "field"
        return Place(item.name, kind, table=item.table, codes=self._codes(item), list_name=item.list_name)

    def _codes(self, item: Item) -> frozenset[str] | None:
        if item.type == "calculate" and item.cell("table") in self._definition.tables:
            return self._definition.tables[item.cell("table")].outcomes - {MISSING}
        choices = self._definition.lists.get(item.list_name or self._definition.list_of_values(item))
        return frozenset(choices.codes) if choices is not None else None

    def place(self, name: str) -> Place | None:
        """The place of a question, group or table."""
        return self._places.get(name)

    def similar(self, name: str) -> str:
        """A hint at a name that was perhaps meant."""
        return similar(name, self._places)

    def instance(self, name: str) -> Place | None:
        """The place of a choice list; a related record is open, its columns are not known here."""
        if name not in self._instances:
            place = self._instance(name)
            if place is None:
                return None
            self._instances[name] = place
        return self._instances[name]

    def _instance(self, name: str) -> Place | None:
        if name in self._definition.settings.get("related", "").split():
            return Place(name, "open")
        choices = self._definition.lists.get(name)
        if choices is None:
            return None
        top = Place(name, "instance")
        item = top.add(Place("root", "instance")).add(Place("item", "item", list_name=name))
        for column in ("name", "label", *choices.columns):
            codes = frozenset(choices.codes) if column == "name" else None
            item.add(Place(column, "column", codes=codes))
        return top


class Program:
    """Every expression of a form, compiled; `problems` is empty for a form that may be used."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.names = Names(definition)
        self.problems: list[Problem] = []
        self._trees: dict[str, syntax.Tree] = {}
        self.titles = _titles(definition)
        self.fills = fills.sources(definition)
        self.rules = {item.name: self._rules(item) for item in definition.items.values()}
        self.steps: list[Step] = []
        self.layout = Layout(definition)
        self._guards: dict[str, Sequence[Truth | None]] = {}
        self._arrange()

    def guards(self, machine: str) -> Sequence[Truth | None]:
        """The guard of each row of a state machine; compiled once."""
        if machine not in self._guards:
            self._guards[machine] = guards_of(self.definition, self.definition.machines[machine], self.names)
        return self._guards[machine]

    # one item

    def _rules(self, item: Item) -> Rules:
        rules = Rules(item)
        rules.relevant = self._truth(rules, Part.RELEVANT)
        rules.constraint = self._truth(rules, Part.CONSTRAINT)
        rules.required = self._switch(rules, Part.REQUIRED)
        rules.read_only = self._switch(rules, Part.READ_ONLY)
        rules.options = self._options(rules)
        rules.default = self._default(rules)
        rules.offers = self._offers(rules)
        if item.cell("calculation"):
            build, expr = self._built(rules, Part.VALUE)
            rules.value, rules.is_number = _calculated(build, expr), isinstance(expr, Numbers)
        elif item.cell("table"):
            rules.decision = self.definition.tables.get(item.cell("table"))
            rules.reads[Part.VALUE] = frozenset(self._variable_reads(item))
        self._label_reads(rules)
        rules.parts = _parts_of(rules)
        return rules

    def _built(self, rules: Rules, part: Part, source: str = "") -> tuple[Builder, Expr]:
        item, column = rules.item, part.value
        build = builder(self.names, self.names.place(item.name))
        expr = self._compiled(build, item, column, source or item.cell(column), lambda tree: tree)
        rules.reads[part] = frozenset(build.reads)
        return build, expr

    def _compiled(
        self, build: Builder, item: Item, column: str, source: str, wrap: Callable[[syntax.Tree], syntax.Tree]
    ) -> Expr:
        try:
            expr = build.build(wrap(self._tree(source)))
        except ExpressionError as error:
            self._problem(item, column, error)
            return build.issue(error.code, error.offset)
        for issue in build.issues:
            self._problem(item, column, issue)
        return expr

    def _tree(self, source: str) -> syntax.Tree:
        """The tree of an expression; sheets repeat many of them, and each is parsed once."""
        if source not in self._trees:
            self._trees[source] = syntax.parse(source)
        return self._trees[source]

    def _problem(self, item: Item, column: str, error: ExpressionError) -> None:
        self.problems.append(Problem("survey", item.row, column, error.offset, error.code, error.facts))

    def _truth(self, rules: Rules, part: Part) -> Truth | None:
        if not rules.item.cell(part.value):
            return None
        build, expr = self._built(rules, part)
        return build.truth(expr)

    def _switch(self, rules: Rules, part: Part) -> Truth | bool:
        """`yes`, nothing, or an expression."""
        cell = rules.item.cell(part.value).lower()
        if cell in _YES or cell in _NO:
            return cell in _YES
        return self._truth(rules, part) or False

    def _options(self, rules: Rules) -> Callable[[Context], Sequence[Node]] | None:
        """The choices or rows on offer, when they depend on answers."""
        item = rules.item
        source = item.cell("choice_filter")
        if (item.list_name is None and item.target is None) or (not source and item.target is None):
            return None
        rules.record = self._record(item)
        build = builder(self.names, self.names.place(item.name))
        if source or rules.record:
            source = source or "true()"
            expr = self._compiled(
                build, item, "choice_filter", source, lambda tree: _choices_of(item, rules.record, tree)
            )
        else:
            expr = build.all_rows(syntax.Reference(item.target or "", 0))
        reads = set(build.reads)
        if item.target is not None:
            title = self.titles.get(item.target)
            reads.update({Read(title, local=False)} if title else ())
        rules.reads[Part.OPTIONS] = frozenset(reads)
        return expr.run if isinstance(expr, Nodes) else None

    def _record(self, item: Item) -> str:
        """The related record that holds the rows a question links to; blank when they are of this form."""
        target = item.target or ""
        return "" if target in self.definition.items else self.definition.linked.get(target, "")

    def _default(self, rules: Rules) -> Callable[[Context], str] | None:
        """A value, or an expression when it holds a reference or a call."""
        source = rules.item.cell("default")
        if not source:
            return None
        if "${" not in source and "(" not in source:
            self._check_default(rules.item, source)
            return lambda _c: source
        build, expr = self._built(rules, Part.DEFAULT)
        return build.text(expr)

    def _offers(self, rules: Rules) -> Offers | None:
        """The catalogue rows that a table offers: `question = expression`, and which are ticked beforehand."""
        item = rules.item
        if not item.cell("offers"):
            if item.cell("preset"):
                facts = (("type", "table without offers"),)
                self.problems.append(Problem("survey", item.row, "preset", None, ProblemCode.CELL_NOT_USED, facts))
            return None
        question, start, problem = offered_question(self.definition, item)
        if problem is not None:
            self.problems.append(problem)
            return None
        offers = self._codes(rules, Part.OFFERS, question, " " * start + item.cell("offers")[start:])
        preset = self._codes(rules, Part.PRESET, question, item.cell("preset")) if item.cell("preset") else _nothing
        return Offers(question.name, question.list_name or "", offers, preset)

    def _codes(self, rules: Rules, part: Part, question: Item, source: str) -> Callable[[Context], Sequence[str]]:
        """The codes that an expression gives: those of its nodes, or the words of its text."""
        build, expr = self._built(rules, part, source)
        choices = self.definition.lists[question.list_name or ""]
        if isinstance(expr, Nodes):
            problem = unfit(rules.item, part.value, choices, expr.place)
            self.problems.extend(() if problem is None else (problem,))
            nodes = expr.run
            return lambda c: [node.text() for node in nodes(c)]
        text = build.text(expr)
        return lambda c: text(c).split()

    def _check_default(self, item: Item, source: str) -> None:
        if item.list_name is not None and item.list_name not in self.definition.lists:
            return  # the list is missing, which is a problem of its own
        try:
            parsed(self.definition, item, item.name, source)
        except AnswerError as error:
            facts = (
                ("value", source),
                ("hint", ""),
                ("allowed", f"what the question can hold; {error.facts['detail']}"),
            )
            self.problems.append(Problem("survey", item.row, "default", None, ProblemCode.VALUE_UNKNOWN, facts))

    def _variable_reads(self, item: Item) -> Iterator[Read]:
        table = self.definition.tables.get(item.cell("table"))
        for variable in table.variables if table else ():
            place = self.names.place(variable.source)
            if place is not None:
                local = place.table == item.table
                if place.table is not None and not local:
                    facts = (("name", variable.name),)
                    self.problems.append(Problem("survey", item.row, "table", None, ProblemCode.SOURCE_IN_ROWS, facts))
                yield Read(variable.source, local)

    def _label_reads(self, rules: Rules) -> None:
        """`${name}` inside texts: read when the text is shown."""
        item = rules.item
        reads: set[Read] = set()
        for column in SHOWN_TEXTS:
            for match in LABEL_REFERENCE.finditer(item.cell(column)):
                place = self.names.place(match[1])
                if place is None or place.kind != "field":
                    hint = self.names.similar(match[1])
                    error = ExpressionError(ProblemCode.REFERENCE_UNKNOWN, match.start(), name=match[1], hint=hint)
                    self._problem(item, column, error)
                else:
                    reads.add(Read(match[1], place.table == item.table))
        if reads:
            rules.reads[Part.SHOWN] = frozenset(reads)

    # the order

    def _arrange(self) -> None:
        """Rank every step after all it reads, and note at each step who reads it. A circle is a problem."""
        links = {
            (name, part): list(self._links(rules, part)) for name, rules in self.rules.items() for part in rules.parts
        }
        order = self._order(links)
        for rank, (name, part) in enumerate(order):
            rules = self.rules[name]
            self.steps.append(Step(part, rules, rank, local=False))
            for source, source_part, local in links.get((name, part), ()):
                wakes = self.rules[source].wakes.setdefault(source_part, [])
                within = local and rules.item.table is not None and self.rules[source].item.table == rules.item.table
                wakes.append(Step(part, rules, rank, within))

    def _links(self, rules: Rules, part: Part) -> Iterator[tuple[str, Part, bool]]:
        """What a step reads: the step of another item, and whether in its own row only."""
        item = rules.item
        if item.table is not None and self.rules[item.table].value is not None:
            yield item.table, Part.VALUE, False  # first the rows, then what stands in them
        if part is not Part.SOUND or rules.value is None:  # a calculation is as sound as what it reads
            yield from ((item.name, before, True) for before in _BEFORE[part] if before in rules.parts)
        if part is Part.RELEVANT and item.parent is not None:
            yield item.parent, Part.RELEVANT, True
        for read in rules.reads.get(Part.VALUE if part is Part.SOUND else part, ()):
            source = self.rules.get(read.name)
            if source is None:
                continue
            if part is not Part.SOUND or source.item.type == "table":
                yield read.name, Part.VALUE, read.local
            if (part is Part.SOUND or (part is Part.VALUE and item.cell("table"))) and Part.SOUND in source.parts:
                yield read.name, Part.SOUND, read.local

    def _order(self, links: Links) -> list[tuple[str, Part]]:
        """The steps in order. A circle is noted and cut, so that the next one is found too."""
        while True:
            reads = {step: [(name, part) for name, part, _ in found] for step, found in links.items()}
            try:
                return list(TopologicalSorter(reads).static_order())
            except CycleError as error:
                before, after, *rest = error.args[1]
                self._circle([name for name, _ in (before, after, *rest)])
                links[after] = [link for link in links[after] if link[:2] != before]

    def _circle(self, names: list[str]) -> None:
        items = [self.rules[name].item for name in dict.fromkeys(names)]
        first = min(items, key=lambda one: one.row)
        hidden = len(items) > 1 and all(item.is_answered_by_hand for item in items)
        columns = ("relevant",) if hidden else ("calculation", "relevant", "constraint", "table")
        column = next((column for column in columns if first.cell(column)), "name")
        code = ProblemCode.HIDE_EACH_OTHER if hidden else ProblemCode.CIRCULAR
        facts = (("names", ", ".join(item.name for item in items)),)
        problem = Problem("survey", first.row, column, None, code, facts)
        if not any((one.row, one.column, one.code) == (first.row, column, code) for one in self.problems):
            self.problems.append(problem)


# What a step of an item reads of the item itself.
_BEFORE: dict[Part, tuple[Part, ...]] = {
    Part.RELEVANT: (),
    Part.VALUE: (Part.RELEVANT,),
    Part.OPTIONS: (),
    Part.CONSTRAINT: (Part.VALUE,),
    Part.SOUND: (Part.VALUE, Part.CONSTRAINT, Part.OPTIONS),
    Part.REQUIRED: (),
    Part.READ_ONLY: (),
    Part.SHOWN: (),
    Part.DEFAULT: (Part.RELEVANT,),
}


def _parts_of(rules: Rules) -> tuple[Part, ...]:
    """The steps an item has: only those that something can change."""
    if rules.item.type == "group":
        return (Part.RELEVANT,)
    parts = [Part.RELEVANT, Part.VALUE]
    if rules.item.type != "table" and (rules.value or rules.constraint or rules.options):
        parts.append(Part.SOUND)
    if rules.options is not None:
        parts.append(Part.OPTIONS)
    if rules.constraint is not None:
        parts.append(Part.CONSTRAINT)
    if callable(rules.required):
        parts.append(Part.REQUIRED)
    if callable(rules.read_only):
        parts.append(Part.READ_ONLY)
    if Part.SHOWN in rules.reads:
        parts.append(Part.SHOWN)
    if rules.reads.get(Part.DEFAULT):
        parts.append(Part.DEFAULT)
    return tuple(parts)


def _nothing(_: Context) -> Sequence[str]:
    return ()


def _titles(definition: Definition) -> dict[str, str]:
    """For each table the column whose text names a row: its first text, in made rows the first calculation."""
    found: dict[str, str] = {}
    for item in definition.items.values():
        home = definition.items.get(item.table or "")
        if home is not None and item.type == ("calculate" if home.makes_rows else "text"):
            found.setdefault(home.name, item.name)
    return found


def _calculated(build: Builder, expr: Expr) -> Callable[[Context], str]:
    """The value as text; a number that is none is blank, not the word NaN."""
    text = build.text(expr)
    if isinstance(expr, Texts | Nodes):
        return text
    return lambda c: "" if (found := text(c)) == "NaN" else found


def _choices_of(item: Item, record: str, filter_tree: syntax.Tree) -> syntax.Tree:
    """The path that a choice filter stands for; `record` is the related one whose rows are linked to."""
    if item.target is not None and not record:
        return syntax.Path(syntax.Reference(item.target, 0), (filter_tree,), (), 0)
    instance = syntax.Call("instance", (syntax.Text(record or item.list_name or "", 0),), 0)
    rows = syntax.Step("child", item.target or "item", (filter_tree,), 0)
    return syntax.Path(instance, (), (syntax.Step("child", "root", (), 0), rows), 0)


def program(definition: Definition) -> Program:
    """The compiled expressions of a definition; compiled once."""
    if not definition.compiled:
        definition.compiled.append(Program(definition))
    return definition.compiled[0]
