"""The answers file: its strict reader, its canonical bytes, and the copy that is attached to a PDF.

Nothing in a file is executed or followed: JSON is data, and of a PDF only one attachment and the metadata are read.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pikepdf
import rfc8785

from hrddp_desktop.errors import AnswerError, Code, FileError

if TYPE_CHECKING:
    Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

Scalar = int | float | str
Row = Mapping[str, Scalar | Sequence[str]]
Value = Scalar | Sequence[str] | Sequence[Row]

FORMAT: Final = 1
ATTACHMENT: Final = "assessment.json"
LARGEST: Final = 8 * 1024 * 1024
DEEPEST: Final = 5
"""File, answers, table, row, list of codes."""

_LARGEST_INTEGER: Final = 2**53 - 1
_TOKENS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
_KEYS: Final = frozenset(
    {"format", "form", "version", "definition", "record", "related", "created", "as_of", "answers", "excused", "marks"}
    | {"withheld", "given"}
)
_EXCUSE_KEYS: Final = frozenset({"kind", "why", "who"})
_ANSWERS_HASH: Final = "{urn:hrddp-desktop:1}answersSha256"


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """One record's answers as they travel between machines.

    `answers` maps a question to its value, a table to a list of rows, each with its `_row` id. `excused` maps a path to
    `kind`, `why` and `who`, `marks` a path to what was said about its answer by name (policy 9: properties of an
    answer). An empty `version` or `definition` is the installed one; `related` is the record that an incident belongs
    to. `withheld` names the questions whose answers do not travel (policy 4.3), `given` by path the results that rest
    on them; a file of a whole record withholds nothing.
    """

    form: str
    answers: Mapping[str, Value]
    excused: Mapping[str, Mapping[str, str]]
    version: str = ""
    definition: str = ""
    record: str | None = None
    related: str | None = None
    created: date | None = None
    as_of: date | None = None
    format: int = FORMAT
    marks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    withheld: Sequence[str] = ()
    given: Mapping[str, str] = field(default_factory=dict)


# What pikepdf raises over a broken file, by trial (tests/exchange); lxml's error is a SyntaxError.
_BROKEN_PDF: Final = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    zlib.error,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    SyntaxError,
    RecursionError,
)


class _UnreadableError(Exception):
    """What is wrong with the file, as the end of a sentence."""


def parse(raw: bytes, file: str) -> AnswersFile:
    """The answers file in `raw`; `file` is its name for messages.

    Raises AnswerError(ANSWERS_UNREADABLE) for anything that `canonical` could not have written, except for order,
    spaces, empty values and a missing optional key. Whether a question exists is the form's question, not asked here.
    """
    try:
        return _answers_file(_object(_decode(raw), "the file"))
    except _UnreadableError as error:
        raise AnswerError(Code.ANSWERS_UNREADABLE, file=file, detail=str(error)) from error


def canonical(file: AnswersFile) -> bytes:
    """The one way to write `file`: RFC 8785, every text NFC, unanswered questions and empty entries left out."""
    content: dict[str, object] = {
        "format": file.format,
        "form": file.form,
        "version": file.version,
        "definition": file.definition,
        "record": file.record,
        "related": file.related,
        "created": file.created.isoformat() if file.created else None,
        "as_of": file.as_of.isoformat() if file.as_of else None,
    }
    kept = {key: value for key, value in content.items() if value not in (None, "")}
    kept |= {"answers": _normal(file.answers), "excused": _normal(file.excused)}
    if file.marks:
        kept["marks"] = _normal(file.marks)
    if file.withheld:
        kept |= {"withheld": list(file.withheld), "given": _normal(file.given)}
    return rfc8785.dumps(_normal(kept))  # type: ignore[arg-type]  # its own alias; checked by _normal


def sha256(answers: bytes) -> str:
    """The hash that the document prints and carries in its metadata: 64 lower-case hexadecimal digits."""
    return hashlib.sha256(answers).hexdigest()


def attached(pdf: bytes, file: str) -> bytes:
    """The one answers file attached to `pdf`; `file` is the PDF's name for messages.

    Raises FileError(NOT_A_PDF | NO_ANSWERS_INSIDE | ANSWERS_DO_NOT_MATCH). This reads, it does not verify: whether the
    signatures hold is the question of `signing.verify`.
    """
    try:
        with pikepdf.open(BytesIO(pdf), attempt_recovery=False, suppress_warnings=True) as document:
            answers = _attachment(document, file)
            expected = _expected_hash(document)
    except _BROKEN_PDF as error:
        raise FileError(Code.NOT_A_PDF, file=file, detail=type(error).__name__) from error
    if expected is not None and expected != sha256(answers):
        raise FileError(Code.ANSWERS_DO_NOT_MATCH, file=file)
    return answers


# ------------------------------------------------------------------------------------------------------------- reading


def _decode(raw: bytes) -> Json:
    if len(raw) > LARGEST:
        raise _UnreadableError(f"it is larger than {LARGEST // 1024 // 1024} MB")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _UnreadableError("it is not UTF-8 text") from error
    # Before json.loads, which recurses: the depth is bounded by a scan that does not.
    if _depth(raw) > DEEPEST:
        raise _UnreadableError(f"it is nested deeper than {DEEPEST} levels")
    try:
        decoded: Json = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except ValueError as error:
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise _UnreadableError(f"it is not JSON ({where})") from error
    return decoded


def _depth(raw: bytes) -> int:
    depth = deepest = 0
    for token in _TOKENS.finditer(raw):
        first = raw[token.start()]
        if first in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"]}":
            depth -= 1
    return deepest


def _no_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in pairs:
        normal = _text(key, "a name")
        if normal in found:
            raise _UnreadableError(f"{normal} stands in it twice")
        found[normal] = value
    return found


def _no_constant(name: str) -> Json:
    raise _UnreadableError(f"{name} is not a number")


def _answers_file(content: dict[str, Json]) -> AnswersFile:
    if not content.keys() & {"form", "answers"}:
        raise _UnreadableError("it names no form and has no answers")
    unknown = sorted(content.keys() - _KEYS)
    if unknown:
        raise _UnreadableError(f"it has the unknown entry {unknown[0]}")
    written = content.get("format", FORMAT)
    if written != FORMAT or isinstance(written, bool):
        raise _UnreadableError(f"its format is not {FORMAT}")
    form = _entry(content, "form")
    if not form:
        raise _UnreadableError("it does not name its form")
    if "answers" not in content:
        raise _UnreadableError("it has no answers")
    return AnswersFile(
        form=form,
        answers=_answers(_object(content["answers"], "answers")),
        excused=_excuses(_object(content.get("excused") or {}, "excused")),
        version=_entry(content, "version"),
        definition=_entry(content, "definition"),
        record=_id(_entry(content, "record"), "record"),
        related=_id(_entry(content, "related"), "related"),
        created=_day(_entry(content, "created"), "created"),
        as_of=_day(_entry(content, "as_of"), "as_of"),
        marks=_marks(_object(content.get("marks") or {}, "marks")),
        withheld=_withheld(content),
        given={path: _text(text, path) for path, text in _object(content.get("given") or {}, "given").items()},
    )


def _withheld(content: dict[str, Json]) -> tuple[str, ...]:
    names = content.get("withheld")
    if names is None and "given" not in content:
        return ()
    if not isinstance(names, list) or not names:
        raise _UnreadableError("withheld is not a list of questions")
    return tuple(_text(name, "withheld") for name in names)


def _entry(content: dict[str, Json], name: str) -> str:
    value = content.get(name)
    return "" if value is None else _text(value, name)


def _object(value: Json, name: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise _UnreadableError(f"{name} is not an object")
    return value


def _text(value: Json, name: str) -> str:
    if not isinstance(value, str):
        raise _UnreadableError(f"{name} is not a text")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise _UnreadableError(f"{name} holds half a character")
    return unicodedata.normalize("NFC", value)


def _id(value: str, name: str) -> str | None:
    if not value:
        return None
    try:
        known = uuid.UUID(value)
    except ValueError as error:
        raise _UnreadableError(f"{name} is not a UUID") from error
    if known.version != 4 or str(known) != value:
        raise _UnreadableError(f"{name} is not a version 4 UUID in lower case")
    return value


def _day(value: str, name: str) -> date | None:
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise _UnreadableError(f"{name} is not a date") from error
    if day.isoformat() != value:  # Python also reads 20260120 and 2026-W04-2
        raise _UnreadableError(f"{name} is not a date like 2026-01-20")
    return day


def _answers(content: dict[str, Json]) -> dict[str, Value]:
    return {name: _value(value, name) for name, value in content.items() if value is not None}


def _value(value: Json, name: str) -> Value:
    if not isinstance(value, list):
        return _scalar(value, name)
    if any(isinstance(item, dict) for item in value):
        return _table(value, name)
    return _codes(value, name)


def _scalar(value: Json, name: str) -> Scalar:
    if isinstance(value, str):
        return _text(value, name)
    # bool is an int to Python; no question has true or false as its answer.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _UnreadableError(f"{name} is neither text, number nor list")
    if not -_LARGEST_INTEGER <= value <= _LARGEST_INTEGER:  # infinity too: 1e999 is one
        raise _UnreadableError(f"{name} is too large a number")
    return value


def _codes(value: list[Json], name: str) -> list[str]:
    return [_text(item, name) for item in value]


def _table(rows: list[Json], name: str) -> list[Row]:
    found: dict[str, Row] = {}
    for item in rows:
        row = _row(_object(item, f"a row of {name}"), name)
        row_id = str(row["_row"])
        if row_id in found:
            raise _UnreadableError(f"{name} has two rows {row_id}")
        found[row_id] = row
    return list(found.values())


def _row(content: dict[str, Json], name: str) -> Row:
    if not isinstance(content.get("_row"), str) or not content["_row"]:
        raise _UnreadableError(f"a row of {name} has no _row")
    return {
        column: _codes(value, column) if isinstance(value, list) else _scalar(value, column)
        for column, value in content.items()
        if value is not None
    }


def _excuses(content: dict[str, Json]) -> dict[str, dict[str, str]]:
    return {path: _excuse(_object(value, f"the excuse of {path}"), path) for path, value in content.items()}


def _excuse(content: dict[str, Json], path: str) -> dict[str, str]:
    unknown = sorted(content.keys() - _EXCUSE_KEYS)
    if unknown:
        raise _UnreadableError(f"the excuse of {path} has the unknown entry {unknown[0]}")
    excuse = {key: _entry(content, key) for key in ("kind", "why", "who")}
    if excuse["kind"] not in ("na", "later"):
        raise _UnreadableError(f"the excuse of {path} is neither na nor later")
    return excuse


def _marks(content: dict[str, Json]) -> dict[str, dict[str, str]]:
    named = {path: _object(value, f"the marks of {path}") for path, value in content.items()}
    return {path: {name: _text(value, name) for name, value in each.items()} for path, each in named.items() if each}


# ------------------------------------------------------------------------------------------------------------- writing


def _normal(value: object) -> object:
    """`value` with NFC texts, lists for sequences, and nothing in it that JSON has no word for."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {_normal(key): _normal(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_normal(item) for item in value]
    return value


