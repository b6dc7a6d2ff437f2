"""The rule engine: find the rules that may match a text, choose among their proposals, apply them, until nothing changes.

The prefilter finds the rules by words that stand in the text, in one pass (`mtfix.rules.index`), so the cost of a segment does
not grow with the number of rules. Overlaps are resolved leftmost first, then longest, then by file order; AUTO edits go
before suggestions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import cast

from mtfix.errors import TrailError
from mtfix.profile import Profile
from mtfix.rules.index import RuleIndex
from mtfix.rules.memory import Memory
from mtfix.rules.offers import Offer, make_offers
from mtfix.rules.origin import Origin, find_origin
from mtfix.rules.quotes import find_quotes
from mtfix.rules.reading import Reading
from mtfix.rules.rule import Context, Rule
from mtfix.trail import locked_spans, written_spans
from mtfix.types import SPEECH, Document, Edit, Fix, Kind, Lock, Refusal, Segment, Step, Tier

# Rules that feed each other settle in two or three passes; more means a loop, which the packs' own tests refuse.
MAX_PASSES = 8


@dataclass(slots=True)
class _Work:
    """One segment under way: the texts it has been, and whether it may still change."""

    segment: Segment
    active: bool = True
    seen: set[str] = field(default_factory=set)

    def apply(self, stage: str, edits: Sequence[Edit]) -> bool:
        """Add a step of ``edits`` to the segment; return whether it moved."""
        if not edits:
            return False
        after = self.segment.add(Step(stage, tuple(edits)))
        if after.text in self.seen:
            self.active = False  # two rules undo each other: stay with what there is
            return False
        self.seen.add(self.segment.text)
        self.segment = after
        return True


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What becomes of the offers for one segment: edits sorted and free of overlaps."""

    applied: list[Edit]
    suggested: list[Edit]
    refused: list[Refusal]


_NOTHING = _Weighed([], [], [])
# All of a document that the rules of the document stage read: its gaps, its segments, and the edits behind them.
_State = tuple[tuple[str, ...], list[tuple[object, ...]]]


def _read_state(document: Document) -> _State:
    return document.gaps, [
        (s.mt, s.text, s.kind, s.locks, s.block, [step.edits for step in s.trail if step.edits])
        for s in document.segments
    ]


