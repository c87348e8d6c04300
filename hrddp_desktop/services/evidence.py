"""Files of evidence: read once from the disk, kept encrypted beside the question, written out as a copy on demand.

The app never opens one of them, and none leaves the vault with a document, an answers file or a plain export.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hrddp_desktop import clock
from hrddp_desktop.errors import N_, AnswerError, Code, FileError
from hrddp_desktop.files import write_file
from hrddp_desktop.storage.attached import evidence_path, owner
from hrddp_desktop.storage.records import Evidence, SetEvidence

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from hrddp_desktop.engine.views import Change
    from hrddp_desktop.services.records import Assessment

__all__ = ["COPY_WARNING", "FILE_LIMIT", "NOT_IN_IT", "VAULT_LIMIT", "Evidence", "Files", "Taken", "clean_name", "take"]

MB: Final = 1024 * 1024
FILE_LIMIT: Final = 10 * MB
"""A scan of forty pages fits; a video, which shows faces, does not."""
VAULT_LIMIT: Final = 200 * MB
"""Every copy of the vault holds its files, and there are ten and more: old laptops and sticks have a few GB left."""
LONGEST_NAME: Final = 80
_MOST_BYTES: Final = 240
"""Of a name: file systems take 255."""
_LONGEST_SUFFIX: Final = 12
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
# Windows keeps these for devices, with any suffix, with the digits ¹²³ too.
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
_NAMELESS: Final = "file"

NOT_IN_IT: Final = (
    N_("no names, voices or pictures of victims, witnesses, sources or suspects"),
    N_("no lists of persons who were screened"),
    N_("no place and no camera inside a picture: remove these data from it first"),
)
"""What a file of evidence must not hold (policy 4.4)."""
COPY_WARNING: Final = N_(
    "The copy is not encrypted: everybody who has it can read it. Keep it no longer than you need."
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it was read, once."""

    name: str
    content: bytes
    sha256: str


def take(file: Path) -> Taken:
    """Read an ordinary file, hashed while it is read.

    Raises FileError(FILE_UNREADABLE | EVIDENCE_NOT_A_FILE | EVIDENCE_EMPTY | EVIDENCE_TOO_LARGE | EVIDENCE_CHANGED).
    """
    try:
        return _read(file)
    except ValueError as error:  # a name that no file can have
        raise FileError(Code.FILE_UNREADABLE, file=file, detail=str(error)) from error
    except OSError as error:
        raise FileError(Code.FILE_UNREADABLE, file=file, detail=error.strerror or str(error)) from error


def _read(file: Path) -> Taken:
    seen = file.lstat()
    if not stat.S_ISREG(seen.st_mode):
        raise FileError(Code.EVIDENCE_NOT_A_FILE, file=file)
    # A pipe or a link that took the file's place since must neither be waited for nor followed.
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(file, os.O_RDONLY | careful)
    try:
        before = os.fstat(handle)
        if not os.path.samestat(seen, before):
            raise FileError(Code.EVIDENCE_CHANGED, file=file)
        if before.st_size == 0:
            raise FileError(Code.EVIDENCE_EMPTY, file=file)
        if before.st_size > FILE_LIMIT:
            raise FileError(Code.EVIDENCE_TOO_LARGE, file=file, limit=FILE_LIMIT // MB)
        content, digest = _content(handle)
        if _state(os.fstat(handle)) != _state(before) or len(content) != before.st_size:
            raise FileError(Code.EVIDENCE_CHANGED, file=file)
        return Taken(file.name, content, digest)
    finally:
        os.close(handle)


def _content(handle: int) -> tuple[bytes, str]:
    """What a file holds, one byte more than is allowed at most, and its SHA-256."""
    digest, parts, size = hashlib.sha256(), list[bytes](), 0
    while size <= FILE_LIMIT and (part := os.read(handle, min(MB, FILE_LIMIT + 1 - size))):
        digest.update(part)
        parts.append(part)
        size += len(part)
    return b"".join(parts), digest.hexdigest()


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_nlink


# ---------------------------------------------------------------------------------------------------------------- names


def clean_name(name: str, taken: Collection[str] = ()) -> str:
    """A name that every system takes and no reader is misled by; numbered where one of `taken` has it already.

    No folders, no signs that cannot be seen or that turn the text around, no device of Windows, 80 signs at most with
    the suffix kept.
    """
    visible = "".join(_visible(sign) for sign in unicodedata.normalize("NFC", name))
    last = re.split(r"[/\\]", visible)[-1]
    plain = " ".join(_FORBIDDEN.sub("_", last).split()).strip(". ")
    if _DEVICES.fullmatch(plain):
        plain = f"_{plain}"
    stem, suffix = _parts(plain or _NAMELESS)
    known = {each.casefold() for each in taken}
    found, number = _fitted(stem, suffix), 1
    while found.casefold() in known:
        number += 1
        found = _fitted(stem, f" ({number}){suffix}")
    return found


def _visible(sign: str) -> str:
    """The sign itself, a blank for any white space, nothing for controls, marks of direction, halves of signs."""
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign).startswith("C") else sign


