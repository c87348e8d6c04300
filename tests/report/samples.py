"""Snapshots to print; all countries, bodies and events are invented."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from hrddp_desktop.report.content import (
    Draft,
    Grid,
    Item,
    Outcome,
    Reason,
    Recipient,
    Section,
    Signer,
    Snapshot,
    Support,
)

ANSWERS = json.dumps({"form": "assessment", "answers": {"a0_title": "Birth and residence certificates"}}).encode()
OUTCOMES = {
    "not_applicable": "Not applicable",
    "may_proceed": "May proceed",
    "proceed_with_mitigation": "Proceed with mitigation",
    "escalate": "Escalate",
    "must_not_proceed": "Must not proceed",
    "stop_open_action7": "Stop and open Action 7",
    "incomplete": "Incomplete",
}


def certificates() -> Snapshot:
    """A complete record to which the policy does not apply; two signers."""
    return Snapshot(
        language="en",
        paper="a4",
        reference="ILM-DORV-2026-005-T",
        version=1,
        record="1e6b0d94-8f37-4c2a-b5d8-70a9c3f14e64",
        marking="UNCLASSIFIED",
        title="Birth and residence certificates for displaced families",
        country="Ilmaria",
        station="Dorva",
        created=date(2026, 3, 2),
        as_of=date(2026, 3, 5),
        form_title="Risk assessment",
        form_version="2026.1",
        definition="sha256:" + "5f0c2b5e" * 8,
        outcome=Outcome("not_applicable", "Not applicable", "D01", "The policy does not apply.", "policy_second_hand"),
        answers=ANSWERS,
        facts=(Item("Period", "1 April 2026 to 31 March 2027"),),
        sections=(
            Section(0, "The case", (Item("Where is the activity now?", "Proposal"), Item("Donor", ""))),
            Section(
                1,
                "When to apply the policy",
                (Item("Could any of it reach such a body through someone else?", "No"),),
                (
                    Reason(
                        "A1-02", "No security force receives or uses anything.", "policy_second_hand", "Not applicable"
                    ),
                ),
            ),
        ),
        not_relevant=("Recipients", "Kinds of support"),
        signers=(Signer("preparer"), Signer("reviewer")),
    )


def crossing() -> Snapshot:
    """A case with units, supports, a unit taken out, several rules and three signers."""
    reasons = (
        Reason("D19", "Low only because of measures.", "house", "Proceed with mitigation"),
        Reason("D20", "Conditions of the mechanism apply.", "house", "Proceed with mitigation"),
    )
    return replace(
        certificates(),
        reference="BMR-SELM-2026-001-K",
        title="Safer and fairer crossing points, 4th Sector",
        country="Belmara",
        station="Selm",
        marking="STRICTLY CONFIDENTIAL",
        outcome=Outcome(
            "proceed_with_mitigation",
            "Proceed with mitigation",
            "D18",
            "Medium risk remains; measures bind.",
            "house",
            reasons,
        ),
        recipients=(
            Recipient("R1", "Tiravo post", "Border control"),
            Recipient("R3", "Kehl Pass post", "Border control", "No delivery, no rotation in, separate fuel card."),
        ),
        supports=(
            Support("S1", "Equipment", "4 soft vehicles, 12 radios", "Included", ("R1",)),
            Support("S2", "Stand-alone training", "Refugee law", "Excluded", ("R1",)),
        ),
        would_change=("A narrower package.",),
        signers=(Signer("preparer"), Signer("reviewer"), Signer("approver")),
    )


def draft(missing: int = 14) -> Snapshot:
    """An unfinished record."""
    return replace(
        certificates(),
        outcome=Outcome("incomplete", "Incomplete", "D03", "Finish or mend Action 1.", "house"),
        draft=Draft("7K3QM", "11 Mar 16:20"),
        missing=tuple(f"Question {number} that is missing" for number in range(1, missing + 1)),
        signers=(),
    )


def empty() -> Snapshot:
    """A record of which nothing is known."""
    return replace(
        draft(3),
        title="",
        country="",
        station="",
        facts=(),
        sections=(),
        not_relevant=(),
        outcome=Outcome("incomplete", "Incomplete", "", "", ""),
    )


def long_text(signs: int, word: str = "word") -> str:
    """A text whose every word can be found again: word1 word2 ..."""
    words: list[str] = []
    length = 0
    while length < signs:
        words.append(f"{word}{len(words)}")
        length += len(words[-1]) + 1
    return " ".join(words)


def huge() -> Snapshot:
    """Long answers, a word that never ends, hundreds of rows, wide and narrow tables."""
    rows = tuple((f"row{number}", f"first{number}", f"second {number}") for number in range(200))
    wide = tuple(tuple(f"wide{number}x{column}" for column in range(9)) for number in range(12))
    return replace(
        crossing(),
        title="Ein außerordentlich langer Titel " * 12,
        marking="STRICTLY CONFIDENTIAL, NOT TO BE SHARED OUTSIDE THE UN WITHOUT THE APPROVAL OF THE CHIEF OF MISSION",
        sections=(
            Section(
                1,
                "Long",
                (
                    Item("Long answer", long_text(20_000)),
                    Item("Endless word", "x" * 5_000),
                    Item(long_text(3_000, "asked"), "Yes"),
                    Grid("Many rows", ("Row", "First", "Second"), rows),
                    Grid("Tall head", (long_text(8_000, "head"), "Second"), (("a", "b"),)),
                    Grid("Tall rows", ("Row", "Text"), (("T1", long_text(7_000, "tall")), ("T2", "short"))),
                    Grid("Wide", tuple(f"Heading {column}" for column in range(9)), wide),
                ),
            ),
        ),
        recipients=tuple(Recipient(f"R{number}", f"Post {number}", "Border control") for number in range(1, 61)),
        supports=tuple(
            Support(f"S{number}", "Equipment", "Radios", "Included", ("R1", "R60")) for number in range(1, 41)
        ),
        would_change=tuple(f"Fact {number}" for number in range(80)),
        outcome=replace(
            crossing().outcome,
            also=tuple(Reason(f"D{number}", long_text(300, "why"), "house") for number in range(30, 44)),
        ),
    )


def arabic() -> Snapshot:
    """A document read from right to left, with an answer in English and mixed lines."""
    return replace(
        crossing(),
        language="ar",
        title="معابر حدودية آمنة في القطاع الرابع",
        country="بلمارا",
        station="سلم",
        marking="سري للغاية",
        form_title="تقييم المخاطر",
        outcome=Outcome("escalate", "الإحالة إلى المقر", "D16", "تبقى مخاطر عالية (RC/HR/25-118).", "house"),
        facts=(Item("الفترة", "من 1 مارس 2026 إلى 31 أغسطس 2027"),),
        sections=(
            Section(
                1,
                "متى تنطبق السياسة",
                (
                    Item("هل يصل إليها شيء عبر طرف آخر؟", "نعم: السجلات تصل إلى خادم الوزارة (ICT server) منذ 2025"),
                    Item("الغرض", long_text(400, "English"), "en"),
                ),
                (Reason("A1-03", "دعم يمكن أن يرفع القدرة يصل إلى قوة.", "policy_second_hand", "تقييم كامل"),),
            ),
        ),
        recipients=(Recipient("R1", "مركز الحدود", "مراقبة الحدود"),),
        supports=(Support("S1", "تدريب", "فحص الوثائق", "مشمول", ("R1",)),),
        would_change=("مصدر مستقل شاهد الإجراء.",),
        not_relevant=("العمليات المشتركة",),
    )
