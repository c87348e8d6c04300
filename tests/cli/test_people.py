"""People and keys by the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.cli import main

if TYPE_CHECKING:
    from pathlib import Path

ANAS, BENS, NEW = "seven lamps on the harbour wall", "nine slow carts uphill", "copper kettle under figs"


class Shell:
    """Runs commands on one vault."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def file(self, text: str) -> str:
        file = self.folder / f"{abs(hash(text))}.txt"
        file.write_text(text, "utf-8")
        return str(file)

    def run(self, *words: str, passphrase: str = ANAS, status: int = 0) -> dict[str, object]:
        vault = ["--vault", str(self.folder / "v.hrddp"), "--passphrase-file", self.file(passphrase), "--json"]
        assert main(["vault", *words, *vault]) == status
        return self.said()

    def said(self) -> dict[str, object]:
        said = json.loads(self._capsys.readouterr().out)
        assert isinstance(said, dict)
        return said


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    made = Shell(tmp_path, capsys)
    made.run("new", "--name", "Ana", "--function", "Officer", "--station", "Lorne")
    return made


def test_people_come_go_and_are_listed(shell: Shell) -> None:
    shell.run("people", "add", "--name", "Ben", "--new-passphrase-file", shell.file(BENS))
    people = shell.run("people", "list")["people"]
    assert isinstance(people, list)
    assert [(each["name"], each["me"]) for each in people] == [("Ana", True), ("Ben", False)]
    shell.run("people", "remove", "Ben")
    assert shell.run("people", "list", passphrase=BENS, status=1)["error"] == "WRONG_PASSPHRASE"
    assert shell.run("people", "remove", "Ana", status=1)["error"] == "LAST_PERSON"


def test_a_card_gives_a_new_passphrase(shell: Shell) -> None:
    code = str(shell.run("card", "-o", str(shell.folder / "card.pdf"))["code"])
    assert (shell.folder / "card.pdf").read_bytes().startswith(b"%PDF")
    wrong = "A" + code[1:] if code[0] != "A" else "B" + code[1:]
    refused = shell.run("recover", "--card-file", shell.file(wrong), passphrase=NEW, status=1)
    assert refused["error"] == "CARD_MISTYPED"
    assert "Group 1" in str(refused["happened"])
    shell.run("recover", "--card-file", shell.file(code), passphrase=NEW)
    assert shell.run("list", status=1)["error"] == "WRONG_PASSPHRASE"
    assert shell.run("list", passphrase=NEW) == {"records": []}


@pytest.mark.parametrize("way", ["card", "office"])
def test_a_copy_comes_back_on_another_machine_by_the_card_or_the_offices_key(shell: Shell, way: str) -> None:
    key = shell.folder / "office.key"
    main(["vault", "office-key", "-o", str(key), "--json"])
    shell.said()
    shell.run("office", str(key))
    code = shell.file(str(shell.run("card")["code"])) if way == "card" else str(key)
    (shell.folder / "stick").mkdir()
    shell.run("backup", "--to", str(shell.folder / "stick"))
    (shell.folder / "v.hrddp").rename(shell.folder / "gone")
    copy = ("restore", "--copy", str(shell.folder / "stick"), "--card-file")
    unknown = shell.run(*copy, code, "--person", "Nobody", passphrase=NEW, status=1)
    assert unknown["error"] == "PERSON_UNKNOWN"
    assert not (shell.folder / "v.hrddp").exists()
    shell.run(*copy, code, passphrase=NEW)
    assert shell.run("list", status=1)["error"] == "WRONG_PASSPHRASE"
    assert shell.run("list", passphrase=NEW) == {"records": []}


def test_a_copy_does_not_come_back_by_another_card(shell: Shell) -> None:
    old = shell.file(str(shell.run("card")["code"]))
    shell.run("card")
    (shell.folder / "stick").mkdir()
    shell.run("backup", "--to", str(shell.folder / "stick"))
    (shell.folder / "v.hrddp").rename(shell.folder / "gone")
    copy = ("restore", "--copy", str(shell.folder / "stick"), "--card-file")
    assert shell.run(*copy, old, passphrase=NEW, status=1)["error"] == "CARD_WRONG"
    assert not (shell.folder / "v.hrddp").exists()


def test_a_passphrase_changes_and_a_successor_takes_over(shell: Shell) -> None:
    shell.run("passphrase", "--new-passphrase-file", shell.file(NEW))
    person = ["--name", "Ben", "--function", "Officer", "--station", "Lorne"]
    over = shell.run("people", "hand-over", *person, "--new-passphrase-file", shell.file(BENS), passphrase=NEW)
    assert over == {"name": "Ben", "duties": []}
    assert shell.run("list", passphrase=NEW, status=1)["error"] == "WRONG_PASSPHRASE"
    assert shell.run("check", passphrase=BENS) == {"problems": []}


def test_handing_over_says_that_the_old_card_still_opens_it(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    person = ["--name", "Ben", "--function", "Officer", "--station", "Lorne"]
    keys = ["--vault", str(shell.folder / "v.hrddp"), "--passphrase-file", shell.file(ANAS)]
    done = main(["vault", "people", "hand-over", *person, *keys, "--new-passphrase-file", shell.file(BENS)])
    assert done == 0
    assert "it still opens this vault" in capsys.readouterr().err


def test_the_offices_key_opens_it_from_a_file(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    key = str(shell.folder / "office.key")
    assert main(["vault", "office-key", "-o", key]) == 0
    capsys.readouterr()
    public = str(shell.run("office", key)["key"])
    assert shell.run("people", "list")["offices"] == [public]
    shell.run("recover", "--card-file", key, passphrase=NEW)
    assert shell.run("list", passphrase=NEW) == {"records": []}
