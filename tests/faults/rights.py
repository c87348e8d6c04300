"""Rights that bind the tests too, when they run as root."""

from __future__ import annotations

import contextlib
import ctypes
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION_3: Final = 0x20080522
_PASSES_OVER_RIGHTS: Final = 0b110
"""The capabilities DAC_OVERRIDE and DAC_READ_SEARCH, with which root opens what it may not."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


@contextlib.contextmanager
def as_anybody() -> Iterator[None]:
    """File rights bind this thread as they bind any user.

    Root keeps its name and only lays two capabilities aside: another user id would not do, since in a namespace of
    its own (`unshare -r`) no other user exists.
    """
    if os.geteuid() != 0:
        yield
        return
    library, header, sets = ctypes.CDLL(None, use_errno=True), _Header(_VERSION_3, 0), (_Sets * 2)()
    _called(library.capget(ctypes.byref(header), sets))
    before = sets[0].effective
    sets[0].effective = before & ~_PASSES_OVER_RIGHTS
    _called(library.capset(ctypes.byref(header), sets))
    try:
        yield
    finally:
        sets[0].effective = before
        _called(library.capset(ctypes.byref(header), sets))


def _called(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
