"""Copies of a vault: each a folder with `data` and `keys`, encrypted as the vault is, tried by opening it.

A copy is built under another name, tried, and renamed: a folder that is listed here is a whole copy. Making one only
reads the vault. `backups/` in the vault holds the rolling ones; a *second place* holds more, outside this computer.
"""

from __future__ import annotations

import contextlib
import filecmp
import hashlib
import json
import os
import re
import secrets
import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hrddp_desktop import clock, files
from hrddp_desktop.errors import Code, FileError, VaultError
from hrddp_desktop.storage import checking, driver, erasing, keys, people
from hrddp_desktop.storage.witness import Witness

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from hrddp_desktop.storage.chain import Writer
    from hrddp_desktop.storage.driver import Encrypted
    from hrddp_desktop.storage.erasing import Erasure
    from hrddp_desktop.storage.records import Damage

DATA: Final = "data"
BACKUPS: Final = keys.BACKUPS
_OUTSIDE: Final = "outside"
_UNFINISHED: Final = ".part"
_NAME: Final = re.compile(r"(\d{6})\.(\d{4}-\d\d-\d\dT\d{6}Z)\.([a-z]+)")
_STAMP: Final = "%Y-%m-%dT%H%M%SZ"
_BLOCK: Final = 1024 * 1024
SEEN: Final = "seen"
"""The fact of `meta` that says when the vault was used last; for its sake alone no new copy is made."""
_BY_VALUE: Final = ("summaries", "drafts", "people", "secrets", "meta", "bin")
"""Tables whose lines change in place; of the others it is enough to know how many lines there are and the last."""


class Reason(StrEnum):
    """Why a copy was made."""

    CLOSE = "close"
    MIGRATION = "migration"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Source:
    """An open vault as something to copy: frozen, so that a thread of its own can work with it."""

    folder: Path
    key: bytes = field(repr=False)
    vault: str
    schema: int


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. `number` tells the order even where the clock was wrong."""

    folder: Path
    number: int
    made: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Keep:
    """Which copies stay: the newest `last`, and the newest of each day of `days` days."""

    last: int
    days: int
    migrations: int = 3

    def staying(self, copies: Sequence[Copy]) -> set[Copy]:
        """Those of `copies` (the newest first) that stay; the days count from the newest copy, not from the clock."""
        staying, seen = set(copies[: self.last]), set[date]()
        migrations = [copy for copy in copies if copy.reason is Reason.MIGRATION]
        staying.update(migrations[: self.migrations])
        for copy in copies:
            day = copy.made.date()
            if day not in seen and abs((copies[0].made.date() - day).days) < self.days:
                seen.add(day)
                staying.add(copy)
        return staying


ROLLING: Final = Keep(last=10, days=30)
ELSEWHERE: Final = Keep(last=5, days=7)


# -------------------------------------------------------------------------------------------------------------- making


def place_of(folder: Path) -> Path:
    """Where the vault in `folder` keeps its own copies."""
    return folder / BACKUPS


def second_place(source: Source, place: Path) -> Path:
    """The folder at a second place for the copies of this vault: a stick may serve several vaults.

    Raises VaultError(PLACE_MISSING | COPIES_INSIDE).
    """
    if not place.is_dir():
        raise VaultError(Code.PLACE_MISSING, place=place)
    if place.resolve().is_relative_to(source.folder.resolve()):
        raise VaultError(Code.COPIES_INSIDE, place=place)
    return place / f"{source.folder.stem}-{source.vault[:8]}.copies"


def roll(source: Source, place: Path, reason: Reason, keep: Keep, *, at: datetime | None = None) -> Copy:
    """Have a copy of the vault as it is now in `place`; then let go of those that `keep` does not name.

    When the newest copy there is good and holds the same, it is the copy. Raises VaultError(COPY_NO_ROOM |
    COPY_NOT_MADE | VAULT_DAMAGED | ...); then the copies are as they were.
    """
    with _naming_place(place):
        with reading(source) as connection:
            copy = _same(source, place, state(connection)) if reason is Reason.CLOSE else None
            copy = copy or _make(source, connection, place, reason, at or clock.now())
        _let_go(place, keep)
    return copy


def renew(source: Source, place: Path, *, at: datetime | None = None) -> Copy:
    """Make one copy of the vault as it is now and let go of all others: what was erased is then in none of them."""
    return roll(source, place, Reason.ASKED, Keep(last=1, days=0, migrations=0), at=at)


def before_migration(db: Encrypted, source: Source) -> Copy:
    """A copy of the vault as it was before its schema changes, whatever the others are."""
    place = place_of(source.folder)
    with _naming_place(place), db.reading() as connection:
        copy = _make(source, connection, place, Reason.MIGRATION, clock.now())
        _let_go(place, ROLLING)
    return copy


def in_each(source: Source, places: Sequence[Path], change: Callable[[Encrypted], object]) -> tuple[str, ...]:
    """Make a change in every copy at these places, as erasing does; the names of those it could not be made in.

    A copy that is no longer good is let go of: nobody could say what it still holds. A place that is away is named.
    """
    missed: list[str] = []
    for place in places:
        if not place.is_dir():
            missed.append(str(place))
        for copy in listing(place):
            try:
                with contextlib.closing(driver.connect(copy.folder / DATA, source.key)) as db:
                    change(db)
                try_copy(copy.folder, source)
            except VaultError as error:
                if error.code in {Code.COPY_UNFIT, Code.VAULT_DAMAGED}:
                    _remove(copy.folder)
                else:
                    missed.append(str(copy.folder))
    return tuple(missed)


class Copies:
    """Every copy of an open vault, so that an erasure reaches them. `second` is the second place, if there is one."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.second: Path | None = None

    def forget(self, erasure: Erasure, writer: Writer, at: datetime) -> tuple[str, ...]:
        """Erase in every copy within reach; what is out of reach by its place, or by its day where nobody knows it."""
        places, away = [place_of(self._source.folder)], list[str]()
        last = outside(self._source.folder)
        if self.second is not None:
            with contextlib.suppress(VaultError):
                places.append(second_place(self._source, self.second))
            if last is not None and not (len(places) > 1 and places[-1].is_dir()):
                away.append(str(self.second))
        elif last is not None:
            away.append(last.date().isoformat())
        there = [place for place in places if place.is_dir()]
        return (*in_each(self._source, there, lambda db: erasing.erase_in(db, erasure, writer, at)), *away)


