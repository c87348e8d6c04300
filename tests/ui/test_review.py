"""The last page: document and signature, made beside the window."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QScrollArea, QWidget

from hrddp_desktop import paths
from hrddp_desktop.services import signatures, vault
from hrddp_desktop.ui.banner import Banner
from hrddp_desktop.ui.check import CheckPage
from hrddp_desktop.ui.dialogs import Asker
from hrddp_desktop.ui.outline import REVIEW
from hrddp_desktop.ui.review import Review
from tests.ui.conftest import PASSPHRASE
from tests.ui.hands import focused, press, press_here, type_here, type_in

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window
    from hrddp_desktop.ui.wizard import Wizard

Key = Qt.Key
_MAKING_MS = 60_000
_NOT_APPLICABLE = {
    "a0_title": "Birth and residence certificates",
    "a0_stage": "proposal",
    "a1_any_security": "no",
    "a1_indirect": "no",
    "a1_partner_links": "no",
    "a1_escort": "no",
}


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the person names whenever a dialog asks for one."""
    file = tmp_path / "out" / "document.pdf"
    file.parent.mkdir()

    def name_it(asker: Asker, purpose: str, *_said: str) -> None:
        asker.named.emit(purpose, str(file))

    monkeypatch.setattr(Asker, "ask_to_save", name_it)
    monkeypatch.setattr(Asker, "ask_to_open", name_it)
    return file


@pytest.fixture
def review(wizard: Wizard) -> Review:
    """The review page of a record whose outcome is "not applicable"."""
    for path, raw in _NOT_APPLICABLE.items():
        wizard.desk.commit(path, raw)
    wizard.show_page(REVIEW)
    found = wizard.findChild(Review)
    assert isinstance(found, Review)
    return found


def sign(review: Review, passphrase: str = PASSPHRASE) -> None:
    type_in(review.findChild(QLineEdit, "identity_passphrase"), passphrase)
    press(review.findChild(QPushButton, "sign_pdf"), Key.Key_Space)


def labels(screen: QWidget) -> str:
    return "\n".join(label.text() for label in screen.findChildren(QLabel) if label.isVisible())


def is_in_view(area: QScrollArea, widget: QWidget) -> bool:
    top = widget.mapTo(area.viewport(), QPoint(0, 0)).y()
    return top >= 0 and top + widget.height() <= area.viewport().height()


def test_the_review_names_outcome_rule_and_reason(review: Review) -> None:
    said = labels(review)
    for part in ("Not applicable", "D01", "The policy does not apply", "Nothing is missing"):
        assert part in said


def open_example(at_home: Window, name: str, changes: dict[str, str]) -> Wizard:
    """A worked case as a record of this vault, with some answers changed."""
    from hrddp_desktop.services.assessment import read

    file = read((paths.forms_dir() / "assessment" / "examples" / name).read_bytes(), name)
    with vault.open_vault(paths.default_vault(), PASSPHRASE) as office:
        record = office.import_answers(file)
    at_home.open_record(record)
    wizard = at_home.wizard
    assert wizard is not None
    for path, raw in changes.items():
        wizard.desk.commit(path, raw)
    return wizard


def test_the_review_tells_the_facts_of_the_condition_that_failed_and_of_no_other(at_home: Window) -> None:
    wizard = open_example(at_home, "case1.json", {"a2_wp_embargo": "yes"})
    wizard.show_page(REVIEW)
    said = labels(wizard)
    assert "The item leaves the package, or advice clears it." in said
    assert "death penalty" not in said
    wizard.desk.commit("a2_wp_embargo", "no")
    wizard.show_page(REVIEW)
    assert "lighter outcome" not in labels(wizard)


def test_the_release_page_says_why_a_delivery_has_to_wait(at_home: Window) -> None:
    wizard = open_example(at_home, "case1.json", {})
    wizard.show_page("g8_release")
    why = wizard.findChild(QLabel, "release_rows:why")
    assert isinstance(why, QLabel)
    assert why.isVisible()
    assert "L02 · The assessment is not signed" in why.text()
    assert "L07 · A condition of release has not been seen in place" in why.text()


def test_nobody_can_sign_while_answers_are_missing(wizard: Wizard) -> None:
    wizard.show_page(REVIEW)
    button = wizard.findChild(QPushButton, "sign_pdf")
    assert isinstance(button, QPushButton)
    assert not button.isVisible()


