"""Shipped forms, compiled once."""

from __future__ import annotations

import pytest

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from tests.forms.worked import FORMS, Form


def compiled(name: str) -> Form:
    found = compile_form(FORMS / name)
    assert isinstance(found, Definition), "\n".join(str(problem) for problem in found)
    return Form(found)


@pytest.fixture(scope="session")
def form() -> Form:
    """The assessment."""
    return compiled("assessment")


@pytest.fixture(scope="session")
def incident() -> Form:
    """The incident."""
    return compiled("incident")


@pytest.fixture(scope="session")
def hq_decision() -> Form:
    """The decision of headquarters."""
    return compiled("hq_decision")
