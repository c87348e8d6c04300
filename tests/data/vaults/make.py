"""Makes the vaults that later versions of the app must open, or refuse: run once for each schema, then never again.

schema-N.zip     a vault as the app with schema N left it, with one of everything; schema-N.json is what it holds
newer-*.zip      what an app of the future may leave: nobody here can open it

Run `python -m tests.data.vaults.make` at the root of the repository; what is there already stays.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop.storage import keys, migrations, people
from hrddp_desktop.storage.records import (
    AddRow,
    Excuse,
    MoveRow,
    Person,
    RemoveRow,
    SetAnswer,
    SetExcuse,
    SetMarks,
    Signature,
    Summary,
)
from tests.storage.contents import SECRET, contents
from tests.storage.old_vaults import CARD, HERE, SECOND_PASSPHRASE
from tests.storage.vaults import CHEAP, FORM, PASSPHRASE, new_record, new_vault

if TYPE_CHECKING:
    from hrddp_desktop.storage.vault import Vault

NEWER_DATA = random.Random(1).randbytes(3 * 4096)  # noqa: S311 - anything that is not ours


def main() -> None:
    """Make what is missing."""
    with tempfile.TemporaryDirectory() as room:
        old = f"schema-{migrations.VERSION}"
        if not (HERE / f"{old}.zip").exists():
            make_old(Path(room) / old)
        for name, head in (
            ("newer-format", {"format": keys.FORMAT + 1, "schema": 1, "slots": {"kind": "of tomorrow"}}),
            ("newer-schema", {"format": keys.FORMAT, "schema": 999, "vault": "of tomorrow", "slots": []}),
        ):
            if not (HERE / f"{name}.zip").exists():
                make_newer(Path(room) / name, head)


def make_old(folder: Path) -> None:
    """A vault with one of everything."""
    with new_vault(folder) as opened:
        fill(opened)
        held = contents(opened)
    shutil.make_archive(str(HERE / folder.name), "zip", folder)
    text = json.dumps(held, indent=1, ensure_ascii=False, sort_keys=True)
    (HERE / f"{folder.name}.json").write_text(text + "\n", "utf-8")


def fill(opened: Vault) -> None:
    """Two people, a safe card, a secret; a record with all that a record can have, one in the bin, one emptied."""
    colleague = Person("Ben Okoro", "Project manager", "Port Lorne", "Valdoria", "fr")
    added = people.prepare_person(opened.folder, opened.slot, PASSPHRASE, SECOND_PASSPHRASE, CHEAP)
    people.take(opened, added, colleague)
    people.take(opened, people.prepare_card(opened, CARD))
    opened.save_secret(SECRET, b"kept for no record")
    whole, binned, emptied = (new_record(opened) for _ in range(3))
    fill_record(opened, whole)
    for record in (binned, emptied):
        opened.store.commit(record, SetAnswer("title", "Thrown away"), line(record, "Thrown away"))
        opened.bin.put(record)
    opened.bin.empty(emptied)


def line(record: str, title: str) -> Summary:
    return Summary(
        record, FORM[0], title, "VAL-2026-001", "Valdoria", "Port Lorne", "open", "proceed", date(2026, 9, 1),
        date(2026, 3, 1), FORM[2],
    )  # fmt: skip


def fill_record(opened: Vault, record: str) -> None:
    """Answers of every kind, rows, excuses, marks, a signature, a step back, an erasure, a draft."""
    title = "Patrol boats for the Northern Coast Guard"
    edits = (
        SetAnswer("title", title),
        SetAnswer("amount", 1200.5),
        SetAnswer("count", 7),
        SetAnswer("areas", ["training", "equipment"]),
        SetAnswer("notes", "تدريب خفر السواحل, élargi, año"),
        SetAnswer("witness", "a name typed by mistake"),
        AddRow("risks", "R1"),
        AddRow("risks", "R2"),
        AddRow("risks", "R3"),
        SetAnswer("risks/R1/level", "high"),
        SetAnswer("risks/R2/level", "low"),
        SetAnswer("risks/R3/level", "none"),
        MoveRow("risks", "R2", 0),
        RemoveRow("risks", "R3"),
        SetExcuse("partner", Excuse("later", "the list has not come", "Ana Ruiz")),
        SetMarks("amount", {"checked": "yes"}),
        SetAnswer("count", 8),
    )
    for edit in edits:
        opened.store.commit(record, edit, line(record, title))
    opened.store.commit(record, SetAnswer("amount", 1300), line(record, title), reason="the offer was wrong")
    signed = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    signature = Signature(
        "preparer", "Ana Ruiz", "ab" * 32, signed, "proceed", "F7", date(2026, 3, 1), FORM[2], "cd" * 32, "ef" * 32
    )
    opened.store.note_signature(record, signature, line(record, title))
    opened.store.commit_all(record, [SetAnswer("count", 7)], line(record, title), reverses=18)
    opened.store.erase(record, "witness", "safety", line(record, title))
    opened.store.save_draft(record, "notes", "half typed")


def make_newer(folder: Path, head: dict[str, object]) -> None:
    """A folder that looks like a vault, of which only the numbers of format and schema can be read."""
    (folder / keys.BACKUPS).mkdir(parents=True)
    (folder / keys.NAME).write_text(json.dumps({**head, "more": "nobody knows yet"}), "utf-8")
    (folder / "data").write_bytes(NEWER_DATA)
    shutil.make_archive(str(HERE / folder.name), "zip", folder)


if __name__ == "__main__":
    main()
