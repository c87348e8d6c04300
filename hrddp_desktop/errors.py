"""Every error a person can meet: what happened, what is safe, what to do next.

An error carries a code and facts, never a finished sentence: a code is testable and translatable, a message is neither.
The window and the command line ask `HrddpError.sentences` for the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def N_(text: str) -> str:
    """Mark a text for translation; it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """The three parts of a message; `{name}` in them is replaced by the fact of that name."""

    happened: str
    safe: str
    remedy: str


class Code(Enum):
    """The catalogue."""

    # answers
    ANSWERS_UNREADABLE = Sentence(
        N_("The file {file} is not an answers file: {detail}."),
        N_("Nothing was changed."),
        N_("Choose a file that this app or its command line has written."),
    )
    ANSWERS_FORM_UNKNOWN = Sentence(
        N_("The answers file is for the form {form}, which this installation does not have."),
        N_("Nothing was changed."),
        N_("Install the version of the app that has this form."),
    )
    ANSWERS_WITHOUT_OUTCOME = Sentence(
        N_("The answers file is for the form {form}, which gives no outcome and belongs to an assessment."),
        N_("Nothing was changed."),
        N_("Choose the answers file of an assessment."),
    )
    FORM_SEALED = Sentence(
        N_("The form {form} holds names of persons. The vault does not keep it."),
        N_("Nothing was stored."),
        N_("Its rows go straight into a parcel for the country mechanism."),
    )
    ANSWERS_OF_OTHER_RULES = Sentence(
        N_("The answers were given to another version of the form {form} than {installed}, which is installed."),
        N_("Nothing was changed."),
        N_("Install the version of the app that has it; to judge by today's rules, take version and definition out."),
    )
    QUESTION_UNKNOWN = Sentence(
        N_("The answers file names the question {question}, which the form {form} does not have."),
        N_("Nothing was changed."),
        N_("Correct the name, or take the answer out of the file."),
    )
    VALUE_NOT_ALLOWED = Sentence(
        N_("The answer {value} to the question {question} is not allowed: {detail}."),
        N_("Nothing was changed."),
        N_("Give one of the values that the question offers."),
    )

    # files
    FILE_UNREADABLE = Sentence(
        N_("The file {file} could not be read: {detail}."),
        N_("Nothing was changed."),
        N_("Check that the file exists and that you may open it."),
    )
    FILE_NOT_WRITTEN = Sentence(
        N_("The file {file} could not be written: {detail}."),
        N_("All answers are safe; no half-written file was left."),
        N_("Choose another folder, or free some space, and try again."),
    )

    EVIDENCE_NOT_HERE = Sentence(
        N_("No file can be attached to the question {question}."),
        N_("Nothing was changed."),
        N_("Attach it to a question that offers it, or write where the paper is held."),
    )
    EVIDENCE_NOT_A_FILE = Sentence(
        N_("{file} is no ordinary file: it is a folder, a link or a device."),
        N_("Nothing was attached."),
        N_("Choose the file itself."),
    )
    EVIDENCE_EMPTY = Sentence(
        N_("The file {file} is empty."),
        N_("Nothing was attached."),
        N_("Check that it was saved or copied to its end, then attach it again."),
    )
    EVIDENCE_TOO_LARGE = Sentence(
        N_("The file {file} is larger than {limit} MB."),
        N_("Nothing was attached."),
        N_("Attach only the pages that matter, or write where the paper is held."),
    )
    EVIDENCE_NO_ROOM = Sentence(
        N_("With {file} the files of this vault would take more than {limit} MB."),
        N_("Nothing was attached; every copy of the vault holds its files too."),
        N_("Write where the paper is held, or erase for safety a file that nobody needs; one taken away still counts."),
    )
    EVIDENCE_CHANGED = Sentence(
        N_("The file {file} was changed while it was read."),
        N_("Nothing was attached."),
        N_("Wait until other programs are done with it, then attach it again."),
    )
    EVIDENCE_TWICE = Sentence(
        N_("This file is attached to this question already, as {name}."),
        N_("It was not stored twice."),
        N_("There is nothing left to do."),
    )
    EVIDENCE_UNKNOWN = Sentence(
        N_("The question {question} has no file {name}."),
        N_("Nothing was changed."),
        N_("Name one of the files that are attached to it."),
    )
    EVIDENCE_LOST = Sentence(
        N_("What the file {name} held could not be read when this vault was rescued from damage."),
        N_("Its name, size and hash are still here."),
        N_("Look for it in an older copy of the vault, or attach it again."),
    )
    EVIDENCE_ALTERED = Sentence(
        N_("What the vault holds as the file {name} is not what was attached: its check (SHA-256) does not match."),
        N_("No copy was written, and nothing was changed."),
        N_("Look for it in an older copy of the vault, or attach it again."),
    )
    COMMENT_OF_OTHER = Sentence(
        N_("Somebody else wrote this comment."),
        N_("Nothing was changed."),
        N_("Mark it as resolved, or write a comment of your own."),
    )
    EXPORT_EXISTS = Sentence(
        N_("There is already a file {file}."),
        N_("It was not changed, and nothing was exported."),
        N_("Choose another name; an export never replaces a file."),
    )
    EXPORT_NOT_CONFIRMED = Sentence(
        N_("The export was not confirmed: {file} would not be encrypted, and everybody who has it could read it."),
        N_("Nothing was exported."),
        N_("Run it again and type yes, or add --yes; keep such a file no longer than you need it."),
    )

    # forms
    FORM_BROKEN = Sentence(
        N_("The form {form} has {count} problems; the first: {detail}."),
        N_("No record was changed."),
        N_("Correct the sheets and run: hrddp-desktop forms check."),
    )
    FORM_MISSING = Sentence(
        N_("There is no form in {folder}."),
        N_("Nothing was changed."),
        N_("Name a folder that holds survey.csv, or install the app again."),
    )
    ITEM_UNKNOWN = Sentence(
        N_("The form {form} has nothing named {name}."),
        N_("Nothing was changed."),
        N_("Use the name of a question, group, table or calculation of the form."),
    )
    TABLE_UNKNOWN = Sentence(
        N_("There is no decision table named {table}."),
        N_("Nothing was changed."),
        N_("Use one of: {known}."),
    )
    VARIABLE_NOT_ALLOWED = Sentence(
        N_("The decision table {table} cannot read {variable} = {value}."),
        N_("Nothing was changed."),
        N_("Use the column names of the table and the values of their lists; leave out what is missing."),
    )

    # vault
    WRONG_PASSPHRASE = Sentence(
        N_("This passphrase does not open the vault."),
        N_("Nothing was changed; all answers are safe."),
        N_("Check the keyboard layout and capital letters, and try again."),
    )
    NOT_A_VAULT = Sentence(
        N_("The folder {folder} is no vault: {detail}."),
        N_("Nothing in it was changed."),
        N_("Choose a folder that this app made; its name ends in .hrddp."),
    )
    VAULT_EXISTS = Sentence(
        N_("There is already something in the folder {folder}."),
        N_("Nothing in it was changed."),
        N_("Open the vault that is there, or choose a new folder name."),
    )
    VAULT_NEWER = Sentence(
        N_("This vault was made by a newer version of the app (format {found}; this app knows {known})."),
        N_("The vault was not touched."),
        N_("Install the newer version of the app and open the vault with it."),
    )
    VAULT_DAMAGED = Sentence(
        N_("The vault could not be read: {detail}."),
        N_("The files were left as they are."),
        N_("Copy the whole folder to a safe place and ask for help; an earlier copy of it can be opened instead."),
    )
    KEYS_LOST = Sentence(
        N_("The file keys, without which the vault cannot be opened, cannot be used: {detail}."),
        N_("The answers were not touched; they lie encrypted in the file data."),
        N_("Copy the file keys from any copy of this folder into it, then open it with the passphrase of that copy."),
    )
    MEMORY_SHORT = Sentence(
        N_("This computer has too little free memory to check a passphrase; it takes {needed} MB."),
        N_("Nothing was changed; all answers are safe."),
        N_("Close other programs, then try again."),
    )
    VAULT_BUSY = Sentence(
        N_("The vault is in use by another program, so the last answer could not be saved yet."),
        N_("All earlier answers are safe."),
        N_("Close the other window or program, then try again."),
    )
    VAULT_OPEN_HERE = Sentence(
        N_("This vault is open on this computer since {since}, in another window or by another command."),
        N_("Nothing was changed; all answers are safe."),
        N_("Go on in the other window, or close it and try again. You can also open it here for reading."),
    )
    VAULT_OPEN_ELSEWHERE = Sentence(
        N_("This vault is open on the computer {host} since {since}."),
        N_("Nothing was changed; all answers are safe."),
        N_(
            "Close it there, then try again. If that computer is off or has crashed, open it here all the same; "
            "two who write at once could lose answers. You can also open it here for reading."
        ),
    )
    VAULT_ON_SHARE = Sentence(
        N_("The folder {folder} lies on a network place ({kind}), where answers cannot be saved safely."),
        N_("Nothing was changed; what lies there is safe and can be read."),
        N_("Copy the whole folder to a disk of this computer and open it there. A network place is good for copies."),
    )
    VAULT_READ_ONLY = Sentence(
        N_("The vault cannot be written: {detail}."),
        N_("Everything that was saved is safe; nothing new can be saved where the vault lies now."),
        N_("Move the vault to a place where you may write, then try again."),
    )
    VAULT_NO_ROOM = Sentence(
        N_("The vault could not be made because the disk is full."),
        N_("Nothing was left behind."),
        N_("Free some space, or choose another place, then try again."),
    )
    VAULT_NOT_MADE = Sentence(
        N_("The vault could not be made: {detail}."),
        N_("Nothing was left behind."),
        N_("Choose a place where you may write, then try again."),
    )
    DISK_FULL = Sentence(
        N_("Your last answer could not be saved because the disk is full."),
        N_("All earlier answers are safe."),
        N_("Free some space, then try again."),
    )
    VAULT_SHUT_NO_ROOM = Sentence(
        N_("The vault cannot be opened because the disk is full."),
        N_("Everything in it is safe."),
        N_("Free some space, then try again."),
    )
    KEYS_NO_ROOM = Sentence(
        N_("What opens the vault could not be changed because the disk is full."),
        N_("Whatever opened it before still opens it; all answers are safe."),
        N_("Free some space, then try again."),
    )
    VAULT_DISK_FAILED = Sentence(
        N_("The disk that holds the vault did not take the last change: {detail}."),
        N_("All earlier answers are safe; the last one is not saved."),
        N_("If the vault is on a stick or a network place, connect it again, then try again."),
    )
    VAULT_GONE = Sentence(
        N_("The vault is no longer where it was opened, so the last change could not be saved."),
        N_("Everything before it is safe where the vault is now."),
        N_("Connect the stick again or put the folder back, then try again, or open the vault again."),
    )
    RECORD_UNKNOWN = Sentence(
        N_("There is no record {record} in this vault."),
        N_("Nothing was changed."),
        N_("Use an id that is in the list of records."),
    )
    RECORD_EXISTS = Sentence(
        N_("The record {record} is already in this vault."),
        N_("The record in the vault was not changed."),
        N_("Open it there; a received file is compared, never merged silently."),
    )
    ERASED_UNFINISHED = Sentence(
        N_("It was erased and nobody can read it here any more, but traces may stay in the data file: {detail}."),
        N_("Everything else is safe."),
        N_("Close other windows of the app and free some space, then erase it once more."),
    )
    REASON_NEEDED = Sentence(
        N_("This record was signed. A change of it needs a reason, which is kept in its history."),
        N_("Nothing was changed; the signed PDF stays as it is."),
        N_("Say why you change it, then save the answer again."),
    )
    RECORD_NOT_WHOLE = Sentence(
        N_("This record came without its strictly confidential answers, so it can be read, signed and sent on only."),
        N_("Nothing was changed."),
        N_("Ask the office that wrote it to make the change."),
    )
    RECORD_ERASED = Sentence(
        N_("This record was erased for safety."),
        N_("Who erased it, when and why is kept."),
        N_("Choose another record."),
    )
    SCOPE_UNKNOWN = Sentence(
        N_("The record has nothing named {scope}."),
        N_("Nothing was erased."),
        N_("Name a question, a cell as table/row/question, a row as table/row, or a table."),
    )
    ENTRY_UNKNOWN = Sentence(
        N_("The record has no state {number} to go back to."),
        N_("Nothing was changed."),
        N_("Choose one of the entries of its history."),
    )
    PASSPHRASE_EMPTY = Sentence(
        N_("The passphrase is empty."),
        N_("Nothing was made."),
        N_("Type a passphrase of several words."),
    )

    PASSPHRASE_TAKEN = Sentence(
        N_("Somebody else opens this vault with the same passphrase."),
        N_("Nothing was changed."),
        N_("Choose another one: the vault tells its people apart by their passphrases."),
    )
    PASSPHRASE_CHANGED = Sentence(
        N_("This passphrase was changed, or taken out of the vault, since the file keys was copied."),
        N_("The file keys is now the newest one again; all answers are safe."),
        N_("Type the newest passphrase."),
    )
    KEYS_CHANGED = Sentence(
        N_("Somebody changed the passphrases of this vault in the meantime."),
        N_("Your change was not made; all answers are safe."),
        N_("Open the page again and repeat it."),
    )
    LAST_PERSON = Sentence(
        N_("This is the last passphrase of the vault."),
        N_("It was not taken out: without it nobody could open the vault."),
        N_("Add another person first, or hand the vault over to a successor."),
    )
    PERSON_UNKNOWN = Sentence(
        N_("There is nobody named {name} who opens this vault."),
        N_("Nothing was changed."),
        N_("Use a name from the list of people."),
    )
    CARD_MISTYPED = Sentence(
        N_("Group {group} of the code is not as it stands on any safe card."),
        N_("Nothing was changed; all answers are safe."),
        N_("Compare this group with the card, letter by letter; there are seven groups of five."),
    )
    CARD_WRONG = Sentence(
        N_("This safe card does not open this vault: it belongs to another vault, or a newer card was made since."),
        N_("Nothing was changed; all answers are safe."),
        N_("Look for the newest card; its date is printed on it."),
    )
    OFFICE_KEY_UNREADABLE = Sentence(
        N_("This is not a recovery key of an office."),
        N_("Nothing was changed."),
        N_("Choose the file that your office made for this; the key begins with age1 or AGE-SECRET-KEY."),
    )
    OFFICE_KEY_WRONG = Sentence(
        N_("This office key does not open this vault."),
        N_("Nothing was changed; all answers are safe."),
        N_("Ask the office for the key that was added to this vault, or use the safe card."),
    )

    # copies of the vault
    COPY_NO_ROOM = Sentence(
        N_("There is no room for another copy of the vault in {place}."),
        N_("The vault and the copies that are there are whole."),
        N_("Free some space there, then make a copy again."),
    )
    COPY_NOT_MADE = Sentence(
        N_("No copy of the vault could be made in {place}: {detail}."),
        N_("The vault and earlier copies are as they were."),
        N_("Choose a place where you may write, or connect it again, then make a copy again."),
    )
    COPY_UNFIT = Sentence(
        N_("The copy {copy} cannot be used: {detail}."),
        N_("Nothing was changed."),
        N_("Take another copy; each of them was tried when it was made."),
    )
    PLACE_MISSING = Sentence(
        N_("The second place {place} is not there now."),
        N_("The vault and the copies on this computer are whole."),
        N_("Connect the stick, or choose another folder, then make a copy."),
    )
    NO_COPY_THERE = Sentence(
        N_("There is no copy of a vault in {place}."),
        N_("Nothing was changed."),
        N_("Choose the folder that holds the copies, or one copy itself."),
    )
    COPIES_INSIDE = Sentence(
        N_("The folder {place} lies inside the vault."),
        N_("Nothing was changed."),
        N_("Choose a stick or a folder outside it."),
    )
    VAULT_HOPELESS = Sentence(
        N_("Nothing could be read from the damaged vault."),
        N_("Its files were left as they are, and no new vault was made."),
        N_("Restore the newest copy instead."),
    )

    # documents and signatures
    DOCUMENT_UNKNOWN = Sentence(
        N_("There is no document named {document}."),
        N_("Nothing was made."),
        N_("Use one of: {known}."),
    )
    NOT_A_PDF = Sentence(
        N_("The file {file} is not a PDF that can be read: {detail}."),
        N_("Nothing was changed."),
        N_("Ask for the file again, or choose another one."),
    )
    NO_ANSWERS_INSIDE = Sentence(
        N_("The PDF {file} holds no answers of this app."),
        N_("Nothing was changed."),
        N_("Choose a PDF that this app made; a scan or a printed copy holds no answers."),
    )
    ANSWERS_DO_NOT_MATCH = Sentence(
        N_("The answers inside {file} are not those the document was made from."),
        N_("Nothing was imported."),
        N_("Do not rely on this file; ask the sender for the original."),
    )
    IDENTITY_UNREADABLE = Sentence(
        N_("The identity file {file} could not be read: {detail}."),
        N_("Nothing was signed."),
        N_("Choose the .p12 file that holds your own identity."),
    )
    IDENTITY_EXISTS = Sentence(
        N_("There is already a file {file}; it may be somebody's identity."),
        N_("It was not changed, and no identity was made."),
        N_("Choose another name for the new identity."),
    )
    IDENTITY_PASSPHRASE = Sentence(
        N_("This passphrase does not open the identity."),
        N_("Nothing was signed."),
        N_("Check the keyboard layout and capital letters, and try again."),
    )
    IDENTITY_INCOMPLETE = Sentence(
        N_("An identity needs a name, a function and a duty station of at most {longest} letters (in Arabic: 32)."),
        N_("No identity was made."),
        N_("Fill in all three; shorten what is too long."),
    )
    IDENTITY_NOT_YET = Sentence(
        N_("The identity {name} is valid from {since}, but this computer says it is {now}."),
        N_("Nothing was signed."),
        N_("Correct the date and time of this computer, then sign again."),
    )
    IDENTITY_EXPIRED = Sentence(
        N_("The identity {name} was valid until {until}."),
        N_("Nothing was signed."),
        N_("Make a new identity and have your colleagues add it to their list."),
    )
    DOCUMENT_NOT_SIGNABLE = Sentence(
        N_("The file {file} cannot be signed: {detail}"),
        N_("Nothing was signed; the file was not changed."),
        N_("Use the file as this app made it, or as the last signer sent it."),
    )
    SIGNED_OUT_OF_TURN = Sentence(
        N_("The {role} cannot sign this document now: {detail}."),
        N_("Nothing was signed; earlier signatures are unchanged."),
        N_("Send the file to the person whose turn it is."),
    )
    WORDS_DIFFER = Sentence(
        N_("No unknown signer of this document has these six words, or the document cannot be relied on at all."),
        N_("The list of known signers was not changed."),
        N_("Check the document first, and compare the words with the person by telephone."),
    )
    TRUST_LIST_UNREADABLE = Sentence(
        N_("The list of known signers {file} could not be read: {detail}."),
        N_("Nothing was changed."),
        N_("Ask for the list again, or remove the file and start a new list."),
    )


