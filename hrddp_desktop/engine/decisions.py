"""Decision tables: the first row that fits, every row that fits, what would change it, and whether a table is total.

Nothing here knows what a table is about. The severity of an outcome is a column of the list of outcomes; which
variables may be judged again, and which outcomes are open or escalated, the settings of the form say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from hrddp_desktop.engine.views import Decision, FiredRow
from hrddp_desktop.errors import AnswerError, Code

if TYPE_CHECKING:
    from hrddp_desktop.engine.definition import DecisionTable, Definition, Rule

MISSING = "missing"
Values = Mapping[str, str | None]


def first_rule(table: DecisionTable, values: Values) -> Rule | None:
    """The row that decides. A value that is absent, blank or outside its list is missing."""
    return next(table.fitting(_coded(table, values)), None)


def decide_table(definition: Definition, table: str, variables: Values) -> Decision:
    """One decision table alone. Raises AnswerError for a table, variable or value that does not exist."""
    found = definition.tables.get(table)
    if found is None:
        raise AnswerError(Code.TABLE_UNKNOWN, table=table, known=", ".join(sorted(definition.tables)))
    domains = {variable.name: variable.domain for variable in found.variables}
    for name, value in variables.items():
        if name not in domains or not (value in domains[name] or value in {None, "", MISSING}):
            raise AnswerError(Code.VARIABLE_NOT_ALLOWED, table=table, variable=name, value=value)
    return decide(definition, found, variables)


def decide(definition: Definition, table: DecisionTable, variables: Values) -> Decision:
    """The decision with everything that explains it."""
    coded = _coded(table, variables)
    fired = list(table.fitting(coded))
    first = fired[0] if fired else None
    severity = Severity.of(definition, table)
    result = first.outcome if first else MISSING
    return Decision(
        table=table.name,
        outcome=None if result == MISSING else result,
        rule=first.rule if first else None,
        reason=first.reason if first else "",
        basis=first.basis if first else "",
        reference=first.reference if first else "",
        also=_once(
            row for row in fired[1:] if row.outcome == result and not row.is_fallback and row.rule != fired[0].rule
        ),
        open_questions=_once(row for row in fired if row.outcome == severity.escalated)
        if result == severity.open
        else (),
        would_change=_would_change(table, coded, result, severity),
        variables={variable.name: value or None for variable, value in zip(table.variables, coded, strict=True)},
        facts={variable.name: variable.fact for variable in table.variables if variable.fact},
    )


@dataclass(frozen=True, slots=True)
class Severity:
    """How grave each outcome of the deciding table is; other tables have no such order."""

    order: Mapping[str, int]
    open: str
    escalated: str
    judged: frozenset[str]

    @classmethod
    def of(cls, definition: Definition, table: DecisionTable) -> Severity:
        """From the list of outcomes and the settings; empty for every table but the deciding one."""
        settings = definition.settings
        outcomes = definition.lists.get(settings.get("outcomes", "outcome"))
        if table.name not in definition.deciding or outcomes is None:
            return cls({}, "", "", frozenset())
        order = {
            choice.code: int(fact)
            for choice in outcomes.choices
            if (fact := choice.facts.get("severity_order", "")).isdigit()
        }
        judged = frozenset(settings.get("judged", "").split())
        return cls(order, settings.get("open", "incomplete"), settings.get("escalated", "escalate"), judged)


def _coded(table: DecisionTable, values: Values) -> tuple[str, ...]:
    """The values in the order of the columns, missing as a blank or as what the sheet says that a blank is."""
    found = ((variable, values.get(variable.name)) for variable in table.variables)
    return tuple(value if value and value in variable.domain else variable.blank for variable, value in found)


def _once(rules: Iterator[Rule]) -> tuple[FiredRow, ...]:
    """Each rule id once, as its first alternative that holds."""
    first: dict[str, Rule] = {}
    for rule in rules:
        first.setdefault(rule.rule, rule)
    return tuple(FiredRow(one.rule, one.outcome, one.reason, one.basis, one.reference) for one in first.values())


def _would_change(
    table: DecisionTable, coded: tuple[str, ...], result: str, severity: Severity
) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of judged variables whose best values give a milder outcome; missing ones count as best."""
    now = severity.order.get(result)
    if now is None or now < severity.order.get(severity.escalated, now + 1):
        return ()
    judged = [at for at, variable in enumerate(table.variables) if variable.name in severity.judged]
    best = {at: table.variables[at].domain[0] for at in judged}
    base = [best[at] if at in best and not value else value for at, value in enumerate(coded)]
    movable = [at for at in judged if base[at] != best[at]]
    found: list[frozenset[int]] = []
    for size in range(1, len(movable) + 1):
        for chosen in combinations(movable, size):
            if not any(smaller <= frozenset(chosen) for smaller in found):
                tried = [best[at] if at in chosen else value for at, value in enumerate(base)]
                rule = next(table.fitting(tried), None)
                if rule is not None and severity.order.get(rule.outcome, now) < now:
                    found.append(frozenset(chosen))
    return tuple(tuple(table.variables[at].name for at in sorted(chosen)) for chosen in found)


