"""Verbs that do not agree: with a plural behind "these", over an of-phrase, behind "does not", "must", "to"."""

from __future__ import annotations

from collections.abc import Iterator

from mtfix.english.agreement import wants_an
from mtfix.english.inflection import inflect_verb, verb_forms
from mtfix.rules.rule import Proposal
from mtfix.rules.syntax.words import Sentence, base_form, classes, is_name, is_only, is_plural_noun

_PLURAL = {
    "is": "are", "was": "were", "has": "have", "does": "do", "isn't": "aren't", "wasn't": "weren't",
    "doesn't": "don't", "hasn't": "haven't",
}  # fmt: skip
_OPENING = frozenset('that and but because when where while although since if , . ; : “ " «'.split())
# Nouns of quantity, which go with either number, and plurals that name one thing.
_EITHER = frozenset(
    """number majority group couple lot variety series range team police family staff percent half rest part most all minority
    handful dozen pair host plenty generation crew kind type one set bulk third quarter fraction percentage proportion share
    mass army crowd band total array string population bunch gang batch wave chain class row fleet species means headquarters
    united list flock amount years days months times weeks hours minutes thousands millions billions hundreds dozens politics
    economics people dollars euros rubles kilometers meters miles news states nations works barracks gallows crossroads
    friends doctors athletics mathematics physics statistics ethics logistics sales""".split()
)
# Plurals that open a sentence without an article and are no name.
_NEWS_PLURALS = frozenset(
    """people details residents witnesses officials experts authorities results talks negotiations police's passengers victims
    suspects employees workers students teachers doctors rescuers investigators journalists soldiers tourists drivers parents
    children women men scientists citizens deputies lawyers participants prices elections losses rumors problems""".split()
)
_DETERMINED = frozenset("the these those some many all several his her its their our".split())
_CLAUSAL = frozenset(
    "say says said report reports show shows mean means think believe claim claims suggest suggests".split()
)
_ADVERBS = frozenset(
    "not also just always still even often usually never really simply now already soon probably only ever fully".split()
)
# "all they can to help": the verb is left out, and "to" is right.
_EFFORTS = frozenset("all everything what whatever anything best more most little much than way as".split())
_MODALS = frozenset(
    "can cannot can't could couldn't must mustn't should shouldn't would wouldn't will won't may might".split()
)
# Pasts that no house writes behind "has".
_PASTS = frozenset(
    "began went took gave came became did saw wrote fell drove chose spoke broke ate grew knew threw flew rose sang drank ran".split()
)
_MODAL_SUBJECTS = frozenset("he she it they we i you who which that".split())


def mend_plural_of(sentence: Sentence) -> Iterator[Proposal]:
    """ "Details of the deal was not disclosed" -> "were"."""
    words = sentence.words
    for i, word in enumerate(words):
        if i and sentence.key(i - 1) not in ("that", "because", '"', "“", ".", ":"):
            continue
        if not word.text[0].isalpha() or word.key in ("of", "in", "on"):
            continue
        head = _find_plural_head(sentence, i)
        at = _find_verb_of_plural(sentence, head) if i == 0 else None
        if at is not None:
            yield Proposal(words[at].start, words[at].end, _PLURAL[words[at].key], exact=True)
            continue
        if head is None or head + 2 >= len(words) or sentence.key(head + 1) not in ("of", "in", "for", "on", "from"):
            continue
        if (
            sentence.key(head + 1) != "of"
            and "Z" in classes(words[head].key)
            and not (head == i + 1 and word.key in _DETERMINED)
        ):
            continue  # "the water flows on Mars"
        if any(
            (set(classes(w.key)) & set("GBD") and "N" not in classes(w.key)) or w.key.endswith("ing")
            for w in words[i:head]
        ):
            continue
        if i and words[i].key not in _DETERMINED and i != head:
            continue
        verb = head + 2
        while verb < len(words) and verb < head + 9 and words[verb].key not in _PLURAL:
            if not _continues(sentence, verb):
                break
            verb += 1
        if verb < len(words) and verb > head + 2 and words[verb].key in _PLURAL:
            if sentence.key(verb - 1) == "of" or is_only(sentence.key(verb - 1), "J"):
                continue
            if any(sentence.key(j) in ("that", "which", "who", "and") for j in range(head, verb)):
                continue
            yield Proposal(words[verb].start, words[verb].end, _PLURAL[words[verb].key], exact=True)


