"""dev.py: what it installs, what it says when it cannot, and that a second call is instant."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev

_ROOT = Path(__file__).parent.parent
_LIST = "# about\n[run]\nlibone\nlibtwo | libtwot64\n\n[test]\n# why\nchecker\n"


def test_it_reads_on_an_old_python_and_needs_nothing_installed() -> None:
    tree = ast.parse((_ROOT / "dev.py").read_text("utf-8"), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


@pytest.mark.parametrize("words", [[], ["fly"]])
def test_an_unknown_verb_shows_the_verbs(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "dev.py", *words], cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert [verb for verb in dev.VERBS if f"dev.py {verb} " not in done.stdout] == []


def test_ci_calls_check_and_test() -> None:
    script = (_ROOT / ".ci" / "run").read_text("utf-8")
    assert [line for line in script.splitlines() if "dev.py " in line and not line.startswith("#")] == [
        "python3 dev.py check",
        "python3 dev.py test",
    ]
    assert (_ROOT / ".ci" / "run").stat().st_mode & 0o111


@pytest.mark.parametrize(("version", "fits"), [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)])
def test_three_pythons_fit(version: tuple[int, int], *, fits: bool) -> None:
    assert dev.is_fitting(version) is fits


def test_without_a_fitting_python_a_sentence_says_which_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "is_fitting", lambda _: False)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert dev.main(["run"]) == 1
    assert "needs Python 3.11, 3.12 or 3.13" in capsys.readouterr().out


def test_another_python_of_the_machine_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []

    def call(command: list[str]) -> int:
        called.append(command)
        return 7

    monkeypatch.setattr(dev, "is_fitting", lambda _: False)
    monkeypatch.setattr(shutil, "which", lambda name: name if name.endswith("3.12") else None)
    monkeypatch.setattr(dev, "succeeds", lambda _: True)
    monkeypatch.setattr(dev, "call", call)
    assert dev.main(["test", "-k", "one"]) == 7
    assert called == [["python3.12", dev.__file__, "test", "-k", "one"]]


@pytest.mark.parametrize(("codes", "result"), [([0, 0], 0), ([0, 2], 2), ([1], 1)])
def test_cover_fails_with_the_tests_and_below_every_line_and_branch(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, codes: list[int], result: int
) -> None:
    called: list[list[str]] = []

    def call(command: list[str], **_: str) -> int:
        called.append(command[3:])
        return codes[len(called) - 1]

    monkeypatch.setattr(dev, "BUILD", tmp_path)
    monkeypatch.setattr(dev, "prepare", lambda *_, **__: None)
    monkeypatch.setattr(dev, "call", call)
    assert dev.main(["cover", "-x"]) == result
    assert called[0][-1] == "-x"
    assert called[1:] == [["report", "--fail-under", "100"]][: len(codes) - 1]


def test_packages_are_read_by_section() -> None:
    assert dev.system_packages(_LIST, ["run"]) == [["libone"], ["libtwo", "libtwot64"]]
    assert dev.system_packages(_LIST, ["run", "test"])[-1] == ["checker"]


def test_a_package_may_have_another_name_in_another_release() -> None:
    packages = dev.system_packages(_LIST, ["run"])
    assert dev.missing_packages(packages, {"libone", "libtwot64"}) == []
    assert dev.missing_packages(packages, {"libtwo"}) == [["libone"]]


def test_bare_debian_also_lacks_a_part_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    assert dev.missing_packages([["python3-venv"]], set()) == []
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert dev.missing_packages([["python3-venv"]], set()) == [["python3-venv"]]


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A Debian that lacks one package; the calls of apt-get are kept."""
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "is_debian", lambda: True)
    monkeypatch.setattr(
        dev,
        "installed_packages",
        lambda: {"poppler-utils", "qpdf", "default-jre-headless", "libreoffice-calc", "strace"},
    )
    monkeypatch.setattr(dev, "succeeds", lambda command: command[-1].endswith("t64"))
    monkeypatch.setattr(dev, "apt", lambda *words: calls.append(words))
    return calls


