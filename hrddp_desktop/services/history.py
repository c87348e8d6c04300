"""The history of a record in words: per question for the people of the office, and without any value for an annex."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from hrddp_desktop.errors import N_, AnswerError, Code
from hrddp_desktop.storage.attached import is_attached, owner
from hrddp_desktop.storage.history import at, signed_entry
from hrddp_desktop.storage.records import What

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.storage.records import Entry, Fact

REASONS: Final = {
    "person": N_("It names a person, or leads to one"),
    "source": N_("It endangers a source"),
    "asked": N_("The person concerned asked for it"),
    "order": N_("An office that may order it did"),
    "mistake": N_("It belongs to another record"),
}
"""The classes of reason for an erasure; the class is all that stays of the reason."""

_DONE: Final = {
    What.CREATED: N_("Record begun"),
    What.RECEIVED: N_("Record received"),
    What.ANSWERED: N_("Answered"),
    What.EXCUSED: N_("Left blank for a reason"),
    What.MARKED: N_("Looked through"),
    What.COMMENTED: N_("Comment written"),
    What.ATTACHED: N_("File attached"),
    What.ROW_ADDED: N_("Row added"),
    What.ROW_REMOVED: N_("Row taken away"),
    What.ROW_RESTORED: N_("Row brought back"),
    What.ROW_MOVED: N_("Row moved"),
    What.SIGNED: N_("Signed"),
    What.RESTORED: N_("Brought back to an earlier state"),
    What.ERASED: N_("Erased for safety"),
    What.BINNED: N_("Put into the bin"),
    What.TAKEN_BACK: N_("Taken back from the bin"),
    What.EMPTIED: N_("Destroyed with the bin"),
}
_LETTERS: Final = 40
"""So much of a comment tells which one it is."""
_VALUED: Final = frozenset({What.ANSWERED, What.EXCUSED})
_QUESTIONS: Final = _VALUED | {What.ERASED, What.ROW_ADDED, What.ROW_REMOVED, What.ROW_RESTORED}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a person reads it. `old` and `new` are '' for no value, or for what tells nothing."""

    number: int
    path: str
    question: str
    done: str
    author: str
    device: str
    here: bool
    at: datetime
    old: str
    new: str
    reason: str
    erased: bool
    valued: bool
    """Whether it is about an answer, so that old and new are worth showing."""


@dataclass(frozen=True, slots=True)
class AnnexLine:
    """One line of the annex of a document: who, when, which question; never a value."""

    at: datetime
    author: str
    question: str
    done: str


def lines(
    definition: Definition,
    entries: Sequence[Entry],
    language: str = "en",
    translate: Callable[[str], str] = N_,
    path: str | None = None,
    device: str = "",
) -> tuple[Line, ...]:
    """The entries, oldest first, or those about `path`: its own, and what was done to its row or its record."""
    return tuple(
        _line(definition, entry, language, translate, device)
        for entry in entries
        if path is None or _is_about(entry, path)
    )


def annex(
    session: Session, entries: Sequence[Entry], language: str = "en", translate: Callable[[str], str] = N_
) -> tuple[AnnexLine, ...]:
    """Who changed which question when since the first signature, for a document; only questions that are shown in it.

    No old text, no reason and no device: a reason may say what an answer said.
    """
    first = next((entry.number for entry in entries if entry.what is What.SIGNED), None)
    return tuple(
        AnnexLine(entry.at, entry.author, label(session.definition, entry.path, language), translate(_DONE[entry.what]))
        for entry in entries
        if first is not None and entry.number > first and entry.what in _QUESTIONS and _is_shown(session, entry.path)
    )


def _is_shown(session: Session, path: str) -> bool:
    """Whether a document may name the question: it is in the form, and relevant. Of comments and files none tells."""
    if is_attached(path):
        return False
    name = path.split("/")[0]
    item = session.definition.items.get(name)
    if item is None:
        return False
    rows = {row.row_id for row in session.table(name, "en").rows} if item.type == "table" else set()
    match path.split("/"):
        case [_]:
            return session.table(name, "en").relevant if item.type == "table" else session.view(path, "en").relevant
        case [_, row]:
            return session.table(name, "en").relevant and row in rows
        case [_, row, _]:
            return row in rows and session.view(path, "en").relevant
    return False


def number_on(entries: Sequence[Entry], day: date) -> int:
    """The last entry at the end of `day`, in the time of this computer. Raises AnswerError(ENTRY_UNKNOWN)."""
    there = at(entries, datetime.combine(day, time.max).astimezone())
    if not there:
        raise AnswerError(Code.ENTRY_UNKNOWN, number=day.isoformat())
    return there[-1].number


