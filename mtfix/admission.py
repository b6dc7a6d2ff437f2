"""What is locked before any stage runs: paragraphs that are not English or show mojibake, and direct speech."""

from __future__ import annotations

from dataclasses import replace

from mtfix.english.language import find_foreign
from mtfix.files.mojibake import find_mojibake
from mtfix.rules.quotes import find_quotes
from mtfix.types import SPEECH, Document, Lock

FOREIGN = "not English"
BROKEN = "broken characters"


def admit(document: Document, *, insist: bool = False, speech: str = "fix") -> Document:
    """Return ``document`` with its foreign and broken paragraphs locked, for rules and model alike, and notes of both.

    ``insist`` says that all of it is English. ``speech`` is the profile's setting: what may change in direct speech.
    """
    document = _lock_speech(document, speech)
    paragraphs = document.paragraphs()
    if not paragraphs:
        return document
    texts = [[document.segments[i].text for i in paragraph] for paragraph in paragraphs]
    broken = {
        number
        for number, sentences in enumerate(texts)
        if any(not text.isascii() and next(find_mojibake(text), None) for text in sentences)
    }
    foreign, single = (frozenset[int](), frozenset[tuple[int, int]]()) if insist else find_foreign(texts)
    locked = {i for number in broken | foreign for i in paragraphs[number]}
    locked |= {paragraphs[number][place] for number, place in single}
    if not locked:
        return document
    segments = list(document.segments)
    for i in locked:
        if not segments[i].is_locked:
            segments[i] = replace(segments[i], locks=(Lock(0, len(segments[i].mt)), *segments[i].locks))
    left = {FOREIGN: len((foreign | {number for number, _ in single}) - broken), BROKEN: len(broken)}
    notes = [say_left_alone(what, count, len(paragraphs)) for what, count in left.items() if count]
    return replace(
        document.replace_segments(segments),
        notes=(*document.notes, *(note for note in notes if note not in document.notes)),
        left_alone=tuple((what, count) for what, count in left.items() if count),
    )


def _lock_speech(document: Document, speech: str) -> Document:
    """Lock direct speech: against changes of its words (``mechanics``), or against all (``leave``)."""
    if speech == "fix":
        return document
    names = frozenset((SPEECH,)) if speech == "mechanics" else frozenset[str]()
    quotes = find_quotes(document)
    if not any(quotes):
        return document
    segments = [
        replace(segment, locks=(*segment.locks, *locks))
        if (locks := [Lock(q.start, q.end, names) for q in found if q.speech])
        and not any(lock in segment.locks for lock in locks)
        else segment
        for segment, found in zip(document.segments, quotes, strict=True)
    ]
    return document.replace_segments(segments)


def say_left_alone(what: str, count: int, total: int) -> str:
    """Return the note on paragraphs left alone.

    >>> say_left_alone(FOREIGN, 1, 1)
    '1 of 1 paragraphs does not read as English: left alone; --language en repairs it, too'
    """
    it, verb = ("it", "does") if count == 1 else ("them", "do")
    if what == FOREIGN:
        return f"{count} of {total} paragraphs {verb} not read as English: left alone; --language en repairs {it}, too"
    verb = "holds" if count == 1 else "hold"
    return (
        f"{count} of {total} paragraphs {verb} broken characters (mojibake, such as â€œ for “): left alone; "
        "mend the file's encoding first"
    )
