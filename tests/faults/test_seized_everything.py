"""vault.md: a laptop that is seized or stolen, and a name typed by mistake; the whole app, every file that it wrote."""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
import zipfile
import zlib
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import paths
from hrddp_desktop.services import backups, vault
from hrddp_desktop.services.backups import Copier
from hrddp_desktop.services.forms import Forms
from hrddp_desktop.services.records import Office
from hrddp_desktop.storage import vault as storage
from hrddp_desktop.storage.backups import listing, place_of, second_place
from hrddp_desktop.storage.records import Fault
from tests.faults.spellings import files_with
from tests.storage.pages import files_that_hold
from tests.storage.vaults import PASSPHRASE, database, new_vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hrddp_desktop.services.records import Assessment

LATIN, ARABIC = "Kanarienvogel7731", "الكناري"
PHRASE = f"{LATIN} {ARABIC}"
LIMIT_S = 120


def live(sandbox: Path, *manner: str) -> Iterator[set[str]]:
    """A person types the phrase everywhere; files that hold it while the vault is open, then when all is closed."""
    home = sandbox / "home"
    moved = {name: sandbox / name.lower() for name in ("TMPDIR", "SQLITE_TMPDIR", "XDG_RUNTIME_DIR")}
    moved |= {f"XDG_{name}_HOME": home / f".{name.lower()}" for name in ("CACHE", "CONFIG", "DATA", "STATE")}
    stick = sandbox / "stick"
    for folder in (home, stick, *moved.values()):
        folder.mkdir(parents=True, mode=0o700)
    places = {name: str(folder) for name, folder in moved.items()}
    app = {"HOME": str(home), "HRDDP_HOME": str(home / "hrddp"), "QT_QPA_PLATFORM": "offscreen"}
    with (sandbox / "standard error").open("wb") as errors:
        child = subprocess.Popen(
            [sys.executable, "-B", "-m", "tests.faults.everywhere", PASSPHRASE, PHRASE, str(stick), *manner],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=paths.data_root(),
            env={**os.environ, **places, **app},
        )
    try:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == b"open\n", (sandbox / "standard error").read_text("utf-8")
        yield files_with(sandbox, LATIN, ARABIC, PASSPHRASE)
        child.communicate(b"\n", timeout=LIMIT_S)
        assert child.returncode == 0
        yield files_with(sandbox, LATIN, ARABIC, PASSPHRASE)
    finally:
        child.kill()
        child.communicate()


def test_whatever_was_typed_in_the_app_stands_in_no_file_in_clear(tmp_path: Path) -> None:
    while_open, afterwards = live(tmp_path)
    assert while_open == set()
    assert afterwards == set()
    there = {path.name for path in tmp_path.rglob("*")}
    # What the search went through: the database and its copies at both places, the settings, the log of the fault.
    assert {"data", "keys", "backups", "settings.json", "faults.log", "report of a fault.txt"} <= there
    assert list((tmp_path / "stick").rglob("data"))
    with vault.open_vault(tmp_path / "home" / "hrddp" / "assessments.hrddp", PASSPHRASE) as office:
        assert office.person.name == PHRASE
        assert len(office.bin.records()) == 1
        titles = {str(office.open(line.record).session.value("a0_title")) for line in office.records()}
        assert titles == {f"a0_title {PHRASE}", f"half of {PHRASE}"}


def test_a_report_that_quotes_the_fault_is_found(tmp_path: Path) -> None:
    """The control: the same app, with crash reports as most programs write them."""
    while_open, afterwards = live(tmp_path, "--telling")
    assert while_open == afterwards == {"faults.log", "report of a fault.txt", "standard error"}


