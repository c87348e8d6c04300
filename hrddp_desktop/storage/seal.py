"""Text that has to wait outside the vault while it is locked: readable only by the key that stands inside."""

from __future__ import annotations

import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_PURPOSE: Final = b"hrddp waiting 1"
_NONCE_BYTES: Final = 12


class Seal:
    """AES-256-GCM under a key of its own, derived from the database key of the vault with the id `vault`."""

    def __init__(self, key: bytes, vault: str) -> None:
        self._cipher = AESGCM(hashlib.blake2b(vault.encode(), key=key, salt=_PURPOSE, digest_size=32).digest())

    def close(self, content: bytes) -> bytes:
        """`content`, unreadable while the vault is locked."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, _PURPOSE)

    def open(self, sealed: bytes) -> bytes | None:
        """What was closed; None where another vault closed it."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _PURPOSE)
        except InvalidTag:
            return None