def test_who_is_not_root_is_told_the_exact_command(
    monkeypatch: pytest.MonkeyPatch, debian: list[tuple[str, ...]]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    command = "sudo apt-get update && sudo apt-get install --yes --no-install-recommends mupdf-tools\n"
    with pytest.raises(dev.NotReadyError, match=command):
        dev.install_system_packages(["test"])
    assert debian == []


def test_root_gets_what_is_missing_under_the_name_of_this_release(
    monkeypatch: pytest.MonkeyPatch, debian: list[tuple[str, ...]]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(dev, "system_packages", lambda *_: [["qpdf"], ["libcups2", "libcups2t64"]])
    dev.install_system_packages(["run"])
    assert debian == [("update",), ("install", "--yes", "--no-install-recommends", "libcups2t64")]


@pytest.mark.parametrize(("system", "word"), [("linux", "libegl1"), ("darwin", "poppler"), ("win32", "poppler")])
def test_other_systems_are_told_in_words(monkeypatch: pytest.MonkeyPatch, system: str, word: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert word in dev.needed_elsewhere([["libegl1"], ["poppler-utils"]])


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with pins of its own and no system packages to see to."""
    (tmp_path / "packaging").mkdir()
    (tmp_path / ".venv").mkdir()
    for kind in ("run", "dev"):
        (tmp_path / "packaging" / f"requirements-{kind}.txt").write_text(f"{kind}==1\n", "utf-8")
    (tmp_path / "packaging" / "peers").mkdir()
    (tmp_path / "packaging" / "peers" / "package-lock.json").write_text("{}", "utf-8")
    (tmp_path / "pyproject.toml").write_bytes((_ROOT / "pyproject.toml").read_bytes())
    for name, folder in {"ROOT": ".", "PACKAGING": "packaging", "STAMP": ".venv/installed.json"}.items():
        monkeypatch.setattr(dev, name, tmp_path / folder)
    monkeypatch.setattr(dev, "install_system_packages", lambda _: None)
    monkeypatch.setattr(dev, "make_venv", lambda *, afresh: None)
    return tmp_path


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The last word of each call of pip, and `peers` for npm's, instead of the call."""
    words: list[str] = []
    monkeypatch.setattr(dev, "pip", lambda *each: words.append(Path(each[-1]).name))
    monkeypatch.setattr(dev, "install_peers", lambda: words.append("peers"))
    return words


def test_what_is_installed_is_not_installed_again(clone: Path, installs: list[str]) -> None:
    dev.prepare("run", ())
    dev.prepare("run", ())
    assert installs == ["requirements-run.txt", clone.name]


def test_developers_packages_are_enough_to_run(clone: Path, installs: list[str]) -> None:
    dev.prepare("dev", ())
    dev.prepare("run", ())
    assert installs == ["requirements-dev.txt", clone.name, "peers"]


def test_another_lock_of_the_judges_is_installed(clone: Path, installs: list[str]) -> None:
    dev.prepare("dev", ())
    (clone / "packaging" / "peers" / "package-lock.json").write_text('{"lockfileVersion": 3}', "utf-8")
    dev.prepare("dev", ())
    assert installs.count("peers") == 2


@pytest.mark.parametrize("changed", ["packaging/requirements-run.txt", "pyproject.toml"])
def test_new_pins_and_a_new_project_are_installed(clone: Path, installs: list[str], changed: str) -> None:
    dev.prepare("run", ())
    file = clone / changed
    file.write_text(file.read_text("utf-8").replace("run==1", "run==2").replace('"rfc8785"', '"rfc8786"'), "utf-8")
    dev.prepare("run", ())
    assert len(installs) == 4


def test_an_interrupted_install_begins_in_a_fresh_environment(
    clone: Path, installs: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: str) -> None:
        raise KeyboardInterrupt

    def app(command: list[str]) -> int:
        installs.append(Path(command[0]).stem)
        return 0

    made: list[bool] = []
    monkeypatch.setattr(dev, "make_venv", lambda *, afresh: made.append(afresh))
    monkeypatch.setattr(dev, "call", app)
    with monkeypatch.context() as during:
        during.setattr(dev, "pip", interrupted)
        assert dev.main(["run"]) == 130
    assert "goes on" in capsys.readouterr().out
    assert [dev.main(["run"]), dev.main(["run"])] == [0, 0]
    assert installs == ["requirements-run.txt", clone.name, "hrddp-desktop", "hrddp-desktop"]
    assert made == [False, True]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"run": 1}'])
def test_a_damaged_note_of_what_is_installed_installs_again(clone: Path, installs: list[str], content: str) -> None:
    (clone / ".venv" / "installed.json").write_text(content, "utf-8")
    dev.prepare("run", ())
    assert len(installs) == 2
    assert json.loads((clone / ".venv" / "installed.json").read_text("utf-8"))["run"] == dev.fingerprint("run")


def test_the_screen_that_there_is_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":7")
    with dev.screen() as variables:
        assert variables == {}


def test_where_there_is_no_screen_a_virtual_one_is_started_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "Xvfb"
    note = tmp_path / "id"
    stand_in.write_text(
        f"#!{sys.executable}\nimport os, signal, sys\nopen({str(note)!r}, 'w').write(str(os.getpid()))\n"
        "os.write(int(sys.argv[2]), b'42\\n')\nsignal.pause()\n",
        "utf-8",
    )
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    with dev.screen() as variables:
        process = int(note.read_text("utf-8"))
        assert variables == {"DISPLAY": ":42"}
        os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_the_passphrase_of_the_demonstration_is_no_argument(tmp_path: Path) -> None:
    commands = list(dev.demo_commands(tmp_path, tmp_path / "passphrase"))
    assert len(commands) > 1
    assert "demonstration is no secret" not in json.dumps(commands)


def test_the_demonstration_leaves_a_file_that_verifies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def app(command: list[str], **variables: str) -> int:
        words = [sys.executable, "-m", "hrddp_desktop", *command[1:]]
        return subprocess.run(words, cwd=_ROOT, env={**os.environ, **variables}, check=False).returncode

    def verdict(*trust: str) -> tuple[int, str]:
        words = [sys.executable, "-m", "hrddp_desktop", "verify", str(folder / "assessment.pdf"), "--json", *trust]
        done = subprocess.run(words, cwd=_ROOT, capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stdout)["verdict"]

    folder = tmp_path / "build" / "demo"
    monkeypatch.setattr(dev, "prepare", lambda *_, **__: None)
    monkeypatch.setattr(dev, "BUILD", tmp_path / "build")
    monkeypatch.setattr(dev, "call", app)
    assert dev.demo([]) == 0
    shown = ["answers.json", "assessment.pdf", "full.pdf", "home", "trust.json"]
    assert sorted(file.name for file in folder.iterdir()) == shown
    assert verdict("--trust", str(folder / "trust.json")) == (0, "in_circulation")
    assert verdict() == (1, "unknown_signer")
    signatures = subprocess.run(["pdfsig", folder / "assessment.pdf"], capture_output=True, text=True, check=False)
    assert signatures.stdout.count("Signature is Valid") == 1
    signatures = subprocess.run(["pdfsig", folder / "full.pdf"], capture_output=True, text=True, check=False)
    assert signatures.stdout.count("Signature is Valid") == 3
