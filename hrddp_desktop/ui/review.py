"""The last page: the outcome with its reasons, what is missing, the document and the preparer's signature."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QSizePolicy, QWidget

from hrddp_desktop import clock
from hrddp_desktop.errors import HrddpError
from hrddp_desktop.i18n import LANGUAGE_NAMES, LANGUAGES
from hrddp_desktop.services.assessment import would_change
from hrddp_desktop.services.comments import Comments
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.aside import MissingList
from hrddp_desktop.ui.banner import UNFINISHED, read_outcome
from hrddp_desktop.ui.comments import OpenComments
from hrddp_desktop.ui.dropdown import DropDown
from hrddp_desktop.ui.icons import ShapeLabel
from hrddp_desktop.ui.making import Render, Sign, Signed, Written
from hrddp_desktop.ui.news import NewsPage
from hrddp_desktop.ui.outcomes import shape_of
from hrddp_desktop.ui.parts import Button, Text, column, row
from hrddp_desktop.ui.seen import TextsToSee
from hrddp_desktop.ui.signer import SigningForm, what_next

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QVBoxLayout

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.report.content import Snapshot
    from hrddp_desktop.services.records import Assessment, Office
    from hrddp_desktop.storage.records import Signature
    from hrddp_desktop.ui.dialogs import Asker
    from hrddp_desktop.ui.work import Work

SAVE = "save"
SIGN = "sign"
_PAPERS = (("a4", "A4"), ("letter", "Letter"))
_LETTERS = 84
_MISSING_LINES = 7


class Review(NewsPage):
    """Signals: jumped(path) to an answer; discussed(path) to its comments; ticked(path, words, seen); signed()."""

    jumped = Signal(str)
    discussed = Signal(str)
    ticked = Signal(str, str, bool)
    signed = Signal()

    def __init__(
        self,
        office: Office,
        assessment: Assessment,
        words: Words,
        work: Work,
        asker: Asker,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("review", words, parent)
        self._office = office
        self._assessment = assessment
        self._words = words
        self._work = work
        self._asker = asker
        self._written = Path()
        self._folder = Button(words("Open the folder"), self, icon="folder-open")
        self._folder.setObjectName("folder")
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
        self._texts = TextsToSee(words, content)
        self._texts.ticked.connect(self.ticked)
        self._texts.jumped.connect(self.jumped)
        body.addWidget(self._texts)
        self._comments = OpenComments(Comments(assessment), assessment, words, content)
        self._comments.jumped.connect(self.discussed)
        body.addWidget(self._comments)
        self._add_document(body, content)
        self._add_signature(body, content)
        body.addWidget(self.news(self._folder))
        body.addStretch(1)
        content.setLayout(body)
        layout = row()
        layout.setContentsMargins(4 * theme.UNIT, 3 * theme.UNIT, 4 * theme.UNIT, 4 * theme.UNIT)
        layout.addWidget(content, 10)
        layout.addStretch(1)
        inside.setLayout(layout)
        self.setWidget(inside)

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
        lighter = would_change(self._assessment.session, self._assessment.decision(), language)
        self._change.say("\n".join(f"• {fact}" for fact in lighter))
        self._change_title.setVisible(bool(lighter))
        complete = self._words("Nothing is missing") if reading.signers else ""
        self._missing_title.say(
            self._words("What is missing ({count})", count=len(missing)) if missing else complete,
        )
        self._missing.show_missing(missing)
        self._missing.setVisible(bool(missing))
        self._missing.setFixedHeight((theme.em(self, 1.0) + 6) * min(_MISSING_LINES, len(missing) + 2))
        hits = self._assessment.hits(language)
        self._texts.show_hits(hits)
        self._comments.refresh()
        self._show_signing(is_complete=not missing, is_looked_at=all(hit.seen for hit in hits), signers=reading.signers)

    def take_focus(self) -> None:
        """The first thing to do here."""
        self._save.setFocus(Qt.FocusReason.OtherFocusReason)
        self.verticalScrollBar().setValue(0)

    def _show_signing(self, *, is_complete: bool, is_looked_at: bool, signers: tuple[str, ...]) -> None:
        self._history.say("\n".join(self._signed_lines()))
        if is_complete and is_looked_at and signers:
            self._not_yet.say("")
            self._form.show_for("preparer")
            return
        self._form.hide()
        if is_complete and not is_looked_at:
            self._not_yet.say(self._words("You can sign when each text above is changed or ticked."))
            return
        unfinished = is_complete and not signers
        self._not_yet.say(
            self._words(UNFINISHED) if unfinished else self._words("You can sign when nothing is missing.")
        )

    def _signed_lines(self) -> list[str]:
        signatures = self._assessment.signatures()
        lines = [signed_line(each, self._words) for each in signatures]
        if signatures and not self._assessment.signed:
            lines.append(self._words("It was changed since and is a draft again; the signed PDF stays as it is."))
        return lines

    def _add_outcome(self, body: QVBoxLayout, parent: QWidget) -> None:
        card = QFrame(parent)
        card.setProperty("surface", "card")
        self._shape = ShapeLabel(card, lines=2.2)
        self._word = Text("", card, size=1.3, strong=True)
        self._rule = Text("", card, tone="muted")
        self._reason = Text("", card)
        self._also_title = Text(self._words("These rules hold as well"), card, tone="muted")
        self._also = Text("", card)
        self._change_title = Text(
            self._words("Facts that would lead to a lighter outcome. Evidence counts, not another rating."),
            card,
            tone="muted",
        )
        self._change = Text("", card)
        self._change.setObjectName("would_change")
        texts = column(gap=theme.HALF)
        shown = (self._word, self._reason, self._rule, self._also_title, self._also, self._change_title, self._change)
        for widget in shown:
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
        self._history = Text("", parent)
        self._not_yet = Text("", parent, tone="muted")
        self._form = SigningForm(self._office, words, self._work, self.message, parent)
        self._form.ready.connect(self._ask_target)
        for widget in (self._history, self._not_yet, self._form):
            body.addWidget(widget)

    # --- what is done ---

    @Slot()
    def _ask_save(self) -> None:
        self._asker.ask_to_save(SAVE, self._words("Save the document"), self._file_name("draft"))

    @Slot()
    def _ask_target(self) -> None:
        self._asker.ask_to_save(SIGN, self._words("Save the signed document"), self._file_name("preparer"))

    @Slot(str, str)
    def _take_name(self, purpose: str, path: str) -> None:
        if purpose == SAVE:
            self._start(self._words("Making the document …"), Render(self._freeze(), Path(path)))
        elif purpose == SIGN:
            call = Sign(self._freeze(), self._form.signer(), Path(path))
            self._start(self._words("Making and signing the document …"), call)

    def _start(self, busy: str, call: Callable[[], object]) -> None:
        self._folder.hide()
        self._set_busy(busy=True)
        self.message.show_busy(busy)
        self.show_news()
        self._work.start(call, self._finish, self._fail)

    def _set_busy(self, *, busy: bool) -> None:
        self._save.setEnabled(not busy)
        self._form.set_busy(busy=busy)

    def _freeze(self) -> Snapshot:
        from hrddp_desktop.services import documents

        language = LANGUAGES[self._language.currentIndex()]
        paper = _PAPERS[self._paper.currentIndex()][0]
        record = self._assessment
        moment = clock.now().astimezone()
        return documents.freeze(
            record.session,
            record.record,
            record.created,
            language=language,
            paper=paper,
            printed=moment,
            marks=record.marks,
        )

    @Slot(object)
    def _finish(self, written: Written) -> None:
        self._set_busy(busy=False)
        self._written = written.file
        words = self._words
        try:
            if isinstance(written, Signed):
                self._form.keep(written)
                self._assessment.note_signature(written.signature)
        except HrddpError as error:
            self._fail(error)
            return
        if isinstance(written, Signed):
            done = words("The signed document is saved and was checked: {file}", file=written.file)
            self.message.show_done(done, what_next(written, words))
            self.signed.emit()
        else:
            self.message.show_done(words("The document is saved: {file}", file=written.file))
        self._folder.show()
        self.refresh()
        if self.isVisible():
            self._folder.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_news()

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._set_busy(busy=False)
        if not isinstance(error, HrddpError):
            raise error
        self._form.show_error(error)
        self.show_news()

    @Slot()
    def _open_folder(self) -> None:
        self._asker.show_folder(self._written)

    def _file_name(self, last: str) -> str:
        return f"{self._assessment.reference or 'assessment'}-{last}.pdf"


def signed_line(signature: Signature, words: Words) -> str:
    """Who signed a document of the record, when, as what."""
    return words(
        "Signed on {day} by {name} as {role}.",
        day=words.date(signature.signed.astimezone().date()),
        name=signature.signer,
        role=Role(signature.role).label(words.translate).lower(),
    )


def _choice(parent: QWidget, name: str, labels: list[str]) -> DropDown:
    made = DropDown(parent)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    made.addItems(labels)
    made.setCurrentIndex(0)
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made
