"""The settings of this installation: one frozen object, one JSON file, nothing personal in it.

Name, function and duty station live in the vault: a seized laptop's settings file tells nothing about its user.
"""

from __future__ import annotations

import errno
import json
import os
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Final

from hrddp_desktop.files import write_file

if TYPE_CHECKING:
    from pathlib import Path


LOCK_MINUTES: Final = (2, 5, 10, 20, 30)
"""What can be chosen; a window that never locks by itself cannot."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the window remembers between two starts. `vault` empty means the default place, `second_place` none.

    The window locks after `lock_minutes` in which nobody types or clicks, one of LOCK_MINUTES.
    """

    language: str = "en"
    vault: str = ""
    second_place: str = ""
    paper: str = "a4"
    guidance: bool = True
    lock_minutes: int = 10

    def but(self, **changes: object) -> Settings:
        """The same settings with some of them changed."""
        return replace(self, **changes)  # type: ignore[arg-type]  # names are checked by replace, types by load


def load(file: Path) -> Settings:
    """The settings in `file`; a missing or damaged file gives the defaults, since nothing in it is worth a stop."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return Settings()
    if not isinstance(found, dict):
        return Settings()
    default = Settings()
    kept = {f.name: found[f.name] for f in fields(default) if type(found.get(f.name)) is type(getattr(default, f.name))}
    if kept.get("lock_minutes") not in LOCK_MINUTES:
        kept.pop("lock_minutes", None)
    if not _can_be(kept.get("vault", "")):
        del kept["vault"]
    return default.but(**kept)


def _can_be(place: str) -> bool:
    """Whether a disk can have such a folder: a name may be too long, or hold a sign that none may hold."""
    try:
        os.lstat(place)
    except ValueError:
        return False
    except OSError as error:
        return error.errno != errno.ENAMETOOLONG
    return True


def save(settings: Settings, file: Path) -> None:
    """Write the settings in one step: the old file stays whole until the new one is on disk."""
    write_file(file, (json.dumps(asdict(settings), indent=1, sort_keys=True) + "\n").encode())
