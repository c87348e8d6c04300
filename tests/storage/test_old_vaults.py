"""vault.md: a file from a newer version, a migration that fails half-way. Kept vaults, opened by the app of today."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import backups, driver, keys, migrations, salvage, vault
from hrddp_desktop.storage.backups import Reason
from hrddp_desktop.storage.finding import Wanted
from hrddp_desktop.storage.records import SetAnswer
from tests.storage.contents import contents
from tests.storage.old_vaults import CARD, SECOND_PASSPHRASE, held_by, old_schemas, put, steps_of_tomorrow
from tests.storage.vaults import PASSPHRASE, database, fingerprint, summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.storage.driver import Database, Migrations

NEWER = ["newer-format", "newer-schema"]


class StepError(Exception):
    """A step of a migration that cannot be done."""


@pytest.fixture(params=old_schemas())
def schema(request: pytest.FixtureRequest) -> int:
    """The schema of an old vault."""
    return int(request.param)


@pytest.fixture
def old(schema: int, folder: Path) -> Path:
    """A vault of that schema, as the app of its time left it."""
    return put(f"schema-{schema}", folder)


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> Migrations:
    """The steps of the app of tomorrow, which is the one that runs."""
    steps = steps_of_tomorrow()
    monkeypatch.setattr(migrations, "MIGRATIONS", steps)
    monkeypatch.setattr(migrations, "VERSION", migrations.VERSION + 1)
    return steps


def vault_itself(folder: Path) -> dict[str, str]:
    """The bytes of the vault without its copies."""
    return {name: digest for name, digest in fingerprint(folder).items() if not name.startswith("backups")}


def assert_brought_up_to_date(folder: Path, schema: int) -> None:
    """It holds what it held, and a copy from before lies beside it if its schema was an older one."""
    with vault.unlock(folder, PASSPHRASE) as again:
        assert (again.warning, again.store.check()) == (None, [])
        assert contents(again) == held_by(f"schema-{schema}")
        copies = backups.listing(backups.place_of(folder))
        assert [copy.reason for copy in copies] == [Reason.MIGRATION] * (schema < migrations.VERSION)
        for copy in copies:
            backups.try_copy(copy.folder, again.source)
            assert keys.read(copy.folder, migrations.VERSION).schema == schema
            with driver.peeking(copy.folder / vault.DATA, again.source.key) as connection:
                assert connection.execute("PRAGMA user_version").fetchone() == (schema,)
    assert json.loads((folder / keys.NAME).read_text("utf-8"))["schema"] == migrations.VERSION


def test_the_newest_schema_but_one_is_kept(schema: int) -> None:
    assert schema <= migrations.VERSION
    assert max(old_schemas()) >= migrations.VERSION - 1


def test_an_old_vault_opens_with_all_that_it_holds(old: Path, schema: int) -> None:
    assert_brought_up_to_date(old, schema)


@pytest.mark.usefixtures("tomorrow")
def test_an_old_vault_opens_in_the_app_of_tomorrow_too(old: Path, schema: int) -> None:
    assert schema < migrations.VERSION
    assert_brought_up_to_date(old, schema)


def test_an_old_vault_is_worked_with_as_a_new_one(old: Path) -> None:
    with vault.unlock(old, SECOND_PASSPHRASE) as again:
        assert again.person.name == "Ben Okoro"
        (record,) = [line.record for line in again.store.records()]
        assert [hit.summary.record for hit in again.store.find(Wanted(("northern",)), 9)] == [record]
        title = "Patrol boats, second hand"
        again.store.commit(record, SetAnswer("title", title), summary(record, title))
        assert [hit.summary.record for hit in again.store.find(Wanted(("second",)), 9)] == [record]
        (binned,) = again.bin.records()
        again.bin.take_back(binned.summary.record)
        assert again.store.check() == []
    assert {person.name for person in vault.whom(old, CARD).values()} == {"Ana Ruiz", "Ben Okoro"}


@pytest.mark.usefixtures("tomorrow")
def test_the_copy_from_before_can_be_restored(old: Path, schema: int, tmp_path: Path) -> None:
    vault.unlock(old, PASSPHRASE).lock()
    (copy,) = backups.listing(backups.place_of(old))
    backups.restore(copy.folder, PASSPHRASE, tmp_path / "back.hrddp", schema)  # with the app of its time
    assert keys.read(tmp_path / "back.hrddp", schema).schema == schema
    assert_brought_up_to_date(tmp_path / "back.hrddp", schema)


def test_a_step_that_fails_leaves_every_byte_of_an_old_vault(old: Path, schema: int, tomorrow: Migrations) -> None:
    before = vault_itself(old)

    @tomorrow()
    def break_off(db: Database) -> None:
        db.execute("DELETE FROM answers")
        raise StepError

    with pytest.raises(StepError):
        vault.unlock(old, PASSPHRASE)
    assert vault_itself(old) == before
    shutil.rmtree(old / "backups")
    tomorrow._migrations.pop()  # noqa: SLF001 - the mended app
    assert_brought_up_to_date(old, schema)


# --------------------------------------------------------------------------------------------------------------- newer


@pytest.mark.parametrize("name", NEWER)
@pytest.mark.parametrize(
    "act",
    [
        lambda folder: vault.unlock(folder, PASSPHRASE),
        lambda folder: vault.whom(folder, CARD),
        lambda folder: salvage.salvage(folder, PASSPHRASE, folder.with_name("saved.hrddp")),
        lambda folder: backups.restore(folder, PASSPHRASE, folder.with_name("back.hrddp"), migrations.VERSION),
        lambda folder: backups.restore(folder, None, folder.with_name("back.hrddp"), migrations.VERSION),
        database,
    ],
    ids=["open", "card", "salvage", "restore", "restore without a passphrase", "keys"],
)
def test_a_newer_vault_is_refused_byte_for_byte_untouched(
    folder: Path, name: str, act: Callable[[Path], object]
) -> None:
    before = fingerprint(put(name, folder))
    with pytest.raises(VaultError, match="newer version of the app") as caught:
        act(folder)
    assert caught.value.code is Code.VAULT_NEWER
    assert fingerprint(folder) == before
    assert list(folder.parent.iterdir()) == [folder]
