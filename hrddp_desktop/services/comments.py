"""Comments beside questions: a flat thread for each, resolved or open; never printed and in no answers file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hrddp_desktop.errors import AnswerError, Code
from hrddp_desktop.storage.attached import comment_path, draft_path, owner
from hrddp_desktop.storage.records import Comment, SetComment

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.engine.views import Change
    from hrddp_desktop.services.records import Assessment

__all__ = ["Comment", "Comments", "draft_path"]


def _now() -> datetime:
    return datetime.now(UTC)


class Comments:
    """The comments of an open record; each act is on the disk, with its entry, when it returns. Raises VaultError."""

    def __init__(self, record: Assessment, clock: Callable[[], datetime] = _now) -> None:
        self._record = record
        self._clock = clock

    def at(self, question: str) -> tuple[Comment, ...]:
        """The thread of a question, a cell or a table, oldest first."""
        return tuple(each for each in self._record.store.comments(self._record.record) if owner(each.path) == question)

    def still_open(self) -> dict[str, int]:
        """How many comments of each question nobody has resolved, in the order in which they came."""
        counts: dict[str, int] = {}
        for each in self._record.store.comments(self._record.record):
            if not each.is_resolved:
                counts[owner(each.path)] = counts.get(owner(each.path), 0) + 1
        return counts

    def is_own(self, comment: Comment) -> bool:
        """Whether the person at the keyboard wrote it."""
        return comment.actor == self._record.store.actor

    def say(self, question: str, text: str) -> Change:
        """Add a comment. Raises AnswerError(QUESTION_UNKNOWN) for what the form does not have."""
        self._refuse_unknown(question)
        comment = Comment(self._record.store.actor, self._clock(), _writable(text))
        return self._record.attach(SetComment(comment_path(question), comment))

    def change(self, comment: Comment, text: str) -> Change:
        """Say it otherwise; its author alone may. Raises AnswerError(COMMENT_OF_OTHER)."""
        self._refuse_other(comment)
        return self._put(comment, replace(comment, text=_writable(text)))

    def withdraw(self, comment: Comment) -> Change:
        """Take it back; its author alone may. The history still tells it. Raises AnswerError(COMMENT_OF_OTHER)."""
        self._refuse_other(comment)
        return self._put(comment, None)

    def resolve(self, comment: Comment, *, resolved: bool = True) -> Change:
        """Say that it is settled, or that it is not."""
        return self._put(comment, replace(comment, is_resolved=resolved))

    def _put(self, comment: Comment, other: Comment | None) -> Change:
        return self._record.attach(SetComment(comment.path, other))

    def _refuse_other(self, comment: Comment) -> None:
        if not self.is_own(comment):
            raise AnswerError(Code.COMMENT_OF_OTHER, record=self._record.record)

    def _refuse_unknown(self, question: str) -> None:
        session = self._record.session
        item = session.definition.items.get(question)
        if item is None or item.type != "table":
            session.view(question, "en")


def _writable(text: str) -> str:
    """Without what no file can hold: half of a sign outside the first 65,536."""
    return text.strip().encode("utf-8", "replace").decode()
