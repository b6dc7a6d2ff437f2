"""LibreOffice opens what mtfix writes: all changes accepted give the fixed text, all rejected the original.

Two starts of LibreOffice (about five seconds) serve all cases. Text is compared paragraph by paragraph, headers, notes,
tables and text boxes included.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mtfix.formats.docx import DocxFormat
from mtfix.formats.registry import ReadOptions
from tests.formats.docx_samples import build_docx, number_ids, paragraph, run, text_box
from tests.formats.replacing import replace_words
from tests.formats.soffice import ACCEPT, AS_IS, FLAT, REJECT, SOFFICE, read_flat, work
from tests.formats.test_docx import CHANGES
from tests.formats.test_docx_tracked import INSIDE, MORE, SIGNATURE

pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")

# Its own way of making a Word document, with what it writes for styles, lists, tables, notes and fields.
PAGE = """<html><body><h1>In Kazan the IG lost 3,5 million</h1><p>It lost <b>3,5</b> <i>million</i> rubles, said
<a href="http://example.org/">the IG</a> in the town<sup>2</sup>.</p><ul><li>the IG</li><li>up to 3,5 million</li></ul>
<table border="1"><tr><td>the IG</td><td>3,5&nbsp;million and <u>the</u> IG<br>3,5 million</td></tr></table>
<p style="text-align:center">It rained also, on <span style="color:red">the</span> IG.</p></body></html>"""
STORIES = build_docx(
    paragraph("Head of the IG", style="1")
    + paragraph("Body of 3,5 million", '<w:r><w:footnoteReference w:id="2"/></w:r>', ", ", run("the IG", "<w:b/>"), ".")
    + f"<w:tbl><w:tr><w:tc>{paragraph('Cell of the IG')}</w:tc></w:tr></w:tbl>"
    + paragraph("Host of the IG.", text_box(paragraph("Box of 3,5 million."), paragraph("Box of 3,5 million."))),
    header=paragraph("Header of the IG"),
    footer=paragraph("Footer of 3,5 million."),
    footnotes=f'<w:footnote w:id="2">{paragraph("Note of 3,5 million.")}</w:footnote>',
    comments=f'<w:comment w:id="0" w:author="A">{paragraph("A remark.")}</w:comment>',
)


def list_cases() -> dict[str, bytes]:
    """Few documents, for each takes its time: all changes in one, insertions of others in one, one of all stories."""
    note = f'<w:footnote w:id="2">{paragraph("Note of the IG.")}</w:footnote>'
    end = paragraph("And so on.")
    inserted = (f'<w:ins w:id="1" w:author="Ann">{run(text, "<w:b/>")}</w:ins>' for _, text in INSIDE)
    return {
        "changes": build_docx(number_ids("".join(body + end for _, body, _ in CHANGES)), footnotes=note),
        "insertions": build_docx(number_ids("".join(paragraph("Before it: ", i, " after it.") for i in inserted))),
        "stories": STORIES,
    }


def test_accepted_is_fixed_and_rejected_is_the_original(tmp_path: Path) -> None:
    """One test for all cases: starting LibreOffice takes longer than all of them."""
    source = tmp_path / "page.html"
    source.write_text(PAGE)
    work(tmp_path, [(source, AS_IS, "MS Word 2007 XML", tmp_path / "made.docx")])
    cases = {**list_cases(), "made by LibreOffice": (tmp_path / "made.docx").read_bytes()}
    tasks = []
    for name, data in cases.items():
        container = DocxFormat().read(data, name, ReadOptions())
        assert container.write(container.documents) == data
        documents = [replace_words(container.document, MORE)]
        fixed, tracked = container.write(documents), container.write_tracked(documents, SIGNATURE)
        for what, content, action in (
            ("original", data, REJECT),
            ("fixed", fixed, ACCEPT),
            ("accepted", tracked, ACCEPT),
            ("rejected", tracked, REJECT),
        ):
            path = tmp_path / f"{name} {what}.docx"
            path.write_bytes(content)
            tasks.append((path, action, FLAT, path.with_suffix(".fodt")))
    work(tmp_path, tasks)
    wrong = {}
    for name in cases:
        text = {
            what: read_flat(tmp_path / f"{name} {what}.fodt") for what in ("original", "fixed", "accepted", "rejected")
        }
        if (
            text["accepted"] != text["fixed"]
            or text["rejected"] != text["original"]
            or text["fixed"] == text["original"]
        ):
            wrong[name] = text
    assert wrong == {}
