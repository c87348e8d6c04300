"""A vault comes back from a copy by the safe card or the office's key, with a new passphrase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.services import backups
from hrddp_desktop.ui.recover import Recover

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.ui.dialogs import Asker
    from hrddp_desktop.ui.work import Work


class Returning(Recover):
    """Restores `copy` into the new folder `target`; what follows is a vault whose passphrase is forgotten.

    Signals: restored(folder) once, before the first given(code, whose slot or "", new passphrase).
    """

    restored = Signal(str)

    def __init__(
        self, copy: Path, target: Path, words: Words, work: Work, asker: Asker, parent: QWidget | None = None
    ) -> None:
        super().__init__(words, asker, parent)
        self._copy = copy
        self._target = target
        self._work = work
        self._is_restored = False

    @Slot()
    def _tell(self) -> None:
        if self._is_restored:
            super()._tell()
            return
        self.message.show_busy(self.words("Restoring the copy …"))
        self._work.start(_Restore(self._copy, self._code.text(), self._target), self._go_on, self._fail)

    @Slot(object)
    def _go_on(self, _made: object) -> None:
        self._is_restored = True
        self.restored.emit(str(self._target))
        super()._tell()

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        if not isinstance(error, HrddpError):
            raise error
        self.show_error(error)


@dataclass(frozen=True, slots=True)
class _Restore:
    copy: Path
    typed: str
    target: Path

    def __call__(self) -> None:
        backups.restore_by(backups.copy_of(self.copy), self.typed, self.target)
