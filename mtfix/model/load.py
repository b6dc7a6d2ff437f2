"""Find a model by path or name, and make the stage that the configuration asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from mtfix.config import Config
from mtfix.errors import ModelError, unknown_name
from mtfix.model.confidence import Confidence, Perceptron, load_confidence
from mtfix.model.evidence import FEATURES, TYPES
from mtfix.model.ngrams import FILE as NGRAMS
from mtfix.model.ngrams import Ngrams, load_ngrams
from mtfix.model.posteditor import RememberingPostEditor, ScoringPostEditor
from mtfix.model.runtime.adapt import ADAPTER
from mtfix.model.stage import ModelStage

DEFAULT = "default"
ENDPOINT = "openai:"  # before the name of a model that a server runs
_HERE = Path(__file__).resolve().parent.parent
# Inside the installed package, and beside it in a checkout.
_PLACES = (_HERE / "models", _HERE.parent / "models")


def installed_models() -> dict[str, Path]:
    """Return the models that ship with the package, by name."""
    found: dict[str, Path] = {}
    for place in _PLACES:
        for name in ("model.safetensors", ADAPTER):
            for weights in sorted(place.glob(f"*/{name}")):
                found.setdefault(weights.parent.name, weights.parent)
    return found


def find_model(model: str) -> Path | None:
    """Return the folder of a model by path or name; None for the default one when none is installed.

    Raises:
        ModelError: no such folder and no such name.
    """
    if model and Path(model).is_dir():
        return Path(model)
    names = installed_models()
    if model and model not in names:
        raise ModelError(f"{unknown_name('model', model, names)}; or give the path of a model folder")
    return names.get(model or DEFAULT)


def find_ngrams(folder: Path) -> Path:
    """Return the n-gram counts of a model; an adapter uses those of the default model, since they count clean English."""
    own = folder / NGRAMS
    default = installed_models().get(DEFAULT)
    return own if own.is_file() or default is None or not (folder / ADAPTER).is_file() else default / NGRAMS


def uncalibrated() -> Confidence:
    """Return what stands in for a missing calibration: the model's own odds, and suggestions only."""
    hidden = np.zeros((FEATURES, 2))
    hidden[0] = 4.0, -4.0  # the first feature is a quarter of the margin; one unit reads what is above 0, one the rest
    network = Perceptron(hidden, np.zeros(2), np.array([1.0, -1.0]), 0.0)
    return Confidence(network, {}, {kind.value: 0.9 for kind in TYPES})


def load_odds() -> Callable[[Sequence[str]], Sequence[float | None]] | None:
    """Return the default model's sense of translationese, which a model with an adapter borrows; None without one."""
    folder = installed_models().get(DEFAULT)
    if folder is None:
        return None
    from mtfix.model.runtime.onnx import OnnxPostEditor

    reader = OnnxPostEditor(folder)
    return lambda texts: [None] * len(texts) if reader.probe is None else reader.probe.odds(reader.represent(texts))


def load_posteditor(config: Config, say: Callable[[str], None] = lambda line: None) -> ScoringPostEditor | None:
    """Return the post-editor that a configuration asks for; None: no default is installed.

    A hub's name, with ``@REVISION`` or without, is for the backend ``hf``; ``openai:NAME`` is asked at ``endpoint``.
    ``say`` gets a line where loading takes long.

    Raises:
        ModelError: no such model, a damaged one, or a backend that cannot run it.
    """
    model = config.model
    if model.startswith(ENDPOINT) or config.endpoint:
        return _load_endpoint(config)
    if config.backend == "hf":
        from mtfix.model.runtime.hf import HfPostEditor

        outside = model and not Path(model).is_dir() and model not in installed_models()
        checkpoint = model if outside else find_model(model)
        if checkpoint is None:
            return None
        return HfPostEditor(str(checkpoint), prefix=config.prefix, beams=config.beams, device=config.device)
    if config.prefix or config.beams > 1 or config.device != "cpu":
        raise ModelError("--prefix, --beams and --device are for checkpoints that transformers runs: add --backend hf")
    folder = find_model(model)
    if folder is None:
        return None
    if (folder / ADAPTER).is_file():
        from mtfix.model.runtime.causal import CausalPostEditor

        return CausalPostEditor(folder, read_odds=load_odds(), say=say)
    from mtfix.model.runtime.onnx import OnnxPostEditor

    return OnnxPostEditor(folder, precision="fp32" if config.backend == "onnx-fp32" else "int8")


def _load_endpoint(config: Config) -> ScoringPostEditor:
    """Return what asks a server; the embedded model judges the answers."""
    if not config.model.startswith(ENDPOINT):
        raise ModelError(
            f"--endpoint goes with --model {ENDPOINT}NAME, not with {config.model or 'the embedded model'!r}"
        )
    from mtfix.model.runtime.endpoint import EndpointPostEditor
    from mtfix.model.runtime.onnx import OnnxPostEditor

    folder = installed_models().get(DEFAULT)
    if folder is None:
        raise ModelError(
            f"--model {config.model} needs the embedded model, which judges the answers; it is not installed"
        )
    return EndpointPostEditor(
        config.model.removeprefix(ENDPOINT), config.endpoint, OnnxPostEditor(folder), read_odds=load_odds()
    )


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A model as it stays in memory: what it says does not depend on the rest of the configuration."""

    editor: RememberingPostEditor
    confidence: Confidence
    ngrams: Ngrams | None


_LOADED: dict[tuple[object, ...], _Loaded] = {}
_LOADING = Lock()
_MOST = 2  # models in memory: the default and the large one


def load_stage(config: Config, say: Callable[[str], None] = lambda line: None) -> ModelStage | None:
    """Return the model's stage for a configuration, or None when no model is installed. Raises ModelError.

    A model is loaded once for its files and backend, whatever else the configuration says; safe for threads.
    """
    folder = _find_calibrated(config)
    key = (
        config.model if folder is None else _describe_files(folder),
        *(config.backend, config.endpoint, config.prefix, config.beams, config.device),
    )
    with _LOADING:
        loaded = _LOADED.pop(key, None) or _load(config, folder, say)
        if loaded is None:
            return None
        _LOADED[key] = loaded  # the last used stands last
        while len(_LOADED) > _MOST:
            del _LOADED[next(iter(_LOADED))]
    return ModelStage(loaded.editor, loaded.confidence, config.fix, ngrams=loaded.ngrams)


def _load(config: Config, folder: Path | None, say: Callable[[str], None]) -> _Loaded | None:
    editor = load_posteditor(config, say)
    if editor is None:
        return None
    calibration = None if folder is None else folder / "confidence.json"
    confidence = load_confidence(calibration) if calibration is not None and calibration.is_file() else uncalibrated()
    ngrams = None if folder is None else load_ngrams(find_ngrams(folder))
    return _Loaded(RememberingPostEditor(editor), confidence, ngrams)


def _find_calibrated(config: Config) -> Path | None:
    """Return the folder that the calibration comes from: the model's own, or that of the judge of a server's answers."""
    if config.model.startswith(ENDPOINT):
        return installed_models().get(DEFAULT)
    known = not config.model or Path(config.model).is_dir() or config.model in installed_models()
    return find_model(config.model) if known else None


def _describe_files(folder: Path) -> tuple[object, ...]:
    """Return what tells whether the files of a folder have changed: path, sizes and times."""
    files = sorted((p.name, s.st_size, s.st_mtime_ns) for p in folder.iterdir() if (s := p.stat()))
    return (str(folder.resolve()), *files)
