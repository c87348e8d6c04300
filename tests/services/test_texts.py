"""Hits in the free texts of a record, their ticks, and what is final only without an open one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.errors import SigningError
from hrddp_desktop.services import assessment, documents, scanner, scanner_words, signatures, texts

if TYPE_CHECKING:
    from hrddp_desktop.report.content import Snapshot
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.records import Assessment, Office

NAME = "Colonel Example"
NOT_APPLICABLE = {
    "a0_title": f"Course held by {NAME}",
    "a0_stage": "proposal",
    "a1_any_security": "no",
    "a1_indirect": "no",
    "a1_partner_links": "no",
    "a1_escort": "no",
}
SIGNER = "four quiet boats"


@pytest.fixture
def record(office: Office) -> Assessment:
    """A complete record with one name in its title."""
    opened = office.new_assessment()
    for path, raw in NOT_APPLICABLE.items():
        opened.answer(path, raw)
    return opened


def found(record: Assessment) -> list[tuple[str, str, bool]]:
    return [(hit.path, hit.words, hit.seen) for hit in record.hits()]


def snapshot(record: Assessment) -> Snapshot:
    return documents.freeze(record.session, record.record, record.created, language="en", marks=record.marks)


# --------------------------------------------------------------------------------------------------------------- hits


def test_a_hit_names_its_question_its_kind_and_what_stands_around_it(record: Assessment) -> None:
    (hit,) = record.hits("fr")
    assert (hit.path, hit.row, hit.kind.value, hit.words) == ("a0_title", "", "person", NAME)
    assert (hit.before, hit.after, hit.seen) == ("Course held by ", "", False)
    assert hit.label == record.view("a0_title", "fr").label


def test_a_long_text_is_shown_by_the_words_around_the_hit(record: Assessment) -> None:
    record.answer("a0_title", f"{'so many words ' * 9}of {NAME}, {'and more ' * 20}")
    (hit,) = record.hits()
    assert hit.before.startswith("… ")
    assert hit.after.endswith(" …")
    assert set(f"{hit.before} {hit.after}".replace(",", "").split()) == {
        "…",
        "so",
        "many",
        "words",
        "of",
        "and",
        "more",
    }


def test_a_hit_in_a_cell_names_its_row(office: Office) -> None:
    record = office.new_assessment()
    for path, raw in {"a0_stage": "concept", "a1_any_security": "yes"}.items():
        record.answer(path, raw)
    row = record.add_row("a1_recipients").added_row
    record.answer(f"a1_recipients/{row}/rec_name", f"Post of {NAME}")
    (hit,) = record.hits()
    assert (hit.path, hit.row) == (f"a1_recipients/{row}/rec_name", row)
    assert hit.place.startswith(f"{row} · ")
    record.remove_row("a1_recipients", str(row))
    assert record.hits() == ()


def test_what_is_said_in_place_of_an_answer_is_read_too(record: Assessment) -> None:
    excused = next(
        view.path
        for page in record.pages()
        for view in record.page(page.name, "en")
        if "later" in view.excuse_kinds and view.relevant
    )
    record.excuse(excused, "later", "not known", "ask 0912 345 678")
    assert (excused, "0912 345 678", False) in found(record)


def test_an_answer_that_does_not_apply_is_not_read(record: Assessment) -> None:
    record.answer("a1_indirect", "yes")
    record.answer("a1_indirect_text", "by way of Captain Example")
    assert ("a1_indirect_text", "Captain Example", False) in found(record)
    record.answer("a1_indirect", "no")
    assert "a1_indirect_text" not in {path for path, *_ in found(record)}


# --------------------------------------------------------------------------------------------------------------- ticks


def test_a_tick_is_kept_and_undone(record: Assessment, office: Office) -> None:
    record.tick("a0_title", NAME)
    assert found(record) == [("a0_title", NAME, True)]
    assert found(office.open(record.record)) == [("a0_title", NAME, True)]
    record.undo()
    assert found(record) == [("a0_title", NAME, False)]
    assert found(office.open(record.record)) == [("a0_title", NAME, False)]


def test_a_tick_can_be_taken_back(record: Assessment) -> None:
    record.tick("a0_title", NAME)
    record.tick("a0_title", NAME, seen=False)
    assert found(record) == [("a0_title", NAME, False)]
    assert dict(record.marks) == {}


def test_a_tick_holds_while_its_words_stay_and_falls_when_they_change(record: Assessment) -> None:
    record.tick("a0_title", NAME)
    record.answer("a0_title", f"Another course held by {NAME}, in spring")
    assert found(record) == [("a0_title", NAME, True)]
    record.answer("a0_title", f"Course held by {NAME} Sample")
    assert found(record) == [("a0_title", f"{NAME} Sample", False)]


def test_a_mark_does_not_hold_the_words(record: Assessment) -> None:
    record.tick("a0_title", NAME)
    kept = json.dumps({path: dict(named) for path, named in record.marks.items()})
    assert "Example" not in kept
    assert len(record.marks["a0_title"][texts.SEEN]) == 12


def test_ticks_travel_with_the_answers(record: Assessment, office: Office) -> None:
    record.tick("a0_title", NAME)
    content = json.loads(record.answers_file())
    content.pop("record")
    again = office.open(office.import_answers(assessment.read(json.dumps(content).encode(), "a file")))
    assert found(again) == [("a0_title", NAME, True)]
    assert json.loads(again.answers_file())["marks"] == json.loads(record.answers_file())["marks"]


def test_marks_of_answers_that_are_gone_do_not_travel(record: Assessment) -> None:
    record.tick("a0_title", NAME)
    record.answer("a0_title", "Course for the 4th Sector")
    assert "marks" not in json.loads(record.answers_file())
    assert "marks" not in json.loads(snapshot(record).answers)


def test_marks_of_answers_that_do_not_apply_do_not_travel(record: Assessment) -> None:
    record.answer("a1_indirect", "yes")
    record.answer("a1_indirect_text", "by way of Captain Example")
    record.tick("a1_indirect_text", "Captain Example")
    assert "marks" in json.loads(record.answers_file())
    record.answer("a1_indirect", "no")
    assert "marks" not in json.loads(record.answers_file())


def test_marks_of_a_question_that_does_not_exist_are_left_out(office: Office) -> None:
    raw = json.dumps({"form": "assessment", "answers": {}, "marks": {"a9_none": {"seen": "0" * 12}}}).encode()
    assert dict(office.open(office.import_answers(assessment.read(raw, "a file"))).marks) == {}


# ----------------------------------------------------------------------------------------------------------- documents


def test_with_an_open_hit_the_document_is_a_draft_that_names_what_is_open(record: Assessment) -> None:
    shot = snapshot(record)
    label = record.view("a0_title", "en").label
    assert shot.draft is not None
    assert shot.signers == ()
    assert shot.missing == (f"{label}: looks like a name with a rank or a title; the reviewer has to look",)


def test_with_every_hit_ticked_the_document_is_final(record: Assessment) -> None:
    record.tick("a0_title", NAME)
    shot = snapshot(record)
    assert shot.draft is None
    assert shot.missing == ()
    assert shot.signers


def test_a_caller_who_forgets_the_marks_gets_a_draft(record: Assessment) -> None:
    record.tick("a0_title", NAME)
    assert documents.freeze(record.session, record.record, record.created, language="en").draft is not None


def test_a_draft_is_not_signed(record: Assessment, forms: Forms) -> None:
    with pytest.raises(SigningError):
        signed(documents.render(snapshot(record)), forms)


def test_a_document_that_says_it_is_final_is_not_signed_over_an_open_hit(record: Assessment, forms: Forms) -> None:
    final = documents.freeze(record.session, record.record, record.created, language="en", scans=False)
    assert final.draft is None
    with pytest.raises(SigningError) as refused:
        signed(documents.render(final), forms)
    assert "Texts in it may lead to persons (1)" in str(refused.value.sentences())


def signed(pdf: bytes, forms: Forms) -> bytes:
    p12 = signatures.new_identity("Ada Example", "Project manager", "DORV", SIGNER)
    signatures.make_known(signatures.card(p12, SIGNER), paths.trust_file())
    return signatures.sign(pdf, p12, SIGNER, forms, role="preparer")


def test_a_check_draws_the_same_pages_again_whatever_words_it_knows(
    record: Assessment, forms: Forms, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.tick("a0_title", NAME)
    pdf = signed(documents.render(snapshot(record)), forms)
    assert signatures.check(pdf, paths.trust_file(), forms).verdict.name == "IN_CIRCULATION"
    for words in ({"rank": ["course", "Course"]}, {}):
        other = scanner_words.vocabulary_of(words)
        monkeypatch.setattr(scanner, "installed_vocabulary", lambda other=other: other)
        assert signatures.check(pdf, paths.trust_file(), forms).verdict.name == "IN_CIRCULATION"


def test_decide_names_the_open_hits_and_not_their_words(record: Assessment) -> None:
    told = assessment.decide(record.session, record.marks)
    assert told["open_hits"] == [{"path": "a0_title", "kind": "person"}]
    record.tick("a0_title", NAME)
    assert assessment.decide(record.session, record.marks)["open_hits"] == []


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_a_draft_says_it_in_its_language_and_prints_no_mark(record: Assessment, language: str) -> None:
    record.answer("a0_objective", "Call 0912 345 678")
    record.tick("a0_title", NAME)
    shot = documents.freeze(record.session, record.record, record.created, language=language, marks=record.marks)
    (line,) = shot.missing
    assert "0912" not in line
    assert line.startswith(record.view("a0_objective", language).label)
    printed = repr([getattr(shot, name) for name in shot.__slots__ if name != "answers"])
    assert record.marks["a0_title"][texts.SEEN] not in printed
