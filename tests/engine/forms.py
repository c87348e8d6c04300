"""Small real forms, written as sheets into a folder and compiled from there."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.session import open_session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hrddp_desktop.engine.problems import Problem
    from hrddp_desktop.engine.session import Session

TODAY = date(2026, 3, 5)
YES_NO = "yes_no,yes,Yes\nyes_no,no,No\n"


def write_form(
    folder: Path,
    survey: str,
    choices: str = YES_NO,
    *,
    headings: str = "type,name,relevant,calculation,constraint,required",
    choice_headings: str = "list_name,name,label",
    settings: Mapping[str, str] | None = None,
    sheets: Mapping[str, str] | None = None,
) -> Path:
    """The sheets of a form. `survey` and `choices` are CSV without headings; `sheets` are further files by path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "survey.csv").write_text(f"{headings}\n{survey}", "utf-8")
    (folder / "choices.csv").write_text(f"{choice_headings}\n{choices}", "utf-8")
    named = {"form_id": "small", "form_title": "Small", "version": "1", "source_required": "no", **(settings or {})}
    with (folder / "settings.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, named)
        writer.writeheader()
        writer.writerow(named)
    for path, text in (sheets or {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def compiled(folder: Path) -> Definition:
    """The definition of a form that has no problems."""
    definition = compile_form(folder)
    assert isinstance(definition, Definition), [str(problem) for problem in definition]
    return definition


def problems(folder: Path) -> list[Problem]:
    """The problems of a form that has some."""
    found = compile_form(folder)
    assert isinstance(found, list), "the form compiled"
    return found


def opened(folder: Path, answers: Mapping[str, object] | None = None) -> Session:
    """A session on a form without problems."""
    return open_session(compiled(folder), answers, as_of=TODAY)
