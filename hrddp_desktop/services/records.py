"""What a user does with records: list them, make one, open one, answer, take back.

An answer goes to the session first, which refuses what cannot be one, then to the store; only when the disk has it does
the Change go back to the window. If the disk refuses, the session is put back, so that screen and vault never differ.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Self

from hrddp_desktop.engine.definition import STAGES, dump, load
from hrddp_desktop.engine.session import open_session
from hrddp_desktop.engine.views import Change
from hrddp_desktop.errors import N_, AnswerError, Code, HrddpError, VaultError
from hrddp_desktop.exchange.package import canonical
from hrddp_desktop.services import assessment, texts
from hrddp_desktop.services.received import with_given
from hrddp_desktop.services.related import DRAFT, SIGNED, Surroundings
from hrddp_desktop.services.shown import Shown, Stood
from hrddp_desktop.storage import places
from hrddp_desktop.storage.attached import is_attached, owner
from hrddp_desktop.storage.erasing import ERASED
from hrddp_desktop.storage.history import State, is_as_signed, signed_entry, turns
from hrddp_desktop.storage.people import IDENTITY
from hrddp_desktop.storage.records import (
    AddRow,
    Excuse,
    MoveRow,
    RemoveRow,
    RestoreRow,
    SetAnswer,
    SetComment,
    SetEvidence,
    SetExcuse,
    SetMarks,
    Stored,
    Summary,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.engine.views import Value
    from hrddp_desktop.exchange.package import AnswersFile
    from hrddp_desktop.services.dates import Dates
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.people import People
    from hrddp_desktop.services.scanner import Kind
    from hrddp_desktop.services.texts import Hit, Marks
    from hrddp_desktop.storage.backups import Source
    from hrddp_desktop.storage.bin import Bin
    from hrddp_desktop.storage.erasing import Erased
    from hrddp_desktop.storage.finding import Hit as Line
    from hrddp_desktop.storage.finding import Wanted
    from hrddp_desktop.storage.lock import Hold
    from hrddp_desktop.storage.places import Place
    from hrddp_desktop.storage.records import Edit, Entry, Person, Signature
    from hrddp_desktop.storage.seal import Seal
    from hrddp_desktop.storage.store import Store
    from hrddp_desktop.storage.vault import Vault


class Office:
    """An unlocked vault with the forms that read it, and its `hold` on it. Close it; a `with` block does."""

    def __init__(self, vault: Vault, forms: Forms, hold: Hold | None = None) -> None:
        self._vault = vault
        self.hold = hold
        self._forms = forms
        self._around = Surroundings(vault.store, forms, vault.person)

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
        """One line a record, the last changed first; only those that belong to `related`. None that was erased."""
        return tuple(each for each in self._vault.store.records(related=related) if each.status != ERASED)

    def find(self, wanted: Wanted, limit: int, offset: int = 0) -> tuple[Line, ...]:
        """A piece of the records that are wanted; services/search.py says it in a person's words."""
        return tuple(self._vault.store.find(wanted, limit, offset))

    def count(self, wanted: Wanted) -> int:
        """How many records are wanted."""
        return self._vault.store.count(wanted)

    def present(self, name: str) -> tuple[str, ...]:
        """What records have of `form`, `country`, `status` or `outcome`, for a filter."""
        return tuple(self._vault.store.present(name))

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
        marks = texts.travelling(session, file.marks)
        received = Stored(
            record,
            file.form,
            definition.version,
            definition.hash,
            created,
            assessment.stored_answers(session),
            session.excused(),
            related=file.related or "",
            marks=with_given(marks, file.given, session.as_of) if file.withheld else marks,
        )
        summary = assessment.summary(session, record)
        return self._vault.store.import_record(received, summary, definition_bytes=dump(definition))

    def open(self, record: str) -> Assessment:
        """Open a record. Raises VaultError(RECORD_UNKNOWN | RECORD_ERASED)."""
        if self._vault.store.summary(record).status == ERASED:
            raise VaultError(Code.RECORD_ERASED, record=record)
        stored = self._vault.store.load(record)
        return Assessment(self._vault, stored, self._definition(stored), self._around)

    @property
    def device(self) -> str:
        """The name of this computer in the entries of a history."""
        return self._vault.store.device

    def history(self, record: str) -> list[Entry]:
        """The entries of a record, an erased one too. Raises VaultError(RECORD_UNKNOWN)."""
        return self._vault.store.history(record)

    def definition(self, record: str) -> Definition:
        """The form that a record was made with. Raises VaultError(RECORD_UNKNOWN)."""
        return self._definition(self._vault.store.load(record))

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

    @property
    def place(self) -> Place:
        """Where the vault lies: here, on a share, in a synced folder, on a stick."""
        return places.of(self._vault.folder)

    @property
    def dates(self) -> Dates:
        """Whether the computer's date can be right, and what was answered."""
        from hrddp_desktop.services.dates import Dates

        return Dates(self._vault)

    def export_plain(self, file: Path, *, with_confidential: bool = False) -> dict[str, int]:
        """Write every record into the new file `file`, readable without a passphrase; how many lines each table has.

        Raises FileError(EXPORT_EXISTS | FILE_NOT_WRITTEN).
        """
        return self._vault.store.export_plain(file, with_confidential=with_confidential)

    def check(self) -> list[str]:
        """Every problem of the vault, in words; empty when all is well."""
        return [str(damage) for damage in self._vault.store.check()]

    @property
    def source(self) -> Source:
        """The vault as something to copy and look over, see services/backups.py."""
        return self._vault.source

    def keep_copies_at(self, place: Path | None) -> None:
        """Say where the second place of the copies is: changes of the keys and erasures reach them there."""
        self._vault.keep_copies_at(place)

    @property
    def seal(self) -> Seal:
        """What closes a text so that only this vault, opened again, can read it."""
        return self._vault.seal

    @property
    def bin(self) -> Bin:
        """The records that were put away."""
        return self._vault.bin

    def sum_up(self, record: str, summary: Summary) -> None:
        """Make the line of the list anew; no entry."""
        self._vault.store.commit_all(record, (), summary)

    def close(self) -> None:
        """Lock the vault. May be called twice."""
        self._vault.lock()
        if self.hold is not None:
            self.hold.release()


