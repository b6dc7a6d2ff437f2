"""News formats: the words of articles change, identifiers, slug lines, dates, links and credits do not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mtfix.errors import InputError, OutputError
from mtfix.formats import find_format, open_file
from mtfix.formats.registry import ReadOptions
from tests.formats.markup_stage import count, fix, list_texts, read

NEWSML = """<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>2,5 million</sent></header><itemSet>
<newsItem guid="urn:2,5 million" xml:lang="en"><catalogRef href="http://x/2,5 million"/>
 <itemMeta><versionCreated>2,5 million</versionCreated><title>T @</title></itemMeta>
 <contentMeta><by>2,5 million</by><creditline>2,5 million</creditline><slugline>2,5 million</slugline>
  <headline>H @</headline><dateline>MOSCOW, May 5</dateline><language tag="en"/>
  <subject qcode="s:1"><name>2,5 million</name></subject><keyword>2,5 million</keyword>
  <description role="drol:summary">D @ &amp; so.</description></contentMeta>
 <contentSet>
  <inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>P @</title>
   <meta name="x" content="2,5 million"/></head><body><p>About <em>@</em> men.</p><p xml:lang="ru">2,5 million</p></body></html></inlineXML>
  <inlineXML contenttype="application/nitf+xml"><nitf><body><body.head><byline>2,5 million</byline><hedline><hl1>N @</hl1></hedline>
   </body.head><body.content><p>It has <org>@</org>.</p></body.content></body></nitf></inlineXML>
  <inlineXML><p>Bare @.</p></inlineXML>
  <inlineXML contenttype="application/x"><score home="2,5 million"><points>2,5 million</points></score></inlineXML>
  <inlineData contenttype="text/plain">It cost @.

It cost @.</inlineData>
  <inlineData contenttype="text/html"><![CDATA[<p>It cost <b>@</b>&nbsp;&mdash; so.</p><script>2,5 million</script>]]></inlineData>
  <inlineData contenttype="image/jpeg" encoding="base64">2,5 million</inlineData>
  <remoteContent href="2,5 million.jpg"/>
 </contentSet></newsItem>
<newsItem><contentMeta><language tag="ru"/><headline>2,5 million</headline></contentMeta></newsItem>
<newsItem><contentMeta><headline>Second @</headline></contentMeta></newsItem>
</itemSet></newsMessage>
"""

NEWSML_1 = """<NewsML><NewsItem><Identification><NewsIdentifier>2,5 million</NewsIdentifier></Identification>
<NewsComponent><NewsLines><HeadLine>H @</HeadLine><ByLine>2,5 million</ByLine><SlugLine>2,5 million</SlugLine></NewsLines>
<ContentItem><DataContent><p>It cost @.</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>
"""

NITF = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "http://www.nitf.org/IPTC/NITF/3.4/specification/dtd/nitf-3-4.dtd">
<nitf><head><title>Cost @&nbsp;rubles</title><meta name="x" content="2,5 million"/>
<docdata><doc-id id-string="2,5 million"/><date.issue norm="20140505"/><key-list><keyword key="2,5 million"/></key-list></docdata></head>
<body><body.head><hedline><hl1>Cost @</hl1><hl2>In <location>Syria @</location></hl2></hedline>
<byline>By <person>2,5 million</person></byline><distributor>2,5 million</distributor>
<dateline><location>MOSCOW</location>, <story.date norm="20140505">May 5</story.date></dateline><abstract><p>It was @.</p></abstract></body.head>
<body.content><block><p>It was <em><q>@</q></em>, <lang>2,5 million</lang> so.</p><p>Caf&#233; @</p><pre>2,5 million</pre>
<media media-type="image"><media-reference source="2,5 million.jpg"/><media-caption>Crowd of @</media-caption>
<media-producer>2,5 million</media-producer></media><table><tr><td>@</td></tr></table></block></body.content>
<body.end><tagline>Tag @</tagline></body.end></body></nitf>
"""

