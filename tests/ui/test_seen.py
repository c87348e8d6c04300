"""Texts that may lead to a person: said under the field, listed before the signature, ticked by the reviewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPushButton

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.services.records import Assessment
from hrddp_desktop.ui.fields import Field
from hrddp_desktop.ui.outline import REVIEW
from hrddp_desktop.ui.review import Review
from hrddp_desktop.ui.seen import TextsToSee
from tests.ui.hands import focused, press, press_here

if TYPE_CHECKING:
    from hrddp_desktop.engine.views import Change
    from hrddp_desktop.ui.wizard import Wizard

Key = Qt.Key
_ANSWERS = {
    "a0_title": "Course held by Colonel Example",
    "a0_stage": "proposal",
    "a1_any_security": "no",
    "a1_indirect": "no",
    "a1_partner_links": "no",
    "a1_escort": "no",
}


@pytest.fixture
def review(wizard: Wizard) -> Review:
    """The review page of a record that is complete, with one name in it."""
    for path, raw in _ANSWERS.items():
        wizard.desk.commit(path, raw)
    wizard.show_page(REVIEW)
    found = wizard.findChild(Review)
    assert isinstance(found, Review)
    return found


def listed(review: Review) -> str:
    found = review.findChild(TextsToSee)
    assert isinstance(found, TextsToSee)
    return found.text().replace("\u2068", "").replace("\u2069", "")


def tick(review: Review) -> QCheckBox:
    found = review.findChild(QCheckBox, "seen:a0_title")
    assert isinstance(found, QCheckBox)
    return found


def can_sign(review: Review) -> bool:
    button = review.findChild(QPushButton, "sign_pdf")
    assert isinstance(button, QPushButton)
    return button.isVisible()


def test_a_hit_is_listed_with_its_place_its_kind_and_the_words_around_it(review: Review) -> None:
    said = listed(review)
    for part in ("(1)", "Looks like a name with a rank or a title", "\nCourse held by “Colonel Example”"):
        assert part in said
    assert review.isVisible()
    assert not can_sign(review)


def test_the_tick_lets_sign_and_undo_takes_it_back(review: Review, wizard: Wizard) -> None:
    box = tick(review)
    box.setFocus()
    press(box, Key.Key_Space)
    assert box.isChecked()
    assert focused() is box
    assert can_sign(review)
    press_here(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not tick(review).isChecked()
    assert not can_sign(review)
    assert wizard.current == REVIEW


def test_the_tick_has_a_name_for_those_who_do_not_see_it(review: Review, wizard: Wizard) -> None:
    box = tick(review)
    assert box.accessibleName() == "Seen, not a person: Colonel Example"
    assert wizard.desk.assessment.view("a0_title", "en").label in box.accessibleDescription()


def test_enter_ticks_as_the_space_bar_does(review: Review) -> None:
    press(tick(review), Key.Key_Return)
    assert tick(review).isChecked()


def test_a_tick_that_the_vault_does_not_take_does_not_look_taken(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_assessment: Assessment, _path: str, _words: str, *, seen: bool) -> Change:
        assert seen
        raise VaultError(Code.DISK_FULL)

    monkeypatch.setattr(Assessment, "tick", full)
    press(tick(review), Key.Key_Space)
    assert not tick(review).isChecked()


def test_the_text_is_one_step_away(review: Review, wizard: Wizard) -> None:
    go = next(each for each in review.findChildren(QPushButton) if "Go to the text" in each.text())
    press(go, Key.Key_Space)
    assert focused().objectName() == "a0_title"
    assert wizard.current != REVIEW


def test_nothing_found_is_not_said_to_be_nothing_there(review: Review, wizard: Wizard) -> None:
    wizard.desk.commit("a0_title", "Course for the 4th Sector")
    assert "Found nothing that I can recognise. Names of persons may still be there: read the texts." in listed(review)
    assert review.findChild(QCheckBox, "seen:a0_title") is None or not tick(review).isVisible()
    assert can_sign(review)


def test_under_a_text_it_is_said_what_was_recognised_and_nothing_is_stopped(wizard: Wizard) -> None:
    wizard.desk.commit("a0_title", "Call 0912 345 678")
    page = wizard.page()
    assert page is not None
    field = page.field("a0_title")
    assert isinstance(field, Field)
    assert "This looks like a telephone number." in field.recognised()
    assert field.problem() == ""
    wizard.desk.commit("a0_title", "Call the hotline of the desk")
    assert field.recognised() == ""


def test_under_a_ticked_text_nothing_is_said(wizard: Wizard) -> None:
    wizard.desk.commit("a0_title", "Call 0912 345 678")
    wizard.desk.tick("a0_title", "0912 345 678", True)
    page = wizard.page()
    assert page is not None
    field = page.field("a0_title")
    assert isinstance(field, Field)
    assert field.recognised() == ""
