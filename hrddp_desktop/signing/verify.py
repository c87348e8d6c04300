"""Check a PDF: whether it is what was signed, by whom, and whether it says what the rules say.

Offline and local: nothing is fetched, no other list of authorities is asked. A signer is known when exactly that
certificate is on this computer's list. Always in a worker: three signatures take a tenth of a second, a large file
more.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.signing.container import claimed_digest
from hrddp_desktop.signing.document import Document, Metadata, UnreliableError, read
from hrddp_desktop.signing.findings import Fact, Finding, Recomputed, Report, SignatureFact, Verdict
from hrddp_desktop.signing.identity import same_person
from hrddp_desktop.signing.later import marks
from hrddp_desktop.signing.pages import compare
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.signature import Signature, signatures
from hrddp_desktop.signing.trust import TrustList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Recompute = Callable[[bytes], Recomputed | None]

_BYTE_RANGE: Final = re.compile(rb"/ByteRange ?\[0 (\d{1,9}) (\d{1,9}) (\d{1,9})\]")
_HEX: Final = re.compile(rb"[0-9A-F]+")
# A clock that is a little ahead is no news.
_AHEAD: Final = timedelta(hours=1)
# Where it is already tomorrow.
_EARLIEST_ZONE: Final = timedelta(hours=14)


def verify(pdf: bytes, trust: TrustList, recompute: Recompute, now: datetime) -> Report:
    """The verdict on `pdf`, with everything that was found.

    `recompute` gets the attached answers and gives what the rules make of them, or None when the rules that the
    document names are not released here. Never raises.
    """
    try:
        return _judge(pdf, trust, recompute, now)
    except UnreliableError as error:
        return Report(Verdict.DO_NOT_RELY, (error.fact,))
    # The one broad handler of the project. A file made to confuse a parser can raise anything in any library below,
    # and whoever asks whether to rely on a file must get "do not" for an answer, never a broken window.
    except Exception as error:  # noqa: BLE001 - see above
        return Report(Verdict.DO_NOT_RELY, (Fact(Finding.UNREADABLE, {"detail": type(error).__name__}),))


def objection(pdf: bytes, recompute: Recompute, now: datetime) -> Fact | None:
    """What speaks against putting the next signature on `pdf`; None when nothing does.

    Whoever signs stands for what the pages say, so they are compared before. The first signer takes pages of this
    version only: they cost nothing to make again. Never raises.
    """
    report = verify(pdf, TrustList(), recompute, now)
    found = [fact for fact in report.facts if fact.finding is not Finding.NOBODY_SIGNED]
    return found[0] if found and report.verdict is Verdict.DO_NOT_RELY else None


@dataclass(frozen=True, slots=True)
class _Found:
    """What rules the file out, and what is worth knowing."""

    problems: tuple[Fact, ...]
    marks: tuple[Fact, ...]
    unknown: tuple[Fact, ...]
    notes: tuple[Fact, ...]


def _judge(pdf: bytes, trust: TrustList, recompute: Recompute, now: datetime) -> Report:
    end = _signed_length(pdf)
    _reject_early(pdf[:end])
    document = read(pdf[:end])
    signed = signatures(document)
    if not signed:
        against = _differences(document, recompute, now)
        return _report(document, Verdict.DO_NOT_RELY, (Fact(Finding.NOBODY_SIGNED), *against), ())
    if signed[-1].end != end:
        raise UnreliableError(Finding.BYTES_AFTER)
    found = _Found(
        problems=(*_same_signer(signed), *_differences(document, recompute, signed[0].time)),
        marks=marks(pdf, document.reader, end),
        unknown=tuple(_unknown(signed, trust)),
        notes=tuple(_notes(signed, now)),
    )
    facts = tuple(_signature_fact(signature, trust, len(pdf)) for signature in signed)
    return _report(document, *_verdict(document, found), facts, end)


def _signed_length(pdf: bytes) -> int:
    """Where the last byte range that lies in the file ends; the whole length when there is none.

    A search, not a reading, and it need be no more: whatever length comes out, that part is read strictly and must end
    with its last signature, and what follows is judged on its own.
    """
    ends = (int(match[2]) + int(match[3]) for match in _BYTE_RANGE.finditer(pdf))
    return max((end for end in ends if end <= len(pdf)), default=len(pdf))


def _reject_early(pdf: bytes) -> None:
    """The digests, before anything is read: most files that are not good fail here, in a few milliseconds.

    This only ever refuses. Whatever is not where this app puts it is left to the strict reading.
    """
    for role, match in zip(Role, _BYTE_RANGE.finditer(pdf), strict=False):
        before, after, rest = (int(number) for number in match.groups())
        content = pdf[before + 1 : after - 1]
        if after + rest > len(pdf) or len(content) % 2 or not _HEX.fullmatch(content):
            continue
        claimed = claimed_digest(bytes.fromhex(content.decode()))
        if claimed is not None and claimed != _digest(pdf, before, after, after + rest):
            raise UnreliableError(Finding.CONTENT_CHANGED, role=role)


def _digest(pdf: bytes, before: int, after: int, end: int) -> bytes:
    digest = hashlib.sha256(memoryview(pdf)[:before])
    digest.update(memoryview(pdf)[after:end])
    return digest.digest()


def _verdict(document: Document, found: _Found) -> tuple[Verdict, tuple[Fact, ...]]:
    others = (*found.unknown, *found.marks, *found.notes)
    if found.problems:
        return Verdict.DO_NOT_RELY, (*found.problems, *others)
    metadata = document.metadata
    held = (
        Fact(Finding.ANSWERS_MATCH),
        Fact(Finding.OUTCOME_RECOMPUTED, {"outcome": metadata.outcome, "rule": metadata.rule}),
    )
    turn = document.next_role
    progress: tuple[Fact, ...]
    if turn is None:
        progress = (Fact(Finding.ALL_SIGNED, {"count": len(metadata.signers)}),)
    else:
        progress = (Fact(Finding.NEXT_SIGNER, {"role": turn}), Fact(Finding.MAY_BE_SHORTENED))
    if found.unknown:
        return Verdict.UNKNOWN_SIGNER, (*others, *progress, *held)
    if found.marks:
        return Verdict.MARKS_ADDED, (*others, *progress, *held)
    verdict = Verdict.GENUINE if turn is None else Verdict.IN_CIRCULATION
    return verdict, (*progress, Fact(Finding.UNCHANGED), *held, *found.notes)


def _same_signer(signed: tuple[Signature, ...]) -> Iterator[Fact]:
    for place, signature in enumerate(signed):
        if any(same_person(signature.card, earlier.card) for earlier in signed[:place]):
            yield Fact(Finding.SAME_SIGNER, {"name": signature.card.name})


def _differences(document: Document, recompute: Recompute, signed: datetime) -> Iterator[Fact]:
    """What the attached answers give against what the document says; the pages last, as they have to be drawn.

    `signed` is the time of the first signature.
    """
    try:
        again = recompute(document.answers)
        if again is None:
            yield Fact(Finding.RULES_UNKNOWN, {"definition": document.metadata.definition})
            return
        found = tuple(_contradictions(document, again, signed))
        yield from found
        pages = None if found else compare(document, again)
    except HrddpError as error:
        yield Fact(Finding.UNREADABLE, {"detail": error.sentences()[0]})
        return
    if pages is not None:
        yield pages


def _contradictions(document: Document, again: Recomputed, signed: datetime) -> Iterator[Fact]:
    if again.missing:
        yield Fact(Finding.INCOMPLETE, {"count": again.missing})
    if again.open_texts:
        yield Fact(Finding.TEXTS_OPEN, {"count": again.open_texts})
    latest = (signed.astimezone(UTC) + _EARLIEST_ZONE).date()
    if again.as_of is None or again.created is None or not again.created <= again.as_of <= latest:
        yield Fact(Finding.DATE_UNLIKELY, {"as_of": again.as_of or "?"})
    for what, printed, recomputed in _compared(document.metadata, again):
        if printed != recomputed:
            yield Fact(Finding.OUTCOME_DIFFERS, {"what": what, "printed": printed, "recomputed": recomputed})


def _compared(metadata: Metadata, again: Recomputed) -> Iterator[tuple[str, str, str]]:
    yield "definition", metadata.definition, again.definition
    yield "outcome", metadata.outcome, again.outcome
    yield "rule", metadata.rule, again.rule
    yield "reference", metadata.reference, again.reference
    yield "version", metadata.version, again.version
    yield "signers", _names(metadata.signers), _names(again.signers)


def _names(signers: tuple[Role, ...]) -> str:
    return " ".join(role.value for role in signers)


def _unknown(signed: tuple[Signature, ...], trust: TrustList) -> Iterator[Fact]:
    for signature in signed:
        if not trust.knows(signature.card.certificate):
            words = " ".join(signature.card.words)
            yield Fact(Finding.SIGNER_UNKNOWN, {"name": signature.card.name, "words": words})


def _notes(signed: tuple[Signature, ...], now: datetime) -> Iterator[Fact]:
    names: set[str] = set()
    for signature in signed:
        card = signature.card
        if not card.valid(now):
            yield Fact(Finding.CERTIFICATE_EXPIRED, {"name": card.name})
        if signature.time > now + _AHEAD:
            yield Fact(Finding.CLOCK_AHEAD, {"name": card.name, "time": f"{signature.time:%Y-%m-%d %H:%M %Z}"})
        if card.name.casefold() in names:
            yield Fact(Finding.SAME_NAME, {"name": card.name})
        names.add(card.name.casefold())


def _signature_fact(signature: Signature, trust: TrustList, length: int) -> SignatureFact:
    card = signature.card
    return SignatureFact(
        field=signature.role.field,
        role=signature.role,
        name=card.name,
        function=card.function,
        station=card.station,
        reason=signature.reason,
        time=signature.time.astimezone(UTC),
        fingerprint=card.fingerprint,
        certificate=card.certificate,
        known=trust.knows(card.certificate),
        covers_whole_file=signature.end == length,
        valid_at_time=card.valid(signature.time),
    )


def _report(
    document: Document,
    verdict: Verdict,
    facts: tuple[Fact, ...],
    signed: tuple[SignatureFact, ...],
    end: int = 0,
) -> Report:
    metadata = document.metadata
    return Report(
        verdict=verdict,
        facts=facts,
        signatures=signed,
        next_role=document.next_role,
        reference=metadata.reference,
        version=metadata.version,
        outcome=metadata.outcome,
        rule=metadata.rule,
        definition=metadata.definition,
        attachment=metadata.answers_sha256,
        answers=document.answers if verdict is not Verdict.DO_NOT_RELY else None,
        signed_length=end,
    )
