"""The one window: the open vault, which screen comes next, and how it closes."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot

from hrddp_desktop import paths
from hrddp_desktop.errors import HrddpError
from hrddp_desktop.i18n import words
from hrddp_desktop.ui.door import Door
from hrddp_desktop.ui.frame import Frame
from hrddp_desktop.ui.lock import Lock
from hrddp_desktop.ui.seat import TAKEN_OVER, Seat
from hrddp_desktop.ui.standing import of_day, of_making, of_place
from hrddp_desktop.ui.start import FirstStart, Unlock
from hrddp_desktop.ui.ways import ALONE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QWidget

    from hrddp_desktop.services.records import Office
    from hrddp_desktop.storage.erasing import Erased
    from hrddp_desktop.ui.damage import Looked
    from hrddp_desktop.ui.day import DayQuestion, Days
    from hrddp_desktop.ui.guard import Reason
    from hrddp_desktop.ui.home import Home
    from hrddp_desktop.ui.recover import Recover
    from hrddp_desktop.ui.start import Beginning
    from hrddp_desktop.ui.wizard import Wizard


class Window(Frame):
    """Owns the open vault and says which screen comes next. Screens are made anew when the language changes."""

    def __init__(self, vault: Path | None = None) -> None:
        super().__init__()
        self._vault = vault or (Path(self._settings.vault) if self._settings.vault else paths.default_vault())
        self._office: Office | None = None
        self._wizard: Wizard | None = None
        self.left_record = ""
        self.example = ""
        self._closing_unsaved = False
        self._typed: dict[str, str] = {}
        self.door = Door(self.work, self)
        self.door.opened.connect(self._come_in)
        self._lock = Lock(self, self._settings.lock_minutes)
        self._seat = Seat(self)
        self._seat.lost.connect(self._say_taken_over)
        self._days: Days | None = None
        self.show_entrance()

    @Slot(object)
    def lock(self, reason: Reason) -> None:
        """Close the vault now and ask for the passphrase; half-typed text is kept."""
        self._lock.lock(reason)

    # --- screens ---

    @property
    def office(self) -> Office | None:
        """The open vault, if one is open."""
        return self._office

    @property
    def vault(self) -> Path:
        """The folder of the vault, open or not."""
        return self._vault

    @property
    def wizard(self) -> Wizard | None:
        """The open record, if one is open."""
        return self._wizard

    def _show(self, screen: QWidget) -> None:
        self.door.leave()
        super()._show(screen)

    def show_entrance(self, typed: dict[str, str] | None = None) -> None:
        """Ask for the passphrase, or for a new vault; `typed` is what stood there in another language."""
        # The services would load engine and storage; whether a vault is there is asked of the disk alone.
        if self._lock.is_locked or (self._vault.is_dir() and any(self._vault.iterdir())):
            unlock = Unlock(self._vault, self.words, self, locked=self._lock.sentence())
            unlock.given.connect(self._unlock)
            unlock.otherwise.connect(self._unlock_by)
            unlock.copies.connect(self.show_copies)
            unlock.forgotten.connect(self._show_recover)
            unlock.language.connect(self._change_language)
            self._show(unlock)
            unlock.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            first = FirstStart(self._vault, self.words, self)
            first.given.connect(self._begin)
            first.copies.connect(self.show_copies)
            first.language.connect(self._change_language)
            first.moved.connect(self._move_first)
            first.put(typed or {})
            self._show(first)
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def show_home(self) -> None:
        """Close the open record, if there is one, and list them all."""
        from hrddp_desktop.ui.home import Home

        office = self._require_office()
        self._wizard = None
        self.example = ""
        home = Home(office, self.words, self.work, self)
        home.opened.connect(self.open_record)
        home.started.connect(self.start_record)
        home.checking.connect(self._show_check)
        home.reading.connect(self.show_reading)
        home.examples.connect(self.show_examples)
        home.copies.connect(self.show_copies)
        home.binned.connect(self._bin_record)
        home.people.connect(self.show_people)
        home.card.connect(self.show_card)
        home.language.connect(self._change_language)
        home.locking.connect(self._lock.ask)
        self._show(home)
        self.setWindowTitle(self.words("HRDDP Desktop"))
        self._warn(home, office)
        self._say_outside(home)
        home.take_focus()

    @Slot()
    def show_people(self) -> None:
        """Who can open the vault, and by what."""
        from hrddp_desktop.ui.dialogs import Asker
        from hrddp_desktop.ui.lock_after import LockAfter
        from hrddp_desktop.ui.people import PeoplePage

        page = PeoplePage(self._require_office(), self.words, self.work, Asker(self, self.words), self)
        page.left.connect(self.show_home)
        page.card.connect(self.show_card)
        page.handed_over.connect(self._leave_vault)
        after = LockAfter(self.words, self._settings.lock_minutes, page)
        after.chosen.connect(self._set_lock_minutes)
        page.add(after)
        self._show(page)
        page.take_focus()

    @Slot(int)
    def _set_lock_minutes(self, minutes: int) -> None:
        self._lock.set_minutes(minutes)
        self._set(lock_minutes=minutes)

    @Slot()
    def show_card(self) -> None:
        """Make a safe card."""
        from hrddp_desktop.ui.card import CardScreen
        from hrddp_desktop.ui.dialogs import Asker

        screen = CardScreen(self._require_office().people, self.words, Asker(self, self.words), self)
        screen.kept.connect(self.show_home)
        screen.later.connect(self.show_home)
        self._show(screen)
        screen.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _leave_vault(self) -> None:
        self.work.drain()
        self.close_office()
        self.show_entrance()

    def close_office(self) -> None:
        """Close the vault and forget what was open in it."""
        with contextlib.ExitStack() as last_first:  # each is done whatever became of the one before
            last_first.callback(self._forget_office)
            last_first.callback(self._end_days)
            if self._wizard is not None:
                self._wizard.desk.shut()

    def _forget_office(self) -> None:
        self._wizard, self.example, self.left_record = None, "", ""
        office, self._office = self._office, None
        if office is not None:
            self._seat.keep(None)
            office.close()

    def _warn(self, home: Home, office: Office) -> None:
        warning = office.warning(self.words.translate)
        if office.is_read_only:
            warning = warning or self.words("The vault is open for reading: you can read, not answer.")
        if warning:
            home.message.show_hint(warning)
        is_unknown = self._days is not None and self._days.is_unknown
        day = of_day(self.words, is_unknown=is_unknown)
        home.standing.say(day, of_place(office.place, self.words))
        if not office.is_read_only:
            home.show_card(office.people.card_state())

    def _say_outside(self, home: Home) -> None:
        from hrddp_desktop.ui.backups import outside_sentence

        told, warns = outside_sentence(self._vault, self.words)
        home.say_outside(told, warns=warns)

    @Slot(str)
    def open_record(self, record: str) -> None:
        """Open a record at the page where it was left."""
        wizard = self.make_wizard(record)
        if wizard is not None:
            wizard.show_page(wizard.current)

    def make_wizard(self, record: str, half: Mapping[str, str] | None = None) -> Wizard | None:
        """Open a record, with half-typed text by path; None, and said, where it cannot be opened."""
        from hrddp_desktop.ui.dialogs import Asker
        from hrddp_desktop.ui.wizard import Wizard

        office = self._require_office()
        try:
            assessment = office.open(record)
        except HrddpError as error:
            self._say(error)
            return None
        wizard = Wizard(office, assessment, self.words, self.work, Asker(self, self.words), self, half=half)
        wizard.left.connect(self.show_home)
        wizard.reading.connect(self.show_reading)
        wizard.language.connect(self._change_language)
        wizard.stood.connect(self.show_stood)
        wizard.erasing.connect(self.work.drain)  # whoever else reads the vault would keep traces in it
        wizard.erased.connect(self._show_erased)
        wizard.locking.connect(self._lock.ask)
        self._wizard = wizard
        self._show(wizard)
        return wizard

    @Slot(int)
    def show_stood(self, number: int) -> None:
        """Show the open record as it stood after an entry; the way back leads to it."""
        from hrddp_desktop.ui.stood import StoodPage

        if self._wizard is None:
            return
        self.left_record = self._wizard.record
        page = StoodPage(self._require_office().open(self.left_record).stood(number), self.words, self)
        self._wizard = None
        page.left.connect(self._leave_reading)
        page.language.connect(self._change_language)
        page.restoring.connect(self._restore)
        self._show(page)
        page.take_focus()

    @Slot(int)
    def _restore(self, number: int) -> None:
        self.open_record(self.left_record)
        if self._wizard is not None:
            self._wizard.restore(number)

    @Slot(object, bool)
    def _show_erased(self, erased: Erased, whole: bool) -> None:
        record = self._wizard.record if self._wizard is not None else ""
        places = self.words(
            "These copies are out of reach; erase them by hand: {places}.", places=", ".join(erased.away)
        )
        rest = places if erased.away else ""

        def go_on() -> None:
            # Pages made anew: a field keeps what was typed for its own undo.
            if whole:
                self.show_home()
            else:
                self.open_record(record)
            message = getattr(self.screen_shown(), "message", None)
            if message is not None:
                message.show_done(self.words("Erased for safety"), rest)

        QTimer.singleShot(0, self, go_on)

    @Slot()
    def start_record(self) -> None:
        """Make a new assessment and open it."""
        try:
            record = self._require_office().new_assessment().record
        except HrddpError as error:
            self._say(error)
            return
        self.open_record(record)

    @Slot()
    def _show_check(self) -> None:
        from hrddp_desktop.ui.check import CheckPage
        from hrddp_desktop.ui.dialogs import Asker

        page = CheckPage(self._require_office(), self.words, self.work, Asker(self, self.words), self)
        page.left.connect(self.show_home)
        self._show(page)
        page.take_focus()
        page.ask()

    # --- copies, repair, bin ---

    @Slot()
    def show_copies(self) -> None:
        """Show the copies of the vault and what can be done with them, with or without the vault open."""
        from hrddp_desktop.ui.backups import CopiesPage
        from hrddp_desktop.ui.dialogs import Asker

        asker, place = Asker(self, self.words), self._settings.second_place
        page = CopiesPage(self._vault, place, self._office, self.words, self.work, asker, self)
        page.left.connect(self._leave_copies)
        page.placed.connect(self._remember_place)
        page.opened.connect(self._change_vault)
        page.carded.connect(self._show_returning)
        self._show(page)
        page.take_focus()

    @Slot()
    def _leave_copies(self) -> None:
        if self._office is not None:
            self.show_home()
        else:
            self.show_entrance()

    @Slot(str)
    def _remember_place(self, place: str) -> None:
        self._set(second_place=place)
        self._tell_second_place()

    def _tell_second_place(self) -> None:
        if self._office is not None:
            place = self._settings.second_place
            self._office.keep_copies_at(Path(place) if place else None)

    @Slot(str)
    def _change_vault(self, folder: str) -> None:
        """Lock this vault and ask for the passphrase of another, from now on."""
        self._turn_to(folder)
        self.show_entrance()

    @Slot(str)
    def _turn_to(self, folder: str) -> None:
        self._set(vault=folder)
        self.work.drain()
        self.close_office()
        self._vault = Path(folder)

    @Slot(str)
    def _show_returning(self, copy: str) -> None:
        from hrddp_desktop.services import backups
        from hrddp_desktop.ui.dialogs import Asker
        from hrddp_desktop.ui.returning import Returning

        target, asker = backups.new_name(self._vault), Asker(self, self.words)
        screen = Returning(Path(copy), target, self.words, self.work, asker, self)
        screen.restored.connect(self._turn_to)
        self._take_code(screen, self.show_copies)

    @Slot(str)
    def _bin_record(self, record: str) -> None:
        from hrddp_desktop.ui.home import Home

        try:
            self._require_office().bin.put(record)
        except HrddpError as error:
            self._say(error)
            return
        self.show_home()
        home = self.screen_shown()
        told = self.words("It is in the bin for 30 days; Copies and repair brings it back.")
        if isinstance(home, Home):
            home.message.show_done(told)

    def _look_over(self, office: Office) -> None:
        """Check the vault beside the person's work, and empty what was in the bin for 30 days."""
        from hrddp_desktop.services.backups import Copier
        from hrddp_desktop.ui.damage import LookOver

        self._tell_second_place()
        try:
            office.bin.empty_old()
        except HrddpError as error:
            self._say(error)
        place = self._settings.second_place
        copier = Copier(office.source, Path(place) if place else None)
        self.work.start(LookOver(copier), self._show_looked_over, self._drop_trouble)

    @Slot(object)
    def _show_looked_over(self, found: Looked) -> None:
        """Damage is said wherever the person is; a sound vault is said quietly on home."""
        from hrddp_desktop.ui.damage import DamageDialog
        from hrddp_desktop.ui.home import Home

        if self._office is None:
            return
        if found.damage:
            dialog = DamageDialog(found, self.words, self)
            dialog.repair.connect(self._repair)
            dialog.open()
        elif isinstance(home := self.screen_shown(), Home):
            home.say_checked()

    @Slot()
    def _repair(self) -> None:
        wizard = self._wizard
        if wizard is not None:
            wizard.flush()
        self._wizard = None
        self.show_copies()

    @Slot()
    def show_reading(self) -> None:
        """Show all of the guidance; the way back leads to where the person was."""
        from hrddp_desktop.ui.reading import ReadingPage

        self.left_record = self._wizard.record if self._wizard is not None else ""
        self._wizard = None
        page = ReadingPage(self._require_office().forms, self.words, to_record=bool(self.left_record), parent=self)
        page.left.connect(self._leave_reading)
        self._show(page)
        page.take_focus()

    @Slot()
    def _leave_reading(self) -> None:
        if self.left_record:
            self.open_record(self.left_record)
        else:
            self.show_home()

    @Slot()
    def show_examples(self) -> None:
        """List the worked cases."""
        from hrddp_desktop.ui.examples import Examples

        page = Examples(self._require_office().forms, self.words, self)
        page.left.connect(self.show_home)
        page.opened.connect(self.open_example)
        self._show(page)
        page.take_focus()

    @Slot(str)
    def open_example(self, name: str) -> None:
        """Open a worked case to read along."""
        from hrddp_desktop.services.examples import open_example
        from hrddp_desktop.ui.readalong import ReadAlong

        try:
            case = open_example(self._require_office().forms, name, self.words.language)
        except HrddpError as error:
            self._say(error)
            return
        page = ReadAlong(case, self.words, self)
        page.left.connect(self.show_home)
        page.language.connect(self._change_language)
        self.example = name
        self._show(page)
        page.take_focus()

    # --- ways in ---

    @Slot(str)
    def _unlock(self, passphrase: str) -> None:
        self._unlock_by(passphrase, ALONE)

    @Slot(str, str)
    def _unlock_by(self, passphrase: str, way: str) -> None:
        screen = self.screen_shown()
        if isinstance(screen, Unlock):
            self.door.unlock(self._vault, screen, passphrase, way)

    def _asks_day(self, office: Office) -> bool:
        """Before anything else of a vault the question whether today's date can be right; whether it is asked."""
        from hrddp_desktop.ui.day import Days

        self._seat.keep(office.hold)
        self._lock.guard.start()
        if self._days is None:
            self._days = Days(self)
            self._days.asking.connect(self._show_question)
            self._days.settled.connect(self._arrive_late)
        return self._days.begin(office, self.words)

    @Slot(object)
    def _show_question(self, question: DayQuestion) -> None:
        question.language.connect(self._change_language)
        self._show(question)
        question.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _arrive_late(self) -> None:
        try:
            self._arrive()
        except HrddpError as error:
            self.close_office()
            self.show_entrance()
            self._say(error)

    def _arrive(self) -> None:
        office = self._require_office()
        self.show_home()
        self._lock.come_back(office)
        self._look_over(office)

    @Slot(str)
    def _say_taken_over(self, host: str) -> None:
        message = getattr(self.screen_shown(), "message", None)
        if message is not None:
            message.show_hint(self.words(TAKEN_OVER, host=host))

    def _end_days(self) -> None:
        if self._days is not None:
            self._days.end()

    @Slot()
    def _show_recover(self) -> None:
        from hrddp_desktop.ui.dialogs import Asker
        from hrddp_desktop.ui.recover import Recover

        self._take_code(Recover(self.words, Asker(self, self.words), self), self.show_entrance)

    def _take_code(self, screen: Recover, back: Callable[[], None]) -> None:
        screen.given.connect(self._recover)
        screen.back.connect(back)
        screen.language.connect(self._change_language)
        self._show(screen)
        screen.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str, str, str)
    def _recover(self, code: str, slot: str, new: str) -> None:
        from hrddp_desktop.ui.recover import Recover

        screen = self.screen_shown()
        if isinstance(screen, Recover):
            self.door.recover(self._vault, screen, code, slot, new)

    @Slot(object)
    def _come_in(self, office: Office) -> None:
        self._office = office
        try:
            if not self._asks_day(office):
                self._arrive()
        except HrddpError as error:
            # Where not even the list can be read, the screen leads to the copies.
            self.close_office()
            self._say(error)
            return

    @Slot(object)
    def _begin(self, beginning: Beginning) -> None:
        from hrddp_desktop.services import vault

        person = vault.Person(
            name=beginning.name,
            function=beginning.function,
            station=beginning.station,
            country=beginning.country,
            language=beginning.language,
        )
        screen = self.screen_shown()
        warning = of_making(self._vault, vault.where(self._vault), self.words)
        if isinstance(screen, FirstStart) and screen.asks_place(warning):
            return
        try:
            self._office = vault.new_vault(self._vault, beginning.passphrase, person)
            self._settings = self._settings.but(second_place=beginning.second_place)
            self._tell_second_place()
            self._remember(beginning.language)
        except HrddpError as error:
            if isinstance(screen, FirstStart):
                screen.show_error(error)
            return
        if not self._asks_day(self._require_office()):
            self.show_card()

    @Slot(str)
    def _move_first(self, folder: str) -> None:
        """Make the vault in another folder; what was typed stays."""
        screen = self.screen_shown()
        self._vault = Path(folder) / paths.default_vault().name
        self._set(vault=str(self._vault))
        self.show_entrance(screen.typed() if isinstance(screen, FirstStart) else None)

    # --- language ---

    @Slot(str)
    def _change_language(self, language: str) -> None:
        if language == self.words.language:
            return
        wizard, screen = self._wizard, self.screen_shown()
        if wizard is not None:
            wizard.flush()
        self.words = words(language)
        self._speak()
        try:
            self._remember(language)
        except HrddpError as error:
            self._say(error)
        # A new screen while the old one is still in its slot would delete the sender under its feet.
        QTimer.singleShot(0, self, self._speak_anew)
        self._typed = screen.typed() if isinstance(screen, FirstStart) else {}

    @Slot()
    def _speak_anew(self) -> None:
        if self._wizard is not None:
            self.open_record(self._wizard.record)
        elif self.example:
            self.open_example(self.example)
        elif self._days is not None and self._days.is_asking:
            self._days.ask(self.words)
        elif self._office is not None:
            self.show_home()
        else:
            self.show_entrance(self._typed)

    # --- closing ---

    def closeEvent(self, event: QCloseEvent) -> None:
        """Flush, drain, close the vault; only then the window goes. What the vault refused stops the first attempt."""
        wizard = self._wizard
        if wizard is not None:
            wizard.flush()
            if not wizard.desk.all_saved and not self._closing_unsaved:
                self._closing_unsaved = True
                event.ignore()
                return
        if not self._lock.all_kept and not self._closing_unsaved:
            # The locked screen says what would be lost; closing again means it.
            self._closing_unsaved = True
            event.ignore()
            return
        self.door.leave()
        self.work.drain()
        if self._office is not None:
            if wizard is not None:
                wizard.desk.shut()
            self._close_vault(self._office)
            self._office = None
        event.accept()

    def _close_vault(self, office: Office) -> None:
        """Lock the vault, then make the copies of this close; nobody sees the window any more while that lasts."""
        from hrddp_desktop.services.backups import Copier

        place = self._settings.second_place
        copier = Copier(office.source, Path(place) if place else None)
        is_read_only = office.is_read_only
        self._end_days()
        office.close()
        self.hide()
        if not is_read_only:
            # What is refused shows at the next start: home says when the last copy was made.
            self.work.start(copier.at_close, self._drop_result, self._drop_trouble)
            self.work.drain()

    def _require_office(self) -> Office:
        if self._office is None:
            raise RuntimeError("this screen needs an open vault")
        return self._office
