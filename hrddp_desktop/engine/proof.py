"""Whether a condition can hold at all: every combination of the choices it compares, other parts left open.

Decidable because conditions of a form compare questions with quoted codes. What is no such comparison counts as true or
false, the same wherever it is written the same. Above a number of combinations the answer is yes: never a false alarm.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from hrddp_desktop.engine import syntax

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

MAX_COMBINATIONS = 4096
_OTHER = "\0other"  # stands for every value that a condition does not name


def can_hold(
    tree: syntax.Tree, domains: Mapping[str, AbstractSet[str]] | None = None, many: AbstractSet[str] = frozenset()
) -> bool:
    """Whether some answers make the condition true.

    `domains` are the values that questions can have; `many` names columns read from outside their table, where one row
    may fit one comparison and another row the next.
    """
    proof = _Proof(domains or {}, many)
    return proof.can_hold(tree)


class _Proof:
    """One condition under proof."""

    def __init__(self, domains: Mapping[str, AbstractSet[str]], many: AbstractSet[str]) -> None:
        self._domains = domains
        self._many = many
        self._named: dict[str, set[str]] = {}

    def can_hold(self, tree: syntax.Tree) -> bool:
        self._collect(tree)
        values = [self._values_of(name, codes) for name, codes in self._named.items()]
        if prod(map(len, values)) > MAX_COMBINATIONS:
            return True
        return any(self._holds(tree, dict(zip(self._named, chosen, strict=True))) for chosen in product(*values))

    def _values_of(self, name: str, codes: set[str]) -> list[str]:
        if name.startswith("\0"):
            return ["true", ""]
        return sorted(self._domains.get(name) or {*codes, "", _OTHER})

    def _collect(self, tree: syntax.Tree) -> None:
        """The questions that are compared with codes, and the parts that are free to be true or false."""
        match tree:
            case syntax.Chain(("and" | "or", *_), operands, _) | syntax.Call("not", operands, _):
                for operand in operands:
                    self._collect(operand)
            case syntax.Call("true" | "false") | syntax.Chain(("=" | "!=",), (syntax.Text(), syntax.Text()), _):
                pass
            case _ if (found := self._comparison(tree)) is not None:
                self._named.setdefault(found[0], set()).add(found[1])
            case _:
                self._named.setdefault(_key(tree), set())

    def _holds(self, tree: syntax.Tree, values: Mapping[str, str]) -> bool:
        match tree:
            case syntax.Chain(("and", *_), operands, _):
                return all(self._holds(operand, values) for operand in operands)
            case syntax.Chain(("or", *_), operands, _):
                return any(self._holds(operand, values) for operand in operands)
            case syntax.Call("not", (inner,), _):
                return not self._holds(inner, values)
            case syntax.Call("true" | "false" as name):
                return name == "true"
            case syntax.Chain((sign,), (syntax.Text(a, _), syntax.Text(b, _)), _) if sign in {"=", "!="}:
                return (a == b) == (sign == "=")
            case _ if (found := self._comparison(tree)) is not None:
                return (values[found[0]] == found[1]) == found[2]
        return values[_key(tree)] == "true"

    def _comparison(self, tree: syntax.Tree) -> tuple[str, str, bool] | None:
        """`${name} = 'code'` or `!=`, either way round: the name, the code, whether they must be equal."""
        match tree:
            case syntax.Chain(
                (("=" | "!=") as sign,), (syntax.Reference(name, _), syntax.Text(code, _)), _
            ) | syntax.Chain((("=" | "!=") as sign,), (syntax.Text(code, _), syntax.Reference(name, _)), _) if (
                name not in self._many
            ):
                return name, code, sign == "="
        return None


def _key(tree: syntax.Tree) -> str:
    """The same for parts that are written the same, wherever they stand."""
    return "\0" + repr(_placeless(tree))


def _placeless(tree: object) -> object:
    if isinstance(tree, tuple):
        return tuple(map(_placeless, tree))
    names = getattr(tree, "__slots__", ())
    if not names:
        return tree
    return (type(tree).__name__, *(_placeless(getattr(tree, name)) for name in names if name != "offset"))
