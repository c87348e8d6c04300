"""Does this installation work? One step a part, on throw-away data; run on every built artefact.

A bundle breaks on what is loaded late: each step uses a part as the app does, so every lazy import happens.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.exchange.package import AnswersFile
from hrddp_desktop.i18n import LANGUAGES
from hrddp_desktop.services import assessment, documents, forms, signatures, vault
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.signing.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hrddp_desktop.engine.session import Session

_PASSPHRASE: Final = "a passphrase for a vault that lives one second"  # noqa: S105  # it guards nothing
_RECORD: Final = "00000000-0000-4000-8000-000000000000"
_ANSWERS: Final = {
    "a0_title": "Self-check",
    "a0_country": "ILM",
    "a0_duty_station": "Dorva",
    "a0_stage": "proposal",
    "a1_any_security": "no",
    "a1_indirect": "no",
    "a1_partner_links": "no",
    "a1_escort": "no",
}


def check_forms() -> None:
    """Every installed form compiles."""
    problems = [problem for problem in forms.check() if not problem.is_warning]
    if problems:
        raise RuntimeError(forms.as_line(problems[0]))


def check_vault() -> None:
    """A vault is made, written, locked, unlocked and read."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "check.hrddp"
        with vault.new_vault(where, _PASSPHRASE, vault.Person("A", "B", "C", "ILM", "en")) as office:
            record = office.new_assessment()
            record.answer("a0_title", "Self-check")
        with vault.open_vault(where, _PASSPHRASE) as office:
            _expect(office.open(record.record).session.value("a0_title"), "Self-check")


def check_report() -> None:
    """A PDF is made in every language."""
    for language in LANGUAGES:
        _expect(_pdf(language)[:5], b"%PDF-")


def check_signature() -> None:
    """A PDF is signed, checked, and its answers are read back."""
    p12 = signatures.new_identity("A", "B", "C", _PASSPHRASE)
    signed = signatures.sign(_pdf("en"), p12, _PASSPHRASE, Forms(), role="preparer")
    with tempfile.TemporaryDirectory() as folder:
        trust = Path(folder) / "trust.json"
        signatures.make_known(signatures.card(p12, _PASSPHRASE), trust)
        _expect(signatures.check(signed, trust, Forms()).verdict, Verdict.IN_CIRCULATION)
    _expect(_decided(signatures.extract(signed, "signed.pdf")), "not_applicable")


STEPS: Final[Mapping[str, Callable[[], None]]] = {
    "forms": check_forms,
    "vault": check_vault,
    "report": check_report,
    "signature": check_signature,
}


def problem_of(step: Callable[[], None]) -> str:
    """What a step failed on, '' when it went well."""
    try:
        step()
    except HrddpError as error:
        return str(error)
    # A self-check exists to find what nobody foresaw: whatever a part of the installation raises is its result.
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}"
    return ""


def _session() -> Session:
    return assessment.open_file(AnswersFile(assessment.FORM, _ANSWERS, {}, record=_RECORD), Forms())


def _pdf(language: str) -> bytes:
    session = _session()
    return documents.render(documents.freeze(session, _RECORD, session.as_of, language=language))


def _decided(answers: bytes) -> object:
    return assessment.decide(assessment.open_file(assessment.read(answers, "answers"), Forms()))["outcome"]


def _expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise RuntimeError(f"{found!r} instead of {wanted!r}")
