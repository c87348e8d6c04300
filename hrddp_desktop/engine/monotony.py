"""Whether raising a value ever softens the outcome of the deciding table; over cells, not over every combination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.engine.decisions import Box, Severity, first_boxes

if TYPE_CHECKING:
    from hrddp_desktop.engine.definition import DecisionTable, Definition, Rule


@dataclass(frozen=True, slots=True)
class Softening:
    """Where `variable` goes up, all else equal, and `rule` gives a milder outcome than `harsher` gave below."""

    variable: str
    harsher: Rule
    rule: Rule


def softenings(definition: Definition, table: DecisionTable) -> list[Softening]:
    """Every pair of rows between which a judged value rises and the outcome softens; once a row and variable.

    The order of values is that of their list, mildest first. Only the judged variables have such an order; where the
    settings name none, every variable has. Outcomes without a severity, and missing values, have no place in it.
    """
    severity = Severity.of(definition, table)
    fired = [
        (rule, box, severity.order[rule.outcome]) for rule, box in first_boxes(table) if rule.outcome in severity.order
    ]
    judged = [
        at for at, variable in enumerate(table.variables) if not severity.judged or variable.name in severity.judged
    ]
    found: dict[tuple[int, str], Softening] = {}
    for harsher, low, grave in fired:
        for rule, high, mild in fired:
            for at in judged if mild < grave else ():
                if (rule.row, table.variables[at].name) not in found and _rises(low, high, at):
                    name = table.variables[at].name
                    found[rule.row, name] = Softening(name, harsher, rule)
    return list(found.values())


def _rises(low: Box, high: Box, at: int) -> bool:
    """One combination in `low` and one in `high` differ in one variable alone, and that one is higher."""
    known_low, known_high = low[at] & ~1, high[at] & ~1  # bit 0 is missing
    if not known_low or known_high.bit_length() <= (known_low & -known_low).bit_length():
        return False
    return all(a & b for place, (a, b) in enumerate(zip(low, high, strict=True)) if place != at)
