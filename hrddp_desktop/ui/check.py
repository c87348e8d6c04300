"""Check a PDF: a verdict in one sentence, the facts below it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from hrddp_desktop import paths
from hrddp_desktop.errors import HrddpError
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.icons import Shape, ShapeLabel
from hrddp_desktop.ui.parts import Button, MessagePanel, Text, column, row

if TYPE_CHECKING:
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.signing.findings import Report
    from hrddp_desktop.ui.dialogs import Asker
    from hrddp_desktop.ui.work import Work

CHECK = "check"
_SHAPES = {
    "genuine": Shape.GOOD,
    "in_circulation": Shape.LATER,
    "unknown_signer": Shape.WARN,
    "marks_added": Shape.WARN,
    "do_not_rely": Shape.STOP,
}


class CheckPage(QScrollArea):
    """Signals: left() back to the records."""

    left = Signal()

    def __init__(self, office: Office, words: Words, work: Work, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("check")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._office = office
        self._words = words
        self._work = work
        self._asker = asker
        self._report: Report | None = None
        asker.named.connect(self._take_name)
        inside = QWidget(self)
        back = Button(
            words("All assessments"), inside, kind="quiet", icon="arrow-right" if words.right_to_left else "arrow-left"
        )
        back.clicked.connect(self.left)
        self._another = Button(words("Check another PDF …"), inside, icon="file-check")
        self._another.clicked.connect(self.ask)
        self.message = MessagePanel(words, inside)
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
        body = column(gap=2 * theme.UNIT, margin=4 * theme.UNIT)
        body.addWidget(back, 0, Qt.AlignmentFlag.AlignLeading)
        body.addWidget(Text(words("Check a PDF"), inside, size=1.6, strong=True))
        body.addWidget(
            Text(
                words("Whether a signed document is complete, unchanged and from a known signer."), inside, tone="muted"
            )
        )
        body.addWidget(self._another, 0, Qt.AlignmentFlag.AlignLeading)
        body.addWidget(self.message)
        body.addWidget(self._card)
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
            self.message.show_busy(self._words("Checking {file} …", file=Path(path).name))
            self._file.say(path)
            self._check()

    def _check(self) -> None:
        self._work.start(_Check(Path(self._file.text()), self._office), self._show, self._fail)

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
    def _show(self, report: Report) -> None:
        self.message.hide()
        self._report = report
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
class _Check:
    file: Path
    office: Office

    def __call__(self) -> Report:
        from hrddp_desktop.files import read_file
        from hrddp_desktop.services import signatures

        return signatures.check(read_file(self.file), paths.trust_file(), self.office.forms)
