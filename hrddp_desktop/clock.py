"""What day and time it is: the computer's clock, or that clock set right by hand for this run of the app.

The only module that asks the computer, so that an answer to "is today's date right?" reaches all: what is due, what
stands in a history, what is printed and signed. Whole days are added, the time of day stays the computer's.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

_added = timedelta()


def computer() -> datetime:
    """What the computer says, with its time zone."""
    return datetime.now(UTC).astimezone()


def now() -> datetime:
    """The moment, in UTC."""
    # Days of the wall calendar, so that the date is the one that was given even across a change to summer time.
    return (computer().replace(tzinfo=None) + _added).astimezone(UTC) if _added else computer().astimezone(UTC)


def today() -> date:
    """The date where the user is: the one on the wall of the duty station is what is meant."""
    return now().astimezone().date()


def latest_day() -> date:
    """The later one of the two days, if they differ: what is due by it is said though the date may be wrong."""
    return max(today(), computer().date())


def is_set_by_hand() -> bool:
    """Whether the day is another than the computer's."""
    return bool(_added)


def set_by_hand(day: date | None, *, after: datetime | None = None) -> None:
    """Take `day` for today from now on, and tomorrow the day after; None believes the computer again.

    If `after` is on that day, the time goes on from there where the computer's time of day is earlier.
    """
    global _added
    _added = timedelta() if day is None else day - computer().date()
    if day is not None and after is not None and after.astimezone().date() == day:
        _added += max(timedelta(), after - now())
