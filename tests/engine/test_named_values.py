"""A calculation that names where its values come from is shown in words: those of a list, or the title of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.engine import odk
from hrddp_desktop.engine.compare import differences
from hrddp_desktop.engine.definition import dump, load
from hrddp_desktop.engine.maps import links
from hrddp_desktop.engine.problems import ProblemCode
from tests.engine.forms import compiled, opened, problems, write_form

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = "type,name,label,calculation"
SURVEY = """begin_repeat,units,Units,
text,unit,Unit,
end_repeat,,,
calculate yes_no,any,Any?,"if(count(${units}) > 0, 'yes', 'no')"
calculate units,first,The first,"join(' ', ${units}[position() = 1]/_row)"
"""
ANSWERS = {"units": [{"_row": "R1", "unit": "North"}]}


def form(folder: Path, survey: str = SURVEY) -> Path:
    return write_form(folder, survey, headings=HEADINGS)


def test_a_calculation_is_shown_in_the_words_of_its_list(tmp_path: Path) -> None:
    view = opened(form(tmp_path), ANSWERS).view("any", "en")
    assert (view.type, view.value, view.text, view.options) == ("calculate", "yes", "Yes", ())


def test_a_row_that_a_calculation_names_is_shown_by_its_title(tmp_path: Path) -> None:
    view = opened(form(tmp_path), ANSWERS).view("first", "en")
    assert (view.value, view.text) == ("R1", "North")


def test_a_list_that_is_not_there_is_reported_at_the_type(tmp_path: Path) -> None:
    found = problems(form(tmp_path, SURVEY.replace("calculate yes_no", "calculate yes_or_no")))
    assert [(one.code, one.column) for one in found] == [(ProblemCode.LIST_MISSING, "type")]


def test_what_is_named_is_kept_compared_and_mapped_and_odk_does_not_see_it(tmp_path: Path) -> None:
    definition = compiled(form(tmp_path / "one"))
    assert load(dump(definition)).items["any"].values == "yes_no"
    assert odk.view(definition).cells["any"]["type"] == "calculate"
    other = compiled(form(tmp_path / "other", SURVEY.replace("calculate yes_no", "calculate")))
    assert ["type changed" in one.change for one in differences(other, definition)] == [True]
    named = {(link.reader, link.source) for link in links(definition) if link.how == "its values"}
    assert named == {("any", "list yes_no"), ("first", "units")}
