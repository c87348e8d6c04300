"""Old answers into a newer form: what keeps, what changes, what finds no place; nothing is dropped, all can be undone.

`renames.csv` says what became of names: `since_version`, `old_path`, `new_path`, `rule`. Rows apply to records older
than their version, version by version; those of one version apply at once. Rules:

- `rename`: `a2_law` to `a2_rule`, or a column `a1_units/unit` to `a1_units/name`, or a table to a table.
- `split`: one name to several; each takes of the old answer what it can hold.
- `merge`: several names to one; texts are joined line by line, choices united, of other answers the first one stays.
- `code`: `name:old_code` to `new_code`, for a question or for every question of a choice list.

There is no rule that drops. What no longer fits is unplaced, and stays in the report with its reason.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hrddp_desktop.engine.answers import parsed
from hrddp_desktop.errors import AnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hrddp_desktop.engine.definition import Definition, Item, Rename

ROW = "_row"
_SEVERAL = ("select_multiple", "select_multiple_row")
Place = tuple[str, ...]  # ("a0_title",) or ("a1_units", "R1", "unit")
Excused = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One old answer and what became of it: its new paths with their values, and what of it found no place."""

    place: Place
    old: object
    new: Mapping[str, object]
    left: object = None
    reason: str = ""

    @property
    def path(self) -> str:
        """Where it stood."""
        return "/".join(self.place)

    @property
    def is_kept(self) -> bool:
        """It stands where it stood, as it was."""
        return list(self.new) == [self.path] and _same(self.new[self.path], self.old)


@dataclass(frozen=True, slots=True)
class Report:
    """Every old answer and excuse in its old order; enough to go back."""

    entries: tuple[Entry, ...]
    excuses: tuple[Entry, ...]

    @property
    def kept(self) -> tuple[Entry, ...]:
        """What is as it was."""
        return tuple(entry for entry in (*self.entries, *self.excuses) if entry.is_kept)

    @property
    def changed(self) -> tuple[Entry, ...]:
        """What has another path or another value now."""
        return tuple(entry for entry in (*self.entries, *self.excuses) if entry.new and not entry.is_kept)

    @property
    def unplaced(self) -> tuple[Entry, ...]:
        """What found no place in the new form, or only in part; `left` is what is left of it."""
        return tuple(entry for entry in (*self.entries, *self.excuses) if not entry.new or entry.left is not None)


@dataclass(frozen=True, slots=True)
class Migrated:
    """Answers and excuses for the new form, and the report. Nothing is stored: to ask first, show the report."""

    answers: dict[str, object]
    excused: dict[str, dict[str, str]]
    report: Report


def migrate(
    answers: Mapping[str, object], excused: Mapping[str, Mapping[str, str]], old_version: str, definition: Definition
) -> Migrated:
    """Answers of an older version in the form of this one; a dry run until the caller stores them."""
    work = Moving(definition, old_version)
    entries = [work.entry(place, value) for place, value in _leaves(answers)]
    # A merge goes on changing what an earlier entry has placed.
    told = tuple(replace(entry, new={path: work.value_at(path) for path in entry.new}) for entry in entries)
    excuses = tuple(work.excuse(path, dict(excuse)) for path, excuse in excused.items())
    return Migrated(_nested(work.values), work.excuses, Report(told, excuses))


def unmigrate(migrated: Migrated) -> tuple[dict[str, object], dict[str, dict[str, str]]]:
    """The old answers and excuses, byte for byte as they were."""
    report = migrated.report
    excused = {entry.path: entry.old for entry in report.excuses if isinstance(entry.old, dict)}
    return _nested({entry.place: entry.old for entry in report.entries}), excused


def _leaves(answers: Mapping[str, object]) -> Iterator[tuple[Place, object]]:
    """Every cell and answer in order. What is no proper table is one answer."""
    for name, value in answers.items():
        rows = _rows(value)
        if not rows:
            yield (name,), value
        for row_id, cells in rows.items():
            for column, cell in cells.items():
                yield (name, row_id, column), cell


