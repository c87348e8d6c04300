"""Old answers in a newer form: what keeps, changes, finds no place, the way back, and the gate before a release."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrddp_desktop.engine.definition import dump, load
from hrddp_desktop.engine.migrate import Migrated, migrate, unmigrate, version_key
from hrddp_desktop.engine.problems import ProblemCode
from hrddp_desktop.engine.renames import released_gaps
from hrddp_desktop.engine.session import open_session
from tests.engine.forms import TODAY, YES_NO, compiled, problems, write_form

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.definition import Definition

NEW = """begin_group,g,
text,title,
integer,amount,
select_one law,law,
select_multiple harm,harm_own,
select_multiple harm,harm_other,
text,notes,
select_multiple harm,harms,
calculate,worked_out,1 + 1
begin_repeat,units,
text,unit_name,
integer,size,
end_repeat,,
begin_repeat,goods,
select_one_row units,for_unit,
end_repeat,,
end_group,,
"""
LISTS = YES_NO + "law,none,None\nlaw,strict,Strict\nharm,beating,Beating\nharm,arrest,Arrest\n"
RENAMES = """since_version,old_path,new_path,rule
2,heading,title,rename
2,law:severe,harsh,code
3,law:harsh,law:strict,code
3,harm:detention,arrest,code
3,all_harm,harm_own harm_other,split
3,note_one note_two,notes,merge
3,harm_a harm_b,harms,merge
3,bodies,units,rename
3,bodies/name,units/unit_name,rename
"""


def form(folder: Path, renames: str = RENAMES, survey: str = NEW, lists: str = LISTS, version: str = "3") -> Path:
    """The newer form."""
    sheets = {"renames.csv": renames} if renames else {}
    return write_form(
        folder, survey, lists, headings="type,name,calculation", settings={"version": version}, sheets=sheets
    )


@pytest.fixture(scope="module")
def definition(tmp_path_factory: pytest.TempPathFactory) -> Definition:
    return compiled(form(tmp_path_factory.mktemp("forms") / "new"))


def unplaced(migrated: Migrated) -> dict[str, object]:
    """What found no place, by its old path."""
    return {entry.path: entry.left for entry in migrated.report.unplaced}


def test_names_codes_tables_splits_and_merges_are_followed(definition: Definition) -> None:
    old = {
        "heading": "Post",
        "law": "severe",
        "all_harm": ["detention", "beating"],
        "note_one": "One.",
        "note_two": "Two.",
        "harm_a": ["beating"],
        "harm_b": ["beating", "detention"],
        "bodies": [{"_row": "R1", "name": "Port", "size": 4}, {"_row": "R2"}],
        "goods": [{"_row": "S1", "for_unit": "R2"}],
        "amount": 4,
    }
    found = migrate(old, {}, "1", definition)
    assert found.answers == {
        "title": "Post",
        "law": "strict",
        "harm_own": ["arrest", "beating"],
        "harm_other": ["arrest", "beating"],
        "notes": "One.\nTwo.",
        "harms": ["beating", "arrest"],
        "units": [{"_row": "R1", "unit_name": "Port", "size": 4}, {"_row": "R2"}],
        "goods": [{"_row": "S1", "for_unit": "R2"}],
        "amount": 4,
    }
    assert found.report.unplaced == ()
    assert {"amount", "goods/S1/for_unit"} <= {entry.path for entry in found.report.kept}
    changed = {entry.path: dict(entry.new) for entry in found.report.changed}
    assert changed["heading"] == {"title": "Post"}
    assert changed["note_one"] == {"notes": "One.\nTwo."}
    assert changed["bodies/R1/size"] == {"units/R1/size": 4}
    assert open_session(definition, found.answers, as_of=TODAY).answers() == found.answers


def test_only_renames_newer_than_the_record_apply(definition: Definition) -> None:
    found = migrate({"law": "harsh", "heading": "x"}, {}, "2", definition)
    assert found.answers == {"law": "strict"}
    assert unplaced(found) == {"heading": "x"}
    assert migrate({"law": "harsh"}, {}, "3", definition).answers == {}


def test_versions_are_compared_by_their_numbers() -> None:
    in_order = ["", "2", "2026.1", "2026.1.1", "2026.2", "2026.10", "2026.10rc1"[:7]]
    assert sorted(in_order, key=version_key) == in_order
    assert version_key("2026.2rc") < version_key("2026.2.1")


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ({"gone": "x"}, {}, {"gone": "x"}),
        ({"amount": "many"}, {}, {"amount": "many"}),
        ({"amount": "7"}, {"amount": 7}, {}),
        ({"worked_out": 2}, {}, {"worked_out": 2}),
        ({"harm_own": ["beating", "gone"]}, {"harm_own": ["beating"]}, {"harm_own": ["gone"]}),
        ({"harm_own": ["gone"]}, {}, {"harm_own": ["gone"]}),
        ({"harm_own": []}, {"harm_own": []}, {}),
        ({"title": None}, {"title": None}, {}),
        ({"gone": None}, {}, {"gone": None}),
        ({"units": []}, {"units": []}, {}),
        ({"units": "R1"}, {}, {"units": "R1"}),
        ({"units": [{"unit_name": "x"}]}, {}, {"units": [{"unit_name": "x"}]}),
        ({"units": [{"_row": "R1"}, {"_row": "R1"}]}, {}, {"units": [{"_row": "R1"}, {"_row": "R1"}]}),
        ({"lost": [{"_row": "R1", "x": 1}]}, {}, {"lost/R1/_row": "R1", "lost/R1/x": 1}),
        ({"units": [{"_row": "R1", "for_unit": "R1"}]}, {"units": [{"_row": "R1"}]}, {"units/R1/for_unit": "R1"}),
        ({"unit_name": "x"}, {}, {"unit_name": "x"}),
        ({"heading": "Old", "title": "New"}, {"title": "Old"}, {"title": "New"}),
        ({"heading": "Same", "title": "Same"}, {"title": "Same"}, {}),
        ({"heading": "", "title": "New"}, {"title": "New"}, {}),
        ({"g": "x"}, {}, {"g": "x"}),
        ({"law": ["severe"]}, {}, {"law": ["severe"]}),
    ],
)
def test_what_does_not_fit_is_unplaced_and_never_dropped(
    definition: Definition, old: dict[str, object], new: dict[str, object], left: dict[str, object]
) -> None:
    found = migrate(old, {}, "1", definition)
    assert found.answers == new
    assert unplaced(found) == left
    assert unmigrate(found) == (old, {})
    assert all(entry.reason for entry in found.report.unplaced)


def test_excuses_go_with_their_questions(definition: Definition) -> None:
    why = {"kind": "na", "why": "none", "who": ""}
    later = {"kind": "later", "why": "", "who": "desk"}
    old = {
        "heading": why,
        "title": later,
        "all_harm": why,
        "bodies": why,
        "bodies/R1/name": why,
        "bodies/R9/name": later,
        "gone": later,
        "a/b": later,
    }
    found = migrate({"bodies": [{"_row": "R1"}]}, old, "1", definition)
    assert found.excused == {
        "title": why,
        "harm_own": why,
        "harm_other": why,
        "units": why,
        "units/R1/unit_name": why,
    }
    assert unplaced(found) == {"title": later, "bodies/R9/name": later, "gone": later, "a/b": later}
    assert unmigrate(found)[1] == old


def test_a_column_can_move_to_another_table(tmp_path: Path) -> None:
    renames = "since_version,old_path,new_path,rule\n2,goods/note,units/unit_name,rename\n"
    newer = compiled(form(tmp_path, renames))
    found = migrate({"goods": [{"_row": "S1", "note": "x"}]}, {}, "1", newer)
    assert found.answers == {"goods": [{"_row": "S1"}], "units": [{"_row": "S1", "unit_name": "x"}]}


def test_names_may_change_places(tmp_path: Path) -> None:
    renames = "since_version,old_path,new_path,rule\n2,title,notes,rename\n2,notes,title,rename\n"
    found = migrate({"title": "a", "notes": "b"}, {}, "1", compiled(form(tmp_path, renames)))
    assert found.answers == {"notes": "a", "title": "b"}


ROWS = st.lists(
    st.fixed_dictionaries(
        {"_row": st.sampled_from(["R1", "R2", "R3", "a/b"])},
        optional={
            "name": st.text(max_size=3),
            "unit_name": st.text(max_size=3),
            "size": st.one_of(st.integers(), st.text(max_size=2), st.none()),
            "gone": st.booleans(),
        },
    ),
    max_size=3,
)
CODES = st.lists(st.sampled_from(["beating", "arrest", "detention", "gone"]), max_size=4)
NAMES = st.sampled_from(["heading", "title", "amount", "law", "note_one", "note_two", "notes", "gone", "worked_out"])
OLD = st.one_of(
    st.tuples(NAMES, st.one_of(st.text(max_size=4), st.integers(), st.floats(allow_nan=False), st.none(), CODES)),
    st.tuples(st.just("law"), st.sampled_from(["severe", "harsh", "strict", "none"])),
    st.tuples(st.sampled_from(["all_harm", "harm_own", "harm_a", "harm_b", "harms"]), CODES),
    st.tuples(st.sampled_from(["bodies", "units", "goods", "gone"]), ROWS),
)
EXCUSED = st.dictionaries(
    st.sampled_from(["heading", "title", "bodies/R1/name", "units", "gone", "x/y", ""]),
    st.fixed_dictionaries({"kind": st.sampled_from(["na", "later"]), "why": st.text(max_size=2)}),
)


@given(pairs=st.lists(OLD, max_size=8), excused=EXCUSED, version=st.sampled_from(["1", "2", "3", "x"]))
def test_the_way_back_gives_the_old_answers_byte_for_byte(
    definition: Definition, pairs: list[tuple[str, object]], excused: dict[str, dict[str, str]], version: str
) -> None:
    old = dict(pairs)
    before = json.dumps([old, excused])
    found = migrate(old, excused, version, definition)
    assert json.dumps(list(unmigrate(found))) == before
    assert json.dumps([old, excused]) == before, "a dry run touches nothing"
    fates = len(found.report.kept) + len(found.report.changed) + sum(not one.new for one in found.report.unplaced)
    assert fates == len(found.report.entries) + len(found.report.excuses)


@given(pairs=st.lists(OLD, max_size=8))
def test_what_was_migrated_opens_in_the_new_form(definition: Definition, pairs: list[tuple[str, object]]) -> None:
    old = {name: value for name, value in pairs if "a/b" not in json.dumps(value)}
    open_session(definition, migrate(old, {}, "1", definition).answers, as_of=TODAY)


# the sheet


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (",heading,title,rename", ProblemCode.CELL_MISSING, "since_version"),
        ("2,heading,,rename", ProblemCode.CELL_MISSING, "new_path"),
        ("2,heading,title,drop", ProblemCode.VALUE_UNKNOWN, "rule"),
        ("2,heading,tilte,rename", ProblemCode.REFERENCE_UNKNOWN, "new_path"),
        ("2,x/heading,units/title,rename", ProblemCode.REFERENCE_UNKNOWN, "new_path"),
        ("2,heading,title notes,rename", ProblemCode.RENAME_BAD, "old_path"),
        ("2,heading,title,split", ProblemCode.RENAME_BAD, "old_path"),
        ("2,heading,title,merge", ProblemCode.RENAME_BAD, "old_path"),
        ("2,law,strict,code", ProblemCode.RENAME_BAD, "old_path"),
        ("2,lew:a,strict,code", ProblemCode.REFERENCE_UNKNOWN, "old_path"),
        ("2,law:a,strickt,code", ProblemCode.CODE_NOT_IN_LIST, "new_path"),
    ],
)
def test_a_rename_that_cannot_work_is_reported(tmp_path: Path, row: str, code: ProblemCode, column: str) -> None:
    found = problems(form(tmp_path, f"since_version,old_path,new_path,rule\n{row}\n"))
    assert [(one.code, one.sheet, one.row, one.column) for one in found] == [(code, "renames", 2, column)]
    assert found[0].sentence.endswith(".")


def test_the_sheet_of_renames_has_its_columns(tmp_path: Path) -> None:
    found = problems(form(tmp_path, "since_version,old_path,new_pth,rule\n"))
    assert {(one.code, one.column) for one in found} == {
        (ProblemCode.COLUMN_UNKNOWN, "new_pth"),
        (ProblemCode.COLUMN_MISSING, "new_path"),
    }


def test_a_name_may_be_renamed_twice_and_the_cache_keeps_it(tmp_path: Path) -> None:
    renames = "since_version,old_path,new_path,rule\n2,a,b,rename\n2,b:x,y,code\n3,b,law,rename\n3,law:y,strict,code\n"
    definition = compiled(form(tmp_path, renames))
    assert load(dump(definition)).renames == definition.renames
    assert migrate({"a": "x"}, {}, "1", definition).answers == {"law": "strict"}


# the gate

OLD_SURVEY = NEW.replace("text,title", "text,heading")


def gate(folder: Path, renames: str, old: str = OLD_SURVEY, new: str = NEW, new_lists: str = LISTS) -> list[str]:
    """The gaps against a released version, as code and name."""
    released = compiled(form(folder / "old", "", old, version="1"))
    found = released_gaps(compiled(form(folder / "new", renames, new, new_lists, "2")), load(dump(released)))
    assert all(one.sentence.endswith(".") and one.row for one in found)
    return [f"{one.code.name} {dict(one.facts)['name']}" for one in found]


HEADED = "since_version,old_path,new_path,rule\n"


def test_a_form_with_a_row_for_each_rename_may_be_released(tmp_path: Path) -> None:
    assert gate(tmp_path, HEADED + "2,heading,title,rename\n") == []


@pytest.mark.parametrize(
    ("renames", "good", "bad", "expected"),
    [
        ("", "", "", ["NAME_VANISHED heading"]),
        ("2,heading,title,rename\n", "integer,amount", "decimal,amount", ["TYPE_CHANGED amount"]),
        ("2,heading,amount,rename\n", "", "", ["TYPE_CHANGED amount"]),
        ("2,heading,title notes,split\n", "", "", []),
        (
            "2,heading,title,rename\n",
            "begin_repeat,goods",
            "begin_repeat,wares",
            ["NAME_VANISHED goods", "TYPE_CHANGED for_unit"],
        ),
        ("2,heading,title,rename\n2,goods,wares,rename\n", "begin_repeat,goods", "begin_repeat,wares", []),
        ("2,heading,title,rename\n", "calculate,worked_out,1 + 1\n", "", []),
    ],
)
def test_a_name_or_type_that_records_hold_may_not_vanish(
    tmp_path: Path, renames: str, good: str, bad: str, expected: list[str]
) -> None:
    assert gate(tmp_path, HEADED + renames, new=NEW.replace(good, bad) if good else NEW) == expected


@pytest.mark.parametrize(
    ("renames", "expected"),
    [
        ("", ["CHOICE_VANISHED strict"]),
        ("2,law:strict,harsh,code\n", []),
    ],
)
def test_a_choice_may_not_vanish_without_a_row(tmp_path: Path, renames: str, expected: list[str]) -> None:
    lists = LISTS.replace("law,strict", "law,harsh")
    assert gate(tmp_path, f"{HEADED}2,heading,title,rename\n{renames}", new_lists=lists) == expected


def test_a_choice_that_several_questions_offer_is_reported_once(tmp_path: Path) -> None:
    lists = LISTS.replace("harm,arrest,Arrest\n", "")
    found = gate(tmp_path, HEADED + "2,heading,title,rename\n", new_lists=lists)
    assert found == ["CHOICE_VANISHED arrest"]
