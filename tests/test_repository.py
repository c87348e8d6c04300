"""What holds for the repository as a whole: its top level, its pins, its wheel, and what no file may name."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent
_CLIENTS = {"hrddp_desktop", "forms", "resources", "tests", "packaging", "pyproject.toml", "README.md"}
_OURS = {".ci", ".gitattributes", ".gitignore", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "dev.py"}
_REQUIREMENT = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)((?: ;[^\\]+)?) \\$")


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=_ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (_ROOT / name).is_file()]


def _texts() -> dict[str, str]:
    """Every tracked text file; a file with a zero byte is none."""
    contents = {name: (_ROOT / name).read_bytes() for name in _tracked()}
    return {name: content.decode("utf-8") for name, content in contents.items() if b"\0" not in content}


def _lines_with(pattern: str, suffix: str = "") -> list[str]:
    found = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in _texts().items()
        if name.endswith(suffix)
        for number, line in enumerate(text.splitlines(), 1)
        if found.search(line)
    ]


def _project() -> dict[str, dict[str, object]]:
    return tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))


def test_the_top_level_is_the_clients() -> None:
    assert {name.partition("/")[0] for name in _tracked()} == _CLIENTS | _OURS


# The patterns are written so that they do not find themselves.
@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<![\w.])/(?:hom[e]|Use[r]s)/[A-Za-z]",
        r"(?<![\w.)/])/roo[t]/",
        r"(?<![\w.])/wor[k]/",
        r"[A-Z]:\\+User[s]\\",
        r"(?:py[p]i\.org|pythonhoste[d]\.org|registry\.npmj[s]\.|de[b]\.debian\.|securit[y]\.debian\.)",
        r"(?:extra-)?inde[x]-url (?!into)|find-lin[k]s",
    ],
)
def test_no_file_names_a_home_folder_or_a_package_host(pattern: str) -> None:
    assert [line for line in _lines_with(pattern) if "--no-emit-index-url" not in line] == []


@pytest.mark.parametrize("pattern", [r"mark\.(?:ski[p]|xfai[l])", r"pytest\.(?:ski[p]|xfai[l]|importorski[p])\b"])
def test_no_test_is_left_out(pattern: str) -> None:
    assert _lines_with(pattern, ".py") == []


def test_a_forbidden_line_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled = {"a.py": "@pytest.mark." + "skip\n", "b.md": "see /" + "home/amina/notes\n"}
    monkeypatch.setattr(sys.modules[__name__], "_texts", lambda: spoiled)
    assert len(_lines_with(r"mark\.(?:ski[p]|xfai[l])", ".py")) == 1
    assert len(_lines_with(r"(?<![\w.])/(?:hom[e]|Use[r]s)/[A-Za-z]")) == 1


def test_text_files_end_their_lines_in_one_way() -> None:
    assert [name for name, text in _texts().items() if "\r" in text] == []


def test_test_data_from_elsewhere_says_where_from() -> None:
    origins = _ROOT / "tests" / "data" / "ORIGINS.md"
    entries = {Path(name).parts[2] for name in _tracked() if name.startswith("tests/data/")} - {"ORIGINS.md"}
    assert [entry for entry in sorted(entries) if entry not in origins.read_text("utf-8")] == []


def test_every_exception_in_the_configuration_has_its_reason() -> None:
    text = (_ROOT / "pyproject.toml").read_text("utf-8")
    codes = re.findall(r'^    "([A-Z]+\d+)",(.*)$', text, re.MULTILINE)
    assert codes
    assert [code for code, rest in codes if not re.fullmatch(r" # \w.{10,}", rest)] == []


_EXCEPTION = re.compile(r"#\s*(?:noqa|type):\s*(?:ignore\[)?([\w, -]+?)\]?(?:\s*$|(?:\s*[#–-]\s*|  )(?P<reason>\w.*))")


def _without_reason(text: str) -> list[str]:
    """Exceptions from a checker that nothing explains: not the line, no comment above or below, no earlier one."""
    bare, explained = [], set()
    lines = ["", *text.splitlines(), ""]
    for above, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        found = _EXCEPTION.search(line)
        if not found:
            continue
        if found["reason"] or above.lstrip().startswith("# ") or below.lstrip().startswith("# "):
            explained.add(found[1])
        elif found[1] not in explained:
            bare.append(line.strip())
    return bare


def test_every_exception_in_the_code_has_its_reason() -> None:
    found = {name: _without_reason(text) for name, text in _texts().items() if name.endswith(".py")}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a = 1  # no" + "qa: S101", 1),
        ("a = 1  # type: " + "ignore[misc]\nb = 1  # type: " + "ignore[misc]", 2),
        ("a = 1  # no" + "qa: S101 - because", 0),
        ("a = 1  # type: " + "ignore[misc]  # because\nb = 1  # type: " + "ignore[misc]", 0),
        ("# because\na = 1  # no" + "qa: S101", 0),
        ("a = 1  # no" + "qa: S101 - because\nb = 1  # no" + "qa: S102", 1),
    ],
)
def test_an_exception_without_a_reason_would_be_found(text: str, count: int) -> None:
    assert len(_without_reason(text)) == count


def test_each_count_is_in_both_tables_and_in_use() -> None:
    counts = tomllib.loads((_ROOT / "tests" / "counts.toml").read_text("utf-8"))
    assert counts["ci"].keys() == counts["long"].keys()
    assert [name for name in counts["ci"] if not 0 < counts["ci"][name] <= counts["long"][name]] == []
    assert [name for name in counts["ci"] if not _lines_with(rf'"{name}"', ".py")] == []


def _pins(kind: str) -> dict[str, str]:
    """Name -> version of a requirements file. Every line of it is a requirement or one of its hashes."""
    pins: dict[str, str] = {}
    hashes: dict[str, int] = {}
    name = ""
    for line in (_ROOT / "packaging" / f"requirements-{kind}.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        requirement = _REQUIREMENT.match(line)
        if requirement:
            name = requirement[1]
            pins[name] = requirement[2]
        else:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line), line
            hashes[name] = hashes.get(name, 0) + 1
    assert hashes.keys() == pins.keys()
    return pins


def test_the_app_runs_with_the_packages_that_it_is_tested_with() -> None:
    run, dev = _pins("run"), _pins("dev")
    assert run
    assert {name: dev.get(name) for name in run} == run


def test_every_dependency_is_pinned() -> None:
    project = _project()
    dependencies = project["project"]["dependencies"]
    groups = project["dependency-groups"]["dev"]
    assert isinstance(dependencies, list)
    assert isinstance(groups, list)
    assert set(dependencies) <= _pins("run").keys()
    names = {group.partition("[")[0] for group in groups if isinstance(group, str)}
    assert names <= _pins("dev").keys()


def test_qt_comes_without_its_web_engine() -> None:
    assert not {"pyside6", "pyside6-addons"} & _pins("dev").keys()


def _build(kind: str, folder: Path) -> Path:
    program = (
        "import sys; from hatchling.builders.wheel import WheelBuilder;"
        "print(*WheelBuilder('.').build(directory=sys.argv[2], versions=[sys.argv[1]]))"
    )
    command = [sys.executable, "-c", program, kind, str(folder)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def test_the_wheel_carries_forms_and_resources(tmp_path: Path) -> None:
    with zipfile.ZipFile(_build("standard", tmp_path)) as wheel:
        names = set(wheel.namelist())
        wheel.extractall(tmp_path / "site")
    data = {name.removeprefix("hrddp_desktop/_data/") for name in names if name.startswith("hrddp_desktop/_data/")}
    shipped = {name for name in _tracked() if name.startswith(("forms/", "resources/"))}
    assert shipped <= data
    assert "forms/assessment/survey.csv" in data
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {"hrddp_desktop"}
    program = "from hrddp_desktop import paths; print(paths.forms_dir(), paths.resources_dir())"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path / "site", capture_output=True, text=True, check=True
    )
    packed = tmp_path / "site" / "hrddp_desktop" / "_data"
    assert done.stdout.split() == [str(packed / "forms"), str(packed / "resources")]


def test_the_wheel_names_the_command_and_the_pythons(tmp_path: Path) -> None:
    with zipfile.ZipFile(_build("standard", tmp_path)) as wheel:
        folder = next(name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name)
        metadata = wheel.read(f"{folder}/METADATA").decode()
        commands = wheel.read(f"{folder}/entry_points.txt").decode()
    assert "Requires-Python: <3.14,>=3.11" in metadata
    assert "hrddp-desktop = hrddp_desktop.cli:main" in commands


def test_a_developers_install_holds_no_copy_of_the_data(tmp_path: Path) -> None:
    with zipfile.ZipFile(_build("editable", tmp_path)) as wheel:
        names = wheel.namelist()
    assert [name for name in names if name.startswith("hrddp_desktop/")] == []
