"""The command line: the second client of the services. Without a command it opens the window.

Exit status: 0 good, 1 refused or problems found, 2 wrong usage. Nothing secret is ever an argument.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from hrddp_desktop import __version__
from hrddp_desktop.errors import HrddpError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one sentence on standard error."""
    words = sys.argv[1:] if argv is None else list(argv)
    if not words:
        # The most common start, and the one whose first paint is waited for: it does without the parser.
        return _window()
    from hrddp_desktop.cli.shared import INTERRUPTED, REFUSED, tell

    arguments = _parser().parse_args(words)
    # Answers are in four scripts; a console of another encoding must not stop them.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        status = command(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except HrddpError as error:
        tell(error, as_json=getattr(arguments, "json", False))
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing was lost, and there is nobody to tell.
        _drop_output()
        return REFUSED
    except OSError as error:
        # Files have sentences of their own (files.py); what is left is the output itself, as on a full disk.
        print(f"The output could not be written: {error.strerror}. Nothing else was changed.", file=sys.stderr)
        _drop_output()
        return REFUSED
    return status


def _drop_output() -> None:
    # Python would try to write the rest when it ends, and complain.
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - it stays open until the end


def _window(_arguments: argparse.Namespace | None = None) -> int:
    from hrddp_desktop import app

    return app.main(sys.argv[:1])


def _parser() -> argparse.ArgumentParser:
    import argparse

    from hrddp_desktop.cli import documents, forms, vault

    parser = argparse.ArgumentParser(
        prog="hrddp-desktop",
        description="Human rights due diligence assessments, offline. Without a command the window opens.",
        epilog="This is not an official IOM or UN product.",
    )
    parser.add_argument("--version", action="version", version=f"HRDDP Desktop {__version__}")
    parser.set_defaults(command=_window)
    commands = parser.add_subparsers(metavar="COMMAND")
    forms.add_commands(commands)
    documents.add_commands(commands)
    vault.add_commands(commands)
    return parser
