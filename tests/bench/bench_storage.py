"""One saved answer: through the store, as the same statements on a plain database, and as an append to a file.

All three wait for the disk each time (fsync); the plain database has the same tables, rows and settings, unencrypted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hrddp_desktop.storage import vault
from hrddp_desktop.storage.driver import Encrypted
from hrddp_desktop.storage.records import Person, SetAnswer, Stored, Summary
from tests.bench.timing import Series, show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import RawIOBase

    from hrddp_desktop.storage.store import Store

_RECORDS = 100
_ANSWERS = 40
_ROUNDS = 400
_PASSPHRASE = "a benchmark is no secret"


class Recorder:
    """Stands before a connection and notes every statement with its parameters."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.statements: list[tuple[str, Any]] = []

    def execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:  # noqa: ANN401 - passed on as it came
        """Note it and carry it out."""
        self.statements.append((statement, parameters))
        return self.connection.execute(statement, parameters)


@contextlib.contextmanager
def _recording() -> Iterator[list[Recorder]]:
    """Every transaction that a store writes meanwhile, statement by statement."""
    recorders: list[Recorder] = []
    as_it_was = Encrypted.writing

    @contextlib.contextmanager
    def writing(self: Encrypted) -> Iterator[sqlite3.Connection]:
        with as_it_was(self) as connection:
            recorders.append(Recorder(connection))
            yield recorders[-1]  # type: ignore[misc]  # it does all that the store asks for when it saves an answer

    Encrypted.writing = writing  # type: ignore[method-assign]  # for as long as it records
    try:
        yield recorders
    finally:
        Encrypted.writing = as_it_was  # type: ignore[method-assign]  # see above


def _plain_copy(encrypted: sqlite3.Connection, file: Path) -> sqlite3.Connection:
    """The same database without encryption, with the same settings."""
    encrypted.execute("ATTACH ? AS plain KEY ''", (str(file),))
    encrypted.execute("SELECT sqlcipher_export('plain')").fetchall()
    encrypted.execute("DETACH plain")
    plain = sqlite3.connect(file, isolation_level=None)
    for setting in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store", "trusted_schema"):
        (value,) = encrypted.execute(f"PRAGMA {setting}").fetchone()
        plain.execute(f"PRAGMA {setting} = {value}")
    return plain


def _fill(store: Store) -> str:
    """Records as a busy office has them; the id of the last."""
    for number in range(_RECORDS):
        answers = {f"q{each}": f"answer {each} of record {number}, a line long" for each in range(_ANSWERS)}
        record = f"00000000-0000-4000-8000-{number:012}"
        stored = Stored(record, "assessment", "1", "sha256:0", date(2026, 1, 20), dict(answers), {})
        store.import_record(stored, Summary(record, "assessment"), definition_bytes=b"{}")
    return record


def _replay(plain: sqlite3.Connection, statements: list[tuple[str, Any]]) -> None:
    plain.execute("BEGIN IMMEDIATE")
    for statement, parameters in statements:
        plain.execute(statement, parameters).fetchall()
    plain.execute("COMMIT")


def _append(log: RawIOBase, line: bytes) -> None:
    log.write(line)
    os.fsync(log.fileno())


def main(folder: Path) -> None:
    """Measure and show."""
    encrypted, same, append = Series("the store"), Series("plain sqlite3"), Series("append + fsync")
    with vault.create(folder / "bench.hrddp", _PASSPHRASE, Person("", "", "", "", "en")) as opened:
        store = opened.store
        record = _fill(store)
        summary = Summary(record, "assessment", title="Driver training", status="draft", outcome="incomplete")
        with (folder / "log").open("ab", buffering=0) as log, _recording() as transactions:
            store.commit(record, SetAnswer("q0", "the first of the run"), summary)
            plain = _plain_copy(transactions[-1].connection, folder / "plain.db")
            for turn in range(_ROUNDS):
                edit = SetAnswer(f"q{turn % _ANSWERS}", f"another answer, a line long, written in turn {turn}")
                encrypted.measure(store.commit, record, edit, summary)
                same.measure(_replay, plain, transactions[-1].statements)
                append.measure(_append, log, repr(edit).encode() + b"\n")
        _check_same(store, record, plain)
        plain.close()
    show(f"One saved answer ({_RECORDS} records of {_ANSWERS} answers)", [encrypted, same, append], [same, append])


def _check_same(store: Store, record: str, plain: sqlite3.Connection) -> None:
    """The control: both databases hold the same answers, so both did the work."""
    found = plain.execute(
        "SELECT a.name, a.value FROM answers a JOIN records r ON r.id = a.record WHERE r.uuid = ?", (record,)
    )
    plain_answers = {name: value.strip('"') for name, value in found}
    if plain_answers != store.load(record).answers:
        raise SystemExit("The plain database does not hold what the store holds: nothing was measured.")


if __name__ == "__main__":
    base = (
        Path(__file__).parent.parent.parent / "build"
    )  # the disk that the repository is on; a memory disk would flatter
    base.mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=base))
    try:
        main(place)
    finally:
        shutil.rmtree(place)
