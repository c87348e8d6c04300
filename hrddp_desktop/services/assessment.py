"""What an assessment's answers mean: its session, its decision as plain data, its reference and its line in a list."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, cast

from hrddp_desktop import clock
from hrddp_desktop.engine.decisions import decide_table
from hrddp_desktop.engine.session import Session, open_session
from hrddp_desktop.engine.withheld import withheld
from hrddp_desktop.errors import AnswerError, Code
from hrddp_desktop.exchange.package import AnswersFile, parse
from hrddp_desktop.services import results, texts
from hrddp_desktop.services.related import DRAFT, of_itself
from hrddp_desktop.storage.records import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hrddp_desktop.engine.definition import Definition, Variable
    from hrddp_desktop.engine.views import Decision, FiredRow
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.texts import Marks
    from hrddp_desktop.storage.records import Answers, Row

FORM = "assessment"
# A paper is complete when what is due at clearance is there (policy 2.0).
BEFORE_SIGNATURES = "clearance"
# A file without a record gets the label of none.
_NOBODY = str(uuid.UUID(int=0))
_EPOCH = date(1970, 1, 1).toordinal()


def open_file(file: AnswersFile, forms: Forms, as_of: date | None = None) -> Session:
    """A session over an answers file that is decided, judged at `as_of`, else the file's date, else today.

    Raises AnswerError(ANSWERS_WITHOUT_OUTCOME), and what `open_session_of` raises.
    """
    session = open_session_of(file, forms, as_of)
    if not gives_outcome(session.definition):
        raise AnswerError(Code.ANSWERS_WITHOUT_OUTCOME, form=file.form)
    return session


def open_session_of(file: AnswersFile, forms: Forms, as_of: date | None = None) -> Session:
    """A session over an answers file of any form.

    Raises AnswerError(ANSWERS_FORM_UNKNOWN | ANSWERS_OF_OTHER_RULES | QUESTION_UNKNOWN | VALUE_NOT_ALLOWED |
    ANSWERS_UNREADABLE).
    """
    if file.form not in forms.names():
        raise AnswerError(Code.ANSWERS_FORM_UNKNOWN, form=file.form)
    judged = as_of or file.as_of or today()
    definition = forms.definition(file.form)
    if (file.version or definition.version, file.definition or definition.hash) != (
        definition.version,
        definition.hash,
    ):
        raise AnswerError(Code.ANSWERS_OF_OTHER_RULES, form=file.form, installed=definition.version)
    if file.withheld and tuple(file.withheld) != withheld(definition):
        detail = "what it withholds is not what the form keeps strictly confidential"
        raise AnswerError(Code.ANSWERS_UNREADABLE, file=file.record or file.form, detail=detail)
    return open_session(
        definition,
        file.answers,
        file.excused,
        as_of=judged,
        related={"record": of_itself(file.record or _NOBODY, file.created or judged)},
        given=file.given if file.withheld else None,
    )


def today() -> date:
    """The date where the user is, by the computer or as a person set it right."""
    return clock.today()


def gives_outcome(definition: Definition) -> bool:
    """Whether a form is decided; a letter or a reading belongs to a record that is."""
    return bool(definition.deciding)


def final_decision(session: Session) -> Decision:
    """The decision that gives the outcome of the form in the lane of the record (policy 3.8)."""
    return session.decision(session.definition.final_table(session.lane))


def decide(session: Session, marks: Marks | None = None) -> dict[str, object]:
    """The outcome with everything that led to it, as JSON-ready data; the contract of `hrddp-desktop decide`.

    `marks` tell which hits in free texts a reviewer has ticked.
    """
    decision = final_decision(session)
    facts = facts_of_change(session, decision)
    return {
        "as_of": session.as_of.isoformat(),
        "outcome": decision.outcome,
        "rule": decision.rule,
        "also": [row.rule for row in decision.also],
        "open_questions": [row.rule for row in decision.open_questions],
        "reasons": [asdict(ground) for ground in grounds(session)],
        "would_change": [list(variables) for variables in decision.would_change],
        "facts": {name: " ".join(texts) for name, texts in facts.items()},
        "what_would_change": list(would_change(session, decision)),
        "variables": {name: _counted(value) for name, value in decision.variables.items()},
        "rules": results.rules(session),
        "lane": session.lane,
        "missing": [each.path for each in session.missing(BEFORE_SIGNATURES)],
        "open_hits": [{"path": hit.path, "kind": hit.kind.value} for hit in texts.open_hits(session, marks or {})],
        **results.results(session, decision),
    }


def facts_of_change(session: Session, decision: Decision, language: str = "en") -> dict[str, tuple[str, ...]]:
    """By variable, the facts that would make the outcome milder: evidence, never a code to choose (policy 3.9).

    Of a variable that sums up several results only those count that stand in the way, as one condition of four.
    """
    variables = {one.name: one for one in session.definition.tables[decision.table].variables}
    wanted = dict.fromkeys(name for names in decision.would_change for name in names)
    found = {name: tuple(_facts(session, decision.table, variables[name], language)) for name in wanted}
    return {name: texts for name, texts in found.items() if texts}


def would_change(session: Session, decision: Decision, language: str = "en") -> tuple[str, ...]:
    """The same facts as one list for a reader."""
    return tuple(text for texts in facts_of_change(session, decision, language).values() for text in texts)


def _facts(session: Session, table: str, variable: Variable, language: str) -> Iterator[str]:
    mildest = {None, "", variable.domain[0]}
    parts = [f"{variable.name}/{part}" for part, _ in variable.parts if session.value(part) not in mildest]
    for name in parts or [variable.name]:
        if text := session.definition.fact(table, name, language):
            yield text


def _counted(code: str | None) -> str | int | None:
    """A code as data: what counts is a number again."""
    return int(code) if code and code.isdecimal() else code


@dataclass(frozen=True, slots=True)
class Ground:
    """One row of a decision table that holds, its reason in one language; `basis` as policy 3.0 has it."""

    table: str
    rule: str
    outcome: str
    reason: str
    basis: str


def ground(session: Session, found: Decision | FiredRow, table: str, language: str) -> Ground:
    """The row that decided, or one that holds beside it, in a language."""
    rule = found.rule or ""
    reason = session.definition.translate(table, rule, "reason", language, found.reason)
    return Ground(table, rule, found.outcome or "", reason, found.basis)


def grounds(session: Session, language: str = "en") -> tuple[Ground, ...]:
    """Why the outcome is what it is: its own row, the tables that row reads, then the rows that say the same.

    A row that reads a variable named like a decision table stands on that table's own row, as long as that table still
    says it: a result raised by hand is not explained by the rule it was raised from.
    """
    decision = final_decision(session)
    first = ground(session, decision, decision.table, language)
    below = (ground(session, each, each.table, language) for each in _below(session, decision))
    also = (ground(session, row, decision.table, language) for row in decision.also)
    return (first, *below, *also)


def _below(session: Session, decision: Decision) -> Iterator[Decision]:
    table = session.definition.tables[decision.table]
    cells = next((row.cells for row in table.rules if row.rule == decision.rule), ())
    for variable, cell in zip(table.variables, cells, strict=False):
        if cell is not None and variable.name in session.definition.tables:
            below = session.decision(variable.name)
            if below.outcome == decision.variables[variable.name]:
                yield below


def why(session: Session, row: str, columns: Iterable[str], language: str = "en") -> tuple[Ground, ...]:
    """Why one row of a table, as `release_rows/S1xR1`, is judged as it is in these columns: every rule that says so."""
    items = session.definition.items
    judged = [name for name in columns if items[name].type == "calculate" and items[name].cell("table")]
    found = []
    for name in judged:
        decision = session.decision(f"{row}/{name}")
        if decision.outcome:
            found.append(ground(session, decision, decision.table, language))
            found += [ground(session, each, decision.table, language) for each in decision.also]
    return tuple(found)


def decide_alone(definition: Definition, table: str, variables: Mapping[str, str | None]) -> dict[str, object]:
    """One decision table alone; `variables` by column name, None or absent = missing.

    Raises AnswerError(TABLE_UNKNOWN | VARIABLE_NOT_ALLOWED).
    """
    decision = decide_table(definition, table, variables)
    return {
        "outcome": decision.outcome,
        "rule": decision.rule,
        "also": [row.rule for row in decision.also],
        "open_questions": [row.rule for row in decision.open_questions],
    }


def read_variables(raw: bytes, source: str) -> dict[str, str | None]:
    """The variables of one decision table, one JSON object. Raises AnswerError(ANSWERS_UNREADABLE)."""
    try:
        found = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        detail = "it is not JSON, or a name stands twice"
        raise AnswerError(Code.ANSWERS_UNREADABLE, file=source, detail=detail) from error
    if not isinstance(found, dict):
        raise AnswerError(Code.ANSWERS_UNREADABLE, file=source, detail="it is not a JSON object")
    return {name: None if value is None else str(value) for name, value in found.items()}


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def read(raw: bytes, source: str) -> AnswersFile:
    """The answers file in `raw`. Raises AnswerError(ANSWERS_UNREADABLE)."""
    return parse(raw, source)


def as_file(session: Session, record: str | None, created: date, marks: Marks | None = None) -> AnswersFile:
    """The session's answers as they travel, judged at the session's date, with the marks beside them."""
    definition = session.definition
    return AnswersFile(
        form=definition.form_id,
        answers=stored_answers(session),
        excused=session.excused(),
        version=definition.version,
        definition=definition.hash,
        record=record,
        created=created,
        as_of=session.as_of,
        marks=marks or {},
        withheld=withheld(definition) if session.is_projection else (),
        given=session.told(BEFORE_SIGNATURES) if session.is_projection else {},
    )


def document_file(session: Session, record: str | None, created: date, marks: Marks | None = None) -> AnswersFile:
    """What a document carries: the answers that its rules read, and for what is strictly confidential the results.

    A question that is not relevant leaves the office in no file (policy 2.0), though its answer stays in the record.
    """
    whole, kept = as_file(session, record, created, marks), withheld(session.definition)
    answers: Answers = {}
    for name, value in stored_answers(session).items():
        if session.definition.items[name].type != "table":
            if session.value(name) is not None and name not in kept:
                answers[name] = value
        elif session.table(name, "en").relevant and isinstance(value, list):
            answers[name] = [_told_cells(session, name, row, kept) for row in value if isinstance(row, dict)]
    excused = {path: excuse for path, excuse in whole.excused.items() if _is_told(session, path, kept)}
    told = {path: named for path, named in whole.marks.items() if path.rpartition("/")[2] not in kept}
    given = session.told(BEFORE_SIGNATURES) if kept else {}
    return replace(whole, answers=answers, excused=excused, marks=told, withheld=kept, given=given)


def _told_cells(session: Session, table: str, row: Row, kept: Sequence[str]) -> Row:
    row_id = str(row["_row"])
    shown = {
        name for name in row if name not in ("_row", *kept) and session.value(f"{table}/{row_id}/{name}") is not None
    }
    return {name: value for name, value in row.items() if name == "_row" or name in shown}


def _is_told(session: Session, path: str, kept: Sequence[str]) -> bool:
    return path.rpartition("/")[2] not in kept and texts.is_relevant(session, path)


def stored_answers(session: Session) -> Answers:
    """The session's answers in file form; engine, store and file share the form, each room with a name of its own."""
    return cast("Answers", session.answers())


