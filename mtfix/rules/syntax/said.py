"""Who says: "In X promised that", "..., RIA Novosti.", "..., said on Sunday Interfax a source"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mtfix.english.agreement import fit_middle
from mtfix.english.inflection import inflect_verb
from mtfix.rules.rule import Proposal
from mtfix.rules.syntax.words import DAYS, MONTHS, PRONOUNS, Sentence, classes, has_finite, is_finite, is_name, is_only

_SAYING = frozenset(
    """said noted reported stated told added stressed emphasized emphasised explained declared announced informed specified
    clarified promised assured confirmed recalled warned admitted believe believed believes say think hope decided argue
    claim claimed deny denied expect insist insisted acknowledged assume considered consider note report state""".split()
)
_PRESENT = frozenset("say think hope argue claim deny expect insist assume consider note report state believe".split())
# "In the city police said", "In the office of the mayor officials said": these speak themselves.
_SPEAKERS = frozenset(
    "police officials officers sources people residents experts doctors investigators lawyers".split()
)
# "In the committee do not rule out arson".
_DENIED = frozenset("exclude rule confirm deny comment know believe consider see expect plan intend agree".split())
_ADVERBS = frozenset("also earlier already previously again later then".split())
ORGANIZATIONS = frozenset(
    """ministry company department directorate agency service services office committee court corporation government
    administration embassy consulate parliament party headquarters union bank association commission council secretariat
    organization organisation institute university foundation airline airport hospital prosecutor's mayor's chamber federation
    club coalition police operator firm holding enterprise plant factory inspectorate fund society church army""".split()
)
_NAME_BEGINNINGS = frozenset("new san saint st. north south nizhny veliky los tel hong".split())
_AGENCIES = (
    "RIA Novosti", "RIA News", "Interfax-Ukraine", "Interfax", "ITAR-TASS", "Itar-Tass", "TASS", "Reuters", "AFP",
    "Agence France-Presse", "Associated Press", "The Associated Press", "AP", "Bloomberg", "UNIAN", "Ukrinform", "BelTA",
    "BELTA", "Xinhua", "RBC", "Regnum", "REGNUM", "Rosbalt", "Lenta.ru", "Gazeta.ru", "Kommersant", "Izvestia",
    "Vedomosti", "Kyodo", "Yonhap", "Anadolu", "DPA", "dpa", "BBC", "CNN", "Fontanka", "Fontanka.ru", "NTV", "Vesti",
    "Rossiyskaya Gazeta", "Life News", "LifeNews", "PRIME", "Prime", "Trend", "Kazinform", "Sputnik", "Interfax-West",
)  # fmt: skip
AGENCY = "(?:" + "|".join(re.escape(a) for a in sorted(_AGENCIES, key=len, reverse=True)) + ")"
_TRAILING = re.compile(
    rf"(?P<all>,\s*(?:[-–—−]\s*)?(?:the (?:agency|news agency|newspaper) )?[“\"«]?(?P<name>{AGENCY})[”\"»]?)\s*\.?\s*$"
)
_REPORTED_AGENCY = re.compile(
    r"^(?:(?:This|It|About this) (?:was|is) (?:reported|announced|stated|told|said|declared))(?P<all>(?P<time>(?: on)? (?:Monday|Tuesday|"
    rf"Wednesday|Thursday|Friday|Saturday|Sunday)|(?: yesterday| today))?(?: to)? [“\"«]?(?P<agency>{AGENCY}|journalists|reporters)[”\"»]?"
    r" (?P<who>(?:a|an|the|in the) [^.,;:“”\"«»!?]{2,100}))\.?$"
)
_SAID_AGENCY = re.compile(
    rf"[,”\"»]\s+(?:[-–—−]\s*)?(?P<all>(?:said|told|reported|informed|stated|declared|announced)"
    rf"(?P<time>(?: on)? (?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|yesterday|today)(?: morning| evening)?)?"
    rf"(?: to)?(?: the agency)? [“\"«]?(?P<agency>{AGENCY}|journalists|reporters)[”\"»]?"
    rf"(?P<later>(?: on)? (?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|yesterday|today)(?: morning| evening)?)?"
    rf" (?P<who>(?:in )?(?:a|an|the|his|her|its|one|[A-Z])[^.,;:“”\"«»!?]{{2,120}}))(?P<end>[.]|$)"
)
_LISTED = re.compile(
    r"\b(?:agenc(?:y|ies)|media|outlets|channels?|newspapers?|including|such as|like|and|by|with|citing)\b[^,]*$"
)


_LISTED_AGENCY = re.compile(rf"{AGENCY}[”\"»]?$")


def mend_said_in(sentence: Sentence) -> Iterator[Proposal]:
    """ "In “Volgaenergo” promised that" -> "Volgaenergo promised that"."""
    words = sentence.words
    time, first = _read_time(sentence, 0)
    first += bool(time) and sentence.key(first) == ","
    if sentence.key(first) not in ("in", "at") or len(words) < first + 5:
        return
    name, end = _read_body(sentence, first + 1)
    if not name:
        return
    later, at = _read_time(sentence, end)
    adverb = sentence.key(at) if sentence.key(at) in _ADVERBS else ""
    verb = at + bool(adverb)
    if (
        sentence.key(verb) == "do"
        and sentence.key(verb + 1) == "not"
        and sentence.key(verb + 2) in _DENIED
        and not adverb
    ):
        lead = f"{time}, " if time else ""
        yield Proposal(words[0].start, words[verb].end, f"{lead}{name} does")
        return
    if sentence.key(verb) not in _SAYING or (time and later):
        return
    if sentence.key(end - 1) in _SPEAKERS and sentence.key(end - 2) != "the":
        return
    behind, that = _read_time(sentence, verb + 1)
    that += sentence.key(that) == ","
    if sentence.key(that) != "that" or sentence.key(that + 1) in ("", ",", "is", "was", "would"):
        return
    spoken = sentence.span(verb, verb + 1)
    if spoken in _PRESENT or (is_only(spoken, "BN") and "B" in classes(spoken)):
        spoken = inflect_verb(spoken, "s") or spoken
    said = f"{adverb} {spoken}".strip() + (f" {later or behind}" if later or behind else "")
    lead = f"{time}, " if time else ""
    yield Proposal(words[0].start, words[that].end, f"{lead}{name} {said} that")


def _read_time(sentence: Sentence, at: int) -> tuple[str, int]:
    """Return "on Monday", "yesterday", "on March 5" at word ``at`` and the index behind it."""
    key, end = sentence.key(at), at
    if key in ("yesterday", "today"):
        end = at + 1
    elif key == "on" and sentence.key(at + 1) in DAYS:
        end = at + 2
    elif key == "on" and (sentence.key(at + 1) in MONTHS or sentence.key(at + 2) in MONTHS):
        end = at + 3
    elif key in DAYS:
        end = at + 1
    return (sentence.span(at, end), end) if end > at else ("", at)


def _read_body(sentence: Sentence, at: int) -> tuple[str, int]:
    """Return who speaks, as a subject, and the index behind it; "" where no organization is sure."""
    words = sentence.words
    article = "the " if sentence.key(at) == "the" else ""
    i = at + bool(article)
    if i >= len(words):
        return "", at
    if words[i].quoted:
        name, end = words[i].text[1:-1], i + 1
    elif words[i].text in ('"', "“", "«"):
        closing = next((j for j in range(i + 1, min(i + 6, len(words))) if words[j].text in ('"', "”", "»")), 0)
        name, end = (sentence.span(i + 1, closing), closing + 1) if closing > i + 1 else ("", i)
    else:
        end = i
        while end < len(words) and is_name(words[end]) and words[end].key not in DAYS | MONTHS:
            end += 1
        name = sentence.span(i, end)
        if (
            end > i + 1
            and sentence.key(end - 1) not in ORGANIZATIONS | {"house"}
            and sentence.key(i) not in _NAME_BEGINNINGS
        ):
            return "", at  # "In Brussels Merkel said": somebody speaks
        if end == i:
            end = sentence.end_of_np(i)
            head = next((j for j in range(i, end) if words[j].key == "of"), end) - 1
            if end > i and words[head].key in ORGANIZATIONS:
                return article + sentence.span(i, end), end
            return "", at
    if not name[:1].isupper() or end > i + 6:
        return "", at
    return article + name, end


def mend_trailing_agency(sentence: Sentence) -> Iterator[Proposal]:
    """ "The talks go on, RIA Novosti." -> "The talks go on, RIA Novosti reports."."""
    found = _TRAILING.search(sentence.text)
    if found is None:
        return
    head = [w for w in sentence.words if w.end <= found.start()]
    text = sentence.text[: found.start()]
    if (
        len(head) < 4
        or not any(is_finite(w) or w.key.endswith("ed") for w in head)
        or _LISTED.search(text)
        or _LISTED_AGENCY.search(text)
    ):
        return
    piece = [w for w in head if w.start > text.rfind(",")]
    if "," in text and not has_finite(piece) and (len(piece) < 4 or all(is_name(w) for w in piece)):
        return
    yield Proposal(found.start("all"), found.end("all"), f", {found['name']} reports", exact=True)


def mend_told_agency(sentence: Sentence) -> Iterator[Proposal]:
    """ "..., said on Sunday “Interfax” a source." -> "..., a source told Interfax on Sunday."."""
    passive = _REPORTED_AGENCY.search(sentence.text)
    if passive is not None:
        told = f" to {passive['agency']}{passive['time'] or ''} by {passive['who'].removeprefix('in ')}"
        yield Proposal(passive.start("all"), passive.end("all"), told, exact=True)
        return
    found = _SAID_AGENCY.search(sentence.text)
    if found is None:
        return
    who = found["who"].removeprefix("in ")
    words = [w for w in sentence.words if found.start("who") <= w.start < found.end("who")]
    if any(is_finite(w) or w.key in PRONOUNS for w in words) or (found["who"][0].isupper() and len(words) > 6):
        return
    if words[0].key == "in" and words[1].key not in ("the",):
        return
    time = (found["time"] or found["later"] or "").strip()
    replacement = f"{fit_middle(who)} told {found['agency']}" + (f" {time}" if time else "")
    yield Proposal(found.start("all"), found.end("all"), replacement, exact=True)
