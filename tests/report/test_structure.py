from __future__ import annotations

from contextlib import nullcontext
from io import BytesIO
from typing import TYPE_CHECKING

import pdfua
import pikepdf
import pytest

from hrddp_desktop import i18n
from hrddp_desktop.report import structure as written
from hrddp_desktop.report.render import render
from hrddp_desktop.report.tags import Node, TaggedCanvas
from tests.report import samples
from tests.report.structure import Structure, findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_every_mark_has_a_meaning_and_every_meaning_its_marks(every_file: Path) -> None:
    with pikepdf.open(every_file) as pdf:
        assert findings(pdf) == []


def test_pdfua_finds_nothing_and_skips_nothing(every_file: Path) -> None:
    report = pdfua.validate(str(every_file))
    assert list(report.findings) == []
    assert not report.skipped


def test_the_tree_reads_in_the_order_of_the_paper(files: Callable[[str], Path]) -> None:
    with pikepdf.open(files("crossing")) as pdf:
        tree = Structure(pdf)
        assert tree.check() == []
        kinds = [str(element.S)[1:] for element in tree.elements]
    assert kinds.index("Figure") < kinds.index("TOC") < kinds.index("L") < kinds.index("Form")
    assert kinds.count("Form") == 3
    assert kinds[2:4] == ["P", "H1"]


def test_a_repeated_head_is_no_content(files: Callable[[str], Path]) -> None:
    with pikepdf.open(files("huge")) as pdf:
        tree = Structure(pdf)
        tree.check()
        heads = [e for e in tree.elements if e.S == "/TH" and e.A.Scope == "/Column"]
        # The head that is too tall to repeat goes over pages by itself.
        once = [str(e.K.Pg.objgen) for e in heads if isinstance(e.K, pikepdf.Dictionary)]
        pages = len(pdf.pages)
    assert len(heads) == sum((3, 3, 3, 3, 2, 2)), "reasons, supports, units, many rows, tall head, tall rows"
    assert len(heads) - len(once) == 1
    assert len(set(once)) <= 6 < pages


def test_an_answer_in_another_language_says_so(files: Callable[[str], Path]) -> None:
    with pikepdf.open(files("arabic")) as pdf:
        tree = Structure(pdf)
        tree.check()
        languages = [str(element.Lang) for element in tree.elements if "/Lang" in element]
    assert languages == ["en"]


def _without_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TaggedCanvas, "tagged", lambda _canvas, _node: nullcontext())


def _without_artifacts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TaggedCanvas, "artifact", lambda _canvas, _kind="Layout": nullcontext())


def _with_forms_in_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = written.Structure._element  # noqa: SLF001 - the control breaks what is inside

    def element(self: written.Structure, node: Node, parent: pikepdf.Object) -> pikepdf.Object:
        made = plain(self, node, parent)
        if node.kind == "Form":
            made.K = pikepdf.Array([made.K])
        return made

    monkeypatch.setattr(written.Structure, "_element", element)


def _without_figure_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Node.child

    def silent(self: Node, kind: str, **facts: str) -> Node:
        facts.pop("alternative", None)
        return child(self, kind, **facts)

    monkeypatch.setattr(Node, "child", silent)


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (_without_tags, "ink without a meaning"),
        (_without_artifacts, "ink without a meaning"),
        (_with_forms_in_arrays, "a form does not hold its field alone"),
        (_without_figure_texts, "a figure has no alternative text"),
    ],
)
def test_control_a_damaged_tag_pass_is_found(
    monkeypatch: pytest.MonkeyPatch, damage: Callable[[pytest.MonkeyPatch], None], finding: str
) -> None:
    damage(monkeypatch)
    with pikepdf.open(BytesIO(render(samples.crossing(), i18n.words("en")))) as pdf:
        assert any(finding in found for found in findings(pdf))


def test_control_pdfua_misses_a_tree_that_is_not_there(files: Callable[[str], Path], tmp_path: Path) -> None:
    bare = tmp_path / "bare.pdf"
    with pikepdf.open(files("crossing")) as pdf:
        del pdf.Root.StructTreeRoot
        pdf.save(bare)
    assert pdfua.validate(str(bare)).findings
