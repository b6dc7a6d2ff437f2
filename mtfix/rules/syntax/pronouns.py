"""Pronouns: a thing that is "he" or "who", and a subject that got lost behind "that"."""

from __future__ import annotations

from collections.abc import Iterator

from mtfix.english.nounphrase import guess_number
from mtfix.rules.rule import Proposal
from mtfix.rules.syntax.words import Sentence, classes, is_name

# Nouns of events and things that are nobody.
THINGS = frozenset(
    """explosion blast fire storm hurricane wind earthquake flood rain snow frost crash collision accident impact blow noise
    wave tsunami tornado shock bomb shell missile rocket grenade mine car bus truck train plane aircraft helicopter ship boat
    ferry tanker tram tractor van motorcycle bicycle building house bridge road wall roof window door factory plant law bill
    document agreement treaty contract decree decision report letter book film movie song program programme project plan
    system device engine machine computer phone tower statue monument river lake mountain volcano asteroid comet meteorite
    planet star telescope satellite disease virus infection vaccine drug crisis price tax budget currency ruble dollar""".split()
)
# What a storm or an explosion does, and how it is met.
_FORCES = frozenset(
    """broke destroyed damaged tore threw lifted knocked smashed shattered killed injured blew spread reached covered caused moved
    overturned burned ripped demolished shook woke wounded flattened toppled uprooted blocked cracked collapsed melted
    flooded buried set knocked""".split()
)
_SENSED = frozenset("felt heard seen visible recorded noticed audible registered".split())
_SAYING = frozenset(
    """said says admitted admits noted notes stressed added adds confirmed confirms stated states declared believes believed
    thinks thought assured assures announced promised recognized recognised acknowledged explained emphasized claims claimed
    complained complain complains say think believe admit hope know note recalled hopes hoped wrote writes""".split()
)
# What only somebody does: behind "that" their subject is lost, and "that" is no subject itself.
_MINDS = frozenset(
    """know want intend plan remember understand believe think expect feel regret doubt fear hope agree recognize recognise
    consider see like wish support exclude rule trust hear notice imagine care have""".split()
)
_MINDED = frozenset(
    "knows wants intends plans remembers understands believes thinks expects feels regrets doubts fears hopes agrees wishes".split()
)
_FEMININE = frozenset(
    "woman girl actress mother wife daughter sister she spokeswoman widow policewoman chairwoman".split()
)
_BODIES = frozenset(
    """ministry company government bank agency court parliament party committee commission council department office service
    firm corporation union association police organization organisation city country state administration""".split()
)


def mend_thing_he(sentence: Sentence) -> Iterator[Proposal]:
    """ "The explosion was so strong that he broke the windows" -> "that it broke"."""
    words = sentence.words
    if len(words) < 6 or sentence.key(0) not in ("the", "this", "a", "an"):
        return
    end = sentence.end_of_np(0)
    if not end or words[end - 1].key not in THINGS or any(is_name(w) for w in words[1:end]):
        return
    if sentence.key(end) not in ("was", "is", "became", "turned"):
        return
    so = next((i for i in range(end + 1, min(end + 4, len(words))) if words[i].key == "so"), 0)
    that = next((i for i in range(so + 2, min(so + 6, len(words))) if words[i].key == "that"), 0) if so else 0
    that += sentence.key(that) == ","
    if not so or not that or any("N" in classes(w.key) and "J" not in classes(w.key) for w in words[so + 1 : that]):
        return
    pronoun = that + 1
    done = sentence.key(pronoun + 1)
    if sentence.key(pronoun) in ("he", "she") and (
        done in _FORCES or (done == "was" and sentence.key(pronoun + 2) in _SENSED)
    ):
        yield Proposal(words[pronoun].start, words[pronoun].end, "it", exact=True)


def mend_thing_who(sentence: Sentence) -> Iterator[Proposal]:
    """ "The car, who hit the post" -> "The car, which hit the post"."""
    words = sentence.words
    for i, word in enumerate(words):
        if word.key != "who" or i < 2 or i + 2 >= len(words) or not words[i + 1].text.isalpha():
            continue
        noun = i - 1 - (words[i - 1].text == ",")
        if words[noun].key not in THINGS or not words[noun].text[0].islower():
            continue
        first = noun
        while first > 0 and (
            sentence.key(first - 1) in ("the", "a", "an", "this", "new", "old")
            or classes(sentence.key(first - 1)) == "J"
        ):
            first -= 1
        if first and sentence.key(first - 1) not in (".", ",", '"', "“", "is", "was", "saw", "bought", "has", "have"):
            continue
        if sentence.key(first - 1) == ",":
            continue
        yield Proposal(word.start, word.end, "which", exact=True)


