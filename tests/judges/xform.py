"""An exported workbook as pyxform sees it: the XForm, and where each `${name}` of a bind leads."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import openpyxl
from lxml import etree
from pyxform.validators.odk_validate import ODK_VALIDATE_PATH
from pyxform.xls2xform import convert

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.grids import read_files
from hrddp_desktop.engine.workbook import workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BIND = "{http://www.w3.org/2002/xforms}bind"
_ATTRIBUTES = {
    "relevant": "relevant",
    "required": "required",
    "constraint": "constraint",
    "calculation": "calculate",
    "read_only": "readonly",
    "readonly": "readonly",
    "repeat_count": "calculate",
}
_REFERENCE = re.compile(r"\$\{\s*([\w.\-]+)\s*\}")
_PATH = r"\s*([\w.()/\-]+?)\s*"
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
# ODK's engine (0.22) makes NaN of the sum of no rows; XPath 1.0, JavaRosa and ours make 0 of it.
_SUM = re.compile(r"\bsum\(([^()]*)\)")


def workbook_of(folder: Path) -> bytes:
    """The workbook that `forms export` writes of a form. Raises AssertionError for a form with problems."""
    definition = compile_form(folder)
    assert isinstance(definition, Definition), [str(problem) for problem in definition]
    return workbook(read_files(folder)[0], definition)


def xform_of(content: bytes) -> str:
    """The XForm of a workbook. Raises PyXFormError for one that is none."""
    return str(convert(content, file_type=".xlsx").xform)


def with_sum_of_nothing(xform: str) -> str:
    """The same form for ODK's engine, a sum of no rows written out as 0."""
    return _SUM.sub(r"if(count(\1) = 0, 0, sum(\1))", xform)


def validate(file: Path) -> str:
    """What ODK Validate says against a form; nothing for one that is valid."""
    command = ["java", "-Djava.awt.headless=true", "-jar", ODK_VALIDATE_PATH, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@dataclass(frozen=True, slots=True)
class Resolved:
    """One `${name}` of one cell and where it leads: a place, in this row or in every row."""

    question: str
    column: str
    number: int
    name: str
    place: str
    every_row: bool


def references(content: bytes, xform: str) -> Iterator[Resolved]:
    """Every reference of the workbook's survey, as pyxform resolved it in the bind of the question."""
    binds, tables = _binds(xform), set(_tables(xform))
    home = [next(iter(binds)).split("/")[1]]
    for cells in survey_rows(content):
        name, kind = cells.get("name", ""), cells.get("type", "")
        nodeset = "/".join(("", *home, name))
        if kind.startswith("begin"):
            home.append(name)
        elif kind.startswith("end"):
            home.pop()
        for column, attribute in _ATTRIBUTES.items():
            source = cells.get(column, "")
            if "${" not in source:
                continue
            # Pyxform works out how many rows a table has in a place of its own, beside the table.
            bind = binds[f"{nodeset}_count" if column == "repeat_count" else nodeset]
            names = _REFERENCE.findall(source)
            for number, (one, path) in enumerate(zip(names, _paths(source, bind[attribute]), strict=True)):
                place, is_absolute = _led(path, nodeset)
                inside = any(place.startswith(f"{table}/") or place == table for table in tables)
                yield Resolved(name, column, number, one, place, is_absolute and inside)


def survey_rows(content: bytes) -> Iterator[dict[str, str]]:
    """The filled cells of each row of the survey sheet."""
    rows = openpyxl.load_workbook(io.BytesIO(content), read_only=True)["survey"].iter_rows(values_only=True)
    headings = [str(heading) for heading in next(rows)]
    for row in rows:
        yield {heading: str(cell) for heading, cell in zip(headings, row, strict=False) if cell is not None}


def _binds(xform: str) -> dict[str, dict[str, str]]:
    root = etree.fromstring(xform.encode())
    return {bind.get("nodeset"): dict(bind.attrib) for bind in root.iter(_BIND)}


def _tables(xform: str) -> Iterator[str]:
    root = etree.fromstring(xform.encode())
    return (repeat.get("nodeset") for repeat in root.iter("{http://www.w3.org/2002/xforms}repeat"))


def _paths(source: str, written: str) -> list[str]:
    """What stands in the bind where the sheet has references; the rest of the two must be the same."""
    pieces = [r"\s*".join(re.escape(word) for word in piece.split()) for piece in _split(source)]
    match = re.fullmatch(_PATH.join(rf"\s*{piece}\s*" for piece in pieces), _plain(written))
    assert match, f"{source}\n{written}"
    return list(match.groups())


def _split(source: str) -> list[str]:
    return _REFERENCE.sub("\0", _plain(source)).split("\0")


def _plain(text: str) -> str:
    """Quotes as pyxform writes them: it makes every curly one straight."""
    return text.translate(_QUOTES)


def _led(path: str, nodeset: str) -> tuple[str, bool]:
    """The place that a path leads to from a bind, and whether it was absolute."""
    if path.startswith("/"):
        return path, True
    steps = nodeset.split("/")
    for step in path.removeprefix("current()/").split("/"):
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps), False
