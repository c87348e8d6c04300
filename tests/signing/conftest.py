"""People and signed documents, made once: an identity takes half a second, and no test changes one."""

from __future__ import annotations

import pytest

from tests.signing.documents import People, Signed, make, person, sign_all


@pytest.fixture(scope="session")
def people() -> People:
    return People(
        person("Ana Example"),
        person("بنيامين مثال", "رئيس المكتب", "سلم"),
        person("Cyra d’Exemple", "Chief of Mission", "Kehl"),
        person("Ana Example"),
    )


@pytest.fixture(scope="session")
def signed(people: People) -> Signed:
    return sign_all(people, make())
