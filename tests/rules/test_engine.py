"""The engine: waking, overlaps, tiers, quotes, locks, recasing, articles, line breaks, fixpoint."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from mtfix.profile import Profile
from mtfix.rules.engine import MAX_PASSES
from mtfix.rules.index import RuleIndex
from mtfix.rules.packs.read import parse_pack
from mtfix.rules.packs.select import compile_rules
from mtfix.trail import replay
from mtfix.types import Document, Fix, Lock, Segment, Tier
from tests.rules.conftest import make_document, make_stage, rule


def fixed(yaml: str, *paragraphs: str | list[str], fix: Fix = Fix.SAFE) -> str:
    return make_stage(yaml, fix=fix)(make_document(*paragraphs)).text


def test_applies_auto_and_shows_suggestions() -> None:
    yaml = rule("colour", "color") + rule("grey", "gray", "T_SUGGEST", tier="suggest")
    document = make_stage(yaml)(make_document("the colour grey"))
    assert document.text == "the color grey"
    steps = document.segments[0].trail
    assert [e.tier for s in steps for e in s.suggested] == [Tier.SUGGEST]
    assert fixed(yaml, "the colour grey", fix=Fix.ALL) == "the color gray"
    assert fixed(yaml, "the colour grey", fix=Fix.NONE) == "the colour grey"


def test_none_still_explains() -> None:
    document = make_stage(rule("colour", "color"), fix=Fix.NONE)(make_document("the colour"))
    assert [e.replacement for s in document.segments[0].trail for e in s.suggested] == ["color"]


def test_leftmost_then_longest_then_file_order() -> None:
    yaml = rule("b c", "P", "T_A") + rule("a b", "Q", "T_B") + rule("a b c", "R", "T_C") + rule("a b c", "S", "T_D")
    assert fixed(yaml, "a b c") == "R"
    assert fixed(rule("b c", "P", "T_A") + rule("a b", "Q", "T_B"), "a b c") == "Q c"


def test_an_auto_edit_goes_before_a_longer_suggestion() -> None:
    yaml = rule("a b c", "S", "T_A", tier="suggest") + rule("b", "B", "T_B")
    assert fixed(yaml, "a b c d") == "a B c d"


def test_rules_feed_each_other_until_nothing_moves() -> None:
    yaml = rule("two", "three", "T_B") + rule("one", "two", "T_A")
    assert fixed(yaml, "one") == "three"


def test_two_rules_that_undo_each_other_stop() -> None:
    yaml = rule("ping", "pong", "T_A") + rule("pong", "ping", "T_B")
    document = make_stage(yaml)(make_document("ping"))
    assert document.text in ("ping", "pong")
    assert len(document.segments[0].trail) <= MAX_PASSES


def test_a_correction_does_not_trigger_its_own_rule() -> None:
    document = make_stage(rule("bank", "the bank"))(make_document("at bank"))
    assert document.text == "at the bank"
    assert [r.reason for s in document.segments[0].trail for r in s.refused] == ["it would change its own correction"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("About it we knew.", "This we knew."),
        ("we knew about it.", "we knew this."),
        ("“About it we knew.”", "“This we knew.”"),
        ("He said: About it we knew.", "He said: This we knew."),
        ("ABOUT IT WE KNEW", "THIS WE KNEW"),
    ],
)
def test_recasing(text: str, expected: str) -> None:
    assert fixed(rule("about it", "this"), text) == expected


def test_exact_case_copies() -> None:
    assert fixed(rule("ig", "iS", case="exact"), "Ig ig") == "Ig iS"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("an assistant came", "a helper came"),
        ("An assistant came", "A helper came"),
        ("the assistant came", "the helper came"),
        ("a assistant came", "a helper came"),  # was wrong, is right: nothing to mend
        ("Iran assistant came", "Iran helper came"),
    ],
)
def test_article_agrees_after_replacement(text: str, expected: str) -> None:
    assert fixed(rule("assistant", "helper"), text) == expected


def test_line_break_survives() -> None:
    assert fixed(rule(r"on\s+permanent\s+basis", "on a permanent basis"), "it is on\npermanent basis now") == (
        "it is on\na permanent basis now"
    )
    assert fixed(rule(r"terrorist\s+act", "attack"), "a terrorist\nact happened") == "an attack\nhappened"


def test_quotes_leave_speech_alone_but_not_names() -> None:
    yaml = rule("IG", "Islamic State", quotes="leave", case="exact")
    said = "“We fought against the IG in that town,” he said of IG."
    assert fixed(yaml, said) == "“We fought against the IG in that town,” he said of Islamic State."
    assert fixed(yaml, "the group “IG” fell") == "the group “Islamic State” fell"


def test_speech_runs_over_sentences_and_paragraphs() -> None:
    yaml = rule("IG", "IS", quotes="leave", case="exact")
    paragraphs = (["“There is IG.", "And IG again.", "“Still IG,” he said of IG."][:2], "“Still IG,” he said of IG.")
    assert fixed(yaml, *paragraphs) == "“There is IG. And IG again.\n\n“Still IG,” he said of IS."


def test_numbers_are_guarded() -> None:
    document = make_stage(rule(r"(\d+) people", "people"))(make_document("12 people came"))
    assert document.text == "12 people came"
    assert [r.reason for s in document.segments[0].trail for r in s.refused] == ["it would change a number"]


def test_locks_hold_and_move_with_the_text() -> None:
    text = "colour `colour` colour"
    segment = Segment(text, text, locks=(Lock(7, 15),))
    document = make_stage(rule("colour", "color"))(Document("t", (segment,), ("", "")))
    assert document.text == "color `colour` color"


def test_a_lock_can_name_a_rule() -> None:
    yaml = rule("colour", "color", "T_A") + rule("grey", "gray", "T_B")
    segment = Segment("colour grey", "colour grey", locks=(Lock(0, 11, frozenset({"T_A"})),))
    assert make_stage(yaml)(Document("t", (segment,), ("", ""))).text == "colour gray"


def test_flag_reports_and_never_changes() -> None:
    yaml = "- {id: T_FLAG, kind: flag, match: 'alleged', why: Attribute., examples: [{bad: x}, {keep: y}]}\n"
    for fix in Fix:
        document = make_stage(yaml, fix=fix)(make_document("an alleged crime"))
        assert document.text == "an alleged crime"
        assert [e.by for s in document.segments[0].trail for e in s.suggested] == ["rule:T_FLAG"]


def test_context_keys() -> None:
    yaml = rule("bank", "shore", after="' of the river'", not_before="'central '", unless="['bank of the river Don']")
    assert fixed(yaml, "the bank of the river") == "the shore of the river"
    for kept in ("the bank of Moscow", "the central bank of the river", "the bank of the river Don"):
        assert fixed(yaml, kept) == kept


def test_at_sentence_start() -> None:
    yaml = rule("in addition", "also", at="sentence_start")
    assert fixed(yaml, "In addition, he left.") == "Also, he left."
    assert fixed(yaml, "He left in addition.") == "He left in addition."


WORDS = [
    "colour",
    "grey",
    "bank",
    "one",
    "two",
    "the",
    "a",
    "an",
    "IG",
    "“",
    "”",
    "about",
    "it",
    "in",
    "12",
    "2,5",
    ".",
]


@settings(max_examples=150)
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=4))
def test_invariants_on_random_documents(sentences: list[str]) -> None:
    yaml = (
        rule("colour", "color", "T_A")
        + rule("grey", "gray", "T_B", quotes="leave")
        + rule("one two", "three", "T_C")
        + rule("about it", "this", "T_D")
        + rule(r"2,5 bank", "2.5 bank", "T_E")
    )
    stage = make_stage(yaml)
    document = stage(make_document(*sentences))
    for segment in document.segments:
        assert replay(segment.mt, segment.trail) == segment.text
    again = stage(make_document(*[s.text for s in document.segments]))
    assert again.text == document.text
    assert document.mt == make_document(*sentences).text


def test_the_index_wakes_exactly_the_rules_that_match() -> None:
    """The index is only trusted because it agrees with trying every pattern, at thousands of rules."""
    rng = random.Random(5)
    letters = "abcdefghijklmnopqrstuvwxyzé"
    words = ["".join(rng.choices(letters, k=rng.randint(3, 8))) for _ in range(4000)]
    yaml = "".join(rule(rf"\b{words[i]}(?:s|ed)?\s+{words[i + 1]}\b", "x", f"T_{i}") for i in range(3999))
    pack = parse_pack("pack: test\nrules:\n" + yaml, "test.yaml")
    rules = compile_rules(pack.rules, Profile())
    index = RuleIndex(rules)
    options = re2.Options()
    patterns = [(re2.compile(p, options), n) for n, r in enumerate(rules) for p in r.patterns]
    for _ in range(60):
        at = rng.randrange(3900)
        text = " ".join(
            [words[at].upper(), words[at + 1], words[at + 2] + "s", *rng.choices(words, k=12), words[at + 3]]
        )
        naive = [n for p, n in patterns if p.search(text)]
        assert [r.info.order for r in index.wake(text)] == naive
        assert naive


def test_rules_skip_kinds_they_do_not_read() -> None:
    yaml = rule("colour", "color", in_="[heading]")
    document = make_document("the colour")
    assert make_stage(yaml)(document).text == "the colour"
    heading = document.replace_segments([replace(s, kind="heading") for s in document.segments])
    assert make_stage(yaml)(heading).text == "the color"
