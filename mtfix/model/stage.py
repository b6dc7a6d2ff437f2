"""The model as a stage of the pipeline: hypotheses become hunks, each hunk is guarded, judged and explained alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mtfix.english import wordclass as wc
from mtfix.english.numerals import same_numbers
from mtfix.model.align import Hunk, align, tokenize
from mtfix.model.classify import EditType, classify
from mtfix.model.confidence import Confidence
from mtfix.model.evidence import Evidence, Style, shrink_rate
from mtfix.model.guard import count_repeats, refuse
from mtfix.model.ngrams import NOTHING, Ngrams, read_hunk
from mtfix.model.posteditor import ScoringPostEditor
from mtfix.model.protect import Protected, protect
from mtfix.model.reasons import explain
from mtfix.model.translationese import mean_odds
from mtfix.trail import map_forward, written_spans
from mtfix.types import SPEECH, Document, Edit, Fix, Kind, Refusal, Segment, Step, Tier, apply_edits

PROSE = frozenset({Kind.SENTENCE, Kind.CAPTION, Kind.ITEM})
PASSES = 3  # a repaired sentence is read again, until nothing more changes: the second run of mtfix finds nothing
SHORTEST = 4  # words
NAMING = "rule:NAME_"  # rules that bring a name into the house's form


@dataclass(frozen=True, slots=True)
class Judged:
    """A hunk of a protected text, with the guard's refusal or the evidence for it."""

    hunk: Hunk
    kind: EditType
    refusal: str | None
    evidence: Evidence | None


Span = tuple[int, int]
Guarded = tuple[tuple[Hunk, EditType, str | None], ...]


@lru_cache(maxsize=20_000)  # a sentence is read ahead, in its turn, and once more to be sure
def find_hunks(
    text: str,
    stand_ins: tuple[str, ...],
    hypothesis: str,
    normalize: Callable[[str], str],
    count_pieces: Callable[[str], int],
) -> Guarded:
    """Return the hunks that lead from ``text`` to its hypothesis, with their kinds and the guard's refusals."""
    first = next(iter(tokenize(text)), None)
    rows = []
    for hunk in align(text, hypothesis, normalize):
        kind = classify(hunk)
        at_start = first is not None and hunk.start <= first.start
        reason = refuse(text, hunk, kind, at_start=at_start, stand_ins=stand_ins, count_pieces=count_pieces)
        rows.append((hunk, kind, reason))
    return tuple(rows)


def judge_all(
    model: ScoringPostEditor,
    inputs: Sequence[Protected],
    style: Style | None = None,
    *,
    ngrams: Ngrams | None = None,
) -> tuple[list[list[Judged]], Style]:
    """Post-edit the protected sentences of a document; return the hunks of each, and the document's style.

    Hunks that pass the guard come with their evidence. ``style`` is what an earlier pass over the document returned;
    without ``ngrams`` the evidence says nothing of how the words read.
    """
    hypotheses = model.post_edit([p.text for p in inputs])
    found = [
        find_hunks(p.text, p.codes, h.text, model.normalize, model.count_pieces)
        for p, h in zip(inputs, hypotheses, strict=True)
    ]
    if style is None:
        passed = sum(reason is None for rows in found for _, _, reason in rows)
        read = mean_odds(h.translationese for h in hypotheses)
        style = Style(shrink_rate(passed, len(inputs)), read, len(inputs))
    groups: list[tuple[str, list[str]]] = []
    for protected, hypothesis, rows in zip(inputs, hypotheses, found, strict=True):
        text = protected.text
        singles = [text[: h.start] + h.replacement + text[h.end :] for h, _, reason in rows if reason is None]
        if singles:
            groups.append((text, [text, hypothesis.text, *singles]))
    scores = iter(model.score(groups))
    judged = []
    for protected, hypothesis, rows in zip(inputs, hypotheses, found, strict=True):
        if not any(reason is None for _, _, reason in rows):
            judged.append([Judged(h, k, r, None) for h, k, r in rows])
            continue
        copy, whole, *each = next(scores)
        pieces = model.count_pieces(protected.text)
        sentence = _Sentence(protected.text, copy, whole, len(rows), pieces, hypothesis.translationese)
        left = iter(each)
        judged.append(
            [Judged(h, k, r, None if r else _weigh(sentence, h, k, next(left), style, ngrams)) for h, k, r in rows]
        )
    return judged, style


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that was read: log-probabilities of its copy and of the hypothesis, number of hunks and of pieces, log odds of
    translationese."""

    text: str
    copy: float
    whole: float
    hunks: int
    pieces: int
    odds: float | None


def _weigh(s: _Sentence, hunk: Hunk, kind: EditType, score: float, style: Style, ngrams: Ngrams | None) -> Evidence:
    """Return the evidence for a hunk; ``score`` is the log-probability of the sentence with it alone."""
    before, after = s.text[: hunk.start].split(), s.text[hunk.end :].split()
    words = len(before) + len(hunk.before) + len(after)
    old, new = (NOTHING, NOTHING) if ngrams is None else read_hunk(ngrams, s.text, hunk)
    return Evidence(
        kind, score - s.copy, s.whole - s.copy, s.hunks, -s.copy / max(s.pieces, 1), words, hunk, style,
        style.odds if s.odds is None else s.odds, before[-1] if before else "", after[0] if after else "", old, new,
    )  # fmt: skip


def find_house_names(segments: Sequence[Segment]) -> frozenset[str]:
    """Return what naming rules have written in a document: names in the house's form, with or without an article."""
    return frozenset(
        e.replacement
        for s in segments
        for step in s.trail
        for e in step.edits
        if e.by.startswith(NAMING) and e.replacement
    )


