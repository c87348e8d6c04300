"""The free texts of a record: what in them may lead to a person, and which of it a reviewer has looked at.

A tick is a mark beside the answer. It holds a short digest of the words, so that it stays as long as these words stay,
falls when they change, and says nothing of its own.
"""

from __future__ import annotations

import hashlib
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.errors import N_, AnswerError
from hrddp_desktop.services.received import STAYING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.services.scanner import Kind

    Marks = Mapping[str, Mapping[str, str]]

SEEN = "seen"
OPEN_TEXT = N_("{question}: looks like {kind}; the reviewer has to look")
NOTHING_FOUND = N_("Found nothing that I can recognise. Names of persons may still be there: read the texts.")
TICKED = N_("Seen, not a person")
# As many letters of the text on each side as a reader needs to know the sentence.
_AROUND = 40


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that may lead to a person. `label` is the question, `row` the row of a table, '' outside of one."""

    path: str
    label: str
    row: str
    kind: Kind
    words: str
    before: str
    after: str
    seen: bool

    @property
    def place(self) -> str:
        """Where it stands, for a reader."""
        return f"{self.row} · {self.label}" if self.row else self.label

    def sentence(self, translate: Callable[[str], str] = N_) -> str:
        """What has to be done about it, without the words themselves."""
        return translate(OPEN_TEXT).format(question=self.place, kind=self.kind.label(translate))


def as_lines(found: tuple[Hit, ...], translate: Callable[[str], str] = N_) -> list[str]:
    """Hits for a person at a console, or that nothing was recognised."""
    return [_line(hit, translate) for hit in found] or [translate(NOTHING_FOUND)]


def _line(hit: Hit, translate: Callable[[str], str]) -> str:
    said = f"{hit.place}: {translate(TICKED)}" if hit.seen else hit.sentence(translate)
    return f"{said}: {hit.words}"


def as_data(hit: Hit) -> dict[str, object]:
    """A hit as JSON-ready data."""
    return {
        "path": hit.path,
        "question": hit.label,
        "row": hit.row,
        "kind": hit.kind.value,
        "words": hit.words,
        "seen": hit.seen,
    }


def hits(session: Session, marks: Marks, language: str = "en") -> tuple[Hit, ...]:
    """Every hit in a relevant answer or excuse, in the order of the form; the same words of one place once."""
    return tuple(
        hit for path, texts in _texts(session).items() for hit in _hits_at(session, path, texts, marks, language)
    )


def open_hits(session: Session, marks: Marks, language: str = "en") -> tuple[Hit, ...]:
    """The hits that nobody has ticked."""
    return tuple(hit for hit in hits(session, marks, language) if not hit.seen)


def recognised(text: str) -> tuple[tuple[Kind, str], ...]:
    """What is recognised in one text: kind and words."""
    # Its patterns take time to make ready; a window that shows no text yet does without.
    from hrddp_desktop.services import scanner

    return tuple((found.kind, found.text) for found in scanner.scan(text))


def ticked(named: Mapping[str, str], words: str, *, seen: bool) -> dict[str, str]:
    """The marks of one answer with one tick more or less."""
    digests = set(named.get(SEEN, "").split())
    digests = digests | {_digest(words)} if seen else digests - {_digest(words)}
    rest = {name: text for name, text in named.items() if name != SEEN}
    return {**rest, SEEN: " ".join(sorted(digests))} if digests else rest


def is_ticked(named: Mapping[str, str], words: str) -> bool:
    """Whether these words have their tick."""
    return _digest(words) in named.get(SEEN, "").split()


def travelling(session: Session, marks: Marks) -> dict[str, dict[str, str]]:
    """The marks that leave with the answers: of relevant answers, and ticks only of words that still stand there."""
    if not marks:
        return {}
    texts = _texts(session)
    kept = {}
    for path, named in marks.items():
        leaving = named.keys() - {SEEN, *STAYING} if _is_answered(session, path) else frozenset()
        rest = {name: text for name, text in named.items() if name in leaving}
        words = {words for text in texts.get(path, ()) for _, words in recognised(text)}
        digests = {_digest(each) for each in words} & set(named.get(SEEN, "").split())
        if digests:
            rest[SEEN] = " ".join(sorted(digests))
        if rest:
            kept[path] = rest
    return kept


def _digest(words: str) -> str:
    return hashlib.sha256(unicodedata.normalize("NFC", words).encode("utf-8", "replace")).hexdigest()[:12]


def _texts(session: Session) -> dict[str, list[str]]:
    """What people wrote, by path: relevant answers, then what they said where there is none."""
    found: dict[str, list[str]] = {}
    for path in _text_paths(session):
        value = session.value(path)
        if value is not None:
            found[path] = [str(value)]
    for path, excuse in session.excused().items():
        said = [excuse[name] for name in ("why", "who") if excuse[name]]
        if said and is_relevant(session, path):
            found.setdefault(path, []).extend(said)
    return found


def _text_paths(session: Session) -> Iterator[str]:
    """Where an answer in free words stands, relevant or not, in the order of the form."""
    items = session.definition.items
    for name, value in session.answers().items():
        if items[name].type == "table" and isinstance(value, list):
            cells = ((row["_row"], cell) for row in value for cell in row if cell != "_row")
            yield from (f"{name}/{row}/{cell}" for row, cell in cells if items[cell].type == "text")
        elif items[name].type == "text":
            yield name


def is_relevant(session: Session, path: str) -> bool:
    """Whether a question, a cell or a table applies. Raises AnswerError for what the form does not have."""
    item = session.definition.items.get(path)
    return session.table(path, "en").relevant if item and item.type == "table" else session.view(path, "en").relevant


def _is_answered(session: Session, path: str) -> bool:
    with suppress(AnswerError):
        item = session.definition.items.get(path)
        if item and item.type == "table":
            view = session.table(path, "en")
            return view.relevant and bool(view.rows or view.excuse)
        return is_relevant(session, path) and (session.value(path) is not None or path in session.excused())
    return False


def _hits_at(session: Session, path: str, texts: list[str], marks: Marks, language: str) -> Iterator[Hit]:
    from hrddp_desktop.services import scanner

    met: set[str] = set()
    for text in texts:
        for found in scanner.scan(text):
            if found.text in met:
                continue
            met.add(found.text)
            label, row = _place(session, path, language)
            before, after = _before(text[: found.start]), _after(text[found.end :])
            seen = is_ticked(marks.get(path, {}), found.text)
            yield Hit(path, label, row, found.kind, found.text, before, after, seen)


def _before(text: str) -> str:
    """The last words of a text; an ellipsis says that there is more."""
    kept = " ".join(text[-_AROUND:].splitlines())
    return f"… {kept.partition(' ')[2]}" if len(text) > _AROUND else kept


def _after(text: str) -> str:
    """The first words of a text."""
    kept = " ".join(text[:_AROUND].splitlines())
    return f"{kept.rpartition(' ')[0]} …" if len(text) > _AROUND else kept


def _place(session: Session, path: str, language: str) -> tuple[str, str]:
    item = session.definition.items.get(path)
    if item and item.type == "table":
        return session.table(path, language).label, ""
    row = path.split("/")[1] if "/" in path else ""
    return session.view(path, language).label, row
