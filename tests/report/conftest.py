from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop import i18n
from hrddp_desktop.report.render import render
from tests.report import samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# One file a line: name, snapshot, language of the report's own words.
_FILES = {
    "certificates": (samples.certificates, "en"),
    "crossing": (samples.crossing, "en"),
    "letter": (lambda: replace(samples.crossing(), paper="letter"), "en"),
    "draft": (samples.draft, "en"),
    "empty": (samples.empty, "en"),
    "huge": (samples.huge, "en"),
    "french": (samples.crossing, "fr"),
    "spanish": (samples.draft, "es"),
    "arabic": (samples.arabic, "ar"),
    "arabic_in_english": (lambda: replace(samples.arabic(), language="en"), "en"),
    "huge_in_arabic": (samples.huge, "ar"),
}
FILES = tuple(_FILES)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """One of FILES as a finished PDF, rendered once."""
    folder = tmp_path_factory.mktemp("documents")

    def file(name: str) -> Path:
        target = folder / f"{name}.pdf"
        if not target.exists():
            snapshot, language = _FILES[name]
            target.write_bytes(render(snapshot(), i18n.words(language)))
        return target

    return file


@pytest.fixture
def text_of(tmp_path: Path) -> Callable[[Path | bytes], str]:
    """The text of a PDF as another program reads it, in one line."""

    def read(pdf: Path | bytes, *options: str) -> str:
        if isinstance(pdf, bytes):
            data, pdf = pdf, tmp_path / "read.pdf"
            pdf.write_bytes(data)
        ran = subprocess.run(["pdftotext", *options, str(pdf), "-"], capture_output=True, check=True)
        return " ".join(ran.stdout.decode("utf-8").split())

    return read


@pytest.fixture(params=FILES)
def every_file(request: pytest.FixtureRequest, files: Callable[[str], Path]) -> Path:
    """Each of FILES."""
    return files(str(request.param))
