"""Signing and checking open no socket, not even a local one, and need no event loop."""

from __future__ import annotations

import subprocess
import sys

_WORK = """
import sys
opened = []
def watch(event, arguments):
    if event.startswith("socket.") or event in ("urllib.Request", "subprocess.Popen", "os.system"):
        opened.append(event)
sys.addaudithook(watch)
from tests.signing.documents import NOW, make, person, recomputed, trusting
from hrddp_desktop.signing.roles import Role
from hrddp_desktop.signing.sign import sign
from hrddp_desktop.signing.verify import verify
ana = person("Ana Example")
pdf = sign(make(), ana, Role.PREPARER, "post holder", NOW)
print(verify(pdf, trusting(ana), lambda answers: recomputed(), NOW).verdict.name, sorted(set(opened)))
"""


def test_signing_and_checking_open_no_socket() -> None:
    told = subprocess.run([sys.executable, "-c", _WORK], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "IN_CIRCULATION []"


def test_knowing_who_somebody_is_does_not_load_the_pdf_libraries() -> None:
    work = (
        "import sys, hrddp_desktop.signing.identity, hrddp_desktop.signing.trust, hrddp_desktop.signing.findings;"
        "print([name for name in ('pyhanko', 'uharfbuzz', 'lxml', 'pikepdf') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", work], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
