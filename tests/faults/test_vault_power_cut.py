"""vault.md: power cut. The disks that one can leave are rebuilt: 0 corrupt, 0 acknowledged answers lost."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sys
import tempfile
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import VaultError
from hrddp_desktop.storage import backups, driver, keys, migrations, vault
from hrddp_desktop.storage.backups import ROLLING, Reason
from hrddp_desktop.storage.records import SetAnswer
from tests.faults.power_cut import Trace, traced
from tests.storage.contents import contents
from tests.storage.old_vaults import held_by, old_schemas, put, steps_of_tomorrow
from tests.storage.vaults import CHEAP, PASSPHRASE, PERSON, new_record, new_vault, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hrddp_desktop.storage.vault import Vault

ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")  # noqa: S108 - in a folder of its own
"""Where the disks after the cuts lie: there an fsync takes no time, and nothing waits for the machine's own disk."""
LAST = 40
"""Answers of one writer: the WAL is moved into the database three times meanwhile, and once more at locking."""


def run(script: str, *words: str, folder: Path) -> Trace:
    """What a script of this folder does in `folder`."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    return traced([sys.executable, str(ROOT / "tests" / "faults" / script), *words], folder, environment)


def cuts(trace: Trace, moments: Sequence[int], count: int) -> Iterator[tuple[Path, list[str]]]:
    """So many disks after power cuts at these moments, each with what had been said before."""
    chance = random.Random(5)  # noqa: S311 - the cuts, the same in every run
    with tempfile.TemporaryDirectory(dir=MEMORY) as room:
        disk = Path(room) / "after.hrddp"
        for _ in range(count):
            moment = chance.choice(moments)
            trace.disk(moment, chance, disk)
            yield disk, trace.said(moment)
            shutil.rmtree(disk)


# ------------------------------------------------------------------------------------------------------------- answers


@pytest.fixture
def writing(tmp_path: Path) -> Callable[[str], tuple[Trace, str]]:
    """The trace of a writer of that manner, from opening a vault to locking it, and its record."""

    def write(manner: str) -> tuple[Trace, str]:
        with new_vault(tmp_path / "office.hrddp") as opened:
            record = new_record(opened)
        words = (manner, str(opened.folder), PASSPHRASE, record, str(LAST))
        return run("vault_writer.py", *words, folder=opened.folder), record

    return write


def said_of(lines: Sequence[str], kind: str = "") -> int:
    """The last number that was said, 0 when none was."""
    numbers = [line.removeprefix(kind) for line in lines if line.startswith(kind)]
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def assert_whole(folder: Path, record: str, said: int) -> None:
    """The vault opens without a word, holds what was said, and takes another answer."""
    with vault.unlock(folder, PASSPHRASE) as again:
        assert again.warning is None
        assert again.store.check() == []
        assert again.store.load(record).answers.get("count", 0) in {said, said + 1}
        again.store.commit(record, SetAnswer("after", "the light is back"), summary(record))
    with vault.unlock(folder, PASSPHRASE) as again:
        assert again.warning is None
        assert again.store.load(record).answers["after"] == "the light is back"


def test_a_power_cut_at_any_moment_loses_nothing_that_was_said_to_be_saved(
    writing: Callable[[str], tuple[Trace, str]], tmp_path: Path, counts: Callable[[str], int]
) -> None:
    trace, record = writing("honest")
    for disk, lines in cuts(trace, trace.moments, counts("power_cut_states")):
        assert_whole(disk, record, said_of(lines))


def test_a_power_cut_while_the_vault_is_locked_loses_nothing(
    writing: Callable[[str], tuple[Trace, str]], tmp_path: Path, counts: Callable[[str], int]
) -> None:
    trace, record = writing("honest")
    for disk, _ in cuts(trace, trace.moments_after(str(LAST)), counts("power_cut_states") // 4):
        assert_whole(disk, record, LAST)


def test_a_writer_that_does_not_wait_for_the_disk_is_caught(
    writing: Callable[[str], tuple[Trace, str]], tmp_path: Path, counts: Callable[[str], int]
) -> None:
    """The control: the tests above can fail."""
    trace, record = writing("careless")
    count = counts("power_cut_states") // 4
    lost = 0
    for disk, lines in cuts(trace, trace.moments, count):
        try:
            assert_whole(disk, record, said_of(lines))
        except AssertionError:
            lost += 1
    assert lost > count // 2


# --------------------------------------------------------------------------------------------------------- passphrases


@pytest.fixture
def changing(tmp_path: Path) -> Callable[[str], Trace]:
    """The trace of a changer of that manner, from `word 0` to `word 6`, in a vault with a backup."""

    def change(manner: str) -> Trace:
        folder = tmp_path / "keys.hrddp"
        with vault.create(folder, "word 0", PERSON, cost=CHEAP) as opened:
            backups.roll(opened.source, backups.place_of(folder), Reason.CLOSE, ROLLING)
        return run("keys_changer.py", manner, str(folder), "word 0", "0", "6", folder=folder)

    return change


def assert_opens(folder: Path, said: int) -> None:
    """The passphrase that is in force, or the one that was being changed to; the copies of `keys` follow."""
    with opened_with(folder, [f"word {said}", f"word {said + 1}"]) as again:
        assert again.warning is None
        assert again.store.check() == []
        held = keys.read(folder, migrations.VERSION)
        assert again.noted(keys.NAME) == keys.dump(held).decode()
        for copy in backups.listing(backups.place_of(folder)):
            assert keys.read(copy.folder, migrations.VERSION) == held


def opened_with(folder: Path, passphrases: Sequence[str]) -> Vault:
    """The vault by the first of these passphrases that opens it. Raises VaultError when none does."""
    for passphrase in passphrases[:-1]:
        with contextlib.suppress(VaultError):
            return vault.unlock(folder, passphrase)
    return vault.unlock(folder, passphrases[-1])


def test_a_power_cut_while_the_passphrase_is_changed_leaves_the_old_or_the_new_one(
    changing: Callable[[str], Trace], tmp_path: Path, counts: Callable[[str], int]
) -> None:
    trace = changing("honest")
    for disk, lines in cuts(trace, trace.moments, counts("power_cut_states") // 4):
        assert_opens(disk, said_of(lines))


@pytest.mark.parametrize("manner", ["careless", "forgetful"])
def test_a_change_that_is_not_synced_as_a_whole_is_caught(
    changing: Callable[[str], Trace], tmp_path: Path, counts: Callable[[str], int], manner: str
) -> None:
    """The control: the test above can fail."""
    trace = changing(manner)
    lost = 0
    for disk, lines in cuts(trace, trace.moments, counts("power_cut_states") // 8):
        try:
            assert_opens(disk, said_of(lines))
        except (VaultError, AssertionError):
            lost += 1
    assert lost > 0


# -------------------------------------------------------------------------------------------------- copies, new vaults


def test_a_power_cut_leaves_whole_copies_and_those_that_were_said_to_be_made(
    writing: Callable[[str], tuple[Trace, str]], tmp_path: Path, counts: Callable[[str], int]
) -> None:
    trace, _ = writing("copying")
    for disk, lines in cuts(trace, trace.moments, counts("power_cut_states") // 8):
        with vault.unlock(disk, PASSPHRASE) as again:
            assert again.store.check() == []
            copies = backups.listing(backups.place_of(disk))
            for copy in copies:
                backups.try_copy(copy.folder, again.source)
            assert answer_in(copies, again) >= said_of(lines, "copy ")


def answer_in(copies: Sequence[backups.Copy], opened: Vault) -> int:
    """What the newest copy holds, 0 without one."""
    if not copies:
        return 0
    with driver.peeking(copies[0].folder / vault.DATA, opened.source.key) as connection:
        return int(connection.execute("SELECT value FROM answers WHERE name = 'count'").fetchone()[0])


def test_a_power_cut_while_the_schema_is_changed_leaves_the_old_or_the_new_one(
    tmp_path: Path, counts: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = old_schemas()[0]
    folder = put(f"schema-{schema}", tmp_path / "old.hrddp")
    trace = run("vault_migrator.py", str(folder), PASSPHRASE, folder=folder)
    monkeypatch.setattr(migrations, "MIGRATIONS", steps_of_tomorrow())
    monkeypatch.setattr(migrations, "VERSION", migrations.VERSION + 1)
    for disk, lines in cuts(trace, trace.moments, counts("power_cut_states") // 8):
        was_changed = keys.read(disk, migrations.VERSION).schema == migrations.VERSION
        assert was_changed or "opened" not in lines
        assert backups.listing(backups.place_of(disk)) or not was_changed
        with vault.unlock(disk, PASSPHRASE) as again:
            assert (again.warning, again.store.check()) == (None, [])
            assert contents(again) == held_by(f"schema-{schema}")
            for copy in backups.listing(backups.place_of(disk)):
                backups.try_copy(copy.folder, again.source)


def lost_vaults(manner: str, tmp_path: Path, count: int) -> int:
    """How many vaults that were said to be made are not there; what is there is whole."""
    place = tmp_path / "documents"
    place.mkdir()
    trace = run("vault_maker.py", manner, str(place / "office.hrddp"), folder=place)
    lost = 0
    said = trace.moments_after("made")
    for disk, lines in chain(cuts(trace, trace.moments, count), cuts(trace, said, count)):
        folder = disk / "office.hrddp"
        if folder.exists():
            with vault.unlock(folder, PASSPHRASE) as again:
                assert (again.warning, again.store.check(), again.person) == (None, [], PERSON)
        else:
            lost += "made" in lines
    return lost


def test_a_power_cut_leaves_a_new_vault_whole_or_not_at_all(tmp_path: Path, counts: Callable[[str], int]) -> None:
    assert lost_vaults("honest", tmp_path, counts("power_cut_states") // 4) == 0


def test_a_vault_whose_name_is_not_synced_is_caught(tmp_path: Path, counts: Callable[[str], int]) -> None:
    """The control: the test above can fail."""
    assert lost_vaults("forgetful", tmp_path, counts("power_cut_states") // 4) > 0
