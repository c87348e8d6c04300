"""What the store has to know of a form: its questions, which of them may be searched, the labels of their choices.

Read from the definition as it is kept in the vault, so that whatever writes an answer needs to say nothing about it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

_STRICT: Final = "strictly_confidential"
_NOT_ANSWERED: Final = frozenset({"group", "table", "calculate", "note"})
_YES_OR_NO: Final = frozenset({"yes", "no"})
LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that somebody answers. `table` is the table whose rows hold it, '' outside of one."""

    name: str
    kind: str
    table: str
    list_name: str
    label: str
    is_confidential: bool
    """Strictly: it is not searched, and leaves the vault only where that is asked for."""

    @property
    def is_text(self) -> bool:
        """It holds the user's own words."""
        return self.kind == "text"

    def as_strict(self, is_confidential: bool) -> Question:
        """The same question, strictly confidential or not."""
        return replace(self, is_confidential=is_confidential)

    @property
    def is_many(self) -> bool:
        """It holds a list of codes."""
        return self.kind.startswith("select_multiple")


@dataclass(frozen=True, slots=True)
class Shape:
    """One version of a form."""

    form: str = ""
    version: str = ""
    questions: Mapping[str, Question] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    text_language: str = ""
    """The question that names the language of a record."""
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def labels(self, question: Question, codes: Iterable[str], language: str) -> str:
        """The labels of some choices, each on a line of its own; '' where they only say yes or no."""
        labels = self.lists.get(question.list_name, {})
        if labels.keys() >= _YES_OR_NO:
            return ""  # without the question a yes says nothing, and it would be found everywhere
        words = self.translations.get(language, {})
        found = (words.get(f"choices:{question.list_name}:{code}:label") or labels.get(code, "") for code in codes)
        return "\n".join(filter(None, found))


def of(connection: sqlite3.Connection, definition: str) -> Shape:
    """The shape of the definition that is kept under this hash; an empty one where it says nothing."""
    found = connection.execute("SELECT body FROM definitions WHERE hash = ?", (definition,)).fetchone()
    return read(bytes(found[0])) if found else Shape()


def read(body: bytes) -> Shape:
    """The shape of a definition in its JSON form; bytes that are none must stop no answer and have an empty one."""
    parts = _parts(body)
    settings = parts.get("settings", {})
    if settings.get("sealed") == "yes":
        return Shape()  # it is not kept at all; if it were, nothing of it would be shown
    items: dict[str, dict[str, Any]] = {item["name"]: item for item in parts.get("items", ())}
    return Shape(
        parts.get("form_id", ""),
        parts.get("version", ""),
        {name: _question(item, items) for name, item in items.items() if item["type"] not in _NOT_ANSWERED},
        tuple(name for name, item in items.items() if item["type"] == "table"),
        settings.get("text_language", ""),
        {one["name"]: {each["code"]: each["label"] for each in one["choices"]} for one in parts.get("lists", ())},
        {
            language: {context: text for context, text in texts.items() if context.startswith("choices:")}
            for language, texts in parts.get("translations", {}).items()
        },
    )


def _parts(body: bytes) -> dict[str, Any]:
    try:
        parts = json.loads(body)
    except ValueError:
        return {}
    return parts if isinstance(parts, dict) else {}


def _question(item: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]) -> Question:
    return Question(
        item["name"],
        item["type"],
        item.get("table") or "",
        item.get("list_name") or "",
        item.get("cells", {}).get("label", ""),
        _is_strict(item, items),
    )


def _is_strict(item: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]) -> bool:
    """Itself, or a group or table that it stands in."""
    inner: Mapping[str, Any] | None = item
    while inner is not None:
        if inner.get("cells", {}).get("sensitivity") == _STRICT:
            return True
        inner = items.get(inner.get("parent") or "")
    return False
