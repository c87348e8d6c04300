"""A vault without a screen."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop.cli import people
from hrddp_desktop.cli.shared import (
    ANSWERS_LIMIT,
    GOOD,
    REFUSED,
    Commands,
    add_command,
    add_group,
    add_passphrase,
    done,
    installed_forms,
    print_json,
    read_passphrase,
)
from hrddp_desktop.files import read_file, write_file
from hrddp_desktop.i18n import LANGUAGES

if TYPE_CHECKING:
    import argparse

    from hrddp_desktop.services.vault import Office


def add_commands(commands: Commands) -> None:
    """The commands of this room."""
    group = add_group(commands, "vault", "a vault without a screen")
    new = add_command(group, "new", _vault_new, "make a vault")
    for name in ("name", "function", "station", "country"):
        new.add_argument(f"--{name}", default="")
    new.add_argument("--lang", choices=LANGUAGES)
    add = add_command(group, "add", _vault_add, "import an answers file; prints its id")
    add.add_argument("answers", type=Path)
    show = add_command(group, "show", _vault_show, "one record with its outcome")
    export = add_command(group, "export", _vault_export, "one record as an answers file")
    export.add_argument("-o", "--output", type=Path, help="default: standard output")
    for parser in (show, export):
        parser.add_argument("record")
    listing = add_command(group, "list", _vault_list, "the records")
    check = add_command(group, "check", _vault_check, "try every page, entry and hash of the vault")
    people.add_commands(group)
    for parser in (new, add, show, export, listing, check):
        parser.add_argument("--vault", type=Path, required=True, metavar="FOLDER")
        add_passphrase(parser)


def _vault_new(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import vault

    person = vault.Person(
        name=arguments.name,
        function=arguments.function,
        station=arguments.station,
        country=arguments.country,
        language=arguments.lang or "en",
    )
    vault.new_vault(arguments.vault, read_passphrase(arguments, confirm=True), person, installed_forms()).close()
    return done(arguments, vault=str(arguments.vault))


def _vault_list(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import records

    with _office(arguments) as office:
        lines = [records.as_data(summary) for summary in office.records()]
    if arguments.json:
        print_json({"records": lines})
    else:
        for line in lines:
            print("\t".join(str(line[name]) for name in ("record", "reference", "outcome", "title")))
    return GOOD


def _vault_add(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import assessment

    file = assessment.read(read_file(arguments.answers, ANSWERS_LIMIT), str(arguments.answers))
    with _office(arguments) as office:
        record = office.import_answers(file)
    if arguments.json:
        print_json({"record": record})
    else:
        print(record)
    return GOOD


def _vault_show(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import assessment

    with _office(arguments) as office:
        opened = office.open(arguments.record)
        data: dict[str, object] = {"record": opened.record, "reference": opened.reference}
        data |= assessment.decide(opened.session, opened.marks)
        data["answers"] = opened.session.answers()
    print(json.dumps(data, ensure_ascii=False, indent=None if arguments.json else 1))
    return GOOD


def _vault_export(arguments: argparse.Namespace) -> int:
    with _office(arguments) as office:
        content = office.open(arguments.record).answers_file()
    if arguments.output is None:
        sys.stdout.buffer.write(content + b"\n")
        return GOOD
    write_file(arguments.output, content)
    return done(arguments, output=str(arguments.output))


def _vault_check(arguments: argparse.Namespace) -> int:
    with _office(arguments) as office:
        problems = office.check()
    if arguments.json:
        print_json({"problems": problems})
    else:
        for problem in problems:
            print(problem)
        print(f"{len(problems)} problems")
    return REFUSED if problems else GOOD


def _office(arguments: argparse.Namespace) -> Office:
    from hrddp_desktop.services import vault

    office = vault.open_vault(arguments.vault, read_passphrase(arguments), installed_forms())
    if office.warning():
        print(office.warning(), file=sys.stderr)
    return office
