"""Vaults of earlier and of later versions of the app, kept in tests/data/vaults."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hrddp_desktop.storage import migrations
from hrddp_desktop.storage.driver import Migrations

if TYPE_CHECKING:
    from hrddp_desktop.storage.driver import Database

HERE: Final = Path(__file__).parent.parent / "data" / "vaults"
SECOND_PASSPHRASE: Final = "nine slow ferries at noon"
CARD: Final = bytes(range(28))
"""What the safe card of the old vaults says."""


def steps_of_tomorrow() -> Migrations:
    """The steps of the app of tomorrow: one more than today's, however many these are."""
    steps = Migrations("vault")
    steps._migrations.extend(migrations.MIGRATIONS._migrations)  # noqa: SLF001 - there is no other way to add to them

    @steps()
    def add_opinions(db: Database) -> None:
        db.table("opinions").create({"id": int, "text": str}, pk="id")
        db.table("opinions").insert_all({"id": number, "text": "x" * 900} for number in range(300))

    return steps


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
