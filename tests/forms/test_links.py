"""The forms that point at rows of an assessment: readings and their colour, lessons, release notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.forms.test_papers import definition, opened

if TYPE_CHECKING:
    from hrddp_desktop.engine.session import Session

# An indicator as the form has it, or with lines of the office's own.
INDICATORS = [
    *({"_row": code, "ind_code": code} for code in ("Q01", "Q12", "Q14", "Q19", "Q21")),
    {"_row": "own", "ind_code": "Q04", "ind_amber": "< 90 %", "ind_red": "50"},
    {"_row": "unreadable", "ind_code": "Q04", "ind_amber": "nearly all"},
]
RELEASED = [
    {"_row": "S1xR1", "rel_state": "released", "rel_until": "2026-06-01"},
    {"_row": "S2xR1", "rel_state": "released", "rel_until": "2026-04-01"},
    {"_row": "S3xR1", "rel_state": "not_released", "rel_until": ""},
]
Reading = tuple[str, str, int | None, int | None]


def readings(*rows: Reading) -> Session:
    names = ("rd_ind", "rd_on", "rd_n", "rd_d")
    cells = [{"_row": f"RD{at}", **dict(zip(names, row, strict=True))} for at, row in enumerate(rows, 1)]
    return opened("reading", {"a6_readings": cells}, a6_indicators=INDICATORS)


def colors(*rows: Reading) -> list[object]:
    session = readings(*rows)
    return [session.value(f"a6_readings/RD{at}/rd_color") for at in range(1, len(rows) + 1)]


@pytest.mark.parametrize(
    ("indicator", "n", "d", "color"),
    [
        ("Q01", 8, 10, "green"),
        ("Q01", 79, 100, "amber"),
        ("Q01", 60, 100, "amber"),
        ("Q01", 59, 100, "red"),
        ("Q01", 0, 5, "red"),
        ("Q01", 0, 4, "none"),  # a small denominator: counts, no colour
        ("Q01", 0, 0, "none"),
        ("Q01", None, 10, None),
        ("Q01", 5, None, None),
        ("Q19", 1, 200, "green"),
        ("Q19", 2, 200, "amber"),
        ("Q19", 5, 200, "red"),
        ("Q21", 0, None, "green"),  # a count
        ("Q21", 1, None, "amber"),
        ("Q21", 3, None, "red"),
        ("Q14", 400, 1000, "none"),  # neutral
        ("Q12", 0, 3, "green"),
        ("Q12", 1, 3, "amber"),  # more than zero, however few
        ("own", 90, 100, "green"),
        ("own", 89, 100, "amber"),
        ("own", 49, 100, "red"),
        ("unreadable", 99, 100, None),
        ("removed", 99, 100, None),
    ],
)
def test_a_reading_gets_its_colour(indicator: str, n: int | None, d: int | None, color: str | None) -> None:
    assert colors((indicator, "2026-03-01", n, d)) == [color]


def test_children_in_detention_again_are_red() -> None:
    assert colors(("Q12", "2026-01-31", 1, 9), ("Q12", "2026-02-28", 1, 9)) == ["amber", "red"]
    assert colors(("Q12", "2026-01-31", 0, 9), ("Q12", "2026-02-28", 1, 9)) == ["green", "amber"]


def test_no_complaint_for_two_quarters_is_amber() -> None:
    assert colors(("Q14", "2025-11-20", 0, 900), ("Q14", "2026-02-20", 0, 900)) == ["none", "amber"]
    some = ("Q14", "2025-12-20", 4, 900)
    assert colors(("Q14", "2025-11-20", 0, 900), some, ("Q14", "2026-02-20", 0, 900)) == ["none"] * 3


def test_a_colour_says_why() -> None:
    session = readings(("Q01", "2026-03-01", 1, 10))
    assert session.decision("a6_readings/RD1/rd_color").reason.startswith("The red line is passed")
    assert session.view("a6_readings/RD1/rd_color", "en").text == "Red"


def test_every_indicator_is_read_in_one_way_and_its_lines_can_be_read() -> None:
    indicators = definition("reading").lists["indicator"]
    ways = {code: indicators.fact(code, "reads") for code in indicators.codes}
    special = {"Q12": "repeated", "Q14": "neutral", "Q21": "count"}
    assert ways == {**dict.fromkeys(indicators.codes, "share"), **special}
    for code in indicators.codes:
        session = opened(
            "reading",
            {"a6_readings": [{"_row": "RD1", "rd_ind": "I", "rd_on": "2026-03-01", "rd_n": 5, "rd_d": 5}]},
            a6_indicators=[{"_row": "I", "ind_code": code}],
        )
        assert session.value("a6_readings/RD1/rd_color") is not None, code


def test_a_lesson_takes_what_it_compares_from_the_assessment() -> None:
    session = opened(
        "lesson",
        {"ll_measure": "M1"},
        a0_setting="non_mission",
        a5_measures=[{"_row": "M1", "ms_code": "M401", "ms_type": "T4", "ms_for": ["K1"]}, {"_row": "M2"}],
        a4_risks=[{"_row": "K1", "rk_code": "RM01"}, {"_row": "K2", "rk_code": "RM02"}],
        a1_recipients=[{"_row": "R1", "rec_type": "police"}, {"_row": "R2", "rec_type": "army", "rec_excluded": "yes"}],
        a1_supports=[{"_row": "S1", "sup_type": "a_training"}],
    )
    names = ("measure_code", "measure_type", "risks", "force_types", "support_types", "setting")
    assert [session.value(f"v_{name}") for name in names] == [
        "M401", "T4", "RM01", "police", "a_training", "non_mission",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "until", "fits"),
    [
        (["S1xR1"], "2026-06-01", True),
        (["S1xR1", "S2xR1"], "2026-04-01", True),
        (["S1xR1", "S3xR1"], "2026-06-01", False),
        ([], None, True),
    ],
)
def test_a_release_note_ends_with_its_earliest_row(rows: list[str], until: str | None, fits: bool) -> None:
    session = opened("release_note", {"rl_rows": rows}, release_rows=RELEASED)
    assert session.value("rl_until") == until
    assert (session.view("rl_rows", "en").problem is None) == fits
