"""What documents are built of: plain blocks of finished words, in reading order; `flow` gives them their look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3; level 1 and 2 stand in the bookmarks, level 1 in the contents."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text.

    `style` is a name of style.STYLES, `language` that of the text when it is not the
    document's; `keeps` holds it on the page of what follows.
    """

    text: str
    style: str = "body"
    language: str | None = None
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Points of a list, one sentence or question each."""

    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One text in a table."""

    text: str
    style: str = "cell"
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """`share` is its part of the width; `centred` for marks."""

    title: str
    share: float
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head that repeats on every page; the first cell of a row is its name."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Two columns without a head: what, and its value; `share` is the first one's part of the width."""

    rows: tuple[tuple[Cell, Cell], ...]
    share: float = 0.3


@dataclass(frozen=True, slots=True)
class OutcomeBox:
    """The outcome in a ruled box: shape, word, reason, what it rests on; `alternative` describes the shape."""

    code: str
    label: str
    lines: tuple[Paragraph, ...]
    alternative: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One place to sign, by the app's signature or by ink; `keeps` holds it on the page of the next one."""

    role: str
    title: str
    meaning: str
    hint: str
    ink: tuple[str, ...]
    keeps: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """Titles of the level 1 headings with their pages, as links."""

    title: str


@dataclass(frozen=True, slots=True)
class CoverEnd:
    """What follows begins on a page of its own, unless the cover itself has gone over."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """A paragraph that prints only when signs of the text had no printed form; `{count}` is their number."""

    text: str


@dataclass(frozen=True, slots=True)
class Squares:
    """A text as a QR code; `alternative` says what it is."""

    text: str
    alternative: str


Block = (
    Heading | Paragraph | Listing | Table | Facts | OutcomeBox | Signature | Contents | CoverEnd | Replaced | Squares
)


@dataclass(frozen=True, slots=True)
class Furniture:
    """What stands on every page; `{page}` and `{pages}` in `page` are filled when the pages are known."""

    reference: str
    marking: str
    state: str
    page: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that the layout needs; `subject` and `title` go into the file's own description."""

    title: str
    subject: str
    blocks: tuple[Block, ...]
    furniture: Furniture