def test_an_unfinished_assessment_says_why_nobody_signs_it(wizard: Wizard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wizard.desk.assessment, "missing", lambda _language="en": ())
    wizard.refresh()
    banner = wizard.findChild(Banner)
    assert isinstance(banner, Banner)
    assert "Nobody signs an unfinished assessment" in banner.text()
    wizard.show_page(REVIEW)
    review = wizard.findChild(Review)
    assert isinstance(review, Review)
    assert "Nobody signs an unfinished assessment" in labels(review)
    assert "Nothing is missing" not in labels(review)
    button = review.findChild(QPushButton, "sign_pdf")
    assert isinstance(button, QPushButton)
    assert not button.isVisible()


def test_a_document_is_saved_as_pdf(review: Review, target: Path, qtbot: QtBot) -> None:
    press(review.findChild(QPushButton, "save_pdf"), Key.Key_Space)
    qtbot.waitUntil(lambda: "is saved" in review.message.text(), timeout=_MAKING_MS)
    assert target.read_bytes().startswith(b"%PDF-")


def test_a_place_that_cannot_be_written_is_said_and_nothing_is_left(review: Review, target: Path, qtbot: QtBot) -> None:
    shutil.rmtree(target.parent)
    target.parent.write_text("a file where a folder should be")
    press(review.findChild(QPushButton, "save_pdf"), Key.Key_Space)
    qtbot.waitUntil(lambda: "could not be written" in review.message.text(), timeout=_MAKING_MS)
    assert "All answers are safe" in review.message.text()


def test_the_first_signature_makes_an_identity_and_the_second_needs_its_passphrase(
    review: Review, target: Path, at_home: Window, qtbot: QtBot
) -> None:
    sign(review)
    qtbot.waitUntil(lambda: "was checked" in review.message.text(), timeout=_MAKING_MS)
    target.unlink()
    sign(review, "wrong")
    qtbot.waitUntil(lambda: "does not open the identity" in review.message.text(), timeout=_MAKING_MS)
    assert not target.exists()
    # The wrong one is selected: the next try overwrites it, and Enter signs.
    assert focused().objectName() == "identity_passphrase"
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(target.exists, timeout=_MAKING_MS)


