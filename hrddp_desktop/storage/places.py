"""Where a folder lies: on a disk of this computer, on a share, in a folder that a cloud service copies, on a stick.

A vault on a share is not written: SQLite's WAL needs memory that all who write have in common, and two computers have
none. A synced folder is copied file by file while the vault is open; what arrives elsewhere may be two halves. A copy
of the vault is a file that nobody writes any more, so the second place may lie anywhere.

Everything is worked out from `Facts`, so that each system can be tried on any other.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_SHARES: Final = frozenset({
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "afs", "coda", "ncpfs", "davfs", "webdav", "ceph",
    "glusterfs", "lustre", "gpfs", "beegfs", "orangefs", "ocfs2", "gfs2", "sshfs", "fuse.sshfs", "fuse.rclone",
    "fuse.davfs2", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.gvfsd-fuse", "fuse.smbnetfs", "fuse.curlftpfs",
    "fuse.google-drive-ocamlfuse",
})  # fmt: skip
"""File systems of other computers. Not 9p and virtiofs, by which a virtual machine sees its own computer's disk."""
_REMOTE_DRIVE, _REMOVABLE_DRIVE = 4, 2
_NAMED: Final = {  # names of folders that these services make
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "mobile documents": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "iclouddrive": "iCloud",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "box": "Box",
    "box sync": "Box",
    "pcloud drive": "pCloud",
    "pclouddrive": "pCloud",
    "mega": "MEGA",
    "megasync": "MEGA",
}
_BEGINNINGS: Final = {
    "onedrive -": "OneDrive",
    "onedrive-": "OneDrive",
    "googledrive-": "Google Drive",
    "dropbox (": "Dropbox",
    "box-box": "Box",
}
_ORDINARY: Final = frozenset({"box", "mega"})
"""Names that people have too: they count below a person's own folder alone."""
_OWN_FOLDER_PARTS: Final = 3
_MARKS: Final = {  # what these services leave in the folder that they copy
    ".stfolder": "Syncthing",
    ".dropbox.cache": "Dropbox",
    ".owncloudsync.log": "ownCloud",
    ".nextcloudsync.log": "Nextcloud",
    ".tmp.driveupload": "Google Drive",
    ".tmp.drivedownload": "Google Drive",
    ".debris": "MEGA",
    ".seafile-data": "Seafile",
}
_JOURNAL: Final = re.compile(r"\._?sync_[0-9a-z]+\.db")  # of Nextcloud and ownCloud
_ONEDRIVE_VARIABLES: Final = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_STICKS: Final = {"linux": ("/media", "/run/media"), "darwin": ("/Volumes",)}
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")
_MAC_MOUNT: Final = re.compile(r"(?P<what>.*) on (?P<where>/.*) \((?P<kind>[^,)]+)")


class Kind(Enum):
    """Where a folder lies."""

    HERE = "here"
    SHARE = "share"
    SYNCED = "synced"
    STICK = "stick"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder lies, and what is there: a service, a file system."""

    kind: Kind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a system says of its disks. `mounts` is /proc/self/mountinfo on Linux, the words of `mount` on macOS."""

    system: str
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: str = ""
    drive_type: Callable[[str], int] = lambda _: 0
    roots: Mapping[str, str] = field(default_factory=dict)
    """Folders that a service says it copies, with its name."""


def of(folder: Path, facts: Facts | None = None) -> Place:
    """Where `folder` lies, which need not be there yet."""
    facts = facts or gathered()
    whole = Path(os.path.abspath(folder)) if facts.system == sys.platform else folder  # noqa: PTH100 - links are asked for both
    real = whole.resolve() if facts.system == sys.platform else whole
    found = [at(path, facts) for path in dict.fromkeys((whole, real))]
    marked = _marked(real)
    if marked:
        found.append(Place(Kind.SYNCED, marked))
    order = (Kind.SHARE, Kind.SYNCED, Kind.STICK, Kind.HERE)
    return min(found, key=lambda place: order.index(place.kind))


def at(folder: PurePath, facts: Facts) -> Place:
    """What the path and the facts tell; nothing is looked up on a disk."""
    pure = (PureWindowsPath if facts.system == "win32" else PurePosixPath)(str(folder))
    share = _share(pure, facts)
    if share:
        return Place(Kind.SHARE, share)
    service = _service(pure, facts)
    if service:
        return Place(Kind.SYNCED, service)
    return Place(Kind.STICK) if _is_stick(pure, facts) else Place(Kind.HERE)


def gathered() -> Facts:
    """The facts of this computer."""
    environment = {name: os.environ[name] for name in _ONEDRIVE_VARIABLES if os.environ.get(name)}
    return Facts(sys.platform, environment, _mounts(), _drive_type, _roots())


