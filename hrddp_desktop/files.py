"""Whole files read and written safely: a file is either the old one or the new one, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path

from hrddp_desktop.errors import Code, FileError


def read_file(file: Path, limit: int = 64 * 1024 * 1024) -> bytes:
    """The bytes of `file`, at most `limit`. Raises FileError(FILE_UNREADABLE)."""
    try:
        with os.fdopen(open_ordinary(file), "rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise FileError(Code.FILE_UNREADABLE, file=file, detail=error.strerror or str(error)) from error
    if len(content) > limit:
        raise FileError(Code.FILE_UNREADABLE, file=file, detail=f"it is larger than {limit // 1024:,} KB")
    return content


def open_ordinary(file: Path, flags: int = os.O_RDONLY) -> int:
    """The handle of an ordinary file, for its owner alone if it is new. A pipe or a device is refused, not waited for.

    Raises OSError.
    """
    handle = os.open(file, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0), 0o600)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no ordinary file")
    return handle


def write_file(file: Path, content: bytes) -> None:
    """Write `content` to a temporary name beside `file`, fsync, rename.

    Raises FileError(FILE_NOT_WRITTEN); an earlier file of that name is then unchanged and no part of the new one stays.
    """
    temporary: Path | None = None
    # A link keeps pointing where it points; what it points to is replaced.
    file = file.resolve() if file.is_symlink() else file
    if file.exists() and not file.is_file():
        raise FileError(Code.FILE_NOT_WRITTEN, file=file, detail="something that is no ordinary file has this name")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=file.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        raise FileError(Code.FILE_NOT_WRITTEN, file=file, detail=error.strerror or str(error)) from error


def _sync_folder(folder: Path) -> None:
    # Windows cannot open a folder; there the rename is as durable as the file system makes it.
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
