"""LibreOffice's own LanguageTool client, driven without a window, asks the desk. Skipped where LibreOffice is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.docx.soffice import SOFFICE, proofread
from tests.server.process import free_port, start_server

pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
SENTENCE = "The price rose to 2,5 million rubles."


def test_libreoffice_marks_what_the_desk_finds(tmp_path: Path) -> None:
    port = free_port()
    server = start_server(port, tmp_path / "desk.db")
    try:
        found = proofread(tmp_path, SENTENCE, f"http://127.0.0.1:{port}/v2")
    finally:
        server.terminate()
        server.wait()
    assert [(SENTENCE[a : a + n], words) for a, n, words, _ in found] == [("2,5 million", "2.5 million")]
    assert "comma" in found[0][3]
