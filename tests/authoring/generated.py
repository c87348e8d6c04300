"""Forms made up by a seed: every type, tables with links, decision tables, awkward texts in every cell."""

from __future__ import annotations

import csv
import io
from random import Random
from typing import TYPE_CHECKING

from hrddp_desktop.engine import catalogues
from hrddp_desktop.engine.catalogues import Catalogue, Entry
from hrddp_desktop.engine.grids import read_files
from hrddp_desktop.engine.messages import messages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_WORDS = (
    "unit",
    "007",
    "1.0",
    "2026-03-05",
    "=SUM(A1)",
    "+41",
    "-1",
    "@home",
    'a "quoted" word',
    "it's",
    "a, b",
    "50 %",
)
_AWKWARD = (
    "«oui»",
    "؟ ما هي الوحدة",
    "¿Qué?",
    "don’t",
    "two\nlines",
    "tab\there",
    "\\n",
    "😀",
    "TRUE",
    "#N/A",
    "_x0041_",
)
_HEADINGS = (
    *("type", "name", "label", "hint", "guidance_hint", "relevant", "required", "required_message", "constraint"),
    *("constraint_message", "calculation", "choice_filter", "default", "read_only", "appearance", "source", "action"),
    *("due", "lanes", "table", "row_prefix"),
)


class Made:
    """One form in the making; `write` puts it into a folder."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - the same form for the same seed
        self.rows: list[dict[str, str]] = []
        self.choices = [{"list_name": "yn", "name": code, "label": code.title(), "kind": "k"} for code in ("no", "yes")]
        self.sheets: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    def text(self) -> str:
        """A text that begins and ends with a sign, with something awkward inside."""
        words = self.random.choices([*_WORDS, *_AWKWARD], k=self.random.randint(1, 4))
        return " ".join(words).strip()

    def maybe(self, text: str) -> str:
        return text if self.random.random() < 0.5 else ""

    def question(self, name: str, kind: str, **cells: str) -> None:
        texts = {"label": self.text(), "hint": self.maybe(self.text()), "guidance_hint": self.maybe(self.text())}
        if kind.startswith("begin"):
            texts = {"label": self.text()}
        elif kind != "calculate" and self.asked and self.random.random() < 0.4:
            texts["relevant"] = f"${{{self.random.choice(self.asked)}}} = 'yes'"
        if kind in {"text", "integer", "date"}:
            texts["required"] = self.maybe("yes")
            texts["required_message"] = self.maybe(self.text())
        self.rows.append({"type": kind, "name": name, "source": "[D]", **texts, **cells})

    def build(self) -> None:
        for page in range(self.random.randint(1, 3)):
            self.question(f"g{page}", "begin_group", action=str(page), relevant="")
            for at in range(self.random.randint(1, 4)):
                self._plain(f"q{page}_{at}")
            self.rows.append({"type": "end_group"})
        if self.random.random() < 0.7:
            self._tables()
        if self.random.random() < 0.7:
            self._decision()

    def _plain(self, name: str) -> None:
        kind = self.random.choice(["text", "integer", "decimal", "date", "select_one yn", "select_multiple yn", "note"])
        cells = {"constraint": ". >= 0", "constraint_message": self.text()} if kind == "integer" else {}
        if kind == "text":
            cells = {"default": self.maybe("007"), "appearance": self.maybe("multiline"), "due": "concept"}
        self.question(name, kind, **cells)
        if kind == "select_one yn":
            self.asked.append(name)

    def _tables(self) -> None:
        self.question("units", "begin_repeat", row_prefix="U", required=self.maybe("yes"))
        self.question("unit_name", "text", relevant="")
        self.question("unit_ok", "select_one yn", relevant="")
        self.question("unit_row", "calculate", calculation="../_row")
        self.rows.append({"type": "end_repeat"})
        self.question("chosen", "select_multiple_row units", choice_filter=self.maybe("unit_ok = 'yes'"))
        self.question("one", "select_one_row units")
        self.question("count_units", "calculate", calculation="count(${units})")

    def _decision(self) -> None:
        self.question("asked", "select_one yn", relevant="")
        self.question("result", "calculate", table="rate")
        self.choices += [{"list_name": "rate", "name": code, "label": self.text()} for code in ("low", "high")]
        self.sheets["decisions/variables"] = [["table", "variable", "list", "from"], ["rate", "v", "yn", "asked"]]
        self.sheets["decisions/variables"].append(["rate", "w", "yn", ""])
        self.sheets["decisions/facts"] = [["variable", "fact"], ["v", self.text()]]
        self.sheets["decisions/rate"] = [
            ["rule", "v", "w", "outcome", "reason"],
            ["D1", "yes", "", "high", self.text()],
            ["D2", "not no", "missing", "missing", self.text()],
            ["D3", "", "", "low", self.text()],
        ]

    def write(self, folder: Path) -> Path:
        """The form as files; some translations are stale, some belong to nothing, some have notes."""
        self.build()
        folder.mkdir(parents=True)
        settings = [["form_id", "form_title", "version", "default_language"]]
        settings.append(["made", self.text(), "0012", "English (en)"])
        lists = ["list_name", "name", "label", "kind"]
        sheets: dict[str, Sequence[Sequence[str]]] = {
            "survey": [_HEADINGS, *[[row.get(column, "") for column in _HEADINGS] for row in self.rows]],
            "choices": [lists, *[[row.get(column, "") for column in lists] for row in self.choices]],
            "settings": settings,
            **self.sheets,
        }
        for name, rows in sheets.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(rows)
            (folder / f"{name}.csv").write_bytes(text.getvalue().encode())
        files, _ = read_files(folder)
        for language in self.random.sample(["fr", "es", "ar", "pt"], k=self.random.randint(0, 3)):
            entries = [entry for one in messages(files) if (entry := self._entry(one.context, one.english)) is not None]
            catalogue = catalogues.new(language, "made 0012")
            written = Catalogue(language, catalogue.header, self.maybe("by hand"), tuple(dict.fromkeys(entries)))
            (folder / "i18n").mkdir(exist_ok=True)
            (folder / "i18n" / f"{language}.po").write_bytes(catalogues.written(written))
        return folder

    def _entry(self, context: str, english: str) -> Entry | None:
        kind = self.random.random()
        text = f"{self.random.choice(_AWKWARD).strip()}\u00a0: {self.random.choice(_WORDS)}"
        if kind < 0.1:
            return None
        if kind < 0.2:
            return Entry(context, english, text, fuzzy=True, previous="an older text")
        if kind < 0.25:
            return Entry("survey:gone:label", english, text, obsolete=True)
        return Entry(context, english, text, note=self.maybe("ask the office") if kind < 0.3 else "")
