"""What a session does with answers: relevance, rows, links, lanes, excuses, what is missing, and what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.session import Session, open_session
from hrddp_desktop.engine.show import LINK_BROKEN, NOT_OFFERED
from hrddp_desktop.engine.views import TableView
from hrddp_desktop.errors import AnswerError, Code
from tests.engine.forms import TODAY, compiled, opened, write_form
from tests.engine.rich import rich_form

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.definition import Definition


@pytest.fixture
def definition(tmp_path: Path) -> Definition:
    return compiled(rich_form(tmp_path / "form"))


@pytest.fixture
def session(definition: Definition) -> Session:
    return open_session(definition, as_of=TODAY, new=True)


def missing(session: Session, stage: str = "concept") -> list[str]:
    return [one.path for one in session.missing(stage)]


def test_a_new_record_has_its_defaults_and_an_old_one_only_its_answers(definition: Definition) -> None:
    assert open_session(definition, as_of=TODAY, new=True).answers() == {"wish": "short"}
    assert open_session(definition, as_of=TODAY).answers() == {}


def test_a_default_is_shown_as_prefilled_until_it_is_changed(session: Session) -> None:
    assert session.view("wish", "en").prefilled
    session.set("wish", "full")
    assert not session.view("wish", "en").prefilled


def test_a_change_names_what_looks_different(session: Session) -> None:
    change = session.set("gate", "yes")
    assert (change.path, change.old, change.new) == ("gate", None, "yes")
    assert {"gate", "why", "units", "verdict"} <= change.paths
    assert "title" not in change.paths
    assert session.set("title", "Post").paths >= {"title", "why"}


def test_relevance_is_inherited_and_the_answer_comes_back(session: Session) -> None:
    session.set("gate", "yes")
    session.add_row("units")
    session.set("units/R1/count", 7)
    assert session.value("total") == 14
    change = session.set("gate", "no")
    assert "units/R1/count" in change.paths
    assert session.value("units/R1/count") is None
    assert session.value("total") == 0
    assert session.answers()["units"] == [{"_row": "R1", "out": "no", "count": 7}]
    session.set("gate", "yes")
    assert session.value("total") == 14


def test_required_may_depend_on_answers(session: Session) -> None:
    session.set("gate", "yes")
    assert not session.view("why", "en").required
    session.add_row("units")
    assert "why" in session.set("units/R1/count", 6).paths
    assert session.view("why", "en").required


def test_an_answer_against_its_constraint_is_kept_shown_and_listed(session: Session) -> None:
    session.set("title", "Far too long a title")
    assert session.value("title") == "Far too long a title"
    assert session.view("title", "en").problem == "Ten signs at most."
    assert "title" in missing(session)
    session.set("title", "Short")
    assert session.view("title", "en").problem is None


def test_a_choice_that_is_filtered_out_later_shows_a_problem(session: Session) -> None:
    session.set("side", "east")
    assert [option.code for option in session.view("town", "en").options] == ["dorva"]
    session.set("town", "dorva")
    change = session.set("side", "west")
    assert "town" in change.paths
    assert session.view("town", "en").problem == NOT_OFFERED
    assert session.view("town", "en").options[0].label == "Selm"


def test_read_only_may_depend_on_answers(session: Session) -> None:
    assert not session.view("fixed", "en").read_only
    assert "fixed" in session.set("gate", "no").paths
    assert session.view("fixed", "en").read_only


def test_a_label_names_the_answer_it_asks_about(session: Session) -> None:
    session.set("title", "Post")
    assert session.view("why", "en").label == "Why Post?"
    session.set("gate", "yes")
    session.add_row("units")
    session.set("units/R1/unit", "4th Sector")
    assert session.view("units/R1/note_on", "en").label == "Note on 4th Sector"


# rows and links


def test_row_ids_are_never_used_again(definition: Definition) -> None:
    session = open_session(
        definition, {"gate": "yes", "units": [{"_row": "R2"}]}, as_of=TODAY, used_rows={"units": ["R7", "R1"]}
    )
    assert session.add_row("units").added_row == "R8"
    session.remove_row("units", "R8")
    assert session.add_row("units").added_row == "R9"


def test_a_new_row_brings_its_defaults(session: Session) -> None:
    session.set("gate", "yes")
    change = session.add_row("units")
    assert change.defaults == {"out": "no"}
    assert change.tables == {"units", "checks"}
    assert {"units", "units/R1/unit", "goods"} <= change.paths


def test_a_removed_row_comes_back_with_its_answers(session: Session) -> None:
    session.set("gate", "yes")
    session.add_row("units")
    session.set("units/R1/unit", "Post")
    session.remove_row("units", "R1")
    assert session.answers() == {"gate": "yes", "wish": "short"}
    change = session.add_row("units", "R1")
    assert change.defaults == {}
    assert session.answers()["units"] == [{"_row": "R1", "unit": "Post", "out": "no"}]


def test_a_row_can_be_moved(session: Session) -> None:
    session.set("gate", "yes")
    session.add_row("units")
    session.add_row("units")
    change = session.move_row("units", "R2", 0)
    assert "units/R1/nth" in change.paths
    assert (session.value("units/R2/nth"), session.value("units/R1/nth")) == (1, 2)
    assert [row.row_id for row in session.table("units", "en").rows] == ["R2", "R1"]


def linked(session: Session) -> Session:
    session.set("gate", "yes")
    session.add_row("units")
    session.add_row("units")
    session.set("units/R1/unit", "Post")
    session.add_row("goods")
    session.set("goods/S1/for_units", ["R1", "R2"])
    return session


def test_a_link_shows_the_rows_by_their_titles(session: Session) -> None:
    linked(session)
    view = session.view("goods/S1/for_units", "en")
    assert [(option.code, option.label) for option in view.options] == [("R1", "Post"), ("R2", "R2")]
    assert view.text == "Post, R2"
    assert "goods/S1/for_units" in session.set("units/R2/unit", "Port").paths
    assert session.view("goods/S1/for_units", "en").text == "Post, Port"


def test_a_link_to_a_removed_row_is_a_problem_and_counts_as_missing(session: Session) -> None:
    linked(session)
    assert "goods/S1/for_units" not in missing(session)
    change = session.remove_row("units", "R2")
    assert "goods/S1/for_units" in change.paths
    assert session.value("goods/S1/for_units") == ["R1", "R2"]
    assert session.view("goods/S1/for_units", "en").problem == LINK_BROKEN
    assert "goods/S1/for_units" in missing(session)
    session.set("goods/S1/for_units", ["R1"])
    assert "goods/S1/for_units" not in missing(session)


def test_a_broken_link_makes_what_reads_it_missing_to_a_decision(session: Session) -> None:
    linked(session)
    assert session.decision("verdict").variables["orphans"] == "no"
    session.remove_row("units", "R2")
    assert session.decision("verdict").variables["orphans"] is None


def test_a_row_of_one_table_sees_the_rows_of_another(session: Session) -> None:
    linked(session)
    assert session.value("goods/S1/orphan") == 0
    change = session.set("units/R1/out", "yes")
    assert session.value("goods/S1/orphan") == 1
    assert {"goods/S1/orphan", "orphans", "verdict"} <= change.paths
    assert session.value("verdict") == "bad"


# lanes


def test_a_question_not_asked_in_the_lane_is_hidden_but_keeps_and_reads_its_answer(session: Session) -> None:
    session.set("wish", "full")
    session.set("deep", "kept")
    change = session.set("wish", "short")
    assert "deep" in change.paths
    assert session.lane == "short"
    assert not session.view("deep", "en").asked
    assert "deep" not in missing(session)
    assert "deep" not in [view.path for view in session.page("first", "en")]
    assert session.value("deep") == "kept"
    assert session.answers()["deep"] == "kept"


def test_a_small_letter_offers_a_question_without_requiring_it(session: Session) -> None:
    assert session.view("both", "en").asked
    assert "both" not in missing(session)
    session.set("wish", "full")
    assert "both" in missing(session)


# what is missing


def test_missing_lists_what_is_due_in_the_order_of_the_form(session: Session) -> None:
    assert missing(session) == ["title", "gate"]
    assert missing(session, "clearance") == ["title", "gate", "later"]
    session.set("gate", "yes")
    session.set("why", "because")
    assert missing(session) == ["title", "units"]
    session.add_row("units")
    found = session.missing()
    assert [(one.path, one.page, one.table_row) for one in found] == [
        ("title", "first", None),
        ("units/R1/unit", "second", "R1"),
    ]
    assert found[1].label == "Unit"


def test_an_excuse_na_is_an_answer_and_later_is_still_missing(session: Session) -> None:
    session.set("gate", "yes")
    session.set("title", "Post")
    session.add_row("units")
    session.set("units/R1/unit", "Post")
    session.set("units/R1/count", 6)
    assert missing(session) == ["why"]
    session.excuse("why", "later", "asked", "desk officer")
    assert session.missing()[0].later
    assert {page.name: page.state for page in session.route()}["first"] == "later"
    session.excuse("why", "na", "no reason")
    assert missing(session) == []
    assert session.excused() == {"why": {"kind": "na", "why": "no reason", "who": ""}}
    session.excuse("why", None)
    assert missing(session) == ["why"]


def test_an_excuse_without_a_reason_excuses_nothing(session: Session) -> None:
    session.set("gate", "yes")
    session.add_row("units")
    session.set("units/R1/count", 6)
    given = [("na", " ", ""), ("na", "\u200b", "x"), ("later", "", "desk officer"), ("later", "asked", "")]
    for kind, why, who in given:
        session.excuse("why", kind, why, who)
        found = next(one for one in session.missing() if one.path == "why")
        assert not found.later


def test_an_excuse_that_is_not_offered_is_refused(session: Session) -> None:
    with pytest.raises(AnswerError) as caught:
        session.excuse("title", "na")
    assert caught.value.code is Code.VALUE_NOT_ALLOWED


def test_the_route_shows_the_pages_that_apply_and_how_far_they_are(session: Session) -> None:
    assert [(page.name, page.state, page.answered, page.due) for page in session.route()] == [
        ("first", "missing", 0, 2),
        ("third", "untouched", 0, 0),
    ]
    session.set("gate", "yes")
    session.set("title", "Post")
    first, second, third = session.route()
    assert (first.state, first.answered, first.due, first.action) == ("done", 2, 2, 0)
    assert (second.name, second.state, third.name) == ("second", "untouched", "third")


def test_a_page_shows_its_own_columns_of_a_table(session: Session) -> None:
    session.set("gate", "yes")
    session.add_row("units")
    columns = {
        page: [
            column.name
            for view in session.page(page, "en")
            if view.name == "units" and isinstance(view, TableView)
            for column in view.columns
        ]
        for page in ("second", "third")
    }
    assert columns == {"second": ["unit", "out", "count"], "third": ["note_on"]}


HOSTED = """begin_group,where,,,0,,
begin_repeat,units,,,,,U
text,unit,,,,,
text,record,,,2,,
text,after,,,3,,
end_repeat,,,,,,
end_group,,,,,,
select_one yes_no,gate,,,,,
begin_group,context,,,2,,
text,area,,,2,,
end_group,,,,,,
begin_group,records,${gate} = 'yes',,2,units,
note,above,,,2,,
end_group,,,,,,
begin_group,first_after,,,3,,
text,other,,,3,,
end_group,,,,,,
begin_group,second_after,,,3,,
text,more,,,3,,
end_group,,,,,,
"""


def test_columns_of_another_action_stand_on_the_page_that_names_their_table_or_on_its_first(tmp_path: Path) -> None:
    headings = "type,name,relevant,label,action,table,row_prefix"
    session = opened(write_form(tmp_path, HOSTED, headings=headings), {"gate": "yes", "units": [{"_row": "U1"}]})
    shown = {page.name: [view.name for view in session.page(page.name, "en")] for page in session.route()}
    assert shown == {
        "small": ["gate"],
        "where": ["units"],
        "context": ["area"],
        "records": ["above", "units"],
        "first_after": ["other", "units"],
        "second_after": ["more"],
    }


def test_a_page_whose_group_is_not_relevant_shows_no_table_of_another_page(tmp_path: Path) -> None:
    headings = "type,name,relevant,label,action,table,row_prefix"
    session = opened(write_form(tmp_path, HOSTED, headings=headings), {"units": [{"_row": "U1"}]})
    assert session.page("records", "en") == ()
    assert "records" not in {page.name for page in session.route()}
    assert [view.name for view in session.page("where", "en")] == ["units"]


def test_views_are_in_the_language_and_text_is_for_a_reader(session: Session) -> None:
    session.set("gate", "yes")
    assert session.view("gate", "fr").text == "Yes"
    assert session.view("verdict", "en").text == "Good"
    assert session.view("verdict", "en").value == "good"
    assert session.view("total", "en").value == 0


# what is no answer


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("gate", "maybe"),
        ("gate", 1),
        ("units/R1/count", "seven"),
        ("units/R1/count", 1.5),
        ("units/R1/count", True),
        ("units/R1/count", 10**400),
        ("units/R1/count", float("inf")),
        ("units/R1/count", float("nan")),
        ("goods/S1/for_units", [1]),
        ("goods/S1/main_unit", "R 1"),
        ("total", 3),
        ("title", 3),
    ],
)
def test_a_value_that_its_question_cannot_hold_is_refused_and_changes_nothing(
    session: Session, path: str, raw: str | int
) -> None:
    linked(session)
    before = session.answers()
    with pytest.raises(AnswerError) as caught:
        session.set(path, raw)
    assert caught.value.code is Code.VALUE_NOT_ALLOWED
    assert caught.value.facts["question"] == path
    assert session.answers() == before


@pytest.mark.parametrize(
    "answers",
    [{"tilte": "x"}, {"units": [{"_row": "R1", "nothing": 1}]}, {"second": "x"}, {"unit": "x"}],
)
def test_an_unknown_question_is_refused(definition: Definition, answers: dict[str, object]) -> None:
    with pytest.raises(AnswerError) as caught:
        open_session(definition, answers, as_of=TODAY)
    assert caught.value.code is Code.QUESTION_UNKNOWN


@pytest.mark.parametrize(
    "answers",
    [
        {"gate": "maybe"},
        {"units": "R1"},
        {"units": ["R1"]},
        {"units": [{}]},
        {"units": [{"_row": "R1"}, {"_row": "R1"}]},
        {"units": [{"_row": "R/1"}]},
        {"title": {"x": 1}},
        {"gate": ["yes"]},
    ],
)
def test_answers_of_another_shape_are_refused(definition: Definition, answers: dict[str, object]) -> None:
    with pytest.raises(AnswerError) as caught:
        open_session(definition, answers, as_of=TODAY)
    assert caught.value.code is Code.VALUE_NOT_ALLOWED


@pytest.mark.parametrize("path", ["nothing", "units/R9/unit", "units", ""])
def test_a_path_that_names_no_question_is_refused(session: Session, path: str) -> None:
    with pytest.raises(AnswerError) as caught:
        session.set(path, "x")
    assert caught.value.code is Code.QUESTION_UNKNOWN


def test_blanks_take_an_answer_back(session: Session) -> None:
    for blank in ("", None, "   "):
        session.set("title", "Post")
        session.set("title", blank)
        assert session.value("title") is None
        assert "title" not in session.answers()


def test_answers_come_back_as_they_were_given(definition: Definition) -> None:
    answers = {
        "title": " Post  & Co\u00a0",
        "gate": "yes",
        "units": [{"_row": "R1", "unit": "a", "count": 0}, {"_row": "R5"}],
        "goods": [{"_row": "S1", "for_units": ["R5", "R1"]}],
    }
    assert open_session(definition, answers, as_of=TODAY).answers() == answers


def test_related_records_are_read(definition: Definition, tmp_path: Path) -> None:
    survey = "begin_group,g,,,,\ncalculate,ref,,instance('record')/root/reference,,\nend_group,,,,,\n"
    form = compiled(write_form(tmp_path / "r", survey, settings={"related": "record office"}))
    related = {"record": {"reference": "BMR-1", "version": 2}}
    assert open_session(form, as_of=TODAY, related=related).value("ref") == "BMR-1"
    assert open_session(form, as_of=TODAY).value("ref") is None


@pytest.mark.parametrize("excuse", ["na", {"kind": "perhaps"}, {"why": "x"}, {"kind": "na", "why": 3}])
def test_an_excuse_of_another_shape_is_refused(definition: Definition, excuse: object) -> None:
    with pytest.raises(AnswerError) as caught:
        open_session(definition, {}, {"why": excuse}, as_of=TODAY)  # type: ignore[dict-item]  # as a file might hold it
    assert caught.value.code is Code.VALUE_NOT_ALLOWED


def test_a_change_names_no_groups_only_what_has_a_view(session: Session) -> None:
    for path in session.set("gate", "yes").paths:
        view = session.table(path, "en") if path in {"units", "goods", "checks"} else session.view(path, "en")
        assert view.path == path


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2.50", 2.5),
        (3.0, 3),
        ("7", 7),
        (".5", 0.5),
        (10**400, None),
        (float("inf"), None),
        ("1e3", None),
        ("", ""),
    ],
)
def test_a_decimal_is_read_as_it_is_written(tmp_path: Path, raw: str | float, value: object) -> None:
    session = opened(write_form(tmp_path, "begin_group,g,,,,\ndecimal,d,,,,\nend_group,,,,,\n"))
    if value is None:
        with pytest.raises(AnswerError):
            session.set("d", raw)
    else:
        assert session.set("d", raw).new == (value or None)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("select_multiple yes_no", ["no", "yes", "no"], ["no", "yes"]),
        ("select_multiple yes_no", "yes no", ["yes", "no"]),
        ("select_multiple yes_no", " ", None),
        ("select_multiple yes_no", ["maybe"], AnswerError),
        ("acknowledge", "OK", "OK"),
        ("acknowledge", "yes", AnswerError),
        ("date", "2026-03-05", "2026-03-05"),
        ("date", "31/02/2026", AnswerError),
        ("date", "2026-02-31", AnswerError),
        ("date", "tomorrow", AnswerError),
    ],
)
def test_each_type_has_one_canonical_form(
    tmp_path: Path, kind: str, raw: str | list[str], value: str | list[str] | type[AnswerError] | None
) -> None:
    session = opened(write_form(tmp_path, f"begin_group,g,,,,\n{kind},q,,,,\nend_group,,,,,\n"))
    if value is AnswerError:
        with pytest.raises(AnswerError):
            session.set("q", raw)
    else:
        assert session.set("q", raw).new == value
