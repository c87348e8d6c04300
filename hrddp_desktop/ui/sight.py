"""What has the keyboard is in view: scrolling that waits for the layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QPoint

from hrddp_desktop.ui import theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QScrollArea, QWidget

# A layout inside a layout asks for its own turn.
_ROUNDS = 3


def settle() -> None:
    """Let widgets that just came take their places; only layouts run, no slot of a person's doing."""
    for _round in range(_ROUNDS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def show_whole(area: QScrollArea, widget: QWidget, *, margin: int = 2 * theme.UNIT) -> bool:
    """Scroll as little as it takes to see all of `widget`, its top first; whether all of it fits."""
    content = area.widget()
    if content is None:
        raise TypeError("the area shows nothing")
    top = widget.mapTo(content, QPoint(0, 0)).y()
    room, height = area.viewport().height(), widget.height()
    margin = max(0, min(margin, (room - height) // 2))
    bar = area.verticalScrollBar()
    lowest, highest = top + height + margin - room, top - margin
    bar.setValue(min(max(bar.value(), lowest), highest) if height <= room else top)
    return height <= room
