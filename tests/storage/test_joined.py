"""What the rooms of the storage promise each other: an erasure reaches copies and index, a bin keeps no reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import VaultError
from hrddp_desktop.storage import backups, card, erasing, keys, migrations, people, salvage, vault
from hrddp_desktop.storage.backups import ELSEWHERE, ROLLING, Reason
from hrddp_desktop.storage.finding import Wanted
from hrddp_desktop.storage.records import SetAnswer, What
from tests.storage.pages import files_that_hold
from tests.storage.vaults import CHEAP, PASSPHRASE, PERSON, new_record, summary

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault

CANARY = "Zanzibar"
HIDDEN = CANARY.lower()


def spilled(opened: Vault) -> str:
    record = new_record(opened)
    line = replace(summary(record), title=f"{CANARY} file")
    opened.store.commit(record, SetAnswer("note", CANARY), line, reason=f"because of {CANARY}")
    opened.store.commit(record, SetAnswer("other", "kept"), line)
    return record


def words(opened: Vault) -> int:
    return len(opened.store.find(Wanted(words=(HIDDEN,)), 10))


def test_an_erasure_reaches_the_copies_here_and_at_the_second_place(opened: Vault, tmp_path: Path) -> None:
    record, stick = spilled(opened), tmp_path / "stick"
    stick.mkdir()
    opened.copies.second = stick
    place = backups.second_place(opened.source, stick)
    here = backups.roll(opened.source, backups.place_of(opened.folder), Reason.CLOSE, ROLLING)
    there = backups.roll(opened.source, place, Reason.CLOSE, ELSEWHERE)
    backups.note_outside(opened.folder, datetime.now(UTC))
    assert words(opened) == 1
    assert opened.store.erase(record, "note", "person", summary(record)).away == ()
    assert words(opened) == 0
    for folder in (opened.folder, there.folder):
        assert files_that_hold(folder, CANARY) == files_that_hold(folder, HIDDEN) == set()
    for number, copy in enumerate((here, there)):
        target = tmp_path / f"{number}.hrddp"
        backups.restore(copy.folder, PASSPHRASE, target, migrations.VERSION)
        with vault.unlock(target, PASSPHRASE) as again:
            assert again.store.check() == []
            assert again.store.load(record).answers == {"other": "kept"}
            assert words(again) == 0


def test_copies_out_of_reach_are_named(opened: Vault, tmp_path: Path) -> None:
    record = spilled(opened)
    backups.note_outside(opened.folder, datetime(2026, 3, 5, tzinfo=UTC))
    assert opened.store.erase(record, "note", "person", summary(record)).away == ("2026-03-05",)
    opened.copies.second = tmp_path / "stick"
    assert opened.store.erase(record, "note", "person", summary(record)).away == (str(tmp_path / "stick"),)


def test_what_was_erased_as_a_whole_is_in_no_list(opened: Vault) -> None:
    record = spilled(opened)
    opened.store.erase(record, "", "order", replace(summary(record), status=erasing.ERASED, country="Avaria"))
    assert opened.store.find(Wanted(), 10) == []
    assert opened.store.count(Wanted()) == words(opened) == 0
    assert opened.store.present("country") == opened.store.present("status") == []


def test_emptying_the_bin_leaves_no_text_and_no_reason_in_any_page(opened: Vault) -> None:
    record = spilled(opened)
    opened.bin.put(record)
    assert [entry.what for entry in opened.store.history(record)][-1] is What.BINNED
    opened.bin.empty()
    assert files_that_hold(opened.folder, CANARY) == files_that_hold(opened.folder, HIDDEN) == set()
    assert opened.store.check() == []


def test_a_salvaged_vault_keeps_steps_reasons_and_erasures(opened: Vault, tmp_path: Path) -> None:
    record = spilled(opened)
    line = replace(summary(record), title=f"{CANARY} file")
    opened.store.commit(record, SetAnswer("third", CANARY), line)
    opened.store.erase(record, "third", "person", line)
    before = opened.store.history(record)
    opened.lock()
    assert salvage.salvage(opened.folder, PASSPHRASE, tmp_path / "new.hrddp").is_nothing
    with vault.unlock(tmp_path / "new.hrddp", PASSPHRASE) as again:
        assert again.store.history(record) == before
        assert again.store.check() == []
        assert words(again) == 1


def test_a_changed_passphrase_opens_every_copy_and_the_old_one_none(opened: Vault, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    copies = [
        backups.roll(opened.source, backups.place_of(opened.folder), Reason.CLOSE, ROLLING),
        backups.roll(opened.source, backups.second_place(opened.source, stick), Reason.CLOSE, ELSEWHERE),
    ]
    people.take(opened, people.prepare_change(opened.folder, opened.slot, PASSPHRASE, "another one", CHEAP))
    held = [keys.read(copy.folder, migrations.VERSION).change for copy in copies]
    assert held == [1, 0]
    opened.keep_copies_at(stick)
    for number, copy in enumerate(copies):
        target = tmp_path / f"{number}.hrddp"
        with pytest.raises(VaultError, match="passphrase"):
            backups.restore(copy.folder, PASSPHRASE, target, migrations.VERSION)
        backups.restore(copy.folder, "another one", target, migrations.VERSION)
        with vault.unlock(target, "another one") as again:
            assert again.person == PERSON
            assert again.store.check() == []


def test_keys_of_copies_keep_the_schema_of_their_data(opened: Vault) -> None:
    copy = backups.roll(opened.source, backups.place_of(opened.folder), Reason.MIGRATION, ROLLING)
    older = replace(keys.read(copy.folder, migrations.VERSION), schema=migrations.VERSION - 1)
    keys.write(copy.folder, older)
    people.take(opened, people.prepare_card(opened, card.read(card.new())))
    followed = keys.read(copy.folder, migrations.VERSION)
    assert (followed.change, followed.schema) == (1, migrations.VERSION - 1)
    assert len(followed.cards()) == 1


def test_a_salvaged_vault_keeps_people_card_and_its_day(opened: Vault, tmp_path: Path) -> None:
    made = people.prepare_person(opened.folder, opened.slot, PASSPHRASE, "second words", CHEAP)
    people.take(opened, made, replace(PERSON, name="B"))
    code = card.read(card.new())
    people.take(opened, people.prepare_card(opened, code))
    opened.note("card", "2026-03-05")
    day = opened.noted(vault.MADE)
    opened.lock()
    target = tmp_path / "new.hrddp"
    salvage.salvage(opened.folder, PASSPHRASE, target)
    with vault.unlock(target, "second words") as again:
        assert again.person.name == "B"
        assert (again.noted("card"), again.noted(vault.MADE)) == ("2026-03-05", day)
    assert len(vault.whom(target, code)) == 2
