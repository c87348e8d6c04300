"""Finding records again by the user's own words, and by what the list shows."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.storage import erasing, search
from hrddp_desktop.storage.finding import Order, Wanted
from hrddp_desktop.storage.folding import fold, passage, words
from hrddp_desktop.storage.records import (
    AddRow,
    Excuse,
    RemoveRow,
    RestoreRow,
    SetAnswer,
    SetExcuse,
    Stored,
    Summary,
)
from tests.storage.vaults import database

if TYPE_CHECKING:
    from pathlib import Path

    from hrddp_desktop.storage.records import Edit, Value
    from hrddp_desktop.storage.vault import Vault


def _item(name: str, kind: str = "text", **facts: object) -> dict[str, object]:
    return {"name": name, "type": kind, "row": 2, "cells": {}, **facts}


_STRICT = {"sensitivity": "strictly_confidential"}
_FORM = {
    "form_id": "small",
    "version": "1",
    "settings": {"text_language": "language"},
    "items": [
        _item("title"),
        _item("language", "select_one", list_name="language"),
        _item("notes"),
        _item("secret", cells=_STRICT),
        _item("hidden", "group", cells=_STRICT),
        _item("deep", parent="hidden"),
        _item("units", "table"),
        _item("unit", table="units", parent="units"),
        _item("kind", "select_one", list_name="kind"),
        _item("kinds", "select_multiple", list_name="kind"),
        _item("sure", "select_one", list_name="sure"),
        _item("on", "date"),
    ],
    "lists": [
        {"name": "kind", "choices": [{"code": "p", "label": "Police"}, {"code": "b", "label": "Border guard"}]},
        {"name": "sure", "choices": [{"code": "yes", "label": "Certainly"}, {"code": "no", "label": "Never"}]},
        {"name": "language", "choices": [{"code": "en", "label": "English"}, {"code": "fr", "label": "French"}]},
    ],
    "translations": {"fr": {"choices:kind:p:label": "Gendarmerie", "choices:kind:b:label": "Garde-frontière"}},
}
_BODY = json.dumps(_FORM).encode()


@pytest.fixture
def record(opened: Vault) -> str:
    return opened.store.new_record("small", "1", "sha256:small", definition_bytes=_BODY)


def _commit(opened: Vault, record: str, *edits: Edit) -> None:
    opened.store.commit_all(record, edits, Summary(record, "small"))


def _answer(opened: Vault, record: str, path: str, value: Value | None) -> None:
    _commit(opened, record, SetAnswer(path, value))


def _found(opened: Vault, typed: str) -> list[str]:
    wanted = Wanted(words(typed))
    hits = opened.store.find(wanted, 50)
    assert opened.store.count(wanted) == len(hits)
    return [hit.summary.record for hit in hits]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Contrôle à la frontière", "controle FRONTIERE"),
        ("niños y niñas", "ninos"),
        ("Straße", "strasse"),
        ("الشُّرْطَة", "الشرطه"),
        ("إدارة أمن الحدود", "اداره امن"),
        ("مستشفى", "مستشفي"),
        ("القـــوات", "القوات"),
        ("سنة ٢٠٢٦", "2026"),
        ("تدريب للشرطة", "الشرطة"),
        ("تدريب والشرطة", "شرطة"),
        ("شرطة الحدود", "الشرطة"),
        ("the Sel crossing", "cross"),
    ],
)
def test_words_are_found_whatever_their_accents_and_letter_variants(
    opened: Vault, record: str, written: str, typed: str
) -> None:
    _answer(opened, record, "notes", written)
    assert _found(opened, typed) == [record]


@pytest.mark.parametrize("typed", ["crossing OR", '"', "NEAR(", "crossing -Sel:x", "crossing * ^"])
def test_nothing_that_is_typed_is_a_command_of_the_index(opened: Vault, record: str, typed: str) -> None:
    _answer(opened, record, "notes", "the Sel crossing")
    _found(opened, typed)
    assert _found(opened, "crossing") == [record]
    assert _found(opened, "rossing") == []


def test_words_may_stand_in_different_answers_but_all_must_stand_somewhere(opened: Vault, record: str) -> None:
    _commit(opened, record, SetAnswer("title", "Driver training"), SetAnswer("notes", "Two weeks in Dorva"))
    assert _found(opened, "dorva training") == [record]
    assert _found(opened, "dorva training airport") == []


def test_an_answer_that_changed_is_found_by_its_new_words_only(opened: Vault, record: str) -> None:
    _answer(opened, record, "notes", "a bridge")
    _answer(opened, record, "notes", "a tunnel")
    assert (_found(opened, "bridge"), _found(opened, "tunnel")) == ([], [record])
    _answer(opened, record, "notes", None)
    assert _found(opened, "tunnel") == []


def test_choices_are_found_by_their_labels_in_the_language_of_the_record(opened: Vault, record: str) -> None:
    _commit(opened, record, SetAnswer("kind", "p"), SetAnswer("kinds", ["b", "p"]), SetAnswer("sure", "yes"))
    assert (_found(opened, "police"), _found(opened, "guard")) == ([record], [record])
    assert _found(opened, "certainly") == []  # a yes is found everywhere and says nothing
    _answer(opened, record, "language", "fr")
    assert (_found(opened, "police"), _found(opened, "gendarmerie frontiere")) == ([], [record])


def test_a_record_is_found_by_its_title_and_reference(opened: Vault, record: str) -> None:
    line = Summary(record, "small", title="Bâtiment", reference="ILM-DORV-2026-417-K", station="Dorva")
    opened.store.commit(record, SetAnswer("on", "2026-01-20"), line)
    for typed in ("batiment", "ilm-dorv-2026-417-k", "417", "dorva"):
        assert _found(opened, typed) == [record]
    opened.store.commit(record, SetAnswer("on", None), replace(line, title="Bridge"))
    assert _found(opened, "batiment") == []


def test_a_removed_row_is_not_found_until_it_comes_back(opened: Vault, record: str) -> None:
    why = SetExcuse("units/R1/unit", Excuse("later", "ask the harbour office"))
    _commit(opened, record, AddRow("units", "R1"), SetAnswer("units/R1/unit", "Coast guard"), why)
    assert _found(opened, "coast harbour") == [record]
    _commit(opened, record, RemoveRow("units", "R1"))
    assert (_found(opened, "coast"), _found(opened, "harbour")) == ([], [])
    _commit(opened, record, RestoreRow("units", "R1", 0))
    assert _found(opened, "coast harbour") == [record]


def test_what_is_strictly_confidential_is_in_no_index(opened: Vault, record: str) -> None:
    _commit(opened, record, SetAnswer("secret", "quartz"), SetAnswer("deep", "quartz"), SetAnswer("unknown", "quartz"))
    _commit(opened, record, SetExcuse("secret", Excuse("later", "quartz")))
    assert _found(opened, "quartz") == []


def test_a_hit_shows_the_words_as_they_were_written(opened: Vault, record: str) -> None:
    _answer(opened, record, "notes", "Formation à l'École de police")
    (hit,) = opened.store.find(Wanted(words("ecole")), 5)
    assert (hit.path, hit.text) == ("notes", "Formation à l'École de police")
    assert passage(hit.text, words("ecole")) == ("Formation à l'", "École", " de police")


def test_a_whole_record_that_was_received_is_found(opened: Vault) -> None:
    answers = {"title": "Gate", "units": [{"_row": "R1", "unit": "Pier watch"}]}
    received = Stored("r" * 8, "small", "1", "sha256:small", date(2026, 1, 20), answers, {})  # type: ignore[arg-type]
    opened.store.import_record(received, Summary("r" * 8, "small"), definition_bytes=_BODY)
    assert _found(opened, "pier gate") == ["r" * 8]


def test_what_leaves_the_index_leaves_its_bytes(opened: Vault, record: str, folder: Path) -> None:
    """The control first: while the word is there it stands in the pages of the index."""
    for number in range(40):
        _answer(opened, record, "title", f"other words {number}")
    for text in ("zanzibar", "a tunnel", "zanzibar and a tunnel", "a bridge"):
        _answer(opened, record, "notes", text)
    opened.lock()
    with contextlib.closing(database(folder)) as db:
        with db.writing() as connection:
            assert _in_pages(connection, b"zanzibar")
            (line,) = connection.execute("SELECT id FROM records").fetchone()
            connection.execute("DELETE FROM answers WHERE name = 'notes'")
            search.Index().rebuild(connection, line)
            assert _in_pages(connection, b"zanzibar")
        erasing.scrub(db)
        with db.reading() as connection:
            assert not _in_pages(connection, b"zanzibar")
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _in_pages(connection: object, word: bytes) -> bool:
    pages = connection.execute("SELECT block FROM search_data UNION ALL SELECT text FROM texts")  # type: ignore[attr-defined]
    blocks = (block if isinstance(block, bytes) else block.encode() for (block,) in pages)
    return any(word in block or word[1:] in block for block in blocks)


def test_the_whole_index_can_be_made_anew(opened: Vault, record: str, folder: Path) -> None:
    why = SetExcuse("title", Excuse("later", "ask the mayor"))
    edits = (AddRow("units", "R1"), SetAnswer("units/R1/unit", "Coast guard"), SetAnswer("kind", "b"), why)
    opened.store.commit_all(record, edits, Summary(record, "small", title="Gate"))
    opened.lock()
    with database(folder).writing() as connection:
        before = set(connection.execute("SELECT record, path, text FROM texts"))
        assert len(before) == 4
        connection.execute("DELETE FROM texts")
        search.rebuild(connection)
        assert set(connection.execute("SELECT record, path, text FROM texts")) == before


def test_an_answer_that_was_refused_leaves_no_words(opened: Vault, record: str) -> None:
    with pytest.raises(ValueError, match="no row"):
        _commit(opened, record, SetAnswer("notes", "quartz"), SetAnswer("units/R9/unit", "x"))
    assert _found(opened, "quartz") == []


@pytest.fixture
def listed(opened: Vault) -> Vault:
    lines = (
        Summary("", "small", "Bridge", "B", "ILM", "Dorva", "draft", "green", date(2026, 3, 1)),
        Summary("", "small", "airport", "A", "VAL", "Lorne", "signed", "amber", None),
        Summary("", "letter", "Canal", "C", "ILM", "Dorva", "draft", "", date(2026, 5, 1)),
    )
    for line in lines:
        made = opened.store.new_record(line.form, "1", "sha256:small", definition_bytes=_BODY)
        opened.store.commit(made, SetAnswer("notes", "shared words"), replace(line, record=made))
    return opened


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        (Wanted(), ["Canal", "airport", "Bridge"]),
        (Wanted(country="ILM"), ["Canal", "Bridge"]),
        (Wanted(status="signed"), ["airport"]),
        (Wanted(outcome="green"), ["Bridge"]),
        (Wanted(form="letter", country="ILM"), ["Canal"]),
        (Wanted(due=date(2026, 3, 31)), ["Bridge"]),
        (Wanted(order=Order.DUE), ["Bridge", "Canal", "airport"]),
        (Wanted(order=Order.TITLE), ["airport", "Bridge", "Canal"]),
        (Wanted(order=Order.OLDEST), ["Bridge", "airport", "Canal"]),
        (Wanted(("shared",), country="ILM", order=Order.TITLE), ["Bridge", "Canal"]),
        (Wanted(("shared", "canal")), ["Canal"]),
        (Wanted(("shared",), status="gone"), []),
    ],
)
def test_the_list_is_filtered_and_sorted_by_its_lines(listed: Vault, wanted: Wanted, titles: list[str]) -> None:
    assert [hit.summary.title for hit in listed.store.find(wanted, 50)] == titles
    assert listed.store.count(wanted) == len(titles)


def test_a_list_is_read_a_piece_at_a_time(listed: Vault) -> None:
    pieces = [listed.store.find(Wanted(), 2, at) for at in (0, 2, 4)]
    assert [[hit.summary.title for hit in piece] for piece in pieces] == [["Canal", "airport"], ["Bridge"], []]
    assert listed.store.present("country") == ["ILM", "VAL"]


def test_a_record_with_the_word_in_a_short_text_comes_first(opened: Vault) -> None:
    made = [opened.store.new_record("small", "1", "sha256:small", definition_bytes=_BODY) for _ in range(2)]
    _answer(opened, made[0], "notes", "Harbour")
    _answer(opened, made[1], "notes", "A long text of many words in which the harbour is named once, far from the end")
    assert _found(opened, "harbour") == made


def test_folding_twice_changes_nothing() -> None:
    for text in ("Éßøİ ٱلْقُوَّات ﻻ", "ΑΣ"):
        assert fold(fold(text)) == fold(text)


def test_a_long_text_is_shown_around_the_word() -> None:
    before, word, behind = passage("start " * 100 + "Häfen" + " end" * 100, words("haf"))
    assert word == "Häfen"
    assert before.startswith("… start")
    assert behind.endswith(" …")
    assert max(len(before), len(behind)) < 70


@pytest.mark.parametrize("body", [b"", b"no json", b"\xff", b"[]"])
def test_a_definition_that_cannot_be_read_stops_no_answer_and_shows_none(opened: Vault, body: bytes) -> None:
    made = opened.store.new_record("odd", "1", "sha256:odd", definition_bytes=body)
    _answer(opened, made, "notes", "quartz")
    assert opened.store.load(made).answers == {"notes": "quartz"}
    assert _found(opened, "quartz") == []
