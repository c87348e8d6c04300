"""The command line: the second client of the services. Without a command it opens the window.

Exit status: 0 good, 1 refused or problems found, 2 wrong usage. Nothing secret is ever an argument.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop import __version__, paths
from hrddp_desktop.errors import Code, FileError, HrddpError
from hrddp_desktop.files import read_file, write_file
from hrddp_desktop.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hrddp_desktop.services.forms import Forms
    from hrddp_desktop.services.vault import Office

GOOD, REFUSED = 0, 1
# The largest worked case is 30 KB.
_ANSWERS_LIMIT = 4 * 1024 * 1024


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one sentence on standard error."""
    arguments = _parser().parse_args(argv)
    # Answers are in four scripts; a console of another encoding must not stop them.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except HrddpError as error:
        _tell(error, as_json=getattr(arguments, "json", False))
        return REFUSED
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing was lost, and there is nobody to tell.
        sys.stderr.close()
        return REFUSED


def _tell(error: HrddpError, *, as_json: bool) -> None:
    if as_json:
        _print_json(_as_data(error))
    else:
        print(error, file=sys.stderr)


def _as_data(error: HrddpError) -> dict[str, object]:
    happened, safe, remedy = error.sentences()
    return {"error": error.code.name, "happened": happened, "safe": safe, "remedy": remedy}


def _print_json(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False))


# --- the commands -----------------------------------------------------------------------------------------------------


def _window(_arguments: argparse.Namespace) -> int:
    from hrddp_desktop import app

    return app.main(sys.argv[:1])


def _self_check(arguments: argparse.Namespace) -> int:
    from hrddp_desktop import app
    from hrddp_desktop.services import self_check

    steps = {**self_check.STEPS, "window": app.self_check_window}
    failed = 0
    for name, step in steps.items():
        problem = self_check.problem_of(step)
        failed += bool(problem)
        if not arguments.json:
            print(f"{name}: {problem or 'good'}")
    if arguments.json:
        _print_json({"steps": list(steps), "failed": failed})
    return REFUSED if failed else GOOD