def stands_before(rest: str, names: frozenset[str]) -> bool:
    """Whether ``rest`` begins with one of ``names`` that no noun follows: "an Islamic State militant" has its article.

    >>> names = frozenset({"Islamic State"})
    >>> [stands_before(t, names) for t in (" Islamic State fled.", " Islamic State.", " Islamic State militants fled.")]
    [True, True, False]
    """
    name = next((n for n in names if rest.lstrip().startswith(n)), None)
    if name is None:
        return False
    following = next(iter(tokenize(rest.lstrip()[len(name) :])), None)
    word = following.text.lower() if following else ""
    return not word[:1].isalpha() or word in wc.FUNCTION or word.endswith("ed") or wc.same_verb(word, word)


def _find_speech(segment: Segment) -> list[Span]:
    """Return the direct speech in a segment whose words are locked, as spans of its current text."""
    spans: list[Span] = [(lock.start, lock.end) for lock in segment.locks if SPEECH in lock.rules]
    for step in segment.trail if spans else ():
        spans = [map_forward(span, step.edits) for span in spans]
    return spans


def _find_written(segment: Segment) -> list[Span]:
    """Return the spans of a segment's text that rules wrote: certain, where the model is only sure."""
    return [(start, end) for start, end, by in written_spans(segment) if by.startswith("rule:")]


def _reaches_into(edit: Edit, span: Span) -> bool:
    """Whether an edit changes part of a span; what is put in at its edge does not."""
    return edit.start < span[1] and span[0] < edit.end if edit.start < edit.end else span[0] < edit.start < span[1]


