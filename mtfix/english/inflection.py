"""Inflection of English verbs and nouns for phrase rules, on lemminflect's tables (Jascob, 2019).

Verb forms carry the names that a pack writes: ``base s past part ing``. Two more exist only inside: ``pl`` (*are*, the
finite present plural) and ``pastpl`` (*were*), which for every verb but *be* look like ``base`` and ``past``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from mtfix.extras import hide_packages
from mtfix.files.cache import digest_parts, read_cached, write_cached

VERB_FORMS = ("base", "s", "past", "part", "ing")
NOUN_FORMS = ("sg", "pl")
Number = Literal["sg", "pl"]

_BE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "base": ("be",),
        "s": ("is",),
        "pl": ("are", "am"),
        "past": ("was",),
        "pastpl": ("were",),
        "part": ("been",),
        "ing": ("being",),
    }
)
_TAGS = {"base": "VB", "s": "VBZ", "past": "VBD", "part": "VBN", "ing": "VBG"}
# Where lemminflect's table is incomplete or puts a rare form first.
_VERBS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "lie": {"past": ("lay",), "part": ("lain",)},
    "program": {"past": ("programmed",), "part": ("programmed",), "ing": ("programming",)},
    "get": {"part": ("gotten", "got")},
    "prove": {"past": ("proved",), "part": ("proved", "proven")},
    "hang": {"past": ("hung", "hanged"), "part": ("hung", "hanged")},
}
_PLURALS: Mapping[str, tuple[str, ...]] = {"person": ("people", "persons"), "staff": ("staff", "staffs")}

_HAVE = frozenset("have has had having 've haven't hasn't hadn't".split())
_BE_GET = frozenset(
    "be am is are was were been being 's 're isn't aren't wasn't weren't get gets got getting gotten".split()
)
_BARE = frozenset(
    "to do does did don't doesn't didn't will won't would wouldn't can can't cannot could couldn't may might must "
    "should shouldn't shall let lets helps help".split()
)
_BETWEEN = frozenset("not also already just never always still even only both been now again all yet so".split())
_WORD = re.compile(r"[\w'’]+")


@lru_cache(maxsize=1)
def _load_tables() -> Any:
    # lemminflect hooks into spaCy where that is installed, and with it comes torch: seconds for nothing.
    with hide_packages("spacy"):
        import lemminflect  # 0.2 s: only runs that have phrase rules pay
    return lemminflect


@lru_cache(maxsize=1)
def _known() -> dict[str, dict[str, list[str]]]:
    """Words that were looked up before, by part of speech and lemma."""
    return read_cached(_cache_name()) or {}


def _cache_name() -> str:
    return f"inflections-{digest_parts('inflections')}.json"


def keep_inflections() -> None:
    """Keep what was looked up, so that the tables need not be loaded the next time."""
    write_cached(_cache_name(), _known())


def _inflections(lemma: str, part_of_speech: str) -> dict[str, tuple[str, ...]]:
    known = _known()
    key = f"{part_of_speech} {lemma}"
    if key not in known:
        tables = _load_tables()
        found: dict[str, Any] = tables.getAllInflections(lemma, upos=part_of_speech)
        found = found or dict(tables.getAllInflectionsOOV(lemma, upos=part_of_speech))
        known[key] = {tag: list(words) for tag, words in found.items()}
    return {tag: tuple(words) for tag, words in known[key].items()}


@lru_cache(maxsize=4096)
def verb_forms(lemma: str) -> Mapping[str, tuple[str, ...]]:
    """Return form -> spellings, the usual one first. Of a verb of several words the first is inflected.

    >>> verb_forms("carry out")["past"], verb_forms("take")["part"]
    (('carried out',), ('taken',))
    """
    head, _, rest = lemma.partition(" ")
    if rest:
        return {form: tuple(f"{w} {rest}" for w in words) for form, words in verb_forms(head).items()}
    if head == "be":
        return _BE
    table = _inflections(head, "VERB")
    past = table.get("VBD", ())
    forms = {form: table.get(tag, past if form == "part" else ()) for form, tag in _TAGS.items()}
    forms["base"] = (head,)
    forms.update(_VERBS.get(head, {}))
    return forms


@lru_cache(maxsize=4096)
def noun_forms(lemma: str) -> Mapping[str, tuple[str, ...]]:
    """Return number -> spellings, the usual one first. Of a noun of several words the last is inflected.

    >>> noun_forms("person")["pl"], noun_forms("law enforcement body")["pl"]
    (('people', 'persons'), ('law enforcement bodies',))
    """
    rest, _, head = lemma.rpartition(" ")
    if rest:
        return {form: tuple(f"{rest} {w}" for w in words) for form, words in noun_forms(head).items()}
    plurals = _PLURALS.get(head) or tuple(w for w in _inflections(head, "NOUN").get("NNS", ()) if w != head)
    return {"sg": (head,), "pl": plurals or (head,)}


def identify_verb(word: str, lemmas: Sequence[str], before: str, after: str = "") -> str | None:
    """Return the form of ``word`` (of one of ``lemmas``), or None when it cannot be told.

    Past and participle look alike in most verbs, base and past in some: the auxiliary in ``before`` (the text that
    leads up to the verb) decides, and "by" in ``after``; without a cue a past stays a past.

    >>> identify_verb("carried out", ["carry out"], "the army has not "), identify_verb("put", ["put"], "they ")
    ('part', None)
    """
    plain = " ".join(word.lower().split())
    forms = {form for lemma in lemmas for form, words in verb_forms(lemma).items() if plain in words}
    if not forms:
        return None
    if len(forms) == 1:
        form = next(iter(forms))
        if form == "base" and _cue(before) != "base":
            return "pl"  # finite: "they carry out"
        return form
    cue = _cue(before)
    if cue in forms:
        return cue
    if "part" in forms and re.match(r"\s+by\b", after):
        return "part"
    if forms == {"past", "part"}:
        return "past"
    return None


def _cue(before: str) -> str | None:
    """Return the form that the words before a verb ask for."""
    for word in reversed(_WORD.findall(before.lower().replace("’", "'"))[-4:]):
        if word in _HAVE or word in _BE_GET or word.endswith(("'ve", "'re")):
            return "part"
        if word in _BARE:
            return "base"
        if word not in _BETWEEN and not word.endswith("ly"):
            return None
    return None


def inflect_verb(lemma: str, form: str, number: Number | None = None) -> str | None:
    """Return ``lemma`` in ``form``, or None when the form is not known. ``number`` makes finite forms agree.

    >>> inflect_verb("prosecute", "part"), inflect_verb("be", "past", "pl"), inflect_verb("be", "pl")
    ('prosecuted', 'were', 'are')
    """
    if number:
        singular = {"pl": "s", "base": "s", "pastpl": "past"}
        plural = {"s": "pl", "base": "pl", "past": "pastpl"}
        form = (singular if number == "sg" else plural).get(form, form)
    forms = verb_forms(lemma)
    words = forms.get(form) or forms.get({"pl": "base", "pastpl": "past"}.get(form, ""), ())
    return words[0] if words else None


def inflect_noun(lemma: str, number: Number) -> str:
    """Return ``lemma`` in ``number``."""
    return noun_forms(lemma)[number][0]


def identify_noun(word: str, lemmas: Sequence[str]) -> Number | None:
    """Return the number of ``word``, or None when singular and plural look alike."""
    plain = " ".join(word.lower().split())
    numbers: set[Number] = set()
    for lemma in lemmas:
        forms = noun_forms(lemma)
        numbers |= {n for n in ("sg", "pl") if plain in forms[n]}
    return numbers.pop() if len(numbers) == 1 else None


def find_lemma(word: str, lemmas: Sequence[str], kind: Literal["v", "n"]) -> str:
    """Return the first of ``lemmas`` that ``word`` is a form of.

    >>> find_lemma("holding", ["carry out", "hold"], "v")
    'hold'
    """
    plain = " ".join(word.lower().split())
    forms = verb_forms if kind == "v" else noun_forms
    return next((lemma for lemma in lemmas if any(plain in words for words in forms(lemma).values())), lemmas[0])


def spell_verbs(lemmas: Sequence[str], forms: Collection[str] = ()) -> list[str]:
    """Return every spelling of ``lemmas`` in ``forms`` (all, when empty), the longest first."""
    wanted = set(forms or VERB_FORMS)
    if "past" in wanted:
        wanted.add("pastpl")
    if "s" in wanted:
        wanted.add("pl")  # "is" brings "are"; for other verbs the key does not exist
    words = {w for lemma in lemmas for form, spelt in verb_forms(lemma).items() if form in wanted for w in spelt}
    return sorted(words, key=lambda w: (-len(w), w))


def spell_nouns(lemmas: Sequence[str], forms: Collection[str] = ()) -> list[str]:
    """Return every spelling of ``lemmas`` in ``forms`` (both, when empty), the longest first."""
    wanted = forms or NOUN_FORMS
    words = {w for lemma in lemmas for form in wanted for w in noun_forms(lemma)[form]}
    return sorted(words, key=lambda w: (-len(w), w))