@pytest.mark.parametrize("word", [LATIN, ARABIC])
def test_the_phrase_is_found_however_it_is_spelt(tmp_path: Path, word: str) -> None:
    """The control of the search."""
    text = f"because of {word}, she said".encode()
    spelt = {
        "plain": text,
        "wide": text.decode().encode("utf-16-le"),
        "escaped": json.dumps(text.decode()).encode(),
        "hexadecimal": text.hex().encode(),
        "zlib": b"%PDF stream " + zlib.compress(text) + b" endstream",
        "gzip": gzip.compress(text),
        "twice": gzip.compress(b"x" + zlib.compress(text)),
        "cut": zlib.compress(text + os.urandom(9000))[:3000],
        **{f"base64 {shift}": base64.b64encode(b"x" * shift + text) for shift in range(3)},
    }
    for name, content in spelt.items():
        (tmp_path / name).write_bytes(os.urandom(300) + content + os.urandom(300))
    with zipfile.ZipFile(tmp_path / "zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a sheet", text)
    (tmp_path / "nothing").write_bytes(zlib.compress(b"y" * 9000) + os.urandom(9000))
    assert files_with(tmp_path, word) == {*spelt, "zip"}
    (tmp_path / f"named {word}").touch()
    assert f"named {word}" in files_with(tmp_path, word)


# ---------------------------------------------------------------------------------------------- a name typed by mistake


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A vault with a second place."""
    (tmp_path / "stick").mkdir()
    with Office(new_vault(tmp_path / "office.hrddp"), Forms()) as made:
        made.keep_copies_at(tmp_path / "stick")
        yield made


def type_by_mistake(record: Assessment, turn: int) -> None:
    """A name in texts that the list, the index, the drafts and the history repeat."""
    row = record.table("a1_recipients", "en").rows
    path = f"a1_recipients/{row[0].row_id if row else record.add_row('a1_recipients').added_row}/rec_name"
    record.answer("a0_title", f"Course for {PHRASE}, {turn}")
    record.answer(path, f"Unit of {PHRASE} {turn}")
    record.answer("a0_donor", f"kept {turn} {'x' * 700 * turn}")
    record.undo()
    record.redo()
    record.excuse("a6_capacity", "later", PHRASE, PHRASE)
    record.save_draft("a0_title", f"half of {PHRASE}")
    record.save_draft(path, f"half of {PHRASE}")


def dumped(office: Office) -> str:
    """Every table as somebody with the key reads it, those behind the full-text index too."""
    with closing(database(office.source.folder)) as opened, opened.reading() as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main'")]
        lines = [row for name in names for row in connection.execute(f'SELECT * FROM "{name}"')]  # noqa: S608 - as above
    texts = [part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for row in lines for part in row]
    return "\n".join(texts)


def test_a_name_that_is_erased_is_in_no_copy_and_no_page_and_the_chain_holds(office: Office, tmp_path: Path) -> None:
    record, copier = office.new_assessment(), Copier(office.source, tmp_path / "stick")
    for turn in range(10):
        type_by_mistake(record, turn)
        copier.here(backups.Reason.ASKED)
        copier.outside(backups.Reason.ASKED)
    folder = office.source.folder
    outside = [copy.folder for copy in listing(second_place(office.source, tmp_path / "stick"))]
    # The control: before, the name stands in the vault and in each of its copies, behind the cipher alone.
    held = files_that_hold(folder, LATIN)
    assert {"data"} | {f"backups/{copy.folder.name}/data" for copy in listing(place_of(folder))} <= held
    assert len(held) >= 1 + 10
    assert files_that_hold(outside[0], LATIN) == {"data"}
    assert LATIN.lower() in dumped(office).lower()

    for scope in ("a0_title", "a1_recipients", "a6_capacity"):
        assert record.erase(scope, "person").away == ()

    text = dumped(office).lower()
    assert LATIN.lower() not in text
    assert ARABIC not in text
    assert files_that_hold(folder, LATIN, ARABIC) == set()
    assert [copy.name for copy in outside if files_that_hold(copy, LATIN, ARABIC)] == []
    assert files_with(tmp_path, LATIN, ARABIC) == set()
    assert office.check() == []
    office.close()
    for copy in (*(each.folder for each in listing(place_of(folder))), *outside):
        with storage.unlock(copy, PASSPHRASE) as older:
            assert {each.fault for each in older.store.check()} <= {Fault.OLDER}
            assert "kept" in str(older.store.load(record.record).answers["a0_donor"])
