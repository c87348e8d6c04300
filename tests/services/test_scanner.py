"""What the scanner recognises in four languages, what it leaves alone, and that no text stops it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from re import _parser as sre  # type: ignore[attr-defined]  # the only reader of patterns that there is
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrddp_desktop import paths
from hrddp_desktop.errors import FormError
from hrddp_desktop.services import forms, scanner_numbers, scanner_persons, scanner_words
from hrddp_desktop.services.scanner import Kind, scan
from tests.services.scanned import CLEAN, HITS

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = Path(__file__).parents[1] / "data" / "cases"
# Whoever looks further ahead than this from one place makes a long text slow.
_FARTHEST = 400


def found(text: str) -> list[tuple[str, str]]:
    return [(hit.kind.value, hit.text) for hit in scan(text)]


@pytest.mark.parametrize(("kind", "words", "text"), HITS)
def test_what_leads_to_a_person_is_recognised(kind: str, words: str, text: str) -> None:
    assert (kind, words) in found(text)


@pytest.mark.parametrize(("kind", "words", "text"), HITS)
def test_nothing_else_of_the_text_is_taken_for_it(kind: str, words: str, text: str) -> None:
    assert {each for each, _ in found(text)} == {kind}


@pytest.mark.parametrize("text", CLEAN)
def test_functions_units_dates_amounts_and_references_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_without_the_list_of_ranks_no_person_is_found() -> None:
    bare = scanner_words.vocabulary_of({"telephone": ["tel"], "identity": ["ID"]})
    persons = [text for kind, _, text in HITS if kind == "person"]
    assert len(persons) > 30
    assert [text for text in persons if scan(text, bare)] == []


def test_without_the_list_of_posts_a_function_is_taken_for_a_name() -> None:
    sheet = scanner_words.installed_vocabulary()
    bare = scanner_words.Vocabulary(
        sheet.ranks, frozenset(), sheet.particles, sheet.money, sheet.telephone, sheet.identity
    )
    assert sum(bool(scan(text, bare)) for text in CLEAN) >= 8


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


@pytest.mark.parametrize("case", sorted(CASES.glob("*.json")), ids=lambda case: case.stem)
def test_the_worked_cases_are_clean(case: Path) -> None:
    assert [(text, found(text)) for text in texts(json.loads(case.read_text("utf-8"))) if scan(text)] == []


def test_the_texts_of_the_form_itself_are_clean() -> None:
    definition = forms.Forms().definition("assessment")
    labels = (definition.label(name, language) for name in definition.items for language in ("en", "fr", "es", "ar"))
    assert [(label, found(label)) for label in labels if scan(label)] == []


# ---------------------------------------------------------------------------------------------------------- any text

WORDS = ["Colonel ", "Example ", "M. ", "العقيد ", "فلان ", "و", "a.b", "ID ", "n° ", "USD ", "33SUR"]
SIGNS = ["0912", "٠٩", "+", " ", ".", "-", "/", "(", "°", "'", '"', "@", "32.8872", ", ", "\n", "#"]
ODD = ["\u200f", "é", "e\u0301", "İ", "ﬁ", "½", "𝟘", "\x00"]
PIECES = st.sampled_from([*WORDS, *SIGNS, *ODD])
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@given(TEXTS)
def test_any_text_is_read_and_each_hit_is_where_it_says(text: str) -> None:
    hits = scan(text)
    assert all(text[hit.start : hit.end] == hit.text and hit.text for hit in hits)
    assert all(before.end <= after.start for before, after in pairwise(hits))


@given(TEXTS, st.sampled_from(HITS))
def test_a_hit_is_found_wherever_it_stands_in_a_text(around: str, hit: tuple[str, str, str]) -> None:
    kind, words, text = hit
    assert (kind, words) in found(f"{around}\n\n.\n{text}")


@given(st.sampled_from([*(text for *_, text in HITS), *CLEAN]))
def test_arabic_digits_and_full_width_signs_count_as_any_others(text: str) -> None:
    arabic = text.translate({ord("0") + digit: chr(0x660 + digit) for digit in range(10)})
    wide = text.translate({sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)})
    kinds = [hit.kind for hit in scan(text)]
    assert [hit.kind for hit in scan(arabic)] == kinds
    assert [hit.kind for hit in scan(wide)] == kinds


def patterns() -> list[re.Pattern[str]]:
    kept = [each for room in (scanner_numbers, scanner_persons, scanner_words) for each in vars(room).values()]
    made = [each for each in kept if isinstance(each, re.Pattern)]
    grouped = [each for group in kept if isinstance(group, tuple) for each in group if isinstance(each, re.Pattern)]
    sheet = scanner_words.installed_vocabulary()
    return [*made, *grouped, sheet.telephone, sheet.identity]


def test_no_pattern_reads_far_ahead_so_that_long_texts_take_their_length_and_no_more() -> None:
    assert len(patterns()) > 20
    assert {each.pattern: sre.parse(each.pattern).getwidth()[1] for each in patterns() if far(each)} == {}
    assert sre.parse(r"a+b").getwidth()[1] > _FARTHEST  # the control: what has no bound is seen


def far(pattern: re.Pattern[str]) -> bool:
    return bool(sre.parse(pattern.pattern, pattern.flags).getwidth()[1] > _FARTHEST)


@pytest.mark.parametrize("piece", ["9", "a@", "0912 ", "ID no ", "Mr de la ", "العقيد ", "(1", "1.234, ", "A-1/", "° "])
def test_a_hostile_text_of_a_megabyte_is_read_to_its_end(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert Kind.MAIL in {hit.kind for hit in scan(f"{text}\n\nfocal@office.example")}


# --------------------------------------------------------------------------------------------------------- the sheet


def test_the_sheet_of_words_is_no_form() -> None:
    sheet = paths.forms_dir() / "scanner.csv"
    assert sheet.is_file()
    assert "scanner" not in " ".join(forms.Forms().names())
    assert all(problem.sheet != "scanner.csv" for problem in forms.check())


def test_an_officer_can_add_a_rank(tmp_path: Path) -> None:
    sheet = tmp_path / "scanner.csv"
    sheet.write_text("language,kind,word\nen,rank,Gatekeeper\n", "utf-8")
    assert [hit.text for hit in scan("the Gatekeeper Example", scanner_words.read_vocabulary(sheet))] == [
        "Gatekeeper Example"
    ]
    assert found("the Gatekeeper Example") == []


@pytest.mark.parametrize("row", ["en,rnak,colonel", "en,rank,", "en"])
def test_a_broken_row_is_named(tmp_path: Path, row: str) -> None:
    sheet = tmp_path / "scanner.csv"
    sheet.write_text(f"language,kind,word\nen,rank,colonel\n{row}\n", "utf-8")
    with pytest.raises(FormError, match="row 3"):
        scanner_words.read_vocabulary(sheet)


def test_every_language_has_ranks_titles_and_posts() -> None:
    lines = (paths.forms_dir() / "scanner.csv").read_text("utf-8").splitlines()[1:]
    pairs = {tuple(line.split(",")[:2]) for line in lines}
    assert {(language, kind) for language in ("en", "fr", "es", "ar") for kind in ("rank", "title", "post")} <= pairs
