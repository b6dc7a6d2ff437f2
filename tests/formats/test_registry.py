"""The registry: every format loads, keeps its contract, and unknown names list the known ones."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mtfix.errors import InputError
from mtfix.files.encoding import READABLE
from mtfix.formats import ReadOptions, find_format, format_names, read_document

TEXTS = ["", "It is.\r\n", "\ufeffTitle\n\nKAZAN, May 5. It is “so”.\n\n- One. Two.", "\r\r\n\n \t"]


@pytest.mark.parametrize("name", ["text", "markdown"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_text_formats_give_back_the_bytes(name: str, text: str, encoding: str) -> None:
    data = text.encode(encoding)
    container = find_format(name).load().read(data, "w", ReadOptions())
    assert container.write(container.documents) == data
    assert [document.format for document in container.documents] == [name]


@pytest.mark.parametrize(
    ("name", "path", "found"),
    [
        ("", "a.txt", "text"),
        ("", "a.md", "markdown"),
        ("", "A.MARKDOWN", "markdown"),
        ("", "-", "text"),
        ("", "wire.2014-10-01", "text"),
        ("", "No. 5", "text"),
        ("", "messages.pot", "po"),
        ("text", "app.js", "text"),
        ("", "md", "text"),
        ("text", "a.md", "text"),
        ("markdown", "a.txt", "markdown"),
    ],
)
def test_formats_by_name_and_extension(name: str, path: str, found: str) -> None:
    assert find_format(name, path).name == found


@pytest.mark.parametrize(
    "path",
    ["app.js", "style.css", "a/logo.svg", "main.py", "paper.tex", "conf.yaml", "x.properties", "c.vcf", "data.tab"],
)
def test_an_extension_of_no_format_is_refused(path: str) -> None:
    with pytest.raises(InputError, match=rf"{path}: mtfix knows no format with the extension .*; --format text"):
        find_format(path=path)


def test_an_unknown_format_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"unknown format 'markdwon': did you mean 'markdown'\? Known: .*text"):
        read_document("It is.", format="markdwon")


def test_the_registry_imports_no_format() -> None:
    code = "import sys, mtfix.formats; print('markdown_it' in sys.modules, 'charset_normalizer' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split() == ["False"] * 2


def test_what_is_not_text_is_refused_with_the_names_of_all_formats() -> None:
    assert list(READABLE) == format_names()
