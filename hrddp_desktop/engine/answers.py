"""Raw input into canonical answers, by type; what is no answer to the question at all is refused here."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from hrddp_desktop.engine.values import number_text
from hrddp_desktop.errors import AnswerError, Code

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.engine.definition import Definition, Item
    from hrddp_desktop.engine.views import Answer

Raw = str | int | float | list[str] | None
_INTEGER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TOO_LARGE = 10**15  # beyond it a number of JSON is no longer exact
ACKNOWLEDGED = "OK"


class _NotAllowedError(Exception):
    """Why a raw value is no answer to its question."""


def parsed(definition: Definition, item: Item, path: str, raw: object) -> Answer | None:
    """The canonical answer, None for a blank one. Raises AnswerError(VALUE_NOT_ALLOWED)."""
    if raw is None or raw in ("", []):
        return None
    reader = _READERS.get(item.type)
    if reader is None:
        raise AnswerError(Code.VALUE_NOT_ALLOWED, question=path, value=raw, detail="it is worked out, not answered")
    try:
        return reader(definition, item, raw)
    except _NotAllowedError as error:
        raise AnswerError(Code.VALUE_NOT_ALLOWED, question=path, value=raw, detail=str(error)) from error


def answer_text(value: Answer | None) -> str:
    """An answer as expressions see it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return " ".join(value) if isinstance(value, list) else number_text(float(value))


def visible(text: str) -> bool:
    """Whether a reader sees anything of it."""
    return any(sign.isprintable() and not sign.isspace() for sign in text)


def _text(_definition: Definition, _item: Item, raw: object) -> str | None:
    if not isinstance(raw, str):
        raise _NotAllowedError("it is not a text")
    # Nothing but spaces and signs of no width looks blank, so it is.
    return raw if visible(raw) else None


def _integer(_definition: Definition, _item: Item, raw: object) -> int:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, str) and _INTEGER.fullmatch(raw.strip()):
        raw = int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < _TOO_LARGE:
        return raw
    raise _NotAllowedError("it is not a whole number")


def _decimal(_definition: Definition, _item: Item, raw: object) -> int | float:
    if isinstance(raw, str) and _DECIMAL.fullmatch(raw.strip()):
        raw = float(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < _TOO_LARGE:
        return int(raw) if float(raw).is_integer() else raw
    raise _NotAllowedError("it is not a number")


def _date(_definition: Definition, _item: Item, raw: object) -> str:
    if isinstance(raw, str) and _DATE.fullmatch(raw.strip()):
        try:
            return date.fromisoformat(raw.strip()).isoformat()
        except ValueError:
            pass
    raise _NotAllowedError("it is not a date written as 2026-03-05")


def _one(definition: Definition, item: Item, raw: object) -> str:
    if not isinstance(raw, str):
        raise _NotAllowedError("it is not a code")
    _known(definition, item, raw)
    return raw


def _many(definition: Definition, item: Item, raw: object) -> list[str] | None:
    codes = _words(raw)
    for code in codes:
        _known(definition, item, code)
    return codes or None


def _words(raw: object) -> list[str]:
    """The codes of a list, or of a text with blanks between, each once."""
    words = raw.split() if isinstance(raw, str) else raw
    if not isinstance(words, list) or not all(isinstance(word, str) and word.split() == [word] for word in words):
        raise _NotAllowedError("it is not a list of codes")
    return list(dict.fromkeys(words))


def _known(definition: Definition, item: Item, code: str) -> None:
    if code not in definition.lists[item.list_name or ""].codes:
        raise _NotAllowedError(f"{code} is not in the list {item.list_name}")


def _one_row(_definition: Definition, _item: Item, raw: object) -> str:
    if not isinstance(raw, str) or raw.split() != [raw]:
        raise _NotAllowedError("it is not the id of a row")
    return raw


def _many_rows(_definition: Definition, _item: Item, raw: object) -> list[str] | None:
    return _words(raw) or None


def _acknowledged(_definition: Definition, _item: Item, raw: object) -> str:
    if raw != ACKNOWLEDGED:
        raise _NotAllowedError(f"only {ACKNOWLEDGED} can be given")
    return ACKNOWLEDGED


_READERS: dict[str, Callable[[Definition, Item, object], Answer | None]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "select_one": _one,
    "select_multiple": _many,
    "select_one_row": _one_row,
    "select_multiple_row": _many_rows,
    "acknowledge": _acknowledged,
}
