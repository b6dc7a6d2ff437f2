"""Nouns beside names in Russian order: "the airport “Pulkovo”", "the village Sosnovka", "the car Lada"."""

from __future__ import annotations

from collections.abc import Iterator

from mtfix.english.agreement import wants_an
from mtfix.rules.rule import Proposal
from mtfix.rules.syntax.words import AUXILIARIES, DAYS, MONTHS, PREPOSITIONS, Sentence, classes, is_name

_NAMED_BEFORE = frozenset("airport stadium station aerodrome airfield cosmodrome".split())
_NAMED_WITH_OF = frozenset("village settlement hamlet town city island".split())
_HOTELS = frozenset("hilton marriott sheraton novotel hyatt radisson ibis ramada duma".split())
_CARS = frozenset("car truck jeep minibus bus van motorcycle sedan crossover".split())
_MAKES = frozenset(
    """lada vaz uaz gaz gazelle kamaz zil maz paz liaz volga moskvich niva toyota nissan honda mazda mitsubishi subaru suzuki
    lexus infiniti hyundai kia daewoo ford chevrolet opel volkswagen audi bmw mercedes mercedes-benz porsche skoda renault
    peugeot citroen fiat volvo saab jeep chrysler dodge cadillac hummer jaguar bentley ferrari maserati tesla chery geely
    scania iveco ikarus yamaha kawasaki gazel kamaz-5320 ssangyong""".split()
)
# Behind a city or a state, these are no names of it.
_NO_PLACES = frozenset(
    """duma rada council hall mayor university government administration court police assembly senate house department
    bank hospital ministry committee legislature capitol party airport centre center day festival""".split()
)


def mend_named_before(sentence: Sentence) -> Iterator[Proposal]:
    """ "closed the airport “Pulkovo”" -> "closed Pulkovo airport"."""
    for i, word in enumerate(sentence.words):
        if word.key not in _NAMED_BEFORE or i + 1 >= len(sentence.words) or (word.text[0].isupper() and i):
            continue
        name, end = _read_quoted(sentence, i + 1)
        if (
            not name
            and word.key in ("airport", "stadium")
            and sentence.key(i - 1) == "the"
            and is_name(sentence.words[i + 1])
        ):
            lone = sentence.words[i + 1]
            beyond = sentence.words[i + 2] if i + 2 < len(sentence.words) else None
            apart = beyond is None or beyond.text in ".,;:!?)" or beyond.key in PREPOSITIONS | AUXILIARIES
            placed = sentence.key(i - 2) in ("at", "of", "in", "to", "from", "near")
            if apart and placed and not classes(lone.key) and lone.key not in DAYS | MONTHS | _HOTELS:
                name, end = lone.text, i + 2
        if not name:
            continue
        first = i
        kind = word.key
        if sentence.key(first - 1) in ("space", "metro", "railway", "international"):
            first -= 1
            kind = f"{sentence.key(first)} {kind}"
        article = sentence.key(first - 1) in ("the", "a", "an")
        first -= article
        bare = word.key in ("airport", "stadium", "station") and len(name.split()) == 1 and "railway" not in kind
        lead = "" if (bare and word.key != "station") or (bare and name.endswith("skaya")) else "the "
        if sentence.key(first - 1) in ("his", "her", "its", "their", "this", "that", "two", "three"):
            continue
        yield Proposal(sentence.words[first].start, sentence.words[end - 1].end, f"{lead}{name} {kind}")


def mend_named_with_of(sentence: Sentence) -> Iterator[Proposal]:
    """ "near the village Sosnovka" -> "near the village of Sosnovka"."""
    words = sentence.words
    for i, word in enumerate(words[:-1]):
        name = words[i + 1]
        if word.key not in _NAMED_WITH_OF or not word.text[0].islower() or not is_name(name):
            continue
        bare = sentence.key(i - 1) in ("in", "near", "of", "from", "at", "outside") and sentence.key(i) in (
            "village",
            "settlement",
            "hamlet",
        )
        if not bare and sentence.key(i - 1) not in (
            "the",
            "small",
            "same",
            "little",
            "port",
            "neighboring",
            "resort",
            "mining",
        ):
            continue
        if (
            name.text.isupper()
            or classes(name.key)
            or name.key in _NO_PLACES | DAYS | MONTHS
            or name.key.endswith(("'s", "'"))
        ):
            continue
        following = words[i + 2] if i + 2 < len(words) else None
        if (
            following is not None
            and following.text[0].isalnum()
            and (is_name(following) or following.text[0].isdigit() or _is_head(following.key))
        ):
            continue
        if bare:
            yield Proposal(word.start, name.end, f"the {word.text} of {name.text}", exact=True)
            continue
        opens = (
            i <= 3 and sentence.key(0) in ("in", "near", "at", "outside") and sentence.key(i + 2) in ("a", "an", "the")
        )
        yield Proposal(word.end, name.end, f" of {name.text}{',' if opens else ''}", exact=True)


