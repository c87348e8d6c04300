"""Reading direction: levels of the Unicode bidirectional algorithm, and the order of a line on paper."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Protocol, TypedDict, TypeVar
from unicodedata import bidirectional

from bidi import algorithm

if TYPE_CHECKING:
    from collections.abc import Sequence

_ISOLATE = re.compile("\N{FIRST STRONG ISOLATE}([^\N{POP DIRECTIONAL ISOLATE}]*)\N{POP DIRECTIONAL ISOLATE}")
# Below Hebrew every letter reads from left to right.
_FIRST_RIGHT_TO_LEFT = "\u0590"


class _Sign(TypedDict):
    """One sign as python-bidi works on it; `place` is ours and survives the signs that it drops."""

    ch: str
    level: int
    type: str
    orig: str
    place: int


class _Storage(TypedDict):
    """The working state of python-bidi."""

    base_level: int
    base_dir: str
    chars: list[_Sign]
    runs: deque[dict[str, object]]


class Levelled(Protocol):
    """Anything with an embedding level."""

    @property
    def level(self) -> int:
        """Odd levels read from right to left."""


Part = TypeVar("Part", bound=Levelled)


def reads_right_to_left(text: str, otherwise: bool) -> bool:
    """The direction of the first letter outside isolates; `otherwise` for a text without one, such as a number."""
    for sign in _ISOLATE.sub("", text):
        kind = bidirectional(sign)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return otherwise


def resolve(text: str, right_to_left: bool) -> tuple[str, list[int]]:
    """`text` without its isolates, and the embedding level of every sign of it.

    An isolate is seen from outside as one neutral sign; inside it the first letter decides. They do not nest here.
    """
    base = int(right_to_left)
    outside = _ISOLATE.sub("\N{OBJECT REPLACEMENT CHARACTER}", text)
    levels = _levels(outside, base)
    if outside == text:
        return text, levels
    inside = iter(_ISOLATE.findall(text))
    signs: list[str] = []
    resolved: list[int] = []
    for sign, level in zip(outside, levels, strict=True):
        part = next(inside) if sign == "\N{OBJECT REPLACEMENT CHARACTER}" else ""
        if not part:
            signs.append(sign)
            resolved.append(level)
            continue
        signs.append(part)
        resolved.extend(_levels(part, _isolated_base(part, base)))
    return "".join(signs).replace("\N{OBJECT REPLACEMENT CHARACTER}", " "), resolved


def _isolated_base(part: str, base: int) -> int:
    right = reads_right_to_left(part, otherwise=False)
    return base + 1 if (base % 2 == 0) == right else base + 2


def _kind(sign: str) -> str:
    """The bidirectional kind; what python-bidi does not know, isolates and unassigned signs, is neutral."""
    kind = bidirectional(sign)
    return "ON" if kind in ("", "FSI", "LRI", "RLI", "PDI") else kind


def _levels(text: str, base: int) -> list[int]:
    if base == 0 and (text.isascii() or max(text) < _FIRST_RIGHT_TO_LEFT):
        return [0] * len(text)
    signs: list[_Sign] = [
        {"ch": sign, "level": base, "type": kind, "orig": kind, "place": place}
        for place, (sign, kind) in enumerate(zip(text, map(_kind, text), strict=True))
    ]
    storage: _Storage = {"base_level": base, "base_dir": "LR"[base % 2], "chars": signs, "runs": deque()}
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    # The algorithm drops joiners and their like; each takes the level of the sign before it.
    known = {sign["place"]: sign["level"] for sign in storage["chars"]}
    levels: list[int] = []
    for place in range(len(text)):
        levels.append(known.get(place, levels[-1] if levels else base))
    return levels


def visual_order(parts: Sequence[Part]) -> list[Part]:
    """The parts of one line as they stand on paper from left to right (rule L2)."""
    ordered = list(parts)
    highest = max((part.level for part in ordered), default=0)
    for level in range(highest, 0, -1):
        start = 0
        while start < len(ordered):
            end = start
            while end < len(ordered) and ordered[end].level >= level:
                end += 1
            ordered[start:end] = ordered[start:end][::-1]
            start = max(end, start + 1)
    return ordered
