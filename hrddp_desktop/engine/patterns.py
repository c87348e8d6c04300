"""A small safe dialect of regular expressions: literals, classes, groups and quantifiers whose worst case stays small.

A pattern always has to match the whole text. Work is bounded before the pattern runs: texts are limited, and the
quantifiers of one pattern may not multiply to more than a few million tries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hrddp_desktop.engine.problems import ExpressionError, ProblemCode

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TEXT = 300
_MAX_PATTERN = 200
_MAX_TRIES = 5_000_000
_ESCAPES = frozenset("dDwWsS.\\/-+*?()[]{}|^$")
_REPEAT = re.compile(r"\{(\d{1,3})(,(\d{0,3}))?\}")


def safe_pattern(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether a whole text matches. Raises ExpressionError(PATTERN) outside the dialect."""
    if len(pattern) > _MAX_PATTERN:
        raise _refused(f"it is longer than {_MAX_PATTERN} signs")
    body = pattern.removeprefix("^")
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    tries = _Reader(body).tries()
    if tries > _MAX_TRIES:
        raise _refused("its quantifiers multiply")
    try:
        compiled = re.compile(body, re.ASCII)
    except re.error as error:
        raise _refused(str(error)) from error
    return lambda text: len(text) <= MAX_TEXT and compiled.fullmatch(text) is not None


def _refused(detail: str) -> ExpressionError:
    return ExpressionError(ProblemCode.PATTERN, detail=detail)


class _Reader:
    """Walks over a pattern once and multiplies the choices its quantifiers and alternatives leave open."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def tries(self) -> int:
        """The product over the whole pattern."""
        tries = self._sequence(depth=0)
        if self._at < len(self._pattern):
            raise _refused("a bracket is closed that was not opened")
        return tries

    def _sequence(self, depth: int) -> int:
        tries = 1
        while self._at < len(self._pattern) and self._pattern[self._at] != ")":
            if self._pattern[self._at] == "|":
                self._at += 1
                tries += 1
                continue
            tries *= self._piece(depth)
        return tries

    def _piece(self, depth: int) -> int:
        inner = self._atom(depth)
        spread, most = self._quantifier()
        if inner > 1 and most > 1:
            raise _refused("a quantifier stands on a group that holds quantifiers or alternatives")
        return inner * spread

    def _atom(self, depth: int) -> int:
        sign = self._pattern[self._at]
        self._at += 1
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            self._class()
        elif sign == "\\":
            self._escape()
        elif sign in "*+?{":
            raise _refused(f"{sign} has nothing to repeat")
        elif sign in "^$":
            raise _refused(f"{sign} stands inside the pattern")
        return 1

    def _group(self, depth: int) -> int:
        if depth > 4:
            raise _refused("its groups are nested too deep")
        if self._pattern.startswith("?", self._at):
            if not self._pattern.startswith("?:", self._at):
                raise _refused("(? is not part of it")
            self._at += 2
        inner = self._sequence(depth + 1)
        if self._at >= len(self._pattern):
            raise _refused("a bracket is not closed")
        self._at += 1
        return inner

    def _class(self) -> None:
        end = self._at + (1 if self._pattern.startswith("^", self._at) else 0)
        while end < len(self._pattern) and self._pattern[end] != "]":
            if self._pattern[end] == "[":
                raise _refused("a class stands inside a class")
            end += 2 if self._pattern[end] == "\\" else 1
        if end >= len(self._pattern):
            raise _refused("a class is not closed")
        self._at = end + 1

    def _escape(self) -> None:
        if self._at >= len(self._pattern) or self._pattern[self._at] not in _ESCAPES:
            raise _refused("a backslash stands before a sign that it does not escape")
        self._at += 1

    def _quantifier(self) -> tuple[int, int]:
        """How many lengths the quantifier leaves open, and the greatest number of repetitions."""
        sign = self._pattern[self._at : self._at + 1]
        if sign in {"*", "+", "?"}:
            self._at += 1
            spread, most = (2, 1) if sign == "?" else (MAX_TEXT, MAX_TEXT)
        elif (match := _REPEAT.match(self._pattern, self._at)) is not None:
            self._at = match.end()
            least = int(match[1])
            most = least if match[2] is None else int(match[3] or MAX_TEXT)
            spread = max(1, most - least + 1)
        else:
            return 1, 1
        if self._pattern[self._at : self._at + 1] in {"?", "+", "*"}:
            raise _refused("two quantifiers follow each other")
        return spread, most
