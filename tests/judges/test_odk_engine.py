"""Random answer scripts are played in ODK's own engine and in ours: both say the same after every step.

Compared are relevance, values of questions and calculations, decisions, constraints and the choices on offer. Out of
scope are related records (an export can only hold empty ones) and what `Played` and `ODK_ALONE` name.
"""

from __future__ import annotations

from datetime import date
from random import Random
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from hrddp_desktop.engine.tree import Field
from tests.judges.conftest import MADE_UP, SHIPPED
from tests.judges.language import EXPRESSIONS, ODK_ALONE
from tests.judges.peers import Odk
from tests.judges.scripts import Played, Player, differences
from tests.judges.xform import with_sum_of_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.judges.conftest import Judged

_TODAY = date(2026, 3, 5)
_STEPS = 80
_FEWER = 6  # a made-up form gets one script where a shipped one gets six
_LONG_S = 1800
_ALONE = {f"c{number}" for number in range(len(EXPRESSIONS), len(EXPRESSIONS) + len(ODK_ALONE))}


@pytest.mark.timeout(_LONG_S)
@pytest.mark.parametrize("name", [*SHIPPED, *MADE_UP])
def test_odks_engine_says_the_same_after_every_step(
    name: str, judged: Callable[[str], Judged], counts: Callable[[str], int], tmp_path: Path
) -> None:
    scripts = _scripts(name, counts)
    compared, differ = 0, list[str]()
    for seed, played, found in _played(judged(name), scripts, tmp_path):
        compared += sum(state is not None for state in played.states) - 1
        differ.extend(f"script {seed}, {one}" for one in found if _place(one) not in _ALONE)
    assert differ == []
    assert compared > scripts * _STEPS / 2, "too many states are out of scope"


@pytest.mark.parametrize("name", ["assessment", "rich", "language"])
def test_a_kept_answer_that_is_not_relevant_would_be_found(
    name: str,
    judged: Callable[[str], Judged],
    counts: Callable[[str], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Field, "text", lambda field: field.shown if field.relevant else field.own)
    found = _played(judged(name), _scripts(name, counts), tmp_path)
    assert any(_place(one) not in _ALONE for _, _, differ in found for one in differ)


def test_odks_engine_still_goes_its_own_ways(judged: Callable[[str], Judged], tmp_path: Path) -> None:
    [(_, _, found)] = _played(judged("language"), 1, tmp_path)
    assert {_place(one) for one in found} == _ALONE


def _scripts(name: str, counts: Callable[[str], int]) -> int:
    return counts("odk_scripts") // (1 if name in SHIPPED else _FEWER)


def _played(form: Judged, scripts: int, room: Path) -> Iterator[tuple[int, Played, list[str]]]:
    """Seed, script, and where the two engines differ; one after the other."""
    definition = compile_form(form.folder)
    assert isinstance(definition, Definition)
    file = room / "form.xml"
    file.write_text(with_sum_of_nothing(form.xform), "utf-8")
    with Odk(file, _TODAY) as odk:
        for seed in range(scripts):
            played = Player(definition, Random(seed), _TODAY).play(_STEPS)  # noqa: S311 - repeatable is what is wanted
            yield seed, played, list(_differences(definition, played, odk.play(played.steps)))


def _differences(definition: Definition, played: Played, theirs: list[dict[str, list[object]]]) -> Iterator[str]:
    for step, ours, said in zip([{}, *played.steps], played.states, theirs, strict=True):
        if ours is not None:
            yield from (f"{step}, {one}" for one in differences(definition, ours, said))


def _place(difference: str) -> str:
    """The name of the place that a difference is about."""
    return difference.partition(": ours ")[0].rpartition(" ")[2].rpartition("/")[2]
