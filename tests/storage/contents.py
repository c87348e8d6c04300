"""What a vault holds, written out name by name, so that a later app can be asked for the same."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hrddp_desktop.storage.records import Summary
    from hrddp_desktop.storage.store import Store
    from hrddp_desktop.storage.vault import Vault

SECRET: Final = "notes"
_LINE: Final = (
    "record", "form", "title", "reference", "country", "station", "status", "outcome", "next_due", "as_of",
    "definition", "related", "changed",
)  # fmt: skip
_STORED: Final = ("form", "version", "definition", "created", "answers", "excused", "marks", "related")
_ENTRY: Final = (
    "number", "what", "path", "actor", "author", "device", "at", "old", "new", "erased", "step", "reverses", "reason",
)  # fmt: skip


def contents(opened: Vault) -> dict[str, object]:
    """Everything, as JSON keeps it. A field that a later schema adds is not asked for."""
    store = opened.store
    lines = store.records()
    held = {
        "person": asdict(opened.person),
        "people": {slot: asdict(person) for slot, person in opened.people().items()},
        "secret": (opened.secret(SECRET) or b"").decode(),
        "records": [_line(line) for line in lines],
        "bin": [{**_line(each.summary), "since": each.since} for each in opened.bin.records()],
        "held": {line.record: _record(store, line.record) for line in lines},
    }
    written: dict[str, object] = json.loads(json.dumps(held, default=str))
    return written


def _line(line: Summary) -> dict[str, object]:
    return {name: getattr(line, name) for name in _LINE}


def _record(store: Store, record: str) -> dict[str, object]:
    stored = store.load(record)
    return {
        **{name: getattr(stored, name) for name in _STORED},
        "history": [{name: getattr(entry, name) for name in _ENTRY} for entry in store.history(record)],
        "drafts": store.drafts(record),
        "signatures": [asdict(signature) for signature in store.signatures(record)],
        "body": store.definition(stored.definition).decode(),
    }
