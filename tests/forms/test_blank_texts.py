"""What looks blank is blank: a title of invisible signs does not finish an assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.forms.worked import Form


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\u00a0\u2003\n", "\u202e\u200d"])
def test_a_text_of_invisible_signs_is_missing(form: Form, text: str) -> None:
    session = form.example("case4.json")
    assert session.missing("clearance") == ()
    session.set("a0_title", text)
    assert [each.path for each in session.missing("clearance")] == ["a0_title"]
    session.set("a0_title", "\u200fشهادات")
    assert session.missing("clearance") == ()
