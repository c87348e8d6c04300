"""vault.md: process killed at any moment, here of a changing passphrase. The old or the new one always opens."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import VaultError
from hrddp_desktop.storage import keys, migrations, people, vault
from tests.storage.vaults import CHEAP, PERSON

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
CHANGER = Path(__file__).with_name("keys_changer.py")
LONGEST_LIFE_S = 0.05


def test_a_passphrase_change_that_is_killed_leaves_the_old_or_the_new_one(
    tmp_path: Path, counts: Callable[[str], int]
) -> None:
    folder = made(tmp_path)
    chance = random.Random(11)  # noqa: S311 - the moments of the kills, the same in every run
    last = 0
    for _ in range(counts("passphrase_kills")):
        said = kill_a_changer("honest", folder, last, chance.uniform(0, LONGEST_LIFE_S))
        held = keys.read(folder, migrations.VERSION)
        last = found(folder, said)
        assert last in {said, said + 1}
        with vault.unlock(folder, f"word {last}") as opened:
            assert opened.store.check() == []
            assert opened.noted(keys.NAME) == keys.dump(held).decode()
    with vault.unlock(folder, f"word {last}") as opened:
        people.take(opened, people.prepare_change(folder, opened.slot, f"word {last}", "the last one", CHEAP))
    assert {path.name for path in folder.iterdir()} <= {"backups", "data", "keys", "witness"}


def test_a_change_written_in_place_is_caught(tmp_path: Path, counts: Callable[[str], int]) -> None:
    """The control: the test above can fail."""
    chance = random.Random(11)  # noqa: S311
    lost = 0
    for round_ in range(counts("passphrase_kills")):
        folder = made(tmp_path / str(round_))
        said = kill_a_changer("careless", folder, 0, chance.uniform(0, LONGEST_LIFE_S))
        try:
            found(folder, said)
        except VaultError:
            lost += 1
    assert lost > 0


def made(tmp_path: Path) -> Path:
    folder = tmp_path / "office.hrddp"
    vault.create(folder, "word 0", PERSON, cost=CHEAP).lock()
    return folder


def found(folder: Path, said: int) -> int:
    """Which of the two passphrases opens. Raises VaultError when neither does."""
    with contextlib.suppress(VaultError):
        vault.unlock(folder, f"word {said}").lock()
        return said
    vault.unlock(folder, f"word {said + 1}").lock()
    return said + 1


def kill_a_changer(manner: str, folder: Path, number: int, life_s: float) -> int:
    """The number of the last passphrase that was said to be in force."""
    command = [sys.executable, str(CHANGER), manner, str(folder), f"word {number}", str(number)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as changer:
        assert changer.stdout is not None
        assert changer.stdout.readline() == b"ready\n"
        with contextlib.suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the changer ended by itself: {changer.wait(life_s)}")
        changer.kill()
        said = [int(line) for line in changer.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
    return said[-1] if said else number
