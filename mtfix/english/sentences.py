"""Sentences of a paragraph, without loss: spans of the text, and what lies between them stays where it is.

Boundaries are candidates found by one pattern (a final mark, what closes after it, white space) and judged one by
one: rules for what `sentencex` gets wrong in news (quotes that close after the stop, several sentences in one quote,
initials, titles, Russian abbreviations, datelines), and its verdict for all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import sentencex

from mtfix.english import abbreviations as ab
from mtfix.english.dateline import find_dateline

Span = tuple[int, int]

_CLOSERS = "\"'”’»›“)\\]}*_"
_OPENERS = "\"'`“‘„‟«‹([{*_¿¡"
_QUOTES = "\"'`“”‘’„‟«»‹›"
_SIGNS = tuple("$€£₽#@№%")
_CANDIDATE = re.compile(
    rf"(?<![.!?…。！？])(?P<mark>[.!?…。！？]+)(?P<close>(?:[{_CLOSERS}]|\[\d{{1,3}}\])*)(?:(?P<space>\s+)|(?<=[。！？])(?=\w))"
)
# The word that carries the stop: "Lt", "U.S", "V.V", "sq", "g".
_LAST_WORD = re.compile(r"[^\W_](?:[\w'’.&-]*[\w])?\Z")
_NEXT = re.compile(rf"(?P<open>[{_OPENERS}\s]*)(?P<dash>[-–—]+\s*)?(?P<open2>[{_OPENERS}]*)(?P<word>\w+(?:['’]\w+)?)?")
_PER_UNIT = re.compile(r"\d\s*\w{1,4}\.?/\Z")
_INITIALS = re.compile(r"(?:[^\W\d_][.-])*[^\W\d_]")
_MARKER = re.compile(r"\s*(?:[(\[]?\d{1,3}|[(\[]?[A-Za-z]|[IVX]{1,5})")
_ROMAN = re.compile(r"[IVXLC]+\Z")
_SAYER = re.compile(r"(?:[A-Z][\w'’.-]*\s+){1,4}(\w+)|(\w+)\s+(?:[A-Z]|the\b|a\b)")
_WINDOW = 48  # code points on either side that a decision reads

# Quotes and brackets hide sentence ends from sentencex, line breaks end its paragraphs: it reads blanks instead.
_FLAT = str.maketrans(dict.fromkeys('“”„‟«»‹›"()[]{}*_\n\r\t\x0c\x0b\x85\u2028\u2029\xa0\u202f', " "))


def segment(text: str) -> list[Span]:
    """Return the sentences of one paragraph, a dateline at its start as a span of its own; see `split_sentences`."""
    found = find_dateline(text)
    if found is None:
        return split_sentences(text)
    start, end, after = found
    return [(start, end), *split_sentences(text, after)]


def split_sentences(text: str, start: int = 0) -> list[Span]:
    """Return the half-open spans of the sentences of ``text[start:]``, without the white space around them.

    Spans are in order, do not overlap and are not empty; only white space lies outside them.

    >>> text = 'Col. A. V. Ivanov said: “We won. They lost.” He left.'
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['Col. A. V. Ivanov said: “We won.', 'They lost.”', 'He left.']
    """
    spans: list[Span] = []
    begin = start
    library: frozenset[int] | None = None
    for found in _CANDIDATE.finditer(text, start):
        if found.end() == len(text):
            break
        after = _NEXT.match(text, found.end())
        assert after is not None  # every part of it is optional
        verdict = _judge(text, begin, found, after)
        if verdict is None:
            if library is None:
                library = _library_ends(text[start:], start)
            verdict = not library.isdisjoint(range(found.start() + 1, after.end() - len(after["word"] or "") + 1))
        if verdict:
            spans.append(_strip(text, begin, found.end()))
            begin = found.end()
    spans.append(_strip(text, begin, len(text)))
    return [span for span in spans if span[0] < span[1]]


def join(text: str, spans: Sequence[Span], sentences: Iterable[str]) -> str:
    """Put ``sentences`` back in the place of ``spans``; with the original sentences this gives ``text`` back."""
    parts: list[str] = []
    at = 0
    for (begin, end), sentence in zip(spans, sentences, strict=True):
        parts += (text[at:begin], sentence)
        at = end
    parts.append(text[at:])
    return "".join(parts)


def _strip(text: str, begin: int, end: int) -> Span:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end


def _library_ends(text: str, offset: int) -> frozenset[int]:
    ends: list[int] = []
    at = offset
    for piece in sentencex.segment("en", text.translate(_FLAT)):
        at += len(piece)
        ends.append(at)
    return frozenset(ends)


def _judge(text: str, begin: int, found: re.Match[str], after: re.Match[str]) -> bool | None:
    """Say whether a sentence ends at a candidate; None leaves it to the library."""
    mark, close = found["mark"], found["close"]
    word = after["word"] or ""
    if word[:1].islower():
        return False
    if not word:
        if not text.startswith(_SIGNS, after.end()):
            return False
        word = "$"  # "$5 million", "№ 5", "@name" are read as numbers are
    if after["dash"]:
        # “We won!” – Ivanov said. goes on; ... said Ivanov. – We shall see. does not.
        if close or mark[0] in "!?" or not word[0].isalpha():
            return False
        return _judge_stop(text, begin, found, "", False) is not False
    if mark[0] in "!?":
        return not (close and _is_attribution(text, after.start("word")))
    if mark not in (".", ".."):  # "P.K.. Ivanov": a doubled stop is a slip, three are an ellipsis
        return word[0].isalpha()
    quote = (after["open"] + after["open2"]).strip()
    return _judge_stop(text, begin, found, word, quote[:1] in _QUOTES and quote != "")


def _judge_stop(text: str, begin: int, found: re.Match[str], word: str, opens_quote: bool) -> bool | None:
    """Judge a full stop by the word before it and the ``word`` after it ('' before a dash)."""
    at, close = found.start(), found["close"]
    left = _LAST_WORD.search(text, max(begin, at - _WINDOW), at)
    if left is None:
        return True if close else None
    last = left.group()
    lower = last.lower()
    starts = word.lower() in ab.STARTERS
    number = word == "$" or word[:1].isdigit() or _ROMAN.match(word) is not None
    if not close and at - begin < _WINDOW and _MARKER.fullmatch(text, begin, at):
        return False  # "1. Text", "A. Text"
    if number and not close and lower in ab.BEFORE_NUMBER:
        return False
    if lower in ("may", "etc") or last == "No" or (last.islower() and lower in ab.WORDS):
        return True
    if lower in ab.MONTHS:
        return not number
    if lower in ("a.m", "p.m", "pm"):
        return word.lower() not in ab.AFTER_HOUR and word != ""
    if lower in ab.UNITS and _follows_number(text, left.start()):
        return not number
    if _PER_UNIT.search(text, max(0, left.start() - 16), left.start()):
        return not number  # "22 m/s. Rain is expected"
    if lower in ab.NEVER_FINAL:
        return starts and lower in ab.RARELY_FINAL
    if _INITIALS.fullmatch(last):
        return _judge_initials(text, left, last, word, starts or (opens_quote and len(last) > 1))
    if lower in ab.MAY_BE_FINAL:
        return starts or opens_quote or any(c in _QUOTES for c in close)
    return True if close else None


def _judge_initials(text: str, left: re.Match[str], last: str, word: str, starts: bool) -> bool:
    """Judge "V.V. Putin", "U.S. President", "in the U.S. The", "in 2014 g. The", "400 sq. m. The"."""
    if last.islower():
        return starts or (_follows_number(text, left.start()) and not word[:1].isdigit())
    if word == "$" or word[:1].isdigit():
        return word != "$" and len(last) > 1 and last != "A.D"
    if len(last) == 1 and not starts:
        before = text[max(0, left.start() - _WINDOW) : left.start()].rsplit(None, 1)[-1:]
        return bool(before) and before[0].lower() in ab.CLASSIFIERS
    return starts


def _follows_number(text: str, at: int) -> bool:
    return bool(
        re.search(r"(?:\d|mln\.?|bln\.?|thous\.?|thousand|[mb]illion|sq\.?|cu\.?)\s*\Z", text[max(0, at - 12) : at])
    )


def _is_attribution(text: str, at: int) -> bool:
    found = _SAYER.match(text, at, at + 2 * _WINDOW)
    if not found:
        return False
    verb = found[1] or found[2]
    return verb.lower() in ab.SAYING
