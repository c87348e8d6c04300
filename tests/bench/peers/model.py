"""A form of ours as a SurveyJS model with the same relevance, constraints and calculations.

Only what the form for measuring uses is translated; anything else is refused, not approximated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.engine import syntax

if TYPE_CHECKING:
    from hrddp_desktop.engine.definition import Definition, Item

_TYPES = {
    "text": {"type": "text"},
    "note": {"type": "html", "html": ""},
    "integer": {"type": "text", "inputType": "number"},
    "decimal": {"type": "text", "inputType": "number"},
    "date": {"type": "text", "inputType": "date"},
    "select_one": {"type": "dropdown"},
    "select_multiple": {"type": "checkbox"},
    "calculate": {"type": "expression"},
    "group": {"type": "panel"},
    "table": {"type": "paneldynamic"},
}
_BELOW = {"group": "elements", "table": "templateElements"}
_SIGNS = {"div": "/", "mod": "%"}
Json = dict[str, object]


def model(definition: Definition) -> Json:
    """The model. Raises ValueError for what has no translation."""
    return _Writer(definition).model()


class _Writer:
    """Writes each item below the one it stands in."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._below: dict[str | None, list[Json]] = {None: []}
        self._calculated: list[Json] = []

    def model(self) -> Json:
        for item in self._definition.items.values():
            self._write(item)
        return {
            "title": self._words("settings::form_title", self._definition.title),
            "clearInvisibleValues": "onHidden",  # so that what is not relevant reads as blank
            "calculatedValues": self._calculated,
            "elements": self._below[None],
        }

    def _write(self, item: Item) -> None:
        if item.type == "calculate" and item.table is None:
            self._calculated.append({"name": item.name, "expression": self._expression(item, "calculation")})
            return
        element: Json = {"name": item.name, **_TYPES[item.type], "title": self._text(item, "label")}
        if item.type == "note":
            element["html"] = element["title"]
        if item.is_container:
            self._below[item.name] = []
            element[_BELOW[item.type]] = self._below[item.name]
        if item.cell("hint"):
            element["description"] = self._text(item, "hint")
        if item.cell("relevant"):
            element["visibleIf"] = self._expression(item, "relevant")
        if item.cell("required") == "yes":
            element["isRequired"] = True
        if item.cell("calculation"):
            element["expression"] = self._expression(item, "calculation")
        if item.cell("constraint"):
            said = {"text": self._text(item, "constraint_message")}
            element["validators"] = [{"type": "expression", "expression": self._expression(item, "constraint"), **said}]
        if item.list_name is not None:
            element["choices"] = self._choices(item)
        self._below[item.parent].append(element)

    def _choices(self, item: Item) -> list[Json]:
        """Each choice with its labels; a filter `column = ${question}` becomes the condition of each choice."""
        found: list[Json] = []
        tree = syntax.parse(item.cell("choice_filter")) if item.cell("choice_filter") else None
        for choice in self._definition.lists[item.list_name or ""].choices:
            context = f"choices:{item.list_name}:{choice.code}:label"
            one: Json = {"value": choice.code, "text": self._words(context, choice.label)}
            match tree:
                case syntax.Chain(("=",), (syntax.Path(None, (), (syntax.Step(test=column),)), syntax.Reference(name))):
                    one["visibleIf"] = f"{{{name}}} = '{choice.facts.get(column, '')}'"
                case None:
                    pass
                case _:
                    raise ValueError(item.cell("choice_filter"))
            found.append(one)
        return found

    def _text(self, item: Item, column: str) -> Json:
        return self._words(f"survey:{item.name}:{column}", item.cell(column))

    def _words(self, context: str, english: str) -> Json:
        others = {one: self._definition.words(context, english, one) for one in self._definition.languages[1:]}
        return {"default": english, **others}

    # expressions

    def _expression(self, item: Item, column: str) -> str:
        return self._said(syntax.parse(item.cell(column)), item)

    def _said(self, tree: syntax.Tree, item: Item) -> str:
        match tree:
            case syntax.Text(text):
                return f"'{text}'"
            case syntax.Number(number):
                return f"{number:g}"
            case syntax.Reference(name):
                return self._name(name, item)
            case syntax.Path(None, (), (syntax.Step("self"),)):
                return self._name(item.name, item)
            case syntax.Chain((sign,), (asked, syntax.Text(""))) if sign in {"=", "!="}:
                return f"({self._said(asked, item)} {'empty' if sign == '=' else 'notempty'})"
            case syntax.Chain(signs, operands):
                said = [self._said(operand, item) for operand in operands]
                rest = (f" {_SIGNS.get(sign, sign)} {one}" for sign, one in zip(signs, said[1:], strict=True))
                return f"({said[0]}{''.join(rest)})"
            case syntax.Call():
                return self._call(tree, item)
        raise ValueError(f"no translation of {tree}")

    def _name(self, name: str, item: Item) -> str:
        inside = item.table is not None and self._definition.items[name].table == item.table
        return f"{{panel.{name}}}" if inside else f"{{{name}}}"

    def _call(self, tree: syntax.Call, item: Item) -> str:
        match tree.name, tree.arguments:
            case "count", (syntax.Reference(table),):
                return f"{{{table}.length}}"
            case "count", (syntax.Path(syntax.Reference(table), (syntax.Chain(("=",), (column, wanted)),), ()),):
                named = column.steps[0].test if isinstance(column, syntax.Path) else ""
                return f"countInArray({{{table}}}, '{named}', {{{named}}} = {self._said(wanted, item)})"
            case "sum", (syntax.Reference(column),):
                return f"sumInArray({{{self._definition.items[column].table}}}, '{column}')"
        said = [self._said(argument, item) for argument in tree.arguments]
        match tree.name, said:
            case "if", [test, yes, no]:
                return f"iif({test}, {yes}, {no})"
            case "coalesce", [first, second]:
                return f"iif({first} empty, {second}, {first})"
            case "number", [text]:
                return f"({text} * 1)"
            case "string-length", [text]:
                return f"iif({text} empty, 0, {text}.length)" if not text.startswith("{") else f"{text[:-1]}.length}}"
            case "count-selected", [chosen]:
                return f"{chosen[:-1]}.length}}"
            case "today", []:
                return "today()"
        raise ValueError(f"no translation of {tree.name}()")
