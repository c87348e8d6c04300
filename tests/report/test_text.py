from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrddp_desktop import i18n
from hrddp_desktop.report import documents
from hrddp_desktop.report.blocks import Heading, Paragraph
from hrddp_desktop.report.content import Grid, Item, Outcome, Section, isolate
from hrddp_desktop.report.render import render
from tests.report import samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hrddp_desktop.report.content import Snapshot

    TextOf = Callable[..., str]

ENGLISH = i18n.words("en")


def _answering(text: str) -> Snapshot:
    return replace(samples.certificates(), title=text, sections=(Section(1, "Asked", (Item("What is it?", text),)),))


@pytest.mark.parametrize(
    "typed",
    [
        "<b>bold</b> & <i>italic</i> &amp; </para>",
        "a < b > c && d",
        "{reference} {0} %s %(x)s \\n",
        "C:\\field\\notes (copy)",
        "naïve façade, œuvre, ¿señor?, Ω",
    ],
)
def test_what_a_user_types_prints_as_typed(typed: str, text_of: TextOf) -> None:
    assert typed in text_of(render(_answering(typed), ENGLISH))


def test_the_cover_says_what_was_decided_and_on_what_it_rests(files: Callable[[str], Path], text_of: TextOf) -> None:
    cover = text_of(files("crossing"), "-l", "1")
    for words in (
        "Safer and fairer crossing points, 4th Sector",
        "Proceed with mitigation",
        "Medium risk remains; measures bind.",
        "House rule of this form, version 2026.1, not policy",
        "Also D20: Conditions of the mechanism apply.",
        "The decision is the approver's.",
        "BMR-SELM-2026-001-K",
        "STRICTLY CONFIDENTIAL",
        "Selm, Belmara",
        "1 April 2026 to 31 March 2027",
        samples.crossing().answers_sha256,
        "not an official IOM or UN product",
    ):
        assert words in cover


def test_second_hand_policy_is_called_that(files: Callable[[str], Path], text_of: TextOf) -> None:
    text = text_of(files("certificates"))
    assert "Policy, as known second hand; paragraph not confirmed" in text


@pytest.mark.parametrize("name", ["crossing", "draft", "empty", "arabic"])
def test_no_mark_of_the_reference_is_ever_printed(name: str, files: Callable[[str], Path], text_of: TextOf) -> None:
    assert not re.search(r"\[K|¶|\[S:|\[D\]", text_of(files(name)))


def test_blocks_stand_in_the_order_of_the_reference(files: Callable[[str], Path], text_of: TextOf) -> None:
    body = text_of(files("crossing"), "-f", "2")
    order = ["Decision and reasons", "Activity and support", "Units taken out", "Action 1", "What would change this"]
    order += ["1. Preparer", "2. Reviewer", "3. Approver", "Annex"]
    places = [body.index(title) for title in order]
    assert places == sorted(places)


def test_units_taken_out_and_who_gets_what_are_told(files: Callable[[str], Path], text_of: TextOf) -> None:
    text = text_of(files("crossing"))
    assert "R3 Kehl Pass post No delivery, no rotation in, separate fuel card." in text
    assert "4 soft vehicles, 12 radios" in text


@pytest.mark.parametrize("name", ["certificates", "draft", "huge", "arabic", "letter"])
def test_every_page_carries_reference_marking_and_number(name: str, files: Callable[[str], Path]) -> None:
    ran = subprocess.run(["pdftotext", str(files(name)), "-"], capture_output=True, check=True)
    pages = ran.stdout.decode("utf-8").split("\f")[:-1]
    for number, page in enumerate(pages, start=1):
        text = " ".join(page.split())
        assert ("BMR-SELM-2026-001-K" in text) or ("ILM-DORV-2026-005-T" in text)
        assert any(marking in text for marking in ("UNCLASSIFIED", "CONFIDENTIAL", "سري للغاية"))
        if name != "arabic":
            assert f"Page {number} of {len(pages)}" in text


