"""Locking: nothing typed is lost, nothing of the record is left on the screen or behind it, the person comes back."""

from __future__ import annotations

import shutil
import weakref
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from hrddp_desktop import clock, paths
from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.services import assessment, vault
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.records import Office
from hrddp_desktop.storage import vault as storage
from hrddp_desktop.storage.store import Store
from hrddp_desktop.ui import lock, place
from hrddp_desktop.ui.dialogs import Asker
from hrddp_desktop.ui.fields import Field
from hrddp_desktop.ui.guard import Reason
from hrddp_desktop.ui.outline import REVIEW
from hrddp_desktop.ui.reason import ReasonPanel
from hrddp_desktop.ui.start import Unlock
from hrddp_desktop.ui.tables import TableEditor
from hrddp_desktop.ui.typed import Calendar
from tests.services.test_records import sign
from tests.storage.vaults import CHEAP
from tests.ui.conftest import PASSPHRASE, PERSON
from tests.ui.hands import focused, press, press_here, type_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window
    from hrddp_desktop.ui.wizard import Wizard

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
CANARY = "Vermilion heron"
_NOT_APPLICABLE = {
    "a0_title": "Birth certificates",
    "a0_stage": "proposal",
    "a1_any_security": "no",
    "a1_indirect": "no",
    "a1_partner_links": "no",
    "a1_escort": "no",
}
_CASE = Path(__file__).parents[1] / "data" / "cases" / "case1.json"
# A list that drops down is a window of its own, which the offscreen screen can show but not raise.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")


