"""The far corners of the engine: rare mistakes of authors, rare expressions, rare files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.definition import dump, load
from hrddp_desktop.engine.lint import lint
from hrddp_desktop.engine.patterns import safe_pattern
from hrddp_desktop.engine.problems import ExpressionError, ProblemCode
from hrddp_desktop.engine.program import program
from hrddp_desktop.engine.session import open_session
from hrddp_desktop.engine.show import consumer_sign
from hrddp_desktop.engine.tree import Tree
from hrddp_desktop.engine.values import round_half_up
from hrddp_desktop.errors import AnswerError, Code
from tests.engine.conformance import evaluate
from tests.engine.forms import TODAY, compiled, opened, problems, write_form
from tests.engine.rich import rich_form
from tests.engine.test_decisions import RULES, VARIABLES
from tests.engine.test_decisions import form as decided_form
from tests.engine.test_machines import MACHINE, seen
from tests.engine.test_machines import form as machine_form

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.nodes import Node

GROUP = "begin_group,g,,,,\n%send_group,,,,,\n"


def codes(folder: Path) -> list[tuple[str, str, int, str]]:
    """What is wrong with a form, and where."""
    return [(one.code.name, one.sheet, one.row, one.column) for one in problems(folder)]


# sheets


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"colour": "red"}, ("COLUMN_UNKNOWN", "settings", 1, "colour")),
        ({"form_title": ""}, ("CELL_MISSING", "settings", 2, "form_title")),
        ({"final": "nothing"}, ("SETTING_UNKNOWN", "settings", 2, "final")),
        ({"lane": "nothing"}, ("SETTING_UNKNOWN", "settings", 2, "lane")),
        ({"judged": "nothing"}, ("SETTING_UNKNOWN", "settings", 2, "judged")),
        ({"due_dates": "nothing"}, ("SETTING_UNKNOWN", "settings", 2, "due_dates")),
        ({"dates_ahead": "g"}, ("SETTING_UNKNOWN", "settings", 2, "dates_ahead")),
        ({"sealed": "perhaps"}, ("SETTING_UNKNOWN", "settings", 2, "sealed")),
    ],
)
def test_a_setting_that_fits_nothing_is_reported(
    tmp_path: Path, setting: dict[str, str], expected: tuple[str, str, int, str]
) -> None:
    assert codes(write_form(tmp_path, GROUP % "text,a,,,,\n", settings=setting)) == [expected]


def test_a_language_column_without_the_code_of_its_language_is_reported(tmp_path: Path) -> None:
    choices = "yes_no,yes,Yes,Oui\nyes_no,no,No,Non\n"
    folder = write_form(
        tmp_path, GROUP % "text,a,,,,\n", choices, choice_headings="list_name,name,label,label::Français"
    )
    assert codes(folder) == [("LANGUAGE_WITHOUT_CODE", "choices", 1, "label::Français")]


@pytest.mark.parametrize(
    ("choices", "headings", "expected"),
    [
        (",yes,Yes\n", "list_name,name,label", ("CELL_MISSING", "choices", 2, "list_name")),
        ("yes_no,,Yes\n", "list_name,name,label", ("CELL_MISSING", "choices", 2, "name")),
        ("yes_no,a b,Yes\n", "list_name,name,label", ("NAME_BAD", "choices", 2, "name")),
        ("yes_no,yes,Yes\n", "list_name,name,words", ("COLUMN_MISSING", "choices", 1, "label")),
    ],
)
def test_a_choice_without_its_cells_is_reported(
    tmp_path: Path, choices: str, headings: str, expected: tuple[str, str, int, str]
) -> None:
    assert codes(write_form(tmp_path, GROUP % "text,a,,,,\n", choices, choice_headings=headings)) == [expected]


@pytest.mark.parametrize(
    ("rows", "headings", "expected"),
    [
        ("a,b\n", "name,label", [("COLUMN_MISSING", "survey", 1, "type"), ("CELL_MISSING", "survey", 2, "type")]),
        ("text list,a\n", "type,name", [("TYPE_UNKNOWN", "survey", 2, "type")]),
        ("calculate,a\n", "type,name", [("CELL_MISSING", "survey", 2, "calculation")]),
        ("intger,\n", "type,name", [("NAME_MISSING", "survey", 2, "name"), ("TYPE_UNKNOWN", "survey", 2, "type")]),
        ("calculate,a,nothing\n", "type,name,table", [("DECISION_MISSING", "survey", 2, "table")]),
        ("select_one no_list,a,yes\n", "type,name,default", [("LIST_MISSING", "survey", 2, "type")]),
        (
            "begin_repeat,a\nend_repeat,\nbegin_repeat,a\nend_repeat,\n",
            "type,name",
            [("NAME_TWICE", "survey", 4, "name")],
        ),
    ],
)
def test_a_row_without_sense_is_reported(
    tmp_path: Path, rows: str, headings: str, expected: list[tuple[str, str, int, str]]
) -> None:
    found = codes(write_form(tmp_path, rows, headings=headings))
    assert [one for one in found if one[0] != "LIST_MISSING" or one in expected] == expected


def test_a_calculation_has_one_way_to_its_value(tmp_path: Path) -> None:
    folder = decided_form(tmp_path)
    text = (folder / "survey.csv").read_text("utf-8").replace("calculate,result,,,,", "calculate,result,,1,,")
    (folder / "survey.csv").write_text(text, "utf-8")
    assert codes(folder) == [("CELL_NOT_USED", "survey", 6, "calculation")]


def test_a_decision_table_without_its_columns_is_reported(tmp_path: Path) -> None:
    folder = decided_form(tmp_path, RULES.replace("rule,a", "rul,a"))
    assert ("COLUMN_MISSING", "decisions/main", 1, "rule") in codes(folder)


def test_an_empty_sheet_has_no_rows_and_a_blank_row_counts_for_nothing(tmp_path: Path) -> None:
    folder = write_form(tmp_path, GROUP % ",,,,,\ntext,a,,,,\n")
    assert list(compiled(folder).items) == ["g", "a"]
    (folder / "choices.csv").write_text("", "utf-8")
    (folder / "survey.csv").write_text("type,name\nselect_one yes_no,a\n", "utf-8")
    assert codes(folder) == [("LIST_MISSING", "survey", 2, "type")]


def test_translations_that_cannot_be_read_are_a_problem_not_an_exception(tmp_path: Path) -> None:
    folder = write_form(tmp_path, GROUP % "text,a,,,,\n", sheets={"i18n/fr.po": 'msgid "a\nnonsense'})
    assert codes(folder) == [("SHEET_UNREADABLE", "i18n/fr.po", 1, "")]
    assert str(problems(folder)[0]).startswith("i18n/fr.po, row 1: The sheet cannot be read")


def test_labels_of_choices_may_stand_in_language_columns_or_be_absent(tmp_path: Path) -> None:
    choices = "yes_no,yes,,Oui\nyes_no,no,,\n"
    headings = "list_name,name,label,label::Français (fr)"
    folder = write_form(tmp_path, GROUP % "select_one yes_no,a,,,,\n", choices, choice_headings=headings)
    definition = compiled(folder)
    assert [definition.choice_label("yes_no", code, "fr") for code in ("yes", "no")] == ["Oui", "no"]
    assert "small 1 sha256:" in repr(definition)


def test_only_what_a_form_can_still_be_filled_in_with_is_a_warning(tmp_path: Path) -> None:
    folder = write_form(tmp_path, GROUP % "text,a,${b} = 1,,,\n")
    assert {one.code.name: one.is_warning for one in lint(folder)} == {
        "REFERENCE_UNKNOWN": False,
        "GUIDANCE_MISSING": True,
    }


# the cache


@pytest.mark.parametrize("part", ["lists", "tables"])
def test_a_cache_with_other_parts_is_refused(tmp_path: Path, part: str) -> None:
    cache = dump(compiled(decided_form(tmp_path)))
    spoilt = cache.replace(b'"choices":', b'"choice":' if part == "lists" else b'"choices":')
    spoilt = spoilt.replace(b'"rules":', b'"rule_s":' if part == "tables" else b'"rules":')
    with pytest.raises(ValueError, match="not a"):
        load(spoilt)


def test_reasons_and_facts_come_in_the_language_of_the_reader(tmp_path: Path) -> None:
    folder = decided_form(tmp_path)
    (folder / "i18n").mkdir()
    po = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgctxt "main:S1:reason"\nmsgid "A is high."\nmsgstr "A est haut."\n\n'
        'msgctxt "facts:a:fact"\nmsgid "A falls."\nmsgstr "A baisse."\n'
    )
    (folder / "i18n" / "fr.po").write_text(po, "utf-8")
    (folder / "decisions" / "facts.csv").write_text("variable,fact\na,A falls.\n", "utf-8")
    definition = compiled(folder)
    assert definition.translate("main", "S1", "reason", "fr") == "A est haut."
    assert definition.translate("main", "S1", "reason", "es") == "A is high."
    assert definition.translate("nothing", "S1", "reason", "fr") == ""
    assert [definition.fact("main", name, "fr") for name in ("a", "b")] == ["A baisse.", ""]


# expressions

QUESTIONS = GROUP % (
    "text,words,,,,\nselect_one yes_no,gate,,,,\ninteger,amount,,,,\nbegin_repeat,rows,,,,\ntext,part,,,,\n"
    'end_repeat,,,,,\ncalculate,c,,"%s",,\n'
)


def calculated(folder: Path, expression: str) -> Path:
    """A form with one calculation."""
    return write_form(folder, QUESTIONS % expression.replace('"', '""'))


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("/small/g", ProblemCode.NO_VALUE),
        ("/..", ProblemCode.PATH_UNKNOWN),
        ("string(/)", ProblemCode.NO_VALUE),
        ("min()", ProblemCode.ARGUMENTS),
        ("regex(${words}, ${words})", ProblemCode.PATTERN),
        ("position('a')", ProblemCode.ARGUMENT_KIND),
        ("indexed-repeat('a', ${rows}, 1)", ProblemCode.ARGUMENT_KIND),
        ("instance(${words})/root", ProblemCode.ARGUMENT_KIND),
        ("jr:choice-name(${gate}, 'gate_')", ProblemCode.ARGUMENT_KIND),
        ("jr:choice-name(${gate}, 1)", ProblemCode.ARGUMENT_KIND),
        ("'a", ProblemCode.SYNTAX),
        ("1 # 2", ProblemCode.SYNTAX),
        ("$words", ProblemCode.SYNTAX),
        ("${words} | ${gate}", ProblemCode.PATH_NOT_ALLOWED),
    ],
)
def test_an_expression_outside_the_language_is_reported(tmp_path: Path, expression: str, code: ProblemCode) -> None:
    assert [one.code for one in problems(calculated(tmp_path, expression))] == [code]


ANSWERS = {"words": "ab", "gate": "yes", "rows": [{"_row": "1", "part": "yes"}, {"_row": "2", "part": "no"}]}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${words} = concat('a', 'b')", "true"),
        ("${words} != concat('a', ${gate})", "true"),
        ("concat('a', 'b') = ${words}", "true"),
        ("pow(0 - 1, 0.5)", None),
        ("string(if(true(), today(), 'x'))", "2026-03-05"),
        ("if(true(), true(), 'x')", "true"),
        ("if(false(), 1, ${gate})", "yes"),
        ("concat('', if(false(), 1, ${rows}[3]/part))", None),
        ("number(if(true(), today(), 'x')) > 20000", "true"),
        ("instance('yes_no')/root/item[name = concat(${gate}, '')]/label", "Yes"),
        ("instance('yes_no')/root/item[name = concat('n', 'o')]/label", "No"),
        ("instance('yes_no')/root/item[name = string(1 + 1)]/label", None),
        ("instance('yes_no')/root/item[name = ${part}]/label", "Yes"),
        ("instance('yes_no')/root/item[./name = 'no']/label", "No"),
        ("instance('yes_no')/root/item[1]/../item[2]/label", "No"),
        ("substr(${words}, number('x'))", "ab"),
        ("format-date(${words}, '%Y')", None),
        ("decimal-time('12:00:00Z')", 0.5),
        ("count(${rows}[string-length(part) > 2])", 1),
        ("concat('', ${rows}[1])", "yes"),
        ("position(${rows}[2])", 2),
        ("position(../words)", 1),
        ("indexed-repeat(${part}, ${rows}, 2)", "no"),
        ("join(' ', /small/g/rows/part)", "yes no"),
        ("count(/small/g/words) + count(/small/g/gate)", 2),
        ("round(1 div 0)", None),
        ("instance('yes_no')/root/item[. = 'x']/label", None),
        ("count(instance('yes_no')/root/item) + count(instance('yes_no')/root/item)", 4),
        ("round(1 div 0, 1)", None),
        ("${rows}[2] = 'no'", "true"),
        ("string-length(${rows})", 3),
        ("instance('yes_no')/root/item[name = concat('n', ./label)]/label", None),
    ],
)
def test_a_rare_expression_gives_what_the_language_says(tmp_path: Path, expression: str, expected: object) -> None:
    assert opened(calculated(tmp_path, expression), ANSWERS).value("c") == expected


def test_a_table_can_ask_where_it_stands(tmp_path: Path) -> None:
    survey = GROUP % (
        "select_one yes_no,gate,,,,\n"
        "begin_repeat,rows,../gate = 'yes',,,position(.) = 1 and . = '' and not(./part = 'x')\ntext,part,,,,\n"
        "text,note,,,string-length() < 3,\nend_repeat,,,,,\n"
    )
    session = opened(write_form(tmp_path, survey), {"gate": "yes", "rows": [{"_row": "1", "note": "long"}]})
    assert session.table("rows", "en").required
    assert session.view("rows/1/note", "en").problem
    session.set("gate", "no")
    assert not session.table("rows", "en").relevant


def test_the_text_of_a_row_follows_its_cells(tmp_path: Path) -> None:
    session = opened(calculated(tmp_path, "concat('', ${rows}[1])"), ANSWERS)
    assert "c" in session.set("rows/1/part", "other").paths
    assert session.value("c") == "other"


def test_a_group_in_a_row_knows_its_place(tmp_path: Path) -> None:
    survey = GROUP % (
        "begin_repeat,rows,,,,\nbegin_group,inner,,,,\ncalculate,n,,position(../..),,\n"
        "end_group,,,,,\nend_repeat,,,,,\n"
    )
    session = opened(write_form(tmp_path, survey), {"rows": [{"_row": "1"}, {"_row": "2"}]})
    assert [session.value(f"rows/{row}/n") for row in "12"] == [1, 2]


def test_the_nodes_of_a_record_answer_as_those_of_any_document(tmp_path: Path) -> None:
    tree = Tree(program(compiled(calculated(tmp_path, "1"))), 0, {})
    group = tree.form.children()[0]
    assert (tree.form.text(), group.parent(), tree.form.parent()) == ("", tree.form, None)
    assert [child.children() for child in group.children()] == [(), (), (), ()]


def test_every_node_knows_what_it_holds_by_name(tmp_path: Path) -> None:
    tree = Tree(program(compiled(rich_form(tmp_path))), 0, {"file": {"rows": [{"a": "1"}, {"a": "2"}], "b": "3"}})
    for table in ("units", "goods"):
        for row_id in ("1", "2"):
            tree.insert(tree.tables[table], tree.new_row(tree.tables[table], row_id), 0)
            tree.tables[table].relevant = True
    waiting: list[Node] = [tree.form, *tree.tables.values(), *tree.instance("yes_no"), *tree.instance("file")]
    for node in waiting:
        waiting.extend(node.children())
        for name in {"nothing", "_row", *(child.name() for child in node.children())}:
            expected = [(child.name(), child.text()) for child in node.children() if child.name() == name]
            assert [(child.name(), child.text()) for child in node.called(name)] == expected
    assert len(waiting) > 60


def test_choices_that_are_looked_at_again_and_stay_the_same_change_nothing(tmp_path: Path) -> None:
    survey = "begin_group,g,\ntext,a,\nselect_one yes_no,b,${a} != 'x'\nend_group,,\n"
    session = opened(write_form(tmp_path, survey, headings="type,name,choice_filter"), {"a": "y"})
    assert session.set("a", "z").paths == {"a"}
    assert session.set("a", "x").paths == {"a", "b"}


def test_documents_that_are_no_forms_are_read_by_the_same_rules() -> None:
    document = "<a><b>1</b><c>2</c><b>3<d/>4</b></a>"
    assert evaluate("/a/c | /a/b", document, "/*[1]", "nodeset") == [
        ("/*[1]/*[1]", "1"),
        ("/*[1]/*[2]", "2"),
        ("/*[1]/*[3]", "34"),
    ]
    assert evaluate("count(/a/b[2]/text())", document, "/*[1]", "number") == 2
    assert evaluate("count(/a/b[2]/node())", document, "/*[1]", "number") == 3
    assert evaluate("position(/a/b)", document, "/*[1]", "number") == 1
    assert evaluate("count(/a[* = 2])", document, "/*[1]", "number") == 1
    with pytest.raises(ExpressionError):
        evaluate("${a}", document, "/*[1]", "string")


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [("(?:ab)", "ab", True), ("a{2,3}", "aa", True), ("[^a]", "b", True), ("a{2}", "a", False)],
)
def test_a_pattern_of_the_safe_dialect_matches_whole_texts(pattern: str, text: str, *, fits: bool) -> None:
    assert safe_pattern(pattern)(text) is fits


@pytest.mark.parametrize("pattern", ["a{3,1}", "((((((a))))))", "[[a]]", "[b-a]"])
def test_a_pattern_that_makes_no_sense_is_refused(pattern: str) -> None:
    with pytest.raises(ExpressionError):
        safe_pattern(pattern)


def test_what_has_no_whole_number_stays_as_it_is() -> None:
    assert math.isinf(round_half_up(math.inf))


# decision tables, machines


def test_a_variable_of_another_tables_row_has_no_one_value(tmp_path: Path) -> None:
    folder = decided_form(tmp_path)
    text = (folder / "survey.csv").read_text("utf-8")
    text = text.replace("select_one level,a,,,,,\n", "begin_repeat,r,,,,,\nselect_one level,a,,,,,\nend_repeat,,,,,,\n")
    (folder / "survey.csv").write_text(text, "utf-8")
    assert codes(folder) == [("SOURCE_IN_ROWS", "survey", 8, "table")]


def test_a_row_decides_from_its_own_cells_and_a_variable_without_source_is_missing(tmp_path: Path) -> None:
    folder = decided_form(tmp_path, variables=VARIABLES.replace("yes_no,c", "yes_no,"))
    text = (folder / "survey.csv").read_text("utf-8")
    text = text.replace("begin_group,g", "begin_repeat,g").replace("end_group", "end_repeat")
    (folder / "survey.csv").write_text(text, "utf-8")
    rows = [{"_row": "1", "a": "high"}, {"_row": "2", "a": "low", "b": "low", "c": "yes"}]
    session = opened(folder, {"g": rows})
    assert [session.value(f"g/{row}/result") for row in ("1", "2")] == ["halt", "ask"]
    assert session.decision("g/2/result").rule == "Q3"


def test_a_guard_may_look_something_up(tmp_path: Path) -> None:
    guard = "instance('state')/root/item[name = 'OPEN']/open = 'yes'"
    session = opened(machine_form(tmp_path, MACHINE.replace("danger != ''", guard)))
    assert seen(session)["E1", "OPEN"] == ""


# sessions


def test_what_a_record_does_not_have_is_refused(tmp_path: Path) -> None:
    session = opened(rich_form(tmp_path))
    steps = (
        lambda: session.table("nothing", "en"),
        lambda: session.remove_row("units", "R9"),
        lambda: session.page("nothing", "en"),
        lambda: session.decision("nothing"),
    )
    for step in steps:
        with pytest.raises(AnswerError) as caught:
            step()
        assert caught.value.code in {Code.QUESTION_UNKNOWN, Code.TABLE_UNKNOWN}


def test_a_row_id_is_taken_once_and_need_not_be_a_number(tmp_path: Path) -> None:
    session = opened(rich_form(tmp_path), {"gate": "yes", "units": [{"_row": "first"}]})
    assert session.add_row("units").added_row == "R1"
    for row_id in ("R1", "a b", "a/b"):
        with pytest.raises(AnswerError):
            session.add_row("units", row_id)


def test_excuses_of_a_file_come_back(tmp_path: Path) -> None:
    excused = {"why": {"kind": "later", "why": "asked", "who": "desk"}, "units": {"kind": "na", "why": "", "who": ""}}
    session = open_session(compiled(rich_form(tmp_path)), {}, excused, as_of=TODAY)
    assert session.excused() == excused


@pytest.mark.parametrize(
    ("consumer", "sign"),
    [("decides", "decides"), ("P1-01, LN5", "decides"), ("L04", "condition"), ("rpt:1", "informs"), ("", "informs")],
)
def test_the_consumer_of_an_answer_says_what_it_is_for(consumer: str, sign: str) -> None:
    assert consumer_sign(consumer) == sign


def test_a_filter_of_choices_on_a_question_without_choices_is_reported(tmp_path: Path) -> None:
    folder = write_form(tmp_path, "integer,a,b = 1\n", headings="type,name,choice_filter")
    assert codes(folder) == [("CELL_NOT_USED", "survey", 2, "choice_filter")]