def test_every_page_of_a_draft_says_so(files: Callable[[str], Path], text_of: TextOf) -> None:
    with pikepdf.open(files("draft")) as pdf:
        pages = len(pdf.pages)
    line = "DRAFT 7K3QM · 11 Mar 16:20 · 14 answers missing · not signed"
    assert text_of(files("draft")).count(line) == pages
    assert "DRAFT" not in text_of(files("certificates"))


def test_a_draft_lists_what_is_missing(files: Callable[[str], Path], text_of: TextOf) -> None:
    text = text_of(files("draft"))
    assert all(f"Question {number} that is missing" in text for number in range(1, 15))
    assert "1 answer missing" in text_of(render(samples.draft(1), ENGLISH))


def test_nothing_is_cut_at_any_length(files: Callable[[str], Path], text_of: TextOf) -> None:
    snapshot = samples.huge()
    text = text_of(files("huge"))
    wanted = samples.long_text(20_000).split() + samples.long_text(7_000, "tall").split()
    wanted += samples.long_text(3_000, "asked").split() + samples.long_text(8_000, "head").split()
    wanted += [f"first{number}" for number in range(200)]
    wanted += [f"wide{number}x{column}" for number in range(12) for column in range(9)]
    printed = set(text.split())
    assert [word for word in wanted if word not in printed] == []
    assert text.count("x" * 40) > 0
    assert sum(len(run) for run in re.findall("x{3,}", text)) == 5_000
    assert all(f"Fact {number}" in text for number in range(80))
    assert all(unit.row in printed or f"{unit.row}," in printed for unit in snapshot.recipients)


def test_nothing_prints_outside_the_margins(every_file: Path) -> None:
    ran = subprocess.run(["pdftotext", "-bbox", str(every_file), "-"], capture_output=True, check=True)
    root = ET.fromstring(ran.stdout)  # noqa: S314  poppler wrote it just now
    space = "{http://www.w3.org/1999/xhtml}"
    for page in root.iter(f"{space}page"):
        width, height = float(page.get("width", 0)), float(page.get("height", 0))
        for word in page.iter(f"{space}word"):
            assert float(word.get("xMin", 0)) >= 50, word.text
            assert float(word.get("xMax", 0)) <= width - 50, word.text
            assert 20 <= float(word.get("yMin", 0)) < float(word.get("yMax", 0)) <= height - 20, word.text


def test_text_is_arabic_letters_not_shapes(files: Callable[[str], Path], text_of: TextOf) -> None:
    text = text_of(files("arabic"))
    controls = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u200e\u200f\u2066\u2067\u2068\u2069"))
    plain = text.translate(controls)
    assert "معابر حدودية آمنة في القطاع الرابع" in plain
    assert "السجلات تصل إلى خادم الوزارة" in plain
    assert not re.search("[\ufb50-\ufdff\ufe70-\ufefc\ue000-\uf8ff]", plain)


def test_an_arabic_page_is_mirrored(files: Callable[[str], Path]) -> None:
    def start_of(name: str, word: str) -> float:
        ran = subprocess.run(["pdftotext", "-bbox", str(files(name)), "-"], capture_output=True, check=True)
        found = re.search(rf'xMin="([\d.]+)"[^>]*>{word}<', ran.stdout.decode("utf-8"))
        assert found is not None
        return float(found.group(1))

    assert start_of("crossing", "D18") < 100 < 480 < start_of("arabic", "D16")


def test_emoji_and_chinese_show_as_replaced_and_are_counted(text_of: TextOf) -> None:
    text = text_of(render(_answering("Done 👍 at 北京"), ENGLISH))
    assert "Done \ufffd at \ufffd\ufffd" in text
    assert "6 characters have no printed form here" in text
    assert "no printed form" not in text_of(render(_answering("Done at Selm"), ENGLISH))


