"""Files of evidence by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from tests.cli.test_people import Shell

if TYPE_CHECKING:
    from pathlib import Path

CASE = paths.forms_dir() / "assessment" / "examples" / "case1.json"
QUESTION = "a1_indirect_text"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    made = Shell(tmp_path, capsys)
    made.run("new", "--name", "Ana Ruiz")
    return made


def test_a_file_is_attached_listed_saved_and_taken_away(shell: Shell, tmp_path: Path) -> None:
    record = str(shell.run("add", str(CASE))["record"])
    paper, copy = tmp_path / "minutes.pdf", tmp_path / "copy.pdf"
    paper.write_bytes(b"what was agreed")
    added = shell.run("evidence", "add", record, QUESTION, str(paper))
    assert (added["name"], added["size"], added["author"]) == ("minutes.pdf", "15", "Ana Ruiz")
    shell.run("evidence", "save", record, QUESTION, "minutes.pdf", "-o", str(copy))
    assert copy.read_bytes() == paper.read_bytes()
    again = shell.run("evidence", "save", record, QUESTION, "minutes.pdf", "-o", str(copy), status=1)
    assert again["error"] == "EXPORT_EXISTS"
    assert shell.run("evidence", "remove", record, QUESTION, "other.pdf", status=1)["error"] == "EVIDENCE_UNKNOWN"
    assert shell.run("evidence", "list", record)["files"] == [added]
    shell.run("evidence", "remove", record, QUESTION, "minutes.pdf")
    assert shell.run("evidence", "list", record, QUESTION)["files"] == []
