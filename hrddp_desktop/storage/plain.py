"""Plain tables: one readable SQL view for each form and for each table of it, and all of them as a file of their own.

A column is named like its question and holds the answer as codes, a day as YYYY-MM-DD, several codes with blanks
between. What is not a question begins with an underscore. A view is made anew when a form's definition is used for the
first time, and has the questions of every version that records were made with.
"""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Final

from hrddp_desktop.errors import Code, FileError
from hrddp_desktop.storage import attached, driver, shape
from hrddp_desktop.storage.finding import BINNED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from hrddp_desktop.storage.driver import Encrypted
    from hrddp_desktop.storage.shape import Question, Shape

_FORMS: Final = "SELECT DISTINCT form FROM records ORDER BY form"
_VERSIONS: Final = "SELECT definition FROM records WHERE form = ? GROUP BY definition ORDER BY max(id) DESC"
_THERE: Final = f"SELECT id, uuid FROM records WHERE form = ? AND id NOT IN ({BINNED}) ORDER BY id"  # noqa: S608 - of our own
_FACTS: Final = {
    "_record": "r.uuid",
    "_related": "r.related",
    "_version": "r.version",
    "_created": "r.created",
    "_changed": "s.changed",
    "_reference": "s.reference",
    "_status": "s.status",
    "_outcome": "s.outcome",
    "_as_of": "s.as_of",
    "_next_due": "s.next_due",
}
_OF_RECORD: Final = "FROM records r JOIN summaries s ON s.id = r.id"
_PLACE: Final = "_place"
_ROW_FACTS: Final = {"_record": "r.uuid", "_row": "t.row_id", _PLACE: "t.place + 1"}
_OF_ROW: Final = "FROM rows t JOIN records r ON r.id = t.record"
_LINES: Final = 500
_NUMBERS: Final = frozenset({"integer", "decimal"})


def keep_in_step(connection: sqlite3.Connection, form: str) -> None:
    """Make the views of a form anew, for every definition that its records have."""
    versions = _shapes(connection, form)
    questions = _questions(versions)
    _view(connection, form, _FACTS, "", _OF_RECORD, form, [one for one in questions if not one.table])
    for table in _tables(versions):
        cells = [one for one in questions if one.table == table]
        _view(connection, f"{form}_{table}", _ROW_FACTS, table, _OF_ROW, form, cells)


def export(db: Encrypted, file: Path, *, with_confidential: bool = False) -> dict[str, int]:
    """Write every plain table into the new, unencrypted database `file`; how many lines each has.

    What is strictly confidential, every comment and every name of a file of evidence is left out unless
    `with_confidential`. Nothing is written beside the file, and the
    vault is not changed. Raises FileError(EXPORT_EXISTS | FILE_NOT_WRITTEN), VaultError.
    """
    try:
        # For its owner alone, from the first byte; and never a file that is there already.
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise FileError(Code.EXPORT_EXISTS, file=file) from error
    except OSError as error:
        raise FileError(Code.FILE_NOT_WRITTEN, file=file, detail=error.strerror or str(error)) from error
    try:
        with db.reading() as source:
            return _written(source, file, with_confidential=with_confidential)
    except BaseException:
        file.unlink(missing_ok=True)
        raise


class _Target:
    """The file that is written; what its disk does rises as FileError."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection = driver.connect_plain(file)

    def write(self, statement: str, lines: Iterable[tuple[object, ...]] = ((),)) -> None:
        """Carry out a statement, once for each line of values."""
        try:
            self._connection.executemany(statement, lines)
        except driver.Error as error:
            raise FileError(Code.FILE_NOT_WRITTEN, file=self._file, detail=str(error)) from error

    def close(self) -> None:
        self._connection.close()


def _written(source: sqlite3.Connection, file: Path, *, with_confidential: bool) -> dict[str, int]:
    with closing(_Target(file)) as target:
        target.write("BEGIN")
        counts = _copied(source, target, with_confidential=with_confidential)
        target.write("COMMIT")
        return counts


def _copied(source: sqlite3.Connection, target: _Target, *, with_confidential: bool) -> dict[str, int]:
    counts: dict[str, int] = {}
    target.write("CREATE TABLE _questions (form, place, name, type, list, label, left_out)")
    target.write("CREATE TABLE _choices (form, list, code, label, language)")
    target.write("CREATE TABLE _comments (form, record, question, author, at, text, resolved)")
    target.write("CREATE TABLE _evidence (form, record, question, author, at, name, size, sha256)")
    for (form,) in source.execute(_FORMS).fetchall():
        versions = _shapes(source, form)
        questions = _questions(versions)
        shown = [one for one in questions if with_confidential or not one.is_confidential]
        if with_confidential:
            _copy_attached(source, target, form)
        target.write("INSERT INTO _questions VALUES (?, ?, ?, ?, ?, ?, ?)", _described(form, questions, shown))
        target.write("INSERT INTO _choices VALUES (?, ?, ?, ?, ?)", _choices(form, versions))
        counts[form] = _copy(source, target, form, _FACTS, [one for one in shown if not one.table])
        for table in _tables(versions):
            if cells := [one for one in shown if one.table == table]:
                counts[f"{form}_{table}"] = _copy(source, target, f"{form}_{table}", _ROW_FACTS, cells)
    return counts


def _copy_attached(source: sqlite3.Connection, target: _Target, form: str) -> None:
    """The comments, and what files are attached; no file's content."""
    for record, uuid in source.execute(_THERE, (form,)).fetchall():
        target.write(
            "INSERT INTO _comments VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    form,
                    uuid,
                    attached.owner(each.path),
                    each.author,
                    each.at.isoformat(),
                    each.text,
                    "yes" if each.is_resolved else "",
                )
                for each in attached.comments_of(source, record)
            ),
        )
        target.write(
            "INSERT INTO _evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    form,
                    uuid,
                    attached.owner(each.path),
                    each.author,
                    each.at.isoformat(),
                    each.name,
                    each.size,
                    each.sha256,
                )
                for each in attached.evidence_of(source, record)
            ),
        )


