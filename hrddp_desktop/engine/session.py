"""One record being filled in: answers in, views and decisions out. Knows no screen, no store and no paper.

Paths: `a0_title` for a question, `a1_recipients/R1/rec_name` for a cell, `a1_recipients` for a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hrddp_desktop.engine import fills
from hrddp_desktop.engine.answers import Raw, answer_text
from hrddp_desktop.engine.decisions import decide
from hrddp_desktop.engine.defaults import Defaults
from hrddp_desktop.engine.definition import STAGES, Definition, Item
from hrddp_desktop.engine.layout import Asked
from hrddp_desktop.engine.machines import GuardWorld
from hrddp_desktop.engine.nodes import Context
from hrddp_desktop.engine.program import Part, program
from hrddp_desktop.engine.progress import Count, Progress, Tally, count, is_promised
from hrddp_desktop.engine.recompute import Recompute
from hrddp_desktop.engine.record import Record, read_excuse, use
from hrddp_desktop.engine.show import Show, excuse_kinds
from hrddp_desktop.engine.tree import Field, Row, Table, Tree
from hrddp_desktop.engine.values import day_number
from hrddp_desktop.engine.views import (
    Change,
    Decision,
    Excuse,
    FieldView,
    Missing,
    Option,
    PageView,
    Step,
    TableView,
    Value,
)
from hrddp_desktop.engine.withheld import Given, Projection, as_given, told
from hrddp_desktop.errors import N_, AnswerError, Code

if TYPE_CHECKING:
    from datetime import date

    from hrddp_desktop.engine.definition import Move
    from hrddp_desktop.engine.layout import Page

Answers = Mapping[str, object]
# The engine's own sentences about steps; the window translates them.
NOT_IN_STATE = N_("This step is not possible in the present state.")
GUARD_OPEN = N_("The answers do not permit this step yet.")


def open_session(
    definition: Definition,
    answers: Answers | None = None,
    excused: Mapping[str, Mapping[str, str]] | None = None,
    *,
    as_of: date,
    related: Mapping[str, Mapping[str, object]] | None = None,
    new: bool = False,
    used_rows: Mapping[str, Iterable[str]] | None = None,
    given: Given | None = None,
) -> Session:
    """A session on the answers of a record, in the form of the answers file.

    `new` fills in the defaults, as only the making of a record does. `used_rows` are row ids ever given, so that none
    is given twice. `given` are the results of answers that are withheld here, see withheld.py. Raises AnswerError for a
    question the form does not have, for a value its question cannot hold, and for a withheld answer beside `given`.
    """
    return Session(definition, answers or {}, excused or {}, as_of, related or {}, new, used_rows or {}, given)


class Session:
    """Answers, what follows from them, and what is shown of them. Every step returns a Change."""

    def __init__(
        self,
        definition: Definition,
        answers: Answers,
        excused: Mapping[str, Mapping[str, str]],
        as_of: date,
        related: Mapping[str, Mapping[str, object]],
        new: bool,
        used_rows: Mapping[str, Iterable[str]],
        given: Given | None,
    ) -> None:
        self.definition = definition
        self.as_of = as_of
        self._program = program(definition)
        self._layout = self._program.layout
        self._tree = Tree(self._program, day_number(as_of), related)
        self._record = Record(self._tree)
        self._work = Recompute(self._tree) if given is None else Projection(self._tree, given)
        self._defaults = Defaults(self._tree, self._work)
        for name, value in answers.items():
            self._record.load(name, value)
        for machine in definition.machines.values():
            self._record.complete_steps(machine)
        for name, ids in used_rows.items():
            for row_id in ids if name in self._tree.tables else ():
                use(self._tree.tables[name], row_id)
        for path, excuse in excused.items():
            self._record.node(path).excuse = read_excuse(path, excuse)
        self._work.everything()
        if isinstance(self._work, Projection):
            self._work.refuse_strange()
        if new:
            self._work.stirred.clear()
            self._defaults.want(node for node in self._tree.paths.values() if isinstance(node, Field))
            self._defaults.follow()
        else:
            self._defaults.note()
        self._work.changed.clear()
        self._work.made.clear()
        self._asks = self._asked_in(self.lane)
        self._show = Show(self._tree, self._asked)
        self._progress = Progress(self._tree, self._layout.page_of)

    def _put_back(self, values: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, Value]]:
        """These answers and no others: what stands there now is in the Change."""
        replaced = {path: self._record.field(path).value for path in values}
        for path, value in values.items():
            self._record.put(self._record.field(path), value)
            self._work.touch(self._record.field(path), Part.VALUE)
        self._work.changed.update(values)
        self._work.settle()
        self._defaults.note()
        return dict(values), replaced

    # steps

    # With `put` a step is one back: instead of what it would bring by itself, it brings exactly those answers.

    def set(self, path: str, raw: Raw, put: Mapping[str, Value] | None = None) -> Change:
        """Give an answer; None or "" takes it back. An answer against its constraint is kept and its view says so.

        Picking a row of a catalogue fills other questions too, and defaults follow what they read, in the same Change.
        Raises AnswerError for what is no answer to this question.
        """
        field = self._record.field(path)
        old = field.value
        self._record.put(field, raw)
        self._work.touch(field, Part.VALUE)
        self._work.changed.add(path)
        self._work.changed.update(self._beside(field, name).path for name, _ in fills.pairs(field.rules.item))
        filled, replaced = self._fill(field, answer_text(old)) if put is None else ({}, {})
        return self._change(path, old=old, new=field.value, filled=filled, replaced=replaced, put=put)

    def _fill(self, field: Field, before: str) -> tuple[dict[str, Value], dict[str, Value]]:
        """Copy what the catalogue knows about the pick; what a person has typed stays."""
        item, filled, replaced = field.rules.item, dict[str, Value](), dict[str, Value]()
        for name, column in fills.pairs(item):
            target = self._beside(field, name)
            now = fills.filled(self.definition, item, name, column, field.own, self.text_language)
            said = fills.texts(self.definition, item, name, column, before)
            if target.own in {"", *said} and target.value != now:
                replaced[target.path], filled[target.path] = target.value, now
                self._record.put(target, now)
                self._work.touch(target, Part.VALUE)
        return filled, replaced

    def _beside(self, field: Field, name: str) -> Field:
        return self._record.field(name if field.row is None else f"{field.row.path}/{name}")

    def excuse(self, path: str, kind: str | None, why: str = "", who: str = "") -> Change:
        """Say why there is no answer, or with None take that back."""
        node = self._record.node(path)
        if kind is not None and kind not in excuse_kinds(node.rules.item):
            raise AnswerError(
                Code.VALUE_NOT_ALLOWED, question=path, value=kind, detail="this excuse is not offered here"
            )
        node.excuse = Excuse(kind, why, who) if kind else None
        self._work.changed.add(path)
        value = node.value if isinstance(node, Field) else None
        return self._change(path, old=value, new=value)

    def add_row(
        self,
        table: str,
        row_id: str | None = None,
        index: int | None = None,
        put: Mapping[str, Value] | None = None,
    ) -> Change:
        """Add a row, by default the next id at the end; a row that was removed comes back with its answers."""
        node = self._record.own_rows(table)
        row_id = row_id or f"{node.rules.item.cell('row_prefix')}{node.highest + 1}"
        if node.row_of(row_id) is not None or row_id.split() != [row_id] or "/" in row_id:
            raise AnswerError(
                Code.VALUE_NOT_ALLOWED, question=table, value=row_id, detail="each row needs an id of its own"
            )
        back = node.removed.pop(row_id, None)
        row = back or self._tree.new_row(node, row_id)
        self._tree.insert(node, row, len(node.rows) if index is None else index)
        use(node, row_id)
        self._work.row(row)
        self._work.settle()
        if back is None:
            self._defaults.want(row.fields())
        else:
            self._defaults.note(row)
        self._work.changed.update(field.path for field in row.fields())
        return self._change(table, added=row_id, rows=True, put=put)

    def remove_row(self, table: str, row: str, put: Mapping[str, Value] | None = None) -> Change:
        """Remove a row; links to it stay and show as broken."""
        node, found = self._record.own_rows(table), self._record.row(table, row)
        self._tree.take_out(node, found)
        self._work.rows_of(node)
        return self._change(table, rows=True, put=put)

    def move_row(self, table: str, row: str, index: int, put: Mapping[str, Value] | None = None) -> Change:
        """Put a row at another place of its table."""
        node, found = self._record.own_rows(table), self._record.row(table, row)
        node.rows.remove(found)
        node.rows.insert(index, found)
        self._work.rows_of(node)
        return self._change(table, rows=True, put=put)

    def _change(
        self,
        path: str,
        *,
        old: Value = None,
        new: Value = None,
        added: str | None = None,
        filled: Mapping[str, Value] | None = None,
        replaced: Mapping[str, Value] | None = None,
        rows: bool = False,
        put: Mapping[str, Value] | None = None,
    ) -> Change:
        self._work.settle()
        followed, stood = self._defaults.follow(path) if put is None else self._put_back(put)
        self._note_lane()
        changed, made = frozenset(self._work.changed), frozenset(self._work.made)
        self._work.changed.clear()
        self._work.made.clear()
        tables = made | {path} if rows else made
        brought, before = {**(filled or {}), **followed}, {**stood, **(replaced or {})}
        own = f"{path}/{added}/"
        defaults = {name.removeprefix(own): brought.pop(name) for name in list(brought) if name.startswith(own)}
        before = {name: value for name, value in before.items() if name in brought}
        self._show.forget(changed, rows=bool(tables))
        self._progress.forget(changed | tables)
        return Change(path, old, new, changed | tables, tables, added, defaults, brought, before)

    def _note_lane(self) -> None:
        """Another lane asks other questions."""
        before, self._asks = self._asks, self._asked_in(self.lane)
        if self._asks is not before:
            differ = {name for name, asked in self._asks.items() if before[name] is not asked}
            self._work.changed.update(path for path, node in self._tree.paths.items() if node.tag in differ)

    # reading

    def answers(self) -> dict[str, object]:
        """Every answer, of hidden questions too, in the form of the answers file."""
        found: dict[str, object] = {}
        for path, node in self._tree.paths.items():
            if isinstance(node, Table):
                if node.rows and not node.rules.item.makes_rows:
                    found[path] = [self._row_answers(row) for row in node.rows]
            elif node.row is None and node.value is not None:
                found[path] = node.value
        return found

    def _row_answers(self, row: Row) -> dict[str, object]:
        return {"_row": row.row_id, **{cell.tag: cell.value for cell in row.fields() if cell.value is not None}}

    def readable(self) -> dict[str, object]:
        """What records that belong to this one read of it: every value as expressions see it, rows with their title."""
        found: dict[str, object] = {}
        for path, node in self._tree.paths.items():
            if isinstance(node, Table):
                found[path] = [
                    {"_row": row.row_id, "_title": self._tree.row_title(row)}
                    | {cell.tag: cell.shown for cell in row.fields()}
                    for row in node.shown_rows()
                ]
            elif node.row is None:
                found[path] = node.shown
        return found

    def excused(self) -> dict[str, dict[str, str]]:
        """Every excuse, in the form of the answers file."""
        return {
            path: {"kind": node.excuse.kind, "why": node.excuse.why, "who": node.excuse.who}
            for path, node in self._tree.paths.items()
            if node.excuse is not None
        }

    @property
    def is_projection(self) -> bool:
        """Whether strictly confidential answers are withheld here; then results stand for them."""
        return isinstance(self._work, Projection)

    def told(self, stage: str = STAGES[0]) -> dict[str, str]:
        """By path what a file without the strictly confidential answers is given instead; it names what is due then."""
        return told(self._tree, (each.path for each in self.missing(stage)))

    def value(self, path: str) -> Value:
        """The value of a question or calculation as expressions read it: None while blank or not relevant."""
        return self._show.value(self._record.field(path))

    def each(self, name: str) -> tuple[str, ...]:
        """What a question or calculation says as text: once, or once for each row of its table; without blanks."""
        return tuple(text for node in self._tree.named(name) if (text := node.text()))

    def view(self, path: str, language: str) -> FieldView:
        """One question in a language."""
        return self._show.field(self._record.field(path), language)

    def table(self, name: str, language: str) -> TableView:
        """One table with all its columns."""
        table = self._record.table(name)
        return self._show.table(table, self._layout.columns(name), language)

    def offered(self, table: str, language: str = "en") -> tuple[Option, ...]:
        """The catalogue rows that a table offers and does not hold yet, in catalogue order; `selected`: ticked."""
        node = self._record.table(table)
        offers = node.rules.offers
        if offers is None or not node.relevant or self._asked(node.rules.item) is Asked.NO:
            return ()
        context, name = Context(node, self._tree), offers.list_name
        preset = set(offers.preset(context))
        held = {cell.own for row in node.rows for cell in row.fields() if cell.tag == offers.question}
        shown = (preset | set(offers.codes(context))) - held
        return tuple(
            Option(code, self.definition.choice_label(name, code, language), code in preset)
            for code in self.definition.lists[name].codes
            if code in shown
        )

    def add_offered(self, table: str, codes: Sequence[str]) -> tuple[Change, ...]:
        """Add a row for each code with what the catalogue fills in. Raises AnswerError for one that is not on offer.

        Two Changes a row: the row, and the pick.
        """
        offers, known = self._record.table(table).rules.offers, {option.code for option in self.offered(table)}
        strange = [code for code in codes if code not in known]
        if offers is None or strange or len(set(codes)) < len(codes):
            value = " ".join(strange or codes)
            raise AnswerError(Code.VALUE_NOT_ALLOWED, question=table, value=value, detail="it is not on offer")
        found: list[Change] = []
        for code in codes:
            found.append(self.add_row(table))
            found.append(self.set(f"{table}/{found[-1].added_row}/{offers.question}", code))
        return tuple(found)

    def page(self, name: str, language: str) -> tuple[FieldView | TableView, ...]:
        """What one page shows, in order: what is relevant and asked in this lane."""
        page = self._layout.pages.get(name)
        if page is None:
            raise AnswerError(Code.QUESTION_UNKNOWN, question=name, form=self.definition.form_id)
        columns = {entry.item.name: entry.columns for entry in page.entries}
        return tuple(
            self._show.table(node, columns[node.tag], language)
            if isinstance(node, Table)
            else self._show.field(node, language)
            for node in self._shown_on(page)
        )

    def route(self, stage: str = STAGES[0], language: str | None = None) -> tuple[PageView, ...]:
        """The pages that apply, in the order of the form, with what is due up to a stage."""
        language = language or self.definition.default_language
        counts = count(self._tallies(stage))
        found = []
        for page in self._layout.pages.values():
            shown = self._shown_on(page)
            if shown:
                state, answered, due = counts.get(page.name, Count()).result()
                is_form = page.name not in self.definition.items
                label = self.definition.form_title(language) if is_form else self.definition.label(page.name, language)
                filled = any(_is_filled(node) for node in shown)
                found.append(PageView(page.name, label, int(page.action or 0), state, answered, due, filled))
        return tuple(found)

    def _shown_on(self, page: Page) -> list[Field | Table]:
        """What is relevant and asked on a page."""
        found = [self._tree.paths[entry.item.name] for entry in page.entries] if self._opens(page) else []
        return [node for node in found if node.relevant and self._asks[node.tag] is not Asked.NO]

    def _opens(self, page: Page) -> bool:
        """Whether its group is relevant: a table that is at home on another page may be so without it."""
        group = self.definition.items.get(page.name)
        return group is None or all(node.relevant for node in self._tree.instances_of(group))

    def decision(self, table_name: str) -> Decision:
        """What a decision table says on these answers; named by table, or by the path of a calculation it decides."""
        node = self._tree.paths.get(table_name)
        if isinstance(node, Field) and node.rules.decision is not None:
            found = decide(self.definition, node.rules.decision, self._work.variables(node.rules.decision, node))
            return as_given(found, node.shown) if self._is_given(node) else found
        table = self.definition.tables.get(table_name)
        if table is None:
            raise AnswerError(Code.TABLE_UNKNOWN, table=table_name, known=", ".join(sorted(self.definition.tables)))
        return decide(self.definition, table, self._work.variables(table, None))

    def decided(self, table_name: str) -> tuple[str, ...]:
        """The paths of what a decision table decides, without what is not relevant; in a table one for each row.

        Nor what is given: the table has not decided it here.
        """
        return tuple(
            path
            for path, node in self._tree.paths.items()
            if isinstance(node, Field)
            and node.rules.decision is not None
            and node.rules.decision.name == table_name
            and node.relevant
            and not self._is_given(node)
        )

    def _is_given(self, node: Field) -> bool:
        return isinstance(self._work, Projection) and node.tag in self._work.results

    # state machines

    def state(self, machine: str) -> str:
        """The state a machine is in: that of the last row of its table of steps, blank before the first."""
        rows = self._steps_of(machine).rows
        cell = rows[-1].cells[self.definition.machines[machine].state] if rows else None
        return cell.own if isinstance(cell, Field) else ""

    def steps(self, machine: str) -> tuple[Step, ...]:
        """The steps that the present state and the answers permit, and the others with the reason why not."""
        state, moves = self.state(machine), self.definition.machines[machine].moves
        holds = self._program.guards(machine)
        context = Context(self._tree.form, GuardWorld(self._tree, self._rule(machine)))
        here = {move.id for move in moves if move.from_state == state}
        found: list[Step] = []
        for move, guard in zip(moves, holds, strict=True):
            if move.from_state == state:
                found.append(_step(move, "" if guard is None or guard(context) else GUARD_OPEN))
            elif move.id not in here:
                here.add(move.id)
                found.append(_step(move, NOT_IN_STATE))
        return tuple(found)

    def take(self, machine: str, step: str) -> Change:
        """Take a permitted step: a row more in the table of steps. Raises AnswerError(VALUE_NOT_ALLOWED)."""
        table, tied = self._steps_of(machine), self.definition.machines[machine]
        found = next((one for one in self.steps(machine) if one.id == step and one.permitted), None)
        if found is None:
            path = f"{table.path}/{tied.step}"
            raise AnswerError(Code.VALUE_NOT_ALLOWED, question=path, value=step, detail="the step is not permitted now")
        added = self.add_row(table.path)
        row = f"{table.path}/{added.added_row}"
        given: dict[str, Value] = {f"{row}/{tied.step}": found.id, f"{row}/{tied.state}": found.to}
        for path, code in given.items():
            field = self._record.field(path)
            self._record.put(field, code)
            self._work.touch(field, Part.VALUE)
        self._work.changed.update(added.paths)
        defaults = {f"{row}/{name}": value for name, value in added.defaults.items()}
        brought = {**added.filled, **defaults, **given}
        return self._change(table.path, added=added.added_row, filled=brought, replaced=added.replaced, rows=True)

    def _steps_of(self, machine: str) -> Table:
        tied = self.definition.machines.get(machine)
        if tied is None:
            raise AnswerError(Code.TABLE_UNKNOWN, table=machine, known=", ".join(sorted(self.definition.machines)))
        return self._tree.tables[self.definition.items[tied.step].table or ""]

    def _rule(self, machine: str) -> str:
        decided = self.definition.machines[machine].decided
        return (self.decision(decided).rule or "") if decided else ""

    @property
    def lane(self) -> str | None:
        """The lane that the answers put the record in; None while there is none."""
        node = self._tree.paths.get(self.definition.settings.get("lane", ""))
        return (node.shown or None) if isinstance(node, Field) else None

    @property
    def text_language(self) -> str:
        """The language that the record is written in: what the question says that the settings name, if we have it."""
        node = self._tree.paths.get(self.definition.settings.get("text_language", ""))
        known = isinstance(node, Field) and node.own in self.definition.languages
        return node.own if known and isinstance(node, Field) else self.definition.default_language

    def _letter(self, lane: str | None) -> str:
        lanes = self.definition.lists.get(self.definition.settings.get("lanes", "lane"))
        return lanes.fact(lane, "letter") if lanes is not None and lane is not None else ""

    def _asked_in(self, lane: str | None) -> Mapping[str, Asked]:
        return self._layout.asked(self._letter(lane))

    def _asked(self, item: Item) -> Asked:
        return self._asks[item.name]

    def missing(self, stage: str = STAGES[0], language: str = "en") -> tuple[Missing, ...]:
        """What is relevant, asked, due up to a stage, and required but blank, or not allowed."""
        nodes = {node.path: node for tally in self._tallies(stage) for node in tally.missing}
        if isinstance(self._work, Projection):
            nodes |= {path: self._record.node(path) for path in self._work.missing}
        return tuple(self._missing(node, language) for node in nodes.values())

    def finish(self, stage: str, language: str = "en") -> tuple[dict[str, object], tuple[Missing, ...]]:
        """The answers, and what still stands against the end of a stage: nothing when it may be ended."""
        return self.answers(), self.missing(stage, language)

    def _missing(self, node: Field | Table, language: str) -> Missing:
        label = self._show.text_in("label", node, language) or node.tag
        row = node.row.row_id if node.row is not None else None
        return Missing(node.path, label, self._layout.page_of.get(node.tag, ""), row, is_promised(node))

    def _tallies(self, stage: str) -> Iterator[Tally]:
        return self._progress.tallies(self._asks, stage)


def _is_filled(node: Field | Table) -> bool:
    """Whether a person, or a default, has answered it."""
    return bool(node.rows) if isinstance(node, Table) else node.value is not None


def _step(move: Move, refused: str) -> Step:
    return Step(move.id, move.event, move.to, move.decider, move.clock, move.evidence, refused)
