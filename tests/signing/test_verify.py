from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import AnswerError, Code, SigningError
from hrddp_desktop.signing import sign as signing
from hrddp_desktop.signing.findings import Finding, Recomputed, Report, Verdict
from hrddp_desktop.signing.roles import Role, roles
from hrddp_desktop.signing.sign import sign
from hrddp_desktop.signing.verify import verify
from tests.signing.documents import ANSWERS, NOW, TWO, Made, make, person, recomputed, sign_all, trusting

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.signing.trust import TrustList
    from tests.signing.documents import People, Signed


def check(pdf: bytes, trust: TrustList, made: Made | None = None) -> Report:
    return verify(pdf, trust, lambda _: recomputed(made), NOW)


def names(report: Report) -> list[str]:
    return [fact.name for fact in report.facts]


def test_a_complete_document_is_genuine(people: People, signed: Signed) -> None:
    report = check(signed.whole, people.known)
    assert report.verdict is Verdict.GENUINE
    assert report.next_role is None
    assert [signature.role for signature in report.signatures] == list(Role)
    assert [signature.name for signature in report.signatures] == ["Ana Example", "بنيامين مثال", "Cyra d’Exemple"]
    assert [signature.covers_whole_file for signature in report.signatures] == [False, False, True]
    assert all(signature.known and signature.valid_at_time for signature in report.signatures)
    assert all(signature.time == NOW for signature in report.signatures)
    assert report.answers == ANSWERS
    assert report.signed_length == len(signed.whole)
    assert (report.reference, report.outcome, report.rule) == ("HRDD-2026-0042", "proceed_with_mitigation", "D18")


def test_a_document_on_its_way_names_who_signs_next_and_that_it_may_be_shortened(
    people: People, signed: Signed
) -> None:
    for pdf, role in ((signed.once, Role.REVIEWER), (signed.twice, Role.APPROVER)):
        report = check(pdf, people.known)
        assert report.verdict is Verdict.IN_CIRCULATION
        assert report.next_role is role
        assert {"next_signer", "may_be_shortened"} <= set(names(report))


def test_cutting_a_complete_document_back_is_never_genuine(people: People, signed: Signed) -> None:
    assert check(signed.whole[: len(signed.twice)], people.known).verdict is Verdict.IN_CIRCULATION
    assert check(signed.whole[: len(signed.unsigned)], people.known).verdict is Verdict.DO_NOT_RELY


def test_an_unsigned_document_says_that_nobody_has_signed(people: People, signed: Signed) -> None:
    report = check(signed.unsigned, people.known)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert report.facts[0].sentence() == "Nobody has signed this yet."
    assert report.next_role is Role.PREPARER
    assert report.answers is None


def test_a_document_for_two_signers_is_genuine_with_two(people: People) -> None:
    made = Made(roles=TWO)
    once = sign(make(made), people.ana, Role.PREPARER, "", NOW)
    assert check(once, people.known, made).verdict is Verdict.IN_CIRCULATION
    assert check(sign(once, people.ben, Role.REVIEWER, "", NOW), people.known, made).verdict is Verdict.GENUINE


def test_an_unlocked_document_is_genuine_too(people: People) -> None:
    made = Made(locked=False)
    states = sign_all(people, make(made))
    assert check(states.whole, people.known, made).verdict is Verdict.GENUINE


def test_a_signer_who_is_not_on_the_list_is_shown_with_six_words(people: People, signed: Signed) -> None:
    report = check(signed.whole, people.known.remove(people.ben.card.fingerprint))
    assert report.verdict is Verdict.UNKNOWN_SIGNER
    assert [signature.known for signature in report.signatures] == [True, False, True]
    sentence = report.facts[0].sentence()
    assert "بنيامين مثال" in sentence
    assert " ".join(people.ben.card.words) in sentence
    assert len(people.ben.card.words) == 6


def test_adding_the_unknown_signer_makes_the_document_genuine(people: People, signed: Signed) -> None:
    known = people.known.remove(people.ben.card.fingerprint)
    assert check(signed.whole, known).verdict is Verdict.UNKNOWN_SIGNER
    assert check(signed.whole, known.add(people.ben.card, "words compared", NOW.date())).verdict is Verdict.GENUINE


def test_somebody_of_the_same_name_is_not_the_known_signer(people: People) -> None:
    pdf = sign(make(), people.stranger, Role.PREPARER, "", NOW)
    assert people.stranger.card.name == people.ana.card.name
    assert check(pdf, people.known).verdict is Verdict.UNKNOWN_SIGNER


def test_an_expired_certificate_is_judged_at_the_time_of_signing_and_the_report_says_so(
    people: People, signed: Signed
) -> None:
    report = verify(signed.whole, people.known, lambda _: recomputed(), NOW + timedelta(days=5 * 365))
    assert report.verdict is Verdict.GENUINE
    assert names(report).count("certificate_expired") == 3


def test_a_signature_from_the_future_is_noted(people: People, signed: Signed) -> None:
    report = verify(signed.once, people.known, lambda _: recomputed(), NOW - timedelta(hours=5))
    assert report.verdict is Verdict.IN_CIRCULATION
    assert "clock_ahead" in names(report)


def test_a_signature_outside_the_time_of_its_certificate_is_not_relied_on(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "_check_time", lambda *_: None)
    late = sign(make(), people.ana, Role.PREPARER, "", NOW + timedelta(days=5 * 365))
    report = check(late, people.known)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert names(report) == ["certificate_out_of_time"]


