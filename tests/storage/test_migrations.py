from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.storage import migrations, vault
from hrddp_desktop.storage.driver import Migrations
from tests.storage.vaults import PASSPHRASE, database, new_record

if TYPE_CHECKING:
    from hrddp_desktop.storage.driver import Database
    from hrddp_desktop.storage.vault import Vault


class StepError(Exception):
    """A step of a migration that cannot be done."""


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Migrations:
    """The app of the future: one more step after those of today."""
    steps = Migrations("vault")
    steps()(migrations.first_schema)
    steps()(migrations.attached_to_questions)
    monkeypatch.setattr(migrations, "MIGRATIONS", steps)
    monkeypatch.setattr(migrations, "VERSION", migrations.VERSION + 1)

    @steps()
    def add_receipts(db: Database) -> None:
        db.table("receipts").create({"id": int, "text": str}, pk="id")

    return steps


def test_the_schema_number_is_the_number_of_steps(opened: Vault) -> None:
    db = database(opened.folder)
    assert migrations.version(db) == migrations.VERSION == len(migrations.MIGRATIONS.applied(db))
    assert migrations.MIGRATIONS.pending(db) == []
    db.close()


def test_an_older_vault_is_brought_up_to_date(opened: Vault, request: pytest.FixtureRequest) -> None:
    record = new_record(opened)
    opened.lock()
    request.getfixturevalue("next_version")
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert again.store.load(record).answers == {}
        db = database(opened.folder)
        assert (migrations.version(db), db.table("receipts").exists()) == (migrations.VERSION, True)
        db.close()
    assert json.loads((opened.folder / "keys").read_text())["schema"] == migrations.VERSION


def test_a_step_that_fails_takes_the_whole_change_back(opened: Vault, request: pytest.FixtureRequest) -> None:
    record = new_record(opened)
    opened.lock()
    steps: Migrations = request.getfixturevalue("next_version")

    @steps()
    def break_off(db: Database) -> None:
        db.table("half").create({"id": int}, pk="id")
        raise StepError

    with pytest.raises(StepError):
        vault.unlock(opened.folder, PASSPHRASE)
    db = database(opened.folder)
    assert migrations.version(db) == migrations.VERSION - 1
    assert not {"receipts", "half"} & set(db.table_names())
    db.close()
    steps._migrations.pop()  # noqa: SLF001 - the mended app
    with vault.unlock(opened.folder, PASSPHRASE) as again:
        assert again.store.load(record).answers == {}