RSS = """
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>News of 2,5 million</title><link>http://x/?a=1&amp;b=2</link><description>2,5 million</description>
<language>en-us</language><image><title>2,5 million</title></image>
<item><title>Price grew by @</title><link>http://x/2,5 million</link><guid>2,5 million</guid><author>2,5 million</author>
<description>&lt;p title="2,5 million"&gt;It cost &lt;b&gt;@&lt;/b&gt;&amp;nbsp;rubles.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>It cost <a href="x">@</a> rubles.</p><code>2,5 million</code><p>IG & Co.</p>]]></content:encoded>
<media:group><media:content url="2,5 million"><media:description>A crowd of @ people</media:description></media:content></media:group>
<yandex:full-text>All of @.</yandex:full-text><category>2,5 million</category><enclosure url="2,5 million"/></item>
<item><title><![CDATA[Second @]]></title><description>Plain&nbsp;@ <b>text</b></description></item>
<item><link>x</link></item></channel></rss>
"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>T 2,5 million</title><subtitle>2,5 million</subtitle>
<entry><id>2,5 million</id><updated>2,5 million</updated><author><name>2,5 million</name></author>
<title type="html">The &lt;i&gt;@&lt;/i&gt;</title><summary>It was @.</summary><link href="2,5 million" title="2,5 million"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>It <b>was @</b>.</p></div></content></entry>
<entry xml:lang="ru"><title>2,5 million</title></entry>
<entry><title>A</title><content type="application/x">2,5 million</content><source><title>2,5 million</title></source></entry></feed>
"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="x"><title>2,5 million</title><items><rdf:Seq/></items></channel>
<item rdf:about="2,5 million"><title>It cost @</title><dc:date>2,5 million</dc:date></item></rdf:RDF>
"""

OLD_RSS = "<rss version='0.91'><channel><item><title>It cost @</title><link>2,5 million</link></item></channel></rss>"

FILES = {"newsml": NEWSML, "newsml-1": NEWSML_1, "nitf": NITF, "rss": RSS, "atom": ATOM, "rdf": RDF, "rss-0.9": OLD_RSS}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(("old", "new"), [("2,5 million", "2.5 million"), ("7,5 thousand", "7,500")], ids=["in", "out"])
def test_words_of_articles_change_and_nothing_else(file: str, old: str, new: str) -> None:
    page = FILES[file].replace("@", old)
    assert fix("xml", page) == FILES[file].replace("@", new)
    tags = [e.tag for e in etree.fromstring(page.strip().encode(), etree.XMLParser(recover=True)).iter()]
    after = fix("xml", page).strip().encode()
    assert [e.tag for e in etree.fromstring(after, etree.XMLParser(recover=True)).iter()] == tags


@pytest.mark.parametrize("encoding", ["windows-1251", "iso-8859-1", "utf-16", "ascii"])
def test_a_file_comes_back_in_its_encoding(encoding: str) -> None:
    page = f'<?xml version="1.0" encoding="{encoding}"?>\r\n<nitf><body><body.content><p>It cost “2,5 million”</p></body.content></body></nitf>'
    data = page.encode(encoding, "xmlcharrefreplace")
    container = read("nitf", data)
    assert container.documents[0].text == "It cost “2,5 million”"
    after = container.write([count(d) for d in container.documents])
    assert after == page.replace("2,5", "2.5").encode(encoding, "xmlcharrefreplace")


def test_one_document_an_item_with_its_line() -> None:
    container = read("xml", RSS, name="a.rss")
    assert [d.name for d in container.documents] == ["a.rss:6", "a.rss:11"]
    assert [d.name for d in read("xml", NITF, name="a.xml").documents] == ["a.xml"]
    container = read("xml", NEWSML, name="a.xml")
    assert container.documents[0].notes == ("a.xml: says that the language is 'ru': left alone",)


def test_kinds_and_order_of_an_items_texts() -> None:
    item = (
        "<rss><channel><item><description>A day. MOSCOW.</description><title>The head</title>"
        "<content:encoded>&lt;h2&gt;Sub&lt;/h2&gt;&lt;p&gt;Body &amp;amp; more.&lt;/p&gt;</content:encoded></item></channel></rss>"
    )
    assert list_texts(read("feed", item)) == [
        [("heading", "The head"), ("sentence", "A day."), ("sentence", "MOSCOW."), ("heading", "Sub"),
         ("sentence", "Body & more.")]
    ]  # fmt: skip
    found = list_texts(read("nitf", NITF))[0]
    assert found[:4] == [
        ("heading", "Cost @\xa0rubles"), ("heading", "Cost @"), ("heading", "In Syria @"), ("dateline", "MOSCOW, May 5"),
    ]  # fmt: skip
    assert ("caption", "Crowd of @") in found


