"""What changed between two states of a form, as a reader would tell it."""

from __future__ import annotations

import csv
import io
import shutil
from typing import TYPE_CHECKING

import polib
import pytest

from hrddp_desktop import paths
from hrddp_desktop.engine.compare import differences
from hrddp_desktop.engine.definition import dump
from hrddp_desktop.errors import FileError, FormError
from hrddp_desktop.services import authoring
from tests.authoring.workbooks import exported, reworded, text_of
from tests.engine.forms import compiled, write_form
from tests.engine.test_machines import MACHINE
from tests.engine.test_machines import form as machine_form

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.engine.definition import Definition

Rows = list[dict[str, str]]
ASSESSMENT = paths.forms_dir() / "assessment"
TITLE = text_of(ASSESSMENT, "survey", "a0_title", "label")


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
        ("a0_title", "label", "Title", f"Action 0, a0_title: label changed, was {TITLE}, is Title"),
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
        f"Action 0, a0_summary: question removed: {text_of(ASSESSMENT, 'survey', 'a0_summary', 'label')}",
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
        where(rows, "name", "mission_spm")["label"] = "Other words"
        rows.remove(where(rows, "name", "regional_or_hq"))

    was, gone = (text_of(ASSESSMENT, "choices", name, "label") for name in ("mission_spm", "regional_or_hq"))
    assert edited(tmp_path, "choices", work) == [
        "Action 0, a0_setting: choice `mission_pko` renamed, is now `peacekeeping`",
        f"Action 0, a0_setting: choice `mission_spm` says something else, was {was}, is Other words",
        f"Action 0, a0_setting: choice `regional_or_hq` removed ({gone})",
    ]


def test_a_catalogue_fact_of_a_choice_is_told(tmp_path: Path) -> None:
    lines = edited(tmp_path, "choices", lambda rows: where(rows, "name", "customs").update(border_body=""))
    assert lines == ["Action 1, rec_type: choice `customs`: border_body changed, was yes, is nothing"]


def test_rules_are_told_by_their_ids(tmp_path: Path) -> None:
    def work(rows: Rows) -> None:
        where(rows, "rule", "A1-03")["scope"] = "in"
        where(rows, "rule", "A1-00", 1)["reason"] = "Other words."
        where(rows, "rule", "A1-02c")["outcome"] = "esc"

    reasons = [rule.reason for rule in compiled(ASSESSMENT).tables["a1"].rules if rule.rule == "A1-00"]
    assert edited(tmp_path, "decisions/a1", work) == [
        "Action 1, a1_result: rule A1-00 of table a1 (alternative 2): reason changed, "
        f"was {reasons[1]}, is Other words.",
        "Action 1, a1_result: rule A1-02c of table a1: outcome changed, was contradiction, is esc",
        "Action 1, a1_result: rule A1-03 of table a1 now also reads scope: in",
    ]


def test_whole_rules_variables_and_facts_are_told(tmp_path: Path) -> None:
    def work(rows: Rows) -> None:
        rows.remove(where(rows, "rule", "A1-02c"))
        rows.insert(0, rows.pop(rows.index(where(rows, "rule", "A1-01"))))
        cells = {"rule": "A1-99", "scope": "", "indirect": "unsure", "kept": "yes"}
        rows.insert(3, {**where(rows, "rule", "A1-01"), **cells})
        where(rows, "rule", "A1-04x")["kept"] = ""
        where(rows, "rule", "A1-03")["sup"] = "included"

    assert edited(tmp_path, "decisions/a1", work) == [
        "Action 1, a1_result: rule A1-99 of table a1 added, outcome esc",
        "Action 1, a1_result: rule A1-04x of table a1 no longer reads kept, was no",
        "Action 1, a1_result: rule A1-03 of table a1 reads sup otherwise, was unclear included, is included",
        "Action 1, a1_result: rule A1-02c of table a1 removed, its outcome was contradiction",
        "Action 1, a1_result: rule A1-01 of table a1 now stands elsewhere in the order",
    ]
    facts = edited(tmp_path / "facts", "decisions/facts", lambda rows: where(rows, "variable", "a3").update(fact="x"))
    was = text_of(ASSESSMENT, "decisions/facts", "a3", "fact", by="variable")
    assert facts == [f"Action 7, outcome: fact about a3 changed, was {was}, is x"]


def test_a_choice_list_in_another_order_is_told(tmp_path: Path) -> None:
    def work(rows: Rows) -> None:
        early = next(row for row in rows if (row["list_name"], row["name"]) == ("wish", "early"))
        rows.insert(rows.index(where(rows, "name", "assess")) + 1, early)
        rows.remove(early)

    assert edited(tmp_path, "choices", work) == ["Action 0, lane_wish: choices in another order, now assess, early"]


