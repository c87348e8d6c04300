"""What a user does with records: list them, make one, open one, answer, take back.

An answer goes to the session first, which refuses what cannot be one, then to the store; only when the disk has it does
the Change go back to the window. If the disk refuses, the session is put back, so that screen and vault never differ.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Self

from hrddp_desktop.engine.definition import dump, load
from hrddp_desktop.engine.session import open_session
from hrddp_desktop.engine.views import Change
from hrddp_desktop.errors import N_, AnswerError, Code, HrddpError
from hrddp_desktop.exchange.package import canonical
from hrddp_desktop.services import assessment, texts
from hrddp_desktop.services.related import DRAFT, SIGNED, Surroundings
from hrddp_desktop.storage.people import IDENTITY
from hrddp_desktop.storage.records import (
    AddRow,
    Excuse,
    MoveRow,
    RemoveRow,
    RestoreRow,
    SetAnswer,
    SetExcuse,
    SetMarks,
    Stored,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.engine.views import Decision, FieldView, Missing, Option, PageView, TableView, Value
    from hrddp_desktop.exchange.package import AnswersFile
    from hrddp_desktop.services.assessment import Ground
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.people import People
    from hrddp_desktop.services.scanner import Kind
    from hrddp_desktop.services.texts import Hit, Marks
    from hrddp_desktop.storage.records import Edit, Person, Signature, Summary
    from hrddp_desktop.storage.vault import Vault


class Office:
    """An unlocked vault with the forms that read it. Close it; a `with` block does."""

    def __init__(self, vault: Vault, forms: Forms) -> None:
        self._vault = vault
        self._forms = forms
        self._around = Surroundings(vault.store, forms, vault.person, assessment.today())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def person(self) -> Person:
        """Whose vault this is."""
        return self._vault.person

    def warning(self, translate: Callable[[str], str] = N_) -> str:
        """What the vault had to say when it was opened, '' when all was well."""
        return "" if self._vault.warning is None else self._vault.warning.sentence(translate)

    @property
    def is_read_only(self) -> bool:
        """Whether the vault lies where nothing can be written; it can be read, not answered."""
        return self._vault.is_read_only

    @property
    def forms(self) -> Forms:
        """The installed forms."""
        return self._forms

    def records(self, related: str | None = None) -> tuple[Summary, ...]:
        """One line a record, the last changed first; only those that belong to `related`."""
        return tuple(self._vault.store.records(related=related))

    def new_assessment(self) -> Assessment:
        """A new assessment with the defaults of this office, stored before it is shown."""
        return self.new_record(assessment.FORM)

    def new_record(self, form: str, related: str = "") -> Assessment:
        """A new record of any form, belonging to `related` if that is named; stored before it is shown.

        Raises FormError(FORM_MISSING), AnswerError(FORM_SEALED), VaultError(RECORD_UNKNOWN) for an owner that is not
        there.
        """
        definition, today = self._forms.definition(form), assessment.today()
        refuse_sealed(definition)
        blank = Stored(str(uuid.uuid4()), form, definition.version, definition.hash, today, {}, {}, related=related)
        session = open_session(definition, as_of=today, related=self._around.of(blank, definition, new=True), new=True)
        file = replace(assessment.as_file(session, blank.record, today), related=related or None)
        return self.open(self._import(file, session))

    def import_answers(self, file: AnswersFile) -> str:
        """Take an answers file in as a record of its own; its id. Raises AnswerError, VaultError(RECORD_EXISTS)."""
        refuse_sealed(self._forms.definition(file.form))
        return self._import(file, assessment.open_session_of(file, self._forms))

    def _import(self, file: AnswersFile, session: Session) -> str:
        definition, record = session.definition, file.record or str(uuid.uuid4())
        created = file.created or file.as_of or assessment.today()
        received = Stored(
            record,
            file.form,
            definition.version,
            definition.hash,
            created,
            assessment.stored_answers(session),
            session.excused(),
            related=file.related or "",
            marks=texts.travelling(session, file.marks),
        )
        summary = assessment.summary(session, record)
        return self._vault.store.import_record(received, summary, definition_bytes=dump(definition))

    def open(self, record: str) -> Assessment:
        """Open a record. Raises VaultError(RECORD_UNKNOWN)."""
        stored = self._vault.store.load(record)
        return Assessment(self._vault, stored, self._definition(stored), self._around)

    def _definition(self, stored: Stored) -> Definition:
        """The form that a record was made with, which it keeps when a newer one is installed."""
        installed = self._forms.definition(stored.form)
        if installed.hash == stored.definition:
            return installed
        return load(self._vault.store.definition(stored.definition))

    def identity(self) -> bytes | None:
        """The identity of this person, as PKCS#12 bytes; None before the first one was made."""
        return self._vault.secret(f"{IDENTITY}/{self._vault.slot}")

    def keep_identity(self, p12: bytes) -> None:
        """Keep the identity of this person in this vault; an earlier one is replaced."""
        self._vault.save_secret(f"{IDENTITY}/{self._vault.slot}", p12)

    @property
    def people(self) -> People:
        """Who can open this vault, and by what."""
        from hrddp_desktop.services.people import People

        return People(self._vault)

    def check(self) -> list[str]:
        """Every problem of the vault, in words; empty when all is well."""
        return [str(damage) for damage in self._vault.store.check()]

    def close(self) -> None:
        """Lock the vault. May be called twice."""
        self._vault.lock()


