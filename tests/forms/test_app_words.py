"""The app's own words in French, Spanish and Arabic: nothing empty, nothing twice, every place to be filled kept."""

from __future__ import annotations

import re

import polib
import pytest

from hrddp_desktop.errors import Code
from tests.forms.worked import ROOT

LANGUAGES = ("fr", "es", "ar")
PLACE = re.compile(r"\{\w+\}")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "resources" / "i18n" / f"{language}.po"), encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_app_is_said_once(language: str) -> None:
    entries = list(catalogue(language))
    assert [entry.msgid for entry in entries if not entry.msgstr.strip() or entry.fuzzy] == []
    assert len(entries) == len({entry.msgid for entry in entries})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_to_be_filled_is_kept(language: str) -> None:
    wrong = [
        one.msgid
        for one in catalogue(language)
        if sorted(PLACE.findall(one.msgid)) != sorted(PLACE.findall(one.msgstr))
    ]
    assert wrong == []


def test_the_three_languages_say_the_same_things() -> None:
    every = [{entry.msgid for entry in catalogue(language)} for language in LANGUAGES]
    assert every[0] == every[1] == every[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_is_told_in_the_readers_language(language: str) -> None:
    told = {entry.msgid for entry in catalogue(language)}
    parts = {part for code in Code for part in (code.value.happened, code.value.safe, code.value.remedy)}
    assert sorted(parts - told) == []
