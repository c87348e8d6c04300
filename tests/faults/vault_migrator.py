"""Opens a vault with the app of tomorrow, in a process of its own, and says so when its schema was changed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hrddp_desktop.storage import migrations, vault
from tests.storage.old_vaults import steps_of_tomorrow

STDOUT = 1


def main(folder: str, passphrase: str) -> None:
    """Open and lock."""
    migrations.MIGRATIONS, migrations.VERSION = steps_of_tomorrow(), migrations.VERSION + 1  # type: ignore[misc]  # its own
    with vault.unlock(Path(folder), passphrase):
        os.write(STDOUT, b"opened\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