def mend_plural_these(sentence: Sentence) -> Iterator[Proposal]:
    """ "These measures is needed" -> "are"."""
    words = sentence.words
    for i, word in enumerate(words):
        if word.key not in ("these", "those", "many", "several", "such", "both") or (
            i and sentence.key(i - 1) not in _OPENING
        ):
            continue
        if sentence.key(i - 1) == "and":
            continue
        noun = _find_plural_head(sentence, i + 1)
        if noun is None:
            continue
        verb = noun + 1
        while sentence.key(verb) in ("also", "still", "already", "now", "often"):
            verb += 1
        if sentence.key(verb) in _PLURAL:
            yield Proposal(words[verb].start, words[verb].end, _PLURAL[sentence.key(verb)], exact=True)


def mend_plural_they(sentence: Sentence) -> Iterator[Proposal]:
    """ "They wants peace", "we was there" -> "want", "were"."""
    words = sentence.words
    for i, word in enumerate(words[:-1]):
        if word.key not in ("they", "we"):
            continue
        verb = i + 1
        while sentence.key(verb) in _ADVERBS - {"not", "never"}:
            verb += 1
        if verb >= len(words) or not words[verb].text[0].islower():
            continue
        key = words[verb].key
        if key in _PLURAL:
            if key == "has" and sentence.key(verb + 1) == "it":
                continue
            yield Proposal(words[verb].start, words[verb].end, _PLURAL[key], exact=True)
        elif is_only(key, "Z") or (is_only(key, "ZS") and sentence.key(verb + 1) in ("the", "a", "to", "that", "it")):
            base = base_form(key)
            if base:
                yield Proposal(words[verb].start, words[verb].end, base, exact=True)


def mend_there_is(sentence: Sentence) -> Iterator[Proposal]:
    """ "There is many reasons" -> "There are many reasons"."""
    words = sentence.words
    for i in range(len(words) - 3):
        verb = words[i + 1]
        if words[i].key != "there" or verb.key not in ("is", "was", "isn't", "wasn't", "has", "has been"):
            continue
        at = i + 2
        if not (words[at].number or sentence.key(at) in ("many", "several", "these", "those", "various", "numerous")):
            continue
        if sentence.key(at) in ("one", "1", "a", "million") or not words[at].text.replace(",", "").isalnum():
            continue
        noun = _find_plural_head(sentence, at + 1)
        if noun is None or sentence.key(noun + 1) in ("of", "and"):
            continue
        if verb.key in _PLURAL and verb.key != "has":
            yield Proposal(verb.start, verb.end, _PLURAL[verb.key], exact=True)