def state(connection: sqlite3.Connection) -> bytes:
    """What tells two states of a vault apart; a copy has the same as what it is a copy of."""
    digest = hashlib.sha256()
    tables = "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name"
    for table, has_no_rowid in connection.execute(tables).fetchall():
        columns = "*" if table in _BY_VALUE else "count(*)" if has_no_rowid else "count(*), max(rowid)"
        digest.update(table.encode())
        of_today = f"WHERE name <> '{SEEN}'" if table == "meta" else ""
        for row in connection.execute(f'SELECT {columns} FROM "{table}" {of_today}'):  # noqa: S608 - names of our own schema
            digest.update(repr(row).encode())
    return digest.digest()


def look_over(source: Source) -> list[Damage]:
    """What is wrong with a vault that may be in use, on this thread's own connection. Raises VaultError."""
    with contextlib.closing(_connected(source)) as db:
        return list(checking.quick(db, Witness(source.folder, source.key, source.vault)))


@contextlib.contextmanager
def reading(source: Source) -> Iterator[sqlite3.Connection]:
    """One state of the vault, on this thread's own connection."""
    with contextlib.closing(_connected(source)) as db, db.reading() as connection:
        yield connection


def _connected(source: Source) -> Encrypted:
    file = source.folder / DATA
    try:
        return driver.connect(file, source.key)
    except VaultError as error:
        if error.code is not Code.VAULT_READ_ONLY:
            raise
    return driver.connect_read_only(file, source.key)


