"""Whatever a file holds, checking and signing it ends soon and in plain words."""

from __future__ import annotations

import contextlib
import random
import time
from typing import TYPE_CHECKING, Final

import pytest

from hrddp_desktop.errors import SigningError
from hrddp_desktop.signing import verify as checking
from hrddp_desktop.signing.findings import Verdict
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.sign import sign
from hrddp_desktop.signing.verify import verify
from tests.signing.documents import NOW, make, recomputed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.signing.documents import People, Signed

_TOKENS: Final = (
    b"<<", b">>", b"[", b"]", b"(", b")", b"<", b">", b"obj", b"endobj", b"stream", b"endstream", b"xref", b"trailer",
    b"startxref", b"%%EOF", b"null", b"1 0 R", b"99999 0 R", b"999999999999", b"-1", b"/Type", b"/Prev 0", b"/Kids",
    b"/Length 999999999", b"/W [1 9 9]", b"/Index [0 999999999]", b"/Size 2147483647", b"\0" * 64, b"[" * 3000,
    b"<<" * 3000, b"/Encrypt", b"/ByteRange [0 1 2 3]", b"/Contents <00>",
)  # fmt: skip
_SLOWEST_S: Final = 10.0


def _mutated(pdf: bytes, chance: random.Random) -> bytes:
    changed = bytearray(pdf)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(changed))
        end = min(len(changed), start + chance.choice((1, 8, 100, 4000)))
        token = chance.choice(_TOKENS)
        match chance.randrange(7):
            case 0:
                del changed[start:end]
            case 1:
                changed[start:end] = changed[start:end] * 2
            case 2:
                changed[start:end] = chance.randbytes(end - start)
            case 3:
                changed[start:start] = token
            case 4:
                changed[start : start + len(token)] = token
            case 5:
                changed[start:] = changed[chance.randrange(len(changed)) :]
            case _:
                place = changed.find(chance.choice(_TOKENS[:20]), start)
                changed[max(place, 0) : max(place, 0) + 2] = token
        changed = changed or bytearray(b"%")
    return bytes(changed)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    # pyHanko says in the log what is wrong with a file; here that is the point.
    caplog.set_level("CRITICAL", logger="pyhanko")


@pytest.mark.parametrize("early", [True, False], ids=["digests first", "read to the end"])
def test_a_malformed_file_is_refused_soon_and_never_crashes_the_check(
    people: People, signed: Signed, counts: Callable[[str], int], monkeypatch: pytest.MonkeyPatch, *, early: bool
) -> None:
    if not early:
        # Most of these files fail at their digests; this way they go on to the strict reading.
        monkeypatch.setattr(checking, "_reject_early", lambda _: None)
    chance = random.Random(2026)  # noqa: S311 - chance, no secret
    sources = (signed.unsigned, *signed.states.values())
    found: set[str] = set()
    for _ in range(counts("malformed_pdfs")):
        pdf = _mutated(chance.choice(sources), chance)
        begun = time.perf_counter()
        report = verify(pdf, people.known, lambda _: recomputed(), NOW)
        assert time.perf_counter() - begun < _SLOWEST_S
        assert report.verdict in (Verdict.DO_NOT_RELY, Verdict.MARKS_ADDED) or pdf in sources
        assert all(fact.sentence() for fact in report.facts)
        found.add(report.facts[0].name)
    # The control: the mutations reach further than the first check, and the files are good without them.
    assert len(found) >= 4
    assert "unreadable" not in found
    assert verify(signed.whole, people.known, lambda _: recomputed(), NOW).verdict is Verdict.GENUINE


def test_a_malformed_file_is_not_signed_or_signed_and_never_crashes(
    people: People, counts: Callable[[str], int]
) -> None:
    chance = random.Random(2027)  # noqa: S311
    pdf = make()
    for _ in range(counts("malformed_pdfs") // 4):
        with contextlib.suppress(SigningError):
            sign(_mutated(pdf, chance), people.ana, Role.PREPARER, "", NOW)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0",
        b"%PDF-1.7",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\nstartxref\n0\n%%EOF\n",
        b"%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF\n",
        b"%PDF-1.7\nxref\n0 99999999\ntrailer\n<< /Root 1 0 R /Size 99999999 >>\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.7\nxref\n0 0\ntrailer\n<< /Prev 9 /Root 1 0 R /Size 1 >>\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.7\n" + b"[" * 100_000 + b"\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.7\n" + b"/ByteRange [0 1 1 1]" * 50_000,
        b"PK\x03\x04" + b"\0" * 1000,
    ],
)
def test_a_file_made_to_confuse_is_refused(people: People, raw: bytes) -> None:
    assert verify(raw, people.known, lambda _: recomputed(), NOW).verdict is Verdict.DO_NOT_RELY


def test_a_file_too_large_to_be_ours_is_refused_unread(people: People) -> None:
    begun = time.perf_counter()
    report = verify(b"%PDF-1.7" + bytes(65 * 1024 * 1024), people.known, lambda _: recomputed(), NOW)
    assert report.facts[0].name == "too_large"
    assert time.perf_counter() - begun < 1
