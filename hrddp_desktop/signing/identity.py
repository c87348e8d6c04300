"""A person's identity: a key and a self-signed certificate in one .p12 file, locked by a passphrase.

An identity issued by a duty station's own authority would join here: `unlock` reads it, `Identity.chain` carries it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12
from cryptography.x509.oid import ExtensionOID, NameOID

from hrddp_desktop.errors import Code, SigningError
from hrddp_desktop.signing.words import six_words

VALID_FOR: Final = timedelta(days=3 * 365)
LONGEST_NAME: Final = 64
"""Bytes of UTF-8 in a name, as cryptography counts the bound of X.520 for it: 64 Latin letters, 32 Arabic ones."""

LONGEST: Final = 64
"""Letters in a function or a station."""

_ROUNDS: Final = 600_000
_BLOCK: Final = 64
# A colleague's clock may be behind; a certificate made now must be valid there too.
_CLOCKS: Final = timedelta(days=1)
_LARGEST_FILE: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Card:
    """What everybody may know of an identity; `certificate` (DER) is what a colleague adds to the list of signers."""

    name: str
    function: str
    station: str
    fingerprint: str
    since: datetime
    until: datetime
    certificate: bytes
    key: str
    """SHA-256 of the public key, which a renewed certificate may share."""
    signs: bool
    """Whether the certificate is for signing documents, and asks for nothing that this app does not understand."""

    @property
    def words(self) -> tuple[str, ...]:
        """The six words to compare by telephone; slow on purpose, 15 ms."""
        return six_words(self.fingerprint)

    def valid(self, moment: datetime) -> bool:
        """Whether a signature claimed at `moment` lies within the certificate's time."""
        return self.since <= moment <= self.until


@dataclass(frozen=True, slots=True)
class Identity:
    """An unlocked identity. Lives as long as one signing; never stored, never logged."""

    card: Card
    key: ec.EllipticCurvePrivateKey

    def __repr__(self) -> str:
        return f"Identity({self.card.fingerprint[:16]})"


def new(name: str, function: str, station: str, passphrase: str, now: datetime) -> bytes:
    """A new identity as a .p12 file: P-256, self-signed, three years, AES-256 (PBES2, SHA-256, 600,000 rounds).

    Raises SigningError(IDENTITY_INCOMPLETE | PASSPHRASE_EMPTY).
    """
    if not passphrase:
        raise SigningError(Code.PASSPHRASE_EMPTY)
    return lock(generate(name, function, station, now), passphrase)


def generate(name: str, function: str, station: str, now: datetime) -> Identity:
    """A new identity that is not yet in a file. Raises SigningError(IDENTITY_INCOMPLETE)."""
    name, function, station = (_clean(text) for text in (name, function, station))
    if len(name.encode()) > LONGEST_NAME:
        raise SigningError(Code.IDENTITY_INCOMPLETE, longest=LONGEST)
    key = ec.generate_private_key(ec.SECP256R1())
    return Identity(_card(_certificate(key, name, function, station, now)), key)


def lock(identity: Identity, passphrase: str) -> bytes:
    """`identity` as a .p12 file."""
    certificate = x509.load_der_x509_certificate(identity.card.certificate)
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(_passphrase(passphrase))
    )
    name = identity.card.name.encode()
    p12 = pkcs12.serialize_key_and_certificates(name, identity.key, certificate, None, encryption)
    return _with_slow_check(p12, _passphrase(passphrase))


def unlock(p12: bytes, passphrase: str, file: str = "identity.p12") -> Identity:
    """The identity in `p12`; `file` is its name for messages.

    Raises SigningError(IDENTITY_PASSPHRASE | IDENTITY_UNREADABLE). A .p12 file has one check for both, so a file
    damaged in its locked part counts as a wrong passphrase.
    """
    # A PKCS#12 file is one DER sequence of version 3; anything else has no passphrase to be wrong.
    if len(p12) > _LARGEST_FILE or p12[:1] != b"\x30" or b"\x02\x01\x03" not in p12[:16]:
        raise SigningError(Code.IDENTITY_UNREADABLE, file=file, detail="it is no PKCS#12 file")
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(p12, _passphrase(passphrase))
    except ValueError as error:
        if "password" in str(error):
            raise SigningError(Code.IDENTITY_PASSPHRASE) from error
        raise SigningError(Code.IDENTITY_UNREADABLE, file=file, detail="it is damaged") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate is None:
        raise SigningError(
            Code.IDENTITY_UNREADABLE, file=file, detail="it holds no key of the kind this app signs with"
        )
    if key.public_key() != certificate.public_key() or not isinstance(key.curve, ec.SECP256R1):
        raise SigningError(Code.IDENTITY_UNREADABLE, file=file, detail="its key does not belong to its certificate")
    return Identity(_card(certificate), key)