def test_direction_controls_cannot_turn_a_word_around(text_of: TextOf) -> None:
    assert "not approved" in text_of(render(_answering("\u202enot approved\u202c"), ENGLISH))


@pytest.mark.parametrize("code", sorted(samples.OUTCOMES))
def test_each_outcome_prints_its_word_and_describes_its_shape(code: str, text_of: TextOf) -> None:
    snapshot = replace(samples.crossing(), outcome=Outcome(code, samples.OUTCOMES[code], "D99", "Why.", "house"))
    pdf_bytes = render(snapshot, ENGLISH)
    assert samples.OUTCOMES[code] in text_of(pdf_bytes)
    with pikepdf.open(BytesIO(pdf_bytes)) as pdf:
        figures = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        assert str(figures[0].Alt).startswith(f"Sign of the outcome {samples.OUTCOMES[code]}")


def test_an_approver_who_escalates_accepts_sending_it_up(text_of: TextOf) -> None:
    escalated = replace(samples.crossing(), outcome=Outcome("escalate", "Escalate", "D16", "High risk.", "house"))
    assert "I accept that this is sent up" in text_of(render(escalated, ENGLISH))


def test_every_word_of_its_own_goes_through_translation() -> None:
    class Marked(i18n.Words):
        def __call__(self, text: str, **facts: object) -> str:
            return "⟦" + super().__call__(text, **facts) + "⟧"

    snapshot = replace(samples.draft(), station="", sections=())
    built = documents.builders()["assessment"](snapshot, Marked("en", {}))
    texts = [block.text for block in built.blocks if isinstance(block, (Heading, Paragraph))]
    assert [text for text in texts if "⟦" not in text] == [snapshot.title, isolate(snapshot.country)]


@given(st.text(max_size=400))
def test_no_text_makes_the_report_fail(text: str) -> None:
    pdf = render(_answering(text), ENGLISH)
    assert pdf.startswith(b"%PDF-")


@given(st.text(alphabet="abc (12) /-.«»مرحبا ًّ٣٤\u200c\u2068\u202e\n", max_size=200))
def test_no_mixture_of_directions_makes_an_arabic_report_fail(text: str) -> None:
    assert render(_answering(text), i18n.words("ar")).startswith(b"%PDF-")


def test_a_long_marking_pushes_the_text_down(files: Callable[[str], Path]) -> None:
    ran = subprocess.run(
        ["pdftotext", "-bbox", "-f", "2", "-l", "2", str(files("huge")), "-"], capture_output=True, check=True
    )
    places = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)<', ran.stdout.decode("utf-8"))
    marking_ends = max(float(bottom) for _, bottom, word in places if word in ("CHIEF", "MISSION"))
    text_begins = min(float(top) for top, _, word in places if word.startswith("why"))
    assert marking_ends < text_begins


def test_an_incomplete_state_without_a_question_that_is_due_says_so(text_of: TextOf) -> None:
    text = text_of(render(samples.draft(0), ENGLISH))
    assert "DRAFT 7K3QM · 11 Mar 16:20 · not complete · not signed" in text
    assert "0 answers" not in text


def test_a_table_of_its_page_does_not_repeat_the_title(text_of: TextOf) -> None:
    grid = Grid("Recipients", ("No.", "Name", "a", "b", "c", "d"), (("R1", "Tiravo post", "", "", "", "last"),))
    snapshot = replace(samples.certificates(), sections=(Section(1, "Recipients", (grid,)),), not_relevant=())
    text = text_of(render(snapshot, ENGLISH))
    assert text.count("Recipients") == 1
    assert "R1 Tiravo post d last" in text


def test_a_page_of_the_form_without_answers_prints_nothing(text_of: TextOf) -> None:
    snapshot = replace(samples.certificates(), sections=(Section(0, "Nothing here", ()), Section(2, "Nor there", ())))
    text = text_of(render(snapshot, ENGLISH))
    assert "Nothing here" not in text
    assert "Action 2" not in text
    assert "Nothing is recorded yet." in text
