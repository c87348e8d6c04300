"""The questions of one record by their paths, and the answers put into them; what the form lacks is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hrddp_desktop.engine.answers import answer_text, parsed
from hrddp_desktop.engine.tree import Field, Row, Table, Tree
from hrddp_desktop.engine.views import Excuse
from hrddp_desktop.errors import AnswerError, Code

if TYPE_CHECKING:
    from hrddp_desktop.engine.definition import Machine

_ROW_NUMBER = re.compile(r"\d+\Z", re.ASCII)


class Record:
    """Finds and fills the nodes of a tree, or raises AnswerError; what follows of it is worked out elsewhere."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def load(self, name: str, value: object) -> None:
        """Take in one answer of an answers file, or the rows of a table."""
        table = self._tree.tables.get(name)
        if table is None:
            self.put(self.field(name), value)
            return
        if not isinstance(value, list):
            raise AnswerError(Code.VALUE_NOT_ALLOWED, question=name, value=value, detail="it is not a list of rows")
        if value:
            _refuse_made(table)
        for cells in value:
            row_id = cells.get("_row") if isinstance(cells, dict) else None
            if not isinstance(row_id, str) or row_id.split() != [row_id] or "/" in row_id or table.row_of(row_id):
                raise AnswerError(
                    Code.VALUE_NOT_ALLOWED, question=name, value=row_id, detail="each row needs an id of its own"
                )
            self._tree.insert(table, self._tree.new_row(table, row_id), len(table.rows))
            use(table, row_id)
            for column, cell in cells.items():
                if column != "_row":
                    self.put(self.field(f"{name}/{row_id}/{column}"), cell)

    def complete_steps(self, machine: Machine) -> None:
        """Steps of an answers file may lack the state they led to; they get it where only one is possible."""
        before, table = "", self._tree.definition.items[machine.step].table or ""
        for row in self._tree.tables[table].rows:
            step, state = (self.field(f"{row.path}/{name}") for name in (machine.step, machine.state))
            led = {move.to for move in machine.moves if (move.id, move.from_state) == (step.own, before)}
            if state.value is None and len(led) == 1:
                self.put(state, led.pop())
            before = state.own

    def put(self, field: Field, raw: object) -> None:
        """Give an answer, in its canonical type."""
        field.value = parsed(self._tree.definition, field.rules.item, field.path, raw)
        field.own = answer_text(field.value)

    def node(self, path: str) -> Field | Table:
        """The question, cell or table at a path."""
        node = self._tree.paths.get(path)
        if node is None:
            raise AnswerError(Code.QUESTION_UNKNOWN, question=path, form=self._tree.definition.form_id)
        return node

    def field(self, path: str) -> Field:
        """The question or cell at a path."""
        node = self.node(path)
        if not isinstance(node, Field):
            raise AnswerError(Code.QUESTION_UNKNOWN, question=path, form=self._tree.definition.form_id)
        return node

    def table(self, name: str) -> Table:
        """The table of that name."""
        table = self._tree.tables.get(name)
        if table is None:
            raise AnswerError(Code.QUESTION_UNKNOWN, question=name, form=self._tree.definition.form_id)
        return table

    def own_rows(self, name: str) -> Table:
        """A table whose rows a person adds and removes."""
        table = self.table(name)
        _refuse_made(table)
        return table

    def row(self, table: str, row_id: str) -> Row:
        """One row of a table."""
        row = self.table(table).row_of(row_id)
        if row is None:
            raise AnswerError(Code.QUESTION_UNKNOWN, question=f"{table}/{row_id}", form=self._tree.definition.form_id)
        return row


def read_excuse(path: str, excuse: object) -> Excuse:
    """An excuse of an answers file. Raises AnswerError."""
    match excuse:
        case {"kind": "na" | "later" as kind, **rest}:
            why, who = rest.get("why", ""), rest.get("who", "")
            if isinstance(why, str) and isinstance(who, str):
                return Excuse(kind, why, who)
    raise AnswerError(Code.VALUE_NOT_ALLOWED, question=path, value=excuse, detail="an excuse is na or later, why, who")


def _refuse_made(table: Table) -> None:
    """Nobody adds, moves, removes or imports a row that the form makes itself."""
    if table.rules.item.makes_rows:
        raise AnswerError(
            Code.VALUE_NOT_ALLOWED, question=table.tag, value="", detail="the form makes the rows of this table itself"
        )


def use(table: Table, row_id: str) -> None:
    """Remember the highest number ever given to a row."""
    match = _ROW_NUMBER.search(row_id)
    if match is not None:
        table.highest = max(table.highest, int(match.group()))
