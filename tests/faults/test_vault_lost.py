"""vault.md: the laptop that dies, the byte that flips, the disk that is full while a copy is made."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.services import vault as services
from hrddp_desktop.services.people import People, new_card
from hrddp_desktop.storage import backups, migrations, salvage, vault
from hrddp_desktop.storage.backups import ELSEWHERE, ROLLING, Reason
from hrddp_desktop.storage.records import AddRow, Excuse, SetAnswer, SetExcuse
from tests.faults.test_vault_disk import files_end_at
from tests.storage.vaults import (
    PASSPHRASE,
    PERSON,
    file_of,
    fingerprint,
    new_record,
    new_vault,
    said_of,
    summary,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault


def act(opened: Vault, dice: random.Random) -> None:
    """One random thing that a person does."""
    store = opened.store
    records = [line.record for line in store.records()]
    if not records or dice.random() < 0.1:
        records.append(new_record(opened))
    record = dice.choice(records)
    match dice.randrange(8):
        case 0 | 1:
            edit = SetAnswer(f"q{dice.randrange(9)}", "x" * dice.randrange(2000))
            store.commit(record, edit, summary(record, str(dice.random())))
        case 2:
            store.commit(record, AddRow("t", f"R{len(store.used_rows(record, 't')) + 1}"), summary(record))
        case 3:
            store.commit(record, SetExcuse("q1", Excuse("na", str(dice.random()))), summary(record))
        case 4:
            store.save_draft(record, "q2", str(dice.random()))
        case 5:
            opened.bin.put(record) if dice.random() < 0.3 else opened.save_secret("s", dice.randbytes(9))
        case 6:
            store.commit(record, said_of("q3", str(dice.random())), summary(record))
        case 7:
            store.commit(record, file_of("q4", dice.randbytes(dice.randrange(1, 9000))), summary(record))


def everything(opened: Vault) -> object:
    records = [line.record for line in opened.store.records()] + [each.summary.record for each in opened.bin.records()]
    held = {
        record: (opened.store.load(record), opened.store.history(record), opened.store.drafts(record))
        for record in records
    }
    said = {record: opened.store.comments(record) for record in records}
    files = {
        (record, each): opened.store.evidence_content(record, each.path)
        for record in records
        for each in opened.store.evidence(record)
    }
    lines = opened.store.records(), opened.bin.records()
    return lines, held, said, files, opened.person, opened.secret("s")


def test_machine_a_destroyed_after_any_actions_is_machine_b_with_the_stick(
    tmp_path: Path, counts: Callable[[str], int]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for turn in range(counts("machines_destroyed")):
        dice = random.Random(turn)  # noqa: S311 - a test that can be repeated
        opened = new_vault(tmp_path / f"a{turn}.hrddp")
        People(opened).keep_card(code := new_card())
        for _session in range(dice.randrange(1, 4)):
            for _ in range(dice.randrange(60)):
                act(opened, dice)
            held = everything(opened)
            opened.lock()
            backups.roll(opened.source, backups.second_place(opened.source, stick), Reason.CLOSE, ELSEWHERE)
            opened = vault.unlock(opened.folder, PASSPHRASE)
        opened.lock()
        shutil.rmtree(opened.folder)
        copies = backups.second_place(opened.source, stick)
        machine_b, machine_c = tmp_path / f"b{turn}.hrddp", tmp_path / f"c{turn}.hrddp"
        backups.restore(backups.find(copies), PASSPHRASE, machine_b, migrations.VERSION)
        with vault.unlock(machine_b, PASSPHRASE) as again:
            assert everything(again) == held
            assert again.store.check() == []
        # The passphrase went with its person: the stick and the card in the safe are enough.
        services.restore_vault(backups.find(copies), machine_c, code, PERSON.name, "a new passphrase").close()
        with vault.unlock(machine_c, "a new passphrase") as again:
            assert everything(again) == held
            assert again.store.check() == []
        with pytest.raises(VaultError) as caught:
            vault.unlock(machine_c, PASSPHRASE)
        assert caught.value.code is Code.WRONG_PASSPHRASE


def test_another_card_brings_nothing_back(opened: Vault, tmp_path: Path) -> None:
    """The control: it is this vault's card that opens the copy."""
    for _card in range(2):
        People(opened).keep_card(code := new_card())
    copy = backups.roll(opened.source, backups.place_of(opened.folder), Reason.CLOSE, ROLLING)
    for typed, refusal in ((new_card(), Code.CARD_WRONG), (code[:-1], Code.CARD_MISTYPED)):
        with pytest.raises(VaultError) as caught:
            services.restore_vault(copy.folder, tmp_path / "b.hrddp", typed, "", "a new passphrase")
        assert caught.value.code is refusal
        assert not (tmp_path / "b.hrddp").exists()


