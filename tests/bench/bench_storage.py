"""The vault with 10,000 assessments of 12 answers: against plain SQLite, against an append, and against one of 100.

One saved answer goes through the store, as the same statements into a plain database, and as an append to a file; all
three wait for the disk each time (fsync). The list and the search are the store's own, and the same statements on the
plain database, which has the same tables, rows and settings, unencrypted. Each bar is asked at the end; what it
measured stands beside it. `python bench_storage.py RECORDS` takes fewer.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from hrddp_desktop.engine.definition import dump
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.vault import Office
from hrddp_desktop.storage import driver, keys, migrations, vault
from hrddp_desktop.storage.driver import Encrypted
from hrddp_desktop.storage.finding import Wanted
from hrddp_desktop.storage.records import Person, SetAnswer, Stored, Summary
from tests.bench.timing import Series, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import RawIOBase

    from hrddp_desktop.engine.definition import Definition
    from hrddp_desktop.storage.store import Store
    from hrddp_desktop.storage.vault import Vault

_RECORDS = 10_000
_FEW = 100
_ANSWERS = 12
_ROUNDS = 400
_LOOKS = 30
_PASSPHRASE = "a benchmark is no secret"
_PERSON = Person("", "", "", "ILM", "en")
_WORDS = [
    "border",
    "police",
    "harbour",
    "training",
    "register",
    "crossing",
    "women",
    "interview",
    "release",
    "custody",
    "officer",
    "district",
    "convoy",
    "fuel",
    "radio",
    "vehicle",
    "course",
    "detention",
    "hearing",
    "complaint",
    "monitor",
    "partner",
    "village",
    "road",
    "patrol",
    "guard",
    "station",
    "shelter",
    "camp",
    "lawyer",
    "judge",
    "hospital",
    "transfer",
    "report",
    "visit",
    "warning",
    "measure",
    "review",
]


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
def _recording(kind: str) -> Iterator[list[Recorder]]:
    """Every transaction that a store makes meanwhile, statement by statement; `kind` is writing or reading."""
    recorders: list[Recorder] = []
    as_it_was = getattr(Encrypted, kind)

    @contextlib.contextmanager
    def noting(self: Encrypted) -> Iterator[Recorder]:
        with as_it_was(self) as connection:
            recorders.append(Recorder(connection))
            yield recorders[-1]

    setattr(Encrypted, kind, noting)
    try:
        yield recorders
    finally:
        setattr(Encrypted, kind, as_it_was)


def _plain_copy(encrypted: sqlite3.Connection, file: Path) -> sqlite3.Connection:
    """The same database without encryption, with the same settings; but older SQLite trusts no index in a trigger."""
    encrypted.execute("ATTACH ? AS plain KEY ''", (str(file),))
    encrypted.execute("SELECT sqlcipher_export('plain')").fetchall()
    encrypted.execute("DETACH plain")
    plain = sqlite3.connect(file, isolation_level=None)
    for setting in (
        "journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store",
        "wal_autocheckpoint", "cache_size",
    ):  # fmt: skip
        (value,) = encrypted.execute(f"PRAGMA {setting}").fetchone()
        plain.execute(f"PRAGMA {setting} = {value}")
    return plain


def _questions(definition: Definition) -> list[str]:
    """As many plain text questions as a record gets answers."""
    items = (item for item in definition.items.values() if item.type == "text" and not item.table)
    return [item.name for item in items if item.cell("sensitivity") != "strictly_confidential"][:_ANSWERS]


def _sentence(seed: int, length: int = 9) -> str:
    """Words that differ from answer to answer, always the same ones."""
    return " ".join(_WORDS[(seed * 7919 + each * each * 104729 + seed // 37) % len(_WORDS)] for each in range(length))


def _fill(store: Store, definition: Definition, records: int) -> str:
    """Records as a busy office has them; the id of the last."""
    names, body = _questions(definition), dump(definition)
    for number in range(records):
        answers = {name: f"{_sentence(number * _ANSWERS + at)} {number}" for at, name in enumerate(names)}
        record = f"00000000-0000-4000-8000-{number:012}"
        day = date.fromordinal(date(2026, 1, 1).toordinal() + number % 300)
        stored = Stored(record, "assessment", definition.version, definition.hash, day, dict(answers), {})
        line = Summary(
            record, "assessment", _sentence(number, 5), f"ILM-{number}", ("ILM", "BMR")[number % 2], "DORV", "draft",
            ("escalate", "may_proceed", "incomplete")[number % 3], day, day, definition.hash,
        )  # fmt: skip
        store.import_record(stored, line, definition_bytes=body)
    return record


def _replay(plain: sqlite3.Connection, statements: list[tuple[str, Any]]) -> None:
    plain.execute("BEGIN")
    for statement, parameters in statements:
        plain.execute(statement, parameters).fetchall()
    plain.execute("COMMIT")


def _append(log: RawIOBase, line: bytes) -> None:
    log.write(line)
    os.fsync(log.fileno())


class Bars:
    """What was asked for, and whether it was kept."""

    def __init__(self) -> None:
        self.missed = 0
        self.lines: list[str] = []

    def ask(self, what: str, measured: float, most: float, least: float = 0.0) -> None:
        """Note one bar."""
        kept = least <= measured <= most
        self.missed += not kept
        self.lines.append(f"{what:62}{measured:9.3g}   bar {most:g}   {'kept' if kept else 'MISSED'}")

    def show(self) -> int:
        """Print them; 1 when one was missed."""
        print("\n" + "\n".join(self.lines))
        return int(self.missed > 0)


def main(folder: Path, records: int) -> int:
    """Measure and show."""
    bars, forms = Bars(), Forms()
    definition = forms.definition("assessment")
    few, many = folder / "few.hrddp", folder / "many.hrddp"
    for place, count in ((few, min(_FEW, records)), (many, records)):
        with _made(place) as opened:
            record = _fill(opened.store, definition, count)
    with vault.unlock(many, _PASSPHRASE) as opened:
        plain = _saved_answers(opened, record, definition, folder, bars)
        keyless = driver.connect_plain(folder / "plain.db")
        _looks(opened, keyless, plain, bars)
        keyless.close()
        plain.close()
    _unlocks(many, bars)
    _home(few, many, forms, bars)
    return bars.show()


def _made(folder: Path) -> Vault:
    """A vault that does not wait for the disk while it is filled; it does once it is opened anew."""
    opened = vault.create(folder, _PASSPHRASE, _PERSON)
    opened.store._db.conn.execute("PRAGMA synchronous = OFF")  # noqa: SLF001 - for filling only
    return opened


def _saved_answers(opened: Vault, record: str, definition: Definition, folder: Path, bars: Bars) -> sqlite3.Connection:
    store, names = opened.store, _questions(definition)
    encrypted, same, append = Series("the store"), Series("plain sqlite3"), Series("append + fsync")
    summary = Summary(record, "assessment", title="Driver training", status="draft", outcome="incomplete")
    with (folder / "log").open("ab", buffering=0) as log, _recording("writing") as transactions:
        store.commit(record, SetAnswer(names[0], "the first of the run"), summary)
        plain = _plain_copy(transactions[-1].connection, folder / "plain.db")
        for turn in range(_ROUNDS):
            edit = SetAnswer(names[turn % _ANSWERS], f"{_sentence(turn)}, written in turn {turn}")
            encrypted.measure(store.commit, record, edit, summary)
            same.measure(_replay, plain, transactions[-1].statements)
            append.measure(_append, log, repr(edit).encode() + b"\n")
    _check_same(store, record, plain)
    show("One saved answer", [encrypted, same, append], [same, append])
    bars.ask("one saved answer, x the same statements on plain sqlite3", encrypted.middle / same.middle, 1.8)
    bars.ask("one saved answer, x append + fsync", encrypted.middle / append.middle, 4.0)
    print(f"means: {fmean(encrypted.seconds) / fmean(same.seconds):.3g} x plain")
    return plain


def _looks(opened: Vault, keyless: sqlite3.Connection, plain: sqlite3.Connection, bars: Bars) -> None:
    """The list and the search, each beside its own statements on the plain database.

    The bar is asked of the same SQLite without a key; Python's own is another version, and stands beside it.
    """
    store = opened.store
    looks: dict[str, Callable[[], object]] = {
        "list, the newest 100": lambda: store.find(Wanted(), 100),
        "list, everything": lambda: store.records(),
        "list, filtered and sorted": lambda: store.find(Wanted(country="BMR", outcome="escalate"), 100),
        "search, one word": lambda: store.find(Wanted(("harbour",)), 50),
        "search, two words": lambda: store.find(Wanted(("harbour", "conv")), 50),
        "search, a number": lambda: store.find(Wanted(("4711",)), 50),
    }
    for name, look in looks.items():
        with _recording("reading") as transactions:
            look()
        statements = transactions[-1].statements
        ours, same = Series(name), Series("the same SQL, encrypted")
        theirs, python = Series("plain SQLite"), Series("Python's sqlite3")
        for _turn in range(_LOOKS):
            ours.measure(look)
            same.measure(_replay, transactions[-1].connection, statements)
            theirs.measure(_replay, keyless, statements)
            python.measure(_replay, plain, statements)
        show(name, [ours, same, theirs, python], [theirs, python])
        bars.ask(f"{name}, the same SQL x plain SQLite", same.middle / theirs.middle, 1.2)


def _unlocks(folder: Path, bars: Bars) -> None:
    unlock, key = Series("unlock"), Series("its Argon2id alone")
    found = keys.read(folder, migrations.VERSION)
    for _turn in range(10):
        unlock.measure(lambda: vault.unlock(folder, _PASSPHRASE).lock())
        key.measure(found.open, _PASSPHRASE)
    show("Unlock", [unlock, key], [key])
    bars.ask("unlock, ms", unlock.middle * 1e3, 500, 100)
    cost = keys.Cost()
    bars.ask("Argon2id, MiB below 64 and passes below 3", (cost.memory_kib < 65536) + (cost.passes < 3), 0)


def _home(few: Path, many: Path, forms: Forms, bars: Bars) -> None:
    """Home from the open vault to the painted list."""
    from PySide6.QtWidgets import QApplication

    from hrddp_desktop.i18n import words
    from hrddp_desktop.ui.home import Home
    from hrddp_desktop.ui.theme import Theme
    from hrddp_desktop.ui.work import Work

    app = QApplication.instance() or QApplication(["bench"])
    work = Work()
    theme = Theme(app)  # type: ignore[arg-type]  # it is one
    said, hundred, thousands = words("en"), Series(f"home, {_FEW} records"), Series("home, all records")

    def shown(office: Office) -> None:
        home = Home(office, said, work)
        home.resize(1180, 760)
        home.grab()
        home.deleteLater()

    with Office(vault.unlock(few, _PASSPHRASE), forms) as a, Office(vault.unlock(many, _PASSPHRASE), forms) as b:
        for office in (a, b, a, b):
            shown(office)
        for _turn in range(_LOOKS):
            hundred.measure(shown, a)
            thousands.measure(shown, b)
    show("Home", [hundred, thousands], [hundred])
    bars.ask("home with all records, x home with 100", thousands.middle / hundred.middle, 1.3)
    del theme


def _check_same(store: Store, record: str, plain: sqlite3.Connection) -> None:
    """The control: both databases hold the same answers and find them, so both did the work."""
    found = plain.execute(
        "SELECT a.name, a.value FROM answers a JOIN records r ON r.id = a.record WHERE r.uuid = ?", (record,)
    )
    plain_answers = {name: value.strip('"') for name, value in found}
    turn = f'"{_ROUNDS - 1}"*'
    hits = plain.execute("SELECT count(*) FROM search WHERE search MATCH ?", (turn,)).fetchone()
    if plain_answers != store.load(record).answers or not hits[0]:
        raise SystemExit("The plain database does not hold what the store holds: nothing was measured.")


if __name__ == "__main__":
    base = (
        Path(__file__).parent.parent.parent / "build"
    )  # the disk that the repository is on; a memory disk would flatter
    base.mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=base))
    try:
        code = main(place, int(sys.argv[1]) if sys.argv[1:] else _RECORDS)
    finally:
        shutil.rmtree(place)
    sys.exit(code)