# --------------------------------------------------------------------------------------------------------- from a PDF


def _attachment(document: pikepdf.Pdf, file: str) -> bytes:
    found = [item for item in document.attachments.values() if item.filename == ATTACHMENT]
    if not found:
        raise FileError(Code.NO_ANSWERS_INSIDE, file=file)
    if len(found) > 1:
        raise FileError(Code.ANSWERS_DO_NOT_MATCH, file=file)
    return _content(found[0].get_file().obj)


def _content(stream: object) -> bytes:
    """The bytes of `stream`, at most LARGEST; unpacked here, because a packed megabyte can hold a gigabyte."""
    if not isinstance(stream, pikepdf.Stream):
        raise TypeError("an attachment without content")
    packed = stream.read_raw_bytes()
    kind = stream.get("/Filter")
    if kind is None:
        content = packed
    elif kind == pikepdf.Name.FlateDecode and "/DecodeParms" not in stream:
        content = zlib.decompressobj().decompress(packed, LARGEST + 1)
    else:
        raise ValueError("an attachment packed in another way than this app does")
    if len(content) > LARGEST:
        raise ValueError("an attachment larger than an answers file can be")
    return content


def _expected_hash(document: pikepdf.Pdf) -> str | None:
    if "/Metadata" not in document.Root:
        return None
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=True) as metadata:
        return str(metadata[_ANSWERS_HASH]) if _ANSWERS_HASH in metadata else None
