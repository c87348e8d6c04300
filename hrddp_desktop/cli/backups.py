"""Copies of a vault without a screen: make, list, restore, bring over what is left; and the bin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop.cli.shared import (
    GOOD,
    REFUSED,
    Commands,
    add_command,
    add_passphrase,
    done,
    installed_forms,
    open_office,
    print_json,
    read_key,
    read_passphrase,
)

if TYPE_CHECKING:
    import argparse


def add_commands(group: Commands) -> None:
    """The commands of `vault` that are about copies and the bin."""
    backup = add_command(group, "backup", _backup, "make a copy and try it: in the vault's folder, or in another place")
    backup.add_argument("--to", type=Path, metavar="PLACE", help="a stick or a folder; default: the vault's own copies")
    listing = add_command(group, "copies", _copies, "the copies that can be restored, the newest first")
    listing.add_argument("--at", type=Path, metavar="PLACE", help="also those at a second place")
    restore = add_command(group, "restore", _restore, "make a vault of a copy, in a folder that is not there yet")
    restore.add_argument(
        "--copy", type=Path, required=True, help="a copy, or the folder that holds copies (the newest)"
    )
    way = restore.add_mutually_exclusive_group()
    way.add_argument(
        "--card-file", type=Path, metavar="C", help="the safe card's code or the office's key; the passphrase is new"
    )
    way.add_argument("--unopened", action="store_true", help="ask for no passphrase: the safe card opens it later")
    restore.add_argument("--person", default="", help="whose passphrase is new; needed when several open the vault")
    rescue = add_command(group, "rescue", _rescue, "bring what a damaged vault still holds into a new vault")
    rescue.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="the new vault; not there yet")
    binned = add_command(group, "bin", _bin, "the records in the bin; put one in, take one back, empty it")
    act = binned.add_mutually_exclusive_group()
    act.add_argument("--put", metavar="RECORD")
    act.add_argument("--take-back", metavar="RECORD")
    act.add_argument("--empty", action="store_true", help="destroy what is in it for good")
    for parser in (backup, listing, restore, rescue, binned):
        parser.add_argument("--vault", type=Path, required=True, metavar="FOLDER")
        if parser is not listing:
            add_passphrase(parser)


def _backup(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services.backups import Copier, Reason

    with open_office(arguments) as office:
        copier = Copier(office.source, arguments.to)
        copy = copier.outside(Reason.ASKED) if arguments.to else copier.here(Reason.ASKED)
    return done(arguments, copy=str(copy.folder))


def _copies(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import backups

    lines = [
        {"copy": str(line.folder), "made": line.made.isoformat(), "reason": str(line.reason), "outside": line.outside}
        for line in backups.copies(arguments.vault, arguments.at)
    ]
    last = backups.last_outside(arguments.vault)
    if arguments.json:
        print_json({"copies": lines, "last_outside": last.isoformat() if last else None})
    else:
        for line in lines:
            print(line["made"], line["reason"], line["copy"], sep="\t")
        print(f"last copy outside this computer: {last.isoformat() if last else 'never'}")
    return GOOD


def _restore(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import backups, vault

    copy = backups.copy_of(arguments.copy)
    if arguments.card_file is None:
        passphrase = None if arguments.unopened else read_passphrase(arguments)
        backups.restore(copy, passphrase, arguments.vault)
    else:
        typed, new = read_key(arguments.card_file), read_passphrase(arguments, confirm=True)
        vault.restore_vault(copy, arguments.vault, typed, arguments.person, new, installed_forms()).close()
    return done(arguments, copy=str(copy), vault=str(arguments.vault))


def _rescue(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import backups

    lost = backups.rescue(arguments.vault, read_passphrase(arguments), arguments.to, installed_forms())
    report = {
        "vault": str(arguments.to),
        "whole": lost.whole,
        "mended": lost.mended,
        "without_history": lost.without_history,
        "lost": lost.records,
        "gaps": lost.lines,
        "identity_lost": lost.secrets,
    }
    if arguments.json:
        print_json(report)
    else:
        for name, value in report.items():
            print(f"{name}: {len(value) if isinstance(value, list) else value}")
            if name in {"without_history", "lost"} and isinstance(value, list):
                print(*(f"  {record}" for record in value), sep="\n", end="\n" if value else "")
    return GOOD if lost.is_nothing else REFUSED


def _bin(arguments: argparse.Namespace) -> int:
    writes = bool(arguments.put or arguments.take_back or arguments.empty)
    with open_office(arguments, writes=writes) as office:
        if arguments.put:
            office.bin.put(arguments.put)
        elif arguments.take_back:
            office.bin.take_back(arguments.take_back)
        elif arguments.empty:
            office.bin.empty()
        lines = [
            {"record": each.summary.record, "title": each.summary.title, "since": each.since.isoformat()}
            for each in office.bin.records()
        ]
    if arguments.json:
        print_json({"bin": lines})
    else:
        for line in lines:
            print(line["since"], line["record"], line["title"], sep="\t")
    return GOOD
