"""Real vaults for tests, cheap to open."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hrddp_desktop.storage import attached, keys, vault
from hrddp_desktop.storage.records import Comment, Evidence, Person, SetComment, SetEvidence, Summary

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.storage.driver import Encrypted
    from hrddp_desktop.storage.vault import Vault

PASSPHRASE: Final = "seven lamps on the harbour wall"
CHEAP: Final = keys.Cost(memory_kib=64, passes=1, lanes=1)
PERSON: Final = Person("Ana Ruiz", "Field officer", "Port Lorne", "Valdoria", "en")
FORM: Final = ("assessment", "2026.1", "sha256:0123")
FORM_BYTES: Final = b'{"form": "assessment"}'


def new_vault(folder: Path) -> Vault:
    return vault.create(folder, PASSPHRASE, PERSON, cost=CHEAP)


def new_record(opened: Vault) -> str:
    return opened.store.new_record(*FORM, definition_bytes=FORM_BYTES)


def summary(record: str, title: str = "") -> Summary:
    return Summary(record, FORM[0], title=title, definition=FORM[2])


def file_of(question: str, content: bytes = b"%PDF of nothing", name: str = "minutes.pdf") -> SetEvidence:
    """A file that is attached to a question."""
    digest = hashlib.sha256(content).hexdigest()
    held = Evidence(name, digest, len(content), "somebody", datetime(2026, 3, 5, 12, tzinfo=UTC))
    return SetEvidence(attached.evidence_path(question), held, content)


def said_of(question: str, text: str, actor: str = "somebody") -> SetComment:
    """A comment on a question."""
    return SetComment(attached.comment_path(question), Comment(actor, datetime(2026, 3, 5, 12, tzinfo=UTC), text))


def database(folder: Path) -> Encrypted:
    """The data of a vault past all its rooms, as somebody with the passphrase and a tool could open them."""
    from hrddp_desktop.storage import driver, migrations

    _, key = keys.read(folder, migrations.VERSION).open(PASSPHRASE)
    return driver.connect(folder / vault.DATA, key)


def fingerprint(folder: Path) -> dict[str, str]:
    """Every name below `folder`, with the hash of its bytes."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }
