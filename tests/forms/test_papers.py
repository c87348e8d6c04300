"""The forms beside the assessment: what they work out, what they take over, what they refuse."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.session import open_session
from tests.forms.worked import FORMS, RELATED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hrddp_desktop.engine.session import Session

TODAY = date(2026, 3, 5)
FACTS = ("setting", "gov_status", "dp_law", "dp_cross", "embargo", "mech_type", "lists", "asylum", "context")
CHECKED: Mapping[str, object] = {
    "cs_setting": "non_mission",
    "cs_gov_status": "recognised",
    "cs_dp_law": "abolished_all",
    "cs_dp_cross": "no",
    "cs_embargo": "no",
    "cs_mech_type": "none_known",
    "cs_lists": "none found",
    "cs_asylum": "A law exists; returns at the border are not seen.",
    "cs_context": ["none"],
    "cs_gpraf": "none",
    "cs_gpraf_source": "Resident Coordinator's office",
    **{f"cs_{fact}_on": "2026-02-01" for fact in FACTS},
    **{f"cs_{fact}_source": "Note of the focal point" for fact in FACTS},
}


@cache
def definition(form: str) -> Definition:
    compiled = compile_form(FORMS / form)
    assert isinstance(compiled, Definition), [str(problem) for problem in compiled]
    return compiled


def opened(
    form: str, answers: Mapping[str, object] | None = None, *, new: bool = False, **assessment: object
) -> Session:
    """A record of a form, beside an assessment with these answers."""
    related = {**RELATED, "assessment": assessment}
    return open_session(definition(form), answers, as_of=TODAY, related=related, new=new)


# country sheet


def freshness(**changes: object) -> tuple[object, object]:
    session = opened("country_sheet", {**CHECKED, **changes})
    return session.value("cs_oldest"), session.value("cs_is_fresh")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("2026-02-01", "yes")),
        ({"cs_lists_on": "2025-12-03"}, ("2025-12-03", "yes")),
        ({"cs_lists_on": "2025-12-02"}, ("2025-12-02", "no")),
        ({"cs_lists_on": None}, ("2026-02-01", "no")),
        ({"cs_lists": None}, ("2026-02-01", "no")),
        ({"cs_lists_on": "2026-03-06"}, ("2026-02-01", "no")),
        ({"cs_gpraf": None}, ("2026-02-01", "no")),
        ({"cs_weekend": ["sat", "sun"], "cs_weekend_on": "2025-01-01"}, ("2025-01-01", "no")),
        ({"cs_weekend_on": "2025-01-01"}, ("2026-02-01", "yes")),
    ],
    ids=str,
)
def test_a_country_sheet_is_fresh_for_92_days(changes: dict[str, object], expected: tuple[object, object]) -> None:
    assert freshness(**changes) == expected


def test_an_empty_country_sheet_is_not_fresh() -> None:
    session = opened("country_sheet")
    assert (session.value("cs_oldest"), session.value("cs_is_fresh")) == (None, "no")


@pytest.mark.parametrize(
    ("state", "on", "fits"),
    [
        ("current", "2025-06-01", True),
        ("current", "2025-03-03", False),
        ("outdated", "2023-06-01", True),
        ("outdated", "2026-03-06", False),
    ],
)
def test_a_current_baseline_is_not_older_than_twelve_months(state: str, on: str, fits: bool) -> None:
    session = opened("country_sheet", {"cs_gpraf": state, "cs_gpraf_date": on})
    assert (session.view("cs_gpraf_date", "en").problem is None) == fits


# papers


def test_a_letter_opens_in_the_language_of_the_assessment() -> None:
    assert opened("letter", new=True, a0_lang="ar").answers() == {"le_lang": "ar"}


def test_a_question_names_the_rows_that_hold() -> None:
    fired = {"item": [{"line": "Command under suspicion"}, {"line": "Screening is not answered"}]}
    session = open_session(definition("question"), as_of=TODAY, related={"fired": fired})
    assert session.value("qu_rows") == "Command under suspicion; Screening is not answered"


# sealed list


def test_a_sealed_form_is_strictly_confidential_in_every_cell() -> None:
    sealed = [form for form in FORMS.glob("[!_]*/settings.csv") if _settings(form.parent.name).get("sealed") == "yes"]
    assert [folder.parent.name for folder in sealed] == ["screening_list"]
    items = definition("screening_list").items.values()
    asked = {item.name: item.cell("sensitivity") for item in items if item.type != "group"}
    assert set(asked.values()) == {"strictly_confidential"}


def _settings(form: str) -> dict[str, str]:
    with (FORMS / form / "settings.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))


DONE = {"_row": "X1", "sc_result_on": "2026-03-01"}
OPEN = {"_row": "X2"}


@pytest.mark.parametrize(
    ("screening", "on", "fits"),
    [
        ([], "2026-03-04", False),
        ([], "2026-03-05", True),
        ([], "2026-04-18", True),
        ([], "2026-04-19", False),
        ([DONE], "2026-03-31", True),
        ([DONE], "2026-04-01", False),
        ([DONE, OPEN], "2026-04-18", True),
    ],
    ids=str,
)
def test_a_copy_is_erased_thirty_days_after_the_result(screening: list[object], on: str, fits: bool) -> None:
    answers = {"sn_keep_reason": "The mechanism asked for it.", "sn_keep_erase_on": on}
    session = opened("screening_list", answers, a3_screen_rows=screening)
    assert (session.view("sn_keep_erase_on", "en").problem is None) == fits


def test_keeping_nothing_asks_for_no_day() -> None:
    assert not opened("screening_list").view("sn_keep_erase_on", "en").relevant
    kept = opened("screening_list", {"sn_keep_reason": "The mechanism asked for it."})
    assert [missing.path for missing in kept.missing("running")] == ["sn_keep_erase_on"]
