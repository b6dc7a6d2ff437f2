"""Make docs/images/tracked-changes.png: the start of a seed wire as a Word document, repaired, open in LibreOffice.

``python docs/images/tracked_changes.py [WIRE]`` needs python-docx, Pillow, soffice and Xvfb. LibreOffice draws comments
in its window only, so the window is photographed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import docx
from docx.shared import Cm, Pt
from PIL import Image, ImageGrab

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from seeds.render import FOLDER, render  # noqa: E402

PARAGRAPHS = 2  # after the heading; more have more comments than fit beside them
DISPLAY = ":97"
SCREEN = (1300, 1150)
PAGE = (100, 118, 1138, 1010)  # what of the window is kept: left, top, right, bottom
DRAWN = 20  # seconds until the window surely shows the document


def write_document(wire: str, path: Path) -> None:
    """Write the start of a wire as a newsroom would: a heading, the place in bold, something in italics."""
    title, *paragraphs = render(next(FOLDER.glob(f"{wire}*.tsv"))).strip().split("\n\n")
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(12)
    document.sections[0].top_margin = Cm(1.5)
    document.add_heading(title, 1)
    for number, text in enumerate(paragraphs[:PARAGRAPHS]):
        paragraph = document.add_paragraph()
        first, stop, rest = text.partition(". ")
        paragraph.add_run(first + stop).bold = number == 0
        second, stop, rest = rest.partition(". ")
        paragraph.add_run(second + stop)
        paragraph.add_run(rest).italic = number == 1
    document.save(str(path))


def photograph(folder: Path, document: Path) -> Image.Image:
    """Return what LibreOffice shows of a document on a screen of its own."""
    size = "x".join(map(str, SCREEN))
    with subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", f"{size}x24"]) as screen:
        time.sleep(2)
        command = ["soffice", "--norestore", "--nologo", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
        office = subprocess.Popen(
            [*command, str(document)],
            env={**os.environ, "DISPLAY": DISPLAY, "SAL_USE_VCLPLUGIN": "gen"},
            start_new_session=True,
        )
        try:
            time.sleep(DRAWN)
            return ImageGrab.grab(xdisplay=DISPLAY)
        finally:
            os.killpg(office.pid, signal.SIGKILL)
            screen.terminate()


def main() -> None:
    """Write the picture."""
    wire = sys.argv[1] if len(sys.argv) > 1 else "ru-01"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        write_document(wire, folder / "wire.docx")
        mtfix = [sys.executable, "-c", "from mtfix.cli.app import main; main()"]
        mtfix += ["fix", "wire.docx", "-o", "tracked.docx", "--track-changes"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1767268800"}
        subprocess.run(mtfix, check=True, cwd=folder, env=environment)
        picture = photograph(folder, folder / "tracked.docx")
    picture.crop(PAGE).quantize(64).save(HERE / "tracked-changes.png", optimize=True)


if __name__ == "__main__":
    main()
