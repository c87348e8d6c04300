"""Sheets into a Definition, or every problem at once, each with its sheet, row, column and remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hrddp_desktop.engine.decisions import MISSING
from hrddp_desktop.engine.definition import Choice, ChoiceList, DecisionTable, Definition, Item, Machine
from hrddp_desktop.engine.fills import check_fills
from hrddp_desktop.engine.machines import check_machines, read_machines
from hrddp_desktop.engine.problems import Problem, ProblemCode, similar
from hrddp_desktop.engine.program import program
from hrddp_desktop.engine.renames import check_renames, read_renames
from hrddp_desktop.engine.rulesheets import read_tables
from hrddp_desktop.engine.sheets import Row, Sheet, Sources, read_folder, whole
from hrddp_desktop.engine.survey import as_meant, read_survey
from hrddp_desktop.engine.words import Gap, check_words, gaps_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TRANSLATED = re.compile(r"(?P<column>label|hint|guidance_hint|constraint_message|required_message)::(?P<language>.+)")
_LANGUAGE_CODE = re.compile(r".*\((?P<code>[a-z]{2,3})\)\s*")
_SETTINGS = frozenset(
    {
        "form_id",
        "form_title",
        "version",
        "default_language",
        "lane",
        "lanes",
        "final",
        "judged",
        "related",
        "sealed",
        "open",
        "escalated",
        "outcomes",
        "source_required",
        "machines",
        "translated",
        "text_language",
        "linked",
        "title",
        "due_dates",
        "dates_ahead",
    }
)
_CODE = re.compile(r"[^\s\"']+")


def compile_form(folder: Path) -> Definition | list[Problem]:
    """The form of a folder of sheets, or all that is wrong with it."""
    definition, problems = checked(read_folder(folder))
    return problems or definition


def checked(sources: Sources) -> tuple[Definition, list[Problem]]:
    """The form as far as it can be read, and all that is wrong with it; with problems it is good for looking only."""
    sources.survey = as_meant(sources.survey)
    compiler = _Compiler(sources)
    definition = compiler.definition()
    return definition, sorted(compiler.problems, key=_place)


def translation_gaps(folder: Path) -> list[Gap]:
    """What the languages of a form still lack; nothing for a form that does not compile."""
    sources = read_folder(folder)
    definition, problems = checked(sources)
    return [] if problems else gaps_of(definition, sources)


@dataclass(slots=True)
class _Compiler:
    """Reads the sheets one after the other; each part notes its problems and goes on."""

    sources: Sources
    problems: list[Problem] = field(default_factory=list)

    def definition(self) -> Definition:
        self.problems.extend(self.sources.problems)
        settings = self._settings()
        lists = self._lists()
        tables = read_tables(self.sources, lists, self.problems)
        items = read_survey(self.sources.survey, lists, tables, settings, self.problems)
        self._check_languages()
        machines = read_machines(self.sources, settings, self.problems)
        definition = self._assembled(settings, items, lists, tables, machines)
        compiled = program(definition)
        self.problems.extend(compiled.problems)
        self.problems.extend(check_fills(definition))
        check_renames(definition, self.problems)
        self.problems.extend(check_machines(definition, compiled.names))
        self._check_settings(definition)
        self._check_outcomes(definition)
        self._check_sources_of_variables(definition)
        self.problems.extend(check_words(definition, self.sources))
        return definition

    def _assembled(
        self,
        settings: Mapping[str, str],
        items: dict[str, Item],
        lists: dict[str, ChoiceList],
        tables: dict[str, DecisionTable],
        machines: dict[str, Machine],
    ) -> Definition:
        words = self._words()
        default = _language(settings.get("default_language", "en"))
        return Definition(
            form_id=settings.get("form_id", ""),
            title=settings.get("form_title", ""),
            version=settings.get("version", ""),
            hash=self.sources.hash(),
            default_language=default,
            languages=(default, *sorted(language for language in words if language != default)),
            settings=settings,
            items=items,
            lists=lists,
            tables=tables,
            translations=words,
            machines=machines,
            renames=read_renames(self.sources.renames, self.problems),
        )

    def _check_languages(self) -> None:
        for sheet in (self.sources.survey, self.sources.choices):
            for heading in sheet.columns:
                match = _TRANSLATED.fullmatch(heading)
                if match and not _LANGUAGE_CODE.fullmatch(match["language"]):
                    self._add(sheet.name, 1, heading, ProblemCode.LANGUAGE_WITHOUT_CODE, name=heading)

    # settings

    def _settings(self) -> dict[str, str]:
        sheet = self.sources.settings
        for column in sheet.columns:
            if column and column not in _SETTINGS:
                self._add(
                    "settings", 1, column, ProblemCode.COLUMN_UNKNOWN, name=column, hint=similar(column, _SETTINGS)
                )
        settings = dict(sheet.rows[0].cells) if sheet.rows else {}
        for column in ("form_id", "form_title", "version"):
            if sheet.columns and not settings.get(column):
                self._add("settings", 2, column, ProblemCode.CELL_MISSING, detail=f"Write the {column} of the form")
        return settings

    def _check_outcomes(self, definition: Definition) -> None:
        """An outcome of a table is a code of the list that it is read by, or missing; a slip would be a new outcome."""
        outcomes = definition.settings.get("outcomes", "outcome")
        listed = dict.fromkeys(definition.deciding, outcomes)
        for table in definition.tables.values():
            listed.update({one.name: one.list_name for one in table.variables if one.name in definition.tables})
        for name, list_name in listed.items():
            if name not in definition.tables or list_name not in definition.lists:
                continue
            codes = (*definition.lists[list_name].codes, MISSING)
            for rule in definition.tables[name].rules:
                if rule.outcome and rule.outcome not in codes:
                    hint, allowed = similar(rule.outcome, codes), ", ".join(codes)
                    facts = (("value", rule.outcome), ("hint", hint), ("allowed", allowed))
                    where = f"decisions/{name}"
                    self.problems.append(Problem(where, rule.row, "outcome", None, ProblemCode.VALUE_UNKNOWN, facts))

    def _check_settings(self, definition: Definition) -> None:
        settings = definition.settings
        if "final" in settings and not set(definition.deciding) <= set(definition.tables):
            self._setting("final", settings)
        for name in ("lane", "text_language"):
            if name in settings and settings[name] not in definition.items:
                self._setting(name, settings)
        related = settings.get("related", "").split()
        for part in settings.get("linked", "").split():
            record, _, table = part.partition("/")
            if not table or record not in related:
                self._add("settings", 2, "linked", ProblemCode.SETTING_UNKNOWN, name="linked", value=part)
        columns = {column for choices in definition.lists.values() for column in choices.columns}
        for name in definition.translated:
            if name not in columns:
                self._add("settings", 2, "translated", ProblemCode.SETTING_UNKNOWN, name="translated", value=name)
        deciding = [definition.tables[name] for name in definition.deciding if name in definition.tables]
        known = {variable.name for table in deciding for variable in table.variables}
        for name in settings.get("judged", "").split():
            if name not in known:
                self._add("settings", 2, "judged", ProblemCode.SETTING_UNKNOWN, name="judged", value=name)
        for setting in ("due_dates", "dates_ahead"):
            for name in settings.get(setting, "").split():
                if name not in definition.items or definition.items[name].is_container:
                    self._add("settings", 2, setting, ProblemCode.SETTING_UNKNOWN, name=setting, value=name)
        if settings.get("sealed", "no") not in {"yes", "no"}:
            self._setting("sealed", settings)

    def _setting(self, name: str, settings: Mapping[str, str]) -> None:
        self._add("settings", 2, name, ProblemCode.SETTING_UNKNOWN, name=name, value=settings[name])

    # choices

    def _lists(self) -> dict[str, ChoiceList]:
        sheet = self.sources.choices
        for column in ("list_name", "name", "label"):
            if sheet.columns and column not in {heading.partition("::")[0] for heading in sheet.columns}:
                self._add("choices", 1, column, ProblemCode.COLUMN_MISSING, name=column)
        grouped: dict[str, dict[str, Choice]] = {}
        columns: dict[str, dict[str, None]] = {}
        for row in sheet.rows:
            choice = self._choice(row)
            name = row.cell("list_name")
            if choice is None:
                continue
            if choice.code in grouped.setdefault(name, {}):
                self._add("choices", row.number, "name", ProblemCode.CHOICE_TWICE, name=choice.code, list=name)
            grouped[name].setdefault(choice.code, choice)
            columns.setdefault(name, {}).update(dict.fromkeys(choice.facts))
        facts = tuple(
            heading
            for heading in sheet.columns
            if "::" not in heading and heading not in {"list_name", "name", "label"}
        )
        return {
            name: ChoiceList(
                name, tuple(column for column in facts if column in columns[name]), tuple(choices.values())
            )
            for name, choices in grouped.items()
        }

    def _choice(self, row: Row) -> Choice | None:
        code = whole(row.cell("name"))
        if not row.cell("list_name") or not code:
            column = "name" if row.cell("list_name") else "list_name"
            self._add("choices", row.number, column, ProblemCode.CELL_MISSING, detail="Name the list and the choice")
            return None
        if not _CODE.fullmatch(code):
            self._add("choices", row.number, "name", ProblemCode.NAME_BAD, name=code)
            return None
        label = row.cell("label") or next((text for name, text in row.cells.items() if name.startswith("label::")), "")
        facts = {name: whole(text) for name, text in row.cells.items() if "::" not in name}
        return Choice(
            code, label, {name: text for name, text in facts.items() if name not in {"list_name", "name", "label"}}
        )

    # words

    def _words(self) -> dict[str, dict[str, str]]:
        """The translations of PO files and of `label::Language (code)` columns, by language and context."""
        words = {
            language: {c: text for c, (text, _, _) in texts.items()} for language, texts in self.sources.words.items()
        }
        for sheet, context in ((self.sources.survey, _survey_context), (self.sources.choices, _choice_context)):
            headings = _translated(sheet)
            for row in sheet.rows:
                for heading, text in row.cells.items():
                    if heading in headings:
                        column, language = headings[heading]
                        words.setdefault(language, {})[context(row, column)] = text
        return words

    # variables of decision tables

    def _check_sources_of_variables(self, definition: Definition) -> None:
        for row in _rows(self.sources, "variables"):
            source = row.cell("from")
            if source and source not in definition.items:
                hint = similar(source, definition.items)
                sheet = "decisions/variables"
                self._add(sheet, row.number, "from", ProblemCode.REFERENCE_UNKNOWN, name=source, hint=hint)

    def _add(self, sheet: str, row: int, column: str, code: ProblemCode, **facts: object) -> None:
        self.problems.append(Problem(sheet, row, column, None, code, tuple((k, str(v)) for k, v in facts.items())))


def _translated(sheet: Sheet) -> dict[str, tuple[str, str]]:
    """The headings such as `label::Français (fr)`, each with its column and language."""
    headings: set[str] = set().union(*(row.cells for row in sheet.rows))
    matches = {heading: _TRANSLATED.fullmatch(heading) for heading in headings}
    return {heading: (match["column"], _language(match["language"])) for heading, match in matches.items() if match}


def _rows(sources: Sources, name: str) -> tuple[Row, ...]:
    return sources.decisions.get(name, Sheet(name)).rows


def _place(problem: Problem) -> tuple[str, int, str, int]:
    return problem.sheet, problem.row, problem.column, problem.offset or 0


def _language(name: str) -> str:
    """`Français (fr)` is fr; a bare code is itself."""
    match = _LANGUAGE_CODE.fullmatch(name)
    return match["code"] if match else name.strip()


def _survey_context(row: Row, column: str) -> str:
    return f"survey:{row.cell('name')}:{column}"


def _choice_context(row: Row, column: str) -> str:
    return f"choices:{row.cell('list_name')}:{whole(row.cell('name'))}:{column}"
