"""The window as a whole: ways in, languages, closing."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from hrddp_desktop import paths, settings
from hrddp_desktop.services import vault
from hrddp_desktop.services.records import Office
from hrddp_desktop.ui.home import Home
from hrddp_desktop.ui.languages import LanguagePicker
from hrddp_desktop.ui.outline import Outline
from hrddp_desktop.ui.page import Page
from hrddp_desktop.ui.passphrases import is_weak
from hrddp_desktop.ui.start import FirstStart, Unlock
from tests.ui.hands import focused, press, press_here, type_here

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.window import Window
    from hrddp_desktop.ui.wizard import Wizard

    Stored = Callable[[], dict[str, object]]

Key = Qt.Key
_HEAVY = ("hrddp_desktop.engine", "hrddp_desktop.storage", "hrddp_desktop.report", "hrddp_desktop.signing",
          "hrddp_desktop.exchange", "hrddp_desktop.services", "reportlab", "pyhanko", "pikepdf", "sqlcipher3",
          "sqlite_utils", "argon2", "cryptography", "babel", "openpyxl", "PySide6.QtDBus")  # fmt: skip
_FIRST_PAINT = """
import sys
from PySide6.QtWidgets import QApplication
from hrddp_desktop.ui.theme import Theme
from hrddp_desktop.ui.window import Window
import hrddp_desktop.app
app = QApplication([])
Theme(app)
window = Window()
window.painted.connect(app.quit)
window.show()
app.exec()
print("\\n".join(sys.modules))
"""


@pytest.mark.parametrize("is_first_start", [True, False])
def test_the_first_paint_needs_nothing_of_engine_storage_report_or_signing(is_first_start: bool, home: Path) -> None:
    if not is_first_start:
        paths.default_vault().mkdir(parents=True)
        (paths.default_vault() / "data").write_bytes(b"x")
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_PAINT],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(paths.data_root())},
    )
    loaded = done.stdout.split()
    assert "hrddp_desktop.ui.start" in loaded
    assert not [module for module in loaded if module.startswith(_HEAVY)]


def test_a_fresh_machine_leads_from_first_start_to_an_open_assessment(window: Window, qtbot: QtBot) -> None:
    first = window.screen_shown()
    assert isinstance(first, FirstStart)
    for text in ("Ada Example", "Project manager", "DORV", "ilm", "seven calm lanterns", "seven calm lanterns"):
        type_here(text)
        press_here(Key.Key_Tab)
    press(first.findChild(QLineEdit, "again"), Key.Key_Return)
    qtbot.waitUntil(lambda: _name(window) == "safe_card")
    press(window.findChild(QPushButton, "later"), Key.Key_Space)
    qtbot.waitUntil(lambda: _name(window) == "home")
    press_here(Key.Key_Space)
    qtbot.waitUntil(lambda: _name(window) == "wizard")
    window.close()
    with vault.open_vault(paths.default_vault(), "seven calm lanterns") as office:
        assert (office.person.name, office.person.country) == ("Ada Example", "ILM")
        assert len(office.records()) == 1


def test_first_start_says_what_is_missing_and_makes_nothing(window: Window, qtbot: QtBot) -> None:
    first = window.screen_shown()
    assert isinstance(first, FirstStart)
    type_here("Ada Example")
    press_here(Key.Key_Return)
    assert focused().objectName() == "function"
    assert not paths.default_vault().exists()


def test_two_different_passphrases_make_no_vault(window: Window, qtbot: QtBot) -> None:
    for text in ("Ada", "PM", "DORV", "ILM", "seven calm lanterns", "seven calm lantern"):
        type_here(text)
        press_here(Key.Key_Tab)
    press(window.findChild(QLineEdit, "again"), Key.Key_Return)
    assert "The two passphrases differ." in _texts(window)
    assert not paths.default_vault().exists()


def test_a_weak_passphrase_is_taken_only_when_it_is_asked_for_twice(window: Window, qtbot: QtBot) -> None:
    for text in ("Ada", "PM", "DORV", "ILM", "abc", "abc"):
        type_here(text)
        press_here(Key.Key_Tab)
    press(window.findChild(QLineEdit, "again"), Key.Key_Return)
    assert "can be guessed" in _texts(window)
    button = window.findChild(QPushButton, "make")
    assert isinstance(button, QPushButton)
    assert "Use it all the same" in button.text()
    assert not paths.default_vault().exists()
    press(button, Key.Key_Return)
    qtbot.waitUntil(lambda: _name(window) == "safe_card")


@pytest.mark.parametrize(
    ("passphrase", "weak"),
    [
        ("abc", True),
        ("password1234567890", True),
        ("Summer2024!", True),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaa", True),
        ("seven calm lanterns", False),
        ("nine slow carts uphill", False),
    ],
)
def test_what_can_be_guessed_is_weak_however_long_it_is(passphrase: str, weak: bool) -> None:
    assert is_weak(passphrase) == weak


def test_ones_own_name_makes_no_strong_passphrase() -> None:
    assert not is_weak("Amparo Zubizarreta 77")
    assert is_weak("Amparo Zubizarreta 77", "Amparo Zubizarreta", "Zubizarreta", "Amparo")


def test_a_language_chosen_at_first_start_keeps_what_was_typed(window: Window, qtbot: QtBot) -> None:
    type_here("Ada Example")
    _choose_language(window, "ar", qtbot)
    first = window.screen_shown()
    assert isinstance(first, FirstStart)
    assert first.typed()["name"] == "Ada Example"
    assert first.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert settings.load(paths.settings_file()).language == "ar"


def test_a_wrong_passphrase_gets_a_sentence_and_another_try(made_vault: Path, window: Window, qtbot: QtBot) -> None:
    unlock = window.screen_shown()
    assert isinstance(unlock, Unlock)
    type_here("not this one")
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: "does not open" in unlock.message.text())
    assert "all answers are safe" in unlock.message.text()
    # What was typed is selected: the next try overwrites it.
    type_here("seven calm lanterns over the bay")
    press_here(Key.Key_Return)
    qtbot.waitUntil(lambda: _name(window) == "home")


def test_a_folder_that_is_no_vault_is_named_and_left_alone(home: Path, dressed: QApplication, qtbot: QtBot) -> None:
    from hrddp_desktop.ui.window import Window

    folder = paths.default_vault()
    folder.mkdir(parents=True)
    (folder / "holiday.txt").write_text("sun")
    window = Window()
    window.show()
    unlock = window.screen_shown()
    assert isinstance(unlock, Unlock)
    unlock.given.emit("anything")
    qtbot.waitUntil(lambda: "is no vault" in unlock.message.text())
    assert (folder / "holiday.txt").read_text() == "sun"
    window.close()
    window.deleteLater()


def test_arabic_mirrors_the_wizard_and_english_brings_it_back(wizard: Wizard, at_home: Window, qtbot: QtBot) -> None:
    assert _x(at_home, Outline) < _x(at_home, Page)
    _choose_language(at_home, "ar", qtbot)
    qtbot.waitUntil(lambda: at_home.wizard is not wizard)
    assert _x(at_home, Outline) > _x(at_home, Page)
    _choose_language(at_home, "en", qtbot)
    qtbot.waitUntil(lambda: _x(at_home, Outline) < _x(at_home, Page))


def test_a_language_switch_commits_what_is_being_typed(
    wizard: Wizard, at_home: Window, qtbot: QtBot, stored: Stored
) -> None:
    type_here("Half a tit")
    _choose_language(at_home, "ar", qtbot)
    qtbot.waitUntil(lambda: at_home.wizard is not wizard)
    assert stored()["a0_title"] == "Half a tit"


def test_closing_the_window_commits_what_is_being_typed(wizard: Wizard, at_home: Window, stored: Stored) -> None:
    type_here("Closed in mid-sentence")
    at_home.close()
    assert stored()["a0_title"] == "Closed in mid-sentence"


def _choose_language(window: Window, language: str, qtbot: QtBot) -> None:
    screen = window.screen_shown()
    assert screen is not None
    picker = screen.findChild(LanguagePicker)
    assert isinstance(picker, LanguagePicker)
    picker.picked.emit(language)
    qtbot.waitUntil(lambda: window.screen_shown() is not screen)


def _x(window: Window, kind: type[QWidget]) -> int:
    shown = [widget for widget in window.findChildren(kind) if widget.isVisible()]
    return int(shown[0].mapTo(window, shown[0].rect().center()).x())


def _texts(window: Window) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def _name(window: Window) -> str:
    shown = window.screen_shown()
    return shown.objectName() if shown is not None else ""


def test_a_vault_that_lost_something_says_so_at_home(at_home: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Office, "warning", lambda _office, _translate=None: "Answers saved later are missing.")
    at_home.show_home()
    home = at_home.screen_shown()
    assert isinstance(home, Home)
    assert "Answers saved later are missing." in home.message.text()


@pytest.mark.parametrize("content", ["[" * 200_000, '{"vault": "%s"}' % ("x" * 5000), '{"vault": "\\u0000"}'])
def test_settings_that_nobody_wrote_are_the_usual_ones(content: str, home: Path) -> None:
    file = paths.settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, "utf-8")
    assert settings.load(file) == settings.Settings()
