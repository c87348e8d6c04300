"""Making and opening the vault; what comes back is the Office, the door to all records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.services import people
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.records import Office
from hrddp_desktop.storage import keys, vault
from hrddp_desktop.storage.records import Person
from hrddp_desktop.storage.vault import Fitting

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.services.people import Recovered

__all__ = ["Office", "Person", "enter", "fit", "new_vault", "open_vault", "recover_vault", "vault_exists"]


def vault_exists(folder: Path) -> bool:
    """Whether there is something to unlock in `folder`."""
    return (folder / vault.DATA).exists() or (folder / keys.NAME).exists()


def new_vault(folder: Path, passphrase: str, person: Person, forms: Forms | None = None) -> Office:
    """Make a vault in `folder`, with missing parents. Raises VaultError (VAULT_EXISTS, PASSPHRASE_EMPTY, ...)."""
    return Office(vault.create(folder, passphrase, person), forms or Forms())


def open_vault(folder: Path, passphrase: str, forms: Forms | None = None) -> Office:
    """Unlock the vault in `folder`. Raises VaultError (WRONG_PASSPHRASE, NOT_A_VAULT, VAULT_NEWER, VAULT_DAMAGED)."""
    return Office(vault.unlock(folder, passphrase), forms or Forms())


def fit(folder: Path, passphrase: str) -> Fitting:
    """Find out beside the window whether a passphrase fits; `enter` then opens. Raises VaultError as `open_vault`."""
    return vault.fit(folder, passphrase)


def enter(folder: Path, by: Fitting | Recovered) -> Office:
    """Open the vault in `folder` by what was found out beside the window. Raises VaultError as `open_vault` does."""
    opened = vault.enter(folder, by) if isinstance(by, Fitting) else people.take_recovery(folder, by)
    return Office(opened, Forms())


def recover_vault(folder: Path, typed: str, name: str, new: str, forms: Forms | None = None) -> Office:
    """Open a vault by the safe card's code or an office's key, with a new passphrase for the person of that name.

    Raises VaultError (CARD_MISTYPED, CARD_WRONG, OFFICE_KEY_WRONG, PERSON_UNKNOWN, PASSPHRASE_EMPTY, ...).
    """
    return Office(people.recover(folder, typed, name, new), forms or Forms())
