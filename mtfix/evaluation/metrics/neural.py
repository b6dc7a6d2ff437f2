"""COMET and BERTScore, where their packages and a model are on this machine; nothing is ever downloaded.

Both need torch and weights of hundreds of megabytes, so they are behind the extra ``neural`` and want a path. They read
all texts at once: what is scored by them does not stream. A COMET checkpoint is a pickle: load only one that you trust.
Sources: Rei et al. 2020 (COMET), Zhang et al. 2020 (BERTScore).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mtfix.errors import ConfigError, InputError, MtfixError, unknown_name
from mtfix.evaluation.data.examples import Example, Output
from mtfix.evaluation.result import Entry, MetricScore

# Metric: package to import, distribution that brings it.
PACKAGES = {"comet": ("comet", "unbabel-comet"), "bertscore": ("bert_score", "bert-score")}
Score = Callable[[Sequence[str], Sequence[Example]], float]


def parse_neural(text: str) -> tuple[str, Path]:
    """Return name and model of ``comet=PATH`` or ``bertscore=PATH``.

    Raises ConfigError for another name, MtfixError when the package or the model is not on this machine.
    """
    name, _, path = text.partition("=")
    if name not in PACKAGES:
        raise ConfigError(unknown_name("neural metric", name, PACKAGES))
    if find_spec(PACKAGES[name][0]) is None:
        raise MtfixError(
            f"{name} is not available: its package is not installed (pip install 'mtfix[neural]') and it needs a model "
            "on this machine; mtfix downloads nothing. Leave out --neural to score without it"
        )
    if not path or not Path(path).exists():
        raise MtfixError(f"{name} needs a model on this machine: --neural {name}=PATH; '{path}' is not there")
    return name, Path(path)


class NeuralScorer:
    """Collects texts, then scores them all with each metric that is wanted (``comet=PATH``, ``bertscore=PATH``)."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._models = dict(parse_neural(w) for w in wanted)
        self._examples: list[Example] = []
        self._outputs: list[Mapping[str, Output]] = []

    def add(self, example: Example, outputs: Mapping[str, Output]) -> None:
        """Remember one segment. Raises InputError when COMET has no source."""
        if "comet" in self._models and example.source is None:
            raise InputError(f"segment {example.id} has no source, and comet reads it: give --source")
        self._examples.append(example)
        self._outputs.append(outputs)

    def add_scores(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the entries with the neural scores beside the others, on a scale of 0 to 100.

        Raises MtfixError when a model cannot be loaded or run.
        """
        found: dict[str, dict[str, MetricScore]] = {e.system.name: {} for e in entries}
        for metric, path in self._models.items():
            score, signature = _load(metric, path)
            before = score([e.mt for e in self._examples], self._examples)
            for system, scores in found.items():
                after = score([o[system].text for o in self._outputs], self._examples)
                scores[metric] = MetricScore(signature=signature, before=before, after=after)
        return [e.model_copy(update={"scores": {**e.scores, **found[e.system.name]}}) for e in entries]


def _load(metric: str, path: Path) -> tuple[Score, str]:
    """Return the metric's function and its signature. Raises MtfixError with the library's reason."""
    # Read by the hub's client when it is imported: a model that refers to another one must not fetch it.
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    package, distribution = PACKAGES[metric]
    try:
        number = version(distribution)
    except PackageNotFoundError:
        number = "unknown"
    try:
        score = _SCORERS[metric](import_module(package), path)
    except (OSError, ImportError, RuntimeError, ValueError, KeyError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise MtfixError(f"{metric}: the model at {path} cannot be loaded: {reason:.300}") from None
    return score, f"{metric}|model:{path.name}|version:{number}"


def _comet(package: Any, path: Path) -> Score:
    model = package.load_from_checkpoint(str(path))

    def score(texts: Sequence[str], examples: Sequence[Example]) -> float:
        data = [{"src": e.source, "mt": t, "ref": e.score_against[0]} for t, e in zip(texts, examples, strict=True)]
        return 100 * float(model.predict(data, batch_size=8, gpus=0).system_score)

    return score


def _bertscore(package: Any, path: Path) -> Score:
    # Which layer stands for the meaning was chosen on human judgements, model by model.
    layers: Mapping[str, int] = package.utils.model2layers
    if path.name not in layers:
        raise ValueError(f"no layer is known for '{path.name}': call the folder as the hub does, such as roberta-large")
    model = package.BERTScorer(model_type=str(path), num_layers=layers[path.name])

    def score(texts: Sequence[str], examples: Sequence[Example]) -> float:
        _, _, f1 = model.score(list(texts), [list(e.score_against) for e in examples])
        return 100 * float(f1.mean())

    return score


_SCORERS: Mapping[str, Callable[[Any, Path], Score]] = {"comet": _comet, "bertscore": _bertscore}