# --------------------------------------------------------------------------------------------------------------- shares


def _share(folder: PurePath, facts: Facts) -> str:
    if isinstance(folder, PureWindowsPath):
        is_remote = folder.drive.startswith("\\\\") and not folder.drive.startswith(("\\\\?\\", "\\\\.\\"))
        is_remote = is_remote or folder.drive.upper().startswith("\\\\?\\UNC\\")
        return "Windows" if is_remote or facts.drive_type(folder.drive + "\\") == _REMOTE_DRIVE else ""
    kind = _file_system(folder, facts)
    return kind if kind in _SHARES else ""


def _file_system(folder: PurePath, facts: Facts) -> str:
    """The file system of the mount that `folder` lies on; of two on one place the later one hides the earlier."""
    kind, longest = "", -1
    for where, found in _mounted(facts):
        length = len(where.parts)
        if length >= longest and folder.is_relative_to(where):
            kind, longest = found, length
    return kind


def _mounted(facts: Facts) -> Iterator[tuple[PurePosixPath, str]]:
    for line in facts.mounts.splitlines():
        if facts.system == "darwin":
            match = _MAC_MOUNT.match(line)
            if match:
                yield PurePosixPath(match["where"]), match["kind"].strip()
            continue
        mount, separator, source = line.partition(" - ")
        if separator and len(mount.split()) > 4 and source.split():
            # Blanks and the like in names are written as \040.
            where = _ESCAPED.sub(lambda code: chr(int(code[1], 8)), mount.split()[4])
            yield PurePosixPath(where), source.split()[0]


# --------------------------------------------------------------------------------------------------------------- clouds


def _service(folder: PurePath, facts: Facts) -> str:
    told = {**dict.fromkeys(facts.environment.values(), "OneDrive"), **facts.roots}
    for root, name in told.items():
        if root and folder.is_relative_to(type(folder)(root)):
            return name
    for place, part in enumerate(folder.parts[:-1]):  # a vault may be called what it likes
        lowered = part.lower()
        if lowered in _ORDINARY and place < _OWN_FOLDER_PARTS:
            continue
        beginning = next((name for start, name in _BEGINNINGS.items() if lowered.startswith(start)), "")
        if lowered in _NAMED or beginning:
            return _NAMED.get(lowered) or beginning
    return ""


def _marked(folder: Path) -> str:
    for parent in folder.parents:
        if (parent / ".sync" / "ID").exists():  # the folder alone is also where Resilio Sync keeps its settings
            return "Resilio Sync"
        names: list[str] = []
        with contextlib.suppress(OSError):
            names = [entry.name for entry in os.scandir(parent) if entry.name.startswith(".")]
        for name in names:
            if name.lower() in _MARKS:
                return _MARKS[name.lower()]
            if _JOURNAL.fullmatch(name.lower()):
                return "Nextcloud"
    return ""


def _roots() -> dict[str, str]:
    """Folders that Dropbox and Nextcloud name in their own settings."""
    home, found = Path.home(), dict[str, str]()
    places = [os.environ.get(name) for name in ("APPDATA", "LOCALAPPDATA")]
    for place in [home / ".dropbox", *(Path(each) / "Dropbox" for each in places if each)]:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            accounts = json.loads((place / "info.json").read_text("utf-8")).values()
            found |= {str(account["path"]): "Dropbox" for account in accounts if isinstance(account, dict)}
    settings = [home / ".config" / "Nextcloud", home / "Library" / "Preferences" / "Nextcloud"]
    for place in [*settings, *(Path(each) / "Nextcloud" for each in places if each)]:
        with contextlib.suppress(OSError, ValueError):
            text = (place / "nextcloud.cfg").read_text("utf-8")
            paths = re.findall(r"^[^=\n]*\\localPath=(.+)$", text, re.MULTILINE)
            found |= {path.strip().rstrip("/"): "Nextcloud" for path in paths}
    return found


# ----------------------------------------------------------------------------------------------------- sticks and facts


def _is_stick(folder: PurePath, facts: Facts) -> bool:
    if isinstance(folder, PureWindowsPath):
        return facts.drive_type(folder.drive + "\\") == _REMOVABLE_DRIVE
    return any(folder.is_relative_to(place) for place in _STICKS.get(facts.system, ()))


def _mounts() -> str:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if sys.platform == "linux":
            return Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
        if sys.platform == "darwin":
            return subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=True, timeout=5).stdout
    return ""


def _drive_type(drive: str) -> int:
    if sys.platform == "win32":
        return int(ctypes.windll.kernel32.GetDriveTypeW(drive))
    return 0