def last_signed(entries: Sequence[Entry]) -> int:
    """The entry of the newest signature, 0 without one."""
    return signed_entry(entries)


def label(definition: Definition, path: str, language: str) -> str:
    """What a path is called: its question, behind the table and the row it stands in."""
    match owner(path).split("/"):
        case [""]:
            return ""
        case [name]:
            return definition.label(name, language)
        case [table, row, *rest]:
            words = (definition.label(table, language), row, *(definition.label(name, language) for name in rest))
            return " · ".join(words)
    return path


def refuse_unknown(definition: Definition, scope: str) -> None:
    """A scope that is neither the record ('') nor something in it. Raises AnswerError(SCOPE_UNKNOWN)."""
    parts = owner(scope).split("/")
    names = [name for number, name in enumerate(parts) if number != 1]
    if scope and (len(parts) > 3 or any(name not in definition.items for name in names)):
        raise AnswerError(Code.SCOPE_UNKNOWN, scope=scope)


def _is_about(entry: Entry, path: str) -> bool:
    if owner(entry.path) == path:
        return entry.what is not What.MARKED
    above = entry.what is What.ERASED or "/" in entry.path
    return above and (not entry.path or path.startswith(f"{entry.path}/"))


def _line(definition: Definition, entry: Entry, language: str, translate: Callable[[str], str], device: str) -> Line:
    valued = entry.what in _VALUED
    done = translate(_kind(entry))
    if entry.what in _ATTACHED and _named(entry):
        done = f"{done}: {_named(entry)}"
    if entry.reverses is not None:
        done = f"{done} ({translate(_BACK)})"
    old, new = (
        spoken(definition, entry.path, value, language, translate) if valued else "" for value in (entry.old, entry.new)
    )
    reason = entry.reason
    if entry.what is What.ERASED:
        reason = translate(REASONS.get(str(entry.new), str(entry.new)))
    return Line(
        entry.number,
        entry.path,
        label(definition, entry.path, language),
        done,
        entry.author,
        entry.device,
        entry.device == device,
        entry.at,
        old,
        new,
        reason,
        entry.erased,
        valued,
    )


def erasable(entries: Sequence[Entry], path: str) -> dict[str, str]:
    """The comments and files of a question that can still be read in its history, with what each is called."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.what in _ATTACHED and owner(entry.path) == path and not entry.erased and _named(entry):
            found[entry.path] = _named(entry)
    return found


def _kind(entry: Entry) -> str:
    """What was done."""
    gone = entry.new is None and not entry.erased
    if entry.what is What.ATTACHED and gone:
        return N_("File taken away")
    if entry.what is What.COMMENTED and gone:
        return N_("Comment withdrawn")
    if entry.what is What.COMMENTED and isinstance(entry.old, dict) and isinstance(entry.new, dict):
        if entry.old["resolved"] == entry.new["resolved"]:
            return N_("Comment changed")
        return N_("Comment resolved") if entry.new["resolved"] else N_("Comment opened again")
    return _DONE.get(entry.what, entry.what.value)


def _named(entry: Entry) -> str:
    """The beginning of a comment, the name of a file."""
    told = entry.new or entry.old
    said = " ".join((told.get("text") or told.get("name", "")).split()) if isinstance(told, dict) else ""
    return f"{said[:_LETTERS]} …" if len(said) > _LETTERS else said


_ATTACHED: Final = frozenset({What.COMMENTED, What.ATTACHED})
_BACK: Final = N_("by Undo or Redo")
_EXCUSES: Final = {"later": N_("Not known yet"), "na": N_("Does not apply")}


def spoken(
    definition: Definition, path: str, value: Fact | None, language: str, translate: Callable[[str], str] = N_
) -> str:
    """A value as a person reads it: the words of a choice, an excuse with its reason."""
    if value is None:
        return ""
    if isinstance(value, dict):
        kind = value.get("kind", "")
        parts = (translate(_EXCUSES.get(kind, kind)), value.get("why", ""), value.get("who", ""))
        return ": ".join(part for part in (parts[0], ", ".join(filter(None, parts[1:]))) if part)
    item = definition.items.get(path.split("/")[-1])
    codes = value if isinstance(value, list) else [value]
    named = (item.list_name if item is not None else None) or ""
    texts = [definition.choice_label(named, str(code), language) if named else str(code) for code in codes]
    return ", ".join(texts)
