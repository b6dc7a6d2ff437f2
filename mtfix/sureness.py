"""How sure an edit is, in a word that means the same for every kind of edit, from a rule or from the model.

A word stands for the share of right edits that were measured among those that bear it (docs/model.md#how-sure).
Whether an edit is applied is another question: it depends on the kind of edit too (`mtfix.model.confidence`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from mtfix.types import Edit, Tier


class Sureness(str, Enum):
    """How often edits like this one are right; the shares are in docs/model.md."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"


#: The least probability of each word, the surest first.
BANDS = ((0.7, Sureness.SURE), (0.5, Sureness.LIKELY), (0.0, Sureness.UNSURE))
#: A rule has no probability of its own; those of a tier were measured together.
RULES = {Tier.AUTO: Sureness.SURE, Tier.SUGGEST: Sureness.UNSURE}


def rate_sureness(confidence: float | None, tier: Tier) -> Sureness:
    """Return the word for an edit of that tier; ``confidence`` is its probability, None for an edit of a rule.

    >>> [rate_sureness(p, Tier.AUTO).value for p in (0.49, 0.65, 0.7, None)]
    ['unsure', 'likely', 'sure', 'sure']
    """
    if confidence is None:
        return RULES[tier]
    return next((word for least, word in BANDS if confidence >= least), Sureness.UNSURE)


def find_least_sure(edits: Iterable[Edit]) -> Sureness:
    """Return the word of the least sure of several edits that make one change; there is at least one.

    >>> find_least_sure([Edit(0, 1, "a", "rule:X", "why"), Edit(1, 2, "b", "model:m@1", "why", confidence=0.6)]).value
    'likely'
    """
    return max((rate_sureness(e.confidence, e.tier) for e in edits), key=list(Sureness).index)


def describe_sureness(edit: Edit) -> str:
    """Return the word for an edit, with the probability where there is one.

    >>> describe_sureness(Edit(0, 2, "was", "model:m@1", "The subject is singular.", confidence=0.65))
    'likely, 65%'
    """
    word = rate_sureness(edit.confidence, edit.tier).value
    return word if edit.confidence is None else f"{word}, {edit.confidence:.0%}"
