"""PO files as data: read, merged with the texts of today, written in one form. No translation is ever destroyed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One text and its translation; a fuzzy one was made for the text `previous`, an obsolete one has none now."""

    context: str
    english: str
    text: str = ""
    fuzzy: bool = False
    previous: str = ""
    flags: tuple[str, ...] = ()
    note: str = ""
    comment: str = ""
    obsolete: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What it belongs to."""
        return self.context, self.english


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations into one language, with the header of their file."""

    language: str
    header: tuple[tuple[str, str], ...] = ()
    comment: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def live(self) -> tuple[Entry, ...]:
        """What belongs to a text of today."""
        return tuple(entry for entry in self.entries if not entry.obsolete)


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge found: texts without a translation, translations of an older text, and those of no text."""

    missing: tuple[Entry, ...]
    stale: tuple[Entry, ...]
    obsolete: tuple[Entry, ...]
    revived: tuple[Entry, ...]


def read(file: Path) -> Catalogue:
    """The translations of a PO file. Raises OSError or ValueError."""
    import polib  # imported here: opening a form from its cache needs no translations file

    found = polib.pofile(str(file), encoding="utf-8", check_for_duplicates=False)
    entries = tuple(
        Entry(
            context=entry.msgctxt or "",
            english=entry.msgid,
            text=entry.msgstr,
            fuzzy=bool(entry.fuzzy),
            previous=entry.previous_msgid or "",
            flags=tuple(flag for flag in entry.flags if flag != "fuzzy"),
            note=entry.tcomment or "",
            comment=entry.comment or "",
            obsolete=bool(entry.obsolete),
        )
        for entry in found
    )
    return Catalogue(file.stem, tuple(found.metadata.items()), found.header or "", entries)


def new(language: str, project: str) -> Catalogue:
    """A catalogue of a language that had none."""
    header = (
        ("Project-Id-Version", project),
        ("Language", language),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("Content-Transfer-Encoding", "8bit"),
    )
    return Catalogue(language, header)


def written(catalogue: Catalogue) -> bytes:
    """The PO file: the header, the texts of today in their order, then the obsolete ones."""
    # The first line is a comment, if only a bare one: so write PO tools, and their files stay as they are.
    lines = [*(_marked("#", catalogue.comment) or ["#"]), 'msgid ""', 'msgstr ""']
    lines.extend(f'"{_escaped(f"{name}: {value}")}\\n"' for name, value in catalogue.header)
    for entry in (*catalogue.live, *(entry for entry in catalogue.entries if entry.obsolete)):
        lines.extend(("", *_lines(entry)))
    return ("\n".join(lines) + "\n").encode()


def _lines(entry: Entry) -> Iterator[str]:
    yield from _marked("#", entry.note)
    yield from _marked("#.", entry.comment)
    flags = [*(["fuzzy"] if entry.fuzzy else []), *entry.flags]
    if flags:
        yield f"#, {', '.join(flags)}"
    start = "#~ " if entry.obsolete else ""
    if entry.previous and not entry.obsolete:  # nobody reads it there
        yield f'#| msgid "{_escaped(entry.previous)}"'
    if entry.context:
        yield f'{start}msgctxt "{_escaped(entry.context)}"'
    yield f'{start}msgid "{_escaped(entry.english)}"'
    yield f'{start}msgstr "{_escaped(entry.text)}"'


def _marked(mark: str, text: str) -> list[str]:
    return [f"{mark} {line}".rstrip() for line in text.split("\n")] if text else []


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def merged(
    catalogue: Catalogue, wanted: Iterable[tuple[str, str]], sheets: Sequence[str] | None = None
) -> tuple[Catalogue, Merge]:
    """The catalogue for the texts of today, in their order, and what was found on the way.

    A text that changed keeps its translation, marked fuzzy with the text it was made for; a text that stands elsewhere
    now, because its question was renamed, takes its translation along. A translation without a text becomes obsolete
    and stays in the file; when its text comes back, so does it. Live entries whose context begins with none of the
    words in `sheets` (when given) belong to somebody else and are left as they are.
    """
    keys = list(dict.fromkeys(wanted))
    today = set(keys)
    exact: dict[tuple[str, str], Entry] = {}
    spare: dict[str, list[Entry]] = {}
    homeless: dict[str, list[Entry]] = {}
    contexts = {context for context, _ in keys}
    foreign = {entry for entry in catalogue.live if sheets is not None and _sheet(entry) not in sheets}
    for entry in sorted(catalogue.entries, key=lambda one: (one.obsolete, not one.text, one.fuzzy)):
        if entry.key in today:
            exact.setdefault(entry.key, entry)
        elif entry.text and entry.context and entry not in foreign:
            spare.setdefault(entry.context, []).append(entry)
            if entry.context not in contexts and not entry.fuzzy:
                homeless.setdefault(entry.english, []).append(entry)
    used: set[Entry] = set()
    found = [_found(key, exact, (*spare.get(key[0], ()), *homeless.get(key[1], ())), used) for key in keys]
    others: list[Entry] = []
    rest: list[Entry] = []
    for entry in catalogue.entries:
        if entry in used or not entry.text or entry.key in today:
            continue
        (others if entry in foreign else rest).append(entry)
    leftover = tuple(dict.fromkeys(_retired(entry) for entry in rest))
    result = replace(catalogue, entries=(*found, *others, *leftover))
    revived = tuple(entry for entry in found if exact.get(entry.key, entry).obsolete)
    missing = tuple(entry for entry in found if not entry.text)
    stale = tuple(entry for entry in found if entry.text and entry.fuzzy)
    return result, Merge(missing, stale, leftover, revived)


def _retired(entry: Entry) -> Entry:
    """Without a text of today a translation belongs again to the text that it was made for."""
    if entry.fuzzy and entry.previous:
        entry = replace(entry, english=entry.previous, fuzzy=False)
    return replace(entry, obsolete=True, previous="")


def _sheet(entry: Entry) -> str:
    return entry.context.partition(":")[0]


def _found(
    key: tuple[str, str],
    exact: dict[tuple[str, str], Entry],
    spare: Sequence[Entry],
    used: set[Entry],
) -> Entry:
    """The entry of a text of today: its own, one of an older text of the same place, or an empty one."""
    entry = exact.get(key)
    if entry is not None and entry.text:
        return replace(entry, obsolete=False)
    older = next((one for one in spare if one not in used), None)
    if older is None:
        return Entry(*key) if entry is None else replace(entry, obsolete=False, fuzzy=False, previous="")
    used.add(older)
    if older.english == key[1]:
        return replace(older, context=key[0], obsolete=False)
    previous = older.previous if older.fuzzy and older.previous else older.english
    return replace(older, english=key[1], fuzzy=True, previous=previous, obsolete=False)
