"""Where a document quotes: spans between quotation marks, told apart into direct speech and names.

House rules often stop at direct speech: the words are somebody's. A name or a scare quote (“financial centers”,
“Islamic state”) is the writer's own. Quotations may run over several sentences, and over paragraphs when the next one
opens with a quotation mark again.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from mtfix.rules.rule import Quote
from mtfix.types import Document

_MARKS = re.compile('["“”„«»]')
_PRONOUN = re.compile(
    r"\b(?:I|we|you|my|our|your|us|me|let's|don't|can't|won't|I'm|it's|we're|you're)\b", re.IGNORECASE
)
# A quotation of this many words, or one that holds its own punctuation, is somebody's speech.
SPEECH_WORDS = 6


def find_quotes(document: Document) -> list[tuple[Quote, ...]]:
    """Return the quotations of each segment's current ``text``, outermost only, in code points of that text."""
    texts = [segment.text for segment in document.segments]
    found: list[list[Quote]] = [[] for _ in texts]
    marked = [_MARKS.search(text) is not None for text in texts]
    if not any(marked):
        return [() for _ in texts]
    paragraphs = document.paragraphs()
    carried = False  # the paragraph before ended inside a quotation
    for number, paragraph in enumerate(paragraphs):
        if not any(marked[i] for i in paragraph):
            carried = False
            continue
        body = " ".join(texts[i] for i in paragraph)
        following = texts[paragraphs[number + 1].start] if number + 1 < len(paragraphs) else ""
        spans, still_open = _scan(body, carried)
        if still_open is not None:
            # Unclosed: it runs on when the next paragraph opens with a mark, else it was a stray mark or a torn quote.
            carried = following.lstrip()[:1] in ("“", '"', "«", "„")
            if carried or "”" not in body[still_open:]:
                spans.append((still_open, len(body)))
        else:
            carried = False
        _share_out(spans, paragraph, texts, body, found)
    return [tuple(quotes) for quotes in found]


def _scan(body: str, carried: bool) -> tuple[list[tuple[int, int]], int | None]:
    """Return the closed spans of a paragraph, and where an unclosed quotation began."""
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    inner: list[str] = []  # marks still open, outermost first
    for mark in _MARKS.finditer(body):
        at, character = mark.start(), mark.group()
        if character == '"':
            before = body[at - 1] if at else " "
            after = body[at + 1] if at + 1 < len(body) else " "
            opens = opened is None if before.isspace() == after.isspace() else before.isspace() or before in "([—–-"
            if opened is not None and before not in " \n\t([":
                opens = False
        else:
            # “ closes what „ opened: the Russian and German pair „ “.
            opens = character in "“«„" and not (character == "“" and inner[-1:] == ["„"])
        if opens:
            if opened is None:
                opened, inner = at + 1, [character]
            elif character != '"':
                inner.append(character)
        elif opened is not None:
            inner.pop()
            if not inner:
                spans.append((opened, at))
                opened = None
        elif carried and not spans:
            spans.append((0, at))
        carried = carried and opened is None and not spans
    return spans, opened


def _share_out(
    spans: Sequence[tuple[int, int]], paragraph: range, texts: Sequence[str], body: str, found: list[list[Quote]]
) -> None:
    """Cut the spans of a paragraph at its segments."""
    starts = [0]
    for i in paragraph:
        starts.append(starts[-1] + len(texts[i]) + 1)
    for start, end in spans:
        low, high = bisect_right(starts, start) - 1, bisect_left(starts, end)  # the segments that it meets
        speech = high - low > 1 or is_speech(body[start:end])
        for place in range(low, min(high, len(paragraph))):
            i = paragraph[place]
            first, last = max(start - starts[place], 0), min(end - starts[place], len(texts[i]))
            if first < last:
                found[i].append(Quote(first, last, speech))


def is_speech(words: str) -> bool:
    """Whether a quotation reads as somebody's words rather than a name or a term.

    >>> is_speech("Islamic state"), is_speech("there is information on the efforts of terrorists"), is_speech("We go")
    (False, True, True)
    """
    count = len(words.split())
    return (
        count >= SPEECH_WORDS
        or words.rstrip()[-1:] in tuple(",.!?…")
        or (count > 1 and _PRONOUN.search(words) is not None)
    )
