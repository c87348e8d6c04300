"""Authoring mistakes, each caught with its sheet, row, column and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.compiler import translation_gaps
from hrddp_desktop.engine.definition import dump, load
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.engine.session import open_session
from hrddp_desktop.engine.sheets import fingerprint
from tests.engine.forms import TODAY, YES_NO, compiled, opened, problems, write_form

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "begin_group,g,,,,\nselect_one yes_no,gate,,,,\ninteger,amount,${gate} = 'yes',,. > 0,yes\nend_group,,,,,\n"


def only(folder: Path) -> tuple[ProblemCode, str, int, str]:
    """Code and place of the only problem."""
    found = problems(folder)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0].code, found[0].sheet, found[0].row, found[0].column


def test_the_good_form_compiles(tmp_path: Path) -> None:
    assert list(compiled(write_form(tmp_path, GOOD)).items) == ["g", "gate", "amount"]


@pytest.mark.parametrize(
    ("good", "bad", "code", "row", "column"),
    [
        ("${gate} = 'yes'", "${gaet} = 'yes'", ProblemCode.REFERENCE_UNKNOWN, 4, "relevant"),
        ("integer,amount", "integer,gate", ProblemCode.NAME_TWICE, 4, "name"),
        ("end_group,,,,,\n", "", ProblemCode.GROUP_NOT_CLOSED, 2, "type"),
        ("end_group,,,,,\n", "end_group,,,,,\nend_group,,,,,\n", ProblemCode.GROUP_NOT_OPEN, 6, "type"),
        ("end_group", "end_repeat", ProblemCode.GROUP_CLOSED_WRONG, 5, "type"),
        ("integer,amount", "intger,amount", ProblemCode.TYPE_UNKNOWN, 4, "type"),
        ("integer,amount", "geopoint,amount", ProblemCode.TYPE_UNKNOWN, 4, "type"),
        ("integer,amount", "integer,", ProblemCode.NAME_MISSING, 4, "name"),
        ("integer,amount", "integer,am ount", ProblemCode.NAME_BAD, 4, "name"),
        (". > 0", ". > ", ProblemCode.SYNTAX, 4, "constraint"),
        (". > 0", "number(.", ProblemCode.SYNTAX, 4, "constraint"),
        (". > 0", "cos(.) > 0", ProblemCode.FUNCTION_UNKNOWN, 4, "constraint"),
        ("= 'yes'", "= \u2018yes\u2019", ProblemCode.CURLY_QUOTE, 4, "relevant"),
        ("= 'yes'", "= 'yess'", ProblemCode.CODE_NOT_IN_LIST, 4, "relevant"),
        (
            "integer,amount,${gate} = 'yes',,",
            "integer,amount,${gate} = 'yes',1,",
            ProblemCode.CELL_NOT_USED,
            4,
            "calculation",
        ),
        ("integer,amount", "select_one_row nowhere,amount", ProblemCode.TABLE_MISSING, 4, "type"),
        ("integer,amount,${gate} = 'yes'", "integer,amount,${amount} = 1", ProblemCode.CIRCULAR, 4, "relevant"),
        ("${gate} = 'yes',,. > 0,yes", "${gate} = 'yes',,. > 0,yes,extra", ProblemCode.ROW_TOO_LONG, 4, ""),
    ],
)
def test_a_mistake_in_a_row_is_reported_at_its_cell(
    tmp_path: Path, good: str, bad: str, code: ProblemCode, row: int, column: str
) -> None:
    assert good in GOOD
    assert (code, "survey", row, column) == only(write_form(tmp_path, GOOD.replace(good, bad)))


HEADLESS = "type,name,relevant,calculation,constraint,required,,"


def test_a_cell_in_a_column_without_a_heading_is_reported(tmp_path: Path) -> None:
    found = problems(write_form(tmp_path, GOOD + "text,q,,,,,,lost\n", headings=HEADLESS))
    row = GOOD.count("\n") + 2
    assert [(one.code, one.sheet, one.row, one.column) for one in found] == [
        (ProblemCode.HEADING_MISSING, "survey", row, "H")
    ]
    assert found[0].sentence.startswith(f"Cell H{row} ")


def test_a_blank_column_without_a_heading_is_no_mistake(tmp_path: Path) -> None:
    headed, headless = write_form(tmp_path / "a", GOOD), write_form(tmp_path / "b", GOOD, headings=HEADLESS)
    assert list(compiled(headed).items) == list(compiled(headless).items)


@pytest.mark.parametrize("sheet", ["choices", "settings", "decisions/variables", "machines/m", "renames"])
def test_every_sheet_reports_a_cell_without_a_heading(tmp_path: Path, sheet: str) -> None:
    write_form(tmp_path, GOOD, sheets={})
    file = tmp_path / f"{sheet}.csv"
    file.parent.mkdir(exist_ok=True)
    head, *rows = file.read_text("utf-8").splitlines() if file.exists() else ["id"]
    file.write_text("\n".join([f"{head},", *(f"{row}," for row in rows), f"{',' * head.count(',')},lost"]), "utf-8")
    assert (ProblemCode.HEADING_MISSING, sheet, len(rows) + 2) in {
        (one.code, one.sheet, one.row) for one in problems(tmp_path)
    }


def test_a_missing_list_is_reported_at_the_type(tmp_path: Path) -> None:
    found = problems(write_form(tmp_path, GOOD.replace("select_one yes_no", "select_one no_list")))
    assert (ProblemCode.LIST_MISSING, 3, "type") in {(one.code, one.row, one.column) for one in found}


def test_a_misspelt_column_is_reported_with_the_one_that_was_meant(tmp_path: Path) -> None:
    form = write_form(tmp_path, GOOD, headings="type,name,relevent,calculation,constraint,required")
    found = problems(form)
    assert [(one.code, one.row, one.column) for one in found] == [(ProblemCode.COLUMN_UNKNOWN, 1, "relevent")]
    assert "relevant" in found[0].sentence


def test_a_choice_that_stands_twice_is_reported(tmp_path: Path) -> None:
    form = write_form(tmp_path, GOOD, YES_NO + "yes_no,no,Nope\n")
    assert only(form) == (ProblemCode.CHOICE_TWICE, "choices", 4, "name")


def test_a_table_inside_a_table_is_reported(tmp_path: Path) -> None:
    rows = (
        "begin_group,g",
        "begin_repeat,a",
        "begin_repeat,b",
        "integer,c",
        "end_repeat,",
        "end_repeat,",
        "end_group,",
    )
    survey = "".join(f"{row},,,,\n" for row in rows)
    assert only(write_form(tmp_path, survey)) == (ProblemCode.TABLE_IN_TABLE, "survey", 4, "type")


def test_an_item_without_a_source_is_reported_where_sources_are_required(tmp_path: Path) -> None:
    form = write_form(tmp_path, GOOD, settings={"source_required": "yes"})
    assert {(one.code, one.row) for one in problems(form)} == {
        (ProblemCode.SOURCE_MISSING, 3),
        (ProblemCode.SOURCE_MISSING, 4),
    }


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    survey = GOOD.replace("${gate}", "${gaet}").replace(". > 0", ". >").replace("end_group", "end_repeat")
    assert len(problems(write_form(tmp_path, survey))) == 3


def test_a_circle_through_three_questions_is_reported_once(tmp_path: Path) -> None:
    survey = (
        "begin_group,g,,,,\ncalculate,a,,${c} + 1,,\ncalculate,b,,${a} + 1,,\ncalculate,c,,${b} + 1,,\nend_group,,,,,\n"
    )
    found = problems(write_form(tmp_path, survey))
    assert [(one.code, one.row, one.column) for one in found] == [(ProblemCode.CIRCULAR, 3, "calculation")]
    assert all(name in found[0].sentence for name in ("a", "b", "c"))


@pytest.mark.parametrize("name", ["survey.csv", "choices.csv", "settings.csv"])
def test_a_missing_sheet_is_a_problem_not_an_exception(tmp_path: Path, name: str) -> None:
    form = write_form(tmp_path, GOOD)
    (form / name).unlink()
    assert ProblemCode.SHEET_MISSING in {one.code for one in problems(form)}


def test_a_sheet_that_is_no_text_is_a_problem_not_an_exception(tmp_path: Path) -> None:
    form = write_form(tmp_path, GOOD)
    (form / "survey.csv").write_bytes(b"\xff\xfe\x00type")
    assert ProblemCode.SHEET_UNREADABLE in {one.code for one in problems(form)}


def test_spreadsheet_habits_are_made_plain(tmp_path: Path) -> None:
    survey = GOOD.replace("${gate} = 'yes'", "\u00a0${gate}\u00a0=\u00a0'yes' ").replace(
        "integer,amount", " integer , amount "
    )
    levels = "yes_no,yes,Yes\nyes_no,no,No\nlevel,1.0,One\n"
    form = compiled(write_form(tmp_path, survey, levels))
    assert form.items["amount"].cell("relevant") == "${gate} = 'yes'"
    assert form.lists["level"].codes == ("1",)


def test_a_label_that_names_nothing_is_reported(tmp_path: Path) -> None:
    form = write_form(tmp_path, "begin_group,g,\ntext,a,Of ${b}\nend_group,,\n", headings="type,name,label")
    assert only(form) == (ProblemCode.REFERENCE_UNKNOWN, "survey", 3, "label")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("due", "tomorrow", ProblemCode.VALUE_UNKNOWN),
        ("action", "8", ProblemCode.VALUE_UNKNOWN),
        ("lanes", "A E", ProblemCode.VALUE_UNKNOWN),
        ("appearance", "map", ProblemCode.VALUE_UNKNOWN),
        ("excuse", "perhaps", ProblemCode.VALUE_UNKNOWN),
        ("row_prefix", "R", ProblemCode.CELL_NOT_USED),
        ("table", "final", ProblemCode.TABLE_MISSING),
        ("choice_filter", "true()", ProblemCode.CELL_NOT_USED),
    ],
)
def test_a_cell_outside_its_closed_list_is_reported(tmp_path: Path, column: str, value: str, code: ProblemCode) -> None:
    form = write_form(tmp_path, f"begin_group,g,\ntext,a,{value}\nend_group,,\n", headings=f"type,name,{column}")
    assert only(form) == (code, "survey", 3, column)


def test_a_page_that_shows_columns_of_no_table_is_reported(tmp_path: Path) -> None:
    form = write_form(tmp_path, "begin_group,g,a\ntext,a,\nend_group,,\n", headings="type,name,table")
    assert only(form) == (ProblemCode.TABLE_MISSING, "survey", 2, "table")


def test_the_cache_gives_the_same_form_back(tmp_path: Path) -> None:
    definition = compiled(write_form(tmp_path, GOOD))
    again = load(dump(definition))
    assert dump(again) == dump(definition)
    session = open_session(again, {"gate": "no", "amount": 3}, as_of=TODAY)
    assert not session.view("amount", "en").relevant


def test_a_cache_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="cache"):
        load(b'{"format": 0}')


def test_words_come_from_po_files_and_from_language_columns(tmp_path: Path) -> None:
    po = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgctxt "survey:a:label"\nmsgid "Name"\nmsgstr "Nom"\n\n'
        'msgctxt "settings::form_title"\nmsgid "Small"\nmsgstr "Petit"\n'
    )
    form = write_form(
        tmp_path,
        "begin_group,g,,\ntext,a,Name,Nombre\nend_group,,,\n",
        headings="type,name,label,label::Español (es)",
        sheets={"i18n/fr.po": po},
    )
    definition = compiled(form)
    assert definition.languages == ("en", "es", "fr")
    labels = [opened(form).view("a", language).label for language in ("en", "fr", "es", "ar")]
    assert labels == ["Name", "Nom", "Nombre", "Name"]
    assert definition.form_title("fr") == "Petit"


def test_the_fingerprint_of_a_folder_changes_with_any_sheet(tmp_path: Path) -> None:
    form = write_form(tmp_path, GOOD, sheets={"i18n/fr.po": "", "examples/one.json": "{}"})
    before = fingerprint(form)
    (form / "examples" / "one.json").write_text("[]", "utf-8")
    assert fingerprint(form) == before
    (form / "i18n" / "fr.po").write_text("#", "utf-8")
    assert fingerprint(form) != before


@pytest.mark.parametrize(
    ("kind", "default", "is_good"),
    [
        ("integer", "7", True),
        ("integer", "7.0", True),
        ("integer", "seven", False),
        ("select_one yes_no", "no", True),
        ("select_one yes_no", "nope", False),
        ("date", "2026-02-30", False),
        ("date", "today()", True),
        ("text", "${a", False),
    ],
)
def test_a_default_that_is_no_answer_is_reported(tmp_path: Path, kind: str, default: str, is_good: bool) -> None:
    survey = f"begin_group,g,\n{kind},a,{default}\nend_group,,\n"
    form = write_form(tmp_path, survey, headings="type,name,default")
    if is_good:
        assert open_session(compiled(form), as_of=TODAY, new=True).value("a") is not None
    else:
        assert [(one.row, one.column) for one in problems(form)] == [(3, "default")]


def test_a_default_from_another_record_that_is_no_answer_is_left_out(tmp_path: Path) -> None:
    survey = "begin_group,g,\nselect_one yes_no,a,instance('office')/root/a\nend_group,,\n"
    form = compiled(write_form(tmp_path, survey, headings="type,name,default", settings={"related": "office"}))
    for offered, expected in (("yes", "yes"), ("perhaps", None), (None, None)):
        session = open_session(form, as_of=TODAY, new=True, related={"office": {"a": offered}})
        assert session.value("a") == expected


def entry(context: str, english: str, translated: str) -> str:
    """One entry of a translations file."""
    return f'msgctxt "{context}"\nmsgid "{english}"\nmsgstr "{translated}"\n\n'


HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def labelled(folder: Path, *entries: str) -> Path:
    """A form with labels and a French file."""
    survey = "begin_group,g,Page\ntext,a,Name\ntext,b,Of ${a}\nend_group,,\n"
    po = HEADER + "".join(entries)
    return write_form(folder, survey, headings="type,name,label", sheets={"i18n/fr.po": po})


def test_a_translation_of_nothing_or_without_its_placeholder_is_reported(tmp_path: Path) -> None:
    form = labelled(tmp_path, entry("survey:c:label", "X", "X"), entry("survey:b:label", "Of ${a}", "De a"))
    assert {one.code for one in problems(form)} == {ProblemCode.TRANSLATION_UNKNOWN, ProblemCode.PLACEHOLDER_LOST}


def test_what_is_not_translated_yet_is_a_report_and_no_problem(tmp_path: Path) -> None:
    form = labelled(tmp_path, entry("survey:a:label", "Nom", "Nom"), entry("survey:b:label", "Of ${a}", "De ${a}"))
    found = {(gap.context, gap.kind) for gap in translation_gaps(form) if gap.context.startswith("survey")}
    assert found == {("survey:g:label", "missing"), ("survey:a:label", "stale")}
    assert opened(form, {"a": "Z"}).view("b", "fr").label == "De Z"
