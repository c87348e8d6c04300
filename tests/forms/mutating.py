"""One answer less, one row less, one answer not known: every way in which a record can say less than it does."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hrddp_desktop.engine.answers import Raw
    from hrddp_desktop.engine.session import Session
    from tests.forms.worked import Json

NOT_KNOWN = ("unsure", "unknown")


@dataclass(frozen=True)
class Less:
    """A place in a record and what stands there instead; without a column, the row is gone."""

    path: str
    instead: Raw = None
    is_row: bool = False

    def __str__(self) -> str:
        return f"{self.path} = {self.instead or ('no row' if self.is_row else 'blank')}"


def lesser(session: Session) -> list[Less]:
    """Each answer blank or not known, and each row gone."""
    found: list[Less] = []
    for name, value in session.answers().items():
        if not isinstance(value, list) or session.definition.items[name].type != "table":
            found += _answer(session, name)
            continue
        for row in cast("list[Json]", value):
            found.append(Less(f"{name}/{row['_row']}", is_row=True))
            for column in row.keys() - {"_row"}:
                found += _answer(session, f"{name}/{row['_row']}/{column}")
    return sorted(found, key=str)


def _answer(session: Session, path: str) -> Iterator[Less]:
    yield Less(path)
    item = session.definition.items[path.split("/")[-1]]
    codes = session.definition.lists[item.list_name].codes if item.type == "select_one" and item.list_name else ()
    for code in NOT_KNOWN:
        if code in codes and session.value(path) != code:
            yield Less(path, code)


@contextmanager
def made(session: Session, less: Less) -> Iterator[Session]:
    """The record as it says less, and afterwards as it was."""
    parts = less.path.split("/")
    if less.is_row:
        rows = [row.row_id for row in session.table(parts[0], "en").rows]
        session.remove_row(parts[0], parts[1])
        yield session
        session.add_row(parts[0], parts[1], rows.index(parts[1]))
        return
    value = _own(session, parts)
    session.set(less.path, less.instead)
    yield session
    session.set(less.path, value)


def _own(session: Session, parts: list[str]) -> Raw:
    """The answer that stands there, hidden or not."""
    answers = session.answers()
    if len(parts) == 1:
        return cast("Raw", answers.get(parts[0]))
    row = next(row for row in cast("list[Json]", answers[parts[0]]) if row["_row"] == parts[1])
    return cast("Raw", row.get(parts[2]))
