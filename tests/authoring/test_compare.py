"""What changed between two states of a form, as a reader would tell it."""

from __future__ import annotations

import csv
import io
import shutil
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.engine.compare import differences
from hrddp_desktop.engine.definition import dump
from hrddp_desktop.errors import FileError, FormError
from hrddp_desktop.services import authoring
from tests.authoring.workbooks import exported
from tests.engine.forms import compiled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Rows = list[dict[str, str]]
ASSESSMENT = paths.forms_dir() / "assessment"


def edited(folder: Path, sheet: str, work: Callable[[Rows], object]) -> list[str]:
    """What the comparison says after somebody worked on one sheet of the assessment."""
    shutil.copytree(ASSESSMENT, folder, ignore=shutil.ignore_patterns("i18n", "examples"), dirs_exist_ok=True)
    file = folder / f"{sheet}.csv"
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    columns = list(rows[0])
    work(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(text.getvalue(), "utf-8")
    found = [str(one) for one in differences(compiled(ASSESSMENT), compiled(folder))]
    return [line for line in found if ": language " not in line]


def where(rows: Rows, column: str, value: str, at: int = 0) -> dict[str, str]:
    return [row for row in rows if row[column] == value][at]


@pytest.mark.parametrize(
    ("name", "column", "value", "line"),
    [
        ("a0_donor", "required", "yes", "Action 0, a0_donor: now required"),
        ("a0_value", "required", "", "Action 0, a0_value: no longer required"),
        ("a0_title", "label", "Title", "Action 0, a0_title: label changed, was Short title of the activity, is Title"),
        ("a0_donor", "relevant", "${a0_begun} = 'yes'", "Action 0, a0_donor: now asked only if ${a0_begun} = 'yes'"),
        (
            "a1_raise_reason",
            "relevant",
            "${a1_raise} = 'no'",
            "Action 1, a1_raise_reason: relevance changed, was ${a1_raise} = 'yes', is ${a1_raise} = 'no'",
        ),
        (
            "a1_raise_reason",
            "relevant",
            "",
            "Action 1, a1_raise_reason: now always asked, was only if ${a1_raise} = 'yes'",
        ),
        ("a0_donor", "name", "a0_donors", "Action 0, a0_donors: question renamed, was a0_donor"),
        ("rec_level", "type", "text", "Action 1, rec_level: type changed, was select_one rec_level, is text"),
    ],
)
def test_a_changed_cell_is_told_as_a_change_of_its_question(
    tmp_path: Path, name: str, column: str, value: str, line: str
) -> None:
    assert edited(tmp_path, "survey", lambda rows: where(rows, "name", name).update({column: value})) == [line]


def test_added_removed_and_moved_questions_are_named(tmp_path: Path) -> None:
    def work(rows: Rows) -> None:
        rows.remove(where(rows, "name", "a0_summary"))
        country = where(rows, "name", "a0_country")
        rows.remove(country)
        rows.insert(1, country)
        rows.insert(2, {**dict.fromkeys(country, ""), "type": "date", "name": "a0_new", "label": "New", "source": "x"})

    assert edited(tmp_path, "survey", work) == [
        "Action 0, a0_country: moved, now after g0_activity",
        "Action 0, a0_new: question added: New",
        "Action 0, a0_summary: question removed: Summary line: the activity in two lines",
    ]


def test_a_question_in_another_group_has_moved_there(tmp_path: Path) -> None:
    def work(rows: Rows) -> None:
        value = where(rows, "name", "a0_value")
        rows.remove(value)
        rows.insert(1, value)

    assert edited(tmp_path, "survey", work) == ["Action 0, a0_value: moved to g0_activity, was in g0_money"]


def test_choices_are_told_with_the_question_that_offers_them(tmp_path: Path) -> None:
    def work(rows: Rows) -> None:
        where(rows, "name", "mission_pko")["name"] = "peacekeeping"
        where(rows, "name", "mission_spm")["label"] = "Political mission"
        rows.remove(where(rows, "name", "regional_or_hq"))

    assert edited(tmp_path, "choices", work) == [
        "Action 0, a0_setting: choice `mission_pko` renamed, is now `peacekeeping`",
        "Action 0, a0_setting: choice `mission_spm` says something else, was Special political mission, "
        "is Political mission",
        "Action 0, a0_setting: choice `regional_or_hq` removed (Regional office or headquarters)",
    ]


def test_a_catalogue_fact_of_a_choice_is_told(tmp_path: Path) -> None:
    lines = edited(tmp_path, "choices", lambda rows: where(rows, "name", "customs").update(border_body=""))
    assert lines == ["Action 1, rec_type: choice `customs`: border_body changed, was yes, is nothing"]


def test_rules_are_told_by_their_ids(tmp_path: Path) -> None:
    def work(rows: Rows) -> None:
        where(rows, "rule", "A1-03")["scope"] = "in"
        where(rows, "rule", "A1-00", 1)["reason"] = "Answer."
        where(rows, "rule", "A1-02c")["outcome"] = "esc"

    assert edited(tmp_path, "decisions/a1", work) == [
        "Action 1, a1_result: rule A1-00 of table a1 (alternative 2): reason changed, "
        "was Answer the first questions., is Answer.",
        "Action 1, a1_result: rule A1-02c of table a1: outcome changed, was contradiction, is esc",
        "Action 1, a1_result: rule A1-03 of table a1 now also reads scope: in",
    ]


def test_equal_forms_have_no_differences(tmp_path: Path) -> None:
    exported("assessment", tmp_path)
    assert authoring.changes("assessment", str(tmp_path / "exported.xlsx")) == []
    (tmp_path / "compiled.json").write_bytes(dump(compiled(ASSESSMENT)))
    assert authoring.changes(str(tmp_path / "compiled.json"), "assessment") == []


def test_the_settings_and_the_languages_are_compared(tmp_path: Path) -> None:
    shutil.copytree(ASSESSMENT, tmp_path / "form")
    (tmp_path / "form" / "i18n" / "es.po").unlink()
    file = tmp_path / "form" / "settings.csv"
    file.write_text(file.read_text("utf-8").replace("2026.1", "2026.2"), "utf-8")
    assert [str(one) for one in authoring.changes("assessment", str(tmp_path / "form"))] == [
        "the form: version changed, was 2026.1, is 2026.2",
        "the form: language es removed",
    ]


def test_a_reworded_translation_is_told(tmp_path: Path) -> None:
    shutil.copytree(ASSESSMENT, tmp_path / "form")
    file = tmp_path / "form" / "i18n" / "fr.po"
    file.write_text(file.read_text("utf-8").replace('msgstr "Pays"', 'msgstr "Le pays"'), "utf-8")
    lines = [str(one) for one in authoring.changes("assessment", str(tmp_path / "form"))]
    assert "Action 0, a0_country: label in fr reworded" in lines


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": 0}', b"\xff"])
def test_what_is_no_compiled_form_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "form.json").write_bytes(content)
    with pytest.raises(FileError):
        authoring.changes("assessment", str(tmp_path / "form.json"))


def test_a_form_that_is_not_there_is_refused() -> None:
    with pytest.raises(FormError):
        authoring.changes("assessment", "nowhere")
