"""The documents, one module each: a snapshot in, blocks of finished words out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.report.documents import assessment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hrddp_desktop.i18n import Words
    from hrddp_desktop.report.blocks import Document
    from hrddp_desktop.report.content import Snapshot

DOCUMENTS: Mapping[str, Callable[[Snapshot, Words], Document]] = {"assessment": assessment.build}
