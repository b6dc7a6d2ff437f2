"""What an output depends on, beside the text: the code, the configuration, the profile, the rule packs, the model.

Batches and evaluation keep results by this, so that nothing is taken from a cache that would come out differently now.
Everything counts by content, not by place.
"""

from __future__ import annotations

import json
import os
import platform
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mtfix.about import __version__
from mtfix.config import Config
from mtfix.files.digest import digest_code, digest_files
from mtfix.rules.packs.profiles import load_profile
from mtfix.rules.packs.select import configured_packs
from mtfix.sources.registry import digest_sources

Head = dict[str, Any]

_LIBRARIES = ("google-re2", "lemminflect", "markdown-it-py", "numpy", "onnxruntime", "sentencepiece", "sentencex")
# A build of OpenBLAS chooses its kernels by these; with them a processor can be told to compute as another one.
_KERNELS = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")
_NOT_THE_MODEL = frozenset({".md", ".png", ".svg", ".html"})  # its card and pictures


def describe_outputs(config: Config) -> Head:
    """Return what decides about the output of a configuration, part by part, as plain JSON values.

    ``machine`` is empty without a model: rules compute the same everywhere.

    ``model`` is empty without a model, ``hub:NAME`` for one whose files are not in a folder here: such a model may
    change behind its name. Raises PackError, ConfigError, ModelError.
    """
    return {
        "version": __version__,
        "code": digest_code("outputs"),
        "sources": digest_sources(),
        "libraries": _read_libraries(),
        "config": json.loads(config.model_copy(update={"packs": (), "profile": "", "model": ""}).model_dump_json()),
        "profile": dict(load_profile(config.profile).settings),
        "packs": digest_packs(config),
        "model": digest_model(config),
        "machine": {} if config.rules_only else describe_machine(),
    }


def describe_machine() -> dict[str, str]:
    """Return what decides about the last digits of the model's floating-point numbers: the processor and its kernels.

    Weights times inputs are whole numbers and the same everywhere, but softmax, normalisation and the probe of translationese
    are fp32, and BLAS sums in the order of its kernel: with OPENBLAS_CORETYPE=Nehalem, odds and scores differ in the last
    digits from those with Haswell. An edit at a threshold may then fall on the other side. One thread or two, and the
    order of sentences, give the same bits (180 sentences), so they are not in it.
    """
    import numpy as np

    core = getattr(np, "_core", None) or np.core
    found: dict[str, bool] = getattr(core._multiarray_umath, "__cpu_features__", {})
    features = " ".join(sorted(name for name, here in found.items() if here))
    chosen = {name: value for name in _KERNELS if (value := os.environ.get(name))}
    return {"processor": platform.machine(), "features": features, **chosen}


def name_machine(machine: dict[str, str]) -> str:
    """Return a short name of a machine: its architecture, and eight digits that stand for the rest."""
    rest = json.dumps(machine, sort_keys=True).encode()
    return f"{machine.get('processor', 'any')}-{blake2b(rest, digest_size=4).hexdigest()}"


def fingerprint_head(head: Head) -> str:
    """Return one digest of a description, 32 hexadecimal digits."""
    return blake2b(json.dumps(head, sort_keys=True).encode(), digest_size=16).hexdigest()


def digest_packs(config: Config) -> dict[str, str]:
    """Return the digest of every rule pack that is in use, by its name. Raises PackError."""
    packs = configured_packs(config)
    return {p.name: blake2b(Path(p.place.rsplit(":", 2)[0]).read_bytes(), digest_size=16).hexdigest() for p in packs}


def digest_model(config: Config) -> str:
    """Return the digest over a model's files: weights, graphs, vocabulary, shortlist, configuration, calibration.

    Its card and pictures do not count. Raises ModelError when there is no such model.
    """
    if config.rules_only:
        return ""
    from mtfix.model.load import find_model, installed_models

    if config.model and not Path(config.model).is_dir() and config.model not in installed_models():
        return f"hub:{config.model}"
    folder = find_model(config.model)
    if folder is None:
        return ""
    files = sorted(p for p in folder.iterdir() if p.is_file() and p.suffix not in _NOT_THE_MODEL)
    return digest_files(files, folder)


def _read_libraries() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # taken from a folder, not installed
            found[name] = ""
    return found
