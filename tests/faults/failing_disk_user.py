"""Gives the answers 1, 2, 3... up to `last` in a process of its own, and tries again when one is refused.

Says each number when it is saved, and the code of each refusal. Who is refused three times running gives up.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hrddp_desktop.errors import VaultError
from hrddp_desktop.storage import vault
from hrddp_desktop.storage.records import SetAnswer, Summary

TRIES = 3


def main(folder: str, passphrase: str, record: str, last: str) -> None:
    """Answer and lock."""
    try:
        with vault.unlock(Path(folder), passphrase) as opened:
            line = Summary(record, "assessment")
            for count in range(1, int(last) + 1):
                if not any(saved(opened, record, count, line) for _ in range(TRIES)):
                    break
    except VaultError as error:
        say(error.code.name)


def saved(opened: vault.Vault, record: str, count: int, line: Summary) -> bool:
    try:
        opened.store.commit(record, SetAnswer("count", count), line)
    except VaultError as error:
        say(error.code.name)
        return False
    say(str(count))
    return True


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
