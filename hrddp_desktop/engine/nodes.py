"""What expressions stand on: nodes seen through five methods, the world around them, what is known in advance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Node(Protocol):
    """All that expressions see of a document."""

    def name(self) -> str:
        """The node's own name."""

    def parent(self) -> Node | None:
        """The node that holds it, None for the document."""

    def children(self) -> Sequence[Node]:
        """What it holds, in document order."""

    def called(self, name: str) -> Sequence[Node]:
        """What it holds of that name; nearly every path asks so, and must not look at all the others."""

    def text(self) -> str:
        """Its string value; blank when it is not relevant."""


class World(Protocol):
    """What a session offers beyond single nodes."""

    today: float

    def document(self) -> Node:
        """The node that absolute paths start from."""

    def named(self, name: str) -> Sequence[Node]:
        """Every node of that name: one for a plain question, one for each row otherwise."""

    def beside(self, node: Node, name: str) -> Sequence[Node]:
        """The node of that name in the row of `node`."""

    def instance(self, name: str) -> Sequence[Node]:
        """The document of a choice list or of a related record."""

    def matching(self, list_name: str, column: str, value: str) -> Sequence[Node]:
        """The items of a choice list whose column holds the value; indexed."""

    def choice_label(self, list_name: str, code: str) -> str:
        """The label of a choice in the form's own language."""


class Context:
    """Where an expression stands while it runs; `known` is what predicates have worked out for all of their nodes."""

    __slots__ = ("current", "known", "node", "position", "size", "world")

    def __init__(self, node: Node, world: World, current: Node | None = None, position: int = 1, size: int = 1) -> None:
        self.node = node
        self.world = world
        self.current = node if current is None else current
        self.position = position
        self.size = size
        self.known: dict[object, object] = {}


@dataclass(slots=True, eq=False)
class Place:
    """What is known of a node before there are answers.

    `kind` is document, group, table (its rows), field, instance, item, column, or open (a related record of any shape);
    `codes` are the values of its choice list.
    """

    name: str
    kind: str
    parent: Place | None = None
    children: dict[str, Place] = field(default_factory=dict)
    table: str | None = None
    codes: frozenset[str] | None = None
    list_name: str | None = None

    def add(self, child: Place) -> Place:
        """Hang a child below this place."""
        child.parent = self
        self.children[child.name] = child
        return child


class Scope(Protocol):
    """The names a form offers to its expressions."""

    def place(self, name: str) -> Place | None:
        """The place of a question or table."""

    def instance(self, name: str) -> Place | None:
        """The place of a choice list or related record."""

    def similar(self, name: str) -> str:
        """A hint at a name that was perhaps meant, or nothing."""


@dataclass(frozen=True, slots=True)
class Read:
    """The expression reads this question or table; `local` means in its own row only."""

    name: str
    local: bool
