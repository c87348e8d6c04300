"""The command line is a contract: statuses, one JSON object, one sentence for bad input, no traceback."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from hrddp_desktop import paths

EXAMPLES = paths.forms_dir() / "assessment" / "examples"
CASE = EXAMPLES / "case4.json"


class Run:
    """Runs the command line in a process of its own, as a user's shell does."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
        import os

        return subprocess.run(
            [sys.executable, "-m", "hrddp_desktop", *map(str, words)],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            env={**os.environ, "HRDDP_HOME": str(self.home), "QT_QPA_PLATFORM": "offscreen"},
        )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "home")


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text("correct horse battery staple\n", "utf-8")
    return file


@pytest.fixture
def vault(run: Run, tmp_path: Path, passphrase: Path) -> Path:
    folder = tmp_path / "deep" / "er" / "office.hrddp"
    made = run("vault", "new", "--vault", folder, "--passphrase-file", passphrase, "--name", "A", "--station", "Dorva")
    assert made.returncode == 0, made.stderr
    return folder


def refused(result: subprocess.CompletedProcess[str]) -> str:
    """The one line that a refusal writes."""
    assert result.returncode == 1, (result.stdout, result.stderr)
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    return result.stderr


def test_an_answers_file_gets_its_outcome_as_one_json_line(run: Run) -> None:
    result = run("decide", CASE)
    assert result.returncode == 0
    decision = json.loads(result.stdout)
    assert (decision["outcome"], decision["rule"]) == ("not_applicable", "D01")
    assert decision["variables"]["a1"] == "na"
    assert decision["missing"] == []
    assert set(decision) >= {"outcome", "rule", "also", "reasons", "would_change", "variables", "missing"}


def test_answers_come_as_json_lines_on_standard_input(run: Run) -> None:
    case = json.loads(CASE.read_text("utf-8"))
    empty = {"form": "assessment", "answers": {}}
    result = run("decide", "-", stdin=f"{json.dumps(case)}\n{json.dumps(empty)}\n")
    assert result.returncode == 0
    assert [json.loads(line)["outcome"] for line in result.stdout.splitlines()] == ["not_applicable", "incomplete"]


def test_one_decision_table_is_decided_alone(run: Run) -> None:
    lines = [{"a1": "na"}, {"a1": "full", "begun": "yes", "a2": "not_met"}, {"a1": None}]
    result = run("decide", "--table", "final", "--variables", "-", stdin="\n".join(map(json.dumps, lines)))
    assert result.returncode == 0, result.stderr
    rules = [json.loads(line)["rule"] for line in result.stdout.splitlines()]
    assert rules == ["D01", "D07S", "D03"]


NOTHING_KNOWN = [
    *(("a1", "A1-00"), ("p1", "P1-02"), ("p2", "P2-06"), ("p3", "P3-03"), ("p4", "P4-06"), ("a3", "A3-01")),
    *(("history", "H01"), ("balance", "B02"), ("gate", "G04"), ("final", "D03"), ("early", "V01"), ("urgent", "U01")),
    *(("lane", "LN2"), ("release", "L01"), ("incident", "N00"), ("hq", "E07")),
]


@pytest.mark.parametrize(("table", "rule"), NOTHING_KNOWN)
def test_each_table_of_the_policy_reads_null_as_missing(run: Run, table: str, rule: str) -> None:
    form = {"incident": "incident", "hq": "hq_decision"}.get(table, "assessment")
    sheet = paths.forms_dir() / form / "decisions" / f"{table}.csv"
    columns = sheet.read_text("utf-8").splitlines()[0].split(",")[1:]
    nulls = dict.fromkeys(columns[: columns.index("outcome")])
    result = run("decide", "--table", table, "--variables", "-", stdin=f"{json.dumps(nulls)}\n{{}}\n")
    assert result.returncode == 0, result.stderr
    assert [json.loads(line)["rule"] for line in result.stdout.splitlines()] == [rule, rule]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"answers": {"a9_nothing": "x"}}, "QUESTION_UNKNOWN"),
        ({"answers": {"a1_escort": "perhaps"}}, "VALUE_NOT_ALLOWED"),
        ({"answers": []}, "ANSWERS_UNREADABLE"),
        ({"form": "recipe"}, "ANSWERS_FORM_UNKNOWN"),
        ({"form": "letter", "answers": {}}, "ANSWERS_WITHOUT_OUTCOME"),
        ({"version": "1999.1"}, "ANSWERS_OF_OTHER_RULES"),
        ({"definition": "sha256:0"}, "ANSWERS_OF_OTHER_RULES"),
        ({"answers": {"a1_escort": "no\n\u202eyes\u001b[2J"}}, "VALUE_NOT_ALLOWED"),
    ],
)
def test_a_bad_answers_file_is_refused_in_one_sentence(run: Run, change: dict[str, object], code: str) -> None:
    bad = json.dumps({"form": "assessment", "answers": {}} | change)
    result = run("decide", "-", stdin=bad)
    assert json.loads(result.stdout)["error"] == code
    refused(result)


