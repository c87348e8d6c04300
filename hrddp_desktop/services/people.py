"""Who can open the vault and by what: people, the safe card, the office's key, the passphrase asked at a signature.

Whatever stretches a passphrase is a call without the vault (`Wish`), to be made beside the window; `People.take` then
carries its result out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from hrddp_desktop import clock
from hrddp_desktop.errors import Code, HrddpError, SigningError, VaultError
from hrddp_desktop.services import assessment
from hrddp_desktop.storage import card, keys, migrations, people, slots, vault
from hrddp_desktop.storage.people import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.storage.people import Prepared
    from hrddp_desktop.storage.records import Person, Summary
    from hrddp_desktop.storage.vault import Vault

_CARD: Final = "card"
GRACE: Final = timedelta(days=7)
_OFFICE_PUBLIC, _OFFICE_PRIVATE = "age1", "AGE-SECRET-KEY-"


class Throttle:
    """Makes a person at the window wait after wrong attempts, longer each time.

    It does not slow an attacker who has a copy of the folder: only a strong passphrase does.
    """

    _FREE, _LONGEST_S = 3, 60

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong = 0
        self._until = 0.0

    def wait_s(self) -> int:
        """Whole seconds until the next attempt, 0 when it is allowed now."""
        return max(0, -int(-(self._until - self._clock()) // 1))

    def count(self, error: HrddpError) -> None:
        """One more attempt that opened nothing."""
        if error.code in {Code.WRONG_PASSPHRASE, Code.CARD_WRONG, Code.OFFICE_KEY_WRONG}:
            self._wrong += 1
            if self._wrong >= self._FREE:
                self._until = self._clock() + min(2 ** (self._wrong - self._FREE + 1), self._LONGEST_S)


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who can open the vault; `slot` is the author of their entries."""

    slot: str
    person: Person
    is_me: bool


