"""The grammar of the expression language: text into a tree of frozen nodes, with limits on length and depth.

The lexer knows XPath's one trap: `*`, `and`, `or`, `mod` and `div` are operators only after an operand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from hrddp_desktop.engine.problems import ExpressionError, ProblemCode

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LENGTH = 16_000
MAX_DEPTH = 60
MAX_HEIGHT = 150


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text."""

    value: str
    offset: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float
    offset: int


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[Tree, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands of one precedence joined from left to right; `operators[i]` stands before `operands[i + 1]`."""

    operators: tuple[str, ...]
    operands: tuple[Tree, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    operand: Tree
    offset: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: axis child, self, parent, descendant; `test` is a name, `*` or `node()`."""

    axis: str
    test: str
    predicates: tuple[Tree, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from a start: `/` the document, None the context node, else the nodes of an expression."""

    start: Tree | str | None
    predicates: tuple[Tree, ...]
    steps: tuple[Step, ...]
    offset: int


Tree = Text | Number | Reference | Call | Chain | Negative | Path


def parts(tree: Tree) -> Iterator[Tree]:
    """A tree and every tree inside it."""
    yield tree
    for one in _inside(tree):
        yield from parts(one)


def _inside(tree: Tree) -> tuple[Tree, ...]:
    match tree:
        case Call(_, inner, _) | Chain(_, inner, _):
            return inner
        case Negative(operand, _):
            return (operand,)
        case Path(start, predicates, steps, _):
            first = () if start is None or isinstance(start, str) else (start,)
            return (*first, *predicates, *(predicate for step in steps for predicate in step.predicates))
    return ()


def _height(tree: Tree) -> int:
    """How many closures stand inside each other at most once the tree is built."""
    above = 1
    match tree:
        case Chain(("=" | "!=" | "<" | "<=" | ">" | ">=", *_), operands, _):
            above = len(operands)
        case Path(_, predicates, steps, _):
            above = 1 + len(predicates) + len(steps)
    return above + max(map(_height, _inside(tree)), default=0)


_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"*", "div", "mod"}),
    frozenset({"+", "-"}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"=", "!="}),
    frozenset({"and"}),
    frozenset({"or"}),
)
_OPERATORS = frozenset().union(*_LEVELS)
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<reference>\$\{[ ]*(?P<inner>[A-Za-z_][\w.\-]*)[ ]*\})
    |(?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<name>@?[A-Za-z_][\w.\-]*(?::[A-Za-z_][\w.\-]*)?)
    |(?P<symbol>!=|<=|>=|//|::|\.\.|[-+*=<>|/()\[\],.])""",
    re.VERBOSE,
)
_OPERATOR = re.compile(r"and|or|mod|div|\*")
_CURLY = "\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"


class Token(NamedTuple):
    """A word of the expression; `kind` is reference, number, text, name, symbol, operator or end."""

    kind: str
    value: str
    offset: int


def tokens(source: str) -> list[Token]:
    """The words of an expression, blanks dropped, an `end` last."""
    found: list[Token] = []
    at = 0
    while at < len(source):
        token, at = _next_token(source, at, found[-1] if found else None)
        if token is not None:
            found.append(token)
    found.append(Token("end", "", len(source)))
    return found


def _next_token(source: str, at: int, before: Token | None) -> tuple[Token | None, int]:
    if before is not None and _ends_operand(before):
        word = _OPERATOR.match(source, at)
        if word is not None:
            return Token("operator", word.group(), at), word.end()
    match = _TOKEN.match(source, at)
    if match is None:
        raise _unreadable(source, at)
    kind = match.lastgroup or ""
    if match["reference"] is not None:
        return Token("reference", match["inner"], at), match.end()
    if kind == "space":
        return None, match.end()
    return Token(kind, match.group(), at), match.end()


def _ends_operand(token: Token) -> bool:
    return (
        token.kind in {"reference", "number", "text", "name"}
        or token.value in {")", "]", ".", ".."}
        or (token.kind == "symbol" and token.value == "*")
    )


def _unreadable(source: str, at: int) -> ExpressionError:
    if source[at] in _CURLY:
        return ExpressionError(ProblemCode.CURLY_QUOTE, at)
    if source[at] in "'\"":
        return ExpressionError(ProblemCode.SYNTAX, at, detail="a text is not closed; add the missing quote")
    if source[at] == "$":
        return ExpressionError(ProblemCode.SYNTAX, at, detail="a reference is written ${name}")
    return ExpressionError(ProblemCode.SYNTAX, at, detail=f"the sign {source[at]} means nothing here; take it out")


def parse(source: str) -> Tree:
    """The tree of an expression. Raises ExpressionError."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(ProblemCode.TOO_LONG, limit=MAX_LENGTH)
    parser = _Parser(tokens(source))
    tree = parser.expression()
    parser.expect("end")
    if _height(tree) > MAX_HEIGHT:
        raise ExpressionError(ProblemCode.TOO_DEEP, limit=MAX_HEIGHT)
    return tree


def _joined(level: frozenset[str], operands: list[Tree], operators: list[Token]) -> tuple[list[Tree], list[Token]]:
    """Join the neighbours that an operator of this level binds; the looser operators stay for the next level."""
    left: list[Tree] = []
    loose: list[Token] = []
    group, signs = [operands[0]], list[str]()
    for operator, operand in zip(operators, operands[1:], strict=True):
        if operator.value in level:
            signs.append(operator.value)
            group.append(operand)
            continue
        left.append(_chain(group, signs))
        loose.append(operator)
        group, signs = [operand], []
    left.append(_chain(group, signs))
    return left, loose


def _chain(operands: list[Tree], operators: list[str]) -> Tree:
    return Chain(tuple(operators), tuple(operands), operands[0].offset) if operators else operands[0]


class _Parser:
    """Recursive descent over the tokens; one level of brackets, arguments or predicates is one level of depth."""

    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0

    def expression(self) -> Tree:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError(ProblemCode.TOO_DEEP, self._word.offset, limit=MAX_DEPTH)
        tree = self._operation()
        self._depth -= 1
        return tree

    def expect(self, kind: str, value: str | None = None) -> Token:
        word = self._word
        if word.kind != kind or (value is not None and word.value != value):
            detail = f"{value} is missing" if value else "an operator or a bracket is missing"
            raise ExpressionError(ProblemCode.SYNTAX, word.offset, detail=detail)
        self._at += 1
        return word

    @property
    def _word(self) -> Token:
        return self._words[self._at]

    def _is(self, value: str) -> bool:
        word = self._words[self._at]
        return word.value == value and word.kind == "symbol"

    def _take(self, value: str) -> bool:
        if self._is(value):
            self._at += 1
            return True
        return False

    def _operation(self) -> Tree:
        """Operands and operators in a row, joined by precedence without recursion: long chains stay flat."""
        operands = [self._negative()]
        operators: list[Token] = []
        while self._word.value in _OPERATORS and self._word.kind in {"symbol", "operator"}:
            operators.append(self._word)
            self._at += 1
            operands.append(self._negative())
        for level in _LEVELS if operators else ():
            if any(operator.value in level for operator in operators):
                operands, operators = _joined(level, operands, operators)
        return operands[0]

    def _negative(self) -> Tree:
        offset = self._word.offset
        minus = 0
        while self._take("-"):
            minus += 1
        operand = self._union()
        for _ in range(min(minus, 2 - minus % 2)):
            operand = Negative(operand, offset)
        return operand

    def _union(self) -> Tree:
        offset = self._word.offset
        operands = [self._path()]
        while self._take("|"):
            operands.append(self._path())
        return Chain(("|",) * (len(operands) - 1), tuple(operands), offset) if len(operands) > 1 else operands[0]

    def _path(self) -> Tree:
        word = self._word
        if self._starts_primary():
            primary = self._primary()
            predicates = self._predicates()
            steps = self._steps() if self._is("/") or self._is("//") else ()
            return Path(primary, predicates, steps, word.offset) if predicates or steps else primary
        if self._is("/") or self._is("//"):
            return Path("/", (), self._steps(bare=True), word.offset)
        first = self._step("child")
        return Path(None, (), (first, *self._steps()), word.offset)

    def _starts_primary(self) -> bool:
        word = self._word
        if word.kind in {"number", "text", "reference"} or self._is("("):
            return True
        after = self._words[self._at + 1] if word.kind == "name" else word
        return word.kind == "name" and after.value == "(" and word.value not in {"node", "text"}

    def _primary(self) -> Tree:
        word = self._word
        self._at += 1
        if word.kind == "number":
            return Number(float(word.value), word.offset)
        if word.kind == "text":
            return Text(word.value[1:-1], word.offset)
        if word.kind == "reference":
            return Reference(word.value, word.offset)
        if word.kind == "name":
            return Call(word.value, self._arguments(), word.offset)
        inner = self.expression()
        self.expect("symbol", ")")
        return inner

    def _arguments(self) -> tuple[Tree, ...]:
        self.expect("symbol", "(")
        if self._take(")"):
            return ()
        found = [self.expression()]
        while self._take(","):
            found.append(self.expression())
        self.expect("symbol", ")")
        return tuple(found)

    def _predicates(self) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while self._take("["):
            found.append(self.expression())
            self.expect("symbol", "]")
        return tuple(found)

    def _steps(self, *, bare: bool = False) -> tuple[Step, ...]:
        """The steps behind a `/`; `bare` allows the document alone."""
        steps: list[Step] = []
        while self._is("/") or self._is("//"):
            axis = "descendant" if self._is("//") else "child"
            self._at += 1
            if bare and axis == "child" and not self._starts_step():
                return ()
            bare = False
            steps.append(self._step(axis))
        return tuple(steps)

    def _starts_step(self) -> bool:
        return self._word.kind == "name" or any(self._is(sign) for sign in (".", "..", "*"))

    def _step(self, axis: str) -> Step:
        word = self._word
        if not self._starts_step():
            raise ExpressionError(ProblemCode.SYNTAX, word.offset, detail="a value is missing")
        self._at += 1
        if word.value in {".", ".."}:
            axis, test = ("self" if word.value == "." else "parent"), "node()"
        elif word.kind == "name" and self._take("("):
            self.expect("symbol", ")")
            test = f"{word.value}()"
        else:
            test = word.value
        if self._is("::"):
            raise ExpressionError(ProblemCode.PATH_NOT_ALLOWED, word.offset, name=f"{word.value}::")
        return Step(axis, test, self._predicates(), word.offset)
