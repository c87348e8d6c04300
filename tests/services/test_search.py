"""Finding records again, on the shipped forms."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hrddp_desktop import paths
from hrddp_desktop.services import assessment, search
from hrddp_desktop.services.search import find, wanted

CASES = paths.data_root() / "tests" / "data" / "cases"

if TYPE_CHECKING:
    from hrddp_desktop.services.records import Office


def _found(office: Office, typed: str) -> list[search.Found]:
    return find(office, wanted(typed), "en", 50)


def test_an_answer_is_found_with_its_question_and_its_own_words(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "Formation à l'École de police")
    (found,) = _found(office, "ecole")
    assert found.summary.record == record.record
    assert found.snippet == "Formation à l'École de police"
    assert found.question


def test_a_recipient_is_found_by_its_row_and_a_choice_by_the_label_of_the_record_s_language(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a1_any_security", "yes")
    row = record.add_row("a1_recipients").added_row
    record.answer(f"a1_recipients/{row}/rec_name", "Garde côtière du Nord")
    record.answer(f"a1_recipients/{row}/rec_type", "border_control")
    label = record.session.definition.choice_label("force_type", "border_control", "fr")
    for typed in ("cotiere nord", label):
        assert [found.summary.record for found in _found(office, typed)] == [record.record]
    record.undo()
    assert _found(office, label) == []
    record.remove_row("a1_recipients", str(row))
    assert _found(office, "cotiere") == []
    record.undo()
    assert len(_found(office, "cotiere")) == 1


def test_what_is_strictly_confidential_is_found_nowhere(office: Office) -> None:
    record = office.new_assessment()
    definition = record.session.definition
    strict = [
        item
        for item in definition.items.values()
        if item.cell("sensitivity") == "strictly_confidential" and item.type == "text" and item.table
    ]
    assert strict
    for item in strict:
        made = record.add_row(str(item.table)).added_row
        record.answer(f"{item.table}/{made}/{item.name}", "quartz")
    assert _found(office, "quartz") == []
    record.answer("a0_title", "quartz")
    assert len(_found(office, "quartz")) == 1


def test_the_list_tells_when_something_is_due_next(office: Office) -> None:
    file = assessment.read((CASES / "case1.json").read_bytes(), "case1.json")
    record = office.import_answers(file)
    (line,) = office.records()
    assert (line.record, line.next_due) == (record, date(2026, 4, 10))  # the screening ends before the first review
    assert len(office.find(wanted(due=date(2026, 4, 10)), 5)) == 1
    assert office.find(wanted(due=date(2026, 4, 9)), 5) == ()


def test_a_review_of_the_past_is_no_longer_due(office: Office) -> None:
    file = assessment.read((CASES / "case1.json").read_bytes(), "case1.json")
    session = assessment.open_file(file, office.forms, date(2026, 9, 2))
    reviews = session.each("rev_date")
    for row in session.table("a3_screen_rows", "en").rows:
        session.set(f"a3_screen_rows/{row.row_id}/sc_valid_until", None)
    assert min(reviews) < "2026-09-02"
    assert assessment.next_due(session) == date(2027, 2, 15)


def test_a_number_of_days_is_a_day() -> None:
    assert assessment._day("20482") == date(2026, 1, 29)  # noqa: SLF001 - the one place that reads it
