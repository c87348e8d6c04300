"""Whether the computer's date can be right, what a person answered, and that this is kept.

A flat clock battery says it is 2001, a slip of the hand that it is 2031; both would hide what is due and date a history
wrongly. The app cannot know the day; so it asks, once at an opening, and works with the answer.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from hrddp_desktop import __released__, clock
from hrddp_desktop.storage.vault import MADE, SEEN

if TYPE_CHECKING:
    from hrddp_desktop.storage.vault import Vault

FAR: Final = timedelta(days=60)
"""A vault that nobody opened for longer than this asks."""
RELEASED: Final = date.fromisoformat(__released__)
_ANSWERS: Final = "clock"
_KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the day is asked for: what the computer `says`, and when the vault was used `last` or the app was made."""

    says: date
    last: date
    is_of_app: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was kept of one question: the computer's moment, who was asked, the day that was given ('' for none)."""

    at: str
    who: str
    given: str


def doubt(says: date, last: date | None, released: date = RELEASED) -> Doubt | None:
    """Whether it can be the day `says` in a vault that was used on the day `last`."""
    if last is not None and not last <= says <= last + FAR:
        return Doubt(says, last)
    return Doubt(says, released, is_of_app=True) if says < released else None


class Dates:
    """The day in an open vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def doubt(self) -> Doubt | None:
        """Whether the person must be asked."""
        last = self.last_used()
        return doubt(clock.today(), None if last is None else last.astimezone().date())

    def last_used(self) -> datetime | None:
        """The last moment that is known and was not doubted: a change, an opening, or the making of the vault.

        A change that was made before the last answer counts no more: the person knew of it.
        """
        newest, noted = self._vault.store.newest(), self._vault.noted(SEEN)
        if noted:
            facts = json.loads(noted)
            at = datetime.fromisoformat(facts["at"])
            is_newer = newest is not None and newest.isoformat() != facts["newest"]
            return max(at, newest) if newest is not None and is_newer else at
        made = self._vault.noted(MADE)
        return newest or (datetime.combine(date.fromisoformat(made), time(), UTC) if made else None)

    def answer(self, asked: Doubt, day: date | None) -> None:
        """Work with the day that was given; without one with the last that is known, and then ask again next time.

        In an answered question the later of two moments of one day stays the later: a history never goes backwards by
        the hour.
        """
        chosen = asked.last if day is None else day
        said = clock.computer()
        clock.set_by_hand(chosen if chosen != asked.says else None, after=self._vault.store.newest())
        if self._vault.is_read_only:
            return
        kept = [*self.answers(), Answer(said.isoformat(), self._vault.slot, day.isoformat() if day else "")]
        self._vault.note(_ANSWERS, json.dumps([asdict(each) for each in kept[-_KEPT:]]))
        if day is not None:
            self._keep_seen()

    def answers(self) -> list[Answer]:
        """What was asked and answered so far, the oldest first."""
        return [Answer(**facts) for facts in json.loads(self._vault.noted(_ANSWERS) or "[]")]

    def note_seen(self) -> None:
        """Keep that the vault was used today, once a day.

        A clock that was changed since the opening is not believed: what was known stays, so that the next one asks.
        """
        if self.doubt() is None:
            self._keep_seen()

    def _keep_seen(self) -> None:
        noted = self._vault.noted(SEEN)
        newest = self._vault.store.newest()
        facts = {"at": clock.now().isoformat(), "newest": newest.isoformat() if newest else ""}
        before = json.loads(noted) if noted else {}
        is_noted = before.get("newest") == facts["newest"] and before["at"][:10] == facts["at"][:10]
        if not (is_noted or self._vault.is_read_only):
            self._vault.note(SEEN, json.dumps(facts))
