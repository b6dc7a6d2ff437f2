"""Augmentation: quotes, dashes and foreign words vary in both sides of a pair; inputs have some of their errors mended already."""

from __future__ import annotations

import difflib
import random
import re

from mtfix.training.data.pairs import Pair

_CYRILLIC = "абвгдежзиклмнопрстуфхчшыья"
_STYLES = (("“", "”", "’"), ("«", "»", "’"), ("„", "“", "’"), ("“", "”", "'"))


def _quote(text: str, style: tuple[str, str, str]) -> str:
    opening, closing, apostrophe = style
    text = re.sub(r'"(?=[\w$€(])', opening, text)
    text = text.replace('"', closing)
    return re.sub(r"(?<=\w)'(?=\w)", apostrophe, text)


def dress(pair: Pair, rng: random.Random, share: float = 0.2) -> Pair:
    """Return the pair, in ``share`` of the cases with other quotes, dashes, or a foreign word in both sides."""
    if rng.random() > share:
        return pair
    mt, pe = pair.mt, pair.pe
    if '"' in mt or "'" in mt:
        style = rng.choice(_STYLES)
        mt, pe = _quote(mt, style), _quote(pe, style)
    if " - " in mt and " - " in pe:
        dash = rng.choice((" – ", " — "))
        mt, pe = mt.replace(" - ", dash), pe.replace(" - ", dash)
    if rng.random() < 0.12:
        names = [w for w in re.findall(r"\b[A-Z][a-z]{3,}\b", mt) if mt.count(w) == 1 and pe.count(w) == 1]
        if names:
            name = rng.choice(names)
            letters = [rng.choice(_CYRILLIC) for _ in range(rng.randint(4, 9))]
            word = "".join(letters)
            word = word.capitalize() if rng.random() < 0.5 else word
            mt, pe = mt.replace(name, word), pe.replace(name, word)
    return Pair(mt, pe, pair.kind)


def mend_partly(mt: str, pe: str, rng: random.Random, share: float = 0.35) -> str:
    """Return ``mt`` with about ``share`` of the editor's changes made.

    The same post-edit then has another input in each pass, and each change is learnt with and without its neighbours.

    >>> mend_partly("In Perm detained two man.", "Two men were detained in Perm.", random.Random(0), share=0.0)
    'In Perm detained two man.'
    """
    before, after = mt.split(" "), pe.split(" ")
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    words: list[str] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        words += after[k:m] if tag != "equal" and rng.random() < share else before[i:j]
    return " ".join(words)
