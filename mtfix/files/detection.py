"""Which 8-bit encoding an unlabelled text is in: the one in which every letter and mark stands in a plausible place.

A wrong guess destroys text, so a reading must be *sound*: "caf‚" for "café", "donÕt" for "don’t", box-drawing, Cyrillic
letters that touch Latin ones and the like are signs of another encoding. A text that no candidate reads soundly is not decoded.
"""

from __future__ import annotations

import math
import re
from unicodedata import category

#: What old newsroom files are written in; detection chooses among these.
CANDIDATES = ("cp1252", "cp1251", "koi8_r", "cp866")
_SAMPLE = 32_768  # bytes of lines with non-ASCII bytes that detection reads
_SHARPNESS = 40.0  # turns differences of charset-normalizer's mess ratio (0 to 1) into confidence
_SOUND = 0.03  # share of odd characters in a sound reading
_SURE = 0.75  # confidence below which nothing is told
_WRONG = 0.4  # share of odd characters in a text that its label cannot be right about
_FEW = 3  # characters that are not ASCII; fewer contradict nobody
_ENOUGH = 20  # Cyrillic letters whose frequencies tell

_MARKS = frozenset("“”„«»‘’‚–—…•·№§©®™°€£±×½¼¾²³¹\xa0\xad¿¡‰º")
_ODD_LATIN = re.compile(
    "(?<=[a-zà-öø-ÿ])[À-ÖØ-ÞŠŽŒŸ]"  # cafŽ
    "|[À-ÖØ-ÞŠŽŒŸ](?=[A-Z][a-z])"  # ÒWe
    r"|(?<=\d)[À-ÖØ-öø-ÿŠšŽžŒœŸƒ]|[À-ÖØ-öø-ÿŠšŽžŒœŸƒ](?=\d)"  # œ5
    "|(?<![^\\W\\d_'’-])[À-ßá-öø-ÿŠšŽžŒœŸƒµ](?![^\\W\\d_'’-])"  # a letter alone
)
_ODD_CYRILLIC = re.compile(
    r"(?<=[A-Za-z])[\u0400-\u04ff]|[\u0400-\u04ff](?=[A-Za-z])|(?<=\d)[\u0400-\u04ff]|[\u0400-\u04ff](?=\d)"
    r"|[ЂЃѓЉЊЌЋЏђљњќћџЈјЅѕ]|(?<![\u0400-\u04ff])[ЎўҐґІіЁЄЇЄєїё](?![\u0400-\u04ff])"
    r"|(?<=[а-яё])[А-ЯЁ]"
    r"|(?<![\u0400-\u04ff])[бгдежзлмнпртфхцчшщъыьэюБГДЖЗЛМНПРТФХЦЧШЩЪЫЬЮ](?![\u0400-\u04ff.])"
    r"|(?<![\u0400-\u04ff])[бвгджзйклмнпрстфхцчшщъь]{3,}(?![\u0400-\u04ff])"  # no vowel
)
_ODD_MARKS = re.compile(
    r"(?<=\w)[‚„]|(?<=[^\W\d_])[“”«»‹›†‡•](?=[^\W\d_])|(?<=[a-z])[£€½¼¾]|[½¼¾](?=[^\W\d_]{2})"
    r"|[©®°±×½¼¾²³¹·€£](?=[^\x00-\x7f])|(?<=[^\x00-\x7f])[±×½¼¾²³¹·€£]|[€©®](?=[\u0400-\u04ff])|(?<!\w)¹(?=\s?\d)"
    r"|(?<=[^\W\d_])\xa0(?=[a-z])"
)
_SYMBOL_ALONE = re.compile(r"(?<![\w\x80-\uffff])[^\w\x00-\x7f](?![\w\x80-\uffff])")
_WORD = re.compile(r"[^\W\d_]{2,}")
_COMMON = frozenset("оеаинтсрвл")
_CYRILLIC = re.compile("[а-яё]")


def detect(data: bytes) -> tuple[str, float] | None:
    """Return the likeliest of `CANDIDATES` and a confidence from 0 to 1; None if none fits, or none is likely enough.

    Among sound readings charset-normalizer measures how messy each is; the confidence is the share of the best one's
    weight, ``exp(-40 mess)``, among the readings that differ. Readings that are the same text (English with curly quotes
    is the same in windows-1251 and -1252) do not compete: the first candidate stands for them. No detection is surer
    than 0.99.
    """
    from charset_normalizer.md import mess_ratio  # only odd files pay for it

    sample = b"\n".join(line for line in data.splitlines() if not line.isascii())[:_SAMPLE]
    weights: dict[str, tuple[str, float]] = {}
    for candidate in CANDIDATES:
        if fits_whole(data, candidate):
            text = sample.decode(candidate)
            odd = measure_oddness(text)
            if odd <= _SOUND:
                weights.setdefault(text, (candidate, math.exp(-_SHARPNESS * (mess_ratio(text, 1.0) + odd))))
    total = sum(weight for _, weight in weights.values())
    if not total:
        return None
    best, weight = max(weights.values(), key=lambda pair: pair[1])  # the first of equals
    confidence = min(0.99, weight / total)
    return (best, confidence) if confidence >= _SURE else None


