"""Check a PDF: a verdict in one sentence, the facts below it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from hrddp_desktop import paths
from hrddp_desktop.errors import HrddpError
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.icons import Shape, ShapeLabel
from hrddp_desktop.ui.making import Signed, SignOn
from hrddp_desktop.ui.news import NewsPage
from hrddp_desktop.ui.parts import Button, Text, column, row
from hrddp_desktop.ui.signer import SigningForm, what_next

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.signing.findings import Report
    from hrddp_desktop.ui.dialogs import Asker
    from hrddp_desktop.ui.work import Work

CHECK = "check"
SIGN_ON = "sign on"
_SHAPES = {
    "genuine": Shape.GOOD,
    "in_circulation": Shape.LATER,
    "unknown_signer": Shape.WARN,
    "marks_added": Shape.WARN,
    "do_not_rely": Shape.STOP,
}


class CheckPage(NewsPage):
    """Signals: left() back to the records."""

    left = Signal()

    def __init__(self, office: Office, words: Words, work: Work, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__("check", words, parent)
        self._office = office
        self._words = words
        self._work = work
        self._asker = asker
        self._report: Report | None = None
        self._pdf = b""
        self._written = Path()
        asker.named.connect(self._take_name)
        inside = QWidget(self)
        back = Button(
            words("All assessments"), inside, kind="quiet", icon="arrow-right" if words.right_to_left else "arrow-left"
        )
        back.clicked.connect(self.left)
        self._another = Button(words("Check another PDF …"), inside, icon="file-check")
        self._another.clicked.connect(self.ask)
        self._card = QFrame(inside)
        self._card.setProperty("surface", "card")
        self._shape = ShapeLabel(self._card, lines=2.2)
        self._verdict = Text("", self._card, size=1.3, strong=True)
        self._verdict.setObjectName("verdict")
        self._file = Text("", self._card, tone="muted")
        self._facts = column(gap=theme.UNIT)
        self._shown: list[Text] = []
        texts = column(gap=theme.HALF)
        texts.addWidget(self._verdict)
        texts.addWidget(self._file)
        self._known = Button(words("I compared the words by telephone: add to my list"), self._card, icon="check")
        self._known.setObjectName("make_known")
        self._known.clicked.connect(self._make_known)
        texts.addSpacing(theme.UNIT)
        texts.addLayout(self._facts)
        texts.addWidget(self._known, 0, Qt.AlignmentFlag.AlignLeading)
        layout = row(gap=2 * theme.UNIT, margin=3 * theme.UNIT)
        layout.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        self._card.setLayout(layout)
        self._card.hide()
        self._form = SigningForm(office, words, work, self.message, inside)
        self._form.ready.connect(self._ask_target)
        self._form.hide()
        self._folder = Button(words("Open the folder"), inside, icon="folder-open")
        self._folder.setObjectName("folder")
        self._folder.clicked.connect(self._open_folder)
        body = column(gap=2 * theme.UNIT, margin=4 * theme.UNIT)
        body.addWidget(back, 0, Qt.AlignmentFlag.AlignLeading)
        body.addWidget(Text(words("Check a PDF"), inside, size=1.6, strong=True))
        body.addWidget(
            Text(
                words("Whether a signed document is complete, unchanged and from a known signer."), inside, tone="muted"
            )
        )
        body.addWidget(self._another, 0, Qt.AlignmentFlag.AlignLeading)
        body.addWidget(self.news(self._folder))
        body.addWidget(self._card)
        body.addWidget(self._form)
        body.addStretch(1)
        inside.setLayout(body)
        self.setWidget(inside)

    @Slot()
    def ask(self) -> None:
        """Ask which file."""
        self._asker.ask_to_open(CHECK, self._words("Check a PDF"))

    def take_focus(self) -> None:
        """The button that asks for a file."""
        self._another.setFocus(Qt.FocusReason.OtherFocusReason)

    def text(self) -> str:
        """All that is said about the file."""
        return "\n".join(label.text() for label in self._card.findChildren(Text) if label.text())

    @Slot(str, str)
    def _take_name(self, purpose: str, path: str) -> None:
        if purpose == CHECK:
            self._card.hide()
            self._form.hide()
            self._folder.hide()
            self.message.show_busy(self._words("Checking {file} …", file=Path(path).name))
            self._file.say(path)
            self._check()
        elif purpose == SIGN_ON:
            call = SignOn(self._pdf, self._next_role(), self._form.signer(), Path(path))
            self._set_busy(busy=True)
            self.message.show_busy(self._words("Signing the document …"))
            self.show_news()
            self._work.start(call, self._finish, self._refuse)

    def _check(self) -> None:
        self._work.start(_Check(Path(self._file.text()), self._office), self._show_checked, self._fail)

    # --- signing as the next one ---

    def _next_role(self) -> str:
        """Who may sign here: only on top of signatures that all hold."""
        report = self._report
        if report is None or report.verdict.name != "IN_CIRCULATION" or report.next_role is None:
            return ""
        return report.next_role.value

    @Slot()
    def _ask_target(self) -> None:
        role, stem = self._next_role(), Path(self._file.text()).stem
        for earlier in ("-preparer", "-reviewer"):
            stem = stem.removesuffix(earlier)
        self._asker.ask_to_save(SIGN_ON, self._words("Save the signed document"), f"{stem}-{role}.pdf")

    def _set_busy(self, *, busy: bool) -> None:
        self._another.setEnabled(not busy)
        self._form.set_busy(busy=busy)

    @Slot(object)
    def _finish(self, signed: Signed) -> None:
        self._set_busy(busy=False)
        try:
            self._form.keep(signed)
        except HrddpError as error:
            self._refuse(error)
            return
        self._written = signed.file
        self._file.say(str(signed.file))
        # The verdict so far is that of the file before.
        self._card.hide()
        self._form.hide()
        # What stands on the disk now is checked, with a signer who may be new to this computer's list.
        self._work.start(_Check(signed.file, self._office), self._show_signed, self._fail)
        words = self._words
        done = words("The signed document is saved and was checked: {file}", file=signed.file)
        self.message.show_done(done, what_next(signed, words))
        self._folder.show()
        self._folder.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_news()

    @Slot(object)
    def _refuse(self, error: Exception) -> None:
        self._set_busy(busy=False)
        if not isinstance(error, HrddpError):
            raise error
        self._form.show_error(error)
        self.show_news()

    @Slot()
    def _open_folder(self) -> None:
        self._asker.show_folder(self._written)

    # --- the verdict ---

    @Slot()
    def _make_known(self) -> None:
        """The person has compared the six words by telephone; the app never does this by itself."""
        from hrddp_desktop.services import signatures

        if self._report is None:
            return
        try:
            signatures.make_signers_known(self._report, paths.trust_file())
        except HrddpError as error:
            self.message.show_error(error)
        else:
            self._check()

    @Slot(object)
    def _show_checked(self, checked: _Checked) -> None:
        self.message.hide()
        self._show(checked)

    @Slot(object)
    def _show_signed(self, checked: _Checked) -> None:
        # The message about the signature stays.
        self._show(checked)

    def _show(self, checked: _Checked) -> None:
        report = self._report = checked.report
        self._pdf = checked.pdf
        self._known.setVisible(report.verdict.name == "UNKNOWN_SIGNER")
        self._shape.show_shape(_SHAPES.get(report.verdict.name.lower(), Shape.STOP))
        self._verdict.say(self._words(report.verdict.value))
        for old in self._shown:
            self._facts.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._shown = [Text(sentence, self._card) for sentence in self._sentences(report)]
        for text in self._shown:
            self._facts.addWidget(text)
        self._card.show()
        if self._next_role():
            self._form.show_for(self._next_role())
        else:
            self._form.hide()

    def _sentences(self, report: Report) -> list[str]:
        words = self._words
        signed = [
            words(
                "{role}: {name}, {function}, {station}. Their computer said {day}, {time}. Six words: {words}.",
                role=one.role.label(words.translate),
                name=one.name,
                function=one.function,
                station=one.station,
                day=words.date(one.time.astimezone().date()),
                time=words.time(one.time.astimezone()),
                words=" ".join(one.words),
            )
            for one in report.signatures
        ]
        return [*(fact.sentence(words.translate) for fact in report.facts), *signed]

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        if not isinstance(error, HrddpError):
            raise error
        self.message.show_error(error)


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was checked is what gets signed, whatever happens to the file meanwhile."""

    pdf: bytes
    report: Report


@dataclass(frozen=True, slots=True)
class _Check:
    file: Path
    office: Office

    def __call__(self) -> _Checked:
        from hrddp_desktop.files import read_file
        from hrddp_desktop.services import signatures

        pdf = read_file(self.file)
        return _Checked(pdf, signatures.check(pdf, paths.trust_file(), self.office.forms))
