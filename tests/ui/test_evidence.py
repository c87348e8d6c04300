"""Files of evidence in the window: attached after a look, saved after a warning, dropped on their question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from hrddp_desktop import paths
from hrddp_desktop.services import assessment, vault
from hrddp_desktop.ui.dialogs import Asker
from hrddp_desktop.ui.evidence import EvidenceBox
from hrddp_desktop.ui.readalong import ReadAlong
from tests.storage.pages import files_that_hold
from tests.ui.conftest import PASSPHRASE
from tests.ui.hands import focused, press, press_here
from tests.ui.test_history import button, panel

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window
    from hrddp_desktop.ui.wizard import Wizard

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
QUESTION = "a1_indirect_text"
CANARY = "Zanzibar-Kanarienvogel-7731"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    file = tmp_path / "minutes.pdf"
    file.write_bytes(b"%PDF " + CANARY.encode())
    return file


@pytest.fixture
def case(made_vault: Path) -> str:
    """A record in which questions that take files apply."""
    file = assessment.read((paths.forms_dir() / "assessment" / "examples" / "case1.json").read_bytes(), "case1")
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        return office.import_answers(file)


@pytest.fixture
def at_question(case: str, at_home: Window) -> Wizard:
    """The wizard at a question that takes files."""
    at_home.open_record(case)
    opened = at_home.wizard
    assert opened is not None
    opened.jump(QUESTION)
    QApplication.processEvents()
    return opened


def box_of(wizard: Wizard, path: str = QUESTION) -> EvidenceBox:
    found = wizard.findChild(EvidenceBox, f"evidence:{path}")
    assert isinstance(found, EvidenceBox)
    return found


def names(wizard: Wizard) -> list[str]:
    return [each.name for each in wizard.desk.files().at(QUESTION)]


def choose(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """The file that the person names whenever a dialog asks for one."""

    def name_it(asker: Asker, purpose: str, *_said: str) -> None:
        asker.named.emit(purpose, str(file))

    monkeypatch.setattr(Asker, "ask_for_any", name_it)
    monkeypatch.setattr(Asker, "ask_to_save_any", name_it)


def agree(box: EvidenceBox) -> QPushButton:
    """Of the form that is open."""
    return next(each for each in box.findChildren(QPushButton, "agree") if each.isVisible())


def attach(wizard: Wizard) -> None:
    """Attach by the keyboard what the dialog will name."""
    box = box_of(wizard)
    press(button(box, f"attach:{QUESTION}"), Key.Key_Return)
    press(focused(), Key.Key_Space)
    press(agree(box), Key.Key_Return)


def test_a_file_is_attached_by_the_keyboard_after_a_look_each_time(
    at_question: Wizard, paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, paper)
    box = box_of(at_question)
    for _time in range(2):
        press(button(box, f"attach:{QUESTION}"), Key.Key_Return)
        look = focused()
        assert look.objectName() == "looked_at"
        assert "no lists of persons" in look.accessibleDescription()
        assert not agree(box).isEnabled()
        press(look, Key.Key_Space)
        press(agree(box), Key.Key_Return)
        assert focused() is button(box, f"attach:{QUESTION}")
        paper.write_bytes(b"another paper")
    assert names(at_question) == ["minutes.pdf", "minutes (2).pdf"]
    assert "is attached" in box.message.text()


def test_a_file_that_is_refused_is_said_in_place_and_the_form_stays(
    at_question: Wizard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    choose(monkeypatch, empty)
    attach(at_question)
    box = box_of(at_question)
    assert "is empty" in box.message.text()
    assert "Nothing was attached" in box.message.text()
    assert names(at_question) == []
    press(agree(box), Key.Key_Escape)
    assert not [each for each in box.findChildren(QWidget, "looked_at") if each.isVisible()]


def test_escape_leaves_the_form_and_nothing_is_attached(at_question: Wizard) -> None:
    box = box_of(at_question)
    press(button(box, f"attach:{QUESTION}"), Key.Key_Return)
    press_here(Key.Key_Escape)
    assert focused() is button(box, f"attach:{QUESTION}")
    assert names(at_question) == []


def test_the_whole_form_is_in_view_when_it_opens(at_question: Wizard, qtbot: QtBot) -> None:
    box = box_of(at_question)
    press(button(box, f"attach:{QUESTION}"), Key.Key_Return)
    page = at_question.page()
    assert page is not None
    form = box.findChild(QWidget, "attach_form")
    assert isinstance(form, QWidget)
    shown = form

    def is_in_view() -> bool:
        top = shown.mapTo(page.viewport(), QPoint(0, 0)).y()
        return top >= 0 and top + shown.height() <= page.viewport().height()

    qtbot.waitUntil(is_in_view)


def test_a_copy_is_written_after_a_warning(
    at_question: Wizard, paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, paper)
    attach(at_question)
    box, target = box_of(at_question), tmp_path / "out" / "copy.pdf"
    choose(monkeypatch, target)
    press(button(box, "copy"), Key.Key_Return)
    assert "not encrypted" in box.text()
    assert not target.exists()
    press(focused(), Key.Key_Return)
    assert target.read_bytes() == paper.read_bytes()
    assert str(target) in box.message.text()


def test_a_file_is_taken_away_and_undo_brings_it_back(
    at_question: Wizard, paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, paper)
    attach(at_question)
    box = box_of(at_question)
    press(button(box, "remove"), Key.Key_Return)
    assert names(at_question) == []
    assert "Undo brings it back" in box.message.text()
    assert "minutes.pdf" not in box.text()
    press_here(Key.Key_Z, CTRL)
    assert names(at_question) == ["minutes.pdf"]
    assert "minutes.pdf" in box.text()


@pytest.mark.parametrize("by_mouse", [True, False])
def test_the_keyboard_stays_at_the_question_and_the_notice_goes_with_undo(
    at_question: Wizard, paper: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, *, by_mouse: bool
) -> None:
    choose(monkeypatch, paper)
    attach(at_question)
    box = box_of(at_question)
    press_here(Key.Key_H, CTRL)
    remove = button(box, "remove")
    remove.setFocus()
    if by_mouse:
        QTest.mouseClick(remove, Qt.MouseButton.LeftButton)
    else:
        press(remove, Key.Key_Return)
    QApplication.processEvents()
    assert focused() is button(box, f"attach:{QUESTION}")
    assert "File attached: minutes.pdf" in panel(at_question).text()
    assert box.message.isVisible()
    press_here(Key.Key_Z, CTRL)
    assert not box.message.isVisible()
    assert box.isAncestorOf(focused())


def test_a_file_is_dropped_anywhere_on_its_question_and_asked_about(at_question: Wizard, paper: Path) -> None:
    page = at_question.page()
    assert page is not None
    field = page.field(QUESTION)
    assert field is not None
    drop(field, [paper, paper])
    box = box_of(at_question)
    assert box.findChild(QWidget, "attach_form") is None
    drop(field, [paper])
    assert "minutes.pdf" in agree(box).text()
    press(button(box, "looked_at"), Key.Key_Space)
    press(agree(box), Key.Key_Return)
    assert names(at_question) == ["minutes.pdf"]
    assert str(paper) not in str(at_question.desk.assessment.session.answers())


def drop(target: QWidget, files: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    action, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPointF(5, 5), action, data, left, none)
    QApplication.sendEvent(target, entering)
    if entering.isAccepted():
        QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), action, data, left, none))


def test_files_are_offered_where_the_form_says_so_and_tab_reaches_them(
    at_question: Wizard, paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert at_question.findChild(EvidenceBox, "evidence:a1_indirect") is None
    choose(monkeypatch, paper)
    attach(at_question)
    box, met = box_of(at_question), list[str]()
    at_question.jump(QUESTION)
    for _ in range(6):
        press_here(Key.Key_Tab)
        here = focused()
        met.append(here.objectName())
        assert not box.isAncestorOf(here) or here.accessibleName()
    assert met.index("copy") < met.index("remove") < met.index(f"attach:{QUESTION}")


def test_one_file_is_erased_for_safety_and_its_neighbour_stays(
    at_question: Wizard, at_home: Window, paper: Path, made_vault: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    choose(monkeypatch, paper)
    attach(at_question)
    other = paper.with_name("other.pdf")
    other.write_bytes(b"kept")
    choose(monkeypatch, other)
    attach(at_question)
    assert files_that_hold(made_vault, CANARY, passphrase=PASSPHRASE)
    erased, _ = at_question.desk.files().at(QUESTION)
    press_here(Key.Key_H, CTRL)
    shown = panel(at_question)
    assert "File attached: minutes.pdf" in shown.text()
    press(button(shown, "erase"), Key.Key_Return)
    button(shown, f"scope={erased.path}").click()
    button(shown, "why=source").click()
    press(button(shown, "erase_now"), Key.Key_Return)
    qtbot.waitUntil(lambda: at_home.wizard not in (None, at_question))
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        again = office.open(office.records()[0].record)
        assert [each.name for each in again.store.evidence(again.record)] == ["other.pdf"]
    assert files_that_hold(made_vault, CANARY, passphrase=PASSPHRASE) == set()


def test_a_worked_case_takes_no_files(at_home: Window, qtbot: QtBot) -> None:
    press(at_home.findChild(QPushButton, "examples"), Key.Key_Space)
    qtbot.waitUntil(lambda: at_home.findChild(QPushButton, "example:case1") is not None)
    press(at_home.findChild(QPushButton, "example:case1"), Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(at_home.screen_shown(), ReadAlong))
    shown = at_home.screen_shown()
    assert shown is not None
    assert shown.findChild(EvidenceBox) is None
