"""Files of evidence as a person attaches them: what is refused, how they are called, and that no document has them."""

from __future__ import annotations

import os
import stat
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hrddp_desktop.errors import Code, HrddpError, VaultError
from hrddp_desktop.services import evidence, history
from hrddp_desktop.services.comments import Comments
from hrddp_desktop.services.documents import freeze, render
from hrddp_desktop.services.evidence import FILE_LIMIT, Files, clean_name, take
from hrddp_desktop.storage.store import Store
from tests.services.test_records import sign
from tests.storage.pages import files_that_hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from hrddp_desktop.services.records import Assessment, Office

CANARY = "Zanzibar-Kanarienvogel-7731"
QUESTION = "a1_indirect_text"
HOSTILE = [
    "../../x", "..\\..\\x", "/etc/passwd", "C:\\boot.ini", "a:b", "CON", "con.txt", "NUL", "com1.tar.gz", "LPT¹",
    "nul\x00byte.pdf", "invoice\u202efdp.exe", "x" * 4096, "y" * 4096 + ".pdf", ".", "..", "", " ", ".hidden",
    "end. . ",    "new\nline.pdf", "\u200b\u2066\ufeff", "\ud800.pdf", "a/b/", "صورة\u200f.png", "😀" * 200 + ".png",
    "x." + "y" * 300,
    "-rf", "$(reboot).pdf", "a\x1b[2J.pdf", "~", "tab\there",
]  # fmt: skip


@pytest.fixture
def record(office: Office) -> Assessment:
    """A record in which a question that takes files applies."""
    made = office.new_assessment()
    made.answer("a1_indirect", "yes")
    return made


@pytest.fixture
def minutes(tmp_path: Path) -> Path:
    file = tmp_path / "minutes.pdf"
    file.write_bytes(b"%PDF-1.7 " + CANARY.encode())
    return file


def refused(call: Callable[..., object], *arguments: object) -> Code:
    with pytest.raises(HrddpError) as caught:
        call(*arguments)
    return caught.value.code


def test_a_file_is_kept_and_a_copy_of_it_is_the_same(record: Assessment, minutes: Path, tmp_path: Path) -> None:
    files = Files(record)
    files.attach(QUESTION, take(minutes))
    (held,) = files.at(QUESTION)
    assert (held.name, held.size, held.author) == ("minutes.pdf", len(minutes.read_bytes()), "Ada Example")
    target = tmp_path / "copy.pdf"
    files.save_copy(held, target)
    assert target.read_bytes() == minutes.read_bytes()
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert files.at("a0_title") == ()


def test_undo_takes_a_file_away_and_redo_brings_it_back(record: Assessment, minutes: Path) -> None:
    files = Files(record)
    files.attach(QUESTION, take(minutes))
    change = record.undo()
    assert change is not None
    assert (change.path, set(change.paths), set(change.tables)) == (QUESTION, {QUESTION}, set())
    assert files.at(QUESTION) == ()
    record.redo()
    (held,) = files.at(QUESTION)
    files.remove(held)
    record.undo()
    assert files.at(QUESTION) == (held,)


def test_files_are_taken_where_the_form_says_so_and_nowhere_else(record: Assessment, minutes: Path) -> None:
    taken, files = take(minutes), Files(record)
    assert refused(files.attach, "a0_title", taken) is Code.EVIDENCE_NOT_HERE
    assert refused(files.attach, "no_such_question", taken) is Code.QUESTION_UNKNOWN
    record.answer("a1_indirect", "no")
    assert refused(files.attach, QUESTION, taken) is Code.EVIDENCE_NOT_HERE


def test_the_same_file_is_said_and_not_stored_twice(record: Assessment, minutes: Path, tmp_path: Path) -> None:
    files = Files(record)
    files.attach(QUESTION, take(minutes))
    again = tmp_path / "the same.pdf"
    again.write_bytes(minutes.read_bytes())
    assert refused(files.attach, QUESTION, take(again)) is Code.EVIDENCE_TWICE
    assert len(files.at(QUESTION)) == 1
    other = tmp_path / "other" / "MINUTES.pdf"
    other.parent.mkdir()
    other.write_bytes(b"another file of the same name")
    files.attach(QUESTION, take(other))
    assert [each.name for each in files.at(QUESTION)] == ["minutes.pdf", "MINUTES (2).pdf"]


