"""Patterns, their edges and templates."""

from __future__ import annotations

import pytest

from mtfix.english.agreement import fit_middle, raise_first
from mtfix.profile import Profile
from mtfix.rules.match import Matcher
from mtfix.rules.pattern import compile_pattern, compiling_at_once
from mtfix.rules.template import choose_text, parse_template


def words_of(text: str, *patterns: str, **keys: object) -> list[str]:
    matcher = Matcher(tuple(compile_pattern(p) for p in patterns), **keys)  # type: ignore[arg-type]
    return [m.group() for m in matcher.find(text)]


def test_word_edges_hold_hyphenated_words_together() -> None:
    assert words_of("IG, IG-style, ANTI-IG, x_IG IG.", "IG", word_edges=True) == ["IG", "IG"]
    assert words_of("the “IG” (IG) IG's", "IG", word_edges=True) == ["IG", "IG", "IG"]


def test_spans_count_code_points() -> None:
    (match,) = Matcher((compile_pattern("cd"),)).find("é“ cd")
    assert match.span() == (3, 5)


def test_unless_needs_to_overlap() -> None:
    keys = {"unless": (compile_pattern(r"\d,\d{3}"),)}
    assert words_of("2,500 and 2,5", r"\d,\d", **keys) == ["2,5"]


@pytest.mark.parametrize("pattern", ["(?=a)b", "(?<!a)b", r"(a)\1", "a**", "(", "a*", ""])
def test_unsafe_patterns_are_refused(pattern: str) -> None:
    with compiling_at_once(), pytest.raises(ValueError, match=r"RE2|empty string"):
        compile_pattern(pattern)


def test_template_fields_and_filters() -> None:
    template = parse_template("{who|mid} said {{so}} {what|upper}")
    assert template.fields == {"who", "what"}
    assert template.fill({"who": "The police", "what": "no"}) == "the police said {so} NO"
    assert template.fill({"who": None}) == " said {so} "


@pytest.mark.parametrize("text", ["{", "}", "{a", "{a|nope}", "a}"])
def test_bad_templates(text: str) -> None:
    with pytest.raises(ValueError, match=r"stray|unknown filter"):
        parse_template(text)


def test_choice_by_setting() -> None:
    choice = {"by": "spelling", "american": "color", "british": "colour"}
    assert choose_text(choice, Profile()) == "color"
    assert choose_text(choice, Profile("x", settings={"spelling": "british"})) == "colour"
    assert choose_text({"by": "spelling", "british": "a", "default": "b"}, Profile()) == "b"
    with pytest.raises(ValueError, match="unknown value of spelling 'welsh'"):
        choose_text({**choice, "welsh": "lliw"}, Profile())


def test_first_letters() -> None:
    assert raise_first("“we") == "“We"
    assert raise_first("2 of us") == "2 of us"
    assert raise_first("") == ""
    assert [fit_middle(t) for t in ("The police", "Moscow police", "TASS said", "IS", "A man")] == [
        "the police",
        "Moscow police",
        "TASS said",
        "IS",
        "a man",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [("a café in", False), ("the éta is", False), ("caf and éta", True), ("“caf” — éta", True), ("x caf… y", True)],
    ids=["accent behind", "accent before", "free", "quotes", "ellipsis"],
)
def test_accented_letters_belong_to_their_words(text: str, found: bool) -> None:
    matcher = Matcher((compile_pattern(r"\bcaf\b"), compile_pattern(r"\bta is\b")))
    assert bool(list(matcher.find(text))) is found
