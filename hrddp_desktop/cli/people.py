"""People and keys of a vault without a screen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop import paths
from hrddp_desktop.cli.shared import (
    GOOD,
    Commands,
    add_command,
    add_group,
    add_passphrase,
    done,
    installed_forms,
    open_office,
    print_json,
    read_key,
    read_passphrase,
    read_secret,
)
from hrddp_desktop.files import write_file
from hrddp_desktop.i18n import LANGUAGES, words

if TYPE_CHECKING:
    import argparse

    from hrddp_desktop.services.records import Office
    from hrddp_desktop.services.vault import Person

OLD_CARD = (
    "If your predecessor made a safe card, it still opens this vault. Make a new one, and the old one opens nothing: "
    "hrddp-desktop vault card"
)


def add_commands(group: Commands) -> None:
    """The commands below `vault` that are about people and keys."""
    who = add_group(group, "people", "who can open the vault")
    listing = add_command(who, "list", _list, "the people, and what else opens the vault")
    add = add_command(who, "add", _add, "one more person, with a passphrase of their own")
    remove = add_command(who, "remove", _remove, "a person's passphrase no longer opens the vault")
    remove.add_argument("person", help="name, or slot as the list prints it")
    over = add_command(who, "hand-over", _hand_over, "a successor in your place; prints the open duties")
    passphrase = add_command(group, "passphrase", _passphrase, "change your passphrase")
    card = add_command(group, "card", _card, "make a safe card; prints its code once, earlier cards are worthless")
    card.add_argument("-o", "--output", type=Path, help="also as a page to print (delete the file afterwards)")
    card.add_argument("--lang", choices=LANGUAGES, default="en")
    office = add_command(group, "office", _office_key, "let an office's recovery key open the vault")
    office.add_argument("key", type=Path, help="the file of the key, or of its public half")
    recover = add_command(group, "recover", _recover, "a new passphrase by the safe card or an office's key")
    recover.add_argument("--card-file", type=Path, required=True, metavar="C", help="the code, or the office's key")
    recover.add_argument("--person", default="", help="whose; needed when several people open the vault")
    new_key = add_command(group, "office-key", _new_office_key, "make a recovery key for an office")
    new_key.add_argument("-o", "--output", type=Path, required=True)
    for parser in (add, over):
        for name in ("name", "function", "station", "country"):
            parser.add_argument(f"--{name}", default="", required=name == "name")
        parser.add_argument("--lang", choices=LANGUAGES)
    for parser in (add, over, passphrase):
        parser.add_argument("--new-passphrase-file", type=Path, metavar="N", required=True, help="its first line")
    for parser in (listing, add, remove, over, passphrase, card, office, recover):
        parser.add_argument("--vault", type=Path, required=True, metavar="FOLDER")
        add_passphrase(parser)


def _list(arguments: argparse.Namespace) -> int:
    with open_office(arguments) as office:
        people = office.people
        state = people.card_state()
        lines = [{"slot": each.slot, "name": each.person.name, "me": each.is_me} for each in people.present()]
        offices = [public for _, public in people.offices()]
    made = state.made.isoformat() if state.made else None
    if arguments.json:
        print_json({"people": lines, "card": made, "offices": offices})
        return GOOD
    for line in lines:
        print(f"{line['slot']}\t{line['name']}{' (you)' if line['me'] else ''}")
    print(f"safe card: {made or 'none; make one with: hrddp-desktop vault card'}")
    for public in offices:
        print(f"office key: {public}")
    return GOOD


def _add(arguments: argparse.Namespace) -> int:
    office, passphrase = _open(arguments)
    with office:
        people = office.people
        prepared = people.wish("add", passphrase, _new(arguments))()
        people.take(prepared, _person(arguments))
    return done(arguments, slot=prepared.slot, name=arguments.name)


def _remove(arguments: argparse.Namespace) -> int:
    office, passphrase = _open(arguments)
    with office:
        people = office.people
        people.take(people.wish("remove", passphrase, other=people.named(arguments.person))())
    return done(arguments, removed=arguments.person)


def _hand_over(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services.people import open_duties

    office, passphrase = _open(arguments)
    with office:
        people = office.people
        prepared = people.wish("hand over", passphrase, _new(arguments))()
        people.take_hand_over(prepared, _person(arguments), paths.trust_file())
        duties = open_duties(office.records())
    print(OLD_CARD, file=sys.stderr)
    facts = [{"record": each.record, "title": each.title, "due": str(each.next_due or "")} for each in duties]
    if arguments.json:
        print_json({"name": arguments.name, "duties": facts})
        return GOOD
    print(f"name: {arguments.name}")
    for fact in facts:
        print("\t".join((fact["record"], fact["due"], fact["title"])))
    return GOOD


def _passphrase(arguments: argparse.Namespace) -> int:
    office, passphrase = _open(arguments)
    with office:
        people = office.people
        people.take(people.wish("change", passphrase, _new(arguments))())
    return done(arguments, vault=str(arguments.vault))


def _card(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services.people import new_card

    with _open(arguments)[0] as office:
        people, code = office.people, new_card()
        if arguments.output is not None:
            write_file(arguments.output, people.card_pdf(code, words(arguments.lang)))
        people.keep_card(code)
    return done(arguments, code=code)


def _office_key(arguments: argparse.Namespace) -> int:
    with _open(arguments)[0] as office:
        public = office.people.add_office(read_key(arguments.key))
    return done(arguments, key=public)


def _new_office_key(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services.people import new_office_key

    content, public = new_office_key()
    write_file(arguments.output, content.encode())
    return done(arguments, output=str(arguments.output), key=public)


def _recover(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import vault

    typed, new = read_key(arguments.card_file), read_passphrase(arguments, confirm=True)
    vault.recover_vault(arguments.vault, typed, arguments.person, new, installed_forms()).close()
    return done(arguments, vault=str(arguments.vault))


def _open(arguments: argparse.Namespace) -> tuple[Office, str]:
    """The vault, and the passphrase that it was opened with: a change of people asks for it again."""
    passphrase = read_passphrase(arguments)
    return open_office(arguments, writes=True, passphrase=passphrase), passphrase


def _person(arguments: argparse.Namespace) -> Person:
    from hrddp_desktop.services.vault import Person

    return Person(arguments.name, arguments.function, arguments.station, arguments.country, arguments.lang or "en")


def _new(arguments: argparse.Namespace) -> str:
    return read_secret(arguments.new_passphrase_file)
