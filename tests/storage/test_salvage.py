"""A damaged vault, brought over into a new one; what was lost is said."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import backups, salvage, vault
from hrddp_desktop.storage.backups import ROLLING, Reason
from hrddp_desktop.storage.finding import Wanted
from hrddp_desktop.storage.records import AddRow, Excuse, MoveRow, RemoveRow, SetAnswer, SetExcuse, SetMarks
from tests.storage.vaults import (
    FORM,
    FORM_BYTES,
    PASSPHRASE,
    PERSON,
    database,
    file_of,
    fingerprint,
    new_record,
    said_of,
    summary,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hrddp_desktop.storage.records import Edit
    from hrddp_desktop.storage.vault import Vault

PAGE = 4096


@pytest.fixture
def many(opened: Vault) -> dict[str, object]:
    """Twenty records with rows, long answers, excuses; what each holds."""
    held: dict[str, object] = {}
    for number in range(20):
        record = new_record(opened)
        edits: list[Edit] = [SetAnswer(f"q{each}", f"{number}/{each} " * 40) for each in range(6)]
        edits += [AddRow("t", "R1"), AddRow("t", "R2"), AddRow("t", "R3"), SetAnswer("t/R2/name", "x")]
        edits += [
            MoveRow("t", "R3", 0),
            RemoveRow("t", "R1"),
            SetExcuse("q9", Excuse("na")),
            SetMarks("q1", {"a": "b"}),
            said_of("q1", f"comment {number} " * 9),
            file_of("q2", b"evidence" * 900),
        ]
        opened.store.commit_all(record, edits, summary(record, f"number {number}"))
        held[record] = all_of(opened, record)
    opened.save_secret("identity", b"secret" * 100)
    return held


def all_of(opened: Vault, record: str) -> object:
    """What a record holds, with what is attached to it."""
    store = opened.store
    files = [(each, store.evidence_content(record, each.path)) for each in store.evidence(record)]
    return store.load(record), store.comments(record), files


def pages_of(opened: Vault, table: str) -> list[int]:
    """The leaf pages of a table in the order of its lines, by their place in the file (0 is the first)."""
    db = database(opened.folder)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    db.close()
    return list(leaves((opened.folder / vault.DATA).read_bytes(), opened.source.key, root))


def leaves(data: bytes, key: bytes, number: int) -> Iterator[int]:
    raw = data[(number - 1) * PAGE : number * PAGE]
    reader = Cipher(algorithms.AES256(key), modes.CBC(raw[-80:-64])).decryptor()
    page = reader.update(raw[:-80]) + reader.finalize()
    if page[0] == 13:  # a leaf of a table; 5 leads to others
        yield number - 1
        return
    assert page[0] == 5
    cells = int.from_bytes(page[3:5], "big")
    for cell in range(cells):
        place = int.from_bytes(page[12 + 2 * cell : 14 + 2 * cell], "big")
        yield from leaves(data, key, int.from_bytes(page[place : place + 4], "big"))
    yield from leaves(data, key, int.from_bytes(page[8:12], "big"))


def break_pages(opened: Vault, *pages: int) -> None:
    opened.lock()
    file = opened.folder / vault.DATA
    data = bytearray(file.read_bytes())
    for page in pages:
        data[page * PAGE + 1000] ^= 0x20
    file.write_bytes(data)


def rescued(opened: Vault) -> tuple[salvage.Lost, Vault]:
    target = opened.folder.with_name("rescued.hrddp")
    before = fingerprint(opened.folder)
    lost = salvage.salvage(opened.folder, PASSPHRASE, target)
    assert fingerprint(opened.folder) == before
    return lost, vault.unlock(target, PASSPHRASE)


def test_a_sound_vault_comes_over_whole(opened: Vault, many: dict[str, object]) -> None:
    opened.bin.put(next(iter(many)))
    opened.lock()
    lost, again = rescued(opened)
    with again:
        assert lost.is_nothing
        assert lost.whole == list(many)
        assert {record: all_of(again, record) for record in many} == many
        assert len(again.bin.records()) == 1
        assert again.person == PERSON
        assert again.secret("identity") == b"secret" * 100
        assert again.store.check() == []
        assert sorted(path.name for path in again.folder.iterdir() if "data-" not in path.name) == [
            "backups",
            "data",
            "keys",
        ]


@pytest.mark.parametrize("table", ["answers", "rows", "excuses", "marks", "comments", "attachments"])
def test_answers_on_a_bad_page_are_rebuilt_from_the_history(opened: Vault, many: dict[str, object], table: str) -> None:
    break_pages(opened, pages_of(opened, table)[0])
    lost, again = rescued(opened)
    with again:
        assert lost.mended
        assert not lost.records + lost.without_history
        assert {record: all_of(again, record) for record in many} == many
        assert again.store.check() == []


@pytest.mark.parametrize("table", ["entries", "payloads"])
def test_answers_outlive_a_history_with_a_gap(opened: Vault, many: dict[str, object], table: str) -> None:
    break_pages(opened, pages_of(opened, table)[1])
    lost, again = rescued(opened)
    with again:
        assert lost.without_history
        assert lost.whole
        assert not lost.records
        assert {record: all_of(again, record) for record in many} == many
        assert again.store.check() == []


def test_a_file_whose_content_is_lost_is_still_named(opened: Vault, many: dict[str, object]) -> None:
    break_pages(opened, pages_of(opened, "contents")[0])
    lost, again = rescued(opened)
    with again:
        assert lost.lines == {"contents": 1}
        files = [(record, each) for record in many for each in again.store.evidence(record)]
        assert len(files) == len(many)
        contents = [again.store.evidence_content(record, each.path) for record, each in files]
        assert 0 < contents.count(None) < len(many)
        assert set(contents) == {None, b"evidence" * 900}
        assert again.store.check() == []


def test_a_lost_line_of_the_list_is_made_anew(opened: Vault, many: dict[str, object]) -> None:
    break_pages(opened, *pages_of(opened, "summaries"))
    lost, again = rescued(opened)
    with again:
        assert set(lost.mended) == set(many)
        assert {record: all_of(again, record) for record in many} == many
        assert again.store.check() == []


def test_people_that_are_lost_leave_a_vault_that_opens(opened: Vault, many: dict[str, object]) -> None:
    break_pages(opened, *pages_of(opened, "people"), *pages_of(opened, "secrets"))
    lost, again = rescued(opened)
    with again:
        assert again.person.name == ""
        assert lost.secrets
        assert len(again.store.records()) == len(many)


def test_a_form_that_is_lost_is_taken_from_the_installation(opened: Vault, many: dict[str, object]) -> None:
    break_pages(opened, *pages_of(opened, "definitions"))
    target = opened.folder.with_name("rescued.hrddp")
    assert set(salvage.salvage(opened.folder, PASSPHRASE, target).records) == set(many)
    shutil.rmtree(target)
    lost = salvage.salvage(opened.folder, PASSPHRASE, target, definitions={FORM[2]: FORM_BYTES})
    assert not lost.records


def test_without_its_first_page_nothing_can_be_read(opened: Vault, many: dict[str, object]) -> None:
    assert many
    break_pages(opened, 0)
    target = opened.folder.with_name("rescued.hrddp")
    with pytest.raises(VaultError) as caught:
        salvage.salvage(opened.folder, PASSPHRASE, target)
    assert caught.value.code is Code.VAULT_HOPELESS
    assert [path.name for path in target.parent.iterdir()] == [opened.folder.name]


def test_keys_that_are_lost_are_taken_from_a_copy(opened: Vault, many: dict[str, object]) -> None:
    backups.roll(opened.source, backups.place_of(opened.folder), Reason.CLOSE, ROLLING)
    opened.lock()
    (opened.folder / "keys").write_text("")
    lost, again = rescued(opened)
    with again:
        assert lost.is_nothing
        assert len(again.store.records()) == len(many)


def test_nothing_is_salvaged_over_something(opened: Vault, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(VaultError) as caught:
        salvage.salvage(opened.folder, PASSPHRASE, tmp_path / "there")
    assert caught.value.code is Code.VAULT_EXISTS


def test_what_came_over_is_found_by_its_words_and_stands_in_the_plain_tables(
    opened: Vault, many: dict[str, object], tmp_path: Path
) -> None:
    break_pages(opened, *pages_of(opened, "texts"))
    lost, again = rescued(opened)
    assert lost.is_nothing
    assert len(again.store.find(Wanted(words=("number",)), 30)) == len(many)
    assert again.store.export_plain(tmp_path / "plain.db")[FORM[0]] == len(many)
