"""The ways into a vault: each slot wraps the one database key, under a passphrase, the safe card or the office's key.

Nothing in a slot is secret without what opens it, and nothing in it names a person.
"""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hrddp_desktop.errors import Code, VaultError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyrage

KEY_BYTES: Final = 32
SECRET_BYTES: Final = 32
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_LONGEST_AGE: Final = 2048
_CARD: Final = b"hrddp safe card 1"
NOT_OURS: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a file raises that this app did not write."""


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


class Opened(NamedTuple):
    """What a slot gives: its name, the database key, and what only its person has (empty for card and office)."""

    slot: str
    key: bytes
    secret: bytes = b""


@dataclass(frozen=True, slots=True)
class Slot:
    """A person: the database key and the person's own secret, wrapped under a passphrase (Argon2id, AES-256-GCM)."""

    name: str
    cost: Cost
    salt: bytes
    nonce: bytes
    wrapped: bytes

    def is_sound(self) -> bool:
        """Whether it has the shape that this app gives a slot."""
        sizes = (len(self.salt), len(self.nonce), len(self.wrapped))
        return self.cost.is_bearable() and sizes == (
            _SALT_BYTES,
            _NONCE_BYTES,
            KEY_BYTES + SECRET_BYTES + _TAG_BYTES,
        )

    def open(self, passphrase: str, vault: str) -> Opened | None:
        """What it holds, None when it is another's passphrase. Raises VaultError(MEMORY_SHORT)."""
        stretched = _stretch(passphrase, self.salt, self.cost)
        both = _unwrapped(stretched, self.nonce, self.wrapped, _bound(vault, self.facts()))
        return None if both is None else Opened(self.name, both[:KEY_BYTES], both[KEY_BYTES:])

    def facts(self) -> dict[str, object]:
        """What the wrap is valid with: change one parameter in the file and the slot no longer opens."""
        return {
            "name": self.name,
            "kind": "passphrase",
            "kdf": "argon2id",
            "memory_kib": self.cost.memory_kib,
            "passes": self.cost.passes,
            "lanes": self.cost.lanes,
            "salt": self.salt.hex(),
        }


@dataclass(frozen=True, slots=True)
class CardSlot:
    """The safe card: its code is random, so no stretching is needed (HKDF-SHA256, AES-256-GCM)."""

    name: str
    salt: bytes
    nonce: bytes
    wrapped: bytes

    def is_sound(self) -> bool:
        """Whether it has the shape that this app gives a slot."""
        sizes = (len(self.salt), len(self.nonce), len(self.wrapped))
        return sizes == (_SALT_BYTES, _NONCE_BYTES, KEY_BYTES + _TAG_BYTES)

    def open(self, code: bytes, vault: str) -> Opened | None:
        """What it holds, None when it is another card."""
        key = _unwrapped(_card_key(code, self.salt), self.nonce, self.wrapped, _bound(vault, self.facts()))
        return None if key is None else Opened(self.name, key)

    def facts(self) -> dict[str, object]:
        """What the wrap is valid with."""
        return {"name": self.name, "kind": "card", "kdf": "hkdf-sha256", "salt": self.salt.hex()}


@dataclass(frozen=True, slots=True)
class OfficeSlot:
    """The office's recovery key: the database key encrypted to an age recipient (X25519)."""

    name: str
    recipient: str
    wrapped: bytes

    def is_sound(self) -> bool:
        """Whether it has the shape that this app gives a slot."""
        return self.recipient.startswith("age1") and 0 < len(self.wrapped) <= _LONGEST_AGE

    def open(self, private: str, vault: str) -> Opened | None:
        """What it holds, None when the key is another office's. Raises VaultError(OFFICE_KEY_UNREADABLE)."""
        import pyrage  # 7 ms that the ordinary way in does without

        try:
            content = pyrage.decrypt(self.wrapped, [_private(private)])
        except pyrage.DecryptError:
            return None
        bound = _bound(vault, self.facts())
        return Opened(self.name, content[-KEY_BYTES:]) if content[:-KEY_BYTES] == bound else None

    def facts(self) -> dict[str, object]:
        """What the wrap is valid with."""
        return {"name": self.name, "kind": "office", "kdf": "age-x25519", "recipient": self.recipient}