def test_feeds_in_another_language_are_left_alone_with_a_note() -> None:
    feed = "<rss><channel><language>ru</language><item><title>2,5 million</title></item></channel></rss>"
    assert fix("feed", feed) == feed
    feed = "<feed xml:lang='ru'><entry><title>2,5 million</title></entry><entry xml:lang='en'><title>@</title></entry></feed>"
    (document,) = read("feed", feed.replace("@", "One @.")).documents
    assert document.text == "One @."
    assert document.notes == ("f: says that the language is 'ru': left alone",)


def test_translations_with_the_label_of_their_original_are_repaired_with_a_note() -> None:
    said = "The head of the department said that 2,5 million were spent."
    notes = ("f: says that the language is 'ru', but the text is English: repaired",)
    for format, file in {
        "feed": f"<rss><channel><language>ru</language><item><title>@</title><description>{said}</description></item></channel></rss>",
        "newsml": f'<newsItem xml:lang="ru"><contentMeta><language tag="ru"/></contentMeta><contentSet><inlineData>{said}</inlineData></contentSet></newsItem>',
        "nitf": f'<nitf xml:lang="ru"><body><body.content><p>{said}</p><p xml:lang="ru">2,5 million</p></body.content></body></nitf>',
        "ninjs": f'{{"language": "ru", "body_text": "{said}"}}',
    }.items():
        assert fix(format, file) == file.replace("that 2,5", "that 2.5")
        assert read(format, file).documents[0].notes == notes


