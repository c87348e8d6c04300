"""A damaged vault, read page by page into a new one, with a report of what was lost.

SQLCipher refuses a page whose hash is wrong; everything beside it is read by going round the gap. A record whose
chain is whole comes over as it is, its answers rebuilt from the chain where they differ. Of a record whose chain has a
gap what can be read comes over as received anew, and the report says so. The damaged vault is only read.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hrddp_desktop import clock
from hrddp_desktop.errors import Code, VaultError
from hrddp_desktop.storage import attached, backups, chain, checking, driver, editing, keys, migrations, plain, search
from hrddp_desktop.storage.chain import Change, Head, Step, Writer
from hrddp_desktop.storage.records import What
from hrddp_desktop.storage.vault import MADE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from hrddp_desktop.storage.driver import Encrypted
    from hrddp_desktop.storage.keys import Keys

Line = dict[str, Any]
_FARTHEST: Final = 1 << 40
_SMALLEST_GAP: Final = 4
_UNKNOWN_END: Final = 512
_PROBES: Final = 4000
"""How many openings one table may take; each reads around one gap."""
_OF_RECORD: Final = ("answers", "rows", *editing.BESIDE.values(), "contents", "drafts", "signatures")
_MADE_ANEW: Final = "texts"
"""The index of words: it is made anew from what came over, so what of it cannot be read is no loss."""


@dataclass(slots=True)
class Lost:
    """What a salvage could not bring over, as numbers and ids, and what it did."""

    whole: list[str] = field(default_factory=list)
    """Records that came over with their whole history."""
    mended: list[str] = field(default_factory=list)
    """The same, their answers or their line in the list rebuilt from the history."""
    without_history: list[str] = field(default_factory=list)
    """Records of which the answers that could be read came over, as received anew."""
    records: list[str] = field(default_factory=list)
    """Records that are lost."""
    lines: dict[str, int] = field(default_factory=dict)
    """Gaps by table: how often reading it broke off."""
    secrets: bool = False
    """Whether the signing identity may be among what is lost."""

    @property
    def is_nothing(self) -> bool:
        """Whether everything came over as it was."""
        return not (self.mended or self.without_history or self.records or self.lines)


def salvage(folder: Path, passphrase: str, target: Path, *, definitions: Mapping[str, bytes] | None = None) -> Lost:
    """Bring what can be read of the vault in `folder` into a new vault `target`, opened by the same passphrases.

    `definitions` are forms by hash, for those that cannot be read any more. Raises VaultError(VAULT_EXISTS |
    KEYS_LOST | WRONG_PASSPHRASE | VAULT_NEWER | VAULT_HOPELESS | VAULT_NO_ROOM | VAULT_NOT_MADE); then nothing is
    left behind.
    """
    target = target.absolute()
    if target.exists() or target.is_symlink():
        raise VaultError(Code.VAULT_EXISTS, folder=target)
    key_file = keys.read_any(folder, migrations.VERSION)
    slot, key = key_file.open(passphrase)
    building = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with backups.naming_new_vault():
            target.parent.mkdir(parents=True, exist_ok=True)
            building.mkdir(mode=0o700)
            (building / backups.BACKUPS).mkdir(mode=0o700)
            scratch = _scratch(folder, building)
            lost = Lost()
            tables = _Reader(scratch / backups.DATA, key, lost).tables()
            shutil.rmtree(scratch)
            _build(building, key_file, key, _Salvaged(tables, lost, slot, dict(definitions or {})))
            building.rename(target)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return lost


def _scratch(folder: Path, building: Path) -> Path:
    """The damaged files, copied: SQLite writes beside what it opens."""
    scratch = building / "scratch"
    scratch.mkdir(mode=0o700)
    for name in (backups.DATA, f"{backups.DATA}-wal"):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, scratch / name)
    return scratch


# ------------------------------------------------------------------------------------------------------------- reading


class _Reader:
    """Reads the tables of a damaged database, each as far as it goes.

    After one bad page SQLCipher trusts nothing on that connection any more: each gap costs a new one.
    """

    def __init__(self, file: Path, key: bytes, lost: Lost) -> None:
        self._file = file
        self._key = key
        self._lost = lost
        self._probes = 0

    def tables(self) -> dict[str, list[Line]]:
        """The lines of every table of the schema by name. Raises VaultError(VAULT_HOPELESS | VAULT_NEWER)."""
        try:
            with driver.peeking(self._file, self._key) as connection:
                (found,) = connection.execute("PRAGMA user_version").fetchone()
                names = [
                    name for (name,) in connection.execute(
                        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0"
                    )
                    if not name.startswith(("sqlite_", "_sqlite")) and name != _MADE_ANEW
                ]  # fmt: skip
        except VaultError as error:
            raise VaultError(Code.VAULT_HOPELESS) from error
        if found > migrations.VERSION:
            raise keys.newer((keys.FORMAT, found), migrations.VERSION)
        return {name: self._table(name) for name in names}

    def _table(self, table: str) -> list[Line]:
        self._probes = 0
        lines: dict[int, Line] = {}
        if not self._ascend(table, 0, _FARTHEST, lines):
            self._lost.lines[table] = 1
            self._round(table, max(lines, default=0), _FARTHEST, lines)
        return [lines[number] for number in sorted(lines)]

    def _round(self, table: str, below: int, above: int, lines: dict[int, Line]) -> None:
        """Find what can be read between two lines, from above and then by halves."""
        step = 1
        while below + step < above and not self._ascend(table, below + step, above, lines):
            found = [number for number in lines if below + step < number < above]
            if found:  # it read on and met the next gap
                self._round(table, max(found), above, lines)
                break
            step *= 2
        # Behind the last line that can be read nobody knows where the table ends.
        end = min(above, below + _UNKNOWN_END)
        self._halve(table, below, min((number for number in lines if number > below), default=end), lines)

    def _halve(self, table: str, below: int, above: int, lines: dict[int, Line]) -> None:
        if above - below <= _SMALLEST_GAP or self._probes > _PROBES:
            return
        middle = (below + above) // 2
        self._ascend(table, middle, above, lines)
        self._halve(table, below, min((n for n in lines if middle < n < above), default=middle), lines)
        self._halve(table, max((n for n in lines if middle < n < above), default=middle), above, lines)

    def _ascend(self, table: str, below: int, above: int, lines: dict[int, Line]) -> bool:
        """Read upwards between two numbers, until there is no more (True) or a page is refused (False)."""
        self._probes += 1
        query = f'SELECT rowid AS "_number", * FROM "{table}" WHERE rowid > ? AND rowid < ? ORDER BY rowid'  # noqa: S608 - a name that the schema gave
        try:
            with driver.peeking(self._file, self._key) as connection:
                found = connection.execute(query, (below, above))
                names = [column[0] for column in found.description]
                for number, *values in found:
                    lines[number] = dict(zip(names[1:], values, strict=True))
        except VaultError:
            return False
        return True


# ------------------------------------------------------------------------------------------------------------ building


class _Salvaged:
    """What was read, by record."""

    def __init__(self, tables: dict[str, list[Line]], lost: Lost, slot: str, definitions: dict[str, bytes]) -> None:
        self.lost = lost
        self.slot = slot
        self.tables = tables
        self.definitions = definitions | {line["hash"]: line["body"] for line in tables.get("definitions", ())}
        self.records = {line["id"]: line for line in tables.get("records", ())}
        self.summaries = {line["id"]: line for line in tables.get("summaries", ())}
        self.payloads = {line["entry"]: line for line in tables.get("payloads", ())}
        self._lines = {table: _by_record(tables.get(table, ())) for table in (*_OF_RECORD, "bin")}
        self.entries = _by_record(tables.get("entries", ()))

    def identities(self) -> list[int]:
        """Every record that anything was read of."""
        return sorted({*self.records, *self.summaries, *self.entries})

    def of(self, table: str, record: int) -> list[Line]:
        """The lines of a table that belong to a record."""
        return self._lines[table].get(record, [])


def _by_record(lines: Sequence[Line]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(line["record"], []).append(line)
    return found


def _build(building: Path, key_file: Keys, key: bytes, salvaged: _Salvaged) -> None:
    file = building / backups.DATA
    file.touch(mode=0o600)
    db = driver.make(file, key)
    try:
        migrations.apply(db)
        with db.writing() as connection:
            connection.execute("PRAGMA defer_foreign_keys = ON")
            _vault_tables(db, key_file, salvaged)
            broken = [_record(db, connection, identity, salvaged) for identity in salvaged.identities()]
            # Last, because their new entries take ids that belong to entries of other records.
            for head in filter(None, broken):
                _receive(connection, head, salvaged)
        _others(db, salvaged)
        with db.writing() as connection:
            _what_follows(connection)
    finally:
        db.close()
    keys.write(building, key_file)


def _what_follows(connection: sqlite3.Connection) -> None:
    """The index and the plain views, made from the records; files whose content was lost are known as such."""
    # A damaged page inside a long content can be read as blanks, without a word.
    for (record,) in connection.execute("SELECT DISTINCT record FROM attachments").fetchall():
        spoilt = [(record, path) for path in attached.altered(connection, record)]
        connection.executemany("DELETE FROM contents WHERE record = ? AND path = ?", spoilt)
    connection.execute(
        "INSERT OR IGNORE INTO contents (record, path, content) SELECT record, path, NULL FROM attachments"
    )
    search.rebuild(connection)
    for (form,) in connection.execute("SELECT DISTINCT form FROM records ORDER BY form").fetchall():
        plain.keep_in_step(connection, form)


def _vault_tables(db: Encrypted, key_file: Keys, salvaged: _Salvaged) -> None:
    noted = {line["name"]: line["value"] for line in salvaged.tables.get("meta", ())}
    facts = {MADE: clock.now().date().isoformat(), **noted, keys.NAME: keys.dump(key_file).decode()}
    db.table("meta").insert_all({"name": name, "value": value} for name, value in facts.items())
    for table in ("secrets", "people"):
        db.table(table).insert_all(salvaged.tables.get(table, ()))
    salvaged.lost.secrets = "secrets" in salvaged.lost.lines
    blank = dict.fromkeys(("name", "function", "station", "country"), "")
    db.table("people").insert({"slot": salvaged.slot, **blank, "language": "en"}, ignore=True)


def _record(db: Encrypted, connection: sqlite3.Connection, identity: int, salvaged: _Salvaged) -> Head | None:
    """Bring one record over, as it was or mended from its chain; its place if its history has to begin anew."""
    lost = salvaged.lost
    record = salvaged.records.get(identity) or _record_line(identity, salvaged)
    uuid = str(record["uuid"] if record else salvaged.summaries.get(identity, {}).get("uuid", ""))
    body = salvaged.definitions.get(record["definition"]) if record else None
    if record is None or body is None:
        lost.records.append(uuid or f"#{identity}")
        return None
    db.table("definitions").insert({"hash": record["definition"], "body": body}, ignore=True)
    db.table("records").insert(record)
    summary = salvaged.summaries.get(identity) or _summary_line(record, salvaged)
    db.table("summaries").insert(summary)
    for table in _OF_RECORD:
        db.table(table).insert_all(salvaged.of(table, identity))
    db.table("bin").insert_all(salvaged.of("bin", identity))
    head = Head(identity, uuid, summary["entries"], summary["head"])
    if _bring_history(db, connection, head, salvaged):
        _keep(db, connection, head, salvaged)
        return None
    lost.without_history.append(uuid)
    return head


def _bring_history(db: Encrypted, connection: sqlite3.Connection, head: Head, salvaged: _Salvaged) -> bool:
    """Bring the entries of a record over, if none is missing."""
    connection.execute("SAVEPOINT history")
    entries = salvaged.entries.get(head.id, [])
    payloads = [salvaged.payloads[entry["id"]] for entry in entries if entry["id"] in salvaged.payloads]
    db.table("entries").insert_all(entries)
    db.table("payloads").insert_all(payloads)
    # Every entry has its line of values, emptied or not: a lost one would pass for one that was erased for safety.
    is_whole = len(payloads) == len(entries) and not list(chain.verify(connection, head))
    if not is_whole:
        connection.execute("ROLLBACK TO history")
    connection.execute("RELEASE history")
    return is_whole


def _keep(db: Encrypted, connection: sqlite3.Connection, head: Head, salvaged: _Salvaged) -> None:
    if not checking.differing(connection, head):
        (salvaged.lost.whole if head.id in salvaged.summaries else salvaged.lost.mended).append(head.uuid)
        return
    for table in ("answers", "rows", *editing.BESIDE.values()):
        connection.execute(f"DELETE FROM {table} WHERE record = ?", (head.id,))  # noqa: S608 - names above
    _replay(db, head.id, salvaged)
    salvaged.lost.mended.append(head.uuid)


def _replay(db: Encrypted, identity: int, salvaged: _Salvaged) -> None:
    """Answers, rows and what stands beside answers as the history leaves them."""
    tables: dict[str, list[str]] = {}
    used: dict[tuple[str, str], bool] = {}
    for what, path, new in _history(salvaged, identity):
        if what in checking.ROW_ENTRIES:
            checking.replay(tables, what, path, new)
            table, row = path.split("/")
            used[table, row] = what is What.ROW_REMOVED
    for (table, row), removed in used.items():
        place = 0 if removed else tables[table].index(row)
        line = {"table_name": table, "row_id": row, "place": place, "removed": int(removed)}
        db.table("rows").insert({"record": identity, **line})
    for (what, path), value in _last_values(salvaged, identity).items():
        if what is What.ANSWERED:
            table, row, name = editing.cell(path)
            line = {"table_name": table, "row_id": row, "name": name, "value": value}
            db.table("answers").insert({"record": identity, **line})
        else:
            db.table(editing.BESIDE[what]).insert({"record": identity, "path": path, "value": value})


def _receive(connection: sqlite3.Connection, head: Head, salvaged: _Salvaged) -> None:
    """Begin the history anew with what the record holds; what only the old history still knows is added."""
    writer, at = Writer(salvaged.slot, ""), clock.now().isoformat()
    _add_known(connection, head.id, salvaged)
    record = salvaged.records.get(head.id) or {}
    facts = {name: str(record.get(name, "")) for name in ("form", "version", "definition", "related", "created")}
    head = chain.append(
        connection, Head(head.id, head.uuid, 0, chain.GENESIS), Change(What.RECEIVED, "", None, chain.text(facts)),
        writer, at,
    )  # fmt: skip
    step = Step(head.entries)
    for change in _held(connection, head.id):
        head = chain.append(connection, head, change, writer, at, step)
    connection.execute(
        "UPDATE summaries SET entries = ?, head = ?, status = '', outcome = '' WHERE id = ?",
        (head.entries, head.hash, head.id),
    )


def _add_known(connection: sqlite3.Connection, identity: int, salvaged: _Salvaged) -> None:
    rows = {(line["table_name"], line["row_id"]) for line in salvaged.of("rows", identity)}
    needed = [(line["table_name"], line["row_id"]) for line in salvaged.of("answers", identity) if line["table_name"]]
    for (what, path), value in _last_values(salvaged, identity).items():
        if what is not What.ANSWERED:
            connection.execute(
                f"INSERT OR IGNORE INTO {editing.BESIDE[what]} (record, path, value) VALUES (?, ?, ?)",  # noqa: S608
                (identity, path, value),
            )
            continue
        cell = editing.cell(path)
        needed += [cell[:2]] if cell[0] else []
        connection.execute(
            "INSERT OR IGNORE INTO answers (record, table_name, row_id, name, value) VALUES (?, ?, ?, ?, ?)",
            (identity, *cell, value),
        )
    for table, row in dict.fromkeys(needed):
        if (table, row) not in rows:
            connection.execute(
                "INSERT INTO rows (record, table_name, row_id, place, removed) VALUES (?, ?, ?, "
                "(SELECT count(*) FROM rows WHERE record = ? AND table_name = ? AND removed = 0), 0)",
                (identity, table, row, identity, table),
            )
    _number_rows(connection, identity)


def _number_rows(connection: sqlite3.Connection, identity: int) -> None:
    places: dict[str, int] = {}
    for table, row in connection.execute(
        "SELECT table_name, row_id FROM rows WHERE record = ? AND removed = 0 ORDER BY table_name, place", (identity,)
    ).fetchall():
        place = places[table] = places.get(table, -1) + 1
        connection.execute(
            "UPDATE rows SET place = ? WHERE record = ? AND table_name = ? AND row_id = ?",
            (place, identity, table, row),
        )


def _held(connection: sqlite3.Connection, identity: int) -> Iterator[Change]:
    """The entries that make an empty record hold what this one holds."""
    for table, row, place, removed in connection.execute(
        "SELECT table_name, row_id, place, removed FROM rows WHERE record = ? ORDER BY removed, table_name, place",
        (identity,),
    ).fetchall():
        if not removed:
            yield Change(What.ROW_ADDED, f"{table}/{row}", None, chain.text(place))
    for (what, path), value in checking.current(connection, identity):
        yield Change(what, path, None, value)


def _history(salvaged: _Salvaged, identity: int) -> Iterator[tuple[What, str, str | None]]:
    for entry in sorted(salvaged.entries.get(identity, ()), key=lambda line: int(line["number"])):
        payload = salvaged.payloads.get(entry["id"], {})
        yield What(entry["what"]), str(entry["path"]), payload.get("new")


def _last_values(salvaged: _Salvaged, identity: int) -> dict[tuple[What, str], str]:
    last: dict[tuple[What, str], str | None] = {}
    for what, path, new in _history(salvaged, identity):
        if what is What.ANSWERED or what in editing.BESIDE:
            last[what, path] = new
    return {place: value for place, value in last.items() if value is not None}


def _record_line(identity: int, salvaged: _Salvaged) -> Line | None:
    """The line of a record, rebuilt from its first entry."""
    summary = salvaged.summaries.get(identity)
    for what, _, new in _history(salvaged, identity):
        if what in {What.CREATED, What.RECEIVED} and new is not None and summary is not None:
            facts = json.loads(new)
            salvaged.records[identity] = {"id": identity, "uuid": summary["uuid"], **facts}
            return salvaged.records[identity]
    return None


def _summary_line(record: Line, salvaged: _Salvaged) -> Line:
    """An empty line of the list; whoever knows the form fills it."""
    texts = dict.fromkeys(("title", "reference", "country", "station", "status", "outcome"), "")
    blank: Line = {"number": 0, "hash": chain.GENESIS, "at": f"{record['created']}T00:00:00+00:00"}
    last = max(salvaged.entries.get(record["id"], [blank]), key=lambda entry: int(entry["number"]))
    names = {name: record[name] for name in ("id", "uuid", "form", "definition", "related")}
    return {**names, **texts, "changed": last["at"], "entries": last["number"], "head": last["hash"]}


def _others(db: Encrypted, salvaged: _Salvaged) -> None:
    """Tables of other rooms of the house: line by line, what fits."""
    ours = {
        *_OF_RECORD,
        "records",
        "summaries",
        "entries",
        "payloads",
        "definitions",
        "meta",
        "people",
        "secrets",
        "bin",
    }
    there = set(db.table_names())
    for table, lines in salvaged.tables.items():
        if table in there and table not in ours:
            for line in lines:
                with contextlib.suppress(driver.Error, VaultError), db.writing():
                    db.table(table).insert(line, ignore=True)
