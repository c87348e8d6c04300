"""vault.md: a network share. A vault there is read and not written; nothing there is touched."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.cli import main
from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.services import backups, vault
from hrddp_desktop.services.vault import Opening, Place
from hrddp_desktop.storage import places
from hrddp_desktop.storage import vault as storage
from hrddp_desktop.storage.keys import Cost
from hrddp_desktop.storage.places import Kind
from tests.services.conftest import PASSPHRASE, PERSON
from tests.storage.vaults import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.services.forms import Forms


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of another computer."""
    folder = tmp_path / "share"
    folder.mkdir()
    as_it_was = places.of

    def of(place: Path) -> Place:
        return Place(Kind.SHARE, "cifs") if place.is_relative_to(folder) else as_it_was(place)

    monkeypatch.setattr(places, "of", of)
    return folder


@pytest.fixture
def kept(share: Path, folder: Path, forms: Forms) -> Path:
    """A vault with a record, copied to the share while it was open: its newest answers are in the WAL."""
    storage.create(folder, PASSPHRASE, PERSON, cost=Cost(8, 1, 1)).lock()
    with vault.open_vault(folder, PASSPHRASE, forms, Opening.ALONE) as office:
        office.new_assessment()
        backups.Copier(office.source).here()
        office.new_assessment()
        shutil.copytree(folder, share / folder.name)
    return share / folder.name


def test_a_vault_on_a_share_is_not_opened_for_writing(kept: Path, folder: Path, forms: Forms) -> None:
    assert vault.where(kept) == Place(Kind.SHARE, "cifs")
    before = fingerprint(kept)
    for opening in (Opening.ALONE, Opening.TAKEN_OVER):
        with pytest.raises(VaultError) as caught:
            vault.open_vault(kept, PASSPHRASE, forms, opening)
        assert caught.value.code is Code.VAULT_ON_SHARE
    assert fingerprint(kept) == before
    vault.open_vault(folder, PASSPHRASE, forms, Opening.ALONE).close()  # the control: beside the share it opens


@pytest.mark.parametrize("opening", [Opening.READING, Opening.BESIDE])
def test_it_is_read_and_nothing_there_is_touched(opening: Opening, kept: Path, forms: Forms) -> None:
    assert (kept / "data-wal").stat().st_size
    before = fingerprint(kept)
    with vault.open_vault(kept, PASSPHRASE, forms, opening) as office:
        assert office.is_read_only
        assert office.place.kind is Kind.SHARE
        assert office.person == PERSON
        with pytest.raises(VaultError) as caught:
            office.new_assessment()
        assert caught.value.code is Code.VAULT_READ_ONLY
    assert fingerprint(kept) == before


def test_no_vault_is_made_on_a_share(share: Path, forms: Forms) -> None:
    with pytest.raises(VaultError) as caught:
        vault.new_vault(share / "new.hrddp", PASSPHRASE, PERSON, forms)
    assert caught.value.code is Code.VAULT_ON_SHARE
    assert list(share.iterdir()) == []


def test_the_second_place_may_be_a_share(share: Path, folder: Path, forms: Forms) -> None:
    storage.create(folder, PASSPHRASE, PERSON, cost=Cost(8, 1, 1)).lock()
    with vault.open_vault(folder, PASSPHRASE, forms, Opening.ALONE) as office:
        copy = backups.Copier(office.source, share).outside()
    assert copy.folder.is_relative_to(share)


def test_a_command_that_writes_says_why_not(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE, "utf-8")
    words = ["--vault", str(kept), "--passphrase-file", str(secret)]
    assert main(["vault", "list", *words]) == 0
    capsys.readouterr()
    assert main(["vault", "bin", "--empty", *words]) == 1
    assert "network place (cifs)" in capsys.readouterr().err
