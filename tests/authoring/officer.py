"""A policy officer at a spreadsheet program: LibreOffice itself opens the workbook, changes cells and saves it."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TIMEOUT_S = 120
_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:{kind} PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "{dtd}.dtd">
<library:{kind} xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink"{more}>
{inside}
</library:{kind}>
"""
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Officer" script:language="StarBasic">
{code}
</script:module>
"""
# Reads lines "sheet|column|says|column to change|new text", writes each into the first row in which the column says it.
_BASIC = """
Sub Work(source As String, target As String, steps As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  book = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, hidden())
  handle = FreeFile
  Open steps For Input As handle
  Do While Not Eof(handle)
    Line Input #handle, written
    parts = Split(written, "|")
    If UBound(parts) = 4 Then Change(book.Sheets.getByName(parts(0)), parts)
  Loop
  Close handle
  Dim saved(0) As New com.sun.star.beans.PropertyValue
  saved(0).Name = "FilterName" : saved(0).Value = "Calc MS Excel 2007 XML"
  book.storeToURL(ConvertToURL(target), saved())
  book.close(True)
End Sub

Sub Change(sheet, parts)
  at = Heading(sheet, parts(1))
  row = 1
  Do While sheet.getCellByPosition(at, row).String &lt;&gt; parts(2)
    row = row + 1
  Loop
  sheet.getCellByPosition(Heading(sheet, parts(3)), row).String = parts(4)
End Sub

Function Heading(sheet, name)
  at = 0
  Do While sheet.getCellByPosition(at, 0).String &lt;&gt; name
    at = at + 1
  Loop
  Heading = at
End Function
"""


def work(source: Path, target: Path, changes: list[tuple[str, str, str, str, str]], home: Path) -> None:
    """Change cells of a workbook: (sheet, column, what it says there, column to change, new text)."""
    profile = home / "profile"
    # The first start fills a new profile, and would write over what stands in it.
    _office(profile, "--terminate_after_init")
    _put_macro(profile / "user" / "basic")
    steps = home / "steps.txt"
    steps.write_text("".join("|".join(change) + "\n" for change in changes), "ascii")
    _office(profile, "--norestore", f'macro:///Standard.Officer.Work("{source}","{target}","{steps}")')


def _office(profile: Path, *words: str) -> None:
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", *words]
    # A mistake in a macro is told in a window that nobody can close: the program behind the script must end as well.
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        assert child.wait(_TIMEOUT_S) == 0, words
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        raise


def _put_macro(folder: Path) -> None:
    standard = folder / "Standard"
    standard.mkdir(parents=True, exist_ok=True)
    for kind, element in (("script", '<library:element library:name="Officer"/>'), ("dialog", "")):
        home = f'xlink:href="$(USER)/basic/Standard/{kind}.xlb/" xlink:type="simple"'
        inside = f'<library:library library:name="Standard" {home} library:link="false"/>'
        libraries = _LIBRARY.format(kind="libraries", dtd="libraries", more="", inside=inside)
        names = ' library:name="Standard" library:readonly="false" library:passwordprotected="false"'
        library = _LIBRARY.format(kind="library", dtd="library", more=names, inside=element)
        (folder / f"{kind}.xlc").write_text(libraries, "utf-8")
        (standard / f"{kind}.xlb").write_text(library, "utf-8")
    (standard / "Officer.xba").write_text(_MODULE.format(code=_BASIC), "utf-8")
