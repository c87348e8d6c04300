"""An open record as it is read: now, as a worked case, or as it stood once; nothing here changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.services import assessment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.engine.views import Decision, FieldView, Missing, Option, PageView, TableView
    from hrddp_desktop.services.assessment import Ground
    from hrddp_desktop.services.examples import Doubt
    from hrddp_desktop.services.scanner import Kind
    from hrddp_desktop.storage.records import Entry


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


class Stood(Shown):
    """A record as it stood after one of its entries; nothing that is done to it is stored."""

    def __init__(self, record: str, session: Session, entry: Entry) -> None:
        super().__init__(record, session)
        self.number = entry.number
        self.at = entry.at

    @property
    def title(self) -> str:
        """What the record was called then."""
        return str(self.session.value(self.session.definition.settings.get("title", "")) or self.reference)

    def placed(self, _language: str) -> tuple[Doubt, ...]:
        """Nobody doubts anything here."""
        return ()
