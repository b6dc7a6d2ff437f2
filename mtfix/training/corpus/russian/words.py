"""Corruptions of single words: articles, agreement, tense, number, prepositions, genitives, calques."""

from __future__ import annotations

import re

from lemminflect import getInflection

from mtfix.training.corpus.russian.draft import Draft

# What Russian prepositions come out as, by the English one that belongs there.
PREPOSITIONS = {
    "in": ("on", "at", "to", "of", "into", "during"), "on": ("in", "at", "about", "of", "for", "under"),
    "at": ("in", "on", "by", "for"), "for": ("on", "to", "of", "in", "at", "about"), "of": ("from", "about", "on", "in", "for"),
    "to": ("in", "on", "for", "at", "before", "by"), "by": ("on", "from", "with", "of", "at"), "with": ("from", "by", "at", "to", "of"),
    "from": ("of", "with", "out of", "by"), "about": ("on", "of"), "during": ("in", "at", "in time of"), "against": ("to", "on", "in relation to"),
    "into": ("in", "to"), "after": ("on", "through"), "under": ("at", "on"), "over": ("on", "for", "above", "in"), "among": ("between",),
    "between": ("among",), "since": ("from", "with"), "until": ("to", "till", "before"), "within": ("in", "in frames of"),
    "through": ("via", "over", "by"), "before": ("to", "up to"), "near": ("under", "at"), "as": ("like", "how"),
    "towards": ("to",), "toward": ("to",), "without": ("with no",), "throughout": ("on all", "in all"),
}  # fmt: skip
_FLIP = {
    "is": "are",
    "are": "is",
    "was": "were",
    "were": "was",
    "has": "have",
    "have": "has",
    "does": "do",
    "do": "does",
}
# Good -> what a literal system writes. Written for this project; the awkward side is what the model learns to repair.
CALQUES = (
    ("took part in", "took participation in|accepted participation in|has taken part at"),
    ("according to", "by data of|as reported by|on data of|according to the data of"), ("as a result of", "in the result of|in result of"),
    ("in addition", "besides|in addition to that"), ("at the same time", "at that|at this time|in the same time"),
    ("due to", "in connection with|because of the"), ("because of", "from-for|because"), ("at least", "not less than|at the least"),
    ("said", "told|has told|informed"), ("reported", "informed|has informed"), ("noted", "has noted|marked"),
    ("stressed", "emphasized, that|has underlined"), ("held", "carried out|conducted|spent"), ("is expected to", "has to|should"),
    ("on the eve of", "on the threshold of"), ("so far", "for today|at the present moment"), ("currently", "at the present time|at the moment"),
    ("on suspicion of", "in suspicion in|on suspicion in"), ("accused of", "accused in|accused on"),
    ("suspected of", "suspected in"), ("charged with", "charged in|accused on"), ("involved in", "involved to|implicated to"),
    ("consists of", "consists from"), ("depends on", "depends from"), ("participated in", "participated at"), ("responsible for", "responsible on"),
    ("interested in", "interested by"), ("based on", "based at|on the basis"), ("in accordance with", "according with"),
    ("in order to", "for to|in order that"), ("as well as", "and also|as also"), ("such as", "such, as|as"), ("more than", "more|over than"),
    ("one of the", "one of|one from the"),
    ("the fact that", "that"), ("it is necessary to", "necessary to|it is need to"), ("able to", "in condition to|capable to"),
    ("decided to", "made the decision to|accepted decision to"), ("opportunity to", "possibility to"), ("attempt to", "attempt of"),
    ("the other hand", "other side"), ("first of all", "in first turn|first"), ("last year", "in last year|in the last year"),
    ("this year", "in this year"), ("next year", "in next year|in the next year"), ("two years ago", "two years back"),
    ("years old", "years"), ("during the", "in the course of the|in time of the"), ("as soon as possible", "as fast as possible"),
    ("at present", "in the present time"), ("in particular", "in particularly"), ("law enforcement agencies", "law enforcement bodies|power structures"),
    ("was killed", "was lost|perished"), ("were killed", "were lost|perished"), ("was born", "born"),
    ("injured", "got injured|received wounds"), ("opened a criminal case", "brought a criminal case|excited criminal case"),
    ("agreed to", "has agreed on"), ("plan to", "plan"), ("plans to", "plans"), ("continue to", "continue"), ("want to", "want"),
)  # fmt: skip
_CALQUE = [(re.compile(rf"\b{good}\b"), bad.split("|")) for good, bad in CALQUES]


