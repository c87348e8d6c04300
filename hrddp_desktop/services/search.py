"""Finding records again: by words of the user's own, with the place where they stand, and by what the list shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.services.records import as_data
from hrddp_desktop.storage.finding import Order, Wanted
from hrddp_desktop.storage.folding import passage, words
from hrddp_desktop.storage.looking import Looker

if TYPE_CHECKING:
    from datetime import date

    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.storage.finding import Hit
    from hrddp_desktop.storage.records import Summary

__all__ = ["Found", "Look", "Looker", "Order", "Seen", "Wanted", "find", "wanted"]


@dataclass(frozen=True, slots=True)
class Found:
    """One record; `question` is where the words stand, with one of them between what stands around it ('' without)."""

    summary: Summary
    question: str = ""
    before: str = ""
    word: str = ""
    behind: str = ""

    @property
    def snippet(self) -> str:
        """The place as one line."""
        return f"{self.before}{self.word}{self.behind}"


def wanted(
    typed: str = "",
    *,
    form: str = "",
    country: str = "",
    status: str = "",
    outcome: str = "",
    due: date | None = None,
    order: Order = Order.BEST,
) -> Wanted:
    """What is looked for, in the words of a person."""
    return Wanted(words(typed), form, country, status, outcome, due, order)


def find(office: Office, wish: Wanted, language: str, limit: int, offset: int = 0) -> list[Found]:
    """A piece of what is wanted, with its places in words of `language`."""
    return [_found(office.forms, hit, wish, language) for hit in office.find(wish, limit, offset)]


@dataclass(frozen=True, slots=True)
class Look:
    """A search as a call beside the window: words that stand in many records take longer than a blink.

    Give all of one vault the same `looker`, and never two at a time.
    """

    looker: Looker
    forms: Forms
    wish: Wanted
    language: str
    limit: int

    def __call__(self) -> Seen:
        """Raises VaultError."""
        hits, total = self.looker.find(self.wish, self.limit)
        return Seen(self.wish, [_found(self.forms, hit, self.wish, self.language) for hit in hits], total)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a search has found: its first piece, and how many there are."""

    wish: Wanted
    found: list[Found]
    total: int


def _found(forms: Forms, hit: Hit, wish: Wanted, language: str) -> Found:
    if not wish.words:
        return Found(hit.summary)
    definition = forms.definition(hit.summary.form)
    name = hit.path.rpartition("/")[2]
    label = definition.label(name, language) if name else ""
    return Found(hit.summary, label, *passage(hit.text, wish.words))


def found_data(found: Found) -> dict[str, str]:
    """A record that was found, as JSON-ready data."""
    return {**as_data(found.summary), "question": found.question, "snippet": found.snippet}
