"""What an edit must not lose or invent: numbers by value, names, negations, placeholders, markup, addresses.

Each check compares the machine translation with the hypothesis. A *loss* is licensed when the reference made the same
change: a post-editor who drops a wrong number is right, a system that drops a right one is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mtfix.english.numerals import number_values, same_numbers

KINDS = ("number", "name", "negation", "placeholder", "markup", "address")

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?", re.UNICODE)
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|[\n\r]\s*)[\"'“”‘«(\[—–-]*\s*$")
_NEGATION = re.compile(
    r"\b(?:not|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|no(?!\.\s*\d)|no one)\b|n\s?[’'´]t\b",
    re.IGNORECASE,
)
# Words that may take over from a "not"; they count only for the side that would otherwise have lost one.
_SOFT_NEGATION = re.compile(
    r"\b(?:unable|fail(?:s|ed|ing)?|refus(?:e|es|ed|ing)|den(?:y|ies|ied|ying)|lack(?:s|ed|ing)?|absen(?:t|ce)"
    r"|un\w{3,}|in(?:correct|ability|valid|sufficient|complete)\w*|im(?:possible|probable)\w*|hardly|barely|scarcely"
    r"|non-\w+|ceas(?:e|es|ed)|stop(?:s|ped)?|only|far from|rather than|instead of)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\{\{?[\w.:-]*\}?\}|%\(\w+\)[sdif]|%[sdif]\b|\$\{\w+\}|[⟦⟨]\w+[⟧⟩]|__[A-Z0-9_]+__")
_MARKUP = re.compile(r"</?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>|&(?:\w+|#\d+|#x[0-9a-fA-F]+);")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"”]+[^\s<>\"”.,;:!?)]|[\w.+-]+@[\w-]+\.[\w.-]*\w|(?<!\w)@\w{2,}")

_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december".split()
)
_COMMON_CAPITALS = frozenset(
    "i i'm i've i'll i'd mr mrs ms dr prof sir the a an this that these those he she it they we you his her its their "
    "our my your in on at by for from of to with and but or if as when while after before there here what who how why "
    "according also however then no".split()
)
_ENDINGS = ("'s", "’s", "'", "’", ".")
# Folds the spellings that one Russian name has in English, so that Sergey and Sergei are one name.
_TRANSLITERATION = (
    ("kh", "h"),
    ("ks", "x"),
    ("ph", "f"),
    ("yo", "e"),
    ("iy", "i"),
    ("ey", "ei"),
    ("j", "i"),
    ("y", "i"),
)


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a hypothesis lost (``added`` False) or made up (True); ``licensed``: the reference did so too."""

    kind: str
    item: str
    added: bool = False
    licensed: bool = False


def fold_name(word: str) -> str:
    """Return what the spellings of one name have in common: no possessive, no doubled letters, one transliteration.

    >>> fold_name("Sergey's") == fold_name("Sergei")
    True
    """
    for ending in _ENDINGS:
        word = word.removesuffix(ending)
    folded = word.casefold()
    for old, new in _TRANSLITERATION:
        folded = folded.replace(old, new)
    return re.sub(r"(.)\1", r"\1", folded)


def find_names(text: str) -> list[str]:
    """Return words that are written like names: a capital inside the sentence, or capitals throughout.

    A capital at the start of a sentence proves nothing, unless the word also stands elsewhere with one. Days, months
    and titles are not names. Headlines In Title Case have no names in this sense: the list is empty for them.

    >>> find_names("Police in Kazan told Interfax that Kazan is calm.")
    ['Kazan', 'Interfax', 'Kazan']
    """
    words = [(m.group(), m.start()) for m in _WORD.finditer(text)]
    long_words = [w for w, _ in words if len(w) > 3]
    if len(long_words) > 3 and all(w[0].isupper() for w in long_words):
        return []
    inner: list[tuple[int, str]] = []
    doubtful: list[tuple[int, str]] = []
    for word, start in words:
        plain = word.removesuffix(".")
        if not any(c.isupper() for c in plain) or plain.casefold() in _CALENDAR | _COMMON_CAPITALS:
            continue
        shouts = len(plain) > 1 and plain.isupper()
        at_start = _SENTENCE_START.search(text, 0, start) is not None if not shouts else False
        (doubtful if at_start else inner).append((start, word))
    known = {fold_name(w) for _, w in inner}
    return [w for _, w in sorted(inner + [d for d in doubtful if fold_name(d[1]) in known])]


def _lost_names(before: str, after: str) -> list[str]:
    there = {fold_name(m.group()) for m in _WORD.finditer(after)}
    there |= {part for word in list(there) for part in re.split(r"[-’']", word)}
    stems = {word[:4] for word in there if len(word) >= 4}
    lost = []
    for name in dict.fromkeys(find_names(before)):
        folded = fold_name(name)
        if folded in there or all(p in there for p in re.split(r"[-’']", folded)):
            continue
        # Russia and Russian, Ukraine and Ukrainian are one name; short acronyms must match whole.
        if len(folded) >= 5 and folded[:4] in stems:
            continue
        lost.append(name)
    return lost


def _missing(before: str, after: str, find: Callable[[str], Iterable[str]]) -> list[str]:
    return list((Counter(find(before)) - Counter(find(after))).elements())


def _numbers(text: str) -> list[str]:
    return [format(value.normalize(), "f") for value in number_values(text).elements()]


def _lost_numbers(before: str, after: str) -> list[str]:
    return [] if same_numbers(before, after) else _missing(before, after, _numbers)


def _lost_negations(before: str, after: str) -> list[str]:
    cues_before, cues_after = _NEGATION.findall(before), _NEGATION.findall(after)
    soft = len(_SOFT_NEGATION.findall(after)) - len(_SOFT_NEGATION.findall(before))
    return [c.casefold() for c in cues_before[: max(0, len(cues_before) - len(cues_after) - max(0, soft))]]


_FINDERS: dict[str, Callable[[str, str], list[str]]] = {
    "number": _lost_numbers,
    "name": _lost_names,
    "negation": _lost_negations,
    "placeholder": lambda b, a: _missing(b, a, _PLACEHOLDER.findall),
    "markup": lambda b, a: _missing(b, a, _MARKUP.findall),
    "address": lambda b, a: _missing(b, a, _ADDRESS.findall),
}


def find_losses(mt: str, hypothesis: str, references: Sequence[str] = ()) -> list[Loss]:
    """Return what the hypothesis lost from the machine translation, and what it added to it.

    Names that are added are not counted: expanding an acronym or naming a pronoun is honest work that only the source
    can judge. With references, a change that at least one of them shares is licensed.

    >>> find_losses("He did not take 5 bags.", "He took 5 bags.")
    [Loss(kind='negation', item='not', added=False, licensed=False)]
    """
    if mt == hypothesis:
        return []
    losses = []
    for kind, find in _FINDERS.items():
        for added in (False, True):
            if added and kind == "name":
                continue
            items = find(hypothesis, mt) if added else find(mt, hypothesis)
            if not items:
                continue
            shared = [Counter(find(r, mt) if added else find(mt, r)) for r in references]
            for item in items:
                # "no" for "not" is the same change: a negation is licensed by any change of negation in its direction.
                licensed = any(counter if kind == "negation" else counter[item] for counter in shared)
                losses.append(Loss(kind, item, added, licensed))
    return losses
