"""Picking from a catalogue fills other questions: one step in the vault, one step back."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.records import Office
from hrddp_desktop.storage import vault
from hrddp_desktop.storage.keys import Cost
from hrddp_desktop.storage.store import Store
from tests.services.conftest import PASSPHRASE, PERSON
from tests.services.test_records import refuse, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose form has a catalogue: the stage fills a line of text with its label."""
    folder = tmp_path / "forms" / "assessment"
    shutil.copytree(paths.forms_dir() / "assessment", folder)
    shutil.rmtree(folder / "i18n")
    survey = folder / "survey.csv"
    with survey.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    place = next(number for number, row in enumerate(rows) if row["name"] == "a0_title") + 1
    same = dict.fromkeys(rows[0], "") | {"source": "house", "lanes": "AESFU"}
    pick = same | {"type": "select_one stage", "name": "x_pick", "label": "Pick", "fills": "x_line=label"}
    rows[place:place] = [pick, same | {"type": "text", "name": "x_line", "label": "Line"}]
    with survey.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    forms = Forms(folder.parent, tmp_path / "cache")
    with Office(vault.create(tmp_path / "v.hrddp", PASSPHRASE, PERSON, cost=Cost(8, 1, 1)), forms) as opened:
        yield opened


def test_a_pick_and_what_it_fills_are_one_step(office: Office) -> None:
    record = office.new_assessment()
    empty = record.session.answers()
    record.answer("x_pick", "proposal")
    assert stored(office, record.record)["x_line"] == "Proposal"
    record.answer("x_pick", "emergency")
    assert stored(office, record.record)["x_line"] == "Emergency"
    record.undo()
    assert record.session.answers() == stored(office, record.record)
    assert (record.session.value("x_pick"), record.session.value("x_line")) == ("proposal", "Proposal")
    record.undo()
    assert record.session.answers() == stored(office, record.record) == empty


def test_a_pick_that_the_vault_refuses_fills_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    record = office.new_assessment()
    record.answer("x_pick", "proposal")
    before = record.session.answers()
    with monkeypatch.context() as patched:
        patched.setattr(Store, "commit_all", refuse)
        for step in (lambda: record.answer("x_pick", "concept"), record.undo):
            with pytest.raises(Exception, match="disk is full"):
                step()
            assert record.session.answers() == before == stored(office, record.record)


def test_what_was_typed_over_a_fill_stays(office: Office) -> None:
    record = office.new_assessment()
    record.answer("x_pick", "proposal")
    record.answer("x_line", "My own words")
    record.answer("x_pick", "concept")
    assert stored(office, record.record)["x_line"] == "My own words"