def describe(certificate: bytes, file: str = "certificate.cer") -> Card:
    """The card of a certificate, DER or PEM; `file` is its name for messages.

    Raises SigningError(IDENTITY_UNREADABLE).
    """
    try:
        loaded = (
            x509.load_pem_x509_certificate(certificate)
            if certificate.lstrip().startswith(b"-----BEGIN")
            else x509.load_der_x509_certificate(certificate)
        )
        return _card(loaded)
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension) as error:
        raise SigningError(Code.IDENTITY_UNREADABLE, file=file, detail="it is no certificate") from error


def _certificate(
    key: ec.EllipticCurvePrivateKey, name: str, function: str, station: str, now: datetime
) -> x509.Certificate:
    person = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.TITLE, function),
            x509.NameAttribute(NameOID.LOCALITY_NAME, station),
        ]
    )
    begin = now.astimezone(UTC).replace(microsecond=0)
    usage = dict.fromkeys(_OTHER_USAGES, False) | {"digital_signature": True, "content_commitment": True}
    return (
        x509.CertificateBuilder()
        .subject_name(person)
        .issuer_name(person)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - _CLOCKS)
        .not_valid_after(begin + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


_OTHER_USAGES: Final = (
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _card(certificate: x509.Certificate) -> Card:
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    public = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Card(
        name=_attribute(certificate, NameOID.COMMON_NAME),
        function=_attribute(certificate, NameOID.TITLE),
        station=_attribute(certificate, NameOID.LOCALITY_NAME),
        fingerprint=fingerprint,
        since=certificate.not_valid_before_utc,
        until=certificate.not_valid_after_utc,
        certificate=certificate.public_bytes(serialization.Encoding.DER),
        key=hashlib.sha256(public).hexdigest(),
        signs=_signs(certificate),
    )


def _signs(certificate: x509.Certificate) -> bool:
    critical = {extension.oid for extension in certificate.extensions if extension.critical}
    if critical - {ExtensionOID.KEY_USAGE, ExtensionOID.BASIC_CONSTRAINTS}:
        return False
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.digital_signature and usage.content_commitment


def _with_slow_check(p12: bytes, passphrase: bytes) -> bytes:
    """`p12` with its passphrase check (the MAC) as slow as its encryption.

    cryptography slows down only the encryption and leaves the check at 2,048 rounds, so a thief would guess against
    the check, three hundred times faster. The check's key is derived as in RFC 7292, appendix B.2: one block of
    SHA-256, kind 3 (the check), salt and passphrase each repeated to 64 bytes.
    """
    file = asn1_pkcs12.Pfx.load(p12)
    salt = secrets.token_bytes(_BLOCK)
    typed = passphrase.decode().encode("utf-16-be") + b"\0\0"
    whole_blocks = -(-len(typed) // _BLOCK) * _BLOCK
    key = bytes([3]) * _BLOCK + salt + (typed * whole_blocks)[:whole_blocks]
    for _ in range(_ROUNDS):
        key = hashlib.sha256(key).digest()
    content = file["auth_safe"]["content"].contents
    file["mac_data"] = {
        "mac": {"digest_algorithm": {"algorithm": "sha256"}, "digest": hmac.digest(key, content, "sha256")},
        "mac_salt": salt,
        "iterations": _ROUNDS,
    }
    slow: bytes = file.dump()
    return slow


def _attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    values = [attribute.value for attribute in certificate.subject.get_attributes_for_oid(oid)]
    return visible(", ".join(value if isinstance(value, str) else value.decode("latin-1") for value in values))


def visible(text: str) -> str:
    """`text` without control and direction characters, with which a name could be made to look like another."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))


def one_line(text: str, longest: int) -> str:
    """`text` as a person may be shown it: visible, on one line, at most `longest` letters; it came from somebody."""
    return _spaced(text)[:longest].rstrip()


def same_person(one: Card, other: Card) -> bool:
    """Whether two certificates say to be of one person: the same key, or one name at one station however written."""
    return one.key == other.key or _person(one) == _person(other)


def _person(card: Card) -> tuple[str, str]:
    name, station = (_spaced(unicodedata.normalize("NFKC", text)).casefold() for text in (card.name, card.station))
    return name, station


def _spaced(text: str) -> str:
    # Before `visible`, which takes away what separates lines.
    return " ".join(visible(" ".join(unicodedata.normalize("NFC", text).split())).split())


def _clean(text: str) -> str:
    clean = _spaced(text)
    if not 0 < len(clean) <= LONGEST:
        raise SigningError(Code.IDENTITY_INCOMPLETE, longest=LONGEST)
    return clean


def _passphrase(passphrase: str) -> bytes:
    # One spelling, so that a passphrase typed on another keyboard is the same passphrase.
    return unicodedata.normalize("NFC", passphrase).encode()
