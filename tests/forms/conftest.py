"""The shipped assessment form, compiled once."""

from __future__ import annotations

import pytest

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition
from tests.forms.worked import FORM, Form


@pytest.fixture(scope="session")
def form() -> Form:
    compiled = compile_form(FORM)
    assert isinstance(compiled, Definition), "\n".join(str(problem) for problem in compiled)
    return Form(compiled)
