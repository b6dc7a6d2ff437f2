"""The result of an evaluation as JSON: strict models whose schema is published as ``eval/result.schema.json``.

All scores and shares are on a scale of 0 to 100, calibration excepted (probabilities). ``before`` is the machine
translation, ``after`` the system's output. Gains are positive when the output is better, for TER too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mtfix.errors import InputError, OutputError, read_mistake

FORMAT: Literal["mtfix-eval/1"] = "mtfix-eval/1"
Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TestSetInfo(_Part):
    """Where the examples come from; ``quotable`` says whether this file may hold their sentences."""

    __test__ = False

    name: str
    about: str = ""
    licence: str = ""
    split: str = ""
    segments: int
    documents: int
    drawn_from: int | None = None
    judged_against: Literal["post-edit", "reference"]
    references: int
    data_hash: str
    quotable: bool = True

    @property
    def seen(self) -> bool:
        """Whether the model was trained on these segments: then its figures are no forecast."""
        return self.split.startswith("train")


class SystemInfo(_Part):
    """What was tested; the hashes say exactly which model (calibration included), rule packs and code."""

    name: str
    kind: str
    fingerprint: str
    model: str | None = None
    model_hash: str | None = None
    packs_hash: str | None = None
    code_hash: str | None = None
    machine: str | None = (
        None  # what rounds the model's numbers: figures of another machine may differ by an edit or two
    )
    profile: str | None = None


class MetricScore(_Part):
    """A corpus score with its signature; interval and p-values where there are few enough segments.

    Neural metrics are scaled to 0 to 100 and have neither.
    """

    signature: str
    before: Finite
    after: Finite
    before_mean: Finite | None = None
    before_half_width: Finite | None = None
    after_mean: Finite | None = None
    after_half_width: Finite | None = None
    p_bootstrap: Finite | None = None
    p_randomisation: Finite | None = None


class Hter(_Part):
    """Human-targeted TER: edits to the post-edit of this very translation, per 100 words of it."""

    before: Finite
    after: Finite


class Loss(_Part):
    """Segments in which something of a kind was lost or made up; ``unlicensed``: no reference did the same."""

    segments: int
    unlicensed: int


class Harm(_Part):
    """Do-no-harm counts, in segments."""

    touched: int
    improved: int
    worsened: int
    neutral: int
    mixed: int
    improved_ter: int
    worsened_ter: int
    improved_chrf: int
    worsened_chrf: int
    perfect: int
    perfect_touched: int
    band_ter: Finite
    band_chrf: Finite
    losses: dict[str, Loss]
    edits: int
    bleu_per_100_edits: Finite | None = None


class EditRow(_Part):
    """Edits of one type: judged one by one (left out, does the segment get better?) and against the human's."""

    type: str
    made: int
    helped: int
    hurt: int
    neutral: int
    human: int | None = None
    hits: int | None = None
    precision: Finite | None = None
    recall: Finite | None = None
    f_half: Finite | None = None


class AuthorRow(_Part):
    """Edits of one rule, one rule pack (``pack:NAME``) or one model; ``precision`` is helped / (helped + hurt), in percent."""

    by: str
    pack: str = ""
    firings: int
    helped: int
    hurt: int
    neutral: int
    precision: Finite | None = None


class Naming(_Part):
    """Names that one document writes in more than one way, before and after.

    ``inconsistent``: spelt in two ways; ``entities_mixed``: an entity of the naming packs under two of its names.
    """

    documents: int
    names: int
    inconsistent_before: int
    inconsistent_after: int
    entities: int = 0
    entities_mixed_before: int = 0
    entities_mixed_after: int = 0


class CalibrationBin(_Part):
    """Edits by confidence: the mean they claimed and the share (0 to 1) of helpful ones among those that mattered."""

    low: Finite
    high: Finite
    edits: int
    confidence: Finite
    helped: Finite | None = None


class Bucket(_Part):
    """A part of the test set: what it has in common, and its figures."""

    by: str
    value: str
    segments: int
    before: dict[str, Finite]
    after: dict[str, Finite]
    touched: int
    improved: int
    worsened: int


