"""One question on the screen, driven as a person does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QCalendarWidget,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hrddp_desktop.engine.survey import LINK_TYPES, LIST_TYPES, PLAIN_TYPES
from hrddp_desktop.errors import AnswerError, Code
from hrddp_desktop.i18n import words
from hrddp_desktop.ui import fields
from hrddp_desktop.ui.dropdown import DropDown
from hrddp_desktop.ui.fields import KINDS, Field
from hrddp_desktop.ui.options import CheckOption, RadioOption
from hrddp_desktop.ui.typed import Calendar
from tests.ui.hands import press, type_in
from tests.ui.views import options, view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.engine.views import FieldView

Key = Qt.Key


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Callable[[FieldView], Field]]:
    """Put a question into a window with something to go to behind it."""
    # A window without a parent lives as long as Python knows it.
    windows: list[QWidget] = []

    def shown(given: FieldView) -> Field:
        window = QWidget()
        qtbot.addWidget(window)
        windows.append(window)
        layout = QVBoxLayout(window)
        field = Field(given, words("en"), window)
        layout.addWidget(field)
        after = QLineEdit(window)
        after.setObjectName("after")
        layout.addWidget(after)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        field.take_focus()
        return field

    yield shown
    windows.clear()


def line(field: Field) -> QLineEdit:
    found = field.findChild(QLineEdit, field.path)
    assert isinstance(found, QLineEdit)
    return found


def test_there_is_an_editor_for_every_kind_of_answer_and_no_other() -> None:
    # A long text is a text with the appearance "multiline".
    assert set(KINDS) == {*PLAIN_TYPES, *LIST_TYPES, *LINK_TYPES, "long"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_kind_shows_an_answer_that_nobody_gave(kind: str, show: Callable[[FieldView], Field]) -> None:
    field = show(view(kind, options=options("a", "b", "c")))
    assert field.raw() in ("", [])


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"note", "calculate"}))
def test_every_control_tells_the_question_to_a_screen_reader(kind: str, show: Callable[[FieldView], Field]) -> None:
    field = show(view(kind, options=options("a", "b")))
    for stop in field.stops():
        if stop.isVisible():
            told = f"{stop.accessibleName()} {stop.accessibleDescription()} {getattr(stop, 'plain', '')}"
            assert "What <is> this & that?" in told


@pytest.mark.parametrize("leave", [Key.Key_Tab, Key.Key_Return])
def test_a_text_is_committed_when_it_is_left_or_confirmed(
    leave: Key, show: Callable[[FieldView], Field], qtbot: QtBot
) -> None:
    field = show(view("text"))
    type_in(line(field), "Police & Co")
    with qtbot.waitSignal(field.committed, check_params_cb=lambda path, raw: (path, raw) == ("q_one", "Police & Co")):
        press(line(field), leave)


def test_a_text_is_committed_after_a_pause(
    show: Callable[[FieldView], Field], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "QUIET_MS", 50)
    field = show(view("text"))
    with qtbot.waitSignal(field.committed):
        type_in(line(field), "typed")


def test_a_draft_is_written_while_somebody_types_without_a_pause(
    show: Callable[[FieldView], Field], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "DRAFT_MS", 60)
    field = show(view("long"))
    area = field.findChild(QPlainTextEdit, "q_one")
    with qtbot.waitSignal(field.drafted) as drafted:
        # Keys faster than the pause; a timer that each key starts anew would never ring.
        for _key in range(30):
            press(area, Key.Key_X, delay_ms=10)
    assert str(drafted.args[1]).startswith("x")


def test_leaving_without_a_change_commits_nothing(show: Callable[[FieldView], Field], qtbot: QtBot) -> None:
    field = show(view("text", value="stored"))
    with qtbot.assertNotEmitted(field.committed):
        press(line(field), Key.Key_Tab)


def test_half_typed_text_survives_a_new_view(show: Callable[[FieldView], Field], qtbot: QtBot) -> None:
    field = show(view("text"))
    type_in(line(field), "half")
    field.show_view(view("text", problem="Something else changed."))
    assert line(field).text() == "half"


@pytest.mark.parametrize("raw", ["31/02/2026", "tomorrow", "2026-13-01"])
def test_a_date_that_is_not_one_stays_typed_with_the_reason_beside_it(
    raw: str, show: Callable[[FieldView], Field], qtbot: QtBot
) -> None:
    field = show(view("date"))
    type_in(line(field), raw)
    with qtbot.waitSignal(field.committed):
        press(line(field), Key.Key_Return)
    with qtbot.waitSignal(field.drafted):
        field.refuse(AnswerError(Code.VALUE_NOT_ALLOWED, value=raw, question="q_one", detail="no date"))
    field.show_view(view("date"))
    assert line(field).text() == raw
    assert "2026-03-05" in field.problem()
    assert field.problem() in line(field).accessibleDescription()


@pytest.mark.parametrize("typed", ["2026-3-5", "2026/03/05", " 2026.03.05 ", "٢٠٢٦-٠٣-٠٥"])
def test_a_date_is_understood_in_the_ways_it_is_written(
    typed: str, show: Callable[[FieldView], Field], qtbot: QtBot
) -> None:
    field = show(view("date"))
    line(field).clear()
    line(field).insert(typed)
    with qtbot.waitSignal(field.committed, check_params_cb=lambda _path, raw: raw == "2026-03-05"):
        press(line(field), Key.Key_Return)


def test_arrows_read_through_radio_options_and_only_space_chooses(
    show: Callable[[FieldView], Field], qtbot: QtBot
) -> None:
    field = show(view("select_one", options=options("yes", "no", "unsure")))
    first = field.findChild(RadioOption, "q_one=yes")
    with qtbot.assertNotEmitted(field.committed):
        press(first, Key.Key_Down)
        press(QApplication.focusWidget(), Key.Key_Down)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "q_one=unsure"
    with qtbot.waitSignal(field.committed, check_params_cb=lambda _path, raw: raw == "unsure"):
        press(focused, Key.Key_Space)


def test_a_choice_can_be_taken_back(show: Callable[[FieldView], Field], qtbot: QtBot) -> None:
    field = show(view("select_one", options=options("yes", "no"), value="yes"))
    with qtbot.waitSignal(field.committed, check_params_cb=lambda _path, raw: raw == ""):
        press(field.findChild(RadioOption, "q_one=yes"), Key.Key_Delete)
    assert not any(button.isChecked() for button in field.findChildren(RadioOption))


def test_many_options_stand_in_a_list_that_wheel_and_letters_do_not_change(
    show: Callable[[FieldView], Field], qtbot: QtBot
) -> None:
    field = show(view("select_one", options=options(*"abcdefgh")))
    combo = field.findChild(DropDown)
    assert isinstance(combo, DropDown)
    with qtbot.assertNotEmitted(field.committed):
        turn = QWheelEvent(
            QPointF(5, 5),
            combo.mapToGlobal(QPointF(5, 5)),
            QPoint(0, -120),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(combo, turn)
        press(combo, Key.Key_C)
    assert combo.currentIndex() == -1


# The offscreen screen says of each list that opens that it can neither raise it nor give it the keyboard.
@pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing the keyboard", extend=True)
def test_a_list_is_opened_and_chosen_from_by_keyboard(show: Callable[[FieldView], Field], qtbot: QtBot) -> None:
    field = show(view("select_one", options=options(*"abcdefgh")))
    combo = field.findChild(DropDown)
    assert isinstance(combo, DropDown)
    press(combo, Key.Key_Down)
    qtbot.waitUntil(combo.view().isVisible)
    press(combo.view(), Key.Key_Down)
    press(combo.view(), Key.Key_Down)
    with qtbot.waitSignal(field.committed):
        press(combo.view(), Key.Key_Return)
    assert combo.currentIndex() >= 0


def test_every_tick_is_an_answer(show: Callable[[FieldView], Field], qtbot: QtBot) -> None:
    field = show(view("select_multiple", options=options("a", "b", "c"), value=["a"]))
    with qtbot.waitSignal(field.committed, check_params_cb=lambda _path, raw: raw == ["a", "c"]):
        press(field.findChild(CheckOption, "q_one=c"), Key.Key_Space)


def test_an_excuse_says_who_will_find_out(show: Callable[[FieldView], Field], qtbot: QtBot) -> None:
    field = show(view("text", excuse_kinds=("later",)))
    offer = next(button for button in field.findChildren(QPushButton) if "Not known yet" in button.text())
    press(offer, Key.Key_Space)
    why, who = [edit for edit in field.findChildren(QLineEdit) if edit is not line(field)]
    type_in(why, "The list comes in May")
    type_in(who, "Logistics officer")
    with qtbot.waitSignal(field.excused) as excused:
        press(who, Key.Key_Return)
    assert excused.args == ["q_one", "later", "The list comes in May", "Logistics officer"]


def test_no_label_reads_markup(show: Callable[[FieldView], Field]) -> None:
    field = show(view("text", hint="<b>bold</b>", problem="a < b"))
    formats = {label.textFormat() for label in field.findChildren(QLabel) if label.text()}
    assert formats == {Qt.TextFormat.PlainText}


def test_a_label_shows_an_ampersand_as_it_is(show: Callable[[FieldView], Field]) -> None:
    field = show(view("text"))
    label = next(found for found in field.findChildren(QLabel) if found.buddy() is line(field))
    assert label.text() == "What <is> this && that?"
    assert line(field).accessibleName() == "What <is> this & that?"


# Without a screen there is no window manager to raise a popup or to give it the keyboard.
@pytest.mark.qt_log_ignore("does not support", extend=True)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_calendar_has_room_for_the_names_of_days_and_stays_on_the_screen(
    dressed: QApplication, qtbot: QtBot, language: str
) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    line.show()
    room = line.screen().availableGeometry()
    line.move(room.right() - 20, room.bottom() - 20)
    calendar = Calendar(words(language), line)
    calendar.open_below(line, None)
    month = calendar.findChild(QCalendarWidget)
    assert isinstance(month, QCalendarWidget)
    names = [month.locale().dayName(day, QLocale.FormatType.ShortFormat) for day in range(1, 8)]
    assert month.width() // 7 > max(month.fontMetrics().horizontalAdvance(name) for name in names)
    assert room.contains(calendar.frameGeometry())
    calendar.hide()
