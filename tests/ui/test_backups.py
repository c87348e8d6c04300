"""Copies and repair, the bin, and the vault that is looked over at opening."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QPushButton, QTableView

from hrddp_desktop import paths, settings
from hrddp_desktop.services import backups, people, vault
from hrddp_desktop.storage import backups as storage
from hrddp_desktop.ui.backups import COPY_BY_CARD, SECOND_PLACE, CopiesPage, outside_sentence
from hrddp_desktop.ui.card import CardScreen
from hrddp_desktop.ui.damage import DamageDialog
from hrddp_desktop.ui.dialogs import Asker
from hrddp_desktop.ui.home import Home
from hrddp_desktop.ui.returning import Returning
from hrddp_desktop.ui.start import FirstStart, Unlock
from tests.ui.conftest import PASSPHRASE, PERSON
from tests.ui.hands import press, press_here, type_here, type_in

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window

Key = Qt.Key
NEW = "copper kettle under figs"


def shown(window: Window) -> CopiesPage:
    page = window.screen_shown()
    assert isinstance(page, CopiesPage)
    return page


def button(parent: QObject | None, name: str) -> QPushButton:
    assert parent is not None
    found = parent.findChild(QPushButton, name)
    assert found is not None, name
    return found


@pytest.fixture
def page(at_home: Window, qtbot: QtBot) -> CopiesPage:
    """Copies and repair, opened from home by the keyboard."""
    press(button(at_home.screen_shown(), "copies_and_repair"), Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(at_home.screen_shown(), CopiesPage))
    return shown(at_home)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A stick that is there."""
    place = tmp_path / "stick"
    place.mkdir()
    return place


def test_each_close_makes_a_copy_here_and_on_the_stick(
    page: CopiesPage, at_home: Window, stick: Path, made_vault: Path
) -> None:
    window = at_home
    window.work.drain()

    asker = window.findChild(Asker)
    assert asker is not None
    asker.named.emit(SECOND_PLACE, str(stick))
    window.work.drain()
    assert settings.load(paths.settings_file()).second_place == str(stick)
    window.close()
    lines = backups.copies(made_vault, stick)
    assert {line.outside for line in lines} == {True, False}
    assert backups.last_outside(made_vault) is not None


def test_a_stick_that_is_not_there_is_no_error_and_home_says_how_long_ago(
    made_vault: Path, stick: Path, window: Window, qtbot: QtBot
) -> None:
    settings.save(settings.Settings(second_place=str(stick / "gone")), paths.settings_file())
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), Home))
    told, warns = outside_sentence(made_vault, window.words)
    assert warns
    assert any(told in text for text in texts(window))  # the check of the vault may have said its word before it
    window.close()
    assert len(backups.copies(made_vault)) == 1


def texts(window: Window) -> list[str]:
    from hrddp_desktop.ui.parts import Text

    page = window.screen_shown()
    assert page is not None
    return [each.text() for found in page.findChildren(Text) for each in [found]]


def test_the_vault_is_looked_over_in_the_background_and_that_is_said(at_home: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: any("it is whole" in text for text in texts(at_home)))
    assert at_home.findChild(DamageDialog) is None


def test_damage_is_said_and_leads_to_the_copies(made_vault: Path, window: Window, qtbot: QtBot) -> None:
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        office.new_assessment()
        source = office.source
    backups.Copier(source).at_close()
    data = made_vault / "data"
    content = bytearray(data.read_bytes())
    content[len(content) // 2] ^= 1
    data.write_bytes(content)
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(DamageDialog) is not None)
    dialog = window.findChild(DamageDialog)
    assert dialog is not None
    assert "newest copy that is good" in dialog.text()
    press(button(dialog, "repair"), Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), CopiesPage))


def test_a_list_that_cannot_be_read_leads_to_the_copies_too(made_vault: Path, window: Window, qtbot: QtBot) -> None:
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        office.new_assessment()
    data = made_vault / "data"
    content = bytearray(data.read_bytes())
    for page in range(9, len(content) // 4096):
        content[page * 4096 + 70] ^= 1
    data.write_bytes(content)
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    unlock = window.screen_shown()
    assert isinstance(unlock, Unlock)
    qtbot.waitUntil(lambda: "could not be read" in unlock.message.text())
    press(button(unlock, "copies_and_repair"), Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), CopiesPage))


def test_a_copy_is_restored_beside_the_vault_and_opened(page: CopiesPage, at_home: Window, qtbot: QtBot) -> None:
    window = at_home
    press(button(page, "copy_now"), Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.findChild(QListWidget, "copies").count()))  # type: ignore[union-attr]
    type_in(page.findChild(QLineEdit, "copy_passphrase"), PASSPHRASE)
    press(button(page, "restore"), Key.Key_Return)
    offer = button(page, "open_restored")
    qtbot.waitUntil(offer.isVisible, timeout=10_000)
    press(offer, Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), Unlock))
    restored = Path(settings.load(paths.settings_file()).vault)
    assert restored.name == "assessments-2.hrddp"
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), Home))


def test_without_an_open_vault_a_copy_can_be_restored(
    made_vault: Path, window: Window, stick: Path, qtbot: QtBot
) -> None:
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        copier = backups.Copier(office.source, stick)
    copier.outside()
    (made_vault / "data").write_bytes(b"")
    press(button(window.screen_shown(), "copies_and_repair"), Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), CopiesPage))
    page = shown(window)
    type_in(page.findChild(QLineEdit, "copy_passphrase"), "not it")
    asker = window.findChild(Asker)
    assert asker is not None
    asker.named.emit("copy", str(stick))
    qtbot.waitUntil(lambda: "does not open" in page.message.text())
    line = page.findChild(QLineEdit, "copy_passphrase")
    assert line is not None
    line.clear()
    type_in(line, PASSPHRASE)
    asker.named.emit("copy", str(stick))
    qtbot.waitUntil(button(page, "open_restored").isVisible, timeout=10_000)