def test_each_flipped_byte_is_found_or_harmless_and_salvage_never_crashes(
    tmp_path: Path, counts: Callable[[str], int]
) -> None:
    with new_vault(tmp_path / "a.hrddp") as opened:
        dice = random.Random(7)  # noqa: S311
        for _ in range(60):
            act(opened, dice)
        held = everything(opened)
    pristine = (opened.folder / vault.DATA).read_bytes()
    flips = counts("vault_flips")
    outcomes = {"found": 0, "harmless": 0, "salvaged": 0}
    for flip in range(flips):
        place = len(pristine) * flip // flips + dice.randrange(max(1, len(pristine) // flips))
        data = bytearray(pristine)
        data[place] ^= 1 << dice.randrange(8)
        (opened.folder / vault.DATA).write_bytes(data)
        (opened.folder / "witness").unlink(missing_ok=True)
        assert_found_or_harmless(opened, held, outcomes)
        target = tmp_path / "rescued.hrddp"
        try:
            salvage.salvage(opened.folder, PASSPHRASE, target)
        except VaultError as error:
            assert error.code is Code.VAULT_HOPELESS  # noqa: PT017 - both ways are right
        else:
            outcomes["salvaged"] += 1
            with vault.unlock(target, PASSPHRASE) as again:
                assert again.store.check() == []
            shutil.rmtree(target)
    # The control: flips do harm, and most of what is harmed can be read all the same.
    assert outcomes["found"] > flips // 2
    assert outcomes["salvaged"] > flips // 2


def assert_found_or_harmless(opened: Vault, held: object, outcomes: dict[str, int]) -> None:
    try:
        with vault.unlock(opened.folder, PASSPHRASE) as again:
            if again.warning is not None or again.store.check():
                outcomes["found"] += 1
                return
            assert everything(again) == held
            outcomes["harmless"] += 1
    except VaultError as error:
        assert error.code in {Code.VAULT_DAMAGED, Code.NOT_A_VAULT}  # noqa: PT017
        outcomes["found"] += 1


def test_a_disk_that_fills_while_a_copy_is_made_leaves_vault_and_copies(
    opened: Vault, record: str, counts: Callable[[str], int]
) -> None:
    opened.store.commit(record, SetAnswer("q", "x" * 9000), summary(record))
    place = backups.place_of(opened.folder)
    good = backups.roll(opened.source, place, Reason.CLOSE, ROLLING)
    opened.store.commit(record, SetAnswer("q", 2), summary(record))
    opened.lock()
    size = (opened.folder / vault.DATA).stat().st_size
    before = fingerprint(opened.folder)
    steps = counts("vault_write_limits")
    for step in range(steps):
        with files_end_at(size * step // steps), pytest.raises(VaultError) as caught:
            backups.roll(opened.source, place, Reason.CLOSE, ROLLING)
        assert caught.value.code is Code.COPY_NO_ROOM
        after = fingerprint(opened.folder)
        assert after.keys() - before.keys() <= {"data-shm", "data-wal"}  # where not even SQLite's helper files fit
        assert {name: after[name] for name in before} == before
        assert backups.listing(place) == [good]
    assert backups.roll(opened.source, place, Reason.CLOSE, ROLLING).number == good.number + 1  # there is room again
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert again.store.check() == []
        assert again.store.load(record).answers == {"q": 2}
