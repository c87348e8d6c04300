"""Lines of the list of records: by words, filtered, in an order, a piece at a time. Reads the summaries alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from hrddp_desktop.storage.erasing import ERASED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import date

    from hrddp_desktop.storage.records import Summary

MOST_WORDS: Final = 12


class Order(StrEnum):
    """How a list is sorted."""

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    REFERENCE = "reference"
    COUNTRY = "country"
    OUTCOME = "outcome"
    STATUS = "status"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: folded words that all occur, each as the beginning of a word; '' and None let everything through.

    `due` is the last day of what is due; a record without a due date is not due.
    """

    words: tuple[str, ...] = ()
    form: str = ""
    country: str = ""
    status: str = ""
    outcome: str = ""
    due: date | None = None
    order: Order = Order.BEST

    @property
    def is_everything(self) -> bool:
        """Nothing is left out."""
        return not self.words and self.is_unfiltered

    @property
    def is_unfiltered(self) -> bool:
        """Nothing but words, if anything, leaves a record out."""
        return not (self.form or self.country or self.status or self.outcome or self.due)


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found; `path` and `text` are where the words stand, as written ('' without words)."""

    summary: Summary
    path: str = ""
    text: str = ""


COLUMNS: Final = (
    "s.uuid, s.form, s.title, s.reference, s.country, s.station, s.status, s.outcome, s.next_due, s.as_of, "
    "s.definition, s.related, s.changed"
)
BINNED: Final = "SELECT record FROM bin"
"""What is in the bin, or was, is in no list."""
_FILTERS: Final = ("form", "country", "status", "outcome")
_NEWEST_FIRST: Final = "s.changed DESC, s.id DESC"
# A blank comes last: somebody who sorts by due date wants to see what is due.
_ORDERS: Final = {
    Order.NEWEST: _NEWEST_FIRST,
    Order.OLDEST: "s.changed, s.id",
    Order.DUE: f"s.next_due IS NULL, s.next_due, {_NEWEST_FIRST}",
    **{
        order: f"s.{order} = '', s.{order} COLLATE NOCASE, {_NEWEST_FIRST}"
        for order in (Order.TITLE, Order.REFERENCE, Order.COUNTRY, Order.OUTCOME, Order.STATUS)
    },
}
_WORD: Final = (
    "SELECT rowid >> 20 AS record, min(rank) AS best, rowid AS line FROM search WHERE search MATCH ? GROUP BY record"
)


def find(
    connection: sqlite3.Connection,
    wanted: Wanted,
    limit: int,
    offset: int,
    line: Callable[[tuple[Any, ...]], Summary],
) -> list[tuple[Summary, int]]:
    """A piece of what is wanted, each with the line of the index that holds a word, 0 without words."""
    source, values = _source(wanted)
    place, best = ("h.line", f"h.best, {_NEWEST_FIRST}") if wanted.words else ("0", _NEWEST_FIRST)
    order = _ORDERS.get(wanted.order, best)
    rows = connection.execute(
        f"SELECT {COLUMNS}, {place} {source} ORDER BY {order} LIMIT ? OFFSET ?", (*values, limit, offset)
    ).fetchall()
    return [(line(row[:-1]), row[-1]) for row in rows]


def count(connection: sqlite3.Connection, wanted: Wanted) -> int:
    """How many records are wanted."""
    source, values = _source(wanted)
    if wanted.words and wanted.is_unfiltered:  # what was erased has no words
        source = f"{source.partition(' JOIN ')[0]} WHERE h.record NOT IN ({BINNED})"
    return int(connection.execute(f"SELECT count(*) {source}", values).fetchone()[0])


def present(connection: sqlite3.Connection, name: str) -> list[str]:
    """The forms, countries, statuses or outcomes that records have."""
    if name not in _FILTERS:
        raise ValueError(f"not a filter: {name}")
    found = connection.execute(
        f"SELECT DISTINCT {name} FROM summaries WHERE {name} <> '' AND status <> '{ERASED}' "  # noqa: S608 - one of four
        f"AND id NOT IN ({BINNED}) ORDER BY 1"
    )
    return [value for (value,) in found]


def _source(wanted: Wanted) -> tuple[str, list[object]]:
    """What stands behind the columns, up to the filters, and its values."""
    filters, filtered = _filters(wanted)
    if not wanted.words:
        return f"FROM summaries s{filters}", filtered
    words = wanted.words[:MOST_WORDS]
    # Each word may stand in another answer of the record. The line that is shown is that of the rarest word.
    each = " UNION ALL ".join([_WORD] * len(words))
    hits = f"(SELECT record, sum(best) AS best, line, min(best) FROM ({each}) GROUP BY record HAVING count(*) = ?)"  # noqa: S608 - of our own
    # Words have letters and digits only; the quotes keep OR and NEAR words.
    return f"FROM {hits} h JOIN summaries s ON s.id = h.record{filters}", [
        *(f'"{word}"*' for word in words),
        len(words),
        *filtered,
    ]


def _filters(wanted: Wanted) -> tuple[str, list[object]]:
    named = {name: getattr(wanted, name) for name in _FILTERS if getattr(wanted, name)}
    parts = [f"s.status <> '{ERASED}'", f"s.id NOT IN ({BINNED})", *(f"s.{name} = ?" for name in named)]
    values: list[object] = list(named.values())
    if wanted.due is not None:
        parts.append("s.next_due <= ?")
        values.append(wanted.due.isoformat())
    return f" WHERE {' AND '.join(parts)}", values
