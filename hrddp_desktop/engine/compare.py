"""Two states of a form compared as a reader would tell it: questions, choices and rules, not cells."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hrddp_desktop.engine.definition import Choice, DecisionTable, Definition, Item, Machine, Move, Rule

_KINDS = {"group": "group", "table": "table", "calculate": "calculation", "note": "note"}
_COLUMNS = {
    "label": "label",
    "hint": "hint",
    "guidance_hint": "guidance",
    "relevant": "relevance",
    "required": "when it is required",
    "required_message": "message when required",
    "constraint": "constraint",
    "constraint_message": "message of the constraint",
    "calculation": "calculation",
    "choice_filter": "filter of the choices",
    "default": "default",
    "read_only": "when it is read-only",
    "due": "when it is due",
    "lanes": "lanes",
    "excuse": "excuses",
    "table": "decision table",
    "row_prefix": "row labels",
    "offers": "rows on offer",
    "preset": "rows ticked beforehand",
}
# What a cell says when it is filled or emptied: (now filled, now empty).
_TURNS = {
    ("required", "yes"): ("now required", "no longer required"),
    ("read_only", "yes"): ("now read-only", "can now be changed"),
}
_MOVE_FIELDS = ("event", "guard", "decider", "clock", "evidence")
_LONG = 160


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: the Action (blank when it has none), what it is about, and what happened to it."""

    action: str
    subject: str
    kind: str
    change: str

    def __str__(self) -> str:
        place = f"Action {self.action}, {self.subject}" if self.action else self.subject
        return f"{place}: {self.change}"


def differences(old: Definition, new: Definition) -> list[Difference]:
    """Every change, questions in the order of the new form, then choices, decision tables, machines, settings."""
    return [
        *_questions(old, new),
        *_lists(old, new),
        *_tables(old, new),
        *_machines(old, new),
        *_form(old, new),
        *_words(old, new),
    ]


def _change(text_was: str, text_is: str) -> str:
    return f"was {_said(text_was)}, is {_said(text_is)}"


def _said(text: str) -> str:
    """A text short enough to read in a list."""
    if not text:
        return "nothing"
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def action_of(definition: Definition, item: Item) -> str:
    """The Action of an item, its own or that of what it stands in."""
    above: Item | None = item
    while above is not None and not above.action:
        above = definition.items.get(above.parent or "")
    return above.action if above else ""


# questions


def _questions(old: Definition, new: Definition) -> Iterator[Difference]:
    names = _renamed(old, new)
    was = {names.get(name, name): item for name, item in old.items.items()}
    moved = _moved(
        [(names.get(name, name), names.get(item.parent or "", item.parent or "")) for name, item in old.items.items()],
        [(name, item.parent or "") for name, item in new.items.items()],
    )
    for name, item in new.items.items():
        action, kind = action_of(new, item), _KINDS.get(item.type, "question")
        if name not in was:
            yield Difference(action, name, "added", f"{kind} added{_labelled(item)}")
            continue
        before = was[name]
        if before.name != name:
            yield Difference(action, name, "renamed", f"{kind} renamed, was {before.name}")
        for what, change in _item(before, item, names):
            yield Difference(action, name, what, change)
        if moved.get(name):
            yield Difference(action, name, "moved", moved[name])
    for name, item in was.items():
        if name not in new.items:
            kind = _KINDS.get(item.type, "question")
            yield Difference(action_of(old, item), item.name, "removed", f"{kind} removed{_labelled(item)}")


def _labelled(item: Item) -> str:
    return f": {_said(item.cell('label'))}" if item.cell("label") else ""


def _renamed(old: Definition, new: Definition) -> dict[str, str]:
    """Old names by what they are called now: as the sheet of renames says, else a twin with the same type and label."""
    gone = {name: item for name, item in old.items.items() if name not in new.items}
    fresh = {name: item for name, item in new.items.items() if name not in old.items}
    found = {rename.old: rename.new for rename in new.renames if rename.old in gone and rename.new in fresh}
    for name, item in gone.items():
        twins = [one.name for one in fresh.values() if _looks(one) == _looks(item)]
        if name not in found and len(twins) == 1 and twins[0] not in found.values() and item.cell("label"):
            found[name] = twins[0]
    return found


def _looks(item: Item) -> tuple[str, str]:
    return item.type, item.cell("label")


