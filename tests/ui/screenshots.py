"""Pictures of the main screens in every language, made from the real window over a real vault.

`python tests/ui/screenshots.py FOLDER [LANGUAGE ...]`, run by `dev.py screenshots` on a screen of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hrddp_desktop import paths, settings
from hrddp_desktop.i18n import LANGUAGES
from hrddp_desktop.services import assessment
from hrddp_desktop.ui.start import Beginning
from hrddp_desktop.ui.theme import DARK, LIGHT, Theme
from hrddp_desktop.ui.window import Window

if TYPE_CHECKING:
    from hrddp_desktop.ui.wizard import Wizard

_LARGE = QSize(1366, 728)
_SMALL = QSize(1024, 600)
_PERSON = {"name": "Ada Example", "function": "Project manager", "station": "DORV", "country": "ILM"}
_FIRST_QUESTIONS = ("a1_any_security", "a1_indirect", "a1_partner_links", "a1_escort")
_NOT_APPLICABLE = {"a0_title": "Birth and residence certificates in Dorva district", "a0_stage": "proposal"}
_FULL = {
    "a0_title": "Integrated border management at the Sel crossing",
    "a0_stage": "concept",
    "a1_any_security": "yes",
    "a1_indirect": "unsure",
    "a1_partner_links": "no",
    "a1_escort": "no",
}
_CASE = Path(__file__).resolve().parents[1] / "data" / "cases" / "case1.json"
_CASE_PAGES = (
    *("g2_ownership", "g2_weapons", "g2_combat", "g2_result", "g3_others", "g3_position", "g3_screening", "g3_result"),
    *("g4_record", "g4_context", "g4_sources", "g4_risks", "g4_np", "g4_result", "g5_measures", "g5_after"),
    *("g5_real_risk", "g6_how", "g6_indicators", "g6_reviews", "g7_stop", "g8_release", "g9_outcome", "@review"),
)
_ROWS: dict[str, tuple[dict[str, str | list[str]], ...]] = {
    "a1_recipients": (
        {
            "rec_name": "Border Police, Sel Regional Command",
            "rec_type": "border_control",
            "rec_level": "regional_command",
        },
        {"rec_name": "Customs Directorate", "rec_type": "customs", "rec_powers": "unsure"},
    ),
    "a1_supports": (
        {"sup_rec": ["R1", "R2"], "sup_type": "t_ops_training", "sup_purpose": "raise_operations"},
        {"sup_type": "l_equipment"},
    ),
}


class Album:
    """One language: takes pictures of one window under one name."""

    def __init__(self, window: Window, folder: Path, language: str) -> None:
        self.window = window
        self.folder = folder / language
        self.folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, size: QSize = _LARGE) -> None:
        """A picture of what is shown now."""
        self.window.setMinimumSize(1, 1)
        self.window.resize(size)
        settle()
        self.window.grab().save(str(self.folder / f"{name}.png"))


def settle() -> None:
    """Let layouts and deferred deletes happen."""
    for _turn in range(3):
        QTest.qWait(20)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def take_all(theme: Theme, folder: Path, language: str) -> None:
    """Every main screen in one language."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["HRDDP_HOME"] = home
        settings.save(settings.Settings(language=language), paths.settings_file())
        window = Window()
        window.show()
        album = Album(window, folder, language)
        album.take("01-first-start")
        window.screen_shown().given.emit(Beginning(language=language, passphrase="seven calm lanterns", **_PERSON))  # type: ignore[union-attr]
        album.take("02-home-empty")
        take_not_applicable(album)
        take_texts(album)
        take_full(album, theme)
        take_case(album)
        window.show_reading()
        album.take("20-guidance")
        window.show_home()
        album.take("17-home")
        take_unlock(album, theme)


def take_not_applicable(album: Album) -> None:
    """The short case: the policy does not apply."""
    wizard = new_record(album.window)
    album.take("03-first-page")
    for path, raw in _NOT_APPLICABLE.items():
        wizard.desk.commit(path, raw)
    wizard.show_page("g1_first")
    album.take("04-action-1")
    for path in _FIRST_QUESTIONS:
        wizard.desk.commit(path, "no")
    album.take("05-not-applicable")
    wizard.show_page("@review")
    album.take("06-review")
    album.take("07-review-small", _SMALL)


