"""PO: translations change, every other byte stays; polib reads what comes out."""

from __future__ import annotations

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.errors import InputError, OutputError
from mtfix.formats import ReadOptions
from mtfix.formats.tracking import Signature
from mtfix.formats.translations.po import PoFile, PoFormat
from mtfix.formats.translations.po_entries import read_entries, spell
from tests.formats.replacing import replace_words, write_replaced

HEADER = 'msgid ""\nmsgstr ""\n"Language: en_GB\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def read(text: str | bytes, name: str = "w.po") -> PoFile:
    return PoFormat().read(text.encode() if isinstance(text, str) else text, name, ReadOptions())


def fix(text: str, **words: str) -> str:
    """Replace ``IG`` by ``IS`` and what else is given."""
    return write_replaced(read(text), {"IG": "IS", **words}).decode()


WIRE = (
    HEADER
    + r"""# A translator's remark about the IG.
#. extracted IG
#: wire.c:10
#, fuzzy, c-format
#| msgid "IG"
msgctxt "IG"
msgid "IG"
msgstr "the IG \"said\"\tso\\n"

msgid "IG %d"
msgid_plural "IG %d"
msgstr[0] "one IG"
msgstr[1] ""
"many "
"IG"

#~ msgid "IG"
#~ msgstr "IG"
"""
)


def test_only_translations_change() -> None:
    after = fix(WIRE)
    wanted = WIRE.replace('msgstr "the IG', 'msgstr "the IS').replace('"one IG"', '"one IS"')
    assert after == wanted.replace('"many "\n"IG"', '"many "\n"IS"')
    entries = polib.pofile(after)
    assert [e.msgstr or e.msgstr_plural for e in entries] == [
        'the IS "said"\tso\\n',
        {0: "one IS", 1: "many IS"},
        "IG",
    ]


def test_what_is_not_changed_is_the_same_bytes() -> None:
    for text in (WIRE, WIRE.replace("\n", "\r\n"), "\ufeff" + WIRE, "", "\n\n", "# only a remark"):
        container = read(text)
        assert container.write(container.documents) == text.encode()


@pytest.mark.parametrize(
    ("language", "is_read"),
    [("en", True), ("en_US", True), ("en-GB@latin", True), ("ru", False), ("enm", False), ("de_DE", False)],
)
def test_only_english_is_repaired(language: str, is_read: bool) -> None:
    container = read(HEADER.replace("en_GB", language) + 'msgid "a"\nmsgstr "the IG"\n')
    assert bool(container.document.segments) is is_read
    assert any("not English: left as it is" in note for note in container.document.notes) is not is_read


def test_without_a_language_a_note_says_so() -> None:
    container = read('msgid "a"\nmsgstr "the IG"\n')
    assert container.document.notes == ("w.po: names no target language in its header: taken for English",)
    assert [s.mt for s in container.document.segments] == ["the IG"]


@pytest.mark.parametrize(
    "placeholder",
    "%s %1$d %-5.2f %(count)d %(name)s {count} {0:.2f} {{x}} ${name} %{name} %1 %% &nbsp; &#8211; %lu %zu $x".split(),
    ids=[f"placeholder-{n}" for n in range(17)],
)
def test_placeholders_are_locked(placeholder: str) -> None:
    text = HEADER + f'msgid "a"\nmsgstr "the IG {placeholder} said"\n'
    assert fix(text, **{placeholder: "?", f"IG {placeholder}": "??"}) == text.replace("IG", "IS")
    document = read(text).document
    assert document.mt == f"the IG {placeholder} said"
    assert [document.mt[lock.start : lock.end] for lock in document.segments[0].locks] == [placeholder]


@pytest.mark.parametrize(
    "text",
    ["5% said", "50% of it", "a 100% success", "up 5%, down 6%.", "{ so }", "AT&T", "$5"],
    ids=[f"prose-{n}" for n in range(7)],
)
def test_signs_of_the_prose_are_not(text: str) -> None:
    assert not any(s.locks for s in read(HEADER + f'msgid "a"\nmsgstr "{text}"\n').document.segments)


def test_tags_are_read_over() -> None:
    text = HEADER + 'msgid "a"\nmsgstr "<p>up to <b>2,5</b> thousand <a href=\\"x\\">people</a></p>"\n'
    assert read(text).document.mt == "up to 2,5 thousand people"
    after = fix(text, **{"2,5 thousand": "2,500"})
    assert polib.pofile(after)[0].msgstr == '<p>up to <b>2,500</b> <a href="x">people</a></p>'


def test_lines_keep_their_layout_and_new_ones_are_wrapped_alike() -> None:
    text = HEADER + (
        'msgid "a"\nmsgstr ""\n"The fighters of the IG were liquidated in the city and up to 2,5 thousand of "\n'
        '"them took part in\\n"\n"the second line, with its own layout, "\n"stays.\\n"\n'
    )
    short = fix(text)
    assert short == text.replace("IG", "IS")
    after = fix(text, IG="Islamic State of Iraq")
    assert after == text.replace("the IG were", "the Islamic State of Iraq were").replace(
        'to 2,5 thousand of "\n"them took part', '"\n"to 2,5 thousand of them took part'
    )
    assert max(map(len, after.splitlines())) <= 80
    assert polib.pofile(after)[0].msgstr == polib.pofile(text)[0].msgstr.replace("IG", "Islamic State of Iraq")


