"""People and keys: who can open the vault, one's own passphrase, the safe card, the office's key, handing over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QWidget

from hrddp_desktop import paths
from hrddp_desktop.errors import N_, HrddpError
from hrddp_desktop.ui import theme
from hrddp_desktop.ui.parts import Button, MessagePanel, Text, column, row
from hrddp_desktop.ui.passphrases import Remark, Reveal, is_weak, secret_line, strength

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QVBoxLayout

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.services.people import Entrant
    from hrddp_desktop.services.records import Office
    from hrddp_desktop.services.vault import Person
    from hrddp_desktop.storage.people import Prepared
    from hrddp_desktop.ui.dialogs import Asker
    from hrddp_desktop.ui.work import Work

ADD_OFFICE = "add office key"
_WISHES = {
    "change": (N_("Change my passphrase"), N_("Change the passphrase")),
    "add": (N_("Add a person …"), N_("Add this person")),
    "hand over": (N_("Hand over to a successor …"), N_("Hand over and take me out")),
    "remove": ("", N_("Take this person out")),
}
_ABOUT = (
    ("name", N_("Name")),
    ("function", N_("Function")),
    ("station", N_("Duty station")),
    ("country", N_("Country, three letters")),
)
_NEEDS_PERSON = ("add", "hand over")


class PeoplePage(QScrollArea):
    """Signals: left() back to the records; card() a new safe card; handed_over() the vault is somebody else's now."""

    left = Signal()
    card = Signal()
    handed_over = Signal()

    def __init__(self, office: Office, words: Words, work: Work, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("people")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._office = office
        self._people = office.people
        self._words = words
        self._work = work
        self._asker = asker
        asker.named.connect(self._add_office)
        self._inside = QWidget(self)
        self.message = MessagePanel(words, self._inside)
        self._listing = column(gap=theme.UNIT)
        self._lines: list[_Line] = []
        self._state = Text("", self._inside)
        self._state.setObjectName("card_state")
        self._form = WishForm(words, self._inside)
        self._form.wished.connect(self._start)
        self._form.hide()
        self._lay_out()
        self.refresh()
        self.setWidget(self._inside)

    def refresh(self) -> None:
        """Read who is there again."""
        for line in self._lines:
            self._listing.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = [_Line(each, self._words, self._inside, self._remove) for each in self._people.present()]
        for line in self._lines:
            self._listing.addWidget(line)
        state = self._people.card_state()
        words = self._words
        if state.made is not None:
            said = words("There is a safe card, made on {date}.", date=words.date(state.made))
        else:
            said = words("There is no safe card yet: if the passphrase is forgotten, everything in the vault is lost.")
        for _, public in self._people.offices():
            said += "\n" + words("An office key opens the vault too: {key}", key=f"{public[:16]}…")
        self._state.say(said)

    def add(self, section: QWidget) -> None:
        """One more section, at the end."""
        self._more.addWidget(section)

    def take_focus(self) -> None:
        """The way back."""
        self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        words, inside = self._words, self._inside
        icon = "arrow-right" if words.right_to_left else "arrow-left"
        self._back = Button(words("All assessments"), inside, kind="quiet", icon=icon)
        self._back.clicked.connect(self.left)
        body = column(gap=2 * theme.UNIT, margin=4 * theme.UNIT)
        body.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        body.addWidget(Text(words("People and keys"), inside, size=1.6, strong=True))
        body.addWidget(
            Text(
                words(
                    "Everybody has a passphrase of their own and sees everything in the vault. Whoever is taken out "
                    "may still have an earlier copy of the folder, and opens that."
                ),
                inside,
                tone="muted",
            )
        )
        body.addLayout(self._listing)
        buttons = row()
        for what in ("change", "add", "hand over"):
            button = Button(words(_WISHES[what][0]), inside)
            button.setObjectName(what.replace(" ", "_"))
            button.setProperty("wish", what)
            button.clicked.connect(self._open_form)
            buttons.addWidget(button)
        buttons.addStretch(1)
        body.addLayout(buttons)
        body.addWidget(self._form)
        body.addWidget(self.message)
        body.addSpacing(theme.UNIT)
        body.addWidget(Text(words("If the passphrase is forgotten"), inside, size=1.2, strong=True))
        body.addWidget(self._state)
        keys = row()
        card = Button(words("Make a new safe card …"), inside, icon="shield")
        card.setObjectName("new_card")
        card.clicked.connect(self.card)
        office = Button(words("Add the key of the office …"), inside)
        office.setObjectName("add_office")
        office.clicked.connect(self._ask_office)
        keys.addWidget(card)
        keys.addWidget(office)
        keys.addStretch(1)
        body.addLayout(keys)
        self._more = column(gap=theme.UNIT)
        body.addSpacing(theme.UNIT)
        body.addLayout(self._more)
        body.addStretch(1)
        inside.setLayout(body)

    @Slot()
    def _open_form(self) -> None:
        self.message.hide()
        self._form.open(str(self.sender().property("wish")))

    @Slot()
    def _remove(self) -> None:
        self.message.hide()
        button = self.sender()
        self._form.open("remove", str(button.property("slot_name")), str(button.property("who")))

    @Slot()
    def _start(self) -> None:
        form = self._form
        wish = self._people.wish(form.what, form.own(), form.new(), form.other)
        form.setEnabled(False)
        self.message.show_busy(self._words("Changing the keys …"))
        self._work.start(wish, self._take, self._refuse)

    @Slot(object)
    def _take(self, prepared: Prepared) -> None:
        form = self._form
        form.setEnabled(True)
        try:
            if form.what == "hand over":
                self._people.take_hand_over(prepared, form.person(self._words.language), paths.trust_file())
            else:
                self._people.take(prepared, form.person(self._words.language) if form.what == "add" else None)
        except HrddpError as error:
            self.message.show_error(error)
            form.take_focus()
            return
        if form.what == "hand over":
            self._say_duties()
        else:
            self.message.show_done(self._words("Done."))
        form.close_form()
        self.refresh()
        self.take_focus()

    @Slot(object)
    def _refuse(self, error: Exception) -> None:
        self._form.setEnabled(True)
        self.message.hide()
        if not isinstance(error, HrddpError):
            raise error
        self.message.show_error(error)
        self._form.take_focus()

    def _say_duties(self) -> None:
        """The successor's list stays on the screen; leaving it closes the vault."""
        from hrddp_desktop.services.people import open_duties

        words = self._words
        duties = open_duties(self._office.records())
        lines = [
            " · ".join(part for part in (each.title or words("Without a title"), each.reference) if part)
            + (f" · {words.date(each.next_due)}" if each.next_due else "")
            for each in duties
        ]
        card = words(
            "A safe card that was made before still opens the vault until there is a new one: open the vault with the "
            "new passphrase and make a new safe card."
        )
        self.message.show_done(
            words("The vault is handed over. Records still open: {count}", count=words.number(len(lines))),
            "\n".join([*lines, card]),
        )
        for button in self._inside.findChildren(Button):
            if button.objectName() in {"change", "add", "hand_over", "new_card", "add_office"}:
                button.setEnabled(False)
        self._back.say(words("Close; the successor opens it"))
        self._back.clicked.disconnect(self.left)
        self._back.clicked.connect(self.handed_over)

    @Slot()
    def _ask_office(self) -> None:
        self._asker.ask_for_any(ADD_OFFICE, self._words("Add the key of the office …"))

    @Slot(str, str)
    def _add_office(self, purpose: str, path: str) -> None:
        if purpose != ADD_OFFICE:
            return
        from hrddp_desktop.files import read_file

        try:
            self._people.add_office(read_file(Path(path), 64 * 1024).decode("utf-8-sig", "replace"))
        except HrddpError as error:
            self.message.show_error(error)
            return
        self.message.show_done(self._words("Done."))
        self.refresh()


class _Line(QFrame):
    """One person, and the button that takes them out."""

    def __init__(self, entrant: Entrant, words: Words, parent: QWidget, remove: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        person = entrant.person
        name = words("{name} (you)", name=person.name) if entrant.is_me else person.name
        layout = row(gap=2 * theme.UNIT, margin=2 * theme.UNIT)
        texts = column(gap=0)
        texts.addWidget(Text(name, self, strong=True))
        texts.addWidget(
            Text(" · ".join(part for part in (person.function, person.station) if part), self, tone="muted")
        )
        layout.addLayout(texts, 1)
        if not entrant.is_me:
            out = Button(words("Take out …"), self, icon="trash-2")
            out.setAccessibleName(words("Take {name} out …", name=person.name))
            out.setObjectName(f"out_{entrant.slot}")
            out.setProperty("slot_name", entrant.slot)
            out.setProperty("who", person.name)
            out.clicked.connect(remove)
            layout.addWidget(out)
        self.setLayout(layout)


class WishForm(QFrame):
    """What a change of the people needs: one's own passphrase, and the new one. Signals: wished()."""

    wished = Signal()

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self._words = words
        self.setObjectName("wish_form")
        self.what, self.other, self._who = "", "", ""
        self._accepted = ""
        self._title = Text("", self, size=1.2, strong=True)
        self._lines: dict[str, QLineEdit] = {}
        self._labels: dict[str, Text] = {}
        layout = column(gap=theme.HALF, margin=3 * theme.UNIT)
        layout.addWidget(self._title)
        for name, label in _ABOUT:
            self._ask(layout, name, words(label), QLineEdit(self))
        for name, label in (
            ("own_passphrase", N_("Your passphrase")),
            ("new_passphrase", N_("New passphrase")),
            ("new_again", N_("The passphrase once more")),
        ):
            self._ask(layout, name, words(label), secret_line(self, name))
        self._remark = Remark(self)
        self._reveal = Reveal(
            words, self, *(self._lines[name] for name in ("own_passphrase", "new_passphrase", "new_again"))
        )
        self._hint = Text("", self, tone="stop")
        self._hint.setObjectName("wish_hint")
        self._do = Button("", self, kind="primary")
        self._do.setObjectName("do_wish")
        self._do.clicked.connect(self._wish)
        self._lines["new_passphrase"].textEdited.connect(self._weigh)
        layout.addWidget(self._remark)
        layout.addWidget(self._hint)
        buttons = row()
        buttons.addWidget(self._do)
        buttons.addWidget(self._reveal)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        self.setLayout(layout)

    def open(self, what: str, other: str = "", who: str = "") -> None:
        """Ask for one kind of change."""
        self.close_form()
        self.what, self.other, self._who = what, other, who
        title, act = _WISHES[what]
        self._title.say(self._words("Take {name} out …", name=who) if what == "remove" else self._words(title))
        self._do.say(self._words(act))
        shown = {"own_passphrase"} | (set() if what == "remove" else {"new_passphrase", "new_again"})
        shown |= {name for name, _ in _ABOUT} if what in _NEEDS_PERSON else set()
        label = N_("Passphrase of this person") if what in _NEEDS_PERSON else N_("New passphrase")
        self._labels["new_passphrase"].say(self._words(label))
        self._lines["new_passphrase"].setAccessibleName(self._words(label))
        for name, line in self._lines.items():
            line.setVisible(name in shown)
            self._labels[name].setVisible(name in shown)
        self.show()
        first = next(name for name in self._lines if name in shown)
        self._lines[first].setFocus(Qt.FocusReason.OtherFocusReason)

    def opened(self) -> str:
        """What is asked for, as `open_again` takes it; "" while the form is closed."""
        return "" if self.isHidden() else "\n".join((self.what, self.other, self._who))

    def open_again(self, opened: str) -> None:
        """Ask for what was asked for before."""
        self.open(*opened.split("\n", 2))

    def close_form(self) -> None:
        """No passphrase stays behind."""
        for line in self._lines.values():
            line.clear()
        self._accepted = ""
        self._hint.say("")
        self._remark.say("", warns=False)
        self._reveal.hide_letters()
        self.hide()

    def take_focus(self) -> None:
        """One's own passphrase, to be typed over."""
        self._lines["own_passphrase"].setFocus(Qt.FocusReason.OtherFocusReason)
        self._lines["own_passphrase"].selectAll()

    def own(self) -> str:
        """The passphrase of the person at the keyboard."""
        return self._lines["own_passphrase"].text()

    def new(self) -> str:
        """The new passphrase."""
        return self._lines["new_passphrase"].text()

    def person(self, language: str) -> Person:
        """The particulars that were typed."""
        from hrddp_desktop.services.vault import Person

        typed = {name: self._lines[name].text().strip() for name, _ in _ABOUT}
        return Person(typed["name"], typed["function"], typed["station"], typed["country"].upper(), language)

    def _ask(self, layout: QVBoxLayout, name: str, label: str, line: QLineEdit) -> None:
        line.setObjectName(name)
        line.returnPressed.connect(self._wish)
        self._labels[name] = Text(label, self, strong=True)
        self._labels[name].name_for(line)
        self._lines[name] = line
        layout.addWidget(self._labels[name])
        layout.addWidget(line)

    @Slot()
    def _weigh(self) -> None:
        typed = self.new()
        self._remark.say(self._words(strength(typed)), warns=is_weak(typed))

    @Slot()
    def _wish(self) -> None:
        words, new = self._words, self.new()
        empty = [line for line in self._lines.values() if not line.isHidden() and not line.text().strip()]
        if empty:
            self._hint.say(words("Please fill this in."))
            empty[0].setFocus(Qt.FocusReason.OtherFocusReason)
        elif new != self._lines["new_again"].text():
            self._hint.say(words("The two passphrases differ."))
        elif self.what != "remove" and is_weak(new) and self._accepted != new:
            self._accepted = new
            self._hint.say(
                words("This passphrase can be guessed. Whoever gets a copy of the folder could read everything in it.")
            )
            self._do.say(words("Use it all the same"))
        else:
            self._hint.say("")
            self.wished.emit()
