"""Who signs, and whether what was signed can be relied on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from hrddp_desktop import clock
from hrddp_desktop.errors import N_, Code, SigningError
from hrddp_desktop.exchange import package
from hrddp_desktop.i18n import words
from hrddp_desktop.report import metadata
from hrddp_desktop.services import assessment, documents, texts
from hrddp_desktop.signing import identity
from hrddp_desktop.signing.findings import Recomputed, Verdict
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.trust import COMPARED, MADE_HERE, TrustList
from hrddp_desktop.storage.records import Signature

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.signing.findings import Report
    from hrddp_desktop.signing.identity import Card


def now() -> datetime:
    """The moment by the computer's clock, or by the date that a person gave; in a signature it is a claim."""
    return clock.now()


def new_identity(name: str, function: str, station: str, passphrase: str) -> bytes:
    """A personal identity as PKCS#12 bytes. Raises SigningError(IDENTITY_INCOMPLETE | PASSPHRASE_EMPTY)."""
    return identity.new(name, function, station, passphrase, now())


def card(p12: bytes, passphrase: str, file: str = "identity.p12") -> Card:
    """What everybody may know of an identity. Raises SigningError(IDENTITY_UNREADABLE | IDENTITY_PASSPHRASE)."""
    return identity.unlock(p12, passphrase, file).card


def make_known(card: Card, trust: Path, how: str = MADE_HERE) -> None:
    """Put a signer on this computer's list. Raises SigningError(TRUST_LIST_UNREADABLE), FileError(FILE_NOT_WRITTEN)."""
    TrustList.load(trust).add(card, how, assessment.today()).save(trust)


def make_signers_known(report: Report, trust: Path, words_heard: str | None = None) -> tuple[str, ...]:
    """Put unknown signers of a checked PDF on the list, once a person has compared their words; their names.

    With `words_heard` only the signer whose words these are. Raises SigningError(WORDS_DIFFER) when there is no such
    signer, or the PDF has more wrong with it than an unknown signer; SigningError(TRUST_LIST_UNREADABLE).
    """
    found = [each for each in report.signatures if not each.known and report.verdict is Verdict.UNKNOWN_SIGNER]
    if words_heard is not None:
        found = [each for each in found if each.words == tuple(words_heard.casefold().split())]
    if not found:
        raise SigningError(Code.WORDS_DIFFER)
    for each in found:
        make_known(identity.describe(each.certificate), trust, COMPARED)
    return tuple(each.name for each in found)


def sign(
    pdf: bytes,
    p12: bytes,
    passphrase: str,
    forms: Forms,
    *,
    role: str,
    reason: str = "",
    language: str = "en",
    file: str = "identity.p12",
    document: str = "document.pdf",
) -> bytes:
    """`pdf` with one more signature, its stamp in `language`; the original stays a prefix of it.

    Nothing is signed that a check would refuse: the pages are drawn again and compared first. Raises
    SigningError(IDENTITY_* | SIGNED_OUT_OF_TURN | DOCUMENT_NOT_SIGNABLE); `file` names the identity, `document` the
    PDF.
    """
    from hrddp_desktop.signing import sign as signing
    from hrddp_desktop.signing import verify

    signer = identity.unlock(p12, passphrase, file)
    translate = words(language).translate
    objection = verify.objection(pdf, _recompute(forms, scans=True), now())
    if objection is not None:
        raise SigningError(Code.DOCUMENT_NOT_SIGNABLE, file=document, detail=objection.sentence(translate))
    return signing.sign(pdf, signer, Role(role), reason, now(), file=document, translate=translate)


def check(pdf: bytes, trust: Path, forms: Forms) -> Report:
    """Whether `pdf` can be relied on; never raises over the PDF. Raises SigningError(TRUST_LIST_UNREADABLE)."""
    from hrddp_desktop.signing import verify

    return verify.verify(pdf, TrustList.load(trust), _recompute(forms), now())


def receipt(pdf: bytes, report: Report, as_of: date) -> Signature:
    """What the vault keeps of the newest signature of a checked PDF."""
    newest = report.signatures[-1]
    return Signature(
        role=newest.role.value,
        signer=newest.name,
        fingerprint=newest.fingerprint,
        signed=newest.time,
        outcome=report.outcome,
        rule=report.rule,
        as_of=as_of,
        definition=report.definition,
        answers_sha256=report.attachment or "",
        file_sha256=hashlib.sha256(pdf).hexdigest(),
    )


def extract(pdf: bytes, file: str) -> bytes:
    """The answers file inside `pdf`. Raises FileError(NOT_A_PDF | NO_ANSWERS_INSIDE | ANSWERS_DO_NOT_MATCH)."""
    return package.attached(pdf, file)


def as_lines(report: Report, translate: Callable[[str], str] = N_) -> list[str]:
    """A report for a person at a console: the verdict, the facts, who signed."""
    lines = [translate(report.verdict.value), *(f"- {fact.sentence(translate)}" for fact in report.facts)]
    for each in report.signatures:
        moment = each.time.strftime("%Y-%m-%d %H:%M %Z").strip()
        said = [each.name, each.function, each.station, moment, each.reason, " ".join(each.words)]
        lines.append(f"{each.role.label(translate)}: {', '.join(filter(None, said))}")
    return lines


def _recompute(forms: Forms, *, scans: bool = False) -> Callable[[bytes], Recomputed | None]:
    """What a check asks about attached answers: the outcome by the rules of this installation.

    None means that this installation does not have the rules the answers were judged by. Texts are scanned before a
    signature; a document that was signed elsewhere is not undone by a longer list of words.
    """
    forms = forms.without_cache()

    def recompute(answers: bytes) -> Recomputed | None:
        file = package.parse(answers, package.ATTACHMENT)
        if file.form not in forms.names():
            return None
        definition = forms.definition(file.form)
        if definition.hash != file.definition or not assessment.gives_outcome(definition):
            return None
        session = assessment.open_file(file, forms)
        decision = assessment.final_decision(session)
        outcome = decision.outcome or "incomplete"
        roles = tuple(Role(name) for name in assessment.signers(session.definition, outcome))
        return Recomputed(
            definition=file.definition,
            outcome=outcome,
            rule=decision.rule or "",
            signers=roles,
            reference=assessment.reference(session),
            version=str(documents.VERSION),
            created=file.created,
            as_of=file.as_of,
            missing=len(session.missing(assessment.BEFORE_SIGNATURES)),
            open_texts=len(texts.open_hits(session, file.marks)) if scans else 0,
            app=metadata.APP,
            pages=lambda language, paper: documents.render(
                documents.freeze_file(file, session, language=language, paper=paper, scans=False)
            ),
        )

    return recompute
