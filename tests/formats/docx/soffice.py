"""LibreOffice without a window, for tests: one start opens many documents, accepts or rejects all changes, and tells.

A Basic macro in a user profile of its own does the work, so nothing but the program itself is needed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

SOFFICE = shutil.which("soffice")
FLAT = "OpenDocument Text Flat XML"
_MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Work(tasks As String)
  Dim task As String, parts
  Dim load(0) As New com.sun.star.beans.PropertyValue
  Dim save(0) As New com.sun.star.beans.PropertyValue
  load(0).Name = "Hidden"
  load(0).Value = True
  save(0).Name = "FilterName"
  On Error Goto Failed
  number = FreeFile
  Open tasks For Input As #number
  Do While Not EOF(number)
    Line Input #number, task
    If task &lt;&gt; "" Then
      parts = Split(task, "|")
      document = StarDesktop.loadComponentFromURL(parts(0), "_blank", 0, load())
      If parts(1) &lt;&gt; "" Then
        dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
        dispatcher.executeDispatch(document.CurrentController.Frame, parts(1), "", 0, Array())
      End If
      save(0).Value = parts(2)
      document.storeToURL(parts(3), save())
      document.close(True)
    End If
  Loop
Failed:
  Close #number
  StarDesktop.terminate()
End Sub

Sub Proofread(tasks As String)
  Dim locale As New com.sun.star.lang.Locale
  Dim properties(0) As New com.sun.star.beans.PropertyValue
  locale.Language = "en"
  locale.Country = "US"
  On Error Goto Failed
  number = FreeFile
  Open tasks For Input As #number
  Line Input #number, sentence
  Line Input #number, target
  Close #number
  checker = createUnoService("org.openoffice.lingu.LanguageToolGrammarChecker")
  found = checker.doProofreading("document", sentence, locale, 0, Len(sentence), properties())
  number = FreeFile
  Open target For Output As #number
  For Each mistake In found.aErrors
    Print #number, mistake.nErrorStart &amp; "|" &amp; mistake.nErrorLength &amp; "|" &amp; mistake.aSuggestions(0) &amp; "|" &amp; mistake.aShortComment
  Next
Failed:
  Close #number
  StarDesktop.terminate()
End Sub
</script:module>
"""
_SETTINGS = "".join(
    '<item oor:path="/org.openoffice.Office.Linguistic/GrammarChecking/LanguageTool">'
    f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
    for name, value in (("IsEnabled", "true"), ("BaseURL", "%s"))
)
_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Module1"/></library:library>
"""
_LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
 <library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple"
 library:link="false"/></library:libraries>
"""
ACCEPT, REJECT, AS_IS = ".uno:AcceptAllTrackedChanges", ".uno:RejectAllTrackedChanges", ""


def work(folder: Path, tasks: Sequence[tuple[Path, str, str, Path]]) -> None:
    """Open each source, do the action, save with the filter: ``(source, action, filter, target)``.

    It stops at the first document that cannot be opened or saved; its target is then missing.
    """
    profile = _prepare(folder)
    lines = [f"{source.as_uri()}|{action}|{kind}|{target.as_uri()}" for source, action, kind, target in tasks]
    (folder / "tasks.txt").write_text("\n".join(lines) + "\n")
    _start(profile, f'macro:///Standard.Module1.Work("{folder / "tasks.txt"}")')


def proofread(folder: Path, sentence: str, server: str) -> list[tuple[int, int, str, str]]:
    """Let LibreOffice's own client ask a LanguageTool server (``http://.../v2``) about one line of text.

    Return what it found: start, length, first suggestion, reason. Where its client is not installed: nothing.
    """
    profile = _prepare(folder)
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.write_text(settings.read_text().replace("</oor:items>", f"{_SETTINGS % server}</oor:items>"))
    found = folder / "found.txt"
    (folder / "tasks.txt").write_text(f"{sentence}\n{found}\n")
    _start(profile, f'macro:///Standard.Module1.Proofread("{folder / "tasks.txt"}")')
    lines = found.read_text(encoding="utf-8").splitlines() if found.exists() else []
    return [(int(a), int(b), c, d) for a, b, c, d in (line.split("|", 3) for line in lines)]


def _prepare(folder: Path) -> str:
    """Make a user profile with our macros and return the option that names it."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    _start(profile, "--terminate_after_init")  # the first start writes the profile, and over what it finds there
    basic = folder / "profile" / "user" / "basic"
    (basic / "Standard").mkdir(parents=True, exist_ok=True)
    (basic / "script.xlc").write_text(_LIBRARIES)
    (basic / "Standard" / "script.xlb").write_text(_LIBRARY)
    (basic / "Standard" / "Module1.xba").write_text(_MACRO)
    return profile


def _start(profile: str, argument: str) -> None:
    assert SOFFICE is not None
    command = [SOFFICE, "--headless", "--norestore", profile, argument]
    # The program that works is a child of the one that is started: both must end when it takes too long.
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            process.wait(timeout=240)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def read_flat(path: Path) -> list[str]:
    """Return the text of every paragraph of a flat OpenDocument file: body, notes, headers, text boxes; no comments."""
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    root = etree.parse(str(path)).getroot()
    etree.strip_elements(root, f"{{{office}}}annotation", f"{{{office}}}annotation-end", with_tail=False)
    etree.strip_elements(root, f"{{{text}}}tracked-changes", with_tail=False)
    # Where it knows a content control, LibreOffice puts a carriage return at the end of its paragraph.
    return [_text_of(node, text).rstrip("\r") for node in root.iter(f"{{{text}}}p", f"{{{text}}}h")]


def _text_of(node: etree._Element, space: str) -> str:
    parts = [node.text or ""]
    for child in node:
        if child.tag == f"{{{space}}}s":
            parts.append(" " * int(child.get(f"{{{space}}}c", "1")))
        elif child.tag == f"{{{space}}}tab":
            parts.append("\t")
        elif child.tag == f"{{{space}}}line-break":
            parts.append("\n")
        elif child.tag not in (f"{{{space}}}p", f"{{{space}}}h", f"{{{space}}}note") and isinstance(child.tag, str):
            parts.append(_text_of(child, space))
        parts.append(child.tail or "")
    return "".join(parts)
