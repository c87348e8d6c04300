"""The file `lock`: one holder at a time, and never a trap."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import lock
from tests.faults.rights import as_anybody

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
_HOLDER = """
import sys
from pathlib import Path
from hrddp_desktop.storage import lock
hold = lock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


def take(folder: Path, host: str = "desk", at: datetime = NOON, *, over: bool = False) -> lock.Hold:
    hold = lock.take(folder, over=over, clock=lambda: at, host=host)
    assert hold is not None
    return hold


def refusal(folder: Path, host: str, at: datetime = NOON, *, over: bool = False) -> VaultError:
    with pytest.raises(VaultError) as caught:
        lock.take(folder, over=over, clock=lambda: at, host=host)
    return caught.value


def abandon(folder: Path, host: str) -> bytes:
    """What a holder leaves behind that is killed: its file, and no lock of the system."""
    hold = take(folder, host)
    content = (folder / lock.NAME).read_bytes()
    hold.release()
    (folder / lock.NAME).write_bytes(content)
    return content


def moved_to_another_disk(folder: Path, content: bytes) -> None:
    """The file as a copy of the folder has it: the same words, another number."""
    facts = json.loads(content)
    (folder / lock.NAME).write_text(json.dumps(facts | {"file": facts["file"] + 1}), "utf-8")


def test_a_second_one_on_this_computer_is_told_since_when(tmp_path: Path) -> None:
    hold = take(tmp_path)
    error = refusal(tmp_path, "desk", over=True)  # who is alive here is never pushed aside
    assert error.code is Code.VAULT_OPEN_HERE
    assert error.facts["since"] == f"{NOON.astimezone():%Y/%m/%d %H:%M}"
    hold.release()
    take(tmp_path).release()


def test_the_file_goes_when_it_is_released_and_twice_does_no_harm(tmp_path: Path) -> None:
    hold = take(tmp_path)
    assert (tmp_path / lock.NAME).stat().st_mode & 0o777 == 0o600
    hold.release()
    hold.release()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_no_question_on_the_same_computer(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDER, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(VaultError):  # the control: alive, it is refused
            lock.take(tmp_path)
        process.kill()
        process.wait()
    assert (tmp_path / lock.NAME).exists()
    hold = lock.take(tmp_path)
    assert hold is not None
    hold.release()


def test_a_folder_that_another_computer_holds_is_refused_until_the_person_says_that_it_is_off(tmp_path: Path) -> None:
    abandon(tmp_path, "laptop-7")
    error = refusal(tmp_path, "desk", NOON + timedelta(days=3))  # it may be asleep since
    assert error.code is Code.VAULT_OPEN_ELSEWHERE
    assert error.facts["host"] == "laptop-7"
    take(tmp_path, "desk", over=True).release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("minutes", "is_refused"), [(0, True), (4, True), (-4, True), (5, False), (600, False)])
def test_a_file_that_was_copied_or_synced_counts_while_its_last_beat_is_fresh(
    minutes: int, is_refused: bool, tmp_path: Path
) -> None:
    moved_to_another_disk(tmp_path, abandon(tmp_path, "laptop-7"))
    at = NOON + timedelta(minutes=minutes)
    if is_refused:
        assert refusal(tmp_path, "desk", at).code is Code.VAULT_OPEN_ELSEWHERE
    else:
        take(tmp_path, "desk", at).release()


def test_a_copied_folder_opens_on_the_same_computer_without_a_question(tmp_path: Path) -> None:
    original, copy = tmp_path / "a.hrddp", tmp_path / "b.hrddp"
    original.mkdir()
    hold = take(original)
    shutil.copytree(original, copy)
    assert (copy / lock.NAME).exists()
    take(copy).release()
    hold.release()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[" * 4000, b'{"format": 2}', b'{"format": 1, "host": 1e999, "since": "0001-01-01", "beat": "x"}'],
)
def test_a_torn_or_foreign_file_is_no_question(content: bytes, tmp_path: Path) -> None:
    (tmp_path / lock.NAME).write_bytes(content)
    take(tmp_path).release()


def test_a_beat_keeps_it_fresh_and_tells_who_took_it_over(tmp_path: Path) -> None:
    times = iter([NOON, NOON, NOON + timedelta(hours=1)])
    hold = lock.take(tmp_path, clock=lambda: next(times), host="laptop-7")
    assert hold is not None
    assert hold.beat() is None
    found = lock.read(tmp_path / lock.NAME)
    assert found is not None
    assert (found.since, found.beat) == (NOON, NOON + timedelta(hours=1))
    (tmp_path / lock.NAME).unlink()  # as a synced folder puts another file in its place
    other = take(tmp_path, "desk")
    taken = hold.beat()
    assert taken is not None
    assert taken.host == "desk"
    hold.release()
    assert lock.read(tmp_path / lock.NAME) == other.holder  # what is another's is not taken away
    other.release()


def test_where_nothing_can_be_written_nobody_holds_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with as_anybody():
            assert lock.take(tmp_path) is None
    finally:
        tmp_path.chmod(0o700)
    assert lock.take(tmp_path / "gone") is None


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("somebody's", "utf-8")
    (tmp_path / lock.NAME).symlink_to(other)
    assert lock.take(tmp_path) is None
    assert other.read_text("utf-8") == "somebody's"


def test_it_names_a_computer_and_nobody(tmp_path: Path) -> None:
    hold = take(tmp_path)
    facts = json.loads((tmp_path / lock.NAME).read_bytes())
    assert set(facts) == {"format", "host", "token", "since", "beat", "file"}
    hold.release()


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Lima"])
@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
def test_a_holder_since_the_first_or_the_last_day_is_told_too(
    since: str, zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = json.loads(abandon(tmp_path, "shelf"))
    (tmp_path / lock.NAME).write_text(json.dumps(facts | {"since": since}), "utf-8")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert refusal(tmp_path, "desk").code is Code.VAULT_OPEN_ELSEWHERE
    finally:
        monkeypatch.undo()
        time.tzset()
