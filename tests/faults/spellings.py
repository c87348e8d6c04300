"""Where a word stands in files, however it is spelt there: as text, escaped, encoded, or inside what was compressed."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be")
_ZLIB: Final = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_GZIP: Final = re.compile(rb"\x1f\x8b\x08")
_MEMBER: Final = re.compile(rb"PK\x03\x04")
_HEADER_BYTES: Final = 30
_DEEPEST: Final = 3
_LARGEST: Final = 64 * 1024 * 1024


def files_with(folder: Path, *words: str) -> set[str]:
    """Names of files below `folder` whose name or content holds one of the words, in any spelling."""
    wanted = re.compile(b"|".join(re.escape(one) for one in sorted({one for word in words for one in _spelt(word)})))
    return {
        path.name
        for path in folder.rglob("*")
        if (path.is_file() and any(wanted.search(text) for text in _texts(path.read_bytes())))
        or wanted.search(str(path.relative_to(folder)).encode())
    }


def _spelt(word: str) -> Iterator[bytes]:
    for form in {word, word.lower(), word.upper()}:
        for encoding in _ENCODINGS:
            raw = form.encode(encoding)
            yield raw
            yield raw.hex().encode()
            yield raw.hex().upper().encode()
            yield from _base64(raw)
        yield json.dumps(form)[1:-1].encode()
        yield quote(form).encode()


def _base64(raw: bytes) -> Iterator[bytes]:
    """The letters that stand for it, wherever among three bytes it begins."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw)
        yield encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]


def _texts(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """The content and whatever is compressed in it: by zlib as in a PDF, by gzip, as a member of a zip."""
    yield content
    if depth < _DEEPEST:
        for start, window in _streams(content):
            opened = _inflated(content, start, window)
            if opened:
                yield from _texts(opened, depth + 1)


def _streams(content: bytes) -> Iterator[tuple[int, int]]:
    for found in _ZLIB.finditer(content):
        yield found.start(), zlib.MAX_WBITS
    for found in _GZIP.finditer(content):
        yield found.start(), zlib.MAX_WBITS | 16
    for found in _MEMBER.finditer(content):
        names = content[found.start() + 26 : found.start() + _HEADER_BYTES]
        length = int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")
        yield found.start() + _HEADER_BYTES + length, -zlib.MAX_WBITS


def _inflated(content: bytes, start: int, window: int) -> bytes:
    """What can be read of a stream; of one that is cut short or none, what stands before the fault."""
    stream, read = zlib.decompressobj(window), bytearray()
    try:
        for at in range(start, len(content), 4096):
            read += stream.decompress(content[at : at + 4096])
            if stream.eof or len(read) > _LARGEST:
                break
    except zlib.error:
        pass
    return bytes(read)
