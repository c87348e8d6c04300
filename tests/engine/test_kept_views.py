"""What is kept of views and counts is never stale: after each step everything reads as in a session opened afresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrddp_desktop.engine.progress import Progress
from hrddp_desktop.engine.session import Session, open_session
from hrddp_desktop.engine.show import Show
from tests.engine.forms import TODAY, compiled, write_form
from tests.engine.test_recompute import seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.views import Change

HEADINGS = "type,name,label,relevant,default,fills,calculation,required,row_prefix"
SURVEY = """begin_repeat,units,Units,,,,,,R
text,unit,Unit,,,,,yes,
end_repeat,,,,,,,,
begin_repeat,goods,Goods,,,,,,S
select_one_row units,main,Main unit,,,,,yes,
select_multiple_row units,of_units,Of,,"join(' ', ${units}/_row)",,,,
text,note,Note on ${main},,,,,,
calculate units,first,First,,,,${units}[1]/_row,,
end_repeat,,,,,,,,
text,a,A,,,,,,
text,b,B,,"concat(${a}, '')",,,,
text,hidden,Hidden,${a} = 'x',"concat(${b}, '')",,,yes,
text,fixed,Fixed,${a} != 'x',x,,,,
select_one measure,pick,Pick,,,owner=owner,,yes,
text,owner,Owner,,,,,,
text,named,By ${owner},,,,,yes,
"""
CHOICES = "measure,M1,Train,x\nmeasure,M2,Talk,y\n"
TEXTS = st.sampled_from([None, "x", "y", "x y"])
AT = st.integers(0, 2)
EDITS = st.one_of(
    st.tuples(st.sampled_from(["a", "b", "hidden", "fixed", "owner", "named"]), TEXTS),
    st.tuples(st.just("pick"), st.sampled_from([None, "M1", "M2"])),
    st.tuples(st.sampled_from(["+units", "+goods"]), st.none()),
    st.tuples(st.sampled_from(["-units", "-goods", "^units"]), AT),
    st.tuples(st.just("*units/unit"), st.tuples(AT, TEXTS)),
    st.tuples(st.just("*goods/note"), st.tuples(AT, TEXTS)),
    st.tuples(st.just("*goods/main"), st.tuples(AT, st.sampled_from([None, "R1", "R2"]))),
    st.tuples(st.just("*goods/of_units"), st.tuples(AT, st.sampled_from([None, ["R1"], ["R1", "R2"]]))),
    st.tuples(st.just("back"), st.none()),
)


@pytest.fixture(scope="module")
def definition(tmp_path_factory: pytest.TempPathFactory) -> Definition:
    folder = tmp_path_factory.mktemp("forms") / "kept"
    return compiled(
        write_form(folder, SURVEY, CHOICES, headings=HEADINGS, choice_headings="list_name,name,label,owner")
    )


class Hand:
    """Edits one session; the last answer can be taken back exactly."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._back: Callable[[], Change] | None = None

    def edit(self, what: str, value: object) -> None:
        """One random edit; nothing where there is no such row."""
        session, back, self._back = self.session, self._back, None
        table, _, column = what[1:].partition("/")
        at, raw = value if isinstance(value, tuple) else (value, None)
        rows = [row.row_id for row in session.table(table, "en").rows] if what[0] in "-^*" else []
        if what == "back":
            if back is not None:
                back()
        elif what[0] == "+":
            session.add_row(table)
        elif what[0] not in "-^*":
            self._set(what, value)
        elif isinstance(at, int) and at < len(rows):
            if what[0] == "*":
                self._set(f"{table}/{rows[at]}/{column}", raw)
            elif what[0] == "-":
                session.remove_row(table, rows[at])
            else:
                session.move_row(table, rows[at], 0)

    def _set(self, path: str, raw: object) -> None:
        change = self.session.set(path, raw)  # type: ignore[arg-type]  # one of the answers above
        self._back = lambda: self.session.set(path, change.old, change.replaced)


def whole(session: Session) -> tuple[object, ...]:
    """All that is shown, tables as a page shows them, and all that is counted."""
    tables = [session.table(name, "en") for name in ("units", "goods")]
    return seen(session), tables, session.missing(), session.route()


def compare(definition: Definition, edits: list[tuple[str, object]]) -> None:
    """Every step against a session opened on the same answers."""
    hand = Hand(open_session(definition, as_of=TODAY))
    whole(hand.session)
    for what, value in edits:
        hand.edit(what, value)
        assert whole(hand.session) == whole(open_session(definition, hand.session.answers(), as_of=TODAY))


@given(edits=st.lists(EDITS, max_size=15))
def test_what_is_kept_reads_as_if_made_afresh(definition: Definition, edits: list[tuple[str, object]]) -> None:
    compare(definition, edits)


TELLING: list[tuple[str, object]] = [("+units", None), ("+goods", None), ("*goods/main", (0, "R1"))]


@pytest.mark.parametrize(
    "edits",
    [
        [*TELLING, ("*units/unit", (0, "x"))],  # a link, a text and a calculation that name the row
        [("b", "x"), ("a", "x")],  # a default comes to say what somebody wrote
        [("hidden", "x"), ("b", "x")],  # the same of a question that is hidden
        [("owner", "x"), ("pick", "M1"), ("pick", "M2"), ("back", None)],  # a pick that fills nothing
        [("owner", "x"), ("pick", "M2"), ("pick", "M1"), ("back", None)],
    ],
)
def test_what_names_others_or_follows_them_is_made_anew(
    definition: Definition, edits: list[tuple[str, object]]
) -> None:
    compare(definition, edits)


def test_a_view_that_nothing_changed_is_the_same_object(definition: Definition) -> None:
    hand = Hand(open_session(definition, as_of=TODAY))
    for what, value in [*TELLING, ("+goods", None)]:
        hand.edit(what, value)
    before, rows = hand.session.view("owner", "en"), hand.session.table("goods", "en").rows
    hand.edit("*goods/of_units", (1, None))
    after = hand.session.table("goods", "en").rows
    assert hand.session.view("owner", "en") is before
    assert [old is new for old, new in zip(rows, after, strict=True)] == [True, False]


@pytest.mark.parametrize("keeper", [Show, Progress])
def test_a_keeper_that_forgets_nothing_is_noticed(
    definition: Definition, keeper: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "forget", lambda *_paths, **_rows: None)
    with pytest.raises(AssertionError):
        compare(definition, [("a", "x"), ("+units", None), ("*units/unit", (0, "x"))])