def test_tables_of_every_kind_that_come_and_go_are_told(tmp_path: Path) -> None:
    questions = "select_one yes_no,danger,,\ntext,other,,\ntext,third,,\n"
    bare = compiled(write_form(tmp_path / "bare", questions, headings="type,name,calculation,table"))
    machines = compiled(machine_form(tmp_path / "machines"))
    told = [str(one) for one in differences(bare, machines)]
    assert {"result: decision table report added", "machine incident: added"} <= set(told)
    assert any(line.endswith("list of choices added") for line in told)
    gone = [str(one) for one in differences(machines, bare)]
    assert {"table report: decision table report removed", "machine incident: removed"} <= set(gone)


def test_the_steps_of_a_machine_are_compared_one_by_one(tmp_path: Path) -> None:
    old = compiled(machine_form(tmp_path / "old"))
    changed = MACHINE.replace("E2,OPEN,hold,", "E2,OPEN,hold it,").replace("E4,HOLD,closed anyway,,DONE,head,,\n", "")
    new = compiled(machine_form(tmp_path / "new", changed))
    assert [str(one) for one in differences(old, new)] == [
        "machine incident: step E2 (OPEN to HOLD): event changed, was hold, is hold it",
        "machine incident: step E4 (HOLD to DONE) removed",
    ]


def test_a_variable_with_another_source_and_a_column_in_another_table_are_told(tmp_path: Path) -> None:
    def made(name: str, survey: str, source: str, table: str) -> Definition:
        sheets = {"decisions/t.csv": table, "decisions/variables.csv": f"table,variable,list,from\n{source}"}
        headings = "type,name,table"
        return compiled(write_form(tmp_path / name, survey, headings=headings, sheets=sheets))

    plain = "select_one yes_no,a,\nselect_one yes_no,b,\ncalculate,r,t\n"
    loose = "text,c,\nbegin_repeat,u,\ntext,d,\nend_repeat,,\n"
    inside = "begin_repeat,u,\ntext,c,\ntext,d,\nend_repeat,,\n"
    old = made("old", plain + loose, "t,v,yes_no,a\n", "rule,v,outcome\nR1,yes,yes\nR2,,no\n")
    new = made("new", plain + inside, "t,v,yes_no,b\nt,w,yes_no,a\n", "rule,v,w,outcome\nR1,yes,no,yes\nR2,,,no\n")
    told = [str(one) for one in differences(old, new)]
    assert "r: source of v in table t changed, was a, is b" in told
    assert "r: table t now also reads w" in told
    assert "c: now in the table u" in told
    assert "c: no longer in the table u" in [str(one) for one in differences(new, old)]


def test_equal_forms_have_no_differences(tmp_path: Path) -> None:
    exported("assessment", tmp_path)
    assert authoring.changes("assessment", str(tmp_path / "exported.xlsx")) == []
    (tmp_path / "compiled.json").write_bytes(dump(compiled(ASSESSMENT)))
    assert authoring.changes(str(tmp_path / "compiled.json"), "assessment") == []


def test_the_settings_and_the_languages_are_compared(tmp_path: Path) -> None:
    shutil.copytree(ASSESSMENT, tmp_path / "form")
    (tmp_path / "form" / "i18n" / "es.po").unlink()
    was = reworded(tmp_path / "form", "settings", 0, "version", "2999.1")
    assert [str(one) for one in authoring.changes("assessment", str(tmp_path / "form"))] == [
        f"the form: version changed, was {was}, is 2999.1",
        "the form: language es removed",
    ]


@pytest.mark.parametrize(
    ("contexts", "lines"),
    [
        (["survey:a0_country:label"], ["Action 0, a0_country: label in fr reworded"]),
        (
            ["choices:yes_no:yes:label", "choices:yes_no:no:label"],
            ["the form: 2 choices or rules reworded in fr"],
        ),
    ],
)
def test_reworded_translations_are_told(tmp_path: Path, contexts: list[str], lines: list[str]) -> None:
    shutil.copytree(ASSESSMENT, tmp_path / "form")
    file = polib.pofile(str(tmp_path / "form" / "i18n" / "fr.po"))
    for entry in file:
        entry.msgstr = "Autres mots" if entry.msgctxt in contexts else entry.msgstr
    file.save()
    assert [str(one) for one in authoring.changes("assessment", str(tmp_path / "form"))] == lines


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": 0}', b"\xff"])
def test_what_is_no_compiled_form_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "form.json").write_bytes(content)
    with pytest.raises(FileError):
        authoring.changes("assessment", str(tmp_path / "form.json"))


def test_a_form_that_is_not_there_is_refused() -> None:
    with pytest.raises(FormError):
        authoring.changes("assessment", "nowhere")