def _rows(value: object) -> dict[str, dict[str, object]]:
    """The rows of a table by id; nothing when it is none, or one without rows."""
    found: dict[str, dict[str, object]] = {}
    for row in value if isinstance(value, list) else ():
        row_id = row.get(ROW) if isinstance(row, dict) else None
        if not isinstance(row_id, str) or row_id in found:
            return {}
        found[row_id] = row
    return found


def _nested(values: Mapping[Place, object]) -> dict[str, object]:
    """Answers in the form of the answers file."""
    answers: dict[str, object] = {}
    tables: dict[str, dict[str, dict[str, object]]] = {}
    for place, value in values.items():
        if len(place) == 1:
            answers[place[0]] = value
            continue
        table, row_id, column = place
        answers.setdefault(table, None)
        tables.setdefault(table, {}).setdefault(row_id, {})[column] = value
    return {name: list(tables[name].values()) if name in tables else value for name, value in answers.items()}


class _Moves:
    """What became of names and codes in one version."""

    def __init__(self, rows: list[Rename]) -> None:
        self._names = {old: row.new.split() for row in rows if row.rule != "code" for old in row.old.split()}
        self._codes: dict[str, dict[str, str]] = {}
        for row in rows:
            if row.rule == "code":
                name, _, code = row.old.partition(":")
                self._codes.setdefault(name, {})[code] = row.new.rpartition(":")[2]

    def places(self, place: Place) -> list[Place]:
        """Where an answer stands in this version; in several places after a split."""
        if len(place) != 3:
            return (
                [tuple(new.split("/")) for new in self._names.get(place[0], [place[0]])] if len(place) == 1 else [place]
            )
        table, row_id, column = place
        home = self._names.get(table, [table])[0]
        news = self._names.get(f"{table}/{column}") or self._names.get(column) or [column]
        return [(new.partition("/")[0] if "/" in new else home, row_id, new.rpartition("/")[2]) for new in news]

    def coded(self, names: set[str], value: object) -> object:
        """An answer with the codes of this version; `names` are a question, by its old and its new name, or a list."""
        codes = {old: new for name in names for old, new in self._codes.get(name, {}).items()}
        return codes.get(value, value) if isinstance(value, str) else value


