"""A record that came without its strictly confidential answers: how a vault keeps the results it was given for them.

They are marks beside the calculations that they stand for, with the day on which they held. Such a record is read,
signed and sent on as it came; nobody changes it here, because nobody here can say what would follow.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    Marks = Mapping[str, Mapping[str, str]]

_GIVEN: Final = "given"
_GIVEN_ON: Final = "given_on"
_WHOLE: Final = "record"
"""Where the day stands: no question, so that no erasure of an answer makes another record of it."""
STAYING: Final = (_GIVEN, _GIVEN_ON)
"""Marks that leave in no file as marks: a file has a place of its own for them."""


def with_given(marks: Marks, given: Mapping[str, str], day: date) -> dict[str, dict[str, str]]:
    """The marks of a received record with its given results, which held on `day`."""
    kept = {path: dict(named) for path, named in marks.items()}
    for path, text in given.items():
        kept.setdefault(path, {})[_GIVEN] = text
    return kept | {_WHOLE: {_GIVEN_ON: day.isoformat()}}


def given_in(marks: Marks) -> tuple[dict[str, str] | None, date | None]:
    """The results that a record was given and their day; None for a record that came or was made whole."""
    day = marks.get(_WHOLE, {}).get(_GIVEN_ON)
    if day is None:
        return None, None
    return {path: named[_GIVEN] for path, named in marks.items() if _GIVEN in named}, date.fromisoformat(day)
