"""Noun phrases, found without a parser: where the slot of a phrase rule may begin and must end.

A noun phrase here is ``DET? NUM? WORD+ (of DET? NUM? WORD+)*``. A WORD is none of the closed classes below (pronouns,
prepositions, conjunctions, auxiliaries, verbs of reporting ...), and a word in *-ed* counts only where an adjective
stands. It is meant to err on one side: it says no rather than swallow a verb or half of a coordination.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from mtfix.english.calendar import CALENDAR
from mtfix.english.inflection import Number

MAX_WORDS = 8
Slot = Literal["np", "list", "subject", "name", "words"]

_SPACE = "[\\s\u00a0\u202f\u2009]"
_TOKEN = re.compile(
    r"(?P<quoted>[“«][^“”«»,.!?;:]{1,60}[”»])"
    r"|(?P<word>(?:[^\W\d_]\.){2,}|[^\W\d_]\.(?=\s[^\W\d_])|[$€£]?\d+(?:[.,]\d+)*%?(?:st|nd|rd|th)?(?:-[^\W\d_]+)*"
    r"|[^\W\d_](?:[\w'’‑-]*\w)?['’]?)"
    rf"|(?P<space>{_SPACE}+)"
    r"|(?P<other>.)",
    re.DOTALL,
)

DETERMINERS = frozenset(
    "the a an this that these those his her its their our my your some any no every each another both all".split()
)
NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty thirty forty "
    "fifty dozen dozens hundred hundreds thousand thousands million several many few".split()
)
_TIMES = CALENDAR | frozenset("yesterday today tomorrow tonight now ago".split())
_STOP = _TIMES | frozenset(
    # auxiliaries
    "be am is are was were been being have has had having do does did will would shall should can could may might must "
    "cannot isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't won't wouldn't can't couldn't "
    # pronouns, relatives, conjunctions
    "i you he she it we they me him us them himself herself itself themselves who whom whose which what when where why "
    "how while because if as than but nor so although though unless until since whether there here not "
    # prepositions
    "about above across after against along amid among around at before behind below beneath beside besides between "
    "beyond by despite down during except for from in inside into like near off on onto out outside over past per "
    "regarding through throughout to toward towards under up upon via with within without according due including "
    # adverbs that stand by the verb
    "also already still then later earlier again too just only even however therefore thus meanwhile soon often never "
    "always recently now together abroad "
    # verbs of reporting and other frequent finite verbs
    "said say says saying told tell tells report reports noted notes added adds stressed stresses stated states "
    "announced claims claimed believes believe thinks think known knew know went go goes came come comes took take "
    "takes became become becomes began begin begins got get gets gave give gives made make makes fell rose led "
    "held found kept lost won met sent stood brought bought caught fought sought taught thought wrote written spoke "
    "spoken saw seen heard grew drew drove rode ran sat sent shot slept spent struck swore threw wants want seems seem "
    "appears appear remains remain continues continue contains contain includes include requires require allows allow "
    "consists consist belongs belong occurs occurred happened happens exists exist depends suggests shows showed "
    "leaves left let lets hopes expects intends tries try tried needs need".split()
)
# Verbs that are as often nouns: a phrase may begin with them, or have them behind its article.
_NOUN_OR_VERB = frozenset("report reports states notes claims need needs hopes leaves shows tries".split())
# Words that complete a predicate: "was found dead", "was arrested immediately"; no phrase ends in one.
_PREDICATIVES = frozenset(
    "early late twice once alive dead guilty innocent alone unconscious safe free home aboard overseas overnight first "
    "last next wanted missing ill sick unharmed unhurt worldwide elsewhere nearby more less most least".split()
)
_LY_NOUNS = frozenset(
    "family supply reply ally rally assembly anomaly monopoly bully butterfly italy july sicily police ugly elderly".split()
)
_ED_NOUNS = frozenset("bed need speed seed feed breed deed shed sled weed greed creed hundred unified united".split())
# What may stand before a number, and belongs to it.
_APPROXIMATIONS = (
    ("more", "than"),
    ("less", "than"),
    ("fewer", "than"),
    ("no", "less", "than"),
    ("at", "least"),
    ("up", "to"),
    *((word,) for word in ("about", "around", "nearly", "almost", "over", "approximately", "some", "another", "other")),
)
_ATTACHING = frozenset("of in on at with for from to against between among near by under about as including".split())
_COORDINATORS = frozenset(("and", "or", "&"))
# Words that begin something new behind the comma after a subject: who says so, examples, another clause.
_NEW_THOUGHTS = frozenset(
    "reports reported report said says stated states informs informed told tells writes wrote noted notes announced "
    "according including among as but and while when after before because since although despite however".split()
)
_PLURAL_NOUNS = frozenset(
    "people men women children police media data personnel servicemen fishermen policemen".split()
)
_SINGULAR_NOUNS = frozenset(
    "news gas bus virus campus status process access progress business press congress crisis basis analysis mass boss "
    "politics economics physics series headquarters hypothesis thesis emphasis chaos surplus illness witness loss".split()
)
# Plurals that stand before another noun; after any other plural a word is rather its verb ("detained men wait").
_PLURAL_MODIFIERS = frozenset(
    "arms sports forces services rights affairs communications operations systems customs savings drugs weapons goods "
    "sales securities sciences games relations emergencies explosives human hostages wages pensions futures bonds "
    "elections economics politics physics news small various numerous previous religious dangerous serious famous "
    "anonymous suspicious precious ambitious enormous generous anxious industrious populous prosperous nervous "
    "business process press access express congress less mass gas bus campus virus status bonus surplus census".split()
)
_NAME_PARTICLES = frozenset("al el bin ibn abu von van de der da di la".split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word (or a quoted name) and its half-open span in the text."""

    text: str
    start: int
    end: int
    quoted: bool = False

    @property
    def key(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def number(self) -> bool:
        return self.text[0].isdigit() or self.text[0] in "$€£" or self.key in NUMBERS


def tokenize(text: str, start: int, end: int) -> list[Token]:
    """Return the words of ``text[start:end]``; punctuation and brackets become one-character tokens."""
    return [
        Token(m.group(), m.start(), m.end(), m.lastgroup == "quoted")
        for m in _TOKEN.finditer(text, start, end)
        if m.lastgroup != "space"
    ]


def _is_word(token: Token) -> bool:
    return token.quoted or token.text[0].isalnum() or token.text[0] in "$€£"


def _is_noun_word(token: Token, before: Token | None) -> bool:
    """Whether the token may be a WORD of a noun phrase, ``before`` being the word of the same phrase before it."""
    if token.quoted:
        return True
    key = token.key
    if key in _NOUN_OR_VERB:
        return before is None or before.number or before.key in DETERMINERS or token.text[0].isupper()
    if not token.text[0].isalpha() or key in _STOP or key in DETERMINERS or key == "of" or key in _COORDINATORS:
        return False
    if key in NUMBERS:
        return before is not None and before.number  # "two dozen", "12 thousand"
    if before is not None and token.text[0].islower() and _is_plural(before):
        return False
    if key.endswith("ed") and token.text[0].islower() and key not in _ED_NOUNS and "-" not in key:
        # "a wanted man", "5 wounded soldiers", "heavily armed men", but not "the engineer planned"
        return (
            before is None
            or before.key in DETERMINERS
            or before.number
            or before.key == "of"
            or before.key.endswith("ly")
        )
    return True


def _is_plural(token: Token) -> bool:
    """Whether a word in small letters is a plural that no noun follows."""
    key = token.key
    if token.quoted or not token.text[0].islower() or "'" in key or key in DETERMINERS or key in _PLURAL_MODIFIERS:
        return False
    return key in ("people", "men", "women", "children") or (
        len(key) > 3 and key.endswith("s") and not key.endswith(("ss", "us", "ous"))
    )


def measure_np(tokens: Sequence[Token]) -> int:
    """Return how many of the first tokens form the longest noun phrase (0: none)."""
    i = best = 0
    while True:
        at = i
        if i < len(tokens) and tokens[i].key in DETERMINERS and tokens[i].text[0].isalpha():
            i += 1
        i = _skip_number(tokens, i)
        words = i
        while i < len(tokens) and _is_noun_word(tokens[i], tokens[i - 1] if i > at else None):
            i += 1
        if i == words and not (i > at and tokens[i - 1].number and i < len(tokens) and tokens[i].key == "of"):
            return best
        if i > words and not _is_predicative(tokens[i - 1]) and not _is_counted_participle(tokens[words - 1 : i]):
            best = i
        if i >= len(tokens) or tokens[i].key != "of":
            return best
        i += 1


def _is_predicative(token: Token) -> bool:
    key = token.key
    return not token.quoted and (key in _PREDICATIVES or (key.endswith("ly") and key not in _LY_NOUNS))


def _is_counted_participle(tokens: Sequence[Token]) -> bool:
    """Whether a number and a participle are all there is: the "12 wounded" of "were killed 5 soldiers and 12 wounded"."""
    if len(tokens) != 2 or not tokens[0].number or tokens[1].quoted:
        return False
    key = tokens[1].key
    return key.endswith("ed") and tokens[1].text[0].islower() and key not in _ED_NOUNS


def _skip_number(tokens: Sequence[Token], at: int) -> int:
    """Return the index behind a number and its approximation ("more than two"), or ``at`` without one."""
    i = at
    for words in _APPROXIMATIONS:
        if tuple(t.key for t in tokens[i : i + len(words)]) == words:
            i += len(words)
            break
    first = i
    while i < len(tokens) and tokens[i].number and not tokens[i].quoted:
        i += 1
    return i if i > first else at


def is_np(text: str, start: int, end: int, *, coordinated: bool = True) -> bool:
    """Whether the whole span is one noun phrase, or several joined by "and", "or" and commas."""
    tokens = tokenize(text, start, end)
    if not tokens or sum(map(_is_word, tokens)) > (MAX_WORDS * 3 if coordinated else MAX_WORDS):
        return False
    length = _measure(tokens, coordinated)
    return length == len(tokens)


def _measure(tokens: Sequence[Token], coordinated: bool) -> int:
    """Like :func:`measure_np`, over "A, B and C" too when ``coordinated``."""
    at = measure_np(tokens)
    while coordinated and at and at < len(tokens):
        i = at
        if tokens[i].text == ",":
            i += 1
        if i < len(tokens) and tokens[i].key in _COORDINATORS:
            i += 1
        more = measure_np(tokens[i:]) if i > at else 0
        if not more:
            break
        at = i + more
    return at


def grow_right(text: str, start: int, slot: Slot) -> int | None:
    """Return the end of the slot that begins at ``start``, or None when nothing safe stands there."""
    tokens = tokenize(text, start, min(len(text), start + 400))
    if not tokens or tokens[0].start != start:
        return None
    if slot == "name":
        count = 0
        while count < min(5, len(tokens)) and _is_name_word(tokens[count]):
            count += 1
        return tokens[count - 1].end if count and tokens[count - 1].text[0].isupper() else None
    if slot == "words":
        count = 0
        while count < len(tokens) and _is_word(tokens[count]):
            count += 1
        return tokens[count - 1].end if 0 < count <= 12 else None
    count = _measure(tokens, slot != "np")
    if slot == "subject":
        return _end_of_subject(tokens, count)
    if not count or not _fits(tokens[:count], slot):
        return None
    if count < len(tokens) and not _may_follow(tokens[count]):
        return None
    return tokens[count - 1].end


def _end_of_subject(tokens: Sequence[Token], count: int) -> int | None:
    """Return the end of a list with all that hangs on it by prepositions, if punctuation follows; else None."""
    while 0 < count < len(tokens):
        i = count + (tokens[count].key.endswith("ed") and count + 1 < len(tokens))  # "literature banned in Russia"
        more = _measure(tokens[i + 1 :], True) if i < len(tokens) and tokens[i].key in _ATTACHING else 0
        if more:
            count = i + 1 + more
        elif tokens[count].text == "(" and ")" in [t.text for t in tokens[count : count + 10]]:
            count += [t.text for t in tokens[count:]].index(")") + 1
        else:
            break
    count = _cut_apposition(tokens[:count])
    if not count or not _fits(tokens[:count], "list") or (count < len(tokens) and _is_word(tokens[count])):
        return None
    if count + 1 < len(tokens) and tokens[count].text == "," and tokens[count + 1].key not in _NEW_THOUGHTS:
        return None  # it belongs to the subject, and would stay behind
    return tokens[count - 1].end


def _cut_apposition(tokens: Sequence[Token]) -> int:
    """Return where a list ends that commas go on behind: "A, B and C, planned attacks" ends behind C.

    Commas without a last "and" join no list: what follows the first is an apposition, or half a relative clause. 0 where
    a verb hides behind the "and".
    """
    last = max((i for i, t in enumerate(tokens) if t.key in _COORDINATORS), default=-1)
    for before, after in pairwise(tokens):
        verbal = after.key.endswith(("ed", "ing")) and after.text[0].islower() and after.key not in _ED_NOUNS
        if before.key in _COORDINATORS and verbal:
            return 0
    return next((i for i, t in enumerate(tokens) if i > last and t.text == ","), len(tokens))


def _may_follow(token: Token) -> bool:
    """Whether a noun phrase can be over before ``token``: not before "and", "of", or a word that is none of ours."""
    if token.key in _COORDINATORS or token.key == "of":
        return False
    return (
        not _is_word(token)
        or token.number
        or token.key in _STOP
        or token.key in DETERMINERS
        or token.key.endswith(("ed", "ing", "ly"))
        or token.key in _PREDICATIVES
    )


def grow_left(text: str, end: int, slot: Slot) -> int | None:
    """Return the start of the slot that ends at ``end``, or None when nothing safe stands there."""
    tokens = tokenize(text, max(0, end - 400), end)
    if end > 400 and tokens:
        tokens = tokens[1:]  # the cut may have gone through a word
    if not tokens or tokens[-1].end != end:
        return None
    if slot in ("name", "words"):
        count = 0
        while count < len(tokens) and (_is_name_word if slot == "name" else _is_word)(tokens[-count - 1]):
            count += 1
        chosen = tokens[len(tokens) - count :]
        while slot == "name" and chosen and (chosen[0].key in _STOP | DETERMINERS or chosen[0].text[0].islower()):
            chosen = chosen[1:]
        return chosen[0].start if chosen and len(chosen) <= (5 if slot == "name" else 12) else None
    limit = MAX_WORDS * 4 if slot in ("list", "subject") else MAX_WORDS
    for first in range(max(0, len(tokens) - limit), len(tokens)):
        span = tokens[first:]
        if span[0].key == "that" and len(span) > 1:
            continue  # a conjunction more often than not
        if _measure(span, slot != "np") != len(span) or not _fits(span, slot):
            continue
        previous = tokens[first - 1] if first else None
        if previous is not None and (
            previous.key in _COORDINATORS
            or previous.key == "of"
            or (_is_word(previous) and previous.key not in _STOP and previous.key != "that")  # half of a longer phrase
        ):
            return None
        return span[0].start
    return None


def _fits(tokens: Sequence[Token], slot: Slot) -> bool:
    words = sum(map(_is_word, tokens))
    return words <= (MAX_WORDS * 3 if slot == "list" else MAX_WORDS)


def _is_name_word(token: Token) -> bool:
    if token.quoted or not token.text[0].isalpha() or token.key in _TIMES:
        return False
    return token.text[0].isupper() or token.key in _NAME_PARTICLES or token.key.startswith("al-")


def guess_number(phrase: str) -> Number | None:
    """Return the number of a noun phrase, or None when its shape does not tell.

    >>> [guess_number(p) for p in ("12 citizens", "the head of the cells", "a group of men", "Ivanov and Petrov")]
    ['pl', 'sg', 'sg', 'pl']
    >>> guess_number("the suspects in the preparation of the attack")
    'pl'
    """
    tokens = tokenize(phrase, 0, len(phrase))
    if any(t.key in _COORDINATORS for t in tokens):
        return "pl"
    head: list[Token] = []
    for token in tokens:
        if token.key == "of" or token.text == "," or (head and token.key in ("in", "for", "from", "with")):
            break
        head.append(token)
    if not head:
        return None
    first = head[0].key
    if first in ("a", "an", "one", "this", "another", "every", "each"):
        return "sg"
    if first in ("these", "those", "both", "several", "many", "few"):
        return "pl"
    if any(
        t.number and t.text not in ("1",) and t.key != "one" and not t.key.endswith(("th", "st", "nd", "rd"))
        for t in head
    ):
        return "pl"
    noun = head[-1].key
    if noun in _PLURAL_NOUNS:
        return "pl"
    if noun in _SINGULAR_NOUNS or noun.endswith(("ss", "us", "is", "ics")):
        return "sg"
    if head[-1].text[0].isupper():
        return "sg" if not noun.endswith("s") else None
    return "pl" if noun.endswith("s") else "sg"
