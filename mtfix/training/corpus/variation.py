"""Augmentation: quotes, dashes and words of other alphabets are varied, the same in both sides of a pair."""

from __future__ import annotations

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
