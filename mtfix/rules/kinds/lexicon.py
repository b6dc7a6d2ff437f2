"""Rules of the kind `lexicon`: Russian words that a translator left untranslated, in Cyrillic or romanized.

One reading of a text serves all rules of the kind: `words` says which of the finds are a rule's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from mtfix.english.agreement import opens_sentence
from mtfix.profile import Profile
from mtfix.rules.rule import Context, Proposal, RuleInfo
from mtfix.rules.schema import RuleModel
from mtfix.sources.russian.lexicon import Class, Reading, find_readings

Words = Literal["places", "measures", "nouns", "others"]

_LETTERS = r"A-Za-z\x{C0}-\x{24F}\x{400}-\x{4FF}"
_TOKEN = re.compile(
    r"(?<![\w@#/\\&'’.:-])(?:(?P<figure>\d+(?:[.,]\d+)?)(?P<dash>[-–‑]?))?"
    r"(?P<word>[^\W\d_]+(?:['’ʹ′`][^\W\d_]+)*['’ʹ′]?)(?![\w@\\&-]|/\w|\.\w|:/)"
)
_MARKS = re.compile(r"[\"“”„«»]|(?<!\w)['‘]|['’](?!\w)")
# A quotation of fewer words is a title or a name.
_TITLE_WORDS = 6
# Letters of ISO 9 and its kin; a word with any other beyond ASCII is Czech, Spanish, Finnish ...
_FOREIGN = re.compile(r"[^\x00-\x7Fčšžŝûâèëĭʹ′’`\u0400-\u04FF]")
_CONTRACTION = re.compile(r"['’](?:d|s|t|m|ll|ve|re)$")
# A text that has these is not English, or quotes what is not.
_OTHER_LANGUAGE = re.compile(
    r"(?<![\w'’-])(?:de|la|el|los|las|que|del|una|por|para|con|les|des|du|et|est|und|der|das|ist|nicht|il|che|della|och|și|în"
    r"|pe)(?![\w'’-])"
)
_LEAST_CYRILLIC, _LEAST_ROMANIZED, _LEAST_SURE = 3, 5, 6

_PREPOSITIONS = frozenset(
    """about above across after against along among around as at because before behind below beside besides between by
    despite during for from in including inside into like near of off on onto out outside over past per through throughout
    to toward towards under until up upon via with within without""".split()
)
_DETERMINERS = frozenset(
    "the his her its their our my your this that every each another any some no which whose other such own".split()
)
_ONE = frozenset("a an this that every each another one".split())
_MANY = frozenset(
    """these those many several few both all most some two three four five six seven eight nine ten eleven twelve dozens
    hundreds thousands various numerous""".split()
)
_NO_NOUN = (
    _PREPOSITIONS
    | _DETERMINERS
    | frozenset(
        """a an and or but nor so yet if than that who whom when where while because although though he she it they we i you
        him them us me is are was were be been being am has have had do does did will would can could may might shall should
        must not also only just even still already then there here said says told reported stated noted added explained""".split()
    )
)
# What bears an adjective of a place although that has a capital: "Samarskoy oblast", not "Samarskaya said".
_OF_A_PLACE = frozenset(
    """region oblast krai kray republic city town airport port station police court prosecutor prosecutors hospital clinic
    university institute school plant factory district metro subway railway governor mayor authorities administration
    government parliament residents resident police team club theater theatre museum zoo river sea coast border bank company
    branch department ministry office garrison direction suburbs outskirts""".split()
)
# Plurals of persons that no surname looks like: Spetsnazovtsy, Tankisty.
_PERSONS = re.compile(r"(?:ts[yi]|c[yi]|ist[yi]|ner[yi]|tel[yi]|nik[i]|chik[i]|ovik[i])$")
_OBLIQUE = re.compile(
    r"(?:[oо][gг][oо]|[oо][mм][uу]?|[oо][yjiй]|uyu|uju|iuiu|ую|ie|iye|ije|ие|i[kх]h?|их|im|ими?|imi)$"
)
# What lasts or comes round by years; all else beside "25-летний" has an age.
_LASTS = frozenset(
    """absence agreement anniversary ban battle bond bonds break career ceasefire civil-war conflict contract course crisis
    cycle deal decline delay drought dispute effort exile experience feud forecast history imprisonment jail jubilee lease
    loan marriage maximum mandate minimum moratorium occupation pause peak period plan prison process program programme
    project prospect quest record reign research sanctions sentence silence stay strategy struggle study suspension term
    tradition training truce visa war warranty wait work""".split()
)


class LexiconModel(RuleModel):
    """YAML: `words`, the finds that are the rule's own."""

    kind: Literal["lexicon"] = "lexicon"
    words: Words

    def compile(self, info: RuleInfo, profile: Profile) -> LexiconRule:
        return LexiconRule(info, self.words)


