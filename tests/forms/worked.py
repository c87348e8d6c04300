"""The shipped assessment form and short ways to open a record on it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hrddp_desktop.engine.session import open_session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.session import Session

ROOT = Path(__file__).parents[2]
FORMS = ROOT / "forms"
FORM = FORMS / "assessment"
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
        """A record with these answers."""
        return open_session(self.definition, answers, as_of=date.fromisoformat(as_of), related=RELATED)

    def new(self) -> Session:
        """A record just made, with its defaults."""
        return open_session(self.definition, as_of=date(2026, 3, 5), related=RELATED, new=True)

    def example(self, name: str) -> Session:
        """One of the worked cases that the form ships."""
        case = read_json(FORM / "examples" / name)
        return self.open(cast("Json", case["answers"]), str(case["as_of"]))

    def severity(self, outcome: str | None) -> int | None:
        """How severe an outcome is; None for incomplete."""
        text = self.definition.lists["outcome"].fact(outcome or "incomplete", "severity_order")
        return int(text) if text else None
