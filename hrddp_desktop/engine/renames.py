"""The sheet of renames, and the gate before a form is released: nothing that records hold may lose its place unsaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.engine.definition import Rename
from hrddp_desktop.engine.migrate import ROW, Moving
from hrddp_desktop.engine.problems import Problem, ProblemCode, similar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hrddp_desktop.engine.definition import ChoiceList, Definition, Item
    from hrddp_desktop.engine.sheets import Sheet

COLUMNS = ("since_version", "old_path", "new_path", "rule")
RULES = ("rename", "split", "merge", "code")
_SHAPES = {
    "rename": "one old path becomes one new path",
    "split": "one old path becomes several new paths",
    "merge": "several old paths become one new path",
    "code": "name:old_code becomes new_code",
}


def read_renames(sheet: Sheet, problems: list[Problem]) -> tuple[Rename, ...]:
    """The rows of the sheet."""
    for column in sheet.columns:
        if column and column not in COLUMNS:
            _add(problems, 1, column, ProblemCode.COLUMN_UNKNOWN, name=column, hint=similar(column, COLUMNS))
    for column in COLUMNS if sheet.columns else ():
        if column not in sheet.columns:
            _add(problems, 1, column, ProblemCode.COLUMN_MISSING, name=column)
    return tuple(
        Rename(row.cell("since_version"), row.cell("old_path"), row.cell("new_path"), row.cell("rule"), row.number)
        for row in sheet.rows
    )


def _add(problems: list[Problem], row: int, column: str, code: ProblemCode, **facts: object) -> None:
    problems.append(Problem("renames", row, column, None, code, tuple((k, str(v)) for k, v in facts.items())))


def check_renames(definition: Definition, problems: list[Problem]) -> None:
    """Rows that are not full, not of a known rule, not of its shape, or that lead to nothing."""
    for row in definition.renames:
        blank = [
            column for column, text in zip(COLUMNS, (row.since, row.old, row.new, row.rule), strict=True) if not text
        ]
        if blank:
            _add(problems, row.row, blank[0], ProblemCode.CELL_MISSING, detail=f"Write the {blank[0]} of the rename")
        elif row.rule not in RULES:
            hint, allowed = similar(row.rule, RULES), ", ".join(RULES)
            _add(problems, row.row, "rule", ProblemCode.VALUE_UNKNOWN, value=row.rule, hint=hint, allowed=allowed)
        elif not _has_shape(row):
            _add(problems, row.row, "old_path", ProblemCode.RENAME_BAD, detail=_SHAPES[row.rule])
        elif row.rule == "code":
            _check_code(definition, row, problems)
        else:
            _check_paths(definition, row, problems)


def _has_shape(row: Rename) -> bool:
    old, new = row.old.split(), row.new.split()
    if row.rule == "code":
        return len(old) == len(new) == 1 and ":" in row.old
    return (len(old) > 1) == (row.rule == "merge") and (len(new) > 1) == (row.rule == "split")


def _check_code(definition: Definition, row: Rename, problems: list[Problem]) -> None:
    name, new = row.old.partition(":")[0], row.new.rpartition(":")[2]
    item = definition.items.get(name)
    choices = definition.lists.get(name if item is None else item.list_name or "")
    later = {code for other in definition.renames if other.rule == "code" for code in [other.old.partition(":")[2]]}
    if choices is None and not _is_renamed(definition, name):
        hint = similar(name, [*definition.items, *definition.lists])
        _add(problems, row.row, "old_path", ProblemCode.REFERENCE_UNKNOWN, name=name, hint=hint)
    elif choices is not None and new not in choices.codes and new not in later:
        _add(problems, row.row, "new_path", ProblemCode.CODE_NOT_IN_LIST, value=new, name=name)


def _check_paths(definition: Definition, row: Rename, problems: list[Problem]) -> None:
    for path in row.new.split():
        table, _, name = path.rpartition("/")
        item = definition.items.get(name)
        if (item is None or (table and item.table != table)) and not _is_renamed(definition, path):
            hint = similar(name, definition.items)
            _add(problems, row.row, "new_path", ProblemCode.REFERENCE_UNKNOWN, name=path, hint=hint)


def _is_renamed(definition: Definition, path: str) -> bool:
    """A later row takes the name on."""
    return any(path in row.old.split() for row in definition.renames if row.rule != "code")


def released_gaps(definition: Definition, released: Definition) -> list[Problem]:
    """What records of the released version hold and this one has no place for: names, types, choices.

    Calculations are not looked at, as no record holds them.
    """
    moving, found = Moving(definition, released.version), list[Problem]()
    for item in released.items.values():
        if (item.type == "table" and not item.makes_rows) or item.is_answered_by_hand:
            found.extend(_gaps(definition, released, moving, item))
    return list(dict.fromkeys(found))


def _gaps(definition: Definition, released: Definition, moving: Moving, old: Item) -> Iterator[Problem]:
    place: tuple[str, ...] = (old.name,) if old.table is None else (old.table, ROW, old.name)
    targets = [(new, definition.items.get(new[-1])) for new, _ in moving.followed(place, None)]
    items = [item for _, item in targets if item is not None]
    if len(items) < len(targets):
        facts = (("name", old.name), ("version", released.version))
        yield Problem("renames", 1, "old_path", None, ProblemCode.NAME_VANISHED, facts)
    for new, item in targets:
        home = new[0] if len(new) == 3 else None
        if item is not None and len(targets) == 1 and (item.type != old.type or item.table != home):
            was = old.type if old.table is None else f"{old.type} in {old.table}"
            changed = (("name", item.name), ("was", was), ("version", released.version))
            yield Problem("survey", item.row, "type", None, ProblemCode.TYPE_CHANGED, changed)
    choices = released.lists.get(old.list_name or "")
    if choices is not None and items:
        yield from _choices(definition, moving, place, choices)


def _choices(definition: Definition, moving: Moving, place: tuple[str, ...], old: ChoiceList) -> Iterator[Problem]:
    for code in old.codes:
        news = [(definition.items.get(new[-1]), said) for new, said in moving.followed(place, code)]
        lists = [(definition.lists.get(item.list_name or ""), said) for item, said in news if item is not None]
        if not any(choices is not None and said in choices.codes for choices, said in lists):
            facts = (("list", old.name), ("name", code))
            yield Problem("choices", 1, "name", None, ProblemCode.CHOICE_VANISHED, facts)
