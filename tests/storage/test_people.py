"""vault.md, "Keys": people are added, removed, listed; the card opens the vault alone; a lost `keys` is rebuilt."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import card, keys, migrations, people, slots, vault
from hrddp_desktop.storage.records import Person, SetAnswer
from tests.storage.vaults import CHEAP, PASSPHRASE, PERSON, fingerprint, summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault

BEN = Person("Ben Haddad", "Project manager", "Port Lorne", "Valdoria", "fr")
BENS = "nine slow carts uphill"
NEW = "copper kettle under the fig tree"


def add_ben(opened: Vault) -> str:
    prepared = people.prepare_person(opened.folder, opened.slot, PASSPHRASE, BENS, CHEAP)
    people.take(opened, prepared, BEN)
    return prepared.slot


def change(opened: Vault, new: str = NEW) -> None:
    people.take(opened, people.prepare_change(opened.folder, opened.slot, PASSPHRASE, new, CHEAP))


def refusal(call: Callable[..., object], *arguments: object) -> Code:
    with pytest.raises(VaultError) as caught:
        call(*arguments)
    return caught.value.code


def code_of(folder: Path, passphrase: str) -> Code | None:
    try:
        vault.unlock(folder, passphrase).lock()
    except VaultError as error:
        return error.code
    return None


# -------------------------------------------------------------------------------------------------------------- people


def test_a_second_person_opens_the_vault_and_is_the_author_of_what_they_write(opened: Vault, record: str) -> None:
    slot = add_ben(opened)
    assert people.present(opened) == {opened.slot: PERSON, slot: BEN}
    opened.lock()
    with vault.unlock(opened.folder, BENS) as bens:
        assert (bens.slot, bens.person) == (slot, BEN)
        bens.store.commit(record, SetAnswer("q", "x"), summary(record))
        assert bens.store.history(record)[-1].actor == slot
        assert bens.store.check() == []


def test_a_removed_person_no_longer_opens_it_and_stays_the_author(opened: Vault, record: str) -> None:
    slot = add_ben(opened)
    with vault.unlock(opened.folder, BENS) as bens:
        bens.store.commit(record, SetAnswer("q", "x"), summary(record))
    people.take(opened, people.prepare_removal(opened.folder, opened.slot, PASSPHRASE, slot))
    assert people.present(opened) == {opened.slot: PERSON}
    assert opened.people()[slot] == BEN
    assert code_of(opened.folder, BENS) is Code.WRONG_PASSPHRASE


def test_the_last_person_cannot_be_removed(opened: Vault) -> None:
    people.take(opened, people.prepare_card(opened, card.read(card.new())))
    before = fingerprint(opened.folder)
    own = opened.slot
    assert refusal(people.prepare_removal, opened.folder, own, PASSPHRASE, own) is Code.LAST_PERSON
    assert fingerprint(opened.folder) == before


def test_two_people_cannot_have_one_passphrase(opened: Vault) -> None:
    own, folder = opened.slot, opened.folder
    add_ben(opened)
    assert refusal(people.prepare_person, folder, own, PASSPHRASE, PASSPHRASE, CHEAP) is Code.PASSPHRASE_TAKEN
    assert refusal(people.prepare_change, folder, own, PASSPHRASE, BENS, CHEAP) is Code.PASSPHRASE_TAKEN
    assert refusal(people.prepare_change, folder, own, PASSPHRASE, " ", CHEAP) is Code.PASSPHRASE_EMPTY


def test_whoever_changes_the_people_gives_their_own_passphrase(opened: Vault) -> None:
    slot, own, folder = add_ben(opened), opened.slot, opened.folder
    for wrong in (BENS, "another"):
        assert refusal(people.prepare_removal, folder, own, wrong, slot) is Code.WRONG_PASSPHRASE
        assert refusal(people.prepare_person, folder, own, wrong, NEW, CHEAP) is Code.WRONG_PASSPHRASE


def test_two_windows_do_not_undo_each_others_change(opened: Vault) -> None:
    late = people.prepare_change(opened.folder, opened.slot, PASSPHRASE, NEW, CHEAP)
    add_ben(opened)
    assert refusal(people.take, opened, late) is Code.KEYS_CHANGED
    assert code_of(opened.folder, BENS) is None


def test_a_successor_takes_the_place_in_one_change(opened: Vault, record: str) -> None:
    prepared = people.prepare_hand_over(opened.folder, opened.slot, PASSPHRASE, BENS, CHEAP)
    people.take(opened, prepared, BEN)
    assert people.present(opened) == {prepared.slot: BEN}
    assert code_of(opened.folder, PASSPHRASE) is Code.WRONG_PASSPHRASE
    with vault.unlock(opened.folder, BENS) as bens:
        assert bens.store.load(record).answers == {}


# ---------------------------------------------------------------------------------------------------------- passphrase


def test_a_changed_passphrase_opens_and_the_old_one_does_not(opened: Vault) -> None:
    slot = opened.slot
    change(opened)
    opened.lock()
    assert code_of(opened.folder, PASSPHRASE) is Code.WRONG_PASSPHRASE
    with vault.unlock(opened.folder, NEW) as again:
        assert (again.slot, again.person) == (slot, PERSON)
        assert again.store.check() == []


def test_a_persons_own_secret_stays_with_the_passphrase(opened: Vault) -> None:
    secret = people.confirm(opened.folder, opened.slot, PASSPHRASE).secret
    add_ben(opened)
    change(opened)
    assert people.confirm(opened.folder, opened.slot, NEW).secret == secret
    assert keys.read(opened.folder, migrations.VERSION).identify(BENS).secret not in (secret, b"")


# ---------------------------------------------------------------------------------------------------------------- card


def test_the_card_opens_the_vault_alone_and_gives_a_new_passphrase(opened: Vault, record: str) -> None:
    code, slot = card.new(), opened.slot
    people.take(opened, people.prepare_card(opened, card.read(code)))
    opened.save_secret(f"{people.IDENTITY}/{slot}", b"p12")
    opened.lock()
    folder, by = opened.folder, card.read(code.lower().replace("-", " "))
    assert vault.whom(folder, by) == {slot: PERSON}
    prepared = people.prepare_recovery(folder, by, slot, NEW, CHEAP)
    with vault.recover(folder, prepared, by) as again:
        assert again.person == PERSON
        assert again.store.load(record).answers == {}
        assert again.secret(f"{people.IDENTITY}/{slot}") is None
    assert code_of(folder, PASSPHRASE) is Code.WRONG_PASSPHRASE
    assert code_of(folder, NEW) is None


def test_a_wrong_card_is_refused_in_a_sentence_and_changes_nothing(opened: Vault) -> None:
    older, newer = card.read(card.new()), card.read(card.new())
    people.take(opened, people.prepare_card(opened, older))
    people.take(opened, people.prepare_card(opened, newer))
    opened.lock()
    before = fingerprint(opened.folder)
    for wrong in (older, card.read(card.new())):
        with pytest.raises(VaultError) as caught:
            vault.whom(opened.folder, wrong)
        assert caught.value.code is Code.CARD_WRONG
        assert "does not open this vault" in str(caught.value)
    assert fingerprint(opened.folder) == before
    assert list(vault.whom(opened.folder, newer)) == [opened.slot]


def test_every_single_wrong_sign_of_a_code_is_found_in_its_group() -> None:
    code = card.new()
    for place, sign in enumerate(code):
        for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            if sign in ("-", other):
                continue
            with pytest.raises(VaultError) as caught:
                card.read(code[:place] + other + code[place + 1 :])
            assert (caught.value.code, caught.value.facts) == (Code.CARD_MISTYPED, {"group": place // 6 + 1})


def test_exchanged_signs_and_groups_of_a_code_are_found() -> None:
    groups = card.new().split("-")
    if groups[0] != groups[1]:
        assert refusal(card.read, "-".join([groups[1], groups[0], *groups[2:]])) is Code.CARD_MISTYPED
    for text in ("", "-".join(groups[:6]), "-".join([*groups, "AAAAA"]), "é" * 35):
        assert refusal(card.read, text) is Code.CARD_MISTYPED


def test_a_code_has_140_random_bits_and_reads_look_alikes_as_meant() -> None:
    codes = {card.new() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert len(card.read(code)) * 5 == 140
        assert card.read(code.replace("0", "o").replace("1", "l")) == card.read(code)


# -------------------------------------------------------------------------------------------------------------- office


def test_the_offices_key_opens_the_vault_from_its_file(opened: Vault) -> None:
    private, public = slots.office_key()
    assert slots.recipient_of(private) == public
    people.take(opened, people.prepare_office(opened, public))
    opened.lock()
    folder, slot = opened.folder, opened.slot
    prepared = people.prepare_recovery(folder, private, slot, NEW, CHEAP)
    vault.recover(folder, prepared, private).lock()
    assert code_of(folder, NEW) is None
    assert refusal(vault.whom, folder, slots.office_key()[0]) is Code.OFFICE_KEY_WRONG
    assert refusal(vault.whom, folder, "nonsense") is Code.OFFICE_KEY_UNREADABLE


def test_a_public_key_that_is_none_is_refused(opened: Vault) -> None:
    assert refusal(people.prepare_office, opened, "age1nonsense") is Code.OFFICE_KEY_UNREADABLE


# ---------------------------------------------------------------------------------------------------- copies of `keys`


def backup_of(folder: Path) -> Path:
    """A copy of `keys` where a backup keeps one."""
    place = folder / "backups" / "2026-01-02"
    place.mkdir()
    shutil.copy(folder / keys.NAME, place / keys.NAME)
    return place / keys.NAME


def test_every_copy_of_the_keys_follows_a_change(opened: Vault) -> None:
    copy = backup_of(opened.folder)
    change(opened)
    written = (opened.folder / keys.NAME).read_bytes()
    assert copy.read_bytes() == written
    assert opened.noted(keys.NAME).encode() == written


@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_lost_keys_are_rebuilt_at_the_next_unlock_from_a_backup(opened: Vault, content: bytes | None) -> None:
    backup_of(opened.folder)
    change(opened)
    opened.lock()
    file = opened.folder / keys.NAME
    written = file.read_bytes()
    file.unlink() if content is None else file.write_bytes(content)
    assert code_of(opened.folder, PASSPHRASE) is Code.WRONG_PASSPHRASE
    assert code_of(opened.folder, NEW) is None
    assert file.read_bytes() == written


def test_keys_put_back_to_an_older_state_are_brought_up_to_date_from_the_database(opened: Vault) -> None:
    file = opened.folder / keys.NAME
    older = file.read_bytes()
    change(opened)
    opened.lock()
    file.write_bytes(older)
    assert code_of(opened.folder, PASSPHRASE) is Code.PASSPHRASE_CHANGED
    assert code_of(opened.folder, PASSPHRASE) is Code.WRONG_PASSPHRASE
    assert code_of(opened.folder, NEW) is None


def test_a_removed_person_gets_no_further_with_an_older_keys_file(opened: Vault) -> None:
    slot = add_ben(opened)
    file = opened.folder / keys.NAME
    older = file.read_bytes()
    people.take(opened, people.prepare_removal(opened.folder, opened.slot, PASSPHRASE, slot))
    opened.lock()
    file.write_bytes(older)
    assert code_of(opened.folder, BENS) is Code.PASSPHRASE_CHANGED
    assert code_of(opened.folder, BENS) is Code.WRONG_PASSPHRASE
