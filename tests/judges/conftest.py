"""The forms that are judged: those that are shipped, and three made up to hold everything that a form can."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine.rich import rich_form
from tests.judges.language import language_form
from tests.judges.xform import workbook_of, xform_of

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = Path(__file__).parent.parent.parent
SHIPPED = sorted(sheet.parent.name for sheet in (_ROOT / "forms").glob("[!_]*/survey.csv"))
MADE_UP = ["bench", "rich", "language"]


class Judged:
    """One form: its folder, the workbook that we export, and the XForm that pyxform makes of that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workbook = workbook_of(folder)
        self.xform = xform_of(self.workbook)


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Judged]:
    """A form by name; exported and converted once."""
    made: dict[str, Judged] = {}

    def get(name: str) -> Judged:
        if name not in made:
            made[name] = Judged(_folder(name, tmp_path_factory.mktemp("judged")))
        return made[name]

    return get


def _folder(name: str, room: Path) -> Path:
    match name:
        case "bench":
            return _ROOT / "tests" / "data" / "bench_form"
        case "rich":
            return rich_form(room)
        case "language":
            return language_form(room)
    return _without_helping(_ROOT / "forms" / name, room / name)


def _without_helping(form: Path, copy: Path) -> Path:
    """The form without what answers for a person: ODK has neither catalogue fills nor defaults that follow."""
    shutil.copytree(form, copy)
    with (form / "survey.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row |= {"fills": "", "default": "" if "${" in row["default"] else row["default"]}
    with (copy / "survey.csv").open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, rows[0])
        sheet.writeheader()
        sheet.writerows(rows)
    return copy
