from __future__ import annotations

import pytest

from mtfix.model.align import align
from mtfix.model.classify import EditType, classify, explain

CASES = [
    ("They signed law.", "They signed the law.", EditType.ARTICLE, "adds the article “the”"),
    ("in the Moscow", "in Moscow", EditType.ARTICLE, "drops the article “the”"),
    ("a law", "the law", EditType.ARTICLE, "changes the article “a” to “the”"),
    ("Two games is left", "Two games are left", EditType.AGREEMENT, "agreement: is -> are"),
    ("guilty on murder", "guilty of murder", EditType.PREPOSITION, "preposition: on -> of"),
    ("Yesterday were detained 12 men.", "Yesterday 12 men were detained.", EditType.ORDER, "moves the verb after its subject"),
    ("he also will go", "he will also go", EditType.ORDER, "word order: also will -> will also"),
    ("22 recruiter left", "22 recruiters left", EditType.NOUN_NUMBER, "singular or plural: recruiter -> recruiters"),
    ("he is going to left", "he is going to leave", EditType.VERB_FORM, "form of the verb: left -> leave"),
    ("was detain today", "was detained today", EditType.VERB_FORM, "form of the verb: detain -> detained"),
    ("the man which left", "the man who left", EditType.PRONOUN, "pronoun or determiner: which -> who"),
    ("in moscow now", "in Moscow now", EditType.CASE, "capitalisation: moscow -> Moscow"),
    ("said, that he left", "said that he left", EditType.PUNCTUATION, "punctuation: , -> nothing"),
    ("the interlocutor said", "the source said", EditType.WORD_CHOICE, "choice of word: interlocutor -> source"),
    # The same content in another shape is rewording; other content is another choice, however much is rewritten.
    ("it is opened case", "it is open to the case", EditType.REWORDING, "rewording: opened -> open to the"),
    ("he started talk with", "he started to talk with", EditType.VERB_FORM, None),
    ("a summer calls for peace", "an anniversary of the peace", EditType.WORD_CHOICE, None),
    ("it is fixated on them", "it is covered by them", EditType.WORD_CHOICE, "choice of word: fixated on -> covered by"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hypothesis", "kind", "why"), CASES)
def test_kind_and_reason(text: str, hypothesis: str, kind: EditType, why: str | None) -> None:
    (hunk,) = align(text, hypothesis)
    assert classify(hunk) is kind
    if why is not None:
        assert explain(hunk, kind) == why


@pytest.mark.parametrize(("text", "hypothesis", "kind", "why"), CASES)
def test_reasons_are_one_line(text: str, hypothesis: str, kind: EditType, why: str | None) -> None:
    for hunk in align(hypothesis, text):
        assert "\n" not in explain(hunk, classify(hunk)) and explain(hunk, classify(hunk))