def mend_named_car(sentence: Sentence) -> Iterator[Proposal]:
    """ "the owner of the car Lada" -> "the owner of a Lada car"."""
    words = sentence.words
    for i, word in enumerate(words[:-1]):
        if word.key not in _CARS or not word.text[0].islower():
            continue
        name, end = _read_quoted(sentence, i + 1)
        if not name and words[i + 1].key in _MAKES and is_name(words[i + 1]):
            end = i + 2
            while end < len(words) and (is_name(words[end]) or words[end].text[0].isdigit()) and end < i + 4:
                end += 1
            name = sentence.span(i + 1, end)
        if not name or name.split()[0].lower() not in _MAKES:
            continue
        if sentence.key(i - 1) not in ("the", "a", "an"):
            continue
        article = "an" if wants_an(name) else "a"
        yield Proposal(words[i - 1].start, words[end - 1].end, f"{article} {name} {word.text}")


def _read_quoted(sentence: Sentence, at: int) -> tuple[str, int]:
    """Return a quoted name that begins with a capital, and the index behind it; "" where none is."""
    words = sentence.words
    if at < len(words) and words[at].quoted:
        inside = words[at].text[1:-1]
        return (inside, at + 1) if inside[:1].isupper() and len(inside.split()) <= 3 else ("", at)
    if at + 2 < len(words) and words[at].text == '"':
        end = next((i for i in range(at + 1, min(at + 5, len(words))) if words[i].text == '"'), 0)
        if end > at + 1 and is_name(words[at + 1]) and all(w.text[0].isalnum() for w in words[at + 1 : end]):
            return sentence.span(at + 1, end), end + 1
    return "", at


def _is_head(key: str) -> bool:
    """Whether a word may be a noun that the name stands before: "the city Tula region"."""
    found = classes(key)
    return bool(found) and "N" in found and not (set(found) & set("BZDPGR"))


_LANDS = {
    "austrian": "Austria", "german": "Germany", "french": "France", "italian": "Italy", "spanish": "Spain", "polish": "Poland",
    "czech": "the Czech Republic", "hungarian": "Hungary", "turkish": "Turkey", "syrian": "Syria", "iraqi": "Iraq",
    "iranian": "Iran", "egyptian": "Egypt", "israeli": "Israel", "lebanese": "Lebanon", "libyan": "Libya", "afghan": "Afghanistan",
    "pakistani": "Pakistan", "indian": "India", "chinese": "China", "japanese": "Japan", "ukrainian": "Ukraine",
    "belarusian": "Belarus", "kazakh": "Kazakhstan", "uzbek": "Uzbekistan", "georgian": "Georgia", "armenian": "Armenia",
    "estonian": "Estonia", "latvian": "Latvia", "lithuanian": "Lithuania", "finnish": "Finland", "swedish": "Sweden",
    "norwegian": "Norway", "danish": "Denmark", "dutch": "the Netherlands", "belgian": "Belgium", "swiss": "Switzerland",
    "portuguese": "Portugal", "greek": "Greece", "serbian": "Serbia", "croatian": "Croatia", "bulgarian": "Bulgaria",
    "romanian": "Romania", "slovak": "Slovakia", "slovenian": "Slovenia", "brazilian": "Brazil", "mexican": "Mexico",
    "canadian": "Canada", "australian": "Australia", "moroccan": "Morocco", "tunisian": "Tunisia", "yemeni": "Yemen",
}  # fmt: skip
# Behind "the Ukrainian" these are institutions, peoples and landscapes.
_NO_TOWNS = frozenset(
    """rada duma bundestag reichstag knesset seim sejm diet congress senate parliament alps pyrenees dolomites rockies riviera
    crown guard open cup derby grand prix orthodox league superleague bundesliga serie championship premier sea ocean coast
    embassy sahara carpathians caucasus tyrol kurdistan bank federation republic union academy navy taliban jewish muslim christian""".split()
)


def mend_town_of_country(sentence: Sentence) -> Iterator[Proposal]:
    """ "in the Austrian Lienz" -> "in Lienz, Austria"."""
    words = sentence.words
    for i in range(1, len(words) - 2):
        name = words[i + 2]
        land = _LANDS.get(sentence.key(i + 1))
        if land is None or sentence.key(i) != "the" or sentence.key(i - 1) not in ("in", "near"):
            continue
        if (
            not is_name(name)
            or name.text.isupper()
            or classes(name.key)
            or name.key in _NO_TOWNS
            or name.key.endswith(("s", "ian"))
        ):
            continue
        following = words[i + 3] if i + 3 < len(words) else None
        if following is None or not (following.text in ".!?;:,)" or following.key in _AFTER_TOWN):
            continue
        comma = "," if following.text not in ".,!?;:)" and i <= 2 and following.key in ("a", "the", "an") else ""
        yield Proposal(words[i].start, name.end, f"{name.text}, {land}{comma}", exact=True)


_AFTER_TOWN = frozenset(
    "and on in at for with after during by is was were are has had will would began started opened died a the an to from".split()
)
