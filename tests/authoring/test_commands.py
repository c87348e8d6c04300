"""The commands for authors: what they print, and their exit status."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from hrddp_desktop import paths
from hrddp_desktop.cli import main
from tests.authoring.workbooks import exported, put, reworded

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def said(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    status = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return status, out, err


def test_a_form_goes_out_and_comes_in(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    assert said(capsys, "forms", "export", "assessment", file) == (0, f"workbook: {file}\n", "")
    status, out, _ = said(capsys, "forms", "import", file, "-o", tmp_path / "form")
    assert (status, out.splitlines()[-1]) == (0, "the form is good")
    assert "written: survey.csv" in out
    assert said(capsys, "forms", "import", file, "-o", tmp_path / "form") == (0, "the form is good\n", "")
    assert said(capsys, "forms", "check", tmp_path / "form")[0] == 0


def test_the_commands_speak_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    assert json.loads(said(capsys, "forms", "export", "assessment", file, "--json")[1]) == {"workbook": str(file)}
    imported = json.loads(said(capsys, "forms", "import", file, "-o", tmp_path / "form", "--json")[1])
    assert imported["problems"] == []
    assert json.loads(said(capsys, "forms", "diff", "assessment", file, "--json")[1]) == {"changes": []}
    assert json.loads(said(capsys, "forms", "map", "assessment", "lane", "--json")[1])["name"] == "lane"
    files = json.loads(said(capsys, "forms", "messages", "--check", "--json")[1])["files"]
    assert [one["up_to_date"] for one in files] == [True] * len(files)


def test_a_workbook_with_problems_is_refused_line_by_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(put(exported("assessment", tmp_path), "survey", "a0_title", "type", "txet"))
    status, out, _ = said(capsys, "forms", "import", tmp_path / "in.xlsx", "-o", tmp_path / "form")
    assert status == 1
    assert ", type: The type txet is not known; perhaps text was meant." in out
    assert out.splitlines()[-1].endswith("problems; nothing was changed")
    assert not (tmp_path / "form").exists()


def test_a_graver_fact_with_a_milder_outcome_is_said_when_the_form_is_taken_in(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copytree(paths.forms_dir() / "assessment", tmp_path / "softer")
    reworded(tmp_path / "softer", "decisions/final", "D16", "outcome", "may_proceed", by="rule")
    said(capsys, "forms", "export", tmp_path / "softer", tmp_path / "in.xlsx")
    status, out, _ = said(capsys, "forms", "import", tmp_path / "in.xlsx", "-o", tmp_path / "form")
    assert status == 0
    assert ", res: When res rises, rule D16 softens what rule D17 says." in out
    assert "a graver fact gives a milder outcome" in out.splitlines()[-1]
    assert "rule D16 softens what rule D17 says." in said(capsys, "forms", "check", tmp_path / "form")[1]
    found = said(capsys, "forms", "import", tmp_path / "in.xlsx", "-o", tmp_path / "form", "--json")[1]
    assert [one["column"] for one in json.loads(found)["softer"]] != []


def test_a_broken_workbook_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(b"PK")
    status, out, err = said(capsys, "forms", "import", tmp_path / "in.xlsx", "-o", tmp_path / "form")
    assert (status, out) == (1, "")
    assert "damaged, or no .xlsx workbook" in err


def test_the_changes_are_told_line_by_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shutil.copytree(paths.forms_dir() / "assessment", tmp_path / "form")
    was = reworded(tmp_path / "form", "settings", 0, "version", "2999.1")
    status, out, _ = said(capsys, "forms", "diff", "assessment", tmp_path / "form")
    assert (status, out) == (0, f"the form: version changed, was {was}, is 2999.1\n1 changes\n")


def test_stale_translations_fail_the_check_and_are_mended_without_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copytree(paths.forms_dir() / "assessment", tmp_path / "form")
    reworded(tmp_path / "form", "survey", "a0_duty_station", "label", "Duty post")
    status, out, _ = said(capsys, "forms", "messages", tmp_path / "form", "--check")
    assert status == 1
    assert "fr.po: 0 missing, 1 stale, 0 obsolete; not up to date" in out
    assert "  stale: survey:a0_duty_station:label 'Duty post'" in out
    assert said(capsys, "forms", "messages", tmp_path / "form")[0] == 0
    assert b"fuzzy" in (tmp_path / "form" / "i18n" / "fr.po").read_bytes()


def test_the_map_is_printed_as_a_tree_or_a_graph(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "forms", "map", "assessment", "a1_raise", "--lang", "fr")
    assert (status, out.splitlines()[1]) == (0, "  reads:")
    assert said(capsys, "forms", "map", "assessment", "a1_raise", "--dot")[1].startswith('digraph "a1_raise" {')


def test_an_unknown_question_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = said(capsys, "forms", "map", "assessment", "nothing")
    assert status == 1
    assert "The form assessment has nothing named nothing." in err


def test_the_words_of_the_app_are_checked_too(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, "forms", "messages", "app", "--check")
    assert "resources/i18n/fr.po: " in out.replace("\\", "/")
