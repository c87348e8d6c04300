"""The stamp: what it says, that nothing is cut, and that the file stays an archive file."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest

from hrddp_desktop.paths import resources_dir
from hrddp_desktop.signing.lettering import Lettering
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.sign import sign
from tests.signing.documents import NOW, Made, make, person

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.signing.identity import Identity
    from tests.signing.documents import People, Signed


def words_of(pdf: bytes, folder: Path) -> str:
    file = folder / "signed.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-f", "2", file, "-"], capture_output=True, text=True, check=True).stdout


def one_signature(who: Identity, reason: str = "post holder", language: str = "en") -> bytes:
    return sign(make(Made(language=language)), who, Role.PREPARER, reason, NOW)


def test_the_stamp_says_who_as_what_when_with_which_certificate_and_on_what(people: People, tmp_path: Path) -> None:
    there = timezone(timedelta(hours=3))
    pdf = sign(make(), people.ana, Role.PREPARER, "officer in charge", datetime(2026, 3, 5, 14, 7, tzinfo=there))
    told = words_of(pdf, tmp_path)
    short = people.ana.card.fingerprint[:16].upper()
    for part in (
        "Ana Example",
        "Project officer, Selm",
        "Preparer, signing as officer in charge",
        "2026-03-05 14:07 UTC+03:00 by the clock of the signer's computer",
        f"Certificate {short[:4]} {short[4:8]} {short[8:12]} {short[12:]}",
        "Document HRDD-2026-0042, version 1",
    ):
        assert part in told


def test_the_words_of_the_stamp_are_in_the_language_of_the_document(people: People, tmp_path: Path) -> None:
    french = {"Preparer": "Rédactrice", "{role}, signing as {capacity}": "{role}, signe comme {capacity}"}
    pdf = sign(make(), people.ana, Role.PREPARER, "titulaire", NOW, translate=lambda text: french.get(text, text))
    assert "Rédactrice, signe comme titulaire" in words_of(pdf, tmp_path)


def test_an_arabic_name_can_be_found_and_read(people: People, tmp_path: Path) -> None:
    told = words_of(one_signature(people.ben, language="ar"), tmp_path)
    assert "بنيامين مثال" in told
    assert "رئيس المكتب" in told


@pytest.mark.parametrize(
    "text",
    [
        "officer in charge by delegation of the Chief of Mission dated 1 March 2026, reference " + "X" * 60,
        "مسؤول مكلف بموجب تفويض " * 6,
        "الاسم Name 123 (قوس) [x] " * 5,
    ],
)
def test_no_text_is_cut_however_long_it_is(people: People, tmp_path: Path, text: str) -> None:
    told = "".join(words_of(one_signature(people.ana, text), tmp_path).split())
    for letter in set("".join(text.split())) - set("()[]"):
        assert told.count(letter) >= text.count(letter)


@pytest.mark.parametrize("controls", ["\u202e", "\u200b", "\x00", "\u2066", "\ud800", "\n", "\u2029", "\U000e0041"])
def test_controls_in_a_reason_are_neither_drawn_nor_a_crash(people: People, tmp_path: Path, controls: str) -> None:
    told = words_of(one_signature(people.ana, f"post{controls}holder{controls}"), tmp_path)
    assert "postholder" in "".join(told.split())


def test_every_letter_of_unicode_can_be_set_in_a_line() -> None:
    lettering = Lettering(resources_dir() / "fonts")
    for start in range(0, 0x110000, 64):
        for text in ("ab", "اب"):
            lettering.line(text[0] + "".join(map(chr, range(start, start + 64))) + text[1])


def test_letters_that_no_font_has_are_shown_as_missing_never_as_nothing(people: People, tmp_path: Path) -> None:
    assert "\N{REPLACEMENT CHARACTER}" in words_of(one_signature(people.ana, "漢字"), tmp_path)


def _instructions(stream: pikepdf.Object) -> list[tuple[list[pikepdf.Object], str]]:
    return [(list(one.operands), str(one.operator)) for one in pikepdf.parse_content_stream(stream)]


def test_everything_drawn_lies_inside_the_box(people: People) -> None:
    pdf = one_signature(people.ben, "officer in charge by delegation " * 6)
    with pikepdf.open(BytesIO(pdf)) as document:
        appearance = document.pages[1].Annots[0].AP.N
        for operands, operator in _instructions(appearance):
            if operator == "Tm":
                assert 0 < float(operands[4]) < 300
                assert 0 < float(operands[5]) < 90


def test_every_font_is_embedded_and_says_which_text_its_glyphs_stand_for(signed: Signed, tmp_path: Path) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(signed.whole)
    told = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert len(told) >= 4
    for line in told:
        assert "CID TrueType" in line
        assert line.split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, subset, ToUnicode


def test_widths_in_the_file_are_those_of_the_font(signed: Signed) -> None:
    with pikepdf.open(BytesIO(signed.whole)) as document:
        for stamp in (annotation.AP.N for annotation in document.pages[1].Annots):
            for font in stamp.Resources.Font.values():
                descendant = font.DescendantFonts[0]
                glyphs = descendant.CIDToGIDMap.read_bytes()
                assert len(list(descendant.W[1])) == len(glyphs) // 2 - 1


def test_a_line_in_two_directions_is_set_in_the_order_of_the_standard() -> None:
    lettering = Lettering(resources_dir() / "fonts")

    def order(text: str) -> list[str]:
        return [part for _, part, _ in lettering._visual(text)]  # noqa: SLF001 - the order is what is tested

    assert order("abc") == ["abc"]
    assert order("abc سلام def") == ["abc ", "سلام", " def"]
    assert order("رقم 12 34") == ["34", " ", "12", "رقم "]
    assert order("رقم \N{LEFT-TO-RIGHT MARK}12 34") == ["12 34", "رقم "]
    assert order("سلام abc 12 مرحبا") == ["مرحبا", " ", "abc 12", "سلام "]


def test_wrapping_keeps_every_word_and_every_line_within_its_width() -> None:
    lettering = Lettering(resources_dir() / "fonts")
    text = "A few words, one_very_long_word_that_is_wider_than_any_line_could_be and سلام عليكم"
    lines = lettering.wrap(text, 6000)
    assert len(lines) > 5
    assert all(lettering.line(line).width <= 6000 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_name_of_one_letter_and_an_empty_reason_are_fine(tmp_path: Path) -> None:
    assert "Preparer" in words_of(one_signature(person("X"), ""), tmp_path)