@dataclass(frozen=True, slots=True)
class ModelStage:
    """Post-edits the sentences of a document; ``fix`` says which edits are applied."""

    model: ScoringPostEditor
    confidence: Confidence
    fix: Fix = Fix.SAFE
    name: str = "model"
    ngrams: Ngrams | None = None

    def __call__(self, document: Document) -> Document:
        segments = list(document.segments)
        open_ = [i for i, s in enumerate(segments) if self._is_prose(s)]
        notes = [
            f"left alone by the model, too long to be read whole: “{segments[i].text[:40]}…”"
            for i in open_
            if not self.model.fits(segments[i].text)
        ]
        notes = [note for note in dict.fromkeys(notes) if note not in document.notes]
        open_ = [i for i in open_ if self.model.fits(segments[i].text)]
        style = None
        for number in range(PASSES if open_ else 0):
            steps, style = self.propose([segments[i] for i in open_], style)
            again = []
            for i, step in zip(open_, steps, strict=True):
                # What is only shown was shown in the first pass.
                step = step if number == 0 else replace(step, suggested=(), refused=())
                segments[i] = segments[i].add(step)
                if step.edits:
                    again.append(i)
            open_ = again
            if not open_:
                break
        return replace(document.replace_segments(segments), notes=(*document.notes, *notes))

    def _is_prose(self, segment: Segment) -> bool:
        return (
            not segment.is_locked
            and segment.kind in PROSE
            and len(segment.text.split()) >= SHORTEST
            and not segment.text.isupper()
        )

    def warm(self, documents: Sequence[Document]) -> None:
        """Read the sentences of many documents at once, in full batches; a remembering model then knows them.

        It changes no result, since what the model answers to a text does not depend on the texts beside it.
        """
        open_ = [(self._readable(d), None) for d in documents]
        self._warm([(segments, style) for segments, style in open_ if segments])

    def _warm(self, open_: Sequence[tuple[list[Segment], Style | None]], passes: int = PASSES) -> None:
        """Read what is open in several documents, and then what its edits make of it."""
        if not open_ or not passes:
            return
        inputs = {p.text: p for segments, _ in open_ for p in self._protect(segments)}
        judge_all(self.model, list(inputs.values()), ngrams=self.ngrams)
        again: list[tuple[list[Segment], Style | None]] = []
        for segments, style in open_:
            steps, style = self.propose(segments, style)
            changed = [s.add(step) for s, step in zip(segments, steps, strict=True) if step.edits]
            if changed:
                again.append((changed, style))
        self._warm(again, passes - 1)

    def propose(self, segments: Sequence[Segment], style: Style | None = None) -> tuple[list[Step], Style]:
        """Return one step a segment (what is applied, suggested and refused) and the document's style."""
        inputs = self._protect(segments)
        judged, style = judge_all(self.model, inputs, style, ngrams=self.ngrams)
        names = find_house_names(segments)
        steps = [
            self._step(p, rows, names, _find_speech(s), _find_written(s))
            for p, rows, s in zip(inputs, judged, segments, strict=True)
        ]
        return steps, style

    def _readable(self, document: Document) -> list[Segment]:
        return [s for s in document.segments if self._is_prose(s) and self.model.fits(s.text)]

    @staticmethod
    def _protect(segments: Sequence[Segment]) -> list[Protected]:
        inputs = []
        for segment in segments:
            locks = [(lock.start, lock.end) for lock in segment.locks if not lock.rules]
            for step in segment.trail if locks else ():
                locks = [map_forward(span, step.edits) for span in locks]
            inputs.append(protect(segment.text, locks))
        return inputs

    def _step(
        self,
        protected: Protected,
        rows: Sequence[Judged],
        names: frozenset[str],
        speech: Sequence[Span],
        written: Sequence[Span],
    ) -> Step:
        applied: list[Edit] = []
        suggested: list[Edit] = []
        refused: list[Refusal] = []
        for row in rows:
            edit = Edit(
                protected.place(row.hunk.start),
                protected.place(row.hunk.end),
                protected.restore(row.hunk.replacement),
                f"model:{self.model.name}",
                explain(row.hunk, row.kind),
                Tier.SUGGEST,
            )
            if row.evidence is None:
                refused.append(Refusal(edit, row.refusal or ""))
                continue
            if any(edit.start < end and start < max(edit.end, edit.start + 1) for start, end in speech):
                refused.append(Refusal(edit, "would change what somebody said"))
                continue
            if any(_reaches_into(edit, span) for span in written):
                refused.append(Refusal(edit, "would change what a rule wrote"))
                continue
            if row.kind is EditType.ARTICLE and stands_before(protected.original[edit.end :], names):
                refused.append(Refusal(edit, "would change how the house writes a name"))
                continue
            probability = self.confidence.probability(row.evidence)
            tier = self.confidence.tier(row.evidence, probability)
            if tier is None:
                continue
            edit = replace(edit, tier=tier, confidence=round(probability, 3))
            (applied if self.fix.applies(tier) else suggested).append(edit)
        if len(applied) > 1 and not self._get_on(protected, applied):
            # Each was judged alone; together they do harm, so only the surest stays.
            best = max(applied, key=lambda e: e.confidence or 0.0)
            suggested = sorted([*suggested, *(e for e in applied if e is not best)], key=lambda e: e.start)
            applied = [best]
        return Step(self.name, tuple(applied), tuple(suggested), tuple(refused))

    @staticmethod
    def _get_on(protected: Protected, edits: Sequence[Edit]) -> bool:
        """Whether edits that were judged alone keep numbers and repeat nothing together."""
        text = protected.original
        edited = apply_edits(text, edits)
        return same_numbers(text, edited) and count_repeats(edited) <= count_repeats(text)
