"""Which page shows what, and which questions each lane asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hrddp_desktop.engine.definition import Definition, Item


class Asked(Enum):
    """What a lane does with a question."""

    NO = "no"
    OFFERED = "offered"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on a page: a question, or a table with the columns that this page shows."""

    item: Item
    columns: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A top-level group and what it shows, in the order of the sheet; what stands outside every group is a page too."""

    name: str
    action: str
    entries: tuple[Entry, ...]


class Layout:
    """The pages of a form. A column may name another Action than its table: a page of that Action shows it there.

    It is the page whose group names the table, or else the first page of that Action.
    """

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._columns: dict[str, list[Item]] = {}
        for item in definition.items.values():
            if item.table is not None and _is_shown(item):
                self._columns.setdefault(item.table, []).append(item)
        tops = [item for item in definition.items.values() if item.parent is None and item.type == "group"]
        self._home = {item.name: item.cell("action") for item in tops}
        self._hosts: dict[tuple[str, str], str] = {}  # by Action and table; a blank table for the first page
        for item in tops:
            for table in ("", item.cell("table")):
                self._hosts.setdefault((item.cell("action"), table), item.name)
        loose = Page(definition.form_id, "", tuple(self._entries(None)))
        pages = [Page(item.name, item.cell("action"), tuple(self._entries(item))) for item in tops]
        self.pages = {page.name: page for page in (loose, *pages) if page.entries}
        self.page_of = {
            item.name: page.name
            for page in self.pages.values()
            for entry in page.entries
            for item in (entry.item, *entry.columns)
            if item in entry.columns or (item.page or definition.form_id) == page.name
        }
        self._lanes: dict[str, Mapping[str, Asked]] = {}

    def _entries(self, page: Item | None) -> Iterator[Entry]:
        """What is at home on a page, and then the tables that it shows columns of only."""
        own: list[Entry] = []
        guests: list[Entry] = []
        for item in self._definition.items.values():
            if item.table is not None or not _is_shown(item):
                continue
            is_home = item.page == (page.name if page else None)
            columns = tuple(column for column in self._columns.get(item.name, ()) if self._is_here(column, page))
            if is_home:
                own.append(Entry(item, columns))
            elif columns:
                guests.append(Entry(item, columns))
        yield from (*own, *guests)

    def _is_here(self, column: Item, page: Item | None) -> bool:
        own, home = column.action, column.page
        if own and own != self._home.get(home or "", ""):
            home = self._hosts.get((own, column.table or ""), self._hosts.get((own, ""), home))
        return home == (page.name if page else None)

    def columns(self, table: str) -> tuple[Item, ...]:
        """Every column of a table that is shown anywhere."""
        return tuple(self._columns.get(table, ()))

    def asked(self, letter: str) -> Mapping[str, Asked]:
        """For each item what the lane with this letter does with it; a blank letter asks everything."""
        if letter not in self._lanes:
            found: dict[str, Asked] = {}
            for item in self._definition.items.values():
                above = found.get(item.parent or "", Asked.REQUIRED)
                found[item.name] = Asked.NO if above is Asked.NO else _asked(item.cell("lanes"), letter)
            self._lanes[letter] = found
        return self._lanes[letter]


def _is_shown(item: Item) -> bool:
    """Calculations without a label work in the background."""
    return item.type != "group" and (item.type != "calculate" or bool(item.cell("label")))


def _asked(lanes: str, letter: str) -> Asked:
    if not lanes or not letter or letter.upper() in lanes:
        return Asked.REQUIRED
    return Asked.OFFERED if letter.lower() in lanes else Asked.NO
