"""A real writer in a process of its own: commits 1, 2, 3... and says so on standard output, until it is killed.

`honest` says a number when it is on the disk. `hasty` says it before, and saves it when the next one comes, as an app
does that collects changes for a while: the control, which must lose answers.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hrddp_desktop.storage import vault
from hrddp_desktop.storage.records import SetAnswer, Summary

STDOUT = 1


def main(manner: str, folder: str, passphrase: str, record: str) -> None:
    """Write for ever."""
    with vault.unlock(Path(folder), passphrase) as opened:
        store, line = opened.store, Summary(record, "assessment")
        count = int(str(store.load(record).answers.get("count", 0)))
        os.write(STDOUT, b"ready\n")
        while True:
            count += 1
            said = f"{count}\n".encode()
            if manner == "hasty":
                os.write(STDOUT, said)
                store.commit(record, SetAnswer("count", count - 1), line)
            else:
                store.commit(record, SetAnswer("count", count), line)
                os.write(STDOUT, said)
                store.save_draft(record, "text", str(count))


if __name__ == "__main__":
    main(*sys.argv[1:])
