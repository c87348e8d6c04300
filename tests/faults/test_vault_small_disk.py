"""vault.md: full disk, stick pulled out. A file system of 4 MB that fills up, a disk that fails, a folder that goes.

Linux only: a file system of one's own is a namespace of one's own (`unshare`), and strace makes a disk fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import backups, vault
from hrddp_desktop.storage.backups import ROLLING, Reason
from hrddp_desktop.storage.records import SetAnswer
from tests.faults.power_cut import watched
from tests.storage.vaults import PASSPHRASE, new_record, new_vault, summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.storage.vault import Vault

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
PATIENT_USER = Path(__file__).with_name("failing_disk_user.py")
USER = Path(__file__).with_name("small_disk_user.py")
OWN_MOUNTS = (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"])
"""As root; as anybody else, and as a root who may not mount."""


def on_a_disk_of_4_mb(at: Path, *command: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program that finds a small empty file system at `at`; nobody else sees it, and it goes with the program."""
    at.mkdir()
    mount = ["sh", "-c", 'mount -t tmpfs -o size=4m,mode=700 none "$0" && exec "$@"', str(at)]
    way = next((way for way in OWN_MOUNTS if succeeds([*way, *mount, "true"])), None)
    if way is None:
        pytest.fail(
            "this test mounts a small file system of its own (unshare --mount), which the system must permit: by user "
            "namespaces, or in a container by --cap-add=SYS_ADMIN"
        )
    return subprocess.run([*way, *mount, *command], capture_output=True, env=ENVIRONMENT, check=False)


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_on_a_disk_that_fills_up_everything_is_refused_in_words_and_nothing_is_lost(tmp_path: Path) -> None:
    ran = on_a_disk_of_4_mb(tmp_path / "disk", sys.executable, str(USER), str(tmp_path / "disk"))
    assert ran.returncode == 0, ran.stderr.decode()
    said = json.loads(ran.stdout)
    saved = said["saved"]
    assert saved > 50
    assert said == {
        "saved": saved,
        "answer": "DISK_FULL",
        "passphrase": "KEYS_NO_ROOM",
        "copy": "COPY_NO_ROOM",
        "there while full": saved,
        "there when opened again": saved,
        "there when freed": saved,
        "there in the end": saved + 1,
        "opening": "VAULT_SHUT_NO_ROOM",
    }
    assert list((tmp_path / "disk").iterdir()) == []


# ------------------------------------------------------------------------------------------------- a stick pulled out


ANSWERS = 20
WRITES, SYNCS = 200, 24
"""About as many as that many answers take."""


@pytest.mark.parametrize("lasting", ["once", "for ever"])
@pytest.mark.parametrize(("call", "calls"), [("pwrite64", WRITES), ("fsync,fdatasync", SYNCS)])
def test_a_disk_that_fails_at_any_call_loses_nothing_earlier(
    tmp_path: Path, counts: Callable[[str], int], call: str, calls: int, lasting: str
) -> None:
    refused = 0
    steps = counts("vault_write_limits") // 4
    for step in range(steps):
        with new_vault(tmp_path / f"{step}.hrddp") as opened:
            record = new_record(opened)
        first = 1 + calls * step // steps
        lines = on_a_failing_disk(opened.folder, record, call, f"{first}{'+' if lasting == 'for ever' else ''}")
        assert {line for line in lines if not line.isdigit()} <= {Code.VAULT_DISK_FAILED.name}
        refused += Code.VAULT_DISK_FAILED.name in lines
        said = max((int(line) for line in lines if line.isdigit()), default=0)
        assert said == ANSWERS or lasting == "for ever"
        with vault.unlock(opened.folder, PASSPHRASE) as again:
            assert (again.warning, again.store.check()) == (None, [])
            assert again.store.load(record).answers.get("count", 0) in {said, said + 1}
            again.store.commit(record, SetAnswer("after", "the stick is back"), summary(record))
    assert refused > steps // 2  # the control: the disk did fail


def on_a_failing_disk(folder: Path, record: str, call: str, when: str) -> list[str]:
    """What a user says who writes into the vault while this call fails there, as on a stick that was pulled out."""
    paths = [word for name in ("data", "data-wal") for word in ("-P", str(folder / name))]
    fault = ["-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={when}"]
    command = [sys.executable, str(PATIENT_USER), str(folder), PASSPHRASE, record, str(ANSWERS)]
    return watched([*paths, *fault, "-o", str(folder.with_name("calls"))], command, ENVIRONMENT).splitlines()


def test_a_vault_whose_folder_goes_refuses_and_goes_on_when_it_is_back(
    opened: Vault, record: str, tmp_path: Path
) -> None:
    opened.store.commit(record, SetAnswer("count", 1), summary(record))
    away = opened.folder.rename(tmp_path / "away")
    with pytest.raises(VaultError) as caught:
        opened.store.commit(record, SetAnswer("count", 2), summary(record))
    assert caught.value.code is Code.VAULT_GONE
    with pytest.raises(VaultError, match="no longer where it was opened"):
        opened.store.save_draft(record, "count", "2")
    with pytest.raises(VaultError) as caught:
        backups.roll(opened.source, backups.place_of(opened.folder), Reason.CLOSE, ROLLING)
    assert caught.value.code is Code.COPY_NOT_MADE
    assert not opened.folder.exists()
    copied = shutil.copytree(away, opened.folder)  # somebody puts a copy there, or a sync folder does
    with pytest.raises(VaultError, match="no longer where it was opened"):
        opened.store.commit(record, SetAnswer("count", 2), summary(record))
    shutil.rmtree(copied)
    away.rename(opened.folder)
    opened.store.commit(record, SetAnswer("count", 2), summary(record))
    assert opened.store.check() == []
    opened.lock()
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert (again.warning, again.store.check()) == (None, [])
        assert again.store.load(record).answers == {"count": 2}


def test_a_vault_whose_folder_never_comes_back_is_locked_and_whole_where_it_is(
    opened: Vault, record: str, tmp_path: Path
) -> None:
    opened.store.commit(record, SetAnswer("count", 1), summary(record))
    away = opened.folder.rename(tmp_path / "away.hrddp")
    opened.lock()
    with vault.unlock(away, PASSPHRASE) as again:
        assert (again.warning, again.store.check()) == (None, [])
        assert again.store.load(record).answers == {"count": 1}
