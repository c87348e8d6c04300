"""A compiled form comes from the sheets or from an unspoilt copy of what they gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.services.forms import Forms

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


def test_an_unspoilt_cache_is_used(cached: Path) -> None:
    first = Forms(cache=cached.parent).definition("assessment")
    assert first.hash == Forms(cache=cached.parent).fresh("assessment").hash


def test_a_cache_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert Forms(cache=tmp_path / "cache").definition("assessment").tables
