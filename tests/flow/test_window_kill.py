"""The window is killed at any moment: what was committed is there, what was typed is at most two seconds short."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.services import vault
from hrddp_desktop.services.vault import Person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PASSPHRASE = "seven calm lanterns over the bay"
TYPED_AT = "a0_title_2"
LIMIT_S = 2.0


@dataclass
class Told:
    """What the child said before it was killed."""

    record: str = ""
    committed: dict[str, object] = field(default_factory=dict)
    typed: list[tuple[float, str]] = field(default_factory=list)
    killed_at: float = 0.0


def live_and_die(home: Path, kill_after: int, *arguments: str) -> Told:
    """Start the person at the window, read `kill_after` lines, kill -9."""
    told = Told()
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.flow.person", PASSPHRASE, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=paths.data_root(),
        env={**os.environ, "HRDDP_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
    )
    assert child.stdout is not None
    try:
        for _line in range(kill_after):
            line = child.stdout.readline()
            assert line, "the child ended by itself"
            _note(told, json.loads(line))
    finally:
        child.kill()
        told.killed_at = time.monotonic()
        child.stdout.close()
        child.wait()
    return told


def _note(told: Told, line: dict[str, object]) -> None:
    if line["what"] == "open":
        told.record = str(line["record"])
    elif line["what"] == "committed":
        told.committed[str(line["path"])] = line["value"]
    else:
        told.typed.append((float(str(line["at"])), str(line["text"])))


def losses(told: Told) -> list[str]:
    """What a second start of the app does not find: committed answers, and text older than the limit."""
    if not told.record:
        return []
    with vault.open_vault(paths.default_vault(), PASSPHRASE) as office:
        record = office.open(told.record)
        answers, drafts = record.session.answers(), record.drafts()
        problems = list(office.check())
    lost = [f"{path} = {value!r}" for path, value in told.committed.items() if answers.get(path) != value]
    kept = max(str(answers.get(TYPED_AT) or ""), drafts.get(TYPED_AT, ""), key=len)
    old = [text for at, text in told.typed if at < told.killed_at - LIMIT_S]
    # A trailing blank is no loss: an answer is kept without it.
    if old and not kept.startswith(old[-1].rstrip()):
        lost.append(f"typed over {LIMIT_S} s before: {old[-1]!r}, kept: {kept!r}")
    return lost + problems


@pytest.fixture
def made_vault(home: Path) -> None:
    """A vault, and the form compiled, so that the child comes to its questions quickly."""
    vault.new_vault(paths.default_vault(), PASSPHRASE, Person("Ada", "PM", "DORV", "ILM", "en")).close()


@pytest.mark.usefixtures("made_vault")
def test_a_killed_window_loses_no_committed_answer_and_at_most_two_seconds_of_typing(
    home: Path, counts: Callable[[str], int]
) -> None:
    dice = random.Random(20260120)  # noqa: S311  # not for secrets
    # One kill among the answers, one in the middle of a long text, the rest anywhere.
    points = [dice.randint(3, 8), dice.randint(110, 150)]
    points += [dice.randint(2, 200) for _more in range(counts("window_kills") - len(points))]
    for point in points:
        told = live_and_die(home, point)
        assert told.record
        assert losses(told) == [], f"killed after {point} lines"


@pytest.mark.usefixtures("made_vault")
def test_the_kill_would_be_noticed_if_no_draft_were_written(home: Path) -> None:
    told = live_and_die(home, 130, "--without-drafts")
    assert any("typed over" in loss for loss in losses(told))


@pytest.mark.usefixtures("made_vault")
def test_the_kill_would_be_noticed_if_an_answer_were_reported_before_it_is_kept(home: Path) -> None:
    told = live_and_die(home, 4)
    told.committed["a1_escort"] = "yes"
    assert any("a1_escort" in loss for loss in losses(told))
