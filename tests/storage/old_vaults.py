"""Vaults of earlier and of later versions of the app, kept in tests/data/vaults."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent.parent / "data" / "vaults"
SECOND_PASSPHRASE: Final = "nine slow ferries at noon"
CARD: Final = bytes(range(28))
"""What the safe card of the old vaults says."""


def old_schemas() -> list[int]:
    """The schemas of which a vault is kept."""
    return sorted(int(file.stem.partition("-")[2]) for file in HERE.glob("schema-*.zip"))


def put(name: str, folder: Path) -> Path:
    """The kept vault of that name, in `folder`."""
    shutil.unpack_archive(HERE / f"{name}.zip", folder)
    return folder


def held_by(name: str) -> object:
    """What that vault holds."""
    return json.loads((HERE / f"{name}.json").read_text("utf-8"))
