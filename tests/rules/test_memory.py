"""What is remembered of a text changes no result, and has its bounds."""

from __future__ import annotations

import random
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from mtfix.formats import read_document
from mtfix.pipeline import Pipeline
from mtfix.profile import Profile
from mtfix.rules.engine import RuleStage
from mtfix.rules.index import _WORTH_A_GATE, RuleIndex
from mtfix.rules.memory import LONGEST, Memory
from mtfix.rules.packs.examples import strip_marks
from mtfix.rules.packs.profiles import load_profile
from mtfix.rules.packs.select import compile_rules, gather_packs, select_rules
from mtfix.types import Document
from tests.rules.conftest import make_document, make_stage, rule

PLAIN = [
    "The mayor said on Monday that the bridge would be closed for 12 days.",
    "“We are waiting,” he said. “It is cold.",
    "It rained in Kazan, Omsk and Perm.",
    "ISIS militants and the group IG fought in Syria.",
    "Sergey Baysultanov met Sergei Baisultanov.",
    "THE COURT POSTPONED THE HEARING",
]


@lru_cache(maxsize=1)
def _rules(profile: str = "ap") -> tuple[list, Profile]:  # type: ignore[type-arg]
    house = load_profile(profile)
    return compile_rules(select_rules(gather_packs()), house), house


@lru_cache(maxsize=2)
def _pipeline(entries: int) -> Pipeline:
    compiled, house = _rules()
    stages = tuple(
        RuleStage(name, RuleIndex([r for r in compiled if r.info.stage == name], entries), house)
        for name in ("pre", "post", "document")
    )
    return Pipeline(stages, house)


@lru_cache(maxsize=1)
def _sentences() -> list[str]:
    """Sentences with defects: a fixed share of the examples of all rules that ship."""
    examples = [
        strip_marks(e.bad or e.keep or "")[0]
        for p in select_rules(gather_packs())
        for e in p.model.examples
        if "\n" not in (e.bad or e.keep or "")
    ]
    return [*PLAIN, *random.Random(4).sample(examples, 120)]


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 125), st.sampled_from([" ", "\n\n", "\n"])), min_size=1, max_size=6),
    st.integers(0, 2**16),
)
def test_memory_changes_no_result(parts: list[tuple[int, str]], seed: int) -> None:
    """Whatever the two read before, whatever comes again: the same texts, steps, suggestions and refusals."""
    sentences = _sentences()
    r = random.Random(seed)
    text = "".join(sentences[i % len(sentences)] + gap for i, gap in parts)
    again = "".join(sentences[r.choice(parts)[0] % len(sentences)] + r.choice((" ", "\n\n")) for _ in range(4))
    for one in (text, again, text):
        document = read_document(one)
        kept, forgotten = _pipeline(64)(document), _pipeline(0)(document)
        assert kept == forgotten
        assert _pipeline(64)(read_document(kept.text)).text == kept.text


def test_a_document_read_twice_says_the_same_twice() -> None:
    stage = make_stage(rule("colour", "color") + rule("grey", "gray", "T_SUGGEST", tier="suggest"))
    documents = [stage(make_document("the colour grey", "the colour grey", "nothing")) for _ in range(2)]
    assert documents[0] == documents[1]
    assert [len(s.trail) for s in documents[0].segments] == [2, 2, 0]


def test_the_same_words_as_a_heading_are_another_text() -> None:
    stage = make_stage(rule("colour", "color", in_="[sentence]"))
    sentence = make_document("the colour")
    assert stage(sentence).text == "the color"
    heading = read_document("# the colour\n\nThe colour is here.", format="markdown")
    assert stage(heading).text == "# the colour\n\nThe color is here."


def test_quotation_is_no_part_of_what_is_remembered() -> None:
    stage = make_stage(rule("IG", "Islamic State", quotes="leave", case="exact"))
    inside: Document = make_document(["“We all went out to see the hills.", "And IG fought on.", "It was cold.”"])
    assert stage(make_document("And IG fought on.")).text == "And Islamic State fought on."
    assert stage(inside).text == inside.text
    assert stage(make_document("And IG fought on.")).text == "And Islamic State fought on."


def test_a_memory_has_its_bounds() -> None:
    asked: list[str] = []

    def measure(text: str, more: int = 0) -> int:
        asked.append(text)
        return len(text) + more

    memory = Memory(measure, 3)
    for text in ("a", "bb", "ccc", "dddd", "dddd"):
        assert memory(text) == len(text)
    assert len(memory) == 3
    assert memory("dddd", 1) == 5
    assert asked == ["a", "bb", "ccc", "dddd", "dddd"]
    long = "x" * (LONGEST + 1)
    assert memory(long) == memory(long) == len(long)
    assert asked[-2:] == [long, long]
    assert len(memory) == 3


def test_a_stage_remembers_no_more_than_it_may() -> None:
    compiled, house = _rules()
    index = RuleIndex([r for r in compiled if r.info.stage == "document"], 16)
    stage = RuleStage("document", index, house)
    for i in range(60):
        stage(read_document(f"It rained in Kazan on May {i % 30 + 1}, and {i} flights of {i} were late."))
    assert len(index.read) <= 16


def test_the_gate_wakes_the_rules_that_words_wake() -> None:
    """Patterns of frequent words are tried one by one at first, and together when there is much to read."""
    compiled, _ = _rules()
    rules = [r for r in compiled if r.info.stage == "pre"]
    fresh, worn = RuleIndex(rules), RuleIndex(rules)
    for _ in range(_WORTH_A_GATE + 1):
        worn.find("x")
    for text in (*_sentences()[:60], "", "  a  b", "It is is 2,5 thousand ,and . More", "ſ"):
        assert [r.info.id for r in fresh.wake(text)] == [r.info.id for r in worn.wake(text)]
        fresh._left = _WORTH_A_GATE
