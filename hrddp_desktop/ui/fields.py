"""One question on the screen, whatever its kind: label, hint, editor, problem and excuse, built from its FieldView."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from hrddp_desktop.errors import N_
from hrddp_desktop.ui import chosen, theme, typed
from hrddp_desktop.ui.doubts import Doubt
from hrddp_desktop.ui.evidence import EvidenceBox
from hrddp_desktop.ui.excuses import Excuse
from hrddp_desktop.ui.icons import Shape, ShapeLabel
from hrddp_desktop.ui.parts import Text, column, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.engine.views import FieldView
    from hrddp_desktop.errors import HrddpError
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.scanner import Kind
    from hrddp_desktop.ui.desk import Desk
    from hrddp_desktop.ui.editor import Editor, Raw

# kind of answer -> its editor; a test holds these kinds equal to the engine's.
KINDS: dict[str, Callable[..., Editor]] = {**typed.KINDS, **chosen.KINDS}
_TYPED = frozenset({"text", "long", "integer", "decimal", "date"})
# A draft is at most this old when the machine dies; a pause as long as the second commits.
DRAFT_MS = 1000
QUIET_MS = 2000
# Kinds of answers in which names of persons could stand.
_FREE = frozenset({"text", "long"})
_LATER = {
    "clearance": N_("needed before approval"),
    "release": N_("needed before delivery"),
    "running": N_("needed while support runs"),
    "closing": N_("needed at closing"),
}
_HOW_TO_WRITE = {
    "date": N_("This is not a date. Write year-month-day, for example 2026-03-05."),
    "integer": N_("This is not a whole number. Write digits only, for example 12."),
    "decimal": N_("This is not a number. Write digits, for example 12.5."),
}


class Field(QWidget):
    """One question; it hands its answer to the desk when the editor is left, by a choice, by Enter or after a pause.

    Signals: committed(path, raw); drafted(path, text); visited(path); excused(path, kind, why, who).
    """

    committed = Signal(str, object)
    drafted = Signal(str, str)
    visited = Signal(str)
    excused = Signal(str, str, str, str)

    def __init__(self, view: FieldView, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"field:{view.path}")
        self.path = view.path
        self._words = words
        self._view = view
        self._shown: Raw = ""
        self._typing = False
        self._untouched = False
        self._refusal = ""
        self._draft = _timer(self, DRAFT_MS, self._send_draft)
        self._quiet = _timer(self, QUIET_MS, self._settle_if_complete)
        note = view.type == "note"
        self._label = Text(parent=self, strong=not note)
        self._parts: dict[str, Text | _Said] = {}
        self._open_kinds: Callable[[str, str], tuple[Kind, ...]] | None = None
        self._excuse: Excuse | None = None
        self._body = column(gap=theme.HALF)
        self._body.addWidget(self._label)
        self._editor = self._make_editor(view)
        self._doubt: Doubt | None = None
        self._files: EvidenceBox | None = None
        self.setLayout(self._body)
        self.show_view(view)

    def attach(self, desk: Desk) -> None:
        """Hand everything to the desk."""
        self.committed.connect(desk.commit)
        self.drafted.connect(desk.draft)
        self.visited.connect(desk.visited)
        self.excused.connect(desk.excuse)
        self._open_kinds = desk.assessment.open_kinds
        if self._view.evidence and desk.asker is not None:
            self._files = EvidenceBox(self.path, desk.files(), desk, desk.asker, self._words, self)
            self._files.entered.connect(self._visit)
            self._files.changed.connect(self._chain)
            self._files.take_drops(self, self._editor)
            self._body.addWidget(self._files)
            self._files.show_files(self._view.label)
        self._tell()

    @property
    def view(self) -> FieldView:
        """What is shown now."""
        return self._view

    def show_view(self, view: FieldView) -> None:
        """Show the stored answer and what the engine says of it; text that is being typed stays."""
        # The engine gives the same view again until something in it is another; a reviewer's tick is not in it.
        if view is self._view and self._untouched:
            if view.type in _FREE:
                self._tell()
            return
        self._untouched = True
        if not self._editor.fits(view):
            self._replace_editor(view)
        self._view = view
        self._label.say(view.label)
        self._say("hint", view.hint)
        self._say("meta", self._meta_text(view))
        if not self._typing and not self._refusal:
            self._editor.put(view)
            self._shown = self._editor.raw()
        self._editor.setEnabled(not view.read_only or view.type == "calculate")
        self._editor.setVisible(view.excuse is None)
        self._show_excuse(view)
        if self._files is not None:
            self._files.show_files(view.label)
        self._tell()

    def show_doubt(self, text: str) -> None:
        """Show what a reviewer asks beside the answer."""
        if text and self._doubt is None:
            self._doubt = Doubt(self._words, self)
            self._doubt.entered.connect(self._visit)
            self._body.addWidget(self._doubt)
        if self._doubt is not None:
            self._doubt.say(text)

    def refuse(self, error: HrddpError) -> None:
        """Keep what was typed and say why it cannot be the answer."""
        self._untouched = False
        known = _HOW_TO_WRITE.get(self._view.type)
        self._refusal = self._words(known) if known else error.sentences(self._words.translate)[0]
        self._tell()
        self._send_draft()

    def restore(self, text: str) -> None:
        """Put back what was typed and not yet committed when the app last ended."""
        if self._view.type in _TYPED and text != self._shown:
            self._editor.restore(text)
            self._typing = True
            self._untouched = False

    def flush(self) -> None:
        """Commit now what stands in the editor."""
        self._settle()

    def take_focus(self) -> None:
        """Put the cursor into the editor, or on the way back to it."""
        if self._view.excuse is not None and self._excuse is not None:
            self._excuse.take_focus()
            return
        if self._doubt is not None and not self._editor.stops():
            self._doubt.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._editor.control().setFocus(Qt.FocusReason.OtherFocusReason)

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        below = [each.stops() for each in (self._excuse, self._files, self._doubt) if each is not None]
        return [*self._editor.stops(), *(stop for stops in below for stop in stops)]

    def raw(self) -> Raw:
        """What stands in the editor now, stored or not."""
        return self._editor.raw()

    def recognised(self) -> str:
        """What is said of a text that may lead to a person."""
        return self._said("recognised")

    def problem(self) -> str:
        """The problem that is shown."""
        return self._said("problem")

    # --- inside ---

    def _say(self, name: str, text: str) -> None:
        """Say something in its place, or nothing. Most questions never need a part, and a widget costs time to make."""
        part = self._parts.get(name)
        if part is None and text:
            part = self._parts[name] = _PARTS[name](self)
            self._body.insertWidget(self._position(name), part)
        if part is not None:
            part.say(text)

    def _position(self, name: str) -> int:
        """Where a part stands: below the label, the editor, and the other parts above it that are there."""
        order = list(_PARTS)
        above = sum(each in self._parts for each in order[: order.index(name)])
        return 1 + above + (name not in _ABOVE)

    def _said(self, name: str) -> str:
        part = self._parts.get(name)
        return part.text() if part is not None else ""

    def _show_excuse(self, view: FieldView) -> None:
        if self._excuse is None and (view.excuse_kinds or view.excuse is not None):
            self._excuse = Excuse(self._words, self)
            self._excuse.given.connect(self._give_excuse)
            self._excuse.entered.connect(self._visit)
            self._body.addWidget(self._excuse)
        if self._excuse is not None:
            self._excuse.show_view(view)

    def _make_editor(self, view: FieldView) -> Editor:
        editor = KINDS[view.type](self._words, view, self)
        editor.control().setObjectName(view.path) if view.type in _TYPED else editor.setObjectName(view.path)
        editor.typed.connect(self._note_typing)
        editor.settled.connect(self._settle)
        editor.entered.connect(self._visit)
        self._body.insertWidget(1 + sum(name in self._parts for name in _ABOVE), editor)
        return editor

    def _replace_editor(self, view: FieldView) -> None:
        old = self._editor
        focused = any(stop.hasFocus() for stop in old.stops())
        self._body.removeWidget(old)
        old.hide()
        old.deleteLater()
        self._editor = self._make_editor(view)
        self._typing = False
        if focused:
            self.take_focus()

    def _meta_text(self, view: FieldView) -> str:
        parts = []
        if view.type in ("note", "calculate"):
            return ""
        if not view.required and not view.prefilled:
            parts.append(self._words("optional"))
        elif view.required and view.due in _LATER:
            parts.append(self._words(_LATER[view.due]))
        if view.prefilled:
            parts.append(self._words("filled in for you, change it if it is wrong"))
        text = " · ".join(parts)
        return text[:1].upper() + text[1:]

    def _tell(self) -> None:
        problem = self._refusal or self._view.problem or ""
        self._say("problem", problem)
        self._editor.mark_wrong(wrong=bool(problem))
        recognised = self._what_is_recognised()
        self._say("recognised", recognised)
        below = " ".join(part for part in (self._said("hint"), self._said("meta"), problem, recognised) if part)
        self._editor.describe(self._view.label, below)
        if self._view.type in _TYPED:
            self._label.name_for(self._editor.control())

    def _what_is_recognised(self) -> str:
        """What in the stored text may lead to a person; it is said and stops nobody."""
        view = self._view
        if self._open_kinds is None or view.type not in _FREE or not isinstance(view.value, str):
            return ""
        kinds = self._open_kinds(view.path, view.value)
        if not kinds:
            return ""
        named = ", ".join(kind.label(self._words.translate) for kind in kinds)
        return self._words("This looks like {kind}. Write units, posts and functions, no names of persons.", kind=named)

    @Slot()
    def _note_typing(self) -> None:
        self._typing = True
        self._untouched = False
        # The draft timer is not started anew by each key: somebody who never pauses must not lose a page.
        if not self._draft.isActive():
            self._draft.start()
        self._quiet.start()

    @Slot()
    def _settle_if_complete(self) -> None:
        if self._editor.complete():
            self._settle()

    @Slot()
    def _settle(self) -> None:
        raw = self._editor.raw()
        self._untouched = False
        self._quiet.stop()
        if raw == self._shown and not self._refusal:
            # Typed and taken back: nothing to commit, but a draft of it may have been written.
            if self._typing and not self._draft.isActive():
                self._send_draft()
            self._draft.stop()
            self._typing = False
            return
        self._draft.stop()
        self._typing = False
        self._refusal = ""
        self._shown = raw
        self.committed.emit(self.path, raw)

    @Slot()
    def _send_draft(self) -> None:
        if self._view.type in _TYPED:
            self.drafted.emit(self.path, str(self._editor.raw()))

    @Slot()
    def _chain(self) -> None:
        # What came last would be the last stop of the page.
        for before, after in pairwise(self.stops()):
            QWidget.setTabOrder(before, after)

    @Slot()
    def _visit(self) -> None:
        self.visited.emit(self.path)

    @Slot(str, str, str)
    def _give_excuse(self, kind: str, why: str, who: str) -> None:
        self.excused.emit(self.path, kind, why, who)
        self.take_focus()


class _Said(QWidget):
    """Something about the answer, beside its control: shape, words, colour."""

    def __init__(self, parent: QWidget, shape: Shape, tone: str) -> None:
        super().__init__(parent)
        self._shape = ShapeLabel(self)
        self._text = Text(parent=self, tone=tone)
        layout = row(gap=theme.HALF)
        layout.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        self.setLayout(layout)
        self._shape.show_shape(shape)

    def say(self, text: str) -> None:
        """Say it, or nothing."""
        self._text.say(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        """What is said."""
        return self._text.text()


# What may stand around the editor, from top to bottom.
_PARTS: dict[str, Callable[[QWidget], Text | _Said]] = {
    "hint": lambda parent: Text(parent=parent, tone="muted"),
    "meta": lambda parent: Text(parent=parent, tone="muted", size=0.92),
    "problem": lambda parent: _Said(parent, Shape.STOP, "stop"),
    "recognised": lambda parent: _Said(parent, Shape.INFO, "muted"),
}
_ABOVE = ("hint", "meta")


def _timer(owner: QWidget, ms: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(ms)
    timer.timeout.connect(slot)
    return timer