class Assessment(Shown):
    """One open record: the answers in a session, each change in the vault before it is seen."""

    def __init__(self, vault: Vault, stored: Stored, definition: Definition, around: Surroundings) -> None:
        super().__init__(stored.record, around.session(stored, definition))
        self.created = stored.created
        self.saved_at: datetime | None
        self._store = vault.store
        self._marks = dict(stored.marks)
        self._stored = stored
        self._around = around
        line = vault.store.summary(stored.record)
        self.saved_at = line.changed
        self.signed = line.status == SIGNED
        """Whether the record is still what was signed last; a change makes it a draft, its undo what it was."""
        self.reason = ""
        """Why this signed record is changed; it is kept with each entry that follows."""
        self.device = vault.store.device
        self._was_signed = bool(vault.store.signatures(stored.record))
        self.damage = tuple(vault.store.verify(stored.record))
        """What is wrong with the history of this record, found when it was opened."""

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

    # what is done

    def answer(self, path: str, raw: str | int | float | list[str] | None) -> Change:
        """Answer one question; '' or None clears it. Raises AnswerError (nothing changed), VaultError (put back)."""
        change = self.session.set(path, raw)
        if change.old == change.new and not change.filled:
            self.drop_draft(path)
            return change
        old, put = change.old, change.replaced
        with self._or_back(lambda: self.session.set(path, old, put)):
            self._store_edits([SetAnswer(path, change.new), *_brought(change)])
        return change

    def excuse(self, path: str, kind: str | None, why: str = "", who: str = "") -> Change:
        """Say "not applicable, because" (na) or "not known yet, who will find out" (later); None takes it back."""
        before = self.session.excused().get(path, {})
        back = (before.get("kind"), before.get("why", ""), before.get("who", ""))
        change = self.session.excuse(path, kind, why, who)
        with self._or_back(lambda: self.session.excuse(path, *back)):
            self._store_edits([SetExcuse(path, Excuse(kind, why, who) if kind else None)])
        return change

    def tick(self, path: str, words: str, *, seen: bool = True) -> Change:
        """Say "seen, not a person" of these words of an answer, or take that back; it falls when the words change."""
        return self._mark(path, texts.ticked(self._marks.get(path, {}), words, seen=seen))

    def _mark(self, path: str, named: Mapping[str, str]) -> Change:
        before = self._marks.get(path, {})
        change = self._put_marks(path, named)
        with self._or_back(lambda: self._put_marks(path, before)):
            self._store_edits([SetMarks(path, named)])
        return change

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
        return change

    def remove_row(self, table: str, row: str) -> Change:
        """Take a row away; its answers stay in the vault, so that undo can bring it back."""
        index = self._index(table, row)
        change = self.session.remove_row(table, row)
        with self._or_back(lambda: self.session.add_row(table, row, index, change.replaced)):
            self._store_edits([RemoveRow(table, row), *_brought(change)])
        return change

    def move_row(self, table: str, row: str, index: int) -> Change:
        """Put a row at `index`."""
        before = self._index(table, row)
        change = self.session.move_row(table, row, index)
        with self._or_back(lambda: self.session.move_row(table, row, before, change.replaced)):
            self._store_edits([MoveRow(table, row, index), *_brought(change)])
        return change

    def add_offered(self, table: str, codes: Sequence[str]) -> Change:
        """Add the chosen rows of those on offer, with all that the catalogue fills in, as one step.

        Raises AnswerError for what is not on offer, and for no row at all (nothing changed).
        """
        changes = self.session.add_offered(table, codes)
        if not changes:
            raise AnswerError(Code.VALUE_NOT_ALLOWED, question=table, value="", detail="no row is chosen")
        with self._or_back(lambda: self._without(changes)):
            self._store_edits([edit for change in changes for edit in _edits(change)])
        return _merged(changes)

    def _without(self, changes: Sequence[Change]) -> Change:
        """The rows out again, the last first; every other answer as it stood before."""
        found = []
        for added, picked in reversed(tuple(zip(changes[::2], changes[1::2], strict=True))):
            own = f"{added.path}/{added.added_row}/"
            stood = {**picked.replaced, **added.replaced}
            put = {path: value for path, value in stood.items() if not path.startswith(own)}
            found.append(self.session.remove_row(added.path, str(added.added_row), put))
        return _merged(found)

    def undo(self) -> Change | None:
        """Take the newest step back that can be, as a step of its own; None when there is none left.

        Steps are found in the history, so it is the same after a restart. Raises AnswerError(REASON_NEEDED) for a step
        that a signature covers.
        """
        return self._turn(redo=False)

    def redo(self) -> Change | None:
        """Do again what was taken back last; None when there is nothing, or something was changed since."""
        return self._turn(redo=True)

    def _turn(self, *, redo: bool) -> Change | None:
        entries = self._store.history(self.record)
        reached = turns(entries)
        steps = reached.redo if redo else reached.undo
        if not steps:
            return None
        step = steps[-1]
        edits = step.reversal()
        # What was changed since the signature has a reason of its own, or is as it was signed.
        if step.number < signed_entry(entries):
            self._refuse_change(edits)
        state = State.of(entries).but(edits)
        status = SIGNED if is_as_signed(entries, state) else DRAFT
        return self._become(state, edits, status, reverses=step.number)

    def restore(self, number: int) -> Change | None:
        """Bring the record back to how it stood after entry `number`, as a new step; None if it stands so.

        Raises AnswerError(REASON_NEEDED | ENTRY_UNKNOWN).
        """
        entries = self._store.history(self.record)
        if not 1 <= number <= len(entries):
            raise AnswerError(Code.ENTRY_UNKNOWN, number=number)
        state = State.of(entries)
        edits = state.difference(State.of(entries[:number]))
        if not edits:
            return None
        self._refuse_change(edits)
        return self._become(state.but(edits), edits, DRAFT, restores=number)

    def erase(self, scope: str, why: str) -> Erased:
        """Erase for safety a question, a row, a table, or with '' the whole record, with its history (policy 4.4).

        `why` is one of `history.REASONS`. What the window or an open session still shows is the caller's to redraw.
        """
        state = State.of(self._store.history(self.record)).without(scope)
        session = self._around.session(state.stored(self._stored), self.session.definition)
        status = SIGNED if self.signed and is_attached(scope) else DRAFT
        summary = assessment.summary(session, self.record, status)
        if not scope:
            summary = Summary(self.record, summary.form, status=ERASED, definition=summary.definition)
        erased = self._store.erase(self.record, scope, why, summary)
        self._take(session, state, status)
        self.saved_at = erased.at
        return erased

    def _become(
        self, state: State, edits: list[Edit], status: str, *, reverses: int | None = None, restores: int | None = None
    ) -> Change:
        """Be another state: on the disk first, then here."""
        session = self._around.session(state.stored(self._stored), self.session.definition)
        summary = assessment.summary(session, self.record, status)
        saved = self._store.commit_all(self.record, edits, summary, self.reason, reverses=reverses, restores=restores)
        self.saved_at = saved.at
        before = self.session
        self._take(session, state, status)
        return _change(edits, before, session)

    def _take(self, session: Session, state: State, status: str) -> None:
        self.session = session
        self._marks = state.stored(self._stored).marks
        self.signed = status == SIGNED

    def _index(self, table: str, row: str) -> int:
        return [each.row_id for each in self.session.table(table, "en").rows].index(row)

    def _refuse_change(self, edits: Sequence[Edit]) -> None:
        """What a signature covers is changed for a reason; what is asked only later is not covered yet.

        What came without its strictly confidential answers is not changed at all (services/received.py).
        """
        if self.session.is_projection:
            raise AnswerError(Code.RECORD_NOT_WHOLE, record=self.record)
        if self._was_signed and not self.reason.strip() and any(map(self._is_covered, edits)):
            raise AnswerError(Code.REASON_NEEDED, record=self.record)

    def _is_covered(self, edit: Edit) -> bool:
        if isinstance(edit, SetMarks | SetComment | SetEvidence):
            return False  # a reviewer's tick says something of an answer and changes none
        name = edit.path.split("/")[-1] if isinstance(edit, SetAnswer | SetExcuse) else edit.table
        return STAGES.index(self.session.definition.items[name].due) <= STAGES.index(assessment.BEFORE_SIGNATURES)

    @property
    def store(self) -> Store:
        """Where the record is kept, for what stands beside its answers."""
        return self._store

    def attach(self, edit: SetComment | SetEvidence) -> Change:
        """Store a comment or a file (services/comments.py, evidence.py); what is as it was signed stays so."""
        summary = assessment.summary(self.session, self.record, SIGNED if self.signed else DRAFT)
        self.saved_at = self._store.commit(self.record, edit, summary).at
        path = owner(edit.path)
        return Change(path, None, None, frozenset({path}), frozenset())

    def _store_edits(self, edits: Sequence[Edit]) -> None:
        self._refuse_change(edits)
        summary = assessment.summary(self.session, self.record, DRAFT)
        self.saved_at = self._store.commit_all(self.record, edits, summary, self.reason).at
        self.signed = False

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
        self.signed = self._was_signed = True
        self.reason = ""

    # history

    def history(self, path: str | None = None) -> list[Entry]:
        """The entries of the record, or of one path, oldest first; see services.history for words."""
        return self._store.history(self.record, path)

    def stood(self, number: int) -> Stood:
        """The record as it stood after entry `number`, to be read. Raises AnswerError(ENTRY_UNKNOWN)."""
        entries = self.history()
        if not 1 <= number <= len(entries):
            raise AnswerError(Code.ENTRY_UNKNOWN, number=number)
        state = State.of(entries[:number])
        session = self._around.session(state.stored(self._stored), self.session.definition)
        return Stood(self.record, session, entries[number - 1])

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


def _change(edits: Sequence[Edit], before: Session, after: Session) -> Change:
    """What several edits changed at once; the first of them is where a person looks."""
    paths = [
        f"{edit.table}/{edit.row}" if isinstance(edit, AddRow | RemoveRow | RestoreRow | MoveRow) else owner(edit.path)
        for edit in edits
    ]
    tables = frozenset(path.split("/")[0] for path in paths if "/" in path)
    first = paths[0]
    answered = isinstance(edits[0], SetAnswer)
    old, new = (_value(session, first) if answered else None for session in (before, after))
    return Change(first, old, new, frozenset(paths), tables)


def _value(session: Session, path: str) -> Value:
    return session.view(path, "en").value if "/" not in path else None


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