_LONGEST_FACT = 500


class HrddpError(Exception):
    """An error with a place in the catalogue; `facts` fill its sentences."""

    def __init__(self, code: Code, **facts: object) -> None:
        super().__init__(code.name)
        self.code = code
        self.facts = facts

    def sentences(self, translate: Callable[[str], str] = N_) -> tuple[str, str, str]:
        """What happened, what is safe, what to do, in the language of `translate`."""
        parts = (self.code.value.happened, self.code.value.safe, self.code.value.remedy)
        facts = _Facts({name: _plain(str(fact)) for name, fact in self.facts.items()})
        happened, safe, remedy = (translate(part).format_map(facts) for part in parts)
        return happened, safe, remedy

    def __str__(self) -> str:
        return " ".join(self.sentences())


def _plain(fact: str) -> str:
    """A fact on one line: no control may move the cursor, turn the text around or begin a line of its own."""
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in fact[:_LONGEST_FACT])
    return shown if len(fact) <= _LONGEST_FACT else shown + "\N{HORIZONTAL ELLIPSIS}"


class AnswerError(HrddpError):
    """The person in front of the screen can mend it."""


class FileError(HrddpError):
    """A file or folder outside the vault."""


class FormError(HrddpError):
    """The author of the form can mend it."""


class VaultError(HrddpError):
    """The vault or the disk below it."""


class SigningError(HrddpError):
    """An identity, a signature, or its order."""


class _Facts(dict[str, object]):
    """A fact that was not given shows as its name, so that a message never fails."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
