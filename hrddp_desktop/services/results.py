"""What the answers of a record come to, beyond its outcome: JSON-ready, by the names that the worked cases use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrddp_desktop.engine.decisions import decide

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hrddp_desktop.engine.session import Session
    from hrddp_desktop.engine.views import Decision

Result = dict[str, object]

_CONDITIONS = ("p1", "p2", "p3", "p4")
_CRITERION = "small_"


def results(session: Session, decision: Decision) -> Result:
    """What else the form of this record says; nothing for a form that says no more than its outcome."""
    read = _READERS.get(session.definition.form_id)
    return read(session, decision) if read else {}


def rules(session: Session) -> dict[str, object]:
    """The rule of every decision table, by row where a table is decided in rows."""
    found: dict[str, object] = {}
    for name in session.definition.tables:
        places = session.decided(name)
        by_place = {place: session.decision(place).rule for place in places}
        if any("/" in place for place in places):
            found[name] = {place.split("/")[1]: rule for place, rule in by_place.items()}
        elif any(by_place.values()):
            found[name] = next(iter(by_place.values()))
    return found


def _of_assessment(session: Session, decision: Decision) -> Result:
    criteria = [name for name in session.definition.items if name.startswith(_CRITERION)]
    early = session.decision("early")
    return {
        "verdicts": {
            "raw": {name: _text(session, f"a2_{name}") for name in _CONDITIONS},
            "counted": {name: _text(session, f"a2_counted_{name}") for name in _CONDITIONS},
        },
        "gates": {row: gate for row in _rows(session, "a1_recipients") if (gate := _cell(session, row, "el_gv"))},
        "risks": [_risk(session, row) for row in _rows(session, "a4_risks")],
        "small": {name.removeprefix(_CRITERION): _text(session, name) for name in criteria},
        "margin": margin(session, decision),
        "early": [early.rule, early.outcome],
        "valid_until": _text(session, "valid_until"),
        "release": [_release(session, row) for row in _rows(session, "release_rows")],
    }


def margin(session: Session, decision: Decision) -> list[str]:
    """The risks that would change the outcome if they were one step more likely than planned (policy 3.5)."""
    table = session.definition.tables[decision.table]
    levels = next((variable.domain for variable in table.variables if variable.name == "res"), ())
    now = decision.variables.get("res")
    found = []
    for row in _rows(session, "a4_risks"):
        worse = session.value(f"a4_risks/{row}/rs_worse")
        if now in levels and worse in levels and levels.index(str(worse)) > levels.index(now):
            tried = decide(session.definition, table, {**decision.variables, "res": str(worse)})
            if tried.outcome != decision.outcome:
                found.append(str(session.value(f"a4_risks/{row}/rk_code")))
    return found


def _risk(session: Session, row: str) -> Result:
    names = {
        "code": "rk_code",
        "before": "rk_l",
        "level": "rk_level",
        "planned": "rs_planned",
        "planned_level": "rs_level",
        "today_level": "rs_today",
    }
    return {"row": row, **{key: _text(session, f"a4_risks/{row}/{name}") for key, name in names.items()}}


def _release(session: Session, row: str) -> Result:
    decision = session.decision(f"release_rows/{row}/rel_state")
    reasons = [each.rule for each in decision.also] if decision.outcome != "released" else []
    found: Result = {"row": row, "rule": decision.rule, "state": decision.outcome, "reasons": reasons}
    if still_open := _text(session, f"release_rows/{row}/rel_open"):
        found["open_preconditions"] = still_open.split()
    if until := _text(session, f"release_rows/{row}/rel_until"):
        found["until"] = until
    return found


def _of_incident(session: Session, _: Decision) -> Result:
    return {
        "state": _text(session, "in_status"),
        "stopped": str(session.value("v_stopped") or "").split(),
        "may_share": _text(session, "v_may_share"),
    }


def _rows(session: Session, table: str) -> list[str]:
    view = session.table(table, "en")
    return [row.row_id for row in view.rows] if view.relevant else []


def _cell(session: Session, row: str, name: str) -> str | None:
    return _text(session, f"a1_recipients/{row}/{name}")


def _text(session: Session, path: str) -> str | None:
    value = session.value(path)
    return None if value is None else str(value)


_READERS: Mapping[str, Callable[[Session, Decision], Result]] = {
    "assessment": _of_assessment,
    "incident": _of_incident,
}
