"""The form engine beside ODK's own, SurveyJS and pyxform, on 250 questions in four languages with 150 rows in tables.

Each line is a ratio of medians of one run, its bar, and the ratio of means, in which slow answers count. Everything is
measured in turns, warm, and inside the process that does the work: what passes between the processes does not count.
The peers hold the same form with the same answers, which is checked before anything is measured.
"""

from __future__ import annotations

import json
import sys
import tempfile
import tracemalloc
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean

from hrddp_desktop.engine.answers import answer_text
from hrddp_desktop.engine.compiler import compile_form
from hrddp_desktop.engine.definition import Definition, Item, dump, load
from hrddp_desktop.engine.session import Session, open_session
from tests.bench.peers.model import model
from tests.bench.timing import Series, show
from tests.judges.peers import Driver
from tests.judges.xform import with_sum_of_nothing, workbook_of, xform_of

_FORM = Path(__file__).parent.parent / "data" / "bench_form"
_PEERS = Path(__file__).parent / "peers"
_AS_OF = date(2026, 3, 5)
_ROWS = 30
_TURNS = 8
_SLOW = 10  # so many questions of a turn are also answered in SurveyJS, which takes its time
_MEMORY_MB = 30.0
_ANSWERS = {
    "text": ("enough text for a reason", "another text for a reason"),
    "integer": ("12", "13"),
    "decimal": ("12.5", "13.5"),
    "date": ("2026-01-20", "2026-02-20"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One that can be answered, where it is, and two answers as text."""

    path: str
    place: str
    item: Item
    answers: tuple[str, str]


class Peer(Driver):
    """A peer that answers with milliseconds."""

    def note(self, series: Series, wish: dict[str, object]) -> None:
        """Let it work and note how long each piece took."""
        ms = self.ask(wish)["ms"]
        series.seconds.extend(float(str(one)) / 1000 for one in (ms if isinstance(ms, list) else [ms]))


def main() -> int:
    """Measure and show; 1 when a bar is missed."""
    definition = _compiled()
    questions = _questions(definition)
    with tempfile.TemporaryDirectory() as folder, _odk() as odk, _surveyjs() as surveyjs:
        bench = Bench(definition, questions, Path(folder), odk, surveyjs)
        bench.check()
        for turn in range(_TURNS):
            bench.turn(turn)
        return bench.show(_memory())


def _odk() -> Peer:
    return Peer(_PEERS / "odk.mjs", _AS_OF)


def _surveyjs() -> Peer:
    return Peer(_PEERS / "surveyjs.mjs", _AS_OF)


class Bench:
    """The form, filled in the three engines, and what was measured so far."""

    def __init__(
        self, definition: Definition, questions: list[Question], folder: Path, odk: Peer, surveyjs: Peer
    ) -> None:
        self._definition, self._questions, self._odk, self._surveyjs = definition, questions, odk, surveyjs
        self._cache, self._workbook = dump(definition), workbook_of(_FORM)
        self._xform, self._model = folder / "form.xml", folder / "form.json"
        self._xform.write_text(with_sum_of_nothing(xform_of(self._workbook)), "utf-8")
        self._model.write_text(json.dumps(model(definition)), "utf-8")
        self._session = _filled(definition, questions)
        names = ("load", "answer", "cell", "recompute", "compile")
        self.ours = {name: Series(f"{name}, ours") for name in names}
        self.odk = {name: Series(f"{name}, ODK's engine") for name in ("load", "answer", "cell")}
        self.surveyjs = {name: Series(f"{name}, SurveyJS") for name in ("load", "answer", "cell", "recompute")}
        self.pyxform = Series("compile, pyxform")
        odk.ask({"load": str(self._xform)})
        odk.ask({"fill": [*self._rows(), *(self._step(odk, one, 0) for one in self._in_order())]})
        surveyjs.ask({"load": str(self._model)})
        surveyjs.ask({"fill": self._data()})

    def check(self) -> None:
        """The three say the same, or what was measured means nothing."""
        calculated = [item.name for item in self._definition.items.values() if item.type == "calculate"]
        places = [name for name in calculated if self._definition.items[name].table is None]
        ours = [answer_text(self._session.value(name)) for name in places]
        for name, peer in (("ODK's engine", self._odk), ("SurveyJS", self._surveyjs)):
            theirs = [str(value) for value in _list(peer.ask({"values": places}))]
            differ = [f"{p}: {a} {b}" for p, a, b in zip(places, ours, theirs, strict=True) if a != b]
            if differ:
                raise SystemExit(f"{name} says something else: {differ}")

    def turn(self, turn: int) -> None:
        """Everything once."""
        self.ours["load"].measure(_load, self._cache)
        self.ours["recompute"].measure(self._session._work.everything)  # noqa: SLF001 - no answer asks for all of it
        self.ours["compile"].measure(compile_form, _FORM)
        self.pyxform.measure(xform_of, self._workbook)
        self._surveyjs.note(self.surveyjs["recompute"], {"recompute": True})
        shown = self._in_order()[turn % _TURNS :: _TURNS]
        for kind in ("answer", "cell"):
            of_kind = [one for one in shown if bool(one.item.table) is (kind == "cell")]
            answers = [(one, which) for one in of_kind for which in (1, 0)]
            few = [(one, which) for one in of_kind[:: max(1, len(of_kind) // _SLOW)] for which in (1, 0)]
            for one, which in answers:
                self.ours[kind].measure(self._session.set, one.path, one.answers[which])
            self._odk.note(self.odk[kind], {"answers": [self._step(self._odk, *each) for each in answers]})
            self._surveyjs.note(self.surveyjs[kind], {"answers": [self._step(self._surveyjs, *each) for each in few]})
        with _odk() as fresh:
            fresh.ask({"load": str(self._xform)})
            fresh.note(self.odk["load"], {"load": str(self._xform)})
        with _surveyjs() as fresh:
            fresh.ask({"load": str(self._model)})
            fresh.note(self.surveyjs["load"], {"load": str(self._model)})

    def show(self, memory_mb: float) -> int:
        """The table; 1 when a bar is missed."""
        every = [*self.ours.values(), *self.odk.values(), *self.surveyjs.values(), self.pyxform]
        show(f"{self._definition.title}: {len(self._questions)} answers", every, [])
        bars = (
            ("load from cache : ODK's engine", self.ours["load"], self.odk["load"], 0.15),
            ("one answer : ODK's engine", self.ours["answer"], self.odk["answer"], 0.02),
            ("one answer : SurveyJS", self.ours["answer"], self.surveyjs["answer"], 0.005),
            ("one table cell : ODK's engine", self.ours["cell"], self.odk["cell"], 0.01),
            ("full recompute : SurveyJS", self.ours["recompute"], self.surveyjs["recompute"], 0.3),
            ("compile from CSV : pyxform", self.ours["compile"], self.pyxform, 0.2),
        )
        print(f"\n{'':46}{'ratio':>10}{'bar':>10}{'of means':>12}")
        missed = 0
        for name, ours, theirs, bar in bars:
            means = f"{fmean(ours.seconds) / fmean(theirs.seconds):12.4f}"
            missed += _line(name, ours.middle / theirs.middle, bar, means)
        missed += _line("memory of a full session, MB", memory_mb, _MEMORY_MB)
        return 1 if missed else 0

    # the form filled

    def _rows(self) -> list[dict[str, object]]:
        tables = [item.name for item in self._definition.items.values() if item.type == "table"]
        return [{"add": table, "row": ""} for table in tables for _ in range(_ROWS)]

    def _data(self) -> dict[str, object]:
        """The first answers as SurveyJS keeps them."""
        found: dict[str, object] = {}
        for question in self._in_order():
            value = self._step(self._surveyjs, question, 0)["value"]
            if question.item.table is None:
                found[question.item.name] = value
            else:
                rows = found.setdefault(question.item.table, [{} for _ in range(_ROWS)])
                number = int(question.place.partition("[")[2].partition("]")[0])
                if isinstance(rows, list):
                    rows[number - 1][question.item.name] = value
        return found

    def _in_order(self) -> list[Question]:
        """What can be answered while everything has its first answer: what is relevant then."""
        return [one for one in self._questions if self._session.view(one.path, "en").relevant]

    def _step(self, peer: Peer, question: Question, which: int) -> dict[str, object]:
        text = question.answers[which]
        value: object = text
        if peer is self._surveyjs and question.item.type in {"integer", "decimal"}:
            value = float(text)
        elif peer is self._surveyjs and question.item.type == "select_multiple":
            value = text.split()
        return {"set": question.place, "value": value}


def _line(name: str, found: float, bar: float, more: str = "") -> int:
    verdict = "" if found <= bar else "  missed"
    print(f"{name:46}{found:10.4f}{bar:10}{more}{verdict}")
    return 1 if verdict else 0


def _list(answer: dict[str, object]) -> list[object]:
    values = answer["values"]
    return values if isinstance(values, list) else []


def _compiled() -> Definition:
    definition = compile_form(_FORM)
    if not isinstance(definition, Definition):
        raise SystemExit(f"{_FORM} has problems; the first: {definition[0].sentence}")
    return definition


def _load(cache: bytes) -> Session:
    """From the bytes of the cache to a record that can be answered."""
    return open_session(load(cache), as_of=_AS_OF)


def _questions(definition: Definition) -> list[Question]:
    """Every question, and every cell of 30 rows, with two answers."""
    found: list[Question] = []
    for item in definition.items.values():
        if not item.is_answered_by_hand:
            continue
        answers = _ANSWERS.get(item.type) or _codes(definition, item)
        if item.table is None:
            found.append(Question(item.name, item.name, item, answers))
            continue
        prefix = definition.items[item.table].cell("row_prefix")
        found.extend(
            Question(f"{item.table}/{prefix}{row}/{item.name}", f"{item.table}[{row}]/{item.name}", item, answers)
            for row in range(1, _ROWS + 1)
        )
    return found


def _codes(definition: Definition, item: Item) -> tuple[str, str]:
    """Two codes; with a filter those that go with the first answer to the question that it reads."""
    codes = list(definition.lists[item.list_name or ""].codes)
    return codes[0], codes[0 if item.cell("choice_filter") else 1]


def _filled(definition: Definition, questions: list[Question]) -> Session:
    session = open_session(definition, as_of=_AS_OF)
    for item in definition.items.values():
        if item.type == "table":
            for _ in range(_ROWS):
                session.add_row(item.name)
    for question in questions:
        session.set(question.path, question.answers[0])
    return session


def _memory() -> float:
    """What a form from its cache and a full record on it take, in MB."""
    cache = dump(_compiled())
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    definition = load(cache)
    session = _filled(definition, _questions(definition))
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    del session  # which had to live until here
    return taken / 1e6


if __name__ == "__main__":
    sys.exit(main())
