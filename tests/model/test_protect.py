from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.model.protect import protect

PIECES = st.sampled_from(
    [
        "see",
        " ",
        "https://a.org/b?c=1",
        "X1",
        "Z2",
        "me@x.org",
        "<b>",
        "</b>",
        "&amp;",
        "{name}",
        "12",
        ".",
        "“",
        "@user",
        "é",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_restore_undoes_protect(text: str) -> None:
    protected = protect(text)
    assert protected.restore(protected.text) == text


@given(st.text(max_size=80))
def test_restore_undoes_protect_for_any_text(text: str) -> None:
    protected = protect(text)
    assert protected.restore(protected.text) == text


@given(st.lists(PIECES, max_size=12).map("".join))
def test_places_map_to_the_same_text(text: str) -> None:
    protected = protect(text)
    inside: set[int] = set()
    at = 0
    for code in protected.codes:
        at = protected.text.index(code, at)
        inside.update(range(at + 1, at + len(code)))
        at += len(code)
    for place in set(range(len(protected.text) + 1)) - inside:
        assert protected.restore(protected.text[:place]) == text[: protected.place(place)]


@pytest.mark.parametrize(
    ("text", "protected"),
    [
        ("See https://example.org/a, now.", "See X1, now."),
        ("Write to a.b@c.org!", "Write to X1!"),
        ("<b>Two</b> men", "X1TwoX2 men"),
        ("AT&amp;T and X1 left", None),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("nothing here", "nothing here"),
    ],
)
def test_what_is_protected(text: str, protected: str | None) -> None:
    found = protect(text)
    assert found.restore(found.text) == text
    if protected is not None:
        assert found.text == protected


def test_locks_are_protected_too() -> None:
    found = protect("run `rm x` now", [(4, 10)])
    assert found.text == "run X1 now"