class Shown:
    """An open record as it is read; `doubts` are what a reviewer asks beside its answers, by path."""

    def __init__(self, record: str, session: Session, doubts: Mapping[str, str] | None = None) -> None:
        self.record = record
        self.session = session
        self.doubts = doubts or {}

    @property
    def reference(self) -> str:
        """The label printed on every page; the record's id is the identity."""
        return assessment.reference(self.session)

    @property
    def language(self) -> str:
        """The language of the document."""
        return str(self.session.value("a0_lang") or "en")

    def pages(self, language: str = "en") -> tuple[PageView, ...]:
        """The pages that apply, in form order, with what is due before the signatures."""
        return self.session.route(assessment.BEFORE_SIGNATURES, language)

    def page(self, name: str, language: str) -> tuple[FieldView | TableView, ...]:
        """What one page shows, in order."""
        return self.session.page(name, language)

    def view(self, path: str, language: str) -> FieldView:
        """One question."""
        return self.session.view(path, language)

    def table(self, name: str, language: str) -> TableView:
        """One table with its rows."""
        return self.session.table(name, language)

    def offered(self, table: str, language: str) -> tuple[Option, ...]:
        """The catalogue rows that a table offers here and does not hold yet; `selected` those that are usual."""
        return self.session.offered(table, language)

    def passed_over(self, table: str, language: str = "en") -> tuple[Option, ...]:
        """What was offered and left out. Nothing while the table has no row: then nobody has gone through the list."""
        return self.session.offered(table, language) if self.session.table(table, language).rows else ()

    def decision(self) -> Decision:
        """The outcome with its rule."""
        return assessment.final_decision(self.session)

    def grounds(self, language: str = "en") -> tuple[Ground, ...]:
        """Why the outcome is what it is; the first is the rule that gave it."""
        return assessment.grounds(self.session, language)

    def missing(self, language: str = "en") -> tuple[Missing, ...]:
        """What is due before the signatures and not answered."""
        return self.session.missing(assessment.BEFORE_SIGNATURES, language)

    def signers(self) -> tuple[str, ...]:
        """Who has to sign a document of the record as it stands, in order; nobody while it is incomplete."""
        return assessment.signers(self.session.definition, self.decision().outcome)

    def open_kinds(self, path: str, text: str) -> tuple[Kind, ...]:
        """What in one text may lead to a person; nothing is looked for in what nobody can change here."""
        return ()

    def drafts(self) -> dict[str, str]:
        """Half-typed text by path; there is none where nothing is typed."""
        return {}