def reference(session: Session) -> str:
    """The case reference, a label; the record's id is its identity."""
    return _text(session, "a0_case_ref")


def signers(definition: Definition, outcome: str | None) -> tuple[str, ...]:
    """Who has to sign an assessment with this outcome, in order; nobody while it is incomplete (policy 4.2)."""
    return tuple(definition.lists["outcome"].fact(outcome or "incomplete", "signers").split())


def summary(session: Session, record: str, status: str = DRAFT) -> Summary:
    """The line of a list of records; never read by a decision, a report or a signature."""
    return Summary(
        record=record,
        form=session.definition.form_id,
        title=_text(session, session.definition.settings.get("title", "")),
        reference=reference(session),
        country=_text(session, "a0_country"),
        station=_text(session, "a0_duty_station"),
        status=status,
        outcome=(final_decision(session).outcome or "incomplete") if gives_outcome(session.definition) else "",
        next_due=next_due(session),
        as_of=session.as_of,
        definition=session.definition.hash,
    )


def next_due(session: Session) -> date | None:
    """The first day on which something of the record is due; a day of the past is one that nobody has met.

    The form names the dates: `due_dates` count until they no longer apply, `dates_ahead` (a review) while they lie
    ahead of the day on which the record is judged.
    """
    settings = session.definition.settings
    open_days = [_day(text) for name in settings.get("due_dates", "").split() for text in session.each(name)]
    planned = [_day(text) for name in settings.get("dates_ahead", "").split() for text in session.each(name)]
    return min([*open_days, *(day for day in planned if day >= session.as_of)], default=None)


def _day(text: str) -> date:
    """A date, or a number of days since 1970 as calculations have it."""
    return date.fromordinal(_EPOCH + int(text)) if text.isdecimal() else date.fromisoformat(text)


def _text(session: Session, path: str) -> str:
    """A value as text, '' for a form that has no such question."""
    return str(session.value(path) or "") if path in session.definition.items else ""
