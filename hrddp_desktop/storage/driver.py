"""The one module that picks SQLCipher: opens encrypted databases with it and gives its errors their names."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
from typing import TYPE_CHECKING, Final, Literal, NoReturn
from urllib.parse import quote

import sqlcipher3
import sqlcipher3.dbapi2

# sqlite-utils catches the errors of *its* driver, which it looks for under these two names when it is imported.
sys.modules["pysqlite3"] = sqlcipher3
sys.modules["pysqlite3.dbapi2"] = sqlcipher3.dbapi2

import sqlite_utils.utils  # noqa: E402 - after the names above
from sqlite_utils import Database, Migrations  # noqa: E402

from hrddp_desktop.errors import Code, VaultError  # noqa: E402

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

# Nothing else imports sqlite_utils: imported before the names above it would take the plain driver.
__all__ = [
    "BUSY_MS",
    "Database",
    "Encrypted",
    "Error",
    "Migrations",
    "connect",
    "connect_plain",
    "connect_read_only",
    "copy",
    "make",
    "os_vault_error",
    "peeking",
]

PLAIN_HEADER: Final = b"SQLite format 3\0"
BUSY_MS: Final = 4000
PAGE_BYTES: Final = 4096
_WAL_PAGES: Final = 128
"""How long the WAL grows before it is moved into the database; what is lost with a lost WAL is no more than that."""
_PROBE_BYTES: Final = 1024 * 1024
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_NO_RIGHT: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST})

Error = sqlcipher3.dbapi2.DatabaseError

if vars(sqlite_utils.utils)["sqlite3"] is not sqlcipher3:
    raise RuntimeError("sqlite_utils was imported before hrddp_desktop.storage.driver and took the plain driver")


class Encrypted(Database):
    """An open encrypted database: sqlite-utils over one SQLCipher connection, used on the thread that opened it.

    What the surroundings do to it (a full disk, a lock, damage) rises as VaultError from `reading` and `writing`;
    any other error of the driver is our bug and stays what it is.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path, *, is_read_only: bool = False) -> None:
        # No plugins: an entry point of another package must not be handed the open vault.
        super().__init__(connection, execute_plugins=False, strict=True)
        self.folder = file.parent
        self.is_read_only = is_read_only
        self._file = file
        self._identity = _identity(file)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """All that is read inside is of one moment, whatever another process writes meanwhile."""
        try:
            self.conn.execute("BEGIN")
            try:
                yield self.conn
            finally:
                if self.conn.in_transaction:
                    self.conn.execute("COMMIT")
        except Error as error:
            raise_named(error, self.folder)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Everything inside is written and on the disk when this ends, or nothing of it.

        The lock is taken first: what is read inside stays true until it is written. Raises VaultError(VAULT_GONE) when
        the file is no longer where it was opened.
        """
        # SQLite asks this itself where it has no WAL; with one it writes on into a file that was moved or deleted.
        if _identity(self._file) != self._identity:
            raise VaultError(Code.VAULT_GONE)
        try:
            self.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self.conn
                self.conn.execute("COMMIT")
            except BaseException:
                if self.conn.in_transaction:
                    self.conn.execute("ROLLBACK")
                raise
        except Error as error:
            raise_named(error, self.folder)

    def settle(self) -> None:
        """Move what the WAL holds into the database file, as far as nobody reads it just now.

        A disk that refuses does no harm: what is in the WAL stays there.
        """
        with contextlib.suppress(Error):
            self.conn.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def make(file: Path, key: bytes) -> Encrypted:
    """Make a database of the empty `file`; nothing else does. Raises VaultError as `connect` does."""
    return _connected(file, key, BUSY_MS)


def connect(file: Path, key: bytes, *, busy_ms: int | None = None, reading: bool = False) -> Encrypted:
    """Open the database `file` with the 256-bit `key`; for `reading` beside somebody who writes it, if that is wished.

    Raises VaultError(NOT_A_VAULT | VAULT_DAMAGED | VAULT_READ_ONLY | VAULT_BUSY | DISK_FULL | VAULT_DISK_FAILED).
    """
    # Asked of the file itself: SQLite would open a read-only one for reading and put its helper files beside it.
    _refuse_unfit(file, "r+b")
    db = _connected(file, key, BUSY_MS if busy_ms is None else busy_ms)
    if reading:
        db.conn.execute("PRAGMA query_only = ON")
        db.is_read_only = True
    return db


def connect_read_only(file: Path, key: bytes, *, apart: bool = False) -> Encrypted:
    """Open the database `file` for reading, where it cannot be written. Raises VaultError as `connect` does.

    `apart` is for a share: nothing is touched by which a process on its own computer tells others that it writes.
    What is still in the WAL is not seen then.
    """
    connection = _looking(file, key, apart=apart)
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA trusted_schema = OFF")
    return Encrypted(connection, file, is_read_only=True)


def copy(connection: sqlite3.Connection, file: Path, key: bytes) -> None:
    """Write what `connection` sees into the empty `file`, encrypted with the same key, on the disk when this returns.

    The database that is copied is only read. Raises VaultError as `connect` does, about the place of `file`.
    """
    try:
        with contextlib.closing(sqlcipher3.connect(str(file), isolation_level=None)) as target:
            _key(target, key)
            target.execute("PRAGMA journal_mode = OFF")  # a copy that breaks off is thrown away as a whole
            target.execute("PRAGMA synchronous = FULL")
            target.execute("PRAGMA fullfsync = ON")
            _transfer(connection, target, file.parent)
    except Error as error:
        raise_named(error, file.parent)


def _transfer(connection: sqlite3.Connection, target: sqlite3.Connection, folder: Path) -> None:
    try:
        connection.backup(target)
    except Error as error:
        # WORKAROUND: sqlcipher3 0.6.4 gives errors of backup() no sqlite_errorcode; the disk is asked instead.
        if not hasattr(error, "sqlite_errorcode") and not connection_failed(connection):
            raise _failed_disk(error, folder) from error
        raise VaultError(Code.VAULT_DAMAGED, detail=str(error)) from error


def connection_failed(connection: sqlite3.Connection) -> bool:
    """Whether the database can no longer be read on this connection: SQLCipher trusts nothing after a bad page."""
    try:
        return [row[0] for row in connection.execute("PRAGMA quick_check(1)")] != ["ok"]
    except Error:
        return True


def connect_plain(file: Path) -> sqlite3.Connection:
    """A database without a key, for what was asked to leave the vault; it writes nothing beside `file`."""
    connection: sqlite3.Connection = sqlcipher3.connect(str(file), isolation_level=None)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


@contextlib.contextmanager
def peeking(file: Path, key: bytes, *, apart: bool = False) -> Iterator[sqlite3.Connection]:
    """Read the database `file` without leaving a trace in it or beside it. Raises VaultError as `connect` does."""
    with contextlib.closing(_looking(file, key, apart=apart)) as connection:
        try:
            yield connection
        except Error as error:
            raise_named(error, file.parent)


def _connected(file: Path, key: bytes, busy_ms: int) -> Encrypted:
    try:
        connection: sqlite3.Connection = sqlcipher3.connect(str(file), isolation_level=None)
        try:
            _prepare(connection, key, busy_ms)
            return Encrypted(connection, file)
        except BaseException:
            connection.close()
            raise
    except Error as error:
        raise_named(error, file.parent)


def _looking(file: Path, key: bytes, *, apart: bool) -> sqlite3.Connection:
    """A connection that cannot write.

    Opening a database in WAL mode makes two files, even for reading; `immutable` does not, but it looks past a WAL
    that a killed process left. Where there is one it is read with the rest, and neither file is written.
    """
    _refuse_unfit(file, "rb")
    wal = file.with_name(file.name + "-wal")
    is_left = not apart and wal.exists() and wal.stat().st_size
    mode = "mode=ro" if is_left else "mode=ro&immutable=1"
    try:
        connection: sqlite3.Connection = sqlcipher3.connect(f"{_uri(file)}?{mode}", uri=True, isolation_level=None)
        try:
            _unlock(connection, key)
        except BaseException:
            connection.close()
            raise
    except Error as error:
        raise_named(error, file.parent)
    return connection


def raise_named(error: Exception, folder: Path) -> NoReturn:
    """Raise the VaultError for an error of the driver, or the error itself when it is a bug of ours."""
    named = vault_error(error, folder)
    if named is None:
        raise error
    raise named from error


def vault_error(error: Exception, folder: Path) -> VaultError | None:
    """What the surroundings did to the vault in `folder`, if `error` says that it was them."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match primary:
        case sqlcipher3.SQLITE_FULL:
            return VaultError(Code.DISK_FULL)
        case sqlcipher3.SQLITE_BUSY | sqlcipher3.SQLITE_LOCKED:
            return VaultError(Code.VAULT_BUSY)
        case sqlcipher3.SQLITE_READONLY | sqlcipher3.SQLITE_CANTOPEN | sqlcipher3.SQLITE_PERM:
            return VaultError(Code.VAULT_READ_ONLY, detail=str(error))
        case sqlcipher3.SQLITE_CORRUPT | sqlcipher3.SQLITE_NOTADB:
            return VaultError(Code.VAULT_DAMAGED, detail=str(error))
        case sqlcipher3.SQLITE_IOERR:
            return _failed_disk(error, folder)
    return None


