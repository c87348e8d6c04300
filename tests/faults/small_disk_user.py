"""Uses a vault on a disk of 4 MB that fills up, as a person does who does not know. Says what happened, as JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop.errors import VaultError
from hrddp_desktop.storage import backups, people, vault
from hrddp_desktop.storage.backups import ROLLING, Reason
from hrddp_desktop.storage.records import SetAnswer
from tests.storage.vaults import CHEAP, PASSPHRASE, new_record, new_vault, summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.storage.vault import Vault

BALLAST_BYTES = 1_000_000


def main(place: str) -> None:
    """Fill the disk at `place`, try everything, free some space, go on."""
    disk, said = Path(place), dict[str, object]()
    (disk / "ballast").write_bytes(bytes(BALLAST_BYTES))
    with new_vault(disk / "office.hrddp") as opened:
        record = new_record(opened)
        said["saved"], said["answer"] = answer_until_refused(opened, record)
        said["passphrase"] = refusal(lambda: change_passphrase(opened))
        said["copy"] = refusal(lambda: copy(opened))
        said["there while full"] = there(opened, record)
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        said["there when opened again"] = there(again, record)
    (disk / "ballast").unlink()
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        said["there when freed"] = there(again, record)
        again.store.commit(record, SetAnswer("after", "there is room again"), summary(record))
        said["there in the end"] = there(again, record)
    fill(disk / "rest")
    said["opening"] = refusal(lambda: vault.unlock(opened.folder, PASSPHRASE))
    sys.stdout.write(json.dumps(said))


def answer_until_refused(opened: Vault, record: str) -> tuple[int, str]:
    """How many answers were saved, and the code of the refusal of the next."""
    saved = 0
    try:
        while True:
            edit = SetAnswer(f"q{saved}", os.urandom(8000).hex())
            opened.store.commit(record, edit, summary(record))
            saved += 1
    except VaultError as error:
        return saved, error.code.name


def refusal(act: Callable[[], object]) -> str:
    try:
        act()
    except VaultError as error:
        return error.code.name
    return ""


def change_passphrase(opened: Vault) -> None:
    people.take(opened, people.prepare_change(opened.folder, opened.slot, PASSPHRASE, "another one", CHEAP))


def copy(opened: Vault) -> None:
    backups.roll(opened.source, backups.place_of(opened.folder), Reason.ASKED, ROLLING)


def there(opened: Vault, record: str) -> int:
    """How many answers the vault holds; -1 when it is not whole."""
    if opened.warning is not None or opened.store.check():
        return -1
    return len(opened.store.load(record).answers)


def fill(file: Path) -> None:
    """Write into `file` until no byte more finds room."""
    with file.open("ab", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(4096))
        except OSError:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
