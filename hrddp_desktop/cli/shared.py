"""What the commands share: how input is read and results are told."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from hrddp_desktop.errors import Code, FileError, HrddpError
from hrddp_desktop.files import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.records import Office


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - argparse has no public name for it
GOOD, REFUSED = 0, 1
# What a shell expects of a command that Ctrl+C ended.
INTERRUPTED = 130
# The largest worked case is 30 KB.
ANSWERS_LIMIT = 4 * 1024 * 1024
_SECRET_LIMIT = 64 * 1024
DATE_DOUBTED = (
    "WARNING: this computer says it is {says}; that does not fit {last}, the last day that is known of this vault or "
    "app. What is due and dated here depends on it. Set the clock right, or open the window, which asks for the day."
)


def add_command(
    commands: Commands, name: str, command: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    """A command that is carried out by `command`."""
    parser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=command, parser=parser)
    return parser


def add_group(commands: Commands, name: str, text: str) -> Commands:
    """A command that is followed by another one."""
    return commands.add_parser(name, help=text, description=text).add_subparsers(metavar="COMMAND", required=True)


def done(arguments: argparse.Namespace, **facts: str) -> int:
    """Say what was made and where."""
    if arguments.json:
        print_json(facts)
    else:
        for name, value in facts.items():
            print(f"{name}: {value}")
    return GOOD


def installed_forms() -> Forms:
    """The forms that came with the app."""
    from hrddp_desktop.services.forms import Forms

    return Forms()


def open_office(arguments: argparse.Namespace, *, writes: bool = False, passphrase: str | None = None) -> Office:
    """The vault that a command names, unlocked; what it has to say goes to standard error.

    A command that `writes` is refused while a window or another such command has the vault open.
    """
    from hrddp_desktop.services import vault

    typed = read_passphrase(arguments) if passphrase is None else passphrase
    opening = vault.Opening.ALONE if writes else vault.Opening.BESIDE
    office = vault.open_vault(arguments.vault, typed, installed_forms(), opening)
    if office.warning():
        print(office.warning(), file=sys.stderr)
    asked = office.dates.doubt()
    if asked is not None:
        print(DATE_DOUBTED.format(says=asked.says, last=asked.last), file=sys.stderr)
    return office


def tell(error: HrddpError, *, as_json: bool) -> None:
    """A refusal as one line for a person, or one object for a program."""
    if as_json:
        print_json(error_data(error))
    else:
        print(error, file=sys.stderr)


def error_data(error: HrddpError) -> dict[str, object]:
    """A refusal as JSON-ready data."""
    happened, safe, remedy = error.sentences()
    return {"error": error.code.name, "happened": happened, "safe": safe, "remedy": remedy}


def print_json(data: object) -> None:
    """One JSON object on a line of its own."""
    print(json.dumps(data, ensure_ascii=False))


def add_passphrase(parser: argparse.ArgumentParser) -> None:
    """The one way to name a passphrase."""
    parser.add_argument("--passphrase-file", type=Path, metavar="P", help="its first line; default: standard input")


def read_passphrase(arguments: argparse.Namespace, *, confirm: bool = False) -> str:
    """From the named file, else from standard input: hidden and, for a new one, asked twice at a terminal."""
    if arguments.passphrase_file is not None:
        return read_secret(arguments.passphrase_file)
    if not sys.stdin.isatty():
        return _first_line(sys.stdin.buffer.readline(), "standard input")
    while True:
        typed = getpass.getpass("Passphrase: ")
        if not confirm or typed == getpass.getpass("Once more: "):
            return typed
        print("The two passphrases differ; nothing was made yet. Type both again.", file=sys.stderr)


def read_secret(file: Path) -> str:
    """The first line of a file that holds a passphrase."""
    return _first_line(read_file(file, _SECRET_LIMIT), str(file))


def read_key(file: Path) -> str:
    """A file that holds the code of a safe card or the key of an office, whole."""
    return read_file(file, _SECRET_LIMIT).decode("utf-8-sig", "replace")


def _first_line(raw: bytes, source: str) -> str:
    try:
        lines = raw.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise FileError(Code.FILE_UNREADABLE, file=source, detail="it is not UTF-8 text") from error
    return lines[0].rstrip("\r")


def day(text: str) -> date:
    """A date of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a date as YYYY-MM-DD") from error


def inputs(files: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Each file whole; `-` is standard input, one JSON object a line."""
    for file in files:
        if file == "-":
            for number, line in enumerate(sys.stdin.buffer, start=1):
                if line.strip():
                    yield f"line {number}", line
        else:
            yield file, read_file(Path(file), ANSWERS_LIMIT)
