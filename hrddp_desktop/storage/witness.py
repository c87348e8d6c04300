"""The file `witness`: which change was saved last, kept beside the database so that its loss is noticed.

SQLite takes a lost or shortened WAL for a good one that holds less. The witness is written after each change is on the
disk and is never waited for: after a kill or a power cut it may be old, torn or missing, and then it says nothing. It
is never newer than a database that is whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hrddp_desktop import files

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from hrddp_desktop.storage.chain import Head

NAME: Final = "witness"
_PURPOSE: Final = b"hrddp witness 1"
_NONCE_BYTES: Final = 12
_MARKS: Final = struct.Struct(">QQ32sQQ32s")
_SIZE: Final = _NONCE_BYTES + _MARKS.size + 16
_HASH: Final = "SELECT hash FROM entries WHERE record = ? AND number = ?"


class Mark(NamedTuple):
    """An entry: its record in the database, its number and its hash."""

    record: int = 0
    number: int = 0
    hash: bytes = bytes(32)

    def held_by(self, connection: sqlite3.Connection) -> bool:
        """Whether the database holds this very entry (or there is none to hold)."""
        if not self.number:
            return True
        end = connection.execute("SELECT entries, head FROM summaries WHERE id = ?", (self.record,)).fetchone()
        if end is None or end[0] <= self.number:
            return bool(end == (self.number, self.hash))
        place = (self.record, self.number)
        return bool(connection.execute(_HASH, place).fetchone() == (self.hash,))


class Marks(NamedTuple):
    """What the file holds: the last change that was saved, and one that an earlier opening found missing."""

    last: Mark = Mark()
    lost: Mark = Mark()


class Witness:
    """The witness of the vault with the id `vault`, as one process sees it. What it holds is encrypted.

    Read `marks` before the database: another window may save in between, and its database is then newer, not older.
    """

    def __init__(self, folder: Path, key: bytes, vault: str) -> None:
        self.vault = vault
        self._file = folder / NAME
        self._cipher = AESGCM(hashlib.blake2b(vault.encode(), key=key, salt=_PURPOSE, digest_size=32).digest())
        self._lost = Mark()

    def marks(self) -> Marks:
        """What the file holds; nothing when it is not there, torn, or not of this vault."""
        with contextlib.suppress(OSError, InvalidTag):
            with os.fdopen(files.open_ordinary(self._file), "rb") as stream:
                content = stream.read(_SIZE + 1)
            if len(content) == _SIZE:
                facts = _MARKS.unpack(self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], _PURPOSE))
                return Marks(Mark(*facts[:3]), Mark(*facts[3:]))
        return Marks()

    def compare(self, connection: sqlite3.Connection, marks: Marks) -> bool:
        """Whether the database holds the last change. What is missing is remembered for every later check."""
        missing = [mark for mark in marks if not mark.held_by(connection)]
        self._lost = missing[0] if missing else Mark()
        return marks.last not in missing

    def note(self, head: Head) -> None:
        """The last change is the one at `head`, and on the disk. Costs no fsync and never fails."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, _MARKS.pack(head.id, head.entries, head.hash, *self._lost), _PURPOSE)
        # Written over in place, in one call: a rename per answer would cost more than the answer.
        with contextlib.suppress(OSError):
            handle = files.open_ordinary(self._file, os.O_WRONLY | os.O_CREAT)
            try:
                os.write(handle, nonce + sealed)
            finally:
                os.close(handle)


def is_older(connection: sqlite3.Connection, marks: Marks) -> bool:
    """Whether a change is missing that was saved, now or when an earlier opening noticed it."""
    return not all(mark.held_by(connection) for mark in marks)