class Histogram(_Part):
    """``counts[i]`` segments lie in [edges[i], edges[i + 1])."""

    edges: list[Finite]
    before: list[int] | None = None
    after: list[int]


class Speed(_Part):
    """Of the system under test, in a process of its own, on segments from the whole suite and on this machine.

    Latency is that of one segment alone, in milliseconds. ``base_memory_mb`` is what Python and the harness held before
    the system was loaded; the peak includes it.
    """

    segments_per_second: Finite
    words_per_second: Finite
    latency_ms: dict[str, Finite]
    peak_memory_mb: Finite
    base_memory_mb: Finite = 0.0
    load_seconds: Finite
    measured_segments: int


class Sentence(_Part):
    """A segment worth looking at. Texts are empty where the test set may not be quoted."""

    id: str
    document: str = ""
    why: Literal["worst", "best", "loss"]
    verdict: str
    ter_gain: Finite
    chrf_gain: Finite
    losses: list[str] = []
    by: list[str] = []
    attributes: dict[str, str] = {}
    source: str = ""
    mt: str = ""
    hypothesis: str = ""
    reference: str = ""


class Entry(_Part):
    """One system on one test set."""

    test_set: TestSetInfo
    system: SystemInfo
    notes: list[str] = []
    scores: dict[str, MetricScore]
    hter: Hter | None = None
    harm: Harm
    edit_types: list[EditRow] = []
    edit_f_half: Finite | None = None
    edit_precision: Finite | None = None
    edit_recall: Finite | None = None
    authors: list[AuthorRow] = []
    packs: list[AuthorRow] = []
    naming: Naming | None = None
    calibration: list[CalibrationBin] = []
    buckets: list[Bucket] = []
    histograms: dict[str, Histogram] = {}
    speed: Speed | None = None
    sentences: list[Sentence] = []


class Run(_Part):
    """One evaluation: what was asked, with which versions, and an entry for each test set and system."""

    format: Literal["mtfix-eval/1"] = FORMAT
    name: str
    versions: dict[str, str]
    seed: int
    samples: int
    trials: int
    suite_hash: str | None = None
    entries: list[Entry]
    skipped: dict[str, str] = {}


def strip_sentences(run: Run) -> Run:
    """Return the run without sentences of test sets that may not be quoted; their ids and figures stay."""
    entries = []
    for entry in run.entries:
        if not entry.test_set.quotable:
            bare = [
                s.model_copy(update=dict.fromkeys(("source", "mt", "hypothesis", "reference"), "") | {"losses": []})
                for s in entry.sentences
            ]
            entry = entry.model_copy(update={"sentences": bare})
        entries.append(entry)
    return run.model_copy(update={"entries": entries})


def dump_run(run: Run) -> str:
    """Return the run as JSON, keys in a fixed order, floats rounded to six digits: equal runs are equal files."""
    return json.dumps(_round(run.model_dump(exclude_defaults=False)), ensure_ascii=False, indent=1) + "\n"


def _round(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {k: _round(v) for k, v in value.items() if v is not None}
    return [_round(v) for v in value] if isinstance(value, list) else value


def write_run(run: Run, path: Path) -> None:
    """Write a run, without sentences that may not be quoted. Raises OutputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump_run(strip_sentences(run)), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot write the result: {error.strerror}") from None


def read_run(path: Path) -> Run:
    """Read a result. Raises InputError when it is missing, not JSON, or not of this format; says where."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: no such result file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot read the result: {error}") from None
    try:
        return Run.model_validate_json(text)
    except ValidationError as error:
        mistake = read_mistake(error)
        place = f"{mistake.path}: " if mistake.place else ""
        raise InputError(f"{path}: not a result of `mtfix eval` (format {FORMAT}): {place}{mistake.message}") from None


def result_schema() -> dict[str, Any]:
    """Return the JSON schema of a result (draft 2020-12)."""
    schema = Run.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Result of mtfix eval"}
