"""vault.md: process killed at any moment. 0 corrupt, 0 acknowledged answers lost."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.storage import vault
from tests.storage.vaults import PASSPHRASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.storage.vault import Vault

ROOT = Path(__file__).parents[2]
WRITER = Path(__file__).with_name("vault_writer.py")
LONGEST_LIFE_S = 0.08


def test_a_killed_writer_loses_nothing_it_said_it_had_saved(
    opened: Vault, record: str, counts: Callable[[str], int]
) -> None:
    opened.lock()
    chance = random.Random(7)  # noqa: S311 - the moments of the kills, the same in every run
    stored = draft = 0
    for _ in range(counts("vault_kills")):
        before, old_draft = stored, draft
        said = kill_a_writer("honest", opened.folder, record, chance.uniform(0, LONGEST_LIFE_S))
        stored, draft = reopened(opened.folder, record)
        assert stored in {said, said + 1}
        # A writer that was killed behind its first answer did not come to a draft of its own.
        assert draft in {stored, stored - 1} | ({old_draft} if stored == before + 1 else set())


def test_a_writer_that_speaks_before_it_saves_is_caught(
    opened: Vault, record: str, counts: Callable[[str], int]
) -> None:
    """The control: the test above can fail."""
    opened.lock()
    chance = random.Random(7)  # noqa: S311
    losses = []
    for _ in range(counts("vault_kills")):
        said = kill_a_writer("hasty", opened.folder, record, chance.uniform(0, LONGEST_LIFE_S))
        losses.append(said - reopened(opened.folder, record)[0])
    assert any(loss > 0 for loss in losses)


def kill_a_writer(manner: str, folder: Path, record: str, life_s: float) -> int:
    """The last number that a writer said before it was killed."""
    command = [sys.executable, str(WRITER), manner, str(folder), PASSPHRASE, record]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        first = int(writer.stdout.readline())
        with contextlib.suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the writer ended by itself: {writer.wait(life_s)}")
        writer.kill()
        said = writer.stdout.read().splitlines(keepends=True)
    whole = [int(line) for line in said if line.endswith(b"\n")]
    return whole[-1] if whole else first


def reopened(folder: Path, record: str) -> tuple[int, int]:
    """The stored answer and the stored draft, in a vault that has no damage."""
    with vault.unlock(folder, PASSPHRASE) as opened:
        assert opened.warning is None
        assert opened.store.check() == []
        answer = opened.store.load(record).answers.get("count", 0)
        return int(str(answer)), int(opened.store.drafts(record).get("text", 0))
