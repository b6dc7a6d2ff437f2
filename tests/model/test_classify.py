from __future__ import annotations

import pytest

from mtfix.model.align import align
from mtfix.model.classify import EditType, classify

CASES = [
    ("They signed law.", "They signed the law.", EditType.ARTICLE),
    ("in the Moscow", "in Moscow", EditType.ARTICLE),
    ("a law", "the law", EditType.ARTICLE),
    ("Two games is left", "Two games are left", EditType.AGREEMENT),
    ("guilty on murder", "guilty of murder", EditType.PREPOSITION),
    ("Yesterday were detained 12 men.", "Yesterday 12 men were detained.", EditType.ORDER),
    ("he also will go", "he will also go", EditType.ORDER),
    ("22 recruiter left", "22 recruiters left", EditType.NOUN_NUMBER),
    ("he is going to left", "he is going to leave", EditType.VERB_FORM),
    ("was detain today", "was detained today", EditType.VERB_FORM),
    ("the man which left", "the man who left", EditType.PRONOUN),
    ("in moscow now", "in Moscow now", EditType.CASE),
    ("said, that he left", "said that he left", EditType.PUNCTUATION),
    ("the interlocutor said", "the source said", EditType.WORD_CHOICE),
    # The same content in another shape is rewording; other content is another choice, however much is rewritten.
    ("it is opened case", "it is open to the case", EditType.REWORDING),
    ("he started talk with", "he started to talk with", EditType.VERB_FORM),
    ("a summer calls for peace", "an anniversary of the peace", EditType.WORD_CHOICE),
    ("it is fixated on them", "it is covered by them", EditType.WORD_CHOICE),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hypothesis", "kind"), CASES)
def test_kind(text: str, hypothesis: str, kind: EditType) -> None:
    (hunk,) = align(text, hypothesis)
    assert classify(hunk) is kind
