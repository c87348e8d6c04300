"""The wizard, driven by keyboard: what is seen and what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.services import vault
from hrddp_desktop.ui.aside import Guidance
from hrddp_desktop.ui.banner import Banner
from hrddp_desktop.ui.dropdown import DropDown
from hrddp_desktop.ui.excuses import Excuse
from hrddp_desktop.ui.fields import Field
from hrddp_desktop.ui.notice import Notice
from hrddp_desktop.ui.options import CheckOption, RadioOption
from hrddp_desktop.ui.outline import REVIEW, Outline
from hrddp_desktop.ui.parts import Button, MessagePanel
from tests.ui.conftest import PASSPHRASE
from tests.ui.hands import focused, press, press_here, type_here

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window
    from hrddp_desktop.ui.wizard import Wizard

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
FIRST_QUESTIONS = ("a1_any_security", "a1_indirect", "a1_partner_links", "a1_escort")


def go_to(wizard: Wizard, page: str) -> None:
    """Press Next until the page is there."""
    for _step in range(20):
        if wizard.current == page:
            return
        press_here(Key.Key_Right, ALT)
    raise AssertionError(f"Next never reached {page}")


def choose(wizard: Wizard, path: str, code: str, qtbot: QtBot) -> None:
    """Tab to the question, move to the option, Space."""
    for _step in range(60):
        name = focused().objectName()
        if name.startswith(f"{path}="):
            break
        press_here(Key.Key_Tab)
    for _step in range(10):
        if focused().objectName() == f"{path}={code}":
            break
        press_here(Key.Key_Down)
    with qtbot.waitSignal(wizard.desk.changed):
        press_here(Key.Key_Space)


def banner(wizard: Wizard) -> str:
    found = wizard.findChild(Banner)
    assert isinstance(found, Banner)
    return found.text()


def test_an_empty_record_shows_incomplete_and_says_how_much_is_missing(wizard: Wizard) -> None:
    assert "Incomplete" in banner(wizard)
    texts = [button.text() for button in wizard.findChildren(Button) if button.isVisible()]
    assert any("missing" in text for text in texts)


def test_an_answer_is_stored_when_the_field_is_left(
    wizard: Wizard, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    assert focused().objectName() == "a0_title"
    with qtbot.waitSignal(wizard.desk.changed):
        type_here("Birth certificates & residence papers")
        press_here(Key.Key_Tab)
    assert stored()["a0_title"] == "Birth certificates & residence papers"
    assert "Saved " in "".join(label.text() for label in wizard.findChildren(QLabel))


def test_four_times_no_shows_not_applicable_with_rule_and_reason(
    wizard: Wizard, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    go_to(wizard, "g1_first")
    for path in FIRST_QUESTIONS:
        assert "Not applicable" not in banner(wizard)
        choose(wizard, path, "no", qtbot)
    assert "Not applicable" in banner(wizard)
    assert "D01" in banner(wizard)
    assert "The policy does not apply" in banner(wizard)
    assert {path: stored()[path] for path in FIRST_QUESTIONS} == dict.fromkeys(FIRST_QUESTIONS, "no")


def test_the_outline_follows_the_route(wizard: Wizard, qtbot: QtBot) -> None:
    go_to(wizard, "g1_first")
    outline = wizard.findChild(Outline)
    assert isinstance(outline, Outline)
    assert "g1_recipients" not in [line.page for line in outline.lines()]
    choose(wizard, "a1_any_security", "yes", qtbot)
    assert "g1_recipients" in [line.page for line in outline.lines()]


def test_a_question_that_begins_to_apply_comes_without_moving_the_keyboard(wizard: Wizard, qtbot: QtBot) -> None:
    go_to(wizard, "g1_first")
    choose(wizard, "a1_any_security", "yes", qtbot)
    assert focused().objectName() == "a1_any_security=yes"
    page = wizard.page()
    assert page is not None
    assert page.field("a1_urgency") is not None


def test_half_typed_text_is_committed_by_next(wizard: Wizard, stored: Callable[[], dict[str, object]]) -> None:
    type_here("Not left yet")
    press_here(Key.Key_Right, ALT)
    assert wizard.current != "g0_activity"
    assert stored()["a0_title"] == "Not left yet"


def test_back_and_next_go_through_all_pages_and_finish_ends_on_the_review(wizard: Wizard) -> None:
    seen = [wizard.current]
    while wizard.current != REVIEW:
        press_here(Key.Key_Right, ALT)
        assert wizard.current not in seen, "Next went in a circle"
        seen.append(wizard.current)
    for page in reversed(seen[:-1]):
        press_here(Key.Key_Left, ALT)
        assert wizard.current == page


def test_undo_takes_the_last_answer_back_in_the_window_and_in_the_vault(
    wizard: Wizard, qtbot: QtBot, stored: Callable[[], dict[str, object]]
) -> None:
    go_to(wizard, "g1_first")
    choose(wizard, "a1_any_security", "no", qtbot)
    press_here(Key.Key_Z, CONTROL)
    assert "a1_any_security" not in stored()
    assert not any(
        button.isChecked() for button in wizard.findChildren(RadioOption) if "any_security" in button.objectName()
    )


def test_the_list_of_missing_answers_leads_to_the_question(wizard: Wizard) -> None:
    press_here(Key.Key_M, CONTROL)
    assert focused().objectName() == "missing"
    press_here(Key.Key_End)
    press_here(Key.Key_Return)
    path = wizard.desk.assessment.missing()[-1].path
    assert focused().objectName().split("=")[0] == path


def test_the_guidance_belongs_to_the_question_in_focus(wizard: Wizard, at_home: Window) -> None:
    press_here(Key.Key_F1)
    guidance = wizard.findChild(Guidance)
    assert isinstance(guidance, Guidance)
    press_here(Key.Key_Tab)
    press_here(Key.Key_Backtab)
    assert "Short title" in guidance.text()


def test_a_record_opens_again_at_the_page_where_it_was_left(wizard: Wizard, at_home: Window, qtbot: QtBot) -> None:
    go_to(wizard, "g1_first")
    press_here(Key.Key_Home, ALT)
    qtbot.waitUntil(lambda: at_home.wizard is None)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: at_home.wizard is not None)
    assert at_home.wizard is not None
    assert at_home.wizard.current == "g1_first"


def test_text_that_was_never_committed_is_given_back_at_opening(wizard: Wizard, at_home: Window, qtbot: QtBot) -> None:
    wizard.desk.draft("a0_title", "People get their pa")
    press_here(Key.Key_Home, ALT)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: at_home.wizard not in (None, wizard))
    assert at_home.wizard is not None
    line = at_home.wizard.findChild(QLineEdit, "a0_title")
    assert isinstance(line, QLineEdit)
    assert line.text() == "People get their pa"


def test_what_the_vault_refuses_is_said_kept_and_tried_again(
    wizard: Wizard, stored: Callable[[], dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assessment = wizard.desk.assessment

    def full(_path: str, _raw: object) -> None:
        raise VaultError(Code.DISK_FULL)

    with monkeypatch.context() as patch:
        patch.setattr(assessment, "answer", full)
        type_here("Kept")
        press_here(Key.Key_Return)
    message = next(panel for panel in wizard.findChildren(MessagePanel) if panel.isVisible())
    assert "the disk is full" in message.text()
    assert "Not saved" in "".join(label.text() for label in wizard.findChildren(QLabel))
    assert "a0_title" not in stored()
    press(next(button for button in message.findChildren(Button) if button.text() == "Try again"), Key.Key_Space)
    assert stored()["a0_title"] == "Kept"
    assert not message.isVisible()


def test_closing_is_refused_once_while_an_answer_is_not_saved(
    wizard: Wizard, at_home: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: str, _raw: object) -> None:
        raise VaultError(Code.DISK_FULL)

    monkeypatch.setattr(wizard.desk.assessment, "answer", full)
    type_here("Not on the disk")
    assert not at_home.close()
    assert at_home.isVisible()
    assert "Not saved" in "".join(label.text() for label in wizard.findChildren(QLabel))
    assert at_home.close()


def test_a_question_can_be_left_with_the_promise_to_find_out(wizard: Wizard, qtbot: QtBot, made_vault: Path) -> None:
    go_to(wizard, "g1_first")
    page = wizard.page()
    assert page is not None
    field = page.field("a1_indirect")
    assert field is not None
    offer = next(button for button in field.findChildren(Button) if "Not known yet" in button.text())
    press(offer, Key.Key_Space)
    type_here("The list comes in May")
    press_here(Key.Key_Tab)
    type_here("Logistics officer")
    with qtbot.waitSignal(wizard.desk.changed):
        press_here(Key.Key_Return)
    assert "Logistics officer" in "".join(label.text() for label in field.findChildren(QLabel) if label.isVisible())
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        excused = office.open(wizard.record).session.excused()
    assert excused["a1_indirect"]["who"] == "Logistics officer"


def test_a_constraint_is_said_beside_the_question_and_the_value_is_kept(wizard: Wizard, qtbot: QtBot) -> None:
    page = wizard.page()
    assert page is not None
    line = wizard.findChild(QLineEdit, "a0_country")
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    with qtbot.waitSignal(wizard.desk.changed):
        type_here("Ilmaria")
        press_here(Key.Key_Return)
    field = page.field("a0_country")
    assert isinstance(field, Field)
    assert field.problem()
    assert line.text() == "Ilmaria"


def test_after_the_last_question_tab_leads_to_next_and_back(wizard: Wizard, qtbot: QtBot) -> None:
    for name in each_page(wizard, qtbot):
        wizard.show_page(name)
        page = wizard.page()
        if page is None:
            continue
        stops = [stop for stop in page.stops() if _reachable(stop)]
        if stops:
            stops[-1].setFocus()
            press_here(Key.Key_Tab)
        assert focused().objectName() == "next", name
        if name != "g0_activity":
            press_here(Key.Key_Tab)
            assert focused().objectName() == "back", name


def test_each_page_begins_at_its_first_real_question_in_full_view(wizard: Wizard, qtbot: QtBot) -> None:
    for name in each_page(wizard, qtbot):
        wizard.show_page(name)
        page = wizard.page()
        if page is None:
            continue
        assert page.isAncestorOf(focused()) or not any(_reachable(stop) for stop in page.stops()), name


def test_every_missing_answer_that_is_jumped_to_is_in_view_with_its_label(wizard: Wizard, qtbot: QtBot) -> None:
    each_page(wizard, qtbot)
    for each in wizard.desk.assessment.missing():
        wizard.jump(each.path)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        qtbot.waitUntil(lambda: _in_view(wizard))


def test_enter_presses_a_focused_button(wizard: Wizard) -> None:
    first = wizard.current
    press(wizard.findChild(Button, "next"), Key.Key_Return)
    assert wizard.current != first
    press(wizard.findChild(Button, "back"), Key.Key_Enter)
    assert wizard.current == first


def test_the_keys_are_named_where_the_pointer_rests(wizard: Wizard) -> None:
    said = "\n".join(button.toolTip() for button in wizard.findChildren(Button))
    for keys in ("Ctrl+Enter", "Alt+Right", "Alt+Left", "Ctrl+M", "F1", "Ctrl+Z", "Alt+Home"):
        assert keys in said, keys


def open_excuse(wizard: Wizard, path: str) -> Field:
    page = wizard.page()
    assert page is not None
    field = page.field(path)
    assert isinstance(field, Field)
    offer = next(button for button in field.findChildren(Button) if "Not known yet" in button.text())
    press(offer, Key.Key_Return)
    return field


def offers(field: QWidget) -> list[str]:
    shown = (button.text() for button in field.findChildren(Button) if button.isVisible())
    return [text for text in shown if "Not known yet" in text]


def test_escape_closes_the_form_of_an_excuse(wizard: Wizard) -> None:
    go_to(wizard, "g1_first")
    field = open_excuse(wizard, "a1_indirect")
    assert isinstance(focused(), QLineEdit)
    press_here(Key.Key_Escape)
    assert "Not known yet" in focused().accessibleName()
    assert field.isAncestorOf(focused())
    assert len(offers(field)) == 1


def test_the_form_of_an_excuse_closes_when_the_question_is_answered(wizard: Wizard) -> None:
    go_to(wizard, "g1_first")
    field = open_excuse(wizard, "a1_indirect")
    wizard.desk.commit("a1_indirect", "no")
    assert not [line for line in field.findChildren(QLineEdit) if line.isVisible()]
    assert offers(field) == []


def test_a_table_with_rows_offers_no_excuse(wizard: Wizard, qtbot: QtBot) -> None:
    each_page(wizard, qtbot)
    wizard.show_page("g1_recipients")
    page = wizard.page()
    assert page is not None
    table = page.field("a1_recipients")
    assert table is not None
    own = [child for child in table.children() if isinstance(child, Excuse)]
    assert [offer for excuse in own for offer in offers(excuse)] == []


def test_answering_after_all_leads_to_that_question(wizard: Wizard, qtbot: QtBot) -> None:
    go_to(wizard, "g1_first")
    wizard.desk.excuse("a1_indirect", "later", "The list comes in May", "Logistics officer")
    page = wizard.page()
    assert page is not None
    field = page.field("a1_indirect")
    assert isinstance(field, Field)
    back = next(button for button in field.findChildren(Button) if button.text() == "Answer after all")
    press(back, Key.Key_Return)
    assert focused().objectName().startswith("a1_indirect=")


def test_guidance_belongs_to_the_question_whose_excuse_is_written(wizard: Wizard) -> None:
    go_to(wizard, "g1_first")
    press_here(Key.Key_F1)
    open_excuse(wizard, "a1_indirect")
    guidance = wizard.findChild(Guidance)
    assert isinstance(guidance, Guidance)
    assert wizard.desk.assessment.view("a1_indirect", "en").label in guidance.text()


def test_an_answer_that_asks_for_many_more_says_so_calmly(wizard: Wizard, qtbot: QtBot) -> None:
    go_to(wizard, "g1_first")
    before = len(wizard.desk.assessment.missing())
    choose(wizard, "a1_any_security", "yes", qtbot)
    more = len(wizard.desk.assessment.missing()) - before + 1
    notice = wizard.findChild(Notice)
    assert isinstance(notice, Notice)
    assert f"{more} more answers" in notice.text()
    choose(wizard, "a1_indirect", "no", qtbot)
    assert notice.text() == ""


def test_a_page_where_nothing_is_due_shows_a_tick_once_something_is_filled_in(wizard: Wizard) -> None:
    outline = wizard.findChild(Outline)
    assert isinstance(outline, Outline)
    for path in FIRST_QUESTIONS:
        wizard.desk.commit(path, "no")
    states = {line.page: line.state for line in outline.lines()}
    assert (states["g0_document"], states["g1_result"]) == ("filled", "free")


def test_a_calculation_is_shown_in_words(wizard: Wizard, qtbot: QtBot) -> None:
    each_page(wizard, qtbot)
    wizard.desk.commit("a1_recipients/R1/rec_type", "border_control")
    wizard.show_page("g1_recipients")
    cell = wizard.findChild(Field, "field:a1_recipients/R1/rec_scope")
    assert isinstance(cell, Field)
    definition = wizard.desk.assessment.session.definition
    word = definition.choice_label("rec_scope", "in", "en")
    assert word != "in"
    assert word in [label.text() for label in cell.findChildren(QLabel)]


def _in_view(wizard: Wizard) -> bool:
    page, widget = wizard.page(), focused()
    if page is None:
        return True
    assert page.isAncestorOf(widget)
    whole: QWidget | None = widget
    while whole is not None and not isinstance(whole, Field):
        whole = whole.parentWidget()
    room = page.viewport().height()
    shown = whole if whole is not None and whole.height() <= room else widget
    top = shown.mapTo(page.viewport(), QPoint(0, 0)).y()
    return top >= 0 and top + shown.height() <= room


# --- what holds for every page ---


def each_page(wizard: Wizard, qtbot: QtBot) -> list[str]:
    """Open Action 1 wide, with a row in each table, and name all pages."""
    go_to(wizard, "g1_first")
    choose(wizard, "a1_any_security", "yes", qtbot)
    for table in ("a1_recipients", "a1_supports"):
        wizard.desk.add_row(table)
    outline = wizard.findChild(Outline)
    assert isinstance(outline, Outline)
    return [line.page for line in outline.lines() if line.page]


def visible_controls(wizard: Wizard) -> list[QWidget]:
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox)
    found: list[QWidget] = []
    for kind in kinds:
        found += [control for control in wizard.findChildren(kind) if control.isVisible()]
    return [control for control in found if control.objectName() != "qt_toolbar_ext_button"]


def test_no_control_of_any_page_is_without_a_name(wizard: Wizard, qtbot: QtBot) -> None:
    for page in each_page(wizard, qtbot):
        wizard.show_page(page)
        for control in visible_controls(wizard):
            name = control.accessibleName() or getattr(control, "text", str)()
            assert name.strip(), f"{page}: {type(control).__name__} {control.objectName()!r} has no name"


def test_tab_reaches_every_question_of_every_page_in_reading_order(wizard: Wizard, qtbot: QtBot) -> None:
    for name in each_page(wizard, qtbot):
        wizard.show_page(name)
        page = wizard.page()
        if page is None:
            continue
        expected = [item.path for item in page.column().items() if any(_reachable(stop) for stop in item.stops())]
        stops = {id(stop): item.path for item in page.column().items() for stop in item.stops()}
        reached: list[str] = []
        for _step in range(150):
            path = stops.get(id(QApplication.focusWidget()))
            if path is not None and (not reached or reached[-1] != path):
                if path in reached:
                    break
                reached.append(path)
            press_here(Key.Key_Tab)
        assert reached == expected, name


@pytest.mark.parametrize("panel", [False, True])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_cut_at_1024_by_600(
    language: str, panel: bool, wizard: Wizard, at_home: Window, qtbot: QtBot
) -> None:
    pages = each_page(wizard, qtbot)
    wizard.language.emit(language)
    if language != "en":
        qtbot.waitUntil(lambda: at_home.wizard is not wizard)
    shown = at_home.wizard
    assert shown is not None
    assert (at_home.width(), at_home.height()) == (1024, 600)
    if panel:
        shown.list_missing()
    for page in pages:
        shown.show_page(page)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        assert not cut_widgets(shown), page


def cut_widgets(root: QWidget) -> list[str]:
    """Every visible label or button that does not show all of its text, or reaches out of the window."""
    cut = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty() or isinstance(widget, DropDown):
            continue
        if isinstance(widget, QLabel | RadioOption | CheckOption) and widget.hasHeightForWidth():
            if widget.height() < widget.heightForWidth(widget.width()):
                cut.append(f"too low: {_said(widget)}")
        elif isinstance(widget, Button) and widget.width() < widget.sizeHint().width():
            cut.append(f"too narrow: {_said(widget)}")
        corner = widget.mapTo(root.window(), widget.rect().topLeft()).x()
        if isinstance(widget, QLabel | QAbstractButton) and not 0 <= corner <= root.window().width() - widget.width():
            cut.append(f"outside: {_said(widget)}")
    return cut


def test_the_look_for_cut_widgets_can_find_one(wizard: Wizard) -> None:
    label = next(label for label in wizard.findChildren(QLabel) if label.isVisible() and label.wordWrap())
    label.setFixedHeight(4)
    assert cut_widgets(wizard)


def _reachable(stop: QWidget) -> bool:
    return stop.isVisible() and stop.isEnabled()


def _said(widget: QWidget) -> str:
    return f"{type(widget).__name__} {getattr(widget, 'text', str)()!r}"
