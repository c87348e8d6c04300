"""The list of signers that this computer knows: whose certificate, since when, and how it came here."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from hrddp_desktop.errors import Code, FileError, SigningError
from hrddp_desktop.files import read_file, write_file
from hrddp_desktop.signing.identity import Card, describe

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = 1
MADE_HERE: Final = "made here"
COMPARED: Final = "words compared"
_LARGEST: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class KnownSigner:
    """One entry: a certificate and how it came onto the list."""

    card: Card
    added: date
    how: str


@dataclass(frozen=True, slots=True)
class TrustList:
    """The known signers, oldest first. Frozen: `add` and `remove` give a new list, `save` writes one.

    A signer is known by the whole certificate, never by a name. A duty station's own authority would be a second kind
    of entry here.
    """

    signers: tuple[KnownSigner, ...] = ()

    @classmethod
    def load(cls, path: Path) -> TrustList:
        """The list in `path`; no file is an empty list. Raises SigningError(TRUST_LIST_UNREADABLE)."""
        if not path.exists():
            return cls()
        try:
            return cls(_signers(json.loads(read_file(path, _LARGEST))))
        except FileError as error:
            raise _unreadable(path, str(error.facts["detail"])) from error
        except (ValueError, RecursionError) as error:
            raise _unreadable(path, str(error)) from error
        except (SigningError, KeyError, TypeError, AttributeError) as error:
            raise _unreadable(path, "an entry is incomplete or damaged") from error

    def add(self, card: Card, how: str, today: date) -> TrustList:
        """A list that also knows `card`; a signer already known keeps the first entry."""
        if self.knows(card.certificate):
            return self
        return TrustList((*self.signers, KnownSigner(card, today, how)))

    def remove(self, fingerprint: str) -> TrustList:
        """A list that does not know the signer with this fingerprint."""
        return TrustList(tuple(signer for signer in self.signers if signer.card.fingerprint != fingerprint))

    def knows(self, certificate: bytes) -> bool:
        """Whether exactly this certificate (DER) is on the list."""
        return any(signer.card.certificate == certificate for signer in self.signers)

    def save(self, path: Path) -> None:
        """Write the list, whole or not at all. Raises FileError(FILE_NOT_WRITTEN)."""
        content = {"format": FORMAT, "signers": [_entry(signer) for signer in self.signers]}
        write_file(path, json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n")


def _entry(signer: KnownSigner) -> dict[str, str]:
    return {
        "certificate": base64.b64encode(signer.card.certificate).decode(),
        "name": signer.card.name,
        "function": signer.card.function,
        "station": signer.card.station,
        "fingerprint": signer.card.fingerprint,
        "added": signer.added.isoformat(),
        "how": signer.how,
    }


def _signers(content: dict[str, list[dict[str, str]]]) -> tuple[KnownSigner, ...]:
    _check_format(content["format"])
    return tuple(_signer(entry) for entry in content["signers"])


def _check_format(written: object) -> None:
    if written != FORMAT:
        raise ValueError(f"its format is {written}, this app knows {FORMAT}")


def _signer(entry: dict[str, str]) -> KnownSigner:
    try:
        card = describe(base64.b64decode(entry["certificate"], validate=True))
    except binascii.Error as error:
        raise ValueError("a certificate in it is damaged") from error
    # The certificate is what counts; the other entries are for a reader of the file and must say the same.
    written = (entry["fingerprint"], entry["name"], entry["function"], entry["station"])
    if written != (card.fingerprint, card.name, card.function, card.station):
        raise ValueError(f"the entry of {entry['name']} does not belong to its certificate")
    return KnownSigner(card, date.fromisoformat(entry["added"]), str(entry["how"]))


def _unreadable(path: Path, detail: str) -> SigningError:
    return SigningError(Code.TRUST_LIST_UNREADABLE, file=path, detail=detail)
