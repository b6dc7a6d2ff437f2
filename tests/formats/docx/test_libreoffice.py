"""LibreOffice opens what mtfix writes: all changes accepted give the fixed text, all rejected the original.

Two starts of LibreOffice (about five seconds) serve all cases. Text is compared paragraph by paragraph, headers, notes,
tables and text boxes included.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mtfix.formats.docx.format import DocxFormat
from mtfix.formats.registry import ReadOptions
from tests.formats.docx.samples import build_docx, number_ids, paragraph, run, text_box
from tests.formats.docx.soffice import ACCEPT, AS_IS, FLAT, REJECT, SOFFICE, read_flat, work
from tests.formats.docx.test_docx import CHANGES
from tests.formats.docx.test_tracked import INSIDE, MORE, SIGNATURE, with_notes
from tests.formats.replacing import replace_words

pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")

# LibreOffice's own way of writing a Word document: styles, lists, tables, notes, fields, frames, changes of somebody.
PAGE = """<html><body><h1>In Kazan the IG lost 3,5 million</h1><p>It lost <b>3,5</b> <i>million</i> rubles, said
<a href="http://example.org/">the IG</a> in the town<sup>2</sup>.</p><ul><li>the IG</li><li>up to 3,5 million</li></ul>
<table border="1"><tr><td>the IG</td><td>3,5&nbsp;million and <u>the</u> IG<br>3,5 million</td></tr></table>
<p style="text-align:center">It rained also, on <span style="color:red">the</span> IG.</p></body></html>"""
TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" office:mimetype="application/vnd.oasis.opendocument.text"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0">
<office:automatic-styles><style:page-layout style:name="pm"/></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm"><style:header>
<text:p>Header of the IG, page <text:page-number>1</text:page-number></text:p></style:header></style:master-page>
</office:master-styles><office:body><office:text><text:tracked-changes>
<text:changed-region xml:id="c1" text:id="c1"><text:insertion><office:change-info><dc:creator>Ann</dc:creator>
<dc:date>2020-01-01T00:00:00</dc:date></office:change-info></text:insertion></text:changed-region>
<text:changed-region xml:id="c2" text:id="c2"><text:deletion><office:change-info><dc:creator>Ann</dc:creator>
<dc:date>2020-01-01T00:00:00</dc:date></office:change-info><text:p>of 3,5 million </text:p></text:deletion>
</text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">A loss of 3,5 million</text:h>
<text:p>It lost 3,5 million<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>
<text:p>Note of the IG.</text:p></text:note-body></text:note> rubles on <text:date text:date-value="2020-05-05">05/05/20</text:date>,
said <office:annotation><dc:creator>Ann</dc:creator><text:p>Remark on the IG</text:p></office:annotation>the<text:bookmark
 text:name="b"/> IG<text:tab/>and<text:line-break/>the IG.</text:p>
<text:p>Somebody wrote <text:change-start text:change-id="c1"/>that the IG lost 3,5 million and<text:change-end text:change-id="c1"/>
left, <text:change text:change-id="c2"/>also in <text:a xlink:href="http://example.org/">the IG</text:a>.</text:p>
<text:p>Host of the IG.<draw:frame text:anchor-type="paragraph" svg:width="5cm" svg:height="2cm"><draw:text-box>
<text:p>Frame of 3,5 million.</text:p></draw:text-box></draw:frame></text:p>
</office:text></office:body></office:document>"""
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
    """Few documents, for each takes its time: one of all changes and of insertions of others, one of all stories."""
    note = f'<w:footnote w:id="2">{paragraph("Note of the IG.")}</w:footnote>'
    end = paragraph("And so on.")
    inserted = (f'<w:ins w:id="1" w:author="Ann">{run(text, "<w:b/>")}</w:ins>' for _, text in INSIDE)
    bodies = [body for _, body, _ in CHANGES] + [paragraph("Before it: ", i, " after it.") for i in inserted]
    return {
        "changes": build_docx(number_ids(end.join([*bodies, ""])), footnotes=note),
        "stories": STORIES,
        "notes": with_notes(6),
    }


def test_accepted_is_fixed_and_rejected_is_the_original(tmp_path: Path) -> None:
    """One test for all cases: starting LibreOffice takes longer than all of them."""
    cases = list_cases()
    sources = {"page.html": PAGE, "text.fodt": TEXT}
    for name, content in sources.items():
        (tmp_path / name).write_text(content)
    work(tmp_path, [(tmp_path / n, AS_IS, "MS Word 2007 XML", tmp_path / f"{n}.docx") for n in sources])
    cases |= {name: (tmp_path / f"{name}.docx").read_bytes() for name in sources}
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
