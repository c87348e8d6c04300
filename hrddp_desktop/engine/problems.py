"""What can be wrong with a form: where it is, what it is, and what the author can do about it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from hrddp_desktop.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterable


class ProblemCode(Enum):
    """The catalogue of authoring mistakes; each sentence ends with the remedy."""

    # sheets
    SHEET_MISSING = N_("The sheet {sheet} is missing. Add it to the folder of the form.")
    SHEET_UNREADABLE = N_("The sheet cannot be read: {detail}. Save it again as CSV in UTF-8.")
    COLUMN_UNKNOWN = N_("The column {name} is not known{hint}. Correct the heading or take the column out.")
    LANGUAGE_WITHOUT_CODE = N_(
        "The heading {name} names a language without its code, and other tools then show none. "
        "Write it as label::Français (fr)."
    )
    COLUMN_TWICE = N_("The column {name} stands twice. Take one of them out.")
    COLUMN_MISSING = N_("The column {name} is missing. Add it to the sheet.")
    HEADING_MISSING = N_("Cell {cell} has no heading above it. Give its column a heading, or empty the cell.")
    ROW_TOO_LONG = N_("The row has more cells than the sheet has columns. Put texts with commas in quotes.")
    SETTING_UNKNOWN = N_("The setting {name} = {value} fits nothing in the form. Correct it.")
    TRANSLATION_UNKNOWN = N_(
        "The translation {name} belongs to nothing in the form. Take it out or correct its context."
    )

    PLACEHOLDER_LOST = N_("The translation of {name} has other ${{names}} in it than the English. Make them the same.")

    # structure
    TYPE_UNKNOWN = N_("The type {value} is not known{hint}. Use a type of the form language.")
    NAME_MISSING = N_("The row has no name. Give it one in the column name.")
    NAME_BAD = N_("The name {name} is not allowed. Use letters, digits, _ and -, beginning with a letter or _.")
    NAME_TWICE = N_("The name {name} is used before, in row {first}. Choose another name.")
    GROUP_NOT_CLOSED = N_("The group or table {name} is never closed. Add its end row.")
    GROUP_NOT_OPEN = N_("There is nothing to close here. Take the row out or add the begin row.")
    GROUP_CLOSED_WRONG = N_("This row closes {found}, but {open} is still open. Close that first.")
    TABLE_IN_TABLE = N_("The table {name} stands inside the table {outer}. Tables cannot be nested; link rows instead.")
    VALUE_UNKNOWN = N_("The value {value} is not allowed in this column{hint}. Use one of: {allowed}.")
    CELL_NOT_USED = N_("The type {type} has no use for this column. Empty the cell.")
    CELL_MISSING = N_("The cell is empty. {detail}.")
    FILL_BAD = N_("The question {name} cannot be filled: {detail}. Write question=column, several with blanks between.")
    OFFER_BAD = N_("The table {name} cannot offer rows: {detail}. Write question = expression.")
    DEFAULT_BAD = N_("The default {value} is no answer to the question: {detail}. Correct it.")
    ROWS_MADE = N_(
        "The rows of {table} come from its calculation and hold no answers. Make {name} a calculation, or move it out."
    )
    LIST_MISSING = N_("The choice list {name} does not exist. Add it to the sheet choices or correct the name.")
    CHOICE_TWICE = N_("The choice {name} stands twice in the list {list}. Take one of them out.")
    TABLE_MISSING = N_("There is no table {name} to link to. Correct the name.")
    EXAMPLE_UNKNOWN = N_("There is no worked case {name}{hint}. Correct the name or add its answers file.")
    SOURCE_MISSING = N_("The item {name} has no source. Name the policy reference it comes from.")

    # expressions
    SYNTAX = N_("The expression cannot be read at sign {at}: {detail}.")
    CURLY_QUOTE = N_("There is a curly quote at sign {at}. Replace it by a straight one.")
    TOO_LONG = N_("The expression is longer than {limit} signs. Split it into calculations.")
    TOO_DEEP = N_("The expression is nested deeper than {limit} levels. Split it into calculations.")
    FUNCTION_UNKNOWN = N_("The function {name} is not part of the form language{hint}. Use another one.")
    ARGUMENTS = N_("The function {name} takes {expected}, not {count}. Correct the brackets and commas.")
    ARGUMENT_KIND = N_("The function {name} needs {expected} here. Correct the argument.")
    REFERENCE_UNKNOWN = N_("There is no question named {name}{hint}. Correct the name.")
    PATH_UNKNOWN = N_("There is nothing named {name} at this place of the path. Correct the path, or write ${{name}}.")
    PATH_NOT_ALLOWED = N_(
        "The path step {name} is not part of the form language. Name the question, best as ${{name}}."
    )
    NO_VALUE = N_("The group {name} has no value of its own. Name a question in it.")
    COLUMN_NOT_IN_LIST = N_("The choice list {list} has no column {name}. Correct the name or add the column.")
    CODE_NOT_IN_LIST = N_(
        "The value {value} is not a choice of {name}, so the comparison can never be true. Correct it."
    )
    OWN_TABLE = N_("Inside its own table {name} is one cell, not the column. Move the calculation out of the table.")
    PATTERN = N_("The pattern is outside the safe dialect: {detail}. Simplify it.")
    HIDE_EACH_OTHER = N_("These questions hide each other: {names}. Let one of them show without the other.")
    CIRCULAR = N_("The calculation runs in a circle: {names}. Take one of the references out.")

    # decision tables
    VARIABLE_MISSING = N_("The variable {name} of the decision table has no row in variables.csv. Add it.")
    VARIABLE_UNUSED = N_("The decision table {table} has no column {name}. Take the row out or correct it.")
    SOURCE_IN_ROWS = N_("The variable {name} reads a column of another table. Calculate one value from the rows first.")
    CELL_BAD = N_("The cell cannot be read: {detail}. Write values of the list, missing, or not and values.")
    RULE_MISSING = N_("The row has no rule id. Give it one; alternatives of one rule stand beside each other.")
    RULE_TWICE = N_("The rule {name} stands in two places. Put its alternatives beside each other.")
    NO_OUTCOME = N_("This combination has no outcome: {values}. Add a row for it, or a last row with blank cells.")
    DEAD_ROW = N_("The row can never fire: earlier rows catch all it could. Move it up or take it out.")
    DECISION_MISSING = N_("There is no decision table {name}. Add the sheet or correct the name.")

    # workbooks
    FORMULA = N_("The cell holds a formula. Write the text or the number itself.")
    CELL_ERROR = N_("The cell holds the error {value}. Write the text or the number itself.")
    SHEET_UNKNOWN = N_(
        "The sheet {name} is no part of a form{hint}. Let its name begin with notes, or take the sheet out."
    )
    MADE_CELL_CHANGED = N_(
        "This cell is made for other programs and does not come back. Write the change in the column {name}."
    )
    TRANSLATION_ALONE = N_("There is a translation but no English text. Write the English, or empty the cell.")

    # state machines
    GUARD_PROSE = N_(
        "The guard is no condition at sign {at}: {detail}. Write an expression over questions, such as x_on != ''; "
        "words belong into the column evidence or clock."
    )
    STATE_UNREACHABLE = N_("No step leads to the state {name}. Add one, or take the state out.")
    STATE_DEAD_END = N_("No step leads out of the state {name}. Add one, or write no in its column open in choices.")
    OUTCOME_WITHOUT_STEP = N_("The outcome {outcome} permits no step. Add a row whose guard it fulfils.")

    # what a form can be filled in with, but not as its author meant
    NUMBER_MAY_BE_BLANK = N_(
        "The number {name} may be unanswered, and then the result is blank. Write coalesce(${{{name}}}, 0), "
        "or test it first."
    )
    SUM_OF_OPTIONAL = N_(
        "The column {name} may have blank cells, and then the sum is blank. Require it, or sum only the rows that fit."
    )
    UNREACHABLE = N_("This can never be relevant: its conditions contradict each other. Correct them or take it out.")
    GUIDANCE_MISSING = N_("The question {name} has no guidance. Say in guidance_hint how to answer it.")
    WITHHELD_READ = N_(
        "{name} is strictly confidential and leaves in no document, but this reads it. Let a calculation say what may "
        "be told, and read that."
    )
    TRANSLATION_MISSING = N_("There is no translation of {name} into {language}. Add it.")
    TRANSLATION_STALE = N_("The translation of {name} into {language} is of an older text. Look at it again.")
    NOT_MONOTONE = N_(
        "When {variable} rises, rule {rule} softens what rule {harsher} says. Move the row, or narrow its cells."
    )

    # guidance
    WORD_TWICE = N_("The word {name} leads to the term {first} already. Leave it in one of the two.")
    NOTE_QUESTION_UNKNOWN = N_("The note belongs to {name}, and no form has such a question{hint}. Correct the name.")

    # versions
    RENAME_BAD = N_("The row does not have the shape of its rule: {detail}. Correct the paths or the rule.")
    NAME_VANISHED = N_("Version {version} has the question {name}, this one has not. Add a row that renames it.")
    TYPE_CHANGED = N_("The question {name} was {was} in version {version}. Give that back; ask anew by another name.")
    CHOICE_VANISHED = N_(
        "The choice {name} of the list {list} is gone. Put it back, or add a row that renames the code."
    )


WARNINGS = frozenset(
    {
        ProblemCode.NUMBER_MAY_BE_BLANK,
        ProblemCode.SUM_OF_OPTIONAL,
        ProblemCode.UNREACHABLE,
        ProblemCode.GUIDANCE_MISSING,
        ProblemCode.TRANSLATION_MISSING,
        ProblemCode.TRANSLATION_STALE,
        ProblemCode.NOT_MONOTONE,
        # A note may wait for its question, which perhaps stands in a form that is not installed here.
        ProblemCode.NOTE_QUESTION_UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one cell. `row` counts as a spreadsheet does, headings being row 1; `offset` counts signs."""

    sheet: str
    row: int
    column: str
    offset: int | None
    code: ProblemCode
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def is_warning(self) -> bool:
        """The form can be used as it is."""
        return self.code in WARNINGS

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in English; the untranslated template is `code.value`."""
        at = "" if self.offset is None else str(self.offset + 1)
        return self.code.value.format(**{"at": at, **dict(self.facts)})

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.sheet, f"row {self.row}", self.column) if part)
        return f"{place}: {self.sentence}"


def similar(name: str, known: Iterable[str]) -> str:
    """A hint at a name that was perhaps meant, or nothing."""
    close = similar_name(name, known)
    return f"; perhaps {close} was meant" if close else ""


def similar_name(name: str, known: Iterable[str]) -> str:
    """The known name that is most like this one, or nothing."""
    return next(iter(difflib.get_close_matches(name, list(known), 1, 0.75)), "")


class ExpressionError(Exception):
    """An expression cannot be read, used or evaluated; `offset` counts signs from its start."""

    def __init__(self, code: ProblemCode, offset: int = 0, **facts: object) -> None:
        super().__init__(code.name)
        self.code = code
        self.offset = offset
        self.facts = tuple((name, str(value)) for name, value in facts.items())
