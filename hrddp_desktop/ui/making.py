"""What is made beside the window: documents, signatures, an identity. Frozen data in, files or bytes out, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop import paths

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.report.content import Snapshot
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.storage.records import Signature


@dataclass(frozen=True, slots=True)
class Written:
    """A document on disk."""

    file: Path
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Render:
    """A document rendered and written."""

    snapshot: Snapshot
    file: Path

    def __call__(self) -> Written:
        """Raises FileError(FILE_NOT_WRITTEN)."""
        from hrddp_desktop.files import write_file
        from hrddp_desktop.services import documents

        write_file(self.file, documents.render(self.snapshot))
        return Written(self.file)


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """A personal identity, known on this computer from now on; its PKCS#12 bytes."""

    name: str
    function: str
    station: str
    passphrase: str

    def __call__(self) -> bytes:
        """Raises SigningError, FileError."""
        from hrddp_desktop.services import signatures

        p12 = signatures.new_identity(self.name, self.function, self.station, self.passphrase)
        signatures.make_known(signatures.card(p12, self.passphrase), paths.trust_file())
        return p12


@dataclass(frozen=True, slots=True)
class Sign:
    """A document rendered, signed by the preparer, checked and written."""

    snapshot: Snapshot
    p12: bytes
    passphrase: str
    file: Path
    forms: Forms

    def __call__(self) -> Written:
        """Raises SigningError(IDENTITY_PASSPHRASE | ...), FileError(FILE_NOT_WRITTEN)."""
        from hrddp_desktop.files import write_file
        from hrddp_desktop.services import documents, signatures

        pdf = documents.render(self.snapshot)
        signed = signatures.sign(pdf, self.p12, self.passphrase, role="preparer", language=self.snapshot.language)
        # The same code as "Check a PDF": what it would refuse must not leave this computer.
        report = signatures.check(signed, paths.trust_file(), self.forms)
        if report.verdict.name == "DO_NOT_RELY":
            raise RuntimeError("a document signed just now does not verify")
        write_file(self.file, signed)
        return Written(self.file, signatures.receipt(signed, report, self.snapshot.as_of))
