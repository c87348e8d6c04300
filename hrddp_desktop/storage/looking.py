"""Finding records on a connection of its own, so that a thread beside the window can do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hrddp_desktop.storage import backups, finding
from hrddp_desktop.storage.finding import Hit
from hrddp_desktop.storage.search import Index
from hrddp_desktop.storage.store import summary_of

if TYPE_CHECKING:
    from hrddp_desktop.storage.backups import Source
    from hrddp_desktop.storage.finding import Wanted


@dataclass(frozen=True, slots=True)
class Looker:
    """Looks into one vault; one thread at a time may ask it. It keeps the shapes of the forms that it met."""

    source: Source
    _index: Index = field(default_factory=Index)

    def find(self, wanted: Wanted, limit: int) -> tuple[list[Hit], int]:
        """The first records that are wanted, and how many there are. Raises VaultError."""
        with backups.reading(self.source) as connection:
            found = finding.find(connection, wanted, limit, 0, summary_of)
            hits = [
                Hit(line, *self._index.original(connection, place)) if place else Hit(line) for line, place in found
            ]
            return hits, len(hits) if len(hits) < limit else finding.count(connection, wanted)