def mend_form_after_auxiliary(sentence: Sentence) -> Iterator[Proposal]:
    """ "does not knows", "can went", "must to leave", "to took" -> "know", "go", "must leave", "take"."""
    words = sentence.words
    for i, word in enumerate(words[:-1]):
        key = word.key
        denied = key in ("don't", "doesn't", "didn't") or (
            key in ("do", "does", "did") and sentence.key(i + 1) == "not"
        )
        modal = key in _MODALS and word.text[0].islower() and i and sentence.key(i - 1) in _MODAL_SUBJECTS
        if not (denied or modal):
            continue
        verb = i + 1
        while sentence.key(verb) in _ADVERBS:
            verb += 1
        if verb >= len(words) or not words[verb].text[0].islower():
            continue
        form = words[verb]
        if form.key == "to" and (key in _MODALS) and verb + 1 < len(words):
            if sentence.key(i - 2) not in ("", ",", ".", "and", "but", "that", "because", "if", "so", '"', "“"):
                continue
            if any(sentence.key(j) in _EFFORTS for j in range(max(0, i - 4), i)):
                continue
            if "B" in classes(sentence.key(verb + 1)) or sentence.key(verb + 1) in ("be", "have", "do"):
                yield Proposal(form.start, words[verb + 1].start, "", exact=True)
            continue
        base = "have" if form.key in ("has", "had") else base_form(form.key)
        if base and (
            form.key in ("has", "had") or (is_only(form.key, "ZDPS" if denied else "ZD") and not is_only(form.key, "P"))
        ):
            if "B" in classes(form.key) or (is_only(form.key, "ZS") and "S" in classes(form.key) and not denied):
                continue
            yield Proposal(form.start, form.end, base, exact=True)


def mend_form_after_to(sentence: Sentence) -> Iterator[Proposal]:
    """ "wanted to took" -> "wanted to take"."""
    words = sentence.words
    for i, word in enumerate(words[:-1]):
        form = words[i + 1]
        if word.key == "to" and form.text[0].islower() and is_only(form.key, "D"):
            base = base_form(form.key)
            if base and sentence.key(i - 1) not in ("from", "due"):
                yield Proposal(form.start, form.end, base, exact=True)


def mend_participle(sentence: Sentence) -> Iterator[Proposal]:
    """ "has took", "had receive" -> "has taken", "had received"."""
    words = sentence.words
    for i, word in enumerate(words[:-1]):
        if word.key not in ("has", "have", "had", "hasn't", "haven't", "hadn't"):
            continue
        verb = i + 1
        while sentence.key(verb) in _ADVERBS:
            verb += 1
        if verb >= len(words) or not words[verb].text[0].islower():
            continue
        form = words[verb]
        if form.key in _PASTS or is_only(form.key, "B"):
            base = form.key if is_only(form.key, "B") else base_form(form.key)
            participle = inflect_verb(base, "part") if base else None
            if (
                base
                and participle
                and form.key not in verb_forms(base)["part"]
                and sentence.key(i - 1) not in ("to", "let", "make")
            ):
                yield Proposal(form.start, form.end, participle, exact=True)


def _find_plural_head(sentence: Sentence, at: int) -> int | None:
    """Return the index of the plural noun in small letters that a noun phrase from word ``at`` on has for its head."""
    i = at + (sentence.key(at) in ("the", "these", "those", "some", "many", "all", "several", "other"))
    for j in range(i, min(i + 4, len(sentence.words))):
        word = sentence.words[j]
        if not word.text[0].isalpha() or (is_name(word) and j > at) or word.key in _OPENING:
            return None
        if is_plural_noun(word):
            return None if word.key in _EITHER else j
        found = classes(word.key)
        if (
            word.key in _EITHER
            or not found
            or not set(found) & set("NJC")
            or word.key in ("one", "each", "every", "no", "all")
        ):
            return None
    return None


def _continues(sentence: Sentence, at: int) -> bool:
    """Whether a word may stand inside the phrases between a head and its verb."""
    word = sentence.words[at]
    found = set(classes(word.key))
    if word.key in _CLAUSAL:
        return False
    return (
        word.key
        in ("the", "a", "an", "this", "that", "his", "her", "its", "their", "our", "of", "these", "those", "in", "for")
        or (
            word.text[0].isalpha()
            and word.text[0].islower()
            and bool(found & set("NSJ"))
            and word.key not in ("all", "there", "no")
        )
        or (is_name(word) and word.key not in ("i",))
        or word.text[0].isdigit()
    )


_MASS = frozenset(
    "information evidence equipment advice furniture weaponry ammunition machinery progress homework luggage".split()
)
_COUNTING = frozenset(
    "few hundred thousand dozen many couple lot million good great further additional total full whopping mere".split()
)