def _parts(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    if not stem.strip(". ") or not suffix or len(suffix) >= _LONGEST_SUFFIX or " " in suffix:
        return name, ""
    return stem, dot + suffix


def _fitted(stem: str, end: str) -> str:
    """Stem and end as one name that is short enough; what does not fit is cut from the stem."""
    cut = stem[: LONGEST_NAME - len(end)]
    while len((cut + end).encode()) > _MOST_BYTES:
        cut = cut[:-1]
    return (cut.rstrip(". ") or _NAMELESS) + end


# ---------------------------------------------------------------------------------------------------------------- files


class Files:
    """The files of an open record; each act is on the disk, with its entry, when it returns. Raises VaultError."""

    def __init__(self, record: Assessment) -> None:
        self._record = record

    def at(self, question: str) -> tuple[Evidence, ...]:
        """The files of a question or a cell, oldest first."""
        return tuple(each for each in self._record.store.evidence(self._record.record) if owner(each.path) == question)

    def every(self) -> tuple[tuple[str, Evidence], ...]:
        """All files of the record, each with its question."""
        return tuple((owner(each.path), each) for each in self._record.store.evidence(self._record.record))

    def attach(self, question: str, file: Taken) -> Change:
        """Keep a file beside a question that takes one; undo takes it away.

        Raises AnswerError(QUESTION_UNKNOWN | EVIDENCE_NOT_HERE), FileError(EVIDENCE_TWICE | EVIDENCE_NO_ROOM).
        """
        view = self._record.session.view(question, "en")
        if not (view.evidence and view.relevant):
            raise AnswerError(Code.EVIDENCE_NOT_HERE, question=question)
        there = self.at(question)
        for each in there:
            if each.sha256 == file.sha256:
                raise FileError(Code.EVIDENCE_TWICE, name=each.name)
        store, size = self._record.store, len(file.content)
        if store.evidence_size() + size > VAULT_LIMIT:
            raise FileError(Code.EVIDENCE_NO_ROOM, file=file.name, limit=VAULT_LIMIT // MB)
        name = clean_name(file.name, [each.name for each in there])
        held = Evidence(name, file.sha256, size, store.actor, clock.now())
        return self._record.attach(SetEvidence(evidence_path(question), held, file.content))

    def remove(self, file: Evidence) -> Change:
        """Take a file away; undo brings it back. Only erasing for safety destroys what it holds."""
        return self._record.attach(SetEvidence(file.path, None))

    def save_copy(self, file: Evidence, target: Path) -> None:
        """Write what a file holds to `target`, in the clear.

        Raises FileError(EVIDENCE_LOST | EVIDENCE_ALTERED | FILE_NOT_WRITTEN).
        """
        content = self._record.store.evidence_content(self._record.record, file.path)
        if content is None:
            raise FileError(Code.EVIDENCE_LOST, name=file.name)
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise FileError(Code.EVIDENCE_ALTERED, name=file.name)
        write_file(target, content)

    def named(self, question: str, name: str) -> Evidence:
        """The file of that name. Raises FileError(EVIDENCE_UNKNOWN)."""
        for each in self.at(question):
            if each.name == name:
                return each
        raise FileError(Code.EVIDENCE_UNKNOWN, question=question, name=name)


def size_in_words(size: int) -> str:
    """Such as 1.4 MB; Western digits and units in every language, as for dates."""
    return f"{size / MB:.1f} MB" if size >= MB else f"{max(1, round(size / 1024))} KB"
