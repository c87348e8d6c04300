"""Real forms with one mistake each: every mistake is reported, in its place, and nothing breaks."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.engine.compiler import checked
from hrddp_desktop.engine.lint import lint
from hrddp_desktop.engine.sheets import read_folder
from tests.engine.mutations import KINDS, Copy

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.engine.problems import Problem

FORMS = sorted(path.parent for path in (Path(__file__).parents[2] / "forms").glob("*/survey.csv"))


def reported(found: list[Problem], expected: tuple[object, str, int]) -> bool:
    """The code stands in the right sheet and row."""
    code, sheet, row = expected
    return any(one.code is code and one.sheet == sheet and one.row == row for one in found)


@pytest.mark.parametrize("origin", FORMS, ids=lambda origin: origin.name)
def test_every_mistake_in_a_copy_of_a_real_form_is_reported_in_its_place(
    tmp_path: Path, origin: Path, counts: Callable[[str], int]
) -> None:
    before, kinds, silent, made = set(lint(origin)), list(KINDS), [], 0
    for seed in itertools.count():
        if made == counts("form_mutations"):
            break
        copy = Copy(origin, random.Random(seed))  # noqa: S311 - the seed makes the run repeatable, nothing is secret
        kind = kinds[seed % len(kinds)]
        try:
            expected = KINDS[kind](copy)
        except LookupError:
            continue  # this form has nothing that such a mistake could be made in
        made += 1
        copy.write(tmp_path / str(seed))
        found = [one for one in lint(tmp_path / str(seed)) if one not in before]
        assert all(one.sentence.endswith(".") for one in found)
        if not reported(found, expected):
            silent.append((seed, kind, expected, [str(one) for one in found][:5]))
    assert not silent


@pytest.mark.parametrize("kind", ["without_guidance", "missing_translation", "unreachable", "stale_translation"])
def test_without_the_lint_such_a_mistake_would_pass(tmp_path: Path, kind: str) -> None:
    copy = Copy(FORMS[0], random.Random(1))  # noqa: S311 - as above
    expected = KINDS[kind](copy)
    copy.write(tmp_path / kind)
    assert reported(lint(tmp_path / kind), expected)
    assert not reported(checked(read_folder(tmp_path / kind))[1], expected)
