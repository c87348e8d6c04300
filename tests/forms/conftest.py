"""The shipped assessment form, compiled once, and its worked cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.session import Session, open_session

ROOT = Path(__file__).parents[2]
FORM = ROOT / "forms" / "assessment"
REFERENCE = ROOT / "tests" / "data" / "reference"
CASES = ROOT / "tests" / "data" / "cases"
RELATED: Mapping[str, Mapping[str, str]] = {
    "record": {"reference": "ILM-DORV-2026-005-T", "version": "1"},
    "office": {"country": "ILM", "station": "Dorva", "language": "fr"},
}

Json = dict[str, object]


def read_json(path: Path) -> Json:
    return cast("Json", json.loads(path.read_text("utf-8")))


class Form:
    """The compiled form with short ways to open a record on it."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def open(self, answers: Mapping[str, object] | None = None, as_of: str = "2026-03-05") -> Session:
        return open_session(self.definition, answers, as_of=date.fromisoformat(as_of), related=RELATED)

    def example(self, name: str) -> Session:
        case = read_json(FORM / "examples" / name)
        return self.open(cast("Json", case["answers"]), str(case["as_of"]))

    def severity(self, outcome: str | None) -> int | None:
        """How severe an outcome is; None for incomplete."""
        text = self.definition.lists["outcome"].fact(outcome or "incomplete", "severity_order")
        return int(text) if text else None


@pytest.fixture(scope="session")
def form() -> Form:
    compiled = compile_form(FORM)
    assert isinstance(compiled, Definition), "\n".join(str(problem) for problem in compiled)
    return Form(compiled)