def test_a_string_that_outgrows_its_line_gets_lines_as_gettext_writes_them() -> None:
    other = 'msgid "b"\nmsgstr ""\n"of this entry, which is wrapped, "\n"the second line\\n"\n\n'
    words = "so it was and so it will be, said the IG, in all of its places, for ever"
    after = fix(HEADER + other + f'msgid "a"\nmsgstr "{words}"\n', IG="Islamic State")
    assert after.endswith(
        'msgid "a"\nmsgstr ""\n'
        '"so it was and so it will be, said the Islamic State, in all of its places, "\n"for ever"\n'
    )
    assert fix(HEADER + f'msgid "a"\nmsgstr "{words}"\n', IG="Islamic State").count("\n") == 7  # not a wrapped file


def test_a_word_that_goes_leaves_no_blank_at_the_start_of_a_line() -> None:
    text = HEADER + 'msgid "a"\nmsgstr ""\n"up to 2,5 "\n"thousand people "\n"came"\n'
    after = fix(text, **{"2,5 thousand": "2,500"})
    assert after == HEADER + 'msgid "a"\nmsgstr ""\n"up to 2,500 "\n"people "\n"came"\n'
    text = text.replace('"thousand people "', '"thousand "\n"people "')
    assert fix(text, **{"2,5 thousand": "2,500"}) == after


def test_paragraphs_of_a_string_are_read_apart() -> None:
    text = HEADER + 'msgid "a"\nmsgstr ""\n"It rained.\\n"\n"\\n"\n"- One item\\n"\n"- Another\\n"\n'
    assert [s.mt for s in read(text).document.segments] == ["It rained.", "One item", "Another"]


def test_the_charset_of_the_header_counts() -> None:
    text = HEADER.replace("UTF-8", "KOI8-R") + 'msgid "а"\nmsgstr "the IG – said"\n'
    with pytest.raises(UnicodeEncodeError):
        text.encode("koi8-r")
    data = text.replace("–", "-").encode("koi8-r")
    container = read(data)
    assert container.write(container.documents) == data
    after = write_replaced(container, {"IG": "“IS”"})
    assert after == data.replace(b"IG", b'\\"IS\\"')  # curly quotes that the encoding lacks, escaped once plain
    with pytest.raises(OutputError, match=r"U\+4E2D.*koi8-r cannot write"):
        write_replaced(container, {"IG": "中"})


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('msgid "a"\nmsgstr "b\n', "2:8", "not closed"),
        ('msgid "a"\n', "2:1", "ends within an entry"),
        ('msgid "a"\nmsgid "b"\nmsgstr "c"\n', "2:1", "the msgstr between them is missing"),
        ('msgstr "c"\n', "1:1", "before its msgid"),
        ('"c"\n', "1:1", "without a keyword"),
        ('msgid "a"\nmsgstr\n', "2:1", "msgstr has no quoted string"),
        ('msgid "a"\nmsgstr "b" c\n', "2:12", "'c' is not quoted"),
        ('masgid "a"\n', "1:1", "neither a comment"),
        ("<?xml version='1.0'?>\n", "1:1", "neither a comment"),
    ],
    ids="open truncated two-msgids no-msgid no-keyword no-string rest misspelt xml".split(),
)
def test_a_damaged_file_is_refused_in_one_line(text: str, place: str, said: str) -> None:
    with pytest.raises(InputError, match=rf"^w\.po:{place}: .*{said}") as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_remarks_say_why_when_they_are_wanted() -> None:
    container = read(WIRE)
    assert "mtfix" not in write_replaced(container, {"IG": "IS"}).decode()
    documents = [replace_words(container.document, {"one IG": "one IS", 'IG "': 'IS "'})]
    after = container.write_tracked(documents, Signature()).decode()
    assert "# A translator's remark about the IG.\n# mtfix: TEST: A test\n#. extracted IG\n" in after
    assert after.count("# mtfix: ") == 2
    assert [e.tcomment for e in polib.pofile(after)][:2] == [
        "A translator's remark about the IG.\nmtfix: TEST: A test",
        "mtfix: TEST: A test",
    ]
    assert container.write_tracked(container.documents, Signature()) == WIRE.encode()


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]) | st.sampled_from('\\"\n\t\r')))
def test_escapes_are_read_as_they_are_written(text: str) -> None:
    entry = read_entries(f'msgid "a"\nmsgstr "{spell(text)}"\n', "w")[0]
    assert entry.translations[0].text == text


WORDS = st.lists(
    st.sampled_from(["the ", "IG ", "%s ", "<b>", "</b>", "said. ", '\\"', "\\n", "x ", "2,5 ", '"\n"', "&nbsp;"]),
    min_size=1,
    max_size=12,
).map("".join)


@given(st.lists(WORDS, min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_any_file_comes_back_with_its_words_replaced(strings: list[str], line_end: str) -> None:
    text = HEADER + "".join(f'#: w.c:{n}\nmsgid "{n}"\nmsgstr "{s}"\n\n' for n, s in enumerate(strings))
    data = text.replace("\n", line_end).encode()
    container = read(data)
    assert container.write(container.documents) == data
    after = write_replaced(container, {"IG": "Islamic State"})
    old, new = polib.pofile(data.decode()), polib.pofile(after.decode())
    assert [e.msgstr for e in new] == [e.msgstr.replace("IG", "Islamic State") for e in old]
    assert [e.occurrences for e in new] == [e.occurrences for e in old]
    again = read(after)
    assert write_replaced(again, {"IG": "Islamic State"}) == after
    # What is a paragraph may change with its words, what stands in it does not.
    assert replace_words(container.document, {"IG": "Islamic State"}).text.split() == again.document.text.split()
