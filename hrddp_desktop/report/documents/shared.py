"""What several documents say in the same words: furniture, bases, reasons, questions with their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.errors import N_
from hrddp_desktop.report.blocks import Block, Cell, Column, Facts, Furniture, Heading, Paragraph, Table
from hrddp_desktop.report.content import Grid, Item, Outcome, Reason, Section, isolate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.report.content import Signer, Snapshot

_BASES = {
    "house": N_("House rule of this form, version {version}, not policy."),
    "policy_second_hand": N_("Policy, as known second hand; paragraph not confirmed."),
    "policy_text": N_("Policy text."),
}
_ROLES = {"preparer": N_("Preparer"), "reviewer": N_("Reviewer"), "approver": N_("Approver")}
# More columns than these are not readable on upright paper: each row is then set as a list of its own.
_WIDEST_GRID = 5
_LONG_QUESTION = 80
_SHORT_ANSWER = 60
# Measures of a column, in signs.
# In letters: the longest text that a column widens for, a full line, the blank beside a text.
_WIDEST, _LINE, _MARGIN = 40, 84, 3


def furniture(snapshot: Snapshot, words: Words) -> Furniture:
    """What stands on every page."""
    reference = words(
        "{reference} · version {version}", reference=isolate(snapshot.reference), version=snapshot.version
    )
    # The number of pages is filled in when they are drawn.
    page = words("Page {page} of {pages}", page="{page}", pages="{pages}")
    return Furniture(reference, snapshot.marking, _state(snapshot, words), page)


def _state(snapshot: Snapshot, words: Words) -> str:
    """The line at the foot of every page: which state this is."""
    if snapshot.draft is None:
        return words(
            "Complete · state of {date} · answers {hash}",
            date=words.date(snapshot.as_of),
            hash=isolate(snapshot.answers_sha256[:12]),
        )
    code, at = isolate(snapshot.draft.code), isolate(snapshot.draft.at)
    missing = count_missing(snapshot, words)
    return words("DRAFT {code} · {at} · {missing} · not signed", code=code, at=at, missing=missing)


def count_missing(snapshot: Snapshot, words: Words) -> str:
    """How far the state is from complete, in words."""
    count = len(snapshot.missing)
    if count == 0:
        return words("not complete")
    if count == 1:
        return words("1 answer missing")
    return words("{count} answers missing", count=words.number(count))


def title(snapshot: Snapshot, words: Words) -> str:
    """The title of the activity, or words in its place."""
    return snapshot.title or words("Activity without a title yet")


def listed(parts: Iterable[str], words: Words) -> str:
    """Several names in one line, each reading its own way."""
    return ("، " if words.right_to_left else ", ").join(isolate(part) for part in parts if part)


def not_official(words: Words) -> str:
    """What the app is not."""
    return words("This app is not an official IOM or UN product. It carries no emblem and speaks for no organization.")


def rule_and_basis(reason: Outcome | Reason, snapshot: Snapshot, words: Words) -> str:
    """The rule of an outcome or a result, and what it rests on."""
    basis = _basis(reason.basis, snapshot, words)
    if not reason.rule:
        return basis
    return words("Rule {rule}. {basis}", rule=isolate(reason.rule), basis=basis).strip()


def _basis(basis: str, snapshot: Snapshot, words: Words) -> str:
    if basis not in _BASES:
        return ""
    return words(_BASES[basis], version=isolate(snapshot.form_version))


def fact(label: str, text: str, style: str = "cell") -> tuple[Cell, Cell]:
    """One line of a table of facts."""
    return Cell(label, "label"), Cell(text, style)


def reasons_table(reasons: tuple[Reason, ...], snapshot: Snapshot, words: Words) -> Table:
    """Rows that hold; their results have a column when each row has its own word for it."""
    labelled = all(reason.label for reason in reasons)
    columns = [Column(words("Rule"), 0.12), Column(words("Reason"), 0.4), Column(words("Rests on"), 0.3)]
    if labelled:
        columns.insert(1, Column(words("Result"), 0.2))
    return Table(tuple(columns), tuple(_reason(reason, labelled, snapshot, words) for reason in reasons))


def _reason(reason: Reason, labelled: bool, snapshot: Snapshot, words: Words) -> tuple[Cell, ...]:
    label = (Cell(reason.label),) if labelled else ()
    basis = Cell(_basis(reason.basis, snapshot, words), "label")
    return (Cell(reason.rule, "cell_strong"), *label, Cell(reason.reason), basis)


def result(result: Reason, snapshot: Snapshot, words: Words) -> Facts:
    """The verdict of an Action: word, sentence, what it rests on."""
    return Facts(
        (
            (Cell(words("Result"), "label"), Cell(result.label or words("None yet"), "cell_strong")),
            (Cell(words("Reason"), "label"), Cell(result.reason)),
            (Cell(words("Rests on"), "label"), Cell(rule_and_basis(result, snapshot, words))),
        )
    )


def section_blocks(section: Section, words: Words, *, titled: bool) -> list[Block]:
    """The answers of one page of the form, with its tables."""
    blocks: list[Block] = [Heading(2, section.title)] if titled and section.title and section.items else []
    answers: list[tuple[Cell, Cell]] = []
    for item in section.items:
        if isinstance(item, Item):
            answers.append(_answer(item, words))
            continue
        if answers:
            blocks.append(_answers(answers))
            answers = []
        blocks += [] if titled and item.title == section.title else [Heading(2, item.title)]
        blocks += _grid(item, words)
    if answers:
        blocks.append(_answers(answers))
    return blocks


def _answers(answers: list[tuple[Cell, Cell]]) -> Facts:
    """Questions beside answers; long questions with short answers have the larger part."""
    asked = max(len(question.text) for question, _answer in answers)
    answered = max(len(answer.text) for _question, answer in answers)
    return Facts(tuple(answers), share=0.64 if asked > _LONG_QUESTION and answered <= _SHORT_ANSWER else 0.38)


def _answer(item: Item, words: Words) -> tuple[Cell, Cell]:
    if not item.text:
        return Cell(item.label, "label"), Cell(words("Not answered"), "cell_muted")
    return Cell(item.label, "label"), Cell(item.text, language=item.language)


def _grid(grid: Grid, words: Words) -> list[Block]:
    if not grid.rows:
        return [Paragraph(words("No rows."), "muted")]
    # On the pages after the first a row has no column that names it.
    known = grid.names or ("",) * len(grid.rows)
    names = ["" if name in row else name for row, name in zip(grid.rows, known, strict=True)]
    if len(grid.headings) > _WIDEST_GRID:
        cards = (_card(grid.headings, row, name, words) for row, name in zip(grid.rows, names, strict=True))
        return [block for card in cards for block in card]
    rows = [
        (f"{isolate(row[0])} {isolate(name)}", *row[1:]) if name else row
        for row, name in zip(grid.rows, names, strict=True)
    ]
    texts = zip(grid.headings, *rows, strict=True)
    shares = _shares([*texts])
    columns = tuple(Column(heading, share) for heading, share in zip(grid.headings, shares, strict=True))
    return [Table(columns, tuple(tuple(Cell(text) for text in row) for row in rows))]


def _shares(columns: list[tuple[str, ...]]) -> list[float]:
    """How much of the line each column gets, in letters: its longest word at least, its longest text at most."""
    words = [[word for text in column for word in text.split()] for column in columns]
    least = [min(max(map(len, [*each, ""])), _WIDEST // 2) + _MARGIN for each in words]
    wanted = [max(low, min(max(map(len, column)), _WIDEST)) for low, column in zip(least, columns, strict=True)]
    asked, spare = sum(wanted) - sum(least), max(_LINE - sum(least), 0)
    part = min(spare / asked, 1.0) if asked else 0.0
    return [low + (high - low) * part for low, high in zip(least, wanted, strict=True)]


def _card(headings: tuple[str, ...], row: tuple[str, ...], name: str, words: Words) -> list[Block]:
    """One row of a wide table as a list of its own, under its number and name."""
    told = 1 if name else 2  # the heading says the number, and the first column where the row has no name
    titled = " ".join(isolate(text) for text in (row[0], name or row[1]) if text)
    facts = zip(headings[told:], row[told:], strict=True)
    answers = [(Cell(heading, "label"), Cell(text)) for heading, text in facts if text]
    return [Heading(3, titled or words("Row without a name")), *([_answers(answers)] if answers else [])]


def role_name(signer: Signer, words: Words) -> str:
    """The word for who signs."""
    return signer.label or words(_ROLES[signer.role])
