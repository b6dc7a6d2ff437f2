"""Corruptions of systems that render Russian word by word: two conjunctions for one, Russian words in Latin letters, verbs that
act on themselves, small letters, and who said it at the end, verb first."""

from __future__ import annotations

from typing import Any

from mtfix.training.corpus.russian.draft import Draft

# The second conjunction of a Russian pair, which English leaves out, by the first.
_SECOND = {
    "if": ("then", "that"), "although": ("but", "nevertheless"), "though": ("but", "however"), "because": ("therefore", "so"),
    "since": ("then", "therefore"), "when": ("then", "that"), "while": ("but", "and"),
}  # fmt: skip
_DOUBLED = {
    "and": ("and also", "and as well"),
    "but": ("but however", "but and", "however but"),
    "or": ("or else", "or either"),
}
# Common nouns that old systems leave in Latin letters, or take for the word that sounds alike.
TRANSLITERATED = {
    "militant": "boevik", "commander": "komandir", "deputy": "deputat", "governor": "gubernator", "prosecutor": "prokuror",
    "investigator": "sledovatel", "district": "rayon", "region": "oblast", "settlement": "poselok", "factory": "zavod",
    "officer": "ofitser", "soldier": "soldat", "apartment": "kvartira", "street": "ulitsa", "square": "ploshchad",
    "newspaper": "gazeta", "hospital": "gospital", "agency": "agentstvo", "mayor": "mer", "ministry": "ministerstvo",
    "squad": "otryad", "unit": "otryad", "detachment": "otryad", "department": "upravlenie", "office": "kontora",
    "group": "gruppirovka", "leader": "lider", "company": "kompaniya", "driver": "voditel", "shop": "magazin",
}  # fmt: skip
# English verbs without an object whose Russian ones are reflexive.
_REFLEXIVE = frozenset(
    """open close begin start end stop continue change develop increase decrease improve worsen spread move gather hide prepare
    return happen occur appear turn form decline split recover drop""".split()
)
_OBJECTS = ("dobj", "ccomp", "xcomp", "attr", "acomp", "prt", "oprd")
_SAYING = {
    "say": ("told", "has told", "has declared"), "tell": ("has informed",), "add": ("has added", "supplemented"),
    "note": ("has noted", "marked"), "report": ("has informed", "informs"), "stress": ("has underlined",),
    "explain": ("has explained", "explains"), "announce": ("has declared", "informed"),
}  # fmt: skip
_CALENDAR = frozenset(
    "january february march april june july august september october november december monday tuesday wednesday thursday "
    "friday saturday sunday".split()
)
_NAMED = frozenset({"ORG", "LAW", "EVENT", "FAC"})


def double_conjunction(draft: Draft) -> bool:
    """ "Although he won, he left" -> "Although he won, but he left"; "and" -> "and also"."""
    for mark in draft.doc:
        if mark.dep_ not in ("mark", "advmod") or mark.lower_ not in _SECOND or mark.head.dep_ != "advcl":
            continue
        end = mark.head.right_edge.i + 1
        first = end + 1 < len(draft.doc) and draft.doc[end].text == "," and mark.head.i < mark.head.head.i
        if first and draft.free(mark.i, end + 1):
            draft.insert(end + 1, draft.rng.choice(_SECOND[mark.lower_]))
            draft.used.add(mark.i)
            return True
    found = [t for t in draft.doc if t.dep_ == "cc" and t.i and t.lower_ in _DOUBLED and draft.free(t.i)]
    if not found:
        return False
    chosen = draft.rng.choice(found)
    draft.put(chosen.i, draft.rng.choice(_DOUBLED[chosen.lower_]))
    return True


def transliterate(draft: Draft) -> bool:
    """ "two militants were killed" -> "two boeviks were killed"."""
    found = [
        t for t in draft.doc if t.pos_ == "NOUN" and t.lemma_ in TRANSLITERATED and t.text.islower() and draft.free(t.i)
    ]
    if not found:
        return False
    chosen = draft.rng.choice(found)
    draft.put(chosen.i, TRANSLITERATED[chosen.lemma_] + ("s" if chosen.tag_ == "NNS" else ""))
    return True


def _self(subject: Any) -> str:
    if (
        subject.tag_ in ("NNS", "NNPS")
        or subject.lower_ in ("they", "we")
        or any(c.dep_ == "conj" for c in subject.children)
    ):
        return "themselves"
    return "himself" if subject.ent_type_ == "PERSON" or subject.lower_ == "he" else "itself"


def act_on_itself(draft: Draft) -> bool:
    """ "the situation developed" -> "the situation developed itself", as Russian verbs do."""
    found = []
    for verb in draft.doc:
        subject = next((c for c in verb.lefts if c.dep_ == "nsubj" and c.tag_ not in ("WP", "WDT")), None)
        idle = not any(c.dep_ in _OBJECTS or c.dep_ in ("auxpass", "neg") for c in verb.children)
        if verb.pos_ == "VERB" and verb.lemma_ in _REFLEXIVE and subject is not None and idle and draft.free(verb.i):
            found.append((verb, subject))
    if not found:
        return False
    verb, subject = draft.rng.choice(found)
    draft.put(verb.i, f"{verb.text} {_self(subject)}")
    return True


def lower_capital(draft: Draft) -> bool:
    """ "the Security Council" -> "the Security council", "on Monday" -> "on monday", "Russian" -> "russian"."""
    found = []
    for token in draft.doc[1:]:
        title = token.text[:1].isupper() and token.text[1:].islower()
        before = token.nbor(-1)
        inside = token.ent_type_ in _NAMED and before.ent_type_ == token.ent_type_ and before.pos_ == "PROPN"
        if title and draft.free(token.i) and (inside or token.lower_ in _CALENDAR or token.ent_type_ == "NORP"):
            found.append(token)
    if not found:
        return False
    chosen = draft.rng.choice(found)
    draft.put(chosen.i, chosen.lower_)
    return True


def say_literally(draft: Draft) -> bool:
    """ "...," the minister said -> "...," - said the minister; "He said that" -> "He has told, that"."""
    for verb in draft.doc:
        if verb.lemma_ not in _SAYING or verb.tag_ != "VBD":
            continue
        subject = next((c for c in verb.lefts if c.dep_ == "nsubj"), None)
        said = next((c for c in verb.children if c.dep_ == "ccomp"), None)
        if subject is None or said is None or subject.tag_ in ("WP", "WDT"):
            continue
        low, high = subject.left_edge.i, subject.right_edge.i
        if said.i < low:  # what was said comes first
            if verb.i == high + 1 and high - low < 7 and draft.free(*range(low, verb.i + 1)):
                draft.move(low, high, verb.i)
                if draft.rng.random() < 0.6:
                    draft.insert(verb.i, "-")
                draft.used.add(verb.i)
                return True
        elif draft.free(verb.i, verb.i + 1):
            comma = "," if draft.doc[verb.i + 1].lower_ == "that" and draft.rng.random() < 0.6 else ""
            draft.put(verb.i, draft.rng.choice(_SAYING[verb.lemma_]) + comma)
            return True
    return False
