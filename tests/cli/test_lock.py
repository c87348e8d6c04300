"""The command line beside an open window: what reads works, what writes is refused in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.cli import main
from hrddp_desktop.storage import lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSPHRASE = "seven lamps on the harbour wall"
CASE = paths.forms_dir() / "assessment" / "examples" / "case4.json"
WRITING = (
    ("add", str(CASE)),
    ("bin", "--put", "x"),
    ("bin", "--empty"),
    ("undo", "x"),
    ("redo", "x"),
    ("go-back", "x", "--entry", "1"),
    ("erase", "x", "--whole-record", "--why", "mistake"),
    ("card",),
    ("people", "remove", "x"),
)
READING = (("list",), ("search", "boat"), ("people", "list"), ("bin",), ("check",), ("backup",))


@pytest.fixture
def vault(tmp_path: Path) -> tuple[str, ...]:
    """A vault, as the words that name it."""
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE, "utf-8")
    words = ("--vault", str(tmp_path / "v.hrddp"), "--passphrase-file", str(secret))
    assert main(["vault", "new", "--name", "Ana", *words]) == 0
    return words


@pytest.fixture
def held(vault: tuple[str, ...], tmp_path: Path) -> Iterator[lock.Hold]:
    """A window that has it open."""
    hold = lock.take(tmp_path / "v.hrddp")
    assert hold is not None
    yield hold
    hold.release()


def test_what_writes_is_refused_while_a_window_has_the_vault(
    vault: tuple[str, ...], held: lock.Hold, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    for words in WRITING:
        assert main(["vault", *words, *vault, "--json"]) == 1, words
        assert json.loads(capsys.readouterr().out)["error"] == "VAULT_OPEN_HERE", words
    held.release()
    assert main(["vault", "add", str(CASE), *vault]) == 0
    assert main(["vault", "bin", "--empty", *vault]) == 0


def test_what_reads_works_beside_it(vault: tuple[str, ...], held: lock.Hold) -> None:
    for words in READING:
        assert main(["vault", *words, *vault, "--json"]) == 0, words


def test_no_copy_holds_the_lock(vault: tuple[str, ...], held: lock.Hold, tmp_path: Path) -> None:
    assert main(["vault", "backup", "--to", str(tmp_path), *vault]) == 0
    assert {path.name for path in tmp_path.rglob("lock")} == {"lock"}
    assert [path.parent.name for path in tmp_path.rglob("lock")] == ["v.hrddp"]