def test_a_file_that_is_no_answers_file_is_named_and_the_others_are_decided(run: Run) -> None:
    files = sorted((paths.forms_dir() / "assessment" / "examples").glob("*.json"))
    result = run("decide", *files)
    assert "expected.json is not an answers file: it names no form and has no answers." in refused(result)
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [file.name for file, line in zip(files, told, strict=True) if "outcome" not in line] == ["expected.json"]


def test_a_bad_line_does_not_hide_the_lines_after_it(run: Run) -> None:
    good = json.dumps({"form": "assessment", "answers": {}})
    result = run("decide", "-", stdin=f"not json\n{good}\n")
    assert [sorted(json.loads(line))[0] for line in result.stdout.splitlines()] == ["error", "also"]
    refused(result)


def named(title: str, **more: object) -> str:
    return json.dumps({"form": "assessment", "answers": {"a0_title": title}} | more)


def test_scan_says_that_it_found_nothing_and_not_that_there_is_nothing(run: Run) -> None:
    result = run("scan", CASE)
    assert result.returncode == 0
    assert result.stdout.startswith(f"{CASE}: Found nothing that I can recognise.")


def test_scan_names_place_kind_and_words(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text(named("Course of Colonel Example"), "utf-8")
    result = run("scan", file)
    assert result.returncode == 1
    assert "looks like a name with a rank or a title" in result.stdout
    assert result.stdout.endswith(": Colonel Example\n")
    assert result.stderr == ""
    assert "رتبة" in run("scan", "--lang", "ar", file).stdout


def test_scan_reads_lines_and_prints_json(run: Run) -> None:
    seen = hashlib.sha256(b"Colonel Example").hexdigest()[:12]
    lines = [
        named("Course of Colonel Example"),
        named("Course of Colonel Example", marks={"a0_title": {"seen": seen}}),
        named("Course"),
    ]
    result = run("scan", "--json", "-", stdin="\n".join(lines))
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [[(hit["path"], hit["kind"], hit["seen"]) for hit in each["hits"]] for each in told] == [
        [("a0_title", "person", False)],
        [("a0_title", "person", True)],
        [],
    ]
    assert result.returncode == 1
    assert run("scan", "-", stdin=lines[1]).returncode == 0


def test_a_bad_file_does_not_stop_a_scan(run: Run) -> None:
    result = run("scan", "--json", "-", stdin=f"not json\n{named('Course')}\n")
    assert result.returncode == 1
    assert [sorted(json.loads(line))[0] for line in result.stdout.splitlines()] == ["error", "file"]


def test_decide_tells_the_open_hits(run: Run) -> None:
    result = run("decide", "-", stdin=named("Course of Colonel Example"))
    assert json.loads(result.stdout)["open_hits"] == [{"path": "a0_title", "kind": "person"}]


def test_a_report_over_an_open_hit_is_a_draft(run: Run, tmp_path: Path) -> None:
    case = json.loads(CASE.read_text("utf-8"))
    case["answers"]["a0_title"] = "Course of Colonel Example"
    case.pop("definition", None)
    file, pdf = tmp_path / "answers.json", tmp_path / "report.pdf"
    file.write_text(json.dumps(case), "utf-8")
    assert run("report", file, "-o", pdf).returncode == 0
    said = run("verify", pdf).stdout
    assert "This is a draft" in said


@pytest.mark.parametrize(
    "words", [("decide",), ("scan",), ("fly",), ("report", "x.json"), ("decide", "x", "--as-of", "soon")]
)
def test_wrong_usage_is_status_two(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).returncode == 2


def test_a_vault_takes_a_file_and_gives_the_same_answers_back(
    run: Run, vault: Path, passphrase: Path, tmp_path: Path
) -> None:
    keys = ("--vault", vault, "--passphrase-file", passphrase)
    record = run("vault", "add", CASE, *keys).stdout.strip()
    assert record == json.loads(CASE.read_text("utf-8"))["record"]
    listed = json.loads(run("vault", "list", *keys, "--json").stdout)["records"]
    assert [(line["record"], line["outcome"]) for line in listed] == [(record, "not_applicable")]
    assert json.loads(run("vault", "show", record, *keys, "--json").stdout)["rule"] == "D01"
    out = tmp_path / "new" / "answers.json"
    exported = run("vault", "export", record, "-o", out, *keys)
    assert exported.returncode == 0
    assert "strictly confidential" in exported.stderr
    assert json.loads(out.read_text("utf-8"))["answers"] == json.loads(CASE.read_text("utf-8"))["answers"]
    assert run("vault", "check", *keys).returncode == 0


def test_records_are_found_by_words_and_listed_by_what_they_are(run: Run, vault: Path, passphrase: Path) -> None:
    keys = ("--vault", vault, "--passphrase-file", passphrase)
    record = run("vault", "add", CASE, *keys).stdout.strip()
    (line,) = json.loads(run("vault", "list", *keys, "--json").stdout)["records"]
    word = max(line["title"].split(), key=len)
    found = json.loads(run("vault", "search", word.upper(), *keys, "--json").stdout)["records"]
    assert [each["record"] for each in found] == [record]
    assert word in found[0]["snippet"]
    assert "0 found" in run("vault", "search", "zanzibar", *keys).stdout
    for name in ("status", "outcome", "form"):
        assert record in run("vault", "list", f"--{name}", line[name], *keys).stdout
        assert run("vault", "list", f"--{name}", "other", *keys).stdout == ""


def test_plain_tables_leave_the_vault_only_when_it_is_confirmed(
    run: Run, vault: Path, passphrase: Path, tmp_path: Path
) -> None:
    keys, plain = ("--vault", vault, "--passphrase-file", passphrase), tmp_path / "plain.db"
    assert run("vault", "add", CASE, *keys).returncode == 0
    assert "not confirmed" in refused(run("vault", "export", "--sqlite", plain, *keys))
    assert not plain.exists()
    done = run("vault", "export", "--sqlite", plain, "--yes", *keys)
    assert "without any encryption" in done.stderr
    assert "assessment\t1" in done.stdout
    assert plain.read_bytes().startswith(b"SQLite format 3")
    assert "already a file" in refused(run("vault", "export", "--sqlite", plain, "--yes", *keys))


def test_a_history_is_read_gone_back_in_and_erased(run: Run, vault: Path, passphrase: Path) -> None:
    keys = ("--vault", vault, "--passphrase-file", passphrase)
    record = run("vault", "add", CASE, *keys).stdout.strip()
    told = json.loads(run("vault", "history", record, *keys, "--json").stdout)["history"]
    title = next(line for line in told if line["path"] == "a0_title")
    assert (title["done"], title["author"], title["here"]) == ("Answered", "A", True)
    assert title["new"]
    assert title["new"] in run("vault", "history", record, "--question", "a0_title", *keys).stdout
    assert "nothing to take back" in run("vault", "undo", record, *keys).stdout
    on = date.today().isoformat()  # noqa: DTZ011 - the day of this computer, as a person writes it
    stood = json.loads(run("vault", "stood", record, "--on", on, *keys, "--json").stdout)
    assert stood["answers"]["a0_title"] == title["new"]
    assert "no state" in refused(run("vault", "stood", record, "--on", "2001-01-01", *keys))
    assert "nothing named" in refused(run("vault", "erase", record, "--question", "a0_ttle", "--why", "person", *keys))
    erased = run("vault", "erase", record, "--question", "a0_title", "--why", "person", *keys)
    assert erased.returncode == 0, erased.stderr
    told = run("vault", "history", record, "--question", "a0_title", *keys).stdout
    assert title["new"] not in told
    assert "(erased)" in told
    assert "It names a person" in told
    assert run("vault", "undo", record, *keys).returncode == 1
    assert json.loads(run("vault", "history", record, "--annex", *keys, "--json").stdout) == {"history": []}
    assert run("vault", "erase", record, "--whole-record", "--why", "order", *keys).returncode == 0
    assert "erased for safety" in refused(run("vault", "show", record, *keys))
    assert run("vault", "check", *keys).returncode == 0


def test_a_wrong_passphrase_and_a_folder_that_is_no_vault_are_refused(run: Run, vault: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("something else", "utf-8")
    assert "passphrase" in refused(run("vault", "list", "--vault", vault, "--passphrase-file", wrong))
    assert "no vault" in refused(run("vault", "list", "--vault", tmp_path, "--passphrase-file", wrong))


def test_the_same_record_is_not_imported_twice(run: Run, vault: Path, passphrase: Path) -> None:
    keys = ("--vault", vault, "--passphrase-file", passphrase)
    assert run("vault", "add", CASE, *keys).returncode == 0
    assert "already" in refused(run("vault", "add", CASE, *keys))


def test_answers_become_a_signed_pdf_that_is_checked_and_read_back(run: Run, tmp_path: Path, passphrase: Path) -> None:
    pdf, signed, me, answers = (tmp_path / name for name in ("a.pdf", "signed.pdf", "me.p12", "answers.json"))
    assert run("report", CASE, "-o", pdf, "--lang", "ar", "--paper", "letter").returncode == 0
    made = run(
        "identity", "new", "--name", "Nora Field", "--function", "Project manager", "--station", "Dorva",
        "--passphrase-file", passphrase, "-o", me,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    ready = run("sign", pdf, "--identity", me, "--role", "preparer", "-o", signed, "--passphrase-file", passphrase)
    assert ready.returncode == 0, ready.stderr
    checked = run("verify", signed, "--json")
    assert (checked.returncode, json.loads(checked.stdout)["verdict"]) == (0, "in_circulation")
    stranger = run("verify", signed, "--trust", tmp_path / "nobody.json", "--json")
    assert (stranger.returncode, json.loads(stranger.stdout)["verdict"]) == (1, "unknown_signer")
    assert run("extract", signed, "-o", answers).returncode == 0
    words = json.loads(checked.stdout)["signatures"][0]["words"]
    other = Run(tmp_path / "another computer")
    assert other("verify", signed).returncode == 1
    assert "six words" in refused(other("identity", "know", signed, "--words", "not the ones I was told"))
    assert other("identity", "know", signed, "--words", words.upper()).returncode == 0
    assert other("verify", signed).returncode == 0
    assert json.loads(run("decide", answers).stdout)["outcome"] == "not_applicable"


def test_a_pdf_of_somebody_else_is_not_relied_on_and_holds_no_answers(run: Run, tmp_path: Path) -> None:
    import pikepdf

    file = tmp_path / "other.pdf"
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(file)
    assert json.loads(run("verify", file, "--json").stdout)["verdict"] == "do_not_rely"
    assert "no answers" in refused(run("extract", file, "-o", tmp_path / "x.json"))
    file.write_bytes(b"hello")
    assert "not a PDF" in refused(run("extract", file, "-o", tmp_path / "x.json"))


def test_an_output_that_cannot_be_written_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "could not be written" in refused(run("report", CASE, "-o", tmp_path / "file" / "a.pdf"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file"] or "home" in {
        p.name for p in tmp_path.iterdir()
    }


def test_broken_sheets_are_named_with_sheet_row_and_column(run: Run, tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text("type,name,label\ntext,a,A\ntext,a,B\nwrong,c,C\n", "utf-8")
    result = run("forms", "check", tmp_path, "--json")
    assert result.returncode == 1
    problems = json.loads(result.stdout)["problems"]
    assert {(each["sheet"], each["row"]) for each in problems} >= {("survey", 3), ("survey", 4)}
    assert run("forms", "check").returncode == 0


def test_every_part_of_the_installation_is_tried(run: Run) -> None:
    result = run("self-check")
    assert result.returncode == 0, result.stdout + result.stderr
    assert {line.split(":")[0] for line in result.stdout.splitlines()} >= {
        "forms",
        "vault",
        "report",
        "signature",
        "window",
    }


def test_a_decision_table_that_does_not_exist_is_refused_before_any_line(run: Run) -> None:
    assert "no decision table" in refused(run("decide", "--table", "nope", "--variables", "-"))


def test_a_variable_that_stands_twice_is_refused(run: Run) -> None:
    result = run("decide", "--table", "final", "--variables", "-", stdin='{"a1": "na", "a1": "esc"}')
    assert json.loads(result.stdout)["error"] == "ANSWERS_UNREADABLE"


def test_an_identity_never_takes_the_place_of_another_file(run: Run, tmp_path: Path, passphrase: Path) -> None:
    there = tmp_path / "me.p12"
    there.write_bytes(b"my only key")
    words = ("--name", "A", "--function", "B", "--station", "C", "--passphrase-file", passphrase)
    assert "already" in refused(run("identity", "new", *words, "-o", there))
    assert there.read_bytes() == b"my only key"


def test_an_identity_is_not_made_when_this_computer_could_not_know_it(
    run: Run, tmp_path: Path, passphrase: Path
) -> None:
    run.home.mkdir()
    (run.home / "trust.json").write_text("no list")
    words = ("--name", "A", "--function", "B", "--station", "C", "--passphrase-file", passphrase)
    assert "could not be read" in refused(run("identity", "new", *words, "-o", tmp_path / "me.p12"))
    assert not (tmp_path / "me.p12").exists()


def test_only_the_first_line_is_the_passphrase_whatever_signs_are_in_it(run: Run, tmp_path: Path) -> None:
    made, other = tmp_path / "made", tmp_path / "other"
    made.write_bytes("seven\u2028lanterns\r\nnot this".encode())
    other.write_text("seven")
    assert run("vault", "new", "--vault", tmp_path / "v.hrddp", "--passphrase-file", made).returncode == 0
    refused(run("vault", "list", "--vault", tmp_path / "v.hrddp", "--passphrase-file", other))
    assert run("vault", "list", "--vault", tmp_path / "v.hrddp", "--passphrase-file", made).returncode == 0


def test_an_output_that_takes_nothing_is_said_in_a_sentence(run: Run) -> None:
    full = Path("/dev/full")
    assert full.is_char_device()
    with full.open("w") as stream:
        result = subprocess.run(
            [sys.executable, "-m", "hrddp_desktop", "decide", str(CASE)],
            stdout=stream,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert result.returncode == 1
    assert "could not be written" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_document_is_not_written_over_something_that_is_no_file(run: Run, tmp_path: Path) -> None:
    import os

    pipe, link, target = tmp_path / "pipe", tmp_path / "link", tmp_path / "target.pdf"
    os.mkfifo(pipe)
    assert "no ordinary file" in refused(run("report", CASE, "-o", pipe))
    link.symlink_to(target)
    assert run("report", CASE, "-o", link).returncode == 0
    assert link.is_symlink()
    assert target.read_bytes().startswith(b"%PDF")


def test_a_vault_is_backed_up_restored_and_its_bin_emptied(
    run: Run, vault: Path, passphrase: Path, tmp_path: Path
) -> None:
    keys = ("--vault", vault, "--passphrase-file", passphrase)
    record = run("vault", "add", CASE, *keys).stdout.strip()
    stick = tmp_path / "stick"
    assert "not there" in refused(run("vault", "backup", "--to", stick, *keys))
    stick.mkdir()
    assert run("vault", "backup", *keys).returncode == 0
    assert run("vault", "backup", "--to", stick, *keys).returncode == 0
    listed = json.loads(run("vault", "copies", "--vault", vault, "--at", stick, "--json").stdout)
    assert [copy["outside"] for copy in listed["copies"]].count(True) == 1
    assert listed["last_outside"]
    assert "already" in refused(run("vault", "restore", "--copy", stick, *keys))
    again = ("--vault", tmp_path / "again.hrddp", "--passphrase-file", passphrase)
    assert run("vault", "restore", "--copy", stick, *again).returncode == 0
    original = run("vault", "export", record, *keys).stdout
    assert run("vault", "export", record, *again).stdout == original
    assert json.loads(run("vault", "bin", "--put", record, "--json", *again).stdout)["bin"][0]["record"] == record
    assert json.loads(run("vault", "list", "--json", *again).stdout)["records"] == []
    assert json.loads(run("vault", "bin", "--empty", "--json", *again).stdout)["bin"] == []
    refused(run("vault", "bin", "--take-back", record, *again))
    assert run("vault", "check", *again).returncode == 0


def test_what_a_damaged_vault_holds_is_brought_over(run: Run, vault: Path, passphrase: Path, tmp_path: Path) -> None:
    keys = ("--vault", vault, "--passphrase-file", passphrase)
    record = run("vault", "add", CASE, *keys).stdout.strip()
    original = run("vault", "export", record, *keys).stdout
    data = bytearray((vault / "data").read_bytes())
    data[len(data) // 2] ^= 1  # the compiled form, which the installation has
    (vault / "data").write_bytes(data)
    assert run("vault", "check", *keys).returncode == 1
    made = tmp_path / "rescued.hrddp"
    rescued = run("vault", "rescue", "--to", made, "--json", *keys)
    assert json.loads(rescued.stdout)["lost"] == [], rescued.stdout
    again = ("--vault", made, "--passphrase-file", passphrase)
    assert run("vault", "export", record, *again).stdout == original
    assert run("vault", "check", *again).returncode == 0
