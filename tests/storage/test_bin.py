"""The bin: out of the lists, back with its history, and destroyed for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import vault
from hrddp_desktop.storage.bin import Bin
from hrddp_desktop.storage.finding import Wanted
from hrddp_desktop.storage.records import (
    AddRow,
    Excuse,
    SetAnswer,
    SetExcuse,
    SetMarks,
    Signature,
    Stored,
    Summary,
    What,
)
from tests.storage.vaults import FORM, FORM_BYTES, PASSPHRASE, database, file_of, new_record, said_of, summary

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault

CANARY = "the driver of the grey car"


@pytest.fixture
def filled(opened: Vault) -> str:
    """A record with something in every table."""
    record = new_record(opened)
    opened.store.commit_all(
        record,
        [
            SetAnswer("a0_title", CANARY),
            AddRow("t", "R1"),
            SetAnswer("t/R1/name", CANARY),
            SetExcuse("q", Excuse("na", CANARY)),
            SetMarks("a0_title", {"seen": "1"}),
            said_of("a0_title", CANARY),
            file_of("a0_title", CANARY.encode(), f"{CANARY}.pdf"),
        ],
        summary(record, CANARY),
    )
    opened.store.save_draft(record, "q2", CANARY)
    return record


def belonging(opened: Vault, to: str) -> str:
    stored = Stored("b" * 32, FORM[0], FORM[1], FORM[2], datetime.now(UTC).date(), {"q": CANARY}, {}, related=to)
    return opened.store.import_record(stored, summary(stored.record), definition_bytes=FORM_BYTES)


def listed(opened: Vault) -> set[str]:
    return {line.record for line in opened.store.records()}


def test_a_record_in_the_bin_is_in_no_list_and_comes_back_with_its_history(opened: Vault, filled: str) -> None:
    before, history = opened.store.load(filled), opened.store.history(filled)
    opened.bin.put(filled)
    assert filled not in listed(opened)
    assert [binned.summary.record for binned in opened.bin.records()] == [filled]
    opened.bin.take_back(filled)
    assert filled in listed(opened)
    assert opened.bin.records() == []
    assert opened.store.load(filled) == before
    after = opened.store.history(filled)
    assert after[: len(history)] == history
    assert [entry.what for entry in after[len(history) :]] == [What.BINNED, What.TAKEN_BACK]
    assert opened.store.check() == []


def test_what_belongs_to_a_record_goes_and_comes_with_it(opened: Vault, filled: str) -> None:
    child = belonging(opened, filled)
    opened.bin.put(filled)
    assert listed(opened) == set()
    opened.bin.take_back(filled)
    assert listed(opened) == {filled, child}


def test_what_was_put_in_before_stays_when_its_owner_comes_back(opened: Vault, filled: str) -> None:
    child = belonging(opened, filled)
    opened.bin.put(child)
    opened.bin.put(filled)
    opened.bin.take_back(filled)
    assert listed(opened) == {filled}
    opened.bin.take_back(child)
    assert listed(opened) == {filled, child}


def test_emptying_destroys_every_text_and_leaves_a_chain_that_holds(opened: Vault, filled: str) -> None:
    other = new_record(opened)
    opened.bin.put(filled)
    assert opened.bin.empty() == 1
    assert opened.bin.records() == []
    assert listed(opened) == {other}
    with pytest.raises(VaultError) as caught:
        opened.store.load(filled)
    assert caught.value.code is Code.RECORD_UNKNOWN
    db = database(opened.folder)
    tables = [name for name in db.table_names() if not name.startswith("sqlite")]
    assert not [name for name in tables for row in db.table(name).rows if CANARY in repr(row)]
    db.close()
    assert opened.store.check() == []
    opened.lock()
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert again.warning is None  # the witness knows the last change
        assert again.store.check() == []


def test_of_a_signature_the_outcome_stays_and_the_signer_goes(opened: Vault, filled: str) -> None:
    today = datetime.now(UTC)
    signed = Signature("preparer", CANARY, "ab", today, "refused", "D01", today.date(), "sha256:0", "1" * 64, "2" * 64)
    opened.store.note_signature(filled, signed, summary(filled))
    opened.bin.put(filled)
    opened.bin.empty()
    db = database(opened.folder)
    (line,) = db.table("signatures").rows
    db.close()
    assert (line["signer"], line["fingerprint"], line["outcome"]) == ("", "", "refused")
    assert opened.store.check() == []


def test_only_what_was_named_is_emptied(opened: Vault, filled: str) -> None:
    other = new_record(opened)
    opened.bin.put(filled)
    opened.bin.put(other)
    assert opened.bin.empty(filled) == 1
    assert [binned.summary.record for binned in opened.bin.records()] == [other]
    opened.bin.take_back(other)
    with pytest.raises(VaultError):
        opened.bin.take_back(filled)


def test_what_is_not_in_the_bin_cannot_be_emptied(opened: Vault, filled: str) -> None:
    assert opened.bin.empty(filled) == 0
    assert opened.store.load(filled).answers["a0_title"] == CANARY


@pytest.mark.parametrize(("clock_days", "change_days", "emptied"), [(29, 29, 0), (31, 31, 1), (400, 2, 0), (2, 400, 0)])
def test_after_thirty_days_it_is_emptied_unless_a_clock_jumped(
    opened: Vault, filled: str, clock_days: int, change_days: int, emptied: int
) -> None:
    store, now = opened.store, datetime.now(UTC)
    opened.bin.put(filled)
    store._clock = lambda: now + timedelta(days=change_days)  # noqa: SLF001 - the clock of this test
    later = store.new_record(*FORM, definition_bytes=FORM_BYTES)
    assert later
    aged = Bin(store._db, store._writer, store._witness, lambda: now + timedelta(days=clock_days))  # noqa: SLF001
    assert aged.empty_old() == emptied


def test_an_unknown_record_is_not_binned(opened: Vault) -> None:
    with pytest.raises(VaultError) as caught:
        opened.bin.put("nobody")
    assert caught.value.code is Code.RECORD_UNKNOWN


def found(opened: Vault) -> set[str]:
    return {hit.summary.record for hit in opened.store.find(Wanted(words=("grey",)), 10)}


def lines_of_index(opened: Vault) -> int:
    db = database(opened.folder)
    (count,) = db.execute("SELECT count(*) FROM texts").fetchone()
    db.close()
    return int(count)


def test_what_is_in_the_bin_is_neither_found_nor_counted_nor_in_a_plain_table(opened: Vault, tmp_path: Path) -> None:
    record = new_record(opened)
    opened.store.commit_all(record, (), Summary(record, FORM[0], title=CANARY, country="Avaria"))
    assert found(opened) == {record}
    opened.bin.put(record)
    assert found(opened) == set()
    assert opened.store.count(Wanted(words=("grey",))) == opened.store.count(Wanted(country="Avaria")) == 0
    assert opened.store.count(Wanted()) == 0
    assert opened.store.find(Wanted(), 10) == []
    assert opened.store.present("country") == []
    assert opened.store.export_plain(tmp_path / "plain.db")[FORM[0]] == 0
    opened.bin.take_back(record)
    assert found(opened) == {record}
    assert opened.store.present("country") == ["Avaria"]


def test_the_index_forgets_what_is_emptied(opened: Vault, filled: str) -> None:
    assert lines_of_index(opened) > 0
    opened.bin.put(filled)
    opened.bin.empty()
    assert lines_of_index(opened) == 0
    db = database(opened.folder)
    blocks = db.execute("SELECT block FROM search_data").fetchall()
    db.close()
    assert not any(b"grey" in block for (block,) in blocks)