def _described(form: str, questions: list[Question], shown: list[Question]) -> Iterator[tuple[str, ...]]:
    for one in questions:
        yield form, one.table, one.name, one.kind, one.list_name, one.label, "" if one in shown else "yes"


def _copy(
    source: sqlite3.Connection, target: _Target, name: str, facts: Mapping[str, str], questions: list[Question]
) -> int:
    """Write one view as a table; how many lines it has."""
    kinds = {fact: "NUMERIC" if fact == _PLACE else "TEXT" for fact in facts}
    kinds |= {one.name: "NUMERIC" if one.kind in _NUMBERS else "TEXT" for one in questions}
    named = ", ".join(f"{_quoted(column)} {kind}" for column, kind in kinds.items())
    target.write(f"CREATE TABLE {_quoted(name)} ({named})")
    # With the view's name before it, a column that is not there is an error; SQLite takes it for a text otherwise.
    columns = ", ".join(f"v.{_quoted(column)}" for column in kinds)
    rows = source.execute(f"SELECT {columns} FROM {_quoted(_view_name(source, name))} v")  # noqa: S608 - quoted names
    marks, count = ", ".join("?" * len(kinds)), 0
    while lines := rows.fetchmany(_LINES):
        target.write(f"INSERT INTO {_quoted(name)} VALUES ({marks})", lines)  # noqa: S608 - quoted names
        count += len(lines)
    return count


def _view(
    connection: sqlite3.Connection,
    name: str,
    facts: dict[str, str],
    table: str,
    source: str,
    form: str,
    questions: list[Question],
) -> None:
    view = _quoted(_view_name(connection, name))
    columns = [f"{expression} AS {fact}" for fact, expression in facts.items()]
    columns += [f"({_cell(one, table)}) AS {_quoted(one.name)}" for one in questions]
    there = f"r.form = {_text(form)} AND r.id NOT IN ({BINNED})"
    if table:
        there += f" AND t.table_name = {_text(table)} AND t.removed = 0"
    connection.execute(f"DROP VIEW IF EXISTS {view}")
    body = ",\n  ".join(columns)
    connection.execute(f"CREATE VIEW {view} AS SELECT\n  {body}\n{source}\nWHERE {there}")


def _cell(question: Question, table: str) -> str:
    """The answer of one record, or of one row, to a question."""
    row = "t.row_id" if table else "''"
    where = (
        f"a.record = r.id AND a.table_name = {_text(table)} AND a.row_id = {row} AND a.name = {_text(question.name)}"
    )
    if question.is_many:
        # An inner query, so that the codes keep their order.
        return (
            "SELECT group_concat(code, ' ') FROM "  # noqa: S608 - the texts are quoted
            f"(SELECT j.value AS code FROM answers a, json_each(a.value) j WHERE {where} ORDER BY j.key)"
        )
    return f"SELECT json_extract(a.value, '$') FROM answers a WHERE {where}"  # noqa: S608 - the texts are quoted


def _view_name(connection: sqlite3.Connection, name: str) -> str:
    """The name itself, unless a table of the vault has it."""
    taken = "SELECT 1 FROM sqlite_master WHERE lower(name) = lower(?) AND type <> 'view'"
    return f"{name}_view" if connection.execute(taken, (name,)).fetchone() else name


def _shapes(connection: sqlite3.Connection, form: str) -> list[Shape]:
    """What the definitions of a form's records look like, that of the newest record first."""
    return [shape.of(connection, version) for (version,) in connection.execute(_VERSIONS, (form,)).fetchall()]


def _tables(versions: list[Shape]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table for each in versions for table in each.tables))


def _questions(versions: list[Shape]) -> list[Question]:
    """Each question once, as its newest version has it; confidential if any version says so."""
    strict = {name for each in versions for name, one in each.questions.items() if one.is_confidential}
    found: dict[str, Question] = {}
    for each in versions:
        for name, one in each.questions.items():
            found.setdefault(name.lower(), one.as_strict(name in strict))
    return list(found.values())


def _choices(form: str, versions: list[Shape]) -> Iterator[tuple[str, str, str, str, str]]:
    seen: set[tuple[str, str]] = set()
    for each in versions:
        for name, labels in each.lists.items():
            for code, label in labels.items():
                if (name, code) in seen:
                    continue
                seen.add((name, code))
                yield form, name, code, label, shape.LANGUAGE
                for language, words in each.translations.items():
                    if translated := words.get(f"choices:{name}:{code}:label"):
                        yield form, name, code, translated, language


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
