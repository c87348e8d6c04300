from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.storage.vaults import new_record, new_vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hrddp_desktop.storage.vault import Vault


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the vault of this test lies."""
    return tmp_path / "office.hrddp"


@pytest.fixture
def opened(folder: Path) -> Iterator[Vault]:
    """An open vault."""
    with new_vault(folder) as vault:
        yield vault


@pytest.fixture
def record(opened: Vault) -> str:
    """A blank record in it."""
    return new_record(opened)