@dataclass(frozen=True, slots=True)
class LexiconRule:
    info: RuleInfo
    words: Words
    patterns: Sequence[str] = (rf"[{_LETTERS}]{{3}}",)

    def propose(self, text: str, context: Context) -> Iterator[Proposal]:
        for find in read_words(text):
            if find.words == self.words:
                yield Proposal(find.start, find.end, find.english, why=find.why)


@dataclass(frozen=True, slots=True)
class Find:
    """An untranslated word: its span, its English, what an editor reads, and which rule it is for."""

    start: int
    end: int
    english: str
    why: str
    words: Words


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the text that the lexicon knows, and its neighbours: small letters, '' where punctuation stands between."""

    start: int
    end: int
    text: str
    figure: str
    readings: tuple[Reading, ...]
    before: str
    after: str

    @property
    def lowered(self) -> bool:
        return not self.text.removeprefix(self.figure)[:2].lstrip("-–‑")[:1].isupper()


@lru_cache(maxsize=4096)  # each rule of the kind asks for the same text
def read_words(text: str) -> tuple[Find, ...]:
    """Return the Russian words of a text, in order."""
    words = list(_read_known(text))
    return tuple(_judge(text, words, number) for number in range(len(words)))


def _read_known(text: str) -> Iterator[_Word]:
    titles: list[tuple[int, int]] | None = None
    other = ""  # whether the text is of another language is asked for the first find
    for m in _TOKEN.finditer(text):
        word, figure = m["word"], m["figure"] or ""
        if figure and not m["dash"] and word.isascii():
            continue
        bare = word.rstrip("’'ʹ′")
        cyrillic = not (word.isascii() or _is_romanized(word))
        if len(bare) < (_LEAST_CYRILLIC if cyrillic or figure else _LEAST_ROMANIZED) or word[1:] != word[1:].lower():
            continue
        if _FOREIGN.search(word.lower()) or _CONTRACTION.search(word):
            continue
        readings = find_readings(word, bool(figure)) or (find_readings(bare, bool(figure)) if bare != word else ())
        if not readings:
            continue
        other = other or ("yes" if len(set(_OTHER_LANGUAGE.findall(text))) > 1 else "no")
        if other == "yes" and not cyrillic:
            continue
        titles = _find_titles(text) if titles is None else titles
        end = (
            m.end("word")
            if find_readings(word, bool(figure)) and not _closes_quotation(text, m)
            else m.start("word") + len(bare)
        )
        start = m.start()
        if any(a <= start and end <= b for a, b in titles):
            continue
        found = _Word(start, end, text[start:end], figure, readings, _word_before(text, start), _word_after(text, end))
        if found.lowered or _may_be_raised(text, found):
            yield found


def _may_be_raised(text: str, word: _Word) -> bool:
    """Whether a word with a capital is a word all the same, not a name."""
    if all(r.lemma.kind is Class.PLACE for r in word.readings):
        return _is_attribute(text, word)
    if not opens_sentence(text, word.start) or word.after[:1].isupper():
        return False
    if not word.text.isascii():
        return bool(word.after)
    return len(word.text) > 7 and _PERSONS.search(word.text) is not None and all(r.form == 2 for r in word.readings)


def _closes_quotation(text: str, match: re.Match[str]) -> bool:
    word = match["word"]
    return word[-1] in "'’" and re.search(r"(?:^|[\s(])['‘]", text[: match.start()]) is not None


def _find_titles(text: str) -> list[tuple[int, int]]:
    """Return the spans between quotation marks that hold a few words."""
    marks = [m.start() for m in _MARKS.finditer(text)]
    return [(a, b) for a, b in pairwise(marks) if len(text[a:b].split()) < _TITLE_WORDS]


_BEFORE = re.compile(r"(?:^|(?<=[\s(]))([\w'’-]+)[ \u00a0\n]$")
_AFTER = re.compile(r"[ \u00a0\n]([^\W\d_][\w'’-]*)(?=[\s,.;:!?)]|$)")


def _word_before(text: str, start: int) -> str:
    found = _BEFORE.search(text[max(0, start - 40) : start])
    return found[1] if found else ""


def _word_after(text: str, end: int) -> str:
    found = _AFTER.match(text[end : end + 40])
    return found[1] if found else ""


def _judge(text: str, words: Sequence[_Word], number: int) -> Find:
    word = words[number]
    reading = _choose_reading(word)
    lemma = f"{word.figure}-{reading.lemma.lemma}" if word.figure else reading.lemma.lemma
    english = _write(word, reading)
    glosses = list(
        dict.fromkeys([*reading.lemma.gloss.split("/"), *(r.lemma.gloss.split("/")[0] for r in word.readings)])
    )
    shown = " or ".join(f'"{gloss}"' for gloss in ([english] if len(glosses) == 1 else glosses[:3]))
    why = f"'{word.text}' is the Russian word {lemma} left untranslated: {shown}."
    sure = len({_write(word, r) for r in word.readings}) == 1 and not any(r.lemma.doubtful for r in word.readings)
    group: Words = "others"
    if sure and reading.lemma.kind is Class.PLACE and _is_attribute(text, word):
        group = "places"
    elif sure and reading.lemma.kind is Class.MEASURE and _fits_measure(word):
        group = "measures"
    elif sure and reading.lemma.kind is Class.NOUN and _is_plain(text, word, reading, words, number):
        group = "nouns"
    return Find(word.start, word.end, english, why, group)


def _is_romanized(text: str) -> bool:
    return not any("Ѐ" <= c <= "ӿ" for c in text)


def _choose_reading(word: _Word) -> Reading:
    """Return the likeliest reading: an adjective before a noun, a sure one before a doubtful one."""
    first = Class.NOUN if not word.after or word.after in _NO_NOUN else Class.ADJECTIVE
    return min(word.readings, key=lambda r: (r.lemma.kind is not first, r.lemma.doubtful, r.ambiguous))


def _write(word: _Word, reading: Reading) -> str:
    lemma = reading.lemma
    if lemma.kind is Class.NOUN:
        return lemma.english[_number(word, reading) or 1]
    if lemma.kind is Class.VERB:
        return lemma.english[reading.form]
    if lemma.kind is Class.MEASURE:
        return _write_measure(word, lemma.english[0])
    return lemma.english[0]


def _write_measure(word: _Word, english: str) -> str:
    if word.figure:
        english = f"{word.figure} {english}" if english == "percent" else f"{word.figure}-{english}"
    if not english.endswith("-year") or _has_term(word):
        return english
    return english + "-old"


def _has_term(word: _Word) -> bool:
    after = word.after.lower()
    return after in _LASTS or after.endswith(("tion", "ment", "ship", "ence", "ance"))


def _number(word: _Word, reading: Reading) -> int | None:
    """Return the number of a noun, 1 or 2: of its form, or of what stands before it; None where neither tells."""
    before = word.before.lower()
    if before in _MANY or (before.isdigit() and before != "1"):
        return 2
    if reading.form in (1, 2):
        return reading.form
    if before in _ONE:
        return 1
    return 1 if reading.lemma.number != "c" else None


def _is_attribute(text: str, word: _Word) -> bool:
    """Whether an adjective of a place stands before its noun."""
    if not word.after or word.after.lower() in _NO_NOUN:
        return False
    if word.lowered:
        return word.after.islower()
    if not _OBLIQUE.search(word.text.lower()) or word.after not in _OF_A_PLACE:
        return False
    return opens_sentence(text, word.start) or not word.before[:1].isupper()


def _fits_measure(word: _Word) -> bool:
    """Whether what stands behind an age or a length is a noun, so that it can stand before it."""
    if not word.lowered:
        return False
    return (
        bool(word.after) and word.after.lower() not in _NO_NOUN and (word.after.islower() or word.text.startswith("l"))
    )


def _is_plain(text: str, word: _Word, reading: Reading, words: Sequence[_Word], number: int) -> bool:
    """Whether a noun stands where its English can stand without another change."""
    before = _word_before_phrase(text, words, number).lower()
    if not (_is_romanized(before) and _is_romanized(word.after)):
        return False  # in the midst of Russian
    if not word.lowered or any(r.ambiguous for r in word.readings):
        return False
    if _is_romanized(word.text) and (len(word.text) < _LEAST_SURE or not word.text.isascii()):
        return False
    if word.before[:1].isupper() and not opens_sentence(text, word.start - len(word.before) - 1):
        return False  # perhaps a surname that lost its capital
    count = _number(word, reading)
    if count is None or (count == 2 and reading.lemma.number == "m"):
        return False
    if before in _ONE and (count == 2 or reading.lemma.number != "c"):
        return False
    governed = (
        before in _PREPOSITIONS or before in _DETERMINERS or before in _ONE or before in _MANY or before.isdigit()
    )
    if not (reading.direct or governed):
        return False
    return not any(
        other.end + 1 >= word.start and word.end + 1 >= other.start and not _is_sure_attribute(text, words, at)
        for at, other in enumerate(words)
        if at != number
    )


def _word_before_phrase(text: str, words: Sequence[_Word], number: int) -> str:
    """Return the word before a noun and the sure attributes in front of it."""
    while number and words[number - 1].end + 1 == words[number].start and _is_sure_attribute(text, words, number - 1):
        number -= 1
    return words[number].before


def _is_sure_attribute(text: str, words: Sequence[_Word], number: int) -> bool:
    word = words[number]
    kinds = {r.lemma.kind for r in word.readings}
    return (kinds == {Class.PLACE} and _is_attribute(text, word)) or kinds == {Class.MEASURE}