def take_texts(album: Album) -> None:
    """Texts that may lead to a person: under the field, and before the signature."""
    wizard = new_record(album.window)
    for path, raw in _NOT_APPLICABLE.items():
        wizard.desk.commit(path, raw)
    for path in _FIRST_QUESTIONS:
        wizard.desk.commit(path, "no")
    wizard.desk.commit("a0_title", "Course led by Colonel Example, 4th Sector, Dorva")
    wizard.desk.commit("a0_objective", "أمر العقيد مثال بذلك، والهاتف +218 91 234 5678 في المكتب")
    album.take("20-text-recognised")
    wizard.show_page("@review")
    wizard.desk.tick("a0_title", "Colonel Example", True)
    album.take("21-texts-to-look-at")
    album.take("22-texts-to-look-at-small", _SMALL)


def take_full(album: Album, theme: Theme) -> None:
    """The long case: recipients and supports, something missing, something refused."""
    wizard = new_record(album.window)
    for path, raw in _FULL.items():
        wizard.desk.commit(path, raw)
    for table, rows in _ROWS.items():
        for cells in rows:
            fill_row(wizard, table, cells)
    wizard.show_page("g1_first")
    album.take("08-action-1-full")
    wizard.show_page("g1_recipients", "a1_recipients/R2/rec_powers")
    album.take("09-recipients")
    album.take("10-recipients-small", _SMALL)
    wizard.show_page("g1_support", "a1_supports/S2/sup_rec")
    album.take("11-supports")
    wizard.list_missing()
    album.take("12-missing")
    wizard.toggle_guidance()
    wizard.show_page("g0_activity")
    wizard.desk.commit("a0_country", "Ilmaria")
    album.take("13-problem")
    wizard.desk.commit("a0_country", "ILM")
    if any(page.name == "g0_where_when" for page in wizard.desk.assessment.pages()):
        wizard.show_page("g0_where_when")
        wizard.desk.commit("a0_start", "2026-03-05")
        album.take("14-where-and-when")
    wizard.show_page("@review")
    album.take("15-review-incomplete")
    wizard.show_page("g1_recipients")
    theme.wear(DARK)
    album.take("16-dark")
    theme.wear(LIGHT)


def take_case(album: Album) -> None:
    """The worked case: the pages of the later Actions, with many rows and long lists."""
    window = album.window
    office = window._require_office()  # noqa: SLF001  # a person imports a file; the window has no way to do so yet
    window.open_record(office.import_answers(assessment.read(_CASE.read_bytes(), "case1")))
    settle()
    opened = window.wizard
    if opened is None:
        raise RuntimeError("the worked case did not open")
    for number, page in enumerate(_CASE_PAGES, 30):
        opened.show_page(page)
        album.take(f"{number}-{page.strip('@')}")


def take_unlock(album: Album, theme: Theme) -> None:
    """The second start."""
    album.window.close()
    album.window.deleteLater()
    album.window = Window()
    album.window.show()
    album.take("18-unlock")
    theme.wear(DARK)
    album.take("19-unlock-dark", _SMALL)
    theme.wear(LIGHT)
    album.window.close()
    album.window.deleteLater()
    settle()


def new_record(window: Window) -> Wizard:
    """A new assessment, open."""
    window.start_record()
    settle()
    wizard = window.wizard
    if wizard is None:
        raise RuntimeError("the record did not open")
    return wizard


def fill_row(wizard: Wizard, table: str, cells: dict[str, str | list[str]]) -> None:
    """A row with its cells."""
    wizard.desk.add_row(table)
    row = wizard.desk.assessment.table(table, "en").rows[-1].row_id
    for name, raw in cells.items():
        wizard.desk.commit(f"{table}/{row}/{name}", raw)


def main() -> int:
    """All languages, or those that are named."""
    folder = Path(sys.argv[1])
    app = QApplication(["screenshots"])
    theme = Theme(app)
    theme.wear(LIGHT)
    for language in sys.argv[2:] or LANGUAGES:
        take_all(theme, folder, language)
    return 0


if __name__ == "__main__":
    sys.exit(main())
