"""Random answer scripts: played in our engine while they are made, so that they answer what a person could answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hrddp_desktop.engine.answers import answer_text
from hrddp_desktop.engine.session import Session, open_session
from hrddp_desktop.engine.show import LINK_BROKEN, NOT_OFFERED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from hrddp_desktop.engine.answers import Raw
    from hrddp_desktop.engine.definition import DecisionTable, Definition, Item, Variable
    from hrddp_desktop.engine.views import Change, FieldView

State = dict[str, list[object]]
# A text such as 2026-02-29, a day that is not, ends ODK's engine (0.22) with a RangeError: there is nothing to compare.
_TEXTS = ("a", "Selm", "two words", "DOR", "x" * 130, "12", "0", "1e3", "yes", " ", "é’ß", "<b>&", "2026-03-01")
_NUMBERS = ("0", "1", "-1", "7", "12", "1000", "1001", "99999")
_DECIMALS = (*_NUMBERS, "0.5", "-2.5", "0.1", "3.14159", "1234567.25", "0.000001")
_BLANK = 0.15
_READ = 0.8  # so often an answer goes to a question that something reads: the others change nothing
_REFERENCE = re.compile(r"\$\{(\w+)\}")
_ROW_STEP = 0.06
_REMOVE = 0.3
_ROWS_AT_MOST = 4
_DAYS = 40
_STRAY = frozenset({LINK_BROKEN, NOT_OFFERED})


@dataclass(slots=True)
class Played:
    """A script as ODK's driver takes it, and what our engine said before the first step and after each.

    Three of ODK's ways are not ours, and while one of them matters the state is None. A chosen code that is no longer
    on offer (a removed row, another region) is dropped there at once; ours keeps it and shows the broken link. The rows
    of a table that is not relevant are still counted there, though JavaRosa, ODK's other engine, leaves them out as
    ours does. And a decision there reads a value that is against its constraint, or worked out from a required one that
    is blank, which is missing for ours: ODK refuses to finish such a form instead.
    """

    steps: list[dict[str, object]] = field(default_factory=list)
    states: list[State | None] = field(default_factory=list)


class Player:
    """One random script on one form; its picture of the session is kept up to date by Change.paths alone."""

    def __init__(self, definition: Definition, random: Random, today: date) -> None:
        self._random = random
        self._today = today
        self._session = open_session(definition, as_of=today, new=True)
        self._items = definition.items
        self._state = state_of(self._session)
        self._tables = [item.name for item in definition.items.values() if item.type == "table"]
        self._open = [name for name in self._tables if not definition.items[name].makes_rows]
        self._linked = {item.target for item in definition.items.values() if item.target}
        cells = " ".join(cell for item in definition.items.values() for cell in item.cells.values())
        self._read = set(_REFERENCE.findall(cells))
        self._closed: set[str] = set()  # ODK gives the number of a removed row again: links would mean another row
        self._filtered = [item.name for item in definition.items.values() if item.target or item.cell("choice_filter")]
        self.played = Played(states=[dict(self._state)])

    def play(self, length: int) -> Played:
        """Take so many steps."""
        for _ in range(length):
            self._note(*(self._row_step() or self._answer()))
            while (place := self._stray_place()) is not None:
                self._note(*self._mend(place))
        return self.played

    def _note(self, step: dict[str, object], change: Change) -> None:
        if change.tables:
            self._state = state_of(self._session)
        else:
            places = {path: place for place, path, _ in places_of(self._session)}
            for path in change.paths:
                place = places.get(path, path)
                self._state[place] = state_at(self._session, path, self._items[path.rpartition("/")[2]])
        self.played.steps.append(step)
        self.played.states.append(dict(self._state) if self._is_in_scope() else None)

    def _is_in_scope(self) -> bool:
        if self._stray_place() is not None or self._decides_on_unsound():
            return False
        return all(self._state[name][0] or not self._session.table(name, "en").rows for name in self._tables)

    def _decides_on_unsound(self) -> bool:
        """Whether a decision table takes a value for missing that is there, and would decide otherwise with it."""
        for table in self._session.definition.tables.values():
            read = self._session.decision(table.name).variables
            ours = [read[variable.name] or "" for variable in table.variables]
            theirs = [one or self._there(variable) for one, variable in zip(ours, table.variables, strict=True)]
            if _outcome(table, ours) != _outcome(table, theirs):
                return True
        return False

    def _there(self, variable: Variable) -> str:
        """The value of a variable as ODK reads it; blank for one that its list does not have."""
        value = str(self._state[variable.source][1]) if variable.source in self._state else ""
        return value if value in variable.domain else ""

    # steps

    def _row_step(self) -> tuple[dict[str, object], Change] | None:
        """Now and then add or remove a row."""
        tables = [name for name in self._open if self._state[name][0]]
        if not tables or (self._asked() and self._random.random() > len(tables) * _ROW_STEP):
            return None
        name = self._random.choice(tables)
        rows = self._session.table(name, "en").rows
        if name in self._closed and not rows:
            return None
        if rows and (name in self._closed or len(rows) >= _ROWS_AT_MOST or self._random.random() < _REMOVE):
            index = self._random.randrange(len(rows))
            self._closed.update({name} & self._linked)
            return {"remove": name, "index": index}, self._session.remove_row(name, rows[index].row_id)
        change = self._session.add_row(name)
        return {"add": name, "row": change.added_row}, change

    def _asked(self) -> list[tuple[str, str, Item]]:
        """What can be answered now; a form that is one table asks nothing before its first row."""
        definition = self._session.definition
        return [
            (place, path, item)
            for place, path, item in places_of(self._session)
            if item.is_answered_by_hand and self._state[place][0] and not is_elsewhere(item, definition)
        ]

    def _answer(self) -> tuple[dict[str, object], Change]:
        asked = self._asked()
        read = [each for each in asked if each[2].name in self._read]
        while True:
            place, path, item = self._random.choice(read if read and self._random.random() < _READ else asked)
            view = self._session.view(path, "en")
            if not view.read_only:
                break
        change = self._session.set(path, None if self._random.random() < _BLANK else self._raw(item, view))
        return {"set": place, "value": answer_text(change.new)}, change

    def _raw(self, item: Item, view: FieldView) -> Raw:
        codes = [option.code for option in view.options]
        match item.type:
            case "integer":
                return self._random.choice(_NUMBERS)
            case "decimal":
                return self._random.choice(_DECIMALS)
            case "date":
                return (self._today + timedelta(days=self._random.randint(-_DAYS, _DAYS))).isoformat()
            case "acknowledge":
                return "OK"
            case "text":
                return self._random.choice(_TEXTS)
            case "select_multiple" | "select_multiple_row":
                return [code for code in codes if self._random.random() < 0.5]
        return self._random.choice(codes) if codes else None

    # answers that are no longer on offer

    def _stray_place(self) -> str | None:
        for place, path, item in places_of(self._session):
            if item.name in self._filtered and self._session.view(path, "en").problem in _STRAY:
                return place
        return None

    def _mend(self, place: str) -> tuple[dict[str, object], Change]:
        """Take back what is not on offer, as a person would."""
        path = next(path for one, path, _ in places_of(self._session) if one == place)
        view = self._session.view(path, "en")
        on_offer = {option.code for option in view.options}
        kept = " ".join(code for code in answer_text(view.value).split() if code in on_offer)
        return {"set": place, "value": kept}, self._session.set(path, kept)


def _outcome(table: DecisionTable, values: list[str]) -> str | None:
    return next((rule.outcome for rule in table.fitting(values)), None)


def is_elsewhere(item: Item, definition: Definition) -> bool:
    """A link to rows of a related record: out of scope. ODK has no such rows; it lets people type their ids.

    It is never answered here, and has no codes on offer; all the rest that is said about it is compared.
    """
    return item.target is not None and item.target not in definition.items


def places_of(session: Session) -> Iterator[tuple[str, str, Item]]:
    """Each question and cell: its place as the driver names it (rows by number), its path, its item."""
    rows: dict[str, tuple[str, ...]] = {}
    for item in session.definition.items.values():
        if item.type == "table":
            rows[item.name] = tuple(row.row_id for row in session.table(item.name, "en").rows)
        elif item.table is None and not item.is_container:
            yield item.name, item.name, item
        elif item.table is not None and not item.is_container:
            for number, row_id in enumerate(rows[item.table], 1):
                yield f"{item.table}[{number}]/{item.name}", f"{item.table}/{row_id}/{item.name}", item


def state_of(session: Session) -> State:
    """What our engine says now, as the driver says it."""
    found = {place: state_at(session, path, item) for place, path, item in places_of(session)}
    tables = [item for item in session.definition.items.values() if item.type == "table"]
    return found | {item.name: state_at(session, item.name, item) for item in tables}


def state_at(session: Session, path: str, item: Item) -> list[object]:
    """Relevant, value, fits its constraint, codes on offer; of a table only whether it is relevant."""
    if item.type == "table":
        return [session.table(path, "en").relevant]
    view = session.view(path, "en")
    is_choice = item.list_name is not None or (item.target is not None and not is_elsewhere(item, session.definition))
    return [
        view.relevant,
        answer_text(session.value(path)) if view.relevant else "",
        view.problem is None or view.problem in _STRAY,
        [option.code for option in view.options] if is_choice else None,
    ]


def differences(definition: Definition, ours: State, theirs: State) -> list[str]:
    """Where the two say something else; what the export adds for itself is not asked."""
    return [
        f"{place}: ours {state}, theirs {theirs.get(place)}"
        for place, state in ours.items()
        if not _agree(definition.items[place.rpartition("/")[2]], state, theirs.get(place))
    ]


def _agree(item: Item, ours: list[object], theirs: list[object] | None) -> bool:
    """Whether both say the same; what is on offer counts only while the question is asked."""
    if theirs is None:
        return False
    if item.type == "decimal" and str(theirs[1]).endswith(".0"):  # ODK writes the decimal 7 as 7.0
        theirs = [theirs[0], str(theirs[1])[:-2], *theirs[2:]]
    compared = 4 if ours[0] else 3
    return ours[:compared] == theirs[:compared]
