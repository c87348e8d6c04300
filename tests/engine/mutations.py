"""Copies of a form with one mistake each, of every kind that authors make, and where it must be reported."""

from __future__ import annotations

import csv
import io
import re
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polib

from hrddp_desktop.engine.problems import ProblemCode

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping
    from pathlib import Path

Cells = dict[str, str]
Expected = tuple[ProblemCode, str, int]
_QUOTED = re.compile(r"(\$\{\w+\} = )'(\w+)'")
_NAMED = re.compile(r"\$\{(\w+)\}")
_NOT_ASKED = ("begin", "end", "note", "calculate")


@dataclass(slots=True)
class Copy:
    """A form in memory; `write` puts the changed sheets into a folder."""

    origin: Path
    pick: random.Random
    sheets: dict[str, list[Cells]] = field(default_factory=dict)
    headings: dict[str, list[str]] = field(default_factory=dict)
    catalogues: dict[str, polib.POFile] = field(default_factory=dict)

    def rows(self, sheet: str) -> list[Cells]:
        """The rows of a sheet; row n of the list is row n + 2 of the spreadsheet."""
        if sheet not in self.sheets:
            with (self.origin / f"{sheet}.csv").open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                self.sheets[sheet] = list(reader)
                self.headings[sheet] = list(reader.fieldnames or ())
        return self.sheets[sheet]

    def one(self, sheet: str, fits: Callable[[Cells], bool]) -> int:
        """The index of a row that fits. Raises LookupError when none does."""
        return self.pick.choice([at for at, row in enumerate(self.rows(sheet)) if fits(row)])

    def words(self, language: str) -> polib.POFile:
        """A catalogue of translations."""
        if language not in self.catalogues:
            self.catalogues[language] = polib.pofile(str(self.origin / "i18n" / f"{language}.po"))
        return self.catalogues[language]

    def write(self, folder: Path) -> None:
        """The form with its mistake."""
        shutil.copytree(self.origin, folder, ignore=shutil.ignore_patterns("examples"))
        for sheet, rows in self.sheets.items():
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, self.headings[sheet], extrasaction="raise")
            writer.writeheader()
            writer.writerows(rows)
            (folder / f"{sheet}.csv").write_text(text.getvalue(), "utf-8", newline="")
        for language, words in self.catalogues.items():
            words.save(str(folder / "i18n" / f"{language}.po"))


def _is_asked(row: Cells) -> bool:
    return not row["type"].startswith(_NOT_ASKED)


def _set(form: Copy, at: int, column: str, text: str, code: ProblemCode) -> Expected:
    form.rows("survey")[at][column] = text
    return code, "survey", at + 2


def _free(row: Cells) -> bool:
    """A question without a condition, outside every rule that a mistake would meet first."""
    return _is_asked(row) and not row["relevant"]


def unknown_reference(form: Copy) -> Expected:
    at = form.one("survey", lambda row: "${" in row["relevant"])
    text = _NAMED.sub("${nothing_at_all}", form.rows("survey")[at]["relevant"], count=1)
    return _set(form, at, "relevant", text, ProblemCode.REFERENCE_UNKNOWN)


def duplicate_name(form: Copy) -> Expected:
    names = [row["name"] for row in form.rows("survey")]
    at = form.one("survey", lambda row: _is_asked(row) and names.index(row["name"]) > 0)
    earlier = form.pick.choice([name for name in names[:at] if name])
    return _set(form, at, "name", earlier, ProblemCode.NAME_TWICE)


def unclosed_group(form: Copy) -> Expected:
    rows = form.rows("survey")
    at = form.one("survey", lambda row: row["type"] == "end_group")
    stack: list[int] = []
    for number, row in enumerate(rows[:at]):
        if row["type"].startswith("begin"):
            stack.append(number)
        elif row["type"].startswith("end"):
            stack.pop()
    del rows[at]
    # The next end row closes the inner group, so it is the outermost one that stays open.
    return ProblemCode.GROUP_NOT_CLOSED, "survey", stack[0] + 2


