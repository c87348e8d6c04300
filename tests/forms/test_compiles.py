"""The shipped form is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition, dump, load
from tests.forms.worked import FORM, Form

if TYPE_CHECKING:
    from pathlib import Path


def test_the_form_compiles_without_a_problem() -> None:
    compiled = compile_form(FORM)
    assert isinstance(compiled, Definition), "\n".join(str(problem) for problem in compiled)
    assert (compiled.form_id, compiled.version) == ("assessment", "2026.1")
    assert set(compiled.languages) == {"en", "fr", "es", "ar"}


def test_the_form_survives_its_cache(form: Form) -> None:
    again = load(dump(form.definition))
    assert again.hash == form.definition.hash
    assert dump(again) == dump(form.definition)


def test_a_misspelt_name_in_the_form_would_be_found(tmp_path: Path) -> None:
    """Control: one wrong letter in one expression."""
    for source in [*FORM.glob("*.csv"), *FORM.glob("decisions/*.csv"), *FORM.glob("i18n/*.po")]:
        target = tmp_path / source.relative_to(FORM)
        target.parent.mkdir(exist_ok=True)
        target.write_text(source.read_text("utf-8").replace("${rec_type}", "${rec_tipe}"), "utf-8")
    assert not isinstance(compile_form(tmp_path), Definition)