@dataclass(frozen=True, slots=True)
class CardState:
    """Whether there is a safe card, since when, and whether it is overdue."""

    made: date | None
    due: date
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants changed; calling it prepares the change and needs no open vault.

    `other` is the slot to take out. Raises VaultError(WRONG_PASSPHRASE | PASSPHRASE_TAKEN | PASSPHRASE_EMPTY |
    LAST_PERSON | MEMORY_SHORT).
    """

    what: str
    folder: Path
    slot: str
    passphrase: str
    new: str = ""
    other: str = ""

    def __call__(self) -> Prepared:
        """The change, ready to be taken."""
        match self.what:
            case "change":
                return people.prepare_change(self.folder, self.slot, self.passphrase, self.new)
            case "add":
                return people.prepare_person(self.folder, self.slot, self.passphrase, self.new)
            case "hand over":
                return people.prepare_hand_over(self.folder, self.slot, self.passphrase, self.new)
            case "remove":
                return people.prepare_removal(self.folder, self.slot, self.passphrase, self.other)
        raise ValueError(self.what)


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """What opens the identity, found by the passphrase of the vault; called beside the window."""

    folder: Path
    slot: str
    passphrase: str

    def __call__(self) -> str:
        """Raises SigningError(IDENTITY_PASSPHRASE), VaultError(MEMORY_SHORT)."""
        try:
            return people.confirm(self.folder, self.slot, self.passphrase).secret.hex()
        except VaultError as error:
            if error.code is not Code.WRONG_PASSPHRASE:
                raise
            raise SigningError(Code.IDENTITY_PASSPHRASE) from error


class People:
    """The people and keys of an open vault."""

    def __init__(self, opened: Vault) -> None:
        self._vault = opened

    def present(self) -> tuple[Entrant, ...]:
        """Who can open it, in the order in which they came."""
        found = people.present(self._vault)
        return tuple(Entrant(slot, person, slot == self._vault.slot) for slot, person in found.items())

    def named(self, name: str) -> str:
        """The slot of the person of that name, or of that slot. Raises VaultError(PERSON_UNKNOWN)."""
        return _named({each.slot: each.person for each in self.present()}, name)

    def wish(self, what: str, passphrase: str, new: str = "", other: str = "") -> Wish:
        """A change by the person who has the vault open: "change", "add", "hand over" or "remove"."""
        return Wish(what, self._vault.folder, self._vault.slot, passphrase, new, other)

    def take(self, prepared: Prepared, person: Person | None = None) -> None:
        """Carry a wish out. Raises VaultError(KEYS_CHANGED)."""
        people.take(self._vault, prepared, person)

    def take_hand_over(self, prepared: Prepared, person: Person, trust: Path) -> None:
        """The successor takes the place: with an identity of their own, and without that of the one who leaves.

        Raises SigningError(IDENTITY_INCOMPLETE), and then nothing was changed.
        """
        from hrddp_desktop.services import signatures

        opener = prepared.secret.hex()
        made = signatures.new_identity(person.name, person.function, person.station, opener)
        self._vault.save_secret(f"{IDENTITY}/{prepared.slot}", made)
        people.take(self._vault, prepared, person)
        signatures.make_known(signatures.card(made, opener), trust)

    def signing_secret(self, passphrase: str) -> SigningSecret:
        """What finds out the secret of the identity of the person who has the vault open."""
        return SigningSecret(self._vault.folder, self._vault.slot, passphrase)

    # the safe card and the office's key

    def card_state(self, today: date | None = None) -> CardState:
        """Whether the card was made; a vault has seven days for it."""
        today = today or clock.latest_day()
        is_made = bool(keys.read(self._vault.folder, migrations.VERSION).cards())
        noted = self._vault.noted(_CARD) if is_made else ""
        due = date.fromisoformat(self._vault.noted(vault.MADE)) + GRACE
        made = date.fromisoformat(noted) if noted else due - GRACE if is_made else None
        return CardState(made, due, is_overdue=made is None and today > due)

    def keep_card(self, code: str) -> None:
        """Let the vault be opened by this card and no earlier one. Raises VaultError(CARD_MISTYPED)."""
        people.take(self._vault, people.prepare_card(self._vault, card.read(code)))
        self._vault.note(_CARD, assessment.today().isoformat())

    def card_pdf(self, code: str, words: Words, paper: str = "a4") -> bytes:
        """The card as a page to print."""
        from hrddp_desktop.report import render
        from hrddp_desktop.report.documents.safe_card import SafeCard

        return render.render_card(SafeCard(code, self._vault.folder.name, assessment.today(), paper), words)

    def add_office(self, content: str) -> str:
        """Let an office's key open the vault; `content` is its file, public or not. The public key.

        Raises VaultError(OFFICE_KEY_UNREADABLE).
        """
        public = _office_line(content)
        if public.startswith(_OFFICE_PRIVATE):
            public = slots.recipient_of(public)
        people.take(self._vault, people.prepare_office(self._vault, public))
        return public

    def offices(self) -> tuple[tuple[str, str], ...]:
        """Slot and public key of each office key that opens the vault."""
        held = keys.read(self._vault.folder, migrations.VERSION)
        return tuple((slot.name, slot.recipient) for slot in held.offices())


def new_card() -> str:
    """A new code; nothing opens by it until it is kept."""
    return card.new()


def squares(code: str) -> tuple[tuple[bool, ...], ...]:
    """The QR code of a card for the screen."""
    from hrddp_desktop.report.squares import modules

    return modules(code)


def new_office_key() -> tuple[str, str]:
    """The content of the file that an office keeps, and the public key that vaults are given."""
    private, public = slots.office_key()
    return f"# HRDDP Desktop: recovery key of an office. Keep it in the safe.\n# {public}\n{private}\n", public


def open_duties(records: tuple[Summary, ...]) -> tuple[Summary, ...]:
    """What a successor takes over: records that are not signed, and what is due, the soonest first."""
    found = [each for each in records if each.status != "signed" or each.next_due is not None]
    return tuple(sorted(found, key=lambda each: (each.next_due or date.max, each.title)))


def whom(folder: Path, typed: str) -> dict[str, Person]:
    """Whose passphrase can be made anew by a card's code or an office key, by slot.

    Raises VaultError(CARD_MISTYPED | CARD_WRONG | OFFICE_KEY_WRONG | OFFICE_KEY_UNREADABLE) and as unlocking does.
    """
    return vault.whom(folder, key_of(typed))


def recover(folder: Path, typed: str, name: str, new: str) -> Vault:
    """Open the vault by a card's code or an office key and give a person a new passphrase. Raises as `whom` does."""
    by = key_of(typed)
    known = vault.whom(folder, by)
    slot = next(iter(known)) if not name and len(known) == 1 else _named(known, name)
    return vault.recover(folder, people.prepare_recovery(folder, by, slot, new), by)


def key_of(typed: str) -> bytes | str:
    """What was typed: the safe card's random signs (bytes), or the line of an office's key.

    Raises VaultError(CARD_MISTYPED | OFFICE_KEY_UNREADABLE).
    """
    if _OFFICE_PRIVATE in typed.upper():
        return _office_line(typed)
    return card.read(typed)


def _office_line(content: str) -> str:
    lines = [line.strip() for line in content.splitlines()]
    found = [line for line in lines if line.startswith((_OFFICE_PUBLIC, _OFFICE_PRIVATE))]
    if not found:
        raise VaultError(Code.OFFICE_KEY_UNREADABLE)
    return found[0]


def _named(known: dict[str, Person], name: str) -> str:
    found = [slot for slot, person in known.items() if name in (slot, person.name)]
    if len(found) != 1:
        raise VaultError(Code.PERSON_UNKNOWN, name=name)
    return found[0]
