"""What a person reads of a history, what goes into an annex, and what a restart leaves of undo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import AnswerError, Code, VaultError
from hrddp_desktop.services import history, vault
from hrddp_desktop.services.documents import freeze, render
from hrddp_desktop.storage.records import Fault
from tests.services.conftest import PASSPHRASE
from tests.services.test_records import sign, stored
from tests.storage.pages import files_that_hold
from tests.storage.vaults import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.records import Assessment, Office

CANARY = "Zanzibar-Kanarienvogel-7731"


def told(record: Assessment, path: str | None = None) -> list[tuple[str, str, str, str]]:
    lines = history.lines(record.session.definition, record.history(), path=path, device=record.device)
    return [(line.done, line.old, line.new, line.reason) for line in lines]


def test_the_history_of_an_answer_is_in_the_words_of_the_form(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a1_any_security", "yes")
    record.answer("a1_any_security", "no")
    record.undo()
    assert told(record, "a1_any_security") == [
        ("Answered", "", "Yes", ""),
        ("Answered", "Yes", "No", ""),
        ("Answered (by Undo or Redo)", "No", "Yes", ""),
    ]
    line, *_ = history.lines(record.session.definition, record.history(), "fr", path="a1_any_security")
    assert (line.new, line.author, line.here) == ("Oui", "Ada Example", False)
    assert line.question == record.session.definition.label("a1_any_security", "fr")


def test_undo_and_redo_go_on_after_a_restart(office: Office, folder: Path, forms: Forms) -> None:
    record = office.new_assessment()
    for value in ("One", "Two"):
        record.answer("a0_title", value)
    record.undo()
    office.close()
    with vault.open_vault(folder, PASSPHRASE, forms) as again:
        opened = again.open(record.record)
        assert opened.session.value("a0_title") == "One"
        opened.redo()
        assert opened.session.value("a0_title") == "Two"
        assert opened.redo() is None
        opened.undo()
        opened.undo()
        assert opened.undo() is None
        assert opened.session.value("a0_title") is None
        assert again.check() == []


def test_a_new_change_ends_redo(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "One")
    record.undo()
    record.answer("a0_donor", "Donor")
    assert record.redo() is None


def test_an_answer_that_was_signed_is_changed_for_a_reason(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "As signed")
    sign(record)
    for step in (
        lambda: record.answer("a0_title", "Other"),
        lambda: record.excuse("a0_donor", "later", "asked", "finance"),
        record.undo,
        lambda: record.restore(1),
    ):
        with pytest.raises(AnswerError) as refused:
            step()
        assert refused.value.code is Code.REASON_NEEDED
    assert record.session.value("a0_title") == stored(office, record.record)["a0_title"] == "As signed"
    record.reason = "The donor changed."
    record.answer("a0_title", "Other")
    record.reason = ""
    record.undo()
    assert record.signed
    record.redo()
    assert told(record, "a0_title")[-3] == ("Answered", "As signed", "Other", "The donor changed.")


def test_the_reason_is_asked_again_by_whoever_opens_the_record_next(office: Office) -> None:
    record = office.new_assessment()
    sign(record)
    again = office.open(record.record)
    with pytest.raises(AnswerError):
        again.answer("a0_title", "Other")


def test_an_earlier_state_comes_back_as_a_new_version(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a1_any_security", "yes")
    record.answer("a0_title", "One")
    row = str(record.add_row("a1_recipients").added_row)
    record.answer(f"a1_recipients/{row}/rec_name", "Coast guard")
    number, wanted = len(record.history()), record.session.answers()
    record.remove_row("a1_recipients", row)
    record.answer("a0_title", "Two")
    later = record.session.answers()
    record.restore(number)
    assert record.session.answers() == wanted == stored(office, record.record)
    assert record.restore(number) is None
    record.undo()
    assert record.session.answers() == later == stored(office, record.record)
    assert office.check() == []


def test_a_record_is_read_as_it_stood_on_a_day(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "One")
    number = len(record.history())
    record.answer("a0_title", "Two")
    entries = record.history()
    today = datetime.now(UTC).astimezone().date()
    assert history.number_on(entries, today) == len(entries)
    with pytest.raises(AnswerError) as none:
        history.number_on(entries, today - timedelta(days=1))
    assert none.value.code is Code.ENTRY_UNKNOWN
    stood = record.stood(number)
    assert (stood.session.value("a0_title"), stood.title) == ("One", "One")
    stood.session.set("a0_title", "Three")
    assert stored(office, record.record)["a0_title"] == "Two"


def test_an_annex_says_who_when_and_which_question_and_no_text(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", f"before {CANARY}")
    sign(record)
    assert history.annex(record.session, record.history()) == ()
    record.reason = f"because {CANARY}"
    record.answer("a0_title", f"after {CANARY}")
    record.answer("a1_any_security", "yes")
    record.add_row("a1_recipients")
    record.answer("a1_recipients/R1/rec_name", CANARY)
    record.remove_row("a1_recipients", "R1")
    annex = history.annex(record.session, record.history())
    assert CANARY not in str(annex)
    label = record.session.definition.label
    asked = [(line.author, line.question, line.done) for line in annex]
    assert asked[:2] == [("Ada Example", label(name, "en"), "Answered") for name in ("a0_title", "a1_any_security")]
    # The row is gone, so its cells are nobody's questions any more.
    assert not any("R1" in line.question for line in annex)


def test_an_erased_answer_is_nowhere(office: Office, folder: Path, forms: Forms) -> None:
    record = office.new_assessment()
    record.save_draft("a0_title", f"half {CANARY}")
    record.answer("a0_title", f"one {CANARY}")
    record.answer("a0_title", CANARY)
    record.excuse("a0_donor", "later", "asked", CANARY)
    record.tick("a0_title", CANARY)
    record.save_draft("a0_title", f"half {CANARY}")
    record.answer("a1_any_security", "yes")
    erased = record.erase("a0_title", "person")
    record.erase("a0_donor", "person")
    assert record.session.value("a0_title") is None
    assert office.records()[0].title == ""
    assert record.marks == {}
    assert files_that_hold(folder, CANARY, passphrase=PASSPHRASE) == set()
    record.undo()
    assert record.undo() is None
    assert record.session.value("a0_title") is None
    line = history.lines(record.session.definition, record.history(), path="a0_title")[-1]
    assert (line.number, line.done, line.reason) == (erased.entry, "Erased for safety", history.REASONS["person"])
    office.close()
    assert files_that_hold(folder, CANARY, passphrase=PASSPHRASE) == set()
    with vault.open_vault(folder, PASSPHRASE, forms) as again:
        assert again.check() == []
        assert again.open(record.record).damage == ()


def test_an_erased_record_is_in_no_list_and_its_seal_stays(office: Office, folder: Path) -> None:
    record = office.new_assessment()
    record.answer("a0_title", CANARY)
    sign(record)
    record.erase("", "order")
    assert office.records() == ()
    with pytest.raises(VaultError) as refused:
        office.open(record.record)
    assert refused.value.code is Code.RECORD_ERASED
    lines = history.lines(office.definition(record.record), office.history(record.record))
    assert [line.done for line in lines][-1] == "Erased for safety"
    assert files_that_hold(folder, CANARY, passphrase=PASSPHRASE) == set()
    assert office.check() == []


def test_a_history_that_was_altered_is_noticed_when_the_record_is_opened(office: Office) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "One")
    db = office._vault._db  # noqa: SLF001 - somebody with the passphrase and a tool
    db.execute("DROP TRIGGER entries_update")
    with db.writing() as connection:
        connection.execute("UPDATE entries SET actor = 'nobody' WHERE path = 'a0_title'")
    assert [each.fault for each in office.open(record.record).damage] == [Fault.ENTRY_ALTERED]


def test_exports_and_reports_change_no_byte_of_the_vault(office: Office, folder: Path) -> None:
    record = office.new_assessment()
    record.answer("a0_title", "One")
    office._vault._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # noqa: SLF001 - nothing is left to be moved
    before = {name: digest for name, digest in fingerprint(folder).items() if name != "data-shm"}
    record.answers_file()
    record.decision()
    record.history()
    record.stood(2)
    assert render(freeze(record.session, record.record, record.created, language="en")).startswith(b"%PDF")
    office.records()
    office.check()
    assert {name: digest for name, digest in fingerprint(folder).items() if name != "data-shm"} == before
