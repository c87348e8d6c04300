"""Where answers are handed in: the one place of the window that writes to the open record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from hrddp_desktop.errors import AnswerError, Code, HrddpError
from hrddp_desktop.services.records import Assessment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hrddp_desktop.engine.views import Change
    from hrddp_desktop.services.comments import Comments
    from hrddp_desktop.services.evidence import Files
    from hrddp_desktop.services.shown import Shown
    from hrddp_desktop.ui.dialogs import Asker
    from hrddp_desktop.ui.editor import Raw


class Desk(QObject):
    """Hands answers of widgets to the assessment and tells everybody what changed. Owned by the wizard.

    Signals: changed(Change) the vault has it; refused(path, HrddpError) the answer cannot be one;
    failed(HrddpError) the vault did not take it, it is kept here and can be tried again; visited(path) a question got
    the focus; row_added(table, row); reason_wanted() a signed record is changed, the change is kept here until
    somebody says why; kept() whether all is saved may have changed; let_be() a change was dropped, show what is stored.
    """

    changed = Signal(object)
    refused = Signal(str, object)
    failed = Signal(object)
    visited = Signal(str)
    row_added = Signal(str, str)
    reason_wanted = Signal()
    kept = Signal()
    let_be = Signal()

    def __init__(
        self,
        assessment: Shown,
        parent: QObject | None = None,
        asker: Asker | None = None,
        *,
        half: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.assessment = assessment
        self.asker = asker
        """Who asks for files; None where only reading is offered, and no files are."""
        self._waiting: dict[str, Raw] = {}
        self._unreasoned: dict[str, Raw] = {}
        self._half = dict(half or {})
        self._is_shut = False
        self._held: list[Callable[[], object]] = []
        self._undrafted: set[str] = set()

    @property
    def all_saved(self) -> bool:
        """Whether the vault has every answer that was committed."""
        return not self._waiting and not self._held

    @property
    def all_kept(self) -> bool:
        """Whether the vault has what was typed, half-typed text too."""
        return self.all_saved and not self._undrafted

    def files(self) -> Files:
        """The files of evidence of the record."""
        from hrddp_desktop.services.evidence import Files

        return Files(self._record)

    def comments(self) -> Comments:
        """The comments of the record."""
        from hrddp_desktop.services.comments import Comments

        return Comments(self._record)

    @property
    def unsaved(self) -> dict[str, Raw]:
        """Answers that were given and are not in the vault: it refused them, or they wait for a reason."""
        return {**self._waiting, **self._unreasoned}

    def drafts(self) -> dict[str, str]:
        """Half-typed text by path: what the vault holds, and letter by letter what a locked window kept."""
        return {**self.assessment.drafts(), **self._half}

    def shut(self) -> None:
        """Take nothing any more: the vault closes, and a field that loses the keyboard must not answer."""
        self._is_shut = True

    @property
    def _record(self) -> Assessment:
        """What is answered here; whoever only reads along is offered nothing that leads to it."""
        if not isinstance(self.assessment, Assessment):
            raise TypeError("a worked case is read, not answered")
        return self.assessment

    @Slot(str, object)
    def commit(self, path: str, raw: Raw) -> None:
        """An answer is final for now."""
        if self._is_shut:
            return
        self._half.pop(path, None)
        self._unreasoned.pop(path, None)
        try:
            change = self._record.answer(path, raw)
        except AnswerError as error:
            if error.code is Code.REASON_NEEDED:
                self._unreasoned[path] = raw
                self._hold(lambda: self.commit(path, raw))
            else:
                self.refused.emit(path, error)
        except HrddpError as error:
            # Kept, so that nothing a person typed hangs on a full disk; "Try again" hands it in once more.
            self._waiting[path] = raw
            self.failed.emit(error)
        else:
            self._waiting.pop(path, None)
            self._undrafted.discard(path)
            self.changed.emit(change)

    @Slot(str, str)
    def draft(self, path: str, text: str) -> None:
        """Keep half-typed text; what the vault cannot take now it will be asked to take at the commit."""
        if self._is_shut:
            return
        try:
            self._record.save_draft(path, text)
        except HrddpError as error:
            self._undrafted.add(path)
            self.failed.emit(error)
        else:
            self._undrafted.discard(path)
            self._half.pop(path, None)
            self.kept.emit()

    def drop_draft(self, path: str) -> None:
        """Forget half-typed text, of a locked window too. Raises HrddpError."""
        self._record.drop_draft(path)
        self._half.pop(path, None)

    @Slot(str, str, str, str)
    def excuse(self, path: str, kind: str, why: str, who: str) -> None:
        """Say why a question has no answer; an empty kind takes the excuse back."""
        self._do(lambda: self._record.excuse(path, kind or None, why, who))

    @Slot(str)
    def add_row(self, table: str) -> None:
        """A new row at the end of a table."""
        change = self._do(lambda: self._record.add_row(table))
        if change is not None and change.added_row:
            self.row_added.emit(table, change.added_row)

    def add_offered(self, table: str, codes: list[str]) -> None:
        """The chosen rows of those that a table offers, as one step."""
        change = self._do(lambda: self._record.add_offered(table, codes))
        if change is not None and change.added_row:
            self.row_added.emit(table, change.added_row)

    @Slot(str, str)
    def remove_row(self, table: str, row: str) -> None:
        """Take a row away; undo gives it back."""
        self._do(lambda: self._record.remove_row(table, row))

    @Slot(str, str, int)
    def move_row(self, table: str, row: str, index: int) -> None:
        """Put a row at another place."""
        self._do(lambda: self._record.move_row(table, row, index))

    @Slot(str, str, bool)
    def tick(self, path: str, words: str, seen: bool) -> None:
        """Say "seen, not a person" of words in a text, or take that back."""
        self._do(lambda: self._record.tick(path, words, seen=seen))

    def do(self, step: Callable[[], Change], draft: str = "") -> None:
        """Carry out what is said of an answer or attached to it; who asked shows a refusal. Raises HrddpError.

        `draft` is where its text was kept while it was typed.
        """
        change = step()
        self._undrafted.discard(draft)
        self._half.pop(draft, None)
        self.changed.emit(change)

    def undo(self) -> Change | None:
        """Take the last step back; None when there is none."""
        return self._do(self._record.undo)

    def redo(self) -> Change | None:
        """Do again what was taken back last; None when there is nothing."""
        return self._do(self._record.redo)

    def restore(self, number: int) -> None:
        """Bring the record back to how it stood after an entry."""
        self._do(lambda: self._record.restore(number))

    @Slot(str)
    def give_reason(self, reason: str) -> None:
        """Say why the signed record is changed, and carry out what waited for it; it holds until the record closes."""
        self._record.reason = reason
        held, self._held = self._held, []
        for step in held:
            step()
        self.kept.emit()

    @Slot()
    def leave_as_signed(self) -> None:
        """Drop what waited for a reason."""
        self._held = []
        self._unreasoned = {}
        self.let_be.emit()
        self.kept.emit()

    def _hold(self, step: Callable[[], object]) -> None:
        self._held.append(step)
        self.reason_wanted.emit()
        self.kept.emit()

    @Slot()
    def try_again(self) -> None:
        """Hand in once more what the vault did not take."""
        for path, raw in list(self._waiting.items()):
            self.commit(path, raw)

    def _do(self, step: Callable[[], Change | None]) -> Change | None:
        if self._is_shut:
            return None
        try:
            change = step()
        except HrddpError as error:
            if error.code is Code.REASON_NEEDED:
                self._hold(lambda: self._do(step))
            else:
                self.failed.emit(error)
            return None
        if change is not None:
            self.changed.emit(change)
        return change
