"""The pages of a vault as somebody with the passphrase and a tool sees them: free pages and slack included.

SQLCipher 4 with a raw key: AES-256-CBC a page, at its end 16 bytes of IV and 64 of HMAC; the first page begins with
the salt. The WAL holds the same pages, each behind 24 bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hrddp_desktop.storage import keys, migrations
from tests.storage.vaults import PASSPHRASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = 4096
RESERVED = 80


def files_that_hold(folder: Path, *words: str, passphrase: str = PASSPHRASE) -> set[str]:
    """Names of the files below `folder` in which a word stands, in clear or behind the cipher."""
    _, key = keys.read(folder, migrations.VERSION).open(passphrase)
    spelt = [word.encode(encoding) for word in words for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    spelt += [word.lower().encode() for word in words]
    return {
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(word in text for text in _texts(path.read_bytes(), key) for word in spelt)
    }


def _texts(content: bytes, key: bytes) -> Iterator[bytes]:
    yield content
    for start in range(0, len(content) - PAGE + 1, PAGE):
        yield _opened(content[start : start + PAGE], key, 16 if start == 0 else 0)
    for start in range(32 + 24, len(content) - PAGE + 1, PAGE + 24):
        page = content[start : start + PAGE]
        yield _opened(page, key, 0)
        yield _opened(page, key, 16)


def _opened(page: bytes, key: bytes, skipped: int) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(page[-RESERVED : 16 - RESERVED])).decryptor()
    return cipher.update(page[skipped:-RESERVED]) + cipher.finalize()
