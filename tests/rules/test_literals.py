from __future__ import annotations

import re2
from hypothesis import given
from hypothesis import strategies as st

from mtfix.profile import Profile
from mtfix.rules.literals import find_literals, fold, may_match
from mtfix.rules.packs.examples import strip_marks
from mtfix.rules.packs.packed import compile_rule
from mtfix.rules.packs.select import gather_packs

PIECES = st.sampled_from(
    [
        "take",
        "Part",
        "(?:in|on the)",
        "[Bb]",
        "[0-9]",
        r"\d{1,2}",
        r"\s+",
        r"[\s\x{A0}]",
        "  ",
        "a b",
        "(?: |-)",
        "(?:x|)",
        "y?",
        "z*",
        "K",
        "s",
        "«",
        "é",
        r"\pL",
        r"\b",
        r"[\t,]",
        r"[-\x{A0}]",
        "(?:at|ok )?",
        "(?:is|re|z[19]) ?",
    ]
)


def test_no_rule_that_ships_is_missed() -> None:
    """Where a pattern matches an example, the words say that it may; texts of other rules they mostly rule out."""
    rules = [rule for pack in gather_packs() for rule in pack.rules]
    texts = [[strip_marks(e.bad or e.keep or "")[0] for e in rule.model.examples] for rule in rules]
    missed, ruled_out = [], 0
    for number, packed in enumerate(rules):
        patterns = compile_rule(packed, Profile(), 0).patterns
        literals = find_literals(patterns)
        for text in texts[number]:
            if not may_match(literals, fold(text)) and any(re2.search(p, text) for p in patterns):
                missed.append((packed.id, text))
        ruled_out += not may_match(literals, fold(texts[number - 100][0]))
    assert missed == []
    assert ruled_out > 0.8 * len(rules)


@given(
    st.lists(PIECES, max_size=6).map("".join),
    st.text("takepr inobyzKſKS«éÉx19 \n\t\u00a0-", max_size=25),
    st.booleans(),
)
def test_what_matches_may_match(pattern: str, text: str, small: bool) -> None:
    source = f"(?i){pattern}" if small else pattern
    if re2.search(source, text) is not None:
        assert may_match(find_literals([source]), fold(text))


def test_unreadable_patterns_may_match_anything() -> None:
    assert may_match(find_literals([r"\C+"]), "")


def test_one_pattern_without_words_wakes_the_rule() -> None:
    assert may_match(find_literals(["abc", ".+"]), "x")
    assert not may_match(find_literals(["abc", "de"]), "x")
