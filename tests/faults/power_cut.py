"""Disks as a power cut can leave them, rebuilt from the calls that a program made. Linux only: strace sees them.

A disk keeps what was synced. Of everything else it keeps what it likes: each write after the last fsync of its file is
there, not there, or there by sectors of 512 bytes, in any order; each name that was given, changed or taken away is
there or not until its folder was synced. `data-shm` is left out: it is memory, and SQLite makes it anew.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import pytest

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SECTOR: Final = 512
_UNDERSTOOD: Final = (
    "openat", "close", "lseek", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "unlink", "unlinkat",
    "mkdir", "rmdir",
)  # fmt: skip
_FOREIGN: Final = (
    "open", "creat", "writev", "pwritev", "pwritev2", "truncate", "fallocate", "sendfile", "copy_file_range", "link",
    "linkat", "symlink", "symlinkat", "renameat", "renameat2", "mkdirat",
)  # fmt: skip
"""What changes files too and the vault does not use; a program that begins to is refused, not misread."""
_LONGEST_WRITE: Final = 1024 * 1024
_LINE: Final = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (\d+)")
_HELPER: Final = "-shm"
_STDOUT: Final = 1
_ROOT: Final = 0
_KEPT: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""How much of what was not synced a disk keeps: one of these for each disk."""


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes that were written into a file."""

    node: int
    place: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Resized:
    """A file that was cut short or made longer."""

    node: int
    size: int


@dataclass(frozen=True, slots=True)
class Named:
    """Names in a folder that now mean another file or folder, or nothing; a rename changes two at once."""

    node: int
    names: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Synced:
    """A file or a folder is on the disk as it was at this moment."""

    node: int


@dataclass(frozen=True, slots=True)
class Said:
    """A line on standard output: what somebody was told."""

    line: str


Change: TypeAlias = Written | Resized | Named
Call: TypeAlias = Change | Synced | Said
Content: TypeAlias = bytearray | dict[str, int]
"""Of a file its bytes, of a folder the nodes of its names."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a program did in a folder. `before` is the disk when it began; what was made later is empty there."""

    before: Mapping[int, Content]
    calls: Sequence[Call]

    @property
    def moments(self) -> range:
        """Before each call, and after the last."""
        return range(1 + len(self.calls))

    def said(self, moment: int) -> list[str]:
        """The lines that were said before the call number `moment`."""
        return [call.line for call in self.calls[:moment] if isinstance(call, Said)]

    def moments_after(self, line: str) -> range:
        """The moments after `line` was said."""
        return range(1 + self.calls.index(Said(line)), 1 + len(self.calls))

    def disk(self, moment: int, chance: random.Random, folder: Path) -> None:
        """Make `folder` what is on the disk when the power fails before the call number `moment`."""
        contents = {node: content.copy() for node, content in self.before.items()}
        by_node: dict[int, list[Change | Synced]] = {node: [] for node in contents}
        for call in self.calls[:moment]:
            if not isinstance(call, Said):
                by_node[call.node].append(call)
        kept = chance.choice(_KEPT)
        for node, calls in by_node.items():
            for change in _surviving(calls, kept, chance):
                _carry_out(change, contents[node])
        _put(contents, _ROOT, folder)


def _surviving(calls: Sequence[Change | Synced], kept: float, chance: random.Random) -> Iterator[Change]:
    """Of what was done to one file or folder: all that was synced, then of the rest as much as the disk kept."""
    synced = max((number for number, call in enumerate(calls) if isinstance(call, Synced)), default=0)
    loose: list[Change] = []
    for number, call in enumerate(calls):
        if isinstance(call, Synced):
            continue
        if number < synced:
            yield call
        elif isinstance(call, Written):
            loose += _torn(call, kept, chance)
        elif chance.random() < kept:
            loose.append(call)
    if kept < 1 and all(isinstance(change, Written) for change in loose):  # names keep their order
        chance.shuffle(loose)
    yield from loose


