"""Makes a vault in a process of its own, and says so on standard output when it is made.

`forgetful` does not sync the folder in which the vault gets its name: the control, which must lose a vault.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hrddp_desktop.storage import vault
from tests.storage.vaults import new_vault

STDOUT = 1


def rename(building: Path, folder: Path) -> None:
    building.rename(folder)


def main(manner: str, folder: str) -> None:
    """Make one vault."""
    if manner == "forgetful":
        vault._place = rename  # noqa: SLF001 - what it forgets
    with new_vault(Path(folder)):
        os.write(STDOUT, b"made\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
