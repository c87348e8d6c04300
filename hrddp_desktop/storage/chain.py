"""The history of a record: entries in a chain of hashes, and apart from them the values, which can be erased.

An entry holds the SHA-256 of each salted value, so a value can be checked while it is there and not be guessed once
its payload is gone. Its own hash covers its facts, those two hashes and the hash of the entry before it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from hrddp_desktop.storage.records import Damage, Fault

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from hrddp_desktop.storage.records import Fact, What

Facts: TypeAlias = tuple[int, str, str, str, str, str, int, int | None]
"""number, what, path, actor, device, at, step, reverses"""
Hashes: TypeAlias = tuple[bytes | None, bytes | None, bytes | None, bytes]
"""old, new, reason, previous"""

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
class Step:
    """What entries that are made together have in common: `number` is that of the first of them.

    `reverses` is the step that this one takes back (undo of a change, or redo: undo of an undo), `reason` why a signed
    record is changed, '' where none was asked.
    """

    number: int
    reverses: int | None = None
    reason: str = ""


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


def append(
    connection: sqlite3.Connection, head: Head, change: Change, writer: Writer, at: str, step: Step | None = None
) -> Head:
    """Add one entry and its payload behind `head`; the new head. Inside the caller's transaction."""
    number = head.entries + 1
    of = step or Step(number)
    old_salt, old_hash = _salted(change.old)
    new_salt, new_hash = _salted(change.new)
    reason = of.reason or None
    reason_salt, reason_hash = _salted(reason)
    facts = (number, str(change.what), change.path, writer.actor, writer.device, at, of.number, of.reverses)
    hashes = (old_hash, new_hash, reason_hash, head.hash)
    own = link(head.uuid, facts, hashes)
    entry = connection.execute(
        "INSERT INTO entries (record, number, what, path, actor, device, at, step, reverses, "
        "old_hash, new_hash, reason_hash, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (head.id, *facts, *hashes, own),
    ).lastrowid
    connection.execute(
        "INSERT INTO payloads (entry, old_salt, old, new_salt, new, reason_salt, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (entry, old_salt, change.old, new_salt, change.new, reason_salt, reason),
    )
    return Head(head.id, head.uuid, number, own)


def link(uuid: str, facts: Facts, hashes: Hashes) -> bytes:
    """The hash of one entry: of its facts, of its salted values and of the entry before it."""
    written = [part.hex() if part is not None else None for part in hashes]
    return hashlib.sha256(json.dumps([uuid, *facts, *written]).encode()).digest()


def verify(connection: sqlite3.Connection, head: Head) -> Iterator[Damage]:
    """What is wrong with the history of one record, by the number of the entry."""
    findings = sorted(set(_altered(connection, head)), key=lambda finding: (finding[0], finding[1].name))
    yield from (Damage(fault, {"entry": number, "record": head.uuid}) for number, fault in findings)


def _altered(connection: sqlite3.Connection, head: Head) -> Iterator[tuple[int, Fault]]:
    last, hashes = 0, {GENESIS}
    erased = _erasures(connection, head)
    for row in connection.execute(
        "SELECT e.number, e.what, e.path, e.actor, e.device, e.at, e.step, e.reverses,"
        " e.old_hash, e.new_hash, e.reason_hash, e.previous, e.hash,"
        " p.old_salt, p.old, p.new_salt, p.new, p.reason_salt, p.reason"
        " FROM entries e LEFT JOIN payloads p ON p.entry = e.id WHERE e.record = ? ORDER BY e.number",
        (head.id,),
    ):
        number, previous, own = row[0], row[11], row[12]
        computed = link(head.uuid, row[0:8], row[8:12])
        if number != last + 1:
            yield from ((missing, Fault.ENTRY_MISSING) for missing in range(last + 1, number))
        elif own == computed and previous not in hashes:
            # This entry is whole, so it is the one it follows that was rewritten together with its hash.
            yield max(last, 1), Fault.ENTRY_ALTERED
        if own != computed:
            yield number, Fault.ENTRY_ALTERED
        values = list(zip(row[13::2], row[14::2], row[8:11], strict=True))
        if not all(_fits(*value) for value in values):
            yield number, Fault.VALUE_ALTERED
        gone = any(value is None and expected is not None for _, value, expected in values[:2])
        if gone and not any(later > number and covers(scope, row[2]) for later, scope in erased):
            yield number, Fault.VALUE_GONE
        last, hashes = number, {own, computed}
    yield from ((missing, Fault.ENTRY_MISSING) for missing in range(last + 1, head.entries + 1))
    if last >= head.entries and head.hash not in hashes:
        yield last, Fault.ENTRY_ALTERED


def covers(scope: str, path: str) -> bool:
    """Whether an erasure of `scope` (a question, a row, a table; '' is the whole record) reaches `path`."""
    return scope in ("", path) or path.startswith(f"{scope}/")


def _erasures(connection: sqlite3.Connection, head: Head) -> list[tuple[int, str]]:
    """The entries that tell of an erasure: their numbers and what they erased."""
    found = connection.execute(
        "SELECT number, path FROM entries WHERE record = ? AND what IN ('erased', 'emptied')", (head.id,)
    )
    return [(number, path) for number, path in found]


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