def mend_article_before_plural(sentence: Sentence) -> Iterator[Proposal]:
    """ "with a registered weapons is" -> "with registered weapons is"; "an evidence of it" -> "evidence of it"."""
    words = sentence.words
    for i, word in enumerate(words[:-2]):
        if word.key not in ("a", "an") or word.text[0].isupper():
            continue
        noun = i + 1
        while noun < i + 3 and is_only(sentence.key(noun), "JPC") and sentence.key(noun) not in _COUNTING:
            noun += 1
        if noun >= len(words) or not words[noun].text[0].islower():
            continue
        key = words[noun].key
        plural = (
            is_plural_noun(words[noun])
            and key not in _EITHER
            and key not in ("people", "police", "ways")
            and classes(key) == "S"
        )
        if not (plural or (key in _MASS and noun + 1 < len(words))) or sentence.key(i - 1) in (
            "vitamin",
            "such",
            "type",
        ):
            continue
        if sentence.key(noun + 1) in (
            ".",
            "of",
            "in",
            "on",
            "is",
            "are",
            "was",
            "were",
            "which",
            "that",
            "for",
            "from",
            "to",
            "with",
            "at",
            "have",
            "has",
            "will",
        ):
            yield Proposal(word.start, words[i + 1].start, "", exact=True)


def mend_article_sound(sentence: Sentence) -> Iterator[Proposal]:
    """ "a explosion", "an house" -> "an explosion", "a house"."""
    words = sentence.words
    for i, word in enumerate(words[:-1]):
        after = words[i + 1]
        if word.text not in ("a", "an", "A", "An") or not after.text.islower() or len(classes(after.key)) == 0:
            continue
        if word.text == "A" and i:
            continue
        if word.start and sentence.text[word.start - 1] not in ' \u00a0\n(“"«':
            continue
        if wants_an(after.text) != (word.key == "an") and sentence.text[word.end : after.start].isspace():
            if after.text[0] in "hu" or after.text.startswith(("eu", "on", "ow", "yt")):
                continue  # "an historic", "a user", "a one-way": the sound is another than the letter
            if sentence.key(i - 1) in (
                "vitamin",
                "hepatitis",
                "group",
                "category",
                "class",
                "plan",
                "type",
                "point",
                "from",
            ):
                continue
            yield Proposal(word.start, word.end, word.text[0] + ("n" if word.key == "a" else ""), exact=True)


def _find_verb_of_plural(sentence: Sentence, head: int | None) -> int | None:
    """Return the index of the verb right behind a plural that opens the sentence: "The residents was evacuated"."""
    words = sentence.words
    if head is None:
        lead = sentence.key(0) in ("many", "some", "several", "most", "these", "young", "local")
        head = 1 if lead and sentence.key(1) == "people" else 0
        if not head and sentence.key(0) != "people":
            return None
    if (
        head > 2
        or sentence.key(head + 1) not in ("is", "was", "has")
        or any(w.key.endswith("ing") for w in words[: head + 1])
    ):
        return None
    if head == 0 and words[0].key not in _NEWS_PLURALS:
        return None
    return head + 1 if head == 0 or words[0].key in _DETERMINED | {"most"} or is_only(words[0].key, "J") else None


def mend_number_of(sentence: Sentence) -> Iterator[Proposal]:
    """ "The number of victims are growing" -> "is growing"."""
    words = sentence.words
    for i in range(len(words) - 5):
        if words[i].key != "the" or words[i + 1].key != "number" or words[i + 2].key != "of":
            continue
        if i and sentence.key(i - 1) not in _OPENING:
            continue
        verb = sentence.end_of_np(i + 3)
        singular = {plural: word for word, plural in _PLURAL.items()}.get(sentence.key(verb))
        if verb > i + 3 and singular and sentence.key(verb) != "do":
            yield Proposal(words[verb].start, words[verb].end, singular, exact=True)
