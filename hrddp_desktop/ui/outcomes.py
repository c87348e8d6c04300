"""How an outcome looks: its shape and its tone. The word comes from the form, in the reader's language."""

from __future__ import annotations

from hrddp_desktop.ui.icons import Shape

_SHAPES = {
    "may_proceed": Shape.GOOD,
    "proceed_with_mitigation": Shape.MITIGATED,
    "escalate": Shape.WARN,
    "must_not_proceed": Shape.STOP,
    "stop_open_action7": Shape.STOP,
    "incomplete": Shape.OPEN,
    "not_applicable": Shape.NONE,
}


def shape_of(outcome: str) -> Shape:
    """The shape of an outcome; one that this version does not know shows as open."""
    return _SHAPES.get(outcome, Shape.OPEN)
