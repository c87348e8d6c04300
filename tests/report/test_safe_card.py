"""The safe card on paper: one page, tagged, with the code as words and as squares."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest

from hrddp_desktop import i18n
from hrddp_desktop.report import squares
from hrddp_desktop.report.documents.safe_card import SafeCard
from hrddp_desktop.report.render import render_card

if TYPE_CHECKING:
    from collections.abc import Callable

CARD = SafeCard("YN9Q0-Q9RYC-MP9HF-SXBSG-X2X6N-Z3Q6T-GDF76", "assessments.hrddp", date(2026, 3, 1))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_card_is_one_page_in_every_language(language: str, text_of: Callable[[bytes], str]) -> None:
    pdf = render_card(CARD, i18n.words(language))
    said = text_of(pdf)
    assert [said.count(group) for group in CARD.code.split("-")] == [1] * 7
    assert CARD.vault in said
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1
        assert "/Names" not in opened.Root  # nothing is attached
        assert opened.Root.StructTreeRoot is not None
        assert "/XObject" not in opened.pages[0].obj.Resources  # the squares are vectors
    assert pdf == render_card(CARD, i18n.words(language))


def test_the_dark_runs_are_all_dark_squares() -> None:
    rows = squares.modules(CARD.code)
    dark = {(row, start + step) for row, start, length in squares.runs(rows) for step in range(length)}
    assert dark == {(row, column) for row, cells in enumerate(rows) for column, cell in enumerate(cells) if cell}