def drop_article(draft: Draft) -> bool:
    """ "signed the law" -> "signed law"."""
    found = [t.i for t in draft.doc if t.lower_ in ("a", "an", "the") and draft.free(t.i)]
    if not found:
        return False
    draft.drop(draft.rng.choice(found))
    return True


def add_article(draft: Draft) -> bool:
    """ "in Russia" -> "in the Russia", "security" -> "the security"."""
    found = []
    for t in draft.doc:
        bare = t.pos_ in ("NOUN", "PROPN") and not any(c.dep_ in ("det", "poss", "nummod") for c in t.children)
        edge = t.left_edge
        if bare and t.dep_ != "compound" and draft.free(edge.i) and edge.pos_ in ("NOUN", "ADJ", "PROPN"):
            found.append(edge.i)
    if not found:
        return False
    draft.insert(draft.rng.choice(found), "the" if draft.rng.random() < 0.85 else "a")
    return True


def swap_article(draft: Draft) -> bool:
    """ "a" -> "the" and back."""
    found = [t.i for t in draft.doc if t.lower_ in ("a", "an", "the") and draft.free(t.i)]
    if not found:
        return False
    i = draft.rng.choice(found)
    old = draft.doc[i].lower_
    noun = draft.doc[i].head
    if old == "the" and noun.tag_ in ("NNS", "NNP", "NNPS"):
        return False
    draft.put(i, "a" if old == "the" else "the")
    return True


def break_agreement(draft: Draft) -> bool:
    """ "the participants are" -> "the participants is"; "he says" -> "he say"."""
    found = [
        t
        for t in draft.doc
        if draft.free(t.i) and (t.lower_ in _FLIP or t.tag_ in ("VBZ", "VBP")) and t.pos_ in ("VERB", "AUX")
    ]
    found = [t for t in found if t.text[0] not in "'’"]
    if not found:
        return False
    token = draft.rng.choice(found)
    if token.lower_ in _FLIP:
        draft.put(token.i, _FLIP[token.lower_])
        return True
    forms = getInflection(token.lemma_, "VBP" if token.tag_ == "VBZ" else "VBZ")
    if not forms or forms[0] == token.lower_:
        return False
    draft.put(token.i, forms[0])
    return True


def shift_tense(draft: Draft) -> bool:
    """ "is preparing" -> "prepares", "has left" -> "left", "to leave" -> "leave", "leaving" -> "to leave"."""
    choices = list(draft.doc)
    draft.rng.shuffle(choices)
    for t in choices:
        if t.pos_ != "VERB" or not draft.free(t.i) or t.i == 0:
            continue
        before = t.nbor(-1)
        if not draft.free(before.i):
            continue
        if (
            t.tag_ in ("VBG", "VBN")
            and before.dep_ == "aux"
            and before.lemma_ in ("be", "have")
            and before.text[0] not in "'’"
        ):
            tag = {"is": "VBZ", "are": "VBP", "has": "VBD", "have": "VBD", "was": "VBD", "were": "VBD"}.get(
                before.lower_
            )
            forms = getInflection(t.lemma_, tag) if tag else ()
            if forms:
                draft.drop(before.i)
                draft.put(t.i, forms[0])
                return True
        if t.tag_ == "VB" and before.lower_ == "to" and before.i > 0:
            if draft.rng.random() < 0.5:
                draft.drop(before.i)
                draft.used.add(t.i)
                return True
            forms = getInflection(t.lemma_, "VBG")
            if forms:
                draft.put(before.i, draft.rng.choice(("for", "to", "on")))
                draft.put(t.i, forms[0])
                return True
        if t.tag_ == "VBG" and before.dep_ == "prep" and t.dep_ == "pcomp":
            draft.put(t.i, draft.rng.choice((t.lemma_, "the " + t.text)))
            return True
        if t.tag_ == "VBN" and before.dep_ == "auxpass":
            forms = getInflection(t.lemma_, draft.rng.choice(("VBD", "VBG", "VB")))
            if forms and forms[0] != t.lower_:
                draft.put(t.i, forms[0])
                return True
        if t.tag_ == "VBD" and t.dep_ in ("ROOT", "conj", "relcl"):
            forms = getInflection(t.lemma_, draft.rng.choice(("VBN", "VB", "VBG")))
            if forms and forms[0] != t.lower_:
                draft.put(t.i, forms[0])
                return True
    return False