AnySlot: TypeAlias = Slot | CardSlot | OfficeSlot


def for_person(name: str, passphrase: str, opened: Opened, cost: Cost, vault: str) -> Slot:
    """A slot for a passphrase."""
    bare = Slot(name, cost, os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES), b"")
    cipher = AESGCM(_stretch(passphrase, bare.salt, cost))
    return replace(bare, wrapped=cipher.encrypt(bare.nonce, opened.key + opened.secret, _bound(vault, bare.facts())))


def for_card(name: str, code: bytes, key: bytes, vault: str) -> CardSlot:
    """A slot for the random bytes of a safe card."""
    bare = CardSlot(name, os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES), b"")
    cipher = AESGCM(_card_key(code, bare.salt))
    return replace(bare, wrapped=cipher.encrypt(bare.nonce, key, _bound(vault, bare.facts())))


def for_office(name: str, recipient: str, key: bytes, vault: str) -> OfficeSlot:
    """A slot for an age recipient. Raises VaultError(OFFICE_KEY_UNREADABLE)."""
    import pyrage

    bare = OfficeSlot(name, recipient, b"")
    try:
        to = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise VaultError(Code.OFFICE_KEY_UNREADABLE) from error
    return replace(bare, wrapped=pyrage.encrypt(_bound(vault, bare.facts()) + key, [to]))


def office_key() -> tuple[str, str]:
    """A new key of an office: what it keeps to itself, and what a vault is given."""
    import pyrage

    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def recipient_of(private: str) -> str:
    """The public half of an office's key. Raises VaultError(OFFICE_KEY_UNREADABLE)."""
    return str(_private(private).to_public())


def parse(facts: Mapping[str, object]) -> AnySlot:
    """A slot as it stands in the file. Raises one of NOT_OURS."""

    def octets(name: str) -> bytes:
        return bytes.fromhex(str(facts[name]))

    name = str(facts["name"])
    match (facts["kind"], facts["kdf"]):
        case ("passphrase", "argon2id"):
            cost = Cost(*(number(facts, name) for name in ("memory_kib", "passes", "lanes")))
            return Slot(name, cost, octets("salt"), octets("nonce"), octets("wrapped"))
        case ("card", "hkdf-sha256"):
            return CardSlot(name, octets("salt"), octets("nonce"), octets("wrapped"))
        case ("office", "age-x25519"):
            return OfficeSlot(name, str(facts["recipient"]), octets("wrapped"))
    raise ValueError("kind")


def dump(slot: AnySlot) -> dict[str, object]:
    """A slot as it stands in the file."""
    nonce = {} if isinstance(slot, OfficeSlot) else {"nonce": slot.nonce.hex()}
    return {**slot.facts(), **nonce, "wrapped": slot.wrapped.hex()}


def number(facts: Mapping[str, object], name: str) -> int:
    """A whole number of the file, nothing that only looks like one."""
    value = facts[name]
    if not isinstance(value, int):
        raise TypeError(name)
    return value


def canonical(facts: Mapping[str, object]) -> bytes:
    """The same bytes for the same facts."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _bound(vault: str, facts: Mapping[str, object]) -> bytes:
    return canonical({"format": 1, "vault": vault, **facts})


def _unwrapped(key: bytes, nonce: bytes, wrapped: bytes, bound: bytes) -> bytes | None:
    try:
        return AESGCM(key).decrypt(nonce, wrapped, bound)
    except InvalidTag:
        return None


def _card_key(code: bytes, salt: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, _CARD).derive(code)


def _private(text: str) -> pyrage.x25519.Identity:
    import pyrage

    try:
        return pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError as error:
        raise VaultError(Code.OFFICE_KEY_UNREADABLE) from error


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    # NFC: the same accented letter comes as one sign from one keyboard and as two from another.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    try:
        return hash_secret_raw(secret, salt, cost.passes, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID)
    except HashingError as error:
        # The parameters were checked when the file was read: what is left is memory, for itself or for its threads.
        raise VaultError(Code.MEMORY_SHORT, needed=-(-cost.memory_kib // 1024)) from error
