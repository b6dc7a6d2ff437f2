"""Tracked changes: all accepted they are the fixed document, all rejected the original; each says why."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from mtfix.formats.docx.comments import MAX_COMMENTS, Comments
from mtfix.formats.docx.format import DocxContainer, DocxFormat
from mtfix.formats.docx.package import open_package
from mtfix.formats.registry import ReadOptions
from mtfix.formats.tracking import Signature, TrackingContainer, note_tracking
from mtfix.types import Edit, Step
from tests.formats.docx.samples import (
    W,
    build_docx,
    describe,
    number_ids,
    pack,
    paragraph,
    resolve,
    run,
    text_box,
    texts,
    unpack,
)
from tests.formats.docx.test_docx import CHANGES, KEPT, WORDS, control, field
from tests.formats.replacing import replace_words

SIGNATURE = Signature("Night Desk", "2026-01-31T12:00:00Z")
MORE = {"On the territory of Syria": "In Syria", "took part in the activity of": "took part in", " also": "", **WORDS}


def read(data: bytes) -> DocxContainer:
    return DocxFormat().read(data, "wire.docx", ReadOptions())


def track(data: bytes, words: dict[str, str] = MORE) -> tuple[bytes, bytes]:
    """Return the document with its words replaced, and with tracked changes."""
    container = read(data)
    documents = [replace_words(container.document, words)]
    return container.write(documents), container.write_tracked(documents, SIGNATURE)


def check_both_ways(data: bytes, fixed: bytes, tracked: bytes) -> None:
    assert describe(resolve(tracked, accept=True)) == describe(resolve(fixed, accept=True))
    assert describe(resolve(tracked, accept=False)) == describe(resolve(data, accept=False))
    root = etree.fromstring(unpack(tracked)["word/document.xml"])
    for outer in root.iter(f"{{{W}}}ins"):
        assert not [n for n in outer.iter(f"{{{W}}}ins") if n is not outer]
    for gone in root.iter(f"{{{W}}}del"):
        assert not list(gone.iter(f"{{{W}}}t"))
    ids = [
        n.get(f"{{{W}}}id")
        for name, content in unpack(tracked).items()
        if name.startswith("word/") and name.endswith(".xml")
        for n in etree.fromstring(content).iter(
            f"{{{W}}}ins", f"{{{W}}}del", f"{{{W}}}rPrChange", f"{{{W}}}bookmarkStart"
        )
    ]
    assert len(ids) == len(set(ids))


def comments(data: bytes) -> dict[str, str]:
    """Return the text of each comment by its id; every one is referred to once, in the body."""
    members = unpack(data)
    root = etree.fromstring(members["word/comments.xml"])
    found = {
        c.get(f"{{{W}}}id"): "\n".join("".join(t.text for t in p.iter(f"{{{W}}}t")) for p in c.iter(f"{{{W}}}p"))
        for c in root
    }
    body = etree.fromstring(members["word/document.xml"])
    assert sorted(n.get(f"{{{W}}}id") for n in body.iter(f"{{{W}}}commentReference")) == sorted(found)
    return found


@pytest.mark.parametrize("body", [c[1] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_accepting_gives_the_fixed_text_and_rejecting_the_original(body: str) -> None:
    data = build_docx(body)
    fixed, tracked = track(data)
    assert tracked != fixed != data
    check_both_ways(data, fixed, tracked)
    again = read(tracked)
    assert again.write_tracked([replace_words(again.document, MORE)], SIGNATURE) == tracked


@pytest.mark.parametrize("body", [c[1] for c in KEPT], ids=[c[0] for c in KEPT])
def test_unchanged_is_identical(body: str) -> None:
    data = build_docx(body)
    assert track(data) == (data, data)


def test_what_a_change_looks_like() -> None:
    data = build_docx(paragraph("Loss of ", run("3,5 million", "<w:b/>"), " rubles."))
    tracked = unpack(track(data)[1])["word/document.xml"].decode()
    signed = 'w:author="Night Desk" w:date="2026-01-31T12:00:00Z"'
    assert (
        '<w:commentRangeStart w:id="0"/>'
        f'<w:del w:id="1" {signed}><w:r><w:rPr><w:b/></w:rPr><w:delText>3,5</w:delText></w:r></w:del>'
        f'<w:ins w:id="2" {signed}><w:r><w:rPr><w:b/></w:rPr><w:t>3.5</w:t></w:r></w:ins>'
        '<w:commentRangeEnd w:id="0"/><w:r><w:rPr><w:rStyle w:val="CommentReference"/></w:rPr>'
        '<w:commentReference w:id="0"/></w:r>'
        '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve"> million</w:t></w:r>'
    ) in tracked


def test_words_that_stay_are_not_struck_out() -> None:
    data = build_docx(paragraph("He said that on Monday it rained in the whole of the town and left."))
    words = {
        "said that on Monday it rained in the whole of the town": "told us on Monday it rained in the whole of a city"
    }
    fixed, tracked = track(data, words)
    check_both_ways(data, fixed, tracked)
    root = etree.fromstring(unpack(tracked)["word/document.xml"])
    assert [t.text for t in root.iter(f"{{{W}}}delText")] == ["said that", "the town"]
    assert [t.text for i in root.iter(f"{{{W}}}ins") for t in i.iter(f"{{{W}}}t")] == ["told us", "a city"]
    assert len(comments(tracked)) == 1


def test_comments_say_why() -> None:
    container = read(build_docx(paragraph("Loss of 3,5 million. It rained also.")))
    first, second = container.document.segments
    first = first.add(Step("rules", (Edit(8, 11, "3.5", "rule:DECIMAL", "A point, not a comma."),)))
    first = first.add(
        Step("model", (Edit(8, 19, "3.5 mln", "model:default@12ab", "The model's rewording.", confidence=0.934),))
    )
    second = second.add(Step("rules", (Edit(9, 14, "", "rule:ALSO", 'No "also" & no <b>.'),)))
    document = container.document.replace_segments([first, second])
    tracked = container.write_tracked([document], SIGNATURE)
    assert list(comments(tracked).values()) == [
        "A point, not a comma. (DECIMAL, sure): 3,5 → 3.5\n"
        "The model's rewording. (model:default@12ab, sure, 93%): 3.5 million → 3.5 mln",
        'No "also" & no <b>. (ALSO, sure)',
    ]
    members = unpack(tracked)
    assert b'PartName="/word/comments.xml"' in members["[Content_Types].xml"]
    assert b'relationships/comments" Target="comments.xml"' in members["word/_rels/document.xml.rels"]
    opened = docx.Document(io.BytesIO(tracked))
    assert [(c.author, c.initials) for c in opened.comments] == [("Night Desk", "ND")] * 2


def test_comments_that_are_there_stay() -> None:
    body = paragraph(
        '<w:commentRangeStart w:id="7"/>', "Loss of 3,5 million.", '<w:commentRangeEnd w:id="7"/>',
        '<w:r><w:commentReference w:id="7"/></w:r>',
    )  # fmt: skip
    remark = f'<w:comment w:id="7" w:author="Ann">{paragraph("Is it so?")}</w:comment>'
    data = build_docx(body, comments=remark)
    fixed, tracked = track(data)
    check_both_ways(data, fixed, tracked)
    assert comments(tracked) == {"7": "Is it so?", "8": "A test. (TEST, sure)"}
    assert unpack(fixed)["word/comments.xml"] == unpack(data)["word/comments.xml"]
    before, after = unpack(data), unpack(tracked)
    assert [n for n in before if before[n] != after[n]] == ["word/document.xml", "word/comments.xml"]


def test_remarks_on_other_stories_stand_in_the_body() -> None:
    note = paragraph("Note of 3,5 million.")
    body = paragraph("First.") + paragraph(
        "Body.", '<w:r><w:footnoteReference w:id="2"/></w:r>', text_box(*[paragraph("Box of 3,5 million.")] * 2)
    )
    data = build_docx(
        body, header=paragraph("Head of 3,5 million"), footnotes=f'<w:footnote w:id="2">{note}</w:footnote>'
    )
    fixed, tracked = track(data)
    check_both_ways(data, fixed, tracked)
    quoted = ": A test. (TEST, sure): 3,5 million → 3.5 million"
    assert sorted(comments(tracked).values()) == sorted(
        f"In the {place}{quoted}" for place in ("text box", "footnote", "header")
    )
    for part in ("word/header.xml", "word/footnotes.xml"):
        assert b"comment" not in unpack(tracked)[part]
    root = etree.fromstring(unpack(tracked)["word/document.xml"])
    for content in root.iter(f"{{{W}}}txbxContent"):
        assert not list(content.iter(f"{{{W}}}commentReference", f"{{{W}}}commentRangeStart"))
        assert len(list(content.iter(f"{{{W}}}ins"))) == 1
    first, second = root.findall(f"{{{W}}}body/{{{W}}}p")
    assert len(list(first.iter(f"{{{W}}}commentReference"))) == 1
    assert len(list(second.iter(f"{{{W}}}commentReference"))) == 2


INSIDE = [
    ("start", "3,5 million lost and more"),
    ("middle", "a loss of 3,5 million and more"),
    ("end", "a loss of 3,5 million"),
    ("whole", "the IG"),
    ("twice", "the IG lost 3,5 million to the IG"),
    ("lost", "it rained also"),
]


@pytest.mark.parametrize("text", [c[1] for c in INSIDE], ids=[c[0] for c in INSIDE])
@pytest.mark.parametrize("beside", ["", "more"], ids=["alone", "beside"])
def test_edits_inside_insertions_of_others(text: str, beside: str) -> None:
    inserted = f'<w:ins w:id="4" w:author="Ann">{beside and run(beside + " ")}{run(text, "<w:b/>")}{beside and run(" " + beside)}</w:ins>'
    data = build_docx(paragraph("Before it: ", inserted, " after it."))
    fixed, tracked = track(data)
    check_both_ways(data, fixed, tracked)
    root = etree.fromstring(unpack(tracked)["word/document.xml"])
    by_ann = [n for n in root.iter(f"{{{W}}}ins") if n.get(f"{{{W}}}author") == "Ann"]
    assert all(len(n) for n in by_ann)
    assert "".join(t.text for n in by_ann for t in n.iter(f"{{{W}}}t", f"{{{W}}}delText")) == (
        f"{beside} {text} {beside}" if beside else text
    )


def test_an_edit_over_the_edge_of_an_insertion() -> None:
    inserted = f'<w:ins w:id="4" w:author="Ann">{run("3,5")}</w:ins>'
    data = build_docx(paragraph("Loss of ", inserted, " million and ", inserted.replace('"4"', '"5"'), " million."))
    fixed, tracked = track(data, {"3,5 million": "three and a half million", **MORE})
    check_both_ways(data, fixed, tracked)


def test_formatting_changes_of_others_keep_ids_apart() -> None:
    changed = '<w:b/><w:rPrChange w:id="9" w:author="Ann"><w:rPr/></w:rPrChange>'
    data = build_docx(paragraph(run("Loss of 3,5 million rubles, the IG said also.", changed)))
    fixed, tracked = track(data)
    root = etree.fromstring(unpack(tracked)["word/document.xml"])
    ids = [n.get(f"{{{W}}}id") for n in root.iter(f"{{{W}}}rPrChange", f"{{{W}}}ins", f"{{{W}}}del")]
    assert len(ids) == len(set(ids)) and "9" in ids
    assert texts(resolve(tracked, accept=True)) == texts(fixed)


def test_no_more_comments_than_word_opens() -> None:
    full = "".join(f'<w:comment w:id="{n}" w:author="A"/>' for n in range(MAX_COMMENTS - 1))
    package = open_package(build_docx(paragraph("x"), comments=full), "wire.docx")
    found = Comments.open(package, W, SIGNATURE)
    assert found.add(["one"]) == MAX_COMMENTS - 1
    assert found.add(["too many"]) is None


def test_the_comment_of_a_control_stands_at_its_start() -> None:
    data = build_docx(
        control(paragraph("Loss of 3,5 million.")) + paragraph("Text: ", control(run("the IG"), "<w:text/>"))
    )
    fixed, tracked = track(data)
    check_both_ways(data, fixed, tracked)
    root = etree.fromstring(unpack(tracked)["word/document.xml"])
    for content in root.iter(f"{{{W}}}sdtContent"):
        assert next(content.iter(f"{{{W}}}r"))[-1].tag == f"{{{W}}}commentReference"
    assert next(iter(comments(tracked).values())) == "A test. (TEST, sure): 3,5 million → 3.5 million"


def test_members_other_than_those_that_change_stay() -> None:
    data = pack({**unpack(build_docx(paragraph("Loss of 3,5 million."))), "word/media/a.png": b"\x89PNG" * 50})
    before, after = unpack(data), unpack(track(data)[1])
    assert list(after) == [*before, "word/comments.xml"]
    assert [n for n in before if before[n] != after[n]] == [
        "[Content_Types].xml",
        "word/document.xml",
        "word/_rels/document.xml.rels",
    ]


def test_a_part_that_is_called_comments_already() -> None:
    members = unpack(build_docx(paragraph("Loss of 3,5 million.")))
    data = pack({**members, "word/comments.xml": b"<other/>"})
    after = unpack(track(data)[1])
    assert after["word/comments.xml"] == b"<other/>"
    assert b"A test. (TEST, sure)" in after["word/comments1.xml"]
    assert b'Target="comments1.xml"' in after["word/_rels/document.xml.rels"]


def test_containers_say_whether_they_track() -> None:
    from mtfix.formats.text.plain import TextFormat

    assert isinstance(read(build_docx(paragraph("x"))), TrackingContainer)
    assert not isinstance(TextFormat().read(b"x", "x", ReadOptions()), TrackingContainer)


PIECES = [
    "On the territory of Syria",
    "took part in the activity of",
    "3,5 million",
    "the IG",
    " also",
    " ",
    ". ",
    "It rained",
    ", ",
]
LOOKS = ["", "<w:b/>", "<w:i/>", "<w:b/><w:rPrChange w:id='77' w:author='A'><w:rPr/></w:rPrChange>"]
WRAPS = ["{}", "{}", "{}", '<w:ins w:id="50" w:author="Ann">{}</w:ins>', '<w:hyperlink w:anchor="x">{}</w:hyperlink>',
         '<w:smartTag w:element="x">{}</w:smartTag>', '<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>',
         '<w:fldSimple w:instr="PAGE">{}</w:fldSimple>']  # fmt: skip
BETWEEN = ["", "", '<w:proofErr w:type="spellStart"/>', '<w:bookmarkStart w:id="60" w:name="b"/><w:bookmarkEnd w:id="60"/>',
           '<w:r><w:tab/></w:r>', '<w:r><w:footnoteReference w:id="2"/></w:r>', '<w:r><w:noBreakHyphen/></w:r>',
           '<w:del w:id="61" w:author="Ann"><w:r><w:delText>the IG</w:delText></w:r></w:del>']  # fmt: skip


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """A paragraph of the words that change, cut into runs at random places, some of them wrapped."""
    text = "".join(draw(st.lists(st.sampled_from(PIECES), min_size=2, max_size=8)))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)) | {0, len(text)})
    parts = []
    for start, end in pairwise(cuts):
        one = run(text[start:end], draw(st.sampled_from(LOOKS)))
        parts += [draw(st.sampled_from(WRAPS)).format(one), draw(st.sampled_from(BETWEEN))]
    return number_ids(f"<w:p>{''.join(parts)}</w:p>")


@settings(max_examples=60, deadline=None)
@given(bodies())
def test_however_the_runs_are_cut(body: str) -> None:
    data = build_docx(body)
    container = read(data)
    documents = [replace_words(container.document, MORE)]
    fixed, tracked = container.write(documents), container.write_tracked(documents, SIGNATURE)
    changed = documents[0].text != documents[0].mt
    assert (fixed != data) is changed and (tracked != data) is changed
    if documents[0].segments:
        assert bare(texts(fixed)[0]) == bare(texts(resolve(tracked, accept=True))[0]) == bare(documents[0].text)
    if changed:
        rejected = texts(resolve(tracked, accept=False))
        assert rejected == texts(resolve(data, accept=False))
        assert texts(resolve(tracked, accept=True)) == texts(resolve(fixed, accept=True))
        if "rPrChange" not in body:
            check_both_ways(data, fixed, tracked)
        comments(tracked)


def test_a_field_at_the_edge_of_a_change() -> None:
    data = build_docx(paragraph(field("DATE", run("May 5")), " the IG ", field("PAGE", run("7"))))
    fixed, tracked = track(data)
    check_both_ways(data, fixed, tracked)
    assert texts(fixed) == ["May 5 Islamic State 7"]


@settings(max_examples=60, deadline=None)
@given(bodies(), st.data())
def test_whatever_the_edits_are(body: str, data: st.DataObject) -> None:
    """Edits at random places, insertions beside locked text and deletions of whole sentences among them."""
    original = build_docx(body)
    container = read(original)
    edited = []
    for segment in container.document.segments:
        edits, at = [], 0
        while at <= len(segment.text) and len(edits) < 3:
            start = data.draw(st.integers(at, len(segment.text)))
            end = data.draw(st.integers(start, min(len(segment.text), start + 12)))
            if not any(lock.start < end and start < lock.end for lock in segment.locks):
                new = data.draw(st.sampled_from(["", "new", " more words ", "Islamic State's", "ü & <"]))
                edits.append(Edit(start, end, new, "rule:TEST", "A test."))
            at = end + 1
        edited.append(segment.add(Step("test", tuple(edits))))
    document = container.document.replace_segments(edited)
    fixed, tracked = container.write([document]), container.write_tracked([document], SIGNATURE)
    if document.text == document.mt:
        assert fixed == tracked == original
        return
    for one, other in ((texts(resolve(tracked, accept=True)), texts(resolve(fixed, accept=True))),
                       (texts(resolve(tracked, accept=False)), texts(resolve(original, accept=False)))):  # fmt: skip
        assert one == other
    assert bare(texts(fixed)[0]) == bare(document.text)
    if "rPrChange" not in body:
        check_both_ways(original, fixed, tracked)


def bare(text: str) -> str:
    """Return a text without blanks: between paragraphs of the document there are lines, in the file there are not."""
    return "".join(text.split())


def with_notes(count: int) -> bytes:
    marks = [f'<w:r><w:footnoteReference w:id="{n + 2}"/></w:r>' for n in range(count)]
    notes = "".join(f'<w:footnote w:id="{n + 2}">{paragraph("Note of the IG.")}</w:footnote>' for n in range(count))
    return build_docx("".join(paragraph("It lost 3,5 million", m, " rubles.") for m in marks or [""]), footnotes=notes)


@pytest.mark.parametrize(("count", "asked", "commented"), [
    (0, None, True), (1, None, True), (2, None, False), (6, None, False), (2, True, True), (1, False, False),
])  # fmt: skip
def test_comments_do_not_stand_between_footnotes_unless_asked_for(
    count: int, asked: bool | None, commented: bool
) -> None:
    data = with_notes(count)
    container = read(data)
    documents = [replace_words(container.document, MORE)]
    signature = replace(SIGNATURE, comments=asked)
    tracked = container.write_tracked(documents, signature)
    assert ("word/comments.xml" in unpack(tracked)) is commented
    check_both_ways(data, container.write(documents), tracked)
    assert bool(note_tracking(container, signature)) is (count > 1 and asked is None)