def swap_number(draft: Draft) -> bool:
    """ "two dozen militants" -> "two dozen militant", "22 recruiters" -> "22 recruiter", "a person" -> "a persons"."""
    for t in draft.doc:
        counted = any(c.dep_ == "nummod" or c.lower_ in ("these", "those", "many", "several", "all") for c in t.lefts)
        if t.tag_ == "NNS" and counted and draft.free(t.i) and t.lemma_ != t.lower_:
            draft.put(t.i, t.lemma_)
            return True
        single = any(c.lower_ in ("a", "an", "this", "each", "every", "another") for c in t.lefts)
        if t.tag_ == "NN" and single and draft.free(t.i) and draft.rng.random() < 0.4:
            forms = getInflection(t.lemma_, "NNS")
            if forms and forms[0] != t.lower_:
                draft.put(t.i, forms[0])
                return True
    return False


def swap_preposition(draft: Draft) -> bool:
    """ "guilty of" -> "guilty on", "in the report" -> "on the report"."""
    found = [
        t for t in draft.doc if t.lower_ in PREPOSITIONS and t.dep_ in ("prep", "agent", "mark") and draft.free(t.i)
    ]
    if not found:
        return False
    token = draft.rng.choice(found)
    draft.put(token.i, draft.rng.choice(PREPOSITIONS[token.lower_]))
    return True


def drop_preposition(draft: Draft) -> bool:
    """ "on October 11" -> "October 11", "on Monday" -> "in Monday", "wait for him" -> "wait him"."""
    found = [
        t
        for t in draft.doc
        if t.dep_ == "prep" and t.lower_ in ("on", "of", "in", "for", "to", "with") and draft.free(t.i)
    ]
    dated = [t for t in found if t.i + 1 < len(t.doc) and t.nbor(1).ent_type_ == "DATE"]
    if not (dated or found) or (not dated and draft.rng.random() < 0.6):
        return False
    draft.drop(draft.rng.choice(dated or found).i)
    return True


def spread_genitive(draft: Draft) -> bool:
    """ "Russia's president" -> "the president of Russia", "security services" -> "services of security"."""
    for t in draft.doc:
        if t.dep_ == "poss" and t.right_edge.text in ("'s", "’s", "'", "’") and t.pos_ in ("PROPN", "NOUN"):
            low, mark, head = t.left_edge.i, t.right_edge.i, t.head.i
            if not draft.free(*range(low, head + 1)) or head - mark > 3 or mark - low > 4:
                continue
            if not draft.move(low, mark, head):
                continue
            draft.drop(mark)
            draft.insert(
                low, "of the" if t.pos_ == "NOUN" and t.left_edge.lower_ != "the" and draft.rng.random() < 0.2 else "of"
            )
            first = mark + 1
            if draft.rng.random() < 0.55:
                draft.insert(first, "the")
            draft.used.update(range(low, head + 1))
            return True
    for t in draft.doc:
        if t.dep_ == "compound" and t.tag_ in ("NN", "NNS") and t.head.i == t.i + 1 and t.head.tag_ in ("NN", "NNS"):
            if t.n_lefts or not draft.free(t.i, t.i + 1) or draft.rng.random() < 0.3:
                continue
            draft.move(t.i, t.i, t.i + 1)
            draft.insert(t.i, draft.rng.choice(("of", "of", "of the")))
            draft.used.add(t.i + 1)
            return True
    return False


def swap_pronoun(draft: Draft) -> bool:
    """ "it" -> "he" of things is not for us; "its" -> "his", "who" -> "which", "this" -> "it", "their" -> "its"."""
    table = {
        "who": ("which", "that"),
        "its": ("their",),
        "their": ("its",),
        "this": ("it", "that"),
        "these": ("this",),
        "those": ("these",),
        "which": ("who",),
        "whose": ("which",),
    }
    found = [t for t in draft.doc if t.lower_ in table and draft.free(t.i)]
    if not found:
        return False
    token = draft.rng.choice(found)
    draft.put(token.i, draft.rng.choice(table[token.lower_]))
    return True


def calque(draft: Draft) -> bool:
    """Put a literal rendering in the place of an idiom (`CALQUES`)."""
    text = draft.doc.text
    found = []
    for pattern, bad in _CALQUE:
        match = pattern.search(text)
        if match:
            span = draft.doc.char_span(match.start(), match.end())
            if span is not None and draft.free(*range(span.start, span.end)):
                found.append((span.start, span.end, bad))
    if not found:
        return False
    first, end, bad = draft.rng.choice(found)
    for i in range(first + 1, end):
        if i in draft.order:
            draft.drop(i)
    draft.put(first, draft.rng.choice(bad))
    draft.used.update(range(first, end))
    return True
