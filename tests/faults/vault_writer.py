"""A real writer in a process of its own: commits 1, 2, 3... and says so on standard output, until it is killed.

After `last` it locks the vault and ends.
`honest` says a number when it is on the disk. `hasty` says it before, and saves it when the next one comes, as an app
does that collects changes for a while; `careless` does not wait for the disk: the controls, which must lose answers.
`copying` makes a copy after every fifth answer and says so too.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hrddp_desktop.storage import backups, vault
from hrddp_desktop.storage.backups import ROLLING, Reason
from hrddp_desktop.storage.records import SetAnswer, Summary

STDOUT = 1


def main(manner: str, folder: str, passphrase: str, record: str, last: str = "inf") -> None:
    """Write for ever, or up to `last`."""
    with vault.unlock(Path(folder), passphrase) as opened:
        store, line = opened.store, Summary(record, "assessment")
        count = int(str(store.load(record).answers.get("count", 0)))
        if manner == "careless":
            opened._db.conn.execute("PRAGMA synchronous = NORMAL")  # noqa: SLF001 - what the vault never does
        os.write(STDOUT, b"ready\n")
        while count < float(last):
            count += 1
            said = f"{count}\n".encode()
            if manner == "hasty":
                os.write(STDOUT, said)
                store.commit(record, SetAnswer("count", count - 1), line)
            else:
                store.commit(record, SetAnswer("count", count), line)
                os.write(STDOUT, said)
                store.save_draft(record, "text", str(count))
            if manner == "copying" and count % 5 == 0:
                backups.roll(opened.source, backups.place_of(opened.folder), Reason.CLOSE, ROLLING)
                os.write(STDOUT, f"copy {count}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