class Assessment(Shown):
    """One open record: the answers in a session, each change in the vault before it is seen."""

    def __init__(self, vault: Vault, stored: Stored, definition: Definition, around: Surroundings) -> None:
        super().__init__(stored.record, around.session(stored, definition))
        self.created = stored.created
        self.saved_at: datetime | None = None
        self._store = vault.store
        self._marks = dict(stored.marks)
        self._undo: list[Callable[[], Change]] = []
        self._target: int | None = None
        # How many steps stood in this sitting when what was signed was the record; None: that is no step of it.
        self._signed_step = 0 if vault.store.summary(stored.record).status == SIGNED else None

    # what is shown

    @property
    def marks(self) -> Marks:
        """What is said about answers, by path and name."""
        return self._marks

    def hits(self, language: str = "en") -> tuple[Hit, ...]:
        """What in the free texts may lead to a person, each with whether a reviewer has ticked it."""
        return texts.hits(self.session, self._marks, language)

    def open_kinds(self, path: str, text: str) -> tuple[Kind, ...]:
        """What in one text may lead to a person and was not ticked, each kind once."""
        named = self._marks.get(path, {})
        found = texts.recognised(text)
        return tuple(dict.fromkeys(kind for kind, words in found if not texts.is_ticked(named, words)))

    def signatures(self) -> tuple[Signature, ...]:
        """The signatures that documents of this record got here, the oldest first."""
        return tuple(self._store.signatures(self.record))

    @property
    def signed(self) -> bool:
        """Whether the record is still what was signed last; a change makes it a draft, its undo what it was."""
        return self._signed_step == len(self._undo)

    # what is done

    def answer(self, path: str, raw: str | int | float | list[str] | None) -> Change:
        """Answer one question; '' or None clears it. Raises AnswerError (nothing changed), VaultError (put back)."""
        change = self.session.set(path, raw)
        if change.old == change.new and not change.filled:
            self.drop_draft(path)
            return change
        return self._answered(change)

    def _put(self, path: str, value: Value, put: Mapping[str, Value]) -> Change:
        return self._answered(self.session.set(path, value, put))

    def _answered(self, change: Change) -> Change:
        path, old, put = change.path, change.old, change.replaced
        with self._or_back(lambda: self.session.set(path, old, put)):
            self._store_edits([SetAnswer(path, change.new), *_brought(change)])
        return self._undoable(change, lambda: self._put(path, old, put))

    def excuse(self, path: str, kind: str | None, why: str = "", who: str = "") -> Change:
        """Say "not applicable, because" (na) or "not known yet, who will find out" (later); None takes it back."""
        before = self.session.excused().get(path, {})
        back = (before.get("kind"), before.get("why", ""), before.get("who", ""))
        change = self.session.excuse(path, kind, why, who)
        with self._or_back(lambda: self.session.excuse(path, *back)):
            self._store_edits([SetExcuse(path, Excuse(kind, why, who) if kind else None)])
        return self._undoable(change, lambda: self.excuse(path, *back))

    def tick(self, path: str, words: str, *, seen: bool = True) -> Change:
        """Say "seen, not a person" of these words of an answer, or take that back; it falls when the words change."""
        return self._mark(path, texts.ticked(self._marks.get(path, {}), words, seen=seen))

    def _mark(self, path: str, named: Mapping[str, str]) -> Change:
        before = self._marks.get(path, {})
        change = self._put_marks(path, named)
        with self._or_back(lambda: self._put_marks(path, before)):
            self._store_edits([SetMarks(path, named)])
        return self._undoable(change, lambda: self._mark(path, before))

    def _put_marks(self, path: str, named: Mapping[str, str]) -> Change:
        self._marks = {**self._marks, path: dict(named)}
        if not named:
            del self._marks[path]
        return Change(path, None, None, frozenset({path}), frozenset())

    def add_row(self, table: str) -> Change:
        """Add a row at the end, with the defaults of its questions."""
        change = self.session.add_row(table)
        row, put = str(change.added_row), change.replaced
        with self._or_back(lambda: self.session.remove_row(table, row, put)):
            self._store_edits([AddRow(table, row), *_brought(change)])
        return self._undoable(change, lambda: self._remove_row(table, row, put))

    def remove_row(self, table: str, row: str) -> Change:
        """Take a row away; its answers stay in the vault, so that undo can bring it back."""
        return self._remove_row(table, row, None)

    def _remove_row(self, table: str, row: str, put: Mapping[str, Value] | None) -> Change:
        index = self._index(table, row)
        change = self.session.remove_row(table, row, put)
        with self._or_back(lambda: self.session.add_row(table, row, index, change.replaced)):
            self._store_edits([RemoveRow(table, row), *_brought(change)])
        return self._undoable(change, lambda: self._restore_row(table, row, index, change.replaced))

    def move_row(self, table: str, row: str, index: int) -> Change:
        """Put a row at `index`."""
        return self._move_row(table, row, index, None)

    def _move_row(self, table: str, row: str, index: int, put: Mapping[str, Value] | None) -> Change:
        before = self._index(table, row)
        change = self.session.move_row(table, row, index, put)
        with self._or_back(lambda: self.session.move_row(table, row, before, change.replaced)):
            self._store_edits([MoveRow(table, row, index), *_brought(change)])
        return self._undoable(change, lambda: self._move_row(table, row, before, change.replaced))

    def add_offered(self, table: str, codes: Sequence[str]) -> Change:
        """Add the chosen rows of those on offer, with all that the catalogue fills in, as one step.

        Raises AnswerError for what is not on offer, and for no row at all (nothing changed).
        """
        changes = self.session.add_offered(table, codes)
        if not changes:
            raise AnswerError(Code.VALUE_NOT_ALLOWED, question=table, value="", detail="no row is chosen")
        with self._or_back(lambda: self._without(changes)):
            self._store_edits([edit for change in changes for edit in _edits(change)])
        return self._undoable(_merged(changes), lambda: self._take_offered_back(changes))

    def _without(self, changes: Sequence[Change]) -> Change:
        """The rows out again, the last first; every other answer as it stood before."""
        found = []
        for added, picked in reversed(tuple(zip(changes[::2], changes[1::2], strict=True))):
            own = f"{added.path}/{added.added_row}/"
            stood = {**picked.replaced, **added.replaced}
            put = {path: value for path, value in stood.items() if not path.startswith(own)}
            found.append(self.session.remove_row(added.path, str(added.added_row), put))
        return _merged(found)

    def _take_offered_back(self, changes: Sequence[Change]) -> Change:
        before = self._without(changes)
        rows = [str(change.added_row) for change in reversed(changes) if change.added_row]
        with self._or_back(lambda: self._with(changes[0].path, rows, before.replaced)):
            self._store_edits([*_brought(before), *(RemoveRow(before.path, row) for row in rows)])
        return before

    def _with(self, table: str, rows: Sequence[str], put: Mapping[str, Value]) -> Change:
        """Rows that were taken out, the last first, back at the end; every other answer as it stood with them."""
        last, *others = rows
        changes = [self.session.add_row(table, row, put={}) for row in reversed(others)]
        return _merged([*changes, self.session.add_row(table, last, put=put)])

    def undo(self) -> Change | None:
        """Take the last change of this sitting back, as an entry of its own; None when there is none left."""
        if not self._undo:
            return None
        steps = len(self._undo) - 1
        self._target = steps
        try:
            change = self._undo[-1]()
        finally:
            self._target = None
        # Taking back is a change too; kept, a second undo would bring the first one back.
        del self._undo[steps:]
        return change

    def _restore_row(self, table: str, row: str, index: int, put: Mapping[str, Value]) -> Change:
        change = self.session.add_row(table, row, index, put)
        with self._or_back(lambda: self.session.remove_row(table, row, change.replaced)):
            self._store_edits([RestoreRow(table, row, index), *_brought(change)])
        return self._undoable(change, lambda: self._remove_row(table, row, change.replaced))

    def _index(self, table: str, row: str) -> int:
        return [each.row_id for each in self.session.table(table, "en").rows].index(row)

    def _store_edits(self, edits: Sequence[Edit]) -> None:
        signed = self._target is not None and self._target == self._signed_step
        summary = assessment.summary(self.session, self.record, SIGNED if signed else DRAFT)
        self.saved_at = self._store.commit_all(self.record, edits, summary).at
        if self._target is not None and self._signed_step is not None and self._target < self._signed_step:
            # Taken back beyond the signature: the same number of steps will be another record.
            self._signed_step = None

    def _undoable(self, change: Change, step: Callable[[], Change]) -> Change:
        self._undo.append(step)
        return change

    @contextmanager
    def _or_back(self, revert: Callable[[], Change]) -> Iterator[None]:
        """If the vault refuses what the session took, the session gives it back."""
        try:
            yield
        except HrddpError:
            revert()
            raise

    def note_signature(self, signature: Signature) -> None:
        """A document of this state was signed; the next change makes the record a draft again."""
        summary = assessment.summary(self.session, self.record, SIGNED)
        self._store.note_signature(self.record, signature, summary)
        self._signed_step = len(self._undo)

    # half-typed text

    def save_draft(self, path: str, text: str) -> None:
        """Keep what is being typed; overwritten each time, gone when the answer is committed."""
        self._store.save_draft(self.record, path, text)

    def drafts(self) -> dict[str, str]:
        """Text that was being typed when the app ended, by path."""
        return self._store.drafts(self.record)

    def drop_draft(self, path: str) -> None:
        """Forget half-typed text."""
        self._store.drop_draft(self.record, path)

    def answers_file(self) -> bytes:
        """The record as canonical answers-file bytes."""
        marks = texts.travelling(self.session, self._marks)
        return canonical(assessment.as_file(self.session, self.record, self.created, marks))