def _item(before: Item, item: Item, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    types = [" ".join(filter(None, (one.type, one.list_name or one.target or one.values))) for one in (before, item)]
    if types[0] != types[1]:
        yield "type", f"type changed, {_change(*types)}"
    if before.table != item.table and names.get(before.table or "", before.table) != item.table:
        yield "moved", f"now in the table {item.table}" if item.table else f"no longer in the table {before.table}"
    for column in dict.fromkeys((*before.cells, *item.cells)):
        was, now = before.cell(column), item.cell(column)
        if was == now:
            continue
        turned = _turned(column, was, now)
        label = _COLUMNS.get(column, column.replace("_", " "))
        yield column, turned or f"{label} changed, {_change(was, now)}"


def _turned(column: str, was: str, now: str) -> str:
    """A switch that was turned on or off, and a question that now depends on something, or no longer."""
    if not was and (column, now) in _TURNS:
        return _TURNS[column, now][0]
    if not now and (column, was) in _TURNS:
        return _TURNS[column, was][1]
    if column == "relevant" and not was:
        return f"now asked only if {_said(now)}"
    if column == "relevant" and not now:
        return f"now always asked, was only if {_said(was)}"
    return ""


def _moved(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What stands elsewhere: in another group, or after another neighbour."""
    old_home, new_home = dict(old), dict(new)
    common = [name for name, _ in new if name in old_home]
    before = [name for name, _ in old if name in new_home]
    kept: set[str] = set()
    for block in SequenceMatcher(None, before, common, autojunk=False).get_matching_blocks():
        kept.update(before[block.a : block.a + block.size])
    found = {}
    for at, name in enumerate(common):
        if old_home[name] != new_home[name]:
            found[name] = f"moved to {new_home[name] or 'the top'}, was in {old_home[name] or 'the top'}"
        elif name not in kept:
            found[name] = f"moved, now after {common[at - 1]}" if at else "moved, now first"
    return found


# choices


def _lists(old: Definition, new: Definition) -> Iterator[Difference]:
    for name in dict.fromkeys((*new.lists, *old.lists)):
        changes = list(_choices(old, new, name))
        users = [item for item in new.items.values() if item.list_name == name]
        subject = users[0].name if users else f"list {name}"
        if len(users) > 1:
            subject += f" and {len(users) - 1} more with the list {name}"
        action = action_of(new, users[0]) if users else ""
        for kind, change in changes:
            yield Difference(action, subject, kind, change)


def _choices(old: Definition, new: Definition, name: str) -> Iterator[tuple[str, str]]:
    if name not in old.lists or name not in new.lists:
        yield ("list", "list of choices removed") if name in old.lists else ("list", "list of choices added")
        return
    was = {choice.code: choice for choice in old.lists[name].choices}
    now = {choice.code: choice for choice in new.lists[name].choices}
    renamed: dict[str, str] = {}
    for code, choice in was.items():
        twin = next((one for one in now.values() if one.code not in was and one.label == choice.label), None)
        if code not in now and twin is not None and twin.code not in renamed.values():
            renamed[code] = twin.code
            yield "choice renamed", f"choice `{code}` renamed, is now `{twin.code}`"
    for code, choice in was.items():
        current = now.get(renamed.get(code, code))
        if current is None:
            yield "choice removed", f"choice `{code}` removed ({choice.label})"
        else:
            yield from _choice(choice, current)
    fresh = [code for code in now if code not in was and code not in renamed.values()]
    yield from (("choice added", f"choice `{code}` added ({now[code].label})") for code in fresh)
    before = [renamed.get(code, code) for code in was if renamed.get(code, code) in now]
    after = [code for code in now if code in before]
    if before != after:
        yield "choices moved", f"choices in another order, now {', '.join(after)}"


def _choice(was: Choice, now: Choice) -> Iterator[tuple[str, str]]:
    if was.label != now.label:
        yield "choice label", f"choice `{now.code}` says something else, {_change(was.label, now.label)}"
    for column in dict.fromkeys((*was.facts, *now.facts)):
        facts = was.facts.get(column, ""), now.facts.get(column, "")
        if facts[0] != facts[1]:
            yield "choice fact", f"choice `{now.code}`: {column} changed, {_change(*facts)}"


# decision tables


def _tables(old: Definition, new: Definition) -> Iterator[Difference]:
    for name in dict.fromkeys((*new.tables, *old.tables)):
        carrier = next((item for item in new.items.values() if item.cell("table") == name), None)
        action = action_of(new, carrier) if carrier else ""
        subject = carrier.name if carrier else f"table {name}"
        for kind, change in _table(old.tables.get(name), new.tables.get(name), name):
            yield Difference(action, subject, kind, change)


def _table(was: DecisionTable | None, now: DecisionTable | None, name: str) -> Iterator[tuple[str, str]]:
    if was is None or now is None:
        yield "table", f"decision table {name} {'added' if was is None else 'removed'}"
        return
    sources = [{variable.name: variable for variable in table.variables} for table in (was, now)]
    for variable in dict.fromkeys((*sources[1], *sources[0])):
        before, after = (known.get(variable) for known in sources)
        if before is None or after is None:
            yield "variable", f"table {name} {'now also reads' if before is None else 'no longer reads'} {variable}"
            continue
        for what, values in (
            ("source", (before.source, after.source)),
            ("list", (before.list_name, after.list_name)),
            ("value for a blank", (before.blank, after.blank)),
        ):
            if values[0] != values[1]:
                yield "variable", f"{what} of {variable} in table {name} changed, {_change(*values)}"
        for fact in dict.fromkeys((*after.facts, *before.facts)):
            texts = before.facts.get(fact, ""), after.facts.get(fact, "")
            if texts[0] != texts[1]:
                yield "fact", f"fact about {fact} changed, {_change(*texts)}"
    yield from _rules(was, now, name)


def _rules(was: DecisionTable, now: DecisionTable, name: str) -> Iterator[tuple[str, str]]:
    old, new = _numbered(was.rules), _numbered(now.rules)
    for key, rule in new.items():
        title = f"rule {key[0]} of table {name}" + (f" (alternative {key[1] + 1})" if key[1] else "")
        if key not in old:
            yield "rule added", f"{title} added, outcome {rule.outcome}"
            continue
        for change in _rule(_cells(was, old[key]), _cells(now, rule)):
            yield "rule", f"{title} {change}"
        for column in ("outcome", "reason", "basis", "reference"):
            texts = str(getattr(old[key], column)), str(getattr(rule, column))
            if texts[0] != texts[1]:
                yield "rule", f"{title}: {column} changed, {_change(*texts)}"
    for key, rule in old.items():
        if key not in new:
            yield "rule removed", f"rule {key[0]} of table {name} removed, its outcome was {rule.outcome}"
    order = [key for key in old if key in new]
    moved = _moved([(f"{rule} {at}", "") for rule, at in order], [(f"{k[0]} {k[1]}", "") for k in new if k in old])
    for moving in moved:
        yield "rule moved", f"rule {moving.rpartition(' ')[0]} of table {name} now stands elsewhere in the order"


def _numbered(rules: Iterable[Rule]) -> dict[tuple[str, int], Rule]:
    found: dict[tuple[str, int], Rule] = {}
    count: dict[str, int] = {}
    for rule in rules:
        count[rule.rule] = count.get(rule.rule, -1) + 1
        found[rule.rule, count[rule.rule]] = rule
    return found


def _cells(table: DecisionTable, rule: Rule) -> dict[str, str]:
    """What a row asks of each variable, in words; nothing where any value does."""
    return {
        variable.name: " ".join(value or "missing" for value in cell)
        for variable, cell in zip(table.variables, rule.cells, strict=True)
        if cell is not None
    }


def _rule(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for variable in dict.fromkeys((*now, *was)):
        if variable not in was:
            yield f"now also reads {variable}: {now[variable]}"
        elif variable not in now:
            yield f"no longer reads {variable}, was {was[variable]}"
        elif was[variable] != now[variable]:
            yield f"reads {variable} otherwise, {_change(was[variable], now[variable])}"


# machines, settings, words


def _machines(old: Definition, new: Definition) -> Iterator[Difference]:
    for name in dict.fromkeys((*new.machines, *old.machines)):
        for change in _machine(old.machines.get(name), new.machines.get(name)):
            yield Difference("", f"machine {name}", "machine", change)


def _machine(was: Machine | None, now: Machine | None) -> Iterator[str]:
    if was is None or now is None:
        yield "added" if was is None else "removed"
        return
    old, new = ({_step_of(move): move for move in one.moves} for one in (was, now))
    for step in dict.fromkeys((*new, *old)):
        if step not in old or step not in new:
            yield f"step {step} {'removed' if step in old else 'added'}"
            continue
        for part in _MOVE_FIELDS:
            texts = str(getattr(old[step], part)), str(getattr(new[step], part))
            if texts[0] != texts[1]:
                yield f"step {step}: {part} changed, {_change(*texts)}"


def _step_of(move: Move) -> str:
    """One step may stand in several rows, one for each pair of states."""
    return f"{move.id} ({move.from_state or 'the start'} to {move.to})"


def _form(old: Definition, new: Definition) -> Iterator[Difference]:
    for name in dict.fromkeys((*new.settings, *old.settings)):
        was, now = old.settings.get(name, ""), new.settings.get(name, "")
        if was != now:
            yield Difference("", "the form", "setting", f"{name} changed, {_change(was, now)}")
    for language in dict.fromkeys((*new.languages, *old.languages)):
        if language not in old.languages or language not in new.languages:
            change = "added" if language in new.languages else "removed"
            yield Difference("", "the form", "language", f"language {language} {change}")


def _words(old: Definition, new: Definition) -> Iterator[Difference]:
    """Translations that say something else, question by question; of choices and rules their number."""
    for language in (one for one in new.languages if one in old.languages):
        was, now = old.translations.get(language, {}), new.translations.get(language, {})
        others = 0
        for context in (one for one in now if one in was and now[one] != was[one]):
            sheet, _, rest = context.partition(":")
            name, _, column = rest.partition(":")
            if sheet == "survey" and name in new.items:
                label = _COLUMNS.get(column, column)
                yield Difference(action_of(new, new.items[name]), name, "words", f"{label} in {language} reworded")
            else:
                others += 1
        if others:
            yield Difference("", "the form", "words", f"{others} choices or rules reworded in {language}")