def os_vault_error(error: OSError) -> VaultError:
    """What the disk did, for an error of the operating system."""
    detail = error.strerror or str(error)
    if error.errno in _NO_ROOM:
        return VaultError(Code.DISK_FULL)
    if error.errno in _NO_RIGHT:
        return VaultError(Code.VAULT_READ_ONLY, detail=detail)
    return VaultError(Code.VAULT_DISK_FAILED, detail=detail)


def _failed_disk(error: Exception, folder: Path) -> VaultError:
    """Tell a full disk from a broken one.

    SQLite calls only ENOSPC "full"; a used-up quota or a file at its size limit is an "I/O error" to it.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(os.urandom(_PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as refused:
        return os_vault_error(refused)
    return VaultError(Code.VAULT_DISK_FAILED, detail=str(error))


def _prepare(connection: sqlite3.Connection, key: bytes, busy_ms: int) -> None:
    _unlock(connection, key)
    connection.execute(f"PRAGMA busy_timeout = {busy_ms:d}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES:d}")
    # macOS: fsync() there stops at the disk's own cache; this goes through it. No effect elsewhere.
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA trusted_schema = OFF")


def _unlock(connection: sqlite3.Connection, key: bytes) -> None:
    _key(connection, key)
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the first read proves the key


def _key(connection: sqlite3.Connection, key: bytes) -> None:
    if len(key) != 32:  # a shorter one would be taken for a passphrase
        raise ValueError("the database key has 256 bits")
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    if not connection.execute("PRAGMA cipher_version").fetchone():
        raise RuntimeError("the database driver has no cipher: PRAGMA key was ignored")


def _refuse_unfit(file: Path, mode: Literal["rb", "r+b"]) -> None:
    """Refuse what is no encrypted database before SQLite sees it: it would make one of an empty file."""
    try:
        with file.open(mode) as stream:
            start = stream.read(PAGE_BYTES)
    except OSError as error:
        raise os_vault_error(error) from error
    if start.startswith(PLAIN_HEADER):
        raise VaultError(Code.NOT_A_VAULT, folder=file.parent, detail="its data are not encrypted")
    if len(start) < PAGE_BYTES:
        raise VaultError(Code.VAULT_DAMAGED, detail=f"the file {file.name} is empty or cut short")


def _identity(file: Path) -> tuple[int, int] | None:
    """What tells the file from another one that was put in its place; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _uri(file: Path) -> str:
    # Not Path.as_uri(): SQLite refuses the host name that it gives a network share.
    posix = file.absolute().as_posix()
    return "file://" + ("" if posix.startswith("/") else "/") + quote(posix)
