"""COMET and BERTScore, where their packages and a model's folder are on this machine; nothing is ever downloaded.

Both need torch and weights of hundreds of megabytes, so they are behind the extra ``neural`` and want a path. Sources:
Rei et al. 2020 (COMET), Zhang et al. 2020 (BERTScore).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mtfix.errors import ConfigError, InputError, MtfixError, unknown_name
from mtfix.evaluation.examples import Example, Output
from mtfix.evaluation.result import MetricScore

PACKAGES = {"comet": "comet", "bertscore": "bert_score"}


def parse_neural(text: str) -> tuple[str, Path]:
    """Return name and model of ``comet=PATH`` or ``bertscore=PATH``.

    Raises ConfigError for another name, MtfixError when the package or the model is not on this machine.
    """
    name, _, path = text.partition("=")
    if name not in PACKAGES:
        raise ConfigError(unknown_name("neural metric", name, PACKAGES))
    if find_spec(PACKAGES[name]) is None:
        raise MtfixError(
            f"{name} is not available: its package is not installed (pip install 'mtfix[neural]') and it needs a model "
            "on this machine; mtfix downloads nothing. Leave out --neural to score without it"
        )
    if not path or not Path(path).exists():
        raise MtfixError(f"{name} needs a model on this machine: --neural {name}=PATH; '{path}' is not there")
    return name, Path(path)


class NeuralScorer:
    """Collects texts, then scores them all; neural metrics do not stream."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._models = dict(parse_neural(w) for w in wanted)
        self._examples: list[Example] = []
        self._outputs: list[Mapping[str, Output]] = []

    def add(self, example: Example, outputs: Mapping[str, Output]) -> None:
        """Remember one segment. Raises InputError when COMET has no source."""
        if "comet" in self._models and example.source is None:
            raise InputError("comet reads the source too: give --source")
        self._examples.append(example)
        self._outputs.append(outputs)

    def finish(self) -> dict[str, dict[str, MetricScore]]:
        """Return the scores by system and metric, on a scale of 0 to 100."""
        found: dict[str, dict[str, MetricScore]] = {name: {} for name in self._outputs[0]}
        for metric, path in self._models.items():
            score = _SCORERS[metric](path)
            before = score([e.mt for e in self._examples], self._examples)
            for system in found:
                after = score([o[system].text for o in self._outputs], self._examples)
                found[system][metric] = MetricScore(signature=f"{metric}|model:{path.name}", before=before, after=after)
        return found


def _comet(path: Path) -> Callable[[Sequence[str], Sequence[Example]], float]:
    model: Any = import_module("comet").load_from_checkpoint(str(path))

    def score(texts: Sequence[str], examples: Sequence[Example]) -> float:
        data = [{"src": e.source, "mt": t, "ref": e.score_against[0]} for t, e in zip(texts, examples, strict=True)]
        return 100 * float(model.predict(data, batch_size=8, gpus=0).system_score)

    return score


def _bertscore(path: Path) -> Callable[[Sequence[str], Sequence[Example]], float]:
    model: Any = import_module("bert_score").BERTScorer(model_type=str(path), num_layers=9)

    def score(texts: Sequence[str], examples: Sequence[Example]) -> float:
        _, _, f1 = model.score(list(texts), [list(e.score_against) for e in examples])
        return 100 * float(f1.mean())

    return score


_SCORERS = {"comet": _comet, "bertscore": _bertscore}
