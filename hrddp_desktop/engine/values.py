"""Numbers as JavaScript prints them, days as numbers: the values of the expression language, after XPath 1.0."""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

NAN = math.nan
_EPOCH = date(1970, 1, 1).toordinal()
_LAST_DAY = date.max.toordinal() - _EPOCH
_MINUTES_A_DAY = 24 * 60
_NUMBER = re.compile(r"[ \t\r\n]*-?(?:\d+(?:\.\d*)?|\.\d+)[ \t\r\n]*\Z", re.ASCII)
_DATE = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:T(?P<time>.+))?\Z",
    re.ASCII,
)
_TIME = re.compile(
    r"(?P<h>\d{2}):(?P<m>\d{2})(?::(?P<s>\d{2}(?:\.\d+)?))?(?P<zone>Z|[+-]\d{2}:?\d{2})?\Z",
    re.ASCII,
)


def number_text(value: float) -> str:
    """The number as JavaScript prints it: no `.0`, exponents only below 1e-6 and from 1e21."""
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return _shortest(value)


def _shortest(value: float) -> str:
    """ECMAScript Number::toString over the shortest digits that read back as `value`."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    lead = "-" if sign else ""
    if len(text) <= point <= 21:
        return lead + text + "0" * (point - len(text))
    if 0 < point <= 21:
        return f"{lead}{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return f"{lead}0.{'0' * -point}{text}"
    mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
    return f"{lead}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def text_number(text: str, shift: float = 0.0) -> float:
    """The number a text stands for; a date stands for its days since 1970; anything else, blank too, is NaN."""
    if text.isdecimal() and text.isascii():  # most numbers are whole: spare them the pattern
        return float(text)
    if text == "":
        return NAN
    if _NUMBER.match(text):
        return float(text)
    if "-" in text:
        return text_days(text, shift)
    return NAN


def text_days(text: str, shift: float = 0.0) -> float:
    """Days since 1970 of an ISO date or date and time, NaN for anything else.

    `shift` is added to a text without a zone: the days by which the local clock is behind UTC. Sessions use 0: dates
    are days there.
    """
    match = _DATE.match(text.strip())
    if match is None:
        return NAN
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"])).toordinal() - _EPOCH
    except ValueError:
        return NAN
    if match["time"] is None:
        return day + shift
    minutes, zone = _clock(match["time"])
    return day + minutes / _MINUTES_A_DAY + (shift if zone is None else -zone / _MINUTES_A_DAY)


def text_time(text: str, shift: float = 0.0) -> float:
    """The time of day as a part of a day, in local time; NaN when it is no time."""
    minutes, zone = _clock(text.strip())
    if minutes != minutes:
        return NAN
    if zone is not None:
        minutes -= zone + shift * _MINUTES_A_DAY
    return (minutes % _MINUTES_A_DAY) / _MINUTES_A_DAY


def _clock(text: str) -> tuple[float, float | None]:
    """Minutes since midnight and the zone in minutes east of UTC, None when the text names no zone."""
    match = _TIME.match(text)
    if match is None or int(match["h"]) > 24 or int(match["m"]) > 59:
        return NAN, None
    minutes = int(match["h"]) * 60 + int(match["m"]) + float(match["s"] or 0) / 60
    zone = match["zone"]
    if zone is None:
        return minutes, None
    if zone == "Z":
        return minutes, 0.0
    east = int(zone[1:3]) * 60 + int(zone[-2:])
    return minutes, float(-east if zone[0] == "-" else east)


def day_text(days: float, shift: float = 0.0) -> str:
    """The local day as an ISO date; blank for NaN and for days no calendar has."""
    local = days - shift
    if local != local or not -_EPOCH < math.floor(local) <= _LAST_DAY:
        return ""
    return date.fromordinal(math.floor(local) + _EPOCH).isoformat()


def day_number(day: date) -> float:
    """Days since 1970."""
    return float(day.toordinal() - _EPOCH)


def round_half_up(value: float) -> float:
    """Half goes up, -2.5 gives -2, as XPath and JavaScript say."""
    if value != value or math.isinf(value) or abs(value) >= 2**52:
        return value
    rounded = math.floor(value + 0.5)
    return math.copysign(0.0, value) if rounded == 0 else float(rounded)


def round_away(value: float, places: int) -> float:
    """To so many decimal places, half away from zero: what ODK's round() with two arguments gives."""
    if value != value or math.isinf(value):
        return value
    scaled = Decimal(repr(value)).scaleb(places)
    rounded = scaled.to_integral_value(rounding=ROUND_HALF_UP).scaleb(-places)
    return float(rounded)
