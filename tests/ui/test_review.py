"""The last page: document and signature, made beside the window."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from hrddp_desktop import paths
from hrddp_desktop.ui.check import CheckPage
from hrddp_desktop.ui.dialogs import Asker
from hrddp_desktop.ui.outline import REVIEW
from hrddp_desktop.ui.review import Review
from tests.ui.hands import press, press_here, type_in

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


def sign(review: Review, passphrase: str, again: str | None) -> None:
    type_in(review.findChild(QLineEdit, "identity_passphrase"), passphrase)
    if again is not None:
        type_in(review.findChild(QLineEdit, "identity_again"), again)
    press(review.findChild(QPushButton, "sign_pdf"), Key.Key_Space)


def test_the_review_names_outcome_rule_and_reason(review: Review) -> None:
    from PySide6.QtWidgets import QLabel

    said = "\n".join(label.text() for label in review.findChildren(QLabel) if label.isVisible())
    for part in ("Not applicable", "D01", "The policy does not apply", "Nothing is missing"):
        assert part in said


def test_nobody_can_sign_while_answers_are_missing(wizard: Wizard) -> None:
    wizard.show_page(REVIEW)
    button = wizard.findChild(QPushButton, "sign_pdf")
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
    sign(review, "four quiet boats", "four quiet boats")
    qtbot.waitUntil(lambda: "was checked" in review.message.text(), timeout=_MAKING_MS)
    target.unlink()
    sign(review, "wrong", None)
    qtbot.waitUntil(lambda: "does not open the identity" in review.message.text(), timeout=_MAKING_MS)
    assert not target.exists()


def test_two_different_passphrases_make_no_identity(review: Review, target: Path, qtbot: QtBot) -> None:
    sign(review, "four quiet boats", "four quiet boat")
    assert "The two passphrases differ." in review.message.text()
    assert not target.exists()


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
    sign(review, "four quiet boats", "four quiet boats")
    qtbot.waitUntil(lambda: "was checked" in review.message.text(), timeout=_MAKING_MS)
    page = check_from_home(at_home)
    qtbot.waitUntil(lambda: "All signatures so far are good" in page.text(), timeout=_MAKING_MS)
    assert "Ada Example" in page.text()
    said = subprocess.run(["pdfsig", "-nocert", str(target)], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid" in said


@pytest.mark.usefixtures("target")
def test_a_signer_is_known_once_the_words_were_compared(review: Review, at_home: Window, qtbot: QtBot) -> None:
    sign(review, "four quiet boats", "four quiet boats")
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
