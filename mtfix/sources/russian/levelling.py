"""One key for a Russian word, however it was romanized, and for its Cyrillic spelling.

Reference schemes (BGN/PCGN, ALA-LC, GOST, ISO 9, passports) and the translators' own differ in few places: х is kh or h,
ц ts or c, щ shch, sch or sht, й is y, i or j, and ё is e. Levelling takes these choices away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_LETTERS = {
    **dict(zip("абвгдезийклмнопрстуфхцыэ", "a b v g d e z i y k l m n o p r s t u f kh ts y e".split(), strict=True)),
    **dict(zip("жчшщюяё", "zh ch sh shch yu ya e".split(), strict=True)),
    **dict.fromkeys("ьъ'’ʹ′ʺ`´ʼ\"", ""),
    **dict(zip("іїєґ", "i yi ye g".split(), strict=True)),
    **dict(zip("čšžŝûâèëĭ", "ch sh zh shch yu ya e e y".split(), strict=True)),  # ISO 9, and its Slavic kin
}
_TABLE = str.maketrans(_LETTERS)
_DIGRAPHS = {"kh": "h", "zh": "Z", "sh": "W", "ch": "C", "ts": "c", "tz": "c", "ph": "f", "x": "ks", "w": "v", "q": "k"}
_STEPS = tuple(
    (re.compile(pattern), level)
    for pattern, level in (
        (r"shch|shtch|shh|sht|sch", "S"),
        (r"(?<![aeiouy])[yj]o", "e"),  # ё; район keeps its йо
        *_DIGRAPHS.items(),
        (r"[yj]", "i"),
        (r"i{2,}", "i"),
        (r"ie", "e"),
    )
)
_CONSONANT = "bcdfghklmnpqrstvwxz"
# A soft sign that was written as y or j: denygami, vozobnovitjsya.
_SOFT = re.compile(rf"(?<=[{_CONSONANT}])[yj](?=[{_CONSONANT}]|y[aeou]|$)")


def level_word(word: str) -> str:
    """Return what is left of a Russian word, in Cyrillic, romanized or half of each, when choices of spelling are levelled.

    >>> {level_word(w) for w in ("героиновая", "geroinovaya", "geroinovaja", "geroinovaia")}
    {'geroinovaia'}
    >>> {level_word(w) for w in ("борющийся", "boryushchiysya", "borjuščijsja", "boryuschijsya")}
    {'boriuSisia'}
    """
    levelled = word.lower().translate(_TABLE)
    if not levelled.isascii():
        levelled = "".join(c for c in unicodedata.normalize("NFKD", levelled) if c.isascii())
    for pattern, level in _STEPS:
        levelled = pattern.sub(level, levelled)
    return levelled


def level_romanized(word: str) -> Iterator[str]:
    """Yield the keys that a romanized word may have, the likeliest first.

    >>> level_word("деньгами") in level_romanized("denygami"), level_word("выборщиков") in level_romanized("vyborqikov")
    (True, True)
    """
    yield level_word(word)
    lowered = word.lower()
    if _SOFT.search(lowered):
        yield level_word(_SOFT.sub("", lowered))
    if "q" in lowered or "w" in lowered:
        yield level_word(lowered.replace("q", "shch").replace("w", "sh"))
    if "x" in lowered:
        yield level_word(lowered.replace("x", "kh"))
