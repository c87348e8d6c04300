"""The file `lock`: which window or command has the vault open for writing, so that a second one is told in words.

Whoever holds it also holds the operating system's lock on the file, which ends with the process: after a kill or a
power cut the vault opens on the same computer without a question. Another computer (a synced folder, a share that was
not recognised) does not see that lock; there the last beat decides, which the holder writes into the file every minute.

It keeps two windows apart and nothing more: two processes that write all the same are kept in order by SQLite.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sys
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from hrddp_desktop import clock as clocks
from hrddp_desktop import files
from hrddp_desktop.errors import Code, VaultError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME: Final = "lock"
BEAT_S: Final = 60
STALE: Final = timedelta(minutes=5)
"""So long after its last beat a holder on another computer is taken for gone; computers' clocks differ a little."""
_LONGEST: Final = 4096
_LOCKED_BYTE: Final = 1 << 30
"""Windows refuses others to read what is locked: so a byte is locked that the file does not have."""
_TRIES: Final = 5
_OPEN: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


def host_name() -> str:
    """What this computer is called; '' where it has no name."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, as the file says it: a computer, never a person. `file` is its number on its disk."""

    host: str
    token: str
    since: datetime
    beat: datetime
    file: int

    def may_be_alive(self, now: datetime, file: int) -> bool:
        """Whether this holder, on another computer, may still have the vault open.

        The very file that it wrote, on a disk that both reach, is its own until somebody says that it is gone: its
        computer may only be asleep. Any other file is a copy; it counts while its last beat is fresh (a synced folder).
        """
        return file == self.file or abs(now - self.beat) < STALE


class Hold:
    """The lock, held. Its owner beats every BEAT_S seconds and releases it; twice does no harm."""

    def __init__(self, file: Path, handle: int, holder: Holder, clock: Callable[[], datetime] = clocks.now) -> None:
        self._file = file
        self._handle = handle
        self._clock = clock
        self.holder = holder

    def beat(self) -> Holder | None:
        """Say that the vault is still open here; who took it over meanwhile on another computer, if somebody did."""
        other = read(self._file) if self._handle >= 0 else None
        if other is not None and other.token != self.holder.token:
            return other
        self.holder = replace(self.holder, beat=self._clock())
        with contextlib.suppress(OSError):
            _write(self._handle, self.holder)
        return None

    def release(self) -> None:
        """Hold it no longer; the file goes."""
        if self._handle < 0:
            return
        handle, self._handle = self._handle, -1
        found = read(self._file)
        is_ours = _is_same(self._file, handle) and (found is None or found.token == self.holder.token)
        if sys.platform == "win32":  # no file goes there while it is open
            os.close(handle)
        with contextlib.suppress(OSError):
            if is_ours:
                self._file.unlink()
        if sys.platform != "win32":
            os.close(handle)


def take(
    folder: Path, *, over: bool = False, clock: Callable[[], datetime] = clocks.now, host: str | None = None
) -> Hold | None:
    """Hold the lock of the vault in `folder`; None where nothing can be written, so that nobody can hold it.

    `over` takes it from a holder on another computer, never from one on this: whoever is alive here really has it.
    Raises VaultError(VAULT_OPEN_HERE | VAULT_OPEN_ELSEWHERE).
    """
    file, here = folder / NAME, host_name() if host is None else host
    for _ in range(_TRIES):
        try:
            handle = files.open_ordinary(file, _OPEN)
        except OSError:
            return None
        try:
            _refuse_taken(handle, here, None if over else clock())
            if _is_same(file, handle):
                now = clock()
                hold = Hold(file, handle, Holder(here, secrets.token_hex(8), now, now, os.fstat(handle).st_ino), clock)
                _write(handle, hold.holder)
                return hold
            os.close(handle)  # its holder let it go between the two calls
        except OSError:  # a full disk: the vault can still be opened
            os.close(handle)
            return None
        except VaultError:
            os.close(handle)
            raise
    return None


def read(file: Path) -> Holder | None:
    """What the file says; nothing where there is none, or it was torn or comes from another version."""
    try:
        with os.fdopen(files.open_ordinary(file), "rb") as stream:
            return _parse(stream.read(_LONGEST))
    except OSError:
        return None


def _refuse_taken(handle: int, here: str, now: datetime | None) -> None:
    """Refuse what another process of this computer holds, and without `now` nothing else."""
    is_locked = not _lock(handle)
    os.lseek(handle, 0, os.SEEK_SET)
    found = _parse(os.read(handle, _LONGEST))
    foreign = found if found is not None and found.host != here else None
    if is_locked or (foreign and now and foreign.may_be_alive(now, os.fstat(handle).st_ino)):
        raise _refusal(found, here)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks: what the file says decides alone
            return True
        return True


def _is_same(file: Path, handle: int) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(handle))
    except OSError:
        return False


def _write(handle: int, holder: Holder) -> None:
    """In place: another file would not be the one that is locked."""
    facts = asdict(holder) | {"since": holder.since.isoformat(), "beat": holder.beat.isoformat()}
    content = json.dumps({"format": 1, **facts}).encode().ljust(_LONGEST // 8)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, content)
    os.ftruncate(handle, len(content))


def _parse(content: bytes) -> Holder | None:
    try:
        facts = json.loads(content)
        if not isinstance(facts, dict) or facts.pop("format") != 1:
            return None
        moments = {name: datetime.fromisoformat(facts.pop(name)).astimezone(UTC) for name in ("since", "beat")}
        return Holder(str(facts["host"]), str(facts["token"]), file=int(facts["file"]), **moments)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _refusal(found: Holder | None, here: str) -> VaultError:
    """The moment is told in figures, so that one sentence fits all languages."""
    host, since = (here, clocks.now()) if found is None else (found.host, found.since)
    code = Code.VAULT_OPEN_HERE if host == here else Code.VAULT_OPEN_ELSEWHERE
    with contextlib.suppress(OverflowError, ValueError, OSError):  # the first and the last day there is
        since = since.astimezone()
    return VaultError(code, host=host, since=f"{since:%Y/%m/%d %H:%M}")
