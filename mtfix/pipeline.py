"""The stages of a document: rules(pre), model, rules(post), document pass; each stage's contract is checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from mtfix.admission import admit
from mtfix.config import Config
from mtfix.errors import TrailError
from mtfix.profile import Profile
from mtfix.rules.engine import RuleStage
from mtfix.rules.index import RuleIndex
from mtfix.rules.origin import find_origin
from mtfix.rules.packs.packed import PackedRule
from mtfix.rules.packs.profiles import load_profile
from mtfix.rules.packs.select import compile_rules, configured_rules
from mtfix.sources.registry import choose_sources
from mtfix.types import Document, Stage, apply_edits

# Stages of one round feed the first ones of the next; two or three rounds settle a document, more means a loop.
MAX_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Stages in order. Calling it runs them and checks after each that the trail tells the truth.

    ``language`` "en" insists that every document is English; else paragraphs of other languages are locked first.
    ``model`` is the model's stage, if it is one of ``stages``.
    """

    stages: tuple[Stage, ...]
    profile: Profile
    rules: tuple[PackedRule, ...] = ()
    language: str = ""
    model: Stage | None = None

    def admit(self, document: Document) -> Document:
        """Return the document with locks on what is not English, what is broken, and direct speech (setting `speech`)."""
        return admit(document, insist=self.language == "en", speech=self.profile["speech"])

    def __call__(self, document: Document) -> Document:
        """Run the stages, again and again until a round changes nothing: what a second run would do is done already."""
        document = self.admit(document)
        for number in range(MAX_ROUNDS):
            steps = [len(s.trail) for s in document.segments]
            texts = [s.text for s in document.segments]
            for stage in self.stages:
                after = stage(document)
                check_contract(stage.name, document, after)
                document = after
            if number:
                document = _say_once(document, steps)
            if texts == [s.text for s in document.segments]:
                break
        return document

    def with_model(self, model: Stage) -> Pipeline:
        """Return the pipeline with the model's stage behind the first, in the place of one that is there."""
        rest = tuple(s for s in self.stages if s is not self.model)
        return replace(self, stages=(*rest[:1], model, *rest[1:]), model=model)


@dataclass(frozen=True, slots=True)
class AwaitedStage:
    """The model's stage while it is being loaded: the first document that gets here waits for it."""

    loading: Future[Stage | None]
    name: str = "model"

    def __call__(self, document: Document) -> Document:
        """Run the stage; without an installed model the document passes. Raises ModelError."""
        stage = self.loading.result()
        return document if stage is None else stage(document)


def _say_once(document: Document, steps: Sequence[int]) -> Document:
    """Drop suggestions of earlier rounds (the first ``steps`` of each trail) and refusals that the last round repeats.

    Later edits may have made an earlier suggestion void; the last round makes all that are still valid. A refusal is kept
    where it was first made.
    """
    segments = []
    for segment, count in zip(document.segments, steps, strict=True):
        if not any(step.suggested or step.refused for step in segment.trail):
            segments.append(segment)
            continue
        said = {(r.edit.by, r.edit.replacement, r.reason) for s in segment.trail[:count] for r in s.refused}
        old = [replace(s, suggested=()) if s.suggested else s for s in segment.trail[:count]]
        new = [
            replace(s, refused=tuple(r for r in s.refused if (r.edit.by, r.edit.replacement, r.reason) not in said))
            if s.refused
            else s
            for s in segment.trail[count:]
        ]
        segments.append(replace(segment, trail=tuple(s for s in (*old, *new) if s)))
    return document.replace_segments(segments)


def check_contract(name: str, before: Document, after: Document) -> None:
    """Raise TrailError, naming the stage, when it did anything but add steps to trails.

    The new steps of each changed segment are replayed, and must give its text.
    """
    if after.gaps is not before.gaps and after.gaps != before.gaps:
        raise TrailError(f"stage {name} changed the text between segments of {before.name}")
    if len(after.segments) != len(before.segments):
        raise TrailError(f"stage {name} made {len(after.segments)} segments of {len(before.segments)} in {before.name}")
    for number, (old, new) in enumerate(zip(before.segments, after.segments, strict=True)):
        if new is old:
            continue
        if new.mt != old.mt or new.trail[: len(old.trail)] != old.trail:
            raise TrailError(f"stage {name} rewrote the history of segment {number} of {before.name}")
        text = old.text
        for step in new.trail[len(old.trail) :]:
            text = apply_edits(text, step.edits)
        if text != new.text:
            raise TrailError(f"stage {name} changed segment {number} of {before.name} without an edit")


def choose_profile(config: Config) -> Profile:
    """Return the configured profile with the configured settings on top. Raises ConfigError for unknown names."""
    profile = load_profile(config.profile)
    if not config.settings:
        return profile
    return Profile(profile.name, profile.about, profile.since, {**profile.settings, **config.settings})


def build_pipeline(
    config: Config, *, model: Stage | None = None, rules: Sequence[PackedRule] | None = None
) -> Pipeline:
    """Build the pipeline of a configuration; ``model`` is the model's stage, if there is one.

    Raises:
        PackError, ConfigError: a pack, a profile or a name in the configuration is wrong.
    """
    profile = choose_profile(config)
    if rules is None:
        rules = configured_rules(config)
    compiled = compile_rules(rules, profile)
    origin = find_origin(choose_sources(config.source), (r.info for r in compiled))

    def stage(name: str) -> RuleStage:
        return RuleStage(name, RuleIndex([r for r in compiled if r.info.stage == name]), profile, config.fix, origin)

    stages = (stage("pre"), stage("post"), stage("document"))
    pipeline = Pipeline(stages, profile, tuple(rules), config.language)
    return pipeline if model is None else pipeline.with_model(model)


def load_pipeline(
    config: Config,
    *,
    rules: Sequence[PackedRule] | None = None,
    say: Callable[[str], None] = lambda line: None,
    wait: bool = True,
) -> Pipeline:
    """Return the pipeline of a configuration with the model in it, unless ``rules_only`` leaves it out or none is installed.

    The command line, the library, batches, evaluation and the server all get theirs here. The model is loaded once for
    its files (`mtfix.model.load`). With ``wait`` False the rules are read, and do their first work, while it is loading;
    ``say`` gets a line when there is none, and where loading takes long.

    Raises:
        PackError, ConfigError: a pack, a profile or a name in the configuration is wrong.
        ModelError: no such model, or a damaged one; with ``wait`` False when the first document reaches it.
    """
    if config.rules_only:
        return build_pipeline(config, rules=rules)
    if wait:
        return build_pipeline(config, model=_load_stage(config, say), rules=rules)
    loader = ThreadPoolExecutor(1)
    loading = loader.submit(_load_stage, config, say)
    loader.shutdown(wait=False)
    return build_pipeline(config, rules=rules).with_model(AwaitedStage(loading))


def _load_stage(config: Config, say: Callable[[str], None]) -> Stage | None:
    from mtfix.model import load_stage  # the model's runtime is imported only when it is wanted

    stage = load_stage(config, say)
    if stage is None:
        say("no model is installed, so only the rules run (with --rules-only this line goes away)")
    return stage
