"""The wizard: outline, questions, guidance; Back, Next, Finish; the outcome and "saved at" always in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QSizePolicy, QSplitter, QStackedWidget, QWidget

from hrddp_desktop import clock
from hrddp_desktop.errors import N_, HrddpError
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.aside import Aside
from hrddp_desktop.ui.banner import Banner, read_outcome
from hrddp_desktop.ui.comments import Discussion
from hrddp_desktop.ui.desk import Desk
from hrddp_desktop.ui.history import History
from hrddp_desktop.ui.notice import Notice
from hrddp_desktop.ui.outline import REVIEW, Line, Outline
from hrddp_desktop.ui.page import Page
from hrddp_desktop.ui.parts import Button, MessagePanel, Rule, column, row
from hrddp_desktop.ui.reason import ReasonPanel
from hrddp_desktop.ui.review import Review
from hrddp_desktop.ui.tables import TableEditor
from hrddp_desktop.ui.topbar import TopBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from hrddp_desktop.engine.views import Change, PageView
    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.records import Assessment, Office
    from hrddp_desktop.ui.dialogs import Asker
    from hrddp_desktop.ui.work import Work

# The place of the cursor is kept where half-typed text is: inside the vault, since it tells what is being worked on.
PLACE = "@place"
# Below this width in letters the guidance starts hidden, so that the questions keep room.
_WIDE = 132
# So many answers that become due at once are worth a sentence.
_MANY = 3
_SIGNED = N_("This record was signed on {day}; a change makes it a draft again. The signed PDF stays as it is.")
_DRAFT_NOW = N_(
    "This record was signed on {day} and changed since: it is a draft now. The signed PDF stays as it is; Undo takes "
    "the change back."
)


class Wizard(QWidget):
    """One open record.

    Signals: left() back to the list of records; reading() the guidance; language(code); stood(number) to be read as it
    stood after that entry; erasing() is about to, nobody else may read the vault; erased(Erased, whole) for safety, the
    record is to be opened again or is gone.
    """

    left = Signal()
    stood = Signal(int)
    erasing = Signal()
    erased = Signal(object, bool)
    reading = Signal()
    language = Signal(str)

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
        self.setObjectName("wizard")
        self._words = words
        self._assessment = assessment
        self._pages: dict[str, Page] = {}
        self._names: list[str] = []
        self._guidance_wanted: bool | None = None
        self.desk = Desk(assessment, self, asker)
        self._top = TopBar(words, self)
        self._banner = Banner(words, self)
        self.message = MessagePanel(words, self)
        self._reason = ReasonPanel(words, self)
        self._notice = Notice(words, self)
        self._more = ""
        self._missing_before = 0
        self._was_signed = assessment.signed
        self._outline = Outline(words, self)
        self._stack = QStackedWidget(self)
        self._aside = Aside(words, self)
        self._history = History(assessment, words, self)
        self._aside.add_history(self._history)
        self._discussion = Discussion(assessment, self.desk, words, self)
        self._aside.add_comments(self._discussion)
        self._review = Review(office, assessment, words, work, asker, self)
        self._stack.addWidget(self._review)
        self._back = Button(words("Back"), self, icon="arrow-right" if words.right_to_left else "arrow-left")
        self._next = Button(words("Next"), self, kind="primary")
        self._back.setObjectName("back")
        self._next.setObjectName("next")
        back, on = ("Alt+Right", "Alt+Left") if words.right_to_left else ("Alt+Left", "Alt+Right")
        self._back.setToolTip(words("The page before ({keys})", keys=back))
        self._next.setToolTip(words("The next page ({keys})", keys=f"Ctrl+Enter, {on}"))
        self._lay_out()
        self._connect()
        self._add_shortcuts()
        self.refresh()
        self.show_page(self._place())
        if assessment.damage:
            self.message.show_hint("\n".join(each.sentence(words.translate) for each in assessment.damage))

    # --- what is shown ---

    @property
    def record(self) -> str:
        """The id of the record."""
        return self._assessment.record

    @property
    def current(self) -> str:
        """The name of the page that is shown."""
        return self._outline.current()

    def page(self) -> Page | None:
        """The page that is shown; None on the review page."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    def refresh(self) -> None:
        """Read outline, outcome and missing answers from the record again."""
        language = self._words.language
        pages = self._assessment.pages(language)
        self._names = [page.name for page in pages] + [REVIEW]
        lines = self._lines(pages)
        self._outline.show_lines(lines)
        missing = self._assessment.missing(language)
        self._banner.show_outcome(read_outcome(self._assessment, language), len(missing))
        self._aside.list_missing(missing)
        self._aside.count_comments(sum(self.desk.comments().still_open().values()))
        title = self._assessment.view("a0_title", language).text
        self._top.show_record(title or self._words("New assessment"), self._assessment.reference)
        self._missing_before = len(missing)
        self._show_saved()

    def show_page(self, name: str, path: str = "") -> None:
        """Show a page; half-typed text of the page before is committed first."""
        self.flush()
        if name not in self._names:
            name = self._names[0]
        shown: QWidget = self._review
        if name == REVIEW:
            self._review.refresh()
        else:
            shown = self._page(name)
        self._stack.setCurrentWidget(shown)
        # The review page shows the outcome itself, with all its reasons.
        self._banner.setVisible(shown is not self._review)
        self._more = ""
        self._show_notice()
        self._outline.point_at(name)
        self._show_buttons(name)
        self._show_aside()
        self._remember(name)
        self._chain()
        if isinstance(shown, Page):
            if not (path and shown.go_to(path)):
                path = shown.go_to_start()
            if path:
                self._explain(path)
            else:
                # Only results to read here.
                self._aside.explain(None)
                self._next.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._aside.explain(None)
            self._review.take_focus()

    def flush(self) -> None:
        """Commit what is being typed, before the page goes or the record closes."""
        self._discussion.keep()
        page = self.page()
        if page is not None:
            page.flush()

    # --- inside ---

    def _lines(self, pages: tuple[PageView, ...]) -> list[Line]:
        lines: list[Line] = []
        action = None
        for page in pages:
            if page.action != action:
                action = page.action
                heading = self._words("Action {number}", number=action) if action else self._words("The case")
                lines.append(Line("", heading, "", 0))
            # "Complete" would praise a page that asks for nothing; "not started" would ask for something.
            nothing_due = "filled" if page.filled else "free"
            state = page.state if page.due else nothing_due
            lines.append(Line(page.name, page.label, state, max(0, page.due - page.answered)))
        lines.append(Line("", self._words("Finish"), "", 0))
        lines.append(Line(REVIEW, self._words("Review and sign"), "", 0))
        return lines

    def _page(self, name: str) -> Page:
        page = self._pages.get(name)
        if page is None:
            title = self._assessment.session.definition.label(name, self._words.language)
            page = Page(name, title, self._words, self.desk, self._stack)
            self._pages[name] = page
            self._stack.addWidget(page)
        else:
            page.show_change()
        return page

    def _place(self) -> str:
        return self._assessment.drafts().get(PLACE, "")

    def _remember(self, name: str) -> None:
        try:
            self._assessment.save_draft(PLACE, name)
        except HrddpError as error:
            self.message.show_error(error)

    def _lay_out(self) -> None:
        middle = QFrame(self)
        middle.setProperty("surface", "paper")
        inside = column(gap=0)
        over = column()
        over.setContentsMargins(3 * theme.UNIT, 2 * theme.UNIT, 3 * theme.UNIT, theme.UNIT)
        over.addWidget(self._banner)
        over.addWidget(self._notice)
        over.addWidget(self.message)
        over.addWidget(self._reason)
        inside.addLayout(over)
        inside.addWidget(self._stack, 1)
        inside.addWidget(Rule())
        buttons = row(gap=2 * theme.UNIT)
        buttons.setContentsMargins(3 * theme.UNIT, theme.UNIT + theme.HALF, 3 * theme.UNIT, theme.UNIT + theme.HALF)
        buttons.addWidget(self._back)
        buttons.addStretch(1)
        buttons.addWidget(self._next)
        inside.addLayout(buttons)
        middle.setLayout(inside)
        self._outline.setMinimumWidth(theme.columns(self, 26))
        self._stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._left = QWidget(self)
        around = column(margin=theme.UNIT)
        around.addWidget(self._outline)
        self._left.setLayout(around)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        for position, (widget, stretch) in enumerate(((self._left, 0), (middle, 1), (self._aside, 0))):
            self._splitter.addWidget(widget)
            self._splitter.setStretchFactor(position, stretch)
        self._splitter.setSizes([theme.columns(self, 34), theme.columns(self, 80), theme.columns(self, 42)])
        layout = column(gap=0)
        layout.addWidget(self._top)
        layout.addWidget(Rule())
        layout.addWidget(self._splitter, 1)
        self.setLayout(layout)

    def _connect(self) -> None:
        self.desk.changed.connect(self._show_change)
        self.desk.failed.connect(self._show_failure)
        self.desk.visited.connect(self._explain)
        self.desk.reason_wanted.connect(self._reason.ask)
        self.desk.kept.connect(self._show_saved)
        self.desk.let_be.connect(self._show_stored)
        self._reason.given.connect(self.desk.give_reason)
        self._reason.declined.connect(self.desk.leave_as_signed)
        self._history.stood.connect(self._show_stood)
        self._history.erasing.connect(self._erase)
        self.message.again.connect(self.desk.try_again)
        self._outline.chosen.connect(self._choose)
        self._aside.jumped.connect(self.jump)
        self._aside.closed.connect(self.toggle_guidance)
        self._aside.reading.connect(self._read)
        self._banner.asked.connect(self.list_missing)
        self._review.jumped.connect(self.jump)
        self._review.discussed.connect(self._discuss)
        self._review.ticked.connect(self.desk.tick)
        self._review.signed.connect(self._note_signed)
        self._back.clicked.connect(self._go_back)
        self._next.clicked.connect(self._go_on)
        self._top.home.connect(self._leave)
        self._top.undo.connect(self._undo)
        self._top.redo.connect(self._redo)
        self._top.guidance.connect(self.toggle_guidance)
        self._top.language.connect(self.language)

    def _add_shortcuts(self) -> None:
        back, on = ("Alt+Right", "Alt+Left") if self._words.right_to_left else ("Alt+Left", "Alt+Right")
        for keys, slot in (
            (back, self._go_back),
            (on, self._go_on),
            ("Ctrl+Return", self._go_on),
            ("F1", self.toggle_guidance),
            ("Ctrl+M", self.list_missing),
            ("Ctrl+Z", self._undo),
            ("Ctrl+Shift+Z", self._redo),
            ("Ctrl+Y", self._redo),
            ("Ctrl+H", self.show_history),
            ("Ctrl+Shift+M", self.show_comments),
            ("Alt+Home", self._leave),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _show_buttons(self, name: str) -> None:
        position = self._names.index(name)
        self._back.setEnabled(position > 0)
        before_review = position == len(self._names) - 2
        self._next.say(self._words("Finish") if before_review else self._words("Next"))
        self._next.swap_icon("arrow-left" if self._words.right_to_left else "arrow-right")
        self._next.setLayoutDirection(
            Qt.LayoutDirection.LeftToRight if self._words.right_to_left else Qt.LayoutDirection.RightToLeft
        )
        self._next.setVisible(name != REVIEW)

    def _chain(self) -> None:
        """Tab leads from the last question on, then back, then to everything around the page."""
        page = self.page()
        stops = page.stops() if page is not None else []
        if stops:
            QWidget.setTabOrder(stops[-1], self._next)
        QWidget.setTabOrder(self._next, self._back)

    @Slot()
    def _show_saved(self) -> None:
        at = self._assessment.saved_at
        if not self.desk.all_kept or at is None:
            self._top.show_saved(self._words("Not saved"), bad=True)
            return
        here = at.astimezone()
        time = self._words.time(here)
        if here.date() != clock.today():
            time = f"{self._words.date(here.date())}, {time}"
        self._top.show_saved(self._words("Saved {time}", time=time), bad=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window keeps its room for the questions, unless the person asked for the guidance."""
        super().resizeEvent(event)
        self._show_aside()

    def _show_aside(self) -> None:
        wide = self.width() >= theme.columns(self, _WIDE)
        by_itself = wide and self.page() is not None
        shown = by_itself if self._guidance_wanted is None else self._guidance_wanted
        self._aside.setVisible(shown)
        # There is room for two areas beside each other in a narrow window, not for three.
        self._left.setVisible(wide or not shown)

    @Slot(object)
    def _show_change(self, change: Change) -> None:
        if self.desk.all_saved:
            self.message.hide()
        self._history.refresh()
        self._discussion.refresh()
        page = self.page()
        if page is not None:
            page.show_change(change)
            self._chain()
        else:
            self._review.refresh()
        before = self._missing_before
        self.refresh()
        self._tell_more(change, before)
        self._show_notice()
        if page is not None and page.name not in self._names:
            self.show_page(self._names[0])
        else:
            self._show_buttons(self.current)

    @Slot()
    def _note_signed(self) -> None:
        self._was_signed = True

    def _show_notice(self) -> None:
        signed = ""
        if self._was_signed and self._shown_name() != REVIEW:
            day = self._assessment.signatures()[-1].signed.astimezone().date()
            said = _SIGNED if self._assessment.signed else _DRAFT_NOW
            signed = self._words(said, day=self._words.date(day))
        self._notice.say(signed, self._more)

    def _tell_more(self, change: Change, before: int) -> None:
        """Say once that an answer made many others necessary; nobody wonders at the questions of a new row."""
        more = self._missing_before - before + 1
        by_answer = "/" not in change.path and change.new is not None and not change.tables
        tells = by_answer and more >= _MANY
        self._more = self._words("After this answer, {count} more answers are needed.", count=more) if tells else ""

    @Slot(object)
    def _show_failure(self, error: HrddpError) -> None:
        self.message.show_error(error, retry=True)
        self._show_saved()
        if self.page() is None:
            # A tick that the vault did not take must not look taken.
            self._review.refresh()

    @Slot(str)
    def _explain(self, path: str) -> None:
        language = self._words.language
        page = self.page()
        item = page.field(path) if page is not None else None
        if isinstance(item, TableEditor) and item.path == path:
            self._aside.explain(self._assessment.table(path, language))
        else:
            self._aside.explain(self._assessment.view(path, language))

    @Slot(str)
    def _choose(self, name: str) -> None:
        had_focus = self._outline.hasFocus()
        if name != self._shown_name():
            self.show_page(name)
        if had_focus:
            self._outline.setFocus(Qt.FocusReason.OtherFocusReason)

    def _shown_name(self) -> str:
        page = self.page()
        return page.name if page is not None else REVIEW

    @Slot(str)
    def jump(self, path: str) -> None:
        """Go to a question wherever it is."""
        item = self._assessment.session.definition.items.get(path.split("/")[0])
        page = next((each.page for each in self._assessment.missing() if each.path == path), item.page if item else "")
        if page:
            self.show_page(page, path)

    @Slot()
    def _go_back(self) -> None:
        self._step(-1)

    @Slot()
    def _go_on(self) -> None:
        self._step(1)

    def _step(self, step: int) -> None:
        # The route may grow or shrink by what is committed here.
        self.flush()
        position = self._names.index(self._shown_name()) + step
        if 0 <= position < len(self._names):
            self.show_page(self._names[position])

    @Slot()
    def toggle_guidance(self) -> None:
        """Show the guidance, or hide the panel."""
        self._guidance_wanted = not self._aside.isVisible()
        self._show_aside()
        if self._guidance_wanted:
            self._aside.show_guidance()

    @Slot()
    def list_missing(self) -> None:
        """Show what is missing, with the keyboard on the list."""
        self._guidance_wanted = True
        self._show_aside()
        self._aside.show_missing()

    @Slot()
    def show_history(self) -> None:
        """Show what was answered before to the question in focus, with the keyboard on it."""
        self.flush()
        self._guidance_wanted = True
        self._show_aside()
        self._aside.show_history()

    @Slot()
    def show_comments(self) -> None:
        """Show what is said about the question in focus, with the keyboard where a comment is typed."""
        self.flush()
        self._guidance_wanted = True
        self._show_aside()
        self._aside.show_comments()

    @Slot(str)
    def _discuss(self, path: str) -> None:
        self.jump(path)
        self.show_comments()

    @Slot(int)
    def _show_stood(self, number: int) -> None:
        self.flush()
        if self.desk.all_saved:
            self.stood.emit(number)

    @Slot()
    def _show_stored(self) -> None:
        page = self.page()
        if page is not None:
            page.show_change()

    def restore(self, number: int) -> None:
        """Bring the record back to how it stood after an entry."""
        self.desk.restore(number)

    @Slot(str, str)
    def _erase(self, scope: str, why: str) -> None:
        # What is half-typed becomes an answer first, so that it goes too.
        self.flush()
        self.erasing.emit()
        try:
            erased = self._assessment.erase(scope, why)
        except HrddpError as error:
            self.message.show_error(error)
            return
        self.erased.emit(erased, not scope)

    @Slot()
    def _undo(self) -> None:
        self._turn(self.desk.undo, self._words("Nothing to take back"))

    @Slot()
    def _redo(self) -> None:
        self._turn(self.desk.redo, self._words("Nothing to do again"))

    def _turn(self, turn: Callable[[], Change | None], nothing: str) -> None:
        self.flush()
        change = turn()
        if change is None:
            if self.desk.all_saved:
                self._top.show_saved(nothing, bad=False)
            return
        page = self.page()
        focused = QApplication.focusWidget()
        if page is not None and (focused is None or not page.isAncestorOf(focused)):
            page.go_to(change.path)

    @Slot()
    def _read(self) -> None:
        self.flush()
        if self.desk.all_saved:
            self.reading.emit()

    @Slot()
    def _leave(self) -> None:
        self.flush()
        if self.desk.all_saved:
            self.left.emit()
