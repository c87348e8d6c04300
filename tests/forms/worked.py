"""The shipped assessment form and short ways to open a record on it."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hrddp_desktop.engine.session import open_session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def with_changes(answers: Json, changes: Mapping[str, object]) -> Json:
    """The answers of a case with those of a later day: `table/row/column`, `table/row` or `question`."""
    result: Json = copy.deepcopy(answers)
    for path, value in changes.items():
        name, *place = path.split("/")
        if not place:
            result[name] = value
            continue
        rows = cast("list[Json]", result.setdefault(name, []))
        row = next((one for one in rows if one["_row"] == place[0]), None)
        if row is None:
            row = {"_row": place[0]}
            rows.append(row)
        row.update({place[1]: value} if len(place) > 1 else cast("Json", value))
    return result


def cases() -> Iterator[tuple[str, Json, Json]]:
    """Each case, and each later day of it: the file, what is different then, what is expected."""
    for file in ("case1.json", "case4.json"):
        expected = cast("Json", read_json(CASES / "expected.json")[file])
        yield file, {}, expected
        for later in cast("list[Json]", expected["later"]):
            yield file, later, cast("Json", later["expect"])


def opened(form: Form, file: str, later: Json, expected: Json, **related: Json) -> Session:
    """A case as it stands on that day, sealed if it was by then."""
    answers = with_changes(cast("Json", read_json(CASES / file)["answers"]), cast("Json", later.get("set", {})))
    outcome = expected["outcome"]
    seal = {"on": later["seal"], "outcome": outcome, "outcome_effective": outcome} if "seal" in later else {}
    day = date.fromisoformat(str(later.get("as_of") or expected["as_of"]))
    return open_session(form.definition, answers, as_of=day, related={"seal": seal, **related})
