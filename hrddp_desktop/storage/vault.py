"""A vault: one folder that is copied and moved as one, made, opened with a passphrase, and locked again.

NAME.hrddp/data      the encrypted database; while it is open its helpers data-wal and data-shm, encrypted too
NAME.hrddp/keys      the key slots, see keys.py
NAME.hrddp/witness   which change was saved last, see witness.py
NAME.hrddp/backups/  the place of encrypted copies
NAME.hrddp/lock      who has it open for writing, see lock.py; not there while nobody has
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final, Self

from hrddp_desktop import clock
from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import backups, checking, driver, keys, lock, migrations, people, places
from hrddp_desktop.storage.backups import Source
from hrddp_desktop.storage.bin import Bin
from hrddp_desktop.storage.chain import Writer
from hrddp_desktop.storage.keys import Cost, Keys
from hrddp_desktop.storage.places import Kind
from hrddp_desktop.storage.records import Damage, Fault, Person
from hrddp_desktop.storage.store import Store
from hrddp_desktop.storage.witness import Witness

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from hrddp_desktop.storage.driver import Encrypted
    from hrddp_desktop.storage.witness import Marks

DATA: Final = backups.DATA
BACKUPS: Final = backups.BACKUPS
MADE: Final = "made"
SEEN: Final = backups.SEEN
_REFUSED_MAKING: Final = {
    Code.DISK_FULL: Code.VAULT_NO_ROOM,
    Code.VAULT_READ_ONLY: Code.VAULT_NOT_MADE,
    Code.VAULT_DISK_FAILED: Code.VAULT_NOT_MADE,
}
"""Where the disk refuses a new vault there is no last answer to speak of."""


class Vault:
    """An open vault. Whoever opened it owns it and locks it, on the same thread.

    `warning` is what the person must be told at once, though the vault could be opened. Where it `is_read_only`, an
    edit raises VaultError(VAULT_READ_ONLY).
    """

    def __init__(self, source: Source, db: Encrypted, slot: str, witness: Witness, warning: Damage | None) -> None:
        self.folder = source.folder
        self.source = source
        self.slot = slot
        writer = Writer(slot, _device(witness.vault))
        self.store = Store(db, writer, witness)
        self.copies = backups.Copies(source)
        self.store.copies = self.copies
        self.bin = Bin(db, writer, witness)
        self.warning = warning
        self.is_read_only = db.is_read_only
        self._db = db

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lock()

    def lock(self) -> None:
        """Close the database; afterwards nothing can be read without the passphrase. Twice does no harm."""
        self._db.settle()
        self._db.close()

    @property
    def person(self) -> Person:
        """Whose passphrase opened the vault."""
        with self._db.reading() as connection:
            row = connection.execute(
                "SELECT name, function, station, country, language FROM people WHERE slot = ?", (self.slot,)
            ).fetchone()
        return Person(*row)

    def people(self) -> dict[str, Person]:
        """Everybody who ever had a slot, by slot: they are the authors of entries."""
        with self._db.reading() as connection:
            rows = connection.execute("SELECT slot, name, function, station, country, language FROM people").fetchall()
        return {row[0]: Person(*row[1:]) for row in rows}

    def save_person(self, person: Person, slot: str = "") -> None:
        """Keep new particulars of that person, or of the one of `slot`."""
        _save_person(self._db, slot or self.slot, person)
        self._db.settle()  # no witness stands for it: it must not depend on the WAL

    def save_secret(self, name: str, secret: bytes) -> None:
        """Keep something that belongs to no record, as the signing identity; it replaces an earlier one."""
        with self._db.writing():
            self._db.table("secrets").upsert({"name": name, "value": secret}, pk="name")
        self._db.settle()  # no witness stands for it: it must not depend on the WAL

    def forget_secret(self, name: str) -> None:
        """Keep it no longer."""
        with self._db.writing() as connection:
            connection.execute("DELETE FROM secrets WHERE name = ?", (name,))
        self._db.settle()

    def note(self, name: str, value: str) -> None:
        """Keep a fact about the vault itself; it replaces an earlier one."""
        with self._db.writing() as connection:
            _note(connection, name, value)
        self._db.settle()

    def noted(self, name: str) -> str:
        """A fact about the vault itself, '' when it was never kept."""
        with self._db.reading() as connection:
            found = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return "" if found is None else str(found[0])

    def replace_keys(self, before: Keys, after: Keys) -> None:
        """Change the slots: the file first, in one rename, then its copies beside the backups and in the database.

        Killed in between, the copies follow at the next unlock. Raises VaultError(KEYS_CHANGED) when the file is no
        longer `before`, VaultError(KEYS_NO_ROOM) and what else the disk does.
        """
        if self.is_read_only:
            raise VaultError(Code.VAULT_READ_ONLY, detail="it was opened for reading")
        is_done = False
        try:
            with self._db.writing() as connection:  # one change at a time, whichever window makes it
                _refuse_overtaken(keys.read_any(self.folder, migrations.VERSION) != before)
                keys.write(self.folder, after)
                is_done = True
                keys.spread(self.folder, after)
                _note(connection, keys.NAME, keys.dump(after).decode())
        except VaultError as error:
            if not is_done and error.code is Code.DISK_FULL:
                raise VaultError(Code.KEYS_NO_ROOM) from error
            if not is_done:  # what is renamed is in force, whatever becomes of the copies
                raise
        self._db.settle()
        self._spread_outside(after)

    def keep_copies_at(self, place: Path | None) -> None:
        """Say where the second place of the copies is: changes of the keys and erasures reach them there."""
        self.copies.second = place
        with contextlib.suppress(VaultError):
            self._spread_outside(keys.read(self.folder, migrations.VERSION))

    def _spread_outside(self, held: Keys) -> None:
        if self.copies.second is None or self.is_read_only:
            return
        # A stick that is away or refuses: its copies follow when it is there at a later opening.
        with contextlib.suppress(VaultError, OSError):
            keys.spread_in(backups.second_place(self.source, self.copies.second), held)

    def secret(self, name: str) -> bytes | None:
        """What was kept under `name`."""
        with self._db.reading() as connection:
            found = connection.execute("SELECT value FROM secrets WHERE name = ?", (name,)).fetchone()
        return None if found is None else bytes(found[0])


def create(folder: Path, passphrase: str, person: Person, *, cost: Cost | None = None) -> Vault:
    """Make a vault in `folder` (missing parents too) and open it; encrypted from the first byte.

    Raises VaultError(PASSPHRASE_EMPTY | VAULT_EXISTS | VAULT_NO_ROOM | VAULT_NOT_MADE | MEMORY_SHORT); then nothing is
    left behind.
    """
    if not passphrase.strip():
        raise VaultError(Code.PASSPHRASE_EMPTY)
    folder = folder.absolute()
    _refuse_occupied(folder)
    # Built under another name and renamed: a folder of this name is a whole vault or none.
    building = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    leftovers = [building]
    made = [parent for parent in folder.parents if not parent.exists()]
    try:
        with _naming_making_errors(), _naming_disk_errors():
            folder.parent.mkdir(parents=True, exist_ok=True)
            opened = _build(building, passphrase, person, cost or Cost())
            _place(building, folder)
            leftovers.append(folder)
            return _open(folder, *opened)
    except BaseException:
        for leftover in leftovers:
            shutil.rmtree(leftover, ignore_errors=True)
        for parent in made:
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise


def unlock(folder: Path, passphrase: str, *, reading: bool = False) -> Vault:
    """Open the vault in `folder`; for reading alone where it cannot be written, or where that is wished.

    For reading on a share nothing is touched there, see driver.connect_read_only.

    Raises VaultError(NOT_A_VAULT | VAULT_NEWER | VAULT_DAMAGED | KEYS_LOST | WRONG_PASSPHRASE | MEMORY_SHORT), and then
    no byte of the folder was changed; VaultError(VAULT_READ_ONLY | VAULT_BUSY | VAULT_SHUT_NO_ROOM |
    VAULT_DISK_FAILED).
    """
    _refuse_stranger(folder)
    key_file = keys.read_any(folder, migrations.VERSION)
    slot, key = key_file.open(passphrase)
    opened = _open(folder, key_file, slot, key, reading=reading)
    try:
        _bring_keys_up_to_date(opened, key_file, passphrase)
    except BaseException:
        opened.lock()
        raise
    return opened


def recover(folder: Path, prepared: people.Prepared, by: bytes | str) -> Vault:
    """Open the vault by the safe card or an office's key, with the new passphrase that was prepared for a person.

    The identity that only the old passphrase opened goes. Raises VaultError as `unlock` does.
    """
    _refuse_stranger(folder)
    _, key, _ = people.by_recovery(prepared.before, by)
    opened = _open(folder, prepared.before, prepared.slot, key)
    try:
        newest = _copy_of_keys(opened)
        _refuse_overtaken(newest is not None and newest.change > prepared.before.change)
        opened.replace_keys(prepared.before, prepared.after)
        opened.forget_secret(f"{people.IDENTITY}/{prepared.slot}")
    except BaseException:
        opened.lock()
        raise
    return opened


def whom(folder: Path, by: bytes | str) -> dict[str, Person]:
    """Who can get a new passphrase by the safe card or an office's key, by slot.

    Raises VaultError(CARD_WRONG | OFFICE_KEY_WRONG) and as `unlock` does.
    """
    _refuse_stranger(folder)
    held = keys.read_any(folder, migrations.VERSION)
    slot, key, _ = people.by_recovery(held, by)
    with _open(folder, held, slot, key) as opened:
        newest = _copy_of_keys(opened)
        if newest is not None and newest.change > held.change:
            _follow(opened, _of_this_schema(newest))
            people.by_recovery(newest, by)
            held = newest
        known = opened.people()
    return {each.name: known[each.name] for each in held.people() if each.name in known}


def _bring_keys_up_to_date(opened: Vault, held: Keys, passphrase: str) -> None:
    """The later of file and copy wins, and the others follow.

    Raises VaultError(PASSPHRASE_CHANGED) for a passphrase that the later one does not know.
    """
    held, copy = _of_this_schema(held), _copy_of_keys(opened)
    if opened.is_read_only or (copy == held and _is_written(opened.folder, held)):
        return
    if copy is not None and copy.change > held.change:
        _follow(opened, _of_this_schema(copy))
        try:
            copy.open(passphrase)
        except VaultError as error:
            if error.code is Code.WRONG_PASSPHRASE:
                raise VaultError(Code.PASSPHRASE_CHANGED) from error
            raise
    else:
        _follow(opened, held)


def _follow(opened: Vault, held: Keys) -> None:
    """Write whatever is behind. Where the disk refuses, it is done at a later opening."""
    with contextlib.suppress(VaultError):
        if not _is_written(opened.folder, held):
            keys.write(opened.folder, held)
        keys.spread(opened.folder, held)
        opened.note(keys.NAME, keys.dump(held).decode())


def _refuse_overtaken(is_overtaken: bool) -> None:
    if is_overtaken:
        raise VaultError(Code.KEYS_CHANGED)


def _of_this_schema(held: Keys) -> Keys:
    """Opening a vault has brought its data up to date."""
    return replace(held, schema=migrations.VERSION)


def _is_written(folder: Path, held: Keys) -> bool:
    try:
        return keys.read(folder, migrations.VERSION) == held
    except VaultError:
        return False


def _copy_of_keys(opened: Vault) -> Keys | None:
    try:
        copy = keys.parse(opened.noted(keys.NAME), migrations.VERSION)
    except VaultError:  # the page of the copy is damaged; the file has opened the vault
        return None
    return copy if copy is not None and copy.vault == opened.source.vault else None


def _build(folder: Path, passphrase: str, person: Person, cost: Cost) -> tuple[Keys, str, bytes]:
    slot, key = secrets.token_hex(4), secrets.token_bytes(keys.KEY_BYTES)
    key_file = keys.new(migrations.VERSION).with_slot(slot, passphrase, key, cost)
    folder.mkdir(mode=0o700)
    (folder / BACKUPS).mkdir(mode=0o700)
    # SQLite gives its helper files the rights of the database; so the database has them before it has a byte.
    os.close(os.open(folder / DATA, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    db = driver.make(folder / DATA, key)
    try:
        migrations.apply(db)
        _save_person(db, slot, person)
        with db.writing() as connection:
            _note(connection, keys.NAME, keys.dump(key_file).decode())
            _note(connection, MADE, clock.now().date().isoformat())
    finally:
        db.close()
    keys.write(folder, key_file)
    return key_file, slot, key


def _place(building: Path, folder: Path) -> None:
    if folder.exists():
        folder.rmdir()  # it is empty; Windows renames onto nothing that is there
    building.rename(folder)
    if os.name == "posix":  # else answers could be on the disk in a folder that is not
        handle = os.open(folder.parent, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _open(folder: Path, key_file: Keys, slot: str, key: bytes, *, reading: bool = False) -> Vault:
    witness = Witness(folder, key, key_file.vault)
    marks = witness.marks()
    apart = reading and places.of(folder).kind is Kind.SHARE
    _refuse_unfit(folder / DATA, key, apart=apart)
    source = Source(folder, key, key_file.vault, migrations.VERSION)
    db = _connected(folder / DATA, key, reading=reading, apart=apart)
    try:
        found = migrations.version(db)
        _refuse_newer(found)
        if found < migrations.VERSION:
            _migrate(db, source, key_file)
        warning = _warning(db, witness, marks)
    except BaseException:
        db.close()
        raise
    return Vault(source, db, slot, witness, warning)


def _migrate(db: Encrypted, source: Source, key_file: Keys) -> None:
    """Change the schema; a verified copy of the vault as it was lies in `backups/` then, whether it worked or not."""
    if db.is_read_only:
        raise VaultError(Code.VAULT_READ_ONLY, detail="it must be brought up to date first")
    backups.before_migration(db, source)
    # First the file that older versions read before anything else, so that none of them goes near the data.
    keys.write(source.folder, replace(key_file, schema=migrations.VERSION))
    try:
        migrations.apply(db)
    except BaseException:
        keys.write(source.folder, key_file)
        raise


def _warning(db: Encrypted, witness: Witness, marks: Marks) -> Damage | None:
    try:
        with db.reading() as connection:
            return None if witness.compare(connection, marks) else Damage(Fault.OLDER)
    except VaultError as error:
        if error.code is not Code.VAULT_DAMAGED:
            raise
        return Damage(Fault.PAGE, error.facts)  # the pages that are whole can still be read


def _refuse_unfit(data: Path, key: bytes, *, apart: bool) -> None:
    """Refuse, before a byte is written, a database that is newer or that a whole vault cannot have."""
    with driver.peeking(data, key, apart=apart) as connection:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        _refuse_newer(found)
        if not found or checking.keys_copy(connection) is None:
            raise VaultError(Code.VAULT_DAMAGED, detail=f"the file {DATA} holds no vault")


def _connected(data: Path, key: bytes, *, reading: bool, apart: bool) -> Encrypted:
    if apart:
        return driver.connect_read_only(data, key, apart=True)
    try:
        return driver.connect(data, key, reading=reading)
    except VaultError as error:
        if error.code is Code.DISK_FULL:  # SQLite's helper files find no room
            raise VaultError(Code.VAULT_SHUT_NO_ROOM) from error
        if error.code is not Code.VAULT_READ_ONLY:
            raise
    return driver.connect_read_only(data, key)


def _note(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


def _save_person(db: Encrypted, slot: str, person: Person) -> None:
    with db.writing():
        db.table("people").upsert({"slot": slot, **asdict(person)}, pk="slot")


def _refuse_newer(found: int) -> None:
    if found > migrations.VERSION:
        raise keys.newer((keys.FORMAT, found), migrations.VERSION)


def _refuse_occupied(folder: Path) -> None:
    with _naming_disk_errors():
        if folder.is_dir() and not any(folder.iterdir()):
            return
        if folder.exists() or folder.is_symlink():
            raise VaultError(Code.VAULT_EXISTS, folder=folder)


def _refuse_stranger(folder: Path) -> None:
    has_keys, data = (folder / keys.NAME).is_file(), folder / DATA
    with _naming_disk_errors():
        if not folder.is_dir():
            detail = "it is a file" if folder.exists() else "there is no such folder"
            raise VaultError(Code.NOT_A_VAULT, folder=folder, detail=detail)
        if not has_keys and not (data.is_file() and _is_encrypted(data)):
            detail = f"the files {keys.NAME} and {DATA} are missing"
            raise VaultError(Code.NOT_A_VAULT, folder=folder, detail=detail)
        if not data.is_file():
            raise VaultError(Code.VAULT_DAMAGED, detail=f"the file {DATA} is missing")


def _is_encrypted(data: Path) -> bool:
    with data.open("rb") as stream:
        return stream.read(len(driver.PLAIN_HEADER)) != driver.PLAIN_HEADER


@contextlib.contextmanager
def _naming_disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise driver.os_vault_error(error) from error


@contextlib.contextmanager
def _naming_making_errors() -> Iterator[None]:
    try:
        yield
    except VaultError as error:
        if error.code not in _REFUSED_MAKING:
            raise
        raise VaultError(_REFUSED_MAKING[error.code], **error.facts) from error


def _device(vault: str) -> str:
    """Which computer this is, in the entries of one vault: the same name elsewhere cannot be told from it."""
    return hashlib.sha256(f"{vault}/{lock.host_name()}".encode()).hexdigest()[:16]
