"""Rows that a table offers: added with all they bring as one step in the vault and one step back."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.errors import AnswerError, VaultError
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.records import Office
from hrddp_desktop.storage import vault
from hrddp_desktop.storage.keys import Cost
from hrddp_desktop.storage.store import Store
from tests.services.conftest import PASSPHRASE, PERSON
from tests.services.test_records import refuse, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hrddp_desktop.services.records import Assessment

ROWS = (
    {"type": "begin_repeat", "name": "x_rows", "label": "Rows", "row_prefix": "X"}
    | {"offers": "x_code = instance('stage')/root/item/name", "preset": "'proposal emergency'"},
    {"type": "select_one stage", "name": "x_code", "label": "Stage", "fills": "x_line=label"},
    {"type": "text", "name": "x_line", "label": "Line"},
    {"type": "text", "name": "x_all", "label": "All", "default": "join(' ', ${x_rows}/x_code)"},
    {"type": "end_repeat"},
    {"type": "text", "name": "x_first", "label": "First", "default": "${x_title}"},
    {"type": "text", "name": "x_title", "label": "All rows", "default": "join(' ', ${x_line})"},
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose form offers rows, and has answers that follow them."""
    folder = tmp_path / "forms" / "assessment"
    shutil.copytree(paths.forms_dir() / "assessment", folder)
    shutil.rmtree(folder / "i18n")
    survey = folder / "survey.csv"
    with survey.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    place = next(number for number, row in enumerate(rows) if row["name"] == "a0_title") + 1
    columns = list(dict.fromkeys((*rows[0], "offers", "preset")))
    same = dict.fromkeys(columns, "") | {"source": "house", "lanes": "AESFU"}
    rows[place:place] = [same | row for row in ROWS]
    with survey.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)
    forms = Forms(folder.parent, tmp_path / "cache")
    with Office(vault.create(tmp_path / "v.hrddp", PASSPHRASE, PERSON, cost=Cost(8, 1, 1)), forms) as opened:
        yield opened


@pytest.fixture
def record(office: Office) -> Assessment:
    return office.new_assessment()


def test_the_chosen_rows_come_with_all_they_bring_as_one_step(office: Office, record: Assessment) -> None:
    empty = record.session.answers()
    usual = [option.code for option in record.offered("x_rows", "en") if option.selected]
    assert usual == ["proposal", "emergency"]
    change = record.add_offered("x_rows", usual)
    assert (change.path, change.added_row) == ("x_rows", "X1")
    assert {"x_rows", "x_rows/X2/x_line", "x_title"} <= change.paths
    now = record.session.answers()
    assert now == stored(office, record.record)
    assert now["x_rows"] == [
        {"_row": "X1", "x_code": "proposal", "x_line": "Proposal", "x_all": "proposal emergency"},
        {"_row": "X2", "x_code": "emergency", "x_line": "Emergency", "x_all": "proposal emergency"},
    ]
    assert (now["x_title"], now["x_first"]) == ("Proposal Emergency", "Proposal Emergency")
    record.undo()
    assert record.session.answers() == stored(office, record.record) == empty
    assert record.undo() is None


def test_rows_between_others_are_taken_back_alone(office: Office, record: Assessment) -> None:
    record.add_offered("x_rows", ["concept"])
    record.answer("x_title", "Own words")
    before = record.session.answers()
    record.add_offered("x_rows", ["proposal", "emergency"])
    assert record.session.value("x_title") == "Own words"
    record.undo()
    assert record.session.answers() == stored(office, record.record) == before


def test_what_the_vault_refuses_changes_nothing(
    office: Office, record: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.add_offered("x_rows", ["proposal", "emergency", "concept"])
    before = record.session.answers()
    steps: list[Callable[[], object]] = [
        lambda: record.add_offered("x_rows", [option.code for option in record.offered("x_rows", "en")]),
        lambda: record.answer("x_rows/X1/x_line", "Other"),
        lambda: record.move_row("x_rows", "X1", 2),
        lambda: record.remove_row("x_rows", "X2"),
        lambda: record.add_row("x_rows"),
        record.undo,
    ]
    with monkeypatch.context() as patched:
        patched.setattr(Store, "commit_all", refuse)
        for step in steps:
            with pytest.raises(VaultError):
                step()
            assert record.session.answers() == before
    assert stored(office, record.record) == before


def test_every_step_back_restores_what_followed(office: Office, record: Assessment) -> None:
    states = [record.session.answers()]
    steps: list[Callable[[], object]] = [
        lambda: record.add_offered("x_rows", ["proposal", "emergency", "concept"]),
        lambda: record.answer("x_rows/X1/x_line", "Other"),
        lambda: record.answer("x_title", None),
        lambda: record.move_row("x_rows", "X1", 2),
        lambda: record.remove_row("x_rows", "X2"),
        lambda: record.add_row("x_rows"),
        lambda: record.answer("x_rows/X3/x_code", None),
    ]
    for step in steps:
        step()
        states.append(record.session.answers())
        assert stored(office, record.record) == states[-1]
    for state in reversed(states[:-1]):
        record.undo()
        assert record.session.answers() == stored(office, record.record) == state


@pytest.mark.parametrize("codes", [[], ["proposal", "nothing"]])
def test_nothing_chosen_and_what_is_not_on_offer_are_refused(record: Assessment, codes: list[str]) -> None:
    before = record.session.answers()
    with pytest.raises(AnswerError):
        record.add_offered("x_rows", codes)
    assert record.session.answers() == before
    assert record.undo() is None


def test_what_was_offered_and_left_out_is_known_once_somebody_has_chosen(record: Assessment) -> None:
    assert record.passed_over("x_rows") == ()
    record.add_offered("x_rows", ["proposal"])
    left = [option.code for option in record.passed_over("x_rows")]
    assert left == [option.code for option in record.offered("x_rows", "fr")]
    assert left
    assert "proposal" not in left
