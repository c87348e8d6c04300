"""What the functions of the language do to texts and days: plain Python, nothing of expressions."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from hrddp_desktop.engine.values import round_half_up

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")


def translate(text: str, old: str, new: str) -> str:
    """Each sign of `old` becomes that of `new` at its place, or goes."""
    table: dict[int, str] = {}
    for at, sign in enumerate(old):
        table.setdefault(ord(sign), new[at] if at < len(new) else "")
    return text.translate(table)


def before(text: str, part: str) -> str:
    """What stands before the first `part`; nothing when it is not there."""
    head, found, _ = text.partition(part) if part else ("", "", "")
    return head if found else ""


def after(text: str, part: str) -> str:
    """What stands after the first `part`; nothing when it is not there."""
    return text.partition(part)[2] if part else text


def selected(chosen: str, code: str) -> bool:
    """Whether a code is among the chosen ones."""
    return code.strip() in chosen.split()


def length(text: str) -> float:
    """The number of signs."""
    return float(len(text))


def substring(text: str, start: float, length: float) -> str:
    """XPath's substring: counted from 1, both numbers rounded, NaN gives nothing."""
    first = round_half_up(start)
    end = first + round_half_up(length) if not (math.isinf(first) and math.isinf(length)) else math.inf
    if math.isinf(first) and first < 0 and length == math.inf:
        return text
    return "".join(sign for at, sign in enumerate(text, 1) if first <= at < end)


def slice_at(number: float, length: int) -> int:
    """A position as JavaScript's slice reads it: from 0, negative from the end, NaN is 0."""
    if number != number:
        return 0
    return int(max(-length, min(length, number)))


def formatted(days: float, pattern: str) -> str:
    """A local day and time in the signs of ODK; month and weekday names are English."""
    if days != days:
        return ""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=round(days * 86_400_000))
    signs = {
        "Y": f"{moment.year:04}",
        "y": f"{moment.year % 100:02}",
        "m": f"{moment.month:02}",
        "n": str(moment.month),
        "b": _MONTHS[moment.month - 1],
        "d": f"{moment.day:02}",
        "e": str(moment.day),
        "H": f"{moment.hour:02}",
        "h": str(moment.hour),
        "M": f"{moment.minute:02}",
        "S": f"{moment.second:02}",
        "3": f"{moment.microsecond // 1000:03}",
        "a": _WEEKDAYS[math.floor(days) % 7],
        "%": "%",
    }
    head, *rest = pattern.replace("%%", "%\0").split("%")
    parts = [signs.get(part[:1], "%" + part[:1]) + part[1:] if part[:1] != "\0" else "%" + part[1:] for part in rest]
    return head + "".join(parts)
