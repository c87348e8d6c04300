"""Defaults that follow what they read, as long as nobody has said otherwise; a step back brings exactly what stood."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from hrddp_desktop.engine.answers import answer_text, parsed
from hrddp_desktop.engine.nodes import Context
from hrddp_desktop.engine.program import Part
from hrddp_desktop.engine.views import Value
from hrddp_desktop.errors import AnswerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hrddp_desktop.engine.recompute import Recompute
    from hrddp_desktop.engine.tree import Field, Row, Tree


class Defaults:
    """Gives answers to a tree that its recomputing keeps up to date."""

    def __init__(self, tree: Tree, work: Recompute) -> None:
        self._tree = tree
        self._work = work
        self._fresh: frozenset[int] = frozenset()  # questions of a record or row that is being made, by serial

    def want(self, fields: Iterable[Field]) -> None:
        """A record or row is made: all its defaults are wanted, in the order of the form, and before others follow."""
        wanted = {field.serial: field for field in fields if field.rules.default is not None}
        self._fresh = frozenset(wanted)
        self._work.stirred = wanted | self._work.stirred

    def follow(self, given: str = "") -> tuple[dict[str, Value], dict[str, Value]]:
        """Let defaults follow what they read: the answers they bring, and what stood there before.

        Only where the question still says what its default said, be that nothing: what a person has written, cleared
        or excused stays, and so does the answer just `given`. A hidden question waits until it is asked again, but for
        the defaults of what was just made. Each question follows once in a step, so a circle ends.
        """
        filled, replaced = dict[str, Value](), dict[str, Value]()
        while self._work.stirred:
            field = self._work.stirred.pop(next(iter(self._work.stirred)))
            if not field.relevant and field.serial not in self._fresh:
                self._work.changed.add(field.path)
                continue
            said, usual = self._hear(field)
            kept = field.excuse is not None or field.path in filled or field.path == given
            if field.own == said != field.usual and not kept:
                filled[field.path], replaced[field.path] = usual, field.value
                field.value, field.own = usual, field.usual
                self._work.touch(field, Part.VALUE)
                self._work.settle()
        self._fresh = frozenset()
        return filled, replaced

    def note(self, row: Row | None = None) -> None:
        """Note what the defaults of shown questions say now, of all rows or of one; the answers stay as they are."""
        for field in [one for one in self._work.stirred.values() if row is None or one.row is row]:
            if field.relevant:
                self._hear(field)
            else:
                self._work.changed.add(field.path)
            del self._work.stirred[field.serial]

    def _hear(self, field: Field) -> tuple[str, Value]:
        """Ask a default anew: what it said before, what it says now; the question tells whether that is its answer."""
        said, usual = field.usual, self._usual(field)
        field.usual = answer_text(usual)
        if field.usual != said:
            self._work.changed.add(field.path)
        return said, usual

    def _usual(self, field: Field) -> Value:
        """What the default says now; what is no answer to the question is no default."""
        default = field.rules.default
        with suppress(AnswerError):
            return parsed(
                self._tree.definition,
                field.rules.item,
                field.path,
                default(Context(field, self._tree)) if default else None,
            )
        return None