def _torn(write: Written, kept: float, chance: random.Random) -> list[Change]:
    """The whole write, nothing of it, or some of its sectors."""
    if chance.random() < kept:
        return [write]
    if chance.random() < 0.5:
        return []
    end = write.place + len(write.content)
    edges = [write.place, *range((write.place // SECTOR + 1) * SECTOR, end, SECTOR), end]
    return [
        Written(write.node, start, write.content[start - write.place : stop - write.place])
        for start, stop in itertools.pairwise(edges)
        if chance.random() < kept
    ]


def _carry_out(change: Change, content: Content) -> None:
    if isinstance(content, dict):
        assert isinstance(change, Named)
        content.update({name: node for name, node in change.names.items() if node is not None})
        for name in [name for name, node in change.names.items() if node is None]:
            content.pop(name, None)
        return
    assert not isinstance(change, Named)
    end = change.size if isinstance(change, Resized) else change.place + len(change.content)
    content.extend(bytes(max(0, end - len(content))))
    if isinstance(change, Resized):
        del content[end:]
    else:
        content[change.place : end] = change.content


def _put(contents: Mapping[int, Content], node: int, at: Path) -> None:
    content = contents[node]
    if not isinstance(content, dict):
        at.write_bytes(content)
        return
    at.mkdir()
    for name, inner in content.items():
        _put(contents, inner, at / name)


# ------------------------------------------------------------------------------------------------------------- tracing


def traced(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Trace:
    """Run a program to its end and see what it does in `folder`; strace writes beside it."""
    reader = _Reader(folder)
    before = {node: content.copy() for node, content in reader.contents.items()}
    record = folder.with_name(f"{folder.name}.calls")
    calls = ",".join(_UNDERSTOOD + _FOREIGN)
    watched(["-xx", "-s", str(_LONGEST_WRITE), "-e", f"trace={calls}", "-o", str(record)], command, environment)
    with record.open(encoding="ascii") as lines:
        done = list(reader.calls(lines))
    return Trace({**{node: type(content)() for node, content in reader.contents.items()}, **before}, done)


def watched(options: Sequence[str], command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a program to its end under strace; what it said."""
    try:
        ran = subprocess.run(
            ["strace", "-f", "-qq", *options, *command], capture_output=True, env=environment, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"").decode(errors="replace")[-500:]
        pytest.fail(
            "this test watches a program with strace (packaging/debian.txt), which the system must permit; in a "
            f"container that is --cap-add=SYS_PTRACE. {error} {said}"
        )
    return ran.stdout.decode()


class _Reader:
    """Lines of strace -> calls. `contents` grows by every file and folder that is made; what is in them is not kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._nodes: dict[Path, int] = {}
        self._open: dict[int, _Open] = {}
        self.contents: dict[int, Content] = {}
        self._look(folder)

    def calls(self, lines: Iterable[str]) -> Iterator[Call]:
        """What was done in the folder, in order."""
        for line in lines:
            if "<unfinished" in line:
                pytest.fail(f"two threads wrote at once, and their order cannot be told: {line[:200]}")
            found = _LINE.match(line)
            if found is not None:  # else a call that failed, or the end of the program
                name, words, result = found.groups()
                yield from self._call(name, words.split(", "), int(result))

    def _call(self, name: str, words: list[str], result: int) -> Iterator[Call]:
        match name:
            case "openat":
                yield from self._opened(self._path(words[1], words[0]), words[2], result)
            case "close":
                self._open.pop(int(words[0]), None)
            case "write" if words[0] == str(_STDOUT):
                yield from (Said(line) for line in _bytes(words[1])[:result].decode().splitlines())
            case "lseek" | "write" | "pwrite64" | "ftruncate" | "fsync" | "fdatasync":
                opened = self._open.get(int(words[0]))
                if opened is not None:
                    yield from self._used(name, opened, words, result)
            case "rename":
                yield from self._renamed(self._path(words[0]), self._path(words[1]))
            case "unlink" | "rmdir":
                yield from self._gone(self._path(words[0]))
            case "unlinkat":
                yield from self._gone(self._path(words[1], words[0]))
            case "mkdir":
                yield from self._made(self._path(words[0]), {})
            case _:
                self._refuse(name, words)

    def _used(self, name: str, opened: _Open, words: list[str], result: int) -> Iterator[Call]:
        match name:
            case "lseek":
                opened.position = result
            case "write":
                yield Written(opened.node, opened.position, _bytes(words[1])[:result])
                opened.position += result
            case "pwrite64":
                yield Written(opened.node, int(words[3]), _bytes(words[1])[:result])
            case "ftruncate":
                yield Resized(opened.node, int(words[1]))
            case _:
                yield Synced(opened.node)

    def _opened(self, path: Path | None, flags: str, number: int) -> Iterator[Call]:
        self._open.pop(number, None)
        if path is None:
            return
        if "O_APPEND" in flags:
            pytest.fail(f"a file is written at its end, which is not understood here: {path.name}")
        if path not in self._nodes:
            yield from self._made(path, bytearray())
        elif "O_TRUNC" in flags:
            yield Resized(self._nodes[path], 0)
        self._open[number] = _Open(self._nodes[path])

    def _made(self, path: Path | None, content: Content) -> Iterator[Call]:
        if path is not None:
            node = self._enter(path, content)
            yield Named(self._nodes[path.parent], {path.name: node})

    def _renamed(self, old: Path | None, new: Path | None) -> Iterator[Call]:
        if old is None or new is None:
            assert old is new, "something was moved out of the folder or into it"
            return
        assert old.parent == new.parent, "something was moved to another folder"
        moved = {path: node for path, node in self._nodes.items() if path == old or old in path.parents}
        for path in moved:
            del self._nodes[path]
        self._nodes.update({new / path.relative_to(old): node for path, node in moved.items()})
        yield Named(self._nodes[new.parent], {old.name: None, new.name: moved[old]})

    def _gone(self, path: Path | None) -> Iterator[Call]:
        if path is not None:
            del self._nodes[path]
            yield Named(self._nodes[path.parent], {path.name: None})

    def _refuse(self, name: str, words: list[str]) -> None:
        numbers = [int(word) for word in words if word.isdigit()]
        paths = [self._path(word) for word in words if word.startswith('"')]
        if any(paths) or any(number in self._open for number in numbers[:2]):
            pytest.fail(f"the program calls {name}, which is not understood here")

    def _path(self, word: str, beside: str = "AT_FDCWD") -> Path | None:
        """The path, if it is one of the folder's that counts."""
        path = Path(os.fsdecode(_bytes(word)))
        if beside != "AT_FDCWD":
            opened = self._open.get(int(beside))
            path = next((known for known, node in self._nodes.items() if opened and node == opened.node), Path()) / path
        is_ours = path == self._folder or self._folder in path.parents
        return path if is_ours and not path.name.endswith(_HELPER) else None

    def _look(self, path: Path) -> None:
        node = self._enter(path, {} if path.is_dir() else bytearray(path.read_bytes()))
        content = self.contents[node]
        if isinstance(content, dict):
            for inner in path.iterdir():
                self._look(inner)
                content[inner.name] = self._nodes[inner]

    def _enter(self, path: Path, content: Content) -> int:
        self._nodes[path] = node = len(self.contents)
        self.contents[node] = content
        return node


@dataclass(slots=True)
class _Open:
    """An open file: its node, and where the next write goes."""

    node: int
    position: int = 0


def _bytes(word: str) -> bytes:
    r"""What strace wrote as "\x41\x42"."""
    return bytes.fromhex(word.strip('"').replace("\\x", " "))
