from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop import i18n
from hrddp_desktop.report import documents
from hrddp_desktop.report.render import render
from tests.report import samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

_LETTER = """
from hrddp_desktop.report.blocks import Document, Heading, Paragraph
from hrddp_desktop.report.documents.shared import furniture


def build(snapshot, words):
    blocks = (Heading(1, "A letter"), Paragraph("To the harbour master of " + snapshot.station))
    return Document("A letter", snapshot.title, blocks, furniture(snapshot, words))
"""


def test_a_new_document_is_one_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text_of: Callable[[bytes], str]
) -> None:
    (tmp_path / "dropped_in.py").write_text(_LETTER, "utf-8")
    monkeypatch.setattr(documents, "__path__", [*documents.__path__, str(tmp_path)])
    assert sorted(documents.builders()) == ["assessment", "dropped_in"]
    text = text_of(render(samples.certificates(), i18n.words("en"), "dropped_in"))
    assert "A letter To the harbour master of Dorva" in text
    assert "ILM-DORV-2026-005-T · version 1" in text
