"""vault.md: flat clock battery. A day that cannot be right is asked for; the answer is used, and kept."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import clock
from hrddp_desktop.services import backups, documents, vault
from hrddp_desktop.services.dates import RELEASED, Answer, Doubt, doubt
from hrddp_desktop.services.vault import Opening
from hrddp_desktop.storage import vault as storage
from hrddp_desktop.storage.keys import Cost
from tests.services.conftest import PASSPHRASE, PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hrddp_desktop.services.forms import Forms

MARCH_4 = date(2027, 3, 4)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    clock.set_by_hand(None)


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the computer's clock: a day, or a moment."""

    def set_to(day: date, hour: int = 12) -> None:
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC).astimezone()
        monkeypatch.setattr(clock, "computer", lambda: moment)

    return set_to


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the time zone of the computer."""

    def set_to(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_to
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def folder(tmp_path: Path, says: Callable[..., None]) -> Path:
    """A vault made and closed on 4 March."""
    says(MARCH_4)
    place = tmp_path / "v.hrddp"
    storage.create(place, PASSPHRASE, PERSON, cost=Cost(8, 1, 1)).lock()
    return place


def test_nothing_else_asks_the_computer() -> None:
    files = Path(clock.__file__).parent.rglob("*.py")
    asks = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time)\(")
    assert [file.name for file in files if asks.search(file.read_text("utf-8"))] == ["clock.py"]


def test_only_a_day_that_cannot_be_right_is_asked_for() -> None:
    last = MARCH_4
    assert doubt(last, last, RELEASED) is None
    assert doubt(last + timedelta(days=60), last, RELEASED) is None
    assert doubt(last + timedelta(days=61), last, RELEASED) == Doubt(date(2027, 5, 4), last)
    assert doubt(last - timedelta(days=1), last, RELEASED) == Doubt(date(2027, 3, 3), last)
    assert doubt(date(2028, 2, 29), date(2027, 12, 31), RELEASED) is None  # 60 days, the leap day the last of them
    assert doubt(date(2028, 3, 1), date(2027, 12, 31), RELEASED) is not None


def test_a_day_before_the_app_was_made_is_asked_for_in_a_vault_without_a_past() -> None:
    before = RELEASED - timedelta(days=1)
    assert doubt(RELEASED, None) is None
    assert doubt(before, None) == Doubt(before, RELEASED, is_of_app=True)
    assert doubt(before, before) == Doubt(before, RELEASED, is_of_app=True)


def test_the_day_of_the_release_is_no_later_than_today() -> None:
    assert clock.computer().date() >= RELEASED


def test_a_new_vault_asks_nothing_and_counts_from_its_making(
    folder: Path, forms: Forms, says: Callable[..., None]
) -> None:
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        assert office.dates.doubt() is None
        says(MARCH_4 + timedelta(days=60))
        assert office.dates.doubt() is None
        says(MARCH_4 + timedelta(days=61))
        assert office.dates.doubt() == Doubt(date(2027, 5, 4), MARCH_4)
        says(MARCH_4 - timedelta(days=1))
        assert office.dates.doubt() == Doubt(date(2027, 3, 3), MARCH_4)


def test_days_count_from_the_last_change_and_from_the_last_close(
    folder: Path, forms: Forms, says: Callable[..., None]
) -> None:
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        says(date(2027, 4, 30))
        office.new_assessment()
        says(date(2027, 6, 29))
        assert office.dates.doubt() is None
        office.dates.note_seen()
        says(date(2027, 8, 28))
        assert office.dates.doubt() is None
        says(date(2027, 8, 29))
        assert office.dates.doubt() == Doubt(date(2027, 8, 29), date(2027, 6, 29))


@pytest.mark.parametrize("where", ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago", "America/Lima"])
def test_a_journey_through_time_zones_is_no_doubt(
    where: str, folder: Path, forms: Forms, says: Callable[..., None], zone: Callable[[str], None]
) -> None:
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        zone("Pacific/Kiritimati")
        says(MARCH_4, hour=11)
        office.new_assessment()
        zone(where)
        says(MARCH_4, hour=11)
        assert office.dates.doubt() is None


def test_the_answer_is_today_everywhere_and_the_history_never_goes_back(
    folder: Path, forms: Forms, says: Callable[..., None]
) -> None:
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        says(MARCH_4, hour=20)
        record = office.new_assessment()
        says(date(2001, 1, 1), hour=3)  # the battery is flat
        asked = office.dates.doubt()
        assert asked == Doubt(date(2001, 1, 1), MARCH_4)
        office.dates.answer(asked, MARCH_4)
        assert clock.today() == MARCH_4
        record.answer("a0_title", "ABC")
        moments = [entry.at for entry in record.history()]
        assert moments == sorted(moments)
        assert {moment.date() for moment in moments} == {MARCH_4}
        again = office.open(record.record)
        assert again.session.as_of == MARCH_4
        assert office.new_assessment().created == MARCH_4
        shot = documents.freeze(again.session, again.record, again.created, language="en")
        assert shot.as_of == MARCH_4


def test_a_day_beyond_midnight_is_the_next(folder: Path, forms: Forms, says: Callable[..., None]) -> None:
    says(date(2001, 1, 1))
    clock.set_by_hand(date(2028, 2, 28))
    says(date(2001, 1, 2))
    assert clock.today() == date(2028, 2, 29)


def test_a_change_to_summer_time_moves_no_day(says: Callable[..., None], zone: Callable[[str], None]) -> None:
    zone("Europe/Madrid")
    says(date(2027, 1, 10), hour=22)  # 23:30 there would become the next day an hour later
    clock.set_by_hand(date(2027, 7, 1))
    assert clock.today() == date(2027, 7, 1)
    assert clock.now().astimezone().hour == 23


def test_what_was_answered_is_kept(folder: Path, forms: Forms, says: Callable[..., None]) -> None:
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        says(date(2031, 5, 3))
        asked = office.dates.doubt()
        assert asked is not None
        office.dates.answer(asked, MARCH_4)
        who = office.people.present()[0].slot
        assert office.dates.answers() == [Answer(clock.computer().isoformat(), who, "2027-03-04")]
    clock.set_by_hand(None)
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        assert [each.given for each in office.dates.answers()] == ["2027-03-04"]
        assert office.dates.doubt() is not None  # the computer is still wrong


def test_yes_it_is_settles_it_even_after_a_change_that_was_dated_too_late(
    folder: Path, forms: Forms, says: Callable[..., None]
) -> None:
    says(date(2031, 5, 3))
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        office.new_assessment()  # by a command, which does not ask
        says(date(2027, 3, 6))
        asked = office.dates.doubt()
        assert asked == Doubt(date(2027, 3, 6), date(2031, 5, 3))
        office.dates.answer(asked, asked.says)
        assert not clock.is_set_by_hand()
        assert office.dates.doubt() is None
        says(date(2027, 3, 7))
        assert office.dates.doubt() is None
        office.new_assessment()
        assert office.dates.doubt() is None


def test_without_an_answer_the_last_known_day_counts_and_nothing_due_is_hidden(
    folder: Path, forms: Forms, says: Callable[..., None]
) -> None:
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        says(date(2031, 5, 3))
        asked = office.dates.doubt()
        assert asked is not None
        office.dates.answer(asked, None)
        assert clock.today() == MARCH_4
        assert clock.latest_day() == date(2031, 5, 3)
        assert office.people.card_state().is_overdue
        assert [each.given for each in office.dates.answers()] == [""]
        clock.set_by_hand(None)
        assert office.dates.doubt() == asked  # it is asked again


def test_a_vault_that_is_read_keeps_nothing(folder: Path, forms: Forms, says: Callable[..., None]) -> None:
    says(date(2031, 5, 3))
    with vault.open_vault(folder, PASSPHRASE, forms, Opening.READING) as office:
        asked = office.dates.doubt()
        assert asked is not None
        office.dates.answer(asked, MARCH_4)
        office.dates.note_seen()
        assert clock.today() == MARCH_4
        assert office.dates.answers() == []


def test_that_it_was_used_is_no_reason_for_another_copy(folder: Path, forms: Forms, says: Callable[..., None]) -> None:
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        copier = backups.Copier(office.source)
        first = copier.here()
        says(MARCH_4 + timedelta(days=1))
        office.dates.note_seen()
        assert copier.here() == first
        office.new_assessment()
        assert copier.here() != first


@pytest.mark.parametrize("days", [-250, -30, 400])
def test_a_clock_that_jumps_while_the_vault_is_open_is_asked_about_next_time(
    days: int, folder: Path, forms: Forms, says: Callable[..., None]
) -> None:
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        office.dates.note_seen()
        says(MARCH_4 + timedelta(days=days))
        office.dates.note_seen()
    with vault.open_vault(folder, PASSPHRASE, forms) as office:
        assert office.dates.doubt() == Doubt(MARCH_4 + timedelta(days=days), MARCH_4)
