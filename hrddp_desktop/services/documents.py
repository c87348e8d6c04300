"""From an open record to PDF bytes: freeze on the main thread, render anywhere.

`freeze` reads the session and gives a frozen Snapshot; `render` needs nothing else, so that a worker can do it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hrddp_desktop.engine.views import ColumnView, FieldView, TableView
from hrddp_desktop.engine.withheld import is_withheld
from hrddp_desktop.exchange.package import canonical
from hrddp_desktop.i18n import LANGUAGES, Words, words
from hrddp_desktop.report.content import (
    Draft,
    Grid,
    Item,
    Outcome,
    Reason,
    Recipient,
    Section,
    Signer,
    Snapshot,
    Support,
    draft_code,
)
from hrddp_desktop.services import assessment, texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.engine.views import Decision, PageView
    from hrddp_desktop.exchange.package import AnswersFile
    from hrddp_desktop.services.assessment import Ground
    from hrddp_desktop.services.texts import Marks

VERSION = 1
"""Of every document, until a record can be opened again in a next version."""


def document_language(session: Session) -> str:
    """The language that the record names for its document, else English."""
    named = str(session.value("a0_lang") or "")
    return named if named in LANGUAGES else "en"


def render(snapshot: Snapshot, document: str = "assessment") -> bytes:
    """The PDF of a snapshot; the same snapshot gives the same bytes. Raises FileError(DOCUMENT_UNKNOWN)."""
    # reportlab and what shapes letters take their time to load; a window that never prints does without.
    from hrddp_desktop.report import render as report

    return report.render(snapshot, words(snapshot.language), document)


def freeze(
    session: Session,
    record: str | None,
    created: date,
    *,
    language: str,
    paper: str = "a4",
    printed: datetime | None = None,
    marks: Marks | None = None,
    scans: bool = True,
) -> Snapshot:
    """The record as it stands, in words. `printed` is the moment that a draft names; without it the as-of date.

    With a hit in a text that `marks` do not tick it is a draft. `scans` is False where a document is drawn again: it
    was scanned when it was made, and a longer list of words must not turn it into another document.
    """
    frozen = _Freezer(session, language, marks or {})
    return frozen.snapshot(record, created, paper, printed, scans=scans)


def freeze_file(
    file: AnswersFile, session: Session, *, language: str, paper: str = "a4", scans: bool = True
) -> Snapshot:
    """An answers file as it stands; its record, date of creation and marks are the file's own."""
    created = file.created or session.as_of
    return freeze(session, file.record, created, language=language, paper=paper, marks=file.marks, scans=scans)


