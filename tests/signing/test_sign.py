from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel

from hrddp_desktop.errors import Code, SigningError
from hrddp_desktop.signing import identity
from hrddp_desktop.signing.identity import Identity
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.sign import sign
from tests.signing.documents import NOW, TWO, Made, make, person, sign_all

if TYPE_CHECKING:
    from pathlib import Path

    from tests.signing.documents import People, Signed


def refusal(pdf: bytes, who: Identity, role: Role, now: datetime = NOW) -> tuple[Code, str]:
    with pytest.raises(SigningError) as caught:
        sign(pdf, who, role, "post holder", now, file="received.pdf")
    return caught.value.code, str(caught.value)


def test_every_signature_leaves_the_file_before_it_as_it_was(signed: Signed) -> None:
    assert signed.once.startswith(signed.unsigned)
    assert signed.twice.startswith(signed.once)
    assert signed.whole.startswith(signed.twice)


def test_poppler_finds_every_signature_valid_and_the_last_one_over_the_whole_file(
    signed: Signed, tmp_path: Path
) -> None:
    for count, pdf in enumerate(signed.states.values(), start=1):
        file = tmp_path / f"{count}.pdf"
        file.write_bytes(pdf)
        told = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
        assert told.count("Signature is Valid") == count
        assert told.count("Total document signed") == 1
        assert told.count("ETSI.CAdES.detached") == count


def test_pyhanko_itself_sees_nothing_but_form_filling_between_the_signatures(signed: Signed) -> None:
    reader = PdfFileReader(BytesIO(signed.whole))
    for embedded in reader.embedded_regular_signatures:
        embedded.compute_integrity_info()
        result = embedded.diff_result
        assert isinstance(result, DiffResult)
        assert result.modification_level <= ModificationLevel.FORM_FILLING
        assert embedded.summarise_integrity_info()["docmdp_ok"]


def test_the_file_stays_sound(signed: Signed, tmp_path: Path) -> None:
    for name, pdf in signed.states.items():
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(pdf)
        subprocess.run(["qpdf", "--check", file], capture_output=True, check=True)


def test_the_metadata_is_not_touched(signed: Signed) -> None:
    first, last = (PdfFileReader(BytesIO(pdf)).root.raw_get("/Metadata") for pdf in (signed.unsigned, signed.whole))
    assert first.reference == last.reference
    assert signed.whole.count(b"urn:hrddp-desktop:1") == signed.unsigned.count(b"urn:hrddp-desktop:1")


