"""The answers of one record as a tree of nodes: what expressions walk over, and where each answer lives."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from hrddp_desktop.engine.values import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hrddp_desktop.engine.definition import Definition, Item
    from hrddp_desktop.engine.nodes import Node
    from hrddp_desktop.engine.program import Program, Rules
    from hrddp_desktop.engine.views import Answer, Excuse


class Plain:
    """A node that never changes: a choice, one of its facts, a related record, the id of a row."""

    __slots__ = ("_above", "_below", "_by_name", "_name", "_text")

    def __init__(self, name: str, above: Node | None = None, text: str = "") -> None:
        self._name = name
        self._above = above
        self._text = text
        self._below: list[Node] = []
        self._by_name: dict[str, list[Node]] | None = None  # made when it is asked for

    def add(self, name: str, text: str = "") -> Plain:
        """Hang a child below."""
        child = Plain(name, self, text)
        self._below.append(child)
        return child

    def name(self) -> str:
        """Its name."""
        return self._name

    def parent(self) -> Node | None:
        """What holds it."""
        return self._above

    def children(self) -> Sequence[Node]:
        """What it holds."""
        return self._below

    def called(self, name: str) -> Sequence[Node]:
        """What it holds of that name; nothing is added any more once this was asked."""
        if self._by_name is None:
            self._by_name = {}
            for child in self._below:
                self._by_name.setdefault(child.name(), []).append(child)
        return self._by_name.get(name, ())

    def text(self) -> str:
        """Its text."""
        return self._text


class Group:
    """A group, or the form itself."""

    __slots__ = ("above", "below", "path", "relevant", "row", "rules", "serial", "tag")

    def __init__(self, tag: str, rules: Rules | None, above: Group | Row | None, row: Row | None, serial: int) -> None:
        self.tag = tag
        self.rules = rules
        self.above = above
        self.row = row
        self.serial = serial
        self.path = tag if row is None else f"{row.path}/{tag}"
        self.relevant = rules is None
        self.below: list[Field | Group | Table] = []

    def name(self) -> str:
        """Its name."""
        return self.tag

    def parent(self) -> Node | None:
        """What holds it."""
        return self.above

    def children(self) -> Sequence[Node]:
        """Its questions and groups, and the rows of its tables."""
        found: list[Node] = []
        for one in self.below:
            if isinstance(one, Table):
                found.extend(one.shown_rows())
            else:
                found.append(one)
        return found

    def called(self, name: str) -> Sequence[Node]:
        """Its question or group of that name, or the rows of its table."""
        for one in self.below:
            if one.tag == name:
                return one.shown_rows() if isinstance(one, Table) else (one,)
        return ()

    def text(self) -> str:
        """The texts inside, one after the other."""
        return "".join(child.text() for child in self.children())


class Field:
    """One question of one row (or of no row): its answer, and what was worked out about it."""

    __slots__ = (
        "above",
        "excuse",
        "fits",
        "offered",
        "own",
        "path",
        "read_only",
        "relevant",
        "required",
        "row",
        "rules",
        "serial",
        "shown",
        "sound",
        "tag",
        "usual",
        "value",
    )

    def __init__(self, rules: Rules, above: Group | Row, row: Row | None, serial: int) -> None:
        self.rules = rules
        self.tag = rules.item.name
        self.above = above
        self.row = row
        self.serial = serial
        self.path = self.tag if row is None else f"{row.path}/{self.tag}"
        self.value: Answer | None = None
        self.own = ""
        self.usual = ""  # what its default says, when that reads other answers
        self.shown = ""
        self.relevant = False
        self.fits = True
        self.sound = True
        self.offered: tuple[tuple[str, str], ...] | None = None
        self.required = rules.required is True
        self.read_only = rules.read_only is True
        self.excuse: Excuse | None = None

    def name(self) -> str:
        """Its name."""
        return self.tag

    def parent(self) -> Node | None:
        """What holds it."""
        return self.above

    def children(self) -> Sequence[Node]:
        """Nothing."""
        return ()

    def called(self, _name: str) -> Sequence[Node]:
        """Nothing."""
        return ()

    def text(self) -> str:
        """Its answer; blank while it is not relevant."""
        return self.shown


_OF_A_ROW = (Field, Group)  # made once: isinstance() with a fresh union is slow


class Row:
    """One row of a table."""

    __slots__ = ("below", "cells", "path", "row_id", "table")

    def __init__(self, table: Table, row_id: str) -> None:
        self.table = table
        self.row_id = row_id
        self.path = f"{table.tag}/{row_id}"
        self.cells: dict[str, Field | Group] = {}
        self.below: list[Field | Group] = []

    @property
    def relevant(self) -> bool:
        """As its table is."""
        return self.table.relevant

    def fields(self) -> Iterator[Field]:
        """Its cells in the order of the columns."""
        return (cell for cell in self.cells.values() if isinstance(cell, Field))

    def name(self) -> str:
        """The name of the table."""
        return self.table.tag

    def parent(self) -> Node | None:
        """What holds the table."""
        return self.table.above

    def children(self) -> Sequence[Node]:
        """Its id and its cells."""
        return [Plain("_row", self, self.row_id), *self.below]

    def called(self, name: str) -> Sequence[Node]:
        """Its id, or its cell or group of that name."""
        cell = self.cells.get(name)
        if cell is not None and cell.above is self:
            return (cell,)
        return (Plain("_row", self, self.row_id),) if name == "_row" else ()

    def text(self) -> str:
        """The texts inside, one after the other."""
        return "".join(child.text() for child in self.below)


class Table:
    """A table with its rows in order; a node itself only where its own relevance is worked out."""

    __slots__ = (
        "above",
        "excuse",
        "highest",
        "path",
        "relevant",
        "removed",
        "required",
        "row",
        "rows",
        "rules",
        "serial",
        "tag",
    )

    def __init__(self, rules: Rules, above: Group, serial: int) -> None:
        self.rules = rules
        self.tag = rules.item.name
        self.path = self.tag
        self.above = above
        self.row: Row | None = None
        self.serial = serial
        self.relevant = False
        self.required = rules.required is True
        self.excuse: Excuse | None = None
        self.rows: list[Row] = []
        self.highest = 0
        self.removed: dict[str, Row] = {}

    def shown_rows(self) -> Sequence[Row]:
        """Its rows; none while it is not relevant, as it reads blank then."""
        return self.rows if self.relevant else ()

    def row_of(self, row_id: str) -> Row | None:
        """The row with that id."""
        return next((row for row in self.rows if row.row_id == row_id), None)

    def name(self) -> str:
        """Its name."""
        return self.tag

    def parent(self) -> Node | None:
        """What holds it."""
        return self.above

    def children(self) -> Sequence[Node]:
        """Nothing: its rows hang below its group."""
        return ()

    def called(self, _name: str) -> Sequence[Node]:
        """Nothing, as there are no children."""
        return ()

    def text(self) -> str:
        """Nothing of its own."""
        return ""


class Tree:
    """All nodes of one record, by name and by path; the world that expressions see."""

    def __init__(self, program: Program, today: float, related: Mapping[str, Mapping[str, object]]) -> None:
        self.program = program
        self.definition: Definition = program.definition
        self.today = today
        self.paths: dict[str, Field | Table] = {}
        self.tables: dict[str, Table] = {}
        self._singles: dict[str, tuple[Field | Group]] = {}  # each alone in a tuple, as it is asked for
        self._serials = count()
        self._related = related
        self._instances: dict[str, Plain] = {}
        self._items: dict[tuple[str, str], dict[str, list[Node]]] = {}
        self._columns: dict[str, list[Item]] = {}
        self._document = Plain("")
        self.form = Group(self.definition.form_id, None, None, None, next(self._serials))
        self._grow()

    def _grow(self) -> None:
        groups: dict[str, Group] = {}
        for item in self.definition.items.values():
            if item.table is not None:
                self._columns.setdefault(item.table, []).append(item)
                continue
            rules, above = self.program.rules[item.name], groups.get(item.parent or "", self.form)
            node: Field | Group | Table
            if item.type == "table":
                node = self.tables[item.name] = self.paths[item.name] = Table(rules, above, next(self._serials))
            elif item.type == "group":
                node = groups[item.name] = Group(item.name, rules, above, None, next(self._serials))
                self._singles[item.name] = (node,)
            else:
                node = self.paths[item.name] = Field(rules, above, None, next(self._serials))
                self._singles[item.name] = (node,)
            above.below.append(node)

    # rows

    def new_row(self, table: Table, row_id: str) -> Row:
        """A row with blank cells; it is not in the table yet."""
        row = Row(table, row_id)
        groups: dict[str, Group] = {}
        for item in self._columns.get(table.tag, ()):
            rules, above = self.program.rules[item.name], groups.get(item.parent or "")
            cell: Field | Group
            if item.type == "group":
                cell = groups[item.name] = Group(item.name, rules, above or row, row, next(self._serials))
            else:
                cell = Field(rules, above or row, row, next(self._serials))
            row.cells[item.name] = cell
            if above is None:
                row.below.append(cell)
            else:
                above.below.append(cell)
        return row

    def insert(self, table: Table, row: Row, index: int) -> None:
        """Put a row into its table."""
        table.rows.insert(index, row)
        self.paths.update({field.path: field for field in row.fields()})

    def make_rows(self, table: Table, ids: Sequence[str]) -> set[Row]:
        """Give a table these rows in this order; those that went. Rows of before stay what they are."""
        before = {row.row_id: row for row in table.rows}
        table.rows = [before.pop(row_id) if row_id in before else self.new_row(table, row_id) for row_id in ids]
        for gone in before.values():
            for field in gone.fields():
                del self.paths[field.path]
        for row in table.rows:
            self.paths.update({field.path: field for field in row.fields()})
        return set(before.values())

    def take_out(self, table: Table, row: Row) -> None:
        """Take a row out; its answers are kept, should it come back."""
        table.rows.remove(row)
        table.removed[row.row_id] = row
        for field in row.fields():
            del self.paths[field.path]

    def instances_of(self, item: Item) -> Sequence[Field | Group | Table]:
        """Every node of an item, relevant or not."""
        if item.table is not None:
            return [row.cells[item.name] for row in self.tables[item.table].rows]
        return (self.tables[item.name],) if item.type == "table" else self._singles[item.name]

    # the world that expressions see

    def document(self) -> Node:
        """The document over the form."""
        if not self._document.children():
            self._document = _Document(self.form)
        return self._document

    def named(self, name: str) -> Sequence[Node]:
        """Every node of that name; of a table its rows, of a column its cells."""
        single = self._singles.get(name)
        if single is not None:
            return single
        table = self.tables.get(name)
        if table is not None:
            return table.shown_rows()
        item = self.definition.items[name]
        return [row.cells[name] for row in self.tables[item.table or ""].shown_rows()]

    def beside(self, node: Node, name: str) -> Sequence[Node]:
        """The cell of that name in the same row."""
        row = node.row if isinstance(node, _OF_A_ROW) else None
        return (row.cells[name],) if row is not None else self.named(name)

    def instance(self, name: str) -> Sequence[Node]:
        """The document of a choice list or a related record."""
        if name not in self._instances:
            self._instances[name] = (
                self._list_document(name) if name in self.definition.lists else self._related_document(name)
            )
        return (self._instances[name],)

    def is_related(self, name: str) -> bool:
        """A related record of that name is at hand."""
        return name in self._related

    def _list_document(self, name: str) -> Plain:
        top = Plain("")
        root = top.add("root")
        for choice in self.definition.lists[name].choices:
            item = root.add("item")
            item.add("name", choice.code)
            item.add("label", choice.label)
            for column in self.definition.lists[name].columns:
                item.add(column, choice.facts.get(column, ""))
        return top

    def _related_document(self, name: str) -> Plain:
        top = Plain("")
        root = top.add("root")
        _hang(root, self._related.get(name, {}))
        return top

    def matching(self, list_name: str, column: str, value: str) -> Sequence[Node]:
        """The items of a list by the value of a column; the index is made once."""
        key = list_name, column
        if key not in self._items:
            index: dict[str, list[Node]] = {}
            for item in self.instance(list_name)[0].children()[0].children():
                for fact in item.children():
                    if fact.name() == column:
                        index.setdefault(fact.text(), []).append(item)
            self._items[key] = index
        return self._items[key].get(value, ())

    def choice_label(self, list_name: str, code: str) -> str:
        """The label of a choice in the form's own language."""
        return self.definition.choice_label(list_name, code, self.definition.default_language)

    def row_title(self, row: Row) -> str:
        """The text of the first text column, else the id; where the text is the label of another row, that row's."""
        cell = self._titling(row)
        if cell is None:
            return row.row_id
        table = self.tables.get(cell.rules.item.values or "")
        named = table.row_of(cell.own) if table is not None else None
        cell = (self._titling(named) if named is not None else None) or cell
        return cell.own or cell.shown or row.row_id

    def _titling(self, row: Row) -> Field | None:
        cell = row.cells.get(self.program.titles.get(row.table.tag, ""))
        return cell if isinstance(cell, Field) and (cell.own or cell.shown) else None


def _hang(above: Plain, answers: Mapping[str, object]) -> None:
    """The answers of a related record below a node: tables as their rows, several choices as one text."""
    for name, value in answers.items():
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            for row in value:
                _hang(above.add(name), row)
        elif isinstance(value, dict):
            _hang(above.add(name), value)
        elif isinstance(value, list):
            above.add(name, " ".join(map(str, value)))
        elif isinstance(value, float):
            above.add(name, number_text(value))
        else:
            above.add(name, "" if value is None else str(value))


class _Document(Plain):
    """The document node over the form."""

    def __init__(self, form: Group) -> None:
        super().__init__("")
        self._below.append(form)