class _Freezer:
    """Reads one session in one language."""

    def __init__(self, session: Session, language: str, marks: Marks) -> None:
        self.session = session
        self.marks = marks
        self.definition = session.definition
        self.language = language
        self.words: Words = words(language)

    def snapshot(
        self, record: str | None, created: date, paper: str, printed: datetime | None, *, scans: bool
    ) -> Snapshot:
        decision = assessment.final_decision(self.session)
        marks = texts.travelling(self.session, self.marks) if scans else self.marks
        file = assessment.document_file(self.session, record, created, marks)
        answers = canonical(file)
        missing = tuple(each.label for each in self.session.missing(assessment.BEFORE_SIGNATURES, self.language))
        missing += self.open_texts() if scans else ()
        unfinished = bool(missing) or (decision.outcome or "incomplete") == "incomplete"
        return Snapshot(
            language=self.language,
            paper=paper,
            reference=assessment.reference(self.session),
            version=VERSION,
            record=record or "",
            marking=self.marking(),
            title=self.answer("a0_title"),
            country=self.answer("a0_country"),
            station=self.answer("a0_duty_station"),
            created=created,
            as_of=self.session.as_of,
            form_title=self.definition.form_title(self.language),
            form_version=self.definition.version,
            definition=self.definition.hash,
            outcome=self.outcome(decision),
            answers=answers,
            withheld=bool(file.withheld),
            facts=self.facts(),
            sections=tuple(
                self.section(page) for page in self.session.route(assessment.BEFORE_SIGNATURES, self.language)
            ),
            recipients=self.recipients(),
            supports=self.supports(),
            missing=missing,
            draft=self.draft(answers, printed) if unfinished else None,
            would_change=assessment.would_change(self.session, decision, self.language),
            # Nobody signs a draft, whatever its outcome (policy 4.2).
            signers=() if unfinished else self.signers(decision),
        )

    def open_texts(self) -> tuple[str, ...]:
        """What a reviewer has to look at before the document is final; where it stands, never the words."""
        found = texts.open_hits(self.session, self.marks, self.language)
        return tuple(dict.fromkeys(hit.sentence(self.words.translate) for hit in found))

    def answer(self, path: str) -> str:
        """An answer for a reader, '' when it is blank or not relevant."""
        view = self.session.view(path, self.language)
        return view.text if view.relevant else ""

    def marking(self) -> str:
        """The marking in words: what the answers raise it to, else confidential."""
        code = str(self.session.value("marking") or "confidential")
        return self.definition.choice_label("marking", code, self.language)

    def draft(self, answers: bytes, printed: datetime | None) -> Draft:
        at = self.words.date(printed.date() if printed else self.session.as_of)
        return Draft(draft_code(answers), f"{at} {self.words.time(printed)}" if printed else at)

    def outcome(self, decision: Decision) -> Outcome:
        code = decision.outcome or "incomplete"
        first, *also = map(_reason, assessment.grounds(self.session, self.language))
        asked = (assessment.ground(self.session, row, decision.table, self.language) for row in decision.open_questions)
        label = self.definition.choice_label("outcome", code, self.language)
        return Outcome(code, label, first.rule, first.reason, first.basis, tuple(also), tuple(map(_reason, asked)))

    def results(self, page: str) -> tuple[Reason, ...]:
        """What a page comes to: each decision table below the outcome that is decided on it and has a word for it."""
        settings = self.definition.settings
        items = self.definition.items.values()
        deciders = [one for one in items if one.page == page and one.type.startswith("calculate") and not one.table]
        known = {"", *self.definition.deciding, settings["lane"]}
        found = []
        for item in sorted(deciders, key=lambda one: one.cell("table")):
            table = item.cell("table")
            decision = None if table in known else self.session.decision(table)
            label = self.word(table, decision.outcome, self.definition.list_of_values(item)) if decision else ""
            # What goes on living after the signatures, as the early view does, is no result of a signed paper.
            if decision and label and item.cell("after_signature") != "living":
                ground = assessment.ground(self.session, decision, table, self.language)
                found.append(replace(_reason(ground), label=label))
        return tuple(found)

    def word(self, table: str, outcome: str | None, list_name: str) -> str:
        """An outcome of a table below the deciding one: the word of the list that it is read or shown by."""
        read = self.definition.tables[self.definition.final_table(self.session.lane)].variables
        names = [*(variable.list_name for variable in read if variable.name == table), list_name]
        names = [name for name in names if name]
        return self.definition.choice_label(names[0], outcome, self.language) if names and outcome else ""

    def facts(self) -> tuple[Item, ...]:
        views = [self.session.view(path, self.language) for path in ("a0_start", "a0_end", "a0_value", "a0_stage")]
        return tuple(Item(view.label, self.shown(view)) for view in views if view.relevant and view.text)

    def sections(self) -> tuple[Section, ...]:
        pages = self.session.route(assessment.BEFORE_SIGNATURES, self.language)
        return tuple(section for section in map(self.section, pages) if section.items or section.results)

    def section(self, page: PageView) -> Section:
        views = self.session.page(page.name, self.language)
        items = [
            self.item(view) if isinstance(view, FieldView) else self.grid(view) for view in views if self.printed(view)
        ]
        return Section(page.action, page.label, tuple(items), self.results(page.name))

    def printed(self, view: FieldView | TableView) -> bool:
        """Questions that were answered, excused, or have to be; a blank that nobody has to fill says nothing."""
        if self.is_withheld(view.name):
            return False
        if isinstance(view, TableView):
            asked = any(self.is_told(one) and not self.is_withheld(one.name) for one in view.columns)
            return view.relevant and asked and bool(view.rows or view.required or view.excuse)
        if view.type == "note" or not view.relevant or not self.is_told(view):
            return False
        return bool(view.text or view.required or view.excuse)

    def is_told(self, view: FieldView | ColumnView) -> bool:
        """Of what is worked out only what the form names a chapter for; the head of the case stands on the cover."""
        item = self.definition.items[view.name]
        return view.type != "calculate" or (bool(item.cell("report")) and item.cell("action") != "0")

    def is_withheld(self, name: str) -> bool:
        """What stands in no body of a document: it is left out, not blanked, as a blank would tell (policy 4.3)."""
        return is_withheld(self.definition, name)

    def item(self, view: FieldView) -> Item:
        return Item(view.label, self.shown(view))

    def shown(self, view: FieldView) -> str:
        if view.excuse is not None and not view.text:
            said = self.words("Not applicable") if view.excuse.kind == "na" else self.words("Not known yet")
            return " · ".join(part for part in (said, view.excuse.why, view.excuse.who) if part)
        if view.type == "date" and view.value:
            return self.words.date(_day(str(view.value)))
        return view.text

    def grid(self, view: TableView) -> Grid:
        columns = [one for one in view.columns if self.is_told(one) and not self.is_withheld(one.name)]
        names = [column.name for column in columns]
        rows, named = [], []
        for row in view.rows:
            cells = {cell.name: cell for cell in row.cells}
            shown = (self.shown(cells[name]) if name in cells and cells[name].relevant else "" for name in names)
            rows.append((row.row_id, *shown))
            named.append("" if row.title == row.row_id or self.is_title_withheld(view.name) else row.title)
        return Grid(view.label, (self.words("No."), *(column.label for column in columns)), tuple(rows), tuple(named))

    def is_title_withheld(self, table: str) -> bool:
        """Whether what names the rows of a table stands in no body of a document; made rows are named by the app."""
        texts = (item.name for item in self.definition.items.values() if item.table == table and item.type == "text")
        return any(self.is_withheld(name) for name in [*texts][:1])

    def recipients(self) -> tuple[Recipient, ...]:
        rows = []
        for row, cells in self.rows("a1_recipients"):
            how = _text(cells, "rec_excl_how")
            out = "rec_excluded" in cells and cells["rec_excluded"].value == "yes"
            taken_out = (how or self.words("Taken out")) if out else ""
            rows.append(Recipient(row, _text(cells, "rec_name"), _text(cells, "rec_type"), taken_out))
        return tuple(rows)

    def supports(self) -> tuple[Support, ...]:
        rows = []
        for row, cells in self.rows("a1_supports"):
            counted = str(self.session.value(f"a1_supports/{row}/sup_class") or "")
            counts = self.definition.choice_label("sup_class", counted, self.language) if counted else ""
            linked = cells["sup_rec"].value if "sup_rec" in cells else None
            units = tuple(linked) if isinstance(linked, list) else ()
            rows.append(Support(row, _text(cells, "sup_type"), _text(cells, "sup_desc"), counts, units))
        return tuple(rows)

    def rows(self, table: str) -> list[tuple[str, dict[str, FieldView]]]:
        """The rows of a table that applies, each with the cells that are asked."""
        view = self.session.table(table, self.language)
        if not view.relevant:
            return []
        return [(row.row_id, {cell.name: cell for cell in row.cells if cell.relevant}) for row in view.rows]

    def signers(self, decision: Decision) -> tuple[Signer, ...]:
        return tuple(Signer(role) for role in assessment.signers(self.definition, decision.outcome))


def _reason(ground: Ground) -> Reason:
    return Reason(ground.rule, ground.reason, ground.basis)


def _text(cells: Mapping[str, FieldView], name: str) -> str:
    return cells[name].text if name in cells else ""


def _day(text: str) -> date:
    from datetime import date

    return date.fromisoformat(text)
