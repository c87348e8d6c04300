"""None, True and False made to last, on interpreters that count them."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

# More than any program lives long enough to give back.
_FOR_EVER: Final = 1 << 40


def make_immortal() -> None:
    """Keep PySide6 from using up None, True and False; harmless when called again.

    WORKAROUND: the wheels of PySide6 6.12.0 are built for interpreters in which these three are immortal (3.12 and
    later). On Python 3.11 each call of a Qt function without a result gives back a None that it never took; after some
    ten thousand calls the interpreter ends itself. See packaging/decisions/0005. Remove with the pin.
    """
    if sys.version_info < (3, 12):
        for value in (None, True, False):
            count = ctypes.c_ssize_t.from_address(id(value))
            if count.value < _FOR_EVER // 2:
                count.value += _FOR_EVER
