"""The history of a record: entries in a chain of hashes, and apart from them the values, which can be erased.

An entry holds the SHA-256 of each salted value, so a value can be checked while it is there and not be guessed once
its payload is gone. Its own hash covers its facts, those two hashes and the hash of the entry before it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hrddp_desktop.storage.records import Damage, Fault

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from hrddp_desktop.storage.records import Fact, What

GENESIS: Final = bytes(32)
"""What the first entry of a record follows."""
_SALT_BYTES: Final = 16
_VALUE: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Change:
    """What one entry is about; the values as canonical JSON text, None for no value."""

    what: What
    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """A record in the database and the end of its chain."""

    id: int
    uuid: str
    entries: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and on which computer."""

    actor: str
    device: str


def text(fact: Fact) -> str:
    """A value as it is stored and hashed: JSON with sorted keys and no spaces."""
    return _VALUE.encode(fact)


def append(connection: sqlite3.Connection, head: Head, change: Change, writer: Writer, at: str) -> Head:
    """Add one entry and its payload behind `head`; the new head. Inside the caller's transaction."""
    number = head.entries + 1
    old_salt, old_hash = _salted(change.old)
    new_salt, new_hash = _salted(change.new)
    facts = (number, str(change.what), change.path, writer.actor, writer.device, at)
    own = link(head.uuid, facts, old_hash, new_hash, head.hash)
    entry = connection.execute(
        "INSERT INTO entries (record, number, what, path, actor, device, at, old_hash, new_hash, previous, hash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (head.id, *facts, old_hash, new_hash, head.hash, own),
    ).lastrowid
    connection.execute(
        "INSERT INTO payloads (entry, old_salt, old, new_salt, new) VALUES (?, ?, ?, ?, ?)",
        (entry, old_salt, change.old, new_salt, change.new),
    )
    return Head(head.id, head.uuid, number, own)


def link(
    uuid: str,
    facts: tuple[int, str, str, str, str, str],
    old_hash: bytes | None,
    new_hash: bytes | None,
    previous: bytes,
) -> bytes:
    """The hash of one entry."""
    hashes = [part.hex() if part is not None else None for part in (old_hash, new_hash, previous)]
    return hashlib.sha256(json.dumps([uuid, *facts, *hashes]).encode()).digest()


def verify(connection: sqlite3.Connection, head: Head) -> Iterator[Damage]:
    """What is wrong with the history of one record, by the number of the entry."""
    findings = sorted(set(_altered(connection, head)), key=lambda finding: (finding[0], finding[1].name))
    yield from (Damage(fault, {"entry": number, "record": head.uuid}) for number, fault in findings)


def _altered(connection: sqlite3.Connection, head: Head) -> Iterator[tuple[int, Fault]]:
    last, hashes = 0, {GENESIS}
    for row in connection.execute(
        "SELECT e.number, e.what, e.path, e.actor, e.device, e.at, e.old_hash, e.new_hash, e.previous, e.hash,"
        " p.old_salt, p.old, p.new_salt, p.new"
        " FROM entries e LEFT JOIN payloads p ON p.entry = e.id WHERE e.record = ? ORDER BY e.number",
        (head.id,),
    ):
        number, (old_hash, new_hash, previous, own) = row[0], row[6:10]
        computed = link(head.uuid, row[0:6], old_hash, new_hash, previous)
        if number != last + 1:
            yield from ((missing, Fault.ENTRY_MISSING) for missing in range(last + 1, number))
        elif own == computed and previous not in hashes:
            # This entry is whole, so it is the one it follows that was rewritten together with its hash.
            yield max(last, 1), Fault.ENTRY_ALTERED
        if own != computed:
            yield number, Fault.ENTRY_ALTERED
        if not (_fits(row[10], row[11], old_hash) and _fits(row[12], row[13], new_hash)):
            yield number, Fault.VALUE_ALTERED
        last, hashes = number, {own, computed}
    yield from ((missing, Fault.ENTRY_MISSING) for missing in range(last + 1, head.entries + 1))
    if last >= head.entries and head.hash not in hashes:
        yield last, Fault.ENTRY_ALTERED


def _salted(value: str | None) -> tuple[bytes | None, bytes | None]:
    if value is None:
        return None, None
    salt = os.urandom(_SALT_BYTES)
    return salt, hashlib.sha256(salt + value.encode()).digest()


def _fits(salt: bytes | None, value: str | None, expected: bytes | None) -> bool:
    """Whether a value is the one that was hashed; an erased one is not held against the history."""
    if salt is None or value is None:
        return value is None
    return hashlib.sha256(salt + value.encode()).digest() == expected
