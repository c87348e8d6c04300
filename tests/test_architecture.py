"""Imports point down and heavy packages stay in their rooms; each contract is shown to fail on what it forbids."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _broken_contracts(folder: Path) -> list[str]:
    done = _lint(folder)
    broken = re.findall(r"^(.+) BROKEN\b", done.stdout, re.MULTILINE)
    assert (done.returncode != 0) == bool(broken), done.stdout + done.stderr
    return broken


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package and its contracts, to be spoiled."""
    shutil.copy(_ROOT / "pyproject.toml", tmp_path)
    no_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_ROOT / "hrddp_desktop", tmp_path / "hrddp_desktop", ignore=no_caches)
    return tmp_path


def _spoil(house: Path, room: str, line: str) -> None:
    file = house / "hrddp_desktop" / room
    file.write_text(line + "\n" + (file.read_text("utf-8") if file.exists() else ""), "utf-8")


def test_the_house_keeps_its_contracts() -> None:
    assert _broken_contracts(_ROOT) == []


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("engine/odd.py", "import hrddp_desktop.storage", "Imports point down"),
        ("storage/odd.py", "import hrddp_desktop.services", "Imports point down"),
        ("report/odd.py", "from hrddp_desktop import signing", "Imports point down"),
        ("signing/odd.py", "import hrddp_desktop.exchange", "Imports point down"),
        ("services/odd.py", "import hrddp_desktop.ui", "Imports point down"),
        ("errors.py", "import hrddp_desktop.paths", "Imports point down"),
        ("odd.py", "", "Imports point down"),
        ("engine/odd.py", "from PySide6.QtCore import QObject", "Qt only in ui and app"),
        ("cli.py", "import shiboken6", "Qt only in ui and app"),
        ("services/odd.py", "import sqlite_utils", "SQL only in storage"),
        ("engine/odd.py", "import sqlcipher3", "SQL only in storage"),
        ("ui/odd.py", "import sqlite3", "SQL only in storage"),
        ("services/odd.py", "import reportlab.pdfgen", "reportlab only in report"),
        ("report/odd.py", "import pyhanko.sign", "pyHanko only in signing"),
        ("services/odd.py", "import socket", "No network"),
        ("signing/odd.py", "import asyncio", "No network"),
        ("ui/odd.py", "from http import client", "No network"),
        ("storage/odd.py", "import ssl", "No network"),
        ("exchange/odd.py", "import requests", "No network"),
        ("exchange/odd.py", "import aiohttp", "No network"),
        ("exchange/odd.py", "def later() -> None:\n    import socket", "No network"),
    ],
)
def test_each_contract_can_fail(house: Path, room: str, line: str, contract: str) -> None:
    _spoil(house, room, line)
    assert _broken_contracts(house) == [contract]


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("ui/more.py", "import PySide6.QtWidgets"),
        ("storage/more.py", "import sqlite_utils"),
        ("report/more.py", "import reportlab"),
        ("signing/more.py", "import pyhanko.sign"),
        ("services/more.py", "import hrddp_desktop.storage"),
    ],
)
def test_what_belongs_in_a_room_is_allowed_there(house: Path, room: str, line: str) -> None:
    _spoil(house, room, line)
    assert _broken_contracts(house) == []


def test_no_contract_is_loosened_by_an_exception() -> None:
    linter = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    owners = {
        "qt": ("app", "ui"),
        "sql": ("storage",),
        "reportlab": ("report",),
        "pyhanko": ("signing",),
    }
    assert [contract["id"] for contract in linter["contracts"]] == ["layers", *owners, "network"]
    for contract in linter["contracts"]:
        allowed = {each.removeprefix("hrddp_desktop.").split(" ")[0] for each in contract.get("ignore_imports", ())}
        assert {each.removesuffix(".**") for each in allowed} == set(owners.get(contract["id"], ()))


@pytest.mark.parametrize("line", ["import urllib.request", "from PySide6 import QtNetwork", "import PySide6.QtNetwork"])
def test_ruff_refuses_what_import_linter_cannot_tell_apart(house: Path, line: str) -> None:
    _spoil(house, "ui/odd.py", line)
    command = [str(Path(sys.executable).with_name("ruff")), "check", "--no-cache", "--select", "TID251", "."]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)
    assert "The app never opens a connection" in done.stdout


def test_qt_stays_out_of_every_process_that_has_no_window() -> None:
    program = "import sys, hrddp_desktop.services; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=_ROOT, check=False).returncode == 0
