"""Front matter: fields of prose are repaired, all others stay, and what is written is the same YAML."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import mtfix
from mtfix.errors import OutputError
from mtfix.formats import find_format, read_document
from mtfix.formats.registry import ReadOptions
from tests.formats.replacing import write_replaced

REPAIRED = [
    "title: It cost 2,5 million",
    'title: "It cost 2,5 million"',
    "title: 'It cost 2,5 million'",
    "Description:   It cost 2,5 million  ",
    "summary: It cost 2,5 million; so",
]
LEFT_ALONE = [
    "date: It cost 2,5 million",
    "slug: it-cost-2,5 million",
    "tags: [It cost 2,5 million]",
    "title: |\n  It cost 2,5 million",
    "title: It cost 2,5 million\n  and more",
    'title: "It cost \\"2,5 million\\""',
    "title: 'It''s 2,5 million'",
    "title: It cost 2,5 million # a comment",
    "title: It cost: 2,5 million",
    "title: &a It cost 2,5 million",
    "title: *cost 2,5 million",
    "nested:\n  title: It cost 2,5 million",
    "# title: It cost 2,5 million",
]


def front(line: str) -> str:
    return f"---\n{line}\n---\n"


@pytest.mark.parametrize("line", REPAIRED)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_prose_is_repaired(line: str, end: str) -> None:
    text = front(line).replace("\n", end)
    assert mtfix.fix(text, format="markdown", rules_only=True).text == text.replace("2,5", "2.5")


@pytest.mark.parametrize("line", LEFT_ALONE)
def test_all_else_is_left_alone(line: str) -> None:
    assert mtfix.fix(front(line), format="markdown", rules_only=True).text == front(line)


@pytest.mark.parametrize("text", ["+++\ntitle = 'It cost 2,5 million'\n+++\n", "It is.\n\n---\ntitle: x\n---\n"])
def test_toml_and_later_rules_are_no_fields(text: str) -> None:
    assert not [s for s in read_document(text, format="markdown").segments if s.kind.value == "heading" and s.mt == "x"]
    assert "2,5" not in text or mtfix.fix(text, format="markdown", rules_only=True).text == text


def test_titles_are_headings_and_descriptions_sentences() -> None:
    text = "---\ntitle: The court\ndescription: It is. It was.\n---\nIt is so.\n"
    kinds = [(s.kind.value, s.mt) for s in read_document(text, format="markdown").segments]
    assert kinds == [
        ("heading", "The court"), ("sentence", "It is."), ("sentence", "It was."), ("sentence", "It is so."),
    ]  # fmt: skip


def test_the_user_names_other_fields() -> None:
    text = front("teaser: The IG\ntitle: The IG")
    container = find_format(path="a.md").load().read(text.encode(), "a.md", ReadOptions(fields=("teaser",)))
    assert write_replaced(container, {"IG": "IS"}).decode() == front("teaser: The IS\ntitle: The IG")


@pytest.mark.parametrize("new", ["IS: so", "IS # so", '"IS'])
def test_what_would_be_no_yaml_is_not_written(new: str) -> None:
    text = front('date: 2014\ntitle: "The IG"' if new.startswith('"') else "date: 2014\ntitle: The IG")
    container = find_format(path="a.md").load().read(text.encode(), "a.md", ReadOptions())
    try:
        written = write_replaced(container, {"IG": new}).decode()
    except OutputError as error:
        assert "a.md:3:1: the field 'title' would be no YAML text" in str(error)
    else:
        loaded = yaml.safe_load(written.strip("-\n"))
        assert loaded == {"date": 2014, "title": f"The {new}"}


@given(st.text(st.sampled_from("ab IG:#'\"\\-{}\n"), max_size=20))
def test_every_byte_stays(value: str) -> None:
    text = front(f"title: {value}")
    container = find_format(path="a.md").load().read(text.encode(), "a.md", ReadOptions())
    assert container.write(container.documents) == text.encode()
