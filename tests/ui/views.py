"""Views as the engine gives them, made by hand: what a widget gets when there is no form behind it."""

from __future__ import annotations

from dataclasses import replace

from hrddp_desktop.engine.views import FieldView, Option

_PLAIN = FieldView(
    path="q_one",
    name="q_one",
    type="text",
    label="What <is> this & that?",
    hint="A short hint.",
    guidance="",
    source="",
    basis="house",
    value=None,
    text="",
    relevant=True,
    asked=True,
    required=True,
    due="concept",
    read_only=False,
    options=(),
    problem=None,
    excuse_kinds=(),
    excuse=None,
    consumer="decides",
    appearance="",
    prefilled=False,
)


def view(kind: str, **changes: object) -> FieldView:
    """A question of one kind."""
    return replace(_PLAIN, type=kind, **changes)  # type: ignore[arg-type]  # names of FieldView, checked by replace


def options(*codes: str) -> tuple[Option, ...]:
    """Options whose labels are their codes in capitals."""
    return tuple(Option(code, code.upper(), selected=False) for code in codes)
