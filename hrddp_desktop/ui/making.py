"""What is made beside the window: documents and signatures. Frozen data in, files or bytes out, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop import paths

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from hrddp_desktop.report.content import Snapshot
    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.signing.findings import Report
    from hrddp_desktop.signing.identity import Card
    from hrddp_desktop.storage.records import Person, Signature


@dataclass(frozen=True, slots=True)
class Written:
    """A document on disk."""

    file: Path


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """An identity that was made for a signature: its PKCS#12 bytes, and what everybody may know of it."""

    p12: bytes
    card: Card


@dataclass(frozen=True, slots=True)
class Signed(Written):
    """A signed document on disk, checked. A new identity is to be kept in the vault now."""

    signature: Signature
    report: Report
    new_identity: NewIdentity | None


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
class Signer:
    """Who signs: the identity of the vault, or one that is made once there is something to sign; what opens it."""

    person: Person
    p12: bytes | None
    passphrase: str
    forms: Forms

    def sign(self, pdf: bytes, role: str, language: str, file: Path, as_of: date) -> Signed:
        """The PDF signed, checked and written. Nothing of a new identity is left when something goes wrong."""
        from hrddp_desktop.files import write_file
        from hrddp_desktop.services import signatures

        made = None if self.p12 else self._new_identity()
        p12 = self.p12 or (made.p12 if made else b"")
        signed = signatures.sign(
            pdf, p12, self.passphrase, self.forms, role=role, language=language, document=file.name
        )
        # The same code as "Check a PDF": what it would refuse must not leave this computer.
        report = signatures.check(signed, paths.trust_file(), self.forms)
        if report.verdict.name == "DO_NOT_RELY":
            raise RuntimeError("a document signed just now does not verify")
        write_file(file, signed)
        return Signed(file, signatures.receipt(signed, report, as_of), report, made)

    def _new_identity(self) -> NewIdentity:
        from hrddp_desktop.services import signatures

        person = self.person
        p12 = signatures.new_identity(person.name, person.function, person.station, self.passphrase)
        return NewIdentity(p12, signatures.card(p12, self.passphrase))


@dataclass(frozen=True, slots=True)
class Sign:
    """A document rendered and signed by its preparer."""

    snapshot: Snapshot
    signer: Signer
    file: Path

    def __call__(self) -> Signed:
        """Raises SigningError(IDENTITY_PASSPHRASE | ...), FileError(FILE_NOT_WRITTEN)."""
        from hrddp_desktop.services import documents

        shot = self.snapshot
        return self.signer.sign(documents.render(shot), "preparer", shot.language, self.file, shot.as_of)


@dataclass(frozen=True, slots=True)
class SignOn:
    """A document that came from the signer before, signed in the next role."""

    pdf: bytes
    role: str
    signer: Signer
    file: Path

    def __call__(self) -> Signed:
        """Raises SigningError(SIGNED_OUT_OF_TURN | IDENTITY_PASSPHRASE | ...), FileError(FILE_NOT_WRITTEN)."""
        from hrddp_desktop.services import assessment
        from hrddp_desktop.signing import document

        # The stamp speaks the language of the page it stands on, not that of the window.
        language = document.read(self.pdf).language.split("-")[0]
        return self.signer.sign(self.pdf, self.role, language, self.file, assessment.today())
