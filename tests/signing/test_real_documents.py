"""Documents of the real pipeline, signed by everybody: genuine, and still what an archive and a screen reader need."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pdfua
import pytest
from pikepdf import pdfa

from hrddp_desktop import i18n
from hrddp_desktop.exchange.package import attached
from hrddp_desktop.report.metadata import APP
from hrddp_desktop.report.render import render
from hrddp_desktop.signing.findings import Recomputed, Verdict
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.sign import sign
from hrddp_desktop.signing.verify import verify
from tests.report import samples
from tests.signing.documents import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.report.content import Snapshot
    from tests.signing.documents import People


def _sign(people: People, snapshot: Snapshot, language: str) -> tuple[bytes, bytes]:
    words = i18n.words(language)
    unsigned = signed = render(snapshot, words)
    for signer in snapshot.signers:
        role = Role(signer.role)
        signed = sign(signed, people.signers[role], role, "post holder", NOW, translate=words)
    return unsigned, signed


@pytest.mark.parametrize(
    ("make", "language"), [(samples.certificates, "en"), (samples.crossing, "en"), (samples.arabic, "ar")]
)
def test_a_real_document_is_genuine_and_stays_archivable_and_accessible(
    people: People, tmp_path: Path, make: Callable[[], Snapshot], language: str
) -> None:
    snapshot = make()
    unsigned, signed = _sign(people, snapshot, language)
    again = Recomputed(
        definition=snapshot.definition,
        outcome=snapshot.outcome.code,
        rule=snapshot.outcome.rule,
        signers=tuple(Role(signer.role) for signer in snapshot.signers),
        reference=snapshot.reference,
        version=str(snapshot.version),
        created=snapshot.created,
        as_of=snapshot.as_of,
        missing=0,
        app=APP,
        pages=lambda language, paper: render(snapshot, i18n.words(language)),
    )
    report = verify(signed, people.known, lambda _: again, NOW)
    assert report.verdict is Verdict.GENUINE
    assert report.reference == snapshot.reference
    assert report.answers == snapshot.answers == attached(signed, "signed.pdf")

    file = tmp_path / "signed.pdf"
    file.write_bytes(signed)
    assert [str(finding) for finding in pdfua.validate(str(file)).findings] == []
    before, after = (_rules(pdf) for pdf in (unsigned, signed))
    # The validator knows no signatures; of everything else, signing may add nothing.
    assert [rule for rule in after if rule not in before and "/Perms" not in rule] == []


def _rules(pdf: bytes) -> list[str]:
    return [str(finding) for finding in pdfa.validate_written(BytesIO(pdf), "3b").findings]