def test_two_certificates_with_one_name_are_noted(people: People) -> None:
    namesake = person("ANA example", station="Kehl")
    once = sign(make(), people.ana, Role.PREPARER, "", NOW)
    twice = sign(once, namesake, Role.REVIEWER, "", NOW)
    report = check(twice, trusting(people.ana, namesake))
    assert report.verdict is Verdict.IN_CIRCULATION
    assert "same_name" in names(report)


@pytest.mark.parametrize("name", ["Ana Example", "ana  EXAMPLE", "Ａｎａ Example", "Ana\u00a0Example"])
def test_two_certificates_of_one_name_at_one_station_are_one_person(
    people: People, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    again = person(name, "Head of office", "SELM")
    once = sign(make(), people.ana, Role.PREPARER, "", NOW)
    with pytest.raises(SigningError) as caught:
        sign(once, again, Role.REVIEWER, "", NOW)
    assert caught.value.code is Code.SIGNED_OUT_OF_TURN
    monkeypatch.setattr(signing, "same_person", lambda *_: False)
    report = check(sign(once, again, Role.REVIEWER, "", NOW), trusting(people.ana, again))
    assert report.verdict is Verdict.DO_NOT_RELY
    assert "same_signer" in names(report)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"outcome": "proceed"}, "outcome"),
        ({"rule": "D19"}, "rule"),
        ({"definition": "sha256:11"}, "definition"),
        ({"signers": TWO}, "signers"),
    ],
)
def test_a_document_that_says_other_than_the_rules_is_not_relied_on(
    people: People, signed: Signed, change: dict[str, object], what: str
) -> None:
    again = replace(recomputed(), **change)  # type: ignore[arg-type]  # one field of any type
    report = verify(signed.whole, people.known, lambda _: again, NOW)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert names(report)[0] == "outcome_differs"
    assert report.facts[0].facts["what"] == what
    assert len(report.signatures) == 3
    assert report.answers is None


def test_a_document_made_with_unknown_rules_says_which(people: People, signed: Signed) -> None:
    report = verify(signed.whole, people.known, lambda _: None, NOW)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert names(report)[0] == "rules_unknown"
    assert "sha256:000" in report.facts[0].sentence()


def test_answers_that_cannot_be_read_are_said_in_plain_words(people: People, signed: Signed) -> None:
    def refuse(answers: bytes) -> Recomputed | None:
        raise AnswerError(Code.ANSWERS_UNREADABLE, file="assessment.json", detail=f"{len(answers)} bytes")

    report = verify(signed.whole, people.known, refuse, NOW)
    assert report.verdict is Verdict.DO_NOT_RELY
    assert "is not an answers file" in report.facts[0].sentence()


def test_an_error_of_any_kind_is_do_not_rely(people: People, signed: Signed) -> None:
    class StrangeError(Exception):
        pass

    for error in (StrangeError(), MemoryError(), RecursionError(), KeyError("x"), AssertionError()):

        def fail(answers: bytes, error: Exception = error) -> Recomputed | None:
            raise error

        report = verify(signed.whole, people.known, fail, NOW)
        assert report.verdict is Verdict.DO_NOT_RELY
        assert names(report) == ["unreadable"]


def test_only_genuine_and_in_circulation_end_with_zero() -> None:
    assert {verdict for verdict in Verdict if verdict.exit_code == 0} == {Verdict.GENUINE, Verdict.IN_CIRCULATION}


def _loud(text: str) -> str:
    return text if "{" in text else text.upper()


def test_the_report_for_a_program_holds_every_fact_and_no_answer(people: People, signed: Signed) -> None:
    told = json.loads(check(signed.twice, people.known).to_json(_loud))
    assert told["verdict"] == "in_circulation"
    assert told["sentence"] == Verdict.IN_CIRCULATION.value.upper()
    assert told["exit_code"] == 0
    assert told["next_role"] == "approver"
    assert (told["facts"][0]["fact"], told["facts"][0]["role"]) == ("next_signer", "approver")
    assert [signature["words"] for signature in told["signatures"]] == [
        " ".join(one.card.words) for one in (people.ana, people.ben)
    ]
    assert "answers" not in told


def test_every_sentence_can_be_filled() -> None:
    for finding in Finding:
        assert finding.value.endswith(".")
        assert "  " not in finding.value


def test_roles_are_read_strictly() -> None:
    assert roles("preparer reviewer approver") == tuple(Role)
    assert roles("preparer") == (Role.PREPARER,)
    for wrong in ("", "reviewer", "reviewer preparer", "preparer preparer", "preparer boss", "approver"):
        assert roles(wrong) is None


def test_poppler_agrees_on_the_cryptography_of_a_stranger(people: People, tmp_path: Path) -> None:
    file = tmp_path / "stranger.pdf"
    file.write_bytes(sign(make(), people.stranger, Role.PREPARER, "", NOW))
    told = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in told


def test_a_person_with_a_name_in_any_script_can_sign() -> None:
    for name in ("Zoë Ünal", "Иван Пример", "أحمد", "例子"):
        who = person(name)
        report = check(sign(make(), who, Role.PREPARER, "", NOW), trusting(who))
        assert report.verdict is Verdict.IN_CIRCULATION
        assert report.signatures[0].name == name
