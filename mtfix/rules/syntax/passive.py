"""Clauses without a subject, or with it behind the verb: "In Samara detained two suspects", "Killed the son of X"."""

from __future__ import annotations

from collections.abc import Iterator

from mtfix.english.agreement import fit_middle
from mtfix.english.inflection import Number
from mtfix.english.nounphrase import guess_number
from mtfix.rules.rule import Proposal
from mtfix.rules.syntax.clause import PLACE_PREPOSITIONS, Adjunct, is_quiet, read_adjuncts
from mtfix.rules.syntax.words import PREPOSITIONS, Sentence, classes, is_name, is_plural_noun, is_verb_at

# Verbs of which the object is sure to be what suffers: their past and their participle look alike.
PEOPLE_VERBS = frozenset(
    """detained arrested killed injured wounded hospitalized hospitalised evacuated rescued sentenced convicted kidnapped
    abducted fined dismissed fired poisoned beaten executed deported extradited released interrogated questioned freed
    buried""".split()
)
_THING_VERBS = frozenset(
    """found discovered seized confiscated destroyed damaged published built created established adopted approved blocked
    banned prohibited introduced registered recorded identified neutralized liquidated stolen opened launched signed cancelled
    canceled closed installed restored repaired developed presented unveiled demolished extinguished eliminated completed
    announced brought delivered sent sold bought withdrawn declared organized organised planted printed removed""".split()
)
PASSIVES = PEOPLE_VERBS | _THING_VERBS
_MOTIONS = frozenset("brought delivered sent".split())
# What opens by itself, and what somebody opens.
_OPENS = frozenset("case cases investigation fire account accounts criminal probe".split())
# Verbs that never take an object; "began the championship" has its subject behind it.
_INTRANSITIVE = frozenset(
    "started began ended occurred happened exploded collapsed opened erupted died overturned derailed sank crashed".split()
)
_INTRANSITIVE_PAIRS = frozenset(
    (("burned", "down"), ("burnt", "down"), ("broke", "out"), ("took", "place"), ("caught", "fire"))
)
_NEW_FINDS = frozenset("discovered found developed created published adopted approved launched".split())
_RELATIONS = frozenset(
    """son daughter wife husband brother sister father mother lawyer driver bodyguard assistant nephew cousin uncle aunt
    deputy secretary widow friend""".split()
)
# Of persons the Russian words say "killed".
_DESTROYED = frozenset("destroyed liquidated eliminated neutralized".split())
_FIGHTERS = frozenset(
    """leader leaders militant militants terrorist terrorists bandit bandits gunman gunmen fighter fighters member members
    commander commanders emir ringleader ringleaders head insurgent insurgents extremist extremists rebel rebels""".split()
)
_RELATIVES = frozenset("who which whose where".split())
# Past forms behind "and" that more often tell of a second deed than describe a second noun.
_RECRUITED = frozenset("recruited sold sent seized found took brought planned prepared made killed robbed used".split())
# Nouns that need the phrase behind them: "a suspect in the murder", "12 suspects of involvement in the activity".
_NEEDING = frozenset(
    """suspect suspects involvement participation participant participants accused defendant defendants witness witnesses
    suspected complicity""".split()
)
_STARTERS = frozenset("a an the this these those his her its their some several many".split())


def mend_subjectless(sentence: Sentence) -> Iterator[Proposal]:
    """ "In Samara during the search detained two men." -> "In Samara, two men were detained during the search."."""
    words = sentence.words
    first = 1 if sentence.key(0) in ('"', "“", "«") else 0
    adjuncts, at = read_adjuncts(sentence, first)
    if any(a.preposition == "by" for a in adjuncts):
        return
    verb, auxiliary = _skip_auxiliary(sentence, at)
    if verb >= len(words) or words[verb].key not in PASSIVES or words[verb].text[0].isupper() == bool(adjuncts):
        return
    if not adjuncts and (at != first or auxiliary):
        return
    done = words[verb].key
    subject = verb + 1
    if not _may_begin_subject(sentence, subject, adjuncts=bool(adjuncts)):
        return
    end = sentence.end_of_np(subject, coordinated=True)
    if end == subject or not is_quiet(sentence, end):
        return
    if sentence.key(end) == "by" or sentence.key(end) in ("dead", "alive", "guilty", "himself", "herself"):
        return
    end = _take_in_what_belongs(sentence, end, done)
    if sentence.key(end) == "," and sentence.key(end + 1) in _RELATIVES:
        return  # the clause would stand behind the verb, far from its noun
    if any(w.key == "and" and sentence.key(i + 1) in _RECRUITED for i, w in enumerate(words[subject:end], subject)):
        return  # "detained two men and recruited others": a second verb
    number = guess_number(sentence.span(subject, sentence.end_of_np(subject, coordinated=True)))
    if number is None:
        return
    if done in _DESTROYED and any(w.key in _FIGHTERS for w in words[subject:end]):
        done = "killed"
    what = _turn_genitive(sentence.span(subject, end)) if not adjuncts else sentence.span(subject, end)
    if adjuncts and done in _INTRANSITIVE and not auxiliary and not any(w.key in _OPENS for w in words[subject:end]):
        return
    verbal = f"{_spell_be(auxiliary, number, recent=done in _NEW_FINDS and not adjuncts and sentence.ends(end))} {done}"
    yield Proposal(words[first].start, words[end - 1].end, _order(sentence, adjuncts, what, verbal, done), exact=False)


