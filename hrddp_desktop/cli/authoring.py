"""For authors of forms: a workbook and back, what changed, translations, the map of a question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hrddp_desktop.cli.shared import GOOD, REFUSED, Commands, add_command, done, print_json

if TYPE_CHECKING:
    import argparse

    from hrddp_desktop.services.authoring import Imported, Words

APP = "app"
GUIDANCE = "guidance"


def add_commands(group: Commands) -> None:
    """The commands of this room; `group` is that of the forms."""
    form = "an installed form, or its folder"
    export = add_command(group, "export", _export, "a form as one workbook, also for ODK and KoboToolbox")
    export.add_argument("form", metavar="FORM", help=form)
    export.add_argument("file", metavar="OUT.xlsx", type=Path)
    take_in = add_command(group, "import", _import, "a workbook back into the sheets of a form")
    take_in.add_argument("file", metavar="IN.xlsx", type=Path)
    take_in.add_argument("-o", "--output", metavar="FOLDER", type=Path, required=True, help="the folder of the form")
    diff = add_command(group, "diff", _diff, "what changed between two states of a form")
    for name in ("old", "new"):
        diff.add_argument(name, metavar=name.upper(), help="a folder, a workbook, or a compiled form (.json)")
    words = add_command(group, "messages", _messages, "bring the translations up to date with the sheets")
    what = f"{form}; {APP} is the app itself, {GUIDANCE} the glossary and the notes; default: every form and {GUIDANCE}"
    words.add_argument("form", metavar="FORM", nargs="?", help=what)
    words.add_argument("--check", action="store_true", help="change nothing; refuse what is not up to date")
    drawing = add_command(group, "map", _map, "what a question reads, and what reads it")
    drawing.add_argument("form", metavar="FORM", help=f"{form}, a workbook, or a compiled form")
    drawing.add_argument("question", metavar="QUESTION", help="the name of a question, group, table or calculation")
    drawing.add_argument("--dot", action="store_true", help="print a graph for Graphviz")
    drawing.add_argument("--lang", metavar="LANGUAGE", default="", help="the language of the labels")


def _export(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import authoring

    authoring.export(arguments.form, arguments.file)
    return done(arguments, workbook=str(arguments.file))


def _import(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import authoring

    result = authoring.take_in(arguments.file, arguments.output)
    if arguments.json:
        print_json(authoring.summary_of(result))
    else:
        for problem in (*result.problems, *result.softer):
            print(problem)
        for title, names in (("written", result.written), ("removed", result.removed)):
            print(*(f"{title}: {name}" for name in names), sep="\n", end="\n" if names else "")
        print(_judged(result))
    return REFUSED if result.problems else GOOD


def _judged(result: Imported) -> str:
    if result.problems:
        return f"{len(result.problems)} problems; nothing was changed"
    if result.softer:
        return f"the form was taken in; {len(result.softer)} times a graver fact gives a milder outcome, see above"
    return "the form is good"


def _diff(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import authoring

    found = authoring.changes(arguments.old, arguments.new)
    if arguments.json:
        data = [{"action": one.action, "subject": one.subject, "kind": one.kind, "change": one.change} for one in found]
        print_json({"changes": data})
    else:
        print(*found, f"{len(found)} changes", sep="\n")
    return GOOD


def _messages(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.services import authoring
    from hrddp_desktop.services.forms import Forms

    if arguments.form == APP:
        found = authoring.words_of_app()
    elif arguments.form == GUIDANCE:
        found = authoring.words_of_guidance()
    elif arguments.form:
        found = authoring.words_of_form(arguments.form)
    else:
        found = [words for name in Forms().names() for words in authoring.words_of_form(name)]
        found += authoring.words_of_guidance()
    if not arguments.check:
        authoring.store_words(found)
    if arguments.json:
        print_json({"files": [_words_data(words) for words in found]})
    else:
        for words in found:
            _tell_words(words)
    open_words = [words for words in found if not words.is_current or words.found.missing or words.found.stale]
    return REFUSED if arguments.check and open_words else GOOD


def _words_data(words: Words) -> dict[str, object]:
    kinds = {"missing": words.found.missing, "stale": words.found.stale, "obsolete": words.found.obsolete}
    lists = {kind: [{"context": one.context, "english": one.english} for one in found] for kind, found in kinds.items()}
    return {"file": str(words.file), "up_to_date": words.is_current, **lists}


def _tell_words(words: Words) -> None:
    found = words.found
    counts = f"{len(found.missing)} missing, {len(found.stale)} stale, {len(found.obsolete)} obsolete"
    print(f"{words.file}: {counts}" + ("" if words.is_current else "; not up to date with the sheets"))
    for kind, entries in (("missing", found.missing), ("stale", found.stale), ("obsolete", found.obsolete)):
        for entry in entries:
            print(f"  {kind}: {' '.join(filter(None, (entry.context, repr(entry.english))))}")


def _map(arguments: argparse.Namespace) -> int:
    from hrddp_desktop.engine import maps
    from hrddp_desktop.services import authoring

    found, definition = authoring.drawn(arguments.form, arguments.question)
    language = arguments.lang or definition.default_language
    if arguments.json:
        print_json(maps.as_data(found))
    elif arguments.dot:
        print(*maps.as_dot(found), sep="\n")
    else:
        print(*maps.as_lines(found, lambda name: definition.label(name, language)), sep="\n")
    return GOOD
