"""The sheets of decision tables: their variables, their cells, and whether they are total and free of dead rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.engine.decisions import MISSING, gaps
from hrddp_desktop.engine.definition import ChoiceList, DecisionTable, Rule, Variable
from hrddp_desktop.engine.problems import Problem, ProblemCode
from hrddp_desktop.engine.sheets import Row, Sheet, Sources, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

_OWN = ("rule", "outcome", "reason", "basis", "reference")
_BASES = ("house", "policy_second_hand", "policy_text")
_HELPERS = frozenset({"variables", "facts"})


def read_tables(sources: Sources, lists: Mapping[str, ChoiceList], problems: list[Problem]) -> dict[str, DecisionTable]:
    """Every decision table of the form, by name."""
    variables = sources.decisions.get("variables", Sheet("decisions/variables"))
    facts = sources.decisions.get("facts", Sheet("decisions/facts"))
    names = [name for name in sources.decisions if name not in _HELPERS]
    _check_headings(variables, ("table", "variable", "list", "from", "blank"), problems)
    _check_headings(facts, ("variable", "fact"), problems)
    known = {row.cell("variable"): row.cell("fact") for row in facts.rows}
    tables = {}
    for name in names:
        rows = {row.cell("variable"): row for row in variables.rows if row.cell("table") == name}
        tables[name] = _TableReader(name, sources.decisions[name], lists, problems).read(rows, known)
    problems.extend(
        Problem(variables.name, row.number, "table", None, ProblemCode.DECISION_MISSING, (("name", row.cell("table")),))
        for row in variables.rows
        if row.cell("table") not in names
    )
    return tables


def _check_headings(sheet: Sheet, known: tuple[str, ...], problems: list[Problem]) -> None:
    problems.extend(
        Problem(sheet.name, 1, column, None, ProblemCode.COLUMN_UNKNOWN, (("name", column), ("hint", "")))
        for column in sheet.columns
        if column and column not in known
    )


@dataclass(slots=True)
class _TableReader:
    """Reads one decision table."""

    name: str
    sheet: Sheet
    lists: Mapping[str, ChoiceList]
    problems: list[Problem]

    def read(self, rows: Mapping[str, Row], facts: Mapping[str, str]) -> DecisionTable:
        headings = [column for column in self.sheet.columns if column and column not in _OWN]
        for column in ("rule", "outcome"):
            if self.sheet.columns and column not in self.sheet.columns:
                self._add(1, column, ProblemCode.COLUMN_MISSING, name=column)
        before = len(self.problems)
        variables = tuple(self._variable(name, rows.get(name), facts) for name in headings)
        for name, row in rows.items():
            if name not in headings:
                facts_of = (("table", self.name), ("name", name))
                self.problems.append(
                    Problem("decisions/variables", row.number, "variable", None, ProblemCode.VARIABLE_UNUSED, facts_of)
                )
        table = DecisionTable(self.name, variables, tuple(self._rule(row, variables) for row in self.sheet.rows))
        self._check_ids(table)
        if len(self.problems) == before:
            self._check_total(table)
        return table

    def _add(self, row: int, column: str, code: ProblemCode, **facts: object) -> None:
        self.problems.append(
            Problem(self.sheet.name, row, column, None, code, tuple((k, str(v)) for k, v in facts.items()))
        )

    def _variable(self, name: str, row: Row | None, facts: Mapping[str, str]) -> Variable:
        if row is None:
            self._add(1, name, ProblemCode.VARIABLE_MISSING, name=name)
            return Variable(name, "", (), "")
        list_name = row.cell("list")
        if list_name not in self.lists:
            problem = Problem(
                "decisions/variables", row.number, "list", None, ProblemCode.LIST_MISSING, (("name", list_name),)
            )
            self.problems.append(problem)
            return Variable(name, list_name, (), row.cell("from"))
        codes, blank = self.lists[list_name].codes, row.cell("blank")
        if blank and blank not in codes:
            said = (("value", blank), ("hint", ""), ("allowed", ", ".join(codes)))
            self.problems.append(
                Problem("decisions/variables", row.number, "blank", None, ProblemCode.VALUE_UNKNOWN, said)
            )
        # "a2/a2_p1" is the fact of one of the results that a2 sums up.
        parts = tuple((key.partition("/")[2], fact) for key, fact in facts.items() if key.startswith(f"{name}/"))
        return Variable(name, list_name, codes, row.cell("from"), facts.get(name, ""), blank, parts)

    def _rule(self, row: Row, variables: tuple[Variable, ...]) -> Rule:
        if not row.cell("rule"):
            self._add(row.number, "rule", ProblemCode.RULE_MISSING)
        if not row.cell("outcome"):
            self._add(row.number, "outcome", ProblemCode.CELL_MISSING, detail="Write the outcome, or missing")
        if row.cell("basis") and row.cell("basis") not in _BASES:
            allowed = ", ".join(_BASES)
            self._add(row.number, "basis", ProblemCode.VALUE_UNKNOWN, value=row.cell("basis"), hint="", allowed=allowed)
        return Rule(
            rule=row.cell("rule"),
            cells=tuple(self._cell(row, variable) for variable in variables),
            outcome=row.cell("outcome"),
            reason=row.cell("reason"),
            basis=row.cell("basis"),
            reference=row.cell("reference"),
            row=row.number,
        )

    def _cell(self, row: Row, variable: Variable) -> tuple[str, ...] | None:
        """The values that fit, missing as a blank; None when any does."""
        words = [whole(word) for word in row.cell(variable.name).split()]
        if not words:
            return None
        negated = words[0] == "not"
        values = words[1:] if negated else words
        unknown = [word for word in values if word != MISSING and word not in variable.domain]
        if variable.domain and unknown:
            self._cell_problem(row, variable, f"{' '.join(unknown)} is no value of {variable.list_name}")
        if not values:
            self._cell_problem(row, variable, "not stands alone")
        named = {"" if word == MISSING else word for word in values}
        return tuple(value for value in ("", *variable.domain) if (value in named) != negated)

    def _cell_problem(self, row: Row, variable: Variable, detail: str) -> None:
        self._add(row.number, variable.name, ProblemCode.CELL_BAD, detail=detail)

    def _check_ids(self, table: DecisionTable) -> None:
        """Alternatives of one rule are neighbours, so an id never comes back later."""
        seen: set[str] = set()
        last = ""
        for rule in table.rules:
            if rule.rule != last and rule.rule in seen:
                self._add(rule.row, "rule", ProblemCode.RULE_TWICE, name=rule.rule)
            seen.add(rule.rule)
            last = rule.rule

    def _check_total(self, table: DecisionTable) -> None:
        uncovered, dead = gaps(table)
        for rule in dead:
            self._add(rule.row, "rule", ProblemCode.DEAD_ROW)
        if uncovered is not None:
            values = ", ".join(f"{name} = {value}" for name, value in uncovered.items())
            last = self.sheet.rows[-1].number if self.sheet.rows else 1
            self._add(last, "outcome", ProblemCode.NO_OUTCOME, values=values)
