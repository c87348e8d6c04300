"""A form as a workbook and back: nothing is lost, nothing changes by itself."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart

from hrddp_desktop import paths
from hrddp_desktop.engine import catalogues, pages
from hrddp_desktop.engine.catalogues import Entry
from hrddp_desktop.engine.grids import read_files
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.engine.workbook_cells import as_text
from hrddp_desktop.errors import FileError, FormError
from hrddp_desktop.services import authoring
from tests.authoring.generated import Made
from tests.authoring.workbooks import (
    back,
    cell,
    changed,
    exported,
    files_of,
    heading,
    opened,
    put,
    row_of,
    saved,
    text_of,
    written,
)
from tests.engine.forms import write_form
from tests.engine.rich import rich_form
from tests.engine.test_examples import form as form_with_a_case
from tests.engine.test_machines import form as machine_form

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMS = sorted(file.parent.name for file in paths.forms_dir().glob("*/survey.csv"))
ENGLISH = "label::English (en)"
FRENCH = "label::Français (fr)"
MORNING = datetime(2026, 3, 5, 9, 30)  # noqa: DTZ001 - cells know no zone


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return exported("assessment", tmp_path_factory.mktemp("workbook"))


@pytest.mark.parametrize("form", FORMS)
def test_a_form_comes_back_from_its_workbook_as_it_stands_in_git(form: str, tmp_path: Path) -> None:
    content = exported(form, tmp_path)
    assert written(content, tmp_path / form).problems == ()
    assert files_of(tmp_path / form) == files_of(paths.forms_dir() / form)
    assert exported(tmp_path / form, tmp_path) == content


def test_generated_forms_come_back_and_give_the_same_workbook(tmp_path: Path, counts: Callable[[str], int]) -> None:
    for seed in range(counts("workbook_forms")):
        folder = Made(seed).write(tmp_path / f"{seed}")
        content = exported(folder, tmp_path)
        assert written(content, tmp_path / f"{seed}-back").problems == (), seed
        sheets = {name: text for name, text in files_of(folder).items() if name.endswith(".csv")}
        assert sheets.items() <= files_of(tmp_path / f"{seed}-back").items(), seed
        assert exported(tmp_path / f"{seed}-back", tmp_path) == content, seed


def test_a_form_that_uses_everything_comes_back(tmp_path: Path) -> None:
    folder = rich_form(tmp_path / "rich")
    content = exported(folder, tmp_path)
    assert written(content, tmp_path / "back").problems == ()
    assert exported(tmp_path / "back", tmp_path) == content


def test_one_changed_cell_is_noticed(workbook: bytes, tmp_path: Path) -> None:
    content = put(workbook, "survey", "a0_title", ENGLISH, "Title")
    written(content, tmp_path / "form")
    assert files_of(tmp_path / "form") != files_of(paths.forms_dir() / "assessment")


def test_the_moment_of_the_export_is_not_in_the_workbook(
    workbook: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    assert exported("assessment", tmp_path) == workbook


def test_a_form_with_problems_is_not_exported(tmp_path: Path) -> None:
    folder = write_form(tmp_path / "form", "text,q,${nothing} = 'x',,,\n")
    with pytest.raises(FormError):
        exported(folder, tmp_path)


def test_a_text_that_no_cell_can_hold_is_refused(tmp_path: Path) -> None:
    long = "x" * 40_000
    folder = write_form(tmp_path / "form", f"text,q,{long}\n", headings="type,name,label")
    with pytest.raises(FileError, match=r"survey, row 2, label is too long"):
        exported(folder, tmp_path)


# how it looks


def test_every_cell_is_text(workbook: bytes) -> None:
    kinds = {one.data_type for sheet in opened(workbook) for row in sheet.iter_rows() for one in row if one.value}
    assert kinds == {"s"}


def test_rows_have_the_colour_of_their_action_and_made_cells_are_grey(workbook: bytes) -> None:
    sheet = opened(workbook)["survey"]
    at = {name: row_of(sheet, name) for name in ("a0_title", "a0_country", "a1_escort", "a1_result")}
    colours = {name: sheet.cell(row, 1).fill.fgColor.rgb for name, row in at.items()}
    assert colours["a0_title"] == colours["a0_country"] != colours["a1_escort"] == colours["a1_result"]
    made = sheet.cell(at["a1_result"], heading(sheet, "calculation"))
    assert made.fill.fgColor.rgb not in colours.values()


def test_headings_stay_in_sight_and_columns_have_a_width(workbook: bytes) -> None:
    book = opened(workbook)
    assert {sheet.freeze_panes[-1] for sheet in book if sheet.sheet_state == "visible"} == {"2"}
    assert all(dimension.width >= 10 for dimension in book["survey"].column_dimensions.values())


def test_arabic_runs_from_right_to_left(workbook: bytes) -> None:
    sheet = opened(workbook)["survey"]
    row = row_of(sheet, "a0_title")
    assert sheet.cell(row, heading(sheet, "label::العربية (ar)")).alignment.readingOrder == 2
    assert sheet.cell(row, heading(sheet, FRENCH)).alignment.readingOrder != 2


def test_types_and_closed_columns_offer_their_values(workbook: bytes) -> None:
    book = opened(workbook)
    offered = {
        str(rule.sqref).split(":")[0].rstrip("0123456789") for rule in book["survey"].data_validations.dataValidation
    }
    letters = {one.value: one.column_letter for one in book["survey"][1]}
    assert {letters[column] for column in ("type", "due", "excuse", "basis", "action")} <= offered
    types = [one.value for one in book["lists"]["A"]]
    assert {"text", "select_one yes_no", "select_multiple a1_recipients_rows"} <= set(types)


def test_two_decision_tables_with_long_names_get_two_sheets() -> None:
    files = [f"decisions/{'x' * 40}{end}" for end in "ab"] + ["machines/A?", "machines/a*"]
    names = list(pages.sheet_names(files).values())
    assert len({name.lower() for name in names}) == 4
    assert all(len(name) <= 31 and not set(name) & set("?*/[]:") for name in names)


# habits of spreadsheet programs


def test_numbers_days_and_blanks_of_a_spreadsheet_are_read_as_meant(workbook: bytes) -> None:
    content = put(workbook, "survey", "a0_title", "action", 0.0)
    content = put(content, "survey", "a0_title", "default", MORNING.replace(hour=0, minute=0))
    content = put(content, "survey", "a0_title", "source", "Annex\u00a0I [K]  ")
    taken = back(put(content, "survey", "a0_title", "read_only", value=True))
    found = [cell(taken, "survey", "a0_title", column) for column in ("action", "default", "source", "read_only")]
    assert found == ["0", "2026-03-05", "Annex I [K]", "true"]
    assert taken.problems == ()


@pytest.mark.parametrize(("value", "code"), [("=1+1", ProblemCode.FORMULA), ("#N/A", ProblemCode.CELL_ERROR)])
def test_formulas_and_errors_are_refused_with_their_place(workbook: bytes, value: str, code: ProblemCode) -> None:
    content = put(workbook, "survey", "a0_title", "basis", value)
    sheet = opened(workbook)["survey"]
    place = sheet.cell(row_of(sheet, "a0_title"), heading(sheet, "basis"))
    assert [(one.sheet, one.row, one.column, one.code) for one in back(content).problems] == [
        ("survey", place.row, place.column_letter, code)
    ]


def test_curly_quotes_are_reported_where_they_stand_in_the_workbook(workbook: bytes, tmp_path: Path) -> None:
    content = put(workbook, "survey", "a1_raise_reason", "relevant", "${a1_raise} = ‘yes’")
    found = written(content, tmp_path / "form").problems
    row = row_of(opened(workbook)["survey"], "a1_raise_reason")
    assert [(one.sheet, one.row, one.column, one.code) for one in found] == [
        ("survey", row, "relevant", ProblemCode.CURLY_QUOTE)
    ]
    assert not (tmp_path / "form").exists()


def test_a_problem_of_a_translation_stands_at_its_cell(workbook: bytes, tmp_path: Path) -> None:
    content = put(workbook, "survey", "a1_raise_reason", FRENCH, "Pourquoi ${a1_raise} ?")
    found = written(content, tmp_path / "form").problems
    row = row_of(opened(workbook)["survey"], "a1_raise_reason")
    assert [(one.sheet, one.row, one.column) for one in found] == [("survey", row, FRENCH)]


def test_a_cell_without_a_heading_is_reported(workbook: bytes) -> None:
    content = changed(workbook, lambda book: book["choices"].cell(5, 200, "lost"))
    assert [problem.sentence[:8] for problem in back(content).problems] == ["Cell GR5"]


def test_a_row_of_lost_cells_is_reported_and_is_no_row(workbook: bytes) -> None:
    rows = len(back(workbook).files.grid("choices").rows)

    def work(book: Workbook) -> None:
        book["choices"].cell(book["choices"].max_row + 1, 200, "lost")

    taken = back(changed(workbook, work))
    assert [problem.code for problem in taken.problems] == [ProblemCode.HEADING_MISSING]
    assert len(taken.files.grid("choices").rows) == rows


def test_a_chart_in_the_workbook_is_left_out(workbook: bytes) -> None:
    taken = back(changed(workbook, lambda book: book.create_chartsheet("by action").add_chart(BarChart())))
    assert taken.problems == ()
    assert taken.files == back(workbook).files


def test_a_sheet_that_the_workbook_lacks_is_named_as_a_file(tmp_path: Path) -> None:
    def work(book: Workbook) -> None:
        del book["choices"]

    content = exported(write_form(tmp_path / "form", "text,q\n", headings="type,name"), tmp_path)
    found = written(changed(content, work), tmp_path / "back").problems
    assert [(one.sheet, one.code) for one in found] == [("choices", ProblemCode.SHEET_MISSING)]


def test_a_sheet_that_is_no_part_of_a_form_is_reported_unless_it_is_a_note(workbook: bytes) -> None:
    def work(book: Workbook) -> None:
        book.create_sheet("desisions").append(["x"])
        book.create_sheet("Notes of Monday").append(["x"])

    assert [problem.sheet for problem in back(changed(workbook, work)).problems] == ["desisions"]


# cells that ODK reads otherwise


def test_our_own_text_is_what_comes_back(workbook: bytes) -> None:
    content = put(workbook, "survey", "sup_rec", "own_type", "select_one_row a1_recipients")
    assert cell(back(content), "survey", "sup_rec", "type") == "select_one_row a1_recipients"


def test_a_change_in_a_cell_that_is_made_for_odk_is_not_lost_without_a_word(workbook: bytes) -> None:
    content = put(workbook, "survey", "sup_rec", "type", "select_one yes_no")
    found = back(content).problems
    assert [(one.column, one.code) for one in found] == [("type", ProblemCode.MADE_CELL_CHANGED)]
    assert "own_type" in found[0].sentence


def test_a_problem_in_our_own_text_names_its_column(workbook: bytes, tmp_path: Path) -> None:
    content = put(workbook, "survey", "sup_rec", "own_type", "select_one_row nowhere")
    assert "own_type" in {problem.column for problem in written(content, tmp_path / "form").problems}


# translations


def test_a_translation_whose_english_changed_is_marked_stale(workbook: bytes) -> None:
    files = back(put(workbook, "survey", "a0_title", ENGLISH, "Name of the activity")).files
    entry = next(one for one in files.catalogues["fr"].entries if one.context == "survey:a0_title:label")
    english = text_of(paths.forms_dir() / "assessment", "survey", "a0_title", "label")
    assert (entry.fuzzy, entry.previous, bool(entry.text)) == (True, english, True)


def test_a_translation_that_changed_with_its_english_is_good(workbook: bytes) -> None:
    content = put(workbook, "survey", "a0_title", ENGLISH, "Name of the activity")
    files = back(put(content, "survey", "a0_title", FRENCH, "Nom de l’activité")).files
    assert Entry("survey:a0_title:label", "Name of the activity", "Nom de l’activité") in files.catalogues["fr"].entries


def test_a_translation_without_an_english_text_is_reported(workbook: bytes) -> None:
    content = put(workbook, "survey", "a0_title_2", "hint::Français (fr)", "Une ligne")
    assert [problem.code for problem in back(content).problems] == [ProblemCode.TRANSLATION_ALONE]


def test_a_translation_in_a_row_of_its_own_is_reported(workbook: bytes) -> None:
    def work(book: Workbook) -> None:
        sheet = book["survey"]
        sheet.cell(sheet.max_row + 1, heading(sheet, FRENCH), "Une ligne")

    taken = back(changed(workbook, work))
    assert [(one.column, one.code) for one in taken.problems] == [(FRENCH, ProblemCode.TRANSLATION_ALONE)]
    assert taken.files == back(workbook).files


def test_a_translation_that_belongs_to_nothing_is_reported_by_its_context(workbook: bytes, tmp_path: Path) -> None:
    def work(book: Workbook) -> None:
        book["other_words"].append(["fr", "elsewhere:q:label", "Who?", "Qui ?"])

    found = written(changed(workbook, work), tmp_path / "form").problems
    assert [(one.sheet, one.code) for one in found] == [("i18n/fr", ProblemCode.TRANSLATION_UNKNOWN)]
    assert "elsewhere:q:label" in found[0].sentence


@pytest.mark.parametrize("sheet", ["survey", "choices"])
def test_a_language_without_its_code_is_reported_at_its_heading(workbook: bytes, sheet: str) -> None:
    def work(book: Workbook) -> None:
        page = book[sheet]
        page.cell(1, page.max_column + 1, "label::Wolof language")
        page.cell(2, page.max_column, "Tur")

    found = back(changed(workbook, work)).problems
    assert [(one.sheet, one.row, one.column, one.code) for one in found] == [
        (sheet, 1, "label::Wolof language", ProblemCode.COLUMN_UNKNOWN)
    ]


def test_a_stale_translation_that_was_made_anew_in_its_cell_is_good(tmp_path: Path) -> None:
    folder = write_form(tmp_path / "form", "text,q,Who?\n", headings="type,name,label")
    stale = Entry("survey:q:label", "Who?", "Quoi ?", fuzzy=True, previous="What?")
    (folder / "i18n").mkdir()
    (folder / "i18n" / "fr.po").write_bytes(
        catalogues.written(replace(catalogues.new("fr", "small 1"), entries=(stale,)))
    )
    content = exported(folder, tmp_path)
    assert stale in back(content).files.catalogues["fr"].entries
    entries = back(put(content, "survey", "q", FRENCH, "Qui ?")).files.catalogues["fr"].entries
    assert Entry("survey:q:label", "Who?", "Qui ?") in entries
    assert stale not in entries


def test_a_new_language_is_a_new_column(workbook: bytes) -> None:
    def work(book: Workbook) -> None:
        sheet = book["survey"]
        sheet.cell(1, sheet.max_column + 1, "label::Português (pt)")
        sheet.cell(row_of(sheet, "a0_title"), sheet.max_column, "Título curto")

    found = back(changed(workbook, work)).files.catalogues["pt"]
    assert found.entries[1].text == "Título curto"
    assert dict(found.header)["Language"] == "pt"


# workbooks from elsewhere


def test_a_plain_xlsform_is_taken_in(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "survey"
    for row in (
        ["type", "name", "label::English (en)", "label::French (fr)", "source"],
        ["text", "q", "Who?", "Qui ?", "x"],
    ):
        book.active.append(row)
    book.create_sheet("choices").append(["list_name", "name", "label"])
    settings = book.create_sheet("settings")
    settings.append(["form_id", "form_title", "version", "default_language"])
    settings.append(["plain", "Plain", 7, "English (en)"])
    result = written(saved(book), tmp_path / "plain")
    assert result.problems == ()
    assert files_of(tmp_path / "plain")["survey.csv"].decode() == "type,name,label,source\ntext,q,Who?,x\n"
    assert 'msgstr "Qui ?"' in files_of(tmp_path / "plain")["i18n/fr.po"].decode()
    assert b"plain,Plain,7," in files_of(tmp_path / "plain")["settings.csv"]


def with_plain_line_ends(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content.replace(b"\r\n", b"\n") for name, content in files.items()}


def test_a_form_with_a_machine_comes_back(tmp_path: Path) -> None:
    folder = machine_form(tmp_path / "form")
    content = exported(folder, tmp_path)
    assert "machine_incident" in opened(content).sheetnames
    assert written(content, tmp_path / "back").problems == ()
    assert files_of(tmp_path / "back") == with_plain_line_ends(files_of(folder))


def test_sheets_without_a_list_of_contents_are_known_by_their_names(tmp_path: Path) -> None:
    def work(book: Workbook) -> None:
        del book["contents"]

    folder = machine_form(tmp_path / "form")
    assert written(changed(exported(folder, tmp_path), work), tmp_path / "back").problems == ()
    assert files_of(tmp_path / "back") == with_plain_line_ends(files_of(folder))


def test_translations_in_the_sheets_move_to_their_files(tmp_path: Path) -> None:
    folder = write_form(
        tmp_path / "form",
        "text,q,Who?,Qui ?\ntext,r,,Personne\n",
        "yn,yes,Yes,Oui\n",
        headings="type,name,label::English (en),label::French (fr)",
        choice_headings="list_name,name,label::English (en),label::French (fr)",
        settings={"default_language": "English (en)"},
    )
    assert written(exported(folder, tmp_path), tmp_path / "back").problems == ()
    files = files_of(tmp_path / "back")
    assert files["survey.csv"] == b"type,name,label\ntext,q,Who?\ntext,r,\n"
    assert files["choices.csv"] == b"list_name,name,label\nyn,yes,Yes\n"
    assert 'msgctxt "choices:yn:yes:label"\nmsgid "Yes"\nmsgstr "Oui"' in files["i18n/fr.po"].decode()


def test_an_empty_file_is_a_sheet_without_rows(tmp_path: Path) -> None:
    folder = write_form(tmp_path / "form", "text,q\n", headings="type,name")
    (folder / "renames.csv").write_bytes(b"")
    files, found = read_files(folder)
    assert (files.grid("renames").rows, found) == ((), [])
    assert written(exported(folder, tmp_path), tmp_path / "back").problems == ()


def test_a_sheet_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    folder = write_form(tmp_path / "form", "text,q\n", headings="type,name")
    (folder / "choices.csv").write_bytes(b"\xff\xfe")
    assert [problem.sheet for problem in read_files(folder)[1]] == ["choices"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.5, "1.5"), (7.0, "7"), (date(2026, 3, 5), "2026-03-05"), (MORNING, "2026-03-05 09:30"), (False, "false")],
)
def test_values_of_cells_become_texts(value: object, text: str) -> None:
    assert as_text(value) == text


def test_a_sign_that_no_cell_holds_is_refused(tmp_path: Path) -> None:
    folder = write_form(tmp_path / "form", "text,q,a\x01b\n", headings="type,name,label")
    with pytest.raises(FileError, match="a sign that no cell holds"):
        exported(folder, tmp_path)


def test_a_workbook_with_too_many_columns_or_rows_is_refused(workbook: bytes, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="more than 600 columns"):
        written(changed(workbook, lambda book: book["choices"].cell(1, 700, "x")), tmp_path / "form")


def test_a_workbook_with_problems_is_not_compared(workbook: bytes, tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(put(workbook, "survey", "a0_title", "type", "txet"))
    with pytest.raises(FormError):
        authoring.changes("assessment", str(tmp_path / "in.xlsx"))


def test_what_is_said_beside_worked_cases_comes_back(tmp_path: Path) -> None:
    folder = form_with_a_case(tmp_path / "form")
    authoring.store_words(authoring.words_of_form(str(folder)))
    content = exported(folder, tmp_path)
    assert {"examples", "margin"} <= set(opened(content).sheetnames)
    assert written(content, tmp_path / "back").problems == ()
    assert files_of(tmp_path / "back") == with_plain_line_ends(files_of(folder))


def test_sheets_that_left_the_workbook_leave_the_folder(tmp_path: Path) -> None:
    folder = Made(1).write(tmp_path / "form")
    content = exported(folder, tmp_path)
    (folder / "decisions" / "old.csv").parent.mkdir(exist_ok=True)
    (folder / "decisions" / "old.csv").write_text("rule,outcome\n")
    (folder / "notes.txt").write_text("mine")
    assert written(content, folder).removed == ("decisions/old.csv",)
    assert (folder / "notes.txt").exists()


@pytest.mark.parametrize(
    "file", ["../../outside", "decisions/../../outside", "/etc/outside", "examples/x", "decisions/"]
)
def test_the_list_of_contents_cannot_name_a_file_outside_the_form(workbook: bytes, file: str) -> None:
    content = changed(workbook, lambda book: setattr(book["contents"]["B2"], "value", file))
    assert set(back(content).origins) <= {*files_of_form(), "survey"}


def test_the_list_of_languages_cannot_name_a_file_outside_the_form(workbook: bytes) -> None:
    languages = set(back(workbook).files.catalogues)

    def work(book: Workbook) -> None:
        book["languages"].append(["../../outside", "comment", "x"])
        book["languages"].append(["pt", "comment", "x"])

    assert set(back(changed(workbook, work)).files.catalogues) == {*languages, "pt"}


def files_of_form() -> set[str]:
    return {name.rpartition(".")[0] for name in files_of(paths.forms_dir() / "assessment")}


# broken workbooks


def test_mutated_and_cut_workbooks_give_a_sentence(tmp_path: Path, counts: Callable[[str], int]) -> None:
    content = exported(Made(4).write(tmp_path / "form"), tmp_path)
    random = Random(3)  # noqa: S311 - the same mutations every time
    results = [outcome(mutated(content, random), tmp_path / f"{at}") for at in range(counts("broken_workbooks"))]
    assert {sentence for sentence in results if sentence} - {"problems"} == {"FILE_UNREADABLE"}
    assert sum(map(bool, results)) > len(results) / 3


def outcome(content: bytes, folder: Path) -> str:
    try:
        return "problems" if written(content, folder).problems else ""
    except FileError as error:
        return error.code.name


def mutated(content: bytes, random: Random) -> bytes:
    """Cut off, with flipped bytes, or packed properly around a damaged part."""
    kind = random.random()
    if kind < 0.2:
        return content[: random.randrange(len(content))]
    if kind < 0.4:
        return flipped(content, random)
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        victim = random.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            if name == victim:
                part = flipped(part, random) if kind < 0.8 else part[: random.randrange(len(part))]
            new.writestr(name, part)
    return result.getvalue()


def flipped(content: bytes, random: Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(random.randint(1, 20)):
        damaged[random.randrange(len(damaged))] = random.randrange(256)
    return bytes(damaged)


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04", b"type,name\ntext,q\n"])
def test_what_is_no_workbook_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="could not be read"):
        written(content, tmp_path / "form")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_with_a_cut_part_is_refused_in_a_sentence(workbook: bytes, tmp_path: Path, part: str) -> None:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) // 2] if name == part else content)
    with pytest.raises(FileError, match="damaged"):
        written(result.getvalue(), tmp_path / "form")


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_at_once(workbook: bytes, tmp_path: Path) -> None:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/worksheets/bomb.xml", bytes(64 * 1024 * 1024))
    with pytest.raises(FileError, match="larger than 32 MB"):
        written(result.getvalue(), tmp_path / "form")


@pytest.mark.parametrize("place", ['r="1048576"', 'r="999999999999"'])
def test_a_row_far_down_does_not_hang(workbook: bytes, tmp_path: Path, place: str) -> None:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b'<row r="3"', f"<row {place}".encode(), 1).replace(b'r="A3"', b"")
            new.writestr(name, part)
    with pytest.raises(FileError, match="rows"):
        written(result.getvalue(), tmp_path / "form")
