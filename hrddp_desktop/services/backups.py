"""Copies of the vault, getting a vault back from one, and bringing over what a damaged vault still holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop import clock
from hrddp_desktop.errors import Code, HrddpError, VaultError
from hrddp_desktop.services import assessment, people
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.records import Office
from hrddp_desktop.storage import backups, migrations, salvage, vault
from hrddp_desktop.storage.backups import ELSEWHERE, ROLLING, Reason
from hrddp_desktop.storage.records import Damage, Fault

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from hrddp_desktop.storage.backups import Copy, Source
    from hrddp_desktop.storage.salvage import Lost

__all__ = [
    "Copier",
    "Damage",
    "Line",
    "Reason",
    "copies",
    "copy_of",
    "last_outside",
    "new_name",
    "rescue",
    "restore",
    "restore_by",
]

LONG_AGO_DAYS = 7
"""After so many days without a copy outside this computer, home says it in red."""


@dataclass(frozen=True, slots=True)
class Line:
    """One copy, as a list shows it."""

    folder: Path
    made: datetime
    reason: Reason
    outside: bool


@dataclass(frozen=True, slots=True)
class Copier:
    """Makes and tries copies of one vault. Frozen: a worker may have it, also after the vault was locked."""

    source: Source
    second: Path | None = None

    def at_close(self) -> tuple[HrddpError, ...]:
        """The copies of a close, here and at the second place; what was refused. A missing stick stops nothing."""
        refused: list[HrddpError] = []
        for make in (self.here, self.outside) if self.second is not None else (self.here,):
            try:
                make()
            except VaultError as error:
                refused.append(error)
        return tuple(refused)

    def here(self, reason: Reason = Reason.CLOSE) -> Copy:
        """A copy in the vault's own folder. Raises VaultError."""
        return backups.roll(self.source, backups.place_of(self.source.folder), reason, ROLLING)

    def outside(self, reason: Reason = Reason.CLOSE) -> Copy:
        """A copy at the second place, remembered as the last one outside this computer. Raises VaultError."""
        if self.second is None:
            raise ValueError("no second place was chosen")
        copy = backups.roll(self.source, backups.second_place(self.source, self.second), reason, ELSEWHERE)
        backups.note_outside(self.source.folder, clock.now())
        return copy

    def look_over(self) -> tuple[Damage, ...]:
        """What is wrong with the vault; made for a thread of its own, beside whoever writes."""
        return tuple(backups.look_over(self.source))

    def newest_good(self) -> Line | None:
        """The newest copy that can be opened, of all within reach."""
        places = [backups.place_of(self.source.folder)]
        if self.second is not None and self.second.is_dir():
            places.append(backups.second_place(self.source, self.second))
        copy = backups.newest_good(self.source, *places)
        return None if copy is None else _line(copy, outside=not copy.folder.is_relative_to(self.source.folder))


def copies(folder: Path, second: Path | None = None) -> tuple[Line, ...]:
    """Every copy of the vault in `folder` that is within reach, the newest first. Needs no passphrase."""
    found = [_line(copy, outside=False) for copy in backups.listing(backups.place_of(folder))]
    if second is not None:
        found += [_line(copy, outside=True) for copy in backups.elsewhere(folder, second)]
    return tuple(sorted(found, key=lambda line: line.made, reverse=True))


def copy_of(place: Path) -> Path:
    """The copy that is meant by a folder: itself, or the newest in it. Raises VaultError(NO_COPY_THERE)."""
    return backups.find(place)


def last_outside(folder: Path) -> datetime | None:
    """When the last good copy was made outside this computer."""
    return backups.outside(folder)


def new_name(folder: Path) -> Path:
    """A free name for a vault that comes back: `folder` itself, or one beside it."""
    if not folder.exists():
        return folder
    number = 1
    while (name := folder.with_name(f"{folder.stem}-{number + 1}{folder.suffix}")).exists():
        number += 1
    return name


def restore(copy: Path, passphrase: str | None, target: Path) -> None:
    """Make a vault of a copy, in a folder that is not there yet; without a passphrase it is not opened.

    Raises VaultError (VAULT_EXISTS, WRONG_PASSPHRASE, COPY_UNFIT, VAULT_NEWER, ...).
    """
    backups.restore(copy, passphrase, target, migrations.VERSION)


def restore_by(copy: Path, typed: str, target: Path) -> None:
    """Make a vault of a copy by the safe card's code or an office's key; `people.recover` then gives a new passphrase.

    Raises VaultError (CARD_MISTYPED, CARD_WRONG, OFFICE_KEY_WRONG, OFFICE_KEY_UNREADABLE) and as `restore` does.
    """
    backups.restore(copy, None, target, migrations.VERSION, by=people.key_of(typed))


def rescue(folder: Path, passphrase: str, target: Path, forms: Forms | None = None) -> Lost:
    """Bring what a damaged vault still holds into a new one; what was lost. Raises VaultError."""
    from hrddp_desktop.engine.definition import dump

    forms = forms or Forms()
    installed = [forms.definition(form) for form in forms.names()]
    lost = salvage.salvage(folder, passphrase, target, definitions={each.hash: dump(each) for each in installed})
    with Office(vault.unlock(target, passphrase), forms) as office:
        for record in [*lost.mended, *lost.without_history]:
            _sum_up(office, record)
    return lost


def _sum_up(office: Office, record: str) -> None:
    """Make the line of the list anew; what cannot be judged by its form keeps an empty one."""
    try:
        opened = office.open(record)
    except HrddpError as error:
        if error.code not in {Code.RECORD_UNKNOWN, Code.QUESTION_UNKNOWN, Code.VALUE_NOT_ALLOWED}:
            raise
        return
    office.sum_up(record, assessment.summary(opened.session, record))


def _line(copy: Copy, *, outside: bool) -> Line:
    return Line(copy.folder, copy.made, copy.reason, outside)


def is_older(damage: Damage) -> bool:
    """Whether the vault only lacks what was saved last, which was said when it was opened."""
    return damage.fault is Fault.OLDER
