"""OpenDocument texts and presentations: text outside edits stays, what is no prose is left alone, edits cross spans."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtfix.errors import InputError
from mtfix.formats.registry import ReadOptions, find_format
from mtfix.types import Kind
from tests.formats.packages.samples import ODF_SPACES, build_odf, list_texts, pack, read, strip_text, unpack
from tests.formats.replacing import replace_words, write_replaced

P = "<text:p>{}</text:p>"
NOTE = '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>{}</text:note-body></text:note>'


def fix(body: str, words: dict[str, str], kind: str = "text") -> str:
    """Return what becomes of a body in which words are replaced."""
    format = {"text": "odt", "presentation": "odp"}[kind]
    data = build_odf(body, kind)
    content = unpack(write_replaced(read(data, format), words))["content.xml"].decode()
    old = unpack(data)["content.xml"].decode()
    at = old.index(body)
    assert content.startswith(old[:at])
    assert content.endswith(old[at + len(body) :])
    return content[at : len(content) - len(old) + at + len(body)]


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ("On rose.", {"On": "It"}, "It rose."),
        ('by <text:span text:style-name="T1">2,5</text:span> million', {"2,5": "2.5"},
         'by <text:span text:style-name="T1">2.5</text:span> million'),
        ('by <text:span text:style-name="T1">2,5</text:span> thousand rubles', {"2,5 thousand": "2,500"},
         'by <text:span text:style-name="T1">2,500</text:span> rubles'),
        ('<text:span text:style-name="T1">the terri</text:span>tory of Omsk', {"the territory of Omsk": "Omsk"},
         '<text:span text:style-name="T1"></text:span>Omsk'),
        ('the <text:a xlink:href="http://a.example/" xmlns:xlink="x">course</text:a> of it', {"the course": "a course"},
         'a <text:a xlink:href="http://a.example/" xmlns:xlink="x">course</text:a> of it'),
        ("R&amp;D &#8212; the old way", {"old way": "way & <means>"}, "R&amp;D &#8212; the way &amp; &lt;means&gt;"),
        ('the <text:bookmark text:name="b"/>old way', {"the old": "an old"}, 'an <text:bookmark text:name="b"/>old way'),
        (f"It rose{NOTE.format(P.format('By much.'))} at once.", {"rose at": "went up at", "By much": "A lot"},
         f"It went up{NOTE.format(P.format('A lot.'))} at once."),
        ("It\n   rose at\tonce.", {"rose at": "fell at"}, "It\n   fell at\tonce."),
        ("a  b &amp;  c", {"b & c": "d & c"}, "a  d &amp;  c"),
        ("<![CDATA[It & he rose]]> again", {"rose again": "fell again"}, "<![CDATA[It & he fell]]> again"),
        ("It rained.<text:line-break/>On snowed there.", {"On": "It"}, "It rained.<text:line-break/>It snowed there."),
        ("one<text:tab/>two came", {"two": "three"}, "one<text:tab/>three came"),
        ("two <text:s text:c=\"999999999\"/>men came", {"men": "people"}, "two <text:s text:c=\"999999999\"/>people came"),
    ],
)  # fmt: skip
def test_an_edit_changes_only_its_words(before: str, words: dict[str, str], after: str) -> None:
    assert fix(P.format(before), words) == P.format(after)


@pytest.mark.parametrize(
    "body",
    [
        '<text:tracked-changes><text:changed-region><text:deletion><text:p>It rained then.</text:p></text:deletion>'
        "</text:changed-region></text:tracked-changes><text:p>Now.</text:p>",
        "<text:p>Now<office:annotation><text:p>It rained then.</text:p></office:annotation>.</text:p>",
        '<text:table-of-content><text:index-body><text:p>It rained then.</text:p></text:index-body></text:table-of-content>'
        "<text:p>Now.</text:p>",
        '<text:section text:protected="true"><text:p>It rained then.</text:p></text:section>',
        '<text:p text:style-name="P2">It rained then.</text:p>',
        '<text:p>Now <text:span text:style-name="T3">It rained then.</text:span></text:p>',
        '<text:p>Now <text:span text:style-name="T4">It rained then.</text:span></text:p>',
        '<text:p>It was now and then, so <text:span text:style-name="T2">It rained then.</text:span></text:p>',
        '<text:p>It was now and then, so <text:span xml:lang="de">It rained then.</text:span></text:p>',
        "<text:p>Now <text:date>It rained then.</text:date></text:p>",
        '<text:p>Now <text:user-defined text:name="a">It rained then.</text:user-defined></text:p>',
        "<text:p>Now <text:ruby><text:ruby-base>a</text:ruby-base><text:ruby-text>It rained then.</text:ruby-text></text:ruby></text:p>",
        "<text:p>Now<draw:frame><draw:image/><svg:title>It rained then.</svg:title></draw:frame></text:p>",
    ],
)  # fmt: skip
def test_what_is_no_prose_of_the_document_stays(body: str) -> None:
    assert fix(body, {"rained": "snowed"}) == body


@pytest.mark.parametrize(
    ("body", "texts", "kinds"),
    [
        ('<text:h text:outline-level="1">The head</text:h><text:p>It rained.</text:p>', ["The head", "It rained."],
         [Kind.HEADING, Kind.SENTENCE]),
        ('<text:p text:style-name="P1">The head</text:p><text:p>It rained.</text:p>', ["The head", "It rained."],
         [Kind.HEADING, Kind.SENTENCE]),
        ('<text:p text:style-name="Caption">A house in Omsk.</text:p>', ["A house in Omsk."], [Kind.CAPTION]),
        ('<text:p text:style-name="Loop">It rained.</text:p>', ["It rained."], [Kind.SENTENCE]),
        ("<text:list><text:list-item><text:p>It rained.</text:p></text:list-item></text:list>", ["It rained."], [Kind.ITEM]),
        (f"<text:p>It{NOTE.format(P.format('A note is here.'))} rained.</text:p>", ["It rained.", "A note is here."], None),
        ("<text:p>It<draw:frame><draw:text-box><text:p>A box is here.</text:p></draw:text-box></draw:frame> rained.</text:p>",
         ["It rained.", "A box is here."], None),
        ("<table:table><table:table-row><table:table-cell><text:p>Cell</text:p></table:table-cell></table:table-row></table:table>"
         "<text:p>It rained.</text:p>", ["Cell", "It rained."], [Kind.ITEM, Kind.SENTENCE]),
        ('<text:p>It <draw:frame text:anchor-type="as-char"><draw:image/></draw:frame> rained.</text:p>', ["It \ufffc rained."], None),
    ],
)  # fmt: skip
def test_paragraphs_and_what_they_are(body: str, texts: list[str], kinds: list[Kind] | None) -> None:
    data = build_odf(body)
    assert list_texts(data, "odt") == texts
    if kinds:
        assert [segment.kind for segment in read(data, "odt").documents[0].segments] == kinds


def test_a_label_of_the_whole_document_is_no_reason_to_leave_it() -> None:
    body = '<text:p><text:span text:style-name="T2">It rained then.</text:span></text:p>'
    assert fix(body, {"rained": "snowed"}) == body.replace("rained", "snowed")


def test_headers_and_footers_are_read() -> None:
    master = (
        "<style:master-page><style:header><text:p>On rose.</text:p></style:header><style:footer-left>"
        "<text:p>On fell.</text:p></style:footer-left><draw:frame><draw:text-box><text:p>On sample.</text:p>"
        "</draw:text-box></draw:frame></style:master-page>"
    )
    data = build_odf(P.format("On came."), master=master)
    written = unpack(write_replaced(read(data, "odt"), {"On": "It"}))
    assert master.replace("On rose", "It rose").replace("On fell", "It fell").encode() in written["styles.xml"]
    assert b"It came." in written["content.xml"]


def test_presentations_have_titles_and_notes() -> None:
    body = (
        '<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>The head</text:p></draw:text-box>'
        "</draw:frame><draw:custom-shape><text:p>On rose <text:span>much</text:span>.</text:p></draw:custom-shape>"
        "<presentation:notes><draw:frame><draw:text-box><text:p>On fell.</text:p></draw:text-box></draw:frame>"
        "</presentation:notes></draw:page>"
    )
    assert fix(body, {"On": "It"}, "presentation") == body.replace("On ", "It ")
    segments = read(build_odf(body, "presentation"), "odp").documents[0].segments
    assert [s.kind for s in segments] == [Kind.HEADING, Kind.SENTENCE, Kind.SENTENCE]


def test_unchanged_is_identical_and_the_archive_keeps_its_order() -> None:
    data = build_odf(P.format("On came."))
    container = read(data, "odt")
    assert container.write(container.documents) == data
    written = write_replaced(container, {"On": "It"})
    with zipfile.ZipFile(io.BytesIO(written)) as new, zipfile.ZipFile(io.BytesIO(data)) as old:
        assert new.infolist()[0].filename == "mimetype"
        assert new.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert [(i.filename, i.date_time) for i in new.infolist()] == [
            (i.filename, i.date_time) for i in old.infolist()
        ]
    assert written[30:46] == b"mimetypeapplicat"  # no extra field between the two
    assert {k: v for k, v in unpack(written).items() if k != "content.xml"} == {
        k: v for k, v in unpack(data).items() if k != "content.xml"
    }


def test_notes_tell_of_changes_and_signatures() -> None:
    members = unpack(build_odf("<text:tracked-changes/>" + P.format("On came.")))
    data = pack({**members, "META-INF/documentsignatures.xml": b"<x/>"})
    assert [n.partition("; ")[0] for n in read(data, "odt").documents[0].notes] == [
        "wire.odt: has tracked changes", "wire.odt: is signed"
    ]  # fmt: skip


GOOD = unpack(build_odf(P.format("It rained.")))
ENTITY = b'<!DOCTYPE a [<!ENTITY b "c">]>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty, not an OpenDocument text"),
        (b"It rained.", r"is no ZIP archive, not an OpenDocument text \(odt\)"),
        (b"%PDF-1.7", "looks like a PDF"),
        (pack(GOOD)[:400], "damaged ZIP archive"),
        (pack({"a.txt": b"x"}), "not an OpenDocument text: it has no content.xml"),
        (pack({**GOOD, "content.xml": b"It rained."}), r"content.xml:1:\d+: not valid XML"),
        (pack({**GOOD, "content.xml": GOOD["content.xml"][:-9]}), "not valid XML"),
        (pack({**GOOD, "content.xml": b"<html/>"}), r"content.xml holds <html>, so it is no OpenDocument text \(odt\)"),
        (build_odf("", "spreadsheet"), "content.xml holds <spreadsheet>"),
        (pack({**GOOD, "content.xml": ENTITY + b"<a>&b;</a>"}), "document types and entities are refused"),
        (pack({**GOOD, "styles.xml": ENTITY + b"<a/>"}), "styles.xml:1:.*: document types and entities are refused"),
        (pack({**GOOD, "content.xml": b"<a>" * 600 + b"</a>" * 600}), "more than 500 elements within each other"),
        (pack({**GOOD, "big.xml": bytes(20_000_000)}), "big.xml would inflate"),
        (pack({**GOOD, "../evil": b"x"}), "leads out of the archive"),
        (pack({**GOOD, "META-INF/manifest.xml": f"<manifest:manifest {ODF_SPACES}><manifest:encryption-data/></manifest:manifest>".encode()}),
         "is encrypted; save it without a password"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        find_format("odt").load().read(data, "wire.odt", ReadOptions())
    assert str(caught.value).startswith("wire.odt: ")
    assert "\n" not in str(caught.value)


PIECES = ["On ", "came", " in ", "<text:s/>", "<text:span>", "</text:span>", "<text:tab/>", "&amp;", "<text:soft-page-break/>",
          "<!-- On -->", "<text:date>On</text:date>", "\n ", ". ", NOTE.format(P.format("On in."))]  # fmt: skip


def balance(pieces: list[str]) -> str:
    """Return markup in which every span is closed."""
    depth, parts = 0, []
    for piece in pieces:
        if piece == "</text:span>" and not depth:
            continue
        depth += {"<text:span>": 1, "</text:span>": -1}.get(piece, 0)
        parts.append(piece)
    return "".join(parts) + "</text:span>" * depth


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12), min_size=1, max_size=3))
def test_text_outside_edits_stays(drawn: list[list[str]]) -> None:
    body = "".join(P.format(balance(pieces)) for pieces in drawn)
    data = build_odf(body)
    container = read(data, "odt")
    assert container.write(container.documents) == data
    written = write_replaced(container, {"On": "It", " in ": " at "})
    content, old = (unpack(one)["content.xml"].decode() for one in (written, data))
    assert strip_text(content) == strip_text(old)
    assert content.replace("It ", "On ").replace("It", "On").replace(" at ", " in ") == old
    replaced = [replace_words(document, {"On": "It", " in ": " at "}) for document in container.documents]
    assert [d.mt for d in read(written, "odt").documents] == [d.text for d in replaced]