def _make(source: Source, connection: sqlite3.Connection, place: Path, reason: Reason, at: datetime) -> Copy:
    place.mkdir(mode=0o700, exist_ok=True)
    _sweep(place)
    there = listing(place)
    number = 1 + (there[0].number if there else 0)
    building = place / f".{secrets.token_hex(4)}{_UNFINISHED}"
    try:
        building.mkdir(mode=0o700)
        os.close(os.open(building / DATA, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        driver.copy(connection, building / DATA, source.key)
        key_file = files.read_file(source.folder / keys.NAME, keys.LARGEST_FILE)
        files.write_file(building / keys.NAME, key_file)
        try_copy(building, source, expected=state(connection))
        folder = building.rename(place / f"{number:06d}.{at.astimezone(UTC).strftime(_STAMP)}.{reason}")
        _sync(place)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return _copy(folder) or _no_copy(folder)


def try_copy(folder: Path, source: Source, *, expected: bytes | None = None) -> None:
    """Open a copy and read every page of it. Raises VaultError(COPY_UNFIT | VAULT_NEWER)."""
    try:
        problems = [] if keys.read(folder, source.schema).vault == source.vault else ["it is of another vault"]
        problems += checking.unreadable(folder / DATA, source.key)
        with driver.peeking(folder / DATA, source.key) as connection:
            if checking.keys_copy(connection) is None:
                problems.append("it holds no vault")
            if not problems and expected is not None and state(connection) != expected:
                problems.append("it does not hold what the vault holds")
    except VaultError as error:
        if error.code is Code.VAULT_NEWER:
            raise
        raise VaultError(
            Code.COPY_UNFIT, copy=folder, detail=str(error.facts.get("detail", error.code.name))
        ) from error
    if problems:
        raise VaultError(Code.COPY_UNFIT, copy=folder, detail=problems[0])


def _same(source: Source, place: Path, now: bytes) -> Copy | None:
    """The newest copy, if it is good, holds what the vault holds now and is opened by the same passphrases."""
    there = listing(place)
    if not there:
        return None
    try:
        key_file = files.read_file(there[0].folder / keys.NAME, keys.LARGEST_FILE)
        if key_file != files.read_file(source.folder / keys.NAME, keys.LARGEST_FILE):
            return None
        try_copy(there[0].folder, source, expected=now)
    except (VaultError, FileError):
        return None
    return there[0]


# ------------------------------------------------------------------------------------------------------------- finding


def listing(place: Path) -> list[Copy]:
    """The copies in `place`, the newest first; none where there is no such folder."""
    try:
        found = [_copy(folder) for folder in place.iterdir()]
    except OSError:
        return []
    return sorted((copy for copy in found if copy), key=lambda copy: copy.number, reverse=True)


def elsewhere(folder: Path, place: Path) -> list[Copy]:
    """The copies of the vault in `folder` at a second place; several where vaults of this name were kept there."""
    found = [copy for each in _folders(place) if each.name.startswith(f"{folder.stem}-") for copy in listing(each)]
    try:
        own = keys.vault_of((folder / keys.NAME).read_text("utf-8"))
    except (OSError, ValueError):
        own = None
    # Without its keys nobody can say which of them is of this vault: all are shown.
    return [copy for copy in found if own is None or copy.folder.parent.name.endswith(f"-{own[:8]}.copies")]


def newest_good(source: Source, *places: Path) -> Copy | None:
    """The newest copy in these places that can be opened; of two equally new the one of the earlier place."""
    for copy in sorted((copy for place in places for copy in listing(place)), key=lambda copy: copy.made, reverse=True):
        with contextlib.suppress(VaultError):
            try_copy(copy.folder, source)
            return copy
    return None


def find(place: Path) -> Path:
    """The copy that a person means by `place`: a copy or a vault itself, or the newest of a folder of copies.

    Raises VaultError(NO_COPY_THERE).
    """
    if _is_vault(place):
        return place
    places = [place, *(child for child in _folders(place) if not child.name.startswith("."))]
    found = [copy for each in places for copy in listing(each)]
    if not found:
        raise VaultError(Code.NO_COPY_THERE, place=place)
    return max(found, key=lambda copy: (copy.made, copy.number)).folder


def _copy(folder: Path) -> Copy | None:
    parts = _NAME.fullmatch(folder.name)
    if parts is None or parts[3] not in {*Reason}:
        return None
    try:
        made = datetime.strptime(parts[2], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Copy(folder, int(parts[1]), made, Reason(parts[3]))


def _no_copy(folder: Path) -> Copy:
    raise RuntimeError(f"a copy was named so that it cannot be found: {folder.name}")


# ----------------------------------------------------------------------------------------------------------- restoring


def restore(
    copy: Path, passphrase: str | None, folder: Path, known_schema: int, *, by: bytes | str | None = None
) -> None:
    """Make a vault of a copy, in the new folder `folder`; the copy stays as it is.

    `by` is the safe card (bytes) or an office's key (text), in place of the passphrase. Without any of them it is not
    opened and only its bytes are compared.

    Raises VaultError(VAULT_EXISTS | WRONG_PASSPHRASE | CARD_WRONG | OFFICE_KEY_WRONG | VAULT_NEWER | KEYS_LOST |
    COPY_UNFIT | VAULT_NO_ROOM | VAULT_NOT_MADE); then nothing is left behind.
    """
    folder = folder.absolute()
    if folder.exists() or folder.is_symlink():
        raise VaultError(Code.VAULT_EXISTS, folder=folder)
    key_file = keys.read(copy, known_schema)
    key = _opened_by(key_file, passphrase, by)
    building = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        with naming_new_vault():
            folder.parent.mkdir(parents=True, exist_ok=True)
            building.mkdir(mode=0o700)
            # A vault that was copied by hand may have a WAL beside its data.
            for name in (DATA, f"{DATA}-wal", keys.NAME):
                if (copy / name).exists():
                    _copy_file(copy / name, building / name)
            # What lies in the new place is tried, not what was read: the stick may be failing.
            if key is not None:
                try_copy(building, Source(folder, key, key_file.vault, known_schema))
            else:
                _refuse_differing(copy, building)
            (building / BACKUPS).mkdir(mode=0o700)
            building.rename(folder)
            _sync(folder.parent)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _opened_by(key_file: keys.Keys, passphrase: str | None, by: bytes | str | None) -> bytes | None:
    if by is not None:
        return people.by_recovery(key_file, by).key
    return None if passphrase is None else key_file.open(passphrase)[1]


def _refuse_differing(copy: Path, building: Path) -> None:
    if not all(filecmp.cmp(copy / name, building / name, shallow=False) for name in (DATA, keys.NAME)):
        raise VaultError(Code.COPY_UNFIT, copy=copy, detail="it was read differently the second time")


def _copy_file(source: Path, target: Path) -> None:
    handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    with source.open("rb") as stream, os.fdopen(handle, "wb") as written:
        shutil.copyfileobj(stream, written, _BLOCK)
        written.flush()
        os.fsync(written.fileno())


@contextlib.contextmanager
def naming_new_vault() -> Iterator[None]:
    """Where the disk refuses a new vault there is no last answer to speak of."""
    try:
        yield
    except OSError as error:
        raise _named(driver.os_vault_error(error), Code.VAULT_NO_ROOM, Code.VAULT_NOT_MADE) from error
    except ValueError as error:  # a name that no folder can have
        raise VaultError(Code.VAULT_NOT_MADE, detail=str(error)) from error
    except VaultError as error:
        if error.code not in {Code.DISK_FULL, Code.VAULT_READ_ONLY, Code.VAULT_DISK_FAILED}:
            raise
        raise _named(error, Code.VAULT_NO_ROOM, Code.VAULT_NOT_MADE) from error


# ---------------------------------------------------------------------------------------------- outside this computer


def note_outside(folder: Path, at: datetime) -> None:
    """Remember when the last good copy was made outside this computer; not where, which the settings say."""
    with contextlib.suppress(FileError):
        files.write_file(place_of(folder) / _OUTSIDE, json.dumps({"at": at.astimezone(UTC).isoformat()}).encode())


def outside(folder: Path) -> datetime | None:
    """When the last good copy was made outside this computer; None when there never was one."""
    try:
        return datetime.fromisoformat(json.loads((place_of(folder) / _OUTSIDE).read_text("utf-8"))["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


# ------------------------------------------------------------------------------------------------------------- private


def _let_go(place: Path, keep: Keep) -> None:
    there = listing(place)
    staying = keep.staying(there)
    for copy in there:
        if copy not in staying:
            _remove(copy.folder)


def _remove(folder: Path) -> None:
    # Renamed first: what is half removed must not be listed as a copy.
    doomed = folder.rename(folder.with_name(f".{secrets.token_hex(4)}{_UNFINISHED}"))
    shutil.rmtree(doomed, ignore_errors=True)


def _sweep(place: Path) -> None:
    """Take away what a copy left that was killed; a vault has one window, so nobody else is at it."""
    for left in place.glob(f".*{_UNFINISHED}"):
        shutil.rmtree(left, ignore_errors=True)


def _is_vault(folder: Path) -> bool:
    return (folder / DATA).is_file() and (folder / keys.NAME).is_file()


def _folders(place: Path) -> list[Path]:
    try:
        return [child for child in place.iterdir() if child.is_dir()]
    except OSError:
        return []


def _sync(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _naming_place(place: Path) -> Iterator[None]:
    """What the disk refuses here is a copy, not an answer."""
    try:
        yield
    except FileError as error:
        cause = error.__cause__
        named = driver.os_vault_error(cause) if isinstance(cause, OSError) else error
        raise _named(named, Code.COPY_NO_ROOM, Code.COPY_NOT_MADE, place=place) from error
    except OSError as error:
        raise _named(driver.os_vault_error(error), Code.COPY_NO_ROOM, Code.COPY_NOT_MADE, place=place) from error
    except VaultError as error:
        if error.code not in {Code.DISK_FULL, Code.VAULT_READ_ONLY, Code.VAULT_DISK_FAILED, Code.VAULT_BUSY}:
            raise
        raise _named(error, Code.COPY_NO_ROOM, Code.COPY_NOT_MADE, place=place) from error


def _named(error: VaultError | FileError, no_room: Code, refused: Code, **facts: object) -> VaultError:
    if error.code is Code.DISK_FULL:
        return VaultError(no_room, **facts)
    return VaultError(refused, **{"detail": "it is in use", **error.facts, **facts})
