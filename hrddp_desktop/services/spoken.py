"""The app's own words: every text that its code marks for translation, and its PO files brought up to date."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from hrddp_desktop.engine import catalogues

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.engine.catalogues import Catalogue, Merge

# How a text is marked: N_ where it is kept, a Words object (whatever it is called) where it is shown.
MARKS = frozenset({"N_", "words", "_words", "say", "_say", "translate"})


def spoken(folder: Path) -> dict[str, str]:
    """Each marked text with the file it stands in, file by file."""
    found: dict[str, str] = {}
    for file in sorted(folder.rglob("*.py")):
        # The engine tells authors of forms in English about sheets that are in English; a form's own words are its own.
        engine = file.parent.name == "engine"
        if engine and file.name == "problems.py":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ({"N_"} if engine else MARKS) and node.args:
                found |= dict.fromkeys(_texts(node.args[0]), file.name)
    return found


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _texts(argument: ast.expr) -> list[str]:
    if isinstance(argument, ast.IfExp):
        return [*_texts(argument.body), *_texts(argument.orelse)]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    return []


def updated(folder: Path, catalogue: Catalogue) -> tuple[Catalogue, Merge]:
    """A catalogue of the app merged with the texts in its code.

    The texts that it knows keep their order, as people sorted them by hand; new ones follow. There is no context, so a
    text that changed is a new one; the translation of the old stays in the file, obsolete.
    """
    today = [text for text in spoken(folder) if text]
    known = [entry.english for entry in catalogue.live]
    order = [*(text for text in known if text in set(today)), *(text for text in today if text not in set(known))]
    return catalogues.merged(catalogue, [("", text) for text in order])
