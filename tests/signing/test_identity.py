from __future__ import annotations

from datetime import timedelta

import pytest
from asn1crypto import pkcs12 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12

from hrddp_desktop.errors import Code, SigningError
from hrddp_desktop.signing import identity
from hrddp_desktop.signing.words import WORDS, six_words
from tests.signing.documents import NOW


@pytest.fixture(scope="module")
def p12() -> bytes:
    return identity.new("Ana Example", "Project officer", "Selm", "correct horse", NOW)


def code_of(p12: bytes, passphrase: str) -> Code:
    with pytest.raises(SigningError) as caught:
        identity.unlock(p12, passphrase, "mine.p12")
    assert str(caught.value)
    return caught.value.code


def test_an_identity_opens_with_its_passphrase_and_says_whose_it_is(p12: bytes) -> None:
    card = identity.unlock(p12, "correct horse").card
    assert (card.name, card.function, card.station) == ("Ana Example", "Project officer", "Selm")
    assert card.since < NOW < card.until == NOW + timedelta(days=3 * 365)
    assert len(card.fingerprint) == 64
    assert card.signs


def test_the_key_is_p256_and_the_certificate_for_signing_documents_only(p12: bytes) -> None:
    opened = identity.unlock(p12, "correct horse")
    assert isinstance(opened.key.curve, ec.SECP256R1)
    certificate = x509.load_der_x509_certificate(opened.card.certificate)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_guessing_the_passphrase_costs_six_hundred_thousand_rounds_at_the_check_too(p12: bytes) -> None:
    file = asn1.Pfx.load(p12)
    assert file["mac_data"]["iterations"].native == 600_000
    assert file["mac_data"]["mac"]["digest_algorithm"]["algorithm"].native == "sha256"


def test_other_software_opens_it(p12: bytes) -> None:
    key, certificate, _ = pkcs12.load_key_and_certificates(p12, b"correct horse")
    assert key is not None
    assert certificate is not None


def test_two_identities_of_one_person_are_two_certificates(p12: bytes) -> None:
    other = identity.new("Ana Example", "Project officer", "Selm", "correct horse", NOW)
    cards = [identity.unlock(one, "correct horse").card for one in (p12, other)]
    assert cards[0].fingerprint != cards[1].fingerprint
    assert cards[0].words != cards[1].words


def test_a_wrong_passphrase_says_so(p12: bytes) -> None:
    for wrong in ("Correct horse", "", "correct horse "):
        assert code_of(p12, wrong) is Code.IDENTITY_PASSPHRASE


@pytest.mark.parametrize("passphrase", ["كلمة سر طويلة", "é" * 80, "x"])
def test_a_passphrase_in_any_script_and_length_opens_what_it_locked(passphrase: str) -> None:
    assert identity.unlock(identity.new("A", "B", "C", passphrase, NOW), passphrase).card.name == "A"


def test_one_passphrase_typed_in_two_ways_is_one_passphrase() -> None:
    made = identity.new("A", "B", "C", "caf\u00e9", NOW)
    assert identity.unlock(made, "cafe\u0301").card.name == "A"


@pytest.mark.parametrize("raw", [b"", b"text", b"\x30\x03\x02\x01\x03", b"%PDF-1.7", b"\x30" * 300_000])
def test_what_is_no_identity_says_so(raw: bytes) -> None:
    assert code_of(raw, "x") is Code.IDENTITY_UNREADABLE


def test_a_damaged_identity_is_refused_in_plain_words(p12: bytes) -> None:
    for place in range(0, len(p12), 29):
        damaged = p12[:place] + bytes([p12[place] ^ 0x55]) + p12[place + 1 :]
        if place > 20:  # the first bytes decide whether it is a PKCS#12 file at all
            assert code_of(damaged, "correct horse") in (Code.IDENTITY_PASSPHRASE, Code.IDENTITY_UNREADABLE)


def test_a_file_with_another_kind_of_key_is_refused() -> None:
    key = rsa.generate_private_key(65537, 2048)
    raw = pkcs12.serialize_key_and_certificates(b"x", key, None, None, NoEncryption())
    assert code_of(raw, "") is Code.IDENTITY_UNREADABLE


@pytest.mark.parametrize(
    "texts", [("", "B", "C"), ("A", "  ", "C"), ("A", "B", "\n"), ("A" * 65, "B", "C"), ("م" * 33, "B", "C")]
)
def test_an_identity_needs_its_three_texts_at_a_length_that_fits(texts: tuple[str, str, str]) -> None:
    with pytest.raises(SigningError) as caught:
        identity.new(*texts, "x", NOW)
    assert caught.value.code is Code.IDENTITY_INCOMPLETE


def test_an_empty_passphrase_is_refused() -> None:
    with pytest.raises(SigningError) as caught:
        identity.new("A", "B", "C", "", NOW)
    assert caught.value.code is Code.PASSPHRASE_EMPTY


def test_letters_that_hide_or_turn_text_are_left_out_of_a_name() -> None:
    made = identity.new("Ana\u202e elpmaxE\u200b", "Officer\x00", "Selm\n North", "x", NOW)
    card = identity.unlock(made, "x").card
    assert (card.name, card.function, card.station) == ("Ana elpmaxE", "Officer", "Selm North")


def test_a_colleague_reads_the_card_from_the_certificate_alone(p12: bytes) -> None:
    card = identity.unlock(p12, "correct horse").card
    pem = x509.load_der_x509_certificate(card.certificate).public_bytes(Encoding.PEM)
    assert identity.describe(card.certificate) == card
    assert identity.describe(pem) == card


@pytest.mark.parametrize("raw", [b"", b"text", b"-----BEGIN CERTIFICATE-----\n", b"\x30\x82"])
def test_what_is_no_certificate_says_so(raw: bytes) -> None:
    with pytest.raises(SigningError) as caught:
        identity.describe(raw)
    assert caught.value.code is Code.IDENTITY_UNREADABLE


def test_an_identity_does_not_show_its_key(p12: bytes) -> None:
    assert "key" not in repr(identity.unlock(p12, "correct horse")).lower()


def test_the_list_of_words_has_nine_bits_and_no_two_words_that_begin_alike() -> None:
    assert len(WORDS) == 512
    assert len({word[:4] for word in WORDS}) == 512
    assert all(word.isascii() and word.islower() and word.isalpha() for word in WORDS)


def test_six_words_stay_the_same_for_ever() -> None:
    assert six_words("00" * 32) == ("potato", "fish", "carrot", "balcony", "ruby", "chalk")
    assert six_words("00" * 31 + "01") != six_words("00" * 32)
