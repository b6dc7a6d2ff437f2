"""Turns what a rule proposes into an edit that fits its text: capital, line breaks, article; changed digits are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mtfix.english.agreement import agree_article, keep_line_breaks, recase
from mtfix.rules.rule import Proposal, RuleInfo
from mtfix.types import Edit

_DIGITS = re.compile(r"\d+")
# Kinds that check the value of numbers themselves and may write other digits for it.
_NUMBER_KINDS = frozenset(("number", "date", "consistency", "lexicon"))


@dataclass(frozen=True, slots=True)
class Offer:
    """A finished edit and its rule, as far as the text alone decides. The engine then checks what depends on the segment.

    ``start``:``end`` is the span that the rule named, before the edit took in an article or a line break. ``refuse`` is
    the rule's own reason against the edit; ``digits`` says that it would change a number.
    """

    edit: Edit
    info: RuleInfo
    start: int
    end: int
    refuse: str | None
    digits: bool


def make_offers(text: str, info: RuleInfo, proposals: Iterable[Proposal]) -> list[Offer]:
    """Return the offers of one rule, in order, without those that would change nothing."""
    offers: list[Offer] = []
    for proposal in proposals:
        edit = _finish(text, info, proposal)
        if info.kind == "flag" or text[edit.start : edit.end] != edit.replacement:
            digits = proposal.refuse is None and info.kind not in _NUMBER_KINDS and _loses_digits(text, edit)
            offers.append(Offer(edit, info, proposal.start, proposal.end, proposal.refuse, digits))
    return offers


def _finish(text: str, info: RuleInfo, proposal: Proposal) -> Edit:
    """Make the edit: capital, line breaks and article agree with what stands around it."""
    start, end, replacement = proposal.start, proposal.end, proposal.replacement
    if info.kind != "flag":
        if not proposal.exact:
            replacement = recase(text, start, end, replacement)
        end, replacement = keep_line_breaks(text, end, text[start:end], replacement)
        start, replacement = agree_article(text, start, end, replacement)
    return Edit(start, end, replacement, f"rule:{info.id}", proposal.why or info.why, info.tier)


def _loses_digits(text: str, edit: Edit) -> bool:
    """Whether the digits before and after differ, whatever their order and grouping."""
    before, after = _DIGITS.findall(text[edit.start : edit.end]), _DIGITS.findall(edit.replacement)
    return sorted(before) != sorted(after) and "".join(before) != "".join(after)
