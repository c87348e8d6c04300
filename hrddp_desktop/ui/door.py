"""The ways into a vault: a passphrase, the safe card, the office's key. Stretching them is done beside the window."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.ui.ways import ALONE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.services.people import Recovered, Throttle
    from hrddp_desktop.services.vault import Person
    from hrddp_desktop.storage.vault import Fitting
    from hrddp_desktop.ui.recover import Recover
    from hrddp_desktop.ui.start import Unlock
    from hrddp_desktop.ui.work import Work

    Way = Fitting | Recovered | dict[str, Person]


class Door(QObject):
    """Tries what a person gives at an entrance. Wrong attempts are counted until one opens. Signals: opened(Office).

    One attempt at a time: an entrance that was left gets no answer, and nothing opens behind its back.
    """

    opened = Signal(object)

    def __init__(self, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._throttle: Throttle | None = None
        self._screen: Unlock | Recover | None = None
        self._folder: Path | None = None
        self._way = ALONE
        self._number = 0

    def unlock(self, folder: Path, screen: Unlock, passphrase: str, way: str = ALONE) -> None:
        """Try a passphrase; `way` is one of ways.py."""
        self._way = way
        self._try(folder, screen, _Unlocking(folder, passphrase))

    def recover(self, folder: Path, screen: Recover, code: str, slot: str, new: str) -> None:
        """Try a safe card's code or an office's key, with a new passphrase for a person."""
        self._way = ALONE
        self._try(folder, screen, _Recovery(folder, code, slot, new))

    def leave(self) -> None:
        """Whoever stood here goes elsewhere: what is being tried opens nothing. While the entrance is still there."""
        screen, self._screen = self._screen, None
        if screen is not None:
            screen.set_busy(busy=False)

    def _try(self, folder: Path, screen: Unlock | Recover, call: Callable[[], Way]) -> None:
        seconds = self._throttle.wait_s() if self._throttle is not None else 0
        if seconds:
            screen.show_wait(seconds)
            return
        self._folder, self._screen = folder, screen
        self._number += 1
        self._work.start(_Attempt(self._number, call), self._answer, self._fail)

    @Slot(object)
    def _answer(self, tried: _Tried) -> None:
        from hrddp_desktop.services import vault

        screen, folder = self._screen, self._folder
        if screen is None or folder is None or tried.number != self._number:
            return
        way = tried.way
        if isinstance(way, dict):
            self._ask_whose(way)
        elif isinstance(way, HrddpError):
            self._refuse(way)
        else:
            try:
                office = vault.enter(folder, way, vault.Opening(self._way))
            except HrddpError as error:
                self._refuse(error)
                return
            self._throttle = None
            self.leave()
            self.opened.emit(office)

    def _ask_whose(self, known: dict[str, Person]) -> None:
        from hrddp_desktop.ui.recover import Recover

        if isinstance(self._screen, Recover):
            self._screen.ask_whose({slot: person.name for slot, person in known.items()})

    def _refuse(self, error: HrddpError) -> None:
        from hrddp_desktop.services.people import Throttle

        self._throttle = self._throttle or Throttle()
        self._throttle.count(error)
        screen, self._screen = self._screen, None
        if screen is not None:
            screen.show_error(error)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self.leave()
        raise error


@dataclass(frozen=True, slots=True)
class _Tried:
    number: int
    way: Way | HrddpError = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt, for a worker; its number tells it from one that was left."""

    number: int
    call: Callable[[], Way]

    def __call__(self) -> _Tried:
        try:
            return _Tried(self.number, self.call())
        except HrddpError as error:
            return _Tried(self.number, error)


# The services are loaded by the worker: the window shows that it is busy meanwhile.
@dataclass(frozen=True, slots=True)
class _Unlocking:
    folder: Path
    passphrase: str = field(repr=False)

    def __call__(self) -> Way:
        from hrddp_desktop.services import vault

        return vault.fit(self.folder, self.passphrase)


@dataclass(frozen=True, slots=True)
class _Recovery:
    folder: Path
    code: str = field(repr=False)
    slot: str
    new: str = field(repr=False)

    def __call__(self) -> Way:
        from hrddp_desktop.services import people

        return people.prepare_recovery(self.folder, self.code, self.slot, self.new)
