"""Word documents: what is read as text, and text that changes in its runs while all else stays."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from lxml import etree

from mtfix.errors import OutputError
from mtfix.formats.docx.format import DocxContainer, DocxFormat
from mtfix.formats.registry import ReadOptions
from mtfix.types import Kind
from tests.formats.docx import samples as sample
from tests.formats.docx.samples import build_docx, describe, paragraph, run, texts, unpack
from tests.formats.replacing import replace_words, write_replaced

WORDS = {"3,5 million": "3.5 million", "the IG": "Islamic State"}


def read(data: bytes) -> DocxContainer:
    return DocxFormat().read(data, "wire.docx", ReadOptions())


def segments(data: bytes) -> list[tuple[str, str]]:
    return [(s.kind.value, s.mt) for s in read(data).document.segments]


def field(instruction: str, result: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def control(inside: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"


# name, body, text of the first paragraph after the words were replaced
CHANGES = [
    ("one run", paragraph("Loss of 3,5 million rubles."), "Loss of 3.5 million rubles."),
    ("two runs", paragraph("Loss of 3", run(",5 million", "<w:b/>"), " rubles."), "Loss of 3.5 million rubles."),
    ("cut by marks", paragraph("Loss of 3,", '<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="1" w:name="b"/>', "5 mil", '<w:bookmarkEnd w:id="1"/>', "lion."), "Loss of 3.5 million."),
    ("hyperlink", paragraph("Loss of ", f'<w:hyperlink w:anchor="x">{run("3,5 million")}</w:hyperlink>', " rubles."), "Loss of 3.5 million rubles."),
    ("smart tag", paragraph("Loss of ", f'<w:smartTag w:element="x">{run("3,5 million")}</w:smartTag>', " rubles."), "Loss of 3.5 million rubles."),
    ("hyperlink field", paragraph("Loss of ", field(' HYPERLINK "http://a.b" ', run("3,5 million")), "."), "Loss of 3.5 million."),
    ("field of a hyperlink", paragraph(f'<w:fldSimple w:instr="HYPERLINK x">{run("Loss of 3,5 million.")}</w:fldSimple>'), "Loss of 3.5 million."),
    ("rich control", control(paragraph("Loss of 3,5 million."), "<w:richText/>"), "Loss of 3.5 million."),
    ("inline control", paragraph("Loss of ", control(run("3,5 million")), "."), "Loss of 3.5 million."),
    ("inserted text", paragraph("Loss of ", f'<w:ins w:id="1" w:author="A">{run("3,5 million")}</w:ins>', "."), "Loss of 3.5 million."),
    ("beside deleted text", paragraph("Loss of 3", '<w:del w:id="1" w:author="A"><w:r><w:delText>9</w:delText></w:r></w:del>', ",5 million."), "Loss of 3.5 million."),
    ("footnote mark inside", paragraph("Loss of 3,5", '<w:r><w:footnoteReference w:id="2"/></w:r>', " million."), "Loss of 3.5 million."),
    ("soft hyphen inside", paragraph('<w:r><w:t>Loss of 3,5 mil</w:t><w:softHyphen/><w:t>lion.</w:t></w:r>'), "Loss of 3.5 million."),
    ("tab before", paragraph("<w:r><w:t>Loss</w:t><w:tab/><w:t>3,5 million</w:t></w:r>"), "Loss\t3.5 million"),
    ("two lines", paragraph("<w:r><w:t>Loss</w:t><w:br/><w:t>3,5 million</w:t></w:r>"), "Loss\n3.5 million"),
    ("loose blanks", paragraph("Loss of", "<w:r><w:t>\n  3,5 million  </w:t></w:r>"), "Loss of3.5 million"),
    ("not struck through", paragraph("Loss of ", run("3,5 million", '<w:strike w:val="0"/>')), "Loss of 3.5 million"),
    ("not struck as its style", paragraph(run("3,5 million", '<w:rStyle w:val="gone"/><w:strike w:val="false"/>')), "3.5 million"),
    ("nested table", f"<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc>{paragraph('Loss of 3,5 million')}</w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>", "Loss of 3.5 million"),
]  # fmt: skip

KEPT = [
    ("date field", paragraph("On ", field(' DATE \\@ "d" ', run("3,5 million")), " it rained.")),
    ("page field", paragraph(f'<w:fldSimple w:instr=" PAGE ">{run("3,5 million")}</w:fldSimple>')),
    ("field in a link", paragraph(field("HYPERLINK x", field("PAGEREF y", run("3,5 million"))))),
    ("instruction", paragraph(field("QUOTE 3,5 million", run("x")))),
    ("text of an instruction", paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "3,5 million", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')),
    ("field over paragraphs", paragraph('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>TOC</w:instrText><w:fldChar w:fldCharType="separate"/></w:r>', "3,5 million") + paragraph("3,5 million", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')),
    ("deleted text", paragraph('<w:del w:id="1" w:author="A"><w:r><w:delText>3,5 million</w:delText></w:r></w:del>')),
    ("moved away", paragraph(f'<w:moveFrom w:id="1" w:author="A">{run("3,5 million")}</w:moveFrom>')),
    ("moved here", paragraph(f'<w:moveTo w:id="1" w:author="A">{run("3,5 million")}</w:moveTo>')),
    ("deleted row", f'<w:tbl><w:tr><w:trPr><w:del w:id="1" w:author="A"/></w:trPr><w:tc>{paragraph("3,5 million")}</w:tc></w:tr></w:tbl>'),
    ("hidden text", paragraph(run("3,5 million", "<w:vanish/>"))),
    ("struck through", paragraph("Loss of ", run("3,5 million", "<w:strike/>"))),
    ("struck through twice", paragraph("Loss of ", run("3,5 million", '<w:dstrike w:val="true"/>'))),
    ("struck by its style", paragraph("Loss of ", run("3,5 million", '<w:rStyle w:val="gone"/>'))),
    ("paragraph struck by its style", paragraph("3,5 million", style="struck")),
    ("code", paragraph(run("3,5 million", '<w:rStyle w:val="code"/>'))),
    ("preformatted", paragraph("3,5 million", style="pre")),
    ("date control", paragraph(control(run("3,5 million"), "<w:date/>"))),
    ("list control", paragraph(control(run("3,5 million"), "<w:dropDownList/>"))),
    ("placeholder", paragraph(control(run("3,5 million"), "<w:showingPlcHdr/>"))),
    ("locked control", control(paragraph("3,5 million"), '<w:lock w:val="sdtContentLocked"/>')),
    ("bound control", control(paragraph("3,5 million"), '<w:dataBinding w:xpath="/x"/>')),
    ("break inside", paragraph("<w:r><w:t>3,5</w:t><w:br/><w:t>million</w:t></w:r>")),
    ("no-break hyphen", paragraph("<w:r><w:t>the IG</w:t><w:noBreakHyphen/><w:t>Metall</w:t></w:r>").replace("the IG", "union I")),
    ("alternative text", paragraph('<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="3,5 million"/></wp:inline></w:drawing></w:r>')),
]  # fmt: skip


@pytest.mark.parametrize(("body", "after"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_text_changes_where_it_stands(body: str, after: str) -> None:
    data = build_docx(body)
    container = read(data)
    assert container.write(container.documents) == data
    changed = write_replaced(container, WORDS)
    assert next(text for text in texts(changed) if text) == after
    before, now = describe(data), describe(changed)
    marks = [[[m for m in p if m[0].startswith("<")] for p in part["word/document.xml"]] for part in (before, now)]
    assert marks[0] == marks[1]
    assert write_replaced(read(changed), WORDS) == changed


@pytest.mark.parametrize("body", [c[1] for c in KEPT], ids=[c[0] for c in KEPT])
def test_what_is_no_prose_stays(body: str) -> None:
    data = build_docx(body)
    assert write_replaced(read(data), WORDS) == data


def test_formatting_stays_with_its_words() -> None:
    data = build_docx(paragraph("From ", run("the", "<w:b/>"), run(" IG", "<w:i/>"), run(" men", "<w:u/>")))
    after = describe(write_replaced(read(data), WORDS))["word/document.xml"][0]
    looks = {"b": "", "i": "", "u": ""}
    for letter, look in after:
        for name in looks:
            if f"<w:{name} " in look or f"<w:{name}>" in look:
                looks[name] += letter
    assert looks["u"] == " men"
    assert looks["b"] + looks["i"] == "Islamic State"


def test_all_stories_change() -> None:
    story = {
        "header": paragraph("Head 3,5 million"),
        "footer": paragraph("Foot 3,5 million"),
        "footnotes": f'<w:footnote w:type="separator" w:id="-1">{paragraph("3,5 million")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph("Note 3,5 million")}</w:footnote>',
        "endnotes": f'<w:endnote w:id="2">{paragraph("End 3,5 million")}</w:endnote>',
        "comments": f'<w:comment w:id="0" w:author="A">{paragraph("Remark 3,5 million")}</w:comment>',
    }
    data = build_docx(paragraph("Body 3,5 million", '<w:r><w:footnoteReference w:id="2"/></w:r>'), **story)
    container = read(data)
    assert [s.mt.split()[0] for s in container.document.segments] == ["Body", "Note", "End", "Head", "Foot"]
    after = write_replaced(container, WORDS)
    for name, first in (("header", "Head"), ("footer", "Foot"), ("endnotes", "End"), ("document", "Body")):
        assert texts(after, f"word/{name}.xml") == [f"{first} 3.5 million"]
    assert texts(after, "word/footnotes.xml") == ["3,5 million", "Note 3.5 million"]
    assert texts(after, "word/comments.xml") == ["Remark 3,5 million"]


def test_kinds_come_from_styles_then_from_the_text() -> None:
    body = (
        paragraph("Head by style.", style="1")
        + paragraph("Head by a style of a style", style="mine")
        + paragraph("The capital and its river", style="pic")
        + paragraph("MOSCOW, May 5. It rained. It snowed.")
        + paragraph("A heading by its looks")
        + paragraph("- an item by its dash")
        + '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr></w:pPr>'
        + run("An item of a list.")
        + "</w:p>"
        + paragraph("Styles in a circle are plain.", style="loop1")
        + f"<w:tbl><w:tr><w:tc>{paragraph('Total')}</w:tc><w:tc>{paragraph('It is a cell. It is long.')}</w:tc></w:tr></w:tbl>"
    )
    assert segments(build_docx(body)) == [
        ("heading", "Head by style."),
        ("heading", "Head by a style of a style"),
        ("caption", "The capital and its river"),
        ("dateline", "MOSCOW, May 5."),
        ("sentence", "It rained."),
        ("sentence", "It snowed."),
        ("heading", "A heading by its looks"),
        ("item", "an item by its dash"),
        ("item", "An item of a list."),
        ("sentence", "Styles in a circle are plain."),
        ("item", "Total"),
        ("sentence", "It is a cell."),
        ("sentence", "It is long."),
    ]


def test_paragraphs_that_are_in_another_language_stay() -> None:
    german = "Der Leiter der Abteilung war gestern in Berlin und will die Arbeit der IG Metall bis Mai beenden."
    english = "The head of the department was in Berlin and said that the work of the IG would be finished by May."
    for text, label, is_read in (
        (german, "de-DE", False),
        (german, "en-US", True),
        (english, "ru-RU", True),  # typed over its original
        ("Short one of the IG", "ru-RU", True),
    ):
        data = build_docx(paragraph(run(text, f'<w:lang w:val="{label}"/>')))
        assert bool(read(data).document.segments) is is_read


def test_line_breaks_end_sentences_but_not_inside_one() -> None:
    body = paragraph("<w:r><w:t>It rained</w:t><w:br/><w:t>in the whole of the</w:t><w:br/><w:t>town.</w:t></w:r>")
    assert [mt for _, mt in segments(build_docx(body))] == ["It rained\nin the whole of the\ntown."]
    body = paragraph("<w:r><w:t>A title</w:t><w:br/><w:t>It rained.</w:t><w:br/><w:br/><w:t>It snowed.</w:t></w:r>")
    assert [mt for _, mt in segments(build_docx(body))] == ["A title", "It rained.", "It snowed."]


def test_text_boxes_and_their_copies_change_together() -> None:
    box = paragraph("Box of 3,5 million.")
    body = paragraph("Host.", sample.text_box(box, box))
    after = write_replaced(read(build_docx(body)), WORDS)
    assert texts(after)[1:] == ["Box of 3.5 million."] * 2
    other = paragraph("Box of 3,5 million, but other.")
    after = write_replaced(read(build_docx(paragraph("Host.", sample.text_box(box, other)))), WORDS)
    assert texts(after)[1:] == ["Box of 3.5 million.", "Box of 3,5 million, but other."]


def test_untouched_members_keep_bytes_order_and_dates() -> None:
    members = unpack(build_docx(paragraph("Loss of 3,5 million."), header=paragraph("Head.")))
    picture = bytes(range(256)) * 40
    data = sample.pack({**members, "word/media/image1.png": picture, "docProps/odd name.bin": b"x"})
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(io.BytesIO(write_replaced(read(data), WORDS))) as new,
    ):
        assert [i.filename for i in new.infolist()] == [i.filename for i in old.infolist()]
        for before, after in zip(old.infolist(), new.infolist(), strict=True):
            assert (after.date_time, after.compress_type) == (before.date_time, before.compress_type)
            assert (new.read(after) == old.read(before)) is (before.filename != "word/document.xml")


def test_the_rest_of_a_changed_part_is_the_same_xml() -> None:
    body = (
        paragraph("Loss of 3,5 million &amp; more.")
        + "<!-- a remark --><?pi x?>"
        + paragraph("«Да» \U0001f600 &lt;tag&gt;")
    )
    data = build_docx(body)
    before = unpack(data)["word/document.xml"]
    after = unpack(write_replaced(read(data), WORDS))["word/document.xml"]
    assert after == before.replace(b"3,5 million", b"3.5 million")


def test_a_strict_document_is_read_and_written() -> None:
    members = unpack(build_docx(paragraph("Loss of 3,5 million.", style="1")))
    strict = {
        name: content.replace(sample.W.encode(), sample.STRICT_W.encode()).replace(
            sample.R.encode(), sample.STRICT_R.encode()
        )
        for name, content in members.items()
    }
    container = read(sample.pack(strict))
    assert container.document.segments[0].kind is Kind.HEADING
    assert b"Loss of 3.5 million." in unpack(write_replaced(container, WORDS))["word/document.xml"]


def test_documents_of_another_library() -> None:
    document = docx.Document()
    document.add_heading("Loss of 3,5 million", 1)
    document.add_paragraph("He saw ").add_run("the IG").bold = True
    document.add_table(1, 2).cell(0, 1).text = "Up to 3,5 million"
    document.sections[0].header.paragraphs[0].text = "Head of 3,5 million"
    out = io.BytesIO()
    document.save(out)
    after = docx.Document(io.BytesIO(write_replaced(read(out.getvalue()), WORDS)))
    assert [p.text for p in after.paragraphs] == ["Loss of 3.5 million", "He saw Islamic State"]
    assert after.paragraphs[1].runs[1].bold
    assert after.tables[0].cell(0, 1).text == "Up to 3.5 million"
    assert after.sections[0].header.paragraphs[0].text == "Head of 3.5 million"


def test_writing_twice_gives_the_same() -> None:
    container = read(build_docx(paragraph("Loss of 3,5 million.")))
    assert write_replaced(container, WORDS) == write_replaced(container, WORDS)


def test_a_document_of_another_file_is_refused() -> None:
    container = read(build_docx(paragraph("Loss of 3,5 million.")))
    other = read(build_docx(paragraph("Loss of 3,5 million, other.")))
    with pytest.raises(OutputError, match="not the text of that file"):
        container.write([replace_words(d, WORDS) for d in other.documents])


def test_notes_tell_of_changes_moves_and_signatures() -> None:
    body = paragraph(f'<w:ins w:id="1" w:author="A">{run("It rained.")}</w:ins>')
    assert [n.partition(": ")[2] for n in read(build_docx(body)).document.notes] == [
        "has tracked changes; it is read as if they were accepted"
    ]
    members = unpack(build_docx(paragraph(f'<w:moveTo w:id="1" w:author="A">{run("It rained.")}</w:moveTo>')))
    signed = sample.pack({**members, "_xmlsignatures/sig1.xml": b"<x/>"})
    assert [n.partition(": ")[2] for n in read(signed).document.notes][1:] == [
        "text moved under tracked changes is left as it is",
        "is signed; a change makes its signature invalid",
    ]


def test_text_at_the_edge_of_a_locked_field_goes_outside_it() -> None:
    from mtfix.types import Edit, Step

    body = paragraph(field("PAGE", run("7") + run("8")), " pages and ", field("DATE", run("May 5")))
    container = read(build_docx(body))
    segment = container.document.segments[0]
    assert segment.mt == "78 pages and May 5"
    added = segment.add(Step("test", (Edit(0, 0, "About ", "rule:T", "x"), Edit(18, 18, ".", "rule:T", "x"))))
    after = container.write([container.document.replace_segments([added])])
    root = etree.fromstring(unpack(after)["word/document.xml"])
    names = [etree.QName(n).localname + (n.text or "") for r in root.iter(f"{{{sample.W}}}r") for n in r]
    assert names[0] == "tAbout " and names[-1] == "t."
    assert texts(after) == ["About 78 pages and May 5."]
