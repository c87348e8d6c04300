"""Fields and tables as a reader sees them in one language."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hrddp_desktop.engine.answers import answer_text
from hrddp_desktop.engine.fills import is_filled
from hrddp_desktop.engine.layout import Asked
from hrddp_desktop.engine.nodes import Context
from hrddp_desktop.engine.program import LABEL_REFERENCE, Part
from hrddp_desktop.engine.recompute import stray
from hrddp_desktop.engine.tree import Field, Row, Table, Tree
from hrddp_desktop.engine.views import ColumnView, FieldView, Option, RowView, TableView, Value
from hrddp_desktop.errors import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from hrddp_desktop.engine.definition import Item

# The engine's own sentences; the window translates them, the form's own come translated.
LINK_BROKEN = N_("This names a row that was removed. Choose again.")
NOT_OFFERED = N_("This choice does not fit the other answers any more. Choose again.")
CONSTRAINT_BROKEN = N_("This answer is not allowed here.")


class Show:
    """Makes views; looks at the tree, changes nothing.

    The view of a question is kept until `forget` is told that it looks different: a reader sees the same object again.
    """

    def __init__(self, tree: Tree, asked: Callable[[Item], Asked]) -> None:
        self._tree = tree
        self._definition = tree.definition
        self._asked = asked
        self._kept: dict[tuple[str, str], FieldView] = {}  # by path and language
        self._naming: dict[tuple[str, str], FieldView] = {}  # of these, what names rows of tables or other answers
        self._rows: dict[str, dict[tuple[str, tuple[str, ...]], RowView]] = {}  # by row, then by language and columns
        self._choices: dict[tuple[str, str], list[tuple[Option, Option]]] = {}  # by list and language
        self._languages: set[str] = set()

    def forget(self, paths: Collection[str], *, rows: bool) -> None:
        """These look different now; `rows` when a table has other rows than before, or in another order."""
        for path in paths:
            self._rows.pop(path.rpartition("/")[0], None)
            for language in self._languages:
                self._kept.pop((path, language), None)
                self._naming.pop((path, language), None)
        if rows or any(map(self._is_title, paths)):
            self._naming.clear()
            self._rows.clear()

    def _is_title(self, path: str) -> bool:
        """Whether rows are known by this cell."""
        table, *cell = path.split("/")
        return cell != [] and self._tree.program.titles.get(table) == cell[-1]

    def value(self, field: Field) -> Value:
        """The value as expressions read it, in its canonical type."""
        if not field.shown:
            return None
        if field.rules.item.type != "calculate":
            return field.value
        if field.rules.is_number:
            number = float(field.shown.replace("Infinity", "inf"))
            if math.isinf(number):
                return None
            return int(number) if number.is_integer() else number
        return field.shown

    def field(self, field: Field, language: str) -> FieldView:
        """One question."""
        kept = self._naming if self._names_others(field) else self._kept
        key = field.path, language
        found = kept.get(key)
        if found is None:
            found = kept[key] = self._field(field, language)
            self._languages.add(language)
        return found

    def _names_others(self, field: Field) -> bool:
        rules = field.rules
        return bool(rules.item.target or rules.item.values in self._tree.tables or Part.SHOWN in rules.reads)

    def _field(self, field: Field, language: str) -> FieldView:
        item, cell = field.rules.item, field.rules.item.cell
        value = field.value if item.type != "calculate" else self.value(field)
        asked = self._asked(item)
        return FieldView(
            path=field.path,
            name=item.name,
            type="long" if item.type == "text" and cell("appearance") == "multiline" else item.type,
            label=self.text_in("label", field, language),
            hint=self.text_in("hint", field, language),
            guidance=self.text_in("guidance_hint", field, language),
            source=cell("source"),
            basis=cell("basis"),
            value=value,
            text=self.reader_text(field, language),
            relevant=field.relevant,
            asked=asked is not Asked.NO,
            required=field.relevant and field.required and asked is Asked.REQUIRED,
            due=item.due,
            read_only=field.read_only or item.type in {"note", "calculate"},
            options=self._options(field, language),
            problem=self._problem(field, language),
            excuse_kinds=excuse_kinds(item),
            excuse=field.excuse if field.value is None else None,
            consumer=consumer_sign(cell("consumer")),
            appearance=cell("appearance"),
            prefilled=self._is_prefilled(field),
            required_message=self.text_in("required_message", field, language),
            after_signature=cell("after_signature"),
            evidence=cell("evidence") == "yes",
        )

    def table(self, table: Table, columns: Sequence[Item], language: str) -> TableView:
        """One table with some of its columns."""
        item = table.rules.item
        shown = [column for column in columns if self._asked(column) is not Asked.NO]
        asked = self._asked(item)
        return TableView(
            path=table.path,
            name=item.name,
            label=self.text_in("label", table, language),
            hint=self.text_in("hint", table, language),
            guidance=self.text_in("guidance_hint", table, language),
            source=item.cell("source"),
            relevant=table.relevant,
            asked=asked is not Asked.NO,
            required=table.relevant and table.required and asked is Asked.REQUIRED,
            due=item.due,
            columns=tuple(self._column(column, language) for column in shown),
            rows=self._rows_of(table, shown, language),
            problem=None,
            excuse_kinds=excuse_kinds(item),
            excuse=table.excuse if not table.rows else None,
            consumer=consumer_sign(item.cell("consumer")),
            made=item.makes_rows,
        )

    def _column(self, item: Item, language: str) -> ColumnView:
        is_long = item.type == "text" and item.cell("appearance") == "multiline"
        required = self._tree.program.rules[item.name].required is not False and self._asked(item) is Asked.REQUIRED
        return ColumnView(
            item.name, self._definition.label(item.name, language), "long" if is_long else item.type, required
        )

    def _rows_of(self, table: Table, columns: Sequence[Item], language: str) -> tuple[RowView, ...]:
        key, found = (language, tuple(column.name for column in columns)), []
        for row in table.rows:
            kept = self._rows.setdefault(row.path, {})
            if key not in kept:
                kept[key] = self._row(row, columns, language)
            found.append(kept[key])
        return tuple(found)

    def _row(self, row: Row, columns: Sequence[Item], language: str) -> RowView:
        cells = [cell for column in columns if isinstance(cell := row.cells[column.name], Field)]
        return RowView(row.row_id, self._tree.row_title(row), tuple(self.field(cell, language) for cell in cells))

    # words

    def text_in(self, column: str, node: Field | Table, language: str) -> str:
        """A text of the sheet in a language, with the answers it names filled in."""
        item = node.rules.item
        english = item.cell(column)
        if not english:
            return ""
        words = self._definition.words(f"survey:{item.name}:{column}", english, language)
        if "${" not in words:
            return words
        return LABEL_REFERENCE.sub(lambda match: self._named_text(match[1], node, language), words)

    def _named_text(self, name: str, node: Field | Table, language: str) -> str:
        found = self._tree.beside(node, name) if name in self._tree.program.rules else ()
        return ", ".join(self.reader_text(one, language) for one in found if isinstance(one, Field) and one.shown)

    def reader_text(self, field: Field, language: str) -> str:
        """The answer in words: labels instead of codes, titles instead of row ids; dates as ISO."""
        item = field.rules.item
        text = field.shown or answer_text(field.value)
        if item.list_name is not None:
            return ", ".join(self._definition.choice_label(item.list_name, code, language) for code in text.split())
        rows = item.target or (item.values if item.values in self._tree.tables else None)
        if rows is not None:
            return ", ".join(
                self._title(field, rows, row_id) for row_id in ([text] if item.type == "text" else text.split())
            )
        if item.type == "calculate" and text:
            return self._definition.choice_label(self._definition.list_of_values(item), text, language)
        return text

    def _title(self, field: Field, table: str, row_id: str) -> str:
        if table not in self._tree.tables:  # of a related record
            return dict(field.offered or ()).get(row_id) or row_id
        row = self._tree.tables[table].row_of(row_id)
        return self._tree.row_title(row) if row is not None else row_id

    # choices and problems

    def _options(self, field: Field, language: str) -> tuple[Option, ...]:
        item, chosen = field.rules.item, set(answer_text(field.value).split())
        if item.target is not None:
            return tuple(Option(code, title or code, code in chosen) for code, title in field.offered or ())
        if item.list_name is None:
            return ()
        on_offer = None if field.offered is None else {code for code, _ in field.offered}
        return tuple(
            ticked if plain.code in chosen else plain
            for plain, ticked in self._choices_of(item.list_name, language)
            if on_offer is None or plain.code in on_offer
        )

    def _choices_of(self, name: str, language: str) -> list[tuple[Option, Option]]:
        """Each choice of a list, not selected and selected; all questions and rows share them."""
        key, words = (name, language), self._definition.words
        if key not in self._choices:
            self._choices[key] = [
                (Option(one.code, label, selected=False), Option(one.code, label, selected=True))
                for one in self._definition.lists[name].choices
                for label in [words(f"choices:{name}:{one.code}:label", one.label, language) or one.code]
            ]
        return self._choices[key]

    def _problem(self, field: Field, language: str) -> str | None:
        """The sentence under a field whose answer is not allowed."""
        if not field.shown:
            return None
        if not field.fits:
            return self.text_in("constraint_message", field, language) or CONSTRAINT_BROKEN
        gone = stray(field)
        target = field.rules.item.target
        table = self._tree.tables.get(target or "")
        if gone and target is not None and (table is None or any(table.row_of(row_id) is None for row_id in gone)):
            return LINK_BROKEN
        return NOT_OFFERED if gone else None

    def _is_prefilled(self, field: Field) -> bool:
        default, source = field.rules.default, self._tree.program.fills.get(field.tag)
        if source is not None:
            pick = self._tree.beside(field, source[0].name)[0]
            code = pick.own if isinstance(pick, Field) else ""
            if is_filled(self._definition, source, field.tag, code, field.own):
                return True
        if default is None or field.own == "":
            return False
        # What the default of a shown question says is known, when it reads other answers.
        is_known = field.relevant and Part.DEFAULT in field.rules.parts
        return field.own == (field.usual if is_known else default(Context(field, self._tree)))


def excuse_kinds(item: Item) -> tuple[str, ...]:
    """The excuses a question offers."""
    return {"na": ("na",), "later": ("later",), "both": ("na", "later")}.get(item.cell("excuse"), ())


_INFORMS = ("rpt:", "stat:", "summary", "sub", "qhq", "inc", "rel")


def consumer_sign(consumer: str) -> str:
    """What an answer is for, as a sign: it decides, it becomes a condition, or it informs the reader."""
    if consumer in {"decides", "condition", "informs"}:
        return consumer
    words = [word.strip() for word in consumer.replace(";", ",").split(",") if word.strip()]
    if any(
        not word.startswith(_INFORMS) and not (word[0] == "L" and word[1:2].isdigit()) and word != "L" for word in words
    ):
        return "decides"
    return "condition" if any(word[0] == "L" for word in words) else "informs"