def mend_lost_subject(sentence: Sentence) -> Iterator[Proposal]:
    """ "The mayor admitted that does not know" -> "that he does not know"."""
    words = sentence.words
    for i in range(2, len(words) - 2):
        if words[i].key != "that" or words[i - 1].key not in _SAYING or not _lacks_subject(sentence, i + 1):
            continue
        who = _find_subject(sentence, i - 1)
        if who is None:
            continue
        if who in ("they", "we", "i", "you") and sentence.key(i + 1) in ("is", "does", "has", "was", "doesn't"):
            continue
        if who in ("he", "she", "it") and sentence.key(i + 1) in ("are", "do", "have", "were", "don't"):
            continue
        yield Proposal(words[i].end, words[i].end, f" {'I' if who == 'i' else who}", exact=True)


def _lacks_subject(sentence: Sentence, at: int) -> bool:
    """Whether a verb that needs somebody follows "that"."""
    key, after = sentence.key(at), sentence.key(at + 1)
    if key in ("does", "do", "did", "will", "would", "can", "could") and after == "not":
        return sentence.key(at + 2) in _MINDS
    if key in ("doesn't", "don't", "didn't", "won't", "wouldn't", "can't", "cannot", "couldn't"):
        return after in _MINDS - {"have"}
    if key in _MINDED:
        return after in ("to", "that", "the", "how", "what", "why", "about", "his", "her", "a")
    return key in ("is", "are", "was", "were") and after in (
        "ready",
        "sure",
        "confident",
        "proud",
        "afraid",
        "grateful",
        "glad",
        "convinced",
    )


def _find_subject(sentence: Sentence, verb: int) -> str | None:
    """Return the pronoun that repeats the subject right before the verb of saying."""
    words = sentence.words
    before = sentence.key(verb - 1)
    if before in ("he", "she", "they", "we", "i", "you"):
        return before
    for first in range(max(0, verb - 8), verb):
        if (
            first
            and words[first - 1].text not in (".", ",", '"', "“", ":", "”")
            and sentence.key(first - 1) not in ("but", "and")
        ):
            continue
        if sentence.end_of_np(first, coordinated=True) != verb:
            continue
        inside = words[first:verb]
        phrase = sentence.span(first, verb)
        number = guess_number(phrase[0].lower() + phrase[1:] if classes(inside[0].key) else phrase)
        if number != "sg":
            return "they" if number == "pl" else None
        keys = {w.key for w in inside}
        if keys & _BODIES and not any(is_name(w) for w in inside[1:]):
            head = next((j for j, w in enumerate(inside) if w.key == "of"), len(inside)) - 1
            if inside[head].key in _BODIES:
                return "it"
        if keys & _FEMININE or inside[-1].key.endswith(("ova", "eva", "skaya", "ina")):
            return "she"
        if any(w.key in ("she", "her") for w in words):
            return None
        return "he"
    return None


_QUESTIONS = frozenset("why how where when what".split())
_ASKED = frozenset("is are was were will can could would should has have must does do did".split())


def mend_question(sentence: Sentence) -> Iterator[Proposal]:
    """ "How it is possible to live there?" -> "How is it possible to live there?"."""
    words = sentence.words
    if len(words) < 5 or sentence.key(0) not in _QUESTIONS or words[-1].text != "?":
        return
    if sentence.key(1) not in ("he", "she", "it", "they", "we", "you", "i") or sentence.key(2) not in _ASKED:
        return
    if any(w.text in ",:;-–—" for w in words) or sum(w.key in _ASKED for w in words) > 1:
        return
    if sentence.key(0) == "what" and sentence.key(2) not in ("do", "does", "did", "will", "should", "can"):
        return
    if sentence.ends(3) or sentence.key(3) in ("to",):
        return
    yield Proposal(words[1].start, words[2].end, f"{words[2].text} {words[1].text}", exact=True)