def refuse_sealed(definition: Definition) -> None:
    """A sealed form names persons: its rows are written, not kept (policy 2.3.1). Raises AnswerError(FORM_SEALED)."""
    if definition.settings.get("sealed") == "yes":
        raise AnswerError(Code.FORM_SEALED, form=definition.form_id)


def _edits(change: Change) -> list[Edit]:
    """What the vault has to take of a step that adds a row or gives an answer."""
    row = change.added_row
    return [SetAnswer(change.path, change.new) if row is None else AddRow(change.path, row), *_brought(change)]


def _brought(change: Change) -> list[Edit]:
    """The answers that a step brought by itself: defaults of its row, fills, what followed."""
    own = f"{change.path}/{change.added_row}"
    brought = {**{f"{own}/{name}": value for name, value in change.defaults.items()}, **change.filled}
    return [SetAnswer(path, value) for path, value in brought.items()]


def _merged(changes: Sequence[Change]) -> Change:
    """Several steps as one; it stands where the first did, and what stood before the first is what it replaced."""
    return replace(
        changes[0],
        paths=frozenset[str]().union(*(change.paths for change in changes)),
        tables=frozenset[str]().union(*(change.tables for change in changes)),
        filled={path: value for change in changes for path, value in change.filled.items()},
        replaced={path: value for change in reversed(changes) for path, value in change.replaced.items()},
    )


def as_data(summary: Summary) -> dict[str, str]:
    """A line of the list as JSON-ready data."""
    return {name: "" if value is None else str(value) for name, value in asdict(summary).items()}
