"""What the services promise about people and keys."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import i18n, paths
from hrddp_desktop.errors import Code, SigningError, VaultError
from hrddp_desktop.services import passphrases, people, signatures
from hrddp_desktop.services.records import Office
from hrddp_desktop.services.vault import Person
from hrddp_desktop.storage import vault
from tests.faults.test_vault_seized import files_with
from tests.storage.vaults import CHEAP, PASSPHRASE, PERSON, new_vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hrddp_desktop.services.forms import Forms

BEN = Person("Ben Haddad", "Driver", "Port Lorne", "VAL", "fr")
BENS = "nine slow carts uphill"


@pytest.fixture
def opened(tmp_path: Path, forms: Forms, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr("hrddp_desktop.storage.people.Cost", lambda: CHEAP)
    with Office(new_vault(tmp_path / "office.hrddp"), forms) as office:
        yield office


def test_the_identity_opens_by_the_persons_own_passphrase_alone(opened: Office, tmp_path: Path) -> None:
    who = opened.people
    opener = who.signing_secret(PASSPHRASE)()
    opened.keep_identity(signatures.new_identity("Ana Ruiz", "Field officer", "Port Lorne", opener))
    who.take(who.wish("add", PASSPHRASE, BENS)(), BEN)
    who.take(who.wish("change", PASSPHRASE, "copper kettle under figs")())
    with pytest.raises(SigningError) as caught:
        who.signing_secret(BENS)()
    assert caught.value.code is Code.IDENTITY_PASSPHRASE
    same = who.signing_secret("copper kettle under figs")()
    assert signatures.card(opened.identity() or b"", same).name == "Ana Ruiz"
    with Office(vault.unlock(tmp_path / "office.hrddp", BENS), opened.forms) as bens:
        assert bens.identity() is None
        with pytest.raises(SigningError):
            signatures.card(opened.identity() or b"", bens.people.signing_secret(BENS)())


def test_a_successor_gets_an_identity_and_the_other_one_goes(opened: Office, tmp_path: Path) -> None:
    who = opened.people
    opened.keep_identity(b"of the one who leaves")
    record = opened.new_assessment().record
    who.take_hand_over(who.wish("hand over", PASSPHRASE, BENS)(), BEN, paths.trust_file())
    assert opened.identity() is None
    assert [each.record for each in people.open_duties(opened.records())] == [record]
    with Office(vault.unlock(tmp_path / "office.hrddp", BENS), opened.forms) as bens:
        assert bens.person == BEN
        card = signatures.card(bens.identity() or b"", bens.people.signing_secret(BENS)())
        assert card.name == "Ben Haddad"


def test_a_hand_over_that_lacks_a_function_changes_nothing(opened: Office) -> None:
    who = opened.people
    prepared = who.wish("hand over", PASSPHRASE, BENS)()
    with pytest.raises(SigningError) as caught:
        who.take_hand_over(prepared, Person("Ben", "", "", "", "en"), paths.trust_file())
    assert caught.value.code is Code.IDENTITY_INCOMPLETE
    assert [each.person for each in who.present()] == [PERSON]


def test_the_card_is_due_after_seven_days(opened: Office) -> None:
    who = opened.people
    state = who.card_state()
    assert (state.made, state.is_overdue) == (None, False)
    assert not who.card_state(state.due).is_overdue
    assert who.card_state(state.due + timedelta(days=1)).is_overdue
    who.keep_card(people.new_card())
    assert isinstance(who.card_state(state.due + timedelta(days=99)).made, date)
    assert not who.card_state(state.due + timedelta(days=99)).is_overdue


def test_neither_code_nor_passphrase_nor_key_of_the_office_stands_on_the_disk(opened: Office, tmp_path: Path) -> None:
    who, code = opened.people, people.new_card()
    private = people.new_office_key()[0]
    who.keep_card(code)
    who.add_office(private)
    who.take(who.wish("add", PASSPHRASE, BENS)(), BEN)
    who.take(who.wish("change", PASSPHRASE, "copper kettle under figs")())
    assert who.card_pdf(code, i18n.words("ar")).startswith(b"%PDF")
    words = (PASSPHRASE, BENS, "copper kettle under figs", BEN.name, private.splitlines()[-1], code)
    spelt = (*words, code.replace("-", ""), "".join(group[:-1] for group in code.split("-")), *code.split("-"))
    assert files_with(tmp_path, *spelt) == set()
    opened.close()
    assert files_with(tmp_path, *spelt) == set()
    (tmp_path / "control").write_text(f"a note: {code}")
    assert files_with(tmp_path, *spelt) == {"control"}


def test_the_squares_are_a_qr_code_of_the_usual_shape() -> None:
    rows = people.squares(people.new_card())
    finder = [(1, 1, 1, 1, 1, 1, 1), (1, 0, 0, 0, 0, 0, 1), (1, 0, 1, 1, 1, 0, 1)]
    assert len(rows) == len(rows[0]) == 29
    for place, expected in enumerate(finder):
        assert rows[place][:7] == tuple(map(bool, expected))
        assert rows[place][-7:] == tuple(map(bool, expected))


def test_wrong_attempts_make_one_wait_longer_each_time() -> None:
    now = [0.0]
    throttle = people.Throttle(lambda: now[0])
    waits = []
    for _ in range(10):
        throttle.count(VaultError(Code.WRONG_PASSPHRASE))
        waits.append(throttle.wait_s())
    assert waits == [0, 0, 2, 4, 8, 16, 32, 60, 60, 60]
    now[0] = 59.5
    assert throttle.wait_s() == 1
    now[0] = 60
    assert throttle.wait_s() == 0
    throttle.count(VaultError(Code.VAULT_BUSY))
    assert throttle.wait_s() == 0


@pytest.mark.parametrize(("passphrase", "weak"), [("", True), ("password12345678", True), (PASSPHRASE, False)])
def test_the_estimator_knows_what_is_guessed_first(passphrase: str, weak: bool) -> None:
    assert passphrases.strength(passphrase).is_weak == weak
