"""Files that say that they are in another language than English, and whether to believe them.

A translated wire often keeps the label of its original: ``<newsItem xml:lang="ru">``, ``<html lang="ru">``. So what a whole
file or item says of itself is checked against its words; what a single element in it says is believed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mtfix.formats.markup.runs import Paragraph

# Frequent in English and rare, or another word, in the languages that are written in Latin letters.
_WORDS = frozenset("the of and that with were are have been this which from they would said".split())
_WORD = re.compile(r"[^\W\d_]+")
_SHARE = 0.08  # of such words; English news has about twice as many, other languages less than 0.02
_SHORT = 6  # words; a paragraph with fewer tells nothing by itself
_MAJORITY = 0.5


def reads_english(text: str) -> bool:
    """Whether a text of some length is English, by its function words.

    >>> reads_english("The head of the department said that the work would be finished by May.")
    True
    >>> reads_english("Der Leiter der Abteilung war in Berlin und will die Arbeit bis Mai beenden.")
    False
    """
    words = _WORD.findall(text.lower())
    return len(words) >= _SHORT and sum(word in _WORDS for word in words) >= _SHARE * len(words)


def choose_english(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs that read as English; short ones go with the majority of the words around them."""
    english = [reads_english(paragraph.text) for paragraph in paragraphs]
    sizes = [len(_WORD.findall(paragraph.text)) for paragraph in paragraphs]
    known = sum(size for size in sizes if size >= _SHORT)
    share = sum(size for size, yes in zip(sizes, english, strict=True) if yes)
    mostly = 0 < share >= _MAJORITY * known
    return [
        paragraph
        for paragraph, size, yes in zip(paragraphs, sizes, english, strict=True)
        if yes or (mostly and size < _SHORT)
    ]


def note_language(name: str, language: str, is_english: bool, number: int = 1) -> str:
    """Say what becomes of a file, or of some of its items, that says that it is in another language."""
    what = f"{number} of its items say" if number > 1 else "says"
    if is_english:
        return f"{name}: {what} that the language is {language!r}, but the text is English: repaired"
    return f"{name}: {what} that the language is {language!r}: left alone"
