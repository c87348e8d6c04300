"""The recorded nodes as the structure tree of a PDF, with the parent tree that leads back from ink to meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from hrddp_desktop.report.tags import Marked

if TYPE_CHECKING:
    from hrddp_desktop.report.tags import Node

# Elements that say nothing when they hold nothing.
_NEVER_EMPTY = frozenset({"Sect", "P", "H1", "H2", "H3", "L", "LI", "LBody", "TR", "Table", "TOC", "Form", "Figure"})


class Structure:
    """Writes the tree of one document; annotations are added to their nodes first."""

    def __init__(self, pdf: Pdf, root: Node) -> None:
        self._pdf = pdf
        self._root = root
        self._pages = [page.obj for page in pdf.pages]
        self._marked: list[dict[int, Object]] = [{} for _ in self._pages]
        self._annotations: dict[int, tuple[Object, int]] = {}
        self._annotated: list[Object] = []

    def annotate(self, node: Node, annotation: Object, page: int) -> None:
        """Make a link or a field the content of `node`."""
        self._annotations[id(node)] = (annotation, page)

    def write(self) -> None:
        """Put the tree into the file."""
        tree = self._pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        tree.K = Array([self._element(self._root, tree)])
        numbers = Array([])
        for page, marked in enumerate(self._marked):
            self._pages[page].StructParents = page
            numbers.append(page)
            numbers.append(self._pdf.make_indirect(Array([marked[number] for number in sorted(marked)])))
        for place, element in enumerate(self._annotated, start=len(self._pages)):
            numbers.append(place)
            numbers.append(element)
        tree.ParentTree = self._pdf.make_indirect(Dictionary(Nums=numbers))
        tree.ParentTreeNextKey = len(self._pages) + len(self._annotated)
        self._pdf.Root.StructTreeRoot = tree

    def _is_empty(self, node: Node) -> bool:
        if node.kind not in _NEVER_EMPTY or id(node) in self._annotations:
            return False
        return all(not isinstance(kid, Marked) and self._is_empty(kid) for kid in node.kids)

    def _element(self, node: Node, parent: Object) -> Object:
        element = self._pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{node.kind}"), P=parent))
        if node.alternative:
            element.Alt = String(node.alternative)
        if node.language:
            element.Lang = String(node.language)
        if node.scope:
            element.A = Dictionary(O=Name.Table, Scope=Name(f"/{node.scope}"))
        if node.box is not None:
            box = Array([round(side, 2) for side in node.box])
            element.A = Dictionary(O=Name.Layout, BBox=box, Placement=Name.Block)
        kids = self._kids(node, element)
        # One kid stands alone: pyHanko calls an earlier signature modified after the next one when the form element
        # of a field holds it in an array.
        element.K = kids[0] if len(kids) == 1 else Array(kids)
        return element

    def _kids(self, node: Node, element: Object) -> list[Object]:
        kids: list[Object] = []
        for kid in node.kids:
            if isinstance(kid, Marked):
                page = self._pages[kid.page]
                kids.append(Dictionary(Type=Name.MCR, Pg=page, MCID=kid.number))
                self._marked[kid.page][kid.number] = element
            elif not self._is_empty(kid):
                kids.append(self._element(kid, element))
        if id(node) in self._annotations:
            annotation, page_number = self._annotations[id(node)]
            kids.append(Dictionary(Type=Name.OBJR, Pg=self._pages[page_number], Obj=annotation))
            annotation.StructParent = len(self._pages) + len(self._annotated)
            self._annotated.append(element)
        return kids
