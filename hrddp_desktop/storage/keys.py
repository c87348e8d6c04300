"""The file `keys` of a vault: named slots, each wrapping the one database key under somebody's passphrase.

Nothing in it is secret without a passphrase and nothing names a person: who a slot belongs to stands in the vault.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hrddp_desktop import files
from hrddp_desktop.errors import Code, FileError, VaultError
from hrddp_desktop.storage import driver

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME: Final = "keys"
FORMAT: Final = 1
KEY_BYTES: Final = 32
LARGEST_FILE: Final = 1024 * 1024
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_MOST_SLOTS: Final = 64
_NOT_OURS: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at a passphrase costs (Argon2id). Tests ask for less; a vault of the app never does."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def is_bearable(self) -> bool:
        """Whether this computer should do it: a hostile file may ask for 100 GB or for a week."""
        in_bounds = 1 <= self.passes <= 12 and 1 <= self.lanes <= 16
        return in_bounds and 8 * self.lanes <= self.memory_kib <= 512 * 1024


@dataclass(frozen=True, slots=True)
class Slot:
    """The database key, wrapped with AES-256-GCM under a key that Argon2id makes of a passphrase."""

    name: str
    cost: Cost
    salt: bytes
    nonce: bytes
    wrapped: bytes

    def is_sound(self) -> bool:
        """Whether it has the shape that this app gives a slot."""
        sizes = (len(self.salt), len(self.nonce), len(self.wrapped))
        return self.cost.is_bearable() and sizes == (_SALT_BYTES, _NONCE_BYTES, KEY_BYTES + _TAG_BYTES)


@dataclass(frozen=True, slots=True)
class Keys:
    """The whole file. `schema` is the newest schema the data may have: refusing a newer vault needs no passphrase."""

    vault: str
    schema: int
    slots: tuple[Slot, ...]

    def with_slot(self, name: str, passphrase: str, key: bytes, cost: Cost) -> Keys:
        """The same keys and one more way in."""
        salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
        slot = Slot(name, cost, salt, nonce, b"")
        wrapped = AESGCM(_stretch(passphrase, slot)).encrypt(nonce, key, self._bound(slot))
        return replace(self, slots=(*self.slots, replace(slot, wrapped=wrapped)))

    def open(self, passphrase: str) -> tuple[str, bytes]:
        """The name of the slot that the passphrase opens, and the database key.

        Raises VaultError(WRONG_PASSPHRASE | MEMORY_SHORT).
        """
        for slot in self.slots:
            try:
                key = AESGCM(_stretch(passphrase, slot)).decrypt(slot.nonce, slot.wrapped, self._bound(slot))
            except InvalidTag:
                continue
            return slot.name, key
        raise VaultError(Code.WRONG_PASSPHRASE)

    def _bound(self, slot: Slot) -> bytes:
        """What a wrap is valid with: change one parameter in the file and the slot no longer opens."""
        return _canonical({"format": FORMAT, "vault": self.vault, **_slot_facts(slot)})


def new(schema: int) -> Keys:
    """Keys of a new vault, without a slot yet."""
    return Keys(str(uuid.uuid4()), schema, ())


def read(folder: Path, known_schema: int) -> Keys:
    """Read `keys` in `folder`.

    Raises VaultError(VAULT_NEWER) before anything else is looked at, VaultError(KEYS_LOST) for a file that is not there
    or that this app did not write.
    """
    try:
        return _parse(files.read_file(folder / NAME, LARGEST_FILE), known_schema)
    except FileError as error:
        raise VaultError(Code.KEYS_LOST, detail=error.facts["detail"]) from error
    except _NOT_OURS as error:
        raise VaultError(Code.KEYS_LOST, detail="it is not as the app wrote it") from error


def write(folder: Path, keys: Keys) -> None:
    """Replace `keys` in `folder`, or leave the old file whole. Raises VaultError."""
    try:
        files.write_file(folder / NAME, dump(keys))
    except FileError as error:
        if isinstance(error.__cause__, OSError):
            raise driver.os_vault_error(error.__cause__) from error
        raise


def dump(keys: Keys) -> bytes:
    """The file's bytes; `check` tells a damaged file from a wrong passphrase."""
    facts: dict[str, object] = {
        "format": FORMAT,
        "schema": keys.schema,
        "vault": keys.vault,
        "slots": [
            {**_slot_facts(slot), "nonce": slot.nonce.hex(), "wrapped": slot.wrapped.hex()} for slot in keys.slots
        ],
    }
    return json.dumps({**facts, "check": checksum(facts)}, indent=1).encode()


def vault_of(copy: str) -> str | None:
    """The vault that a copy of the file is of; None when it is not as the app wrote it."""
    try:
        facts = json.loads(copy)
        return str(facts["vault"]) if facts.pop("check") == checksum(facts) else None
    except _NOT_OURS:
        return None


def _parse(content: bytes, known_schema: int) -> Keys:
    facts = json.loads(content)
    found = (_number(facts, "format"), _number(facts, "schema"))
    if found[0] > FORMAT or found[1] > known_schema:
        raise newer(found, known_schema)
    if facts.pop("check") != checksum(facts):
        raise ValueError("check")
    slots = tuple(_slot(entry) for entry in facts["slots"])
    if len(slots) > _MOST_SLOTS or not all(slot.is_sound() for slot in slots):
        raise ValueError("slots")
    return Keys(str(facts["vault"]), found[1], slots)


def newer(found: tuple[int, int], known_schema: int) -> VaultError:
    """The refusal of a vault whose (format, schema) this app does not know."""
    return VaultError(Code.VAULT_NEWER, found="{}.{}".format(*found), known=f"{FORMAT}.{known_schema}")


def _slot_facts(slot: Slot) -> dict[str, object]:
    return {
        "name": slot.name,
        "kind": "passphrase",
        "kdf": "argon2id",
        "memory_kib": slot.cost.memory_kib,
        "passes": slot.cost.passes,
        "lanes": slot.cost.lanes,
        "salt": slot.salt.hex(),
    }


def _slot(facts: Mapping[str, object]) -> Slot:
    def octets(name: str) -> bytes:
        return bytes.fromhex(str(facts[name]))

    if (facts["kind"], facts["kdf"]) != ("passphrase", "argon2id"):
        raise ValueError("kind")
    cost = Cost(*(_number(facts, name) for name in ("memory_kib", "passes", "lanes")))
    return Slot(str(facts["name"]), cost, octets("salt"), octets("nonce"), octets("wrapped"))


def _number(facts: Mapping[str, object], name: str) -> int:
    value = facts[name]
    if not isinstance(value, int):
        raise TypeError(name)
    return value


def _stretch(passphrase: str, slot: Slot) -> bytes:
    # NFC: the same accented letter comes as one sign from one keyboard and as two from another.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    cost = slot.cost
    try:
        return hash_secret_raw(secret, slot.salt, cost.passes, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID)
    except HashingError as error:
        # The parameters were checked when the file was read: what is left is memory, for itself or for its threads.
        raise VaultError(Code.MEMORY_SHORT, needed=-(-cost.memory_kib // 1024)) from error


def checksum(facts: Mapping[str, object]) -> str:
    """What tells a file that was damaged from one whose passphrase is not known; no protection against intent."""
    return hashlib.sha256(_canonical(facts)).hexdigest()


def _canonical(facts: Mapping[str, object]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