@dataclass(frozen=True, slots=True)
class RuleStage:
    """A stage of the pipeline that runs the rules of one pack stage (``pre``, ``post`` or ``document``)."""

    name: str
    index: RuleIndex
    profile: Profile
    fix: Fix = Fix.SAFE
    origin: Origin = field(default_factory=find_origin)
    _offers: Memory[tuple[Offer, ...]] = field(init=False, repr=False, compare=False)
    _settled: list[tuple[_State, dict[int, _Weighed]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_offers", Memory(self._propose, self.index.entries))
        # The last document that the rules left as it was, and what they said of it: the pipeline's next round asks again.
        object.__setattr__(self, "_settled", [])

    def __call__(self, document: Document) -> Document:
        if not self.index.rules:
            return document
        return self._settle_together(document) if self.name == "document" else self._settle_each(document)

    def _propose(self, text: str, kind: Kind) -> tuple[Offer, ...]:
        """Return the offers for a segment, in the order of the rules: the text and its kind decide, nothing else."""
        context = Context(self.profile, kind)
        offers: list[Offer] = []
        for number in self.index.find(text):
            rule = self.index.rules[number]
            if kind in rule.info.kinds:
                offers += make_offers(text, rule.info, cast(Rule, rule).propose(text, context))
        return tuple(offers)

    def _settle_each(self, document: Document) -> Document:
        """Run the rules that see one segment; most segments give them nothing to do."""
        segments = list(document.segments)
        offers = {
            i: found for i, s in enumerate(segments) if not s.is_locked and (found := self._offers(s.text, s.kind))
        }
        work = {i: _Work(segments[i]) for i in offers}
        for _ in range(MAX_PASSES):
            contexts: Mapping[int, Context] = {}
            if any(offer.info.quotes == "leave" for found in offers.values() for offer in found):
                quotes = find_quotes(document.replace_segments(segments))
                contexts = {i: Context(self.profile, work[i].segment.kind, quotes[i]) for i in offers}
            moved: list[int] = []
            for i, found in offers.items():
                w = work[i]
                weighed = self._weigh(w.segment, found, contexts.get(i))
                if w.apply(self.name, weighed.applied):
                    moved.append(i)
                elif not weighed.applied:
                    w.segment = self._finish(w.segment, weighed)
                segments[i] = w.segment
            offers = {i: found for i in moved if (found := self._offers(segments[i].text, segments[i].kind))}
            if not offers:
                break
        return document.replace_segments(segments) if work else document

    def _settle_together(self, document: Document) -> Document:
        """Run the rules that see the document: a name changed in one segment can change what another needs."""
        state = _read_state(document)
        for known, said in self._settled[:]:
            if known == state:
                return self._finish_all(document, said)
        work = [_Work(segment) for segment in document.segments]
        for _ in range(MAX_PASSES):
            reading = Reading(document, self.profile, self.index, self.origin)
            weighed = {
                i: self._weigh(work[i].segment, found, reading.context(i))
                for i, found in self._propose_document(reading).items()
                if work[i].active
            }
            moved = False
            for i, each in weighed.items():
                moved |= work[i].apply(self.name, each.applied)
            if moved:
                document = document.replace_segments([w.segment for w in work])
                continue
            said = {i: each for i, each in weighed.items() if not each.applied}
            if len(said) == len(weighed) and all(w.active for w in work) and self.index.entries:
                self._settled[:] = [(_read_state(document), said)]
            return self._finish_all(document, said)
        return document

    def _propose_document(self, reading: Reading) -> dict[int, list[Offer]]:
        """Return the offers for each segment that has any, in the order of the rules."""
        gathered: dict[int, list[Offer]] = {}
        for rule, near in reading.wake():
            for number, proposal in rule.propose_document(reading, near):
                if not 0 <= number < len(reading.segments):
                    raise TrailError(f"rule {rule.info.id} answered for segment {number} of {len(reading.segments)}")
                gathered.setdefault(number, []).extend(
                    make_offers(reading.segments[number].text, rule.info, (proposal,))
                )
        return gathered

    def _finish_all(self, document: Document, said: Mapping[int, _Weighed]) -> Document:
        if not said:
            return document
        return document.replace_segments(
            [self._finish(s, said[i]) if i in said else s for i, s in enumerate(document.segments)]
        )

    def _finish(self, segment: Segment, weighed: _Weighed) -> Segment:
        return segment.add(Step(self.name, (), tuple(weighed.suggested), tuple(weighed.refused)))

    def _weigh(self, segment: Segment, offers: Sequence[Offer], context: Context | None) -> _Weighed:
        """Choose among the offers for a segment. ``context`` tells what is quoted; None where no rule asks."""
        if not offers:
            return _NOTHING
        locks = locked_spans(segment)
        written = written_spans(segment)
        ranked: list[tuple[tuple[int, int, int, int], Edit, str | None]] = []
        for offer in offers:
            info, edit = offer.info, offer.edit
            if any(
                (not lock.rules or lock.rules & info.tags)
                and _meet(offer.start, offer.end, lock.start, lock.end)
                and not (SPEECH in lock.rules and _stays_outside(segment.text, edit, lock))
                for lock in locks
            ):
                continue
            if info.quotes == "leave" and context is not None and context.in_speech(offer.start, offer.end):
                continue
            reason = offer.refuse
            if reason is None and any(by == edit.by and _meet(edit.start, edit.end, a, b) for a, b, by in written):
                reason = "it would change its own correction"
            if reason is None and offer.digits:
                reason = "it would change a number"
            is_applied = info.kind != "flag" and self.fix.applies(info.tier)
            group = 0 if is_applied and info.tier is Tier.AUTO else 1 if is_applied else 2
            ranked.append(((group, edit.start, -edit.end, info.order), edit, reason))
        ranked.sort(key=lambda r: r[0])
        applied: list[Edit] = []
        suggested: list[Edit] = []
        refused: list[Refusal] = []
        taken: list[tuple[int, int]] = []
        for (group, *_), edit, reason in ranked:
            if reason is not None:
                refused.append(Refusal(edit, reason))
            elif not any(_meet(edit.start, edit.end, a, b) for a, b in taken):
                taken.append((edit.start, edit.end))
                (suggested if group == 2 else applied).append(edit)
        applied.sort(key=lambda e: (e.start, e.end))
        suggested.sort(key=lambda e: (e.start, e.end))
        return _Weighed(applied, suggested, refused)


def _stays_outside(text: str, edit: Edit, lock: Lock) -> bool:
    """Whether what an edit really changes lies outside a lock: of a quotation it may have read the last comma only."""
    old, new = text[edit.start : edit.end], edit.replacement
    same = _count_same(old, new)
    behind = _count_same(old[same:][::-1], new[same:][::-1])
    start, end = edit.start + same, edit.end - behind
    return not (lock.start < end and start < lock.end) if start < end else not lock.start < start < lock.end


def _count_same(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _meet(a: int, b: int, c: int, d: int) -> bool:
    """Whether two half-open spans share a code point, or an empty one stands inside or at the start of the other."""
    if a == b or c == d:
        return a <= d and c <= b
    return a < d and c < b
