"""What explains the questions: the words they use, notes, acronyms, further reading, and where the rules stand.

The texts are sheets beside the forms (`glossary.csv`, `notes.csv`, `acronyms.csv`, `resources.csv`) and PO files in
`forms/i18n`. Nothing here is read by a rule, a report or a signature.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from hrddp_desktop import paths
from hrddp_desktop.errors import N_
from hrddp_desktop.services.guidance_sheets import SHEETS, Sheets, listed, read_sheets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from hrddp_desktop.engine.views import FieldView, TableView
    from hrddp_desktop.services.forms import Forms

BASIS = {
    "house": N_("House rule: the policy does not say this in these words."),
    "policy_second_hand": N_("From the policy, as others tell it: its text was not read for this app."),
    "policy_text": N_("Confirmed by the policy owner against the text of the policy."),
}
TEXT_BASIS = {**BASIS, "house": N_("Our own words: the policy does not say this in these words.")}
READ = {
    "in_part": N_("Read in part for this app."),
    "not_read": N_("Not read for this app."),
}
_CONFIRMED = "policy_text"
# Arabic writes "and", "with", "for" and the article without a blank before the word.
_ARABIC_START = "(?:[وف]?(?:لل|[بكل]?(?:ال)?))?"
_ARABIC_LETTER = re.compile("[\u0621-\u064a]")
# Signs of vowels and the stroke that only lengthens a word.
_ARABIC_SIGNS = re.compile("[\u064b-\u0652\u0670\u0640]")


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its meaning; `spellings` are all ways in which texts write it."""

    id: str
    term: str
    spellings: tuple[str, ...]
    definition: str
    basis: str


@dataclass(frozen=True, slots=True)
class Note:
    """A short text that belongs to some questions; `kind` is "note" or "case_study"."""

    id: str
    kind: str
    action: int
    questions: tuple[str, ...]
    title: str
    text: str
    basis: str


@dataclass(frozen=True, slots=True)
class Acronym:
    """Letters and the words they stand for."""

    acronym: str
    words: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A text of others: what it is for, and whether it was read for this app (a key of READ)."""

    title: str
    publisher: str
    year: str
    purpose: str
    languages: tuple[str, ...]
    read: str


@dataclass(frozen=True, slots=True)
class Help:
    """What stands beside one question: where its rule comes from (a key of BASIS, or nothing), words, notes."""

    basis: str
    terms: tuple[Term, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How many rules the owner of the policy has confirmed, of all rules of the installed forms."""

    rules: int
    of: int


