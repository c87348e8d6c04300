"""The code of a safe card: 140 random bits in seven groups of four signs, each with a check sign of its own.

The check sign finds every single wrong sign, two neighbours or two groups that were exchanged, and says in which group.
"""

from __future__ import annotations

import secrets
from typing import Final

from hrddp_desktop.errors import Code, VaultError

# Signs that cannot be mistaken for one another when they are read out or written by hand: no I, L, O, U.
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans("OIL", "011")
GROUPS: Final = 7
_IN_GROUP: Final = 4


def new() -> str:
    """A new code, as it is printed."""
    groups = [[secrets.randbelow(len(_SIGNS)) for _ in range(_IN_GROUP)] for _ in range(GROUPS)]
    return "-".join(_written([*group, _check(place, group)]) for place, group in enumerate(groups, start=1))


def read(typed: str) -> bytes:
    """The random signs of a code, however its groups were parted.

    Raises VaultError(CARD_MISTYPED) with the first `group` that is wrong.
    """
    signs = "".join(sign for sign in typed.upper().translate(_READ_AS) if sign.isalnum())
    random = ""
    for place in range(1, GROUPS + 1):
        group = signs[(place - 1) * (_IN_GROUP + 1) : place * (_IN_GROUP + 1)]
        values = [_SIGNS.find(sign) for sign in group]
        if len(group) != _IN_GROUP + 1 or -1 in values or values[-1] != _check(place, values[:-1]):
            raise VaultError(Code.CARD_MISTYPED, group=place)
        random += group[:-1]
    if len(signs) > GROUPS * (_IN_GROUP + 1):
        raise VaultError(Code.CARD_MISTYPED, group=GROUPS)
    return random.encode()


def _written(values: list[int]) -> str:
    return "".join(_SIGNS[value] for value in values)


def _check(place: int, values: list[int]) -> int:
    """A polynomial over the field of 32 elements: each sign and the group's place weigh differently."""
    total = place
    for value in values:
        total = _doubled(total) ^ value
    return _doubled(total)


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value > 31 else value
