"""The window on a full assessment: from an answer to the picture that shows what follows of it, and its other moments.

Worked case 1, and the same case grown to 60 risks and 60 measures; real windows on the offscreen screen, over a real
vault. The floor is a line edit that sets a label in a window of the same size. Times are also counted in frames of a
screen that shows 60 in a second, and so are the bars.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from hrddp_desktop import paths
from hrddp_desktop.services import assessment, vault
from hrddp_desktop.ui.fields import Field
from hrddp_desktop.ui.immortal import make_immortal
from hrddp_desktop.ui.options import CheckOption, RadioOption
from hrddp_desktop.ui.theme import LIGHT, Theme
from hrddp_desktop.ui.window import Window
from tests.bench.timing import Series, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hrddp_desktop.ui.editor import Raw
    from hrddp_desktop.ui.wizard import Wizard

_CASE = Path(__file__).resolve().parents[2] / "forms" / "assessment" / "examples" / "case1.json"
_PASSPHRASE = "seven calm lanterns over the bay"
_PERSON = vault.Person("Ada Example", "Project manager", "DORV", "ILM", "en")
_GROWN = {"a4_risks": 60, "a5_measures": 60}
_FRAME_S = 1 / 60
_PER_PAGE = 4  # so many questions of a page are answered otherwise and back
_OPENINGS = 4
_MOST = 95  # percent of the times have to keep a bar
# In frames; what a person waits for while typing, while turning a page for the first time, and while turning back.
_BARS = {"answer": 1.0, "first": 2.0, "again": 1.0}


@dataclass(frozen=True, slots=True)
class Moments:
    """What was measured of one record."""

    answer: Series
    first: Series
    again: Series
    opened: Series
    language: Series

    @classmethod
    def of(cls, name: str) -> Moments:
        """Nothing measured yet."""
        kinds = ("an answer", "a page, first", "a page, again", "the record opened", "the language changed")
        return cls(*(Series(f"{name}: {kind}") for kind in kinds))

    def all(self) -> list[Series]:
        """In the order of the table."""
        return [self.answer, self.first, self.again, self.opened, self.language]


def main() -> int:
    """Measure and show; 1 when a bar is missed."""
    make_immortal()
    Theme(_app()).wear(LIGHT)
    floor = _floor()
    with tempfile.TemporaryDirectory() as home:
        os.environ["HRDDP_HOME"] = home
        records = _records()
        window = _window()
        measured = {name: Moments.of(name) for name in records}
        for name, record in records.items():
            _measure(window, record, measured[name])
        window.close()
        window.deleteLater()
        _settle()
    show("The window on a full assessment, offscreen", [s for each in measured.values() for s in each.all()], [floor])
    return _judge(measured)


def _app() -> QApplication:
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication(["bench"])


def _settle() -> None:
    """Until nothing waits any more: layouts, what was put off for a turn, the paint, what is to be deleted."""
    for _turn in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _floor() -> Series:
    """A line edit and a label: what any answer costs in Qt."""
    found, plain = Series("bare line and label"), QWidget()
    line, label = QLineEdit(plain), QLabel(plain)
    layout = QVBoxLayout()
    layout.addWidget(line)
    layout.addWidget(label)
    plain.setLayout(layout)
    plain.resize(1180, 760)
    plain.show()
    line.returnPressed.connect(lambda: label.setText(line.text()))
    _settle()
    for number in range(100):
        line.setText(f"answer {number}")
        _settle()
        found.measure(_press, line)
    plain.close()
    plain.deleteLater()
    _settle()
    return found


def _press(line: QWidget) -> None:
    QTest.keyClick(line, Qt.Key.Key_Return)
    _settle()


def _records() -> dict[str, str]:
    """The two records in a new vault, by what they are called here."""
    case = json.loads(_CASE.read_text("utf-8"))
    grown = {**case, "record": None, "answers": {**case["answers"]}}
    for table, count in _GROWN.items():
        rows = case["answers"][table]
        prefix = rows[0]["_row"].rstrip("0123456789")
        more = ({**rows[n % len(rows)], "_row": f"{prefix}{1000 + n}"} for n in range(count - len(rows)))
        grown["answers"][table] = [*rows, *more]
    with vault.new_vault(paths.default_vault(), _PASSPHRASE, _PERSON) as office:
        return {
            name: office.import_answers(assessment.read(json.dumps(each).encode(), name))
            for name, each in (("case 1", case), ("60 risks and measures", grown))
        }


def _window() -> Window:
    window = Window()
    window.show()
    window.activateWindow()
    window.screen_shown().given.emit(_PASSPHRASE)  # type: ignore[union-attr]  # the screen that asks for it
    _settle()
    # A look at the whole vault is under way; it would be measured too.
    window.work.drain()
    _settle()
    return window


def _measure(window: Window, record: str, moments: Moments) -> None:
    for _turn in range(_OPENINGS):
        moments.opened.measure(_open, window, record)
    names = [page.name for page in _wizard(window).desk.assessment.pages()]
    for into in (moments.first, moments.again):
        for name in names:
            into.measure(_show_page, window, name)
    for name in names:
        _show_page(window, name)
        for answer in _answers(_wizard(window)):
            moments.answer.measure(answer)
    for language in ("fr", "ar", "es", "en"):
        moments.language.measure(_speak, window, language)


def _open(window: Window, record: str) -> None:
    window.open_record(record)
    _settle()


def _wizard(window: Window) -> Wizard:
    if window.wizard is None:
        raise RuntimeError("the record did not open")
    return window.wizard


def _show_page(window: Window, name: str) -> None:
    _wizard(window).show_page(name)
    _settle()


def _speak(window: Window, language: str) -> None:
    _wizard(window).language.emit(language)
    _settle()


def _answers(wizard: Wizard) -> Iterator[Callable[[], None]]:
    """Another answer to some questions of the page that is shown, and then the first one again."""
    page = wizard.page()
    fields = page.findChildren(Field) if page is not None else []
    able = {each.path: each.raw() for each in fields if each.isVisible() and _other(each) is not None}
    for path in list(able)[:: math.ceil(len(able) / _PER_PAGE) or 1]:
        other = _other(_field(wizard, path))
        for raw in (other, able[path]):
            found = wizard.findChild(Field, f"field:{path}")
            if isinstance(found, Field) and raw is not None:
                yield _hand(found, raw)


def _field(wizard: Wizard, path: str) -> Field:
    found = wizard.findChild(Field, f"field:{path}")
    if not isinstance(found, Field):
        raise TypeError(f"{path} is not shown")
    return found


def _other(field: Field) -> Raw | None:
    """Another answer to a question that is answered; None where there is none to give by hand."""
    view, now = field.view, field.raw()
    if not now or view.read_only:
        return None
    if view.type in ("text", "long"):
        return f"{now}, also"
    if field.findChildren(RadioOption):
        return next((option.code for option in view.options if option.code != now), None)
    if field.findChildren(CheckOption) and isinstance(now, list):
        first = view.options[0].code
        return [code for code in now if code != first] if first in now else [*now, first]
    return None


def _hand(field: Field, raw: Raw) -> Callable[[], None]:
    """What the hand does last to give an answer; all before it is done here."""
    if isinstance(raw, list):
        return _click(field, field.view.options[0].code)
    if field.findChildren(RadioOption):
        return _click(field, raw)
    typed: list[QLineEdit | QPlainTextEdit] = [*field.findChildren(QLineEdit), *field.findChildren(QPlainTextEdit)]
    typed[0].setFocus()
    if isinstance(typed[0], QLineEdit):
        typed[0].setText(raw)
    else:
        typed[0].setPlainText(raw)
    _settle()
    return lambda: _leave(typed[0])


def _click(field: Field, code: str) -> Callable[[], None]:
    box = field.findChild(QAbstractButton, f"{field.path}={code}")
    if not isinstance(box, QAbstractButton):
        raise TypeError(f"{field.path} has no option {code}")

    def click() -> None:
        box.click()
        _settle()

    return click


def _leave(typed: QLineEdit | QPlainTextEdit) -> None:
    typed.clearFocus()
    _settle()


def _judge(measured: dict[str, Moments]) -> int:
    print(f"\n{'':46}{f'p{_MOST} ms':>10}{'frames':>10}{'bar':>8}")
    missed = 0
    for moments in measured.values():
        bars = {"answer": moments.answer, "first": moments.first, "again": moments.again}
        for name, series in bars.items():
            frames = _most(series.seconds) / _FRAME_S
            is_missed = frames > _BARS[name]
            missed += is_missed
            said = "  missed" if is_missed else ""
            print(f"{series.name:46}{_most(series.seconds) * 1e3:10.1f}{frames:10.2f}{_BARS[name]:8.1f}{said}")
    return 1 if missed else 0


def _most(seconds: list[float]) -> float:
    """The time that so many percent do not exceed."""
    return sorted(seconds)[math.ceil(len(seconds) * _MOST / 100) - 1]


if __name__ == "__main__":
    sys.exit(main())
