from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.storage import chain, keys, vault
from hrddp_desktop.storage.records import AddRow, Excuse, Fault, SetAnswer, SetExcuse, SetMarks
from tests.storage.vaults import PASSPHRASE, database, new_record, summary

if TYPE_CHECKING:
    from hrddp_desktop.storage.records import Damage, Edit
    from hrddp_desktop.storage.vault import Vault

PAGE = 4096
OF_THE_ENTRY = "WHERE number = {number} AND record = (SELECT id FROM records WHERE uuid = '{record}')"


@pytest.fixture
def filled(opened: Vault) -> str:
    """A record of eight entries beside another one."""
    new_record(opened)
    record = new_record(opened)
    edits: list[Edit] = [
        SetAnswer("a0_title", "one"),
        SetAnswer("a0_title", "two"),
        AddRow("t", "R1"),
        AddRow("t", "R2"),
        SetAnswer("t/R1/name", "x"),
        SetExcuse("q", Excuse("na")),
        SetMarks("a0_title", {"seen": "0123456789ab"}),
    ]
    for edit in edits:
        opened.store.commit(record, edit, summary(record))
    return record


def tampered(opened: Vault, *statements: str) -> list[Damage]:
    """What the check finds after somebody took the triggers off and ran these."""
    other = database(opened.folder)
    for (trigger,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        other.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        other.execute(statement)
    other.close()
    return opened.store.check()


def found(damage: list[Damage]) -> list[tuple[Fault, object]]:
    return [(each.fault, each.facts.get("entry", each.facts.get("path"))) for each in damage]


def test_a_sound_vault_has_no_findings(opened: Vault, filled: str) -> None:
    assert filled
    assert tampered(opened) == []


@pytest.mark.parametrize(
    "change",
    [
        "what = 'signed'",
        "path = 'a0_other'",
        "actor = 'b2'",
        "device = ''",
        "at = '2020-01-01T00:00:00+00:00'",
        "step = 77",
        "reverses = 1",
        "old_hash = zeroblob(32)",
        "new_hash = NULL",
        "previous = zeroblob(31)",
        "hash = zeroblob(32)",
    ],
)
@pytest.mark.parametrize("number", [1, 3, 7])
def test_an_altered_entry_is_named(opened: Vault, filled: str, change: str, number: int) -> None:
    where = OF_THE_ENTRY.format(number=number, record=filled)
    damage = tampered(opened, f"UPDATE entries SET {change} {where}")  # noqa: S608 - the test's own words
    assert (Fault.ENTRY_ALTERED, number) in found(damage)
    assert {each.facts["entry"] for each in damage} == {number}
    assert str(damage[0]) == f"Entry {number} of record {filled} was altered."


@pytest.mark.parametrize("number", [1, 3, 7])
def test_an_entry_rewritten_together_with_its_hash_is_named(opened: Vault, filled: str, number: int) -> None:
    other = database(opened.folder)
    where = OF_THE_ENTRY.format(number=number, record=filled)
    columns = (
        "SELECT number, what, path, 'b2', device, at, step, reverses, old_hash, new_hash, reason_hash, previous "
        "FROM entries "
    )
    row = other.execute(columns + where).fetchone()
    other.close()
    forged = chain.link(filled, row[0:8], row[8:12]).hex()
    damage = tampered(opened, f"UPDATE entries SET actor = 'b2', hash = x'{forged}' {where}")  # noqa: S608
    assert found(damage) == [(Fault.ENTRY_ALTERED, number)]


@pytest.mark.parametrize("number", [1, 3, 7])
def test_a_missing_entry_is_named(opened: Vault, filled: str, number: int) -> None:
    damage = tampered(
        opened,
        "PRAGMA foreign_keys = OFF",
        "DELETE FROM entries " + OF_THE_ENTRY.format(number=number, record=filled),  # noqa: S608
        "DELETE FROM payloads WHERE entry NOT IN (SELECT id FROM entries)",
    )
    assert found(damage) == [(Fault.ENTRY_MISSING, number)]


def test_an_altered_payload_is_named(opened: Vault, filled: str) -> None:
    damage = tampered(opened, "UPDATE payloads SET new = '\"three\"' WHERE new = '\"two\"'")
    assert found(damage) == [(Fault.VALUE_ALTERED, 3)]
    assert filled in str(damage[0])


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        ("UPDATE answers SET value = '\"three\"' WHERE name = 'a0_title'", "a0_title"),
        ("DELETE FROM answers WHERE name = 'a0_title'", "a0_title"),
        ("INSERT INTO answers SELECT record, '', '', 'a0_new', '1' FROM answers LIMIT 1", "a0_new"),
        ("UPDATE answers SET value = '1' WHERE table_name = 't'", "t/R1/name"),
        ("DELETE FROM excuses", "q"),
        ("DELETE FROM marks", "a0_title"),
        ('UPDATE marks SET value = \'{"seen":"ba9876543210"}\'', "a0_title"),
        ("INSERT INTO marks SELECT record, 'a0_other', value FROM marks", "a0_other"),
        ("UPDATE rows SET removed = 1 WHERE row_id = 'R2'", "t"),
        ("UPDATE rows SET place = 1 - place", "t"),
    ],
)
def test_an_answer_changed_without_an_entry_is_named(opened: Vault, filled: str, statement: str, path: str) -> None:
    damage = tampered(opened, statement)
    assert found(damage) == [(Fault.ANSWER_ALTERED, path)]
    assert filled in str(damage[0])


@pytest.mark.parametrize(
    "change", ["value = ''", "value = '[]'", "value = replace(value, 'argon2id', 'argon2i')", "name = 'kees'"]
)
def test_a_copy_of_the_keys_that_is_lost_or_altered_is_named(opened: Vault, change: str) -> None:
    damage = tampered(opened, f"UPDATE meta SET {change} WHERE name = 'keys'")  # noqa: S608 - the test's own words
    assert [each.fault for each in damage] == [Fault.KEYS_COPY]


def test_a_copy_of_the_keys_of_another_vault_is_named(opened: Vault) -> None:
    foreign = keys.dump(keys.new(1)).decode()
    damage = tampered(opened, f"UPDATE meta SET value = '{foreign}' WHERE name = 'keys'")  # noqa: S608 - the test's own words
    assert [each.fault for each in damage] == [Fault.KEYS_COPY]


def test_a_line_that_belongs_to_nothing_is_named(opened: Vault, filled: str) -> None:
    opened.store.save_draft(filled, "q", "x")
    damage = tampered(opened, "PRAGMA foreign_keys = OFF", "UPDATE drafts SET record = 99")
    assert [(each.fault, each.facts) for each in damage] == [(Fault.LINK, {"table": "drafts"})]


@pytest.mark.parametrize("table", ["entries", "payloads", "answers"])
@pytest.mark.parametrize("offset", [0, 100, 3000, PAGE - 1])
def test_a_byte_flipped_on_the_disk_is_named_by_its_page(opened: Vault, filled: str, table: str, offset: int) -> None:
    assert filled
    other = database(opened.folder)
    page = other.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    other.close()
    opened.lock()
    file = opened.folder / vault.DATA
    data = bytearray(file.read_bytes())
    data[(page - 1) * PAGE + offset] ^= 0x10
    file.write_bytes(data)
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        damage = again.store.check()
    assert damage[0].fault is Fault.PAGE
    assert str(damage[0]).endswith(f"page {page}.")
