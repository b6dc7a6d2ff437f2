from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from mtfix.report.html import render_html
from mtfix.types import Document, Edit, Kind, Refusal, Segment, Step, Tier
from tests.report.documents import documents

VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """Checks nesting while it collects ids, references, attributes and the text of each element."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.columns: list[list[str]] = [[], []]
        self._paragraph = -1
        self._hidden = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {k: v or "" for k, v in attrs}
        self.tags.append((tag, own))
        if "id" in own:
            self.ids.append(own["id"])
        if tag in VOID:
            return
        self.stack.append(tag)
        if tag == "div" and own.get("class", "").startswith("pair") and "top" not in own["class"]:
            self._paragraph = -1
        if tag == "p" and self.stack[-2:-1] == ["div"]:
            self._paragraph += 1
            if self._paragraph in (0, 1):
                self.columns[self._paragraph].append("")
        if tag == "sup" or own.get("class") == "label":
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.stack and self.stack[-1] == tag, f"</{tag}> closes {self.stack[-3:]}"
        self.stack.pop()
        if self._hidden and tag in ("sup", "span"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        in_pair = "p" in self.stack and "div" in self.stack and self.stack.index("p") > self.stack.index("div")
        if in_pair and not self._hidden and self._paragraph in (0, 1):
            self.columns[self._paragraph][-1] += data


def check(page: str) -> Page:
    """Assert what every report must be: well nested, one file, no unknown script, no dangling reference."""
    parsed = Page(page)
    assert not parsed.stack
    assert len(parsed.ids) == len(set(parsed.ids))
    for tag, attrs in parsed.tags:
        assert "src" not in attrs and tag not in ("link", "iframe", "object", "img")
        assert not any(name.startswith("on") for name in attrs)
        if tag == "a":
            assert attrs["href"].startswith("#") and attrs["href"][1:] in parsed.ids
        for name in ("data-why", "aria-describedby"):
            if "data-edit" in attrs and name in attrs:
                assert set(attrs[name].split()) <= set(parsed.ids)
    assert sum(tag == "script" and attrs.get("type") != "application/json" for tag, attrs in parsed.tags) == 1
    assert not re.search(r"https?://", page)
    return parsed


@settings(max_examples=60)
@given(documents())
def test_any_trail_gives_a_sound_page_that_holds_both_texts(document: Document) -> None:
    parsed = check(render_html([document], version="1"))
    for column, texts in zip(parsed.columns, ("mt", "text"), strict=True):
        paragraphs = [
            "".join((document.gaps[i] if i > p.start else "") + getattr(document.segments[i], texts) for i in p)
            for p in document.paragraphs()
        ]
        # Only "\r" is read as a line break by the parser; an empty suggestion shows a caret.
        shown = [c.replace("\N{CARET}", "") for c in column]
        assert [s.replace("\r", "\n") for s in shown] == [p.replace("\r", "\n") for p in paragraphs]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "</script><script>x()</script>",
        '" onmouseover="x()',
        "<!--",
        "]]>",
        "$title ${x}",
        "&lt;",
    ],
)
def test_hostile_text_stays_text(hostile: str) -> None:
    edit = Edit(0, len(hostile), f"after {hostile}", f"rule:{hostile}", f"why {hostile}")
    refused = Refusal(edit, f"reason {hostile}")
    segment = Segment(hostile, hostile).add(Step("pre", (edit,), (), (refused,)))
    document = Document(hostile, (segment,), ("", ""), notes=(f"note {hostile}",))
    parsed = check(render_html([document, document], version=hostile, configuration=hostile))
    assert parsed.columns[0] == [hostile, hostile]
    assert parsed.columns[1] == [f"after {hostile}"] * 2


def test_policy_names_the_only_style_and_script() -> None:
    page = render_html([], version="1")
    for tag, policy in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{policy} 'sha256-{digest}'" in page


def test_marks_can_be_reached_by_keyboard_and_explain_themselves() -> None:
    edits = (Edit(0, 2, "Islamic State", "rule:IG", "One name."), Edit(3, 4, "", "rule:X", "Not needed."))
    offer = Edit(5, 7, "people", "model:m@1", "Fluency.", Tier.SUGGEST, 0.5)
    segment = Segment("IG a us", "IG a us", Kind.HEADING).add(Step("pre", edits, (offer,)))
    parsed = check(render_html([Document("w", (segment,), ("", ""))], version="1"))
    reachable = [(tag, a["aria-describedby"]) for tag, a in parsed.tags if a.get("tabindex") == "0"]
    assert reachable == [("ins", "e0-1"), ("ins", "e0-2"), ("mark", "e0-3")]
    rows = {a["id"]: (a["data-why"], a["data-source"]) for tag, a in parsed.tags if tag == "tr" and "id" in a}
    assert rows == {
        "e0-1": ("One name.", "IG, sure"),
        "e0-2": ("Not needed.", "X, sure"),
        "e0-3": ("Fluency.", "model:m@1, suggested, likely, 50%"),
    }


def test_empty_document_and_no_document_are_pages_too() -> None:
    check(render_html([Document("empty.txt", (), ("",))], version="1"))
    assert "No rule fired." in render_html([], version="1")
