"""The pipeline of a worker: the rules and, unless left out, the model that is installed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from mtfix.config import Config
from mtfix.pipeline import Pipeline, build_pipeline
from mtfix.types import Stage


def load_pipeline(config: Config) -> Pipeline:
    """Build the pipeline as `mtfix fix` does. Raises PackError, ConfigError, ModelError."""
    if config.rules_only:
        return build_pipeline(config)
    with _one_core():
        return build_pipeline(config, model=load_model(config))


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """Let a model that is loaded here make one thread: there are as many workers as cores already.

    Runtimes count the cores that the process may use; afterwards it may use all of them again.
    """
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def load_model(config: Config) -> Stage | None:
    """Return the model's stage, None when no model is installed. Raises ModelError."""
    from mtfix import model

    return model.load_stage(config)
