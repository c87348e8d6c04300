"""The history of a record without a screen: read it, go back in it, erase for safety."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop.cli.shared import GOOD, REFUSED, Commands, add_command, day, done, open_office, print_json

if TYPE_CHECKING:
    import argparse

    from hrddp_desktop.services.history import Line


def add_commands(group: Commands) -> tuple[argparse.ArgumentParser, ...]:
    """The commands of this room, within `vault`; the parsers, which still need a vault."""
    show = add_command(group, "history", _history, "who changed what when, with old and new; holds every old value")
    show.add_argument("--question", metavar="PATH", help="one question, cell (table/row/question), row or table")
    show.add_argument("--annex", action="store_true", help="since the first signature: who, when, which question alone")
    show.add_argument("--lang", default="en", help="the language of the questions")
    stood = add_command(group, "stood", _stood, "the answers as they stood at the end of a day; changes nothing")
    stood.add_argument("--on", type=day, required=True, metavar="DATE")
    back = add_command(group, "go-back", _go_back, "bring a record back to how it stood after an entry; a new version")
    back.add_argument("--entry", type=int, required=True, metavar="NUMBER", help="as `history` numbers them")
    undo = add_command(group, "undo", _undo, "take the newest step back")
    redo = add_command(group, "redo", _redo, "do again what was taken back")
    for parser in (back, undo, redo):
        parser.add_argument("--because", default="", metavar="REASON", help="needed for what a signature covers")
    erase = add_command(group, "erase", _erase, "erase for safety, with all history and the backups; cannot be undone")
    what = erase.add_mutually_exclusive_group(required=True)
    what.add_argument("--question", metavar="PATH", help="a question, cell (table/row/question), row or table")
    what.add_argument("--whole-record", action="store_true")
    erase.add_argument("--why", required=True, choices=("person", "source", "asked", "order", "mistake"))
    erase.add_argument("--at", type=Path, metavar="PLACE", help="in the copies at this second place as well")
    parsers = (show, stood, back, undo, redo, erase)
    for parser in parsers:
        parser.add_argument("record")
    return parsers


def _history(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import history

    with open_office(arguments) as office:
        entries = office.history(arguments.record)
        if arguments.annex:
            session = office.open(arguments.record).session
            found = [asdict(line) for line in history.annex(session, entries, arguments.lang)]
        else:
            definition = office.definition(arguments.record)
            told = history.lines(definition, entries, arguments.lang, path=arguments.question, device=office.device)
            found = [asdict(line) for line in told]
            if not arguments.json:
                for line in told:
                    print(_told(line))
                return GOOD
    if arguments.json:
        print(json.dumps({"history": found}, ensure_ascii=False, default=str))
    else:
        for row in found:
            print("\t".join(str(row[name]) for name in ("at", "author", "done", "question")))
    return GOOD


def _told(line: Line) -> str:
    where = "this computer" if line.here else line.device
    parts = [str(line.number), line.at.isoformat(timespec="seconds"), line.author, where, line.done, line.question]
    if line.valued:
        parts.append("(erased)" if line.erased else f"{line.old or '-'} -> {line.new or '-'}")
    return "\t".join([*parts, line.reason] if line.reason else parts)


def _stood(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import history

    with open_office(arguments) as office:
        record = office.open(arguments.record)
        number = history.number_on(record.history(), arguments.on)
        session = record.stood(number).session
    data = {"record": arguments.record, "entry": number, "answers": session.answers(), "excused": session.excused()}
    print(json.dumps(data, ensure_ascii=False, indent=None if arguments.json else 1))
    return GOOD


def _go_back(arguments: argparse.Namespace) -> int:
    with open_office(arguments, writes=True) as office:
        record = office.open(arguments.record)
        record.reason = arguments.because
        record.restore(arguments.entry)
        entry = len(record.history())
    return done(arguments, record=arguments.record, entry=str(entry))


def _undo(arguments: argparse.Namespace) -> int:
    return _turn(arguments, redo=False)


def _redo(arguments: argparse.Namespace) -> int:
    return _turn(arguments, redo=True)


def _turn(arguments: argparse.Namespace, *, redo: bool) -> int:
    with open_office(arguments, writes=True) as office:
        record = office.open(arguments.record)
        record.reason = arguments.because
        change = record.redo() if redo else record.undo()
    if change is None:
        print_json({"changed": None}) if arguments.json else print(
            "nothing to take back" if not redo else "nothing to do again"
        )
        return REFUSED
    return done(arguments, changed=change.path)


def _erase(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import history

    scope = "" if arguments.whole_record else arguments.question
    with open_office(arguments, writes=True) as office:
        office.keep_copies_at(arguments.at)
        record = office.open(arguments.record)
        history.refuse_unknown(record.session.definition, scope)
        erased = record.erase(scope, arguments.why)
    facts = {"record": arguments.record, "entry": str(erased.entry)}
    if erased.away:
        facts["copies out of reach"] = ", ".join(erased.away)
    return done(arguments, **facts)
