"""Each Action is walked from start to end in the real window, in each language: nothing empty, raw or untranslated."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from typing import TYPE_CHECKING

import polib
import pytest
from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QTableView, QWidget

from hrddp_desktop import paths, settings
from hrddp_desktop.i18n import LANGUAGES
from hrddp_desktop.services import assessment, vault
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.records import Assessment
from hrddp_desktop.services.vault import Person
from hrddp_desktop.ui.aside import Guidance
from hrddp_desktop.ui.column import is_table
from hrddp_desktop.ui.fields import Field
from hrddp_desktop.ui.immortal import make_immortal
from hrddp_desktop.ui.outline import REVIEW, Outline
from hrddp_desktop.ui.theme import Theme
from hrddp_desktop.ui.window import Window
from tests.forms.worked import CASES, ROOT
from tests.ui.hands import press_here, type_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hrddp_desktop.ui.wizard import Wizard

PASSPHRASE = "seven calm lanterns over the bay"
CASE = (CASES / "case1.json").read_bytes()
# Pages of other cases: a renewal, stand-alone training, a precondition that needs advice.
OF_OTHERS = {"g0_renewal", "g1_short_check", "g2_advice"}
RAW = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+|null|\w+::\w*|.*\$\{.*")
ROW_LABEL = re.compile(r"[A-Z]\d+(x[A-Z]\d+)*( · .*)?", re.DOTALL)
ARABIC, LATIN = re.compile(r"[\u0600-\u06ff]"), re.compile(r"[A-Za-z]{2}")
# What is written alike in every script: rules, records, paper sizes, keys.
EVERYWHERE = re.compile(r"[A-Z]+\d*[a-z]?|[A-Z]\d-\d+|[A-Z]{2,}[\w-]*|[A-Z][a-z]+ \d|PDF.*")
NAMES = {"A4", "Letter", "English", "Français", "Español", "العربية"}

make_immortal()


@pytest.fixture(scope="module")
def compiled(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled form, once."""
    Theme(qapp)
    folder = tmp_path_factory.mktemp("compiled")
    Forms(cache=folder).definition("assessment")
    return folder


@pytest.fixture
def opened(home: Path, compiled: Path, qtbot: QtBot) -> Iterator[Callable[[str, bytes | None], Wizard]]:
    """Opens a record in the window of a person of this language: one with these answers, else a new one."""
    windows: list[Window] = []

    def enter(language: str, answers: bytes | None) -> Wizard:
        shutil.copytree(compiled, paths.cache_dir())
        settings.save(settings.Settings(language=language), paths.settings_file())
        person = Person("Ada Example", "Project manager", "DORV", "ILM", language)
        with vault.new_vault(paths.default_vault(), PASSPHRASE, person) as office:
            if answers is not None:
                office.import_answers(assessment.read(answers, "case"))
        window = Window()
        windows.append(window)
        window.resize(QSize(1366, 728))
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        type_here(PASSPHRASE)
        press_here(Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: _name(window) == "home")
        press_here(Qt.Key.Key_Return if answers is not None else Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: window.wizard is not None)
        assert window.wizard is not None
        return window.wizard

    yield enter
    for window in windows:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def _name(window: Window) -> str:
    shown = window.screen_shown()
    return shown.objectName() if shown is not None else ""


def walk(wizard: Wizard) -> Iterator[str]:
    """The pages in order, by Next, up to the review."""
    on = Qt.Key.Key_Left if QApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft else Qt.Key.Key_Right
    wizard.show_page("g0_activity")
    seen: list[str] = []
    while wizard.current != REVIEW:
        assert wizard.current not in seen, "Next went in a circle"
        seen.append(wizard.current)
        yield wizard.current
        press_here(on, Qt.KeyboardModifier.AltModifier)
    yield REVIEW


def texts(widget: QWidget) -> Iterator[str]:
    """Every text of ours that a widget shows, line by line; what a person typed stands in no label."""
    for each in [widget, *widget.findChildren(QWidget)]:
        if not each.isVisibleTo(widget):
            continue
        if isinstance(each, QComboBox):
            yield from (each.itemText(i) for i in range(each.count()))
        elif isinstance(each, QTableView):
            yield from _cells(each)
        elif isinstance(each, QLabel | QAbstractButton):
            yield from each.text().split("\n")