def mend_inverted(sentence: Sentence) -> Iterator[Proposal]:
    """ "In Lienz started the European championship." -> "The European championship started in Lienz."."""
    words = sentence.words
    adjuncts, at = read_adjuncts(sentence, 0)
    if not adjuncts or adjuncts[0].first or at >= len(words):
        return
    verb_end = at + 1
    if (words[at].key, sentence.key(at + 1)) in _INTRANSITIVE_PAIRS:
        verb_end = at + 2
    elif words[at].key not in _INTRANSITIVE:
        return
    if words[at].key == "died" and adjuncts[0].preposition not in PLACE_PREPOSITIONS:
        return
    subject = verb_end
    if not _may_begin_subject(sentence, subject, adjuncts=True):
        return
    end = sentence.end_of_np(subject, coordinated=True)
    if sentence.key(end) in ("with", "for", "from"):
        end = max(end, sentence.end_of_np(end + 1, coordinated=True))
    if end == subject or not sentence.ends(end) or any(w.key in _OPENS for w in words[subject:end]):
        return
    tail = " ".join(_lower(sentence.span(a.first, a.last)) for a in adjuncts)
    yield Proposal(
        words[0].start, words[end - 1].end, f"{sentence.span(subject, end)} {sentence.span(at, verb_end)} {tail}"
    )


def mend_missing_be(sentence: Sentence) -> Iterator[Proposal]:
    """ "Four smugglers detained near the village." -> "Four smugglers were detained near the village."."""
    words = sentence.words
    if (
        len(words) < 3
        or words[-1].text not in '.!…”"'
        or (sentence.key(0) in ("in", "on", "at") and sentence.key(1) != "least")
    ):
        return
    end = sentence.end_of_np(0, coordinated=True)
    if (
        not end
        or end >= len(words)
        or words[end].key not in PEOPLE_VERBS | {"seized", "confiscated", "destroyed", "damaged"}
    ):
        return
    number = guess_number(sentence.span(0, end))
    after = end + 1
    if (
        sentence.key(after) == "and"
        and sentence.words[min(after + 1, len(words) - 1)].number
        and sentence.key(after + 2) in PEOPLE_VERBS
    ):
        after += 3  # "two killed and five injured"
    if number is None or not (sentence.ends(after) or sentence.key(after) in _BEHIND_PASSIVE):
        return
    if not (
        _is_counted(sentence, end)
        or (words[end].key in _HELPLESS and (sentence.ends(after) or sentence.key(after) == "with"))
    ):
        return
    if any(w.key in _ACTORS for w in words[:end]) or any(is_verb_at(sentence, i) for i in range(after, len(words))):
        return
    be = "was" if number == "sg" else "were"
    yield Proposal(words[end].start, words[end].end, f"{be} {words[end].key}", exact=True)


_BEHIND_PASSIVE = frozenset("in near on at outside during after by as for while with yesterday".split())
# What nobody does without saying to whom: "the driver hospitalized with burns" lacks its "was".
_HELPLESS = frozenset("hospitalized hospitalised evacuated injured arrested detained".split())
_ACTORS = frozenset(
    """police officers forces troops soldiers agents investigators guards army rebels militants gunmen terrorists authorities
    security service services border customs government court militia kidnappers hackers pirates insurgents airstrike
    rocket rockets missile missiles storm storms explosion fire hurricane flood earthquake fbi fsb sbu attackers
    assailants criminals bandits robbers patrol commandos marines operatives fighters""".split()
)


def _is_counted(sentence: Sentence, last: int) -> bool:
    """Whether a noun phrase counts people or things: what is counted in the news suffers rather than acts."""
    words = sentence.words
    if words[0].number or words[0].key in ("a", "an", "several", "dozens", "many", "hundreds"):
        return True
    return words[0].key in ("the", "some", "another", "at", "more") and any(w.number for w in words[1 : min(last, 4)])


