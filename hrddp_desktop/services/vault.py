"""Making and opening the vault; what comes back is the Office, the door to all records."""

from __future__ import annotations

import contextlib
import shutil
from enum import Enum
from typing import TYPE_CHECKING

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.services import backups, people
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.records import Office
from hrddp_desktop.storage import keys, lock, places, vault
from hrddp_desktop.storage.places import Kind, Place
from hrddp_desktop.storage.records import Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hrddp_desktop.storage.lock import Hold

__all__ = [
    "Kind",
    "Office",
    "Opening",
    "Person",
    "Place",
    "new_vault",
    "open_vault",
    "recover_vault",
    "restore_vault",
    "vault_exists",
    "where",
]


class Opening(Enum):
    """How a vault is opened beside others who may have it open."""

    BESIDE = "beside"
    """For what reads; whoever else writes is waited for."""
    ALONE = "alone"
    """For what writes: refused while another window or command holds the lock."""
    TAKEN_OVER = "taken over"
    """As ALONE, from a computer that the person says is off."""
    READING = "reading"
    """Nothing can be changed."""


def vault_exists(folder: Path) -> bool:
    """Whether there is something to unlock in `folder`."""
    return (folder / vault.DATA).exists() or (folder / keys.NAME).exists()


def new_vault(folder: Path, passphrase: str, person: Person, forms: Forms | None = None) -> Office:
    """Make a vault in `folder`, with missing parents.

    Raises VaultError (VAULT_EXISTS, VAULT_ON_SHARE, PASSPHRASE_EMPTY, ...).
    """
    _refuse_share(folder)
    made = vault.create(folder, passphrase, person)
    return Office(made, forms or Forms(), lock.take(folder))


def open_vault(folder: Path, passphrase: str, forms: Forms | None = None, opening: Opening = Opening.BESIDE) -> Office:
    """Unlock the vault in `folder`.

    Raises VaultError (WRONG_PASSPHRASE, NOT_A_VAULT, VAULT_NEWER, VAULT_DAMAGED, VAULT_OPEN_HERE, VAULT_ON_SHARE, ...).
    """
    with _held(folder, opening) as hold:
        is_reading = opening is Opening.READING or (hold is None and where(folder).kind is Kind.SHARE)
        opened = vault.unlock(folder, passphrase, reading=is_reading)
        return Office(opened, forms or Forms(), hold)


def recover_vault(folder: Path, typed: str, name: str, new: str, forms: Forms | None = None) -> Office:
    """Open a vault by the safe card's code or an office's key, with a new passphrase for the person of that name.

    Raises VaultError (CARD_MISTYPED, CARD_WRONG, OFFICE_KEY_WRONG, PERSON_UNKNOWN, VAULT_OPEN_HERE, ...).
    """
    with _held(folder, Opening.ALONE) as hold:
        return Office(people.recover(folder, typed, name, new), forms or Forms(), hold)


def restore_vault(copy: Path, folder: Path, typed: str, name: str, new: str, forms: Forms | None = None) -> Office:
    """Make a vault of a copy in the new folder `folder`, by the safe card's code or an office's key, and recover it.

    Raises VaultError (VAULT_EXISTS, COPY_UNFIT, ...) and as `recover_vault` does; then nothing is left behind.
    """
    backups.restore_by(copy, typed, folder)
    try:
        return recover_vault(folder, typed, name, new, forms)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextlib.contextmanager
def _held(folder: Path, opening: Opening) -> Iterator[Hold | None]:
    """The lock for whoever writes, let go when the vault does not open. A folder that is no vault gets no file."""
    is_wanted = opening in (Opening.ALONE, Opening.TAKEN_OVER) and vault_exists(folder)
    if is_wanted:
        _refuse_share(folder)
    hold = lock.take(folder, over=opening is Opening.TAKEN_OVER) if is_wanted else None
    try:
        yield hold
    except BaseException:
        if hold is not None:
            hold.release()
        raise


def where(folder: Path) -> Place:
    """Where a vault lies, or would lie: on a share, in a synced folder, on a stick, or simply here."""
    return places.of(folder)


def _refuse_share(folder: Path) -> None:
    place = where(folder)
    if place.kind is Kind.SHARE:
        raise VaultError(Code.VAULT_ON_SHARE, folder=folder, kind=place.name)