def _cells(view: QTableView) -> Iterator[str]:
    model = view.model()
    assert isinstance(model, QAbstractItemModel)
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal))
        yield from (str(model.index(line, column).data()) for line in range(model.rowCount()))


def explained(wizard: Wizard) -> Iterator[str]:
    """What the panel beside the page says of each question, table and cell."""
    page = wizard.page()
    panel = wizard.findChild(Guidance)
    assert isinstance(panel, Guidance)
    for item in page.column().items() if page is not None else ():
        cells = item.findChildren(Field) if not isinstance(item, Field) else []
        for path in (item.path, *(cell.path for cell in cells)):
            wizard.desk.visited.emit(path)
            yield from texts(panel)


@cache
def untranslated(language: str) -> frozenset[str]:
    """English texts that have another text in this language and are no text of it."""
    files = [ROOT / "resources" / "i18n" / f"{language}.po", *sorted((ROOT / "forms").rglob(f"{language}.po"))]
    entries = [entry for file in files for entry in polib.pofile(str(file), encoding="utf-8")]
    said = {entry.msgstr for entry in entries}
    return frozenset({entry.msgid for entry in entries if entry.msgid != entry.msgstr} - said)


def of_persons(wizard: Wizard) -> str:
    """All that was typed, in one text."""
    record = wizard.desk.assessment
    assert isinstance(record, Assessment)
    found = json.loads(record.answers_file())
    return json.dumps([found["answers"], found.get("excused")], ensure_ascii=False).replace('\\"', '"')


def wrong(text: str, language: str, typed: str) -> bool:
    """Whether a text is raw or of another language."""
    part = text.partition(" · ")[2] if re.match(r"[A-Z][\w-]* · ", text) and not ROW_LABEL.fullmatch(text) else text
    if RAW.fullmatch(text):
        return True
    if language == "en" or ROW_LABEL.fullmatch(text) or text in NAMES:
        return False
    if all(each.strip().rstrip("…") in typed for each in text.split(": ")):
        return False
    foreign = bool(LATIN.search(part)) and not ARABIC.search(part) and not EVERYWHERE.fullmatch(part)
    return part in untranslated(language) or (language == "ar" and foreign)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answers", [None, CASE], ids=["new", "case1"])
def test_each_action_is_walked_in_the_readers_language(
    opened: Callable[[str, bytes | None], Wizard], language: str, answers: bytes | None
) -> None:
    wizard = opened(language, answers)
    typed = of_persons(wizard)
    found: dict[str, list[str]] = {}
    for page in walk(wizard):
        said = [*texts(wizard), *explained(wizard)]
        found[page] = sorted({text for text in said if text and wrong(text, language, typed)})
    assert sorted({text for bad in found.values() for text in bad}) == []
    assert len(found) > (30 if answers else 5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_empty_and_no_question_without_words(
    opened: Callable[[str, bytes | None], Wizard], language: str
) -> None:
    wizard = opened(language, CASE)
    for name in walk(wizard):
        page = wizard.page()
        if page is None:
            continue
        assert page.column().items(), name
        for view in wizard.desk.assessment.page(name, language):
            cells = [cell for line in view.rows for cell in line.cells] if is_table(view) else []
            assert not is_table(view) or view.label, view.path
            assert [f.path for f in page.findChildren(Field) if not f.view.label.strip()] == []
            assert [c.path for c in cells if any(not option.label for option in c.options)] == []


def test_every_page_of_the_full_lane_is_reached_and_stands_in_the_outline(
    opened: Callable[[str, bytes | None], Wizard],
) -> None:
    wizard = opened("en", CASE)
    definition = wizard.desk.assessment.session.definition
    visited = [page for page in walk(wizard) if page != REVIEW]
    groups = [item.name for item in definition.items.values() if item.type == "group" and item.parent is None]
    assert set(groups) - set(visited) == OF_OTHERS
    assert visited == [name for name in groups if name in visited]
    outline = wizard.findChild(Outline)
    assert isinstance(outline, Outline)
    lines = {line.page: line for line in outline.lines() if line.page}
    assert [*lines] == [*visited, REVIEW]
    for name in visited:
        assert lines[name].label == definition.label(name, "en")
        assert lines[name].state in {"done", "filled", "free"}, name