def duplicate_choice(form: Copy) -> Expected:
    rows = form.rows("choices")
    at = form.one("choices", lambda row: bool(row["list_name"]))
    rows.insert(at + 1, dict(rows[at]))
    return ProblemCode.CHOICE_TWICE, "choices", at + 3


def unknown_type(form: Copy) -> Expected:
    at = form.one("survey", _is_asked)
    return _set(form, at, "type", form.pick.choice(["geopoint", "intger", "image"]), ProblemCode.TYPE_UNKNOWN)


def missing_list(form: Copy) -> Expected:
    at = form.one("survey", lambda row: row["type"].startswith(("select_one ", "select_multiple ")))
    kind = form.rows("survey")[at]["type"].split()[0]
    return _set(form, at, "type", f"{kind} no_such_list", ProblemCode.LIST_MISSING)


def syntax_error(form: Copy) -> Expected:
    at = form.one("survey", lambda row: bool(row["relevant"]))
    return _set(form, at, "relevant", form.rows("survey")[at]["relevant"] + " and", ProblemCode.SYNTAX)


def missing_bracket(form: Copy) -> Expected:
    at = form.one("survey", lambda row: row["calculation"].endswith(")"))
    return _set(form, at, "calculation", form.rows("survey")[at]["calculation"][:-1], ProblemCode.SYNTAX)


def unknown_function(form: Copy) -> Expected:
    at = form.one("survey", _free)
    return _set(form, at, "relevant", "cosine(1) = 1", ProblemCode.FUNCTION_UNKNOWN)


def circular_calculation(form: Copy) -> Expected:
    at = form.one("survey", lambda row: row["type"] == "calculate" and bool(row["calculation"]))
    name = form.rows("survey")[at]["name"]
    return _set(form, at, "calculation", f"${{{name}}}", ProblemCode.CIRCULAR)


def curly_quotes(form: Copy) -> Expected:
    at = form.one("survey", lambda row: "'" in row["relevant"])
    text = form.rows("survey")[at]["relevant"].replace("'", "\u2019")
    return _set(form, at, "relevant", text, ProblemCode.CURLY_QUOTE)


def misspelt_column(form: Copy) -> Expected:
    form.rows("survey")
    column = form.pick.choice(["relevant", "constraint", "guidance_hint", "label", "required", "consumer"])
    headings, slip = form.headings["survey"], column[:-2] + column[-1] + column[-2]
    headings[headings.index(column)] = slip
    for row in form.rows("survey"):
        row[slip] = row.pop(column)
    return ProblemCode.COLUMN_UNKNOWN, "survey", 1


def missing_translation(form: Copy) -> Expected:
    at = form.one("survey", lambda row: _is_asked(row) and bool(row["label"]))
    context = f"survey:{form.rows('survey')[at]['name']}:label"
    words = form.words(form.pick.choice(["ar", "es", "fr"]))
    words.remove(next(entry for entry in words if entry.msgctxt == context))
    return ProblemCode.TRANSLATION_MISSING, "survey", at + 2


def stale_translation(form: Copy) -> Expected:
    at = form.one("survey", lambda row: _is_asked(row) and bool(row["label"]) and "${" not in row["label"])
    text = form.rows("survey")[at]["label"] + " (changed)"
    return _set(form, at, "label", text, ProblemCode.TRANSLATION_STALE)


def compared_value(form: Copy) -> Expected:
    lists = {row["name"] for row in form.rows("survey") if row["type"].startswith("select_one ")}
    at = form.one("survey", lambda row: _compares(row, lists))
    text = _QUOTED.sub(r"\1'no_such_code'", form.rows("survey")[at]["relevant"], count=1)
    return _set(form, at, "relevant", text, ProblemCode.CODE_NOT_IN_LIST)


def _compares(row: Cells, lists: set[str]) -> bool:
    """The first comparison with a code is one of a question that has a choice list."""
    found = _QUOTED.search(row["relevant"])
    return found is not None and set(_NAMED.findall(found[1])) <= lists


def unreachable(form: Copy) -> Expected:
    at = form.one("survey", lambda row: _is_asked(row) and _QUOTED.fullmatch(row["relevant"]) is not None)
    text = form.rows("survey")[at]["relevant"]
    name = _NAMED.findall(text)[0]
    return _set(form, at, "relevant", f"{text} and ${{{name}}} = ''", ProblemCode.UNREACHABLE)


