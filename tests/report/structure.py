"""What must hold for the structure of every document; each finding is a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAINTING = frozenset({"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Do", "sh", "BI"})
_KNOWN = frozenset(
    "Document Sect H1 H2 H3 P L LI LBody Table TR TH TD Figure TOC TOCI Reference Link Form".split()  # noqa: SIM905 - thirteen quotes say no more than one
)
_PARENTS = {
    "TR": {"Table"},
    "TH": {"TR"},
    "TD": {"TR"},
    "LI": {"L"},
    "LBody": {"LI"},
    "TOCI": {"TOC"},
    "Reference": {"TOCI"},
    "Link": {"Reference"},
    "Sect": {"Document"},
}


@dataclass
class Structure:
    """The tree of one file, read back: elements in reading order, and the findings so far."""

    pdf: pikepdf.Pdf
    elements: list[pikepdf.Object] = field(default_factory=list)
    owned: dict[tuple[int, int], pikepdf.Object] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def check(self) -> list[str]:
        """Everything that is wrong."""
        root = self.pdf.Root
        if "/StructTreeRoot" not in root:
            return ["there is no structure tree"]
        self._pages = {page.obj.objgen: number for number, page in enumerate(self.pdf.pages)}
        for element in _kids(root.StructTreeRoot):
            self._walk(element, root.StructTreeRoot)
        for number, page in enumerate(self.pdf.pages):
            self._check_content(number, page)
        self._check_parent_tree()
        self._check_headings()
        self._check_annotations()
        return self.findings

    def _walk(self, element: pikepdf.Object, parent: pikepdf.Object) -> None:
        kind = str(element.S)[1:]
        self.elements.append(element)
        self._say(kind in _KNOWN, f"{kind} is no kind that is known")
        self._say(element.P.objgen == parent.objgen, f"{kind} does not know its parent")
        if kind in _PARENTS:
            self._say(str(parent.get("/S", "/"))[1:] in _PARENTS[kind], f"{kind} stands under {parent.get('/S')}")
        self._check_element(kind, element)
        for kid in _kids(element):
            if kid.get("/Type") == "/MCR":
                place = (self._pages[kid.Pg.objgen], int(kid.MCID))
                self._say(place not in self.owned, f"the mark {place} belongs to two elements")
                self.owned[place] = element
            elif kid.get("/Type") == "/StructElem":
                self._walk(kid, element)

    def _check_element(self, kind: str, element: pikepdf.Object) -> None:
        if kind == "Figure":
            self._say(bool(str(element.get("/Alt", ""))), "a figure has no alternative text")
            self._say("/BBox" in element.get("/A", {}), "a figure has no box")
        if kind == "TH":
            self._say(str(element.A.Scope) in ("/Column", "/Row"), "a head cell has no scope")
        if kind == "Form":
            alone = isinstance(element.K, pikepdf.Dictionary) and element.K.get("/Type") == "/OBJR"
            self._say(alone, "a form does not hold its field alone")
        if kind == "Table":
            widths = {len(list(_kids(row))) for row in _kids(element)}
            self._say(len(widths) == 1, f"rows of one table have {widths} cells")

    def _check_content(self, number: int, page: pikepdf.Page) -> None:
        """Every painting operator stands in marked content, and every mark in the tree."""
        open_marks: list[str] = []
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            if operator in ("BDC", "BMC"):
                self._say(not open_marks, f"marks are nested on page {number + 1}")
                kind = str(instruction.operands[0])
                open_marks.append(kind)
                if kind != "/Artifact":
                    mark = (number, int(instruction.operands[1].MCID))
                    self._say(mark in self.owned, f"the mark {mark} is not in the tree")
                    if mark in self.owned:
                        self._say(str(self.owned[mark].S) == kind, f"the mark {mark} is of another kind")
            elif operator == "EMC":
                open_marks.pop()
            elif operator in _PAINTING:
                self._say(bool(open_marks), f"ink without a meaning on page {number + 1}: {operator}")

    def _check_parent_tree(self) -> None:
        numbers = list(self.pdf.Root.StructTreeRoot.ParentTree.Nums)
        tree = {int(numbers[place]): numbers[place + 1] for place in range(0, len(numbers), 2)}
        for number, page in enumerate(self.pdf.pages):
            elements = list(tree[int(page.obj.StructParents)])
            marks = sorted(mark for where, mark in self.owned if where == number)
            self._say(marks == list(range(len(elements))), f"page {number + 1} has marks {marks[:5]}...")
            for mark, element in enumerate(elements):
                same = element.objgen == self.owned[number, mark].objgen
                self._say(same, f"the parent tree leads elsewhere from {number + 1}, {mark}")
        self._tree = tree

    def _check_headings(self) -> None:
        before = 0
        for element in self.elements:
            kind = str(element.S)[1:]
            if kind in ("H1", "H2", "H3"):
                level = int(kind[1])
                self._say(level <= before + 1, f"a heading of level {level} follows one of level {before}")
                before = level
        self._say(before > 0, "there is no heading")

    def _check_annotations(self) -> None:
        for page in self.pdf.pages:
            for annotation in page.obj.get("/Annots", []):
                self._say(bool(int(annotation.F) & 4), "an annotation is not printed")
                owner = self._tree.get(int(annotation.get("/StructParent", -1)))
                self._say(owner is not None, "an annotation is not in the tree")
                if owner is None:
                    continue
                held = [kid.Obj.objgen for kid in _kids(owner) if kid.get("/Type") == "/OBJR"]
                self._say(held == [annotation.objgen], "an annotation and its element do not agree")
                wanted = "/Contents" if annotation.Subtype == "/Link" else "/TU"
                self._say(bool(str(annotation.get(wanted, ""))), f"an annotation has no {wanted}")

    def _say(self, holds: bool, finding: str) -> None:
        if not holds:
            self.findings.append(finding)


def _kids(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    kids = element.get("/K", pikepdf.Array([]))
    if isinstance(kids, pikepdf.Array):
        yield from kids
    else:
        yield kids


def findings(pdf: pikepdf.Pdf) -> list[str]:
    """Everything that is wrong with the structure of a file."""
    return Structure(pdf).check()
