"""Worked cases are listed with what they decide and teach, and opened without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.views import FieldView, TableView
from hrddp_desktop.i18n import LANGUAGES
from hrddp_desktop.services.examples import offered, open_example

if TYPE_CHECKING:
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.records import Office

NAMES = (
    "case1",
    "ibm_escalates",
    "ibm_proceeds",
    "community_must_not",
    "small_short",
    "case4",
    "rights_course",
    "armed_group",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_says_what_it_decides_and_teaches(forms: Forms, language: str) -> None:
    listed = offered(forms, language)
    assert tuple(each.name for each in listed) == NAMES
    assert all(each.title and each.teaches for each in listed)
    assert [each.outcome for each in listed[:4]] == [
        "proceed_with_mitigation",
        "escalate",
        "proceed_with_mitigation",
        "must_not_proceed",
    ]
    words = {each.word for each in listed}
    assert words.isdisjoint({each.word for each in offered(forms, "en")}) == (language != "en")


@pytest.mark.parametrize("name", NAMES)
def test_every_doubt_stands_beside_an_answer_that_is_shown(forms: Forms, name: str) -> None:
    case = open_example(forms, name, "en")
    assert len(case.notes) >= 3
    assert {doubt.path for doubt in case.placed("en")} == set(case.doubts)
    for doubt in case.placed("en"):
        table, _, rest = doubt.path.partition("/")
        views = {view.path: view for view in case.page(doubt.page, "en")}
        assert table in views, doubt
        shown = views[table]
        if isinstance(shown, TableView) and rest:
            row = next(each for each in shown.rows if each.row_id == doubt.row)
            assert rest == doubt.row or doubt.path in {cell.path for cell in row.cells}, doubt


def test_doubts_are_read_in_the_order_of_the_pages(forms: Forms) -> None:
    case = open_example(forms, "case1", "en")
    order = [page.name for page in case.pages("en")]
    assert [doubt.page for doubt in case.placed("en")] == sorted(
        (doubt.page for doubt in case.placed("en")), key=order.index
    )


def test_doubts_are_said_in_the_language_of_the_reader(forms: Forms) -> None:
    english, french = (open_example(forms, "case1", language) for language in ("en", "fr"))
    assert english.doubts.keys() == french.doubts.keys()
    assert set(english.doubts.values()).isdisjoint(french.doubts.values())
    assert french.title != english.title


def test_nothing_in_an_example_can_be_changed(forms: Forms) -> None:
    case = open_example(forms, "case1", "en")
    for page in case.pages("en"):
        for view in case.page(page.name, "en"):
            cells = (cell for row in view.rows for cell in row.cells) if isinstance(view, TableView) else (view,)
            assert {cell.type for cell in cells} <= {"note", "calculate"}
            assert not view.takes_rows if isinstance(view, TableView) else not view.options
    assert not hasattr(case, "answer")
    title = case.view("a0_title", "en")
    assert isinstance(title, FieldView)
    assert (title.type, title.text, title.excuse_kinds) == ("calculate", title.value, ())


def test_an_example_leaves_no_record_in_the_vault(office: Office) -> None:
    for name in NAMES:
        open_example(office.forms, name, "en")
    assert office.records() == ()
    assert office.check() == []
