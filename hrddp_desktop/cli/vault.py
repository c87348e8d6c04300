"""A vault without a screen."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop.cli import backups, evidence, history, people
from hrddp_desktop.cli.shared import (
    ANSWERS_LIMIT,
    GOOD,
    REFUSED,
    Commands,
    add_command,
    add_group,
    add_passphrase,
    day,
    done,
    installed_forms,
    open_office,
    print_json,
    read_passphrase,
)
from hrddp_desktop.errors import Code, FileError
from hrddp_desktop.files import read_file, write_file
from hrddp_desktop.i18n import LANGUAGES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from hrddp_desktop.services.search import Wanted

PLAIN_WARNING = (
    "WARNING: {file} will hold the records without any encryption. Everybody who has the file can read it, and "
    "deleting it later may leave traces on the disk. Keep it off sticks and shared computers."
)

CLEAR_WARNING = "WARNING: {file} holds the whole record without any encryption, strictly confidential answers too."


def _add_export(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "record", nargs="?", help="its answers file: all of it in clear, strictly confidential answers too"
    )
    what.add_argument("--sqlite", type=Path, metavar="PLAIN.db", help="all records as plain tables, NOT encrypted")
    parser.add_argument("-o", "--output", type=Path, help="of an answers file; default: standard output")
    parser.add_argument(
        "--with-confidential", action="store_true", help="confidential columns, comments, names of files too"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask whether plain tables are meant")
    parser.add_argument("--vault", type=Path, required=True, metavar="FOLDER")
    add_passphrase(parser)


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
    show.add_argument("record")
    _add_export(add_command(group, "export", _vault_export, "a record as an answers file, or all as plain tables"))
    listing = add_command(group, "list", _vault_list, "the records, the last changed first")
    search = add_command(group, "search", _vault_search, "records that hold words, with the place where they stand")
    search.add_argument("words", nargs="+", metavar="WORDS")
    for parser in (listing, search):
        _add_filters(parser)
    check = add_command(group, "check", _vault_check, "try every page, entry and hash of the vault")
    told = (*history.add_commands(group), *evidence.add_commands(group))
    for parser in (new, add, show, listing, search, check, *told):
        parser.add_argument("--vault", type=Path, required=True, metavar="FOLDER")
        add_passphrase(parser)
    backups.add_commands(group)
    people.add_commands(group)


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


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--form", default="", help="records of this form, such as assessment")
    parser.add_argument("--country", default="", metavar="CODE")
    parser.add_argument("--status", default="", help="draft or signed")
    parser.add_argument("--outcome", default="", metavar="CODE")
    parser.add_argument("--due", type=day, metavar="DATE", help="something is due on this day or before")
    orders = ("newest", "oldest", "title", "reference", "country", "outcome", "status", "due")
    parser.add_argument("--sort", choices=orders, help="default: the last changed first; for a search: the best first")
    parser.add_argument("--limit", type=int, default=-1, metavar="N")


def _vault_list(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import records

    with open_office(arguments) as office:
        found = office.find(_wanted(arguments, ""), arguments.limit)
    lines = [records.as_data(hit.summary) for hit in found]
    if arguments.json:
        print_json({"records": lines})
    else:
        for line in lines:
            print(_line(line))
    return GOOD


def _vault_search(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import search

    with open_office(arguments) as office:
        wish = _wanted(arguments, " ".join(arguments.words))
        found = search.find(office, wish, office.person.language, arguments.limit) if wish.words else []
    lines = [search.found_data(each) for each in found]
    if arguments.json:
        print_json({"records": lines})
    else:
        for line in lines:
            print(f"{_line(line)}\n    {line['question']}: {line['snippet']}")
        print(f"{len(lines)} found")
    return GOOD


def _wanted(arguments: argparse.Namespace, typed: str) -> Wanted:
    from hrddp_desktop.services import search

    return search.wanted(
        typed,
        form=arguments.form,
        country=arguments.country,
        status=arguments.status,
        outcome=arguments.outcome,
        due=arguments.due,
        order=search.Order(arguments.sort or "best"),
    )


def _line(line: Mapping[str, str]) -> str:
    return "\t".join(line[name] for name in ("record", "reference", "outcome", "title"))


def _vault_add(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import assessment

    file = assessment.read(read_file(arguments.answers, ANSWERS_LIMIT), str(arguments.answers))
    with open_office(arguments, writes=True) as office:
        record = office.import_answers(file)
    if arguments.json:
        print_json({"record": record})
    else:
        print(record)
    return GOOD


def _vault_show(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import assessment

    with open_office(arguments) as office:
        opened = office.open(arguments.record)
        data: dict[str, object] = {"record": opened.record, "reference": opened.reference}
        data |= assessment.decide(opened.session, opened.marks)
        data["answers"] = opened.session.answers()
    print(json.dumps(data, ensure_ascii=False, indent=None if arguments.json else 1))
    return GOOD


def _vault_export(arguments: argparse.Namespace) -> int:
    if arguments.sqlite is not None:
        return _export_plain(arguments)
    with open_office(arguments) as office:
        content = office.open(arguments.record).answers_file()
    if arguments.output is None:
        sys.stdout.buffer.write(content + b"\n")
        return GOOD
    write_file(arguments.output, content)
    print(CLEAR_WARNING.format(file=arguments.output), file=sys.stderr)
    return done(arguments, output=str(arguments.output))


def _export_plain(arguments: argparse.Namespace) -> int:
    file: Path = arguments.sqlite
    if file.exists():
        raise FileError(Code.EXPORT_EXISTS, file=file)
    # Asked of a person alone: what a script sends is the passphrase.
    if arguments.yes or sys.stdin.isatty():
        print(PLAIN_WARNING.format(file=file), file=sys.stderr)
    if not (arguments.yes or _is_confirmed()):
        raise FileError(Code.EXPORT_NOT_CONFIRMED, file=file)
    with open_office(arguments) as office:
        counts = office.export_plain(file, with_confidential=arguments.with_confidential)
    if arguments.json:
        print_json({"output": str(file), "tables": counts})
    else:
        for name, lines in counts.items():
            print(f"{name}\t{lines}")
    return GOOD


def _is_confirmed() -> bool:
    return sys.stdin.isatty() and input("Type yes to go on: ").strip().lower() == "yes"


def _vault_check(arguments: argparse.Namespace) -> int:
    with open_office(arguments) as office:
        problems = office.check()
    if arguments.json:
        print_json({"problems": problems})
    else:
        for problem in problems:
            print(problem)
        print(f"{len(problems)} problems")
    return REFUSED if problems else GOOD
