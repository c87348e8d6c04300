"""The file `keys` of a vault: named slots, each wrapping the one database key.

Nothing in it is secret without what opens a slot and nothing names a person: who a slot belongs to stands in the vault.
Copies of it lie in the database and beside the backups; they follow every change.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from hrddp_desktop import files
from hrddp_desktop.errors import Code, FileError, VaultError
from hrddp_desktop.storage import driver, slots
from hrddp_desktop.storage.slots import KEY_BYTES, NOT_OURS, CardSlot, Cost, OfficeSlot, Opened, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hrddp_desktop.storage.slots import AnySlot

__all__ = ["KEY_BYTES", "CardSlot", "Cost", "Keys", "OfficeSlot", "Opened", "Slot"]

NAME: Final = "keys"
BACKUPS: Final = "backups"
FORMAT: Final = 1
LARGEST_FILE: Final = 1024 * 1024
_MOST_SLOTS: Final = 64
_Kind = TypeVar("_Kind", Slot, CardSlot, OfficeSlot)


@dataclass(frozen=True, slots=True)
class Keys:
    """The whole file. `schema` is the newest schema the data may have: refusing a newer vault needs no passphrase.

    `change` counts the changes of the slots: of two copies the one with the higher number is the later.
    """

    vault: str
    schema: int
    slots: tuple[AnySlot, ...]
    change: int = 0

    def people(self) -> tuple[Slot, ...]:
        """The slots of passphrases."""
        return self._of(Slot)

    def cards(self) -> tuple[CardSlot, ...]:
        """The slot of the safe card, if there is one."""
        return self._of(CardSlot)

    def offices(self) -> tuple[OfficeSlot, ...]:
        """The slots of office keys."""
        return self._of(OfficeSlot)

    def with_slot(self, name: str, passphrase: str, key: bytes, cost: Cost, secret: bytes = b"") -> Keys:
        """The same keys and one more passphrase; its person gets a new secret of their own, or keeps `secret`."""
        opened = Opened(name, key, secret or os.urandom(slots.SECRET_BYTES))
        return self._and(slots.for_person(name, passphrase, opened, cost, self.vault))

    def with_card(self, name: str, code: bytes, key: bytes) -> Keys:
        """The same keys with this safe card and no other."""
        others = replace(self, slots=tuple(slot for slot in self.slots if not isinstance(slot, CardSlot)))
        return others._and(slots.for_card(name, code, key, self.vault))  # noqa: SLF001 - of its own class

    def with_office(self, name: str, recipient: str, key: bytes) -> Keys:
        """The same keys and one more office key. Raises VaultError(OFFICE_KEY_UNREADABLE)."""
        return self._and(slots.for_office(name, recipient, key, self.vault))

    def without(self, name: str) -> Keys:
        """The same keys without the slot of that name."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.name != name))

    def changed(self) -> Keys:
        """The same keys as a later change of this file."""
        return replace(self, change=self.change + 1)

    def open(self, passphrase: str) -> tuple[str, bytes]:
        """The name of the slot that the passphrase opens, and the database key.

        Raises VaultError(WRONG_PASSPHRASE | MEMORY_SHORT).
        """
        return self.identify(passphrase)[:2]

    def identify(self, passphrase: str) -> Opened:
        """What the passphrase opens. Raises VaultError(WRONG_PASSPHRASE | MEMORY_SHORT)."""
        for slot in self.people():
            opened = slot.open(passphrase, self.vault)
            if opened is not None:
                return opened
        raise VaultError(Code.WRONG_PASSPHRASE)

    def open_card(self, code: bytes) -> Opened:
        """What the safe card opens. Raises VaultError(CARD_WRONG)."""
        for slot in self.cards():
            opened = slot.open(code, self.vault)
            if opened is not None:
                return opened
        raise VaultError(Code.CARD_WRONG)

    def open_office(self, private: str) -> Opened:
        """What an office's key opens. Raises VaultError(OFFICE_KEY_WRONG | OFFICE_KEY_UNREADABLE)."""
        for slot in self.offices():
            opened = slot.open(private, self.vault)
            if opened is not None:
                return opened
        raise VaultError(Code.OFFICE_KEY_WRONG)

    def _and(self, slot: AnySlot) -> Keys:
        return replace(self, slots=(*self.slots, slot))

    def _of(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        return tuple(slot for slot in self.slots if isinstance(slot, kind))


def new(schema: int) -> Keys:
    """Keys of a new vault, without a slot yet."""
    return Keys(str(uuid.uuid4()), schema, ())


def read(folder: Path, known_schema: int) -> Keys:
    """Read `keys` in `folder`.

    Raises VaultError(VAULT_NEWER) before anything else is looked at, VaultError(KEYS_LOST) for a file that is not there
    or that this app did not write.
    """
    return _read(folder / NAME, known_schema)


def read_any(folder: Path, known_schema: int) -> Keys:
    """Read `keys` in `folder`; where it is lost, the latest of the copies beside the backups. Raises as `read` does."""
    try:
        return read(folder, known_schema)
    except VaultError as error:
        if error.code is not Code.KEYS_LOST:
            raise
        copies = sorted(_copies(folder / BACKUPS, known_schema), key=lambda found: found[1].change)
        if not copies:
            raise
        return copies[-1][1]


def write(folder: Path, keys: Keys) -> None:
    """Replace `keys` in `folder`, or leave the old file whole. Raises VaultError."""
    _write(folder / NAME, keys)


def spread(folder: Path, keys: Keys) -> None:
    """Have every copy of this vault's keys beside the backups follow: no removed passphrase opens a backup here.

    What a killed change left half-written goes too. Raises VaultError when a copy cannot be replaced.
    """
    for leftover in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            leftover.unlink()
    spread_in(folder / BACKUPS, keys)


def spread_in(place: Path, keys: Keys) -> None:
    """Have the copies of this vault's keys below `place` follow; each keeps the schema of the data beside it."""
    for file, found in _copies(place, keys.schema):
        own = replace(keys, schema=found.schema)
        if found.vault == keys.vault and found != own:
            _write(file, own)


def dump(keys: Keys) -> bytes:
    """The file's bytes; `check` tells a damaged file from a wrong passphrase."""
    facts: dict[str, object] = {
        "format": FORMAT,
        "schema": keys.schema,
        "vault": keys.vault,
        "change": keys.change,
        "slots": [slots.dump(slot) for slot in keys.slots],
    }
    return json.dumps({**facts, "check": checksum(facts)}, indent=1).encode()


def parse(content: bytes | str, known_schema: int) -> Keys | None:
    """A copy of the file; None when it is not as the app wrote it. Raises VaultError(VAULT_NEWER)."""
    try:
        return _parse(content, known_schema)
    except NOT_OURS:
        return None


def vault_of(copy: str) -> str | None:
    """The vault that a copy of the file is of; None when it is not as the app wrote it."""
    try:
        facts = json.loads(copy)
        return str(facts["vault"]) if facts.pop("check") == checksum(facts) else None
    except NOT_OURS:
        return None


def newer(found: tuple[int, int], known_schema: int) -> VaultError:
    """The refusal of a vault whose (format, schema) this app does not know."""
    return VaultError(Code.VAULT_NEWER, found="{}.{}".format(*found), known=f"{FORMAT}.{known_schema}")


def checksum(facts: Mapping[str, object]) -> str:
    """What tells a file that was damaged from one whose passphrase is not known; no protection against intent."""
    return hashlib.sha256(slots.canonical(facts)).hexdigest()


def _read(file: Path, known_schema: int) -> Keys:
    try:
        return _parse(files.read_file(file, LARGEST_FILE), known_schema)
    except FileError as error:
        raise VaultError(Code.KEYS_LOST, detail=error.facts["detail"]) from error
    except NOT_OURS as error:
        raise VaultError(Code.KEYS_LOST, detail="it is not as the app wrote it") from error


def _write(file: Path, keys: Keys) -> None:
    try:
        files.write_file(file, dump(keys))
    except FileError as error:
        if isinstance(error.__cause__, OSError):
            raise driver.os_vault_error(error.__cause__) from error
        raise


def _copies(place: Path, known_schema: int) -> Iterator[tuple[Path, Keys]]:
    """Every readable file of that name below a place of copies."""
    for file in sorted(place.rglob(NAME)):
        try:
            yield file, _read(file, known_schema)
        except VaultError as error:
            if error.code not in {Code.KEYS_LOST, Code.VAULT_NEWER}:
                raise


def _parse(content: bytes | str, known_schema: int) -> Keys:
    facts = json.loads(content)
    found = (slots.number(facts, "format"), slots.number(facts, "schema"))
    if found[0] > FORMAT or found[1] > known_schema:
        raise newer(found, known_schema)
    if facts.pop("check") != checksum(facts):
        raise ValueError("check")
    read_slots = tuple(slots.parse(entry) for entry in facts["slots"])
    if len(read_slots) > _MOST_SLOTS or not all(slot.is_sound() for slot in read_slots):
        raise ValueError("slots")
    return Keys(str(facts["vault"]), found[1], read_slots, slots.number(facts, "change"))
