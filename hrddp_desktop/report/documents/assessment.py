"""The risk assessment report: every word of it that is the report's own, and the order of its blocks.

The order follows the reference, section 4.1; blocks of later Actions join when their answers exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.errors import N_
from hrddp_desktop.report.blocks import (
    Block,
    Cell,
    Column,
    Contents,
    CoverEnd,
    Document,
    Facts,
    Heading,
    Listing,
    OutcomeBox,
    Paragraph,
    Replaced,
    Signature,
    Table,
)
from hrddp_desktop.report.content import Reason, isolate
from hrddp_desktop.report.documents.shared import (
    count_missing,
    fact,
    furniture,
    listed,
    not_official,
    reasons_table,
    result,
    role_name,
    rule_and_basis,
    section_blocks,
    title,
)

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.report.content import Snapshot, Support

_SHAPES = {
    "may_proceed": N_("a circle with a tick"),
    "proceed_with_mitigation": N_("a shield with a tick"),
    "escalate": N_("a triangle with an arrow up"),
    "must_not_proceed": N_("an octagon with a bar"),
    "stop_open_action7": N_("an octagon with a bar"),
    "not_applicable": N_("a dash"),
}
_MEANINGS = {
    "preparer": N_("The facts are complete and true to my knowledge."),
    "reviewer": N_("The method was followed, the sources were weighed, and the check for harm was made."),
    "approver": N_("I accept the decision and its conditions."),
}
_WIDEST_MATRIX = 8


def build(snapshot: Snapshot, words: Words) -> Document:
    """The document of one state of a record."""
    blocks: list[Block] = [
        *_cover(snapshot, words),
        CoverEnd(),
        *_decision(snapshot, words),
        *_activity(snapshot, words),
        *_actions(snapshot, words),
        *_missing(snapshot, words),
        *_would_change(snapshot, words),
        *_signatures(snapshot, words),
        *_annex(snapshot, words),
    ]
    named = words("Human rights due diligence assessment {reference}", reference=isolate(snapshot.reference))
    return Document(named, title(snapshot, words), tuple(blocks), furniture(snapshot, words))


def _cover(snapshot: Snapshot, words: Words) -> list[Block]:
    blocks: list[Block] = [
        Paragraph(words("Human rights due diligence policy · Risk assessment report"), "overline"),
        Paragraph(title(snapshot, words), "title"),
    ]
    place = listed((snapshot.station, snapshot.country), words)
    if place:
        blocks.append(Paragraph(place, "place"))
    blocks += [
        _outcome_box(snapshot, words),
        Facts(tuple(_cover_facts(snapshot, words))),
        Paragraph(not_official(words), "muted"),
        Contents(words("Contents")),
    ]
    return blocks


def _outcome_box(snapshot: Snapshot, words: Words) -> OutcomeBox:
    outcome = snapshot.outcome
    lines = [Paragraph(outcome.reason, "outcome_reason")] if outcome.reason else []
    lines.append(Paragraph(rule_and_basis(outcome, snapshot, words), "outcome_basis"))
    for reason in outcome.also:
        also = words("Also {rule}: {reason}", rule=isolate(reason.rule), reason=isolate(reason.reason))
        lines.append(Paragraph(also, "outcome_basis"))
    lines.append(Paragraph(words("The decision is the approver's."), "cell_strong"))
    shape = words(_SHAPES.get(outcome.code, N_("a dashed circle")))
    alternative = words("Sign of the outcome {outcome}: {shape}", outcome=outcome.label, shape=shape)
    return OutcomeBox(outcome.code, outcome.label, tuple(lines), alternative)


def _cover_facts(snapshot: Snapshot, words: Words) -> list[tuple[Cell, Cell]]:
    state = words("Complete, to be signed")
    if snapshot.draft is not None:
        state = words(
            "Draft {code}, {missing}", code=isolate(snapshot.draft.code), missing=count_missing(snapshot, words)
        )
    facts = [
        (words("Reference"), snapshot.reference),
        (words("Version"), f"{snapshot.version} · {state}"),
        (words("Marking"), snapshot.marking),
        (words("State of"), words.date(snapshot.as_of)),
        *((item.label, item.text) for item in snapshot.facts),
    ]
    if snapshot.signers:
        roles = listed((role_name(signer, words) for signer in snapshot.signers), words)
        facts.append((words("To be signed by"), roles))
    rows = [fact(label, text) for label, text in facts]
    return [*rows, fact(words("Answers (SHA-256)"), snapshot.answers_sha256, "code")]


def _decision(snapshot: Snapshot, words: Words) -> list[Block]:
    outcome = snapshot.outcome
    first = Reason(outcome.rule, outcome.reason, outcome.basis, outcome.label)
    blocks: list[Block] = [
        Heading(1, words("Decision and reasons")),
        Paragraph(words("The form proposes this outcome. A person decides: the approver."), "body"),
        reasons_table((first, *outcome.also), snapshot, words),
    ]
    if outcome.open_questions:
        blocks += [
            Heading(2, words("Questions that may be asked now")),
            Paragraph(words("These rules hold already, whatever the missing answers will be.")),
            reasons_table(outcome.open_questions, snapshot, words),
        ]
    said = {outcome.rule, *(reason.rule for reason in outcome.also)}
    found = (result for section in snapshot.sections for result in section.results)
    results = tuple(result for result in found if result.rule not in said)
    if results:
        blocks += [Heading(2, words("Results that led to it")), reasons_table(results, snapshot, words)]
    return blocks


def _activity(snapshot: Snapshot, words: Words) -> list[Block]:
    blocks: list[Block] = [Heading(1, words("Activity and support"))]
    headers = [section for section in snapshot.sections if section.number == 0 and section.items]
    for section in headers:
        blocks += section_blocks(section, words, titled=len(headers) > 1)
    blocks += _support(snapshot, words)
    if len(blocks) == 1:
        blocks.append(Paragraph(words("Nothing is recorded yet.")))
    return blocks


def _support(snapshot: Snapshot, words: Words) -> list[Block]:
    blocks: list[Block] = []
    if snapshot.supports:
        blocks += [Heading(2, words("Which support goes to whom")), _matrix(snapshot, words)]
    if snapshot.recipients:
        columns = (Column(words("Unit"), 0.1), Column(words("Name"), 0.5), Column(words("Kind of body"), 0.4))
        rows = tuple(
            (Cell(unit.row, "cell_strong"), Cell(unit.name), Cell(unit.kind, "label")) for unit in snapshot.recipients
        )
        blocks += [Heading(2, words("Units")), Table(columns, rows)]
    taken_out = tuple(
        (Cell(f"{isolate(unit.row)} {isolate(unit.name)}", "label"), Cell(unit.taken_out))
        for unit in snapshot.recipients
        if unit.taken_out
    )
    if taken_out:
        blocks += [Heading(2, words("Units taken out, and how support is kept from them")), Facts(taken_out)]
    return blocks


def _matrix(snapshot: Snapshot, words: Words) -> Table:
    """Supports by units; with many units their numbers are listed, so that the table never outgrows the paper."""
    units = tuple(unit.row for unit in snapshot.recipients)
    marked = 0 < len(units) <= _WIDEST_MATRIX
    columns = [Column(words("Support"), 0.46)]
    columns += [Column(unit, 0.07, centred=True) for unit in units] if marked else [Column(words("For"), 0.24)]
    columns.append(Column(words("Class"), 0.18))
    rows = tuple(_support_row(support, units if marked else None, words) for support in snapshot.supports)
    return Table(tuple(columns), rows)


def _support_row(support: Support, units: tuple[str, ...] | None, words: Words) -> tuple[Cell, ...]:
    name = f"{isolate(support.row)} {isolate(support.kind)}"
    described = Cell(f"{name}\n{support.what}" if support.what else name)
    if units is None:
        given = [Cell(listed(support.recipients, words))]
    else:
        yes = Cell(words("yes"), "cell_strong")
        given = [yes if unit in support.recipients else Cell("–", "label") for unit in units]
    return (described, *given, Cell(support.support_class, "label"))


def _actions(snapshot: Snapshot, words: Words) -> list[Block]:
    blocks: list[Block] = []
    sections = [each for each in snapshot.sections if each.number > 0 and (each.items or each.results)]
    for place, section in enumerate(sections):
        if place == 0 or sections[place - 1].number != section.number:
            blocks.append(Heading(1, words("Action {number}", number=section.number)))
        if len(section.results) == 1:
            blocks.append(result(section.results[0], snapshot, words))
        elif section.results:
            blocks.append(reasons_table(section.results, snapshot, words))
        blocks += section_blocks(section, words, titled=True)
    return blocks


def _missing(snapshot: Snapshot, words: Words) -> list[Block]:
    if not snapshot.missing:
        return []
    return [
        Heading(1, words("What is missing")),
        Paragraph(words("These answers are due now. Nothing that is due later is listed.")),
        Listing(snapshot.missing),
    ]


def _would_change(snapshot: Snapshot, words: Words) -> list[Block]:
    blocks: list[Block] = [Heading(1, words("What would change this"))]
    if snapshot.would_change:
        return [
            *blocks,
            Paragraph(words("Facts that would lead to a lighter outcome. Evidence counts, not another rating.")),
            Listing(snapshot.would_change),
        ]
    if snapshot.missing:
        return [*blocks, Paragraph(words("The missing answers come first; the outcome follows from them."))]
    text = words("If a fact in this paper changes, open the record again: a new version is made and signed anew.")
    return [*blocks, Paragraph(text)]


def _signatures(snapshot: Snapshot, words: Words) -> list[Block]:
    if not snapshot.signers:
        return []
    blocks: list[Block] = [Heading(1, words("Signatures"))]
    if snapshot.draft is not None:
        text = words("This state is not complete. It may be read and discussed; it is not to be signed.")
        blocks.append(Paragraph(text, "strong", keeps=True))
    text = words(
        "Sign in this order, each a different person. The app's signature, an own certificate, and ink with a scan are "
        "of equal rank."
    )
    blocks.append(Paragraph(text, keeps=True))
    return [*blocks, *(_signature(place, snapshot, words) for place in range(len(snapshot.signers)))]


def _signature(place: int, snapshot: Snapshot, words: Words) -> Signature:
    signer = snapshot.signers[place]
    meaning = words(_MEANINGS[signer.role])
    if signer.role == "approver" and snapshot.outcome.code == "escalate":
        meaning = words("I accept that this is sent up. Headquarters answers by its own signed record.")
    return Signature(
        role=signer.role,
        title=f"{place + 1}. {role_name(signer, words)}",
        meaning=meaning,
        hint=words("Signature"),
        ink=(
            words("Name and function"),
            words("Post holder, or in charge by which delegation"),
            words("Place and date"),
            words("I sign with this reservation"),
        ),
        keeps=signer is not snapshot.signers[-1],
    )


def _annex(snapshot: Snapshot, words: Words) -> list[Block]:
    facts = (
        fact(words("Form"), f"{isolate(snapshot.form_title)} · {isolate(snapshot.form_version)}"),
        fact(words("Rules of the form"), snapshot.definition, "code"),
        fact(words("Record"), snapshot.record, "code"),
        fact(words("Record begun on"), words.date(snapshot.created)),
        fact(words("Judged as of"), words.date(snapshot.as_of)),
        fact(words("Answers (SHA-256)"), snapshot.answers_sha256, "code"),
    )
    how = words(
        "The answers that this paper was made from are attached to the PDF as {file}. With them and the same rules, "
        "the outcome can be computed again; the app does so when it checks the file.",
        file=isolate("assessment.json"),
    )
    if snapshot.withheld:
        how += " " + words(
            "Strictly confidential answers are in neither of the two; the results that rest on them are given by the "
            "office that holds the record."
        )
    # Filled by the layout, which alone knows what the fonts lack.
    replaced = words(
        "{count} characters have no printed form here and show as {sign}; the attached answers hold them.",
        count="{count}",
        sign="\N{REPLACEMENT CHARACTER}",
    )
    blocks: list[Block] = [
        Heading(1, words("Annex: how this paper was made")),
        Facts(facts),
        Paragraph(how),
    ]
    if snapshot.not_relevant:
        blocks += [Heading(2, words("Questions that are not relevant here")), Listing(snapshot.not_relevant)]
    return [*blocks, Replaced(replaced)]
