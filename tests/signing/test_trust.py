from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, FileError, SigningError
from hrddp_desktop.signing.trust import COMPARED, MADE_HERE, TrustList
from tests.signing.documents import NOW, People

if TYPE_CHECKING:
    from pathlib import Path

TODAY = NOW.date()


def test_no_file_is_an_empty_list(tmp_path: Path) -> None:
    assert TrustList.load(tmp_path / "trust.json") == TrustList()


def test_a_list_is_read_as_it_was_saved(tmp_path: Path, people: People) -> None:
    file = tmp_path / "new folder" / "trust.json"
    made = TrustList().add(people.ana.card, MADE_HERE, TODAY).add(people.ben.card, COMPARED, TODAY)
    made.save(file)
    assert TrustList.load(file) == made
    assert [signer.how for signer in made.signers] == [MADE_HERE, COMPARED]


def test_a_signer_is_known_by_the_certificate_not_by_the_name(people: People) -> None:
    known = TrustList().add(people.ana.card, MADE_HERE, TODAY)
    assert people.ana.card.name == people.stranger.card.name
    assert known.knows(people.ana.card.certificate)
    assert not known.knows(people.stranger.card.certificate)


def test_adding_and_removing_leave_the_old_list_as_it_was(people: People) -> None:
    empty = TrustList()
    one = empty.add(people.ana.card, MADE_HERE, TODAY)
    assert empty.signers == ()
    assert one.add(people.ana.card, COMPARED, TODAY) == one
    assert one.remove(people.ana.card.fingerprint) == empty
    assert one.remove("unknown") == one


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": 2, "signers": []}',
        '{"format": 1}',
        '{"format": 1, "signers": [{}]}',
        '{"format": 1, "signers": 7}',
        '{"format": 1, "signers": [{"certificate": "!!"}]}',
        '{"format": 1, "signers": [{"certificate": "AAAA", "name": "x"}]}',
        "[" * 200_000,
    ],
)
def test_a_list_that_cannot_be_read_is_refused_and_never_taken_for_empty(tmp_path: Path, content: str) -> None:
    file = tmp_path / "trust.json"
    file.write_text(content)
    with pytest.raises(SigningError) as caught:
        TrustList.load(file)
    assert caught.value.code is Code.TRUST_LIST_UNREADABLE
    assert file.read_text() == content


@pytest.mark.parametrize("entry", ["fingerprint", "name", "function", "station"])
def test_an_entry_that_says_other_than_its_certificate_is_refused(tmp_path: Path, people: People, entry: str) -> None:
    file = tmp_path / "trust.json"
    TrustList().add(people.ana.card, MADE_HERE, TODAY).save(file)
    content = json.loads(file.read_text())
    content["signers"][0][entry] = "another"
    file.write_text(json.dumps(content))
    with pytest.raises(SigningError) as caught:
        TrustList.load(file)
    assert caught.value.code is Code.TRUST_LIST_UNREADABLE


def test_a_list_that_cannot_be_written_says_so_and_leaves_nothing_behind(tmp_path: Path, people: People) -> None:
    (tmp_path / "trust.json").mkdir()
    with pytest.raises(FileError) as caught:
        TrustList().add(people.ana.card, MADE_HERE, TODAY).save(tmp_path / "trust.json")
    assert caught.value.code is Code.FILE_NOT_WRITTEN
    assert [one.name for one in tmp_path.iterdir()] == ["trust.json"]


@pytest.mark.filterwarnings("ignore:Attribute's length")  # what is damaged may be called a country
def test_any_damaged_byte_of_a_certificate_is_named(tmp_path: Path, people: People) -> None:
    file = tmp_path / "trust.json"
    TrustList().add(people.ana.card, MADE_HERE, TODAY).save(file)
    content = json.loads(file.read_bytes())
    whole = people.ana.card.certificate
    for place in range(len(whole)):
        damaged = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        content["signers"][0]["certificate"] = base64.b64encode(damaged).decode()
        file.write_text(json.dumps(content), "utf-8")
        with pytest.raises(SigningError) as caught:
            TrustList.load(file)
        assert caught.value.code is Code.TRUST_LIST_UNREADABLE
