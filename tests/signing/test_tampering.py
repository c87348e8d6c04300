"""Nothing that was tampered with is genuine or in circulation; the file next to it that was not, always is."""

from __future__ import annotations

import contextlib
import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers.cms_embedder import SigMDPSetup

from hrddp_desktop.errors import Code, SigningError
from hrddp_desktop.signing import sign as signing
from hrddp_desktop.signing.findings import Report, Verdict
from hrddp_desktop.signing.identity import Identity, describe
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.sign import sign
from hrddp_desktop.signing.verify import verify
from tests.signing import tampering
from tests.signing.documents import ANSWERS, NOW, TWO, Made, make, person, recomputed, sign_all, trusting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hrddp_desktop.signing.trust import TrustList
    from tests.signing.documents import People, Signed

GOOD = {Verdict.GENUINE, Verdict.IN_CIRCULATION}
STATES = ("once", "twice", "whole")


def check(pdf: bytes, trust: TrustList, made: Made | None = None) -> Report:
    return verify(pdf, trust, lambda _: recomputed(made), NOW)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    # pyHanko says in the log what is wrong with a file; here that is the point.
    caplog.set_level("CRITICAL", logger="pyhanko")


@pytest.fixture(autouse=True, scope="module")
def _the_clean_files_are_good(people: People, signed: Signed) -> Iterator[None]:
    """The control: the files that every kind of tampering starts from are good, before and after all of them."""
    assert check(signed.twice, people.known).verdict is Verdict.IN_CIRCULATION
    yield
    assert check(signed.once, people.known).verdict is Verdict.IN_CIRCULATION
    assert check(signed.whole, people.known).verdict is Verdict.GENUINE


# ---------------------------------------------------------------------------------------------------- after signatures


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("change", tampering.UPDATES, ids=lambda change: change.__name__)
def test_an_update_after_the_signatures_is_never_good(
    people: People, signed: Signed, change: tampering.Change, state: str
) -> None:
    changed = tampering.update(signed.states[state], change)
    report = check(changed, people.known)
    expected = Verdict.MARKS_ADDED if change in tampering.MARKS else Verdict.DO_NOT_RELY
    assert report.verdict in ({expected, Verdict.MARKS_ADDED} if change is tampering.metadata else {expected})


@pytest.mark.parametrize("state", STATES)
def test_marks_are_listed_and_the_signed_part_is_offered(people: People, signed: Signed, state: str) -> None:
    pdf = signed.states[state]
    marked = tampering.update(tampering.update(pdf, tampering.a_note), tampering.a_text_over_the_page)
    report = check(marked, people.known)
    assert report.verdict is Verdict.MARKS_ADDED
    assert [(fact.facts["kind"], fact.facts["page"]) for fact in report.facts if fact.name == "mark_added"] == [
        ("FreeText", 1),
        ("Text", 2),
    ]
    assert marked[: report.signed_length] == pdf
    assert not any(signature.covers_whole_file for signature in report.signatures)


@pytest.mark.parametrize("change", tampering.ACTIVE_MARKS, ids=lambda change: change.__name__)
def test_a_mark_that_acts_is_more_than_a_mark(people: People, signed: Signed, change: tampering.Change) -> None:
    report = check(tampering.update(signed.whole, change), people.known)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert [fact.name for fact in report.facts] == ["active_content"]


def test_a_mark_says_how_much_of_which_page_it_covers(people: People, signed: Signed) -> None:
    report = check(tampering.update(signed.whole, tampering.a_cover_over_the_page), people.known)
    assert report.verdict is Verdict.MARKS_ADDED
    assert report.facts[0].facts == {"kind": "Square", "page": 1, "percent": 100}
    assert "it covers 100 % of page 1" in report.facts[0].sentence()
    small = check(tampering.update(signed.whole, tampering.a_note), people.known)
    assert small.facts[0].facts["percent"] == 4
    drawn_elsewhere = check(tampering.update(signed.whole, tampering.a_line_beside_its_rectangle), people.known)
    assert drawn_elsewhere.facts[0].facts["percent"] == 100


def test_metadata_rewritten_after_the_signatures_does_not_change_what_the_report_says(
    people: People, signed: Signed
) -> None:
    report = check(tampering.update(signed.whole, tampering.metadata), people.known)
    assert report.outcome == "proceed_with_mitigation"
    assert report.facts[0].name == "description_added"
    assert report.verdict is Verdict.MARKS_ADDED


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", tampering.BYTES)
def test_bytes_changed_by_hand_are_never_good(people: People, signed: Signed, kind: str, state: str) -> None:
    pdf = signed.states[state]
    changed = tampering.BYTES[kind](pdf)
    assert changed != pdf
    report = check(changed, people.known)
    assert report.verdict is (Verdict.MARKS_ADDED if kind == "blank appended" else Verdict.DO_NOT_RELY)


