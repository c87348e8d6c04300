"""A workaround for the tests alone: the app never disconnects a signal."""

from __future__ import annotations

import ctypes
import sys

_OFTEN = 200_000


def keep_booleans() -> None:
    """Make True and False survive what PySide6 takes from them.

    WORKAROUND: in PySide6 6.12 `signal.disconnect()` gives back a True that it does not own, and pytest-qt disconnects
    at each waitSignal; before Python 3.12 the interpreter then ends itself ("bool_dealloc"). Remove with the pin.
    """
    if sys.version_info < (3, 12):
        for value in (True, False):
            for _ in range(_OFTEN):
                ctypes.pythonapi.Py_IncRef(ctypes.py_object(value))