def _forms_check(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import forms

    problems = forms.check(arguments.folder)
    if arguments.json:
        _print_json({"problems": [forms.as_data(problem) for problem in problems]})
    else:
        for problem in problems:
            print(forms.as_line(problem))
        print(f"{len(problems)} problems")
    return REFUSED if problems else GOOD


def _decide(arguments: argparse.Namespace) -> int:
    status = GOOD
    files = arguments.variables if arguments.table else arguments.files
    if not files or (arguments.variables and not arguments.table) or (arguments.files and arguments.table):
        arguments.parser.error("name answers files, or --table with --variables; - is standard input")
    for name, raw in _inputs(files):
        try:
            _print_json(_decide_table(arguments, raw, name) if arguments.table else _decide_file(arguments, raw, name))
        except HrddpError as error:
            # One bad line of many must not hide the others; the status still says that something was refused.
            _print_json(_as_data(error))
            print(error, file=sys.stderr)
            status = REFUSED
    return status


def _decide_file(arguments: argparse.Namespace, raw: bytes, name: str) -> dict[str, object]:
    from hrddp_desktop.services import assessment

    return assessment.decide(assessment.open_file(assessment.read(raw, name), _forms(), arguments.as_of))


def _decide_table(arguments: argparse.Namespace, raw: bytes, name: str) -> dict[str, object]:
    from hrddp_desktop.services import assessment

    definition = _forms().definition(assessment.FORM)
    return assessment.decide_alone(definition, arguments.table, assessment.read_variables(raw, name))


def _inputs(files: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Each file whole; `-` is standard input, one JSON object a line."""
    for file in files:
        if file == "-":
            for number, line in enumerate(sys.stdin.buffer, start=1):
                if line.strip():
                    yield f"line {number}", line
        else:
            yield file, read_file(Path(file), _ANSWERS_LIMIT)


def _report(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import assessment, documents

    file = assessment.read(read_file(arguments.answers, _ANSWERS_LIMIT), str(arguments.answers))
    session = assessment.open_file(file, _forms(), arguments.as_of)
    language = arguments.lang or documents.document_language(session)
    snapshot = documents.freeze_file(file, session, language=language, paper=arguments.paper)
    write_file(arguments.output, documents.render(snapshot, arguments.document))
    return _done(arguments, output=str(arguments.output))


def _identity_new(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import signatures

    passphrase = _passphrase(arguments, confirm=True)
    p12 = signatures.new_identity(arguments.name, arguments.function, arguments.station, passphrase)
    card = signatures.card(p12, passphrase)
    write_file(arguments.output, p12)
    signatures.make_known(card, paths.trust_file())
    return _done(arguments, output=str(arguments.output), fingerprint=card.fingerprint, words=" ".join(card.words))


def _sign(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import signatures

    signed = signatures.sign(
        read_file(arguments.pdf),
        read_file(arguments.identity),
        _passphrase(arguments),
        role=arguments.role,
        reason=arguments.reason,
        file=str(arguments.identity),
    )
    write_file(arguments.output, signed)
    return _done(arguments, output=str(arguments.output))


def _verify(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import signatures

    checked = signatures.check(read_file(arguments.pdf), arguments.trust or paths.trust_file(), _forms())
    if arguments.json:
        print(checked.to_json())
    else:
        for line in signatures.as_lines(checked):
            print(line)
    return checked.verdict.exit_code


def _extract(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import signatures

    write_file(arguments.output, signatures.extract(read_file(arguments.pdf), str(arguments.pdf)))
    return _done(arguments, output=str(arguments.output))


def _vault_new(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import vault

    person = vault.Person(
        name=arguments.name,
        function=arguments.function,
        station=arguments.station,
        country=arguments.country,
        language=arguments.lang or "en",
    )
    vault.new_vault(arguments.vault, _passphrase(arguments, confirm=True), person, _forms()).close()
    return _done(arguments, vault=str(arguments.vault))


def _vault_list(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import records

    with _office(arguments) as office:
        lines = [records.as_data(summary) for summary in office.records()]
    if arguments.json:
        _print_json({"records": lines})
    else:
        for line in lines:
            print("\t".join(str(line[name]) for name in ("record", "reference", "outcome", "title")))
    return GOOD


def _vault_add(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import assessment

    file = assessment.read(read_file(arguments.answers, _ANSWERS_LIMIT), str(arguments.answers))
    with _office(arguments) as office:
        record = office.import_answers(file)
    if arguments.json:
        _print_json({"record": record})
    else:
        print(record)
    return GOOD


def _vault_show(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import assessment

    with _office(arguments) as office:
        opened = office.open(arguments.record)
        data: dict[str, object] = {"record": opened.record, "reference": opened.reference}
        data |= assessment.decide(opened.session)
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
    return _done(arguments, output=str(arguments.output))


def _vault_check(arguments: argparse.Namespace) -> int:
    with _office(arguments) as office:
        problems = office.check()
    if arguments.json:
        _print_json({"problems": problems})
    else:
        for problem in problems:
            print(problem)
        print(f"{len(problems)} problems")
    return REFUSED if problems else GOOD


# --- what the commands share ------------------------------------------------------------------------------------------


def _done(arguments: argparse.Namespace, **facts: str) -> int:
    if arguments.json:
        _print_json(facts)
    else:
        for name, value in facts.items():
            print(f"{name}: {value}")
    return GOOD


def _forms() -> Forms:
    from hrddp_desktop.services.forms import Forms

    return Forms()


def _office(arguments: argparse.Namespace) -> Office:
    from hrddp_desktop.services import vault

    return vault.open_vault(arguments.vault, _passphrase(arguments), _forms())


def _passphrase(arguments: argparse.Namespace, *, confirm: bool = False) -> str:
    """From the named file, else from standard input: hidden and, for a new one, asked twice at a terminal."""
    if arguments.passphrase_file is not None:
        return _first_line(read_file(arguments.passphrase_file, 64 * 1024), str(arguments.passphrase_file))
    if not sys.stdin.isatty():
        return _first_line(sys.stdin.buffer.readline(), "standard input")
    while True:
        typed = getpass.getpass("Passphrase: ")
        if not confirm or typed == getpass.getpass("Once more: "):
            return typed
        print("The two passphrases differ; nothing was made yet. Type both again.", file=sys.stderr)


def _first_line(raw: bytes, source: str) -> str:
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise FileError(Code.FILE_UNREADABLE, file=source, detail="it is not UTF-8 text") from error
    return lines[0] if lines else ""


# --- the parser -------------------------------------------------------------------------------------------------------

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  # argparse has no public name for it


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hrddp-desktop",
        description="Human rights due diligence assessments, offline. Without a command the window opens.",
        epilog="This is not an official IOM or UN product.",
    )
    parser.add_argument("--version", action="version", version=f"HRDDP Desktop {__version__}")
    parser.set_defaults(command=_window)
    commands = parser.add_subparsers(metavar="COMMAND")
    _add_forms(commands)
    _add_documents(commands)
    _add_signatures(commands)
    _add_vault(commands)
    return parser


def _add(
    commands: Commands, name: str, command: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=command, parser=parser)
    return parser


def _group(commands: Commands, name: str, text: str) -> Commands:
    return commands.add_parser(name, help=text, description=text).add_subparsers(metavar="COMMAND", required=True)


def _add_forms(commands: Commands) -> None:
    _add(commands, "self-check", _self_check, "try every part of this installation")
    check = _add(_group(commands, "forms", "the questionnaires"), "check", _forms_check, "every problem of the sheets")
    check.add_argument("folder", nargs="?", type=Path, help="a form, or a folder of forms; default: the installed ones")
    decide = _add(commands, "decide", _decide, "answers in, outcome out, one JSON line each")
    decide.add_argument("files", nargs="*", metavar="FILE", help="answers files; - reads one JSON object a line")
    decide.add_argument("--as-of", type=_day, metavar="DATE", help="judge at this date (YYYY-MM-DD)")
    decide.add_argument("--table", metavar="NAME", help="one decision table alone")
    decide.add_argument("--variables", metavar="FILE", action="append", default=[], help="its variables; - as above")


def _add_documents(commands: Commands) -> None:
    report = _add(commands, "report", _report, "answers in, PDF out")
    report.add_argument("answers", type=Path)
    report.add_argument("-o", "--output", type=Path, required=True)
    report.add_argument("--lang", choices=LANGUAGES, help="default: the language named in the answers")
    report.add_argument("--paper", choices=("a4", "letter"), default="a4")
    report.add_argument("--document", default="assessment")
    report.add_argument("--as-of", type=_day, metavar="DATE")
    extract = _add(commands, "extract", _extract, "the answers inside a PDF of this app")
    extract.add_argument("pdf", type=Path)
    extract.add_argument("-o", "--output", type=Path, required=True)


def _add_signatures(commands: Commands) -> None:
    new = _add(_group(commands, "identity", "who signs"), "new", _identity_new, "make a personal identity")
    for name in ("name", "function", "station"):
        new.add_argument(f"--{name}", required=True)
    sign = _add(commands, "sign", _sign, "sign a PDF of this app")
    sign.add_argument("pdf", type=Path)
    sign.add_argument("--identity", type=Path, required=True, help="a .p12 file")
    sign.add_argument("--role", choices=("preparer", "reviewer", "approver"), required=True)
    sign.add_argument("--reason", default="", help="shown in the signature; default: what the role stands for")
    for parser in (new, sign):
        parser.add_argument("-o", "--output", type=Path, required=True)
        _add_passphrase(parser)
    verify = _add(commands, "verify", _verify, "check a PDF: five verdicts in plain words")
    verify.add_argument("pdf", type=Path)
    verify.add_argument(
        "--trust", type=Path, metavar="FILE", help="the list of known signers; default: this computer's"
    )


def _add_vault(commands: Commands) -> None:
    group = _group(commands, "vault", "a vault without a screen")
    new = _add(group, "new", _vault_new, "make a vault")
    for name in ("name", "function", "station", "country"):
        new.add_argument(f"--{name}", default="")
    new.add_argument("--lang", choices=LANGUAGES)
    add = _add(group, "add", _vault_add, "import an answers file; prints its id")
    add.add_argument("answers", type=Path)
    show = _add(group, "show", _vault_show, "one record with its outcome")
    export = _add(group, "export", _vault_export, "one record as an answers file")
    export.add_argument("-o", "--output", type=Path, help="default: standard output")
    for parser in (show, export):
        parser.add_argument("record")
    listing = _add(group, "list", _vault_list, "the records")
    check = _add(group, "check", _vault_check, "try every page, entry and hash of the vault")
    for parser in (new, add, show, export, listing, check):
        parser.add_argument("--vault", type=Path, required=True, metavar="FOLDER")
        _add_passphrase(parser)


def _add_passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--passphrase-file", type=Path, metavar="P", help="its first line; default: standard input")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a date as YYYY-MM-DD") from error