@pytest.mark.parametrize("state", STATES)
def test_a_bit_flipped_anywhere_is_never_good(
    people: People, signed: Signed, state: str, counts: Callable[[str], int]
) -> None:
    pdf = signed.states[state]
    chance = random.Random(state)  # noqa: S311 - chance, no secret
    for _ in range(counts("bit_flips")):
        place = chance.randrange(len(pdf))
        changed = bytearray(pdf)
        changed[place] ^= 1 << chance.randrange(8)
        assert check(bytes(changed), people.known).verdict not in GOOD, place


def test_a_bit_flipped_in_a_container_is_never_good(
    people: People, signed: Signed, counts: Callable[[str], int]
) -> None:
    (found,) = re.finditer(rb"/Contents <([0-9A-F]+?)0{40,}>", signed.once)
    chance = random.Random(7)  # noqa: S311
    for _ in range(counts("bit_flips")):
        place = chance.randrange(*found.span(1))
        changed = bytearray(signed.once)
        changed[place] = chance.choice([digit for digit in b"0123456789ABCDEF" if digit != changed[place]])
        assert check(bytes(changed), people.known).verdict not in GOOD, place


# --------------------------------------------------------------------------------------------------- between signatures


@pytest.mark.parametrize("change", tampering.UPDATES, ids=lambda change: change.__name__)
def test_an_update_between_two_signatures_is_never_good_even_when_the_next_one_signs_over_it(
    people: People, signed: Signed, change: tampering.Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tampering.update(signed.once, change)
    with pytest.raises(SigningError) as caught:
        sign(changed, people.ben, Role.REVIEWER, "", NOW)
    assert caught.value.code in (Code.DOCUMENT_NOT_SIGNABLE, Code.SIGNED_OUT_OF_TURN)

    # Another program signs all the same.
    monkeypatch.setattr(signing, "_earlier", lambda _: ())
    monkeypatch.setattr(signing, "_check_turn", lambda *_: None)
    try:
        twice = sign(changed, people.ben, Role.REVIEWER, "", NOW)
    except SigningError:
        return  # this update leaves nothing that can be read, and so nothing to sign
    assert check(twice, people.known).verdict is Verdict.DO_NOT_RELY
    with contextlib.suppress(SigningError):
        whole = sign(twice, people.cyra, Role.APPROVER, "", NOW)
        assert check(whole, people.known).verdict is Verdict.DO_NOT_RELY


def test_a_revision_taken_from_the_middle_is_never_good(people: People, signed: Signed) -> None:
    without_second = signed.once + signed.whole[len(signed.twice) :]
    assert check(without_second, people.known).verdict is Verdict.DO_NOT_RELY


def test_a_signature_of_another_document_is_never_good(people: People, signed: Signed) -> None:
    other = sign_all(people, make(Made(reference="HRDD-2026-0043")))
    assert check(other.whole, people.known, Made(reference="HRDD-2026-0043")).verdict is Verdict.GENUINE
    mixed = signed.once + other.twice[len(other.once) :]
    assert check(mixed, people.known).verdict is Verdict.DO_NOT_RELY


# ------------------------------------------------------------------------------------------------------ who and in turn


def test_two_signatures_of_one_person_are_never_good(
    people: People, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "_check_turn", lambda *_: None)
    report = check(sign(signed.once, people.ana, Role.REVIEWER, "", NOW), people.known)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert report.facts[0].name == "same_signer"


def test_a_role_that_was_skipped_is_never_good(people: People, signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_check_turn", lambda *_: None)
    skipped = sign(signed.once, people.cyra, Role.APPROVER, "", NOW)
    report = check(skipped, people.known)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert report.facts[0].sentence() == "The reviewer has not signed, but somebody after that has."


def test_signatures_in_the_wrong_order_are_never_good(
    people: People, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "_check_turn", lambda *_: None)
    monkeypatch.setattr(signing, "_earlier", lambda _: ())
    skipped = sign(signed.once, people.cyra, Role.APPROVER, "", NOW)
    turned = sign(skipped, people.ben, Role.REVIEWER, "", NOW)
    report = check(turned, people.known)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert report.facts[0].name == "wrong_order"


def test_a_first_signature_that_does_not_certify_is_never_good(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_permissions", lambda *_: SigMDPSetup("sha256"))
    assert check(sign(make(), people.ana, Role.PREPARER, "", NOW), people.known).verdict is Verdict.DO_NOT_RELY


def test_a_last_signature_that_does_not_lock_is_never_good(
    people: People, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "_permissions", lambda *_: SigMDPSetup("sha256"))
    report = check(sign(signed.twice, people.cyra, Role.APPROVER, "", NOW), people.known)
    assert report.verdict is Verdict.DO_NOT_RELY


def test_a_document_signed_all_over_again_by_strangers_is_only_from_unknown_signers(people: People) -> None:
    strangers = [person(one.card.name, one.card.function, one.card.station) for one in people.signers.values()]
    pdf = make(Made(outcome="proceed", rule="D01"))
    for role, who in zip(Role, strangers, strict=True):
        pdf = sign(pdf, who, role, "post holder", NOW)
    report = check(pdf, people.known, Made(outcome="proceed", rule="D01"))
    assert report.verdict is Verdict.UNKNOWN_SIGNER
    assert len([fact for fact in report.facts if fact.name == "signer_unknown"]) == 3


def test_a_container_exchanged_for_one_of_a_stranger_is_from_an_unknown_signer(people: People, signed: Signed) -> None:
    """The container lies outside what it signs, so anybody can put his own there. Only the list tells."""
    forged = sign(signed.unsigned, people.stranger, Role.PREPARER, "post holder", NOW)
    assert check(forged, people.known).verdict is Verdict.UNKNOWN_SIGNER
    assert check(forged, trusting(people.stranger)).verdict is Verdict.IN_CIRCULATION


def test_a_certificate_with_a_known_name_and_another_key_does_not_pass_for_it(people: People) -> None:
    false = replace(people.stranger.card, certificate=people.ana.card.certificate)
    pdf = sign(make(), Identity(false, people.stranger.key), Role.PREPARER, "", NOW)
    report = check(pdf, people.known)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert report.facts[0].name == "signature_broken"


@pytest.mark.parametrize("usage", [None, "agreement", "critical"])
def test_a_certificate_that_is_not_for_signing_documents_is_never_good(usage: str | None) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ana Example")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 5, NOW, NOW.replace(year=2030))
    flags = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False
    )
    signs = usage == "critical"
    if usage is not None:
        purpose = x509.KeyUsage(digital_signature=signs, content_commitment=signs, key_agreement=not signs, **flags)
        builder = builder.add_extension(purpose, critical=True)
    if usage == "critical":
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
        builder = builder.add_extension(unknown, critical=True)
    card = describe(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))
    who = Identity(card, key)
    report = check(sign(make(), who, Role.PREPARER, "", NOW), trusting(who))
    assert report.verdict is Verdict.DO_NOT_RELY
    assert report.facts[0].name == "certificate_unfit"


# ------------------------------------------------------------------------------------------------------- what is signed


@pytest.mark.parametrize(
    "made",
    [
        Made(answers_sha256="ab" * 32),
        Made(answers=None),
        Made(answers=ANSWERS + b" ", answers_sha256="4a" * 32),
        Made(metadata=False),
        Made(signers="preparer"),
        Made(signers="preparer reviewer"),
        Made(signers="reviewer preparer approver"),
        Made(signers=""),
        Made(signers="preparer reviewer director"),
        Made(fields=("SigPreparer", "SigReviewer", "SigReviewer")),
        Made(fields=("SigReviewer", "SigPreparer", "SigApprover")),
        Made(fields=("SigPreparer", "SigReviewer", "SigApprover", "SigDirector")),
        Made(fields=("SigPreparer", "SigReviewer")),
        Made(fields=("SigPreparer", "SigReviewer", "ЅigApprover")),
    ],
)
def test_a_document_that_contradicts_itself_is_neither_signed_nor_good(people: People, made: Made) -> None:
    pdf = make(made)
    assert check(pdf, people.known).verdict is Verdict.DO_NOT_RELY
    with pytest.raises(SigningError) as caught:
        sign(pdf, people.ana, Role.PREPARER, "", NOW)
    assert caught.value.code is Code.DOCUMENT_NOT_SIGNABLE


def test_a_document_for_fewer_signers_than_its_outcome_needs_is_never_good(people: People) -> None:
    fewer = Made(roles=TWO)
    once = sign(make(fewer), people.ana, Role.PREPARER, "", NOW)
    twice = sign(once, people.ben, Role.REVIEWER, "", NOW)
    assert check(twice, people.known, fewer).verdict is Verdict.GENUINE
    report = check(twice, people.known, Made())
    assert report.verdict is Verdict.DO_NOT_RELY
    assert report.facts[0].name == "outcome_differs"


def test_a_document_whose_outcome_was_written_by_hand_is_never_good(people: People) -> None:
    states = sign_all(people, make(Made(outcome="proceed", rule="D01")))
    assert check(states.whole, people.known).verdict is Verdict.DO_NOT_RELY


@pytest.mark.parametrize("change", [tampering.a_script, tampering.a_second_attachment, tampering.a_shadow_field])
def test_a_document_prepared_for_a_later_trick_is_not_signed(people: People, change: tampering.Change) -> None:
    prepared = tampering.update(make(), change)
    with pytest.raises(SigningError) as caught:
        sign(prepared, people.ana, Role.PREPARER, "", NOW)
    assert caught.value.code is Code.DOCUMENT_NOT_SIGNABLE


def test_a_document_with_hidden_earlier_revisions_is_never_good(people: People) -> None:
    """A shadow document: what is to be shown later already lies in an earlier revision."""
    prepared = tampering.update(make(), tampering.page_content)
    once = sign(prepared, people.ana, Role.PREPARER, "", NOW)
    assert check(once, people.known).verdict is Verdict.DO_NOT_RELY
