"""People and keys of a vault: who can open it, and by what.

What takes time (a passphrase is stretched) is prepared from the file `keys` alone, on any thread; a `Vault` then takes
it over on its own thread, all at once. The names of people stand in the vault, never in `keys`.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import keys, migrations, slots
from hrddp_desktop.storage.keys import Cost, Keys

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.storage.records import Person
    from hrddp_desktop.storage.slots import Opened
    from hrddp_desktop.storage.vault import Vault

IDENTITY: Final = "identity"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change of the slots that is not written yet; `slot` is the one it is about, `secret` its person's own."""

    before: Keys
    after: Keys
    slot: str
    secret: bytes = b""


def confirm(folder: Path, slot: str, passphrase: str) -> Opened:
    """What the slot holds, if this is its passphrase. Raises VaultError(WRONG_PASSPHRASE | MEMORY_SHORT)."""
    opened = keys.read(folder, migrations.VERSION).identify(passphrase)
    if opened.slot != slot:
        raise VaultError(Code.WRONG_PASSPHRASE)
    return opened


def prepare_change(folder: Path, slot: str, old: str, new: str, cost: Cost | None = None) -> Prepared:
    """Another passphrase for the same person: the author of entries stays the same.

    Raises VaultError(WRONG_PASSPHRASE | PASSPHRASE_EMPTY | PASSPHRASE_TAKEN | MEMORY_SHORT).
    """
    before, opened = keys.read(folder, migrations.VERSION), confirm(folder, slot, old)
    return _rewrapped(before, slot, opened, new, cost)


def prepare_person(folder: Path, slot: str, own: str, new: str, cost: Cost | None = None) -> Prepared:
    """One more person, by leave of the person of `slot`, who gives the `own` passphrase. Raises as `prepare_change`."""
    before, opened = keys.read(folder, migrations.VERSION), confirm(folder, slot, own)
    return _added(before, opened.key, new, cost)


def prepare_removal(folder: Path, slot: str, own: str, gone: str) -> Prepared:
    """One slot less. Raises VaultError(LAST_PERSON | PERSON_UNKNOWN | WRONG_PASSPHRASE)."""
    before = keys.read(folder, migrations.VERSION)
    confirm(folder, slot, own)
    found = next((each for each in before.slots if each.name == gone), None)
    if found is None:
        raise VaultError(Code.PERSON_UNKNOWN, name=gone)
    if [found] == list(before.people()):
        raise VaultError(Code.LAST_PERSON)
    return Prepared(before, before.without(gone).changed(), gone)


def prepare_hand_over(folder: Path, slot: str, own: str, new: str, cost: Cost | None = None) -> Prepared:
    """The successor's slot in place of one's own, in one change. Raises as `prepare_change` does."""
    before, opened = keys.read(folder, migrations.VERSION), confirm(folder, slot, own)
    made = _added(before, opened.key, new, cost)
    return Prepared(before, made.after.without(slot), made.slot, made.secret)


def prepare_card(opened: Vault, code: bytes) -> Prepared:
    """A safe card of these random bytes; an earlier card no longer opens the vault. Takes no time."""
    before, name = keys.read(opened.folder, migrations.VERSION), secrets.token_hex(4)
    return Prepared(before, before.with_card(name, code, opened.source.key).changed(), name)


def prepare_office(opened: Vault, recipient: str) -> Prepared:
    """A way in for an office's recovery key; takes no time. Raises VaultError(OFFICE_KEY_UNREADABLE)."""
    before, name = keys.read(opened.folder, migrations.VERSION), secrets.token_hex(4)
    return Prepared(before, before.with_office(name, recipient, opened.source.key).changed(), name)


def prepare_recovery(folder: Path, by: bytes | str, slot: str, new: str, cost: Cost | None = None) -> Prepared:
    """A new passphrase for a person, by the safe card (bytes) or an office's key (text).

    The person's own secret is lost with the old passphrase, and the identity that it opened.
    Raises VaultError(CARD_WRONG | OFFICE_KEY_WRONG | PERSON_UNKNOWN | PASSPHRASE_EMPTY | PASSPHRASE_TAKEN).
    """
    before = keys.read_any(folder, migrations.VERSION)
    opened = by_recovery(before, by)
    if slot not in {each.name for each in before.people()}:
        raise VaultError(Code.PERSON_UNKNOWN, name=slot)
    return _rewrapped(before, slot, opened._replace(secret=_new_secret()), new, cost)


def by_recovery(held: Keys, by: bytes | str) -> Opened:
    """What the safe card or an office's key opens. Raises as `prepare_recovery` does."""
    return held.open_card(by) if isinstance(by, bytes) else held.open_office(by)


def take(vault: Vault, prepared: Prepared, person: Person | None = None) -> None:
    """Write a prepared change: the particulars, then `keys` in one rename, then its copies.

    Killed before the rename, nothing has changed; killed after it, the copies follow at the next unlock.
    Raises VaultError(KEYS_CHANGED) when somebody else changed them since.
    """
    if person is not None:
        vault.save_person(person, prepared.slot)
    vault.replace_keys(prepared.before, prepared.after)
    for gone in {each.name for each in prepared.before.people()} - {each.name for each in prepared.after.people()}:
        with contextlib.suppress(VaultError):  # the change is in force; an identity that nobody can open may stay
            vault.forget_secret(f"{IDENTITY}/{gone}")


def present(vault: Vault) -> dict[str, Person]:
    """Who can open the vault, by slot, in the order in which they came. Those who left stay authors, not listed."""
    known = vault.people()
    held = keys.read(vault.folder, migrations.VERSION).people()
    return {slot.name: known[slot.name] for slot in held if slot.name in known}


def _rewrapped(before: Keys, slot: str, opened: Opened, new: str, cost: Cost | None) -> Prepared:
    others = before.without(slot)
    _refuse_unfit(others, new)
    fresh = others.with_slot(slot, new, opened.key, cost or Cost(), opened.secret)
    order = {each.name: place for place, each in enumerate(before.slots)}
    after = Keys(before.vault, before.schema, tuple(sorted(fresh.slots, key=lambda each: order[each.name])))
    return Prepared(before, Keys(after.vault, after.schema, after.slots, before.change + 1), slot, opened.secret)


def _added(before: Keys, key: bytes, new: str, cost: Cost | None) -> Prepared:
    _refuse_unfit(before, new)
    name, secret = secrets.token_hex(4), _new_secret()
    return Prepared(before, before.with_slot(name, new, key, cost or Cost(), secret).changed(), name, secret)


def _refuse_unfit(held: Keys, new: str) -> None:
    """The author of an entry is the slot that was opened: no two people may have one passphrase."""
    if not new.strip():
        raise VaultError(Code.PASSPHRASE_EMPTY)
    if any(slot.open(new, held.vault) for slot in held.people()):
        raise VaultError(Code.PASSPHRASE_TAKEN)


def _new_secret() -> bytes:
    return secrets.token_bytes(slots.SECRET_BYTES)
