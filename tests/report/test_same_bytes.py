from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from hrddp_desktop import i18n, paths
from hrddp_desktop.report.render import render
from tests.report import samples

_RENDER = """
import hashlib, sys
from hrddp_desktop import i18n
from hrddp_desktop.report.render import render
from tests.report import samples
print(hashlib.sha256(render(getattr(samples, sys.argv[1])(), i18n.words(sys.argv[2]))).hexdigest())
"""


def _hash_elsewhere(name: str, language: str, seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland"}
    ran = subprocess.run(
        [sys.executable, "-c", _RENDER, name, language],
        capture_output=True,
        check=True,
        text=True,
        env=environment,
        cwd=paths.data_root(),
    )
    return ran.stdout.strip()


@pytest.mark.parametrize(("name", "language"), [("crossing", "en"), ("arabic", "ar")])
def test_two_processes_write_the_same_bytes(name: str, language: str) -> None:
    # Another document comes first here: nothing of it may linger.
    render(samples.huge(), i18n.words("ar"))
    here = hashlib.sha256(render(getattr(samples, name)(), i18n.words(language))).hexdigest()
    assert _hash_elsewhere(name, language, "1") == _hash_elsewhere(name, language, "2") == here


def test_control_another_day_gives_other_bytes() -> None:
    snapshot = samples.crossing()
    later = replace(snapshot, as_of=snapshot.as_of.replace(day=6))
    words = i18n.words("en")
    assert render(snapshot, words) != render(later, words)
