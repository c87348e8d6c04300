"""A real vault with cheap keys: what is tested here is what happens to answers, not how a passphrase is stretched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.records import Office
from hrddp_desktop.storage import vault
from hrddp_desktop.storage.keys import Cost
from hrddp_desktop.storage.records import Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PERSON = Person("Ada Example", "Project manager", "Dorva", "ILM", "fr")
PASSPHRASE = "seven calm lanterns"


@pytest.fixture(scope="session")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Forms:
    return Forms(cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "office.hrddp"


@pytest.fixture
def office(folder: Path, forms: Forms) -> Iterator[Office]:
    with Office(vault.create(folder, PASSPHRASE, PERSON, cost=Cost(8, 1, 1)), forms) as opened:
        yield opened
