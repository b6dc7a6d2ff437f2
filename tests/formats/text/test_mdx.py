"""MDX: prose between tags is read; tags, imports and expressions are not touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mtfix
from mtfix.formats import find_format, read_document
from mtfix.formats.registry import ReadOptions
from mtfix.formats.text import mdx
from mtfix.formats.text.mdx import find_expression, find_tag
from tests.formats.replacing import write_replaced


def fix(text: str) -> str:
    return mtfix.fix(text, format="mdx", rules_only=True).text


REPAIRED = [
    ("paragraph", "It cost 2,5 million."),
    ("heading", "# It cost 2,5 million"),
    ("item", "- It cost 2,5 million."),
    ("between tags", "<Note>\n  It cost 2,5 million.\n</Note>"),
    ("after a tag over lines", "<Note\n  a='b'\n  c={() => d}\n>\nIt cost 2,5 million.\n</Note>"),
    ("in one line", "<p>It cost 2,5 million.</p>"),
    ("beside tags", "It cost <b>2,5 million</b> rubles, {so} <Icon name='x' />."),
    ("after an import", "import A from 'a'\n\nIt cost 2,5 million."),
    ("a word that begins like one", "Imports cost 2,5 million."),
    ("important", "It is: import of gas cost 2,5 million."),
    ("less than", "It is < 5 and cost 2,5 million."),
    ("an open brace", "It { cost 2,5 million."),
]

LEFT_ALONE = [
    ("import", "import A from '2,5 million'"),
    ("export over lines", "export const a = {\n  b: 'It cost 2,5 million.'\n}"),
    ("attribute", "<Note title='It cost 2,5 million.' />"),
    ("attribute in a sentence", "It is <Note title='2,5 million'/> here."),
    ("expression", "{`It cost 2,5 million.`}"),
    ("expression in a sentence", "It cost {f('2,5 million')} here."),
    ("comment", "{/* It cost\n2,5 million. */}"),
    ("fence", "```js\nIt cost 2,5 million. {\n```"),
    ("code", "It cost `2,5 million`."),
    ("pre", "<pre>\nIt cost 2,5 million.\n</pre>"),
    ("style", "<style>{`\n.a { b: 2,5 million }\n`}</style>"),
    ("front matter of code", "---\nslug: 2,5 million\n---\n"),
]


@pytest.mark.parametrize("text", [t for _, t in REPAIRED], ids=[n for n, _ in REPAIRED])
def test_prose_is_repaired(text: str) -> None:
    assert fix(text) == text.replace("2,5 million", "2.5 million")


@pytest.mark.parametrize("text", [t for _, t in LEFT_ALONE], ids=[n for n, _ in LEFT_ALONE])
def test_code_is_left_alone(text: str) -> None:
    assert fix(text) == text


def test_expressions_and_tags_end_where_they_end() -> None:
    assert find_expression("{a: {b: '}'}, /* } */ c: `}`} rest", 0) == 29
    assert find_expression("{a", 0) is None
    assert find_tag("<A b={c > d} e='>'>x", 0) == 19
    assert find_tag("<>x</>", 0) == 2
    assert find_tag("< 5", 0) is None
    assert find_tag("<a <b>", 0) is None


PIECES = st.sampled_from(
    [
        "<A>",
        "</A>",
        "<A\n",
        "b={c}>",
        "{",
        "}",
        "`",
        "'",
        '"',
        "It is.",
        "\n",
        "\n\n",
        "import a",
        "```",
        "/*",
        "*/",
        " ",
        "---\n",
    ]
)


@given(st.lists(PIECES, max_size=20))
def test_every_byte_stays(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert read_document(text, format="mdx").mt == text
    container = find_format(path="a.mdx").load().read(text.encode() or b" ", "a.mdx", ReadOptions())
    assert container.write(container.documents) == (text.encode() or b" ")


def test_words_change_between_the_tags_alone() -> None:
    text = "---\ntitle: The IG\n---\n<A b='IG'>\nThe IG is {IG} here.\n</A>\n"
    container = find_format(path="a.mdx").load().read(text.encode(), "a.mdx", ReadOptions())
    found = write_replaced(container, {"IG": "Islamic State"}).decode()
    assert found == "---\ntitle: The Islamic State\n---\n<A b='IG'>\nThe Islamic State is {IG} here.\n</A>\n"


@pytest.mark.parametrize("piece", ["{", "<A ", "<A b={", "'", "`", "{a}", "<b>", "{/*", "<pre>"])
def test_hostile_text_is_read_in_linear_time(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not timed: what is counted is how often a tag or expression is looked for to the end of the text."""
    looked: list[int] = []

    def count(text: str, start: int, find: Callable[[str, int], int | None]) -> int | None:
        end = find(text, start)
        looked.append((len(text) if end is None else end) - start)
        return end

    for name in ("find_expression", "find_tag"):
        find = getattr(mdx, name)
        monkeypatch.setattr(mdx, name, lambda text, start, find=find: count(text, start, find))
    text = "It is " + piece * 4_000
    assert mdx.read_mdx(text).mt == text
    assert sum(looked) < 100 * len(text)


def test_what_is_too_broken_is_left_alone() -> None:
    text = "It { cost 2,5 million.\n\n" * 40 + "It cost 3,5 million.\n"
    fixed = fix(text)
    assert fixed.count("2,5") >= 8
    assert fixed.endswith("It cost 3.5 million.\n")
