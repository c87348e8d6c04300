from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError, replace

import pytest

from hrddp_desktop import paths
from hrddp_desktop.report.content import Item, Section, cleaned, draft_code, isolate
from hrddp_desktop.report.direction import reads_right_to_left, resolve, visual_order
from tests.report import samples


def test_the_snapshot_is_imported_without_the_makers_of_pdf() -> None:
    script = (
        "import sys, hrddp_desktop.report.content, hrddp_desktop.report.documents.assessment;"
        "print(sorted({'reportlab', 'uharfbuzz', 'pikepdf', 'bidi'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True, cwd=paths.data_root()
    )
    assert ran.stdout.strip() == "[]"


def test_a_snapshot_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        samples.certificates().title = "Other"  # type: ignore[misc]  # a frozen one refuses; that is what is tested


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("plain", "plain"),
        ("<b> & </b>", "<b> & </b>"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("tab\there", "tab    here"),
        ("nul\x00bell\x07", "nulbell"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("\u202eevil\u202c \u2067x\u2069", "evil x"),
        ("e\u0301", "é"),
        ("no\uffff\U0001fffe", "no\ufffd\ufffd"),
        ("mi\u200cravam", "mi\u200cravam"),
        ("line\u2028paragraph\u2029", "line\nparagraph\n"),
    ],
)
def test_typed_text_is_made_printable(typed: str, printed: str) -> None:
    assert cleaned(typed) == printed


def test_every_text_of_a_snapshot_is_made_printable() -> None:
    snapshot = replace(
        samples.certificates(), title="a\x00b", sections=(Section(1, "c\x00d", (Item("e\x00f", "g\x00h"),)),)
    )
    clean = cleaned(snapshot)
    assert (clean.title, clean.sections[0].title) == ("ab", "cd")
    assert clean.sections[0].items == (Item("ef", "gh"),)
    assert clean.answers == snapshot.answers


def test_a_draft_code_has_five_signs_that_cannot_be_mistaken() -> None:
    codes = {draft_code(f"answers {number}".encode()) for number in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 5 and not set(code) & set("ILOU") and code.isalnum() for code in codes)
    assert draft_code(b"x") == draft_code(b"x")


class _Part:
    def __init__(self, level: int, text: str) -> None:
        self.level = level
        self.text = text


def _on_paper(text: str, *, right_to_left: bool) -> str:
    signs, levels = resolve(text, right_to_left)
    parts = [_Part(level, sign) for sign, level in zip(signs, levels, strict=True)]
    return "".join(part.text for part in visual_order(parts))


def test_latin_text_and_numbers_keep_their_order_in_arabic() -> None:
    assert _on_paper("قانون ABC 25-118 نص", right_to_left=True) == "صن ABC 25-118 نوناق"


def test_a_fact_does_not_disturb_the_sentence_around_it() -> None:
    sentence = f"الإصدار {isolate('K-1')} · {isolate('2')}"
    assert _on_paper(sentence, right_to_left=True) == "2 · K-1 رادصإلا"


def test_control_without_isolates_the_numbers_change_places() -> None:
    assert _on_paper("الإصدار K-1 · 2", right_to_left=True) != "2 · K-1 رادصإلا"


def test_joiners_keep_their_place() -> None:
    signs, levels = resolve("می\u200cخواهم", right_to_left=True)
    assert len(signs) == len(levels) == 8
    assert set(levels) == {1}


@pytest.mark.parametrize(
    ("text", "right"),
    [("12 abc", False), ("12 نص", True), ("12", True), ("", True), (f"{isolate('abc')} نص", True)],
)
def test_the_first_letter_outside_isolates_decides_the_direction(text: str, right: bool) -> None:
    assert reads_right_to_left(text, otherwise=True) is right
