"""A policy officer's round trip: out to a workbook, a rule and a question changed in LibreOffice, and in again."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import TYPE_CHECKING, cast

import pytest

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.session import open_session
from hrddp_desktop.services.assessment import final_decision
from tests.authoring.officer import work
from tests.authoring.workbooks import exported, files_of, written
from tests.forms.worked import CASES, FORM, RELATED, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hrddp_desktop.engine.session import Session

CASE = read_json(CASES / "case1.json")
NEW_LABEL = "What do we call the activity?"
CHANGES = [
    ("decision_final", "rule", "D18", "outcome", "escalate"),
    ("survey", "name", "a0_title", "label::English (en)", NEW_LABEL),
]


def opened(form: Path) -> Session:
    """The worked case on a form in a folder."""
    definition = compile_form(form)
    assert isinstance(definition, Definition), "\n".join(str(problem) for problem in definition)
    answers = cast("Mapping[str, object]", CASE["answers"])
    return open_session(definition, answers, as_of=date.fromisoformat(str(CASE["as_of"])), related=RELATED)


def changed_cells(before: bytes, after: bytes) -> list[tuple[str, str, str]]:
    """What differs between two sheets: heading, text before, text after."""
    one, other = (list(csv.DictReader(io.StringIO(sheet.decode()))) for sheet in (before, after))
    assert len(one) == len(other)
    pairs = zip(one, other, strict=True)
    return [(name, was[name], now[name]) for was, now in pairs for name in was if was[name] != now[name]]


@pytest.fixture(scope="module")
def changed_form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The form as it comes back from LibreOffice."""
    folder = tmp_path_factory.mktemp("officer")
    target = folder / "changed.xlsx"
    exported("assessment", folder)
    work(folder / "exported.xlsx", target, CHANGES, folder)
    imported = written(target.read_bytes(), folder / "form")
    assert imported.problems == ()
    return folder / "form"


def test_a_rule_and_a_question_change_without_touching_python(changed_form: Path) -> None:
    before, after = opened(FORM), opened(changed_form)
    assert (final_decision(before).outcome, final_decision(before).rule) == ("proceed_with_mitigation", "D18")
    assert (final_decision(after).outcome, final_decision(after).rule) == ("escalate", "D18")
    assert after.view("a0_title", "en").label == NEW_LABEL
    assert json.dumps(after.answers(), sort_keys=True) == json.dumps(before.answers(), sort_keys=True)


def test_nothing_else_changes(changed_form: Path) -> None:
    ours, theirs = files_of(FORM), files_of(changed_form)
    # The translations of the label are marked as to be looked at again.
    catalogues = {"i18n/ar.po", "i18n/es.po", "i18n/fr.po"}
    differing = {name for name in ours | theirs if ours.get(name) != theirs.get(name)}
    assert differing == {"survey.csv", "decisions/final.csv", *catalogues}
    assert changed_cells(ours["decisions/final.csv"], theirs["decisions/final.csv"]) == [
        ("outcome", "proceed_with_mitigation", "escalate")
    ]
    label = ("label", "Short title of the activity", NEW_LABEL)
    assert changed_cells(ours["survey.csv"], theirs["survey.csv"]) == [label]