@pytest.fixture(scope="session")
def with_case(compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with a worked case in which everything that can be asked is asked; made once."""
    folder = tmp_path_factory.mktemp("with_case") / "made.hrddp"
    # Opened some fifty times here: the key is stretched less than a person's.
    with Office(storage.create(folder, PASSPHRASE, PERSON, cost=CHEAP), Forms(cache=compiled)) as office:
        record = office.import_answers(assessment.read(_CASE.read_bytes(), "case1"))
        office.open(record).answer("a0_title", f"{CANARY} crossing")
    return folder


@pytest.fixture
def made_vault(home: Path, compiled: Path, with_case: Path) -> Path:
    """A copy of that vault."""
    shutil.copytree(compiled, paths.cache_dir())
    return Path(shutil.copytree(with_case, paths.default_vault()))


@pytest.fixture
def full(at_home: Window) -> Window:
    """The window with the worked case open."""
    assert at_home.office is not None
    at_home.open_record(at_home.office.records()[0].record)
    return at_home


def opened(window: Window) -> Wizard:
    assert window.wizard is not None
    return window.wizard


def name(window: Window) -> str:
    screen = window.screen_shown()
    return screen.objectName() if screen is not None else ""


def go_away(window: Window, qtbot: QtBot) -> None:
    """Lock by key, and look whether anything of the vault is left."""
    QApplication.sendPostedEvents()
    window.activateWindow()
    press(window, Key.Key_L, CTRL)
    qtbot.waitUntil(lambda: window.office is None)
    assert name(window) == "unlock"
    assert [each for each in everything_said() if CANARY.lower() in each.lower()] == []


def come_back(window: Window, qtbot: QtBot) -> None:
    """Unlock as a person does."""
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: name(window) != "unlock")


def everything_said() -> list[str]:
    """Every text that a widget of the app holds, seen or not, with what is copied."""
    texts = [QGuiApplication.clipboard().text(), *(each.title() for each in QGuiApplication.allWindows())]
    for widget in QApplication.allWidgets():
        texts += [widget.windowTitle(), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        if isinstance(widget, QLabel | QLineEdit | QAbstractButton):
            texts.append(widget.text())
        elif isinstance(widget, QPlainTextEdit):
            texts.append(widget.toPlainText())
        elif isinstance(widget, QComboBox):
            texts += [widget.itemText(line) for line in range(widget.count())]
        elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
            texts += cells(widget.model())
    return texts


def cells(model: QAbstractItemModel) -> Iterator[str]:
    for line in range(model.rowCount(QModelIndex())):
        for section in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())):
            yield str(model.index(line, section).data())


def question(widget: QWidget | None) -> str:
    """The question or row that a widget belongs to."""
    while widget is not None and not isinstance(widget, Field | TableEditor):
        widget = widget.parentWidget()
    return widget.path if isinstance(widget, Field) else widget.row_path if widget is not None else ""


def here() -> tuple[str, str, str, int]:
    """Where the keyboard is: question, name, text, cursor."""
    widget = focused()
    if isinstance(widget, QLineEdit):
        return question(widget), widget.objectName(), widget.text(), widget.cursorPosition()
    if isinstance(widget, QPlainTextEdit):
        return question(widget), widget.objectName(), widget.toPlainText(), widget.textCursor().position()
    return question(widget), widget.objectName(), "", 0


def round_trip(window: Window, qtbot: QtBot) -> None:
    """Lock and unlock: the person is where they were, in mid-word."""
    before, page = here(), opened(window).current
    go_away(window, qtbot)
    come_back(window, qtbot)
    assert (here(), opened(window).current) == (before, page)


def at(window: Window, page: str, path: str) -> QWidget:
    opened(window).show_page(page, path)
    assert question(focused()) == path
    return focused()


# --- nothing is lost, nothing is left ---


_HALF = (
    ("g0_activity", "a0_title", " again  "),
    ("g0_activity", "a0_objective", f" {CANARY}  "),
    ("g0_where_when", "a0_start", "-"),
    ("g4_judgement", "a4_validity", "x"),
    ("g1_recipients", "a1_recipients/R2/rec_name", CANARY),
)


def test_half_typed_text_comes_back_letter_by_letter(full: Window, qtbot: QtBot) -> None:
    for page, path, typed in _HALF:
        at(full, page, path)
        press_here(Key.Key_End)
        type_here(typed)
        press_here(Key.Key_Left)
        answers = opened(full).desk.assessment.session.answers()
        round_trip(full, qtbot)
        assert opened(full).desk.assessment.session.answers() == answers, "half-typed text is no answer"
        assert typed in here()[2]


def test_the_window_locks_wherever_the_keyboard_is(full: Window, qtbot: QtBot, counts: Callable[[str], int]) -> None:
    pages = [line for line in opened(full)._names if line != REVIEW]  # noqa: SLF001 - the pages of this record
    for number in range(counts("lock_positions")):
        wizard = opened(full)
        wizard.show_page(pages[number * 7 % len(pages)])
        page = wizard.page()
        assert page is not None
        stops = [stop for stop in page.stops() if stop.isEnabled() and stop.isVisibleTo(page)]
        if not stops:
            continue
        stop = stops[number * 11 % len(stops)]
        stop.setFocus()
        if isinstance(stop, QLineEdit | QPlainTextEdit):
            type_here(CANARY)
        before, shown = here(), wizard.current
        go_away(full, qtbot)
        come_back(full, qtbot)
        after = here()
        assert (opened(full).current, after[0]) == (shown, before[0])
        if before[1]:
            assert after == before


def test_a_lock_that_keeps_nothing_is_noticed(full: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what is dropped on the way is missed by the tests above."""
    monkeypatch.setattr(Field, "half_typed", lambda _field: None)
    monkeypatch.setattr(place, "_lines", lambda _screen: iter(()))
    for begin in (lambda window: at(window, "g0_activity", "a0_title"), open_excuse):
        begin(full)
        type_here(CANARY)
        with pytest.raises(AssertionError):
            round_trip(full, qtbot)


def test_what_a_lock_must_take_away_is_there_before_it(full: Window) -> None:
    """The control: before the lock the record is seen in many widgets."""
    assert len([each for each in everything_said() if CANARY in each]) > 3


def open_excuse(window: Window) -> None:
    at(window, "g3_told", "a3_letter_ack")
    field = opened(window).findChild(Field, "field:a3_letter_ack")
    assert isinstance(field, Field)
    offer = next(each for each in field.findChildren(QAbstractButton) if each.property("excuse") == "later")
    press(offer, Key.Key_Space)


def test_a_half_typed_excuse_comes_back(full: Window, qtbot: QtBot) -> None:
    open_excuse(full)
    type_here("The translator")
    press_here(Key.Key_Tab)
    type_here(CANARY)
    round_trip(full, qtbot)
    why = next(each for each in opened(full).findChildren(QLineEdit) if each.objectName().endswith(":why"))
    assert why.text() == "The translator"


def test_a_change_that_waits_for_a_reason_waits_again(full: Window, qtbot: QtBot) -> None:
    sign(opened(full).desk._record)  # noqa: SLF001 - the open record
    full.open_record(opened(full).record)
    opened(full).desk.commit("a0_stage", "concept")
    asked = opened(full).findChild(ReasonPanel)
    assert isinstance(asked, ReasonPanel)
    assert asked.isVisible()
    type_here(CANARY)
    round_trip(full, qtbot)
    press_here(Key.Key_Return)
    assert opened(full).desk.assessment.session.value("a0_stage") == "concept"


def test_a_half_typed_comment_comes_back(full: Window, qtbot: QtBot) -> None:
    at(full, "g0_activity", "a0_title")
    press_here(Key.Key_M, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert focused().objectName() == "comment"
    type_here(f"{CANARY} ")
    go_away(full, qtbot)
    come_back(full, qtbot)
    at(full, "g0_activity", "a0_title")
    press_here(Key.Key_M, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert here()[1:3] == ("comment", f"{CANARY} ")


def test_a_lock_while_the_date_is_asked_for_keeps_the_place(
    full: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(full, "g0_activity", "a0_title")
    type_here(CANARY)
    before = here()
    go_away(full, qtbot)
    computer = clock.computer
    monkeypatch.setattr(clock, "computer", lambda: computer() + timedelta(days=90))
    come_back(full, qtbot)
    assert name(full) == "day_question"
    go_away(full, qtbot)
    come_back(full, qtbot)
    press(full.findChild(QAbstractButton, "day_right"), Key.Key_Space)
    qtbot.waitUntil(lambda: name(full) == "wizard")
    assert here() == before


def test_a_search_comes_back_to_the_list(at_home: Window, full: Window, qtbot: QtBot) -> None:
    at_home.show_home()
    press_here(Key.Key_F, CTRL)
    type_here(CANARY)
    before = here()
    go_away(at_home, qtbot)
    come_back(at_home, qtbot)
    assert (name(at_home), here()) == ("home", before)


def test_particulars_of_a_new_person_come_back_and_passphrases_do_not(at_home: Window, qtbot: QtBot) -> None:
    at_home.show_people()
    press(at_home.findChild(QAbstractButton, "add"), Key.Key_Space)
    type_here(CANARY)
    own = at_home.findChild(QLineEdit, "own_passphrase")
    assert isinstance(own, QLineEdit)
    own.setText("half a passphrase")
    go_away(at_home, qtbot)
    assert "half a passphrase" not in everything_said()
    come_back(at_home, qtbot)
    assert (name(at_home), focused().objectName(), here()[2]) == ("people", "name", CANARY)
    own = at_home.findChild(QLineEdit, "own_passphrase")
    assert isinstance(own, QLineEdit)
    assert own.text() == ""


def test_other_screens_are_come_back_to(full: Window, qtbot: QtBot) -> None:
    opened(full).show_page(REVIEW)
    returned(full, qtbot, "wizard")
    assert opened(full).current == REVIEW
    full.show_stood(1)
    returned(full, qtbot, name(full))
    full.open_record(full.left_record)
    full.show_reading()
    returned(full, qtbot, "reading")
    assert full.left_record
    full.show_home()
    full.open_example("case1")
    returned(full, qtbot, name(full))


def returned(window: Window, qtbot: QtBot, screen: str) -> None:
    go_away(window, qtbot)
    come_back(window, qtbot)
    assert name(window) == screen


def test_answers_and_widgets_are_let_go(full: Window, qtbot: QtBot) -> None:
    session = weakref.ref(opened(full).desk.assessment.session)
    office = weakref.ref(full.office)
    go_away(full, qtbot)
    assert session() is None
    assert office() is None


# --- what is open at that moment ---


def test_a_file_dialog_is_closed_without_effect(full: Window, qtbot: QtBot) -> None:
    opened(full).show_page(REVIEW)
    asker = next(each for each in full.findChildren(Asker))
    named: list[str] = []
    asker.named.connect(lambda purpose, _path: named.append(purpose))
    asker.ask_to_save("save", CANARY, f"{CANARY}.pdf")
    assert full.findChildren(QDialog)
    full.lock(Reason.SLEEP)
    assert not full.findChildren(QDialog)
    assert [each for each in everything_said() if CANARY in each] == []
    assert named == []
    come_back(full, qtbot)
    press(opened(full).findChild(QAbstractButton, "save_pdf"), Key.Key_Space)
    assert full.findChildren(QDialog)


def test_a_calendar_is_closed_and_its_date_stays_as_it_was(full: Window, qtbot: QtBot) -> None:
    at(full, "g0_where_when", "a0_start")
    field = opened(full).findChild(Field, "field:a0_start")
    assert isinstance(field, Field)
    button = next(each for each in field.findChildren(QAbstractButton) if "calendar" in each.accessibleName())
    press(button, Key.Key_Space)
    assert any(each.isVisible() for each in full.findChildren(Calendar))
    full.lock(Reason.SCREEN)
    assert not full.findChildren(Calendar)
    come_back(full, qtbot)
    # The offscreen screen gives no window the keyboard back that a popup took.
    assert (opened(full).current, question(full.focusWidget())) == ("g0_where_when", "a0_start")
    assert opened(full).desk.assessment.session.value("a0_start") is not None


def test_a_document_that_is_being_made_is_finished(
    full: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "document.pdf"
    monkeypatch.setattr(Asker, "ask_to_save", lambda asker, purpose, *_: asker.named.emit(purpose, str(file)))
    opened(full).show_page(REVIEW)
    press(opened(full).findChild(QAbstractButton, "save_pdf"), Key.Key_Space)
    assert not file.exists()
    full.lock(Reason.SLEEP)
    assert file.read_bytes().startswith(b"%PDF-")
    assert [each for each in everything_said() if CANARY in each] == []


def test_a_signature_that_is_being_made_is_noted_in_the_vault(
    full: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "signed.pdf"
    monkeypatch.setattr(Asker, "ask_to_save", lambda asker, purpose, *_: asker.named.emit(purpose, str(file)))
    full.start_record()
    record = opened(full).record
    for path, raw in _NOT_APPLICABLE.items():
        opened(full).desk.commit(path, raw)
    opened(full).show_page(REVIEW)
    secret = opened(full).findChild(QLineEdit, "identity_passphrase")
    assert isinstance(secret, QLineEdit)
    secret.setFocus()
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    full.lock(Reason.SLEEP)
    assert full.office is None
    assert file.exists()
    come_back(full, qtbot)
    assert full.office is not None
    assert full.office.identity() is not None
    assert len(full.office.open(record).signatures()) == 1


def test_two_reasons_at_once_lock_once(full: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    at(full, "g0_activity", "a0_title")
    type_here(CANARY)
    before, finish = here(), full.work.finish

    def lock_again() -> None:
        full.lock(Reason.SLEEP)
        finish()

    monkeypatch.setattr(full.work, "finish", lock_again)
    full.lock(Reason.SCREEN)
    assert "with the screen" in said(full)
    come_back(full, qtbot)
    assert here() == before


def test_what_was_copied_here_leaves_the_clipboard(full: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    # The offscreen screen does not know whose the clipboard is.
    ours = True
    monkeypatch.setattr(lock, "is_ours", lambda _clipboard, mode: ours and mode is QClipboard.Mode.Clipboard)
    QGuiApplication.clipboard().setText(CANARY)
    go_away(full, qtbot)
    assert QGuiApplication.clipboard().text() == ""
    come_back(full, qtbot)
    ours = False
    QGuiApplication.clipboard().setText("somebody else's")
    full.lock(Reason.ASKED)
    assert QGuiApplication.clipboard().text() == "somebody else's"
    QGuiApplication.clipboard().clear()


# --- what the vault does not take ---


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The disk is full from now on; calling it frees room."""

    def refuse(*_arguments: object, **_named: object) -> None:
        raise VaultError(Code.DISK_FULL)

    with_room = {each: getattr(Store, each) for each in ("save_draft", "commit_all")}
    for each in with_room:
        monkeypatch.setattr(Store, each, refuse)

    def free() -> None:
        for each, method in with_room.items():
            monkeypatch.setattr(Store, each, method)

    return free


def test_on_a_full_disk_text_waits_encrypted_and_answers_are_handed_in_again(
    full: Window, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    at(full, "g0_activity", "a0_title")
    free = request.getfixturevalue("full_disk")
    opened(full).desk.commit("a0_stage", "concept")
    type_here(CANARY)
    before = here()
    go_away(full, qtbot)
    unlock = full.screen_shown()
    assert isinstance(unlock, Unlock)
    assert "did not take" in "\n".join(each.text() for each in unlock.findChildren(QLabel))
    assert not full.close(), "closing would lose what waits"
    free()
    come_back(full, qtbot)
    assert here() == before
    assert opened(full).desk.all_saved
    assert opened(full).desk.assessment.session.value("a0_stage") == "concept"


def test_half_typed_text_is_in_the_vault_if_the_app_ends_while_it_is_locked(
    full: Window, qtbot: QtBot, made_vault: Path
) -> None:
    at(full, "g0_activity", "a0_title")
    type_here(CANARY)
    text, record = here()[2], opened(full).record
    go_away(full, qtbot)
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        assert office.open(record).drafts()["a0_title"] == text


# --- the locked window ---


def said(window: Window) -> str:
    return "\n".join(each.text() for each in window.findChildren(QLabel) if each.isVisible())


_SAID = {
    Reason.ASKED: "You locked the vault.",
    Reason.IDLE: "for 10 minutes",
    Reason.SCREEN: "with the screen",
    Reason.SLEEP: "went to sleep",
}


def test_the_locked_window_says_why_and_that_text_is_kept(at_home: Window, qtbot: QtBot) -> None:
    for reason, sentence in _SAID.items():
        at_home.lock(reason)
        assert sentence in said(at_home)
        assert "is kept" in said(at_home)
        come_back(at_home, qtbot)
        assert "is kept" not in said(at_home)


def test_the_button_locks_and_leaves_the_cursor_in_the_word(full: Window, qtbot: QtBot) -> None:
    at(full, "g0_activity", "a0_title_2")
    type_here("Half a ti")
    button = opened(full).findChild(QAbstractButton, "lock")
    assert isinstance(button, QAbstractButton)
    assert button.toolTip() == "Lock (Ctrl+L)"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: full.office is None)
    come_back(full, qtbot)
    assert here() == ("a0_title_2", "a0_title_2", "Half a ti", 9)
    assert opened(full).desk.assessment.session.value("a0_title_2") is None


def test_a_wait_after_wrong_passphrases_goes_on_over_locks(at_home: Window, qtbot: QtBot) -> None:
    at_home.lock(Reason.ASKED)
    unlock = at_home.screen_shown()
    assert isinstance(unlock, Unlock)
    for _attempt in range(3):
        unlock.message.hide()
        type_here("wrong")
        press_here(Key.Key_Return)
        qtbot.waitUntil(lambda: "does not open" in unlock.message.text() and unlock.message.isVisible())
    at_home.lock(Reason.SCREEN)
    assert here()[2] == ""
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    assert "Wait " in unlock.message.text()
    assert at_home.office is None


def test_an_attempt_that_is_under_way_when_the_screen_locks_opens_nothing(at_home: Window, qtbot: QtBot) -> None:
    at_home.lock(Reason.ASKED)
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    line = at_home.findChild(QLineEdit, "passphrase")
    assert isinstance(line, QLineEdit)
    assert not line.isEnabled()
    assert "Opening" in said(at_home)
    at_home.lock(Reason.SCREEN)
    at_home.work.finish()
    assert at_home.office is None
    assert line.isEnabled()
    assert line.text() == ""
    come_back(at_home, qtbot)
    assert name(at_home) == "home"


@pytest.mark.parametrize("step", ["leave", "finish", "close"])
def test_a_step_that_fails_stops_no_lock(
    step: str, full: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = {"leave": place, "finish": full.work, "close": Office}[step]
    done = getattr(owner, step)

    def fail(*given: object) -> None:
        done(*given)
        raise OSError("gone")

    with monkeypatch.context() as broken, qtbot.captureExceptions() as raised:
        broken.setattr(owner, step, fail)
        press(full, Key.Key_L, CTRL)
        qtbot.waitUntil(lambda: full.office is None)
    assert [str(each[1]) for each in raised] == ["gone"]
    assert name(full) == "unlock"
    assert [each for each in everything_said() if CANARY.lower() in each.lower()] == []
    come_back(full, qtbot)
    go_away(full, qtbot)