def test_the_time_in_the_signature_is_the_one_that_was_given(people: People) -> None:
    late = datetime(2026, 5, 1, 23, 45, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    pdf = sign(make(), people.ana, Role.PREPARER, "", late)
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    assert signature.sig_object["/M"] == "D:20260501234500+05'30'"
    assert signature.self_reported_timestamp == late


def test_the_first_signs_as_certifier_and_the_last_one_locks(signed: Signed) -> None:
    first, second, last = PdfFileReader(BytesIO(signed.whole)).embedded_regular_signatures
    assert first.docmdp_level is not None
    assert first.docmdp_level.value == 2
    assert second.fieldmdp is None
    assert last.fieldmdp is not None
    assert last.docmdp_level is not None
    assert last.docmdp_level.value == 1


def test_a_document_that_needs_two_signers_is_complete_with_two(people: People) -> None:
    once = sign(make(Made(roles=TWO)), people.ana, Role.PREPARER, "", NOW)
    twice = sign(once, people.ben, Role.REVIEWER, "", NOW)
    code, told = refusal(twice, people.cyra, Role.APPROVER)
    assert code is Code.SIGNED_OUT_OF_TURN
    assert "everybody" in told


def test_a_document_that_is_not_locked_is_signed_without_a_lock(people: People) -> None:
    states = sign_all(people, make(Made(locked=False)))
    assert PdfFileReader(BytesIO(states.whole)).embedded_regular_signatures[-1].fieldmdp is None


def test_nobody_signs_before_the_turn_comes(people: People, signed: Signed) -> None:
    for pdf, role in ((signed.unsigned, Role.REVIEWER), (signed.unsigned, Role.APPROVER), (signed.once, Role.APPROVER)):
        code, told = refusal(pdf, people.cyra, role)
        assert code is Code.SIGNED_OUT_OF_TURN
        assert "it is the turn of the" in told


def test_nobody_signs_as_what_is_signed_already(people: People, signed: Signed) -> None:
    assert refusal(signed.once, people.stranger, Role.PREPARER)[0] is Code.SIGNED_OUT_OF_TURN
    assert refusal(signed.whole, people.stranger, Role.APPROVER)[0] is Code.SIGNED_OUT_OF_TURN


def test_a_role_that_the_outcome_does_not_need_does_not_sign(people: People) -> None:
    code, told = refusal(make(Made(roles=TWO)), people.ana, Role.APPROVER)
    assert code is Code.SIGNED_OUT_OF_TURN
    assert "does not need" in told


def test_one_person_does_not_sign_twice(people: People, signed: Signed) -> None:
    for pdf, role in ((signed.once, Role.REVIEWER), (signed.twice, Role.APPROVER)):
        code, told = refusal(pdf, people.ana, role)
        assert code is Code.SIGNED_OUT_OF_TURN
        assert "another person" in told


def test_a_renewed_certificate_of_one_key_is_still_the_same_person(people: People, signed: Signed) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Somebody else")])
    old = x509.load_der_x509_certificate(people.ana.card.certificate)
    renewed = (
        x509.CertificateBuilder(name, name, people.ana.key.public_key(), 7, NOW, NOW + timedelta(days=9))
        .add_extension(old.extensions.get_extension_for_class(x509.KeyUsage).value, critical=True)
        # The certificate is signed with SHA-256.
        .sign(people.ana.key, old.signature_hash_algorithm)  # type: ignore[arg-type]
    )
    card = identity.describe(renewed.public_bytes(Encoding.DER))
    assert refusal(signed.once, Identity(card, people.ana.key), Role.REVIEWER)[0] is Code.SIGNED_OUT_OF_TURN


def test_an_expired_identity_does_not_sign(people: People) -> None:
    code, told = refusal(make(), people.ana, Role.PREPARER, NOW + timedelta(days=4 * 365))
    assert code is Code.IDENTITY_EXPIRED
    assert "Ana Example" in told


def test_a_clock_that_is_years_behind_is_noticed(people: People) -> None:
    code, told = refusal(make(), people.ana, Role.PREPARER, NOW - timedelta(days=3650))
    assert code is Code.IDENTITY_NOT_YET
    assert "2016" in told


@pytest.mark.parametrize("raw", [b"", b"text", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_document_is_not_signed(people: People, raw: bytes) -> None:
    assert refusal(raw, people.ana, Role.PREPARER)[0] is Code.DOCUMENT_NOT_SIGNABLE


def test_a_file_that_was_changed_after_a_signature_gets_no_other_one(people: People, signed: Signed) -> None:
    changed = bytearray(signed.once)
    changed[1200] ^= 1
    for pdf in (bytes(changed), signed.once + b"\n", signed.once + b"% more\n"):
        code, told = refusal(pdf, people.ben, Role.REVIEWER)
        assert code is Code.DOCUMENT_NOT_SIGNABLE
        assert "received.pdf" in told


def test_a_document_whose_answers_were_exchanged_is_not_signed(people: People) -> None:
    assert refusal(make(Made(answers_sha256="00" * 32)), people.ana, Role.PREPARER)[0] is Code.DOCUMENT_NOT_SIGNABLE


def test_the_longest_certificate_fits() -> None:
    longest = person("م" * 32, "ط" * 64, "س" * 64)
    pdf = sign(make(), longest, Role.PREPARER, "س " * 200, NOW)
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    assert signature.signer_cert.dump() == longest.card.certificate
