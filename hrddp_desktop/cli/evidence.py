"""Files of evidence without a screen: list, add, save a copy, take away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop.cli.shared import GOOD, Commands, add_command, add_group, done, open_office, print_json
from hrddp_desktop.errors import Code, FileError

if TYPE_CHECKING:
    import argparse

    from hrddp_desktop.services.evidence import Evidence


def add_commands(group: Commands) -> tuple[argparse.ArgumentParser, ...]:
    """The commands of this room, within `vault`; the parsers, which still need a vault."""
    kept = add_group(group, "evidence", "files that are attached to questions")
    listing = add_command(kept, "list", _list, "the files of a record, or of one question of it")
    add = add_command(kept, "add", _add, "attach a file to a question that takes one")
    save = add_command(kept, "save", _save, "write a copy of a file, NOT encrypted; never over another file")
    remove = add_command(kept, "remove", _remove, "take a file away; undo brings it back, only erasing destroys it")
    parsers = (listing, add, save, remove)
    for parser in parsers:
        parser.add_argument("record")
        one = {} if parser is not listing else {"nargs": "?", "default": ""}
        parser.add_argument("question", help="or a cell as table/row/question", **one)  # type: ignore[arg-type]
    add.add_argument("file", type=Path)
    for parser in (save, remove):
        parser.add_argument("name", help="of the file, as `list` prints it")
    save.add_argument("-o", "--output", type=Path, required=True)
    return parsers


def _list(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services.evidence import Files

    with open_office(arguments) as office:
        files = Files(office.open(arguments.record))
        found = [_data(*each) for each in files.every() if arguments.question in ("", each[0])]
    if arguments.json:
        print_json({"files": found})
    else:
        for each in found:
            print("\t".join(each.values()))
    return GOOD


def _data(question: str, file: Evidence) -> dict[str, str]:
    told = {"question": question, "name": file.name, "size": str(file.size), "sha256": file.sha256}
    return {**told, "author": file.author, "at": file.at.isoformat(timespec="seconds")}


def _add(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import evidence

    print(f"WARNING: make sure that the file has {'; '.join(evidence.NOT_IN_IT)}.", file=sys.stderr)
    taken = evidence.take(arguments.file)
    with open_office(arguments) as office:
        files = evidence.Files(office.open(arguments.record))
        files.attach(arguments.question, taken)
        held = files.at(arguments.question)[-1]
    return done(arguments, **_data(arguments.question, held))


def _save(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import evidence

    if arguments.output.exists():
        raise FileError(Code.EXPORT_EXISTS, file=arguments.output)
    print(f"WARNING: {evidence.COPY_WARNING}", file=sys.stderr)
    with open_office(arguments) as office:
        files = evidence.Files(office.open(arguments.record))
        files.save_copy(files.named(arguments.question, arguments.name), arguments.output)
    return done(arguments, output=str(arguments.output))


def _remove(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services.evidence import Files

    with open_office(arguments) as office:
        files = Files(office.open(arguments.record))
        files.remove(files.named(arguments.question, arguments.name))
    return done(arguments, removed=arguments.name)
