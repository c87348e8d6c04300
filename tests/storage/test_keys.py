from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import keys
from tests.storage.vaults import CHEAP

if TYPE_CHECKING:
    from pathlib import Path

KEY = bytes(range(32))


@pytest.fixture
def one_slot(tmp_path: Path) -> keys.Keys:
    made = keys.new(schema=1).with_slot("a1", "first passphrase", KEY, CHEAP)
    keys.write(tmp_path, made)
    return made


def rewrite(folder: Path, **changes: object) -> None:
    """Change a slot as somebody would who knows how the check is made."""
    file = folder / keys.NAME
    facts = json.loads(file.read_text())
    facts["slots"][0] |= changes
    del facts["check"]
    file.write_text(json.dumps({**facts, "check": keys.checksum(facts)}))


def outcome(folder: Path) -> keys.Keys | Code:
    try:
        return keys.read(folder, 1)
    except VaultError as error:
        return error.code


def test_the_default_cost_is_the_one_promised() -> None:
    assert keys.Cost() == keys.Cost(memory_kib=64 * 1024, passes=3, lanes=4)


def test_a_slot_gives_the_key_to_its_passphrase_alone(tmp_path: Path, one_slot: keys.Keys) -> None:
    read = keys.read(tmp_path, 1)
    assert read == one_slot
    assert read.open("first passphrase") == ("a1", KEY)
    with pytest.raises(VaultError) as caught:
        read.open("second passphrase")
    assert caught.value.code is Code.WRONG_PASSPHRASE


def test_each_person_has_a_slot_of_their_own(one_slot: keys.Keys) -> None:
    both = one_slot.with_slot("b2", "second passphrase", KEY, CHEAP)
    assert both.open("first passphrase") == ("a1", KEY)
    assert both.open("second passphrase") == ("b2", KEY)


def test_the_file_tells_neither_the_key_nor_a_name(tmp_path: Path, one_slot: keys.Keys) -> None:
    content = (tmp_path / keys.NAME).read_bytes()
    assert KEY not in content
    assert KEY.hex().encode() not in content
    assert one_slot.slots[0].name == "a1"


def test_a_flipped_byte_is_damage_never_a_wrong_passphrase(tmp_path: Path, one_slot: keys.Keys) -> None:
    content = keys.dump(one_slot)
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 0x01
        (tmp_path / keys.NAME).write_bytes(flipped)
        assert outcome(tmp_path) in {Code.KEYS_LOST, Code.VAULT_NEWER, one_slot}, place


@pytest.mark.parametrize(
    "changes",
    [{"memory_kib": 128}, {"passes": 2}, {"lanes": 2}, {"name": "b2"}, {"salt": "00" * 16}, {"nonce": "00" * 12}],
)
def test_parameters_are_bound_to_the_slot(tmp_path: Path, one_slot: keys.Keys, changes: dict[str, object]) -> None:
    assert one_slot.people()[0].cost == CHEAP
    rewrite(tmp_path, **changes)
    with pytest.raises(VaultError) as caught:
        keys.read(tmp_path, 1).open("first passphrase")
    assert caught.value.code is Code.WRONG_PASSPHRASE


def test_rewriting_without_a_change_still_opens(tmp_path: Path, one_slot: keys.Keys) -> None:
    """The control of the test above: it is the change that shuts the slot."""
    rewrite(tmp_path, name=one_slot.slots[0].name)
    assert keys.read(tmp_path, 1).open("first passphrase") == ("a1", KEY)


@pytest.mark.parametrize(
    "changes",
    [
        {"memory_kib": 100 * 1024 * 1024},
        {"memory_kib": 0},
        {"memory_kib": 1e9},
        {"passes": 10_000_000},
        {"lanes": 1 << 20},
        {"salt": ""},
        {"nonce": "00"},
        {"wrapped": ""},
        {"wrapped": "not hex"},
        {"kind": "card"},
        {"kdf": "md5"},
    ],
)
@pytest.mark.usefixtures("one_slot")
def test_a_hostile_file_costs_nothing(tmp_path: Path, changes: dict[str, object]) -> None:
    rewrite(tmp_path, **changes)
    with pytest.raises(VaultError) as caught:
        keys.read(tmp_path, 1)
    assert caught.value.code is Code.KEYS_LOST


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b'{"format": 1e999}', b'{"format": 1, "schema": 1}', b"\xff", b"[" * 100_000],
)
def test_a_file_that_is_no_key_file_is_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / keys.NAME).write_bytes(content)
    with pytest.raises(VaultError) as caught:
        keys.read(tmp_path, 1)
    assert caught.value.code is Code.KEYS_LOST


def test_too_many_slots_or_a_huge_file_are_damage(tmp_path: Path, one_slot: keys.Keys) -> None:
    many = keys.Keys(one_slot.vault, 1, one_slot.slots * 65)
    for content in (keys.dump(many), os.urandom(2 * 1024 * 1024)):
        (tmp_path / keys.NAME).write_bytes(content)
        with pytest.raises(VaultError) as caught:
            keys.read(tmp_path, 1)
        assert caught.value.code is Code.KEYS_LOST