def measure_oddness(text: str) -> float:
    """Return the share of characters, among those that are not ASCII, that stand where no text has them.

    >>> measure_oddness("The “café” cost £5 – or €6."), measure_oddness("The caf‚ cost « of œ5.") > 0.5
    (0.0, True)
    """
    high = [c for c in text if c > "\x7f"]
    if not high:
        return 0.0
    odd = sum(not c.isalpha() and c not in _MARKS and category(c)[0] != "M" for c in high)
    odd += sum(len(found[0]) for pattern in (_ODD_LATIN, _ODD_CYRILLIC, _ODD_MARKS) for found in pattern.finditer(text))
    odd += abs(text.count("«") - text.count("»")) if len(text) < _SAMPLE // 2 else 0
    for found in _WORD.finditer(text):
        letters = sum("\x7f" < c < "\u0370" for c in found[0])
        if letters > 0.7 * len(found[0]):  # Ïàðèæ
            odd += letters
    if re.search("[\u0400-\u04ff]{3}", text) is None:
        odd += sum("\u0400" <= c <= "\u04ff" for c in high)  # letters without a word
    cyrillic = _CYRILLIC.findall(text.lower())
    if len(cyrillic) >= _ENOUGH and 5 * sum(c in _COMMON for c in cyrillic) < 2 * len(cyrillic):
        odd += len(cyrillic)  # Hebrew or Greek
    return min(1.0, odd / len(high))


def contradicts_label(text: str) -> bool:
    """Whether a text, read as its label says, is so odd that the label must be wrong; symbols apart from words are not."""
    lines = "\n".join(line for line in text.splitlines() if not line.isascii())[:_SAMPLE]
    words = _SYMBOL_ALONE.sub(" ", lines)
    return sum(c > "\x7f" for c in words) >= _FEW and measure_oddness(words) > _WRONG


def name_escapes(data: bytes) -> str:
    """Return what encoding of seven bits a text of plain ASCII bytes seems to be in, '' for none.

    >>> name_escapes(b"$500 ~ 5+5"), name_escapes("кот".encode("iso2022_jp"))
    ('', 'ISO-2022')
    """
    if b"\x1b$" in data or re.search(rb"\x1b\([A-Z]|\x1b[-.]\w", data):
        return "ISO-2022"
    if re.search(rb"~\{(?:[\x21-\x7e]{2}){1,500}~\}", data):
        return "HZ"
    return "UTF-7" if _is_utf7(data) else ""


def _is_utf7(data: bytes) -> bool:
    shifts = re.findall(rb"\+[A-Za-z0-9+/]{2,}-?", data)
    if not shifts or len(shifts) != data.count(b"+") - data.count(b"+-"):
        return False
    try:
        text = data.decode("utf-7")
    except UnicodeDecodeError:
        return False
    high = [c for c in text if c > "\x7f"]
    return bool(high) and all(c in _MARKS or (c.isalpha() and c < "\u0530") for c in high)


def is_damaged_utf8(data: bytes, least: int = 0) -> bool:
    """Whether most of what is not ASCII is good UTF-8: reading it as another encoding would make rubbish of it."""
    odd = [c for c in data.decode("utf-8", "surrogateescape") if c > "\x7f"]
    bad = sum("\udc80" <= c <= "\udcff" for c in odd)
    return len(odd) - bad >= max(bad, least)


def has_stray_bytes(data: bytes) -> bool:
    """Whether what is not UTF-8 in a text are single bytes here and there, as old pages have them."""
    text = data.decode("utf-8", "surrogateescape")
    bad = sum("\udc80" <= c <= "\udcff" for c in text)
    return 20 * bad <= len(text) and re.search("[\udc80-\udcff]{2}", text) is None


def is_convincing_utf8(text: str, label: str) -> bool:
    """Whether a text that its bytes allow to be UTF-8 is that, though a label says otherwise.

    Bytes of a one-byte encoding are never good UTF-8 by chance; a character or two of Chinese, Japanese or Korean may be.
    """
    high = [c for c in text if c > "\x7f"]
    if not re.match(r"gb|big5|euc|shift|cp9[345]|johab|hz|iso2022|ms", label) or len(high) >= 4:
        return bool(high)
    return bool(high) and measure_oddness(text) == 0.0


def fits_whole(data: bytes, encoding: str) -> bool:
    """Whether all bytes have a meaning in an encoding."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
