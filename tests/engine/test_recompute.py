"""Working out only what an answer touches gives what working out everything gives, whatever is edited in what order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrddp_desktop.engine.definition import dump, load
from hrddp_desktop.engine.program import Part, program
from hrddp_desktop.engine.session import Session, open_session
from tests.engine.forms import TODAY, compiled
from tests.engine.rich import rich_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.views import Change

TEXTS = st.sampled_from([None, "a", "Post", "longer than ten signs"])
YES_NO = st.sampled_from([None, "yes", "no"])
ROW = st.integers(0, 3)
EDITS = st.one_of(
    st.tuples(st.sampled_from(["title", "why", "deep", "both", "later", "fixed"]), TEXTS),
    st.tuples(st.just("gate"), YES_NO),
    st.tuples(st.just("side"), st.sampled_from([None, "east", "west"])),
    st.tuples(st.just("town"), st.sampled_from([None, "dorva", "selm"])),
    st.tuples(st.just("wish"), st.sampled_from([None, "short", "full"])),
    st.tuples(st.sampled_from(["+units", "+goods"]), st.none()),
    st.tuples(st.sampled_from(["-units", "-goods", "^units", "^goods"]), ROW),
    st.tuples(st.just("watch"), st.sampled_from([None, ["R1"], ["R2", "R1"], ["R9"]])),
    st.tuples(st.just("*unit"), st.tuples(ROW, TEXTS)),
    st.tuples(st.just("*out"), st.tuples(ROW, YES_NO)),
    st.tuples(st.just("*count"), st.tuples(ROW, st.sampled_from([None, -1, 0, 3, 8]))),
    st.tuples(st.just("*note_on"), st.tuples(ROW, TEXTS)),
    st.tuples(st.just("*for_units"), st.tuples(ROW, st.sampled_from([None, ["R1"], ["R2", "R1"], ["R9"]]))),
    st.tuples(st.just("*main_unit"), st.tuples(ROW, st.sampled_from([None, "R1", "R2"]))),
)
TABLES = ("units", "goods", "checks")
HOME = {
    "unit": "units",
    "out": "units",
    "count": "units",
    "note_on": "units",
    "for_units": "goods",
    "main_unit": "goods",
}


def edit(session: Session, what: str, value: object) -> Change | None:
    """One random edit; None when there is no such row."""
    rows = {name: [row.row_id for row in session.table(name, "en").rows] for name in ("units", "goods")}
    if what[0] == "+":
        return session.add_row(what[1:])
    if what[0] in "-^":
        ids = rows[what[1:]]
        if not isinstance(value, int) or value >= len(ids):
            return None
        return session.remove_row(what[1:], ids[value]) if what[0] == "-" else session.move_row(what[1:], ids[value], 0)
    if what[0] == "*":
        at, raw = value if isinstance(value, tuple) else (0, None)
        table = HOME[what[1:]]
        return session.set(f"{table}/{rows[table][at]}/{what[1:]}", raw) if at < len(rows[table]) else None
    return session.set(what, value)  # type: ignore[arg-type]


def seen(session: Session) -> dict[str, object]:
    """All that a session shows, path by path."""
    found: dict[str, object] = {}
    for name, item in session.definition.items.items():
        if item.type == "table":
            view = session.table(name, "en")
            found[name] = (view.relevant, view.asked, view.required, [row.row_id for row in view.rows])
            hidden = [
                one.name for one in session.definition.items.values() if one.table == name and one.type != "group"
            ]
            for row in view.rows:
                for column in hidden:
                    found[f"{name}/{row.row_id}/{column}"] = one_field(session, f"{name}/{row.row_id}/{column}")
        elif item.type != "group" and item.table is None:
            found[name] = one_field(session, name)
    return found


def rows_of(found: dict[str, object], table: str) -> object:
    """The ids of the rows of a table, of all that a session shows."""
    shown = found[table]
    return shown[3] if isinstance(shown, tuple) else None


def one_field(session: Session, path: str) -> object:
    """A view and the value that expressions read."""
    return session.view(path, "en"), session.value(path)


def whole(session: Session) -> tuple[object, ...]:
    """What a session says as a whole."""
    return session.missing("clearance"), session.route("clearance"), session.decision("verdict"), session.lane


@pytest.fixture(scope="module")
def definition(tmp_path_factory: pytest.TempPathFactory) -> Definition:
    return compiled(rich_form(tmp_path_factory.mktemp("forms") / "rich"))


def compare(definition: Definition, edits: list[tuple[str, object]]) -> None:
    """Every step against a session opened on the same answers."""
    session = open_session(definition, as_of=TODAY, new=True)
    before = seen(session)
    for what, value in edits:
        change = edit(session, what, value)
        if change is None:
            continue
        fresh = open_session(definition, session.answers(), session.excused(), as_of=TODAY)
        after = seen(session)
        assert after == seen(fresh)
        assert whole(session) == whole(fresh)
        unnamed = {path for path in before.keys() & after.keys() if before[path] != after[path]} - change.paths
        assert not unnamed, f"changed, but not in the Change: {sorted(unnamed)}"
        assert {name for name in TABLES if rows_of(before, name) != rows_of(after, name)} <= change.tables
        before = after


@given(edits=st.lists(EDITS, max_size=25))
def test_after_any_edits_a_session_is_as_if_opened_afresh(
    definition: Definition, edits: list[tuple[str, object]]
) -> None:
    compare(definition, edits)


def broken(definition: Definition, spoil: Callable[[Definition], None]) -> Definition:
    """A copy whose dependencies are spoilt."""
    copy = load(dump(definition))
    spoil(copy)
    return copy


def forget(name: str) -> Callable[[Definition], None]:
    """Spoil: nobody is told when this item changes."""

    def spoil(definition: Definition) -> None:
        program(definition).rules[name].wakes.clear()

    return spoil


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        ("gate", [("gate", "yes")]),
        ("units", [("gate", "yes"), ("+units", None), ("*count", (0, 8)), ("-units", 0)]),
        ("twice", [("gate", "yes"), ("+units", None), ("*count", (0, 8))]),
        ("out", [("gate", "yes"), ("+units", None), ("*count", (0, 8)), ("*out", (0, "yes"))]),
        ("side", [("town", "dorva"), ("side", "west")]),
        ("unit", [("gate", "yes"), ("+units", None), ("+goods", None), ("*unit", (0, "Post"))]),
    ],
)
def test_a_forgotten_dependency_is_noticed(definition: Definition, name: str, edits: list[tuple[str, object]]) -> None:
    compare(definition, edits)
    with pytest.raises(AssertionError):
        compare(broken(definition, forget(name)), edits)


def deaf_to_soundness(definition: Definition) -> None:
    """Spoil: nobody is told that an answer came to stand against its constraint."""
    for rules in program(definition).rules.values():
        rules.wakes.pop(Part.SOUND, None)


def test_what_is_worked_out_of_a_wrong_answer_is_missing_until_it_is_mended(definition: Definition) -> None:
    def decided(form: Definition) -> list[str | None]:
        session = open_session(form, as_of=TODAY)
        session.set("gate", "yes")
        session.add_row("units")
        found = []
        for count in (3, -1, 3):
            session.set("units/R1/count", count)
            found.append(session.decision("verdict").variables["size"])
        session.set("units/R1/count", -1)
        session.remove_row("units", "R1")
        return [*found, session.decision("verdict").variables["size"]]

    assert decided(definition) == ["small", None, "small", "small"]
    assert decided(broken(definition, deaf_to_soundness)) != decided(definition)


def test_only_what_can_become_unsound_is_asked_whether_it_is(definition: Definition) -> None:
    rules = program(definition).rules
    asked = {name for name in ("title", "town", "total", "gate", "why", "units") if Part.SOUND in rules[name].parts}
    assert asked == {"title", "town", "total"}  # a constraint, a filter, a calculation