class Guidance:
    """The guidance in one language; a text without a translation is shown in English. Read once, when first asked."""

    def __init__(self, language: str, folder: Path | None = None) -> None:
        self.language = language
        self._folder = folder or paths.forms_dir()

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The glossary, in the order of the alphabet."""
        return tuple(sorted((self._term(row) for row in self._rows("glossary")), key=lambda one: _plain(one.term)))

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The notes and case studies, Action by Action."""
        return tuple(sorted((self._note(row) for row in self._rows("notes")), key=lambda one: one.action))

    @cached_property
    def acronyms(self) -> tuple[Acronym, ...]:
        """The acronyms, in the order of the alphabet."""
        pairs = ((self._say(row, "acronyms", "acronym"), row) for row in self._rows("acronyms"))
        found = [Acronym(acronym, self._say(row, "acronyms", "words")) for acronym, row in pairs]
        return tuple(sorted(found, key=lambda one: _plain(one.acronym)))

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Further reading, in the order of the sheet."""
        return tuple(
            Resource(
                title=row["title"],
                publisher=self._say(row, "resources", "publisher"),
                year=row["year"],
                purpose=self._say(row, "resources", "purpose"),
                languages=listed(row["languages"]),
                read=row["read"],
            )
            for row in self._rows("resources")
        )

    def beside(self, view: FieldView | TableView) -> Help:
        """What helps with one question: a rule's basis only where a rule reads the answer."""
        basis = getattr(view, "basis", "") if view.consumer == "decides" else ""
        return Help(basis, self.terms_in(view.label, view.hint, view.guidance), self.notes_for(view.name))

    def notes_for(self, question: str) -> tuple[Note, ...]:
        """The notes that name a question."""
        return tuple(note for note in self.notes if question in note.questions)

    def terms_in(self, *texts: str) -> tuple[Term, ...]:
        """The terms in some texts, in the order in which they occur, each once; of words that overlap the longest."""
        pattern = self._pattern
        if pattern is None:
            return ()
        found = (self._by_spelling[_key(match[1])] for match in pattern.finditer("\n".join(map(_plain, texts))))
        return tuple(dict.fromkeys(found))

    @cached_property
    def _by_spelling(self) -> Mapping[str, Term]:
        return {_key(_plain(spelling)): term for term in self.terms for spelling in term.spellings}

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        return _pattern_of(self._by_spelling)

    @cached_property
    def _sheets(self) -> Sheets:
        return read_sheets(self._folder)

    @cached_property
    def _said(self) -> Mapping[tuple[str, str], str]:
        catalogue = self._sheets.catalogues.get(self.language)
        live = catalogue.live if catalogue is not None else ()
        # A translation of an older text is no translation of this one.
        return {entry.key: entry.text for entry in live if entry.text and not entry.fuzzy}

    def _rows(self, sheet: str) -> Iterable[dict[str, str]]:
        return self._sheets.rows(sheet)

    def _say(self, row: Mapping[str, str], sheet: str, column: str) -> str:
        return self._said.get((SHEETS[sheet].context(row, column), row[column]), row[column])

    def _term(self, row: Mapping[str, str]) -> Term:
        term = self._say(row, "glossary", "term")
        spellings = (term, *listed(self._say(row, "glossary", "aliases")))
        definition = self._say(row, "glossary", "definition")
        return Term(row["id"], term, tuple(dict.fromkeys(spellings)), definition, row["basis"])

    def _note(self, row: Mapping[str, str]) -> Note:
        return Note(
            id=row["id"],
            kind=row["kind"],
            action=int(row["action"]),
            questions=tuple(row["questions"].split()),
            title=self._say(row, "notes", "title"),
            text=self._say(row, "notes", "text"),
            basis=row["basis"],
        )


@cache
def guidance(language: str) -> Guidance:
    """The installed guidance in one language, read once a process."""
    return Guidance(language)


def is_in(wanted: str, *texts: str) -> bool:
    """Whether every word that a person looks for stands somewhere in the texts."""
    within = _plain(" ".join(texts))
    return all(word in within for word in _plain(wanted).split())


def confirmed(forms: Forms) -> Confirmed:
    """What the owner of the policy has confirmed: rules whose basis is the text of the policy."""
    bases = [
        (form, table, rule.rule, rule.basis)
        for form in forms.names()
        for table, sheet in forms.definition(form).tables.items()
        for rule in sheet.rules
    ]
    rules = {row[:3] for row in bases}
    # Alternatives of one rule stand in several rows; all of them have to be confirmed.
    return Confirmed(len(rules - {row[:3] for row in bases if row[3] != _CONFIRMED}), len(rules))


def _plain(text: str) -> str:
    """A text as it is compared: without case, vowel signs and typographic quotes."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    return _ARABIC_SIGNS.sub("", folded)


def _key(text: str) -> str:
    return " ".join(text.split())


def _pattern_of(spellings: Iterable[str]) -> re.Pattern[str] | None:
    longest = sorted(spellings, key=lambda one: (-len(one), one))
    if not longest:
        return None
    words = "|".join(r"\s+".join(map(re.escape, one.split())) for one in longest)
    start = _ARABIC_START if any(_ARABIC_LETTER.search(one) for one in longest) else ""
    return re.compile(rf"(?<!\w){start}({words})(?!\w)")
