"""The documents, one module each with a function `build`: a snapshot in, blocks of finished words out."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.report.blocks import Document
    from hrddp_desktop.report.content import Snapshot

    Build = Callable[[Snapshot, Words], Document]


def builders() -> dict[str, Build]:
    """What builds each document, by its name; a new module beside this one is a new document."""
    found: dict[str, Build] = {}
    for module in pkgutil.iter_modules(__path__):
        build = getattr(importlib.import_module(f"{__name__}.{module.name}"), "build", None)
        if build is not None:
            found[module.name] = cast("Build", build)
    return found