# is the table total, can every row fire


Box = tuple[int, ...]


def gaps(table: DecisionTable) -> tuple[dict[str, str] | None, tuple[Rule, ...]]:
    """One combination that no row catches, or None; and the rows that earlier rows leave nothing to.

    Each row is subtracted, as a box of cell sets, from what is still open: the work grows with the rows, not with the
    product of the domains.
    """
    fired, left = _split(table)
    alive = {rule.row for rule, _ in fired}
    dead = tuple(rule for rule in table.rules if rule.row not in alive)
    return (_example(table, _domains(table), left[0]) if left else None), dead


def first_boxes(table: DecisionTable) -> list[tuple[Rule, Box]]:
    """Where each row is the first that fits, as boxes that do not overlap; per variable bits, bit 0 for missing."""
    return _split(table)[0]


def _split(table: DecisionTable) -> tuple[list[tuple[Rule, Box]], list[Box]]:
    """Where each row decides, and where none does."""
    domains = _domains(table)
    open_boxes: list[Box] = [tuple((1 << len(domain)) - 1 for domain in domains)]
    fired: list[tuple[Rule, Box]] = []
    for rule in table.rules:
        box = tuple(_mask(cell, domain) for cell, domain in zip(rule.cells, domains, strict=True))
        left: list[Box] = []
        for one in open_boxes:
            hit = tuple(a & b for a, b in zip(one, box, strict=True))
            if all(hit):
                fired.append((rule, hit))
                left.extend(_without(one, box))
            else:
                left.append(one)
        open_boxes = left
    return fired, open_boxes


def _domains(table: DecisionTable) -> list[tuple[str, ...]]:
    return [("", *variable.domain) for variable in table.variables]


def _mask(cell: tuple[str, ...] | None, domain: Sequence[str]) -> int:
    return sum(1 << at for at, value in enumerate(domain) if cell is None or value in cell)


def _without(box: Box, cut: Box) -> Iterator[Box]:
    """The parts of `box` outside `cut`, as boxes that do not overlap."""
    for at, (mine, theirs) in enumerate(zip(box, cut, strict=True)):
        outside = mine & ~theirs
        if outside:
            yield (*(a & b for a, b in zip(box[:at], cut[:at], strict=True)), outside, *box[at + 1 :])


def _example(table: DecisionTable, domains: Sequence[Sequence[str]], box: Box) -> dict[str, str]:
    """One combination inside a box, known values before missing ones."""
    picked = {}
    for variable, domain, mask in zip(table.variables, domains, box, strict=True):
        inside = [value for at, value in enumerate(domain) if mask >> at & 1]
        picked[variable.name] = max(inside, key=bool) or MISSING
    return picked
