"""HTML and news formats from the command line: fix, check, diff and batch; hostile files are one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

FILES = {
    "w.html": "<!DOCTYPE html><P>up to <b>2,5</b> million&nbsp;came<br><code>2,5 million</code>\n",
    "w.xhtml": '<?xml version="1.0"?><html><body><p title="2,5 million">up to <b>2,5</b> million came</p></body></html>',
    "w.rss": "<rss><channel><item><guid>2,5</guid><description>&lt;p&gt;up to 2,5 million&lt;/p&gt;</description></item></channel></rss>",
    "atom.xml": "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>up to 2,5 million came</title></entry></feed>",
    "nitf.xml": "<!DOCTYPE nitf SYSTEM 'nitf-3-4.dtd'><nitf><body><body.content><p>up to <em>2,5</em> million</p></body.content></body></nitf>",
    "g2.xml": "<newsItem guid='2,5 million'><contentMeta><headline>up to 2,5 million came</headline></contentMeta></newsItem>",
    "n.json": '{"uri": "2,5 million", "body_xhtml": "<p>up to <b>2,5<\\/b> million came<\\/p>"}',
}


def repair(text: str) -> str:
    for before in ("to 2,5 million", "to <b>2,5</b> million", "to <b>2,5<\\/b> million", "to <em>2,5</em> million"):
        text = text.replace(before, before.replace("2,5", "2.5"))
    return text


@pytest.mark.parametrize("name", sorted(FILES))
def test_fix_check_and_diff(run: Run, folder: Path, name: str) -> None:
    path = folder / name
    path.write_text(FILES[name], encoding="utf-8")
    fixed = repair(FILES[name])
    assert fixed != FILES[name]
    assert run("fix", name, "--fix", "none").out == FILES[name]
    assert run("fix", name, "-o", f"out-{name}").code == 0
    assert (folder / f"out-{name}").read_text(encoding="utf-8") == fixed
    found = run("check", name)
    assert found.code == 1
    assert "DESK_COMMA [auto] Russian writes a decimal comma: 2,5 million -> 2.5 million" in found.out
    assert found.out.count("\n") == 1
    assert "DESK_COMMA" in run("diff", name).out
    assert run("fix", name, "--in-place").code == 0
    assert path.read_text(encoding="utf-8") == fixed
    assert run("check", name).code == 0


def test_attributes_by_option_and_configuration(run: Run, folder: Path) -> None:
    page = '<img alt="up to 2,5 million">'
    (folder / "w.html").write_text(page, encoding="utf-8")
    assert run("fix", "w.html").out == page
    assert run("fix", "w.html", "--attributes").out == page.replace("2,5", "2.5")
    with (folder / "mtfix.toml").open("a") as config:
        config.write("attributes = true\n")
    assert run("fix", "w.html").out == page.replace("2,5", "2.5")


def test_html_on_standard_input(run: Run) -> None:
    assert run("fix", "-", "--format", "html", given=b"<p>2,5 <i>million</i>").out == "<p>2.5 <i>million</i>"


def test_a_batch_of_pages_and_feeds(run: Run, folder: Path) -> None:
    archive = folder / "archive"
    (archive / "sub").mkdir(parents=True)
    for name, text in FILES.items():
        (archive / "sub" / name).write_text(text, encoding="utf-8")
    clean = b"<P>One&nbsp;page \xff of <B>old</b> bytes"
    (archive / "clean.htm").write_bytes(clean)
    (archive / "bad.rss").write_text("<rss><channel>", encoding="utf-8")
    done = run("batch", "archive", "-o", "out", "--workers", "1")
    assert done.code == 1
    assert "bad.rss:1:15: not valid XML: no element found" in done.err
    for name, text in FILES.items():
        assert (folder / "out" / "sub" / name).read_text(encoding="utf-8") == repair(text)
    assert (folder / "out" / "clean.htm").read_bytes() == clean
    assert (folder / "out" / "bad.rss").read_text(encoding="utf-8") == "<rss><channel>"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("w.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "w.xml:1:13: document types and entities are refused"),
        ("w.rss", "<rss><channel><title>AT&T</title></channel></rss>", "w.rss:1:26: not valid XML: "),
        ("w.nitf", "<svg/>", "w.nitf: its root element is <svg>, not <nitf>"),
        ("w.xml", "<svg/>", "w.xml: its root element is <svg>, which is no article"),
        ("w.json", '{"a": "2,5 million"}', "w.json: is JSON, but not ninjs"),
        ("w.html", "\x00\x01\x02", "w.html: looks like a binary file"),
    ],
    ids=["entities", "ampersand", "root", "unknown-root", "json", "binary"],
)
def test_bad_files_are_one_line(run: Run, folder: Path, name: str, text: str, line: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    done = run("fix", name, "--in-place")
    assert (done.code, done.raw) == (2, b"")
    assert done.err.startswith(f"mtfix: {line}") and done.err.count("\n") == 1
    assert (folder / name).read_text(encoding="utf-8") == text
