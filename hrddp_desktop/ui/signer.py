"""Signing with the identity of the vault: who signs, its passphrase once more, the button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from hrddp_desktop import paths
from hrddp_desktop.errors import N_, Code, HrddpError
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.making import Signer
from hrddp_desktop.ui.parts import Button, Text, column, row
from hrddp_desktop.ui.passphrases import Reveal, secret_line

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.ui.making import Signed
    from hrddp_desktop.ui.parts import MessagePanel
    from hrddp_desktop.ui.work import Work

_BUTTONS = {
    "preparer": N_("Sign as preparer …"),
    "reviewer": N_("Sign as reviewer …"),
    "approver": N_("Sign as approver …"),
}


class SigningForm(QWidget):
    """Asks for the person's passphrase of the vault, which the identity opens by, before anybody names a file.

    Signals: ready() the passphrase is right; `signer()` may sign now.
    """

    ready = Signal()

    def __init__(self, office: Office, words: Words, work: Work, message: MessagePanel, parent: QWidget) -> None:
        super().__init__(parent)
        self._office = office
        self._words = words
        self._work = work
        self._message = message
        self._role = "preparer"
        self._signer: Signer | None = None
        self._who = Text("", self)
        self._identity = Text("", self, tone="muted")
        self._secret = secret_line(self, "identity_passphrase")
        self._secret_label = Text(words("Your passphrase of the vault"), self, strong=True)
        self._secret_label.name_for(self._secret)
        self._reveal = Reveal(words, self, self._secret)
        self._sign = Button("", self, kind="primary", icon="pen-line")
        self._sign.setObjectName("sign_pdf")
        self._sign.clicked.connect(self._press)
        self._secret.returnPressed.connect(self._press)
        self._lay_out()

    def show_for(self, role: str) -> None:
        """Say who signs as what, and whether an identity is still to be made."""
        self._role = role
        person = self._office.person
        self._who.say(
            self._words(
                "You sign as {name}, {function}, {station}.",
                name=person.name,
                function=person.function,
                station=person.station,
            )
        )
        first = self._office.identity() is None
        self._identity.say(
            self._words(
                "This is your first signature: an identity is made for you now and kept in the vault. It opens by your "
                "passphrase of the vault, and by no other."
            )
            if first
            else self._words("Your identity is kept in the vault. Your passphrase is asked at each signature.")
        )
        self._sign.say(self._words(_BUTTONS[role]))
        self.show()

    def signer(self) -> Signer:
        """Who signs now; only after `ready`."""
        if self._signer is None:
            raise RuntimeError("nobody has given a passphrase")
        return self._signer

    def set_busy(self, *, busy: bool) -> None:
        """Nothing can be started while something is under way."""
        self._sign.setEnabled(not busy)

    def keep(self, signed: Signed) -> None:
        """Keep a new identity, once a document was signed with it. Raises VaultError: then the document goes too."""
        if signed.new_identity is not None:
            from hrddp_desktop.services import signatures

            try:
                self._office.keep_identity(signed.new_identity.p12)
            except HrddpError:
                # A signature by an identity that nobody has any more would be taken for somebody else's.
                signed.file.unlink(missing_ok=True)
                raise
            signatures.make_known(signed.new_identity.card, paths.trust_file())
        self.forget()

    def forget(self) -> None:
        """No passphrase stays behind."""
        self._signer = None
        self._secret.clear()
        self._reveal.hide_letters()

    def show_error(self, error: HrddpError) -> None:
        """Say what went wrong; a wrong passphrase can be typed over at once."""
        self.set_busy(busy=False)
        self._signer = None
        self._message.show_error(error)
        if error.code is Code.IDENTITY_PASSPHRASE:
            self._secret.setFocus(Qt.FocusReason.OtherFocusReason)
            self._secret.selectAll()

    # --- inside ---

    def _lay_out(self) -> None:
        secrets = row(gap=2 * theme.UNIT)
        self._secret.setFixedWidth(theme.columns(self, 30))
        pair = column(gap=theme.HALF)
        pair.addWidget(self._secret_label)
        pair.addWidget(self._secret)
        secrets.addLayout(pair)
        secrets.addWidget(self._reveal, 0, Qt.AlignmentFlag.AlignBottom)
        secrets.addStretch(1)
        saying = column(gap=theme.HALF)
        saying.addWidget(self._who)
        saying.addWidget(self._identity)
        body = column(gap=2 * theme.UNIT)
        body.addLayout(saying)
        body.addLayout(secrets)
        body.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignLeading)
        self.setLayout(body)

    @Slot()
    def _press(self) -> None:
        if not self._sign.isEnabled():
            return
        passphrase = self._secret.text()
        if not passphrase:
            self._message.show_hint(self._words("Type your passphrase first."))
            self._secret.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.set_busy(busy=True)
        self._message.show_busy(self._words("Opening your identity …"))
        self._work.start(self._office.people.signing_secret(passphrase), self._opened, self._refused)

    @Slot(object)
    def _opened(self, opener: str) -> None:
        self.set_busy(busy=False)
        self._message.hide()
        self._signer = Signer(self._office.person, self._office.identity(), opener, self._office.forms)
        self.ready.emit()

    @Slot(object)
    def _refused(self, error: Exception) -> None:
        if not isinstance(error, HrddpError):
            self.set_busy(busy=False)
            raise error
        self.show_error(error)


def what_next(signed: Signed, words: Words) -> str:
    """Who signs next, and what that person will ask for."""
    role = signed.report.next_role
    after = (
        words("The next to sign is the {role}: send them this file.", role=role.label(words.translate).lower())
        if role
        else words("Everybody who has to has signed.")
    )
    six = " ".join(signed.report.signatures[-1].words)
    known = words("Your six words, which they may ask for by telephone: {words}.", words=six)
    return f"{after} {known}"