class Moving:
    """Places the answers of an old record one after the other."""

    def __init__(self, definition: Definition, old_version: str) -> None:
        self._definition = definition
        newer = [row for row in definition.renames if version_key(row.since) > version_key(old_version)]
        versions = sorted({version_key(row.since) for row in newer})
        self._steps = [_Moves([row for row in newer if version_key(row.since) == version]) for version in versions]
        self._merged = {row.new.rpartition("/")[2] for row in newer if row.rule == "merge"}
        self._places: dict[str, Place] = {}
        self.values: dict[Place, object] = {}
        self.excuses: dict[str, dict[str, str]] = {}

    def value_at(self, path: str) -> object:
        """What stands at a new path by now."""
        return self.values[self._places[path]]

    def followed(self, place: Place, value: object) -> list[tuple[Place, object]]:
        """Every place that an answer goes to by the renames alone, with the codes of today; it may not exist."""
        found = [(place, value)]
        for step in self._steps:
            found = [(new, step.coded({old[-1], new[-1]}, said)) for old, said in found for new in step.places(old)]
        return [(new, self._listed(new, said)) for new, said in found]

    def _listed(self, place: Place, value: object) -> object:
        item = self._definition.items.get(place[-1])
        if item is not None and item.list_name is not None:
            for step in self._steps:
                value = step.coded({item.list_name} - {item.name}, value)
        return value

    def entry(self, place: Place, value: object) -> Entry:
        """Place one answer as far as it fits."""
        targets = [self._definition.items.get(target[-1]) for target, _ in self.followed(place, value)]
        several = isinstance(value, list) and any(item is not None and item.type in _SEVERAL for item in targets)
        new: dict[str, object] = {}
        left: list[object] = []
        reason = ""
        for part in value if several and isinstance(value, list) and value else [value]:
            placed = False
            for target, said in self.followed(place, part):
                try:
                    self._put(target, said, new)
                    placed = True
                except _NoPlaceError as error:
                    reason = reason or str(error)
            left += [] if placed else [part]
        if not left:
            return Entry(place, value, new)
        return Entry(place, value, new, left if several else value, reason)

    def _put(self, place: Place, value: object, new: dict[str, object]) -> None:
        """Put an answer, or one of several choices, where it belongs now. Raises _NoPlaceError."""
        path, item = "/".join(place), self._item(place, value)
        fits = value if item is None else self._fitting(item, path, value)
        if len(place) == 3:
            self.values.setdefault((*place[:2], ROW), place[1])
        there = self.values.get(place)
        if there not in (None, "", []) and not _same(there, fits):
            fits = self._joined(item, there, fits, is_own=path in new)
        self.values[place] = fits
        self._places[path] = place
        new[path] = fits

    def _item(self, place: Place, value: object = None) -> Item | None:
        """The question at a place; None for a row itself and for a table without rows. Raises _NoPlaceError."""
        item = self._definition.items.get(place[-1])
        match place:
            case (_,) if item is not None and item.table is None and item.is_answered_by_hand:
                return item
            case (_,) if item is not None and item.type == "table" and value in ([], None):
                return None
            case (table, _, _) if (home := self._definition.items.get(table)) and home.makes_rows:
                raise _NoPlaceError("the form makes the rows of this table itself")
            case (table, _, column) if (home := self._definition.items.get(table)) and home.type == "table":
                if column == ROW:
                    return None
                if item is not None and item.table == table and item.is_answered_by_hand:
                    return item
        raise _NoPlaceError("the form has no such question")

    def _fitting(self, item: Item, path: str, value: object) -> object:
        """The answer as the question holds it; a blank one as it is. Raises _NoPlaceError."""
        try:
            fits = parsed(self._definition, item, path, value)
        except AnswerError as error:
            raise _NoPlaceError(str(error.facts["detail"])) from error
        return value if fits is None else fits

    def _joined(self, item: Item | None, there: object, more: object, *, is_own: bool) -> object:
        """Two answers in one place: parts of one answer, or what a merge brings together. Raises _NoPlaceError."""
        may_join = item is not None and (is_own or item.name in self._merged)
        if may_join and isinstance(there, list) and isinstance(more, list):
            return list(dict.fromkeys([*there, *more]))
        if may_join and item is not None and item.type == "text":
            return f"{there}\n{more}"
        raise _NoPlaceError("another answer stands there")

    def excuse(self, path: str, excuse: dict[str, str]) -> Entry:
        """Place one excuse; of several for one question the first stays."""
        place, new = tuple(path.split("/")), dict[str, object]()
        for target, _ in self.followed(place, None):
            found = "/".join(target)
            if self._has_node(target) and found not in self.excuses:
                self.excuses[found] = new[found] = dict(excuse)
        return Entry(place, excuse, new) if new else Entry(place, excuse, new, excuse, "the form has no such question")

    def _has_node(self, place: Place) -> bool:
        try:
            self._item(place)
        except _NoPlaceError:
            return False
        return len(place) == 1 or (*place[:2], ROW) in self.values


class _NoPlaceError(Exception):
    """Why an answer finds no place."""


def version_key(version: str) -> tuple[tuple[int, str], ...]:
    """Versions in order: numbers as numbers, words before them."""
    parts = re.findall(r"\d+|[A-Za-z]+", version)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def _same(one: object, other: object) -> bool:
    """Equal as they stand in a file: 1, 1.0 and true are three answers there."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
