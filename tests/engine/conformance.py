"""An XML document behind the node protocol, so that the public suites for XPath in forms can judge the engine."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.expressions import Context, Expr, Node, Nodes, value_number, value_truth
from hrddp_desktop.engine.functions import builder
from hrddp_desktop.engine.values import day_number

# The suites were recorded seven hours behind UTC; sessions themselves know days only.
PHOENIX = 7 / 24
_STEP = re.compile(r"\*\[(\d+)\]")


class XmlNode:
    """An element, attribute or text of a document."""

    def __init__(self, name: str, above: XmlNode | None, own: str = "") -> None:
        self._name = name
        self._above = above
        self._own = own
        self._below: list[XmlNode] = []
        if above is not None:
            above._below.append(self)

    def name(self) -> str:
        return self._name

    def parent(self) -> XmlNode | None:
        return self._above

    def children(self) -> Sequence[XmlNode]:
        return self._below

    def text(self) -> str:
        if self._name[:1] in {"@", "#"}:
            return self._own
        return "".join(child.text() for child in self._below if not child.name().startswith("@"))

    def elements(self) -> list[XmlNode]:
        return [child for child in self._below if child.name()[:1] not in {"@", "#"}]


class XmlWorld:
    """A document instead of a session."""

    def __init__(self, top: Node) -> None:
        self.today = day_number(_TODAY)
        self._top = top

    def document(self) -> Node:
        return self._top

    def named(self, name: str) -> Sequence[Node]:
        return ()

    def beside(self, node: Node, name: str) -> Sequence[Node]:
        return ()

    def instance(self, name: str) -> Sequence[Node]:
        return ()

    def matching(self, list_name: str, column: str, value: str) -> Sequence[Node]:
        return ()

    def choice_label(self, list_name: str, code: str) -> str:
        return code


def read(document_xml: str) -> XmlNode:
    """The document node over the parsed root element."""
    top = XmlNode("#document-node", None)
    top._name = "document()"
    _grow(ElementTree.fromstring(document_xml), top)
    return top


def _grow(element: ElementTree.Element, above: XmlNode) -> None:
    node = XmlNode(element.tag.rpartition("}")[2], above)
    for name, value in element.attrib.items():
        XmlNode("@" + name, node, value)
    if element.text:
        XmlNode("#text", node, element.text)
    for child in element:
        _grow(child, node)
        if child.tail:
            XmlNode("#text", node, child.tail)


def find(top: XmlNode, path: str) -> XmlNode:
    """The element at a positional path such as /*[1]/*[2]."""
    node = top
    for at in _STEP.findall(path):
        node = node.elements()[int(at) - 1]
    return node


def place_of(node: Node) -> str:
    """The positional path of an element."""
    above = node.parent()
    if not isinstance(above, XmlNode):
        return ""
    return f"{place_of(above)}/*[{[id(one) for one in above.elements()].index(id(node)) + 1}]"


def evaluate(
    expression: str, document_xml: str, context_node: str, want: str, root_node: str | None = None
) -> str | float | bool | list[tuple[str, str]]:
    """The value of an expression as `want` (number, string, boolean, nodeset). Raises ExpressionError."""
    top = read(document_xml)
    world = XmlWorld(find(top, root_node) if root_node else top)
    build = builder(shift=PHOENIX)
    built = build.build(syntax.parse(expression))
    context = Context(find(top, context_node), world)
    return _wanted(build.value(built)(context), build, built, context, want)
