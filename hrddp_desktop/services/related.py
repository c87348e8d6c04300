"""What a form may read besides its own answers: the records around it and the office, as plain data.

A form names in its settings (`related`) what it reads; nothing else is gathered. Records that read each other are no
circle: an incident reads its assessment as that stands without its incidents.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from hrddp_desktop import clock
from hrddp_desktop.engine.session import open_session
from hrddp_desktop.services.received import given_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.storage.records import Person, Signature, Stored
    from hrddp_desktop.storage.store import Store

Plain = dict[str, object]
"""A record as others read it: question name -> value, a table as a list of rows."""

DRAFT, SIGNED = "draft", "signed"
APPROVER = "approver"
COUNTRY_SHEET, INCIDENT, HQ_DECISION = "country_sheet", "incident", "hq_decision"
EVENT = "event"
"""The calculation by which a form that belongs to an assessment reports what happened: a code of the list `trigger`."""

# Without I and O, which are read as digits on a bad print.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def case_number(record: str, created: date) -> str:
    """The part of a case reference behind country and station, as "2026-417-K".

    Drawn from the record's random id: two laptops that never met do not count the same cases, and no number has to be
    kept or merged. The reference is a label; the record's id is its identity.
    """
    drawn = uuid.UUID(record).int
    return f"{created.year}-{drawn % 1000:03d}-{_LETTERS[drawn // 1000 % len(_LETTERS)]}"


def of_itself(record: str, created: date, place: int = 1) -> Plain:
    """What a record may read of its own label; `place` among the records of its form that belong to the same one."""
    return {"number": case_number(record, created), "version": "1", "place": str(place)}


def of_office(person: Person | None) -> Plain:
    """What a record may read of the office; nothing for a file that was opened outside a vault."""
    if person is None:
        return {}
    return {"country": person.country, "station": person.station, "language": person.language}


def of_seal(signature: Signature, reference: str, effective: str = "") -> Plain:
    """What stands beside the answers once the approver has signed (policy 3.7: sealed facts)."""
    return {
        "on": signature.signed.date().isoformat(),
        "outcome": signature.outcome,
        "outcome_effective": effective or signature.outcome,
        "rule": signature.rule,
        "reference": reference,
        "version": "1",
        "pdf_hash": signature.file_sha256,
    }


class Surroundings:
    """Reads the records around one record out of an open vault."""

    def __init__(self, store: Store, forms: Forms, person: Person) -> None:
        self._store = store
        self._forms = forms
        self._person = person

    def session(self, stored: Stored, definition: Definition, *, alone: bool = False) -> Session:
        """The record as a session; `alone`: without the records that belong to it.

        One that came without its strictly confidential answers is judged on the day of the results that it was given
        for them: a screening that has run out since must not read as one that holds.
        """
        given, day = given_in(stored.marks)
        tables = [name for name, item in definition.items.items() if item.type == "table"]
        return open_session(
            definition,
            stored.answers,
            stored.excused,
            as_of=day or clock.today(),
            related=self.of(stored, definition, alone=alone),
            used_rows={table: self._store.used_rows(stored.record, table) for table in tables},
            given=given,
        )

    def of(self, stored: Stored, definition: Definition, *, alone: bool = False, new: bool = False) -> dict[str, Plain]:
        """What the form of this record reads, by the names that its settings give; a `new` one is not stored yet."""
        readers: Mapping[str, Callable[[Stored], Plain]] = {
            "record": lambda one: of_itself(
                one.record, one.created, self._store.place(one.record, one.form, one.related)
            ),
            "office": lambda _: of_office(self._person),
            "country_sheet": lambda _: self._country_sheet(),
            "assessment": self._assessment,
            "seal": lambda one: {} if new and not one.related else self._seal(one, alone=alone),
            "incidents": lambda one: {} if alone else {"item": list(self._incidents(one))},
            "events": lambda one: {} if alone else {"item": list(self._events(one))},
        }
        named = definition.settings.get("related", "").split()
        return {name: readers[name](stored) for name in named if name in readers}

    def _itself(self, stored: Stored) -> Plain:
        place = self._store.place(stored.record, stored.form, stored.related)
        return of_itself(stored.record, stored.created, place)

    def _country_sheet(self) -> Plain:
        """The answers of the office's newest country sheet; nothing before there is one."""
        newest = next((each for each in self._store.records() if each.form == COUNTRY_SHEET), None)
        return {} if newest is None else dict(self._store.load(newest.record).answers)

    def _assessment(self, stored: Stored) -> Plain:
        """Every value of the assessment that a record belongs to."""
        if not stored.related:
            return {}
        owner = self._store.load(stored.related)
        return self.session(owner, self._forms.definition(owner.form), alone=True).readable()

    def _seal(self, stored: Stored, *, alone: bool) -> Plain:
        """The approver's signature while the record is still what was signed."""
        whose = stored.related or stored.record
        summary = self._store.summary(whose)
        approved = [each for each in self._store.signatures(whose) if each.role == APPROVER]
        if summary.status != SIGNED or not approved:
            return {}
        if stored.related:
            return of_seal(approved[-1], summary.reference) | {"fired": self._fired(stored.related)}
        return of_seal(approved[-1], summary.reference, "" if alone else self._effective(stored))

    def _fired(self, record: str) -> str:
        """The rules that headquarters answers one by one: that of the outcome, and those that say the same."""
        owner = self._store.load(record)
        session = self.session(owner, self._forms.definition(owner.form), alone=True)
        decision = session.decision(session.definition.final_table(session.lane))
        return " ".join([decision.rule or "", *(row.rule for row in decision.also)]).strip()

    def _effective(self, stored: Stored) -> str:
        """The outcome after the newest decision of headquarters on this record, '' without one."""
        for session in self._belonging(stored, HQ_DECISION):
            return str(session.value("hq_effective") or "")
        return ""

    def _incidents(self, stored: Stored) -> Iterator[Plain]:
        for session in self._belonging(stored, INCIDENT):
            yield {
                "label": session.value("in_id"),
                "state": session.value("in_status"),
                "st": session.value("i_st"),
                "stop_rows": session.value("x_stop_rows"),
                "since": session.value("x_order_on"),
                "ordered_by": session.value("x_order_by"),
            }

    def _events(self, stored: Stored) -> Iterator[Plain]:
        for summary in self._store.records(related=stored.record):
            if EVENT in self._forms.definition(summary.form).items:
                session = self._open(summary.record)
                for code in str(session.value(EVENT) or "").split():
                    yield {"event": code}

    def _belonging(self, stored: Stored, form: str) -> Iterator[Session]:
        """The records of a form that belong to this one, the last changed first."""
        for summary in self._store.records(related=stored.record):
            if summary.form == form:
                yield self._open(summary.record)

    def _open(self, record: str) -> Session:
        stored = self._store.load(record)
        return self.session(stored, self._forms.definition(stored.form))
