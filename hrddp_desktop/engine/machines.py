"""State machines: their sheets read and checked, and the steps that a record permits.

The settings tie a machine to its table of steps: `machines` = `incident st_event st_to i_outcome` names the machine,
the question of each row that holds the step's id, the question that holds the state after it, and, if the steps follow
from a decision table, the calculation which that table decides; several machines are parted by `;`. The state is stored
with the step and not worked out: a guard of today must not rewrite the steps of yesterday.

A guard is an expression over the record: what the survey can say, and beside it the bare name of a question for
`${name}`, and `rule` for the id of the row that decided. Words are no guard; they belong into `evidence` or `clock`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.decisions import MISSING
from hrddp_desktop.engine.definition import Item, Machine, Move
from hrddp_desktop.engine.functions import builder
from hrddp_desktop.engine.nodes import Context, Node, Place
from hrddp_desktop.engine.problems import ExpressionError, Problem, ProblemCode, similar
from hrddp_desktop.engine.proof import can_hold
from hrddp_desktop.engine.tree import Plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.nodes import Scope, World
    from hrddp_desktop.engine.sheets import Sheet, Sources

COLUMNS = ("id", "from", "event", "guard", "to", "decider", "clock", "evidence")
RULE = "rule"
CLOSED = "no"  # of the column `open` in the list of states: nothing has to lead out of it


def read_machines(sources: Sources, settings: Mapping[str, str], problems: list[Problem]) -> dict[str, Machine]:
    """Every machine of the form, by name. What they mean is checked by `check_machines`."""
    ties = _ties(settings, problems)
    machines = {name: _machine(name, sheet, ties, problems) for name, sheet in sources.machines.items()}
    problems.extend(
        Problem("settings", 2, "machines", None, ProblemCode.SHEET_MISSING, (("sheet", f"machines/{name}.csv"),))
        for name in ties
        if name not in machines
    )
    return machines


def _ties(settings: Mapping[str, str], problems: list[Problem]) -> dict[str, tuple[str, str, str]]:
    """By machine the questions for step and state, and the calculation whose outcomes ask for steps."""
    ties: dict[str, tuple[str, str, str]] = {}
    for part in filter(str.strip, settings.get("machines", "").split(";")):
        match part.split():
            case [name, step, state]:
                ties[name] = step, state, ""
            case [name, step, state, decided]:
                ties[name] = step, state, decided
            case _:
                facts = (("name", "machines"), ("value", part.strip()))
                problems.append(Problem("settings", 2, "machines", None, ProblemCode.SETTING_UNKNOWN, facts))
    return ties


def _machine(name: str, sheet: Sheet, ties: Mapping[str, tuple[str, str, str]], problems: list[Problem]) -> Machine:
    for column in sheet.columns:
        if column and column not in COLUMNS:
            known = (("name", column), ("hint", similar(column, COLUMNS)))
            problems.append(Problem(sheet.name, 1, column, None, ProblemCode.COLUMN_UNKNOWN, known))
    problems.extend(
        Problem(sheet.name, 1, column, None, ProblemCode.COLUMN_MISSING, (("name", column),))
        for column in ("id", "from", "to")
        if sheet.columns and column not in sheet.columns
    )
    if name not in ties:
        detail = f"Write {name}, the question for the step and the question for the state"
        problems.append(Problem("settings", 2, "machines", None, ProblemCode.CELL_MISSING, (("detail", detail),)))
    step, state, decided = ties.get(name, ("", "", ""))
    for row in sheet.rows:
        for column in ("id", "to"):
            if not row.cell(column) and column in sheet.columns:
                facts = (("detail", f"Write the {column} of the step"),)
                problems.append(Problem(sheet.name, row.number, column, None, ProblemCode.CELL_MISSING, facts))
    moves = tuple(
        Move(*(row.cell(column) for column in COLUMNS), row.number)  # type: ignore[call-arg, arg-type]  # in their order
        for row in sheet.rows
    )
    return Machine(name, step, state, decided, moves)


# what a machine means in its form


class _Names:
    """The names of the form, and `rule` beside them."""

    def __init__(self, names: Scope, rules: Iterable[str]) -> None:
        self._names = names
        self._rule = Place(RULE, "field", codes=frozenset(rules))

    def place(self, name: str) -> Place | None:
        """The place of a question, or of the rule."""
        return self._names.place(name) or (self._rule if name == RULE and self._rule.codes else None)

    def instance(self, name: str) -> Place | None:
        """The place of a choice list or related record."""
        return self._names.instance(name)

    def similar(self, name: str) -> str:
        """A hint at a name that was perhaps meant."""
        return self._names.similar(name)


def guard_tree(source: str) -> syntax.Tree:
    """The tree of a guard, bare names made references. Raises ExpressionError."""
    return _referred(syntax.parse(source))


def _referred(tree: syntax.Tree) -> syntax.Tree:
    match tree:
        case syntax.Path(None, (), (syntax.Step("child", name, predicates, offset), *rest), _) if name[-1] not in "*)":
            start = syntax.Reference(name, offset)
            return syntax.Path(start, predicates, tuple(rest), offset) if predicates or rest else start
        case syntax.Chain(operators, operands, offset):
            return syntax.Chain(operators, tuple(map(_referred, operands)), offset)
        case syntax.Call(name, arguments, offset):
            return syntax.Call(name, tuple(map(_referred, arguments)), offset)
        case syntax.Negative(operand, offset):
            return syntax.Negative(_referred(operand), offset)
    return tree


@dataclass(slots=True)
class _Checker:
    """Compiles the guards of one machine and looks at its states."""

    definition: Definition
    machine: Machine
    names: Scope
    problems: list[Problem] = field(default_factory=list)
    guards: list[Callable[[Context], bool] | None] = field(default_factory=list)

    def check(self) -> None:
        self._tie()
        scope = _Names(self.names, self._rules())
        for move in self.machine.moves:
            self.guards.append(self._guard(move, scope))
            self._codes(move)
        if not self.problems:
            self._states()
            self._outcomes()

    def _add(self, row: int, column: str, code: ProblemCode, offset: int | None = None, **facts: object) -> None:
        sheet = f"machines/{self.machine.name}"
        self.problems.append(
            Problem(sheet, row, column, offset, code, tuple((name, str(value)) for name, value in facts.items()))
        )

    def _rules(self) -> list[str]:
        table = self.definition.tables.get(self._decided().cell("table"))
        return [rule.rule for rule in table.rules] if table is not None else []

    def _decided(self) -> Item:
        return self.definition.items.get(self.machine.decided) or Item("", "", 0)

    def _tie(self) -> None:
        """Both questions are choices in one table, the calculation has a decision table."""
        machine, items = self.machine, self.definition.items
        step, state = items.get(machine.step), items.get(machine.state)
        for name, item in ((machine.step, step), (machine.state, state)):
            if name and (item is None or item.type != "select_one" or item.table is None):
                self._setting(name)
        if step is not None and state is not None and step.table != state.table:
            self._setting(machine.state)
        if machine.decided and self._decided().cell("table") not in self.definition.tables:
            self._setting(machine.decided)

    def _setting(self, value: str) -> None:
        facts = (("name", "machines"), ("value", value))
        self.problems.append(Problem("settings", 2, "machines", None, ProblemCode.SETTING_UNKNOWN, facts))

    def _guard(self, move: Move, scope: Scope) -> Callable[[Context], bool] | None:
        if not move.guard:
            return None
        build = builder(scope)
        try:
            truth = build.truth(build.build(guard_tree(move.guard)))
        except ExpressionError as error:
            code = ProblemCode.GUARD_PROSE if error.code is ProblemCode.SYNTAX else error.code
            self._add(move.row, "guard", code, error.offset, **dict(error.facts))
            return None
        for issue in build.issues:
            self._add(move.row, "guard", issue.code, issue.offset, **dict(issue.facts))
        return truth

    def _codes(self, move: Move) -> None:
        """Steps and states are choices of the questions that keep them."""
        for column, question, value in (
            ("id", self.machine.step, move.id),
            ("from", self.machine.state, move.from_state),
            ("to", self.machine.state, move.to),
        ):
            codes = self._list(question)
            if value and codes and value not in codes:
                self._add(move.row, column, ProblemCode.CODE_NOT_IN_LIST, value=value, name=question)

    def _list(self, question: str) -> tuple[str, ...]:
        item = self.definition.items.get(question)
        choices = self.definition.lists.get(item.list_name or "") if item is not None else None
        return choices.codes if choices is not None else ()

    def _states(self) -> None:
        """Every state can be reached, and out of every open one something leads."""
        moves = self.machine.moves
        reached, waiting = {""}, [""]
        while waiting:
            state = waiting.pop()
            for move in moves:
                if move.from_state == state and move.to not in reached:
                    reached.add(move.to)
                    waiting.append(move.to)
        item = self.definition.items.get(self.machine.state)
        states = self.definition.lists.get(item.list_name or "") if item is not None else None
        for state in self._list(self.machine.state):
            rows = [move.row for move in moves if state in {move.from_state, move.to}]
            if state not in reached:
                self._add(min(rows, default=1), "to", ProblemCode.STATE_UNREACHABLE, name=state)
            leads_out = any(move.from_state == state and move.to != state for move in moves)
            if states is not None and not leads_out and states.fact(state, "open") != CLOSED:
                self._add(min(rows, default=1), "from", ProblemCode.STATE_DEAD_END, name=state)

    def _outcomes(self) -> None:
        """Each outcome of the decision table permits a step somewhere."""
        table = self.definition.tables.get(self._decided().cell("table"))
        if table is None:
            return
        trees = [guard_tree(move.guard) for move in self.machine.moves if move.guard]
        for outcome in sorted(table.outcomes - {MISSING}):
            rules = frozenset(rule.rule for rule in table.rules if rule.outcome == outcome)
            known = {self.machine.decided: frozenset({outcome}), RULE: rules}
            asks = (tree for tree in trees if _names_in(tree) & known.keys())
            if not any(can_hold(tree, known) for tree in asks):
                self._add(1, "guard", ProblemCode.OUTCOME_WITHOUT_STEP, outcome=outcome)


def _names_in(tree: syntax.Tree) -> set[str]:
    return {part.name for part in syntax.parts(tree) if isinstance(part, syntax.Reference)}


def check_machines(definition: Definition, names: Scope) -> list[Problem]:
    """All that is wrong with the machines of a form: ties, guards, codes, states, outcomes."""
    found: list[Problem] = []
    for machine in definition.machines.values():
        checker = _Checker(definition, machine, names)
        checker.check()
        found.extend(checker.problems)
    return found


def guards_of(definition: Definition, machine: Machine, names: Scope) -> Sequence[Callable[[Context], bool] | None]:
    """The guard of each row, None where there is none; for a form without problems."""
    checker = _Checker(definition, machine, names)
    checker.check()
    return checker.guards


class GuardWorld:
    """What guards see: the record, and the rule that decided."""

    def __init__(self, world: World, rule: str) -> None:
        self._world = world
        self._rule = Plain(RULE, None, rule)
        self.today = world.today
        self.document = world.document
        self.beside = world.beside
        self.instance = world.instance
        self.matching = world.matching
        self.choice_label = world.choice_label

    def named(self, name: str) -> Sequence[Node]:
        """Every node of that name; `rule` where no question has that name."""
        return (self._rule,) if name == RULE else self._world.named(name)