@pytest.mark.parametrize(
    ("format", "data", "message"),
    [
        ("xml", "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", r"f:1:\d+: document types and entities are refused"),
        ("xml", "<rss><channel><item><title>AT&T</title>", r"f:1:32: not valid XML: .*write & as &amp;"),
        ("xml", "<rss><channel>", r"f:1:15: not valid XML: no element found"),
        ("xml", "\n\n<rss><channel></rss>", r"f:3:17: not valid XML: mismatched tag"),
        ("xml", "<svg/>", r"f: its root element is <svg>, which is no article; known: <newsItem>"),
        ("xml", "<rss><channel><item><title>a &foo; b</title></item></channel></rss>", r"f:1:30: the entity &foo; is not"),
        ("nitf", "<rss/>", r"f: its root element is <rss>, not <nitf>"),
        ("newsml", "<rss/>", r"f: its root element is <rss>, not <newsItem>"),
        ("feed", "<nitf/>", r"f: its root element is <nitf>, not <rss> or <feed>"),
        ("ninjs", "{", r"f:1:2: not JSON: "),
        ("ninjs", '{"a": 1}', r"f: is JSON, but not ninjs"),
        ("ninjs", "[1, 2]", r"f: is JSON, but not ninjs"),
        ("ninjs", "", r"f:1:1: not JSON"),
        ("ninjs", "[" * 100_000, r"f: nested too deeply"),
        ("ninjs", '{"headline": "a", "x": ' + "[" * 3000 + "]" * 3000 + "}", r"f: nested too deeply"),
        ("ninjs", '{"headline": "a", "x": ' + "9" * 5000 + "}", r"f: holds a number that is too long"),
        ("ninjs", '{"headline": "a"} x', r"f:1:19: not JSON: Extra data"),
    ],
    ids=["bomb", "ampersand", "cut", "crossed", "svg", "entity", "no-nitf", "no-newsml", "no-feed", "json-cut", "json",
         "json-list", "json-empty", "json-deep", "json-deep-2", "json-number", "json-rest"],
)  # fmt: skip
def test_bad_files_are_one_line(format: str, data: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(format, data)
    assert "\n" not in str(caught.value)


def test_a_feed_without_items_has_no_documents() -> None:
    assert read("xml", "<rss><channel><title>x</title></channel></rss>").documents == ()
    with pytest.raises(OutputError, match="holds 2 documents, not 1"):
        read("xml", RSS).write(read("xml", RSS).documents[:1])


NINJS = r"""{
  "uri": "urn:2,5 million", "type": "text", "language": "en", "slugline": "2,5 million", "byline": "2,5 million",
  "headline": "Price grew by @ rubles", "n": 1.0, "x": [1, {"y": null, "headline": "2,5 million"}, true, -2E5],
  "description_text": "It was @. \u0444", "pubstatus": "2,5 million",
  "body_xhtml": "<p>It cost <b>@<\/b>&nbsp;rubles.<\/p>\n<p class=\"2,5 million\">So \"@\".<\/p><script>2,5 million</script>",
  "associations": {"featureimage": {"uri": "u", "description_text": "Crowd of @ people",
      "renditions": {"a": {"href": "2,5 million"}}, "associations": {"deep": {"headline": "Deep @"}}},
    "main": {"headline": "X 2,5 million", "language": "ru"}, "a.b": {"headline": "Dots @"}},
  "headlines": [{"role": "2,5 million", "value": "H @"}], "descriptions": [{"value": "D @"}],
  "bodies": [{"contenttype": "text/html", "value": "<p>@</p>"}, {"contenttype": "application/json", "value": "2,5 million"}],
  "body_nitf": "2,5 million", "subject": [{"name": "2,5 million"}]
}
"""


@pytest.mark.parametrize("wrap", ["{}", "[{}, {}]", '{{"items": [{}], "headline": ""}}'], ids=["item", "list", "items"])
def test_ninjs_changes_its_words_alone(wrap: str) -> None:
    file = wrap.format(*[NINJS.strip()] * 2)
    after = fix("ninjs", file.replace("@", "2,5 million"))
    assert after == file.replace("@", "2.5 million")
    assert json.loads(after).__class__ is json.loads(file).__class__


@pytest.mark.parametrize(
    ("file", "after"),
    [
        (
            r'{"headline": "caf\u00e9 \ud83d\ude00 \ud800 2,5 million"}',
            r'{"headline": "caf\u00e9 \ud83d\ude00 \ud800 2.5 million"}',
        ),
        (r'{"headline": "a\/b c/d\t2,5\nmillion"}', r'{"headline": "a\/b c/d\t2.5 million"}'),
        ('\ufeff{"headline": "2,5 million"}\r\n', '\ufeff{"headline": "2.5 million"}\r\n'),
    ],
    ids=["letters", "slashes", "mark"],
)
def test_escapes_keep_their_spelling(file: str, after: str) -> None:
    assert fix("ninjs", file) == after


def test_ninjs_items_have_their_own_documents() -> None:
    container = read("ninjs", NINJS, name="n.json")
    assert [d.name for d in container.documents] == [
        "n.json", "n.json:associations.featureimage", "n.json:associations.featureimage.associations.deep",
        "n.json:associations.a.b",
    ]  # fmt: skip
    assert list_texts(container)[0][0] == ("heading", "Price grew by @ rubles")
    assert container.documents[0].notes == ("n.json:associations.main: says that the language is 'ru': left alone",)


def test_a_key_given_twice_counts_last() -> None:
    file = '{"headline": "2,5 million a", "headline": "2,5 million b"}'
    assert fix("ninjs", file) == '{"headline": "2,5 million a", "headline": "2.5 million b"}'


def test_extensions_find_their_formats(tmp_path: Path) -> None:
    names = {
        e: find_format(path="a" + e).name for e in (".xml", ".rss", ".atom", ".json", ".ninjs", ".nitf", ".newsml")
    }
    assert names == {
        ".xml": "xml", ".rss": "feed", ".atom": "feed", ".json": "ninjs", ".ninjs": "ninjs", ".nitf": "nitf",
        ".newsml": "newsml",
    }  # fmt: skip
    page = tmp_path / "a.xml"
    page.write_text("<html><p>One.</p></html>")
    assert open_file(page).documents[0].format == "html"


TEXTS = st.text(st.sampled_from("ab 2,5&<>\"'é—\n"), max_size=10)


@given(st.lists(st.tuples(st.sampled_from(["escaped", "cdata", "plain", "twice"]), TEXTS), max_size=4))
def test_any_field_comes_back_and_another_parser_reads_the_fixed_text(fields: list[tuple[str, str]]) -> None:
    def escape(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    parts = []
    for how, text in fields:
        html = f"<p>{escape(text)} 2,5 <b>million</b></p>"
        inner = {
            "escaped": escape(html),
            "cdata": f"<![CDATA[{html}]]>",
            "plain": escape(text + " 2,5 million").replace(";", ";"),
            "twice": f"<![CDATA[{html}]]> <![CDATA[{html}]]>",
        }[how]
        parts.append(f"<item><description>{inner}</description></item>")
    feed = f"<rss><channel>{''.join(parts)}</channel></rss>"
    after = fix("feed", feed)
    before_texts = [e.text for e in etree.fromstring(feed.encode()).iter("description")]
    after_texts = [e.text for e in etree.fromstring(after.encode()).iter("description")]
    assert [re.sub(r"2,5(?= million| <b>)", "2.5", t) for t in before_texts] == after_texts


def test_formats_are_read_from_bytes() -> None:
    for format in ("newsml", "nitf", "ninjs", "feed", "xml"):
        with pytest.raises(InputError, match="is read from a file, not from a text"):
            find_format(format).load().read_text("x", "f")
    assert ReadOptions().attributes is False


INLINE = st.recursive(
    st.sampled_from(
        ["2,5 million", "2,5 ", "thousand ", "men &amp; ", "The end. ", "&#8211; ", "<br/>", "<!-- 2,5 million -->"]
    ),
    lambda inner: st.tuples(st.sampled_from(["em", "q", "a", "x:mark"]), st.lists(inner, max_size=3)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=6,
)
WRAPS = {
    "nitf": "<nitf xmlns:x='u'><body><body.content>{}</body.content></body></nitf>",
    "newsml": "<newsItem xmlns:x='u'><contentSet><inlineXML><html><body>{}</body></html></inlineXML></contentSet></newsItem>",
    "feed": "<feed xmlns:x='u'><entry><content type='xhtml'><div>{}</div></content></entry></feed>",
}


@pytest.mark.parametrize("format", WRAPS)
@given(paragraphs=st.lists(st.lists(INLINE, max_size=5).map("".join), max_size=4))
def test_any_body_keeps_its_tags_and_gets_the_fixed_text(format: str, paragraphs: list[str]) -> None:
    file = WRAPS[format].format("".join(f"<p>{p}</p>" for p in paragraphs))
    after = fix(format, file)
    before_tree, after_tree = etree.fromstring(file.encode()), etree.fromstring(after.encode())
    assert [e.tag for e in before_tree.iter()] == [e.tag for e in after_tree.iter()]
    for before, fixed in zip(before_tree.iter("p"), after_tree.iter("p"), strict=True):
        if before.find(".//br") is None:
            text = re.sub(r"(\d),(\d)\s(?=million)", r"\1.\2 ", "".join(before.itertext(etree.Element)))
            text = re.sub(r"(\d),(\d)\sthousand", r"\1,\g<2>00", text)
            assert "".join(fixed.itertext(etree.Element)) == text


@pytest.mark.parametrize(
    ("media_type", "is_prose"),
    [
        ("", True),
        ("text/plain", True),
        ("text/plain; charset=utf-8", True),
        ("text/csv", False),
        ("text/tab-separated-values", False),
        ("text/vcard", False),
        ("text/calendar", False),
        ("text/css", False),
        ("application/json", False),
    ],
)
def test_only_contents_that_are_prose_are_read(media_type: str, is_prose: bool) -> None:
    said = f' contenttype="{media_type}"' if media_type else ""
    text = (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"><contentSet>'
        f"<inlineData{said}>Up to 2,5 thousand came.</inlineData></contentSet></newsItem>"
    )
    assert fix("newsml", text) == (text.replace("2,5 thousand", "2,500") if is_prose else text)


def test_contents_of_newsml_1_that_are_a_table_stay() -> None:
    text = (
        '<NewsML><NewsItem><NewsComponent><ContentItem><MimeType FormalName="text/csv"/>'
        "<DataContent>2,5 thousand</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    )
    assert fix("newsml", text) == text
    plain = text.replace("text/csv", "text/plain")
    assert fix("newsml", plain) == plain.replace("2,5 thousand", "2,500")
