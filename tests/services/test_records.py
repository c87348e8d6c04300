"""An answer is in the vault when it is on the screen, and not on the screen when it is not in the vault."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import AnswerError, Code, VaultError
from hrddp_desktop.services import vault
from hrddp_desktop.storage.records import Signature
from hrddp_desktop.storage.store import Store
from tests.services.conftest import PASSPHRASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.records import Assessment, Office

FIRST = ("a1_any_security", "a1_indirect", "a1_partner_links", "a1_escort")


def stored(office: Office, record: str) -> dict[str, object]:
    """The answers as a fresh reader of the vault finds them."""
    return office.open(record).session.answers()


def refuse(*_arguments: object, **_more: object) -> None:
    raise VaultError(Code.DISK_FULL)


def test_a_new_assessment_knows_the_office_and_is_incomplete(office: Office) -> None:
    record = office.new_assessment()
    assert record.session.value("a0_country") == "ILM"
    assert record.session.value("a0_duty_station") == "Dorva"
    assert record.language == "fr"
    assert record.reference.startswith("ILM-DORV-20")
    assert record.decision().outcome == "incomplete"
    assert record.missing()


def test_an_answer_is_there_for_the_next_reader(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "Police & Co <b>")
    assert stored(office, record.record)["a0_title"] == "Police & Co <b>"
    assert record.saved_at is not None
    assert office.records()[0].title == "Police & Co <b>"


def test_no_security_force_means_not_applicable_only_when_all_four_are_said(office: Office) -> None:
    record = office.new_assessment()
    for path in FIRST:
        assert record.decision().outcome == "incomplete"
        record.answer(path, "no")
    assert (record.decision().outcome, record.decision().rule) == ("not_applicable", "D01")
    assert office.records()[0].outcome == "not_applicable"


def test_an_answer_that_cannot_be_one_changes_nothing(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_start", "2026-03-05")
    with pytest.raises(AnswerError) as refused:
        record.answer("a0_start", "tomorrow")
    assert refused.value.code is Code.VALUE_NOT_ALLOWED
    assert record.session.value("a0_start") == stored(office, record.record)["a0_start"] == "2026-03-05"


def test_what_the_vault_refuses_is_not_on_the_screen_either(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    record = office.new_assessment()
    for path in FIRST[:3]:
        record.answer(path, "yes")
    row = str(record.add_row("a1_recipients").added_row)
    before = record.session.answers()
    steps: list[Callable[[], object]] = [
        lambda: record.answer("a0_title", "lost?"),
        lambda: record.excuse("a0_donor", "later", "asked", "finance"),
        lambda: record.add_row("a1_recipients"),
        lambda: record.remove_row("a1_recipients", row),
        record.undo,
    ]
    with monkeypatch.context() as patched:
        patched.setattr(Store, "commit_all", refuse)
        for step in steps:
            with pytest.raises(VaultError):
                step()
            assert record.session.answers() == before
    record.answer("a0_title", "not lost")
    assert stored(office, record.record)["a0_title"] == "not lost"


def test_every_step_can_be_taken_back_and_leaves_screen_and_vault_equal(office: Office) -> None:
    record = office.new_assessment()
    states = [record.session.answers()]
    for step in _steps(record):
        step()
        if record.session.answers() != states[-1]:
            states.append(record.session.answers())
    assert len(states) == 10
    while len(states) > 1:
        assert record.session.answers() == states.pop() == stored(office, record.record)
        record.undo()
    assert record.session.answers() == states[0] == stored(office, record.record)
    assert record.undo() is None


def _steps(record: Assessment) -> list[Callable[[], object]]:
    return [
        lambda: record.answer("a1_any_security", "yes"),
        lambda: record.answer("a0_title", "One"),
        lambda: record.answer("a0_title", "Two"),
        lambda: record.answer("a0_title", "Two"),
        lambda: record.add_row("a1_recipients"),
        lambda: record.answer("a1_recipients/R1/rec_name", "4th Sector"),
        lambda: record.add_row("a1_recipients"),
        lambda: record.move_row("a1_recipients", "R2", 0),
        lambda: record.remove_row("a1_recipients", "R1"),
        lambda: record.add_row("a1_recipients"),
    ]


def test_saying_the_same_again_is_no_step(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "One")
    record.answer("a0_title", "One")
    record.undo()
    assert record.session.value("a0_title") is None


def test_the_number_of_a_removed_row_is_never_given_again(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a1_any_security", "yes")
    record.add_row("a1_recipients")
    record.remove_row("a1_recipients", "R1")
    assert office.open(record.record).add_row("a1_recipients").added_row == "R2"


def test_half_typed_text_comes_back_until_it_is_an_answer(office: Office) -> None:
    record = office.new_assessment()
    record.save_draft("a0_title", "Polic")
    assert office.open(record.record).drafts() == {"a0_title": "Polic"}
    record.answer("a0_title", "Police")
    assert office.open(record.record).drafts() == {}


def test_the_vault_opens_again_with_everything(folder: Path, forms: Forms, office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "Kept")
    record.excuse("a0_donor", "later", "asked", "finance")
    office.close()
    with vault.open_vault(folder, PASSPHRASE, forms) as again:
        opened = again.open(record.record)
        assert opened.session.answers() == record.session.answers()
        assert opened.session.excused() == record.session.excused()
        assert again.check() == []


def test_the_identity_is_kept_in_the_vault(office: Office) -> None:
    assert office.identity() is None
    office.keep_identity(b"p12")
    assert office.identity() == b"p12"


def test_a_signed_record_says_so_until_it_is_changed(office: Office) -> None:
    record = office.new_assessment()
    day = record.created
    moment = datetime(2026, 3, 5, tzinfo=UTC)
    record.note_signature(Signature("preparer", "Ada", "ab", moment, "escalate", "D02", day, "sha256:x", "y", "z"))
    assert office.records()[0].status == "signed"
    record.reason = "the donor changed"
    record.answer("a0_title", "Changed")
    assert office.records()[0].status == "draft"


def sign(record: Assessment) -> None:
    moment = datetime(2026, 3, 5, 9, tzinfo=UTC)
    record.note_signature(
        Signature("preparer", "Ada", "ab", moment, "escalate", "D02", moment.date(), "sha256:x", "y", "z")
    )


def test_taking_back_what_changed_a_signed_record_makes_it_the_signed_one_again(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "As signed")
    sign(record)
    record.reason = "the donor changed"
    for step in range(2):
        record.answer("a0_title", f"Changed {step}")
        assert (record.signed, office.records()[0].status) == (False, "draft")
    record.undo()
    assert not record.signed
    record.undo()
    assert (record.signed, office.records()[0].status) == (True, "signed")
    again = office.open(record.record)
    assert again.signed
    assert [each.signer for each in again.signatures()] == ["Ada"]


def test_a_record_that_was_taken_back_beyond_its_signature_stays_a_draft(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "As signed")
    sign(record)
    record.reason = "the donor changed"
    record.undo()
    record.answer("a0_title", "Another")
    record.answer("a0_title", "And another")
    record.undo()
    assert (record.signed, office.records()[0].status) == (False, "draft")


def test_nobody_signs_a_record_that_is_incomplete_though_nothing_is_missing(office: Office) -> None:
    record = office.new_assessment()
    assert record.signers() == ()
    for path in FIRST:
        record.answer(path, "no")
    assert record.signers()[0] == "preparer"


def test_a_vault_that_lost_what_was_saved_says_so_when_it_is_opened(office: Office, folder: Path, forms: Forms) -> None:
    record = office.new_assessment()
    copy = folder.with_name("copy.hrddp")
    office.close()
    shutil.copytree(folder, copy)
    with vault.open_vault(folder, PASSPHRASE, forms) as again:
        assert again.warning() == ""
        again.open(record.record).answer("a0_title", "Saved later")
    shutil.copy(folder / "witness", copy / "witness")
    with vault.open_vault(copy, PASSPHRASE, forms) as older:
        assert older.warning() in older.check()
        assert not older.is_read_only
