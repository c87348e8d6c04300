"""Changes the passphrase of a vault to `word 1`, `word 2` ... for ever or up to `last`; says each when it is in force.

`careless` writes the file `keys` in place, piece by piece; `forgetful` renames it and does not sync the folder: the
controls, which must leave a vault that nobody opens.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hrddp_desktop import files
from hrddp_desktop.storage import people, vault
from hrddp_desktop.storage.keys import Cost

STDOUT = 1
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)


def write_in_place(file: Path, content: bytes) -> None:
    with file.open("wb", buffering=0) as stream:
        for place in range(0, len(content), 64):
            stream.write(content[place : place + 64])
            os.fsync(stream.fileno())


def main(manner: str, folder: str, passphrase: str, number: str, last: str = "inf") -> None:
    """Change for ever, or up to `last`."""
    if manner == "careless":
        files.write_file = write_in_place
    if manner == "forgetful":
        files._sync_folder = lambda folder: None  # noqa: SLF001 - what it forgets
    count = int(number)
    with vault.unlock(Path(folder), passphrase) as opened:
        os.write(STDOUT, b"ready\n")
        while count < float(last):
            count += 1
            new = f"word {count}"
            people.take(opened, people.prepare_change(opened.folder, opened.slot, passphrase, new, CHEAP))
            passphrase = new
            os.write(STDOUT, f"{count}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