def _skip_auxiliary(sentence: Sentence, at: int) -> tuple[int, str]:
    for words in (("has", "been"), ("have", "been"), ("had", "been"), ("was",), ("were",)):
        if tuple(sentence.key(at + i) for i in range(len(words))) == words:
            return at + len(words), " ".join(words)
    return at, ""


def _may_begin_subject(sentence: Sentence, at: int, *, adjuncts: bool) -> bool:
    if at >= len(sentence.words):
        return False
    word = sentence.words[at]
    if word.key in ("it", "him", "her", "them", "himself", "herself", "that", "what", "who", "to", "by", "each", "no"):
        return False
    if word.number or word.key in _STARTERS or word.quoted:
        return True
    if not adjuncts:
        return False
    end = sentence.end_of_np(at)
    return end > at and (is_plural_noun(sentence.words[end - 1]) or is_name(word) or end > at + 1 or sentence.ends(end))


def _take_in_what_belongs(sentence: Sentence, end: int, done: str) -> int:
    """Return where the subject ends: a relative clause belongs to it, and to a thing its phrases."""
    if sentence.key(end) in ("who", "which", "whose", "that") and sentence.key(end - 1) != ",":
        last = end
        while last < len(sentence.words) and sentence.words[last].text not in ",.!?…" and last < end + 14:
            last += 1
        return last if sentence.ends(last) else end
    if any(w.key in _NEEDING for w in sentence.words[max(0, end - 6) : end]):
        while sentence.key(end) in ("in", "of", "to"):
            more = sentence.end_of_np(end + 1, coordinated=True)
            if more <= end + 1:
                break
            end = more
        return end
    if done not in PEOPLE_VERBS and sentence.key(end) in ("for", "from", "with", "about", "on", "to"):
        more = sentence.end_of_np(end + 1, coordinated=True)
        return more if more > end + 1 else end
    return end


def _turn_genitive(phrase: str) -> str:
    """ "the son of the general" -> "the general's son", of persons alone."""
    words = phrase.split()
    if (
        len(words) == 5
        and words[0] == "the"
        and words[1] in _RELATIONS
        and words[2:4] == ["of", "the"]
        and words[4].islower()
    ):
        return f"the {words[4]}{chr(39) if words[4].endswith('s') else chr(39) + 's'} {words[1]}"
    return phrase


def _spell_be(auxiliary: str, number: Number, *, recent: bool) -> str:
    if auxiliary == "had been":
        return auxiliary
    if auxiliary.endswith("been") or recent:
        return "has been" if number == "sg" else "have been"
    return "was" if number == "sg" else "were"


def _order(sentence: Sentence, adjuncts: list[Adjunct], what: str, verbal: str, done: str) -> str:
    spans = [sentence.span(a.first, a.last) for a in adjuncts]
    if not spans:
        return f"{what} {verbal}"
    if done in _MOTIONS and adjuncts[0].preposition == "from":
        goals = [
            "to" + span[len(a.preposition) :] if a.preposition == "in" else span
            for a, span in zip(adjuncts[1:], spans[1:], strict=True)
        ]
        return " ".join((what, verbal, *goals, _lower(spans[0])))
    front, rest = [spans[0]], list[str]()
    for adjunct, span in zip(adjuncts[1:], spans[1:], strict=True):
        is_time = adjunct.preposition == "on" or adjunct.preposition in ("yesterday", "today", "earlier")
        if not rest and (is_time or adjuncts[0].preposition in ("on", "yesterday", "today", "earlier")):
            front.append(span)
        else:
            rest.append(span)
    return " ".join((", ".join((*front, what)), verbal, *map(_lower, rest)))


def _lower(phrase: str) -> str:
    return fit_middle(phrase)


def mend_split_clause(sentence: Sentence) -> Iterator[Proposal]:
    """ "Arrived in the port, the inspectors and sealed it" -> "The inspectors arrived in the port and sealed it"."""
    words = sentence.words
    if len(words) < 6 or not set(classes(sentence.key(0))) & set("DP") or "N" in classes(sentence.key(0)):
        return
    comma = next((i for i in range(2, min(12, len(words))) if words[i].text == ","), 0)
    if not comma or sentence.key(1) not in PREPOSITIONS or any(is_verb_at(sentence, i) for i in range(1, comma)):
        return
    end = sentence.end_of_np(comma + 1)
    if end == comma + 1 or sentence.key(end) != "and" or end + 1 >= len(words):
        return
    if "D" not in classes(sentence.key(end + 1)) or set(classes(sentence.key(end + 1))) & set("NSJ"):
        return
    opening = sentence.span(0, comma)
    moved = f"{sentence.span(comma + 1, end)} {opening[0].lower()}{opening[1:]} and"
    yield Proposal(words[0].start, words[end].end, moved)