def test_on_another_computer_the_stick_and_the_safe_card_are_enough(
    home: Path, tmp_path: Path, stick: Path, window: Window, qtbot: QtBot
) -> None:
    with vault.new_vault(tmp_path / "a" / "assessments.hrddp", PASSPHRASE, PERSON) as office:
        code = people.new_card()
        office.people.keep_card(code)
        record = office.new_assessment().record
        copier = backups.Copier(office.source, stick)
    copier.outside()
    press(button(window.screen_shown(), "copies_and_repair"), Key.Key_Return)  # the first screen there is
    page = shown(window)
    assert not button(page, "rescue").isVisible()
    screen = by_card(window, stick)
    type_in(screen.findChild(QLineEdit, "card_code"), people.new_card())
    for name in ("new_passphrase", "new_again"):
        type_in(screen.findChild(QLineEdit, name), NEW)
    press(button(screen, "recover_now"), Key.Key_Return)
    qtbot.waitUntil(lambda: "does not open this vault" in screen.message.text(), timeout=10_000)
    assert not paths.default_vault().exists()
    line = screen.findChild(QLineEdit, "card_code")
    assert line is not None
    line.clear()
    type_in(line, code.lower())
    press(button(screen, "recover_now"), Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), Home), timeout=20_000)
    assert settings.load(paths.settings_file()).vault == str(paths.default_vault())
    window.close()
    with vault.open_vault(paths.default_vault(), NEW) as again:
        assert [line.record for line in again.records()] == [record]


def by_card(window: Window, place: Path) -> Returning:
    """From the page of the copies to the screen that takes the code, for a copy in `place`."""
    asker = window.findChildren(Asker)[-1]
    asker.named.emit(COPY_BY_CARD, str(place))
    screen = window.screen_shown()
    assert isinstance(screen, Returning)
    return screen


def test_a_copy_of_the_list_can_be_restored_by_the_card_and_the_way_back_leads_to_the_copies(
    page: CopiesPage, at_home: Window, qtbot: QtBot
) -> None:
    press(button(page, "copy_now"), Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.findChild(QListWidget, "copies").count()))  # type: ignore[union-attr]
    qtbot.waitUntil(button(page, "restore_by_card").isEnabled)
    press(button(page, "restore_by_card"), Key.Key_Return)
    screen = at_home.screen_shown()
    assert isinstance(screen, Returning)
    press(button(screen, "back"), Key.Key_Return)
    assert isinstance(at_home.screen_shown(), CopiesPage)


def test_a_damaged_vault_is_brought_over(page: CopiesPage, at_home: Window, qtbot: QtBot) -> None:
    type_in(page.findChild(QLineEdit, "copy_passphrase"), PASSPHRASE)
    press(button(page, "rescue"), Key.Key_Return)
    qtbot.waitUntil(button(page, "open_restored").isVisible, timeout=20_000)
    assert "0 are lost" in page.message.text()


def test_a_record_goes_into_the_bin_and_comes_back_by_the_keyboard(
    made_vault: Path, window: Window, qtbot: QtBot
) -> None:
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        office.new_assessment()
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), Home))
    home = window.screen_shown()
    assert home is not None
    press(home.findChild(QTableView, "records"), Key.Key_Delete)
    qtbot.waitUntil(lambda: window.screen_shown() is not home)
    again = window.screen_shown()
    assert isinstance(again, Home)
    assert "in the bin" in again.message.text()
    press(button(again, "copies_and_repair"), Key.Key_Return)
    page = shown(window)
    press(button(page, "empty_bin"), Key.Key_Return)  # asks first
    press(button(page, "take_back"), Key.Key_Return)
    assert "back in the list" in page.message.text()
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        assert len(office.records()) == 1


def test_the_bin_is_emptied_only_when_it_was_said_twice(made_vault: Path, window: Window, qtbot: QtBot) -> None:
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        office.bin.put(office.new_assessment().record)
    type_here(PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), Home))
    window.show_copies()
    page = shown(window)
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        press(button(page, "empty_bin"), Key.Key_Return)
        assert len(office.bin.records()) == 1
        press(button(page, "empty_bin"), Key.Key_Return)
        assert office.bin.records() == []


def test_how_long_ago_is_said_in_days(made_vault: Path, window: Window) -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    said = []
    for days in (0, 1, 7, 12):
        storage.note_outside(made_vault, now - timedelta(days=days))
        said.append(outside_sentence(made_vault, window.words, now=now))
    assert [warns for _, warns in said] == [False, False, False, True]
    assert said[-1][0] == "Last copy outside this computer: 12 days ago."
    shutil.rmtree(storage.place_of(made_vault))
    assert outside_sentence(made_vault, window.words)[1]


def test_the_second_place_can_be_chosen_at_first_start(window: Window, stick: Path, qtbot: QtBot) -> None:
    first = window.screen_shown()
    assert isinstance(first, FirstStart)
    for text in ("Ada Example", "Project manager", "DORV", "ilm", "seven calm lanterns", "seven calm lanterns"):
        type_here(text)
        press_here(Key.Key_Tab)
    press(button(first, "choose_place"), Key.Key_Return)
    asker = first.findChild(Asker)
    assert asker is not None
    asker.named.emit("second_place", str(stick))
    press(first.findChild(QLineEdit, "again"), Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.screen_shown(), CardScreen), timeout=20_000)
    assert settings.load(paths.settings_file()).second_place == str(stick)
    window.close()
    assert [line for line in backups.copies(paths.default_vault(), stick) if line.outside]
