"""The CMS container of a signature: built in one way, and read only when it was built in that way.

Everything in it follows from the certificate, the digest of the document and the signature, so a container is checked
by building it again: not one byte can differ, be added, or mean something else to another reader.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from asn1crypto import cms
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509 import load_der_x509_certificate

if TYPE_CHECKING:
    from hrddp_desktop.signing.identity import Identity

_SEQUENCE, _SET, _INTEGER, _OCTETS, _OBJECT = 0x30, 0x31, 0x02, 0x04, 0x06
_EXPLICIT_0, _IMPLICIT_0, _IMPLICIT_1 = 0xA0, 0xA0, 0xA1


@dataclass(frozen=True, slots=True)
class Container:
    """A signature's three parts; `certificate` is DER, `digest` the SHA-256 of the signed ranges."""

    certificate: bytes
    digest: bytes
    signature: bytes

    def holds(self) -> bool:
        """Whether the certificate's key made the signature."""
        key = load_der_x509_certificate(self.certificate).public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            return False
        try:
            key.verify(self.signature, _attributes(_SET, self.certificate, self.digest), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def build(digest: bytes, identity: Identity) -> bytes:
    """The container over `digest`, as PAdES baseline B-B asks for it (ETSI EN 319 142-1, 6.3).

    Built here, not by pyHanko's signer: that one runs on an event loop, which opens sockets, and takes the time from
    the system. The time stands in the signature dictionary, never in the container.
    """
    certificate = identity.card.certificate
    signed = _attributes(_SET, certificate, digest)
    return _pack(Container(certificate, digest, identity.key.sign(signed, ec.ECDSA(hashes.SHA256()))))


def read(content: bytes) -> Container:
    """The container in `content`, maybe followed by zeros. Raises ValueError when `build` cannot have made it."""
    data = cms.ContentInfo.load(content)["content"]
    signer = data["signer_infos"][0]
    digest = next(entry["values"][0] for entry in signer["signed_attrs"] if entry["type"].native == "message_digest")
    container = Container(data["certificates"][0].chosen.dump(), digest.native, signer["signature"].native)
    if encode_dss_signature(*decode_dss_signature(container.signature)) != container.signature:
        raise ValueError("its numbers are not in canonical form")
    again = _pack(container)
    if content[: len(again)] != again or any(content[len(again) :]):
        raise ValueError("it holds something that this app does not write")
    return container


def claimed_digest(content: bytes) -> bytes | None:
    """The digest that a container claims, found without understanding the rest; None when it is not found."""
    start = content.find(_MESSAGE_DIGEST)
    value = start + len(_MESSAGE_DIGEST) + len(_DIGEST_HEAD)
    if start < 0 or content[value - len(_DIGEST_HEAD) : value] != _DIGEST_HEAD:
        return None
    return content[value : value + 32]


# ---------------------------------------------------------------------------------------------------------------- DER


def _der(tag: int, *parts: bytes) -> bytes:
    """One value in DER: tag, shortest length, content."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def _object(name: str) -> bytes:
    first, second, *rest = (int(number) for number in name.split("."))
    octets = [first * 40 + second]
    for number in rest:
        groups = [number >> shift & 0x7F for shift in range(0, max(number.bit_length(), 1), 7)][::-1]
        octets += [group | 0x80 for group in groups[:-1]] + groups[-1:]
    return _der(_OBJECT, bytes(octets))


_DATA: Final = _object("1.2.840.113549.1.7.1")
_SIGNED_DATA: Final = _object("1.2.840.113549.1.7.2")
_CONTENT_TYPE: Final = _object("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = _object("1.2.840.113549.1.9.4")
_DIGEST_HEAD: Final = bytes([_SET, 34, _OCTETS, 32])
_ALGORITHM_PROTECTION: Final = _object("1.2.840.113549.1.9.52")
_SIGNING_CERTIFICATE_V2: Final = _object("1.2.840.113549.1.9.16.2.47")
_SHA256: Final = _der(_SEQUENCE, _object("2.16.840.1.101.3.4.2.1"))
_ECDSA: Final = _der(_SEQUENCE, _object("1.2.840.10045.4.3.2"))
# The same within the protection of the algorithms, where it carries an implicit tag.
_ECDSA_TAGGED: Final = _der(_IMPLICIT_1, _object("1.2.840.10045.4.3.2"))
_VERSION_1: Final = _der(_INTEGER, b"\x01")


def _attributes(tag: int, certificate: bytes, digest: bytes) -> bytes:
    """The signed attributes: as a SET they are what is signed, in the container they carry the implicit tag 0."""
    # The certificate is named by its hash alone: that says all, and other software compares names in Arabic wrongly.
    named = _der(_SEQUENCE, _der(_OCTETS, hashlib.sha256(certificate).digest()))
    found = (
        (_CONTENT_TYPE, _DATA),
        (_MESSAGE_DIGEST, _der(_OCTETS, digest)),
        (_SIGNING_CERTIFICATE_V2, _der(_SEQUENCE, _der(_SEQUENCE, named))),
        (_ALGORITHM_PROTECTION, _der(_SEQUENCE, _SHA256, _ECDSA_TAGGED)),
    )
    # DER puts the members of a set in the order of their bytes.
    return _der(tag, *sorted(_der(_SEQUENCE, kind, _der(_SET, value)) for kind, value in found))


def _pack(container: Container) -> bytes:
    certificate = load_der_x509_certificate(container.certificate)
    number = certificate.serial_number
    serial = _der(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))
    signer = _der(
        _SEQUENCE,
        _VERSION_1,
        _der(_SEQUENCE, certificate.issuer.public_bytes(), serial),
        _SHA256,
        _attributes(_IMPLICIT_0, container.certificate, container.digest),
        _ECDSA,
        _der(_OCTETS, container.signature),
    )
    data = _der(
        _SEQUENCE,
        _VERSION_1,
        _der(_SET, _SHA256),
        _der(_SEQUENCE, _DATA),
        _der(_IMPLICIT_0, container.certificate),
        _der(_SET, signer),
    )
    return _der(_SEQUENCE, _SIGNED_DATA, _der(_EXPLICIT_0, data))
