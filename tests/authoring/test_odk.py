"""What ODK gets: it compiles there, and its decisions are ours."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from pyxform.xls2xform import convert

from hrddp_desktop import paths
from hrddp_desktop.engine import odk
from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.decisions import MISSING, first_rule
from hrddp_desktop.engine.definition import Definition
from tests.authoring.generated import Made
from tests.authoring.workbooks import exported
from tests.engine.forms import compiled, opened, write_form
from tests.engine.rich import rich_form

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.engine.definition import DecisionTable

FORMS = sorted(file.parent.name for file in paths.forms_dir().glob("*/survey.csv"))


def xform(content: bytes, folder: Path) -> str:
    """The XForm that pyxform makes of a workbook."""
    file = folder / "odk.xlsx"
    file.write_bytes(content)
    return str(convert(xlsform=str(file), validate=False).xform)


@pytest.mark.parametrize("form", FORMS)
def test_pyxform_compiles_the_workbook_of_every_form(form: str, tmp_path: Path) -> None:
    found = xform(exported(form, tmp_path), tmp_path)
    assert found.count("<translation ") == 4
    assert 'lang="Français (fr)"' in found
    assert '<translation lang="English (en)" default="true()">' in found


def test_pyxform_compiles_a_form_that_uses_everything(tmp_path: Path) -> None:
    assert "<itemset" in xform(exported(rich_form(tmp_path / "rich"), tmp_path), tmp_path)


def test_pyxform_compiles_generated_forms(tmp_path: Path, counts: Callable[[str], int]) -> None:
    for seed in range(counts("workbook_forms") // 5):
        assert xform(exported(Made(seed).write(tmp_path / f"{seed}"), tmp_path), tmp_path), seed


def test_links_to_rows_are_selects_from_the_rows_that_there_are(tmp_path: Path) -> None:
    survey = (
        "begin_repeat,units,,\ntext,name,,Name\nend_repeat,,,\n"
        "select_multiple_row units,all,,All\nselect_one_row units,named,name != '',Named\n"
    )
    folder = write_form(tmp_path / "form", survey, headings="type,name,choice_filter,label")
    shown = odk.view(compiled(folder))
    assert shown.cells["all"] == {
        "type": "select_multiple units_rows",
        "choice_filter": "selected(join(' ', ${units}/_row), name)",
    }
    assert shown.cells["named"]["choice_filter"] == "selected(join(' ', ${units}[name != '']/_row), name)"
    found = xform(exported(folder, tmp_path), tmp_path)
    assert "once(concat('R', position(..)))" in found
    assert "instance('units_rows')/root/item[selected(join(' ',  /data/units [name != '']/_row), name)]" in found


def test_a_related_record_is_an_instance_without_answers(tmp_path: Path) -> None:
    folder = write_form(
        tmp_path / "form",
        "calculate,place,\"concat(instance( 'office' )/root/country, "
        "instance('yes_no')/root/item[name = 'no']/label)\"\nselect_one yes_no,q,\n",
        headings="type,name,calculation",
        settings={"related": "office"},
    )
    shown = odk.view(compiled(folder))
    assert shown.cells["place"]["calculation"].startswith(
        "concat(instance( 'office' )/root/item/country, instance('yes"
    )
    found = xform(exported(folder, tmp_path), tmp_path)
    assert '<instance id="office"><root><item>' in found


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("concat('don’t', 'b')", "concat(\"don’t\", 'b')"), ('concat("a “b” c", 1)', "concat('a “b” c', 1)")],
)
def test_a_curly_sign_in_a_quoted_text_does_not_end_it(tmp_path: Path, ours: str, theirs: str) -> None:
    cell = '"' + ours.replace('"', '""') + '"'
    folder = write_form(tmp_path / "form", f"calculate,c,{cell}\n", headings="type,name,calculation")
    assert odk.view(compiled(folder)).cells["c"]["calculation"] == theirs


def test_a_default_that_is_a_plain_text_stays_as_it_is(tmp_path: Path) -> None:
    folder = write_form(
        tmp_path / "form", "text,q,don’t § it's\ntext,r,concat('don’t')\n", headings="type,name,default"
    )
    shown = odk.view(compiled(folder))
    assert "default" not in shown.cells["q"]
    assert shown.cells["r"]["default"] == 'concat("don’t")'


def test_a_related_record_with_a_list_of_its_name_brings_no_choice(tmp_path: Path) -> None:
    folder = write_form(
        tmp_path / "form",
        "calculate,place,instance('yes_no')/root/item[name = 'no']/label\n",
        headings="type,name,calculation",
        settings={"related": "yes_no office"},
    )
    assert [choice["list_name"] for choice in odk.view(compiled(folder)).choices] == ["office"]


def rated(folder: Path, rules: str) -> DecisionTable:
    """A decision table over two questions that are answered yes or no."""
    write_form(
        folder,
        "select_one yes_no,a,\nselect_one yes_no,b,\ncalculate,result,rate\n",
        "yes_no,yes,Yes\nyes_no,no,No\nrate,high,High\nrate,low,Low\n",
        headings="type,name,table",
        sheets={
            "decisions/rate.csv": f"rule,a,b,outcome,reason\n{rules}",
            "decisions/variables.csv": "table,variable,list,from\nrate,a,yes_no,a\nrate,b,yes_no,b\n",
        },
    )
    return compiled(folder).tables["rate"]


def test_a_table_without_a_last_row_for_everything_ends_in_nothing(tmp_path: Path) -> None:
    table = rated(tmp_path / "form", "D1,yes,,high,A.\nD2,not yes,,low,B.\n")
    assert odk.decision(table) == "if(${a} = 'yes', 'high', if(not(${a} = 'yes'), 'low', ''))"


def test_a_cell_that_names_every_value_and_missing_asks_for_nothing(tmp_path: Path) -> None:
    table = rated(tmp_path / "form", "D1,yes,yes no missing,high,A.\nD2,yes no missing,,low,B.\n")
    assert odk.decision(table) == "if(${a} = 'yes', 'high', 'low')"


def test_a_row_that_fits_no_value_is_left_out(tmp_path: Path) -> None:
    table = rated(tmp_path / "form", "D1,yes,,high,A.\nD2,,,low,B.\n")
    for outcome in ("high", "low"):
        never = replace(table.rules[0], cells=((), None), outcome=outcome)
        assert odk.decision(replace(table, rules=(never, *table.rules))) == odk.decision(table)


@pytest.mark.parametrize("name", ["a1", "lane", "final"])
def test_the_nested_if_decides_as_the_table_does(tmp_path: Path, name: str) -> None:
    definition = compile_form(paths.forms_dir() / "assessment")
    assert isinstance(definition, Definition)
    table = definition.tables[name]
    sources = [variable.source for variable in table.variables if variable.source]
    nested = odk.decision(table).replace('"', '""')
    survey = "".join(f"text,{source},\n" for source in sources) + f'calculate,decided,"{nested}"\n'
    session = opened(write_form(tmp_path / "form", survey, headings="type,name,calculation"))
    random = Random(7)  # noqa: S311 - the same answers every time
    outcomes = set()
    for _ in range(400):
        values = {one.name: random.choice([*one.domain, *one.domain, "", "else"]) for one in table.variables}
        for variable in table.variables:
            if variable.source:
                session.set(variable.source, values[variable.name])
            else:
                values[variable.name] = ""
        rule = first_rule(table, values)
        wanted = rule.outcome if rule else MISSING
        assert (session.value("decided") or MISSING) == wanted, values
        outcomes.add(wanted)
    assert len(outcomes) > 2
