"""Documents: answers into a PDF, the answers out of it, identities, signatures, and whether to rely on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop import paths
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
    inputs,
    installed_forms,
    print_json,
    read_passphrase,
    tell,
)
from hrddp_desktop.errors import Code, HrddpError, SigningError
from hrddp_desktop.files import read_file, write_file
from hrddp_desktop.i18n import LANGUAGES

if TYPE_CHECKING:
    import argparse


def add_commands(commands: Commands) -> None:
    """The commands of this room."""
    _add_signatures(commands)
    report = add_command(commands, "report", _report, "answers in, PDF out")
    report.add_argument("answers", type=Path)
    report.add_argument("-o", "--output", type=Path, required=True)
    report.add_argument("--lang", choices=LANGUAGES, help="default: the language named in the answers")
    report.add_argument("--paper", choices=("a4", "letter"), default="a4")
    report.add_argument("--document", default="assessment")
    report.add_argument("--as-of", type=day, metavar="DATE")
    scan = add_command(commands, "scan", _scan, "what in the free texts of answers may lead to a person")
    scan.add_argument("files", nargs="+", metavar="FILE", help="answers files; - reads one JSON object a line")
    scan.add_argument("--lang", choices=LANGUAGES, default="en", help="the language of the questions that are named")
    extract = add_command(commands, "extract", _extract, "the answers inside a PDF of this app")
    extract.add_argument("pdf", type=Path)
    extract.add_argument("-o", "--output", type=Path, required=True)


def _add_signatures(commands: Commands) -> None:
    group = add_group(commands, "identity", "who signs")
    new = add_command(group, "new", _identity_new, "make a personal identity")
    know = add_command(group, "know", _identity_know, "put the signers of a PDF on the list, their words once compared")
    know.add_argument("pdf", type=Path)
    know.add_argument("--words", required=True, help="the six words of one signer, as heard by telephone")
    for name in ("name", "function", "station"):
        new.add_argument(f"--{name}", required=True)
    sign = add_command(commands, "sign", _sign, "sign a PDF of this app")
    sign.add_argument("pdf", type=Path)
    sign.add_argument("--identity", type=Path, required=True, help="a .p12 file")
    sign.add_argument("--role", choices=("preparer", "reviewer", "approver"), required=True)
    sign.add_argument("--lang", choices=LANGUAGES, default="en", help="the language of the stamp")
    sign.add_argument("--reason", default="", help="shown in the signature; default: what the role stands for")
    for parser in (new, sign):
        parser.add_argument("-o", "--output", type=Path, required=True)
        add_passphrase(parser)
    verify = add_command(commands, "verify", _verify, "check a PDF: five verdicts in plain words")
    verify.add_argument("pdf", type=Path)
    verify.add_argument(
        "--trust", type=Path, metavar="FILE", help="the list of known signers; default: this computer's"
    )


def _report(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import assessment, documents

    file = assessment.read(read_file(arguments.answers, ANSWERS_LIMIT), str(arguments.answers))
    session = assessment.open_file(file, installed_forms(), arguments.as_of)
    language = arguments.lang or documents.document_language(session)
    snapshot = documents.freeze_file(file, session, language=language, paper=arguments.paper)
    write_file(arguments.output, documents.render(snapshot, arguments.document))
    return done(arguments, output=str(arguments.output))


def _scan(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.i18n import words
    from hrddp_desktop.services import assessment, texts

    forms, status = installed_forms(), GOOD
    translate = words(arguments.lang).translate
    for name, raw in inputs(arguments.files):
        try:
            file = assessment.read(raw, name)
            hits = texts.hits(assessment.open_file(file, forms), file.marks, arguments.lang)
        except HrddpError as error:
            # One bad file of many must not hide the others.
            tell(error, as_json=arguments.json)
            status = REFUSED
            continue
        if any(not hit.seen for hit in hits):
            status = REFUSED
        if arguments.json:
            print_json({"file": name, "hits": [texts.as_data(hit) for hit in hits]})
            continue
        for line in texts.as_lines(hits, translate):
            print(f"{name}: {line}")
    return status


def _extract(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import signatures

    write_file(arguments.output, signatures.extract(read_file(arguments.pdf), str(arguments.pdf)))
    return done(arguments, output=str(arguments.output))


def _identity_new(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import signatures

    if arguments.output.exists():
        raise SigningError(Code.IDENTITY_EXISTS, file=arguments.output)
    passphrase = read_passphrase(arguments, confirm=True)
    p12 = signatures.new_identity(arguments.name, arguments.function, arguments.station, passphrase)
    card = signatures.card(p12, passphrase)
    # The list first: an identity that this computer does not know would surprise its owner at the first check.
    signatures.make_known(card, paths.trust_file())
    write_file(arguments.output, p12)
    return done(arguments, output=str(arguments.output), fingerprint=card.fingerprint, words=" ".join(card.words))


def _identity_know(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import signatures

    checked = signatures.check(read_file(arguments.pdf), paths.trust_file(), installed_forms())
    names = signatures.make_signers_known(checked, paths.trust_file(), arguments.words)
    return done(arguments, known=", ".join(names))


def _sign(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import signatures

    signed = signatures.sign(
        read_file(arguments.pdf),
        read_file(arguments.identity),
        read_passphrase(arguments),
        installed_forms(),
        role=arguments.role,
        reason=arguments.reason,
        language=arguments.lang,
        file=str(arguments.identity),
        document=str(arguments.pdf),
    )
    write_file(arguments.output, signed)
    return done(arguments, output=str(arguments.output))


def _verify(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import signatures

    checked = signatures.check(read_file(arguments.pdf), arguments.trust or paths.trust_file(), installed_forms())
    if arguments.json:
        print(checked.to_json())
    else:
        for line in signatures.as_lines(checked):
            print(line)
    return checked.verdict.exit_code