def test_a_wrong_passphrase_is_found_before_a_file_is_asked_for(
    review: Review, target: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    sign(review)
    qtbot.waitUntil(lambda: "was checked" in review.message.text(), timeout=_MAKING_MS)
    asked: list[str] = []
    monkeypatch.setattr(Asker, "ask_to_save", lambda _asker, purpose, *_said: asked.append(purpose))
    sign(review, "wrong")
    qtbot.waitUntil(lambda: "does not open the identity" in review.message.text(), timeout=_MAKING_MS)
    assert asked == []


def test_after_signing_the_window_says_where_it_is_who_is_next_and_the_six_words(
    review: Review, target: Path, qtbot: QtBot
) -> None:
    sign(review)
    qtbot.waitUntil(lambda: "was checked" in review.message.text(), timeout=_MAKING_MS)
    for part in (str(target), "The next to sign is the reviewer", "Your six words"):
        assert part in review.message.text()
    assert focused().objectName() == "folder"
    qtbot.waitUntil(lambda: is_in_view(review, review.message))
    assert is_in_view(review, focused())
    assert "Signed on" in labels(review)
    assert "by Ada Example as preparer" in labels(review)


def test_a_failed_signature_leaves_no_identity(review: Review, target: Path, made_vault: Path, qtbot: QtBot) -> None:
    shutil.rmtree(target.parent)
    target.parent.write_text("a file where a folder should be")
    sign(review)
    qtbot.waitUntil(lambda: "could not be written" in review.message.text(), timeout=_MAKING_MS)
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        assert office.identity() is None
    assert not paths.trust_file().exists()


def test_what_was_typed_as_passphrase_can_be_shown_and_hidden(review: Review) -> None:
    line = review.findChild(QLineEdit, "identity_passphrase")
    reveal = review.findChild(QPushButton, "reveal")
    assert isinstance(line, QLineEdit)
    assert isinstance(reveal, QPushButton)
    for mode, name in ((QLineEdit.EchoMode.Normal, "Hide"), (QLineEdit.EchoMode.Password, "Show")):
        press(reveal, Key.Key_Space)
        assert line.echoMode() == mode
        assert reveal.accessibleName() == f"{name} the passphrase"


def test_a_change_makes_a_signed_record_a_draft_and_undo_takes_that_back(
    review: Review, target: Path, wizard: Wizard, at_home: Window, qtbot: QtBot
) -> None:
    sign(review)
    qtbot.waitUntil(lambda: "was checked" in review.message.text(), timeout=_MAKING_MS)
    press_here(Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: at_home.wizard not in (None, wizard))
    again = at_home.wizard
    assert again is not None
    again.show_page("g0_activity")
    assert "a change makes it a draft again" in labels(again)
    again.desk.commit("a0_title", "Another title")
    type_here("The donor changed")
    press_here(Key.Key_Return)
    assert "it is a draft now" in labels(again)
    press_here(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "a change makes it a draft again" in labels(again)


def check_from_home(window: Window) -> CheckPage:
    press_here(Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    home = window.screen_shown()
    assert home is not None
    check = next(button for button in home.findChildren(QPushButton) if "Check a PDF" in button.text())
    press(check, Key.Key_Space)
    page = window.screen_shown()
    assert isinstance(page, CheckPage)
    return page


def test_a_signed_document_is_checked_from_home_and_by_poppler(
    review: Review, target: Path, at_home: Window, qtbot: QtBot
) -> None:
    sign(review)
    qtbot.waitUntil(lambda: "was checked" in review.message.text(), timeout=_MAKING_MS)
    page = check_from_home(at_home)
    qtbot.waitUntil(lambda: "All signatures so far are good" in page.text(), timeout=_MAKING_MS)
    assert "Ada Example" in page.text()
    said = subprocess.run(["pdfsig", "-nocert", str(target)], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid" in said


@pytest.mark.usefixtures("target")
def test_a_signer_is_known_once_the_words_were_compared(review: Review, at_home: Window, qtbot: QtBot) -> None:
    sign(review)
    qtbot.waitUntil(lambda: "was checked" in review.message.text(), timeout=_MAKING_MS)
    paths.trust_file().unlink()
    page = check_from_home(at_home)
    qtbot.waitUntil(lambda: "Compare the six words" in page.text(), timeout=_MAKING_MS)
    button = page.findChild(QPushButton, "make_known")
    assert isinstance(button, QPushButton)
    press(button, Key.Key_Space)
    qtbot.waitUntil(lambda: "All signatures so far are good" in page.text(), timeout=_MAKING_MS)
    assert not button.isVisible()


def test_a_file_that_is_no_pdf_gets_a_verdict(at_home: Window, target: Path, qtbot: QtBot) -> None:
    target.write_text("not a PDF")
    page = check_from_home(at_home)
    qtbot.waitUntil(lambda: "Do not rely" in page.text(), timeout=_MAKING_MS)


def become(made_vault: Path, name: str) -> None:
    """Another person sits down at this computer: the vault's identity is theirs."""
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        opener = office.people.signing_secret(PASSPHRASE)()
        p12 = signatures.new_identity(name, "Head of office", "DORV", opener)
        signatures.make_known(signatures.card(p12, opener), paths.trust_file())
        office.keep_identity(p12)


def test_the_next_signer_signs_where_the_pdf_is_checked(
    review: Review, target: Path, at_home: Window, made_vault: Path, qtbot: QtBot
) -> None:
    sign(review)
    qtbot.waitUntil(lambda: "was checked" in review.message.text(), timeout=_MAKING_MS)
    become(made_vault, "Ben Example")
    page = check_from_home(at_home)
    qtbot.waitUntil(lambda: "All signatures so far are good" in page.text(), timeout=_MAKING_MS)
    button = page.findChild(QPushButton, "sign_pdf")
    assert isinstance(button, QPushButton)
    assert "Sign as reviewer" in button.text()
    type_in(page.findChild(QLineEdit, "identity_passphrase"), PASSPHRASE)
    press(button, Key.Key_Return)
    qtbot.waitUntil(lambda: "Everybody who has to has signed" in page.message.text(), timeout=_MAKING_MS)
    assert focused().objectName() == "folder"
    qtbot.waitUntil(lambda: "This document is genuine" in page.text(), timeout=_MAKING_MS)
    assert not button.isVisible()
    said = subprocess.run(["pdfsig", "-nocert", str(target)], check=True, capture_output=True, text=True).stdout
    assert said.count("Signature is Valid") == 2


def test_the_preparer_is_told_that_the_reviewer_has_to_be_another_person(
    review: Review, target: Path, at_home: Window, qtbot: QtBot
) -> None:
    sign(review)
    qtbot.waitUntil(lambda: "was checked" in review.message.text(), timeout=_MAKING_MS)
    before = target.read_bytes()
    page = check_from_home(at_home)
    qtbot.waitUntil(lambda: "All signatures so far are good" in page.text(), timeout=_MAKING_MS)
    type_in(page.findChild(QLineEdit, "identity_passphrase"), PASSPHRASE)
    press(page.findChild(QPushButton, "sign_pdf"), Key.Key_Return)
    qtbot.waitUntil(lambda: "has to be another person" in page.message.text(), timeout=_MAKING_MS)
    assert target.read_bytes() == before
