"""Parts of a clause: the adjuncts before its verb ("In Samara, during the search"), and what may follow its subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mtfix.english.nounphrase import Token
from mtfix.rules.syntax.words import DAYS, MONTHS, Sentence, classes, is_name, is_verb_at

PLACE_PREPOSITIONS = frozenset("in at near on outside inside from to under around".split())
_PREPOSITIONS = PLACE_PREPOSITIONS | frozenset("during after before for with since by".split())
_REASONS = (("because", "of"), ("due", "to"), ("on", "suspicion", "of"), ("on", "charges", "of"))
_COMPOUND = (("as", "a", "result", "of"), ("in", "the", "course", "of"), ("as", "part", "of"), ("according", "to"))
_TIMES = frozenset("yesterday today earlier recently tonight overnight".split())
# What a place, a time or an occasion ends in. Behind any other noun somebody may act: "In the city police found ...".
PLACES = frozenset(
    """region regions city cities town towns village villages settlement district districts area areas province provinces
    republic capital country countries state states territory territories center centre centers suburb suburbs outskirts
    north south east west street streets square road roads highway motorway bridge airport airports port ports station
    stations building buildings house houses apartment apartments flat home homes hotel hotels hospital hospitals school
    schools university universities prison forest forests field fields river lake sea coast shore island islands mountains
    market markets shop shops store stores warehouse warehouses garage basement attic park parks zone zones border camp
    camps base bases factory plant mine museum theater theatre cinema stadium church cathedral mosque temple metro subway
    train trains car cars bus plane ship site scene place places spot premises office offices room yard courtyard
    kindergarten cemetery beach valley peninsula quarter quarters neighborhood neighbourhood oblast krai county intersection
    crossing garden gallery hall court courtroom world universe sky space tunnel pit well cave archive archives library
    vicinity entrance bank banks facility facilities location locations address addresses trunk cabin territory""".split()
)
OCCASIONS = frozenset(
    """operation operations search searches raid raids inspection inspections check checks fire fires flood floods
    earthquake explosion explosions blast blasts attack attacks shelling accident crash collision storm hurricane war battle
    fighting clash clashes riot riots protest protests rally rallies meeting conference session visit talks excavations
    excavation investigation inquiry autopsy examination audit survey experiment study work works repair repairs construction
    training exercise exercises match game tournament festival exhibition holiday holidays election elections night morning
    evening day days week weekend month year years summer winter spring autumn afternoon hours century period incident
    demolition cleaning renovation evacuation pursuit chase shootout robbery storming tour trip flight""".split()
)
_CRIMES = frozenset(
    "bribery murder theft fraud robbery espionage treason extortion terrorism rape corruption smuggling hooliganism".split()
)
_TITLES = frozenset(
    "new san los las saint st. nizhny veliky north south east west rostov-on-don sierra hong el al fort port".split()
)
_COUNTRIES = frozenset(
    """russia ukraine israel turkey usa us uk iran syria iraq china nato eu un hamas hezbollah taliban isis america britain
    germany france poland georgia armenia azerbaijan belarus kazakhstan japan korea india pakistan""".split()
)


@dataclass(frozen=True, slots=True)
class Adjunct:
    """A place, time or occasion: words ``first`` up to ``last``, with its preposition (or a word like "yesterday")."""

    first: int
    last: int
    preposition: str


def read_adjuncts(sentence: Sentence, at: int) -> tuple[list[Adjunct], int]:
    """Return the adjuncts from word ``at`` on, and the index behind them and their commas."""
    found: list[Adjunct] = []
    while len(found) < 4:
        adjunct = _read_adjunct(sentence, at)
        if adjunct is None:
            break
        found.append(adjunct)
        at = adjunct.last
        if sentence.key(at) == ",":
            at += 1
    return found, at


def _read_adjunct(sentence: Sentence, at: int) -> Adjunct | None:
    key = sentence.key(at)
    if key in _TIMES:
        return Adjunct(at, at + 1, key)
    for words in _COMPOUND:
        if tuple(sentence.key(at + i) for i in range(len(words))) == words:
            return _end_adjunct(sentence, at, at + len(words), " ".join(words))
    for words in _REASONS:
        if tuple(sentence.key(at + i) for i in range(len(words))) == words:
            return _end_reason(sentence, at, at + len(words), " ".join(words))
    if key == "for" and sentence.key(at + 1) in _CRIMES:
        return Adjunct(at, at + 2, key)
    return _end_adjunct(sentence, at, at + 1, key) if key in _PREPOSITIONS else None


def _end_reason(sentence: Sentence, first: int, at: int, preposition: str) -> Adjunct | None:
    """Read "because of the frost": one noun with its article, so that no second noun acts."""
    last = at + (sentence.key(at) in ("the", "a", "an"))
    if last >= len(sentence.words) or not set(classes(sentence.key(last))) & set("NS"):
        return None
    return Adjunct(first, last + 1, preposition)


def _end_adjunct(sentence: Sentence, first: int, at: int, preposition: str) -> Adjunct | None:
    last = _end_of_date(sentence, at) or _end_of_setting(sentence, at)
    return Adjunct(first, last, preposition) if last else None


def _end_of_date(sentence: Sentence, at: int) -> int:
    """Return the index behind "Monday", "5 May 2016", "May 5, 2016", "2016"; 0 where there is no date."""
    i = at
    if sentence.key(i) in DAYS:
        i += 1
        i += sentence.key(i) in ("morning", "evening", "night", "afternoon")
        return i
    month = False
    while sentence.key(i) in MONTHS or (sentence.key(i).isdigit() and len(sentence.key(i)) in (1, 2, 4)):
        month = month or sentence.key(i) in MONTHS or len(sentence.key(i)) == 4
        i += 1
        if sentence.key(i) == "," and sentence.key(i + 1).isdigit() and len(sentence.key(i + 1)) == 4:
            i += 1
    return i if month and i <= at + 4 else 0


def _end_of_setting(sentence: Sentence, at: int) -> int:
    """Return the index behind a noun phrase that is sure to be a place or an occasion; 0 where none is."""
    words = sentence.words
    end = sentence.end_of_np(at)
    if end == at:
        return 0
    parts = _split_at_of(words[at:end])
    for number, part in enumerate(parts):
        if not (_is_setting(part) or (number and _is_plain_name(part))):
            return 0
    return end


def _split_at_of(words: Sequence[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for word in words:
        if word.key == "of":
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _is_setting(words: Sequence[Token]) -> bool:
    """Whether words without "of" name a place or an occasion."""
    if not words:
        return False
    last = words[-1]
    if last.key in PLACES or last.key in OCCASIONS:
        return True
    return _is_plain_name(words)


def _is_plain_name(words: Sequence[Token]) -> bool:
    """Whether words are one name of a place: "Samara", "the Crimea", "Nizhny Novgorod", not "Syria Russia"."""
    bare = [w for w in words if w.key not in ("the", "a", "an")]
    if not bare or not all(is_name(w) for w in bare) or any(w.text.isupper() and len(w.text) > 1 for w in bare[-1:]):
        return False
    if bare[0].key.endswith(("ian", "ish", "ese", "ch", "an")) and len(bare) == 2:
        return bare[1].key not in _COUNTRIES  # "the Austrian Lienz"
    return len(bare) == 1 or (len(bare) == 2 and bare[0].key in _TITLES and bare[1].key not in _COUNTRIES)


def is_quiet(sentence: Sentence, at: int) -> bool:
    """Whether from word ``at`` on no new clause begins: nothing, phrases, a relative clause, or who reports."""
    words = sentence.words
    i = at
    while i < len(words):
        key = words[i].key
        if key in ("who", "which", "whose", "where", "that"):
            return all(w.text not in ";:" for w in words[i:])
        if key in ("and", "or", "but", "as", "than", "?", ";", ":", "to", "not") and not sentence.ends(i):
            return False
        if key == ",":
            after = sentence.key(i + 1)
            if after in (
                "including",
                "reports",
                "report",
                "said",
                "says",
                "according",
                "who",
                "which",
                "whose",
                "where",
            ):
                return True
            return sentence.span(i + 1, min(i + 3, len(words))) in ("RIA Novosti", "Interfax .", "TASS .")
        if is_verb_at(sentence, i):
            return False
        i += 1
    return True
