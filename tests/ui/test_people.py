"""People and keys, as the person at the keyboard meets them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from hrddp_desktop import clock
from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.services import people, vault
from hrddp_desktop.services.vault import Person
from hrddp_desktop.storage import vault as storage
from hrddp_desktop.ui.dialogs import Asker
from tests.ui.conftest import PASSPHRASE
from tests.ui.hands import focused, press, press_here, type_here, type_in

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window

Key = Qt.Key
Part = TypeVar("Part", bound=QWidget)
NEW = "copper kettle under figs"
BENS = "nine slow carts uphill"


def click(window: Window, name: str) -> None:
    press(window.findChild(QPushButton, name), Key.Key_Space)


def said(window: QWidget) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def part(screen: QWidget, kind: type[Part], name: str = "") -> Part:
    found = screen.findChild(kind, name) if name else screen.findChild(kind)
    assert isinstance(found, kind)
    return found


def shown(window: Window, name: str, qtbot: QtBot) -> QWidget:
    qtbot.waitUntil(lambda: (screen := window.screen_shown()) is not None and screen.objectName() == name)
    screen = window.screen_shown()
    assert screen is not None
    return screen


def fill(window: QWidget, **typed: str) -> None:
    for name, text in typed.items():
        type_in(window.findChild(QLineEdit, name), text)


def code_on(screen: QWidget) -> list[str]:
    labels = [screen.findChild(QLabel, f"group_{number}") for number in range(1, 8)]
    return [label.text() for label in labels if isinstance(label, QLabel)]


def make_card(window: Window, qtbot: QtBot) -> str:
    """Make a card as a person does: read the groups, type the one that is asked for."""
    screen = shown(window, "safe_card", qtbot)
    groups = code_on(screen)
    asked = next(number for number in range(1, 8) if f"type group {number} " in said(screen))
    fill(screen, card_group=groups[asked - 1].lower())
    press_here(Key.Key_Return)
    shown(window, "home", qtbot)
    return "-".join(groups)


def with_bens(folder: Path) -> None:
    with vault.open_vault(folder, PASSPHRASE) as office:
        ben = Person("Ben Haddad", "Driver", "DORV", "ILM", "en")
        office.people.take(office.people.wish("add", PASSPHRASE, BENS)(), ben)


def test_the_card_is_kept_only_when_one_of_its_groups_is_typed(at_home: Window, qtbot: QtBot, made_vault: Path) -> None:
    click(at_home, "make_card")
    screen = shown(at_home, "safe_card", qtbot)
    type_here("AAAAA")
    press_here(Key.Key_Return)
    assert "This is not group" in said(screen)
    assert focused().objectName() == "card_group"
    press(screen.findChild(QLineEdit, "card_group"), Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    code = make_card(at_home, qtbot)
    assert not part(at_home, QWidget, "card_line").isVisible()
    at_home.close()
    assert [person.name for person in people.whom(made_vault, code).values()] == ["Ada Example"]


def test_the_card_can_be_put_off_for_seven_days_then_a_red_line_stands_on_home(
    at_home: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = part(at_home, QWidget, "card_line")
    assert "Make the safe card by" in said(line)
    now = clock.computer()
    for days, tone in ((7, "muted"), (8, "stop")):
        monkeypatch.setattr(clock, "computer", lambda days=days: now + timedelta(days=days))
        at_home.show_home()
        line = part(shown(at_home, "home", qtbot), QWidget, "card_line")
        assert line.isVisible()
        assert part(line, QLabel).property("tone") == tone
    assert "everything in the vault is lost" in said(line)


def test_the_page_to_print_is_the_only_place_of_the_code_on_the_disk(
    at_home: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "card.pdf"
    monkeypatch.setattr(Asker, "ask_to_save", lambda asker, purpose, *_: asker.named.emit(purpose, str(file)))
    click(at_home, "make_card")
    screen = shown(at_home, "safe_card", qtbot)
    click(at_home, "save_card")
    assert "delete the file" in said(screen)
    assert file.read_bytes().startswith(b"%PDF")
    make_card(at_home, qtbot)


def test_a_forgotten_passphrase_is_replaced_by_the_card(made_vault: Path, window: Window, qtbot: QtBot) -> None:
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        code = people.new_card()
        office.people.keep_card(code)
    click(window, "forgotten")
    screen = shown(window, "recover", qtbot)
    fill(screen, card_code=code.lower(), new_passphrase=NEW, new_again=NEW)
    click(window, "recover_now")
    shown(window, "home", qtbot)
    window.close()
    vault.open_vault(made_vault, NEW).close()


def test_a_wrong_card_is_refused_in_a_sentence(made_vault: Path, window: Window, qtbot: QtBot) -> None:
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        office.people.keep_card(people.new_card())
    click(window, "forgotten")
    screen = shown(window, "recover", qtbot)
    fill(screen, card_code=people.new_card(), new_passphrase=NEW, new_again=NEW)
    click(window, "recover_now")
    qtbot.waitUntil(lambda: "does not open this vault" in said(screen))
    vault.open_vault(made_vault, PASSPHRASE).close()


def test_the_card_asks_whose_passphrase_is_new_where_there_are_several(
    made_vault: Path, window: Window, qtbot: QtBot
) -> None:
    with_bens(made_vault)
    with vault.open_vault(made_vault, PASSPHRASE) as office:
        code = people.new_card()
        office.people.keep_card(code)
    click(window, "forgotten")
    screen = shown(window, "recover", qtbot)
    fill(screen, card_code=code, new_passphrase=NEW, new_again=NEW)
    click(window, "recover_now")
    qtbot.waitUntil(lambda: "Choose whose passphrase is new." in said(screen))
    click(window, "recover_now")
    shown(window, "home", qtbot)
    window.close()
    vault.open_vault(made_vault, NEW).close()
    vault.open_vault(made_vault, BENS).close()


def test_the_passphrase_is_changed_at_the_keyboard(at_home: Window, made_vault: Path, qtbot: QtBot) -> None:
    click(at_home, "people_and_keys")
    page = shown(at_home, "people", qtbot)
    click(at_home, "change")
    assert focused().objectName() == "own_passphrase"
    fill(page, own_passphrase=PASSPHRASE, new_passphrase=NEW, new_again=NEW)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: "Done." in said(page))
    assert part(page, QLineEdit, "own_passphrase").text() == ""
    at_home.close()
    vault.open_vault(made_vault, NEW).close()


def test_a_person_is_added_and_taken_out_at_the_keyboard(at_home: Window, made_vault: Path, qtbot: QtBot) -> None:
    click(at_home, "people_and_keys")
    page = shown(at_home, "people", qtbot)
    click(at_home, "add")
    fill(page, name="Ben Haddad", function="Driver", station="DORV", country="ilm")
    fill(page, own_passphrase="wrong one", new_passphrase=BENS, new_again=BENS)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: "does not open the vault" in said(page))
    own = part(page, QLineEdit, "own_passphrase")
    own.clear()
    type_in(own, PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: "Ben Haddad" in said(page))
    with vault.open_vault(made_vault, BENS) as office:
        slot = next(each.slot for each in office.people.present() if each.is_me)
    click(at_home, f"out_{slot}")
    fill(page, own_passphrase=PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: "Ben Haddad" not in said(page))
    with pytest.raises(VaultError) as caught:
        storage.unlock(made_vault, BENS)
    assert caught.value.code is Code.WRONG_PASSPHRASE


def test_handing_over_lists_what_is_open_and_leaves_the_vault(at_home: Window, made_vault: Path, qtbot: QtBot) -> None:
    at_home.start_record()
    at_home.show_home()
    click(at_home, "people_and_keys")
    page = shown(at_home, "people", qtbot)
    click(at_home, "hand_over")
    fill(page, name="Ben Haddad", function="Driver", station="DORV", country="ILM")
    fill(page, own_passphrase=PASSPHRASE, new_passphrase=BENS, new_again=BENS)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: "Records still open: 1" in said(page))
    assert "made before still opens the vault until there is a new one" in said(page)
    press_here(Key.Key_Space)  # the way out has the keyboard
    shown(at_home, "unlock", qtbot)
    with vault.open_vault(made_vault, BENS) as office:
        assert office.person.name == "Ben Haddad"
        assert office.identity() is not None


def test_wrong_passphrases_make_the_window_wait(made_vault: Path, window: Window, qtbot: QtBot) -> None:
    screen = shown(window, "unlock", qtbot)
    for _ in range(3):
        fill(screen, passphrase="wrong")
        press_here(Key.Key_Return)
        qtbot.waitUntil(lambda: "does not open the vault" in said(screen))
        qtbot.waitUntil(lambda: part(screen, QPushButton, "open").isEnabled())
    fill(screen, passphrase=PASSPHRASE)
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: "seconds, then try again" in said(screen))
