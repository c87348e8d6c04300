"""What a form can be filled in with but not as its author meant: every mistake and every warning in one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.compiler import checked
from hrddp_desktop.engine.examples import check_examples
from hrddp_desktop.engine.machines import guard_tree
from hrddp_desktop.engine.monotony import softenings
from hrddp_desktop.engine.problems import ExpressionError, Problem, ProblemCode
from hrddp_desktop.engine.proof import can_hold
from hrddp_desktop.engine.sheets import read_folder, whole
from hrddp_desktop.engine.withheld import readers
from hrddp_desktop.engine.words import gaps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hrddp_desktop.engine.definition import Definition, Item
    from hrddp_desktop.engine.sheets import Sources

_EXPRESSIONS = (
    "relevant",
    "constraint",
    "calculation",
    "choice_filter",
    "required",
    "read_only",
    "default",
    "offers",
    "preset",
)
_NUMBERS = ("integer", "decimal")
_SIGNS = frozenset({"+", "-", "*", "div", "mod"})


def lint(folder: Path) -> list[Problem]:
    """Every mistake and every warning, in the order of sheets, rows and columns."""
    sources = read_folder(folder)
    definition, problems = checked(sources)
    warnings = _Linter(definition, sources).warnings()
    beside = check_examples(definition, sources.beside)
    return sorted([*problems, *warnings, *beside], key=lambda one: (one.sheet, one.row, one.column, one.offset or 0))


def softer_rows(definition: Definition) -> list[Problem]:
    """Where a graver fact gives a milder outcome, in the tables that give the outcome of the form."""
    tables = [definition.tables[name] for name in definition.deciding if name in definition.tables]
    return [
        Problem(
            f"decisions/{table.name}",
            one.rule.row,
            one.variable,
            None,
            ProblemCode.NOT_MONOTONE,
            (("variable", one.variable), ("rule", one.rule.rule), ("harsher", one.harsher.rule)),
        )
        for table in tables
        for one in softenings(definition, table)
    ]


@dataclass(slots=True)
class _Linter:
    """Looks at a form that may have mistakes; what cannot be read is left to the compiler."""

    definition: Definition
    sources: Sources
    found: list[Problem] = field(default_factory=list)
    domains: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def warnings(self) -> list[Problem]:
        self.domains = self._domains()
        unreachable: set[str] = set()
        for item in self.definition.items.values():
            for column in _EXPRESSIONS:
                tree = _tree(item, column)
                if tree is not None:
                    self._numbers(item, column, tree)
            self._reach(item, unreachable)
            if item.is_answered_by_hand and not item.cell("guidance_hint"):
                self._add("survey", item.row, "guidance_hint", ProblemCode.GUIDANCE_MISSING, name=item.name)
        self._guards()
        self._withheld()
        self.found.extend(softer_rows(self.definition))
        self._translations()
        return self.found

    def _add(
        self, sheet: str, row: int, column: str, code: ProblemCode, offset: int | None = None, **facts: str
    ) -> None:
        self.found.append(Problem(sheet, row, column, offset, code, tuple(facts.items())))

    # numbers that may be blank

    def _numbers(self, item: Item, column: str, tree: syntax.Tree) -> None:
        tested = set(_tested(tree)) | ({item.name} if column == "constraint" else set())
        for part in syntax.parts(tree):
            match part:
                case syntax.Chain((sign, *_), operands, _) if sign in _SIGNS:
                    for operand in operands:
                        self._operand(item, column, operand, tested)
                case syntax.Call("sum", (over,), offset):
                    self._sum(item, column, over, offset)

    def _operand(self, item: Item, column: str, operand: syntax.Tree, tested: set[str]) -> None:
        if isinstance(operand, syntax.Negative):
            operand = operand.operand
        if isinstance(operand, syntax.Reference) and operand.name not in tested:
            number = self.definition.items.get(operand.name)
            if number is not None and number.type in _NUMBERS:
                code = ProblemCode.NUMBER_MAY_BE_BLANK
                self._add("survey", item.row, column, code, operand.offset, name=operand.name)

    def _sum(self, item: Item, column: str, over: syntax.Tree, offset: int) -> None:
        summed = self.definition.items.get(_column(over))
        if summed is not None and summed.type in _NUMBERS and self._is_optional(summed):
            self._add("survey", item.row, column, ProblemCode.SUM_OF_OPTIONAL, offset, name=summed.name)

    def _is_optional(self, item: Item) -> bool:
        """It need not be answered in every row: not required, or hidden in some."""
        if item.cell("required").lower() not in {"yes", "true", "true()"}:
            return True
        within: Item | None = item
        while within is not None and within.type != "table":
            if within.cell("relevant"):
                return True
            within = self.definition.items.get(within.parent or "")
        return False

    # conditions that never hold

    def _reach(self, item: Item, unreachable: set[str]) -> None:
        """What stands in an unreachable group is not reported again."""
        own = _tree(item, "relevant")
        if item.parent in unreachable:
            unreachable.add(item.name)
        elif own is not None and not self._can_hold(item, own):
            unreachable.add(item.name)
            self._add("survey", item.row, "relevant", ProblemCode.UNREACHABLE)

    def _can_hold(self, item: Item, own: syntax.Tree) -> bool:
        conditions, above = [own], self.definition.items.get(item.parent or "")
        while above is not None:
            tree = _tree(above, "relevant")
            conditions += [] if tree is None else [tree]
            above = self.definition.items.get(above.parent or "")
        both = syntax.Chain(("and",) * (len(conditions) - 1), tuple(conditions), 0) if len(conditions) > 1 else own
        return can_hold(both, self.domains, self._many(item.table))

    def _domains(self) -> dict[str, frozenset[str]]:
        """The codes of each choice and decided calculation, and blank."""
        domains = {}
        for item in self.definition.items.values():
            name = item.list_name if item.type == "select_one" else self.definition.list_of_values(item)
            choices = self.definition.lists.get(name or "")
            if item.type in {"select_one", "calculate"} and choices is not None:
                domains[item.name] = frozenset({"", *choices.codes})
        return domains

    def _many(self, table: str | None) -> frozenset[str]:
        return frozenset(one.name for one in self.definition.items.values() if one.table not in {None, table})

    def _guards(self) -> None:
        for machine in self.definition.machines.values():
            for move in machine.moves:
                tree = _guard(move.guard)
                if tree is not None and not can_hold(tree, self.domains, self._many(None)):
                    self._add(f"machines/{machine.name}", move.row, "guard", ProblemCode.UNREACHABLE)

    # decision tables, translations

    def _withheld(self) -> None:
        for item, part, name in readers(self.definition):
            self._add("survey", item.row, part.value, ProblemCode.WITHHELD_READ, name=name)

    def _translations(self) -> None:
        places = _Places(self.definition, self.sources)
        for gap in gaps_of(self.definition, self.sources):
            stale = gap.kind == "stale"
            code = ProblemCode.TRANSLATION_STALE if stale else ProblemCode.TRANSLATION_MISSING
            sheet, row, column = places.of(gap.context, gap.english)
            self._add(sheet, row, column, code, name=gap.context, language=gap.language)


class _Places:
    """Where a text that can be translated stands."""

    def __init__(self, definition: Definition, sources: Sources) -> None:
        self._places: dict[str, tuple[str, int, str]] = {}
        for item in definition.items.values():
            for column in item.cells:
                self._places[f"survey:{item.name}:{column}"] = ("survey", item.row, column)
        for row in sources.choices.rows:
            for column in ("label", *definition.translated):
                context = f"choices:{row.cell('list_name')}:{whole(row.cell('name'))}:{column}"
                self._places.setdefault(context, ("choices", row.number, column))
        for row in sources.decisions["facts"].rows if "facts" in sources.decisions else ():
            self._places[f"facts:{row.cell('variable')}:fact"] = ("decisions/facts", row.number, "fact")
        for table in definition.tables.values():
            for rule in table.rules:
                context = f"{table.name}:{rule.rule}:reason"
                self._places[f"{context}|{rule.reason}"] = (f"decisions/{table.name}", rule.row, "reason")

    def of(self, context: str, english: str) -> tuple[str, int, str]:
        """Sheet, row, column; the title stands in the settings."""
        return self._places.get(context) or self._places.get(f"{context}|{english}") or ("settings", 2, "form_title")


def _tree(item: Item, column: str) -> syntax.Tree | None:
    """The tree of an expression; None for a blank cell, a switch, a plain default, and what cannot be read."""
    source = item.cell(column)
    if not source or (column in {"required", "read_only", "default"} and "${" not in source and "(" not in source):
        return None
    try:
        return syntax.parse(source)
    except ExpressionError:
        return None


def _guard(source: str) -> syntax.Tree | None:
    try:
        return guard_tree(source) if source else None
    except ExpressionError:
        return None


def _tested(tree: syntax.Tree) -> Iterator[str]:
    """The questions that the expression compares with blank, as `if(${x} != '', ...)` does."""
    for part in syntax.parts(tree):
        match part:
            case syntax.Chain(("=" | "!=",), (syntax.Reference(name, _), syntax.Text("", _)), _):
                yield name


def _column(tree: syntax.Tree) -> str:
    """The column that a sum goes over, when every row counts; blank when rows are chosen."""
    match tree:
        case syntax.Reference(name, _):
            return name
        case syntax.Path(syntax.Reference(), (), (syntax.Step("child", name, (), _),), _):
            return name
    return ""
