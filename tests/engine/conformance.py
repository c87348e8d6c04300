"""An XML document behind the node protocol, so that the public suites for XPath in forms can judge the engine."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from hrddp_desktop.engine import syntax
from hrddp_desktop.engine.functions import builder
from hrddp_desktop.engine.kinds import Day, value_number, value_text, value_truth
from hrddp_desktop.engine.nodes import Context, Node
from hrddp_desktop.engine.values import day_number

if TYPE_CHECKING:
    from collections.abc import Sequence

# The suites were recorded seven hours behind UTC; sessions themselves know days only.
PHOENIX = 7 / 24
TODAY = date(2026, 3, 5)
_STEP = re.compile(r"\*\[(\d+)\]")


class XmlNode:
    """An element, attribute or text of a document."""

    def __init__(self, name: str, above: XmlNode | None, own: str = "") -> None:
        self._name = name
        self._above = above
        self._own = own
        self._below: list[XmlNode] = []
        if above is not None:
            above.add(self)

    def add(self, child: XmlNode) -> None:
        """Hang a child below."""
        self._below.append(child)

    def name(self) -> str:
        """`@name` of an attribute, `#text` of a text."""
        return self._name

    def parent(self) -> XmlNode | None:
        """What holds it."""
        return self._above

    def children(self) -> Sequence[XmlNode]:
        """Attributes, elements and texts."""
        return self._below

    def called(self, name: str) -> Sequence[XmlNode]:
        """Those of them with this name."""
        return [child for child in self._below if child.name() == name]

    def text(self) -> str:
        """The texts inside, one after the other."""
        if self._name[:1] in {"@", "#"}:
            return self._own
        return "".join(child.text() for child in self._below if not child.name().startswith("@"))

    def elements(self) -> list[XmlNode]:
        """The elements it holds."""
        return [child for child in self._below if child.name()[:1] not in {"@", "#"}]


class XmlWorld:
    """A document instead of a session."""

    def __init__(self, top: Node) -> None:
        self.today = day_number(TODAY)
        self._top = top

    def document(self) -> Node:
        """Where absolute paths start."""
        return self._top

    def named(self, name: str) -> Sequence[Node]:
        """A document has no form, hence no names."""
        return ()

    def beside(self, node: Node, name: str) -> Sequence[Node]:
        """Nor rows."""
        return ()

    def instance(self, name: str) -> Sequence[Node]:
        """Nor lists."""
        return ()

    def matching(self, list_name: str, column: str, value: str) -> Sequence[Node]:
        """Nor an index."""
        return ()

    def choice_label(self, list_name: str, code: str) -> str:
        """Nor labels."""
        return code


def read(document_xml: str) -> XmlNode:
    """The document node over the parsed root element."""
    top = XmlNode("/", None)
    _grow(ElementTree.fromstring(document_xml), top)  # noqa: S314 - the suite's own documents, in this repository
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


Result = str | float | bool | list[tuple[str, str]]


def evaluate(expression: str, document_xml: str, context_node: str, want: str, root_node: str | None = None) -> Result:
    """The value of an expression as `want`: number, string, boolean, nodeset (positional path and text of each node).

    Raises ExpressionError when the expression cannot be read or evaluated.
    """
    top = read(document_xml)
    world = XmlWorld(find(top, root_node) if root_node else top)
    build = builder(shift=PHOENIX)
    value = build.value(build.build(syntax.parse(expression)))(Context(find(top, context_node), world))
    if want == "number":
        return value_number(value, PHOENIX)
    if want == "boolean":
        return value_truth(value)
    if want == "nodeset" and not isinstance(value, str | float | bool | Day):
        return [(place_of(node), node.text()) for node in value]
    return value_text(value, PHOENIX)
