"""The translations of a form: what belongs to nothing, what lost a placeholder, and what is still to be translated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.engine.problems import Problem, ProblemCode
from hrddp_desktop.engine.program import LABEL_REFERENCE, SHOWN_TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.engine.sheets import Sources


@dataclass(frozen=True, slots=True)
class Gap:
    """A text that a language lacks, or has for an English text that has changed since (`kind` missing or stale)."""

    language: str
    context: str
    english: str
    kind: str


def texts(definition: Definition) -> Iterator[tuple[str, str]]:
    """Every context that can be translated, with its English."""
    yield "settings::form_title", definition.title
    for item in definition.items.values():
        for column in SHOWN_TEXTS:
            if item.cell(column):
                yield f"survey:{item.name}:{column}", item.cell(column)
    for choices in definition.lists.values():
        for choice in choices.choices:
            if choice.label:
                yield f"choices:{choices.name}:{choice.code}:label", choice.label
            for column in definition.translated:
                if choice.facts.get(column):
                    yield f"choices:{choices.name}:{choice.code}:{column}", choice.facts[column]
    for table in definition.tables.values():
        for rule in table.rules:
            yield f"{table.name}:{rule.rule}:reason", rule.reason
        for variable in table.variables:
            for name, fact in variable.facts.items():
                yield f"facts:{name}:fact", fact


def check_words(definition: Definition, sources: Sources) -> Iterator[Problem]:
    """Translations of nothing, and translations that lost or invented a `${name}`."""
    known = {context for context, _ in texts(definition)}
    for language, entries in sources.words.items():
        for key, (text, source, line) in entries.items():
            context = key.partition("|")[0]
            place = f"i18n/{language}"
            if context not in known:
                yield Problem(place, line, "", None, ProblemCode.TRANSLATION_UNKNOWN, (("name", context),))
            elif _placeholders(text) != _placeholders(source):
                yield Problem(place, line, "", None, ProblemCode.PLACEHOLDER_LOST, (("name", context),))

    for row in sources.survey.rows:
        for heading, text in row.cells.items():
            column, _, language = heading.partition("::")
            english = row.cell(column) if language and column in SHOWN_TEXTS else ""
            if english and _placeholders(text) != _placeholders(english):
                facts = (("name", f"survey:{row.cell('name')}:{column}"),)
                yield Problem("survey", row.number, heading, None, ProblemCode.PLACEHOLDER_LOST, facts)


def _placeholders(text: str) -> set[str]:
    return set(LABEL_REFERENCE.findall(text))


def gaps_of(definition: Definition, sources: Sources) -> list[Gap]:
    """What is still to be translated, language by language: a report, not a problem."""
    found: list[Gap] = []
    for language in definition.languages[1:]:
        have = definition.translations.get(language, {})
        entries = {key.partition("|")[0]: english for key, (_, english, _) in sources.words.get(language, {}).items()}
        for context, english in dict.fromkeys(texts(definition)):
            if english and not (have.get(context) or have.get(f"{context}|{english}")):
                found.append(Gap(language, context, english, "stale" if context in entries else "missing"))
            elif entries.get(context, english) != english and not have.get(f"{context}|{english}"):
                found.append(Gap(language, context, english, "stale"))
    return found
