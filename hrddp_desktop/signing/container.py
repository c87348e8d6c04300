"""The CMS container of a signature: built in one way, and read only when it was built in that way.

Everything in it follows from the certificate, the digest of the document and the signature, so a container is checked
by building it again: not one byte can differ, be added, or mean something else to another reader.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asn1crypto import cms, tsp, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509 import load_der_x509_certificate

if TYPE_CHECKING:
    from hrddp_desktop.signing.identity import Identity


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
        signed = _attributes(x509.Certificate.load(self.certificate), self.digest).dump()
        try:
            key.verify(self.signature, signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def build(digest: bytes, identity: Identity) -> bytes:
    """The container over `digest`, as PAdES baseline B-B asks for it (ETSI EN 319 142-1, 6.3).

    Built here, not by pyHanko's signer: that one runs on an event loop, which opens sockets, and takes the time from
    the system. The time stands in the signature dictionary, never in the container.
    """
    certificate = identity.card.certificate
    attributes = _attributes(x509.Certificate.load(certificate), digest).dump()
    return _pack(Container(certificate, digest, identity.key.sign(attributes, ec.ECDSA(hashes.SHA256()))))


def read(content: bytes) -> Container:
    """The container in `content`, maybe followed by zeros. Raises ValueError when `build` cannot have made it."""
    data = cms.ContentInfo.load(content)["content"]
    signer = data["signer_infos"][0]
    digest = next(entry["values"][0] for entry in signer["signed_attrs"] if entry["type"].native == "message_digest")
    certificate: bytes = data["certificates"][0].chosen.dump()
    signature: bytes = signer["signature"].native
    container = Container(certificate, digest.native, signature)
    if encode_dss_signature(*decode_dss_signature(signature)) != signature:
        raise ValueError("its numbers are not in canonical form")
    again = _pack(container)
    if content[: len(again)] != again or any(content[len(again) :]):
        raise ValueError("it holds something that this app does not write")
    return container


def _attributes(certificate: x509.Certificate, digest: bytes) -> cms.CMSAttributes:
    # The certificate is named by its hash alone: that says all, and other software compares names in Arabic wrongly.
    named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate.dump()).digest()})
    protection = {"digest_algorithm": {"algorithm": "sha256"}, "signature_algorithm": {"algorithm": "sha256_ecdsa"}}
    return cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("message_digest", digest),
            _attribute("signing_certificate_v2", {"certs": [named]}),
            _attribute("cms_algorithm_protection", protection),
        ]
    )


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _pack(container: Container) -> bytes:
    certificate = x509.Certificate.load(container.certificate)
    issuer = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer = {
        "version": "v1",
        "sid": {"issuer_and_serial_number": issuer},
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": _attributes(certificate, container.digest),
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": container.signature,
    }
    data = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "data"},
        "certificates": [certificate],
        "signer_infos": [signer],
    }
    packed: bytes = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()
    return packed
