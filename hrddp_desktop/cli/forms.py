"""The questionnaires: check the sheets, decide on answers, try every part of the installation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop.cli import authoring
from hrddp_desktop.cli.shared import (
    GOOD,
    REFUSED,
    Commands,
    add_command,
    add_group,
    day,
    error_data,
    inputs,
    installed_forms,
    print_json,
)
from hrddp_desktop.errors import HrddpError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from datetime import date
    from typing import TypeAlias

    from hrddp_desktop.services.forms import Forms

    Decider: TypeAlias = Callable[[bytes, str], dict[str, object]]


def add_commands(commands: Commands) -> None:
    """The commands of this room."""
    add_command(commands, "self-check", _self_check, "try every part of this installation")
    group = add_group(commands, "forms", "the questionnaires")
    check = add_command(group, "check", _forms_check, "every problem of the sheets")
    check.add_argument("folder", nargs="?", type=Path, help="a form, or a folder of forms; default: the installed ones")
    authoring.add_commands(group)
    decide = add_command(commands, "decide", _decide, "answers in, outcome out, one JSON line each")
    decide.add_argument("files", nargs="*", metavar="FILE", help="answers files; - reads one JSON object a line")
    decide.add_argument("--as-of", type=day, metavar="DATE", help="judge at this date (YYYY-MM-DD)")
    decide.add_argument("--table", metavar="NAME", help="one decision table alone")
    decide.add_argument("--variables", metavar="FILE", action="append", default=[], help="its variables; - as above")


def _self_check(arguments: argparse.Namespace) -> int:
    from hrddp_desktop import app
    from hrddp_desktop.services import self_check

    steps = {**self_check.STEPS, "window": app.self_check_window}
    failed = 0
    for name, step in steps.items():
        problem = self_check.problem_of(step)
        failed += bool(problem)
        if not arguments.json:
            print(f"{name}: {problem or 'good'}")
    if arguments.json:
        print_json({"steps": list(steps), "failed": failed})
    return REFUSED if failed else GOOD


def _forms_check(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import forms

    problems = forms.check(arguments.folder)
    if arguments.json:
        print_json({"problems": [forms.as_data(problem) for problem in problems]})
    else:
        for problem in problems:
            print(forms.as_line(problem))
        print(f"{len(problems)} problems")
    return REFUSED if any(not problem.is_warning for problem in problems) else GOOD


def _decide(arguments: argparse.Namespace) -> int:
    status = GOOD
    files = arguments.variables if arguments.table else arguments.files
    if not files or (arguments.variables and not arguments.table) or (arguments.files and arguments.table):
        arguments.parser.error("name answers files, or --table with --variables; - is standard input")
    forms = installed_forms()
    decide = _table_decider(arguments.table, forms) if arguments.table else _file_decider(arguments.as_of, forms)
    for name, raw in inputs(files):
        try:
            print_json(decide(raw, name))
        except HrddpError as error:
            # One bad line of many must not hide the others; the status still says that something was refused.
            print_json(error_data(error))
            print(error, file=sys.stderr)
            status = REFUSED
    return status


def _file_decider(as_of: date | None, forms: Forms) -> Decider:
    from hrddp_desktop.services import assessment

    def decide(raw: bytes, name: str) -> dict[str, object]:
        file = assessment.read(raw, name)
        return assessment.decide(assessment.open_file(file, forms, as_of), file.marks)

    return decide


def _table_decider(table: str, forms: Forms) -> Decider:
    from hrddp_desktop.services import assessment

    # A table that does not exist is refused even if no line follows.
    definition = forms.with_table(table, assessment.FORM)
    return lambda raw, name: assessment.decide_alone(definition, table, assessment.read_variables(raw, name))
