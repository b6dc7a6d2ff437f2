"""Labels that lie, and encodings that no label names: every encoding that Python knows, right label, wrong one, none."""

from __future__ import annotations

import codecs
from encodings.aliases import aliases
from pathlib import Path

import pytest

from mtfix.config import Config
from mtfix.errors import InputError, OutputError
from mtfix.files.encoding import decode
from mtfix.formats import open_file
from mtfix.pipeline import build_pipeline


def is_of_files(name: str) -> bool:
    try:
        info = codecs.lookup(name)
        return getattr(info, "_is_text_encoding", True) and len("a".encode(name)) > 0
    except (LookupError, UnicodeError, ValueError):
        return False


ENCODINGS = sorted({codecs.lookup(name).name for name in {*aliases.values(), *aliases} if is_of_files(name)})
# Texts whose characters many encodings have, one or another; each is tried in those that can write it.
TEXTS = (
    "The café in Zürich cost ½ of £5, and up to 2,5 thousand people came there on Monday.",
    "“We shall see,” he said – and left. Up to 2,5 thousand people waited for 0,8 percent of it.",
    "The newspaper «Известия» said that up to 2,5 thousand people came to the meeting in Moscow.",
    "По данным ведомства, 05.04.2013 в парке собралось около 0,8 млн человек, сообщает издание.",
    "Οι εργασίες θα τελειώσουν τον Μάιο, είπε ο διευθυντής, 2,5 thousand.",
    "会谈很顺利，双方都很满意，他们说。 2,5 thousand",
    "会議は順調に終わりました。 2,5 thousand people came to Tokyo.",
    "회의는 순조롭게 끝났다고 그들은 말했다. 2,5 thousand",
    "การประชุมเป็นไปด้วยดี 2,5 thousand",
    "הישיבה הייתה טובה מאוד, אמר השר. 2,5 thousand",
    "وقال الوزير إن الاجتماع كان جيدا. 2,5 thousand",
    "Příliš žluťoučký kůň úpěl ďábelské ódy a dnes přišlo 2,5 tisíce lidí.",
)


def encode(text: str, name: str) -> bytes | None:
    try:
        data = text.encode(name)
        return data if data.decode(name) == text else None
    except UnicodeError:
        return None


@pytest.fixture(scope="module")
def pipeline():
    return build_pipeline(Config(rules_only=True))


def repair(path: Path, pipeline, **options: str) -> bytes | None:
    """Return the repaired bytes of a file, None if it is refused with a line that says what to do."""
    try:
        container = open_file(path, **options)
        return container.write([pipeline(d) for d in container.documents])
    except (InputError, OutputError) as error:
        assert "\n" not in str(error)
        assert "--encoding" in str(error) or "not text" in str(error) or "mend that byte" in str(error), error
        return None


def check(data: bytes, after: bytes | None, text: str, name: str) -> None:
    """What is written is the text, with nothing but its English words and figures changed."""
    if after is None or after == data:
        return
    read = after.decode(name)
    kept = [c for c in text if c > "\x7f" and c not in "«»“”„–\xa0"]
    assert [c for c in read if c > "\x7f" and c not in "«»“”„–\xa0"] == kept, (name, text, read)


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_text_without_a_label_is_read_right_or_refused_or_left(tmp_path: Path, pipeline, name: str) -> None:
    path = tmp_path / "wire.txt"
    for text in TEXTS:
        data = encode(text, name)
        if data is not None:
            path.write_bytes(data)
            check(data, repair(path, pipeline), text, name)


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_right_label_is_believed(tmp_path: Path, pipeline, name: str) -> None:
    path = tmp_path / "wire.txt"
    for text in TEXTS:
        data = encode(text, name)
        if data is None or not name.isascii():
            continue
        try:
            decoded = decode(data, "wire.txt", name)
        except InputError as error:
            assert "write back" in str(error) or "unknown encoding" in str(error), error
            continue
        assert decoded.text == text, name
        assert decoded.notes == ()
        path.write_bytes(data)
        check(data, repair(path, pipeline, encoding=name), text, name)


@pytest.mark.parametrize("label", ENCODINGS)
@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("w.html", '<html lang="en"><head><meta charset="{}"></head><body><p>{}</p></body></html>'),
        (
            "w.rss",
            '<?xml version="1.0" encoding="{}"?><rss version="2.0"><channel><item><title>{}</title></item></channel></rss>',
        ),
        (
            "w.po",
            'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset={}\\n"\n\nmsgid "a"\nmsgstr "{}"\n',
        ),
    ],
    ids=["html", "rss", "po"],
)
def test_utf8_is_utf8_whatever_its_label_says(tmp_path: Path, pipeline, label: str, file: str, page: str) -> None:
    path = tmp_path / file
    for text in (*TEXTS[:4], "Acme™ sold it."):
        data = page.format(label, text).encode()
        path.write_bytes(data)
        check(data, repair(path, pipeline), page.format(label, text), "utf-8")


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("label", ["utf-8", "windows-1252", "windows-1251", "shift_jis", "koi8-r"])
def test_a_wrong_label_spoils_nothing(tmp_path: Path, pipeline, name: str, label: str) -> None:
    path = tmp_path / "w.html"
    for text in TEXTS:
        page = f'<html><head><meta charset="{label}"></head><body><p>{text}</p></body></html>'
        data = encode(page, name)
        if data is not None and b"charset" in data:
            path.write_bytes(data)
            check(data, repair(path, pipeline), page, name)


@pytest.mark.parametrize("label", ["windows-1252", "windows-1251", "koi8-r", "iso-8859-1", "gb2312"])
def test_the_note_says_that_the_label_is_wrong(tmp_path: Path, label: str) -> None:
    path = tmp_path / "w.html"
    path.write_bytes(f'<meta charset="{label}"><p>Acme™ sold the «Star» on Monday.'.encode())
    (document,) = open_file(path).documents
    assert any("its bytes are UTF-8: read so, not as" in note for note in document.notes)
    assert "Acme™ sold the «Star»" in document.mt


def test_xml_without_a_declaration_is_utf8_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.rss"
    page = '<rss version="2.0"><channel><item><title>The café “Star” is in Zürich.</title></item></channel></rss>'
    path.write_bytes(page.encode())
    assert open_file(path).documents[0].mt.startswith("The café")
    for name in ("cp1252", "cp1251", "koi8_r", "gb18030"):
        path.write_bytes(page.replace("é", "e").replace("ü", "u").replace("Star", "Известия").encode(name, "replace"))
        with pytest.raises(InputError, match="--encoding"):
            open_file(path)


@pytest.mark.parametrize(
    "data",
    [
        "The café cost ½ of £5 in Zürich.".encode("cp437"),
        "会谈很顺利，双方都很满意。".encode("gb2312"),
        "회의는 순조롭게 끝났다고 그들은 말했다.".encode("euc-kr"),
        "会議は順調に終わりました。".encode("shift_jis"),
        "会議は順調に終わりました。".encode("euc-jp"),
        "会議は順調に終わりました。".encode("iso2022_jp"),
        "การประชุมเป็นไปด้วยดี".encode("tis-620"),
        "The café is “closed”, he said.".encode("mac_roman"),
        "The court sat in Kazan.".encode("cp037"),
    ],
)
def test_what_cannot_be_told_is_refused_and_names_the_option(data: bytes) -> None:
    with pytest.raises(InputError, match="--encoding"):
        decode(data, "w.txt")