def hide_each_other(form: Copy) -> Expected:
    rows = form.rows("survey")
    at = form.one("survey", lambda row: _free(row) and row["type"] in {"text", "date", "integer"})
    near = [
        number
        for number, row in enumerate(rows)
        if number != at and _free(row) and row["type"] in {"text", "date"} and _home(rows, number) == _home(rows, at)
    ]
    other = form.pick.choice(near)
    rows[at]["relevant"], rows[other]["relevant"] = (f"${{{rows[one]['name']}}} != ''" for one in (other, at))
    return ProblemCode.HIDE_EACH_OTHER, "survey", min(at, other) + 2


def _home(rows: list[Cells], at: int) -> str:
    """The table a row stands in, blank for none."""
    inside = ""
    for row in rows[:at]:
        if row["type"] == "begin_repeat":
            inside = row["name"]
        elif row["type"] == "end_repeat":
            inside = ""
    return inside


def unknown_filter_column(form: Copy) -> Expected:
    at = form.one("survey", lambda row: row["type"].startswith("select_one ") and not row["choice_filter"])
    return _set(form, at, "choice_filter", "no_such_column = 'x'", ProblemCode.COLUMN_NOT_IN_LIST)


def lost_placeholder(form: Copy) -> Expected:
    language = form.pick.choice(["ar", "es", "fr"])
    words = form.words(language)
    entry = form.pick.choice([one for one in words if (one.msgctxt or "").startswith("survey:") and one.msgstr])
    lines = [line for line, text in enumerate(str(words).splitlines(), 1) if text.startswith("msgctxt ")]
    entry.msgstr += " ${nothing}"
    return ProblemCode.PLACEHOLDER_LOST, f"i18n/{language}", lines[list(words).index(entry)]


def without_source(form: Copy) -> Expected:
    at = form.one("survey", lambda row: _is_asked(row) and bool(row["source"]))
    return _set(form, at, "source", "", ProblemCode.SOURCE_MISSING)


def without_guidance(form: Copy) -> Expected:
    at = form.one("survey", lambda row: _is_asked(row) and bool(row["guidance_hint"]))
    return _set(form, at, "guidance_hint", "", ProblemCode.GUIDANCE_MISSING)


def without_outcome(form: Copy) -> Expected:
    sheet = _decision(form)
    rows = form.rows(sheet)
    del rows[-1]
    return ProblemCode.NO_OUTCOME, sheet, len(rows) + 1


def dead_row(form: Copy) -> Expected:
    sheet = _decision(form)
    rows = form.rows(sheet)
    at = form.pick.randrange(len(rows))
    rows.insert(at + 1, dict(rows[at]))
    return ProblemCode.DEAD_ROW, sheet, at + 3


def _decision(form: Copy) -> str:
    names = sorted(path.stem for path in (form.origin / "decisions").glob("*.csv"))
    return f"decisions/{form.pick.choice([name for name in names if name not in {'variables', 'facts'}])}"


def own_table(form: Copy) -> Expected:
    rows = form.rows("survey")
    at = form.one("survey", lambda row: row["type"] == "text" and _home(rows, rows.index(row)) != "")
    new = {**dict.fromkeys(rows[at], ""), "type": "calculate", "name": "own_total", "source": "[D]"}
    rows.insert(at + 1, {**new, "calculation": f"count-non-empty(${{{rows[at]['name']}}})"})
    return ProblemCode.OWN_TABLE, "survey", at + 3


KINDS: Mapping[str, Callable[[Copy], Expected]] = {
    kind.__name__: kind
    for kind in (
        unknown_reference,
        duplicate_name,
        unclosed_group,
        duplicate_choice,
        unknown_type,
        missing_list,
        syntax_error,
        missing_bracket,
        unknown_function,
        circular_calculation,
        curly_quotes,
        misspelt_column,
        missing_translation,
        stale_translation,
        compared_value,
        unreachable,
        hide_each_other,
        unknown_filter_column,
        lost_placeholder,
        without_source,
        without_guidance,
        without_outcome,
        dead_row,
        own_table,
    )
}
