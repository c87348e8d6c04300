"""What checking a PDF finds out: five verdicts, the facts below them, and the same for a program."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import TYPE_CHECKING, Final

from hrddp_desktop.errors import N_
from hrddp_desktop.signing.identity import one_line
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.words import six_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

_LONGEST: Final = 500
"""Letters of one particular; what a file says of itself is shown, but makes no page of its own."""


@unique
class Verdict(Enum):
    """What a received PDF is worth; the value is the sentence for the person who asks."""

    GENUINE = N_("This document is genuine: complete, signed by everybody who has to, and unchanged since.")
    IN_CIRCULATION = N_("All signatures so far are good. More are to come, or this is a shortened copy.")
    UNKNOWN_SIGNER = N_("The signatures are good, but this computer does not know a signer. Compare the six words.")
    MARKS_ADDED = N_("What was signed is unchanged, but something was added afterwards. Use the signed part.")
    DO_NOT_RELY = N_("Do not rely on this file.")

    @property
    def exit_code(self) -> int:
        """0 when the document may be relied on as far as it goes, else 1."""
        return 0 if self in (Verdict.GENUINE, Verdict.IN_CIRCULATION) else 1


@unique
class Finding(Enum):
    """Every single thing that a check can find; `{name}` is replaced by the fact of that name."""

    # what holds
    UNCHANGED = N_("Nothing in the file was changed after the last signature.")
    ALL_SIGNED = N_("All {count} signatures that the outcome needs are there, in order.")
    ANSWERS_MATCH = N_("The attached answers are those that the document was made from.")
    OUTCOME_RECOMPUTED = N_("The outcome, worked out again from the attached answers, is the same: rule {rule}.")

    # what to know
    NEXT_SIGNER = N_("The next to sign is the {role}.")
    MAY_BE_SHORTENED = N_("A file can be cut back to an earlier signature. Ask whether somebody signed later.")
    SIGNER_UNKNOWN = N_("{name} is not on this computer's list. Ask by telephone whether the words are: {words}.")
    CERTIFICATE_EXPIRED = N_("The certificate of {name} has expired since; it was valid at the time of signing.")
    CLOCK_AHEAD = N_("The signature of {name} says it was made at {time}, which is later than now on this computer.")
    SAME_NAME = N_("Two certificates carry the name {name}. Ask whether these are two people.")
    MARK_ADDED = N_(
        "A mark of the kind {kind} was added after the last signature; it covers {percent} % of page {page}."
    )
    DESCRIPTION_ADDED = N_("The file's own description was rewritten after the last signature.")
    NOTHING_ADDED = N_("The file was saved again after the last signature, with nothing that can be seen.")

    # what rules it out
    NOT_A_PDF = N_("The file is not a PDF that can be read without repair.")
    TOO_LARGE = N_("The file is larger than {limit} MB, which no document of this app is.")
    LOCKED = N_("The file is encrypted. Encrypting a signed PDF destroys its signatures.")
    NOT_OURS = N_("The file was not made by this app: {missing} is missing.")
    DRAFT = N_("This is a draft: answers are missing, so nobody can sign it.")
    NOBODY_SIGNED = N_("Nobody has signed this yet.")
    ACTIVE_CONTENT = N_("The file holds something that would run or change by itself, which this app never writes.")
    FIELDS_CHANGED = N_("The signature fields are not those that the outcome needs: {expected}.")
    ROLE_SKIPPED = N_("The {role} has not signed, but somebody after that has.")
    WRONG_ORDER = N_("The signatures were not made in the order of the roles.")
    SIGNATURE_MALFORMED = N_("The signature of the {role} is not written as this app writes it: {detail}.")
    CONTENT_CHANGED = N_("The content was changed after the {role} signed.")
    SIGNATURE_BROKEN = N_("The signature of the {role} does not belong to the certificate beside it.")
    CERTIFICATE_UNFIT = N_("The certificate of the {role} is not one that this app signs with.")
    CERTIFICATE_OUT_OF_TIME = N_("The certificate of {name} was not valid at the time of signing.")
    CHANGED_BETWEEN = N_("Something other than a signature was changed before the {role} signed.")
    CHANGED_AFTER = N_("The file was changed after the last signature. What you see may not be what was signed.")
    BYTES_AFTER = N_("After the signed part, the file goes on with something that is no PDF.")
    SAME_SIGNER = N_("{name} signed twice. A reviewer and an approver have to be other people.")
    ANSWERS_MISSING = N_("The file holds no answers of this app.")
    ANSWERS_CHANGED = N_("The attached answers are not those that the document was made from.")
    INCOMPLETE = N_("Answers are missing ({count}), so this is a draft that nobody can sign.")
    TEXTS_OPEN = N_("Texts in it may lead to persons ({count}). The reviewer has to look at them before anybody signs.")
    DATE_UNLIKELY = N_("The answers are said to be of {as_of}, before the record was begun or after it was signed.")
    LAYOUT_UNKNOWN = N_("This computer cannot draw pages of {app} again. Check the file with the version that made it.")
    PAGES_DIFFER = N_("The pages are not those that the answers give.")
    RULES_UNKNOWN = N_("The document was made with rules that this installation does not know: {definition}.")
    OUTCOME_DIFFERS = N_("The attached answers give {recomputed} for {what}, but the document says {printed}.")
    UNREADABLE = N_("The file could not be checked to the end ({detail}).")


@dataclass(frozen=True, slots=True)
class Fact:
    """One finding with its particulars."""

    finding: Finding
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The finding for a program: `content_changed`."""
        return self.finding.name.lower()

    def sentence(self, translate: Callable[[str], str] = N_) -> str:
        """The finding for a person, in the language of `translate`."""
        shown = {
            key: value.label(translate).lower() if isinstance(value, Role) else one_line(str(value), _LONGEST)
            for key, value in self.facts.items()
        }
        return translate(self.finding.value).format_map(shown)


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """One signature as it was found. `time` is what the signer's computer said, a claim."""

    field: str
    role: Role
    name: str
    function: str
    station: str
    reason: str
    time: datetime
    fingerprint: str
    certificate: bytes
    known: bool
    covers_whole_file: bool
    valid_at_time: bool

    @property
    def words(self) -> tuple[str, ...]:
        """The six words to compare by telephone; slow on purpose, 15 ms."""
        return six_words(self.fingerprint)


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What the attached answers give when the rules are applied again.

    `missing` counts the answers without which nobody signs, `open_texts` what in them a reviewer has not looked at.
    `app` is this installation's version, as it writes it into a document; `pages` draws the document again, in a
    language, on "a4" or "letter".
    """

    definition: str
    outcome: str
    rule: str
    signers: tuple[Role, ...]
    reference: str
    version: str
    created: date | None
    as_of: date | None
    missing: int
    app: str
    pages: Callable[[str, str], bytes]
    open_texts: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on a PDF and why.

    `answers` are the attached answers, and only given when the verdict is not `do_not_rely`. `signed_length` is how
    many bytes the last good signature covers: `pdf[:signed_length]` is the signed revision.
    """

    verdict: Verdict
    facts: tuple[Fact, ...]
    signatures: tuple[SignatureFact, ...] = ()
    next_role: Role | None = None
    reference: str = ""
    version: str = ""
    outcome: str = ""
    rule: str = ""
    definition: str = ""
    attachment: str | None = None
    answers: bytes | None = None
    signed_length: int = 0

    def to_json(self, translate: Callable[[str], str] = N_) -> str:
        """Everything but answers and certificates, for a program; the sentences in the language of `translate`."""
        content = {
            "verdict": self.verdict.name.lower(),
            "sentence": translate(self.verdict.value),
            "exit_code": self.verdict.exit_code,
            "facts": [
                {
                    "fact": fact.name,
                    "sentence": fact.sentence(translate),
                    **{
                        key: value.value if isinstance(value, Role) else str(value) for key, value in fact.facts.items()
                    },
                }
                for fact in self.facts
            ],
            "signatures": [_signature(signature) for signature in self.signatures],
            "next_role": self.next_role.value if self.next_role else None,
            "reference": self.reference,
            "version": self.version,
            "outcome": self.outcome,
            "rule": self.rule,
            "definition": self.definition,
            "attachment": self.attachment,
            "signed_length": self.signed_length,
        }
        return json.dumps(content, ensure_ascii=False, indent=1)


def _signature(signature: SignatureFact) -> dict[str, object]:
    return {
        "field": signature.field,
        "role": signature.role.value,
        "name": signature.name,
        "function": signature.function,
        "station": signature.station,
        "reason": signature.reason,
        "time": signature.time.isoformat(),
        "fingerprint": signature.fingerprint,
        "words": " ".join(signature.words),
        "known": signature.known,
        "covers_whole_file": signature.covers_whole_file,
        "valid_at_time": signature.valid_at_time,
    }
