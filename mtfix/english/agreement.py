"""What a replacement must agree with: the article before it, the capital it takes over, the line breaks it spans."""

from __future__ import annotations

import re

# Words that take a capital only because they open a sentence.
FUNCTION_WORDS = frozenset(
    """a an the this that these those it its he his she her they their we our you your my one some any many most
    all both each every no not several about above across after against along among around as at because
    before behind below between beyond but by despite during except for from if in inside into near of off on
    once onto or out over since so than then there though through to toward towards under until up upon when
    where which while who with within without according earlier later also only still now today yesterday
    tomorrow here how what why such two three four five six seven eight nine ten police officials authorities
    sources witnesses experts investigators doctors journalists reporters soldiers troops militants terrorists
    criminals participants representatives employees members citizens residents people""".split()
)


_ARTICLE_BEFORE = re.compile(r"(?:^|(?<=[\s(\[“‘\"'«—–-]))([Aa]n?|AN?)(\s+)$")
_FIRST_WORD = re.compile(r"[“‘\"'«(]*([^\W_]+(?:['’.-][^\W_]+)*)")
# Spelled with a vowel, said with a consonant: a union, a European, a one-way street.
_SOUNDS_CONSONANT = re.compile(
    r"(?:uni(?!n|mp)|us(?:e|age|ua|ur|ing)|ut(?:il|op|e)|eu|ew|on(?:e\b|e-|ce)|ou(?:ija)|u[bk]i|ura[nl]|ukr)", re.I
)
_SOUNDS_VOWEL = re.compile(r"(?:hour|honest|hono|heir|8|11\b|11[ ,.]|18\b|18[ ,.])", re.I)
_SAID_AS_WORDS = frozenset("NATO NASA UNESCO UNICEF OPEC FIFA UEFA HAMAS HTS SARS MERS LUKOIL RUSAL ROSATOM".split())


def wants_an(word: str) -> bool:
    """Whether "an" stands before ``word``, by its sound.

    >>> [wants_an(w) for w in ("hour", "union", "FSB", "NATO", "MP", "11", "attack", "11th", "U.S.")]
    [True, False, True, False, True, True, True, True, False]
    """
    if word[:1].isdigit():
        digits = re.match(r"\d+", word)
        number = digits.group() if digits else ""
        return number.startswith("8") or number in ("11", "18")
    if word[1:2] == "-" and word[0].isupper():  # X-ray, F-16, T-72: a letter's name
        return word[0] in "AEFHILMNORSX"
    letters = word.replace(".", "")
    if len(letters) > 1 and letters.isupper() and letters not in _SAID_AS_WORDS:
        return letters[0] in "AEFHILMNORSX"
    if _SOUNDS_VOWEL.match(word):
        return True
    return word[:1].lower() in "aeiou" and not _SOUNDS_CONSONANT.match(word)


def agree_article(text: str, start: int, end: int, replacement: str) -> tuple[int, str]:
    """Return the edit's new start and replacement, taking in an "a" or "an" before it that no longer agrees.

    Only an article that was right before the edit is changed.

    >>> agree_article("an assistant", 3, 12, "driver's assistant")
    (0, "a driver's assistant")
    """
    article = _ARTICLE_BEFORE.search(text[max(0, start - 8) : start])
    old, new = _FIRST_WORD.match(text[start:end]), _FIRST_WORD.match(replacement)
    if not (article and old and new):
        return start, replacement
    was_an = len(article.group(1)) == 2
    if wants_an(old.group(1)) != was_an or wants_an(new.group(1)) == was_an:
        return start, replacement
    letter = article.group(1)[0]
    right = letter if was_an else letter + ("N" if article.group(1).isupper() and text[:end].isupper() else "n")
    length = len(article.group())
    return start - length, right + article.group(2) + replacement


def recase(text: str, start: int, end: int, replacement: str) -> str:
    """Give the replacement the capital that stood at the start of a sentence, or all capitals in an all-capital line."""
    matched = text[start:end]
    if text.isupper() and any(c.isalpha() for c in matched):
        return replacement.upper()
    first = next((c for c in matched if c.isalnum()), "")
    if first.isupper() and opens_sentence(text, start):
        return raise_first(replacement)
    return replacement


def opens_sentence(text: str, at: int) -> bool:
    """Whether position ``at`` of a segment begins a sentence: its start, or after a colon or an opening quotation mark."""
    head = text[:at].rstrip()
    bare = head.rstrip('"“‘«„([—–- ')
    return not bare or bare[-1] in ".!?:" or (len(head) == at and head[-1:] in ("“", "«", "„"))


def keep_line_breaks(text: str, end: int, matched: str, replacement: str) -> tuple[int, str]:
    """Return the edit's new end and replacement so that a line break inside ``matched`` survives.

    The break goes to the space of the replacement nearest to where it was; without one, behind the replacement.
    """
    if "\n" not in matched or "\n" in replacement:
        return end, replacement
    breaks = "\r\n" if "\r\n" in matched else "\n"
    where = matched.index("\n") / max(1, len(matched)) * len(replacement)
    spaces = [i for i, c in enumerate(replacement) if c == " "]
    if spaces:
        at = min(spaces, key=lambda i: abs(i - where))
        return end, replacement[:at] + breaks + replacement[at + 1 :]
    following = len(text[end:]) - len(text[end:].lstrip(" "))
    if end + following >= len(text) or not replacement or not following:
        return end, replacement
    return end + following, replacement + breaks


def lower_first(text: str) -> str:
    """Lower the first letter."""
    return text[:1].lower() + text[1:]


def raise_first(text: str) -> str:
    """Raise the first letter, looking past opening quotation marks and brackets.

    >>> raise_first("“we go”")
    '“We go”'
    """
    for i, character in enumerate(text):
        if character.isalnum():
            return text[:i] + character.upper() + text[i + 1 :]
        if character not in "“‘\"'(«[":
            break
    return text


def fit_middle(text: str) -> str:
    """Lower the first word when only the start of a sentence gave it a capital; names stay as they are.

    >>> fit_middle("The police in Omsk"), fit_middle("Moscow police")
    ('the police in Omsk', 'Moscow police')
    """
    word = re.match(r"[A-Za-z]+", text)
    if word and word.group().lower() in FUNCTION_WORDS and not (len(word.group()) > 1 and word.group().isupper()):
        return lower_first(text)
    return text
