"""The last page: the outcome with its reasons, what is missing, the document and the preparer's signature."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QScrollArea, QSizePolicy, QWidget

from hrddp_desktop.errors import HrddpError
from hrddp_desktop.i18n import LANGUAGE_NAMES, LANGUAGES
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.aside import MissingList
from hrddp_desktop.ui.banner import read_outcome
from hrddp_desktop.ui.dropdown import DropDown
from hrddp_desktop.ui.icons import ShapeLabel
from hrddp_desktop.ui.making import NewIdentity, Render, Sign, Written
from hrddp_desktop.ui.outcomes import shape_of
from hrddp_desktop.ui.parts import Button, MessagePanel, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QVBoxLayout

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.report.content import Snapshot
    from hrddp_desktop.services.records import Assessment, Office
    from hrddp_desktop.ui.dialogs import Asker
    from hrddp_desktop.ui.work import Work

SAVE = "save"
SIGN = "sign"
_PAPERS = (("a4", "A4"), ("letter", "Letter"))
_LETTERS = 84
_MISSING_LINES = 7


class Review(QScrollArea):
    """Signals: jumped(path) to a missing answer."""

    jumped = Signal(str)

    def __init__(
        self,
        office: Office,
        assessment: Assessment,
        words: Words,
        work: Work,
        asker: Asker,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("review")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._office = office
        self._assessment = assessment
        self._words = words
        self._work = work
        self._asker = asker
        self._passphrase = ""
        self._p12 = b""
        self._target = Path()
        self._written = Path()
        self.message = MessagePanel(words, self)
        self._folder = Button(words("Open the folder"), self, icon="folder-open")
        self._folder.clicked.connect(self._open_folder)
        asker.named.connect(self._take_name)
        inside = QWidget(self)
        inside.setProperty("surface", "paper")
        content = QWidget(inside)
        content.setMaximumWidth(theme.columns(self, _LETTERS))
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        body = column(gap=2 * theme.UNIT)
        body.addWidget(Text(words("Review and sign"), content, size=1.45, strong=True))
        self._add_outcome(body, content)
        self._add_missing(body, content)
        self._add_document(body, content)
        self._add_signature(body, content)
        body.addWidget(self.message)
        body.addWidget(self._folder, 0, Qt.AlignmentFlag.AlignLeading)
        body.addStretch(1)
        content.setLayout(body)
        layout = row()
        layout.setContentsMargins(4 * theme.UNIT, 3 * theme.UNIT, 4 * theme.UNIT, 4 * theme.UNIT)
        layout.addWidget(content, 10)
        layout.addStretch(1)
        inside.setLayout(layout)
        self.setWidget(inside)
        self._folder.hide()

    # --- what is shown ---

    def refresh(self) -> None:
        """Read the record again."""
        language = self._words.language
        reading = read_outcome(self._assessment, language)
        missing = self._assessment.missing(language)
        self._shape.show_shape(shape_of(reading.code))
        self._word.say(reading.word)
        self._rule.say(self._words("Rule {rule}", rule=reading.rule) if reading.rule else "")
        self._reason.say(reading.reason)
        self._also.say("\n".join(reading.also))
        self._also_title.setVisible(bool(reading.also))
        self._missing_title.say(
            self._words("What is missing ({count})", count=len(missing))
            if missing
            else self._words("Nothing is missing")
        )
        self._missing.show_missing(missing)
        self._missing.setVisible(bool(missing))
        self._missing.setFixedHeight((theme.em(self, 1.0) + 6) * min(_MISSING_LINES, len(missing) + 2))
        self._show_signing()

    def take_focus(self) -> None:
        """The first thing to do here."""
        self._save.setFocus(Qt.FocusReason.OtherFocusReason)
        self.verticalScrollBar().setValue(0)

    def _show_signing(self) -> None:
        first_time = self._office.identity() is None
        person = self._office.person
        self._who.say(
            self._words(
                "You sign as {name}, {function}, {station}.",
                name=person.name,
                function=person.function,
                station=person.station,
            )
        )
        self._identity.say(
            self._words(
                "This is your first signature: an identity is made for you now and kept in the vault. Choose its "
                "passphrase; it may be that of the vault."
            )
            if first_time
            else self._words("Your identity is kept in the vault. Its passphrase is asked at each signature.")
        )
        ready = not self._assessment.missing(self._words.language)
        self._not_yet.setVisible(not ready)
        for widget in (self._who, self._identity, self._secret_label, self._secret, self._sign):
            widget.setVisible(ready)
        self._again.setVisible(ready and first_time)
        self._again_label.setVisible(ready and first_time)

    def _add_outcome(self, body: QVBoxLayout, parent: QWidget) -> None:
        card = QFrame(parent)
        card.setProperty("surface", "card")
        self._shape = ShapeLabel(card, lines=2.2)
        self._word = Text("", card, size=1.3, strong=True)
        self._rule = Text("", card, tone="muted")
        self._reason = Text("", card)
        self._also_title = Text(self._words("These rules hold as well"), card, tone="muted")
        self._also = Text("", card)
        texts = column(gap=theme.HALF)
        for widget in (self._word, self._reason, self._rule, self._also_title, self._also):
            texts.addWidget(widget)
        layout = row(gap=2 * theme.UNIT, margin=2 * theme.UNIT)
        layout.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        card.setLayout(layout)
        body.addWidget(card)

    def _add_missing(self, body: QVBoxLayout, parent: QWidget) -> None:
        self._missing_title = Text("", parent, strong=True, size=1.1)
        self._missing = MissingList(self._words, parent)
        self._missing.jumped.connect(self.jumped)
        body.addWidget(self._missing_title)
        body.addWidget(self._missing)

    def _add_document(self, body: QVBoxLayout, parent: QWidget) -> None:
        words = self._words
        body.addSpacing(theme.UNIT)
        body.addWidget(Text(words("The document"), parent, strong=True, size=1.1))
        body.addWidget(
            Text(
                words("While answers are missing, each page says that it is a draft and how many are missing."),
                parent,
                tone="muted",
            )
        )
        self._language = _choice(parent, words("Language of the document"), [LANGUAGE_NAMES[one] for one in LANGUAGES])
        self._language.setCurrentIndex(LANGUAGES.index(self._assessment.language))
        self._paper = _choice(parent, words("Paper"), [name for _code, name in _PAPERS])
        self._save = Button(words("Save as PDF …"), parent, icon="file-text")
        self._save.setObjectName("save_pdf")
        self._save.clicked.connect(self._ask_save)
        line = row(gap=theme.UNIT + theme.HALF)
        line.addWidget(self._language)
        line.addWidget(self._paper)
        line.addWidget(self._save)
        line.addStretch(1)
        body.addLayout(line)

    def _add_signature(self, body: QVBoxLayout, parent: QWidget) -> None:
        words = self._words
        body.addSpacing(theme.UNIT)
        body.addWidget(Text(words("Your signature as preparer"), parent, strong=True, size=1.1))
        self._who = Text("", parent)
        self._identity = Text("", parent, tone="muted")
        self._secret = _secret(parent, "identity_passphrase")
        self._again = _secret(parent, "identity_again")
        self._not_yet = Text(words("You can sign when nothing is missing."), parent, tone="muted")
        body.addWidget(self._not_yet)
        self._secret_label = Text(words("Passphrase of your identity"), parent, strong=True)
        self._secret_label.name_for(self._secret)
        self._again_label = Text(words("The passphrase once more"), parent, strong=True)
        self._again_label.name_for(self._again)
        self._sign = Button(words("Sign as preparer …"), parent, kind="primary", icon="pen-line")
        self._sign.setObjectName("sign_pdf")
        self._sign.clicked.connect(self._ask_sign)
        self._secret.returnPressed.connect(self._ask_sign)
        secrets = row(gap=2 * theme.UNIT)
        for label, line in ((self._secret_label, self._secret), (self._again_label, self._again)):
            line.setMaximumWidth(theme.columns(self, 40))
            pair = column(gap=theme.HALF)
            pair.addWidget(label)
            pair.addWidget(line)
            secrets.addLayout(pair)
        saying = column(gap=theme.HALF)
        saying.addWidget(self._who)
        saying.addWidget(self._identity)
        body.addLayout(saying)
        body.addLayout(secrets)
        body.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignLeading)

    # --- what is done ---

    @Slot()
    def _ask_save(self) -> None:
        self._asker.ask_to_save(SAVE, self._words("Save the document"), self._file_name("draft"))

    @Slot()
    def _ask_sign(self) -> None:
        self._passphrase = self._secret.text()
        if not self._passphrase:
            self.message.show_hint(self._words("Type the passphrase of your identity first."))
            self._secret.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if not self._again.isHidden() and self._again.text() != self._passphrase:
            self.message.show_hint(self._words("The two passphrases differ."))
            self._again.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._asker.ask_to_save(SIGN, self._words("Save the signed document"), self._file_name("preparer"))

    @Slot(str, str)
    def _take_name(self, purpose: str, path: str) -> None:
        if purpose not in (SAVE, SIGN):
            return
        self._target = Path(path)
        self._folder.hide()
        if purpose == SAVE:
            self._start(self._words("Making the document …"), Render(self._freeze(), self._target))
        else:
            self._p12 = self._office.identity() or b""
            if self._p12:
                self._sign_now()
            else:
                person = self._office.person
                call = NewIdentity(person.name, person.function, person.station, self._passphrase)
                self._set_busy(self._words("Making your identity …"))
                self._work.start(call, self._keep_identity, self._fail)

    @Slot(object)
    def _keep_identity(self, made: bytes) -> None:
        try:
            self._office.keep_identity(made)
        except HrddpError as error:
            self._fail(error)
            return
        self._p12 = made
        self._sign_now()

    def _sign_now(self) -> None:
        call = Sign(self._freeze(), self._p12, self._passphrase, self._target, self._office.forms)
        self._start(self._words("Making and signing the document …"), call)

    def _start(self, busy: str, call: Callable[[], object]) -> None:
        self._set_busy(busy)
        self._work.start(call, self._finish, self._fail)

    def _set_busy(self, busy: str) -> None:
        self._save.setEnabled(False)
        self._sign.setEnabled(False)
        self.message.show_busy(busy)

    def _freeze(self) -> Snapshot:
        from hrddp_desktop.services import documents

        language = LANGUAGES[self._language.currentIndex()]
        paper = _PAPERS[self._paper.currentIndex()][0]
        record = self._assessment
        moment = datetime.now().astimezone()
        return documents.freeze(
            record.session, record.record, record.created, language=language, paper=paper, printed=moment
        )

    @Slot(object)
    def _finish(self, written: Written) -> None:
        self._rest()
        self._written = written.file
        if written.signature is not None:
            self._assessment.note_signature(written.signature)
        signed = self._words("The signed document is saved and was checked: {file}", file=written.file)
        saved = self._words("The document is saved: {file}", file=written.file)
        self.message.show_done(signed if written.signature else saved)
        self._folder.show()
        self._show_signing()
        self.ensureWidgetVisible(self._folder)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._rest()
        if not isinstance(error, HrddpError):
            raise error
        self.message.show_error(error)
        self._show_signing()
        self.ensureWidgetVisible(self.message)

    def _rest(self) -> None:
        self._passphrase = ""
        self._p12 = b""
        self._secret.clear()
        self._again.clear()
        self._save.setEnabled(True)
        self._sign.setEnabled(True)

    @Slot()
    def _open_folder(self) -> None:
        self._asker.show_folder(self._written)

    def _file_name(self, last: str) -> str:
        return f"{self._assessment.reference or 'assessment'}-{last}.pdf"


def _choice(parent: QWidget, name: str, labels: list[str]) -> DropDown:
    made = DropDown(parent)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    made.addItems(labels)
    made.setCurrentIndex(0)
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made


def _secret(parent: QWidget, name: str) -> QLineEdit:
    line = QLineEdit(parent)
    line.setObjectName(name)
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
    return line
