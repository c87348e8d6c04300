"""Translations follow the sheets, and none is ever lost."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polib
import pytest

from hrddp_desktop import paths
from hrddp_desktop.engine import catalogues
from hrddp_desktop.engine.catalogues import Catalogue, Entry, merged, written
from hrddp_desktop.engine.grids import read_files
from hrddp_desktop.engine.messages import messages, updated
from hrddp_desktop.engine.words import texts
from hrddp_desktop.errors import FileError, FormError
from hrddp_desktop.services import authoring, spoken
from tests.authoring.generated import Made
from tests.authoring.workbooks import reworded
from tests.engine.forms import compiled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LANGUAGES = ("ar", "es", "fr")


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """A copy of the assessment."""
    shutil.copytree(paths.forms_dir() / "assessment", tmp_path / "form")
    return tmp_path / "form"


def unhinted(form: Path) -> tuple[int, str]:
    """A question without a hint: the number of its row, its name."""
    records = enumerate(read_files(form)[0].grid("survey").records())
    return next((at, one["name"]) for at, one in records if one["type"] == "text" and not one["hint"])


def french(form: Path) -> dict[str, polib.POEntry]:
    return {entry.msgctxt: entry for entry in polib.pofile(str(form / "i18n" / "fr.po"))}


def test_the_extractor_and_the_engine_know_the_same_texts() -> None:
    folder = paths.forms_dir() / "assessment"
    every = messages(read_files(folder)[0])
    found = {(one.context, one.english) for one in every if not one.file.startswith("examples/")}
    assert found == {pair for pair in texts(compiled(folder)) if pair[1]}


def test_the_translations_in_git_are_up_to_date() -> None:
    for words in authoring.words_of_form("assessment"):
        assert words.content == words.file.read_bytes()
        assert (words.is_current, words.found.missing, words.found.stale) == (True, (), ())


def test_a_changed_text_keeps_its_translation_marked_fuzzy(form: Path) -> None:
    was, translated = (
        reworded(form, "survey", "a0_title", "label", "Other words"),
        french(form)["survey:a0_title:label"],
    )
    written_files = authoring.store_words(authoring.words_of_form(str(form)))
    assert [file.stem for file in written_files] == list(LANGUAGES)
    entry = french(form)["survey:a0_title:label"]
    assert (entry.msgid, entry.fuzzy, entry.previous_msgid) == ("Other words", True, was)
    assert entry.msgstr == translated.msgstr != ""


def test_a_new_text_is_reported_as_missing_in_every_language(form: Path) -> None:
    at, record = unhinted(form)
    reworded(form, "survey", at, "hint", "Where you work.")
    found = authoring.words_of_form(str(form))
    assert [[one.context for one in words.found.missing] for words in found] == [[f"survey:{record}:hint"]] * 3


def test_a_translation_without_a_text_stays_in_the_file_and_comes_back_with_its_text(form: Path) -> None:
    was = reworded(form, "survey", "a0_title", "label", "")
    found = authoring.words_of_form(str(form))
    assert [one.context for one in found[0].found.obsolete] == ["survey:a0_title:label"]
    authoring.store_words(found)
    assert french(form)["survey:a0_title:label"].obsolete
    assert not isinstance(compiled(form), list)
    reworded(form, "survey", "a0_title", "label", was)
    authoring.store_words(authoring.words_of_form(str(form)))
    for language in LANGUAGES:
        there = paths.forms_dir() / "assessment" / "i18n" / f"{language}.po"
        assert (form / "i18n" / f"{language}.po").read_bytes() == there.read_bytes()


def test_a_renamed_question_takes_its_translations_along(form: Path) -> None:
    reworded(form, "survey", "a0_donor", "name", "a0_donors")
    found = authoring.words_of_form(str(form))
    assert [(words.found.missing, words.found.stale, words.found.obsolete) for words in found] == [((), (), ())] * 3
    authoring.store_words(found)
    assert not isinstance(compiled(form), list)


def test_two_rules_with_one_id_keep_their_two_translations(form: Path) -> None:
    rules = read_files(form)[0].grid("decisions/a1").records()
    first, second = (rule["reason"] for rule in rules if rule["rule"] == "A1-00b")
    assert first != second
    reworded(form, "decisions/a1", second, "reason", "Other words.", by="reason")
    found = {words.file.stem: words for words in authoring.words_of_form(str(form))}
    assert [(one.context, one.previous) for one in found["fr"].found.stale] == [("a1:A1-00b:reason", second)]


def test_words_of_sheets_that_we_do_not_know_are_left_alone() -> None:
    entry = Entry("machine:incident:event", "hold", "suspendre")
    result, found = merged(Catalogue("fr", entries=(entry,)), [("survey:q:label", "hold")], ["survey"])
    assert result.entries == (Entry("survey:q:label", "hold"), entry)
    assert found.obsolete == ()


def test_no_translation_is_ever_lost_and_a_second_update_changes_nothing(
    tmp_path: Path, counts: Callable[[str], int]
) -> None:
    for seed in range(counts("workbook_forms")):
        form = Made(seed).write(tmp_path / f"{seed}")
        survey = (form / "survey.csv").read_text("utf-8").splitlines(keepends=True)
        other = Made(seed + 1000).write(tmp_path / f"{seed}-other")
        (form / "survey.csv").write_text((other / "survey.csv").read_text("utf-8"), "utf-8")
        files, _ = read_files(form)
        result = updated(files).files
        assert updated(result).files == result, seed
        for language, catalogue in files.catalogues.items():
            before = {entry.text for entry in catalogue.entries if entry.text}
            assert before <= {entry.text for entry in result.catalogues[language].entries}, seed
        assert survey


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    entries = (
        Entry("a:b:c", 'a "b" \\ c\nd\te', "é\u00a0: ع", note="two\nlines", comment="from the sheet"),
        Entry("a:b:d", "x", "y", fuzzy=True, previous="old", flags=("no-wrap",)),
        Entry("a:b:e", "x", "y", fuzzy=True, obsolete=True),
    )
    catalogue = Catalogue("fr", (("Language", "fr"), ("X-Note", "a: b")), "by hand", entries)
    (tmp_path / "fr.po").write_bytes(written(catalogue))
    assert catalogues.read(tmp_path / "fr.po") == catalogue


def test_a_broken_translation_file_is_a_problem_and_no_traceback(form: Path) -> None:
    (form / "i18n" / "fr.po").write_bytes(b'msgid "x\nmsgstr')
    with pytest.raises(FormError):
        authoring.words_of_form(str(form))


# the app's own words


def test_the_words_of_the_app_keep_their_order_and_new_ones_follow(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('say("New"); say("Two"); N_("One")')
    catalogue = Catalogue("fr", entries=(Entry("", "One", "Un"), Entry("", "Gone", "Parti"), Entry("", "Two", "Deux")))
    result, found = spoken.updated(tmp_path, catalogue)
    assert [(one.english, one.text, one.obsolete) for one in result.entries] == [
        ("One", "Un", False),
        ("Two", "Deux", False),
        ("New", "", False),
        ("Gone", "Parti", True),
    ]
    assert [one.english for one in found.missing] == ["New"]


def test_the_words_of_the_app_are_found_for_every_language() -> None:
    assert [words.file.stem for words in authoring.words_of_app()] == list(LANGUAGES)


def test_a_broken_file_of_the_app_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "i18n").mkdir()
    (tmp_path / "i18n" / "fr.po").write_bytes(b"\xff\xfe")
    monkeypatch.setattr(paths, "resources_dir", lambda: tmp_path)
    with pytest.raises(FileError):
        authoring.words_of_app()
