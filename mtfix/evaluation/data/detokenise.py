"""Undo the tokenisation of a corpus: systems under test read natural text, and so must be scored.

The inverse of Moses' tokeniser for English, as far as it has one: which of two straight quotation marks opens is
decided by counting. Applied to both sides of a test set alike, and only where the suite declares it.
"""

from __future__ import annotations

import re

_ENTITIES = (("&quot;", '"'), ("&apos;", "'"), ("&#91;", "["), ("&#93;", "]"), ("&#124;", "|"), ("&amp;", "&"))
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), new)
    for pattern, new in (
        (r"\s+([.,;:!?…%)\]}»”])(?=\s|$|[.,;:!?…)\]}»”\"'])", r"\1"),
        (r"([(\[{«“„$£€])\s+", r"\1"),
        (r"\s+(n['’]t|['’](?:s|re|ve|ll|d|m))\b", r"\1"),
        (r"(\wn|\bca)\s(['’]t)\b", r"\1\2"),
        (r"(\w)\s*@-@\s*(\w)", r"\1-\2"),
        (r"(\d)\s([.,])\s(\d)", r"\1\2\3"),
        (r"\b(gon|got|wan)\s(na|ta)\b", r"\1\2"),
        (r"s\s+(['’])(?=\s[a-z])", r"s\1"),
    )
)


def detokenise(text: str) -> str:
    """Return natural text for tokenised text.

    >>> detokenise('" It does n\\'t work , " said Mr. Ivanov ( 45 ) .')
    '"It doesn\\'t work," said Mr. Ivanov (45).'
    """
    for entity, plain in _ENTITIES:
        text = text.replace(entity, plain)
    text = " ".join(text.split())
    for pattern, new in _RULES:
        text = pattern.sub(new, text)
    return _attach_quotes(text, '"')


def _attach_quotes(text: str, mark: str) -> str:
    """Join each straight quotation mark that stands alone to the word it belongs to, opening and closing in turn."""
    opened = False
    words: list[str] = []
    glue = False
    for word in text.split():
        core = word.strip(".,;:!?…)]")
        if core == mark and word.startswith(mark):
            if opened and words:
                words[-1] += word
            elif word == mark:
                words.append(word)
                glue = True
                opened = True
                continue
            else:
                words.append(word)
            opened = not opened
            glue = False
            continue
        opened ^= word.count(mark) % 2 == 1
        if glue:
            words[-1] += word
        else:
            words.append(word)
        glue = False
    return " ".join(words)
