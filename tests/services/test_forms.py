"""A compiled form comes from the sheets or from an unspoilt copy of what they gave."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.engine.definition import dump
from hrddp_desktop.services.forms import RELEASED, Forms, check

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cached(tmp_path: Path) -> Path:
    """The one file of a cache that was just filled."""
    Forms(cache=tmp_path).definition("assessment")
    (file,) = tmp_path.iterdir()
    return file


@pytest.mark.parametrize("spoilt", [b"", b"null", b"[" * 200_000, b"\n{}", b"\xff\x00"])
def test_a_damaged_cache_is_compiled_again(cached: Path, spoilt: bytes) -> None:
    whole = cached.read_bytes()
    cached.write_bytes(spoilt)
    assert Forms(cache=cached.parent).definition("assessment").tables["final"].rules
    assert cached.read_bytes() == whole


def test_a_rule_changed_in_the_cache_is_not_a_rule(cached: Path) -> None:
    cached.write_bytes(cached.read_bytes().replace(b'"escalate"', b'"may_proceed"'))
    rules = Forms(cache=cached.parent).definition("assessment").tables["final"].rules
    assert {rule.rule: rule.outcome for rule in rules}["D02"] == "escalate"


def test_what_others_rely_on_is_compiled_from_the_sheets(cached: Path) -> None:
    content = cached.read_bytes().partition(b"\n")[2].replace(b'"escalate"', b'"may_proceed"')
    cached.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)

    def outcome(forms: Forms) -> str:
        return {rule.rule: rule.outcome for rule in forms.definition("assessment").tables["final"].rules}["D02"]

    forms = Forms(cache=cached.parent)
    assert outcome(forms) == "may_proceed"  # the control: a cache written on purpose is believed for the screen
    assert outcome(forms.without_cache()) == "escalate"


def test_a_cache_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert Forms(cache=tmp_path / "cache").definition("assessment").tables


def test_what_records_in_the_field_hold_must_keep_its_place(tmp_path: Path) -> None:
    shutil.copytree(paths.forms_dir() / "assessment", tmp_path / "assessment")
    released = Forms(tmp_path, tmp_path / "cache").definition("assessment")
    (tmp_path / RELEASED).mkdir()
    (tmp_path / RELEASED / "assessment-2026.1.json").write_bytes(dump(released))
    assert check(tmp_path) == []
    survey = tmp_path / "assessment" / "survey.csv"
    survey.write_text(survey.read_text("utf-8").replace("text,a0_donor,", "text,a0_donors,"), "utf-8")
    assert any("a0_donor" in str(problem.facts) and not problem.is_warning for problem in check(tmp_path))
