"""Comments beside questions: entries of the chain, no steps of undo, found by their words, and erased for safety."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from hrddp_desktop.storage import attached, history, vault
from hrddp_desktop.storage.finding import Wanted
from hrddp_desktop.storage.records import AddRow, Fault, RemoveRow, RestoreRow, SetAnswer, SetComment, What
from tests.storage.pages import files_that_hold
from tests.storage.test_erasing import SIGNED, Backups
from tests.storage.vaults import PASSPHRASE, PERSON, database, new_record, said_of, summary

if TYPE_CHECKING:
    from hrddp_desktop.storage.vault import Vault

CANARY = "Zanzibar-Kanarienvogel-7731"
FORM = json.dumps(
    {
        "form_id": "small",
        "version": "1",
        "items": [
            {"name": "title", "type": "text", "cells": {}},
            {"name": "secret", "type": "text", "cells": {"sensitivity": "strictly_confidential"}},
            {"name": "t", "type": "table", "cells": {}},
            {"name": "name", "type": "text", "table": "t", "parent": "t", "cells": {}},
            {"name": "s", "type": "table", "cells": {"sensitivity": "strictly_confidential"}},
            {"name": "who", "type": "text", "table": "s", "parent": "s", "cells": {}},
        ],
    }
).encode()


def of_form(opened: Vault) -> str:
    return opened.store.new_record("small", "1", "sha256:small", definition_bytes=FORM)


def texts(opened: Vault, record: str) -> list[str]:
    return [each.text for each in opened.store.comments(record)]


def test_a_comment_is_an_entry_with_its_author_and_is_there_after_a_restart(opened: Vault, record: str) -> None:
    said = said_of("note", "Who saw the register?", opened.slot)
    assert said.comment is not None
    opened.store.commit(record, said, summary(record))
    opened.store.commit(record, replace(said, comment=replace(said.comment, is_resolved=True)), summary(record))
    opened.lock()
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        (held,) = again.store.comments(record)
        assert (held.text, held.author, held.is_resolved) == ("Who saw the register?", PERSON.name, True)
        assert attached.owner(held.path) == "note"
        assert [each.what for each in again.store.history(record, said.path)] == [What.COMMENTED] * 2
        assert again.store.check() == []


def test_undo_passes_comments_by_and_redo_outlives_them(opened: Vault, record: str) -> None:
    opened.store.commit(record, SetAnswer("note", "one"), summary(record))
    opened.store.commit(record, said_of("note", "why?"), summary(record))
    (step,) = history.turns(opened.store.history(record)).undo
    assert step.entries[0].what is What.ANSWERED
    opened.store.commit_all(record, step.reversal(), summary(record), reverses=step.number)
    opened.store.commit(record, said_of("note", "why not?"), summary(record))
    assert len(history.turns(opened.store.history(record)).redo) == 1
    assert texts(opened, record) == ["why?", "why not?"]


def test_a_comment_leaves_a_signed_record_as_signed_and_so_does_its_erasure(opened: Vault, record: str) -> None:
    opened.store.commit(record, SetAnswer("note", "one"), summary(record))
    opened.store.note_signature(record, SIGNED, summary(record))
    said = said_of("note", "why?")
    opened.store.commit(record, said, summary(record))
    opened.store.erase(record, said.path, "person", summary(record))
    entries = opened.store.history(record)
    assert history.is_as_signed(entries, history.State.of(entries))
    opened.store.erase(record, "note", "person", summary(record))  # the control
    entries = opened.store.history(record)
    assert not history.is_as_signed(entries, history.State.of(entries))


def test_comments_on_cells_go_and_come_with_their_row(opened: Vault) -> None:
    record = of_form(opened)
    for edit in (AddRow("t", "R1"), said_of("t/R1/name", "walrus"), RemoveRow("t", "R1")):
        opened.store.commit(record, edit, summary(record))
    assert texts(opened, record) == []
    assert opened.store.find(Wanted(words=("walrus",)), 9) == []
    opened.store.commit(record, RestoreRow("t", "R1", 0), summary(record))
    assert texts(opened, record) == ["walrus"]
    assert [hit.path for hit in opened.store.find(Wanted(words=("walrus",)), 9)] == ["t/R1/name"]


def test_a_comment_is_found_by_its_words_unless_its_question_is_strictly_confidential(opened: Vault) -> None:
    record = of_form(opened)
    for number, path in enumerate(("title", "t", "secret", "s", "s/R1/who")):
        opened.store.commit(record, said_of(path, f"walrus{number} by the sea"), summary(record))
    found = {hit.path: hit.text for hit in opened.store.find(Wanted(words=("walrus",)), 9)}
    assert found.keys() <= {"title", "t"}
    db = database(opened.folder)
    with db.writing() as connection:
        before = sorted(connection.execute("SELECT path, text FROM texts").fetchall())
        assert {path.split("/#")[0] for path, _ in before} == {"title", "t"}
        from hrddp_desktop.storage import search

        search.rebuild(connection)
        assert sorted(connection.execute("SELECT path, text FROM texts").fetchall()) == before
    db.close()


def test_a_withdrawn_comment_is_gone_from_the_list_and_the_index(opened: Vault) -> None:
    record = of_form(opened)
    said = said_of("title", "walrus")
    opened.store.commit(record, said, summary(record))
    opened.store.save_draft(record, attached.draft_path("title"), "half")
    opened.store.commit(record, SetComment(said.path, None), summary(record))
    assert texts(opened, record) == []
    assert opened.store.find(Wanted(words=("walrus",)), 9) == []
    assert opened.store.drafts(record) == {attached.draft_path("title"): "half"}
    opened.store.commit(record, said_of("title", "half and half"), summary(record))
    assert opened.store.drafts(record) == {}


def test_an_erased_comment_is_in_no_file_and_the_chain_holds(opened: Vault) -> None:
    record = of_form(opened)
    backups = Backups(opened.folder)
    opened.store.copies = backups
    said = said_of("title", f"first {CANARY}")
    assert said.comment is not None
    opened.store.commit(record, said_of("title", "kept"), summary(record))
    for number in range(10):
        changed = replace(said, comment=replace(said.comment, text=f"{number} {CANARY} " * 9))
        opened.store.commit(record, changed, summary(record))
        opened.store.save_draft(record, said.path, f"half-typed {CANARY}")
        backups.make(number)
    assert {"data", "backups/0", "backups/9"} <= files_that_hold(opened.folder, CANARY)
    opened.store.erase(record, said.path, "person", summary(record))
    assert files_that_hold(opened.folder, CANARY) == set()
    assert texts(opened, record) == ["kept"]
    assert opened.store.check() == []
    opened.lock()
    assert files_that_hold(opened.folder, CANARY) == set()


def test_what_is_erased_at_a_question_takes_its_comments(opened: Vault, record: str) -> None:
    opened.store.commit(record, said_of("note", CANARY), summary(record))
    opened.store.save_draft(record, attached.draft_path("note"), CANARY)
    opened.store.commit(record, said_of("notes", "kept"), summary(record))
    opened.store.erase(record, "note", "person", summary(record))
    assert files_that_hold(opened.folder, CANARY) == set()
    assert texts(opened, record) == ["kept"]
    assert opened.store.check() == []


def test_a_comment_that_somebody_changed_past_the_history_is_named(opened: Vault, record: str) -> None:
    said = said_of("note", "one")
    opened.store.commit(record, said, summary(record))
    db = database(opened.folder)
    with db.writing() as connection:
        connection.execute("UPDATE comments SET value = replace(value, 'one', 'two')")
    db.close()
    (found,) = opened.store.check()
    assert (found.fault, found.facts["path"]) == (Fault.ANSWER_ALTERED, said.path)


def test_comments_of_another_record_are_not_shown(opened: Vault, record: str) -> None:
    opened.store.commit(record, said_of("note", "here"), summary(record))
    assert texts(opened, new_record(opened)) == []
