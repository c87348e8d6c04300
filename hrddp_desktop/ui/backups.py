"""Copies and repair: where copies of the vault are, a vault back from one, and what a damaged vault still holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QListWidget, QScrollArea, QVBoxLayout, QWidget

from hrddp_desktop import clock
from hrddp_desktop.errors import N_, HrddpError
from hrddp_desktop.services import backups
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.bin import BinCard
from hrddp_desktop.ui.parts import Button, MessagePanel, Text, column, row
from hrddp_desktop.ui.passphrases import Reveal, secret_line
from hrddp_desktop.ui.sight import settle, show_whole

if TYPE_CHECKING:
    from datetime import datetime

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.storage.salvage import Lost
    from hrddp_desktop.ui.dialogs import Asker
    from hrddp_desktop.ui.work import Work

SECOND_PLACE, COPY, COPY_BY_CARD = "second place", "copy", "copy by card"
_SHOWN_LINES = 6
_REASONS = {
    "close": N_("when the vault was closed"),
    "migration": N_("before the app brought the vault up to date"),
    "asked": N_("when somebody asked for it"),
}


def outside_sentence(folder: Path, words: Words, *, now: datetime | None = None) -> tuple[str, bool]:
    """When the last copy outside this computer was made, in words, and whether that is too long ago."""
    last = backups.last_outside(folder)
    if last is None:
        return words("There is no copy of the vault outside this computer."), True
    days = ((now.date() if now else clock.latest_day()) - last.date()).days
    if days <= 0:
        return words("Last copy outside this computer: today."), False
    if days == 1:
        return words("Last copy outside this computer: yesterday."), False
    told = words("Last copy outside this computer: {days} days ago.", days=words.number(days))
    return told, days > backups.LONG_AGO_DAYS


class CopiesPage(QScrollArea):
    """Copies of one vault, and the ways back from them.

    Signals: left() back; placed(path) a second place was chosen, '' none; opened(path) a vault to open instead;
    carded(path) a copy, or a folder that holds some, to be restored by the safe card.
    """

    left = Signal()
    placed = Signal(str)
    opened = Signal(str)
    carded = Signal(str)

    def __init__(
        self,
        folder: Path,
        second: str,
        office: Office | None,
        words: Words,
        work: Work,
        asker: Asker,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("copies_page")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._folder = folder
        self._second = second
        self._office = office
        self._words = words
        self._work = work
        self._asker = asker
        self._lines: tuple[backups.Line, ...] = ()
        self._made = ""
        asker.named.connect(self._take_name)
        inside = QWidget(self)
        self.message = MessagePanel(words, inside)
        self._open = Button(words("Open the new vault"), inside, kind="primary")
        self._open.setObjectName("open_restored")
        self._open.clicked.connect(self._tell_opened)
        self._open.hide()
        self._busy: list[QWidget] = []
        body = column(gap=2 * theme.UNIT, margin=4 * theme.UNIT)
        self._back = Button(
            words("All assessments") if office else words("Back"),
            inside,
            kind="quiet",
            icon="arrow-right" if words.right_to_left else "arrow-left",
        )
        self._back.clicked.connect(self.left)
        body.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        body.addWidget(Text(words("Copies and repair"), inside, size=1.6, strong=True))
        body.addWidget(
            Text(
                words(
                    "A copy is as encrypted as the vault and was tried when it was made. One is made each time you "
                    "close the app. Only a copy outside this computer survives its loss."
                ),
                inside,
                tone="muted",
            )
        )
        news = column()
        news.addWidget(self.message)
        news.addWidget(self._open, 0, Qt.AlignmentFlag.AlignLeading)
        self._news = QWidget(inside)
        self._news.setLayout(news)
        body.addWidget(self._news)
        body.addWidget(self._make_second_place(inside))
        body.addWidget(self._make_repair(inside))
        if office is not None:
            bin_card = BinCard(office, words, inside)
            bin_card.failed.connect(self._fail)
            bin_card.done.connect(self._say_done)
            body.addWidget(bin_card)
        body.addStretch(1)
        inside.setLayout(body)
        self.setWidget(inside)
        self.refresh()

    def take_focus(self) -> None:
        """The first thing that can be done here."""
        (self._choose if self._office else self._list).setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Read again which copies there are."""
        words, second = self._words, self._second_place()
        self._lines = backups.copies(self._folder, second)
        self._list.clear()
        self._list.addItems([self._line(line) for line in self._lines])
        self._list.setVisible(bool(self._lines))
        self._none.setVisible(not self._lines)
        if self._lines:
            self._list.setCurrentRow(0)
            height = self._list.sizeHintForRow(0) * min(_SHOWN_LINES, len(self._lines)) + 2 * theme.UNIT
            self._list.setFixedHeight(height)
        self._place.say(str(second) if second else words("No second place was chosen yet."))
        told, _ = outside_sentence(self._folder, words)
        self._last.say(told)
        self._now.setEnabled(self._office is not None)
        self._stop.setVisible(second is not None)

    # --- the parts ---

    def _make_second_place(self, parent: QWidget) -> QFrame:
        words = self._words
        card, layout = _card(parent)
        layout.addWidget(Text(words("Second place"), card, size=1.2, strong=True))
        layout.addWidget(
            Text(
                words("A stick, or a folder on another disk. Keep the stick away from the laptop."), card, tone="muted"
            )
        )
        layout.addWidget(
            Text(
                words("It may also lie in a synced folder or on a network place: all that lies there is encrypted."),
                card,
                tone="muted",
            )
        )
        self._place = Text("", card)
        self._place.setObjectName("second_place")
        self._last = Text("", card)
        self._last.setObjectName("last_outside")
        self._choose = Button(words("Choose a second place …"), card, icon="folder-open")
        self._choose.setObjectName("choose_place")
        self._choose.clicked.connect(self._ask_place)
        self._now = Button(words("Make a copy now"), card)
        self._now.setObjectName("copy_now")
        self._now.clicked.connect(self._copy_now)
        self._stop = Button(words("Use no second place"), card, kind="quiet")
        self._stop.setObjectName("no_place")
        self._stop.clicked.connect(self._forget_place)
        buttons = row()
        for button in (self._choose, self._now, self._stop):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout.addWidget(self._place)
        layout.addWidget(self._last)
        layout.addLayout(buttons)
        self._busy += [self._choose, self._now, self._stop]
        return card

    def _make_repair(self, parent: QWidget) -> QFrame:
        words = self._words
        card, layout = _card(parent)
        layout.addWidget(Text(words("Get a vault back"), card, size=1.2, strong=True))
        layout.addWidget(
            Text(
                words("It is made in a new folder beside the vault; the vault and the copy stay as they are."),
                card,
                tone="muted",
            )
        )
        self._list = QListWidget(card)
        self._list.setObjectName("copies")
        self._list.setAccessibleName(words("Copies, the newest first"))
        self._none = Text(words("There is no copy within reach yet."), card, tone="muted")
        self._secret = secret_line(card, "copy_passphrase")
        label = Text(words("Passphrase of the copy"), card, strong=True)
        label.name_for(self._secret)
        typing = row()
        typing.addWidget(self._secret, 1)
        typing.addWidget(Reveal(words, card, self._secret))
        self._restore = Button(words("Restore the chosen copy"), card)
        self._restore.setObjectName("restore")
        self._restore.clicked.connect(self._restore_chosen)
        self._elsewhere = Button(words("Restore a copy from another folder …"), card)
        self._elsewhere.setObjectName("restore_elsewhere")
        self._elsewhere.clicked.connect(self._ask_copy)
        self._by_card = Button(words("The passphrase is not known …"), card, kind="link")
        self._by_card.setObjectName("restore_by_card")
        self._by_card.setAccessibleDescription(words("Restore with the safe card or the key of the office."))
        self._by_card.setToolTip(self._by_card.accessibleDescription())
        self._by_card.clicked.connect(self._restore_by_card)
        self._rescue = Button(words("Bring over what the damaged vault still holds"), card)
        self._rescue.setObjectName("rescue")
        self._rescue.clicked.connect(self._rescue_vault)
        layout.addWidget(self._list)
        layout.addWidget(self._none)
        layout.addWidget(label)
        layout.addLayout(typing)
        buttons = row()
        buttons.addWidget(self._restore)
        buttons.addWidget(self._elsewhere)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        layout.addWidget(self._by_card, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._rescue, 0, Qt.AlignmentFlag.AlignLeading)
        self._rescue.setVisible(self._folder.exists())
        self._busy += [self._restore, self._elsewhere, self._by_card, self._rescue]
        return card

    def _line(self, line: backups.Line) -> str:
        words, made = self._words, line.made.astimezone()
        return words(
            "{day}, {time}, {reason}; {place}",
            day=words.date(made.date()),
            time=words.time(made),
            reason=words.translate(_REASONS[line.reason]),
            place=words("at the second place") if line.outside else words("on this computer"),
        )

    def _second_place(self) -> Path | None:
        return Path(self._second) if self._second else None

    # --- the second place ---

    @Slot()
    def _ask_place(self) -> None:
        self._asker.ask_for_folder(SECOND_PLACE, self._words("Choose a second place"))

    @Slot()
    def _ask_copy(self, purpose: str = COPY) -> None:
        self._asker.ask_for_folder(purpose, self._words("Choose the folder that holds the copies"))

    @Slot(str, str)
    def _take_name(self, purpose: str, path: str) -> None:
        if purpose == SECOND_PLACE:
            self._second = path
            self.placed.emit(path)
            self.refresh()
            if self._office is not None:
                self._copy_now()
        elif purpose == COPY:
            self._start_restoring(Path(path))
        elif purpose == COPY_BY_CARD:
            self.carded.emit(path)

    @Slot()
    def _forget_place(self) -> None:
        self._second = ""
        self.placed.emit("")
        self.refresh()
        self._choose.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _copy_now(self) -> None:
        if self._office is not None:
            self._begin(self._words("Making a copy and trying it …"))
            copier = backups.Copier(self._office.source, self._second_place())
            self._work.start(_CopyNow(copier), self._show_copied, self._fail)

    @Slot(object)
    def _show_copied(self, _made: object) -> None:
        self._end()
        self._say_done(self._words("The copy was made, opened and compared with the vault."))
        self.refresh()

    # --- getting a vault back ---

    @Slot()
    def _restore_chosen(self) -> None:
        chosen = self._list.currentRow()
        if 0 <= chosen < len(self._lines):
            self._start_restoring(self._lines[chosen].folder)
        else:
            self._ask_copy()

    @Slot()
    def _restore_by_card(self) -> None:
        chosen = self._list.currentRow()
        if 0 <= chosen < len(self._lines):
            self.carded.emit(str(self._lines[chosen].folder))
        else:
            self._ask_copy(COPY_BY_CARD)

    def _start_restoring(self, copy: Path) -> None:
        if self._has_passphrase():
            self._begin(self._words("Restoring the copy …"))
            call = _Restore(copy, self._secret.text(), backups.new_name(self._folder))
            self._work.start(call, self._show_restored, self._fail)

    @Slot()
    def _rescue_vault(self) -> None:
        if self._has_passphrase():
            self._begin(self._words("Reading what can be read …"))
            call = _Rescue(self._folder, self._secret.text(), backups.new_name(self._folder))
            self._work.start(call, self._show_rescued, self._fail)

    def _has_passphrase(self) -> bool:
        if not self._secret.text():
            self.message.show_hint(self._words("Type the passphrase first."))
            self._secret.setFocus(Qt.FocusReason.OtherFocusReason)
        return bool(self._secret.text())

    @Slot(object)
    def _show_restored(self, made: Path) -> None:
        self._end()
        self._offer(made, self._words("The vault is back, in a new folder: {folder}", folder=made), "")

    @Slot(object)
    def _show_rescued(self, rescued: _Rescued) -> None:
        self._end()
        words, lost = self._words, rescued.lost
        told = [
            words("{count} records came over whole.", count=len(lost.whole) + len(lost.mended)),
            words("{count} came over without their history.", count=len(lost.without_history)),
            words("{count} are lost.", count=len(lost.records)),
        ]
        if lost.secrets:
            told.append(words("The identity that you sign with may be lost; make a new one."))
        if not lost.is_nothing:
            told.append(words("Keep the damaged folder; compare with the newest copy."))
        self._offer(rescued.made, words("A new vault was made: {folder}", folder=rescued.made), " ".join(told))

    def _offer(self, made: Path, happened: str, rest: str) -> None:
        self._made = str(made)
        self._secret.clear()
        self.message.show_done(happened, rest)
        self._open.show()
        self._open.setFocus(Qt.FocusReason.OtherFocusReason)
        settle()
        show_whole(self, self._news)

    @Slot()
    def _tell_opened(self) -> None:
        self.opened.emit(self._made)

    # --- what is said ---

    def _begin(self, happened: str) -> None:
        for widget in self._busy:
            widget.setEnabled(False)
        self._open.hide()
        self.message.show_busy(happened)
        settle()
        show_whole(self, self._news)

    def _end(self) -> None:
        for widget in self._busy:
            widget.setEnabled(True)
        self._now.setEnabled(self._office is not None)

    @Slot(str)
    def _say_done(self, happened: str) -> None:
        self.message.show_done(happened)
        settle()
        show_whole(self, self._news)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, HrddpError):
            raise error
        self.refresh()
        self.message.show_error(error)
        settle()
        show_whole(self, self._news)


def _card(parent: QWidget) -> tuple[QFrame, QVBoxLayout]:
    card = QFrame(parent)
    card.setProperty("surface", "card")
    layout = column(gap=theme.UNIT, margin=3 * theme.UNIT)
    card.setLayout(layout)
    return card, layout


@dataclass(frozen=True, slots=True)
class _CopyNow:
    copier: backups.Copier

    def __call__(self) -> object:
        here = self.copier.here(backups.Reason.ASKED)
        return here if self.copier.second is None else self.copier.outside(backups.Reason.ASKED)


@dataclass(frozen=True, slots=True)
class _Restore:
    copy: Path
    passphrase: str
    target: Path

    def __call__(self) -> Path:
        backups.restore(backups.copy_of(self.copy), self.passphrase, self.target)
        return self.target


@dataclass(frozen=True, slots=True)
class _Rescued:
    made: Path
    lost: Lost


@dataclass(frozen=True, slots=True)
class _Rescue:
    folder: Path
    passphrase: str
    target: Path

    def __call__(self) -> _Rescued:
        return _Rescued(self.target, backups.rescue(self.folder, self.passphrase, self.target))
