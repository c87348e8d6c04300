"""Guidance beside the question and the page with everything to read, as a person with a keyboard meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListView, QScrollArea, QWidget

from hrddp_desktop.i18n import words
from hrddp_desktop.services.guidance import BASIS, TEXT_BASIS, guidance
from hrddp_desktop.ui.aside import Guidance
from hrddp_desktop.ui.folds import Fold, Folded, Folds
from hrddp_desktop.ui.parts import Button
from hrddp_desktop.ui.reading import ReadingPage
from tests.ui.hands import focused, press, press_here, type_here
from tests.ui.views import view

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window
    from hrddp_desktop.ui.wizard import Wizard

Key = Qt.Key


@pytest.fixture
def panel(dressed: QApplication, qtbot: QtBot) -> Guidance:
    """The guidance alone."""
    made = Guidance(words("en"))
    qtbot.addWidget(made)
    made.resize(320, 400)
    made.show()
    return made


@pytest.fixture
def page(at_home: Window, qtbot: QtBot) -> ReadingPage:
    """The page with everything to read, opened from the list of records."""
    button = at_home.findChild(Button, "read")
    assert button is not None
    button.setFocus()
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(at_home.screen_shown(), ReadingPage))
    shown = at_home.screen_shown()
    assert isinstance(shown, ReadingPage)
    return shown


def folds(panel: QWidget) -> list[Fold]:
    return [fold for fold in panel.findChildren(Fold) if fold.isVisibleTo(panel)]


def title_list(page: QWidget) -> QListView:
    found = page.findChild(QListView, "titles")
    assert found is not None
    return found


# --- beside the question ---


def test_the_words_of_a_question_and_its_notes_stand_below_its_guidance(panel: Guidance) -> None:
    panel.explain(view("text", name="rk_l", label="Real risk?", hint="", guidance="Look at the recipient."))
    assert "Words used here\nreal risk\nrecipient" in panel.text()
    assert "Notes\nLikelihood in five sentences" in panel.text()
    assert panel.text().startswith("Real risk?\nLook at the recipient.")


@pytest.mark.parametrize("basis", sorted(BASIS))
def test_where_the_rule_comes_from_is_said_in_words(panel: Guidance, basis: str) -> None:
    panel.explain(view("text", basis=basis))
    assert BASIS[basis] in panel.text()
    panel.explain(view("text", basis=basis, consumer="informs"))
    assert BASIS[basis] not in panel.text()


def test_a_word_opens_and_closes_by_the_keyboard_and_says_so_to_a_screen_reader(panel: Guidance) -> None:
    panel.explain(view("text", label="Recipient"))
    (fold,) = folds(panel)
    meaning = guidance("en").terms_in("recipient")[0]
    assert fold.arrow.accessibleName() == "recipient"
    assert meaning.definition not in panel.text()
    press(fold.arrow, Key.Key_Space)
    assert meaning.definition in panel.text()
    assert TEXT_BASIS[meaning.basis] in panel.text()
    assert fold.arrow.accessibleDescription() == meaning.definition
    press(fold.arrow, Key.Key_Return)
    assert meaning.definition not in panel.text()
    assert fold.arrow.accessibleDescription() == ""


def test_a_click_on_the_title_opens_it_and_brings_it_into_view(panel: Guidance) -> None:
    panel.explain(view("text", name="case", label="x", guidance="recipient " * 200))
    (fold,) = folds(panel)
    title = next(
        child for child in fold.findChildren(QWidget) if child.cursor().shape() == Qt.CursorShape.PointingHandCursor
    )
    QTest.mouseClick(title, Qt.MouseButton.LeftButton)
    assert fold.arrow.isChecked()
    assert panel.viewport().rect().contains(fold.mapTo(panel.viewport(), QPoint(0, 0)))


def test_another_question_closes_what_was_open(panel: Guidance) -> None:
    panel.explain(view("text", label="Recipient and support"))
    folds(panel)[0].arrow.click()
    panel.explain(view("text", label="Support"))
    (fold,) = folds(panel)
    assert not fold.arrow.isChecked()
    assert fold.text() == "support"
    panel.explain(None)
    assert folds(panel) == []


def test_a_question_without_words_or_notes_shows_no_heading(panel: Guidance) -> None:
    panel.explain(view("text", label="Date"))
    assert "Words used here" not in panel.text()
    assert "Notes" not in panel.text()


def test_no_title_is_cut_in_a_narrow_panel(dressed: QApplication, qtbot: QtBot) -> None:
    made = QWidget()
    qtbot.addWidget(made)
    shown = Folds("Heading", made)
    shown.show_all([Folded("A long title that has no room on one line of a narrow panel", "Text.")])
    assert shown.minimumSizeHint().width() < shown.fontMetrics().horizontalAdvance("A long title that has no room")


# --- everything there is to read ---


def test_the_page_says_what_the_app_is_not_and_how_many_rules_are_confirmed(page: ReadingPage) -> None:
    assert "not an official text of IOM or of the United Nations" in page.text()
    assert "0 of " in page.text()
    assert "rules confirmed by the policy owner" in page.text()


def test_everything_is_listed(page: ReadingPage) -> None:
    found = guidance("en")
    everything = 1 + len(found.notes) + len(found.terms) + len(found.acronyms) + len(found.resources)
    assert len(page.titles()) == everything


def test_a_search_leaves_what_fits_and_shows_the_first(page: ReadingPage) -> None:
    assert focused().objectName() == "search"
    type_here("below the threshold of nothing")
    assert page.titles() == []
    assert page.text() == ""
    press_here(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_here("intercede")
    assert page.titles()
    assert all("interce" in " ".join(page.text().split()).casefold() for _ in page.titles()[:1])
    field = page.findChild(QLineEdit, "search")
    assert field is not None
    field.clear()
    assert len(page.titles()) > 50


def test_arrows_lead_from_title_to_title_and_pass_over_headings(page: ReadingPage) -> None:
    titles = title_list(page)
    titles.setFocus()
    press_here(Key.Key_Down)
    assert page.text().startswith(guidance("en").notes[0].title)
    press_here(Key.Key_Up)
    assert page.text().startswith("What this app is")


def test_the_text_itself_takes_the_keyboard_and_can_be_heard(page: ReadingPage) -> None:
    sheet = page.findChild(QScrollArea, "sheet")
    assert sheet is not None
    titles = title_list(page)
    titles.setFocus()
    press_here(Key.Key_Down)
    press_here(Key.Key_Tab)
    assert sheet.hasFocus()
    assert sheet.accessibleName() == guidance("en").notes[0].title
    assert guidance("en").notes[0].text[:40] in sheet.accessibleDescription()


def test_the_way_back_leads_to_the_list_of_records(page: ReadingPage, at_home: Window, qtbot: QtBot) -> None:
    press_here(Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: at_home.screen_shown() is not None and at_home.screen_shown().objectName() == "home")  # type: ignore[union-attr]


def test_from_a_record_one_comes_back_to_its_page(wizard: Wizard, at_home: Window, qtbot: QtBot) -> None:
    wizard.show_page("g1_first")
    record = wizard.record
    press_here(Key.Key_F1)
    more = wizard.findChild(Button, "more_guidance")
    assert more is not None
    more.setFocus()
    press_here(Key.Key_Space)
    qtbot.waitUntil(lambda: isinstance(at_home.screen_shown(), ReadingPage))
    assert at_home.wizard is None
    press_here(Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: at_home.wizard is not None)
    again = at_home.wizard
    assert again is not None
    assert (again.record, again.current) == (record, "g1_first")


def test_half_typed_text_is_kept_before_one_reads(
    wizard: Wizard, at_home: Window, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    type_here("Registers at two posts")
    press_here(Key.Key_F1)
    more = wizard.findChild(Button, "more_guidance")
    assert more is not None
    more.click()
    qtbot.waitUntil(lambda: isinstance(at_home.screen_shown(), ReadingPage))
    assert stored()["a0_title"] == "Registers at two posts"
