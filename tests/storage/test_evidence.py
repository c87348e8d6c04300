"""Files of evidence: apart from the chain, back by undo, found by name, erased for safety, and brought over."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.storage import backups, driver, history, migrations, vault
from hrddp_desktop.storage.backups import Reason
from hrddp_desktop.storage.finding import Wanted
from hrddp_desktop.storage.records import Fault, SetAnswer, SetEvidence, What
from tests.storage.pages import files_that_hold
from tests.storage.test_comments import CANARY, of_form
from tests.storage.test_erasing import Backups
from tests.storage.vaults import PASSPHRASE, PERSON, database, file_of, new_record, said_of, summary

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault


def names(opened: Vault, record: str) -> list[str]:
    return [each.name for each in opened.store.evidence(record)]


def test_a_file_is_kept_byte_for_byte_and_its_entry_does_not_hold_it(opened: Vault, record: str) -> None:
    content = random.Random(7).randbytes(3_000_000)  # noqa: S311 - the same bytes each time
    attach = file_of("note", content)
    opened.store.commit(record, attach, summary(record))
    assert attach.evidence is not None
    opened.lock()
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        (held,) = again.store.evidence(record)
        assert held == replace(attach.evidence, path=attach.path)
        assert again.store.evidence_content(record, held.path) == content
        assert again.store.evidence_size() == len(content)
        entry = again.store.history(record, attach.path)[0]
        assert (entry.what, entry.author) == (What.ATTACHED, PERSON.name)
        assert len(str(entry.new)) < 300
        assert again.store.check() == []


def test_a_file_that_was_taken_away_comes_back_by_undo_and_goes_again_by_redo(opened: Vault, record: str) -> None:
    attach = file_of("note")
    opened.store.commit(record, attach, summary(record))
    opened.store.commit(record, SetEvidence(attach.path, None), summary(record))
    assert names(opened, record) == []
    undo = history.turns(opened.store.history(record)).undo[-1]
    opened.store.commit_all(record, undo.reversal(), summary(record), reverses=undo.number)
    assert names(opened, record) == ["minutes.pdf"]
    assert opened.store.evidence_content(record, attach.path) == attach.content
    redo = history.turns(opened.store.history(record)).redo[-1]
    opened.store.commit_all(record, redo.reversal(), summary(record), reverses=redo.number)
    assert names(opened, record) == []
    assert opened.store.check() == []


def test_going_back_to_an_earlier_state_leaves_files_and_comments(opened: Vault, record: str) -> None:
    opened.store.commit(record, SetAnswer("note", "one"), summary(record))
    opened.store.commit_all(record, [file_of("note"), said_of("note", "see the file")], summary(record))
    entries = opened.store.history(record)
    edits = history.State.of(entries).difference(history.State.of(entries[:1]))
    assert edits == [SetAnswer("note", None)]


@pytest.mark.parametrize("scope", ["", "note", "the file"])
def test_an_erased_file_is_in_no_file_of_the_folder(opened: Vault, scope: str) -> None:
    record = of_form(opened)
    copies = Backups(opened.folder)
    opened.store.copies = copies
    draw = random.Random(7)  # noqa: S311 - the same bytes each time
    attach = file_of("note", b" ".join([CANARY.encode(), draw.randbytes(9000)] * 9), f"{CANARY}.pdf")
    for number in range(10):
        filler = file_of("title", draw.randbytes(draw.randrange(1, 20_000)), "other.pdf")
        opened.store.commit(record, filler if number else attach, summary(record))
        copies.make(number)
    opened.store.commit(record, SetEvidence(attach.path, None), summary(record))
    assert attach.evidence is not None
    opened.store.commit(record, SetEvidence(attach.path, attach.evidence), summary(record))
    digest = attach.evidence.sha256
    assert {"data", "backups/0", "backups/9"} <= files_that_hold(opened.folder, CANARY, digest)
    opened.store.erase(record, attach.path if scope == "the file" else scope, "source", summary(record))
    assert files_that_hold(opened.folder, CANARY, digest) == set()
    assert names(opened, record) == ([] if scope == "" else ["other.pdf"] * 9)
    assert opened.store.check() == []
    opened.lock()
    for copy in sorted((opened.folder / vault.BACKUPS).iterdir()):
        (opened.folder / vault.DATA).write_bytes(copy.read_bytes())
        with vault.unlock(opened.folder, PASSPHRASE) as older:
            assert {each.fault for each in older.store.check()} <= {Fault.OLDER}


def test_a_file_that_was_only_taken_away_is_still_there(opened: Vault, record: str) -> None:
    """The control: taking away is no erasure, and the window says so."""
    attach = file_of("note", CANARY.encode())
    opened.store.commit(record, attach, summary(record))
    opened.store.commit(record, SetEvidence(attach.path, None), summary(record))
    opened.lock()
    assert files_that_hold(opened.folder, CANARY) == {"data"}


def test_a_file_is_found_by_its_name_and_only_where_words_are_searched(opened: Vault) -> None:
    record = of_form(opened)
    opened.store.commit(record, file_of("title", name="walrus minutes.pdf"), summary(record))
    opened.store.commit(record, file_of("secret", name="obsidian.pdf"), summary(record))
    (hit,) = opened.store.find(Wanted(words=("walrus",)), 9)
    assert (hit.path, hit.text) == ("title", "walrus minutes.pdf")
    assert opened.store.find(Wanted(words=("obsidian",)), 9) == []


@pytest.mark.parametrize("harm", ["UPDATE contents SET content = x'00'", "DELETE FROM contents"])
def test_a_file_that_was_changed_past_the_app_is_named(opened: Vault, record: str, harm: str) -> None:
    attach = file_of("note")
    opened.store.commit(record, attach, summary(record))
    db = database(opened.folder)
    with db.writing() as connection:
        connection.execute(harm)
    db.close()
    (found,) = opened.store.check()
    assert (found.fault, found.facts["path"]) == (Fault.FILE_ALTERED, attach.path)


def test_plain_tables_name_files_only_when_asked_and_hold_no_content(opened: Vault, tmp_path: Path) -> None:
    record = of_form(opened)
    canary = CANARY.encode()
    for path in ("title", "secret"):
        opened.store.commit_all(record, [file_of(path, canary, f"{path}.pdf"), said_of(path, path)], summary(record))
    # What is said and attached is for this vault, whatever the question.
    cases: tuple[tuple[bool, list[str]], ...] = ((False, []), (True, ["title", "secret"]))
    for confidential, told in cases:
        file = tmp_path / f"plain {confidential}.db"
        opened.store.export_plain(file, with_confidential=confidential)
        assert canary not in file.read_bytes()
        with closing(sqlite3.connect(file)) as plain:
            assert [name for (name,) in plain.execute("SELECT question FROM _comments ORDER BY question DESC")] == told
            assert [text for (text,) in plain.execute("SELECT text FROM _comments ORDER BY question DESC")] == told
            found = plain.execute("SELECT name, size FROM _evidence ORDER BY question DESC").fetchall()
            assert found == [(f"{each}.pdf", len(canary)) for each in told]


def test_a_vault_of_the_first_schema_is_copied_and_brought_up_to_date(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.storage.vaults import new_vault

    with monkeypatch.context() as older:
        steps = driver.Migrations("vault")
        steps()(migrations.first_schema)
        older.setattr(migrations, "MIGRATIONS", steps)
        older.setattr(migrations, "VERSION", 1)
        with new_vault(folder) as opened:
            record = new_record(opened)
            opened.store.commit(record, SetAnswer("note", "as it was"), summary(record))
    with vault.unlock(folder, PASSPHRASE) as again:
        (copy,) = backups.listing(backups.place_of(folder))
        assert copy.reason is Reason.MIGRATION
        assert again.store.load(record).answers == {"note": "as it was"}
        again.store.commit_all(record, [file_of("note"), said_of("note", "now")], summary(record))
        assert again.store.check() == []
        # What is erased reaches the copy that has no such tables yet.
        again.store.erase(record, "note", "person", summary(record))
        assert names(again, record) == []
    assert files_that_hold(folder, "as it was") == set()