def test_a_vault_takes_so_much_and_no_more(
    record: Assessment, minutes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, taken = Files(record), take(minutes)
    monkeypatch.setattr(evidence, "VAULT_LIMIT", len(taken.content))
    files.attach(QUESTION, taken)
    (held,) = files.at(QUESTION)
    files.remove(held)
    more = tmp_path / "more"
    more.write_bytes(b"x")
    assert refused(files.attach, QUESTION, take(more)) is Code.EVIDENCE_NO_ROOM
    record.erase(held.path, "person")
    files.attach(QUESTION, take(more))


def test_what_the_vault_refuses_is_not_attached(
    record: Assessment, minutes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise VaultError(Code.DISK_FULL)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "commit", refuse)
        assert refused(Files(record).attach, QUESTION, take(minutes)) is Code.DISK_FULL
    assert Files(record).at(QUESTION) == ()


# ------------------------------------------------------------------------------------------------------------- reading


def test_what_is_no_ordinary_file_is_refused(minutes: Path, tmp_path: Path) -> None:
    assert refused(take, tmp_path) is Code.EVIDENCE_NOT_A_FILE
    assert refused(take, tmp_path / "missing") is Code.FILE_UNREADABLE
    assert refused(take, Path("nul\x00byte")) is Code.FILE_UNREADABLE
    assert refused(take, Path("x" * 4096)) is Code.FILE_UNREADABLE
    (tmp_path / "empty").touch()
    assert refused(take, tmp_path / "empty") is Code.EVIDENCE_EMPTY


def test_links_pipes_and_devices_are_neither_followed_nor_waited_for(minutes: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(minutes)
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        assert refused(take, tmp_path / name) is Code.EVIDENCE_NOT_A_FILE
    assert refused(take, Path("/dev/zero")) is Code.EVIDENCE_NOT_A_FILE


def test_the_largest_file_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    file = tmp_path / "large"
    for size, is_taken in ((FILE_LIMIT, True), (FILE_LIMIT + 1, False)):
        with file.open("wb") as stream:
            stream.truncate(size)
        if is_taken:
            assert len(take(file).content) == size
        else:
            assert refused(take, file) is Code.EVIDENCE_TOO_LARGE


@pytest.mark.parametrize("harm", ["grows", "shrinks", "vanishes", "is another"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    minutes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    read = os.read

    def slow(handle: int, size: int) -> bytes:
        part = read(handle, 4)
        if harm == "grows":
            with minutes.open("ab") as stream:
                stream.write(b"more" if os.fstat(handle).st_size < 99 else b"")
        elif harm == "shrinks":
            os.truncate(minutes, 5)
        elif harm == "vanishes":
            minutes.unlink(missing_ok=True)
        return part

    def swapped(file: Path) -> os.stat_result:
        found = file.stat()
        other = tmp_path / "other"
        other.write_bytes(b"another one")
        other.replace(minutes)
        return found

    with monkeypatch.context() as patched:
        if harm == "is another":
            patched.setattr(Path, "lstat", swapped)
        else:
            patched.setattr(os, "read", slow)
        assert refused(take, minutes) is Code.EVIDENCE_CHANGED


# --------------------------------------------------------------------------------------------------------------- names


def fits(name: str) -> bool:
    """A name that Windows, macOS and Linux take, that is its own last part, and that shows what it is."""
    stem = name.split(".")[0].strip().lower()
    return (
        0 < len(name) <= 80
        and len(name.encode("utf-8", "replace")) <= 255
        and not set(name) & set('<>:"/\\|?*')
        and not any(unicodedata.category(sign).startswith("C") for sign in name)
        and name == name.strip(". ")
        and stem
        not in {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")}
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_becomes_one_that_every_system_takes(name: str, tmp_path: Path) -> None:
    found = clean_name(name)
    assert fits(found), found
    assert not fits(name) or found == name
    (tmp_path / found).write_bytes(b"x")
    assert [each.name for each in tmp_path.iterdir()] == [found]


def test_the_kind_of_a_file_stays_in_sight() -> None:
    assert clean_name("invoice\u202efdp.exe") == "invoicefdp.exe"
    assert clean_name("y" * 4096 + ".pdf") == "y" * 76 + ".pdf"
    assert clean_name("../../Procès-verbal 3.pdf") == "Procès-verbal 3.pdf"
    assert clean_name("محضر الاجتماع.pdf") == "محضر الاجتماع.pdf"
    assert clean_name("CON") == "_CON"
    assert clean_name("..") == "file"


@given(st.text(max_size=120), st.lists(st.text(max_size=12), max_size=4))
@example("CON .x", [])
@example("a" * 79 + ".", ["a" * 79])
@example("x.png", ["X.PNG", "x (2).png"])
def test_any_name_becomes_one_that_fits_and_that_nobody_has(name: str, others: list[str]) -> None:
    taken = [clean_name(each) for each in others]
    found = clean_name(name, taken)
    assert fits(found)
    assert found.casefold() not in {each.casefold() for each in taken}
    assert clean_name(clean_name(name)) == clean_name(name)


# ----------------------------------------------------------------------------------------- what leaves, what is erased


def test_no_document_and_no_answers_file_takes_a_file_or_a_comment(record: Assessment, minutes: Path) -> None:
    named = minutes.with_name(f"{CANARY}.pdf")
    named.write_bytes(minutes.read_bytes())
    before = texts_of(record)
    Files(record).attach(QUESTION, take(named))
    Comments(record).say(QUESTION, f"Is this {CANARY}?")
    assert CANARY not in texts_of(record)
    assert texts_of(record) == before
    record.answer(QUESTION, f"the control {CANARY}")
    assert CANARY in texts_of(record)


def texts_of(record: Assessment) -> str:
    """All that leaves with a record, as one text: the PDF's bytes, its streams unpacked, the answers file."""
    snapshot = freeze(record.session, record.record, record.created, language="en", marks=record.marks)
    pdf = render(snapshot)
    parts = [pdf, record.answers_file()]
    with pikepdf.open(BytesIO(pdf)) as document:
        assert len(document.attachments) == 1
        for each in document.objects:
            if isinstance(each, pikepdf.Stream):
                parts.append(each.read_bytes())
            elif isinstance(each, pikepdf.Object):
                parts.append(str(each.unparse()).encode())
    return b"\n".join(parts).decode("latin-1")


def test_an_erased_file_is_in_no_file_and_its_history_says_only_that(
    record: Assessment, minutes: Path, folder: Path
) -> None:
    files = Files(record)
    files.attach(QUESTION, take(minutes))
    (held,) = files.at(QUESTION)
    assert CANARY not in minutes.name
    assert files_that_hold(folder, CANARY, passphrase="seven calm lanterns")
    assert history.erasable(record.history(), QUESTION) == {held.path: "minutes.pdf"}
    history.refuse_unknown(record.session.definition, held.path)
    record.erase(held.path, "source")
    assert files_that_hold(folder, CANARY, held.sha256, passphrase="seven calm lanterns") == set()
    assert history.erasable(record.history(), QUESTION) == {}
    lines = history.lines(record.session.definition, record.history(), path=QUESTION)
    assert [(line.done, line.erased) for line in lines] == [("File attached", True), ("Erased for safety", False)]
    assert record.undo() is not None
    assert files.at(QUESTION) == ()
    assert record.store.check() == []


def test_a_file_leaves_a_signed_record_as_signed_and_the_annex_tells_of_none(record: Assessment, minutes: Path) -> None:
    sign(record)
    files = Files(record)
    files.attach(QUESTION, take(minutes))
    Comments(record).say(QUESTION, "after the signature")
    assert record.signed
    (held,) = files.at(QUESTION)
    record.erase(held.path, "person")
    assert record.signed
    assert history.annex(record.session, record.history()) == ()


def test_the_history_tells_what_was_done_with_a_file(record: Assessment, minutes: Path) -> None:
    files = Files(record)
    files.attach(QUESTION, take(minutes))
    files.remove(files.at(QUESTION)[0])
    record.undo()
    lines = history.lines(record.session.definition, record.history(), path=QUESTION)
    assert [line.done for line in lines] == [
        "File attached: minutes.pdf",
        "File taken away: minutes.pdf",
        "File attached: minutes.pdf (by Undo or Redo)",
    ]
    assert {line.question for line in lines} == {record.session.definition.label(QUESTION, "en")}


def test_what_is_not_what_was_attached_is_not_written(
    record: Assessment, minutes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Files(record)
    files.attach(QUESTION, take(minutes))
    monkeypatch.setattr(Store, "evidence_content", lambda *_: b"something else")
    assert refused(files.save_copy, files.at(QUESTION)[0], tmp_path / "copy.pdf") is Code.EVIDENCE_ALTERED
    assert not (tmp_path / "copy.pdf").exists()
