"""What a syntax rule can mend: the name that a pack writes, the patterns for the prefilter, and the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from mtfix.rules.rule import Proposal
from mtfix.rules.syntax import (
    apposition,
    concord,
    conditional,
    copula,
    doubled,
    negation,
    passive,
    pronouns,
    quoted,
    said,
)
from mtfix.rules.syntax.words import Sentence


def _any_word(words: Sequence[str]) -> tuple[str, ...]:
    return (r"(?i)\b(?:" + "|".join(sorted(words)) + r")\b",)


_ANY_REPEATED = (r"\pL{3}\s+\pL{3}",)

MENDERS: Mapping[str, tuple[Sequence[str], Callable[[Sentence], Iterator[Proposal]]]] = {
    "subjectless-passive": (_any_word(tuple(passive.PASSIVES)), passive.mend_subjectless),
    "inverted-clause": (_any_word(("started", "began", "ended", "occurred", "happened", "exploded", "collapsed", "opened", "erupted", "died", "overturned", "derailed", "sank", "crashed", "down", "broke", "took", "caught")), passive.mend_inverted),
    "missing-be": (_any_word((*passive.PEOPLE_VERBS, "seized", "confiscated", "destroyed", "damaged")), passive.mend_missing_be),
    "missing-is": (_any_word(tuple(copula._STABLE)), copula.mend_missing_is),
    "missing-there-is": ((r"(?i)^(?:in|at|on|near|there)\b.*\bno\b",), copula.mend_there_is_no),
    "said-in": ((r"(?i)^(?:in|at|on|yesterday|today)\b.*\b(?:that|do not)\b",), said.mend_said_in),
    "trailing-agency": ((said.AGENCY + r"[”\"»]?\s*\.?\s*$",), said.mend_trailing_agency),
    "told-agency": ((r"(?:said|told|reported|informed|stated|declared|announced)\b.*(?:" + said.AGENCY + "|journalists|reporters)",), said.mend_told_agency),
    "name-after-noun": (_any_word(tuple(apposition._NAMED_BEFORE)), apposition.mend_named_before),
    "place-without-of": (_any_word(tuple(apposition._NAMED_WITH_OF)), apposition.mend_named_with_of),
    "car-before-make": (_any_word(tuple(apposition._CARS)), apposition.mend_named_car),
    "plural-of": (_any_word(tuple(concord._PLURAL)), concord.mend_plural_of),
    "number-of": ((r"(?i)\bthe number of\b",), concord.mend_number_of),
    "plural-these": (_any_word(("these", "those", "many", "several", "such", "both")), concord.mend_plural_these),
    "plural-they": (_any_word(("they", "we")), concord.mend_plural_they),
    "there-is-many": ((r"(?i)\bthere (?:is|was|isn't|wasn't)\b",), concord.mend_there_is),
    "form-after-auxiliary": (_any_word(("do", "does", "did", "don't", "doesn't", "didn't", *concord._MODALS)), concord.mend_form_after_auxiliary),
    "form-after-to": ((r"(?i)\bto [a-z]+",), concord.mend_form_after_to),
    "participle": (_any_word(("has", "have", "had", "hasn't", "haven't", "hadn't")), concord.mend_participle),
    "doubled-negation": (_any_word(("nobody", "nothing", "none", "neither", "no one")), negation.mend_doubled_negation),
    "if-will": ((r"(?i)\b(?:if|when|until|once|unless|soon)\b.*\bwill\b",), conditional.mend_if_will),
    "thing-he": ((r"(?i)\bso\b.*\bthat (?:he|she)\b",), pronouns.mend_thing_he),
    "thing-who": ((r"(?i),? who\b",), pronouns.mend_thing_who),
    "lost-subject": ((r"(?i)\bthat (?:do|does|did|will|would|can|could|is|are|was|were|don't|doesn't|didn't|won't|wouldn't|can't|cannot|couldn't|[a-z]+s)\b",), pronouns.mend_lost_subject),
    "dash-after-quotation": ((r"[\"”»“,]\s*,?\s*[-–—−―]",), quoted.mend_dash_after_quotation),
    "dash-for-is": ((r"(?i)[-–—−] (?:this|it|that|these) (?:is|was|are|were)\b",), copula.mend_dash_for_is),
    "article-before-plural": ((r"(?i)\ban? [a-z]+",), concord.mend_article_before_plural),
    "article-sound": ((r"(?i)\ba [aeio]|\ban [b-df-gj-np-tv-z]",), concord.mend_article_sound),
    "question": ((r"(?i)^(?:why|how|where|when|what)\b.*\?",), pronouns.mend_question),
    "split-clause": ((r"(?i)^[a-z]+(?:ed|ne|me|nt|ft) .*, .* and\b", r"(?i)^(?:went|came|left|met|saw) "), passive.mend_split_clause),
    "town-of-country": ((r"(?i:in|near) the [A-Z][a-z]+(?:n|sh|ch|se|k|ss|i) \p{Lu}",), apposition.mend_town_of_country),
    "doubled-word": (_ANY_REPEATED, doubled.mend_doubled),
}  # fmt: skip
